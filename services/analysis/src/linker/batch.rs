//! What joining changed, as transactions of the store.

use std::collections::{BTreeSet, HashMap};

use marsad_graph::Update;
use marsad_model::graph::GRAPH_VERSION;
use marsad_store::LinkBatch;
use marsad_store::link::{RecordHash, RecordId, Superseded};

/// The transaction of an update.
pub(super) fn of_update(update: Update) -> LinkBatch {
    let mut batch = LinkBatch {
        graph_version: GRAPH_VERSION,
        articles: update.articles,
        stories: update.stories,
        clusters: update.clusters,
        conflicts: update.conflicts,
        rollups: update.rollups,
        ..Default::default()
    };
    batch.removed.extend(update.gone_articles.into_iter().map(RecordId::Article));
    for (old, new) in update.gone_stories {
        gone(&mut batch, RecordId::Story(old), new.map(RecordId::Story));
    }
    for (old, new) in update.gone_clusters {
        gone(&mut batch, RecordId::Cluster(old), new.map(RecordId::Cluster));
    }
    batch.removed.extend(update.gone_conflicts.into_iter().map(RecordId::Conflict));
    batch
}

fn gone(batch: &mut LinkBatch, old: RecordId, new: Option<RecordId>) {
    batch.removed.push(old);
    batch.superseded.extend(new.map(|new| Superseded { old, new }));
}

/// Of everything that there is, what the store has otherwise; `stored` becomes what there is no more.
pub(super) fn differing(mut all: LinkBatch, stored: &mut HashMap<RecordId, RecordHash>) -> LinkBatch {
    let rollups = std::mem::take(&mut all.rollups);
    let mut differs = |id: RecordId, hash: RecordHash| stored.remove(&id) != Some(hash);
    all.articles.retain(|links| differs(RecordId::Article(links.article), RecordHash::of_links(links)));
    all.stories.retain(|story| differs(RecordId::Story(story.id), RecordHash::of_story(story, &rollups)));
    all.clusters.retain(|c| differs(RecordId::Cluster(c.id), RecordHash::of_cluster(c, &rollups)));
    all.conflicts.retain(|c| differs(RecordId::Conflict(c.id), RecordHash::of_conflict(c)));
    all.rollups = rollups;
    all
}

/// Cuts a batch into transactions of at most so many records. Removals come first and new ids after them, so that no piece has one
/// event in two clusters.
pub(super) fn pieces(batch: LinkBatch, records: usize) -> Vec<LinkBatch> {
    let LinkBatch {
        graph_version, articles, stories, clusters, conflicts, removed, superseded, rollups, ..
    } = batch;
    let empty = || LinkBatch { graph_version, ..Default::default() };
    let mut pieces = Vec::new();
    pieces.extend(removed.chunks(records).map(|part| LinkBatch { removed: part.to_vec(), ..empty() }));
    pieces.extend(articles.chunks(records).map(|part| LinkBatch { articles: part.to_vec(), ..empty() }));
    // The entities that a piece files under, and no others: there are as many as the whole knowledge has.
    let of = |ids: BTreeSet<_>| {
        let mut kept = marsad_store::link::Rollups::new();
        let mut open: Vec<_> = ids.into_iter().collect();
        while let Some(id) = open.pop() {
            if let Some(above) = rollups.get(&id)
                && kept.insert(id, above.clone()).is_none()
            {
                open.push(above.clone());
            }
        }
        kept
    };
    pieces.extend(stories.chunks(records).map(|part| {
        let ids = part.iter().flat_map(|story| story.entities.iter().cloned()).collect();
        LinkBatch { stories: part.to_vec(), rollups: of(ids), ..empty() }
    }));
    pieces.extend(clusters.chunks(records).map(|part| {
        let values = part.iter().flat_map(|c| [&c.actors, &c.recipients, &c.places]).flatten();
        let ids = values.map(|value| value.value.clone()).collect();
        LinkBatch { clusters: part.to_vec(), rollups: of(ids), ..empty() }
    }));
    pieces.extend(conflicts.chunks(records).map(|part| LinkBatch { conflicts: part.to_vec(), ..empty() }));
    pieces.extend(superseded.chunks(records).map(|part| LinkBatch { superseded: part.to_vec(), ..empty() }));
    pieces
}
