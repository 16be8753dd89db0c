//! The loop: claim while there is room, hand each message to a task, stop when told.

use std::sync::Arc;
use std::time::{Duration, Instant};

use marsad_proto::trace;
use marsad_queue::{Delivery, Place, Queue, QueueError};
use marsad_store::{Store, StoreError};
use opentelemetry::KeyValue;
use opentelemetry_semantic_conventions::attribute::{
    MESSAGING_DESTINATION_NAME, MESSAGING_MESSAGE_BODY_SIZE, MESSAGING_MESSAGE_CONVERSATION_ID,
    MESSAGING_MESSAGE_ID, MESSAGING_OPERATION_NAME, MESSAGING_OPERATION_TYPE, MESSAGING_SYSTEM,
    SERVER_ADDRESS, SERVER_PORT,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

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
        let place = queue.place();
        let shared =
            Shared { queue, place, store, analyzer, options, cores, threads, store_up, overlay, metrics };
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
    let span = attempt_span(&shared.place, &delivery);
    let started = Instant::now();
    async {
        let settlement = article::process(&shared, &delivery).await;
        tell(&tracing::Span::current(), &settlement);
        shared.metrics.settled(settlement.outcome(), started.elapsed());
        let settling = Instant::now();
        settle(&shared, delivery, settlement).await;
        shared.metrics.stage("settle", settling.elapsed());
    }
    .instrument(span)
    .await;
}

/// The span of one attempt at a message: in the trace of whoever published it, as every other attempt.
fn attempt_span(place: &Place, delivery: &Delivery) -> Span {
    let message = &delivery.message;
    let destination = place.destination(message.lane);
    let span = tracing::info_span!(
        "process",
        otel.name = format!("process {destination}"),
        otel.kind = "consumer",
        article.id = %message.key,
        marsad.attempt = delivery.attempt,
        trace_id = tracing::field::Empty,
    );
    trace::continue_from(&span, &message.headers);
    trace::describe(&span, || {
        let size = i64::try_from(message.body.len()).unwrap_or(i64::MAX);
        let mut attributes = vec![
            KeyValue::new(MESSAGING_SYSTEM, place.system),
            KeyValue::new(MESSAGING_OPERATION_NAME, "process"),
            KeyValue::new(MESSAGING_OPERATION_TYPE, "process"),
            KeyValue::new(MESSAGING_DESTINATION_NAME, destination),
            KeyValue::new(MESSAGING_MESSAGE_ID, message.id.to_string()),
            KeyValue::new(MESSAGING_MESSAGE_CONVERSATION_ID, message.key.clone()),
            KeyValue::new(MESSAGING_MESSAGE_BODY_SIZE, size),
        ];
        if let Some((host, port)) = &place.address {
            attributes.push(KeyValue::new(SERVER_ADDRESS, host.clone()));
            attributes.push(KeyValue::new(SERVER_PORT, i64::from(*port)));
        }
        attributes
    });
    span
}

/// Has the span of an attempt say what came of it.
fn tell(span: &Span, settlement: &Settlement) {
    span.set_attribute("marsad.outcome", settlement.outcome());
    match settlement {
        Settlement::Done(_) => {}
        // Looked at again at once, and nothing is wrong.
        Settlement::Retry { outcome: "raced", .. } => {}
        Settlement::Retry { outcome, after } => {
            let seconds = after.as_secs_f64();
            trace::fail(span, outcome, &format!("to be tried again in {seconds} s"));
        }
        // What stands before the first colon is ours; behind it the article may be quoted.
        Settlement::Park { reason } => {
            let ours = reason.split(": ").next().unwrap_or_default();
            trace::fail(span, "parked", &format!("parked: {ours}"));
        }
    }
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
