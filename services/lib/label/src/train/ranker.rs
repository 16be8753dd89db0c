//! Learning a choice among alternatives by stochastic gradients.

use std::collections::HashMap;

use crate::table::Table;
use crate::train::parameters::{Parameters, quantised};
use crate::train::random::Random;
use crate::{Feature, Ranker};

/// A case with its alternatives, of which one is right.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The features of each alternative.
    pub alternatives: Vec<Vec<Feature>>,
    /// Which is right, as a position in them. A case without it teaches nothing.
    pub right: usize,
    /// How many cases it counts for.
    pub weight: f32,
}

/// How to learn a choice; the fields are those of [`super::Options`].
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct RankOptions {
    pub epochs: usize,
    pub rate: f32,
    pub penalty: f32,
    pub dropout: f32,
    pub threshold: f32,
}

impl Default for RankOptions {
    fn default() -> Self {
        Self { epochs: 20, rate: 0.1, penalty: 1e-4, dropout: 0.1, threshold: 0.02 }
    }
}

/// Learns which alternative is right.
///
/// ```
/// use marsad_label::{Feature, train::{Choice, RankOptions, ranker}};
/// let (good, bad) = (vec![Feature::of(0, &[1])], vec![Feature::of(0, &[2])]);
/// let cases = [Choice { alternatives: vec![bad.clone(), good.clone()], right: 1, weight: 1.0 }];
/// let ranker = ranker(&cases, &RankOptions::default());
/// assert!(ranker.score(&good) > ranker.score(&bad));
/// ```
#[must_use]
pub fn ranker(cases: &[Choice], options: &RankOptions) -> Ranker {
    let all = || cases.iter().flat_map(|case| &case.alternatives).flatten();
    let mut features: Vec<Feature> = all().copied().collect();
    features.sort_unstable();
    features.dedup();
    let position: HashMap<Feature, usize> = features.iter().copied().zip(0..).collect();
    let known = |list: &Vec<Feature>| list.iter().filter_map(|f| position.get(f).copied()).collect();
    let cases: Vec<(Vec<Vec<usize>>, usize, f32)> = cases
        .iter()
        .filter(|case| case.alternatives.len() > 1 && case.right < case.alternatives.len())
        .map(|case| (case.alternatives.iter().map(known).collect(), case.right, case.weight))
        .collect();

    let mut weights = Parameters::new(features.len());
    let mut random = Random::new(1);
    let mut order: Vec<usize> = (0..cases.len()).collect();
    let mut remembered = 0.0;
    for epoch in 1..=options.epochs {
        random.shuffle(&mut order);
        for case in &order {
            let (alternatives, right, weight) = &cases[*case];
            step(&mut weights, alternatives, *right, *weight, options, &mut random);
        }
        // The mean over the second half is steadier than the last value (Polyak and Juditsky 1992).
        if epoch * 2 > options.epochs {
            remembered += 1.0;
            weights.remember(remembered);
        }
    }

    let greatest = weights.mean.iter().fold(0.0_f32, |top, weight| top.max(weight.abs()));
    let unit = if greatest > 0.0 { greatest / 127.0 } else { 1.0 };
    let rows: Vec<(Feature, Vec<i8>)> = features
        .iter()
        .zip(&weights.mean)
        .filter(|(_, weight)| weight.abs() >= options.threshold.max(unit / 2.0))
        .map(|(feature, weight)| (*feature, vec![quantised(weight / unit)]))
        .collect();
    Ranker::new(unit, Table::new(1, &rows))
}

/// Goes up the gradient of one case's log likelihood.
fn step(
    weights: &mut Parameters,
    alternatives: &[Vec<usize>],
    right: usize,
    weight: f32,
    options: &RankOptions,
    random: &mut Random,
) {
    let keep = 1.0 - options.dropout;
    let kept: Vec<Vec<usize>> = alternatives
        .iter()
        .map(|features| features.iter().copied().filter(|_| random.unit() < keep).collect())
        .collect();
    let scores: Vec<f32> = kept
        .iter()
        .map(|features| features.iter().map(|at| weights.value[*at]).sum::<f32>() / keep)
        .collect();
    let top = scores.iter().fold(f32::NEG_INFINITY, |top, score| top.max(*score));
    let odds: Vec<f32> = scores.iter().map(|score| libm::expf(score - top)).collect();
    let sum: f32 = odds.iter().sum();
    for (at, (features, odds)) in kept.iter().zip(&odds).enumerate() {
        let gradient = (f32::from(u8::from(at == right)) - odds / sum) * weight;
        if gradient.abs() < 1e-4 {
            continue;
        }
        for cell in features {
            weights.step(*cell, gradient - options.penalty * weights.value[*cell], options.rate);
        }
    }
}
