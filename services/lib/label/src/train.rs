//! Learning of weights and of word clusters. A fixed order (of threads, too) and a software `exp`: the same input gives the same
//! bytes on every machine.

mod clusters;
mod crf;
mod logistic;
mod parameters;
mod random;
mod ranker;

pub use clusters::{ClusterOptions, Clusters, clusters};
pub use crf::{Example, Options, crf};
pub use logistic::{Case, LogisticOptions, calibration, logistic};
pub use ranker::{Choice, RankOptions, ranker};
