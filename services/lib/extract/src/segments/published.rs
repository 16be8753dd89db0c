//! When the article was published, as far as it is stated: by the metadata, else by a date line of the page.

use marsad_arabic::date_line::date_of_line;
use marsad_arabic::orthography::fold;
use marsad_arabic::time::times;
use marsad_arabic::token::tokenize;
use marsad_model::Published;
use marsad_model::ontology::PublishedBasis;

use super::Verdict;
use super::line::Line;
use crate::Document;

/// The publication date. Never a guess: a weekday alone is kept as a weekday.
pub(super) fn find(document: &Document<'_>, lines: &[Line<'_>], verdicts: &[Verdict]) -> Published {
    if let Some(date) = document.published {
        return Published { date: Some(date), basis: PublishedBasis::Metadata, weekday: None };
    }
    let dated = lines.iter().zip(verdicts).filter_map(|(line, verdict)| {
        let is_byline = matches!(verdict, Verdict::Boilerplate("byline_date" | "byline", _));
        Some((is_update(line.text), date_of_line(line.text).filter(|_| is_byline)?))
    });
    // The first date of publication, else the first of an update.
    let mut dated: Vec<_> = dated.collect();
    dated.sort_by_key(|(update, _)| *update);
    match dated.first() {
        Some((_, date)) => Published { date: Some(*date), basis: PublishedBasis::Byline, weekday: None },
        None => Published { date: None, basis: PublishedBasis::None, weekday: weekday(lines, verdicts) },
    }
}

fn is_update(line: &str) -> bool {
    let folded = fold(line);
    folded.contains("تحديث") || folded.contains("update")
}

/// Paragraphs in which "today" is looked for.
const LEAD: usize = 6;

/// The weekday that the first paragraphs call today (اليوم الأربعاء).
fn weekday(lines: &[Line<'_>], verdicts: &[Verdict]) -> Option<u8> {
    let body = lines.iter().zip(verdicts).filter(|(_, verdict)| **verdict == Verdict::Body).take(LEAD);
    body.flat_map(|(line, _)| {
        let found = times(line.text, &tokenize(line.text), None);
        found.into_iter().map(|time| (line.text, time)).collect::<Vec<_>>()
    })
    .filter(|(text, time)| time.span.slice(text).is_some_and(|words| fold(words).contains("اليوم ")))
    .find_map(|(_, time)| time.value.strip_prefix("XXXX-WXX-")?.get(..1)?.parse().ok())
}
