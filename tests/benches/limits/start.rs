//! How soon a broker that comes back is used.

use std::time::{Duration, Instant};

use lapin::{Connection, ConnectionProperties};
use marsad_tests::client::Client;
use marsad_tests::process::Process;
use marsad_tests::servers::{OwnServers, Server};

use super::{Turns, calls};
use crate::report::{Aim, line};

/// How long the broker is away: long enough for the longest pause between two attempts to connect.
const AWAY: Duration = Duration::from_secs(15);

pub(crate) async fn measure(turns: Turns) {
    let own = tokio::task::spawn_blocking(OwnServers::start).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = own.servers.new_vhost().await;
    let arguments = ["ingest", "--queue-url", url.as_str()].map(str::to_owned);
    let process = Process::start(&arguments, &[], folder.path()).await;
    let client = Client::new(process.grpc, process.grpc, None);
    let mut articles = calls::Articles::new();
    let own = std::sync::Arc::new(own);
    let mut times = Vec::new();
    for _ in 0..turns.rounds.min(3) {
        let stopped = std::sync::Arc::clone(&own);
        tokio::task::spawn_blocking(move || stopped.kill(Server::RabbitMq)).await.unwrap();
        // Callers keep coming while it is away.
        let gone = Instant::now();
        while gone.elapsed() < AWAY {
            let _ = client.try_submit(articles.next().unwrap()).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let starting = std::sync::Arc::clone(&own);
        let starting = tokio::task::spawn_blocking(move || starting.restart(Server::RabbitMq));
        let ready = async {
            while Connection::connect(url.as_str(), ConnectionProperties::default()).await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Instant::now()
        };
        let accepted = async {
            while client.try_submit(articles.next().unwrap()).await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Instant::now()
        };
        let (ready, accepted) = tokio::join!(ready, accepted);
        times.push((accepted.saturating_duration_since(ready).as_secs_f64() * 1e3, 1000.0));
        starting.await.unwrap();
    }
    line("broker ready to first accepted article, beside a second", " ms", &times, Aim::AtMost(2.0));
}
