//! Offsets in other units than bytes: other languages count text in UTF-16 units or code points.

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// The unit of an offset into a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpanUnit {
    /// Bytes of UTF-8 (Rust, Go).
    Utf8Bytes,
    /// UTF-16 code units (Java, JavaScript, C#).
    Utf16Units,
    /// Unicode code points (Python).
    CodePoints,
}

/// Turns byte offsets of one text into offsets of one unit. Built in one pass; a look-up reads at most
/// 64 bytes of the text.
///
/// ```
/// use marsad_model::offsets::{Offsets, SpanUnit};
/// use marsad_model::Span;
/// let offsets = Offsets::new("قال 😀!", SpanUnit::Utf16Units);
/// assert_eq!(offsets.span(Span::new(7, 11)), Span::new(4, 6));
/// ```
#[derive(Debug, Clone)]
pub struct Offsets<'t> {
    text: &'t str,
    unit: SpanUnit,
    /// Units before each multiple of [`STRIDE`] bytes (counting characters that begin before it).
    checkpoints: Vec<usize>,
}

/// Bytes between two checkpoints.
const STRIDE: usize = 64;

impl<'t> Offsets<'t> {
    /// Prepares look-ups in `text`.
    pub fn new(text: &'t str, unit: SpanUnit) -> Self {
        let mut checkpoints = Vec::new();
        if unit != SpanUnit::Utf8Bytes {
            let mut units = 0;
            for (at, byte) in text.bytes().enumerate() {
                if at % STRIDE == 0 {
                    checkpoints.push(units);
                }
                units += units_begun_by(byte, unit);
            }
            checkpoints.push(units);
        }
        Self { text, unit, checkpoints }
    }

    /// The offset of `byte`; one past the end of the text stays one past the end, what lies beyond is cut to it.
    pub fn offset(&self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        if self.unit == SpanUnit::Utf8Bytes {
            return byte;
        }
        let checkpoint = byte / STRIDE;
        let units = self.checkpoints.get(checkpoint).copied().unwrap_or_default();
        let rest = &self.text.as_bytes()[checkpoint * STRIDE..byte];
        units + rest.iter().map(|b| units_begun_by(*b, self.unit)).sum::<usize>()
    }

    /// The span in the unit.
    pub fn span(&self, span: Span) -> Span {
        Span::new(self.offset(span.start), self.offset(span.end))
    }
}

/// A part of a text that still knows where it stood: what a list shows of an article without carrying the whole of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The words.
    pub text: String,
    /// Where they begin in the article's text, in bytes of UTF-8.
    pub start: usize,
    /// The same in UTF-16 units.
    pub start_utf16: usize,
    /// The same in code points.
    pub start_code_points: usize,
}

impl Passage {
    /// The shortest passage of `text` that holds all `spans`; empty where a span does not fit the text.
    ///
    /// ```
    /// use marsad_model::{Passage, Span};
    /// let passage = Passage::holding("قال الوزير أمس", [Span::new(7, 19)]);
    /// assert_eq!((passage.text.as_str(), passage.start_code_points), ("الوزير", 4));
    /// ```
    pub fn holding(text: &str, spans: impl IntoIterator<Item = Span>) -> Self {
        let cover = spans.into_iter().reduce(|a, b| Span::new(a.start.min(b.start), a.end.max(b.end)));
        let Some((span, words)) = cover.and_then(|span| Some((span, span.of(text)?))) else {
            return Self { text: String::new(), start: 0, start_utf16: 0, start_code_points: 0 };
        };
        let before = text.get(..span.start).unwrap_or_default();
        Self {
            text: words.to_owned(),
            start: span.start,
            start_utf16: before.encode_utf16().count(),
            start_code_points: before.chars().count(),
        }
    }

    /// Where the passage begins, in a unit.
    pub fn start_in(&self, unit: SpanUnit) -> usize {
        match unit {
            SpanUnit::Utf8Bytes => self.start,
            SpanUnit::Utf16Units => self.start_utf16,
            SpanUnit::CodePoints => self.start_code_points,
        }
    }
}

/// How many units the character begins that this byte begins; none where it continues one.
fn units_begun_by(byte: u8, unit: SpanUnit) -> usize {
    match byte {
        0x80..=0xBF => 0,
        0xF0..=0xFF if unit == SpanUnit::Utf16Units => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_counting(text in "[a-cأ-ي😀𐍈é ]{0,200}") {
            let utf16 = Offsets::new(&text, SpanUnit::Utf16Units);
            let points = Offsets::new(&text, SpanUnit::CodePoints);
            let bytes = Offsets::new(&text, SpanUnit::Utf8Bytes);
            for at in text.char_indices().map(|(at, _)| at).chain([text.len()]) {
                prop_assert_eq!(utf16.offset(at), text[..at].encode_utf16().count());
                prop_assert_eq!(points.offset(at), text[..at].chars().count());
                prop_assert_eq!(bytes.offset(at), at);
            }
            prop_assert_eq!(points.offset(text.len() + 5), text.chars().count());
        }
    }
}
