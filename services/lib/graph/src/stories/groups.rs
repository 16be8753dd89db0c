//! Groups of things: average linkage inside each leaf of the graph of their similarities.

use std::collections::BTreeSet;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::index::Index;
use crate::components::Settled;
use crate::linkage::{Constraints, PairWeights};

/// The groups, each named by its first member.
#[derive(Debug)]
pub(super) struct Groups<K> {
    /// The first member of each thing's group.
    of: FxHashMap<K, K>,
    members: FxHashMap<K, Box<[K]>>,
    /// The groups of each leaf.
    leaves: FxHashMap<K, Box<[K]>>,
    weights: PairWeights<K>,
}

impl<K: Copy + Ord + Hash> Groups<K> {
    pub(super) fn new() -> Self {
        let (of, members, leaves) = Default::default();
        Self { of, members, leaves, weights: PairWeights::new() }
    }

    /// The name of a thing's group.
    pub(super) fn of(&self, key: K) -> Option<K> {
        self.of.get(&key).copied()
    }

    /// The members of the group with that name, in order.
    pub(super) fn members(&self, name: K) -> &[K] {
        self.members.get(&name).map_or(&[], |members| members)
    }

    /// Groups anew what the index says was touched; gives the groups that are no more, and those with other members
    /// or with one that was put again.
    /// `size` is how much each counts towards what a group may have at most.
    pub(super) fn settle(&mut self, index: &mut Index<K>, size: impl Fn(K) -> usize) -> Settled<K> {
        let (leaves, fresh) = index.settle();
        let mut before: FxHashMap<K, Box<[K]>> = FxHashMap::default();
        for leaf in leaves.gone.iter().chain(&leaves.changed) {
            self.weights.dissolve(*leaf, |member| fresh.contains(&member));
            for name in self.leaves.remove(leaf).unwrap_or_default() {
                if let Some(members) = self.members.remove(&name) {
                    for member in &members {
                        self.of.remove(member);
                    }
                    before.insert(name, members);
                }
            }
        }
        let mut changed = BTreeSet::new();
        for leaf in leaves.changed {
            let groups = self.group(index, leaf, &size);
            let names = groups.iter().filter_map(|group| group.first().copied()).collect();
            self.leaves.insert(leaf, names);
            for members in groups {
                let Some(&name) = members.first() else { continue };
                self.of.extend(members.iter().map(|&member| (member, name)));
                let same = before.remove(&name).is_some_and(|before| before == members);
                if !same || members.iter().any(|member| fresh.contains(member)) {
                    changed.insert(name);
                }
                self.members.insert(name, members);
            }
        }
        self.weights.settled();
        let gone: BTreeSet<K> = before.into_keys().collect();
        Settled { gone: gone.into_iter().collect(), changed: changed.into_iter().collect() }
    }

    /// The groups inside a leaf: members in order, groups by their first ones.
    fn group(&mut self, index: &Index<K>, leaf: K, size: &impl Fn(K) -> usize) -> Vec<Box<[K]>> {
        let (graph, rules) = (index.graph(), index.rules());
        let keys: Vec<K> = graph.leaf(leaf).collect();
        let sizes: Vec<usize> = keys.iter().map(|key| size(*key)).collect();
        let cut = rules.cut_at(graph.rung_of(leaf).unwrap_or(0));
        // All pairs, also those that share too few keys to be neighbours.
        let entries = index.entries(&keys);
        let mut row = None;
        let constraints = Constraints { sizes, limit: rules.largest, ..Constraints::default() };
        self.weights.group(keys, &constraints, cut, |i, j| {
            let (one, other) = (entries[i]?, entries[j]?);
            if row.as_ref().is_none_or(|(at, _)| *at != i) {
                row = Some((i, index.probe(one)));
            }
            row.as_ref().map(|(_, probe)| index.similarity(probe, other))
        })
    }
}
