//! What is taught, in the form that the analyzer asks: it answers before the compiled knowledge does.
//!
//! For each surface that is taught or withdrawn the layer has all of its meanings, those of the compiled knowledge among them, so one
//! answer is enough. Entities have the positions of the compiled table, those that it lacks the positions behind its end.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::offices::Offices;
use super::table::{Candidate, KnownEntity};

/// Facts over the compiled knowledge.
#[derive(Debug)]
pub(super) struct Layer {
    /// Another one for each layer of this process.
    pub(super) stamp: u64,
    /// Entities that the compiled knowledge does not have, by id.
    pub(super) taught: Vec<KnownEntity<'static>>,
    /// Where these are.
    pub(super) positions: FxHashMap<&'static str, u32>,
    /// Entities that it has otherwise, by their positions there.
    pub(super) corrected: FxHashMap<u32, KnownEntity<'static>>,
    pub(super) surfaces: fst::Map<Vec<u8>>,
    lists: Vec<Vec<Candidate>>,
    /// Words that a text may begin one of the surfaces with.
    pub(super) heads: FxHashSet<String>,
    /// Words that names begin with, which the compiled knowledge does not know as words.
    pub(super) words: FxHashSet<String>,
    /// All offices, where one of them was taught.
    pub(super) offices: Option<Offices>,
}

/// What a layer is made of.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) taught: Vec<KnownEntity<'static>>,
    pub(super) corrected: FxHashMap<u32, KnownEntity<'static>>,
    /// All meanings of each surface that is not as the compiled knowledge has it.
    pub(super) surfaces: BTreeMap<String, BTreeSet<Candidate>>,
    pub(super) words: FxHashSet<String>,
    pub(super) offices: Option<Offices>,
}

impl Layer {
    /// The layer over a compiled table of so many entities.
    pub(super) fn new(parts: Parts, compiled: usize) -> Result<Self, fst::Error> {
        static STAMPS: AtomicU64 = AtomicU64::new(1);
        let first = u32::try_from(compiled).unwrap_or(u32::MAX);
        let positions = parts.taught.iter().map(|entity| entity.id).zip(first..).collect();
        let mut index = fst::MapBuilder::memory();
        let mut lists = Vec::new();
        for (at, (key, meanings)) in (0..).zip(parts.surfaces.iter()) {
            index.insert(key, at)?;
            lists.push(meanings.iter().copied().collect());
        }
        let heads = parts.surfaces.keys().flat_map(|key| heads(key)).map(str::to_owned).collect();
        Ok(Self {
            stamp: STAMPS.fetch_add(1, Ordering::Relaxed),
            taught: parts.taught,
            positions,
            corrected: parts.corrected,
            surfaces: fst::Map::new(index.into_inner()?)?,
            lists,
            heads,
            words: parts.words,
            offices: parts.offices,
        })
    }

    /// The entity at a position, where it is not as a compiled table of so many entities has it.
    pub(super) fn at(&self, position: u32, compiled: usize) -> Option<&KnownEntity<'static>> {
        match (position as usize).checked_sub(compiled) {
            Some(at) => self.taught.get(at),
            None => self.corrected.get(&position),
        }
    }

    pub(super) fn list(&self, value: u64) -> &[Candidate] {
        usize::try_from(value).ok().and_then(|at| self.lists.get(at)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn candidates_of(&self, key: &str) -> Option<&[Candidate]> {
        self.surfaces.get(key).map(|value| self.list(value))
    }

    /// The surfaces that are not as the compiled knowledge has them.
    pub(super) fn keys(&self) -> Vec<String> {
        self.surfaces.stream().into_str_keys().unwrap_or_default()
    }
}

/// The words that a text may begin a key with: its first word, and where that may be written as two, the first of these.
fn heads(key: &str) -> impl Iterator<Item = &str> {
    let first = key.split(' ').next().unwrap_or("");
    let abd = first.starts_with("عبد").then_some("عبد");
    [Some(first), abd, first.strip_suffix("الله")].into_iter().flatten().filter(|head| !head.is_empty())
}

/// The same text for as long as the process runs. Each text is kept once, so what this holds is bounded by what was ever taught.
pub(super) fn intern(text: &str) -> &'static str {
    static TEXTS: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    match texts.get(text) {
        Some(known) => known,
        None => {
            let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
            texts.insert(kept);
            kept
        }
    }
}
