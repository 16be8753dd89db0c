//! The words around an event: what is talked about, who is withdrawn, what was hit.

use marsad_arabic::orthography::fold;
use marsad_arabic::token::{sentences, tokenize};
use marsad_model::Analysis;
use serde::{Deserialize, Serialize};

use crate::hash::fnv;

/// How many words of the sentence are kept.
const KEPT: usize = 16;

/// Up to sixteen words of the event's sentence, those nearest to the trigger, as hashes of their stems in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Context {
    /// The words.
    pub words: Box<[(u32, u8)]>,
}

/// Sentence and context of each event of an analysis, in their order.
pub fn contexts(text: &str, analysis: &Analysis) -> Vec<(u16, Context)> {
    let tokens = tokenize(text);
    let sentences = sentences(text, &tokens);
    (analysis.events.iter())
        .map(|event| {
            let trigger = tokens.partition_point(|token| token.span.end <= event.trigger.start);
            let at = sentences.partition_point(|range| range.end <= trigger);
            let Some(range) = sentences.get(at) else { return (u16::MAX, Context::default()) };
            let mut near: Vec<(usize, &_)> = tokens
                .get(range.clone())
                .unwrap_or_default()
                .iter()
                .enumerate()
                .map(|(i, token)| ((range.start + i).abs_diff(trigger), token))
                .filter(|(distance, token)| *distance > 0 && token.is_word())
                .collect();
            near.sort_by_key(|(distance, token)| (*distance, token.span.start));
            let mut words: Vec<(u32, u8)> = near
                .into_iter()
                .filter_map(|(distance, token)| {
                    let w = stem(token.text(text))?;
                    if std::env::var("CTX").is_ok() {
                        eprintln!("{w}");
                    }
                    Some((fnv(w.bytes()) as u32, if distance <= 5 { 2 } else { 1 }))
                })
                .take(KEPT)
                .collect();
            words.sort_unstable_by_key(|(hash, near)| (*hash, std::cmp::Reverse(*near)));
            words.dedup_by_key(|(hash, _)| *hash);
            (u16::try_from(at).unwrap_or(u16::MAX), Context { words: words.into() })
        })
        .collect()
}

/// The sentence in which the body begins.
pub fn first_sentence(text: &str, analysis: &Analysis) -> usize {
    let tokens = tokenize(text);
    let sentences = sentences(text, &tokens);
    let body = analysis
        .segments
        .iter()
        .find(|s| s.kind == marsad_model::ontology::SegmentKind::Body)
        .map_or(0, |s| s.span.start);
    let token = tokens.partition_point(|token| token.span.start < body);
    sentences.partition_point(|range| range.end <= token)
}

/// A light stem: without article, particles and endings; `None` for what is too short to mean anything.
fn stem(word: &str) -> Option<String> {
    let folded = fold(word);
    let mut stem = folded.as_str();
    let long = |text: &str, least: usize| text.chars().count() >= least;
    for prefix in ["وال", "بال", "فال", "كال", "ولل", "لل", "ال"] {
        if let Some(rest) = stem.strip_prefix(prefix).filter(|rest| long(rest, 3)) {
            stem = rest;
            break;
        }
    }
    if let Some(rest) = stem.strip_prefix('و').filter(|rest| long(rest, 4)) {
        stem = rest;
    }
    for suffix in ["ها", "هم", "يين", "يون", "ات", "ون", "ين", "ان", "يه", "ه", "ي"] {
        if let Some(rest) = stem.strip_suffix(suffix).filter(|rest| long(rest, 3)) {
            stem = rest;
            break;
        }
    }
    long(stem, 3).then(|| stem.to_owned())
}
