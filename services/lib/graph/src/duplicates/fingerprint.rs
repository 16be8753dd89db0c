//! What is kept of an article to find texts like it.

use std::ops::Range;

use jiff::civil::Date;
use marsad_arabic::orthography::is_arabic_letter;
use marsad_model::Span;
use marsad_model::ontology::SegmentKind;
use serde::{Deserialize, Serialize};

use crate::hash::fnv;
use crate::words::Word;

/// The words of an article's body, each as a hash of 16 bits with its place in the text, and the day: about four bytes a
/// word.
///
/// Titles and headings are left out, as each outlet writes its own, and words of other scripts: there are few in a text, but many
/// in what is left of a page's code. The hash is FNV-1a over the word's comparison form, the same
/// on every machine and in every version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Hashes, little-endian: as a pair of bytes each stays two bytes when stored.
    words: Vec<[u8; 2]>,
    /// For each word the bytes since the end of the one before and its own bytes, both as LEB128.
    places: Vec<u8>,
    /// When it was published, in days since 1970-01-01.
    day: Option<i32>,
}

impl Fingerprint {
    /// The fingerprint of an article with these words (see [`crate::words::words`]) that states this publication day.
    pub fn of(words: &[Word], published: Option<Date>) -> Self {
        let day =
            published.map(|date| date.since(jiff::civil::date(1970, 1, 1)).map_or(0, |span| span.get_days()));
        let mut print = Self { day, ..Self::default() };
        let mut end = 0;
        for word in words.iter().filter(|word| word.part == SegmentKind::Body && is_arabic(&word.folded)) {
            print.words.push(word_hash(&word.folded));
            push_leb128(word.span.start.saturating_sub(end), &mut print.places);
            push_leb128(word.span.end.saturating_sub(word.span.start), &mut print.places);
            end = word.span.end;
        }
        print
    }

    /// The words, their places and the day.
    pub(super) fn into_parts(self) -> (Words, Places, Option<i32>) {
        (Words(self.words.into()), Places(self.places.into()), self.day)
    }
}

/// The words of a body, as hashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Words(Box<[[u8; 2]]>);

impl Words {
    /// How many they are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The hash of each word.
    pub(super) fn hashes(&self) -> &[[u8; 2]] {
        &self.0
    }

    /// Identifies the text.
    pub(super) fn key(&self) -> u64 {
        fnv(self.0.as_flattened())
    }

    /// The hash of every `length` words in a row, in order of position: a polynomial modulo 2^64 (Karp and Rabin 1987), then
    /// mixed.
    pub(super) fn shingles(&self, length: usize) -> impl Iterator<Item = u64> {
        const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
        let leaving = std::iter::repeat_n(None, length).chain(self.0.iter().map(Some));
        let power = BASE.wrapping_pow(length as u32);
        let value = |word: &[u8; 2]| u64::from(u16::from_le_bytes(*word)) + 1;
        let mut hash = 0_u64;
        let hashes = self.0.iter().zip(leaving).map(move |(word, left)| {
            let left = left.map_or(0, value).wrapping_mul(power);
            hash = hash.wrapping_mul(BASE).wrapping_add(value(word)).wrapping_sub(left);
            (hash ^ hash >> 32).wrapping_mul(BASE)
        });
        hashes.skip(length.saturating_sub(1))
    }
}

/// Where the words of a body are, see [`Fingerprint`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Places(Box<[u8]>);

impl Places {
    /// The bytes from the first to the last word of each of the given ranges of words, which are in order and apart.
    pub(super) fn spans(&self, ranges: &[Range<usize>]) -> Vec<Span> {
        let mut ranges = ranges.iter();
        let mut range = ranges.next();
        let mut spans = Vec::new();
        let (mut rest, mut start, mut end, mut word) = (&*self.0, 0, 0_usize, 0);
        while let Some(wanted) = range
            && let Some(gap) = take_leb128(&mut rest)
            && let Some(length) = take_leb128(&mut rest)
        {
            let from = end.saturating_add(gap);
            end = from.saturating_add(length);
            if word == wanted.start {
                start = from;
            }
            word += 1;
            if word == wanted.end {
                spans.push(Span::new(start, end));
                range = ranges.next();
            }
        }
        spans
    }
}

/// The hash of a word in comparison form, little-endian: FNV-1a, 64 bits folded to 16.
pub fn word_hash(folded: &str) -> [u8; 2] {
    let hash = fnv(folded.as_bytes());
    ((hash ^ hash >> 16 ^ hash >> 32 ^ hash >> 48) as u16).to_le_bytes()
}

fn is_arabic(word: &str) -> bool {
    word.chars().any(is_arabic_letter)
}

fn push_leb128(mut value: usize, out: &mut Vec<u8>) {
    while value > 0x7f {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes a number off the front; `None` at the end.
fn take_leb128(rest: &mut &[u8]) -> Option<usize> {
    let mut value = 0;
    for shift in (0..usize::BITS).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(value)
}
