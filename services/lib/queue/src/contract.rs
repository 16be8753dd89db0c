//! What every backend must do, as tests that any of them can be put through (feature `contract`).
//!
//! ```text
//! async fn subject() -> Subject { /* a fresh, empty queue */ }
//! marsad_queue::contract_tests!(subject);
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a case fails")]

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::future::{BoxFuture, join_all, try_join_all};
use marsad_model::limits::MAX_MESSAGE_BYTES;
use uuid::Uuid;

use crate::{DELIVERY_LIMIT, Delivery, Depth, Lane, MAX_REASON_BYTES, Message, Queue, QueueError};

/// A fresh, empty queue, and what the suite must know of how it was set up. A lease, if there is one, must be longer than
/// a minute; a process may hold 64 live and 16 backfill messages or more.
pub struct Subject {
    /// The queue.
    pub queue: Arc<dyn Queue>,
    /// A retry delay that it keeps without rounding; between half a second and a few seconds.
    pub delay: Duration,
    /// How many bytes each of its lanes takes; at least twice [`MAX_MESSAGE_BYTES`], and few enough to fill it.
    pub lane_cap: usize,
    /// Its delivery limit, 2 or more.
    pub delivery_limit: u32,
    /// Whatever must live as long as the case runs: a temporary directory, say.
    pub keep: Box<dyn Any + Send>,
}

/// One case; it panics if the queue fails it.
pub type Case = fn(Subject) -> BoxFuture<'static, ()>;

/// Calls the macro `$then` with the names of all cases: the one list of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __contract_cases {
    ($then:path $(, $argument:path)?) => {
        $then! { $($argument)? =>
            published_is_claimed
            acked_is_gone
            claim_takes_no_more_than_asked
            claim_waits_and_wakes
            dropped_comes_back
            retry_waits_and_counts
            retry_starts_the_delivery_limit_anew
            parked_is_listed_and_replayed
            parked_is_forgotten_by_key
            long_reasons_are_cut
            delivery_limit_parks
            live_goes_first
            bytes_are_exact
            size_limit_holds_to_the_byte
            reserved_headers_are_refused
            depth_is_right
            full_lane_refuses_and_recovers
            retry_into_a_full_lane_comes_back
            parked_at_once_with_forget_and_replay
            many_at_once_each_exactly_once
            closed_queue_refuses
        }
    };
}

/// Makes one `#[tokio::test]` of each case; the argument is an async function that returns a [`Subject`].
#[macro_export]
macro_rules! contract_tests {
    ($make:path) => {
        $crate::__contract_cases!($crate::__contract_test_functions, $make);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __contract_test_functions {
    ($make:path => $($case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                $crate::contract::$case($make().await).await;
            }
        )*
    };
}

macro_rules! table {
    (=> $($case:ident)*) => {
        /// All cases by name.
        pub const CASES: &[(&str, Case)] = &[$((stringify!($case), |subject| Box::pin($case(subject)))),*];
    };
}
__contract_cases!(table);

/// For what must happen, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(15);

/// For what must not happen.
const QUIET: Duration = Duration::from_millis(400);

async fn claim_one(queue: &Arc<dyn Queue>) -> Delivery {
    queue.claim(1, PATIENCE).await.unwrap().pop().expect("a message should have come")
}

async fn assert_quiet(queue: &Arc<dyn Queue>) {
    let claimed = queue.claim(10, QUIET).await.unwrap();
    assert!(claimed.is_empty(), "nothing should have come, but {claimed:?} did");
}

/// Waits until the depth is as expected; the number in flight counts only where it is known.
async fn assert_depth(queue: &Arc<dyn Queue>, expected: Depth) {
    let started = Instant::now();
    loop {
        let depth = queue.depth().await.unwrap();
        let comparable = Depth { in_flight: depth.in_flight.and(expected.in_flight), ..expected };
        if depth == comparable {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(5), "depth is {depth:?} and should be {expected:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn live(key: &str) -> Message {
    Message::new(key, Lane::Live, key.to_owned())
}

/// What is published is claimed, whole, as a first attempt.
pub async fn published_is_claimed(Subject { queue, .. }: Subject) {
    let message = live("a").with_stamp("s-1").with_header("traceparent", "00-1-2-01");
    queue.publish(message.clone()).await.unwrap();
    let delivery = claim_one(&queue).await;
    assert_eq!((&delivery.message, delivery.attempt), (&message, 1));
    delivery.ack().await.unwrap();
    queue.check().await.unwrap();
}

/// What is acknowledged never comes again and leaves nothing behind.
pub async fn acked_is_gone(Subject { queue, .. }: Subject) {
    for key in ["a", "b", "c"] {
        queue.publish(live(key)).await.unwrap();
    }
    for _ in 0..3 {
        claim_one(&queue).await.ack().await.unwrap();
    }
    assert_quiet(&queue).await;
    assert_depth(&queue, Depth { in_flight: Some(0), ..Depth::default() }).await;
}

/// `max` is kept, and zero takes nothing.
pub async fn claim_takes_no_more_than_asked(Subject { queue, .. }: Subject) {
    for key in ["a", "b", "c", "d", "e"] {
        queue.publish(live(key)).await.unwrap();
    }
    let started = Instant::now();
    assert!(queue.claim(0, PATIENCE).await.unwrap().is_empty());
    assert!(started.elapsed() < PATIENCE / 2, "waited for nothing");
    let mut keys = BTreeSet::new();
    while keys.len() < 5 {
        let claimed = queue.claim(2, PATIENCE).await.unwrap();
        assert!((1..=2).contains(&claimed.len()), "{} deliveries where 1 or 2 were due", claimed.len());
        for delivery in claimed {
            assert!(keys.insert(delivery.message.key.clone()), "delivered twice");
            delivery.ack().await.unwrap();
        }
    }
}

/// A claim on an empty queue ends when its wait does, and earlier when a message comes.
pub async fn claim_waits_and_wakes(Subject { queue, .. }: Subject) {
    let started = Instant::now();
    assert_quiet(&queue).await;
    assert!(started.elapsed() >= QUIET, "gave up after {:?}", started.elapsed());

    let waiting = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move { (claim_one(&queue).await, Instant::now()) }
    });
    tokio::time::sleep(QUIET).await;
    assert!(!waiting.is_finished(), "a claim returned from an empty queue before its time");
    let published = Instant::now();
    queue.publish(live("a")).await.unwrap();
    let (delivery, woken) = waiting.await.unwrap();
    assert!(woken - published < Duration::from_secs(5), "woke after {:?}", woken - published);
    delivery.ack().await.unwrap();
}

/// A delivery that nobody settles comes back, with its attempts counted.
pub async fn dropped_comes_back(Subject { queue, .. }: Subject) {
    let message = live("a");
    queue.publish(message.clone()).await.unwrap();
    drop(claim_one(&queue).await);
    let again = claim_one(&queue).await;
    assert_eq!((&again.message, again.attempt), (&message, 2));
    again.ack().await.unwrap();
    assert_quiet(&queue).await;
}

/// A retried message comes back after its delay and not before, in its lane, with its attempts counted.
pub async fn retry_waits_and_counts(Subject { queue, delay, .. }: Subject) {
    let message = Message::new("a", Lane::Backfill, "body").with_header("schema", "1");
    queue.publish(message.clone()).await.unwrap();
    for attempt in 1..=3 {
        let delivery = claim_one(&queue).await;
        assert_eq!((&delivery.message, delivery.attempt), (&message, attempt));
        let started = Instant::now();
        delivery.retry(delay).await.unwrap();
        let early = queue.claim(1, delay / 4).await.unwrap();
        assert!(early.is_empty(), "came back before its delay");
        // Look without taking: the next round claims it.
        while queue.depth().await.unwrap().backfill == 0 {
            assert!(started.elapsed() < PATIENCE, "did not come back");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // A clock of milliseconds may cut off part of one.
        let waited = started.elapsed() + Duration::from_millis(2);
        assert!(waited >= delay, "came back after {waited:?} of {delay:?}");
    }
    let last = claim_one(&queue).await;
    assert_eq!((&last.message, last.attempt), (&message, 4));
    last.ack().await.unwrap();
    assert_quiet(&queue).await;
}

/// The delivery limit is about deliveries that nobody settled: a retry is a decision, and the count begins anew.
pub async fn retry_starts_the_delivery_limit_anew(Subject { queue, delay, delivery_limit, .. }: Subject) {
    queue.publish(live("a")).await.unwrap();
    for _ in 1..delivery_limit {
        drop(claim_one(&queue).await);
    }
    claim_one(&queue).await.retry(delay).await.unwrap();
    for _ in 1..delivery_limit {
        drop(claim_one(&queue).await);
    }
    let last = claim_one(&queue).await;
    assert_eq!(last.attempt, 2 * delivery_limit);
    last.ack().await.unwrap();
    assert_depth(&queue, Depth { in_flight: Some(0), ..Depth::default() }).await;
}

/// A parked message is listed with its reason, does not come, and comes as new when it is replayed.
pub async fn parked_is_listed_and_replayed(Subject { queue, .. }: Subject) {
    let message =
        Message::new("a", Lane::Backfill, vec![0, 159]).with_stamp("s").with_header("traceparent", "x");
    let other = live("other");
    queue.publish(message.clone()).await.unwrap();
    queue.publish(other.clone()).await.unwrap();
    drop(claim_one(&queue).await);
    for _ in 0..2 {
        claim_one(&queue).await.park("لا يُقرأ: bad body").await.unwrap();
    }
    assert_quiet(&queue).await;
    assert_depth(&queue, Depth { parked: 2, in_flight: Some(0), ..Depth::default() }).await;

    let parked = queue.parked(10).await.unwrap();
    assert_eq!(parked.len(), 2);
    let entry = parked.iter().find(|entry| entry.message.id == message.id).expect("not listed");
    assert_eq!((&entry.message, entry.reason.as_str()), (&message, "لا يُقرأ: bad body"));
    assert_eq!(parked.iter().map(|entry| entry.attempts).sum::<u32>(), 3);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    assert!(now.abs_diff(u128::try_from(entry.parked_at).unwrap()) < 60_000, "parked at {}", entry.parked_at);
    assert_eq!(queue.parked(1).await.unwrap().len(), 1);
    assert_eq!(queue.parked(0).await.unwrap().len(), 0);
    // Looking changes nothing.
    assert_eq!(queue.parked(10).await.unwrap().len(), 2);

    assert_eq!(queue.replay(&[]).await, Ok(vec![]));
    assert_eq!(queue.replay(&[Uuid::new_v4()]).await, Ok(vec![]));
    assert_eq!(queue.replay(&[message.id]).await, Ok(vec![message.id]));
    let again = claim_one(&queue).await;
    assert_eq!((&again.message, again.attempt), (&message, 1));
    again.park("again").await.unwrap();
    // Several at once; what is not there is left out, and what was moved is not there any more.
    let mut replayed = queue.replay(&[other.id, Uuid::new_v4(), message.id, other.id]).await.unwrap();
    replayed.sort_unstable();
    let mut both = vec![message.id, other.id];
    both.sort_unstable();
    assert_eq!(replayed, both);
    assert_eq!(queue.replay(&both).await, Ok(vec![]));
    for _ in 0..2 {
        let again = claim_one(&queue).await;
        assert!(both.contains(&again.message.id));
        assert_eq!(again.attempt, 1);
        again.ack().await.unwrap();
    }
    assert_quiet(&queue).await;
    assert_depth(&queue, Depth { in_flight: Some(0), ..Depth::default() }).await;
}

/// Forgetting a key removes what is parked with it and older than the stamp, and nothing else.
pub async fn parked_is_forgotten_by_key(Subject { queue, .. }: Subject) {
    let parked = [("gone", "1"), ("kept", "1"), ("gone", ""), ("gone", "2"), ("gone", "10")];
    for (key, stamp) in parked {
        queue.publish(live(key).with_stamp(stamp)).await.unwrap();
    }
    for _ in parked {
        claim_one(&queue).await.park("test").await.unwrap();
    }
    queue.publish(live("gone")).await.unwrap();
    assert_eq!(queue.forget("never there", "9").await.unwrap(), 0);
    // Nothing is older than no stamp.
    assert_eq!(queue.forget("gone", "").await.unwrap(), 0);
    // The bound itself is not older than itself, and stamps are no numbers.
    assert_eq!(queue.forget("gone", "2").await.unwrap(), 3);
    assert_eq!(queue.forget("gone", "2").await.unwrap(), 0);
    let mut left: Vec<_> =
        queue.parked(10).await.unwrap().into_iter().map(|p| (p.message.key, p.message.stamp)).collect();
    left.sort();
    assert_eq!(left, [("gone".into(), "2".into()), ("kept".into(), "1".to_owned())]);
    // What is not parked stays.
    let delivery = claim_one(&queue).await;
    assert_eq!(delivery.message.key, "gone");
    delivery.ack().await.unwrap();
}

/// A reason that is too long is cut between two characters.
pub async fn long_reasons_are_cut(Subject { queue, .. }: Subject) {
    queue.publish(live("a")).await.unwrap();
    let reason = format!("x{}", "ع".repeat(MAX_REASON_BYTES));
    claim_one(&queue).await.park(&reason).await.unwrap();
    let parked = queue.parked(1).await.unwrap();
    assert_eq!(parked[0].reason, reason[..MAX_REASON_BYTES - 1]);
}

/// A message that nobody ever settles is parked by the queue, after exactly as many deliveries as its limit.
pub async fn delivery_limit_parks(Subject { queue, delivery_limit, .. }: Subject) {
    let message = live("poison").with_header("traceparent", "x");
    queue.publish(message.clone()).await.unwrap();
    for attempt in 1..=delivery_limit {
        let delivery = claim_one(&queue).await;
        assert_eq!(delivery.attempt, attempt);
        drop(delivery);
    }
    assert_quiet(&queue).await;
    assert_depth(&queue, Depth { parked: 1, in_flight: Some(0), ..Depth::default() }).await;
    let parked = queue.parked(10).await.unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!(
        (&parked[0].message, parked[0].reason.as_str(), parked[0].attempts),
        (&message, DELIVERY_LIMIT, delivery_limit)
    );
    assert!(parked[0].parked_at > 0);
    // And it is a whole new message when it is replayed.
    assert_eq!(queue.replay(&[message.id]).await, Ok(vec![message.id]));
    let again = claim_one(&queue).await;
    assert_eq!((&again.message, again.attempt), (&message, 1));
    again.ack().await.unwrap();
}

/// Live messages come before backfill ones that were there earlier.
pub async fn live_goes_first(Subject { queue, .. }: Subject) {
    for lane in [Lane::Backfill, Lane::Live] {
        for _ in 0..5 {
            queue.publish(Message::new("a", lane, "")).await.unwrap();
        }
    }
    let mut order = Vec::new();
    for _ in 0..10 {
        let delivery = claim_one(&queue).await;
        order.push(delivery.message.lane);
        delivery.ack().await.unwrap();
        // Where messages come over a network, let them come.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let sorted = [[Lane::Live; 5], [Lane::Backfill; 5]].concat();
    assert_eq!(order, sorted);
}

/// Bodies and headers come back byte for byte: binary, empty, any script.
pub async fn bytes_are_exact(Subject { queue, .. }: Subject) {
    let every_byte: Vec<u8> = (0..=255).collect();
    let mut messages = vec![
        Message::new("مفتاح", Lane::Live, every_byte.repeat(50))
            .with_stamp("ختم")
            .with_header("نص", "قيمة \u{1F4F0} \r\n\t\0 end")
            .with_header("Content-Type", "application/protobuf")
            .with_header("empty", "")
            .with_header("n".repeat(255), "v"),
        Message::new("", Lane::Backfill, ""),
    ];
    for message in &messages {
        queue.publish(message.clone()).await.unwrap();
    }
    while !messages.is_empty() {
        let delivery = claim_one(&queue).await;
        // The debug form shows no body, so this says only that there is a difference.
        let at = messages.iter().position(|message| message == &delivery.message);
        messages.remove(at.expect("came changed, or twice"));
        delivery.ack().await.unwrap();
    }
}

/// A body of the limit passes whole, one byte more is refused and leaves nothing.
pub async fn size_limit_holds_to_the_byte(Subject { queue, .. }: Subject) {
    let body: Bytes = (0..MAX_MESSAGE_BYTES).map(|at| (at % 251) as u8).collect();
    queue.publish(Message::new("fits", Lane::Live, body.clone())).await.unwrap();
    let delivery = claim_one(&queue).await;
    assert!(delivery.message.body == body, "the body was changed");
    delivery.ack().await.unwrap();
    let over = Message::new("over", Lane::Live, vec![0; MAX_MESSAGE_BYTES + 1]);
    let refused = QueueError::TooLarge { bytes: MAX_MESSAGE_BYTES + 1, limit: MAX_MESSAGE_BYTES };
    assert_eq!(queue.publish(over).await, Err(refused));
    assert_quiet(&queue).await;
}

/// Header names of the broker's own are refused, whatever the backend.
pub async fn reserved_headers_are_refused(Subject { queue, .. }: Subject) {
    for name in ["x-death", "x-marsad-attempts", ""] {
        let result = queue.publish(live("a").with_header(name, "1")).await;
        assert!(matches!(result, Err(QueueError::Invalid(_))), "{name:?}: {result:?}");
    }
    assert_quiet(&queue).await;
}

/// The depth follows every step.
pub async fn depth_is_right(Subject { queue, delay, .. }: Subject) {
    assert_depth(&queue, Depth { in_flight: Some(0), ..Depth::default() }).await;
    for lane in [Lane::Live, Lane::Live, Lane::Live, Lane::Backfill, Lane::Backfill] {
        queue.publish(Message::new("a", lane, "b")).await.unwrap();
    }
    let full = Depth { live: 3, backfill: 2, in_flight: Some(0), ..Depth::default() };
    assert_depth(&queue, full).await;
    let (first, second) = (claim_one(&queue).await, claim_one(&queue).await);
    assert_depth(&queue, Depth { live: 1, in_flight: Some(2), ..full }).await;
    first.park("test").await.unwrap();
    second.retry(delay).await.unwrap();
    assert_depth(&queue, Depth { live: 1, delayed: 1, parked: 1, ..full }).await;
    tokio::time::sleep(delay).await;
    assert_depth(&queue, Depth { live: 2, parked: 1, ..full }).await;
    assert_eq!(queue.forget("a", "z").await.unwrap(), 1);
    for _ in 0..4 {
        claim_one(&queue).await.ack().await.unwrap();
    }
    assert_depth(&queue, Depth { in_flight: Some(0), ..Depth::default() }).await;
}

/// Publishes into the lane until it is full; returns how many it took.
async fn fill(queue: &Arc<dyn Queue>, lane: Lane, lane_cap: usize) -> usize {
    let body = Bytes::from(vec![7; MAX_MESSAGE_BYTES / 2]);
    // What is claimed or on its way may not count.
    for taken in 0..lane_cap / body.len() + 100 {
        match queue.publish(Message::new("filling", lane, body.clone())).await {
            Ok(()) => {}
            Err(QueueError::Full { .. }) => return taken,
            Err(other) => panic!("a full lane answers {other}"),
        }
    }
    panic!("the lane is never full");
}

/// A lane that is full refuses, the other does not, and it takes messages again when it has room.
pub async fn full_lane_refuses_and_recovers(Subject { queue, lane_cap, .. }: Subject) {
    let mut left = fill(&queue, Lane::Backfill, lane_cap).await;
    assert!(left >= 2, "full with {left} messages");
    queue.publish(live("a")).await.unwrap();
    assert_eq!(claim_one(&queue).await.message.key, "a");
    while left > 0 {
        let delivery = claim_one(&queue).await;
        if delivery.message.lane == Lane::Backfill {
            left -= 1;
        }
        delivery.ack().await.unwrap();
    }
    let started = Instant::now();
    while let Err(error) = queue.publish(Message::new("again", Lane::Backfill, "b")).await {
        assert!(started.elapsed() < PATIENCE, "still refused: {error}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A retry whose delay ends while its lane is full is not lost: it comes when there is room.
pub async fn retry_into_a_full_lane_comes_back(Subject { queue, lane_cap, delay, .. }: Subject) {
    let message = Message::new("retried", Lane::Backfill, "b");
    queue.publish(message.clone()).await.unwrap();
    let delivery = claim_one(&queue).await;
    fill(&queue, Lane::Backfill, lane_cap).await;
    delivery.retry(delay).await.unwrap();
    tokio::time::sleep(delay + QUIET).await;
    loop {
        let delivery = claim_one(&queue).await;
        let (id, attempt) = (delivery.message.id, delivery.attempt);
        delivery.ack().await.unwrap();
        if id == message.id {
            assert_eq!(attempt, 2);
            break;
        }
    }
}

/// Forgetting and replaying while others park: nothing is lost, doubled, or forgotten that should stay.
pub async fn parked_at_once_with_forget_and_replay(Subject { queue, .. }: Subject) {
    const EACH: usize = 40;
    let mut kept = BTreeSet::new();
    for n in 0..3 * EACH {
        let (key, stamp) = [("gone", "1"), ("gone", "3"), ("kept", "1")][n % 3];
        let message = live(key).with_stamp(stamp);
        if (key, stamp) != ("gone", "1") {
            kept.insert(message.id);
        }
        queue.publish(message).await.unwrap();
    }
    let parking = async {
        let mut parked = 0;
        while parked < 3 * EACH {
            for delivery in queue.claim(5, PATIENCE).await.unwrap() {
                delivery.park("test").await.unwrap();
                parked += 1;
            }
        }
    };
    let forgetting = async {
        let mut gone = 0;
        let started = Instant::now();
        while gone < EACH as u64 {
            gone += queue.forget("gone", "2").await.unwrap();
            assert!(started.elapsed() < 2 * PATIENCE, "{gone} forgotten of {EACH}");
        }
        gone
    };
    let (_, gone) = tokio::join!(parking, forgetting);
    assert_eq!(gone, EACH as u64);
    let ids: Vec<Uuid> = kept.iter().copied().collect();
    let (one, two) = tokio::join!(queue.replay(&ids), queue.replay(&ids));
    let mut replayed = [one.unwrap(), two.unwrap()].concat();
    replayed.sort_unstable();
    assert_eq!(replayed, ids, "each is replayed once");
    for _ in &ids {
        let delivery = claim_one(&queue).await;
        assert!(kept.remove(&delivery.message.id), "came twice, or should be gone");
        delivery.ack().await.unwrap();
    }
    assert_quiet(&queue).await;
    assert_depth(&queue, Depth { in_flight: Some(0), ..Depth::default() }).await;
}

/// Eight publishers and four claimers at once: each of 2,000 messages comes exactly once.
pub async fn many_at_once_each_exactly_once(Subject { queue, .. }: Subject) {
    const PUBLISHERS: usize = 8;
    const EACH: usize = 250;
    let publishers = (0..PUBLISHERS).map(|publisher| {
        let queue = Arc::clone(&queue);
        tokio::spawn(async move {
            let mut ids = Vec::new();
            for chunk in 0..EACH / 10 {
                let lane = if chunk % 2 == 0 { Lane::Live } else { Lane::Backfill };
                let messages: Vec<_> =
                    (0..10).map(|_| Message::new(publisher.to_string(), lane, "body")).collect();
                ids.extend(messages.iter().map(|message| message.id));
                try_join_all(messages.into_iter().map(|message| queue.publish(message))).await.unwrap();
            }
            ids
        })
    });
    let publishers: Vec<_> = publishers.collect();
    let claimers = (0..4).map(|_| {
        let queue = Arc::clone(&queue);
        tokio::spawn(async move {
            let mut seen = Vec::new();
            loop {
                let claimed = queue.claim(16, Duration::from_secs(2)).await.unwrap();
                if claimed.is_empty() {
                    return seen;
                }
                seen.extend(claimed.iter().map(|delivery| delivery.message.id));
                let acks = join_all(claimed.into_iter().map(Delivery::ack)).await;
                assert!(acks.iter().all(Result::is_ok), "{acks:?}");
            }
        })
    });
    let claimers: Vec<_> = claimers.collect();
    let mut published = BTreeSet::new();
    for publisher in publishers {
        published.extend(publisher.await.unwrap());
    }
    let mut seen: BTreeMap<Uuid, usize> = BTreeMap::new();
    for claimer in claimers {
        for id in claimer.await.unwrap() {
            *seen.entry(id).or_default() += 1;
        }
    }
    assert_eq!(published.len(), PUBLISHERS * EACH);
    let lost = published.iter().filter(|id| !seen.contains_key(*id)).count();
    let doubled = seen.values().filter(|times| **times > 1).count();
    assert_eq!((lost, doubled, seen.len()), (0, 0, published.len()), "(lost, doubled, seen)");
    assert_quiet(&queue).await;
    assert_depth(&queue, Depth { in_flight: Some(0), ..Depth::default() }).await;
}

/// After `close` everything is refused as unavailable, and closing again is harmless.
pub async fn closed_queue_refuses(Subject { queue, .. }: Subject) {
    queue.publish(live("a")).await.unwrap();
    let held = claim_one(&queue).await;
    queue.close().await;
    queue.close().await;
    assert!(held.ack().await.is_err());
    fn refused<T>(result: Result<T, QueueError>) -> bool {
        matches!(result, Err(QueueError::Unavailable { .. }))
    }
    assert!(refused(queue.publish(live("b")).await));
    assert!(refused(queue.claim(1, Duration::ZERO).await));
    assert!(refused(queue.claim(0, Duration::ZERO).await));
    assert!(refused(queue.depth().await));
    assert!(refused(queue.parked(1).await));
    assert!(refused(queue.replay(&[Uuid::new_v4()]).await));
    assert!(refused(queue.forget("a", "z").await));
    assert!(refused(queue.check().await));
}
