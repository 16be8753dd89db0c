//! Pages by the habits of different outlets: for each reason what is dropped and what stays.

use super::tests::{PARAGRAPH, SECOND, layout};

const FOREIGN: &str =
    "فاز فريق الدلافين لكرة السلة بالمباراة الأخيرة أمام ضيفه بفارق سبع نقاط بعد شوط إضافي مثير شاهده الآلاف.";
const FOREIGN_TOO: &str =
    "وسجل صانع الألعاب ثلاثين نقطة في الأشواط الأربعة، واحتفل الجمهور بالكأس حتى ساعة متأخرة من الليل.";

/// Checks pages: `×` before a line says that it is dropped for the reason, `~` that it is dropped for some reason; all
/// else stays. `A` and `B` are paragraphs of the article, `X` and `Y` of another.
fn check(reason: &str, pages: &[&str]) {
    for page in pages {
        let mut want = Vec::new();
        let mut lines = Vec::new();
        for line in page.lines().map(str::trim) {
            let (mark, text) = match line.split_once(' ') {
                Some((mark @ ("×" | "~"), text)) => (mark, text),
                _ => ("", line),
            };
            let text = match text {
                "A" => PARAGRAPH,
                "B" => SECOND,
                "X" => FOREIGN,
                "Y" => FOREIGN_TOO,
                text => text,
            };
            lines.push(text);
            if !text.is_empty() {
                want.push((mark, text));
            }
        }
        let text = lines.join("\n");
        let segments = layout(&text).segments;
        let mut seen = segments.iter();
        for (mark, line) in want {
            let segment = seen.next().unwrap_or_else(|| panic!("{page}: no segment for {line}"));
            let found = segment.reason.as_deref();
            assert_eq!(segment.span.of(&text), Some(line), "{page}");
            match mark {
                "×" => assert_eq!(found, Some(reason), "{page}: {line}"),
                "~" => assert!(found.is_some(), "{page}: {line}"),
                _ => assert_eq!(found, None, "{page}: {line}"),
            }
        }
        assert!(seen.next().is_none(), "{page}");
    }
}

#[test]
fn byline() {
    check(
        "byline",
        &[
            "افتتاح حديقة\n× بيروت - سعاد عمر\nA\nB",
            "افتتاح حديقة\n× المدينة / سعاد عمر\nA\nB",
            "افتتاح حديقة\n× محمد سالم – رويترز\nA\nB",
            "افتتاح حديقة\n× لندن: محمد سالم\nA\nB",
            "افتتاح حديقة\n× محمد سالم\nA\nB",
            "افتتاح حديقة\n× القاهرة | محمد سالم\nA\nB",
            "افتتاح حديقة\nA\nB\n× محمد سالم",
            "افتتاح حديقة\nA\nB\n× * كاتب وباحث في شؤون المدن",
            "افتتاح حديقة\nA\nB\n× أستاذ التخطيط في جامعة المدينة",
            "افتتاح حديقة\nA\nB\n× s.omar@news.example",
            "افتتاح حديقة\nA\nB\n× لمراسلة الكاتب: s.omar@news.example",
            "افتتاح حديقة\nA\nB\n× @souad_omar",
            // No bylines.
            "المنتخب\nA\nB\nالهجوم: محمد سالم (بيروت)، سامر عمر (حلب)، محمد عمر (دمشق)",
            "الأفلام\nA\nيوم في المدينة – محمد سالم – مصر\nليل النهر – سامر عمر – لبنان",
            "الحديقة\nالرسوم: محمد سالم\nجلست قرب النهر، وحدي\nA\nB",
            "افتتاح حديقة\nA\nB\nأين يجلس الزوار؟",
            "افتتاح حديقة\nA\n* ملاعب\n* مقاعد\nB",
            "افتتاح حديقة\nA\nB\nوكتب خبير في تخطيط المدن إن الحديقة كبيرة.",
        ],
    );
}

#[test]
fn byline_date() {
    check(
        "byline_date",
        &[
            "افتتاح حديقة\n× 7 مارس 2024\nA\nB",
            "افتتاح حديقة\n× نشر في: 2024/03/07 - 11:25 ص\n× آخر تحديث: 9 مارس 2024\nA\nB",
            "× الخميس ٧ مارس ٢٠٢٤\nافتتاح حديقة في المدينة القديمة\nA\nB",
            "افتتاح حديقة\n× منذ 3 ساعات\nA\nB",
            "افتتاح حديقة\n× آخر تحديث: أمس 14:05\nA\nB",
            "افتتاح حديقة\n× الخميس 26 شعبان 1445 هـ - 7 مارس 2024\nA\nB",
            "افتتاح حديقة\nA\nB\n× 18:38 ت م",
            "افتتاح حديقة\n× Published On 7 Mar 2024\nA\nB",
            // No date lines.
            "افتتاح حديقة\nA\nمواعيد الزيارة:\n7 مارس 2024\nB",
            "افتتاح حديقة\nA\nيبدأ العمل يوم 7 مارس 2024.\nB",
        ],
    );
}

#[test]
fn caption() {
    check(
        "caption",
        &[
            "افتتاح حديقة\n× الحديقة من الجو (أرشيف/ رويترز)\nA\nB",
            "افتتاح حديقة\n× زوار قرب النهر أمس (الأناضول)\nA\nB",
            "افتتاح حديقة\n× صورة أرشيفية للنهر\nA\nB",
            "افتتاح حديقة\nA\n× التعليق على الصورة، زوار الحديقة\nB",
            "افتتاح حديقة\n× زوار الحديقة - Getty Images\nA\nB",
            "افتتاح حديقة\n× تصوير: محمد سالم\nA\nB",
            "افتتاح حديقة\nA\nB\n× ملاحظة: الصورة توضيحية",
            // No captions.
            "افتتاح حديقة\nA\nوقال الرئيس (بعد الزيارة): الحديقة جميلة.\nB",
            "افتتاح حديقة\nA\nتعهدت البلدية بإتمام العمل. وقالت إنها \"سعيدة\" بما تم (رويترز)\nB",
        ],
    );
}

#[test]
fn credit() {
    check(
        "credit",
        &[
            "حديقة\nA\nB\n× المصدر: وكالات",
            "حديقة\nA\nB\n× المصدر : رويترز + الأناضول",
            "حديقة\nA\nB\n× (رويترز، الأناضول)",
            "حديقة\nA\nB\n× (أ ف ب)",
            "حديقة\nA\nB\n× فرانس24/ أ ف ب",
            "حديقة\nA\nB\n× * خدمة «واشنطن بوست»",
            "حديقة\nA\nB\n× //انتهى//",
            "حديقة\nA\nB\n× (إعداد محمد سالم - تحرير سعاد عمر)",
            "حديقة\nA\nB\n× ** جميع المقالات المنشورة تمثل رأي كتابها فقط.",
            "حديقة\nA\nB\n× حقوق الطبع والنشر محفوظة لأصحابها.",
            // No credits.
            "حديقة\nA\n(انظر الخريطة)\nB",
            "حديقة\nA\nقالت رويترز إن الحديقة كبيرة.\nB",
        ],
    );
}

#[test]
fn ui() {
    check(
        "ui",
        &[
            "حديقة\n× حجم الخط: أ+ أ-\nA\nB",
            "حديقة\n× + الخط -\nA\nB",
            "× الرئيسية\n× البث المباشر\nافتتاح حديقة في المدينة\nA\nB",
            "حديقة\n× استمع إلى المقال\n× 12\nA\nB",
            "حديقة\nA\nB\n× ------------",
            "حديقة\nA\nB\n× اترك تعليقاً",
            "حديقة\nA\nB\n× لمراسلة كاتب الزاوية أرسل رسالة SMS إلى الرقم 4455 واكتب فيها رأيك",
            "حديقة\n× نستخدم ملفات تعريف الارتباط لتحسين الموقع\n× موافق\nA\nB",
            "حديقة\nA\nB\n× رابط الخبر بصحيفة المدينة: افتتاح حديقة",
            "حديقة\nA\n1\nB",
            // A number alone may be a telephone.
            "حديقة\nA\nللحجز يتصل الزوار بالرقم:\n71.555.448\nB",
        ],
    );
}

#[test]
fn share() {
    check(
        "share",
        &[
            "حديقة\n× فيسبوك | تويتر | واتساب\nA\nB",
            "حديقة\n× شارك\n× فيسبوك\n× إكس\nA\nB",
            "حديقة\n× شارك هذا الخبر على فيسبوك\nA\nB",
            "حديقة\nA\nB\n× Facebook\n× Twitter\n× WhatsApp",
            "حديقة\nA\nB\n× شارك القصة",
            "حديقة\n× • فيسبوك\n× • تلغرام\nA\nB",
            "حديقة\n× فيسبوك / واتساب / تلغرام\nA\nB",
            // A sentence on them is text, and so is a heading.
            "حديقة\nA\nتويتر\nB",
            "حديقة\nA\nأعلنت فيسبوك فتح مكتب في المدينة.\nB",
        ],
    );
}

#[test]
fn tags() {
    check(
        "tags",
        &[
            "حديقة\nA\nB\n× كلمات دلالية: حديقة بلدية نهر",
            "حديقة\nA\nB\n× الوسوم: حديقة، بلدية، نهر",
            "حديقة\nA\nB\n× #حديقة #نهر #بلدية",
            "حديقة\nA\nB\n× الكلمات المفتاحية: حديقة - نهر",
            "حديقة\nA\nB\n× سمات حديقة نهر بلدية",
            "حديقة\nA\nB\n× تاغات: حديقة نهر",
            "حديقة\nA\nB\n× علامات:",
            // A hashtag in a sentence is text.
            "حديقة\nA\nأطلق الزوار وسم #حديقة_النهر على مواقع التواصل أمس.\nB",
        ],
    );
}

#[test]
fn subscription() {
    check(
        "subscription",
        &[
            "حديقة\nA\nB\n× اشترك في نشرتنا الإخبارية",
            "حديقة\nA\nB\n× تابعونا على تلغرام ليصلكم كل جديد",
            "حديقة\nA\nB\n× انضم إلى قناتنا على واتساب",
            "حديقة\nA\nB\n× يمكنكم تسلم إشعارات عن أخبار مدينتكم إن حملتم تطبيقنا.",
            "حديقة\nA\n× حمّل تطبيق المدينة الآن\nB",
            "حديقة\nA\nB\n× للاشتراك في خدمة الأخبار العاجلة اضغط هنا",
            "حديقة\nA\nB\n× النشرة البريدية",
        ],
    );
}

#[test]
fn related() {
    check(
        "related",
        &[
            "حديقة\nA\n× اقرأ أيضا: فوز الدلافين\nB",
            "حديقة\nA\n× إقرأ أيضاً: فوز الدلافين بالكأس\nB",
            "حديقة\nA\n× للمزيد: ماذا تعرف عن الدلافين؟\nB",
            "حديقة\nA\n× شاهد: احتفال الجمهور\nB",
            "حديقة\nA\nB\n× مواضيع ذات صلة\n× فوز الدلافين\n× كأس السلة في المدينة",
            "حديقة\nA\nB\n× المزيد من الأخبار\n× فوز الدلافين",
            "حديقة\nA\nB\n× ...المزيد",
            "حديقة\nA\nB\n× أخبار ذات صلة\n× بالصور.. فوز الدلافين\n× بالفيديو.. احتفال الجمهور",
        ],
    );
}

#[test]
fn appended_article() {
    check(
        "appended_article",
        &[
            "حديقة\nA\nB\n~ اقرأ أيضا\n~ فوز الدلافين\n× X\n× Y",
            "حديقة\nA\nB\n~ المصدر: وكالات\n~ فوز الدلافين\n× X\n× Y",
            "حديقة\nA\nB\n~ مواضيع ذات صلة\n~ فوز الدلافين\n~ 7 مارس 2024\n× X\n× Y",
            "حديقة\nA\nB\n~ كلمات دلالية: حديقة نهر\n~ اقرأ المزيد\n~ فوز الدلافين\n× X\n× Y",
            "حديقة\nA\nB\n~ شاهد أيضا\n~ كأس السلة\n× X\n~ اقرأ أيضا\n× Y",
            "حديقة\nA\nB\n~ قد يهمك أيضا\n~ فوز الدلافين\n\n× X\n\n× Y",
            // A link in the middle of an article.
            "حديقة\nA\n~ اقرأ أيضا\n~ فوز الدلافين\nB",
            "حديقة\nA\n~ اقرأ أيضا: فوز الدلافين\nB\nA كما قالت البلدية في بيان ثان عن الحديقة والنهر.",
        ],
    );
}

#[test]
fn repetitions() {
    check("duplicate_paragraph", &["حديقة\nA\n× A\nB", "حديقة\nA\nB\n× A", "حديقة\nA\nB\n× A\n× B"]);
    check(
        "duplicate_title",
        &[
            "افتتاح حديقة\n× افتتاح حديقة\nA\nB",
            "افتتاح حديقة\nA\nB\n× افتتاح حديقة",
            "افتتاح حديقة\n~ 7 مارس 2024\n× «افتتاح حديقة»\nA\nB",
        ],
    );
    check(
        "",
        &[
            "الأفضل\nA\n1. كرة السلة في الملعب الكبير قرب النهر\nB\n1. كرة السلة في الملعب الكبير قرب النهر\n2. السباحة",
        ],
    );
}

#[test]
fn summary() {
    check(
        "summary_ai",
        &[
            "حديقة\n× ملخص\n× - تفتتح الحديقة الخميس.\n× - فيها ملاعب.\n\nA\nB",
            "حديقة\n× أبرز النقاط\n× • تفتتح الحديقة الخميس.\n× • فيها ملاعب.\nA\nB",
            "حديقة\n~ استمع إلى الملخص\n× - تفتتح الحديقة الخميس.\nA\nB",
            "حديقة\n× ملخص بالذكاء الاصطناعي\n× تفتتح الحديقة الخميس، وفيها ملاعب.\n\nA\nB",
            "حديقة\n× ملخص الخبر\n× - تفتتح الحديقة الخميس.\n× تم إنشاء هذا الملخص بواسطة الذكاء الاصطناعي\nA\nB",
            "حديقة\n× النقاط الرئيسية\n× - تفتتح الحديقة الخميس.\n~ إخفاء الملخص\nA\nB",
        ],
    );
}

#[test]
fn behind_the_last_sentence() {
    for (tail, want) in [
        ("(أ ف ب)", Some("credit")),
        ("(رويترز/ الأناضول)", Some("credit")),
        ("-رويترز-", Some("credit")),
        ("(منبر المدينة)", Some("credit")),
        ("المصدر: رويترز", Some("credit")),
        ("المصدر (رويترز)", Some("credit")),
        ("(صورة أرشيفية)", Some("caption")),
        ("سمات حديقة نهر", Some("tags")),
        ("الوسوم: حديقة نهر", Some("tags")),
        ("اقرأ أيضا: فوز الدلافين", Some("related")),
        ("ع ب م", Some("byline")),
        ("محمد سالم", Some("byline")),
        ("*كاتب وباحث", Some("byline")),
        ("*وكالة الأناضول", Some("credit")),
        ("s.omar@news.example", Some("byline")),
        ("كاتب من المدينة", Some("byline")),
        // Text.
        ("كاتب من المدينة قال إن الحديقة جميلة.", None),
        ("(بعد الزيارة)", None),
        ("وقال محمد سالم إن الحديقة جميلة", None),
        ("خبير.", None),
        ("s.omar@news.example أو زيارة الحديقة.", None),
    ] {
        let text = format!("حديقة\n{SECOND}\n{PARAGRAPH} {tail}");
        let segments = layout(&text).segments;
        let last = segments.last().unwrap();
        assert_eq!(last.reason.as_deref(), want, "{tail}");
        if want.is_some() {
            assert_eq!(last.span.of(&text), Some(tail));
            assert_eq!(segments[segments.len() - 2].span.of(&text), Some(PARAGRAPH));
        }
    }
    // Behind a quotation a sentence goes on.
    let text =
        format!("حديقة\n{PARAGRAPH}\nقالت البلدية في بيانها عن الحديقة \"إنها كبيرة\" أستاذ جامعي أكد ذلك");
    assert_eq!(layout(&text).segments.len(), 3);
}
