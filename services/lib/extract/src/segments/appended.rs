//! Other articles that pages put after or into their own: lists of headlines, and whole articles behind "read also".

use std::collections::HashSet;

use marsad_arabic::orthography::{fold, is_alphanumeric};

use super::line::Line;
use super::{Verdict, opens_related};

/// Share of their longer words that the next paragraphs of the same article have in common with what stands before them.
/// Paragraphs of one article share names and subject words; two stories hardly share more than the words of any news.
const SAME_ARTICLE: f64 = 0.2;
/// Paragraphs that are compared.
const COMPARED: usize = 3;
/// Fewest longer words from which a share means something.
const FEWEST_WORDS: usize = 5;

/// Letters that tell a word apart.
const STEM: usize = 5;

/// Marks what stands behind a marker of other articles, up to the paragraph where the article itself goes on.
pub(super) fn mark(lines: &[Line<'_>], verdicts: &mut [Option<Verdict>], body: usize) {
    let is_marker = |line: &Line<'_>| opens_related(line) || ends_article(line);
    // Most pages hold no marker, and then their words need no counting.
    if !lines.iter().any(is_marker) {
        return;
    }
    let mut vocabulary = HashSet::new();
    let mut at = 0;
    // Behind the credit line nothing but a marker is needed to end the article.
    let mut ended = false;
    while at < lines.len() {
        let line = &lines[at];
        let boilerplate = matches!(verdicts[at], Some(Verdict::Boilerplate(..)));
        ended |= at > body && matches!(verdicts[at], Some(Verdict::Boilerplate("credit" | "tags", _)));
        if at > body && boilerplate && is_marker(line) {
            at = skip(lines, verdicts, at + 1, &vocabulary, ended && opens_related(line));
            continue;
        }
        if !boilerplate {
            vocabulary.extend(content_words(line.text));
        }
        at += 1;
    }
}

/// Whether a credit line closes the article: the source of a reprint.
fn ends_article(line: &Line<'_>) -> bool {
    line.own.is_some_and(|(reason, _)| reason == "credit") && fold(line.text).starts_with("المصدر")
}

/// Drops lines from `from` on, and returns where the article goes on.
fn skip(
    lines: &[Line<'_>],
    verdicts: &mut [Option<Verdict>],
    from: usize,
    vocabulary: &HashSet<String>,
    ended: bool,
) -> usize {
    let mut next = lines.len();
    if !ended {
        let paragraphs: Vec<usize> = (from..lines.len())
            .filter(|at| {
                !matches!(verdicts[*at], Some(Verdict::Boilerplate(..))) && lines[*at].is_paragraph()
            })
            .take(COMPARED)
            .collect();
        let text: Vec<&str> = paragraphs.iter().map(|at| lines[*at].text).collect();
        if let Some(first) = paragraphs.first()
            && share(&text.join(" "), vocabulary).is_none_or(|share| share >= SAME_ARTICLE)
        {
            next = *first;
        }
        // A heading of the article itself may stand before the paragraph.
        while next > from
            && verdicts.get(next - 1).is_some_and(|v| !matches!(v, Some(Verdict::Boilerplate(..))))
            && lines
                .get(next - 1)
                .is_some_and(|l| next < lines.len() && l.after_gap && known(l.text, vocabulary))
        {
            next -= 1;
        }
    }
    for (line, verdict) in lines.iter().zip(verdicts.iter_mut()).take(next).skip(from) {
        if !matches!(verdict, Some(Verdict::Boilerplate(..))) {
            let reason = if line.is_paragraph() { "appended_article" } else { "related" };
            *verdict = Some(Verdict::Boilerplate(reason, None));
        }
    }
    next
}

/// Whether a short line speaks of the article's subject.
fn known(text: &str, vocabulary: &HashSet<String>) -> bool {
    content_words(text).iter().any(|word| vocabulary.contains(word))
}

/// The share of a paragraph's longer words that are in the vocabulary; `None` where it has too few.
fn share(text: &str, vocabulary: &HashSet<String>) -> Option<f64> {
    let words = content_words(text);
    if words.len() < FEWEST_WORDS {
        return None;
    }
    let common = words.iter().filter(|word| vocabulary.contains(*word)).count();
    #[allow(clippy::cast_precision_loss)] // counts of words in a paragraph
    Some(common as f64 / words.len() as f64)
}

/// The distinct words of four letters and more, folded, without conjunction and article.
fn content_words(text: &str) -> HashSet<String> {
    let folded = fold(text);
    let words = folded.split(|c: char| !is_alphanumeric(c));
    words
        .map(|word| {
            let word = word.strip_prefix('و').filter(|rest| rest.starts_with("ال")).unwrap_or(word);
            let word = word.strip_prefix('ب').filter(|rest| rest.starts_with("ال")).unwrap_or(word);
            word.strip_prefix("ال").or_else(|| word.strip_prefix("لل")).unwrap_or(word)
        })
        .filter(|word| word.chars().nth(3).is_some())
        // Endings aside: أميركي, أميركية and أميركيين are one word here.
        .map(|word| word.chars().take(STEM).collect())
        .collect()
}
