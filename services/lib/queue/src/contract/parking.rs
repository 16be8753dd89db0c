//! What is set aside: listed, replayed, forgotten.

use std::collections::BTreeSet;
use std::time::Instant;

use uuid::Uuid;

use super::{PATIENCE, Subject, assert_depth, assert_quiet, claim_one, live};
use crate::{DELIVERY_LIMIT, Depth, Lane, MAX_REASON_BYTES, Message};

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
