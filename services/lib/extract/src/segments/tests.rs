use super::*;
use jiff::civil::date;
use marsad_model::ontology::PublishedBasis;
use marsad_model::{ArticleFields, ArticleId, ContentHash};

pub(super) const PARAGRAPH: &str =
    "أعلنت بلدية المدينة أنها ستفتتح الحديقة الكبيرة قرب النهر يوم الخميس بعد أعمال دامت عامين كاملين.";
pub(super) const SECOND: &str =
    "وقال رئيس البلدية إن الحديقة تضم ملاعب ومقاعد وأشجارا كثيرة، وإن النهر سيكون متاحا للزوار في المدينة.";
const OTHER: &str =
    "فاز فريق الدلافين لكرة السلة بالمباراة الأخيرة أمام ضيفه بفارق سبع نقاط بعد شوط إضافي مثير شاهده الآلاف.";

pub(super) fn layout_of(fields: &ArticleFields) -> Layout<'static> {
    lay_out(&Document::new(ArticleId::from_text("", &fields.text), ContentHash([0; 32]), fields))
}

pub(super) fn layout(text: &str) -> Layout<'static> {
    layout_of(&ArticleFields { text: text.to_owned(), ..Default::default() })
}

/// Each line's kind, or its reason if it is boilerplate.
fn kinds(text: &str) -> Vec<String> {
    let segments = layout(text).segments;
    segments.into_iter().map(|s| s.reason.unwrap_or_else(|| s.kind.as_str().to_owned())).collect()
}

fn check(cases: &[(&str, &[&str], &[&str])]) {
    for (name, lines, want) in cases {
        assert_eq!(kinds(&lines.join("\n")), *want, "{name}");
    }
}

#[test]
fn heads_of_pages() {
    check(&[
        ("title", &["افتتاح حديقة", PARAGRAPH], &["title", "body"]),
        ("no title", &[PARAGRAPH, SECOND], &["body", "body"]),
        ("date line", &["افتتاح حديقة", "الخميس 7 آذار 2024", PARAGRAPH], &["title", "byline_date", "body"]),
        ("author", &["افتتاح حديقة", "المدينة / سعاد عمر", PARAGRAPH], &["title", "byline", "body"]),
        ("title twice", &["افتتاح حديقة", "افتتاح حديقة", PARAGRAPH], &["title", "duplicate_title", "body"]),
        ("subtitle", &["افتتاح حديقة", "مقاعد وملاعب قرب النهر", PARAGRAPH], &["title", "heading", "body"]),
        (
            "caption",
            &["افتتاح حديقة", "الحديقة من الجو (أرشيف/ رويترز)", PARAGRAPH],
            &["title", "caption", "body"],
        ),
        ("widget", &["افتتاح حديقة", "حجم الخط: أ+ أ-", "+ -", PARAGRAPH], &["title", "ui", "ui", "body"]),
        ("share bar", &["افتتاح حديقة", "فيسبوك | تويتر | واتساب", PARAGRAPH], &["title", "share", "body"]),
    ]);
}

#[test]
fn bodies() {
    check(&[
        (
            "heading",
            &["افتتاح حديقة", PARAGRAPH, "ملاعب ومقاعد", SECOND],
            &["title", "body", "heading", "body"],
        ),
        (
            "paragraph twice",
            &["حديقة", PARAGRAPH, PARAGRAPH, SECOND],
            &["title", "body", "duplicate_paragraph", "body"],
        ),
        ("a list is text", &["حديقة", PARAGRAPH, "- ملاعب", "- مقاعد"], &["title", "body", "body", "body"]),
        (
            "a date in a sentence",
            &["حديقة", PARAGRAPH, "بدأ العمل في 3 آذار 2022 واستمر عامين."],
            &["title", "body", "body"],
        ),
        (
            "a credit at the end of a paragraph",
            &["حديقة", PARAGRAPH, &format!("{SECOND} (رويترز)")],
            &["title", "body", "body", "credit"],
        ),
        (
            "a credit inside of the text",
            &["حديقة", &format!("{SECOND} (رويترز)"), PARAGRAPH],
            &["title", "body", "body"],
        ),
    ]);
}

#[test]
fn ends_of_pages() {
    check(&[
        ("source", &["حديقة", PARAGRAPH, "المصدر: وكالات"], &["title", "body", "credit"]),
        ("credit in brackets", &["حديقة", PARAGRAPH, "(رويترز، الأناضول)"], &["title", "body", "credit"]),
        ("tags", &["حديقة", PARAGRAPH, "كلمات دلالية: حديقة بلدية نهر"], &["title", "body", "tags"]),
        ("hashtags", &["حديقة", PARAGRAPH, "#حديقة #نهر #بلدية"], &["title", "body", "tags"]),
        (
            "another article",
            &["حديقة", PARAGRAPH, SECOND, "اقرأ أيضا", "فوز الدلافين", OTHER],
            &["title", "body", "body", "related", "related", "appended_article"],
        ),
        (
            "a link in the text",
            &["حديقة", PARAGRAPH, "تابع المزيد:", SECOND, SECOND.trim_end_matches('.')],
            &["title", "body", "related", "body", "duplicate_paragraph"],
        ),
        (
            "a link with its headline",
            &["حديقة", PARAGRAPH, "اقرأ أيضا: فوز الدلافين", SECOND],
            &["title", "body", "related", "body"],
        ),
    ]);
}

#[test]
fn summaries() {
    let text = [
        "حديقة",
        "ملخص",
        "- تفتتح الحديقة في 2021.",
        "- فيها ملاعب.",
        "",
        PARAGRAPH,
        "يعود المشروع إلى عام 2024 كما قالت البلدية أمس.",
    ];
    let text = text.join("\n");
    assert_eq!(kinds(&text), ["title", "summary_ai", "summary_ai", "summary_ai", "body", "body"]);
    let warnings: Vec<_> = layout(&text).segments.into_iter().filter_map(|s| s.warning).collect();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("2021") && warnings[0].contains("2024"), "{warnings:?}");
    let agreeing = text.replace("2021", "2024");
    assert!(layout(&agreeing).segments.iter().all(|s| s.warning.is_none()));
}

#[test]
fn contradictions() {
    let warning = |point: &str, article: &[&str]| {
        let text = format!("حديقة\nملخص\n- {point}\n\n{}", article.join("\n"));
        let mut warnings: Vec<_> = layout(&text).segments.into_iter().filter_map(|s| s.warning).collect();
        assert!(warnings.len() <= 1, "{warnings:?}");
        warnings.pop()
    };
    let opening = "قال رئيس بلدية حلب سامر الحلبي إن 12 جنديا أصيبوا في الحريق يوم 5 آذار 2024 قرب النهر.";
    let closing =
        "وأضاف سامر الحلبي أن السلطات السورية في دمشق أرسلت نحو 30 سيارة إلى المكان بعد ساعات قليلة.";
    let article = [opening, closing];
    for (point, want) in [
        ("أصيب 15 جنديا في الحريق.", Some("15")),
        ("أصيب 12 جنديا في الحريق.", None),
        ("أصيب اثنا عشر جنديا.", None),
        ("أصيب 12 جنديا وأرسلت 30 سيارة.", None),
        ("أرسلت السلطات 3 طائرات.", None),
        ("وقع الحريق في 7 آذار 2024.", Some("03-07")),
        ("وقع الحريق في 5 آذار.", None),
        ("وقع الحريق في مارس 2023.", Some("2023")),
        ("تحدث رئيس البلدية محمد الدرعاوي عن الحريق.", Some("محمد الدرعاوي")),
        ("تحدث سامر الحلبي عن الحريق.", None),
        ("وقع الحريق في ليبيا.", Some("ليبيا")),
        ("وقع الحريق في سوريا.", None),
        ("كان الحريق كبيرا.", None),
    ] {
        let found = warning(point, &article);
        match want {
            Some(words) => assert!(found.as_deref().is_some_and(|w| w.contains(words)), "{point}: {found:?}"),
            None => assert_eq!(found, None, "{point}"),
        }
    }
    // A weekday may be the day that the summary names.
    let open = ["أصيب 12 جنديا في حريق كبير قرب النهر يوم الثلاثاء الماضي كما قال رئيس البلدية أمس.", closing];
    assert_eq!(warning("وقع الحريق في 7 آذار.", &open), None);
}

#[test]
fn datelines() {
    for (line, dateline) in [
        ("بغداد (رويترز) - ", Some("بغداد (رويترز) -")),
        ("عمان، الأردن (CNN)-- ", Some("عمان، الأردن (CNN)--")),
        ("الحديقة - وهي الأكبر - ", None),
        ("", None),
    ] {
        let text = format!("حديقة\n{line}{PARAGRAPH}");
        let segments = layout(&text).segments;
        let found = segments.iter().find(|s| s.reason.as_deref() == Some("dateline"));
        assert_eq!(found.and_then(|s| s.span.of(&text)), dateline, "{line}");
        if dateline.is_some() {
            assert_eq!(segments.last().and_then(|s| s.span.of(&text)), Some(PARAGRAPH));
        }
    }
}

#[test]
fn publication_dates() {
    use PublishedBasis::{Byline, None as Nothing};
    for (head, want, basis, weekday) in [
        ("الخميس 7 آذار 2024", Some(date(2024, 3, 7)), Byline, None),
        ("نشر في: 2024/03/07 - 11:25 ص", Some(date(2024, 3, 7)), Byline, None),
        ("آخر تحديث: 9 آذار 2024\nنشر في: 7 آذار 2024", Some(date(2024, 3, 7)), Byline, None),
        ("Published: 7 Mar 2024 08:15 GMT", Some(date(2024, 3, 7)), Byline, None),
        ("مقاعد وملاعب", None, Nothing, None),
    ] {
        let published = layout(&format!("افتتاح حديقة\n{head}\n{PARAGRAPH}")).published;
        assert_eq!((published.date, published.basis, published.weekday), (want, basis, weekday), "{head}");
    }
    let today = "افتتحت البلدية اليوم الخميس حديقة كبيرة قرب النهر بعد أعمال دامت عامين كاملين في المدينة.";
    assert_eq!(layout(&format!("حديقة\n{today}")).published.weekday, Some(4));
    let fields = ArticleFields {
        text: format!("حديقة\n7 آذار 2024\n{PARAGRAPH}"),
        published_at: Some("2024-03-08".parse().unwrap()),
        ..Default::default()
    };
    let published = layout_of(&fields).published;
    assert_eq!((published.date, published.basis), (Some(date(2024, 3, 8)), PublishedBasis::Metadata));
    // What other articles give counts only where nothing is stated.
    for (text, want) in [
        (format!("حديقة\n{today}"), (Some(date(2024, 3, 7)), PublishedBasis::Linked)),
        (format!("حديقة\n8 آذار 2024\n{PARAGRAPH}"), (Some(date(2024, 3, 8)), Byline)),
    ] {
        let fields = ArticleFields { text, ..Default::default() };
        let document = Document::new(fields.article_id(), fields.content_hash(), &fields);
        let published = lay_out(&Document { linked: Some(date(2024, 3, 7)), ..document }).published;
        assert_eq!((published.date, published.basis), want);
    }
}

#[test]
fn outlets() {
    let text = format!("حديقة\n{PARAGRAPH}\nالمصدر: رويترز");
    let fields = |outlet: Option<&str>, url: Option<&str>| ArticleFields {
        text: text.clone(),
        outlet: outlet.map(str::to_owned),
        url: url.map(str::to_owned),
        ..Default::default()
    };
    for (fields, want) in [
        (fields(Some("وكالة الأناضول"), Some("https://www.aljazeera.net/1")), "anadolu"),
        (fields(None, Some("https://www.aljazeera.net/1")), "aljazeera"),
        (fields(Some("صحيفة لا يعرفها أحد"), None), "reuters"),
    ] {
        assert_eq!(layout_of(&fields).outlet.map(|o| o.id), Some(want));
    }
}
