//! Reads of stories, events over all articles, and conflicts.

use jiff::civil::Date;
use marsad_model::graph::Placed;
use marsad_model::ontology::{ConflictKind, EventType, Standing};
use marsad_model::{ClusterId, EntityId, StoryId};

use super::fixture::january;
use super::graph_fixture::{
    article_id, at, cluster, cluster_id, conflict, conflict_id, event_id, lease, links, rollups, story,
    story_id, with_parts,
};
use super::{BoxError, TestStore, all, cases, ensure_eq};
use crate::error::StoreError;
use crate::filter::{ClusterFilter, ConflictFilter, StoryFilter};
use crate::link::{LinkBatch, RecordId, Superseded};
use crate::page::PageRequest;

cases!(
    what_is_linked_is_read,
    stories_are_filtered,
    clusters_are_filtered,
    clusters_are_in_order_of_time,
    a_timeline_is_in_order_of_its_places,
    conflicts_are_filtered,
    former_ids_resolve,
);

pub(super) fn id(id: &str) -> Option<EntityId> {
    Some(EntityId::known(id))
}

/// Articles 1 to 4 in stories 1 (of 1 and 2), 3 and 4; 3 and 4 are parts of story 9.
fn batch() -> LinkBatch {
    let mut stories = vec![
        story(&[1, 2], &["ministry", "x"], Some((january(1), january(3)))),
        story(&[3], &["city"], Some((january(5), january(9)))),
        story(&[4], &["US"], None),
        story(&[9, 3, 4], &["city", "US"], Some((january(5), january(9)))),
    ];
    stories[1].parent = Some(story_id(9));
    stories[2].parent = Some(story_id(9));
    let day = |day| Some(january(day));
    let mut clusters = vec![
        at(cluster(1, EventType::Assault, &[1, 2]), day(10), day(12)),
        at(cluster(2, EventType::Assault, &[3]), day(10), None),
        at(cluster(3, EventType::Consult, &[1, 3]), None, day(5)),
        cluster(4, EventType::Threaten, &[4]),
        at(cluster(5, EventType::Consult, &[4]), day(2), day(2)),
    ];
    clusters = clusters
        .into_iter()
        .zip([
            (&["ministry", "embassy"][..], &["x"][..], &["city"][..]),
            (&["x"], &["IQ"], &[]),
            (&["ministry", "IQ", "x"], &[], &["province"]),
            (&["US"], &["ministry"], &[]),
            (&["x"], &["embassy", "ministry"], &["city"]),
        ])
        .map(|(cluster, (actors, recipients, places))| with_parts(cluster, actors, recipients, places))
        .collect();
    clusters[0].mode = Some("ASSAULT_AERIAL".into());
    clusters[3].standing = Standing::Planned;
    LinkBatch {
        graph_version: 1,
        articles: vec![links(1, 1), links(2, 1), links(3, 3), links(4, 4)],
        stories,
        clusters,
        conflicts: vec![conflict(1, ConflictKind::Quantity), conflict(3, ConflictKind::Date)],
        rollups: rollups(),
        ..LinkBatch::default()
    }
}

pub(super) async fn fill(store: &dyn TestStore) -> Result<LinkBatch, BoxError> {
    let epoch = lease(store).await?;
    store.commit_links(epoch, batch()).await?;
    Ok(batch())
}

async fn what_is_linked_is_read(store: &dyn TestStore) -> Result<(), BoxError> {
    let empty = store.stories(&StoryFilter::default(), &PageRequest::first(9)).await?;
    ensure_eq!((empty.as_of, empty.value.items), (0, Vec::new()), "stories before there are any");
    ensure_eq!(store.story(story_id(1)).await?.value, None, "a story before there are any");
    let batch = fill(store).await?;
    for story in &batch.stories {
        let found = store.story(story.id).await?;
        ensure_eq!(found.as_of, 1, "version of a story");
        let found = found.value.ok_or("a story is not there")?;
        ensure_eq!((&found.record, found.superseded), (story, false), "story");
    }
    for cluster in &batch.clusters {
        let found = store.cluster(cluster.id).await?;
        ensure_eq!(found.as_of, 1, "version of an event");
        let found = found.value.ok_or("an event is not there")?;
        ensure_eq!((&found.record, found.superseded), (cluster, false), "event");
    }
    for conflict in &batch.conflicts {
        let found = store.conflict(conflict.id).await?;
        ensure_eq!((found.as_of, found.value.as_ref()), (1, Some(conflict)), "conflict");
    }
    let found = store.article_links(&[article_id(3), article_id(1), article_id(77)]).await?;
    let mut expected = vec![links(3, 3), links(1, 1)];
    expected.sort_by_key(|links| links.article);
    ensure_eq!((found.as_of, found.value), (1, expected), "links of articles");
    let mut events = vec![(event_id(1, 1), cluster_id(1)), (event_id(4, 5), cluster_id(5))];
    events.sort();
    let asked = [event_id(4, 5), event_id(1, 1), event_id(4, 1)];
    ensure_eq!(store.clusters_of(&asked).await?.value, events, "events of articles");
    ensure_eq!(store.clusters_of(&[]).await?.value, [], "no events");
    Ok(())
}

async fn stories(store: &dyn TestStore, filter: StoryFilter) -> Result<Vec<u32>, BoxError> {
    let found = all(async |page| store.stories(&filter, &page).await.map(|list| list.value)).await?;
    let number = |id| (1..60).find(|n| story_id(*n) == id).unwrap_or_default();
    Ok(found.into_iter().map(|story| number(story.id)).collect())
}

async fn stories_are_filtered(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    let any = StoryFilter::default;
    let latest = if story_id(3) < story_id(9) { [3, 9] } else { [9, 3] };
    let day = |day| Some(january(day));
    let cases: [(StoryFilter, Vec<u32>); 15] = [
        (any(), vec![latest[0], latest[1], 1, 4]),
        (StoryFilter { entity: id("x"), ..any() }, vec![1]),
        // The country also stands for its ministry, and over two steps for its city; each story is listed once.
        (StoryFilter { entity: id("IQ"), ..any() }, vec![latest[0], latest[1], 1]),
        (StoryFilter { entity: id("province"), ..any() }, latest.to_vec()),
        (StoryFilter { entity: id("nobody"), ..any() }, vec![]),
        (StoryFilter { from: day(3), ..any() }, vec![latest[0], latest[1], 1]),
        (StoryFilter { from: day(4), ..any() }, latest.to_vec()),
        (StoryFilter { to: day(4), ..any() }, vec![1]),
        (StoryFilter { from: day(6), to: day(7), ..any() }, latest.to_vec()),
        (StoryFilter { from: day(4), to: day(4), ..any() }, vec![]),
        (StoryFilter { parent: Some(story_id(9)), ..any() }, vec![3, 4]),
        (StoryFilter { parent: Some(story_id(1)), ..any() }, vec![]),
        (StoryFilter { article: Some(article_id(2)), ..any() }, vec![1]),
        (StoryFilter { article: Some(article_id(3)), ..any() }, latest.to_vec()),
        (
            StoryFilter { article: Some(article_id(3)), entity: id("IQ"), from: day(9), ..any() },
            latest.to_vec(),
        ),
    ];
    for (filter, expected) in cases {
        let shown = format!("{filter:?}");
        ensure_eq!(stories(store, filter).await?, expected, "{shown}");
    }
    Ok(())
}

async fn clusters(store: &dyn TestStore, filter: ClusterFilter) -> Result<Vec<usize>, BoxError> {
    let found = all(async |page| store.clusters(&filter, &page).await.map(|list| list.value)).await?;
    let number = |id| (1..60).find(|n| cluster_id(*n) == id).unwrap_or_default();
    Ok(found.into_iter().map(|cluster| number(cluster.id)).collect())
}

async fn clusters_are_filtered(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    let any = ClusterFilter::default;
    let day = |day| Some(january(day));
    let cases: [(ClusterFilter, &[usize]); 27] = [
        (any(), &[1, 2, 3, 4, 5]),
        (ClusterFilter { types: vec![EventType::Consult, EventType::Threaten], ..any() }, &[3, 4, 5]),
        (ClusterFilter { modes: vec!["ASSAULT_AERIAL".into()], ..any() }, &[1]),
        (ClusterFilter { actor: id("ministry"), ..any() }, &[1, 3]),
        // The country also stands for its ministry; where both act it is one event.
        (ClusterFilter { actor: id("IQ"), ..any() }, &[1, 3]),
        (ClusterFilter { recipient: id("IQ"), ..any() }, &[2, 4, 5]),
        (ClusterFilter { participant: id("IQ"), ..any() }, &[1, 2, 3, 4, 5]),
        (ClusterFilter { participant: id("city"), ..any() }, &[]),
        (ClusterFilter { place: id("city"), ..any() }, &[1, 5]),
        (ClusterFilter { place: id("IQ"), ..any() }, &[1, 3, 5]),
        (ClusterFilter { actor: id("x"), recipient: id("IQ"), ..any() }, &[2, 5]),
        (ClusterFilter { actor: id("x"), recipient: id("IQ"), place: id("province"), ..any() }, &[5]),
        (ClusterFilter { participant: id("US"), actor: id("IQ"), ..any() }, &[1]),
        (ClusterFilter { story: Some(story_id(1)), ..any() }, &[1, 3]),
        (ClusterFilter { story: Some(story_id(9)), ..any() }, &[2, 3, 4, 5]),
        (ClusterFilter { story: Some(story_id(9)), participant: id("US"), ..any() }, &[4, 5]),
        (ClusterFilter { article: Some(article_id(1)), ..any() }, &[1, 3]),
        (ClusterFilter { from: day(11), ..any() }, &[1, 2]),
        (ClusterFilter { from: day(13), ..any() }, &[2]),
        (ClusterFilter { to: day(9), ..any() }, &[3, 5]),
        (ClusterFilter { from: day(3), to: day(4), ..any() }, &[3]),
        (ClusterFilter { from: day(12), to: day(12), participant: id("x"), ..any() }, &[1, 2]),
        (ClusterFilter { standings: vec![Standing::Planned], ..any() }, &[4]),
        (ClusterFilter { standings: vec![Standing::Happened, Standing::Denied], ..any() }, &[1, 2, 3, 5]),
        (ClusterFilter { min_reports: Some(2), ..any() }, &[1, 3]),
        (ClusterFilter { conflicts_only: true, ..any() }, &[1, 3]),
        (ClusterFilter { conflicts_only: true, recipient: id("x"), ..any() }, &[1]),
    ];
    for (filter, expected) in cases {
        let shown = format!("{filter:?}");
        let mut found = clusters(store, filter).await?;
        found.sort_unstable();
        ensure_eq!(found, expected, "{shown}");
    }
    Ok(())
}

async fn clusters_are_in_order_of_time(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    let ordered = |ids: &[usize]| {
        // Events 3 and 4 have no first day, 1 and 2 the same.
        let time = |n: &usize| {
            if *n == 5 {
                2
            } else if *n < 3 {
                10
            } else {
                99
            }
        };
        let mut ids = ids.to_vec();
        ids.sort_by_key(|n| (time(n), cluster_id(*n)));
        ids
    };
    let any = ClusterFilter::default;
    ensure_eq!(clusters(store, any()).await?, ordered(&[1, 2, 3, 4, 5]), "events");
    let of_entity = clusters(store, ClusterFilter { participant: id("x"), ..any() }).await?;
    ensure_eq!(of_entity, ordered(&[1, 2, 3, 5]), "timeline of an entity");
    let of_story = clusters(store, ClusterFilter { story: Some(story_id(9)), ..any() }).await?;
    ensure_eq!(of_story, ordered(&[2, 3, 4, 5]), "timeline of a story");
    let first = store.clusters(&any(), &PageRequest::first(2)).await?.value.next;
    let other = ClusterFilter { conflicts_only: true, ..any() };
    match store.clusters(&other, &PageRequest { size: 2, after: first }).await {
        Err(StoreError::BadCursor) => Ok(()),
        other => Err(format!("a cursor of another filter: expected BadCursor, found {other:?}").into()),
    }
}

/// The order of a timeline is that of `Placed`, whatever the time of an event says; what has no place is not in it.
async fn a_timeline_is_in_order_of_its_places(store: &dyn TestStore) -> Result<(), BoxError> {
    let epoch = lease(store).await?;
    let places = [
        // A month, after what is known precisely; at the first day in a list by time.
        (1, Some((january(31), 30)), Some((january(1), january(31)))),
        (2, Some((january(10), 0)), Some((january(10), january(10)))),
        (3, Some((january(10), 2)), Some((january(10), january(12)))),
        // News without a day, on the day on which they were told first.
        (4, Some((january(10), u32::MAX)), None),
        (5, Some((january(10), u32::MAX)), None),
        (6, Some((january(9), 40)), Some((january(9), january(9)))),
        // Denied: it has a day, and no place.
        (7, None, Some((january(3), january(3)))),
        (8, Some((january(11), 0)), Some((january(11), january(11)))),
        (9, Some((Date::constant(1999, 12, 31), 365)), None),
    ];
    let mut placed: Vec<(Option<Placed>, ClusterId, usize)> = Vec::new();
    let mut clusters = Vec::new();
    for (number, at_place, time) in places {
        let mut event = cluster(number, EventType::Assault, &[1]);
        event.placed = at_place.map(|(day, spread)| Placed { day, spread });
        if let Some((first, last)) = time {
            event = at(event, Some(first), Some(last));
        }
        placed.push((event.placed, event.id, number));
        // In two roles, and through two of those that act for the country: still once.
        let actors: &[&str] = if number == 8 { &["x"] } else { &["ministry", "IQ", "x"] };
        clusters.push(with_parts(event, actors, &["IQ"], &[]));
    }
    let stories = vec![story(&[1], &[], None)];
    let batch = LinkBatch { stories, clusters, rollups: rollups(), ..LinkBatch::default() };
    store.commit_links(epoch, batch).await?;
    placed.retain(|(place, ..)| place.is_some());
    placed.sort();
    let expected: Vec<usize> = placed.into_iter().map(|(.., number)| number).collect();
    ensure_eq!(expected[..3], [9, 6, 2], "the first three as their places have them");
    ensure_eq!(expected[expected.len() - 2..], [8, 1], "the last two as their places have them");
    let timeline = async |filter: ClusterFilter| -> Result<Vec<usize>, BoxError> {
        // In pages of three: what is on two sides of a cut has one place in some of these.
        let found = all(async |page| store.timeline(&filter, &page).await.map(|list| list.value)).await?;
        let number = |id| (1..60).find(|n| cluster_id(*n) == id).unwrap_or_default();
        Ok(found.into_iter().map(|cluster| number(cluster.id)).collect())
    };
    let any = ClusterFilter::default;
    let of_story = || ClusterFilter { story: Some(story_id(1)), ..any() };
    let of_country = || ClusterFilter { participant: id("IQ"), ..any() };
    for filter in [of_story(), of_country(), ClusterFilter { participant: id("x"), ..any() }] {
        ensure_eq!(timeline(filter.clone()).await?, expected, "{filter:?}");
    }
    let of_ministry = ClusterFilter { actor: id("ministry"), ..any() };
    let without: Vec<usize> = expected.iter().copied().filter(|number| *number != 8).collect();
    ensure_eq!(timeline(of_ministry).await?, without, "timeline of a ministry");
    // By the day at which an event stands.
    let tenth: Vec<usize> = expected.iter().copied().filter(|n| (2..=5).contains(n)).collect();
    for filter in [of_story(), of_country()] {
        let one_day = ClusterFilter { from: Some(january(10)), to: Some(january(10)), ..filter.clone() };
        ensure_eq!(timeline(one_day).await?, tenth, "one day of {filter:?}");
        let late = ClusterFilter { from: Some(january(11)), ..filter.clone() };
        ensure_eq!(timeline(late).await?, [8, 1], "from a day on of {filter:?}");
        let early = ClusterFilter { to: Some(january(9)), ..filter.clone() };
        ensure_eq!(timeline(early).await?, [9, 6], "up to a day of {filter:?}");
    }
    let first = store.timeline(&of_story(), &PageRequest::first(2)).await?;
    ensure_eq!(first.as_of, 1, "version of a timeline");
    match store.clusters(&of_story(), &PageRequest { size: 2, after: first.value.next }).await {
        Err(StoreError::BadCursor) => Ok(()),
        other => Err(format!("a timeline's cursor for a list: expected BadCursor, found {other:?}").into()),
    }
}

async fn conflicts_are_filtered(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    let any = ConflictFilter::default;
    let cases: [(ConflictFilter, &[usize]); 8] = [
        // In order of their events' time.
        (any(), &[1, 3]),
        (ConflictFilter { story: Some(story_id(9)), ..any() }, &[3]),
        (ConflictFilter { story: Some(story_id(4)), ..any() }, &[]),
        (ConflictFilter { cluster: Some(cluster_id(1)), ..any() }, &[1]),
        (ConflictFilter { kinds: vec![ConflictKind::Date, ConflictKind::Place], ..any() }, &[3]),
        (ConflictFilter { entity: id("US"), ..any() }, &[1]),
        (ConflictFilter { entity: id("province"), ..any() }, &[1, 3]),
        (ConflictFilter { entity: id("nobody"), ..any() }, &[]),
    ];
    for (filter, expected) in cases {
        let found = all(async |page| store.conflicts(&filter, &page).await.map(|list| list.value)).await?;
        let number = |id| (1..9).find(|n| conflict_id(*n) == id).unwrap_or_default();
        let found: Vec<usize> = found.into_iter().map(|conflict| number(conflict.id)).collect();
        ensure_eq!(found, expected, "{filter:?}");
    }
    Ok(())
}

async fn former_ids_resolve(store: &dyn TestStore) -> Result<(), BoxError> {
    let epoch = lease(store).await?;
    let mut batch = batch();
    let pair = |old: u32, new: u32| Superseded {
        old: RecordId::Story(story_id(old)),
        new: RecordId::Story(story_id(new)),
    };
    let event = |old, new| Superseded {
        old: RecordId::Cluster(cluster_id(old)),
        new: RecordId::Cluster(cluster_id(new)),
    };
    batch.superseded = vec![pair(20, 9), pair(21, 20), event(20, 1), pair(30, 31)];
    store.commit_links(epoch, batch).await?;
    let now = async |asked: u32| -> Result<Option<(StoryId, bool)>, BoxError> {
        Ok(store.story(story_id(asked)).await?.value.map(|found| (found.record.id, found.superseded)))
    };
    ensure_eq!(now(20).await?, Some((story_id(9), true)), "a former id");
    ensure_eq!(now(21).await?, Some((story_id(9), true)), "a former id of a former id");
    ensure_eq!(now(9).await?, Some((story_id(9), false)), "an id in use");
    ensure_eq!(now(30).await?, None, "a former id of what is no more");
    let found = store.cluster(cluster_id(20)).await?.value.map(|found| (found.record.id, found.superseded));
    ensure_eq!(found, Some((cluster_id(1), true)), "a former id of an event");
    // Filters take former ids too.
    let parts = stories(store, StoryFilter { parent: Some(story_id(21)), ..Default::default() }).await?;
    ensure_eq!(parts, [3, 4], "parts of a story by its former id");
    let mut timeline =
        clusters(store, ClusterFilter { story: Some(story_id(20)), ..Default::default() }).await?;
    timeline.sort_unstable();
    ensure_eq!(timeline, [2, 3, 4, 5], "timeline of a story by its former id");
    let count =
        async |filter: ClusterFilter| store.count_events(&filter, &[], 9).await.map(|c| c.value.total);
    let counted = count(ClusterFilter { story: Some(story_id(20)), ..Default::default() }).await?;
    ensure_eq!(counted, 3, "number of events of a story by its former id");
    let of = |cluster: ClusterId| ConflictFilter { cluster: Some(cluster), ..Default::default() };
    let found = store.conflicts(&of(cluster_id(20)), &PageRequest::first(9)).await?.value.items.len();
    ensure_eq!(found, 1, "number of conflicts of an event by its former id");

    // 9 becomes 21 again, and that stands for itself from now on.
    let again = LinkBatch {
        stories: vec![story(&[21, 3], &[], None)],
        removed: vec![RecordId::Story(story_id(9))],
        superseded: vec![pair(9, 21)],
        ..LinkBatch::default()
    };
    store.commit_links(epoch, again).await?;
    for (asked, superseded) in [(9, true), (20, true), (21, false)] {
        ensure_eq!(now(asked).await?, Some((story_id(21), superseded)), "story {asked} when 21 is back");
    }
    // A ring of ids that are no more leads nowhere.
    let removed = vec![RecordId::Story(story_id(21))];
    let superseded = vec![pair(21, 20)];
    store.commit_links(epoch, LinkBatch { removed, superseded, ..LinkBatch::default() }).await?;
    ensure_eq!(now(20).await?, None, "a former id in a ring");
    Ok(())
}
