//! What a time expression means before it is resolved.

use super::Modifier;
use super::calendar::Season;
use crate::lexicon::{TimeUnit, is_cue};

/// Which one of a recurring period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Relation {
    /// Not said: tense decides.
    #[default]
    Open,
    Past,
    This,
    Next,
    /// The one after the date named before it in the text.
    Following,
    /// The one of the date named before it in the text.
    Same,
}

impl Relation {
    /// The relation that a word expresses (الماضي, المقبل …).
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(if is_cue(word, "past") {
            Self::Past
        } else if is_cue(word, "next") {
            Self::Next
        } else if is_cue(word, "this") {
            Self::This
        } else if is_cue(word, "following") {
            Self::Following
        } else if is_cue(word, "same") {
            Self::Same
        } else {
            return None;
        })
    }
}

/// A year, stated or relative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Year {
    /// Not said; the relation is about the month or day (يناير الماضي).
    #[default]
    Open,
    Number(i16),
    Relative(Relation),
}

/// A day or month written with a month name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InYear {
    pub(super) year: Year,
    pub(super) month: i8,
    pub(super) hijri: bool,
    pub(super) relation: Relation,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Day {
        of: InYear,
        day: i8,
        weekday: Option<i8>,
    },
    /// The fifth of last month.
    DayOfMonth {
        day: i8,
        relation: Relation,
    },
    Month(InYear),
    Year(i16),
    Weekday {
        day: i8,
        relation: Relation,
    },
    /// Days from the anchor; a weekday may stand beside it.
    Offset {
        days: i8,
    },
    /// Last week, this year.
    Relative {
        unit: TimeUnit,
        relation: Relation,
    },
    Quarter {
        quarter: i8,
        of: Option<Box<Expression>>,
    },
    Half {
        half: i8,
        of: Option<Box<Expression>>,
    },
    /// صيف 2003, الصيف الماضي: of a year, or by its own relation.
    Season {
        season: Season,
        of: Option<Box<Expression>>,
        relation: Relation,
    },
    /// Years from the first year of the decade, in a stated century or the most recent such decade.
    Decade {
        tens: i16,
        century: Option<i16>,
    },
    /// The number of its hundreds: 19 for the twentieth century.
    Century(i16),
    /// قبل ثلاثة أيام: the amount is negative.
    Shift {
        amount: f64,
        unit: TimeUnit,
    },
    Duration(String),
    /// The last or next months: a duration that ends or starts at the anchor.
    Window {
        amount: Option<f64>,
        unit: TimeUnit,
        relation: Relation,
    },
    Set(String),
    Reference(&'static str),
    Part {
        part: &'static str,
        of: Option<Box<Expression>>,
    },
    Clock {
        time: String,
        of: Option<Box<Expression>>,
    },
    Range(Box<Expression>, Box<Expression>),
    /// الفترة نفسها من 2024.
    SamePeriod(i16),
}

impl Expression {
    /// Whether it can be an end of a range.
    pub(super) fn is_calendar(&self) -> bool {
        matches!(
            self,
            Self::Day { .. }
                | Self::DayOfMonth { .. }
                | Self::Month(_)
                | Self::Year(_)
                | Self::Weekday { .. }
                | Self::Offset { .. }
                | Self::Relative { .. }
        )
    }

    pub(super) fn is_year(&self) -> bool {
        matches!(self, Self::Year(_))
    }
}

/// An expression in the text: tokens `first..=last`, from byte `start`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) expression: Expression,
    pub(super) modifier: Option<Modifier>,
}

impl Found {
    pub(super) fn new(start: usize, first: usize, last: usize, expression: Expression) -> Self {
        Self { start, first, last, expression, modifier: None }
    }
}
