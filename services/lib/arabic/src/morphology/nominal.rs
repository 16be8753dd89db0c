//! The endings of nouns, masdars and participles.

use super::inflection::{Ending, Gender, NominalForm, Number};
use super::phonology::{Stem, contract_glide_after};
use super::root::Vowel;
use super::segment::{HAMZA, Segment, affix};
use super::spelling::spellings;

/// One written ending of a noun.
struct Row {
    suffix: &'static str,
    number: Number,
    gender: Gender,
    ending: Ending,
    before_pronoun: bool,
}

const fn row(suffix: &'static str, number: Number, gender: Gender, ending: Ending) -> Row {
    Row { suffix, number, gender, ending, before_pronoun: false }
}

const fn pronoun_row(suffix: &'static str, number: Number, gender: Gender) -> Row {
    Row { suffix, number, gender, ending: Ending::Bare, before_pronoun: true }
}

const SINGULAR: [Row; 6] = [
    row("u", Number::Singular, Gender::Masculine, Ending::Bare),
    row("", Number::Singular, Gender::Masculine, Ending::Shortened),
    row("a~", Number::Singular, Gender::Masculine, Ending::Accusative),
    pronoun_row("u", Number::Singular, Gender::Masculine),
    pronoun_row("i", Number::Singular, Gender::Masculine),
    pronoun_row("a", Number::Singular, Gender::Masculine),
];

const DUAL: [Row; 4] = [
    row("Ani", Number::Dual, Gender::Masculine, Ending::Nominative),
    row("ayni", Number::Dual, Gender::Masculine, Ending::Oblique),
    row("A", Number::Dual, Gender::Masculine, Ending::ConstructNominative),
    row("ay", Number::Dual, Gender::Masculine, Ending::ConstructOblique),
];

const MASCULINE_PLURAL: [Row; 4] = [
    row("Una", Number::Plural, Gender::Masculine, Ending::Nominative),
    row("Ina", Number::Plural, Gender::Masculine, Ending::Oblique),
    row("U", Number::Plural, Gender::Masculine, Ending::ConstructNominative),
    row("I", Number::Plural, Gender::Masculine, Ending::ConstructOblique),
];

const FEMININE: [Row; 6] = [
    row("ah", Number::Singular, Gender::Feminine, Ending::Bare),
    pronoun_row("ah", Number::Singular, Gender::Feminine),
    row("atAni", Number::Dual, Gender::Feminine, Ending::Nominative),
    row("atayni", Number::Dual, Gender::Feminine, Ending::Oblique),
    row("atA", Number::Dual, Gender::Feminine, Ending::ConstructNominative),
    row("atay", Number::Dual, Gender::Feminine, Ending::ConstructOblique),
];

const FEMININE_PLURAL: [Row; 1] = [row("At", Number::Plural, Gender::Feminine, Ending::Bare)];

/// Which endings a noun takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Declension {
    /// Masculine and feminine, with both sound plurals.
    Participle,
    /// Masculine with the plural on ات.
    MasculineMasdar,
    /// Feminine on ة with the plural on ات.
    Feminine,
    /// Masculine with both sound plurals.
    MasculineNoun,
}

impl Declension {
    const fn tables(self) -> &'static [&'static [Row]] {
        match self {
            Self::Participle => &[&SINGULAR, &DUAL, &MASCULINE_PLURAL, &FEMININE, &FEMININE_PLURAL],
            Self::MasculineMasdar => &[&SINGULAR, &DUAL, &FEMININE_PLURAL],
            Self::Feminine => &[&FEMININE, &FEMININE_PLURAL],
            Self::MasculineNoun => &[&SINGULAR, &DUAL, &MASCULINE_PLURAL, &FEMININE_PLURAL],
        }
    }
}

/// Inflects a stem; `derive` puts an ending on it and applies the sound rules.
pub(super) fn inflect(
    declension: Declension,
    derive: impl Fn(&[Segment]) -> Vec<Segment>,
) -> Vec<NominalForm> {
    let mut forms: Vec<NominalForm> = Vec::new();
    for row in declension.tables().iter().copied().flatten() {
        // Only a noun on ـي drops it.
        if row.ending == Ending::Shortened && !forms.iter().any(|form| form.surface.ends_with('ي')) {
            continue;
        }
        let word = derive(&affix(row.suffix));
        for surface in spellings(&word, row.before_pronoun) {
            // A spelling that a free form of this number and gender has already says nothing new.
            let repeats = forms.iter().any(|form| {
                form.surface == surface
                    && form.number == row.number
                    && form.gender == row.gender
                    && (form.ending == row.ending
                        || matches!(row.ending, Ending::Accusative | Ending::Shortened))
            });
            if !repeats && !surface.is_empty() {
                let Row { number, gender, ending, before_pronoun, .. } = *row;
                forms.push(NominalForm { surface, number, gender, ending, before_pronoun });
            }
        }
    }
    forms
}

/// The written forms of a noun given in its singular without ال: accusative alif, dual, the sound plurals on ون/ين and
/// ات, the construct without ن, and the stem that a pronoun is attached to.
///
/// All endings the spelling allows are given; whether a noun takes a sound plural is the lexicon's to say, so filter by
/// number and gender where it does not. Empty for an empty word.
///
/// ```
/// use marsad_arabic::morphology::{Ending, nominal_forms};
/// let has = |base, form| nominal_forms(base).iter().any(|f| f.surface == form);
/// assert!(has("هجوم", "هجوما"));
/// assert!(has("غارة", "غارتين"));
/// assert!(has("غارة", "غارات"));
/// // لقاؤه
/// assert!(has("لقاء", "لقاؤ"));
/// ```
#[must_use]
pub fn nominal_forms(base: &str) -> Vec<NominalForm> {
    let mut letters: Vec<char> = base.chars().collect();
    let Some(last) = letters.pop() else { return Vec::new() };
    match last {
        'ة' => inflect(Declension::Feminine, |ending| feminine_noun(&letters, ending)),
        'ى' => {
            let mut stem = written_stem(&letters);
            stem.extend([Segment::Short(Vowel::A), Segment::Radical(3, 'ي')]);
            inflect(Declension::MasculineNoun, |ending| {
                let mut word = stem.clone();
                word.extend_from_slice(ending);
                contract_glide_after(&mut word, stem.len() - 1, Vowel::A, Stem::Masdar);
                if word.last() == Some(&Segment::Tanwin) {
                    word.pop();
                }
                word
            })
        }
        // Nothing is told about a noun on alif but the word itself.
        'ا' => {
            let number = Number::Singular;
            let gender = Gender::Masculine;
            let surface = base.to_owned();
            vec![NominalForm { surface, number, gender, ending: Ending::Bare, before_pronoun: false }]
        }
        _ => {
            letters.push(last);
            let stem = written_stem(&letters);
            inflect(Declension::MasculineNoun, |ending| [stem.as_slice(), ending].concat())
        }
    }
}

/// A noun on ة, given without it, with an ending that begins with the *a* of ة or is the plural *At*.
fn feminine_noun(letters: &[char], ending: &[Segment]) -> Vec<Segment> {
    let is_plural = matches!(ending, [Segment::Long(Vowel::A), ..]);
    let mut stem = match letters {
        // مباراة، مباريات, but صلاة، صلوات.
        [rest @ .., 'ا'] if is_plural => {
            let mut stem = written_stem(rest);
            stem.push(Segment::Written(if rest.len() >= 3 { 'ي' } else { 'و' }));
            stem
        }
        _ => written_stem(letters),
    };
    stem.extend_from_slice(ending);
    stem
}

/// Letters as written; a hamza at the end becomes one that takes its seat anew.
fn written_stem(letters: &[char]) -> Vec<Segment> {
    let written = |letters: &[char]| letters.iter().copied().map(Segment::Written).collect::<Vec<_>>();
    let (rest, vowel) = match letters {
        [rest @ .., 'أ'] => (rest, Some(Vowel::A)),
        [rest @ .., 'ئ'] => (rest, Some(Vowel::I)),
        [rest @ .., 'ؤ'] => (rest, Some(Vowel::U)),
        [rest @ .., HAMZA] => (rest, None),
        _ => return written(letters),
    };
    let mut stem = written(rest);
    // After ا and ي the seat comes from these letters, not from a short vowel.
    if !matches!(rest, [.., 'ا' | 'ي']) {
        stem.extend(vowel.map(Segment::Short));
    }
    stem.push(Segment::Consonant(HAMZA));
    stem
}
