//! A trained model, and what it says of a sequence.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Feature;
use crate::lattice::{Lattice, exponentials};
use crate::table::Table;

/// The format of the weights' file.
const FORMAT: u8 = 2;

/// A trained model. It has one head or several: weights of their own for the same labels over the same features, which are
/// looked up once for all. Heads are numbered from 0; of one that it does not have nothing is said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    format: u8,
    labels: Vec<String>,
    heads: Vec<Head>,
    /// For each feature the weights of each head's labels.
    table: Table,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Weights", into = "Weights")]
pub(crate) struct Head {
    weights: Weights,
    /// The exponentials of transitions and starts.
    arcs: Vec<f32>,
    openings: Vec<f32>,
}

/// A head's own weights, as they are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Weights {
    /// The score of each label after each: `transitions[before * labels + after]`.
    pub(crate) transitions: Vec<f32>,
    /// The score of each label at the beginning.
    pub(crate) starts: Vec<f32>,
    /// What a weight of 1 in the table is worth.
    pub(crate) unit: f32,
}

impl From<Weights> for Head {
    fn from(weights: Weights) -> Self {
        let (arcs, openings) = (exponentials(&weights.transitions), exponentials(&weights.starts));
        Self { weights, arcs, openings }
    }
}

impl From<Head> for Weights {
    fn from(head: Head) -> Self {
        head.weights
    }
}

/// Why bytes are no model.
#[derive(Debug, Error)]
pub enum ModelError {
    /// They cannot be decoded.
    #[error("the weights cannot be read: {0}")]
    Unreadable(#[from] postcard::Error),
    /// They have another format.
    #[error("the weights have format {found}; {wanted} would be right")]
    Format {
        /// The format that they say they have.
        found: u8,
        /// The one that this version reads.
        wanted: u8,
    },
    /// Their parts do not fit each other.
    #[error(
        "the weights have parts whose sizes do not fit each other: they are cut off or of something else"
    )]
    Unsound,
}

/// Refuses weights of another format.
pub(crate) fn check_format(found: u8, wanted: u8) -> Result<(), ModelError> {
    if found == wanted { Ok(()) } else { Err(ModelError::Format { found, wanted }) }
}

impl Model {
    /// Reads a model's bytes, as [`Model::to_bytes`] wrote them.
    ///
    /// # Errors
    /// [`ModelError`] where they are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let model: Self = postcard::from_bytes(bytes)?;
        let count = model.labels.len();
        check_format(model.format, FORMAT)?;
        let fits = count > 0
            && model
                .heads
                .iter()
                .all(|Head { arcs, openings, .. }| arcs.len() == count * count && openings.len() == count)
            && model.table.is_sound(model.width());
        if fits { Ok(model) } else { Err(ModelError::Unsound) }
    }

    /// The model as bytes, the same on every machine.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] where memory is short.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        Ok(postcard::to_stdvec(self)?)
    }

    #[cfg(feature = "train")]
    pub(crate) fn new(labels: Vec<String>, heads: Vec<Head>, table: Table) -> Self {
        Self { format: FORMAT, labels, heads, table }
    }

    /// Its labels. A label is a position in them.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// How many heads it has.
    #[must_use]
    pub fn heads(&self) -> usize {
        self.heads.len()
    }

    /// Weights of a feature.
    fn width(&self) -> usize {
        self.heads.len() * self.labels.len()
    }

    /// Scores of a sequence of so many items, of which nothing is said yet.
    #[must_use]
    pub fn scores(&self, items: usize) -> Scores<'_> {
        Scores { model: self, sums: vec![0; items * self.width()] }
    }

    /// Scores each label for each item of a sequence.
    #[must_use]
    pub fn score<I: AsRef<[Feature]>>(&self, sequence: &[I]) -> Scores<'_> {
        let mut scores = self.scores(sequence.len());
        for (at, item) in sequence.iter().enumerate() {
            scores.add(at, item.as_ref().iter().copied());
        }
        scores
    }
}

/// What a model says of a sequence: for each head a score for each label of each item.
#[derive(Debug, Clone)]
pub struct Scores<'m> {
    model: &'m Model,
    /// Sums of weights, item by item, each in units of its head: whole numbers add up to the same in any order.
    sums: Vec<i32>,
}

impl Scores<'_> {
    /// Adds features to an item.
    pub fn add(&mut self, item: usize, features: impl IntoIterator<Item = Feature>) {
        let width = self.model.width();
        let Some(sums) = self.sums.get_mut(item * width..(item + 1) * width) else { return };
        for row in features.into_iter().filter_map(|feature| self.model.table.get(feature)) {
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += i32::from(i8::from_le_bytes([*weight]));
            }
        }
    }

    /// Adds a number to a label's score at every item: above 0 the label becomes likelier.
    pub fn favour(&mut self, head: usize, label: u8, by: f32) {
        let (width, count) = (self.model.width(), self.model.labels.len());
        let Some(Head { weights, .. }) = self.model.heads.get(head) else { return };
        #[allow(clippy::cast_possible_truncation)]
        let by = (by / weights.unit).round() as i32;
        let first = head * count + usize::from(label);
        self.sums.iter_mut().skip(first).step_by(width).for_each(|sum| *sum += by);
    }

    /// A head's scores, item by item.
    fn of_head(&self, head: usize) -> Option<(&Head, Vec<f32>)> {
        let (width, count) = (self.model.width(), self.model.labels.len());
        let of_head = self.model.heads.get(head)?;
        // A sum of a few hundred eight-bit weights is exact in an f32.
        #[allow(clippy::cast_precision_loss)]
        let score = |sum: &i32| *sum as f32 * of_head.weights.unit;
        let rows = self.sums.chunks_exact(width).filter_map(|row| row.get(head * count..(head + 1) * count));
        Some((of_head, rows.flatten().map(score).collect()))
    }

    /// The best sequence of labels to a head (Viterbi), the lower label of equals.
    #[must_use]
    pub fn best(&self, head: usize) -> Vec<u8> {
        let count = self.model.labels.len();
        let Some((Head { weights, .. }, items)) = self.of_head(head) else { return Vec::new() };
        let mut rows = items.chunks_exact(count);
        let Some(first) = rows.next() else { return Vec::new() };
        let mut scores: Vec<f32> = first.iter().zip(&weights.starts).map(|(a, b)| a + b).collect();
        let mut back: Vec<u8> = Vec::with_capacity(items.len());
        let mut next = scores.clone();
        for row in rows {
            for (to, (cell, item)) in next.iter_mut().zip(row).enumerate() {
                let (mut best, mut from) = (f32::NEG_INFINITY, 0);
                for (before, score) in scores.iter().enumerate() {
                    let reached = score + weights.transitions[before * count + to];
                    if reached > best {
                        (best, from) = (reached, before);
                    }
                }
                *cell = best + item;
                back.push(u8::try_from(from).unwrap_or(0));
            }
            std::mem::swap(&mut scores, &mut next);
        }
        let mut label = 0;
        for (at, score) in scores.iter().enumerate() {
            if *score > scores[label] {
                label = at;
            }
        }
        let mut path = vec![u8::try_from(label).unwrap_or(0)];
        for row in back.chunks_exact(count).rev() {
            label = usize::from(row[label]);
            path.push(u8::try_from(label).unwrap_or(0));
        }
        path.reverse();
        path
    }

    /// The probability of each label of each item to a head, item by item (forward-backward). Their sum is 1 for an item.
    #[must_use]
    pub fn marginals(&self, head: usize) -> Vec<f32> {
        let count = self.model.labels.len();
        self.of_head(head).map_or_else(Vec::new, |(Head { arcs, openings, .. }, items)| {
            Lattice::run(count, arcs, openings, &items).marginals()
        })
    }
}
