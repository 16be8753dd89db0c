//! Counts how rare the words of Arabic news are. `services/lib/graph/weights/README.md` tells what it needs and what comes out.

#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use marsad_arabic::orthography::fold;
use marsad_arabic::token::tokenize;
use marsad_graph::terms::{STEPS, feature, stem};
use marsad_label::Table;

/// Counts how rare the words of Arabic news are.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder of raw texts: `*.jsonl` with the fields `outlet`, `title` and `text`.
    #[arg(long)]
    corpora: PathBuf,
    /// In how many outlets a word must have been seen, so that none can be traced to one.
    #[arg(long, default_value_t = 3)]
    outlets: usize,
    /// In how many articles it must have been seen.
    #[arg(long, default_value_t = 4)]
    articles: u32,
    /// Where the table goes.
    #[arg(long, default_value = "services/lib/graph/weights/terms.table")]
    out: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut articles = 0_u32;
    let mut seen: BTreeMap<String, (u32, BTreeSet<String>)> = BTreeMap::new();
    let mut files: Vec<PathBuf> =
        fs::read_dir(&arguments.corpora)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    for path in files.iter().filter(|path| path.extension().is_some_and(|end| end == "jsonl")) {
        for line in BufReader::new(File::open(path)?).lines() {
            let article: serde_json::Value = serde_json::from_str(&line?)?;
            let field = |name: &str| article[name].as_str().unwrap_or("");
            let text = format!("{}\n{}", field("title"), field("text"));
            let tokens = tokenize(&text);
            let words = tokens.iter().filter(|token| token.is_word());
            let folded: BTreeSet<String> =
                words.map(|token| fold(token.text(&text)).to_lowercase()).collect();
            let stems: BTreeSet<&str> = folded.iter().map(|word| stem(word)).collect();
            for stem in stems {
                let (count, outlets) = match seen.get_mut(stem) {
                    Some(known) => known,
                    None => seen.entry(stem.to_owned()).or_default(),
                };
                *count += 1;
                if outlets.len() < arguments.outlets && !outlets.contains(field("outlet")) {
                    outlets.insert(field("outlet").to_owned());
                }
            }
            articles += 1;
        }
    }
    let rows: Vec<_> = (seen.iter())
        .filter(|(_, (count, outlets))| *count >= arguments.articles && outlets.len() >= arguments.outlets)
        .map(|(stem, (count, _))| {
            let rarity = (f64::from(articles) / f64::from(*count)).ln() * f64::from(STEPS);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let steps = rarity.round().clamp(0.0, 255.0) as u8;
            (feature(stem), vec![steps.cast_signed()])
        })
        .collect();
    let bytes = Table::new(1, &rows).to_bytes().context("the table is too large")?;
    fs::write(&arguments.out, &bytes)?;
    println!(
        "{articles} articles, {} stems, of these kept {}: {} bytes",
        seen.len(),
        rows.len(),
        bytes.len()
    );
    Ok(())
}
