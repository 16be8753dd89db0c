//! Time expressions with TIMEX3 values.
//!
//! Readers (`dates`, `deictic`, `periods`, `duration`, `clock`) find an expression and say what it means; the
//! resolver turns the meaning into a value with the anchor date; this module walks the text.
//! A relative expression without an anchor keeps a value with `X` for what is unknown (`XXXX-WXX-3`).

mod calendar;
mod clock;
mod dates;
mod deictic;
mod duration;
mod expression;
mod periods;
mod resolve;
mod tense;

use crate::lexicon::{Bound, is_context, is_cue};
use crate::span::Span;
use crate::token::{Token, TokenKind};
use crate::view::View;
use expression::{Expression, Found};
use jiff::civil::Date;

/// The type of a time expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimexKind {
    /// A day, month, year …
    Date,
    /// A part of a day or a clock time.
    Time,
    /// A length of time.
    Duration,
    /// Something that recurs.
    Set,
}

/// What an expression says about its value: the TIMEX3 `mod`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Modifier {
    /// Beginning of the period.
    Start,
    /// Middle of the period.
    Mid,
    /// End of the period.
    End,
    /// About as long.
    Approx,
    /// Shorter than the duration.
    LessThan,
    /// At most as long.
    EqualOrLess,
    /// Longer than the duration.
    MoreThan,
    /// At least as long.
    EqualOrMore,
    /// From the date on.
    OnOrAfter,
    /// Up to the date.
    OnOrBefore,
}

impl Modifier {
    /// The TIMEX3 name.
    ///
    /// ```
    /// assert_eq!(marsad_arabic::time::Modifier::LessThan.as_str(), "LESS_THAN");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "START",
            Self::Mid => "MID",
            Self::End => "END",
            Self::Approx => "APPROX",
            Self::LessThan => "LESS_THAN",
            Self::EqualOrLess => "EQUAL_OR_LESS",
            Self::MoreThan => "MORE_THAN",
            Self::EqualOrMore => "EQUAL_OR_MORE",
            Self::OnOrAfter => "ON_OR_AFTER",
            Self::OnOrBefore => "ON_OR_BEFORE",
        }
    }

    fn of_bound(bound: Bound) -> Self {
        match bound {
            Bound::About => Self::Approx,
            Bound::More => Self::MoreThan,
            Bound::AtLeast => Self::EqualOrMore,
            Bound::Less => Self::LessThan,
            Bound::AtMost => Self::EqualOrLess,
        }
    }
}

/// What a value rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The text states it in full.
    Explicit,
    /// Resolved with the anchor date.
    Anchor,
    /// Resolved with an earlier expression of the text (الأسبوع التالي).
    Text,
    /// The text is vague: `PAST_REF`, `PXM`.
    Vague,
    /// Relative, and there is nothing to resolve it with.
    Unresolved,
}

/// The first and last day of a date, both inclusive; `None` is open.
pub type Interval = (Option<Date>, Option<Date>);

/// A time expression.
///
/// ```
/// use marsad_arabic::time::{Basis, Modifier, TimexKind, times};
/// use marsad_arabic::token::tokenize;
/// let text = "بين عامي 2011 و2020، وبحلول نهاية مايو المقبل";
/// let found = times(text, &tokenize(text), Some(jiff::civil::date(2024, 1, 24)));
/// assert_eq!(found[0].span.slice(text), Some("عامي 2011 و2020"));
/// assert_eq!((found[0].value.as_str(), found[0].basis), ("2011/2020", Basis::Explicit));
/// assert_eq!((found[1].value.as_str(), found[1].modifier), ("2024-05", Some(Modifier::End)));
/// assert_eq!((found[1].kind, found[1].basis), (TimexKind::Date, Basis::Anchor));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timex {
    /// Its bytes; prepositions and attached particles are outside, `يوم` and `عام` inside.
    pub span: Span,
    /// Its type.
    pub kind: TimexKind,
    /// Its TIMEX3 value: `2024-01-24`, `2024-W04`, `2024-Q1`, `2024-SU`, `199` (a decade), `2024-01-24TEV`, `P3M`, `PXM`,
    /// `XXXX-WXX-5` (every Friday, or an open one), `PAST_REF`; a range is `2011/2020`, a set of weekdays
    /// `XXXX-WXX-1,XXXX-WXX-4`.
    pub value: String,
    /// What it says about the value.
    pub modifier: Option<Modifier>,
    /// The days that a resolved date or window covers; `None` for durations and unresolved values.
    pub interval: Option<Interval>,
    /// What the value rests on.
    pub basis: Basis,
}

/// The time expressions of a text, in order and without overlaps. `anchor` is the day that relative expressions count
/// from: the day of writing. Tense is read off the nearest verb before an expression: a bare weekday is the nearest past
/// one, unless that verb speaks of the future. Without an anchor what is relative stays open, with `X` for what is unknown,
/// no interval and the basis [`Basis::Unresolved`].
///
/// ```
/// use marsad_arabic::{time::times, token::tokenize};
/// let text = "وصل الوفد مساء الثلاثاء ويغادر في 3 فبراير/ شباط المقبل";
/// let found = times(text, &tokenize(text), Some(jiff::civil::date(2024, 1, 24)));
/// assert_eq!(found[0].value, "2024-01-23TEV");
/// assert_eq!(found[1].value, "2024-02-03");
/// assert_eq!(times(text, &tokenize(text), None)[0].value, "XXXX-WXX-2TEV");
/// ```
pub fn times(text: &str, tokens: &[Token], anchor: Option<Date>) -> Vec<Timex> {
    let view = View::new(text, tokens);
    let mut resolver = resolve::Resolver::new(anchor);
    let mut found = Vec::new();
    let mut at = 0;
    while at < view.len() {
        let expression = view.opens(at).time.then(|| read(&view, at)).flatten();
        #[cfg(test)] // every reader's first words have to be among those that open an expression
        assert_eq!(expression, read(&view, at), "{}", view.raw(at));
        match expression {
            Some(expression) => {
                if !names_something(&view, &expression) {
                    let tense = tense::before(&view, expression.first);
                    let before = at.checked_sub(1).map_or("", |i| view.fold(i));
                    found.extend(resolver.resolve(&view, &expression, tense, before));
                }
                at = expression.last + 1;
            }
            None => at += 1,
        }
    }
    found
}

/// The expression that starts at token `at`.
fn read(view: &View<'_>, at: usize) -> Option<Found> {
    let found = single(view, at)?;
    let found = with_equal(view, found);
    let found = ranged(view, found);
    Some(with_signal(view, found))
}

/// The readers, the more specific first.
fn single(view: &View<'_>, at: usize) -> Option<Found> {
    match view.kind(at)? {
        TokenKind::Word => deictic::set(view, at)
            .or_else(|| deictic::modified(view, at))
            .or_else(|| deictic::part_of_day(view, at))
            .or_else(|| duration::shifted(view, at))
            .or_else(|| deictic::weekdays(view, at))
            .or_else(|| deictic::day(view, at))
            .or_else(|| dates::spelled_day(view, at))
            .or_else(|| periods::subdivision(view, at))
            .or_else(|| dates::months(view, at))
            .or_else(|| dates::month(view, at))
            .or_else(|| periods::season(view, at))
            .or_else(|| periods::opening_months(view, at))
            .or_else(|| periods::window(view, at))
            .or_else(|| periods::relative(view, at))
            .or_else(|| periods::decade(view, at))
            .or_else(|| dates::year(view, at))
            .or_else(|| clock::spoken(view, at))
            .or_else(|| clock::hour(view, at))
            .or_else(|| duration::length(view, at))
            .or_else(|| deictic::reference(view, at)),
        TokenKind::Number => dates::day_of_month(view, at)
            .or_else(|| periods::window(view, at))
            .or_else(|| duration::length(view, at))
            .or_else(|| dates::bare_year(view, at)),
        TokenKind::Date => dates::digits(view, at),
        TokenKind::Clock => clock::digits(view, at),
        TokenKind::Ordinal => dates::day_of_month(view, at),
        TokenKind::Latin => deictic::day(view, at).or_else(|| dates::month(view, at)),
        TokenKind::Url | TokenKind::Punctuation | TokenKind::Symbol => None,
    }
}

/// Whether a date is the name of what stands before it: حركة 6 أبريل, صالة 14 تموز, روسيا اليوم.
fn names_something(view: &View<'_>, found: &Found) -> bool {
    let Some(before) = found.first.checked_sub(1).filter(|_| view.follows(found.first)) else { return false };
    let named_by = match found.expression {
        Expression::Day { .. } | Expression::Weekday { .. } => "name",
        Expression::Offset { days: 0 } => "name_today",
        _ => return false,
    };
    view.start(found.first) == found.start
        && view.readings(before).any(|(word, _)| is_context(word, named_by))
}

/// A الموافق B is one expression with the value of B.
fn with_equal(view: &View<'_>, found: Found) -> Found {
    let mut at = found.last + 1;
    if view.follows(at) && matches!(view.raw(at), "،" | "," | "(") {
        at += 1;
    }
    if !matches!(found.expression, Expression::Day { .. } | Expression::Weekday { .. })
        || !view.follows(at)
        || !is_cue(view.fold(at), "equals")
        || !view.follows(at + 1)
    {
        return found;
    }
    match single(view, at + 1) {
        Some(other) if matches!(other.expression, Expression::Day { .. }) => {
            Found { last: other.last, expression: other.expression, ..found }
        }
        _ => found,
    }
}

/// `من A إلى B`, `بين A وB`, `A - B`.
fn ranged(view: &View<'_>, found: Found) -> Found {
    if !found.expression.is_calendar() {
        return found;
    }
    let before = found.first.checked_sub(1).map_or("", |i| view.fold(i));
    let joint = found.last + 1;
    if !view.follows(joint) {
        return found;
    }
    let word = view.fold(joint);
    let second = if matches!(word, "الي" | "حتي")
        || (matches!(view.raw(joint), "-" | "–") && found.expression.is_year())
    {
        single(view, joint + 1).filter(|_| view.follows(joint + 1))
    } else if before.ends_with("بين") && word == "و" {
        single(view, joint + 1).filter(|_| view.follows(joint + 1))
    } else if before.ends_with("بين") && word.starts_with('و') {
        single(view, joint)
    } else {
        None
    };
    match second {
        Some(second) if second.expression.is_calendar() => Found {
            last: second.last,
            expression: Expression::Range(Box::new(found.expression), Box::new(second.expression)),
            ..found
        },
        _ => found,
    }
}

/// بحلول and بدءا من before a date.
fn with_signal(view: &View<'_>, mut found: Found) -> Found {
    if found.modifier.is_none() && found.expression.is_calendar() && view.follows(found.first) {
        let one = found.first.checked_sub(1);
        if one.is_some_and(|i| is_cue(view.fold(i), "until")) {
            found.modifier = Some(Modifier::OnOrBefore);
        }
        let two = found.first.checked_sub(2).and_then(|i| view.joined(i, 2));
        if two.is_some_and(|phrase| is_cue(&phrase, "since")) {
            found.modifier = Some(Modifier::OnOrAfter);
        }
    }
    found
}

#[cfg(test)]
#[path = "time_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "rule_tests.rs"]
mod rule_tests;
