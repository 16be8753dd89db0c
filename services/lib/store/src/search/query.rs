//! What words are asked for, and the question in the engines' syntax.

use marsad_arabic::search::{Stemmer, Term};
use marsad_model::{ContentHash, Span};
use serde::{Deserialize, Serialize};

use super::Prominence;
use crate::sql::Dialect;

/// The most words of a query.
const MOST_WORDS: usize = 32;

/// Words that are looked for: all of the wanted ones, none of the excluded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextQuery {
    /// Light stems; several stand for a phrase.
    wanted: Vec<Vec<String>>,
    excluded: Vec<Vec<String>>,
}

/// Why a text is no query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextQueryError {
    /// There is no word in it that is wanted.
    #[error("it names no word that is looked for")]
    Empty,
    /// It is too long.
    #[error("it has more than {MOST_WORDS} words")]
    TooLong,
}

impl TextQuery {
    /// Reads what a person writes: words, `"phrases"` in quotation marks of any kind, and either with a `-` before it for what shall
    /// not be there.
    ///
    /// ```
    /// use marsad_store::TextQuery;
    /// assert_eq!(TextQuery::parse("الغارات"), TextQuery::parse("بغارة"));
    /// assert!(TextQuery::parse("«مجلس النواب» -أربيل").is_ok());
    /// assert!(TextQuery::parse("-أربيل").is_err());
    /// ```
    ///
    /// # Errors
    /// A query without a wanted word, and one of more than 32 words.
    pub fn parse(text: &str) -> Result<Self, TextQueryError> {
        let mut stemmer = Stemmer::default();
        let mut query = Self { wanted: Vec::new(), excluded: Vec::new() };
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let after_minus = rest.strip_prefix('-').filter(|after| !after.starts_with(char::is_whitespace));
            let piece = after_minus.unwrap_or(rest);
            let first = if after_minus.is_some() { piece.chars().next().unwrap_or(first) } else { first };
            let is_phrase = is_quote(first);
            let inside = if is_phrase { piece.get(first.len_utf8()..).unwrap_or_default() } else { piece };
            let end = inside.find(|c: char| is_quote(c) || (!is_phrase && c.is_whitespace()));
            let (words, after) = inside.split_at(end.unwrap_or(inside.len()));
            let stems: Vec<String> = stemmer.terms(words).into_iter().map(|term| term.stem).collect();
            query.add(stems, is_phrase, after_minus.is_some());
            let closed = after.chars().next().filter(|_| is_phrase).map_or(0, char::len_utf8);
            rest = after.get(closed..).unwrap_or_default().trim_start();
        }
        if query.wanted.is_empty() {
            return Err(TextQueryError::Empty);
        }
        if query.wanted.iter().chain(&query.excluded).map(Vec::len).sum::<usize>() > MOST_WORDS {
            return Err(TextQueryError::TooLong);
        }
        Ok(query)
    }

    fn add(&mut self, stems: Vec<String>, is_phrase: bool, is_excluded: bool) {
        if stems.is_empty() {
            return;
        }
        let groups = if is_excluded { &mut self.excluded } else { &mut self.wanted };
        let more = if is_phrase || is_excluded {
            vec![stems]
        } else {
            stems.into_iter().map(|stem| vec![stem]).collect()
        };
        for group in more {
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
    }

    /// How many words and phrases are wanted.
    pub(crate) fn len(&self) -> usize {
        self.wanted.len()
    }

    /// Where wanted words and phrases stand among the terms of a text: which of them, and its place.
    pub(crate) fn places(&self, terms: &[Term]) -> Vec<(usize, Span)> {
        let mut places = Vec::new();
        for at in 0..terms.len() {
            for (number, group) in self.wanted.iter().enumerate() {
                if let Some(span) = stands_at(group, terms, at) {
                    places.push((number, span));
                }
            }
        }
        places
    }

    /// The places of all that is wanted in a sentence; `None` where something of it is missing, or something excluded is there.
    pub(crate) fn all_in(&self, terms: &[Term]) -> Option<Vec<Span>> {
        let is_there = |group: &Vec<String>| (0..terms.len()).any(|at| stands_at(group, terms, at).is_some());
        if self.excluded.iter().any(is_there) || !self.wanted.iter().all(is_there) {
            return None;
        }
        let mut spans: Vec<Span> = self.places(terms).into_iter().map(|(_, span)| span).collect();
        spans.dedup();
        Some(spans)
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '＂')
}

/// Where a word or phrase stands that begins with a term.
fn stands_at(group: &[String], terms: &[Term], at: usize) -> Option<Span> {
    let here = terms.get(at..at + group.len())?;
    let same = here.iter().zip(group).all(|(term, stem)| term.stem == *stem);
    let (first, last) = (here.first().filter(|_| same)?, here.last()?);
    Some(Span::new(first.span.start, last.span.end))
}

/// The mark of an outlet, by its name or id.
pub(super) fn outlet_mark(outlet: &str) -> String {
    let hash = ContentHash::of(&[Some(outlet)]).0;
    let hex: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("o={hex}")
}

/// A question to the index.
pub(crate) struct Wanted<'q> {
    pub(crate) query: &'q TextQuery,
    pub(crate) outlet: Option<&'q str>,
    /// Whether articles with something that is excluded anywhere in them are left out.
    pub(crate) leave_out: bool,
}

impl Wanted<'_> {
    /// The question for one class in the engine's syntax. Stems are letters and digits alone, so nothing has to be escaped.
    pub(crate) fn condition(&self, prominence: Prominence, dialect: Dialect) -> String {
        let marked = |mark: &str| {
            let stems = self.query.wanted.iter().flatten();
            all(dialect, stems.map(|stem| phrase(dialect, &[format!("{mark}{stem}")])))
        };
        let mut wanted: Vec<String> = self.query.wanted.iter().map(|group| phrase(dialect, group)).collect();
        wanted.extend(self.outlet.map(|outlet| phrase(dialect, &[outlet_mark(outlet)])));
        let mut unwanted = Vec::new();
        if self.leave_out {
            unwanted.extend(self.query.excluded.iter().map(|group| phrase(dialect, group)));
        }
        match prominence {
            Prominence::Title => wanted.push(marked("t=")),
            Prominence::Central => {
                wanted.push(marked("c="));
                unwanted.push(marked("t="));
            }
            Prominence::Text => unwanted.push(marked("c=")),
        }
        let wanted = all(dialect, wanted.into_iter());
        let unwanted = unwanted.into_iter().reduce(|left, right| match dialect {
            Dialect::Sqlite => format!("{left} OR {right}"),
            Dialect::Postgres => format!("{left} | {right}"),
        });
        match (unwanted, dialect) {
            (None, _) => wanted,
            (Some(unwanted), Dialect::Sqlite) => format!("{wanted} NOT ({unwanted})"),
            (Some(unwanted), Dialect::Postgres) => format!("{wanted} & !({unwanted})"),
        }
    }
}

fn phrase(dialect: Dialect, stems: &[String]) -> String {
    match dialect {
        Dialect::Sqlite => format!("\"{}\"", stems.join(" ")),
        Dialect::Postgres => format!("('{}')", stems.join("' <-> '")),
    }
}

fn all(dialect: Dialect, conditions: impl Iterator<Item = String>) -> String {
    let and = match dialect {
        Dialect::Sqlite => " AND ",
        Dialect::Postgres => " & ",
    };
    format!("({})", conditions.collect::<Vec<_>>().join(and))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn groups(query: &str) -> (String, String) {
        let query = TextQuery::parse(query).unwrap();
        let show =
            |groups: &[Vec<String>]| groups.iter().map(|group| group.join("+")).collect::<Vec<_>>().join(" ");
        (show(&query.wanted), show(&query.excluded))
    }

    #[test]
    fn words_phrases_and_exclusions() {
        for (query, wanted, excluded) in [
            ("abc def abc", "abc def", ""),
            ("\"abc def\" ghi", "abc+def ghi", ""),
            ("«abc def» -ghi", "abc+def", "ghi"),
            ("abc -\"def ghi\"", "abc", "def+ghi"),
            ("abc - def", "abc def", ""),
            ("F-16", "f16", ""),
            ("abc\"def", "abc def", ""),
            ("\"abc", "abc", ""),
            ("abc/def", "abc def", ""),
            ("abc -def/ghi", "abc", "def+ghi"),
        ] {
            assert_eq!(groups(query), (wanted.to_owned(), excluded.to_owned()), "{query}");
        }
        for empty in ["", " ", "-abc", "\"\"", "- ، !", "-"] {
            assert_eq!(TextQuery::parse(empty), Err(TextQueryError::Empty), "{empty}");
        }
        let words: Vec<_> = (0..33).map(|number| format!("w{number}")).collect();
        assert_eq!(TextQuery::parse(&words.join(" ")), Err(TextQueryError::TooLong));
        assert!(TextQuery::parse(&words[1..].join(" ")).is_ok());
    }

    #[test]
    fn questions_in_both_languages() {
        let query = TextQuery::parse("abc \"def ghi\" -xyz").unwrap();
        let wanted = Wanted { query: &query, outlet: None, leave_out: true };
        assert_eq!(
            wanted.condition(Prominence::Central, Dialect::Sqlite),
            "(\"abc\" AND \"def ghi\" AND (\"c=abc\" AND \"c=def\" AND \"c=ghi\")) NOT (\"xyz\" OR (\"t=abc\" AND \"t=def\" AND \"t=ghi\"))"
        );
        assert_eq!(
            wanted.condition(Prominence::Title, Dialect::Postgres),
            "(('abc') & ('def' <-> 'ghi') & (('t=abc') & ('t=def') & ('t=ghi'))) & !(('xyz'))"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_a_query_or_none(text in any::<String>()) {
            if let Ok(query) = TextQuery::parse(&text) {
                prop_assert!(query.len() > 0);
            }
        }
    }
}
