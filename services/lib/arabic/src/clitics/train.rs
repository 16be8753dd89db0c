//! Learning the splitter: weights from a treebank whose words are split, counts from plain text.
//!
//! A treebank is small, and its words are not those of the news. So two kinds of examples are added: treebank words with the
//! pronouns that it hardly has, and frequent words of the plain text whose counts leave no doubt (`لبنان` is no `ل` + `بنان`).
//! One thread and a fixed order: the same input gives the same bytes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use marsad_label::Table;
use marsad_label::train::{Choice, RankOptions, ranker};

use super::features::{Analysis, Comparison, Neighbour, context};
use super::vocabulary::{Vocabulary, WIDTH, entry, key};
use super::{Split, Splitter};
use crate::orthography::{Normalized, normalize};
use crate::token::{TokenKind, tokenize};

/// A word with its pieces.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The word.
    pub word: String,
    /// The tokens before and after it, empty at the ends of the sentence; `None` where nothing is known of them.
    pub around: Option<[String; 2]>,
    /// Its pieces.
    pub pieces: Vec<String>,
    /// How many words it counts for.
    pub weight: f32,
}

/// How to learn.
#[derive(Debug, Clone)]
pub struct Options {
    /// Words that occur less often are not kept.
    pub least: f32,
    /// How much an example counts that is made by putting in another pronoun.
    pub inflected: f32,
    /// How much an example counts that is told by counts alone.
    pub evident: f32,
    /// How much an example of the word list counts.
    pub curated: f32,
    /// How the weights are learned.
    pub weights: RankOptions,
}

impl Default for Options {
    fn default() -> Self {
        let weights = RankOptions { dropout: 0.5, threshold: 0.05, ..RankOptions::default() };
        Self { least: 10.0, inflected: 0.1, evident: 0.2, curated: 1.0, weights }
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
    let words: BTreeMap<&str, u64> =
        counts.words.iter().map(|(word, count)| (word.as_str(), *count)).collect();
    let vocabulary = Stems::new(&words).vocabulary(options.least);
    let mut all = examples.to_vec();
    all.extend(inflected(examples, options));
    all.extend(evident(examples, &words, options));
    all.extend(curated(options));
    let choices: Vec<Choice> = all.iter().filter_map(|example| choice(example, &vocabulary)).collect();
    Splitter::new(vocabulary, ranker(&choices, &options.weights))
}

/// An example as a choice among the cuts of its word, where one of them is right.
fn choice(example: &Example, vocabulary: &Vocabulary) -> Option<Choice> {
    let form = Normalized::light(&example.word);
    let analysis = Analysis::new(&example.word, &form, vocabulary);
    let around =
        example.around.as_ref().map(|[before, after]| (Neighbour::new(before), Neighbour::new(after)));
    let is_right = |candidate| analysis.split(candidate, vocabulary).pieces(&example.word) == example.pieces;
    let right = analysis.candidates.iter().position(is_right)?;
    let alternatives = analysis.candidates.iter().map(|candidate| {
        let mut features = Vec::new();
        analysis.features(candidate, &mut features);
        features.extend(analysis.comparisons(candidate).flat_map(Comparison::features));
        if let Some((before, after)) = &around {
            context(candidate.shape, before, after, &mut features);
        }
        features
    });
    Some(Choice { alternatives: alternatives.collect(), right, weight: example.weight })
}

/// The words of `seeds/lexicon/word_splits.tsv`.
fn curated(options: &Options) -> Vec<Example> {
    let rows = include_str!("../../../../../seeds/lexicon/word_splits.tsv").lines().skip(1);
    let example = |row: &str| {
        let mut columns = row.split('\t');
        let (word, pieces) = (columns.next()?, columns.next()?);
        let pieces = pieces.split(' ').map(str::to_owned).collect();
        Some(Example { word: word.to_owned(), around: None, pieces, weight: options.curated })
    };
    rows.filter_map(example).collect()
}

/// Frequent words that counts alone tell: whole where they stand behind the article or a preposition and what a cut would leave
/// of them is rare; split where that is much more frequent. Only long remains tell anything (`كان` is no `ك` + `أن`), and words
/// that may hold both a particle and a pronoun tell nothing.
fn evident(examples: &[Example], words: &BTreeMap<&str, u64>, options: &Options) -> Vec<Example> {
    const FREQUENT: u64 = 30;
    const LETTERS: usize = 4;
    const PRONOUNS: [&str; 5] = ["ه", "ها", "هم", "هما", "نا"];
    let seen: BTreeSet<String> = examples.iter().map(|example| key(&normalize(&example.word))).collect();
    let count = |word: &str| words.get(word).copied().unwrap_or(0);
    let mut out = Vec::new();
    for (word, times) in words.iter().filter(|(word, times)| **times >= FREQUENT && !seen.contains(**word)) {
        let splits = super::candidates(word);
        // What each cut leaves: the rest behind the particles, or the stem before the pronoun.
        let left = |split: &Split| match split.enclitic {
            Some(_) => split.stem.clone(),
            None => split.host(),
        };
        let (behind, before): (Vec<&Split>, Vec<&Split>) =
            splits.iter().filter(|split| !split.is_whole()).partition(|split| split.enclitic.is_none());
        let most = |cuts: &[&Split]| cuts.iter().map(|split| count(&left(split))).max().unwrap_or(0);
        let (behind_most, before_most) = (most(&behind), most(&before));
        let governed: u64 = GOVERNORS.iter().map(|governor| count(&format!("{governor}{word}"))).sum();
        let is_cut = |cuts: &[&Split], most: u64| {
            let cut = cuts.iter().find(|split| count(&left(split)) == most)?;
            let tells = most >= times * 4 && left(cut).chars().count() >= LETTERS;
            tells.then(|| cut.pieces(word).into_iter().map(str::to_owned).collect::<Vec<_>>())
        };
        let pieces = match (behind_most * 5 >= *times, before_most * 25 >= *times) {
            (false, false) if governed * 50 >= *times => Some(vec![(*word).to_owned()]),
            (true, false) if governed * 500 <= *times => is_cut(&behind, behind_most),
            (false, true) => is_cut(&before, before_most)
                .filter(|pieces| pieces.last().is_some_and(|last| PRONOUNS.contains(&last.as_str()))),
            _ => None,
        };
        if let Some(pieces) = pieces {
            out.push(Example { word: (*word).to_owned(), around: None, pieces, weight: options.evident });
        }
    }
    out
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
    hosts
        .values()
        .flat_map(|host| RARE.iter().filter_map(|pronoun| inflect(host, pronoun)).collect::<Vec<_>>())
        .collect()
}

/// How often words occur, in the order of [`Level`](super::vocabulary::Level).
#[derive(Default)]
struct Stems {
    counts: BTreeMap<String, [f32; WIDTH]>,
}

const WRITTEN: usize = 0;
const DEFINITE: usize = 1;
const GOVERNED: usize = 2;

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

    fn new(words: &BTreeMap<&str, u64>) -> Self {
        let mut stems = Self::default();
        let count = |word: &str| words.get(word).map_or(0.0, |count| float(*count));
        for (word, times) in words {
            let times = float(*times);
            stems.add(word, WRITTEN, times);
            if let Some(stem) = word.strip_prefix("ال")
                && count(stem) + count(&format!("لل{stem}")) >= LEAST_NOUN * times
            {
                stems.add(stem, DEFINITE, times);
            }
            if let Some(stem) = word.strip_prefix("لل") {
                stems.add(stem, DEFINITE, times);
            }
            for governed in GOVERNORS.iter().filter_map(|governor| word.strip_prefix(governor)) {
                stems.add(governed, GOVERNED, times);
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
