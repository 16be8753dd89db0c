//! Events and claims: found in the index tables, and shown as what is stored beside their rows.

use std::collections::{BTreeSet, HashMap};

use marsad_model::ontology::{Modality, Polarity};
use marsad_model::{ArticleId, ClaimId, EntityId, EventId};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::encode::{SHOWN_FORMAT, decode_shown};
use crate::error::StoreError;
use crate::filter::{ClaimFilter, EventFilter};
use crate::page::{KeyPart, Page, PageRequest, Paging};
use crate::read::{SUMMARY, StoredArticle, stored, summary};
use crate::record::{ArticleSummary, ClaimRecord, EventRecord, StoredAnalysis};
use crate::shown::{ShownClaim, ShownEvent, find_claim};
use crate::sql::{Column, Connection, Query, Row, Value};

/// An item of a list: its id, its own part of the sort key, what is shown of it, and its article.
struct Item<T> {
    id: T,
    key: i64,
    body: Option<Vec<u8>>,
    article: ArticleSummary,
}

/// A page of a list that is not decoded yet, and the analysed articles of those items that have nothing stored that could be shown.
pub(crate) struct Found<T> {
    page: Page<Item<T>>,
    articles: Vec<StoredArticle>,
}

impl<T> Found<T> {
    /// Whether analyses are wanted that were not read. Then everything is to be read again, as one state.
    pub(crate) fn wants_analyses(&self) -> bool {
        self.articles.is_empty() && self.page.items.iter().any(|item| item.body.is_none())
    }

    /// The bytes of what is to be decoded.
    pub(crate) fn size(&self) -> usize {
        let bodies = self.page.items.iter().filter_map(|item| item.body.as_ref()).map(Vec::len);
        bodies.chain(self.articles.iter().map(StoredArticle::size)).sum()
    }
}

/// Which analyses are read beside a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Analyses {
    /// None, so that the read is one statement.
    None,
    /// Those of items that have nothing stored that could be shown, because they were written before there was such a thing.
    Wanted,
}

pub(crate) async fn events(
    db: &mut dyn Connection,
    filter: &EventFilter,
    page: &PageRequest,
    analyses: Analyses,
) -> Result<Found<EventId>, StoreError> {
    let paging = Paging::new(page, "events", filter, &[KeyPart::Int(0), KeyPart::Id(Uuid::nil())])?;
    let items = items(db, shown_events(list(filter, &paging))).await?;
    let page =
        paging.page(items, |item: &Item<EventId>| vec![KeyPart::Int(item.key), KeyPart::Id(item.id.0)]);
    found(db, page, analyses).await
}

/// The query for what is shown of a list of events.
fn shown_events(list: Query) -> Query {
    let sql = format!(
        "WITH l (earliest, event) AS ({}) SELECT e.event, e.earliest, e.body, {SUMMARY} FROM l
        JOIN events e ON e.event = l.event JOIN articles a ON a.article = e.article
        ORDER BY l.earliest, l.event",
        list.sql
    );
    Query { sql: sql.into(), ..list }
}

/// The events with these ids, in their order.
pub(crate) async fn by_ids(
    db: &mut dyn Connection,
    ids: &[EventId],
    analyses: Analyses,
) -> Result<Found<EventId>, StoreError> {
    let mut items = Vec::new();
    if !ids.is_empty() {
        let sql = format!(
            "SELECT e.event, e.earliest, e.body, {SUMMARY} FROM events e
            JOIN articles a ON a.article = e.article WHERE e.event IN "
        );
        let mut query = Query::new(sql, Vec::new());
        query.bind_set(ids.iter().map(|id| id.to_value()));
        items = self::items(db, query).await?;
    }
    let order: HashMap<EventId, usize> = ids.iter().copied().zip(0..).collect();
    items.sort_by_key(|item: &Item<EventId>| order.get(&item.id).copied());
    found(db, Page { items, next: None }, analyses).await
}

/// The records of a page of events.
pub(crate) fn event_records(found: Found<EventId>) -> Result<Page<EventRecord>, StoreError> {
    let made = |article: &StoredAnalysis, id| {
        let event = article.analysis.event(id)?;
        Some(ShownEvent::new(&article.text, &article.analysis, event, None))
    };
    records(found, made, ShownEvent::of)
}

/// The query for the places and ids of a page of events. Those of an entity are walked in the order that its own rows have.
pub(crate) fn list(filter: &EventFilter, paging: &Paging) -> Query {
    let parts = parts(filter);
    // An article has few events, whoever has a part in them.
    let Some((entity, roles)) = parts.first().filter(|_| filter.article.is_none()) else {
        let mut query = Query::new("SELECT e.earliest, e.event FROM events e WHERE TRUE", Vec::new());
        narrow(&mut query, filter);
        query.go_on(&["e.earliest", "e.event"], paging);
        return query;
    };
    let sql = "SELECT DISTINCT p.earliest, p.event FROM event_participants p
        JOIN events e ON e.event = p.event WHERE p.entity = ";
    let mut query = Query::new(sql, Vec::new());
    query.bind(entity.to_value()).push(" AND p.role IN ").push(roles);
    narrow_days(&mut query, 'p', filter);
    narrow_types(&mut query, 'p', filter);
    for (entity, roles) in parts.iter().skip(1) {
        has_part(&mut query, entity, roles);
    }
    narrow_rest(&mut query, filter);
    query.go_on(&["p.earliest", "p.event"], paging);
    query
}

/// The entities of a filter, with the roles that they are to have.
fn parts(filter: &EventFilter) -> Vec<(&EntityId, &'static str)> {
    let parts = [
        (&filter.actor, "('actor')"),
        (&filter.recipient, "('recipient')"),
        (&filter.participant, "('actor', 'recipient')"),
        (&filter.place, "('place')"),
        (&filter.claim_source, "('source')"),
    ];
    parts.into_iter().filter_map(|(entity, roles)| Some((entity.as_ref()?, roles))).collect()
}

/// Appends that an entity has a part in `events e`.
fn has_part(query: &mut Query, entity: &EntityId, roles: &str) {
    query.push(
        " AND EXISTS (SELECT 1 FROM event_participants q
            WHERE q.article = e.article AND q.event = e.event AND q.entity = ",
    );
    query.bind(entity.to_value()).push(" AND q.role IN ").push(roles).push(")");
}

/// Appends every condition on `events e`.
pub(super) fn narrow(query: &mut Query, filter: &EventFilter) {
    narrow_types(query, 'e', filter);
    narrow_days(query, 'e', filter);
    for (entity, roles) in parts(filter) {
        has_part(query, entity, roles);
    }
    narrow_rest(query, filter);
}

/// Appends the condition on types of `events e` or `event_participants p`.
fn narrow_types(query: &mut Query, table: char, filter: &EventFilter) {
    if !filter.types.is_empty() {
        let types = filter.types.iter().map(|t| t.as_str().to_owned().to_value());
        query.push(&format!(" AND {table}.event_type IN ")).bind_set(types);
    }
}

/// Appends the condition on days of `events e` or `event_participants p`.
fn narrow_days(query: &mut Query, table: char, filter: &EventFilter) {
    let columns = ["earliest", "latest"].map(|column| format!("{table}.{column}"));
    super::graph::narrow_days(query, columns.each_ref().map(String::as_str), filter.from, filter.to);
}

/// Appends the conditions on `events e` that nothing else has.
fn narrow_rest(query: &mut Query, filter: &EventFilter) {
    if !filter.modes.is_empty() {
        query.push(" AND e.mode IN ").bind_set(filter.modes.iter().map(|mode| mode.clone().to_value()));
    }
    let equal = [
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
        query.push(" AND e.modality IN ").bind_set(modalities);
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
    analyses: Analyses,
) -> Result<Found<ClaimId>, StoreError> {
    let paging = Paging::new(page, "claims", filter, &[KeyPart::Id(Uuid::nil()), KeyPart::Int(0)])?;
    let items = items(db, shown_claims(claim_list(filter, &paging))).await?;
    let page = paging
        .page(items, |item: &Item<ClaimId>| vec![KeyPart::Id(item.article.id.0), KeyPart::Int(item.key)]);
    found(db, page, analyses).await
}

/// The query for what is shown of a list of claims.
fn shown_claims(list: Query) -> Query {
    let sql = format!(
        "WITH l (article, ordinal) AS ({}) SELECT c.claim, c.ordinal, c.body, {SUMMARY} FROM l
        JOIN claims c ON c.article = l.article AND c.ordinal = l.ordinal
        JOIN articles a ON a.article = c.article ORDER BY l.article, l.ordinal",
        list.sql
    );
    Query { sql: sql.into(), ..list }
}

/// The query for the places of a page of claims. Those of an entity are walked in the order that its own rows have.
pub(crate) fn claim_list(filter: &ClaimFilter, paging: &Paging) -> Query {
    let parts = [(&filter.source, "'source'"), (&filter.via, "'via'")];
    let mut parts = parts.into_iter().filter_map(|(entity, role)| Some((entity.as_ref()?, role)));
    let walked = if filter.article.is_none() { parts.next() } else { None };
    let mut query;
    let table = if let Some((entity, role)) = walked {
        let sql = "SELECT DISTINCT p.article, p.ordinal FROM claim_participants p
            JOIN claims c ON c.article = p.article AND c.ordinal = p.ordinal WHERE p.entity = ";
        query = Query::new(sql, Vec::new());
        query.bind(entity.to_value()).push(" AND p.role = ").push(role);
        'p'
    } else {
        query = Query::new("SELECT c.article, c.ordinal FROM claims c WHERE TRUE", Vec::new());
        'c'
    };
    for (entity, role) in parts {
        query.push(
            " AND EXISTS (SELECT 1 FROM claim_participants q
                WHERE q.article = c.article AND q.claim = c.claim AND q.entity = ",
        );
        query.bind(entity.to_value()).push(" AND q.role = ").push(role).push(")");
    }
    let equal = [
        (" AND c.article = ", filter.article.map(|article| article.to_value()), ""),
        (" AND c.anonymous = ", filter.anonymous.map(|anonymous| anonymous.to_value()), ""),
        (" AND c.quote = ", filter.quote.map(|quote| quote.as_str().to_owned().to_value()), ""),
        (" AND c.confidence >= ", filter.min_confidence.map(|least| f64::from(least).to_value()), ""),
    ];
    conditions(&mut query, equal);
    query.go_on(&[&format!("{table}.article"), &format!("{table}.ordinal")], paging);
    query
}

/// The records of a page of claims.
pub(crate) fn claim_records(found: Found<ClaimId>) -> Result<Page<ClaimRecord>, StoreError> {
    let made = |article: &StoredAnalysis, id| {
        let claim = find_claim(&article.analysis, id)?;
        Some(ShownClaim::new(&article.text, &article.analysis, claim))
    };
    records(found, made, ShownClaim::of)
}

async fn items<T: Column>(db: &mut dyn Connection, query: Query) -> Result<Vec<Item<T>>, StoreError> {
    let item = |mut row: Row| {
        let (id, key) = (row.take()?, row.take()?);
        let body = row.take::<Option<Vec<u8>>>()?.filter(|body| body.first() == Some(&SHOWN_FORMAT));
        Ok(Item { id, key, body, article: summary(&mut row)? })
    };
    db.fetch(query).await?.into_iter().map(item).collect()
}

async fn found<T>(
    db: &mut dyn Connection,
    page: Page<Item<T>>,
    analyses: Analyses,
) -> Result<Found<T>, StoreError> {
    let mut articles = Vec::new();
    if analyses == Analyses::Wanted {
        let wanted = page.items.iter().filter(|item| item.body.is_none()).map(|item| item.article.id);
        articles = stored(db, &Vec::from_iter(wanted.collect::<BTreeSet<_>>())).await?;
    }
    Ok(Found { page, articles })
}

/// The records of a page, in its order. What has nothing stored that could be shown is made of its article's analysis.
fn records<T: Copy, S: DeserializeOwned, R>(
    Found { page, articles }: Found<T>,
    make: impl Fn(&StoredAnalysis, T) -> Option<S>,
    with: impl Fn(S, ArticleSummary) -> R,
) -> Result<Page<R>, StoreError> {
    let mut wanted: HashMap<ArticleId, Vec<(usize, T)>> = HashMap::new();
    for (place, item) in page.items.iter().enumerate().filter(|(_, item)| item.body.is_none()) {
        wanted.entry(item.article.id).or_default().push((place, item.id));
    }
    let mut made: HashMap<usize, S> = HashMap::new();
    // An analysis is large, its records are small: one is held at a time.
    for article in articles {
        let article = article.decode()?;
        for (place, id) in wanted.remove(&article.article.id).unwrap_or_default() {
            made.extend(make(&article, id).map(|shown| (place, shown)));
        }
    }
    let mut place = 0..;
    page.try_map(|Item { body, article, .. }| {
        let made = place.next().and_then(|place| made.remove(&place));
        let shown = match (made, body) {
            (Some(made), _) => made,
            (None, Some(body)) => decode_shown(article.id, &body)?,
            (None, None) => {
                let message = "an item of the index is not in the analysis".to_owned();
                return Err(StoreError::Corrupt { article: article.id, message });
            }
        };
        Ok(with(shown, article))
    })
}
