//! Weeks, months, quarters, years, decades and centuries named by their relation to now.

use super::expression::{Expression, Found, Relation};
use super::{Modifier, dates, duration};
use crate::lexicon::{Grammatical, NUMBERS, NumberKind, TIME_UNITS, TimeUnit, is_cue};
use crate::number::numeral::{self, Sort, ordinal};
use crate::view::View;

/// `الأسبوع الماضي`, `هذا العام`, `العام الجاري`, `القرن التاسع عشر`, `الفترة نفسها من 2024`.
pub(super) fn relative(view: &View<'_>, at: usize) -> Option<Found> {
    same_period(view, at).or_else(|| century(view, at)).or_else(|| {
        let demonstrative =
            view.readings(at).find(|(word, _)| matches!(*word, "هذا" | "هذه")).map(|(_, start)| start);
        let noun = at + usize::from(demonstrative.is_some());
        if demonstrative.is_some() && !view.follows(noun) {
            return None;
        }
        let (unit, start) = definite_unit(view, noun)?;
        if let Some(start) = demonstrative {
            return Some(Found::new(
                start,
                at,
                noun,
                Expression::Relative { unit, relation: Relation::This },
            ));
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
    let (number, _, last) = ordinal(view, at + 1)?;
    Some(Found::new(start, at, last, Expression::Century(i16::try_from(number).ok()? - 1)))
}

/// `الربع الثالث من العام الجاري`, `النصف الأول من 2024`.
pub(super) fn subdivision(view: &View<'_>, at: usize) -> Option<Found> {
    let (word, start) = view.readings(at).find(|(word, _)| matches!(*word, "الربع" | "النصف"))?;
    view.follows(at + 1).then_some(())?;
    let (number, last) = match ordinal(view, at + 1) {
        Some((number, _, last)) => (i8::try_from(number).ok()?, last),
        None if view.fold(at + 1) == "الاخير" => (if word == "الربع" { 4 } else { 2 }, at + 1),
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
    let year = view
        .follows(year_at)
        .then(|| {
            relative(view, year_at)
                .filter(|found| matches!(found.expression, Expression::Relative { unit: TimeUnit::Year, .. }))
                .or_else(|| dates::year(view, year_at))
                .or_else(|| dates::bare_year(view, year_at))
                .or_else(|| this_year(view, year_at))
        })
        .flatten();
    let (of, end) = match year {
        Some(found) => (Some(Box::new(found.expression)), found.last),
        // The second quarter of something else, or a half of a match.
        None if view.fold(last + 1) == "من" || word == "النصف" => return None,
        None => (None, last),
    };
    let expression = match (word, number) {
        ("الربع", 1..=4) => Expression::Quarter { quarter: number, of },
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
    let century = relative(view, at + 1).filter(|_| view.follows(at + 1));
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
        // الأيام العشرة الأولى is another matter, and so is a window that is only counted.
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
