//! Connected components that cannot chain: where one grows over a limit, the threshold of its edges rises.
//!
//! A node's *leaf* is its connected component over edges of at least `t[L]`, for the smallest rung `L` of a fixed ladder
//! `t[0] < t[1] < …` at which that component has at most `limit` nodes. Components at a higher rung lie inside those at a lower one, so all
//! nodes of a leaf agree on it, and leaves partition the nodes. What is still too large at the last rung (a text that was copied
//! more than `limit` times) is cut by the nodes' ids: an edge then holds only between nodes whose hashes begin with the same bit, then with the
//! same two bits, and so on; but an edge of infinite weight holds at every rung. Leaves are thus a function of the nodes and edges, and
//! never larger than the limit.
//!
//! [`Components`] keeps them while nodes come and go. A new node can change the leaves of those neighbours alone that it has an
//! edge to at the leaf's own rung; a removed one its own leaf, and what its former neighbours are in afterwards, for what was too large
//! may now fit. To find one leaf is a breadth-first search a rung, which ends at `limit + 1` nodes.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hash};

use rustc_hash::{FxBuildHasher, FxHashMap};

/// No leaf yet.
const LOOSE: u32 = u32::MAX;

/// An undirected graph with weighted edges, and its leaves (see the module).
///
/// ```
/// use marsad_graph::components::Components;
///
/// let mut graph = Components::new(&[0.2, 0.6], 2);
/// graph.insert('a', []);
/// graph.insert('b', [('a', 0.7)]);
/// graph.insert('c', [('b', 0.3)]);
/// // All three hang together over edges of 0.2, but they are one too many: only the strong edge counts.
/// assert_eq!(graph.settle().changed, ['a', 'c']);
/// assert_eq!(graph.leaf('b').collect::<String>(), "ab");
/// ```
#[derive(Debug, Clone)]
pub struct Components<K> {
    /// Lowest weight of an edge that counts, rung by rung, rising.
    thresholds: Vec<f32>,
    /// Most nodes of a leaf.
    limit: usize,
    slots: FxHashMap<K, u32>,
    nodes: Vec<Node<K>>,
    free: Vec<u32>,
    /// The nodes of each leaf of two or more in order of their keys, by the slot of the first.
    members: FxHashMap<u32, Box<[u32]>>,
    /// Whose leaf is to be found.
    pending: Vec<u32>,
    /// First nodes of leaves that were dissolved since the last settling.
    dissolved: BTreeSet<K>,
    /// Kept from one settling to the next, for its size is that of the graph.
    marks: Marks,
}

#[derive(Debug, Clone)]
struct Node<K> {
    key: Option<K>,
    hash: u64,
    /// Strongest first, then by key.
    edges: Vec<Edge>,
    /// The first node of its leaf.
    leaf: u32,
    /// The rung of its leaf.
    rung: u8,
    /// Its position in the leaf.
    place: u32,
}

#[derive(Debug, Clone, Copy)]
struct Edge {
    to: u32,
    weight: f32,
}

/// Leaves that settling touched, each named by its first node in order of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled<K> {
    /// Names that no leaf has any more, in order.
    pub gone: Vec<K>,
    /// Leaves that are new or whose nodes or edges may differ, in order.
    pub changed: Vec<K>,
}

impl<K: Copy + Ord + Hash> Components<K> {
    /// A graph without nodes. `thresholds` rise; `limit` is at least 1.
    pub fn new(thresholds: &[f32], limit: usize) -> Self {
        Self {
            thresholds: thresholds.to_vec(),
            limit: limit.max(1),
            slots: FxHashMap::default(),
            nodes: Vec::new(),
            free: Vec::new(),
            members: FxHashMap::default(),
            pending: Vec::new(),
            dissolved: BTreeSet::new(),
            marks: Marks::default(),
        }
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Whether the node is in.
    pub fn contains(&self, node: K) -> bool {
        self.slots.contains_key(&node)
    }

    /// Puts a node in, with its edges to nodes that are in; an edge to any other is left out, of several to one node the
    /// strongest counts. A node that is in already is taken out first. Edges below the first threshold are kept and
    /// join nothing.
    pub fn insert(&mut self, node: K, edges: impl IntoIterator<Item = (K, f32)>) {
        self.remove(node);
        let known = edges.into_iter().filter(|(_, weight)| !weight.is_nan());
        let mut edges: Vec<Edge> =
            known.filter_map(|(other, weight)| Some(Edge { to: *self.slots.get(&other)?, weight })).collect();
        edges.sort_unstable_by(|a, b| a.to.cmp(&b.to).then_with(|| b.weight.total_cmp(&a.weight)));
        edges.dedup_by_key(|edge| edge.to);
        let slot = self.slot_for(node);
        for &Edge { to, weight } in &edges {
            self.connect(to, slot, weight);
            let rung = self.nodes[to as usize].rung;
            if self.nodes[to as usize].leaf != LOOSE && self.holds(rung, slot, to, weight) {
                self.dissolve(to);
            }
        }
        edges.sort_unstable_by(|a, b| {
            let key = |edge: &Edge| self.nodes[edge.to as usize].key;
            b.weight.total_cmp(&a.weight).then_with(|| key(a).cmp(&key(b)))
        });
        self.nodes[slot as usize].edges = edges;
        self.pending.push(slot);
    }

    /// Takes a node out with its edges; whether it was in.
    pub fn remove(&mut self, node: K) -> bool {
        let Some(slot) = self.slots.get(&node).copied() else { return false };
        self.dissolve(slot);
        self.slots.remove(&node);
        let edges = std::mem::take(&mut self.nodes[slot as usize].edges);
        for edge in &edges {
            self.nodes[edge.to as usize].edges.retain(|back| back.to != slot);
            if self.holds(0, slot, edge.to, edge.weight) {
                self.pending.push(edge.to);
            }
        }
        self.nodes[slot as usize].key = None;
        self.free.push(slot);
        true
    }

    /// The other ends of a node's edges with their weights, strongest first, then in order of keys.
    pub fn neighbours(&self, node: K) -> impl Iterator<Item = (K, f32)> + '_ {
        let edges = self.slots.get(&node).map_or(&[][..], |&slot| &self.nodes[slot as usize].edges);
        edges.iter().filter_map(|edge| Some((self.nodes[edge.to as usize].key?, edge.weight)))
    }

    /// Finds the leaves of what came and went since the last settling, and says which were touched.
    pub fn settle(&mut self) -> Settled<K> {
        let mut search = Search { marks: std::mem::take(&mut self.marks), too_large: FxHashMap::default() };
        search.marks.begin(self.nodes.len());
        let mut changed = BTreeSet::new();
        while let Some(slot) = self.pending.pop() {
            let Some(key) = self.nodes[slot as usize].key else { continue };
            if search.marks.is_found(slot) {
                continue;
            }
            let (mut found, rung) = self.search(slot, &mut search);
            found.sort_unstable_by_key(|&member| self.nodes[member as usize].key);
            let first = found.first().copied().unwrap_or(slot);
            for &member in &found {
                self.dissolve(member);
            }
            for (place, &member) in (0..).zip(&found) {
                search.marks.found(member);
                let node = &mut self.nodes[member as usize];
                (node.leaf, node.rung, node.place) = (first, rung, place);
            }
            changed.insert(self.nodes[first as usize].key.unwrap_or(key));
            if found.len() > 1 {
                self.members.insert(first, found.into_boxed_slice());
            }
        }
        self.marks = search.marks;
        let gone = std::mem::take(&mut self.dissolved).into_iter().filter(|name| !changed.contains(name));
        Settled { gone: gone.collect(), changed: changed.into_iter().collect() }
    }

    /// The name of the node's leaf, its first node; `None` for a node that is not in or not settled.
    pub fn leaf_of(&self, node: K) -> Option<K> {
        let leaf = self.nodes.get(*self.slots.get(&node)? as usize)?.leaf;
        self.nodes.get(leaf as usize)?.key
    }

    /// The rung of the ladder that the node's leaf is at; above the last one it was cut by ids. `None` for a node that is not in or not settled.
    pub fn rung_of(&self, node: K) -> Option<usize> {
        let node = self.nodes.get(*self.slots.get(&node)? as usize)?;
        (node.leaf != LOOSE).then_some(usize::from(node.rung))
    }

    /// The nodes of the leaf that a node is in, in order; none for a node that is not in or not settled.
    pub fn leaf(&self, node: K) -> impl ExactSizeIterator<Item = K> + '_ {
        let slot = self.slots.get(&node).filter(|&&slot| self.nodes[slot as usize].leaf != LOOSE);
        let leaf = slot.map(|&slot| self.nodes[slot as usize].leaf);
        let several = leaf.and_then(|leaf| self.members.get(&leaf));
        let nodes: &[u32] =
            several.map(AsRef::as_ref).unwrap_or_else(|| slot.map_or(&[], std::slice::from_ref));
        // A settled node has a key; were it none, the asked one would stand for it.
        nodes.iter().map(move |&slot| self.nodes[slot as usize].key.unwrap_or(node))
    }

    /// The edges of a node to others of its leaf: their positions in it ([`Components::leaf`]), and the weights.
    pub(crate) fn edges_within(&self, node: K) -> impl Iterator<Item = (usize, f32)> + '_ {
        let node = self.slots.get(&node).map(|&slot| &self.nodes[slot as usize]);
        let node = node.filter(|node| node.leaf != LOOSE);
        node.into_iter().flat_map(|node| {
            let ends = node.edges.iter().map(|edge| (&self.nodes[edge.to as usize], edge.weight));
            let inside = ends.filter(|(end, _)| end.leaf == node.leaf);
            inside.map(|(end, weight)| (end.place as usize, weight))
        })
    }

    /// The names of all leaves, in no particular order.
    pub fn leaves(&self) -> impl Iterator<Item = K> + '_ {
        let firsts = self.slots.values().filter(|&&slot| self.nodes[slot as usize].leaf == slot);
        firsts.filter_map(|&slot| self.nodes[slot as usize].key)
    }

    fn slot_for(&mut self, key: K) -> u32 {
        let hash = spread(FxBuildHasher.hash_one(key));
        let node = Node { key: Some(key), hash, edges: Vec::new(), leaf: LOOSE, rung: 0, place: 0 };
        let slot = self.free.pop().unwrap_or_else(|| u32::try_from(self.nodes.len()).unwrap_or(LOOSE));
        match self.nodes.get_mut(slot as usize) {
            Some(place) => *place = node,
            None => self.nodes.push(node),
        }
        self.slots.insert(key, slot);
        slot
    }

    fn connect(&mut self, from: u32, to: u32, weight: f32) {
        let key = self.nodes[to as usize].key;
        let before = |edge: &Edge| {
            let order = weight.total_cmp(&edge.weight);
            order.then_with(|| self.nodes[edge.to as usize].key.cmp(&key)) == Ordering::Less
        };
        let place = self.nodes[from as usize].edges.partition_point(before);
        self.nodes[from as usize].edges.insert(place, Edge { to, weight });
    }

    /// Makes all nodes of a node's leaf loose.
    fn dissolve(&mut self, slot: u32) {
        let leaf = std::mem::replace(&mut self.nodes[slot as usize].leaf, LOOSE);
        if leaf == LOOSE {
            return;
        }
        self.dissolved.extend(self.nodes[leaf as usize].key);
        let members = self.members.remove(&leaf).unwrap_or_else(|| Box::new([slot]));
        for &member in &members {
            self.nodes[member as usize].leaf = LOOSE;
        }
        self.pending.extend(members);
    }

    /// Whether an edge of that weight joins the two at a rung of the ladder, or at one of those above it that go by the nodes' hashes.
    fn holds(&self, rung: u8, a: u32, b: u32, weight: f32) -> bool {
        let last = self.thresholds.len().saturating_sub(1);
        let bits = usize::from(rung).saturating_sub(last);
        let threshold = self.thresholds.get(usize::from(rung).min(last));
        if threshold.is_none_or(|&least| weight < least) {
            return false;
        }
        let differ = self.nodes[a as usize].hash ^ self.nodes[b as usize].hash;
        bits == 0 || weight == f32::INFINITY || differ.leading_zeros() as usize >= bits
    }

    /// The nodes of the leaf that a node belongs to, in no particular order, and its rung.
    fn search(&self, start: u32, search: &mut Search) -> (Vec<u32>, u8) {
        // Above the last rung there is one for each bit of the hash, and one where every node is alone.
        let top = self.thresholds.len().saturating_sub(1) + 65;
        let top = u8::try_from(top).unwrap_or(u8::MAX);
        let first = search.too_large.get(&start).map_or(0, |&rung| rung + 1);
        for rung in first..top {
            if let Some(found) = self.component(start, rung, search) {
                return (found, rung);
            }
        }
        (vec![start], top)
    }

    /// The component of a node at a rung; `None` where it is over the limit.
    fn component(&self, start: u32, rung: u8, search: &mut Search) -> Option<Vec<u32>> {
        let Marks { seen, turn, .. } = &mut search.marks;
        *turn += 1;
        seen[start as usize] = *turn;
        let least = self.thresholds.get(usize::from(rung)).or(self.thresholds.last());
        let mut found = vec![start];
        let mut next = 0;
        while let Some(&slot) = found.get(next) {
            next += 1;
            for edge in &self.nodes[slot as usize].edges {
                if least.is_none_or(|&least| edge.weight < least) {
                    break;
                }
                let seen = &mut seen[edge.to as usize];
                if *seen == *turn || !self.holds(rung, slot, edge.to, edge.weight) {
                    continue;
                }
                *seen = *turn;
                found.push(edge.to);
                if found.len() > self.limit {
                    // All of these are in the one component that is too large.
                    search.too_large.extend(found.into_iter().map(|slot| (slot, rung)));
                    return None;
                }
            }
        }
        Some(found)
    }
}

/// What one settling remembers.
struct Search {
    marks: Marks,
    /// The highest rung at which a node's component is known to be over the limit.
    too_large: FxHashMap<u32, u8>,
}

/// The turn of the search in which each slot was last seen.
#[derive(Debug, Clone, Default)]
struct Marks {
    seen: Vec<u64>,
    turn: u64,
    /// The turn in which each slot was last put into a leaf.
    leaves: Vec<u64>,
    /// The turn before this settling.
    before: u64,
}

impl Marks {
    fn begin(&mut self, slots: usize) {
        self.seen.resize(slots, 0);
        self.leaves.resize(slots, 0);
        self.before = self.turn;
    }

    /// Notes that a slot is in the leaf that was looked for last.
    fn found(&mut self, slot: u32) {
        self.leaves[slot as usize] = self.turn;
    }

    /// Whether its leaf was found in this settling.
    fn is_found(&self, slot: u32) -> bool {
        self.leaves[slot as usize] > self.before
    }
}

/// The finalizer of `MurmurHash3`: every bit of the result depends on every bit of the hash.
fn spread(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
#[path = "components_tests.rs"]
mod tests;
