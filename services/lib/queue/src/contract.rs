//! What every backend must do, as tests that any of them can be put through (feature `contract`).
//!
//! ```text
//! async fn subject() -> Subject { /* a fresh, empty queue */ }
//! marsad_queue::contract_tests!(subject);
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a case fails")]

mod flow;
mod limits;
mod parking;

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;

use crate::{Delivery, Depth, Lane, Message, Queue};

pub use flow::*;
pub use limits::*;
pub use parking::*;

/// A fresh, empty queue, and what the suite must know of how it was set up. A lease, if there is one, must be longer than
/// a minute; a process may hold 64 live and 16 backfill messages or more.
pub struct Subject {
    /// The queue.
    pub queue: Arc<dyn Queue>,
    /// A retry delay that it keeps without rounding; between half a second and a few seconds.
    pub delay: Duration,
    /// How many bytes each of its lanes takes; at least twice [`marsad_model::limits::MAX_MESSAGE_BYTES`], and few enough to fill it.
    pub lane_cap: usize,
    /// Its delivery limit, 2 or more.
    pub delivery_limit: u32,
    /// Whatever must live as long as the case runs: a temporary directory, say.
    pub keep: Box<dyn Any + Send>,
}

/// One case; it panics if the queue fails it.
pub type Case = fn(Subject) -> BoxFuture<'static, ()>;

/// Calls the macro `$then` with the names of all cases: the one list of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __contract_cases {
    ($then:path $(, $argument:path)?) => {
        $then! { $($argument)? =>
            published_is_claimed
            acked_is_gone
            claim_takes_no_more_than_asked
            claim_waits_and_wakes
            dropped_comes_back
            retry_waits_and_counts
            retry_starts_the_delivery_limit_anew
            parked_is_listed_and_replayed
            parked_is_forgotten_by_key
            long_reasons_are_cut
            delivery_limit_parks
            live_goes_first
            bytes_are_exact
            size_limit_holds_to_the_byte
            reserved_headers_are_refused
            depth_is_right
            full_lane_refuses_and_recovers
            retry_into_a_full_lane_comes_back
            a_refusal_is_of_the_message_refused
            parked_at_once_with_forget_and_replay
            many_at_once_each_exactly_once
            closed_queue_refuses
        }
    };
}

/// Makes one `#[tokio::test]` of each case; the argument is an async function that returns a [`Subject`].
#[macro_export]
macro_rules! contract_tests {
    ($make:path) => {
        $crate::__contract_cases!($crate::__contract_test_functions, $make);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __contract_test_functions {
    ($make:path => $($case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                $crate::contract::$case($make().await).await;
            }
        )*
    };
}

macro_rules! table {
    (=> $($case:ident)*) => {
        /// All cases by name.
        pub const CASES: &[(&str, Case)] = &[$((stringify!($case), |subject| Box::pin($case(subject)))),*];
    };
}
__contract_cases!(table);

/// For what must happen, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(15);

/// For what must not happen.
const QUIET: Duration = Duration::from_millis(400);

async fn claim_one(queue: &Arc<dyn Queue>) -> Delivery {
    queue.claim(1, PATIENCE).await.unwrap().pop().expect("a message should have come")
}

async fn assert_quiet(queue: &Arc<dyn Queue>) {
    let claimed = queue.claim(10, QUIET).await.unwrap();
    assert!(claimed.is_empty(), "nothing should have come, but {claimed:?} did");
}

/// Waits until the depth is as expected; the number in flight counts only where it is known.
async fn assert_depth(queue: &Arc<dyn Queue>, expected: Depth) {
    let started = Instant::now();
    loop {
        let depth = queue.depth().await.unwrap();
        let comparable = Depth { in_flight: depth.in_flight.and(expected.in_flight), ..expected };
        if depth == comparable {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(5), "depth is {depth:?} and should be {expected:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn live(key: &str) -> Message {
    Message::new(key, Lane::Live, key.to_owned())
}
