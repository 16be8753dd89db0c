//! Everything that a deployment has stored, as one value to compare.

use std::collections::{BTreeMap, BTreeSet};

use marsad_proto::v1;
use serde_json::{Value, json};

use crate::client::Client;
use crate::list;

/// Largest page.
const PAGE: u32 = 1000;

/// Reads the whole record through QueryService: every article with all its revisions and its analysis, and every list.
///
/// # Panics
/// When the server does not answer.
pub async fn export(client: &Client) -> Value {
    let request = v1::ListArticlesRequest { page_size: PAGE, ..Default::default() };
    let summaries = list!(client, list_articles, articles, request);
    let mut articles = Vec::new();
    for summary in &summaries {
        let current = client.article(&summary.id).await.unwrap();
        let mut revisions = Vec::new();
        for hash in &current.revisions {
            revisions.push(client.revision(&summary.id, Some(hash)).await.unwrap());
        }
        let analysis = client.analysis(&summary.id, v1::SpanUnit::CodePoints).await;
        articles.push(json!({"summary": summary, "revisions": revisions, "analysis": analysis}));
    }
    let entities = v1::ListEntitiesRequest { page_size: PAGE, ..Default::default() };
    let events = v1::ListEventsRequest { page_size: PAGE, ..Default::default() };
    let claims = v1::ListClaimsRequest { page_size: PAGE, ..Default::default() };
    json!({
        "articles": articles,
        "entities": list!(client, list_entities, entities, entities),
        "events": list!(client, list_events, events, events),
        "claims": list!(client, list_claims, claims, claims),
    })
}

/// Reads all that the articles were joined to through QueryService: stories, events, conflicts, and the links of every article.
///
/// # Panics
/// When the server does not answer.
pub async fn export_graph(client: &Client) -> Value {
    let request = v1::ListArticlesRequest { page_size: PAGE, ..Default::default() };
    let mut links = Vec::new();
    for summary in list!(client, list_articles, articles, request) {
        let request = v1::GetArticleLinksRequest { article_id: summary.id };
        links.push(client.query.clone().get_article_links(request).await.unwrap().into_inner().links);
    }
    links.sort_by(|a, b| a.as_ref().map(|l| &l.article_id).cmp(&b.as_ref().map(|l| &l.article_id)));
    let stories = v1::ListStoriesRequest { page_size: PAGE, ..Default::default() };
    let parents = v1::ListStoriesRequest { coarse: true, ..stories.clone() };
    let clusters = v1::ListEventClustersRequest { page_size: PAGE, ..Default::default() };
    let conflicts = v1::ListConflictsRequest { page_size: PAGE, ..Default::default() };
    json!({
        "articles": links,
        "stories": list!(client, list_stories, stories, stories),
        "parents": list!(client, list_stories, stories, parents),
        "clusters": list!(client, list_event_clusters, clusters, clusters),
        "conflicts": list!(client, list_conflicts, conflicts, conflicts),
    })
}

/// Checks that nothing is there twice or by halves: ids are unique, every article has an analysis, and what the lists and
/// counts say is what the analyses say. Returns the number of articles.
///
/// # Panics
/// When it is not so.
pub async fn assert_whole(client: &Client) -> usize {
    let request = v1::ListArticlesRequest { page_size: PAGE, ..Default::default() };
    let summaries = list!(client, list_articles, articles, request);
    let mut mentions: BTreeMap<String, u64> = BTreeMap::new();
    let mut articles_of: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let (mut events, mut claims) = (Vec::new(), Vec::new());
    for summary in &summaries {
        let analysis = client.analysis(&summary.id, v1::SpanUnit::Utf8Bytes).await;
        let analysis = analysis.unwrap_or_else(|| panic!("article {} has no analysis", summary.id));
        // An entity may be referred to without a mention: a state by the acts of its ministry.
        for entity in analysis.entities {
            articles_of.entry(entity.id.clone()).or_default().insert(&summary.id);
            mentions.entry(entity.id).or_default();
        }
        for mention in analysis.mentions {
            *mentions.entry(mention.entity_id).or_default() += 1;
        }
        // An event of the title that the body tells is listed as the body tells it.
        let told = analysis.events.into_iter().filter(|event| event.repeats_id.is_none());
        events.extend(told.map(|event| event.id));
        claims.extend(analysis.claims.into_iter().map(|claim| claim.id));
    }
    let entities = v1::ListEntitiesRequest { page_size: PAGE, ..Default::default() };
    let mut counted = BTreeMap::new();
    for listed in list!(client, list_entities, entities, entities) {
        let id = listed.entity.unwrap().id;
        assert_eq!(articles_of[&id].len() as u64, listed.article_count, "articles of {id}");
        assert_eq!(counted.insert(id.clone(), listed.mention_count), None, "{id} is listed twice");
    }
    assert_eq!(counted, mentions, "mention counts");
    let request = v1::ListEventsRequest { page_size: PAGE, ..Default::default() };
    let listed: Vec<_> =
        list!(client, list_events, events, request).into_iter().map(|e| e.event.unwrap().id).collect();
    assert_same_ids("events", events, listed);
    let request = v1::ListClaimsRequest { page_size: PAGE, ..Default::default() };
    let listed: Vec<_> =
        list!(client, list_claims, claims, request).into_iter().map(|c| c.claim.unwrap().id).collect();
    assert_same_ids("claims", claims, listed);
    let distinct: BTreeSet<_> = summaries.iter().map(|summary| &summary.id).collect();
    assert_eq!(distinct.len(), summaries.len(), "an article is listed twice");
    summaries.len()
}

fn assert_same_ids(what: &str, mut of_analyses: Vec<String>, mut listed: Vec<String>) {
    of_analyses.sort();
    listed.sort();
    assert!(listed.windows(2).all(|pair| pair[0] != pair[1]), "{what} are listed twice");
    assert_eq!(listed, of_analyses, "{what}");
}
