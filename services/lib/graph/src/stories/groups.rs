//! Groups of things: average linkage inside each leaf of the graph of their similarities.

use std::collections::BTreeSet;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::index::Index;
use crate::components::Settled;
use crate::linkage::average_linkage;

/// The groups, each named by its first member.
#[derive(Debug)]
pub(super) struct Groups<K> {
    /// The first member of each thing's group.
    of: FxHashMap<K, K>,
    members: FxHashMap<K, Box<[K]>>,
    /// The groups of each leaf.
    leaves: FxHashMap<K, Box<[K]>>,
}

impl<K: Copy + Ord + Hash> Groups<K> {
    pub(super) fn new() -> Self {
        Self { of: FxHashMap::default(), members: FxHashMap::default(), leaves: FxHashMap::default() }
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
    pub(super) fn settle(&mut self, index: &mut Index<K>) -> Settled<K> {
        let (leaves, fresh) = index.settle();
        let mut before: FxHashMap<K, Box<[K]>> = FxHashMap::default();
        for leaf in leaves.gone.iter().chain(&leaves.changed) {
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
            let groups = group(index, leaf);
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
        let gone: BTreeSet<K> = before.into_keys().collect();
        Settled { gone: gone.into_iter().collect(), changed: changed.into_iter().collect() }
    }
}

/// The groups inside a leaf: members in order, groups by their first ones.
fn group<K: Copy + Ord + Hash>(index: &Index<K>, leaf: K) -> Vec<Box<[K]>> {
    let graph = index.graph();
    let keys: Vec<K> = graph.leaf(leaf).collect();
    let n = keys.len();
    if n == 1 {
        return vec![keys.into()];
    }
    let cut = index.rules().cut_at(graph.rung_of(leaf).unwrap_or(0));
    // All pairs, also those that share too few keys to be neighbours.
    let entries = index.entries(&keys);
    let groups = average_linkage(n, cut, |i, j| Some(index.similarity(entries[i]?, entries[j]?)), &[]);
    groups.into_iter().map(|group| group.into_iter().map(|i| keys[i]).collect()).collect()
}
