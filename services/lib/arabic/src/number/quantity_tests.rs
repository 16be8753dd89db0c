use super::*;
use crate::token::tokenize;
use proptest::prelude::*;
use std::time::Instant;

fn read_all(text: &str) -> Vec<Quantity> {
    quantities(text, &tokenize(text))
}

/// Low, high and unit of the first quantity.
fn first(text: &str) -> Option<(Option<f64>, Option<f64>, Option<String>)> {
    read_all(text).into_iter().next().map(|q| (q.low, q.high, q.unit))
}

#[test]
fn values_of_numerals() {
    for (text, want) in [
        ("سبعة", 7.0),
        ("اثنا عشر", 12.0),
        ("إحدى عشرة", 11.0),
        ("ثمانية عشر", 18.0),
        ("خمسة وعشرون", 25.0),
        ("خمس و عشرين", 25.0),
        ("مئة وواحد", 101.0),
        ("مائتين", 200.0),
        ("ثلاثمئة وخمسة وستين", 365.0),
        ("ثلاث مئات", 300.0),
        ("ألف وتسعمئة", 1900.0),
        ("ألفان", 2000.0),
        ("خمسة وعشرون ألفا ومئتان", 25_200.0),
        ("مئتا ألف", 200_000.0),
        ("مئة وخمسون ألفا", 150_000.0),
        ("مليون ونصف", 1_500_000.0),
        ("مليون ونصف المليون", 1_500_000.0),
        ("نصف مليون", 500_000.0),
        ("ثلاثة أرباع المليون", 750_000.0),
        ("ألف مليون", 1e9),
        ("2.5 مليون", 2_500_000.0),
        ("3 ملايين و200 ألف", 3_200_000.0),
        ("1,500.5", 1500.5),
        ("1.250", 1250.0),
        ("1.250 مليون", 1_250_000.0),
        ("٣٫٥", 3.5),
        ("2,5", 2.5),
        ("10 000", 10_000.0),
        ("١٬٠٠٠٬٠٠٠", 1_000_000.0),
        ("خَمْسَةٌ وعِشْرُونَ", 25.0),
        ("الخامس والعشرون", 25.0),
    ] {
        assert_eq!(first(text).map(|(low, high, _)| (low, high)), Some((Some(want), Some(want))), "{text}");
    }
}

#[test]
fn what_only_looks_like_a_number() {
    for text in [
        "لست سعيدا",
        "الجيل الذي بعده",
        "أن أثنى عليه",
        "القمة الثلاثون",
        "رقم الرحلة 302",
        "في الدقيقتين 53 و65",
        "في الدقيقة 69 عوض اللاعب زميله",
        "مادة أوميغا 3",
    ] {
        assert_eq!(read_all(text), vec![], "{text}");
    }
}

#[test]
fn what_a_number_counts() {
    for (text, low, unit) in [
        ("نحو 112 سلعة", 112.0, Some("سلعة")),
        ("عدة وزارات", 3.0, Some("وزارة")),
        ("تقارير عدة تحدثت", 3.0, Some("تقرير")),
        ("أجزاء عدة من الجنوب", 3.0, None),
        ("هدفا واحدا", 1.0, Some("هدف")),
        ("المؤسسون الثلاثة تشاد وستيف", 3.0, None),
        ("47 جنوبي المدينة", 47.0, None),
        ("4.14 مليار ريال", 4_140_000_000.0, Some("ريال")),
    ] {
        let found = first(text).unwrap_or_default();
        assert_eq!((found.0, found.2.as_deref()), (Some(low), unit), "{text}");
    }
    let range = &read_all("ما بين 31 مليون إلى 74 مليون مستخدم")[0];
    assert_eq!((range.low, range.high, range.unit.as_deref()), (Some(31e6), Some(74e6), Some("مستخدم")));
}

#[test]
fn counted_phrases() {
    for (text, low, high, unit) in [
        ("قتل أكثر من 85 هدفا", Some(85.0), None, Some("هدف")),
        ("نحو 40 لاجئا", Some(40.0), Some(40.0), Some("لاجئ")),
        ("أقل من 20 دولة", None, Some(20.0), Some("دولة")),
        ("ما لا يقل عن تسعة قتلى", Some(9.0), None, Some("قتيل")),
        ("سبعة أشخاص على الأقل", Some(7.0), None, Some("شخص")),
        ("ستة جرحى على الأكثر", None, Some(6.0), Some("جريح")),
        ("بين 3 و5 جنود", Some(3.0), Some(5.0), Some("جندي")),
        ("من 20 إلى 30 مقاتلا", Some(20.0), Some(30.0), Some("مقاتل")),
        ("من 3 إلى 5 ملايين دولار", Some(3e6), Some(5e6), Some("USD")),
        ("بين خمسة وسبعة مليارات جنيه", Some(5e9), Some(7e9), Some("جنيه")),
        ("20-30 قتيلا", Some(20.0), Some(30.0), Some("قتيل")),
        ("عشرات الجنود", Some(20.0), None, Some("جندي")),
        ("مئات الآلاف من النازحين", Some(200_000.0), None, Some("نازح")),
        ("بضع عشرات السيارات", Some(30.0), None, Some("سيارة")),
        ("أصيب جنديان", Some(2.0), Some(2.0), Some("جندي")),
        ("نقلا عن مصدرين", Some(2.0), Some(2.0), Some("مصدر")),
        ("دمرت مركبتين", Some(2.0), Some(2.0), Some("مركبة")),
        ("خروج الجرحى السبعة", Some(7.0), Some(7.0), Some("جريح")),
        ("دول الاتحاد الـ27", None, None, None),
        ("الدول الـ27", Some(27.0), Some(27.0), Some("دولة")),
        ("٪12", Some(12.0), Some(12.0), Some("%")),
        ("ثلاثة في المئة", Some(3.0), Some(3.0), Some("%")),
        ("50 مليون دينار عراقي", Some(5e7), Some(5e7), Some("IQD")),
        ("مليونا ليرة تركية", Some(2e6), Some(2e6), Some("TRY")),
        ("خمسون مليونا", Some(5e7), Some(5e7), None),
        ("$40", Some(40.0), Some(40.0), Some("USD")),
        ("ثمانية محركات", Some(8.0), Some(8.0), Some("محرك")),
        ("ثلاث محركات", Some(3.0), Some(3.0), Some("محركة")),
        ("البالغ من العمر 66 عاما", Some(66.0), Some(66.0), Some("عام")),
    ] {
        let got = first(text);
        let want = (low.is_some() || high.is_some()).then(|| (low, high, unit.map(str::to_owned)));
        assert_eq!(got, want, "{text}");
    }
}

#[test]
fn what_is_no_quantity() {
    for text in [
        "صدر القرار 1701 عن المجلس",
        "موقع البرج 22 القريب",
        "طائرة من طراز F-16 أقلعت",
        "في 24 يناير 2024 بدأت",
        "خلال ثلاثة أيام من الهدنة",
        "منذ عام 2014 وحتى اليوم",
        "الجولة الأولى من الحوار",
        "الطابق الخامس والعشرين منه",
        "في اليوم الـ57 على التوالي",
        "أحد قادة الحزب",
        "حركة طالبان تنفي",
        "كمية من السلاح",
        "يوم الاثنين يصل",
        "اتصلوا على 80.10.11.11 فورا",
        "قناة \"218\" تبث",
        "فاز الفريق 2 - 1 أمس",
        "بلغ ربع نهائي البطولة",
        "في المرحلة الـ11 بالمدرسة",
        "تقرير الدقيقة 95",
    ] {
        assert_eq!(read_all(text), vec![], "{text}");
    }
}

#[test]
fn spans_name_the_parts() {
    let text = "لأكثر من 85 هدفاً، وبنحو عشرين جنديا";
    let found = read_all(text);
    let parts: Vec<_> = found
        .iter()
        .map(|q| (q.span.slice(text), q.number_span.slice(text), q.unit_span.and_then(|s| s.slice(text))))
        .collect();
    assert_eq!(
        parts,
        vec![
            (Some("أكثر من 85 هدفاً"), Some("85"), Some("هدفاً")),
            (Some("نحو عشرين جنديا"), Some("عشرين"), Some("جنديا")),
        ]
    );
}

#[test]
fn long_runs_take_linear_time() {
    for part in ["ا", "1", "\"", "1 ", "111 ", "و ", "ألف ", "مليون ونصف ونصف ", "أكثر من ", "بين ", "٪"]
    {
        let text = part.repeat(200_000 / part.len());
        let began = Instant::now();
        read_all(&text);
        assert!(began.elapsed().as_secs() < 20, "{part:?} took {:?}", began.elapsed());
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        for quantity in read_all(&text) {
            prop_assert!(quantity.span.slice(&text).is_some());
        }
    }

    #[test]
    fn spans_hold_their_parts(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "خمسة", "وعشرون", "عشر", "مئة", "ألف", "مليون", "ونصف", "نصف", "و", "بين", "من", "إلى", "3", "و5",
                "1,5", "24/1/2024", "٪", "دولار", "جنود", "آلاف", "عشرات", "أكثر", "على", "الأقل", "نحو", "-", "الـ", "\n",
            ]),
            0..14,
        ),
        gap in prop::sample::select(vec![" ", "", "\u{A0}"]),
    ) {
        let text = words.join(gap);
        let mut end = 0;
        for quantity in read_all(&text) {
            prop_assert!(quantity.span.slice(&text).is_some());
            prop_assert!(quantity.span.contains(quantity.number_span));
            prop_assert!(quantity.number_span.start >= end);
            prop_assert!(quantity.low.is_some() || quantity.high.is_some());
            end = quantity.number_span.end;
        }
    }

    #[test]
    fn signs_do_not_change_values(n in 0_usize..8) {
        let plain = ["خمسة وعشرون جنديا", "مئتا ألف نازح", "ثلاثمئة دولار", "مليون ونصف", "عشرات القتلى",
            "بين ثلاثة وخمسة جنود", "أكثر من سبعين", "تسعة عشر"][n];
        let signed: String = plain.chars().flat_map(|c| if c == ' ' { vec![c] } else { vec![c, 'ـ', '\u{64E}'] }).collect();
        prop_assert_eq!(first(plain), first(&signed));
    }
}
