//! The counted noun after a numeral.

use super::numeral::{Numeral, Sort};
use crate::lexicon::{CUES, FUNCTION_WORDS, Grammatical, NUMBERS, TIME_UNITS, TimeUnit, UNITS, WEEKDAYS};
use crate::orthography::fold;
use crate::span::Span;
use crate::token::TokenKind;
use crate::view::View;

/// A unit and the tokens that write it.
pub(super) struct Unit {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) last: usize,
    /// Whether the list has it; else it is a guess.
    pub(super) listed: bool,
}

/// Words of the longest unit (`دينار عراقي`, `في المئة`).
const LONGEST: usize = 3;

/// The unit that begins at token `at`, of the list or any noun that can be counted by `numeral`.
pub(super) fn after(view: &View<'_>, numeral: &Numeral) -> Option<Unit> {
    let mut at = numeral.last + 1;
    view.follows(at).then_some(())?;
    if let Some(unit) = listed(view, at) {
        return Some(unit);
    }
    // العشرات من الجنود.
    let few = numeral.sort == Sort::Vague && view.fold(numeral.last).ends_with("عده");
    if view.fold(at) == "من" && (numeral.sort == Sort::Vague || numeral.definite) && !few {
        at += 1;
        view.follows(at).then_some(())?;
        if let Some(unit) = listed(view, at) {
            return Some(unit);
        }
    }
    (view.kind(at) == Some(TokenKind::Word)).then_some(())?;
    let word = view.fold(at);
    if let Some(name) = time_noun(word) {
        // Lengths of time are no quantities, but an age is.
        return Some(Unit { name, span: Span::new(view.start(at), view.end(at)), last: at, listed: true });
    }
    let definite = word.starts_with("ال");
    // عدة وزارات: a plural after 3 to 10 or a few.
    let plural = word.ends_with("ات") && (numeral.sort == Sort::Vague || numeral.value <= 10.0);
    let looks_attached = word.starts_with(['و', 'ف', 'ب', 'ل', 'ي']) && !plural
        || ["سي", "ست", "سن", "سا"].iter().any(|future| word.starts_with(future)) && !word.ends_with('ه');
    let length = word.chars().count();
    if FUNCTION_WORDS.contains(word)
        || NUMBERS.not_counted.contains(word)
        || CUES.contains_key(word)
        || WEEKDAYS.contains_key(word)
        || NUMBERS.words.contains_key(word)
        || length < 3
        || looks_attached
        || word.ends_with("وا")
        || (few && word.ends_with('ت') && !word.ends_with("ات"))
        || (definite && numeral.sort != Sort::Vague && !numeral.definite)
        // المؤسسون الثلاثة زيد وعمر.
        || (!definite && numeral.definite && !numeral.digits)
    {
        return None;
    }
    let bare = view.after_letters(at, if definite { 2 } else { 0 });
    let written = crate::orthography::normalize(view.text.get(bare..view.end(at))?);
    // ثمانية محركات: the feminine numeral counts a masculine noun.
    let masculine = numeral.sort == Sort::Exact && !numeral.digits && view.fold(numeral.last).ends_with('ه');
    Some(Unit {
        name: singular(&written, numeral, masculine),
        span: Span::new(view.start(at), view.end(at)),
        last: at,
        listed: false,
    })
}

/// A singular for a noun that no list knows: the accusative ending of 11 to 99 goes, a sound feminine plural ends in
/// `ة`; a broken plural stays as it is.
fn singular(word: &str, numeral: &Numeral, masculine: bool) -> String {
    let last_two = numeral.value % 100.0;
    if numeral.sort == Sort::Exact
        && !(3.0..=10.0).contains(&last_two)
        && let Some(bare) = word.strip_suffix('ا').filter(|bare| bare.chars().count() >= 3)
    {
        return bare.to_owned();
    }
    match word.strip_suffix("ات") {
        Some(bare) if masculine || bare.ends_with("اء") => bare.to_owned(),
        Some(bare) if (3.0..=10.0).contains(&last_two) || numeral.sort == Sort::Vague => format!("{bare}ة"),
        _ => word.to_owned(),
    }
}

/// A time noun in the singular.
fn time_noun(word: &str) -> Option<String> {
    let (unit, number) = TIME_UNITS.get(word).or_else(|| TIME_UNITS.get(word.strip_suffix('ا')?))?;
    if *number == Grammatical::Singular {
        return Some(word.strip_suffix('ا').unwrap_or(word).replace("سنه", "سنة").replace("ساعه", "ساعة"));
    }
    let name = match unit {
        TimeUnit::Year => "سنة",
        TimeUnit::Month => "شهر",
        TimeUnit::Day => "يوم",
        TimeUnit::Hour => "ساعة",
        _ => return None,
    };
    Some(name.to_owned())
}

/// A unit of the list that begins at token `at`: the longest one, in any case, number and with the article.
pub(super) fn listed(view: &View<'_>, at: usize) -> Option<Unit> {
    (1..=LONGEST).rev().find_map(|count| {
        let words = view.joined(at, count)?;
        let name = UNITS.get(&words).or_else(|| UNITS.get(&bare_words(&words)))?;
        let last = at + count - 1;
        Some(Unit { name: name.clone(), span: Span::new(view.start(at), view.end(last)), last, listed: true })
    })
}

/// The words without article and without the ending of the indefinite accusative.
fn bare_words(words: &str) -> String {
    words
        .split(' ')
        .map(|word| {
            let word = word.strip_prefix("ال").unwrap_or(word);
            word.strip_suffix('ا').filter(|w| w.chars().count() > 2).unwrap_or(word)
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// The singular of an indefinite dual noun of the list: جنديان, مركبتين. A form that is also a listed plural is not one.
pub(super) fn dual(view: &View<'_>, at: usize) -> Option<(String, usize)> {
    view.readings(at).find_map(|(word, start)| {
        if NUMBERS.not_dual.contains(word)
            || UNITS.contains_key(word)
            || TIME_UNITS.contains_key(word)
            || NUMBERS.words.contains_key(word)
        {
            return None;
        }
        let stem = word.strip_suffix("ان").or_else(|| word.strip_suffix("ين"))?;
        // A nisba in ين is a plural as often as a dual.
        if word.ends_with("يين") && !UNITS.contains_key(stem) {
            return None;
        }
        let feminine = || format!("{}ه", stem.strip_suffix('ت').unwrap_or_default());
        let name = UNITS.get(stem).or_else(|| UNITS.get(&feminine()))?;
        // The dual is made of the singular: مدن is not one.
        let of_singular = fold(name) == stem || fold(name) == feminine() || name.is_ascii();
        of_singular.then(|| (name.clone(), start))
    })
}
