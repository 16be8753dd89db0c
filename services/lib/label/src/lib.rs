//! A sequence labeller: a linear-chain conditional random field (Lafferty, McCallum and Pereira 2001) over hashed features.
//!
//! A sequence is a list of items (words, letters), an item a list of [`Feature`]s. A [`Model`] gives each item a score for each
//! label ([`Model::score`]); [`Scores::best`] is the best sequence of labels, [`Scores::marginals`] how probable each is.
//! Weights are eight bits wide, features unknown to the model cost one look-up, and no score depends on the machine.
//!
//! A [`Ranker`] chooses among alternatives that each case brings of its own, a [`Table`] keeps small numbers by feature.
//!
//! The feature `train` adds learning: `train::crf`, `train::ranker`, `train::logistic` and `train::clusters`. The same input gives the same weights, bit for bit.
//!
//! ```
//! # #[cfg(feature = "train")] {
//! use marsad_label::{Feature, train};
//!
//! let item = |word: &str| vec![Feature::of(0, &[Feature::hash(word)])];
//! let sequence = |words: &str| words.split(' ').map(item).collect::<Vec<_>>();
//! let example = |words: &str, labels: &[u8]| train::Example::new(sequence(words), labels.to_vec());
//! let examples = [example("قال الوزير", &[0, 1]), example("قال الرئيس", &[0, 1])];
//! let model = train::crf(&[&examples], &train::Options::new(["O", "TITLE"]));
//! let labels = model.score(&sequence("قال الرئيس")).best(0);
//! assert_eq!(labels, [0, 1]);
//! # }
//! ```

mod feature;
mod lattice;
mod model;
mod rank;
mod table;
#[cfg(feature = "train")]
pub mod train;

pub use feature::Feature;
pub use model::{Model, ModelError, Scores};
pub use rank::{Ranker, probability};
pub use table::Table;
