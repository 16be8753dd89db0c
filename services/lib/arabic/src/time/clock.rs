//! Clock times: `14:30`, `الساعة الثامنة مساء`, `الساعة 14:30 بتوقيت غرينتش`.

use super::deictic;
use super::expression::{Expression, Found};
use crate::lexicon::{CUES, is_context, is_cue};
use crate::number::numeral::{self, is_plain_digits, ordinal};
use crate::token::TokenKind;
use crate::view::View;

/// A clock time in digits by itself.
pub(super) fn digits(view: &View<'_>, at: usize) -> Option<Found> {
    let (hour, minute) = reading(view, at)?;
    Some(finish(view, view.start(at), at, at, hour, minute))
}

/// A clock time after الساعة.
pub(super) fn spoken(view: &View<'_>, at: usize) -> Option<Found> {
    let (_, start) = view.readings(at).find(|(word, _)| is_cue(word, "clock"))?;
    let next = at + 1;
    view.follows(next).then_some(())?;
    if let Some((hour, minute)) = reading(view, next) {
        return Some(finish(view, start, at, next, hour, minute));
    }
    if let Some((hour, minute)) = dotted(view, next) {
        return Some(finish(view, start, at, next, hour, minute));
    }
    if view.kind(next) == Some(TokenKind::Number)
        && is_plain_digits(view.fold(next))
        && view.fold(next).len() <= 2
    {
        let hour = view.fold(next).parse().ok().filter(|hour| *hour < 24)?;
        return Some(finish(view, start, at, next, hour, 0));
    }
    let (hour, minute, last) = spoken_hour(view, next)?;
    Some(finish(view, start, at, last, hour, minute))
}

/// `عند الثامنة والربع`, `العاشرة مساء`: an hour without الساعة, which a word beside it must show to be one.
pub(super) fn hour(view: &View<'_>, at: usize) -> Option<Found> {
    (view.fold(at).starts_with("ال") && view.fold(at).ends_with('ه')).then_some(())?;
    let (hour, minute, last) = spoken_hour(view, at)?;
    let led = at > 0 && view.follows(at) && view.fold(at - 1) == "عند";
    let next = last + 1 + usize::from(view.fold(last + 1) == "من");
    let part = view.follows(last + 1) && part_of_day(view, next).is_some();
    (led || part).then_some(())?;
    Some(finish(view, view.start(at), at, last, hour, minute))
}

/// An hour as an ordinal, with the part of an hour that is added or taken away: `الثامنة والنصف`, `التاسعة إلا ربعا`.
fn spoken_hour(view: &View<'_>, at: usize) -> Option<(u32, u32, usize)> {
    let (hour, _, last) = ordinal(view, at).filter(|(hour, ..)| (1..=12).contains(hour))?;
    let next = last + 1;
    if !view.follows(next) {
        return Some((hour, 0, last));
    }
    let fraction = |word: &str| match word.strip_prefix("ال").unwrap_or(word).trim_end_matches('ا') {
        "نصف" => Some(30),
        "ربع" => Some(15),
        "ثلث" => Some(20),
        _ => None,
    };
    if let Some(minutes) = view.fold(next).strip_prefix('و').and_then(fraction) {
        return Some((hour, minutes, next));
    }
    if view.fold(next) == "الا"
        && let Some(minutes) = fraction(view.fold(next + 1)).filter(|_| view.follows(next + 1))
    {
        return Some(((hour + 23) % 24, 60 - minutes, next + 1));
    }
    let joined = view.fold(next).strip_prefix('و').is_some();
    let number_at = next + usize::from(view.fold(next) == "و");
    if joined
        && let Some(minutes) = numeral::parse(view, number_at).filter(|n| (1.0..60.0).contains(&n.value))
        && view.follows(minutes.last + 1)
        && matches!(view.fold(minutes.last + 1), "دقيقه" | "دقائق")
    {
        return Some((hour, minutes.value as u32, minutes.last + 1));
    }
    Some((hour, 0, last))
}

/// `14.30` after الساعة.
fn dotted(view: &View<'_>, at: usize) -> Option<(u32, u32)> {
    let (hour, minute) =
        view.fold(at).split_once('.').filter(|(hour, minute)| hour.len() <= 2 && minute.len() == 2)?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

fn reading(view: &View<'_>, at: usize) -> Option<(u32, u32)> {
    (view.kind(at)? == TokenKind::Clock).then_some(())?;
    let mut parts = view.fold(at).split(':').filter_map(|part| part.parse::<u32>().ok());
    let (hour, minute) = (parts.next()?, parts.next()?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

/// Takes the part of the day, its day and the zone that follow: `الثامنة من مساء الثلاثاء`, `14:30 بتوقيت غرينتش`.
fn finish(view: &View<'_>, start: usize, first: usize, mut last: usize, mut hour: u32, minute: u32) -> Found {
    let mut of = None;
    let linked = view.follows(last + 1) && view.fold(last + 1) == "من";
    let at = last + 1 + usize::from(linked);
    if let Some((part, end)) = part_of_day(view, at).filter(|_| view.follows(at)) {
        let day = view.follows(end + 1).then(|| deictic::day(view, end + 1)).flatten();
        // من مساء by itself would say since the evening.
        if !linked || day.is_some() {
            last = end;
            let noon = part == "TMI" && hour < 6;
            if hour < 12 && (matches!(part, "TEV" | "TAF") || noon || (part == "TNI" && hour >= 6)) {
                hour += 12;
            }
            if hour == 12 && matches!(part, "TNI") {
                hour = 0;
            }
        }
        if let Some(day) = day {
            last = day.last;
            of = Some(Box::new(day.expression));
        }
    }
    let mut zone = "";
    for count in (1..=ZONE).rev() {
        let Some(words) = view.joined(last + 1, count).filter(|_| view.follows(last + 1)) else { continue };
        let utc = is_cue(&words, "utc");
        if utc || is_context(&words, "zone") {
            last += count;
            zone = if utc { "Z" } else { "" };
            break;
        }
    }
    // A day that follows belongs to the time, but is an expression of its own.
    if of.is_none() && view.follows(last + 1) {
        of = deictic::day(view, last + 1).map(|day| Box::new(day.expression));
    }
    let time = format!("T{hour:02}:{minute:02}{zone}");
    Found::new(start, first, last, Expression::Clock { time, of })
}

/// Words of the longest name of a time zone.
const ZONE: usize = 3;

/// The part of the day at token `at` and its last token.
fn part_of_day(view: &View<'_>, at: usize) -> Option<(&'static str, usize)> {
    [2, 1].into_iter().find_map(|count| {
        let words = view.joined(at, count)?;
        let part = CUES.get(&words)?.iter().find(|value| value.starts_with('T'))?;
        Some((*part, at + count - 1))
    })
}
