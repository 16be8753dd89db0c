//! What is a duplicate, and that it is a function of the set of articles.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use marsad_arabic::orthography::fold;
use marsad_arabic::token::tokenize;
use marsad_graph::duplicates::{Duplicates, Fingerprint};
use marsad_graph::words::Word;
use marsad_model::graph::Duplicate;
use marsad_model::ontology::SegmentKind;
use marsad_model::{ArticleId, Span};
use proptest::prelude::*;
use uuid::Uuid;

fn id(number: usize) -> ArticleId {
    ArticleId(Uuid::from_u128(number as u128))
}

/// The words of a text whose first line is the title.
fn words(text: &str) -> Vec<Word> {
    let body = text.find('\n').unwrap_or(0);
    let tokens = tokenize(text).into_iter().filter(|token| token.is_word());
    let word = |token: marsad_arabic::token::Token| Word {
        span: Span::new(token.span.start, token.span.end),
        folded: fold(token.text(text)).to_lowercase(),
        part: if token.span.start < body { SegmentKind::Title } else { SegmentKind::Body },
    };
    tokens.map(word).collect()
}

const TITLE: &str = "جسر جديد على النهر";
const LEAD: &str =
    "افتتح وزير الأشغال كمال الرفاعي صباح الثلاثاء جسرا جديدا فوق نهر الزبير بعد ثلاثة أعوام من بدء البناء.";
const OTHER_LEAD: &str =
    "بعد ثلاثة أعوام من العمل عبرت أولى السيارات جسر نهر الزبير الذي دشنه الوزير كمال الرفاعي.";
const MIDDLE: &str = "ويربط الجسر بين حي البساتين في الضفة الشرقية ومنطقة المصانع في الضفة الغربية، ويبلغ طوله تسعمئة متر \
    وفيه ست حارات للسيارات وممران للمشاة. وقال الرفاعي في كلمته إن الكلفة بقيت دون ما رصد للمشروع في الموازنة، وإن العمال \
    أنجزوا المرحلة الأخيرة قبل موعدها بشهرين رغم فيضان الربيع.";
const TAIL: &str = "وكانت العبارات الخشبية وحدها تنقل السكان من ضفة إلى أخرى، وتتوقف كلما ارتفع منسوب الماء. وذكر صاحب \
    مقهى قريب من المرسى أن الزبائن يسألون منذ أيام عن موعد الافتتاح، وأنه استأجر دكانا ثانيا في الجهة المقابلة. وتنوي \
    البلدية أن تحول المرسى القديم إلى حديقة.";
const QUOTE: &str = "«لن نقبل أن يدفع سكان القرى ثمن تأخر لم يكن لهم فيه يد، وسنحاسب كل من قصر في عمله أيا كان منصبه \
    ومهما طال الوقت، فالمال مال الناس والطريق طريقهم وعلينا أن نصونهما معا»";
const BACKGROUND: &str = "وتشهد المنطقة منذ خريف العام الماضي توسعا في شبكة الطرق ضمن خطة حكومية مدتها خمسة أعوام تشمل \
    بناء جسور وأنفاق وتجديد محطات القطار في المدن الكبرى.";
const SIGN_OFF: &str = "تابعوا آخر الأخبار والتقارير لحظة بلحظة على صفحاتنا في مواقع التواصل وعبر تطبيقنا المجاني للهواتف \
    الذكية ولا تنسوا الاشتراك في نشرتنا اليومية كي تصلكم أبرز العناوين كل صباح إلى بريدكم.";
const HARBOUR: &str = "أعلنت نقابة الصيادين في مرفأ العوامة أن قواربها لن تخرج إلى البحر هذا الأسبوع احتجاجا على غلاء \
    الوقود. وطالب نقيبها سمير الديب بدعم عاجل قبل موسم السردين، محذرا من أن عشرات العائلات باتت بلا دخل. ولم يصدر عن \
    وزارة الزراعة تعليق حتى المساء، غير أن موظفا فيها قال إن لجنة ستنظر في المطالب.";
const STADIUM: &str = "فاز فريق الهضبة على ضيفه نجوم الوادي بثلاثة أهداف نظيفة في افتتاح بطولة الناشئين. وسجل اللاعب رامي \
    حداد هدفين في الشوط الأول قبل أن يضيف زميله البديل الهدف الأخير من ركلة حرة. ويلتقي الفائز في الجولة المقبلة متصدر \
    المجموعة الثانية على ملعب المدينة الرياضية.";

fn telegram(head: &str, country: &str, occasion: &str) -> String {
    format!(
        "تهنئة\nبعث أمير البلاد برقية تهنئة إلى فخامة الرئيس {head} رئيس جمهورية {country} الصديقة بمناسبة ذكرى {occasion}، \
         أعرب فيها باسمه واسم الحكومة والشعب عن أصدق التهاني وأطيب التمنيات له بموفور الصحة والعافية، ولشعب {country} \
         مزيدا من التقدم والازدهار تحت قيادته الحكيمة."
    )
}

struct Case {
    name: &'static str,
    texts: [String; 2],
    days: [Option<Date>; 2],
    /// The least overlap; `None` where the two are no duplicates.
    overlap: Option<f32>,
    one_group: bool,
}

fn cases() -> Vec<Case> {
    let full = format!("{TITLE}\n{LEAD}\n{MIDDLE}\n{TAIL}");
    let day = |day: i8| Some(date(2023, 5, day));
    let case = |name, a: &str, b: &str, overlap: Option<f32>| Case {
        name,
        texts: [a.to_owned(), b.to_owned()],
        days: [day(2), day(3)],
        overlap,
        one_group: overlap.is_some(),
    };
    let rewritten = format!("الرفاعي يدشن الجسر\n{OTHER_LEAD}\n{MIDDLE}\n{TAIL}");
    vec![
        case("exact", &full, &format!("عنوان آخر\n {LEAD} {MIDDLE}\n\n{TAIL}"), Some(1.0)),
        case("spelling", &full, &full.replace('أ', "ا").replace('،', " ,"), Some(1.0)),
        case("lead rewritten", &full, &rewritten, Some(0.8)),
        case("tail cut", &full, &format!("جسر\n{LEAD}\n{MIDDLE}"), Some(0.99)),
        case("lead rewritten and tail cut", &full, &format!("جسر\n{OTHER_LEAD}\n{MIDDLE}"), Some(0.6)),
        case("more added", &full, &format!("{full}\n{BACKGROUND}"), Some(0.99)),
        Case { days: [None, None], ..case("undated", &full, &rewritten, Some(0.8)) },
        Case {
            days: [day(2), day(30)],
            ..case("reprinted", &full, &format!("{full}\nأعيد نشره"), Some(0.9))
        },
        Case {
            days: [day(2), day(30)],
            ..case("rewritten later", &full, &format!("جسر\n{OTHER_LEAD}\n{MIDDLE}"), None)
        },
        // The short one is in both, and both are reports of their own.
        Case {
            one_group: true,
            ..case(
                "brief in a long text",
                &format!("خبر\n{LEAD} {MIDDLE}"),
                &format!("{full}\n{HARBOUR}\n{STADIUM}"),
                Some(0.99),
            )
        },
        case("title only", &format!("{QUOTE}\n{HARBOUR}"), &format!("{QUOTE}\n{STADIUM}"), None),
        case(
            "paragraph only",
            &format!("أ\n{HARBOUR}\n{BACKGROUND}"),
            &format!("ب\n{MIDDLE}\n{BACKGROUND}"),
            None,
        ),
        case(
            "paragraph in the middle",
            &format!("أ\n{LEAD}\n{BACKGROUND}\n{TAIL}"),
            &format!("ب\n{HARBOUR}\n{BACKGROUND}\n{STADIUM}"),
            None,
        ),
        case(
            "quotation only",
            &format!("أ\n{HARBOUR}\nوقال {QUOTE}"),
            &format!("ب\n{LEAD}\nوقال {QUOTE}\n{TAIL}"),
            None,
        ),
        case(
            "sign-off only",
            &format!("أ\n{LEAD}\n{SIGN_OFF}"),
            &format!("ب\n{OTHER_LEAD}\n{SIGN_OFF}"),
            None,
        ),
        case(
            "form filled anew",
            &telegram("لويس أوكيلو", "تورماليا", "الاستقلال"),
            &telegram("هنريك فالديز", "غرانادور", "اليوم الوطني"),
            None,
        ),
        case("unlike", &format!("أ\n{HARBOUR}"), &format!("ب\n{STADIUM}"), None),
        case("short", "أ\nلا جديد اليوم في الأسواق المحلية", "ب\nلا جديد اليوم في الأسواق المحلية", None),
    ]
}

#[test]
fn the_table_of_cases() {
    for Case { name, texts, days, overlap, one_group } in cases() {
        let mut index = Duplicates::new();
        for (at, (text, day)) in texts.iter().zip(days).enumerate() {
            index.put(id(at), Fingerprint::of(&words(text), day));
        }
        let links = index.links(id(0));
        match overlap {
            None => assert_eq!(links, [], "{name}"),
            Some(least) => {
                assert_eq!(links.len(), 1, "{name}");
                assert!(links[0].overlap >= least && links[0].overlap <= 1.0, "{name}: {}", links[0].overlap);
                assert_eq!(links[0].overlap, index.links(id(1))[0].overlap, "{name}");
            }
        }
        assert_eq!(index.group_of(id(1)) == id(0), one_group, "{name}");
    }
}

#[test]
fn passages_are_what_both_say() {
    let texts = [
        format!("{TITLE}\n{LEAD}\n{MIDDLE}\n{TAIL}"),
        format!("الجسر\n{OTHER_LEAD}\n{MIDDLE}\n{BACKGROUND}\n{TAIL}"),
    ];
    let mut index = Duplicates::new();
    texts.iter().enumerate().for_each(|(at, text)| index.put(id(at), Fingerprint::of(&words(text), None)));
    let passages = |at: usize| {
        let links = index.links(id(at));
        links[0].passages.iter().map(|span| span.of(&texts[at]).unwrap().to_owned()).collect::<Vec<_>>()
    };
    // The background that one has in between divides what the other has in one piece.
    assert_eq!(passages(0), [format!("{MIDDLE}\n{TAIL}").trim_end_matches('.')]);
    assert_eq!(passages(1), [MIDDLE, TAIL].map(|part| part.trim_end_matches('.')));
}

#[test]
fn a_group_does_not_chain_into_unlike_texts() {
    // The brief is in both long texts, which share nothing else.
    let brief = format!("خبر\n{LEAD} {MIDDLE}");
    let texts = [
        format!("أ\n{LEAD} {MIDDLE}\n{TAIL}\n{HARBOUR}\n{QUOTE}"),
        brief.clone(),
        format!("ج\n{LEAD} {MIDDLE}\n{STADIUM}\n{STADIUM}\n{BACKGROUND}\n{SIGN_OFF}\n{HARBOUR}"),
        format!("{brief}\nانتهى"),
    ];
    let mut index = Duplicates::new();
    texts.iter().enumerate().for_each(|(at, text)| index.put(id(at), Fingerprint::of(&words(text), None)));
    let linked = |a, b| index.links(id(a)).iter().any(|link| link.article == id(b));
    assert!(linked(1, 0) && linked(1, 2) && linked(1, 3));
    assert!(!linked(0, 2));
    assert_eq!(index.group_of(id(1)), index.group_of(id(3)));
    assert_ne!(index.group_of(id(0)), index.group_of(id(2)));
}

/// One more text under a run makes it a template; one less and it links again.
fn template(limit: usize, day: impl Fn(usize) -> Option<Date>) {
    let letters: Vec<char> = "بتثجحخدرزسشصضطعفقكلمنه".chars().collect();
    let put = |index: &mut Duplicates, at: usize| {
        let last: String = [at / 10, at % 10].map(|letter| letters[letter]).iter().collect();
        index.put(id(at), Fingerprint::of(&words(&format!("أ\n{LEAD}\n{MIDDLE}\n{TAIL} {last}")), day(at)));
    };
    let mut index = Duplicates::new();
    (0..limit).for_each(|at| put(&mut index, at));
    assert!((0..limit).all(|at| index.links(id(at)).len() == limit - 1));
    index.take_touched();
    put(&mut index, limit);
    assert!((0..=limit).all(|at| index.links(id(at)).is_empty() && index.group_of(id(at)) == id(at)));
    assert_eq!(index.take_touched().len(), limit + 1);
    index.remove(id(0));
    assert!((1..=limit).all(|at| index.links(id(at)).len() == limit - 1 && index.group_of(id(at)) == id(1)));
    assert_eq!(index.take_touched().len(), limit + 1);
}

#[test]
fn a_form_that_comes_back_links_nothing() {
    template(4, |at| Some(date(2023, 5, 1 + at as i8)));
    template(16, |_| None);
    template(100, |_| Some(date(2023, 5, 1)));
}

#[test]
fn copies_cost_what_they_say() {
    let text = words(&format!("أ\n{LEAD}\n{MIDDLE}"));
    let mut index = Duplicates::new();
    for at in 0..1000 {
        index.put(id(at), Fingerprint::of(&text, None));
    }
    let links = index.links(id(500));
    assert_eq!(
        links.iter().map(|link| link.article).collect::<Vec<_>>(),
        (0..100).map(id).collect::<Vec<_>>()
    );
    assert!((0..1000).all(|at| index.group_of(id(at)) == id(0)));
    index.take_touched();
    index.put(id(1000), Fingerprint::of(&text, None));
    assert_eq!(index.take_touched().into_iter().collect::<Vec<_>>(), [id(1000)], "nobody lists it");
}

#[test]
fn a_fingerprint_survives_storing() {
    let print = Fingerprint::of(&words(&format!("أ\n{LEAD}\n{MIDDLE}\n{TAIL}")), Some(date(2023, 5, 2)));
    let stored = serde_json::to_string(&print).unwrap();
    assert_eq!(serde_json::from_str::<Fingerprint>(&stored).unwrap(), print);
    // The hash of a word never changes: stored fingerprints are compared with new ones.
    assert_eq!(marsad_graph::duplicates::word_hash("الجسر"), [10, 138]);
}

#[test]
fn a_stored_fingerprint_that_does_not_fit_together_is_no_panic() {
    for json in [
        r#"{"words":[],"places":[],"day":null}"#.to_owned(),
        format!(r#"{{"words":[{}],"places":[255,255,255],"day":2147483647}}"#, ["[1,2]"; 40].join(",")),
    ] {
        let mut index = Duplicates::new();
        for at in 0..2 {
            index.put(id(at), serde_json::from_str(&json).unwrap());
        }
        index.links(id(0));
    }
}

/// A text of a few passages, each said in one of two ways, so that texts share some and differ in others.
fn article() -> impl Strategy<Value = (String, Option<Date>)> {
    let parts = [LEAD, OTHER_LEAD, MIDDLE, TAIL, QUOTE, BACKGROUND, HARBOUR, STADIUM];
    let body = prop::sample::subsequence(parts.to_vec(), 1..5).prop_map(|parts| parts.join("\n"));
    let ending = prop::sample::select(vec!["", "انتهى", "نقلا عن الوكالة"]);
    let day = prop::option::weighted(0.8, 1..9_i8).prop_map(|day| day.map(|day| date(2023, 5, day)));
    (body, ending, day).prop_map(|(body, ending, day)| (format!("عنوان\n{body}\n{ending}"), day))
}

/// How many articles come and go.
const ARTICLES: usize = 24;

type Said = BTreeMap<ArticleId, (Vec<Duplicate>, ArticleId)>;

/// What is said of every article that there may be.
fn said(index: &Duplicates) -> Said {
    (0..ARTICLES).map(|at| (id(at), (index.links(id(at)), index.group_of(id(at))))).collect()
}

fn put(index: &mut Duplicates, at: usize, (text, day): &(String, Option<Date>)) {
    index.put(id(at), Fingerprint::of(&words(text), *day));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any order of puts, replacements and removals gives what building anew gives, and what changed is told.
    #[test]
    fn a_function_of_the_set(steps in prop::collection::vec((0..ARTICLES, prop::option::weighted(0.85, article())), 1..60)) {
        let mut index = Duplicates::new();
        let mut articles = BTreeMap::new();
        let mut before = said(&index);
        for (at, step) in steps {
            match step {
                Some(article) => {
                    put(&mut index, at, &article);
                    articles.insert(at, article);
                }
                None => {
                    index.remove(id(at));
                    articles.remove(&at);
                }
            }
            let after = said(&index);
            let touched = index.take_touched();
            for (article, said) in &after {
                prop_assert!(before[article] == *said || touched.contains(article));
            }
            before = after;
        }
        let mut anew = Duplicates::new();
        articles.iter().rev().for_each(|(at, article)| put(&mut anew, *at, article));
        prop_assert_eq!(said(&anew), before);
    }

    /// Links are symmetric, in order, and slice both texts at the ends of words; groups hold linked articles only.
    #[test]
    fn links_hold_together(articles in prop::collection::vec(article(), 1..20)) {
        let mut index = Duplicates::new();
        articles.iter().enumerate().for_each(|(at, article)| put(&mut index, at, article));
        for (at, (text, _)) in articles.iter().enumerate() {
            let links = index.links(id(at));
            prop_assert!(links.is_sorted_by_key(|link| link.article));
            let body = words(text);
            for link in &links {
                let other = link.article.0.as_u128() as usize;
                let back = index.links(id(other)).into_iter().find(|back| back.article == id(at)).unwrap();
                prop_assert_eq!(back.overlap, link.overlap);
                prop_assert!(!link.passages.is_empty());
                prop_assert!(link.passages.windows(2).all(|pair| pair[0].end < pair[1].start));
                for passage in &link.passages {
                    prop_assert!(body.iter().any(|word| word.span.start == passage.start));
                    prop_assert!(body.iter().any(|word| word.span.end == passage.end));
                }
            }
            for (other, _) in articles.iter().enumerate().filter(|(other, _)| *other != at) {
                let one_group = index.group_of(id(at)) == index.group_of(id(other));
                prop_assert!(!one_group || links.iter().any(|link| link.article == id(other)));
            }
        }
    }
}
