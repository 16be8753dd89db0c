//! The worker over the embedded queue and store, with analyzers of the tests' own.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use marsad_analysis::{Analyzer, Worker, WorkerOptions};
use marsad_extract::Document;
use marsad_extract::knowledge::Overlay;
use marsad_model::ontology::PublishedBasis;
use marsad_model::{
    Analysis, ArticleFields, ArticleId, Change, Deletion, Published, Segment, Span, Submission,
};
use marsad_proto::queue::{SCHEMA, SCHEMA_HEADER, encode};
use marsad_queue::{Lane, Message, Queue, SqliteQueue, SqliteQueueOptions};
use marsad_store::record::ArticleState;
use marsad_store::{SqliteOptions, SqliteStore, Store};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// What the tests' analyzer panics on.
const TRAP: &str = "فخ";

fn empty(_: &Document<'_>, overlay: &Overlay) -> Analysis {
    Analysis {
        version: overlay.version(),
        language: "ar".into(),
        published: Published { date: None, basis: PublishedBasis::None, weekday: None },
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

fn panics_on_the_trap(document: &Document<'_>, overlay: &Overlay) -> Analysis {
    assert!(!document.text.contains(TRAP), "stepped into the trap");
    empty(document, overlay)
}

fn points_outside(document: &Document<'_>, overlay: &Overlay) -> Analysis {
    let span = Span::new(0, document.text.len() + 1);
    let kind = marsad_model::ontology::SegmentKind::Body;
    Analysis {
        segments: vec![Segment { span, kind, reason: None, warning: None }],
        ..empty(document, overlay)
    }
}

struct Setup {
    _directory: TempDir,
    queue: Arc<SqliteQueue>,
    store: Arc<SqliteStore>,
}

impl Setup {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let queue = SqliteQueue::open(directory.path().join("queue.db"), SqliteQueueOptions::default())
            .await
            .unwrap();
        let store =
            SqliteStore::open(directory.path().join("store.db"), SqliteOptions::default()).await.unwrap();
        store.migrate().await.unwrap();
        Self { _directory: directory, queue: Arc::new(queue), store: Arc::new(store) }
    }

    async fn publish(&self, change: &Change) {
        let message = Message::new(change.article().to_string(), Lane::Live, encode(change))
            .with_stamp(change.stamp().sort_key());
        self.queue.publish(message.with_header(SCHEMA_HEADER, SCHEMA)).await.unwrap();
    }

    /// Works until nothing waits and nothing is held any more.
    async fn work(&self, analyzer: Analyzer) {
        let options = WorkerOptions { claim_wait: Duration::from_millis(50), ..WorkerOptions::default() };
        self.work_with(analyzer, options).await;
    }

    async fn work_with(&self, analyzer: Analyzer, options: WorkerOptions) {
        let stop = CancellationToken::new();
        let worker = Worker::new(self.queue.clone(), self.store.clone(), analyzer, options);
        let running = tokio::spawn(worker.run(stop.clone()));
        let settled = async {
            loop {
                let depth = self.queue.depth().await.unwrap();
                if depth.live + depth.backfill + depth.delayed + depth.in_flight.unwrap_or_default() == 0 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), settled).await.expect("the queue did not empty");
        stop.cancel();
        running.await.unwrap();
    }

    async fn state(&self, article: ArticleId) -> Option<ArticleState> {
        self.store.article(article, None).await.unwrap().map(|record| record.summary.state)
    }
}

fn submission(text: &str, url: &str, second: i64) -> Change {
    let fields = ArticleFields { text: text.into(), url: Some(url.into()), ..ArticleFields::default() };
    Change::Submit(Submission::new(fields, None, Timestamp::from_second(second).unwrap()))
}

/// What the analyzer remembers of words it remembers by thread.
#[tokio::test]
async fn analyses_keep_to_their_threads() {
    static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    fn noted(document: &Document<'_>, overlay: &Overlay) -> Analysis {
        SEEN.lock().unwrap().insert(format!("{:?}", std::thread::current().id()));
        empty(document, overlay)
    }
    let setup = Setup::new().await;
    for number in 0..40 {
        setup.publish(&submission("نص", &format!("https://news.example/{number}"), 1)).await;
    }
    let options = WorkerOptions { analyses: 2, in_flight: 16, ..WorkerOptions::default() };
    setup.work_with(noted, options).await;
    assert!((1..=2).contains(&SEEN.lock().unwrap().len()), "{SEEN:?}");
}

#[tokio::test]
async fn a_panic_parks_its_article_and_the_others_flow() {
    let setup = Setup::new().await;
    let trap = submission(TRAP, "https://news.example/trap", 1);
    let good: Vec<Change> =
        (0..20).map(|n| submission("نص", &format!("https://news.example/{n}"), 1)).collect();
    setup.publish(&trap).await;
    for change in &good {
        setup.publish(change).await;
    }
    setup.work(panics_on_the_trap).await;
    for change in &good {
        assert_eq!(setup.state(change.article()).await, Some(ArticleState::Analysed));
    }
    assert_eq!(setup.state(trap.article()).await, Some(ArticleState::Failed));
    let parked = setup.queue.parked(10).await.unwrap();
    assert_eq!(parked.len(), 1);
    assert!(parked[0].reason.contains("stepped into the trap"), "{}", parked[0].reason);

    // With the defect mended, a replay analyses it.
    let id = parked[0].message.id;
    assert_eq!(setup.queue.replay(&[id]).await, Ok(vec![id]));
    setup.work(empty).await;
    assert_eq!(setup.state(trap.article()).await, Some(ArticleState::Analysed));
    assert_eq!(setup.queue.depth().await.unwrap().parked, 0);
}

#[tokio::test]
async fn what_fails_again_after_a_replay_is_parked_again() {
    let setup = Setup::new().await;
    setup.publish(&submission(TRAP, "https://news.example/trap", 1)).await;
    setup.work(panics_on_the_trap).await;
    for _ in 0..2 {
        let id = setup.queue.parked(1).await.unwrap()[0].message.id;
        assert_eq!(setup.queue.replay(&[id]).await, Ok(vec![id]));
        setup.work(panics_on_the_trap).await;
        assert_eq!(setup.queue.depth().await.unwrap().parked, 1);
    }
}

#[tokio::test]
async fn an_analysis_without_end_is_a_failure() {
    fn sleeps(document: &Document<'_>, overlay: &Overlay) -> Analysis {
        std::thread::sleep(Duration::from_millis(400));
        empty(document, overlay)
    }
    let setup = Setup::new().await;
    let change = submission("نص", "https://news.example/1", 1);
    setup.publish(&change).await;
    let options = WorkerOptions { analysis_timeout: Duration::from_millis(50), ..WorkerOptions::default() };
    setup.work_with(sleeps, options).await;
    let record = setup.store.article(change.article(), None).await.unwrap().unwrap();
    assert!(record.summary.failure.unwrap().contains("took longer than 0.05 s"));
    assert_eq!(setup.queue.depth().await.unwrap().parked, 1);
}

#[tokio::test]
async fn an_analysis_that_the_store_refuses_is_a_failure() {
    fn twice_the_same(document: &Document<'_>, overlay: &Overlay) -> Analysis {
        let entity = marsad_model::Entity {
            id: marsad_model::EntityId::known("IQ"),
            entity_type: marsad_model::ontology::EntityType::Gpe,
            name: "العراق".into(),
            name_en: None,
            wikidata: None,
            rollup: None,
        };
        Analysis { entities: vec![entity.clone(), entity], ..empty(document, overlay) }
    }
    let setup = Setup::new().await;
    let change = submission("نص", "https://news.example/1", 1);
    setup.publish(&change).await;
    setup.work(twice_the_same).await;
    let record = setup.store.article(change.article(), None).await.unwrap().unwrap();
    assert!(record.summary.failure.unwrap().contains("the store refuses"));
}

#[tokio::test]
async fn an_analysis_that_does_not_fit_its_text_is_a_failure() {
    let setup = Setup::new().await;
    let change = submission("نص", "https://news.example/1", 1);
    setup.publish(&change).await;
    setup.work(points_outside).await;
    let record = setup.store.article(change.article(), None).await.unwrap().unwrap();
    assert_eq!(record.summary.state, ArticleState::Failed);
    assert!(record.summary.failure.unwrap().contains("not consistent"));
}

#[tokio::test]
async fn messages_that_can_never_be_read_are_parked_with_the_reason() {
    let setup = Setup::new().await;
    let body = encode(&submission("نص", "https://news.example/1", 1));
    let unknown_schema =
        Message::new("k", Lane::Live, body.clone()).with_header(SCHEMA_HEADER, "marsad.v9.Other");
    let cut =
        Message::new("k", Lane::Live, body[..body.len() - 3].to_vec()).with_header(SCHEMA_HEADER, SCHEMA);
    for message in [unknown_schema, cut] {
        setup.queue.publish(message).await.unwrap();
    }
    setup.work(empty).await;
    let mut reasons: Vec<String> =
        setup.queue.parked(10).await.unwrap().into_iter().map(|p| p.reason).collect();
    reasons.sort();
    assert!(reasons[0].starts_with("malformed message: body"), "{reasons:?}");
    assert!(reasons[1].starts_with("malformed message: schema is `marsad.v9.Other`"), "{reasons:?}");
}

#[tokio::test]
async fn a_deletion_takes_what_is_parked_of_the_article_with_it() {
    let setup = Setup::new().await;
    let trap = submission(TRAP, "https://news.example/trap", 1);
    setup.publish(&trap).await;
    setup.work(panics_on_the_trap).await;
    assert_eq!(setup.queue.depth().await.unwrap().parked, 1);
    let deletion = Deletion::new(trap.article(), None, Timestamp::from_second(2).unwrap());
    setup.publish(&Change::Delete(deletion)).await;
    setup.work(panics_on_the_trap).await;
    assert_eq!(setup.queue.depth().await.unwrap().parked, 0);
    assert_eq!(setup.state(trap.article()).await, None);

    // What comes late from before the deletion stays out, what is newer comes back.
    setup.publish(&trap).await;
    setup.work(panics_on_the_trap).await;
    assert_eq!((setup.state(trap.article()).await, setup.queue.depth().await.unwrap().parked), (None, 0));
    setup.publish(&submission("نص", "https://news.example/trap", 3)).await;
    setup.work(empty).await;
    assert_eq!(setup.state(trap.article()).await, Some(ArticleState::Analysed));
}

#[tokio::test]
async fn without_a_schema_nothing_is_claimed() {
    let directory = tempfile::tempdir().unwrap();
    let queue = Arc::new(
        SqliteQueue::open(directory.path().join("queue.db"), SqliteQueueOptions::default()).await.unwrap(),
    );
    let store = Arc::new(
        SqliteStore::open(directory.path().join("store.db"), SqliteOptions::default()).await.unwrap(),
    );
    let setup = Setup { _directory: directory, queue, store };
    let change = submission("نص", "https://news.example/1", 1);
    setup.publish(&change).await;
    let stop = CancellationToken::new();
    let options = WorkerOptions { store_poll: Duration::from_millis(10), ..WorkerOptions::default() };
    let worker = Worker::new(setup.queue.clone(), setup.store.clone(), empty, options);
    let running = tokio::spawn(worker.run(stop.clone()));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let depth = setup.queue.depth().await.unwrap();
    assert_eq!((depth.live, depth.parked), (1, 0));
    setup.store.migrate().await.unwrap();
    let analysed = async {
        while setup.state(change.article()).await != Some(ArticleState::Analysed) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), analysed).await.expect("not analysed after the migration");
    stop.cancel();
    running.await.unwrap();
}
