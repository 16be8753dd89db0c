//! How near what Marsad adds comes to its limits: articles of 4 KB, and an analysis that finds nothing.
//!
//! ```text
//! tests/bench limits [rabbitmq] [embedded] [tracing] [workers] [start] [--rounds N] [--seconds S]
//! ```
//!
//! Each figure is taken beside its limit: the two take turns, N (5) times for S (2) seconds, and the share is the median of the shares of
//! the turns. The executable serves where its own analysis has no part; where it would have one, this program serves in a process of its
//! own, with the same services, queue and store, and another analyzer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement ends where something is wrong"
)]

mod bare;
mod calls;
mod child;
mod embedded;
mod rabbitmq;
mod report;
mod start;
mod tracing;
mod workers;

use std::time::Duration;

/// How long each turn is, and how many there are.
#[derive(Debug, Clone, Copy)]
struct Turns {
    rounds: usize,
    time: Duration,
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench").peekable();
    if arguments.next_if(|first| first == child::ARGUMENT).is_some() {
        return child::run(arguments.collect()).await;
    }
    let (mut names, mut turns) = (Vec::new(), Turns { rounds: 5, time: Duration::from_secs(2) });
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rounds" => turns.rounds = arguments.next().unwrap().parse().unwrap(),
            "--seconds" => turns.time = Duration::from_secs_f64(arguments.next().unwrap().parse().unwrap()),
            _ => names.push(argument),
        }
    }
    let wanted = |name: &str| names.is_empty() || names.iter().any(|given| given == name);
    report::head();
    if wanted("rabbitmq") {
        rabbitmq::measure(turns).await;
    }
    if wanted("embedded") {
        embedded::measure(turns).await;
    }
    if wanted("tracing") {
        tracing::measure(turns).await;
    }
    if wanted("workers") {
        workers::measure(turns).await;
    }
    if wanted("start") {
        start::measure(turns).await;
    }
}
