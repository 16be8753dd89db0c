//! Deletions and submissions of one article that overtake each other on the queue: no text of a deleted article may
//! stay parked, and nothing newer than the deletion may go.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use marsad_analysis::{Worker, WorkerOptions};
use marsad_extract::knowledge::Overlay;
use marsad_extract::{Document, VERSION};
use marsad_model::{Analysis, ArticleFields, Change, Deletion, Submission};
use marsad_proto::queue::{SCHEMA, SCHEMA_HEADER, encode};
use marsad_queue::{
    Delivery, Depth, Lane, Message, Parked, Queue, QueueError, Receipt, SqliteQueue, SqliteQueueOptions,
};
use marsad_store::{SqliteOptions, SqliteStore, Store};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

fn panics(_: &Document<'_>, _: &Overlay) -> Analysis {
    panic!("not an article that can be analysed");
}

/// The embedded queue, on which an article is deleted just before the first message is parked.
struct Raced {
    queue: Arc<SqliteQueue>,
    store: Arc<SqliteStore>,
    deletion: Option<Deletion>,
}

/// What the worker does with a deletion.
async fn delete(queue: &SqliteQueue, store: &SqliteStore, deletion: &Deletion) -> u64 {
    store.apply(&Change::Delete(*deletion), VERSION, None).await.unwrap();
    queue.forget(&deletion.article.to_string(), &deletion.stamp.sort_key()).await.unwrap()
}

#[async_trait]
impl Queue for Raced {
    async fn publish(&self, message: Message) -> Result<(), QueueError> {
        self.queue.publish(message).await
    }
    async fn claim(&self, max: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError> {
        let race = |delivery: Delivery| {
            let (message, attempt) = (delivery.message.clone(), delivery.attempt);
            let (queue, store) = (Arc::clone(&self.queue), Arc::clone(&self.store));
            let receipt = RacedReceipt { delivery, queue, store, deletion: self.deletion };
            Delivery::new(message, attempt, Box::new(receipt))
        };
        Ok(self.queue.claim(max, wait).await?.into_iter().map(race).collect())
    }
    async fn depth(&self) -> Result<Depth, QueueError> {
        self.queue.depth().await
    }
    async fn parked(&self, limit: usize) -> Result<Vec<Parked>, QueueError> {
        self.queue.parked(limit).await
    }
    async fn replay(&self, ids: &[Uuid]) -> Result<Vec<Uuid>, QueueError> {
        self.queue.replay(ids).await
    }
    async fn forget(&self, key: &str, before: &str) -> Result<u64, QueueError> {
        self.queue.forget(key, before).await
    }
    async fn check(&self) -> Result<(), QueueError> {
        self.queue.check().await
    }
    async fn close(&self) {
        self.queue.close().await;
    }
}

struct RacedReceipt {
    delivery: Delivery,
    queue: Arc<SqliteQueue>,
    store: Arc<SqliteStore>,
    deletion: Option<Deletion>,
}

#[async_trait]
impl Receipt for RacedReceipt {
    async fn ack(self: Box<Self>) -> Result<(), QueueError> {
        self.delivery.ack().await
    }
    async fn retry(self: Box<Self>, after: Duration) -> Result<(), QueueError> {
        self.delivery.retry(after).await
    }
    async fn park(self: Box<Self>, reason: &str) -> Result<(), QueueError> {
        if let Some(deletion) = &self.deletion {
            assert_eq!(delete(&self.queue, &self.store, deletion).await, 0, "parked before it was parked");
        }
        self.delivery.park(reason).await
    }
    async fn extend(&self) -> Result<(), QueueError> {
        self.delivery.extend().await
    }
}

struct Setup {
    _directory: TempDir,
    queue: Arc<SqliteQueue>,
    store: Arc<SqliteStore>,
}

impl Setup {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let queue = SqliteQueue::open(directory.path().join("queue.db"), SqliteQueueOptions::default());
        let queue = Arc::new(queue.await.unwrap());
        let store = SqliteStore::open(directory.path().join("store.db"), SqliteOptions::default());
        let store = Arc::new(store.await.unwrap());
        store.migrate().await.unwrap();
        Self { _directory: directory, queue, store }
    }

    async fn publish(&self, change: &Change) {
        let message = Message::new(change.article().to_string(), Lane::Live, encode(change))
            .with_stamp(change.stamp().sort_key())
            .with_header(SCHEMA_HEADER, SCHEMA);
        self.queue.publish(message).await.unwrap();
    }

    /// Works until nothing waits and nothing is held; `deletion` is applied before each parking.
    async fn work(&self, deletion: Option<Deletion>) {
        let stop = CancellationToken::new();
        let raced = Raced { queue: self.queue.clone(), store: self.store.clone(), deletion };
        let options = WorkerOptions { claim_wait: Duration::from_millis(50), ..WorkerOptions::default() };
        let worker = Worker::new(Arc::new(raced), self.store.clone(), panics, options);
        let running = tokio::spawn(worker.run(stop.clone()));
        let settled = async {
            loop {
                let depth = self.queue.depth().await.unwrap();
                if depth.live + depth.delayed + depth.in_flight.unwrap_or_default() == 0 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), settled).await.expect("the queue did not empty");
        stop.cancel();
        running.await.unwrap();
    }

    async fn parked(&self) -> usize {
        self.queue.parked(10).await.unwrap().len()
    }
}

fn submission(second: i64) -> Change {
    let fields = ArticleFields {
        text: format!("نص {second}"),
        url: Some("https://news.example/1".into()),
        ..ArticleFields::default()
    };
    Change::Submit(Submission::new(fields, None, Timestamp::from_second(second).unwrap()))
}

fn deletion(second: i64) -> Deletion {
    Deletion::new(submission(0).article(), None, Timestamp::from_second(second).unwrap())
}

#[tokio::test]
async fn a_newer_submission_that_was_parked_unread_outlives_a_deletion() {
    let setup = Setup::new().await;
    for second in [1, 3] {
        // As the delivery limit does: the store has never heard of it.
        setup.publish(&submission(second)).await;
        let delivery = setup.queue.claim(1, Duration::from_secs(5)).await.unwrap().remove(0);
        delivery.park("delivery limit").await.unwrap();
    }
    setup.publish(&Change::Delete(deletion(2))).await;
    setup.work(None).await;
    let parked = setup.queue.parked(10).await.unwrap();
    let stamps: Vec<&str> = parked.iter().map(|entry| entry.message.stamp.as_str()).collect();
    assert_eq!(stamps, [submission(3).stamp().sort_key()]);
}

#[tokio::test]
async fn an_older_submission_parked_unread_goes_although_a_newer_one_is_stored() {
    let setup = Setup::new().await;
    setup.publish(&submission(1)).await;
    let delivery = setup.queue.claim(1, Duration::from_secs(5)).await.unwrap().remove(0);
    delivery.park("delivery limit").await.unwrap();
    setup.store.apply(&submission(3), VERSION, None).await.unwrap();
    setup.publish(&Change::Delete(deletion(2))).await;
    setup.work(None).await;
    assert_eq!(setup.parked().await, 0);
    assert!(setup.store.article(submission(3).article(), None).await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_parked_just_after_its_deletion_does_not_stay() {
    let setup = Setup::new().await;
    setup.publish(&submission(1)).await;
    setup.work(Some(deletion(2))).await;
    assert_eq!(setup.parked().await, 0);
    // The same with a deletion that is older.
    setup.publish(&submission(5)).await;
    setup.work(Some(deletion(4))).await;
    assert_eq!(setup.parked().await, 1);
}
