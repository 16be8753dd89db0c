//! One record for each real event: mentions of it within and across articles, joined.
//!
//! [`ArticleEvents`] is what one article says of its events. [`similarity`] gives the log-odds that two mentions are one event, from what
//! they have in common and where they contradict each other; [`kinds`] says which types and modes tell of one thing in other words.
//! [`Events`] joins mentions of articles that are alike, and of one article: edges from the pairs, leaves that cannot chain
//! ([`crate::components`]), average linkage in each leaf ([`crate::linkage`]). A plan and its happening are one event; a series of attacks
//! and each of them are not, but related. [`describe`] says what all reports of one event say together.

pub mod context;
mod denial;
mod describe;
mod glance;
mod index;
mod judged;
pub mod kinds;
pub mod mention;
pub mod similarity;

pub use denial::Denial;
pub use describe::describe;
pub use index::{Events, LIMIT, Touched};
pub use mention::{ArticleEvents, Figure, Mention, Part, Party, Told};

#[cfg(test)]
mod tests;
