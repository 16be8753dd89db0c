//! The reads. Each is one statement, or runs in a snapshot that the caller has begun; what is stored encoded is decoded when that has ended.

pub(crate) mod articles;
pub(crate) mod counts;
pub(crate) mod entities;
pub(crate) mod facts;
pub(crate) mod graph;
pub(crate) mod linking;
pub(crate) mod log;
pub(crate) mod names;
#[cfg(test)]
mod plans;
pub(crate) mod snippet;
pub(crate) mod teaching;
#[cfg(test)]
#[cfg(feature = "contract")]
mod upgrade;
pub(crate) mod words;

use marsad_model::{AnalysisVersion, ArticleId, Stamp};

use crate::encode::decode;
use crate::error::StoreError;
use crate::record::{ArticleSummary, StoredAnalysis};
use crate::sql::{Column, Connection, Query, Row};

/// The columns of `articles a` that [`summary`] takes, in its order.
const SUMMARY: &str =
    "a.article, a.content_hash, a.modified_at, a.accepted_at, a.title, a.outlet, a.outlet_entity,
    a.url, a.published, a.state, a.reason, a.analyzer, a.knowledge, a.ontology, a.overlay";

fn summary(row: &mut Row) -> Result<ArticleSummary, StoreError> {
    let (id, content_hash) = (row.take()?, row.take()?);
    let (modified_at, accepted_at) = (row.take()?, row.take()?);
    Ok(ArticleSummary {
        id,
        content_hash,
        stamp: Stamp { modified_at, accepted_at, content_hash: Some(content_hash) },
        title: row.take()?,
        outlet: row.take()?,
        outlet_entity: row.take()?,
        url: row.take()?,
        published: row.take()?,
        state: row.take()?,
        failure: row.take()?,
        version: version(row)?,
    })
}

/// The next four columns: a version, or nulls; the last one is null in rows older than it.
pub(crate) fn version(row: &mut Row) -> Result<Option<AnalysisVersion>, StoreError> {
    let parts: [Option<u32>; 3] = [row.take()?, row.take()?, row.take()?];
    let overlay: Option<u64> = row.take()?;
    let overlay = overlay.unwrap_or_default();
    Ok(match parts {
        [Some(analyzer), Some(knowledge), Some(ontology)] => {
            Some(AnalysisVersion { analyzer, knowledge, ontology, overlay })
        }
        _ => None,
    })
}

/// An analysed article as it is stored.
pub(crate) struct StoredArticle {
    summary: ArticleSummary,
    text: String,
    body: Vec<u8>,
}

impl StoredArticle {
    /// The bytes of what is to be decoded.
    pub(crate) fn size(&self) -> usize {
        self.body.len()
    }

    /// Decodes the analysis, which may take a while.
    pub(crate) fn decode(self) -> Result<StoredAnalysis, StoreError> {
        let analysis = decode(self.summary.id, &self.body)?;
        Ok(StoredAnalysis { article: self.summary, text: self.text, analysis })
    }
}

/// The analysed ones of these articles.
async fn stored(db: &mut dyn Connection, articles: &[ArticleId]) -> Result<Vec<StoredArticle>, StoreError> {
    if articles.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new("SELECT ", Vec::new());
    query.push(SUMMARY).push(
        ", r.text, n.body FROM articles a
        JOIN analyses n ON n.article = a.article AND n.content_hash = a.content_hash
        JOIN revisions r ON r.article = a.article AND r.content_hash = a.content_hash
        WHERE a.article IN ",
    );
    query.bind_set(articles.iter().map(Column::to_value));
    let rows = db.fetch(query).await?.into_iter();
    rows.map(|mut row| {
        Ok(StoredArticle { summary: summary(&mut row)?, text: row.take()?, body: row.take()? })
    })
    .collect()
}
