//! The loop: claim while there is room, hand each message to a task, stop when told.

use std::sync::Arc;
use std::time::{Duration, Instant};

use marsad_queue::{Delivery, Queue, QueueError};
use marsad_store::{Store, StoreError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::Analyzer;
use crate::again;
use crate::article::{self, Settlement};
use crate::metrics::Metrics;
use crate::overlay;
use crate::shared::{Shared, Threads, WorkerOptions};

/// A worker over a queue and a store.
pub struct Worker {
    shared: Arc<Shared>,
}

impl Worker {
    /// A worker that has not begun yet.
    pub fn new(
        queue: Arc<dyn Queue>,
        store: Arc<dyn Store>,
        analyzer: Analyzer,
        options: WorkerOptions,
    ) -> Self {
        let cores = Arc::new(Semaphore::new(options.analyses.max(1)));
        let threads = Threads::new(options.analyses.max(1));
        // Nothing is claimed before the store has answered once: it may be away, or its schema not made yet.
        let (store_up, _) = watch::channel(false);
        let (overlay, _) = watch::channel(Arc::default());
        let metrics = Metrics::new();
        let shared = Shared { queue, store, analyzer, options, cores, threads, store_up, overlay, metrics };
        Self { shared: Arc::new(shared) }
    }

    /// Works until `stop` is cancelled, then finishes what is in hand. What it has claimed and not begun goes back to the
    /// queue.
    pub async fn run(self, stop: CancellationToken) {
        let shared = self.shared;
        let room = Arc::new(Semaphore::new(shared.options.in_flight.max(1)));
        let tasks = TaskTracker::new();
        tasks.spawn(again::run(Arc::clone(&shared), stop.clone()));
        while !stop.is_cancelled() {
            if !*shared.store_up.borrow() {
                wait_for_store(&shared, &stop).await;
                continue;
            }
            let Some(permits) = take_room(&room, &stop).await else { break };
            let deliveries = tokio::select! {
                () = stop.cancelled() => break,
                claimed = shared.queue.claim(permits.len(), shared.options.claim_wait) => claimed,
            };
            match deliveries {
                Ok(deliveries) => {
                    for (delivery, permit) in deliveries.into_iter().zip(permits) {
                        tasks.spawn(work(Arc::clone(&shared), delivery, permit));
                    }
                }
                Err(error) => wait_after(&error, &stop).await,
            }
        }
        tasks.close();
        tasks.wait().await;
    }
}

/// All permits that are free now, at least one; `None` when stopping.
async fn take_room(room: &Arc<Semaphore>, stop: &CancellationToken) -> Option<Vec<OwnedSemaphorePermit>> {
    let first = tokio::select! {
        () = stop.cancelled() => return None,
        permit = Arc::clone(room).acquire_owned() => permit.ok()?,
    };
    let rest = std::iter::from_fn(|| Arc::clone(room).try_acquire_owned().ok());
    Some(std::iter::once(first).chain(rest).collect())
}

async fn wait_for_store(shared: &Shared, stop: &CancellationToken) {
    let checked = tokio::select! {
        () = stop.cancelled() => return,
        checked = ready(shared) => checked,
    };
    match checked {
        Ok(()) => {
            tracing::info!("the store answers");
            shared.store_up.send_replace(true);
        }
        Err(_) => pause(shared.options.store_poll, stop).await,
    }
}

/// Whether the store answers; the worker then knows what is taught.
async fn ready(shared: &Shared) -> Result<(), StoreError> {
    shared.store.check().await?;
    overlay::refresh(&*shared.store, &shared.overlay).await
}

async fn wait_after(error: &QueueError, stop: &CancellationToken) {
    tracing::warn!(%error, "cannot claim");
    pause(Duration::from_millis(500), stop).await;
}

async fn pause(duration: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(duration) => {}
    }
}

async fn work(shared: Arc<Shared>, delivery: Delivery, _room: OwnedSemaphorePermit) {
    let span = tracing::info_span!(
        "process",
        otel.kind = "consumer",
        messaging.operation.name = "process",
        messaging.message.id = %delivery.message.id,
        messaging.attempt = delivery.attempt,
        article.id = %delivery.message.key,
        outcome = tracing::field::Empty,
        trace_id = tracing::field::Empty,
    );
    marsad_proto::trace::continue_from(&span, &delivery.message.headers);
    let started = Instant::now();
    async {
        let settlement = article::process(&shared, &delivery).await;
        tracing::Span::current().record("outcome", settlement.outcome());
        shared.metrics.settled(settlement.outcome(), started.elapsed());
        settle(&shared, delivery, settlement).await;
    }
    .instrument(span)
    .await;
}

async fn settle(shared: &Shared, delivery: Delivery, settlement: Settlement) {
    let settled = match settlement {
        Settlement::Done(_) => delivery.ack().await,
        Settlement::Retry { after, .. } => delivery.retry(after).await,
        Settlement::Park { reason } => {
            // The reason may quote the article, so it is kept with the message and not in the log.
            tracing::error!("parked; `marsad parked show` tells why");
            let message = delivery.message.clone();
            let parked = delivery.park(&reason).await;
            if parked.is_ok() {
                article::forget_if_deleted(shared, &message).await;
            }
            parked
        }
    };
    if let Err(error) = settled {
        // Nothing is lost: the message comes again, and doing it again changes nothing.
        tracing::warn!(%error, "not settled, the message will be delivered again");
    }
}
