//! How fast the whole system takes articles in, beside `marsad analyze` on the same cores, and how fast it gives records and pages,
//! beside a bare `SELECT` by primary key; all in one run.
//!
//! ```text
//! tests/bench system ARTICLES.jsonl [--articles N] [--kind embedded|apart]
//! ```
//!
//! Articles are objects with `text` and, where known, `title`, `outlet`, `url` and `published_at`, one a line, as `marsad analyze` reads
//! them; the first N (10,000) count. The time of the whole system is from the first article submitted until the last one is joined to
//! the others; who spent how much of a processor on that is told beside it. Reads are those of the store; they and the bare `SELECT` take turns.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement ends where something is wrong"
)]

use std::io::Write as _;
use std::time::{Duration, Instant};

use marsad_model::ontology::EventType;
use marsad_model::{ArticleId, EntityId};
use marsad_proto::v1;
use marsad_store::{
    ArticleFilter, ClaimFilter, ClusterFilter, ConflictFilter, EntityFilter, EventFilter, PageRequest, Store,
    StoryFilter,
};
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::process::output;
use marsad_tests::processor;
use marsad_tests::until;
use serde::Deserialize;
use sqlx::{Connection, PgConnection, SqliteConnection};

/// Articles of one stream of submissions.
const STREAM: usize = 1000;
/// How long taking in may take.
const TAKEN_IN: Duration = Duration::from_secs(3600 * 3);
/// How often each read is measured.
const ROUNDS: usize = 200;
/// Items of a page: what a caller gets who asks for no number.
const PAGE: u32 = 50;
/// Most that a get may cost, in bare `SELECT`s at the 95th percentile.
const GET_LIMIT: f64 = 4.0;
/// Most that a filtered page may cost.
const PAGE_LIMIT: f64 = 15.0;
/// Least share of the throughput of `marsad analyze`.
const THROUGHPUT_LIMIT: f64 = 0.25;

#[derive(Debug, Deserialize)]
struct Row {
    text: String,
    title: Option<String>,
    outlet: Option<String>,
    url: Option<String>,
    published_at: Option<String>,
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (mut file, mut count, mut kinds) = (None, 10_000, vec![Kind::Apart, Kind::Embedded]);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--articles" => count = arguments.next().unwrap().parse().unwrap(),
            "--kind" => {
                let kind = arguments.next().unwrap();
                kinds = vec![if kind == "embedded" { Kind::Embedded } else { Kind::Apart }];
            }
            _ => file = Some(argument),
        }
    }
    let file = file.expect("a file of articles, one JSON object a line");
    let text = std::fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = text.lines().take(count).collect();
    let articles: Vec<v1::ArticleInput> = lines.iter().map(|line| article(line)).collect();
    for kind in kinds {
        let alone = analyze(&lines);
        let deployment = Deployment::start(kind).await;
        let store = deployment.store().await;
        let before = processor::times();
        let whole = take_in(&deployment, &*store, &articles).await;
        let times = processor::since(&before);
        let share = alone.as_secs_f64() / whole.as_secs_f64();
        let rate = |time: Duration| articles.len() as f64 / time.as_secs_f64();
        println!("{kind:?}: {} articles", articles.len());
        println!("  marsad analyze {:.0} articles/s, the whole system {:.0}", rate(alone), rate(whole));
        println!("  share {share:.2} (wanted {THROUGHPUT_LIMIT} on RabbitMQ and PostgreSQL)");
        for (name, time) in times {
            let each = time.as_secs_f64() * 1e3 / articles.len() as f64;
            println!("  {name:34} {each:8.2} ms of a core an article");
        }
        reads(&deployment, &*store).await;
        deployment.finish().await;
    }
}

fn article(line: &str) -> v1::ArticleInput {
    let Row { text, title, outlet, url, published_at } = serde_json::from_str(line).unwrap();
    v1::ArticleInput { text, title, outlet, url, published_at, ..Default::default() }
}

/// How long `marsad analyze` takes.
fn analyze(lines: &[&str]) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).into_os_string().into_string().unwrap();
    let mut file = std::fs::File::create(path("in.jsonl")).unwrap();
    for line in lines {
        writeln!(file, "{line}").unwrap();
    }
    let began = Instant::now();
    output(["analyze", &path("in.jsonl"), "--out", &path("out.jsonl")]);
    began.elapsed()
}

/// How long it takes until all articles are joined.
async fn take_in(deployment: &Deployment, store: &dyn Store, articles: &[v1::ArticleInput]) -> Duration {
    let client = deployment.client();
    let began = Instant::now();
    for part in articles.chunks(STREAM) {
        client.submit_all(part.to_vec(), v1::Lane::Backfill).await;
    }
    until("all articles", TAKEN_IN, async || {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let settled = deployment.settled().await;
        (settled >= articles.len() as u64 && store.link_state().await.unwrap().waiting == 0).then_some(())
    })
    .await;
    began.elapsed()
}

/// A connection beside the store's.
enum Bare {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Bare {
    async fn new(deployment: &Deployment) -> Self {
        let url = deployment.store_url();
        match deployment.kind {
            Kind::Embedded => {
                Self::Sqlite(SqliteConnection::connect(&format!("sqlite:{url}")).await.unwrap())
            }
            Kind::Apart => Self::Postgres(PgConnection::connect(&url).await.unwrap()),
        }
    }

    async fn select(&mut self, article: ArticleId) {
        const SQL: &str = "SELECT state FROM articles WHERE article = $1";
        let id = article.0.as_bytes().to_vec();
        match self {
            Self::Sqlite(connection) => drop(sqlx::query(SQL).bind(id).fetch_one(connection).await.unwrap()),
            Self::Postgres(connection) => {
                drop(sqlx::query(SQL).bind(id).fetch_one(connection).await.unwrap())
            }
        }
    }
}

/// The 95th percentile in microseconds.
fn percentile(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() * 95 / 100].as_secs_f64() * 1e6
}

/// Measures a read, each time with another of the articles, beside the bare one.
async fn measure(
    name: &str,
    limit: f64,
    bare: &mut Bare,
    articles: &[ArticleId],
    mut read: impl AsyncFnMut(ArticleId),
) {
    let (mut alone, mut times) = (Vec::new(), Vec::new());
    for article in articles.iter().cycle().take(ROUNDS) {
        let began = Instant::now();
        bare.select(*article).await;
        alone.push(began.elapsed());
        let began = Instant::now();
        read(*article).await;
        times.push(began.elapsed());
    }
    let (alone, time) = (percentile(&mut alone), percentile(&mut times));
    let ratio = time / alone;
    let verdict = if ratio <= limit { "" } else { "  OVER" };
    println!("  {name:34} {time:8.0} us  {ratio:6.1} of {alone:.0} us (limit {limit}){verdict}");
}

async fn reads(deployment: &Deployment, store: &dyn Store) {
    let mut bare = Bare::new(deployment).await;
    let first = PageRequest::first(PAGE);
    let all = store.articles(&ArticleFilter::default(), &PageRequest::first(1000)).await.unwrap().items;
    let ids: Vec<ArticleId> = all.iter().map(|article| article.id).collect();
    let outlets: Vec<String> = all.iter().filter_map(|article| article.outlet.clone()).collect();
    let clusters = store.clusters(&ClusterFilter::default(), &PageRequest::first(1000)).await.unwrap().value;
    let stories = store.stories(&StoryFilter::default(), &PageRequest::first(1000)).await.unwrap().value;
    let pick = |id: ArticleId, from: usize| (id.0.as_u128() % from.max(1) as u128) as usize;
    let day = "2015-08-01".parse().unwrap();

    measure("get article", GET_LIMIT, &mut bare, &ids, async |id| {
        drop(store.article(id, None).await.unwrap());
    })
    .await;
    measure("get analysis", GET_LIMIT, &mut bare, &ids, async |id| drop(store.analysis(id).await.unwrap()))
        .await;
    measure("get links of an article", GET_LIMIT, &mut bare, &ids, async |id| {
        drop(store.article_links(&[id]).await.unwrap());
    })
    .await;
    measure("get story", GET_LIMIT, &mut bare, &ids, async |id| {
        drop(store.story(stories.items[pick(id, stories.items.len())].id).await.unwrap());
    })
    .await;
    measure("get event cluster", GET_LIMIT, &mut bare, &ids, async |id| {
        drop(store.cluster(clusters.items[pick(id, clusters.items.len())].id).await.unwrap());
    })
    .await;
    measure("articles of an outlet", PAGE_LIMIT, &mut bare, &ids, async |id| {
        let outlet = outlets.get(pick(id, outlets.len())).cloned();
        drop(store.articles(&ArticleFilter { outlet, ..Default::default() }, &first).await.unwrap());
    })
    .await;
    measure("articles from a day on", PAGE_LIMIT, &mut bare, &ids, async |_| {
        let filter = ArticleFilter { published_from: Some(day), ..Default::default() };
        drop(store.articles(&filter, &first).await.unwrap());
    })
    .await;
    measure("entities of a type", PAGE_LIMIT, &mut bare, &ids, async |_| {
        let types = vec![marsad_model::ontology::EntityType::Person];
        drop(store.entities(&EntityFilter { types, ..Default::default() }, &first).await.unwrap());
    })
    .await;
    measure("events of a type and actor", PAGE_LIMIT, &mut bare, &ids, async |_| {
        let (types, actor) = (vec![EventType::Assault], Some(EntityId::known("US")));
        drop(store.events(&EventFilter { types, actor, ..Default::default() }, &first).await.unwrap());
    })
    .await;
    measure("events of a participant from a day", PAGE_LIMIT, &mut bare, &ids, async |_| {
        let participant = Some(EntityId::known("SA"));
        let filter = EventFilter { participant, from: Some(day), ..Default::default() };
        drop(store.events(&filter, &first).await.unwrap());
    })
    .await;
    measure("claims of a source", PAGE_LIMIT, &mut bare, &ids, async |_| {
        let filter = ClaimFilter { source: Some(EntityId::known("US")), ..Default::default() };
        drop(store.claims(&filter, &first).await.unwrap());
    })
    .await;
    measure("event clusters of a type and place", PAGE_LIMIT, &mut bare, &ids, async |_| {
        let (types, place) = (vec![EventType::Assault], Some(EntityId::known("YE")));
        drop(store.clusters(&ClusterFilter { types, place, ..Default::default() }, &first).await.unwrap());
    })
    .await;
    measure("event clusters of a participant", PAGE_LIMIT, &mut bare, &ids, async |_| {
        let participant = Some(EntityId::known("SA"));
        drop(store.clusters(&ClusterFilter { participant, ..Default::default() }, &first).await.unwrap());
    })
    .await;
    measure("stories of an entity", PAGE_LIMIT, &mut bare, &ids, async |_| {
        let entity = Some(EntityId::known("SA"));
        drop(store.stories(&StoryFilter { entity, ..Default::default() }, &first).await.unwrap());
    })
    .await;
    measure("conflicts of an entity", PAGE_LIMIT, &mut bare, &ids, async |_| {
        let entity = Some(EntityId::known("SA"));
        drop(store.conflicts(&ConflictFilter { entity, ..Default::default() }, &first).await.unwrap());
    })
    .await;
}
