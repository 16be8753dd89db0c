//! What stands behind the last sentence of an article in the same line: credits, initials, tags, links.

use marsad_arabic::orthography::{fold, is_arabic_letter};

use super::byline::{self, is_mail_address, is_outlet, is_person};
use super::patterns::{PATTERNS, comparable};

/// Bytes at the end of a paragraph in which a tail begins.
const LONGEST_TAIL: usize = 500;
/// Words of a tail.
const LONGEST_NOTE: usize = 16;
/// Words of the names of agencies.
const LONGEST_SOURCE: usize = 8;

/// Where the tail of a paragraph begins, in bytes, and why it is none of the text. Looks at the last
/// [`LONGEST_TAIL`] bytes only.
pub(super) fn find(text: &str) -> Option<(usize, &'static str)> {
    let from = text.ceil_char_boundary(text.len().saturating_sub(LONGEST_TAIL));
    // Behind a quotation alone a sentence may go on.
    let (mut ended, mut stopped, mut dots) = (false, false, false);
    for (at, c) in text.get(from..)?.char_indices() {
        if is_end(c) {
            (ended, dots) = (true, matches!(c, '.' | '…'));
            stopped |= dots || matches!(c, '!' | '؟');
            continue;
        }
        if c.is_whitespace() {
            continue;
        }
        let before = text.get(..from + at)?;
        let rest = text.get(from + at..)?.trim_end();
        let separated = before.ends_with(char::is_whitespace) || dots || matches!(c, '*' | '«');
        if ended
            && separated
            && let Some(reason) = reason(rest, stopped)
        {
            return Some((from + at, reason));
        }
        (ended, stopped) = (false, false);
    }
    None
}

/// What ends a sentence, or the quotation or bracket in which it ends.
fn is_end(c: char) -> bool {
    matches!(c, '.' | '!' | '؟' | '…' | '"' | '”' | '»')
}

/// Why it is none of the text. Only behind a full stop, not behind a quotation alone, may it be a name or what a writer is.
fn reason(rest: &str, stopped: bool) -> Option<&'static str> {
    if rest.split_whitespace().take(LONGEST_NOTE + 1).count() > LONGEST_NOTE {
        return None;
    }
    // A sentence may begin like a remark; a remark has no full stop.
    let remark = if rest.ends_with(['.', '!', '؟']) { None } else { PATTERNS.closing(&fold(rest)) };
    if let Some(reason) = remark.filter(|reason| stopped || *reason != "byline") {
        return Some(reason);
    }
    if is_source(rest) {
        return Some("credit");
    }
    if !stopped {
        return None;
    }
    if let Some(inner) = rest.strip_prefix("(*)").or_else(|| rest.strip_prefix('*')) {
        return (!rest.ends_with('.') && !inner.contains('*')).then(|| note(inner));
    }
    if bracketed(rest).is_some_and(byline::may_be_name) {
        return Some("credit");
    }
    let named = is_initials(rest) || is_mail_address(rest) || is_person(rest);
    byline::reason(rest).or(named.then_some("byline"))
}

/// What a remark behind a star is: on the author, if nothing else.
pub(super) fn note(text: &str) -> &'static str {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '-' | '.'));
    let credit = is_outlet(text) || is_initials(text);
    PATTERNS.closing(&fold(text)).unwrap_or(if credit { "credit" } else { "byline" })
}

fn bracketed(text: &str) -> Option<&str> {
    text.strip_prefix('(')?.strip_suffix(')')
}

/// An agency between brackets or dashes: `(أ ف ب)`, `-وات-`, `(رويترز/الأناضول)`.
pub(super) fn is_source(text: &str) -> bool {
    let text = text.trim_end_matches('.');
    let inner = bracketed(text)
        .or_else(|| text.strip_prefix('«').and_then(|rest| rest.strip_suffix('»')))
        .or_else(|| text.strip_prefix('-').and_then(|rest| rest.strip_suffix('-')));
    let known = |part: &str| {
        is_outlet(part)
            || matches!(PATTERNS.line(&comparable(part)), Some("credit"))
            || PATTERNS.closing(&fold(part)).is_some()
    };
    inner.is_some_and(|inner| {
        !inner.contains(['(', '.']) && inner.split(' ').count() <= LONGEST_SOURCE && {
            let mut parts =
                inner.split(['/', '،', '-', '+', ',']).map(str::trim).filter(|part| !part.is_empty());
            parts.any(known)
        }
    })
}

/// The initials of those who wrote and edited: `ع ب م`, `س.م`.
fn is_initials(text: &str) -> bool {
    let letters: Vec<&str> = text.split([' ', '.', '/']).filter(|part| !part.is_empty()).collect();
    (2..=4).contains(&letters.len())
        && letters.iter().all(|part| {
            let mut chars = part.chars().filter(|c| *c != 'ـ');
            chars.next().is_some_and(is_arabic_letter) && chars.next().is_none()
        })
}
