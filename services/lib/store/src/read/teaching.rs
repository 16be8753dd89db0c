//! What is taught, what is judged, and the pages of sweeps.

use std::collections::HashSet;

use marsad_model::teaching::{Reach, Teaching};
use marsad_model::{AnalysisVersion, ArticleId, Judgement};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::read::version;
use crate::sql::{Column, Connection, Query, Row, values};
use crate::store::Fold;
use crate::teach::{Backlog, Sweep, Taught};

pub(crate) fn encode<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::invalid("fact", error.to_string()))
}

fn decode<T: DeserializeOwned>(json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Database(format!("a row cannot be read: {error}")))
}

pub(crate) async fn revision(db: &mut dyn Connection) -> Result<u64, StoreError> {
    let mut rows = db.fetch(Query::new("SELECT revision FROM overlay", Vec::new())).await?;
    rows.first_mut().map_or(Ok(0), Row::take)
}

pub(crate) async fn taught(db: &mut dyn Connection) -> Result<Taught, StoreError> {
    let revision = revision(db).await?;
    let sql = "SELECT teaching, revision, taught_at, fact FROM teachings ORDER BY revision";
    let rows = db.fetch(Query::new(sql, Vec::new())).await?.into_iter();
    let teaching = |mut row: Row| {
        let (id, revision, taught_at) = (row.take()?, row.take()?, row.take()?);
        Ok(Teaching { id, revision, fact: decode(&row.take::<String>()?)?, taught_at })
    };
    let teachings = rows.map(teaching).collect::<Result<_, StoreError>>()?;
    Ok(Taught { revision, teachings })
}

pub(crate) async fn backlog(db: &mut dyn Connection) -> Result<Backlog, StoreError> {
    let sql = "SELECT (SELECT COUNT(*) FROM sweeps), (SELECT COUNT(*) FROM to_analyse)";
    let mut rows = db.fetch(Query::new(sql, Vec::new())).await?;
    match rows.first_mut() {
        Some(row) => Ok(Backlog { sweeps: row.take()?, articles: row.take()? }),
        None => Ok(Backlog::default()),
    }
}

pub(crate) fn judgement(row: &mut Row) -> Result<Judgement, StoreError> {
    let (id, sequence, withdrawn) = (row.take()?, row.take()?, row.take::<i64>()? != 0);
    let changed_at = row.take()?;
    Ok(Judgement { id, sequence, withdrawn, changed_at, verdict: decode(&row.take::<String>()?)? })
}

pub(crate) async fn judgements(
    db: &mut dyn Connection,
    after: u64,
    limit: u32,
) -> Result<Vec<Judgement>, StoreError> {
    let sql = "SELECT judgement, sequence, withdrawn, changed_at, verdict FROM judgements
        WHERE sequence > $1 ORDER BY sequence LIMIT $2";
    let rows = db.fetch(Query::new(sql, values![after, limit])).await?;
    rows.into_iter().map(|mut row| judgement(&mut row)).collect()
}

/// A page of articles that a sweep has come to, not yet looked at.
pub(crate) struct Found {
    pub(crate) number: u64,
    pub(crate) from: ArticleId,
    pub(crate) sweep: Sweep,
    candidates: Vec<Candidate>,
    /// Those of the page whose analyses refer to an entity of the reach.
    referring: HashSet<ArticleId>,
    is_last: bool,
}

struct Candidate {
    article: ArticleId,
    version: Option<AnalysisVersion>,
    /// Everything that the analyzer reads words in; none where they do not matter.
    text: Option<String>,
}

/// The next page of the oldest sweep: the one place where articles with a word are looked for, which reads them all. An index of words
/// would be asked here.
pub(crate) async fn page(db: &mut dyn Connection, size: u32) -> Result<Option<Found>, StoreError> {
    let sql = "SELECT sweep, position, body FROM sweeps ORDER BY sweep LIMIT 1";
    let mut rows = db.fetch(Query::new(sql, Vec::new())).await?;
    let Some(row) = rows.first_mut() else { return Ok(None) };
    let (number, from): (u64, ArticleId) = (row.take()?, row.take()?);
    let sweep: Sweep = decode(&row.take::<String>()?)?;
    let reads_text = matches!(&sweep, Sweep::Taught { reach, .. } if !reach.words.is_empty());
    let sql = if reads_text {
        "SELECT a.article, a.analyzer, a.knowledge, a.ontology, a.overlay, r.text, r.title, r.outlet FROM articles a
        JOIN revisions r ON r.article = a.article AND r.content_hash = a.content_hash
        WHERE a.article > $1 AND a.state <> 'pending' ORDER BY a.article LIMIT $2"
    } else {
        "SELECT a.article, a.analyzer, a.knowledge, a.ontology, a.overlay FROM articles a
        WHERE a.article > $1 AND a.state <> 'pending' ORDER BY a.article LIMIT $2"
    };
    let rows = db.fetch(Query::new(sql, values![from, size])).await?;
    let candidate = |mut row: Row| -> Result<Candidate, StoreError> {
        let (article, version) = (row.take()?, version(&mut row)?);
        let text = match reads_text {
            true => {
                let (text, title, outlet): (String, Option<String>, Option<String>) =
                    (row.take()?, row.take()?, row.take()?);
                Some([Some(text), title, outlet].into_iter().flatten().collect::<Vec<_>>().join("\n"))
            }
            false => None,
        };
        Ok(Candidate { article, version, text })
    };
    let candidates = rows.into_iter().map(candidate).collect::<Result<Vec<_>, _>>()?;
    let is_last = candidates.len() < size as usize;
    let referring = match (&sweep, candidates.last()) {
        (Sweep::Taught { reach, .. }, Some(last)) => referring(db, reach, from, last.article).await?,
        _ => HashSet::new(),
    };
    Ok(Some(Found { number, from, sweep, candidates, referring, is_last }))
}

async fn referring(
    db: &mut dyn Connection,
    reach: &Reach,
    from: ArticleId,
    to: ArticleId,
) -> Result<HashSet<ArticleId>, StoreError> {
    if reach.entities.is_empty() {
        return Ok(HashSet::new());
    }
    let sql =
        "SELECT DISTINCT article FROM article_entities WHERE article > $1 AND article <= $2 AND entity IN ";
    let mut query = Query::new(sql, values![from, to]);
    query.bind_list(reach.entities.iter().map(Column::to_value));
    db.fetch(query).await?.into_iter().map(|mut row| row.take()).collect()
}

impl Found {
    /// The last article of the page; `None` if no other is behind it.
    pub(crate) fn to(&self) -> Option<ArticleId> {
        self.candidates.last().map(|last| last.article).filter(|_| !self.is_last)
    }

    /// What the articles that the sweep is for are to be analysed with at least.
    pub(crate) fn needed(&self) -> AnalysisVersion {
        match &self.sweep {
            Sweep::Taught { revision, .. } => {
                AnalysisVersion { analyzer: 0, knowledge: 0, ontology: 0, overlay: *revision }
            }
            Sweep::Version { version, .. } => version.untaught(),
        }
    }

    /// The articles of the page that the sweep is for. Folds their texts, which takes a while.
    pub(crate) fn concerned(&self, fold: Fold) -> Vec<ArticleId> {
        let is_concerned = |candidate: &&Candidate| match &self.sweep {
            Sweep::Taught { revision, reach } => {
                candidate.version.is_none_or(|version| version.overlay < *revision)
                    && (self.referring.contains(&candidate.article)
                        || candidate.text.as_deref().is_some_and(|text| reach.has_words(&fold(text))))
            }
            Sweep::Version { version, all } => candidate.version.is_none_or(|older| {
                older.untaught() < version.untaught() || *all && older.untaught() == version.untaught()
            }),
        };
        self.candidates.iter().filter(is_concerned).map(|candidate| candidate.article).collect()
    }
}
