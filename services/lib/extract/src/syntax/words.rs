//! What single words are by their form.

use crate::lexicon::{self, FunctionClass, Lexicon, WordReading};
use crate::reading::Word;

/// The readings of a word as it stands here: the stem before a pronoun where there is one.
pub(crate) fn readings_of(word: &Word) -> impl Iterator<Item = WordReading> {
    let lexicon = lexicon::get();
    let attached = word.enclitic.is_some();
    lexicon.readings(&word.stem).iter().copied().filter(move |r| attached || !r.before_pronoun)
}

/// The folded word without its conjunction.
pub(crate) fn bare(word: &Word) -> &str {
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
