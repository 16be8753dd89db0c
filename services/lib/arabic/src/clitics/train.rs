//! Learning the splitter: weights from a treebank whose words are split, the vocabulary from plain text.
//!
//! The vocabulary counts stems, and which stems there are depends on how words are split. So the two are learned in turn: with
//! counts of whole words first, then with the counts that a first model finds when it splits all words of the text (expected
//! counts, as in expectation maximisation). One thread and a fixed order: the same input gives the same bytes.

use std::collections::{BTreeMap, HashMap};

use marsad_label::train::{Choice, RankOptions, ranker};
use marsad_label::{Ranker, Table};

use super::Splitter;
use super::features::{Analysis, Neighbour, context};
use super::vocabulary::{Vocabulary, WIDTH, entry, key};
use crate::orthography::{Normalized, normalize};
use crate::token::{TokenKind, tokenize};

/// A word of a treebank between its neighbours.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The token before it, empty at the beginning of the sentence.
    pub before: String,
    /// The word.
    pub word: String,
    /// The token after it, empty at the end.
    pub after: String,
    /// Its pieces.
    pub pieces: Vec<String>,
    /// How many words it counts for.
    pub weight: f32,
}

/// How to learn.
#[derive(Debug, Clone)]
pub struct Options {
    /// How often the vocabulary is counted anew.
    pub rounds: usize,
    /// Stems that occur less often are not kept.
    pub least: f32,
    /// How much an example counts that is made by putting in another pronoun.
    pub inflected: f32,
    /// How the weights are learned.
    pub weights: RankOptions,
}

impl Default for Options {
    fn default() -> Self {
        let env = |k: &str, d: f32| std::env::var(k).ok().and_then(|v| v.parse().ok()).unwrap_or(d);
        Self { rounds: env("ROUNDS", 1.0) as usize, least: env("LEAST", 6.0), inflected: env("INF", 0.1), weights: RankOptions{epochs: env("EPOCHS",20.0) as usize, rate: env("RATE",0.1), penalty: env("PEN",1e-4), dropout: env("DROP",0.3), threshold: 0.02} }
    }
}

/// How often each word occurs in plain text.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    words: HashMap<String, u64>,
}

impl Counts {
    /// Counts the words of a text.
    pub fn add(&mut self, text: &str) {
        for token in tokenize(text).iter().filter(|token| token.kind == TokenKind::Word) {
            *self.words.entry(key(&normalize(token.text(text)))).or_default() += 1;
        }
    }

    /// The number of different words.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// Learns a splitter.
#[must_use]
pub fn train(examples: &[Example], counts: &Counts, options: &Options) -> Splitter {
    let mut examples = examples.to_vec();
    examples.extend(inflected(&examples, options));
    let words: BTreeMap<&str, u64> = counts.words.iter().map(|(word, count)| (word.as_str(), *count)).collect();
    let mut vocabulary = Stems::of_whole_words(&words).vocabulary(options.least);
    for _ in 0..options.rounds {
        let ranker = learn(&examples, &vocabulary, options, false);
        vocabulary = Stems::expected(&words, &vocabulary, &ranker).vocabulary(options.least);
    }
    let ranker = learn(&examples, &vocabulary, options, true);
    Splitter::new(vocabulary, ranker)
}

/// The examples once more with pronouns that a treebank hardly has: what one pronoun is attached to takes the others too.
fn inflected(examples: &[Example], options: &Options) -> Vec<Example> {
    const COMMON: [&str; 3] = ["ه", "ها", "هم"];
    const RARE: [&str; 5] = ["ك", "كم", "نا", "هما", "هن"];
    let mut hosts = BTreeMap::new();
    for example in examples {
        if let [.., host, pronoun] = example.pieces.as_slice()
            && COMMON.contains(&pronoun.as_str())
        {
            hosts.entry(&example.pieces[..example.pieces.len() - 1]).or_insert((example, host));
        }
    }
    let inflect = |(example, host): &(&Example, &String), pronoun: &str| {
        // A stem in a weak letter writes ي as one with it.
        let pronoun = pronoun.to_owned();
        let mut pieces = example.pieces.clone();
        *pieces.last_mut()? = pronoun;
        let weak = host.ends_with(['ي', 'ا', 'و']);
        (!weak || *pieces.last()? != "ي").then(|| Example {
            word: pieces.concat(),
            pieces,
            weight: options.inflected,
            ..(*example).clone()
        })
    };
    hosts.values().flat_map(|host| RARE.iter().filter_map(|pronoun| inflect(host, pronoun)).collect::<Vec<_>>()).collect()
}

/// Learns the weights over a vocabulary, with the words around or without.
fn learn(examples: &[Example], vocabulary: &Vocabulary, options: &Options, in_context: bool) -> Ranker {
    let choice = |example: &Example| {
        let form = Normalized::light(&example.word);
        let analysis = Analysis::new(&example.word, &form, vocabulary);
        let (before, after) = (Neighbour::new(&example.before), Neighbour::new(&example.after));
        let right = analysis
            .candidates
            .iter()
            .position(|candidate| analysis.split(candidate, vocabulary).pieces(&example.word) == example.pieces)?;
        let alternatives = analysis.candidates.iter().map(|candidate| {
            let mut features = Vec::new();
            analysis.features(candidate, &mut features);
            if in_context {
                context(candidate.shape, &before, &after, &mut features);
            }
            features
        });
        Some(Choice { alternatives: alternatives.collect(), right, weight: example.weight })
    };
    let choices: Vec<Choice> = examples.iter().filter_map(choice).collect();
    ranker(&choices, &options.weights)
}

/// How often stems occur: without the article, with it, and as whole words.
#[derive(Default)]
struct Stems {
    counts: BTreeMap<String, [f32; WIDTH]>,
}

const BARE: usize = 0;
const DEFINITE: usize = 1;
const WRITTEN: usize = 2;
const GOVERNED: usize = 3;

/// What stands before a noun and cannot stand before a word that begins with a particle of its own.
const GOVERNORS: [&str; 8] = ["ال", "بال", "وال", "لل", "ب", "ل", "ك", "فال"];

/// A stem that occurs less often than this share of its occurrences with `ال` by itself or behind `لل` is no noun with
/// the article: `التقى`, `الذي`.
const LEAST_NOUN: f32 = 0.002;

impl Stems {
    fn add(&mut self, stem: &str, column: usize, count: f32) {
        match self.counts.get_mut(stem) {
            Some(cells) => cells[column] += count,
            None => {
                let mut cells = [0.0; WIDTH];
                cells[column] = count;
                self.counts.insert(stem.to_owned(), cells);
            }
        }
    }

    fn govern(&mut self, word: &str, count: f32) {
        for governed in GOVERNORS.iter().filter_map(|governor| word.strip_prefix(governor)) {
            self.add(governed, GOVERNED, count);
        }
    }

    /// The counts of words as they stand.
    fn of_whole_words(words: &BTreeMap<&str, u64>) -> Self {
        let mut stems = Self::default();
        let count = |word: &str| words.get(word).map_or(0.0, |count| float(*count));
        for (word, times) in words {
            let times = float(*times);
            stems.add(word, WRITTEN, times);
            match word.strip_prefix("ال") {
                Some(stem) if count(stem) + count(&format!("لل{stem}")) >= LEAST_NOUN * times => {
                    stems.add(stem, DEFINITE, times);
                }
                _ => stems.add(word, BARE, times),
            }
            if let Some(stem) = word.strip_prefix("لل") {
                stems.add(stem, DEFINITE, times);
            }
            stems.govern(word, times);
        }
        stems
    }

    /// The counts that a model expects.
    fn expected(words: &BTreeMap<&str, u64>, vocabulary: &Vocabulary, ranker: &Ranker) -> Self {
        let mut stems = Self::default();
        let mut features = Vec::new();
        for (word, count) in words {
            stems.add(word, WRITTEN, float(*count));
            stems.govern(word, float(*count));
            let form = Normalized::light(word);
            let analysis = Analysis::new(word, &form, vocabulary);
            let mut score = |candidate| {
                features.clear();
                analysis.features(candidate, &mut features);
                float(ranker.score(&features)) * ranker.unit()
            };
            let scores: Vec<f32> = analysis.candidates.iter().map(&mut score).collect();
            let top = scores.iter().fold(f32::NEG_INFINITY, |top, score| top.max(*score));
            let odds: Vec<f32> = scores.iter().map(|score| libm::expf(score - top)).collect();
            let sum: f32 = odds.iter().sum();
            for (candidate, odds) in analysis.candidates.iter().zip(&odds) {
                let share = odds / sum;
                if share < 0.02 {
                    continue;
                }
                let split = analysis.split(candidate, vocabulary);
                let column = if split.article { DEFINITE } else { BARE };
                stems.add(&key(&split.stem), column, float(*count) * share);
            }
        }
        stems
    }

    fn vocabulary(&self, least: f32) -> Vocabulary {
        let mut rows: Vec<_> = self
            .counts
            .iter()
            .filter(|(_, cells)| cells[..GOVERNED].iter().any(|count| *count >= least))
            .map(|(stem, cells)| (entry(stem), cells.iter().map(|count| level(*count)).collect::<Vec<_>>()))
            .collect();
        rows.sort_unstable_by_key(|(entry, _)| *entry);
        Vocabulary::new(Table::new(WIDTH, &rows))
    }
}

/// A count as a level: 0 for none, and one more at each power of two.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn level(count: f32) -> i8 {
    (count.round() as u32).checked_ilog2().map_or(0, |log| log as i8 + 1)
}

/// A count as a float; counts over 16 million lose their last digits.
#[allow(clippy::cast_precision_loss)]
fn float(count: impl TryInto<i64>) -> f32 {
    count.try_into().unwrap_or(i64::MAX) as f32
}
