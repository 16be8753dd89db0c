//! Tokens and sentences of raw text, with true offsets.
//!
//! Nothing is cleaned first: vowel signs, tatweel and invisible characters stay inside the word that they belong to,
//! NBSP is a blank, Arabic-Indic digits are digits. A number touches a word without becoming part of it (`طرد23`,
//! `بـ40`); hyphens between Arabic words are tokens of their own.

use crate::orthography::{digit_value, is_arabic_letter, is_invisible, is_word_char};
use crate::span::Span;
use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word of Arabic letters, attached particles included; also a dotted abbreviation (أ.ف.ب).
    Word,
    /// A word of other letters, with inner digits, hyphens and apostrophes (`F-16`, `COVID-19`, `U.S`).
    Latin,
    /// Digits with their separators: `1,500.5`, `٣٫٥`.
    Number,
    /// A date in digits: `24/1/2024`, `2024-01-24`, `24.01.2024`.
    Date,
    /// A clock time in digits: `14:05`, `14:05:30`.
    Clock,
    /// A number with an English ordinal ending: `27th`.
    Ordinal,
    /// A web address, domain name or mail address.
    Url,
    /// Punctuation; a run of full stops is one token.
    Punctuation,
    /// Anything else that shows: `$`, `%`, `#`, emoji.
    Symbol,
}

/// A token of the submitted text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token {
    /// Its bytes.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
}

impl Token {
    /// The token's text; empty when `text` is not the one that it was made from.
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        self.span.slice(text).unwrap_or("")
    }

    /// Whether it is a word in any script.
    pub fn is_word(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Latin)
    }
}

/// Splits a text into tokens, in order; every character outside of a token is white space or shows nothing.
///
/// ```
/// use marsad_arabic::token::{tokenize, TokenKind};
/// let text = "مكانها الصحيح\".وكان 1,500.5 دولار";
/// let tokens = tokenize(text);
/// let words: Vec<&str> = tokens.iter().map(|token| token.text(text)).collect();
/// assert_eq!(words, ["مكانها", "الصحيح", "\"", ".", "وكان", "1,500.5", "دولار"]);
/// assert_eq!(tokens[5].kind, TokenKind::Number);
/// ```
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 8);
    let mut scanner = Scanner { text, at: 0 };
    while let Some(c) = scanner.peek() {
        if c.is_whitespace() || is_invisible(c) || c.is_control() {
            scanner.bump();
            continue;
        }
        let start = scanner.at;
        let kind = scanner.token(c);
        let mut end = scanner.at;
        if kind == TokenKind::Word {
            end = text.get(start..end).map_or(end, |word| start + word.trim_end_matches(is_invisible).len());
        }
        tokens.push(Token { span: Span::new(start, end), kind });
    }
    tokens
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) {
        self.at += self.peek().map_or(1, char::len_utf8);
    }

    fn skip_while(&mut self, test: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !test(c)).unwrap_or(rest.len());
    }

    /// Consumes one token that begins with `c`.
    fn token(&mut self, c: char) -> TokenKind {
        if is_word_char(c) {
            self.word()
        } else if digit_value(c).is_some() {
            self.number()
        } else if c.is_alphanumeric() {
            self.latin()
        } else if c == '.' {
            self.skip_while(|c| c == '.');
            TokenKind::Punctuation
        } else {
            self.bump();
            if is_punctuation(c) { TokenKind::Punctuation } else { TokenKind::Symbol }
        }
    }

    fn word(&mut self) -> TokenKind {
        let start = self.at;
        self.skip_while(is_word_char);
        let letters = letters(self.text.get(start..self.at).unwrap_or(""));
        if letters == 0 {
            return TokenKind::Punctuation;
        }
        if letters == 1 {
            self.dotted(|rest| {
                let run: usize = rest.chars().take_while(|c| is_word_char(*c)).map(char::len_utf8).sum();
                (letters_upto(rest, 2) == 1).then_some(run)
            });
        }
        TokenKind::Word
    }

    /// Consumes `.X` as long as `single` says how many bytes one letter X takes at the head of the rest.
    fn dotted(&mut self, single: impl Fn(&str) -> Option<usize>) {
        while let Some(after) = self.rest().strip_prefix('.') {
            let Some(bytes) = single(after) else { break };
            self.at += 1 + bytes;
        }
    }

    fn latin(&mut self) -> TokenKind {
        let rest = self.rest();
        if ["http://", "https://", "www."].iter().any(|head| has_prefix(rest, head)) {
            self.skip_while(is_url_char);
            self.trim_url();
            return TokenKind::Url;
        }
        let mut part = self.at;
        let mut kind = TokenKind::Latin;
        self.skip_while(is_latin_char);
        loop {
            let rest = self.rest();
            let mut next = rest.chars();
            let (Some(joint), Some(c)) = (next.next(), next.next()) else { break };
            let last = self.text.get(part..self.at).unwrap_or("");
            let joins = match joint {
                '-' | '\'' | '’' | '_' | '&' => is_latin_char(c),
                '@' => is_latin_char(c),
                // A domain goes on in lower case, an abbreviation has single capitals; else a blank is missing.
                '.' => {
                    c.is_ascii_lowercase() && last.ends_with(|c: char| c.is_ascii())
                        || c.is_ascii_uppercase()
                            && last.len() == 1
                            && !next.next().is_some_and(is_latin_char)
                }
                '/' => kind == TokenKind::Url && c.is_ascii_alphanumeric(),
                _ => false,
            };
            if !joins {
                break;
            }
            if joint == '@' || (joint == '.' && c.is_ascii_lowercase()) {
                kind = TokenKind::Url;
            }
            self.at += joint.len_utf8();
            part = self.at;
            self.skip_while(is_latin_char);
        }
        kind
    }

    fn trim_url(&mut self) {
        while self.text.get(..self.at).is_some_and(|head| head.ends_with(['.', ',', ':', ';', '!', '?', '-']))
        {
            self.at -= 1;
        }
    }

    fn number(&mut self) -> TokenKind {
        if let Some((bytes, kind)) = grouped(self.rest()) {
            self.at += bytes;
            return kind;
        }
        let start = self.at;
        self.digits();
        loop {
            let mut next = self.rest().chars();
            let (Some(joint), Some(c)) = (next.next(), next.next()) else { break };
            if !matches!(joint, '.' | ',' | '\u{66B}' | '\u{66C}' | '،') || digit_value(c).is_none() {
                break;
            }
            // The Arabic comma separates a list unless whole groups of three say otherwise.
            if joint == '،' && !is_thousands_group(self.rest()) {
                break;
            }
            self.at += joint.len_utf8();
            self.digits();
        }
        let rest = self.rest();
        let ending: usize = rest.chars().take_while(char::is_ascii_alphabetic).count();
        let plain = self.text.get(start..self.at).is_some_and(|n| n.len() <= 4);
        let ordinal = rest
            .get(..ending)
            .is_some_and(|e| ["st", "nd", "rd", "th"].iter().any(|o| e.eq_ignore_ascii_case(o)));
        if plain && ordinal {
            self.at += ending;
            return TokenKind::Ordinal;
        }
        TokenKind::Number
    }

    fn digits(&mut self) {
        self.skip_while(|c| digit_value(c).is_some());
    }
}

/// Dates and clock times at the head of a text: groups of one to four digits between equal separators.
fn grouped(rest: &str) -> Option<(usize, TokenKind)> {
    let mut lengths = [0_usize; 3];
    let mut separator = None;
    let (mut group, mut bytes) = (0, 0);
    for c in rest.chars() {
        if digit_value(c).is_some() {
            *lengths.get_mut(group)? += 1;
            if lengths[group] > 4 {
                return None;
            }
        } else if matches!(c, '/' | '-' | '.' | ':') && lengths[group] > 0 && group < 2 {
            if *separator.get_or_insert(c) != c {
                break;
            }
            group += 1;
        } else {
            break;
        }
        bytes += c.len_utf8();
    }
    let separator = separator?;
    if *lengths.get(group)? == 0 {
        // A separator without digits after it is not part of the group.
        bytes -= separator.len_utf8();
        group -= 1;
    }
    let kind = match (separator, group, lengths) {
        (':', 1 | 2, [1 | 2, 2, 0 | 2]) => TokenKind::Clock,
        ('/' | '-' | '.', 2, [1 | 2, 1 | 2, 4] | [4, 1 | 2, 1 | 2]) => TokenKind::Date,
        ('/', 2, [1 | 2, 1 | 2, 2]) => TokenKind::Date,
        _ => return None,
    };
    Some((bytes, kind))
}

/// Whether a text begins with a separator and exactly three digits.
fn is_thousands_group(rest: &str) -> bool {
    let mut chars = rest.chars().skip(1);
    chars.by_ref().take(3).filter(|c| digit_value(*c).is_some()).count() == 3
        && chars.next().is_none_or(|c| digit_value(c).is_none())
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

fn letters(word: &str) -> usize {
    word.chars().filter(|c| is_arabic_letter(*c)).count()
}

/// Letters of the word that a text begins with, counted up to `limit`.
fn letters_upto(text: &str, limit: usize) -> usize {
    text.chars().take_while(|c| is_word_char(*c)).filter(|c| is_arabic_letter(*c)).take(limit).count()
}

fn is_latin_char(c: char) -> bool {
    c.is_alphanumeric() && !is_word_char(c) && (c.is_ascii_digit() || digit_value(c).is_none())
        || ('\u{300}'..='\u{36F}').contains(&c)
}

fn is_url_char(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}' | '\'')
}

fn is_punctuation(c: char) -> bool {
    matches!(c, '!'..='"' | '\''..='*' | ',' | '-' | '/' | ':'..=';' | '?' | '['..=']' | '_' | '{'..='}')
        || matches!(c, '،' | '؛' | '؟' | '۔' | '٭' | '«' | '»' | '·' | '¿' | '¡' | '\u{2010}'..='\u{2027}')
        || matches!(c, '\u{2030}'..='\u{205E}' | '\u{3001}'..='\u{3011}' | '﴾' | '﴿' | '،')
}

/// Sentences as ranges of token indices that cover all tokens in order. A sentence ends at a line break, and after
/// `.`, `!`, `?`, `؟`, `...` or `…` with the closing quotation marks and brackets that follow. A full stop after a
/// one-letter abbreviation (`د. أحمد`), after the number that opens a list item, and the two dots that newspapers use as
/// a dash end nothing.
///
/// ```
/// use marsad_arabic::token::{sentences, tokenize};
/// let text = "قال \"انتهى الأمر\".وأضاف د. أحمد: نعم.\nخبر آخر";
/// assert_eq!(sentences(text, &tokenize(text)).len(), 3);
/// ```
pub fn sentences(text: &str, tokens: &[Token]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut straight_quotes = 0_usize;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if at > start && at > 0 && breaks_line(text, tokens.get(at - 1), token) {
            out.push(start..at);
            (start, straight_quotes) = (at, 0);
        }
        straight_quotes += usize::from(token.text(text) == "\"");
        let mut next = at + 1;
        if ends_sentence(text, tokens, start, at) {
            while closes(text, tokens, next, straight_quotes % 2 == 1) {
                straight_quotes += usize::from(tokens.get(next).is_some_and(|t| t.text(text) == "\""));
                next += 1;
            }
            out.push(start..next);
            start = next;
        }
        at = next;
    }
    if start < tokens.len() {
        out.push(start..tokens.len());
    }
    out
}

/// Whether a line ends between two neighbouring tokens.
fn breaks_line(text: &str, left: Option<&Token>, right: &Token) -> bool {
    left.and_then(|left| text.get(left.span.end..right.span.start))
        .is_some_and(|gap| gap.contains(['\n', '\r', '\u{2028}', '\u{2029}']))
}

fn ends_sentence(text: &str, tokens: &[Token], start: usize, at: usize) -> bool {
    let Some(token) = tokens.get(at).filter(|t| t.kind == TokenKind::Punctuation) else { return false };
    match token.text(text) {
        "!" | "?" | "؟" | "…" | "۔" => true,
        ".." => false,
        "." => {
            let before = at.checked_sub(1).filter(|i| *i >= start).and_then(|i| tokens.get(i));
            let Some(before) = before.filter(|t| t.span.end == token.span.start) else { return true };
            let word = before.text(text);
            let after_number = at >= start + 2
                && tokens
                    .get(at - 2)
                    .is_some_and(|t| t.kind == TokenKind::Number && t.span.end == before.span.start);
            let abbreviation = match before.kind {
                TokenKind::Word => letters(word) == 1 && !after_number,
                TokenKind::Latin => word.chars().count() == 1 && word.chars().all(char::is_uppercase),
                TokenKind::Number => before.span.len() <= 4 && at == start + 1,
                _ => false,
            };
            let goes_on = tokens.get(at + 1).is_some_and(|next| !breaks_line(text, Some(token), next));
            !(abbreviation && goes_on)
        }
        dots => dots.len() > 2 && dots.bytes().all(|b| b == b'.'),
    }
}

/// Whether the token at `at` closes a quotation or bracket of the sentence that has just ended: it touches the token
/// before it, and does not open something that touches the token after it.
fn closes(text: &str, tokens: &[Token], at: usize, quote_open: bool) -> bool {
    let (Some(before), Some(token)) = (at.checked_sub(1).and_then(|i| tokens.get(i)), tokens.get(at)) else {
        return false;
    };
    if before.span.end != token.span.start {
        return false;
    }
    let touches_next =
        tokens.get(at + 1).is_some_and(|next| next.span.start == token.span.end && next.is_word());
    match token.text(text) {
        ")" | "]" | "»" | "”" | "’" | "!" | "؟" | "?" => true,
        "\"" => quote_open || !touches_next,
        "“" | "«" | "'" => !touches_next,
        _ => false,
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
