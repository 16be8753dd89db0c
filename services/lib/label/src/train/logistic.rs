//! Learning to say yes or no: logistic regression, and how probable its scores are.

use std::collections::BTreeMap;

use crate::table::Table;
use crate::train::parameters::quantised;
use crate::train::random::Random;
use crate::{Feature, Ranker, probability};

/// A case of which yes or no is right.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its features, and how much each counts.
    pub features: Vec<(Feature, f32)>,
    /// What is right.
    pub right: bool,
    /// How many cases it counts for.
    pub weight: f32,
}

/// How to learn to say yes or no.
#[derive(Debug, Clone)]
pub struct LogisticOptions {
    /// What a wrong answer costs, where half of the sum of the squared weights is what weights cost.
    pub cost: f32,
    /// A feature in fewer cases gets no weight.
    pub least: usize,
    /// How often all cases are gone through.
    pub epochs: usize,
    /// How far the first step goes.
    pub rate: f32,
    /// Smaller weights are left out.
    pub threshold: f32,
}

impl Default for LogisticOptions {
    fn default() -> Self {
        Self { cost: 5.0, least: 3, epochs: 30, rate: 0.5, threshold: 0.02 }
    }
}

/// Learns to say yes or no: the sum of a case's scores, in log odds, says how sure yes is.
///
/// ```
/// use marsad_label::{Feature, train::{Case, LogisticOptions, logistic}};
/// let case = |value: u64, right| Case { features: vec![(Feature::of(0, &[value]), 1.0)], right, weight: 1.0 };
/// let cases: Vec<Case> = (0..8).map(|at| case(at % 2, at % 2 == 1)).collect();
/// let model = logistic(&cases, &LogisticOptions::default());
/// assert!(model.score(&[Feature::of(0, &[1])]) > 0);
/// assert!(model.score(&[Feature::of(0, &[0])]) < 0);
/// ```
#[must_use]
pub fn logistic(cases: &[Case], options: &LogisticOptions) -> Ranker {
    let mut counts: BTreeMap<Feature, usize> = BTreeMap::new();
    for (feature, _) in cases.iter().flat_map(|case| &case.features) {
        *counts.entry(*feature).or_default() += 1;
    }
    let features: Vec<Feature> =
        counts.into_iter().filter(|(_, count)| *count >= options.least).map(|(feature, _)| feature).collect();
    let rows: Vec<(Vec<(usize, f32)>, &Case)> = cases
        .iter()
        .filter(|case| case.weight > 0.0)
        .map(|case| {
            let known = case.features.iter();
            let known =
                known.filter_map(|(feature, value)| Some((features.binary_search(feature).ok()?, *value)));
            (known.collect(), case)
        })
        .collect();
    let weights = descend(&rows, features.len(), options);
    let greatest = weights.iter().fold(0.0_f32, |top, weight| top.max(weight.abs()));
    let unit = if greatest > 0.0 { greatest / 127.0 } else { 1.0 };
    let rows: Vec<(Feature, Vec<i8>)> = features
        .iter()
        .zip(&weights)
        .filter(|(_, weight)| weight.abs() >= options.threshold.max(unit / 2.0))
        .map(|(feature, weight)| (*feature, vec![quantised(weight / unit)]))
        .collect();
    Ranker::new(unit, Table::new(1, &rows))
}

/// Stochastic gradients with the penalty as a scale of all weights (Bottou 2010); the mean of the weights after each epoch of
/// the second half.
#[allow(clippy::cast_precision_loss)]
fn descend(rows: &[(Vec<(usize, f32)>, &Case)], features: usize, options: &LogisticOptions) -> Vec<f32> {
    let mut weights = vec![0.0_f32; features];
    let mut mean = vec![0.0_f32; features];
    let penalty = 1.0 / (options.cost * rows.len().max(1) as f32);
    let (mut scale, mut steps, mut remembered) = (1.0_f32, 0.0_f32, 0.0_f32);
    let mut random = Random::new(1);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    for epoch in 1..=options.epochs {
        random.shuffle(&mut order);
        for at in &order {
            let (row, case) = &rows[*at];
            let rate = options.rate / (1.0 + options.rate * penalty * steps);
            steps += 1.0;
            let score = scale * row.iter().map(|(feature, value)| weights[*feature] * value).sum::<f32>();
            let gradient = (f32::from(u8::from(case.right)) - probability(score)) * case.weight;
            scale *= 1.0 - rate * penalty;
            for (feature, value) in row {
                weights[*feature] += rate * gradient * value / scale;
            }
        }
        for weight in &mut weights {
            *weight *= scale;
        }
        scale = 1.0;
        if epoch * 2 > options.epochs {
            remembered += 1.0;
            super::parameters::approach(&mut mean, &weights, remembered);
        }
    }
    mean
}

/// The slope and the offset that make log odds of scores (Platt 1999), by Newton's method. A weak prior keeps them near 1 and 0
/// where there is little to go by.
///
/// ```
/// let scores: Vec<(f32, bool)> = (0..100).map(|at| (3.0, at % 4 != 0)).collect();
/// let (slope, offset) = marsad_label::train::calibration(&scores);
/// assert!((marsad_label::probability(slope * 3.0 + offset) - 0.75).abs() < 0.03);
/// ```
#[must_use]
pub fn calibration(scores: &[(f32, bool)]) -> (f32, f32) {
    const PRIOR: f64 = 1.0;
    let (mut slope, mut offset) = (1.0_f64, 0.0_f64);
    for _ in 0..50 {
        let (mut g, mut h) = ([PRIOR * (1.0 - slope), -PRIOR * 0.1 * offset], [PRIOR, 0.0, PRIOR * 0.1]);
        for (score, right) in scores {
            let score = f64::from(*score);
            let p = 1.0 / (1.0 + libm::exp(-(slope * score + offset)));
            let error = f64::from(u8::from(*right)) - p;
            let spread = p * (1.0 - p);
            g = [g[0] + error * score, g[1] + error];
            h = [h[0] + spread * score * score, h[1] + spread * score, h[2] + spread];
        }
        let determinant = h[0] * h[2] - h[1] * h[1];
        if determinant <= 0.0 {
            break;
        }
        let step = [(h[2] * g[0] - h[1] * g[1]) / determinant, (h[0] * g[1] - h[1] * g[0]) / determinant];
        slope += step[0];
        offset += step[1];
        if step[0].abs() + step[1].abs() < 1e-9 {
            break;
        }
    }
    #[allow(clippy::cast_possible_truncation)]
    (slope as f32, offset as f32)
}
