//! The word lists of this crate, read from `seeds/lexicon` at build time and keyed by [`fold`]ed surface.

use crate::morphology::{Inflection, Person, Verb, Voice};
use crate::orthography::fold;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

/// Rows of a list, header left out, as columns.
fn rows(list: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    list.lines().skip(1).filter(|line| !line.is_empty()).map(|line| line.split('\t').collect())
}

/// A phrase of one or more folded words.
pub(crate) type Phrase = Vec<String>;

fn phrase(surface: &str) -> Phrase {
    surface.split(' ').map(fold).collect()
}

/// What a numeral word does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberKind {
    Unit,
    Ten,
    Hundred,
    Scale,
    Fraction,
    Vague,
    Few,
    Ordinal,
}

/// How a phrase changes the number beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    About,
    More,
    AtLeast,
    Less,
    AtMost,
}

#[derive(Default)]
pub(crate) struct Numbers {
    /// A surface may have several readings (آلاف: a scale, or vague).
    pub(crate) words: FxHashMap<String, Vec<(NumberKind, f64)>>,
    pub(crate) before: Vec<(Phrase, Bound)>,
    pub(crate) after: Vec<(Phrase, Bound)>,
    /// First words of the phrases in `before`.
    pub(crate) before_heads: FxHashSet<String>,
    /// Last words of the phrases in `before`.
    pub(crate) before_tails: FxHashSet<String>,
    /// Nouns that a number names rather than counts (القرار 1701).
    pub(crate) labels: FxHashSet<String>,
    /// Words that look like the dual of a counted noun.
    pub(crate) not_dual: FxHashSet<String>,
    /// Words after a number that it does not count (ربع نهائي).
    pub(crate) not_counted: FxHashSet<String>,
}

pub(crate) static NUMBERS: LazyLock<Numbers> = LazyLock::new(|| {
    let mut numbers = Numbers::default();
    for row in rows(include_str!("../../../../seeds/lexicon/number_words.tsv")) {
        let [surface, value, kind, ..] = row.as_slice() else { continue };
        let kind = match *kind {
            "unit" => NumberKind::Unit,
            "ten" => NumberKind::Ten,
            "hundred" => NumberKind::Hundred,
            "scale" => NumberKind::Scale,
            "fraction" => NumberKind::Fraction,
            "vague" => NumberKind::Vague,
            "few" => NumberKind::Few,
            "ordinal" => NumberKind::Ordinal,
            "label" => {
                numbers.labels.insert(fold(surface));
                continue;
            }
            "not_dual" => {
                numbers.not_dual.insert(fold(surface));
                continue;
            }
            "not_counted" => {
                numbers.not_counted.insert(fold(surface));
                continue;
            }
            other => {
                let bound = match *value {
                    ">" => Bound::More,
                    ">=" => Bound::AtLeast,
                    "<" => Bound::Less,
                    "<=" => Bound::AtMost,
                    _ => Bound::About,
                };
                let list = if other.ends_with("_after") { &mut numbers.after } else { &mut numbers.before };
                list.push((phrase(surface), bound));
                continue;
            }
        };
        if let Ok(value) = value.parse() {
            let readings = numbers.words.entry(fold(surface)).or_default();
            if !readings.contains(&(kind, value)) {
                readings.push((kind, value));
            }
        }
    }
    numbers.before_heads = numbers.before.iter().filter_map(|(phrase, _)| phrase.first().cloned()).collect();
    numbers.before_tails = numbers.before.iter().filter_map(|(phrase, _)| phrase.last().cloned()).collect();
    // The longest phrase wins.
    numbers.before.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
    numbers.after.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
    numbers
});

/// Counted nouns and currencies by folded surface; words of a phrase are joined by a blank.
pub(crate) static UNITS: LazyLock<FxHashMap<String, String>> = LazyLock::new(|| {
    rows(include_str!("../../../../seeds/lexicon/units.tsv"))
        .filter_map(|row| Some((fold(row.first()?), (*row.get(1)?).to_owned())))
        .collect()
});

/// A unit of the calendar or clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TimeUnit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Decade,
    Century,
}

/// The number of a time noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grammatical {
    Singular,
    Dual,
    /// A dual that governs a genitive (يومي 5 و6).
    DualConstruct,
    Plural,
}

pub(crate) static TIME_UNITS: LazyLock<FxHashMap<String, (TimeUnit, Grammatical)>> = LazyLock::new(|| {
    rows(include_str!("../../../../seeds/lexicon/time_units.tsv"))
        .filter_map(|row| {
            let unit = match *row.get(1)? {
                "second" => TimeUnit::Second,
                "minute" => TimeUnit::Minute,
                "hour" => TimeUnit::Hour,
                "day" => TimeUnit::Day,
                "week" => TimeUnit::Week,
                "month" => TimeUnit::Month,
                "quarter" => TimeUnit::Quarter,
                "year" => TimeUnit::Year,
                "decade" => TimeUnit::Decade,
                "century" => TimeUnit::Century,
                _ => return None,
            };
            let number = match *row.get(2)? {
                "sg" => Grammatical::Singular,
                "du" => Grammatical::Dual,
                "du_construct" => Grammatical::DualConstruct,
                "pl" => Grammatical::Plural,
                _ => return None,
            };
            Some((fold(row.first()?), (unit, number)))
        })
        .collect()
});

/// A month of one of the two calendars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Month {
    pub(crate) number: i8,
    pub(crate) hijri: bool,
}

pub(crate) static MONTHS: LazyLock<FxHashMap<String, Month>> = LazyLock::new(|| {
    rows(include_str!("../../../../seeds/lexicon/months.tsv"))
        .filter_map(|row| {
            let number = row.get(1)?.parse().ok()?;
            Some((fold(row.first()?), Month { number, hijri: *row.get(2)? == "hijri" }))
        })
        .collect()
});

/// 1 is Monday.
pub(crate) static WEEKDAYS: LazyLock<FxHashMap<String, i8>> = LazyLock::new(|| {
    rows(include_str!("../../../../seeds/lexicon/weekdays.tsv"))
        .filter_map(|row| Some((fold(row.first()?), row.get(1)?.parse().ok()?)))
        .collect()
});

/// Values by folded surface, which may have several; words of a phrase are joined by a blank.
type Values = FxHashMap<String, Vec<&'static str>>;

fn values(list: &'static str) -> Values {
    let mut values = Values::default();
    for row in rows(list) {
        let [surface, value, ..] = row.as_slice() else { continue };
        values.entry(fold(surface)).or_default().push(value);
    }
    values
}

/// The cues that time expressions are made of.
pub(crate) static CUES: LazyLock<Values> =
    LazyLock::new(|| values(include_str!("../../../../seeds/lexicon/time_cues.tsv")));

/// Words beside a time expression, no part of it, that say how to read it.
static CONTEXT: LazyLock<Values> =
    LazyLock::new(|| values(include_str!("../../../../seeds/lexicon/time_context.tsv")));

/// Whether a word of the context has this value.
pub(crate) fn is_context(folded: &str, value: &str) -> bool {
    CONTEXT.get(folded).is_some_and(|values| values.contains(&value))
}

/// The words that cues begin with, to pass over all others quickly.
pub(crate) static CUE_HEADS: LazyLock<FxHashSet<&'static str>> =
    LazyLock::new(|| CUES.keys().filter_map(|surface| surface.split(' ').next()).collect());

/// Whether a cue of this value is written so.
pub(crate) fn is_cue(folded: &str, value: &str) -> bool {
    CUES.get(folded).is_some_and(|values| values.contains(&value))
}

/// Whether a finite verb looks back or ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tense {
    Past,
    Future,
}

/// The third person forms of the listed verbs by folded surface; a spelling that past and imperfect share is left out.
pub(crate) static TENSES: LazyLock<FxHashMap<String, Tense>> = LazyLock::new(|| {
    let mut tenses: FxHashMap<String, Option<Tense>> = FxHashMap::default();
    let verbs = [
        include_str!("../../../../seeds/lexicon/verbs.tsv"),
        include_str!("../../../../seeds/lexicon/reporting.tsv"),
    ];
    let mut seen = FxHashSet::default();
    for row in verbs.into_iter().flat_map(rows) {
        let [lemma, root, form, vowel, ..] = row.as_slice() else { continue };
        if !seen.insert((*lemma, *root, *form, *vowel)) {
            continue;
        }
        let (Ok(root), Ok(form)) = (root.parse(), form.parse()) else { continue };
        let Ok(verb) = Verb::from_lemma(lemma, root, form, vowel.parse().ok()) else { continue };
        for surface in verb.conjugate().into_iter().filter(|surface| surface.person == Some(Person::Third)) {
            let tense = match surface.inflection {
                // The short passive of a hollow verb is rare, its spelling is not: زير in وزير.
                Inflection::Past
                    if surface.voice == Voice::Passive && surface.surface.chars().count() <= 3 =>
                {
                    continue;
                }
                Inflection::Past => Tense::Past,
                Inflection::Imperfect(_) => Tense::Future,
                _ => continue,
            };
            let known = tenses.entry(fold(&surface.surface)).or_insert(Some(tense));
            if *known != Some(tense) {
                *known = None;
            }
        }
    }
    tenses.into_iter().filter_map(|(surface, tense)| Some((surface, tense?))).collect()
});

/// Particles, prepositions, pronouns and auxiliaries: words that are never counted.
pub(crate) static FUNCTION_WORDS: LazyLock<FxHashSet<String>> = LazyLock::new(|| {
    rows(include_str!("../../../../seeds/lexicon/function_words.tsv"))
        .filter_map(|row| row.first().map(|surface| fold(surface)))
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_read_in_full() {
        for (list, read) in [
            (include_str!("../../../../seeds/lexicon/time_units.tsv"), TIME_UNITS.len()),
            (include_str!("../../../../seeds/lexicon/units.tsv"), UNITS.len()),
        ] {
            let surfaces: FxHashSet<String> =
                rows(list).filter_map(|row| row.first().map(|s| fold(s))).collect();
            assert_eq!(surfaces.len(), read);
        }
        let months = MONTHS.values().filter(|month| (1..=12).contains(&month.number)).count();
        assert_eq!(months, MONTHS.len());
        assert!(WEEKDAYS.values().all(|day| (1..=7).contains(day)));
    }
}
