//! Verbs, event nouns and cues of `seeds/lexicon`, with every surface form that Arabic derives from them.
//!
//! A verb is listed once, with root and form; [`marsad_arabic::morphology`] conjugates it. Surfaces are kept folded. The table is
//! built at first use and never changes.

mod cues;
mod frame;
mod load;
#[cfg(test)]
mod tests;

use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

use marsad_arabic::morphology::{Gender, Number, Voice};
use marsad_model::ontology::EventType;

pub(crate) use cues::{ClaimCue, CueKind, ModalityCue, Phrases, Scope, SourceSlot};
pub(crate) use frame::{Condition, Filler, Frame, Part, Preposition, Slot, is_form_of_any};

/// One meaning of a verb or noun: the type of event that it tells.
#[derive(Debug, Clone)]
pub(crate) struct Sense {
    /// The type.
    pub(crate) event_type: EventType,
    /// The finer class.
    pub(crate) mode: Option<&'static str>,
    /// Its arguments, and what must hold for this sense.
    pub(crate) frame: Frame,
}

impl Sense {
    /// Whether it tells that somebody was killed or hurt: the casualties of an attack, not the attack.
    pub(crate) fn is_casualty(&self) -> bool {
        matches!(self.mode, Some("ASSAULT_KILL" | "ASSAULT_WOUND"))
    }
}

/// How a verb without a meaning of its own takes the noun that tells the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LightUse {
    /// Where the event noun stands.
    pub(crate) noun: Slot,
    /// What the verb's subject is to the event.
    pub(crate) subject: Part,
}

/// What follows a reporting verb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Opener {
    /// أن، إن, after a preposition where one is given: إلى أن
    That(Option<Preposition>),
    /// A noun phrase after a preposition: أعلن عن
    After(Preposition),
    /// A noun phrase as object.
    Object,
    /// Direct speech after a colon.
    Colon,
    /// نقل عنه قوله
    Saying(String),
}

/// How a reporting verb gives source and content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reporting {
    /// What can open the content.
    pub(crate) openers: Vec<Opener>,
    /// Prepositions that mark the source, where it is not the subject: نقلت الوكالة عن
    pub(crate) source: Vec<Preposition>,
    /// Whether the subject is the outlet that it went through.
    pub(crate) subject_is_via: bool,
    /// Whether the content is denied.
    pub(crate) denies: bool,
    /// Whether an object of any kind is the content, with what is said of it: اعتبر القرار باطلا
    pub(crate) judges: bool,
    /// A noun, folded, without which the verb reports nothing: حمل … المسؤولية
    pub(crate) needs: Option<String>,
}

/// A verb or event noun.
#[derive(Debug, Clone)]
pub(crate) struct Lexeme {
    /// Its dictionary form.
    pub(crate) lemma: &'static str,
    /// What events it tells; none for a verb that only reports or only supports a noun.
    pub(crate) senses: Vec<Sense>,
    /// Its uses as a light verb.
    pub(crate) light: Vec<LightUse>,
    /// Its use as a reporting verb.
    pub(crate) reporting: Option<Reporting>,
}

/// The part of the paradigm that a surface is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum WordForm {
    /// Past tense.
    Past,
    /// Imperfect.
    Imperfect,
    /// Verbal noun.
    Masdar,
    /// Active participle.
    ActiveParticiple,
    /// Passive participle.
    PassiveParticiple,
    /// A noun listed as such.
    Noun,
}

impl WordForm {
    /// Whether it is a finite verb.
    pub(crate) fn is_finite(self) -> bool {
        matches!(self, Self::Past | Self::Imperfect)
    }

    /// Whether it names the event.
    pub(crate) fn is_event_noun(self) -> bool {
        matches!(self, Self::Masdar | Self::Noun)
    }
}

/// What a surface can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct WordReading {
    lexeme: usize,
    /// Its form.
    pub(crate) form: WordForm,
    /// Active or passive.
    pub(crate) voice: Voice,
    /// Number of the verb's subject, or of the noun.
    pub(crate) number: Number,
    /// Gender of the verb's subject, or of the noun, where the form tells.
    pub(crate) gender: Option<Gender>,
    /// Whether the surface needs a pronoun attached.
    pub(crate) before_pronoun: bool,
    /// A shortened form that only لم and لا call for (لم يرد).
    pub(crate) jussive: bool,
    /// Whether the subject is the speaker.
    pub(crate) first_person: bool,
}

impl WordReading {
    /// The verb or noun.
    pub(crate) fn lexeme(&self) -> &'static Lexeme {
        &get().lexemes[self.lexeme]
    }
}

/// What a function word does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum FunctionClass {
    /// في، على، بعد
    Preposition,
    /// أو، ثم، عندما
    Conjunction,
    /// كان، أصبح
    Verb,
    /// هو، الذي
    Pronoun,
    /// قد، لم، هذا
    Particle,
}

/// The whole lexicon.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    lexemes: Vec<Lexeme>,
    surfaces: FxHashMap<String, Vec<WordReading>>,
    words: FxHashSet<String>,
    classes: FxHashMap<String, FxHashSet<String>>,
    sources: FxHashMap<String, Number>,
    functions: FxHashMap<String, FxHashSet<FunctionClass>>,
    counting: FxHashSet<String>,
    cardinals: FxHashMap<String, u32>,
    /// Cues of modality.
    pub(crate) modality: Phrases<ModalityCue>,
    /// Cues of claims other than reporting verbs.
    pub(crate) claim_cues: Phrases<ClaimCue>,
}

impl Lexicon {
    /// What a word, folded and without particles, article and pronoun, can be.
    pub(crate) fn readings(&self, stem: &str) -> &[WordReading] {
        self.surfaces.get(stem).map_or(&[], Vec::as_slice)
    }

    /// Whether a word is in a class of `classes.tsv`, in any of its regular endings.
    pub(crate) fn is_in_class(&self, class: &str, stem: &str) -> bool {
        self.classes.get(class).is_some_and(|words| is_form_of_any(stem, |form| words.contains(form)))
    }

    /// Whether a function word, folded, is of a class.
    pub(crate) fn is_function(&self, class: FunctionClass, folded: &str) -> bool {
        self.functions.get(folded).is_some_and(|classes| classes.contains(&class))
    }

    /// Whether a word, folded, is a particle, preposition, pronoun or auxiliary.
    pub(crate) fn is_function_word(&self, folded: &str) -> bool {
        self.functions.contains_key(folded)
    }

    /// Whether a word, folded, counts or measures what follows it (ثلاثة، عشرات، نحو).
    pub(crate) fn is_counting(&self, stem: &str) -> bool {
        self.counting.contains(stem)
    }

    /// The value of a numeral of one word (أربعة), where it is a whole number.
    pub(crate) fn number_value(&self, stem: &str) -> Option<u32> {
        self.cardinals.get(stem).copied()
    }

    /// The number of a noun for unnamed sources (مصدر، مسؤولون); `None` for any other word.
    pub(crate) fn source_noun(&self, stem: &str) -> Option<Number> {
        self.sources.get(stem).copied()
    }
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| load::load().0);

/// The lexicon.
pub(crate) fn get() -> &'static Lexicon {
    &LEXICON
}

/// Whether a word, folded, is any surface of the lexicon.
pub(crate) fn is_word(folded: &str) -> bool {
    // وزيرا is وزير in the accusative.
    let base = folded.strip_suffix('ا').filter(|base| base.chars().count() > 3);
    LEXICON.surfaces.contains_key(folded)
        || LEXICON.words.contains(folded)
        || base.is_some_and(|base| LEXICON.words.contains(base))
}
