//! The queue on RabbitMQ (3.10 or newer), in quorum queues.
//!
//! * **Durable.** A publish is `mandatory` and confirmed: it is on the disks of a majority of the broker's nodes, in a
//!   queue, or it failed. Publish and confirm have one deadline, because a broker in distress is silent.
//! * **Full.** Each lane has `x-max-length-bytes` with `reject-publish`: the broker refuses, [`QueueError::Full`]. It gives
//!   no reason when it refuses: if the lane cannot be full by the number of its messages, it is
//!   [`QueueError::Unavailable`].
//! * **Claims** take from a local buffer that two consumers fill, live first. The buffer and what is held together never
//!   exceed the prefetch, so a process must be given at least as much prefetch as it works on at once. Live goes before
//!   backfill as far as it has arrived here; a live message on its way does not stop a backfill one.
//! * **Unclaimed.** What has come and is not claimed counts against the broker's `consumer_timeout` (30 minutes), after
//!   which it closes the channel. So after [`RabbitOptions::max_unclaimed`] without a claim everything unclaimed is given
//!   back (what is held stays held) and nothing comes until the next claim; and a backfill message that has waited that long behind live ones goes
//!   first.
//! * **Retry** publishes a copy into a wait queue (one for each delay and lane, whose messages expire back into the lane) and then
//!   acknowledges the original; a crash in between gives two. **Park** does the same into the parked queue.
//! * **After a lost connection** the consumers start again with the next connection (250 ms to 1 s between attempts, for
//!   ever), the broker delivers again what was unsettled, and settling a delivery of the old connection answers
//!   [`QueueError::LeaseLost`]. An ack that the broker lost together with the connection is redelivered although it
//!   answered `Ok`: the protocol does not confirm acks. The publishing connection is made again when it is needed.
//! * **Forget** looks through all that is parked, one message after the other: those who ask within a second share one
//!   look.
//! * **Delivery limit.** The broker counts deliveries that ended by a reject or a lost connection, and dead-letters to the
//!   parked queue. Messages that were prefetched but not claimed when a process dies count too.
//!
//! The layout on the broker is in `topology.rs`.

mod connection;
mod consume;
mod envelope;
mod forget;
mod link;
mod parked;
mod publish;
mod topology;

use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;
use uuid::Uuid;

use self::consume::{Consuming, Source};
use self::forget::Forgetting;
use self::publish::{Destination, Publisher};
use self::topology::Names;
use crate::{Delivery, Depth, Lane, Message, Parked, Place, Queue, QueueError};

/// Longest prefix, in bytes: with it every name stays an AMQP short string.
const MAX_PREFIX_BYTES: usize = 100;

/// Where the broker is and how the queue behaves. All processes of one prefix must agree on `delays`,
/// `max_length_bytes` and `delivery_limit`: they are arguments of the broker's queues.
#[derive(Clone)]
pub struct RabbitOptions {
    /// `amqp://user:password@host:5672/vhost`, or `amqps://` for TLS.
    pub url: String,
    /// Certificates (PEM) that the broker's own may be signed by, besides the public ones. Default none.
    pub tls_ca: Option<String>,
    /// What the names of exchanges and queues begin with; 1 to 100 bytes. Default `marsad`.
    pub prefix: String,
    /// Most live messages that this process holds at once, claimed or on the way to it; of backfill a fourth. Default
    /// sixteen times the cores: with fewer a worker waits for the broker while its messages are being stored.
    pub prefetch: u16,
    /// The delays that a retry can have, to which it is rounded up. Default 5 s, 1 min, 10 min.
    pub delays: Vec<Duration>,
    /// Most bytes of ready messages in each lane. Default 4 GiB.
    pub max_length_bytes: u64,
    /// How many deliveries in a row may end unsettled before the broker parks the message. Default 6.
    pub delivery_limit: u32,
    /// How long a message may wait here without being claimed; must be well below the broker's `consumer_timeout`.
    /// Default 5 minutes.
    pub max_unclaimed: Duration,
    /// Deadline for a publish with its confirm. Default 5 s.
    pub confirm_timeout: Duration,
}

impl RabbitOptions {
    /// The defaults for the broker at `url`.
    pub fn new(url: impl Into<String>) -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self {
            url: url.into(),
            tls_ca: None,
            prefix: "marsad".into(),
            prefetch: u16::try_from(cores.saturating_mul(16)).unwrap_or(u16::MAX),
            delays: vec![Duration::from_secs(5), Duration::from_secs(60), Duration::from_secs(600)],
            max_length_bytes: 4 << 30,
            delivery_limit: 6,
            max_unclaimed: Duration::from_secs(300),
            confirm_timeout: Duration::from_secs(5),
        }
    }

    fn validate(&mut self) -> Result<(), QueueError> {
        let wrong = |what: &str| Err(QueueError::Invalid(what.to_owned()));
        self.delays.sort();
        self.delays.dedup();
        if self.prefix.is_empty() || self.prefix.len() > MAX_PREFIX_BYTES {
            return wrong("the prefix of a RabbitMQ queue must have 1 to 100 bytes");
        }
        if self.delays.first().is_none_or(|delay| delay.as_millis() == 0) {
            return wrong("a RabbitMQ queue needs one retry delay or more, of a millisecond or more");
        }
        if self.prefetch == 0 || self.delivery_limit == 0 {
            return wrong("prefetch and delivery limit of a RabbitMQ queue must be 1 or more");
        }
        Ok(())
    }
}

impl std::fmt::Debug for RabbitOptions {
    /// Without the URL and its password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RabbitOptions")
            .field("prefix", &self.prefix)
            .field("prefetch", &self.prefetch)
            .field("delays", &self.delays)
            .field("max_length_bytes", &self.max_length_bytes)
            .field("delivery_limit", &self.delivery_limit)
            .field("max_unclaimed", &self.max_unclaimed)
            .field("confirm_timeout", &self.confirm_timeout)
            .finish_non_exhaustive()
    }
}

/// The queue on RabbitMQ; see the [module](self).
pub struct RabbitQueue {
    options: Arc<RabbitOptions>,
    names: Names,
    publisher: Arc<Publisher>,
    forgetting: Forgetting,
    consuming: Mutex<Consumers>,
}

/// A process that only publishes never consumes: the first claim starts it.
enum Consumers {
    Idle,
    Running(Consuming),
    Closed,
}

impl RabbitQueue {
    /// Connects for publishing and declares the topology.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] if the broker does not answer or refuses the user; [`QueueError::Invalid`] for options
    /// that make no sense, or that differ from those which the queues were declared with.
    pub async fn connect(mut options: RabbitOptions) -> Result<Self, QueueError> {
        options.validate()?;
        let options = Arc::new(options);
        let publisher = Arc::new(Publisher::connect(Arc::clone(&options)).await?);
        let names = Names::new(&options.prefix);
        let forgetting = Forgetting::start(Arc::clone(&options));
        Ok(Self { options, names, publisher, forgetting, consuming: Mutex::new(Consumers::Idle) })
    }

    /// What has been consumed, if anything is.
    async fn source(&self) -> Option<Source> {
        match &*self.consuming.lock().await {
            Consumers::Running(consuming) => Some(consuming.source()),
            Consumers::Idle | Consumers::Closed => None,
        }
    }

    async fn ensure_open(&self) -> Result<(), QueueError> {
        match &*self.consuming.lock().await {
            Consumers::Closed => Err(QueueError::unavailable("it was closed")),
            Consumers::Idle | Consumers::Running(_) => Ok(()),
        }
    }
}

#[async_trait]
impl Queue for RabbitQueue {
    async fn publish(&self, message: Message) -> Result<(), QueueError> {
        message.validate()?;
        let properties = envelope::properties(&message, 0);
        self.publisher.publish(Destination::Lane(message.lane), properties, message.body).await
    }

    async fn claim(&self, max: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError> {
        if max == 0 {
            return self.ensure_open().await.map(|()| Vec::new());
        }
        let source = {
            let mut consuming = self.consuming.lock().await;
            if let Consumers::Idle = *consuming {
                *consuming = Consumers::Running(Consuming::start(Arc::clone(&self.options)));
            }
            match &*consuming {
                Consumers::Running(consuming) => consuming.source(),
                Consumers::Idle | Consumers::Closed => return Err(QueueError::unavailable("it was closed")),
            }
        };
        source.claim(max, wait, &self.publisher).await
    }

    async fn depth(&self) -> Result<Depth, QueueError> {
        let mut queues =
            vec![self.names.lane(Lane::Live), self.names.lane(Lane::Backfill), self.names.parked()];
        for delay in &self.options.delays {
            queues.extend(Lane::ALL.map(|lane| self.names.wait(*delay, lane)));
        }
        let counts = self.publisher.ready_counts(&queues).await?;
        let source = self.source().await;
        let buffered = |lane| source.as_ref().map_or(0, |source| source.buffered(lane));
        let count = |index: usize| counts.get(index).copied().unwrap_or(0);
        Ok(Depth {
            live: count(0) + buffered(Lane::Live),
            backfill: count(1) + buffered(Lane::Backfill),
            parked: count(2),
            delayed: counts.iter().skip(3).sum(),
            in_flight: None,
        })
    }

    async fn parked(&self, limit: usize) -> Result<Vec<Parked>, QueueError> {
        self.ensure_open().await?;
        parked::list(&self.options, limit).await
    }

    async fn replay(&self, ids: &[Uuid]) -> Result<Vec<Uuid>, QueueError> {
        self.ensure_open().await?;
        parked::replay(&self.options, &self.publisher, ids).await
    }

    async fn forget(&self, key: &str, before: &str) -> Result<u64, QueueError> {
        self.ensure_open().await?;
        self.forgetting.forget(key, before).await
    }

    fn place(&self) -> Place {
        let name = self.options.prefix.clone();
        Place { system: "rabbitmq", name, address: connection::address(&self.options) }
    }

    async fn check(&self) -> Result<(), QueueError> {
        self.publisher.check().await
    }

    async fn close(&self) {
        let consuming = std::mem::replace(&mut *self.consuming.lock().await, Consumers::Closed);
        if let Consumers::Running(consuming) = consuming {
            consuming.stop().await;
        }
        self.publisher.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_make_no_sense_are_refused() {
        let refused = |change: fn(&mut RabbitOptions)| {
            let mut options = RabbitOptions::new("amqp://localhost");
            change(&mut options);
            matches!(options.validate(), Err(QueueError::Invalid(_)))
        };
        assert!(!refused(|_| {}));
        assert!(refused(|options| options.prefix.clear()));
        assert!(refused(|options| options.prefix = "p".repeat(101)));
        assert!(refused(|options| options.delays.clear()));
        assert!(refused(|options| options.delays.push(Duration::ZERO)));
        assert!(refused(|options| options.prefetch = 0));
        assert!(refused(|options| options.delivery_limit = 0));
    }

    #[test]
    fn the_password_is_not_in_the_debug_form() {
        let options = RabbitOptions::new("amqp://user:secret@localhost");
        assert!(!format!("{options:?}").contains("secret"));
    }
}
