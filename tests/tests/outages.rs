//! The broker or the database crashes and comes back. These tests have servers of their own, started once for all of them, and
//! run one after the other.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use marsad_proto::v1;
use marsad_tests::articles::{samples, samples_folder, short};
use marsad_tests::client::Client;
use marsad_tests::deployment::Deployment;
use marsad_tests::process::{Process, command};
use marsad_tests::record::assert_whole;
use marsad_tests::servers::{OwnServers, Server};
use marsad_tests::{list, until};
use tokio::sync::{Mutex, MutexGuard, Semaphore};
use tonic::{Code, Status};
use tonic_types::StatusExt;

const LOAD: usize = 600;
const CALLERS: usize = 16;

/// Longest time that a call may take while a server is down.
const ANSWER: Duration = Duration::from_secs(10);

/// Longest time after which everything has to be back once the server is.
const RECOVERY: Duration = Duration::from_secs(15);

static SERVERS: LazyLock<Mutex<Option<OwnServers>>> = LazyLock::new(Mutex::default);

/// The servers, for one test at a time; both run.
async fn servers() -> MutexGuard<'static, Option<OwnServers>> {
    let mut servers = SERVERS.lock().await;
    if servers.is_none() {
        *servers = Some(tokio::task::spawn_blocking(OwnServers::start).await.unwrap());
    } else {
        // A test that failed may have left one down.
        tokio::task::block_in_place(|| {
            let servers = servers.as_ref().unwrap();
            servers.restart_if_down(Server::RabbitMq);
            servers.restart_if_down(Server::PostgreSql);
        });
    }
    servers
}

/// What the callers of a load have seen so far.
#[derive(Default)]
struct Seen {
    accepted: AtomicUsize,
    refused: AtomicUsize,
    bad: std::sync::Mutex<Vec<String>>,
}

impl Seen {
    fn refusal(&self, status: &Status, took: Duration) {
        self.refused.fetch_add(1, Ordering::SeqCst);
        let says_when = status.get_details_retry_info().is_some_and(|info| info.retry_delay.is_some());
        if status.code() != Code::Unavailable || !says_when || took > ANSWER {
            self.bad.lock().unwrap().push(format!("{status} after {took:?}"));
        }
    }
}

/// Submits articles from many callers, each again until it is accepted; as many in all as `gate` lets through.
async fn submit_under_load(
    client: &Client,
    seen: &Arc<Seen>,
    gate: &Arc<Semaphore>,
) -> Vec<v1::SubmitArticleResponse> {
    let next = Arc::new(AtomicUsize::new(0));
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (client, seen, next, gate) =
                (client.clone(), Arc::clone(seen), Arc::clone(&next), Arc::clone(gate));
            tokio::spawn(async move {
                let mut accepted = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= LOAD {
                        return accepted;
                    }
                    gate.acquire().await.unwrap().forget();
                    loop {
                        let started = Instant::now();
                        match client.try_submit(short(number)).await {
                            Ok(response) => break accepted.push(response),
                            Err(status) => seen.refusal(&status, started.elapsed()),
                        }
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                    seen.accepted.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    let mut accepted = Vec::new();
    for caller in callers {
        accepted.extend(caller.await.unwrap());
    }
    accepted
}

async fn until_status(process: &Process, status: u16) {
    until(&format!("status {status} of /readyz"), RECOVERY, async || {
        (process.status("/readyz").await == Some(status)).then_some(())
    })
    .await;
    assert_eq!(process.status("/livez").await, Some(200), "alive all the time");
}

async fn until_all_analysed(client: &Client, count: usize) {
    let request = v1::ListArticlesRequest {
        page_size: 1000,
        state: v1::ArticleState::Analysed.into(),
        ..Default::default()
    };
    until("all articles", Duration::from_secs(180), async || {
        (list!(client, list_articles, articles, request.clone()).len() == count).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_crashes_under_load() {
    let servers = servers().await;
    let own = servers.as_ref().unwrap();
    let mut deployment = Deployment::start_apart(own.servers.clone(), &[], &[]).await;
    let client = deployment.client();
    let seen = Arc::new(Seen::default());
    // The second half comes after the crash, however fast the first was.
    let gate = Arc::new(Semaphore::new(LOAD / 2));
    let submitting = tokio::spawn({
        let (client, seen, gate) = (client.clone(), Arc::clone(&seen), Arc::clone(&gate));
        async move { submit_under_load(&client, &seen, &gate).await }
    });
    until("the first articles", Duration::from_secs(60), async || {
        (seen.accepted.load(Ordering::SeqCst) >= LOAD / 4).then_some(())
    })
    .await;
    tokio::task::block_in_place(|| own.kill(Server::RabbitMq));
    gate.add_permits(LOAD - LOAD / 2);
    let folder = samples_folder();
    let mut command = command(deployment.calling("submit", &[folder.to_str().unwrap(), "--json"]));
    let command = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    until("the first refusal", 2 * ANSWER, async || (seen.refused.load(Ordering::SeqCst) > 0).then_some(()))
        .await;
    until_status(&deployment.ingest, 503).await;
    until_status(&deployment.workers[0], 503).await;
    assert_eq!(deployment.querying().status("/readyz").await, Some(200), "reading needs no broker");
    // A role that starts now waits for the broker.
    deployment.workers[1].kill();
    deployment.workers[1].restart_unready().await;
    assert_eq!(deployment.workers[1].status("/readyz").await, Some(503));

    tokio::task::block_in_place(|| own.restart(Server::RabbitMq));
    let (back, before) = (Instant::now(), seen.accepted.load(Ordering::SeqCst));
    until("the next accepted article", RECOVERY, async || {
        (seen.accepted.load(Ordering::SeqCst) > before).then_some(())
    })
    .await;
    for process in deployment.processes() {
        until_status(process, 200).await;
    }
    assert!(back.elapsed() < RECOVERY, "back after {:?}", back.elapsed());
    let accepted = submitting.await.unwrap();
    assert_eq!(accepted.len(), LOAD);
    // The command that was started meanwhile has tried again by itself.
    let submitted = tokio::task::spawn_blocking(move || command.wait_with_output().unwrap()).await.unwrap();
    assert!(submitted.status.success(), "{submitted:?}");
    let all = LOAD + samples().len();
    until_all_analysed(&client, all).await;
    assert_eq!(assert_whole(&client).await, all);
    assert_eq!(
        *seen.bad.lock().unwrap(),
        Vec::<String>::new(),
        "refusals that are not UNAVAILABLE with RetryInfo in time"
    );
    deployment.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_crashes_under_load() {
    let servers = servers().await;
    let own = servers.as_ref().unwrap();
    let deployment = Deployment::start_apart(own.servers.clone(), &[], &[]).await;
    let client = deployment.client();
    let seen = Arc::new(Seen::default());
    let accepted = client.submit_all((0..LOAD).map(short).collect(), v1::Lane::Live).await;
    until("the first analyses", Duration::from_secs(60), async || {
        client.article(&accepted[20].article_id).await.map(|_| ())
    })
    .await;
    tokio::task::block_in_place(|| own.kill(Server::PostgreSql));
    let started = Instant::now();
    let status = client.query.clone().list_articles(v1::ListArticlesRequest::default()).await.unwrap_err();
    seen.refusal(&status, started.elapsed());
    until_status(deployment.querying(), 503).await;
    until_status(&deployment.workers[0], 503).await;
    assert_eq!(deployment.ingest.status("/readyz").await, Some(200), "taking articles in needs no database");
    client.submit(short(0)).await;

    tokio::task::block_in_place(|| own.restart(Server::PostgreSql));
    let back = Instant::now();
    until_status(deployment.querying(), 200).await;
    for worker in &deployment.workers {
        until_status(worker, 200).await;
    }
    assert!(back.elapsed() < RECOVERY, "back after {:?}", back.elapsed());
    until_all_analysed(&client, LOAD).await;
    assert_eq!(assert_whole(&client).await, LOAD);
    assert_eq!(marsad_tests::process::output(deployment.parked(&["list", "--json"])), "");
    assert_eq!(
        *seen.bad.lock().unwrap(),
        Vec::<String>::new(),
        "refusals that are not UNAVAILABLE with RetryInfo in time"
    );
    deployment.finish().await;
}
