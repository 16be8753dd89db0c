//! Takes the stated days off articles one by one and finds them again from the other articles.
//!
//! `dates DATED UNDATED`: the same articles analysed with and without their days (UNDATED may have fewer, and others that never had
//! one). Prints how many days were found and how many were right, the wrong ones, and the days of those that never had one.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "prints what it measures")]

mod support;

use std::collections::{BTreeMap, HashMap};

use marsad_graph::dates::{Candidate, DateClues, infer};
use marsad_graph::words::words;
use marsad_model::ArticleId;

/// Like articles that are looked at.
const NEIGHBOURS: usize = 12;
/// Cosine from which articles are alike.
const FLOOR: f32 = 0.1;

/// Cosine from which articles are the same one, published twice.
const COPY: f32 = 0.97;

struct Article {
    id: ArticleId,
    name: String,
    clues: DateClues,
    counts: HashMap<String, f32>,
}

fn read(path: &str) -> Vec<Article> {
    support::records(path)
        .map(|record| {
            let mut counts: HashMap<String, f32> = HashMap::new();
            for word in words(&record.text, &record.analysis) {
                *counts.entry(word.folded).or_default() += 1.0;
            }
            let clues = DateClues::of(&record.text, &record.analysis);
            Article { id: record.article, name: record.name, clues, counts }
        })
        .collect()
}

fn main() {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [dated, undated] = paths.as_slice() else { panic!("dates DATED UNDATED") };
    let (dated, undated) = (read(dated), read(undated));
    let mut frequency: HashMap<&str, f32> = HashMap::new();
    for article in &dated {
        for word in article.counts.keys() {
            *frequency.entry(word).or_default() += 1.0;
        }
    }
    let vector = |article: &Article| -> BTreeMap<String, f32> {
        let weight = |word: &str| (dated.len() as f32 / frequency.get(word).copied().unwrap_or(1.0)).ln();
        let raw: BTreeMap<String, f32> =
            article.counts.iter().map(|(word, n)| (word.clone(), (1.0 + n.ln()) * weight(word))).collect();
        let norm = raw.values().map(|x| x * x).sum::<f32>().sqrt().max(f32::EPSILON);
        raw.into_iter().map(|(word, x)| (word, x / norm)).collect()
    };
    let mut index: HashMap<String, Vec<(usize, f32)>> = HashMap::new();
    for (at, article) in dated.iter().enumerate() {
        for (word, weight) in vector(article) {
            index.entry(word).or_default().push((at, weight));
        }
    }
    let stated: HashMap<&str, _> = dated.iter().map(|a| (a.name.as_str(), a.clues.stated)).collect();
    let (mut found, mut right, mut all, mut bytes) = (0, 0, 0, 0);
    for article in undated.iter().filter(|a| a.clues.stated.is_none()) {
        let mut scores: BTreeMap<usize, f32> = BTreeMap::new();
        for (word, weight) in vector(article) {
            for (at, other) in index.get(&word).into_iter().flatten() {
                *scores.entry(*at).or_default() += weight * other;
            }
        }
        let mut near: Vec<(usize, f32)> = scores
            .into_iter()
            .filter(|(at, s)| *s >= FLOOR && dated[*at].name != article.name && *s < COPY)
            .collect();
        near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let candidates: Vec<Candidate> = (near.iter().take(NEIGHBOURS))
            .map(|(at, similarity)| Candidate {
                article: dated[*at].id,
                clues: &dated[*at].clues,
                similarity: *similarity,
            })
            .collect();
        bytes += article.clues.tellings.iter().map(|t| 24 + 4 * t.words.len()).sum::<usize>();
        let given = infer(&article.clues, &candidates);
        let truth = stated.get(article.name.as_str()).copied().flatten();
        all += usize::from(truth.is_some());
        if let Some((day, from)) = given {
            let names: Vec<String> = near
                .iter()
                .take(NEIGHBOURS)
                .filter(|(at, _)| from.contains(&dated[*at].id))
                .map(|(at, s)| format!("{} {:.2}", dated[*at].name, s))
                .collect();
            match truth {
                Some(truth) => {
                    found += 1;
                    right += usize::from(truth == day);
                    if truth != day {
                        println!("wrong {} is {truth}, given {day} from {names:?}", article.name);
                    }
                }
                None => println!("given {} {day} from {names:?}", article.name),
            }
        } else if truth.is_none() {
            println!(
                "none for {}: {:?}",
                article.name,
                near.iter().take(5).map(|(at, s)| (&dated[*at].name, s)).collect::<Vec<_>>()
            );
        }
    }
    println!(
        "{found} of {all} days found, {right} right: {:.3}; {} bytes an article",
        right as f32 / found.max(1) as f32,
        bytes / undated.len().max(1)
    );
}
