//! What two texts have in common, and when it is enough to call them duplicates.

use std::cmp::Reverse;
use std::ops::Range;

use super::fingerprint::Words;
use super::rarity::rarity;

/// Words in a row that two texts must have in common for any of them to count as shared. Phrases, names and most offices are
/// shorter.
pub(super) const SHINGLE: usize = 8;

/// How many words of the shorter text have to be shared: fewer are a quotation, a caption, a closing line.
const LEAST_WORDS: usize = 24;

/// How many of the rarest words of the shorter text are looked at: they are its names.
const RAREST: usize = 8;

/// How many of them the other text has to have, in whatever place, for the two to be about the same.
const LEAST_RAREST: usize = 7;

/// The share of the shorter text's words that has to be shared: of texts about the same, and of others.
type LeastShare = (f32, f32);

/// By the days between the two. What an agency sends is printed that day and the next; reports that say nearly the same on
/// days further apart are mostly forms that are filled in anew (weather, prices, congratulations), unless they say the same
/// to the word.
const LEAST_SHARE: [LeastShare; 3] = [(0.5, 0.8), (0.7, 0.8), (0.8, 0.85)];

/// For more days.
const LEAST_SHARE_LATER: LeastShare = (0.85, 0.95);

/// Where a day is unknown.
const LEAST_SHARE_UNDATED: LeastShare = (0.8, 0.9);

/// The part of what is shared that has to be in the first half of either text. What outlets put under a report is shared at
/// the end: teasers of other reports, background kept from earlier ones.
const LEAST_FIRST: f32 = 0.25;

/// Whether a text is too short to be a duplicate of anything.
pub(super) fn is_too_short(words: &Words) -> bool {
    words.len() < LEAST_WORDS
}

/// A text with its shingles, to be compared with others.
pub(super) struct Compared<'t> {
    words: &'t Words,
    shingles: Vec<u64>,
    sorted: Vec<u64>,
}

impl<'t> Compared<'t> {
    /// The shingles of a text.
    pub(super) fn new(words: &'t Words) -> Self {
        let shingles: Vec<u64> = words.shingles(SHINGLE).collect();
        let mut sorted = shingles.clone();
        sorted.sort_unstable();
        Self { words, shingles, sorted }
    }

    /// The words of this text that are in a run of at least [`SHINGLE`] words which the other has as well, as ranges in order.
    pub(super) fn shared_with(&self, other: &Compared<'_>) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (at, shingle) in self.shingles.iter().enumerate() {
            if other.sorted.binary_search(shingle).is_err() {
                continue;
            }
            match runs.last_mut() {
                Some(run) if at <= run.end => run.end = at + SHINGLE,
                _ => runs.push(at..at + SHINGLE),
            }
        }
        runs
    }

    /// The share of the shorter text's words that are shared, where it is enough to call the two duplicates that are so many
    /// days apart. The same from either side.
    pub(super) fn overlap(&self, other: &Compared<'_>, days: Option<u32>) -> Option<f32> {
        let self_is_shorter = (self.words.len(), self.words) <= (other.words.len(), other.words);
        let (shorter, longer) = if self_is_shorter { (self, other) } else { (other, self) };
        let runs = shorter.shared_with(longer);
        let shared = total(&runs);
        let share = shared as f32 / shorter.words.len().max(1) as f32;
        let (about_the_same, of_others) = match days {
            Some(days) => LEAST_SHARE.get(days as usize).copied().unwrap_or(LEAST_SHARE_LATER),
            None => LEAST_SHARE_UNDATED,
        };
        let enough = shared >= LEAST_WORDS && share >= about_the_same;
        let says_the_same = enough && (share >= of_others || shorter.is_about_the_same_as(longer));
        (says_the_same && shorter.begins_with(&runs) && longer.begins_with(&longer.shared_with(shorter)))
            .then_some(share)
    }

    /// Whether the other text has the rarest words of this one.
    fn is_about_the_same_as(&self, other: &Compared<'_>) -> bool {
        let mut words = self.words.hashes().to_vec();
        words.sort_unstable_by_key(|word| (Reverse(rarity(*word)), *word));
        words.dedup();
        words.truncate(RAREST);
        words.iter().filter(|word| other.words.hashes().contains(word)).count()
            >= LEAST_RAREST.min(words.len())
    }

    /// Whether enough of these runs of its words is in its first half.
    fn begins_with(&self, runs: &[Range<usize>]) -> bool {
        let half = self.words.len().div_ceil(2);
        let first: usize = runs.iter().map(|run| run.end.min(half).saturating_sub(run.start)).sum();
        first as f32 >= LEAST_FIRST * total(runs) as f32
    }
}

/// How many words the runs have.
fn total(runs: &[Range<usize>]) -> usize {
    runs.iter().map(ExactSizeIterator::len).sum()
}
