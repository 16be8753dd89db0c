//! The one transaction that changes an article. It first locks the article's row, and touches rows of this article only.

pub(crate) mod lease;
pub(crate) mod links;
pub(crate) mod teaching;

use jiff::civil::Date;
use marsad_model::analysis::Revision;
use marsad_model::{AnalysisVersion, ArticleFields, ArticleId, ContentHash, EntityId, PublishedAt, Stamp};
use uuid::Uuid;

use crate::error::StoreError;
use crate::link::Mark;
use crate::observe::Origin;
use crate::prepare::{IndexedAnalysis, Prepared, PreparedChange, PreparedResult, PreparedSubmission};
use crate::read::version;
use crate::record::ArticleState;
use crate::search;
use crate::sql::{Connection, Dialect, Query, Row, Write, values};
use crate::store::Applied;

/// The tables with index rows that were made from an article's analysis.
const INDEX_TABLES: [&str; 7] = [
    "DELETE FROM article_entities WHERE article = $1",
    "DELETE FROM event_participants WHERE article = $1",
    "DELETE FROM claim_participants WHERE article = $1",
    "DELETE FROM events WHERE article = $1",
    "DELETE FROM claims WHERE article = $1",
    "DELETE FROM search_documents WHERE article = $1",
    "DELETE FROM entity_words WHERE article = $1",
];

/// Locks an article's row, whether it is there or not, and gives of it what follows.
const LOCK: &str = "INSERT INTO articles (article) VALUES ($1)
    ON CONFLICT (article) DO UPDATE SET article = excluded.article RETURNING ";

const LOCKED: &str = "deleted_modified_at, deleted_accepted_at, modified_at, accepted_at, content_hash,
    state, reason, analyzer, knowledge, ontology, overlay";

/// What an article's row says before the change.
struct Article {
    id: ArticleId,
    deleted: Option<Stamp>,
    current: Option<Stamp>,
    outcome: Option<Outcome>,
}

/// What the analyzer came to. Of two outcomes for one revision the greater stays: that of the higher version, of one
/// version an analysis, of two failures the one whose reason is greater (so that it does not matter which came first).
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Outcome {
    version: AnalysisVersion,
    analysed: bool,
    reason: Option<String>,
}

/// Applies a change inside of a transaction, which the caller commits.
pub(crate) async fn apply(db: &mut dyn Connection, prepared: &Prepared) -> Result<Applied, StoreError> {
    let article = lock(db, prepared.article).await?;
    change(db, article, prepared).await
}

/// As [`apply`], on PostgreSQL and without the lock.
#[cfg(feature = "contract")]
pub(crate) async fn apply_unlocked(
    db: &mut dyn Connection,
    prepared: &Prepared,
) -> Result<Applied, StoreError> {
    let id = prepared.article;
    let sql = "INSERT INTO articles (article) VALUES ($1) ON CONFLICT (article) DO NOTHING";
    db.execute(Query::new(sql, values![id])).await?;
    let sql = format!("SELECT {LOCKED} FROM articles WHERE article = $1");
    let article = article(id, db.fetch(Query::new(sql, values![id])).await?)?;
    // Time for another to come in between.
    db.execute(Query::new("SELECT pg_sleep(0.01)", Vec::new())).await?;
    change(db, article, prepared).await
}

async fn change(
    db: &mut dyn Connection,
    article: Article,
    prepared: &Prepared,
) -> Result<Applied, StoreError> {
    match &prepared.change {
        PreparedChange::Delete(stamp) => delete(db, &article, *stamp).await,
        PreparedChange::Submit(submission) => submit(db, article, submission).await,
    }
}

/// Locks the article's row until the end of the transaction, making it if need be.
async fn lock(db: &mut dyn Connection, id: ArticleId) -> Result<Article, StoreError> {
    let mut query = Query::new(LOCK, values![id]);
    query.push(LOCKED);
    article(id, db.fetch(query).await?)
}

fn article(id: ArticleId, rows: Vec<Row>) -> Result<Article, StoreError> {
    let mut row =
        rows.into_iter().next().ok_or_else(|| StoreError::Database("an upsert gave no row".into()))?;
    let stamp = |modified_at: Option<i64>, accepted_at: Option<i64>, content_hash| {
        Some(Stamp { modified_at: modified_at?, accepted_at: accepted_at?, content_hash })
    };
    let deleted = stamp(row.take()?, row.take()?, None);
    let current = stamp(row.take()?, row.take()?, row.take::<Option<ContentHash>>()?);
    let state: Option<ArticleState> = row.take()?;
    let reason = row.take()?;
    let outcome = version(&mut row)?.map(|version| Outcome {
        version,
        analysed: state == Some(ArticleState::Analysed),
        reason,
    });
    Ok(Article { id, deleted, current, outcome })
}

async fn delete(db: &mut dyn Connection, article: &Article, stamp: Stamp) -> Result<Applied, StoreError> {
    if article.deleted >= Some(stamp) {
        return Ok(Applied::Unchanged);
    }
    let parameters = values![article.id, stamp.modified_at, stamp.accepted_at];
    let sql = "UPDATE articles SET deleted_modified_at = $2, deleted_accepted_at = $3 WHERE article = $1";
    db.execute(Query::new(sql, parameters.clone())).await?;
    // Of two with the same times a submission is newer than a deletion: it stays.
    let sql = "DELETE FROM revisions WHERE article = $1 AND (modified_at, accepted_at) < ($2, $3)";
    db.execute(Query::new(sql, parameters)).await?;
    // The current revision is the newest: if it stays there is nothing more to do, if it goes all have gone.
    if article.current.is_some_and(|current| current < stamp) {
        remove_analysis(db, article.id, Turn::Live).await?;
        let sql = "UPDATE articles SET content_hash = NULL, modified_at = NULL, accepted_at = NULL,
            title = NULL, outlet = NULL, outlet_entity = NULL, url = NULL, published = NULL,
            state = NULL, reason = NULL, analyzer = NULL, knowledge = NULL, ontology = NULL, overlay = NULL
            WHERE article = $1";
        db.execute(Query::new(sql, values![article.id])).await?;
        teaching::unmark(db, article.id).await?;
    }
    Ok(Applied::Stored)
}

async fn submit(
    db: &mut dyn Connection,
    mut article: Article,
    submission: &PreparedSubmission,
) -> Result<Applied, StoreError> {
    let stamp = submission.stamp;
    if article.deleted > Some(stamp) {
        return Ok(Applied::Deleted);
    }
    let mut changed = store_revision(db, submission).await?;
    if article.current < Some(stamp) {
        make_current(db, &mut article, submission).await?;
        changed = true;
    } else if article.current.and_then(|current| current.content_hash) != stamp.content_hash {
        return Ok(Applied::Superseded);
    }
    let outcome = match &submission.result {
        Some(PreparedResult::Analysed { .. }) => {
            Some(Outcome { version: submission.worker, analysed: true, reason: None })
        }
        Some(PreparedResult::Failed { reason }) => {
            Some(Outcome { version: submission.worker, analysed: false, reason: Some(reason.clone()) })
        }
        None => None,
    };
    let digested = is_digested(db, &article, submission.worker).await?;
    match (&submission.result, outcome) {
        (Some(result), Some(outcome))
            if Some(&outcome) > article.outcome.as_ref()
                || (Some(&outcome) == article.outcome.as_ref()
                    && (!digested || teaching::is_due(db, article.id).await?)) =>
        {
            let replaces = article.outcome.as_ref().is_some_and(|stored| stored.analysed);
            store_result(db, &article, submission, result, &outcome, replaces).await?;
            changed = true;
        }
        (None, _) if !(settled(article.outcome.as_ref(), submission.worker) && digested) => {
            return Ok(Applied::NeedsAnalysis);
        }
        _ => {}
    }
    Ok(if changed { Applied::Stored } else { Applied::Unchanged })
}

/// Whether a worker of that version has nothing to add. A failure of its own version may have passed by now.
fn settled(outcome: Option<&Outcome>, worker: AnalysisVersion) -> bool {
    outcome.is_some_and(|o| {
        let (version, worker) = (o.version.untaught(), worker.untaught());
        version > worker || (version == worker && o.analysed)
    })
}

/// Whether there is a digest, unless what is stored is not this worker's to make one for: not analysed, or by another version. As with
/// the analysis itself, the overlay does not matter.
async fn is_digested(
    db: &mut dyn Connection,
    article: &Article,
    worker: AnalysisVersion,
) -> Result<bool, StoreError> {
    if !article.outcome.as_ref().is_some_and(|o| o.analysed && o.version.untaught() == worker.untaught()) {
        return Ok(true);
    }
    let sql = "SELECT article FROM digests WHERE article = $1";
    Ok(!db.fetch(Query::new(sql, values![article.id])).await?.is_empty())
}

/// Keeps the text of a revision under its greatest stamp; says whether anything changed.
async fn store_revision(
    db: &mut dyn Connection,
    submission: &PreparedSubmission,
) -> Result<bool, StoreError> {
    let (revision, fields, stamp) = (submission.revision, &submission.fields, submission.stamp);
    let sql = "INSERT INTO revisions (article, content_hash, modified_at, accepted_at,
            title, outlet, url, external_id, published_at, text, html)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (article, content_hash)
        DO UPDATE SET modified_at = excluded.modified_at, accepted_at = excluded.accepted_at
        WHERE (revisions.modified_at, revisions.accepted_at) < (excluded.modified_at, excluded.accepted_at)";
    let parameters = values![
        revision.article,
        revision.content_hash,
        stamp.modified_at,
        stamp.accepted_at,
        fields.title,
        fields.outlet,
        fields.url,
        fields.external_id,
        fields.published_at.clone().map(String::from),
        fields.text,
        fields.html,
    ];
    Ok(db.execute(Query::new(sql, parameters)).await? > 0)
}

/// Makes the submission's revision the current one, or raises the stamp of the one that is.
async fn make_current(
    db: &mut dyn Connection,
    article: &mut Article,
    submission: &PreparedSubmission,
) -> Result<(), StoreError> {
    let (stamp, fields) = (submission.stamp, &submission.fields);
    let before = article.current.replace(stamp);
    if before.is_some_and(|before| before.content_hash == stamp.content_hash) {
        let sql = "UPDATE articles SET modified_at = $2, accepted_at = $3 WHERE article = $1";
        db.execute(Query::new(sql, values![article.id, stamp.modified_at, stamp.accepted_at])).await?;
        return Ok(());
    }
    article.outcome = None;
    if before.is_some() {
        // Its analysis follows, with a turn of its own.
        remove_analysis(db, article.id, Turn::Backfill).await?;
    }
    // A result is written into the same row.
    if submission.result.is_none() {
        let row = ArticleRow {
            title: &fields.title,
            outlet_entity: None,
            published: submitted_day(fields),
            state: ArticleState::Pending,
            outcome: None,
        };
        db.execute(row.update(article.id, stamp, fields)).await?;
    }
    Ok(())
}

/// What an article's row says of its current revision besides the stamp and what was submitted.
struct ArticleRow<'r> {
    title: &'r Option<String>,
    outlet_entity: Option<&'r EntityId>,
    published: Option<Date>,
    state: ArticleState,
    outcome: Option<(AnalysisVersion, Option<&'r String>)>,
}

impl ArticleRow<'_> {
    fn update(&self, article: ArticleId, current: Stamp, fields: &ArticleFields) -> Query {
        let sql = "UPDATE articles SET content_hash = $2, modified_at = $3, accepted_at = $4,
            title = $5, outlet = $6, outlet_entity = $7, url = $8, published = $9,
            state = $10, reason = $11, analyzer = $12, knowledge = $13, ontology = $14, overlay = $15
            WHERE article = $1";
        let version = self.outcome.map(|(version, _)| version);
        let parameters = values![
            article,
            current.content_hash,
            current.modified_at,
            current.accepted_at,
            *self.title,
            fields.outlet,
            self.outlet_entity.cloned(),
            fields.url,
            self.published,
            self.state,
            self.outcome.and_then(|(_, reason)| reason.cloned()),
            version.map(|version| version.analyzer),
            version.map(|version| version.knowledge),
            version.map(|version| version.ontology),
            version.map(|version| version.overlay),
        ];
        Query::new(sql, parameters)
    }
}

/// Puts a result in the place of whatever the article has; `replaces` says whether that is an analysis.
async fn store_result(
    db: &mut dyn Connection,
    article: &Article,
    submission: &PreparedSubmission,
    result: &PreparedResult,
    outcome: &Outcome,
    replaces: bool,
) -> Result<(), StoreError> {
    let PreparedSubmission { revision, fields, stamp, .. } = submission;
    let (id, current) = (article.id, article.current.unwrap_or(*stamp));
    let mut writes = Vec::new();
    match result {
        PreparedResult::Analysed { indexed, digest, backfill, origin } => {
            if replaces {
                remove_index(db, id).await?;
            }
            writes.extend(analysis(db.dialect(), *revision, current, fields, indexed, outcome.version));
            writes.push(Write::Statement(put_digest(*revision, digest)));
            let turn = if *backfill { Turn::Backfill } else { Turn::Live };
            writes.push(Write::Statement(mark_to_link(id, turn, origin)));
        }
        PreparedResult::Failed { .. } => {
            if replaces {
                remove_analysis(db, id, Turn::Backfill).await?;
            }
            let row = ArticleRow {
                title: &fields.title,
                outlet_entity: None,
                published: submitted_day(fields),
                state: ArticleState::Failed,
                outcome: Some((outcome.version, outcome.reason.as_ref())),
            };
            writes.push(Write::Statement(row.update(id, current, fields)));
        }
    }
    writes.push(Write::Statement(teaching::done(id, outcome.version)));
    db.write(&writes).await?;
    teaching::mark_if_behind(db, id, outcome.version).await
}

/// What stores an analysis, but for its digest. There are no index rows of another.
fn analysis<'w>(
    dialect: Dialect,
    revision: Revision,
    current: Stamp,
    fields: &ArticleFields,
    indexed: &'w IndexedAnalysis,
    version: AnalysisVersion,
) -> Vec<Write<'w>> {
    let sql = "INSERT INTO analyses (article, content_hash, body) VALUES ($1, $2, $3)
        ON CONFLICT (article) DO UPDATE SET content_hash = excluded.content_hash, body = excluded.body";
    let body = Query::new(sql, values![revision.article, revision.content_hash, indexed.body]);
    let row = ArticleRow {
        title: &indexed.title,
        outlet_entity: indexed.outlet.as_ref(),
        published: indexed.published.or_else(|| submitted_day(fields)),
        state: ArticleState::Analysed,
        outcome: Some((version, None)),
    };
    let mut writes = vec![
        Write::Statement(body),
        Write::Rows(
            "INSERT INTO article_entities (article, entity, entity_type, name, name_en, wikidata, rollup,
            folded_name, folded_name_en, mentions)",
            &indexed.entities,
        ),
        Write::Rows(
            "INSERT INTO events (article, ordinal, event, event_type, mode, polarity, modality, background,
            earliest, latest, confidence, anonymous, body)",
            &indexed.events,
        ),
        Write::Rows(
            "INSERT INTO event_participants (article, event, role, entity, direct, event_type, earliest, latest)",
            &indexed.participants,
        ),
        Write::Rows(
            "INSERT INTO claims (article, ordinal, claim, anonymous, quote, confidence, body)",
            &indexed.claims,
        ),
        Write::Rows(
            "INSERT INTO claim_participants (article, claim, role, entity, direct, ordinal)",
            &indexed.speakers,
        ),
        Write::Statement(row.update(revision.article, current, fields)),
    ];
    writes.extend(search::insert(dialect, indexed));
    writes
}

fn put_digest(revision: Revision, digest: &Vec<u8>) -> Query {
    let sql = "INSERT INTO digests (article, content_hash, body) VALUES ($1, $2, $3)
        ON CONFLICT (article) DO UPDATE SET content_hash = excluded.content_hash, body = excluded.body";
    Query::new(sql, values![revision.article, revision.content_hash, *digest])
}

/// Removes what was made of an article's text. If that was anything, linking has to take it out.
async fn remove_analysis(db: &mut dyn Connection, article: ArticleId, turn: Turn) -> Result<(), StoreError> {
    remove_index(db, article).await?;
    db.execute(Query::new("DELETE FROM digests WHERE article = $1", values![article])).await?;
    let sql = "DELETE FROM analyses WHERE article = $1";
    if db.execute(Query::new(sql, values![article])).await? > 0 {
        db.execute(mark_to_link(article, turn, &Origin::default())).await?;
    }
    Ok(())
}

async fn remove_index(db: &mut dyn Connection, article: ArticleId) -> Result<(), StoreError> {
    for sql in INDEX_TABLES {
        db.execute(Query::new(sql, values![article])).await?;
    }
    Ok(())
}

/// When an article is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// Before what came in the backfill lane.
    Live,
    /// When nothing else waits.
    Backfill,
}

/// Has the article linked, again if need be: the mark is another one than that which a linker may have read. An earlier turn stays.
fn mark_to_link(article: ArticleId, turn: Turn, origin: &Origin) -> Query {
    let sql = "INSERT INTO to_link (article, mark, backfill, since, trace) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (article) DO UPDATE SET mark = excluded.mark,
            since = COALESCE(to_link.since, excluded.since), trace = COALESCE(excluded.trace, to_link.trace),
            backfill = CASE WHEN excluded.backfill < to_link.backfill THEN excluded.backfill ELSE to_link.backfill END";
    let parameters =
        values![article, Mark(Uuid::new_v4()), turn == Turn::Backfill, origin.since, origin.trace];
    Query::new(sql, parameters)
}

fn submitted_day(fields: &ArticleFields) -> Option<Date> {
    fields.published_at.as_ref().map(PublishedAt::date)
}
