//! Consuming: one task keeps two consumers running, live and backfill, and puts what they bring where claims find it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use lapin::message::Delivery as AmqpDelivery;
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions,
    BasicRejectOptions,
};
use lapin::types::{FieldTable, ShortString};
use lapin::{Acker, Channel, Connection, Consumer};
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

/// How long the broker may take to stop its consumers.
const GIVE_BACK_TIMEOUT: Duration = Duration::from_secs(5);

/// What has come and was not claimed yet.
#[derive(Default)]
struct Waiting {
    live: VecDeque<Arrived>,
    backfill: VecDeque<Arrived>,
    /// Claims under way, and when the last one ended.
    claims: usize,
    last_claim: Option<Instant>,
    /// Why there is no connection, while there is none.
    trouble: Option<QueueError>,
}

struct Arrived {
    at: Instant,
    delivery: AmqpDelivery,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    arrived: Notify,
    /// A claim has begun.
    asked: Notify,
}

impl Shared {
    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes out everything that was not claimed.
    fn empty(&self) -> Vec<AmqpDelivery> {
        let mut waiting = self.waiting();
        let live = std::mem::take(&mut waiting.live);
        let backfill = std::mem::take(&mut waiting.backfill);
        live.into_iter().chain(backfill).map(|arrived| arrived.delivery).collect()
    }

    /// When it will have been that long that nobody claimed anything.
    fn unclaimed_until(&self, limit: Duration) -> Instant {
        let waiting = self.waiting();
        let since = waiting.last_claim.filter(|_| waiting.claims == 0);
        since.unwrap_or_else(Instant::now) + limit
    }
}

/// One claim under way.
struct Asking<'s>(&'s Shared);

impl<'s> Asking<'s> {
    fn begin(shared: &'s Shared) -> Self {
        shared.waiting().claims += 1;
        shared.asked.notify_waiters();
        Self(shared)
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting();
        waiting.claims = waiting.claims.saturating_sub(1);
        waiting.last_claim = Some(Instant::now());
    }
}

/// The running task and the way to it.
pub(super) struct Consuming {
    shared: Arc<Shared>,
    max_unclaimed: Duration,
    returns: mpsc::UnboundedSender<Acker>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Consuming {
    pub(super) fn start(options: Arc<RabbitOptions>) -> Self {
        let (shared, max_unclaimed) = (Arc::new(Shared::default()), options.max_unclaimed);
        let (returns, returned) = mpsc::unbounded_channel();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(options, Arc::clone(&shared), returned, stopped));
        Self { shared, max_unclaimed, returns, stop, task }
    }

    /// What claims need of it.
    pub(super) fn source(&self) -> Source {
        Source {
            shared: Arc::clone(&self.shared),
            max_unclaimed: self.max_unclaimed,
            returns: self.returns.clone(),
        }
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
    max_unclaimed: Duration,
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
        let _asking = Asking::begin(&self.shared);
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
        let any = Duration::ZERO;
        // Backfill that has waited too long behind live messages comes first.
        for (lane, age) in [(Lane::Backfill, self.max_unclaimed), (Lane::Live, any), (Lane::Backfill, any)] {
            while claimed.len() < max
                && let Some(Arrived { delivery, .. }) =
                    waiting.lane(lane).pop_front_if(|arrived| arrived.at.elapsed() >= age)
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
        self.shared.waiting().lane(lane).iter().filter(|arrived| arrived.delivery.acker.usable()).count()
            as u64
    }
}

impl Waiting {
    fn lane(&mut self, lane: Lane) -> &mut VecDeque<Arrived> {
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
                match session.run(&options, &shared, &mut returned, &mut stop).await {
                    Some(error) => error,
                    None => return connection::close(&session.connection).await,
                }
            }
            Err(error) => error,
        };
        failures = failures.saturating_add(1);
        let pause = connection::backoff(failures);
        tracing::warn!(%error, failures, ?pause, "consuming from RabbitMQ stopped; it starts again");
        // What came by the lost connection comes again by the next.
        drop(shared.empty());
        shared.waiting().trouble = Some(error);
        tokio::select! {
            biased;
            _ = &mut stop => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Why deliveries stop.
enum End {
    Broken(QueueError),
    Stopped,
    /// Nobody has claimed anything for too long.
    Unclaimed,
}

/// One connection with a channel for each lane: prefetch is set by channel.
struct Session {
    connection: Connection,
    live: Channel,
    backfill: Channel,
}

impl Session {
    async fn open(options: &RabbitOptions) -> Result<Self, QueueError> {
        let connection = connection::connect(options, "consume").await?;
        let channel = async |prefetch| {
            let channel = connection.create_channel().await?;
            channel.basic_qos(prefetch, BasicQosOptions::default()).await?;
            Ok(channel)
        };
        let live = channel(options.prefetch).await.map_err(queue_error)?;
        let backfill = channel((options.prefetch / 4).max(1)).await.map_err(queue_error)?;
        Ok(Self { connection, live, backfill })
    }

    /// Consumes while anybody claims, until the session breaks (why) or is told to stop (`None`).
    async fn run(
        &self,
        options: &RabbitOptions,
        shared: &Shared,
        returned: &mut mpsc::UnboundedReceiver<Acker>,
        stop: &mut oneshot::Receiver<()>,
    ) -> Option<QueueError> {
        let names = Names::new(&options.prefix);
        loop {
            let consumers = async {
                let live = consume(&self.live, names.lane(Lane::Live)).await?;
                tokio::time::sleep(LIVE_HEAD_START).await;
                Ok([live, consume(&self.backfill, names.lane(Lane::Backfill)).await?])
            };
            let consumers = match consumers.await {
                Ok(consumers) => consumers,
                Err(error) => return Some(queue_error(error)),
            };
            let end = pump(&consumers, shared, returned, stop, options.max_unclaimed).await;
            if let End::Broken(error) = end {
                return Some(error);
            }
            let given_back = self.give_back(consumers, shared);
            let given_back = tokio::time::timeout(GIVE_BACK_TIMEOUT, given_back).await;
            match (end, given_back) {
                (End::Stopped, _) => return None,
                (_, Ok(Ok(()))) => {}
                (_, Ok(Err(error))) => return Some(queue_error(error)),
                (_, Err(_)) => {
                    return Some(QueueError::unavailable("the broker does not stop its consumers"));
                }
            }
            tracing::info!("nothing is claimed: what has come goes back to the broker until something is");
            if !wait_for_claim(shared, returned, stop).await {
                return None;
            }
        }
    }

    /// Stops the consumers and returns what nobody has claimed. What is held stays held.
    async fn give_back(&self, consumers: [Consumer; 2], shared: &Shared) -> lapin::Result<()> {
        // Nobody has looked at it: newer brokers do not count a nack as a delivery.
        let requeue = BasicNackOptions { requeue: true, ..BasicNackOptions::default() };
        for (channel, mut consumer) in [&self.live, &self.backfill].into_iter().zip(consumers) {
            channel.basic_cancel(consumer.tag(), BasicCancelOptions::default()).await?;
            while let Some(delivery) = consumer.next().await {
                delivery?.acker.nack(requeue).await?;
            }
        }
        for delivery in shared.empty() {
            delivery.acker.nack(requeue).await?;
        }
        Ok(())
    }
}

/// Moves deliveries to where claims find them.
async fn pump(
    consumers: &[Consumer; 2],
    shared: &Shared,
    returned: &mut mpsc::UnboundedReceiver<Acker>,
    stop: &mut oneshot::Receiver<()>,
    max_unclaimed: Duration,
) -> End {
    // The handles are cheap clones of the same streams.
    let [mut live, mut backfill] = consumers.clone();
    loop {
        let unclaimed_until = shared.unclaimed_until(max_unclaimed);
        let (lane, next) = tokio::select! {
            _ = &mut *stop => return End::Stopped,
            Some(acker) = returned.recv() => {
                give_one_back(&acker).await;
                continue;
            }
            next = live.next() => (Lane::Live, next),
            next = backfill.next() => (Lane::Backfill, next),
            () = tokio::time::sleep_until(unclaimed_until) => {
                if shared.unclaimed_until(max_unclaimed) <= Instant::now() {
                    return End::Unclaimed;
                }
                continue;
            }
        };
        match next {
            Some(Ok(delivery)) => {
                let arrived = Arrived { at: Instant::now(), delivery };
                shared.waiting().lane(lane).push_back(arrived);
                shared.arrived.notify_waiters();
            }
            Some(Err(error)) => return End::Broken(queue_error(error)),
            None => return End::Broken(QueueError::unavailable("the broker cancelled the consumer")),
        }
    }
}

/// Whether somebody claims again; `false` if told to stop before.
async fn wait_for_claim(
    shared: &Shared,
    returned: &mut mpsc::UnboundedReceiver<Acker>,
    stop: &mut oneshot::Receiver<()>,
) -> bool {
    loop {
        // Listen first, then look.
        let mut asked = std::pin::pin!(shared.asked.notified());
        asked.as_mut().enable();
        if shared.waiting().claims > 0 {
            return true;
        }
        tokio::select! {
            _ = &mut *stop => return false,
            Some(acker) = returned.recv() => give_one_back(&acker).await,
            () = asked => {}
        }
    }
}

/// Returns a delivery that was dropped.
async fn give_one_back(acker: &Acker) {
    // A reject counts as a failed delivery for every version of RabbitMQ; since 4.3 a nack does not.
    let _ = acker.reject(BasicRejectOptions { requeue: true }).await;
}

async fn consume(channel: &Channel, queue: ShortString) -> lapin::Result<Consumer> {
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
