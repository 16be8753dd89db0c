//! The change log. It names what changed; what that is now is read from where it is stored, so that the log keeps nothing of an
//! article that was deleted.

use std::collections::HashMap;

use uuid::Uuid;

use super::graph::{bodies, successors};
use super::linking::only;
use crate::encode::decode_record;
use crate::error::StoreError;
use crate::graph::{ChangeItem, Changes, Record};
use crate::link::{RecordId, RecordKind};
use crate::sql::{Connection, Query, Row, values};

/// A part of the log, not decoded yet.
pub(crate) struct Found {
    oldest: u64,
    newest: u64,
    items: Vec<(u64, RecordKind, Uuid)>,
    bodies: HashMap<(RecordKind, Uuid), Vec<u8>>,
    successors: HashMap<(RecordKind, Uuid), Uuid>,
}

pub(crate) async fn changes(db: &mut dyn Connection, after: u64, limit: u32) -> Result<Found, StoreError> {
    let sql = "SELECT log_floor, log_version FROM graph_state";
    let mut state = only(db.fetch(Query::new(sql, Vec::new())).await?)?;
    let (oldest, newest): (u64, u64) = (state.take()?, state.take()?);
    if after < oldest {
        return Err(StoreError::LogTrimmed { oldest, newest });
    }
    if after > newest {
        let description = format!("the log has no version {after} yet; its last one is {newest}");
        return Err(StoreError::invalid("after", description));
    }
    let items = versions(db, after, limit).await?;
    let (mut found_bodies, mut found_successors) = (HashMap::new(), HashMap::new());
    for kind in RecordKind::ALL {
        let mut ids: Vec<Uuid> = items.iter().filter(|(_, of, _)| *of == kind).map(|(.., id)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        let bodies = bodies(db, kind, &ids).await?;
        ids.retain(|id| !bodies.contains_key(id));
        found_bodies.extend(bodies.into_iter().map(|(id, body)| ((kind, id), body)));
        let successors = successors(db, kind, &ids).await?;
        found_successors.extend(successors.into_iter().map(|(old, new)| ((kind, old), new)));
    }
    Ok(Found { oldest, newest, items, bodies: found_bodies, successors: found_successors })
}

/// Whole versions, with at most so many records, or the first one.
async fn versions(
    db: &mut dyn Connection,
    after: u64,
    limit: u32,
) -> Result<Vec<(u64, RecordKind, Uuid)>, StoreError> {
    let sql =
        "SELECT version, kind, id FROM change_log WHERE version > $1 ORDER BY version, ordinal LIMIT $2";
    let limit = limit.max(1);
    let mut items = read(db.fetch(Query::new(sql, values![after, u64::from(limit) + 1])).await?)?;
    if items.len() > limit as usize
        && let (Some((first, ..)), Some((last, ..))) = (items.first().copied(), items.last().copied())
    {
        if first == last {
            let sql = "SELECT version, kind, id FROM change_log WHERE version = $1 ORDER BY ordinal";
            items = read(db.fetch(Query::new(sql, values![first])).await?)?;
        } else {
            items.retain(|(version, ..)| *version < last);
        }
    }
    Ok(items)
}

fn read(rows: Vec<Row>) -> Result<Vec<(u64, RecordKind, Uuid)>, StoreError> {
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?, row.take()?))).collect()
}

/// Decodes a part of the log.
pub(crate) fn decode(found: Found) -> Result<Changes, StoreError> {
    let Found { oldest, newest, items, bodies, successors } = found;
    let items = items.into_iter().map(|(version, kind, number)| {
        let id = RecordId::new(kind, number);
        let record = bodies.get(&(kind, number)).map(|body| {
            Ok::<_, StoreError>(match kind {
                RecordKind::Article => Record::Article(decode_record(id, body)?),
                RecordKind::Story => Record::Story(decode_record(id, body)?),
                RecordKind::Cluster => Record::Cluster(decode_record(id, body)?),
                RecordKind::Conflict => Record::Conflict(decode_record(id, body)?),
            })
        });
        let superseded_by = successors.get(&(kind, number)).map(|new| RecordId::new(kind, *new));
        Ok(ChangeItem { version, id, record: record.transpose()?, superseded_by })
    });
    Ok(Changes { oldest, newest, items: items.collect::<Result<_, StoreError>>()? })
}
