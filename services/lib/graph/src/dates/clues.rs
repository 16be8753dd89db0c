//! What an article tells with a time, as far as it can date another one or be dated by it.

use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use marsad_arabic::orthography::fold;
use marsad_arabic::time::{Timex, times};
use marsad_arabic::token::{Token, sentences, tokenize};
use marsad_model::analysis::Analysis;
use marsad_model::ontology::SegmentKind;
use serde::{Deserialize, Serialize};

use super::{ALIKE, ENTITIES, SHARED, number};
use crate::hash::fnv;

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
        let tokens = tokenize(text);
        let sentences = sentences(text, &tokens);
        let stated = analysis.published.date;
        let given = match stated {
            Some(_) => dated(analysis),
            None => undated(text, &tokens, analysis),
        };
        let tellings = given.into_iter().filter(|(span, _, _)| is_own(analysis, span)).take(TELLINGS);
        let tellings = tellings.map(|(span, when, late)| {
            let around = Around::new(&tokens, &sentences, &span);
            Telling {
                when,
                late,
                words: around.words(text, &tokens),
                entities: around.entities(&tokens, analysis),
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

type Given = (Range<usize>, When, bool);

fn dated(analysis: &Analysis) -> Vec<Given> {
    let given = analysis.times.iter().filter_map(|time| {
        let interval = time.interval?;
        let (first, last) = (interval.earliest?, interval.latest?);
        let short = (last - first).get_days() <= 31;
        short.then(|| (time.span.start..time.span.end, When::Days(first, last), is_late(&time.value)))
    });
    given.collect()
}

/// The times of an undated article. What a relative one means is seen by resolving it from each day of a week.
fn undated(text: &str, tokens: &[Token], analysis: &Analysis) -> Vec<Given> {
    if analysis.times.iter().all(|time| time.interval.is_some()) {
        return Vec::new();
    }
    let open = times(text, tokens, None);
    // Any week will do that begins and ends in one month.
    let week: [Vec<Timex>; 7] =
        [8, 9, 10, 11, 12, 13, 14].map(|day| times(text, tokens, Some(date(2001, 1, day))));
    let given = open.iter().filter(|time| time.value.starts_with("XXXX-")).map(|time| {
        let last = month(&time.value).filter(|month| is_last(text, tokens, time, *month));
        let relative = || offsets(time, &week).map(When::Relative);
        let when = last.map(When::Month).or_else(relative).unwrap_or(When::Other);
        (time.span.start..time.span.end, when, is_late(&time.value))
    });
    given.collect()
}

/// Days from the day of writing, for each weekday of that; `None` where it is no single day or has a place in the calendar.
fn offsets(time: &Timex, week: &[Vec<Timex>; 7]) -> Option<[i8; 7]> {
    if !time.value.starts_with("XXXX-WXX-") && !time.value.starts_with("XXXX-XX-XX") {
        return None;
    }
    let mut offsets = [0; 7];
    for ((offset, found), day) in offsets.iter_mut().zip(week).zip(8..) {
        let same = found.iter().find(|other| other.span == time.span)?;
        let (Some(first), Some(last)) = same.interval? else { return None };
        *offset = i8::try_from((first - date(2001, 1, day)).get_days()).ok().filter(|_| first == last)?;
    }
    Some(offsets)
}

/// The month of a value such as `XXXX-01`.
fn month(value: &str) -> Option<i8> {
    value.strip_prefix("XXXX-").filter(|rest| rest.len() == 2)?.parse().ok()
}

/// Whether a month without a year is the last one of that name: seen from that very month it is the one a year ago.
fn is_last(text: &str, tokens: &[Token], time: &Timex, month: i8) -> bool {
    let written = date(2001, month.clamp(1, 12), 15);
    let found = times(text, tokens, Some(written));
    let same = found.iter().find(|other| other.span == time.span).and_then(|other| other.interval);
    same.and_then(|(_, last)| last).is_some_and(|last| last.year() < written.year())
}

/// Whether a TIMEX3 value names an evening or a night.
fn is_late(value: &str) -> bool {
    value.ends_with("TEV") || value.ends_with("TNI")
}

/// Whether the words there are the article's own.
fn is_own(analysis: &Analysis, span: &Range<usize>) -> bool {
    (analysis.segments.iter()).any(|segment| {
        segment.kind != SegmentKind::Boilerplate
            && segment.span.start <= span.start
            && span.end <= segment.span.end
    })
}

/// The sentence around a time.
struct Around {
    sentence: Range<usize>,
    time: Range<usize>,
}

impl Around {
    fn new(tokens: &[Token], sentences: &[Range<usize>], span: &Range<usize>) -> Self {
        let from = tokens.partition_point(|token| token.span.end <= span.start);
        let to = tokens.partition_point(|token| token.span.start < span.end);
        let at = sentences.partition_point(|sentence| sentence.end <= from);
        Self { sentence: sentences.get(at).cloned().unwrap_or_default(), time: from..to }
    }

    /// Its stems without the time itself, those nearest to it.
    fn words(&self, text: &str, tokens: &[Token]) -> Box<[u32]> {
        let Range { start, end } = self.time;
        let distance = |at: usize| if at < start { start - at } else { (at + 1).saturating_sub(end) };
        let mut near: Vec<usize> = self.sentence.clone().filter(|at| !self.time.contains(at)).collect();
        near.sort_by_key(|at| (distance(*at), *at));
        let stems = near.into_iter().filter_map(|at| tokens.get(at)).filter(|token| token.is_word());
        distinct(stems.filter_map(|token| stem(token.text(text))).take(WORDS).collect())
    }

    /// Those that it names, by whom they act for.
    fn entities(&self, tokens: &[Token], analysis: &Analysis) -> Box<[u32]> {
        let from = tokens.get(self.sentence.start).map_or(0, |token| token.span.start);
        let to = self
            .sentence
            .end
            .checked_sub(1)
            .and_then(|last| tokens.get(last))
            .map_or(0, |token| token.span.end);
        let first = analysis.mentions.partition_point(|mention| mention.span.start < from);
        let named = analysis.mentions.iter().skip(first).take_while(|mention| mention.span.start < to);
        let side = named.map(|mention| {
            let entity = analysis.entities.iter().find(|entity| entity.id == mention.entity);
            entity.and_then(|entity| entity.rollup.as_ref()).unwrap_or(&mention.entity)
        });
        distinct(side.map(|id| fnv(id.as_str().bytes()) as u32).take(WORDS).collect())
    }
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
    (stem.chars().count() >= 3).then(|| fnv(stem.bytes()) as u32)
}
