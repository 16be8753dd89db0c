//! The contract suite finds faults: each deliberately faulty store fails, and the case that fails names the fault.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use marsad_model::{AnalysisVersion, ArticleId, Change, ContentHash, EntityId};
use marsad_store::contract::{self, BoxError, SqliteFactory, StoreFactory, Tables, TestStore, order};
use marsad_store::{
    AnalysisResult, Applied, ArticleFilter, ArticleHit, ArticleRecord, ArticleSearch, ArticleSummary,
    ClaimFilter, ClaimRecord, EntityFilter, EntityHit, EntitySearch, EntitySummary, EventFilter, EventHit,
    EventRecord, EventSearch, Page, PageRequest, SqliteOptions, SqliteStore, Store, StoreError,
    StoredAnalysis,
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
    /// A page of a search is in no order.
    FindsUnordered,
}

/// A store with a fault.
struct Faulty {
    inner: SqliteStore,
    fault: Fault,
    /// The result that was applied last, and how often one was.
    results: Mutex<HashMap<ArticleId, (AnalysisResult, u64)>>,
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
        search: &EntitySearch,
        page: &PageRequest,
    ) -> Result<Page<EntityHit>, StoreError> {
        self.inner.search_entities(search, page).await
    }

    async fn search_articles(
        &self,
        search: &ArticleSearch,
        page: &PageRequest,
    ) -> Result<Page<ArticleHit>, StoreError> {
        let mut found = self.inner.search_articles(search, page).await?;
        if self.fault == Fault::FindsUnordered {
            found.items.reverse();
        }
        Ok(found)
    }

    async fn search_events(
        &self,
        search: &EventSearch,
        page: &PageRequest,
    ) -> Result<Page<EventHit>, StoreError> {
        self.inner.search_events(search, page).await
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
async fn a_search_without_an_order_is_found() {
    assert_named(Fault::FindsUnordered, "articles_are_searched").await;
}

#[test]
fn the_property_of_order_finds_a_forgotten_deletion() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let found = order::independence(&runtime, 200, &[&factory(Fault::ForgetsDeletions)]);
    let message = found.unwrap_err().to_string();
    assert!(message.contains("expected"), "{message}");
}
