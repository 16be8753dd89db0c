//! The compiled form of `seeds/knowledge`: what `build.rs` writes and [`super`] reads. Both compile this file.

use std::borrow::Cow;

use marsad_arabic::orthography::fold;
use marsad_arabic::token::{TokenKind, tokenize};
use marsad_model::ontology::EntityType;
use serde::{Deserialize, Serialize};

/// Everything but the index of surfaces. Strings point into the compiled bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Table<'a> {
    /// Sorted by id.
    #[serde(borrow)]
    pub(crate) entities: Vec<KnownEntity<'a>>,
    /// What a surface may mean; the index's values are positions in here.
    pub(crate) candidates: Vec<Vec<Candidate>>,
    /// Country and capital as positions in `entities`.
    pub(crate) capitals: Vec<(u32, u32)>,
    /// Domain and outlet, sorted by domain.
    #[serde(borrow)]
    pub(crate) domains: Vec<(&'a str, u32)>,
    /// Offices with those who have held them.
    #[serde(borrow)]
    pub(crate) offices: Vec<Office<'a>>,
    /// Words that an attached particle may stand before.
    #[serde(borrow)]
    pub(crate) words: Vec<&'a str>,
    /// Words that surfaces begin with.
    #[serde(borrow)]
    pub(crate) heads: Vec<&'a str>,
}

/// An entity of the knowledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownEntity<'a> {
    /// ISO 3166 code or slug.
    pub id: &'a str,
    /// What it is.
    pub entity_type: EntityType,
    /// Its name in Arabic newspapers.
    pub name: &'a str,
    /// Its name in English, where known.
    pub name_en: Option<&'a str>,
    /// Its Wikidata QID, where known.
    pub wikidata: Option<&'a str>,
    /// The ISO 3166 code of the country that it belongs to, where known.
    pub country: Option<&'a str>,
    /// The id of the entity that it acts for, e.g. a ministry's country.
    pub rollup: Option<&'a str>,
    /// Inhabitants of a place; 0 where unknown.
    pub population: u32,
    /// The first day of a named event, where known: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub start: Option<&'a str>,
}

/// How a surface refers to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SurfaceKind {
    /// A name, abbreviation or name in Latin letters.
    Name,
    /// A description that means just this entity.
    Nominal,
    /// A name that takes sides.
    Pejorative,
    /// A demonym.
    Demonym,
}

/// One meaning of a surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Candidate {
    /// Position in [`Table::entities`].
    pub(crate) entity: u32,
    /// How the surface refers to it.
    pub(crate) kind: SurfaceKind,
    /// The surface is an ordinary word, a personal name or a homonym too: it needs a cue.
    pub(crate) ambiguous: bool,
}

/// An office of a state or organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its title in Arabic, with the body's name or demonym.
    pub title: &'a str,
    /// The country code or organization that it is an office of.
    pub body: &'a str,
    /// What kind of office, e.g. `head_of_government`.
    pub kind: &'a str,
    /// Those who have held it, as written in the knowledge.
    #[serde(borrow)]
    pub holders: Vec<Holder<'a>>,
}

/// A term in an office. Dates are `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; empty means unknown or open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder<'a> {
    /// The person's id.
    pub person: &'a str,
    /// First day.
    pub from: &'a str,
    /// Last day.
    pub to: &'a str,
}

/// The words of a surface in the form that the index has them: folded, without quotation marks and hyphens, with the
/// variants that newspapers treat as one (`أمريكي` and `أميركي`, `أبي` and `أبو`) made one.
pub(crate) fn key_words(surface: &str) -> Vec<String> {
    tokenize(surface)
        .iter()
        .filter(|token| !is_transparent(token.text(surface)))
        .map(|token| match token.kind {
            TokenKind::Word => key_word(&fold(token.text(surface))).into_owned(),
            _ => fold(token.text(surface)),
        })
        .collect()
}

/// Whether a token is passed over inside of names.
pub(crate) fn is_transparent(token: &str) -> bool {
    matches!(token, "\"" | "“" | "”" | "«" | "»" | "'" | "‘" | "’" | "-" | "–" | "#" | "‐" | "_")
}

/// The last bytes of `ك` and `ز`.
const LAST_OF_KAF: u8 = "ك".as_bytes()[1];
const LAST_OF_ZAIN: u8 = "ز".as_bytes()[1];

/// A folded word as the index has it.
pub(crate) fn key_word(folded: &str) -> Cow<'_, str> {
    match folded {
        "ابي" | "ابا" => "ابو".into(),
        "ابن" => "بن".into(),
        // The last byte of a letter is found much faster than a word.
        word if word.as_bytes().contains(&LAST_OF_KAF) && word.contains("امريك") => {
            word.replace("امريك", "اميرك").into()
        }
        word if word.as_bytes().contains(&LAST_OF_ZAIN) && word.contains("انجليز") => {
            word.replace("انجليز", "انكليز").into()
        }
        word => word.into(),
    }
}

/// What stands between two words of a key: nothing where newspapers write them as one word or two (عبد الله, عبدالله).
pub(crate) fn separator(left: &str, right: &str) -> &'static str {
    if left == "عبد" || right == "الله" { "" } else { " " }
}

/// The key of a surface.
pub(crate) fn key<S: AsRef<str>>(words: &[S]) -> String {
    let mut key = String::new();
    let mut left = None;
    for word in words.iter().map(AsRef::as_ref) {
        key.push_str(left.map_or("", |left| separator(left, word)));
        key.push_str(word);
        left = Some(word);
    }
    key
}
