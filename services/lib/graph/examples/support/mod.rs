//! Articles with their analyses, one JSON object a line, as measuring reads them.

use std::fs::File;
use std::io::{BufRead, BufReader};

use marsad_model::{Analysis, ArticleId};
use serde::Deserialize;

/// An article with its analysis.
#[derive(Deserialize)]
#[allow(dead_code)] // each example reads what it needs
pub(crate) struct Record {
    /// Its name in the evaluation data.
    pub(crate) name: String,
    /// Its id.
    pub(crate) article: ArticleId,
    /// The outlet as submitted.
    pub(crate) outlet: Option<String>,
    /// The title as submitted.
    pub(crate) title: Option<String>,
    /// The text that all spans refer to.
    pub(crate) text: String,
    /// What was found in it.
    pub(crate) analysis: Analysis,
}

/// The records of a file.
///
/// # Panics
/// Where the file cannot be read.
pub(crate) fn records(path: &str) -> impl Iterator<Item = Record> {
    let lines = BufReader::new(File::open(path).unwrap_or_else(|e| panic!("{path}: {e}"))).lines();
    lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap())
}
