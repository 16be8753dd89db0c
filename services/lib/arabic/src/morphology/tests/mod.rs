//! Tests: named forms of each root class, spelling rules, properties that hold for every root.

mod augmented;
mod nominal;
mod properties;
mod simple;
mod spelling;

use super::{Ending, Gender, Inflection, Mood, Number, Person, SurfaceForm, Verb, VerbForm, Voice};

/// Checks the forms of one verb: `lemma root form vowel`, then `label surface` pairs.
///
/// Labels: a part (`past ind sub jus imp act pas masdar`), for finite forms `.` and person, gender, number as in `3ms`
/// (`d` dual, `1s`, `1p`, `2d`), for nominal ones gender and number (`ms mp fs fp`); `!` after it means passive.
/// The first spelling of a label must be the surface; alternatives are joined by `/` and must be all there are.
fn check(verb: &str, expected: &[(&str, &str)]) {
    let parts: Vec<&str> = verb.split(' ').collect();
    let [lemma, root, form, rest @ ..] = parts.as_slice() else { panic!("bad case {verb}") };
    let vowel = rest.first().map(|vowel| vowel.parse().unwrap());
    let verb =
        Verb::from_lemma(lemma, root.parse().unwrap(), form.parse::<VerbForm>().unwrap(), vowel).unwrap();
    let forms = verb.conjugate();
    assert!(!expected.is_empty());
    for (label, surfaces) in expected {
        let found: Vec<&str> = forms
            .iter()
            .filter(|f| !f.before_pronoun && matches_label(f, label))
            .map(|f| f.surface.as_str())
            .collect();
        let surfaces: Vec<&str> = surfaces.split('/').collect();
        assert_eq!(found, surfaces, "{lemma} {label}");
    }
}

fn matches_label(form: &SurfaceForm, label: &str) -> bool {
    let (label, voice) = match label.strip_suffix('!') {
        Some(label) => (label, Voice::Passive),
        None => (label, Voice::Active),
    };
    let (part, features) = label.split_once('.').unwrap_or((label, ""));
    let nominal_ending = if features == "mp" { Ending::Nominative } else { Ending::Bare };
    let (inflection, voice) = match part {
        "past" => (Inflection::Past, voice),
        "ind" => (Inflection::Imperfect(Mood::Indicative), voice),
        "sub" => (Inflection::Imperfect(Mood::Subjunctive), voice),
        "jus" => (Inflection::Imperfect(Mood::Jussive), voice),
        "imp" => (Inflection::Imperative, voice),
        "act" => (Inflection::ActiveParticiple(nominal_ending), Voice::Active),
        "pas" => (Inflection::PassiveParticiple(nominal_ending), Voice::Passive),
        "masdar" => (Inflection::Masdar(Ending::Bare), Voice::Active),
        _ => panic!("bad label {label}"),
    };
    let singular_masdar = part != "masdar" || form.number == Number::Singular;
    form.inflection == inflection
        && form.voice == voice
        && singular_masdar
        && features.chars().all(|feature| match feature {
            '1' => form.person == Some(Person::First),
            '2' => form.person == Some(Person::Second),
            '3' => form.person == Some(Person::Third),
            'm' => form.gender == Some(Gender::Masculine),
            'f' => form.gender == Some(Gender::Feminine),
            's' => form.number == Number::Singular,
            'd' => form.number == Number::Dual,
            'p' => form.number == Number::Plural,
            _ => panic!("bad label {label}"),
        })
}
