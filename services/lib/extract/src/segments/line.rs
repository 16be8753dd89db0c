//! One line of a page by itself: what its form alone says about it.

use marsad_arabic::date_line::date_of_line;
use marsad_arabic::orthography::{digit_value, fold, is_alphanumeric};
use marsad_arabic::time::times;
use marsad_arabic::token::{TokenKind, tokenize};
use marsad_model::Span;

use super::byline;
use super::patterns::{Match, PATTERNS, comparable, comparable_folded, letters_folded};
use super::tail;
use crate::knowledge;

/// A line that is not blank.
#[derive(Debug)]
pub(super) struct Line<'t> {
    /// Without the white space around it.
    pub(super) text: &'t str,
    pub(super) span: Span,
    /// Blank-separated words.
    pub(super) words: usize,
    /// Whether a blank line stands before it.
    pub(super) after_gap: bool,
    /// Letters and digits only.
    pub(super) letters: String,
    /// Why it is boilerplate by its form alone, and how it matched.
    pub(super) own: Option<(&'static str, Match)>,
}

/// Words up to which a line may be boilerplate by a pattern: chrome is short, and a paragraph that happens to hold a
/// pattern is text.
const LONGEST_PREFIXED: usize = 40;
const LONGEST_CAPTION: usize = 30;
const LONGEST_CREDIT: usize = 12;
const LONGEST_MARKED: usize = 25;
const LONGEST_DATE_LINE: usize = 18;
/// Bytes of a word, as far as lines are looked at that should be short.
const LONGEST_WORD: usize = 60;
/// Digits of a counter.
const LONGEST_COUNTER: usize = 4;
const LONGEST_TIME_LINE: usize = 8;

impl<'t> Line<'t> {
    /// The lines of a text.
    pub(super) fn all(text: &'t str) -> Vec<Self> {
        let mut lines = Vec::new();
        let (mut start, mut gap) = (0, false);
        for raw in text.split_inclusive(['\n', '\r', '\u{2028}', '\u{2029}']) {
            let trimmed = raw.trim();
            if trimmed.is_empty() {
                gap |= !raw.ends_with('\r');
            } else {
                let from = start + (raw.len() - raw.trim_start().len());
                lines.push(Self::new(trimmed, from, gap));
                gap = false;
            }
            start += raw.len();
        }
        lines
    }

    fn new(text: &'t str, start: usize, after_gap: bool) -> Self {
        let span = Span::new(start, start + text.len());
        let words = text.split_whitespace().count();
        let mut line = Self { text, span, words, after_gap, letters: String::new(), own: None };
        let folded = fold(text);
        line.own = line.form(&folded);
        line.letters = letters_folded(folded);
        line
    }

    /// Whether it closes like a sentence of running text.
    pub(super) fn ends_sentence(&self) -> bool {
        self.text.trim_end_matches(['"', '”', '»', '«', '“', ')']).ends_with(['.', '،', '؛'])
    }

    /// Whether it is a paragraph rather than a headline or chrome.
    pub(super) fn is_paragraph(&self) -> bool {
        self.words >= 14 || self.words >= 7 && self.ends_sentence()
    }

    /// Whether it is an item of a list.
    pub(super) fn is_bullet(&self) -> bool {
        self.text.starts_with(['-', '•', '*', '–', '—', '●', '▪', '◾', '·', '►'])
    }

    /// Whether it is a short number alone: a counter, or the number of a section.
    pub(super) fn is_counter(&self) -> bool {
        self.letters.len() <= LONGEST_COUNTER && self.letters.chars().all(|c| c.is_ascii_digit())
    }

    /// Whether it is an item of a list, with a mark or a number.
    pub(super) fn is_item(&self) -> bool {
        self.is_bullet() || self.text.chars().next().is_some_and(|c| digit_value(c).is_some())
    }

    fn form(&self, folded: &str) -> Option<(&'static str, Match)> {
        if !folded.contains(is_alphanumeric) {
            return Some(("ui", Match::Line));
        }
        if self.words > LONGEST_PREFIXED {
            return None;
        }
        let found = PATTERNS
            .find(&comparable_folded(folded), folded)
            .filter(|(reason, how)| self.may_be(reason, *how));
        found
            .or_else(|| tail::is_source(self.text).then_some(("credit", Match::Line)))
            .or_else(|| self.is_caption().then_some(("caption", Match::Suffix)))
            .or_else(|| self.is_tag_line().then_some(("tags", Match::Line)))
            .or_else(|| self.is_link_bar().then_some(("share", Match::Line)))
            .or_else(|| byline::is_contact(self.text).then_some(("byline", Match::Line)))
            .or_else(|| byline::is_stamp(self.text).then_some(("byline_date", Match::Line)))
    }

    /// Whether a line of this length and shape may be what a pattern says.
    fn may_be(&self, reason: &str, how: Match) -> bool {
        match (reason, how) {
            (_, Match::Line) | ("tags" | "summary_ai", Match::Prefix(_)) => true,
            // Invitations to subscribe are sentences.
            ("subscription", Match::Prefix(_)) => self.words <= LONGEST_MARKED,
            (_, Match::Prefix(_)) => {
                self.words <= LONGEST_CREDIT || self.words <= LONGEST_MARKED && !self.ends_sentence()
            }
            ("caption", Match::Suffix) => self.words <= LONGEST_CAPTION && !self.holds_sentences(),
            (_, Match::Suffix) => self.words <= LONGEST_CREDIT,
            (_, Match::Anywhere) => self.words <= LONGEST_MARKED,
        }
    }

    /// Whether a full stop stands inside of it.
    fn holds_sentences(&self) -> bool {
        self.text.contains(". ") || self.text.contains(".(") || self.text.contains("\" ")
    }

    /// A description with a photo credit in brackets at its end: `… (أرشيف/ وكالة)`, `… (اسم - وكالة)`.
    fn is_caption(&self) -> bool {
        let Some((before, credit)) = self.text.strip_suffix(')').and_then(|rest| rest.rsplit_once('('))
        else {
            return false;
        };
        if self.words > LONGEST_CAPTION
            || before.trim_end().ends_with(['.', '"', '؟'])
            || self.holds_sentences()
        {
            return false;
        }
        let folded = fold(credit);
        let has_word = |word: &str| folded.split(|c: char| !c.is_alphanumeric()).any(|w| w == word);
        let outlet = || {
            credit
                .split(['/', '-', '–', '،'])
                .any(|part| knowledge::get().media_of_name(part.trim()).is_some())
        };
        has_word("ارشيف")
            || has_word("تصوير")
            || has_word("ارشيفيه")
            || credit.contains('/') && outlet()
            || outlet()
    }

    /// Hashtags and nothing else to speak of.
    fn is_tag_line(&self) -> bool {
        let tags = self.text.split_whitespace().filter(|word| word.starts_with('#')).count();
        tags >= 2 && tags * 2 >= self.words
    }

    /// Several links in a row, each of which is chrome by itself: `فيسبوك | إكس | طباعة`.
    fn is_link_bar(&self) -> bool {
        let parts: Vec<&str> =
            self.text.split(['|', '•', '/']).filter(|part| !part.trim().is_empty()).collect();
        parts.len() >= 2 && parts.iter().all(|part| PATTERNS.line(&comparable(part)).is_some())
    }

    /// The words outside of time expressions, places and outlets if the line holds a date in full.
    pub(super) fn words_beside_date(&self) -> Option<usize> {
        let dated = self.words <= LONGEST_DATE_LINE && self.text.chars().any(|c| digit_value(c).is_some());
        if !dated {
            return None;
        }
        date_of_line(self.text)?;
        let tokens = tokenize(self.text);
        let dates = times(self.text, &tokens, None);
        let outside = tokens.iter().filter(|token| {
            matches!(token.kind, TokenKind::Word | TokenKind::Latin)
                && !dates.iter().any(|date| date.span.overlaps(token.span))
        });
        Some(outside.count())
    }

    /// Time expressions and hardly anything else: `منذ 3 ساعات`, `آخر تحديث: أمس 14:05`.
    pub(super) fn is_time_line(&self) -> bool {
        if self.words > LONGEST_TIME_LINE || self.text.len() > LONGEST_TIME_LINE * LONGEST_WORD {
            return false;
        }
        let tokens = tokenize(self.text);
        let found = times(self.text, &tokens, None);
        let words = |inside: bool| {
            let words = tokens.iter().filter(|t| matches!(t.kind, TokenKind::Word | TokenKind::Latin));
            words.filter(|t| found.iter().any(|time| time.span.overlaps(t.span)) == inside).count()
        };
        !found.is_empty() && words(false) <= 3 && words(false) <= words(true) + 1
    }
}
