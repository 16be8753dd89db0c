//! Cues that attribute without a verb: بحسب، وفقا ل، نقلا عن.

use crate::lexicon::{self, ClaimCue, Preposition, SourceSlot};
use crate::syntax::{Class, Syntax, bare, readings_of};

/// A cue that attributes by itself, and how many words it takes. Phrases that only say where somebody spoke (في بيان, لوكالة) and
/// nouns that need a verb are none.
pub(super) fn phrase_cue(syntax: &Syntax<'_>, at: usize) -> Option<(usize, ClaimCue)> {
    let word = syntax.reading.words.get(at)?;
    let first = bare(word);
    let attached_to = word.has_preposition() && first.starts_with('ل');
    let spoken_at = matches!(first, "في" | "عبر" | "عن" | "علي")
        && !matches!(next_folded(syntax, at), "حد" | "ذمه" | "لسان");
    if attached_to || spoken_at || syntax.class(at) == Class::Verb {
        return None;
    }
    if readings_of(word).any(|r| r.form.is_event_noun()) && !word.has_preposition() {
        return None;
    }
    let words = &syntax.reading.words;
    let sentence_end = syntax.sentence(at).end;
    let lexicon = lexicon::get();
    // An attribution of its own stands at the head or after a comma, or is one of those that are nothing else.
    let found: Vec<(usize, ClaimCue)> = lexicon
        .claim_cues
        .matches(
            first,
            |n| words.get(at + n).filter(|_| at + n < sentence_end).map(|w| w.folded.as_str()),
            |n, particle| {
                words
                    .get(at + n)
                    .filter(|_| at + n < sentence_end)
                    .is_some_and(|w| w.proclitics.contains(&particle))
            },
        )
        .map(|(length, cue)| (length, *cue))
        .collect();
    // بحسب تعبيره points to a claim that is there already.
    if found.iter().any(|(_, cue)| cue.source == SourceSlot::Before) {
        return None;
    }
    // The shortest cue leaves the whole description of the source: بحسب | مصادر أمنية.
    let shortest = found.iter().rev().find(|(_, cue)| cue.source == SourceSlot::After);
    shortest.or(found.first()).copied().filter(|_| Preposition::of(first).is_none() || first == "علي")
}

fn next_folded<'s>(syntax: &'s Syntax<'_>, at: usize) -> &'s str {
    syntax.reading.folded(at + 1)
}
