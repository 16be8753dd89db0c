//! The durable queue of articles: RabbitMQ and an embedded SQLite table behind one trait.
//!
//! # Promise
//! * When [`Queue::publish`] answers `Ok`, the message survives the crash of every process: it is in a committed
//!   `synchronous=FULL` transaction ([`SqliteQueue`]) or confirmed by a quorum queue ([`RabbitQueue`]).
//! * Every message is delivered at least once, and may be delivered more than once until it is acknowledged. After
//!   [`Delivery::ack`] answered `Ok` it is gone (with RabbitMQ, unless the ack was lost together with the connection).
//! * Live messages are handed out before backfill ones. Within a lane the order is roughly first in, first out; nothing
//!   may depend on it.
//!
//! # States
//! ```text
//!                 publish                      ack
//!                    |                          ^
//!                    v        claim             |
//!   replay ------> ready ----------------> in flight ---- park, or the delivery limit ---> parked ---> forget
//!     ^              ^                       |    |                                          |
//!     |              +---- dropped, lost ----+    | retry(after)                             |
//!     |              +---------- delayed <--------+                                          |
//!     +--------------------------------------------------------------------------------------+
//! ```
//! * *In flight*: held by one [`Delivery`]. `attempt` counts deliveries, the first is 1; only a replay sets it back.
//! * A delivery that is dropped unsettled (a panic, a cancelled task) is ready again at once. If its process dies,
//!   RabbitMQ returns it when the connection breaks, the embedded queue when the lease ends.
//! * **Delivery limit**: a message whose deliveries end unsettled that many times in a row is parked by the queue
//!   itself with the reason [`DELIVERY_LIMIT`], so a text that kills its worker cannot kill workers for ever. A
//!   `retry` is a decision of the worker and starts the count anew: how often to retry is the worker's business.
//! * *Parked* messages wait for a person. They are not in the way of anything and do not count against the cap.
//!
//! # Recovery
//! A holder that lost its delivery gets [`QueueError::LeaseLost`] when it settles and should simply go on: the message
//! comes again. See [`sqlite`] and [`rabbitmq`] for what each does after a crash.
//!
//! The queue knows nothing of articles, traces or metrics; headers are the caller's.

mod error;
mod message;

#[cfg(any(test, feature = "contract"))]
pub mod contract;
pub mod rabbitmq;
pub mod sqlite;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

pub use error::QueueError;
pub use message::{Depth, Lane, MAX_HEADER_BYTES, MAX_HEADER_NAME_BYTES, Message, Parked};
pub use rabbitmq::{RabbitOptions, RabbitQueue};
pub use sqlite::{SqliteQueue, SqliteQueueOptions};

/// The reason of messages that the queue parked by itself.
pub const DELIVERY_LIMIT: &str = "delivery limit";

/// The reason of messages that a backend parked because what it had stored could not be read back whole. Listed, such a
/// message has what can be read of it, and a nil id if that cannot.
pub const UNREADABLE: &str = "cannot be read";

/// How much of a parking reason is kept, in bytes of UTF-8.
pub const MAX_REASON_BYTES: usize = 4096;

/// Where a queue is, in the words of OpenTelemetry's conventions for messaging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The kind of broker: `rabbitmq`, or `sqlite` for the embedded queue.
    pub system: &'static str,
    /// What the names of the broker's exchange and queues begin with, or the file's name.
    pub name: String,
    /// The broker's host and port.
    pub address: Option<(String, u16)>,
}

impl Place {
    /// What messages of a lane are sent to: on RabbitMQ exchange and routing key.
    pub fn destination(&self, lane: Lane) -> String {
        format!("{}:{lane}", self.name)
    }
}

/// A durable queue. Handles are cheap to share (`Arc<dyn Queue>`); every method may be called from many tasks at once.
///
/// ```no_run
/// # async fn example() -> Result<(), marsad_queue::QueueError> {
/// use std::time::Duration;
/// use marsad_queue::{Lane, Message, Queue, SqliteQueue, SqliteQueueOptions};
///
/// let queue = SqliteQueue::open("queue.db", SqliteQueueOptions::default()).await?;
/// queue.publish(Message::new("article-1", Lane::Live, "body")).await?;
/// for delivery in queue.claim(8, Duration::from_secs(1)).await? {
///     // Do the work, then:
///     delivery.ack().await?;
/// }
/// queue.close().await;
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait Queue: Send + Sync + 'static {
    /// Stores a message; resolves when it is durable, within a deadline.
    ///
    /// # Errors
    /// [`QueueError::TooLarge`] and [`QueueError::Invalid`] for the message itself, [`QueueError::Full`] if its lane is
    /// full, [`QueueError::Unavailable`] if the backend did not confirm in time: it may have stored the message.
    async fn publish(&self, message: Message) -> Result<(), QueueError>;

    /// Takes up to `max` messages, live ones first; waits up to `wait` for the first of them and returns none if none
    /// came. It does not wait for more once it has one, and with a `max` of 0 not at all.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] and [`QueueError::Corrupt`].
    async fn claim(&self, max: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError>;

    /// How many messages are where.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] and [`QueueError::Corrupt`].
    async fn depth(&self) -> Result<Depth, QueueError>;

    /// Up to `limit` parked messages, roughly the longest parked first.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] and [`QueueError::Corrupt`].
    async fn parked(&self, limit: usize) -> Result<Vec<Parked>, QueueError>;

    /// Moves the parked messages with these ids back to their lanes, with no attempts counted; returns the ids of those
    /// moved, in any order. An id of which none is parked is left out; if several have the id, one is moved.
    ///
    /// # Errors
    /// [`QueueError::Full`] if a lane is full, [`QueueError::Unavailable`] and [`QueueError::Corrupt`], but only if not
    /// one was moved: what was not stays parked, and asking again for it tells why.
    async fn replay(&self, ids: &[Uuid]) -> Result<Vec<Uuid>, QueueError>;

    /// Removes the parked messages with that key whose [stamp](Message::stamp) sorts before `before`; returns how many
    /// there were.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] and [`QueueError::Corrupt`].
    async fn forget(&self, key: &str, before: &str) -> Result<u64, QueueError>;

    /// How long the message that has waited longest in each lane (see [`Lane::ALL`]) could have been claimed, `None` for a lane without
    /// one; `None` where the backend cannot tell.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] and [`QueueError::Corrupt`].
    async fn oldest(&self) -> Result<Option<[Option<Duration>; 2]>, QueueError> {
        Ok(None)
    }

    /// Where it is, for traces and metrics.
    fn place(&self) -> Place {
        Place { system: "other", name: "queue".into(), address: None }
    }

    /// Whether the backend answers, for readiness.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] and [`QueueError::Corrupt`].
    async fn check(&self) -> Result<(), QueueError>;

    /// Finishes what was begun and lets go of the backend; everything afterwards fails with
    /// [`QueueError::Unavailable`]. Deliveries that are still held come again.
    async fn close(&self);
}

/// One message in the hands of one worker, to be settled exactly once. Dropped unsettled, it is delivered again.
pub struct Delivery {
    /// The message as it was published.
    pub message: Message,
    /// The number of this delivery of the message; the first is 1.
    pub attempt: u32,
    receipt: Box<dyn Receipt>,
}

impl Delivery {
    /// For backends: a delivery that `receipt` settles.
    pub fn new(message: Message, attempt: u32, receipt: Box<dyn Receipt>) -> Self {
        Self { message, attempt, receipt }
    }

    /// The same delivery with another receipt around its own, for who watches a queue.
    #[must_use]
    pub fn map_receipt(self, around: impl FnOnce(Box<dyn Receipt>) -> Box<dyn Receipt>) -> Self {
        Self { receipt: around(self.receipt), ..self }
    }

    /// The work is done and stored: the message is gone.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] or [`QueueError::Unavailable`]; the message is delivered again.
    pub async fn ack(self) -> Result<(), QueueError> {
        self.receipt.ack().await
    }

    /// Delivers the message again, not before `after`. RabbitMQ rounds up to the delays that it was set up with, and
    /// what is longer than the longest becomes the longest.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] or [`QueueError::Unavailable`]; the message is then delivered again at any time.
    pub async fn retry(self, after: Duration) -> Result<(), QueueError> {
        self.receipt.retry(after).await
    }

    /// Sets the message aside for a person to look at, with the reason for it, of which the first
    /// [`MAX_REASON_BYTES`] are kept.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] or [`QueueError::Unavailable`]; the message is delivered again.
    pub async fn park(self, reason: &str) -> Result<(), QueueError> {
        self.receipt.park(&reason[..reason.floor_char_boundary(MAX_REASON_BYTES)]).await
    }

    /// Holds the message for another full lease from now, for work that takes long. RabbitMQ has no lease (a message
    /// is held as long as the connection): there it does nothing.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] or [`QueueError::Unavailable`].
    pub async fn extend(&self) -> Result<(), QueueError> {
        self.receipt.extend().await
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("message", &self.message)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

/// For backends: what settles one delivery. Dropping it unsettled returns the message to the queue.
#[async_trait]
pub trait Receipt: Send + Sync + 'static {
    /// See [`Delivery::ack`].
    async fn ack(self: Box<Self>) -> Result<(), QueueError>;
    /// See [`Delivery::retry`].
    async fn retry(self: Box<Self>, after: Duration) -> Result<(), QueueError>;
    /// See [`Delivery::park`].
    async fn park(self: Box<Self>, reason: &str) -> Result<(), QueueError>;
    /// See [`Delivery::extend`].
    async fn extend(&self) -> Result<(), QueueError>;
}
