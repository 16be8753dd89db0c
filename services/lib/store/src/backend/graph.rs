//! The readers' side of what linking made, on either backend.

use std::ops::DerefMut;

use async_trait::async_trait;
use marsad_model::graph::{ArticleLinks, Conflict, EventCluster, Story};
use marsad_model::{ArticleId, ClusterId, ConflictId, EntityId, EventId, StoryId};

use super::{Backend, Loan, aside, read, within};
use crate::encode::decode_record;
use crate::error::StoreError;
use crate::filter::{ClusterFilter, ConflictFilter, NeighbourFilter, StoryFilter};
use crate::graph::{AsOf, Changes, Dimension, EventCounts, GraphStore, Neighbour, Resolved};
use crate::link::RecordId;
use crate::page::{Page, PageRequest};
use crate::read::graph::{decode_found, decode_page};
use crate::read::{counts, graph, linking, log};

#[async_trait]
impl<B: Backend> GraphStore for B {
    async fn story(&self, id: StoryId) -> Result<AsOf<Option<Resolved<Story>>>, StoreError> {
        decode_found(read!(self, graph::record, RecordId::Story(id)).await?)
    }

    async fn stories(
        &self,
        filter: &StoryFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<Story>>, StoreError> {
        let found = read!(self, graph::stories, filter, page).await?;
        aside(|| decode_page(found)).await
    }

    async fn cluster(&self, id: ClusterId) -> Result<AsOf<Option<Resolved<EventCluster>>>, StoreError> {
        decode_found(read!(self, graph::record, RecordId::Cluster(id)).await?)
    }

    async fn clusters(
        &self,
        filter: &ClusterFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<EventCluster>>, StoreError> {
        let found = read!(self, graph::clusters, filter, page).await?;
        aside(|| decode_page(found)).await
    }

    async fn timeline(
        &self,
        filter: &ClusterFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<EventCluster>>, StoreError> {
        let found = read!(self, graph::timeline, filter, page).await?;
        aside(|| decode_page(found)).await
    }

    async fn clusters_of(&self, events: &[EventId]) -> Result<AsOf<Vec<(EventId, ClusterId)>>, StoreError> {
        read!(self, graph::clusters_of, events).await
    }

    async fn conflict(&self, id: ConflictId) -> Result<AsOf<Option<Conflict>>, StoreError> {
        let found = decode_found(read!(self, graph::record, RecordId::Conflict(id)).await?)?;
        Ok(AsOf { as_of: found.as_of, value: found.value.map(|resolved| resolved.record) })
    }

    async fn conflicts(
        &self,
        filter: &ConflictFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<Conflict>>, StoreError> {
        let found = read!(self, graph::conflicts, filter, page).await?;
        aside(|| decode_page(found)).await
    }

    async fn article_links(&self, articles: &[ArticleId]) -> Result<AsOf<Vec<ArticleLinks>>, StoreError> {
        let found = read!(self, graph::article_links, articles).await?;
        let links = found.value.iter().map(|(id, body)| decode_record(*id, body));
        Ok(AsOf { as_of: found.as_of, value: links.collect::<Result<_, _>>()? })
    }

    async fn neighbourhood(
        &self,
        entity: &EntityId,
        filter: &NeighbourFilter,
        limit: u32,
    ) -> Result<AsOf<Vec<Neighbour>>, StoreError> {
        read!(self, counts::neighbourhood, entity, filter, limit).await
    }

    async fn count_events(
        &self,
        filter: &ClusterFilter,
        by: &[Dimension],
        limit: u32,
    ) -> Result<AsOf<EventCounts>, StoreError> {
        read!(self, counts::count_events, filter, by, limit).await
    }

    async fn log_version(&self) -> Result<u64, StoreError> {
        // One statement is a snapshot of its own.
        within(self.deadline(), async {
            let mut loan = Loan::from(self.readers()).await?;
            let version = linking::log_version(loan.connection()).await;
            loan.end();
            version
        })
        .await
    }

    async fn changes(&self, after: u64, limit: u32) -> Result<Changes, StoreError> {
        let found = read!(self, log::changes, after, limit).await?;
        aside(|| log::decode(found)).await
    }

    async fn wait_for_changes(&self, after: u64) -> Result<u64, StoreError> {
        self.feed().wait(after, || self.log_version()).await
    }
}
