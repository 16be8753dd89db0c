use super::*;
use proptest::prelude::*;
use std::time::Instant;

fn words(text: &str) -> Vec<&str> {
    tokenize(text).iter().map(|token| token.text(text)).collect()
}

fn split(text: &str) -> Vec<String> {
    let tokens = tokenize(text);
    sentences(text, &tokens).into_iter().map(|range| words_of(text, &tokens[range]).join(" ")).collect()
}

fn words_of<'t>(text: &'t str, tokens: &[Token]) -> Vec<&'t str> {
    tokens.iter().map(|token| token.text(text)).collect()
}

#[test]
fn tokens_by_case() {
    use TokenKind::{Clock, Date, Latin, Number, Ordinal, Punctuation, Symbol, Url, Word};
    for (name, text, want) in [
        ("signs and tatweel stay", "قالَ الـــوزير", vec![("قالَ", Word), ("الـــوزير", Word)]),
        ("nbsp separates", "نحو\u{A0}2500", vec![("نحو", Word), ("2500", Number)]),
        ("number glued to a word", "وصل23 ", vec![("وصل", Word), ("23", Number)]),
        ("article before digits", "الـ40", vec![("الـ", Word), ("40", Number)]),
        (
            "thousands and decimals",
            "1,500.5 ٣٫٥ 2,5",
            vec![("1,500.5", Number), ("٣٫٥", Number), ("2,5", Number)],
        ),
        ("trailing comma", "12, 13", vec![("12", Number), (",", Punctuation), ("13", Number)]),
        ("arabic comma in a list", "3،4", vec![("3", Number), ("،", Punctuation), ("4", Number)]),
        (
            "dates",
            "24/1/2024 2024-01-24 ٢٤/١/٢٠٢٤",
            vec![("24/1/2024", Date), ("2024-01-24", Date), ("٢٤/١/٢٠٢٤", Date)],
        ),
        ("date and full stop", "24/1/2024.", vec![("24/1/2024", Date), (".", Punctuation)]),
        ("a range is no date", "20-30", vec![("20", Number), ("-", Punctuation), ("30", Number)]),
        ("clock", "14:05", vec![("14:05", Clock)]),
        ("ordinal", "27th, January", vec![("27th", Ordinal), (",", Punctuation), ("January", Latin)]),
        ("abbreviation", "أ.ف.ب", vec![("أ.ف.ب", Word)]),
        ("missing blank", "انتهى.وبدأ", vec![("انتهى", Word), (".", Punctuation), ("وبدأ", Word)]),
        ("hyphenated", "الأنجلو-سكسوني", vec![("الأنجلو", Word), ("-", Punctuation), ("سكسوني", Word)]),
        ("latin", "F-16 COVID-19", vec![("F-16", Latin), ("COVID-19", Latin)]),
        (
            "url",
            "https://example.org/a?b=1. example.org",
            vec![("https://example.org/a?b=1", Url), (".", Punctuation), ("example.org", Url)],
        ),
        ("latin without a blank", "Agency.The", vec![("Agency", Latin), (".", Punctuation), ("The", Latin)]),
        ("percent and currency", "٪12 $5", vec![("٪", Symbol), ("12", Number), ("$", Symbol), ("5", Number)]),
        ("lone tatweel", "ـ", vec![("ـ", Punctuation)]),
        ("bidi marks", "\u{200F}قال\u{200F} نعم", vec![("قال", Word), ("نعم", Word)]),
    ] {
        let tokens = tokenize(text);
        let got: Vec<_> = tokens.iter().map(|t| (t.text(text), t.kind)).collect();
        assert_eq!(got, want, "{name}");
    }
}

#[test]
fn sentences_by_case() {
    for (name, text, want) in [
        ("full stop", "ذهب. عاد.", vec!["ذهب .", "عاد ."]),
        ("missing blank after a quotation", "قال \"نعم\".وعاد", vec!["قال \" نعم \" .", "وعاد"]),
        ("stop inside the quotation", "قال «نعم.» وعاد", vec!["قال « نعم . »", "وعاد"]),
        ("straight quotation closed after the stop", "قال \"نعم.\"وعاد", vec!["قال \" نعم . \"", "وعاد"]),
        ("wrongly turned closing mark", "قال “نعم.“ وعاد", vec!["قال “ نعم . “", "وعاد"]),
        ("quotation that opens the next sentence", "عاد. \"نعم\" قال", vec!["عاد .", "\" نعم \" قال"]),
        ("decimal", "ارتفع 3.5 نقطة", vec!["ارتفع 3.5 نقطة"]),
        ("title", "قال د. سامي ذلك", vec!["قال د . سامي ذلك"]),
        ("initial", "قال J. Smith ذلك", vec!["قال J . Smith ذلك"]),
        ("list item", "1. الأول\n2. الثاني", vec!["1 . الأول", "2 . الثاني"]),
        ("number at the end", "عددهم 20. عادوا", vec!["عددهم 20 .", "عادوا"]),
        ("two dots", "القمة.. ماذا بعد", vec!["القمة .. ماذا بعد"]),
        ("line break", "عنوان\nنص", vec!["عنوان", "نص"]),
        ("question", "متى؟ الآن", vec!["متى ؟", "الآن"]),
        ("hijri era", "عام 1446هـ. وعاد", vec!["عام 1446 هـ .", "وعاد"]),
    ] {
        assert_eq!(split(text), want, "{name}");
    }
}

#[test]
fn long_runs_take_linear_time() {
    for c in ["ا", "a", "1", "\"", ".", "1.", "a.", "أ.", "1/", "ـ", "\u{64B}", "-", "a-", "www."] {
        let text = c.repeat(1_000_000 / c.len());
        let began = Instant::now();
        let tokens = tokenize(&text);
        sentences(&text, &tokens);
        assert!(began.elapsed().as_secs() < 10, "{c:?} took {:?}", began.elapsed());
    }
}

proptest! {
    #[test]
    fn tokens_cover_all_that_shows(text in "[ء-ي a-cA-C0-9٠-٩\u{64B}ـ.,:/«»\"\\n\u{A0}\u{200F}$-]{0,60}") {
        let tokens = tokenize(&text);
        let mut end = 0;
        for token in &tokens {
            prop_assert!(token.span.start >= end && !token.span.is_empty());
            prop_assert!(text[end..token.span.start].chars().all(|c| c.is_whitespace() || is_invisible(c)));
            prop_assert!(token.span.slice(&text).is_some());
            end = token.span.end;
        }
        prop_assert!(text[end..].chars().all(|c| c.is_whitespace() || is_invisible(c)));
        let mut next = 0;
        for range in sentences(&text, &tokens) {
            prop_assert_eq!(range.start, next);
            prop_assert!(range.end > range.start);
            next = range.end;
        }
        prop_assert_eq!(next, tokens.len());
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let tokens = tokenize(&text);
        sentences(&text, &tokens);
        for word in words(&text) {
            prop_assert!(!word.is_empty());
        }
    }
}
