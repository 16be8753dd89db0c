//! Trains the labeller of names. `services/lib/extract/weights/README.md` tells what it needs and what comes out.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use clap::Parser;
use marsad_extract::training::{
    Annotated, Weights, evaluate, learn_passes, learn_words, read_conll, read_raw,
};

/// Trains the labeller of names.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder of annotated sentences, with a folder of `train.conll` and `dev.conll` for each corpus.
    #[arg(long)]
    names: PathBuf,
    /// The corpora to learn from.
    #[arg(long, value_delimiter = ',', default_value = "anercorp")]
    learn: Vec<String>,
    /// The folder of raw texts, `*.jsonl`.
    #[arg(long)]
    corpora: PathBuf,
    /// Where the weights go.
    #[arg(long, default_value = "services/lib/extract/weights")]
    out: PathBuf,
    /// Keeps the table of words that is there, and learns only the two passes.
    #[arg(long)]
    keep_words: bool,
    /// Only scores the weights that are there.
    #[arg(long)]
    score: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let files = ["names.model", "words.table"].map(|name| arguments.out.join(name));
    let read = |path: &PathBuf| fs::read(path).with_context(|| format!("{} cannot be read", path.display()));
    let weights = if arguments.score {
        Weights { model: read(&files[0])?, words: read(&files[1])? }
    } else {
        let words = if arguments.keep_words { Some(read(&files[1])?) } else { None };
        let weights = learn(&arguments, words)?;
        for (path, bytes) in files.iter().zip([&weights.model, &weights.words]) {
            fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))?;
            println!("{}: {} bytes", path.display(), bytes.len());
        }
        weights
    };
    for corpus in ["anercorp", "aqmar", "wojood_sample"] {
        let dev = read_conll(&arguments.names.join(corpus).join("dev.conll"))?;
        for (kind, score) in evaluate(&weights, &dev)? {
            let (p, r, f1) = (score.precision(), score.recall(), score.f1());
            println!("{corpus}/dev {kind}: precision {p:.3}, recall {r:.3}, F1 {f1:.3}");
        }
    }
    Ok(())
}

fn learn(arguments: &Arguments, words: Option<Vec<u8>>) -> anyhow::Result<Weights> {
    let mut annotated: Vec<Annotated> = Vec::new();
    for corpus in &arguments.learn {
        annotated.extend(read_conll(&arguments.names.join(corpus).join("train.conll"))?);
    }
    let raw = read_raw(&arguments.corpora)?;
    let started = Instant::now();
    let progress = |what: &str| eprintln!("{:>6.0} s  {what}", started.elapsed().as_secs_f32());
    let words = match words {
        Some(words) => words,
        None => learn_words(&annotated, &raw, &progress)?,
    };
    Ok(learn_passes(&annotated, &raw, words, &progress)?)
}
