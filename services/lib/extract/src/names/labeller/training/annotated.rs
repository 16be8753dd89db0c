//! Annotated sentences in CoNLL files.

use std::fs;
use std::ops::Range;
use std::path::Path;

use marsad_model::Span;

use super::TrainingError;
use crate::knowledge::{self, Knowledge};
use crate::names::dictionary::{Match, surfaces};
use crate::names::labeller::Labelled;
use crate::names::labeller::labels::{KINDS, LABELS};
use crate::reading::{Reading, body};

/// Some sentences of a file as one article, with their names.
#[derive(Debug, Clone)]
pub struct Annotated {
    text: String,
    /// For each token its bytes in the text and its name.
    tokens: Vec<(Range<usize>, Option<Name>)>,
}

/// A name as its number in the article and its kind, a position in [`KINDS`].
type Name = (usize, usize);

/// Sentences that are read as one article.
const SENTENCES: usize = 10;

/// Reads a CoNLL file: a token, a tab and a BIO tag on each line, an empty line after each sentence. Ten sentences become an article.
///
/// # Errors
/// [`TrainingError::File`] where it cannot be read.
pub fn read_conll(path: &Path) -> Result<Vec<Annotated>, TrainingError> {
    let text = fs::read_to_string(path)
        .map_err(|source| TrainingError::File { path: path.display().to_string(), source })?;
    let sentences: Vec<Vec<(&str, &str)>> = text
        .split("\n\n")
        .map(|sentence| sentence.lines().filter_map(|line| line.split_once('\t')).collect())
        .filter(|sentence: &Vec<_>| !sentence.is_empty())
        .collect();
    Ok(sentences.chunks(SENTENCES).map(Annotated::new).collect())
}

/// The kind of name that a tag of the files stands for, as a position in [`KINDS`].
fn kind(tag: &str) -> Option<usize> {
    match tag {
        "PER" | "PERS" => Some(0),
        "LOC" | "GPE" | "FAC" => Some(1),
        "ORG" => Some(2),
        "MISC" => Some(3),
        _ => None,
    }
}

impl Annotated {
    fn new(sentences: &[Vec<(&str, &str)>]) -> Self {
        let mut article = Self { text: String::new(), tokens: Vec::new() };
        let mut names = 0;
        for sentence in sentences {
            let mut before = None;
            for (token, tag) in sentence {
                let start = article.text.len();
                article.text.push_str(token);
                let found = tag.split_once('-').and_then(|(prefix, tag)| Some((prefix, kind(tag)?)));
                let name = found.map(|(prefix, kind)| match before {
                    Some((name, same)) if prefix == "I" && kind == same => (name, kind),
                    _ => {
                        names += 1;
                        (names, kind)
                    }
                });
                before = name;
                article.tokens.push((start..article.text.len(), name));
                article.text.push(' ');
            }
            article.text.push('\n');
        }
        article
    }

    /// Reads the article as the analyzer does.
    pub(super) fn with_reading<R>(
        &self,
        then: impl FnOnce(&Reading<'_>, &[Vec<Match<'_>>], &Knowledge) -> R,
    ) -> R {
        with_reading(&self.text, then)
    }

    /// The token that holds a word.
    fn token(&self, word: Span) -> usize {
        self.tokens.partition_point(|(span, _)| span.end <= word.start)
    }

    /// The label of each word.
    pub(super) fn labels(&self, reading: &Reading<'_>) -> Vec<u8> {
        let mut before = None;
        let label = |word: &crate::reading::Word| {
            let name = self.tokens.get(self.token(word.span)).and_then(|(_, name)| *name);
            let inside = name.is_some() && name == before;
            before = name;
            name.map_or(0, |(_, kind)| 1 + 2 * kind + usize::from(inside))
        };
        let labels = reading.words.iter().map(label);
        labels.map(|label| u8::try_from(label).unwrap_or(0)).collect()
    }

    /// Its names as first token, one past the last, and kind.
    fn names(&self) -> Vec<(usize, usize, usize)> {
        let mut names: Vec<(usize, usize, usize)> = Vec::new();
        let mut last = None;
        for (at, (_, name)) in self.tokens.iter().enumerate() {
            if let Some((number, kind)) = name {
                match names.last_mut().filter(|_| last == Some(*number)) {
                    Some(name) => name.1 = at + 1,
                    None => names.push((at, at + 1, *kind)),
                }
                last = Some(*number);
            }
        }
        names
    }
}

/// Reads a text as the analyzer does, all of it as body.
pub(super) fn with_reading<R>(
    text: &str,
    then: impl FnOnce(&Reading<'_>, &[Vec<Match<'_>>], &Knowledge) -> R,
) -> R {
    let knowledge = knowledge::get();
    let segments = body(text);
    let reading = Reading::new(text, &segments);
    then(&reading, &surfaces(&reading), knowledge)
}

/// What labels never follow which, and which never begin a sentence: the inside of a name follows its kind.
pub(super) fn forbidden() -> (Vec<(u8, u8)>, Vec<u8>) {
    let kind_of = |label: u8| label.div_ceil(2);
    let labels = 0..u8::try_from(LABELS.len()).unwrap_or(0);
    let insides: Vec<u8> = labels.clone().filter(|label| *label > 0 && label % 2 == 0).collect();
    let pairs = insides
        .iter()
        .flat_map(|to| labels.clone().filter(|from| kind_of(*from) != kind_of(*to)).map(|from| (from, *to)));
    (pairs.collect(), insides.clone())
}

/// Precision, recall and their harmonic mean, from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct F1 {
    right: usize,
    found: usize,
    wanted: usize,
}

impl F1 {
    /// The share of what was found that is right.
    pub fn precision(self) -> f64 {
        ratio(self.right, self.found)
    }

    /// The share of what was wanted that was found.
    pub fn recall(self) -> f64 {
        ratio(self.right, self.wanted)
    }

    /// The harmonic mean.
    pub fn f1(self) -> f64 {
        ratio(2 * self.right, self.found + self.wanted)
    }
}

#[allow(clippy::cast_precision_loss)]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Scores a labeller: exact tokens and kind.
pub(super) fn score(
    annotated: &[Annotated],
    label: impl Fn(&Reading<'_>, &[Vec<Match<'_>>], &Knowledge) -> Vec<Labelled>,
) -> Vec<(&'static str, F1)> {
    let mut scores = [("PER", F1::default()), ("LOC", F1::default()), ("ORG", F1::default())];
    for article in annotated {
        let wanted = article.names();
        let found: Vec<(usize, usize, usize)> = article.with_reading(|reading, surfaces, knowledge| {
            let tokens = |name: &Labelled| {
                let token = |word: usize| reading.words.get(word).map(|word| article.token(word.span));
                let kind = KINDS.iter().position(|kind| *kind == name.kind)?;
                Some((token(name.words.start)?, token(name.words.end.checked_sub(1)?)? + 1, kind))
            };
            label(reading, surfaces, knowledge).iter().filter_map(tokens).collect()
        });
        for (kind, (_, score)) in scores.iter_mut().enumerate() {
            let of = |names: &[(usize, usize, usize)]| names.iter().filter(|name| name.2 == kind).count();
            score.right += wanted.iter().filter(|name| name.2 == kind && found.contains(name)).count();
            score.found += of(&found);
            score.wanted += of(&wanted);
        }
    }
    let all = scores.iter().fold(F1::default(), |sum, (_, score)| F1 {
        right: sum.right + score.right,
        found: sum.found + score.found,
        wanted: sum.wanted + score.wanted,
    });
    scores.into_iter().chain([("all", all)]).collect()
}
