//! The change log, and those who watch it.

use std::time::{Duration, Instant};

use marsad_model::ontology::{ConflictKind, EventType};

use super::fixture::january;
use super::graph_fixture::{
    article_id, cluster, cluster_id, conflict, lease, links, rollups, story, story_id,
};
use super::{BoxError, TestStore, cases, ensure_eq};
use crate::error::StoreError;
use crate::filter::StoryFilter;
use crate::graph::{ChangeItem, Record};
use crate::link::{Epoch, LinkBatch, RecordId, Superseded};
use crate::page::PageRequest;

cases!(
    the_log_tells_everything_once,
    a_log_that_was_trimmed_says_so,
    a_watch_goes_on_where_a_list_ended,
    watchers_are_woken,
);

/// Four versions: stories 1 and 2; an event and a conflict; story 1 becomes a part of story 3, which takes its place; the conflict
/// is settled.
async fn fill(store: &dyn TestStore) -> Result<Epoch, BoxError> {
    let epoch = lease(store).await?;
    let days = Some((january(1), january(2)));
    let any = || LinkBatch { graph_version: 1, rollups: rollups(), ..LinkBatch::default() };
    let batches = [
        LinkBatch { stories: vec![story(&[1], &["IQ"], days), story(&[2], &[], None)], ..any() },
        LinkBatch {
            articles: vec![links(1, 1)],
            clusters: vec![cluster(1, EventType::Assault, &[1])],
            conflicts: vec![conflict(1, ConflictKind::Date)],
            ..any()
        },
        LinkBatch {
            articles: vec![links(1, 3)],
            stories: vec![story(&[3, 1], &["IQ"], days)],
            removed: vec![RecordId::Story(story_id(1))],
            superseded: vec![Superseded {
                old: RecordId::Story(story_id(1)),
                new: RecordId::Story(story_id(3)),
            }],
            ..any()
        },
        LinkBatch { removed: vec![RecordId::Conflict(conflict(1, ConflictKind::Date).id)], ..any() },
    ];
    for (version, batch) in (1..).zip(batches) {
        ensure_eq!(store.commit_links(epoch, batch).await?, version, "version");
    }
    Ok(epoch)
}

async fn follow(store: &dyn TestStore, mut after: u64, limit: u32) -> Result<Vec<ChangeItem>, BoxError> {
    let mut items: Vec<ChangeItem> = Vec::new();
    loop {
        let changes = store.changes(after, limit).await?;
        let Some(last) = changes.items.last() else { return Ok(items) };
        after = last.version;
        items.extend(changes.items);
    }
}

async fn the_log_tells_everything_once(store: &dyn TestStore) -> Result<(), BoxError> {
    ensure_eq!(store.changes(0, 9).await?.items, [], "changes before there are any");
    ensure_eq!(store.log_version().await?, 0, "the last version before there is any");
    fill(store).await?;
    ensure_eq!(store.log_version().await?, 4, "the last version");
    let whole = store.changes(0, 100).await?;
    ensure_eq!((whole.oldest, whole.newest), (0, 4), "ends of the log");
    let conflicted = RecordId::Conflict(conflict(1, ConflictKind::Date).id);
    let mut first = [RecordId::Story(story_id(1)), RecordId::Story(story_id(2))];
    let mut third = [RecordId::Story(story_id(1)), RecordId::Story(story_id(3))];
    first.sort();
    third.sort();
    let (article, event) = (RecordId::Article(article_id(1)), RecordId::Cluster(cluster_id(1)));
    let told: Vec<_> = whole.items.iter().map(|item| (item.version, item.id)).collect();
    let expected = [
        (1, first[0]),
        (1, first[1]),
        (2, article),
        (2, event),
        (2, conflicted),
        (3, article),
        (3, third[0]),
        (3, third[1]),
        (4, conflicted),
    ];
    ensure_eq!(told, expected, "what the log names");
    for item in &whole.items {
        // As it is now.
        let expected = match item.id {
            RecordId::Article(_) => Some(Record::Article(links(1, 3))),
            RecordId::Cluster(_) => Some(Record::Cluster(cluster(1, EventType::Assault, &[1]))),
            RecordId::Story(id) if id == story_id(2) => Some(Record::Story(story(&[2], &[], None))),
            RecordId::Story(id) if id == story_id(3) => {
                store.story(id).await?.value.map(|found| Record::Story(found.record))
            }
            RecordId::Story(_) | RecordId::Conflict(_) => None,
        };
        ensure_eq!(item.record, expected, "record of {item:?}");
        let successor = (item.id == RecordId::Story(story_id(1))).then_some(RecordId::Story(story_id(3)));
        ensure_eq!(item.superseded_by, successor, "successor of {item:?}");
    }
    for limit in [0, 1, 2, 3, 4, 8, 9] {
        ensure_eq!(follow(store, 0, limit).await?, whole.items, "the log in parts of {limit}");
        let part = store.changes(1, limit).await?.items;
        ensure_eq!(
            part.first().map(|item| item.version),
            Some(2),
            "first version after 1 in parts of {limit}"
        );
        let last = part.last().map_or(0, |item| item.version);
        let whole = whole.items.iter().filter(|item| item.version > 1 && item.version <= last).count();
        ensure_eq!(part.len(), whole, "number of records in whole versions in parts of {limit}");
    }
    Ok(())
}

async fn a_log_that_was_trimmed_says_so(store: &dyn TestStore) -> Result<(), BoxError> {
    let epoch = fill(store).await?;
    match store.changes(5, 9).await {
        Err(StoreError::Invalid { .. }) => {}
        other => return Err(format!("a version that has not been: expected Invalid, found {other:?}").into()),
    }
    ensure_eq!(store.trim_log(100).await?, 0, "the floor of a log that is short enough");
    ensure_eq!(store.trim_log(2).await?, 2, "the floor of a log of two versions");
    match store.changes(1, 9).await {
        Err(StoreError::LogTrimmed { oldest: 2, newest: 4 }) => {}
        other => return Err(format!("what was trimmed: expected LogTrimmed, found {other:?}").into()),
    }
    let left: Vec<_> = follow(store, 2, 1).await?.into_iter().map(|item| item.version).collect();
    ensure_eq!(left, [3, 3, 3, 4], "what is left");
    ensure_eq!(store.trim_log(3).await?, 2, "the floor does not sink");
    ensure_eq!(store.trim_log(0).await?, 4, "the floor of an empty log");
    let changes = store.changes(4, 9).await?;
    ensure_eq!((changes.oldest, changes.newest, changes.items), (4, 4, Vec::new()), "an empty log");
    let batch = LinkBatch { stories: vec![story(&[7], &[], None)], ..LinkBatch::default() };
    ensure_eq!(store.commit_links(epoch, batch).await?, 5, "the version after an empty log");
    ensure_eq!(follow(store, 4, 1).await?.len(), 1, "what is in it");
    Ok(())
}

/// While the linker writes, lists are read and followed from their version on: the end is what a list then has.
async fn a_watch_goes_on_where_a_list_ended(store: &dyn TestStore) -> Result<(), BoxError> {
    let epoch = lease(store).await?;
    let write = async {
        for n in 1..20_u32 {
            let removed = if n % 3 == 0 { vec![RecordId::Story(story_id(n - 1))] } else { Vec::new() };
            let stories = vec![story(&[n], &[], None), story(&[1, 50 + n], &[], None)];
            // Story 1 changes each time.
            let stories = if n == 1 { stories.into_iter().take(1).collect() } else { stories };
            store.commit_links(epoch, LinkBatch { stories, removed, ..LinkBatch::default() }).await?;
        }
        Ok::<_, BoxError>(())
    };
    let watch = async {
        let list = async || -> Result<_, BoxError> {
            let list = store.stories(&StoryFilter::default(), &PageRequest::first(100)).await?;
            let stories = list.value.items.into_iter().map(|story| (story.id, story));
            Ok((list.as_of, stories.collect::<std::collections::BTreeMap<_, _>>()))
        };
        let (mut at, mut stories) = list().await?;
        while at < 19 {
            store.wait_for_changes(at).await?;
            for item in store.changes(at, 3).await?.items {
                ensure_eq!(
                    item.version == at || item.version == at + 1,
                    true,
                    "whether {item:?} follows {at}"
                );
                at = item.version;
                match (item.id, item.record) {
                    (_, Some(Record::Story(story))) => drop(stories.insert(story.id, story)),
                    (RecordId::Story(id), None) => drop(stories.remove(&id)),
                    other => return Err(format!("nobody wrote {other:?}").into()),
                }
            }
        }
        let (as_of, listed) = list().await?;
        ensure_eq!(as_of, 19, "version of the list");
        ensure_eq!(stories, listed, "what was watched");
        Ok(())
    };
    tokio::try_join!(write, watch)?;
    Ok(())
}

async fn watchers_are_woken(store: &dyn TestStore) -> Result<(), BoxError> {
    let epoch = fill(store).await?;
    let other = store.another().await?;
    ensure_eq!(other.wait_for_changes(2).await?, 4, "a version that is there");
    let at_once = tokio::time::timeout(Duration::from_millis(300), store.wait_for_changes(4)).await;
    ensure_eq!(at_once.is_err(), true, "whether one waits while nothing changes");
    let write = async {
        tokio::time::sleep(Duration::from_millis(250)).await;
        let batch = LinkBatch { stories: vec![story(&[8], &[], None)], ..LinkBatch::default() };
        store.commit_links(epoch, batch).await?;
        Ok::<_, StoreError>(Instant::now())
    };
    // Through the store that wrote, and as another process.
    let seen = async |store: &dyn TestStore| Ok((store.wait_for_changes(4).await?, Instant::now()));
    let (written, here, there) = tokio::try_join!(write, seen(store), seen(other.as_ref()))?;
    for (who, (version, at)) in [("here", here), ("elsewhere", there)] {
        ensure_eq!(version, 5, "version that is seen {who}");
        let late = at.saturating_duration_since(written);
        ensure_eq!(late < Duration::from_millis(500), true, "whether {late:?} is soon enough {who}");
    }
    other.close().await;
    Ok(())
}
