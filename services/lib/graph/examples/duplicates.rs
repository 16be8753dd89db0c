//! Measures the duplicates of a corpus: `duplicates FILE [--sample N --seed S]`.
//!
//! FILE has articles with their analyses, or raw ones (`id`, `outlet`, `title`, `date`, `text`), whose whole text is taken for the
//! body. Times are of the processor, not of the clock. With `--sample` it prints N pairs for reading, what they share in brackets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a tool for measuring: it may stop

use std::collections::BTreeMap;
use std::time::Duration;

use marsad_graph::duplicates::{Duplicates, Fingerprint};
use marsad_model::ArticleId;
use marsad_model::graph::Duplicate;
use raw::Raw;
use rustix::time::{ClockId, clock_gettime};
use uuid::Uuid;

#[path = "support/raw.rs"]
mod raw;

/// The processor time that this program has used.
fn now() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Milliseconds an article since `start`.
fn each(start: Duration, articles: usize) -> f64 {
    (now() - start).as_secs_f64() * 1e3 / articles as f64
}

/// The memory that this program has, in bytes.
fn memory() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let option =
        |name: &str| args.iter().position(|arg| arg == name).map(|at| args[at + 1].parse::<u64>().unwrap());
    let file = args.first().expect("duplicates FILE [--sample N --seed S]");
    let records: Vec<Raw> = raw::articles(file).collect();

    let before = memory();
    let mut making = Duration::ZERO;
    let mut prints = Vec::new();
    for record in &records {
        let (words, day) = (record.words(), record.day());
        let start = now();
        prints.push(Fingerprint::of(&words, day));
        making += now() - start;
    }
    println!("fingerprints: {:.3} ms an article", making.as_secs_f64() * 1e3 / records.len() as f64);

    let mut index = Duplicates::new();
    let (mut slowest, mut mark, mut marked) = (Duration::ZERO, now(), 0);
    for (at, (record, print)) in records.iter().zip(prints).enumerate() {
        let start = now();
        index.put(record.article(), print);
        index.take_touched();
        slowest = slowest.max(now() - start);
        let count = at + 1;
        if [1_000, 10_000, 20_000, 30_000, 40_000, 60_000, 88_000].contains(&count) {
            println!(
                "to {count} articles: {:.3} ms an article, slowest {slowest:.1?}",
                each(mark, count - marked)
            );
            (slowest, mark, marked) = (Duration::ZERO, now(), count);
        }
    }
    println!("memory: {} bytes an article", (memory() - before) / records.len() as u64);

    let by_id: BTreeMap<ArticleId, &Raw> = records.iter().map(|record| (record.article(), record)).collect();
    let start = now();
    let links: Vec<(ArticleId, Vec<Duplicate>)> =
        by_id.keys().map(|article| (*article, index.links(*article))).collect();
    println!("links: {:.3} ms an article", each(start, records.len()));

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
            text.insert(passage.end, '⟧');
            text.insert(passage.start, '⟦');
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
