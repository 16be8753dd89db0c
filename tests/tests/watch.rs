//! Watching: how soon a change is seen, what becomes of a watcher that does not read, and that lists hand over to it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures::StreamExt;
use marsad_proto::v1;
use marsad_store::Store;
use marsad_tests::articles::{as_of, samples, short};
use marsad_tests::client::Client;
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::joined::{JOINED, Seen, until_joined};
use marsad_tests::record::export_graph;
use marsad_tests::{scenarios, until};
use tonic::transport::Endpoint;
use tonic::{Code, Status, Streaming};

scenarios!(a_change_is_seen_within_half_a_second, lists_hand_over_to_a_watch);

/// From the commit of a change until a watcher has it, at the median. Another process looks for changes ten times a second.
const SEEN_WITHIN: Duration = Duration::from_millis(500);
/// The same for every single one, on a machine that is busy with something else.
const SEEN_AT_ALL: Duration = Duration::from_secs(20);
/// Changes that are timed.
const CHANGES: usize = 20;
/// How often the time of a commit is looked for: it is known that much too late at most.
const LOOK_EVERY: Duration = Duration::from_millis(5);

type Watch = Streaming<v1::WatchResponse>;

async fn watch(client: &Client, after: Option<u64>) -> Watch {
    let request = v1::WatchRequest { after, ..Default::default() };
    client.query.clone().watch(request).await.unwrap().into_inner()
}

/// Makes changes one by one, an article with that number that comes and goes, and gives how long each took from its commit until the
/// watcher had it.
async fn times_until_seen(
    client: &Client,
    store: &dyn Store,
    watch: &mut Watch,
    number: usize,
) -> Vec<Duration> {
    let mut times = Vec::new();
    let mut article_id = String::new();
    for change in 0..CHANGES {
        until_joined(store).await;
        let before = store.log_version().await.unwrap();
        let time = 1_700_000_000 + i64::try_from(change).unwrap();
        if change % 2 == 0 {
            article_id = client.submit(as_of(short(number), time)).await.article_id;
        } else {
            client.delete(&article_id, Some(time)).await.unwrap();
        }
        let committed = async {
            while store.log_version().await.unwrap() <= before {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            Instant::now()
        };
        let seen = async {
            loop {
                let message = watch.next().await.unwrap().unwrap();
                if message.version > before && !message.more {
                    break Instant::now();
                }
            }
        };
        let both = async { tokio::join!(committed, seen) };
        let (committed, seen) = tokio::time::timeout(JOINED, both).await.unwrap();
        times.push(seen.saturating_duration_since(committed) + LOOK_EVERY);
        // So that looks and changes do not keep step.
        tokio::time::sleep(Duration::from_millis(37 * (change as u64 % 7))).await;
    }
    times
}

/// Each was seen in the end, and half of them in time.
fn assert_seen_in_time(mut times: Vec<Duration>) {
    times.sort();
    #[allow(clippy::print_stdout, reason = "a figure of the run")]
    {
        println!(
            "from commit to sight: median {:?}, last {:?}",
            times[times.len() / 2],
            times[times.len() - 1]
        );
    }
    assert!(times[times.len() / 2] < SEEN_WITHIN, "times from commit to sight: {times:?}");
    assert!(times[times.len() - 1] < SEEN_AT_ALL, "times from commit to sight: {times:?}");
}

async fn a_change_is_seen_within_half_a_second(deployment: Deployment) -> Deployment {
    let (client, store) = (deployment.client(), deployment.store().await);
    let mut watch = watch(&client, None).await;
    assert_seen_in_time(times_until_seen(&client, &*store, &mut watch, 0).await);
    deployment
}

/// Seconds that a watcher of the test may read nothing.
const PATIENCE: &str = "5";
/// Copies of each sample: more than what a connection and the server hold for one that does not read.
const COPIES: usize = 12;

async fn a_watcher_that_reads_nothing_holds_up_nobody(kind: Kind) {
    let env = [("MARSAD_WATCH_PATIENCE_SECONDS", PATIENCE)];
    let deployment = Deployment::start_with(kind, &[], &env).await;
    let (client, store) = (deployment.client(), deployment.store().await);
    let copies = (0..COPIES).flat_map(|copy| {
        samples().into_iter().map(move |article| v1::ArticleInput {
            outlet: Some(format!("وكالة {copy}")),
            url: article.url.as_ref().map(|url| format!("{url}?copy={copy}")),
            external_id: None,
            ..article
        })
    });
    client.submit_all_and_wait(copies.collect()).await;
    until_joined(&*store).await;

    // A connection that takes in little before its owner reads.
    let small = |address| {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
        endpoint.initial_stream_window_size(65_535).initial_connection_window_size(65_535).connect_lazy()
    };
    let (ingest, query) = (small(deployment.ingest.grpc), small(deployment.querying().grpc));
    let slow_client = Client::over(ingest, query, Some(&deployment.token));
    let mut slow = watch(&slow_client, Some(0)).await;
    let mut quick = watch(&client, None).await;
    assert_seen_in_time(times_until_seen(&client, &*store, &mut quick, 0).await);
    until("the end of the slow watch", JOINED, async || {
        deployment.querying().log_text().contains("a watch that was not read is ended").then_some(())
    })
    .await;
    // The end does not touch the other one either.
    assert_seen_in_time(times_until_seen(&client, &*store, &mut quick, 1).await);

    // What had been sent is there, then why there is no more.
    let mut seen = Seen::default();
    let ended: Status = loop {
        match tokio::time::timeout(JOINED, slow.next()).await.unwrap().unwrap() {
            Ok(message) => seen.take(message),
            Err(status) => break status,
        }
    };
    assert_eq!(ended.code(), Code::ResourceExhausted, "{ended:?}");
    assert!(ended.message().ends_with(&format!("watch again after version {}", seen.version)), "{ended:?}");
    until_joined(&*store).await;
    let newest = store.log_version().await.unwrap();
    assert!(seen.version < newest, "it has seen everything, so it was not slow");
    let mut again = watch(&client, Some(seen.version)).await;
    while seen.version < newest {
        seen.take(tokio::time::timeout(JOINED, again.next()).await.unwrap().unwrap().unwrap());
    }
    assert_eq!(seen, Seen::of(&export_graph(&client).await, newest), "what was watched is what is listed");
    deployment.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_that_reads_nothing_holds_up_nobody_embedded() {
    a_watcher_that_reads_nothing_holds_up_nobody(Kind::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_that_reads_nothing_holds_up_nobody_apart() {
    a_watcher_that_reads_nothing_holds_up_nobody(Kind::Apart).await;
}

/// The articles that a list answers with, and its version.
type Listed = (u64, BTreeSet<String>);

/// What each list has to say of the articles that are analysed.
async fn lists(client: &Client) -> [(&'static str, Listed); 5] {
    let mut query = client.query.clone();
    let page_size = 1000;
    let state = v1::ArticleState::Analysed.into();
    let articles = v1::ListArticlesRequest { page_size, state, ..Default::default() };
    let articles = query.list_articles(articles).await.unwrap().into_inner();
    let events = v1::ListEventsRequest { page_size, ..Default::default() };
    let events = query.list_events(events).await.unwrap().into_inner();
    let claims = v1::ListClaimsRequest { page_size, ..Default::default() };
    let claims = query.list_claims(claims).await.unwrap().into_inner();
    let words = "العراق";
    let hits = v1::SearchArticlesRequest { query: words.into(), page_size, ..Default::default() };
    let hits = query.search_articles(hits).await.unwrap().into_inner();
    let told = v1::SearchEventsRequest { query: words.into(), page_size, ..Default::default() };
    let told = query.search_events(told).await.unwrap().into_inner();
    let of = |reference: Option<v1::ArticleReference>| reference.unwrap().id;
    [
        ("ListArticles", (articles.as_of, articles.articles.into_iter().map(|a| a.id).collect())),
        ("ListEvents", (events.as_of, events.events.into_iter().map(|e| of(e.article)).collect())),
        ("ListClaims", (claims.as_of, claims.claims.into_iter().map(|c| of(c.article)).collect())),
        ("SearchArticles", (hits.as_of, hits.articles.into_iter().map(|h| h.article.unwrap().id).collect())),
        (
            "SearchEvents",
            (told.as_of, told.events.into_iter().map(|hit| of(hit.record.unwrap().article)).collect()),
        ),
    ]
}

/// Lists that are read while articles come in: what each lacks in the end is told by a watch from its version on.
async fn lists_hand_over_to_a_watch(deployment: Deployment) -> Deployment {
    let (client, store) = (deployment.client(), deployment.store().await);
    let mut read = Vec::new();
    let coming = async {
        for article in samples() {
            let submitted = client.submit(article).await;
            client.until_analysed(&submitted).await;
        }
    };
    let listing = async {
        loop {
            read.extend(lists(&client).await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = coming => {}
        () = listing => {}
    }
    until_joined(&*store).await;
    let newest = store.log_version().await.unwrap();
    let last = lists(&client).await;
    let began = read.len();
    // One of each kind for each version: there are many in between.
    read.dedup_by(|(a, (x, _)), (b, (y, _))| a == b && x == y);
    read.sort_by_key(|(what, (version, _))| (*what, *version));
    read.dedup_by(|(a, (x, _)), (b, (y, _))| a == b && x == y);
    assert!(began >= 5, "no list was read");
    for (what, (version, articles)) in read {
        let (_, (_, all)) = last.iter().find(|(of, _)| *of == what).unwrap();
        assert!(!all.is_empty(), "{what} has nothing in the end");
        let mut told = articles;
        let mut watch = watch(&client, Some(version)).await;
        let mut at = version;
        while at < newest {
            let message = tokio::time::timeout(JOINED, watch.next()).await.unwrap().unwrap().unwrap();
            for change in message.changes {
                if let Some(v1::resource_change::Resource::ArticleLinks(links)) = change.resource {
                    told.insert(links.article_id);
                }
            }
            at = if message.more { at } else { message.version };
        }
        let missed: Vec<_> = all.difference(&told).collect();
        assert!(missed.is_empty(), "{what} as of {version} and a watch from there on miss {missed:?}");
    }
    for (what, (version, _)) in last {
        assert_eq!(version, newest, "the version of {what} when nothing changes any more");
    }
    deployment
}
