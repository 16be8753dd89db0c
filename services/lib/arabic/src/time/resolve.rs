//! From meanings to values.

mod nearest;

use super::calendar::{Period, Season, hijri, hijri_month, weekday_near};
use super::expression::{Expression, Found, InYear, Relation, Year};
use super::tense::Tense;
use super::{Basis, Timex, TimexKind, duration};
use crate::lexicon::{TimeUnit, is_cue};
use crate::span::Span;
use crate::view::View;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// A meaning with its value.
struct Resolved {
    value: String,
    interval: Option<(Option<Date>, Option<Date>)>,
    period: Option<Period>,
    basis: Basis,
}

impl Resolved {
    fn period(period: Period, basis: Basis) -> Self {
        let interval = period.days().map(|(first, last)| (Some(first), Some(last)));
        Self { value: period.value(), interval, period: Some(period), basis }
    }

    fn open(value: String) -> Self {
        Self { value, interval: None, period: None, basis: Basis::Unresolved }
    }

    fn plain(value: String, basis: Basis) -> Self {
        Self { value, interval: None, period: None, basis }
    }
}

/// Resolves the expressions of one text in order.
pub(super) struct Resolver {
    anchor: Option<Date>,
    /// The last date that the text named.
    named: Option<Period>,
    /// The line of the last named day, for clock times that belong to it.
    named_at: usize,
}

impl Resolver {
    pub(super) fn new(anchor: Option<Date>) -> Self {
        Self { anchor, named: None, named_at: 0 }
    }

    /// The finished expression; `None` where its date does not exist.
    pub(super) fn resolve(
        &mut self,
        view: &View<'_>,
        found: &Found,
        tense: Option<Tense>,
        before: &str,
    ) -> Option<Timex> {
        let tense = match tense {
            _ if is_cue(before, "event") => Some(Tense::Past),
            tense => tense,
        };
        let resolved = self.value(&found.expression, tense)?;
        if let Some(period) = resolved.period {
            self.named = Some(period);
            self.named_at = found.start;
        }
        let kind = match &found.expression {
            Expression::Duration(_) | Expression::Window { .. } => TimexKind::Duration,
            Expression::Shift { .. } if resolved.value.starts_with('P') => TimexKind::Duration,
            Expression::Set(_) => TimexKind::Set,
            Expression::Part { .. } | Expression::Clock { .. } => TimexKind::Time,
            _ => TimexKind::Date,
        };
        Some(Timex {
            span: Span::new(found.start, view.end(found.last)),
            kind,
            value: resolved.value,
            modifier: found.modifier,
            interval: resolved.interval,
            basis: resolved.basis,
        })
    }

    fn value(&self, expression: &Expression, tense: Option<Tense>) -> Option<Resolved> {
        Some(match expression {
            Expression::Day { of, day, weekday } => return self.day(*of, *day, *weekday, tense),
            Expression::DayOfMonth { day, relation } => match self.related(TimeUnit::Month, *relation) {
                Some((Period::Month(year, month), basis)) => {
                    Resolved::period(Period::Day(Date::new(year, month, *day).ok()?), basis)
                }
                _ => Resolved::open(format!("XXXX-XX-{day:02}")),
            },
            Expression::Month(of) => return self.month(*of, tense),
            Expression::Year(year) => Resolved::period(Period::Year(*year), Basis::Explicit),
            Expression::Weekday { day, relation } => return self.weekday(*day, *relation, tense),
            Expression::Offset { days } => match self.anchor {
                Some(anchor) => {
                    let day = anchor.checked_add(i64::from(*days).days()).ok()?;
                    Resolved::period(Period::Day(day), Basis::Anchor)
                }
                None => Resolved::open("XXXX-XX-XX".to_owned()),
            },
            Expression::Relative { unit, relation } => match self.related(*unit, *relation) {
                Some((period, basis)) => Resolved::period(period, basis),
                None => Resolved::open(open_value(*unit)),
            },
            Expression::Quarter { quarter, of } => {
                self.part_of_year(of.as_deref(), |year| Period::Quarter(year, *quarter))?
            }
            Expression::Half { half, of } => {
                self.part_of_year(of.as_deref(), |year| Period::Half(year, *half))?
            }
            Expression::Season { season, of: Some(of), .. } => {
                self.part_of_year(Some(of), |year| Period::Season(year, *season))?
            }
            Expression::Season { season, of: None, relation } => self.season(*season, *relation)?,
            Expression::Decade { tens, century } => {
                let latest = if *tens <= 20 { 20 } else { 19 };
                Resolved::period(Period::Decade(century.unwrap_or(latest) * 100 + tens), Basis::Explicit)
            }
            Expression::Century(hundreds) => Resolved::period(Period::Century(*hundreds), Basis::Explicit),
            // وعاد بعد عامين counts from the time of the story, not from now.
            Expression::Shift { amount, unit }
                if *amount > 0.0
                    && (tense == Some(Tense::Past) || tense.is_none() && *unit >= TimeUnit::Year) =>
            {
                match self.named.and_then(Period::days) {
                    Some((first, _)) => {
                        let from_there = Self { anchor: Some(first), ..*self };
                        Resolved { basis: Basis::Text, ..from_there.shifted(*amount, *unit)? }
                    }
                    None => Resolved::plain(duration::value(Some(*amount), *unit), Basis::Explicit),
                }
            }
            Expression::Shift { amount, unit } => self.shifted(*amount, *unit)?,
            Expression::Duration(value) => {
                let basis = if value.contains('X') { Basis::Vague } else { Basis::Explicit };
                Resolved::plain(value.clone(), basis)
            }
            Expression::Window { amount, unit, relation } => self.window(*amount, *unit, *relation),
            Expression::Set(value) => Resolved::plain(value.clone(), Basis::Explicit),
            Expression::Reference(value) => Resolved::plain((*value).to_owned(), Basis::Vague),
            Expression::Part { part, of } => {
                let day = self.value(of.as_deref()?, tense)?;
                Resolved { value: format!("{}{part}", day.value), ..day }
            }
            Expression::Clock { time, of } => {
                let day = match (of, self.named, self.anchor) {
                    (Some(of), ..) => self.value(of, tense)?,
                    (None, Some(day @ Period::Day(_)), _) => Resolved::period(day, Basis::Text),
                    (None, _, Some(anchor)) => Resolved::period(Period::Day(anchor), Basis::Anchor),
                    _ => Resolved::open("XXXX-XX-XX".to_owned()),
                };
                Resolved { value: format!("{}{time}", day.value), period: None, ..day }
            }
            Expression::Range(first, last) => return self.range(first, last, tense),
            Expression::SamePeriod(year) => {
                let period = match self.named {
                    Some(Period::Quarter(_, quarter)) => Period::Quarter(*year, quarter),
                    Some(Period::Half(_, half)) => Period::Half(*year, half),
                    Some(Period::Month(_, month)) => Period::Month(*year, month),
                    _ => Period::Year(*year),
                };
                Resolved::period(period, Basis::Text)
            }
        })
    }

    /// The period of a unit in a relation to the anchor, or to the last named date.
    fn related(&self, unit: TimeUnit, relation: Relation) -> Option<(Period, Basis)> {
        if relation == Relation::Following
            && let Some((_, last)) = self.named.and_then(Period::days)
        {
            return Some((Period::holding(unit, last).step(1)?, Basis::Text));
        }
        if relation == Relation::Same
            && let Some((first, _)) = self.named.and_then(Period::days)
        {
            return Some((Period::holding(unit, first), Basis::Text));
        }
        let steps = match relation {
            Relation::Past => -1,
            Relation::Next | Relation::Following => 1,
            Relation::This | Relation::Open | Relation::Same => 0,
        };
        Some((Period::holding(unit, self.anchor?).step(steps)?, Basis::Anchor))
    }

    /// The year of a date, where it can be told without its month.
    fn year(&self, year: Year) -> Option<(i16, Basis)> {
        match year {
            Year::Number(year) => Some((year, Basis::Explicit)),
            Year::Relative(relation) => match self.related(TimeUnit::Year, relation)? {
                (Period::Year(year), basis) => Some((year, basis)),
                _ => None,
            },
            Year::Open => None,
        }
    }

    fn day(&self, of: InYear, day: i8, weekday: Option<i8>, tense: Option<Tense>) -> Option<Resolved> {
        if of.hijri {
            return match of.year {
                Year::Number(year) => {
                    let date = hijri(year, of.month, day, weekday)?;
                    Some(Resolved::period(Period::Day(date), Basis::Explicit))
                }
                _ => {
                    let dated = |year| hijri(year, of.month, day, weekday).map(|date| (date, date));
                    Some(match self.near_hijri(dated, of.relation, tense) {
                        Some((date, _)) => Resolved::period(Period::Day(date), Basis::Anchor),
                        None => Resolved::open("XXXX-XX-XX".to_owned()),
                    })
                }
            };
        }
        let dated = |year| Date::new(year, of.month, day).ok().map(|date| (date, Period::Day(date)));
        let on_weekday = |year| {
            let wanted = weekday.and_then(|day| Weekday::from_monday_one_offset(day).ok());
            dated(year).filter(|(date, _)| wanted.is_none_or(|wanted| date.weekday() == wanted))
        };
        if let Some((year, basis)) = self.year(of.year) {
            return Some(Resolved::period(dated(year)?.1, basis));
        }
        // 31 February exists in no year.
        dated(2000)?;
        // The weekday tells which year is meant: no two that are near have it on the same one.
        if weekday.is_some()
            && let Some(found) = self.beside(on_weekday)
        {
            return Some(found);
        }
        Some(
            self.nearest(dated, of.relation, tense)
                .unwrap_or_else(|| Resolved::open(format!("XXXX-{:02}-{day:02}", of.month))),
        )
    }

    fn month(&self, of: InYear, tense: Option<Tense>) -> Option<Resolved> {
        if of.hijri {
            let spanned = |first: Date, last: Date| Resolved {
                value: format!("{first}/{last}"),
                interval: Some((Some(first), Some(last))),
                period: None,
                basis: Basis::Explicit,
            };
            return match of.year {
                // Month 0 stands for the whole Hijri year.
                Year::Number(year) if of.month == 0 => {
                    let (first, _) = hijri_month(year, 1)?;
                    let (_, last) = hijri_month(year, 12)?;
                    Some(spanned(first, last))
                }
                Year::Number(year) => hijri_month(year, of.month).map(|(first, last)| spanned(first, last)),
                _ => Some(match self.near_hijri(|year| hijri_month(year, of.month), of.relation, tense) {
                    Some((first, last)) => Resolved { basis: Basis::Anchor, ..spanned(first, last) },
                    None => Resolved::open("XXXX-XX".to_owned()),
                }),
            };
        }
        let dated = |year| {
            let period = Period::Month(year, of.month);
            // Both ends of a month matter: the current month is neither past nor ahead.
            Date::new(year, of.month, 1).ok().map(|date| (date, period))
        };
        if let Some((year, basis)) = self.year(of.year) {
            return Some(Resolved::period(dated(year)?.1, basis));
        }
        Some(
            self.nearest(dated, of.relation, tense)
                .unwrap_or_else(|| Resolved::open(format!("XXXX-{:02}", of.month))),
        )
    }

    fn weekday(&self, day: i8, relation: Relation, tense: Option<Tense>) -> Option<Resolved> {
        let Some(anchor) = self.anchor else { return Some(Resolved::open(format!("XXXX-WXX-{day}"))) };
        let earliest = match (relation, tense) {
            (Relation::Past, _) => -7,
            (Relation::Next | Relation::Following, _) => 1,
            // الأحد الجاري is said of a day that is still to come, unless the clause looks back.
            (Relation::This, Some(Tense::Past)) => -6,
            (Relation::This, _) | (Relation::Open | Relation::Same, Some(Tense::Future)) => 0,
            (Relation::Open | Relation::Same, _) => -6,
        };
        Some(Resolved::period(Period::Day(weekday_near(anchor, day, earliest)?), Basis::Anchor))
    }

    /// The last or next such season, or that of this year.
    fn season(&self, season: Season, relation: Relation) -> Option<Resolved> {
        let (from, basis) = match self.named.and_then(Period::days) {
            Some((_, last)) if relation == Relation::Following => (Some(last), Basis::Text),
            _ => (self.anchor, Basis::Anchor),
        };
        let Some(anchor) = from else {
            let open = Period::Season(0, season).value();
            return Some(Resolved::open(open.replacen("0000", "XXXX", 1)));
        };
        let year = anchor.year();
        let mut years = (year - 2..=year + 2).map(|year| Period::Season(year, season));
        let period = match relation {
            Relation::Past => years.rev().find(|p| p.days().is_some_and(|(_, last)| last < anchor)),
            Relation::Next | Relation::Following => {
                years.find(|p| p.days().is_some_and(|(first, _)| first > anchor))
            }
            _ => years.find(|p| p.days().is_some_and(|(_, last)| last >= anchor)),
        }?;
        Some(Resolved::period(period, basis))
    }

    fn part_of_year(&self, of: Option<&Expression>, part: impl Fn(i16) -> Period) -> Option<Resolved> {
        let (year, basis) = match of {
            Some(Expression::Year(year)) => (Some(*year), Basis::Explicit),
            Some(Expression::Relative { unit: TimeUnit::Year, relation }) => {
                (self.year(Year::Relative(*relation)).map(|(year, _)| year), Basis::Anchor)
            }
            _ => (self.anchor.map(Date::year), Basis::Anchor),
        };
        Some(match year {
            Some(year) => Resolved::period(part(year), basis),
            None => Resolved::open(part(0).value().replacen("0000", "XXXX", 1)),
        })
    }

    fn shifted(&self, amount: f64, unit: TimeUnit) -> Option<Resolved> {
        let Some(anchor) = self.anchor else { return Some(Resolved::open(open_value(TimeUnit::Day))) };
        let exact = amount.fract() == 0.0;
        // Half a month or a year is told in days.
        let (steps, unit) = match unit {
            TimeUnit::Week => (amount * 7.0, TimeUnit::Day),
            TimeUnit::Month if !exact => (amount * 30.0, TimeUnit::Day),
            TimeUnit::Year if !exact => (amount * 12.0, TimeUnit::Month),
            unit => (amount, unit),
        };
        if steps.abs() > 30_000.0 {
            return None;
        }
        let period = Period::holding(unit, anchor).step(steps.round() as i16)?;
        Some(Resolved::period(period, Basis::Anchor))
    }

    fn window(&self, amount: Option<f64>, unit: TimeUnit, relation: Relation) -> Resolved {
        let value = duration::value(amount, unit);
        let basis = if amount.is_some() { Basis::Explicit } else { Basis::Vague };
        let far = amount.zip(self.anchor).and_then(|(amount, anchor)| {
            let amount = if relation == Relation::Past { -amount } else { amount };
            shift_day(anchor, amount, unit)
                .map(|far| if far < anchor { (far, anchor) } else { (anchor, far) })
        });
        Resolved { value, interval: far.map(|(first, last)| (Some(first), Some(last))), period: None, basis }
    }

    fn range(&self, first: &Expression, last: &Expression, tense: Option<Tense>) -> Option<Resolved> {
        // What the second end says about its year or month holds for the first as well.
        let mut last_value = self.value(last, tense)?;
        let borrowed = match (first, last) {
            (Expression::Day { of, day, weekday }, Expression::Day { of: other, .. })
                if super::deictic::is_open(of) && !super::deictic::is_open(other) =>
            {
                Some(Expression::Day {
                    of: InYear { year: other.year, relation: other.relation, ..*of },
                    day: *day,
                    weekday: *weekday,
                })
            }
            (Expression::Month(of), Expression::Month(other))
                if super::deictic::is_open(of) && !super::deictic::is_open(other) =>
            {
                Some(Expression::Month(InYear { year: other.year, relation: other.relation, ..*of }))
            }
            _ => None,
        };
        let mut first_value = self.value(borrowed.as_ref().unwrap_or(first), tense)?;
        // الخميس والجمعة lie side by side.
        if let (Expression::Weekday { .. }, Some(Period::Day(from)), Some(Period::Day(to))) =
            (first, first_value.period, last_value.period)
        {
            let week = if tense == Some(Tense::Future) { 7 } else { -7 };
            if from > to && week < 0 {
                first_value =
                    Resolved::period(Period::Day(from.checked_add(week.days()).ok()?), Basis::Anchor);
            } else if from > to {
                last_value = Resolved::period(Period::Day(to.checked_add(week.days()).ok()?), Basis::Anchor);
            }
        }
        let interval = match (first_value.interval, last_value.interval) {
            (Some((from, _)), Some((_, to))) if from <= to => Some((from, to)),
            _ => None,
        };
        Some(Resolved {
            value: format!("{}/{}", first_value.value, last_value.value),
            interval,
            period: None,
            basis: last_value.basis,
        })
    }
}

fn shift_day(day: Date, amount: f64, unit: TimeUnit) -> Option<Date> {
    if amount.abs() > 1e4 {
        return None;
    }
    let whole = amount.round() as i64;
    let span = match unit {
        TimeUnit::Second | TimeUnit::Minute => 0.days(),
        TimeUnit::Hour => ((amount / 24.0).round() as i64).days(),
        TimeUnit::Day => whole.days(),
        TimeUnit::Week => whole.weeks(),
        TimeUnit::Month => whole.months(),
        TimeUnit::Quarter => (whole * 3).months(),
        TimeUnit::Year => whole.years(),
        TimeUnit::Decade => (whole.min(500) * 10).years(),
        TimeUnit::Century => (whole.min(50) * 100).years(),
    };
    day.checked_add(span).ok()
}

fn open_value(unit: TimeUnit) -> String {
    match unit {
        TimeUnit::Week => "XXXX-WXX",
        TimeUnit::Month => "XXXX-XX",
        TimeUnit::Quarter => "XXXX-QX",
        TimeUnit::Year => "XXXX",
        TimeUnit::Decade => "XXX",
        TimeUnit::Century => "XX",
        _ => "XXXX-XX-XX",
    }
    .to_owned()
}
