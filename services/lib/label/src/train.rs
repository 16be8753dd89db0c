//! Learning of weights and of word clusters. One thread, a fixed order and a software `exp`: the same input gives the same
//! bytes on every machine.

mod clusters;
mod crf;
mod parameters;
mod random;
mod ranker;

pub use clusters::{ClusterOptions, Clusters, clusters};
pub use crf::{Example, Options, crf};
pub use ranker::{Choice, RankOptions, ranker};
