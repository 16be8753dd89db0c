//! Old articles in bulk beside live news: with a backfill lane that is full all the time, live articles are analysed and joined about as
//! soon as on an idle system, and the linker keeps up.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use marsad_proto::v1;
use marsad_proto::v1::submit_articles_response::Outcome;
use marsad_tests::articles::samples;
use marsad_tests::client::Client;
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::joined::until_joined;
use marsad_tests::{list, until};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use tonic::Code;
use tonic_types::StatusExt;

/// What a lane may hold: some hundred articles.
const LANE_MIB: [&str; 2] = ["--queue-lane-mib", "1"];
/// Live articles that are timed, one after the other, on an idle system and on a busy one.
const LIVE: usize = 30;
/// How much longer live articles may take beside a full backfill lane, at the 95th percentile: so many times as long, and so much more. A
/// core may be at work on an old article, and the linker on a batch of them, when a live one comes; and all processes of the test, its two
/// servers and whatever else runs share the machine's cores. Whoever had to wait for the lane would wait for most of a minute.
const TIMES: u32 = 5;
const MORE: Duration = Duration::from_secs(8);
/// How long the linker may need for what it has not taken in yet when the last old article is analysed.
const CATCHES_UP_IN: Duration = Duration::from_secs(30);
/// How long the old articles may take that wait at the end.
const DRAINED_IN: Duration = Duration::from_secs(300);
/// Old articles of one stream.
const LOT: usize = 50;

/// Articles of words that the samples have, in any order: each is read like any other, and none is like another.
struct Articles {
    words: Vec<String>,
}

impl Articles {
    fn new() -> Self {
        let words = samples()
            .into_iter()
            .flat_map(|article| article.text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        Self { words: words.collect() }
    }

    fn article(&self, number: usize, day: String, outlet: &str) -> v1::ArticleInput {
        let mut random = StdRng::seed_from_u64(number as u64);
        let mut sentence = |words: usize| {
            let words = (0..words).map(|_| self.words.choose(&mut random).unwrap().as_str());
            words.collect::<Vec<_>>().join(" ")
        };
        let text = (0..12).map(|_| format!("{}.", sentence(18))).collect::<Vec<_>>().join("\n");
        v1::ArticleInput {
            title: Some(sentence(8)),
            text,
            outlet: Some(outlet.to_owned()),
            url: Some(format!("https://archive.example/{number}")),
            published_at: Some(day),
            ..Default::default()
        }
    }

    /// One of twenty years, each day has another.
    fn old(&self, number: usize) -> v1::ArticleInput {
        let mut random = StdRng::seed_from_u64(number as u64);
        let (year, month) = (random.random_range(1996..2016), random.random_range(1..=12));
        let day = format!("{year}-{month:02}-{:02}", random.random_range(1..=28));
        self.article(number, day, "أرشيف الاختبار")
    }

    /// One of a month of today's news.
    fn live(&self, number: usize) -> v1::ArticleInput {
        let day = format!("2024-05-{:02}", 1 + number % 28);
        self.article(1_000_000 + number, day, "وكالة الاختبار")
    }
}

/// From submission until it was analysed, and until it was joined to the others.
#[derive(Debug, Clone, Copy)]
struct Times {
    analysed: Duration,
    joined: Duration,
}

async fn time(client: &Client, article: v1::ArticleInput) -> Times {
    let began = Instant::now();
    let id = client.submit(article).await.article_id;
    let pause = Duration::from_millis(5);
    let deadline = began + Duration::from_secs(120);
    let is_analysed = async || {
        let article = client.article(&id).await;
        article.is_some_and(|article| article.state() == v1::ArticleState::Analysed)
    };
    while !is_analysed().await {
        assert!(Instant::now() < deadline, "a live article is not analysed");
        tokio::time::sleep(pause).await;
    }
    let analysed = began.elapsed();
    let request = v1::GetArticleLinksRequest { article_id: id };
    let mut query = client.query.clone();
    while let Err(status) = query.get_article_links(request.clone()).await {
        assert_eq!(status.code(), Code::NotFound, "{status:?}");
        assert!(Instant::now() < deadline, "a live article is not joined");
        tokio::time::sleep(pause).await;
    }
    Times { analysed, joined: began.elapsed() }
}

/// The 95th percentiles of live articles.
async fn p95(client: &Client, articles: impl Iterator<Item = v1::ArticleInput>) -> Times {
    let mut all = Vec::new();
    for article in articles {
        all.push(time(client, article).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let percentile = |of: fn(&Times) -> Duration| {
        let mut times: Vec<Duration> = all.iter().map(of).collect();
        times.sort();
        times[times.len() * 95 / 100]
    };
    Times { analysed: percentile(|times| times.analysed), joined: percentile(|times| times.joined) }
}

/// Submits old articles until it is told to stop, and again what is refused: the lane is full all the time.
struct Filler<'a> {
    client: &'a Client,
    articles: &'a Articles,
    refusals: AtomicUsize,
    stop: AtomicBool,
}

impl Filler<'_> {
    /// Gives how many were accepted.
    async fn run(&self) -> usize {
        let mut accepted = HashSet::new();
        let mut waiting: Vec<usize> = Vec::new();
        let mut numbers = 0..;
        while !self.stop.load(Ordering::Relaxed) {
            let missing = LOT - waiting.len();
            waiting.extend(numbers.by_ref().take(missing));
            let lot = waiting.iter().map(|number| self.articles.old(*number)).collect();
            let mut refused = Vec::new();
            for (sequence, outcome) in self.client.submit_stream(lot, v1::Lane::Backfill).await {
                match outcome {
                    Outcome::Accepted(answer) => drop(accepted.insert(answer.article_id)),
                    Outcome::Rejected(error) => {
                        assert_eq!(Code::from_i32(error.code), Code::ResourceExhausted, "{error:?}");
                        assert!(error.retry_after_ms.is_some(), "{error:?}");
                        refused.push(waiting[sequence]);
                    }
                }
            }
            if !refused.is_empty() {
                self.refusals.fetch_add(refused.len(), Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            waiting = refused;
        }
        accepted.len()
    }
}

/// The sum of a metric over the processes that analyse and join.
async fn metric(deployment: &Deployment, name: &str, labels: &str) -> f64 {
    let mut sum = 0.0;
    for worker in deployment.working() {
        sum += worker.metric(name, labels).await;
    }
    sum
}

async fn live_news_beside_a_full_backfill_lane(kind: Kind) {
    let deployment = Deployment::start_with(kind, &LANE_MIB, &[]).await;
    let (client, store) = (deployment.client(), deployment.store().await);
    let articles = Articles::new();
    let live = |from: usize| (from..from + LIVE).map(|number| articles.live(number));
    p95(&client, live(0).take(4)).await;
    let idle = p95(&client, live(100)).await;

    let (refusals, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let filler = Filler { client: &client, articles: &articles, refusals, stop };
    let measure = async {
        until("a full lane", DRAINED_IN, async || {
            (filler.refusals.load(Ordering::Relaxed) > 0).then_some(())
        })
        .await;
        // Whoever submits one by one is told the same as on a stream.
        let mut number = 500_000..;
        let status = until("a refusal", DRAINED_IN, async || {
            let article = Some(articles.old(number.next().unwrap()));
            let request = v1::SubmitArticleRequest { article, lane: v1::Lane::Backfill.into() };
            client.ingest.clone().submit_article(request).await.err()
        })
        .await;
        assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
        assert!(status.get_details_retry_info().is_some_and(|info| info.retry_delay.is_some()), "{status:?}");
        let one_by_one = number.start - 500_000 - 1;

        let (refused, began) = (filler.refusals.load(Ordering::Relaxed), Instant::now());
        let settled = deployment.settled().await;
        let busy = p95(&client, live(200)).await;
        assert!(filler.refusals.load(Ordering::Relaxed) > refused, "the lane was not full all the time");
        let worked = deployment.settled().await - settled;
        assert!(worked > LIVE as u64, "only {worked} articles were analysed in that time");
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let rate = worked as f64 / began.elapsed().as_secs_f64();
        filler.stop.store(true, Ordering::Relaxed);
        (busy, rate, one_by_one)
    };
    let (accepted, (busy, rate, one_by_one)) = tokio::join!(filler.run(), measure);

    // What is left is worked off, and the linker is not far behind.
    until("an empty lane", DRAINED_IN, async || {
        let messages = metric(&deployment, "marsad_queue_messages", "").await;
        (messages == 0.0).then_some(())
    })
    .await;
    let analysed = Instant::now();
    until_joined(&*store).await;
    let caught_up = analysed.elapsed();
    let all = accepted + one_by_one + 4 + 2 * LIVE;
    let request = v1::ListArticlesRequest { page_size: 1000, ..Default::default() };
    let stored = list!(client, list_articles, articles, request);
    assert_eq!(stored.len(), all, "what is stored, and what was accepted");
    assert!(
        stored.iter().all(|article| article.state() == v1::ArticleState::Analysed),
        "one is not analysed"
    );
    // A batch is counted when its commit is known; a linker that starts over does not count what it finds joined.
    let counted = metric(&deployment, "marsad_linker_articles_total", "").await;
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let least = all as f64 / 2.0;
    assert!(counted > least, "{counted} of {all} articles are counted as joined");
    // It is counted every ten seconds, by each of them.
    until("the linker's own word that it keeps up", CATCHES_UP_IN, async || {
        (metric(&deployment, "marsad_linker_waiting_articles", "").await == 0.0).then_some(())
    })
    .await;
    let said = format!(
        "{kind:?}: idle {idle:?}, busy {busy:?}, {rate:.0} articles/s, {all} articles, caught up in {caught_up:?}"
    );
    #[allow(clippy::print_stdout, reason = "a figure of the run")]
    {
        println!("{said}");
    }
    assert!(busy.analysed <= idle.analysed * TIMES + MORE, "analysed late: {said}");
    assert!(busy.joined <= idle.joined * TIMES + MORE, "joined late: {said}");
    assert!(caught_up <= CATCHES_UP_IN, "the linker does not keep up: {said}");
    deployment.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn live_news_beside_a_full_backfill_lane_embedded() {
    live_news_beside_a_full_backfill_lane(Kind::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn live_news_beside_a_full_backfill_lane_apart() {
    live_news_beside_a_full_backfill_lane(Kind::Apart).await;
}
