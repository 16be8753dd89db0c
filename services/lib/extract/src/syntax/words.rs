//! What single words are by their form.

use marsad_arabic::token::TokenKind;

use super::Class;
use crate::lexicon::{self, FunctionClass, Lexicon, Preposition, WordReading};
use crate::reading::{Form, Word};

/// What the lexicon says of a word by itself, looked up once for all of its places.
#[derive(Debug)]
pub(crate) struct Grammar {
    /// What its stem can be.
    readings: &'static [WordReading],
    /// What it does in a sentence, by its form.
    pub(super) class: Class,
}

impl Grammar {
    pub(crate) fn of(form: &Form) -> Self {
        Self { readings: lexicon::get().readings(&form.stem), class: class_of(form, false) }
    }
}

/// The readings of a word as it stands here: the stem before a pronoun where there is one.
pub(crate) fn readings_of(word: &Word) -> impl Iterator<Item = WordReading> {
    let attached = word.enclitic.is_some();
    word.grammar().readings.iter().copied().filter(move |r| attached || !r.before_pronoun)
}

/// The class of a word by its form alone; in a title what is spelled as a preposition is none.
pub(super) fn class_of(word: &Form, in_title: bool) -> Class {
    let lexicon = lexicon::get();
    match word.kind {
        TokenKind::Punctuation | TokenKind::Symbol => {
            return match word.folded.as_str() {
                "،" | "," => Class::Comma,
                "\"" | "'" | "«" | "»" | "“" | "”" | "‘" | "’" | "(" | ")" | "[" | "]" => {
                    Class::Mark
                }
                "-" | "–" | "—" | ".." => Class::Comma,
                "%" | "$" | "/" => Class::Nominal,
                _ => Class::Stop,
            };
        }
        TokenKind::Word => {}
        _ => return Class::Nominal,
    }
    let bare = bare(word);
    // بـ"…": the particle stands by itself before a mark.
    if matches!(bare, "ب" | "ل" | "ك") {
        return Class::Preposition(Preposition::of(bare).or(Some(Preposition::Like)));
    }
    for form in [bare, word.host.as_str()] {
        if is_that(form) {
            return Class::That;
        }
        if is_relative(form) {
            return Class::Relative;
        }
    }
    if word.is_governed_pronoun() {
        return Class::Particle;
    }
    if word.has_preposition() && word.stem != bare {
        // A particle before a noun: بغداد after ب; the phrase itself is nominal.
        return if lexicon.is_function(FunctionClass::Preposition, bare) {
            Class::Preposition(None)
        } else {
            Class::Nominal
        };
    }
    if word.enclitic.is_some() && is_preposition(&word.host) {
        return Class::Particle;
    }
    if !in_title && (is_preposition(bare) || is_preposition(&word.host)) {
        return Class::Preposition(Preposition::of(&word.host).or_else(|| Preposition::of(bare)));
    }
    if word.host == word.stem && lexicon.is_in_class("direction", &word.host) {
        return Class::Preposition(Some(Preposition::In));
    }
    for form in [bare, word.host.as_str()] {
        if lexicon.is_function(FunctionClass::Conjunction, form) {
            return Class::Conjunction;
        }
        if lexicon.is_function(FunctionClass::Pronoun, form)
            || (lexicon.is_function(FunctionClass::Particle, form) && !is_determiner(form))
        {
            return Class::Particle;
        }
    }
    Class::Nominal
}

/// The folded word without its conjunction.
pub(crate) fn bare(word: &Form) -> &str {
    if word.has_conjunction() {
        word.folded.strip_prefix(['و', 'ف']).unwrap_or(&word.folded)
    } else {
        &word.folded
    }
}

pub(super) fn lexicon_function(class: FunctionClass, folded: &str) -> bool {
    let lexicon: &Lexicon = lexicon::get();
    lexicon.is_function(class, folded)
}

pub(super) fn is_preposition(folded: &str) -> bool {
    lexicon_function(FunctionClass::Preposition, folded)
}

/// أن، إن, with a pronoun or a preposition attached.
pub(crate) fn is_that(folded: &str) -> bool {
    matches!(
        folded,
        "ان" | "بان"
            | "لان"
            | "فان"
            | "فانه"
            | "فانها"
            | "انه"
            | "انها"
            | "انهم"
            | "انهما"
            | "اننا"
            | "انني"
            | "اني"
            | "بانه"
            | "بانها"
            | "بانهم"
            | "لانه"
            | "لانها"
            | "لانهم"
            | "بانهما"
            | "باننا"
    )
}

pub(super) fn is_relative(folded: &str) -> bool {
    matches!(
        folded,
        "الذي"
            | "التي"
            | "الذين"
            | "اللذين"
            | "اللتين"
            | "اللذان"
            | "اللتان"
            | "اللواتي"
            | "اللاتي"
            | "ما"
            | "مما"
            | "عما"
            | "فيما"
    )
}

/// اختارت, اختاروا: endings that hardly any noun of five letters or more has.
pub(super) fn is_past_by_ending(folded: &str) -> bool {
    let of_noun = ["ات", "يت", "وت"].iter().any(|ending| folded.ends_with(ending));
    folded.chars().count() >= 5 && (folded.ends_with('ت') && !of_noun || folded.ends_with("وا"))
}

/// فاعل: the past of form III is spelled like the active participle of form I (لاحق، صادر).
pub(super) fn is_participle_like(stem: &str) -> bool {
    let mut letters = stem.chars();
    stem.chars().count() == 4 && letters.nth(1) == Some('ا') && !stem.ends_with('ت')
}

/// Particles that stand before a noun and leave its phrase whole.
pub(super) fn is_determiner(folded: &str) -> bool {
    matches!(
        folded,
        "هذا"
            | "هذه"
            | "ذلك"
            | "تلك"
            | "هؤلاء"
            | "بعض"
            | "كل"
            | "كلا"
            | "كلتا"
            | "غير"
            | "اي"
            | "ايه"
    )
}
