//! How fast a text becomes linked names, times and quantities, on one core, beside `icu_segmenter` cutting the same text
//! into words in the same run.
//!
//! ```text
//! cargo bench -p marsad-extract --bench reading -- [--corpora FILE_OR_DIRECTORY] [--articles N] [--linear]
//! ```
//!
//! A corpus is a file of JSON lines with `text`, `title` and `date`, or a directory of such files; the first N articles (200)
//! of each are read. Without one it runs over the project's sample articles. `--linear` measures instead how the time grows
//! from 10 KB over 100 KB to 1 MB of hostile text. The exit code tells whether the limits hold.
//!
//! Times are those that the thread spent on a core, so that other work on the machine does not count.

#![allow(clippy::print_stdout)] // printing is what it is for

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use icu_segmenter::WordSegmenter;
use jiff::civil::Date;
use marsad_arabic::number::quantities_beside;
use marsad_arabic::time::times;
use marsad_arabic::token::tokenize;
use marsad_extract::{Document, analyze, mentions};
use marsad_model::{ArticleFields, ArticleId, ContentHash};
use rustix::time::{ClockId, clock_gettime};
use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<ExitCode> {
    let mut corpora = None;
    let mut articles = 200;
    let mut linear = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--corpora" => corpora = Some(PathBuf::from(arguments.next().ok_or("--corpora needs a path")?)),
            "--articles" => articles = arguments.next().ok_or("--articles needs a number")?.parse()?,
            "--linear" => linear = true,
            "--bench" => {} // from cargo
            other => return Err(format!("unknown argument `{other}`").into()),
        }
    }
    let holds = if linear {
        grows_linearly()
    } else {
        let corpus = match corpora {
            Some(path) => corpus(&path, articles)?,
            None => samples()?,
        };
        is_fast(&corpus)
    };
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// An article as the stages take it.
struct Article {
    id: ArticleId,
    hash: ContentHash,
    fields: ArticleFields,
    published: Option<Date>,
}

impl Article {
    fn new(text: String, title: Option<String>, published: Option<&str>) -> Self {
        let published = published.and_then(|date| date.get(..10)?.parse().ok());
        let fields = ArticleFields { text, title, ..Default::default() };
        Self { id: fields.article_id(), hash: fields.content_hash(), fields, published }
    }

    fn document(&self) -> Document<'_> {
        Document { published: self.published, ..Document::new(self.id, self.hash, &self.fields) }
    }
}

fn corpus(path: &Path, articles: usize) -> Result<Vec<Article>> {
    let mut files = vec![path.to_owned()];
    if path.is_dir() {
        files = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
        files.sort();
    }
    let mut corpus = Vec::new();
    for file in files {
        for line in fs::read_to_string(file)?.lines().take(articles) {
            let row: Value = serde_json::from_str(line)?;
            let Some(text) = row["text"].as_str() else { continue };
            corpus.push(Article::new(
                text.to_owned(),
                row["title"].as_str().map(str::to_owned),
                row["date"].as_str(),
            ));
        }
    }
    if corpus.is_empty() { Err(format!("no articles in {}", path.display()).into()) } else { Ok(corpus) }
}

/// The sample articles, several times over to fill a measurement.
fn samples() -> Result<Vec<Article>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../seeds/articles");
    let index: Value = serde_json::from_str(&fs::read_to_string(directory.join("index.json"))?)?;
    let mut samples = Vec::new();
    for row in index.as_array().ok_or("index.json is no list")? {
        let Some(file) = row["file"].as_str().filter(|file| file.ends_with(".txt")) else { continue };
        let text = fs::read_to_string(directory.join(file))?;
        for _ in 0..10 {
            let title = row["title"].as_str().map(str::to_owned);
            samples.push(Article::new(text.clone(), title, row["published_at"].as_str()));
        }
    }
    Ok(samples)
}

/// Something to measure: its name, the share of the segmenter's speed that it has to reach, and one article's work.
struct Task {
    name: &'static str,
    least: Option<f64>,
    run: fn(&Article),
}

const TASKS: [Task; 4] = [
    Task { name: "icu_segmenter, words", least: None, run: |article| _ = black_box(words(article)) },
    Task {
        name: "segments to links",
        least: Some(1.0 / 60.0),
        run: |article| _ = black_box(mentions(&article.document())),
    },
    Task { name: "times and numbers", least: Some(1.0 / 12.0), run: values },
    Task {
        name: "whole analysis",
        least: Some(1.0 / 120.0),
        run: |article| _ = black_box(analyze(&article.document())),
    },
];

/// The number of words and numbers; spaces and punctuation are segments too, but no words. Arabic needs no dictionary.
fn words(article: &Article) -> usize {
    WordSegmenter::new_for_non_complex_scripts(Default::default())
        .segment_str(&article.fields.text)
        .iter_with_word_type()
        .filter(|(_, kind)| kind.is_word_like())
        .count()
}

fn values(article: &Article) {
    let text = &article.fields.text;
    let tokens = tokenize(text);
    let times = times(text, &tokens, article.published);
    black_box(quantities_beside(text, &tokens, &times));
}

const ROUNDS: usize = 5;
/// Articles that each task works on before the next task does.
const TURN: usize = 25;

/// Prints the speed of each task and whether all are as fast as they have to be.
fn is_fast(corpus: &[Article]) -> bool {
    let words: usize = corpus.iter().map(words).sum();
    let bytes: usize = corpus.iter().map(|article| article.fields.text.len()).sum();
    println!("{} articles, {words} words, {bytes} bytes, {ROUNDS} rounds", corpus.len());
    corpus.iter().take(TURN).for_each(|article| TASKS.iter().for_each(|task| (task.run)(article)));
    let rounds: Vec<[f64; TASKS.len()]> = (0..ROUNDS).map(|_| round(corpus)).collect();
    println!("{:22} {:>12} {:>16} {:>10}", "", "words/s", "of the first", "at least");
    let mut holds = true;
    for (at, task) in TASKS.iter().enumerate() {
        let seconds = median(rounds.iter().map(|round| round[at]));
        let share = median(rounds.iter().map(|round| round[0] / round[at]));
        let least = task.least.map_or(String::new(), |least| format!("1/{:.0}", 1.0 / least));
        println!(
            "{:22} {:12.0} {:>16} {least:>10}",
            task.name,
            words as f64 / seconds,
            format!("1/{:.1}", 1.0 / share)
        );
        holds &= task.least.is_none_or(|least| share >= least);
    }
    holds
}

/// The seconds of each task over the corpus, the tasks taking turns.
fn round(corpus: &[Article]) -> [f64; TASKS.len()] {
    let mut seconds = [0.0; TASKS.len()];
    for articles in corpus.chunks(TURN) {
        for (task, seconds) in TASKS.iter().zip(&mut seconds) {
            *seconds += time_of(|| articles.iter().for_each(task.run)).as_secs_f64();
        }
    }
    seconds
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn time_of(work: impl FnOnce()) -> Duration {
    let now = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default();
    let start = now();
    work();
    now().saturating_sub(start)
}

/// What a hostile text is made of.
const HOSTILE: [(&str, &str); 20] = [
    ("one letter", "و"),
    ("a particle", "و "),
    ("digits", "7"),
    ("numbers", "7 "),
    ("numbers with points", "7."),
    ("opening quotes", "«"),
    ("opening quotes, apart", "« "),
    ("straight quotes", "\""),
    ("open brackets", "("),
    ("vowel signs", "\u{64E}"),
    ("tatweel", "ـ"),
    ("full stops", ". "),
    ("blank lines", "\n"),
    ("one name", "بغداد "),
    ("one name, no blanks", "بغداد"),
    ("one name a line", "بغداد\n"),
    ("one person", "السيد كريم الساعدي، "),
    ("weekdays", "الاثنين "),
    ("number words", "مئة وعشرون "),
    ("clauses without end", "قال وزير الدفاع العراقي في بغداد إن 12 جنديا قتلوا أمس "),
];

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// How many times as long a byte of a long text may take as one of a short text.
const GROWTH: f64 = 3.0;

/// Prints the cost of a byte in hostile texts of each size, and whether it stays about the same.
fn grows_linearly() -> bool {
    let tasks = [&TASKS[1], &TASKS[2], &TASKS[3]];
    println!("nanoseconds a byte in texts of 10 KB, 100 KB, 1 MB");
    let mut holds = true;
    for (name, part) in HOSTILE {
        let articles =
            SIZES.map(|size| Article::new(part.repeat(size.div_ceil(part.len())), None, Some("2024-05-10")));
        for task in tasks {
            let costs = articles.each_ref().map(|article| cost(task, article));
            let grows = costs[1].max(costs[2]) > GROWTH * costs[0].max(NOTHING);
            holds &= !grows;
            let [small, medium, large] = costs;
            println!(
                "{name:22} {:18} {small:9.1} {medium:9.1} {large:9.1}{}",
                task.name,
                if grows { "  NOT LINEAR" } else { "" }
            );
        }
    }
    holds
}

/// Nanoseconds a byte that are no cost: a tokenizer alone takes as long.
const NOTHING: f64 = 5.0;

/// Nanoseconds a byte. The short texts are read several times; the best time counts.
fn cost(task: &Task, article: &Article) -> f64 {
    let bytes = article.fields.text.len();
    let tries = SIZES[2] / bytes;
    let best = (0..tries.clamp(1, 10)).map(|_| time_of(|| (task.run)(article))).min().unwrap_or_default();
    best.as_secs_f64() * 1e9 / bytes as f64
}
