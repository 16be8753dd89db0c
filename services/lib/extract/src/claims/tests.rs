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
    let wrong: Vec<String> = (cases.iter())
        .filter_map(|(text, expected)| {
            let found = said(text);
            (found != *expected).then(|| format!("{text}\n  want {expected:?}\n  got  {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
