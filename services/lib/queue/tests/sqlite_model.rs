//! The embedded queue against a model: any sequence of operations, crashes and jumps of the clock must leave both
//! in the same state.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use marsad_queue::sqlite::Clock;
use marsad_queue::{
    DELIVERY_LIMIT, Delivery, Depth, Lane, Message, Queue, QueueError, SqliteQueue, SqliteQueueOptions,
};
use proptest::prelude::*;
use tempfile::TempDir;
use uuid::Uuid;

const LEASE_MS: i64 = 1000;
const LIMIT: u32 = 3;
const MAX_LANE_BYTES: u64 = 200;

#[derive(Debug, Clone)]
enum Step {
    Publish {
        key: u8,
        stamp: u8,
        backfill: bool,
        bytes: usize,
    },
    Claim(usize),
    /// The steps on a delivery name it by its place among those held.
    Ack(usize),
    Retry(usize, i64),
    Park(usize),
    Extend(usize),
    Drop(usize),
    /// Forget it without a word, as a killed process does.
    Die(usize),
    /// By its place among those parked.
    Replay(usize),
    Forget {
        key: u8,
        before: u8,
    },
    Advance(i64),
    /// Everything in memory is lost; the file is opened again.
    Crash,
    /// The same after a proper goodbye.
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3_u8, 0..3_u8, any::<bool>(), 0..60_usize)
            .prop_map(|(key, stamp, backfill, bytes)| Step::Publish { key, stamp, backfill, bytes }),
        6 => (0..4_usize).prop_map(Step::Claim),
        2 => (0..5_usize).prop_map(Step::Ack),
        2 => (0..5_usize, 0..1500_i64).prop_map(|(at, after)| Step::Retry(at, after)),
        2 => (0..5_usize).prop_map(Step::Park),
        1 => (0..5_usize).prop_map(Step::Extend),
        2 => (0..5_usize).prop_map(Step::Drop),
        2 => (0..5_usize).prop_map(Step::Die),
        2 => (0..4_usize).prop_map(Step::Replay),
        1 => (0..3_u8, 0..4_u8).prop_map(|(key, before)| Step::Forget { key, before }),
        4 => prop_oneof![0..10_i64, 0..2 * LEASE_MS, Just(LEASE_MS)].prop_map(Step::Advance),
        1 => Just(Step::Crash),
        1 => Just(Step::Reopen),
    ]
}

/// One message as the model sees it; those that are gone are taken out.
#[derive(Debug, Clone)]
struct Row {
    message: Message,
    visible_at: i64,
    holder: Option<u64>,
    attempts: u32,
    unsettled: u32,
    parked: Option<(i64, &'static str)>,
}

/// What should be in the file, in the order of publishing.
#[derive(Default)]
struct Model {
    rows: Vec<Row>,
    claims: u64,
}

impl Model {
    fn bytes(message: &Message) -> u64 {
        (message.body.len() + message.key.len() + message.stamp.len()) as u64
    }

    fn room(&self, message: &Message) -> bool {
        let used: u64 = self
            .rows
            .iter()
            .filter(|row| row.parked.is_none() && row.message.lane == message.lane)
            .map(|row| Self::bytes(&row.message))
            .sum();
        used + Self::bytes(message) <= MAX_LANE_BYTES
    }

    fn publish(&mut self, message: Message, now: i64) -> bool {
        let room = self.room(&message);
        if room {
            let row = Row { message, visible_at: now, holder: None, attempts: 0, unsettled: 0, parked: None };
            self.rows.push(row);
        }
        room
    }

    /// The ids and attempts that a claim must return, in order, and the token that it holds them by.
    fn claim(&mut self, max: usize, now: i64) -> (u64, Vec<(Uuid, u32)>) {
        self.claims += 1;
        let mut claimed = Vec::new();
        for lane in Lane::ALL {
            let mut ready: Vec<usize> = (0..self.rows.len())
                .filter(|at| {
                    let row = &self.rows[*at];
                    row.parked.is_none() && row.message.lane == lane && row.visible_at <= now
                })
                .collect();
            ready.sort_by_key(|at| (self.rows[*at].visible_at, *at));
            for at in ready {
                if claimed.len() == max {
                    break;
                }
                let row = &mut self.rows[at];
                row.holder = None;
                if row.unsettled >= LIMIT {
                    row.parked = Some((now, DELIVERY_LIMIT));
                    continue;
                }
                row.holder = Some(self.claims);
                row.visible_at = now + LEASE_MS;
                row.attempts += 1;
                row.unsettled += 1;
                claimed.push((row.message.id, row.attempts));
            }
        }
        (self.claims, claimed)
    }

    fn end_leases(&mut self, now: i64) {
        for row in self.rows.iter_mut().filter(|row| row.parked.is_none() && row.visible_at > now) {
            if row.holder.take().is_some() {
                row.visible_at = now;
            }
        }
    }

    fn held(&mut self, id: Uuid, holder: u64) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.message.id == id && row.holder == Some(holder))
    }

    fn parked(&self) -> Vec<&Row> {
        let mut parked: Vec<&Row> = self.rows.iter().filter(|row| row.parked.is_some()).collect();
        // A stable sort: the order of publishing decides between equals.
        parked.sort_by_key(|row| row.parked.map(|(at, _)| at));
        parked
    }

    fn depth(&self, now: i64) -> Depth {
        let mut depth = Depth { in_flight: Some(0), ..Depth::default() };
        for row in &self.rows {
            match (row.parked, row.visible_at <= now, row.holder, row.message.lane) {
                (Some(_), ..) => depth.parked += 1,
                (None, true, _, Lane::Live) => depth.live += 1,
                (None, true, _, Lane::Backfill) => depth.backfill += 1,
                (None, false, None, _) => depth.delayed += 1,
                (None, false, Some(_), _) => depth.in_flight = depth.in_flight.map(|held| held + 1),
            }
        }
        depth
    }
}

struct Run {
    model: Model,
    now: Arc<AtomicI64>,
    dir: TempDir,
    queue: SqliteQueue,
    held: Vec<(Delivery, u64)>,
    /// Whether this queue has claimed since it was opened: the first claim ends the leases of those that are no more.
    has_claimed: bool,
    /// Whether a delivery of this queue was forgotten.
    forgotten: bool,
    /// Whether a queue that claimed was dropped with deliveries under way: these keep it alive, so its leases are.
    another_claims: bool,
}

async fn open(path: &Path, now: &Arc<AtomicI64>) -> SqliteQueue {
    let now = Arc::clone(now);
    let options = SqliteQueueOptions {
        max_lane_bytes: MAX_LANE_BYTES,
        lease: Duration::from_millis(LEASE_MS as u64),
        delivery_limit: LIMIT,
        clock: Clock::new(move || now.load(Ordering::SeqCst)),
        ..SqliteQueueOptions::default()
    };
    SqliteQueue::open(path.join("queue.db"), options).await.unwrap()
}

impl Run {
    async fn start() -> Self {
        let dir = TempDir::new().unwrap();
        let now = Arc::new(AtomicI64::new(1_000_000));
        let queue = open(dir.path(), &now).await;
        let (model, held) = Default::default();
        Self { model, now, dir, queue, held, has_claimed: false, forgotten: false, another_claims: false }
    }

    fn take(&mut self, at: usize) -> Option<(Delivery, u64)> {
        (at < self.held.len()).then(|| self.held.swap_remove(at))
    }

    async fn step(&mut self, step: Step) {
        let now = self.now.load(Ordering::SeqCst);
        match step {
            Step::Publish { key, stamp, backfill, bytes } => {
                let lane = if backfill { Lane::Backfill } else { Lane::Live };
                let message =
                    Message::new(format!("key-{key}"), lane, vec![key; bytes]).with_stamp(stamp.to_string());
                let stored = self.queue.publish(message.clone()).await;
                assert_eq!(stored.is_ok(), self.model.publish(message, now), "{stored:?}");
                assert!(matches!(stored, Ok(()) | Err(QueueError::Full { .. })), "{stored:?}");
            }
            Step::Claim(0) => assert!(self.queue.claim(0, Duration::ZERO).await.unwrap().is_empty()),
            Step::Claim(max) => {
                if !self.has_claimed && !self.another_claims {
                    self.model.end_leases(now);
                }
                self.has_claimed = true;
                let (holder, expected) = self.model.claim(max, now);
                let claimed = self.queue.claim(max, Duration::ZERO).await.unwrap();
                let got: Vec<_> = claimed.iter().map(|d| (d.message.id, d.attempt)).collect();
                assert_eq!(got, expected);
                for delivery in claimed {
                    let row = self.model.held(delivery.message.id, holder).unwrap();
                    assert_eq!(delivery.message, row.message);
                    self.held.push((delivery, holder));
                }
            }
            Step::Ack(at) => {
                let Some((delivery, holder)) = self.take(at) else { return };
                let id = delivery.message.id;
                let held = self.model.held(id, holder).is_some();
                assert_settled(delivery.ack().await, held);
                self.model.rows.retain(|row| !held || row.message.id != id);
            }
            Step::Retry(at, after) => {
                let Some((delivery, holder)) = self.take(at) else { return };
                let row = self.model.held(delivery.message.id, holder);
                assert_settled(delivery.retry(Duration::from_millis(after as u64)).await, row.is_some());
                if let Some(row) = row {
                    (row.holder, row.unsettled, row.visible_at) = (None, 0, now + after);
                }
            }
            Step::Park(at) => {
                let Some((delivery, holder)) = self.take(at) else { return };
                let row = self.model.held(delivery.message.id, holder);
                assert_settled(delivery.park("by hand").await, row.is_some());
                if let Some(row) = row {
                    (row.holder, row.parked) = (None, Some((now, "by hand")));
                }
            }
            Step::Extend(at) => {
                let Some((delivery, holder)) = self.held.get(at) else { return };
                let row = self.model.held(delivery.message.id, *holder);
                assert_settled(delivery.extend().await, row.is_some());
                if let Some(row) = row {
                    row.visible_at = now + LEASE_MS;
                }
            }
            Step::Drop(at) => {
                let Some((delivery, holder)) = self.take(at) else { return };
                if let Some(row) = self.model.held(delivery.message.id, holder) {
                    (row.holder, row.visible_at) = (None, now);
                    row.parked = (row.unsettled >= LIMIT).then_some((now, DELIVERY_LIMIT));
                }
                drop(delivery);
                // Nobody waits for a release; what is asked after it is done after it.
                self.queue.check().await.unwrap();
            }
            Step::Die(at) => {
                if let Some((delivery, _)) = self.take(at) {
                    std::mem::forget(delivery);
                    self.forgotten = true;
                }
            }
            Step::Replay(at) => {
                let Some(row) = self.model.parked().get(at).map(|row| (*row).clone()) else {
                    assert_eq!(self.queue.replay(&[Uuid::new_v4()]).await, Ok(vec![]));
                    return;
                };
                let replayed = self.queue.replay(&[row.message.id]).await;
                if !self.model.room(&row.message) {
                    assert!(matches!(replayed, Err(QueueError::Full { .. })), "{replayed:?}");
                    return;
                }
                assert_eq!(replayed, Ok(vec![row.message.id]));
                let id = row.message.id;
                if let Some(row) = self.model.rows.iter_mut().find(|row| row.message.id == id) {
                    (row.parked, row.attempts, row.unsettled, row.visible_at) = (None, 0, 0, now);
                }
            }
            Step::Forget { key, before } => {
                let (key, before) = (format!("key-{key}"), before.to_string());
                let rows = self.model.rows.len();
                self.model.rows.retain(|row| {
                    row.parked.is_none() || row.message.key != key || row.message.stamp >= before
                });
                let removed = rows - self.model.rows.len();
                assert_eq!(self.queue.forget(&key, &before).await, Ok(removed as u64));
            }
            Step::Advance(by) => {
                self.now.fetch_add(by, Ordering::SeqCst);
            }
            Step::Crash => {
                self.another_claims |= self.forgotten || !self.held.is_empty();
                (self.has_claimed, self.forgotten) = (false, false);
                self.held.drain(..).for_each(|(delivery, _)| std::mem::forget(delivery));
                self.queue = open(self.dir.path(), &self.now).await;
            }
            Step::Reopen => {
                (self.has_claimed, self.forgotten) = (false, false);
                self.held.drain(..).for_each(|(delivery, _)| std::mem::forget(delivery));
                self.queue.close().await;
                self.queue = open(self.dir.path(), &self.now).await;
            }
        }
    }

    async fn compare(&self) {
        let now = self.now.load(Ordering::SeqCst);
        assert_eq!(self.queue.depth().await.unwrap(), self.model.depth(now));
        let parked = self.queue.parked(100).await.unwrap();
        let got: Vec<_> =
            parked.iter().map(|p| (&p.message, p.attempts, p.parked_at, p.reason.as_str())).collect();
        let expected: Vec<_> = self
            .model
            .parked()
            .into_iter()
            .filter_map(|row| row.parked.map(|(at, reason)| (&row.message, row.attempts, at, reason)))
            .collect();
        assert_eq!(got, expected);
    }
}

fn assert_settled(result: Result<(), QueueError>, held: bool) {
    assert_eq!(result, if held { Ok(()) } else { Err(QueueError::LeaseLost) });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_steps_leaves_queue_and_model_alike(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut run = Run::start().await;
            for step in steps {
                run.step(step).await;
                run.compare().await;
            }
        });
    }
}
