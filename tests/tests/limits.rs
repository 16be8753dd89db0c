//! How much a caller may do: quotas of tokens, calls in hand, and what is told of the methods.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::time::{Duration, Instant};

use futures::future::join_all;
use marsad_proto::status::retry_after;
use marsad_proto::v1;
use marsad_proto::v1::submit_articles_response::Outcome;
use marsad_tests::alone::{new_token, path, start};
use marsad_tests::articles::short;
use marsad_tests::client::{Client, channel};
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;

async fn read(client: &Client) -> Result<(), Status> {
    client.query.clone().list_articles(v1::ListArticlesRequest::default()).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_over_a_tokens_quota_are_told_when_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "tokens");
    let limited = new_token(&file, &["read"], &["--requests-per-second", "5"]);
    let free = new_token(&file, &["read"], &[]);
    let process = start(folder.path(), &["--tokens-file", &file], &[]).await;
    let [limited, free] = [limited, free].map(|token| Client::new(process.grpc, process.grpc, Some(&token)));

    let started = Instant::now();
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(read(&limited).await);
    }
    let seconds = started.elapsed().as_secs_f64();
    let allowed = answers.iter().filter(|answer| answer.is_ok()).count();
    // A second's worth at once, and what came in the meantime.
    let most = 5.0 + 5.0 * seconds + 1.0;
    assert!(allowed >= 5 && allowed as f64 <= most.min(39.0), "{allowed} in {seconds} s");
    for status in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
        let wait = retry_after(status).expect("RetryInfo");
        assert!(wait > Duration::ZERO && wait <= Duration::from_millis(200), "{wait:?}");
    }
    // It concerns nobody else, and passes.
    for _ in 0..40 {
        read(&free).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(250)).await;
    read(&limited).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_over_its_tokens_quota_is_held_up_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "tokens");
    let by_bytes = new_token(&file, &["write"], &["--bytes-per-second", "8000"]);
    let by_messages = new_token(&file, &["write"], &["--requests-per-second", "20"]);
    let process = start(folder.path(), &["--tokens-file", &file], &[]).await;
    let articles: Vec<_> = (0..80).map(short).collect();
    let bytes: usize = articles.iter().map(|article| article.text.len()).sum();
    for (what, token, least) in [
        ("bytes", by_bytes, (bytes as f64 - 8_000.0) / 8_000.0 - 0.3),
        ("messages", by_messages, (80.0 - 20.0) / 20.0 - 0.3),
    ] {
        let client = Client::new(process.grpc, process.grpc, Some(&token));
        let started = Instant::now();
        let answers = client.submit_stream(articles.clone(), v1::Lane::Live).await;
        let seconds = started.elapsed().as_secs_f64();
        assert!(seconds >= least && least > 0.5, "{what}: {seconds} s, at least {least}");
        assert_eq!(answers.len(), articles.len(), "{what}");
        assert!(answers.iter().all(|(_, outcome)| matches!(outcome, Outcome::Accepted(_))), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_over_what_can_be_in_hand_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let process = start(folder.path(), &["--max-calls", "2"], &[]).await;
    let client = Client::new(process.grpc, process.grpc, None);
    let text = short(1).text.repeat(100);
    let analyze = async || {
        let article = v1::ArticleInput { text: text.clone(), ..Default::default() };
        let request = v1::AnalyzeRequest { article: Some(article), ..Default::default() };
        client.query.clone().analyze(request).await.map(drop)
    };
    let mut health = HealthClient::new(channel(process.grpc));
    let probe = health.check(HealthCheckRequest::default());
    let (answers, probed) = tokio::join!(join_all((0..32).map(|_| analyze())), probe);
    probed.expect("probes are answered whatever else there is to do");
    let refused: Vec<&Status> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert!(answers.len() > refused.len() && !refused.is_empty(), "{} refused", refused.len());
    for status in refused {
        assert_eq!(status.code(), Code::Unavailable, "{status}");
        assert!(retry_after(status).is_some(), "{status}");
    }
    analyze().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_methods_there_are_is_told_only_where_anyone_may_call_them_or_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "tokens");
    let token = new_token(&file, &["read"], &[]);
    let with_tokens = ["--tokens-file", file.as_str()];
    let by_name = ["--tokens-file", file.as_str(), "--reflection"];
    let not_by_name = ["--reflection=false"];
    for (args, told) in
        [(&[][..], true), (&with_tokens[..], false), (&by_name[..], true), (&not_by_name[..], false)]
    {
        let process = start(folder.path(), args, &[]).await;
        let mut request = tonic::Request::new(tokio_stream::iter([ServerReflectionRequest::default()]));
        request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        let answer = ServerReflectionClient::new(channel(process.grpc)).server_reflection_info(request).await;
        let code = answer.err().map(|status| status.code());
        assert_eq!(code, if told { None } else { Some(Code::Unimplemented) }, "{args:?}");
    }
}
