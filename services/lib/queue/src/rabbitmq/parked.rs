//! Looking through the parked queue.
//!
//! AMQP can only take messages out: to look at one, or to find one in the middle, is to take all before it and give
//! them back. While somebody does that the others would not see what he holds; an exclusive queue serves as a lock, so
//! that they take turns, in all processes, and a broken connection releases it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use lapin::message::Delivery as AmqpDelivery;
use lapin::options::{BasicAckOptions, BasicGetOptions, BasicNackOptions, QueueDeclareOptions};
use lapin::protocol::AMQPSoftError;
use lapin::types::{FieldTable, ShortString};
use lapin::{Channel, Connection};
use tokio::time::Instant;
use uuid::Uuid;

use super::connection::{self, queue_error};
use super::publish::{Destination, PASSIVE, Publisher};
use super::topology::Names;
use super::{RabbitOptions, envelope};
use crate::{Message, Parked, QueueError};

/// How long to wait for one's turn.
const LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// How long the broker may take for one step.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) async fn list(options: &RabbitOptions, limit: usize) -> Result<Vec<Parked>, QueueError> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let mut visit = Visit::start(options, limit).await?;
    let mut found = Vec::new();
    while let Some(delivery) = visit.next().await? {
        found.push(envelope::read_parked(&delivery.properties, delivery.data, options.delivery_limit));
    }
    visit.finish().await?;
    Ok(found)
}

pub(super) async fn replay(
    options: &RabbitOptions,
    publisher: &Arc<Publisher>,
    ids: &[Uuid],
) -> Result<Vec<Uuid>, QueueError> {
    let mut wanted: BTreeSet<Uuid> = ids.iter().copied().collect();
    let (mut replayed, mut failure) = (Vec::new(), None);
    let mut visit = Visit::start(options, usize::MAX).await?;
    while !wanted.is_empty()
        && let Some(delivery) = visit.next().await?
    {
        let (properties, acker) = (delivery.properties, delivery.acker);
        let message = envelope::read_parked(&properties, delivery.data, options.delivery_limit).message;
        if !wanted.contains(&message.id) {
            continue;
        }
        // Back in its lane before it leaves here.
        let properties = envelope::properties(&message, 0);
        match publisher.publish(Destination::Lane(message.lane), properties, message.body).await {
            Ok(()) => {
                acker.ack(BasicAckOptions::default()).await.map_err(queue_error)?;
                wanted.remove(&message.id);
                replayed.push(message.id);
            }
            // The other lane may have room.
            Err(error @ QueueError::Full { .. }) => failure = Some(error),
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    visit.finish().await?;
    match failure {
        Some(error) if replayed.is_empty() => Err(error),
        _ => Ok(replayed),
    }
}

/// Removes every message that `unwanted` says so of; their bodies are not read.
pub(super) async fn remove(
    options: &RabbitOptions,
    mut unwanted: impl FnMut(&Message) -> bool + Send,
) -> Result<(), QueueError> {
    let mut visit = Visit::start(options, usize::MAX).await?;
    while let Some(delivery) = visit.next().await? {
        let (properties, acker) = (delivery.properties, delivery.acker);
        let parked = envelope::read_parked(&properties, Vec::new(), options.delivery_limit);
        if unwanted(&parked.message) {
            acker.ack(BasicAckOptions::default()).await.map_err(queue_error)?;
        }
    }
    visit.finish().await
}

/// One turn at the parked queue, on a connection of its own that ends with it.
struct Visit {
    connection: Connection,
    channel: Channel,
    queue: ShortString,
    /// How many messages were there at the start and are still to come.
    left: usize,
    /// Whether anything was taken out.
    visited: bool,
}

impl Visit {
    async fn start(options: &RabbitOptions, limit: usize) -> Result<Self, QueueError> {
        let connection = connection::connect_only(options, "parked").await?;
        let names = Names::new(&options.prefix);
        let (channel, queue) = (lock(&connection, names.parked_lock()).await?, names.parked());
        let state = in_time(channel.queue_declare(queue.clone(), PASSIVE, FieldTable::default())).await?;
        let left = limit.min(usize::try_from(state.message_count()).unwrap_or(usize::MAX));
        Ok(Self { connection, channel, queue, left, visited: false })
    }

    /// The next message that was there at the start. Got one by one: what a consumer may hold is limited by the broker.
    async fn next(&mut self) -> Result<Option<AmqpDelivery>, QueueError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.visited = true;
        let got = in_time(self.channel.basic_get(self.queue.clone(), BasicGetOptions::default())).await?;
        Ok(got.map(|message| message.delivery))
    }

    /// Gives back what was not acknowledged.
    async fn finish(self) -> Result<(), QueueError> {
        let everything = BasicNackOptions { multiple: true, requeue: true };
        let give_back = async || in_time(self.channel.basic_nack(0, everything)).await;
        let goodbye = async {
            give_back().await?;
            // Nobody answers a nack. This is answered after all before it was done, so that the next visitor sees it.
            in_time(self.channel.basic_get(self.queue.clone(), BasicGetOptions::default())).await?;
            give_back().await
        };
        let result = if self.visited { goodbye.await } else { Ok(()) };
        connection::close(&self.connection).await;
        result
    }
}

/// Does one thing with the broker, within a deadline.
async fn in_time<T>(step: impl Future<Output = lapin::Result<T>>) -> Result<T, QueueError> {
    match tokio::time::timeout(STEP_TIMEOUT, step).await {
        Ok(done) => done.map_err(queue_error),
        Err(_) => Err(QueueError::unavailable("the broker does not deliver what is parked")),
    }
}

/// Waits for the lock, which the connection holds from then on; returns a channel to go on with.
async fn lock(connection: &Connection, name: ShortString) -> Result<Channel, QueueError> {
    let deadline = Instant::now() + LOCK_TIMEOUT;
    let exclusive =
        QueueDeclareOptions { exclusive: true, auto_delete: true, ..QueueDeclareOptions::default() };
    loop {
        let channel = in_time(connection.create_channel()).await?;
        let declared = channel.queue_declare(name.clone(), exclusive, FieldTable::default());
        match tokio::time::timeout(STEP_TIMEOUT, declared).await {
            Ok(Ok(_)) => return Ok(channel),
            Ok(Err(error))
                if connection::is(&error, AMQPSoftError::RESOURCELOCKED) && Instant::now() < deadline =>
            {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Ok(Err(error)) => return Err(queue_error(error)),
            Err(_) => return Err(QueueError::unavailable("the broker does not answer")),
        }
    }
}
