//! The service over the embedded queue, and over queues that refuse.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use marsad_ingest::Ingest;
use marsad_model::Change;
use marsad_proto::queue::{SCHEMA_HEADER, decode};
use marsad_proto::status::retry_after;
use marsad_proto::v1;
use marsad_proto::v1::ingest_service_server::IngestService;
use marsad_queue::{
    Delivery, Depth, Lane, Message, Parked, Queue, QueueError, SqliteQueue, SqliteQueueOptions,
};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

const TEXT: &str = "أعلنت الوزارة اليوم أن الوفد وصل إلى العاصمة لبحث الملف مع المسؤولين.";

fn request(input: v1::ArticleInput) -> Request<v1::SubmitArticleRequest> {
    Request::new(v1::SubmitArticleRequest { article: Some(input), lane: 0 })
}

fn input() -> v1::ArticleInput {
    v1::ArticleInput { text: TEXT.into(), url: Some("https://news.example/1".into()), ..Default::default() }
}

async fn queue() -> (tempfile::TempDir, Arc<SqliteQueue>) {
    let directory = tempfile::tempdir().unwrap();
    let queue =
        SqliteQueue::open(directory.path().join("queue.db"), SqliteQueueOptions::default()).await.unwrap();
    (directory, Arc::new(queue))
}

/// The reason of a refusal.
fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

#[tokio::test]
async fn what_is_accepted_is_on_the_queue() {
    let (_directory, queue) = queue().await;
    let ingest = Ingest::new(queue.clone(), CancellationToken::new());
    let backfill = v1::SubmitArticleRequest { article: Some(input()), lane: v1::Lane::Backfill.into() };
    let accepted = ingest.submit_article(Request::new(backfill)).await.unwrap().into_inner();
    let delivery = queue.claim(1, Duration::from_secs(1)).await.unwrap().pop().unwrap();
    assert_eq!(
        (delivery.message.lane, delivery.message.key.as_str()),
        (Lane::Backfill, accepted.article_id.as_str())
    );
    let schema = delivery.message.headers.get(SCHEMA_HEADER).map(String::as_str);
    let Ok(Change::Submit(submission)) = decode(schema, &delivery.message.body) else {
        panic!("no submission on the queue");
    };
    assert_eq!(submission.fields.text, TEXT);
    assert_eq!(submission.content_hash().to_string(), accepted.content_hash);
}

#[tokio::test]
async fn the_same_article_gets_the_same_answer() {
    let (_directory, queue) = queue().await;
    let ingest = Ingest::new(queue, CancellationToken::new());
    let first = ingest.submit_article(request(input())).await.unwrap().into_inner();
    let second = ingest.submit_article(request(input())).await.unwrap().into_inner();
    assert_eq!(first, second);
}

#[tokio::test]
async fn nothing_that_is_refused_reaches_the_queue() {
    let (_directory, queue) = queue().await;
    let ingest = Ingest::new(queue.clone(), CancellationToken::new());
    let cases = [
        (v1::ArticleInput { text: " ".into(), ..Default::default() }, "TEXT_EMPTY"),
        (v1::ArticleInput { url: Some("x".into()), ..input() }, "URL_INVALID"),
        (v1::ArticleInput { published_at: Some("2024-02-30".into()), ..input() }, "DATE_INVALID"),
        (
            v1::ArticleInput {
                text: "The ministry announced on Wednesday that talks would begin soon in the capital."
                    .into(),
                ..Default::default()
            },
            "LANGUAGE_NOT_ARABIC",
        ),
    ];
    for (bad, expected) in cases {
        let status = ingest.submit_article(request(bad)).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, expected));
    }
    let deletion = v1::DeleteArticleRequest { article_id: "7".into(), modified_at: None };
    let status = ingest.delete_article(Request::new(deletion)).await.unwrap_err();
    assert_eq!(reason(&status), "ID_INVALID");
    assert_eq!(queue.depth().await.unwrap(), Depth { in_flight: Some(0), ..Depth::default() });
}

/// A queue that refuses every message.
struct Refusing(QueueError);

#[async_trait]
impl Queue for Refusing {
    async fn publish(&self, _: Message) -> Result<(), QueueError> {
        Err(self.0.clone())
    }
    async fn claim(&self, _: usize, _: Duration) -> Result<Vec<Delivery>, QueueError> {
        Ok(Vec::new())
    }
    async fn depth(&self) -> Result<Depth, QueueError> {
        Ok(Depth::default())
    }
    async fn parked(&self, _: usize) -> Result<Vec<Parked>, QueueError> {
        Ok(Vec::new())
    }
    async fn replay(&self, _: &[Uuid]) -> Result<Vec<Uuid>, QueueError> {
        Ok(Vec::new())
    }
    async fn forget(&self, _: &str, _: &str) -> Result<u64, QueueError> {
        Ok(0)
    }
    async fn check(&self) -> Result<(), QueueError> {
        Ok(())
    }
    async fn close(&self) {}
}

#[tokio::test]
async fn a_queue_that_does_not_take_it_says_when_to_come_back() {
    let retry = Duration::from_secs(7);
    let away = QueueError::Unavailable { message: "gone".into(), retry_after: retry };
    let full = QueueError::Full { retry_after: retry };
    for (error, code) in [(away, Code::Unavailable), (full, Code::ResourceExhausted)] {
        let ingest = Ingest::new(Arc::new(Refusing(error)), CancellationToken::new());
        let status = ingest.submit_article(request(input())).await.unwrap_err();
        assert_eq!((status.code(), retry_after(&status)), (code, Some(retry)));
    }
}
