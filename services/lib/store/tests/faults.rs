//! The contract suite finds faults: each deliberately faulty store fails, and the case that fails names the fault.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use marsad_model::ontology::EntityType;
use marsad_model::teaching::Reach;
use marsad_model::{
    AnalysisVersion, ArticleId, Change, ContentHash, EntityId, Judgement, JudgementId, Verdict,
};
use marsad_store::contract::{self, BoxError, SqliteFactory, StoreFactory, Tables, TestStore, order};
use marsad_store::{
    AnalysisResult, Applied, ArticleFilter, ArticleRecord, ArticleSummary, Backlog, ClaimFilter, ClaimRecord,
    EntityFilter, EntitySummary, EventFilter, EventRecord, Page, PageRequest, SqliteOptions, SqliteStore,
    Store, StoreError, StoredAnalysis, Taught, TeachStore, TeachingChange,
};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// The last item of a page of events gets lost where there is a next page.
    LosesAnItem,
    /// The text and the blob are written, the index rows of events are not.
    WritesHalf,
    /// Every delivery of an analysis counts its mentions again.
    AppliesTwice,
    /// The analysis that came last is kept, whatever its version.
    LowerReplacesHigher,
    /// A deletion forgets that it took place.
    ForgetsDeletions,
    /// Articles are not looked at for what was taught.
    NeverSweeps,
    /// A change of what is taught is made though another came before it.
    TeachesBlindly,
}

/// A store with a fault.
struct Faulty {
    inner: SqliteStore,
    fault: Fault,
    /// The result that was applied last, and how often one was.
    results: Mutex<HashMap<ArticleId, (AnalysisResult, u64)>>,
}

#[async_trait]
impl TeachStore for Faulty {
    async fn taught(&self) -> Result<Taught, StoreError> {
        self.inner.taught().await
    }

    async fn overlay_revision(&self) -> Result<u64, StoreError> {
        self.inner.overlay_revision().await
    }

    async fn teach(
        &self,
        change: &TeachingChange,
        on: u64,
        reach: &Reach,
        taught_at: i64,
    ) -> Result<Option<u64>, StoreError> {
        let on = if self.fault == Fault::TeachesBlindly { self.inner.overlay_revision().await? } else { on };
        self.inner.teach(change, on, reach, taught_at).await
    }

    async fn reanalyse(&self, version: AnalysisVersion, all: bool) -> Result<(), StoreError> {
        self.inner.reanalyse(version, all).await
    }

    async fn sweep(&self, page: u32) -> Result<bool, StoreError> {
        if self.fault == Fault::NeverSweeps { Ok(false) } else { self.inner.sweep(page).await }
    }

    async fn claim_to_analyse(&self, now: i64, until: i64, limit: u32) -> Result<Vec<ArticleId>, StoreError> {
        self.inner.claim_to_analyse(now, until, limit).await
    }

    async fn forget_to_analyse(&self, article: ArticleId) -> Result<(), StoreError> {
        self.inner.forget_to_analyse(article).await
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        self.inner.backlog().await
    }

    async fn judge(&self, verdict: &Verdict, at: i64) -> Result<Judgement, StoreError> {
        self.inner.judge(verdict, at).await
    }

    async fn withdraw_judgement(&self, id: JudgementId, at: i64) -> Result<Option<Judgement>, StoreError> {
        self.inner.withdraw_judgement(id, at).await
    }

    async fn judgements(&self, after: u64, limit: u32) -> Result<Vec<Judgement>, StoreError> {
        self.inner.judgements(after, limit).await
    }
}

#[async_trait]
impl Store for Faulty {
    async fn apply(
        &self,
        change: &Change,
        worker: AnalysisVersion,
        result: Option<&AnalysisResult>,
    ) -> Result<Applied, StoreError> {
        if matches!((self.fault, change), (Fault::ForgetsDeletions, Change::Delete(_)))
            && self.inner.article(change.article(), None).await?.is_none()
        {
            return Ok(Applied::Stored);
        }
        let applied = self.inner.apply(change, worker, result).await?;
        if let (Some(result), Applied::Stored | Applied::Unchanged) = (result, applied) {
            let mut results = self.results.lock().unwrap();
            let count = results.get(&change.article()).map_or(1, |(_, count)| count + 1);
            results.insert(change.article(), (result.clone(), count));
        }
        Ok(applied)
    }

    async fn article(
        &self,
        id: ArticleId,
        revision: Option<ContentHash>,
    ) -> Result<Option<ArticleRecord>, StoreError> {
        self.inner.article(id, revision).await
    }

    async fn articles(
        &self,
        filter: &ArticleFilter,
        page: &PageRequest,
    ) -> Result<Page<ArticleSummary>, StoreError> {
        self.inner.articles(filter, page).await
    }

    async fn analysis(&self, id: ArticleId) -> Result<Option<StoredAnalysis>, StoreError> {
        let mut stored = self.inner.analysis(id).await?;
        if let (Fault::LowerReplacesHigher, Some(stored)) = (self.fault, &mut stored)
            && let Some((AnalysisResult::Analysed(last), _)) = self.results.lock().unwrap().get(&id)
            && last.check(&stored.text).is_ok()
        {
            stored.analysis = last.clone();
        }
        Ok(stored)
    }

    async fn entity(&self, id: &EntityId) -> Result<Option<EntitySummary>, StoreError> {
        self.inner.entity(id).await
    }

    async fn entities(
        &self,
        filter: &EntityFilter,
        page: &PageRequest,
    ) -> Result<Page<EntitySummary>, StoreError> {
        let mut entities = self.inner.entities(filter, page).await?;
        if self.fault == Fault::AppliesTwice {
            let most = self.results.lock().unwrap().values().map(|(_, count)| *count).max().unwrap_or(1);
            entities.items.iter_mut().for_each(|entity| entity.mentions *= most);
        }
        Ok(entities)
    }

    async fn search_entities(
        &self,
        folded_query: &str,
        types: &[EntityType],
        page: &PageRequest,
    ) -> Result<Page<EntitySummary>, StoreError> {
        self.inner.search_entities(folded_query, types, page).await
    }

    async fn events(
        &self,
        filter: &EventFilter,
        page: &PageRequest,
    ) -> Result<Page<EventRecord>, StoreError> {
        let mut events = self.inner.events(filter, page).await?;
        match self.fault {
            Fault::LosesAnItem if events.next.is_some() => drop(events.items.pop()),
            Fault::WritesHalf if filter.article.is_some() => events.items.clear(),
            _ => {}
        }
        Ok(events)
    }

    async fn claims(
        &self,
        filter: &ClaimFilter,
        page: &PageRequest,
    ) -> Result<Page<ClaimRecord>, StoreError> {
        self.inner.claims(filter, page).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.inner.check().await
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        self.inner.migrate().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}

#[async_trait]
impl TestStore for Faulty {
    async fn tables(&self) -> Result<Tables, StoreError> {
        self.inner.tables().await
    }

    async fn another(&self) -> Result<Box<dyn TestStore>, StoreError> {
        self.inner.another().await
    }
}

struct FaultyFactory {
    inner: SqliteFactory,
    fault: Fault,
}

#[async_trait]
impl StoreFactory for FaultyFactory {
    async fn fresh(&self) -> Result<Box<dyn TestStore>, BoxError> {
        let inner = self.inner.store().await?;
        Ok(Box::new(Faulty { inner, fault: self.fault, results: Mutex::default() }))
    }
}

fn factory(fault: Fault) -> FaultyFactory {
    FaultyFactory { inner: SqliteFactory::new(SqliteOptions::default()).unwrap(), fault }
}

async fn assert_named(fault: Fault, case: &str) {
    let failures = contract::run(&factory(fault)).await.unwrap();
    let names: Vec<_> = failures.iter().map(|failure| failure.case).collect();
    assert!(names.contains(&case), "{fault:?} should fail {case}, and fails {names:?}");
}

#[tokio::test]
async fn a_lost_item_is_found() {
    assert_named(Fault::LosesAnItem, "nothing_is_lost").await;
}

#[tokio::test]
async fn a_half_written_article_is_found() {
    assert_named(Fault::WritesHalf, "an_analysis_is_stored_with_its_index").await;
}

#[tokio::test]
async fn double_application_is_found() {
    assert_named(Fault::AppliesTwice, "redelivery_changes_nothing").await;
}

#[tokio::test]
async fn a_lower_version_that_replaces_a_higher_is_found() {
    assert_named(Fault::LowerReplacesHigher, "a_lower_version_never_replaces_a_higher").await;
}

#[tokio::test]
async fn a_forgotten_deletion_is_found() {
    assert_named(Fault::ForgetsDeletions, "a_deletion_may_come_first").await;
}

#[tokio::test]
async fn articles_that_are_not_looked_at_are_found() {
    assert_named(Fault::NeverSweeps, "a_change_concerns_the_articles_in_its_reach").await;
}

#[tokio::test]
async fn changes_made_blindly_are_found() {
    assert_named(Fault::TeachesBlindly, "every_change_makes_a_revision").await;
}

#[test]
fn the_property_of_order_finds_a_forgotten_deletion() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let found = order::independence(&runtime, 200, &[&factory(Fault::ForgetsDeletions)]);
    let message = found.unwrap_err().to_string();
    assert!(message.contains("expected"), "{message}");
}
