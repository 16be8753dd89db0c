//! Forward and backward sums over a sequence, in probabilities: each item is scaled by its greatest score and its sum (Rabiner 1989).

use libm::expf as exp;

/// The sums over a sequence.
#[cfg_attr(not(feature = "train"), expect(dead_code, reason = "only training asks what follows what"))]
pub(crate) struct Lattice<'a> {
    count: usize,
    arcs: &'a [f32],
    /// The exponential of each item's scores.
    here: Vec<f32>,
    forward: Vec<f32>,
    backward: Vec<f32>,
}

impl<'a> Lattice<'a> {
    /// Runs forward and backward over the scores of `items`, `count` labels each. `arcs` and `starts` are the exponentials of the
    /// scores of each transition and each beginning.
    pub(crate) fn run(count: usize, arcs: &'a [f32], starts: &[f32], items: &[f32]) -> Self {
        let mut here = vec![0.0; items.len()];
        for (row, cells) in items.chunks_exact(count).zip(here.chunks_exact_mut(count)) {
            let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            for (cell, score) in cells.iter_mut().zip(row) {
                *cell = exp(score - top);
            }
        }
        let mut forward = vec![0.0; items.len()];
        let mut before: Option<&[f32]> = None;
        for (cells, own) in forward.chunks_exact_mut(count).zip(here.chunks_exact(count)) {
            match before {
                None => cells.copy_from_slice(starts),
                Some(before) => {
                    for (arcs, p) in arcs.chunks_exact(count).zip(before) {
                        cells.iter_mut().zip(arcs).for_each(|(cell, arc)| *cell += p * arc);
                    }
                }
            }
            cells.iter_mut().zip(own).for_each(|(cell, own)| *cell *= own);
            scale(cells);
            before = Some(cells);
        }
        let mut backward = vec![1.0; items.len()];
        let mut reached = vec![1.0; count];
        for (at, cells) in backward.chunks_exact_mut(count).enumerate().rev() {
            if (at + 1) * count < items.len() {
                for (cell, arcs) in cells.iter_mut().zip(arcs.chunks_exact(count)) {
                    *cell = arcs.iter().zip(&reached).map(|(arc, p)| arc * p).sum();
                }
                scale(cells);
            }
            let own = &here[at * count..(at + 1) * count];
            for ((reached, own), cell) in reached.iter_mut().zip(own).zip(cells) {
                *reached = own * *cell;
            }
        }
        Self { count, arcs, here, forward, backward }
    }

    /// The probability of each label of each item.
    pub(crate) fn marginals(&self) -> Vec<f32> {
        let mut marginals: Vec<f32> = self.forward.iter().zip(&self.backward).map(|(a, b)| a * b).collect();
        marginals.chunks_exact_mut(self.count).for_each(scale);
        marginals
    }

    /// How often each label is expected to follow each.
    #[cfg(feature = "train")]
    pub(crate) fn pairs(&self) -> Vec<f32> {
        let count = self.count;
        let mut pairs = vec![0.0; count * count];
        let mut cell = vec![0.0; count * count];
        for at in 1..self.here.len() / count {
            let before = &self.forward[(at - 1) * count..at * count];
            for (from, p) in before.iter().enumerate() {
                for to in 0..count {
                    cell[from * count + to] = p
                        * self.arcs[from * count + to]
                        * self.here[at * count + to]
                        * self.backward[at * count + to];
                }
            }
            scale(&mut cell);
            pairs.iter_mut().zip(&cell).for_each(|(sum, value)| *sum += value);
        }
        pairs
    }
}

/// The exponential of each score.
pub(crate) fn exponentials(scores: &[f32]) -> Vec<f32> {
    scores.iter().map(|score| exp(*score)).collect()
}

/// Makes a row sum to 1.
fn scale(row: &mut [f32]) {
    let sum: f32 = row.iter().sum();
    if sum > 0.0 {
        row.iter_mut().for_each(|cell| *cell /= sum);
    }
}
