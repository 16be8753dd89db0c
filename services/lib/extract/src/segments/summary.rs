//! Machine-made summaries: the heading that announces one, and the points below it.

use std::collections::BTreeSet;

use marsad_arabic::orthography::fold;
use marsad_arabic::token::{TokenKind, tokenize};

use super::Verdict;
use super::line::Line;
use crate::Document;

/// Most paragraphs of a summary without bullets.
const LONGEST_SUMMARY: usize = 6;

/// Marks the points below a summary's heading, with a warning where they name years that the article does not.
pub(super) fn mark(lines: &[Line<'_>], verdicts: &mut [Option<Verdict>], document: &Document<'_>) {
    let mut points = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        at += 1;
        if !announces(&lines[at - 1], &verdicts[at - 1]) {
            continue;
        }
        let first = at;
        while lines.get(at).is_some_and(|line| line.is_bullet() || announces(line, &verdicts[at])) {
            at += 1;
        }
        if at == first && lines.get(at).is_some_and(|line| !line.after_gap) {
            // Paragraphs up to a blank line; without one there is no telling where the article begins.
            let end = lines.iter().skip(first).take(LONGEST_SUMMARY + 1).position(|line| line.after_gap);
            at += end.unwrap_or(0);
        }
        points.extend(first..at);
    }
    for &at in &points {
        verdicts[at] = Some(Verdict::Boilerplate("summary_ai", None));
    }
    if points.is_empty() {
        return;
    }
    let mut stated: BTreeSet<String> =
        document.published.map(|day| day.year().to_string()).into_iter().collect();
    for (line, verdict) in lines.iter().zip(verdicts.iter()) {
        if !matches!(verdict, Some(Verdict::Boilerplate("summary_ai", _))) {
            stated.extend(years(line.text));
        }
    }
    for at in points {
        let wrong: Vec<String> =
            years(lines[at].text).into_iter().filter(|year| !stated.contains(year)).collect();
        if !wrong.is_empty() && !stated.is_empty() {
            let stated = stated.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let warning = format!("names {}; the article itself has {stated}", wrong.join(", "));
            verdicts[at] = Some(Verdict::Boilerplate("summary_ai", Some(warning)));
        }
    }
}

/// Whether a line is the heading or a button of a summary.
fn announces(line: &Line<'_>, verdict: &Option<Verdict>) -> bool {
    match verdict {
        Some(Verdict::Boilerplate("summary_ai", _)) => true,
        Some(Verdict::Boilerplate("ui", _)) => fold(line.text).contains("ملخص"),
        _ => false,
    }
}

/// The years that a text names in digits.
fn years(text: &str) -> BTreeSet<String> {
    let tokens = tokenize(text);
    let numbers = tokens.iter().filter(|token| matches!(token.kind, TokenKind::Number | TokenKind::Date));
    numbers
        .flat_map(|token| {
            let folded = fold(token.text(text));
            folded.split(|c: char| !c.is_ascii_digit()).map(str::to_owned).collect::<Vec<_>>()
        })
        .filter(|number| number.len() == 4 && (number.starts_with("19") || number.starts_with("20")))
        .collect()
}
