//! How often stems occur, with and without the article: what tells a particle from a letter of the stem.

use marsad_label::{Feature, Table};
use serde::{Deserialize, Serialize};

/// Numbers of a row.
pub(super) const WIDTH: usize = 4;

/// How often stems occur in a large body of text after particles and pronouns are split off, as logarithms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Vocabulary {
    table: Table,
}

/// How often a stem occurs: logarithms of counts, 0 where it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Level {
    /// Without the article.
    pub(super) bare: u8,
    /// With the article.
    pub(super) definite: u8,
    /// Written so, with nothing split off.
    pub(super) written: u8,
    /// Behind the article or a preposition, however else it is split.
    pub(super) governed: u8,
}

impl Level {
    pub(super) fn max(self, other: Self) -> Self {
        Self {
            bare: self.bare.max(other.bare),
            definite: self.definite.max(other.definite),
            written: self.written.max(other.written),
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
            Some([bare, definite, written, governed]) => {
                Level { bare: *bare, definite: *definite, written: *written, governed: *governed }
            }
            _ => Level::default(),
        }
    }
}

/// Where a stem is kept.
pub(super) fn entry(stem: &str) -> Feature {
    Feature::of(0, &[Feature::hash(stem)])
}

/// The form in which stems are looked up: a light form with the hamza of alef left out, since newspapers do.
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
