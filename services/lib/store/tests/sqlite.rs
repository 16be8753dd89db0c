//! The contract on SQLite, and what is SQLite's own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

mod migration;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use marsad_model::graph::{ArticleLinks, LinkedDate, Story};
use marsad_model::ontology::PublishedBasis;
use marsad_model::{
    Analysis, AnalysisVersion, ArticleFields, Change, Deletion, EntityId, Published, StoryId, Submission,
};
use marsad_store::contract::{self, SqliteFactory, order};
use marsad_store::link::{LinkInput, LinkStore as _, Reanalysed, RecordId};
use marsad_store::{
    Analysed, AnalysisResult, Applied, GraphStore as _, LinkBatch, SqliteOptions, SqliteStore, Store,
    StoreError,
};

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

/// What was analysed before there were digests waits to be linked; a digest is made by a worker, or by the linker itself.
#[tokio::test]
async fn an_analysis_without_a_digest_gets_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path, SqliteOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    let pool = sqlx::SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    let epoch = store.acquire_lease(uuid::Uuid::new_v4(), Duration::from_secs(60)).await.unwrap().unwrap();
    let (analysis, digest) = (empty_analysis(), b"made".to_vec());
    let result = AnalysisResult::Analysed(Analysed { analysis, digest, backfill: false });
    for number in [1, 2] {
        let change = Change::Submit(submission(number));
        store.apply(&change, VERSION, Some(&result)).await.unwrap();
        sqlx::query("DELETE FROM digests").execute(&pool).await.unwrap();
        assert_eq!(store.to_link(9).await.unwrap()[0].input, LinkInput::NoDigest);
        assert_eq!(store.apply(&change, VERSION, None).await.unwrap(), Applied::NeedsAnalysis);
        if number == 1 {
            assert_eq!(store.apply(&change, VERSION, Some(&result)).await.unwrap(), Applied::Stored);
        } else {
            let Change::Submit(Submission { article, fields, .. }) = change.clone() else { unreachable!() };
            let digest = Some(b"made".to_vec());
            let reanalysed = vec![Reanalysed { article, fields, analysis: empty_analysis(), digest }];
            let batch = LinkBatch { reanalysed, ..LinkBatch::default() };
            store.commit_links(epoch, batch).await.unwrap();
        }
        let waiting = store.to_link(9).await.unwrap();
        assert_eq!(waiting[0].input, LinkInput::Digest(b"made".to_vec()), "{number}");
        assert_eq!(store.apply(&change, VERSION, None).await.unwrap(), Applied::Unchanged);
        let done = waiting.into_iter().map(|row| (row.article, row.mark)).collect();
        store.commit_links(epoch, LinkBatch { done, ..LinkBatch::default() }).await.unwrap();
    }
}

fn empty_analysis() -> Analysis {
    let published = Published { date: None, basis: PublishedBasis::None, weekday: None };
    Analysis {
        version: VERSION,
        language: "ar".to_owned(),
        published,
        outlet: None,
        segments: Vec::new(),
        entities: Vec::new(),
        mentions: Vec::new(),
        roles: Vec::new(),
        times: Vec::new(),
        quantities: Vec::new(),
        events: Vec::new(),
        claims: Vec::new(),
    }
}

/// What a story quotes of an article leaves the file with it.
#[tokio::test]
async fn a_story_of_an_article_that_is_gone_leaves_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path, SqliteOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    let epoch = store.acquire_lease(uuid::Uuid::new_v4(), Duration::from_secs(60)).await.unwrap().unwrap();
    let story = Story {
        id: StoryId::new(submission(1).article),
        parent: None,
        title: None,
        days: None,
        articles: Vec::new(),
        // What is indexed is not compressed.
        entities: vec![EntityId::known("qwertzuiopasdfghjklyxcvbnm")],
    };
    let article = submission(1).article;
    let published = LinkedDate { date: None, basis: PublishedBasis::None, from: Vec::new() };
    let links = ArticleLinks { article, published, story: story.id, duplicates: Vec::new() };
    let removed = vec![RecordId::Story(story.id), RecordId::Article(article)];
    let batch = LinkBatch { articles: vec![links], stories: vec![story], ..LinkBatch::default() };
    store.commit_links(epoch, batch).await.unwrap();
    assert!(is_kept(folder.path(), "qwertzuiopasdfghjklyxcvbnm"));
    store.commit_links(epoch, LinkBatch { removed, ..LinkBatch::default() }).await.unwrap();
    assert!(!is_kept(folder.path(), "qwertzuiopasdfghjklyxcvbnm"));
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path, SqliteOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    let pool = sqlx::SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    let story = StoryId::new(submission(1).article);
    let sql = "INSERT INTO stories (story, hash, latest_first, body) VALUES ($1, 0, 0, X'00')";
    sqlx::query(sql).bind(story.0.as_bytes().to_vec()).execute(&pool).await.unwrap();
    let error = store.story(story).await.unwrap_err();
    assert!(matches!(error, StoreError::CorruptRecord { id: RecordId::Story(id), .. } if id == story));
}

#[tokio::test]
async fn sources_of_the_first_schema_are_brought_over() {
    let pool =
        sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    let rows = migration::old_rows(|n| format!("X'{n:02x}'"));
    let first = include_str!("../migrations/sqlite/0001_articles.sql");
    let later = [
        include_str!("../migrations/sqlite/0002_sources.sql"),
        include_str!("../migrations/sqlite/0003_links.sql"),
    ];
    for sql in [vec![first.to_owned(), rows], later.map(str::to_owned).into()].concat() {
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
