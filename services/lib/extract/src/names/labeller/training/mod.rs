//! Training of the labeller. The command `train-names` calls it; see `weights/README.md`.
//!
//! 1. Clusters of the words of raw news texts.
//! 2. A model that sees only the surroundings of a word says what names each word of the raw texts is in: its profile.
//! 3. The two passes learn from annotated sentences. What the second sees of the first comes from models that have not seen the
//!    sentence (five-fold).
//! 4. Both passes label raw articles, and learn again from the sentences of which they are sure and the annotated ones
//!    (self-training).

mod annotated;
mod raw;

use std::ops::Range;

use marsad_label::{Model, ModelError, train};
use rayon::prelude::*;
use thiserror::Error;

use super::features::{Echoes, Sight};
use super::labels::LABELS;
use super::words::WordTable;
use super::{FIRST, Labeller};
pub use annotated::{Annotated, F1, read_conll};
use raw::Vocabulary;
pub use raw::{RawText, read_raw};

/// What goes wrong in training.
#[derive(Debug, Error)]
pub enum TrainingError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A line of a raw text file is not what it should be.
    #[error("{path}:{line}: {source}; a JSON object with `title` and `text` would be right")]
    Line {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
    /// The weights do not fit the format.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// What training gives: the files of `weights/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weights {
    /// The model, with a head for each pass.
    pub model: Vec<u8>,
    /// The table of words.
    pub words: Vec<u8>,
}

/// Words of the raw texts that get a cluster occur this often.
const LEAST_IN_CLUSTER: u32 = 10;
/// Words of the raw texts that get a profile occur this often.
const LEAST_IN_TABLE: u64 = 4;
/// Folds of the sentences for the second pass.
const FOLDS: usize = 5;
/// How often the passes are learned; their weights are the mean.
const RUNS: u64 = 8;
/// Raw articles that the passes learn from.
const SELF_LABELLED: usize = 6000;
/// What an example of theirs counts.
const SELF_LABELLED_WEIGHT: f32 = 0.2;
/// Bytes of each raw article that are labelled.
const SELF_LABELLED_LENGTH: usize = 5000;

/// Learns the table of words (steps 1 and 2). `progress` is told what is being done.
///
/// # Errors
/// [`TrainingError`] where the results do not fit their formats.
pub fn learn_words(
    annotated: &[Annotated],
    raw: &[RawText],
    progress: &dyn Fn(&str),
) -> Result<Vec<u8>, TrainingError> {
    progress("words of the raw texts");
    let vocabulary = Vocabulary::read(raw, LEAST_IN_CLUSTER);
    progress("clusters of words");
    let clusters = vocabulary.clusters();
    let table = WordTable::new(&clusters);
    progress("the model of surroundings");
    let surroundings = train::crf(&[&examples(annotated, &table, true).concat()], &surroundings_options());
    progress("what names words are in");
    let facts = raw::profiles(raw, &clusters, &table, &surroundings, LEAST_IN_TABLE);
    Ok(WordTable::new(&facts).to_bytes()?)
}

/// Learns both passes (steps 3 and 4) with a table of words. `progress` is told what is being done.
///
/// # Errors
/// [`TrainingError`] where the table or the results do not fit their formats.
pub fn learn_passes(
    annotated: &[Annotated],
    raw: &[RawText],
    words: Vec<u8>,
    progress: &dyn Fn(&str),
) -> Result<Weights, TrainingError> {
    let table = WordTable::from_bytes(&words)?;
    progress("both passes");
    let firsts = examples(annotated, &table, false);
    let mut seconds = second_examples(annotated, &table, &firsts);
    let mut firsts = firsts.concat();
    let model = train::crf(&[&firsts, &seconds], &gold_options());
    progress("labels of raw articles");
    let teacher = Labeller { model, words: table };
    for (first, second) in raw::self_labelled(raw, SELF_LABELLED, SELF_LABELLED_LENGTH, &teacher) {
        firsts.push(first.weighing(SELF_LABELLED_WEIGHT));
        seconds.push(second.weighing(SELF_LABELLED_WEIGHT));
    }
    progress("both passes, from all");
    let model = train::crf(&[&firsts, &seconds], &final_options()).to_bytes()?;
    Ok(Weights { model, words })
}

/// Scores weights on annotated sentences: for each kind of name, and for persons, places and organizations together.
///
/// # Errors
/// [`TrainingError`] where the weights do not fit their formats.
pub fn evaluate(
    weights: &Weights,
    annotated: &[Annotated],
) -> Result<Vec<(&'static str, F1)>, TrainingError> {
    let labeller =
        Labeller { model: Model::from_bytes(&weights.model)?, words: WordTable::from_bytes(&weights.words)? };
    Ok(annotated::score(annotated, |reading, surfaces, knowledge| {
        labeller.label(reading, surfaces, knowledge).names
    }))
}

fn options() -> train::Options {
    let (forbidden, forbidden_starts) = annotated::forbidden();
    train::Options { forbidden, forbidden_starts, rate: 0.1, penalty: 1e-4, ..train::Options::new(LABELS) }
}

fn surroundings_options() -> train::Options {
    train::Options { epochs: 12, least: 3, dropout: 0.2, ..options() }
}

/// More than half of what is seen is left out: of a few thousand names each feature would else be learned by heart.
fn gold_options() -> train::Options {
    train::Options { epochs: 16, dropout: 0.6, runs: RUNS, ..options() }
}

fn final_options() -> train::Options {
    train::Options { epochs: 6, least: 5, dropout: 0.5, threshold: 0.08, runs: RUNS, ..options() }
}

type Examples = Vec<Vec<train::Example>>;

/// For each article the examples of its sentences.
fn examples(annotated: &[Annotated], table: &WordTable, surroundings: bool) -> Examples {
    let of_article = |article: &Annotated| {
        article.with_reading(|reading, surfaces, knowledge| {
            let sight = Sight { reading, surfaces, knowledge, table };
            let labels = article.labels(reading);
            let example = |words: Range<usize>| {
                let items = if surroundings {
                    sight.surroundings(words.clone())
                } else {
                    sight.features(words.clone())
                };
                train::Example::new(items, labels[words].to_vec())
            };
            reading.sentences.iter().map(|sentence| example(sentence.words.clone())).collect()
        })
    };
    annotated.iter().map(of_article).collect()
}

/// The examples of the second pass. The first pass that they see has not learned from their article.
fn second_examples(annotated: &[Annotated], table: &WordTable, firsts: &Examples) -> Vec<train::Example> {
    let fold_of = |article: usize| article * FOLDS / annotated.len().max(1);
    let models: Vec<Model> = (0..FOLDS)
        .into_par_iter()
        .map(|fold| {
            let others = (0..).zip(firsts).filter(|(at, _)| fold_of(*at) != fold);
            let others: Vec<_> = others.flat_map(|(_, examples)| examples.clone()).collect();
            train::crf(&[&others], &train::Options { runs: 1, ..gold_options() })
        })
        .collect();
    let mut all = Vec::new();
    for (at, article) in annotated.iter().enumerate() {
        let Some(model) = models.get(fold_of(at)) else { continue };
        article.with_reading(|reading, surfaces, knowledge| {
            let sight = Sight { reading, surfaces, knowledge, table };
            all.extend(two_looks(&sight, model, &article.labels(reading)).map(|(_, second)| second));
        });
    }
    all
}

/// The examples of both passes for a text that is labelled, sentence by sentence.
fn two_looks<'s>(
    sight: &'s Sight<'_>,
    first: &Model,
    labels: &'s [u8],
) -> impl Iterator<Item = (train::Example, train::Example)> + 's {
    let reading = sight.reading;
    let items: Vec<_> = reading.sentences.iter().map(|s| sight.features(s.words.clone())).collect();
    let marginals: Vec<f32> = items.iter().flat_map(|items| first.score(items).marginals(FIRST)).collect();
    let echoes = Echoes::new(reading, &marginals);
    reading.sentences.iter().zip(items).map(move |(sentence, items)| {
        let labels = labels[sentence.words.clone()].to_vec();
        let mut both = items.clone();
        for (item, word) in both.iter_mut().zip(sentence.words.clone()) {
            item.extend(echoes.features(word, &marginals[word * LABELS.len()..(word + 1) * LABELS.len()]));
        }
        (train::Example::new(items, labels.clone()), train::Example::new(both, labels))
    })
}
