//! The one task that writes: it takes what is waiting, does it in one transaction, and answers after the commit.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{Notify, mpsc, oneshot};
use uuid::Uuid;

use super::SqliteQueueOptions;
use super::claim_lock::ClaimLock;
use super::error::queue_error;
use super::operation::{self, Lease, Operation, Outcome};
use super::schema;
use crate::{Delivery, QueueError, Receipt};

/// Most operations in one transaction; more only delays the first of them.
const BATCH_OPERATIONS: usize = 512;

/// A transaction takes no more operations once it holds this many bytes of bodies, so that the WAL stays small.
const BATCH_BYTES: usize = 16 << 20;

/// How soon the write-ahead log is tried again that could not be emptied.
const WAL_RETRY: Duration = Duration::from_secs(1);

/// What a caller gets back, with the claimed rows made into deliveries.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) changed: u64,
    pub(super) deliveries: Vec<Delivery>,
    pub(super) next_visible: Option<i64>,
    pub(super) replayed: Vec<Uuid>,
}

pub(super) struct Job {
    operation: Operation,
    /// `None` for a release: nobody waits for it.
    reply: Option<oneshot::Sender<Result<Answer, QueueError>>>,
}

/// The way to the writer, for the queue and for every delivery.
#[derive(Clone)]
pub(super) struct WriterHandle {
    jobs: mpsc::Sender<Job>,
    timeout: Duration,
}

impl WriterHandle {
    /// Hands an operation over and waits for its commit, within the deadline.
    pub(super) async fn run(&self, operation: Operation) -> Result<Answer, QueueError> {
        let (reply, answer) = oneshot::channel();
        let closed = || QueueError::unavailable("it was closed");
        let exchange = async {
            self.jobs.send(Job { operation, reply: Some(reply) }).await.map_err(|_| closed())?;
            answer.await.map_err(|_| closed())?
        };
        match tokio::time::timeout(self.timeout, exchange).await {
            Ok(result) => result,
            Err(_) => Err(QueueError::unavailable(format!("no commit within {:?}", self.timeout))),
        }
    }

    /// Gives a lease back without waiting. If that fails the lease simply runs out.
    fn release(&self, lease: Lease) {
        let job = Job { operation: Operation::Release(lease), reply: None };
        if self.jobs.try_send(job).is_err() {
            tracing::debug!(seq = lease.seq, "a dropped delivery returns when its lease ends");
        }
    }
}

pub(super) struct Writer {
    pub(super) path: PathBuf,
    pub(super) options: SqliteQueueOptions,
    /// `None` after a failure that may have broken it; the next batch opens another.
    pub(super) connection: Option<SqliteConnection>,
    /// Whether the write-ahead log may still hold what was forgotten.
    pub(super) wal_holds_forgotten: bool,
    /// Held from the first claim on.
    pub(super) claim_lock: Option<ClaimLock>,
    pub(super) ready: Arc<Notify>,
}

impl Writer {
    /// Starts the task. It ends when `stop` fires, after what was handed in before, or when every handle is gone.
    pub(super) fn spawn(self, stop: oneshot::Receiver<()>) -> (WriterHandle, tokio::task::JoinHandle<()>) {
        let (jobs, waiting) = mpsc::channel(2 * BATCH_OPERATIONS);
        let handle = WriterHandle { jobs: jobs.clone(), timeout: self.options.timeout };
        let task = tokio::spawn(self.serve(waiting, jobs.downgrade(), stop));
        (handle, task)
    }

    async fn serve(
        mut self,
        mut waiting: mpsc::Receiver<Job>,
        jobs: mpsc::WeakSender<Job>,
        mut stop: oneshot::Receiver<()>,
    ) {
        let mut stopping = false;
        loop {
            let first = tokio::select! {
                biased;
                told = &mut stop, if !stopping => {
                    stopping = true;
                    // If the queue was dropped and not closed, deliveries that are held can still be settled.
                    if told.is_ok() {
                        waiting.close();
                    }
                    continue;
                }
                job = waiting.recv() => job,
                () = tokio::time::sleep(WAL_RETRY), if self.wal_holds_forgotten => {
                    self.empty_wal().await;
                    continue;
                }
            };
            let Some(first) = first else { break };
            let batch = fill_batch(first, &mut waiting);
            self.commit(batch, &jobs).await;
        }
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the queue's file did not close cleanly; it recovers when opened");
        }
    }

    /// Does the batch in one transaction and answers everybody.
    async fn commit(&mut self, batch: Vec<Job>, jobs: &mpsc::WeakSender<Job>) {
        match self.transact(&batch).await {
            Ok(results) => {
                if results.iter().any(|result| result.as_ref().is_ok_and(|outcome| outcome.wakes)) {
                    self.ready.notify_waiters();
                }
                let handle = jobs.upgrade().map(|jobs| WriterHandle { jobs, timeout: self.options.timeout });
                for (job, result) in batch.into_iter().zip(results) {
                    let answer = result.map(|outcome| answer(outcome, handle.as_ref()));
                    if let Some(reply) = job.reply {
                        // A caller that left drops its deliveries with the answer, which releases them.
                        let _ = reply.send(answer);
                    }
                }
            }
            Err(error) => {
                for reply in batch.into_iter().filter_map(|job| job.reply) {
                    let _ = reply.send(Err(error.clone()));
                }
            }
        }
    }

    async fn transact(&mut self, batch: &[Job]) -> Result<Vec<Result<Outcome, QueueError>>, QueueError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => schema::open_writer(&self.path).await?,
        };
        if self.claim_lock.is_none()
            && batch.iter().any(|job| matches!(job.operation, Operation::Claim { .. }))
        {
            self.claim_lock = ClaimLock::take(&self.path).await;
        }
        let alone = self.claim_lock.as_ref().is_some_and(|lock| lock.alone);
        let result = transact_on(&mut connection, batch, &self.options, alone).await.map_err(queue_error);
        // After any failure start from a fresh connection rather than reason about the state of the old one.
        match &result {
            Ok(_) => {
                self.connection = Some(connection);
                if batch.iter().any(|job| matches!(job.operation, Operation::Forget { .. })) {
                    self.wal_holds_forgotten = true;
                    self.empty_wal().await;
                }
                self.claim_lock.iter_mut().for_each(ClaimLock::share);
            }
            Err(_) => {
                self.claim_lock = self.claim_lock.take().filter(|lock| !lock.alone);
                let _ = connection.close().await;
            }
        }
        result
    }
}

impl Writer {
    /// Moves the write-ahead log into the file and cuts it to nothing. A reader may be in the way: then later again.
    async fn empty_wal(&mut self) {
        let Some(connection) = self.connection.as_mut() else { return };
        match empty_wal(connection).await {
            Ok(emptied) => self.wal_holds_forgotten = !emptied,
            Err(error) => tracing::warn!(%error, "the queue's write-ahead log could not be emptied yet"),
        }
    }
}

async fn empty_wal(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // Others wait for the writer: it does not wait for readers.
    sqlx::query("PRAGMA busy_timeout = 0").execute(&mut *connection).await?;
    let busy: Result<i64, _> =
        sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await;
    let restore = format!("PRAGMA busy_timeout = {}", schema::BUSY_TIMEOUT.as_millis());
    // A pragma takes no bound parameters; the value is a constant.
    sqlx::query(sqlx::AssertSqlSafe(restore)).execute(connection).await?;
    busy.map(|busy| busy == 0)
}

/// Takes what else is waiting, without waiting for it.
fn fill_batch(first: Job, waiting: &mut mpsc::Receiver<Job>) -> Vec<Job> {
    let body_bytes = |job: &Job| match &job.operation {
        Operation::Publish(message) => message.body.len(),
        _ => 0,
    };
    let mut bytes = body_bytes(&first);
    let mut batch = vec![first];
    while batch.len() < BATCH_OPERATIONS && bytes < BATCH_BYTES {
        let Ok(job) = waiting.try_recv() else { break };
        bytes += body_bytes(&job);
        batch.push(job);
    }
    batch
}

async fn transact_on(
    connection: &mut SqliteConnection,
    batch: &[Job],
    options: &SqliteQueueOptions,
    end_leases: bool,
) -> Result<Vec<Result<Outcome, QueueError>>, sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    if end_leases {
        operation::end_leases(&mut transaction, options).await?;
    }
    let mut results = Vec::with_capacity(batch.len());
    for job in batch {
        let abandoned = job.reply.as_ref().is_some_and(oneshot::Sender::is_closed);
        results.push(match &job.operation {
            // Whoever asked has already been told that it failed, or is gone: do not do it behind their back.
            Operation::Publish(_) | Operation::Claim { .. } if abandoned => Ok(Outcome::default()),
            operation => operation::run(&mut transaction, operation, options).await?,
        });
    }
    transaction.commit().await?;
    Ok(results)
}

fn answer(outcome: Outcome, handle: Option<&WriterHandle>) -> Answer {
    let deliver = |handle: &WriterHandle| {
        let into_delivery = |row: operation::Claimed| {
            let receipt = LeaseReceipt { writer: handle.clone(), lease: row.lease, settled: false };
            Delivery::new(row.message, row.attempt, Box::new(receipt))
        };
        outcome.claimed.into_iter().map(into_delivery).collect()
    };
    Answer {
        changed: outcome.changed,
        next_visible: outcome.next_visible,
        replayed: outcome.replayed,
        deliveries: handle.map(deliver).unwrap_or_default(),
    }
}

/// Settles one row by its lease.
struct LeaseReceipt {
    writer: WriterHandle,
    lease: Lease,
    settled: bool,
}

impl LeaseReceipt {
    async fn settle(&mut self, operation: Operation) -> Result<(), QueueError> {
        let result = self.writer.run(operation).await.map(drop);
        self.settled = matches!(result, Ok(()) | Err(QueueError::LeaseLost));
        result
    }
}

#[async_trait]
impl Receipt for LeaseReceipt {
    async fn ack(mut self: Box<Self>) -> Result<(), QueueError> {
        let operation = Operation::Ack(self.lease);
        self.settle(operation).await
    }

    async fn retry(mut self: Box<Self>, after: Duration) -> Result<(), QueueError> {
        let operation = Operation::Retry(self.lease, after);
        self.settle(operation).await
    }

    async fn park(mut self: Box<Self>, reason: &str) -> Result<(), QueueError> {
        let operation = Operation::Park(self.lease, reason.to_owned());
        self.settle(operation).await
    }

    async fn extend(&self) -> Result<(), QueueError> {
        self.writer.run(Operation::Extend(self.lease)).await.map(drop)
    }
}

impl Drop for LeaseReceipt {
    fn drop(&mut self) {
        if !self.settled {
            self.writer.release(self.lease);
        }
    }
}
