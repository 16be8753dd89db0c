//! The trait that both backends implement.

use async_trait::async_trait;
use marsad_model::{Analysis, AnalysisVersion, ArticleId, Change, ContentHash, EntityId};

use crate::error::StoreError;
use crate::filter::{ArticleFilter, ClaimFilter, EntityFilter, EntitySearch, EventFilter};
use crate::graph::GraphStore;
use crate::link::LinkStore;
use crate::lookup::LookupStore;
use crate::page::{Page, PageRequest};
use crate::record::{
    ArticleHit, ArticleRecord, ArticleSummary, ClaimRecord, EntityHit, EntitySummary, EventHit, EventRecord,
    StoredAnalysis,
};
use crate::search::{ArticleSearch, EventSearch};
use crate::teach::TeachStore;

/// Turns a name into its comparison form, e.g. without diacritics and with one spelling of alif. The same function must be
/// used for the names that are stored and for the queries that look for them.
pub type Fold = fn(&str) -> String;

/// The folding that is used where none is given: lower case, without white space at either end.
///
/// ```
/// assert_eq!(marsad_store::lower_case(" Baghdad "), "baghdad");
/// ```
pub fn lower_case(name: &str) -> String {
    name.trim().to_lowercase()
}

/// What was found in a revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysed {
    /// All of it.
    pub analysis: Analysis,
    /// What linking needs of it, see [`crate::link`]; the store does not look inside.
    pub digest: Vec<u8>,
    /// Whether others are linked first: nobody waits for what came in the backfill lane.
    pub backfill: bool,
}

/// What the analyzer made of a revision.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one value an article, and almost always the large variant")]
pub enum AnalysisResult {
    /// What it found.
    Analysed(Analysed),
    /// It gave up.
    Failed {
        /// Why, in words for an operator.
        reason: String,
    },
}

/// What a change did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Applied {
    /// The record changed, and nothing more is to do.
    Stored,
    /// Everything was there already.
    Unchanged,
    /// A newer revision is current: the text is kept readable, an analysis is not wanted.
    Superseded,
    /// A newer deletion hides this submission; nothing of it is kept.
    Deleted,
    /// The revision is kept and current, and has no analysis of this version or a later one: call again with a result.
    NeedsAnalysis,
}

/// The store. Every method either takes effect as a whole or not at all.
///
/// All methods answer [`StoreError::Unavailable`] while the database does not answer, and [`StoreError::Database`] for
/// what is a defect of the store or of its schema.
#[async_trait]
pub trait Store: LinkStore + GraphStore + LookupStore + TeachStore {
    /// Applies a change in one transaction. May be repeated at any time, with any other changes in between.
    ///
    /// `worker` is the version of the caller's analyzer, and `result` what it made of the submission, if it has been run; a
    /// result is not used for a deletion, for a revision that is not current, or where a higher version's is stored; one of the same
    /// version only where the article is to be analysed again. The overlay in `worker` does not matter for whether an analysis is wanted:
    /// which articles a change of what is taught concerns is found apart. A failure never replaces an analysis of the same version.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for an analysis whose version is not `worker`, that does not fit the submission's text
    /// (see [`Analysis::check`]), has two entities, events or claims of one id, or a number that is not finite; and for
    /// U+0000 in a text field.
    async fn apply(
        &self,
        change: &Change,
        worker: AnalysisVersion,
        result: Option<&AnalysisResult>,
    ) -> Result<Applied, StoreError>;

    /// An article with the text of its current or the given revision; `None` where there is no such article or revision.
    async fn article(
        &self,
        id: ArticleId,
        revision: Option<ContentHash>,
    ) -> Result<Option<ArticleRecord>, StoreError>;

    /// Articles in their current revisions, latest publication date first, undated ones last, then by id.
    async fn articles(
        &self,
        filter: &ArticleFilter,
        page: &PageRequest,
    ) -> Result<Page<ArticleSummary>, StoreError>;

    /// The analysis of an article's current revision with the text that its spans refer to; `None` while there is none.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where it cannot be decoded; so do the reads of events and claims.
    async fn analysis(&self, id: ArticleId) -> Result<Option<StoredAnalysis>, StoreError>;

    /// An entity that at least one article refers to.
    async fn entity(&self, id: &EntityId) -> Result<Option<EntitySummary>, StoreError>;

    /// Entities, most mentioned first, then by id.
    async fn entities(
        &self,
        filter: &EntityFilter,
        page: &PageRequest,
    ) -> Result<Page<EntitySummary>, StoreError>;

    /// Entities by name, in any spelling and script, best fit first; then the most mentioned first, then by id. Names of entities that no
    /// knowledge has are found here, all others are the caller's to bring.
    async fn search_entities(
        &self,
        search: &EntitySearch,
        page: &PageRequest,
    ) -> Result<Page<EntityHit>, StoreError>;

    /// Analysed articles by the words of their titles and their own text, in any inflection that has the same light stem. Those in which
    /// the words are more prominent come first, then the latest publication date, undated ones last, then by id.
    async fn search_articles(
        &self,
        search: &ArticleSearch,
        page: &PageRequest,
    ) -> Result<Page<ArticleHit>, StoreError>;

    /// Events by the words of the sentences that tell them: in order of their articles as [`Store::search_articles`] has them, then in
    /// order of the text. A page may have fewer events than were asked for, or none, and yet a next one: a call looks at so many
    /// articles and no more.
    async fn search_events(
        &self,
        search: &EventSearch,
        page: &PageRequest,
    ) -> Result<Page<EventHit>, StoreError>;

    /// Events by the first day that they can have happened on, those without one last, then by id.
    async fn events(&self, filter: &EventFilter, page: &PageRequest)
    -> Result<Page<EventRecord>, StoreError>;

    /// Claims by article, then in order of their cues.
    async fn claims(&self, filter: &ClaimFilter, page: &PageRequest)
    -> Result<Page<ClaimRecord>, StoreError>;

    /// Whether the database answers.
    async fn check(&self) -> Result<(), StoreError>;

    /// Brings the schema up to date. Safe to run from several processes at once.
    ///
    /// # Errors
    /// [`StoreError::Migration`] where the database's schema is newer than this program, or not Marsad's.
    async fn migrate(&self) -> Result<(), StoreError>;

    /// Finishes what was begun and gives up the connections. Later calls answer [`StoreError::Unavailable`].
    async fn close(&self);
}
