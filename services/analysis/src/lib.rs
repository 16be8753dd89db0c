//! The analysis worker: claim, analyse, store, settle; and the linker, which joins what the workers stored.
//!
//! Invariants:
//! * a message is acknowledged only after the store has committed what it says (or has said that it changes nothing);
//! * the store's writes are idempotent, so a redelivery at any point is harmless;
//! * an article that cannot be analysed is stored as such and parked with the reason; the others flow on;
//! * an analysis is made with one overlay of what is taught throughout, and its version says which;
//! * while the store is out of reach nothing is claimed: the articles wait in the queue, not in the worker.

mod again;
mod article;
mod linker;
mod metrics;
mod overlay;
mod shared;
mod worker;

use marsad_extract::Document;
use marsad_extract::knowledge::Overlay;
use marsad_graph::{Digest, Source};
use marsad_model::Analysis;

pub use linker::{Linker, LinkerOptions};
pub use shared::WorkerOptions;
pub use worker::Worker;

/// What turns a document into an analysis, with what is taught. A panic is taken as a failure of that one article.
pub type Analyzer = fn(&Document<'_>, &Overlay) -> Analysis;

/// What linking needs of a document and its analysis.
pub fn digest(document: &Document<'_>, analysis: &Analysis) -> Digest {
    Digest::of(&Source { article: document.article, title: document.title, text: document.text, analysis })
}
