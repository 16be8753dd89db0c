//! Reads of what linking made. Each is one snapshot, and says of which version of the change log that is: whoever watches from
//! there misses nothing.

use async_trait::async_trait;
use jiff::civil::Date;
use marsad_model::graph::{ArticleLinks, Conflict, EventCluster, Story};
use marsad_model::ontology::EventType;
use marsad_model::{ArticleId, ClusterId, ConflictId, EntityId, EventId, StoryId};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::filter::{ClusterFilter, ConflictFilter, NeighbourFilter, StoryFilter};
use crate::link::RecordId;
use crate::page::{Page, PageRequest};

/// Something that was read, and the version of the change log that it is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsOf<T> {
    /// The last version of the log in the snapshot that was read.
    pub as_of: u64,
    /// What was read.
    pub value: T,
}

/// A record that was asked for by its id, or by one that it had before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved<T> {
    /// The record, under the id that it has now.
    pub record: T,
    /// Whether the id that was asked for is no more, and this is what superseded it.
    pub superseded: bool,
}

/// Another entity that has a part in events of the one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbour {
    /// The other entity, as the events have it.
    pub entity: EntityId,
    /// Events that both have a part in; each once.
    pub events: u64,
    /// Those in which the other one acts.
    pub as_actor: u64,
    /// Those that are done to the other one. An event of which it is actor and recipient counts in both.
    pub as_recipient: u64,
    /// How many there are of each type, in order of the types' names.
    pub types: Vec<(EventType, u64)>,
    /// The earliest day that one of them can have been on; `None` where all are open at that end.
    pub first: Option<Date>,
    /// The latest day that one of them can have been on; `None` where all are open at that end.
    pub last: Option<Date>,
}

/// What events are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// The first day that they can have been on.
    Day,
    /// The week of that day, named by its Monday.
    Week,
    /// The month of that day, named by its first day.
    Month,
    /// The year of that day, named by its first day.
    Year,
    /// The type.
    Type,
    /// The finer class.
    Mode,
    /// Each one who did it.
    Actor,
    /// Each one to whom.
    Recipient,
    /// Each place.
    Place,
    /// Each country that did it, or that one who did it rolls up to, with each other country to which, in the same way.
    CountryPair,
}

/// What the events of a bucket have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BucketKey {
    /// They have none of it: no day that the time starts with, no mode, no actor, recipient or place.
    None,
    /// A day, or the first day of a week, month or year.
    Day(Date),
    /// A type.
    Type(EventType),
    /// A finer class.
    Mode(String),
    /// An actor, recipient or place.
    Entity(EntityId),
    /// Who did it, and to whom.
    Pair(EntityId, EntityId),
}

/// Events that have something in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// A key for each dimension that was asked for, in that order.
    pub keys: Vec<BucketKey>,
    /// How many there are.
    pub events: u64,
}

/// Counts of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventCounts {
    /// How many events there are in all, each counted once however many buckets it is in.
    pub total: u64,
    /// The buckets, largest first, then in order of their keys.
    pub buckets: Vec<Bucket>,
    /// Whether there are more buckets than the limit let through.
    pub more: bool,
}

/// A record of linking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// What is known about an article through others.
    Article(ArticleLinks),
    /// A story.
    Story(Story),
    /// An event.
    Cluster(EventCluster),
    /// A conflict.
    Conflict(Conflict),
}

/// A record that a transaction of the linker wrote or removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeItem {
    /// The version of the log: all that one transaction changed.
    pub version: u64,
    /// What changed.
    pub id: RecordId,
    /// The record as it is now: where it changed again since, or is no more, the log tells of that further on. `None`: it is gone.
    pub record: Option<Record>,
    /// What a record that is gone is part of now.
    pub superseded_by: Option<RecordId>,
}

/// A part of the change log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// The version before the first one that the log still has: the earliest place to go on from.
    pub oldest: u64,
    /// The last version of the log.
    pub newest: u64,
    /// What changed, in order. Versions are whole; the last item's is the place to go on from.
    pub items: Vec<ChangeItem>,
}

/// The readers' side of what linking made.
#[async_trait]
pub trait GraphStore: Send + Sync + 'static {
    /// A story by its id or one that it had before.
    async fn story(&self, id: StoryId) -> Result<AsOf<Option<Resolved<Story>>>, StoreError>;

    /// Stories, latest last day first, undated ones last, then by id.
    async fn stories(
        &self,
        filter: &StoryFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<Story>>, StoreError>;

    /// An event by its id or one that it had before.
    async fn cluster(&self, id: ClusterId) -> Result<AsOf<Option<Resolved<EventCluster>>>, StoreError>;

    /// Events by the first day that they can have happened on, those without one last, then by id.
    async fn clusters(
        &self,
        filter: &ClusterFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<EventCluster>>, StoreError>;

    /// A timeline of the story or entity that the filter names: the events that have a place in one, in the order of
    /// [`Placed`](marsad_model::graph::Placed), then by id. Of the filter's days here the one counts at which an event stands.
    async fn timeline(
        &self,
        filter: &ClusterFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<EventCluster>>, StoreError>;

    /// Which clusters these events of articles are in, in order of the events; what is in none is left out.
    async fn clusters_of(&self, events: &[EventId]) -> Result<AsOf<Vec<(EventId, ClusterId)>>, StoreError>;

    /// A conflict. Conflicts have no former ids.
    async fn conflict(&self, id: ConflictId) -> Result<AsOf<Option<Conflict>>, StoreError>;

    /// Conflicts in order of their events' time, then by id.
    async fn conflicts(
        &self,
        filter: &ConflictFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<Conflict>>, StoreError>;

    /// What is known about these articles through others, in order of their ids; what is not linked yet is left out.
    async fn article_links(&self, articles: &[ArticleId]) -> Result<AsOf<Vec<ArticleLinks>>, StoreError>;

    /// With whom an entity had to do in what happened, as actor or recipient either: the `limit` others with most events, then by
    /// id. The entity also stands for those that roll up to it; these are no neighbours of it.
    async fn neighbourhood(
        &self,
        entity: &EntityId,
        filter: &NeighbourFilter,
        limit: u32,
    ) -> Result<AsOf<Vec<Neighbour>>, StoreError>;

    /// Counts the events of a filter that happened: each real event once, however many articles tell it. Of [`ClusterFilter::standings`]
    /// only that one counts. An event is in a bucket for each combination of its values; without dimensions there is one bucket.
    /// At most `limit` buckets are given.
    async fn count_events(
        &self,
        filter: &ClusterFilter,
        by: &[Dimension],
        limit: u32,
    ) -> Result<AsOf<EventCounts>, StoreError>;

    /// The last version of the change log; 0 while there is none. What is read after it was read is at least as new, so a watch from it on
    /// misses nothing. Costs one look at one row.
    async fn log_version(&self) -> Result<u64, StoreError>;

    /// What changed after that version of the log, in whole versions: at most `limit` records, or those of one version if that alone
    /// has more. No items: `after` is the last version.
    ///
    /// # Errors
    /// [`StoreError::LogTrimmed`] where the log does not reach back so far: read everything again, and go on from there.
    /// [`StoreError::Invalid`] for a version that has not been yet: the cursor is of another store.
    async fn changes(&self, after: u64, limit: u32) -> Result<Changes, StoreError>;

    /// Waits until the log has a version after that one, and gives its last one. A commit through this store or a clone is seen at
    /// once, another process's within about 100 ms. It waits as long as it takes; dropping it is safe.
    async fn wait_for_changes(&self, after: u64) -> Result<u64, StoreError>;
}
