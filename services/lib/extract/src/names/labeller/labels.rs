//! The labels of words, and the names that they make.

use super::{Kind, Labelled};

/// The labels: outside of names, and beginning and inside of each kind of name.
pub(crate) const LABELS: [&str; 9] =
    ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-MISC", "I-MISC"];

/// The kinds of names in the order of the labels.
pub(crate) const KINDS: [Kind; 4] = [Kind::Person, Kind::Place, Kind::Organization, Kind::Other];

impl Kind {
    /// The label of a word at the beginning or inside of such a name.
    #[cfg(feature = "train")]
    pub(crate) fn label(self, inside: bool) -> u8 {
        let at = KINDS.iter().position(|kind| *kind == self).unwrap_or(0);
        u8::try_from(1 + 2 * at + usize::from(inside)).unwrap_or(0)
    }
}

/// Whether a label begins a name, and of what kind; `None` outside.
pub(super) fn meaning(label: u8) -> Option<(bool, Kind)> {
    let at = usize::from(label).checked_sub(1)?;
    Some((at.is_multiple_of(2), *KINDS.get(at / 2)?))
}

/// The probability that a word is in a name of a label's kind; `row` are its marginals.
pub(crate) fn mass(row: &[f32], label: u8) -> f32 {
    let begin = (usize::from(label).max(1) - 1) / 2 * 2 + 1;
    row.get(begin..begin + 2).map_or(0.0, |both| both.iter().sum())
}

/// The names that labels make; `start` is the position of the first word.
pub(super) fn chunks(labels: &[u8], marginals: &[f32], start: usize) -> Vec<Labelled> {
    let mut found: Vec<Labelled> = Vec::new();
    let mut inside = false;
    for (at, (label, row)) in labels.iter().zip(marginals.chunks_exact(LABELS.len())).enumerate() {
        let Some((begins, kind)) = meaning(*label) else {
            inside = false;
            continue;
        };
        let probability = mass(row, *label);
        match found.last_mut().filter(|name| inside && !begins && name.kind == kind) {
            Some(name) => {
                name.words.end = start + at + 1;
                name.probability = name.probability.min(probability);
            }
            None => found.push(Labelled { words: start + at..start + at + 1, kind, probability }),
        }
        inside = true;
    }
    found
}
