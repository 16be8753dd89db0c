//! Groups inside one leaf: average linkage with a cut and with pairs that must stay apart.

use std::hash::Hash;

use rustc_hash::FxHashMap;

/// Groups `n` items: again and again the two groups with the greatest mean weight between their items are joined, until it is below
/// `cut` (UPGMA). `weight(i, j)` with `i < j` is the weight of a pair, `None` for two that may never be in one group. Of equal
/// means the groups with the smallest first items come first, so that the result depends on the items' order and weights only.
/// Items in a group and groups by their first items come in ascending order. Of a pair that the constraints want together and apart the
/// first counts. Time `O(n²)` in practice, memory `O(n²)`.
///
/// ```
/// use marsad_graph::linkage::{Constraints, average_linkage};
///
/// let days = [1_i32, 2, 9, 10];
/// let close = |i: usize, j: usize| Some(1.0 / (days[i] - days[j]).abs() as f32);
/// assert_eq!(average_linkage(4, &Constraints::default(), 0.5, close), [vec![0, 1], vec![2, 3]]);
/// ```
pub fn average_linkage(
    n: usize,
    constraints: &Constraints,
    cut: f32,
    weight: impl Fn(usize, usize) -> Option<f32>,
) -> Vec<Vec<usize>> {
    // Sums of the weights between groups, not a number where they may not join. A group has the place of its first item.
    let mut sums = vec![f64::NAN; n * n];
    for i in 0..n {
        for j in i + 1..n {
            let sum = weight(i, j).map_or(f64::NAN, f64::from);
            (sums[i * n + j], sums[j * n + i]) = (sum, sum);
        }
    }
    for &(i, j) in constraints.apart.iter().filter(|(i, j)| *i < n && *j < n) {
        (sums[i * n + j], sums[j * n + i]) = (f64::NAN, f64::NAN);
    }
    let mut sizes = constraints.sizes.clone();
    sizes.resize(n, 1);
    let mut linkage = Linkage {
        n,
        limit: constraints.limit,
        sums,
        groups: (0..n).map(|item| vec![item]).collect(),
        counts: vec![1.0; n],
        sizes,
    };
    for (a, b) in &constraints.together {
        let place = |item| linkage.groups.iter().position(|group| group.contains(item));
        if let (Some(a), Some(b)) = (place(a), place(b))
            && a != b
        {
            linkage.join(a.min(b), a.max(b));
        }
    }
    let mut best: Vec<Option<(f64, usize)>> = (0..n).map(|i| linkage.best_of(i)).collect();
    loop {
        let mut pair: Option<(f64, usize, usize)> = None;
        for (i, best) in best.iter().enumerate() {
            if let Some((mean, j)) = *best
                && pair.is_none_or(|(greatest, ..)| mean > greatest)
            {
                pair = Some((mean, i, j));
            }
        }
        let Some((mean, i, j)) = pair else { break };
        if mean < f64::from(cut) {
            break;
        }
        // `best_of` looks to later groups only, so `i < j`.
        linkage.join(i, j);
        best[j] = None;
        best[i] = linkage.best_of(i);
        // What may join none of the later groups may not join those two in one either.
        for (k, best) in best.iter_mut().enumerate().take(j).filter(|(k, _)| *k != i) {
            let Some((mean, other)) = *best else { continue };
            if other == i || other == j {
                *best = linkage.best_of(k);
            } else if k < i {
                let joined = linkage.mean_of(k, i);
                if joined.is_some_and(|joined| joined > mean || joined == mean && i < other) {
                    *best = joined.map(|joined| (joined, i));
                }
            }
        }
    }
    linkage.groups.into_iter().filter(|group| !group.is_empty()).map(sorted).collect()
}
/// What groups have to keep to, whatever the weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraints {
    /// How much each item counts towards the limit; 1 for those that are left out.
    pub sizes: Vec<usize>,
    /// No group is larger, but for one of a single item or of items that belong together.
    pub limit: usize,
    /// Pairs that are in one group.
    pub together: Vec<(usize, usize)>,
    /// Pairs that are not.
    pub apart: Vec<(usize, usize)>,
}

impl Default for Constraints {
    fn default() -> Self {
        Self { sizes: Vec::new(), limit: usize::MAX, together: Vec::new(), apart: Vec::new() }
    }
}

/// Groups on the way.
struct Linkage {
    n: usize,
    limit: usize,
    /// Between groups, row by row.
    sums: Vec<f64>,
    /// None of the items of what was joined to an earlier group.
    groups: Vec<Vec<usize>>,
    /// How many items each has, 0 where it is no more.
    counts: Vec<f64>,
    sizes: Vec<usize>,
}

impl Linkage {
    /// Joins group `j` to the earlier group `i`, which keeps its place.
    fn join(&mut self, i: usize, j: usize) {
        let n = self.n;
        let joined = std::mem::take(&mut self.groups[j]);
        self.groups[i].extend(joined);
        self.counts[i] += std::mem::take(&mut self.counts[j]);
        self.sizes[i] = self.sizes[i].saturating_add(self.sizes[j]);
        for k in 0..n {
            let sum = self.sums[i * n + k] + self.sums[j * n + k];
            (self.sums[i * n + k], self.sums[k * n + i]) = (sum, sum);
        }
    }

    /// The later group with the greatest mean weight to group `i`, the first of equal ones.
    fn best_of(&self, i: usize) -> Option<(f64, usize)> {
        let mut best: Option<(f64, usize)> = None;
        for j in i + 1..self.n {
            if let Some(mean) = self.mean_of(i, j)
                && best.is_none_or(|(greatest, _)| mean > greatest)
            {
                best = Some((mean, j));
            }
        }
        best
    }

    /// The mean weight between two groups; `None` where one is no more or they may not join.
    fn mean_of(&self, i: usize, j: usize) -> Option<f64> {
        let pairs = self.counts[i] * self.counts[j];
        let mean = self.sums[i * self.n + j] / pairs;
        let may_join =
            pairs > 0.0 && !mean.is_nan() && self.sizes[i].saturating_add(self.sizes[j]) <= self.limit;
        may_join.then_some(mean)
    }
}

fn sorted(mut group: Vec<usize>) -> Vec<usize> {
    group.sort_unstable();
    group
}

/// The weights of the pairs inside each leaf, kept so that of a leaf that changed only those with what came are found anew.
#[derive(Debug, Clone)]
pub(crate) struct PairWeights<K> {
    leaves: FxHashMap<K, Leaf<K>>,
    /// Leaves that were dissolved since the last settling.
    dissolved: Vec<Leaf<K>>,
    /// Where in them an item is whose weights still hold.
    places: FxHashMap<K, (usize, usize)>,
}

#[derive(Debug, Clone)]
struct Leaf<K> {
    items: Box<[K]>,
    /// Of each item with all later ones; not a number for a pair that may not join.
    weights: Box<[f32]>,
}

impl<K> Leaf<K> {
    /// The weight of two items by their positions, the smaller first.
    fn weight(&self, i: usize, j: usize) -> f32 {
        self.weights.get(i * (2 * self.items.len() - i - 1) / 2 + j - i - 1).copied().unwrap_or(f32::NAN)
    }
}

impl<K: Copy + Ord + Hash> PairWeights<K> {
    pub(crate) fn new() -> Self {
        Self { leaves: FxHashMap::default(), dissolved: Vec::new(), places: FxHashMap::default() }
    }

    /// Notes that a leaf is no more. Weights of its items but those that are `fresh` still hold.
    pub(crate) fn dissolve(&mut self, leaf: K, fresh: impl Fn(K) -> bool) {
        let Some(leaf) = self.leaves.remove(&leaf) else { return };
        let at = self.dissolved.len();
        let old = leaf.items.iter().enumerate().filter(|(_, item)| !fresh(**item));
        self.places.extend(old.map(|(place, item)| (*item, (at, place))));
        self.dissolved.push(leaf);
    }

    /// Groups the items of a leaf by average linkage; `items` are in order, and the leaf is named by the first. `weight` is asked for pairs
    /// of which the weight is not known.
    pub(crate) fn group(
        &mut self,
        items: Vec<K>,
        constraints: &Constraints,
        cut: f32,
        mut weight: impl FnMut(usize, usize) -> Option<f32>,
    ) -> Vec<Box<[K]>> {
        let n = items.len();
        let [first, _, ..] = *items else { return vec![items.into()] };
        let places: Vec<_> = items.iter().map(|item| self.places.get(item).copied()).collect();
        let mut weights = Vec::with_capacity(n * (n - 1) / 2);
        for i in 0..n {
            for j in i + 1..n {
                weights.push(match (places[i], places[j]) {
                    (Some((a, x)), Some((b, y))) if a == b => self.dissolved[a].weight(x, y),
                    _ => weight(i, j).unwrap_or(f32::NAN),
                });
            }
        }
        let leaf = Leaf { items: items.into(), weights: weights.into() };
        let known = |i, j| Some(leaf.weight(i, j)).filter(|weight| !weight.is_nan());
        let groups = average_linkage(n, constraints, cut, known);
        let groups =
            groups.into_iter().map(|group| group.into_iter().map(|at| leaf.items[at]).collect()).collect();
        self.leaves.insert(first, leaf);
        groups
    }

    /// Forgets what was dissolved.
    pub(crate) fn settled(&mut self) {
        self.dissolved.clear();
        self.places.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Average linkage by its definition: all means anew at every step.
    fn plainly(
        n: usize,
        cut: f32,
        weight: impl Fn(usize, usize) -> Option<f32>,
        together: &[(usize, usize)],
    ) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = (0..n).map(|item| vec![item]).collect();
        for (a, b) in together {
            let (with, mut without): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|group| group.contains(a) || group.contains(b));
            without.push(with.concat());
            without.iter_mut().for_each(|group| group.sort_unstable());
            without.sort_unstable();
            groups = without;
        }
        let mean = |a: &[usize], b: &[usize]| {
            let pairs = a.iter().flat_map(|&i| b.iter().map(move |&j| (i.min(j), i.max(j))));
            let weights: Option<Vec<f32>> = pairs.map(|(i, j)| weight(i, j)).collect();
            weights.map(|w| w.iter().map(|&w| f64::from(w)).sum::<f64>() / w.len() as f64)
        };
        loop {
            let mut best: Option<(f64, usize, usize)> = None;
            for i in 0..groups.len() {
                for j in i + 1..groups.len() {
                    if let Some(mean) = mean(&groups[i], &groups[j])
                        && best.is_none_or(|(greatest, ..)| mean > greatest)
                    {
                        best = Some((mean, i, j));
                    }
                }
            }
            match best {
                Some((mean, i, j)) if mean >= f64::from(cut) => {
                    let joined = groups.remove(j);
                    groups[i].extend(joined);
                    groups[i].sort_unstable();
                }
                _ => return groups,
            }
        }
    }

    proptest! {
        #[test]
        fn it_is_average_linkage(weights in prop::collection::vec(prop::option::weighted(0.9, 0..=16_u8), 100), n in 0..10_usize,
            together in prop::collection::vec((0..10_usize, 0..10_usize), 0..3)) {
            let together: Vec<_> = together.into_iter().filter(|(a, b)| *a < n && *b < n).collect();
            // Sixteenths: sums are exact in any order, so that equal means are equal.
            let weight = |i: usize, j: usize| weights[i * 10 + j].map(|w| f32::from(w) / 16.0);
            let constraints = Constraints { together: together.clone(), ..Constraints::default() };
            prop_assert_eq!(average_linkage(n, &constraints, 0.4, weight), plainly(n, 0.4, weight, &together));
        }
    }

    #[test]
    fn no_group_is_larger_than_the_limit() {
        let weight = |_: usize, _: usize| Some(1.0);
        let constraints = Constraints { sizes: vec![3, 3, 1, 9], limit: 5, ..Constraints::default() };
        assert_eq!(average_linkage(4, &constraints, 0.5, weight), [vec![0, 2], vec![1], vec![3]]);
    }

    #[test]
    fn weights_that_hold_are_not_asked_for_again() {
        let mut pairs = PairWeights::new();
        let weight = |i: usize, j: usize| Some(if j - i == 1 { 1.0 } else { 0.0 });
        let first = pairs.group(vec!['a', 'b', 'd'], &Constraints::default(), 0.6, weight);
        assert_eq!(first, [Box::from(['a', 'b']), ['d'].into()]);
        pairs.dissolve('a', |item| item == 'b');
        let asked = std::cell::RefCell::new(Vec::new());
        let again = |i: usize, j: usize| {
            asked.borrow_mut().push((i, j));
            weight(i, j)
        };
        pairs.group(vec!['a', 'b', 'c', 'd'], &Constraints::default(), 0.6, again);
        pairs.settled();
        assert_eq!(*asked.borrow(), [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]);
    }

    #[test]
    fn a_chain_is_cut() {
        let weight = |i: usize, j: usize| Some(if j - i == 1 { 0.9 } else { 0.0 });
        assert_eq!(average_linkage(6, &Constraints::default(), 0.4, weight), [[0, 1], [2, 3], [4, 5]]);
    }

    #[test]
    fn pairs_that_must_stay_apart_keep_their_groups_apart() {
        let weight = |i: usize, j: usize| if (i, j) == (0, 2) { None } else { Some(1.0) };
        assert_eq!(average_linkage(3, &Constraints::default(), 0.1, weight), [vec![0, 1], vec![2]]);
        let constraints = Constraints { apart: vec![(0, 2)], ..Constraints::default() };
        assert_eq!(average_linkage(3, &constraints, 0.1, |_, _| Some(1.0)), [vec![0, 1], vec![2]]);
    }
}
