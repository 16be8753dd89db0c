//! Publishing: mandatory, confirmed, and under one deadline.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use lapin::options::{BasicPublishOptions, QueueDeclareOptions};
use lapin::protocol::AMQPSoftError;
use lapin::types::{FieldTable, ShortString};
use lapin::{BasicProperties, Confirmation};
use marsad_model::limits::MAX_MESSAGE_BYTES;
use tokio::time::Instant;

use super::RabbitOptions;
use super::connection::{self, queue_error};
use super::link::Link;
use super::topology::{Names, PARKED_KEY, wait_key};
use crate::{Lane, QueueError};

/// Asks about a queue and declares nothing.
pub(super) const PASSIVE: QueueDeclareOptions = QueueDeclareOptions {
    passive: true,
    durable: false,
    exclusive: false,
    auto_delete: false,
    nowait: false,
};

/// How long a lane that was full is taken for the reason of further refusals, without asking again.
const FULL_MEMORY: Duration = Duration::from_secs(5);

/// Where a message goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Destination {
    /// Ready in its lane.
    Lane(Lane),
    /// Waiting for the delay, then ready in its lane.
    Wait(Duration, Lane),
    Parked,
}

/// What publishes, and what asks about the broker's queues.
pub(super) struct Publisher {
    options: Arc<RabbitOptions>,
    names: Names,
    link: Link,
    /// When each lane was last seen to be full.
    full: [Mutex<Option<Instant>>; 2],
    /// Held while a message gets its number and its place on the wire.
    turn: Mutex<()>,
}

impl Publisher {
    pub(super) async fn connect(options: Arc<RabbitOptions>) -> Result<Self, QueueError> {
        let names = Names::new(&options.prefix);
        let link = Link::new(Arc::clone(&options));
        link.open().await?;
        Ok(Self { options, names, link, full: Default::default(), turn: Mutex::default() })
    }

    /// Publishes and waits for the confirm.
    pub(super) async fn publish(
        self: &Arc<Self>,
        destination: Destination,
        properties: BasicProperties,
        body: Bytes,
    ) -> Result<(), QueueError> {
        let publisher = Arc::clone(self);
        // A task of its own: a confirm that comes after the deadline is still taken in, where lapin would keep the
        // promise of a dropped one for ever.
        let task = tokio::spawn(async move { publisher.confirmed(destination, properties, body).await });
        match tokio::time::timeout(self.options.confirm_timeout, task).await {
            Ok(Ok(result)) => result,
            Ok(Err(error)) => Err(QueueError::Internal(error.to_string())),
            Err(_) => Err(QueueError::unavailable(format!(
                "the broker did not confirm within {:?}",
                self.options.confirm_timeout
            ))),
        }
    }

    async fn confirmed(
        &self,
        destination: Destination,
        properties: BasicProperties,
        body: Bytes,
    ) -> Result<(), QueueError> {
        // Not longer than the caller waits: what has not begun by then must not begin.
        let open = match tokio::time::timeout(self.options.confirm_timeout, self.link.open()).await {
            Ok(open) => open?,
            Err(_) => return Err(QueueError::unavailable("there is no connection to the broker")),
        };
        open.ensure_not_blocked()?;
        let routing_key = match destination {
            Destination::Lane(lane) => ShortString::from(lane.as_str()),
            Destination::Wait(delay, lane) => ShortString::try_new(wait_key(delay, lane)).unwrap_or_default(),
            Destination::Parked => ShortString::from(PARKED_KEY),
        };
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let exchange = self.names.exchange();
        let mut publishing =
            pin!(open.channel.basic_publish(exchange, routing_key, options, &body, properties));
        // The broker confirms by numbers that both sides count. lapin counts, then puts the message on the wire, both when it is first polled:
        // if another message came in between, each would get the other's confirm, and one that was refused would count as durable.
        let in_turn = poll_fn(|context| {
            let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
            publishing.as_mut().poll(context)
        });
        let confirmation = in_turn.await.map_err(queue_error)?.await.map_err(queue_error)?;
        match confirmation {
            Confirmation::Ack(None) => Ok(()),
            Confirmation::Nack(None) => Err(self.refused(destination).await),
            // Confirmed, and dropped: no queue took it.
            Confirmation::Ack(Some(_)) | Confirmation::Nack(Some(_)) => {
                self.link.forget(&open);
                Err(QueueError::unavailable("the broker has lost its queues; they are declared again"))
            }
            Confirmation::NotRequested => {
                Err(QueueError::Internal("the channel is not in confirm mode".into()))
            }
        }
    }

    /// What a refusal means: the broker gives no reason, and refuses for troubles of its own, too. A lane that is full
    /// holds at least as many messages as the largest there are fill it.
    async fn refused(&self, destination: Destination) -> QueueError {
        let trouble = QueueError::unavailable("the broker refused the message");
        let Destination::Lane(lane) = destination else { return trouble };
        let recently = |full: Option<Instant>| full.is_some_and(|full| full.elapsed() < FULL_MEMORY);
        if recently(self.full(lane).to_owned()) {
            return QueueError::full();
        }
        let fewest = self.options.max_length_bytes / (MAX_MESSAGE_BYTES as u64);
        match self.ready_counts(&[self.names.lane(lane)]).await {
            Ok(counts) if counts.iter().any(|ready| *ready >= fewest.max(1)) => {
                *self.full(lane) = Some(Instant::now());
                QueueError::full()
            }
            Ok(_) => trouble,
            Err(error) => error,
        }
    }

    fn full(&self, lane: Lane) -> MutexGuard<'_, Option<Instant>> {
        let [live, backfill] = &self.full;
        let full = match lane {
            Lane::Live => live,
            Lane::Backfill => backfill,
        };
        full.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The shortest delay there is that is long enough, else the longest.
    pub(super) fn delay(&self, after: Duration) -> Duration {
        let delays = &self.options.delays;
        let long_enough = delays.iter().find(|delay| **delay >= after).or(delays.last());
        long_enough.copied().unwrap_or(after)
    }

    /// How many messages are ready in each of the queues named.
    pub(super) async fn ready_counts(&self, queues: &[ShortString]) -> Result<Vec<u64>, QueueError> {
        let count = async {
            let open = self.link.open().await?;
            // A channel of its own: asking for a queue that is not there closes the channel.
            let channel = open.connection.create_channel().await.map_err(queue_error)?;
            let mut counts = Vec::with_capacity(queues.len());
            for queue in queues {
                let state = channel.queue_declare(queue.clone(), PASSIVE, FieldTable::default()).await;
                let state = state.inspect_err(|error| {
                    if connection::is(error, AMQPSoftError::NOTFOUND) {
                        self.link.forget(&open);
                    }
                });
                counts.push(u64::from(state.map_err(queue_error)?.message_count()));
            }
            let _ = channel.close(200, ShortString::from("OK")).await;
            Ok(counts)
        };
        match tokio::time::timeout(self.options.confirm_timeout, count).await {
            Ok(result) => result,
            Err(_) => Err(QueueError::unavailable("the broker does not tell the length of its queues")),
        }
    }

    /// Whether messages can be published now. A queue that is missing is declared again by the next call.
    pub(super) async fn check(&self) -> Result<(), QueueError> {
        let lanes = Lane::ALL.map(|lane| self.names.lane(lane));
        self.ready_counts(&lanes).await?;
        match tokio::time::timeout(self.options.confirm_timeout, self.link.open()).await {
            Ok(open) => open?.ensure_not_blocked(),
            Err(_) => Err(QueueError::unavailable("there is no connection to the broker")),
        }
    }

    pub(super) async fn close(&self) {
        self.link.close().await;
    }
}
