//! The store on PostgreSQL.

use std::ops::DerefMut;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection, PgPool, Postgres};

use crate::apply::lease::LeaseWatch;
use crate::backend::{Backend, Loan, migrator};
use crate::error::StoreError;
use crate::feed::Feed;
use crate::observe::Place;
use crate::sql::KEPT_STATEMENTS;
use crate::store::{Fold, lower_case};
use crate::work::Work;

const MIGRATIONS: &[(&str, &str)] = &[
    ("articles", include_str!("../migrations/postgres/0001_articles.sql")),
    ("sources", include_str!("../migrations/postgres/0002_sources.sql")),
    ("links", include_str!("../migrations/postgres/0003_links.sql")),
    ("search", include_str!("../migrations/postgres/0004_search.sql")),
    ("teaching", include_str!("../migrations/postgres/0005_teaching.sql")),
    ("order", include_str!("../migrations/postgres/0006_order.sql")),
    ("origins", include_str!("../migrations/postgres/0007_origins.sql")),
    ("pages", include_str!("../migrations/postgres/0008_pages.sql")),
];

/// How often a transaction is run that loses against others, before the caller is told to come back later.
const MAX_ATTEMPTS: u32 = 5;

/// Pause before the second attempt; it doubles with each one.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// How a [`PgStore`] uses its server.
#[derive(Debug, Clone)]
pub struct PgOptions {
    /// The most connections to hold for writing, and as many for reading: long reads do not hold up changes. Default 10.
    pub pool_size: u32,
    /// How long the server may work on one statement, waiting for locks included. Default 30 s.
    pub statement_timeout: Duration,
    /// How long to wait for a connection, being made or in use elsewhere. Default 5 s.
    pub acquire_timeout: Duration,
    /// How long one call may take in all, also where the server is silent. Longer than the other two together, so that the
    /// server comes to its own conclusion first if it can. Default 45 s.
    pub deadline: Duration,
    /// How names are brought into comparison form. Default [`lower_case`].
    pub fold: Fold,
}

impl Default for PgOptions {
    fn default() -> Self {
        Self {
            pool_size: 10,
            statement_timeout: Duration::from_secs(30),
            acquire_timeout: Duration::from_secs(5),
            deadline: Duration::from_secs(45),
            fold: lower_case,
        }
    }
}

/// The store on PostgreSQL. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct PgStore {
    readers: PgPool,
    writers: PgPool,
    deadline: Duration,
    place: Place,
    fold: Fold,
    feed: Feed,
    lease_watch: LeaseWatch,
}

impl PgStore {
    /// A store on the database that `url` names, e.g. `postgres://marsad@localhost/marsad`. Connections are made when they
    /// are needed, so the server may come up later; see [`crate::Store::check`].
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where `url` is none of PostgreSQL.
    pub async fn connect(url: &str, options: PgOptions) -> Result<Self, StoreError> {
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            let description = "it is of another database; postgres://user@host/database would be right";
            return Err(StoreError::invalid("postgres_url", description));
        }
        let statement_timeout = format!("{}ms", options.statement_timeout.as_millis());
        let idle_timeout = format!("{}ms", options.deadline.as_millis());
        let connect = PgConnectOptions::from_str(url)
            .map_err(|error| StoreError::invalid("postgres_url", error.to_string()))?
            .application_name("marsad")
            .statement_cache_capacity(KEPT_STATEMENTS)
            .options([("statement_timeout", statement_timeout.as_str())])
            // The server gives up the locks of a client that went away without a word, or fell silent.
            .options([("idle_in_transaction_session_timeout", idle_timeout.as_str())])
            .options([
                ("tcp_keepalives_idle", 30),
                ("tcp_keepalives_interval", 10),
                ("tcp_keepalives_count", 3),
            ])
            // What is answered is durable, whatever the server's default is.
            .options([("synchronous_commit", "on")])
            // Pages are small: compiling a statement takes far longer than it runs.
            .options([("jit", "off")]);
        let pool = || {
            crate::backend::pool()
                .max_connections(options.pool_size)
                .acquire_timeout(options.acquire_timeout)
                .connect_lazy_with(connect.clone())
        };
        let (feed, lease_watch) = (Feed::default(), LeaseWatch::default());
        let (deadline, fold) = (options.deadline, options.fold);
        let address = Some((connect.get_host().to_owned(), connect.get_port()));
        let place =
            Place::new("postgresql", connect.get_database().unwrap_or("postgres").to_owned(), address);
        Ok(Self { readers: pool(), writers: pool(), deadline, place, fold, feed, lease_watch })
    }

    async fn try_write<W: Work>(&self, work: &W) -> Result<W::Answer, StoreError> {
        let mut loan = Loan::from(&self.writers).await?;
        let answer = write(loan.connection(), work).await;
        loan.end();
        answer
    }
}

async fn write<W: Work>(connection: &mut PgConnection, work: &W) -> Result<W::Answer, StoreError> {
    let mut transaction = connection.begin().await?;
    let answer = work.run(transaction.deref_mut()).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// A store that does not lock the article's row: the suite must find it.
#[cfg(feature = "contract")]
#[derive(Debug, Clone)]
pub struct UnlockedPgStore(pub PgStore);

#[cfg(feature = "contract")]
#[async_trait]
impl Backend for UnlockedPgStore {
    type Engine = Postgres;

    const SNAPSHOT: &'static str = PgStore::SNAPSHOT;

    fn fold(&self) -> Fold {
        self.0.fold
    }

    fn deadline(&self) -> Duration {
        self.0.deadline
    }

    fn place(&self) -> &Place {
        &self.0.place
    }

    fn readers(&self) -> &PgPool {
        &self.0.readers
    }

    fn feed(&self) -> &Feed {
        &self.0.feed
    }

    fn lease_watch(&self) -> &LeaseWatch {
        &self.0.lease_watch
    }

    async fn write<W: Work>(&self, work: W) -> Result<W::Answer, StoreError> {
        let mut transaction = self.0.writers.begin().await?;
        let answer = work.run_unlocked(transaction.deref_mut()).await?;
        transaction.commit().await?;
        Ok(answer)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        Backend::migrate(&self.0).await
    }

    async fn close(&self) {
        Backend::close(&self.0).await;
    }

    async fn reopen(&self) -> Result<Self, StoreError> {
        self.0.reopen().await.map(Self)
    }
}

#[async_trait]
impl Backend for PgStore {
    type Engine = Postgres;

    const SNAPSHOT: &'static str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

    fn fold(&self) -> Fold {
        self.fold
    }

    fn deadline(&self) -> Duration {
        self.deadline
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn readers(&self) -> &PgPool {
        &self.readers
    }

    fn feed(&self) -> &Feed {
        &self.feed
    }

    fn lease_watch(&self) -> &LeaseWatch {
        &self.lease_watch
    }

    async fn write<W: Work>(&self, work: W) -> Result<W::Answer, StoreError> {
        let mut pause = FIRST_PAUSE;
        for attempt in 1..=MAX_ATTEMPTS {
            match self.try_write(&work).await {
                Err(StoreError::Conflict(message)) => {
                    tracing::debug!(attempt, message, "transaction lost");
                }
                settled => return settled,
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(StoreError::unavailable(format!("{MAX_ATTEMPTS} transactions in a row lost against others")))
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let mut connection = self.writers.acquire().await?;
        // Building an index on a large table may take its time. The connection is not used again.
        sqlx::query("SET statement_timeout = 0").execute(connection.deref_mut()).await?;
        let mut migrator = migrator(MIGRATIONS);
        // A newer version may have been here: a roll-back finds its migrations, and leaves them.
        migrator.set_ignore_missing(true);
        let migrated = migrator.run_direct(None, connection.deref_mut(), false).await;
        connection.close().await?;
        migrated.map_err(crate::backend::migration_error)
    }

    async fn close(&self) {
        tokio::join!(self.writers.close(), self.readers.close());
    }

    #[cfg(feature = "contract")]
    async fn reopen(&self) -> Result<Self, StoreError> {
        let again = |pool: &PgPool| {
            let connect = PgConnectOptions::clone(&pool.connect_options());
            pool.options().clone().connect_lazy_with(connect)
        };
        let (readers, writers) = (again(&self.readers), again(&self.writers));
        let (feed, lease_watch) = (Feed::default(), LeaseWatch::default());
        Ok(Self { readers, writers, feed, lease_watch, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sessions_say_what_they_rely_on() {
        let store =
            PgStore::connect("postgres://marsad@localhost/marsad", PgOptions::default()).await.unwrap();
        let options = store.writers.connect_options().get_options().unwrap_or_default().to_owned();
        for setting in [
            "statement_timeout=30000ms",
            "idle_in_transaction_session_timeout=45000ms",
            "tcp_keepalives_idle=30",
            "tcp_keepalives_interval=10",
            "tcp_keepalives_count=3",
            "synchronous_commit=on",
            "jit=off",
        ] {
            assert!(options.split(' ').any(|option| option == setting), "{setting} is not in {options}");
        }
    }
}
