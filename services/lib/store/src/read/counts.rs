//! Counts over events that happened: buckets, and with whom an entity had to do.

use std::collections::{BTreeMap, HashMap};

use jiff::ToSpan as _;
use jiff::civil::Date;
use marsad_model::EntityId;
use marsad_model::ontology::{EventType, Standing};

use super::graph::{CLUSTER_DAYS, narrow, narrow_days, narrow_parts, with_current_story};
use super::linking::{log_version, only};
use crate::error::StoreError;
use crate::filter::{ClusterFilter, NeighbourFilter};
use crate::graph::{AsOf, Bucket, BucketKey, Dimension, EventCounts, Neighbour};
use crate::sql::{Column, Connection, OPEN, Query, Row, Value};

/// The most dimensions of one count.
const MAX_DIMENSIONS: usize = 4;

pub(crate) async fn count_events(
    db: &mut dyn Connection,
    filter: &ClusterFilter,
    by: &[Dimension],
    limit: u32,
) -> Result<AsOf<EventCounts>, StoreError> {
    if by.len() > MAX_DIMENSIONS {
        let description = format!("{} dimensions are more than {MAX_DIMENSIONS}", by.len());
        return Err(StoreError::invalid("by", description));
    }
    let as_of = log_version(db).await?;
    let filter = with_current_story(db, filter).await?;
    let mut all = Query::new("SELECT COUNT(*) FROM clusters c WHERE TRUE", Vec::new());
    happened(&mut all, &filter);
    let total = only(db.fetch(all).await?)?.take()?;
    if by.is_empty() {
        let buckets = vec![Bucket { keys: Vec::new(), events: total }];
        return Ok(AsOf { as_of, value: EventCounts { total, buckets, more: false } });
    }
    // Weeks are put together here: an event has one day, so that it is counted once.
    let mut counts: HashMap<Vec<BucketKey>, u64> = HashMap::new();
    for mut row in db.fetch(bucket_query(&filter, by)).await? {
        let keys = by.iter().map(|dimension| key(*dimension, &mut row)).collect::<Result<Vec<_>, _>>()?;
        *counts.entry(keys).or_default() += row.take::<u64>()?;
    }
    let mut buckets: Vec<Bucket> = counts.into_iter().map(|(keys, events)| Bucket { keys, events }).collect();
    buckets.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.keys.cmp(&b.keys)));
    let more = buckets.len() > limit as usize;
    buckets.truncate(limit as usize);
    Ok(AsOf { as_of, value: EventCounts { total, buckets, more } })
}

/// Appends what the events are that count.
fn happened(query: &mut Query, filter: &ClusterFilter) {
    query.push(" AND c.standing = ").bind(Standing::Happened.as_str().to_owned().to_value());
    narrow_parts(query, filter);
    narrow(query, filter);
    narrow_days(query, CLUSTER_DAYS, filter.from, filter.to);
}

/// The query that counts: a column for each dimension, but two for pairs, then the number.
fn bucket_query(filter: &ClusterFilter, by: &[Dimension]) -> Query {
    let (mut columns, mut joins) = (Vec::new(), String::new());
    for (n, dimension) in by.iter().enumerate() {
        let role = match dimension {
            Dimension::Day | Dimension::Week => {
                columns.push("c.earliest".to_owned());
                continue;
            }
            Dimension::Month | Dimension::Year => {
                let (unit, first) = if *dimension == Dimension::Month { (100, 1) } else { (10_000, 101) };
                // The first day of the month or year, as a number; what is open stays open.
                columns.push(format!(
                    "CASE WHEN c.earliest = {OPEN} THEN c.earliest ELSE c.earliest / {unit} * {unit} + {first} END"
                ));
                continue;
            }
            Dimension::Type => {
                columns.push("c.event_type".to_owned());
                continue;
            }
            Dimension::Mode => {
                columns.push("c.mode".to_owned());
                continue;
            }
            Dimension::CountryPair => {
                for (table, role) in [("a", "actor"), ("b", "recipient")] {
                    columns.push(format!("{table}{n}.entity"));
                    joins.push_str(&format!(
                        " JOIN cluster_participants {table}{n}
                        ON {table}{n}.cluster = c.cluster AND {table}{n}.role = '{role}' AND {}",
                        country(&format!("{table}{n}.entity"))
                    ));
                }
                joins.push_str(&format!(" AND a{n}.entity <> b{n}.entity"));
                continue;
            }
            Dimension::Actor => "actor",
            Dimension::Recipient => "recipient",
            Dimension::Place => "place",
        };
        columns.push(format!("p{n}.entity"));
        joins.push_str(&format!(
            " LEFT JOIN cluster_participants p{n} ON p{n}.cluster = c.cluster AND p{n}.role = '{role}'
            AND p{n}.entity = p{n}.through"
        ));
    }
    let places: Vec<String> = (1..=columns.len()).map(|place| place.to_string()).collect();
    let (columns, places) = (columns.join(", "), places.join(", "));
    // An entity has one direct row a role; more than one can roll up to a country.
    let number = if by.contains(&Dimension::CountryPair) { "COUNT(DISTINCT c.cluster)" } else { "COUNT(*)" };
    let sql = format!("SELECT {columns}, {number} FROM clusters c{joins} WHERE TRUE");
    let mut query = Query::new(sql, Vec::new());
    happened(&mut query, filter);
    query.push(" GROUP BY ").push(&places);
    query
}

/// Whether an entity is a country: its id is a code of ISO 3166, two capital letters.
fn country(entity: &str) -> String {
    format!("LENGTH({entity}) = 2 AND {entity} BETWEEN 'AA' AND 'ZZ'")
}

fn key(dimension: Dimension, row: &mut Row) -> Result<BucketKey, StoreError> {
    Ok(match dimension {
        Dimension::Day | Dimension::Month | Dimension::Year => {
            day(row)?.map_or(BucketKey::None, BucketKey::Day)
        }
        Dimension::Week => day(row)?.map_or(BucketKey::None, |day| BucketKey::Day(monday(day))),
        Dimension::Type => BucketKey::Type(event_type(row)?),
        Dimension::Mode => row.take::<Option<String>>()?.map_or(BucketKey::None, BucketKey::Mode),
        Dimension::Actor | Dimension::Recipient | Dimension::Place => {
            row.take::<Option<EntityId>>()?.map_or(BucketKey::None, BucketKey::Entity)
        }
        Dimension::CountryPair => BucketKey::Pair(row.take()?, row.take()?),
    })
}

/// The first day of the week; the calendar's own first one for the week that it begins in.
fn monday(day: Date) -> Date {
    day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(Date::MIN)
}

/// A day, or none where it is open.
fn day(row: &mut Row) -> Result<Option<Date>, StoreError> {
    match row.take::<i64>()? {
        OPEN => Ok(None),
        number => {
            let bad = || StoreError::Database(format!("{number} is no day"));
            Date::from_value(Value::Int(Some(number))).map(Some).ok_or_else(bad)
        }
    }
}

fn event_type(row: &mut Row) -> Result<EventType, StoreError> {
    row.take::<String>()?.parse().map_err(|error| StoreError::Database(format!("clusters: {error}")))
}

pub(crate) async fn neighbourhood(
    db: &mut dyn Connection,
    entity: &EntityId,
    filter: &NeighbourFilter,
    limit: u32,
) -> Result<AsOf<Vec<Neighbour>>, StoreError> {
    let as_of = log_version(db).await?;
    let rows = db.fetch(neighbour_query(entity, filter, limit)).await?;
    let mut found: BTreeMap<EntityId, Neighbour> = BTreeMap::new();
    for mut row in rows {
        let id: EntityId = row.take()?;
        let neighbour = found.entry(id.clone()).or_insert_with(|| Neighbour {
            entity: id,
            events: 0,
            as_actor: 0,
            as_recipient: 0,
            types: Vec::new(),
            first: None,
            last: None,
        });
        let (kind, events) = (event_type(&mut row)?, row.take::<u64>()?);
        neighbour.types.push((kind, events));
        neighbour.events += events;
        neighbour.as_actor += row.take::<u64>()?;
        neighbour.as_recipient += row.take::<u64>()?;
        let (first, last) = (day(&mut row)?, row.take::<Option<Date>>()?);
        // None is open: any day is narrower.
        neighbour.first = [neighbour.first, first].into_iter().flatten().min();
        neighbour.last = neighbour.last.max(last);
    }
    let mut value: Vec<Neighbour> = found.into_values().collect();
    value.iter_mut().for_each(|neighbour| neighbour.types.sort_by_key(|(kind, _)| kind.as_str()));
    value.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.entity.cmp(&b.entity)));
    Ok(AsOf { as_of, value })
}

/// The query for neighbours: a row for each of the first ones and each type of event.
fn neighbour_query(entity: &EntityId, filter: &NeighbourFilter, limit: u32) -> Query {
    let sql = "WITH own AS MATERIALIZED (
            SELECT DISTINCT c.cluster, c.event_type, c.earliest, c.latest FROM cluster_participants p
            JOIN clusters c ON c.cluster = p.cluster
            WHERE p.role IN ('actor', 'recipient') AND p.entity = ";
    let mut query = Query::new(sql, Vec::new());
    query.bind(entity.to_value()).push(" AND c.standing = ");
    query.bind(Standing::Happened.as_str().to_owned().to_value());
    if !filter.types.is_empty() {
        let types = filter.types.iter().map(|t| t.as_str().to_owned().to_value());
        query.push(" AND c.event_type IN ").bind_set(types);
    }
    narrow_days(&mut query, ["p.earliest", "p.latest"], filter.from, filter.to);
    query.push(
        "), others AS MATERIALIZED (
            SELECT o.cluster, o.event_type, o.earliest, o.latest, n.entity, n.role FROM own o
            JOIN cluster_participants n ON n.cluster = o.cluster AND n.role IN ('actor', 'recipient')
                AND n.entity = n.through
            WHERE NOT EXISTS (SELECT 1 FROM cluster_participants x
                WHERE x.cluster = o.cluster AND x.through = n.entity AND x.entity = ",
    );
    query.bind(entity.to_value()).push(
        ")), first AS (
            SELECT entity, COUNT(DISTINCT cluster) AS events FROM others
            GROUP BY entity ORDER BY events DESC, entity LIMIT ",
    );
    query.bind(limit.to_value()).push(
        ")
        SELECT o.entity, o.event_type, COUNT(DISTINCT o.cluster),
            COUNT(CASE WHEN o.role = 'actor' THEN 1 END), COUNT(CASE WHEN o.role = 'recipient' THEN 1 END),
            MIN(o.earliest), MAX(CASE WHEN o.latest < ",
    );
    query.bind(OPEN.to_value()).push(
        " THEN o.latest END)
        FROM first f JOIN others o ON o.entity = f.entity GROUP BY o.entity, o.event_type",
    );
    query
}
