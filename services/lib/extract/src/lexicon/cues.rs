//! Phrases that mark modality, or the source of a claim.

use rustc_hash::FxHashMap;

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::orthography::fold;

use super::frame::Preposition;

/// What a cue says of the event in its scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum CueKind {
    /// It did not happen.
    Negation,
    /// It is intended.
    Planned,
    /// It is put forward.
    Proposed,
    /// It is called for.
    Demanded,
    /// It depends on something.
    Conditional,
    /// It may be.
    Possible,
    /// Somebody denies it.
    Denied,
    /// Such things in general.
    Generic,
    /// It comes to an end.
    PhaseEnd,
    /// It begins.
    PhaseStart,
    /// It was tried in vain.
    Failed,
}

impl CueKind {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        Ok(match text {
            "negation" => Self::Negation,
            "planned" => Self::Planned,
            "proposed" => Self::Proposed,
            "demanded" => Self::Demanded,
            "conditional" => Self::Conditional,
            "possible" => Self::Possible,
            "denied" => Self::Denied,
            "generic" => Self::Generic,
            "phase_end" => Self::PhaseEnd,
            "phase_start" => Self::PhaseStart,
            "failed" => Self::Failed,
            other => return Err(format!("`{other}` is no kind of modality")),
        })
    }
}

/// How far a cue reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// The next verb.
    Verb,
    /// The next noun.
    Noun,
    /// The rest of the clause.
    Clause,
    /// The noun before it.
    Adjective,
    /// The noun that opens the clause, whose predicate it is.
    Predicate,
}

impl Scope {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        Ok(match text {
            "verb" => Self::Verb,
            "noun" => Self::Noun,
            "clause" => Self::Clause,
            "adjective" => Self::Adjective,
            "predicate" => Self::Predicate,
            other => return Err(format!("`{other}` is no scope")),
        })
    }
}

/// A cue of modality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ModalityCue {
    /// What it says.
    pub(crate) kind: CueKind,
    /// Of what.
    pub(crate) scope: Scope,
}

/// Where the source stands beside a cue without a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SourceSlot {
    /// وفقا لـ
    After,
    /// بحسب قوله
    Before,
    /// بذريعة: the subject of the clause, and the content follows the cue
    Subject,
    /// بحسب تقارير: the cue says all there is
    None,
}

impl SourceSlot {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        Ok(match text {
            "after" => Self::After,
            "before" => Self::Before,
            "subject" => Self::Subject,
            "none" => Self::None,
            other => return Err(format!("`{other}` is no source slot")),
        })
    }
}

/// A cue for a claim that is no reporting verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClaimCue {
    /// Where to look for the source.
    pub(crate) source: SourceSlot,
    /// Whether what follows is the outlet that it came through.
    pub(crate) via: bool,
}

/// Phrases of one or more words, longest match first.
#[derive(Debug)]
pub(crate) struct Phrases<T> {
    by_first: FxHashMap<String, Vec<Phrase<T>>>,
}

#[derive(Debug)]
struct Phrase<T> {
    /// The words after the first.
    rest: Vec<String>,
    /// A particle that the next word must carry: وفقا لـ.
    particle: Option<Proclitic>,
    value: T,
}

impl<T> Default for Phrases<T> {
    fn default() -> Self {
        Self { by_first: FxHashMap::default() }
    }
}

impl<T> Phrases<T> {
    /// Adds a phrase; a last word `ل` or `ب` means that the next word carries it.
    pub(super) fn insert(&mut self, surface: &str, value: T) {
        let mut words: Vec<String> = surface.split(' ').map(fold).collect();
        let particle = match words.last().map(String::as_str) {
            Some("ل") if words.len() > 1 => Some(Proclitic::To),
            Some("ب") if words.len() > 1 => Some(Proclitic::By),
            _ => None,
        };
        if particle.is_some() {
            words.pop();
        }
        if words.is_empty() {
            return;
        }
        let first = words.remove(0);
        let phrases = self.by_first.entry(first).or_default();
        phrases.push(Phrase { rest: words, particle, value });
        phrases.sort_by_key(|phrase| std::cmp::Reverse((phrase.rest.len(), phrase.particle.is_some())));
    }

    /// The phrases that begin with `first`, longest first, and how many words each takes; `word(n)` is the n-th word after the
    /// first, folded, `carries(n)` whether it carries a particle.
    pub(crate) fn matches<'a>(
        &'a self,
        first: &str,
        word: impl Fn(usize) -> Option<&'a str> + 'a,
        carries: impl Fn(usize, Proclitic) -> bool + 'a,
    ) -> impl Iterator<Item = (usize, &'a T)> {
        self.matches_across(first, word, carries, |_| None)
    }

    /// As [`Self::matches`], but the preposition, أن or particle at the end of a phrase may stand behind a subject (يسعى **العراق**
    /// إلى): `across(n)` is where it then stands, if at the n-th word a subject begins.
    pub(crate) fn matches_across<'a>(
        &'a self,
        first: &str,
        word: impl Fn(usize) -> Option<&'a str> + 'a,
        carries: impl Fn(usize, Proclitic) -> bool + 'a,
        across: impl Fn(usize) -> Option<usize> + 'a,
    ) -> impl Iterator<Item = (usize, &'a T)> {
        self.by_first.get(first).into_iter().flatten().filter_map(move |phrase| {
            let fits = |n: usize, rest: &String| word(n) == Some(rest.as_str());
            let length = phrase.rest.len() + 1;
            if let Some(particle) = phrase.particle {
                let before = phrase.rest.iter().enumerate().all(|(n, rest)| fits(n + 1, rest));
                let at = if !before || carries(length, particle) { Some(length) } else { across(length) };
                return at.filter(|at| before && carries(*at, particle)).map(|at| (at, &phrase.value));
            }
            let Some((last, before)) = phrase.rest.split_last() else { return Some((1, &phrase.value)) };
            if !before.iter().enumerate().all(|(n, rest)| fits(n + 1, rest)) {
                return None;
            }
            let end = length - 1;
            let movable = last == "ان" || Preposition::of(last).is_some();
            let at = if fits(end, last) { Some(end) } else { across(end).filter(|_| movable) };
            at.filter(|at| fits(*at, last)).map(|at| (at + 1, &phrase.value))
        })
    }

    /// All words of all phrases.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.by_first.iter().flat_map(|(first, phrases)| {
            std::iter::once(first.as_str())
                .chain(phrases.iter().flat_map(|p| p.rest.iter().map(String::as_str)))
        })
    }
}
