//! The contract suite finds faults: each deliberately faulty store fails, and the case that fails names the fault.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use marsad_model::graph::{ArticleLinks, Conflict, EventCluster, Story};
use marsad_model::ontology::Standing;
use marsad_model::teaching::Reach;
use marsad_model::{
    AnalysisVersion, ArticleId, Change, ClusterId, ConflictId, ContentHash, EntityId, EventId, Judgement,
    JudgementId, StoryId, Verdict,
};
use marsad_store::contract::{self, BoxError, SqliteFactory, StoreFactory, Tables, TestStore, order};
use marsad_store::graph::{Changes, Dimension, EventCounts, Neighbour};
use marsad_store::link::{Head, LinkState, RecordKind, StoredDigest, ToLink};
use marsad_store::{
    Analysed, AnalysisResult, Applied, ArticleFilter, ArticleHit, ArticleRecord, ArticleSearch,
    ArticleSummary, AsOf, Backlog, ClaimFilter, ClaimRecord, ClusterFilter, ConflictFilter, EntityFilter,
    EntityHit, EntitySearch, EntitySummary, Epoch, EventFilter, EventHit, EventRecord, EventSearch,
    GraphStore, LinkBatch, LinkStore, NeighbourFilter, Page, PageRequest, Resolved, SqliteOptions,
    SqliteStore, Store, StoreError, StoredAnalysis, StoryFilter, Taught, TeachStore, TeachingChange,
};
use uuid::Uuid;

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
    /// A commit does not look at the epoch.
    LetsAnyoneWrite,
    /// A commit takes articles from the list whatever their marks are by now.
    TakesNewerMarks,
    /// A standby gets the lease as soon as it asks.
    GivesTheLeaseAway,
    /// A part of the log that is full misses its last record.
    SkipsAChange,
    /// What of the log is told together is told as one version.
    MixesVersions,
    /// Ids that groups had before are not known any more.
    ForgetsFormerIds,
    /// Events count once for each report.
    CountsReports,
    /// Whoever waits for a change is told late.
    SleepsOn,
    /// Articles are not looked at for what was taught.
    NeverSweeps,
    /// A change of what is taught is made though another came before it.
    TeachesBlindly,
    /// A timeline is a list of events by their first days.
    OrdersByFirstDay,
    /// What was linked is counted once more.
    CountsWhatIsLinked,
    /// What waits to be linked comes in order of its ids, whatever lane it came in.
    LinksInAnyOrder,
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
            && let Some((AnalysisResult::Analysed(Analysed { analysis: last, .. }), _)) =
                self.results.lock().unwrap().get(&id)
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
        if self.fault == Fault::CountsWhatIsLinked
            && filter.article.is_none()
            && self.inner.log_version().await? > 0
        {
            entities.items.iter_mut().for_each(|entity| entity.articles += 1);
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
impl LinkStore for Faulty {
    async fn acquire_lease(&self, holder: Uuid, ttl: Duration) -> Result<Option<Epoch>, StoreError> {
        if self.fault == Fault::GivesTheLeaseAway
            && let Some(other) = self.inner.link_state().await?.holder
        {
            self.inner.acquire_lease(other, Duration::ZERO).await?;
            self.inner.release_lease(self.inner.link_state().await?.epoch).await?;
        }
        self.inner.acquire_lease(holder, ttl).await
    }

    async fn renew_lease(&self, epoch: Epoch, ttl: Duration) -> Result<bool, StoreError> {
        self.inner.renew_lease(epoch, ttl).await
    }

    async fn release_lease(&self, epoch: Epoch) -> Result<bool, StoreError> {
        self.inner.release_lease(epoch).await
    }

    async fn link_state(&self) -> Result<LinkState, StoreError> {
        self.inner.link_state().await
    }

    async fn to_link(&self, limit: u32) -> Result<Vec<ToLink>, StoreError> {
        if self.fault == Fault::LinksInAnyOrder {
            let mut all = self.inner.to_link(1000).await?;
            all.sort_by_key(|row| row.article);
            all.truncate(limit as usize);
            return Ok(all);
        }
        self.inner.to_link(limit).await
    }

    async fn digests(&self, after: Option<ArticleId>, limit: u32) -> Result<Vec<StoredDigest>, StoreError> {
        self.inner.digests(after, limit).await
    }

    async fn linked_heads(
        &self,
        kind: RecordKind,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<Head>, StoreError> {
        self.inner.linked_heads(kind, after, limit).await
    }

    async fn commit_links(&self, epoch: Epoch, batch: LinkBatch) -> Result<u64, StoreError> {
        let mut batch = batch;
        let mut epoch = epoch;
        if self.fault == Fault::TakesNewerMarks {
            let waiting = self.inner.to_link(100).await?;
            let marks: HashMap<_, _> = waiting.into_iter().map(|row| (row.article, row.mark)).collect();
            for (article, mark) in &mut batch.done {
                *mark = marks.get(article).copied().unwrap_or(*mark);
            }
        }
        if self.fault == Fault::LetsAnyoneWrite {
            let holder = self.inner.link_state().await?.holder.unwrap_or_default();
            epoch = self.inner.acquire_lease(holder, Duration::from_secs(600)).await?.unwrap_or(epoch);
        }
        self.inner.commit_links(epoch, batch).await
    }

    async fn trim_log(&self, keep: u64) -> Result<u64, StoreError> {
        self.inner.trim_log(keep).await
    }
}

#[async_trait]
impl GraphStore for Faulty {
    async fn story(&self, id: StoryId) -> Result<AsOf<Option<Resolved<Story>>>, StoreError> {
        let mut found = self.inner.story(id).await?;
        if self.fault == Fault::ForgetsFormerIds {
            found.value = found.value.filter(|found| !found.superseded);
        }
        Ok(found)
    }

    async fn stories(
        &self,
        filter: &StoryFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<Story>>, StoreError> {
        self.inner.stories(filter, page).await
    }

    async fn cluster(&self, id: ClusterId) -> Result<AsOf<Option<Resolved<EventCluster>>>, StoreError> {
        self.inner.cluster(id).await
    }

    async fn clusters(
        &self,
        filter: &ClusterFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<EventCluster>>, StoreError> {
        self.inner.clusters(filter, page).await
    }

    async fn timeline(
        &self,
        filter: &ClusterFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<EventCluster>>, StoreError> {
        if self.fault == Fault::OrdersByFirstDay {
            return self.inner.clusters(filter, page).await;
        }
        self.inner.timeline(filter, page).await
    }

    async fn log_version(&self) -> Result<u64, StoreError> {
        self.inner.log_version().await
    }

    async fn clusters_of(&self, events: &[EventId]) -> Result<AsOf<Vec<(EventId, ClusterId)>>, StoreError> {
        self.inner.clusters_of(events).await
    }

    async fn conflict(&self, id: ConflictId) -> Result<AsOf<Option<Conflict>>, StoreError> {
        self.inner.conflict(id).await
    }

    async fn conflicts(
        &self,
        filter: &ConflictFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<Conflict>>, StoreError> {
        self.inner.conflicts(filter, page).await
    }

    async fn article_links(&self, articles: &[ArticleId]) -> Result<AsOf<Vec<ArticleLinks>>, StoreError> {
        self.inner.article_links(articles).await
    }

    async fn neighbourhood(
        &self,
        entity: &EntityId,
        filter: &NeighbourFilter,
        limit: u32,
    ) -> Result<AsOf<Vec<Neighbour>>, StoreError> {
        self.inner.neighbourhood(entity, filter, limit).await
    }

    async fn count_events(
        &self,
        filter: &ClusterFilter,
        by: &[Dimension],
        limit: u32,
    ) -> Result<AsOf<EventCounts>, StoreError> {
        let mut counts = self.inner.count_events(filter, by, limit).await?;
        if self.fault == Fault::CountsReports {
            let events = self.inner.clusters(filter, &PageRequest::first(1000)).await?.value.items;
            let happened = events.iter().filter(|event| event.standing == Standing::Happened);
            counts.value.total = happened.map(|event| u64::from(event.reports)).sum();
        }
        Ok(counts)
    }

    async fn changes(&self, after: u64, limit: u32) -> Result<Changes, StoreError> {
        let mut changes = self.inner.changes(after, limit).await?;
        match self.fault {
            Fault::SkipsAChange if changes.items.len() == limit as usize => drop(changes.items.pop()),
            Fault::MixesVersions => changes.items.iter_mut().for_each(|item| item.version = after + 1),
            _ => {}
        }
        Ok(changes)
    }

    async fn wait_for_changes(&self, after: u64) -> Result<u64, StoreError> {
        let seen = self.inner.wait_for_changes(after).await?;
        if self.fault == Fault::SleepsOn {
            tokio::time::sleep(Duration::from_millis(700)).await;
        }
        Ok(seen)
    }
}

#[async_trait]
impl marsad_store::LookupStore for Faulty {
    async fn article_summaries(&self, ids: &[ArticleId]) -> Result<Vec<ArticleSummary>, StoreError> {
        self.inner.article_summaries(ids).await
    }

    async fn named_entities(&self, ids: &[EntityId]) -> Result<Vec<marsad_model::Entity>, StoreError> {
        self.inner.named_entities(ids).await
    }

    async fn event_records(&self, ids: &[EventId]) -> Result<Vec<EventRecord>, StoreError> {
        self.inner.event_records(ids).await
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
    let failure = contract::run_case(&factory(fault), case).await.unwrap();
    assert!(failure.is_some(), "{fault:?} should fail {case}");
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

#[tokio::test]
async fn a_commit_under_an_old_epoch_is_found() {
    assert_named(Fault::LetsAnyoneWrite, "the_lease_has_one_holder").await;
}

#[tokio::test]
async fn a_lease_that_is_given_away_is_found() {
    assert_named(Fault::GivesTheLeaseAway, "a_silent_holder_is_replaced").await;
}

#[tokio::test]
async fn a_newer_mark_that_is_taken_is_found() {
    assert_named(Fault::TakesNewerMarks, "a_newer_mark_stays").await;
}

#[tokio::test]
async fn a_change_that_is_skipped_is_found() {
    assert_named(Fault::SkipsAChange, "the_log_tells_everything_once").await;
}

#[tokio::test]
async fn a_log_that_mixes_versions_is_found() {
    assert_named(Fault::MixesVersions, "the_log_tells_everything_once").await;
}

#[tokio::test]
async fn a_forgotten_former_id_is_found() {
    assert_named(Fault::ForgetsFormerIds, "former_ids_resolve").await;
}

#[tokio::test]
async fn an_event_that_counts_twice_is_found() {
    assert_named(Fault::CountsReports, "events_are_counted_once").await;
}

#[tokio::test]
async fn a_watcher_that_sleeps_on_is_found() {
    assert_named(Fault::SleepsOn, "watchers_are_woken").await;
}

#[tokio::test]
async fn articles_that_are_not_looked_at_are_found() {
    assert_named(Fault::NeverSweeps, "a_change_concerns_the_articles_in_its_reach").await;
}

#[tokio::test]
async fn changes_made_blindly_are_found() {
    assert_named(Fault::TeachesBlindly, "every_change_makes_a_revision").await;
}

#[tokio::test]
async fn a_timeline_by_first_days_is_found() {
    assert_named(Fault::OrdersByFirstDay, "a_timeline_is_in_order_of_its_places").await;
}

#[tokio::test]
async fn what_is_linked_and_counted_again_is_found() {
    assert_named(Fault::CountsWhatIsLinked, "entities_are_counted_however_far_linking_is").await;
}

#[tokio::test]
async fn a_backlog_in_any_order_is_found() {
    assert_named(Fault::LinksInAnyOrder, "live_articles_are_linked_first").await;
}

#[test]
fn the_property_of_order_finds_a_forgotten_deletion() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let found = order::independence(&runtime, 200, &[&factory(Fault::ForgetsDeletions)]);
    let message = found.unwrap_err().to_string();
    assert!(message.contains("expected"), "{message}");
}
