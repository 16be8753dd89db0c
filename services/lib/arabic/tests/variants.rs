//! The same words in another spelling give the same times and quantities, and no text panics.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use jiff::civil::date;
use marsad_arabic::number::quantities_beside;
use marsad_arabic::orthography::fold;
use marsad_arabic::time::times;
use marsad_arabic::token::{sentences, tokenize};
use proptest::prelude::*;

/// What a text says, apart from where: values of times and quantities with the words that they are read from.
fn values(text: &str) -> Vec<String> {
    let tokens = tokenize(text);
    let times = times(text, &tokens, Some(date(2024, 1, 24)));
    let quantities = quantities_beside(text, &tokens, &times);
    let words = |span: marsad_arabic::span::Span| fold(span.slice(text).expect("a span slices the text"));
    let times = times.iter().map(|time| {
        format!("{} {:?} {} {:?} {:?}", words(time.span), time.kind, time.value, time.modifier, time.interval)
    });
    let times: Vec<String> = times.collect();
    let quantities = quantities.iter().map(|quantity| {
        let unit = quantity.unit.as_deref().map(fold);
        format!(
            "{} {:?} {:?} {} {unit:?}",
            words(quantity.span),
            quantity.low,
            quantity.high,
            quantity.approx
        )
    });
    times.into_iter().chain(quantities).collect()
}

/// Phrases that times and numbers are made of, and words between them.
const PHRASES: [&str; 32] = [
    "24 يناير 2024",
    "يوم الثلاثاء الماضي",
    "مساء أمس",
    "في 3 فبراير/ شباط المقبل",
    "قبل ثلاثة أيام",
    "الأسبوع الجاري",
    "نهاية العام",
    "منذ 16 شهرا",
    "14:30",
    "24/1/2024",
    "الساعة الثامنة مساء",
    "تسعينيات القرن الماضي",
    "الربع الثالث من عام 2023",
    "آب 2014",
    "خمسة وعشرون جنديا",
    "أكثر من 85 هدفا",
    "2.5 مليون دولار",
    "نصف مليون نازح",
    "1,250 طنا",
    "12%",
    "عشرات القتلى",
    "جنديان",
    "مئتا ألف لاجئ",
    "بين 3 و5 مدن",
    "وقال",
    "في",
    "الوفد",
    "مسؤولون",
    "من",
    "،",
    ".",
    "\n",
];

/// A text of such phrases.
fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PHRASES.as_slice()), 1..12).prop_map(|parts| parts.join(" "))
}

/// Puts what `between` gives after each Arabic letter, by the letter's place.
fn after_letters(text: &str, between: impl Fn(usize) -> &'static str) -> String {
    let mut out = String::new();
    for (at, c) in text.chars().enumerate() {
        out.push(c);
        if matches!(c, '\u{621}'..='\u{64A}') {
            out.push_str(between(at));
        }
    }
    out
}

/// The presentation form of a letter, as texts copied out of a PDF have it.
fn presented(c: char) -> char {
    match c {
        'ب' => '\u{FE91}',
        'ت' => '\u{FE97}',
        'ل' => '\u{FEDF}',
        'م' => '\u{FEE3}',
        'ن' => '\u{FEE7}',
        'ي' => '\u{FEF3}',
        'ا' => '\u{FE8E}',
        'ر' => '\u{FEAE}',
        c => c,
    }
}

fn indic(c: char) -> char {
    c.to_digit(10).and_then(|digit| char::from_u32(0x660 + digit)).unwrap_or(c)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn vowel_signs_change_nothing(text in text(), signs in prop::collection::vec(prop::sample::select(vec!["", "\u{64E}", "\u{650}", "\u{651}\u{64F}", "\u{652}"]), 7)) {
        prop_assert_eq!(values(&after_letters(&text, |at| signs[at % signs.len()])), values(&text));
    }

    #[test]
    fn tatweel_changes_nothing(text in text(), every in 1_usize..5) {
        prop_assert_eq!(values(&after_letters(&text, |at| if at % every == 0 { "ـ" } else { "" })), values(&text));
    }

    #[test]
    fn presentation_forms_change_nothing(text in text()) {
        prop_assert_eq!(values(&text.chars().map(presented).collect::<String>()), values(&text));
    }

    #[test]
    fn arabic_digits_change_nothing(text in text()) {
        prop_assert_eq!(values(&text.chars().map(indic).collect::<String>()), values(&text));
    }

    #[test]
    fn blanks_that_do_not_break_change_nothing(text in text()) {
        prop_assert_eq!(values(&text.replace(' ', "\u{A0}")), values(&text));
    }

    #[test]
    fn directions_change_nothing(text in text()) {
        prop_assert_eq!(values(&text.replace(' ', " \u{200F}")), values(&text));
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        values(&text);
        sentences(&text, &tokenize(&text));
    }

    #[test]
    fn no_arabic_text_panics(text in "[ء-ي\u{64B}-\u{655}ـ0-9٠-٩ \n\u{A0}.،:٫٬%/()\"«»–-]{0,120}") {
        values(&text);
        sentences(&text, &tokenize(&text));
    }
}
