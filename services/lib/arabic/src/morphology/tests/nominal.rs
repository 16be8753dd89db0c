//! Endings of nouns, and what a pronoun changes.

use crate::morphology::{Ending, Gender, Inflection, Number, Verb, VerbForm, nominal_forms};

fn has(base: &str, surface: &str) -> bool {
    nominal_forms(base).iter().any(|form| form.surface == surface)
}

fn free(base: &str, number: Number, ending: Ending) -> Vec<String> {
    nominal_forms(base)
        .into_iter()
        .filter(|form| !form.before_pronoun && form.number == number && form.ending == ending)
        .map(|form| form.surface)
        .collect()
}

#[test]
fn accusative_alif() {
    let cases = [
        ("هجوم", "هجوما"),
        ("جزء", "جزءا"),
        ("عبء", "عبئا"),
        ("شيء", "شيئا"),
        ("لجوء", "لجوءا"),
        ("لاجئ", "لاجئا"),
        ("تنبؤ", "تنبؤا"),
        ("قاضي", "قاضيا"),
    ];
    for (base, accusative) in cases {
        assert_eq!(free(base, Number::Singular, Ending::Accusative), [accusative], "{base}");
    }
    for base in ["لقاء", "مبدأ", "غارة", "مستشفى", "قضايا"] {
        assert!(free(base, Number::Singular, Ending::Accusative).is_empty(), "{base}");
    }
}

#[test]
fn duals() {
    let cases = [
        ("هجوم", "هجومان", "هجومين"),
        ("غارة", "غارتان", "غارتين"),
        ("لقاء", "لقاءان", "لقاءين"),
        ("مبدأ", "مبدآن", "مبدأين"),
        ("مستشفى", "مستشفيان", "مستشفيين"),
        ("مفاجأة", "مفاجأتان", "مفاجأتين"),
    ];
    for (base, nominative, oblique) in cases {
        assert_eq!(free(base, Number::Dual, Ending::Nominative), [nominative], "{base}");
        assert_eq!(free(base, Number::Dual, Ending::Oblique), [oblique], "{base}");
    }
    assert_eq!(free("هجوم", Number::Dual, Ending::ConstructNominative), ["هجوما"]);
    assert_eq!(free("غارة", Number::Dual, Ending::ConstructOblique), ["غارتي"]);
}

#[test]
fn sound_plurals() {
    let feminine = [
        ("غارة", "غارات"),
        ("اجتماع", "اجتماعات"),
        ("لقاء", "لقاءات"),
        ("مفاجأة", "مفاجآت"),
        ("هيئة", "هيئات"),
        ("قراءة", "قراءات"),
        ("مباراة", "مباريات"),
        ("صلاة", "صلوات"),
        ("مستشفى", "مستشفيات"),
    ];
    for (base, plural) in feminine {
        assert_eq!(free(base, Number::Plural, Ending::Bare), [plural], "{base}");
    }
    assert_eq!(free("مهندس", Number::Plural, Ending::Nominative), ["مهندسون"]);
    assert_eq!(free("مهندس", Number::Plural, Ending::Oblique), ["مهندسين"]);
    assert_eq!(free("مهندس", Number::Plural, Ending::ConstructNominative), ["مهندسو"]);
    assert_eq!(free("لاجئ", Number::Plural, Ending::Nominative), ["لاجئون"]);
    assert_eq!(free("مبتدأ", Number::Plural, Ending::Nominative), ["مبتدؤون", "مبتدأون"]);
}

#[test]
fn before_a_pronoun() {
    let attached = |base: &str| -> Vec<String> {
        nominal_forms(base).into_iter().filter(|form| form.before_pronoun).map(|form| form.surface).collect()
    };
    assert_eq!(attached("زيارة"), ["زيارت"]);
    assert_eq!(attached("لقاء"), ["لقاؤ", "لقائ"]);
    assert_eq!(attached("مستشفى"), ["مستشفا"]);
    assert!(attached("هجوم").is_empty());
    // Letters that are repeated in writing stay so.
    assert!(has("ممثل", "ممثلين"));
}

#[test]
fn verbs_before_a_pronoun() {
    let cases = [
        ("هاجم", "ه-ج-م", VerbForm::III, "هاجمو", Inflection::Past),
        ("استدعى", "د-ع-و", VerbForm::X, "استدعا", Inflection::Past),
        ("رأى", "ر-ء-ي", VerbForm::I, "رآ", Inflection::Past),
        ("هاجم", "ه-ج-م", VerbForm::III, "هاجمتمو", Inflection::Past),
        ("قرأ", "ق-ر-ء", VerbForm::I, "يقرؤ", Inflection::Imperfect(crate::morphology::Mood::Indicative)),
    ];
    for (lemma, root, form, surface, inflection) in cases {
        let forms = Verb::from_lemma(lemma, root.parse().unwrap(), form, None).unwrap().conjugate();
        let found: Vec<_> = forms.iter().filter(|form| form.surface == surface).collect();
        assert!(found.iter().any(|form| form.before_pronoun && form.inflection == inflection), "{surface}");
        assert!(found.iter().all(|form| form.before_pronoun), "{surface}");
    }
}

#[test]
fn participles_of_defective_verbs() {
    let forms =
        Verb::from_lemma("اعتدى", "ع-د-و".parse().unwrap(), VerbForm::VIII, None).unwrap().conjugate();
    let active = |number, gender, ending| -> Vec<&str> {
        forms
            .iter()
            .filter(|f| f.inflection == Inflection::ActiveParticiple(ending) && !f.before_pronoun)
            .filter(|f| f.number == number && f.gender == Some(gender))
            .map(|f| f.surface.as_str())
            .collect()
    };
    assert_eq!(active(Number::Singular, Gender::Masculine, Ending::Bare), ["معتدي"]);
    assert_eq!(active(Number::Singular, Gender::Masculine, Ending::Shortened), ["معتد"]);
    assert_eq!(active(Number::Singular, Gender::Masculine, Ending::Accusative), ["معتديا"]);
    assert_eq!(active(Number::Dual, Gender::Masculine, Ending::Nominative), ["معتديان"]);
    assert_eq!(active(Number::Plural, Gender::Masculine, Ending::Nominative), ["معتدون"]);
    assert_eq!(active(Number::Plural, Gender::Masculine, Ending::Oblique), ["معتدين"]);
    assert_eq!(active(Number::Singular, Gender::Feminine, Ending::Bare), ["معتدية"]);
    assert_eq!(active(Number::Plural, Gender::Feminine, Ending::Bare), ["معتديات"]);
}

#[test]
fn empty_and_odd_words() {
    assert!(nominal_forms("").is_empty());
    for base in ["ة", "ى", "ء", "ا", "أ", "x", "اة"] {
        assert!(nominal_forms(base).iter().all(|form| !form.surface.is_empty()), "{base}");
    }
}
