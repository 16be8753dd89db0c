//! The store in a SQLite file of its own.
//!
//! One connection writes, on a task of its own; others read. The writer takes all changes that wait for it into one
//! transaction, each behind a savepoint, so that they share the cost of making it durable (`synchronous=FULL`): a change
//! that fails is rolled back alone, and every caller is answered after the commit.

use std::ops::DerefMut;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::apply::apply;
use crate::backend::{Backend, migration_error, migrator};
use crate::error::StoreError;
use crate::prepare::Prepared;
use crate::store::{Applied, Fold, lower_case};

const MIGRATIONS: &[(&str, &str)] = &[("articles", include_str!("../migrations/sqlite/0001_articles.sql"))];

/// The most changes in one transaction.
const MAX_GROUP: usize = 64;

/// How a [`SqliteStore`] uses its file.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// Connections that read. Default 4.
    pub readers: u32,
    /// How long to wait for a reading connection, and for another process that holds the file. Default 5 s.
    pub busy_timeout: Duration,
    /// How names are brought into comparison form. Default [`lower_case`].
    pub fold: Fold,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { readers: 4, busy_timeout: Duration::from_secs(5), fold: lower_case }
    }
}

/// The store in a SQLite file. Cheap to clone; clones share the writer and the readers.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    writer: mpsc::Sender<Job>,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
    readers: SqlitePool,
    fold: Fold,
}

/// What the writer is asked to do.
#[derive(Debug)]
enum Job {
    Apply(Prepared, oneshot::Sender<Result<Applied, StoreError>>),
    Migrate(oneshot::Sender<Result<(), StoreError>>),
    Close,
}

impl SqliteStore {
    /// Opens the file at `path`, making it if it does not exist. No other process should write to it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the file cannot be opened or made.
    pub async fn open(path: impl AsRef<Path>, options: SqliteOptions) -> Result<Self, StoreError> {
        let connect = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // What is deleted is overwritten: a deletion removes the text from the file too.
            .pragma("secure_delete", "ON")
            .busy_timeout(options.busy_timeout);
        let connection = SqliteConnection::connect_with(&connect).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(options.readers)
            .acquire_timeout(options.busy_timeout)
            .connect_lazy_with(connect.clone().create_if_missing(false).read_only(true));
        let (writer, jobs) = mpsc::channel(MAX_GROUP);
        let task = tokio::spawn(write_all(connect, connection, jobs));
        Ok(Self { writer, task: Arc::new(Mutex::new(Some(task))), readers, fold: options.fold })
    }

    async fn ask<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Job,
    ) -> Result<T, StoreError> {
        let closed = || StoreError::unavailable("the store is closed");
        let (answer, answered) = oneshot::channel();
        self.writer.send(job(answer)).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}

/// The writer: does jobs until it is told to close, or nobody is left to ask.
async fn write_all(options: SqliteConnectOptions, first: SqliteConnection, mut jobs: mpsc::Receiver<Job>) {
    let mut connection = Some(first);
    let mut waiting = Vec::new();
    let mut open = true;
    while open && jobs.recv_many(&mut waiting, MAX_GROUP).await > 0 {
        let mut group = Vec::new();
        for job in waiting.drain(..) {
            match job {
                Job::Apply(prepared, answer) => group.push((prepared, answer)),
                Job::Migrate(answer) => {
                    let migrated = migrate(&options, &mut connection).await;
                    // Whoever asked may have gone away, here and below.
                    let _ = answer.send(migrated);
                }
                Job::Close => open = false,
            }
        }
        if !group.is_empty() {
            apply_group(&options, &mut connection, group).await;
        }
    }
    if let Some(connection) = connection
        && let Err(error) = connection.close().await
    {
        tracing::warn!(%error, "the store's file was not closed cleanly; SQLite recovers it when it is opened");
    }
}

type Answer = oneshot::Sender<Result<Applied, StoreError>>;

async fn apply_group(
    options: &SqliteConnectOptions,
    connection: &mut Option<SqliteConnection>,
    group: Vec<(Prepared, Answer)>,
) {
    match try_group(options, connection, &group).await {
        Ok(results) => {
            for ((_, answer), result) in group.into_iter().zip(results) {
                let _ = answer.send(result);
            }
        }
        Err(error) => {
            // SQLite may have ended the transaction by itself: go on with a connection that is known to have none.
            *connection = None;
            for (_, answer) in group {
                let _ = answer.send(Err(match &error {
                    StoreError::Unavailable { message, .. } => StoreError::unavailable(message),
                    other => StoreError::Database(other.to_string()),
                }));
            }
        }
    }
}

/// Applies a group in one transaction. An error is one of the whole group; those of single changes are in the list.
async fn try_group(
    options: &SqliteConnectOptions,
    connection: &mut Option<SqliteConnection>,
    group: &[(Prepared, Answer)],
) -> Result<Vec<Result<Applied, StoreError>>, StoreError> {
    let mut transaction = connected(options, connection).await?.begin_with("BEGIN IMMEDIATE").await?;
    let mut results = Vec::with_capacity(group.len());
    for (prepared, _) in group {
        let mut savepoint = transaction.begin().await?;
        let result = apply(savepoint.deref_mut(), prepared).await;
        match result {
            Ok(_) => savepoint.commit().await?,
            Err(_) => savepoint.rollback().await?,
        }
        results.push(result);
    }
    transaction.commit().await?;
    Ok(results)
}

async fn migrate(
    options: &SqliteConnectOptions,
    connection: &mut Option<SqliteConnection>,
) -> Result<(), StoreError> {
    let connection = connected(options, connection).await?;
    migrator(MIGRATIONS).run_direct(None, connection, false).await.map_err(migration_error)
}

/// The writing connection, made again after an error.
async fn connected<'c>(
    options: &SqliteConnectOptions,
    connection: &'c mut Option<SqliteConnection>,
) -> Result<&'c mut SqliteConnection, StoreError> {
    let live = match connection.take() {
        Some(live) => live,
        None => SqliteConnection::connect_with(options).await?,
    };
    Ok(connection.insert(live))
}

#[async_trait]
impl Backend for SqliteStore {
    type Engine = Sqlite;

    fn fold(&self) -> Fold {
        self.fold
    }

    async fn snapshot(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.readers.begin().await?)
    }

    async fn write(&self, prepared: Prepared) -> Result<Applied, StoreError> {
        self.ask(|answer| Job::Apply(prepared, answer)).await
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        self.ask(Job::Migrate).await
    }

    async fn close(&self) {
        // Changes that were asked for before are written first.
        let _ = self.writer.send(Job::Close).await;
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the store's writer ended badly");
        }
        self.readers.close().await;
    }
}
