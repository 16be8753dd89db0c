//! What the suites in `tests/tests/` need to run the whole system: servers, processes of `marsad`, clients.
//!
//! The suites are run by `tests/run`, which starts the servers and builds the executable. A test that misses one of them
//! fails and says so; none is skipped.
//!
//! * [`deployment`]: a whole system, [`Embedded`](deployment::Kind::Embedded) or [`Apart`](deployment::Kind::Apart).
//! * [`process`]: one process of `marsad`, and its commands.
//! * [`processor`]: what it costs, for benchmarks.
//! * [`client`]: calls to a deployment.
//! * [`alone`]: one process by itself, for what has nothing to do with the backends.
//! * [`articles`]: what to submit.
//! * [`joined`]: waiting for the linker, and following what it changes.
//! * [`prometheus`]: a Prometheus of a test's own.
//! * [`raw`]: calls whose messages are any bytes.
//! * [`record`]: everything that a deployment has stored, as one value to compare.
//! * [`servers`]: virtual hosts and databases on the servers of the run, and servers of a test's own.
//! * [`spans`]: a receiver of OTLP traces.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

pub mod alone;
pub mod articles;
pub mod client;
pub mod deployment;
pub mod http;
pub mod joined;
pub mod process;
pub mod processor;
pub mod prometheus;
pub mod raw;
pub mod record;
pub mod servers;
pub mod spans;

use std::time::{Duration, Instant};

/// How often a worker is killed before it may finish what it has. A message whose holders die more often than the delivery
/// limit is parked, rightly: on a slow machine no life between two kills is long enough for one article.
pub const KILLS_WITHOUT_A_PAUSE: usize = 4;

/// Looks again and again until there is something to see.
///
/// # Panics
/// When nothing is there in time: the test has failed.
pub async fn until<T>(what: &str, within: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(started.elapsed() < within, "waited {} s for {what}", within.as_secs());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A variable that `tests/run` sets.
///
/// # Panics
/// When it is not set.
pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: use tests/run"))
}
