//! The stem patterns of the verb forms and the endings of the paradigm (Wright, vol. I, paradigms; Ryding, ch. 21-33).
//!
//! Romanisation as in [`super::segment`]. Imperfect patterns begin after the consonant of the prefix.

use super::inflection::{Gender, Mood, Number, Person};
use super::root::VerbForm;

/// The stems of one verb form.
pub(super) struct Stems {
    pub(super) past_active: &'static str,
    pub(super) past_passive: &'static str,
    pub(super) imperfect_active: &'static str,
    pub(super) imperfect_passive: &'static str,
    pub(super) imperative: &'static str,
    pub(super) active_participle: &'static str,
    pub(super) passive_participle: &'static str,
}

pub(super) const fn stems(form: VerbForm) -> Stems {
    match form {
        VerbForm::I => Stems {
            past_active: "1a2v3",
            past_passive: "1u2i3",
            imperfect_active: "a12v3",
            imperfect_passive: "u12a3",
            imperative: "12v3",
            active_participle: "1A2i3",
            passive_participle: "ma12U3",
        },
        VerbForm::II => Stems {
            past_active: "1a22a3",
            past_passive: "1u22i3",
            imperfect_active: "u1a22i3",
            imperfect_passive: "u1a22a3",
            imperative: "1a22i3",
            active_participle: "mu1a22i3",
            passive_participle: "mu1a22a3",
        },
        VerbForm::III => Stems {
            past_active: "1A2a3",
            past_passive: "1U2i3",
            imperfect_active: "u1A2i3",
            imperfect_passive: "u1A2a3",
            imperative: "1A2i3",
            active_participle: "mu1A2i3",
            passive_participle: "mu1A2a3",
        },
        VerbForm::IV => Stems {
            past_active: "'a12a3",
            past_passive: "'u12i3",
            imperfect_active: "u12i3",
            imperfect_passive: "u12a3",
            imperative: "'a12i3",
            active_participle: "mu12i3",
            passive_participle: "mu12a3",
        },
        VerbForm::V => Stems {
            past_active: "ta1a22a3",
            past_passive: "tu1u22i3",
            imperfect_active: "ata1a22a3",
            imperfect_passive: "uta1a22a3",
            imperative: "ta1a22a3",
            active_participle: "muta1a22i3",
            passive_participle: "muta1a22a3",
        },
        VerbForm::VI => Stems {
            past_active: "ta1A2a3",
            past_passive: "tu1U2i3",
            imperfect_active: "ata1A2a3",
            imperfect_passive: "uta1A2a3",
            imperative: "ta1A2a3",
            active_participle: "muta1A2i3",
            passive_participle: "muta1A2a3",
        },
        VerbForm::VII => Stems {
            past_active: "*in1a2a3",
            past_passive: "*un1u2i3",
            imperfect_active: "an1a2i3",
            imperfect_passive: "un1a2a3",
            imperative: "n1a2i3",
            active_participle: "mun1a2i3",
            passive_participle: "mun1a2a3",
        },
        VerbForm::VIII => Stems {
            past_active: "*i1ta2a3",
            past_passive: "*u1tu2i3",
            imperfect_active: "a1ta2i3",
            imperfect_passive: "u1ta2a3",
            imperative: "1ta2i3",
            active_participle: "mu1ta2i3",
            passive_participle: "mu1ta2a3",
        },
        VerbForm::IX => Stems {
            past_active: "*i12a3a3",
            past_passive: "*u12u3i3",
            imperfect_active: "a12a3i3",
            imperfect_passive: "u12a3a3",
            imperative: "12a3i3",
            active_participle: "mu12a3i3",
            passive_participle: "mu12a3a3",
        },
        VerbForm::X => Stems {
            past_active: "*ista12a3",
            past_passive: "*ustu12i3",
            imperfect_active: "asta12i3",
            imperfect_passive: "usta12a3",
            imperative: "sta12i3",
            active_participle: "musta12i3",
            passive_participle: "musta12a3",
        },
        VerbForm::Q1 => Stems {
            past_active: "1a23a4",
            past_passive: "1u23i4",
            imperfect_active: "u1a23i4",
            imperfect_passive: "u1a23a4",
            imperative: "1a23i4",
            active_participle: "mu1a23i4",
            passive_participle: "mu1a23a4",
        },
        VerbForm::Q2 => Stems {
            past_active: "ta1a23a4",
            past_passive: "tu1u23i4",
            imperfect_active: "ata1a23a4",
            imperfect_passive: "uta1a23a4",
            imperative: "ta1a23a4",
            active_participle: "muta1a23i4",
            passive_participle: "muta1a23a4",
        },
    }
}

/// A masdar's stem; `feminine` adds ة.
#[derive(Clone, Copy)]
pub(super) struct MasdarPattern {
    pub(super) stem: &'static str,
    pub(super) feminine: bool,
}

/// What decides between the masdar patterns of one form.
#[derive(Clone, Copy)]
pub(super) struct MasdarTraits {
    /// The middle radical is lost (إقامة, استقالة, إراءة).
    pub(super) loses_middle: bool,
    /// The last radical is weak or hamza (تسمية, تهنئة).
    pub(super) weak_or_hamza_final: bool,
    /// Both the middle and the last radical are ي (تحية).
    pub(super) double_ya: bool,
    /// Four radicals that repeat two (زلزال).
    pub(super) reduplicated: bool,
}

/// The regular masdars of a form, the usual one first (Wright, vol. I, on the nomina verbi; Ryding, ch. 5). Form I has none.
pub(super) fn masdars(form: VerbForm, traits: MasdarTraits) -> Vec<MasdarPattern> {
    let masculine = |stem| vec![MasdarPattern { stem, feminine: false }];
    let feminine = |stem| MasdarPattern { stem, feminine: true };
    match form {
        VerbForm::I => Vec::new(),
        VerbForm::II if traits.double_ya => vec![feminine("ta1i23")],
        VerbForm::II if traits.weak_or_hamza_final => vec![feminine("ta12i3")],
        VerbForm::II => masculine("ta12I3"),
        VerbForm::III => vec![feminine("mu1A2a3"), MasdarPattern { stem: "1i2A3", feminine: false }],
        VerbForm::IV if traits.loses_middle => vec![feminine("'i12A3")],
        VerbForm::IV => masculine("'i12A3"),
        VerbForm::V => masculine("ta1a22u3"),
        VerbForm::VI => masculine("ta1A2u3"),
        VerbForm::VII => masculine("*in1i2A3"),
        VerbForm::VIII => masculine("*i1ti2A3"),
        VerbForm::IX => masculine("*i12i3A3"),
        VerbForm::X if traits.loses_middle => vec![feminine("*isti12A3")],
        VerbForm::X => masculine("*isti12A3"),
        VerbForm::Q1 if traits.reduplicated => {
            vec![feminine("1a23a4"), MasdarPattern { stem: "1i23A4", feminine: false }]
        }
        VerbForm::Q1 => vec![feminine("1a23a4")],
        VerbForm::Q2 => masculine("ta1a23u4"),
    }
}

/// Person, number, gender of a finite form.
pub(super) type Agreement = (Person, Number, Option<Gender>);

const THIRD_MASCULINE: Agreement = (Person::Third, Number::Singular, Some(Gender::Masculine));
const THIRD_FEMININE: Agreement = (Person::Third, Number::Singular, Some(Gender::Feminine));
const THIRD_MASCULINE_DUAL: Agreement = (Person::Third, Number::Dual, Some(Gender::Masculine));
const THIRD_FEMININE_DUAL: Agreement = (Person::Third, Number::Dual, Some(Gender::Feminine));
const THIRD_MASCULINE_PLURAL: Agreement = (Person::Third, Number::Plural, Some(Gender::Masculine));
const THIRD_FEMININE_PLURAL: Agreement = (Person::Third, Number::Plural, Some(Gender::Feminine));
const SECOND_MASCULINE: Agreement = (Person::Second, Number::Singular, Some(Gender::Masculine));
const SECOND_FEMININE: Agreement = (Person::Second, Number::Singular, Some(Gender::Feminine));
const SECOND_DUAL: Agreement = (Person::Second, Number::Dual, None);
const SECOND_MASCULINE_PLURAL: Agreement = (Person::Second, Number::Plural, Some(Gender::Masculine));
const SECOND_FEMININE_PLURAL: Agreement = (Person::Second, Number::Plural, Some(Gender::Feminine));
const FIRST: Agreement = (Person::First, Number::Singular, None);
const FIRST_PLURAL: Agreement = (Person::First, Number::Plural, None);

/// The endings of the past: agreement, ending, ending before an attached pronoun.
pub(super) const PAST: [(Agreement, &str, &str); 13] = [
    (THIRD_MASCULINE, "a", "a"),
    (THIRD_FEMININE, "at", "at"),
    (THIRD_MASCULINE_DUAL, "A", "A"),
    (THIRD_FEMININE_DUAL, "atA", "atA"),
    (THIRD_MASCULINE_PLURAL, "U^", "U^"),
    (THIRD_FEMININE_PLURAL, "na", "na"),
    (SECOND_MASCULINE, "ta", "ta"),
    (SECOND_FEMININE, "ti", "ti"),
    (SECOND_DUAL, "tumA", "tumA"),
    (SECOND_MASCULINE_PLURAL, "tum", "tumU"),
    (SECOND_FEMININE_PLURAL, "tunna", "tunna"),
    (FIRST, "tu", "tu"),
    (FIRST_PLURAL, "nA", "nA"),
];

/// The ending classes of the imperfect.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ImperfectEnding {
    /// No person ending: the mood vowel ends the word.
    Mood,
    Dual,
    Plural,
    SecondFeminine,
    FemininePlural,
}

impl ImperfectEnding {
    /// The ending in a mood.
    pub(super) const fn pattern(self, mood: Mood) -> &'static str {
        match (self, mood) {
            (Self::Mood, Mood::Indicative) => "u",
            (Self::Mood, Mood::Subjunctive) => "a",
            (Self::Mood, Mood::Jussive) => "",
            (Self::Dual, Mood::Indicative) => "Ani",
            (Self::Dual, _) => "A",
            (Self::Plural, Mood::Indicative) => "Una",
            (Self::Plural, _) => "U^",
            (Self::SecondFeminine, Mood::Indicative) => "Ina",
            (Self::SecondFeminine, _) => "I",
            (Self::FemininePlural, _) => "na",
        }
    }
}

/// The imperfect: agreement, consonant of the prefix, ending class.
pub(super) const IMPERFECT: [(Agreement, &str, ImperfectEnding); 13] = [
    (THIRD_MASCULINE, "y", ImperfectEnding::Mood),
    (THIRD_FEMININE, "t", ImperfectEnding::Mood),
    (THIRD_MASCULINE_DUAL, "y", ImperfectEnding::Dual),
    (THIRD_FEMININE_DUAL, "t", ImperfectEnding::Dual),
    (THIRD_MASCULINE_PLURAL, "y", ImperfectEnding::Plural),
    (THIRD_FEMININE_PLURAL, "y", ImperfectEnding::FemininePlural),
    (SECOND_MASCULINE, "t", ImperfectEnding::Mood),
    (SECOND_FEMININE, "t", ImperfectEnding::SecondFeminine),
    (SECOND_DUAL, "t", ImperfectEnding::Dual),
    (SECOND_MASCULINE_PLURAL, "t", ImperfectEnding::Plural),
    (SECOND_FEMININE_PLURAL, "t", ImperfectEnding::FemininePlural),
    (FIRST, "'", ImperfectEnding::Mood),
    (FIRST_PLURAL, "n", ImperfectEnding::Mood),
];

/// The imperative: agreement and ending class; it ends like the jussive.
pub(super) const IMPERATIVE: [(Agreement, ImperfectEnding); 5] = [
    (SECOND_MASCULINE, ImperfectEnding::Mood),
    (SECOND_FEMININE, ImperfectEnding::SecondFeminine),
    (SECOND_DUAL, ImperfectEnding::Dual),
    (SECOND_MASCULINE_PLURAL, ImperfectEnding::Plural),
    (SECOND_FEMININE_PLURAL, ImperfectEnding::FemininePlural),
];
