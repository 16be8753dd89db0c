//! How long searches take: `search STORE ARTICLES.jsonl [COUNT]` fills a store, `sqlite:PATH` or `postgres://…`, and asks it. Articles are
//! objects a line with `article`, `outlet`, `title`, `text` and `analysis`, as `marsad analyze` finds them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement ends where something is wrong"
)]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{StreamExt as _, stream};
use marsad_model::{Analysis, ArticleFields, ArticleId, Change, Stamp, Submission};
use marsad_store::{
    Analysed, AnalysisResult, ArticleFilter, ArticleSearch, EntitySearch, EventFilter, EventSearch,
    PageRequest, PgOptions, PgStore, SqliteOptions, SqliteStore, Store, StoreError, TextQuery,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Record {
    article: ArticleId,
    outlet: Option<String>,
    title: Option<String>,
    text: String,
    analysis: Analysis,
}

/// Words that most articles have, that some have, and that few have; phrases; what is nowhere.
const QUERIES: [&str; 12] = [
    "قال",
    "في من على",
    "رئيس الوزراء",
    "\"مجلس النواب\"",
    "العراق -بغداد",
    "غارات جوية",
    "انتخابات",
    "\"في العراق\"",
    "زلزال",
    "قال الرئيس الأمريكي",
    "مباراة هدف فوز",
    "سفينة موصل لقاح",
];

const NAMES: [&str; 6] = ["العراق", "حسين", "Hussein", "محمد علي", "بفداد", "المالك"];

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let count = arguments.get(2).map_or(usize::MAX, |count| count.parse().unwrap());
    let store: Arc<dyn Store> = match arguments[0].strip_prefix("sqlite:") {
        Some(path) => Arc::new(SqliteStore::open(path, SqliteOptions::default()).await.unwrap()),
        None => Arc::new(PgStore::connect(&arguments[0], PgOptions::default()).await.unwrap()),
    };
    store.migrate().await.unwrap();
    let some = store.articles(&ArticleFilter::default(), &PageRequest::first(1)).await.unwrap();
    if some.items.is_empty() {
        fill(&store, &arguments[1], count).await;
    }
    let ids = store.articles(&ArticleFilter::default(), &PageRequest::first(1000)).await.unwrap();
    let mut times = Vec::new();
    for article in &ids.items {
        let started = Instant::now();
        store.article(article.id, None).await.unwrap();
        times.push(started.elapsed());
    }
    println!("{:40} {}", "get an article", percentiles(times));
    let first = PageRequest::first(50);
    for text in QUERIES {
        let query = TextQuery::parse(text).unwrap();
        let search =
            ArticleSearch { query: query.clone(), outlet: None, published_from: None, published_to: None };
        measure(&format!("articles {text}"), async || {
            Ok(store.search_articles(&search, &first).await?.items.len())
        })
        .await;
        let search = EventSearch { query, filter: EventFilter::default() };
        measure(&format!("events {text}"), async || {
            Ok(store.search_events(&search, &first).await?.items.len())
        })
        .await;
    }
    for name in NAMES {
        let search = EntitySearch { name: name.to_owned(), ..EntitySearch::default() };
        measure(&format!("entities {name}"), async || {
            Ok(store.search_entities(&search, &first).await?.items.len())
        })
        .await;
    }
    store.close().await;
}

async fn fill(store: &Arc<dyn Store>, path: &str, count: usize) {
    let started = Instant::now();
    let lines = BufReader::new(File::open(path).unwrap()).lines().take(count);
    let works = lines.map(|line| {
        let store = Arc::clone(store);
        async move {
            let record: Record = serde_json::from_str(&line.unwrap()).unwrap();
            let fields = ArticleFields {
                text: record.text,
                title: record.title,
                outlet: record.outlet,
                ..ArticleFields::default()
            };
            let stamp = Stamp { modified_at: 1, accepted_at: 1, content_hash: Some(fields.content_hash()) };
            let change = Change::Submit(Submission { article: record.article, stamp, fields });
            let version = record.analysis.version;
            let (analysis, digest) = (record.analysis, Vec::new());
            let result = AnalysisResult::Analysed(Analysed { analysis, digest, backfill: true });
            tokio::spawn(async move { store.apply(&change, version, Some(&result)).await }).await.unwrap()
        }
    });
    let done = stream::iter(works).buffer_unordered(16).collect::<Vec<_>>().await;
    done.iter().for_each(|applied| assert!(applied.is_ok(), "{applied:?}"));
    println!("{} articles stored in {:?}", done.len(), started.elapsed());
}

async fn measure(what: &str, mut ask: impl AsyncFnMut() -> Result<usize, StoreError>) {
    let mut times = Vec::new();
    let mut found = 0;
    for _ in 0..40 {
        let started = Instant::now();
        found = ask().await.unwrap();
        times.push(started.elapsed());
    }
    println!("{what:40} {} ({found} found)", percentiles(times));
}

fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    format!("50 %: {:>9.3?}   95 %: {:>9.3?}", at(0.5), at(0.95))
}
