//! Stories, events over all articles, conflicts: found in narrow rows, with the blobs of the page. What names no former id is read in one
//! statement.

use std::collections::HashMap;

use jiff::civil::Date;
use marsad_model::graph::Placed;
use marsad_model::{ArticleId, ClusterId, EntityId, EventId};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::linking::{log_version, only, table};
use crate::encode::decode_record;
use crate::error::StoreError;
use crate::filter::{ClusterFilter, ConflictFilter, StoryFilter};
use crate::graph::{AsOf, Resolved};
use crate::link::{self, RecordId, RecordKind, place_of_day};
use crate::page::{KeyPart, Page, PageRequest, Paging};
use crate::prepare::links::latest_first;
use crate::sql::{Column, Connection, OPEN, Query, Value, day_number, fetch_in, values};

/// Stored records of one kind, not decoded yet: that is done when the snapshot has ended.
pub(crate) type Bodies = Vec<(RecordId, Vec<u8>)>;

/// A record that was asked for: its body, and whether by a former id.
pub(crate) type Found = Option<(RecordId, Vec<u8>, bool)>;

/// Decodes a record that was asked for.
pub(crate) fn decode_found<T: DeserializeOwned>(
    found: AsOf<Found>,
) -> Result<AsOf<Option<Resolved<T>>>, StoreError> {
    let value = found
        .value
        .map(|(id, body, superseded)| decode_record(id, &body).map(|record| Resolved { record, superseded }));
    Ok(AsOf { as_of: found.as_of, value: value.transpose()? })
}

/// Decodes a page of records.
pub(crate) fn decode_page<T: DeserializeOwned>(
    found: AsOf<Page<(RecordId, Vec<u8>)>>,
) -> Result<AsOf<Page<T>>, StoreError> {
    let value = found.value.try_map(|(id, body)| decode_record(id, &body))?;
    Ok(AsOf { as_of: found.as_of, value })
}

/// A record by the id that it has, in one statement.
pub(crate) async fn record(db: &mut dyn Connection, id: RecordId) -> Result<AsOf<Found>, StoreError> {
    let (kind, number) = id.parts();
    let sql = match kind {
        RecordKind::Article => {
            "SELECT g.log_version, r.body FROM graph_state g LEFT JOIN article_links r ON r.article = $1"
        }
        RecordKind::Story => {
            "SELECT g.log_version, r.body FROM graph_state g LEFT JOIN stories r ON r.story = $1"
        }
        RecordKind::Cluster => {
            "SELECT g.log_version, r.body FROM graph_state g LEFT JOIN clusters r ON r.cluster = $1"
        }
        RecordKind::Conflict => {
            "SELECT g.log_version, r.body FROM graph_state g LEFT JOIN conflicts r ON r.conflict = $1"
        }
    };
    let mut row = only(db.fetch(Query::new(sql, values![number])).await?)?;
    let as_of = row.take()?;
    Ok(AsOf { as_of, value: row.take::<Option<Vec<u8>>>()?.map(|body| (id, body, false)) })
}

/// A record by its id or one that it had before.
pub(crate) async fn superseded(db: &mut dyn Connection, id: RecordId) -> Result<AsOf<Found>, StoreError> {
    let (kind, number) = id.parts();
    match successors(db, kind, &[number]).await?.pop() {
        Some((_, current)) => {
            let found = record(db, RecordId::new(kind, current)).await?;
            Ok(AsOf { as_of: found.as_of, value: found.value.map(|(id, body, _)| (id, body, true)) })
        }
        None => record(db, id).await,
    }
}

/// The bodies of these records, as far as they are there.
pub(super) async fn bodies(
    db: &mut dyn Connection,
    kind: RecordKind,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<u8>>, StoreError> {
    let start = match kind {
        RecordKind::Article => "SELECT article, body FROM article_links WHERE article IN ",
        RecordKind::Story => "SELECT story, body FROM stories WHERE story IN ",
        RecordKind::Cluster => "SELECT cluster, body FROM clusters WHERE cluster IN ",
        RecordKind::Conflict => "SELECT conflict, body FROM conflicts WHERE conflict IN ",
    };
    let ids: Vec<Value> = ids.iter().map(Column::to_value).collect();
    let rows = fetch_in(db, start, &[], &ids, "").await?.into_iter();
    rows.map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// What these ids that are no more stand for now, as far as that is there.
pub(super) async fn successors(
    db: &mut dyn Connection,
    kind: RecordKind,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
    let mut successors = Vec::new();
    let (table, id) = table(kind);
    for chunk in ids.chunks(1000) {
        let sql = "WITH RECURSIVE chain (former, id) AS (
                SELECT old_id, new_id FROM superseded WHERE kind = $1 AND old_id IN ";
        let mut query = Query::new(sql, values![kind]);
        query.bind_set(chunk.iter().map(Column::to_value));
        query.push(" UNION SELECT c.former, s.new_id FROM chain c JOIN superseded s ON s.kind = ");
        query.bind(kind.to_value()).push(" AND s.old_id = c.id) SELECT c.former, c.id FROM chain c JOIN ");
        query.push(table).push(" r ON r.").push(id).push(" = c.id");
        for mut row in db.fetch(query).await? {
            successors.push((row.take()?, row.take()?));
        }
    }
    Ok(successors)
}

/// The id that a filter names, or what it stands for now.
async fn current(db: &mut dyn Connection, id: RecordId) -> Result<Uuid, StoreError> {
    let (kind, number) = id.parts();
    Ok(successors(db, kind, &[number]).await?.pop().map_or(number, |(_, current)| current))
}

const SHAPE: [KeyPart; 2] = [KeyPart::Int(0), KeyPart::Id(Uuid::nil())];

/// The records of a page of a list, whose query gives the first part of the sort key and the id. One statement.
async fn page(
    db: &mut dyn Connection,
    kind: RecordKind,
    paging: &Paging,
    list: Query,
) -> Result<AsOf<Page<(RecordId, Vec<u8>)>>, StoreError> {
    let (table, id) = table(kind);
    // A row without a record where the list is empty: the version is always there.
    let sql = format!(
        "WITH l (place, id) AS ({})
        SELECT g.log_version, f.place, f.id, f.body FROM graph_state g
        LEFT JOIN (SELECT l.place, l.id, r.body FROM l JOIN {table} r ON r.{id} = l.id) f ON TRUE
        ORDER BY f.place, f.id",
        list.sql
    );
    let (mut as_of, mut places) = (0, Vec::new());
    for mut row in db.fetch(Query { sql: sql.into(), ..list }).await? {
        as_of = row.take()?;
        if let (Some(time), Some(id), Some(body)) =
            (row.take::<Option<i64>>()?, row.take::<Option<Uuid>>()?, row.take::<Option<Vec<u8>>>()?)
        {
            places.push((time, id, body));
        }
    }
    let page = paging.page(places, |(time, id, _)| vec![KeyPart::Int(*time), KeyPart::Id(*id)]);
    let value = page.try_map(|(_, id, body)| Ok((RecordId::new(kind, id), body)))?;
    Ok(AsOf { as_of, value })
}

pub(crate) async fn stories(
    db: &mut dyn Connection,
    filter: &StoryFilter,
    request: &PageRequest,
) -> Result<AsOf<Page<(RecordId, Vec<u8>)>>, StoreError> {
    let paging = Paging::new(request, "stories", filter, &SHAPE)?;
    let mut resolved = filter.clone();
    if let Some(parent) = &mut resolved.parent {
        parent.0 = current(db, RecordId::Story(*parent)).await?;
    }
    page(db, RecordKind::Story, &paging, story_list(&resolved, &paging)).await
}

/// The query for a page of stories.
pub(crate) fn story_list(filter: &StoryFilter, paging: &Paging) -> Query {
    let (sql, order) = match filter.entity {
        Some(_) => (
            "SELECT DISTINCT e.latest_first, e.story FROM story_entities e JOIN stories s ON s.story = e.story
                WHERE e.entity = ",
            ["e.latest_first", "e.story"],
        ),
        None => ("SELECT s.latest_first, s.story FROM stories s WHERE TRUE", ["s.latest_first", "s.story"]),
    };
    let mut query = Query::new(sql, Vec::new());
    if let Some(entity) = &filter.entity {
        query.bind(entity.to_value());
    }
    if let Some(parent) = &filter.parent {
        query.push(" AND s.parent = ").bind(parent.to_value());
    }
    if let Some(article) = &filter.article {
        query.push(" AND s.story IN (SELECT story FROM story_articles WHERE article = ");
        query.bind(article.to_value()).push(")");
    }
    if let Some(coarse) = filter.coarse {
        query.push(if coarse { " AND EXISTS " } else { " AND NOT EXISTS " });
        query.push("(SELECT 1 FROM stories p WHERE p.parent = s.story)");
    }
    if filter.from.is_some() || filter.to.is_some() {
        query.push(" AND s.first_day IS NOT NULL");
    }
    if let Some(from) = filter.from {
        query.push(" AND ").push(order[0]).push(" <= ").bind(latest_first(Some(from)).to_value());
    }
    if let Some(to) = filter.to {
        query.push(" AND s.first_day <= ").bind(to.to_value());
    }
    query.go_on(&order, paging);
    query
}

pub(crate) async fn clusters(
    db: &mut dyn Connection,
    filter: &ClusterFilter,
    request: &PageRequest,
) -> Result<AsOf<Page<(RecordId, Vec<u8>)>>, StoreError> {
    let paging = Paging::new(request, "clusters", filter, &SHAPE)?;
    let resolved = with_current_story(db, filter).await?;
    page(db, RecordKind::Cluster, &paging, cluster_list(&resolved, &paging)).await
}

/// The filter with the id that its story has now.
pub(super) async fn with_current_story(
    db: &mut dyn Connection,
    filter: &ClusterFilter,
) -> Result<ClusterFilter, StoreError> {
    let mut resolved = filter.clone();
    if let Some(story) = &mut resolved.story {
        story.0 = current(db, RecordId::Story(*story)).await?;
    }
    Ok(resolved)
}

/// The entities of a filter, with the roles that they are to have.
fn parts(filter: &ClusterFilter) -> Vec<(&EntityId, &'static str)> {
    let parts = [
        (&filter.actor, "('actor')"),
        (&filter.recipient, "('recipient')"),
        (&filter.participant, "('actor', 'recipient')"),
        (&filter.place, "('place')"),
    ];
    parts.into_iter().filter_map(|(entity, roles)| Some((entity.as_ref()?, roles))).collect()
}

/// Events in the order of a timeline.
pub(crate) async fn timeline(
    db: &mut dyn Connection,
    filter: &ClusterFilter,
    request: &PageRequest,
) -> Result<AsOf<Page<(RecordId, Vec<u8>)>>, StoreError> {
    let paging = Paging::new(request, "timeline", filter, &SHAPE)?;
    let resolved = with_current_story(db, filter).await?;
    page(db, RecordKind::Cluster, &paging, timeline_list(&resolved, &paging)).await
}

/// The query for a page of a timeline.
pub(crate) fn timeline_list(filter: &ClusterFilter, paging: &Paging) -> Query {
    let (mut query, table) = in_order_of("place", filter);
    let place = &format!("{table}.place");
    query.push(" AND ").push(place).push(" IS NOT NULL");
    if let Some(from) = filter.from {
        query.push(" AND ").push(place).push(" >= ").bind(place_of_day(from).to_value());
    }
    if let Some(to) = filter.to {
        let last = Placed { day: to, spread: u32::MAX };
        query.push(" AND ").push(place).push(" <= ").bind(link::place(last).to_value());
    }
    query.go_on(&[place, &format!("{table}.cluster")], paging);
    query
}

/// The query for a page of events.
pub(crate) fn cluster_list(filter: &ClusterFilter, paging: &Paging) -> Query {
    let (mut query, table) = in_order_of("earliest", filter);
    let [earliest, latest] = &["earliest", "latest"].map(|column| format!("{table}.{column}"));
    narrow_days(&mut query, [earliest, latest], filter.from, filter.to);
    query.go_on(&[earliest, &format!("{table}.cluster")], paging);
    query
}

/// The beginning of a query for events by a column that says where they stand, with all conditions but for the days; and the table with that
/// column. Those of an entity are walked in the order that its own rows have.
fn in_order_of(column: &str, filter: &ClusterFilter) -> (Query, char) {
    let parts = parts(filter);
    let mut query;
    let table = if let Some((entity, roles)) = parts.first() {
        let sql = format!(
            "SELECT DISTINCT p.{column}, p.cluster FROM cluster_participants p
            JOIN clusters c ON c.cluster = p.cluster WHERE p.entity = "
        );
        query = Query::new(sql, Vec::new());
        query.bind(entity.to_value()).push(" AND p.role IN ").push(roles);
        if !filter.types.is_empty() {
            // Said once more of the rows that are walked, so that others are passed over in their index.
            let types = filter.types.iter().map(|t| t.as_str().to_owned().to_value());
            query.push(" AND p.event_type IN ").bind_set(types);
        }
        'p'
    } else {
        query = Query::new(format!("SELECT c.{column}, c.cluster FROM clusters c WHERE TRUE"), Vec::new());
        'c'
    };
    for (entity, roles) in parts.iter().skip(1) {
        query.push(
            " AND EXISTS (SELECT 1 FROM cluster_participants q WHERE q.cluster = c.cluster AND q.entity = ",
        );
        query.bind(entity.to_value()).push(" AND q.role IN ").push(roles).push(")");
    }
    narrow(&mut query, filter);
    (query, table)
}

/// Appends the conditions on `clusters c` that name entities.
pub(super) fn narrow_parts(query: &mut Query, filter: &ClusterFilter) {
    for (entity, roles) in parts(filter) {
        query.push(" AND c.cluster IN (SELECT cluster FROM cluster_participants WHERE entity = ");
        query.bind(entity.to_value()).push(" AND role IN ").push(roles).push(")");
    }
}

/// The columns of an event's time in `clusters c`.
pub(super) const CLUSTER_DAYS: [&str; 2] = ["c.earliest", "c.latest"];

/// Appends the other conditions on `clusters c`, but for the days.
pub(super) fn narrow(query: &mut Query, filter: &ClusterFilter) {
    let types = filter.types.iter().map(|t| t.as_str().to_owned().to_value());
    let modes = filter.modes.iter().map(Column::to_value);
    let standings = filter.standings.iter().map(|s| s.as_str().to_owned().to_value());
    for (column, values) in [
        (" AND c.event_type IN ", types.collect::<Vec<_>>()),
        (" AND c.mode IN ", modes.collect()),
        (" AND c.standing IN ", standings.collect()),
    ] {
        if !values.is_empty() {
            query.push(column).bind_set(values);
        }
    }
    if let Some(story) = &filter.story {
        query.push(
            " AND c.cluster IN (SELECT m.cluster FROM story_articles s
                JOIN cluster_members m ON m.article = s.article WHERE s.story = ",
        );
        query.bind(story.to_value()).push(")");
    }
    if let Some(article) = &filter.article {
        query.push(" AND c.cluster IN (SELECT cluster FROM cluster_members WHERE article = ");
        query.bind(article.to_value()).push(")");
    }
    if let Some(least) = filter.min_reports {
        query.push(" AND c.reports >= ").bind(least.to_value());
    }
    if filter.conflicts_only {
        query.push(" AND c.cluster IN (SELECT cluster FROM conflicts)");
    }
}

/// Appends a range of days, as events of articles have it: ends that are open reach any day, but no end at all is no time.
pub(super) fn narrow_days(
    query: &mut Query,
    [earliest, latest]: [&str; 2],
    from: Option<Date>,
    to: Option<Date>,
) {
    if from.is_some() || to.is_some() {
        let open = OPEN.to_value();
        query.push(" AND (").push(earliest).push(" < ").bind(open.clone());
        query.push(" OR ").push(latest).push(" < ").bind(open).push(")");
    }
    if let Some(to) = to {
        query.push(" AND ").push(earliest).push(" NOT BETWEEN ").bind((day_number(to) + 1).to_value());
        query.push(" AND ").bind((OPEN - 1).to_value());
    }
    if let Some(from) = from {
        query.push(" AND ").push(latest).push(" >= ").bind(from.to_value());
    }
}

pub(crate) async fn conflicts(
    db: &mut dyn Connection,
    filter: &ConflictFilter,
    request: &PageRequest,
) -> Result<AsOf<Page<(RecordId, Vec<u8>)>>, StoreError> {
    let paging = Paging::new(request, "conflicts", filter, &SHAPE)?;
    let mut resolved = filter.clone();
    if let Some(story) = &mut resolved.story {
        story.0 = current(db, RecordId::Story(*story)).await?;
    }
    if let Some(cluster) = &mut resolved.cluster {
        cluster.0 = current(db, RecordId::Cluster(*cluster)).await?;
    }
    page(db, RecordKind::Conflict, &paging, conflict_list(&resolved, &paging)).await
}

/// The query for a page of conflicts.
pub(crate) fn conflict_list(filter: &ConflictFilter, paging: &Paging) -> Query {
    let sql =
        "SELECT c.earliest, f.conflict FROM conflicts f JOIN clusters c ON c.cluster = f.cluster WHERE TRUE";
    let mut query = Query::new(sql, Vec::new());
    if let Some(cluster) = &filter.cluster {
        query.push(" AND f.cluster = ").bind(cluster.to_value());
    }
    if !filter.kinds.is_empty() {
        query.push(" AND f.kind IN ").bind_set(filter.kinds.iter().map(|k| k.as_str().to_owned().to_value()));
    }
    if let Some(entity) = &filter.entity {
        query.push(" AND f.cluster IN (SELECT cluster FROM cluster_participants WHERE entity = ");
        query.bind(entity.to_value()).push(")");
    }
    narrow(&mut query, &ClusterFilter { story: filter.story, ..Default::default() });
    query.go_on(&["c.earliest", "f.conflict"], paging);
    query
}

pub(crate) async fn article_links(
    db: &mut dyn Connection,
    articles: &[ArticleId],
) -> Result<AsOf<Bodies>, StoreError> {
    if let [article] = articles {
        let AsOf { as_of, value } = record(db, RecordId::Article(*article)).await?;
        let value = value.map(|(id, body, _)| (id, body)).into_iter().collect();
        return Ok(AsOf { as_of, value });
    }
    let ids: Vec<Uuid> = articles.iter().map(|article| article.0).collect();
    let as_of = log_version(db).await?;
    let bodies = bodies(db, RecordKind::Article, &ids).await?.into_iter();
    let mut value: Bodies = bodies.map(|(id, body)| (RecordId::Article(ArticleId(id)), body)).collect();
    value.sort_by_key(|(id, _)| *id);
    Ok(AsOf { as_of, value })
}

pub(crate) async fn clusters_of(
    db: &mut dyn Connection,
    events: &[EventId],
) -> Result<AsOf<Vec<(EventId, ClusterId)>>, StoreError> {
    let as_of = log_version(db).await?;
    let events: Vec<Value> = events.iter().map(Column::to_value).collect();
    let start = "SELECT event, cluster FROM cluster_members WHERE event IN ";
    let rows = fetch_in(db, start, &[], &events, "").await?.into_iter();
    let found = rows.map(|mut row| Ok((row.take()?, row.take()?))).collect::<Result<Vec<_>, StoreError>>();
    let mut value = found?;
    value.sort();
    Ok(AsOf { as_of, value })
}
