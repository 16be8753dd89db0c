//! What the articles say together: the days of the undated ones, the timeline of the largest story, what the outlets disagree on.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::bail;
use marsad_model::ontology::{ConflictKind, Standing};
use marsad_proto::v1;
use tonic::Code;

use super::summary::{references, section};
use super::wording::{self, Names};
use crate::client::graph::version;
use crate::client::read::{OkOrRefused, every_page};
use crate::client::{Connection, refused};
use crate::table::{cell, print};

/// The most lines of a timeline, and the most conflicts.
const EVENTS: usize = 25;
const CONFLICTS: usize = 20;

/// The most that is looked at.
const READ: usize = 20_000;

/// How long joining may take from one article to the next.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until every article that was analysed is joined to the others.
pub(super) async fn wait_for(connection: &Connection, articles: &[String]) -> anyhow::Result<()> {
    let mut query = connection.query();
    for article_id in articles {
        let began = Instant::now();
        loop {
            let request = v1::GetArticleRequest { article_id: article_id.clone(), ..Default::default() };
            let article = query.get_article(request).await.ok_or_refused()?.article;
            if article.is_some_and(|article| article.state() == v1::ArticleState::Parked) {
                break;
            }
            let request = v1::GetArticleLinksRequest { article_id: article_id.clone() };
            match query.get_article_links(request).await {
                Ok(_) => break,
                Err(status) if status.code() == Code::NotFound => {}
                Err(status) => return Err(refused(&status)),
            }
            if began.elapsed() > PATIENCE {
                bail!("article {article_id} was not joined to the others within {} s", PATIENCE.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(())
}

/// What the articles say together.
pub(super) struct Joined {
    /// By the id of each mention, the id of its event.
    clusters: HashMap<String, String>,
    story: Option<v1::Story>,
    timeline: Vec<v1::EventCluster>,
    conflicts: Vec<v1::Conflict>,
    /// The events that the conflicts are about.
    disputed: Vec<v1::EventCluster>,
    /// Of the articles without a day of their own.
    undated: Vec<v1::ArticleLinks>,
}

impl Joined {
    pub(super) async fn read(
        connection: &Connection,
        articles: &[v1::ArticleSummary],
        names: &mut Names,
    ) -> anyhow::Result<Self> {
        let mut query = connection.query();
        let clusters = every_page(READ, async |page_size, page_token| {
            let request = v1::ListEventClustersRequest { page_size, page_token, filter: None };
            let page = query.list_event_clusters(request).await.ok_or_refused()?;
            Ok((page.clusters, page.next_page_token))
        });
        let clusters = clusters.await?.into_iter().flat_map(|cluster| {
            let id = cluster.id;
            cluster.members.into_iter().map(move |member| (member.event_id, id.clone()))
        });
        let clusters = clusters.collect();
        let mut stories = Vec::new();
        for coarse in [true, false] {
            let found = every_page(READ, async |page_size, page_token| {
                let request = v1::ListStoriesRequest { page_size, page_token, coarse, ..Default::default() };
                let page = query.list_stories(request).await.ok_or_refused()?;
                Ok((page.stories, page.next_page_token))
            });
            stories.extend(found.await?);
        }
        // Of equals the first: the latest.
        let story = stories.into_iter().rev().max_by_key(|story| story.article_ids.len());
        let mut timeline = Vec::new();
        if let Some(story) = &story {
            let subject = Some(v1::get_timeline_request::Subject::StoryId(story.id.clone()));
            let found = every_page(READ, async |page_size, page_token| {
                let subject = subject.clone();
                let request = v1::GetTimelineRequest { page_size, page_token, subject, ..Default::default() };
                let page = query.get_timeline(request).await.ok_or_refused()?;
                names.learn(page.entities);
                Ok((page.clusters, page.next_page_token))
            });
            timeline = found.await?;
        }
        let conflicts = every_page(CONFLICTS, async |page_size, page_token| {
            let request = v1::ListConflictsRequest { page_size, page_token, ..Default::default() };
            let page = query.list_conflicts(request).await.ok_or_refused()?;
            names.learn(page.entities);
            Ok((page.conflicts, page.next_page_token))
        });
        let conflicts = conflicts.await?;
        let mut disputed = Vec::new();
        for conflict in &conflicts {
            let cluster_id = conflict.cluster_id.clone();
            let request = v1::GetEventClusterRequest { cluster_id, ..Default::default() };
            let found = query.get_event_cluster(request).await.ok_or_refused()?;
            names.learn(found.entities);
            disputed.extend(found.cluster);
        }
        let mut undated = Vec::new();
        for article in articles {
            let request = v1::GetArticleLinksRequest { article_id: article.id.clone() };
            let links = match query.get_article_links(request).await {
                Ok(found) => found.into_inner().links,
                Err(status) if status.code() == Code::NotFound => None,
                Err(status) => return Err(refused(&status)),
            };
            let basis = |links: &v1::ArticleLinks| links.published.as_ref().map(v1::PublicationDate::basis);
            let stated = [v1::PublicationBasis::Metadata, v1::PublicationBasis::Byline];
            undated.extend(links.filter(|links| basis(links).is_none_or(|basis| !stated.contains(&basis))));
        }
        Ok(Self { clusters, story, timeline, conflicts, disputed, undated })
    }

    /// The event that a mention tells of.
    pub(super) fn cluster_of(&self, event: &v1::Event) -> Option<&str> {
        self.clusters.get(&event.id).map(String::as_str)
    }

    pub(super) fn print(&self, articles: &[v1::ArticleSummary], names: &Names) -> anyhow::Result<()> {
        self.days(articles)?;
        self.print_timeline(articles, names)?;
        self.disagreements(articles, names)
    }

    /// What is known of the days of articles that state none.
    fn days(&self, articles: &[v1::ArticleSummary]) -> anyhow::Result<()> {
        if self.undated.is_empty() {
            return Ok(());
        }
        section("Articles without a date", "the day that others give them, where they tell the same")?;
        for links in &self.undated {
            let from: Vec<&str> = links.published_from_ids.iter().map(String::as_str).collect();
            let day = links.published.as_ref().and_then(|published| published.date.clone());
            let told = match day {
                Some(day) => format!("{day}, as told by {}", references(articles, &from)),
                None => "no other article says".to_owned(),
            };
            print(format_args!("  {} {told}", references(articles, &[&links.article_id])))?;
        }
        Ok(())
    }

    /// The events of the largest story that most articles tell, oldest first.
    fn print_timeline(&self, articles: &[v1::ArticleSummary], names: &Names) -> anyhow::Result<()> {
        let Some(story) = &self.story else { return Ok(()) };
        let title = cell(story.title.as_deref().unwrap_or("–"));
        section("Timeline", &format!("{title}, {} articles", story.article_ids.len()))?;
        let is_shown = |cluster: &&v1::EventCluster| {
            cluster.time.is_some() && !(cluster.actors.is_empty() && cluster.recipients.is_empty())
        };
        let mut shown: Vec<&v1::EventCluster> = self.timeline.iter().filter(is_shown).collect();
        let rank =
            |c: &v1::EventCluster| (c.report_count, c.members.len(), c.standing() == v1::Standing::Happened);
        let mut ranked = shown.clone();
        ranked.sort_by_key(|cluster| std::cmp::Reverse(rank(cluster)));
        ranked.truncate(EVENTS);
        shown.retain(|cluster| ranked.iter().any(|kept| kept.id == cluster.id));
        for cluster in shown {
            let day = wording::days(cluster.time.as_ref());
            let said = wording::cluster(cluster, names);
            let standing = match cluster.standing().to_domain() {
                Some(Standing::Happened) | None => String::new(),
                Some(standing) => format!(" ({standing})"),
            };
            let ids: Vec<&str> = cluster.members.iter().map(|member| member.article_id.as_str()).collect();
            print(format_args!("  {day:<10}  {said}{standing} {}", references(articles, &ids)))?;
        }
        Ok(())
    }

    fn disagreements(&self, articles: &[v1::ArticleSummary], names: &Names) -> anyhow::Result<()> {
        section("What the outlets disagree on", "each version with the articles that give it")?;
        if self.conflicts.is_empty() {
            return print("  nothing");
        }
        for (conflict, cluster) in self.conflicts.iter().zip(&self.disputed) {
            let about = match conflict.kind().to_domain() {
                Some(ConflictKind::Date) => "when",
                Some(ConflictKind::Quantity) => "how many",
                Some(ConflictKind::Actor) => "who did it",
                Some(ConflictKind::Place) => "where",
                Some(ConflictKind::Status) => "whether it happened",
                None => "",
            };
            let day = wording::days(cluster.time.as_ref());
            print(format_args!("  {about}: {} {day}", wording::cluster(cluster, names)))?;
            for side in &conflict.sides {
                let ids: Vec<&str> = side.statements.iter().map(|s| s.article_id.as_str()).collect();
                let mut sources: Vec<&str> =
                    side.statements.iter().filter_map(|s| s.source_id.as_deref()).collect();
                sources.dedup();
                let sources: Vec<String> = sources.into_iter().map(|id| names.of(id)).collect();
                let by = match sources.is_empty() {
                    true => String::new(),
                    false => format!(", by {}", sources.join(", ")),
                };
                let amount = |amount: &v1::Amount| wording::amount(amount).unwrap_or_default();
                let said = version(side, wording::days, amount, |ids| names.list(ids));
                print(format_args!("    {said}{by} {}", references(articles, &ids)))?;
            }
        }
        Ok(())
    }
}
