//! Groups inside one leaf: average linkage with a cut and with pairs that must stay apart.

/// Groups `n` items: again and again the two groups with the greatest mean weight between their items are joined, until it is below
/// `cut` (UPGMA). `weight(i, j)` with `i < j` is the weight of a pair, `None` for two that may never be in one group. Of equal
/// means the groups with the smallest first items come first, so that the result depends on the items' order and weights only.
/// The pairs of `together` are in one group whatever their weight.
/// Items in a group and groups by their first items come in ascending order. Time `O(n²)` in practice, memory `O(n²)`.
///
/// ```
/// use marsad_graph::linkage::average_linkage;
///
/// let days = [1_i32, 2, 9, 10];
/// let close = |i: usize, j: usize| Some(1.0 / (days[i] - days[j]).abs() as f32);
/// assert_eq!(average_linkage(4, 0.5, close, &[]), [vec![0, 1], vec![2, 3]]);
/// assert_eq!(average_linkage(4, 0.5, close, &[(0, 3)]), [vec![0, 1, 3], vec![2]]);
/// ```
pub fn average_linkage(
    n: usize,
    cut: f32,
    weight: impl Fn(usize, usize) -> Option<f32>,
    together: &[(usize, usize)],
) -> Vec<Vec<usize>> {
    let mut groups: Vec<Option<Vec<usize>>> = (0..n).map(|item| Some(vec![item])).collect();
    // Sums of the weights between groups, not a number where they may not join. A group has the place of its first item.
    let mut sums = vec![f64::NAN; n * n];
    for i in 0..n {
        for j in i + 1..n {
            let sum = weight(i, j).map_or(f64::NAN, f64::from);
            (sums[i * n + j], sums[j * n + i]) = (sum, sum);
        }
    }
    for (a, b) in together {
        let place = |item| groups.iter().position(|group| group.as_ref().is_some_and(|g| g.contains(item)));
        if let (Some(a), Some(b)) = (place(a), place(b))
            && a != b
        {
            join(a.min(b), a.max(b), n, &mut sums, &mut groups);
        }
    }
    let mut best: Vec<Option<(f64, usize)>> = Vec::with_capacity(n);
    for i in 0..n {
        best.push(best_of(i, n, &sums, &groups));
    }
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
        join(i, j, n, &mut sums, &mut groups);
        best[j] = None;
        best[i] = best_of(i, n, &sums, &groups);
        // What may join none of the later groups may not join those two in one either.
        for (k, best) in best.iter_mut().enumerate().take(j).filter(|(k, _)| *k != i) {
            let Some((mean, other)) = *best else { continue };
            if other == i || other == j {
                *best = best_of(k, n, &sums, &groups);
            } else if k < i {
                let joined = mean_of(k, i, n, &sums, &groups);
                if joined.is_some_and(|joined| joined > mean || joined == mean && i < other) {
                    *best = joined.map(|joined| (joined, i));
                }
            }
        }
    }
    groups.into_iter().flatten().map(sorted).collect()
}

/// Joins group `j` to the earlier group `i`, which keeps its place.
fn join(i: usize, j: usize, n: usize, sums: &mut [f64], groups: &mut [Option<Vec<usize>>]) {
    let joined = groups[j].take().unwrap_or_default();
    for k in 0..n {
        let sum = sums[i * n + k] + sums[j * n + k];
        (sums[i * n + k], sums[k * n + i]) = (sum, sum);
    }
    if let Some(group) = &mut groups[i] {
        group.extend(joined);
    }
}

fn sorted(mut group: Vec<usize>) -> Vec<usize> {
    group.sort_unstable();
    group
}

/// The later group with the greatest mean weight to group `i`, the first of equal ones.
fn best_of(i: usize, n: usize, sums: &[f64], groups: &[Option<Vec<usize>>]) -> Option<(f64, usize)> {
    groups[i].as_ref()?;
    let mut best: Option<(f64, usize)> = None;
    for j in i + 1..n {
        if let Some(mean) = mean_of(i, j, n, sums, groups)
            && best.is_none_or(|(greatest, _)| mean > greatest)
        {
            best = Some((mean, j));
        }
    }
    best
}

/// The mean weight between two groups; `None` where one is no more or they may not join.
fn mean_of(i: usize, j: usize, n: usize, sums: &[f64], groups: &[Option<Vec<usize>>]) -> Option<f64> {
    let pairs = groups[i].as_ref()?.len() * groups[j].as_ref()?.len();
    let mean = sums[i * n + j] / pairs as f64;
    if mean.is_nan() { None } else { Some(mean) }
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
            let (with, without): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|group| group.contains(a) || group.contains(b));
            groups = without;
            groups.push(with.concat());
            groups.iter_mut().for_each(|group| group.sort_unstable());
            groups.retain(|group| !group.is_empty());
            groups.sort_unstable();
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
            prop_assert_eq!(average_linkage(n, 0.4, weight, &together), plainly(n, 0.4, weight, &together));
        }
    }

    #[test]
    fn a_chain_is_cut() {
        let weight = |i: usize, j: usize| Some(if j - i == 1 { 0.9 } else { 0.0 });
        assert_eq!(average_linkage(6, 0.4, weight, &[]), [[0, 1], [2, 3], [4, 5]]);
    }

    #[test]
    fn pairs_that_must_stay_apart_keep_their_groups_apart() {
        let weight = |i: usize, j: usize| if (i, j) == (0, 2) { None } else { Some(1.0) };
        assert_eq!(average_linkage(3, 0.1, weight, &[]), [vec![0, 1], vec![2]]);
    }
}
