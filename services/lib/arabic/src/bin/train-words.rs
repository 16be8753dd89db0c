//! Learns the weights that split particles and pronouns off words, or measures them by cross-validation.
#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Parser;
use marsad_arabic::clitics::Splitter;
use marsad_arabic::clitics::train::{Counts, Example, Options, train};
use marsad_arabic::token::{Token, TokenKind, tokenize};
use rayon::prelude::*;

/// Learns the weights that split particles and pronouns off words, or measures them by cross-validation.
#[derive(Parser)]
struct Arguments {
    /// A treebank in CoNLL-U whose tokens are the pieces of words, joined by SpaceAfter=No.
    #[arg(long)]
    treebank: PathBuf,
    /// A folder of plain text: *.jsonl with the fields `title` and `text`.
    #[arg(long)]
    corpora: PathBuf,
    /// Where to write the weights.
    #[arg(long, required_unless_present = "folds")]
    out: Option<PathBuf>,
    /// Measure instead: learn from all folds but one and split that, for each of so many folds of documents.
    #[arg(long, conflicts_with = "out")]
    folds: Option<usize>,
    /// Tell each word that is split wrongly.
    #[arg(long)]
    errors: bool,
}

/// A sentence of the treebank.
struct Sentence {
    document: String,
    text: String,
    /// The treebank's tokens, as bytes of `text`.
    pieces: Vec<(usize, usize)>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let sentences = treebank(&arguments.treebank)?;
    let counts = count(&arguments.corpora)?;
    println!("{} sentences, {} different words of plain text", sentences.len(), counts.len());
    let options = Options::default();
    let Some(folds) = arguments.folds else {
        let splitter = train(&examples(sentences.iter()), &counts, &options);
        let bytes = splitter.to_bytes()?;
        println!("{} bytes", bytes.len());
        fs::write(arguments.out.context("--out is missing")?, bytes)?;
        return Ok(());
    };
    let documents: BTreeSet<&str> = sentences.iter().map(|s| s.document.as_str()).collect();
    let fold: BTreeMap<&str, usize> = documents.into_iter().zip((0..folds).cycle()).collect();
    let fold_of = |sentence: &Sentence| fold.get(sentence.document.as_str()).copied().unwrap_or(0);
    let mut all = Figures::default();
    let measure = |held: usize| {
        let known = examples(sentences.iter().filter(|sentence| fold_of(sentence) != held));
        let splitter = train(&known, &counts, &options);
        let mut figures = Figures::default();
        for sentence in sentences.iter().filter(|sentence| fold_of(sentence) == held) {
            figures.add(sentence, &splitter, arguments.errors);
        }
        figures
    };
    let measured: Vec<Figures> = (0..folds).into_par_iter().map(measure).collect();
    for (held, figures) in measured.into_iter().enumerate() {
        println!("fold {held}: {figures}");
        all.right += figures.right;
        all.words += figures.words;
        all.split_right += figures.split_right;
        all.split += figures.split;
    }
    println!("all: {all}");
    Ok(())
}

/// Words whose pieces all came out.
#[derive(Default)]
struct Figures {
    words: usize,
    right: usize,
    /// Of them those that the treebank splits within letters.
    split: usize,
    split_right: usize,
}

impl std::fmt::Display for Figures {
    #[allow(clippy::cast_precision_loss)]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let percent = |part: usize, of: usize| 100.0 * part as f64 / of.max(1) as f64;
        write!(
            f,
            "{} of {} surface words right, {:.2} %; of {} in more pieces {:.2} %",
            self.right,
            self.words,
            percent(self.right, self.words),
            self.split,
            percent(self.split_right, self.split)
        )
    }
}

impl Figures {
    fn add(&mut self, sentence: &Sentence, splitter: &Splitter, tell: bool) {
        let text = &sentence.text;
        let found: BTreeSet<(usize, usize)> = split(text, splitter).into_iter().collect();
        let mut start = 0;
        for word in text.split(' ') {
            let range = start..start + word.len();
            start = range.end + 1;
            let inside = |(from, to): &&(usize, usize)| range.start <= *from && *to <= range.end;
            let right: Vec<_> = sentence.pieces.iter().filter(inside).collect();
            let found: Vec<_> = found.iter().filter(inside).collect();
            let is_right = right == found;
            self.words += 1;
            self.right += usize::from(is_right);
            if right.len() > 1 {
                self.split += 1;
                self.split_right += usize::from(is_right);
            }
            if tell && !is_right {
                let show = |pieces: Vec<&(usize, usize)>| {
                    let pieces = pieces.iter().filter_map(|(from, to)| text.get(*from..*to));
                    pieces.collect::<Vec<_>>().join("+")
                };
                println!("{}\t{}\t{}", word, show(right), show(found));
            }
        }
    }
}

/// The tokens of a text, words in pieces.
fn split(text: &str, splitter: &Splitter) -> Vec<(usize, usize)> {
    let tokens = tokenize(text);
    let near = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.text(text));
    let mut out = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let mut start = token.span.start;
        if token.kind == TokenKind::Word {
            let word = token.text(text);
            for piece in splitter.split(near(at.checked_sub(1)), word, near(Some(at + 1))).pieces(word) {
                out.push((start, start + piece.len()));
                start += piece.len();
            }
        } else {
            out.push((start, token.span.end));
        }
    }
    out
}

/// The words of sentences with their pieces.
fn examples<'a>(sentences: impl Iterator<Item = &'a Sentence>) -> Vec<Example> {
    let mut out = Vec::new();
    for Sentence { text, pieces, .. } in sentences {
        let tokens = tokenize(text);
        let near = |at: Option<usize>| {
            at.and_then(|at| tokens.get(at)).map_or("", |token: &Token| token.text(text)).to_owned()
        };
        for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Word) {
            let span = token.span;
            let inside = |(from, to): &&(usize, usize)| span.start <= *from && *to <= span.end;
            out.push(Example {
                word: token.text(text).to_owned(),
                around: Some([near(at.checked_sub(1)), near(Some(at + 1))]),
                pieces: pieces
                    .iter()
                    .filter(inside)
                    .filter_map(|(from, to)| text.get(*from..*to).map(str::to_owned))
                    .collect(),
                weight: 1.0,
            });
        }
    }
    out
}

/// Reads a treebank.
fn treebank(path: &Path) -> Result<Vec<Sentence>> {
    let content = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut out = Vec::new();
    for block in content.split("\n\n").filter(|block| !block.trim().is_empty()) {
        let mut sentence = Sentence { document: String::new(), text: String::new(), pieces: Vec::new() };
        let mut stated = "";
        for line in block.lines() {
            if let Some(id) = line.strip_prefix("# sent_id = ") {
                sentence.document = id.chars().take(6).collect();
            } else if let Some(text) = line.strip_prefix("# text = ") {
                stated = text;
            } else if !line.starts_with('#') {
                let columns: Vec<&str> = line.split('\t').collect();
                let [id, form, .., misc] = columns.as_slice() else { bail!("no token: {line}") };
                if !id.bytes().all(|byte| byte.is_ascii_digit()) {
                    bail!("a token of several words: {line}");
                }
                let start = sentence.text.len();
                sentence.text.push_str(form);
                sentence.pieces.push((start, sentence.text.len()));
                if !misc.contains("SpaceAfter=No") {
                    sentence.text.push(' ');
                }
            }
        }
        sentence.text.truncate(sentence.text.trim_end().len());
        if sentence.text != stated {
            bail!("tokens are not the text: {stated}");
        }
        out.push(sentence);
    }
    Ok(out)
}

/// Counts the words of plain text.
fn count(folder: &Path) -> Result<Counts> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| folder.display().to_string())?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut counts = Counts::default();
    for path in &files {
        for line in BufReader::new(fs::File::open(path)?).lines() {
            let article: serde_json::Value = serde_json::from_str(&line?)?;
            for field in ["title", "text"] {
                counts.add(article.get(field).and_then(serde_json::Value::as_str).unwrap_or(""));
            }
        }
    }
    if counts.is_empty() {
        bail!("no words in {}", folder.display());
    }
    Ok(counts)
}
