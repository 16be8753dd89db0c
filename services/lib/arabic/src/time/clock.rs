//! Clock times: `14:30`, `الساعة الثامنة مساء`, `الساعة 14:30 بتوقيت غرينتش`.

use super::expression::{Expression, Found};
use crate::lexicon::{CUES, is_cue};
use crate::number::numeral::{is_plain_digits, ordinal};
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
    if view.kind(next) == Some(TokenKind::Number)
        && is_plain_digits(view.fold(next))
        && view.fold(next).len() <= 2
    {
        let hour = view.fold(next).parse().ok().filter(|hour| *hour < 24)?;
        return Some(finish(view, start, at, next, hour, 0));
    }
    let (hour, _, last) = ordinal(view, next).filter(|(hour, ..)| *hour <= 12)?;
    Some(finish(view, start, at, last, hour, 0))
}

fn reading(view: &View<'_>, at: usize) -> Option<(u32, u32)> {
    (view.kind(at)? == TokenKind::Clock).then_some(())?;
    let mut parts = view.fold(at).split(':').filter_map(|part| part.parse::<u32>().ok());
    let (hour, minute) = (parts.next()?, parts.next()?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

/// Takes the part of the day and the zone that follow.
fn finish(view: &View<'_>, start: usize, first: usize, mut last: usize, mut hour: u32, minute: u32) -> Found {
    if view.follows(last + 1)
        && let Some(part) =
            CUES.get(view.fold(last + 1)).and_then(|values| values.iter().find(|v| v.starts_with('T')))
    {
        last += 1;
        let noon = *part == "TMI" && hour < 6;
        if hour < 12 && (matches!(*part, "TEV" | "TAF") || noon || (*part == "TNI" && hour >= 6)) {
            hour += 12;
        }
    }
    let mut zone = "";
    for count in [2, 1] {
        if view.follows(last + 1) && view.joined(last + 1, count).is_some_and(|words| is_cue(&words, "utc")) {
            last += count;
            zone = "Z";
            break;
        }
    }
    let time = format!("T{hour:02}:{minute:02}{zone}");
    Found::new(start, first, last, Expression::Clock { time, of: None })
}
