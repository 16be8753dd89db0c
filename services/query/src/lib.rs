//! QueryService: read what was found. KnowledgeService: read what is known beforehand, teach, judge.
//!
//! Reads go to the store and nowhere else; `Analyze` runs the analyzer on a thread of its own and stores nothing.

mod graph;
mod knowledge;
mod lists;
mod names;
mod overlay;
mod pages;
mod records;
mod search;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use marsad_extract::Document;
use marsad_model::explanation::Explanations;
use marsad_model::{Error, ErrorCode, SpanUnit};
use marsad_proto::analysis::ToWire;
use marsad_proto::article::{check_input, check_page, read_article_id};
use marsad_proto::status::to_status;
use marsad_proto::v1;
use marsad_proto::v1::query_service_server::QueryService;
use marsad_store::Store;
use overlay::Overlays;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::watch::Watching;

pub use knowledge::Knowledge;

/// How the service runs.
#[derive(Debug, Clone, Copy)]
pub struct QueryOptions {
    /// How long a watcher may read nothing while there is something to read. Default 30 s.
    pub watch_patience: Duration,
}

impl Default for QueryOptions {
    fn default() -> Self {
        Self { watch_patience: Duration::from_secs(30) }
    }
}

/// The service over a store. Cheap to clone.
#[derive(Clone)]
pub struct Query {
    store: Arc<dyn Store>,
    /// One permit for each analysis that may run.
    cores: Arc<Semaphore>,
    watching: Watching,
    overlays: Overlays,
}

impl Query {
    /// The service over `store`. Watches end when `stop` is cancelled.
    pub fn new(store: Arc<dyn Store>, stop: CancellationToken, options: QueryOptions) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let watching = Watching::new(Arc::clone(&store), stop, options.watch_patience);
        let overlays = Overlays::new(Arc::clone(&store));
        Self { store, cores: Arc::new(Semaphore::new(cores)), watching, overlays }
    }

    async fn article(&self, request: v1::GetArticleRequest) -> Result<v1::GetArticleResponse, Error> {
        let id = read_article_id(&request.article_id, "article_id")?;
        let revision = request.content_hash.as_deref().map(str::parse).transpose();
        let revision = revision.map_err(|e: marsad_model::id::BadContentHash| {
            Error::field("content_hash", "HASH_INVALID", e.to_string())
        })?;
        let record = self.store.article(id, revision).await?;
        let record = record.ok_or_else(|| Error::not_found(format_args!("article {id}")))?;
        Ok(v1::GetArticleResponse { article: Some(records::article(record, request.include_html)) })
    }

    async fn analysis(&self, request: v1::GetAnalysisRequest) -> Result<v1::GetAnalysisResponse, Error> {
        let id = read_article_id(&request.article_id, "article_id")?;
        let unit = read_unit(request.span_unit)?;
        let stored = self.store.analysis(id).await?;
        let stored = stored.ok_or_else(|| Error::not_found(format_args!("an analysis of article {id}")))?;
        let wire =
            ToWire::new(&stored.text, unit).analysis(id, stored.article.content_hash, &stored.analysis);
        Ok(v1::GetAnalysisResponse { analysis: Some(wire) })
    }

    async fn entity(&self, request: v1::GetEntityRequest) -> Result<v1::GetEntityResponse, Error> {
        let id = records::read_entity_id(&request.entity_id, "entity_id")?;
        let summary = self.store.entity(&id).await?;
        let summary =
            summary.ok_or_else(|| Error::not_found(format_args!("a stored mention of entity `{id}`")))?;
        Ok(v1::GetEntityResponse { entity: Some(records::entity_summary(summary)) })
    }

    async fn analyze(&self, request: v1::AnalyzeRequest) -> Result<v1::AnalyzeResponse, Error> {
        let (unit, explain) = (read_unit(request.span_unit)?, request.explain);
        let known = self.overlays.now().await?;
        let closed = |_| Error::new(ErrorCode::Internal, "the service is closed");
        let permit = Arc::clone(&self.cores).acquire_owned().await.map_err(closed)?;
        let analysed = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let now = Timestamp::now();
            let input = check_input(request.article, now)?;
            let fields = check_page(marsad_extract::admit(input.fields)?, now)?;
            let (id, hash) = (fields.article_id(), fields.content_hash());
            let document = Document::new(id, hash, &fields);
            let (analysis, why) = if explain {
                marsad_extract::explain_with(&document, &known.overlay)
            } else {
                (marsad_extract::analyze_with(&document, &known.overlay), Explanations::default())
            };
            let wire = ToWire::new(&fields.text, unit);
            Ok(v1::AnalyzeResponse {
                analysis: Some(wire.analysis(id, hash, &analysis)),
                event_explanations: why.events.iter().map(|e| wire.event_explanation(e)).collect(),
                claim_explanations: why.claims.iter().map(|c| wire.claim_explanation(c)).collect(),
                text: fields.text,
            })
        });
        let defect = |_| {
            Error::new(ErrorCode::Internal, "the analyzer failed on this text: this is a defect of Marsad")
        };
        analysed.await.map_err(defect)?
    }
}

/// The comparison form of a name, for searching: the store must have been opened with this function.
pub fn fold_name(name: &str) -> String {
    let folded = marsad_arabic::orthography::fold(name).to_lowercase();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The unit of a request's spans.
fn read_unit(number: i32) -> Result<SpanUnit, Error> {
    Ok(v1::SpanUnit::read(number, "span_unit")?.unwrap_or(SpanUnit::Utf8Bytes))
}

/// Answers with a result of the domain.
fn answer<T>(result: Result<T, Error>) -> Result<Response<T>, Status> {
    result.map(Response::new).map_err(|error| to_status(&error))
}

#[tonic::async_trait]
impl QueryService for Query {
    async fn get_article(
        &self,
        request: Request<v1::GetArticleRequest>,
    ) -> Result<Response<v1::GetArticleResponse>, Status> {
        answer(self.article(request.into_inner()).await)
    }

    async fn list_articles(
        &self,
        request: Request<v1::ListArticlesRequest>,
    ) -> Result<Response<v1::ListArticlesResponse>, Status> {
        answer(lists::articles(&*self.store, request.into_inner()).await)
    }

    async fn get_analysis(
        &self,
        request: Request<v1::GetAnalysisRequest>,
    ) -> Result<Response<v1::GetAnalysisResponse>, Status> {
        answer(self.analysis(request.into_inner()).await)
    }

    async fn get_entity(
        &self,
        request: Request<v1::GetEntityRequest>,
    ) -> Result<Response<v1::GetEntityResponse>, Status> {
        answer(self.entity(request.into_inner()).await)
    }

    async fn search_entities(
        &self,
        request: Request<v1::SearchEntitiesRequest>,
    ) -> Result<Response<v1::SearchEntitiesResponse>, Status> {
        answer(search::entities(&*self.store, &self.overlays, request.into_inner()).await)
    }

    async fn search_articles(
        &self,
        request: Request<v1::SearchArticlesRequest>,
    ) -> Result<Response<v1::SearchArticlesResponse>, Status> {
        answer(search::articles(&*self.store, request.into_inner()).await)
    }

    async fn search_events(
        &self,
        request: Request<v1::SearchEventsRequest>,
    ) -> Result<Response<v1::SearchEventsResponse>, Status> {
        answer(search::events(&*self.store, request.into_inner()).await)
    }

    async fn list_entities(
        &self,
        request: Request<v1::ListEntitiesRequest>,
    ) -> Result<Response<v1::ListEntitiesResponse>, Status> {
        answer(lists::entities(&*self.store, request.into_inner()).await)
    }

    async fn list_events(
        &self,
        request: Request<v1::ListEventsRequest>,
    ) -> Result<Response<v1::ListEventsResponse>, Status> {
        answer(lists::events(&*self.store, request.into_inner()).await)
    }

    async fn list_claims(
        &self,
        request: Request<v1::ListClaimsRequest>,
    ) -> Result<Response<v1::ListClaimsResponse>, Status> {
        answer(lists::claims(&*self.store, request.into_inner()).await)
    }

    async fn get_story(
        &self,
        request: Request<v1::GetStoryRequest>,
    ) -> Result<Response<v1::GetStoryResponse>, Status> {
        answer(graph::story(&*self.store, request.into_inner()).await)
    }

    async fn list_stories(
        &self,
        request: Request<v1::ListStoriesRequest>,
    ) -> Result<Response<v1::ListStoriesResponse>, Status> {
        answer(graph::stories(&*self.store, request.into_inner()).await)
    }

    async fn get_event_cluster(
        &self,
        request: Request<v1::GetEventClusterRequest>,
    ) -> Result<Response<v1::GetEventClusterResponse>, Status> {
        answer(graph::cluster(&*self.store, request.into_inner()).await)
    }

    async fn list_event_clusters(
        &self,
        request: Request<v1::ListEventClustersRequest>,
    ) -> Result<Response<v1::ListEventClustersResponse>, Status> {
        answer(graph::clusters(&*self.store, request.into_inner()).await)
    }

    async fn list_conflicts(
        &self,
        request: Request<v1::ListConflictsRequest>,
    ) -> Result<Response<v1::ListConflictsResponse>, Status> {
        answer(graph::conflicts(&*self.store, request.into_inner()).await)
    }

    async fn get_timeline(
        &self,
        request: Request<v1::GetTimelineRequest>,
    ) -> Result<Response<v1::GetTimelineResponse>, Status> {
        answer(graph::timeline(&*self.store, request.into_inner()).await)
    }

    async fn get_entity_neighborhood(
        &self,
        request: Request<v1::GetEntityNeighborhoodRequest>,
    ) -> Result<Response<v1::GetEntityNeighborhoodResponse>, Status> {
        answer(graph::neighbourhood(&*self.store, request.into_inner()).await)
    }

    async fn count_events(
        &self,
        request: Request<v1::CountEventsRequest>,
    ) -> Result<Response<v1::CountEventsResponse>, Status> {
        answer(graph::counts(&*self.store, request.into_inner()).await)
    }

    async fn get_article_links(
        &self,
        request: Request<v1::GetArticleLinksRequest>,
    ) -> Result<Response<v1::GetArticleLinksResponse>, Status> {
        answer(graph::article_links(&*self.store, request.into_inner()).await)
    }

    type WatchStream = watch::Changes;

    async fn watch(&self, request: Request<v1::WatchRequest>) -> Result<Response<watch::Changes>, Status> {
        answer(self.watching.begin(request.into_inner()).await)
    }

    async fn analyze(
        &self,
        request: Request<v1::AnalyzeRequest>,
    ) -> Result<Response<v1::AnalyzeResponse>, Status> {
        answer(self.analyze(request.into_inner()).await)
    }
}
