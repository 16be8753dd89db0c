//! Tokens with their folded words beside them: what the number and time readers look at.

use crate::lexicon::Phrase;
use crate::openers::{Opens, opens};
use crate::orthography::{fold_into, is_arabic_letter};
use crate::span::Span;
use crate::token::{Token, TokenKind};

/// Particles that may be attached before a number or time word, longest first.
const ATTACHED: [&str; 10] = ["وب", "ول", "وك", "فب", "فل", "و", "ف", "ب", "ل", "ك"];

pub(crate) struct View<'t> {
    pub(crate) text: &'t str,
    pub(crate) tokens: &'t [Token],
    /// The folded tokens, one after the other.
    folded: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl<'t> View<'t> {
    pub(crate) fn new(text: &'t str, tokens: &'t [Token]) -> Self {
        let mut folded = String::with_capacity(text.len());
        let mut ends = Vec::with_capacity(tokens.len());
        for token in tokens {
            fold_into(token.text(text), &mut folded);
            ends.push(folded.len());
        }
        Self { text, tokens, folded, ends }
    }

    /// What may begin with token `at`, whatever particles are attached to it.
    pub(crate) fn opens(&self, at: usize) -> Opens {
        match self.kind(at) {
            Some(TokenKind::Word) => {}
            Some(TokenKind::Punctuation | TokenKind::Symbol | TokenKind::Url) | None => {
                return Opens::default();
            }
            Some(_) => return Opens { time: true, number: true },
        }
        let (word, next) = (self.fold(at), self.fold(at + 1));
        without_particles(word).map(|(rest, _)| opens(rest, next)).fold(opens(word, next), |all, one| Opens {
            time: all.time || one.time,
            number: all.number || one.number,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The folded token, empty off the end.
    pub(crate) fn fold(&self, at: usize) -> &str {
        let Some(end) = self.ends.get(at) else { return "" };
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.folded.get(start..*end).unwrap_or("")
    }

    pub(crate) fn raw(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |token| token.text(self.text))
    }

    pub(crate) fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    pub(crate) fn start(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(self.text.len(), |token| token.span.start)
    }

    pub(crate) fn end(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(self.text.len(), |token| token.span.end)
    }

    /// Whether token `at` stands on the same line as the one before it.
    pub(crate) fn follows(&self, at: usize) -> bool {
        at > 0 && at < self.len() && !self.gap(at).contains(['\n', '\r'])
    }

    /// Whether token `at` touches the one before it.
    pub(crate) fn touches(&self, at: usize) -> bool {
        at > 0 && at < self.len() && self.gap(at).is_empty()
    }

    /// The text between token `at` and the one before it.
    pub(crate) fn gap(&self, at: usize) -> &'t str {
        at.checked_sub(1).and_then(|before| self.text.get(self.end(before)..self.start(at))).unwrap_or("")
    }

    /// Byte offset in the text after the first `letters` letters of token `at` and the signs that belong to them. A ligature,
    /// which is two letters, is not cut: it stays behind the offset.
    pub(crate) fn after_letters(&self, at: usize, letters: usize) -> usize {
        let raw = self.raw(at);
        let mut before = 0;
        let cut = raw.char_indices().filter(|(_, c)| is_arabic_letter(*c)).find(|(_, c)| {
            before += if is_ligature(*c) { 2 } else { 1 };
            before > letters
        });
        self.start(at) + cut.map_or(raw.len(), |(byte, _)| byte)
    }

    /// The readings of a word with nothing, then with each attached particle cut off: the rest and where it starts.
    pub(crate) fn readings(&self, at: usize) -> impl Iterator<Item = (&str, usize)> {
        let whole = self.fold(at);
        let cut = without_particles(whole)
            .map(move |(rest, particles)| (rest, self.after_letters(at, particles.chars().count())));
        std::iter::once((whole, self.start(at))).chain(cut)
    }

    /// Whether a phrase stands at `at` word by word; its first word may carry a particle. Returns where it starts.
    pub(crate) fn phrase_at(&self, at: usize, phrase: &Phrase) -> Option<usize> {
        let (first, rest) = phrase.split_first()?;
        for (offset, word) in rest.iter().enumerate() {
            if self.fold(at + 1 + offset) != word || !self.follows(at + 1 + offset) {
                return None;
            }
        }
        self.readings(at).find(|(reading, _)| reading == first).map(|(_, start)| start)
    }

    /// The folded words `at..at + count` joined by blanks, where they stand on one line with only blanks between.
    pub(crate) fn joined(&self, at: usize, count: usize) -> Option<String> {
        let mut out = String::new();
        for i in at..at + count {
            if i >= self.len() || (i > at && !self.follows(i)) {
                return None;
            }
            if i > at {
                out.push(' ');
            }
            out.push_str(self.fold(i));
        }
        Some(out)
    }

    pub(crate) fn span(&self, start: usize, last: usize) -> Span {
        Span::new(start, self.end(last))
    }
}

/// A folded word without each of the particles that may be attached before it, and the particles.
fn without_particles(word: &str) -> impl Iterator<Item = (&str, &'static str)> {
    let attached = if word.starts_with(['و', 'ف', 'ب', 'ل', 'ك']) { ATTACHED.as_slice() } else { &[] };
    attached.iter().filter_map(move |particle| {
        let rest = word.strip_prefix(particle)?;
        rest.chars().nth(1).is_some().then_some((rest, *particle))
    })
}

/// Whether a presentation form is lam with alef.
fn is_ligature(c: char) -> bool {
    matches!(c, '\u{FEF5}'..='\u{FEFC}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::tokenize;

    #[test]
    fn offsets_behind_particles() {
        for (word, letters, rest) in [
            ("لأكثر", 1, "أكثر"),
            ("وَلِأكثر", 2, "أكثر"),
            ("ل\u{640}أكثر", 1, "أكثر"),
            ("\u{FEF7}كثر", 1, "\u{FEF7}كثر"),
            ("و\u{FEF7}كثر", 1, "\u{FEF7}كثر"),
            ("و\u{FEF7}كثر", 3, "كثر"),
            ("و", 1, ""),
        ] {
            let tokens = tokenize(word);
            let view = View::new(word, &tokens);
            assert_eq!(word.get(view.after_letters(0, letters)..), Some(rest), "{word} {letters}");
        }
    }
}
