//! The contract on SQLite, and what is SQLite's own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

mod migration;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use marsad_model::{AnalysisVersion, ArticleFields, Change, Deletion, Submission};
use marsad_store::contract::{self, SqliteFactory, order};
use marsad_store::{Applied, SqliteOptions, SqliteStore, Store, StoreError};

const VERSION: AnalysisVersion = AnalysisVersion { analyzer: 1, knowledge: 1, ontology: 1, overlay: 0 };

fn submission(number: usize) -> Submission {
    let fields = ArticleFields { text: format!("text {number}"), ..Default::default() };
    Submission::new(fields, None, "2024-01-24T00:00:00Z".parse().unwrap())
}

#[tokio::test]
async fn meets_the_contract() {
    let factory = SqliteFactory::new(SqliteOptions::default()).unwrap();
    let failures = contract::run(&factory).await.unwrap();
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn order_does_not_matter() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let factory = SqliteFactory::new(SqliteOptions::default()).unwrap();
    order::independence(&runtime, 48, &[&factory]).unwrap();
}

#[tokio::test]
async fn what_was_confirmed_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = Arc::new(SqliteStore::open(&path, SqliteOptions::default()).await.unwrap());
    store.migrate().await.unwrap();
    let applies = (0..200).map(|number| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.apply(&Change::Submit(submission(number)), VERSION, None).await })
    });
    for apply in applies.collect::<Vec<_>>() {
        assert_eq!(apply.await.unwrap().unwrap(), Applied::NeedsAnalysis);
    }
    // Not closed: as after a crash, but that the operating system lives on.
    let again = SqliteStore::open(&path, SqliteOptions::default()).await.unwrap();
    again.migrate().await.unwrap();
    for number in 0..200 {
        assert!(again.article(submission(number).article, None).await.unwrap().is_some(), "{number}");
    }
}

#[tokio::test]
async fn one_bad_change_does_not_spoil_its_group() {
    let factory = SqliteFactory::new(SqliteOptions::default()).unwrap();
    let store = factory.store().await.unwrap();
    let bad = ArticleFields { text: "a\0b".into(), ..Default::default() };
    let bad = Change::Submit(Submission::new(bad, None, "2024-01-24T00:00:00Z".parse().unwrap()));
    let good: Vec<_> = (0..9).map(|number| Change::Submit(submission(number))).collect();
    let (results, refused) = tokio::join!(futures_of(&store, &good), store.apply(&bad, VERSION, None),);
    assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?}");
    assert!(results.iter().all(|result| matches!(result, Ok(Applied::NeedsAnalysis))), "{results:?}");
}

async fn futures_of(store: &SqliteStore, changes: &[Change]) -> Vec<Result<Applied, StoreError>> {
    futures::future::join_all(changes.iter().map(|change| store.apply(change, VERSION, None))).await
}

#[tokio::test]
async fn a_closed_store_is_unavailable() {
    let factory = SqliteFactory::new(SqliteOptions::default()).unwrap();
    let store = factory.store().await.unwrap();
    store.check().await.unwrap();
    store.close().await;
    store.close().await;
    let change = Change::Submit(submission(1));
    let refused = store.apply(&change, VERSION, None).await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    assert!(matches!(store.check().await, Err(StoreError::Unavailable { .. })));
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_unavailable() {
    let opened = SqliteStore::open("/nowhere/at/all.db", SqliteOptions::default()).await;
    assert!(matches!(opened, Err(StoreError::Unavailable { .. })), "{opened:?}");
}

#[tokio::test]
async fn a_blob_that_cannot_be_read_names_its_article() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path, SqliteOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    let submission = submission(1);
    store.apply(&Change::Submit(submission.clone()), VERSION, None).await.unwrap();
    let pool = sqlx::SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    let sql = "INSERT INTO analyses SELECT article, content_hash, X'00' FROM articles";
    sqlx::query(sql).execute(&pool).await.unwrap();
    let error = store.analysis(submission.article).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Corrupt { article, .. } if *article == submission.article),
        "{error}"
    );
}

#[tokio::test]
async fn a_schema_of_a_later_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path, SqliteOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    store.migrate().await.unwrap();
    let pool = sqlx::SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'later', TRUE, X'00', 0)";
    sqlx::query(sql).execute(&pool).await.unwrap();
    let refused = store.migrate().await;
    assert!(matches!(refused, Err(StoreError::Migration(_))), "{refused:?}");
}

#[tokio::test]
async fn names_are_folded_by_the_function_that_is_given() {
    fn without_alif(name: &str) -> String {
        name.replace('ا', "")
    }
    let options = SqliteOptions { fold: without_alif, ..Default::default() };
    let failures = contract::run(&SqliteFactory::new(options).unwrap()).await.unwrap();
    let names: Vec<_> = failures.iter().map(|failure| failure.case).collect();
    assert_eq!(
        names,
        ["entities_are_searched"],
        "the query العراق is not folded, so only the search may fail"
    );
}

#[tokio::test]
async fn a_deletion_removes_the_text_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let submission = submission(12_345);
    let deletion = Deletion::new(submission.article, None, "2024-02-01T00:00:00Z".parse().unwrap());
    for (change, kept) in [(Change::Submit(submission.clone()), true), (Change::Delete(deletion), false)] {
        let store = SqliteStore::open(&path, SqliteOptions::default()).await.unwrap();
        store.migrate().await.unwrap();
        store.apply(&change, VERSION, None).await.unwrap();
        store.close().await;
        let mut bytes = Vec::new();
        for file in std::fs::read_dir(folder.path()).unwrap() {
            bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
        }
        let text = submission.fields.text.as_bytes();
        assert_eq!(bytes.windows(text.len()).any(|window| window == text), kept);
    }
}

/// Whether any file in `folder` has these bytes.
fn is_kept(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[tokio::test]
async fn a_deletion_removes_the_text_while_the_store_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path, SqliteOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    let delete = |submission: &Submission| {
        let at = "2024-02-01T00:00:00Z".parse().unwrap();
        Change::Delete(Deletion::new(submission.article, None, at))
    };
    let first = submission(12_345);
    store.apply(&Change::Submit(first.clone()), VERSION, None).await.unwrap();
    assert!(is_kept(folder.path(), &first.fields.text));
    store.apply(&delete(&first), VERSION, None).await.unwrap();
    assert!(!is_kept(folder.path(), &first.fields.text));

    // While a reader needs the log it stays; when that has gone the text goes, though nothing else is written.
    let second = submission(54_321);
    store.apply(&Change::Submit(second.clone()), VERSION, None).await.unwrap();
    let pool = sqlx::SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    let mut reader = pool.begin().await.unwrap();
    sqlx::query("SELECT text FROM revisions").fetch_all(&mut *reader).await.unwrap();
    store.apply(&delete(&second), VERSION, None).await.unwrap();
    assert!(is_kept(folder.path(), &second.fields.text));
    reader.rollback().await.unwrap();
    let started = Instant::now();
    while is_kept(folder.path(), &second.fields.text) {
        assert!(started.elapsed() < Duration::from_secs(20), "the text is still there");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(store.article(second.article, None).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_migrate_at_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let migrate = async || SqliteStore::open(&path, SqliteOptions::default()).await?.migrate().await;
        let results = futures::future::join_all((0..8).map(|_| migrate())).await;
        assert!(results.iter().all(Result::is_ok), "{results:?}");
    }
}

#[tokio::test]
async fn a_file_that_another_holds_is_unavailable_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let (busy_timeout, deadline) = (Duration::from_secs(20), Duration::from_millis(300));
    let options = SqliteOptions { busy_timeout, deadline, ..Default::default() };
    let store = SqliteStore::open(&path, options).await.unwrap();
    store.migrate().await.unwrap();
    let pool = sqlx::SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    let holder = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let started = Instant::now();
    let change = Change::Submit(submission(1));
    let refused = store.apply(&change, VERSION, None).await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    holder.rollback().await.unwrap();
    let mut applied = store.apply(&change, VERSION, None).await;
    while matches!(applied, Err(StoreError::Unavailable { .. }))
        && started.elapsed() < Duration::from_secs(20)
    {
        applied = store.apply(&change, VERSION, None).await;
    }
    assert!(matches!(applied, Ok(Applied::NeedsAnalysis)), "{applied:?}");
}

#[tokio::test]
async fn sources_of_the_first_schema_are_brought_over() {
    let pool =
        sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    let rows = migration::old_rows(|n| format!("X'{n:02x}'"));
    let first = include_str!("../migrations/sqlite/0001_articles.sql");
    for sql in [first.to_owned(), rows, include_str!("../migrations/sqlite/0002_sources.sql").to_owned()] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    }
    for (sql, expected) in migration::BROUGHT_OVER {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(sql).fetch_all(&pool).await.unwrap();
        assert!(
            rows.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), *c)).eq(expected.iter().copied()),
            "{rows:?}"
        );
    }
}
