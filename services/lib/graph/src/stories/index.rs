//! Things with a profile and a day, which finds the alike ones: an inverted index over the strongest terms, by day.

use std::hash::Hash;

use rustc_hash::{FxHashMap, FxHashSet};

use super::profile::{Lookup, Vector};
use super::rules::{Rules, SHARED_KEYS};
use crate::components::{Components, Settled};
use crate::terms::Term;

/// Things that come and go, and the graph of their similarities. An edge depends on its two ends only.
#[derive(Debug)]
pub(super) struct Index<K> {
    rules: &'static Rules,
    /// By days apart.
    decays: Vec<f32>,
    slots: FxHashMap<K, u32>,
    entries: Vec<Option<Entry<K>>>,
    free: Vec<u32>,
    /// By key term, in order of days.
    postings: FxHashMap<Term, Vec<Posting>>,
    graph: Components<K>,
    /// Put since the last settling.
    fresh: FxHashSet<K>,
    /// Scratch: for each slot how many keys it shares with what is put, over the turn in which that was.
    shared: Vec<u16>,
    turn: u16,
}

/// From one turn of [`Index::shared`] to the next: more than a vector has keys.
const TURN: u16 = 32;

/// A thing as it was put.
#[derive(Debug)]
pub(super) struct Entry<K> {
    key: K,
    day: Day,
    vector: Vector,
    length: f32,
}

/// A thing that is compared with many others.
pub(super) struct Probe<'a> {
    day: Day,
    length: f32,
    vector: Lookup<'a>,
}

/// A day as a number; [`UNDATED`] before all others.
pub(super) type Day = i32;

/// No day.
pub(super) const UNDATED: Day = Day::MIN;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Posting {
    day: Day,
    slot: u32,
}

impl<K: Copy + Ord + Hash> Index<K> {
    pub(super) fn new(rules: &'static Rules) -> Self {
        Self {
            rules,
            decays: rules.decays(),
            slots: FxHashMap::default(),
            entries: Vec::new(),
            free: Vec::new(),
            postings: FxHashMap::default(),
            graph: Components::new(rules.ladder, rules.limit),
            fresh: FxHashSet::default(),
            shared: Vec::new(),
            turn: 0,
        }
    }

    /// Puts a thing in, or replaces it.
    pub(super) fn put(&mut self, key: K, vector: Vector, day: Day) {
        self.remove(key);
        let entry = Entry { key, day, length: vector.length(), vector };
        let edges = self.alike(&entry);
        self.graph.insert(key, edges);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            self.shared.push(0);
            u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX)
        });
        let posting = Posting { day, slot };
        for term in entry.vector.keys() {
            let postings = self.postings.entry(*term).or_default();
            let place = postings.partition_point(|other| *other < posting);
            postings.insert(place, posting);
        }
        self.slots.insert(key, slot);
        self.fresh.insert(key);
        self.entries[slot as usize] = Some(entry);
    }

    /// Takes a thing out; whether it was in.
    pub(super) fn remove(&mut self, key: K) -> bool {
        let Some(slot) = self.slots.remove(&key) else { return false };
        if let Some(entry) = self.entries[slot as usize].take() {
            let posting = Posting { day: entry.day, slot };
            for term in entry.vector.keys() {
                if let Some(postings) = self.postings.get_mut(term) {
                    if let Ok(place) = postings.binary_search(&posting) {
                        postings.remove(place);
                    }
                    if postings.is_empty() {
                        self.postings.remove(term);
                    }
                }
            }
        }
        self.free.push(slot);
        self.graph.remove(key)
    }

    /// What is similar, strongest first.
    pub(super) fn neighbours(&self, key: K) -> impl Iterator<Item = (K, f32)> + '_ {
        self.graph.neighbours(key)
    }

    /// The vector of a thing and its day.
    pub(super) fn get(&self, key: K) -> Option<(&Vector, Day)> {
        let entry = self.entries.get(*self.slots.get(&key)? as usize)?.as_ref()?;
        Some((&entry.vector, entry.day))
    }

    /// The entries of some things, for [`Index::similarity`].
    pub(super) fn entries(&self, keys: &[K]) -> Vec<Option<&Entry<K>>> {
        let entry = |key| self.entries.get(*self.slots.get(key)? as usize)?.as_ref();
        keys.iter().map(entry).collect()
    }

    /// The leaves that were touched since the last settling, and what was put.
    pub(super) fn settle(&mut self) -> (Settled<K>, FxHashSet<K>) {
        (self.graph.settle(), std::mem::take(&mut self.fresh))
    }

    pub(super) fn graph(&self) -> &Components<K> {
        &self.graph
    }

    pub(super) fn rules(&self) -> &'static Rules {
        self.rules
    }

    /// What is alike, in no particular order.
    fn alike(&mut self, entry: &Entry<K>) -> Vec<(K, f32)> {
        match self.turn.checked_add(TURN) {
            Some(next) => self.turn = next,
            None => {
                self.shared.fill(0);
                self.turn = TURN;
            }
        }
        let (turn, enough) = (self.turn, self.turn + SHARED_KEYS);
        let mut met = Vec::new();
        for term in entry.vector.keys() {
            let Some(postings) = self.postings.get(term) else { continue };
            let (undated, dated) = postings.split_at(postings.partition_point(|other| other.day == UNDATED));
            let dated = if entry.day == UNDATED {
                dated
            } else {
                let from = dated.partition_point(|other| other.day < entry.day - self.rules.window);
                let to = dated.partition_point(|other| other.day <= entry.day + self.rules.window);
                &dated[from..to]
            };
            for posting in undated.iter().chain(dated) {
                let shared = &mut self.shared[posting.slot as usize];
                *shared = (*shared).max(turn) + 1;
                if *shared == enough {
                    met.push(posting.slot);
                }
            }
        }
        let mut alike = Vec::new();
        let probe = self.probe(entry);
        for slot in met {
            let Some(other) = &self.entries[slot as usize] else { continue };
            if self.similarity_of(&probe, other, probe.vector.most(&other.vector)) >= self.rules.floor {
                let similarity = self.similarity(&probe, other);
                if similarity >= self.rules.floor {
                    alike.push((other.key, similarity));
                }
            }
        }
        alike
    }

    /// A thing as [`Index::similarity`] compares it with others.
    pub(super) fn probe<'a>(&self, entry: &'a Entry<K>) -> Probe<'a> {
        Probe { day: entry.day, length: entry.length, vector: Lookup::new(&entry.vector) }
    }

    /// How alike two are, from 0 to 1.
    pub(super) fn similarity(&self, a: &Probe<'_>, b: &Entry<K>) -> f32 {
        self.similarity_of(a, b, a.vector.dot(&b.vector))
    }

    /// How alike they are if that is their inner product.
    fn similarity_of(&self, a: &Probe<'_>, b: &Entry<K>, dot: u32) -> f32 {
        let lengths = a.length * b.length;
        if lengths == 0.0 {
            return 0.0;
        }
        // What has no day is compared by its text alone; what is further apart than the window, not at all.
        let decay = if a.day == UNDATED || b.day == UNDATED {
            1.0
        } else {
            self.decays.get(a.day.abs_diff(b.day) as usize).copied().unwrap_or(0.0)
        };
        dot as f32 / lengths * decay
    }
}
