//! Names that neither knowledge nor rule has: a trained sequence labeller in two passes. The second sees what the first said of
//! the other places of a word in the article.
//!
//! The weights are made by the command `train-names` from `services/lib/extract/weights/README.md`.

mod features;
mod labels;
mod look;
#[cfg(feature = "train")]
pub mod training;
mod words;

use std::ops::Range;
use std::sync::LazyLock;

use marsad_label::Model;

use super::dictionary::Match;
use crate::knowledge::Knowledge;
use crate::reading::Reading;
use features::{Echoes, Sight};
use labels::LABELS;
pub(crate) use look::Look;
use words::WordTable;

static MODEL: &[u8] = include_bytes!("../../../weights/names.model");
static WORDS: &[u8] = include_bytes!("../../../weights/words.table");

static LABELLER: LazyLock<Labeller> = LazyLock::new(Labeller::open);

/// What kind of name a chunk of words is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Person,
    Place,
    Organization,
    /// Nationalities, events, works: the training texts have them as one.
    Other,
}

/// Words that the labeller takes for a name.
#[derive(Debug, Clone)]
pub(crate) struct Labelled {
    /// Positions in [`Reading::words`].
    pub(crate) words: Range<usize>,
    pub(crate) kind: Kind,
    /// The least probability, over its words, that each is in a name of that kind.
    pub(crate) probability: f32,
}

/// What the labeller says of an article.
#[derive(Debug, Default)]
pub(crate) struct Labelling {
    /// The names, in order; they do not overlap.
    pub(crate) names: Vec<Labelled>,
    /// For each word the probability that it is in a person's name.
    persons: Vec<f32>,
    /// For each word the probability that it is in any name.
    any: Vec<f32>,
}

impl Labelling {
    /// The probability that a word is in a name.
    pub(super) fn name(&self, word: usize) -> f32 {
        self.any.get(word).copied().unwrap_or_default()
    }

    /// Whether some words are just one of the names.
    pub(super) fn is_name(&self, words: &Range<usize>) -> bool {
        let at = self.names.partition_point(|name| name.words.start < words.start);
        self.names.get(at).is_some_and(|name| name.words == *words && name.kind != Kind::Other)
    }

    /// The mean probability that some words are in a person's name.
    pub(super) fn person(&self, words: Range<usize>) -> f32 {
        let words = self.persons.get(words).unwrap_or_default();
        words.iter().sum::<f32>() / u16::try_from(words.len()).map_or(f32::MAX, f32::from).max(1.0)
    }
}

/// The clusters of a word among few and among many.
pub(crate) fn clusters(word: &crate::reading::Word) -> (u64, u64) {
    let facts = LABELLER.words.get(word.facts().look.host).unwrap_or(words::WordFacts::NONE);
    (facts.coarse, facts.fine)
}

/// Both passes.
struct Labeller {
    /// A head for each pass.
    model: Model,
    words: WordTable,
}

/// The heads of the model.
const FIRST: usize = 0;
const SECOND: usize = 1;

/// How much likelier names are made than the training texts have them, in logits: what is missed costs more than what is
/// found too much. Set where F1 on the development sentences is best.
const RECALL_BIAS: f32 = 0.75;

/// Labels an article. `surfaces` are those of the knowledge that begin at each word.
pub(super) fn label(reading: &Reading<'_>, surfaces: &[Vec<Match<'_>>], knowledge: &Knowledge) -> Labelling {
    LABELLER.label(reading, surfaces, knowledge)
}

impl Labeller {
    /// A unit test opens the bytes, so a failure here cannot ship.
    #[allow(clippy::expect_used)]
    fn open() -> Self {
        Self {
            model: Model::from_bytes(MODEL).expect("the weights that training wrote"),
            words: WordTable::from_bytes(WORDS).expect("the words that training wrote"),
        }
    }

    fn label(&self, reading: &Reading<'_>, surfaces: &[Vec<Match<'_>>], knowledge: &Knowledge) -> Labelling {
        let sight = Sight { reading, surfaces, knowledge, table: &self.words };
        let mut scores = Vec::with_capacity(reading.sentences.len());
        let mut marginals = Vec::with_capacity(reading.words.len() * LABELS.len());
        for sentence in &reading.sentences {
            let sentence = sight.score(&self.model, sentence.words.clone());
            marginals.extend(sentence.marginals(FIRST));
            scores.push(sentence);
        }
        let echoes = Echoes::new(reading, &marginals);
        let mut rows = marginals.chunks_exact(LABELS.len());
        let mut labelling = Labelling::default();
        for (sentence, mut scores) in reading.sentences.iter().zip(scores) {
            for ((item, word), row) in sentence.words.clone().enumerate().zip(&mut rows) {
                scores.add(item, echoes.features(word, row));
            }
            scores.favour(SECOND, 0, -RECALL_BIAS);
            let marginals = scores.marginals(SECOND);
            labelling.persons.extend(marginals.chunks_exact(LABELS.len()).map(|row| labels::mass(row, 1)));
            labelling.any.extend(marginals.chunks_exact(LABELS.len()).map(|row| 1.0 - row[0]));
            labelling.names.extend(labels::chunks(&scores.best(SECOND), &marginals, sentence.words.start));
        }
        labelling
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use marsad_label::Feature;

    #[test]
    fn weights_open() {
        let labeller = Labeller::open();
        assert_eq!(labeller.model.labels(), LABELS);
        assert_eq!(labeller.model.heads(), 2);
        assert!(labeller.words.get(Feature::hash("وزير")).is_some());
    }
}
