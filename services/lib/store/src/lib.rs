//! The store of analysed articles: PostgreSQL and SQLite behind one trait.
//!
//! What is stored is a function of the *set* of changes that were applied (and of what the analyzer makes of them), not
//! of their order, batching or redelivery. For one article, with D the greatest stamp of its deletions:
//!
//! * a revision (article, content hash) has the greatest stamp of its submissions; it exists if that is greater than D;
//! * the existing revision with the greatest stamp is current; the others stay readable as text;
//! * only the current revision has an analysis: one encoded blob and the index rows that queries use, or the reason of
//!   its failure. A higher analyzer version replaces a lower one, never the reverse;
//! * of what was deleted only the article's id and D are kept.
//!
//! Every write is one transaction that first locks the article's own row and touches no row of another article, so
//! workers cannot deadlock. Every read is one snapshot. No clock is read for anything that is stored, but for since when an article
//! waits to be linked, which is shown and decides nothing.
//!
//! What many articles say together is a function of what is stored about each. The linker makes and writes it, one at a time; see
//! [`link`] for its side and [`graph`] for that of readers.
//!
//! What is taught and judged lies beside the articles; see [`teach`] for it, and for how articles are analysed again.
//!
//! * [`Store`] is the trait; [`PgStore`] and [`SqliteStore`] implement it.
//! * [`filter`], [`record`] and [`page`] are what reads take and give.
//! * [`search`] is what searches ask for.
//! * `contract` (with the feature of that name) is the suite that every implementation must pass.

mod apply;
mod backend;
mod encode;
mod error;
mod feed;
pub mod filter;
mod forms;
pub mod graph;
pub mod link;
mod lookup;
mod observe;
pub mod page;
mod postgres;
mod prepare;
mod read;
pub mod record;
pub mod search;
mod shown;
mod sql;
mod sqlite;
mod store;
pub mod teach;
mod work;

#[cfg(feature = "contract")]
pub mod contract;

pub use error::StoreError;
pub use filter::{
    ArticleFilter, ClaimFilter, ClusterFilter, ConflictFilter, EntityFilter, EntitySearch, EventFilter,
    NeighbourFilter, StoryFilter,
};
pub use graph::{AsOf, GraphStore, Resolved};
pub use link::{Epoch, LinkBatch, LinkStore};
pub use lookup::LookupStore;
pub use page::{Cursor, Page, PageRequest};
pub use postgres::{PgOptions, PgStore};
pub use record::{
    ArticleHit, ArticleRecord, ArticleState, ArticleSummary, ClaimRecord, EntityHit, EntitySummary, EventHit,
    EventQuantity, EventRecord, NamedEntity, RevisionSummary, Snippet, StoredAnalysis,
};
pub use search::{ArticleSearch, EventSearch, Prominence, TextQuery, TextQueryError};
pub use sqlite::{SqliteOptions, SqliteStore};
pub use store::{Analysed, AnalysisResult, Applied, Fold, Store, lower_case};
pub use teach::{Backlog, Taught, TeachStore, TeachingChange};
