//! IngestService: validate, identify, publish.
//!
//! Keeps no state and needs only the queue. An OK means that the queue has confirmed the article as durable; whatever else
//! is answered, the caller may try the same again.

mod metrics;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures::{Stream, StreamExt};
use jiff::Timestamp;
use marsad_model::{Change, Deletion, Error, ErrorCode, Submission};
use marsad_proto::article::{check_input, check_modified_at, check_page, read_article_id};
use marsad_proto::status::{to_item_error, to_status, undecodable};
use marsad_proto::v1::ingest_service_server::IngestService;
use marsad_proto::{queue as wire, trace, v1};
use marsad_queue::{Lane, Message, Place, Queue};
use opentelemetry::KeyValue;
use opentelemetry_semantic_conventions::attribute::{
    MESSAGING_DESTINATION_NAME, MESSAGING_MESSAGE_BODY_SIZE, MESSAGING_MESSAGE_CONVERSATION_ID,
    MESSAGING_MESSAGE_ID, MESSAGING_OPERATION_NAME, MESSAGING_OPERATION_TYPE, MESSAGING_SYSTEM,
    SERVER_ADDRESS, SERVER_PORT,
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};
use tracing::{Instrument, Span};

use crate::metrics::Metrics;

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
    /// Where the queue is.
    place: Arc<Place>,
    metrics: Metrics,
}

impl Ingest {
    /// The service over `queue`. When `stop` is cancelled, open streams take nothing more, answer what they have taken, and end.
    pub fn new(queue: Arc<dyn Queue>, stop: CancellationToken) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let place = Arc::new(queue.place());
        Self { queue, stop, cores: Arc::new(Semaphore::new(cores)), place, metrics: Metrics::new() }
    }

    async fn submit(
        &self,
        input: Option<v1::ArticleInput>,
        lane: i32,
    ) -> Result<v1::SubmitArticleResponse, Error> {
        let outcome = self.try_submit(input, lane).await;
        self.metrics.submitted(outcome.as_ref().err().map_or("accepted", Error::reason));
        outcome
    }

    async fn try_submit(
        &self,
        input: Option<v1::ArticleInput>,
        lane: i32,
    ) -> Result<v1::SubmitArticleResponse, Error> {
        let lane = read_lane(lane)?;
        let now = Timestamp::now();
        let began = Instant::now();
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
        self.metrics.stage("admit", began.elapsed());
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
        self.metrics.submitted(outcome.as_ref().err().map_or("accepted", Error::reason));
        outcome
    }

    async fn try_delete(&self, request: v1::DeleteArticleRequest) -> Result<(), Error> {
        let now = Timestamp::now();
        let article = read_article_id(&request.article_id, "article_id")?;
        Span::current().record("article.id", tracing::field::display(article));
        let modified_at = check_modified_at(request.modified_at.as_ref(), now)
            .map_err(|(reason, problem)| Error::field("modified_at", reason, problem))?;
        let deletion = Deletion::new(article, modified_at, now);
        self.publish(&Change::Delete(deletion), Lane::Live).await
    }

    async fn publish(&self, change: &Change, lane: Lane) -> Result<(), Error> {
        let mut message = Message::new(change.article().to_string(), lane, wire::encode(change))
            .with_stamp(change.stamp().sort_key())
            .with_header(wire::SCHEMA_HEADER, wire::SCHEMA);
        let place = &self.place;
        let destination = place.destination(lane);
        let span = tracing::info_span!(
            "publish",
            otel.name = format!("publish {destination}"),
            otel.kind = "producer"
        );
        trace::inject(&span, &mut message.headers);
        trace::describe(&span, || {
            let size = i64::try_from(message.body.len()).unwrap_or(i64::MAX);
            let mut attributes = vec![
                KeyValue::new(MESSAGING_SYSTEM, place.system),
                KeyValue::new(MESSAGING_OPERATION_NAME, "publish"),
                KeyValue::new(MESSAGING_OPERATION_TYPE, "send"),
                KeyValue::new(MESSAGING_DESTINATION_NAME, destination),
                KeyValue::new(MESSAGING_MESSAGE_ID, message.id.to_string()),
                KeyValue::new(MESSAGING_MESSAGE_CONVERSATION_ID, message.key.clone()),
                KeyValue::new(MESSAGING_MESSAGE_BODY_SIZE, size),
            ];
            if let Some((host, port)) = &place.address {
                attributes.push(KeyValue::new(SERVER_ADDRESS, host.clone()));
                attributes.push(KeyValue::new(SERVER_PORT, i64::from(*port)));
            }
            attributes
        });
        let began = Instant::now();
        let published = self.queue.publish(message).instrument(span.clone()).await.map_err(Error::from);
        self.metrics.stage("publish", began.elapsed());
        if let Err(error) = &published {
            trace::fail(&span, error.reason(), "the queue has not confirmed the message");
        }
        published
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
            // A trace an article, however many one stream brings; the call's own is linked.
            let span = tracing::info_span!(
                parent: &parent,
                "submit",
                article.id = tracing::field::Empty,
                trace_id = tracing::field::Empty,
            );
            trace::begin_apart(&span, &parent);
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

    async fn delete_article(
        &self,
        request: Request<v1::DeleteArticleRequest>,
    ) -> Result<Response<v1::DeleteArticleResponse>, Status> {
        self.delete(request.into_inner()).await.map_err(|error| to_status(&error))?;
        Ok(Response::new(v1::DeleteArticleResponse {}))
    }
}
