//! The article as words and sentences: what the stages after segmentation read.

use std::collections::HashMap;
use std::ops::Range;

use marsad_arabic::clitics::{self, Proclitic, Readings, Split};
use marsad_arabic::orthography::fold;
use marsad_arabic::token::{Token, TokenKind, sentences, tokenize};
use marsad_model::ontology::SegmentKind;
use marsad_model::{Segment, Span};

use crate::knowledge::Knowledge;
use crate::lexicon::{self, FunctionClass};

/// A word (token) of the article's own text with its attached particles split.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    /// The whole token.
    pub(crate) span: Span,
    pub(crate) kind: TokenKind,
    /// The whole token, folded.
    pub(crate) folded: String,
    /// The particles attached before it, in order.
    pub(crate) proclitics: Vec<Proclitic>,
    /// What is left after the particles: article, stem and pronoun.
    pub(crate) host_span: Span,
    /// Article and stem, folded.
    pub(crate) host: String,
    /// The stem, folded, its end restored as by itself.
    pub(crate) stem: String,
    /// Whether the article stands before the stem.
    pub(crate) article: bool,
    /// The attached pronoun.
    pub(crate) enclitic: Option<String>,
}

impl Word {
    /// Whether it is a word of Arabic letters.
    pub(crate) fn is_arabic(&self) -> bool {
        self.kind == TokenKind::Word
    }

    /// Whether it is nothing but a preposition and its pronoun: `بها`, `ولهم`.
    pub(crate) fn is_governed_pronoun(&self) -> bool {
        self.stem.is_empty() && self.enclitic.is_some()
    }

    /// Whether a conjunction (`و`, `ف`) is attached.
    pub(crate) fn has_conjunction(&self) -> bool {
        self.proclitics.iter().any(|p| matches!(p, Proclitic::And | Proclitic::Then))
    }

    /// Whether a preposition (`ب`, `ل`, `ك`) is attached to a word; `بها` is no word with a preposition.
    pub(crate) fn has_preposition(&self) -> bool {
        !self.is_governed_pronoun()
            && self.proclitics.iter().any(|p| matches!(p, Proclitic::By | Proclitic::To | Proclitic::Like))
    }
}

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
    pub(crate) segments: &'t [Segment],
    pub(crate) words: Vec<Word>,
    pub(crate) sentences: Vec<Sentence>,
}

impl<'t> Reading<'t> {
    /// Reads the segments that are not boilerplate.
    pub(crate) fn new(text: &'t str, segments: &'t [Segment], knowledge: &Knowledge) -> Self {
        let mut reading = Self { text, segments, words: Vec::new(), sentences: Vec::new() };
        let parts: Vec<(usize, Vec<Token>)> = segments
            .iter()
            .enumerate()
            .filter(|(_, segment)| segment.kind != SegmentKind::Boilerplate)
            .filter_map(|(at, segment)| {
                let tokens = tokenize(segment.span.of(text)?);
                Some((at, tokens.into_iter().map(|t| shifted(t, segment.span.start)).collect()))
            })
            .collect();
        let mut splitter = Splitter::new(knowledge);
        for (segment, tokens) in parts {
            for range in sentences(text, &tokens) {
                let mut rest = tokens.get(range).unwrap_or_default();
                while !rest.is_empty() {
                    let (tokens, later) = rest.split_at(sentence_length(text, rest));
                    rest = later;
                    let first = reading.words.len();
                    reading.words.extend(tokens.iter().enumerate().map(|(at, token)| {
                        let around = [at.checked_sub(1).and_then(|at| tokens.get(at)), tokens.get(at + 1)];
                        splitter.word(text, token, around)
                    }));
                    reading.sentences.push(Sentence { words: first..reading.words.len(), segment });
                }
            }
        }
        reading
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

/// How much likelier a split is that leaves a word which the knowledge or the lexicon has, in log odds.
const KNOWN: f32 = 10.0;

/// How much of that each particle and pronoun takes: `وبابل` is `و` + `بابل`, though there is an Apple (`آبل`) too.
const PARTICLE: f32 = 3.5;

/// Splits particles and pronouns off words, each distinct word once as far as the words around do not matter.
struct Splitter<'k> {
    knowledge: &'k Knowledge,
    model: &'static clitics::Splitter,
    readings: HashMap<String, Readings>,
}

impl<'k> Splitter<'k> {
    fn new(knowledge: &'k Knowledge) -> Self {
        Self { knowledge, model: clitics::Splitter::built_in(), readings: HashMap::new() }
    }

    /// A token as a word. `around` are the tokens before and after it in its sentence.
    fn word(&mut self, text: &str, token: &Token, around: [Option<&Token>; 2]) -> Word {
        let raw = token.text(text);
        let span = Span::new(token.span.start, token.span.end);
        let folded = fold(raw);
        if token.kind != TokenKind::Word {
            return Word {
                span,
                kind: token.kind,
                proclitics: Vec::new(),
                host_span: span,
                host: folded.clone(),
                stem: folded.clone(),
                folded,
                article: false,
                enclitic: None,
            };
        }
        if !self.readings.contains_key(raw) {
            self.readings.insert(raw.to_owned(), self.model.readings(raw));
        }
        let [before, after] = around.map(|token| token.map_or("", |token| token.text(text)));
        let split = match self.readings.get(raw) {
            Some(readings) => {
                readings.within(self.model, before, after, |split| self.knows(raw, split)).clone()
            }
            None => self.model.split(before, raw, after),
        };
        Word {
            span,
            kind: token.kind,
            folded,
            proclitics: split.proclitics.iter().map(|(particle, _)| *particle).collect(),
            host_span: Span::new(span.start + split.host_span.start, span.start + split.host_span.end),
            host: fold(&split.host()),
            stem: fold(&split.stem),
            article: split.article,
            enclitic: split.enclitic.map(|(pronoun, _)| fold(&pronoun)),
        }
    }

    /// How much likelier a split is than the model knows, in log odds.
    fn knows(&self, raw: &str, split: &Split) -> f32 {
        if misreads(raw, split) {
            return 0.0;
        }
        let is_word = |word: &str| self.knowledge.is_word(word) || lexicon::is_word(word);
        if is_word(&fold(&split.stem)) || split.article && is_word(&fold(&split.host())) {
            let cuts = split.proclitics.iter().map(|_| ()).chain(split.enclitic.iter().map(|_| ()));
            cuts.fold(KNOWN, |left, ()| left - PARTICLE)
        } else {
            0.0
        }
    }
}

/// Whether the words that are known say nothing for a split of a word.
fn misreads(raw: &str, split: &Split) -> bool {
    let stem = fold(&split.stem);
    let is_function = |class| lexicon::get().is_function(class, &stem);
    // أ asks before particles (ألم, أليس) only: أمني is no question.
    let asks = split.proclitics.iter().any(|(particle, _)| *particle == Proclitic::Question);
    if asks
        && ![FunctionClass::Particle, FunctionClass::Verb, FunctionClass::Pronoun]
            .into_iter()
            .any(is_function)
    {
        return true;
    }
    let joined = split.enclitic.as_ref().is_some_and(|(pronoun, _)| match pronoun.as_str() {
        // Every noun with ي is spelled like the adjective made of it.
        "ي" => !is_function(FunctionClass::Preposition),
        // Verbs take ني, and particles in ن (لكنني); أم, أو, ثم take no pronoun at all.
        "ني" => !stem.ends_with('ن') && !lexicon::get().readings(&stem).iter().any(|r| r.form.is_finite()),
        _ => is_function(FunctionClass::Conjunction) && !stem.ends_with('ن'),
    });
    // Hardly a stem begins with و and a hamza: وأدى is no وادي.
    let whole = split.proclitics.is_empty();
    joined || whole && ["وأ", "وإ", "وآ"].iter().any(|letters| raw.starts_with(letters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge;

    /// The stem that a word of a text is read with.
    fn stem(text: &str, at: usize) -> String {
        let span = Span::new(0, text.len());
        let segments = [Segment { span, kind: SegmentKind::Body, reason: None, warning: None }];
        Reading::new(text, &segments, knowledge::get()).words[at].stem.clone()
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
            let span = Span::new(0, text.len());
            let segments = [Segment { span, kind: SegmentKind::Body, reason: None, warning: None }];
            let reading = Reading::new(&text, &segments, knowledge::get());
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
