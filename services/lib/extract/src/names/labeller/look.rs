//! What the labeller sees of a word wherever it stands.

use marsad_arabic::orthography::digit_value;
use marsad_arabic::token::TokenKind;
use marsad_label::Feature;
use marsad_model::ontology::EntityType;

use crate::knowledge::key_word;
use crate::lexicon;
use crate::names::dictionary::is_function_word;
use crate::names::lists::{DESCRIPTORS, NAME_WORDS, PERSON_WORDS};
use crate::reading::Form;

/// The longest beginnings and endings of words that are looked at, in letters.
pub(super) const AFFIX: usize = 4;

/// A word as values to make features of.
#[derive(Debug)]
pub(crate) struct Look {
    pub(super) folded: u64,
    pub(super) host: u64,
    /// Beginnings and endings of the host.
    pub(super) begins: [u64; AFFIX],
    pub(super) ends: [u64; AFFIX],
    /// What kind of token it is and what is attached to it.
    pub(super) shape: u64,
    /// Whether a conjunction or preposition is attached.
    pub(super) attached: u64,
    /// What it is in names of persons.
    pub(super) person: u64,
    /// What the word lists have it as.
    pub(super) class: u64,
    /// The hash by which it is known again in its article; 0 for a short word or function word, which says nothing.
    pub(super) echo: u64,
}

impl Look {
    pub(crate) fn of(form: &Form) -> Self {
        let (begins, ends, length) = affixes(&form.host);
        let folded = hash_of(form);
        let kind = match form.kind {
            TokenKind::Word => 1,
            TokenKind::Latin => 2,
            TokenKind::Number => 3,
            TokenKind::Punctuation => 4,
            _ => 5,
        };
        let attached = u64::from(form.has_conjunction()) | u64::from(form.has_preposition()) << 1;
        let shape = kind
            | u64::from(form.article) << 4
            | u64::from(form.enclitic.is_some()) << 5
            | attached << 6
            | length.min(7) << 8;
        let host = if form.is_arabic() { Feature::hash(&form.host) } else { folded };
        let telling = form.is_arabic() && length > 2 && !is_function_word(&form.folded);
        Self {
            folded,
            host,
            begins,
            ends,
            shape,
            attached,
            person: person(form),
            class: class(form),
            echo: if telling { host } else { 0 },
        }
    }
}

/// Types that the labels do not tell apart.
pub(super) fn group(entity_type: EntityType) -> u32 {
    match entity_type {
        EntityType::Person => 0,
        EntityType::Organization | EntityType::ArmedGroup | EntityType::Media => 1,
        EntityType::Gpe | EntityType::Location => 2,
        EntityType::Facility => 3,
        EntityType::EventName => 4,
    }
}

/// The hash of a folded word, of digits of either kind the same.
fn hash_of(form: &Form) -> u64 {
    if matches!(form.kind, TokenKind::Word | TokenKind::Latin) {
        return Feature::hash(&form.folded);
    }
    let digit = |c: char| digit_value(c).and_then(|value| char::from_digit(value, 10)).unwrap_or(c);
    Feature::hash(&form.folded.chars().map(digit).collect::<String>())
}

/// Hashes of the beginnings and endings of a word, and the number of its letters.
fn affixes(host: &str) -> ([u64; AFFIX], [u64; AFFIX], u64) {
    let step = |hash: u64, c: char| hash.wrapping_mul(0x1F_FFFF_FFFF_FFE7).wrapping_add(u64::from(c));
    let run = |seed: u64, letters: &mut dyn Iterator<Item = char>| {
        let mut parts = [0; AFFIX];
        let mut hash = seed;
        for part in &mut parts {
            let Some(c) = letters.next() else { break };
            hash = step(hash, c);
            *part = hash;
        }
        parts
    };
    (run(1, &mut host.chars()), run(2, &mut host.chars().rev()), host.chars().count() as u64)
}

/// How sure a word is a given name, and how sure it is a family name, in three steps each.
fn person(form: &Form) -> u64 {
    let listed = NAME_WORDS.get(&*key_word(&form.host)).copied().unwrap_or_default();
    let given = if PERSON_WORDS.is_given(&form.host) { 2 } else { listed.given };
    let family = if PERSON_WORDS.contains(&form.host) { 2 } else { listed.family };
    let whole = form.host != form.folded && PERSON_WORDS.contains(&form.folded);
    u64::from(given) | u64::from(family) << 2 | u64::from(whole) << 4
}

fn class(form: &Form) -> u64 {
    let readings = lexicon::get().readings(&form.stem);
    let descriptor = DESCRIPTORS
        .before
        .get(form.host.as_str())
        .map_or(0, |types| types.iter().fold(0, |set, entity_type| set | 1 << group(*entity_type)));
    u64::from(is_function_word(&form.folded))
        | u64::from(readings.iter().any(|reading| reading.form.is_finite())) << 1
        | u64::from(readings.iter().any(|reading| reading.form.is_event_noun())) << 2
        | u64::from(lexicon::is_word(&form.host)) << 3
        | descriptor << 8
}
