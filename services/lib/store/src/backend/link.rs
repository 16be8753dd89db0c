//! The linker's side of the store, on either backend.

use std::ops::DerefMut;
use std::time::Duration;

use async_trait::async_trait;
use marsad_model::ArticleId;
use uuid::Uuid;

use super::{Backend, aside, read, written};
use crate::apply::lease::{Acquire, Acquired, Keep};
use crate::apply::links::{Commit, Trim};
use crate::error::StoreError;
use crate::link::{Epoch, Head, LinkBatch, LinkState, LinkStore, RecordKind, StoredDigest, ToLink};
use crate::prepare::links::PreparedLinks;
use crate::read::linking;

#[async_trait]
impl<B: Backend> LinkStore for B {
    async fn acquire_lease(&self, holder: Uuid, ttl: Duration) -> Result<Option<Epoch>, StoreError> {
        let work = Acquire { holder, ttl, expired: self.lease_watch().expired() };
        match written!(self, "acquire_lease", work).await? {
            Acquired::Own(epoch) => Ok(Some(epoch)),
            Acquired::Held { beat, ttl } => {
                self.lease_watch().note(beat, ttl);
                Ok(None)
            }
        }
    }

    async fn renew_lease(&self, epoch: Epoch, ttl: Duration) -> Result<bool, StoreError> {
        written!(self, "renew_lease", Keep::Renew(epoch, ttl)).await
    }

    async fn release_lease(&self, epoch: Epoch) -> Result<bool, StoreError> {
        written!(self, "release_lease", Keep::Release(epoch)).await
    }

    async fn link_state(&self) -> Result<LinkState, StoreError> {
        read!(self, linking::state).await
    }

    async fn to_link(&self, limit: u32) -> Result<Vec<ToLink>, StoreError> {
        read!(self, linking::to_link, limit).await
    }

    async fn digests(&self, after: Option<ArticleId>, limit: u32) -> Result<Vec<StoredDigest>, StoreError> {
        read!(self, linking::digests, after, limit).await
    }

    async fn linked_heads(
        &self,
        kind: RecordKind,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<Head>, StoreError> {
        read!(self, linking::heads, kind, after, limit).await
    }

    async fn commit_links(&self, epoch: Epoch, batch: LinkBatch) -> Result<u64, StoreError> {
        let fold = self.fold();
        let links = aside(move || PreparedLinks::new(batch, fold)).await?;
        let committed = written!(self, "commit_links", Commit { epoch, links }).await?;
        self.feed().announce(committed.version);
        Ok(committed.version)
    }

    async fn trim_log(&self, keep: u64) -> Result<u64, StoreError> {
        written!(self, "trim_log", Trim { keep }).await
    }
}
