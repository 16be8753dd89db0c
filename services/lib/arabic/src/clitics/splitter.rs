//! The split of a word in its sentence, by a trained model.

use super::Split;
use super::features::{Analysis, Neighbour, context};
use super::vocabulary::Vocabulary;
use crate::orthography::Normalized;
use marsad_label::{ModelError, Ranker};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use thiserror::Error;

/// The weights that come with this crate.
static WEIGHTS: &[u8] = include_bytes!("../../weights/words.bin");

/// A model that splits attached particles and pronouns off words, each in its sentence: a log-linear choice among the
/// cuts that [`super::candidates`] lists.
///
/// ```
/// use marsad_arabic::clitics::Splitter;
/// let splitter = Splitter::built_in();
/// let pieces = |word| splitter.split("", word, "").pieces(word).join("+");
/// assert_eq!(pieces("ولواشنطن"), "و+ل+واشنطن");
/// assert_eq!(pieces("بوابة"), "بوابة");
/// assert_eq!(pieces("بها"), "ب+ها");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Splitter {
    pub(super) vocabulary: Vocabulary,
    ranker: Ranker,
    /// The base score by which a cut is out of reach of the words around.
    margin: i32,
}

/// Why bytes are no splitter.
#[derive(Debug, Error)]
pub enum SplitterError {
    /// They cannot be decoded.
    #[error("the splitter's weights cannot be read: {0}")]
    Unreadable(#[from] postcard::Error),
    /// The part that chooses is unsound.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The vocabulary is unsound.
    #[error("the splitter's vocabulary has sizes that do not fit")]
    Vocabulary,
}

/// The file: vocabulary, then the ranker's own bytes.
#[derive(Serialize, Deserialize)]
struct Weights<'a> {
    vocabulary: Vocabulary,
    #[serde(borrow)]
    ranker: &'a [u8],
}

/// How far apart in log odds two cuts are that no words around bring together.
const MARGIN: f32 = 8.0;

impl Splitter {
    /// The splitter with the weights of this crate.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Splitter> = LazyLock::new(|| {
            // That the bytes are sound is tested; there is nothing to fall back on.
            #[allow(clippy::expect_used)]
            Splitter::from_bytes(WEIGHTS).expect("the weights in weights/words.bin")
        });
        &BUILT_IN
    }

    /// A splitter with other weights, as `train-words` writes them.
    ///
    /// # Errors
    /// [`SplitterError`] where the bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SplitterError> {
        let Weights { vocabulary, ranker } = postcard::from_bytes(bytes)?;
        if !vocabulary.is_sound() {
            return Err(SplitterError::Vocabulary);
        }
        Ok(Self::new(vocabulary, Ranker::from_bytes(ranker)?))
    }

    pub(super) fn new(vocabulary: Vocabulary, ranker: Ranker) -> Self {
        #[allow(clippy::cast_possible_truncation)]
        let margin = (MARGIN / ranker.unit()) as i32;
        Self { vocabulary, ranker, margin }
    }

    /// The splitter as bytes, the same on every machine.
    ///
    /// # Errors
    /// [`SplitterError::Unreadable`] where memory is short.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SplitterError> {
        let weights = Weights { vocabulary: self.vocabulary.clone(), ranker: &self.ranker.to_bytes()? };
        Ok(postcard::to_stdvec(&weights)?)
    }

    /// The split of a word between two tokens, each empty at the end of the sentence. A text that is not one Arabic word
    /// stays whole.
    pub fn split(&self, before: &str, word: &str, after: &str) -> Split {
        let readings = self.readings(word);
        readings.within(self, before, after, |_| 0.0).clone()
    }

    /// The splits that a word may have in some sentence, for those who meet it in many.
    pub fn readings(&self, word: &str) -> Readings {
        let form = Normalized::light(word);
        let analysis = Analysis::new(word, &form, &self.vocabulary);
        let mut features = Vec::with_capacity(32);
        let mut score = |candidate| {
            features.clear();
            analysis.features(candidate, &mut features);
            self.ranker.score(&features)
        };
        let single = analysis.candidates.len() == 1;
        let scores: Vec<i32> =
            analysis.candidates.iter().map(|candidate| if single { 0 } else { score(candidate) }).collect();
        let least = scores.iter().max().map_or(0, |top| top - self.margin);
        let kept = analysis.candidates.iter().zip(scores).filter(|(_, score)| *score >= least);
        Readings {
            all: kept
                .map(|(candidate, score)| Reading {
                    split: analysis.split(candidate, &self.vocabulary),
                    shape: candidate.shape,
                    score,
                })
                .collect(),
        }
    }
}

/// The splits that a word may have, before the words around are known.
#[derive(Debug, Clone)]
pub struct Readings {
    all: Vec<Reading>,
}

#[derive(Debug, Clone)]
struct Reading {
    split: Split,
    shape: u64,
    score: i32,
}

impl Readings {
    /// The one to act on between two tokens, each empty at the end of the sentence. `splitter` is the one that made them.
    /// `prior` says how much likelier than to the model a split is to the caller, in log odds: who knows names favours
    /// those splits that leave one.
    ///
    /// ```
    /// use marsad_arabic::clitics::Splitter;
    /// let splitter = Splitter::built_in();
    /// let readings = splitter.readings("بابل");
    /// let known = |split: &marsad_arabic::clitics::Split| if split.stem == "بابل" { 8.0 } else { 0.0 };
    /// assert_eq!(readings.within(splitter, "محافظة", "العراقية", known).stem, "بابل");
    /// ```
    pub fn within(
        &self,
        splitter: &Splitter,
        before: &str,
        after: &str,
        prior: impl Fn(&Split) -> f32,
    ) -> &Split {
        let Some((first, others)) = self.all.split_first() else { return &NOTHING };
        if others.is_empty() {
            return &first.split;
        }
        let (before, after) = (Neighbour::new(before), Neighbour::new(after));
        let mut features = Vec::with_capacity(8);
        let mut score = |reading: &Reading| {
            features.clear();
            context(reading.shape, &before, &after, &mut features);
            #[allow(clippy::cast_possible_truncation)]
            let prior = (prior(&reading.split) / splitter.ranker.unit()) as i32;
            reading.score + splitter.ranker.score(&features) + prior
        };
        let mut best = (score(first), first);
        for reading in others {
            let score = score(reading);
            if score > best.0 {
                best = (score, reading);
            }
        }
        &best.1.split
    }
}

/// The split of an empty text.
static NOTHING: LazyLock<Split> = LazyLock::new(|| Split {
    proclitics: Vec::new(),
    article: false,
    stem: String::new(),
    enclitic: None,
    host_span: crate::span::Span::new(0, 0),
    stem_span: crate::span::Span::new(0, 0),
});
