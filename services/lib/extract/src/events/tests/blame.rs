//! Who blames whom, and what a denial is of.

use super::{check, check_reality};

#[test]
fn two_countries_in_a_row_are_subject_and_object() {
    check(&[
        ("اتهمت بريطانيا روسيا بقصف المدينة.", &["اتهمت ACCUSE GB > RU @ -", "قصف ASSAULT - > - @ -"]),
        ("اتهمت إيران السعودية بدعم الانقلاب.", &["اتهمت ACCUSE IR > SA @ -"]),
        ("قصفت قوات سورية بلدة دوما.", &["قصفت ASSAULT syria-armed-forces > gn-170592 @ -"]),
    ]);
}

#[test]
fn blame_without_its_subject_falls_on_whom_it_names() {
    check(&[
        (
            "أدانت الرئاسة الفلسطينية الهجوم وحملت حركة حماس المسؤولية.",
            &["أدانت ACCUSE palestine-presidency > - @ -", "حملت ACCUSE palestine-presidency > hamas @ -"],
        ),
        // Here it is the subject.
        ("وحملت حماس المسؤولية لإسرائيل عن الهجوم.", &["حملت ACCUSE hamas > IL @ -"]),
        ("وحملت السعودية حزب الله المسؤولية.", &["حملت ACCUSE SA > hezbollah @ -"]),
    ]);
}

#[test]
fn a_denial_is_of_its_own_clause_and_whoever_does_not_deny_leaves_it_open() {
    check_reality(&[
        ("وعقدت روسيا، التي تنفي ضلوعها في الهجوم، اجتماعا مع إيران في موسكو.", "اجتماعا", "affirmed actual"),
        ("وقالت واشنطن إنها لا تستبعد شن هجوم صاروخي على سوريا.", "هجوم", "negated possible"),
        ("نفت إيران شن هجوم على سفينة في الخليج.", "هجوم", "affirmed denied"),
        // Spelled as the verb.
        ("نفى الجيش التركي قصف بلدة في شمال العراق.", "قصف", "affirmed denied"),
        ("نفت موسكو ضلوعها في الهجوم، وردت بطرد دبلوماسيين بريطانيين من روسيا.", "طرد", "affirmed actual"),
    ]);
}
