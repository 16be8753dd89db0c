//! A trained choice among alternatives.

use serde::{Deserialize, Serialize};

use crate::model::check_format;
use crate::table::Table;
use crate::{Feature, ModelError};

/// The format of the weights' file.
const FORMAT: u8 = 2;

/// A log-linear model of which of several alternatives is the right one (conditional logit, McFadden 1974). Where the
/// labels of a [`crate::Model`] are the same for every item, here each case brings alternatives of its own. With a single
/// alternative it is a logistic regression: [`probability`] says how sure it is that the alternative is right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranker {
    format: u8,
    /// What a weight of 1 in the table is worth.
    unit: f32,
    table: Table,
}

impl Ranker {
    #[cfg(feature = "train")]
    pub(crate) fn new(unit: f32, table: Table) -> Self {
        Self { format: FORMAT, unit, table }
    }

    /// Reads a ranker's bytes, as [`Ranker::to_bytes`] wrote them.
    ///
    /// # Errors
    /// [`ModelError`] where they are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let ranker: Self = postcard::from_bytes(bytes)?;
        check_format(ranker.format, FORMAT)?;
        if ranker.table.is_sound(1) { Ok(ranker) } else { Err(ModelError::Unsound) }
    }

    /// The ranker as bytes, the same on every machine.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] where memory is short.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        Ok(postcard::to_stdvec(self)?)
    }

    /// The score of an alternative with these features, in units of [`Ranker::unit`]. Scores add up: that of two lists of
    /// features is the sum of theirs.
    #[must_use]
    pub fn score(&self, features: &[Feature]) -> i32 {
        let weight = |feature: &Feature| {
            self.table
                .get(*feature)
                .and_then(|row| row.first())
                .map_or(0, |w| i32::from(i8::from_le_bytes([*w])))
        };
        features.iter().map(weight).sum()
    }

    /// What a score of 1 is worth in log odds.
    #[must_use]
    pub fn unit(&self) -> f32 {
        self.unit
    }
}

/// The probability that log odds stand for, the same on every machine.
///
/// ```
/// assert_eq!(marsad_label::probability(0.0), 0.5);
/// assert!(marsad_label::probability(2.0) > 0.88);
/// ```
#[must_use]
pub fn probability(log_odds: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-log_odds))
}
