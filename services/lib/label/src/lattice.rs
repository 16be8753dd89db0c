//! Forward and backward sums over a sequence.

use libm::expf as exp;

/// The scores that the sums run over.
pub(crate) struct Lattice<'a> {
    pub(crate) count: usize,
    pub(crate) transitions: &'a [f32],
    pub(crate) starts: &'a [f32],
    pub(crate) items: &'a [f32],
}

/// What the sums give.
pub(crate) struct Sums {
    /// The probability of each label of each item.
    pub(crate) marginals: Vec<f32>,
    /// How often each label is expected to follow each.
    #[cfg_attr(not(feature = "train"), allow(dead_code))]
    pub(crate) pairs: Vec<f32>,
}

impl Lattice<'_> {
    /// Runs forward and backward.
    pub(crate) fn run(&self) -> Sums {
        let count = self.count;
        let length = self.items.len() / count.max(1);
        let mut pairs = vec![0.0; count * count];
        if length == 0 {
            return Sums { marginals: Vec::new(), pairs };
        }
        // In probabilities, each item scaled by its greatest score and its sum (Rabiner 1989).
        let arcs: Vec<f32> = self.transitions.iter().map(|score| exp(*score)).collect();
        let mut here = vec![0.0; self.items.len()];
        for (row, cells) in self.items.chunks_exact(count).zip(here.chunks_exact_mut(count)) {
            let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            for (cell, score) in cells.iter_mut().zip(row) {
                *cell = exp(score - top);
            }
        }
        let mut forward = vec![0.0; self.items.len()];
        for at in 0..length {
            let (done, rest) = forward.split_at_mut(at * count);
            let before = done.get(done.len().saturating_sub(count)..).unwrap_or_default();
            let cells = &mut rest[..count];
            for (to, cell) in cells.iter_mut().enumerate() {
                let reached: f32 = if at == 0 {
                    exp(self.starts[to])
                } else {
                    before.iter().enumerate().map(|(from, p)| p * arcs[from * count + to]).sum()
                };
                *cell = reached * here[at * count + to];
            }
            scale(cells);
        }
        let mut backward = vec![0.0; self.items.len()];
        backward[(length - 1) * count..].fill(1.0);
        for at in (0..length - 1).rev() {
            let (head, tail) = backward.split_at_mut((at + 1) * count);
            let (cells, after) = (&mut head[at * count..], &tail[..count]);
            for (from, cell) in cells.iter_mut().enumerate() {
                *cell = (0..count)
                    .map(|to| arcs[from * count + to] * here[(at + 1) * count + to] * after[to])
                    .sum();
            }
            scale(cells);
        }
        let mut cell = vec![0.0; count * count];
        for at in 1..length {
            for from in 0..count {
                for to in 0..count {
                    cell[from * count + to] = forward[(at - 1) * count + from]
                        * arcs[from * count + to]
                        * here[at * count + to]
                        * backward[at * count + to];
                }
            }
            scale(&mut cell);
            for (sum, value) in pairs.iter_mut().zip(&cell) {
                *sum += value;
            }
        }
        let mut marginals: Vec<f32> = forward.iter().zip(&backward).map(|(a, b)| a * b).collect();
        marginals.chunks_exact_mut(count).for_each(scale);
        Sums { marginals, pairs }
    }
}

/// Makes a row sum to 1.
fn scale(row: &mut [f32]) {
    let sum: f32 = row.iter().sum();
    if sum > 0.0 {
        row.iter_mut().for_each(|cell| *cell /= sum);
    }
}
