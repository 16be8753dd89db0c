//! Whom a number of dead, hurt, arrested, abducted or displaced people belongs to, and who did it to them.

use super::{analysis, list};

/// `trigger TYPE actors > recipients @ places`, then the numbers with their roles.
fn counted(text: &str) -> Vec<String> {
    let (text, analysis) = analysis(text);
    let line = |event: &marsad_model::Event| {
        let trigger = event.trigger.of(&text).unwrap();
        let (actors, recipients, places) =
            (list(&event.actors), list(&event.recipients), list(&event.places));
        let mut line = format!("{trigger} {} {actors} > {recipients} @ {places}", event.event_type);
        for link in &event.quantities {
            let quantity = &analysis.quantities[link.index];
            let value = quantity.low.or(quantity.high).unwrap_or_default();
            line += &format!(", {value} {}", link.role);
        }
        line
    };
    analysis.events.iter().map(line).collect()
}

fn check(cases: &[(&str, &[&str])]) {
    let wrong: Vec<String> = (cases.iter())
        .filter_map(|(text, expected)| {
            let found = counted(text);
            (found != *expected).then(|| format!("{text}\n  want {expected:?}\n  got  {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Passives with a counted subject, alone or with the attack behind them.
#[test]
fn passives_with_counted_subjects() {
    check(&[
        (
            "قتل خمسة جنود وأصيب آخرون في هجوم شنه تنظيم داعش على ثكنة للجيش.",
            &["قتل ASSAULT islamic-state > - @ -, 5 killed"],
        ),
        (
            "قُتل ثلاثة مدنيين وجُرح سبعة آخرون في غارة إسرائيلية على بلدة في جنوب لبنان.",
            &["قُتل ASSAULT IL > - @ LB, 3 killed, 7 injured"],
        ),
        ("قتل جنديان بنيران مسلحين في كركوك.", &["قتل ASSAULT - > - @ gn-94787, 2 killed"]),
        (
            "قتل أربعة فلسطينيين برصاص الجيش الإسرائيلي في جنين.",
            &["قتل ASSAULT israel-armed-forces > PS @ gn-283506, 4 killed"],
        ),
        (
            "قتل ثلاثة من عناصر الشرطة على يد تنظيم داعش في كركوك.",
            &["قتل ASSAULT islamic-state > iraq-police @ gn-94787, 3 killed"],
        ),
        (
            "قتل قياديان في حزب الله بغارة إسرائيلية على بيروت.",
            &["قتل ASSAULT IL > hezbollah @ LB, 2 killed"],
        ),
        ("قتل ما لا يقل عن 22 شخصا في تفجيرين في كابول.", &["قتل ASSAULT - > - @ gn-1138958, 22 killed"]),
        (
            "قتل نحو 40 شخصا، بينهم أطفال، وأصيب 100 آخرون بجروح في غارات روسية على إدلب.",
            &["قتل ASSAULT RU > gn-169389 @ -, 40 killed, 100 injured"],
        ),
        ("قتل وأصيب عشرات الجنود في هجوم على كركوك.", &["قتل ASSAULT - > gn-94787 @ -, 20 casualties"]),
        (
            "استشهد 9 فلسطينيين وأصيب العشرات في قصف إسرائيلي على خان يونس.",
            &["استشهد ASSAULT IL > PS @ gn-281124, 9 killed, 20 injured"],
        ),
        (
            "ذكر التلفزيون أن 11 شخصا قتلوا في انفجار في طهران.",
            &["قتلوا ASSAULT - > - @ gn-112931, 11 killed"],
        ),
        (
            "قتل 4 أشخاص وأصيب 6، فيما اعتقلت الشرطة الفرنسية 12 مشتبها.",
            &[
                "قتل ASSAULT - > - @ -, 4 killed, 6 injured",
                "اعتقلت COERCE france-police > - @ -, 12 detained",
            ],
        ),
        (
            "قتل شخصان واعتقل خمسة خلال احتجاجات في تونس.",
            &[
                "قتل ASSAULT - > - @ -, 2 killed",
                "اعتقل COERCE - > - @ -, 5 detained",
                "احتجاجات PROTEST - > - @ TN",
            ],
        ),
        (
            "اعتقل 15 مهاجرا على يد الشرطة التونسية في صفاقس.",
            &["اعتقل COERCE tunisia-police > - @ gn-2467454, 15 detained"],
        ),
        (
            "اختطف سبعة عمال من قبل حركة الشباب في الصومال.",
            &["اختطف ASSAULT al-shabaab > - @ SO, 7 detained"],
        ),
        ("نزح أكثر من 200 ألف شخص من رفح.", &["نزح OTHER - > - @ gn-281102, 200000 displaced"]),
    ]);
}

/// Actives: the number is what the verb did.
#[test]
fn actives_that_count_whom_they_hit() {
    check(&[
        (
            "قتلت القوات العراقية ثمانية من عناصر داعش في الأنبار.",
            &["قتلت ASSAULT iraq-armed-forces > islamic-state @ gn-99592, 8 killed"],
        ),
        ("قتلت غارة أميركية ثلاثة مسلحين في اليمن.", &["غارة ASSAULT US > - @ YE, 3 killed"]),
        (
            "قتلت طائرة مسيرة ثلاثة جنود أميركيين وأصابت أربعة وثلاثين آخرين في الأردن.",
            &["قتلت ASSAULT - > US @ JO, 3 killed, 34 injured"],
        ),
        (
            "ضربت الطائرات الأميركية مواقع في سوريا فقتلت ثمانية عشر مقاتلا.",
            &["ضربت ASSAULT US > - @ SY, 18 killed"],
        ),
        ("قال المسؤول إن المسلحين خطفوا ما مجموعه 14 شخصا.", &["خطفوا ASSAULT - > - @ -, 14 detained"]),
        (
            "قالت الحكومة إن طائرات أميركية قصفت مواقع في سوريا، فقتلت 16 شخصا وأصابت 25 آخرين.",
            &["قصفت ASSAULT US > - @ SY, 16 killed, 25 injured"],
        ),
        (
            "قتلت الغارات 18 مقاتلا موالين لطهران في دير الزور.",
            &["الغارات ASSAULT - > - @ gn-170794, 18 killed"],
        ),
        ("وقال المرصد إن القصف قتل 13 عنصرا من حزب الله.", &["القصف ASSAULT - > hezbollah @ -, 13 killed"]),
        (
            "شرد القصف الإسرائيلي 3 آلاف شخص في غزة.",
            &["شرد COERCE IL > - @ gaza-strip, 3000 displaced", "القصف ASSAULT IL > - @ gaza-strip"],
        ),
    ]);
}

/// Tolls: of the attack that they are of.
#[test]
fn tolls() {
    check(&[
        (
            "لقي عشرة أشخاص مصرعهم وأصيب 25 بجروح في انفجار سيارة مفخخة في بغداد.",
            &["مصرعهم ASSAULT - > - @ gn-98182, 10 killed, 25 injured"],
        ),
        (
            "لقي ثلاثة جنود أتراك حتفهم في هجوم نفذه حزب العمال الكردستاني شمالي العراق.",
            &["هجوم ASSAULT pkk > TR @ IQ, 3 killed"],
        ),
        (
            "أسفر القصف الروسي على خاركيف عن مقتل 12 شخصا وإصابة 30 آخرين.",
            &["القصف ASSAULT RU > gn-706483 @ -, 12 killed, 30 injured"],
        ),
        (
            "أدى هجوم شنته حركة الشباب على فندق في مقديشو إلى مقتل 20 شخصا وجرح 40.",
            &["هجوم ASSAULT al-shabaab > - @ gn-53654, 20 killed, 40 injured"],
        ),
        (
            "سقط ستة قتلى و11 جريحا في قصف تركي على دهوك.",
            &["سقط ASSAULT TR > gn-96994 @ -, 6 killed, 11 injured"],
        ),
        ("أوقع القصف الروسي على كييف 12 قتيلا.", &["أوقع ASSAULT RU > gn-703448 @ -, 12 killed"]),
        (
            "خلف الهجوم على القاعدة ثلاثة قتلى وأكثر من أربعين جريحا.",
            &["الهجوم ASSAULT - > - @ -, 3 killed, 40 injured"],
        ),
        ("أودى الهجوم بحياة 30 شخصا في كابول.", &["أودى ASSAULT - > - @ gn-1138958, 30 killed"]),
        ("وقع هجوم أودى بثلاثة عسكريين أميركيين في الأردن.", &["هجوم ASSAULT - > US @ JO, 3 killed"]),
        (
            "خسر الحشد الشعبي ستة عشر من عناصره في الغارات الأميركية.",
            &["خسر ASSAULT US > popular-mobilization-forces @ -, 16 killed"],
        ),
        (
            "ارتفعت حصيلة الغارات الإسرائيلية على غزة إلى 45 قتيلا و120 جريحا.",
            &["الغارات ASSAULT IL > gaza-strip @ -, 45 killed, 120 injured"],
        ),
        (
            "ارتفعت حصيلة القتلى في الهجوم على الكنيسة في القاهرة إلى 29.",
            &["الهجوم ASSAULT - > - @ gn-360630, 29 killed"],
        ),
        (
            "ارتفع عدد قتلى الهجوم على الكنيسة في القاهرة إلى 29 شخصا.",
            &["الهجوم ASSAULT - > - @ gn-360630, 29 killed"],
        ),
        (
            "بلغت حصيلة القصف الإسرائيلي على رفح 16 قتيلا و40 جريحا.",
            &["القصف ASSAULT IL > gn-281102 @ -, 16 killed, 40 injured"],
        ),
        (
            "أعلن الجيش الإسرائيلي مقتل ثلاثة من جنوده في هجوم شنته حركة حماس.",
            &["هجوم ASSAULT hamas > - @ -, 3 killed"],
        ),
        (
            "أعلنت وزارة الصحة مقتل 50 فلسطينيا وإصابة 120 في غارات إسرائيلية على رفح.",
            &["مقتل ASSAULT IL > PS @ gn-281102, 50 killed, 120 injured"],
        ),
        (
            "وأعلن المتحدث مقتل 16 شخصا بينهم مدنيون وإصابة 25 آخرين في كركوك.",
            &["مقتل ASSAULT - > - @ gn-94787, 16 killed, 25 injured"],
        ),
        (
            "مقتل شخصين وإصابة ثلاثة آخرين بهجوم مسلح في باريس.",
            &["مقتل ASSAULT - > - @ gn-2988507, 2 killed, 3 injured"],
        ),
        ("18 قتيلا في غارات أميركية على اليمن.", &["غارات ASSAULT US > YE @ -, 18 killed"]),
        (
            "قصفت طائرات أميركية مقار في العراق، ما أسفر عن مقتل 18 شخصا وإصابة 36 آخرين.",
            &["قصفت ASSAULT US > - @ IQ, 18 killed, 36 injured"],
        ),
        (
            "شيع آلاف العراقيين قتلى القصف الأميركي في بغداد.",
            &["شيع DEATH IQ > - @ gn-98182, 2000 participants", "القصف ASSAULT US > - @ gn-98182"],
        ),
    ]);
}

/// What an attack answers is another one, with dead, day and place of its own.
#[test]
fn what_is_answered_is_another_attack() {
    check(&[
        (
            "شنت مقاتلات وقاذفات أميركية غارات على أكثر من 85 هدفا في سوريا ردا على مقتل ثلاثة جنود أميركيين في الأردن.",
            &["غارات ASSAULT US > - @ SY, 85 targets", "مقتل ASSAULT - > US @ JO, 3 killed"],
        ),
        (
            "قصفت فرنسا مواقع في سوريا بعد مقتل ثلاثة جنود فرنسيين في الأردن.",
            &["قصفت ASSAULT FR > - @ SY", "مقتل ASSAULT - > FR @ JO, 3 killed"],
        ),
        (
            "قصفت فرنسا مواقع في سوريا انتقاما من هجوم أودى بثلاثة عسكريين في الأردن.",
            &["قصفت ASSAULT FR > - @ SY", "هجوم ASSAULT - > - @ JO, 3 killed"],
        ),
    ]);
}

#[test]
fn what_is_answered_is_of_another_day() {
    let text = "شنت فرنسا يوم الاثنين غارات على سوريا ردا على هجوم قتل ثلاثة جنود فرنسيين في الأردن.";
    let days = |text: &str| -> Vec<bool> {
        analysis(text).1.events.iter().map(|event| event.time.is_some()).collect()
    };
    assert_eq!(days(text), [true, false]);
    let text =
        "قصفت فرنسا يوم الاثنين مواقع في سوريا. وجاء القصف ردا على هجوم قتل ثلاثة جنود فرنسيين في الأردن.";
    assert_eq!(days(text), [true, false]);
}
