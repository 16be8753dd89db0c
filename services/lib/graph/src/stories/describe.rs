//! What a story is called, when it was, and whom it is about.

use std::hash::Hash;

use jiff::civil::Date;
use marsad_model::graph::Story;
use marsad_model::{ArticleId, EntityId, StoryId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Stories;
use super::rules::STORY_ENTITIES;

/// What describing a story needs of an article.
#[derive(Debug)]
pub(super) struct Headline {
    pub(super) title: Option<Box<str>>,
    pub(super) entities: Box<[EntityId]>,
    pub(super) published: Option<Date>,
}

impl Stories {
    /// The headline of an article.
    pub fn headline_of(&self, article: ArticleId) -> Option<&str> {
        self.headlines.get(&article)?.title.as_deref()
    }

    /// A story or parent in full; `None` for an id that neither has.
    pub fn describe(&self, id: StoryId) -> Option<Story> {
        let parts = self.parts_of(id);
        let mut articles = self.articles_of(id).to_vec();
        articles.extend(parts.iter().flat_map(|&part| self.articles_of(part)));
        articles.sort_unstable();
        if articles.is_empty() {
            return None;
        }
        let central = if parts.is_empty() {
            most_central(&articles, |article| self.articles.neighbours(article))
        } else {
            let part = most_central(parts, |part| self.by_story.neighbours(part));
            part.and_then(|part| {
                most_central(self.articles_of(part), |article| self.articles.neighbours(article))
            })
        };
        let title = central.and_then(|article| self.headlines.get(&article)?.title.as_deref());
        let days = articles.iter().filter_map(|article| self.headlines.get(article)?.published);
        Some(Story {
            id,
            parent: self.parent_of(id),
            title: title.map(str::to_owned),
            days: days.clone().min().zip(days.max()),
            entities: self.entities_of(&articles),
            articles,
        })
    }

    /// Whom and what more than half of the articles speak of, the most frequent first, then by id.
    fn entities_of(&self, articles: &[ArticleId]) -> Vec<EntityId> {
        let mut counts: FxHashMap<&EntityId, usize> = FxHashMap::default();
        for headline in articles.iter().filter_map(|article| self.headlines.get(article)) {
            for entity in &headline.entities {
                *counts.entry(entity).or_insert(0) += 1;
            }
        }
        let mut frequent: Vec<_> =
            counts.into_iter().filter(|(_, count)| 2 * count > articles.len()).collect();
        frequent.sort_unstable_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
        frequent.into_iter().take(STORY_ENTITIES).map(|(entity, _)| entity.clone()).collect()
    }
}

/// The member that is most like all others, the first of equal ones.
fn most_central<K: Copy + Eq + Hash, I: Iterator<Item = (K, f32)>>(
    members: &[K],
    neighbours: impl Fn(K) -> I,
) -> Option<K> {
    // Either of two is as much like the other.
    if let [first] | [first, _] = members {
        return Some(*first);
    }
    let all: FxHashSet<K> = members.iter().copied().collect();
    let likeness = |member: K| {
        let inside = neighbours(member).filter(|(other, _)| all.contains(other));
        inside.map(|(_, similarity)| similarity).sum::<f32>()
    };
    let mut central: Option<(f32, K)> = None;
    for &member in members {
        let likeness = likeness(member);
        if central.is_none_or(|(greatest, _)| likeness > greatest) {
            central = Some((likeness, member));
        }
    }
    central.map(|(_, member)| member)
}
