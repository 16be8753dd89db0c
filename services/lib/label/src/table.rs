//! Small numbers by feature: open addressing with 16 bits of each key, a row of bytes each.

use serde::{Deserialize, Serialize};

use crate::{Feature, ModelError};

/// How many slots there are for ten rows: at this load a feature without a row costs four checks.
#[cfg(feature = "train")]
const SLOTS_FOR_TEN: usize = 16;

/// Rows of bytes by feature, such as eight-bit weights or facts of words. A feature that is not in it is mistaken for another about once in 65,536 look-ups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Bytes of a row.
    width: usize,
    /// The check of the feature in each slot; 0 where it is empty. Apart from the rows, so that they stay in a near cache.
    checks: Vec<u16>,
    /// For each slot a row.
    rows: Vec<u8>,
}

impl Table {
    /// Reads a table's bytes, as [`Table::to_bytes`] wrote them, with rows of this width.
    ///
    /// # Errors
    /// [`ModelError`] where they are none.
    pub fn from_bytes(bytes: &[u8], width: usize) -> Result<Self, ModelError> {
        let table: Self = postcard::from_bytes(bytes)?;
        if table.is_sound(width) { Ok(table) } else { Err(ModelError::Unsound) }
    }

    /// The table as bytes, the same on every machine.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] where memory is short.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        Ok(postcard::to_stdvec(self)?)
    }

    /// Whether its parts fit each other and its rows have this width: to be asked of a table inside of something that was read from a file.
    #[must_use]
    pub fn is_sound(&self, width: usize) -> bool {
        self.width == width
            && self.checks.len().checked_mul(width) == Some(self.rows.len())
            && self.checks.contains(&0)
    }

    /// The row of a feature, `None` where it has none.
    #[must_use]
    #[inline]
    pub fn get(&self, feature: Feature) -> Option<&[u8]> {
        let check = check(feature);
        let mut slot = home(feature, self.checks.len());
        loop {
            match *self.checks.get(slot)? {
                0 => return None,
                found if found == check => {
                    return self.rows.get(slot * self.width..(slot + 1) * self.width);
                }
                _ => slot = if slot + 1 == self.checks.len() { 0 } else { slot + 1 },
            }
        }
    }

    /// A table of rows of `width` numbers, kept as bytes of two's complement. The order of the features decides where colliding ones lie.
    #[cfg(feature = "train")]
    #[must_use]
    pub fn new(width: usize, rows: &[(Feature, Vec<i8>)]) -> Self {
        let slots = (rows.len() * SLOTS_FOR_TEN / 10).max(rows.len() + 1).max(2);
        let (mut checks, mut cells) = (vec![0_u16; slots], vec![0_u8; slots * width]);
        for (feature, row) in rows {
            let mut slot = home(*feature, slots);
            while checks[slot] != 0 {
                slot = (slot + 1) % slots;
            }
            checks[slot] = check(*feature);
            for (cell, weight) in cells[slot * width..(slot + 1) * width].iter_mut().zip(row) {
                *cell = weight.to_le_bytes()[0];
            }
        }
        Self { width, checks, rows: cells }
    }
}

/// The slot where a feature is looked for first.
fn home(feature: Feature, slots: usize) -> usize {
    // The upper half scaled to the slots (Lemire 2016): no division.
    let scaled = (u128::from(feature.0) * slots as u128) >> 64;
    usize::try_from(scaled).unwrap_or(0)
}

fn check(feature: Feature) -> u16 {
    let [low, high, ..] = feature.0.to_le_bytes();
    u16::from_le_bytes([low, high]).max(1)
}
