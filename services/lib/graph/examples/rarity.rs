//! Distils how rare words are from corpora: `rarity OUT FILE...`, see `weights/rarity.md`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a tool for measuring: it may stop

use std::collections::{BTreeSet, HashMap};

use marsad_graph::duplicates::word_hash;

#[path = "support/raw.rs"]
mod raw;

/// A word that fewer outlets use may be anything: a misprint, a signature.
const LEAST_OUTLETS: usize = 3;

fn main() {
    let mut args = std::env::args().skip(1);
    let out = args.next().expect("rarity OUT FILE...");
    let mut words: HashMap<String, (u32, BTreeSet<String>)> = HashMap::new();
    let mut count = 0_u32;
    for article in args.flat_map(|file| raw::articles(&file).collect::<Vec<_>>()) {
        count += 1;
        let distinct: BTreeSet<String> = article.words().into_iter().map(|word| word.folded).collect();
        for word in distinct {
            let (articles, outlets) = words.entry(word).or_default();
            *articles += 1;
            if outlets.len() < LEAST_OUTLETS {
                outlets.extend(article.outlet.clone());
            }
        }
    }
    words.retain(|_, (_, outlets)| outlets.len() >= LEAST_OUTLETS);
    println!("{} words of {count} articles", words.len());

    let mut articles = vec![0; 1 << 16];
    for (word, (frequency, _)) in words {
        articles[usize::from(u16::from_le_bytes(word_hash(&word)))] += frequency;
    }
    let rarity = |articles: &u32| (count / (*articles).max(1)).max(1).ilog2().min(15) as u8;
    let bytes: Vec<u8> = articles.chunks(2).map(|pair| rarity(&pair[0]) | rarity(&pair[1]) << 4).collect();
    std::fs::write(out, bytes).unwrap();
}
