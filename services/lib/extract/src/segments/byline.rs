//! Bylines and datelines: who wrote it, for whom, from where.

use std::collections::HashSet;
use std::sync::LazyLock;

use marsad_arabic::date_line::date_of_line;
use marsad_arabic::orthography::{fold, is_arabic_letter};
use marsad_arabic::time::times;
use marsad_arabic::token::{TokenKind, tokenize};
use marsad_model::ontology::EntityType;

use super::patterns::{PATTERNS, comparable};
use crate::knowledge;
use crate::names;

/// What a part of a byline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Place,
    /// An outlet, or a word that stands for some (وكالات).
    Outlet,
    Date,
    /// Two to four words that begin with a known given name.
    Person,
    /// One to four words that may be a name.
    Words,
}

const LONGEST_BYLINE: usize = 10;
/// Bytes of it; what is longer is not looked at.
const LONGEST_BYLINE_BYTES: usize = 300;
const LONGEST_BYLINE_PARTS: usize = 4;
const LONGEST_NAME: usize = 4;

/// A text with one plain blank where it has blanks of any kind.
fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn part(text: &str) -> Option<Part> {
    if text.len() > LONGEST_BYLINE_BYTES {
        return None;
    }
    let text = single_spaced(text);
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '"' | '«' | '»' | 'ـ'));
    if is_outlet(text) || text.chars().all(|c| c.is_ascii_uppercase()) {
        return Some(Part::Outlet);
    }
    if matches!(PATTERNS.line(&comparable(text)), Some("credit" | "byline_date")) {
        return Some(Part::Outlet);
    }
    if is_date(text) {
        return Some(Part::Date);
    }
    if is_place(text) {
        return Some(Part::Place);
    }
    let words: Vec<String> = fold(text).split_whitespace().map(str::to_owned).collect();
    let plain = words.len() <= LONGEST_NAME && words.iter().all(|word| word.chars().all(is_arabic_letter));
    if !plain || words.iter().any(|word| names::is_function_word(word)) {
        return None;
    }
    let given = words.len() >= 2 && words.first().is_some_and(|word| names::is_given_name(word));
    Some(if given { Part::Person } else { Part::Words })
}

/// Words that say what kind of outlet a name is of: those that names of outlets begin with.
static OUTLET_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let media = knowledge::get().entities().iter().filter(|entity| entity.entity_type == EntityType::Media);
    media
        .filter_map(|entity| entity.name.split_once(' ').map(|(first, _)| fold(first)))
        .filter(|word| !word.starts_with("ال"))
        .collect()
});

/// An outlet by one of its names, with or without a word for what it is.
pub(super) fn is_outlet(text: &str) -> bool {
    if text.len() > LONGEST_BYLINE_BYTES {
        return false;
    }
    let knowledge = knowledge::get();
    let known =
        |text: &str| knowledge.look_up(text).any(|(entity, _)| entity.entity_type == EntityType::Media);
    known(text)
        || text.split_once(char::is_whitespace).is_some_and(|(first, _)| {
            OUTLET_WORDS.contains(&fold(first)) && knowledge.media_of_name(text).is_some()
        })
        || !text.contains(char::is_whitespace) && knowledge.media_of_name(text).is_some()
}

/// A city or country, with the part of it that is meant: شمال سوريا, القدس المحتلة.
fn is_place(text: &str) -> bool {
    let known = |text: &str| {
        knowledge::get()
            .look_up(text)
            .any(|(entity, _)| matches!(entity.entity_type, EntityType::Gpe | EntityType::Location))
    };
    let inner = || {
        let (first, rest) = text.split_once(' ')?;
        let (before, last) = text.rsplit_once(' ')?;
        Some(names::is_part_of_place(&fold(first)) && known(rest) || fold(last) == "المحتله" && known(before))
    };
    known(text) || inner().unwrap_or(false)
}

/// A date and nothing else to speak of.
fn is_date(text: &str) -> bool {
    let tokens = tokenize(text);
    let dates = times(text, &tokens, None);
    let words = tokens.iter().filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Latin));
    !dates.is_empty()
        && words.filter(|token| !dates.iter().any(|date| date.span.overlaps(token.span))).count() <= 1
        && (date_of_line(text).is_some() || dates.iter().any(|date| date.span.len() + 4 >= text.len()))
}

/// What `مكان / منبر - اسم` is: a `byline`, told by an outlet or by a place and a person; a `credit`, if it is nothing but
/// outlets.
pub(super) fn reason(text: &str) -> Option<&'static str> {
    let parts = parts(text);
    let has = |wanted: Part| parts.contains(&Some(wanted));
    // More of them are a line-up.
    let fits = (2..=LONGEST_BYLINE_PARTS).contains(&parts.len()) && !text.ends_with('.');
    if !fits || parts.contains(&None) {
        None
    } else if parts.iter().all(|part| *part == Some(Part::Outlet)) {
        Some("credit")
    } else {
        (has(Part::Outlet) || has(Part::Place) && has(Part::Person)).then_some("byline")
    }
}

/// The same where a byline is expected, and names need not be known.
pub(super) fn is_author_line(text: &str) -> bool {
    // With a comma or colon it may be a sentence, a verse, a label.
    if text.contains(['،', ':']) {
        return reason(text).is_some();
    }
    let parts = parts(text);
    parts.len() >= 2 && parts.iter().all(Option::is_some)
}

fn parts(text: &str) -> Vec<Option<Part>> {
    if text.len() > LONGEST_BYLINE_BYTES
        || text.split_whitespace().count() > LONGEST_BYLINE
        || text.contains(['؟', '!', '"', '“'])
    {
        return Vec::new();
    }
    let spaced = single_spaced(text);
    let spaced = spaced.replace(" - ", "|").replace("- ", "|").replace(" -", "|").replace(" ـ ", "|");
    let parts = spaced.split(['|', '/', '–', '—', ':', '،', '(', ')']);
    parts.map(str::trim).filter(|part| !part.is_empty()).map(part).collect()
}

/// Whether a text may be a name: a few words of letters, none of which is a preposition or the like.
pub(super) fn may_be_name(text: &str) -> bool {
    part(text).is_some_and(|part| part != Part::Date)
}

/// Whether a line is a person's name and nothing else.
pub(super) fn is_person(text: &str) -> bool {
    !text.contains(['.', '"', '«', '»']) && part(text) == Some(Part::Person)
}

/// Bytes in which a dateline ends, if a line has one.
const LONGEST_DATELINE: usize = 200;
/// Tokens in which it ends.
const LONGEST_DATELINE_TOKENS: usize = 18;

/// The end of a dateline that a paragraph opens with, in bytes: `مدينة (وكالة) --`, `وكالة - مدينة:`,
/// `كاتب - منبر - مدينة:`.
pub(super) fn dateline(text: &str) -> Option<usize> {
    let head = text.get(..text.floor_char_boundary(LONGEST_DATELINE))?;
    // Most paragraphs have none of the marks that close a dateline.
    if !head.contains(['-', '–', '—', 'ـ', ':']) {
        return None;
    }
    let tokens = tokenize(head);
    let is_dash = |token: &str| matches!(token, "-" | "–" | "—" | "ـ" | "ــ");
    let mut start = 0;
    let mut parts: Vec<Option<Part>> = Vec::new();
    let (mut open, mut aside) = (false, false);
    for (at, token) in tokens.iter().enumerate().take(LONGEST_DATELINE_TOKENS) {
        let mark = token.text(head);
        let colon = mark == ":";
        if !(is_dash(mark) || colon || matches!(mark, "،" | "," | "(" | ")" | "/")) {
            continue;
        }
        let before = head.get(start..token.span.start)?.trim();
        // A hyphen inside of a name or between numbers separates nothing.
        let after = head.get(token.span.end..)?;
        let before_space = head.get(..token.span.start)?.ends_with(|c: char| c.is_whitespace() || c == ')');
        let after_space = after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || c == '-');
        if is_dash(mark) && !before_space && !after_space {
            continue;
        }
        // Dashes around a remark: قالت الوكالة -اليوم- إن.
        let bracket = head.get(..token.span.start)?.ends_with(')');
        aside |= is_dash(mark) && before_space && !bracket && !after_space;
        if !before.is_empty() && before != "." {
            parts.push(part(before));
        }
        start = token.span.end;
        open = mark == "(" || open && mark != ")";
        if parts.iter().any(Option::is_none) || parts.len() > 5 {
            return None;
        }
        let closed = if colon {
            closes_with_colon(&parts)
        } else {
            is_dash(mark) && !open && !aside && closes_with_dash(&parts)
        };
        let end = tokens
            .iter()
            .skip(at)
            .take_while(|t| is_dash(t.text(head)) || colon && t.text(head) == ":" || t.text(head) == ".")
            .last()
            .map_or(token.span.end, |last| last.span.end);
        // `وكالة - مدينة:` goes on behind the dash.
        if closed && (colon || !goes_on(text.get(end..)?)) {
            return Some(end);
        }
        if colon {
            return None;
        }
    }
    None
}

/// Whether more of a dateline stands behind its first dash: a part and a colon or another dash.
fn goes_on(rest: &str) -> bool {
    let head = rest.get(..rest.floor_char_boundary(LONGEST_DATELINE / 2)).unwrap_or("");
    let Some(end) = head.find([':', '-', '–', '—']) else { return false };
    let next = head.get(..end).unwrap_or("").trim();
    next.split_whitespace().count() <= LONGEST_NAME
        && match part(next) {
            Some(Part::Place | Part::Outlet | Part::Date | Part::Person) => true,
            Some(Part::Words) => {
                head.get(end..).is_some_and(|rest| rest.starts_with(':')) && !next.contains(' ')
            }
            None => false,
        }
}

fn closes_with_dash(parts: &[Option<Part>]) -> bool {
    let known = |part: &Option<Part>| matches!(part, Some(Part::Place | Part::Outlet | Part::Date));
    let origin = |part: &Option<Part>| matches!(part, Some(Part::Place | Part::Outlet));
    parts.iter().any(origin) && parts.iter().all(|part| known(part) || *part == Some(Part::Person))
}

/// `مدينة:` alone may be who speaks; an outlet before it, or author and outlet, are not.
fn closes_with_colon(parts: &[Option<Part>]) -> bool {
    let named = |part: &Option<Part>| matches!(part, Some(Part::Person | Part::Words));
    match parts {
        [Some(Part::Outlet), Some(Part::Place | Part::Outlet | Part::Date | Part::Words)] => true,
        [Some(Part::Place), Some(Part::Outlet)] => true,
        [Some(Part::Person | Part::Words), Some(Part::Outlet)] => true,
        [authors @ .., Some(Part::Outlet | Part::Words), Some(Part::Place | Part::Outlet)] => {
            !authors.is_empty() && authors.iter().all(named)
        }
        _ => false,
    }
}

/// The time and the initials that agencies sign a dispatch with: `18:38 ت م`.
pub(super) fn is_stamp(text: &str) -> bool {
    let mut words = text.split_whitespace().filter(|word| *word != "-");
    let clock = |word: &str| {
        word.split_once(':').is_some_and(|(hour, minute)| {
            let digits = |part: &str| !part.is_empty() && part.chars().all(char::is_numeric);
            digits(hour) && digits(minute)
        })
    };
    words.next().is_some_and(clock) && words.all(|word| word.chars().count() <= 3 && !word.contains('.'))
}

/// An address of mail or web, or an account, with at most a few words before it.
pub(super) fn is_contact(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.len() <= 6 && words.last().is_some_and(|word| is_mail_address(word))
        || words.len() <= 4
            && words.iter().all(|word| is_mail_address(word) || is_account(word) || *word == "-")
}

/// `name@host.domain`.
pub(super) fn is_mail_address(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    word.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && host.contains('.')
            && !host.contains('@')
            && word.is_ascii()
            && !word.contains(' ')
    })
}

fn is_account(word: &str) -> bool {
    let name = word.trim_start_matches(['(', ':']).strip_prefix('@');
    name.is_some_and(|name| name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines() {
        for (line, want) in [
            ("دبي، الإمارات العربية المتحدة (CNN)-- قال مسؤول", Some("دبي، الإمارات العربية المتحدة (CNN)--")),
            ("دبي، الإمارات العربية المتحدة (CNN) – قال", Some("دبي، الإمارات العربية المتحدة (CNN) –")),
            ("(CNN)— قال", Some("(CNN)—")),
            ("دبي، الإمارات العربية المتحدة (CNN)—قال", Some("دبي، الإمارات العربية المتحدة (CNN)—")),
            ("بيروت- قال الوزير", Some("بيروت-")),
            ("القدس المحتلة – قال", Some("القدس المحتلة –")),
            ("شمال سوريا– قال", Some("شمال سوريا–")),
            ("القاهرة (خاص)- قال", Some("القاهرة (خاص)-")),
            ("واس- الرياض: قال", Some("واس- الرياض:")),
            ("رويترز –لندن: قال", Some("رويترز –لندن:")),
            ("واشنطن (رويترز) - قال", Some("واشنطن (رويترز) -")),
            ("تونس 11 ديسمبر 2016 (وات) - قال", Some("تونس 11 ديسمبر 2016 (وات) -")),
            ("بيروت - محمد سالم - قال", Some("بيروت - محمد سالم -")),
            ("رنا صقر- منبر- الرياض: قال", Some("رنا صقر- منبر- الرياض:")),
            ("أ ف ب- نيويورك: قال", Some("أ ف ب- نيويورك:")),
            ("رويترز- بلدة: قال", Some("رويترز- بلدة:")),
            ("باريس: قال", None),
            ("نقلت وكالة الأناضول -اليوم الثلاثاء- عن", None),
            ("الأردن -اليوم الثلاثاء- طلب", None),
            ("سرايا القدس- كتيبة جنين- قالت", None),
            ("النادي البنزرتي – النجم الساحلي – قال", None),
            ("الخميس 15 فبراير 2017 الساعة 14:00 النادي الصفاقسي – النجم", None),
            ("قال الوزير - وهو طبيب - إن", None),
            ("1 - 1", None),
        ] {
            assert_eq!(dateline(line).map(|end| &line[..end]), want, "{line}");
        }
    }
}
