//! Stories: the articles of all outlets on one course of events, and coarser stories over months.
//!
//! An article is a point by its strongest terms ([`Profile`]) and the day that it states. Two are alike by the cosine of their terms,
//! which counts less the more days lie between; an article without a day is compared by its text alone. Alike articles are joined
//! in components that cannot chain ([`crate::components`]), and inside these by average linkage. Stories are joined to parents in the same way,
//! by what their articles have in common and their middle days.

mod describe;
mod groups;
mod index;
mod profile;
mod rules;

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use marsad_model::{ArticleId, StoryId};
use rustc_hash::FxHashMap;

use crate::components::Settled;
use describe::Headline;
use groups::Groups;
use index::{Day, Index, UNDATED};
pub use profile::Profile;
use profile::Vector;

/// The stories of the articles that were put.
///
/// Puts and removals take effect for `neighbours` at once, for stories with [`Stories::settle`].
#[derive(Debug)]
pub struct Stories {
    articles: Index<ArticleId>,
    /// What describing a story needs of its articles.
    headlines: FxHashMap<ArticleId, Headline>,
    stories: Groups<ArticleId>,
    /// The first article of each story.
    firsts: FxHashMap<StoryId, ArticleId>,
    by_story: Index<StoryId>,
    parents: Groups<StoryId>,
    parent_of: FxHashMap<StoryId, StoryId>,
    /// The first story of each parent.
    first_parts: FxHashMap<StoryId, StoryId>,
}

/// What settling touched, each list in order of ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Stories that are no more.
    pub gone: Vec<StoryId>,
    /// Stories that are new, have other articles or another parent, or whose articles were put again.
    pub changed: Vec<StoryId>,
    /// Parents that are no more.
    pub parents_gone: Vec<StoryId>,
    /// Parents that are new or have other parts or articles.
    pub parents_changed: Vec<StoryId>,
}

impl Default for Stories {
    fn default() -> Self {
        Self::new()
    }
}

impl Stories {
    /// No articles.
    pub fn new() -> Self {
        Self {
            articles: Index::new(&rules::STORIES),
            headlines: FxHashMap::default(),
            stories: Groups::new(),
            firsts: FxHashMap::default(),
            by_story: Index::new(&rules::PARENTS),
            parents: Groups::new(),
            parent_of: FxHashMap::default(),
            first_parts: FxHashMap::default(),
        }
    }

    /// Puts an article in, or replaces it; `published` is the day that it states.
    pub fn put(&mut self, article: ArticleId, profile: Profile, published: Option<Date>) {
        let Profile { vector, title, entities } = profile;
        self.articles.put(article, vector, published.map_or(UNDATED, day));
        self.headlines.insert(article, Headline { title, entities, published });
    }

    /// Takes an article out; whether it was in.
    pub fn remove(&mut self, article: ArticleId) -> bool {
        self.headlines.remove(&article);
        self.articles.remove(article)
    }

    /// Makes the stories of what was put and removed since the last time.
    pub fn settle(&mut self) -> Touched {
        let Settled { gone, changed } = self.stories.settle(&mut self.articles, |_| 1);
        let gone: Vec<StoryId> = gone.into_iter().map(StoryId::new).collect();
        for story in &gone {
            self.firsts.remove(story);
            self.parent_of.remove(story);
            self.by_story.remove(*story);
        }
        let mut touched = BTreeSet::new();
        for first in changed {
            let story = StoryId::new(first);
            let articles = self.stories.members(first);
            let parts = articles.iter().filter_map(|&article| self.articles.get(article));
            let (vectors, days): (Vec<&Vector>, Vec<Day>) = parts.unzip();
            match middle(days) {
                UNDATED => {
                    self.by_story.remove(story);
                    if self.parent_of.remove(&story).is_some() {
                        touched.insert(story);
                    }
                }
                day => self.by_story.put(story, Vector::centroid(&vectors), day),
            }
            self.firsts.insert(story, first);
            touched.insert(story);
        }
        let (stories, firsts) = (&self.stories, &self.firsts);
        let size = |story: StoryId| firsts.get(&story).map_or(0, |first| stories.members(*first).len());
        let parents = self.parents.settle(&mut self.by_story, size);
        let mut parents_gone = BTreeSet::new();
        let mut parents_changed = BTreeSet::new();
        for first in parents.gone {
            let parent = StoryId::parent(first);
            if self.first_parts.remove(&parent).is_some() {
                parents_gone.insert(parent);
            }
        }
        for first in parents.changed {
            let id = StoryId::parent(first);
            let stories = self.parents.members(first);
            // A story alone is no parent of itself.
            let parent = (stories.len() > 1).then_some(id);
            if parent.is_some() {
                self.first_parts.insert(id, first);
                parents_changed.insert(id);
            } else if self.first_parts.remove(&id).is_some() {
                parents_gone.insert(id);
            }
            for &story in stories {
                let before = match parent {
                    Some(parent) => self.parent_of.insert(story, parent),
                    None => self.parent_of.remove(&story),
                };
                if before != parent {
                    touched.insert(story);
                }
            }
        }
        Touched {
            gone: sorted(gone),
            changed: touched.into_iter().collect(),
            parents_gone: parents_gone.into_iter().collect(),
            parents_changed: parents_changed.into_iter().collect(),
        }
    }

    /// Articles that are similar to one, with their similarity from 0 to 1, strongest first: those within two hundred days, and among
    /// them and those without a day. Weaker similarity than makes a story is among them.
    pub fn neighbours(&self, article: ArticleId) -> impl Iterator<Item = (ArticleId, f32)> + '_ {
        self.articles.neighbours(article)
    }

    /// The story of an article; `None` for one that is not in or not settled.
    pub fn story_of(&self, article: ArticleId) -> Option<StoryId> {
        self.stories.of(article).map(StoryId::new)
    }

    /// The articles of a story, in order of their ids; none for an id that no story has.
    pub fn articles_of(&self, story: StoryId) -> &[ArticleId] {
        self.firsts.get(&story).map_or(&[], |&first| self.stories.members(first))
    }

    /// The coarser story that a story is part of.
    pub fn parent_of(&self, story: StoryId) -> Option<StoryId> {
        self.parent_of.get(&story).copied()
    }

    /// The stories that a parent has, two or more, in order of their ids; none for an id that no parent has.
    pub fn parts_of(&self, parent: StoryId) -> &[StoryId] {
        self.first_parts.get(&parent).map_or(&[], |&first| self.parents.members(first))
    }

    /// The ids of all stories, in no particular order.
    pub fn stories(&self) -> impl Iterator<Item = StoryId> + '_ {
        self.firsts.keys().copied()
    }

    /// The ids of all parents, in no particular order.
    pub fn parents(&self) -> impl Iterator<Item = StoryId> + '_ {
        self.first_parts.keys().copied()
    }

    /// The most articles, and the most stories, that are clustered at once.
    pub fn largest_components(&self) -> (usize, usize) {
        let stories = self.by_story.graph();
        let largest = |sizes: &mut dyn Iterator<Item = usize>| sizes.max().unwrap_or(0);
        (
            largest(&mut self.component_sizes()),
            largest(&mut stories.leaves().map(|leaf| stories.leaf(leaf).len())),
        )
    }

    /// The sizes of what is clustered at once, in no particular order: components of articles.
    pub fn component_sizes(&self) -> impl Iterator<Item = usize> + '_ {
        let graph = self.articles.graph();
        graph.leaves().map(|leaf| graph.leaf(leaf).len())
    }
}

fn sorted(mut stories: Vec<StoryId>) -> Vec<StoryId> {
    stories.sort_unstable();
    stories
}

/// A day as a number.
fn day(published: Date) -> Day {
    (published - date(2000, 1, 1)).get_days()
}

/// The middle one of the days that are known.
fn middle(mut days: Vec<Day>) -> Day {
    days.retain(|&day| day != UNDATED);
    days.sort_unstable();
    days.get(days.len() / 2).copied().unwrap_or(UNDATED)
}

#[cfg(test)]
mod tests;
