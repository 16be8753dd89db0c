//! What analysts say of events: which are none, and which two are one or not one.

use std::collections::BTreeMap;

use marsad_model::{ArticleId, EventKey, JudgedEvent, Judgement, Verdict};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::linkage::Constraints;

/// The judgements that hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Judged {
    rejected: FxHashSet<EventKey>,
    /// What is said of two events, at both of them.
    pairs: FxHashMap<EventKey, BTreeMap<(EventKey, bool), Saying>>,
}

/// A judgement of two events that holds, at one of them.
#[derive(Debug, Clone, Copy)]
struct Saying {
    /// The article that tells the other one.
    article: ArticleId,
    sequence: u64,
}

/// That an event and another one are one, or not one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    /// The other one's key.
    pub(super) other: EventKey,
    /// The article that tells the other one.
    pub(super) article: ArticleId,
    /// They are one.
    pub(super) same: bool,
    /// Of two judgements that cannot both hold the one with the greater number counts.
    pub(super) sequence: u64,
}

impl Judged {
    /// Takes in how a judgement is now.
    pub(super) fn take(&mut self, judgement: &Judgement) {
        let holds = !judgement.withdrawn;
        let (a, b, same) = match judgement.verdict {
            Verdict::NoEvent(event) => {
                if holds {
                    self.rejected.insert(event.key);
                } else {
                    self.rejected.remove(&event.key);
                }
                return;
            }
            Verdict::Same(a, b) => (a, b, true),
            Verdict::Different(a, b) => (a, b, false),
        };
        let mut at = |of: JudgedEvent, JudgedEvent { key: other, article, .. }: JudgedEvent| {
            if holds {
                let saying = Saying { article, sequence: judgement.sequence };
                self.pairs.entry(of.key).or_default().insert((other, same), saying);
            } else if let Some(said) = self.pairs.get_mut(&of.key) {
                said.remove(&(other, same));
                if said.is_empty() {
                    self.pairs.remove(&of.key);
                }
            }
        };
        at(a, b);
        at(b, a);
    }

    /// Whether it is said to be no event.
    pub(super) fn is_rejected(&self, event: EventKey) -> bool {
        self.rejected.contains(&event)
    }

    /// What is said of an event and others.
    pub(super) fn of(&self, event: EventKey) -> impl Iterator<Item = Said> + '_ {
        self.pairs
            .get(&event)
            .into_iter()
            .flatten()
            .map(|(&(other, same), &Saying { article, sequence })| Said { other, article, same, sequence })
    }

    /// Whether nothing is said of any two events.
    pub(super) fn has_no_pairs(&self) -> bool {
        self.pairs.is_empty()
    }
}

/// Of what is said of pairs of `n` items, with the number of each saying, what holds: the later first, and of the earlier what does not
/// contradict it.
pub(super) fn constraints(n: usize, mut said: Vec<(u64, usize, usize, bool)>) -> Constraints {
    said.sort_unstable_by(|a, b| b.cmp(a));
    let mut group: Vec<usize> = (0..n).collect();
    let mut held = Constraints::default();
    for (_, a, b, same) in said {
        let (Some(&ga), Some(&gb)) = (group.get(a), group.get(b)) else { continue };
        let pair = (a.min(b), a.max(b));
        if !same {
            if ga != gb {
                held.apart.push(pair);
            }
            continue;
        }
        let parted = |(i, j): &(usize, usize)| {
            let ends = (group.get(*i).copied(), group.get(*j).copied());
            ends == (Some(ga), Some(gb)) || ends == (Some(gb), Some(ga))
        };
        if !held.apart.iter().any(parted) {
            held.together.push(pair);
            group.iter_mut().filter(|of| **of == gb).for_each(|of| *of = ga);
        }
    }
    // Each pair is said at both of its ends.
    held.together.dedup();
    held.apart.dedup();
    held
}

#[cfg(test)]
mod tests {
    use marsad_model::ontology::EventType;
    use marsad_model::{ContentHash, EventId, EventKeys, Span};

    use super::*;

    #[test]
    fn what_is_withdrawn_leaves_nothing() {
        let (article, text) = (ArticleId::from_text("", "a"), "met, and met");
        let event = |at: usize| {
            let (span, event_type) = (Span::new(at, at + 3), EventType::Consult);
            let key = EventKeys::new(article, text).key(span, event_type).unwrap();
            JudgedEvent {
                key,
                article,
                event_type,
                event: EventId::new(article, ContentHash::of(&[]), span, event_type),
            }
        };
        let mut judged = Judged::default();
        for withdrawn in [false, true] {
            for verdict in [Verdict::Same(event(0), event(9)), Verdict::Different(event(0), event(9))] {
                judged.take(&Judgement { id: verdict.id(), sequence: 1, verdict, withdrawn, changed_at: 0 });
            }
            assert_eq!(judged.has_no_pairs(), withdrawn);
        }
    }

    #[test]
    fn the_later_word_counts() {
        let of = |said: &[(u64, usize, usize, bool)]| constraints(4, said.to_vec());
        let chain = [(1, 0, 1, true), (2, 1, 2, true)];
        assert_eq!(of(&chain).together, [(1, 2), (0, 1)]);
        let later = of(&[chain[0], chain[1], (3, 2, 0, false)]);
        assert_eq!((later.together, later.apart), (vec![(1, 2)], vec![(0, 2)]));
        let earlier = of(&[(0, 2, 0, false), chain[0], chain[1]]);
        assert_eq!((earlier.together.len(), earlier.apart.len()), (2, 0));
    }
}
