//! The exchanges and queues, declared in this one place.
//!
//! ```text
//! publish --> exchange P --live-----> queue P.live ------+--> consumers
//!                 |  |   --backfill-> queue P.backfill --+        |
//!                 |  |                     | delivery limit       | retry: key wait.D.L
//!                 |  +--parked--> queue P.parked <-- park         v
//!                 +------- dead letter, key L ------------- queue P.wait.D.L (message TTL D)
//! ```
//! `P` is the prefix, `D` a delay in milliseconds, `L` the name of a lane. Every routing key is the name of a queue without
//! the prefix. Each lane has wait queues of its own, because one that is full stops the dead letters that lead to it, and
//! would stop those of the other lane behind them. All queues are quorum queues. Dead letters travel at-least-once, which
//! needs `reject-publish` on the queue they leave. Settings are arguments, so that a plain broker needs no set-up; one
//! that was declared with others must be changed by deleting its queues, or the prefix be a new one.

use std::time::Duration;

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::protocol::AMQPSoftError;
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, Connection, ExchangeKind};

use super::RabbitOptions;
use super::connection::{self, queue_error};
use crate::{Lane, QueueError};

/// Looking through the parked queue returns what it saw, and each return counts as a delivery: never enough of them.
const PARKED_DELIVERY_LIMIT: i64 = 1_000_000_000;

/// The routing key of parked messages.
pub(super) const PARKED_KEY: &str = "parked";

/// The names of everything, from one prefix.
#[derive(Debug, Clone)]
pub(super) struct Names {
    prefix: String,
}

impl Names {
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    /// The exchange for the lanes (routing key = name of the lane) and for parked messages.
    pub(super) fn exchange(&self) -> ShortString {
        short(self.prefix.clone())
    }

    pub(super) fn lane(&self, lane: Lane) -> ShortString {
        short(format!("{}.{lane}", self.prefix))
    }

    pub(super) fn parked(&self) -> ShortString {
        short(format!("{}.{PARKED_KEY}", self.prefix))
    }

    /// An exclusive queue that serves as a lock.
    pub(super) fn parked_lock(&self) -> ShortString {
        short(format!("{}.{PARKED_KEY}.lock", self.prefix))
    }

    /// The wait queue for a delay in a lane.
    pub(super) fn wait(&self, delay: Duration, lane: Lane) -> ShortString {
        short(format!("{}.{}", self.prefix, wait_key(delay, lane)))
    }
}

/// The routing key of messages that wait for a delay in a lane.
pub(super) fn wait_key(delay: Duration, lane: Lane) -> String {
    format!("wait.{}.{lane}", delay.as_millis())
}

/// The prefix is checked to be short enough for all names; so this cuts nothing.
fn short(name: String) -> ShortString {
    ShortString::try_new(name).unwrap_or_default()
}

/// Declares everything. Harmless if it is there already.
pub(super) async fn declare(connection: &Connection, options: &RabbitOptions) -> Result<(), QueueError> {
    let channel = connection.create_channel().await.map_err(queue_error)?;
    declare_on(&channel, options).await.map_err(|error| {
        if connection::is(&error, AMQPSoftError::PRECONDITIONFAILED) {
            QueueError::Invalid(format!("the broker's queues were declared with other settings: {error}"))
        } else {
            queue_error(error)
        }
    })?;
    channel.close(200, ShortString::from("OK")).await.map_err(queue_error)
}

async fn declare_on(channel: &Channel, options: &RabbitOptions) -> lapin::Result<()> {
    let names = Names::new(&options.prefix);
    let exchange = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    channel.exchange_declare(names.exchange(), ExchangeKind::Direct, exchange, FieldTable::default()).await?;

    let mut parked = quorum_queue();
    insert(&mut parked, "x-delivery-limit", AMQPValue::LongLongInt(PARKED_DELIVERY_LIMIT));
    queue(channel, names.parked(), parked, names.exchange(), PARKED_KEY).await?;

    for lane in Lane::ALL {
        let mut arguments = dead_lettering_queue(&names, PARKED_KEY);
        // The broker counts redeliveries: a limit of 5 allows 6 deliveries.
        let redeliveries = i64::from(options.delivery_limit.saturating_sub(1));
        insert(&mut arguments, "x-delivery-limit", AMQPValue::LongLongInt(redeliveries));
        let max_bytes = i64::try_from(options.max_length_bytes).unwrap_or(i64::MAX);
        insert(&mut arguments, "x-max-length-bytes", AMQPValue::LongLongInt(max_bytes));
        queue(channel, names.lane(lane), arguments, names.exchange(), lane.as_str()).await?;
    }

    for delay in &options.delays {
        for lane in Lane::ALL {
            let mut arguments = dead_lettering_queue(&names, lane.as_str());
            let ttl = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
            insert(&mut arguments, "x-message-ttl", AMQPValue::LongLongInt(ttl));
            let (name, key) = (names.wait(*delay, lane), wait_key(*delay, lane));
            queue(channel, name, arguments, names.exchange(), &key).await?;
        }
    }
    Ok(())
}

async fn queue(
    channel: &Channel,
    name: ShortString,
    arguments: FieldTable,
    exchange: ShortString,
    routing_key: &str,
) -> lapin::Result<()> {
    channel.queue_declare(name.clone(), QueueDeclareOptions::durable(), arguments).await?;
    channel
        .queue_bind(
            name,
            exchange,
            short(routing_key.to_owned()),
            QueueBindOptions::default(),
            FieldTable::default(),
        )
        .await
}

fn quorum_queue() -> FieldTable {
    let mut arguments = FieldTable::default();
    insert(&mut arguments, "x-queue-type", string("quorum"));
    arguments
}

fn dead_lettering_queue(names: &Names, routing_key: &str) -> FieldTable {
    let mut arguments = quorum_queue();
    insert(&mut arguments, "x-overflow", string("reject-publish"));
    insert(&mut arguments, "x-dead-letter-exchange", string(names.exchange().as_str()));
    insert(&mut arguments, "x-dead-letter-routing-key", string(routing_key));
    insert(&mut arguments, "x-dead-letter-strategy", string("at-least-once"));
    arguments
}

fn insert(arguments: &mut FieldTable, name: &str, value: AMQPValue) {
    arguments.insert(short(name.to_owned()), value);
}

fn string(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}
