use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

const THRESHOLDS: [f32; 3] = [0.2, 0.4, 0.8];
const LIMIT: usize = 4;

type Graph = BTreeMap<u8, BTreeMap<u8, f32>>;

/// The leaves by the definition: for each node the whole component at one rung after the other.
fn leaves(graph: &Graph) -> BTreeSet<Vec<u8>> {
    let hash = |node: &u8| spread(FxBuildHasher.hash_one(node));
    let component = |start: u8, rung: usize| {
        let bits = rung.saturating_sub(THRESHOLDS.len() - 1);
        let least = THRESHOLDS[rung.min(THRESHOLDS.len() - 1)];
        let mut found = BTreeSet::from([start]);
        let mut open = vec![start];
        while let Some(node) = open.pop() {
            for (&other, &weight) in &graph[&node] {
                let same = bits == 0 || (hash(&node) ^ hash(&other)).leading_zeros() as usize >= bits;
                if weight >= least && same && found.insert(other) {
                    open.push(other);
                }
            }
        }
        found.into_iter().collect::<Vec<_>>()
    };
    let of = |&node: &u8| (0..).map(|rung| component(node, rung)).find(|found| found.len() <= LIMIT);
    graph.keys().filter_map(of).collect()
}

fn settled(components: &Components<u8>) -> BTreeSet<Vec<u8>> {
    components.leaves().map(|name| components.leaf(name).collect()).collect()
}

/// The nodes of a leaf, and the edges between them.
type Inside = (Vec<u8>, Vec<(u8, u8, u32)>);

fn inside(components: &Components<u8>, name: u8) -> Inside {
    let nodes: Vec<u8> = components.leaf(name).collect();
    let edges = nodes
        .iter()
        .flat_map(|&node| components.neighbours(node).map(move |(to, weight)| (node, to, weight)));
    let edges =
        edges.filter(|(_, to, _)| nodes.contains(to)).map(|(from, to, weight)| (from, to, weight.to_bits()));
    let edges = edges.collect();
    (nodes, edges)
}

/// A change: put a node with edges in (again), take it out, or settle.
#[derive(Debug, Clone)]
enum Change {
    Put(u8, Vec<(u8, f32)>),
    Remove(u8),
    Settle,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let weight = prop::sample::select(vec![0.1_f32, 0.2, 0.3, 0.5, 0.9]);
    let edges = prop::collection::vec((0..24_u8, weight), 0..6);
    let change = prop_oneof![
        6 => (0..24_u8, edges).prop_map(|(node, edges)| Change::Put(node, edges)),
        2 => (0..24_u8).prop_map(Change::Remove),
        3 => Just(Change::Settle),
    ];
    prop::collection::vec(change, 0..80)
}

proptest! {
    #[test]
    fn leaves_are_what_the_definition_says_after_any_changes(changes in changes()) {
        let mut components = Components::new(&THRESHOLDS, LIMIT);
        let mut graph = Graph::new();
        for change in changes.into_iter().chain([Change::Settle]) {
            match change {
                Change::Put(node, edges) => {
                    for others in graph.values_mut() {
                        others.remove(&node);
                    }
                    graph.insert(node, BTreeMap::new());
                    components.insert(node, edges.iter().copied());
                    for (other, weight) in edges {
                        if other != node && graph.contains_key(&other) {
                            let weight = weight.max(*graph[&node].get(&other).unwrap_or(&0.0));
                            graph.entry(node).or_default().insert(other, weight);
                            graph.entry(other).or_default().insert(node, weight);
                        }
                    }
                }
                Change::Remove(node) => {
                    let was = graph.remove(&node).is_some();
                    prop_assert_eq!(components.remove(node), was);
                    for others in graph.values_mut() {
                        others.remove(&node);
                    }
                }
                Change::Settle => {
                    let names: BTreeMap<u8, Vec<u8>> = leaves(&graph).into_iter().map(|l| (l[0], l)).collect();
                    let touched = components.settle();
                    prop_assert_eq!(&settled(&components), &names.values().cloned().collect());
                    prop_assert!(touched.changed.iter().all(|name| names.contains_key(name)));
                    prop_assert!(touched.gone.iter().all(|name| !names.contains_key(name)));
                    for (node, others) in &graph {
                        let given: BTreeMap<u8, f32> = components.neighbours(*node).collect();
                        prop_assert_eq!(&given, others);
                    }
                }
            }
        }
    }

    #[test]
    fn whoever_follows_the_touched_leaves_has_them_all(changes in changes()) {
        let mut components = Components::new(&THRESHOLDS, LIMIT);
        let mut followed: BTreeMap<u8, Inside> = BTreeMap::new();
        for change in changes.into_iter().chain([Change::Settle]) {
            match change {
                Change::Put(node, edges) => components.insert(node, edges),
                Change::Remove(node) => {
                    components.remove(node);
                }
                Change::Settle => {
                    let touched = components.settle();
                    for name in touched.gone {
                        followed.remove(&name);
                    }
                    for name in touched.changed {
                        followed.insert(name, inside(&components, name));
                    }
                    let all = components.leaves().map(|name| (name, inside(&components, name)));
                    prop_assert_eq!(&followed, &all.collect());
                }
            }
        }
    }
}

#[test]
fn what_was_copied_too_often_is_cut_by_the_ids_of_the_nodes() {
    let mut components = Components::new(&THRESHOLDS, 50);
    for node in 0..1_000_u32 {
        components.insert(node, (0..node).map(|other| (other, 1.0)));
    }
    components.settle();
    let sizes: Vec<usize> = components.leaves().map(|name| components.leaf(name).len()).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 1_000);
    assert!(sizes.iter().all(|&size| size <= 50), "{sizes:?}");
    // It is cut no finer than it has to be.
    assert!(sizes.len() < 64, "{sizes:?}");
}

#[test]
fn neighbours_come_strongest_first() {
    let mut components = Components::new(&THRESHOLDS, LIMIT);
    for node in [1, 2, 3] {
        components.insert(node, []);
    }
    components.insert(0, [(3, 0.5), (2, 0.1), (1, 0.5), (9, 0.9), (3, 0.4), (0, 1.0)]);
    assert_eq!(components.neighbours(0).collect::<Vec<_>>(), [(1, 0.5), (3, 0.5), (2, 0.1)]);
    assert_eq!(components.neighbours(2).collect::<Vec<_>>(), [(0, 0.1)]);
    assert_eq!(components.leaf_of(0), None, "not settled");
}
