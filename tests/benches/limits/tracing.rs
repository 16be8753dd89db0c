//! Ingest that sends all of its traces, or one of a hundred, beside ingest that sends none.

use marsad_tests::process::Process;
use marsad_tests::servers::Servers;
use marsad_tests::spans::SpanReceiver;

use super::{Turns, calls};
use crate::report::{Aim, line};

pub(crate) async fn measure(turns: Turns) {
    let servers = Servers::shared();
    let folder = tempfile::tempdir().unwrap();
    let receiver = SpanReceiver::start().await;
    let vhost = servers.new_vhost().await;
    let arguments = ["ingest", "--queue-url", vhost.as_str()].map(str::to_owned);
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT".to_owned(), receiver.endpoint());
    let sampler = ("OTEL_TRACES_SAMPLER".to_owned(), "parentbased_traceidratio".to_owned());
    let ratio = |ratio: &str| ("OTEL_TRACES_SAMPLER_ARG".to_owned(), ratio.to_owned());
    let all = [endpoint.clone(), sampler.clone(), ratio("1")];
    let few = [endpoint, sampler, ratio("0.01")];
    let off = Process::start(&arguments, &[], folder.path()).await;
    let all = Process::start(&arguments, &all, folder.path()).await;
    let few = Process::start(&arguments, &few, folder.path()).await;
    let articles = calls::Articles::new();
    let (mut with_all, mut with_few) = (Vec::new(), Vec::new());
    for _ in 0..turns.rounds {
        let mut rates = Vec::new();
        for process in [&off, &all, &few] {
            rates.push(calls::unary(process.grpc, &articles, 64, turns.time).await);
            servers.purge(&vhost, "marsad.live").await;
        }
        with_all.push((rates[1], rates[0]));
        with_few.push((rates[2], rates[0]));
    }
    line("unary ingest with tracing at 100 %, RabbitMQ", "/s", &with_all, Aim::AtLeast(0.85));
    line("unary ingest with tracing at 1 %, RabbitMQ", "/s", &with_few, Aim::AtLeast(0.97));
    drop((off, all, few));
    servers.drop_vhost(&vhost).await;
}
