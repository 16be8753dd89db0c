//! The reads. Each runs in a snapshot that the caller has begun.

pub(crate) mod articles;
pub(crate) mod entities;
pub(crate) mod facts;
mod snippet;

use std::collections::HashMap;

use marsad_model::{Analysis, AnalysisVersion, ArticleId, Stamp};

use crate::encode::decode;
use crate::error::StoreError;
use crate::record::ArticleSummary;
use crate::sql::{Column, Connection, Query, Row};

/// The columns of `articles a` that [`summary`] takes, in its order.
const SUMMARY: &str =
    "a.article, a.content_hash, a.modified_at, a.accepted_at, a.title, a.outlet, a.outlet_entity,
    a.url, a.published, a.state, a.reason, a.analyzer, a.knowledge, a.ontology";

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

/// The next three columns: a version, or nulls.
pub(crate) fn version(row: &mut Row) -> Result<Option<AnalysisVersion>, StoreError> {
    let parts: [Option<u32>; 3] = [row.take()?, row.take()?, row.take()?];
    Ok(match parts {
        [Some(analyzer), Some(knowledge), Some(ontology)] => {
            Some(AnalysisVersion { analyzer, knowledge, ontology })
        }
        _ => None,
    })
}

/// An analysed article.
struct Analysed {
    summary: ArticleSummary,
    text: String,
    analysis: Analysis,
}

/// The analysed ones of these articles, decoded.
async fn analysed(
    db: &mut dyn Connection,
    articles: &[ArticleId],
) -> Result<HashMap<ArticleId, Analysed>, StoreError> {
    let mut query = Query::new("SELECT ", Vec::new());
    query.push(SUMMARY).push(
        ", r.text, n.body FROM articles a
        JOIN analyses n ON n.article = a.article AND n.content_hash = a.content_hash
        JOIN revisions r ON r.article = a.article AND r.content_hash = a.content_hash
        WHERE a.article IN ",
    );
    query.bind_list(articles.iter().map(Column::to_value));
    let mut found = HashMap::new();
    for mut row in db.fetch(query).await? {
        let summary = summary(&mut row)?;
        let text = row.take()?;
        let analysis = decode(summary.id, &row.take::<Vec<u8>>()?)?;
        found.insert(summary.id, Analysed { summary, text, analysis });
    }
    Ok(found)
}
