//! What an export reads: the lists of QueryService, a page at a time. Nothing outlives its page.

use std::io;

use anyhow::anyhow;
use futures::{StreamExt, TryStreamExt};
use indicatif::ProgressBar;
use marsad_proto::v1;
use tonic::{Code, Response, Status};

use crate::client::read::OkOrRefused as _;
use crate::client::{QueryClient, refused};

/// Records of a page. The largest ones, events with their sentences, have a few kilobytes each.
const PAGE: u32 = 500;

/// Records of a page that are read by themselves, one call each, at the same time.
const CALLS: usize = 8;

/// Which versions of the record were read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Versions(Option<(u64, u64)>);

impl Versions {
    /// Takes the version of an answer.
    pub(crate) fn see(&mut self, as_of: u64) {
        let (first, last) = self.0.unwrap_or((as_of, as_of));
        self.0 = Some((first.min(as_of), last.max(as_of)));
    }

    /// The first and the last one; `None` where nothing with a version was read.
    pub(crate) fn seen(self) -> Option<(u64, u64)> {
        self.0
    }
}

/// The record of a server. Each pass over it hands its records on in the order of the list.
pub(crate) struct Record {
    client: QueryClient,
    progress: ProgressBar,
    /// The versions read so far.
    pub(crate) versions: Versions,
}

impl Record {
    /// The record that `client` reads; `progress` is told of every record.
    pub(crate) fn new(client: QueryClient, progress: ProgressBar) -> Self {
        Self { client, progress, versions: Versions::default() }
    }

    /// How many of these events happened.
    pub(crate) async fn count_happened(&mut self, filter: &v1::EventClusterFilter) -> anyhow::Result<u64> {
        let request = v1::CountEventsRequest { filter: Some(filter.clone()), limit: 1, ..Default::default() };
        Ok(self.client.count_events(request).await.ok_or_refused()?.total)
    }

    /// Every entity that is wanted.
    pub(crate) async fn entities(
        &mut self,
        wanted: impl Fn(&v1::EntitySummary) -> bool,
        mut each: impl FnMut(v1::EntitySummary) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        each_page(async |page_token| {
            let request = v1::ListEntitiesRequest { page_size: PAGE, page_token, ..Default::default() };
            let page = self.client.list_entities(request).await.ok_or_refused()?;
            self.hand_on(page.entities, &wanted, &mut each)?;
            Ok(page.next_page_token)
        })
        .await
    }

    /// Every article that is wanted.
    pub(crate) async fn articles(
        &mut self,
        wanted: impl Fn(&v1::ArticleSummary) -> bool,
        mut each: impl FnMut(v1::ArticleSummary) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        each_page(async |page_token| {
            let request = v1::ListArticlesRequest { page_size: PAGE, page_token, ..Default::default() };
            let page = self.client.list_articles(request).await.ok_or_refused()?;
            self.hand_on(page.articles, &wanted, &mut each)?;
            Ok(page.next_page_token)
        })
        .await
    }

    /// The links of every article that is wanted, by its id, and joined to the others.
    pub(crate) async fn links(
        &mut self,
        wanted: impl Fn(&str) -> bool,
        mut each: impl FnMut(v1::ArticleLinks) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        each_page(async |page_token| {
            let request = v1::ListArticlesRequest { page_size: PAGE, page_token, ..Default::default() };
            let page = self.client.list_articles(request).await.ok_or_refused()?;
            let calls = page.articles.into_iter().filter(|article| wanted(&article.id)).map(|article| {
                let mut client = self.client.clone();
                async move {
                    let request = v1::GetArticleLinksRequest { article_id: article.id };
                    unless_gone(client.get_article_links(request).await)
                }
            });
            let mut answers = futures::stream::iter(calls.collect::<Vec<_>>()).buffered(CALLS);
            while let Some(answer) = answers.try_next().await? {
                self.progress.inc(1);
                let Some(answer) = answer else { continue };
                self.versions.see(answer.as_of);
                answer.links.map_or(Ok(()), &mut each)?;
            }
            Ok(page.next_page_token)
        })
        .await
    }

    /// Every story that is wanted; the coarser ones where `coarse` is set.
    pub(crate) async fn stories(
        &mut self,
        coarse: bool,
        wanted: impl Fn(&v1::Story) -> bool,
        mut each: impl FnMut(v1::Story) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        each_page(async |page_token| {
            let request =
                v1::ListStoriesRequest { page_size: PAGE, page_token, coarse, ..Default::default() };
            let page = self.client.list_stories(request).await.ok_or_refused()?;
            self.versions.see(page.as_of);
            self.hand_on(page.stories, &wanted, &mut each)?;
            Ok(page.next_page_token)
        })
        .await
    }

    /// Every real event that the filter lets through.
    pub(crate) async fn clusters(
        &mut self,
        filter: &v1::EventClusterFilter,
        mut each: impl FnMut(v1::EventCluster) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        each_page(async |page_token| {
            let page = self.page_of_clusters(filter, page_token).await?;
            self.hand_on(page.clusters, &|_| true, &mut each)?;
            Ok(page.next_page_token)
        })
        .await
    }

    /// The same, each with what its articles say. What has become part of another event since its page was read is left out: the other one
    /// is in the list too.
    pub(crate) async fn told_clusters(
        &mut self,
        filter: &v1::EventClusterFilter,
        mut each: impl FnMut(v1::GetEventClusterResponse) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        each_page(async |page_token| {
            let page = self.page_of_clusters(filter, page_token).await?;
            let calls = page.clusters.into_iter().map(|cluster| {
                let mut client = self.client.clone();
                async move {
                    let cluster_id = cluster.id.clone();
                    let request = v1::GetEventClusterRequest { cluster_id, ..Default::default() };
                    anyhow::Ok((cluster.id, unless_gone(client.get_event_cluster(request).await)?))
                }
            });
            let mut answers = futures::stream::iter(calls.collect::<Vec<_>>()).buffered(CALLS);
            while let Some((id, answer)) = answers.try_next().await? {
                self.progress.inc(1);
                let Some(answer) = answer else { continue };
                self.versions.see(answer.as_of);
                let without = || anyhow!("the server sent an answer without an event");
                if answer.cluster.as_ref().ok_or_else(without)?.id == id {
                    each(answer)?;
                }
            }
            Ok(page.next_page_token)
        })
        .await
    }

    async fn page_of_clusters(
        &mut self,
        filter: &v1::EventClusterFilter,
        page_token: String,
    ) -> anyhow::Result<v1::ListEventClustersResponse> {
        let filter = Some(filter.clone());
        let request = v1::ListEventClustersRequest { page_size: PAGE, page_token, filter };
        let page = self.client.list_event_clusters(request).await.ok_or_refused()?;
        self.versions.see(page.as_of);
        Ok(page)
    }

    /// Every event as one article tells it that is wanted.
    pub(crate) async fn mentions(
        &mut self,
        wanted: impl Fn(&v1::EventRecord) -> bool,
        mut each: impl FnMut(v1::EventRecord) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        each_page(async |page_token| {
            let request = v1::ListEventsRequest { page_size: PAGE, page_token, ..Default::default() };
            let page = self.client.list_events(request).await.ok_or_refused()?;
            self.hand_on(page.events, &wanted, &mut each)?;
            Ok(page.next_page_token)
        })
        .await
    }

    /// Every claim that is wanted.
    pub(crate) async fn claims(
        &mut self,
        wanted: impl Fn(&v1::ClaimRecord) -> bool,
        mut each: impl FnMut(v1::ClaimRecord) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        each_page(async |page_token| {
            let request = v1::ListClaimsRequest { page_size: PAGE, page_token, ..Default::default() };
            let page = self.client.list_claims(request).await.ok_or_refused()?;
            self.hand_on(page.claims, &wanted, &mut each)?;
            Ok(page.next_page_token)
        })
        .await
    }

    /// Every disagreement that is wanted.
    pub(crate) async fn conflicts(
        &mut self,
        wanted: impl Fn(&v1::Conflict) -> bool,
        mut each: impl FnMut(v1::Conflict) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        each_page(async |page_token| {
            let request = v1::ListConflictsRequest { page_size: PAGE, page_token, ..Default::default() };
            let page = self.client.list_conflicts(request).await.ok_or_refused()?;
            self.versions.see(page.as_of);
            self.hand_on(page.conflicts, &wanted, &mut each)?;
            Ok(page.next_page_token)
        })
        .await
    }

    fn hand_on<T>(
        &self,
        items: Vec<T>,
        wanted: &impl Fn(&T) -> bool,
        each: &mut impl FnMut(T) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        self.progress.inc(items.len() as u64);
        Ok(items.into_iter().filter(wanted).try_for_each(each)?)
    }
}

/// Asks for one page after the other; `page` is given a token and answers the next one.
async fn each_page(mut page: impl AsyncFnMut(String) -> anyhow::Result<String>) -> anyhow::Result<()> {
    let mut token = page(String::new()).await?;
    while !token.is_empty() {
        token = page(token).await?;
    }
    Ok(())
}

/// `None` for what has gone since its page was read, or is not there yet.
fn unless_gone<T>(answer: Result<Response<T>, Status>) -> anyhow::Result<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer.into_inner())),
        Err(status) if status.code() == Code::NotFound => Ok(None),
        Err(status) => Err(refused(&status)),
    }
}
