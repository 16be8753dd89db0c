//! What the two backends do differently; the rest of [`Store`] is written once, on top of it.

use std::ops::DerefMut;

use async_trait::async_trait;
use marsad_model::ontology::EntityType;
use marsad_model::{AnalysisVersion, ArticleId, Change, ContentHash, EntityId};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Database, SqlSafeStr as _, Transaction};

use crate::error::StoreError;
use crate::filter::{ArticleFilter, ClaimFilter, EntityFilter, EventFilter};
use crate::page::{Page, PageRequest};
use crate::prepare::Prepared;
use crate::read::{articles, entities, facts};
use crate::record::{ArticleRecord, ArticleSummary, ClaimRecord, EntitySummary, EventRecord, StoredAnalysis};
use crate::sql::{Connection, Query};
use crate::store::{AnalysisResult, Applied, Fold, Store};

/// A database of one of the engines.
#[async_trait]
pub(crate) trait Backend: Send + Sync + 'static {
    /// The engine.
    type Engine: Database<Connection: Connection>;

    /// How names are folded.
    fn fold(&self) -> Fold;
    /// Begins a transaction that reads one state of the database throughout.
    async fn snapshot(&self) -> Result<Transaction<'static, Self::Engine>, StoreError>;
    /// Applies a change in a transaction of its own, durably.
    async fn write(&self, prepared: Prepared) -> Result<Applied, StoreError>;
    /// Brings the schema up to date.
    async fn migrate(&self) -> Result<(), StoreError>;
    /// Gives up the connections.
    async fn close(&self);
}

/// The migrations of an engine, in order, with their names.
pub(crate) fn migrator(migrations: &[(&'static str, &'static str)]) -> Migrator {
    let migration = |(version, (name, sql)): (i64, &(&'static str, &'static str))| {
        Migration::new(version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations((1..).zip(migrations).map(migration).collect())
}

/// What went wrong with the migrations: the server's absence, or the schema.
pub(crate) fn migration_error(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => match error.into() {
            unavailable @ StoreError::Unavailable { .. } => unavailable,
            other => StoreError::Migration(other.to_string()),
        },
        other => StoreError::Migration(other.to_string()),
    }
}

/// Reads in a snapshot of its own.
macro_rules! read {
    ($store:expr, $function:path $(, $argument:expr)*) => {{
        let mut snapshot = $store.snapshot().await?;
        let answer = $function(snapshot.deref_mut(), $($argument),*).await?;
        snapshot.commit().await?;
        Ok(answer)
    }};
}

#[async_trait]
impl<B: Backend> Store for B {
    async fn apply(
        &self,
        change: &Change,
        worker: AnalysisVersion,
        result: Option<&AnalysisResult>,
    ) -> Result<Applied, StoreError> {
        self.write(Prepared::new(change, worker, result, self.fold())?).await
    }

    async fn article(
        &self,
        id: ArticleId,
        revision: Option<ContentHash>,
    ) -> Result<Option<ArticleRecord>, StoreError> {
        read!(self, articles::article, id, revision)
    }

    async fn articles(
        &self,
        filter: &ArticleFilter,
        page: &PageRequest,
    ) -> Result<Page<ArticleSummary>, StoreError> {
        read!(self, articles::articles, filter, page)
    }

    async fn analysis(&self, id: ArticleId) -> Result<Option<StoredAnalysis>, StoreError> {
        read!(self, articles::analysis, id)
    }

    async fn entity(&self, id: &EntityId) -> Result<Option<EntitySummary>, StoreError> {
        read!(self, entities::entity, id)
    }

    async fn entities(
        &self,
        filter: &EntityFilter,
        page: &PageRequest,
    ) -> Result<Page<EntitySummary>, StoreError> {
        read!(self, entities::entities, filter, page)
    }

    async fn search_entities(
        &self,
        folded_query: &str,
        types: &[EntityType],
        page: &PageRequest,
    ) -> Result<Page<EntitySummary>, StoreError> {
        read!(self, entities::search, folded_query, types, page)
    }

    async fn events(
        &self,
        filter: &EventFilter,
        page: &PageRequest,
    ) -> Result<Page<EventRecord>, StoreError> {
        read!(self, facts::events, filter, page)
    }

    async fn claims(
        &self,
        filter: &ClaimFilter,
        page: &PageRequest,
    ) -> Result<Page<ClaimRecord>, StoreError> {
        read!(self, facts::claims, filter, page)
    }

    async fn check(&self) -> Result<(), StoreError> {
        let mut snapshot = self.snapshot().await?;
        snapshot.fetch(Query::new("SELECT article FROM articles LIMIT 1", Vec::new())).await?;
        Ok(snapshot.commit().await?)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        Backend::migrate(self).await
    }

    async fn close(&self) {
        Backend::close(self).await;
    }
}
