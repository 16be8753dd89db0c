//! What the writer can be asked to do, and the SQL for each, inside the writer's transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::string::FromUtf8Error;
use std::time::Duration;

use bytes::Bytes;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use super::SqliteQueueOptions;
use crate::{DELIVERY_LIMIT, Lane, Message, QueueError, UNREADABLE};

/// The token of one claim: whoever shows it for a row holds that row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lease {
    pub(super) seq: i64,
    pub(super) token: Uuid,
}

#[derive(Debug)]
pub(super) enum Operation {
    Publish(Message),
    Claim {
        max: usize,
    },
    Ack(Lease),
    Retry(Lease, Duration),
    Park(Lease, String),
    Extend(Lease),
    Release(Lease),
    Replay(Vec<Uuid>),
    Forget {
        key: String,
        before: String,
    },
    /// Does nothing but take the write lock.
    Check,
}

/// A row that a claim took.
pub(super) struct Claimed {
    pub(super) lease: Lease,
    pub(super) attempt: u32,
    pub(super) message: Message,
}

/// What became of an operation.
#[derive(Default)]
pub(super) struct Outcome {
    /// Rows changed by anything but a claim.
    pub(super) changed: u64,
    pub(super) claimed: Vec<Claimed>,
    /// For a claim that took nothing: when the next row becomes visible, if no one acts before.
    pub(super) next_visible: Option<i64>,
    /// For a replay: what it moved.
    pub(super) replayed: Vec<Uuid>,
    /// Whether something may have become ready.
    pub(super) wakes: bool,
}

/// Runs one operation. The outer error is of SQLite and undoes the whole batch; the inner one is the caller's alone.
pub(super) async fn run(
    connection: &mut SqliteConnection,
    operation: &Operation,
    options: &SqliteQueueOptions,
) -> Result<Result<Outcome, QueueError>, sqlx::Error> {
    let now = options.clock.now();
    let settled = |changed: u64, wakes: bool| match changed {
        0 => Err(QueueError::LeaseLost),
        _ => Ok(Outcome { changed, wakes, ..Outcome::default() }),
    };
    Ok(match operation {
        Operation::Publish(message) => publish(connection, message, options).await?,
        Operation::Claim { max } => claim(connection, *max, options).await?,
        Operation::Ack(lease) => {
            let sql = "DELETE FROM message WHERE seq = $1 AND lease = $2";
            settled(changed(holding(sql, lease).execute(connection).await?), false)
        }
        Operation::Retry(lease, after) => {
            let sql = "UPDATE message SET lease = NULL, unsettled = 0, visible_at = $3 WHERE seq = $1 AND lease = $2";
            let query = holding(sql, lease).bind(options.clock.after(*after));
            // Claimers wait for the moment they know of: a new one may come before it.
            settled(changed(query.execute(connection).await?), true)
        }
        Operation::Park(lease, reason) => {
            let sql =
                "UPDATE message SET lease = NULL, parked_at = $3, reason = $4 WHERE seq = $1 AND lease = $2";
            settled(changed(holding(sql, lease).bind(now).bind(reason).execute(connection).await?), false)
        }
        Operation::Extend(lease) => {
            let sql = "UPDATE message SET visible_at = $3 WHERE seq = $1 AND lease = $2";
            let query = holding(sql, lease).bind(options.clock.after(options.lease));
            settled(changed(query.execute(connection).await?), false)
        }
        Operation::Release(lease) => {
            let sql = "UPDATE message SET lease = NULL, visible_at = $3,
                    parked_at = iif(unsettled >= $4, $3, NULL), reason = iif(unsettled >= $4, $5, NULL)
                WHERE seq = $1 AND lease = $2";
            let query = holding(sql, lease).bind(now).bind(options.delivery_limit).bind(DELIVERY_LIMIT);
            settled(changed(query.execute(connection).await?), true)
        }
        Operation::Replay(ids) => replay(connection, ids, options).await?,
        Operation::Forget { key, before } => {
            let sql = "DELETE FROM message WHERE key = $1 AND stamp < $2 AND parked_at IS NOT NULL";
            let changed = changed(sqlx::query(sql).bind(key).bind(before).execute(connection).await?);
            Ok(Outcome { changed, ..Outcome::default() })
        }
        Operation::Check => Ok(Outcome::default()),
    })
}

/// Makes ready what was held by processes that are no more.
pub(super) async fn end_leases(
    connection: &mut SqliteConnection,
    options: &SqliteQueueOptions,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE message SET lease = NULL, visible_at = $1 WHERE lease IS NOT NULL AND visible_at > $1";
    sqlx::query(sql).bind(options.clock.now()).execute(connection).await.map(drop)
}

type SqliteQuery<'q> = sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

/// A statement that touches the row of `$1` only if `$2` still holds it.
fn holding<'q>(sql: &'static str, lease: &Lease) -> SqliteQuery<'q> {
    sqlx::query(sql).bind(lease.seq).bind(lease.token.as_bytes().to_vec())
}

fn changed(result: sqlx::sqlite::SqliteQueryResult) -> u64 {
    result.rows_affected()
}

async fn publish(
    connection: &mut SqliteConnection,
    message: &Message,
    options: &SqliteQueueOptions,
) -> Result<Result<Outcome, QueueError>, sqlx::Error> {
    let headers = match serde_json::to_string(&message.headers) {
        Ok(headers) => headers,
        Err(error) => return Ok(Err(QueueError::Internal(error.to_string()))),
    };
    let sql = "INSERT INTO message (id, key, stamp, lane, bytes, visible_at) SELECT $1, $2, $7, $3, $4, $5
        WHERE (SELECT bytes FROM usage WHERE lane = $3) + $4 <= $6";
    let inserted = sqlx::query(sql)
        .bind(message.id.as_bytes().as_slice())
        .bind(&message.key)
        .bind(lane_number(message.lane))
        .bind(signed(message.body.len() + message.header_bytes()))
        .bind(options.clock.now())
        .bind(i64::try_from(options.max_lane_bytes).unwrap_or(i64::MAX))
        .bind(&message.stamp)
        .execute(&mut *connection)
        .await?;
    if inserted.rows_affected() == 0 {
        return Ok(Err(QueueError::full()));
    }
    sqlx::query("INSERT INTO body (seq, headers, body) VALUES ($1, $2, $3)")
        .bind(inserted.last_insert_rowid())
        .bind(headers)
        .bind(message.body.as_ref())
        .execute(connection)
        .await?;
    Ok(Ok(Outcome { changed: 1, wakes: true, ..Outcome::default() }))
}

async fn claim(
    connection: &mut SqliteConnection,
    max: usize,
    options: &SqliteQueueOptions,
) -> Result<Result<Outcome, QueueError>, sqlx::Error> {
    let mut outcome = Outcome::default();
    let now = options.clock.now();
    let until = options.clock.after(options.lease);
    let token = Uuid::new_v4();
    for lane in Lane::ALL {
        while outcome.claimed.len() < max {
            let sql = "SELECT seq, id, key, stamp, lane, attempts, unsettled, headers, body
                FROM message JOIN body USING (seq)
                WHERE parked_at IS NULL AND lane = $1 AND visible_at <= $2 ORDER BY visible_at, seq LIMIT $3";
            let rows = sqlx::query(sql)
                .bind(lane_number(lane))
                .bind(now)
                .bind(signed(max - outcome.claimed.len()))
                .fetch_all(&mut *connection)
                .await?;
            let mut parked_some = false;
            for row in rows {
                let seq: i64 = row.try_get("seq")?;
                let (message, whole) = message_of(&row)?;
                // Its last lease ran out: the holder died with it once too often.
                let exhausted = row.try_get::<i64, _>("unsettled")? >= i64::from(options.delivery_limit);
                if exhausted || !whole {
                    if whole {
                        tracing::warn!(seq, id = %message.id, "a message whose holders died too often is parked");
                    } else {
                        tracing::error!(seq, id = %message.id, "a message that cannot be read is parked");
                    }
                    let sql = "UPDATE message SET lease = NULL, parked_at = $2, reason = $3 WHERE seq = $1";
                    sqlx::query(sql)
                        .bind(seq)
                        .bind(now)
                        .bind(if whole { DELIVERY_LIMIT } else { UNREADABLE })
                        .execute(&mut *connection)
                        .await?;
                    parked_some = true;
                    continue;
                }
                let sql = "UPDATE message SET lease = $2, visible_at = $3, attempts = attempts + 1,
                    unsettled = unsettled + 1 WHERE seq = $1";
                let lease = Lease { seq, token };
                sqlx::query(sql)
                    .bind(seq)
                    .bind(token.as_bytes().as_slice())
                    .bind(until)
                    .execute(&mut *connection)
                    .await?;
                let attempt = count(row.try_get("attempts")?).saturating_add(1);
                outcome.claimed.push(Claimed { lease, attempt, message });
            }
            if !parked_some {
                break;
            }
        }
    }
    if outcome.claimed.is_empty() {
        let sql =
            "SELECT min(visible_at) FROM message WHERE parked_at IS NULL AND lane = $1 AND visible_at > $2";
        for lane in Lane::ALL {
            let next: Option<i64> =
                sqlx::query_scalar(sql).bind(lane_number(lane)).bind(now).fetch_one(&mut *connection).await?;
            outcome.next_visible = [outcome.next_visible, next].into_iter().flatten().min();
        }
    }
    Ok(Ok(outcome))
}

async fn replay(
    connection: &mut SqliteConnection,
    ids: &[Uuid],
    options: &SqliteQueueOptions,
) -> Result<Result<Outcome, QueueError>, sqlx::Error> {
    let (mut replayed, mut failure) = (Vec::new(), None);
    for id in ids.iter().collect::<BTreeSet<_>>() {
        match replay_one(connection, *id, options).await? {
            Ok(true) => replayed.push(*id),
            Ok(false) => {}
            Err(error) => failure = Some(error),
        }
    }
    Ok(match failure {
        Some(error) if replayed.is_empty() => Err(error),
        _ => Ok(Outcome { wakes: !replayed.is_empty(), replayed, ..Outcome::default() }),
    })
}

async fn replay_one(
    connection: &mut SqliteConnection,
    id: Uuid,
    options: &SqliteQueueOptions,
) -> Result<Result<bool, QueueError>, sqlx::Error> {
    let sql = "SELECT seq, bytes + (SELECT usage.bytes FROM usage WHERE usage.lane = message.lane) AS needed
        FROM message WHERE id = $1 AND parked_at IS NOT NULL ORDER BY parked_at, seq LIMIT 1";
    let found = sqlx::query(sql).bind(id.as_bytes().as_slice()).fetch_optional(&mut *connection).await?;
    let Some(row) = found else { return Ok(Ok(false)) };
    let needed: i64 = row.try_get("needed")?;
    if u64::try_from(needed).is_ok_and(|needed| needed > options.max_lane_bytes) {
        return Ok(Err(QueueError::full()));
    }
    let sql =
        "UPDATE message SET parked_at = NULL, reason = NULL, attempts = 0, unsettled = 0, visible_at = $2
        WHERE seq = $1";
    let replayed = sqlx::query(sql)
        .bind(row.try_get::<i64, _>("seq")?)
        .bind(options.clock.now())
        .execute(connection)
        .await?;
    Ok(Ok(changed(replayed) > 0))
}

/// Reads the message out of a row with the columns id, key, stamp, lane, headers and body, as far as it can be read;
/// and whether that is all of it.
pub(super) fn message_of(row: &SqliteRow) -> Result<(Message, bool), sqlx::Error> {
    let id = Uuid::from_slice(row.try_get("id")?).ok();
    let (key, stamp) = (text(row, "key")?, text(row, "stamp")?);
    let headers: Option<BTreeMap<String, String>> = serde_json::from_slice(row.try_get("headers")?).ok();
    let whole = id.is_some() && headers.is_some() && key.is_ok() && stamp.is_ok();
    let lossy = |text: Result<String, FromUtf8Error>| {
        text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    };
    let message = Message {
        id: id.unwrap_or_default(),
        key: lossy(key),
        stamp: lossy(stamp),
        lane: if row.try_get::<i64, _>("lane")? == lane_number(Lane::Live) {
            Lane::Live
        } else {
            Lane::Backfill
        },
        headers: headers.unwrap_or_default(),
        body: Bytes::from(row.try_get::<Vec<u8>, _>("body")?),
    };
    Ok((message, whole))
}

/// A text as it lies in the file, where nothing makes sure that it is UTF-8.
fn text(row: &SqliteRow, column: &str) -> Result<Result<String, FromUtf8Error>, sqlx::Error> {
    Ok(String::from_utf8(row.try_get(column)?))
}

/// A counter as callers see it.
pub(super) fn count(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(if stored < 0 { 0 } else { u32::MAX })
}

/// How a lane is stored; frozen.
pub(super) fn lane_number(lane: Lane) -> i64 {
    match lane {
        Lane::Live => 0,
        Lane::Backfill => 1,
    }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
