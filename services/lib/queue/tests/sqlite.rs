//! The embedded queue: the contract, and what only it can do.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures::future::join_all;
use marsad_queue::contract::Subject;
use marsad_queue::sqlite::Clock;
use marsad_queue::{
    DELIVERY_LIMIT, Delivery, Depth, Lane, Message, Queue, QueueError, SqliteQueue, SqliteQueueOptions,
    UNREADABLE,
};
use sqlx::Connection;
use tempfile::TempDir;

async fn subject() -> Subject {
    let dir = TempDir::new().unwrap();
    let lane_cap = 8 << 20;
    let options = SqliteQueueOptions { max_lane_bytes: lane_cap as u64, ..SqliteQueueOptions::default() };
    let delivery_limit = options.delivery_limit;
    let queue = SqliteQueue::open(dir.path().join("queue.db"), options).await.unwrap();
    let delay = Duration::from_millis(600);
    Subject { queue: Arc::new(queue), delay, lane_cap, delivery_limit, keep: Box::new(dir) }
}

mod contract {
    marsad_queue::contract_tests!(super::subject);
}

/// A clock that stands still until it is moved.
#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_700_000_000_000)))
    }

    fn clock(&self) -> Clock {
        let hand = self.clone();
        Clock::new(move || hand.0.load(Ordering::SeqCst))
    }

    fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

const LEASE: Duration = Duration::from_secs(300);

async fn open(path: &Path, hand: &Hand) -> SqliteQueue {
    let options = SqliteQueueOptions { clock: hand.clock(), lease: LEASE, ..SqliteQueueOptions::default() };
    SqliteQueue::open(path, options).await.unwrap()
}

async fn claim_one(queue: &SqliteQueue) -> Delivery {
    queue.claim(1, Duration::ZERO).await.unwrap().pop().expect("a message")
}

/// Does something to the file behind the queue's back.
async fn sql(path: &Path, statement: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Lets go of a delivery the way a killed process does: without a word.
fn die(delivery: Delivery) {
    std::mem::forget(delivery);
}

#[tokio::test]
async fn a_lease_that_ends_makes_way_and_its_holder_can_do_no_harm() {
    let dir = TempDir::new().unwrap();
    let hand = Hand::new();
    let queue = open(&dir.path().join("queue.db"), &hand).await;
    queue.publish(Message::new("k", Lane::Live, "b")).await.unwrap();

    for settle in 0..4 {
        let late = claim_one(&queue).await;
        hand.advance(LEASE - Duration::from_millis(1));
        assert!(queue.claim(1, Duration::ZERO).await.unwrap().is_empty(), "taken from under its holder");
        hand.advance(Duration::from_millis(1));
        let next = claim_one(&queue).await;
        assert_eq!(next.attempt, late.attempt + 1);
        let result = match settle {
            0 => late.ack().await,
            1 => late.retry(Duration::ZERO).await,
            2 => late.park("late").await,
            _ => late.extend().await,
        };
        assert_eq!(result, Err(QueueError::LeaseLost));
        // The new holder still holds it.
        assert_eq!(queue.depth().await.unwrap(), Depth { in_flight: Some(1), ..Depth::default() });
        next.retry(Duration::ZERO).await.unwrap();
    }
    // Late, but nobody else has taken it: no harm done.
    let late = claim_one(&queue).await;
    hand.advance(LEASE * 2);
    late.ack().await.unwrap();
    assert_eq!(queue.depth().await.unwrap(), Depth { in_flight: Some(0), ..Depth::default() });
}

#[tokio::test]
async fn an_extended_lease_holds() {
    let dir = TempDir::new().unwrap();
    let hand = Hand::new();
    let queue = open(&dir.path().join("queue.db"), &hand).await;
    queue.publish(Message::new("k", Lane::Live, "b")).await.unwrap();
    let delivery = claim_one(&queue).await;
    for _ in 0..3 {
        hand.advance(LEASE - Duration::from_millis(1));
        delivery.extend().await.unwrap();
    }
    assert!(queue.claim(1, Duration::ZERO).await.unwrap().is_empty());
    delivery.ack().await.unwrap();
}

#[tokio::test]
async fn a_message_that_kills_its_process_each_time_is_parked() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("queue.db");
    let hand = Hand::new();
    let message = Message::new("k", Lane::Backfill, "poison");
    open(&path, &hand).await.publish(message.clone()).await.unwrap();
    for attempt in 1..=6 {
        let queue = open(&path, &hand).await;
        let delivery = claim_one(&queue).await;
        assert_eq!(delivery.attempt, attempt);
        die(delivery);
        hand.advance(LEASE);
    }
    let queue = open(&path, &hand).await;
    queue.publish(Message::new("next", Lane::Backfill, "healthy")).await.unwrap();
    // The claim that finds it parks it and goes on to the next.
    assert_eq!(claim_one(&queue).await.message.key, "next");
    let parked = queue.parked(10).await.unwrap();
    assert_eq!((parked.len(), parked[0].attempts, parked[0].reason.as_str()), (1, 6, DELIVERY_LIMIT));
    assert_eq!(parked[0].message, message);
}

#[tokio::test]
async fn what_the_only_claimer_held_is_ready_as_soon_as_it_is_gone() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("queue.db");
    let hand = Hand::new();
    let first = open(&path, &hand).await;
    first.publish(Message::new("k", Lane::Live, "b")).await.unwrap();
    die(claim_one(&first).await);
    // While it lives its leases do too, whoever else claims.
    let other = open(&path, &hand).await;
    assert!(other.claim(1, Duration::ZERO).await.unwrap().is_empty());
    first.close().await;
    other.close().await;
    let next = open(&path, &hand).await;
    assert_eq!(next.depth().await.unwrap(), Depth { in_flight: Some(1), ..Depth::default() });
    let delivery = claim_one(&next).await;
    assert_eq!(delivery.attempt, 2);
    delivery.ack().await.unwrap();
}

#[tokio::test]
async fn everything_is_still_there_after_reopening() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("queue.db");
    let hand = Hand::new();
    let message = |key: &str| Message::new(key, Lane::Live, vec![7; 3000]).with_header("h", key);
    let queue = open(&path, &hand).await;
    for key in ["parked", "delayed", "held", "ready"] {
        queue.publish(message(key)).await.unwrap();
        hand.advance(Duration::from_millis(1));
    }
    claim_one(&queue).await.park("why").await.unwrap();
    claim_one(&queue).await.retry(Duration::from_secs(1000)).await.unwrap();
    die(claim_one(&queue).await);
    queue.close().await;

    let queue = open(&path, &hand).await;
    let depth = Depth { live: 1, backfill: 0, delayed: 1, in_flight: Some(1), parked: 1 };
    assert_eq!(queue.depth().await.unwrap(), depth);
    assert_eq!(queue.parked(9).await.unwrap()[0].message.key, "parked");
    hand.advance(Duration::from_secs(1000));
    let all = queue.claim(9, Duration::ZERO).await.unwrap();
    let attempts: Vec<_> = all.iter().map(|d| (d.message.key.as_str(), d.attempt)).collect();
    assert_eq!(attempts, [("ready", 1), ("held", 2), ("delayed", 2)]);
    assert!(all.iter().all(|d| d.message.body.len() == 3000 && d.message.headers["h"] == d.message.key));
}

#[tokio::test]
async fn the_oldest_that_waits_is_told_for_each_lane() {
    let dir = TempDir::new().unwrap();
    let hand = Hand::new();
    let queue = open(&dir.path().join("queue.db"), &hand).await;
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    assert_eq!(queue.oldest().await.unwrap(), Some([None, None]));
    queue.publish(Message::new("first", Lane::Live, "x")).await.unwrap();
    hand.advance(Duration::from_secs(5));
    queue.publish(Message::new("second", Lane::Live, "x")).await.unwrap();
    queue.publish(Message::new("third", Lane::Backfill, "x")).await.unwrap();
    hand.advance(Duration::from_secs(2));
    assert_eq!(queue.oldest().await.unwrap(), Some([seconds(7), seconds(2)]));
    // What is held, delayed or parked does not wait.
    let first = claim_one(&queue).await;
    assert_eq!(queue.oldest().await.unwrap(), Some([seconds(2), seconds(2)]));
    first.retry(Duration::from_secs(10)).await.unwrap();
    claim_one(&queue).await.park("why").await.unwrap();
    assert_eq!(queue.oldest().await.unwrap(), Some([None, seconds(2)]));
    hand.advance(Duration::from_secs(13));
    assert_eq!(queue.oldest().await.unwrap(), Some([seconds(3), seconds(15)]));
}

#[tokio::test]
async fn a_lane_is_full_by_itself_and_parked_messages_do_not_count() {
    let dir = TempDir::new().unwrap();
    // A message here has 100 bytes: 98 of body, 2 of key.
    let options = SqliteQueueOptions { max_lane_bytes: 300, ..SqliteQueueOptions::default() };
    let queue = SqliteQueue::open(dir.path().join("queue.db"), options).await.unwrap();
    let message = |lane| Message::new("kk", lane, vec![0; 98]);
    let full = |result| matches!(result, Err(QueueError::Full { .. }));
    for _ in 0..3 {
        queue.publish(message(Lane::Live)).await.unwrap();
    }
    assert!(full(queue.publish(message(Lane::Live)).await));
    assert!(full(queue.publish(Message::new("", Lane::Live, "1")).await));
    queue.publish(Message::new("", Lane::Live, "")).await.unwrap();
    queue.publish(message(Lane::Backfill)).await.unwrap();

    // In flight still counts, parked does not, and replaying needs room again.
    let held = claim_one(&queue).await;
    assert!(full(queue.publish(message(Lane::Live)).await));
    let id = held.message.id;
    held.park("test").await.unwrap();
    queue.publish(message(Lane::Live)).await.unwrap();
    assert!(full(queue.replay(&[id]).await.map(drop)));
    assert_eq!(queue.depth().await.unwrap().parked, 1);
    claim_one(&queue).await.ack().await.unwrap();
    assert_eq!(queue.replay(&[id]).await, Ok(vec![id]));
    // Many at once cannot slip past the cap together.
    let results = join_all((0..50).map(|_| queue.publish(message(Lane::Backfill)))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_openings_of_one_file_share_the_work() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("queue.db");
    let options = || SqliteQueueOptions { poll: Duration::from_millis(20), ..SqliteQueueOptions::default() };
    let (one, two) = tokio::join!(SqliteQueue::open(&path, options()), SqliteQueue::open(&path, options()));
    let queues = [Arc::new(one.unwrap()), Arc::new(two.unwrap())];
    let publishing =
        join_all((0..400).map(|n| queues[n % 2].publish(Message::new(n.to_string(), Lane::Live, "b"))));
    let claiming = join_all((0..4).map(|n| {
        let queue = Arc::clone(&queues[n % 2]);
        tokio::spawn(async move {
            let mut keys = Vec::new();
            loop {
                let claimed = queue.claim(10, Duration::from_secs(1)).await.unwrap();
                if claimed.is_empty() {
                    return keys;
                }
                for delivery in claimed {
                    keys.push(delivery.message.key.parse::<u32>().unwrap());
                    delivery.ack().await.unwrap();
                }
            }
        })
    }));
    let (published, claimed) = tokio::join!(publishing, claiming);
    assert!(published.iter().all(Result::is_ok));
    let mut keys: Vec<u32> = claimed.into_iter().flat_map(Result::unwrap).collect();
    keys.sort_unstable();
    assert_eq!(keys, (0..400).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_file_that_is_no_queue_or_a_newer_one_is_refused_and_left_alone() {
    let dir = TempDir::new().unwrap();
    let refused = async |path: &Path| match SqliteQueue::open(path, SqliteQueueOptions::default()).await {
        Ok(_) => panic!("opened"),
        Err(error) => error,
    };
    let other = dir.path().join("other.db");
    sql(&other, "CREATE TABLE message (a)").await;
    assert!(matches!(refused(&other).await, QueueError::Corrupt(_)));

    let text = dir.path().join("text.db");
    std::fs::write(&text, "not a database at all, but long enough to look at ".repeat(100)).unwrap();
    assert!(matches!(refused(&text).await, QueueError::Corrupt(_)));

    let newer = dir.path().join("newer.db");
    SqliteQueue::open(&newer, SqliteQueueOptions::default()).await.unwrap().close().await;
    sql(&newer, "PRAGMA user_version = 99").await;
    let error = refused(&newer).await;
    assert!(matches!(&error, QueueError::Corrupt(why) if why.contains("99")), "{error}");

    let nowhere = refused(&dir.path().join("no/such/dir/queue.db")).await;
    assert!(matches!(nowhere, QueueError::Unavailable { .. }), "{nowhere}");
}

#[tokio::test]
async fn a_delivery_outlives_the_handle_of_its_queue() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("queue.db");
    let hand = Hand::new();
    let queue = open(&path, &hand).await;
    for key in ["acked", "dropped"] {
        queue.publish(Message::new(key, Lane::Live, "b")).await.unwrap();
    }
    let mut held = queue.claim(2, Duration::ZERO).await.unwrap();
    drop(queue);
    held.remove(0).ack().await.unwrap();
    drop(held);
    let again = open(&path, &hand).await;
    let delivery = again.claim(2, Duration::from_secs(5)).await.unwrap().pop().expect("a message");
    assert_eq!((delivery.message.key.as_str(), delivery.attempt), ("dropped", 2));
}

#[tokio::test]
async fn a_claimer_that_goes_away_leaves_nothing_held() {
    let dir = TempDir::new().unwrap();
    let queue = Arc::new(
        SqliteQueue::open(dir.path().join("queue.db"), SqliteQueueOptions::default()).await.unwrap(),
    );
    for round in 0..20 {
        let waiting = tokio::spawn({
            let queue = Arc::clone(&queue);
            async move { queue.claim(1, Duration::from_secs(30)).await.map(drop) }
        });
        let publishing = tokio::spawn({
            let queue = Arc::clone(&queue);
            async move { queue.publish(Message::new("k", Lane::Live, "b")).await }
        });
        tokio::time::sleep(Duration::from_micros(100 * round)).await;
        waiting.abort();
        publishing.await.unwrap().unwrap();
        let delivery =
            queue.claim(1, Duration::from_secs(5)).await.unwrap().pop().expect("still held by nobody");
        delivery.ack().await.unwrap();
    }
    assert_eq!(queue.depth().await.unwrap(), Depth { in_flight: Some(0), ..Depth::default() });
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_parked_and_the_others_flow() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("queue.db");
    let queue = SqliteQueue::open(&path, SqliteQueueOptions::default()).await.unwrap();
    for key in ["headers", "id", "key", "sound"] {
        queue.publish(Message::new(key, Lane::Live, key).with_stamp("1")).await.unwrap();
    }
    sql(&path, "UPDATE body SET headers = '{' WHERE seq = 1").await;
    sql(&path, "UPDATE message SET id = x'00' WHERE key = 'id'").await;
    sql(&path, "UPDATE message SET key = CAST(x'6bff' AS TEXT), attempts = -1 WHERE key = 'key'").await;
    let delivery = claim_one(&queue).await;
    assert_eq!(delivery.message.key, "sound");
    delivery.ack().await.unwrap();
    let parked = queue.parked(10).await.unwrap();
    let listed: Vec<_> =
        parked.iter().map(|p| (p.message.key.as_str(), &p.message.body[..], p.reason.as_str())).collect();
    let (headers, id, key): (&[u8], &[u8], &[u8]) = (b"headers", b"id", b"key");
    assert_eq!(
        listed,
        [("headers", headers, UNREADABLE), ("id", id, UNREADABLE), ("k\u{fffd}", key, UNREADABLE)]
    );
    // What has its name can be forgotten, and tried again once the file is mended.
    assert_eq!(queue.forget("id", "2").await, Ok(1));
    sql(&path, "UPDATE body SET headers = '{}' WHERE seq = 1").await;
    let mended = parked[0].message.id;
    assert_eq!(queue.replay(&[mended]).await, Ok(vec![mended]));
    assert_eq!(claim_one(&queue).await.message.key, "headers");
}

#[tokio::test]
async fn what_was_forgotten_is_in_no_file_while_the_queue_goes_on() {
    const SECRET: &[u8] = b"a text that is nobody's business any more";
    let dir = TempDir::new().unwrap();
    let queue = SqliteQueue::open(dir.path().join("queue.db"), SqliteQueueOptions::default()).await.unwrap();
    let on_disk = || {
        std::fs::read_dir(dir.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows(SECRET.len()).any(|window| window == SECRET)
        })
    };
    queue.publish(Message::new("k", Lane::Live, SECRET).with_stamp("1")).await.unwrap();
    claim_one(&queue).await.park("test").await.unwrap();
    assert!(on_disk());
    assert_eq!(queue.forget("k", "2").await, Ok(1));
    assert!(!on_disk(), "still there");

    // A reader in the way only delays it.
    queue.publish(Message::new("k", Lane::Live, SECRET).with_stamp("1")).await.unwrap();
    claim_one(&queue).await.park("test").await.unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.path().join("queue.db"));
    let mut reader = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT count(*) FROM message").execute(&mut reader).await.unwrap();
    assert_eq!(queue.forget("k", "2").await, Ok(1));
    queue.publish(Message::new("k", Lane::Live, "b")).await.unwrap();
    assert!(on_disk());
    sqlx::raw_sql("COMMIT").execute(&mut reader).await.unwrap();
    let gone = async {
        while on_disk() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("still there");
}
