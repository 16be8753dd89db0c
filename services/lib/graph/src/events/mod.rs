//! One record for each real event: mentions of it within and across articles, joined.

pub mod context;
mod describe;
mod index;
pub mod kinds;
pub mod mention;
pub mod similarity;

pub use describe::describe;
pub use index::{Events, LIMIT, Touched};
pub use mention::{ArticleEvents, Figure, Mention, Part, Party, Told};
