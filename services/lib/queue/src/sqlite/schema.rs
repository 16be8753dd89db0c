//! The file: its tables, its version, and how connections to it are set up.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::error::queue_error;
use crate::QueueError;

/// Marks the file as a queue of Marsad (`PRAGMA application_id`): "MRSQ".
const APPLICATION_ID: i32 = 0x4D52_5351;

/// How long a statement waits for another process that writes.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The steps from an empty file to the schema of today; step n leads to version n + 1. Never change one, add one.
///
/// A message is ready when it is not parked and `visible_at` has come. A lease moves `visible_at` to its own end, so a
/// lease that runs out makes the message ready without anybody having to do anything. `lease` is the token of the
/// claim that holds it; `attempts` counts deliveries, `unsettled` those in a row that nobody settled. Bodies lie in a
/// table of their own so that claims and settles rewrite small rows only. `usage` is kept by triggers: the bytes of
/// each lane that are not parked.
const MIGRATIONS: &[&str] = &["
CREATE TABLE message (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         BLOB NOT NULL,
    key        TEXT NOT NULL,
    stamp      TEXT NOT NULL,
    lane       INTEGER NOT NULL CHECK (lane IN (0, 1)),
    bytes      INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    lease      BLOB,
    attempts   INTEGER NOT NULL DEFAULT 0,
    unsettled  INTEGER NOT NULL DEFAULT 0,
    parked_at  INTEGER,
    reason     TEXT,
    CHECK ((parked_at IS NULL) = (reason IS NULL)),
    CHECK (parked_at IS NULL OR lease IS NULL)
) STRICT;
CREATE INDEX message_ready ON message (lane, visible_at, seq) WHERE parked_at IS NULL;
CREATE INDEX message_parked ON message (parked_at, seq) WHERE parked_at IS NOT NULL;
CREATE INDEX message_parked_id ON message (id) WHERE parked_at IS NOT NULL;
CREATE INDEX message_parked_key ON message (key, stamp) WHERE parked_at IS NOT NULL;

CREATE TABLE body (
    seq     INTEGER PRIMARY KEY REFERENCES message (seq) ON DELETE CASCADE,
    headers TEXT NOT NULL,
    body    BLOB NOT NULL
) STRICT;

CREATE TABLE usage (lane INTEGER PRIMARY KEY, bytes INTEGER NOT NULL CHECK (bytes >= 0)) STRICT;
INSERT INTO usage (lane, bytes) VALUES (0, 0), (1, 0);
CREATE TRIGGER message_added AFTER INSERT ON message WHEN new.parked_at IS NULL BEGIN
    UPDATE usage SET bytes = bytes + new.bytes WHERE lane = new.lane;
END;
CREATE TRIGGER message_removed AFTER DELETE ON message WHEN old.parked_at IS NULL BEGIN
    UPDATE usage SET bytes = bytes - old.bytes WHERE lane = old.lane;
END;
CREATE TRIGGER message_parked_or_replayed AFTER UPDATE OF parked_at ON message
WHEN (old.parked_at IS NULL) <> (new.parked_at IS NULL) BEGIN
    UPDATE usage SET bytes = bytes + iif(new.parked_at IS NULL, new.bytes, -new.bytes) WHERE lane = new.lane;
END;
"];

/// How every connection is set up: WAL with a sync at each commit, foreign keys on.
pub(super) fn connect_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        // A plain fsync on macOS does not reach the disk; other systems ignore this.
        .pragma("fullfsync", "ON")
        .pragma("journal_size_limit", "67108864")
        // What is deleted, parked bodies of deleted articles above all, leaves nothing in freed pages.
        .pragma("secure_delete", "ON")
        .disable_statement_logging()
}

/// Opens the writing connection; creates the file and brings its schema up to date.
pub(super) async fn open_writer(path: &Path) -> Result<SqliteConnection, QueueError> {
    let options = connect_options(path).create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    // The switch to WAL does not wait for the busy timeout when two processes create the file at once.
    let deadline = Instant::now() + BUSY_TIMEOUT;
    let mut connection = loop {
        match options.connect().await.map_err(queue_error) {
            Err(QueueError::Unavailable { .. }) if Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            other => break other?,
        }
    };
    migrate(&mut connection).await?;
    Ok(connection)
}

async fn migrate(connection: &mut SqliteConnection) -> Result<(), QueueError> {
    // One transaction, so that a crash leaves either version whole and two processes take turns.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(queue_error)?;
    let application_id: i32 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut *transaction)
        .await
        .map_err(queue_error)?;
    let version: i64 =
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *transaction).await.map_err(queue_error)?;
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema")
        .fetch_one(&mut *transaction)
        .await
        .map_err(queue_error)?;
    let newest = MIGRATIONS.len();
    let version = match usize::try_from(version) {
        Ok(0) if tables == 0 => 0,
        Ok(version) if application_id == APPLICATION_ID && (1..=newest).contains(&version) => version,
        Ok(version) if application_id == APPLICATION_ID => {
            return Err(QueueError::Corrupt(format!(
                "the file has schema version {version}, this program knows up to {newest}"
            )));
        }
        _ => return Err(QueueError::Corrupt("the file is some other SQLite database".into())),
    };
    for step in &MIGRATIONS[version..] {
        sqlx::raw_sql(*step).execute(&mut *transaction).await.map_err(queue_error)?;
    }
    if version < newest {
        // A pragma takes no bound parameters; both values are numbers of this file.
        let stamp = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {newest}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(stamp)).execute(&mut *transaction).await.map_err(queue_error)?;
    }
    transaction.commit().await.map_err(queue_error)
}
