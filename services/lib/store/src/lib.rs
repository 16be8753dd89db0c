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
//! workers cannot deadlock. Every read is one snapshot. No clock is read for anything that is stored.
//!
//! * [`Store`] is the trait; [`PgStore`] and [`SqliteStore`] implement it.
//! What is taught and judged lies beside the articles; see [`teach`] for it, and for how articles are analysed again.
//!
//! * [`filter`], [`record`] and [`page`] are what reads take and give.
//! * `contract` (with the feature of that name) is the suite that every implementation must pass.

mod apply;
mod backend;
mod encode;
mod error;
pub mod filter;
pub mod page;
mod postgres;
mod prepare;
mod read;
pub mod record;
mod sql;
mod sqlite;
mod store;
pub mod teach;
mod work;

#[cfg(feature = "contract")]
pub mod contract;

pub use error::StoreError;
pub use filter::{ArticleFilter, ClaimFilter, EntityFilter, EventFilter};
pub use page::{Cursor, Page, PageRequest};
pub use postgres::{PgOptions, PgStore};
pub use record::{
    ArticleRecord, ArticleState, ArticleSummary, ClaimRecord, EntitySummary, EventQuantity, EventRecord,
    RevisionSummary, Snippet, StoredAnalysis,
};
pub use sqlite::{SqliteOptions, SqliteStore};
pub use store::{AnalysisResult, Applied, Fold, Store, lower_case};
pub use teach::{Backlog, Taught, TeachStore, TeachingChange};
