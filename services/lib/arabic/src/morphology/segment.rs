//! The vocalised representation of a word: a sequence of segments.
//!
//! Patterns are written in a small romanisation: `1`-`4` radicals, `a i u` short and `A I U` long vowels, `v` the vowel
//! that the verb itself decides, `'` hamza, `t n m s y` the letters of affixes, `w` و, `*` the elidable alif,
//! `h` ta marbuta, `~` the alif of the indefinite accusative, `^` the silent alif after the plural و.

use super::root::{Root, Vowel};

pub(super) const HAMZA: char = 'ء';

/// One sound, or one mark that only the spelling shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Segment {
    /// A radical: its position in the root, counted from 1, and its letter.
    Radical(u8, char),
    /// A consonant of an affix.
    Consonant(char),
    /// A letter of a word that is known only as written.
    Written(char),
    Short(Vowel),
    Long(Vowel),
    /// A long *a* from a contracted ي: ى at the end of a word, ا elsewhere.
    Maqsura,
    /// The elidable alif, before its vowel.
    Prothetic,
    TaMarbuta,
    /// The alif of the indefinite accusative.
    Tanwin,
    /// The alif after the و of the plural, which is written but not spoken.
    OtioseAlif,
    /// Where a last glide was dropped (لم ينأ): silent, but the vowel before it belongs to the stem.
    DroppedGlide,
}

impl Segment {
    /// The letter of a consonant, also of a glide that stands as a consonant.
    pub(super) fn letter(self) -> Option<char> {
        match self {
            Self::Radical(_, letter) | Self::Consonant(letter) => Some(letter),
            _ => None,
        }
    }

    pub(super) fn is_consonant(self) -> bool {
        self.letter().is_some()
    }

    pub(super) fn is_vowel(self) -> bool {
        matches!(self, Self::Short(_) | Self::Long(_))
    }
}

/// Reads a pattern over a root; `stem_vowel` fills `v`.
pub(super) fn fill(pattern: &str, root: &Root, stem_vowel: Vowel) -> Vec<Segment> {
    pattern.chars().filter_map(|symbol| segment(symbol, root, stem_vowel)).collect()
}

fn segment(symbol: char, root: &Root, stem_vowel: Vowel) -> Option<Segment> {
    Some(match symbol {
        '1'..='4' => {
            let position = u8::try_from(symbol.to_digit(10)?).ok()?;
            Segment::Radical(position, root.radical(position)?)
        }
        'v' => Segment::Short(stem_vowel),
        _ => return affix_segment(symbol),
    })
}

/// Reads a pattern without radicals.
pub(super) fn affix(pattern: &str) -> Vec<Segment> {
    pattern.chars().filter_map(affix_segment).collect()
}

fn affix_segment(symbol: char) -> Option<Segment> {
    Some(match symbol {
        'a' => Segment::Short(Vowel::A),
        'i' => Segment::Short(Vowel::I),
        'u' => Segment::Short(Vowel::U),
        'A' => Segment::Long(Vowel::A),
        'I' => Segment::Long(Vowel::I),
        'U' => Segment::Long(Vowel::U),
        '\'' => Segment::Consonant(HAMZA),
        't' => Segment::Consonant('ت'),
        'n' => Segment::Consonant('ن'),
        'm' => Segment::Consonant('م'),
        's' => Segment::Consonant('س'),
        'y' => Segment::Consonant('ي'),
        'w' => Segment::Consonant('و'),
        '*' => Segment::Prothetic,
        'h' => Segment::TaMarbuta,
        '~' => Segment::Tanwin,
        '^' => Segment::OtioseAlif,
        _ => return None,
    })
}
