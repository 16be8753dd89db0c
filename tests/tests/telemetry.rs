//! Seen from outside: metrics, probes, logs.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::time::Duration;

use marsad_proto::v1;
use marsad_tests::articles::short;
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::http;
use marsad_tests::{scenarios, until};

scenarios!(metrics_count, probes_answer, logs_are_json_with_the_trace);

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// Submits an article as part of the caller's trace, and waits until it is analysed.
async fn submit_traced(deployment: &Deployment) {
    let client = deployment.client();
    let article = v1::SubmitArticleRequest { article: Some(short(1)), ..Default::default() };
    let mut request = tonic::Request::new(article);
    request.metadata_mut().insert("traceparent", format!("00-{TRACE}-{CALLER}-01").parse().unwrap());
    let submitted = client.ingest.clone().submit_article(request).await.unwrap().into_inner();
    client.until_analysed(&submitted).await;
}

async fn metrics_count(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    client.submit_all_and_wait((0..5).map(short).collect()).await;
    client.try_submit(v1::ArticleInput::default()).await.unwrap_err();
    let accepted = deployment.ingest.metric("marsad_ingest_submissions_total", "outcome=\"accepted\"").await;
    let refused = deployment.ingest.metric("marsad_ingest_submissions_total", "outcome=\"TEXT_EMPTY\"").await;
    assert!(
        (accepted - 5.0).abs() < 0.5 && (refused - 1.0).abs() < 0.5,
        "{accepted} accepted, {refused} refused"
    );
    deployment.until_settled(5).await;
    let mut timed = 0.0;
    for worker in deployment.working() {
        timed += worker.metric("marsad_analysis_duration_seconds_count", "outcome=\"analysed\"").await;
    }
    assert!((timed - 5.0).abs() < 0.5, "{timed} durations");
    let (status, text) = http::get(deployment.ingest.admin, "/metrics").await.unwrap();
    assert_eq!(status, 200);
    for state in ["live", "backfill", "delayed", "parked"] {
        assert!(text.contains(&format!("marsad_queue_messages{{state=\"{state}\"}} ")), "{text}");
    }
    deployment
}

async fn probes_answer(mut deployment: Deployment) -> Deployment {
    for process in deployment.processes() {
        for path in ["/livez", "/readyz", "/metrics"] {
            assert_eq!(process.status(path).await, Some(200), "{path}");
        }
        assert_eq!(process.status("/other").await, Some(404));
    }
    deployment
}

async fn logs_are_json_with_the_trace(deployment: Deployment) -> Deployment {
    submit_traced(&deployment).await;
    // A message that cannot be read is logged where it is parked: in the trace that its headers name.
    let mut bad = marsad_queue::Message::new("nobody", marsad_queue::Lane::Live, "x");
    bad.headers.insert("traceparent".into(), format!("00-{TRACE}-{CALLER}-01"));
    publish(&deployment, bad).await;
    let line = until("the line in the log", Duration::from_secs(30), async || {
        let lines = deployment.working().into_iter().flat_map(|worker| worker.logged());
        lines
            .into_iter()
            .find(|line| line["fields"]["message"].as_str().is_some_and(|said| said.starts_with("parked")))
    })
    .await;
    assert_eq!(line["level"], "ERROR");
    let spans = line["spans"].as_array().unwrap();
    assert!(spans.iter().any(|span| span["trace_id"] == TRACE), "{line}");
    assert!(line["timestamp"].is_string());
    for worker in deployment.working() {
        let text = worker.log_text();
        assert!(text.lines().all(|line| line.starts_with('{')), "not all is JSON: {text}");
        assert!(!text.contains(&short(1).text[..60]), "the text of an article is in a log");
    }
    deployment
}

async fn publish(deployment: &Deployment, message: marsad_queue::Message) {
    use marsad_queue::{Queue, RabbitOptions, RabbitQueue, SqliteQueue, SqliteQueueOptions};
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
