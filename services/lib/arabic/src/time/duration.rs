//! Lengths of time, and points that a length before or after now gives.

use super::Modifier;
use super::expression::{Expression, Found};
use crate::lexicon::{
    Bound, FUNCTION_WORDS, Grammatical, MONTHS, NUMBERS, NumberKind, TIME_UNITS, TimeUnit, WEEKDAYS,
    is_context, is_cue,
};
use crate::number::numeral::{self, Sort};
use crate::token::TokenKind;
use crate::view::View;

/// A length: `None` for a vague amount (عدة أشهر).
struct Length {
    amount: Option<f64>,
    unit: TimeUnit,
    start: usize,
    last: usize,
}

impl TimeUnit {
    /// The designator of a TIMEX3 duration, with the `T` that clock units take.
    fn designator(self) -> (&'static str, &'static str) {
        match self {
            Self::Second => ("T", "S"),
            Self::Minute => ("T", "M"),
            Self::Hour => ("T", "H"),
            Self::Day => ("", "D"),
            Self::Week => ("", "W"),
            Self::Month => ("", "M"),
            Self::Quarter => ("", "Q"),
            Self::Year => ("", "Y"),
            Self::Decade => ("", "DE"),
            Self::Century => ("", "CE"),
        }
    }
}

/// The TIMEX3 value of a length; `X` for a vague one.
pub(super) fn value(amount: Option<f64>, unit: TimeUnit) -> String {
    let (time, designator) = unit.designator();
    match amount {
        Some(amount) => format!("P{time}{amount}{designator}"),
        None => format!("P{time}X{designator}"),
    }
}

/// The time unit after token `last`, in any number and case.
pub(super) fn unit_after(view: &View<'_>, last: usize) -> Option<(TimeUnit, Grammatical)> {
    view.follows(last + 1).then(|| unit_of(view.fold(last + 1))).flatten()
}

fn unit_of(word: &str) -> Option<(TimeUnit, Grammatical)> {
    TIME_UNITS.get(word).or_else(|| TIME_UNITS.get(word.strip_suffix('ا')?)).copied()
}

fn read(view: &View<'_>, at: usize) -> Option<Length> {
    counted(view, at).or_else(|| bare(view, at))
}

/// `16 شهرا`, `ثلاثة أيام`, `عدة أشهر`, `نصف ساعة`.
fn counted(view: &View<'_>, at: usize) -> Option<Length> {
    let numeral = numeral::parse(view, at)?;
    let (unit, number) = unit_after(view, numeral.last)?;
    let (start, end) = (numeral.start, numeral.last + 1);
    let amount = match numeral.sort {
        Sort::Exact | Sort::Fraction => Some(numeral.value),
        Sort::Vague => None,
    };
    (number != Grammatical::DualConstruct).then_some(())?;
    let (amount, last) = with_fraction(view, amount, unit, end);
    Some(Length { amount, unit, start, last })
}

/// `شهرين`, `أسبوع واحد`, `شهر ونصف`.
fn bare(view: &View<'_>, at: usize) -> Option<Length> {
    let (unit, number, start) = view.readings(at).find_map(|(word, start)| {
        let (unit, number) = unit_of(word)?;
        Some((unit, number, start))
    })?;
    match number {
        Grammatical::Dual => {
            let (amount, last) = with_fraction(view, Some(2.0), unit, at);
            Some(Length { amount, unit, start, last })
        }
        Grammatical::Singular => {
            if view.follows(at + 1) && matches!(view.fold(at + 1), "واحد" | "واحده") {
                return Some(Length { amount: Some(1.0), unit, start, last: at + 1 });
            }
            let (amount, last) = with_fraction(view, Some(1.0), unit, at);
            let last = if last > at { Some(last) } else { made_length(view, at, unit) };
            last.map(|last| Length { amount, unit, start, last })
        }
        _ => None,
    }
}

/// The last token of a single unit that its form or the next word makes a length: شهرا, سنة كاملة, عقد من الزمن.
fn made_length(view: &View<'_>, at: usize, unit: TimeUnit) -> Option<usize> {
    if view.follows(at + 1) {
        if is_context(view.fold(at + 1), "whole") {
            return Some(at + 1);
        }
        if view.follows(at + 2)
            && view.fold(at + 1) == "من"
            && matches!(view.fold(at + 2), "الزمن" | "الزمان")
        {
            return Some(at + 2);
        }
        if is_context(view.fold(at + 1), "further") {
            return Some(at);
        }
    }
    // يوما is also "one day", عاما also "general".
    (view.fold(at).ends_with('ا') && matches!(unit, TimeUnit::Week | TimeUnit::Month)).then_some(at)
}

/// ونصف, ونصف الشهر, وربع after a unit that ends at `last`.
fn with_fraction(view: &View<'_>, amount: Option<f64>, unit: TimeUnit, last: usize) -> (Option<f64>, usize) {
    let next = last + 1;
    let fraction = view
        .follows(next)
        .then(|| view.fold(next).strip_prefix('و'))
        .flatten()
        .and_then(|word| NUMBERS.words.get(word))
        .and_then(|readings| readings.iter().find(|(kind, _)| *kind == NumberKind::Fraction))
        .map(|(_, value)| *value);
    let (Some(whole), Some(fraction)) = (amount, fraction) else { return (amount, last) };
    let named = view.follows(next + 1)
        && unit_of(view.fold(next + 1).trim_start_matches("ال")).is_some_and(|(named, _)| named == unit);
    (Some(whole + fraction), next + usize::from(named))
}

/// A length in the text with what bounds it. A bare singular or plural needs a word before it that says so (خلال أسبوع,
/// منذ أشهر).
pub(super) fn length(view: &View<'_>, at: usize) -> Option<Found> {
    if let Some(found) = bounded(view, at) {
        return Some(found);
    }
    let length = read(view, at).or_else(|| led(view, at))?;
    if is_age(view, &length, at) {
        return None;
    }
    let expression = Expression::Duration(compound(view, &length).0);
    let mut last = compound(view, &length).1;
    let mut modifier = None;
    if let Some((bound, end)) = bound_after(view, last + 1) {
        (modifier, last) = (Some(bound), end);
    }
    Some(Found { modifier, ..Found::new(length.start, at, last, expression) })
}

/// `أكثر من 16 شهرا`, `نحو ساعتين`.
fn bounded(view: &View<'_>, at: usize) -> Option<Found> {
    view.readings(at).any(|(word, _)| NUMBERS.before_heads.contains(word)).then_some(())?;
    NUMBERS.before.iter().find_map(|(phrase, bound)| {
        let start = view.phrase_at(at, phrase)?;
        let next = at + phrase.len();
        view.follows(next).then_some(())?;
        let length = read(view, next).or_else(|| singular_length(view, next))?;
        if is_age(view, &length, at) {
            return None;
        }
        let (value, last) = compound(view, &length);
        let modifier = Some(Modifier::of_bound(*bound));
        Some(Found { modifier, ..Found::new(start, at, last, Expression::Duration(value)) })
    })
}

fn bound_after(view: &View<'_>, at: usize) -> Option<(Modifier, usize)> {
    view.follows(at).then_some(())?;
    NUMBERS.after.iter().find_map(|(phrase, bound)| {
        view.phrase_at(at, phrase)?;
        Some((Modifier::of_bound(*bound), at + phrase.len() - 1))
    })
}

/// A length whose smaller part follows: ساعتين و30 دقيقة. The value and the last token.
fn compound(view: &View<'_>, length: &Length) -> (String, usize) {
    let whole = value(length.amount, length.unit);
    let next = length.last + 1;
    if !view.follows(next) || length.amount.is_none() || !view.fold(next).starts_with('و') {
        return (whole, length.last);
    }
    let at = next + usize::from(view.fold(next) == "و");
    let smaller = counted(view, at).filter(|part| part.unit < length.unit && part.amount.is_some());
    match smaller {
        Some(part) => {
            let tail = value(part.amount, part.unit);
            let tail = tail.trim_start_matches('P');
            let tail = if whole.contains('T') { tail.trim_start_matches('T') } else { tail };
            (format!("{whole}{tail}"), part.last)
        }
        None => (whole, length.last),
    }
}

/// A bare singular (أسبوع) or plural (أشهر) that a word before it makes a length.
fn led(view: &View<'_>, at: usize) -> Option<Length> {
    let before = at.checked_sub(1).filter(|_| view.follows(at));
    let led_by_word = before.is_some_and(|i| view.readings(i).any(|(word, _)| is_cue(word, "span_lead")));
    // لأشهر, لأسبوع.
    let led_by_particle = view.fold(at).starts_with('ل');
    (led_by_word || led_by_particle).then_some(())?;
    let named = matches!(view.kind(at + 1), Some(TokenKind::Number)) && view.follows(at + 1);
    let length = singular_length(view, at)
        .filter(|length| !named && (led_by_word || length.start > view.start(at)))?;
    (led_by_word || !governs(view, at, &length)).then_some(length)
}

/// Whether a noun follows that the unit belongs to (لأيام قرطاج المسرحية), rather than an adjective in ـة or آخر.
fn governs(view: &View<'_>, at: usize, length: &Length) -> bool {
    let next = view.fold(at + 1);
    view.follows(at + 1)
        && view.kind(at + 1) == Some(TokenKind::Word)
        && !FUNCTION_WORDS.contains(next)
        && !is_context(next, "whole")
        && !is_context(next, "further")
        && !(length.amount.is_none() && next.ends_with('ه') && !next.starts_with("ال"))
}

fn singular_length(view: &View<'_>, at: usize) -> Option<Length> {
    view.readings(at).find_map(|(word, start)| {
        let (unit, number) = *TIME_UNITS.get(word)?;
        let amount = match number {
            Grammatical::Singular => Some(1.0),
            Grammatical::Plural => None,
            _ => return None,
        };
        Some(Length { amount, unit, start, last: at })
    })
}

/// One unit: what كل counts with.
pub(super) fn singular(view: &View<'_>, at: usize) -> Option<Found> {
    let length = singular_length(view, at).filter(|length| length.amount.is_some())?;
    Some(Found::new(length.start, at, length.last, Expression::Duration(value(length.amount, length.unit))))
}

/// `قبل ثلاثة أيام`, `بعد أسبوع`; not `بعد يومين من الكارثة`, which counts from something else.
pub(super) fn shifted(view: &View<'_>, at: usize) -> Option<Found> {
    let (word, start) = view.readings(at).find(|(word, _)| is_cue(word, "ago") || is_cue(word, "hence"))?;
    let ago = is_cue(word, "ago");
    let next = at + 1;
    view.follows(next).then_some(())?;
    let about = about(view, next);
    if about.is_none() && bounded(view, next).is_some() {
        return None;
    }
    let next = about.unwrap_or(next);
    let length = read(view, next).or_else(|| singular_length(view, next))?;
    let mut after = length.last + 1;
    // بعد أيام قليلة على القرار.
    if length.amount.is_none() && view.follows(after) && is_context(view.fold(after), "few") {
        after += 1;
    }
    if view.follows(after) {
        let event = view.fold(after) == "من" || (view.fold(after) == "علي" && !ago);
        let year = view.kind(after) == Some(TokenKind::Number);
        let named = MONTHS.contains_key(view.fold(after)) || WEEKDAYS.contains_key(view.fold(after));
        if event || year || named {
            return None;
        }
    }
    let expression = match length.amount {
        None => Expression::Reference(if ago { "PAST_REF" } else { "FUTURE_REF" }),
        Some(_) if length.unit < TimeUnit::Day => return None,
        Some(amount) => Expression::Shift { amount: if ago { -amount } else { amount }, unit: length.unit },
    };
    let modifier = about.map(|_| Modifier::Approx);
    Some(Found { modifier, ..Found::new(start, at, length.last, expression) })
}

/// The token after نحو, حوالي … at token `at`.
fn about(view: &View<'_>, at: usize) -> Option<usize> {
    let (phrase, _) = NUMBERS
        .before
        .iter()
        .find(|(phrase, bound)| *bound == Bound::About && view.phrase_at(at, phrase).is_some())?;
    view.follows(at + phrase.len()).then_some(at + phrase.len())
}

/// Words between عمر and its years.
const AGE_REACH: usize = 5;

/// Whether a word up to token `at` is one of age, with nothing but bounds and numbers between: عن عمر ناهز الـ 87 عاما,
/// أعمارهم بين ثمانية و15 عاما.
fn is_of_age(view: &View<'_>, at: usize) -> bool {
    if is_context(view.fold(at).trim_start_matches('و'), "age_verb") {
        return true;
    }
    for i in (at.saturating_sub(AGE_REACH)..=at).rev() {
        if view.readings(i).any(|(word, _)| is_context(word, "age")) {
            return true;
        }
        let between = matches!(view.fold(i), "بين" | "ما" | "و" | "ال" | "لا" | "الي")
            || view.kind(i) == Some(TokenKind::Number)
            || view.readings(i).any(|(word, _)| {
                NUMBERS.words.contains_key(word)
                    || NUMBERS.before_heads.contains(word)
                    || NUMBERS.before_tails.contains(word)
            });
        if !between || !view.follows(i) {
            return false;
        }
    }
    false
}

/// `(66 عاما)`, `البالغ من العمر 66 عاما`: an age is an amount, not a length of time.
fn is_age(view: &View<'_>, length: &Length, at: usize) -> bool {
    if length.unit != TimeUnit::Year {
        return false;
    }
    let before = at.checked_sub(1).filter(|_| view.follows(at));
    let bracketed = before.is_some_and(|i| view.raw(i) == "(") && view.raw(length.last + 1) == ")";
    let of_age = before.is_some_and(|i| is_of_age(view, i));
    let then_age = view.fold(length.last + 1) == "من" && is_context(view.fold(length.last + 2), "age");
    // Between commas it is the age of the one just named.
    let comma = |at: usize| matches!(view.raw(at), "،" | ",");
    let apposed = before.is_some_and(comma) && view.follows(length.last + 1) && comma(length.last + 1);
    bracketed || of_age || then_age || apposed
}
