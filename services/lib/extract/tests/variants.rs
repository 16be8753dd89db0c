//! The same article in another spelling tells the same, and so it does on any thread.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::path::Path;

use marsad_arabic::orthography::fold;
use marsad_extract::{Document, analyze, intake::read_page, page};
use marsad_model::{Analysis, ArticleFields, Span};
use proptest::prelude::*;
use rayon::prelude::*;

fn analysed(fields: &ArticleFields) -> Analysis {
    analyze(&Document::new(fields.article_id(), fields.content_hash(), fields))
}

/// Names, times and quantities by the words that they are read from, without their places.
fn told(text: &str) -> Vec<String> {
    let fields = ArticleFields { text: text.to_owned(), ..Default::default() };
    let analysis = analysed(&fields);
    let words = |span: Span| fold(span.of(text).expect("a span slices the text"));
    let mentions = analysis.mentions.iter().map(|mention| {
        let (entity, kind) = (mention.entity.as_str(), mention.kind);
        format!("{}: {entity} {:?} {kind:?} {}", words(mention.span), mention.entity_type, mention.metonymy)
    });
    let times = analysis.times.iter().map(|time| {
        format!(
            "{}: {:?} {} {:?} {:?}",
            words(time.span),
            time.kind,
            time.value,
            time.modifier,
            time.interval
        )
    });
    let quantities = analysis.quantities.iter().map(|quantity| {
        let unit = quantity.unit.as_deref().map(fold);
        format!(
            "{}: {:?} {:?} {} {unit:?}",
            words(quantity.span),
            quantity.low,
            quantity.high,
            quantity.approximate
        )
    });
    mentions.chain(times).chain(quantities).collect()
}

/// The sample articles.
fn samples() -> Vec<ArticleFields> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../seeds/articles");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt" || extension == "html"));
    files.sort();
    let article = |file: &std::path::PathBuf| {
        let content = std::fs::read_to_string(file).unwrap();
        let is_html = file.extension().is_some_and(|extension| extension == "html");
        let (text, html) = if is_html { (String::new(), Some(content)) } else { (content, None) };
        read_page(ArticleFields { text, html, ..Default::default() })
    };
    files.iter().map(article).collect()
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

const SIGNS: [&str; 7] = ["", "\u{64E}", "\u{650}", "\u{652}", "", "\u{651}\u{64F}", "\u{64F}"];

fn with_signs(text: &str) -> String {
    after_letters(text, |at| SIGNS[at % SIGNS.len()])
}

fn with_tatweel(text: &str) -> String {
    after_letters(text, |at| if at % 3 == 0 { "ـ" } else { "" })
}

/// Letters as texts copied out of a PDF have them.
fn presented(text: &str) -> String {
    let form = |c| match c {
        'ب' => '\u{FE91}',
        'ت' => '\u{FE97}',
        'ل' => '\u{FEDF}',
        'م' => '\u{FEE3}',
        'ن' => '\u{FEE7}',
        'ي' => '\u{FEF3}',
        'ا' => '\u{FE8E}',
        'ر' => '\u{FEAE}',
        c => c,
    };
    text.chars().map(form).collect()
}

fn with_arabic_digits(text: &str) -> String {
    let digit = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(0x660 + digit)).unwrap_or(c);
    text.chars().map(digit).collect()
}

/// Western digits, in a text that may have either.
fn with_western_digits(text: &str) -> String {
    let digit = |c: char| match c {
        '٠'..='٩' => char::from_digit(c as u32 - '٠' as u32, 10).unwrap_or(c),
        c => c,
    };
    text.chars().map(digit).collect()
}

fn with_hard_blanks(text: &str) -> String {
    text.replace(' ', "\u{A0}")
}

/// Endings that may be pronouns, which nunation never follows.
const PRONOUNS: [&str; 6] = ["ها", "هم", "هما", "ه", "نا", "كم"];

/// Nunation at the end of words.
fn with_nunation(text: &str) -> String {
    let mut out = String::new();
    for (at, word) in text.split_inclusive(|c: char| !matches!(c, '\u{621}'..='\u{64A}')).enumerate() {
        let end = word.trim_end_matches(|c: char| !matches!(c, '\u{621}'..='\u{64A}'));
        out.push_str(end);
        if !end.is_empty() && !PRONOUNS.iter().any(|pronoun| end.ends_with(pronoun)) {
            out.push_str(["\u{64B}", "\u{64C}", "\u{64D}"][at % 3]);
        }
        out.push_str(&word[end.len()..]);
    }
    out
}

/// Lam and alef as one character, but where a particle may be cut off between them.
fn with_ligatures(text: &str) -> String {
    let mut out = text.to_owned();
    for (pair, ligature) in [("لا", '\u{FEFB}'), ("لأ", '\u{FEF7}'), ("لإ", '\u{FEF9}')] {
        for before in "اتجحخدذرزسشصطعغقمنهي".chars() {
            out = out.replace(&format!("{before}{pair}"), &format!("{before}{ligature}"));
        }
    }
    out
}

/// A way to write a text otherwise.
type Spelling = fn(&str) -> String;

const SPELLINGS: [(&str, Spelling); 8] = [
    ("nunation", with_nunation),
    ("ligatures", with_ligatures),
    ("vowel signs", with_signs),
    ("tatweel", with_tatweel),
    ("presentation forms", presented),
    ("Arabic digits", with_arabic_digits),
    ("Western digits", with_western_digits),
    ("blanks that do not break", with_hard_blanks),
];

#[test]
fn another_spelling_tells_the_same() {
    for (name, spell) in SPELLINGS {
        for fields in samples() {
            let (plain, spelled) = (told(&fields.text), told(&spell(&fields.text)));
            for (plain, spelled) in plain.iter().zip(&spelled) {
                assert_eq!(spelled, plain, "{name}");
            }
            assert_eq!(spelled.len(), plain.len(), "{name}");
        }
    }
}

#[test]
fn the_result_does_not_depend_on_threads() {
    let articles: Vec<ArticleFields> = (0..8).flat_map(|_| samples()).collect();
    let json = |fields: &ArticleFields| serde_json::to_string(&analysed(fields)).unwrap();
    let parallel: Vec<String> = articles.par_iter().map(json).collect();
    let serial: Vec<String> = articles.iter().map(json).collect();
    assert_eq!(parallel, serial);
}

/// Phrases that names, times and numbers are made of.
const PHRASES: [&str; 36] = [
    "السيد علي الجبوري",
    "مصطفى أديب",
    "قال وزير الخارجية العراقي",
    "رئيس الوزراء محمد شياع السوداني",
    "الولايات المتحدة الأمريكية",
    "في بغداد",
    "وواشنطن",
    "للأمم المتحدة",
    "أبو علي العسكري",
    "السيد كريم الساعدي",
    "وزارة الدفاع",
    "الحكومة الفرنسية",
    "القوات الأميركية",
    "مطار البصرة",
    "حزب الله",
    "عبد الله الثاني",
    "وكالة رويترز",
    "سوريا",
    "الأردن",
    "إيران",
    "طهران",
    "مساء أمس الثلاثاء",
    "في 24 يناير/ كانون الثاني 2024",
    "الأسبوع الماضي",
    "منذ ثلاثة أشهر",
    "12 جنديا",
    "أكثر من 85 هدفا",
    "2.5 مليون دولار",
    "جنديان",
    "إن",
    "التقى",
    "من",
    "«السلام»",
    "،",
    ".",
    "\n",
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PHRASES.as_slice()), 1..16).prop_map(|parts| parts.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn phrases_in_another_spelling(text in text(), spelling in 0..SPELLINGS.len()) {
        let (_, spell) = SPELLINGS[spelling];
        prop_assert_eq!(told(&spell(&text)), told(&text));
    }

    #[test]
    fn html_cut_anywhere(at in 0_usize..20_000, article in 0_usize..2) {
        let name = ["04_jisr.html", "09_sama_baghdad.html"][article];
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../seeds/articles");
        let html = std::fs::read_to_string(folder.join(name)).unwrap();
        let fields = read_page(ArticleFields { html: html.get(..html.floor_char_boundary(at)).map(str::to_owned), ..Default::default() });
        prop_assert_eq!(analysed(&fields).check(&fields.text), Ok(()));
    }

    #[test]
    fn any_html(html in "(<(p|div|title|script|h1|table|!--|meta name=\"|/p|/div|/table)?>?|[ء-ي ]{1,8}|&(amp|#x?[0-9]{0,7}|nbsp);?|\"|\u{0})*") {
        let page = page::read(&html);
        let fields = ArticleFields { text: page.text, ..Default::default() };
        prop_assert_eq!(analysed(&fields).check(&fields.text), Ok(()));
    }
}
