//! The split of a word in its sentence, by a trained model.

use super::Split;
use super::features::{Analysis, Comparison, Neighbour, context};
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
    comparisons: Comparisons,
    /// The base score by which a cut is out of reach of the words around.
    margin: i32,
}

/// The scores of comparisons, which would else be most of a word's features.
#[derive(Debug, Clone, PartialEq)]
struct Comparisons {
    /// For each of [`Comparison::all`] the score of each number of steps, from none on.
    scores: Vec<Vec<i32>>,
}

impl Comparisons {
    fn new(ranker: &Ranker) -> Self {
        let scores = |comparison: Comparison| {
            let steps = comparison.features().scan(0, |sum, feature| {
                *sum += ranker.score(&[feature]);
                Some(*sum)
            });
            std::iter::once(0).chain(steps).collect()
        };
        Self { scores: Comparison::all().map(scores).collect() }
    }

    fn score(&self, comparisons: impl Iterator<Item = Comparison>) -> i32 {
        comparisons.filter_map(|one| self.scores.get(one.place())?.get(one.steps())).sum()
    }
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
        let comparisons = Comparisons::new(&ranker);
        Self { vocabulary, ranker, comparisons, margin }
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
        readings.within(self, before, after).clone()
    }

    /// The splits that a word may have in some sentence, for those who meet it in many.
    pub fn readings(&self, word: &str) -> Readings {
        let form = Normalized::light(word);
        let analysis = Analysis::new(word, &form, &self.vocabulary);
        let mut features = Vec::with_capacity(64);
        let mut score = |candidate| {
            features.clear();
            analysis.features(candidate, &mut features);
            self.ranker.score(&features) + self.comparisons.score(analysis.comparisons(candidate))
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
    /// The splits. There is one at least.
    pub fn splits(&self) -> impl ExactSizeIterator<Item = &Split> {
        self.all.iter().map(|reading| &reading.split)
    }

    /// Makes splits likelier than they are to the model: for each of [`Readings::splits`] by how much, in log odds. Who knows
    /// names favours those splits that leave one. `splitter` is the one that made them.
    ///
    /// ```
    /// use marsad_arabic::clitics::Splitter;
    /// let splitter = Splitter::built_in();
    /// let mut readings = splitter.readings("بابل");
    /// let known: Vec<f32> =
    ///     readings.splits().map(|split| if split.stem == "بابل" { 8.0 } else { 0.0 }).collect();
    /// readings.favour(splitter, known);
    /// assert_eq!(readings.within(splitter, "محافظة", "العراقية").stem, "بابل");
    /// ```
    pub fn favour(&mut self, splitter: &Splitter, priors: impl IntoIterator<Item = f32>) {
        for (reading, prior) in self.all.iter_mut().zip(priors) {
            #[allow(clippy::cast_possible_truncation)]
            let prior = (prior / splitter.ranker.unit()) as i32;
            reading.score += prior;
        }
    }

    /// The one to act on between two tokens, each empty at the end of the sentence, as a position in [`Readings::splits`].
    /// `splitter` is the one that made them.
    pub fn choose(&self, splitter: &Splitter, before: &str, after: &str) -> usize {
        let Some((first, others)) = self.all.split_first().filter(|(_, others)| !others.is_empty()) else {
            return 0;
        };
        let (before, after) = (Neighbour::new(before), Neighbour::new(after));
        let mut features = Vec::with_capacity(8);
        let mut score = |reading: &Reading| {
            features.clear();
            context(reading.shape, &before, &after, &mut features);
            reading.score + splitter.ranker.score(&features)
        };
        let mut best = (score(first), 0);
        for (at, reading) in (1..).zip(others) {
            let score = score(reading);
            if score > best.0 {
                best = (score, at);
            }
        }
        best.1
    }

    /// The split to act on between two tokens, as [`Readings::choose`] chooses it.
    pub fn within(&self, splitter: &Splitter, before: &str, after: &str) -> &Split {
        self.all.get(self.choose(splitter, before, after)).map_or(&NOTHING, |reading| &reading.split)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_comparisons_are_those_of_their_features() {
        let splitter = Splitter::built_in();
        let mut compared = 0;
        for word in ["وبحكومتها", "للجنة", "أبلغني", "فؤاد", "كتابهم", "بالعراق", "سيكتبونه", "أفلن"]
        {
            let form = Normalized::light(word);
            let analysis = Analysis::new(word, &form, &splitter.vocabulary);
            for candidate in &analysis.candidates {
                let features: Vec<_> =
                    analysis.comparisons(candidate).flat_map(Comparison::features).collect();
                let sum = splitter.comparisons.score(analysis.comparisons(candidate));
                assert_eq!(sum, splitter.ranker.score(&features), "{word}");
                compared += features.len();
            }
        }
        assert!(compared > 100);
        assert!(Comparison::all().enumerate().all(|(at, comparison)| comparison.place() == at));
    }
}
