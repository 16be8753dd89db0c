//! Calls to a deployment.

use std::net::SocketAddr;
use std::time::Duration;

use futures::StreamExt;
use marsad_proto::v1;
use marsad_proto::v1::ingest_service_client::IngestServiceClient;
use marsad_proto::v1::knowledge_service_client::KnowledgeServiceClient;
use marsad_proto::v1::query_service_client::QueryServiceClient;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

use crate::until;

/// How long an article may take to be analysed, however busy the machine is.
pub const ANALYSED: Duration = Duration::from_secs(120);

/// Adds a token to every call.
#[derive(Debug, Clone)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

/// A channel that shows the token.
pub type Calls = InterceptedService<Channel, Bearer>;

/// A client of the services of a deployment.
#[derive(Debug, Clone)]
pub struct Client {
    /// IngestService.
    pub ingest: IngestServiceClient<Calls>,
    /// QueryService.
    pub query: QueryServiceClient<Calls>,
    /// KnowledgeService, where QueryService is.
    pub knowledge: KnowledgeServiceClient<Calls>,
}

/// A channel to a server on this machine; connects with the first call, and again whenever it has to.
///
/// # Panics
/// Never.
pub fn channel(address: SocketAddr) -> Channel {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    endpoint.tcp_nodelay(true).connect_timeout(Duration::from_secs(5)).connect_lazy()
}

impl Client {
    /// A client of the services at these addresses.
    ///
    /// # Panics
    /// When the token holds characters that no header may have.
    pub fn new(ingest: SocketAddr, query: SocketAddr, token: Option<&str>) -> Self {
        Self::over(channel(ingest), channel(query), token)
    }

    /// A client of the services over these channels.
    ///
    /// # Panics
    /// When the token holds characters that no header may have.
    pub fn over(ingest: Channel, query: Channel, token: Option<&str>) -> Self {
        let bearer = Bearer(token.map(|token| format!("Bearer {token}").parse().unwrap()));
        Self {
            ingest: IngestServiceClient::with_interceptor(ingest, bearer.clone()),
            knowledge: KnowledgeServiceClient::with_interceptor(query.clone(), bearer.clone()),
            query: QueryServiceClient::with_interceptor(query, bearer).max_decoding_message_size(64 << 20),
        }
    }

    /// Submits an article to the live lane.
    ///
    /// # Errors
    /// What the server says.
    pub async fn try_submit(&self, article: v1::ArticleInput) -> Result<v1::SubmitArticleResponse, Status> {
        let request = v1::SubmitArticleRequest { article: Some(article), lane: v1::Lane::Live.into() };
        Ok(self.ingest.clone().submit_article(request).await?.into_inner())
    }

    /// Submits an article that has to be taken.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn submit(&self, article: v1::ArticleInput) -> v1::SubmitArticleResponse {
        self.try_submit(article).await.unwrap()
    }

    /// Submits articles over one stream; every one has to be taken. Answers in the order of the articles.
    ///
    /// # Panics
    /// When one is refused or answered more than once.
    pub async fn submit_all(
        &self,
        articles: Vec<v1::ArticleInput>,
        lane: v1::Lane,
    ) -> Vec<v1::SubmitArticleResponse> {
        let count = articles.len();
        let mut accepted: Vec<Option<v1::SubmitArticleResponse>> = vec![None; count];
        for (sequence, outcome) in self.submit_stream(articles, lane).await {
            let v1::submit_articles_response::Outcome::Accepted(response) = outcome else {
                panic!("article {sequence} refused: {outcome:?}")
            };
            assert!(accepted[sequence].replace(response).is_none(), "article {sequence} was answered twice");
        }
        accepted.into_iter().map(Option::unwrap).collect()
    }

    /// Submits articles over one stream; what was answered, in the order of the answers.
    ///
    /// # Panics
    /// When the stream breaks.
    pub async fn submit_stream(
        &self,
        articles: Vec<v1::ArticleInput>,
        lane: v1::Lane,
    ) -> Vec<(usize, v1::submit_articles_response::Outcome)> {
        let requests = articles.into_iter().zip(0..).map(move |(article, sequence)| {
            v1::SubmitArticlesRequest { sequence, article: Some(article), lane: lane.into() }
        });
        let answers =
            self.ingest.clone().submit_articles(futures::stream::iter(requests)).await.unwrap().into_inner();
        let read = |answer: Result<v1::SubmitArticlesResponse, Status>| {
            let answer = answer.unwrap();
            (usize::try_from(answer.sequence).unwrap(), answer.outcome.unwrap())
        };
        answers.map(read).collect().await
    }

    /// Deletes an article.
    ///
    /// # Errors
    /// What the server says.
    pub async fn delete(&self, article_id: &str, modified_at: Option<i64>) -> Result<(), Status> {
        let modified_at = modified_at.map(|seconds| marsad_proto::timestamp_from_micros(seconds * 1_000_000));
        let request = v1::DeleteArticleRequest { article_id: article_id.to_owned(), modified_at };
        self.ingest.clone().delete_article(request).await.map(|_| ())
    }

    /// The current revision of an article; `None` where there is none.
    ///
    /// # Panics
    /// When the server answers with another error.
    pub async fn article(&self, article_id: &str) -> Option<v1::Article> {
        self.revision(article_id, None).await
    }

    /// A revision of an article; `None` where there is none.
    ///
    /// # Panics
    /// When the server answers with another error.
    pub async fn revision(&self, article_id: &str, content_hash: Option<&str>) -> Option<v1::Article> {
        let request = v1::GetArticleRequest {
            article_id: article_id.to_owned(),
            content_hash: content_hash.map(str::to_owned),
            include_html: true,
        };
        found(self.query.clone().get_article(request).await)?.article
    }

    /// The analysis of the current revision; `None` where there is none.
    ///
    /// # Panics
    /// When the server answers with another error.
    pub async fn analysis(&self, article_id: &str, unit: v1::SpanUnit) -> Option<v1::Analysis> {
        let request = v1::GetAnalysisRequest { article_id: article_id.to_owned(), span_unit: unit.into() };
        found(self.query.clone().get_analysis(request).await)?.analysis
    }

    /// Waits until what was submitted is the current revision and analysed.
    ///
    /// # Panics
    /// When it is not in time, or parked.
    pub async fn until_analysed(&self, submitted: &v1::SubmitArticleResponse) -> v1::Article {
        let article = until(&format!("the analysis of {}", submitted.article_id), ANALYSED, async || {
            let article = self.article(&submitted.article_id).await?;
            let settled = matches!(article.state(), v1::ArticleState::Analysed | v1::ArticleState::Parked);
            (article.content_hash == submitted.content_hash && settled).then_some(article)
        })
        .await;
        assert_eq!(article.state(), v1::ArticleState::Analysed, "{:?}", article.failure);
        article
    }

    /// Waits until an article that was never there before is joined to the others: what others say of its day has then come into its
    /// analysis, and nothing changes any more.
    ///
    /// # Panics
    /// When it is not in time.
    pub async fn until_joined(&self, article_id: &str) {
        until(&format!("the links of {article_id}"), ANALYSED, async || {
            let request = v1::GetArticleLinksRequest { article_id: article_id.to_owned() };
            found(self.query.clone().get_article_links(request).await)
        })
        .await;
    }

    /// Waits until every article that is analysed is joined to the others.
    ///
    /// # Panics
    /// When one is not in time.
    pub async fn until_all_joined(&self) {
        let request = v1::ListArticlesRequest { page_size: 1000, ..Default::default() };
        let articles = self.query.clone().list_articles(request).await.unwrap().into_inner().articles;
        for article in articles.iter().filter(|article| article.state() == v1::ArticleState::Analysed) {
            self.until_joined(&article.id).await;
        }
    }

    /// Submits an article and waits until it is analysed and joined to the others.
    ///
    /// # Panics
    /// When it is refused or parked, or not analysed in time.
    pub async fn submit_and_wait(&self, article: v1::ArticleInput) -> v1::Article {
        let submitted = self.submit(article).await;
        let analysed = self.until_analysed(&submitted).await;
        self.until_joined(&submitted.article_id).await;
        analysed
    }

    /// Submits articles over a stream and waits until they are analysed and joined to each other.
    ///
    /// # Panics
    /// When one is refused or parked, or not analysed in time.
    pub async fn submit_all_and_wait(&self, articles: Vec<v1::ArticleInput>) -> Vec<v1::Article> {
        let mut analysed = Vec::new();
        for submitted in self.submit_all(articles, v1::Lane::Live).await {
            analysed.push(self.until_analysed(&submitted).await);
        }
        for article in &analysed {
            self.until_joined(&article.id).await;
        }
        analysed
    }
}

fn found<T>(answer: Result<tonic::Response<T>, Status>) -> Option<T> {
    match answer {
        Ok(answer) => Some(answer.into_inner()),
        Err(status) if status.code() == Code::NotFound => None,
        Err(status) => panic!("{status}"),
    }
}

/// Reads a list to its end, page by page.
///
/// `list!(client, list_events, events, request)` gives all `events` that `request` asks for.
#[macro_export]
macro_rules! list {
    ($client:expr, $method:ident, $items:ident, $request:expr) => {{
        let mut request = $request;
        let mut items = Vec::new();
        loop {
            let page = $client.query.clone().$method(request.clone()).await.unwrap().into_inner();
            if request.page_size > 0 {
                assert!(
                    page.$items.len() <= usize::try_from(request.page_size).unwrap(),
                    "a page is too long"
                );
            }
            items.extend(page.$items);
            if page.next_page_token.is_empty() {
                break items;
            }
            request.page_token = page.next_page_token;
        }
    }};
}
