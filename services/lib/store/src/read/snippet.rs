//! The part of an article's text that shows something in its context.

use marsad_model::Span;

use crate::record::Snippet;

/// How much of the text is shown on either side, in bytes.
const CONTEXT: usize = 500;

/// The line of `text` that holds the start of `span`, without white space at its ends, and no more than [`CONTEXT`] bytes
/// before and after `span`. Empty where the span does not fit the text.
pub(crate) fn snippet(text: &str, span: Span) -> Snippet {
    let from = text.floor_char_boundary(span.start.saturating_sub(CONTEXT));
    let to = text.ceil_char_boundary(span.end.saturating_add(CONTEXT));
    let (Some(before), Some(inside), Some(after)) =
        (text.get(from..span.start), span.of(text), text.get(span.end..to))
    else {
        return Snippet { span: Span::new(span.start, span.start), text: String::new() };
    };
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let end = after.find('\n').unwrap_or(after.len());
    let before = before.get(start..).unwrap_or_default();
    let after = after.get(..end).unwrap_or_default();
    let line = [before, inside, after].concat();
    let start = from + start + (line.len() - line.trim_start().len());
    let text = line.trim();
    Snippet { span: Span::new(start, start + text.len()), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str, word: &str) -> Snippet {
        let start = text.find(word).unwrap();
        snippet(text, Span::new(start, start + word.len()))
    }

    #[test]
    fn shows_the_line() {
        let text = "سطر أول\n  وصل الوفد إلى المدينة \nسطر أخير";
        assert_eq!(at(text, "وصل").text, "وصل الوفد إلى المدينة");
        assert_eq!(at(text, "أول").text, "سطر أول");
        assert_eq!(at(text, "أخير").text, "سطر أخير");
        assert_eq!(at("وصل", "وصل").text, "وصل");
    }

    #[test]
    fn a_long_line_is_cut() {
        let text = format!("{} وصل {}", "ب".repeat(3_000), "ت".repeat(3_000));
        let cut = at(&text, "وصل");
        assert!(cut.text.contains("وصل") && cut.text.len() <= 2 * CONTEXT + 10, "{}", cut.text.len());
    }

    #[test]
    fn a_span_outside_of_the_text_shows_nothing() {
        for span in [Span::new(1, 2), Span::new(90, 99), Span::new(4, 2), Span::new(usize::MAX, usize::MAX)] {
            assert_eq!(snippet("نص", span).text, "", "{span:?}");
        }
    }

    proptest! {
        #[test]
        fn the_span_is_where_the_text_is(text in "[ا-ي a\n]{1,700}", start in 0_usize..1400, len in 1_usize..9) {
            let span = Span::new(text.floor_char_boundary(start), text.ceil_char_boundary(start + len));
            let found = snippet(&text, span);
            prop_assert_eq!(found.span.of(&text), Some(found.text.as_str()));
        }
    }
}
