//! Processes that are killed or asked to stop in mid-work: nothing that was accepted is lost, and nothing is doubled.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use marsad_extract::{Document, VERSION};
use marsad_model::Change;
use marsad_proto::queue::{SCHEMA_HEADER, decode};
use marsad_proto::v1;
use marsad_proto::v1::submit_articles_response::Outcome;
use marsad_queue::{Queue, RabbitOptions, RabbitQueue, SqliteQueue, SqliteQueueOptions};
use marsad_store::{
    Analysed, AnalysisResult, Applied, PgOptions, PgStore, SqliteOptions, SqliteStore, Store,
};
use marsad_tests::articles::short;
use marsad_tests::client::Client;
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::record::{assert_whole, export};
use marsad_tests::{KILLS_WITHOUT_A_PAUSE, scenarios, until};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio_stream::wrappers::ReceiverStream;

scenarios!(a_crash_between_commit_and_acknowledgement, sigterm_finishes_what_is_in_hand);

const ROUNDS: usize = 20;
const ARTICLES_A_ROUND: usize = 12;

/// Submits over one stream until it breaks; tells of every article that was accepted.
async fn submit_until_broken(
    client: Client,
    numbers: std::ops::Range<usize>,
) -> Vec<v1::SubmitArticleResponse> {
    let (sender, receiver) = tokio::sync::mpsc::channel(4);
    tokio::spawn(async move {
        for number in numbers {
            let request = v1::SubmitArticlesRequest {
                sequence: number as u64,
                article: Some(short(number)),
                lane: v1::Lane::Live.into(),
            };
            if sender.send(request).await.is_err() {
                break;
            }
        }
    });
    let mut accepted = Vec::new();
    let Ok(answers) = client.ingest.clone().submit_articles(ReceiverStream::new(receiver)).await else {
        return accepted;
    };
    let mut answers = answers.into_inner();
    while let Some(Ok(answer)) = answers.next().await {
        match answer.outcome.unwrap() {
            Outcome::Accepted(response) => accepted.push(response),
            Outcome::Rejected(error) => assert!(error.retry_after_ms.is_some(), "{error:?}"),
        }
    }
    accepted
}

fn numbers_of(round: usize) -> std::ops::Range<usize> {
    round * ARTICLES_A_ROUND..(round + 1) * ARTICLES_A_ROUND
}

/// Everything is submitted again, as a caller without an answer would do, and then everything is there once.
async fn submit_again_and_check(deployment: &Deployment, articles: usize) {
    let client = deployment.client();
    for submitted in client.submit_all((0..articles).map(short).collect(), v1::Lane::Live).await {
        client.until_analysed(&submitted).await;
    }
    assert_eq!(assert_whole(&client).await, articles);
    let parked = marsad_tests::process::output(deployment.parked(&["list", "--json"]));
    assert_eq!(parked, "", "something was parked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_is_killed_in_mid_work() {
    let mut deployment = Deployment::start(Kind::Apart).await;
    let client = deployment.client();
    let mut random = StdRng::seed_from_u64(1);
    for round in 0..ROUNDS {
        let submitted = client.submit_all(numbers_of(round).map(short).collect(), v1::Lane::Live).await;
        tokio::time::sleep(Duration::from_millis(random.random_range(0..200))).await;
        let victim = random.random_range(0..deployment.workers.len());
        deployment.workers[victim].kill();
        deployment.workers[victim].restart_unready().await;
        for submitted in &submitted {
            client.until_analysed(submitted).await;
        }
    }
    assert_eq!(assert_whole(&client).await, ROUNDS * ARTICLES_A_ROUND);
    submit_again_and_check(&deployment, ROUNDS * ARTICLES_A_ROUND).await;
    deployment.finish().await;
}

/// Kills the process that takes articles in, in the middle of a stream.
async fn ingest_is_killed(kind: Kind) {
    let mut deployment = Deployment::start(kind).await;
    let client = deployment.client();
    let mut random = StdRng::seed_from_u64(2);
    let mut accepted = Vec::new();
    for round in 0..ROUNDS {
        let submitting = tokio::spawn(submit_until_broken(client.clone(), numbers_of(round)));
        tokio::time::sleep(Duration::from_millis(random.random_range(0..120))).await;
        deployment.ingest.kill();
        accepted.extend(submitting.await.unwrap());
        deployment.ingest.restart().await;
        if round % KILLS_WITHOUT_A_PAUSE == KILLS_WITHOUT_A_PAUSE - 1 {
            for submitted in &accepted {
                client.until_analysed(submitted).await;
            }
        }
    }
    assert!(!accepted.is_empty(), "every stream broke before its first answer");
    for submitted in &accepted {
        client.until_analysed(submitted).await;
    }
    submit_again_and_check(&deployment, ROUNDS * ARTICLES_A_ROUND).await;
    deployment.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ingest_is_killed_in_the_middle_of_a_stream() {
    ingest_is_killed(Kind::Apart).await;
}

/// The one process is ingest and worker: both are killed in mid-work, and it goes on with the data that it finds.
#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_process_is_killed_in_mid_work() {
    ingest_is_killed(Kind::Embedded).await;
}

async fn open_backends(deployment: &Deployment) -> (Box<dyn Queue>, Arc<dyn Store>) {
    let (queue, store) = (deployment.queue_url(), deployment.store_url());
    match deployment.kind {
        Kind::Embedded => {
            let options = SqliteOptions { fold: marsad_query::fold_name, ..Default::default() };
            let store = SqliteStore::open(&store, options).await.unwrap();
            (
                Box::new(SqliteQueue::open(queue, SqliteQueueOptions::default()).await.unwrap()),
                Arc::new(store),
            )
        }
        Kind::Apart => {
            let options = PgOptions { fold: marsad_query::fold_name, ..Default::default() };
            let store = PgStore::connect(&store, options).await.unwrap();
            (Box::new(RabbitQueue::connect(RabbitOptions::new(queue)).await.unwrap()), Arc::new(store))
        }
    }
}

async fn a_crash_between_commit_and_acknowledgement(mut deployment: Deployment) -> Deployment {
    let client = deployment.client();
    // The test is the worker that crashes: it does all that a worker does up to the commit, and then is no more.
    let submitted = match deployment.kind {
        Kind::Apart => {
            deployment.workers.iter_mut().for_each(marsad_tests::process::Process::kill);
            client.submit(short(1)).await
        }
        Kind::Embedded => {
            deployment.ingest.kill();
            let mut args = vec!["ingest".to_owned()];
            args.extend(deployment.backends.iter().cloned());
            let ingest = marsad_tests::process::Process::start(&args, &[], deployment.folder()).await;
            Client::new(ingest.grpc, ingest.grpc, None).submit(short(1)).await
        }
    };
    let (queue, store) = open_backends(&deployment).await;
    let deliveries = until("the message", Duration::from_secs(30), async || {
        let deliveries = queue.claim(1, Duration::from_millis(100)).await.unwrap();
        (!deliveries.is_empty()).then_some(deliveries)
    })
    .await;
    let message = &deliveries[0].message;
    let change = decode(message.headers.get(SCHEMA_HEADER).map(String::as_str), &message.body).unwrap();
    let Change::Submit(submission) = &change else { panic!("{change:?}") };
    let document = Document::new(submission.article, submission.content_hash(), &submission.fields);
    let analysis = marsad_extract::analyze(&document);
    let result = AnalysisResult::Analysed(Analysed { analysis, digest: Vec::new(), backfill: false });
    assert_eq!(store.apply(&change, VERSION, Some(&result)).await.unwrap(), Applied::Stored);
    drop(deliveries);
    queue.close().await;
    store.close().await;

    if deployment.kind == Kind::Embedded {
        deployment.ingest.restart().await;
    }
    let before = export(&client).await;
    assert_eq!(client.article(&submitted.article_id).await.unwrap().state(), v1::ArticleState::Analysed);
    for worker in &mut deployment.workers {
        worker.restart().await;
    }
    deployment.until_settled(1).await;
    assert_eq!(export(&client).await, before, "the redelivery changed something");
    assert_eq!(assert_whole(&client).await, 1);
    let mut unchanged = 0.0;
    for worker in deployment.working() {
        unchanged += worker.metric("marsad_analysis_messages_total", "outcome=\"unchanged\"").await;
    }
    assert!((unchanged - 1.0).abs() < 0.5, "the message was redelivered and found to be done");
    deployment
}

async fn sigterm_finishes_what_is_in_hand(mut deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let deadline = Duration::from_secs(25);
    let submitted = client.submit_all((0..60).map(short).collect(), v1::Lane::Live).await;
    let asked = Instant::now();
    let ending: Vec<&mut marsad_tests::process::Process> = match deployment.kind {
        Kind::Embedded => vec![&mut deployment.ingest],
        Kind::Apart => deployment.workers.iter_mut().collect(),
    };
    for process in ending {
        process.ask_to_stop();
        let address = process.grpc;
        assert!(process.ended(deadline).await.success(), "it did not end well");
        assert!(std::net::TcpStream::connect(address).is_err(), "it still listens");
        let lines = process.logged();
        assert!(lines.iter().any(|line| line["fields"]["message"] == "stopping"), "{lines:?}");
        assert!(!process.log_text().contains("not settled"), "work in hand was thrown away");
        process.restart().await;
    }
    assert!(asked.elapsed() < 4 * deadline);
    for submitted in &submitted {
        client.until_analysed(submitted).await;
    }
    assert_eq!(assert_whole(&client).await, submitted.len());

    // Every role ends in time and well.
    for process in deployment.processes() {
        process.ask_to_stop();
        assert!(process.ended(deadline).await.success());
    }
    deployment
}

/// A client that never ends its stream holds nobody up for longer than the deadline.
#[tokio::test(flavor = "multi_thread")]
async fn sigterm_has_a_hard_deadline() {
    let mut deployment = Deployment::start_with(Kind::Embedded, &["--shutdown-seconds", "2"], &[]).await;
    let client = deployment.client();
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let first = v1::SubmitArticlesRequest { sequence: 1, article: Some(short(1)), ..Default::default() };
    sender.send(first).await.unwrap();
    let answers = client.ingest.clone().submit_articles(ReceiverStream::new(receiver)).await.unwrap();
    let mut answers = answers.into_inner();
    assert!(answers.next().await.unwrap().is_ok());
    let asked = Instant::now();
    deployment.ingest.ask_to_stop();
    deployment.ingest.ended(Duration::from_secs(20)).await;
    assert!(asked.elapsed() < Duration::from_secs(8), "{:?}", asked.elapsed());
    drop(sender);
    deployment.ingest.restart().await;
    let id = marsad_model::ArticleFields { url: short(1).url, ..Default::default() }.article_id().to_string();
    until("the article that was accepted", Duration::from_secs(60), async || client.article(&id).await).await;
    deployment.finish().await;
}
