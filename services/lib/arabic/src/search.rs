//! Words and names as a search compares them: what inflections and spellings of one word have in common.
//!
//! * [`Stemmer`] gives the **light stem** of a word: without conjunctions, prepositions, article and pronouns, which a
//!   [`Splitter`] cuts, and without the endings of number, gender and relation. It says nothing of patterns inside of a word:
//!   broken plurals and the prefixes of verbs keep their own stems. The stem of a word does not depend on the words around, so that a
//!   query finds what was stored.
//! * [`skeleton`] gives the consonants of a name, of either script: those of السوداني and of *Sudani* are the same.
//! * [`NameQuery`] says how well a name fits one that is looked for.

mod name;
mod skeleton;

use rustc_hash::FxHashMap;

use crate::clitics::Splitter;
use crate::orthography::{fold, is_alphanumeric};
use crate::span::Span;
use crate::token::{TokenKind, tokenize};

pub use name::{Name, NameFit, NameQuery, NameWord};
pub use skeleton::{neighbours, skeleton};

/// A word of a text with its stem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Where it stands, with everything that is attached to it.
    pub span: Span,
    /// Its light stem: letters and digits alone, lower case.
    pub stem: String,
}

/// The longest stem, in characters; what is longer is cut.
const LONGEST_STEM: usize = 40;

/// Endings, longest first, and how many letters must be left before them for them to be cut. Those that are often a part of the word
/// itself (`ان`) leave more.
const ENDINGS: [(&str, usize); 9] =
    [("ات", 2), ("ون", 3), ("ين", 3), ("ان", 4), ("وا", 3), ("ه", 2), ("ت", 3), ("ي", 3), ("ا", 3)];

/// Finds stems. It remembers those of the words that it has met: most words of a text come again.
///
/// ```
/// use marsad_arabic::search::Stemmer;
/// let mut stemmer = Stemmer::default();
/// for word in ["غارة", "الغارات", "والغارتين", "بالغارة", "غاراتها"] {
///     assert_eq!(stemmer.stem(word), "غار", "{word}");
/// }
/// ```
#[derive(Debug, Default)]
pub struct Stemmer {
    known: FxHashMap<String, String>,
}

impl Stemmer {
    /// The light stem of one word in any script; empty where the text has no letter and no digit.
    pub fn stem(&mut self, word: &str) -> &str {
        if !self.known.contains_key(word) {
            self.known.insert(word.to_owned(), stem(word));
        }
        self.known.get(word).map_or("", String::as_str)
    }

    /// The words and numbers of a text in order; addresses, punctuation and symbols are left out.
    pub fn terms(&mut self, text: &str) -> Vec<Term> {
        let tokens = tokenize(text).into_iter().filter(|token| {
            !matches!(token.kind, TokenKind::Url | TokenKind::Punctuation | TokenKind::Symbol)
        });
        let terms =
            tokens.map(|token| Term { span: token.span, stem: self.stem(token.text(text)).to_owned() });
        terms.filter(|term| !term.stem.is_empty()).collect()
    }
}

fn stem(word: &str) -> String {
    let split = Splitter::built_in().split("", word, "");
    // Behind a preposition a pronoun stands alone.
    let host = if split.stem.is_empty() { word } else { &split.stem };
    let folded: String =
        fold(host).chars().flat_map(char::to_lowercase).filter(|c| is_alphanumeric(*c)).collect();
    let mut stem = folded.as_str();
    while let Some(shorter) = shortened(stem) {
        stem = shorter;
    }
    stem.chars().take(LONGEST_STEM).collect()
}

/// The word without its last ending, if it has one to spare.
fn shortened(word: &str) -> Option<&str> {
    ENDINGS.iter().find_map(|(ending, least)| {
        let rest = word.strip_suffix(ending)?;
        rest.chars().nth(least - 1).is_some().then_some(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn inflections_share_a_stem() {
        for words in [
            ["وزير", "الوزير", "والوزير", "للوزير", "وزيرها"].as_slice(),
            &["وزارة", "الوزارات", "بوزارة", "وزارتها", "ووزارته"],
            &["غارة", "غارات", "الغارتين", "غارتان", "بغارة"],
            &["العراق", "عراقي", "العراقية", "للعراقيين", "عراقيون", "بالعراق"],
            &["لبنان", "لبناني", "اللبنانية", "اللبنانيين", "بلبنان", "وللبنان"],
            &["هجوم", "هجوماً", "الهجوم", "بهجوم", "هجومين", "هجومه"],
            &["مستشفى", "المستشفى", "مستشفيات", "بالمستشفى"],
            &["مسؤول", "مسئول", "المسؤولون", "لمسؤولين", "مسؤولة"],
            &["قصف", "قصفت", "القصف", "بقصف", "قصفها"],
            &["مدرسة", "المدرسة", "بمدرسة"],
            &["F-16", "f16", "F16"],
            &["٢٠٢٤", "2024"],
        ] {
            let stems: Vec<_> = words.iter().map(|word| stem(word)).collect();
            assert!(stems.windows(2).all(|pair| pair[0] == pair[1]), "{words:?}: {stems:?}");
        }
    }

    #[test]
    fn other_words_have_other_stems() {
        for (left, right) in [
            ("سلطان", "سلطة"),
            ("بغداد", "غداد"),
            ("لجنة", "جنة"),
            ("كتاب", "كاتب"),
            ("وزير", "وزارة"),
            ("فلسطين", "فلس"),
        ] {
            assert_ne!(stem(left), stem(right), "{left} {right}");
        }
    }

    #[test]
    fn terms_have_their_places() {
        let text = "قصفتِ الطائرات (F-16) مواقعَ في 24/1/2024، انظر https://a.example";
        let terms = Stemmer::default().terms(text);
        let words: Vec<_> = terms.iter().map(|term| term.span.slice(text).unwrap()).collect();
        assert_eq!(words, ["قصفتِ", "الطائرات", "F-16", "مواقعَ", "في", "24/1/2024", "انظر"]);
        assert_eq!(terms[0].stem, "قصف");
    }

    proptest! {
        #[test]
        fn no_text_panics_and_stems_are_plain(text in any::<String>()) {
            for term in Stemmer::default().terms(&text) {
                prop_assert!(term.span.slice(&text).is_some());
                prop_assert!(!term.stem.is_empty() && term.stem.chars().all(char::is_alphanumeric));
                prop_assert!(term.stem.chars().count() <= LONGEST_STEM);
            }
        }
    }
}
