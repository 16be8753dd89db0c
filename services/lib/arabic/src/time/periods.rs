//! Weeks, months, quarters, years, decades and centuries named by their relation to now.

use super::calendar::Season;
use super::expression::{Expression, Found, InYear, Relation, Year};
use super::{Modifier, dates, duration};
use crate::lexicon::{CUES, Grammatical, NUMBERS, NumberKind, TIME_UNITS, TimeUnit, is_cue};
use crate::number::numeral::{self, Sort, ordinal};
use crate::token::TokenKind;
use crate::view::View;

/// `الأسبوع الماضي`, `هذا العام`, `العام الجاري`, `القرن التاسع عشر`, `الفترة نفسها من 2024`.
pub(super) fn relative(view: &View<'_>, at: usize) -> Option<Found> {
    same_period(view, at).or_else(|| century(view, at)).or_else(|| {
        let demonstrative = view
            .readings(at)
            .find(|(word, _)| matches!(*word, "هذا" | "هذه" | "نفس"))
            .map(|(_, start)| start);
        let noun = at + usize::from(demonstrative.is_some());
        if demonstrative.is_some() && !view.follows(noun) {
            return None;
        }
        let (unit, start) = definite_unit(view, noun)?;
        if let Some(start) = demonstrative {
            let relation = if view.fold(at).ends_with("نفس") { Relation::Same } else { Relation::This };
            return Some(Found::new(start, at, noun, Expression::Relative { unit, relation }));
        }
        let next = noun + 1;
        view.follows(next).then_some(())?;
        let relation = Relation::of(view.fold(next))?;
        Some(Found::new(start, at, next, Expression::Relative { unit, relation }))
    })
}

/// A definite singular unit from the day up. Seconds to hours are lengths, not periods.
fn definite_unit(view: &View<'_>, at: usize) -> Option<(TimeUnit, usize)> {
    view.readings(at).find_map(|(word, start)| {
        let (unit, number) = TIME_UNITS.get(word.strip_prefix("ال").or_else(|| lam(word))?)?;
        (*number == Grammatical::Singular && *unit >= TimeUnit::Day).then_some((*unit, start))
    })
}

/// للعام: the article without its alef, once ل is cut.
fn lam(word: &str) -> Option<&str> {
    word.strip_prefix('ل')
}

fn same_period(view: &View<'_>, at: usize) -> Option<Found> {
    let (_, start) = view.readings(at).find(|(word, _)| is_cue(word, "same_period"))?;
    (view.follows(at + 1) && is_cue(view.fold(at + 1), "same") && view.fold(at + 2) == "من").then_some(())?;
    let year =
        dates::year(view, at + 3).or_else(|| dates::bare_year(view, at + 3)).filter(|_| view.follows(at + 3));
    match year {
        Some(Found { expression: Expression::Year(year), last, .. }) => {
            Some(Found::new(start, at, last, Expression::SamePeriod(year)))
        }
        _ => None,
    }
}

/// `القرن التاسع عشر`, `القرن الحادي والعشرين`.
fn century(view: &View<'_>, at: usize) -> Option<Found> {
    let (unit, start) = definite_unit(view, at)?;
    (unit == TimeUnit::Century && view.follows(at + 1)).then_some(())?;
    let (number, mut last) = century_number(view, at + 1)?;
    if view.follows(last + 1) && matches!(view.fold(last + 1), "الميلادي" | "الميلاديين") {
        last += 1;
    }
    Some(Found::new(start, at, last, Expression::Century(i16::try_from(number).ok()? - 1)))
}

/// `التاسع عشر`, `العشرين`, `الـ19`, `19`.
fn century_number(view: &View<'_>, at: usize) -> Option<(u32, usize)> {
    if let Some((number, _, last)) = ordinal(view, at) {
        return Some((number, last));
    }
    if matches!(view.fold(at), "العشرين" | "العشرون") {
        return Some((20, at));
    }
    let at = at + usize::from(view.fold(at) == "ال" && view.touches(at + 1));
    let digits = view.fold(at);
    (view.kind(at)? == TokenKind::Number && numeral::is_plain_digits(digits) && digits.len() <= 2)
        .then_some(())?;
    digits.parse().ok().filter(|number| (1..=21).contains(number)).map(|number| (number, at))
}

/// `صيف 2003`, `ربيع العام الجاري`, `الصيف الماضي`, `هذا الشتاء`.
pub(super) fn season(view: &View<'_>, at: usize) -> Option<Found> {
    let demonstrative = view.readings(at).find(|(word, _)| *word == "هذا").map(|(_, start)| start);
    let noun = at + usize::from(demonstrative.is_some());
    (demonstrative.is_none() || view.follows(noun)).then_some(())?;
    let (season, definite, start) = view.readings(noun).find_map(|(word, start)| {
        let bare = word.strip_prefix("ال").unwrap_or(word);
        let season = CUES.get(bare)?.iter().find_map(|value| Season::of(value))?;
        Some((season, bare != word, start))
    })?;
    let found = |start, last, of, relation| {
        Some(Found::new(start, at, last, Expression::Season { season, of, relation }))
    };
    if let Some(start) = demonstrative.filter(|_| definite) {
        return found(start, noun, None, Relation::This);
    }
    let next = noun + 1;
    view.follows(next).then_some(())?;
    if definite {
        let relation = Relation::of(view.fold(next)).filter(|r| *r != Relation::Same)?;
        return found(start, next, None, relation);
    }
    let year = a_year(view, next + usize::from(view.fold(next) == "من"))?;
    found(start, year.last, Some(Box::new(year.expression)), Relation::Open)
}

/// A stated or relative year.
fn a_year(view: &View<'_>, at: usize) -> Option<Found> {
    view.follows(at).then_some(())?;
    relative(view, at)
        .filter(|found| matches!(found.expression, Expression::Relative { unit: TimeUnit::Year, .. }))
        .or_else(|| dates::year(view, at))
        .or_else(|| dates::bare_year(view, at))
        .or_else(|| this_year(view, at))
        .filter(|found| !matches!(found.expression, Expression::Range(..)))
}

/// `الأشهر التسعة الأولى من 2025`, `أول ستة أشهر من العام الماضي`.
pub(super) fn opening_months(view: &View<'_>, at: usize) -> Option<Found> {
    let month = |at: usize| {
        TIME_UNITS.get(view.fold(at).trim_start_matches("ال")).is_some_and(|(u, _)| *u == TimeUnit::Month)
    };
    let first = view.readings(at).find(|(word, _)| matches!(*word, "اول")).map(|(_, start)| start);
    let plural =
        view.readings(at).find(|(word, _)| matches!(*word, "الاشهر" | "الشهور")).map(|(_, start)| start);
    let start = first.or(plural)?;
    let count = numeral::parse(view, at + 1).filter(|n| n.sort == Sort::Exact && view.follows(at + 1))?;
    let mut next = count.last + 1;
    let opens = if first.is_some() { month(next) } else { view.fold(next) == "الاولي" };
    (opens && view.follows(next)).then_some(())?;
    next += 1;
    (view.follows(next) && view.fold(next) == "من").then_some(())?;
    let year = a_year(view, next + 1)?;
    let months = i8::try_from(count.value as i64).ok().filter(|months| (2..=12).contains(months))?;
    let year_of = match year.expression {
        Expression::Year(year) => Year::Number(year),
        Expression::Relative { relation, .. } => Year::Relative(relation),
        _ => return None,
    };
    let one = |month| {
        Box::new(Expression::Month(InYear { year: year_of, month, hijri: false, relation: Relation::Open }))
    };
    Some(Found::new(start, at, year.last, Expression::Range(one(1), one(months))))
}

/// `الربع الثالث من العام الجاري`, `النصف الأول من 2024`.
pub(super) fn subdivision(view: &View<'_>, at: usize) -> Option<Found> {
    // الفصل and, in the Maghreb, الثلاثي and السداسي.
    let (word, start) = view.readings(at).find_map(|(word, start)| match word {
        "الربع" | "النصف" | "الفصل" => Some((word, start)),
        "الثلاثي" => Some(("الفصل", start)),
        "السداسي" => Some(("النصف", start)),
        _ => None,
    })?;
    view.follows(at + 1).then_some(())?;
    let (number, last) = match ordinal(view, at + 1) {
        Some((number, _, last)) => (i8::try_from(number).ok()?, last),
        None if view.fold(at + 1) == "الاخير" => (if word == "النصف" { 2 } else { 4 }, at + 1),
        None => return None,
    };
    // النصف الثاني من يوليو.
    if word == "النصف"
        && view.fold(last + 1) == "من"
        && view.follows(last + 2)
        && let Some(month) = dates::month(view, last + 2)
    {
        let modifier = Some(if number == 1 { Modifier::Start } else { Modifier::End });
        return Some(Found { start, first: at, modifier, ..month });
    }
    let year_at = if view.follows(last + 1) && view.fold(last + 1) == "من" { last + 2 } else { last + 1 };
    let year = a_year(view, year_at);
    let (of, end) = match year {
        Some(found) => (Some(Box::new(found.expression)), found.last),
        // The second quarter of something else, or a half of a match.
        None if view.fold(last + 1) == "من" || word != "الربع" => return None,
        None => (None, last),
    };
    let expression = match (word, number) {
        ("الربع" | "الفصل", 1..=4) => Expression::Quarter { quarter: number, of },
        ("النصف", 1..=2) => Expression::Half { half: number, of },
        _ => return None,
    };
    Some(Found::new(start, at, end, expression))
}

fn this_year(view: &View<'_>, at: usize) -> Option<Found> {
    matches!(view.fold(at), "العام" | "السنه").then(|| {
        Found::new(
            view.start(at),
            at,
            at,
            Expression::Relative { unit: TimeUnit::Year, relation: Relation::This },
        )
    })
}

/// `ثمانينيات القرن الماضي`, `التسعينات`.
pub(super) fn decade(view: &View<'_>, at: usize) -> Option<Found> {
    let (tens, start) = view.readings(at).find_map(|(word, start)| {
        let bare = word.strip_prefix("ال").unwrap_or(word);
        let stem = bare.strip_suffix("ينيات").or_else(|| bare.strip_suffix("ينات"))?;
        let readings = NUMBERS.words.get(&format!("{stem}ين"))?;
        let tens = readings.iter().find(|(kind, _)| *kind == NumberKind::Ten)?.1;
        Some((tens as i16, start))
    })?;
    let linked = view.follows(at + 1) && view.fold(at + 1) == "من";
    let century_at = at + 1 + usize::from(linked);
    let century = relative(view, century_at).filter(|_| view.follows(century_at));
    Some(match century {
        Some(Found {
            expression: Expression::Relative { unit: TimeUnit::Century, relation }, last, ..
        }) => {
            let hundreds = if relation == Relation::Past { 19 } else { 20 };
            Found::new(start, at, last, Expression::Decade { tens, century: Some(hundreds) })
        }
        Some(Found { expression: Expression::Century(hundreds), last, .. }) => {
            Found::new(start, at, last, Expression::Decade { tens, century: Some(hundreds) })
        }
        _ => Found::new(start, at, at, Expression::Decade { tens, century: None }),
    })
}

/// `الأشهر الستة الماضية`, `الأيام الأخيرة`, `العامين الماضيين`, `الـ24 ساعة الماضية`, `آخر 48 ساعة`.
pub(super) fn window(view: &View<'_>, at: usize) -> Option<Found> {
    counted_window(view, at).or_else(|| plural_window(view, at))
}

fn plural_window(view: &View<'_>, at: usize) -> Option<Found> {
    let (unit, dual, start) = view.readings(at).find_map(|(word, start)| {
        let (unit, number) = TIME_UNITS.get(word.strip_prefix("ال").or_else(|| lam(word))?)?;
        let dual = *number == Grammatical::Dual;
        (dual || *number == Grammatical::Plural).then_some((*unit, dual, start))
    })?;
    let mut next = at + 1;
    view.follows(next).then_some(())?;
    let mut amount = dual.then_some(2.0);
    if view.fold(next).ends_with("ال") && view.touches(next + 1) {
        next += 1;
    }
    if amount.is_none()
        && let Some(numeral) = numeral::parse(view, next).filter(|n| n.sort == Sort::Exact)
    {
        amount = Some(numeral.value);
        next = numeral.last + 1;
        // السنوات العشر is a length; الأيام العشرة الأولى is another matter.
        let definite = numeral.definite && !numeral.digits;
        let relation = window_relation(view.fold(next)).filter(|_| view.follows(next));
        if relation.is_none() && definite && !view.fold(next).starts_with("الاول") {
            let length = Expression::Duration(duration::value(amount, unit));
            return Some(Found::new(start, at, numeral.last, length));
        }
        view.follows(next).then_some(())?;
    } else if matches!(view.fold(next), "القليله" | "العديده") {
        next += 1;
    }
    let relation = window_relation(view.fold(next)).filter(|_| view.follows(next))?;
    Some(Found::new(start, at, next, Expression::Window { amount, unit, relation }))
}

/// الأخيرة closes a window at the anchor, as الماضية does.
fn window_relation(word: &str) -> Option<Relation> {
    if is_cue(word, "latest") {
        return Some(Relation::Past);
    }
    Relation::of(word).filter(|relation| matches!(relation, Relation::Past | Relation::Next | Relation::This))
}

fn counted_window(view: &View<'_>, at: usize) -> Option<Found> {
    let last_word = view.readings(at).find(|(word, _)| *word == "اخر").map(|(_, start)| start);
    let number_at = at + usize::from(last_word.is_some());
    if last_word.is_some() && !view.follows(number_at) {
        return None;
    }
    let numeral = numeral::parse(view, number_at).filter(|n| n.sort == Sort::Exact)?;
    let (unit, _) = duration::unit_after(view, numeral.last)?;
    let end = numeral.last + 1;
    if let Some(start) = last_word {
        let expression = Expression::Window { amount: Some(numeral.value), unit, relation: Relation::Past };
        return Some(Found::new(start, at, end, expression));
    }
    view.follows(end + 1).then_some(())?;
    let relation = window_relation(view.fold(end + 1))?;
    (numeral.definite || relation != Relation::This).then_some(())?;
    let expression = Expression::Window { amount: Some(numeral.value), unit, relation };
    let start = numeral.start;
    Some(Found::new(start, at, end + 1, expression))
}
