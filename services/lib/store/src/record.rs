//! What reads give.

use jiff::civil::Date;
use marsad_model::ontology::QuantityRole;
use marsad_model::{
    Analysis, AnalysisVersion, ArticleFields, ArticleId, Claim, ContentHash, Entity, EntityId, Event,
    EventId, Passage, Quantity, Span, Stamp,
};
use serde::{Deserialize, Serialize};

/// How far the analysis of a revision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArticleState {
    /// Current, and not analysed yet.
    Pending,
    /// Current and analysed.
    Analysed,
    /// Current, and the analyzer gave up on it.
    Failed,
    /// Not current: readable as text only.
    Superseded,
}

impl ArticleState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Analysed, Self::Failed, Self::Superseded];

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Analysed => "analysed",
            Self::Failed => "failed",
            Self::Superseded => "superseded",
        }
    }
}

/// A revision of an article without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleSummary {
    /// The article.
    pub id: ArticleId,
    /// The revision.
    pub content_hash: ContentHash,
    /// The greatest stamp of its submissions.
    pub stamp: Stamp,
    /// The title as submitted, else the one that the analysis found in the text.
    pub title: Option<String>,
    /// The outlet's name as submitted.
    pub outlet: Option<String>,
    /// The outlet as the analysis found it.
    pub outlet_entity: Option<EntityId>,
    /// The URL as submitted.
    pub url: Option<String>,
    /// The publication day as the analysis found it, else as submitted.
    pub published: Option<Date>,
    /// How far its analysis is.
    pub state: ArticleState,
    /// Why the analysis failed, if it did.
    pub failure: Option<String>,
    /// What analysed it, or failed to.
    pub version: Option<AnalysisVersion>,
}

/// A revision that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionSummary {
    /// The revision.
    pub content_hash: ContentHash,
    /// The greatest stamp of its submissions.
    pub stamp: Stamp,
}

/// A revision of an article with everything that was submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleRecord {
    /// The revision that was asked for, by default the current one.
    pub summary: ArticleSummary,
    /// What was submitted.
    pub fields: ArticleFields,
    /// Every revision of the article that is kept, newest first; the first one is current.
    pub revisions: Vec<RevisionSummary>,
}

/// The analysis of an article's current revision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredAnalysis {
    /// The article.
    pub article: ArticleSummary,
    /// The text that all spans refer to.
    pub text: String,
    /// What was found in it.
    pub analysis: Analysis,
}

/// An entity over all articles that refer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntitySummary {
    /// The entity, as most of its mentions have it; of equals, with the name that is first in code point order.
    pub entity: Entity,
    /// Mentions in all articles.
    pub mentions: u64,
    /// Articles that refer to it.
    pub articles: u64,
}

/// A part of an article's text around something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// Where it is in the article's text.
    pub span: Span,
    /// The text there.
    pub text: String,
}

/// An amount that belongs to an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventQuantity {
    /// What it is to the event.
    pub role: QuantityRole,
    /// The amount.
    pub quantity: Quantity,
}

/// An event with what is needed to show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventRecord {
    /// The event.
    pub event: Event,
    /// The article that tells it.
    pub article: ArticleSummary,
    /// The line of the article that holds the trigger, at most about a thousand bytes of it.
    pub snippet: Snippet,
    /// What of the article's text the spans of the event, its claim and its amounts refer to.
    pub passage: Passage,
    /// The entities that the event and its claim refer to, in order of the analysis.
    pub entities: Vec<Entity>,
    /// Its amounts; they are in the order of [`Event::quantities`].
    pub quantities: Vec<EventQuantity>,
    /// The claim that it stands in.
    pub claim: Option<Claim>,
}

/// A claim with what is needed to show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimRecord {
    /// The claim.
    pub claim: Claim,
    /// The article that reports it.
    pub article: ArticleSummary,
    /// The line of the article that holds the cue, at most about a thousand bytes of it.
    pub snippet: Snippet,
    /// What of the article's text the spans of the claim refer to.
    pub passage: Passage,
    /// The entities that the claim refers to, in order of the analysis.
    pub entities: Vec<Entity>,
    /// The events that are told in it, in order of their triggers.
    pub events: Vec<EventId>,
}
