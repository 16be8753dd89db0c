//! The contract on PostgreSQL, and what is PostgreSQL's own. `MARSAD_TEST_POSTGRES` names a server where databases may be
//! made; `tests/run` starts one.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

mod migration;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use marsad_model::{AnalysisVersion, ArticleFields, Change, Submission};
use marsad_store::contract::{
    self, BoxError, SqliteFactory, StoreFactory, TestStore, UnlockedPgStore, order,
};
use marsad_store::{
    Applied, ArticleFilter, PageRequest, PgOptions, PgStore, SqliteOptions, Store, StoreError,
};
use sqlx::{AssertSqlSafe, PgPool};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use uuid::Uuid;

const VERSION: AnalysisVersion = AnalysisVersion { analyzer: 1, knowledge: 1, ontology: 1, overlay: 0 };

/// Makes a database for each store.
struct PgFactory {
    server: PgPool,
    url: url::Url,
    made: std::sync::Mutex<Vec<(String, PgStore)>>,
}

impl PgFactory {
    async fn new() -> Self {
        let url = std::env::var("MARSAD_TEST_POSTGRES").expect(
            "MARSAD_TEST_POSTGRES is not set: run these tests with `tests/run`, which starts a server",
        );
        let server = PgPool::connect(&url).await.expect("MARSAD_TEST_POSTGRES names no server that answers");
        Self { server, url: url.parse().unwrap(), made: Default::default() }
    }

    /// The URL of a new, empty database.
    async fn database(&self) -> String {
        let name = format!("marsad_test_{}", Uuid::new_v4().simple());
        let sql = format!("CREATE DATABASE {name} TEMPLATE template0");
        sqlx::query(AssertSqlSafe(sql)).execute(&self.server).await.unwrap();
        let mut url = self.url.clone();
        url.set_path(&name);
        let store = PgStore::connect(url.as_str(), PgOptions::default()).await.unwrap();
        self.made.lock().unwrap().push((name, store));
        url.into()
    }

    async fn store(&self, options: PgOptions) -> PgStore {
        let store = PgStore::connect(&self.database().await, options).await.unwrap();
        store.migrate().await.unwrap();
        store
    }

    /// Drops what was made.
    async fn finish(self) {
        let made = std::mem::take(&mut *self.made.lock().unwrap());
        for (name, store) in made {
            store.close().await;
            let sql = format!("DROP DATABASE {name} WITH (FORCE)");
            sqlx::query(AssertSqlSafe(sql)).execute(&self.server).await.unwrap();
        }
    }
}

#[async_trait]
impl StoreFactory for PgFactory {
    async fn fresh(&self) -> Result<Box<dyn TestStore>, BoxError> {
        Ok(Box::new(self.store(PgOptions::default()).await))
    }
}

fn change(text: &str) -> Change {
    let fields = ArticleFields { text: text.into(), ..Default::default() };
    Change::Submit(Submission::new(fields, None, "2024-01-24T00:00:00Z".parse().unwrap()))
}

#[tokio::test]
async fn meets_the_contract() {
    let factory = PgFactory::new().await;
    let failures = contract::run(&factory).await.unwrap();
    factory.finish().await;
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn order_and_backend_do_not_matter() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let postgres = runtime.block_on(PgFactory::new());
    let sqlite = SqliteFactory::new(SqliteOptions::default()).unwrap();
    let found = order::independence(&runtime, 16, &[&sqlite, &postgres]);
    runtime.block_on(postgres.finish());
    found.unwrap();
}

#[tokio::test]
async fn a_schema_of_a_newer_version_is_left_as_it_is() {
    let factory = PgFactory::new().await;
    let url = factory.database().await;
    let store = PgStore::connect(&url, PgOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    let pool = PgPool::connect(&url).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (1000, 'of a newer version', true, '', 0)";
    sqlx::query(newer).execute(&pool).await.unwrap();
    let rolled_back = store.migrate().await;
    pool.close().await;
    factory.finish().await;
    assert!(rolled_back.is_ok(), "{rolled_back:?}");
}

#[tokio::test]
async fn workers_with_few_connections_do_not_starve() {
    let factory = PgFactory::new().await;
    let store = factory.store(PgOptions { pool_size: 2, ..Default::default() }).await;
    let changes: Vec<_> = (0..40).map(|n| change(&format!("text {}", n % 3))).collect();
    let applied =
        futures::future::join_all(changes.iter().map(|change| store.apply(change, VERSION, None))).await;
    factory.finish().await;
    assert!(applied.iter().all(|applied| matches!(applied, Ok(Applied::NeedsAnalysis))), "{applied:?}");
}

#[tokio::test]
async fn a_lock_that_is_held_too_long_is_unavailable() {
    let factory = PgFactory::new().await;
    let url = factory.database().await;
    let options = PgOptions { statement_timeout: Duration::from_millis(300), ..Default::default() };
    let store = PgStore::connect(&url, options).await.unwrap();
    store.migrate().await.unwrap();
    let change = change("text");
    store.apply(&change, VERSION, None).await.unwrap();
    let pool = PgPool::connect(&url).await.unwrap();
    let mut holder = pool.begin().await.unwrap();
    sqlx::query("SELECT article FROM articles FOR UPDATE").execute(&mut *holder).await.unwrap();
    let refused = store.apply(&change, VERSION, None).await;
    holder.rollback().await.unwrap();
    let after = store.apply(&change, VERSION, None).await;
    pool.close().await;
    factory.finish().await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    assert!(matches!(after, Ok(Applied::NeedsAnalysis)), "{after:?}");
}

/// Makes stores that do not lock.
struct UnlockedFactory(PgFactory);

#[async_trait]
impl StoreFactory for UnlockedFactory {
    async fn fresh(&self) -> Result<Box<dyn TestStore>, BoxError> {
        Ok(Box::new(UnlockedPgStore(self.0.store(PgOptions::default()).await)))
    }
}

#[tokio::test]
async fn a_missing_lock_is_found() {
    let factory = UnlockedFactory(PgFactory::new().await);
    let failures = contract::run(&factory).await.unwrap();
    factory.0.finish().await;
    let names: Vec<_> = failures.iter().map(|failure| failure.case).collect();
    assert!(names.contains(&"changes_at_once_end_as_in_order"), "{names:?}");
    let alone = ["what_is_submitted_is_read", "a_deletion_removes_what_is_older"];
    assert!(!alone.iter().any(|case| names.contains(case)), "what one worker does is right: {names:?}");
}

/// Passes connections on to a server until it is told to fall silent; connections that are made later it passes on again.
struct Proxy {
    address: SocketAddr,
    silence: watch::Sender<()>,
}

impl Proxy {
    async fn new(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, silence) = (listener.local_addr().unwrap(), watch::Sender::new(()));
        let silences = silence.clone();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (server, mut silenced) = (server.clone(), silences.subscribe());
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(server).await.unwrap();
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
                        // Both ends stay open.
                        _ = silenced.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Self { address, silence }
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_is_unavailable_in_time() {
    let factory = PgFactory::new().await;
    let direct: url::Url = factory.database().await.parse().unwrap();
    let server = format!("{}:{}", direct.host_str().unwrap(), direct.port().unwrap_or(5432));
    let proxy = Proxy::new(server).await;
    let mut url = direct.clone();
    url.set_ip_host(proxy.address.ip()).unwrap();
    url.set_port(Some(proxy.address.port())).unwrap();
    let deadline = Duration::from_secs(2);
    let options = PgOptions { pool_size: 1, deadline, ..Default::default() };
    let store = PgStore::connect(url.as_str(), options).await.unwrap();
    store.migrate().await.unwrap();

    // A write and a read are under way, and wait for somebody's lock, when the server falls silent.
    let pool = PgPool::connect(direct.as_str()).await.unwrap();
    let mut holder = pool.begin().await.unwrap();
    sqlx::query("LOCK TABLE articles IN ACCESS EXCLUSIVE MODE").execute(&mut *holder).await.unwrap();
    let (change, filter, page) = (change("text"), ArticleFilter::default(), PageRequest::first(1));
    let started = Instant::now();
    let (written, read, ()) =
        tokio::join!(store.apply(&change, VERSION, None), store.articles(&filter, &page), async {
            tokio::time::sleep(deadline / 2).await;
            proxy.silence.send_replace(());
        });
    let took = started.elapsed();
    holder.rollback().await.unwrap();
    // Neither of the only two connections is waited for any more.
    let after = store.apply(&change, VERSION, None).await;
    let listed = store.articles(&filter, &page).await;
    store.close().await;
    pool.close().await;
    factory.finish().await;
    assert!(matches!(written, Err(StoreError::Unavailable { .. })), "{written:?}");
    assert!(matches!(read, Err(StoreError::Unavailable { .. })), "{read:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(matches!(after, Ok(Applied::NeedsAnalysis)), "{after:?}");
    assert_eq!(listed.unwrap().items.len(), 1);
}

#[tokio::test]
async fn many_migrate_at_once() {
    let factory = PgFactory::new().await;
    let url = factory.database().await;
    let migrate = async || PgStore::connect(&url, PgOptions::default()).await?.migrate().await;
    let results = futures::future::join_all((0..4).map(|_| migrate())).await;
    factory.finish().await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_in_time() {
    // Port 9 is the discard service: nothing listens there.
    let options = PgOptions { acquire_timeout: Duration::from_millis(500), ..Default::default() };
    let store = PgStore::connect("postgres://marsad@127.0.0.1:9/postgres", options).await.unwrap();
    let started = Instant::now();
    let refused = store.apply(&change("text"), VERSION, None).await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    let wrong = PgStore::connect("mysql://localhost", PgOptions::default()).await;
    assert!(matches!(wrong, Err(StoreError::Invalid { .. })), "{wrong:?}");
}

#[tokio::test]
async fn sources_of_the_first_schema_are_brought_over() {
    let factory = PgFactory::new().await;
    let pool = PgPool::connect(&factory.database().await).await.unwrap();
    let rows = migration::old_rows(|n| format!(r"'\x{n:02x}'"));
    let first = include_str!("../migrations/postgres/0001_articles.sql");
    let later = [
        include_str!("../migrations/postgres/0002_sources.sql"),
        include_str!("../migrations/postgres/0003_links.sql"),
    ];
    for sql in [vec![first.to_owned(), rows], later.map(str::to_owned).into()].concat() {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    }
    for (sql, expected) in migration::BROUGHT_OVER {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(sql).fetch_all(&pool).await.unwrap();
        assert!(
            rows.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), *c)).eq(expected.iter().copied()),
            "{rows:?}"
        );
    }
    pool.close().await;
    factory.finish().await;
}
