//! Calendar dates: days with month names, months, years, dates in digits.

use super::expression::{Expression, Found, InYear, Relation, Year};
use crate::lexicon::{CUES, MONTHS, Month, NUMBERS, TIME_UNITS, UNITS, WEEKDAYS, is_context, is_cue};
use crate::number::numeral::{self, Sort, digits_value, is_plain_digits, ordinal};
use crate::orthography::normalize;
use crate::token::TokenKind;
use crate::view::View;

/// Years that a bare number may be.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2049;

/// A month name at token `at` with its second name after a slash or in brackets, and its last token.
fn month_name(view: &View<'_>, at: usize) -> Option<(Month, usize)> {
    let at = if is_month_noun(view.fold(at)) && view.follows(at + 1) { at + 1 } else { at };
    let (month, mut last) = one_month_name(view, at)?;
    last = slashed(view, month, last);
    Some((month, last))
}

/// The last token of a month name that ends at `last`, with its second name beside it, after a slash or in brackets.
fn slashed(view: &View<'_>, month: Month, last: usize) -> usize {
    if !view.follows(last + 1) {
        return last;
    }
    if let Some((_, end)) = one_month_name(view, last + 1).filter(|(other, _)| *other == month) {
        return end;
    }
    let bracket = matches!(view.raw(last + 1), "(" | "[");
    if !bracket && !matches!(view.raw(last + 1), "/" | "-" | "|" | "\\") || !view.follows(last + 2) {
        return last;
    }
    match one_month_name(view, last + 2) {
        Some((other, end)) if other == month => {
            let closed = bracket && view.follows(end + 1) && matches!(view.raw(end + 1), ")" | "]");
            end + usize::from(closed)
        }
        _ => last,
    }
}

fn is_month_noun(word: &str) -> bool {
    matches!(word, "شهر")
}

fn one_month_name(view: &View<'_>, at: usize) -> Option<(Month, usize)> {
    let pair = view.joined(at, 2).and_then(|words| MONTHS.get(&words).map(|month| (*month, at + 1)));
    pair.or_else(|| {
        let word = view.fold(at);
        // Without its madda آب is "father".
        let spelled = word != "اب" || normalize(view.raw(at)) == "آب";
        MONTHS.get(word).filter(|_| spelled).map(|month| (*month, at))
    })
}

/// A day of the month in digits at token `at`.
fn day_number(view: &View<'_>, at: usize) -> Option<i8> {
    let digits = match view.kind(at)? {
        TokenKind::Number => view.fold(at),
        TokenKind::Ordinal => view.fold(at).trim_end_matches(|c: char| c.is_ascii_alphabetic()),
        _ => return None,
    };
    (is_plain_digits(digits) && digits.len() <= 2).then_some(())?;
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

/// `24 يناير 2024`, `27th, January 2024`, `12 إلى 15 أيار`, `5 و6 أبريل`, `غرة` aside.
pub(super) fn day_of_month(view: &View<'_>, at: usize) -> Option<Found> {
    let day = day_number(view, at)?;
    let mut next = at + 1;
    if view.kind(at) == Some(TokenKind::Ordinal) && matches!(view.raw(next), "," | "،") {
        next += 1;
    }
    view.follows(next).then_some(())?;
    let mut second = None;
    let joint = view.fold(next);
    if (matches!(joint, "الي" | "حتي" | "و") || matches!(view.raw(next), "-" | "–")) && view.follows(next + 1)
    {
        second = Some(day_number(view, next + 1)?);
        next += 2;
    }
    // 24 الجاري.
    if second.is_none()
        && let Some(relation) = Relation::of(view.fold(next)).filter(|r| *r == Relation::This)
    {
        return Some(Found::new(view.start(at), at, next, Expression::DayOfMonth { day, relation }));
    }
    // 24 من الشهر الجاري.
    if view.fold(next) == "من" && view.follows(next + 1) {
        if let Some((relation, last)) = month_relation(view, next + 1) {
            return Some(Found::new(view.start(at), at, last, Expression::DayOfMonth { day, relation }));
        }
        next += 1;
    }
    view.follows(next).then_some(())?;
    let (month, last) = month_name(view, next)?;
    let (of, last) = in_year(view, month, last);
    Some(Found::new(view.start(at), at, last, days(of, day, second)))
}

fn days(of: InYear, day: i8, second: Option<i8>) -> Expression {
    let one = |day| Expression::Day { of, day, weekday: None };
    match second {
        Some(second) => Expression::Range(Box::new(one(day)), Box::new(one(second))),
        None => one(day),
    }
}

/// `الشهر الجاري` at token `at`.
fn month_relation(view: &View<'_>, at: usize) -> Option<(Relation, usize)> {
    if matches!(view.fold(at), "هذا") && view.fold(at + 1) == "الشهر" {
        return Some((Relation::This, at + 1));
    }
    (view.fold(at) == "الشهر").then_some(())?;
    match Relation::of(view.fold(at + 1)).filter(|_| view.follows(at + 1)) {
        Some(relation) => Some((relation, at + 1)),
        None => Some((Relation::This, at)),
    }
}

/// The year after a month that ends at token `last`, or what says which one.
fn in_year(view: &View<'_>, month: Month, last: usize) -> (InYear, usize) {
    let mut of =
        InYear { year: Year::Open, month: month.number, hijri: month.hijri, relation: Relation::Open };
    let mut at = last + 1;
    if !view.follows(at) {
        return (of, last);
    }
    if let Some(relation) = Relation::of(view.fold(at)).filter(|r| *r != Relation::Following) {
        of.relation = relation;
        // يناير الماضي 2024 is not written, but (يناير 2024) الماضي is.
        return (of, at);
    }
    if matches!(view.raw(at), "," | "،") {
        at += 1;
    }
    // يناير من عام 2024, يناير عام 2024, يناير من العام الماضي.
    let linked = view.fold(at) == "من";
    if linked {
        at += 1;
    }
    let named = is_cue(view.fold(at).trim_start_matches('ل'), "year_noun");
    if named {
        if let Some(relation) = Relation::of(view.fold(at + 1)).filter(|_| view.follows(at + 1)) {
            of.year = Year::Relative(relation);
            return (of, at + 1);
        }
        if linked && !view.kind(at + 1).is_some_and(|kind| kind == TokenKind::Number) {
            of.year = Year::Relative(Relation::This);
            return (of, at);
        }
        at += 1;
    }
    if let Some((year, end)) = year_number(view, at, month.hijri) {
        of.year = Year::Number(year);
        let end = match Relation::of(view.fold(end + 1)).filter(|_| view.follows(end + 1)) {
            Some(Relation::Past | Relation::Next | Relation::This) => end + 1,
            _ => end,
        };
        return (of, end);
    }
    (of, last)
}

/// A year of four digits at token `at`, with its era mark.
fn year_number(view: &View<'_>, at: usize, hijri: bool) -> Option<(i16, usize)> {
    (view.kind(at)? == TokenKind::Number && view.follows(at)).then_some(())?;
    let digits = view.fold(at);
    (is_plain_digits(digits) && digits.len() == 4).then_some(())?;
    let year: i16 = digits.parse().ok()?;
    let range = if hijri { 1200..=1600 } else { 1000..=2100 };
    range.contains(&year).then_some(())?;
    let era = view.follows(at + 1)
        && is_cue(view.fold(at + 1), "era")
        && view.kind(at + 1) == Some(TokenKind::Word);
    Some((year, at + usize::from(era)))
}

/// `الثامن من سبتمبر`, `غرة محرم`, `السابع من الشهر الجاري`.
pub(super) fn spelled_day(view: &View<'_>, at: usize) -> Option<Found> {
    let first_day =
        view.readings(at).find(|(word, _)| is_cue(word, "day_one")).map(|(_, start)| (1, start, at));
    let (day, start, last) = first_day.or_else(|| ordinal(view, at))?;
    let day = i8::try_from(day).ok().filter(|day| (1..=31).contains(day))?;
    // الاجتماع الثاني من يوليو: the ordinal belongs to the noun before it.
    let noun = at.checked_sub(1).filter(|_| view.follows(at)).map_or("", |i| view.fold(i));
    if noun.starts_with("ال") && noun != "اليوم" && noun != "الي" && !WEEKDAYS.contains_key(noun) {
        return None;
    }
    let mut next = last + 1;
    view.follows(next).then_some(())?;
    let linked = view.fold(next) == "من";
    if linked {
        next += 1;
        if let Some((relation, last)) = month_relation(view, next).filter(|_| view.follows(next)) {
            return Some(Found::new(start, at, last, Expression::DayOfMonth { day, relation }));
        }
    }
    // الأول أيلول is no date, but الثامن سبتمبر is.
    let (month, last) = month_name(view, next).filter(|_| view.follows(next))?;
    let (of, last) = in_year(view, month, last);
    Some(Found::new(start, at, last, Expression::Day { of, day, weekday: None }))
}

/// A month without a day: `يناير/ كانون الثاني الماضي`, `سبتمبر 2025`, `شهر مايو`; `January 27, 2024`.
pub(super) fn month(view: &View<'_>, at: usize) -> Option<Found> {
    let (month, start, name_last) = month_with_particle(view, at)?;
    // January 27, 2024.
    if view.kind(at) == Some(TokenKind::Latin)
        && let Some(day) = day_number(view, name_last + 1).filter(|_| view.follows(name_last + 1))
    {
        let (of, last) = in_year(view, month, name_last + 1);
        return Some(Found::new(start, at, last, Expression::Day { of, day, weekday: None }));
    }
    let (of, last) = in_year(view, month, name_last);
    let plain = of.year == Year::Open && of.relation == Relation::Open && name_last == at;
    if plain && is_homograph(view.fold(at)) && !dated_context(view, at, start) {
        return None;
    }
    Some(Found::new(start, at, last, Expression::Month(of)))
}

/// `شهري نوفمبر وديسمبر الماضيين`, `نوفمبر وديسمبر المقبلين`, `شهري مايو ويونيو 2023`.
pub(super) fn months(view: &View<'_>, at: usize) -> Option<Found> {
    let lead = view.readings(at).find(|(word, _)| *word == "شهري").map(|(_, start)| start);
    let first_at = at + usize::from(lead.is_some());
    (lead.is_none() || view.follows(first_at)).then_some(())?;
    let (first, first_last) = month_name(view, first_at)?;
    let joint = first_last + 1;
    view.follows(joint).then_some(())?;
    let (second, second_last) = match view.fold(joint) {
        "و" => month_name(view, joint + 1)?,
        word => {
            let tail = word.strip_prefix('و')?;
            let pair = format!("{tail} {}", view.fold(joint + 1));
            match (MONTHS.get(&pair), MONTHS.get(tail)) {
                (Some(month), _) => (*month, joint + 1),
                (None, Some(month)) => (*month, slashed(view, *month, joint)),
                _ => return None,
            }
        }
    };
    let (of, last) = in_year(view, second, second_last);
    // Without شهري the dual after both joins them.
    let dual = of.relation != Relation::Open && view.fold(last).ends_with("ين");
    (lead.is_some() || dual).then_some(())?;
    let one =
        |month: Month| Box::new(Expression::Month(InYear { month: month.number, hijri: month.hijri, ..of }));
    let start = lead.unwrap_or(view.start(at));
    Some(Found::new(start, at, last, Expression::Range(one(first), one(second))))
}

fn month_with_particle(view: &View<'_>, at: usize) -> Option<(Month, usize, usize)> {
    if let Some((month, last)) = month_name(view, at) {
        return Some((month, view.start(at), last));
    }
    // لشهر أكتوبر.
    if let Some((_, start)) = view.readings(at).skip(1).find(|(word, _)| is_month_noun(word))
        && let Some((month, last)) = month_name(view, at + 1).filter(|_| view.follows(at + 1))
    {
        return Some((month, start, last));
    }
    // وتشرين الثاني, ليناير.
    view.readings(at).skip(1).find_map(|(word, start)| {
        if view.follows(at + 1)
            && let Some(month) = MONTHS.get(&format!("{word} {}", view.fold(at + 1)))
        {
            return Some((*month, start, at + 1));
        }
        MONTHS.get(word).filter(|_| !is_homograph(word)).map(|month| (*month, start, at))
    })
}

fn is_homograph(word: &str) -> bool {
    is_cue(word, "homograph")
}

/// Whether the word before shows that an ambiguous name is a month: a preposition, شهر, or another month.
fn dated_context(view: &View<'_>, at: usize, start: usize) -> bool {
    let Some(before) = at.checked_sub(1).filter(|_| view.follows(at) && start == view.start(at)) else {
        return false;
    };
    view.readings(before).any(|(word, _)| {
        is_context(word, "month_lead")
            || CUES
                .get(word)
                .is_some_and(|values| values.iter().any(|v| matches!(*v, "START" | "MID" | "END")))
    }) && !view.fold(at + 1).ends_with('ا')
}

/// `عام 2014`, `العام 2014`, `عامي 2011 و2020`, `يومي 5 و6 أبريل`.
pub(super) fn year(view: &View<'_>, at: usize) -> Option<Found> {
    view.follows(at + 1).then_some(())?;
    let (word, start) = view.readings(at).find(|(word, _)| {
        is_cue(word, "year_noun")
            || TIME_UNITS.get(*word).is_some_and(|(_, n)| *n == crate::lexicon::Grammatical::DualConstruct)
    })?;
    if matches!(word, "يومي") {
        return two_days(view, at + 1).map(|found| Found { start, first: at, ..found });
    }
    let hijri_year = |at| year_number(view, at, true).filter(|(_, end)| *end > at);
    let (year, last) = year_number(view, at + 1, false)
        .or_else(|| hijri_year(at + 1))
        .or_else(|| spelled_year(view, at + 1).filter(|_| is_cue(word, "year_noun")))?;
    if is_cue(word, "year_noun") {
        return Some(Found::new(start, at, last, gregorian(year)));
    }
    let joint = last + 1;
    let other = if view.fold(joint) == "و" { joint + 1 } else { return None };
    let (second, last) = year_number(view, other, false)?;
    let range = Expression::Range(Box::new(Expression::Year(year)), Box::new(Expression::Year(second)));
    Some(Found::new(start, at, last, range))
}

/// `ألف وتسعمئة وأربعة عشر` after عام.
fn spelled_year(view: &View<'_>, at: usize) -> Option<(i16, usize)> {
    let numeral = numeral::parse(view, at)?;
    let spelled = !numeral.digits && numeral.sort == Sort::Exact && numeral.value.fract() == 0.0;
    (spelled && (1000.0..=2100.0).contains(&numeral.value)).then_some((numeral.value as i16, numeral.last))
}

/// `5 و6 أبريل`, `14 شباط و8 آذار`.
fn two_days(view: &View<'_>, at: usize) -> Option<Found> {
    let first = day_of_month(view, at)?;
    if matches!(first.expression, Expression::Range(..)) {
        return Some(first);
    }
    let joint = first.last + 1;
    (view.follows(joint) && view.fold(joint) == "و").then_some(())?;
    let second = day_of_month(view, joint + 1)?;
    let expression = Expression::Range(Box::new(first.expression), Box::new(second.expression));
    Some(Found { last: second.last, expression, ..first })
}

/// A Hijri year covers parts of two; the first month tells which one it mostly is.
fn gregorian(year: i16) -> Expression {
    if year >= 1600 {
        return Expression::Year(year);
    }
    Expression::Month(InYear { year: Year::Number(year), month: 0, hijri: true, relation: Relation::Open })
}

/// A number that can only be a year: `في 2011`, `غزو 2003`, `2019-2021`.
pub(super) fn bare_year(view: &View<'_>, at: usize) -> Option<Found> {
    if let Some((year, last)) = year_number(view, at, true).filter(|(_, last)| *last > at)
        && view.fold(last).starts_with('ه')
    {
        return Some(Found::new(view.start(at), at, last, gregorian(year)));
    }
    let (year, last) = year_number(view, at, false).or_else(|| first_of_line(view, at))?;
    YEARS.contains(&year).then_some(())?;
    let next = last + 1;
    if view.follows(next) && counts(view, next) {
        return None;
    }
    if let Some(before) = at.checked_sub(1).filter(|_| view.follows(at)) {
        let tail = view.readings(before).any(|(word, _)| NUMBERS.before_tails.contains(word));
        let bounded = tail
            && NUMBERS.before.iter().any(|(phrase, _)| {
                at.checked_sub(phrase.len()).is_some_and(|first| view.phrase_at(first, phrase).is_some())
            });
        let labelled = view
            .readings(before)
            .any(|(word, _)| NUMBERS.labels.contains(word) || is_context(word, "count_lead"));
        let signed = view.touches(at) && view.kind(before) == Some(TokenKind::Symbol);
        let glued = view.touches(at)
            && matches!(view.raw(before), "-" | "/" | "_")
            && !is_year_token(view, at.checked_sub(2));
        let article = view.touches(at) && view.fold(before).ends_with("ال");
        let attached = view.touches(at) && view.fold(before) == "ب";
        if bounded || labelled || signed || glued || article || attached {
            return None;
        }
    }
    Some(Found::new(view.start(at), at, last, Expression::Year(year)))
}

/// `follows` is false for the first token of a line, where a year may well stand.
fn first_of_line(view: &View<'_>, at: usize) -> Option<(i16, usize)> {
    (!view.follows(at) && view.fold(at).len() == 4 && view.follows(at + 1)).then_some(())?;
    let year = digits_value(view.raw(at), false)? as i16;
    is_plain_digits(view.fold(at)).then_some((year, at))
}

fn is_year_token(view: &View<'_>, at: Option<usize>) -> bool {
    at.is_some_and(|at| view.fold(at).len() == 4 && is_plain_digits(view.fold(at)))
}

/// Whether a token shows that the number before it counts something.
fn counts(view: &View<'_>, at: usize) -> bool {
    let word = view.fold(at);
    let accusative = word.strip_suffix('ا').unwrap_or(word);
    UNITS.contains_key(word)
        || UNITS.contains_key(accusative)
        || NUMBERS.words.contains_key(word)
        || TIME_UNITS.contains_key(accusative)
        || matches!(view.joined(at, 2).as_deref(), Some(pair) if UNITS.contains_key(pair))
        || view.touches(at) && view.kind(at) == Some(TokenKind::Symbol)
}

/// A date in digits: `24/1/2024`, `2024-01-24`. Where both first numbers could be months, the day comes first.
pub(super) fn digits(view: &View<'_>, at: usize) -> Option<Found> {
    let parts: Vec<i16> = view.fold(at).split(['/', '-', '.']).filter_map(|part| part.parse().ok()).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let (year, month, day) = match (*a, *b, *c) {
        (year @ 1000.., month, day) => (year, month, day),
        (month, day @ 13..=31, year) => (year, month, day),
        (day, month, year) => (year, month, day),
    };
    let year = if year < 100 { year + 2000 } else { year };
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let hijri = year < 1600;
    let valid = (1..=12).contains(&month) && (1..=31).contains(&day);
    valid.then_some(())?;
    let of = InYear { year: Year::Number(year), month, hijri, relation: Relation::Open };
    Some(Found::new(view.start(at), at, at, Expression::Day { of, day, weekday: None }))
}
