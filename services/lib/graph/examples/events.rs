//! Event clusters of a dump.
//!
//! ```sh
//! cargo run --release -p marsad-graph --example events -- DUMP.jsonl... --graph graph.json
//! cargo run --release -p marsad-graph --example events -- DUMP.jsonl... --features features.txt
//! ```
//!
//! `--graph` writes clusters for the scorer, `--features` what each two mentions have in common, to fit the weights with.

#[path = "support/mod.rs"]
mod support;

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::time::Instant;

use marsad_graph::events::{ArticleEvents, Events, describe, similarity};
use marsad_model::ArticleId;

fn main() {
    let mut paths = Vec::new();
    let (mut graph, mut features) = (None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--graph" => graph = arguments.next(),
            "--features" => features = arguments.next(),
            _ => paths.push(argument),
        }
    }
    let records: Vec<support::Record> = paths.iter().flat_map(|path| support::records(path)).collect();
    let names: HashMap<ArticleId, &str> = records.iter().map(|r| (r.article, r.name.as_str())).collect();
    let start = Instant::now();
    let articles: Vec<ArticleEvents> = (records.iter())
        .map(|r| ArticleEvents::of(r.article, r.analysis.published.date, &r.analysis, &r.text))
        .collect();
    eprintln!("digests: {:.1?}", start.elapsed());
    let near = neighbours(&records);
    if let Some(path) = features {
        write_features(&articles, &near, &path);
        return;
    }
    let start = Instant::now();
    let mut events = Events::default();
    for article in &articles {
        events.put(article.clone(), near.get(&article.article).cloned().unwrap_or_default());
    }
    eprintln!("put: {:.1?}", start.elapsed());
    let start = Instant::now();
    events.settle();
    eprintln!("settled: {:.1?}, largest leaf {}", start.elapsed(), events.largest_leaf());
    let start = Instant::now();
    let described: Vec<_> = (events.heads().into_iter())
        .filter_map(|head| describe(&events.members(head), |article| article, Vec::new()))
        .collect();
    eprintln!("described: {:.1?}", start.elapsed());
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    described.iter().for_each(|cluster| *sizes.entry(cluster.members.len()).or_default() += 1);
    eprintln!("{} clusters, sizes {sizes:?}", described.len());
    if let Some(path) = graph {
        let clusters: Vec<_> = described.iter().map(|c| serde_json::json!({
            "id": c.id, "type": c.event_type, "time": c.time, "standing": c.standing, "reports": c.reports,
            "members": c.members.iter().map(|m| serde_json::json!({"article_id": names[&m.article], "event_id": m.event})).collect::<Vec<_>>(),
        })).collect();
        let mut dated: Vec<_> = described
            .iter()
            .filter_map(|c| Some((c.time?.earliest.or(c.time?.latest)?, c.time?.latest, c.id)))
            .collect();
        dated.sort_unstable();
        let timeline: Vec<_> = dated.into_iter().map(|(.., id)| id).collect();
        let graph = serde_json::json!({ "event_clusters": clusters, "timeline": timeline });
        std::fs::write(path, graph.to_string()).unwrap();
    }
}

/// How alike articles are, above a floor, within two weeks where both have a day.
fn neighbours(records: &[support::Record]) -> HashMap<ArticleId, Vec<(ArticleId, f32)>> {
    let mut documents: Vec<HashMap<String, f32>> = Vec::new();
    let mut frequency: HashMap<String, f32> = HashMap::new();
    for record in records {
        let mut counts = HashMap::new();
        for word in marsad_graph::words::words(&record.text, &record.analysis) {
            *counts.entry(word.folded).or_insert(0.0_f32) += 1.0;
        }
        counts.keys().for_each(|word| *frequency.entry(word.clone()).or_default() += 1.0);
        documents.push(counts);
    }
    let all = records.len() as f32;
    let mut postings: HashMap<&str, Vec<(usize, f32)>> = HashMap::new();
    for (at, counts) in documents.iter().enumerate() {
        let weight = |word: &str, n: f32| (1.0 + n.ln()) * (all / frequency[word]).ln().max(0.0);
        let norm = counts.iter().map(|(word, n)| weight(word, *n).powi(2)).sum::<f32>().sqrt();
        for (word, n) in counts {
            postings.entry(word).or_default().push((at, weight(word, *n) / norm));
        }
    }
    let mut dots: HashMap<(usize, usize), f32> = HashMap::new();
    for list in postings.values().filter(|list| list.len() < 400) {
        for (i, (a, x)) in list.iter().enumerate() {
            for (b, y) in &list[i + 1..] {
                *dots.entry((*a, *b)).or_default() += x * y;
            }
        }
    }
    let mut near: HashMap<ArticleId, Vec<(ArticleId, f32)>> = HashMap::new();
    for ((a, b), dot) in dots.into_iter().filter(|(_, dot)| *dot > 0.1) {
        let (a, b) = (records[a].article, records[b].article);
        near.entry(a).or_default().push((b, dot));
        near.entry(b).or_default().push((a, dot));
    }
    near
}

fn write_features(articles: &[ArticleEvents], near: &HashMap<ArticleId, Vec<(ArticleId, f32)>>, path: &str) {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    for (i, a) in articles.iter().enumerate() {
        for b in &articles[i..] {
            let known =
                near.get(&a.article).and_then(|near| near.iter().find(|(other, _)| *other == b.article));
            let alike = if a.article == b.article { 1.0 } else { known.map_or(0.0, |(_, alike)| *alike) };
            for (x, y) in a.told().flat_map(|x| b.told().map(move |y| (x, y))) {
                let twice = a.article == b.article && x.mention.start >= y.mention.start;
                let Some(features) = similarity::compare(x, y, alike).filter(|_| !twice) else { continue };
                let values: Vec<String> = features.values.iter().map(|v| format!("{v:.3}")).collect();
                let contradict = u8::from(features.contradict);
                writeln!(out, "{} {} {contradict} {}", x.mention.event, y.mention.event, values.join(" "))
                    .unwrap();
            }
        }
    }
}
