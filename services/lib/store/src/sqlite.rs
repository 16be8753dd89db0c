//! The store in a SQLite file of its own.
//!
//! One connection writes, on a task of its own; others read. The writer takes all work that waits for it into one
//! transaction, each piece behind a savepoint, so that they share the cost of making it durable (`synchronous=FULL`): what
//! fails is rolled back alone, and every caller is answered after the commit.
//!
//! A deletion also removes the text from the write-ahead log, which keeps what was written until it is started anew: at once
//! where no reader needs it, else soon after.

use std::ops::DerefMut;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, Sqlite, SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::apply::lease::LeaseWatch;
use crate::backend::{Backend, migration_error, migrator};
use crate::error::StoreError;
use crate::feed::Feed;
use crate::sql::{Connection as _, Query};
use crate::store::{Fold, lower_case};
use crate::work::Work;

const MIGRATIONS: &[(&str, &str)] = &[
    ("articles", include_str!("../migrations/sqlite/0001_articles.sql")),
    ("sources", include_str!("../migrations/sqlite/0002_sources.sql")),
    ("links", include_str!("../migrations/sqlite/0003_links.sql")),
    ("search", include_str!("../migrations/sqlite/0004_search.sql")),
    ("teaching", include_str!("../migrations/sqlite/0005_teaching.sql")),
    ("order", include_str!("../migrations/sqlite/0006_order.sql")),
];

/// The most changes in one transaction.
const MAX_GROUP: usize = 64;

/// How many statements a connection keeps prepared: all that changes need.
const STATEMENTS: usize = 256;

/// How long readers are waited for when the write-ahead log is emptied, and the pause before this is tried again.
const SWEEP_WAIT: Duration = Duration::from_millis(100);
const SWEEP_PAUSE: Duration = Duration::from_secs(1);

/// How a [`SqliteStore`] uses its file.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// Connections that read. Default 4.
    pub readers: u32,
    /// How long to wait for a reading connection, and for another process that holds the file. Default 5 s.
    pub busy_timeout: Duration,
    /// How long one call may take in all. Default 30 s.
    pub deadline: Duration,
    /// How names are brought into comparison form. Default [`lower_case`].
    pub fold: Fold,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            readers: 4,
            busy_timeout: Duration::from_secs(5),
            deadline: Duration::from_secs(30),
            fold: lower_case,
        }
    }
}

/// The store in a SQLite file. Cheap to clone; clones share the writer and the readers.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    writer: mpsc::Sender<Job>,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
    readers: SqlitePool,
    deadline: Duration,
    fold: Fold,
    feed: Feed,
    lease_watch: LeaseWatch,
}

/// What the writer is asked to do.
enum Job {
    Write(Box<dyn Task>),
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
            .busy_timeout(options.busy_timeout)
            .statement_cache_capacity(STATEMENTS);
        let connection = connect_patiently(&connect, options.busy_timeout).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(options.readers)
            .acquire_timeout(options.busy_timeout)
            // A file is always there.
            .test_before_acquire(false)
            .connect_lazy_with(connect.clone().create_if_missing(false).read_only(true));
        let (writer, jobs) = mpsc::channel(MAX_GROUP);
        let busy_timeout = options.busy_timeout;
        let writing = Writer { connect, busy_timeout, connection: Some(connection), unswept: false };
        let task = Arc::new(Mutex::new(Some(tokio::spawn(writing.run(jobs)))));
        let (feed, lease_watch) = (Feed::default(), LeaseWatch::default());
        Ok(Self { writer, task, readers, deadline: options.deadline, fold: options.fold, feed, lease_watch })
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

/// Connects, again and again for `patience` while another process holds the file: SQLite does not wait by itself where a new
/// file is switched to a write-ahead log.
async fn connect_patiently(
    options: &SqliteConnectOptions,
    patience: Duration,
) -> Result<SqliteConnection, StoreError> {
    // The low byte of an extended result code is the kind.
    let is_busy = |code: &str| code.parse::<u32>().is_ok_and(|code| code & 0xff == 5);
    let started = Instant::now();
    loop {
        match SqliteConnection::connect_with(options).await {
            Err(sqlx::Error::Database(error))
                if error.code().as_deref().is_some_and(is_busy) && started.elapsed() < patience =>
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            connected => return Ok(connected?),
        }
    }
}

/// A piece of work that waits for the writer.
#[async_trait]
trait Task: Send {
    /// Whether nobody waits for it any more.
    fn is_given_up(&self) -> bool;
    /// Does it and keeps what came of it; whether it went well.
    async fn run(&mut self, db: &mut dyn crate::sql::Connection) -> bool;
    /// Whether it removed what shall not be found in any file any more.
    fn removed_text(&self) -> bool;
    /// Tells what came of it, or why its whole group failed.
    fn answer(self: Box<Self>, failed: Option<StoreError>);
}

/// Work, who asked for it, and what came of it.
struct Asked<W: Work> {
    work: W,
    answer: oneshot::Sender<Result<W::Answer, StoreError>>,
    result: Option<Result<W::Answer, StoreError>>,
}

#[async_trait]
impl<W: Work> Task for Asked<W> {
    fn is_given_up(&self) -> bool {
        self.answer.is_closed()
    }

    async fn run(&mut self, db: &mut dyn crate::sql::Connection) -> bool {
        let result = self.work.run(db).await;
        let well = result.is_ok();
        self.result = Some(result);
        well
    }

    fn removed_text(&self) -> bool {
        matches!(&self.result, Some(Ok(answer)) if self.work.removed_text(answer))
    }

    fn answer(self: Box<Self>, failed: Option<StoreError>) {
        let Self { answer, result, .. } = *self;
        let not_run = || Err(StoreError::Database("it was not run".into()));
        // Whoever asked may have gone away.
        let _ = answer.send(failed.map_or_else(|| result.unwrap_or_else(not_run), Err));
    }
}

/// The writer.
struct Writer {
    connect: SqliteConnectOptions,
    busy_timeout: Duration,
    /// None after an error.
    connection: Option<SqliteConnection>,
    /// Whether the write-ahead log may hold text that was deleted.
    unswept: bool,
}

impl Writer {
    /// Does jobs until it is told to close, or nobody is left to ask.
    async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut waiting = Vec::new();
        let mut open = true;
        while open {
            let pause = if self.unswept { SWEEP_PAUSE } else { Duration::MAX };
            match tokio::time::timeout(pause, jobs.recv_many(&mut waiting, MAX_GROUP)).await {
                Ok(0) => break,
                Ok(_) => {}
                Err(_) => {
                    self.sweep().await;
                    continue;
                }
            }
            let mut group = Vec::new();
            for job in waiting.drain(..) {
                match job {
                    // Whoever asked may have given up, and will ask again: others wait.
                    Job::Write(task) if task.is_given_up() => {}
                    Job::Write(task) => group.push(task),
                    Job::Migrate(answer) => {
                        let migrated = self.migrate().await;
                        // Whoever asked may have gone away.
                        let _ = answer.send(migrated);
                    }
                    Job::Close => open = false,
                }
            }
            if !group.is_empty() {
                self.write_group(group).await;
            }
        }
        if let Some(connection) = self.connection
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the store's file was not closed cleanly; SQLite recovers it when it is opened");
        }
    }

    async fn write_group(&mut self, mut group: Vec<Box<dyn Task>>) {
        let failed = self.try_group(&mut group).await.err();
        if failed.is_some() {
            // SQLite may have ended the transaction by itself: go on with a connection that is known to have none.
            self.connection = None;
        } else if self.unswept || group.iter().any(|task| task.removed_text()) {
            self.sweep().await;
        }
        for task in group {
            task.answer(failed.as_ref().map(|error| match error {
                StoreError::Unavailable { message, .. } => StoreError::unavailable(message),
                other => StoreError::Database(other.to_string()),
            }));
        }
    }

    /// Does a group in one transaction. An error is one of the whole group; those of single tasks they keep.
    async fn try_group(&mut self, group: &mut [Box<dyn Task>]) -> Result<(), StoreError> {
        let mut transaction = self.connected().await?.begin_with("BEGIN IMMEDIATE").await?;
        for task in group {
            let mut savepoint = transaction.begin().await?;
            if task.run(savepoint.deref_mut()).await {
                savepoint.commit().await?;
            } else {
                savepoint.rollback().await?;
            }
        }
        Ok(transaction.commit().await?)
    }

    /// Empties the write-ahead log, unless readers still need it.
    async fn sweep(&mut self) {
        let emptied = self.try_sweep().await;
        self.unswept = !matches!(emptied, Ok(true));
        if let Err(error) = emptied {
            self.connection = None;
            tracing::warn!(%error, "deleted text stays in the write-ahead log for now");
        }
    }

    async fn try_sweep(&mut self) -> Result<bool, StoreError> {
        let (short, usual) = (SWEEP_WAIT.as_millis(), self.busy_timeout.as_millis());
        let connection = self.connected().await?;
        connection.execute(Query::new(format!("PRAGMA busy_timeout = {short}"), Vec::new())).await?;
        let answer = connection.fetch(Query::new("PRAGMA wal_checkpoint(TRUNCATE)", Vec::new())).await?;
        connection.execute(Query::new(format!("PRAGMA busy_timeout = {usual}"), Vec::new())).await?;
        let busy: Option<bool> = answer.into_iter().next().map(|mut row| row.take()).transpose()?;
        Ok(busy == Some(false))
    }

    /// Brings the schema up to date in one transaction, which holds the file from before it looks what there is: two programs
    /// that start at once migrate one after the other.
    async fn migrate(&mut self) -> Result<(), StoreError> {
        let migrated = self.try_migrate().await;
        if migrated.is_err() {
            self.connection = None;
        }
        migrated
    }

    async fn try_migrate(&mut self) -> Result<(), StoreError> {
        let mut transaction = self.connected().await?.begin_with("BEGIN IMMEDIATE").await?;
        let migrated = migrator(MIGRATIONS).run_direct(None, transaction.deref_mut(), false).await;
        migrated.map_err(migration_error)?;
        Ok(transaction.commit().await?)
    }

    /// The connection, made again after an error.
    async fn connected(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        let live = match self.connection.take() {
            Some(live) => live,
            None => connect_patiently(&self.connect, self.busy_timeout).await?,
        };
        Ok(self.connection.insert(live))
    }
}

#[async_trait]
impl Backend for SqliteStore {
    type Engine = Sqlite;

    const SNAPSHOT: &'static str = "BEGIN";

    fn fold(&self) -> Fold {
        self.fold
    }

    fn deadline(&self) -> Duration {
        self.deadline
    }

    fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    fn feed(&self) -> &Feed {
        &self.feed
    }

    fn lease_watch(&self) -> &LeaseWatch {
        &self.lease_watch
    }

    async fn write<W: Work>(&self, work: W) -> Result<W::Answer, StoreError> {
        self.ask(|answer| Job::Write(Box::new(Asked { work, answer, result: None }))).await
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

    #[cfg(feature = "contract")]
    async fn reopen(&self) -> Result<Self, StoreError> {
        let options = SqliteOptions { deadline: self.deadline, fold: self.fold, ..SqliteOptions::default() };
        Self::open(self.readers.connect_options().get_filename(), options).await
    }
}
