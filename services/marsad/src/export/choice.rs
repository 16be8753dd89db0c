//! Which records an export has: all, or those that belong to the events that filters let through.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use marsad_proto::v1;

/// A set of ids, of which it keeps a random hash of 64 bits: two that have the same, one pair in 10^19, are taken for one.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    hasher: RandomState,
    hashes: HashSet<u64>,
}

impl Ids {
    /// Adds an id; false where it was there.
    pub(crate) fn add(&mut self, id: &str) -> bool {
        self.hashes.insert(self.hasher.hash_one(id))
    }

    /// Whether it is there.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.hashes.contains(&self.hasher.hash_one(id))
    }
}

/// Which records are wanted. Memory grows with what filters let through, not with the record.
#[derive(Debug)]
pub(crate) enum Choice {
    /// All of them.
    Everything,
    /// Those that belong to the chosen events: the events themselves, what articles say of them, these articles, and whom and what they name.
    Of(Ids),
}

impl Choice {
    /// Takes what belongs to an event.
    pub(crate) fn add(&mut self, cluster: &v1::EventCluster) {
        let Self::Of(ids) = self else { return };
        ids.add(&cluster.id);
        for member in &cluster.members {
            ids.add(&member.article_id);
            ids.add(&member.event_id);
        }
        for named in cluster.actors.iter().chain(&cluster.recipients).chain(&cluster.places) {
            ids.add(&named.entity_id);
        }
    }

    /// Whether the record with that id is wanted.
    pub(crate) fn has(&self, id: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Of(ids) => ids.has(id),
        }
    }

    /// Whether one of these is wanted; for no ids, only where everything is.
    pub(crate) fn has_any(&self, ids: &[String]) -> bool {
        matches!(self, Self::Everything) || ids.iter().any(|id| self.has(id))
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn an_event_brings_what_belongs_to_it() {
        let mut choice = Choice::Of(Ids::default());
        let event = example::attack();
        assert!(!choice.has(&event.id));
        choice.add(&event);
        assert!(choice.has(&event.id) && choice.has("IQ") && choice.has(&event.members[0].article_id));
        assert!(!choice.has("FR") && !choice.has_any(&[]) && Choice::Everything.has_any(&[]));
        assert!(choice.has_any(&["FR".to_owned(), event.members[1].event_id.clone()]));
    }
}
