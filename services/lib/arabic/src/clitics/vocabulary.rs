//! How often words occur by themselves: what tells a particle from a letter of the stem.

use marsad_label::{Feature, Table};
use serde::{Deserialize, Serialize};

/// Numbers of a row.
pub(super) const WIDTH: usize = 3;

/// How often words occur in a large body of text, as logarithms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Vocabulary {
    table: Table,
}

/// How often a word occurs: logarithms of counts, 0 where it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Level {
    /// Written so, with nothing attached.
    pub(super) written: u8,
    /// With the article.
    pub(super) definite: u8,
    /// Behind the article or a preposition: what governs a word with a particle of its own stands before no other.
    pub(super) governed: u8,
}

impl Level {
    pub(super) fn max(self, other: Self) -> Self {
        Self {
            written: self.written.max(other.written),
            definite: self.definite.max(other.definite),
            governed: self.governed.max(other.governed),
        }
    }
}

impl Vocabulary {
    #[cfg(feature = "train")]
    pub(super) fn new(table: Table) -> Self {
        Self { table }
    }

    pub(super) fn is_sound(&self) -> bool {
        self.table.is_sound(WIDTH)
    }

    /// The level of a stem in its [`key`].
    pub(super) fn level(&self, stem: &str) -> Level {
        match self.table.get(entry(stem)) {
            Some([written, definite, governed]) => {
                Level { written: *written, definite: *definite, governed: *governed }
            }
            _ => Level::default(),
        }
    }
}

/// Where a stem is kept.
pub(super) fn entry(stem: &str) -> Feature {
    Feature::of(0, &[Feature::hash(stem)])
}

/// The form in which words are looked up: a light form with the hamza of alef left out, since newspapers do.
pub(super) fn key(light: &str) -> String {
    light.chars().map(key_letter).collect()
}

/// A letter of a [`key`]; letters keep their number.
pub(super) fn key_letter(letter: char) -> char {
    match letter {
        'أ' | 'إ' | 'آ' => 'ا',
        letter => letter,
    }
}
