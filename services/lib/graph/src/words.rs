//! The words of an article that count: those of its title, headings and body, in comparison form.

use marsad_arabic::orthography::fold;
use marsad_arabic::token::tokenize;
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
    let own = analysis.segments.iter().filter(|segment| segment.kind != SegmentKind::Boilerplate);
    own.filter_map(|segment| Some((segment, segment.span.of(text)?)))
        .flat_map(|(segment, slice)| {
            let tokens = tokenize(slice).into_iter().filter(|token| token.is_word());
            tokens.map(move |token| Word {
                span: Span::new(segment.span.start + token.span.start, segment.span.start + token.span.end),
                folded: fold(token.text(slice)).to_lowercase(),
                part: segment.kind,
            })
        })
        .collect()
}
