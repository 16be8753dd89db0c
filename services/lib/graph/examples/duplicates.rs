//! Measures the duplicates of a corpus: `duplicates FILE [--sample N --seed S]`.
//!
//! FILE has articles with their analyses, or raw ones (`id`, `outlet`, `title`, `text`), whose whole text is taken for the body.

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::civil::Date;
use marsad_graph::duplicates::{Duplicates, Fingerprint};
use marsad_graph::words::Word;
use marsad_model::ArticleId;
use marsad_model::graph::Duplicate;
use raw::Raw;
use uuid::Uuid;

#[path = "support/raw.rs"]
mod raw;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let option =
        |name: &str| args.iter().position(|arg| arg == name).map(|at| args[at + 1].parse::<u64>().unwrap());
    let file = args.first().expect("duplicates FILE [--sample N --seed S]");
    let records: Vec<Raw> = raw::articles(file).collect();

    let all_words: Vec<(Vec<Word>, Option<Date>)> =
        records.iter().map(|record| (record.words(), record.day())).collect();
    let started = Instant::now();
    let prints: Vec<Fingerprint> =
        all_words.iter().map(|(words, day)| Fingerprint::of(words, *day)).collect();
    println!(
        "fingerprints: {:.3} ms an article",
        started.elapsed().as_secs_f64() * 1e3 / records.len() as f64
    );
    drop(all_words);
    let bytes: usize = prints.iter().map(|print| serde_json::to_string(print).unwrap().len()).sum();
    println!("as JSON {} bytes an article", bytes / records.len());

    let mut index = Duplicates::new();
    let (mut slowest, mut mark) = (0.0_f64, Instant::now());
    for (at, (record, print)) in records.iter().zip(prints).enumerate() {
        let before = Instant::now();
        index.put(record.article(), print);
        index.take_touched();
        slowest = slowest.max(before.elapsed().as_secs_f64());
        if [5_000, 10_000, 20_000, 40_000, 88_000].contains(&(at + 1)) || at + 1 == records.len() {
            println!(
                "{} articles: {:.3} s since the last line, slowest {:.1} ms",
                at + 1,
                mark.elapsed().as_secs_f64(),
                slowest * 1e3
            );
            (slowest, mark) = (0.0, Instant::now());
        }
    }
    let by_id: BTreeMap<ArticleId, &Raw> = records.iter().map(|record| (record.article(), record)).collect();
    let started = Instant::now();
    let links: Vec<(ArticleId, Vec<Duplicate>)> =
        by_id.keys().map(|article| (*article, index.links(*article))).collect();
    println!("links: {:.3} ms an article", started.elapsed().as_secs_f64() * 1e3 / records.len() as f64);

    let mut pairs: Vec<(&Raw, &Raw, &Duplicate)> = Vec::new();
    let mut outlets: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (article, links) in &links {
        for link in links.iter().filter(|link| *article < link.article) {
            let (a, b) = (by_id[article], by_id[&link.article]);
            let mut names = [a, b].map(|record| record.outlet.as_deref().unwrap_or("-"));
            names.sort_unstable();
            *outlets.entry((names[0], names[1])).or_default() += 1;
            pairs.push((a, b, link));
        }
    }
    let with = links.iter().filter(|(_, links)| !links.is_empty()).count();
    let mut sizes: BTreeMap<ArticleId, usize> = BTreeMap::new();
    by_id.keys().for_each(|article| *sizes.entry(index.group_of(*article)).or_default() += 1);
    println!(
        "{} pairs, {with} articles with duplicates, {} groups, largest {}",
        pairs.len(),
        sizes.values().filter(|size| **size > 1).count(),
        sizes.values().max().unwrap()
    );
    let mut outlets: Vec<_> = outlets.into_iter().collect();
    outlets.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for ((a, b), count) in outlets.iter().take(60) {
        println!("{count:8} {a} {b}");
    }

    if args.iter().any(|a| a == "--dump") {
        for (a, b, link) in &pairs {
            let (wa, wb) = (a.words(), b.words());
            let (s, l) = if wa.len() <= wb.len() { (&wa, &wb) } else { (&wb, &wa) };
            let bag: std::collections::BTreeSet<&str> = l.iter().map(|w| w.folded.as_str()).collect();
            let novel = s.iter().filter(|w| !bag.contains(w.folded.as_str())).count();
            println!(
                "PAIR\t{}\t{}\t{}\t{}\t{:.3}\t{}\t{}\t{}\t{}",
                a.name,
                b.name,
                a.date.as_deref().unwrap_or("-"),
                b.date.as_deref().unwrap_or("-"),
                link.overlap,
                s.len(),
                l.len(),
                novel,
                link.passages.len()
            );
        }
    }
    if let Some(count) = option("--sample") {
        let seed = Uuid::from_u128(option("--seed").unwrap_or(1).into());
        pairs
            .sort_by_cached_key(|(a, b, _)| Uuid::new_v5(&seed, format!("{} {}", a.name, b.name).as_bytes()));
        for (number, (a, b, link)) in pairs.iter().take(count as usize).enumerate() {
            show(number + 1, a, b, link, &index);
        }
    }
}

/// Prints both texts one after the other, what they share in brackets.
fn show(number: usize, a: &Raw, b: &Raw, link: &Duplicate, index: &Duplicates) {
    println!(
        "\n=== {number}: overlap {:.2}, one group: {}",
        link.overlap,
        index.group_of(a.article()) == index.group_of(b.article())
    );
    for (one, other) in [(a, b), (b, a)] {
        let links = index.links(one.article());
        let passages =
            links.iter().find(|link| link.article == other.article()).map_or(&[][..], |link| &link.passages);
        let mut text = one.text.clone();
        for passage in passages.iter().rev() {
            text.insert_str(passage.end, "⟧");
            text.insert_str(passage.start, "⟦");
        }
        println!(
            "--- {} {} {} | {}\n{}",
            one.name,
            one.outlet.as_deref().unwrap_or("-"),
            one.date.as_deref().unwrap_or("-"),
            one.title.as_deref().unwrap_or("-"),
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        );
    }
}
