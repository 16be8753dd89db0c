use super::*;
use crate::reading::body;

/// The finite verbs of a text without names.
fn verbs(text: &str) -> Vec<String> {
    let segments = body(text);
    let reading = Reading::new(text, &segments);
    let syntax = Syntax::new(&reading, &[], &[], std::iter::empty());
    (0..reading.words.len())
        .filter(|at| syntax.class(*at) == Class::Verb)
        .map(|at| reading.raw(at).to_owned())
        .collect()
}

#[test]
fn verbs_and_nouns_of_one_spelling() {
    let cases: &[(&str, &[&str])] = &[
        ("قتل الجنود أمس", &["قتل"]),
        ("بعد قتل الجنود", &[]),
        ("عملية قتل الجنود", &[]),
        ("قررت الحكومة، صباحا، طرد السفير", &["قررت"]),
        ("صدر بيان لاحق", &["صدر"]),
        ("لاحق الجيش المسلحين", &["لاحق"]),
        ("الجيش قصف المدينة", &["قصف"]),
        ("عدم ذكر اسمه", &[]),
        ("سترد الدولة", &["سترد"]),
        ("الذي هاجم القاعدة", &["هاجم"]),
        ("اعتبرت أن طرد السفراء خطأ", &["اعتبرت"]),
        ("بعد أن طرد السفراء", &["طرد"]),
        ("قال إن مقاتلا قتل بعدما أطلقوا النار", &["قال", "قتل", "أطلقوا"]),
        ("قال إن رجلا يقود سيارة، فجر نفسه", &["قال", "يقود", "فجر"]),
        ("جدد الوزير دعوته مؤكدا سعي حكومته إلى السلام", &["جدد"]),
        ("فرضت عقوبات عليها بينها طرد 23 دبلوماسيا", &["فرضت"]),
    ];
    for (text, expected) in cases {
        assert_eq!(verbs(text), *expected, "{text}");
    }
}

#[test]
fn conjunctions_are_cut() {
    let segments = body("وقال");
    let reading = Reading::new("وقال", &segments);
    assert_eq!(bare(&reading.words[0]), "قال");
}
