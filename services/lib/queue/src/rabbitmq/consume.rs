//! Consuming: one task keeps two consumers running, live and backfill, and puts what they bring where claims find it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use lapin::message::Delivery as AmqpDelivery;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions, BasicRejectOptions,
};
use lapin::types::{FieldTable, ShortString};
use lapin::{Acker, Connection, Consumer};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::connection::{self, queue_error};
use super::publish::{Destination, Publisher};
use super::topology::Names;
use super::{RabbitOptions, envelope};
use crate::{Delivery, Lane, Message, QueueError, Receipt};

/// How much earlier than backfill the live messages that are waiting may set out, so that they are here first.
const LIVE_HEAD_START: Duration = Duration::from_millis(100);

/// What has come and was not claimed yet.
#[derive(Default)]
struct Waiting {
    live: VecDeque<AmqpDelivery>,
    backfill: VecDeque<AmqpDelivery>,
    /// Why there is no connection, while there is none.
    trouble: Option<QueueError>,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    arrived: Notify,
}

impl Shared {
    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The running task and the way to it.
pub(super) struct Consuming {
    shared: Arc<Shared>,
    returns: mpsc::UnboundedSender<Acker>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Consuming {
    pub(super) fn start(options: Arc<RabbitOptions>) -> Self {
        let shared = Arc::new(Shared::default());
        let (returns, returned) = mpsc::unbounded_channel();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(options, Arc::clone(&shared), returned, stopped));
        Self { shared, returns, stop, task }
    }

    /// What claims need of it.
    pub(super) fn source(&self) -> Source {
        Source { shared: Arc::clone(&self.shared), returns: self.returns.clone() }
    }

    /// Gives back what was not claimed and disconnects; what is held then comes back by itself.
    pub(super) async fn stop(self) {
        let _ = self.stop.send(());
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the consuming task ended badly");
        }
    }
}

/// Where claims take their messages from.
pub(super) struct Source {
    shared: Arc<Shared>,
    returns: mpsc::UnboundedSender<Acker>,
}

impl Source {
    /// Takes up to `max`, live before backfill; waits for the first.
    pub(super) async fn claim(
        &self,
        max: usize,
        wait: Duration,
        publisher: &Arc<Publisher>,
    ) -> Result<Vec<Delivery>, QueueError> {
        let started = Instant::now();
        loop {
            // Listen first, then look.
            let mut arrived = std::pin::pin!(self.shared.arrived.notified());
            arrived.as_mut().enable();
            let claimed = self.take(max, publisher);
            if !claimed.is_empty() {
                return Ok(claimed);
            }
            let left = wait.saturating_sub(started.elapsed());
            if left.is_zero() {
                return self.shared.waiting().trouble.clone().map_or(Ok(claimed), Err);
            }
            let _ = tokio::time::timeout(left, arrived).await;
        }
    }

    fn take(&self, max: usize, publisher: &Arc<Publisher>) -> Vec<Delivery> {
        let mut waiting = self.shared.waiting();
        let mut claimed = Vec::new();
        for lane in Lane::ALL {
            while claimed.len() < max
                && let Some(delivery) = waiting.lane(lane).pop_front()
            {
                // One of a connection that was lost is delivered again by the next.
                if delivery.acker.usable() {
                    claimed.push(self.delivery(delivery, lane, publisher));
                }
            }
        }
        claimed
    }

    fn delivery(&self, delivery: AmqpDelivery, lane: Lane, publisher: &Arc<Publisher>) -> Delivery {
        let (message, before) = envelope::read(&delivery.properties, delivery.data, lane);
        let attempt = before.saturating_add(1);
        let receipt = ChannelReceipt {
            publisher: Arc::clone(publisher),
            returns: self.returns.clone(),
            acker: delivery.acker,
            message: message.clone(),
            attempt,
        };
        Delivery::new(message, attempt, Box::new(receipt))
    }

    /// How many messages of a lane have come and wait to be claimed: the broker does not count them as ready.
    pub(super) fn buffered(&self, lane: Lane) -> u64 {
        self.shared.waiting().lane(lane).iter().filter(|delivery| delivery.acker.usable()).count() as u64
    }
}

impl Waiting {
    fn lane(&mut self, lane: Lane) -> &mut VecDeque<AmqpDelivery> {
        match lane {
            Lane::Live => &mut self.live,
            Lane::Backfill => &mut self.backfill,
        }
    }
}

/// Keeps a session running until told to stop.
async fn serve(
    options: Arc<RabbitOptions>,
    shared: Arc<Shared>,
    mut returned: mpsc::UnboundedReceiver<Acker>,
    mut stop: oneshot::Receiver<()>,
) {
    let mut failures = 0_u32;
    loop {
        let opened = tokio::select! {
            biased;
            _ = &mut stop => return,
            opened = Session::open(&options) => opened,
        };
        let error = match opened {
            Ok(session) => {
                failures = 0;
                shared.waiting().trouble = None;
                match session.pump(&shared, &mut returned, &mut stop).await {
                    Some(error) => error,
                    None => return session.end(&shared).await,
                }
            }
            Err(error) => error,
        };
        failures = failures.saturating_add(1);
        let pause = connection::backoff(failures);
        tracing::warn!(%error, failures, ?pause, "consuming from RabbitMQ stopped; it starts again");
        // What came by the lost connection comes again by the next.
        *shared.waiting() = Waiting { trouble: Some(error), ..Waiting::default() };
        tokio::select! {
            biased;
            _ = &mut stop => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// One connection with its two consumers.
struct Session {
    connection: Connection,
    live: Consumer,
    backfill: Consumer,
}

impl Session {
    async fn open(options: &RabbitOptions) -> Result<Self, QueueError> {
        let connection = connection::connect(options, "consume").await?;
        let names = Names::new(&options.prefix);
        let live =
            consumer(&connection, names.lane(Lane::Live), options.prefetch).await.map_err(queue_error)?;
        tokio::time::sleep(LIVE_HEAD_START).await;
        let backfill_prefetch = (options.prefetch / 4).max(1);
        let backfill = consumer(&connection, names.lane(Lane::Backfill), backfill_prefetch)
            .await
            .map_err(queue_error)?;
        Ok(Self { connection, live, backfill })
    }

    /// Moves deliveries until the session breaks (why) or is told to stop (`None`).
    async fn pump(
        &self,
        shared: &Shared,
        returned: &mut mpsc::UnboundedReceiver<Acker>,
        stop: &mut oneshot::Receiver<()>,
    ) -> Option<QueueError> {
        // The handles are cheap clones of the same streams.
        let (mut live, mut backfill) = (self.live.clone(), self.backfill.clone());
        loop {
            let (lane, next) = tokio::select! {
                _ = &mut *stop => return None,
                Some(acker) = returned.recv() => {
                    // A reject counts as a failed delivery for every version of RabbitMQ; since 4.3 a nack does not.
                    let _ = acker.reject(BasicRejectOptions { requeue: true }).await;
                    continue;
                }
                next = live.next() => (Lane::Live, next),
                next = backfill.next() => (Lane::Backfill, next),
            };
            match next {
                Some(Ok(delivery)) => {
                    shared.waiting().lane(lane).push_back(delivery);
                    shared.arrived.notify_waiters();
                }
                Some(Err(error)) => return Some(queue_error(error)),
                None => return Some(QueueError::unavailable("the broker cancelled the consumer")),
            }
        }
    }

    async fn end(self, shared: &Shared) {
        let waiting = std::mem::take(&mut *shared.waiting());
        for delivery in waiting.live.into_iter().chain(waiting.backfill) {
            // Nobody has looked at it: newer brokers do not count a nack as a delivery.
            let requeue = BasicNackOptions { requeue: true, ..BasicNackOptions::default() };
            let _ = delivery.acker.nack(requeue).await;
        }
        connection::close(&self.connection).await;
    }
}

async fn consumer(connection: &Connection, queue: ShortString, prefetch: u16) -> lapin::Result<Consumer> {
    // A channel each: prefetch is set by channel.
    let channel = connection.create_channel().await?;
    channel.basic_qos(prefetch, BasicQosOptions::default()).await?;
    channel
        .basic_consume(queue, ShortString::default(), BasicConsumeOptions::default(), FieldTable::default())
        .await
}

/// Settles one delivery on the channel that it came by.
struct ChannelReceipt {
    publisher: Arc<Publisher>,
    returns: mpsc::UnboundedSender<Acker>,
    acker: Acker,
    message: Message,
    attempt: u32,
}

impl ChannelReceipt {
    async fn remove(&self) -> Result<(), QueueError> {
        match self.acker.ack(BasicAckOptions::default()).await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(QueueError::LeaseLost),
        }
    }

    /// Publishes the message elsewhere and only then takes it from its lane.
    async fn relocate(
        &self,
        destination: Destination,
        properties: lapin::BasicProperties,
    ) -> Result<(), QueueError> {
        self.extend().await?;
        self.publisher.publish(destination, properties, self.message.body.clone()).await?;
        self.remove().await
    }
}

#[async_trait]
impl Receipt for ChannelReceipt {
    async fn ack(self: Box<Self>) -> Result<(), QueueError> {
        self.remove().await
    }

    async fn retry(self: Box<Self>, after: Duration) -> Result<(), QueueError> {
        let delay = self.publisher.delay(after);
        let properties = envelope::properties(&self.message, self.attempt);
        self.relocate(Destination::Wait(delay, self.message.lane), properties).await
    }

    async fn park(self: Box<Self>, reason: &str) -> Result<(), QueueError> {
        let properties = envelope::parked_properties(&self.message, self.attempt, reason);
        self.relocate(Destination::Parked, properties).await
    }

    async fn extend(&self) -> Result<(), QueueError> {
        if self.acker.usable() { Ok(()) } else { Err(QueueError::LeaseLost) }
    }
}

impl Drop for ChannelReceipt {
    fn drop(&mut self) {
        if self.acker.usable() {
            // If the task has ended, so has the connection, and the broker takes the message back.
            let _ = self.returns.send(self.acker.clone());
        }
    }
}
