//! The way of a message: published, claimed, settled; in which order, and how many at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::{join_all, try_join_all};
use uuid::Uuid;

use super::{PATIENCE, QUIET, Subject, assert_depth, assert_quiet, claim_one, live};
use crate::{Delivery, Depth, Lane, Message, QueueError};

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

/// Live messages come before backfill ones that were there earlier.
pub async fn live_goes_first(Subject { queue, .. }: Subject) {
    for lane in [Lane::Backfill, Lane::Live] {
        for _ in 0..5 {
            queue.publish(Message::new("a", lane, "")).await.unwrap();
        }
    }
    // Where messages come over a network, they begin to with the first claim, those of either lane first.
    drop(claim_one(&queue).await);
    tokio::time::sleep(Duration::from_millis(500)).await;
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
