//! The one transaction of the linker. It first locks the lease under its own epoch, then the rows of the articles whose analysis it
//! replaces, in order of their ids, each with its row of `to_analyse`, then what of entities is to be counted, and only then rows of
//! `to_link`. Workers change these in the same order while they hold their article's row: nobody waits for somebody who waits for him.

use std::collections::{BTreeSet, HashMap, HashSet};

use async_trait::async_trait;
use uuid::Uuid;

use super::{LOCKED, analysis, article, lease, put_digest, remove_index, teaching};
use crate::error::StoreError;
use crate::forms::count_changes;
use crate::link::{Epoch, RecordHash, RecordKind};
use crate::prepare::links::{PreparedKind, PreparedLinks, PreparedReanalysis};
use crate::sql::{Column, Connection, Query, Value, Write, fetch_in, values};
use crate::work::Work;

/// Where records of a kind are.
struct Tables {
    /// Their hashes, by id.
    heads: &'static str,
    /// Removes them from their table and from its index tables.
    remove: &'static [&'static str],
    /// Adds them to their table.
    insert: &'static str,
    /// Adds rows to the index tables, in their order.
    index: &'static [&'static str],
}

fn tables(kind: RecordKind) -> Tables {
    match kind {
        RecordKind::Article => Tables {
            heads: "SELECT article, hash FROM article_links WHERE article IN ",
            remove: &["DELETE FROM article_links WHERE article IN "],
            insert: "INSERT INTO article_links (article, hash, body)",
            index: &[],
        },
        RecordKind::Story => Tables {
            heads: "SELECT story, hash FROM stories WHERE story IN ",
            remove: &[
                "DELETE FROM stories WHERE story IN ",
                "DELETE FROM story_articles WHERE story IN ",
                "DELETE FROM story_entities WHERE story IN ",
            ],
            insert: "INSERT INTO stories (story, hash, parent, first_day, latest_first, body)",
            index: &[
                "INSERT INTO story_articles (story, article)",
                "INSERT INTO story_entities (story, entity, through, latest_first)",
            ],
        },
        RecordKind::Cluster => Tables {
            heads: "SELECT cluster, hash FROM clusters WHERE cluster IN ",
            remove: &[
                "DELETE FROM clusters WHERE cluster IN ",
                "DELETE FROM cluster_participants WHERE cluster IN ",
                "DELETE FROM cluster_members WHERE cluster IN ",
            ],
            insert: "INSERT INTO clusters
                (cluster, hash, event_type, mode, standing, earliest, latest, place, reports, body)",
            index: &[
                "INSERT INTO cluster_participants
                    (cluster, role, entity, through, event_type, earliest, latest, place)",
                "INSERT INTO cluster_members (cluster, event, article)",
            ],
        },
        RecordKind::Conflict => Tables {
            heads: "SELECT conflict, hash FROM conflicts WHERE conflict IN ",
            remove: &["DELETE FROM conflicts WHERE conflict IN "],
            insert: "INSERT INTO conflicts (conflict, hash, kind, cluster, body)",
            index: &[],
        },
    }
}

/// A batch under an epoch.
#[derive(Debug)]
pub(crate) struct Commit {
    pub(crate) epoch: Epoch,
    pub(crate) links: PreparedLinks,
}

/// What became of it.
#[derive(Debug)]
pub(crate) struct Committed {
    /// The last version of the log.
    pub(crate) version: u64,
    /// Whether an article is gone, which stories may have quoted.
    article_gone: bool,
}

#[async_trait]
impl Work for Commit {
    type Answer = Committed;

    async fn run(&self, db: &mut dyn Connection) -> Result<Committed, StoreError> {
        lease::hold(db, self.epoch).await?;
        let links = &self.links;
        let mut changed: BTreeSet<(RecordKind, Uuid)> = BTreeSet::new();
        for reanalysed in &links.reanalysed {
            if reanalyse(db, reanalysed).await? {
                changed.insert((RecordKind::Article, reanalysed.revision.article.0));
            }
        }
        let articles = links.done.iter().map(|(article, _)| *article);
        let articles: BTreeSet<_> =
            articles.chain(links.reanalysed.iter().map(|r| r.revision.article)).collect();
        count_changes(db, &articles.iter().map(Column::to_value).collect::<Vec<_>>()).await?;
        let linked = take_done(db, links).await?;
        let mut article_gone = false;
        for kind in &links.kinds {
            let (written, gone) = write(db, kind).await?;
            article_gone |= kind.kind == RecordKind::Article && !gone.is_empty();
            changed.extend(written.into_iter().chain(gone).map(|id| (kind.kind, id)));
            if kind.kind == RecordKind::Article {
                let new = kind.records.iter().map(|record| record.id).filter(|id| linked.contains(id));
                changed.extend(new.map(|id| (kind.kind, id)));
            }
        }
        supersede(db, links).await?;
        let version = log(db, links.graph_version, changed).await?;
        Ok(Committed { version, article_gone })
    }

    fn removed_text(&self, answer: &Committed) -> bool {
        answer.article_gone
    }
}

/// Removes what is linked now from the list of what waits, where nothing newer came; gives these articles.
async fn take_done(db: &mut dyn Connection, links: &PreparedLinks) -> Result<HashSet<Uuid>, StoreError> {
    let mut linked = HashSet::new();
    for chunk in links.done.chunks(1000) {
        let mut query = Query::new("DELETE FROM to_link WHERE article IN ", Vec::new());
        query.bind_list(chunk.iter().map(|(article, _)| article.to_value()));
        // No two marks are the same, so that one of another article does no harm.
        query.push(" AND mark IN ").bind_list(chunk.iter().map(|(_, mark)| mark.to_value()));
        query.push(" RETURNING article");
        for mut row in db.fetch(query).await? {
            linked.insert(row.take()?);
        }
    }
    Ok(linked)
}

/// Writes the records of a kind that differ from what is stored, and removes those that are to go; gives the ids of these and those.
async fn write(
    db: &mut dyn Connection,
    PreparedKind { kind, records, removed }: &PreparedKind,
) -> Result<(Vec<Uuid>, Vec<Uuid>), StoreError> {
    let tables = tables(*kind);
    let ids: Vec<Value> =
        records.iter().map(|r| r.id).chain(removed.iter().copied()).map(|id| id.to_value()).collect();
    let mut stored: HashMap<Uuid, RecordHash> = HashMap::new();
    for mut row in fetch_in(db, tables.heads, &[], &ids, "").await? {
        stored.insert(row.take()?, row.take()?);
    }
    let fresh: Vec<_> = records.iter().filter(|r| stored.get(&r.id) != Some(&r.hash)).collect();
    let gone: Vec<Uuid> = removed.iter().copied().filter(|id| stored.contains_key(id)).collect();
    let replaced = fresh.iter().map(|record| record.id).filter(|id| stored.contains_key(id));
    let replaced: Vec<Value> = replaced.chain(gone.iter().copied()).map(|id| id.to_value()).collect();
    db.write(&tables.remove.iter().map(|sql| Write::Ids(sql, &replaced)).collect::<Vec<_>>()).await?;
    let mut rows = vec![(tables.insert, fresh.iter().map(|record| record.row.clone()).collect::<Vec<_>>())];
    for (place, insert) in tables.index.iter().enumerate() {
        let of_table = fresh.iter().filter_map(|record| record.index.get(place)).flatten();
        rows.push((insert, of_table.cloned().collect()));
    }
    db.write(&rows.iter().map(|(insert, rows)| Write::Rows(insert, rows)).collect::<Vec<_>>()).await?;
    Ok((fresh.iter().map(|record| record.id).collect(), gone))
}

/// Writes what former ids stand for. An id that is in use again stands for itself.
async fn supersede(db: &mut dyn Connection, links: &PreparedLinks) -> Result<(), StoreError> {
    for (kind, old, new) in &links.superseded {
        let sql = "INSERT INTO superseded (kind, old_id, new_id) VALUES ($1, $2, $3)
            ON CONFLICT (kind, old_id) DO UPDATE SET new_id = excluded.new_id";
        db.execute(Query::new(sql, values![*kind, *old, *new])).await?;
    }
    for PreparedKind { kind, records, .. } in &links.kinds {
        let ids: Vec<Value> = records.iter().map(|record| record.id.to_value()).collect();
        let sql = "DELETE FROM superseded WHERE kind = $1 AND old_id IN ";
        fetch_in(db, sql, &[kind.to_value()], &ids, "").await?;
    }
    Ok(())
}

/// Logs what changed as the next version, if anything did; gives the last version.
async fn log(
    db: &mut dyn Connection,
    graph_version: u32,
    changed: BTreeSet<(RecordKind, Uuid)>,
) -> Result<u64, StoreError> {
    let sql =
        "UPDATE graph_state SET graph_version = $1, log_version = log_version + $2 RETURNING log_version";
    let next = !changed.is_empty();
    let mut rows = db.fetch(Query::new(sql, values![graph_version, next])).await?;
    let row = rows.first_mut().ok_or_else(|| StoreError::Database("no row for the log".into()))?;
    let version: u64 = row.take()?;
    let rows = (0_i64..).zip(changed).map(|(ordinal, (kind, id))| values![version, ordinal, kind, id]);
    let rows: Vec<_> = rows.collect();
    db.write(&[Write::Rows("INSERT INTO change_log (version, ordinal, kind, id)", &rows)]).await?;
    Ok(version)
}

/// Puts an analysis in the place of the one that is stored for the same revision; whether that changed anything.
async fn reanalyse(db: &mut dyn Connection, new: &PreparedReanalysis) -> Result<bool, StoreError> {
    let id = new.revision.article;
    // Locks the row, and makes none.
    let mut query =
        Query::new("UPDATE articles SET article = article WHERE article = $1 RETURNING ", values![id]);
    query.push(LOCKED);
    let rows = db.fetch(query).await?;
    if rows.is_empty() {
        return Ok(false);
    }
    let stored = article(id, rows)?;
    let Some(stamp) = stored.current else { return Ok(false) };
    let current = stamp.content_hash == Some(new.revision.content_hash);
    let wanted = stored.outcome.is_some_and(|outcome| {
        let lower = outcome.version < new.version && new.digest.is_some();
        outcome.analysed && (outcome.version == new.version || lower)
    });
    if !current || !wanted {
        return Ok(false);
    }
    if let Some(digest) = &new.digest {
        db.execute(put_digest(new.revision, digest)).await?;
    }
    let sql = "SELECT article FROM analyses WHERE article = $1 AND body = $2";
    if !db.fetch(Query::new(sql, values![id, new.indexed.body])).await?.is_empty() {
        return Ok(false);
    }
    remove_index(db, id).await?;
    db.write(&analysis(db.dialect(), new.revision, stamp, &new.fields, &new.indexed, new.version)).await?;
    if new.digest.is_some() {
        teaching::settle(db, id, new.version).await?;
    }
    Ok(true)
}

/// Removes all but the last versions from the log.
#[derive(Debug)]
pub(crate) struct Trim {
    pub(crate) keep: u64,
}

#[async_trait]
impl Work for Trim {
    type Answer = u64;

    async fn run(&self, db: &mut dyn Connection) -> Result<u64, StoreError> {
        let sql = "UPDATE graph_state
            SET log_floor = CASE WHEN log_version - $1 > log_floor THEN log_version - $1 ELSE log_floor END
            RETURNING log_floor";
        let mut rows = db.fetch(Query::new(sql, values![self.keep])).await?;
        let row = rows.first_mut().ok_or_else(|| StoreError::Database("no row for the log".into()))?;
        let floor: u64 = row.take()?;
        db.execute(Query::new("DELETE FROM change_log WHERE version <= $1", values![floor])).await?;
        Ok(floor)
    }
}
