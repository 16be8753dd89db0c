//! The contract suite: what every implementation of [`Store`] must do, as cases with names.
//!
//! A test makes a [`StoreFactory`], runs [`run`] and expects no failures, and runs [`order::independence`] over all of its
//! factories. Faulty stores are tested the same way: the suite must name the case that they fail.

mod changes;
mod counts;
mod entities;
pub(crate) mod fixture;
mod graph;
pub(crate) mod graph_fixture;
mod links;
mod lists;
mod log;
pub mod order;
mod records;
mod search;
mod teaching;

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::ops::DerefMut;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::backend::{Backend, read};
use crate::error::StoreError;
use crate::filter::{ArticleFilter, ClaimFilter, EntityFilter, EventFilter};
use crate::page::{Cursor, Page, PageRequest};
use crate::sql::{Connection, Query, Value};
use crate::sqlite::{SqliteOptions, SqliteStore};
use crate::store::Store;

pub use crate::postgres::UnlockedPgStore;

/// Whatever stops a case.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Rows of the tables, by table.
pub type Tables = BTreeMap<String, Vec<Json>>;

/// A store that can show its tables.
#[async_trait]
pub trait TestStore: Store {
    /// Every row of every table whose content is a function of what was handed in, in a fixed order.
    async fn tables(&self) -> Result<Tables, StoreError>;
    /// Another store on the same database, as another process would have it.
    async fn another(&self) -> Result<Box<dyn TestStore>, StoreError>;
}

/// Makes stores for tests.
#[async_trait]
pub trait StoreFactory: Send + Sync {
    /// An empty store with its schema.
    async fn fresh(&self) -> Result<Box<dyn TestStore>, BoxError>;
}

/// A case that a store failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The case.
    pub case: &'static str,
    /// What was expected, and what was there.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.case, self.message)
    }
}

type CaseFuture<'a> = Pin<Box<dyn Future<Output = Result<(), BoxError>> + 'a>>;

/// A case of the suite.
struct Case {
    name: &'static str,
    run: for<'a> fn(&'a dyn TestStore) -> CaseFuture<'a>,
}

/// Lists functions as cases.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        pub(super) const CASES: &[$crate::contract::Case] =
            &[$($crate::contract::Case { name: stringify!($name), run: |store| Box::pin($name(store)) }),*];
    };
}
use cases;

/// Fails the case unless both are equal.
macro_rules! ensure_eq {
    ($left:expr, $right:expr, $($what:tt)+) => {{
        let (left, right) = (&$left, &$right);
        if left != right {
            return Err(format!("{}: expected {right:?}, found {left:?}", format_args!($($what)+)).into());
        }
    }};
}
use ensure_eq;

/// Runs every case on a store of its own; gives the cases that failed.
///
/// # Errors
/// Where no store can be made.
pub async fn run(factory: &dyn StoreFactory) -> Result<Vec<Failure>, BoxError> {
    let mut failures = Vec::new();
    for case in all_cases() {
        failures.extend(try_case(factory, case).await?);
    }
    failures.extend(try_at_once(factory).await);
    Ok(failures)
}

/// Runs the case of that name, on a store of its own; gives the failure, if it failed.
///
/// # Errors
/// Where no store can be made, or there is no such case.
pub async fn run_case(factory: &dyn StoreFactory, name: &str) -> Result<Option<Failure>, BoxError> {
    match all_cases().find(|case| case.name == name) {
        Some(case) => try_case(factory, case).await,
        None if name == order::AT_ONCE => Ok(try_at_once(factory).await),
        None => Err(format!("there is no case {name}").into()),
    }
}

fn all_cases() -> impl Iterator<Item = &'static Case> {
    let modules = [
        records::CASES,
        changes::CASES,
        counts::CASES,
        entities::CASES,
        lists::CASES,
        links::CASES,
        graph::CASES,
        log::CASES,
        search::CASES,
        teaching::CASES,
    ];
    modules.into_iter().flatten()
}

async fn try_case(factory: &dyn StoreFactory, case: &Case) -> Result<Option<Failure>, BoxError> {
    let store = factory.fresh().await?;
    let failed = (case.run)(store.as_ref()).await.err();
    store.close().await;
    Ok(failed.map(|error| Failure { case: case.name, message: error.to_string() }))
}

async fn try_at_once(factory: &dyn StoreFactory) -> Option<Failure> {
    let failed = order::at_once(factory).await.err();
    failed.map(|error| Failure { case: order::AT_ONCE, message: error.to_string() })
}

/// Reads everything, through the public reads and out of the tables, as JSON with one form for one content.
///
/// # Errors
/// Those of the reads.
pub async fn dump(store: &dyn TestStore) -> Result<String, BoxError> {
    let mut articles = Vec::new();
    let mut analyses = Vec::new();
    let filter = ArticleFilter::default();
    for summary in all(async |page| store.articles(&filter, &page).await).await? {
        let record = store.article(summary.id, None).await?.ok_or("a listed article cannot be read")?;
        for revision in &record.revisions {
            articles.push(store.article(summary.id, Some(revision.content_hash)).await?);
        }
        analyses.push(store.analysis(summary.id).await?);
    }
    let filter = EntityFilter::default();
    let entities = all(async |page| store.entities(&filter, &page).await).await?;
    let filter = EventFilter::default();
    let events = all(async |page| store.events(&filter, &page).await).await?;
    let filter = ClaimFilter::default();
    let claims = all(async |page| store.claims(&filter, &page).await).await?;
    let everything = json!({
        "articles": articles, "analyses": analyses, "entities": entities, "events": events, "claims": claims,
        "tables": store.tables().await?,
    });
    Ok(serde_json::to_string_pretty(&everything)?)
}

/// All items of a list, read in small pages.
async fn all<T>(
    mut read: impl AsyncFnMut(PageRequest) -> Result<Page<T>, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut items = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = read(PageRequest { size: 3, after }).await?;
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(items);
        }
    }
}

/// What the log, the lease and the list of what waits hold depends on how the rest came to be; that former ids resolve does too.
const TABLES: [(&str, &str); 21] = [
    ("articles", "SELECT * FROM articles"),
    ("revisions", "SELECT * FROM revisions"),
    ("analyses", "SELECT * FROM analyses"),
    ("article_entities", "SELECT * FROM article_entities"),
    ("events", "SELECT * FROM events"),
    ("event_participants", "SELECT * FROM event_participants"),
    ("claims", "SELECT * FROM claims"),
    ("claim_participants", "SELECT * FROM claim_participants"),
    // Nothing has changed since everything was linked.
    ("entity_changes", "SELECT * FROM entity_changes"),
    ("entity_forms", "SELECT * FROM entity_forms"),
    ("digests", "SELECT * FROM digests"),
    ("article_links", "SELECT * FROM article_links"),
    ("stories", "SELECT * FROM stories"),
    ("story_articles", "SELECT * FROM story_articles"),
    ("story_entities", "SELECT * FROM story_entities"),
    ("clusters", "SELECT * FROM clusters"),
    ("cluster_participants", "SELECT * FROM cluster_participants"),
    ("cluster_members", "SELECT * FROM cluster_members"),
    ("conflicts", "SELECT * FROM conflicts"),
    // Each engine keeps the words in a form of its own.
    ("search_documents", "SELECT article, place, parts FROM search_documents"),
    ("entity_words", "SELECT article, entity, word, skeleton, name FROM entity_words"),
];

#[async_trait]
impl<B: Backend> TestStore for B {
    async fn tables(&self) -> Result<Tables, StoreError> {
        read!(self, read_tables).await
    }

    async fn another(&self) -> Result<Box<dyn TestStore>, StoreError> {
        Ok(Box::new(self.reopen().await?))
    }
}

async fn read_tables(db: &mut dyn Connection) -> Result<Tables, StoreError> {
    let mut tables = Tables::new();
    for (table, sql) in TABLES {
        let rows = db.fetch(Query::new(sql, Vec::new())).await?;
        let mut rows: Vec<Json> = rows.into_iter().map(|row| row.rest().map(cell).collect()).collect();
        rows.sort_by_key(Json::to_string);
        tables.insert(table.to_owned(), rows);
    }
    Ok(tables)
}

fn cell(value: Value) -> Json {
    match value {
        Value::Int(number) => json!(number),
        Value::Real(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Bytes(bytes) => {
            json!(bytes.map(|bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
        }
    }
}

/// Makes stores in files of a temporary folder, which goes with the factory.
#[derive(Debug)]
pub struct SqliteFactory {
    folder: TempDir,
    made: AtomicUsize,
    options: SqliteOptions,
}

impl SqliteFactory {
    /// A factory of stores with these options.
    ///
    /// # Errors
    /// Where no temporary folder can be made.
    pub fn new(options: SqliteOptions) -> std::io::Result<Self> {
        Ok(Self { folder: tempfile::tempdir()?, made: AtomicUsize::new(0), options })
    }

    /// An empty store with its schema.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub async fn store(&self) -> Result<SqliteStore, StoreError> {
        let name = format!("{}.db", self.made.fetch_add(1, Ordering::Relaxed));
        let store = SqliteStore::open(self.folder.path().join(name), self.options.clone()).await?;
        Store::migrate(&store).await?;
        Ok(store)
    }
}

#[async_trait]
impl StoreFactory for SqliteFactory {
    async fn fresh(&self) -> Result<Box<dyn TestStore>, BoxError> {
        Ok(Box::new(self.store().await?))
    }
}
