//! Which texts have a run of words, by a few runs of each text.

use std::collections::BTreeSet;

/// Of so many shingles in a row one is an anchor at least: two texts with `SHINGLE + WINDOW - 1` words in a row in common
/// share an anchor.
const WINDOW: usize = 16;

/// An anchor that texts of more days have is a template: the sign-off of an outlet, a form that is filled in anew, the same
/// background under every report. What is copied is copied within a few days.
const DAYS: usize = 4;

/// An anchor that more texts have that state no day is one too.
const UNDATED: usize = 16;

/// An anchor that more texts have finds nothing, whatever their days: it would cost too much.
const TEXTS: usize = 100;

/// A run of words under which a text is found.
pub(super) type Anchor = u32;

/// The texts by their anchors and days.
#[derive(Debug, Default)]
pub(super) struct Postings(BTreeSet<(Anchor, Option<i32>, u32)>);

impl Postings {
    /// Adds a text under an anchor.
    pub(super) fn insert(&mut self, anchor: Anchor, day: Option<i32>, text: u32) {
        self.0.insert((anchor, day, text));
    }

    /// Takes a text out from under an anchor.
    pub(super) fn remove(&mut self, anchor: Anchor, day: Option<i32>, text: u32) {
        self.0.remove(&(anchor, day, text));
    }

    /// The texts that have an anchor; `None` where it is a template.
    pub(super) fn texts(&self, anchor: Anchor) -> Option<Vec<u32>> {
        self.find(anchor, None)
    }

    /// The texts that have an anchor, as if one of them were not in.
    pub(super) fn texts_but(&self, anchor: Anchor, text: u32) -> Option<Vec<u32>> {
        self.find(anchor, Some(text))
    }

    fn find(&self, anchor: Anchor, but: Option<u32>) -> Option<Vec<u32>> {
        let mut texts = Vec::new();
        let (mut undated, mut days, mut last) = (0, 0, None);
        let having = self.0.range((anchor, None, 0)..=(anchor, Some(i32::MAX), u32::MAX));
        for (_, day, text) in having.filter(|(.., text)| Some(*text) != but) {
            undated += usize::from(day.is_none());
            days += usize::from(*day != last);
            last = *day;
            texts.push(*text);
            if undated > UNDATED || days > DAYS || texts.len() > TEXTS {
                return None;
            }
        }
        Some(texts)
    }
}

/// The anchors of a text with these shingles, by winnowing (Schleimer, Wilkerson and Aiken 2003): the least of every
/// [`WINDOW`] in a row, or of all where there are fewer. Sorted, each once.
pub(super) fn anchors(shingles: &[u64]) -> Box<[Anchor]> {
    let mut anchors: Vec<Anchor> = shingles
        .windows(WINDOW.min(shingles.len().max(1)))
        .filter_map(|window| window.iter().min())
        // What is found is compared in full: half of the bits do.
        .map(|least| (least >> 32) as u32 ^ *least as u32)
        .collect();
    anchors.sort_unstable();
    anchors.dedup();
    anchors.into()
}
