//! Stands in until the engines have these.

use std::time::Duration;

use async_trait::async_trait;
use marsad_model::graph::{ArticleLinks, Conflict, EventCluster, Story};
use marsad_model::{ArticleId, ClusterId, ConflictId, EntityId, EventId, StoryId};
use uuid::Uuid;

use crate::backend::Backend;
use crate::error::StoreError;
use crate::filter::{ClusterFilter, ConflictFilter, NeighbourFilter, StoryFilter};
use crate::graph::{AsOf, Changes, Dimension, EventCounts, GraphStore, Neighbour, Resolved};
use crate::link::{Epoch, Head, LinkBatch, LinkState, LinkStore, RecordKind, StoredDigest, ToLink};
use crate::page::{Page, PageRequest};

#[async_trait]
impl<B: Backend> LinkStore for B {
    async fn acquire_lease(&self, _holder: Uuid, _ttl: Duration) -> Result<Option<Epoch>, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn renew_lease(&self, _epoch: Epoch, _ttl: Duration) -> Result<bool, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn release_lease(&self, _epoch: Epoch) -> Result<bool, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn link_state(&self) -> Result<LinkState, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn to_link(&self, _limit: u32) -> Result<Vec<ToLink>, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn digests(&self, _after: Option<ArticleId>, _limit: u32) -> Result<Vec<StoredDigest>, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn linked_heads(
        &self,
        _kind: RecordKind,
        _after: Option<Uuid>,
        _limit: u32,
    ) -> Result<Vec<Head>, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn commit_links(&self, _epoch: Epoch, _batch: LinkBatch) -> Result<u64, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn trim_log(&self, _keep: u64) -> Result<u64, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }
}

#[async_trait]
impl<B: Backend> GraphStore for B {
    async fn story(&self, _id: StoryId) -> Result<AsOf<Option<Resolved<Story>>>, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn stories(
        &self,
        _filter: &StoryFilter,
        _page: &PageRequest,
    ) -> Result<AsOf<Page<Story>>, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn cluster(&self, _id: ClusterId) -> Result<AsOf<Option<Resolved<EventCluster>>>, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn clusters(
        &self,
        _filter: &ClusterFilter,
        _page: &PageRequest,
    ) -> Result<AsOf<Page<EventCluster>>, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn clusters_of(&self, _events: &[EventId]) -> Result<AsOf<Vec<(EventId, ClusterId)>>, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn conflict(&self, _id: ConflictId) -> Result<AsOf<Option<Conflict>>, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn conflicts(
        &self,
        _filter: &ConflictFilter,
        _page: &PageRequest,
    ) -> Result<AsOf<Page<Conflict>>, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn article_links(&self, _articles: &[ArticleId]) -> Result<AsOf<Vec<ArticleLinks>>, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn neighbourhood(
        &self,
        _entity: &EntityId,
        _filter: &NeighbourFilter,
        _limit: u32,
    ) -> Result<AsOf<Vec<Neighbour>>, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn count_events(
        &self,
        _filter: &ClusterFilter,
        _by: &[Dimension],
        _limit: u32,
    ) -> Result<AsOf<EventCounts>, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn changes(&self, _after: u64, _limit: u32) -> Result<Changes, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }

    async fn wait_for_changes(&self, _after: u64) -> Result<u64, StoreError> {
        Err(StoreError::Database("not there yet".into()))
    }
}
