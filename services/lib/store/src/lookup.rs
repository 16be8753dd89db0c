//! Reads of many records by their ids at once, for what refers to them.

use std::ops::DerefMut;

use async_trait::async_trait;
use marsad_model::{ArticleId, Entity, EntityId, EventId};

use crate::backend::{Backend, decoding, read, read_once};
use crate::error::StoreError;
use crate::read::facts::Analyses;
use crate::read::{articles, entities, facts};
use crate::record::{ArticleSummary, EventRecord};

/// The most ids of one query: engines limit the parameters of a statement.
const CHUNK: usize = 500;

/// Reads of many records by their ids.
#[async_trait]
pub trait LookupStore: Send + Sync + 'static {
    /// The articles with these ids in their current revisions, in no order; what is not there is left out.
    async fn article_summaries(&self, ids: &[ArticleId]) -> Result<Vec<ArticleSummary>, StoreError>;

    /// The entities with these ids as most of their mentions have them, in no order; those that no article refers to are left
    /// out.
    async fn named_entities(&self, ids: &[EntityId]) -> Result<Vec<Entity>, StoreError>;

    /// The events with these ids, in their order. Left out is what is not there, and what repeats another one in a title.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where an analysis cannot be decoded.
    async fn event_records(&self, ids: &[EventId]) -> Result<Vec<EventRecord>, StoreError>;
}

#[async_trait]
impl<B: Backend> LookupStore for B {
    async fn article_summaries(&self, ids: &[ArticleId]) -> Result<Vec<ArticleSummary>, StoreError> {
        let mut all = Vec::new();
        for ids in ids.chunks(CHUNK) {
            all.extend(read_once!(self, articles::by_ids, ids).await?);
        }
        Ok(all)
    }

    async fn named_entities(&self, ids: &[EntityId]) -> Result<Vec<Entity>, StoreError> {
        let mut all = Vec::new();
        for ids in ids.chunks(CHUNK) {
            all.extend(read_once!(self, entities::by_ids, ids).await?);
        }
        Ok(all)
    }

    async fn event_records(&self, ids: &[EventId]) -> Result<Vec<EventRecord>, StoreError> {
        let mut all = Vec::new();
        for ids in ids.chunks(CHUNK) {
            let mut found = read_once!(self, facts::by_ids, ids, Analyses::None).await?;
            if found.wants_analyses() {
                found = read!(self, facts::by_ids, ids, Analyses::Wanted).await?;
            }
            all.extend(decoding(found.size(), || facts::event_records(found)).await?.items);
        }
        Ok(all)
    }
}
