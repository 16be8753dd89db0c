//! What many articles say together: stories, events, conflicts, timelines, neighbours, counts.

use std::collections::BTreeSet;

use marsad_model::graph::{Conflict, ConflictValue, EventCluster, Story};
use marsad_model::id::{ClusterId, StoryId};
use marsad_model::{ArticleId, EntityId, Error, EventId};
use marsad_proto::article::{read_article_id, read_date};
use marsad_proto::{graph as wire, v1};
use marsad_store::graph::{AsOf, BucketKey, Dimension, Neighbour};
use marsad_store::{ClusterFilter, ConflictFilter, NeighbourFilter, Store, StoryFilter};

use crate::records::{self, read_entity_id, read_optional_entity as entity};
use crate::{pages, read_unit};

/// Neighbours where a request gives no limit, and the most of them.
const NEIGHBOURS: (u32, u32) = (50, 1000);
/// Buckets where a request gives no limit, and the most of them.
const BUCKETS: (u32, u32) = (1000, 10_000);
/// The most that events are counted by at once.
const DIMENSIONS: usize = 3;

pub(crate) async fn story(
    store: &dyn Store,
    request: v1::GetStoryRequest,
) -> Result<v1::GetStoryResponse, Error> {
    let id = read_story_id(&request.story_id, "story_id")?;
    let AsOf { as_of, value } = store.story(id).await?;
    let story = value.ok_or_else(|| Error::not_found(format_args!("story {id}")))?.record;
    let mut articles = store.article_summaries(&story.articles).await?;
    articles.sort_by_key(|article| (article.published.is_none(), article.published, article.id));
    Ok(v1::GetStoryResponse {
        entities: named(store, story.entities.iter().cloned().collect()).await?,
        articles: articles.iter().map(records::article_reference).collect(),
        story: Some(wire::story(&story)),
        as_of,
    })
}

pub(crate) async fn stories(
    store: &dyn Store,
    request: v1::ListStoriesRequest,
) -> Result<v1::ListStoriesResponse, Error> {
    let page = pages::read(request.page_size, &request.page_token)?;
    let filter = StoryFilter {
        entity: entity(request.entity_id.as_deref(), "entity_id")?,
        from: read_date(request.from_date.as_deref(), "from_date")?,
        to: read_date(request.to_date.as_deref(), "to_date")?,
        parent: optional(request.parent_id.as_deref(), "parent_id", read_story_id)?,
        article: optional(request.article_id.as_deref(), "article_id", read_article_id)?,
        coarse: Some(request.coarse),
    };
    let AsOf { as_of, value: page } = store.stories(&filter, &page).await?;
    let mentioned = page.items.iter().flat_map(|story: &Story| story.entities.iter().cloned());
    Ok(v1::ListStoriesResponse {
        entities: named(store, mentioned.collect()).await?,
        next_page_token: pages::token(page.next.as_ref()),
        stories: page.items.iter().map(wire::story).collect(),
        as_of,
    })
}

pub(crate) async fn cluster(
    store: &dyn Store,
    request: v1::GetEventClusterRequest,
) -> Result<v1::GetEventClusterResponse, Error> {
    let id = read_cluster_id(&request.cluster_id, "cluster_id")?;
    let unit = read_unit(request.span_unit)?;
    let AsOf { as_of, value } = store.cluster(id).await?;
    let cluster = value.ok_or_else(|| Error::not_found(format_args!("event {id}")))?.record;
    let events: Vec<EventId> = cluster.members.iter().map(|member| member.event).collect();
    let (mentions, told_of) = records::events(&store.event_records(&events).await?, unit);
    let mut conflicts = Vec::new();
    let mut page = pages::read(0, "")?;
    loop {
        let filter = ConflictFilter { cluster: Some(cluster.id), ..Default::default() };
        let found = store.conflicts(&filter, &page).await?.value;
        conflicts.extend(found.items);
        match found.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    let mut ids = entities_of_cluster(&cluster);
    ids.extend(conflicts.iter().flat_map(entities_of_conflict));
    let told: BTreeSet<String> = told_of.iter().map(|entity| entity.id.clone()).collect();
    ids.retain(|id| !told.contains(id.as_str()));
    let mut entities = told_of;
    entities.extend(named(store, ids).await?);
    Ok(v1::GetEventClusterResponse {
        cluster: Some(wire::cluster(&cluster)),
        mentions,
        conflicts: conflicts.iter().map(wire::conflict).collect(),
        entities,
        as_of,
    })
}

pub(crate) async fn clusters(
    store: &dyn Store,
    request: v1::ListEventClustersRequest,
) -> Result<v1::ListEventClustersResponse, Error> {
    let page = pages::read(request.page_size, &request.page_token)?;
    let filter = cluster_filter(request.filter.unwrap_or_default())?;
    let AsOf { as_of, value: page } = store.clusters(&filter, &page).await?;
    Ok(v1::ListEventClustersResponse {
        entities: named(store, page.items.iter().flat_map(entities_of_cluster).collect()).await?,
        next_page_token: pages::token(page.next.as_ref()),
        clusters: page.items.iter().map(wire::cluster).collect(),
        as_of,
    })
}

pub(crate) async fn conflicts(
    store: &dyn Store,
    request: v1::ListConflictsRequest,
) -> Result<v1::ListConflictsResponse, Error> {
    let page = pages::read(request.page_size, &request.page_token)?;
    let filter = ConflictFilter {
        story: optional(request.story_id.as_deref(), "story_id", read_story_id)?,
        cluster: optional(request.cluster_id.as_deref(), "cluster_id", read_cluster_id)?,
        kinds: v1::ConflictKind::read_all(&request.kinds, "kinds")?,
        entity: entity(request.entity_id.as_deref(), "entity_id")?,
    };
    let AsOf { as_of, value: page } = store.conflicts(&filter, &page).await?;
    Ok(v1::ListConflictsResponse {
        entities: named(store, page.items.iter().flat_map(entities_of_conflict).collect()).await?,
        next_page_token: pages::token(page.next.as_ref()),
        conflicts: page.items.iter().map(wire::conflict).collect(),
        as_of,
    })
}

pub(crate) async fn timeline(
    store: &dyn Store,
    request: v1::GetTimelineRequest,
) -> Result<v1::GetTimelineResponse, Error> {
    use v1::get_timeline_request::Subject;
    let page = pages::read(request.page_size, &request.page_token)?;
    let mut filter = ClusterFilter {
        from: read_date(request.from_date.as_deref(), "from_date")?,
        to: read_date(request.to_date.as_deref(), "to_date")?,
        min_reports: Some(request.min_reports).filter(|least| *least > 0),
        ..Default::default()
    };
    match request.subject {
        Some(Subject::StoryId(id)) => filter.story = Some(read_story_id(&id, "story_id")?),
        Some(Subject::EntityId(id)) => filter.participant = Some(read_entity_id(&id, "entity_id")?),
        None => {
            let problem = "a timeline is of a story or of an entity: give story_id or entity_id";
            return Err(Error::field("subject", "SUBJECT_MISSING", problem));
        }
    }
    let AsOf { as_of, value: page } = store.timeline(&filter, &page).await?;
    Ok(v1::GetTimelineResponse {
        entities: named(store, page.items.iter().flat_map(entities_of_cluster).collect()).await?,
        next_page_token: pages::token(page.next.as_ref()),
        clusters: page.items.iter().map(wire::cluster).collect(),
        as_of,
    })
}

pub(crate) async fn neighbourhood(
    store: &dyn Store,
    request: v1::GetEntityNeighborhoodRequest,
) -> Result<v1::GetEntityNeighborhoodResponse, Error> {
    let id = read_entity_id(&request.entity_id, "entity_id")?;
    let filter = NeighbourFilter {
        types: v1::EventType::read_all(&request.types, "types")?,
        from: read_date(request.from_date.as_deref(), "from_date")?,
        to: read_date(request.to_date.as_deref(), "to_date")?,
    };
    let limit = limit(request.limit, NEIGHBOURS)?;
    let AsOf { as_of, value: neighbours } = store.neighbourhood(&id, &filter, limit).await?;
    let ids = neighbours.iter().map(|neighbour| neighbour.entity.clone()).chain([id]);
    Ok(v1::GetEntityNeighborhoodResponse {
        entities: named(store, ids.collect()).await?,
        neighbors: neighbours.iter().map(neighbour).collect(),
        as_of,
    })
}

pub(crate) async fn counts(
    store: &dyn Store,
    request: v1::CountEventsRequest,
) -> Result<v1::CountEventsResponse, Error> {
    let filter = cluster_filter(request.filter.unwrap_or_default())?;
    if request.group_by.len() > DIMENSIONS {
        let problem = format!("has {} values; at most {DIMENSIONS} are counted by", request.group_by.len());
        return Err(Error::field("group_by", "TOO_MANY", problem));
    }
    let by = request.group_by.iter().map(|number| dimension(*number)).collect::<Result<Vec<_>, _>>()?;
    let limit = limit(request.limit, BUCKETS)?;
    let AsOf { as_of, value: counts } = store.count_events(&filter, &by, limit).await?;
    let keys = counts.buckets.iter().flat_map(|bucket| &bucket.keys);
    let ids = keys.flat_map(|key| match key {
        BucketKey::Entity(id) => vec![id.clone()],
        BucketKey::Pair(actor, recipient) => vec![actor.clone(), recipient.clone()],
        _ => Vec::new(),
    });
    Ok(v1::CountEventsResponse {
        entities: named(store, ids.collect()).await?,
        total: counts.total,
        truncated: counts.more,
        buckets: (counts.buckets.iter())
            .map(|bucket| v1::CountBucket {
                keys: bucket.keys.iter().zip(&by).map(|(key, by)| key_text(key, *by)).collect(),
                count: bucket.events,
            })
            .collect(),
        as_of,
    })
}

pub(crate) async fn article_links(
    store: &dyn Store,
    request: v1::GetArticleLinksRequest,
) -> Result<v1::GetArticleLinksResponse, Error> {
    let id = read_article_id(&request.article_id, "article_id")?;
    let AsOf { as_of, value } = store.article_links(&[id]).await?;
    let links = value.first().ok_or_else(|| Error::not_found(format_args!("links of article {id}")))?;
    Ok(v1::GetArticleLinksResponse { links: Some(wire::article_links(links)), as_of })
}

fn cluster_filter(filter: v1::EventClusterFilter) -> Result<ClusterFilter, Error> {
    Ok(ClusterFilter {
        types: v1::EventType::read_all(&filter.types, "filter.types")?,
        modes: records::read_modes(filter.modes, "filter.modes")?,
        actor: entity(filter.actor_id.as_deref(), "filter.actor_id")?,
        recipient: entity(filter.recipient_id.as_deref(), "filter.recipient_id")?,
        participant: entity(filter.participant_id.as_deref(), "filter.participant_id")?,
        place: entity(filter.place_id.as_deref(), "filter.place_id")?,
        story: optional(filter.story_id.as_deref(), "filter.story_id", read_story_id)?,
        article: optional(filter.article_id.as_deref(), "filter.article_id", read_article_id)?,
        from: read_date(filter.from_date.as_deref(), "filter.from_date")?,
        to: read_date(filter.to_date.as_deref(), "filter.to_date")?,
        standings: v1::Standing::read_all(&filter.standings, "filter.standings")?,
        min_reports: Some(filter.min_reports).filter(|least| *least > 0),
        conflicts_only: filter.disputed,
    })
}

fn dimension(number: i32) -> Result<Dimension, Error> {
    use v1::CountBy;
    Ok(match CountBy::try_from(number) {
        Ok(CountBy::Day) => Dimension::Day,
        Ok(CountBy::Week) => Dimension::Week,
        Ok(CountBy::Month) => Dimension::Month,
        Ok(CountBy::Year) => Dimension::Year,
        Ok(CountBy::Type) => Dimension::Type,
        Ok(CountBy::Mode) => Dimension::Mode,
        Ok(CountBy::Actor) => Dimension::Actor,
        Ok(CountBy::Recipient) => Dimension::Recipient,
        Ok(CountBy::Place) => Dimension::Place,
        Ok(CountBy::CountryPair) => Dimension::CountryPair,
        Ok(CountBy::Unspecified) | Err(_) => {
            let problem = format!("{number} is nothing to count by; see marsad.v1.CountBy");
            return Err(Error::field("group_by", "ENUM_UNKNOWN", problem));
        }
    })
}

/// A key as callers see it.
fn key_text(key: &BucketKey, by: Dimension) -> String {
    match key {
        BucketKey::None => String::new(),
        BucketKey::Day(day) => match by {
            Dimension::Month => day.strftime("%Y-%m").to_string(),
            Dimension::Year => day.strftime("%Y").to_string(),
            Dimension::Week => {
                let week = day.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            _ => day.to_string(),
        },
        BucketKey::Type(event_type) => event_type.to_string(),
        BucketKey::Mode(mode) => mode.clone(),
        BucketKey::Entity(id) => id.to_string(),
        BucketKey::Pair(actor, recipient) => format!("{actor}>{recipient}"),
    }
}

fn neighbour(neighbour: &Neighbour) -> v1::Neighbor {
    let mut types: Vec<v1::TypeCount> = (neighbour.types.iter())
        .map(|(event_type, count)| v1::TypeCount {
            r#type: v1::EventType::from(*event_type).into(),
            count: *count,
        })
        .collect();
    types.sort_by_key(|of_type| std::cmp::Reverse(of_type.count));
    v1::Neighbor {
        entity_id: neighbour.entity.to_string(),
        event_count: neighbour.events,
        as_actor_count: neighbour.as_actor,
        as_recipient_count: neighbour.as_recipient,
        types,
        first_date: neighbour.first.map(|day| day.to_string()),
        last_date: neighbour.last.map(|day| day.to_string()),
    }
}

fn entities_of_cluster(cluster: &EventCluster) -> BTreeSet<EntityId> {
    let parts = [&cluster.actors, &cluster.recipients, &cluster.places];
    parts.into_iter().flatten().map(|supported| supported.value.clone()).collect()
}

fn entities_of_conflict(conflict: &Conflict) -> BTreeSet<EntityId> {
    let mut ids = BTreeSet::new();
    for side in &conflict.sides {
        if let ConflictValue::Actors(of_value) | ConflictValue::Places(of_value) = &side.value {
            ids.extend(of_value.iter().cloned());
        }
        ids.extend(side.statements.iter().flat_map(|s| s.outlet.iter().chain(&s.source)).cloned());
    }
    ids
}

/// The entities with their names; what no article refers to any more is left out.
async fn named(store: &dyn Store, ids: BTreeSet<EntityId>) -> Result<Vec<v1::Entity>, Error> {
    let ids: Vec<EntityId> = ids.into_iter().collect();
    let entities = store.named_entities(&ids).await?;
    Ok(entities.iter().map(marsad_proto::analysis::entity).collect())
}

fn limit(given: u32, (default, most): (u32, u32)) -> Result<u32, Error> {
    match given {
        0 => Ok(default),
        given if given <= most => Ok(given),
        given => Err(Error::field(
            "limit",
            "OUT_OF_RANGE",
            format!("{given} is too many; at most {most} are given"),
        )),
    }
}

fn optional<T>(
    text: Option<&str>,
    field: &str,
    read: impl Fn(&str, &str) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    text.map(|text| read(text, field)).transpose()
}

fn read_story_id(text: &str, field: &str) -> Result<StoryId, Error> {
    read_uuid(text, field).map(StoryId)
}

fn read_cluster_id(text: &str, field: &str) -> Result<ClusterId, Error> {
    read_uuid(text, field).map(ClusterId)
}

fn read_uuid(text: &str, field: &str) -> Result<uuid::Uuid, Error> {
    // One form of an id for all: that of article ids.
    read_article_id(text, field).map(|ArticleId(id)| id)
}
