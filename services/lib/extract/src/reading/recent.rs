//! A cache by text.

use std::mem::swap;

use compact_str::CompactString;
use foldhash::{HashMap, HashMapExt};

/// Values made from texts, as many as a bound allows: of each two generations of texts the one that was not asked for lately is
/// let go.
#[derive(Debug)]
pub(super) struct Recent<V> {
    generation: usize,
    young: HashMap<CompactString, V>,
    old: HashMap<CompactString, V>,
}

impl<V> Recent<V> {
    /// Keeps at most twice `generation` values.
    pub(super) fn new(generation: usize) -> Self {
        Self { generation, young: HashMap::new(), old: HashMap::new() }
    }

    /// The value of a text, made where it is not there.
    pub(super) fn get(&mut self, text: &str, make: impl FnOnce() -> V) -> &V {
        if !self.young.contains_key(text) {
            let (text, value) = self.old.remove_entry(text).unwrap_or_else(|| (text.into(), make()));
            if self.young.len() >= self.generation {
                swap(&mut self.young, &mut self.old);
                self.young.clear();
            }
            self.young.insert(text, value);
        }
        &self.young[text]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_asked_for() {
        let mut recent = Recent::new(2);
        let mut made = Vec::new();
        for text in ["a", "b", "a", "c", "a", "d", "a", "e", "b"] {
            assert_eq!(
                *recent.get(text, || {
                    made.push(text);
                    text.to_owned()
                }),
                text
            );
            assert!(recent.young.len() <= 2 && recent.old.len() <= 2);
        }
        assert_eq!(made, ["a", "b", "c", "d", "e", "b"]);
    }
}
