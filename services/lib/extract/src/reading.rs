//! The article as words and sentences: what the stages after segmentation read.

mod recent;
mod split;
mod word;

use std::ops::Range;

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::token::{Token, sentences, tokenize};
use marsad_model::ontology::SegmentKind;
use marsad_model::{Segment, Span};

use crate::knowledge::{self, Knowledge};
pub(crate) use word::{Form, Word};

/// Most words of a sentence. Prose has hardly any longer ones; a text without full stops is cut at its commas, so that the
/// work on a sentence may grow with its square and that on the text does not.
pub(crate) const LONGEST_SENTENCE: usize = 200;

/// A sentence, which never crosses a line.
#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    /// Its words as positions in [`Reading::words`].
    pub(crate) words: Range<usize>,
    /// Its segment as a position in [`Reading::segments`].
    pub(crate) segment: usize,
}

/// Title, headings and body as words. Boilerplate is not in here: it is never read for content.
#[derive(Debug)]
pub(crate) struct Reading<'t> {
    pub(crate) text: &'t str,
    /// What is known of names.
    pub(crate) knowledge: &'t Knowledge,
    pub(crate) segments: &'t [Segment],
    pub(crate) words: Vec<Word>,
    pub(crate) sentences: Vec<Sentence>,
}

impl<'t> Reading<'t> {
    /// Reads the segments that are not boilerplate, with the compiled knowledge.
    pub(crate) fn new(text: &'t str, segments: &'t [Segment]) -> Self {
        Self::with(text, segments, knowledge::get())
    }

    /// Reads the segments that are not boilerplate.
    pub(crate) fn with(text: &'t str, segments: &'t [Segment], knowledge: &'t Knowledge) -> Self {
        let mut reading = Self { text, knowledge, segments, words: Vec::new(), sentences: Vec::new() };
        let parts: Vec<(usize, Vec<Token>)> = segments
            .iter()
            .enumerate()
            .filter(|(_, segment)| segment.kind != SegmentKind::Boilerplate)
            .filter_map(|(at, segment)| {
                let tokens = tokenize(segment.span.of(text)?);
                Some((at, tokens.into_iter().map(|t| shifted(t, segment.span.start)).collect()))
            })
            .collect();
        reading.words.reserve_exact(parts.iter().map(|(_, tokens)| tokens.len()).sum());
        for (segment, tokens) in parts {
            for range in sentences(text, &tokens) {
                let mut rest = tokens.get(range).unwrap_or_default();
                while !rest.is_empty() {
                    let (tokens, later) = rest.split_at(sentence_length(text, rest));
                    rest = later;
                    let first = reading.words.len();
                    split::words(text, tokens, knowledge, &mut reading.words);
                    reading.sentences.push(Sentence { words: first..reading.words.len(), segment });
                }
            }
        }
        reading
    }

    /// Whether و joins a word to what stands before it.
    pub(crate) fn is_and(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| word.proclitics.first() == Some(&Proclitic::And))
    }

    /// The text of a word as it stands in the article.
    pub(crate) fn raw(&self, at: usize) -> &'t str {
        self.words.get(at).and_then(|word| word.span.of(self.text)).unwrap_or("")
    }

    /// The folded word, empty off the end.
    pub(crate) fn folded(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.folded.as_str())
    }

    /// The folded word without particles and pronoun, empty off the end.
    pub(crate) fn host(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.host.as_str())
    }

    /// The sentence that a word stands in, as a position in `sentences`.
    pub(crate) fn sentence_of(&self, word: usize) -> usize {
        self.sentences.partition_point(|sentence| sentence.words.end <= word)
    }

    /// The word at or after a byte of the text, as a position in `words`.
    pub(crate) fn word_at(&self, byte: usize) -> usize {
        self.words.partition_point(|word| word.span.end <= byte)
    }

    /// The words that a span touches.
    pub(crate) fn words_in(&self, span: Span) -> Range<usize> {
        self.word_at(span.start)..self.words.partition_point(|word| word.span.start < span.end)
    }
}

/// How many of some tokens are read as one sentence: all, or those up to the last comma or semicolon that leaves it short
/// enough.
fn sentence_length(text: &str, tokens: &[Token]) -> usize {
    let Some(head) = tokens.get(..LONGEST_SENTENCE).filter(|head| head.len() < tokens.len()) else {
        return tokens.len();
    };
    let parts = |token: &Token| matches!(token.text(text), "،" | "؛" | "," | ";");
    head.iter().rposition(parts).map_or(head.len(), |at| at + 1)
}

fn shifted(token: Token, by: usize) -> Token {
    Token { span: token.span.shifted(by), ..token }
}

/// A text that is all body.
#[cfg(any(test, feature = "train"))]
pub(crate) fn body(text: &str) -> [Segment; 1] {
    let span = Span::new(0, text.len());
    [Segment { span, kind: SegmentKind::Body, reason: None, warning: None }]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stem that a word of a text is read with.
    fn stem(text: &str, at: usize) -> String {
        let segments = body(text);
        Reading::new(text, &segments).words[at].stem.to_string()
    }

    #[test]
    fn known_words_do_not_mislead() {
        let cases = [
            ("وقال مصدر أمني مشارك في الوفد", 2, "امني"),
            ("أفاد مصدر أمني فلسطيني", 2, "امني"),
            ("وأدى الانفجار لجرح سبعة", 0, "ادي"),
            ("وادي النيل", 0, "وادي"),
            ("وبوجدة محطة قطار", 0, "وجده"),
            ("قال إنه أبلغني بالأمر", 2, "ابلغ"),
        ];
        for (text, at, expected) in cases {
            assert_eq!(stem(text, at), expected, "{text}");
        }
    }

    #[test]
    fn long_sentences_are_cut_at_commas() {
        let clause = "وصل الوفد إلى المدينة صباح اليوم، ";
        for (text, at_comma) in [(clause.repeat(100), true), (clause.replace('،', "").repeat(100), false)] {
            let segments = body(&text);
            let reading = Reading::new(&text, &segments);
            let mut next = 0;
            for sentence in &reading.sentences {
                assert_eq!(sentence.words.start, next);
                assert!((1..=LONGEST_SENTENCE).contains(&sentence.words.len()));
                next = sentence.words.end;
                assert!(!at_comma || reading.raw(next - 1) == "،");
            }
            assert_eq!(next, reading.words.len());
            assert!(reading.sentences.len() > 2);
        }
    }
}
