//! Near-duplicates and wire copy: articles with the same text or large parts of it.
//!
//! Two articles are duplicates when enough words of the shorter one stand in runs that the other has as well. To find the few
//! texts worth comparing, each is kept under some of its runs of words; a run that keeps coming back over the days finds
//! nothing. Articles with the same words are one text here: the millionth copy costs what the second does.

mod fingerprint;
mod groups;
mod overlap;
mod postings;
mod rarity;

use std::collections::{BTreeMap, BTreeSet};

use marsad_model::ArticleId;
use marsad_model::graph::Duplicate;
use rustc_hash::FxHashMap;

pub use fingerprint::{Fingerprint, word_hash};
use fingerprint::{Places, Words};
use groups::{Pair, groups};
use overlap::{Compared, SHINGLE, is_too_short};
use postings::{Anchor, Postings, anchors};

/// How many duplicates are listed for an article at most, those that share most.
const LISTED: usize = 100;

/// Finds duplicates among the articles that it is given; what it says is a function of that set.
#[derive(Debug, Default)]
pub struct Duplicates {
    articles: FxHashMap<ArticleId, Article>,
    /// By [`Words::key`].
    slots: FxHashMap<u64, u32>,
    texts: Vec<Text>,
    free: Vec<u32>,
    postings: Postings,
    touched: BTreeSet<ArticleId>,
}

#[derive(Debug)]
struct Article {
    text: u32,
    places: Places,
}

/// A body, whatever number of articles have it.
#[derive(Debug, Default)]
struct Text {
    key: u64,
    words: Words,
    anchors: Box<[Anchor]>,
    /// The articles that have it, with their days.
    articles: BTreeMap<ArticleId, Option<i32>>,
    /// The first of these days.
    day: Option<i32>,
    /// Other texts that are duplicates of it, with the overlap.
    near: BTreeMap<u32, f32>,
    /// The smallest article of the group.
    group: Option<ArticleId>,
}

/// An article in the list of another.
struct Listed {
    overlap: f32,
    article: ArticleId,
    text: u32,
}

impl Duplicates {
    /// An index of no articles.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an article, in place of what was there of it.
    pub fn put(&mut self, article: ArticleId, print: Fingerprint) {
        self.remove(article);
        let (words, places, day) = print.into_parts();
        if is_too_short(&words) {
            return;
        }
        self.touched.insert(article);
        let key = words.key();
        let slot = self.slots.get(&key).copied().unwrap_or_else(|| self.new_text(key, words));
        self.articles.insert(article, Article { text: slot, places });
        self.texts[slot as usize].articles.insert(article, day);
        self.settle(slot);
        self.touch_lists_with(article, slot);
    }

    /// Takes an article out; one that is not there changes nothing.
    pub fn remove(&mut self, article: ArticleId) {
        let Some(Article { text: slot, .. }) = self.articles.remove(&article) else { return };
        self.touched.insert(article);
        self.touch_lists_with(article, slot);
        self.texts[slot as usize].articles.remove(&article);
        self.settle(slot);
    }

    /// The articles that share their text or large parts of it with this one, in order of their ids; where there are more
    /// than a hundred, those that share most.
    pub fn links(&self, article: ArticleId) -> Vec<Duplicate> {
        let Some(Article { text: slot, places }) = self.articles.get(&article) else { return Vec::new() };
        let text = Compared::new(&self.texts[*slot as usize].words);
        let others = self.list(*slot).into_iter().filter(|listed| listed.article != article);
        let mut links: Vec<Duplicate> = others
            .take(LISTED)
            .map(|Listed { overlap, article, text: other }| {
                let words = &self.texts[other as usize].words;
                let passages = if other == *slot {
                    places.spans(std::slice::from_ref(&(0..words.len())))
                } else {
                    places.spans(&text.shared_with(&Compared::new(words)))
                };
                Duplicate { article, overlap, passages }
            })
            .collect();
        links.sort_by_key(|link| link.article);
        links
    }

    /// The smallest article of the wire copy that this one is of: reports of one wire copy are one report. Any two texts of
    /// it are duplicates. An article without duplicates is its own.
    pub fn group_of(&self, article: ArticleId) -> ArticleId {
        let text = self.articles.get(&article).map(|article| &self.texts[article.text as usize]);
        text.and_then(|text| text.group).unwrap_or(article)
    }

    /// The articles whose links or group may have changed since this was last asked, also those that are gone.
    pub fn take_touched(&mut self) -> BTreeSet<ArticleId> {
        std::mem::take(&mut self.touched)
    }

    fn new_text(&mut self, key: u64, words: Words) -> u32 {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.texts.push(Text::default());
            self.texts.len() as u32 - 1
        });
        self.slots.insert(key, slot);
        let anchors = anchors(&words.shingles(SHINGLE).collect::<Vec<u64>>());
        self.texts[slot as usize] = Text { key, words, anchors, ..Text::default() };
        slot
    }

    /// Brings everything up to date with the articles that now have a text.
    fn settle(&mut self, slot: u32) {
        let text = &self.texts[slot as usize];
        let day = text.articles.values().flatten().min().copied();
        let is_new = text.group.is_none();
        let is_gone = text.articles.is_empty();
        let mut changed = BTreeSet::from([slot]);
        if !is_new && (is_gone || day != text.day) {
            self.unlink(slot, &mut changed);
        }
        if is_gone {
            self.slots.remove(&self.texts[slot as usize].key);
            self.texts[slot as usize] = Text::default();
            self.free.push(slot);
        } else if is_new || day != self.texts[slot as usize].day {
            self.texts[slot as usize].day = day;
            self.link(slot, &mut changed);
        }
        self.regroup(changed);
    }

    /// Finds the duplicates of a text; `changed` gets the texts whose duplicates are others than before.
    fn link(&mut self, slot: u32, changed: &mut BTreeSet<u32>) {
        let Text { anchors, day, .. } = &self.texts[slot as usize];
        let mut candidates = BTreeSet::new();
        let mut templates = Vec::new();
        for anchor in anchors {
            if !self.postings.insert(*anchor, *day, slot, |text| self.texts[text as usize].day) {
                continue;
            }
            match self.postings.texts(*anchor) {
                Some(texts) => candidates.extend(texts),
                None => templates.extend(self.postings.texts_but(*anchor, slot)),
            }
        }
        candidates.remove(&slot);
        if candidates.is_empty() && templates.is_empty() {
            return;
        }
        let text = Compared::new(&self.texts[slot as usize].words);
        let overlaps = |other: u32| {
            Some((
                other,
                text.overlap(&Compared::new(&self.texts[other as usize].words), self.days(slot, other))?,
            ))
        };
        let near: BTreeMap<u32, f32> = candidates.into_iter().filter_map(overlaps).collect();
        for (other, overlap) in near {
            self.join(slot, other, overlap, changed);
        }
        // What has just become a template no longer links those that share nothing else.
        for texts in templates {
            for (at, a) in texts.iter().enumerate() {
                for b in &texts[at + 1..] {
                    if self.texts[*a as usize].near.contains_key(b) && !self.share_anchor(*a, *b) {
                        self.part(*a, *b, changed);
                    }
                }
            }
        }
    }

    /// Takes a text out from among its duplicates; `changed` gets the texts whose duplicates are others than before.
    fn unlink(&mut self, slot: u32, changed: &mut BTreeSet<u32>) {
        for other in std::mem::take(&mut self.texts[slot as usize].near).into_keys() {
            self.part(slot, other, changed);
        }
        let Text { anchors, day, .. } = &self.texts[slot as usize];
        let mut pairs = BTreeSet::new();
        for anchor in anchors {
            let was_template = self.postings.texts(*anchor).is_none();
            self.postings.remove(*anchor, *day, slot);
            if was_template && let Some(texts) = self.postings.texts(*anchor) {
                let rest = |at: usize| texts[at + 1..].iter();
                pairs.extend(
                    texts
                        .iter()
                        .enumerate()
                        .flat_map(|(at, a)| rest(at).map(move |b| (*a.min(b), *a.max(b)))),
                );
            }
        }
        // What is no longer a template links those that share it.
        pairs.retain(|(a, b)| !self.texts[*a as usize].near.contains_key(b));
        for (a, b) in pairs {
            let [of_a, of_b] = [a, b].map(|slot| Compared::new(&self.texts[slot as usize].words));
            if let Some(overlap) = of_a.overlap(&of_b, self.days(a, b)) {
                self.join(a, b, overlap, changed);
            }
        }
    }

    /// The days between two texts.
    fn days(&self, a: u32, b: u32) -> Option<u32> {
        let [a, b] = [a, b].map(|slot| self.texts[slot as usize].day);
        a.zip(b).map(|(a, b)| a.abs_diff(b))
    }

    /// Whether two texts share a run that is no template.
    fn share_anchor(&self, a: u32, b: u32) -> bool {
        let [a, b] = [a, b].map(|slot| &self.texts[slot as usize].anchors);
        a.iter().any(|anchor| b.binary_search(anchor).is_ok() && self.postings.texts(*anchor).is_some())
    }

    fn join(&mut self, a: u32, b: u32, overlap: f32, changed: &mut BTreeSet<u32>) {
        for (one, other) in [(a, b), (b, a)] {
            let text = &mut self.texts[one as usize];
            text.near.insert(other, overlap);
            self.touched.extend(text.articles.keys());
            changed.insert(one);
        }
    }

    fn part(&mut self, a: u32, b: u32, changed: &mut BTreeSet<u32>) {
        for (one, other) in [(a, b), (b, a)] {
            let text = &mut self.texts[one as usize];
            text.near.remove(&other);
            self.touched.extend(text.articles.keys());
            changed.insert(one);
        }
    }

    /// The articles of a text and of its duplicates that share most with it, at most one more than are listed for an article:
    /// that one is the article itself.
    fn list(&self, slot: u32) -> Vec<Listed> {
        let near = self.texts[slot as usize].near.iter().map(|(text, overlap)| (*text, *overlap));
        let mut list: Vec<Listed> = near
            .chain([(slot, 1.0)])
            .flat_map(|(text, overlap)| {
                let articles = self.texts[text as usize].articles.keys().take(LISTED + 1);
                articles.map(move |article| Listed { overlap, article: *article, text })
            })
            .collect();
        list.sort_by(|a, b| b.overlap.total_cmp(&a.overlap).then_with(|| a.article.cmp(&b.article)));
        list.truncate(LISTED + 1);
        list
    }

    /// Notes the articles that list this one of a text.
    fn touch_lists_with(&mut self, article: ArticleId, slot: u32) {
        let near: Vec<u32> = self.texts[slot as usize].near.keys().copied().chain([slot]).collect();
        for other in near {
            let text = &self.texts[other as usize];
            let entries = text.near.keys().map(|slot| self.texts[*slot as usize].articles.len());
            let all = entries.sum::<usize>() + text.articles.len();
            if all <= LISTED || self.list(other).iter().any(|listed| listed.article == article) {
                self.touched.extend(self.texts[other as usize].articles.keys());
            }
        }
    }

    /// Finds the groups again of all texts that are linked to these, over however many others.
    fn regroup(&mut self, changed: BTreeSet<u32>) {
        let mut queue: Vec<u32> = changed.into_iter().collect();
        let mut slots: Vec<u32> = Vec::new();
        let mut seen = BTreeSet::new();
        while let Some(slot) = queue.pop() {
            if seen.insert(slot) && !self.texts[slot as usize].articles.is_empty() {
                slots.push(slot);
                queue.extend(self.texts[slot as usize].near.keys());
            }
        }
        slots.sort_unstable_by_key(|slot| self.texts[*slot as usize].key);
        let place: FxHashMap<u32, usize> = slots.iter().enumerate().map(|(at, slot)| (*slot, at)).collect();
        let mut pairs = Vec::new();
        for (at, slot) in slots.iter().enumerate() {
            let text = &self.texts[*slot as usize];
            for (other, overlap) in &text.near {
                let Some(&other_at) = place.get(other).filter(|other_at| at < **other_at) else { continue };
                let (one, two) = (text.words.len(), self.texts[*other as usize].words.len());
                let likeness = overlap * one.min(two) as f32 / one.max(two) as f32;
                pairs.push(Pair { likeness, texts: (at, other_at) });
            }
        }
        let group = groups(slots.len(), pairs);
        let mut smallest: BTreeMap<usize, ArticleId> = BTreeMap::new();
        for (at, slot) in slots.iter().enumerate() {
            let Some((first, _)) = self.texts[*slot as usize].articles.first_key_value() else { continue };
            let known = smallest.entry(group[at]).or_insert(*first);
            *known = (*known).min(*first);
        }
        for (at, slot) in slots.iter().enumerate() {
            let text = &mut self.texts[*slot as usize];
            let new = smallest.get(&group[at]).copied();
            if text.group != new {
                text.group = new;
                self.touched.extend(text.articles.keys());
            }
        }
    }
}
