//! The linker: joins what the workers stored, article by article, into stories, events and conflicts.
//!
//! Any number of linkers run; the one that holds the lease of the store works, the others stand by. Invariants:
//! * every write names the epoch of the lease that it was made under, so one that was suspended past its lease writes nothing;
//! * what is written is a function of the digests and judgements that are stored: one that takes over loads these, computes, compares with the
//!   records that are stored, writes what differs, and goes on;
//! * after a write of which the end is not known it starts over, because memory and store may differ.

mod batch;
mod lead;
mod reanalysis;

use std::sync::Arc;
use std::time::Duration;

use marsad_extract::knowledge::Overlay;
use marsad_store::{Epoch, Store, StoreError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::Analyzer;
use crate::metrics::LinkMetrics;

/// How a linker runs.
#[derive(Debug, Clone)]
pub struct LinkerOptions {
    /// How long its lease lasts without a sign of life.
    pub lease: Duration,
    /// How often it looks for work while there is none, and at least how often a standby looks for the lease.
    pub poll: Duration,
    /// How long it rests at most after a transaction that was not full: as long as that took, so that what comes one by one is written
    /// in groups.
    pub rest: Duration,
    /// The most articles of one transaction.
    pub batch: u32,
    /// How long a transaction should take, at most: live articles wait for the one that is under way. There are more or fewer articles in
    /// the next one, as the last one took.
    pub batch_time: Duration,
    /// How many versions of the change log are kept.
    pub kept_versions: u64,
}

impl Default for LinkerOptions {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(10),
            poll: Duration::from_millis(100),
            rest: Duration::from_millis(500),
            batch: 1024,
            batch_time: Duration::from_secs(1),
            kept_versions: 1_000_000,
        }
    }
}

/// A linker over a store.
pub struct Linker {
    store: Arc<dyn Store>,
    analyzer: Analyzer,
    options: LinkerOptions,
    metrics: LinkMetrics,
    /// What is taught, as far as this linker has heard.
    overlay: watch::Sender<Arc<Overlay>>,
    /// Names this run of the program.
    holder: Uuid,
}

impl Linker {
    /// A linker that has not begun yet. It analyses anew what other articles date.
    pub fn new(store: Arc<dyn Store>, analyzer: Analyzer, options: LinkerOptions) -> Self {
        let (overlay, _) = watch::channel(Arc::default());
        Self { store, analyzer, options, metrics: LinkMetrics::new(), overlay, holder: Uuid::new_v4() }
    }

    /// Works or stands by until `stop` is cancelled; then it finishes the transaction in hand and gives up the lease.
    pub async fn run(self, stop: CancellationToken) {
        let linker = Arc::new(self);
        let standby = linker.options.lease / 4;
        while !stop.is_cancelled() {
            let pause = match linker.store.acquire_lease(linker.holder, linker.options.lease).await {
                Ok(Some(epoch)) => {
                    tracing::info!(epoch = epoch.0, "links from now on");
                    linker.metrics.leads(1);
                    let ended = linker.turn(epoch, &stop).await;
                    linker.metrics.leads(-1);
                    match ended {
                        Ok(()) => break,
                        Err(StoreError::LeaseLost) => tracing::warn!("another process links now"),
                        Err(error) => {
                            linker.metrics.failed();
                            tracing::warn!(%error, "linking starts over");
                        }
                    }
                    linker.options.poll
                }
                Ok(None) => standby,
                Err(error) => {
                    tracing::warn!(%error, "cannot ask for the lease of linking");
                    standby
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Works under one epoch while another task keeps the lease, until it is told to stop.
    ///
    /// # Errors
    /// Another one has the lease, or the store must be read anew.
    async fn turn(self: &Arc<Self>, epoch: Epoch, stop: &CancellationToken) -> Result<(), StoreError> {
        let lost = CancellationToken::new();
        let keeping = tokio::spawn({
            let (linker, lost) = (Arc::clone(self), lost.clone());
            async move { linker.keep_lease(epoch, &lost).await }
        });
        let ended = tokio::select! {
            ended = lead::lead(self, epoch, stop) => ended,
            () = lost.cancelled() => Err(StoreError::LeaseLost),
        };
        keeping.abort();
        if ended.is_ok()
            && let Err(error) = self.store.release_lease(epoch).await
        {
            tracing::warn!(%error, "the lease of linking ends by itself");
        }
        ended
    }

    /// Renews the lease until it is lost. A store that does not answer is asked again: no clock of ours says that the lease is over.
    async fn keep_lease(&self, epoch: Epoch, lost: &CancellationToken) {
        loop {
            tokio::time::sleep(self.options.lease / 4).await;
            match self.store.renew_lease(epoch, self.options.lease).await {
                Ok(true) => {}
                Ok(false) => {
                    lost.cancel();
                    return;
                }
                Err(error) => tracing::warn!(%error, "the lease of linking is not renewed yet"),
            }
        }
    }
}
