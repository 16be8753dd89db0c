//! When the article was published, as far as it is stated: by the metadata, else by a date line of the page; else as other articles
//! have it.

use marsad_arabic::date_line::date_of_line;
use marsad_arabic::orthography::fold;
use marsad_arabic::time::{Timex, times};
use marsad_arabic::token::tokenize;
use marsad_model::Published;
use marsad_model::ontology::PublishedBasis;

use super::line::Line;
use super::{Verdict, byline};
use crate::Document;

/// The publication date. Never a guess: a weekday alone is kept as a weekday.
pub(super) fn find(document: &Document<'_>, lines: &[Line<'_>], verdicts: &[Verdict]) -> Published {
    if let Some(date) = document.published {
        return Published { date: Some(date), basis: PublishedBasis::Metadata, weekday: None };
    }
    let mut bylines: Vec<&str> = lines
        .iter()
        .zip(verdicts)
        .filter(|(_, verdict)| matches!(verdict, Verdict::Boilerplate("byline_date" | "byline", _)))
        .map(|(line, _)| line.text)
        .collect();
    let lead = lines.iter().zip(verdicts).find(|(_, verdict)| **verdict == Verdict::Body);
    bylines.extend(lead.and_then(|(line, _)| line.text.get(..byline::dateline(line.text)?)));
    let dated = bylines.iter().filter_map(|line| Some((is_update(line), date_of_line(line)?)));
    // The first date of publication, else the first of an update.
    let mut dated: Vec<_> = dated.collect();
    dated.sort_by_key(|(update, _)| *update);
    match dated.first() {
        Some((_, date)) => Published { date: Some(*date), basis: PublishedBasis::Byline, weekday: None },
        None => {
            let weekday =
                weekday(lines, verdicts).or_else(|| bylines.iter().find_map(|line| weekday_in(line)));
            let basis = if document.linked.is_some() { PublishedBasis::Linked } else { PublishedBasis::None };
            Published { date: document.linked, basis, weekday }
        }
    }
}

/// The one weekday that a byline names: `الأربعاء 14:05`.
fn weekday_in(line: &str) -> Option<u8> {
    times(line, &tokenize(line), None).iter().find_map(|time| weekday_of(&time.value))
}

fn weekday_of(value: &str) -> Option<u8> {
    value.strip_prefix("XXXX-WXX-")?.get(..1)?.parse().ok()
}

fn is_update(line: &str) -> bool {
    let folded = fold(line);
    folded.contains("تحديث") || folded.contains("update")
}

/// Paragraphs in which "today" is looked for.
const LEAD: usize = 6;
/// Bytes of each.
const LONGEST_LEAD: usize = 4000;

/// The weekday that the first paragraphs call today (اليوم الأربعاء), or the day after what they call yesterday.
fn weekday(lines: &[Line<'_>], verdicts: &[Verdict]) -> Option<u8> {
    let body = lines.iter().zip(verdicts).filter(|(_, verdict)| **verdict == Verdict::Body).take(LEAD);
    body.map(|(line, _)| {
        let end = line.text.floor_char_boundary(LONGEST_LEAD);
        line.text.get(..end).unwrap_or("")
    })
    .find_map(|lead| times(lead, &tokenize(lead), None).iter().find_map(|time| today(lead, time)))
}

/// The weekday of publication by a time that is called today or yesterday: `اليوم الأربعاء`, `اليوم (الأربعاء)`, `اليوم، الأربعاء`,
/// `مساء أمس الثلاثاء`.
fn today(lead: &str, time: &Timex) -> Option<u8> {
    let days_since = |words: &str| match fold(words).rsplit(' ').next()? {
        "امس" | "البارحه" => Some(1),
        word if word.ends_with("اليوم") => Some(0),
        _ => None,
    };
    let later = |day: u8, days: u8| (day + days - 1) % 7 + 1;
    if let Some(day) = weekday_of(&time.value) {
        let before = lead.get(..time.span.start)?;
        let start = before.ceil_char_boundary(before.len().saturating_sub(LONGEST_TODAY));
        let before = before.get(start..)?;
        let before =
            before.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '(' | '،' | '-' | ','));
        if let Some(days) = days_since(before) {
            return Some(later(day, days));
        }
    }
    let (before, day) = time.span.slice(lead)?.rsplit_once(' ')?;
    let named = times(day, &tokenize(day), None).into_iter().next()?;
    Some(later(weekday_of(&named.value)?, days_since(before)?))
}

/// Bytes in which اليوم stands before a weekday, with its vowel signs.
const LONGEST_TODAY: usize = 40;
