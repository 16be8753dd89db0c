//! Joins articles: near-duplicates, stories, one record for each event, conflicts, timelines.
//!
//! Everything is a function of the set of articles, whatever the order and the batches in which they come. It is found in strata,
//! none of which feeds an earlier one: duplicates and stories from texts and stated dates; dates of undated articles, from articles that
//! state theirs; event clusters; conflicts and timelines. An edge between two articles or two events depends on these two
//! alone.

pub mod components;
pub mod conflicts;
pub mod dates;
mod digest;
pub mod duplicates;
pub mod events;
mod given;
mod graph;
mod hash;
pub mod linkage;
pub mod stories;
pub mod terms;
pub mod timeline;
pub mod words;

pub use digest::{DIGEST_VERSION, Digest, DigestError, Source};
pub use graph::{Graph, LargestComponents, Redate, Update};
