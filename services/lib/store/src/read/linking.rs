//! What the linker reads: what waits, digests, and what is stored already.

use marsad_model::ArticleId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::link::{Head, LinkInput, LinkState, RecordId, RecordKind, StoredDigest, ToLink};
use crate::record::ArticleState;
use crate::sql::{Connection, Query, Row, values};

pub(crate) async fn state(db: &mut dyn Connection) -> Result<LinkState, StoreError> {
    let sql = "SELECT g.graph_version, g.log_version, g.log_floor, (SELECT COUNT(*) FROM to_link), l.epoch, l.holder
        FROM graph_state g CROSS JOIN link_lease l";
    let mut row = only(db.fetch(Query::new(sql, Vec::new())).await?)?;
    Ok(LinkState {
        graph_version: row.take()?,
        log_version: row.take()?,
        log_floor: row.take()?,
        waiting: row.take()?,
        epoch: row.take()?,
        holder: row.take()?,
    })
}

/// The last version of the log.
pub(crate) async fn log_version(db: &mut dyn Connection) -> Result<u64, StoreError> {
    only(db.fetch(Query::new("SELECT log_version FROM graph_state", Vec::new())).await?)?.take()
}

pub(super) fn only(rows: Vec<Row>) -> Result<Row, StoreError> {
    rows.into_iter().next().ok_or_else(|| StoreError::Database("a row that is always there is not".into()))
}

pub(crate) async fn to_link(db: &mut dyn Connection, limit: u32) -> Result<Vec<ToLink>, StoreError> {
    let sql = "SELECT t.article, t.mark, a.state, d.body FROM to_link t
        LEFT JOIN articles a ON a.article = t.article
        LEFT JOIN digests d ON d.article = t.article AND d.content_hash = a.content_hash
        ORDER BY t.article LIMIT $1";
    let rows = db.fetch(Query::new(sql, values![limit])).await?.into_iter();
    rows.map(|mut row| {
        let (article, mark, state, digest) = (row.take()?, row.take()?, row.take()?, row.take()?);
        let input = match (state, digest) {
            (Some(ArticleState::Analysed), Some(digest)) => LinkInput::Digest(digest),
            (Some(ArticleState::Analysed), None) => LinkInput::NoDigest,
            _ => LinkInput::Gone,
        };
        Ok(ToLink { article, mark, input })
    })
    .collect()
}

pub(crate) async fn digests(
    db: &mut dyn Connection,
    after: Option<ArticleId>,
    limit: u32,
) -> Result<Vec<StoredDigest>, StoreError> {
    // No id is less than no bytes.
    let after = after.map_or(Vec::new(), |article| article.0.as_bytes().to_vec());
    let sql = "SELECT article, content_hash, body FROM digests WHERE article > $1 ORDER BY article LIMIT $2";
    let rows = db.fetch(Query::new(sql, values![after, limit])).await?.into_iter();
    rows.map(|mut row| {
        Ok(StoredDigest { article: row.take()?, content_hash: row.take()?, digest: row.take()? })
    })
    .collect()
}

pub(crate) async fn heads(
    db: &mut dyn Connection,
    kind: RecordKind,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<Head>, StoreError> {
    let after = after.map_or(Vec::new(), |id| id.as_bytes().to_vec());
    let (table, id) = table(kind);
    let sql = format!("SELECT {id}, hash FROM {table} WHERE {id} > $1 ORDER BY {id} LIMIT $2");
    let rows = db.fetch(Query::new(sql, values![after, limit])).await?.into_iter();
    rows.map(|mut row| Ok(Head { id: RecordId::new(kind, row.take()?), hash: row.take()? })).collect()
}

/// The table of a kind of records, and its column of ids.
pub(super) fn table(kind: RecordKind) -> (&'static str, &'static str) {
    match kind {
        RecordKind::Article => ("article_links", "article"),
        RecordKind::Story => ("stories", "story"),
        RecordKind::Cluster => ("clusters", "cluster"),
        RecordKind::Conflict => ("conflicts", "conflict"),
    }
}
