//! IngestService: validate, identify, publish.
//!
//! Keeps no state and needs only the queue. An OK means that the queue has confirmed the article as durable; whatever else
//! is answered, the caller may try the same again.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::{Stream, StreamExt};
use jiff::Timestamp;
use marsad_model::{Change, Deletion, Error, ErrorCode, Submission};
use marsad_proto::article::{check_input, check_modified_at, check_page, read_article_id};
use marsad_proto::status::{to_item_error, to_status, undecodable};
use marsad_proto::v1::ingest_service_server::IngestService;
use marsad_proto::{queue as wire, trace, v1};
use marsad_queue::{Lane, Message, Queue};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};
use tracing::{Instrument, Span};

/// How many articles of one stream are worked on at once: enough that the queue can confirm them in groups.
const STREAM_CONCURRENCY: usize = 256;

/// The longest text without a page, in bytes, that is read by the thread that answers: handing it to another takes longer.
const READ_AT_ONCE: usize = 32 << 10;

/// When the rest of a stream that a shutdown cut short may be submitted again.
const STOP_RETRY: std::time::Duration = std::time::Duration::from_secs(1);

/// The service over a queue. Cheap to clone.
#[derive(Clone)]
pub struct Ingest {
    queue: Arc<dyn Queue>,
    stop: CancellationToken,
    /// One permit for each page that may be read.
    cores: Arc<Semaphore>,
    submissions: Counter<u64>,
}

impl Ingest {
    /// The service over `queue`. When `stop` is cancelled, open streams take nothing more, answer what they have taken, and end.
    pub fn new(queue: Arc<dyn Queue>, stop: CancellationToken) -> Self {
        let submissions = opentelemetry::global::meter("marsad")
            .u64_counter("marsad.ingest.submissions")
            .with_description("Articles and deletions handed in, by outcome.")
            .build();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { queue, stop, cores: Arc::new(Semaphore::new(cores)), submissions }
    }

    async fn submit(
        &self,
        input: Option<v1::ArticleInput>,
        lane: i32,
    ) -> Result<v1::SubmitArticleResponse, Error> {
        let outcome = self.try_submit(input, lane).await;
        self.count(outcome.as_ref().err());
        outcome
    }

    async fn try_submit(
        &self,
        input: Option<v1::ArticleInput>,
        lane: i32,
    ) -> Result<v1::SubmitArticleResponse, Error> {
        let lane = read_lane(lane)?;
        let now = Timestamp::now();
        let is_short = |input: &v1::ArticleInput| input.html.is_none() && input.text.len() <= READ_AT_ONCE;
        let defect =
            || Error::new(ErrorCode::Internal, "the article could not be read: this is a defect of Marsad");
        let submission = if input.as_ref().is_none_or(is_short) {
            std::panic::catch_unwind(AssertUnwindSafe(|| read(input, now))).map_err(|_| defect())??
        } else {
            // Reading a large page takes milliseconds of CPU and many times its size: not on the threads that answer, and not more
            // pages at once than there are cores.
            let closed = |_| Error::new(ErrorCode::Internal, "the service is closed");
            let core = Arc::clone(&self.cores).acquire_owned().await.map_err(closed)?;
            let reading = tokio::task::spawn_blocking(move || {
                let _core = core;
                read(input, now)
            });
            reading.await.map_err(|_| defect())??
        };
        let response = v1::SubmitArticleResponse {
            article_id: submission.article.to_string(),
            content_hash: submission.content_hash().to_string(),
        };
        Span::current().record("article.id", &response.article_id);
        self.publish(&Change::Submit(submission), lane).await?;
        Ok(response)
    }

    async fn delete(&self, request: v1::DeleteArticleRequest) -> Result<(), Error> {
        let outcome = self.try_delete(request).await;
        self.count(outcome.as_ref().err());
        outcome
    }

    async fn try_delete(&self, request: v1::DeleteArticleRequest) -> Result<(), Error> {
        let now = Timestamp::now();
        let article = read_article_id(&request.article_id, "article_id")?;
        let modified_at = check_modified_at(request.modified_at.as_ref(), now)
            .map_err(|(reason, problem)| Error::field("modified_at", reason, problem))?;
        let deletion = Deletion::new(article, modified_at, now);
        self.publish(&Change::Delete(deletion), Lane::Live).await
    }

    async fn publish(&self, change: &Change, lane: Lane) -> Result<(), Error> {
        let mut message = Message::new(change.article().to_string(), lane, wire::encode(change))
            .with_stamp(change.stamp().sort_key())
            .with_header(wire::SCHEMA_HEADER, wire::SCHEMA);
        let span = tracing::info_span!(
            "publish",
            otel.kind = "producer",
            messaging.operation.name = "publish",
            messaging.message.id = %message.id,
        );
        trace::inject(&span, &mut message.headers);
        self.queue.publish(message).instrument(span).await.map_err(Error::from)
    }

    fn count(&self, error: Option<&Error>) {
        let outcome = error.map_or("accepted", Error::reason);
        self.submissions.add(1, &[KeyValue::new("outcome", outcome)]);
    }
}

/// Checks an article and makes a submission of it.
fn read(input: Option<v1::ArticleInput>, now: Timestamp) -> Result<Submission, Error> {
    let input = check_input(input, now)?;
    let fields = check_page(marsad_extract::admit(input.fields)?, now)?;
    Ok(Submission::new(fields, input.modified_at, now))
}

fn read_lane(number: i32) -> Result<Lane, Error> {
    match v1::Lane::try_from(number) {
        Ok(v1::Lane::Unspecified | v1::Lane::Live) => Ok(Lane::Live),
        Ok(v1::Lane::Backfill) => Ok(Lane::Backfill),
        Err(_) => {
            Err(Error::field("lane", "ENUM_UNKNOWN", format!("{number} is no value of marsad.v1.Lane")))
        }
    }
}

#[tonic::async_trait]
impl IngestService for Ingest {
    #[tracing::instrument(skip_all, fields(article.id))]
    async fn submit_article(
        &self,
        request: Request<v1::SubmitArticleRequest>,
    ) -> Result<Response<v1::SubmitArticleResponse>, Status> {
        let request = request.into_inner();
        let response = self.submit(request.article, request.lane).await;
        response.map(Response::new).map_err(|error| to_status(&error))
    }

    type SubmitArticlesStream =
        std::pin::Pin<Box<dyn Stream<Item = Result<v1::SubmitArticlesResponse, Status>> + Send>>;

    async fn submit_articles(
        &self,
        request: Request<Streaming<v1::SubmitArticlesRequest>>,
    ) -> Result<Response<Self::SubmitArticlesStream>, Status> {
        let service = self.clone();
        let parent = Span::current();
        let items = request.into_inner().take_until(self.stop.clone().cancelled_owned());
        let answers = items.map(move |item| {
            let service = service.clone();
            let span = tracing::info_span!(parent: &parent, "submit_articles_item", article.id = tracing::field::Empty);
            async move {
                // A broken stream cannot be answered item by item: it ends here, and what was accepted is accepted.
                let item = item.map_err(|status| undecodable(&status).unwrap_or(status))?;
                let outcome = match service.submit(item.article, item.lane).await {
                    Ok(accepted) => v1::submit_articles_response::Outcome::Accepted(accepted),
                    Err(error) => v1::submit_articles_response::Outcome::Rejected(to_item_error(&error)),
                };
                Ok(v1::SubmitArticlesResponse { sequence: item.sequence, outcome: Some(outcome) })
            }
            .instrument(span)
        });
        // A stream that is cut short by a shutdown must not look as if everything had been answered.
        let stop = self.stop.clone();
        let end = futures::stream::once(async move {
            let stopping =
                || Error::unavailable("the server is stopping; submit the rest to another", STOP_RETRY);
            stop.is_cancelled().then(|| Err(to_status(&stopping())))
        });
        let answers = answers.buffer_unordered(STREAM_CONCURRENCY).chain(end.filter_map(std::future::ready));
        Ok(Response::new(Box::pin(answers)))
    }

    #[tracing::instrument(skip_all, fields(article.id = %request.get_ref().article_id))]
    async fn delete_article(
        &self,
        request: Request<v1::DeleteArticleRequest>,
    ) -> Result<Response<v1::DeleteArticleResponse>, Status> {
        self.delete(request.into_inner()).await.map_err(|error| to_status(&error))?;
        Ok(Response::new(v1::DeleteArticleResponse {}))
    }
}
