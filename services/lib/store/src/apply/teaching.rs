//! What changes what is taught, what is judged, and which articles are to be analysed again.

use async_trait::async_trait;
use marsad_model::teaching::Reach;
use marsad_model::{AnalysisVersion, ArticleId, Judgement, JudgementId, Verdict};

use crate::error::StoreError;
use crate::read::teaching::{encode, judgement};
use crate::sql::{Column, Connection, Query, values};
use crate::teach::{Sweep, TeachingChange};
use crate::work::Work;

/// What of a version a mark asks for, in order of its columns.
fn needed(version: AnalysisVersion) -> [i64; 4] {
    let overlay = i64::try_from(version.overlay).unwrap_or(i64::MAX);
    [version.analyzer.into(), version.knowledge.into(), version.ontology.into(), overlay]
}

/// Marks articles, and frees claims on them: whoever has one works with less than is needed now.
async fn mark(
    db: &mut dyn Connection,
    articles: &[ArticleId],
    version: AnalysisVersion,
) -> Result<(), StoreError> {
    /// Articles of one statement.
    const CHUNK: usize = 500;
    let [analyzer, knowledge, ontology, overlay] = needed(version);
    for chunk in articles.chunks(CHUNK) {
        let mut query = Query::new(
            "INSERT INTO to_analyse (article, analyzer, knowledge, ontology, overlay, claimed_until)",
            Vec::new(),
        );
        for (at, article) in chunk.iter().enumerate() {
            query.push(if at == 0 { " VALUES " } else { ", " });
            query.bind_list(values![*article, analyzer, knowledge, ontology, overlay, 0_i64]);
        }
        let greater = "(excluded.analyzer, excluded.knowledge, excluded.ontology)
            > (to_analyse.analyzer, to_analyse.knowledge, to_analyse.ontology)";
        query.push(" ON CONFLICT (article) DO UPDATE SET claimed_until = 0");
        for column in ["analyzer", "knowledge", "ontology"] {
            query.push(&format!(
                ", {column} = CASE WHEN {greater} THEN excluded.{column} ELSE to_analyse.{column} END"
            ));
        }
        query.push(
            ", overlay = CASE WHEN excluded.overlay > to_analyse.overlay THEN excluded.overlay ELSE to_analyse.overlay END",
        );
        db.execute(query).await?;
    }
    Ok(())
}

/// After an analysis or failure of that version was stored: the article's mark goes if it asks for no more, and one is made if what
/// is taught has changed meanwhile.
pub(crate) async fn settle(
    db: &mut dyn Connection,
    article: ArticleId,
    version: AnalysisVersion,
) -> Result<(), StoreError> {
    db.execute(done(article, version)).await?;
    mark_if_behind(db, article, version).await
}

/// Takes the mark off an article that an analysis of that version satisfies.
pub(crate) fn done(article: ArticleId, version: AnalysisVersion) -> Query {
    let [analyzer, knowledge, ontology, overlay] = needed(version);
    let sql = "DELETE FROM to_analyse WHERE article = $1 AND overlay <= $5
        AND (analyzer, knowledge, ontology) <= ($2, $3, $4)";
    Query::new(sql, values![article, analyzer, knowledge, ontology, overlay])
}

/// Marks an article whose analysis knows less than what is taught.
pub(crate) async fn mark_if_behind(
    db: &mut dyn Connection,
    article: ArticleId,
    version: AnalysisVersion,
) -> Result<(), StoreError> {
    // Held until the end: a change that is not seen here will see this analysis.
    let mut query = Query::new("SELECT revision FROM overlay", Vec::new());
    query.push(db.shared_lock());
    let revision: u64 = match db.fetch(query).await?.first_mut() {
        Some(row) => row.take()?,
        None => 0,
    };
    if revision > version.overlay {
        let needed = AnalysisVersion { analyzer: 0, knowledge: 0, ontology: 0, overlay: revision };
        mark(db, &[article], needed).await?;
    }
    Ok(())
}

/// Whether an article is to be analysed again, be it with the version that it has.
pub(crate) async fn is_due(db: &mut dyn Connection, article: ArticleId) -> Result<bool, StoreError> {
    let sql = "SELECT article FROM to_analyse WHERE article = $1";
    Ok(!db.fetch(Query::new(sql, values![article])).await?.is_empty())
}

/// Takes the mark off an article that was deleted.
pub(crate) async fn unmark(db: &mut dyn Connection, article: ArticleId) -> Result<(), StoreError> {
    db.execute(Query::new("DELETE FROM to_analyse WHERE article = $1", values![article])).await.map(drop)
}

/// Locks the overlay's row; gives its revision and the number of the last change of a judgement.
async fn lock(db: &mut dyn Connection) -> Result<(u64, u64), StoreError> {
    let sql = "UPDATE overlay SET one = 1 WHERE one = 1 RETURNING revision, judgement";
    let mut rows = db.fetch(Query::new(sql, Vec::new())).await?;
    let row = rows.first_mut().ok_or_else(|| StoreError::Database("the overlay has no row".into()))?;
    Ok((row.take()?, row.take()?))
}

async fn begin_sweep(db: &mut dyn Connection, sweep: &Sweep) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO sweeps (sweep, position, body) SELECT COALESCE(MAX(sweep), 0) + 1, $1, $2 FROM sweeps";
    let start = ArticleId(uuid::Uuid::nil());
    db.execute(Query::new(sql, values![start, encode(sweep)?])).await.map(drop)
}

/// A change of what is taught.
pub(crate) struct Teach {
    pub(crate) change: TeachingChange,
    pub(crate) on: u64,
    pub(crate) reach: Reach,
    pub(crate) taught_at: i64,
}

#[async_trait]
impl Work for Teach {
    type Answer = Option<u64>;

    async fn run(&self, db: &mut dyn Connection) -> Result<Option<u64>, StoreError> {
        let (revision, _) = lock(db).await?;
        if revision != self.on {
            return Ok(None);
        }
        let revision = revision + 1;
        match &self.change {
            TeachingChange::Teach(fact) => {
                let sql = "INSERT INTO teachings (teaching, revision, taught_at, fact) VALUES ($1, $2, $3, $4)
                    ON CONFLICT (teaching) DO UPDATE SET revision = excluded.revision, taught_at = excluded.taught_at";
                let parameters = values![fact.id(), revision, self.taught_at, encode(fact)?];
                db.execute(Query::new(sql, parameters)).await?;
            }
            TeachingChange::Undo(id) => {
                db.execute(Query::new("DELETE FROM teachings WHERE teaching = $1", values![*id])).await?;
            }
        }
        if !self.reach.is_empty() {
            begin_sweep(db, &Sweep::Taught { revision, reach: self.reach.clone() }).await?;
        }
        db.execute(Query::new("UPDATE overlay SET revision = $1", values![revision])).await?;
        Ok(Some(revision))
    }
}

/// A newer analyzer.
pub(crate) struct Reanalyse(pub(crate) AnalysisVersion, pub(crate) bool);

#[async_trait]
impl Work for Reanalyse {
    type Answer = ();

    async fn run(&self, db: &mut dyn Connection) -> Result<(), StoreError> {
        lock(db).await?;
        begin_sweep(db, &Sweep::Version { version: self.0, all: self.1 }).await
    }
}

/// A page of a sweep that was read.
pub(crate) struct SweepPage {
    pub(crate) sweep: u64,
    pub(crate) from: ArticleId,
    /// The last article of the page; `None` if it was the last page.
    pub(crate) to: Option<ArticleId>,
    pub(crate) needed: AnalysisVersion,
    pub(crate) articles: Vec<ArticleId>,
}

#[async_trait]
impl Work for SweepPage {
    type Answer = ();

    async fn run(&self, db: &mut dyn Connection) -> Result<(), StoreError> {
        let moved = match self.to {
            Some(to) => {
                let sql = "UPDATE sweeps SET position = $3 WHERE sweep = $1 AND position = $2";
                db.execute(Query::new(sql, values![self.sweep, self.from, to])).await?
            }
            None => {
                let sql = "DELETE FROM sweeps WHERE sweep = $1 AND position = $2";
                db.execute(Query::new(sql, values![self.sweep, self.from])).await?
            }
        };
        // Otherwise another has done this page.
        if moved > 0 { mark(db, &self.articles, self.needed).await } else { Ok(()) }
    }
}

/// A claim of articles to analyse.
pub(crate) struct Claim {
    pub(crate) now: i64,
    pub(crate) until: i64,
    pub(crate) limit: u32,
}

#[async_trait]
impl Work for Claim {
    type Answer = Vec<ArticleId>;

    async fn run(&self, db: &mut dyn Connection) -> Result<Vec<ArticleId>, StoreError> {
        // The condition stands twice: of two who claim at once the later sees what the earlier one has claimed.
        let sql = "UPDATE to_analyse SET claimed_until = $2 WHERE claimed_until <= $1 AND article IN
            (SELECT article FROM to_analyse WHERE claimed_until <= $1 ORDER BY claimed_until, article LIMIT $3)
            RETURNING article";
        let rows = db.fetch(Query::new(sql, values![self.now, self.until, self.limit])).await?;
        rows.into_iter().map(|mut row| row.take()).collect()
    }
}

/// Takes the mark off an article without a current revision.
pub(crate) struct Forget(pub(crate) ArticleId);

#[async_trait]
impl Work for Forget {
    type Answer = ();

    async fn run(&self, db: &mut dyn Connection) -> Result<(), StoreError> {
        let sql = "DELETE FROM to_analyse WHERE article = $1
            AND NOT EXISTS (SELECT 1 FROM articles WHERE article = $1 AND content_hash IS NOT NULL)";
        db.execute(Query::new(sql, values![self.0])).await.map(drop)
    }
}

/// A judgement to keep.
pub(crate) struct Judge {
    pub(crate) verdict: Verdict,
    pub(crate) at: i64,
}

/// A judgement to take back.
pub(crate) struct WithdrawJudgement {
    pub(crate) id: JudgementId,
    pub(crate) at: i64,
}

async fn known(db: &mut dyn Connection, id: JudgementId) -> Result<Option<Judgement>, StoreError> {
    let sql =
        "SELECT judgement, sequence, withdrawn, changed_at, verdict FROM judgements WHERE judgement = $1";
    db.fetch(Query::new(sql, values![id])).await?.first_mut().map(judgement).transpose()
}

/// Writes a judgement as the next change.
async fn put(db: &mut dyn Connection, last: &mut u64, judgement: &mut Judgement) -> Result<(), StoreError> {
    *last += 1;
    judgement.sequence = *last;
    let sql = "INSERT INTO judgements (judgement, sequence, withdrawn, changed_at, verdict) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (judgement) DO UPDATE SET sequence = excluded.sequence, withdrawn = excluded.withdrawn,
            changed_at = excluded.changed_at, verdict = excluded.verdict";
    let withdrawn = i64::from(judgement.withdrawn);
    let parameters =
        values![judgement.id, *last, withdrawn, judgement.changed_at, encode(&judgement.verdict)?];
    db.execute(Query::new(sql, parameters)).await?;
    db.execute(Query::new("UPDATE overlay SET judgement = $1", vec![last.to_value()])).await.map(drop)
}

#[async_trait]
impl Work for Judge {
    type Answer = Judgement;

    async fn run(&self, db: &mut dyn Connection) -> Result<Judgement, StoreError> {
        let (_, mut last) = lock(db).await?;
        let id = self.verdict.id();
        if let Some(holds) = known(db, id).await?.filter(|judgement| !judgement.withdrawn) {
            return Ok(holds);
        }
        if let Some(opposite) = self.verdict.opposite()
            && let Some(mut opposite) = known(db, opposite).await?.filter(|judgement| !judgement.withdrawn)
        {
            (opposite.withdrawn, opposite.changed_at) = (true, self.at);
            put(db, &mut last, &mut opposite).await?;
        }
        let mut judgement =
            Judgement { id, sequence: 0, verdict: self.verdict, withdrawn: false, changed_at: self.at };
        put(db, &mut last, &mut judgement).await?;
        Ok(judgement)
    }
}

#[async_trait]
impl Work for WithdrawJudgement {
    type Answer = Option<Judgement>;

    async fn run(&self, db: &mut dyn Connection) -> Result<Option<Judgement>, StoreError> {
        let (_, mut last) = lock(db).await?;
        let Some(mut judgement) = known(db, self.id).await? else { return Ok(None) };
        if !judgement.withdrawn {
            (judgement.withdrawn, judgement.changed_at) = (true, self.at);
            put(db, &mut last, &mut judgement).await?;
        }
        Ok(Some(judgement))
    }
}
