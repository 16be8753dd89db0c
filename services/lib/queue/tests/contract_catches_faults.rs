//! The contract suite is itself tested: backends with one defect each must fail exactly the cases that are about it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use marsad_queue::contract::{CASES, Subject};
use marsad_queue::{
    Delivery, Depth, Lane, Message, Parked, Queue, QueueError, Receipt, SqliteQueue, SqliteQueueOptions,
};
use tempfile::TempDir;
use uuid::Uuid;

/// What is wrong with a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// None: the control.
    Sound,
    /// One message in a hundred is never stored.
    LosesOne,
    /// One message in a hundred is stored twice.
    PublishesOneTwice,
    /// An ack answers `Ok` and does nothing, so that everything comes again.
    IgnoresAcks,
    /// Every delivery says that it is the first.
    ForgetsAttempts,
    /// A retry comes back at once.
    IgnoresDelays,
    /// Both lanes are one.
    IgnoresLanes,
    /// Takes one more than asked for.
    ClaimsTooMany,
    /// A message that nobody settles comes for ever.
    NeverParksByItself,
    /// Replaying loses the message.
    ForgetsOnReplay,
    /// Forgetting removes nothing.
    IgnoresForget,
    /// Forgetting removes what is newer too.
    ForgetsTheNewer,
    /// Does not wait for messages.
    ClaimsWithoutWaiting,
    /// The last byte of a body is cut off.
    CutsBodies,
    /// Takes messages without end.
    IsNeverFull,
    /// Parked messages are not counted.
    MiscountsParked,
}

struct Faulty {
    sound: SqliteQueue,
    fault: Fault,
    published: AtomicUsize,
}

#[async_trait]
impl Queue for Faulty {
    async fn publish(&self, mut message: Message) -> Result<(), QueueError> {
        let hundredth = self.published.fetch_add(1, Ordering::SeqCst) % 100 == 99;
        match self.fault {
            Fault::LosesOne if hundredth => return Ok(()),
            Fault::PublishesOneTwice if hundredth => self.sound.publish(message.clone()).await?,
            Fault::IgnoresLanes => message.lane = Lane::Live,
            Fault::CutsBodies => message.body.truncate(message.body.len().saturating_sub(1)),
            _ => {}
        }
        self.sound.publish(message).await
    }

    async fn claim(&self, max: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError> {
        let (max, wait) = match self.fault {
            Fault::ClaimsTooMany if max > 1 => (max + 1, wait),
            Fault::ClaimsWithoutWaiting => (max, Duration::ZERO),
            _ => (max, wait),
        };
        let claimed = self.sound.claim(max, wait).await?;
        let spoil = |delivery: Delivery| {
            let message = delivery.message.clone();
            let attempt = if self.fault == Fault::ForgetsAttempts { 1 } else { delivery.attempt };
            Delivery::new(message, attempt, Box::new(FaultyReceipt { delivery, fault: self.fault }))
        };
        Ok(claimed.into_iter().map(spoil).collect())
    }

    async fn depth(&self) -> Result<Depth, QueueError> {
        let depth = self.sound.depth().await?;
        Ok(if self.fault == Fault::MiscountsParked { Depth { parked: 0, ..depth } } else { depth })
    }

    async fn parked(&self, limit: usize) -> Result<Vec<Parked>, QueueError> {
        self.sound.parked(limit).await
    }

    async fn replay(&self, ids: &[Uuid]) -> Result<Vec<Uuid>, QueueError> {
        let replayed = self.sound.replay(ids).await?;
        if !replayed.is_empty() && self.fault == Fault::ForgetsOnReplay {
            join_all(self.sound.claim(1, Duration::ZERO).await?.into_iter().map(Delivery::ack)).await;
        }
        Ok(replayed)
    }

    async fn forget(&self, key: &str, before: &str) -> Result<u64, QueueError> {
        // A key that is never there, rather than no call at all: a closed queue must still say so.
        let key = if self.fault == Fault::IgnoresForget { "\0" } else { key };
        let before = if self.fault == Fault::ForgetsTheNewer { "~" } else { before };
        self.sound.forget(key, before).await
    }

    async fn check(&self) -> Result<(), QueueError> {
        self.sound.check().await
    }

    async fn close(&self) {
        self.sound.close().await;
    }
}

struct FaultyReceipt {
    delivery: Delivery,
    fault: Fault,
}

#[async_trait]
impl Receipt for FaultyReceipt {
    async fn ack(self: Box<Self>) -> Result<(), QueueError> {
        match self.fault {
            // Dropping it gives it back.
            Fault::IgnoresAcks => Ok(()),
            _ => self.delivery.ack().await,
        }
    }

    async fn retry(self: Box<Self>, after: Duration) -> Result<(), QueueError> {
        let after = if self.fault == Fault::IgnoresDelays { Duration::ZERO } else { after };
        self.delivery.retry(after).await
    }

    async fn park(self: Box<Self>, reason: &str) -> Result<(), QueueError> {
        self.delivery.park(reason).await
    }

    async fn extend(&self) -> Result<(), QueueError> {
        self.delivery.extend().await
    }
}

async fn subject(fault: Fault) -> Subject {
    let dir = TempDir::new().unwrap();
    let delivery_limit = 6;
    let inner_limit = if fault == Fault::NeverParksByItself { u32::MAX } else { delivery_limit };
    let lane_cap = 8 << 20;
    let max_lane_bytes = if fault == Fault::IsNeverFull { u64::MAX } else { lane_cap as u64 };
    let options =
        SqliteQueueOptions { delivery_limit: inner_limit, max_lane_bytes, ..SqliteQueueOptions::default() };
    let sound = SqliteQueue::open(dir.path().join("queue.db"), options).await.unwrap();
    let queue = Arc::new(Faulty { sound, fault, published: AtomicUsize::new(0) });
    Subject { queue, delay: Duration::from_millis(600), lane_cap, delivery_limit, keep: Box::new(dir) }
}

/// The names of the cases that a backend with that fault fails.
async fn failing(fault: Fault) -> BTreeSet<&'static str> {
    let cases = CASES.iter().map(|(name, case)| async move {
        // A case fails by a panic, which a task turns into an error.
        let failed = tokio::spawn(case(subject(fault).await)).await.is_err();
        failed.then_some(*name)
    });
    join_all(cases).await.into_iter().flatten().collect()
}

macro_rules! faults {
    ($($test:ident: $fault:ident => [$($case:ident),*];)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                let expected = BTreeSet::from([$(stringify!($case)),*] as [&str; _]);
                assert_eq!(failing(Fault::$fault).await, expected);
            }
        )*
    };
}

faults! {
    a_sound_backend_passes: Sound => [];
    a_lost_message_is_caught: LosesOne => [
        many_at_once_each_exactly_once, parked_at_once_with_forget_and_replay, a_refusal_is_of_the_message_refused
    ];
    a_message_stored_twice_is_caught: PublishesOneTwice => [many_at_once_each_exactly_once, parked_at_once_with_forget_and_replay];
    ignored_delays_are_caught: IgnoresDelays => [retry_waits_and_counts, depth_is_right];
    too_greedy_claims_are_caught: ClaimsTooMany => [claim_takes_no_more_than_asked];
    endless_redelivery_is_caught: NeverParksByItself => [delivery_limit_parks];
    forgotten_attempts_are_caught: ForgetsAttempts => [
        dropped_comes_back, retry_waits_and_counts, retry_starts_the_delivery_limit_anew, delivery_limit_parks,
        retry_into_a_full_lane_comes_back
    ];
    lost_replays_are_caught: ForgetsOnReplay => [
        parked_is_listed_and_replayed, delivery_limit_parks, parked_at_once_with_forget_and_replay
    ];
    ignored_forgetting_is_caught: IgnoresForget => [
        parked_is_forgotten_by_key, depth_is_right, parked_at_once_with_forget_and_replay
    ];
    forgetting_without_a_bound_is_caught: ForgetsTheNewer => [parked_is_forgotten_by_key, parked_at_once_with_forget_and_replay];
    lanes_without_end_are_caught: IsNeverFull => [
        full_lane_refuses_and_recovers, retry_into_a_full_lane_comes_back, a_refusal_is_of_the_message_refused
    ];
    miscounted_depth_is_caught: MiscountsParked => [
        depth_is_right, delivery_limit_parks, parked_is_listed_and_replayed
    ];
    claims_that_do_not_wait_are_caught: ClaimsWithoutWaiting => [
        claim_waits_and_wakes, retry_starts_the_delivery_limit_anew
    ];
    merged_lanes_are_caught: IgnoresLanes => [
        live_goes_first, bytes_are_exact, depth_is_right, parked_is_listed_and_replayed, retry_waits_and_counts,
        full_lane_refuses_and_recovers, a_refusal_is_of_the_message_refused
    ];
    cut_bodies_are_caught: CutsBodies => [
        published_is_claimed, dropped_comes_back, retry_waits_and_counts, parked_is_listed_and_replayed,
        delivery_limit_parks, bytes_are_exact, size_limit_holds_to_the_byte
    ];
    ignored_acks_are_caught: IgnoresAcks => [
        acked_is_gone, claim_takes_no_more_than_asked, dropped_comes_back, retry_waits_and_counts,
        retry_starts_the_delivery_limit_anew, parked_is_listed_and_replayed, live_goes_first, bytes_are_exact,
        size_limit_holds_to_the_byte, depth_is_right, many_at_once_each_exactly_once, closed_queue_refuses,
        parked_at_once_with_forget_and_replay
    ];
}
