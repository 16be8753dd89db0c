//! Publishing: mandatory, confirmed, and under one deadline.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::{BasicProperties, Channel, Confirmation, Connection};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::RabbitOptions;
use super::connection::{self, queue_error};
use super::topology::{Names, PARKED_KEY};
use crate::{Lane, QueueError};

/// Where a message goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Destination {
    /// Ready in its lane.
    Lane(Lane),
    /// Waiting for the delay, then ready in its lane.
    Wait(Duration, Lane),
    Parked,
}

/// The publishing connection. Made again when it is lost, by whoever needs it next.
pub(super) struct Publisher {
    options: Arc<RabbitOptions>,
    names: Names,
    link: Mutex<Link>,
}

#[derive(Default)]
struct Link {
    open: Option<Arc<Open>>,
    closed: bool,
    failures: u32,
    /// Not to try again before, and why it failed.
    pause: Option<(Instant, QueueError)>,
}

struct Open {
    connection: Connection,
    channel: Channel,
}

impl Open {
    async fn connect(options: &RabbitOptions) -> Result<Self, QueueError> {
        let connection = connection::connect(options, "publish").await?;
        let channel = connection.create_channel().await.map_err(queue_error)?;
        channel.confirm_select(ConfirmSelectOptions::default()).await.map_err(queue_error)?;
        Ok(Self { connection, channel })
    }

    fn usable(&self) -> bool {
        self.connection.status().connected() && self.channel.status().connected()
    }
}

impl Publisher {
    pub(super) async fn connect(options: Arc<RabbitOptions>) -> Result<Self, QueueError> {
        let names = Names::new(&options.prefix);
        let publisher = Self { options, names, link: Mutex::default() };
        publisher.open().await?;
        Ok(publisher)
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
        let open = match tokio::time::timeout(self.options.confirm_timeout, self.open()).await {
            Ok(open) => open?,
            Err(_) => return Err(QueueError::unavailable("there is no connection to the broker")),
        };
        if open.connection.status().blocked() {
            return Err(QueueError::unavailable(
                "the broker is short of memory or disk and takes no messages",
            ));
        }
        let (exchange, routing_key) = match destination {
            Destination::Lane(lane) => (self.names.exchange(), lane.as_str()),
            Destination::Wait(delay, lane) => (self.names.wait(delay), lane.as_str()),
            Destination::Parked => (self.names.exchange(), PARKED_KEY),
        };
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let confirmation = open
            .channel
            .basic_publish(exchange, ShortString::from(routing_key), options, &body, properties)
            .await
            .map_err(queue_error)?
            .await
            .map_err(queue_error)?;
        match confirmation {
            Confirmation::Ack(None) => Ok(()),
            Confirmation::Nack(None) => Err(QueueError::full()),
            // Confirmed, and dropped: no queue took it.
            Confirmation::Ack(Some(_)) | Confirmation::Nack(Some(_)) => {
                self.forget_link(&open).await;
                Err(QueueError::unavailable("the broker has lost its queues; they are declared again"))
            }
            Confirmation::NotRequested => {
                Err(QueueError::Internal("the channel is not in confirm mode".into()))
            }
        }
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
            let open = self.open().await?;
            // A channel of its own: asking for a queue that is not there closes the channel.
            let channel = open.connection.create_channel().await.map_err(queue_error)?;
            let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
            let mut counts = Vec::with_capacity(queues.len());
            for queue in queues {
                let state = channel
                    .queue_declare(queue.clone(), passive, FieldTable::default())
                    .await
                    .map_err(queue_error)?;
                counts.push(u64::from(state.message_count()));
            }
            let _ = channel.close(200, ShortString::from("OK")).await;
            Ok(counts)
        };
        match tokio::time::timeout(self.options.confirm_timeout, count).await {
            Ok(result) => result,
            Err(_) => Err(QueueError::unavailable("the broker does not tell the length of its queues")),
        }
    }

    /// Whether messages can be published now.
    pub(super) async fn check(&self) -> Result<(), QueueError> {
        self.ready_counts(&[self.names.lane(Lane::Live)]).await?;
        match self.open().await?.connection.status().blocked() {
            true => {
                Err(QueueError::unavailable("the broker is short of memory or disk and takes no messages"))
            }
            false => Ok(()),
        }
    }

    pub(super) async fn close(&self) {
        let open = {
            let mut link = self.link.lock().await;
            link.closed = true;
            link.open.take()
        };
        if let Some(open) = open {
            connection::close(&open.connection).await;
        }
    }

    async fn open(&self) -> Result<Arc<Open>, QueueError> {
        let mut link = self.link.lock().await;
        if link.closed {
            return Err(QueueError::unavailable("it was closed"));
        }
        if let Some(open) = link.open.as_ref().filter(|open| open.usable()) {
            return Ok(Arc::clone(open));
        }
        link.open = None;
        if let Some((until, error)) = &link.pause
            && Instant::now() < *until
        {
            return Err(error.clone());
        }
        match Open::connect(&self.options).await {
            Ok(open) => {
                let open = Arc::new(open);
                *link = Link { open: Some(Arc::clone(&open)), ..Link::default() };
                Ok(open)
            }
            Err(error) => {
                link.failures = link.failures.saturating_add(1);
                link.pause = Some((Instant::now() + connection::backoff(link.failures), error.clone()));
                Err(error)
            }
        }
    }

    /// Makes the next caller connect anew and so declare the topology.
    async fn forget_link(&self, open: &Arc<Open>) {
        let mut link = self.link.lock().await;
        if link.open.as_ref().is_some_and(|current| Arc::ptr_eq(current, open)) {
            link.open = None;
        }
    }
}
