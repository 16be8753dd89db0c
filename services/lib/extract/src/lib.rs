//! One article in, one analysis out: segments, names, links, times, quantities, events, claims.
//!
//! Pure: the same document gives the same [`marsad_model::Analysis`], whatever the machine, thread or order. Everything the analyzer
//! knows is compiled in from `seeds/`.
//!
//! ```text
//! text -> segments -> sentences, words -> names, links -> times, quantities -> claims -> events -> Analysis
//! ```

mod analyze;
mod claims;
mod events;
pub mod intake;
pub mod judge;
pub mod knowledge;
pub mod language;
mod lexicon;
mod names;
pub mod page;
mod reading;
mod segments;
pub mod stages;
mod syntax;
mod values;

use jiff::civil::Date;
use marsad_model::{AnalysisVersion, ArticleFields, ArticleId, ContentHash};

pub use analyze::{analyze, analyze_with, explain, explain_with, mentions};
pub use intake::admit;
#[cfg(feature = "train")]
pub use names::labeller::training;

/// What made the analyses of this build. Raise `analyzer` with every change of what is found, `knowledge` with every change of
/// `seeds/knowledge`, `ontology` with every change of the event types.
pub const VERSION: AnalysisVersion = AnalysisVersion { analyzer: 5, knowledge: 3, ontology: 1, overlay: 0 };

/// One revision of one article, as the analyzer reads it.
#[derive(Debug, Clone, Copy)]
pub struct Document<'t> {
    /// The article; ids of events, claims and local entities are made from it.
    pub article: ArticleId,
    /// The revision.
    pub content_hash: ContentHash,
    /// The text that all spans refer to.
    pub text: &'t str,
    /// The title, where it is known apart from the text.
    pub title: Option<&'t str>,
    /// The name of the outlet, as the caller writes it.
    pub outlet: Option<&'t str>,
    /// Where the page is.
    pub url: Option<&'t str>,
    /// The day of publication from the metadata, in the outlet's own time zone.
    pub published: Option<Date>,
    /// The day that dated articles on the same events give it; counts only where neither metadata nor page states one.
    pub linked: Option<Date>,
}

impl<'t> Document<'t> {
    /// The document of an article's fields.
    pub fn new(article: ArticleId, content_hash: ContentHash, fields: &'t ArticleFields) -> Self {
        Self {
            article,
            content_hash,
            text: &fields.text,
            title: fields.title.as_deref(),
            outlet: fields.outlet.as_deref(),
            url: fields.url.as_deref(),
            published: fields.published_at.as_ref().map(marsad_model::PublishedAt::date),
            linked: None,
        }
    }
}
