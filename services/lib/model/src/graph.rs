//! What many articles were found to say together: stories, single events with every outlet's version of them, and where the
//! outlets disagree. It is a function of the set of analysed articles, not of the order in which they came.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::analysis::TimeInterval;
use crate::id::{ArticleId, ClaimId, ClusterId, ConflictId, EntityId, EventId, StoryId};
use crate::ontology::{ConflictKind, EventType, PublishedBasis, QuantityRole, RelationKind, Standing};
use crate::span::Span;

/// The version of the rules by which articles are joined; raised with every change of what comes out.
pub const GRAPH_VERSION: u32 = 2;

/// What joining found out about one article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArticleLinks {
    /// The article.
    pub article: ArticleId,
    /// Its publication day: the one that it states, else the one that other articles give.
    pub published: LinkedDate,
    /// The story that it is part of.
    pub story: StoryId,
    /// Articles with the same text or large parts of it, in order of their ids.
    pub duplicates: Vec<Duplicate>,
}

/// A publication day and where it is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedDate {
    /// The day, where it is known.
    pub date: Option<Date>,
    /// Where it is from.
    pub basis: PublishedBasis,
    /// For [`PublishedBasis::Linked`]: the dated articles that report the same events, in order of their ids.
    pub from: Vec<ArticleId>,
}

/// Another article with the same text or large parts of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Duplicate {
    /// The other article.
    pub article: ArticleId,
    /// The share of the shorter text's words that both have in runs, 0 to 1.
    pub overlap: f32,
    /// What they share, in order of position: bytes of this article's text.
    pub passages: Vec<Span>,
}

/// Articles about one story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// Made from the smallest id of its articles.
    pub id: StoryId,
    /// The coarser story, over months, that it belongs to.
    pub parent: Option<StoryId>,
    /// The headline of the article that is most like all others.
    pub title: Option<String>,
    /// First and last publication day; `None` where no article has one.
    pub days: Option<(Date, Date)>,
    /// Its articles, in order of their ids. A parent has the articles of its parts.
    pub articles: Vec<ArticleId>,
    /// Whom and what most of the articles speak of, the most frequent first, at most ten.
    pub entities: Vec<EntityId>,
}

/// One event as all articles tell it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventCluster {
    /// Made from the smallest id of its events.
    pub id: ClusterId,
    /// The type that most reports give it.
    pub event_type: EventType,
    /// The finer class that most reports give it.
    pub mode: Option<String>,
    /// Whether it happened, by the reports of highest standing: any report that it did, then plans and demands.
    pub standing: Standing,
    /// The days on which it can have been by the values with most support; `None` where no report says.
    pub time: Option<TimeInterval>,
    /// Every time that is given for it, best supported first.
    pub times: Vec<Supported<TimeInterval>>,
    /// Who did it, best supported first.
    pub actors: Vec<Supported<EntityId>>,
    /// To whom, best supported first.
    pub recipients: Vec<Supported<EntityId>>,
    /// Where, best supported first.
    pub places: Vec<Supported<EntityId>>,
    /// Its numbers, best supported first.
    pub quantities: Vec<Supported<Amount>>,
    /// The mentions, in order of article and event.
    pub members: Vec<ClusterMember>,
    /// Articles that report it; wire copies of one text count once.
    pub reports: u32,
    /// How it stands to other events.
    pub relations: Vec<Relation>,
    /// Where it stands in a timeline; `None` where it has no place there.
    pub placed: Option<Placed>,
}

/// Where an event stands in a timeline: they are in order of the day, of one day the more precise before the vaguer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Placed {
    /// The day by which it is ordered.
    pub day: Date,
    /// How many days more it may have been; the greatest number where that is not known.
    pub spread: u32,
}

/// A value with those who give it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Supported<T> {
    /// The value.
    pub value: T,
    /// Articles that give it; wire copies of one text count once.
    pub reports: u32,
    /// The events that give it, in order of their ids.
    pub events: Vec<EventId>,
}

/// A number of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Amount {
    /// What it is to the event.
    pub role: QuantityRole,
    /// Smallest value; `None` when only bounded above.
    pub low: Option<f64>,
    /// Largest value; `None` when open.
    pub high: Option<f64>,
    /// Whether the text says that it is approximate.
    pub approximate: bool,
    /// The counted noun in the singular, an ISO 4217 code, or `%`.
    pub unit: Option<String>,
}

/// A mention of a clustered event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClusterMember {
    /// The article.
    pub article: ArticleId,
    /// The event in its analysis.
    pub event: EventId,
    /// How real the article has it: a plan is no report of its happening.
    pub standing: Standing,
}

/// How one event stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Relation {
    /// How.
    pub kind: RelationKind,
    /// To which.
    pub cluster: ClusterId,
}

/// Reports of one event that cannot both hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// Made from the cluster, the kind and what is compared.
    pub id: ConflictId,
    /// What they disagree on.
    pub kind: ConflictKind,
    /// The event.
    pub cluster: ClusterId,
    /// For [`ConflictKind::Quantity`]: which number.
    pub role: Option<QuantityRole>,
    /// The versions, best supported first; at least two.
    pub sides: Vec<ConflictSide>,
}

/// One version of what is disputed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConflictSide {
    /// The version.
    pub value: ConflictValue,
    /// Articles that give it; wire copies of one text count once.
    pub reports: u32,
    /// Who says so, in order of article and event.
    pub statements: Vec<Statement>,
}

/// What one side says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictValue {
    /// When.
    Date(TimeInterval),
    /// How many.
    Quantity(Amount),
    /// Who.
    Actors(Vec<EntityId>),
    /// Where.
    Places(Vec<EntityId>),
    /// Whether it happened.
    Status(Standing),
}

/// Where an article says one side of a conflict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// The article.
    pub article: ArticleId,
    /// Its outlet, where known.
    pub outlet: Option<EntityId>,
    /// The event that says so.
    pub event: EventId,
    /// The claim that the event stands in, if it stands in one.
    pub claim: Option<ClaimId>,
    /// Who makes that claim, where named.
    pub source: Option<EntityId>,
    /// The words that say it, in bytes of the article's text: the number, the time, the trigger.
    pub span: Span,
}
