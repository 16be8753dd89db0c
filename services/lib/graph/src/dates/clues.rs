//! What an article tells with a time, as far as it can date another one or be dated by it.

use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use marsad_arabic::orthography::fold;
use marsad_arabic::time::{Interval, Timex, times};
use marsad_arabic::token::Token;
use marsad_model::Span;
use marsad_model::analysis::{Analysis, TimeExpression};
use serde::{Deserialize, Serialize};

use super::{ALIKE, ENTITIES, SHARED, number};
use crate::hash::fnv;
use crate::words::Reading;

/// Times that are kept of an article: the first of its text.
const TELLINGS: usize = 12;
/// Words that are kept of the sentence around a time, those nearest to it.
const WORDS: usize = 16;

/// What an article tells with a time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DateClues {
    /// The publication day that the article states.
    pub stated: Option<Date>,
    /// The weekday that it calls today, 1 = Monday to 7 = Sunday, where it states no day.
    pub weekday: Option<u8>,
    /// Its times, in order of the text, at most twelve.
    pub tellings: Box<[Telling]>,
}

/// A time and the words around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// When.
    pub when: When,
    /// An evening or a night: what happens then is reported the next day as well.
    pub late: bool,
    /// Hashes of the stems around it, in ascending order, each once.
    pub words: Box<[u32]>,
    /// Hashes of the entities around it, by whom they act for, in ascending order, each once.
    pub entities: Box<[u32]>,
}

/// A time as an article gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// First and last day, at most a month; of a dated article.
    Days(Date, Date),
    /// How many days from the day of writing it is, by the weekday of that day from Monday on; of an undated article.
    Relative([i8; 7]),
    /// The last month of that name, 1 to 12, as seen from another month (يناير الماضي); of an undated article.
    Month(i8),
    /// Another date that needs a day of writing; of an undated article.
    Other,
}

impl When {
    /// The month that it lies in, with that month's last day.
    pub(super) fn within_month(self) -> Option<(i8, Date)> {
        let Self::Days(first, last) = self else { return None };
        (first.first_of_month() == last.first_of_month()).then(|| (first.month(), first.last_of_month()))
    }
}

impl Telling {
    /// Whether the words around both are the same ones.
    pub(super) fn has_words_of(&self, other: &Self) -> bool {
        let shared = common(&self.words, &other.words);
        shared >= SHARED && shared as f32 >= ALIKE * self.words.len().min(other.words.len()) as f32
    }

    /// Whether both name the same.
    pub(super) fn names_those_of(&self, other: &Self) -> bool {
        common(&self.entities, &other.entities) >= ENTITIES
    }
}

/// How many are in both; both ascend.
fn common(a: &[u32], b: &[u32]) -> usize {
    a.iter().filter(|word| b.binary_search(word).is_ok()).count()
}

impl DateClues {
    /// What an article tells; `text` is the one that the analysis was made of. The analysis must be that of the article alone, not one that
    /// was made with the day that other articles gave.
    pub fn of(text: &str, analysis: &Analysis) -> Self {
        Self::of_reading(&Reading::new(text, analysis), analysis)
    }

    pub(crate) fn of_reading(reading: &Reading<'_>, analysis: &Analysis) -> Self {
        let stated = analysis.published.date;
        let counts = |time: &&TimeExpression| match stated {
            Some(_) => days(time).is_some(),
            None => time.value.starts_with("XXXX-"),
        };
        let own = |time: &&TimeExpression| reading.part(time.span.start, time.span.end).is_some();
        let given: Vec<&TimeExpression> =
            analysis.times.iter().filter(counts).filter(own).take(TELLINGS).collect();
        let mut open = Open::new(reading, &given);
        let tellings = given.into_iter().map(|time| {
            let around = Around::new(reading, time.span);
            Telling {
                when: days(time).unwrap_or_else(|| open.when(time)),
                late: is_late(&time.value),
                words: around.words(reading),
                entities: around.entities(reading, analysis),
            }
        });
        Self { stated, weekday: analysis.published.weekday, tellings: tellings.collect() }
    }

    /// Whether that day lies in a month that the article calls the last of its name: it is no day on which that was written.
    pub(super) fn looks_back_on(&self, day: Date) -> bool {
        self.tellings.iter().any(|telling| telling.when == When::Month(day.month()))
    }

    /// The days that it names, in order of the text, if it came out on that day.
    pub(super) fn days(&self, written: Date) -> impl Iterator<Item = (Date, &Telling)> {
        let weekday = usize::from(number(written).saturating_sub(1));
        self.tellings.iter().filter_map(move |telling| {
            let When::Relative(offsets) = telling.when else { return None };
            Some((written.checked_add(i32::from(*offsets.get(weekday)?).days()).ok()?, telling))
        })
    }
}

/// The days of a time that is known, at most a month.
fn days(time: &TimeExpression) -> Option<When> {
    let interval = time.interval?;
    let (first, last) = (interval.earliest?, interval.latest?);
    ((last - first).get_days() <= 31).then_some(When::Days(first, last))
}

/// Tokens after the last time that is asked for: to read it, none further on is looked at.
const AFTER: usize = 16;

/// What the times of an undated article mean, seen by resolving them from some days.
struct Open<'r> {
    text: &'r str,
    /// Those of the article's own tokens that matter.
    tokens: Vec<Token>,
    /// Resolved from each day of a week.
    week: Option<[Vec<Timex>; 7]>,
    /// Resolved from the middle of each month.
    months: [Option<Vec<Timex>>; 12],
}

impl<'r> Open<'r> {
    fn new(reading: &'r Reading<'_>, given: &[&TimeExpression]) -> Self {
        let last = given.iter().rfind(|time| time.interval.is_none());
        let end = last.map_or(0, |time| reading.token_at(time.span.end) + AFTER);
        let own = |token: &&Token| reading.part(token.span.start, token.span.end).is_some();
        let tokens = reading.tokens.iter().take(end).filter(own).copied().collect();
        Self { text: reading.text, tokens, week: None, months: Default::default() }
    }

    fn when(&mut self, time: &TimeExpression) -> When {
        let last = month(&time.value).filter(|month| self.is_last(time.span, *month));
        last.map(When::Month).or_else(|| self.offsets(time).map(When::Relative)).unwrap_or(When::Other)
    }

    /// Days from the day of writing, for each weekday of that; `None` where it is no single day or has a place in the calendar.
    fn offsets(&mut self, time: &TimeExpression) -> Option<[i8; 7]> {
        if !time.value.starts_with("XXXX-WXX-") && !time.value.starts_with("XXXX-XX-XX") {
            return None;
        }
        // Any week will do that begins and ends in one month.
        let week = self.week.get_or_insert_with(|| {
            [8, 9, 10, 11, 12, 13, 14].map(|day| times(self.text, &self.tokens, Some(date(2001, 1, day))))
        });
        let mut offsets = [0; 7];
        for ((offset, found), day) in offsets.iter_mut().zip(week).zip(8..) {
            let (Some(first), Some(last)) = interval(found, time.span)? else { return None };
            *offset = i8::try_from((first - date(2001, 1, day)).get_days()).ok().filter(|_| first == last)?;
        }
        Some(offsets)
    }

    /// Whether a month without a year is the last one of that name: seen from that very month it is the one a year ago.
    fn is_last(&mut self, span: Span, month: i8) -> bool {
        let Some(found) = usize::try_from(month - 1).ok().and_then(|at| self.months.get_mut(at)) else {
            return false;
        };
        let written = date(2001, month, 15);
        let found = found.get_or_insert_with(|| times(self.text, &self.tokens, Some(written)));
        interval(found, span).and_then(|(_, last)| last).is_some_and(|last| last.year() < written.year())
    }
}

/// What the time at those bytes was resolved to.
fn interval(found: &[Timex], span: Span) -> Option<Interval> {
    let at = found.binary_search_by_key(&span.start, |time| time.span.start).ok()?;
    found.get(at).filter(|time| time.span.end == span.end)?.interval
}

/// The month of a value such as `XXXX-01`.
fn month(value: &str) -> Option<i8> {
    value.strip_prefix("XXXX-").filter(|rest| rest.len() == 2)?.parse().ok()
}

/// Whether a TIMEX3 value names an evening or a night.
fn is_late(value: &str) -> bool {
    value.ends_with("TEV") || value.ends_with("TNI")
}

/// The sentence around a time.
struct Around {
    sentence: Range<usize>,
    time: Range<usize>,
}

impl Around {
    fn new(reading: &Reading<'_>, span: Span) -> Self {
        let from = reading.token_at(span.start);
        let to = reading.tokens.partition_point(|token| token.span.start < span.end);
        let (_, sentence) = reading.sentence_of(from);
        Self { sentence, time: from..to }
    }

    /// Its stems without the time itself, those nearest to it.
    fn words(&self, reading: &Reading<'_>) -> Box<[u32]> {
        let Range { start, end } = self.time;
        let before = (self.sentence.start..start).rev().map(|at| (start - at, at));
        let after = (end..self.sentence.end).map(|at| (at + 1 - end, at));
        let stems = merge(before, after).filter_map(|(_, at)| reading.tokens.get(at));
        let stems = stems.filter(|token| token.is_word()).filter_map(|token| stem(token.text(reading.text)));
        distinct(stems.take(WORDS).collect())
    }

    /// Those that it names, by whom they act for.
    fn entities(&self, reading: &Reading<'_>, analysis: &Analysis) -> Box<[u32]> {
        let tokens = reading.tokens.get(self.sentence.clone()).unwrap_or_default();
        let from = tokens.first().map_or(0, |token| token.span.start);
        let to = tokens.last().map_or(0, |token| token.span.end);
        let first = analysis.mentions.partition_point(|mention| mention.span.start < from);
        let named = analysis.mentions.iter().skip(first).take_while(|mention| mention.span.start < to);
        let side = named.take(WORDS).map(|mention| {
            let entity = analysis.entities.iter().find(|entity| entity.id == mention.entity);
            entity.and_then(|entity| entity.rollup.as_ref()).unwrap_or(&mention.entity)
        });
        distinct(side.map(|id| fnv(id.as_str().as_bytes()) as u32).collect())
    }
}

/// Two ascending sequences as one.
fn merge<T: Ord>(one: impl Iterator<Item = T>, other: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(a), Some(b)) if b < a => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}

fn distinct(mut hashes: Vec<u32>) -> Box<[u32]> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes.into()
}

/// Hash of a word without article and particles; nothing for short words, which are mostly those of grammar.
fn stem(word: &str) -> Option<u32> {
    let folded = fold(word);
    let stem = ["وال", "بال", "فال", "كال", "لل", "ال", "و"]
        .iter()
        .find_map(|p| folded.strip_prefix(p))
        .unwrap_or(&folded);
    (stem.chars().count() >= 3).then(|| fnv(stem.as_bytes()) as u32)
}
