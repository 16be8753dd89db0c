//! What the linker reads: what waits, digests, and what is stored already.

use std::collections::HashMap;

use marsad_model::ArticleId;
use uuid::Uuid;

use crate::error::StoreError;
use crate::link::{Head, LinkInput, LinkState, Mark, RecordId, RecordKind, StoredDigest, ToLink};
use crate::sql::{Column, Connection, Query, Row, Value, fetch_in, values};

pub(crate) async fn state(db: &mut dyn Connection) -> Result<LinkState, StoreError> {
    let sql = "SELECT g.graph_version, g.log_version, g.log_floor, w.waiting, w.oldest, l.epoch, l.holder
        FROM graph_state g CROSS JOIN link_lease l
        CROSS JOIN (SELECT COUNT(*) AS waiting, MIN(since) AS oldest FROM to_link) w";
    let mut row = only(db.fetch(Query::new(sql, Vec::new())).await?)?;
    Ok(LinkState {
        graph_version: row.take()?,
        log_version: row.take()?,
        log_floor: row.take()?,
        waiting: row.take()?,
        oldest: row.take()?,
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

/// The query for the articles that are linked next.
pub(crate) fn next_to_link(limit: u32) -> Query {
    let sql = "SELECT article, mark, since, trace FROM to_link ORDER BY backfill, article LIMIT $1";
    Query::new(sql, values![limit])
}

/// A row of the articles to link.
type Waiting = (ArticleId, Mark, Option<i64>, Option<String>);

/// In two steps, so that digests are looked up one by one, whatever the planner thinks of two tables that change all the time.
pub(crate) async fn to_link(db: &mut dyn Connection, limit: u32) -> Result<Vec<ToLink>, StoreError> {
    let rows = db.fetch(next_to_link(limit)).await?.into_iter();
    let waiting = rows.map(|mut row| Ok((row.take()?, row.take()?, row.take()?, row.take()?)));
    let waiting = waiting.collect::<Result<Vec<Waiting>, StoreError>>()?;
    let ids: Vec<Value> = waiting.iter().map(|(article, ..)| article.to_value()).collect();
    let sql = "SELECT a.article, d.body FROM articles a
        LEFT JOIN digests d ON d.article = a.article AND d.content_hash = a.content_hash
        WHERE a.state = 'analysed' AND a.article IN ";
    let mut analysed: HashMap<ArticleId, Option<Vec<u8>>> = HashMap::new();
    for mut row in fetch_in(db, sql, &[], &ids, "").await? {
        analysed.insert(row.take()?, row.take()?);
    }
    let rows = waiting.into_iter().map(|(article, mark, since, trace)| {
        let input = match analysed.remove(&article) {
            Some(Some(digest)) => LinkInput::Digest(digest),
            Some(None) => LinkInput::NoDigest,
            None => LinkInput::Gone,
        };
        ToLink { article, mark, input, since, trace }
    });
    Ok(rows.collect())
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
