//! Learning a conditional random field by stochastic gradients.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::lattice::{Lattice, exponentials};
use crate::model::{Head, Weights};
use crate::table::Table;
use crate::train::parameters::{Parameters, approach, quantised};
use crate::train::random::Random;
use crate::{Feature, Model};

/// A sequence with its right labels.
#[derive(Debug, Clone)]
pub struct Example {
    items: Vec<Vec<Feature>>,
    labels: Vec<u8>,
    weight: f32,
}

impl Example {
    /// A sequence with its labels, as positions in [`Options::labels`]. Items without a label are left out.
    #[must_use]
    pub fn new(mut items: Vec<Vec<Feature>>, mut labels: Vec<u8>) -> Self {
        let length = items.len().min(labels.len());
        items.truncate(length);
        labels.truncate(length);
        Self { items, labels, weight: 1.0 }
    }

    /// Counts as much as this many examples.
    #[must_use]
    pub fn weighing(mut self, weight: f32) -> Self {
        self.weight = weight;
        self
    }
}

/// How to learn.
#[derive(Debug, Clone)]
pub struct Options {
    /// The names of the labels.
    pub labels: Vec<String>,
    /// Labels that never follow each other: (before, after).
    pub forbidden: Vec<(u8, u8)>,
    /// Labels that no sequence begins with.
    pub forbidden_starts: Vec<u8>,
    /// How often the examples are gone through.
    pub epochs: usize,
    /// The step width of AdaGrad (Duchi, Hazan and Singer 2011).
    pub rate: f32,
    /// The strength of the L2 penalty, for each time that a feature occurs.
    pub penalty: f32,
    /// The share of features that is left out at random at each step, so that the others learn too.
    pub dropout: f32,
    /// Features that occur less often are left out.
    pub least: u32,
    /// Rows without a weight of at least this are not kept.
    pub threshold: f32,
    /// How often it is learned, each time with other random numbers. The weights are the mean over these runs: no run's luck.
    pub runs: u64,
    /// What the random numbers of the first run begin with.
    pub seed: u64,
}

impl Options {
    /// The usual options.
    #[must_use]
    pub fn new<S: Into<String>>(labels: impl IntoIterator<Item = S>) -> Self {
        Self {
            labels: labels.into_iter().map(Into::into).collect(),
            forbidden: Vec::new(),
            forbidden_starts: Vec::new(),
            epochs: 15,
            rate: 0.15,
            penalty: 1e-5,
            dropout: 0.1,
            least: 1,
            threshold: 0.02,
            runs: 1,
            seed: 1,
        }
    }
}

/// The weights of each feature that is kept.
type Rows = Vec<(Feature, Vec<i8>)>;

/// The score of what is forbidden.
const NEVER: f32 = -30.0;

/// Learns a model from examples, with a head for each list of them.
#[must_use]
pub fn crf(heads: &[&[Example]], options: &Options) -> Model {
    let count = options.labels.len();
    let width = heads.len() * count;
    let learned: Vec<(Head, Rows)> = heads.par_iter().map(|examples| head(examples, options)).collect();
    let mut rows: BTreeMap<Feature, Vec<i8>> = BTreeMap::new();
    let mut heads = Vec::new();
    for (at, (head, weights)) in learned.into_iter().enumerate() {
        heads.push(head);
        for (feature, weights) in weights {
            let row = rows.entry(feature).or_insert_with(|| vec![0; width]);
            row.iter_mut().skip(at * count).zip(weights).for_each(|(cell, weight)| *cell = weight);
        }
    }
    let rows: Rows = rows.into_iter().collect();
    Model::new(options.labels.clone(), heads, Table::new(width, &rows))
}

/// Learns a head and the weights of the features that are kept.
fn head(examples: &[Example], options: &Options) -> (Head, Rows) {
    let learner = Learner::new(examples, options);
    let runs: Vec<Learned> =
        (0..options.runs.max(1)).into_par_iter().map(|run| learner.learn(options.seed + run)).collect();
    learner.finish(Learned::mean(runs))
}

struct Learner<'a> {
    options: &'a Options,
    count: usize,
    features: Vec<Feature>,
    /// For each example its items' features, as positions in `features`.
    items: Vec<Vec<Vec<u32>>>,
    examples: &'a [Example],
}

/// What is being learned.
struct State {
    weights: Parameters,
    transitions: Parameters,
    starts: Parameters,
}

/// What has been learned.
#[derive(Default)]
struct Learned {
    weights: Vec<f32>,
    transitions: Vec<f32>,
    starts: Vec<f32>,
}

impl Learned {
    /// The mean of some.
    fn mean(runs: Vec<Self>) -> Self {
        let mut runs = runs.into_iter();
        let mut mean = runs.next().unwrap_or_default();
        let mut count = 1.0;
        for run in runs {
            count += 1.0;
            approach(&mut mean.weights, &run.weights, count);
            approach(&mut mean.transitions, &run.transitions, count);
            approach(&mut mean.starts, &run.starts, count);
        }
        mean
    }
}

impl<'a> Learner<'a> {
    fn new(examples: &'a [Example], options: &'a Options) -> Self {
        let mut seen: HashMap<Feature, u32> = HashMap::new();
        let all = || examples.iter().flat_map(|example| &example.items).flatten();
        for feature in all() {
            *seen.entry(*feature).or_default() += 1;
        }
        let mut features: Vec<Feature> = seen
            .into_iter()
            .filter(|(_, times)| *times >= options.least)
            .map(|(feature, _)| feature)
            .collect();
        features.sort_unstable();
        let position: HashMap<Feature, u32> = features.iter().copied().zip(0..).collect();
        let items = examples
            .iter()
            .map(|example| {
                let known =
                    |item: &Vec<Feature>| item.iter().filter_map(|f| position.get(f).copied()).collect();
                example.items.iter().map(known).collect()
            })
            .collect();
        Self { options, count: options.labels.len(), features, items, examples }
    }

    fn learn(&self, seed: u64) -> Learned {
        let count = self.count;
        let mut state = State {
            weights: Parameters::new(self.features.len() * count),
            transitions: Parameters::new(count * count),
            starts: Parameters::new(count),
        };
        for (before, after) in &self.options.forbidden {
            state.transitions.value[usize::from(*before) * count + usize::from(*after)] = NEVER;
        }
        for label in &self.options.forbidden_starts {
            state.starts.value[usize::from(*label)] = NEVER;
        }
        let mut random = Random::new(seed);
        let mut order: Vec<usize> = (0..self.examples.len()).collect();
        let mut remembered = 0.0;
        for epoch in 1..=self.options.epochs {
            random.shuffle(&mut order);
            for example in &order {
                self.step(&mut state, *example, &mut random);
            }
            // The mean over the second half is steadier than the last value (Polyak and Juditsky 1992).
            if epoch * 2 > self.options.epochs {
                remembered += 1.0;
                for parameters in [&mut state.weights, &mut state.transitions, &mut state.starts] {
                    parameters.remember(remembered);
                }
            }
        }
        Learned {
            weights: state.weights.mean,
            transitions: state.transitions.mean,
            starts: state.starts.mean,
        }
    }

    /// Goes up the gradient of one example's log likelihood.
    fn step(&self, state: &mut State, example: usize, random: &mut Random) {
        let Self { options, count, .. } = *self;
        let State { weights, transitions, starts } = state;
        let Example { labels, weight, .. } = &self.examples[example];
        if labels.is_empty() {
            return;
        }
        let keep = 1.0 - options.dropout;
        let items: Vec<Vec<u32>> = self.items[example]
            .iter()
            .map(|item| item.iter().copied().filter(|_| random.unit() < keep).collect())
            .collect();
        let mut scores = vec![0.0; items.len() * count];
        for (item, row) in items.iter().zip(scores.chunks_exact_mut(count)) {
            for feature in item {
                let at = *feature as usize * count;
                for (score, value) in row.iter_mut().zip(&weights.value[at..at + count]) {
                    *score += value;
                }
            }
            row.iter_mut().for_each(|score| *score /= keep);
        }
        let (arcs, openings) = (exponentials(&transitions.value), exponentials(&starts.value));
        let lattice = Lattice::run(count, &arcs, &openings, &scores);
        let marginals = lattice.marginals();
        let right = |at: usize, label: usize| f32::from(u8::from(usize::from(labels[at]) == label));
        for (at, item) in items.iter().enumerate() {
            for label in 0..count {
                let gradient = (right(at, label) - marginals[at * count + label]) * weight;
                if gradient.abs() < 1e-4 {
                    continue;
                }
                for feature in item {
                    let cell = *feature as usize * count + label;
                    weights.step(cell, gradient - options.penalty * weights.value[cell], options.rate);
                }
            }
        }
        for (label, probability) in marginals.iter().take(count).enumerate() {
            if starts.value[label] > NEVER {
                starts.step(label, (right(0, label) - probability) * weight, options.rate);
            }
        }
        let mut pairs = lattice.pairs();
        for pair in labels.windows(2) {
            pairs[usize::from(pair[0]) * count + usize::from(pair[1])] -= 1.0;
        }
        for (at, expected) in pairs.iter().enumerate() {
            if transitions.value[at] > NEVER {
                transitions.step(at, -expected * weight, options.rate);
            }
        }
    }

    fn finish(&self, learned: Learned) -> (Head, Rows) {
        let count = self.count;
        let greatest = learned.weights.iter().fold(0.0_f32, |top, weight| top.max(weight.abs()));
        let unit = if greatest > 0.0 { greatest / 127.0 } else { 1.0 };
        let kept = |row: &&[f32]| row.iter().any(|weight| weight.abs() >= self.options.threshold.max(unit));
        let rows = self.features.iter().zip(learned.weights.chunks_exact(count));
        let rows = rows
            .filter(|(_, row)| kept(row))
            .map(|(feature, row)| (*feature, row.iter().map(|weight| quantised(weight / unit)).collect()))
            .collect();
        (Weights { transitions: learned.transitions, starts: learned.starts, unit }.into(), rows)
    }
}
