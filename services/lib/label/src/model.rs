//! A trained model, and what it says of a sequence.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Feature;
use crate::lattice::Lattice;
use crate::table::Table;

/// The format of the weights' file.
const FORMAT: u8 = 1;

/// A trained model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    format: u8,
    labels: Vec<String>,
    /// The score of each label after each: `transitions[before * labels + after]`.
    transitions: Vec<f32>,
    /// The score of each label at the beginning.
    starts: Vec<f32>,
    /// What a weight of 1 in the table is worth.
    unit: f32,
    table: Table,
}

/// Why bytes are no model.
#[derive(Debug, Error)]
pub enum ModelError {
    /// They cannot be decoded.
    #[error("the weights cannot be read: {0}")]
    Unreadable(#[from] postcard::Error),
    /// They have another format or their parts do not fit each other.
    #[error("the weights have format {found} or sizes that do not fit; format {FORMAT} would be right")]
    Unsound {
        /// The format that they say they have.
        found: u8,
    },
}

impl Model {
    /// Reads a model's bytes, as [`Model::to_bytes`] wrote them.
    ///
    /// # Errors
    /// [`ModelError`] where they are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let model: Self = postcard::from_bytes(bytes)?;
        let count = model.labels.len();
        let fits = model.format == FORMAT
            && count > 0
            && model.transitions.len() == count * count
            && model.starts.len() == count
            && model.table.is_sound(count);
        if fits { Ok(model) } else { Err(ModelError::Unsound { found: model.format }) }
    }

    /// The model as bytes, the same on every machine.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] where memory is short.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        Ok(postcard::to_stdvec(self)?)
    }

    #[cfg(feature = "train")]
    pub(crate) fn new(
        labels: Vec<String>,
        transitions: Vec<f32>,
        starts: Vec<f32>,
        unit: f32,
        table: Table,
    ) -> Self {
        Self { format: FORMAT, labels, transitions, starts, unit, table }
    }

    /// Its labels. A label is a position in them.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Scores each label for each item of a sequence.
    #[must_use]
    pub fn score<I: AsRef<[Feature]>>(&self, sequence: &[I]) -> Scores<'_> {
        let mut scores = Scores { model: self, items: vec![0.0; sequence.len() * self.labels.len()] };
        scores.add(sequence);
        scores
    }

    /// Adds up the weights of an item's features.
    fn sum(&self, features: &[Feature], sums: &mut [i32]) {
        for row in features.iter().filter_map(|feature| self.table.get(*feature)) {
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += i32::from(i8::from_le_bytes([*weight]));
            }
        }
    }
}

/// What a model says of a sequence: a score for each label of each item.
#[derive(Debug, Clone)]
pub struct Scores<'m> {
    model: &'m Model,
    items: Vec<f32>,
}

impl Scores<'_> {
    /// Adds further features to the items of the sequence, from the first on.
    pub fn add<I: AsRef<[Feature]>>(&mut self, sequence: &[I]) {
        let count = self.model.labels.len();
        let mut sums = vec![0_i32; count];
        for (item, cells) in sequence.iter().zip(self.items.chunks_exact_mut(count)) {
            sums.fill(0);
            self.model.sum(item.as_ref(), &mut sums);
            for (cell, sum) in cells.iter_mut().zip(&sums) {
                // A sum of a few hundred eight-bit weights is exact in an f32.
                #[allow(clippy::cast_precision_loss)]
                let sum = *sum as f32;
                *cell += sum * self.model.unit;
            }
        }
    }

    /// Adds a number to a label's score at every item: above 0 the label becomes likelier.
    pub fn favour(&mut self, label: u8, by: f32) {
        let count = self.model.labels.len();
        self.items.iter_mut().skip(usize::from(label)).step_by(count).for_each(|score| *score += by);
    }

    /// The best sequence of labels (Viterbi), the lower label of equals.
    #[must_use]
    pub fn best(&self) -> Vec<u8> {
        let count = self.model.labels.len();
        let mut rows = self.items.chunks_exact(count);
        let Some(first) = rows.next() else { return Vec::new() };
        let mut scores: Vec<f32> = first.iter().zip(&self.model.starts).map(|(a, b)| a + b).collect();
        let mut back: Vec<u8> = Vec::with_capacity(self.items.len());
        let mut next = scores.clone();
        for row in rows {
            for (to, (cell, item)) in next.iter_mut().zip(row).enumerate() {
                let (mut best, mut from) = (f32::NEG_INFINITY, 0);
                for (before, score) in scores.iter().enumerate() {
                    let reached = score + self.model.transitions[before * count + to];
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

    /// The probability of each label of each item, item by item (forward-backward). Their sum is 1 for an item.
    #[must_use]
    pub fn marginals(&self) -> Vec<f32> {
        let count = self.model.labels.len();
        Lattice::run(count, &self.model.transitions, &self.model.starts, &self.items).marginals()
    }
}
