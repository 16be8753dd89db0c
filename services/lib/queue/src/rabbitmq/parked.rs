//! Looking through the parked queue.
//!
//! AMQP can only take messages out: to look at one, or to find one in the middle, is to take all before it and give
//! them back. While somebody does that the others would not see what he holds; an exclusive queue serves as a lock, so
//! that they take turns, in all processes, and a broken connection releases it.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use lapin::message::Delivery as AmqpDelivery;
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions,
    QueueDeclareOptions,
};
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::types::{FieldTable, ShortString};
use lapin::{Channel, Connection, Consumer, ErrorKind};
use tokio::time::Instant;
use uuid::Uuid;

use super::connection::{self, queue_error};
use super::publish::{Destination, Publisher};
use super::topology::Names;
use super::{RabbitOptions, envelope};
use crate::{Parked, QueueError};

/// How long to wait for one's turn.
const LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// How long the broker may take for the next message of which it said that it is there.
const NEXT_TIMEOUT: Duration = Duration::from_secs(10);

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
    id: Uuid,
) -> Result<bool, QueueError> {
    let mut visit = Visit::start(options, usize::MAX).await?;
    let mut replayed = Ok(false);
    while let Some(delivery) = visit.next().await? {
        let (properties, acker) = (delivery.properties, delivery.acker);
        let message = envelope::read_parked(&properties, delivery.data, options.delivery_limit).message;
        if message.id == id {
            // Back in its lane before it leaves here.
            let properties = envelope::properties(&message, 0);
            replayed = publisher
                .publish(Destination::Lane(message.lane), properties, message.body)
                .await
                .map(|()| true);
            if replayed.is_ok() {
                acker.ack(BasicAckOptions::default()).await.map_err(queue_error)?;
            }
            break;
        }
    }
    visit.finish().await?;
    replayed
}

pub(super) async fn forget(options: &RabbitOptions, key: &str) -> Result<u64, QueueError> {
    let mut visit = Visit::start(options, usize::MAX).await?;
    let mut removed = 0;
    while let Some(delivery) = visit.next().await? {
        let (properties, acker) = (delivery.properties, delivery.acker);
        if envelope::read_parked(&properties, Vec::new(), options.delivery_limit).message.key == key {
            acker.ack(BasicAckOptions::default()).await.map_err(queue_error)?;
            removed += 1;
        }
    }
    visit.finish().await?;
    Ok(removed)
}

/// One turn at the parked queue, on a connection of its own that ends with it.
struct Visit {
    connection: Connection,
    channel: Channel,
    consumer: Consumer,
    /// How many messages were there at the start and are still to come.
    left: usize,
}

impl Visit {
    async fn start(options: &RabbitOptions, limit: usize) -> Result<Self, QueueError> {
        let connection = connection::connect(options, "parked").await?;
        let names = Names::new(&options.prefix);
        let channel = lock(&connection, names.parked_lock()).await?;
        Self::consume(connection, channel, names.parked(), limit).await.map_err(queue_error)
    }

    async fn consume(
        connection: Connection,
        channel: Channel,
        queue: ShortString,
        limit: usize,
    ) -> lapin::Result<Self> {
        let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let state = channel.queue_declare(queue.clone(), passive, FieldTable::default()).await?;
        let left = limit.min(usize::try_from(state.message_count()).unwrap_or(usize::MAX));
        // No more than asked for; zero is no limit.
        channel.basic_qos(u16::try_from(limit).unwrap_or(0), BasicQosOptions::default()).await?;
        let consumer = channel
            .basic_consume(
                queue,
                ShortString::default(),
                BasicConsumeOptions::default(),
                FieldTable::default(),
            )
            .await?;
        Ok(Self { connection, channel, consumer, left })
    }

    async fn next(&mut self) -> Result<Option<AmqpDelivery>, QueueError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        match tokio::time::timeout(NEXT_TIMEOUT, self.consumer.next()).await {
            Ok(Some(delivery)) => delivery.map(Some).map_err(queue_error),
            Ok(None) => Err(QueueError::unavailable("the broker cancelled the consumer")),
            Err(_) => Err(QueueError::unavailable("the broker does not deliver what is parked")),
        }
    }

    /// Gives back what was not acknowledged. The cancel is answered after everything before it was done, so that the
    /// next visitor sees it.
    async fn finish(self) -> Result<(), QueueError> {
        let goodbye = async {
            let everything = BasicNackOptions { multiple: true, requeue: true };
            self.channel.basic_nack(0, everything).await?;
            self.channel.basic_cancel(self.consumer.tag(), BasicCancelOptions::default()).await
        };
        let result = goodbye.await.map_err(queue_error);
        connection::close(&self.connection).await;
        result
    }
}

/// Waits for the lock, which the connection holds from then on; returns a channel to go on with.
async fn lock(connection: &Connection, name: ShortString) -> Result<Channel, QueueError> {
    let deadline = Instant::now() + LOCK_TIMEOUT;
    loop {
        let channel = connection.create_channel().await.map_err(queue_error)?;
        let exclusive =
            QueueDeclareOptions { exclusive: true, auto_delete: true, ..QueueDeclareOptions::default() };
        match channel.queue_declare(name.clone(), exclusive, FieldTable::default()).await {
            Ok(_) => return Ok(channel),
            Err(error) if is_locked(&error) && Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(error) => return Err(queue_error(error)),
        }
    }
}

fn is_locked(error: &lapin::Error) -> bool {
    matches!(error.kind(), ErrorKind::ProtocolError(protocol)
        if *protocol.kind() == AMQPErrorKind::Soft(AMQPSoftError::RESOURCELOCKED))
}
