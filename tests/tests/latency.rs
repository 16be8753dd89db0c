//! A unary call is answered at once: an answer that waits for the peer's delayed acknowledgement takes 40 ms.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::time::{Duration, Instant};

use marsad_tests::client::channel;
use marsad_tests::deployment::{Deployment, Kind};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

const CALLS: usize = 200;
const LIMIT: Duration = Duration::from_millis(2);
/// The machine may be busy with something else for a while.
const ROUNDS: usize = 5;

#[tokio::test(flavor = "multi_thread")]
async fn a_health_call_takes_less_than_two_milliseconds() {
    let deployment = Deployment::start(Kind::Embedded).await;
    let mut health = HealthClient::new(channel(deployment.ingest.grpc));
    health.check(HealthCheckRequest::default()).await.unwrap();
    let mut medians = Vec::new();
    for _ in 0..ROUNDS {
        let mut times = Vec::new();
        for _ in 0..CALLS {
            let started = Instant::now();
            health.check(HealthCheckRequest::default()).await.unwrap();
            times.push(started.elapsed());
        }
        times.sort();
        medians.push(times[CALLS / 2]);
        if times[CALLS / 2] < LIMIT {
            break;
        }
    }
    assert!(medians.last().is_some_and(|median| *median < LIMIT), "medians of {CALLS} calls: {medians:?}");
    deployment.finish().await;
}
