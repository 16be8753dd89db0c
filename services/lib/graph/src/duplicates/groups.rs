//! Which texts are one wire copy.

/// Two texts that are duplicates, and how alike they are.
pub(super) struct Pair {
    /// How much of both is shared, 0 to 1.
    pub(super) likeness: f32,
    /// Positions in the list of texts, the smaller first.
    pub(super) texts: (usize, usize),
}

/// Puts texts into groups such that any two of a group are duplicates of each other, the most alike pairs first: a group
/// cannot chain into unlike texts. `count` texts are given by position, in an order that depends on what they are; gives the
/// group of each.
pub(super) fn groups(count: usize, mut pairs: Vec<Pair>) -> Vec<usize> {
    let mut linked: Vec<Vec<usize>> = vec![Vec::new(); count];
    for &Pair { texts: (a, b), .. } in &pairs {
        linked[a].push(b);
        linked[b].push(a);
    }
    linked.iter_mut().for_each(|texts| texts.sort_unstable());
    pairs.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then_with(|| a.texts.cmp(&b.texts)));

    let mut group: Vec<usize> = (0..count).collect();
    let mut members: Vec<Vec<usize>> = (0..count).map(|text| vec![text]).collect();
    for Pair { texts: (a, b), .. } in pairs {
        let (into, from) = (group[a], group[b]);
        let all_linked = || {
            let (few, many) = (&members[into], &members[from]);
            few.iter().all(|a| many.iter().all(|b| linked[*a].binary_search(b).is_ok()))
        };
        if into != from && all_linked() {
            let moved = std::mem::take(&mut members[from]);
            moved.iter().for_each(|text| group[*text] = into);
            members[into].extend(moved);
        }
    }
    group
}
