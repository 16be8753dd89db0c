use crate::{Document, analyze};
use marsad_model::{Analysis, ArticleFields};

fn analysis(text: &str) -> (String, Analysis) {
    let fields = ArticleFields { text: text.to_owned(), ..ArticleFields::default() };
    let document = Document::new(fields.article_id(), fields.content_hash(), &fields);
    let analysis = analyze(&document);
    assert_eq!(analysis.check(text), Ok(()), "{text}");
    (fields.text.clone(), analysis)
}

/// `cue | source | via | quote | content`; an unnamed source is `?` and its description, `×` how many.
fn said(text: &str) -> Vec<String> {
    let (text, analysis) = analysis(text);
    (analysis.claims.iter())
        .map(|claim| {
            let cue = claim.cue.of(&text).unwrap();
            let source = &claim.source;
            let described = source.descriptor.and_then(|d| d.of(&text)).unwrap_or_default();
            let mut who = source.entity.as_ref().map_or(format!("?{described}"), |id| id.to_string());
            if let Some(count) = source.count {
                who += &format!(" ×{count}");
            }
            let via: Vec<&str> = claim.via.iter().map(|id| id.as_str()).collect();
            let via = if via.is_empty() { "-".to_owned() } else { via.join(" ") };
            format!("{cue} | {who} | {via} | {} | {}", claim.quote, claim.content.of(&text).unwrap())
        })
        .collect()
}

#[test]
fn one_sentence() {
    let cases: &[(&str, &[&str])] = &[
        (
            "قالت وزارة الدفاع الأميركية إن قواتها باقية في المنطقة.",
            &["قالت | us-defence-department | - | indirect | قواتها باقية في المنطقة"],
        ),
        (
            "قال مسؤول أميركي لوكالة رويترز إن المحادثات تأجلت.",
            &["قال | ?مسؤول أميركي ×1 | reuters | indirect | المحادثات تأجلت"],
        ),
        (
            "قالت أربعة مصادر أمنية عراقية إن القاعدة أخليت.",
            &["قالت | ?أربعة مصادر أمنية عراقية ×4 | - | indirect | القاعدة أخليت"],
        ),
        ("ذكرت مصادر مطلعة أن الوفد غادر.", &["ذكرت | ?مصادر مطلعة | - | indirect | الوفد غادر"]),
        ("أكد مصدران حكوميان أن القرار نهائي.", &["أكد | ?مصدران حكوميان ×2 | - | indirect | القرار نهائي"]),
        (
            "نقلت وكالة رويترز عن مسؤول إيراني قوله إن بلاده سترد.",
            &["نقلت | ?مسؤول إيراني ×1 | reuters | indirect | بلاده سترد"],
        ),
        (
            "قال الرئيس الفرنسي إيمانويل ماكرون: \"سنواصل العمل مع شركائنا في المنطقة\".",
            &["قال | emmanuel-macron | - | direct | سنواصل العمل مع شركائنا في المنطقة"],
        ),
        (
            "وصل الوفد إلى القاهرة، بحسب وكالة رويترز.",
            &["بحسب | reuters | - | indirect | وصل الوفد إلى القاهرة"],
        ),
        (
            "أعلن الجيش الإسرائيلي أن جنديا قتل، مضيفا أن التحقيق مستمر.",
            &[
                "أعلن | israel-armed-forces | - | indirect | جنديا قتل",
                "مضيفا | israel-armed-forces | - | indirect | التحقيق مستمر",
            ],
        ),
        (
            "قالت تركيا إن العملية انتهت، مشيرة إلى أن قواتها ستبقى في الموقع.",
            &[
                "قالت | TR | - | indirect | العملية انتهت",
                "مشيرة | TR | - | indirect | قواتها ستبقى في الموقع",
            ],
        ),
        (
            "نفى الكرملين أن تكون روسيا أرسلت أسلحة.",
            &["نفى | kremlin | - | indirect | تكون روسيا أرسلت أسلحة"],
        ),
        (
            "أعرب وزير الخارجية المصري سامح شكري عن أمله في استئناف الحوار.",
            &["أعرب | sameh-shoukry | - | indirect | أمله في استئناف الحوار"],
        ),
        ("طالبت الأردن بوقف الحرب في غزة.", &["طالبت | JO | - | indirect | وقف الحرب في غزة"]),
        (
            "وقال شهود إن دوي انفجارات سمع في العاصمة.",
            &["قال | ?شهود | - | indirect | دوي انفجارات سمع في العاصمة"],
        ),
        (
            "صرح ناطق عسكري بأن الطائرة سقطت في البحر.",
            &["صرح | ?ناطق عسكري ×1 | - | indirect | الطائرة سقطت في البحر"],
        ),
        (
            "أفادت وسائل إعلام محلية بأن الطريق مقطوع.",
            &["أفادت | ?وسائل إعلام محلية | - | indirect | الطريق مقطوع"],
        ),
        (
            "\"هذا القرار يخالف القانون الدولي كله\"، قالت وزيرة الخارجية الألمانية.",
            &["قالت | germany-mfa | - | direct | هذا القرار يخالف القانون الدولي كله"],
        ),
        (
            "قالت إيران إن السعودية أكدت أن السفارة ستفتح.",
            &[
                "قالت | IR | - | indirect | السعودية أكدت أن السفارة ستفتح",
                "أكدت | SA | - | indirect | السفارة ستفتح",
            ],
        ),
        (
            "وكانت وزارة الخارجية العراقية، أمس، قد قالت إن السفير غادر.",
            &["قالت | iraq-mfa | - | indirect | السفير غادر"],
        ),
        (
            "انسحبت القوات من المدينة، على حد قول مسؤول محلي.",
            &["على | ?مسؤول محلي ×1 | - | indirect | انسحبت القوات من المدينة"],
        ),
        ("اعتبرت روسيا أن العقوبات غير قانونية.", &["اعتبرت | RU | - | indirect | العقوبات غير قانونية"]),
    ];
    check(cases);
}

#[test]
fn a_claim_in_a_claim_has_a_parent() {
    let (_, analysis) = analysis("قالت إيران إن السعودية أكدت أن السفارة ستفتح.");
    assert_eq!(analysis.claims[0].parent, None);
    assert_eq!(analysis.claims[1].parent, Some(analysis.claims[0].id));
}

#[test]
fn a_source_left_out_is_the_one_before() {
    let (_, analysis) = analysis("قالت تركيا إن العملية انتهت.\nوأضافت أن القوات عادت.");
    assert_eq!(analysis.claims.len(), 2);
    assert_eq!(analysis.claims[1].source.entity, analysis.claims[0].source.entity);
}

#[test]
fn a_long_quotation_spans_sentences() {
    let text = "قالت تركيا: \"العملية انتهت أمس. عادت القوات كلها اليوم. شكرا لكم جميعا\".";
    let (text, analysis) = analysis(text);
    assert_eq!(
        analysis.claims[0].content.of(&text),
        Some("العملية انتهت أمس. عادت القوات كلها اليوم. شكرا لكم جميعا")
    );
}

#[test]
fn no_claim_without_content() {
    assert!(said("التقى الوزيران في القاهرة.").is_empty());
    assert!(said("قال.").is_empty());
    assert!(said("").is_empty());
}

#[test]
fn evidence_raises_confidence() {
    let confidence = |text: &str| analysis(text).1.claims[0].confidence;
    let named = confidence("قالت تركيا إن العملية انتهت.");
    assert!(named > confidence("قالت إن العملية انتهت."));
    assert!((0.0..=1.0).contains(&named));
}

/// Runs a table of texts and what is said in them.
fn check(cases: &[(&str, &[&str])]) {
    let wrong: Vec<String> = (cases.iter())
        .filter_map(|(text, expected)| {
            let found = said(text);
            (found != *expected).then(|| format!("{text}\n  want {expected:?}\n  got  {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `cue | source` of every claim.
fn speakers(text: &str) -> Vec<String> {
    let (text, analysis) = analysis(text);
    let name = |id: &marsad_model::EntityId| {
        let entity = analysis.entities.iter().find(|entity| entity.id == *id);
        entity.map_or(id.to_string(), |entity| entity.name.clone())
    };
    (analysis.claims.iter())
        .map(|claim| {
            let described = claim.source.descriptor.and_then(|d| d.of(&text)).unwrap_or_default();
            let who = claim.source.entity.as_ref().map_or(format!("?{described}"), name);
            format!("{} | {who}", claim.cue.of(&text).unwrap())
        })
        .collect()
}

fn check_speakers(cases: &[(&str, &[&str])]) {
    let wrong: Vec<String> = (cases.iter())
        .filter_map(|(text, expected)| {
            let found = speakers(text);
            (found != *expected).then(|| format!("{text}\n  want {expected:?}\n  got  {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_office_alone_is_who_the_article_gives_it_to() {
    check_speakers(&[
        (
            "التقى وزير النقل كريم الساعدي وفدا زائرا. وقال وزير النقل إن الجسر سيفتح قريبا.",
            &["قال | كريم الساعدي"],
        ),
        ("وصل الوزير كريم الساعدي إلى الميناء. وقال الوزير إن الرصيف جاهز.", &["قال | كريم الساعدي"]),
        // Before the name.
        (
            "قال المتحدث العسكري إن القصف توقف. وحضر المتحدث العقيد كريم الساعدي الاجتماع.",
            &["قال | كريم الساعدي"],
        ),
        // Of two, who has the very title.
        (
            "التقى وزير النقل كريم الساعدي وزير الصحة سالم الحداد. وقال وزير النقل إن الجسر سيفتح.",
            &["قال | كريم الساعدي"],
        ),
        // Another country's is another.
        (
            "زار الرئيس الفرنسي إيمانويل ماكرون بيروت. وقال رئيس بلدية إن الشوارع أغلقت.",
            &["قال | ?رئيس بلدية"],
        ),
    ]);
}

#[test]
fn who_stands_behind_a_description() {
    check_speakers(&[
        ("قال متحدث باسم الجيش المصري إن الحدود آمنة.", &["قال | الجيش المصري"]),
        ("قال متحدث عسكري إن الحدود آمنة.", &["قال | ?متحدث عسكري"]),
        ("ذكرت وسائل إعلام سورية أن الطريق مفتوح.", &["ذكرت | ?وسائل إعلام سورية"]),
        ("قال الجانب العراقي إن الاتفاق قريب.", &["قال | العراق"]),
        ("أضاف المدرب البرازيلي كريم الساعدي أن فريقه جاهز.", &["أضاف | كريم الساعدي"]),
        ("قال مدير دار \"الأمل\" المحلية للنشر كريم الساعدي إن الكتاب نفد.", &["قال | كريم الساعدي"]),
        ("قال رئيس اتحاد اللعبة، نائب رئيس البعثة كريم الساعدي، إن الفوز مستحق.", &["قال | كريم الساعدي"]),
        ("أغلق الطريق وفق بيان صادر عن وزارة الدفاع الأميركية.", &["وفق | وزارة الدفاع الأميركية"]),
        ("أفاد تقرير لوكالة رويترز بأن السفينة غرقت.", &["أفاد | وكالة رويترز"]),
        ("نقل شهود عيان أن المبنى انهار.", &["نقل | ?شهود عيان"]),
        ("قالت متحدثة باسم الجيش المصري إن الحدود آمنة.", &["قالت | الجيش المصري"]),
        ("أوضح المتحدث الرسمي بشرطة المنطقة العقيد كريم الساعدي أن الطريق مفتوح.", &["أوضح | كريم الساعدي"]),
    ]);
}

#[test]
fn a_description_points_back() {
    check_speakers(&[
        (
            "قال مصدر أمني إن الطريق مغلق. وأكدت تركيا أن قواتها باقية. وأضاف المصدر أن العمل مستمر.",
            &["قال | ?مصدر أمني", "أكدت | تركيا", "أضاف | ?مصدر أمني"],
        ),
        // A new subject is somebody else, even where nobody knows it.
        (
            "قال كريم الساعدي إن الوضع هادئ. وقالت الشركة إن العمل مستمر.",
            &["قال | كريم الساعدي", "قالت | ?الشركة"],
        ),
        (
            "قال كريم الساعدي إن فريقه جاهز. وأضاف المدرب البرتغالي أن اللاعبين بخير.",
            &["قال | كريم الساعدي", "أضاف | كريم الساعدي"],
        ),
        // Who acts in the sentence before, if nobody spoke in it.
        (
            "قالت تركيا إن قواتها باقية. والتقى الوزير كريم الساعدي نظراءه. وقال إن اللقاء كان مثمرا.",
            &["قالت | تركيا", "قال | كريم الساعدي"],
        ),
        // A channel is no speaker, and whoever is quoted inside has not the word.
        (
            "قال كريم الساعدي إن الوضع هادئ. انخفض السعر، بحسب وكالة رويترز. وأضاف أن السوق مستقر.",
            &["قال | كريم الساعدي", "بحسب | وكالة رويترز", "أضاف | كريم الساعدي"],
        ),
        (
            "قالت تركيا إن إيران أكدت أن السفارة ستفتح. وأضافت أن اللقاء قريب.",
            &["قالت | تركيا", "أكدت | إيران", "أضافت | تركيا"],
        ),
    ]);
}

#[test]
fn a_subject_before_its_verb() {
    check_speakers(&[
        ("كريم الساعدي، رئيس الحزب، أكد أن المؤتمر سيعقد.", &["أكد | كريم الساعدي"]),
        ("لكن مصدرا بارزا في الحزب، أكد لوكالة رويترز أن المؤتمر تأجل.", &["أكد | ?مصدرا بارزا"]),
        ("وبهذه المناسبة قال كريم الساعدي إن العمل انتهى.", &["قال | كريم الساعدي"]),
        ("هذا هو الاتفاق الذي تزعم تركيا أنه انتهى.", &["تزعم | تركيا"]),
        ("قدم كريم الساعدي برنامجا قال إنه جاهز.", &["قال | كريم الساعدي"]),
        ("من ناحية أخرى ذكرت مصادر محلية أن الطريق مفتوح.", &["ذكرت | ?مصادر محلية"]),
        ("كانت وحدة الإنقاذ في تركيا قد أكدت أن الطريق مفتوح.", &["أكدت | ?وحدة الإنقاذ"]),
        ("انتقدت الصحيفة تركيا التي دانت القصف قائلة إن الرد قريب.", &["قائلة | تركيا"]),
    ]);
}

#[test]
fn nobody_says_it() {
    check_speakers(&[
        ("قالت تركيا إن العملية انتهت.\nيذكر أن الجسر بني قبل عامين.", &["قالت | تركيا", "يذكر | ?"]),
        ("يذكر أن الجسر بني قبل عامين، وفقا لوكالة رويترز.", &["يذكر | وكالة رويترز"]),
    ]);
    for text in [
        "لم يقل الوزير إن الجسر سيفتح.",
        "لم تكشف الشرطة عن هوية الضحايا.",
        "شددت الهند الإجراءات بعد أن اقتحم مسلحون المبنى.",
        "تأخر الفريق إلا أن الجمهور لم يغادر.",
        "يعمل الفريق وفق خطة المدرب.",
        "قام بالعمل ردا على سؤال، بعد أن سأله الجميع.",
        "وهذا يؤكد أن الفريق جاهز.",
        "سجل اللاعب عشرة أهداف للفريق في خمس مباريات مع العلم أنه أصيب.",
        "لم يزد السعر لكنه يزيد كل عام، والمعروف أن السوق صغيرة.",
        "اعتقل الرجل وهو ما يشير إلى أن الشرطة تعرف هويته.",
        "سبق- الرياض: افتتح المعرض السنوي للكتاب مساء أمس.",
    ] {
        assert!(said(text).is_empty(), "{text}: {:?}", said(text));
    }
    assert!(said("الهند: انتهاء الهجوم ومقتل المسلحين\n\nانتهى الهجوم أمس.").is_empty());
}

#[test]
fn content_without_that() {
    check(&[
        (
            "أعلنت حركة حماس، وهي حركة فلسطينية، مسؤوليتها عن الهجوم.",
            &["أعلنت | hamas | - | indirect | مسؤوليتها عن الهجوم"],
        ),
        ("نفت إيران وجود قواتها في الميناء.", &["نفت | IR | - | indirect | وجود قواتها في الميناء"]),
        ("تعهدت تركيا في بيان نشرته أمس بسحب قواتها.", &["تعهدت | TR | - | indirect | سحب قواتها"]),
        (
            "دافعت تركيا عن القرار، متسائلة عما ستفعله أوروبا.",
            &["متسائلة | TR | - | indirect | عما ستفعله أوروبا"],
        ),
        (
            "أعربت تركيا عن قلقها، مؤكدة في الوقت نفسه استمرار الحوار.",
            &["أعربت | TR | - | indirect | قلقها", "مؤكدة | TR | - | indirect | استمرار الحوار"],
        ),
        (
            "اتهمت الهند باكستان بتدريب المسلحين، وهو ما تنفيه باكستان.",
            &["اتهمت | IN | - | indirect | تدريب المسلحين", "تنفيه | PK | - | indirect | تدريب المسلحين"],
        ),
        (
            "حملت الحكومة التركية إيران المسؤولية عن الهجوم.",
            &["حملت | turkey-government | - | indirect | إيران المسؤولية عن الهجوم"],
        ),
        (
            "السعر سيرتفع هذا العام كثيرا، تقول تركيا، ولن يهبط.",
            &["تقول | TR | - | indirect | السعر سيرتفع هذا العام كثيرا"],
        ),
    ]);
}

#[test]
fn content_ends_where_the_writer_speaks_again() {
    let content = |text: &str| {
        let (text, analysis) = analysis(text);
        analysis.claims[0].content.of(&text).unwrap().to_owned()
    };
    for (text, expected) in [
        ("قالت تركيا إن العملية انتهت، فيما أعلنت إيران أن قواتها باقية.", "العملية انتهت"),
        ("قالت تركيا إن العملية انتهت بينما تحدثت إيران عن هجوم جديد.", "العملية انتهت"),
        ("قالت تركيا إن العملية انتهت؛ لكن القوات لم تعد بعد.", "العملية انتهت"),
        ("قالت تركيا إن العملية انتهت، وذلك بعد أيام من القصف.", "العملية انتهت"),
        ("قالت تركيا إن العملية انتهت، وهو ما تنفيه إيران.", "العملية انتهت"),
        ("أعلنت تركيا بدء العملية، قائلة: \"سنعود بعد أسبوع واحد\".", "بدء العملية"),
        ("قالت تركيا إن \"الحزب\" سيرد على الهجوم.", "\"الحزب\" سيرد على الهجوم"),
        (
            "حذرت تركيا من تصعيد خطير \"في كل مناطق الحدود الجنوبية\".",
            "تصعيد خطير \"في كل مناطق الحدود الجنوبية\"",
        ),
    ] {
        assert_eq!(content(text), expected, "{text}");
    }
}
