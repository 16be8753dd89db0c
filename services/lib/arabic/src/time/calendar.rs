//! Periods of the calendar: their TIMEX3 values, their days, and steps between them.

use crate::lexicon::TimeUnit;
use icu_calendar::Date as AnyDate;
use icu_calendar::cal::{Hijri, Iso};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// A season of the northern year by meteorological months; winter begins in December of its year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Season {
    Spring,
    Summer,
    Autumn,
    Winter,
}

impl Season {
    /// The season of a TIMEX3 designator.
    pub(super) fn of(designator: &str) -> Option<Self> {
        Some(match designator {
            "SP" => Self::Spring,
            "SU" => Self::Summer,
            "FA" => Self::Autumn,
            "WI" => Self::Winter,
            _ => return None,
        })
    }

    fn designator(self) -> &'static str {
        match self {
            Self::Spring => "SP",
            Self::Summer => "SU",
            Self::Autumn => "FA",
            Self::Winter => "WI",
        }
    }

    fn first_month(self) -> i8 {
        match self {
            Self::Spring => 3,
            Self::Summer => 6,
            Self::Autumn => 9,
            Self::Winter => 12,
        }
    }
}

/// A period of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Period {
    Day(Date),
    /// By its Monday.
    Week(Date),
    Month(i16, i8),
    Quarter(i16, i8),
    Half(i16, i8),
    Season(i16, Season),
    Year(i16),
    /// By its first year.
    Decade(i16),
    /// By its hundreds.
    Century(i16),
}

impl Period {
    /// The period of a unit that holds a day; days for units shorter than that.
    pub(super) fn holding(unit: TimeUnit, day: Date) -> Self {
        let (year, month) = (day.year(), day.month());
        match unit {
            TimeUnit::Second | TimeUnit::Minute | TimeUnit::Hour | TimeUnit::Day => Self::Day(day),
            TimeUnit::Week => {
                let back = i64::from(day.weekday().to_monday_zero_offset());
                Self::Week(day.checked_sub(back.days()).unwrap_or(day))
            }
            TimeUnit::Month => Self::Month(year, month),
            TimeUnit::Quarter => Self::Quarter(year, (month - 1) / 3 + 1),
            TimeUnit::Year => Self::Year(year),
            TimeUnit::Decade => Self::Decade(year.div_euclid(10) * 10),
            TimeUnit::Century => Self::Century(year.div_euclid(100)),
        }
    }

    /// The period `steps` of its own length later. `None` off the calendar.
    pub(super) fn step(self, steps: i16) -> Option<Self> {
        let days = i64::from(steps);
        Some(match self {
            Self::Day(day) => Self::Day(day.checked_add(days.days()).ok()?),
            Self::Week(monday) => Self::Week(monday.checked_add(days.weeks()).ok()?),
            Self::Month(year, month) => {
                let (year, month) = carried(year, month, steps, 12)?;
                Self::Month(year, month)
            }
            Self::Quarter(year, quarter) => {
                let (year, quarter) = carried(year, quarter, steps, 4)?;
                Self::Quarter(year, quarter)
            }
            Self::Half(year, half) => {
                let (year, half) = carried(year, half, steps, 2)?;
                Self::Half(year, half)
            }
            Self::Season(year, season) => Self::Season(year.checked_add(steps)?, season),
            Self::Year(year) => Self::Year(year.checked_add(steps)?),
            Self::Decade(year) => Self::Decade(year.checked_add(steps.checked_mul(10)?)?),
            Self::Century(hundreds) => Self::Century(hundreds.checked_add(steps)?),
        })
    }

    /// The TIMEX3 value.
    pub(super) fn value(self) -> String {
        match self {
            Self::Day(day) => day.to_string(),
            Self::Week(monday) => {
                let week = monday.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::Month(year, month) => format!("{year:04}-{month:02}"),
            Self::Quarter(year, quarter) => format!("{year:04}-Q{quarter}"),
            Self::Half(year, half) => format!("{year:04}-H{half}"),
            Self::Season(year, season) => format!("{year:04}-{}", season.designator()),
            Self::Year(year) => format!("{year:04}"),
            Self::Decade(year) => format!("{:03}", year / 10),
            Self::Century(hundreds) => format!("{hundreds:02}"),
        }
    }

    /// First and last day. `None` off the calendar.
    pub(super) fn days(self) -> Option<(Date, Date)> {
        let months = |year: i16, first: i8, last: i8| {
            Some((Date::new(year, first, 1).ok()?, Date::new(year, last, 1).ok()?.last_of_month()))
        };
        match self {
            Self::Day(day) => Some((day, day)),
            Self::Week(monday) => Some((monday, monday.checked_add(6.days()).ok()?)),
            Self::Month(year, month) => months(year, month, month),
            Self::Quarter(year, quarter) => months(year, quarter * 3 - 2, quarter * 3),
            Self::Half(year, half) => months(year, half * 6 - 5, half * 6),
            Self::Season(year, season) => {
                let first = Date::new(year, season.first_month(), 1).ok()?;
                Some((first, first.checked_add(2.months()).ok()?.last_of_month()))
            }
            Self::Year(year) => months(year, 1, 12),
            Self::Decade(year) => Some((Date::new(year, 1, 1).ok()?, Date::new(year + 9, 12, 31).ok()?)),
            Self::Century(hundreds) => {
                let year = hundreds.checked_mul(100)?;
                Some((Date::new(year, 1, 1).ok()?, Date::new(year + 99, 12, 31).ok()?))
            }
        }
    }
}

fn carried(year: i16, part: i8, steps: i16, parts: i16) -> Option<(i16, i8)> {
    let all = i32::from(year) * i32::from(parts) + i32::from(part) - 1 + i32::from(steps);
    let part = i8::try_from(all.rem_euclid(i32::from(parts)) + 1).ok()?;
    Some((i16::try_from(all.div_euclid(i32::from(parts))).ok()?, part))
}

/// The weekday `day` (1 is Monday) of the ISO week of `anchor`, moved by whole weeks into the range of offsets.
pub(super) fn weekday_near(anchor: Date, day: i8, earliest: i64) -> Option<Date> {
    let wanted = Weekday::from_monday_one_offset(day).ok()?;
    let first = anchor.checked_add(earliest.days()).ok()?;
    let ahead = i64::from(first.weekday().until(wanted));
    first.checked_add(ahead.days()).ok()
}

/// A Hijri date in the Umm al-Qura calendar, the tabular one outside its years (1300 to 1600). Calendars by sighting differ
/// from it by a day or so; where the text names the `weekday`, the nearest such day is taken.
pub(super) fn hijri(year: i16, month: i8, day: i8, weekday: Option<i8>) -> Option<Date> {
    let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
    let of_day =
        |day| AnyDate::try_new_hijri_with_calendar(i32::from(year), month, day, Hijri::new_umm_al_qura());
    // Where a month has 29 days its thirtieth is the first of the next.
    let (date, over) = match of_day(day) {
        Ok(date) => (date, 0),
        Err(_) if day == 30 => (of_day(29).ok()?, 1),
        Err(_) => return None,
    };
    let iso = date.to_calendar(Iso);
    let date = Date::new(
        i16::try_from(iso.year().extended_year()).ok()?,
        i8::try_from(iso.month().ordinal).ok()?,
        i8::try_from(iso.day_of_month().0).ok()?,
    )
    .ok()?
    .checked_add(over.days())
    .ok()?;
    match weekday {
        Some(weekday) => weekday_near(date, weekday, -3),
        None => Some(date),
    }
}

/// First and last day of a Hijri month.
pub(super) fn hijri_month(year: i16, month: i8) -> Option<(Date, Date)> {
    let first = hijri(year, month, 1, None)?;
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    Some((first, hijri(next_year, next_month, 1, None)?.checked_sub(1.days()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn values_and_days() {
        let day = date(2024, 12, 31);
        for (unit, value, first, last) in [
            (TimeUnit::Day, "2024-12-31", day, day),
            (TimeUnit::Week, "2025-W01", date(2024, 12, 30), date(2025, 1, 5)),
            (TimeUnit::Month, "2024-12", date(2024, 12, 1), day),
            (TimeUnit::Quarter, "2024-Q4", date(2024, 10, 1), day),
            (TimeUnit::Year, "2024", date(2024, 1, 1), day),
            (TimeUnit::Decade, "202", date(2020, 1, 1), date(2029, 12, 31)),
            (TimeUnit::Century, "20", date(2000, 1, 1), date(2099, 12, 31)),
        ] {
            let period = Period::holding(unit, day);
            assert_eq!((period.value().as_str(), period.days()), (value, Some((first, last))));
        }
        assert_eq!(Period::Month(2024, 1).step(-1), Some(Period::Month(2023, 12)));
        assert_eq!(Period::Quarter(2024, 4).step(1), Some(Period::Quarter(2025, 1)));
        assert_eq!(Period::Week(date(2024, 1, 1)).step(-1).map(Period::value).as_deref(), Some("2023-W52"));
    }

    #[test]
    fn weekdays() {
        let wednesday = date(2024, 1, 24);
        assert_eq!(weekday_near(wednesday, 3, -6), Some(wednesday));
        assert_eq!(weekday_near(wednesday, 4, -6), Some(date(2024, 1, 18)));
        assert_eq!(weekday_near(wednesday, 3, 1), Some(date(2024, 1, 31)));
    }

    #[test]
    fn hijri_dates() {
        assert_eq!(hijri(1446, 9, 15, Some(6)), Some(date(2025, 3, 15)));
        assert_eq!(hijri(1446, 1, 1, Some(7)), Some(date(2024, 7, 7)));
        for (year, month, day, want) in [
            (1446, 1, 10, date(2024, 7, 16)),
            (1445, 12, 9, date(2024, 6, 15)),
            (1446, 7, 27, date(2025, 1, 27)),
            (1447, 2, 20, date(2025, 8, 14)),
            (1436, 10, 27, date(2015, 8, 12)),
        ] {
            assert_eq!(hijri(year, month, day, None), Some(want), "{year}-{month}-{day}");
        }
        assert_eq!(hijri(1446, 13, 1, None), None);
        assert_eq!(hijri(1446, 0, 1, None), None);
        assert_eq!(hijri(1446, 1, 31, None), None);
    }
}
