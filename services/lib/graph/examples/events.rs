//! Event clusters of a dump of articles with their analyses.
//!
//!     cargo run --release -p marsad-graph --example events -- DUMP... [--graph OUT] [--features OUT]
//!
//! Times are processor time. `--graph` writes what the scorer reads, `--features` what each two mentions have in common, to fit the weights with.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::time::Duration;

use marsad_graph::events::{ArticleEvents, Events, describe, similarity};
use marsad_graph::stories::{Profile, Stories};
use marsad_graph::words::words;
use marsad_model::{ArticleId, EventCluster};
use serde_json::json;

/// Articles that the linker takes at once.
const BATCH: usize = 64;

/// Where the time is reported, and over how many articles before it.
const STORED: [usize; 3] = [10_000, 40_000, 88_000];
const SAMPLE: usize = 2_000;

/// Fewer articles than these are compared each with each.
const FEW: usize = 50;

fn main() {
    let (mut dumps, mut graph, mut features) = (Vec::new(), None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--graph" => graph = arguments.next(),
            "--features" => {
                features = arguments.next().map(|path| BufWriter::new(File::create(path).unwrap()))
            }
            _ => dumps.push(argument),
        }
    }
    let (mut stories, mut events) = (Stories::new(), Events::default());
    let mut names: BTreeMap<ArticleId, String> = BTreeMap::new();
    let (mut digesting, mut linking, mut bytes, mut mentions) = (Duration::ZERO, Vec::new(), 0, 0);
    let (mut batch, mut few) = (Vec::new(), Vec::new());
    for record in dumps.iter().flat_map(|dump| support::records(dump)) {
        let published = record.analysis.published.date;
        let profile = Profile::of(
            record.title.as_deref(),
            &record.text,
            &words(&record.text, &record.analysis),
            &record.analysis,
        );
        let started = processor_time();
        let told = ArticleEvents::of(record.article, published, &record.analysis, &record.text);
        digesting += processor_time() - started;
        bytes += serde_json::to_vec(&told).unwrap().len();
        mentions += told.mentions.len();
        stories.put(record.article, profile, published);
        names.insert(record.article, record.name);
        batch.push(told);
        if batch.len() == BATCH {
            linking.push(link(&stories, &mut events, &mut batch, &mut features, &mut few));
            stories.settle();
            if let Some(stored) = STORED.iter().find(|&&stored| stored / BATCH == linking.len()) {
                let sample = &linking[linking.len() - SAMPLE / BATCH..];
                let n = SAMPLE / BATCH * BATCH;
                let (put, all) = (sample.iter().map(|l| l.put).sum(), sample.iter().map(|l| l.all).sum());
                println!(
                    "at {stored}: put {:.3}, with settling {:.3} ms an article; {}",
                    ms(put, n),
                    ms(all, n),
                    memory()
                );
            }
        }
    }
    linking.push(link(&stories, &mut events, &mut batch, &mut features, &mut few));

    let n = names.len();
    println!(
        "{n} articles, {mentions} mentions; digest {:.3} ms, {} bytes as JSON",
        ms(digesting, n),
        bytes / n.max(1)
    );
    let longest = linking.iter().map(|linked| linked.all).max().unwrap_or_default();
    println!(
        "all: {:.3} ms an article, longest batch {:.1} ms",
        ms(linking.iter().map(|linked| linked.all).sum(), n),
        ms(longest, 1)
    );
    println!("memory with stories: {}", memory());

    let started = processor_time();
    let described: Vec<EventCluster> = (events.heads().into_iter())
        .filter_map(|head| describe(&events.members(head), |article| article, events.relations(head)))
        .collect();
    println!("describing all: {:.3} ms a cluster", ms(processor_time() - started, described.len()));
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    described.iter().for_each(|cluster| *sizes.entry(cluster.members.len()).or_default() += 1);
    println!("{} clusters, by size {sizes:?}; largest leaf {}", described.len(), events.largest_leaf());
    println!("{} relations", described.iter().map(|cluster| cluster.relations.len()).sum::<usize>());
    if let Some(path) = graph {
        fs::write(path, graph_of(&described, &names).to_string()).unwrap();
    }
}

/// What linking a batch took.
struct Linked {
    put: Duration,
    all: Duration,
}

fn ms(time: Duration, articles: usize) -> f64 {
    time.as_secs_f64() * 1000.0 / articles.max(1) as f64
}

/// What this thread has computed so far, whatever else the machine does; zero where the system does not say.
fn processor_time() -> Duration {
    let given = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(given.split_whitespace().next().and_then(|ns| ns.parse().ok()).unwrap_or(0))
}

/// What the process holds, where the system says so.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or("unknown").to_owned()
}

fn link(
    stories: &Stories,
    events: &mut Events,
    batch: &mut Vec<ArticleEvents>,
    features: &mut Option<BufWriter<File>>,
    few: &mut Vec<ArticleId>,
) -> Linked {
    let started = processor_time();
    for told in batch.drain(..) {
        let article = told.article;
        events.put(told, stories.neighbours(article));
        if let Some(out) = features {
            few.push(article);
            write_features(stories, events, article, if few.len() < FEW { few } else { &[] }, out);
        }
    }
    let put = processor_time() - started;
    events.settle();
    Linked { put, all: processor_time() - started }
}

/// Ids of both mentions, whether they contradict each other, and what they have in common; each pair once. Of a few articles every two
/// are taken, for they may meet in one leaf.
fn write_features(
    stories: &Stories,
    events: &Events,
    article: ArticleId,
    few: &[ArticleId],
    out: &mut BufWriter<File>,
) {
    let Some(told) = events.article(article) else { return };
    let near: BTreeMap<ArticleId, f32> = stories.neighbours(article).chain([(article, 1.0)]).collect();
    let others: Vec<ArticleId> = if few.is_empty() { near.keys().copied().collect() } else { few.to_vec() };
    for other in others {
        let alike = near.get(&other).copied().unwrap_or(0.0);
        let Some(other) = events.article(other) else { continue };
        for (x, y) in told.told().flat_map(|x| other.told().map(move |y| (x, y))) {
            let twice = told.article == other.article && x.mention.start >= y.mention.start;
            let Some(features) = similarity::compare(x, y, alike).filter(|_| !twice) else { continue };
            let values: Vec<String> = features.values.iter().map(|value| format!("{value:.3}")).collect();
            let (a, b, contradict) = (x.mention.event, y.mention.event, u8::from(features.contradict));
            writeln!(out, "{a} {b} {contradict} {}", values.join(" ")).unwrap();
        }
    }
}

/// As the scorer reads it.
fn graph_of(clusters: &[EventCluster], names: &BTreeMap<ArticleId, String>) -> serde_json::Value {
    let members = |cluster: &EventCluster| -> Vec<serde_json::Value> {
        let of = cluster.members.iter();
        of.map(|member| json!({ "article_id": names[&member.article], "event_id": member.event })).collect()
    };
    let all = clusters.iter().map(
        |cluster| json!({ "id": cluster.id, "type": cluster.event_type, "time": cluster.time, "members": members(cluster) }),
    );
    let all: Vec<_> = all.collect();
    let dated = clusters.iter().filter_map(|cluster| {
        let time = cluster.time?;
        Some((time.latest.or(time.earliest)?, time.earliest, cluster.id))
    });
    let mut dated: Vec<_> = dated.collect();
    dated.sort_unstable();
    let timeline: Vec<_> = dated.into_iter().map(|(.., id)| id).collect();
    json!({ "event_clusters": all, "timeline": timeline })
}
