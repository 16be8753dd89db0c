//! Raw news texts.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::Path;

use marsad_label::{Feature, Model, train};
use rayon::prelude::*;
use serde::Deserialize;

use super::annotated::with_reading;
use super::{TrainingError, two_looks};
use crate::names::labeller::Labeller;
use crate::names::labeller::features::Sight;
use crate::names::labeller::labels::{LABELS, mass};
use crate::names::labeller::words::{WordFacts, WordTable};

/// A raw news text.
#[derive(Debug, Clone, Deserialize)]
pub struct RawText {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
}

impl RawText {
    fn whole(&self) -> String {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        format!("{}\n{}", part(&self.title), part(&self.text))
    }
}

/// Reads the files `*.jsonl` of a folder, by name: one `{"title", "text"}` a line, other keys ignored.
///
/// # Errors
/// [`TrainingError`] where one cannot be read.
pub fn read_raw(folder: &Path) -> Result<Vec<RawText>, TrainingError> {
    let failed = |source| TrainingError::File { path: folder.display().to_string(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    let mut texts = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let file =
            fs::read_to_string(&path).map_err(|source| TrainingError::File { path: name.clone(), source })?;
        for (at, line) in file.lines().enumerate() {
            let text = serde_json::from_str(line);
            texts.push(text.map_err(|source| TrainingError::Line {
                path: name.clone(),
                line: at + 1,
                source,
            })?);
        }
    }
    Ok(texts)
}

/// Texts that are worked on at a time.
const BATCH: usize = 2000;
/// Words of the shortest sentence that vectors are learned from.
const SHORTEST: usize = 3;

/// The words of raw texts, each sentence once: the same reports come again and again.
pub(super) struct Vocabulary {
    /// By falling frequency.
    words: Vec<String>,
    sentences: Vec<Vec<u32>>,
}

impl Vocabulary {
    pub(super) fn read(raw: &[RawText], least: u32) -> Self {
        let mut seen = HashSet::new();
        let mut ids: HashMap<String, u32> = HashMap::new();
        let mut counts: Vec<u32> = Vec::new();
        let mut sentences = Vec::new();
        for batch in raw.chunks(BATCH) {
            let read: Vec<Vec<Vec<String>>> = batch.par_iter().map(|text| words(&text.whole())).collect();
            for sentence in read.into_iter().flatten() {
                if sentence.len() < SHORTEST || !seen.insert(Feature::hash(&sentence.join(" "))) {
                    continue;
                }
                let mut row = Vec::with_capacity(sentence.len());
                for word in sentence {
                    let next = u32::try_from(ids.len()).unwrap_or(u32::MAX);
                    let id = *ids.entry(word).or_insert(next);
                    match counts.get_mut(id as usize) {
                        Some(count) => *count += 1,
                        None => counts.push(1),
                    }
                    row.push(id);
                }
                sentences.push(row);
            }
        }
        let mut order: Vec<(String, u32)> = ids.into_iter().collect();
        order.retain(|(_, id)| counts[*id as usize] >= least);
        order.sort_by(|a, b| counts[b.1 as usize].cmp(&counts[a.1 as usize]).then_with(|| a.0.cmp(&b.0)));
        let renumbered: HashMap<u32, u32> = order.iter().map(|(_, id)| *id).zip(0..).collect();
        for sentence in &mut sentences {
            *sentence = sentence.iter().filter_map(|id| renumbered.get(id).copied()).collect();
        }
        Self { words: order.into_iter().map(|(word, _)| word).collect(), sentences }
    }

    /// The clusters of its words, by word.
    pub(super) fn clusters(&self) -> BTreeMap<String, WordFacts> {
        let options = train::ClusterOptions { window: 2, ..train::ClusterOptions::default() };
        let learned = train::clusters(&self.sentences, self.words.len(), &options);
        let number = |level: usize, word: usize| learned.numbers.get(level).map_or(0, |n| u64::from(n[word]));
        let facts = |at| WordFacts { coarse: number(0, at), fine: number(1, at), ..WordFacts::NONE };
        self.words.iter().enumerate().map(|(at, word)| (word.clone(), facts(at))).collect()
    }
}

/// The words of each sentence, folded and without their particles.
fn words(text: &str) -> Vec<Vec<String>> {
    with_reading(text, |reading, _, _| {
        let words = |range: std::ops::Range<usize>| {
            reading.words[range]
                .iter()
                .filter(|word| word.is_arabic())
                .map(|word| word.host.to_string())
                .collect()
        };
        reading.sentences.iter().map(|sentence| words(sentence.words.clone())).collect()
    })
}

/// How often a word was seen, and its probability of being in a person's, place's and organization's name, summed in 255ths:
/// whole numbers add up to the same in any order.
type Sums = HashMap<String, [u64; 4]>;

/// The shares from which on each step of a profile begins.
const STEPS: [f64; 7] = [0.02, 0.06, 0.15, 0.3, 0.5, 0.7, 0.85];

/// The words with clusters and profiles.
pub(super) fn profiles(
    raw: &[RawText],
    clusters: &BTreeMap<String, WordFacts>,
    table: &WordTable,
    model: &Model,
    least: u64,
) -> BTreeMap<String, WordFacts> {
    let sums = raw
        .par_iter()
        .fold(Sums::new, |mut sums, text| {
            add_profile(&text.whole(), table, model, &mut sums);
            sums
        })
        .reduce(Sums::new, |mut sums, other| {
            for (word, counts) in other {
                let sum = sums.entry(word).or_default();
                sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
            sums
        });
    let mut facts = BTreeMap::new();
    for (word, sum) in sums.into_iter().filter(|(_, sum)| sum[0] >= least) {
        let clustered = clusters.get(&word).copied().unwrap_or(WordFacts::NONE);
        let profile = (1..4).map(|kind| step(sum[kind], sum[0]) << (3 * (kind - 1))).sum();
        facts.insert(word, WordFacts { magnitude: u64::from(sum[0].ilog2()), profile, ..clustered });
    }
    facts
}

#[allow(clippy::cast_precision_loss)]
fn step(sum: u64, count: u64) -> u64 {
    let share = sum as f64 / 255.0 / count as f64;
    STEPS.iter().filter(|bound| share >= **bound).count() as u64
}

fn add_profile(text: &str, table: &WordTable, model: &Model, sums: &mut Sums) {
    with_reading(text, |reading, surfaces, knowledge| {
        let sight = Sight { reading, surfaces, knowledge, table };
        for sentence in &reading.sentences {
            let marginals = model.score(&sight.surroundings(sentence.words.clone())).marginals(0);
            let words = &reading.words[sentence.words.clone()];
            for (word, row) in words.iter().zip(marginals.chunks_exact(LABELS.len())) {
                if !word.is_arabic() {
                    continue;
                }
                if !sums.contains_key(word.host.as_str()) {
                    sums.insert(word.host.to_string(), [0; 4]);
                }
                let Some(sum) = sums.get_mut(word.host.as_str()) else { continue };
                sum[0] += 1;
                for (cell, label) in sum[1..].iter_mut().zip([1, 3, 5]) {
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                    let mass = (mass(row, label) * 255.0) as u64;
                    *cell += mass;
                }
            }
        }
    });
}

/// How probable each label of a sentence is that is learned from.
const SURE: f32 = 0.8;

/// Examples of both passes from raw texts as a labeller labels them: `count` articles drawn evenly, of each at most `length`
/// bytes, and of these the sentences that have a name and of whose labels the labeller is sure.
pub(super) fn self_labelled(
    raw: &[RawText],
    count: usize,
    length: usize,
    teacher: &Labeller,
) -> Vec<(train::Example, train::Example)> {
    let drawn: Vec<&RawText> = raw.iter().step_by((raw.len() / count.max(1)).max(1)).collect();
    let of_text = |text: &&RawText| -> Vec<(train::Example, train::Example)> {
        let whole = text.whole();
        let text = whole.get(..whole.floor_char_boundary(length)).unwrap_or("");
        with_reading(text, |reading, surfaces, knowledge| {
            let mut labels = vec![0; reading.words.len()];
            let labelling = teacher.label(reading, surfaces, knowledge);
            let mut sure: Vec<f32> = labelling.any.iter().map(|any| 1.0 - any).collect();
            for name in &labelling.names {
                for (at, word) in name.words.clone().enumerate() {
                    labels[word] = name.kind.label(at > 0);
                    sure[word] = name.probability;
                }
            }
            let sight = Sight { reading, surfaces, knowledge, table: &teacher.words };
            let teaches = |words: std::ops::Range<usize>| {
                labels[words.clone()].iter().any(|label| *label > 0)
                    && sure[words].iter().all(|probability| *probability >= SURE)
            };
            let examples = two_looks(&sight, &teacher.model, &labels);
            let sentences = reading.sentences.iter().zip(examples);
            sentences.filter(|(sentence, _)| teaches(sentence.words.clone())).map(|(_, both)| both).collect()
        })
    };
    drawn.par_iter().map(of_text).collect::<Vec<_>>().concat()
}
