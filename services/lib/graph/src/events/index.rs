//! Which mentions are one event: kept while articles come and go.

use std::collections::BTreeSet;

use marsad_model::Judgement;
use marsad_model::graph::Relation;
use marsad_model::id::{ArticleId, ClusterId, EventId, EventKey};
use marsad_model::ontology::RelationKind;
use rustc_hash::{FxHashMap, FxHashSet};

use super::glance::{Glance, Pair, Probe, glances};
use super::judged::{Judged, constraints};
use super::mention::{ArticleEvents, Mention, Told};
use super::similarity::{is_part, score};
use crate::components::Components;
use crate::linkage::PairWeights;

/// Mean log-odds from which two groups of mentions are one event: a little more than as likely as not, for a wrong join costs more than
/// a missed one.
const CUT: f32 = 0.25;

/// Log-odds from which two mentions hang together, rung by rung: a leaf with too many mentions is looked at with the next. Groups are
/// joined only where a pair has [`CUT`] or more, so that the first rung loses nothing.
const LADDER: &[f32] = &[CUT, 0.75, 1.25, 2.0, 3.0, 4.0];

/// Most mentions that are clustered at once.
pub const LIMIT: usize = 120;

/// The events of all articles and how they are joined: a function of the articles and of how alike each two are.
///
/// Articles are put with those that are alike and in already; that the later of two brings the pair makes no difference, for a pair's
/// score depends on the two alone. [`Events::settle`] then says what was touched.
#[derive(Debug, Clone)]
pub struct Events {
    slots: FxHashMap<ArticleId, u32>,
    articles: Vec<Option<Article>>,
    free: Vec<u32>,
    /// Where each event is told.
    places: FxHashMap<EventId, (u32, u16)>,
    mentions: Components<EventId>,
    /// Between a series and each single event that may be one of it, at both ends.
    parts: FxHashMap<EventId, BTreeSet<EventId>>,
    /// The smallest event of each event's cluster, where the cluster has others.
    heads: FxHashMap<EventId, EventId>,
    /// The events of each cluster of two or more, in order, by the smallest.
    clusters: FxHashMap<EventId, Box<[EventId]>>,
    /// The clusters of each leaf of two or more mentions, by the leaf's first, so that they go when it goes.
    leaves: FxHashMap<EventId, Box<[EventId]>>,
    /// Scores of the pairs in each leaf.
    scores: PairWeights<EventId>,
    /// Events that were put since the last settling.
    fresh: FxHashSet<EventId>,
    /// Of removed articles' events: those on the other side of a series.
    shaken: FxHashSet<EventId>,
    judged: Judged,
}

/// An article that is in.
#[derive(Debug, Clone)]
struct Article {
    slot: u32,
    events: ArticleEvents,
    glances: Box<[Glance]>,
    /// Positions of the events of its title that repeat another.
    titles: Box<[u16]>,
    /// The slots of the others that are alike, each with how much, in order.
    alike: Vec<(u32, f32)>,
}

impl Article {
    /// How alike two articles are: 1 for one and the same, 0 where they are no neighbours.
    fn is_like(&self, other: &Self) -> f32 {
        if self.slot == other.slot {
            return 1.0;
        }
        let (few, many) = if self.alike.len() < other.alike.len() { (self, other) } else { (other, self) };
        place_of(many.slot, &few.alike).map_or(0.0, |place| few.alike[place].1)
    }
}

/// Where an article is among those that are alike, or would be.
fn place_of(slot: u32, alike: &[(u32, f32)]) -> Result<usize, usize> {
    match alike.last() {
        Some((last, _)) if *last >= slot => alike.binary_search_by_key(&slot, |(other, _)| *other),
        _ => Err(alike.len()),
    }
}

/// Clusters that settling touched, in order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Touched {
    /// Ids that no cluster has any more.
    pub gone: Vec<ClusterId>,
    /// Clusters that are new or may differ from before, each by its smallest event.
    pub changed: Vec<EventId>,
}

/// Mentions of an article that are compared with others: the first ones, for pairs are many and hardly an article tells of more.
const COMPARED: usize = 400;

impl Default for Events {
    fn default() -> Self {
        Self {
            slots: FxHashMap::default(),
            articles: Vec::new(),
            free: Vec::new(),
            places: FxHashMap::default(),
            mentions: Components::new(LADDER, LIMIT),
            parts: FxHashMap::default(),
            heads: FxHashMap::default(),
            clusters: FxHashMap::default(),
            leaves: FxHashMap::default(),
            scores: PairWeights::new(),
            fresh: FxHashSet::default(),
            shaken: FxHashSet::default(),
            judged: Judged::default(),
        }
    }
}

impl Events {
    /// Puts an article in, in place of what it said before. `neighbours` are the other articles that are alike, each with how much, from
    /// 0 to 1; those that are not in are met when they come.
    pub fn put(&mut self, mut events: ArticleEvents, neighbours: impl IntoIterator<Item = (ArticleId, f32)>) {
        let article = events.article;
        self.remove(article);
        self.reject(&mut events);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.articles.push(None);
            u32::try_from(self.articles.len() - 1).unwrap_or(u32::MAX)
        });
        for (at, mention) in events.mentions.iter().enumerate().filter(|(_, mention)| !mention.rejected) {
            self.places.insert(mention.event, (slot, u16::try_from(at).unwrap_or(u16::MAX)));
        }
        let joined = events.told().enumerate().filter(|(_, told)| told.is_joined());
        let glances = glances(joined.take(COMPARED));
        let mut alike: Vec<(u32, f32)> = Vec::new();
        for (other, how) in neighbours {
            if let Some(&other) = self.slots.get(&other)
                && let Some(kept) = &mut self.articles[other as usize]
                && let Err(place) = place_of(slot, &kept.alike)
            {
                kept.alike.insert(place, (slot, how));
                alike.push((other, how));
            }
        }
        alike.sort_unstable_by_key(|(other, _)| *other);
        let mut edges: Vec<Vec<(EventId, f32)>> = vec![Vec::new(); events.mentions.len()];
        let mut parts: Vec<(EventId, EventId)> = Vec::new();
        let mut compare = |pairs: &mut Vec<Pair>, other: &ArticleEvents, alike: f32| {
            for pair in pairs.drain(..) {
                let told = |article, at: usize| Told { article, mention: &article.mentions[at] };
                let (one, two) = (told(&events, pair.own), told(other, pair.other));
                let score = if pair.one { score(one, two, alike) } else { None };
                if let Some(score) = score.filter(|score| *score >= CUT) {
                    edges[pair.own].push((two.mention.event, score));
                }
                if pair.part && (is_part(one, two) || is_part(two, one)) {
                    parts.push((one.mention.event, two.mention.event));
                }
            }
        };
        if !glances.is_empty() {
            let (mut probe, mut pairs) = (Probe::new(&events, &glances), Vec::new());
            probe.pairs_within(CUT, &mut pairs);
            // The earlier of the two is there already when the later one is put.
            pairs.iter_mut().for_each(|pair| std::mem::swap(&mut pair.own, &mut pair.other));
            compare(&mut pairs, &events, 1.0);
            for (other, alike) in &alike {
                let Some(kept) = &self.articles[*other as usize] else { continue };
                probe.pairs_with(CUT, (&kept.events, &kept.glances), *alike, &mut pairs);
                compare(&mut pairs, &kept.events, *alike);
            }
        }
        let titles = (0..).zip(&events.mentions).filter(|(_, mention)| mention.repeats.is_some());
        let titles = titles.map(|(at, _)| at).collect();
        self.articles[slot as usize] = Some(Article { slot, events, glances, titles, alike });
        self.slots.insert(article, slot);
        let Some(events) = self.article(article) else { return };
        let edges: Vec<_> = (events.told().zip(edges).filter(|(told, _)| told.is_joined()))
            .map(|(told, mut edges)| {
                edges.extend(self.joined_with(told).map(|other| (other, f32::INFINITY)));
                (told.mention.event, edges)
            })
            .collect();
        for (event, edges) in edges {
            self.fresh.insert(event);
            self.mentions.insert(event, edges);
        }
        for (a, b) in parts {
            self.parts.entry(a).or_default().insert(b);
            self.parts.entry(b).or_default().insert(a);
            self.shaken.extend([a, b]);
        }
    }

    /// Takes in how a judgement of an analyst is: one that holds, or is withdrawn.
    pub fn judge(&mut self, judgement: &Judgement) {
        self.judged.take(judgement);
        for article in judgement.verdict.events().into_iter().map(|event| event.article) {
            let Some(Article { events, alike, .. }) = self.get(article).cloned() else { continue };
            let id = |slot: u32| Some(self.articles[slot as usize].as_ref()?.events.article);
            let near: Vec<_> = alike.into_iter().filter_map(|(slot, how)| Some((id(slot)?, how))).collect();
            self.put(events, near);
        }
    }

    /// Marks what analysts say to be no event.
    fn reject(&self, events: &mut ArticleEvents) {
        let is_rejected = |key: Option<EventKey>| key.is_some_and(|key| self.judged.is_rejected(key));
        let rejected: Vec<bool> = (events.mentions.iter())
            .map(|mention| is_rejected(mention.key) || is_rejected(events.body(mention).key))
            .collect();
        for (mention, rejected) in events.mentions.iter_mut().zip(rejected) {
            mention.rejected = rejected;
        }
    }

    /// What is said of an event, or of the titles that repeat it, and others that are in: their number, the other, whether they are one.
    fn said_of<'a>(&'a self, told: Told<'a>) -> impl Iterator<Item = (u64, EventId, bool)> + 'a {
        let all = if self.judged.has_no_pairs() { &[][..] } else { &told.article.mentions };
        let own = all.iter().filter(move |mention| told.article.body(mention).event == told.mention.event);
        own.filter_map(|mention| mention.key).flat_map(|key| self.judged.of(key)).filter_map(|said| {
            let article = self.article(said.article)?;
            let other = article.mentions.iter().find(|mention| mention.key == Some(said.other))?;
            Some((said.sequence, article.body(other).event, said.same))
        })
    }

    /// Events that are in and are said to be one with this one.
    fn joined_with<'a>(&'a self, told: Told<'a>) -> impl Iterator<Item = EventId> + 'a {
        self.said_of(told).filter(|(_, _, same)| *same).map(|(_, other, _)| other)
    }

    /// Takes an article out; whether it was in.
    pub fn remove(&mut self, article: ArticleId) -> bool {
        let Some(slot) = self.slots.remove(&article) else { return false };
        let Some(Article { events, alike, .. }) = self.articles[slot as usize].take() else { return false };
        self.free.push(slot);
        for (other, _) in alike {
            if let Some(Article { alike: back, .. }) = &mut self.articles[other as usize]
                && let Ok(place) = place_of(slot, back)
            {
                back.remove(place);
            }
        }
        for mention in &events.mentions {
            self.places.remove(&mention.event);
            self.mentions.remove(mention.event);
            for other in self.parts.remove(&mention.event).unwrap_or_default() {
                if let Some(back) = self.parts.get_mut(&other) {
                    back.remove(&mention.event);
                }
                self.shaken.insert(other);
            }
        }
        true
    }

    /// Joins what came and went since the last settling.
    pub fn settle(&mut self) -> Touched {
        let settled = self.mentions.settle();
        let fresh = std::mem::take(&mut self.fresh);
        let mut names: Vec<EventId> = Vec::new();
        for leaf in settled.gone.iter().chain(&settled.changed) {
            self.scores.dissolve(*leaf, |event| fresh.contains(&event));
            match self.leaves.remove(leaf) {
                Some(heads) => names.extend(heads),
                // A leaf that was a cluster alone, or is new.
                None if !self.heads.contains_key(leaf) => names.push(*leaf),
                None => {}
            }
        }
        let mut before: FxHashMap<EventId, Box<[EventId]>> = FxHashMap::default();
        for head in names {
            let events = self.clusters.remove(&head).unwrap_or_else(|| Box::new([head]));
            for event in &events {
                self.heads.remove(event);
            }
            before.insert(head, events);
        }
        // Of events that are related to others: what their clusters were called.
        let named = before.iter().flat_map(|(head, events)| events.iter().map(move |event| (*event, *head)));
        let named: FxHashMap<EventId, EventId> =
            named.filter(|(event, _)| self.parts.contains_key(event)).collect();
        let mut changed = BTreeSet::new();
        let mut renamed = Vec::new();
        for leaf in settled.changed {
            let groups = self.group(leaf, &fresh);
            if groups.len() > 1 || groups.iter().any(|group| group.len() > 1) {
                self.leaves.insert(leaf, groups.iter().filter_map(|group| group.first().copied()).collect());
            }
            for group in groups {
                let Some(&head) = group.first() else { continue };
                let same = before.remove(&head).is_some_and(|before| before == group);
                if !same || group.iter().any(|event| fresh.contains(event)) {
                    changed.insert(head);
                    renamed.extend(
                        group.iter().filter(|event| {
                            self.parts.contains_key(event) && named.get(event) != Some(&head)
                        }),
                    );
                }
                if group.len() > 1 {
                    self.heads.extend(group.iter().map(|event| (*event, head)));
                    self.clusters.insert(head, group);
                }
            }
        }
        self.scores.settled();
        // A series names its single events by their clusters, and they it.
        let shaken = std::mem::take(&mut self.shaken);
        let related = renamed.iter().filter_map(|event| self.parts.get(event)).flatten().chain(&shaken);
        let related: Vec<EventId> = related.filter_map(|event| self.head(*event)).collect();
        changed.extend(related);
        let gone = before.into_keys().filter(|head| !changed.contains(head));
        let mut gone: Vec<ClusterId> = gone.map(ClusterId::new).collect();
        gone.sort_unstable();
        Touched { gone, changed: changed.into_iter().collect() }
    }

    /// The events of a leaf, grouped; in order.
    fn group(&mut self, leaf: EventId, fresh: &FxHashSet<EventId>) -> Vec<Box<[EventId]>> {
        let events: Vec<EventId> = self.mentions.leaf(leaf).collect();
        let mut scores = std::mem::replace(&mut self.scores, PairWeights::new());
        let told: Vec<_> = events.iter().map(|event| self.find(*event)).collect();
        let mut said = Vec::new();
        for (at, told) in told.iter().enumerate().filter(|_| !self.judged.has_no_pairs()) {
            let told = told.map(|(article, mention)| Told { article: &article.events, mention });
            for (number, other, same) in told.iter().flat_map(|told| self.said_of(*told)) {
                said.extend(events.binary_search(&other).ok().map(|other| (number, at, other, same)));
            }
        }
        let constraints = constraints(events.len(), said);
        // The scores of the edges of what was put, which are known.
        let n = events.len();
        let mut known = vec![f32::NAN; if n > 1 { n * n } else { 0 }];
        for (at, event) in events.iter().enumerate().filter(|(_, event)| n > 1 && fresh.contains(event)) {
            let edges = self.mentions.edges_within(*event).filter(|(_, score)| score.is_finite());
            edges.for_each(|(other, score)| known[at.min(other) * n + at.max(other)] = score);
        }
        let groups = scores.group(events, &constraints, CUT, |i, j| {
            if !known[i * n + j].is_nan() {
                return Some(known[i * n + j]);
            }
            let ((a, one), (b, other)) = (told.get(i).copied().flatten()?, told.get(j).copied().flatten()?);
            let tell = |article, mention| Told { article, mention };
            score(tell(&a.events, one), tell(&b.events, other), a.is_like(b))
        });
        self.scores = scores;
        groups
    }

    /// The event as its article tells it.
    pub fn told(&self, event: EventId) -> Option<Told<'_>> {
        let (Article { events: article, .. }, mention) = self.find(event)?;
        Some(Told { article, mention })
    }

    fn find(&self, event: EventId) -> Option<(&Article, &Mention)> {
        let (article, at) = self.places.get(&event)?;
        let article = self.articles.get(*article as usize)?.as_ref()?;
        Some((article, article.events.mentions.get(usize::from(*at))?))
    }

    /// The events of an article.
    pub fn article(&self, article: ArticleId) -> Option<&ArticleEvents> {
        self.get(article).map(|article| &article.events)
    }

    fn get(&self, article: ArticleId) -> Option<&Article> {
        self.articles.get(*self.slots.get(&article)? as usize)?.as_ref()
    }

    /// The smallest event of the cluster that an event is in; an event of a title is where the body's is. `None` for an event that is
    /// not in.
    pub fn head(&self, event: EventId) -> Option<EventId> {
        let told = self.told(event)?;
        Some(self.head_of(told.article.body(told.mention).event))
    }

    /// The same of an event that is in and no title's.
    fn head_of(&self, event: EventId) -> EventId {
        self.heads.get(&event).copied().unwrap_or(event)
    }

    /// The id of the cluster that an event is in.
    pub fn cluster_of(&self, event: EventId) -> Option<ClusterId> {
        self.head(event).map(ClusterId::new)
    }

    /// The events of a cluster but those of titles that repeat one, in order, by the smallest.
    fn events_of(&self, head: EventId) -> Vec<EventId> {
        self.clusters.get(&head).map_or_else(|| vec![head], |events| events.to_vec())
    }

    /// The mentions of the cluster with that smallest event, in order of article and event.
    pub fn members(&self, head: EventId) -> Vec<Told<'_>> {
        let mut members: Vec<Told<'_>> = Vec::new();
        for event in self.events_of(head) {
            let Some((Article { events: article, titles, .. }, mention)) = self.find(event) else { continue };
            members.push(Told { article, mention });
            let titles = titles.iter().filter_map(|at| article.mentions.get(usize::from(*at)));
            let titles = titles.filter(|title| !title.rejected && article.body(title).event == event);
            members.extend(titles.map(|mention| Told { article, mention }));
        }
        members.sort_unstable_by_key(|told| told.key());
        members
    }

    /// The smallest events of all clusters, in order.
    pub fn heads(&self) -> Vec<EventId> {
        let leaves = self.mentions.leaves();
        let mut heads: Vec<EventId> = leaves
            .flat_map(|leaf| self.leaves.get(&leaf).map_or_else(|| vec![leaf], |heads| heads.to_vec()))
            .collect();
        heads.sort_unstable();
        heads
    }

    /// How a cluster, named by its smallest event, stands to others: as one of a series, or as a series to its single events. In order.
    pub fn relations(&self, head: EventId) -> Vec<Relation> {
        let mut relations = BTreeSet::new();
        for event in self.events_of(head) {
            let Some(told) = self.told(event) else { continue };
            let kind = if told.mention.series { RelationKind::HasPart } else { RelationKind::PartOf };
            let others = self.parts.get(&event).into_iter().flatten().map(|end| self.head_of(*end));
            relations.extend(
                others
                    .filter(|other| *other != head)
                    .map(|other| Relation { kind, cluster: ClusterId::new(other) }),
            );
        }
        relations.into_iter().collect()
    }

    /// How many mentions the largest group has that is clustered at once.
    pub fn largest_leaf(&self) -> usize {
        self.mentions.leaves().map(|leaf| self.mentions.leaf(leaf).len()).max().unwrap_or(0)
    }
}
