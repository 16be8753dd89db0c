//! Expressions that count from the day of speaking: weekdays, today, parts of the day; sets and vague references.

use super::expression::{Expression, Found, InYear, Relation};
use super::{Modifier, dates, duration, periods};
use crate::lexicon::{CUE_HEADS, CUES, FUNCTION_WORDS, Grammatical, TIME_UNITS, TimeUnit, WEEKDAYS, is_cue};
use crate::number::numeral::ordinal;
use crate::token::TokenKind;
use crate::view::View;

/// Words of the longest cue phrase.
const LONGEST: usize = 3;

/// The value of the longest cue phrase at token `at` that `wanted` accepts, where it starts and its last token.
fn cue(view: &View<'_>, at: usize, wanted: impl Fn(&str) -> bool) -> Option<(&'static str, usize, usize)> {
    view.readings(at).any(|(word, _)| CUE_HEADS.contains(word)).then_some(())?;
    (1..=LONGEST).rev().find_map(|count| {
        let words = view.joined(at, count)?;
        let tail = words.strip_prefix(view.fold(at))?;
        view.readings(at).find_map(|(word, start)| {
            let values = CUES.get(&format!("{word}{tail}"))?;
            let value = values.iter().find(|value| wanted(value))?;
            Some((*value, start, at + count - 1))
        })
    })
}

fn offset(value: &str) -> Option<i8> {
    value.strip_suffix('d')?.parse().ok()
}

/// `الأربعاء`, `يوم الثلاثاء الماضي`, `اليوم الأربعاء`, `أمس`, `الأربعاء 24 يناير`, `Wednesday, 24 January`.
pub(super) fn day(view: &View<'_>, at: usize) -> Option<Found> {
    let found = today(view, at).or_else(|| day_before(view, at)).or_else(|| weekday(view, at))?;
    Some(with_part(view, found))
}

/// مساء after a day: الثلاثاء مساء.
fn with_part(view: &View<'_>, found: Found) -> Found {
    let next = found.last + 1;
    if !view.follows(next)
        || !matches!(found.expression, Expression::Weekday { .. } | Expression::Offset { .. })
    {
        return found;
    }
    let word = view.fold(next);
    match part_value(word).filter(|_| word.ends_with(['ا', 'ء']) && day(view, next + 1).is_none()) {
        Some(part) => Found {
            last: next,
            expression: Expression::Part { part, of: Some(Box::new(found.expression)) },
            ..found
        },
        None => found,
    }
}

/// يوم أمس, يوم غد الأربعاء.
fn day_before(view: &View<'_>, at: usize) -> Option<Found> {
    let (_, start) = view.readings(at).find(|(word, _)| *word == "يوم")?;
    let found = view.follows(at + 1).then(|| today(view, at + 1)).flatten()?;
    (view.start(at + 1) == found.start).then_some(Found { start, first: at, ..found })
}

fn today(view: &View<'_>, at: usize) -> Option<Found> {
    let (value, start, mut last) = cue(view, at, |value| offset(value).is_some())?;
    let days = offset(value)?;
    // The seventh day, the world day and the daily of that name are not today.
    let next = if view.follows(last + 1) { view.fold(last + 1) } else { "" };
    if view.fold(last) == "اليوم" {
        // An adjective after it tells; a definite noun may well be the subject: أعلن اليوم الوزير.
        let adjective = next.starts_with("ال")
            && !FUNCTION_WORDS.contains(next)
            && (next.ends_with('ي')
                || ordinal(view, last + 1).is_some()
                || is_cue(next, "latest")
                || next == "الواحد");
        let other = adjective && !WEEKDAYS.contains_key(next) || Relation::of(next).is_some() || next == "ال";
        if other {
            return None;
        }
    }
    // أمس الحاجة: the direst need.
    if next == "الحاجه" {
        return None;
    }
    if view.fold(at) == "الليله" {
        return (Relation::of(next) == Some(Relation::Past))
            .then(|| {
                Found::new(
                    start,
                    at,
                    last + 1,
                    Expression::Part { part: "TNI", of: Some(Box::new(Expression::Offset { days: -1 })) },
                )
            })
            .or_else(|| {
                next.is_empty().then(|| {
                    Found::new(
                        start,
                        at,
                        last,
                        Expression::Part { part: "TNI", of: Some(Box::new(Expression::Offset { days })) },
                    )
                })
            });
    }
    if WEEKDAYS.contains_key(next) {
        last += 1;
        // اليوم الأربعاء 24 يناير.
        if let Some(date) = dated(view, last + 1) {
            return Some(Found { start, first: at, ..date });
        }
    }
    Some(Found::new(start, at, last, Expression::Offset { days }))
}

/// A calendar date right after a weekday, with a comma at most.
fn dated(view: &View<'_>, mut at: usize) -> Option<Found> {
    view.follows(at).then_some(())?;
    if matches!(view.raw(at), "،" | "," | "-" | "(") {
        at += 1;
        view.follows(at).then_some(())?;
    }
    let found = match view.kind(at)? {
        TokenKind::Number | TokenKind::Ordinal => dates::day_of_month(view, at),
        TokenKind::Date => dates::digits(view, at),
        TokenKind::Word => dates::spelled_day(view, at),
        TokenKind::Latin => dates::month(view, at),
        _ => None,
    }?;
    matches!(found.expression, Expression::Day { .. } | Expression::DayOfMonth { .. }).then_some(found)
}

fn weekday(view: &View<'_>, at: usize) -> Option<Found> {
    let yom = view.readings(at).find(|(word, _)| *word == "يوم").map(|(_, start)| start);
    let (name_at, start) = match yom {
        Some(start) => (at + 1, start),
        None => (at, view.start(at)),
    };
    if yom.is_some() && !view.follows(name_at) {
        return None;
    }
    if let Some(start) = yom
        && let Some(date) = dated(view, name_at)
    {
        return Some(Found { start, first: at, ..date });
    }
    // يوم واحد is a length: no particle stands after يوم.
    let readings = view.readings(name_at).take(if yom.is_some() { 1 } else { usize::MAX });
    let (day, name_start, definite) = readings.into_iter().find_map(|(word, start)| {
        let day = WEEKDAYS.get(word)?;
        Some((*day, start, word.starts_with("ال") || word.is_ascii()))
    })?;
    let latin = view.kind(name_at) == Some(TokenKind::Latin);
    // Without the article a weekday needs يوم; the short English names need a date.
    if yom.is_none() && !definite {
        return None;
    }
    let start = if yom.is_some() { start } else { name_start };
    let mut last = name_at;
    if let Some(date) = dated(view, last + 1) {
        let expression = match date.expression {
            Expression::Day { of, day: number, .. } => {
                Expression::Day { of, day: number, weekday: Some(day) }
            }
            other => other,
        };
        return Some(Found { start, first: at, expression, ..date });
    }
    if latin {
        return None;
    }
    let mut relation = Relation::Open;
    if let Some(said) = Relation::of(view.fold(last + 1)).filter(|_| view.follows(last + 1)) {
        relation = if said == Relation::Following { Relation::Next } else { said };
        last += 1;
    } else if view.joined(last + 1, 3).is_some_and(|w| w == "من الاسبوع الماضي" || w == "من الاسبوع المقبل")
        && view.follows(last + 1)
    {
        relation = if view.fold(last + 3) == "الماضي" { Relation::Past } else { Relation::Next };
        last += 3;
    }
    Some(Found::new(start, at, last, Expression::Weekday { day, relation }))
}

fn part_value(word: &str) -> Option<&'static str> {
    CUES.get(word)?.iter().copied().find(|value| is_part(value))
}

fn is_part(value: &str) -> bool {
    matches!(value, "TMO" | "TMI" | "TAF" | "TEV" | "TNI")
}

/// `مساء السبت`, `فجر اليوم`, `مساء يوم 5 مايو`, `وقت سابق الأربعاء`.
pub(super) fn part_of_day(view: &View<'_>, at: usize) -> Option<Found> {
    if let Some((_, start, last)) = cue(view, at, |value| value == "PAST_REF")
        && view.fold(at) == "وقت"
        && view.follows(last + 1)
    {
        let mut next = last + 1;
        if view.fold(next) == "من" || view.fold(next) == "يوم" {
            next += 1;
        }
        if let Some(day) = day(view, next).filter(|_| view.follows(next)) {
            return Some(Found { start, first: at, ..day });
        }
    }
    let (part, start, last) = cue(view, at, is_part)?;
    let next = last + 1;
    if !view.follows(next) {
        return None;
    }
    let of = day(view, next)
        .or_else(|| dated(view, next))
        .or_else(|| periods::relative(view, next).filter(is_day))?;
    if matches!(of.expression, Expression::Part { .. }) {
        return None;
    }
    let last = if part == "TNI" { night_between(view, &of) } else { of.last };
    let expression = Expression::Part { part, of: Some(Box::new(of.expression)) };
    Some(Found::new(start, at, last, expression))
}

/// اليوم التالي.
fn is_day(found: &Found) -> bool {
    matches!(found.expression, Expression::Relative { unit: TimeUnit::Day, .. })
}

/// The last token of a night that begins on one day and ends on the next: ليل السبت الأحد, ليل السبت - الأحد. It has the
/// date of the first.
fn night_between(view: &View<'_>, evening: &Found) -> usize {
    let Expression::Weekday { day, relation: Relation::Open } = evening.expression else {
        return evening.last;
    };
    let mut at = evening.last + 1;
    if view.follows(at) && (matches!(view.raw(at), "-" | "–" | "/") || matches!(view.fold(at), "الي" | "علي"))
    {
        at += 1;
    }
    let morning = if view.follows(at) { WEEKDAYS.get(view.fold(at)) } else { None };
    if morning == Some(&(day % 7 + 1)) { at } else { evening.last }
}

/// `يومي الخميس والجمعة`, `الخميس والجمعة المقبلين`, `أيام السبت والأحد والاثنين`; a set before من كل أسبوع.
pub(super) fn weekdays(view: &View<'_>, at: usize) -> Option<Found> {
    let lead = view.readings(at).find(|(word, _)| matches!(*word, "يومي" | "ايام")).map(|(_, start)| start);
    let first_at = at + usize::from(lead.is_some());
    (lead.is_none() || view.follows(first_at)).then_some(())?;
    let first = *WEEKDAYS.get(view.fold(first_at))?;
    let mut last = first_at;
    let mut days = vec![first];
    while let Some((day, end)) = joined_weekday(view, last + 1) {
        days.push(day);
        last = end;
    }
    let second = *days.last().filter(|_| days.len() > 1)?;
    let start = lead.unwrap_or(view.start(at));
    if view.joined(last + 1, 3).is_some_and(|words| words == "من كل اسبوع") && view.follows(last + 1)
    {
        let value: Vec<String> = days.iter().map(|day| format!("XXXX-WXX-{day}")).collect();
        return Some(Found::new(start, at, last + 3, Expression::Set(value.join(","))));
    }
    let said = Relation::of(view.fold(last + 1)).filter(|_| view.follows(last + 1));
    // Without يومي the dual or plural after both joins them.
    (lead.is_some() || said.is_some() && view.fold(last + 1).ends_with("ين")).then_some(())?;
    let relation = said.unwrap_or_default();
    let one = |day| Box::new(Expression::Weekday { day, relation });
    let range = Expression::Range(one(first), one(second));
    Some(Found::new(start, at, last + usize::from(said.is_some()), range))
}

fn joined_weekday(view: &View<'_>, at: usize) -> Option<(i8, usize)> {
    view.follows(at).then_some(())?;
    let word = view.fold(at);
    let (word, end) = if word == "و" { (view.fold(at + 1), at + 1) } else { (word.strip_prefix('و')?, at) };
    WEEKDAYS.get(word).filter(|_| word.starts_with("ال")).map(|day| (*day, end))
}

/// `منتصف أكتوبر`, `أواخر الشهر الجاري`, `أوائل التسعينيات`, `نهاية العام`.
pub(super) fn modified(view: &View<'_>, at: usize) -> Option<Found> {
    let (word, start) = view.readings(at).find(|(word, _)| modifier(word).is_some())?;
    let modifier = modifier(word)?;
    let next = at + 1;
    view.follows(next).then_some(())?;
    let period = dates::month(view, next)
        .or_else(|| periods::relative(view, next))
        .or_else(|| periods::subdivision(view, next))
        .or_else(|| periods::decade(view, next))
        .or_else(|| dates::year(view, next))
        .or_else(|| dates::bare_year(view, next))
        .or_else(|| current(view, next))?;
    Some(Found { start, first: at, modifier: Some(modifier), ..period })
}

fn modifier(word: &str) -> Option<Modifier> {
    CUES.get(word)?.iter().find_map(|value| match *value {
        "START" => Some(Modifier::Start),
        "MID" => Some(Modifier::Mid),
        "END" => Some(Modifier::End),
        _ => None,
    })
}

/// A definite unit without more after a part of it: نهاية العام is that of this year.
fn current(view: &View<'_>, at: usize) -> Option<Found> {
    let bare = view.fold(at).strip_prefix("ال")?;
    let (unit, number) = TIME_UNITS.get(bare)?;
    (*number == Grammatical::Singular && matches!(unit, TimeUnit::Week | TimeUnit::Month | TimeUnit::Year))
        .then(|| {
            Found::new(view.start(at), at, at, Expression::Relative { unit: *unit, relation: Relation::This })
        })
}

/// `كل ثلاثة أشهر`, `كل يوم جمعة`, `يوميا`.
pub(super) fn set(view: &View<'_>, at: usize) -> Option<Found> {
    if let Some((value, start, last)) = cue(view, at, |value| value.starts_with("P1")) {
        return Some(Found::new(start, at, last, Expression::Set(value.to_owned())));
    }
    let (_, start) = view.readings(at).find(|(word, _)| is_cue(word, "each"))?;
    let next = at + 1;
    view.follows(next).then_some(())?;
    let yom = view.fold(next) == "يوم";
    if let Some(day) =
        WEEKDAYS.get(view.fold(next + usize::from(yom))).filter(|_| view.follows(next + usize::from(yom)))
    {
        return Some(Found::new(
            start,
            at,
            next + usize::from(yom),
            Expression::Set(format!("XXXX-WXX-{day}")),
        ));
    }
    let length = duration::length(view, next).or_else(|| duration::singular(view, next))?;
    match length.expression {
        Expression::Duration(value) => Some(Found::new(start, at, length.last, Expression::Set(value))),
        _ => None,
    }
}

/// `الآونة الأخيرة`, `الآن`, `قريبا`.
pub(super) fn reference(view: &View<'_>, at: usize) -> Option<Found> {
    let (value, start, last) = cue(view, at, |value| value.ends_with("_REF"))?;
    Some(Found::new(start, at, last, Expression::Reference(value)))
}

/// The month of an expression, for dates that only name a day of it.
pub(super) fn is_open(of: &InYear) -> bool {
    of.year == super::expression::Year::Open && of.relation == Relation::Open
}
