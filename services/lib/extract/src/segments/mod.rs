//! What of a page is the article: title, headings, body, and boilerplate with the reason why.
//!
//! Every line that is not blank is in one segment (a dateline is split off the paragraph that it opens). First each line by
//! itself ([`line`]), then what only the neighbours tell: summaries, appended articles, repetitions, headings.

mod appended;
mod byline;
mod contradiction;
#[cfg(test)]
mod date_tests;
mod line;
mod patterns;
mod published;
#[cfg(test)]
mod reason_tests;
mod summary;
mod tail;
#[cfg(test)]
mod tests;

use foldhash::{HashSet, HashSetExt};
use marsad_arabic::orthography::fold;
use marsad_model::ontology::SegmentKind;
use marsad_model::{Published, Segment, Span};

use crate::Document;
use crate::knowledge::{self, Knowledge, KnownEntity};
use line::Line;
use patterns::{Match, PATTERNS, letters};

/// A page taken apart.
#[derive(Debug)]
pub(crate) struct Layout<'k> {
    /// In order; together they hold every character that is not white space.
    pub(crate) segments: Vec<Segment>,
    /// The publication date that metadata or page state.
    pub(crate) published: Published,
    /// The outlet, if it is known.
    pub(crate) outlet: Option<&'k KnownEntity<'static>>,
}

/// What a line was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Title,
    Heading,
    Body,
    Boilerplate(&'static str, Option<String>),
}

/// Takes a page apart. Linear in the length of the text.
pub(crate) fn lay_out(document: &Document<'_>) -> Layout<'static> {
    lay_out_with(document, knowledge::get())
}

/// As [`lay_out`], with the outlets that are known.
pub(crate) fn lay_out_with<'k>(document: &Document<'_>, knowledge: &'k Knowledge) -> Layout<'k> {
    let lines = Line::all(document.text);
    let mut verdicts = judge(&lines, document);
    let published = published::find(document, &lines, &verdicts);
    summary::warn(&lines, &mut verdicts, published.date);
    let outlet = outlet(document, &lines, &verdicts, knowledge);
    Layout { segments: segments(&lines, verdicts), published, outlet }
}

fn drop(reason: &'static str) -> Option<Verdict> {
    Some(Verdict::Boilerplate(reason, None))
}

fn judge(lines: &[Line<'_>], document: &Document<'_>) -> Vec<Verdict> {
    let mut verdicts: Vec<Option<Verdict>> = lines.iter().map(|l| l.own.and_then(|(r, _)| drop(r))).collect();
    lone_names(lines, &mut verdicts);
    let title = title(lines, &mut verdicts, document);
    // The first paragraph, and thereby where the head of the page ends.
    let is_text = |at: usize, verdicts: &[Option<Verdict>]| {
        verdicts[at].is_none()
            && lines[at].is_paragraph()
            && lines[at].words_beside_date().is_none_or(|rest| rest > 6)
    };
    let body = (0..lines.len()).find(|at| is_text(*at, &verdicts)).unwrap_or(0);
    heads(lines, &mut verdicts, body, title, document.title.is_some());
    repetitions(lines, &mut verdicts, title, document);
    summary::mark(lines, &mut verdicts);
    appended::mark(lines, &mut verdicts, body);
    closing(lines, &mut verdicts, body);
    headings(lines, &mut verdicts, body);
    verdicts.into_iter().map(|verdict| verdict.unwrap_or(Verdict::Body)).collect()
}

/// The name of a network or agency alone between two paragraphs is a heading, not a button or credit.
fn lone_names(lines: &[Line<'_>], verdicts: &mut [Option<Verdict>]) {
    let is_text =
        |line: Option<&Line<'_>>| line.is_some_and(|line| line.own.is_none() && line.is_paragraph());
    for (at, line) in lines.iter().enumerate().skip(1) {
        if matches!(line.own, Some(("share" | "credit", Match::Line)))
            && line.words <= 2
            && line.text.chars().all(|c| c.is_alphanumeric() || c.is_whitespace())
            && is_text(lines.get(at - 1))
            && is_text(lines.get(at + 1))
        {
            verdicts[at] = None;
        }
    }
}

/// Longest title, in words.
const LONGEST_TITLE: usize = 28;

/// Finds the title's line: the one that the metadata gives, else the first line of the page if it looks like one.
fn title(lines: &[Line<'_>], verdicts: &mut [Option<Verdict>], document: &Document<'_>) -> Option<usize> {
    let given = document.title.map(letters).filter(|title| !title.is_empty());
    let mut head = lines.iter().take(12);
    let by_metadata =
        given.as_ref().and_then(|title| head.position(|line| is_same_title(&line.letters, title)));
    let by_place = || {
        // A headline may begin like a link or a caption: "بالفيديو.. …", "إنفوغراف: …".
        let headline = lines.first().is_some_and(
            |line| matches!(line.own, Some(("related" | "caption", Match::Prefix(words))) if words >= 3),
        );
        let no_byline = |line: &Line<'_>| match given {
            // The title stands elsewhere: what comes first here may be the byline.
            Some(_) => !byline::is_author_line(line.text),
            None => byline::reason(line.text).is_none(),
        };
        let at = if headline {
            0
        } else {
            (0..lines.len()).find(|at| verdicts[*at].is_none() && no_byline(&lines[*at]))?
        };
        let line = lines.get(at)?;
        if given.is_some() && line.is_paragraph() {
            return None;
        }
        let next = lines.get(at + 1..)?.iter().any(Line::is_paragraph);
        let dated = line.words_beside_date().is_some_and(|rest| rest <= 3);
        (at < 8
            && next
            && line.words <= LONGEST_TITLE
            && !line.ends_sentence()
            && !line.text.ends_with(':')
            && !dated)
            .then_some(at)
    };
    let at = by_metadata.or_else(by_place)?;
    *verdicts.get_mut(at)? = Some(Verdict::Title);
    Some(at)
}

/// Whether a line is the title that the metadata give, which may name the outlet or a section beside it.
fn is_same_title(line: &str, title: &str) -> bool {
    line == title
        || line.len() >= SHORTEST_REPETITION / 2
            && (line.len().min(title.len()) * 3 >= line.len().max(title.len()) * 2)
            && (title.starts_with(line) || line.starts_with(title))
}

/// Date lines, bylines and subtitles between the title and the first paragraph; date lines in the rest of the page.
fn heads(
    lines: &[Line<'_>],
    verdicts: &mut [Option<Verdict>],
    body: usize,
    title: Option<usize>,
    given: bool,
) {
    let titled = |at: usize| title.is_some_and(|title| title < at);
    for (at, line) in lines.iter().enumerate() {
        if verdicts[at].is_some() {
            continue;
        }
        let beside_chrome = || {
            let before = at.checked_sub(1).and_then(|before| verdicts[before].as_ref());
            let after = lines.get(at + 1).and_then(|after| after.own.map(|(reason, _)| reason));
            matches!(before, Some(Verdict::Boilerplate("ui" | "share", _)))
                || matches!(after, Some("ui" | "share"))
        };
        if line.is_counter() && beside_chrome() {
            verdicts[at] = drop("ui");
            continue;
        }
        let beside = line.words_beside_date();
        let in_head = at < body;
        // Below a colon a date is one of a list's.
        let listed = at.checked_sub(1).is_some_and(|before| lines[before].text.ends_with(':'));
        if !listed && beside.is_some_and(|words| words <= if in_head { 6 } else { 1 }) {
            verdicts[at] = drop("byline_date");
        } else if in_head && let Some(reason) = byline::reason(line.text) {
            verdicts[at] = drop(reason);
        } else if in_head && titled(at) {
            verdicts[at] = if line.is_time_line() {
                drop("byline_date")
            } else if byline::is_author_line(line.text) || byline::is_person(line.text) {
                drop("byline")
            } else {
                Some(Verdict::Heading)
            };
        } else if in_head && given && byline::is_author_line(line.text) {
            verdicts[at] = drop("byline");
        }
    }
}

/// Fewest bytes of letters of a paragraph whose repetition is none by chance.
const SHORTEST_REPETITION: usize = 80;

fn repetitions(
    lines: &[Line<'_>],
    verdicts: &mut [Option<Verdict>],
    title: Option<usize>,
    document: &Document<'_>,
) {
    let mut titles: HashSet<String> = document.title.map(letters).into_iter().collect();
    titles.extend(title.and_then(|at| lines.get(at)).map(|line| line.letters.clone()));
    let mut seen: HashSet<&str> = HashSet::new();
    for (at, line) in lines.iter().enumerate() {
        if Some(at) == title || matches!(verdicts[at], Some(Verdict::Boilerplate(..))) {
            continue;
        }
        if title.is_some() && titles.contains(&line.letters) {
            verdicts[at] = drop("duplicate_title");
        } else if (line.is_paragraph() || line.letters.len() >= SHORTEST_REPETITION && !line.is_item())
            && !seen.insert(&line.letters)
        {
            verdicts[at] = drop("duplicate_paragraph");
        }
    }
}

/// Words of a line that closes an article.
const LONGEST_CLOSING: usize = 12;

/// Lines behind the last paragraph that are none of the text: who wrote it, what he is, tags.
fn closing(lines: &[Line<'_>], verdicts: &mut [Option<Verdict>], body: usize) {
    for at in (body + 1..lines.len()).rev() {
        if matches!(verdicts[at], Some(Verdict::Boilerplate(..))) {
            continue;
        }
        let (line, before) = (&lines[at], &lines[at - 1]);
        if line.words > LONGEST_CLOSING || line.ends_sentence() || line.text.ends_with(':') {
            return;
        }
        // A note on the author has a star; of several stars it is a list.
        let note = line.text.strip_prefix('*').is_some_and(|rest| !rest.contains('*')) && !before.is_bullet();
        let reason = PATTERNS.closing(&fold(line.text)).or_else(|| {
            let after_text =
                before.ends_sentence() || matches!(verdicts[at - 1], Some(Verdict::Boilerplate(..)));
            if note {
                return Some(tail::note(line.text));
            }
            let person = byline::is_person(line.text).then_some("byline");
            byline::reason(line.text).or(person).filter(|_| after_text)
        });
        match reason {
            Some(reason) => verdicts[at] = drop(reason),
            None => return,
        }
    }
}

/// Longest heading, in words.
const LONGEST_HEADING: usize = 12;

/// Short lines without a full stop between paragraphs.
fn headings(lines: &[Line<'_>], verdicts: &mut [Option<Verdict>], body: usize) {
    let mut text_follows = false;
    for at in (0..lines.len()).rev() {
        if verdicts[at].is_some() {
            continue;
        }
        let line = &lines[at];
        let short = line.words <= LONGEST_HEADING && !line.ends_sentence() && !line.is_bullet();
        let closes = line.text.ends_with(['.', '!', '…', ':', '"', '»', '”']);
        if at > body && text_follows && short && !closes {
            verdicts[at] = Some(Verdict::Heading);
        } else {
            text_follows = true;
        }
    }
}

/// The outlet by its name in the metadata, by the page's address, by a credit line.
fn outlet<'k>(
    document: &Document<'_>,
    lines: &[Line<'_>],
    verdicts: &[Verdict],
    knowledge: &'k Knowledge,
) -> Option<&'k KnownEntity<'static>> {
    let by_name = || document.outlet.and_then(|name| knowledge.media_of_name(name));
    let by_url = || document.url.and_then(|url| knowledge.media_of_url(url));
    // Credits, bylines and the dateline name the agency; the source says so most plainly.
    let chrome = |wanted: &'static str| {
        let of =
            move |verdict: &Verdict| matches!(verdict, Verdict::Boilerplate(reason, _) if *reason == wanted);
        lines.iter().zip(verdicts).filter(move |(_, verdict)| of(verdict)).map(|(line, _)| line.text)
    };
    let lead = lines.iter().zip(verdicts).find(|(_, verdict)| **verdict == Verdict::Body);
    let dateline = lead.and_then(|(line, _)| line.text.get(..byline::dateline(line.text)?));
    let named = |text: &'_ str| {
        let text = text.split_once(':').map_or(text, |(_, name)| name);
        text.split(['+', '،', '-', '–', '/', '|', '(', ')', '*'])
            .map(str::trim)
            .find_map(|name| knowledge.media_of_name(name).filter(|_| byline::is_outlet(name)))
    };
    let by_credit = || chrome("credit").chain(chrome("byline")).chain(dateline).find_map(named);
    by_name().or_else(by_url).or_else(by_credit)
}

fn segments(lines: &[Line<'_>], verdicts: Vec<Verdict>) -> Vec<Segment> {
    let mut segments = Vec::with_capacity(lines.len());
    let boilerplate = |span: Span, reason: &'static str| Segment {
        span,
        kind: SegmentKind::Boilerplate,
        reason: Some(reason.to_owned()),
        warning: None,
    };
    let first = verdicts.iter().position(|verdict| *verdict == Verdict::Body);
    let last = verdicts.iter().rposition(|verdict| *verdict == Verdict::Body);
    for (at, (line, verdict)) in lines.iter().zip(verdicts).enumerate() {
        let mut span = line.span;
        let (kind, reason, warning) = match verdict {
            Verdict::Title => (SegmentKind::Title, None, None),
            Verdict::Heading => (SegmentKind::Heading, None, None),
            Verdict::Body => (SegmentKind::Body, None, None),
            Verdict::Boilerplate(reason, warning) => {
                (SegmentKind::Boilerplate, Some(reason.to_owned()), warning)
            }
        };
        if first == Some(at)
            && let Some(end) = byline::dateline(line.text)
        {
            segments.push(boilerplate(Span::new(span.start, span.start + end), "dateline"));
            let rest = line.text.get(end..).unwrap_or("");
            span.start += end + (rest.len() - rest.trim_start().len());
        }
        let tail = (last == Some(at)).then(|| tail::find(line.text)).flatten();
        let tail = tail.filter(|(from, _)| line.span.start + from > span.start);
        if let Some((from, _)) = tail {
            let text = line.text.get(..from).unwrap_or("").trim_end();
            span.end = line.span.start + text.len();
        }
        if span.start < span.end {
            segments.push(Segment { span, kind, reason, warning });
        }
        if let Some((from, reason)) = tail {
            segments.push(boilerplate(Span::new(line.span.start + from, line.span.end), reason));
        }
    }
    segments
}

/// Whether a line says that other articles follow, on a line of its own.
fn opens_related(line: &Line<'_>) -> bool {
    matches!(line.own, Some(("related", Match::Line | Match::Prefix(0))))
}
