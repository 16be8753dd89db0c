//! What lists show of an event or a claim of an article. It is made with the analysis and stored beside the index row, so that a page
//! decodes what it shows and no more.

use std::collections::HashSet;

use marsad_model::{Analysis, Claim, ClaimId, Entity, EntityId, Event, EventId, Passage, Span};
use serde::{Deserialize, Serialize};

use crate::read::snippet::snippet;
use crate::record::{ArticleSummary, ClaimRecord, EventQuantity, EventRecord, Snippet};

/// An [`EventRecord`] without its article, which may change in itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ShownEvent {
    event: Event,
    snippet: Snippet,
    passage: Passage,
    entities: Vec<Entity>,
    quantities: Vec<EventQuantity>,
    claim: Option<Claim>,
}

impl ShownEvent {
    /// What is shown of an event of `analysis`, which is of `text`; its passage also holds `sentence`.
    pub(crate) fn new(text: &str, analysis: &Analysis, event: &Event, sentence: Option<Span>) -> Self {
        let claim = event.claim.and_then(|id| find_claim(analysis, id));
        let parts = event.actors.iter().chain(&event.recipients).chain(&event.places);
        let quantities = event.quantities.iter().filter_map(|link| {
            let quantity = analysis.quantities.get(link.index)?.clone();
            Some(EventQuantity { role: link.role, quantity })
        });
        let quantities: Vec<EventQuantity> = quantities.collect();
        let spans = std::iter::once(event.trigger)
            .chain(quantities.iter().map(|q| q.quantity.span))
            .chain(claim.into_iter().flat_map(claim_spans))
            .chain(sentence);
        Self {
            passage: Passage::holding(text, spans),
            snippet: snippet(text, event.trigger),
            entities: referred(analysis, parts.chain(claim.into_iter().flat_map(claim_entities))),
            quantities,
            claim: claim.cloned(),
            event: event.clone(),
        }
    }

    /// The record, with its article.
    pub(crate) fn of(self, article: ArticleSummary) -> EventRecord {
        let Self { event, snippet, passage, entities, quantities, claim } = self;
        EventRecord { event, article, snippet, passage, entities, quantities, claim }
    }
}

/// A [`ClaimRecord`] without its article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ShownClaim {
    claim: Claim,
    snippet: Snippet,
    passage: Passage,
    entities: Vec<Entity>,
    events: Vec<EventId>,
}

impl ShownClaim {
    /// What is shown of a claim of `analysis`, which is of `text`.
    pub(crate) fn new(text: &str, analysis: &Analysis, claim: &Claim) -> Self {
        let events = analysis.events.iter().filter(|event| event.claim == Some(claim.id));
        Self {
            claim: claim.clone(),
            snippet: snippet(text, claim.cue),
            passage: Passage::holding(text, claim_spans(claim)),
            entities: referred(analysis, claim_entities(claim)),
            events: events.map(|event| event.id).collect(),
        }
    }

    /// The record, with its article.
    pub(crate) fn of(self, article: ArticleSummary) -> ClaimRecord {
        let Self { claim, snippet, passage, entities, events } = self;
        ClaimRecord { claim, article, snippet, passage, entities, events }
    }
}

/// The claim with that id.
pub(crate) fn find_claim(analysis: &Analysis, id: ClaimId) -> Option<&Claim> {
    analysis.claims.iter().find(|claim| claim.id == id)
}

fn claim_spans(claim: &Claim) -> impl Iterator<Item = Span> {
    [claim.cue, claim.content].into_iter().chain(claim.source.descriptor)
}

fn claim_entities(claim: &Claim) -> impl Iterator<Item = &EntityId> {
    claim.source.entity.iter().chain(&claim.via)
}

/// The entities with these ids, in order of the analysis.
fn referred<'a>(analysis: &Analysis, ids: impl Iterator<Item = &'a EntityId>) -> Vec<Entity> {
    let ids: HashSet<&EntityId> = ids.collect();
    analysis.entities.iter().filter(|entity| ids.contains(&entity.id)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use marsad_model::ontology::{EntityType, EventType, Modality, Polarity, QuantityRole, QuoteKind, Tense};
    use marsad_model::{ArticleId, ClaimId, ClaimSource, ContentHash, Quantity, QuantityLink, TimeInterval};
    use uuid::Uuid;

    use super::*;

    /// One event with everything that it can have.
    fn event() -> ShownEvent {
        let (article, hash, span) = (ArticleId(Uuid::nil()), ContentHash([7; 32]), Span::new(1, 300));
        let id = EntityId::known("IQ");
        let entity = Entity {
            id: id.clone(),
            entity_type: EntityType::Gpe,
            name: "ا".into(),
            name_en: Some("a".into()),
            wikidata: Some("Q".into()),
            rollup: Some(id.clone()),
        };
        let claim = Claim {
            id: ClaimId::new(article, hash, span, span),
            source: ClaimSource {
                entity: Some(id.clone()),
                descriptor: Some(span),
                anonymous: true,
                count: Some(2),
            },
            via: vec![id.clone()],
            cue: span,
            content: span,
            quote: QuoteKind::Direct,
            parent: Some(ClaimId::new(article, hash, span, span)),
            confidence: 0.1,
        };
        let event = Event {
            id: EventId::new(article, hash, span, EventType::Assault),
            trigger: span,
            lemma: "ب".into(),
            event_type: EventType::Assault,
            mode: Some("m".into()),
            actors: vec![id.clone()],
            recipients: vec![id.clone()],
            places: vec![id],
            time: Some(TimeInterval { earliest: Some(date(2024, 1, 31)), latest: None }),
            polarity: Polarity::Negated,
            modality: Modality::Planned,
            tense: Tense::Past,
            quantities: vec![QuantityLink { index: 300, role: QuantityRole::Killed }],
            background: true,
            claim: Some(claim.id),
            repeats: Some(EventId::new(article, hash, span, EventType::Assault)),
            confidence: 0.2,
        };
        let quantity =
            Quantity { span, low: Some(0.1 + 0.2), high: None, approximate: true, unit: Some("u".into()) };
        ShownEvent {
            event,
            snippet: Snippet { span, text: "ت".into() },
            passage: Passage { text: "ث".into(), start: 9, start_utf16: 8, start_code_points: 7 },
            entities: vec![entity],
            quantities: vec![EventQuantity { role: QuantityRole::Killed, quantity }],
            claim: Some(claim),
        }
    }

    /// What is stored stays readable, or says that it is not. Fails this one, raise `SHOWN_FORMAT` and write the new sum.
    #[test]
    fn the_form_has_not_changed() {
        let bytes = postcard::to_stdvec(&event()).unwrap();
        assert_eq!(postcard::from_bytes::<ShownEvent>(&bytes).unwrap(), event());
        let claim = ShownClaim {
            claim: event().claim.unwrap(),
            snippet: event().snippet,
            passage: event().passage,
            entities: Vec::new(),
            events: vec![event().event.id],
        };
        let claim_bytes = postcard::to_stdvec(&claim).unwrap();
        assert_eq!(postcard::from_bytes::<ShownClaim>(&claim_bytes).unwrap(), claim);
        // Words of a vocabulary are stored as their places in it.
        let words: Vec<&str> = (EventType::ALL.iter().map(|word| word.as_str()))
            .chain(EntityType::ALL.iter().map(|word| word.as_str()))
            .chain(QuantityRole::ALL.iter().map(|word| word.as_str()))
            .chain(Modality::ALL.iter().map(|word| word.as_str()))
            .chain(Polarity::ALL.iter().map(|word| word.as_str()))
            .chain(QuoteKind::ALL.iter().map(|word| word.as_str()))
            .chain(Tense::ALL.iter().map(|word| word.as_str()))
            .collect();
        let all = format!("{bytes:?}{claim_bytes:?}{words:?}");
        let sum = ContentHash::of(&[Some(&all)]).to_string();
        assert_eq!((crate::encode::SHOWN_FORMAT, &sum[..16]), (1, "104ca36949b6ecd7"), "{sum}");
    }
}
