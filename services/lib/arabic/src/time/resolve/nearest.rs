//! The year of a day or month that is named without one.

use jiff::civil::Date;

use super::{Resolved, Resolver};
use crate::time::Basis;
use crate::time::calendar::Period;
use crate::time::expression::Relation;
use crate::time::tense::Tense;

/// A month or day without a year is taken to lie ahead when it is at most this many days ahead …
const SOON: i32 = 45;
/// … and the last one at least this long ago.
const LONG_AGO: i32 = 270;

impl Resolver {
    /// The candidate of the year of the anchor or of one beside it that lies nearest.
    pub(super) fn beside(&self, dated: impl Fn(i16) -> Option<(Date, Period)>) -> Option<Resolved> {
        let anchor = self.anchor?;
        let far = |date: Date| anchor.until(date).map_or(i32::MAX, |span| span.get_days().abs());
        let years = (anchor.year() - 1..=anchor.year() + 1).filter_map(dated);
        let (_, period) = years.min_by_key(|(date, _)| far(*date))?;
        Some(Resolved::period(period, Basis::Anchor))
    }

    /// The year of the anchor, or one beside it, that a day or month without a year means.
    pub(super) fn nearest(
        &self,
        dated: impl Fn(i16) -> Option<(Date, Period)>,
        relation: Relation,
        tense: Option<Tense>,
    ) -> Option<Resolved> {
        let anchor = self.anchor?;
        let year = anchor.year();
        // 29 February is not in every year.
        let years: Vec<(Date, Period)> = (year - 4..=year + 4).filter_map(&dated).collect();
        let holds =
            |period: &Period| period.days().is_some_and(|(first, last)| (first..=last).contains(&anchor));
        let past = years.iter().rev().find(|(date, period)| *date < anchor && !holds(period));
        let now = years.iter().find(|(_, period)| holds(period));
        let ahead = years.iter().find(|(date, period)| *date > anchor && !holds(period));
        let days = |date: Option<&(Date, Period)>| {
            date.map_or(i32::MAX, |(date, _)| {
                anchor.until(*date).map_or(i32::MAX, |span| span.get_days().abs())
            })
        };
        let soon = days(ahead) <= SOON && days(past) >= LONG_AGO;
        let chosen = match relation {
            Relation::Past => past,
            Relation::Next => ahead,
            Relation::This => now.or_else(|| years.iter().find(|(date, _)| date.year() == year)),
            Relation::Open | Relation::Following | Relation::Same => now.or(match tense {
                Some(Tense::Future) => ahead,
                Some(Tense::Past) => past,
                None if soon => ahead,
                None => past,
            }),
        };
        chosen.map(|(_, period)| Resolved::period(*period, Basis::Anchor))
    }

    /// A Hijri day or month without a year: the current one, or the one that tense and distance suggest.
    pub(super) fn near_hijri(
        &self,
        dated: impl Fn(i16) -> Option<(Date, Date)>,
        relation: Relation,
        tense: Option<Tense>,
    ) -> Option<(Date, Date)> {
        let anchor = self.anchor?;
        let hijri_year = (i32::from(anchor.year()) - 622) * 33 / 32;
        let near = i16::try_from(hijri_year).ok()?;
        let years: Vec<(Date, Date)> = (near - 2..=near + 2).filter_map(dated).collect();
        let now = years.iter().find(|(first, last)| (*first..=*last).contains(&anchor));
        let ahead = years.iter().find(|(first, _)| *first > anchor);
        let past = years.iter().rev().find(|(_, last)| *last < anchor);
        let days = |date: Date| anchor.until(date).map_or(i32::MAX, |span| span.get_days().abs());
        let soon = ahead.is_some_and(|(first, _)| days(*first) <= SOON)
            && past.is_none_or(|(_, last)| days(*last) >= LONG_AGO);
        let chosen = match (relation, tense) {
            (Relation::Past, _) => past,
            (Relation::Next, _) => ahead,
            (_, Some(Tense::Future)) => now.or(ahead),
            (_, None) if soon => now.or(ahead),
            _ => now.or(past),
        };
        chosen.copied()
    }
}
