//! A word with its attached particles split.

use std::cell::OnceCell;
use std::ops::Deref;
use std::rc::Rc;

use compact_str::CompactString;
use marsad_arabic::clitics::{Proclitic, Split};
use marsad_arabic::orthography::{fold, fold_into};
use marsad_arabic::token::{Token, TokenKind};
use marsad_model::Span;

use crate::names::Facts;
use crate::syntax::Grammar;

/// A token as it is read in one way, wherever it stands.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) kind: TokenKind,
    /// The whole token, folded.
    pub(crate) folded: CompactString,
    /// The particles attached before it, in order.
    pub(crate) proclitics: Vec<Proclitic>,
    /// Article and stem, folded.
    pub(crate) host: CompactString,
    /// The stem, folded, its end restored as by itself.
    pub(crate) stem: CompactString,
    /// Whether the article stands before the stem.
    pub(crate) article: bool,
    /// The attached pronoun.
    pub(crate) enclitic: Option<&'static str>,
    /// What is left after the particles, inside of the token: article, stem and pronoun.
    host_span: Span,
    facts: OnceCell<Facts>,
    grammar: OnceCell<Grammar>,
}

impl Form {
    /// A token that takes no particles.
    pub(super) fn whole(raw: &str, kind: TokenKind) -> Self {
        let folded = CompactString::from(fold(raw));
        Self {
            kind,
            proclitics: Vec::new(),
            host: folded.clone(),
            stem: folded.clone(),
            folded,
            article: false,
            enclitic: None,
            host_span: Span::new(0, raw.len()),
            facts: OnceCell::new(),
            grammar: OnceCell::new(),
        }
    }

    /// A word in one of its splits.
    pub(super) fn split(raw: &str, split: &Split) -> Self {
        let mut buffer = String::with_capacity(raw.len() + "ال".len());
        let mut folded = |text: &str| {
            buffer.clear();
            fold_into(text, &mut buffer);
            CompactString::from(buffer.as_str())
        };
        let stem = folded(&split.stem);
        Self {
            kind: TokenKind::Word,
            folded: folded(raw),
            proclitics: split.proclitics.iter().map(|(particle, _)| *particle).collect(),
            host: if split.article { folded(&split.host()) } else { stem.clone() },
            stem,
            article: split.article,
            enclitic: split.enclitic.map(|(pronoun, _)| pronoun),
            host_span: Span::new(split.host_span.start, split.host_span.end),
            facts: OnceCell::new(),
            grammar: OnceCell::new(),
        }
    }

    /// What the lists and the knowledge say of it.
    pub(crate) fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| Facts::of(self))
    }

    /// What the lexicon says of it.
    pub(crate) fn grammar(&self) -> &Grammar {
        self.grammar.get_or_init(|| Grammar::of(self))
    }

    /// Whether it is a word of Arabic letters.
    pub(crate) fn is_arabic(&self) -> bool {
        self.kind == TokenKind::Word
    }

    /// Whether it is nothing but a preposition and its pronoun: `بها`, `ولهم`.
    pub(crate) fn is_governed_pronoun(&self) -> bool {
        self.stem.is_empty() && self.enclitic.is_some()
    }

    /// Whether a conjunction (`و`, `ف`) is attached.
    pub(crate) fn has_conjunction(&self) -> bool {
        self.proclitics.iter().any(|p| matches!(p, Proclitic::And | Proclitic::Then))
    }

    /// Whether a preposition (`ب`, `ل`, `ك`) is attached to a word; `بها` is no word with a preposition.
    pub(crate) fn has_preposition(&self) -> bool {
        !self.is_governed_pronoun()
            && self.proclitics.iter().any(|p| matches!(p, Proclitic::By | Proclitic::To | Proclitic::Like))
    }
}

/// A word (token) of the article's own text with its attached particles split: where it stands, and its [`Form`], which it
/// shares with the other places of that word and whose fields are read as its own.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    /// The whole token.
    pub(crate) span: Span,
    /// What is left after the particles: article, stem and pronoun.
    pub(crate) host_span: Span,
    form: Rc<Form>,
}

impl Word {
    pub(super) fn new(token: &Token, form: Rc<Form>) -> Self {
        let at = token.span.start;
        let host_span = Span::new(at + form.host_span.start, at + form.host_span.end);
        Self { span: Span::new(at, token.span.end), host_span, form }
    }
}

impl Deref for Word {
    type Target = Form;

    fn deref(&self) -> &Form {
        &self.form
    }
}
