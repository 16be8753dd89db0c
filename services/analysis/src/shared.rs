//! What the tasks of one worker share, and how it is set up.

use std::sync::Arc;
use std::time::Duration;

use marsad_extract::knowledge::Overlay;
use marsad_queue::{Place, Queue};
use marsad_store::Store;
use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::{Semaphore, oneshot, watch};

use crate::Analyzer;
use crate::metrics::Metrics;

/// How a worker runs.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// Articles analysed at the same time: the number of cores.
    pub analyses: usize,
    /// Messages held at the same time: enough to keep the cores busy while others are stored.
    pub in_flight: usize,
    /// How long one analysis may take; with `in_flight` articles waiting for their turns it must stay below the queue's lease.
    pub analysis_timeout: Duration,
    /// After how many attempts a message that fails for a reason of its own is parked.
    pub max_attempts: u32,
    /// Longest wait of one claim.
    pub claim_wait: Duration,
    /// How often the store is asked whether it is back.
    pub store_poll: Duration,
    /// How often the store is asked for changes of what is taught, and for articles to analyse again.
    pub overlay_poll: Duration,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            analyses: cores,
            in_flight: 4 * cores,
            analysis_timeout: Duration::from_secs(60),
            max_attempts: 5,
            claim_wait: Duration::from_secs(1),
            store_poll: Duration::from_millis(500),
            overlay_poll: Duration::from_secs(1),
        }
    }
}

/// Threads for analyses, one for each that may run: always the same ones, because what the analyzer remembers of words it remembers by
/// thread.
pub(crate) struct Threads(Option<ThreadPool>);

impl Threads {
    pub(crate) fn new(count: usize) -> Self {
        let name = |number| format!("analysis-{number}");
        // Whoever waits for what panicked is told so; the hook for panics has told the log.
        let threads = ThreadPoolBuilder::new().num_threads(count).thread_name(name).panic_handler(|_| {});
        let started = threads.build();
        if let Err(error) = &started {
            tracing::warn!(%error, "analyses have no threads of their own and take those that there are");
        }
        Self(started.ok())
    }

    /// Does it there, and gives what came of it; nothing where it panicked.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (done, result) = oneshot::channel();
        // Nobody may wait for it any more.
        let work = move || drop(done.send(work()));
        match &self.0 {
            Some(threads) => threads.spawn(work),
            None => drop(tokio::task::spawn_blocking(work)),
        }
        result
    }
}

/// What the tasks of one worker share.
pub(crate) struct Shared {
    pub(crate) queue: Arc<dyn Queue>,
    /// Where the queue is.
    pub(crate) place: Place,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) analyzer: Analyzer,
    pub(crate) options: WorkerOptions,
    /// One permit for each analysis that may run.
    pub(crate) cores: Arc<Semaphore>,
    /// Where they run.
    pub(crate) threads: Threads,
    /// Whether the store answered when it was last used.
    pub(crate) store_up: watch::Sender<bool>,
    /// What is taught, as far as this worker has heard.
    pub(crate) overlay: watch::Sender<Arc<Overlay>>,
    pub(crate) metrics: Metrics,
}
