//! Which texts have a run of words, by a few runs of each text.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

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

/// The texts by their anchors.
#[derive(Debug, Default)]
pub(super) struct Postings {
    /// The text that has an anchor alone, as most do; of others, the place of their list under the bit [`SEVERAL`].
    texts: FxHashMap<Anchor, u32>,
    /// With their days, in order.
    lists: Vec<Vec<Posting>>,
    /// Lists that no anchor has.
    free: Vec<u32>,
}

/// The day of a text, and the text.
type Posting = (Option<i32>, u32);

const SEVERAL: u32 = 1 << 31;

impl Postings {
    /// Adds a text under an anchor; whether others are there. `day_of` gives the day of a text that is in.
    pub(super) fn insert(
        &mut self,
        anchor: Anchor,
        day: Option<i32>,
        text: u32,
        day_of: impl Fn(u32) -> Option<i32>,
    ) -> bool {
        let known = match self.texts.entry(anchor) {
            Entry::Vacant(place) => {
                place.insert(text);
                return false;
            }
            Entry::Occupied(place) => place.into_mut(),
        };
        if *known & SEVERAL == 0 {
            if *known == text {
                return false;
            }
            let at = self.free.pop().unwrap_or_else(|| {
                self.lists.push(Vec::new());
                self.lists.len() as u32 - 1
            });
            self.lists[at as usize].push((day_of(*known), *known));
            *known = SEVERAL | at;
        }
        let list = &mut self.lists[(*known & !SEVERAL) as usize];
        if let Err(place) = list.binary_search(&(day, text)) {
            list.insert(place, (day, text));
        }
        list.len() > 1
    }

    /// Takes a text out from under an anchor.
    pub(super) fn remove(&mut self, anchor: Anchor, day: Option<i32>, text: u32) {
        let Some(&known) = self.texts.get(&anchor) else { return };
        if known & SEVERAL != 0 {
            let list = &mut self.lists[(known & !SEVERAL) as usize];
            if let Ok(place) = list.binary_search(&(day, text)) {
                list.remove(place);
            }
            if !list.is_empty() {
                return;
            }
            self.free.push(known & !SEVERAL);
        } else if known != text {
            return;
        }
        self.texts.remove(&anchor);
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
        let known = self.texts.get(&anchor).copied();
        let having = match known {
            Some(known) if known & SEVERAL != 0 => &self.lists[(known & !SEVERAL) as usize][..],
            Some(alone) => return Some(Some(alone).filter(|text| Some(*text) != but).into_iter().collect()),
            None => &[],
        };
        let mut texts = Vec::new();
        let (mut undated, mut days, mut last) = (0, 0, None);
        for (day, text) in having.iter().filter(|(_, text)| Some(*text) != but) {
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
    let window = WINDOW.min(shingles.len());
    let (mut anchors, mut least, mut last): (Vec<Anchor>, usize, Option<u64>) = (Vec::new(), 0, None);
    for (at, shingle) in shingles.iter().enumerate() {
        if at - least >= window {
            // The least one has left the window.
            least = (at + 1 - window..=at).min_by_key(|at| shingles[*at]).unwrap_or(at);
        } else if *shingle <= shingles[least] {
            least = at;
        }
        if at + 1 >= window && last != Some(shingles[least]) {
            last = Some(shingles[least]);
            // What is found is compared in full: half of the bits do.
            anchors.push((shingles[least] >> 32) as u32 ^ shingles[least] as u32);
        }
    }
    anchors.sort_unstable();
    anchors.dedup();
    anchors.into()
}
