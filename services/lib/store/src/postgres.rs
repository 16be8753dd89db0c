//! The store on PostgreSQL.

use std::ops::DerefMut;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgPool, Postgres, Transaction};

use crate::apply::apply;
use crate::backend::{Backend, migrator};
use crate::error::StoreError;
use crate::prepare::Prepared;
use crate::store::{Applied, Fold, lower_case};

const MIGRATIONS: &[(&str, &str)] = &[("articles", include_str!("../migrations/postgres/0001_articles.sql"))];

/// How often a transaction is run that loses against others, before the caller is told to come back later.
const MAX_ATTEMPTS: u32 = 5;

/// Pause before the second attempt; it doubles with each one.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// How a [`PgStore`] uses its server.
#[derive(Debug, Clone)]
pub struct PgOptions {
    /// The most connections to hold. Default 10.
    pub pool_size: u32,
    /// How long the server may work on one statement, waiting for locks included. Default 30 s.
    pub statement_timeout: Duration,
    /// How long to wait for a connection, being made or in use elsewhere. Default 5 s.
    pub acquire_timeout: Duration,
    /// How names are brought into comparison form. Default [`lower_case`].
    pub fold: Fold,
}

impl Default for PgOptions {
    fn default() -> Self {
        Self {
            pool_size: 10,
            statement_timeout: Duration::from_secs(30),
            acquire_timeout: Duration::from_secs(5),
            fold: lower_case,
        }
    }
}

/// The store on PostgreSQL. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct PgStore {
    pool: PgPool,
    fold: Fold,
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
        let timeout = format!("{}ms", options.statement_timeout.as_millis());
        let connect = PgConnectOptions::from_str(url)
            .map_err(|error| StoreError::invalid("postgres_url", error.to_string()))?
            .application_name("marsad")
            .options([("statement_timeout", timeout)]);
        let pool = PgPoolOptions::new()
            .max_connections(options.pool_size)
            .acquire_timeout(options.acquire_timeout)
            .connect_lazy_with(connect);
        Ok(Self { pool, fold: options.fold })
    }

    async fn try_write(&self, prepared: &Prepared) -> Result<Applied, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let applied = apply(transaction.deref_mut(), prepared).await?;
        transaction.commit().await?;
        Ok(applied)
    }
}

#[async_trait]
impl Backend for PgStore {
    type Engine = Postgres;

    fn fold(&self) -> Fold {
        self.fold
    }

    async fn snapshot(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        Ok(self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
    }

    async fn write(&self, prepared: Prepared) -> Result<Applied, StoreError> {
        let mut pause = FIRST_PAUSE;
        for attempt in 1..=MAX_ATTEMPTS {
            match self.try_write(&prepared).await {
                Err(StoreError::Conflict(message)) => {
                    tracing::debug!(attempt, message, article = %prepared.article, "transaction lost");
                }
                settled => return settled,
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(StoreError::unavailable(format!("{MAX_ATTEMPTS} transactions in a row lost against others")))
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await?;
        // Building an index on a large table may take its time. The connection is not used again.
        sqlx::query("SET statement_timeout = 0").execute(connection.deref_mut()).await?;
        let migrated = migrator(MIGRATIONS).run_direct(None, connection.deref_mut(), false).await;
        connection.close().await?;
        migrated.map_err(crate::backend::migration_error)
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
