//! What the articles of a dump disagree on, with the words.
//!
//! ```sh
//! cargo run --release -p marsad-graph --example conflicts -- DUMP.jsonl... [--graph graph.json] [--clusters clusters.json]
//! ```
//!
//! `--graph` writes clusters, conflicts and timeline for the scorer. `--clusters` takes clusters from a graph that is given, e.g. one made
//! of gold, instead of joining events.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "prints what it measures")]

mod support;

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use marsad_graph::conflicts::conflicts;
use marsad_graph::events::{ArticleEvents, Events, Told, describe};
use marsad_graph::stories::{Profile, Stories};
use marsad_graph::timeline::{News, place, timeline};
use marsad_graph::words::words;
use marsad_model::graph::{Conflict, ConflictValue, EventCluster};
use marsad_model::{ArticleId, ClusterId, EventId};
use serde_json::{Value, json};

struct Article {
    name: String,
    text: String,
    events: ArticleEvents,
    date: Option<Date>,
    profile: Profile,
}

fn main() {
    let (mut paths, mut graph, mut given) = (Vec::new(), None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--graph" => graph = arguments.next(),
            "--clusters" => given = arguments.next(),
            _ => paths.push(argument),
        }
    }
    let articles: Vec<Article> = paths.iter().flat_map(|path| support::records(path)).map(read).collect();
    let by_id: HashMap<ArticleId, &Article> = articles.iter().map(|a| (a.events.article, a)).collect();
    let events = if given.is_none() { joined(&articles) } else { Events::default() };
    let clusters: Vec<Vec<Told<'_>>> = match &given {
        None => events.heads().into_iter().map(|head| events.members(head)).collect(),
        Some(path) => named(path, &articles),
    };
    let (mut found, mut described): (Vec<Conflict>, Vec<EventCluster>) = (Vec::new(), Vec::new());
    for members in &clusters {
        let Some(mut cluster) = describe(members, |article| article, Vec::new()) else { continue };
        found.extend(conflicts(cluster.id, members, |article| article));
        cluster.placed = place(&cluster, News::of(members));
        described.push(cluster);
    }
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for conflict in &found {
        *kinds.entry(conflict.kind.to_string()).or_default() += 1;
        println!("== {} {:?}", conflict.kind, conflict.role);
        for side in &conflict.sides {
            println!("  {} ({} reports)", value(&side.value), side.reports);
            for statement in side.statements.iter().take(4) {
                let article = by_id[&statement.article];
                let text = around(&article.text, statement.span.start, statement.span.end);
                println!("    {} {:?} {:?}: {text}", article.name, article.date, statement.source);
            }
        }
    }
    println!(
        "{} articles, {} clusters, {} of two reports or more; conflicts {kinds:?}",
        articles.len(),
        described.len(),
        described.iter().filter(|c| c.reports > 1).count()
    );
    if let Some(path) = graph {
        let name = |id: &ArticleId| by_id[id].name.clone();
        std::fs::write(path, written(&described, &found, &name).to_string()).unwrap();
    }
}

fn read(record: support::Record) -> Article {
    let support::Record { name, article, title, text, analysis, .. } = record;
    let date = analysis.published.date;
    let events = ArticleEvents::of(article, date, &analysis, &text);
    let profile = Profile::of(title.as_deref(), &text, &words(&text, &analysis), &analysis);
    Article { name, text, events, date, profile }
}

/// The events of all articles, joined across those that are alike.
fn joined(articles: &[Article]) -> Events {
    let (mut events, mut stories) = (Events::default(), Stories::new());
    for Article { events: told, profile, date, .. } in articles {
        stories.put(told.article, profile.clone(), *date);
        events.put(told.clone(), stories.neighbours(told.article));
    }
    events.settle();
    events
}

/// Clusters as a graph gives them, by the names of the articles.
fn named<'a>(path: &str, articles: &'a [Article]) -> Vec<Vec<Told<'a>>> {
    let graph: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let told: HashMap<(&str, EventId), Told<'_>> = (articles.iter())
        .flat_map(|a| a.events.told().map(move |told| ((a.name.as_str(), told.mention.event), told)))
        .collect();
    let clusters = graph["event_clusters"].as_array().unwrap().iter().map(|cluster| {
        let members = cluster["members"].as_array().unwrap().iter().filter_map(|member| {
            let event: EventId = member["event_id"].as_str().unwrap().parse().unwrap();
            told.get(&(member["article_id"].as_str().unwrap(), event)).copied()
        });
        members.collect()
    });
    clusters.collect()
}

fn value(value: &ConflictValue) -> String {
    match value {
        ConflictValue::Quantity(amount) => {
            let number = |n: Option<f64>| n.map_or(String::new(), |n| n.to_string());
            match (amount.approximate, amount.low, amount.high) {
                (false, low, None) => format!(">{}", number(low)),
                (true, low, None) => format!("~{}", number(low)),
                (true, low, Some(_)) => format!("~{}", number(low)),
                (false, None, high) => format!("<{}", number(high)),
                (false, low, _) => number(low),
            }
        }
        ConflictValue::Date(time) => {
            let day = |day: Option<Date>| day.map_or("..".to_owned(), |day| day.to_string());
            if time.earliest == time.latest {
                day(time.earliest)
            } else {
                format!("{}/{}", day(time.earliest), day(time.latest))
            }
        }
        ConflictValue::Actors(ids) | ConflictValue::Places(ids) => {
            ids.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" ")
        }
        ConflictValue::Status(standing) => standing.to_string(),
    }
}

/// The words around a span, which is marked.
fn around(text: &str, start: usize, end: usize) -> String {
    let floor = |at: usize| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (from, to) = (floor(start.saturating_sub(180)), floor((end + 180).min(text.len())));
    let marked = format!("{}[{}]{}", &text[from..start], &text[start..end], &text[end..to]);
    marked.replace('\n', " / ")
}

fn written(clusters: &[EventCluster], found: &[Conflict], name: &dyn Fn(&ArticleId) -> String) -> Value {
    let clusters_json: Vec<Value> = (clusters.iter())
        .map(|c| {
            let members: Vec<Value> = c
                .members
                .iter()
                .map(|m| json!({"article_id": name(&m.article), "event_id": m.event}))
                .collect();
            json!({"id": c.id, "type": c.event_type, "time": c.time, "members": members})
        })
        .collect();
    let conflicts_json: Vec<Value> = (found.iter())
        .map(|conflict| {
            let sides: Vec<Value> = (conflict.sides.iter())
                .flat_map(|side| {
                    let told = value(&side.value);
                    side.statements.iter().map(
                        move |s| json!({"article_id": name(&s.article), "event_id": s.event, "value": told}),
                    )
                })
                .collect();
            json!({"kind": conflict.kind, "cluster_id": conflict.cluster, "sides": sides})
        })
        .collect();
    let order: Vec<ClusterId> = timeline(clusters);
    json!({"event_clusters": clusters_json, "conflicts": conflicts_json, "timeline": order})
}
