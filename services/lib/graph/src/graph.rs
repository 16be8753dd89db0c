//! All articles, joined: kept while articles come, change and go.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use marsad_model::graph::{ArticleLinks, LinkedDate};
use marsad_model::ontology::PublishedBasis;
use marsad_model::{
    ArticleId, ClusterId, Conflict, ConflictId, EntityId, EventCluster, EventId, Judgement, Story, StoryId,
};
use rustc_hash::FxHashMap;

use crate::conflicts::conflicts;
use crate::dates::{self, Candidate, DateClues};
use crate::digest::Digest;
use crate::duplicates::Duplicates;
use crate::events::{ArticleEvents, Events, describe};
use crate::given::Given;
use crate::stories::Stories;
use crate::timeline::{News, place};

/// All articles, joined. What it holds is a function of the digests that are in and of the judgements that hold.
#[derive(Debug, Default)]
pub struct Graph {
    articles: FxHashMap<ArticleId, Article>,
    duplicates: Duplicates,
    stories: Stories,
    events: Events,
    /// Whom entities act for.
    rollups: FxHashMap<EntityId, EntityId>,
    /// Articles that came, changed or went since the last settling.
    pending: BTreeSet<ArticleId>,
    /// Undated articles around these.
    to_date: BTreeSet<ArticleId>,
    given: Given,
}

/// What is kept of a digest beside the indexes.
#[derive(Debug)]
struct Article {
    stated: LinkedDate,
    clues: DateClues,
    /// What it says of its events, until that is in the index; of an undated article always.
    events: Option<ArticleEvents>,
    /// The day that other articles give it, and which do.
    linked: Option<(Date, Vec<ArticleId>)>,
}

/// Analyses an undated article anew as published on a day, and gives what it then says of its events. `None` where the article
/// cannot be read any more: its events stay without days.
pub type Redate<'a> = dyn FnMut(ArticleId, Date) -> Option<ArticleEvents> + 'a;

/// What changed, each list in order of ids.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Update {
    /// Links of articles that are new or changed.
    pub articles: Vec<ArticleLinks>,
    /// Stories that are new or changed, and coarser ones.
    pub stories: Vec<Story>,
    /// Events that are new or changed.
    pub clusters: Vec<EventCluster>,
    /// Conflicts that are new or changed.
    pub conflicts: Vec<Conflict>,
    /// Articles that are no more.
    pub gone_articles: Vec<ArticleId>,
    /// Stories that are no more, each with what it is part of now.
    pub gone_stories: Vec<(StoryId, Option<StoryId>)>,
    /// Events that are no more, each with what it is part of now.
    pub gone_clusters: Vec<(ClusterId, Option<ClusterId>)>,
    /// Conflicts that are no more.
    pub gone_conflicts: Vec<ConflictId>,
    /// Whom the entities of these stories and events act for.
    pub rollups: BTreeMap<EntityId, EntityId>,
    /// Articles that other articles give another day than before, or none any more.
    pub redated: Vec<(ArticleId, Option<Date>)>,
}

/// The sizes of the largest components that are clustered at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LargestComponents {
    /// Articles, for stories.
    pub articles: usize,
    /// Stories, for coarser ones.
    pub stories: usize,
    /// Mentions of events, for clusters.
    pub mentions: usize,
}

impl Graph {
    /// No article.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many articles are in.
    pub fn len(&self) -> usize {
        self.articles.len()
    }

    /// Whether there is no article.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty()
    }

    /// The story of an article, as of the last settling.
    pub fn story_of(&self, article: ArticleId) -> Option<StoryId> {
        self.stories.story_of(article)
    }

    /// The cluster of an event, as of the last settling.
    pub fn cluster_of(&self, event: EventId) -> Option<ClusterId> {
        self.events.cluster_of(event)
    }

    /// The most that is clustered at once, as of the last settling.
    pub fn largest_components(&self) -> LargestComponents {
        let (articles, stories) = self.stories.largest_components();
        LargestComponents { articles, stories, mentions: self.events.largest_leaf() }
    }

    /// Puts an article in, in place of what it was before. The digest has to be [`Digest::is_own`].
    pub fn put(&mut self, digest: Digest) {
        let Digest { article, published, fingerprint, profile, clues, events, rollups } = digest;
        self.remove(article);
        self.duplicates.put(article, fingerprint);
        self.stories.put(article, profile, published.date);
        self.rollups.extend(rollups);
        let stated = LinkedDate { date: published.date, basis: published.basis, from: Vec::new() };
        if stated.date.is_none() {
            self.to_date.insert(article);
        }
        self.articles.insert(article, Article { stated, clues, events: Some(events), linked: None });
        self.date_around(article);
    }

    /// Takes an article out; whether it was in.
    pub fn remove(&mut self, article: ArticleId) -> bool {
        self.pending.insert(article);
        self.date_around(article);
        self.duplicates.remove(article);
        self.stories.remove(article);
        self.events.remove(article);
        self.articles.remove(&article).is_some()
    }

    /// Takes in how a judgement of an analyst is: one that holds, or is withdrawn. Of several states of one the last has to be the last.
    pub fn judge(&mut self, judgement: &Judgement) {
        self.events.judge(judgement);
    }

    /// Undated articles that are like this one may get another day with it, or without it.
    fn date_around(&mut self, article: ArticleId) {
        let near = self.stories.neighbours(article).map(|(other, _)| other);
        let undated: Vec<ArticleId> = near.filter(|other| self.is_undated(*other)).collect();
        self.to_date.extend(undated);
    }

    fn is_undated(&self, article: ArticleId) -> bool {
        self.articles.get(&article).is_some_and(|kept| kept.stated.date.is_none())
    }

    /// Joins what came and went since the last settling; gives what changed with it.
    pub fn settle(&mut self, redate: &mut Redate<'_>) -> Update {
        let mut update = Update::default();
        let duplicated = self.duplicates.take_touched();
        let stories = self.stories.settle();
        let relinked;
        (update.redated, relinked) = self.date();
        let linked = update.redated.iter().map(|(article, _)| *article);
        let told: BTreeSet<ArticleId> = self.pending.iter().copied().chain(linked).collect();
        for article in &told {
            self.tell(*article, redate);
        }
        let touched = self.events.settle();

        let mut heads: BTreeSet<EventId> = touched.changed.into_iter().collect();
        // Who reports independently changed with the wire copies.
        for article in duplicated.iter().filter_map(|article| self.events.article(*article)) {
            let events = article.mentions.iter();
            heads.extend(events.filter_map(|mention| self.events.head(mention.event)));
        }
        self.give_clusters(&heads, touched.gone, &mut update);
        let parents = (stories.parents_gone, stories.parents_changed);
        let changed = [stories.changed, parents.1].concat();
        self.give_stories(&changed, [stories.gone, parents.0].concat(), &mut update);
        let mut articles = told;
        articles.extend(duplicated.into_iter().chain(relinked));
        for story in &changed {
            let inside = self.stories.articles_of(*story).iter().copied();
            articles.extend(inside.filter(|article| self.given.story_of(*article) != Some(*story)));
        }
        self.give_articles(&articles, &mut update);
        self.pending.clear();
        update
    }

    /// Gives undated articles the days that others tell. Those of which that changed, and those that have their day from others than before.
    fn date(&mut self) -> (Vec<(ArticleId, Option<Date>)>, Vec<ArticleId>) {
        let (mut redated, mut relinked) = (Vec::new(), Vec::new());
        for article in std::mem::take(&mut self.to_date) {
            let Some(kept) = self.articles.get(&article).filter(|kept| kept.stated.date.is_none()) else {
                continue;
            };
            let linked = dates::infer_from(&kept.clues, || {
                self.stories.neighbours(article).filter_map(|(other, similarity)| {
                    let clues = &self.articles.get(&other)?.clues;
                    Some(Candidate { article: other, clues, similarity })
                })
            });
            let day = |linked: &Option<(Date, Vec<ArticleId>)>| linked.as_ref().map(|(day, _)| *day);
            if day(&linked) != day(&kept.linked) {
                redated.push((article, day(&linked)));
            } else if linked != kept.linked {
                relinked.push(article);
            }
            if let Some(kept) = self.articles.get_mut(&article) {
                kept.linked = linked;
            }
        }
        (redated, relinked)
    }

    /// Puts what an article says of its events into the index.
    fn tell(&mut self, article: ArticleId, redate: &mut Redate<'_>) {
        let Some(kept) = self.articles.get_mut(&article) else { return };
        let events = match (kept.stated.date, &kept.linked) {
            (Some(_), _) => kept.events.take(),
            (None, Some((day, _))) => redate(article, *day).or_else(|| kept.events.clone()),
            (None, None) => kept.events.clone(),
        };
        if let Some(events) = events {
            self.events.put(events, self.stories.neighbours(article));
        }
    }

    fn give_clusters(&mut self, heads: &BTreeSet<EventId>, gone: Vec<ClusterId>, update: &mut Update) {
        let group_of = |article| self.duplicates.group_of(article);
        for head in heads {
            let members = self.events.members(*head);
            let relations = self.events.relations(*head);
            let Some(mut cluster) = describe(&members, group_of, relations) else { continue };
            cluster.placed = place(&cluster, News::of(&members));
            let conflicts = conflicts(cluster.id, &members, group_of);
            let values = [&cluster.actors, &cluster.recipients, &cluster.places].into_iter().flatten();
            add_rollups(&self.rollups, values.map(|value| &value.value), &mut update.rollups);
            self.given.cluster(cluster, conflicts, update);
        }
        for cluster in gone {
            let events = self.given.forget_cluster(cluster, update);
            let now = events.iter().find_map(|event| self.events.cluster_of(*event));
            update.gone_clusters.push((cluster, now));
        }
    }

    fn give_stories(&mut self, changed: &[StoryId], gone: Vec<StoryId>, update: &mut Update) {
        for story in changed {
            let Some(story) = self.stories.describe(*story) else { continue };
            add_rollups(&self.rollups, story.entities.iter(), &mut update.rollups);
            let is_parent = !self.stories.parts_of(story.id).is_empty();
            self.given.story(story, is_parent, update);
        }
        for story in gone {
            let first = self.given.forget_story(story);
            let now = first.and_then(|(first, is_parent)| {
                let now = self.stories.story_of(first)?;
                if is_parent { self.stories.parent_of(now) } else { Some(now) }
            });
            update.gone_stories.push((story, now));
        }
    }

    fn give_articles(&mut self, articles: &BTreeSet<ArticleId>, update: &mut Update) {
        for article in articles {
            let links = self.articles.get(article).and_then(|kept| {
                let published = match &kept.linked {
                    Some((day, from)) => {
                        LinkedDate { date: Some(*day), basis: PublishedBasis::Linked, from: from.clone() }
                    }
                    None => kept.stated.clone(),
                };
                let story = self.stories.story_of(*article)?;
                let duplicates = self.duplicates.links(*article);
                Some(ArticleLinks { article: *article, published, story, duplicates })
            });
            match links {
                Some(links) => self.given.article(links, update),
                None => self.given.forget_article(*article, update),
            }
        }
    }
}

/// Adds whom entities act for, directly and in turn.
fn add_rollups<'a>(
    rollups: &FxHashMap<EntityId, EntityId>,
    entities: impl Iterator<Item = &'a EntityId>,
    to: &mut BTreeMap<EntityId, EntityId>,
) {
    for entity in entities {
        let mut entity = entity;
        while let Some(above) = rollups.get(entity) {
            if to.insert(entity.clone(), above.clone()).is_some() {
                break;
            }
            entity = above;
        }
    }
}
