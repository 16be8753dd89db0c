//! Trains the judge of events and claims. `services/lib/extract/weights/README.md` tells what it needs and what comes out.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use clap::Parser;
use marsad_extract::judge::training::{
    Article, Bag, Judged, Lessons, Outcomes, Weights, all_folds, analyse, bags, folds, learn, lessons,
    read_articles, read_judged,
};
use rayon::prelude::*;
use serde_json::json;

/// Trains the judge of events and claims.
#[derive(Debug, Parser)]
struct Arguments {
    /// The evaluation data: `gold/seeds`, `gold/dev` and `events`, and the texts of the first in `../seeds`.
    #[arg(long)]
    eval: PathBuf,
    /// Where the weights go.
    #[arg(long, default_value = "services/lib/extract/weights")]
    out: PathBuf,
    /// Writes no weights, but measures: what is told of each fold by what the others teach goes into this folder as
    /// `assault.jsonl` and `protest.jsonl`, for `score.py gsr`; how well confidence fits, article by article, is printed.
    #[arg(long)]
    cross_validate: Option<PathBuf>,
    /// More annotated articles, to be measured by what all of the others teach: a folder of annotations, and one of texts.
    #[arg(long, num_args = 2)]
    unseen: Vec<PathBuf>,
}

/// The types of event that sentences were judged for.
const TYPES: [&str; 2] = ["ASSAULT", "PROTEST"];

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let started = Instant::now();
    let progress = |what: &str| eprintln!("{:>6.0} s  {what}", started.elapsed().as_secs_f32());
    let eval = &arguments.eval;
    progress("articles");
    let gold = eval.join("gold");
    let mut articles = read_articles(&gold.join("seeds"), &eval.join("../seeds"))?;
    articles.extend(read_articles(&gold.join("dev"), &gold.join("dev"))?);
    let lessons = lessons(&articles);
    progress("sentences");
    let mut sets = Vec::new();
    for event_type in TYPES {
        let path = eval.join("events").join(format!("{}_gsr.csv", event_type.to_lowercase()));
        let sentences = read_judged(&path)?;
        let bags = bags(&sentences, event_type);
        sets.push(Set { event_type, sentences, bags });
    }
    match &arguments.cross_validate {
        Some(folder) => {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
            progress("folds of the sentences");
            for set in &sets {
                set.cross_validate(folder)?;
            }
            progress("articles one by one");
            let unseen = match arguments.unseen.as_slice() {
                [folder, texts] => read_articles(folder, texts)?,
                _ => Vec::new(),
            };
            calibration(&articles, &lessons, &unseen);
        }
        None => {
            progress("weights");
            let all: Vec<&Lessons> = lessons.iter().collect();
            let sentences: Vec<(&str, Vec<&Bag>)> =
                sets.iter().map(|set| (set.event_type, set.bags.iter().collect())).collect();
            let path = arguments.out.join("events.model");
            let bytes = learn(&all, &sentences).to_bytes()?;
            fs::write(&path, &bytes).with_context(|| path.display().to_string())?;
            println!("{}: {} bytes", path.display(), bytes.len());
        }
    }
    progress("done");
    Ok(())
}

/// Sentences judged for a type of event.
struct Set {
    event_type: &'static str,
    sentences: Vec<Judged>,
    bags: Vec<Bag>,
}

impl Set {
    /// Writes what is told of each sentence by weights that were learned from the other folds.
    fn cross_validate(&self, folder: &Path) -> anyhow::Result<()> {
        let folds = folds(self.bags.iter());
        let mut lines = vec![String::new(); self.sentences.len()];
        for fold in all_folds() {
            let others = self.bags.iter().zip(&folds).filter(|(_, at)| **at != fold);
            let others = others.map(|(bag, _)| bag).collect();
            let weights = learn(&[], &[(self.event_type, others)]);
            let of_fold: Vec<usize> = (0..folds.len()).filter(|at| folds[*at] == fold).collect();
            let told: Vec<String> =
                of_fold.par_iter().map(|at| line(&self.sentences[*at], &weights)).collect();
            for (at, line) in of_fold.into_iter().zip(told) {
                lines[at] = line;
            }
        }
        let path = folder.join(format!("{}.jsonl", self.event_type.to_lowercase()));
        let mut file = fs::File::create(&path).with_context(|| path.display().to_string())?;
        lines.iter().try_for_each(|line| writeln!(file, "{line}"))?;
        println!("{}", path.display());
        Ok(())
    }
}

/// What `score.py gsr` reads of an analysis.
fn line(sentence: &Judged, weights: &Weights) -> String {
    let (events, mentions) = analyse(sentence, weights);
    let text = |span: marsad_model::Span| span.of(&sentence.text).unwrap_or_default();
    let events: Vec<_> = events
        .iter()
        .map(|event| {
            json!({
                "type": event.event_type, "polarity": event.polarity, "modality": event.modality,
                "trigger": {"text": text(event.trigger)}, "actors": event.actors, "recipients": event.recipients,
                "confidence": event.confidence,
            })
        })
        .collect();
    let mentions: Vec<_> =
        mentions.iter().map(|m| json!({"text": text(m.span), "entity_id": m.entity})).collect();
    json!({"article_id": sentence.id, "events": events, "mentions": mentions}).to_string()
}

/// Prints how well confidence fits: each article by what the others teach, the unseen ones by what all teach.
fn calibration(articles: &[Article], lessons: &[Lessons], unseen: &[Article]) {
    let held_out: Vec<(Outcomes, Outcomes)> = (0..articles.len())
        .into_par_iter()
        .map(|at| {
            let others: Vec<&Lessons> =
                lessons.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, of)| of).collect();
            learn(&others, &[]).outcomes(&articles[at])
        })
        .collect();
    report("cross-validated", &held_out);
    if !unseen.is_empty() {
        let weights = learn(&lessons.iter().collect::<Vec<_>>(), &[]);
        let outcomes: Vec<_> = unseen.par_iter().map(|article| weights.outcomes(article)).collect();
        report("unseen", &outcomes);
    }
}

fn report(name: &str, outcomes: &[(Outcomes, Outcomes)]) {
    let events: Outcomes = outcomes.iter().flat_map(|(events, _)| events.clone()).collect();
    let claims: Outcomes = outcomes.iter().flat_map(|(_, claims)| claims.clone()).collect();
    for (kind, outcomes) in [("events", events), ("claims", claims)] {
        println!("\n{name}: {} {kind}\n", outcomes.len());
        println!("| confidence | how many | mean confidence | right |\n|---|---|---|---|");
        let mut error = 0.0;
        for tenth in 0_u8..10 {
            let low = f32::from(tenth) / 10.0;
            let is_in = |p: f32| p >= low && (p < low + 0.1 || tenth == 9);
            let bin: Vec<(f32, bool)> = outcomes.iter().copied().filter(|(p, _)| is_in(*p)).collect();
            if bin.is_empty() {
                continue;
            }
            #[allow(clippy::cast_precision_loss)]
            let count = bin.len() as f32;
            let mean = bin.iter().map(|(p, _)| p).sum::<f32>() / count;
            let right = bin.iter().map(|(_, right)| f32::from(u8::from(*right))).sum::<f32>() / count;
            error += (mean - right).abs() * count;
            println!("| {low:.1} to {:.1} | {} | {mean:.3} | {right:.3} |", low + 0.1, bin.len());
        }
        #[allow(clippy::cast_precision_loss)]
        let error = error / outcomes.len().max(1) as f32;
        println!("\nexpected calibration error {error:.3}");
    }
}
