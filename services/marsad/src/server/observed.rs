//! The queue as metrics see it: how long its operations take, what goes wrong, and for how long messages wait.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;
use marsad_model::Stamp;
use marsad_queue::{Delivery, Depth, Lane, Message, Parked, Place, Queue, QueueError, Receipt};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram};
use opentelemetry_semantic_conventions::attribute::{ERROR_TYPE, MESSAGING_OPERATION_NAME, MESSAGING_SYSTEM};
use opentelemetry_semantic_conventions::metric::{
    MESSAGING_CLIENT_CONSUMED_MESSAGES, MESSAGING_CLIENT_OPERATION_DURATION, MESSAGING_CLIENT_SENT_MESSAGES,
};
use uuid::Uuid;

/// A queue that is watched.
pub(crate) struct Observed {
    inner: Arc<dyn Queue>,
    instruments: Arc<Instruments>,
    /// What is known of the age of each lane from what was claimed of it, for brokers that cannot tell.
    ages: [Mutex<Age>; 2],
}

struct Instruments {
    system: &'static str,
    duration: Histogram<f64>,
    sent: Counter<u64>,
    consumed: Counter<u64>,
    errors: Counter<u64>,
}

/// The age of what waits in a lane, at most: that of the last message that was claimed, and the time since. Messages are handed out
/// roughly in their order, so what waits now came after that one.
#[derive(Debug, Clone, Copy)]
struct Age {
    /// Whether anything was claimed by this process.
    claims: bool,
    was: Duration,
    at: Instant,
    empty: bool,
}

impl Age {
    fn new(now: Instant) -> Self {
        Self { claims: false, was: Duration::ZERO, at: now, empty: true }
    }

    /// A message was claimed that had waited that long.
    fn claimed(&mut self, waited: Duration, now: Instant) {
        *self = Self { claims: true, was: waited, at: now, empty: false };
    }

    /// That many messages wait.
    fn counted(&mut self, waiting: u64, now: Instant) {
        if waiting == 0 {
            *self = Self { was: Duration::ZERO, at: now, empty: true, ..*self };
        } else {
            self.empty = false;
        }
    }

    fn now(&self, now: Instant) -> Option<Duration> {
        (self.claims && !self.empty).then(|| self.was + now.saturating_duration_since(self.at))
    }
}

impl Observed {
    pub(crate) fn new(inner: Arc<dyn Queue>) -> Self {
        let instruments = Arc::new(Instruments::new(inner.place().system));
        let now = Instant::now();
        Self { inner, instruments, ages: [Age::new(now), Age::new(now)].map(Mutex::new) }
    }

    fn age<T>(&self, lane: Lane, with: impl FnOnce(&mut Age) -> T) -> T {
        let [live, backfill] = &self.ages;
        let age = if lane == Lane::Live { live } else { backfill };
        with(&mut age.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Instruments {
    fn new(system: &'static str) -> Self {
        let meter = opentelemetry::global::meter("marsad");
        let counter = |name, description| meter.u64_counter(name).with_description(description).build();
        let instruments = Self {
            system,
            duration: meter
                .f64_histogram(MESSAGING_CLIENT_OPERATION_DURATION)
                .with_description("Duration of operations on the queue; claims, which wait, are left out.")
                .with_unit("s")
                .build(),
            sent: counter(MESSAGING_CLIENT_SENT_MESSAGES, "Messages that the queue has confirmed."),
            consumed: counter(MESSAGING_CLIENT_CONSUMED_MESSAGES, "Messages that were claimed."),
            errors: counter("marsad.queue.errors", "Operations on the queue that failed, by kind of error."),
        };
        for kind in ["unavailable", "full", "lease_lost", "corrupt", "internal"] {
            instruments.errors.add(0, &[KeyValue::new(ERROR_TYPE, kind)]);
        }
        instruments.sent.add(0, &[KeyValue::new(MESSAGING_SYSTEM, system)]);
        instruments.consumed.add(0, &[KeyValue::new(MESSAGING_SYSTEM, system)]);
        instruments
    }

    /// Does an operation and says how it went.
    async fn timed<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, QueueError>>,
    ) -> Result<T, QueueError> {
        let began = Instant::now();
        let answer = work.await;
        let mut attributes = vec![
            KeyValue::new(MESSAGING_SYSTEM, self.system),
            KeyValue::new(MESSAGING_OPERATION_NAME, operation),
        ];
        if let Some(kind) = self.failed(answer.as_ref().err()) {
            attributes.push(KeyValue::new(ERROR_TYPE, kind));
        }
        self.duration.record(began.elapsed().as_secs_f64(), &attributes);
        answer
    }

    /// Counts an error that is not the caller's own; what it is called.
    fn failed(&self, error: Option<&QueueError>) -> Option<&'static str> {
        let kind = match error? {
            QueueError::Unavailable { .. } => "unavailable",
            QueueError::Full { .. } => "full",
            QueueError::LeaseLost => "lease_lost",
            QueueError::Corrupt(_) => "corrupt",
            QueueError::Internal(_) => "internal",
            QueueError::TooLarge { .. } | QueueError::Invalid(_) => return None,
        };
        self.errors.add(1, &[KeyValue::new(ERROR_TYPE, kind)]);
        Some(kind)
    }
}

#[async_trait]
impl Queue for Observed {
    async fn publish(&self, message: Message) -> Result<(), QueueError> {
        self.instruments.timed("publish", self.inner.publish(message)).await?;
        self.instruments.sent.add(1, &[KeyValue::new(MESSAGING_SYSTEM, self.instruments.system)]);
        Ok(())
    }

    async fn claim(&self, max: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError> {
        let claimed = self.inner.claim(max, wait).await;
        self.instruments.failed(claimed.as_ref().err());
        let claimed = claimed?;
        let system = KeyValue::new(MESSAGING_SYSTEM, self.instruments.system);
        self.instruments.consumed.add(claimed.len() as u64, &[system]);
        let now = Timestamp::now().as_microsecond();
        let watched = claimed.into_iter().map(|delivery| {
            if let Some(accepted_at) = Stamp::accepted_at_of(&delivery.message.stamp) {
                let waited = u64::try_from(now.saturating_sub(accepted_at)).unwrap_or(0);
                let waited = Duration::from_micros(waited);
                self.age(delivery.message.lane, |age| age.claimed(waited, Instant::now()));
            }
            let instruments = Arc::clone(&self.instruments);
            delivery.map_receipt(|receipt| Box::new(ObservedReceipt { receipt, instruments }))
        });
        Ok(watched.collect())
    }

    async fn depth(&self) -> Result<Depth, QueueError> {
        let depth = self.instruments.timed("depth", self.inner.depth()).await?;
        for (lane, waiting) in [(Lane::Live, depth.live), (Lane::Backfill, depth.backfill)] {
            self.age(lane, |age| age.counted(waiting, Instant::now()));
        }
        Ok(depth)
    }

    async fn oldest(&self) -> Result<Option<[Option<Duration>; 2]>, QueueError> {
        let now = Instant::now();
        let told = self.inner.oldest().await?;
        Ok(told.or_else(|| Some(Lane::ALL.map(|lane| self.age(lane, |age| age.now(now))))))
    }

    fn place(&self) -> Place {
        self.inner.place()
    }

    async fn parked(&self, limit: usize) -> Result<Vec<Parked>, QueueError> {
        self.inner.parked(limit).await
    }

    async fn replay(&self, ids: &[Uuid]) -> Result<Vec<Uuid>, QueueError> {
        self.inner.replay(ids).await
    }

    async fn forget(&self, key: &str, before: &str) -> Result<u64, QueueError> {
        self.instruments.timed("forget", self.inner.forget(key, before)).await
    }

    async fn check(&self) -> Result<(), QueueError> {
        self.instruments.timed("check", self.inner.check()).await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}

struct ObservedReceipt {
    receipt: Box<dyn Receipt>,
    instruments: Arc<Instruments>,
}

#[async_trait]
impl Receipt for ObservedReceipt {
    async fn ack(self: Box<Self>) -> Result<(), QueueError> {
        self.instruments.timed("ack", self.receipt.ack()).await
    }

    async fn retry(self: Box<Self>, after: Duration) -> Result<(), QueueError> {
        self.instruments.timed("retry", self.receipt.retry(after)).await
    }

    async fn park(self: Box<Self>, reason: &str) -> Result<(), QueueError> {
        self.instruments.timed("park", self.receipt.park(reason)).await
    }

    async fn extend(&self) -> Result<(), QueueError> {
        self.instruments.timed("extend", self.receipt.extend()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_grows_while_nothing_is_claimed_and_ends_with_the_lane() {
        let (start, seconds) = (Instant::now(), Duration::from_secs);
        let mut age = Age::new(start);
        age.counted(5, start);
        assert_eq!(age.now(start + seconds(9)), None, "who claims nothing does not know");
        age.claimed(seconds(3), start + seconds(10));
        assert_eq!(age.now(start + seconds(14)), Some(seconds(7)));
        age.claimed(seconds(2), start + seconds(15));
        assert_eq!(age.now(start + seconds(15)), Some(seconds(2)));
        age.counted(0, start + seconds(16));
        assert_eq!(age.now(start + seconds(99)), None);
        // What comes after an hour of nothing has not waited for that hour.
        age.counted(0, start + seconds(3600));
        age.counted(1, start + seconds(3601));
        assert_eq!(age.now(start + seconds(3602)), Some(seconds(2)));
    }
}
