//! Word vectors (skip-gram with negative samples, Mikolov et al. 2013), and clusters of them by k-means (Lloyd 1982).

use libm::{expf, powf};

use super::random::Random;

/// How to learn clusters.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// Components of a vector, a multiple of 8.
    pub size: usize,
    /// Words to either side that a word predicts, at most.
    pub window: usize,
    /// Random words to tell from the true one.
    pub negatives: usize,
    /// How often the text is gone through.
    pub epochs: usize,
    /// The first step width, which falls to nothing.
    pub rate: f32,
    /// A word of a greater share of the text than this is left out at times.
    pub frequent: f32,
    /// How many clusters to make: one clustering for each.
    pub clusters: Vec<usize>,
}

impl Default for ClusterOptions {
    fn default() -> Self {
        Self {
            size: 64,
            window: 3,
            negatives: 5,
            epochs: 3,
            rate: 0.03,
            frequent: 1e-4,
            clusters: vec![128, 1024],
        }
    }
}

/// Vectors and clusters of words.
#[derive(Debug, Clone)]
pub struct Clusters {
    /// For each word its vector, of length 1.
    pub vectors: Vec<Vec<f32>>,
    /// For each clustering, for each word the number of its cluster.
    pub numbers: Vec<Vec<u16>>,
}

/// Rounds of k-means.
const ROUNDS: usize = 12;

/// Learns vectors and clusters of the words `0..words` from sentences of them. Words that are in no sentence get a random vector.
#[must_use]
pub fn clusters(sentences: &[Vec<u32>], words: usize, options: &ClusterOptions) -> Clusters {
    let vectors = Vectors::learn(sentences, words, options);
    let size = options.size;
    let vectors: Vec<Vec<f32>> = vectors.chunks_exact(size).map(normalized).collect();
    let numbers = options.clusters.iter().map(|count| k_means(&vectors, *count)).collect();
    Clusters { vectors, numbers }
}

fn normalized(vector: &[f32]) -> Vec<f32> {
    let length = dot(vector, vector).sqrt();
    vector.iter().map(|x| if length > 0.0 { x / length } else { 0.0 }).collect()
}

/// Eight sums side by side: a fixed order that a processor's lanes can follow.
fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (a, b) in left.chunks_exact(8).zip(right.chunks_exact(8)) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum()
}

struct Vectors;

impl Vectors {
    #[allow(clippy::cast_precision_loss)]
    fn learn(sentences: &[Vec<u32>], words: usize, options: &ClusterOptions) -> Vec<f32> {
        let size = options.size;
        let mut counts = vec![0_u32; words];
        sentences.iter().flatten().for_each(|word| counts[*word as usize] += 1);
        let total: f32 = counts.iter().map(|count| *count as f32).sum::<f32>().max(1.0);
        let keep: Vec<f32> = counts
            .iter()
            .map(|count| {
                let share = *count as f32 / total / options.frequent;
                if share > 0.0 { (1.0 / share).sqrt() + 1.0 / share } else { 1.0 }
            })
            .collect();
        let noise = noise(&counts);
        let sigmoid = Sigmoid::new();
        let mut random = Random::new(7);
        let mut input: Vec<f32> = (0..words * size).map(|_| (random.unit() - 0.5) / size as f32).collect();
        let mut output = vec![0.0_f32; words * size];
        let mut change = vec![0.0_f32; size];
        let mut order: Vec<usize> = (0..sentences.len()).collect();
        let (mut done, all) = (0_usize, sentences.len() * options.epochs);
        let mut kept = Vec::new();
        for _ in 0..options.epochs {
            random.shuffle(&mut order);
            for sentence in &order {
                let rate = options.rate * (1.0 - done as f32 / all as f32).max(1e-3);
                done += 1;
                kept.clear();
                kept.extend(
                    sentences[*sentence].iter().map(|w| *w as usize).filter(|w| random.unit() < keep[*w]),
                );
                for (at, center) in kept.iter().enumerate() {
                    let reach = 1 + random.below(options.window);
                    let near = kept.iter().enumerate().take(at + reach + 1).skip(at.saturating_sub(reach));
                    for (_, other) in near.filter(|(place, _)| *place != at) {
                        let vector = &mut input[center * size..(center + 1) * size];
                        change.fill(0.0);
                        for negative in 0..=options.negatives {
                            let (target, truth) = if negative == 0 {
                                (*other, 1.0)
                            } else {
                                (noise[random.below(noise.len())] as usize, 0.0)
                            };
                            if negative > 0 && target == *other {
                                continue;
                            }
                            let context = &mut output[target * size..(target + 1) * size];
                            let step = (truth - sigmoid.of(dot(vector, context))) * rate;
                            for ((change, context), x) in change.iter_mut().zip(context).zip(&*vector) {
                                *change += step * *context;
                                *context += step * x;
                            }
                        }
                        vector.iter_mut().zip(&change).for_each(|(x, change)| *x += change);
                    }
                }
            }
        }
        input
    }
}

/// Words by the power 3/4 of their counts.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn noise(counts: &[u32]) -> Vec<u32> {
    const ENTRIES: f32 = 4e6;
    let weights: Vec<f32> = counts.iter().map(|count| powf(*count as f32, 0.75)).collect();
    let total: f32 = weights.iter().sum::<f32>().max(1.0);
    let mut table = Vec::new();
    for (word, weight) in (0..).zip(&weights) {
        let entries = (weight / total * ENTRIES).ceil() as usize;
        table.extend(std::iter::repeat_n(word, entries));
    }
    if table.is_empty() { vec![0] } else { table }
}

/// The logistic function by table.
struct Sigmoid(Vec<f32>);

impl Sigmoid {
    const REACH: f32 = 6.0;
    const STEPS: f32 = 1024.0;

    #[allow(clippy::cast_precision_loss)]
    fn new() -> Self {
        let value = |step: u16| {
            let x = (f32::from(step) / Self::STEPS * 2.0 - 1.0) * Self::REACH;
            1.0 / (1.0 + expf(-x))
        };
        Self((0..1024).map(value).collect())
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn of(&self, x: f32) -> f32 {
        if x >= Self::REACH {
            1.0
        } else if x <= -Self::REACH {
            0.0
        } else {
            self.0[(((x / Self::REACH + 1.0) / 2.0) * Self::STEPS) as usize]
        }
    }
}

/// Clusters by cosine. The first words are the first centres: the caller orders words by frequency.
fn k_means(vectors: &[Vec<f32>], count: usize) -> Vec<u16> {
    let count = count.min(vectors.len()).min(usize::from(u16::MAX));
    let mut centres: Vec<Vec<f32>> = vectors[..count].to_vec();
    let mut numbers = vec![0_u16; vectors.len()];
    for _ in 0..ROUNDS {
        for (number, vector) in numbers.iter_mut().zip(vectors) {
            let mut best = f32::NEG_INFINITY;
            for (at, centre) in (0..).zip(&centres) {
                let likeness = dot(vector, centre);
                if likeness > best {
                    (best, *number) = (likeness, at);
                }
            }
        }
        for (at, centre) in (0..).zip(&mut centres) {
            let mut sum = vec![0.0; centre.len()];
            for (_, vector) in numbers.iter().zip(vectors).filter(|(number, _)| **number == at) {
                sum.iter_mut().zip(vector).for_each(|(sum, x)| *sum += x);
            }
            if sum.iter().any(|x| *x != 0.0) {
                *centre = normalized(&sum);
            }
        }
    }
    numbers
}
