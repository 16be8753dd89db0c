//! The words of an article that count: those of its title, headings and body, in comparison form.

use std::ops::Range;

use marsad_arabic::orthography::fold;
use marsad_arabic::span;
use marsad_arabic::token::{Token, sentences, tokenize};
use marsad_model::ontology::SegmentKind;
use marsad_model::{Analysis, Span};

/// A word of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Where it is, in bytes of the article's text.
    pub span: Span,
    /// Its comparison form (see [`marsad_arabic::orthography::fold`]), in lower case.
    pub folded: String,
    /// The part of the page that it stands in: never [`SegmentKind::Boilerplate`].
    pub part: SegmentKind,
}

/// The words of the article's own text, in order; `text` is the one that the analysis was made of.
pub fn words(text: &str, analysis: &Analysis) -> Vec<Word> {
    Reading::new(text, analysis).words()
}

/// A text as all parts of a digest read it.
#[derive(Debug)]
pub(crate) struct Reading<'t> {
    pub(crate) text: &'t str,
    pub(crate) tokens: Vec<Token>,
    /// Ranges of tokens.
    pub(crate) sentences: Vec<Range<usize>>,
    /// The parts of the page that are the article's own, in order.
    own: Vec<(Span, SegmentKind)>,
}

impl<'t> Reading<'t> {
    pub(crate) fn new(text: &'t str, analysis: &Analysis) -> Self {
        let tokens = tokenize(text);
        let own = analysis.segments.iter().filter(|segment| segment.kind != SegmentKind::Boilerplate);
        let mut own: Vec<_> = own.map(|segment| (segment.span, segment.kind)).collect();
        own.sort_unstable_by_key(|(span, _)| span.start);
        Self { sentences: sentences(text, &tokens), text, tokens, own }
    }

    /// The part of the page that holds these bytes, where it is the article's own.
    pub(crate) fn part(&self, start: usize, end: usize) -> Option<SegmentKind> {
        let after = self.own.partition_point(|(span, _)| span.start <= start);
        let (span, part) = self.own.get(after.checked_sub(1)?)?;
        (end <= span.end).then_some(*part)
    }

    /// The first token that ends after a byte.
    pub(crate) fn token_at(&self, byte: usize) -> usize {
        self.tokens.partition_point(|token| token.span.end <= byte)
    }

    /// The sentence of a token: its number, and its tokens.
    pub(crate) fn sentence_of(&self, token: usize) -> (usize, Range<usize>) {
        let at = self.sentences.partition_point(|sentence| sentence.end <= token);
        (at, self.sentences.get(at).cloned().unwrap_or_default())
    }

    /// The article's own words, in order.
    pub(crate) fn words(&self) -> Vec<Word> {
        let words = self.tokens.iter().filter(|token| token.is_word());
        let own = words.filter_map(|token| {
            let span::Span { start, end } = token.span;
            let part = self.part(start, end)?;
            Some(Word {
                span: Span::new(start, end),
                folded: fold(token.text(self.text)).to_lowercase(),
                part,
            })
        });
        own.collect()
    }
}
