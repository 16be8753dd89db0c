//! What one article was found to say. All spans are half-open ranges of UTF-8 bytes of the article's stored text.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{ArticleId, ClaimId, EntityId, EventId};
use crate::ontology::{
    EntityType, EventType, MentionKind, Modality, Polarity, PublishedBasis, QuantityRole, QuoteKind,
    SegmentKind, Tense, TimeKind,
};
use crate::span::Span;

/// Which code and which knowledge made an analysis. A later version replaces an earlier one, never the reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AnalysisVersion {
    /// Version of the analyzer; raised with every change of what it finds.
    pub analyzer: u32,
    /// Version of the compiled knowledge.
    pub knowledge: u32,
    /// Version of the ontology.
    pub ontology: u32,
    /// Revision of what was taught over the knowledge ([`crate::teaching`]); 0 where nothing was, and in what older analyzers wrote.
    #[serde(default)]
    pub overlay: u64,
}

impl AnalysisVersion {
    /// The same code and compiled knowledge, before anything was taught.
    ///
    /// Where this is the same of two versions the articles that later teachings do not concern are analysed alike.
    pub fn untaught(self) -> Self {
        Self { overlay: 0, ..self }
    }
}

/// Everything that was found in one revision of one article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// What made it.
    pub version: AnalysisVersion,
    /// BCP 47 tag of the language found, `ar` for Arabic.
    pub language: String,
    /// The publication date as the metadata or the page states it.
    pub published: Published,
    /// The outlet, where the metadata or the page names one that is known.
    pub outlet: Option<EntityId>,
    /// The parts of the page; every non-blank line is in exactly one.
    pub segments: Vec<Segment>,
    /// The entities that the lists below refer to, by id.
    pub entities: Vec<Entity>,
    /// References to entities, in order of position.
    pub mentions: Vec<Mention>,
    /// Titles and offices of persons, in order of position.
    pub roles: Vec<Role>,
    /// Time expressions, in order of position.
    pub times: Vec<TimeExpression>,
    /// Numbers with what they count, in order of position.
    pub quantities: Vec<Quantity>,
    /// Events, in order of their triggers.
    pub events: Vec<Event>,
    /// Who said what, in order of their cues.
    pub claims: Vec<Claim>,
}

/// The publication date that an article states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The day, in the outlet's own time zone; never a guess.
    pub date: Option<Date>,
    /// Where it was read.
    pub basis: PublishedBasis,
    /// The weekday the text calls "today", 1 = Monday to 7 = Sunday, where there is no date.
    pub weekday: Option<u8>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Where it is.
    pub span: Span,
    /// What it is.
    pub kind: SegmentKind,
    /// Why it is boilerplate, e.g. `caption`, `summary_ai`, `duplicate_paragraph`.
    pub reason: Option<String>,
    /// What a reader should beware of, e.g. a machine-made summary that contradicts the body.
    pub warning: Option<String>,
}

/// An entity that the article speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Its id: from the knowledge, or made as [`crate::id::EntityId::unknown`] and [`crate::id::EntityId::local`] say.
    pub id: EntityId,
    /// What it is.
    pub entity_type: EntityType,
    /// Its name in Arabic.
    pub name: String,
    /// Its name in English, where known.
    pub name_en: Option<String>,
    /// Its Wikidata QID, where known.
    pub wikidata: Option<String>,
    /// The entity that it acts for, e.g. a ministry's country.
    pub rollup: Option<EntityId>,
}

/// A reference to an entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// Where it is; attached particles are outside, the article ال inside.
    pub span: Span,
    /// Its type here.
    pub entity_type: EntityType,
    /// The entity.
    pub entity: EntityId,
    /// By name, description or demonym.
    pub kind: MentionKind,
    /// A capital that stands for its state.
    pub metonymy: bool,
    /// From 0 to 1.
    pub confidence: f32,
}

/// The title or office of a person as the text gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Where it is.
    pub span: Span,
    /// Who holds it, where the text or the knowledge says so.
    pub entity: Option<EntityId>,
    /// The country or institution it belongs to, where known.
    pub body: Option<EntityId>,
}

/// A time expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeExpression {
    /// Where it is; prepositions are outside.
    pub span: Span,
    /// DATE, TIME, DURATION or SET.
    pub kind: TimeKind,
    /// Value as in TIMEX3, e.g. `2024-01-24`, `2024-W04`, `P3M`, `XXXX-WXX-3` where no date anchors it.
    pub value: String,
    /// Modifier as in TIMEX3, e.g. `START`, `MID`, `LESS_THAN`.
    pub modifier: Option<String>,
    /// The days it covers, where it has a place in the calendar.
    pub interval: Option<TimeInterval>,
}

/// A range of days, both ends included; `None` is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TimeInterval {
    /// First day.
    pub earliest: Option<Date>,
    /// Last day.
    pub latest: Option<Date>,
}

/// A number with what it counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// Approximator, numeral and counted noun.
    pub span: Span,
    /// Smallest value; `None` when only bounded above.
    pub low: Option<f64>,
    /// Largest value; `None` when open.
    pub high: Option<f64>,
    /// Whether the text says that it is approximate.
    pub approximate: bool,
    /// The counted noun in the singular, an ISO 4217 code, or `%`.
    pub unit: Option<String>,
}

/// Something that the text says happened, will, may, should or did not happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its id, from article, revision, trigger and type.
    pub id: EventId,
    /// The word that tells it, without proclitics.
    pub trigger: Span,
    /// Its dictionary form.
    pub lemma: String,
    /// What it is.
    pub event_type: EventType,
    /// A finer class, e.g. `RETREAT_WITHDRAW`.
    pub mode: Option<String>,
    /// Who did it.
    pub actors: Vec<EntityId>,
    /// To whom.
    pub recipients: Vec<EntityId>,
    /// Where.
    pub places: Vec<EntityId>,
    /// When; `None` where the text does not say.
    pub time: Option<TimeInterval>,
    /// Said to be so or not.
    pub polarity: Polarity,
    /// How real.
    pub modality: Modality,
    /// Grammatical time of the trigger.
    pub tense: Tense,
    /// Numbers that belong to it.
    pub quantities: Vec<QuantityLink>,
    /// Told as background to the news.
    pub background: bool,
    /// The claim that it stands in.
    pub claim: Option<ClaimId>,
    /// For an event of the title: the event of the body that is the same. Lists and counts have only that one.
    pub repeats: Option<EventId>,
    /// From 0 to 1.
    pub confidence: f32,
}

/// A quantity's part in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuantityLink {
    /// Position in [`Analysis::quantities`].
    pub index: usize,
    /// What it is to the event.
    pub role: QuantityRole,
}

/// Somebody's words, in their own or the reporter's wording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Its id, from article, revision and cue.
    pub id: ClaimId,
    /// Who says so.
    pub source: ClaimSource,
    /// Outlets that it came through.
    pub via: Vec<EntityId>,
    /// The reporting word, without proclitics.
    pub cue: Span,
    /// What is said.
    pub content: Span,
    /// In whose words.
    pub quote: QuoteKind,
    /// The claim that this one is part of.
    pub parent: Option<ClaimId>,
    /// From 0 to 1.
    pub confidence: f32,
}

/// The source of a claim: an entity, or a description of somebody unnamed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClaimSource {
    /// The entity, where the source is named.
    pub entity: Option<EntityId>,
    /// The words that describe it, e.g. أربعة مصادر.
    pub descriptor: Option<Span>,
    /// Whether the source is unnamed.
    pub anonymous: bool,
    /// How many, where the text says so.
    pub count: Option<u32>,
}

impl Analysis {
    /// The event with that id.
    pub fn event(&self, id: EventId) -> Option<&Event> {
        self.events.iter().find(|e| e.id == id)
    }

    /// The title that stands in `text`, without white space at its ends.
    pub fn title<'t>(&self, text: &'t str) -> Option<&'t str> {
        let segment = self.segments.iter().find(|segment| segment.kind == SegmentKind::Title)?;
        segment.span.of(text).map(str::trim)
    }

    /// The article and text that the spans of this analysis refer to are the caller's to keep; this checks that every
    /// span slices `text`, and that every id refers to something in the analysis.
    ///
    /// # Errors
    /// The first reference that does not hold, in words.
    pub fn check(&self, text: &str) -> Result<(), String> {
        let spans = (self.segments.iter().map(|s| ("segment", s.span)))
            .chain(self.mentions.iter().map(|m| ("mention", m.span)))
            .chain(self.roles.iter().map(|r| ("role", r.span)))
            .chain(self.times.iter().map(|t| ("time", t.span)))
            .chain(self.quantities.iter().map(|q| ("quantity", q.span)))
            .chain(self.events.iter().map(|e| ("trigger", e.trigger)))
            .chain(self.claims.iter().flat_map(|c| [("cue", c.cue), ("content", c.content)]))
            .chain(self.claims.iter().filter_map(|c| c.source.descriptor.map(|d| ("descriptor", d))));
        for (what, span) in spans {
            if span.of(text).is_none_or(str::is_empty) {
                return Err(format!("{what} {}..{} slices no text", span.start, span.end));
            }
        }
        let known: std::collections::HashSet<&EntityId> = self.entities.iter().map(|e| &e.id).collect();
        let used = (self.mentions.iter().map(|m| &m.entity))
            .chain(self.roles.iter().flat_map(|r| r.entity.iter().chain(&r.body)))
            .chain(self.events.iter().flat_map(|e| e.actors.iter().chain(&e.recipients).chain(&e.places)))
            .chain(self.claims.iter().flat_map(|c| c.source.entity.iter().chain(&c.via)))
            .chain(&self.outlet);
        for id in used {
            if !known.contains(id) {
                return Err(format!("entity {id} is not in the analysis"));
            }
        }
        let claims: std::collections::HashSet<ClaimId> = self.claims.iter().map(|c| c.id).collect();
        for id in
            self.events.iter().filter_map(|e| e.claim).chain(self.claims.iter().filter_map(|c| c.parent))
        {
            if !claims.contains(&id) {
                return Err(format!("claim {id} is not in the analysis"));
            }
        }
        for id in self.events.iter().filter_map(|e| e.repeats) {
            if !self.events.iter().any(|e| e.id == id && e.repeats.is_none()) {
                return Err(format!("event {id} is not in the analysis, or repeats another itself"));
            }
        }
        if let Some(link) =
            self.events.iter().flat_map(|e| &e.quantities).find(|l| l.index >= self.quantities.len())
        {
            return Err(format!("quantity {} is not in the analysis", link.index));
        }
        Ok(())
    }
}

/// What ids inside an analysis are made from: an article and one of its revisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// The article.
    pub article: ArticleId,
    /// The revision.
    pub content_hash: crate::id::ContentHash,
}
