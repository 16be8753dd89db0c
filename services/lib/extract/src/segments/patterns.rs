//! The patterns of `seeds/lexicon/boilerplate.tsv`, and the comparison form of a line.

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

use marsad_arabic::orthography::{fold, is_alphanumeric};

/// A line in comparison form: folded, white space collapsed, without marks at its ends.
pub(super) fn comparable(line: &str) -> String {
    comparable_folded(&fold(line))
}

/// [`comparable`] for a line that is folded.
pub(super) fn comparable_folded(folded: &str) -> String {
    let collapsed = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    collapsed.trim_matches(is_mark).to_owned()
}

/// Marks that lists, links and titles have at their ends.
fn is_mark(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '.' | '،' | ',' | ':' | '…' | '"' | '“' | '”' | '«' | '»' | '-' | '–' | '—' | '|' | '•'
        )
}

/// A line with nothing but its letters and digits, for telling repetitions.
pub(super) fn letters(line: &str) -> String {
    letters_folded(fold(line))
}

/// [`letters`] of a line that is folded.
pub(super) fn letters_folded(mut folded: String) -> String {
    folded.retain(is_alphanumeric);
    folded
}

type Pattern = (String, &'static str);

/// The patterns by what of a line they match.
pub(super) struct Patterns {
    lines: FxHashMap<String, &'static str>,
    /// By first letter.
    prefixes: FxHashMap<char, Vec<Pattern>>,
    suffixes: Vec<Pattern>,
    anywhere: Vec<Pattern>,
    /// Beginnings of what closes an article, by first letter.
    closing: FxHashMap<char, Vec<Pattern>>,
}

const LIST: &str = include_str!("../../../../../seeds/lexicon/boilerplate.tsv");

pub(super) static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let mut patterns = Patterns {
        lines: FxHashMap::default(),
        prefixes: FxHashMap::default(),
        suffixes: Vec::new(),
        anywhere: Vec::new(),
        closing: FxHashMap::default(),
    };
    for row in LIST.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [kind, pattern, reason, ..] = columns.as_slice() else { continue };
        let folded = fold(pattern);
        match *kind {
            "line" => {
                patterns.lines.insert(comparable(pattern), *reason);
            }
            "prefix" => {
                if pattern.ends_with(':') && matches!(*reason, "credit" | "tags" | "related") {
                    insert(&mut patterns.closing, folded.clone(), reason);
                }
                insert(&mut patterns.prefixes, folded, reason);
            }
            "closing" => insert(&mut patterns.closing, folded, reason),
            "suffix" => patterns.suffixes.push((folded, *reason)),
            _ => patterns.anywhere.push((folded, *reason)),
        }
    }
    // Of two that match the longer says more.
    for prefixes in patterns.prefixes.values_mut().chain(patterns.closing.values_mut()) {
        prefixes.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.len()));
    }
    patterns.suffixes.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.len()));
    patterns
});

fn insert(patterns: &mut FxHashMap<char, Vec<Pattern>>, folded: String, reason: &'static str) {
    let first = folded.chars().next().unwrap_or_default();
    patterns.entry(first).or_default().push((folded, reason));
}

/// The longest pattern that a folded text begins with, and what stands behind it.
fn beginning<'t>(
    patterns: &FxHashMap<char, Vec<Pattern>>,
    folded: &'t str,
) -> Option<(&'static str, &'t str)> {
    let ends_word = |rest: &str| !rest.starts_with(char::is_alphanumeric);
    patterns.get(&folded.chars().next()?)?.iter().find_map(|(pattern, reason)| {
        let rest = folded.strip_prefix(pattern.as_str())?;
        (ends_word(rest) || !pattern.ends_with(char::is_alphanumeric)).then_some((*reason, rest))
    })
}

/// How a line matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// The whole line.
    Line,
    /// Its beginning; the words behind the pattern.
    Prefix(usize),
    /// Its end.
    Suffix,
    /// Something inside of it.
    Anywhere,
}

impl Patterns {
    /// The reason of a whole line.
    pub(super) fn line(&self, comparable: &str) -> Option<&'static str> {
        self.lines.get(comparable).copied()
    }

    /// The reason of a remark that closes an article, in a line of its own or behind the last sentence.
    pub(super) fn closing(&self, folded: &str) -> Option<&'static str> {
        beginning(&self.closing, folded).map(|(reason, _)| reason)
    }

    /// The first pattern that a line matches: the whole line, then its beginning, end, inside.
    pub(super) fn find(&self, comparable: &str, folded: &str) -> Option<(&'static str, Match)> {
        if let Some(reason) = self.line(comparable) {
            return Some((reason, Match::Line));
        }
        // Pages put marks before a line: `**`, `>`, `#`.
        let bare = folded.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '(');
        let prefixed = beginning(&self.prefixes, folded).or_else(|| beginning(&self.prefixes, bare));
        if let Some((reason, rest)) = prefixed {
            return Some((reason, Match::Prefix(rest.split_whitespace().count())));
        }
        let suffix = self.suffixes.iter().find(|(pattern, _)| {
            folded.strip_suffix(pattern.as_str()).is_some_and(|head| !head.ends_with(char::is_alphanumeric))
        });
        let inside = || self.anywhere.iter().find(|(pattern, _)| folded.contains(pattern.as_str()));
        suffix
            .map(|(_, reason)| (*reason, Match::Suffix))
            .or_else(|| inside().map(|(_, reason)| (*reason, Match::Anywhere)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        for (at, row) in LIST.lines().enumerate().skip(1) {
            let columns: Vec<&str> = row.split('\t').collect();
            let good = matches!(columns.as_slice(), ["line" | "prefix" | "suffix" | "contains" | "closing", p, r, _] if !p.is_empty() && !r.is_empty());
            assert!(good, "seeds/lexicon/boilerplate.tsv:{}: {row}", at + 1);
        }
    }

    #[test]
    fn matches() {
        for (line, want) in [
            ("اقرأ أيضاً:", Some(("related", Match::Line))),
            ("المصدر: صحيفة ما", Some(("credit", Match::Prefix(2)))),
            ("المصدرون العرب يجتمعون", None),
            ("خيمة قرب الحدود (أرشيف)", Some(("caption", Match::Suffix))),
        ] {
            let (comparable, folded) = (comparable(line), fold(line));
            assert_eq!(PATTERNS.find(&comparable, &folded), want, "{line}");
        }
    }
}
