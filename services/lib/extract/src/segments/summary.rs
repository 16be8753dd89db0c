//! Machine-made summaries: the heading that announces one, and the points below it.

use jiff::civil::Date;
use marsad_arabic::orthography::fold;

use super::Verdict;
use super::contradiction::Facts;
use super::line::Line;

/// Most paragraphs of a summary without bullets.
const LONGEST_SUMMARY: usize = 6;

/// Marks the points below a summary's heading.
pub(super) fn mark(lines: &[Line<'_>], verdicts: &mut [Option<Verdict>]) {
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
        for verdict in verdicts.iter_mut().take(at).skip(first) {
            *verdict = Some(Verdict::Boilerplate(REASON, None));
        }
    }
}

const REASON: &str = "summary_ai";

/// Warns where the lines of a summary contradict the article, which was published on that day.
pub(super) fn warn(lines: &[Line<'_>], verdicts: &mut [Verdict], published: Option<Date>) {
    let is_summary = |verdict: &Verdict| matches!(verdict, Verdict::Boilerplate(REASON, _));
    if !verdicts.iter().any(is_summary) {
        return;
    }
    let mut facts = Facts::default();
    for (line, verdict) in lines.iter().zip(verdicts.iter()) {
        if !matches!(verdict, Verdict::Boilerplate(..)) {
            facts.add(line.text, published);
        }
    }
    if let Some(day) = published {
        facts.add_day(day);
    }
    for (line, verdict) in lines.iter().zip(verdicts.iter_mut()) {
        if is_summary(verdict) {
            *verdict = Verdict::Boilerplate(REASON, facts.contradicted_by(line.text, published));
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
