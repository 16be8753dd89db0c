//! The embedded queue: one SQLite file.
//!
//! * **Durable.** WAL with `synchronous=FULL`: a commit is on disk before anybody hears of it. One task writes; whatever
//!   waits for it at the same time shares one commit ([group commit](https://en.wikipedia.org/wiki/Group_commit)), so
//!   throughput grows with the number of callers and one sync serves them all.
//! * **Leases.** A claim holds its messages for [`SqliteQueueOptions::lease`]; work that takes longer calls
//!   [`Delivery::extend`]. Leases are not prolonged by themselves: a worker that hangs must lose its message. Each
//!   claim has a random token, and a settle must show it, so one that comes late cannot touch the next holder's.
//! * **Many processes** may open the same file: every operation is one transaction under SQLite's own write lock. A
//!   claimer hears at once of what its own process publishes, and polls for the rest.
//! * **After a crash** there is nothing to repair: SQLite rolls back what was not committed when the file is opened,
//!   and what dead workers held becomes ready when its lease ends, or with the first claim after it was opened if no other
//!   process claims (locks on the files `…-claims` and `…-claims-gate` beside the queue's tell).
//! * **Cap.** Each lane may hold [`SqliteQueueOptions::max_lane_bytes`] (bodies, keys and headers, waiting or in
//!   flight; parked ones do not count). Space of settled messages is used again, the file does not shrink.
//! * **Forgotten** is overwritten: freed pages are zeroed, and the write-ahead log is emptied after every forget, as soon
//!   as no reader of another moment needs it.
//! * **A row that cannot be read** (a damaged file) is parked as [`UNREADABLE`](crate::UNREADABLE); the others go on.
//! * **Time** comes from the clock of the options. If it steps back, messages published before are delivered late by
//!   that much.

mod claim_lock;
mod clock;
mod error;
mod operation;
mod schema;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Row, SqlitePool};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use uuid::Uuid;

pub use clock::Clock;

use self::error::queue_error;
use self::operation::{Operation, count, lane_number, message_of};
use self::writer::{Writer, WriterHandle};
use crate::{Delivery, Depth, Lane, Message, Parked, Place, Queue, QueueError};

/// How an embedded queue behaves.
#[derive(Debug, Clone)]
pub struct SqliteQueueOptions {
    /// Most bytes in each lane, over which publishing fails with [`QueueError::Full`]. Default 4 GiB.
    pub max_lane_bytes: u64,
    /// How long a claim holds a message. Default 5 minutes.
    pub lease: Duration,
    /// How many deliveries in a row may end unsettled before the message is parked. Default 6.
    pub delivery_limit: u32,
    /// Deadline of every operation, after which it fails with [`QueueError::Unavailable`]. Default 10 s.
    pub timeout: Duration,
    /// How often a waiting claimer looks for what other processes published. Default 1 s.
    pub poll: Duration,
    /// What tells the time.
    pub clock: Clock,
}

impl Default for SqliteQueueOptions {
    fn default() -> Self {
        Self {
            max_lane_bytes: 4 << 30,
            lease: Duration::from_secs(300),
            delivery_limit: 6,
            timeout: Duration::from_secs(10),
            poll: Duration::from_secs(1),
            clock: Clock::default(),
        }
    }
}

/// The embedded queue; see the [module](self).
pub struct SqliteQueue {
    writer: WriterHandle,
    readers: SqlitePool,
    ready: Arc<Notify>,
    options: SqliteQueueOptions,
    /// The file's name.
    name: String,
    /// What stops the writer, until someone has.
    running: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl SqliteQueue {
    /// Opens the queue in the file at `path`, which is created if it does not exist (its directory is not).
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] if the file cannot be opened or is locked, [`QueueError::Corrupt`] if it is no queue or
    /// one of a newer version.
    pub async fn open(path: impl AsRef<Path>, options: SqliteQueueOptions) -> Result<Self, QueueError> {
        if options.delivery_limit == 0 {
            return Err(QueueError::Invalid("the delivery limit of a queue must be 1 or more".into()));
        }
        let path = path.as_ref();
        let connection = schema::open_writer(path).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(2)
            .min_connections(0)
            .acquire_timeout(options.timeout)
            .connect_lazy_with(schema::connect_options(path).pragma("query_only", "ON"));
        let ready = Arc::new(Notify::new());
        let (stop, stopped) = oneshot::channel();
        let (writer, task) = Writer {
            path: path.to_owned(),
            options: options.clone(),
            connection: Some(connection),
            wal_holds_forgotten: false,
            claim_lock: None,
            ready: Arc::clone(&ready),
        }
        .spawn(stopped);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { writer, readers, ready, options, name, running: Mutex::new(Some((stop, task))) })
    }

    /// How long a claimer that found nothing may sleep: until the next message becomes visible, and never past a poll.
    fn pause(&self, next_visible: Option<i64>) -> Duration {
        let until_next = next_visible.map_or(self.options.poll, |at| {
            Duration::from_millis(u64::try_from(at.saturating_sub(self.options.clock.now())).unwrap_or(0))
        });
        until_next.clamp(Duration::from_millis(1), self.options.poll.max(Duration::from_millis(1)))
    }
}

#[async_trait]
impl Queue for SqliteQueue {
    async fn publish(&self, message: Message) -> Result<(), QueueError> {
        message.validate()?;
        self.writer.run(Operation::Publish(message)).await.map(drop)
    }

    async fn claim(&self, max: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError> {
        if max == 0 {
            let open = self.running.lock().unwrap_or_else(PoisonError::into_inner).is_some();
            return open.then(Vec::new).ok_or_else(|| QueueError::unavailable("it was closed"));
        }
        let started = Instant::now();
        loop {
            // Listen first, then look: a message that comes in between is not missed.
            let mut woken = std::pin::pin!(self.ready.notified());
            woken.as_mut().enable();
            let answer = self.writer.run(Operation::Claim { max }).await?;
            let left = wait.saturating_sub(started.elapsed());
            if !answer.deliveries.is_empty() || left.is_zero() {
                return Ok(answer.deliveries);
            }
            let _ = tokio::time::timeout(left.min(self.pause(answer.next_visible)), woken).await;
        }
    }

    async fn depth(&self) -> Result<Depth, QueueError> {
        let sql = "SELECT
                count(*) FILTER (WHERE parked_at IS NULL AND visible_at <= $1 AND lane = $2) AS live,
                count(*) FILTER (WHERE parked_at IS NULL AND visible_at <= $1 AND lane = $3) AS backfill,
                count(*) FILTER (WHERE parked_at IS NULL AND visible_at > $1 AND lease IS NULL) AS delayed,
                count(*) FILTER (WHERE parked_at IS NULL AND visible_at > $1 AND lease IS NOT NULL) AS in_flight,
                count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked
            FROM message";
        let row = sqlx::query(sql)
            .bind(self.options.clock.now())
            .bind(lane_number(Lane::Live))
            .bind(lane_number(Lane::Backfill))
            .fetch_one(&self.readers)
            .await
            .map_err(queue_error)?;
        let count = |name: &str| row.try_get::<i64, _>(name).map(i64::unsigned_abs).map_err(queue_error);
        Ok(Depth {
            live: count("live")?,
            backfill: count("backfill")?,
            delayed: count("delayed")?,
            in_flight: Some(count("in_flight")?),
            parked: count("parked")?,
        })
    }

    async fn oldest(&self) -> Result<Option<[Option<Duration>; 2]>, QueueError> {
        let now = self.options.clock.now();
        let mut oldest = [None; 2];
        for (lane, oldest) in Lane::ALL.into_iter().zip(&mut oldest) {
            let sql = "SELECT min(visible_at) FROM message WHERE parked_at IS NULL AND lane = $1 AND visible_at <= $2";
            let since: Option<i64> = sqlx::query_scalar(sql)
                .bind(lane_number(lane))
                .bind(now)
                .fetch_one(&self.readers)
                .await
                .map_err(queue_error)?;
            *oldest = since.map(|since| Duration::from_millis(now.abs_diff(since)));
        }
        Ok(Some(oldest))
    }

    fn place(&self) -> Place {
        Place { system: "sqlite", name: self.name.clone(), address: None }
    }

    async fn parked(&self, limit: usize) -> Result<Vec<Parked>, QueueError> {
        let sql = "SELECT id, key, stamp, lane, headers, body, reason, attempts, parked_at
            FROM message JOIN body USING (seq) WHERE parked_at IS NOT NULL ORDER BY parked_at, seq LIMIT $1";
        let rows = sqlx::query(sql)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await
            .map_err(queue_error)?;
        let parked = |row| {
            Ok(Parked {
                message: message_of(row)?.0,
                reason: row.try_get("reason")?,
                attempts: count(row.try_get("attempts")?),
                parked_at: row.try_get("parked_at")?,
            })
        };
        rows.iter().map(parked).collect::<Result<_, _>>().map_err(queue_error)
    }

    async fn replay(&self, ids: &[Uuid]) -> Result<Vec<Uuid>, QueueError> {
        Ok(self.writer.run(Operation::Replay(ids.to_vec())).await?.replayed)
    }

    async fn forget(&self, key: &str, before: &str) -> Result<u64, QueueError> {
        let (key, before) = (key.to_owned(), before.to_owned());
        Ok(self.writer.run(Operation::Forget { key, before }).await?.changed)
    }

    async fn check(&self) -> Result<(), QueueError> {
        // Through the writer, and it takes the write lock: what is ready must be able to accept articles.
        self.writer.run(Operation::Check).await.map(drop)
    }

    async fn close(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((stop, task)) = running {
            self.readers.close().await;
            let _ = stop.send(());
            if let Err(error) = task.await {
                tracing::error!(%error, "the queue's writer ended badly");
            }
        }
    }
}
