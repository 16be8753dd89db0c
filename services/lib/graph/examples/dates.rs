//! Takes the stated days off articles one by one and finds them again from the other articles.
//!
//! `dates DATED UNDATED`: the same articles analysed with and without their days (UNDATED may have fewer, and others that never had
//! one). Prints how many days were found and how many were right, the wrong ones, and the days of those that never had one.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "prints what it measures")]

mod support;

use std::collections::HashMap;

use marsad_graph::dates::{Candidate, DateClues, infer};
use marsad_graph::stories::{Profile, Stories};
use marsad_graph::words::words;
use marsad_model::ArticleId;
use uuid::Uuid;

/// Similarity from which articles are one, published twice.
const COPY: f32 = 0.97;

struct Article {
    id: ArticleId,
    name: String,
    clues: DateClues,
    profile: Profile,
}

fn read(path: &str) -> Vec<Article> {
    support::records(path)
        .map(|record| {
            let support::Record { name, article: id, title, text, analysis, .. } = record;
            let profile = Profile::of(title.as_deref(), &text, &words(&text, &analysis), &analysis);
            Article { id, name, clues: DateClues::of(&text, &analysis), profile }
        })
        .collect()
}

fn main() {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [dated, undated] = paths.as_slice() else { panic!("dates DATED UNDATED") };
    let (dated, undated) = (read(dated), read(undated));
    let mut stories = Stories::new();
    for article in &dated {
        stories.put(article.id, article.profile.clone(), article.clues.stated);
    }
    let by_id: HashMap<ArticleId, &Article> = dated.iter().map(|a| (a.id, a)).collect();
    let stated: HashMap<&str, _> = dated.iter().map(|a| (a.name.as_str(), a.clues.stated)).collect();
    let (mut found, mut right, mut all, mut bytes) = (0, 0, 0, 0);
    for article in undated.iter().filter(|a| a.clues.stated.is_none()) {
        // What is measured has an id of its own, whether or not its dated form is in.
        let id = ArticleId(Uuid::max());
        stories.put(id, article.profile.clone(), None);
        let near: Vec<(&Article, f32)> = (stories.neighbours(id))
            .filter_map(|(other, similarity)| Some((*by_id.get(&other)?, similarity)))
            .filter(|(other, similarity)| other.name != article.name && *similarity < COPY)
            .collect();
        stories.remove(id);
        let candidates: Vec<Candidate> = (near.iter())
            .map(|(other, similarity)| Candidate {
                article: other.id,
                clues: &other.clues,
                similarity: *similarity,
            })
            .collect();
        bytes += article.clues.tellings.iter().map(|t| 24 + 4 * t.words.len()).sum::<usize>();
        let given = infer(&article.clues, &candidates);
        let truth = stated.get(article.name.as_str()).copied().flatten();
        all += usize::from(truth.is_some());
        if let Some((day, from)) = given {
            let names: Vec<String> = (near.iter())
                .filter(|(other, _)| from.contains(&other.id))
                .map(|(other, similarity)| format!("{} {similarity:.2}", other.name))
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
            let near: Vec<String> =
                near.iter().take(5).map(|(other, s)| format!("{} {s:.2}", other.name)).collect();
            println!("none for {}: {near:?}", article.name);
        }
    }
    println!(
        "{found} of {all} days found, {right} right: {:.3}; {} bytes an article",
        right as f32 / found.max(1) as f32,
        bytes / undated.len().max(1)
    );
}
