//! What is taught, what analysts say of events, and the articles that are analysed again because of it.
//!
//! * A change of what is taught makes the overlay's next revision and, in the same transaction, a *sweep*: the task to find the
//!   articles that it concerns. Whoever calls [`TeachStore::sweep`] takes it a page further; each page marks articles in `to_analyse` and moves the
//!   sweep's position, in one transaction that does nothing if another moved it meanwhile. A crash loses nothing.
//! * An analysis that is stored with an older overlay than the current one, because its worker had not heard of it, marks its article
//!   itself. The two locks of the overlay's row, shared here and exclusive in a change, leave no gap between both.
//! * A mark says what version is needed at least, and goes in the transaction that stores an analysis of such a version. Claims tell workers
//!   apart and nothing else: one that runs out is another's, and doing an article twice changes nothing.

use async_trait::async_trait;
use marsad_model::teaching::{Fact, Reach, Teaching};
use marsad_model::{AnalysisVersion, ArticleId, Judgement, JudgementId, TeachingId, Verdict};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;

/// All that is taught.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taught {
    /// The overlay's revision.
    pub revision: u64,
    /// In order of teaching.
    pub teachings: Vec<Teaching>,
}

/// A change of what is taught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TeachingChange {
    /// Teaches a fact; one that was taught already is moved behind all others.
    Teach(Fact),
    /// Takes back what was taught.
    Undo(TeachingId),
}

/// What the articles of a sweep are looked at for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sweep {
    /// What is taught has changed.
    Taught {
        /// The revision that the change made.
        revision: u64,
        /// The articles that it concerns.
        reach: Reach,
    },
    /// A newer analyzer is there.
    Version {
        /// Its version; its overlay does not matter.
        version: AnalysisVersion,
        /// Articles of that version too.
        all: bool,
    },
}

/// What is left to do until every analysis is up to date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Changes for which not all articles have been looked at.
    pub sweeps: u64,
    /// Articles that are to be analysed again.
    pub articles: u64,
}

/// Teaching, judging and analysing again. See [`crate::Store`] for the errors of all calls.
#[async_trait]
pub trait TeachStore: Send + Sync + 'static {
    /// Everything that is taught, of one revision.
    async fn taught(&self) -> Result<Taught, StoreError>;

    /// The overlay's revision: 0 before anything was taught, one more with every change.
    async fn overlay_revision(&self) -> Result<u64, StoreError>;

    /// Makes the overlay's next revision, if the current one is still `on`; gives it, and `None` if it is another by now. `reach` is what
    /// articles the change concerns.
    async fn teach(
        &self,
        change: &TeachingChange,
        on: u64,
        reach: &Reach,
        taught_at: i64,
    ) -> Result<Option<u64>, StoreError>;

    /// Has all articles of an older version than this analysed again, or of this one too.
    async fn reanalyse(&self, version: AnalysisVersion, all: bool) -> Result<(), StoreError>;

    /// Takes the oldest sweep a page of articles further; `false` if there is none.
    async fn sweep(&self, page: u32) -> Result<bool, StoreError>;

    /// Claims articles that are to be analysed again, at most `limit`, until a moment; those of claims that ran out before `now` too. Both
    /// in microseconds since 1970.
    async fn claim_to_analyse(&self, now: i64, until: i64, limit: u32) -> Result<Vec<ArticleId>, StoreError>;

    /// Takes the mark off an article that has no current revision any more.
    async fn forget_to_analyse(&self, article: ArticleId) -> Result<(), StoreError>;

    /// What is left to do.
    async fn backlog(&self) -> Result<Backlog, StoreError>;

    /// Keeps a judgement, and withdraws the opposite. One that holds already is left as it is.
    async fn judge(&self, verdict: &Verdict, at: i64) -> Result<Judgement, StoreError>;

    /// Takes back a judgement; one that was taken back is left as it is. `None` where there never was one of that id.
    async fn withdraw_judgement(&self, id: JudgementId, at: i64) -> Result<Option<Judgement>, StoreError>;

    /// Judgements whose last change has a greater number than `after`, in order of these, withdrawn ones too.
    async fn judgements(&self, after: u64, limit: u32) -> Result<Vec<Judgement>, StoreError>;
}
