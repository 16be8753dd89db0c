//! Events and claims: found in the index tables, then read from the blobs of the page's articles.

use std::collections::{BTreeSet, HashMap, HashSet};

use marsad_model::ontology::{Modality, Polarity};
use marsad_model::{ArticleId, Claim, ClaimId, Entity, EntityId, Event, EventId, Passage, Span};
use uuid::Uuid;

use crate::error::StoreError;
use crate::filter::{ClaimFilter, EventFilter};
use crate::page::{KeyPart, Page, PageRequest, Paging};
use crate::read::snippet::snippet;
use crate::read::{StoredArticle, stored};
use crate::record::{ClaimRecord, EventQuantity, EventRecord, StoredAnalysis};
use crate::sql::{Column, Connection, OPEN, Query, Value, day_number};

/// A page of a list in the index tables with the articles that its records are made of. Many of these are long: they are
/// decoded when the snapshot has ended, one after the other.
pub(crate) struct Found<T> {
    page: Page<Place<T>>,
    articles: Vec<StoredArticle>,
}

pub(crate) async fn events(
    db: &mut dyn Connection,
    filter: &EventFilter,
    page: &PageRequest,
) -> Result<Found<EventId>, StoreError> {
    let paging = Paging::new(page, "events", filter, &[KeyPart::Int(0), KeyPart::Id(Uuid::nil())])?;
    let page = places::<EventId>(db, list(filter, &paging)).await?;
    let page = paging.page(page, |(_, event, time)| vec![KeyPart::Int(*time), KeyPart::Id(event.0)]);
    found(db, page).await
}

/// The events with these ids, in their order.
pub(crate) async fn by_ids(db: &mut dyn Connection, ids: &[EventId]) -> Result<Found<EventId>, StoreError> {
    let mut items = Vec::new();
    if !ids.is_empty() {
        let mut query =
            Query::new("SELECT e.article, e.event, e.earliest FROM events e WHERE e.event IN ", Vec::new());
        query.bind_list(ids.iter().map(|id| id.to_value()));
        items = places::<EventId>(db, query).await?;
    }
    let order: HashMap<EventId, usize> = ids.iter().copied().zip(0..).collect();
    items.sort_by_key(|(_, event, _)| order.get(event).copied());
    found(db, Page { items, next: None }).await
}

/// The records of a page of events.
pub(crate) fn event_records(found: Found<EventId>) -> Result<Page<EventRecord>, StoreError> {
    records(found, |article, id| article.analysis.event(id).map(|event| event_record(article, event, None)))
}

/// The query for a page of events.
pub(crate) fn list(filter: &EventFilter, paging: &Paging) -> Query {
    let sql = "SELECT e.article, e.event, e.earliest FROM events e WHERE TRUE";
    let mut query = Query::new(sql, Vec::new());
    narrow(&mut query, filter);
    query.go_on(&["e.earliest", "e.event"], paging);
    query
}

pub(super) fn narrow(query: &mut Query, filter: &EventFilter) {
    if !filter.types.is_empty() {
        let types = filter.types.iter().map(|t| t.as_str().to_owned().to_value());
        query.push(" AND e.event_type IN ").bind_list(types);
    }
    if !filter.modes.is_empty() {
        query.push(" AND e.mode IN ").bind_list(filter.modes.iter().map(|mode| mode.clone().to_value()));
    }
    let parts = [
        (&filter.actor, "('actor')"),
        (&filter.recipient, "('recipient')"),
        (&filter.participant, "('actor', 'recipient')"),
        (&filter.place, "('place')"),
        (&filter.claim_source, "('source')"),
    ];
    for (entity, roles) in parts {
        if let Some(entity) = entity {
            query.push(" AND e.event IN (SELECT event FROM event_participants WHERE entity = ");
            query.bind(entity.to_value()).push(" AND role IN ").push(roles).push(")");
        }
    }
    // A range of days: ends that are open reach any day, but no end at all is no time.
    let (from, to) = (filter.from, filter.to);
    if from.is_some() || to.is_some() {
        let open = OPEN.to_value();
        query.push(" AND (e.earliest < ").bind(open.clone()).push(" OR e.latest < ").bind(open).push(")");
    }
    // Open ends are the greatest number. Two conditions with OR would be looked up one by one, and then sorted.
    if let Some(to) = to {
        query.push(" AND e.earliest NOT BETWEEN ").bind((day_number(to) + 1).to_value());
        query.push(" AND ").bind((OPEN - 1).to_value());
    }
    let equal = [
        (" AND e.latest >= ", from.map(|day| day.to_value()), ""),
        (" AND e.anonymous = ", filter.anonymous.map(|anonymous| anonymous.to_value()), ""),
        (" AND e.polarity = ", filter.polarity.map(|p| p.as_str().to_owned().to_value()), ""),
        (" AND e.article = ", filter.article.map(|article| article.to_value()), ""),
        (" AND e.background = ", filter.background.map(|background| background.to_value()), ""),
        (" AND e.confidence >= ", filter.min_confidence.map(|least| f64::from(least).to_value()), ""),
    ];
    conditions(query, equal);
    if filter.happened {
        query.push(" AND e.polarity = ").bind(Polarity::Affirmed.as_str().to_owned().to_value());
        query.push(" AND e.modality = ").bind(Modality::Actual.as_str().to_owned().to_value());
    }
    if let Some(claimed) = filter.claimed {
        query.push(if claimed { " AND e.anonymous IS NOT NULL" } else { " AND e.anonymous IS NULL" });
    }
    if !filter.modalities.is_empty() {
        let modalities = filter.modalities.iter().map(|m| m.as_str().to_owned().to_value());
        query.push(" AND e.modality IN ").bind_list(modalities);
    }
}

/// Appends the conditions that have a value: what stands before it, and after.
fn conditions<const N: usize>(query: &mut Query, conditions: [(&str, Option<Value>, &str); N]) {
    for (before, value, after) in conditions {
        if let Some(value) = value {
            query.push(before).bind(value).push(after);
        }
    }
}

pub(crate) async fn claims(
    db: &mut dyn Connection,
    filter: &ClaimFilter,
    page: &PageRequest,
) -> Result<Found<ClaimId>, StoreError> {
    let paging = Paging::new(page, "claims", filter, &[KeyPart::Id(Uuid::nil()), KeyPart::Int(0)])?;
    let mut query = Query::new("SELECT c.article, c.claim, c.ordinal FROM claims c WHERE TRUE", Vec::new());
    for (entity, role) in [(&filter.source, "'source'"), (&filter.via, "'via'")] {
        if let Some(entity) = entity {
            query.push(" AND c.claim IN (SELECT claim FROM claim_participants WHERE entity = ");
            query.bind(entity.to_value()).push(" AND role = ").push(role).push(")");
        }
    }
    let equal = [
        (" AND c.article = ", filter.article.map(|article| article.to_value()), ""),
        (" AND c.anonymous = ", filter.anonymous.map(|anonymous| anonymous.to_value()), ""),
        (" AND c.quote = ", filter.quote.map(|quote| quote.as_str().to_owned().to_value()), ""),
        (" AND c.confidence >= ", filter.min_confidence.map(|least| f64::from(least).to_value()), ""),
    ];
    conditions(&mut query, equal);
    query.go_on(&["c.article", "c.ordinal"], &paging);
    let page = places::<ClaimId>(db, query).await?;
    let page =
        paging.page(page, |(article, _, ordinal)| vec![KeyPart::Id(article.0), KeyPart::Int(*ordinal)]);
    found(db, page).await
}

/// The records of a page of claims.
pub(crate) fn claim_records(found: Found<ClaimId>) -> Result<Page<ClaimRecord>, StoreError> {
    records(found, |article, id| find_claim(article, id).map(|claim| claim_record(article, claim)))
}

/// Where an item of a list is: its article, its id and its own part of the sort key.
type Place<T> = (ArticleId, T, i64);

async fn places<T: Column>(db: &mut dyn Connection, query: Query) -> Result<Vec<Place<T>>, StoreError> {
    let rows = db.fetch(query).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?, row.take()?))).collect()
}

async fn found<T>(db: &mut dyn Connection, page: Page<Place<T>>) -> Result<Found<T>, StoreError> {
    let articles: BTreeSet<ArticleId> = page.items.iter().map(|(article, ..)| *article).collect();
    let articles = stored(db, &Vec::from_iter(articles)).await?;
    Ok(Found { page, articles })
}

/// The records of a page, in its order, made from their articles' blobs.
fn records<T: Copy, R>(
    Found { page, articles }: Found<T>,
    make: impl Fn(&StoredAnalysis, T) -> Option<R>,
) -> Result<Page<R>, StoreError> {
    let mut wanted: HashMap<ArticleId, Vec<(usize, T)>> = HashMap::new();
    for (place, (article, id, _)) in page.items.iter().enumerate() {
        wanted.entry(*article).or_default().push((place, *id));
    }
    let mut records: Vec<Option<R>> = page.items.iter().map(|_| None).collect();
    // An analysis is large, its records are small: one is held at a time.
    for article in articles {
        let article = article.decode()?;
        for (place, id) in wanted.remove(&article.article.id).unwrap_or_default() {
            if let Some(record) = records.get_mut(place) {
                *record = make(&article, id);
            }
        }
    }
    let items = page.items.iter().zip(records).map(|((article, ..), record)| {
        let message = || "an item of the index is not in the analysis".to_owned();
        record.ok_or_else(|| StoreError::Corrupt { article: *article, message: message() })
    });
    Ok(Page { items: items.collect::<Result<_, _>>()?, next: page.next })
}

fn find_claim(article: &StoredAnalysis, id: ClaimId) -> Option<&Claim> {
    article.analysis.claims.iter().find(|claim| claim.id == id)
}

/// The record of an event; its passage also holds `sentence`.
pub(super) fn event_record(article: &StoredAnalysis, event: &Event, sentence: Option<Span>) -> EventRecord {
    let claim = event.claim.and_then(|id| find_claim(article, id));
    let parts = event.actors.iter().chain(&event.recipients).chain(&event.places);
    let quantities = event.quantities.iter().filter_map(|link| {
        let quantity = article.analysis.quantities.get(link.index)?.clone();
        Some(EventQuantity { role: link.role, quantity })
    });
    let quantities: Vec<EventQuantity> = quantities.collect();
    let spans = std::iter::once(event.trigger)
        .chain(quantities.iter().map(|q| q.quantity.span))
        .chain(claim.into_iter().flat_map(claim_spans))
        .chain(sentence);
    let passage = Passage::holding(&article.text, spans);
    EventRecord {
        event: event.clone(),
        article: article.article.clone(),
        snippet: snippet(&article.text, event.trigger),
        passage,
        entities: referred(article, parts.chain(claim.into_iter().flat_map(claim_entities))),
        quantities,
        claim: claim.cloned(),
    }
}

fn claim_record(article: &StoredAnalysis, claim: &Claim) -> ClaimRecord {
    let events = article.analysis.events.iter().filter(|event| event.claim == Some(claim.id));
    ClaimRecord {
        claim: claim.clone(),
        article: article.article.clone(),
        snippet: snippet(&article.text, claim.cue),
        passage: Passage::holding(&article.text, claim_spans(claim)),
        entities: referred(article, claim_entities(claim)),
        events: events.map(|event| event.id).collect(),
    }
}

fn claim_spans(claim: &Claim) -> impl Iterator<Item = Span> {
    [claim.cue, claim.content].into_iter().chain(claim.source.descriptor)
}

fn claim_entities(claim: &Claim) -> impl Iterator<Item = &EntityId> {
    claim.source.entity.iter().chain(&claim.via)
}

/// The entities with these ids, in order of the analysis.
fn referred<'a>(article: &StoredAnalysis, ids: impl Iterator<Item = &'a EntityId>) -> Vec<Entity> {
    let ids: HashSet<&EntityId> = ids.collect();
    article.analysis.entities.iter().filter(|entity| ids.contains(&entity.id)).cloned().collect()
}
