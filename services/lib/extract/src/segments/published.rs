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
    let bylines = lines
        .iter()
        .zip(verdicts)
        .filter(|(_, verdict)| matches!(verdict, Verdict::Boilerplate("byline_date" | "byline", _)));
    let dated = bylines.filter_map(|(line, _)| Some((is_update(line.text), date_of_line(line.text)?)));
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
/// Bytes of each.
const LONGEST_LEAD: usize = 4000;

/// The weekday that the first paragraphs call today (اليوم الأربعاء), or the day after what they call yesterday.
fn weekday(lines: &[Line<'_>], verdicts: &[Verdict]) -> Option<u8> {
    let body = lines.iter().zip(verdicts).filter(|(_, verdict)| **verdict == Verdict::Body).take(LEAD);
    body.flat_map(|(line, _)| {
        let lead = line.text.get(..line.text.floor_char_boundary(LONGEST_LEAD)).unwrap_or("");
        let found = times(lead, &tokenize(lead), None);
        found.into_iter().filter_map(|time| time.span.slice(lead)).collect::<Vec<_>>()
    })
    .find_map(|words| {
        // مساء أمس الثلاثاء: the weekday stands last, and before it how far it is from today.
        let (before, day) = words.rsplit_once(' ')?;
        let named = times(day, &tokenize(day), None).into_iter().next()?;
        let weekday: u8 = named.value.strip_prefix("XXXX-WXX-")?.get(..1)?.parse().ok()?;
        let folded = fold(before);
        let days_since = match folded.rsplit(' ').next()? {
            "امس" | "البارحه" => 1,
            word if word.ends_with("اليوم") => 0,
            _ => return None,
        };
        Some((weekday + days_since - 1) % 7 + 1)
    })
}
