//! What the linker needs of the store: its lease, the work that waits for it, and the transaction that it writes.
//!
//! A worker that stores or removes an analysis leaves a row in `to_link` in the same transaction: the linker takes these rows,
//! never a cursor over a sequence, which would skip what commits late. It keeps the digests of all articles in memory, computes
//! what many articles say together, and writes what differs from what is stored. All of it is a function of the digests, so a
//! linker that takes over loads these, computes, compares with [`LinkStore::linked_heads`], and goes on.
//!
//! The lease says who links; its epoch keeps everybody else from writing. A commit first locks the lease's row under its own epoch, so
//! no clock can let two write. Nor does a clock that is wrong stop the work: whoever waits for the lease sees whether it was renewed,
//! and measures with a clock of its own how long ago that was.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use jiff::civil::Date;
use marsad_model::graph::{ArticleLinks, Conflict, EventCluster, Placed, Story};
use marsad_model::{
    Analysis, ArticleFields, ArticleId, ClusterId, ConflictId, ContentHash, EntityId, StoryId,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::StoreError;
use crate::sql::day_number;

/// Which turn of the lease: greater than that of everybody who held it before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// Names one state of an article's row in the list of what is to link. Random: whoever removes the row of a mark that he read
/// removes no later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mark(pub Uuid);

/// An article whose analysis came, changed or went since it was linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToLink {
    /// The article.
    pub article: ArticleId,
    /// What to name in [`LinkBatch::done`].
    pub mark: Mark,
    /// What there is to link.
    pub input: LinkInput,
    /// Since when it waits, in microseconds since the Unix epoch; `None` where its analysis went.
    pub since: Option<i64>,
    /// The trace that it was analysed in (W3C's traceparent), where that is recorded.
    pub trace: Option<String>,
}

/// What linking has of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkInput {
    /// The digest of its current revision, as the worker made it.
    Digest(Vec<u8>),
    /// It is analysed, but by a worker that made no digest: one can be made of the text and the analysis, see
    /// [`LinkBatch::reanalysed`].
    NoDigest,
    /// It has no analysis: it is deleted, its analysis failed, or a new revision waits for one.
    Gone,
}

/// The digest of an analysed article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDigest {
    /// The article.
    pub article: ArticleId,
    /// The revision that it was made of.
    pub content_hash: ContentHash,
    /// What the worker made.
    pub digest: Vec<u8>,
}

/// The kinds of records that linking makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// [`ArticleLinks`].
    Article,
    /// [`Story`].
    Story,
    /// [`EventCluster`].
    Cluster,
    /// [`Conflict`].
    Conflict,
}

impl RecordKind {
    /// Every kind, in the order in which a commit writes and logs them.
    pub const ALL: [Self; 4] = [Self::Article, Self::Story, Self::Cluster, Self::Conflict];

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Story => "story",
            Self::Cluster => "cluster",
            Self::Conflict => "conflict",
        }
    }
}

/// Names a record of linking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordId {
    /// Of [`ArticleLinks`].
    Article(ArticleId),
    /// Of a [`Story`].
    Story(StoryId),
    /// Of an [`EventCluster`].
    Cluster(ClusterId),
    /// Of a [`Conflict`].
    Conflict(ConflictId),
}

impl RecordId {
    /// The kind with the number of the record.
    pub fn parts(self) -> (RecordKind, Uuid) {
        match self {
            Self::Article(id) => (RecordKind::Article, id.0),
            Self::Story(id) => (RecordKind::Story, id.0),
            Self::Cluster(id) => (RecordKind::Cluster, id.0),
            Self::Conflict(id) => (RecordKind::Conflict, id.0),
        }
    }

    /// The id of that kind with that number.
    pub fn new(kind: RecordKind, id: Uuid) -> Self {
        match kind {
            RecordKind::Article => Self::Article(ArticleId(id)),
            RecordKind::Story => Self::Story(StoryId(id)),
            RecordKind::Cluster => Self::Cluster(ClusterId(id)),
            RecordKind::Conflict => Self::Conflict(ConflictId(id)),
        }
    }
}

/// Whom each entity acts for, e.g. a ministry for its country; what filters by entity follow.
pub type Rollups = BTreeMap<EntityId, EntityId>;

/// More steps than any entity rolls up over; a ring has no end.
const MAX_STEPS: usize = 16;

/// A hash of a record that linking made, and of what it is filed under: equal where nothing is to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordHash(pub u64);

impl RecordHash {
    /// The hash of what linking knows about an article.
    pub fn of_links(links: &ArticleLinks) -> Self {
        Self::of(links, &Filed::default(), &Rollups::new())
    }

    /// The hash of a story that is filed under its entities and what these roll up to.
    pub fn of_story(story: &Story, rollups: &Rollups) -> Self {
        Self::of(story, &Filed::story(story), rollups)
    }

    /// The hash of an event that is filed under its participants and what these roll up to.
    pub fn of_cluster(cluster: &EventCluster, rollups: &Rollups) -> Self {
        Self::of(cluster, &Filed::cluster(cluster), rollups)
    }

    /// The hash of a conflict.
    pub fn of_conflict(conflict: &Conflict) -> Self {
        Self::of(conflict, &Filed::default(), &Rollups::new())
    }

    fn of(record: &impl Serialize, filed: &Filed<'_>, rollups: &Rollups) -> Self {
        // What cannot be written as JSON is refused where it is stored; until then any hash will do.
        Self::of_json(&serde_json::to_string(record).unwrap_or_default(), filed, rollups)
    }

    /// The hash of a record in JSON.
    pub(crate) fn of_json(json: &str, filed: &Filed<'_>, rollups: &Rollups) -> Self {
        let mut above = Vec::new();
        for (_, entity, through) in filed.entries(rollups) {
            if entity != through {
                above.extend([Some(entity.as_str()), Some(through.as_str())]);
            }
        }
        let place = filed.place.map(|place| place.to_string());
        above.extend(place.as_deref().map(|place| [Some("place"), Some(place)]).into_iter().flatten());
        let [a, b, c, d, e, f, g, h, ..] = ContentHash::of(&[&[Some(json)], above.as_slice()].concat()).0;
        // As a number that columns can hold.
        Self(u64::from_be_bytes([a, b, c, d, e, f, g, h]) >> 1)
    }
}

/// What a record is filed under: entities, by role, and its place in timelines.
#[derive(Debug, Default)]
pub(crate) struct Filed<'a> {
    entities: Vec<(&'static str, &'a EntityId)>,
    /// Its place in timelines.
    pub(crate) place: Option<i64>,
}

impl<'a> Filed<'a> {
    pub(crate) fn story(story: &'a Story) -> Self {
        let entities = story.entities.iter().map(|entity| ("entity", entity)).collect();
        Self { entities, place: None }
    }

    pub(crate) fn cluster(cluster: &'a EventCluster) -> Self {
        let roles =
            [("actor", &cluster.actors), ("recipient", &cluster.recipients), ("place", &cluster.places)];
        let entities = roles.into_iter().flat_map(|(role, of)| of.iter().map(move |one| (role, &one.value)));
        Self { entities: entities.collect(), place: cluster.placed.map(place) }
    }

    /// Role, entity, and the one of the record that it stands for: itself, or one that rolls up to it.
    pub(crate) fn entries<'b>(
        &'b self,
        rollups: &'b Rollups,
    ) -> impl Iterator<Item = (&'static str, &'b EntityId, &'b EntityId)> {
        self.entities.iter().flat_map(|(role, entity)| {
            let chain = std::iter::successors(Some(*entity), |entity| rollups.get(entity));
            chain.take(MAX_STEPS).map(move |above| (*role, above, *entity))
        })
    }
}

/// A place in timelines as one number, in their order.
pub(crate) fn place(placed: Placed) -> i64 {
    place_of_day(placed.day) + i64::from(placed.spread)
}

/// The first place of a day.
pub(crate) fn place_of_day(day: Date) -> i64 {
    day_number(day) << 32
}

/// A record that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The record.
    pub id: RecordId,
    /// Its hash.
    pub hash: RecordHash,
}

/// An article that the linker analysed anew, because other articles tell its publication day, or because its worker made no
/// digest.
#[derive(Debug, Clone, PartialEq)]
pub struct Reanalysed {
    /// The article.
    pub article: ArticleId,
    /// What was analysed: the current revision as [`crate::Store::article`] gives it.
    pub fields: ArticleFields,
    /// What was found. It takes the place of what is stored if the revision is still current and analysed, by this version or, where
    /// there is a digest, a lower one; else it is left out.
    pub analysis: Analysis,
    /// A digest in the place of the one that is stored; `None` keeps that, which says what the article itself states.
    pub digest: Option<Vec<u8>>,
}

/// An id that a group had before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Superseded {
    /// The id that is no more.
    pub old: RecordId,
    /// The record of the same kind that it now stands for.
    pub new: RecordId,
}

/// What one transaction of the linker changes. Records are written where they differ from what is stored, so a batch may hold more
/// than what changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LinkBatch {
    /// The version of the rules that made it, see [`marsad_model::graph::GRAPH_VERSION`].
    pub graph_version: u32,
    /// The articles whose digests it takes in, with the marks that they were read under.
    pub done: Vec<(ArticleId, Mark)>,
    /// What is known about articles now. The log names those of [`Self::done`] also where this is what it was: their analysis is new.
    pub articles: Vec<ArticleLinks>,
    /// Stories as they are now.
    pub stories: Vec<Story>,
    /// Events as they are now.
    pub clusters: Vec<EventCluster>,
    /// Conflicts as they are now.
    pub conflicts: Vec<Conflict>,
    /// Records that are no more. Of those that are not stored nothing is said.
    pub removed: Vec<RecordId>,
    /// What ids that are no more stand for now; one that was there before is replaced.
    pub superseded: Vec<Superseded>,
    /// Whom the entities of stories and clusters act for.
    pub rollups: Rollups,
    /// Articles whose analysis changes with what was linked. Where that takes effect the log names the article.
    pub reanalysed: Vec<Reanalysed>,
}

/// How far linking is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkState {
    /// The version of the rules that made what is stored; 0 while nothing is.
    pub graph_version: u32,
    /// The last version of the change log; 0 while there is none.
    pub log_version: u64,
    /// The version before the first one that the log still has: the earliest place to go on from.
    pub log_floor: u64,
    /// Articles that wait to be linked.
    pub waiting: u64,
    /// Since when the first of them waits, in microseconds since the Unix epoch; `None` where none does.
    pub oldest: Option<i64>,
    /// The greatest epoch that was given out; 0 while none was.
    pub epoch: Epoch,
    /// Who holds the lease.
    pub holder: Option<Uuid>,
}

/// The linker's side of the store.
#[async_trait]
pub trait LinkStore: Send + Sync + 'static {
    /// Takes the lease, if nobody holds it or its holder has not renewed it for the time that he asked for. `holder` names a run of a
    /// program. Whoever holds it already gets it again, under a new epoch: after a commit with an unknown end that is the way to shut
    /// out what may still be under way.
    ///
    /// To be called again and again by whoever waits, on the same store or clones of it: how long a lease was not renewed
    /// is measured from call to call, by the caller's own steady clock.
    async fn acquire_lease(&self, holder: Uuid, ttl: Duration) -> Result<Option<Epoch>, StoreError>;

    /// Says that the holder lives, and for how long it may now be silent; `false` where the lease has another holder or none.
    async fn renew_lease(&self, epoch: Epoch, ttl: Duration) -> Result<bool, StoreError>;

    /// Gives the lease up, so that another can take it at once; `false` where it has another holder or none.
    async fn release_lease(&self, epoch: Epoch) -> Result<bool, StoreError>;

    /// How far linking is. Counts what waits, which takes a while when it is much.
    async fn link_state(&self) -> Result<LinkState, StoreError>;

    /// Articles that wait to be linked, at most `limit`: first those of the live lane, then those of the backfill lane, in order of their
    /// ids.
    async fn to_link(&self, limit: u32) -> Result<Vec<ToLink>, StoreError>;

    /// Digests of analysed articles with greater ids than `after`, at most `limit`, in order of the ids; none at the end. Also those
    /// of articles that wait to be linked, which come again in [`Self::to_link`].
    async fn digests(&self, after: Option<ArticleId>, limit: u32) -> Result<Vec<StoredDigest>, StoreError>;

    /// The stored records of a kind with greater ids than `after`, at most `limit`, in order of the ids; none at the end.
    async fn linked_heads(
        &self,
        kind: RecordKind,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<Head>, StoreError>;

    /// Writes a batch in one transaction, which is one version of the change log: the last one and 1. A batch that changes nothing
    /// that the log tells makes no version. Gives the last version of the log after it. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] where the lease has another epoch by now, or none; then nothing is written.
    /// [`StoreError::Invalid`] for two records of one id, a record both there and removed, an id superseded by another kind, a record that
    /// cannot be encoded, and an analysis that [`crate::Store::apply`] would not take.
    /// After any other error it is not known whether the batch was written: acquire the lease again before going on.
    async fn commit_links(&self, epoch: Epoch, batch: LinkBatch) -> Result<u64, StoreError>;

    /// Removes all but the last `keep` versions from the change log; gives the version before the first one that is left.
    async fn trim_log(&self, keep: u64) -> Result<u64, StoreError>;
}
