//! What the two backends do differently; the rest of [`Store`] is written once, on top of it.

mod graph;
mod link;
mod teach;

use std::ops::DerefMut;
use std::time::Duration;

use async_trait::async_trait;
use marsad_model::{AnalysisVersion, ArticleId, Change, ContentHash, EntityId};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::{Database, Pool, SqlSafeStr as _};

use crate::apply::lease::LeaseWatch;
use crate::error::StoreError;
use crate::feed::Feed;
use crate::filter::{ArticleFilter, ClaimFilter, EntityFilter, EntitySearch, EventFilter};
use crate::observe::Place;
use crate::page::{Page, PageRequest};
use crate::prepare::Prepared;
use crate::read::facts::Analyses;
use crate::read::{articles, entities, facts, names, words};
use crate::record::{
    ArticleHit, ArticleRecord, ArticleSummary, ClaimRecord, EntityHit, EntitySummary, EventHit, EventRecord,
    StoredAnalysis,
};
use crate::search::{ArticleSearch, EventSearch};
use crate::sql::{Connection, Query};
use crate::store::{AnalysisResult, Applied, Fold, Store};
use crate::work::Work;

/// A database of one of the engines.
#[async_trait]
pub(crate) trait Backend: Send + Sync + 'static {
    /// The engine.
    type Engine: Database<Connection: Connection>;

    /// How names are folded.
    fn fold(&self) -> Fold;
    /// How long one call may take.
    fn deadline(&self) -> Duration;
    /// What it is called in traces and metrics.
    fn place(&self) -> &Place;
    /// The connections that read.
    fn readers(&self) -> &Pool<Self::Engine>;
    /// Begins a transaction that reads one state of the database throughout.
    const SNAPSHOT: &'static str;
    /// What is known of the change log's last version.
    fn feed(&self) -> &Feed;
    /// What was seen of whoever else holds the lease.
    fn lease_watch(&self) -> &LeaseWatch;
    /// Does a piece of work in a transaction of its own, durably. Whoever calls it keeps the deadline.
    async fn write<W: Work>(&self, work: W) -> Result<W::Answer, StoreError>;
    /// Brings the schema up to date.
    async fn migrate(&self) -> Result<(), StoreError>;
    /// Gives up the connections.
    async fn close(&self);
    /// Another store on the same database, which shares nothing with this one.
    #[cfg(feature = "contract")]
    async fn reopen(&self) -> Result<Self, StoreError>
    where
        Self: Sized;
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

/// The longest that [`Store::check`] takes: who asks for the store's health wants to know soon.
const CHECK_DEADLINE: Duration = Duration::from_secs(5);

/// Gives up on `work` after `deadline`. Without one a server that is silent, not gone, would be waited for until the
/// operating system closes the connection, which takes a quarter of an hour and more.
pub(crate) async fn within<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let late = |_| StoreError::unavailable(format!("the database did not answer within {deadline:?}"));
    tokio::time::timeout(deadline, work).await.map_err(late)?
}

/// A connection on loan from a pool. One whose work was given up is closed: a pool takes a connection back only when that
/// answers, and waits for the answer, so a few silent ones would use it up.
pub(crate) struct Loan<DB: Database> {
    connection: PoolConnection<DB>,
    given_up: bool,
}

impl<DB: Database> Loan<DB> {
    pub(crate) async fn from(pool: &Pool<DB>) -> Result<Self, StoreError> {
        Ok(Self { connection: pool.acquire().await?, given_up: true })
    }

    /// One that was just asked whether it lives: after a restart of the server those in the pool do not.
    pub(crate) async fn alive(pool: &Pool<DB>) -> Result<Self, StoreError> {
        loop {
            let mut loan = Self::from(pool).await?;
            if sqlx::Connection::ping(loan.connection()).await.is_ok() {
                return Ok(loan);
            }
        }
    }

    pub(crate) fn connection(&mut self) -> &mut DB::Connection {
        &mut self.connection
    }

    /// Its work has ended, well or not.
    pub(crate) fn end(mut self) {
        self.given_up = false;
    }
}

impl<DB: Database> Drop for Loan<DB> {
    fn drop(&mut self) {
        if self.given_up {
            self.connection.close_on_drop();
        }
    }
}

/// Reads within a deadline; once more where the connection may have been dead.
macro_rules! reading {
    ($store:expr, $name:expr, |$connection:ident| $read:expr) => {
        crate::observe::call(
            $store.place(),
            $name,
            crate::backend::within($store.deadline(), async {
                let mut loan = crate::backend::Loan::from($store.readers()).await?;
                let $connection = loan.connection();
                let mut answer = async { $read }.await;
                loan.end();
                if let Err(StoreError::Unavailable { .. }) = answer {
                    let mut loan = crate::backend::Loan::alive($store.readers()).await?;
                    let $connection = loan.connection();
                    answer = async { $read }.await;
                    loan.end();
                }
                answer
            }),
        )
    };
}
pub(crate) use reading;

/// Reads in a snapshot of its own, within a deadline.
macro_rules! read {
    ($store:expr, $($function:ident)::+ $(, $argument:expr)*) => {
        crate::backend::reading!($store, concat!($(stringify!($function), "::"),+), |connection| {
            let mut snapshot = sqlx::Connection::begin_with(connection, B::SNAPSHOT).await?;
            let answer = $($function)::+(snapshot.deref_mut(), $($argument),*).await?;
            snapshot.commit().await?;
            Ok(answer)
        })
    };
}
pub(crate) use read;

/// Writes in a transaction of its own, within a deadline.
macro_rules! written {
    ($store:expr, $operation:literal, $work:expr) => {
        crate::observe::call(
            $store.place(),
            $operation,
            crate::backend::within($store.deadline(), $store.write($work)),
        )
    };
}
pub(crate) use written;

/// Reads with one statement, which is a snapshot of its own, within a deadline: two round trips less.
macro_rules! read_once {
    ($store:expr, $($function:ident)::+ $(, $argument:expr)*) => {
        crate::backend::reading!($store, concat!($(stringify!($function), "::"),+), |connection| {
            $($function)::+(connection, $($argument),*).await
        })
    };
}
pub(crate) use read_once;

/// How long a connection of a pool that was not used is taken to be alive: the pool asks it when it comes back, and it is asked again
/// only after this time.
const ALIVE: Duration = Duration::from_secs(1);

/// A pool whose connections are asked whether they live only where that is in doubt: each time costs a round trip.
pub(crate) fn pool<DB: Database>() -> PoolOptions<DB> {
    PoolOptions::new().test_before_acquire(false).before_acquire(|connection: &mut DB::Connection, state| {
        Box::pin(async move {
            if state.idle_for < ALIVE {
                return Ok(true);
            }
            sqlx::Connection::ping(connection).await.map(|()| true)
        })
    })
}

async fn touch(db: &mut dyn Connection) -> Result<(), StoreError> {
    db.fetch(Query::new("SELECT article FROM articles LIMIT 1", Vec::new())).await.map(drop)
}

/// Does what keeps a processor busy where it does not keep other calls waiting.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let ended_badly = |error| StoreError::Database(format!("it ended badly: {error}"));
    tokio::task::spawn_blocking(work).await.map_err(ended_badly)?
}

/// The most bytes of stored records that are decoded at once, in about a millisecond: handing less to another thread would take longer.
const SMALL: usize = 64 * 1024;

/// Decodes stored records of so many bytes in all, [`aside`] if that may take a while.
pub(crate) async fn decoding<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    if bytes <= SMALL { work() } else { aside(work).await }
}

#[async_trait]
impl<B: Backend> Store for B {
    async fn apply(
        &self,
        change: &Change,
        worker: AnalysisVersion,
        result: Option<&AnalysisResult>,
    ) -> Result<Applied, StoreError> {
        let prepared = Prepared::new(change, worker, result, self.fold())?;
        written!(self, "apply", prepared).await
    }

    async fn article(
        &self,
        id: ArticleId,
        revision: Option<ContentHash>,
    ) -> Result<Option<ArticleRecord>, StoreError> {
        read_once!(self, articles::article, id, revision).await
    }

    async fn articles(
        &self,
        filter: &ArticleFilter,
        page: &PageRequest,
    ) -> Result<Page<ArticleSummary>, StoreError> {
        read_once!(self, articles::articles, filter, page).await
    }

    async fn analysis(&self, id: ArticleId) -> Result<Option<StoredAnalysis>, StoreError> {
        match read_once!(self, articles::analysis, id).await? {
            Some(stored) => decoding(stored.size(), || stored.decode()).await.map(Some),
            None => Ok(None),
        }
    }

    async fn entity(&self, id: &EntityId) -> Result<Option<EntitySummary>, StoreError> {
        read_once!(self, entities::entity, id).await
    }

    async fn entities(
        &self,
        filter: &EntityFilter,
        page: &PageRequest,
    ) -> Result<Page<EntitySummary>, StoreError> {
        read!(self, entities::entities, filter, page).await
    }

    async fn search_entities(
        &self,
        search: &EntitySearch,
        page: &PageRequest,
    ) -> Result<Page<EntityHit>, StoreError> {
        read!(self, names::search, search, page).await
    }

    async fn search_articles(
        &self,
        search: &ArticleSearch,
        page: &PageRequest,
    ) -> Result<Page<ArticleHit>, StoreError> {
        let found = read!(self, words::articles, search, page).await?;
        let query = search.query.clone();
        aside(move || Ok(found.show(&query))).await
    }

    async fn search_events(
        &self,
        search: &EventSearch,
        page: &PageRequest,
    ) -> Result<Page<EventHit>, StoreError> {
        let mut list = words::EventList::new(search, page)?;
        while list.wants_more() {
            let step = list.step();
            let found = read!(self, words::step, &step).await?;
            list = aside(move || list.take(step, found)).await?;
        }
        Ok(list.page())
    }

    async fn events(
        &self,
        filter: &EventFilter,
        page: &PageRequest,
    ) -> Result<Page<EventRecord>, StoreError> {
        let mut found = read_once!(self, facts::events, filter, page, Analyses::None).await?;
        if found.wants_analyses() {
            found = read!(self, facts::events, filter, page, Analyses::Wanted).await?;
        }
        decoding(found.size(), || facts::event_records(found)).await
    }

    async fn claims(
        &self,
        filter: &ClaimFilter,
        page: &PageRequest,
    ) -> Result<Page<ClaimRecord>, StoreError> {
        let mut found = read_once!(self, facts::claims, filter, page, Analyses::None).await?;
        if found.wants_analyses() {
            found = read!(self, facts::claims, filter, page, Analyses::Wanted).await?;
        }
        decoding(found.size(), || facts::claim_records(found)).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        within(CHECK_DEADLINE, read!(self, touch)).await
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        Backend::migrate(self).await
    }

    async fn close(&self) {
        Backend::close(self).await;
    }
}

#[cfg(all(test, feature = "contract"))]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::contract::SqliteFactory;
    use crate::contract::fixture::{V1, submission, work};
    use crate::sqlite::SqliteOptions;

    /// On a runtime with one thread, a large page that is being made keeps no other call waiting.
    #[tokio::test]
    async fn a_large_page_does_not_hold_up_others() {
        let factory = SqliteFactory::new(SqliteOptions::default()).unwrap();
        let store = Arc::new(factory.store().await.unwrap());
        for article in 0..4 {
            let text = "attacked العراق بغداد\n".repeat(500);
            work(&*store, &Change::Submit(submission(article, &text, 1)), V1).await.unwrap();
        }
        let reading = Arc::clone(&store);
        let read =
            tokio::spawn(
                async move { reading.events(&EventFilter::default(), &PageRequest::first(1000)).await },
            );
        // A page made on this thread leaves room for one or two turns of others, however fast or busy the machine is.
        let mut turns = 0;
        while !read.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
            turns += 1;
        }
        assert_eq!(read.await.unwrap().unwrap().items.len(), 1000);
        assert!(turns > 8, "others had only {turns} turns");
    }

    #[tokio::test]
    async fn what_takes_too_long_is_unavailable() {
        let never = std::future::pending::<Result<(), StoreError>>();
        let late = within(Duration::from_millis(1), never).await;
        assert!(matches!(late, Err(StoreError::Unavailable { .. })), "{late:?}");
        assert_eq!(within(Duration::from_secs(9), async { Ok(1) }).await.unwrap(), 1);
    }
}
