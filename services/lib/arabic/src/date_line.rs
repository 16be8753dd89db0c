//! The date that the head of a document states.

use crate::time::{Basis, TimexKind, times};
use crate::token::{Token, TokenKind, tokenize};
use jiff::civil::Date;

/// The day that a line such as a byline or a letterhead states in full: `24 يناير 2024`, `تاريخ النشر: 27th, January 2024 GMT`,
/// `الأربعاء 24/01/2024 - 14:05`. The first such day of the line; `None` when the line states none, for a
/// relative day is no date to anchor anything with.
///
/// ```
/// use marsad_arabic::date_line::date_of_line;
/// assert_eq!(date_of_line("نشر في: 24 يناير 2024 - 14:05"), Some(jiff::civil::date(2024, 1, 24)));
/// assert_eq!(date_of_line("نشر أمس"), None);
/// ```
pub fn date_of_line(line: &str) -> Option<Date> {
    let tokens = tokenize(line);
    day_in(line, &tokens).or_else(|| {
        // `مارس 7, 2024`, as templates made for English write it.
        tokens.windows(4).find_map(|window| {
            let [month, day, comma, year] = window else { return None };
            let numbers = day.kind == TokenKind::Number && year.kind == TokenKind::Number;
            if month.kind != TokenKind::Word || !numbers || !matches!(comma.text(line), "," | "،") {
                return None;
            }
            let turned = format!("{} {} {}", day.text(line), month.text(line), year.text(line));
            day_in(&turned, &tokenize(&turned))
        })
    })
}

fn day_in(line: &str, tokens: &[Token]) -> Option<Date> {
    times(line, tokens, None)
        .into_iter()
        .filter(|time| {
            matches!(time.kind, TimexKind::Date | TimexKind::Time) && time.basis == Basis::Explicit
        })
        .find_map(|time| match time.interval {
            Some((Some(first), Some(last))) if first == last => Some(first),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn by_case() {
        for (line, want) in [
            ("24 يناير 2024", Some(date(2024, 1, 24))),
            ("تاريخ النشر: 27th, January 2024 GMT", Some(date(2024, 1, 27))),
            ("الأربعاء 24/01/2024 - 14:05", Some(date(2024, 1, 24))),
            ("الأربعاء، ٢٤ كانون الثاني/ يناير ٢٠٢٤", Some(date(2024, 1, 24))),
            ("Wednesday, January 24, 2024", Some(date(2024, 1, 24))),
            ("2024-01-24T14:05:00Z", Some(date(2024, 1, 24))),
            ("آخر تحديث 13 أوت 2024 على 09:30", Some(date(2024, 8, 13))),
            ("مارس 7, 2024", Some(date(2024, 3, 7))),
            ("مارس ٧، ٢٠٢٤ - 10:15", Some(date(2024, 3, 7))),
            ("يناير 2024", None),
            ("اليوم الأربعاء", None),
            ("31 فبراير 2024", None),
            ("", None),
        ] {
            assert_eq!(date_of_line(line), want, "{line}");
        }
    }
}
