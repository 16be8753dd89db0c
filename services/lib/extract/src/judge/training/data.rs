//! What the judge learns from: annotated articles, and sentences judged for one type of event.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use marsad_model::{ArticleFields, Span};
use serde_json::Value;
use thiserror::Error;

/// What goes wrong in training.
#[derive(Debug, Error)]
pub enum TrainingError {
    /// A file or folder cannot be read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{path}: {what}")]
    Format {
        /// The file.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// The weights do not fit their format.
    #[error(transparent)]
    Weights(#[from] postcard::Error),
}

fn read(path: &Path) -> Result<String, TrainingError> {
    fs::read_to_string(path)
        .map_err(|source| TrainingError::File { path: path.display().to_string(), source })
}

fn wrong(path: &Path, what: impl ToString) -> TrainingError {
    TrainingError::Format { path: path.display().to_string(), what: what.to_string() }
}

/// An annotated article.
#[derive(Debug)]
pub struct Article {
    /// Its name among the articles of its folder.
    pub name: String,
    pub(super) fields: ArticleFields,
    pub(super) events: Vec<GoldEvent>,
    pub(super) claims: Vec<GoldClaim>,
    /// Where nothing is asked for.
    pub(super) ignored: Vec<Span>,
}

/// An annotated event. Spans are bytes.
#[derive(Debug)]
pub(super) struct GoldEvent {
    pub(super) triggers: Vec<Span>,
    pub(super) sentence: Span,
    pub(super) types: Vec<String>,
}

/// An annotated claim.
#[derive(Debug)]
pub(super) struct GoldClaim {
    pub(super) cue: Option<Span>,
    pub(super) content: Option<Span>,
}

/// Reads a folder of annotated articles, `NAME.json`, with their texts in it or in `texts`, by the name of the file or that which
/// the annotation gives; and `index.json` beside the texts for their days of publication.
///
/// # Errors
/// [`TrainingError`] where a file cannot be read, or is none of these.
pub fn read_articles(folder: &Path, texts: &Path) -> Result<Vec<Article>, TrainingError> {
    let failed = |source| TrainingError::File { path: folder.display().to_string(), source };
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let index = texts.join("index.json");
    let index = if index.exists() { json(&index)? } else { Value::Null };
    let mut articles = Vec::new();
    for path in paths {
        let gold = json(&path)?;
        if gold.get("mentions").is_some() && gold.get("events").is_some() {
            articles.push(article(&path, &gold, texts, &index)?);
        }
    }
    if articles.is_empty() {
        return Err(wrong(folder, "no annotated articles"));
    }
    Ok(articles)
}

fn json(path: &Path) -> Result<Value, TrainingError> {
    serde_json::from_str(&read(path)?).map_err(|error| wrong(path, error))
}

fn article(path: &Path, gold: &Value, texts: &Path, index: &Value) -> Result<Article, TrainingError> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let file =
        gold["file"].as_str().and_then(|file| Path::new(file).file_name()).and_then(|file| file.to_str());
    let file = file.map_or_else(|| format!("{stem}.txt"), str::to_owned);
    let own = texts.join(format!("{stem}.txt"));
    let text = read(&if own.exists() { own } else { texts.join(&file) })?;
    let row =
        index.as_array().into_iter().flatten().find(|row| {
            row["file"].as_str().is_some_and(|name| name == file || name == format!("{stem}.txt"))
        });
    let day =
        row.and_then(|row| row["published_at"].as_str()).and_then(|at| at.get(..10)).map(str::parse::<Date>);
    let published_at = match day {
        Some(Ok(day)) => day.to_string().parse().ok(),
        Some(Err(error)) => return Err(wrong(path, error)),
        None => None,
    };
    // Code points to bytes.
    let mut bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    bytes.push(text.len());
    let span = |value: &Value| {
        let at = |key: &str| value[key].as_u64().and_then(|at| bytes.get(usize::try_from(at).ok()?)).copied();
        Some(Span::new(at("start")?, at("end")?))
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let marked = list(&gold["segments"]).into_iter().filter(|segment| segment["boilerplate"] == true);
    let mut ignored: Vec<Span> = marked.filter_map(|segment| span(&segment)).collect();
    if ignored.is_empty() {
        ignored = list(&gold["boilerplate"]).iter().filter_map(span).collect();
    }
    let asked = |value: &Value| value["in_boilerplate"] != true;
    let events = list(&gold["events"]).into_iter().filter(asked).filter_map(|event| {
        let mut triggers: Vec<Span> = list(&event["trigger_alt"]).iter().filter_map(span).collect();
        let trigger = span(&event["trigger"])?;
        triggers.push(trigger);
        let types = [event["type"].clone()].into_iter().chain(list(&event["alt_types"]));
        let types = types.filter_map(|name| name.as_str().map(str::to_uppercase)).collect();
        Some(GoldEvent { triggers, sentence: span(&event["sentence"]).unwrap_or(trigger), types })
    });
    let claims = list(&gold["claims"]).into_iter().filter(asked);
    let claims = claims.map(|claim| GoldClaim { cue: span(&claim["cue"]), content: span(&claim["content"]) });
    Ok(Article {
        name: stem.to_owned(),
        events: events.collect(),
        claims: claims.collect(),
        ignored,
        fields: ArticleFields { text, published_at, ..ArticleFields::default() },
    })
}

/// A sentence by itself, judged for one type of event.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Its id.
    pub id: String,
    /// The sentence.
    pub text: String,
    /// Whether it tells an event of the type; `None` where its judges did not agree.
    pub(super) told: Option<bool>,
    /// The share of its judges who said that it does.
    pub(super) accepted: f32,
}

impl Judged {
    /// The article that it was taken from: its id without the last number.
    pub(super) fn article(&self) -> &str {
        self.id.rsplit_once(['-', '_']).map_or(self.id.as_str(), |(article, _)| article)
    }
}

/// Reads judged sentences: columns `id`, `text`, `label` (`yes`, `easy no`, `difficult no`, `ambiguous`), and how many judges said
/// yes and no, `accept` and `reject`.
///
/// # Errors
/// [`TrainingError`] where the file cannot be read, a column is missing, or a count is no number.
pub fn read_judged(path: &Path) -> Result<Vec<Judged>, TrainingError> {
    let text = read(path)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| wrong(path, error))?.clone();
    let column = |name: &str| {
        header.iter().position(|cell| cell == name).ok_or_else(|| wrong(path, format!("no column `{name}`")))
    };
    let (id, text, label) = (column("id")?, column("text")?, column("label")?);
    let (accept, reject) = (column("accept")?, column("reject")?);
    let mut sentences = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| wrong(path, error))?;
        let cell = |at: usize| row.get(at).unwrap_or_default().to_owned();
        let told = match row.get(label) {
            Some("yes") => Some(true),
            Some("easy no" | "difficult no") => Some(false),
            _ => None,
        };
        let count = |at: usize| cell(at).parse::<f32>().map_err(|error| wrong(path, error));
        let (yes, no) = (count(accept)?, count(reject)?);
        let accepted = yes / (yes + no).max(1.0);
        sentences.push(Judged { id: cell(id), text: cell(text), told, accepted });
    }
    Ok(sentences)
}
