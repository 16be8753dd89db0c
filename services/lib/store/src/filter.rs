//! What lists can be narrowed to. Conditions of one filter all apply; an absent one, or an empty list, lets everything
//! through.

use jiff::civil::Date;
use marsad_model::ontology::{ConflictKind, EntityType, EventType, Modality, Polarity, QuoteKind, Standing};
use marsad_model::{ArticleId, ClusterId, EntityId, StoryId};
use serde::{Deserialize, Serialize};

use crate::record::{ArticleState, NamedEntity};

/// Which articles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleFilter {
    /// The outlet: its name as submitted, or the id of the entity that the analysis found it to be.
    pub outlet: Option<String>,
    /// How far their analysis is. [`ArticleState::Superseded`] matches nothing: only current revisions are listed.
    pub state: Option<ArticleState>,
    /// Published on this day or later.
    pub published_from: Option<Date>,
    /// Published on this day or earlier.
    pub published_to: Option<Date>,
}

/// Which entities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityFilter {
    /// Any of these types, in at least one article.
    pub types: Vec<EntityType>,
    /// Entities of this article; counts are then of that article alone.
    pub article: Option<ArticleId>,
}

/// Which events. An entity also stands for those that roll up to it: the actor `IQ` matches an event whose actor is a
/// ministry of Iraq.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EventFilter {
    /// Any of these types.
    pub types: Vec<EventType>,
    /// Any of these finer classes.
    pub modes: Vec<String>,
    /// Who did it.
    pub actor: Option<EntityId>,
    /// To whom.
    pub recipient: Option<EntityId>,
    /// Who had a part in it, as actor or as recipient.
    pub participant: Option<EntityId>,
    /// Where.
    pub place: Option<EntityId>,
    /// The source of the claim that it stands in.
    pub claim_source: Option<EntityId>,
    /// Said by an unnamed source, or by a named one; events outside of claims match neither.
    pub anonymous: Option<bool>,
    /// Told in a claim, or by the outlet itself.
    pub claimed: Option<bool>,
    /// May have happened on this day or later. Events without a time never match a range.
    pub from: Option<Date>,
    /// May have happened on this day or earlier.
    pub to: Option<Date>,
    /// Said to be so or not.
    pub polarity: Option<Polarity>,
    /// Any of these modalities.
    pub modalities: Vec<Modality>,
    /// Whether only what happened, by what the text says: affirmed and actual. It applies beside polarity and modalities.
    pub happened: bool,
    /// Told in this article.
    pub article: Option<ArticleId>,
    /// Told as background, or not.
    pub background: Option<bool>,
    /// At least this confidence, from 0 to 1.
    pub min_confidence: Option<f32>,
}

/// Which claims. An entity also stands for those that roll up to it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClaimFilter {
    /// Made in this article.
    pub article: Option<ArticleId>,
    /// Made by this entity.
    pub source: Option<EntityId>,
    /// By an unnamed source, or not.
    pub anonymous: Option<bool>,
    /// Came through this outlet.
    pub via: Option<EntityId>,
    /// In whose words.
    pub quote: Option<QuoteKind>,
    /// At least this confidence, from 0 to 1.
    pub min_confidence: Option<f32>,
}

/// Which stories. An entity also stands for those that roll up to it; ids that stories had before stand for what they are now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryFilter {
    /// One of those whom the story is about.
    pub entity: Option<EntityId>,
    /// Has articles of this day or later. Stories without a day never match a range.
    pub from: Option<Date>,
    /// Has articles of this day or earlier.
    pub to: Option<Date>,
    /// Is a part of this coarser story.
    pub parent: Option<StoryId>,
    /// Has this article.
    pub article: Option<ArticleId>,
    /// Only coarser stories, which have others as parts, or only those that have none.
    pub coarse: Option<bool>,
}

/// Which events, told by however many articles. An entity also stands for those that roll up to it; ids that a story had before stand
/// for what it is now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterFilter {
    /// Any of these types.
    pub types: Vec<EventType>,
    /// Any of these finer classes.
    pub modes: Vec<String>,
    /// Who did it.
    pub actor: Option<EntityId>,
    /// To whom.
    pub recipient: Option<EntityId>,
    /// Who had a part in it, as actor or as recipient.
    pub participant: Option<EntityId>,
    /// Where.
    pub place: Option<EntityId>,
    /// Told in an article of this story.
    pub story: Option<StoryId>,
    /// Told in this article.
    pub article: Option<ArticleId>,
    /// May have happened on this day or later. Events without a time never match a range.
    pub from: Option<Date>,
    /// May have happened on this day or earlier.
    pub to: Option<Date>,
    /// Any of these standings.
    pub standings: Vec<Standing>,
    /// Told in at least so many independent reports.
    pub min_reports: Option<u32>,
    /// Only what reports disagree on.
    pub conflicts_only: bool,
}

/// Which conflicts. An entity also stands for those that roll up to it; ids that a story or event had before stand for what it is
/// now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictFilter {
    /// About an event that is told in an article of this story.
    pub story: Option<StoryId>,
    /// About this event.
    pub cluster: Option<ClusterId>,
    /// Any of these kinds.
    pub kinds: Vec<ConflictKind>,
    /// About an event of this entity, as actor, recipient or place.
    pub entity: Option<EntityId>,
}

/// Which events make neighbours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeighbourFilter {
    /// Any of these types.
    pub types: Vec<EventType>,
    /// May have happened on this day or later. Events without a time never match a range.
    pub from: Option<Date>,
    /// May have happened on this day or earlier.
    pub to: Option<Date>,
}

/// Which entities are looked for by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntitySearch {
    /// The name, or a part of one, in any spelling and script.
    pub name: String,
    /// Any of these types, in at least one article; none means all.
    pub types: Vec<EntityType>,
    /// What the caller knows to fit: entities of the knowledge, whose names and aliases the store does not index. Those that no article
    /// refers to are not found.
    pub known: Vec<NamedEntity>,
}
