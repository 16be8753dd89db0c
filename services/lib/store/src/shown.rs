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
