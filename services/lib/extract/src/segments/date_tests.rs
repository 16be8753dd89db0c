//! Publication dates and outlets as pages write them.

use super::tests::{PARAGRAPH, SECOND, layout, layout_of};
use jiff::civil::date;
use marsad_model::ArticleFields;
use marsad_model::ontology::PublishedBasis;

/// The date that a page with this line below its title was published on.
fn published(line: &str) -> Option<String> {
    let published = layout(&format!("افتتاح حديقة\n{line}\n{PARAGRAPH}\n{SECOND}")).published;
    assert_eq!(published.basis == PublishedBasis::Byline, published.date.is_some(), "{line}");
    published.date.map(|date| date.to_string())
}

#[test]
fn dates_in_full() {
    for line in [
        // The four families of month names.
        "7 آذار 2024",
        "7 مارس 2024",
        "07 مارس/ آذار 2024",
        "7 آذار/مارس 2024 - 11:25",
        "الخميس، 7 مارس 2024",
        "الخميس 7 مارس 2024 م",
        "مارس 7, 2024",
        // Digits of both kinds, in both orders.
        "٧ مارس ٢٠٢٤",
        "الخميس ٠٧/٠٣/٢٠٢٤",
        "2024/03/07",
        "2024-03-07 11:25",
        "07-03-2024",
        "07.03.2024 | 11:25",
        "نشر في: 07/03/2024 - 11:25 ص",
        // Labels.
        "نُشر: الخميس 7 مارس 2024 الساعة 11:25 صباحا",
        "تاريخ النشر: 7 مارس 2024 - 11:25 غرينتش",
        "تم النشر في 7 مارس 2024",
        "تم النشر في: 07 مارس ,2024: 11:25 ص GST",
        "آخر تحديث: 7 مارس 2024",
        "تاريخ النشر: 7 مارس 2024 آخر تحديث: 9 مارس 2024",
        "بيروت - 7 مارس 2024",
        "المدينة / سعاد عمر - 7 مارس 2024",
        // English.
        "7th March 2024",
        "March 7th, 2024",
        "Thu, 07 Mar 2024 11:25 GMT",
        "Published On 7 Mar 2024",
        "2024-03-07T11:25:00+03:00",
        // Hijri beside Gregorian.
        "الخميس 26 شعبان 1445 هـ - 7 مارس 2024",
        "26 شعبان 1445هـ الموافق 7 مارس 2024م",
        "الرياض 26 شعبان 1445 هـ الموافق 07 مارس 2024 م واس",
    ] {
        assert_eq!(published(line).as_deref(), Some("2024-03-07"), "{line}");
    }
    for (line, want) in [
        ("13 أوت 2024", "2024-08-13"),
        ("13 آب 2024", "2024-08-13"),
        ("13 أغسطس 2024", "2024-08-13"),
        ("13 غشت 2024", "2024-08-13"),
        ("2 جانفي 2024", "2024-01-02"),
        ("2 كانون الثاني 2024", "2024-01-02"),
        ("2 يناير 2024", "2024-01-02"),
        ("11 جويلية 2024", "2024-07-11"),
        ("11 يوليوز 2024", "2024-07-11"),
        ("11 تموز/ يوليو 2024", "2024-07-11"),
        ("22nd November, 2024", "2024-11-22"),
        ("3rd May 2024", "2024-05-03"),
    ] {
        assert_eq!(published(line).as_deref(), Some(want), "{line}");
    }
}

#[test]
fn of_publication_and_update() {
    for head in [
        "نشر في: 7 مارس 2024\nآخر تحديث: 9 مارس 2024",
        "آخر تحديث: 9 مارس 2024\nنشر في: 7 مارس 2024",
        "Last update: 9 March 2024\nPublished: 7 March 2024",
    ] {
        assert_eq!(published(head).as_deref(), Some("2024-03-07"), "{head}");
    }
}

#[test]
fn no_date() {
    for line in [
        "منذ 3 ساعات",
        "قبل ساعتين",
        "نشر قبل 5 دقائق",
        "آخر تحديث: منذ ساعة",
        "أمس 14:05",
        "مارس 2024",
        "31 فبراير 2024",
        "ملاعب ومقاعد قرب النهر",
    ] {
        assert_eq!(published(line), None, "{line}");
    }
    // A date in the text is no date of the text.
    let inside = layout(&format!("افتتاح حديقة\n{PARAGRAPH}\nبدأ العمل في 3 آذار 2022 واستمر عامين كاملين."));
    assert_eq!(inside.published.date, None);
}

#[test]
fn weekdays_are_kept() {
    for (text, want) in [
        (format!("افتتاح حديقة\nالخميس 14:05\n{PARAGRAPH}"), Some(4)),
        (format!("حديقة\n{}", PARAGRAPH.replace("يوم الخميس", "اليوم الأحد")), Some(7)),
        (format!("حديقة\n{}", PARAGRAPH.replace("يوم الخميس", "اليوم (الجمعة)")), Some(5)),
        (format!("حديقة\n{PARAGRAPH}"), None),
    ] {
        let published = layout(&text).published;
        assert_eq!((published.date, published.weekday), (None, want), "{text}");
    }
}

#[test]
fn dates_in_datelines() {
    let found = layout(&format!("حديقة\nتونس 7 مارس 2024 (وات) - {PARAGRAPH}")).published;
    assert_eq!(found.date, Some(date(2024, 3, 7)));
}

#[test]
fn outlets_in_the_chrome() {
    for (line, want) in [
        ("المصدر: رويترز", Some("reuters")),
        ("المصدر : وكالة الأناضول", Some("anadolu")),
        ("المصدر: الأناضول + وكالات", Some("anadolu")),
        ("المصدر: وكالات", None),
        ("(رويترز)", Some("reuters")),
        ("الأناضول", Some("anadolu")),
        ("القاهرة - رويترز", Some("reuters")),
        ("جميع الحقوق محفوظة", None),
    ] {
        let found = layout(&format!("حديقة\n{PARAGRAPH}\n{SECOND}\n{line}")).outlet;
        assert_eq!(found.map(|outlet| outlet.id), want, "{line}");
    }
    let by_dateline = layout(&format!("حديقة\nواشنطن (رويترز) - {PARAGRAPH}")).outlet;
    assert_eq!(by_dateline.map(|outlet| outlet.id), Some("reuters"));
    let named = ArticleFields {
        text: format!("حديقة\nواشنطن (رويترز) - {PARAGRAPH}"),
        outlet: Some("الجزيرة نت".to_owned()),
        ..Default::default()
    };
    assert_eq!(layout_of(&named).outlet.map(|outlet| outlet.id), Some("aljazeera"));
}
