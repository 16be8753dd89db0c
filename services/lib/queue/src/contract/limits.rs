//! What is kept to the byte, what is refused, what happens when a lane is full.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use marsad_model::limits::MAX_MESSAGE_BYTES;

use super::{PATIENCE, QUIET, Subject, assert_quiet, claim_one, live};
use crate::{Lane, Message, Queue, QueueError};

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

/// Messages that are published at once.
const AT_ONCE: usize = 200;

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

/// Of many messages that are published at once, some into a full lane: what was accepted comes, what was refused does not, and nobody in the
/// other lane is told of a refusal.
pub async fn a_refusal_is_of_the_message_refused(Subject { queue, lane_cap, .. }: Subject) {
    fill(&queue, Lane::Backfill, lane_cap).await;
    let publish = |number: usize| {
        // Large enough for none to fit in besides.
        let (lane, size) = if number.is_multiple_of(2) {
            (Lane::Live, 2000)
        } else {
            (Lane::Backfill, MAX_MESSAGE_BYTES / 32)
        };
        let (queue, message) = (Arc::clone(&queue), Message::new(format!("{number}"), lane, vec![7; size]));
        tokio::spawn(async move { (number, lane, queue.publish(message).await) })
    };
    let mut accepted = BTreeSet::new();
    for task in (0..AT_ONCE).map(publish).collect::<Vec<_>>() {
        let (number, lane, published) = task.await.unwrap();
        match published {
            Ok(()) => drop(accepted.insert(format!("{number}"))),
            Err(error) => assert_eq!(lane, Lane::Backfill, "a lane with room answers {error}"),
        }
    }
    assert!(accepted.len() < AT_ONCE, "the full lane took everything");
    let (mut came, began) = (BTreeSet::new(), Instant::now());
    loop {
        let claimed = queue.claim(16, QUIET).await.unwrap();
        if claimed.is_empty() && (accepted.is_subset(&came) || began.elapsed() > PATIENCE) {
            break;
        }
        for delivery in claimed {
            if delivery.message.key != "filling" {
                came.insert(delivery.message.key.clone());
            }
            delivery.ack().await.unwrap();
        }
    }
    let lost: Vec<_> = accepted.difference(&came).collect();
    assert!(lost.is_empty(), "accepted, and not there: {lost:?}");
    let kept: Vec<_> = came.difference(&accepted).collect();
    assert!(kept.is_empty(), "refused, and there: {kept:?}");
}
