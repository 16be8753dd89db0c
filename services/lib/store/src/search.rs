//! Search by words: what is asked for, and what is kept of an article to answer it.
//!
//! Both engines keep the same list of terms for each article, made here, and are asked the same questions of it in their own
//! syntax: SQLite in a full-text index, PostgreSQL in a `tsvector`. Neither of them looks into a text itself, nor weighs what it
//! finds: how well an article fits is one of three classes ([`Prominence`]), each of which is a question of its own. So a
//! page costs what it holds, however many articles fit, and both engines give the same one.

mod document;
mod query;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub(crate) use document::{Document, day_range, read_parts, rows};
pub(crate) use query::Wanted;
pub use query::{TextQuery, TextQueryError};

use crate::filter::EventFilter;
use crate::prepare::IndexedAnalysis;
use crate::sql::{Dialect, Query, Write};

/// How prominent the words are in an article; the more prominent come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Prominence {
    /// All of them stand in the title.
    Title,
    /// All of them stand in the title, in the beginning of the text or several times in it.
    Central,
    /// They stand anywhere in the title or text.
    Text,
}

impl Prominence {
    /// Every class, the most prominent first.
    pub const ALL: [Self; 3] = [Self::Title, Self::Central, Self::Text];
}

/// Which articles are searched, and for what. Only analysed ones are found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleSearch {
    /// The words.
    pub query: TextQuery,
    /// The outlet: its name as submitted, or the id of the entity that the analysis found it to be.
    pub outlet: Option<String>,
    /// Published on this day or later.
    pub published_from: Option<Date>,
    /// Published on this day or earlier.
    pub published_to: Option<Date>,
}

/// Which events are searched, and for what: their sentences hold the words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventSearch {
    /// The words.
    pub query: TextQuery,
    /// What the events are narrowed to.
    pub filter: EventFilter,
}

/// Writes what an article is found by, in the transaction that writes its analysis.
pub(crate) fn insert(dialect: Dialect, indexed: &IndexedAnalysis) -> [Write<'_>; 2] {
    // Two articles of one day with the same beginning of their ids, which hardly happens, are neighbours.
    let place = "SELECT $1, CASE WHEN EXISTS (SELECT 1 FROM search_documents WHERE place = $2)
        THEN (SELECT MAX(place) + 1 FROM search_documents WHERE place BETWEEN $2 AND $2 + 1000) ELSE $2 END, $3, ";
    let words = match dialect {
        Dialect::Sqlite => "$4",
        Dialect::Postgres => "CAST($4 AS tsvector)",
    };
    let sql = format!("INSERT INTO search_documents (article, place, parts, words) {place}{words}");
    let document = Query::new(sql, indexed.document.row(dialect));
    let words = "INSERT INTO entity_words (article, entity, word, skeleton, name)";
    [Write::Statement(document), Write::Rows(words, &indexed.entity_words)]
}

#[cfg(all(test, feature = "contract"))]
mod tests {
    use marsad_model::Change;
    use std::path::Path;

    use crate::contract::fixture::{V1, deletion, submission, work};
    use crate::sqlite::{SqliteOptions, SqliteStore};
    use crate::store::Store;

    fn is_kept(folder: &Path, word: &str) -> std::io::Result<bool> {
        for file in std::fs::read_dir(folder)? {
            let bytes = std::fs::read(file?.path())?;
            if bytes.windows(word.len()).any(|window| window == word.as_bytes()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A word that one article alone has leaves the index with it, and its entities' names.
    #[tokio::test]
    async fn a_deletion_removes_words_and_names_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let store =
            SqliteStore::open(folder.path().join("store.db"), SqliteOptions::default()).await.unwrap();
        store.migrate().await.unwrap();
        for number in 2..40 {
            let text = format!("met someone{number} here\nattacked person{number} there");
            work(&store, &Change::Submit(submission(number, &text, 1)), V1).await.unwrap();
        }
        let rare = submission(1, "met zebraquagga okapiokapi", 1);
        work(&store, &Change::Submit(rare.clone()), V1).await.unwrap();
        assert!(is_kept(folder.path(), "braquagga").unwrap() && is_kept(folder.path(), "apiokapi").unwrap());
        work(&store, &deletion(rare.article, 9), V1).await.unwrap();
        store.close().await;
        assert!(
            !is_kept(folder.path(), "braquagga").unwrap() && !is_kept(folder.path(), "apiokapi").unwrap()
        );
    }
}
