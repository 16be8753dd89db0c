//! What reads give.

use jiff::civil::Date;
use marsad_arabic::search::NameFit;
use marsad_model::ontology::QuantityRole;
use marsad_model::{
    Analysis, AnalysisVersion, ArticleFields, ArticleId, Claim, ContentHash, Entity, EntityId, Event,
    EventId, Passage, Quantity, Span, Stamp,
};
use serde::{Deserialize, Serialize};

use crate::search::Prominence;

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

/// A name of an entity that fits what is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedEntity {
    /// The entity.
    pub id: EntityId,
    /// How the name fits.
    pub fit: NameFit,
    /// The name, in comparison form.
    pub name: String,
}

/// An entity that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityHit {
    /// The entity, with its counts.
    pub summary: EntitySummary,
    /// How its name fits.
    pub fit: NameFit,
    /// The name that fits, in comparison form: one of its own, or another that it is known by.
    pub name: String,
}

/// An article that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleHit {
    /// The article.
    pub article: ArticleSummary,
    /// How prominent the words are in it.
    pub prominence: Prominence,
    /// The part of a line of its text that holds most of what is looked for; where the text holds nothing of it, the first line.
    pub snippet: Snippet,
    /// The words in the snippet, as places in the article's text.
    pub words: Vec<Span>,
    /// What of the article's text these spans refer to.
    pub passage: Passage,
    /// The words in the title, as places in the title.
    pub title_words: Vec<Span>,
}

/// An event that a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct EventHit {
    /// The event; its passage holds its sentence.
    pub record: EventRecord,
    /// How prominent the words are in the article that tells it.
    pub prominence: Prominence,
    /// The words in its sentence, as places in the article's text.
    pub words: Vec<Span>,
}
