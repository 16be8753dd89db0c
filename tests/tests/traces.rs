//! Traces, as a collector gets them: one an article, from the caller through the queue to the store; what goes wrong is in them; and a
//! collector that does not answer costs no article.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::time::Duration;

use marsad_proto::v1;
use marsad_queue::{Lane, Message, Queue, RabbitOptions, RabbitQueue, SqliteQueue, SqliteQueueOptions};
use marsad_tests::articles::short;
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::process;
use marsad_tests::spans::{SpanReceiver, attribute, hexadecimal};
use marsad_tests::until;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use tokio::net::TcpListener;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";
/// How long spans may take to come.
const SENT: Duration = Duration::from_secs(60);

/// Makes two tests out of each function of a [`Kind`].
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod embedded {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    super::$test(super::Kind::Embedded).await;
                }
            )+
        }
        mod apart {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    super::$test(super::Kind::Apart).await;
                }
            )+
        }
    };
}

on_both!(
    an_article_is_one_trace,
    articles_of_a_stream_are_traces_of_their_own,
    every_attempt_is_in_the_trace,
    a_parked_message_says_why,
    the_sampler_decides_unless_the_caller_has,
    a_collector_that_does_not_answer_costs_no_article,
);

/// A deployment that sends its spans soon.
async fn start(kind: Kind, endpoint: &str, env: &[(&str, &str)]) -> Deployment {
    let mut all = vec![("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_BSP_SCHEDULE_DELAY", "100")];
    all.extend(env);
    Deployment::start_with(kind, &[], &all).await
}

/// Submits an article as part of a caller's trace, with the flags that he set.
async fn submit_traced(
    deployment: &Deployment,
    number: usize,
    trace: &str,
    flags: &str,
) -> v1::SubmitArticleResponse {
    let article = v1::SubmitArticleRequest { article: Some(short(number)), ..Default::default() };
    let mut request = tonic::Request::new(article);
    request.metadata_mut().insert("traceparent", format!("00-{trace}-{CALLER}-{flags}").parse().unwrap());
    deployment.client().ingest.clone().submit_article(request).await.unwrap().into_inner()
}

fn is(span: &Span, kind: SpanKind, name: &str) -> bool {
    span.kind() == kind && span.name.starts_with(name)
}

/// The spans of a trace as soon as `whole` says that all are there.
async fn trace(receiver: &SpanReceiver, trace: &str, whole: impl Fn(&[Span]) -> bool) -> Vec<Span> {
    until("the spans of the trace", SENT, async || {
        let spans = receiver.of_trace(trace);
        whole(&spans).then_some(spans)
    })
    .await
}

fn has(spans: &[Span], kind: SpanKind, name: &str) -> bool {
    spans.iter().any(|span| is(span, kind, name))
}

fn only<'s>(spans: &'s [Span], kind: SpanKind, name: &str) -> &'s Span {
    let found: Vec<&Span> = spans.iter().filter(|span| is(span, kind, name)).collect();
    assert_eq!(found.len(), 1, "{kind:?} {name}: {spans:#?}");
    found[0]
}

#[track_caller]
fn assert_attributes(span: &Span, expected: &[(&str, &str)]) {
    for (key, value) in expected {
        assert_eq!(attribute(span, key).as_deref(), Some(*value), "{key} of {span:#?}");
    }
}

#[track_caller]
fn assert_child(child: &Span, parent: &Span) {
    assert_eq!(hexadecimal(&child.parent_span_id), hexadecimal(&parent.span_id), "{child:#?}");
}

/// From the caller down: server, producer, consumer, analysis, database; and the batch of the linker that took the article in is linked.
async fn an_article_is_one_trace(kind: Kind) {
    let receiver = SpanReceiver::start().await;
    let mut deployment = start(kind, &receiver.endpoint(), &[]).await;
    let accepted = submit_traced(&deployment, 1, TRACE, "01").await;
    let client = deployment.client();
    client.until_analysed(&accepted).await;
    let spans = trace(&receiver, TRACE, |spans| {
        has(spans, SpanKind::Consumer, "process") && has(spans, SpanKind::Server, "")
    })
    .await;
    let (messaging, database, destination) = match kind {
        Kind::Embedded => ("sqlite", "sqlite", "queue.db:live"),
        Kind::Apart => ("rabbitmq", "postgresql", "marsad:live"),
    };

    let server = only(&spans, SpanKind::Server, "marsad.v1.IngestService/SubmitArticle");
    assert_eq!(hexadecimal(&server.parent_span_id), CALLER, "the call is a child of the caller's span");
    let port = deployment.ingest.grpc.port().to_string();
    assert_attributes(
        server,
        &[
            ("rpc.system.name", "grpc"),
            ("rpc.method", "marsad.v1.IngestService/SubmitArticle"),
            ("rpc.response.status_code", "OK"),
            ("server.address", "127.0.0.1"),
            ("server.port", &port),
            ("client.address", "127.0.0.1"),
            ("article.id", &accepted.article_id),
        ],
    );

    let producer = only(&spans, SpanKind::Producer, &format!("publish {destination}"));
    assert_child(producer, server);
    let consumer = only(&spans, SpanKind::Consumer, &format!("process {destination}"));
    assert_child(consumer, producer);
    for (span, name, operation) in [(producer, "publish", "send"), (consumer, "process", "process")] {
        assert_attributes(
            span,
            &[
                ("messaging.system", messaging),
                ("messaging.operation.name", name),
                ("messaging.operation.type", operation),
                ("messaging.destination.name", destination),
                ("messaging.message.conversation_id", &accepted.article_id),
            ],
        );
        assert!(attribute(span, "messaging.message.body.size").unwrap().parse::<u64>().unwrap() > 100);
        assert_eq!(attribute(span, "server.address").is_some(), kind == Kind::Apart);
    }
    let id = |span| attribute(span, "messaging.message.id").unwrap();
    assert_eq!(id(producer), id(consumer));
    assert_attributes(consumer, &[("marsad.attempt", "1"), ("marsad.outcome", "analysed")]);

    assert_child(only(&spans, SpanKind::Internal, "analyse"), consumer);
    let stores: Vec<&Span> = spans.iter().filter(|span| is(span, SpanKind::Client, "")).collect();
    let written = stores.iter().find(|span| attribute(span, "db.operation.name").as_deref() == Some("apply"));
    for span in &stores {
        assert_child(span, consumer);
        assert_attributes(span, &[("db.system.name", database)]);
        let namespace = attribute(span, "db.namespace").unwrap();
        assert!(span.name.ends_with(&format!(" {namespace}")), "{}", span.name);
        assert_eq!(attribute(span, "server.port").is_some(), kind == Kind::Apart);
    }
    assert!(written.is_some() && stores.len() >= 2, "{stores:#?}");
    assert!(
        spans.iter().all(|span| span.status.as_ref().is_none_or(|status| status.code() != StatusCode::Error))
    );

    let batch = until("the batch of the linker", SENT, async || {
        let spans = receiver.all();
        let linked = |span: &Span| span.links.iter().any(|link| hexadecimal(&link.trace_id) == TRACE);
        spans.into_iter().find(|span| span.name == "link" && linked(span))
    })
    .await;
    assert_eq!(attribute(&batch, "marsad.link.articles").as_deref(), Some("1"));
    let of_batch = hexadecimal(&batch.trace_id);
    let ended = trace(&receiver, &of_batch, |spans| {
        spans.iter().any(|span| attribute(span, "db.operation.name").as_deref() == Some("commit_links"))
    });
    assert!(ended.await.iter().any(|span| span.parent_span_id == batch.span_id));

    // What has ended when a process is asked to stop is sent before it ends.
    let stopped = "5bf92f3577b34da6a3ce929d0e0e4736";
    let mut request = tonic::Request::new(v1::ListArticlesRequest::default());
    request.metadata_mut().insert("traceparent", format!("00-{stopped}-{CALLER}-01").parse().unwrap());
    client.query.clone().list_articles(request).await.unwrap();
    let querying = deployment.query.as_mut().unwrap_or(&mut deployment.ingest);
    querying.ask_to_stop();
    assert!(querying.ended(Duration::from_secs(30)).await.success());
    let spans = receiver.of_trace(stopped);
    let server = only(&spans, SpanKind::Server, "marsad.v1.QueryService/ListArticles");
    assert_child(only(&spans, SpanKind::Client, "articles::articles"), server);
    deployment.finish().await;
}

/// A stream brings any number of articles: each is a trace, with a link to the call that it came by. The command line is a client with a
/// span of its own.
async fn articles_of_a_stream_are_traces_of_their_own(kind: Kind) {
    let receiver = SpanReceiver::start().await;
    let deployment = start(kind, &receiver.endpoint(), &[]).await;
    let file = deployment.folder().join("articles.jsonl");
    let lines = (0..3).map(|number| {
        serde_json::json!({"id": number.to_string(), "text": short(number).text, "outlet": "o"}).to_string()
    });
    std::fs::write(&file, lines.collect::<Vec<_>>().join("\n")).unwrap();
    let mut submit = process::command(deployment.calling("submit", &[file.to_str().unwrap()]));
    let done = submit.env("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    deployment.until_settled(3).await;

    let spans = until("all spans", SENT, async || {
        let spans = receiver.all();
        let consumers = spans.iter().filter(|span| is(span, SpanKind::Consumer, "process")).count();
        let call = |kind| has(&spans, kind, "marsad.v1.IngestService/SubmitArticles");
        (consumers == 3 && call(SpanKind::Server) && call(SpanKind::Client)).then_some(spans)
    })
    .await;
    let client = only(&spans, SpanKind::Client, "marsad.v1.IngestService/SubmitArticles");
    let port = deployment.ingest.grpc.port().to_string();
    assert_attributes(
        client,
        &[("rpc.system.name", "grpc"), ("server.address", "127.0.0.1"), ("server.port", &port)],
    );
    let server = only(&spans, SpanKind::Server, "marsad.v1.IngestService/SubmitArticles");
    assert_child(server, client);
    for span in [client, server] {
        assert_attributes(span, &[("rpc.response.status_code", "OK")]);
    }
    assert_eq!(server.trace_id, client.trace_id);

    let articles: Vec<&Span> = spans.iter().filter(|span| span.name == "submit").collect();
    assert_eq!(articles.len(), 3);
    for article in articles {
        assert!(article.parent_span_id.is_empty() && article.trace_id != server.trace_id);
        assert_eq!(article.links[0].span_id, server.span_id);
        let of_it: Vec<Span> =
            spans.iter().filter(|span| span.trace_id == article.trace_id).cloned().collect();
        let producer = only(&of_it, SpanKind::Producer, "publish");
        assert_child(producer, article);
        assert_child(only(&of_it, SpanKind::Consumer, "process"), producer);
    }
    deployment.finish().await;
}

/// While the store cannot write, an attempt ends with an error; the next one is in the same trace.
async fn every_attempt_is_in_the_trace(kind: Kind) {
    let receiver = SpanReceiver::start().await;
    let deployment = start(kind, &receiver.endpoint(), &[]).await;
    let attempts = |spans: &[Span], outcome: &str| {
        let of_outcome = |span: &&Span| attribute(span, "marsad.outcome").as_deref() == Some(outcome);
        spans.iter().filter(|span| is(span, SpanKind::Consumer, "process")).filter(of_outcome).count()
    };
    let mut store = WriteLock::take(&deployment).await;
    let accepted = submit_traced(&deployment, 1, TRACE, "01").await;
    trace(&receiver, TRACE, |spans| attempts(spans, "store_unavailable") > 0).await;
    store.release().await;
    deployment.client().until_analysed(&accepted).await;
    let spans = trace(&receiver, TRACE, |spans| attempts(spans, "analysed") > 0).await;

    let producer = only(&spans, SpanKind::Producer, "publish");
    let mut consumers: Vec<&Span> =
        spans.iter().filter(|span| is(span, SpanKind::Consumer, "process")).collect();
    consumers.sort_by_key(|span| span.start_time_unix_nano);
    let (last, failed) = consumers.split_last().unwrap();
    assert!(!failed.is_empty());
    for (number, attempt) in (1..).zip(failed) {
        assert_child(attempt, producer);
        assert_attributes(
            attempt,
            &[("marsad.attempt", &number.to_string()), ("error.type", "store_unavailable")],
        );
        let status = attempt.status.as_ref().unwrap();
        assert_eq!((status.code(), status.message.as_str()), (StatusCode::Error, "to be tried again in 5 s"));
        let of_it = spans.iter().filter(|span| span.parent_span_id == attempt.span_id);
        let failed: Vec<&Span> = of_it.filter(|span| attribute(span, "error.type").is_some()).collect();
        assert_eq!(failed.len(), 1, "{spans:#?}");
        assert!(is(failed[0], SpanKind::Client, "apply "));
        assert_attributes(failed[0], &[("error.type", "unavailable"), ("db.operation.name", "apply")]);
    }
    assert_child(last, producer);
    assert_attributes(
        last,
        &[("marsad.attempt", &consumers.len().to_string()), ("marsad.outcome", "analysed")],
    );
    deployment.finish().await;
}

/// Keeps a store from writing, in a way that passes.
enum WriteLock {
    Sqlite(SqliteConnection),
    Postgres(PgConnection, String),
}

impl WriteLock {
    async fn take(deployment: &Deployment) -> Self {
        let url = deployment.store_url();
        match deployment.kind {
            Kind::Embedded => {
                let mut connection = SqliteConnection::connect(&url).await.unwrap();
                connection.execute("BEGIN IMMEDIATE").await.unwrap();
                Self::Sqlite(connection)
            }
            Kind::Apart => {
                let connection = PgConnection::connect(&url).await.unwrap();
                let name = url.rsplit('/').next().unwrap().to_owned();
                let mut lock = Self::Postgres(connection, name);
                lock.set_read_only(true).await;
                lock
            }
        }
    }

    async fn release(&mut self) {
        match self {
            Self::Sqlite(connection) => drop(connection.execute("ROLLBACK").await.unwrap()),
            Self::Postgres(..) => self.set_read_only(false).await,
        }
    }

    /// As a standby that was not told yet that it leads: it takes no writes.
    async fn set_read_only(&mut self, read_only: bool) {
        let Self::Postgres(connection, name) = self else { return };
        let setting = format!("ALTER DATABASE {name} SET default_transaction_read_only = {read_only}");
        connection.execute("SET default_transaction_read_only = off").await.unwrap();
        connection.execute(AssertSqlSafe(setting)).await.unwrap();
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        connection.execute(others).await.unwrap();
    }
}

async fn a_parked_message_says_why(kind: Kind) {
    let receiver = SpanReceiver::start().await;
    let deployment = start(kind, &receiver.endpoint(), &[]).await;
    let secret = "نص المقال الذي لا يظهر";
    let message = Message::new("nobody", Lane::Backfill, secret)
        .with_header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    publish(&deployment, message).await;
    let spans = trace(&receiver, TRACE, |spans| has(spans, SpanKind::Consumer, "process")).await;
    let consumer = only(&spans, SpanKind::Consumer, "process");
    assert_eq!(hexadecimal(&consumer.parent_span_id), CALLER);
    assert_attributes(consumer, &[("marsad.outcome", "parked"), ("error.type", "parked")]);
    let status = consumer.status.as_ref().unwrap();
    assert_eq!((status.code(), status.message.as_str()), (StatusCode::Error, "parked: malformed message"));
    assert!(!format!("{spans:?}").contains(secret));
    deployment.finish().await;
}

async fn publish(deployment: &Deployment, message: Message) {
    let queue: Box<dyn Queue> = match deployment.kind {
        Kind::Embedded => {
            Box::new(SqliteQueue::open(deployment.queue_url(), SqliteQueueOptions::default()).await.unwrap())
        }
        Kind::Apart => {
            Box::new(RabbitQueue::connect(RabbitOptions::new(deployment.queue_url())).await.unwrap())
        }
    };
    queue.publish(message).await.unwrap();
    queue.close().await;
}

/// With a ratio of nothing a trace that begins here is not recorded; one whose caller records it is, throughout.
async fn the_sampler_decides_unless_the_caller_has(kind: Kind) {
    let receiver = SpanReceiver::start().await;
    let env = [("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0")];
    let deployment = start(kind, &receiver.endpoint(), &env).await;
    let unsampled = "6bf92f3577b34da6a3ce929d0e0e4736";
    let client = deployment.client();
    client.until_analysed(&client.submit(short(1)).await).await;
    client.until_analysed(&submit_traced(&deployment, 2, unsampled, "00").await).await;
    client.until_analysed(&submit_traced(&deployment, 3, TRACE, "01").await).await;
    trace(&receiver, TRACE, |spans| {
        has(spans, SpanKind::Consumer, "process") && has(spans, SpanKind::Server, "")
    })
    .await;
    let others: Vec<Span> =
        receiver.all().into_iter().filter(|span| hexadecimal(&span.trace_id) != TRACE).collect();
    assert!(others.is_empty(), "{others:#?}");
    // The log has the trace all the same.
    let message = Message::new("nobody", Lane::Live, "x")
        .with_header("traceparent", format!("00-{unsampled}-{CALLER}-00"));
    publish(&deployment, message).await;
    until("the trace in the log", SENT, async || {
        let logged = deployment.working().iter().any(|worker| worker.log_text().contains(unsampled));
        logged.then_some(())
    })
    .await;
    deployment.finish().await;
}

#[test]
fn a_sampler_that_there_is_not_is_refused() {
    for (sampler, ratio, told) in [
        ("sometimes", "1", "OTEL_TRACES_SAMPLER is `sometimes`"),
        ("traceidratio", "", "OTEL_TRACES_SAMPLER_ARG must say the ratio"),
        ("parentbased_traceidratio", "1.5", "OTEL_TRACES_SAMPLER_ARG is `1.5`"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut command = process::command(["--data-dir", data.to_str().unwrap()]);
        command.env("OTEL_TRACES_SAMPLER", sampler).env("OTEL_TRACES_SAMPLER_ARG", ratio);
        let done = command.output().unwrap();
        let errors = String::from_utf8_lossy(&done.stderr);
        assert!(!done.status.success() && errors.contains(told), "{errors}");
    }
}

/// A collector that takes connections and never answers, and one that is not there: every article is analysed, what is too much of the
/// spans is dropped and counted, memory stays what it is, and the processes end in time.
async fn a_collector_that_does_not_answer_costs_no_article(kind: Kind) {
    const ARTICLES: usize = 150;
    /// Far more than all spans of these articles take; that of a queue without an end grows with them.
    const MEMORY: u64 = 64 << 20;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for address in [silent.local_addr().unwrap(), closed] {
        let env = [("OTEL_BSP_MAX_QUEUE_SIZE", "64"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "32")];
        let mut deployment = start(kind, &format!("http://{address}"), &env).await;
        let client = deployment.client();
        client.submit_all_and_wait((0..30).map(short).collect()).await;
        let before: Vec<u64> = deployment.processes().iter().map(|process| process.peak_memory()).collect();
        client.submit_all_and_wait((30..ARTICLES).map(short).collect()).await;
        deployment.until_settled(ARTICLES as u64).await;
        let (mut dropped, mut failed) = (0.0, 0.0);
        for (process, before) in deployment.processes().into_iter().zip(before) {
            let after = process.peak_memory();
            assert!(after < before + MEMORY, "{before} bytes became {after}");
            dropped +=
                process.metric("otel_sdk_processor_span_processed_total", "error_type=\"queue_full\"").await;
            failed += process.metric("otel_sdk_exporter_span_exported_total", "error_type=").await;
        }
        // The one fills up behind a call that is waited for, the other fails each call at once.
        assert!(dropped + failed > 0.0, "{dropped} dropped, {failed} not taken");
        if address != closed {
            assert!(dropped > 0.0, "{dropped} dropped");
        }
        for process in deployment.processes() {
            process.ask_to_stop();
            assert!(process.ended(Duration::from_secs(40)).await.success());
        }
        deployment.finish().await;
    }
}
