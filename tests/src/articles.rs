//! Articles to submit: those of `seeds/articles/`, and as many short ones as a test needs.

use std::path::{Path, PathBuf};

use marsad_proto::v1::ArticleInput;
use serde::Deserialize;

#[derive(Deserialize)]
struct IndexRow {
    file: String,
    outlet: Option<String>,
    published_at: Option<String>,
    url: Option<String>,
    title: Option<String>,
}

/// The folder of the sample articles.
pub fn samples_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds/articles")
}

/// The sample articles, in the order of their index.
///
/// # Panics
/// When they cannot be read.
pub fn samples() -> Vec<ArticleInput> {
    let folder = samples_folder();
    let index = std::fs::read_to_string(folder.join("index.json")).unwrap();
    let rows: Vec<IndexRow> = serde_json::from_str(&index).unwrap();
    let article = |row: IndexRow| {
        let content = std::fs::read_to_string(folder.join(&row.file)).unwrap();
        let is_html = row.file.ends_with(".html");
        let (text, html) = if is_html { (String::new(), Some(content)) } else { (content, None) };
        let IndexRow { outlet, published_at, url, title, .. } = row;
        ArticleInput { text, html, title, outlet, url, published_at, ..Default::default() }
    };
    rows.into_iter().map(article).collect()
}

/// One sample article by its place in the index, from 0.
///
/// # Panics
/// When there is none.
pub fn sample(at: usize) -> ArticleInput {
    samples().swap_remove(at)
}

/// A short article; another number gives another article at another URL.
pub fn short(number: usize) -> ArticleInput {
    let text = format!(
        "التقى وزير الخارجية العراقي نظيره التركي في بغداد يوم 5 آذار 2024، وقال الوزير إن الجانبين وقعا اتفاقا جديدا \
         حول المياه. وهذا هو الخبر رقم {number} في السلسلة."
    );
    ArticleInput {
        text,
        outlet: Some("وكالة الاختبار".into()),
        url: Some(format!("https://agency.example/news/{number}")),
        published_at: Some("2024-03-06".into()),
        ..Default::default()
    }
}

/// The article as of a moment, in seconds since the Unix epoch.
#[must_use]
pub fn as_of(article: ArticleInput, seconds: i64) -> ArticleInput {
    ArticleInput { modified_at: Some(marsad_proto::timestamp_from_micros(seconds * 1_000_000)), ..article }
}

/// The article with other words in it.
#[must_use]
pub fn with_text(article: ArticleInput, text: &str) -> ArticleInput {
    ArticleInput { text: text.to_owned(), html: None, ..article }
}
