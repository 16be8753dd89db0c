//! The seat of the hamza.

use crate::morphology::{After, Before, Vowel, hamza_seat};

#[test]
fn at_the_start() {
    assert_eq!(hamza_seat(Before::Start, After::Short(Vowel::A)), 'أ', "أخذ");
    assert_eq!(hamza_seat(Before::Start, After::Short(Vowel::U)), 'أ', "أسرة");
    assert_eq!(hamza_seat(Before::Start, After::Short(Vowel::I)), 'إ', "إعلان");
    assert_eq!(hamza_seat(Before::Start, After::Long(Vowel::I)), 'إ', "إيمان");
    assert_eq!(hamza_seat(Before::Start, After::Long(Vowel::A)), 'آ', "آمن");
    assert_eq!(hamza_seat(Before::Start, After::Long(Vowel::U)), 'أ', "أوخذ");
}

#[test]
fn inside() {
    let cases = [
        (Before::Short(Vowel::A), After::Short(Vowel::A), 'أ', "سأل"),
        (Before::Short(Vowel::A), After::Short(Vowel::I), 'ئ', "سئم"),
        (Before::Short(Vowel::A), After::Short(Vowel::U), 'ؤ', "لؤم"),
        (Before::Short(Vowel::A), After::Consonant, 'أ', "رأس"),
        (Before::Short(Vowel::A), After::Long(Vowel::A), 'آ', "مآل"),
        (Before::Short(Vowel::A), After::Long(Vowel::I), 'ئ', "رئيس"),
        (Before::Short(Vowel::A), After::Long(Vowel::U), 'ؤ', "بدؤوا"),
        (Before::Short(Vowel::I), After::Short(Vowel::A), 'ئ', "فئة"),
        (Before::Short(Vowel::I), After::Consonant, 'ئ', "بئر"),
        (Before::Short(Vowel::I), After::Long(Vowel::A), 'ئ', "رئاسة"),
        (Before::Short(Vowel::I), After::Long(Vowel::U), 'ئ', "منشئون"),
        (Before::Short(Vowel::U), After::Short(Vowel::A), 'ؤ', "مؤسسة"),
        (Before::Short(Vowel::U), After::Long(Vowel::A), 'ؤ', "سؤال"),
        (Before::Short(Vowel::U), After::Short(Vowel::I), 'ئ', "سئل"),
        (Before::Short(Vowel::U), After::Consonant, 'ؤ', "مؤتمر"),
        (Before::Short(Vowel::U), After::Long(Vowel::U), 'ؤ', "رؤوس"),
        (Before::Long(Vowel::A), After::Short(Vowel::A), 'ء', "قراءة"),
        (Before::Long(Vowel::A), After::Short(Vowel::I), 'ئ', "قائد"),
        (Before::Long(Vowel::A), After::Short(Vowel::U), 'ؤ', "تفاؤل"),
        (Before::Long(Vowel::A), After::Long(Vowel::A), 'ء', "إجراءات"),
        (Before::Long(Vowel::U), After::Short(Vowel::A), 'ء', "مروءة"),
        (Before::Long(Vowel::I), After::Short(Vowel::A), 'ئ', "خطيئة"),
        (Before::Ya, After::Short(Vowel::A), 'ئ', "هيئة"),
        (Before::Waw, After::Short(Vowel::A), 'ء', "توءم"),
        (Before::Consonant, After::Short(Vowel::A), 'أ', "مسألة"),
        (Before::Consonant, After::Long(Vowel::A), 'آ', "قرآن"),
        (Before::Consonant, After::Long(Vowel::U), 'ؤ', "مسؤول"),
        (Before::Consonant, After::Short(Vowel::I), 'ئ', "أسئلة"),
    ];
    for (before, after, seat, word) in cases {
        assert_eq!(hamza_seat(before, after), seat, "{word}");
    }
}

#[test]
fn at_the_end() {
    let cases = [
        (Before::Short(Vowel::A), 'أ', "بدأ"),
        (Before::Short(Vowel::I), 'ئ', "لاجئ"),
        (Before::Short(Vowel::U), 'ؤ', "تنبؤ"),
        (Before::Long(Vowel::A), 'ء', "لقاء"),
        (Before::Long(Vowel::U), 'ء', "لجوء"),
        (Before::Long(Vowel::I), 'ء', "مسيء"),
        (Before::Ya, 'ء', "شيء"),
        (Before::Waw, 'ء', "ضوء"),
        (Before::Consonant, 'ء', "جزء"),
    ];
    for (before, seat, word) in cases {
        assert_eq!(hamza_seat(before, After::End), seat, "{word}");
    }
}
