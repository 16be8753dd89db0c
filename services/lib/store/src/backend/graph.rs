//! The readers' side of what linking made, on either backend.

use std::ops::DerefMut;

use async_trait::async_trait;
use marsad_model::graph::{ArticleLinks, Conflict, EventCluster, Story};
use marsad_model::{ArticleId, ClusterId, ConflictId, EntityId, EventId, StoryId};

use super::{Backend, aside, decoding, read, read_once};
use crate::encode::decode_record;
use crate::error::StoreError;
use crate::filter::{ClusterFilter, ConflictFilter, NeighbourFilter, StoryFilter};
use crate::graph::{AsOf, Changes, Dimension, EventCounts, GraphStore, Neighbour, Resolved};
use crate::link::RecordId;
use crate::page::{Page, PageRequest};
use crate::read::graph::{decode_found, decode_page};
use crate::read::{counts, graph, linking, log};

/// A record by its id, which nearly always is the one that it has, or by one that it had before.
async fn found(backend: &impl Backend, id: RecordId) -> Result<AsOf<graph::Found>, StoreError> {
    let found = read_once!(backend, graph::record, id).await?;
    if found.value.is_some() { Ok(found) } else { superseded(backend, id).await }
}

async fn superseded<B: Backend>(backend: &B, id: RecordId) -> Result<AsOf<graph::Found>, StoreError> {
    read!(backend, graph::superseded, id).await
}

/// The bytes of a page's records.
fn size(found: &AsOf<Page<(RecordId, Vec<u8>)>>) -> usize {
    found.value.items.iter().map(|(_, body)| body.len()).sum()
}

#[async_trait]
impl<B: Backend> GraphStore for B {
    async fn story(&self, id: StoryId) -> Result<AsOf<Option<Resolved<Story>>>, StoreError> {
        decode_found(found(self, RecordId::Story(id)).await?)
    }

    async fn stories(
        &self,
        filter: &StoryFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<Story>>, StoreError> {
        // An id may be a former one: what it stands for now is asked first.
        let found = if filter.parent.is_some() {
            read!(self, graph::stories, filter, page).await?
        } else {
            read_once!(self, graph::stories, filter, page).await?
        };
        decoding(size(&found), || decode_page(found)).await
    }

    async fn cluster(&self, id: ClusterId) -> Result<AsOf<Option<Resolved<EventCluster>>>, StoreError> {
        decode_found(found(self, RecordId::Cluster(id)).await?)
    }

    async fn clusters(
        &self,
        filter: &ClusterFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<EventCluster>>, StoreError> {
        // An id may be a former one: what it stands for now is asked first.
        let found = if filter.story.is_some() {
            read!(self, graph::clusters, filter, page).await?
        } else {
            read_once!(self, graph::clusters, filter, page).await?
        };
        decoding(size(&found), || decode_page(found)).await
    }

    async fn timeline(
        &self,
        filter: &ClusterFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<EventCluster>>, StoreError> {
        // An id may be a former one: what it stands for now is asked first.
        let found = if filter.story.is_some() {
            read!(self, graph::timeline, filter, page).await?
        } else {
            read_once!(self, graph::timeline, filter, page).await?
        };
        decoding(size(&found), || decode_page(found)).await
    }

    async fn clusters_of(&self, events: &[EventId]) -> Result<AsOf<Vec<(EventId, ClusterId)>>, StoreError> {
        read!(self, graph::clusters_of, events).await
    }

    async fn conflict(&self, id: ConflictId) -> Result<AsOf<Option<Conflict>>, StoreError> {
        let found = decode_found(read_once!(self, graph::record, RecordId::Conflict(id)).await?)?;
        Ok(AsOf { as_of: found.as_of, value: found.value.map(|resolved| resolved.record) })
    }

    async fn conflicts(
        &self,
        filter: &ConflictFilter,
        page: &PageRequest,
    ) -> Result<AsOf<Page<Conflict>>, StoreError> {
        // An id may be a former one: what it stands for now is asked first.
        let found = if filter.story.is_some() || filter.cluster.is_some() {
            read!(self, graph::conflicts, filter, page).await?
        } else {
            read_once!(self, graph::conflicts, filter, page).await?
        };
        decoding(size(&found), || decode_page(found)).await
    }

    async fn article_links(&self, articles: &[ArticleId]) -> Result<AsOf<Vec<ArticleLinks>>, StoreError> {
        let found = if articles.len() == 1 {
            read_once!(self, graph::article_links, articles).await?
        } else {
            read!(self, graph::article_links, articles).await?
        };
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
        read_once!(self, linking::log_version).await
    }

    async fn changes(&self, after: u64, limit: u32) -> Result<Changes, StoreError> {
        let found = read!(self, log::changes, after, limit).await?;
        aside(|| log::decode(found)).await
    }

    async fn wait_for_changes(&self, after: u64) -> Result<u64, StoreError> {
        self.feed().wait(after, || self.log_version()).await
    }
}
