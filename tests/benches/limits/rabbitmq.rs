//! Ingest on RabbitMQ beside a publisher that does nothing else.

use marsad_tests::process::Process;
use marsad_tests::servers::Servers;

use super::{Turns, bare, calls};
use crate::report::{Aim, line};

pub(crate) async fn measure(turns: Turns) {
    let servers = Servers::shared();
    let folder = tempfile::tempdir().unwrap();
    let (ours, limit) = (servers.new_vhost().await, servers.new_vhost().await);
    let arguments = ["ingest", "--queue-url", ours.as_str()].map(str::to_owned);
    let process = Process::start(&arguments, &[], folder.path()).await;
    let articles = calls::Articles::new();
    let (mut unary, mut streamed) = (Vec::new(), Vec::new());
    for _ in 0..turns.rounds {
        let rate = calls::unary(process.grpc, &articles, 64, turns.time).await;
        servers.purge(&ours, "marsad.live").await;
        unary.push((rate, bare::publish(limit.as_str(), 64, turns.time).await));
        let rate = calls::streamed(process.grpc, &articles, turns.time).await;
        servers.purge(&ours, "marsad.live").await;
        streamed.push((rate, bare::publish(limit.as_str(), 1000, turns.time).await));
    }
    line("unary ingest, 64 in flight, RabbitMQ", "/s", &unary, Aim::AtLeast(0.5));
    line("streamed ingest, RabbitMQ", "/s", &streamed, Aim::AtLeast(0.6));
    drop(process);
    servers.drop_vhost(&ours).await;
    servers.drop_vhost(&limit).await;
}
