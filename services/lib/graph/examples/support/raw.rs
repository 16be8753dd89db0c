//! Articles of the corpora, with their analyses or raw, one JSON object a line.

use std::fs::File;
use std::io::{BufRead, BufReader};

use jiff::civil::Date;
use marsad_arabic::orthography::fold;
use marsad_arabic::token::tokenize;
use marsad_graph::words::{Word, words};
use marsad_model::ontology::SegmentKind;
use marsad_model::{Analysis, ArticleId};
use serde::Deserialize;
use uuid::Uuid;

/// An article, with its analysis or without.
#[derive(Deserialize)]
#[allow(dead_code)] // each example reads what it needs
pub(crate) struct Raw {
    /// Its name.
    #[serde(alias = "id")]
    pub(crate) name: String,
    article: Option<ArticleId>,
    /// The outlet.
    pub(crate) outlet: Option<String>,
    /// The title.
    pub(crate) title: Option<String>,
    /// The time of publication as the corpus has it.
    pub(crate) date: Option<String>,
    /// The text that all spans refer to.
    pub(crate) text: String,
    analysis: Option<Analysis>,
}

#[allow(dead_code)] // each example reads what it needs
impl Raw {
    /// Its id, made of the name where it has none.
    pub(crate) fn article(&self) -> ArticleId {
        self.article.unwrap_or_else(|| ArticleId(Uuid::new_v5(&Uuid::NAMESPACE_URL, self.name.as_bytes())))
    }

    /// The day of publication.
    pub(crate) fn day(&self) -> Option<Date> {
        match &self.analysis {
            Some(analysis) => analysis.published.date,
            None => self.date.as_ref().and_then(|date| date.get(..10)?.parse().ok()),
        }
    }

    /// Its own words: without an analysis those of the whole text, as body.
    pub(crate) fn words(&self) -> Vec<Word> {
        if let Some(analysis) = &self.analysis {
            return words(&self.text, analysis);
        }
        let tokens = tokenize(&self.text).into_iter().filter(|token| token.is_word());
        let word = |token: marsad_arabic::token::Token| Word {
            span: marsad_model::Span::new(token.span.start, token.span.end),
            folded: fold(token.text(&self.text)).to_lowercase(),
            part: SegmentKind::Body,
        };
        tokens.map(word).collect()
    }
}

/// The articles of a file.
///
/// # Panics
/// Where the file cannot be read.
pub(crate) fn articles(path: &str) -> impl Iterator<Item = Raw> {
    let lines = BufReader::new(File::open(path).unwrap_or_else(|e| panic!("{path}: {e}"))).lines();
    lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap())
}
