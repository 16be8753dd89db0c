//! What was given out, so that only what changed is given again.

use std::hash::Hasher;

use marsad_model::graph::ArticleLinks;
use marsad_model::{ArticleId, ClusterId, Conflict, ConflictId, EventCluster, EventId, Story, StoryId};
use rustc_hash::{FxHashMap, FxHasher};
use serde::Serialize;

use crate::graph::Update;

/// Records that were given out, by hash.
#[derive(Debug, Default)]
pub(crate) struct Given {
    articles: FxHashMap<ArticleId, (u64, StoryId)>,
    stories: FxHashMap<StoryId, GivenStory>,
    clusters: FxHashMap<ClusterId, GivenCluster>,
    /// What records are written to before they are hashed.
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct GivenStory {
    hash: u64,
    /// Where to look for what it became.
    first: Option<ArticleId>,
    /// Whether it has others as parts.
    is_parent: bool,
}

#[derive(Debug)]
struct GivenCluster {
    hash: u64,
    /// Its events: where to look for what it became.
    events: Box<[EventId]>,
    conflicts: Box<[(ConflictId, u64)]>,
}

impl Given {
    pub(crate) fn article(&mut self, links: ArticleLinks, update: &mut Update) {
        let given = (hash(&links, &mut self.buffer), links.story);
        if self.articles.insert(links.article, given) != Some(given) {
            update.articles.push(links);
        }
    }

    /// The story that an article was last said to be in.
    pub(crate) fn story_of(&self, article: ArticleId) -> Option<StoryId> {
        self.articles.get(&article).map(|(_, story)| *story)
    }

    pub(crate) fn forget_article(&mut self, article: ArticleId, update: &mut Update) {
        if self.articles.remove(&article).is_some() {
            update.gone_articles.push(article);
        }
    }

    pub(crate) fn story(&mut self, story: Story, is_parent: bool, update: &mut Update) {
        let given = GivenStory {
            hash: hash(&story, &mut self.buffer),
            first: story.articles.first().copied(),
            is_parent,
        };
        let hash = given.hash;
        if self.stories.insert(story.id, given).map(|given| given.hash) != Some(hash) {
            update.stories.push(story);
        }
    }

    /// Forgets a story that is no more; gives its first article, and whether it was a parent.
    pub(crate) fn forget_story(&mut self, story: StoryId) -> Option<(ArticleId, bool)> {
        let given = self.stories.remove(&story)?;
        Some((given.first?, given.is_parent))
    }

    pub(crate) fn cluster(&mut self, cluster: EventCluster, conflicts: Vec<Conflict>, update: &mut Update) {
        let given = GivenCluster {
            hash: hash(&cluster, &mut self.buffer),
            events: cluster.members.iter().map(|member| member.event).collect(),
            conflicts: conflicts
                .iter()
                .map(|conflict| (conflict.id, hash(conflict, &mut self.buffer)))
                .collect(),
        };
        let (hash, now) = (given.hash, given.conflicts.clone());
        let before = self.clusters.insert(cluster.id, given);
        let (before, had) =
            before.map_or((None, Box::default()), |before| (Some(before.hash), before.conflicts));
        if before != Some(hash) {
            update.clusters.push(cluster);
        }
        update.conflicts.extend(
            conflicts
                .into_iter()
                .zip(&now)
                .filter(|(_, given)| !had.contains(given))
                .map(|(conflict, _)| conflict),
        );
        let gone = had.iter().filter(|(id, _)| !now.iter().any(|(other, _)| other == id));
        update.gone_conflicts.extend(gone.map(|(id, _)| *id));
    }

    /// Forgets a cluster that is no more; gives the events that it had.
    pub(crate) fn forget_cluster(&mut self, cluster: ClusterId, update: &mut Update) -> Box<[EventId]> {
        let Some(given) = self.clusters.remove(&cluster) else { return Box::default() };
        update.gone_conflicts.extend(given.conflicts.iter().map(|(id, _)| *id));
        given.events
    }
}

/// A hash of a record for as long as this program runs.
fn hash(record: &impl Serialize, buffer: &mut Vec<u8>) -> u64 {
    buffer.clear();
    // Writing to memory has no end but success for these types.
    *buffer = postcard::to_extend(record, std::mem::take(buffer)).unwrap_or_default();
    let mut hasher = FxHasher::default();
    hasher.write(buffer);
    hasher.finish()
}
