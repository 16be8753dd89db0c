//! Spans of the submitted text, and their conversion to the units that clients ask for.

use std::ops::Range;

/// A half-open range of **bytes** of the submitted text (UTF-8), on character boundaries.
///
/// ```
/// use marsad_arabic::span::Span;
/// let text = "في بغداد";
/// assert_eq!(Span::new(5, 15).slice(text), Some("بغداد"));
/// assert_eq!(Span::new(4, 14).slice(text).is_some(), false);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span `start..end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Length in bytes; 0 for a reversed span.
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether the span holds no byte.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The text of the span; `None` when it is out of bounds, reversed or cuts a character.
    pub fn slice(self, text: &str) -> Option<&str> {
        text.get(self.start..self.end)
    }

    /// Whether `other` lies inside this span (equal spans do).
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the spans share a byte.
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The smallest span that holds both.
    pub fn cover(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The span moved right by `by` bytes: a span inside a word becomes one of the text.
    pub const fn shifted(self, by: usize) -> Self {
        Self::new(self.start + by, self.end + by)
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start..span.end
    }
}

/// Bytes between two stored counts: small enough that counting inside a block costs nothing.
const BLOCK: usize = 64;

/// Converts byte offsets of one text to code points and UTF-16 units and back. Built in one pass over the text, then
/// constant time a look-up (logarithmic for the way back).
///
/// ```
/// use marsad_arabic::span::OffsetMap;
/// let map = OffsetMap::new("خبر 🙂 news");
/// assert_eq!(map.code_point(7), Some(4));
/// assert_eq!(map.code_point(11), Some(5));
/// assert_eq!(map.utf16(11), Some(6));
/// assert_eq!(map.byte_of_utf16(6), Some(11));
/// assert_eq!(map.code_point(8), None); // inside the emoji
/// ```
#[derive(Debug, Clone)]
pub struct OffsetMap<'t> {
    text: &'t str,
    /// Code points and UTF-16 units that start before each block.
    blocks: Vec<Counts>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    code_points: usize,
    utf16: usize,
}

impl Counts {
    fn add(&mut self, byte: u8) {
        // A continuation byte starts no character; a four-byte character takes two UTF-16 units.
        if byte & 0xC0 != 0x80 {
            self.code_points += 1;
            self.utf16 += if byte >= 0xF0 { 2 } else { 1 };
        }
    }
}

impl<'t> OffsetMap<'t> {
    /// Reads the text once.
    pub fn new(text: &'t str) -> Self {
        let mut blocks = Vec::with_capacity(text.len() / BLOCK + 1);
        let mut counts = Counts::default();
        for (at, byte) in text.bytes().enumerate() {
            if at % BLOCK == 0 {
                blocks.push(counts);
            }
            counts.add(byte);
        }
        Self { text, blocks }
    }

    fn counts(&self, byte: usize) -> Option<Counts> {
        if !self.text.is_char_boundary(byte) {
            return None;
        }
        // The block that holds the byte; the end of a text that fills its last block has none of its own.
        let block = (byte / BLOCK).min(self.blocks.len().saturating_sub(1));
        let mut counts = self.blocks.get(block).copied().unwrap_or_default();
        self.text.as_bytes().get(block * BLOCK..byte)?.iter().for_each(|&b| counts.add(b));
        Some(counts)
    }

    /// Code points before a byte offset; `None` off the text or inside a character.
    pub fn code_point(&self, byte: usize) -> Option<usize> {
        self.counts(byte).map(|counts| counts.code_points)
    }

    /// UTF-16 units before a byte offset; `None` off the text or inside a character.
    pub fn utf16(&self, byte: usize) -> Option<usize> {
        self.counts(byte).map(|counts| counts.utf16)
    }

    /// The byte offset of a code point offset; `None` off the text.
    pub fn byte_of_code_point(&self, code_point: usize) -> Option<usize> {
        self.byte_of(code_point, |counts| counts.code_points)
    }

    /// The byte offset of a UTF-16 offset; `None` off the text or between two surrogates.
    pub fn byte_of_utf16(&self, utf16: usize) -> Option<usize> {
        self.byte_of(utf16, |counts| counts.utf16)
    }

    /// A span in code points.
    pub fn code_points(&self, span: Span) -> Option<Range<usize>> {
        Some(self.code_point(span.start)?..self.code_point(span.end)?)
    }

    fn byte_of(&self, wanted: usize, unit: impl Fn(&Counts) -> usize) -> Option<usize> {
        // A block may begin inside a character, whose start lies in the block before: step over its continuation.
        let block = self.blocks.partition_point(|counts| unit(counts) <= wanted).saturating_sub(1);
        let mut counts = self.blocks.get(block).copied().unwrap_or_default();
        for byte in block * BLOCK..=self.text.len() {
            if self.text.is_char_boundary(byte) && unit(&counts) == wanted {
                return Some(byte);
            }
            if unit(&counts) > wanted {
                return None;
            }
            counts.add(*self.text.as_bytes().get(byte)?);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn relations() {
        let (a, b) = (Span::new(2, 6), Span::new(6, 9));
        assert!(!a.overlaps(b));
        assert!(a.contains(Span::new(3, 6)));
        assert_eq!(a.cover(b), Span::new(2, 9));
        assert_eq!(a.shifted(3), Span::new(5, 9));
        assert_eq!(Span::new(5, 4).len(), 0);
        assert_eq!(Span::new(5, 4).slice("abcdefg"), None);
    }

    #[test]
    fn text_that_fills_its_blocks() {
        let text = "ن".repeat(64);
        let map = OffsetMap::new(&text);
        assert_eq!(map.code_point(128), Some(64));
        assert_eq!(map.byte_of_code_point(64), Some(128));
        assert_eq!(map.byte_of_code_point(65), None);
        assert_eq!(OffsetMap::new("").code_point(0), Some(0));
        assert_eq!(OffsetMap::new("").byte_of_code_point(0), Some(0));
    }

    proptest! {
        #[test]
        fn agrees_with_counting(text in "[a-zء-ي🙂€]{0,200}") {
            let map = OffsetMap::new(&text);
            for byte in 0..=text.len() + 1 {
                match text.get(..byte) {
                    None => prop_assert_eq!(map.code_point(byte), None),
                    Some(before) => {
                        let (points, units) = (before.chars().count(), before.encode_utf16().count());
                        prop_assert_eq!(map.code_point(byte), Some(points));
                        prop_assert_eq!(map.utf16(byte), Some(units));
                        prop_assert_eq!(map.byte_of_code_point(points), Some(byte));
                        prop_assert_eq!(map.byte_of_utf16(units), Some(byte));
                    }
                }
            }
        }
    }
}
