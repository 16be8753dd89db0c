//! Words as terms: stems, and how rare each is in Arabic news by a fixed table.
//!
//! The table has the stems that three outlets or more used (`weights/README.md`); it never depends on what has arrived, so that the
//! weight of a word is the same in every store.

use std::sync::LazyLock;

use marsad_label::{Feature, Table};
use serde::{Deserialize, Serialize};

static BYTES: &[u8] = include_bytes!("../weights/terms.table");

/// Rarities by stem. Bytes that are no table give one in which every word is unknown; a test reads those that are built in.
static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| Table::from_bytes(BYTES, 1).ok());

/// Steps of the table for one unit of rarity.
pub const STEPS: f32 = 20.0;

/// The rarity of a stem that the table does not have: that of one in some ten thousand articles.
pub const UNSEEN: f32 = 9.5;

/// A stem as a number. That two unlike stems have one number happens once in four thousand million pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Term(pub u32);

impl Term {
    /// The term of a stem.
    pub fn of(stem: &str) -> Self {
        Self::from_hash(Feature::hash(stem))
    }

    /// The term of an entity, which no word has.
    pub fn of_entity(id: &str) -> Self {
        Self::from_hash(Feature::hash(id).rotate_left(17) ^ 0xE)
    }

    fn from_hash(hash: u64) -> Self {
        let [.., a, b, c, d] = hash.to_be_bytes();
        Self(u32::from_be_bytes([a, b, c, d]))
    }
}

/// How rare a stem is: the natural logarithm of how many articles there are to one that has it, from 0 to [`UNSEEN`] and a little more.
pub fn rarity(stem: &str) -> f32 {
    let row = TABLE.as_ref().and_then(|table| table.get(feature(stem)));
    row.and_then(<[u8]>::first).map_or(UNSEEN, |&steps| f32::from(steps) / STEPS)
}

/// The key of a stem in the table.
pub fn feature(stem: &str) -> Feature {
    Feature::of(0, &[Feature::hash(stem)])
}

/// The stem of a word in comparison form: و, the article with what stands before it, and common endings off, as in "light10" (Larkey,
/// Ballesteros and Connell 2007). It is no root: it makes one of the forms that a noun or name takes in news.
///
/// ```
/// use marsad_graph::terms::stem;
/// assert_eq!(stem("والقوات"), stem("قوه"));
/// assert_eq!(stem("للعراق"), "عراق");
/// assert_eq!(stem("trump"), "trump");
/// ```
pub fn stem(folded: &str) -> &str {
    let mut stem = folded;
    stem = kept(stem, stem.strip_prefix('و'), 3);
    if let Some(rest) = ARTICLES.iter().find_map(|article| stem.strip_prefix(article)) {
        stem = kept(stem, Some(rest), 2);
    }
    for ending in ENDINGS {
        stem = kept(stem, stem.strip_suffix(ending), 2);
    }
    stem
}

/// The article, alone and after what is written to it.
const ARTICLES: [&str; 5] = ["ال", "بال", "كال", "فال", "لل"];

/// Endings in the order in which they are taken off; in comparison form ه is also ة, ي also ى.
const ENDINGS: [&str; 9] = ["ها", "ا", "ان", "ات", "ون", "ين", "يه", "ه", "ي"];

/// The shorter form where it has at least so many letters.
fn kept<'a>(word: &'a str, shorter: Option<&'a str>, least: usize) -> &'a str {
    shorter.filter(|rest| rest.chars().take(least).count() == least).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_can_be_read_and_knows_common_from_rare() {
        assert!(TABLE.is_some());
        assert!(rarity(stem("الرئيس")) < 3.0);
        assert!(rarity(stem("القطب")) > 5.0);
        assert!((rarity("قزحفطل") - UNSEEN).abs() < f32::EPSILON);
    }

    #[test]
    fn forms_of_a_word_are_one_term() {
        for (a, b) in [("العراقيه", "عراقي"), ("وبالقوات", "القوات"), ("مسلحين", "مسلحون")]
        {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
        for short in ["", "و", "وال", "في", "ها", "ات"] {
            assert_eq!(stem(short), short);
        }
    }

    #[test]
    fn an_entity_is_no_word() {
        assert_ne!(Term::of("iq"), Term::of_entity("iq"));
    }
}
