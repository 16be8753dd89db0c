use crate::{Document, analyze};
use marsad_model::ontology::EventType;
use marsad_model::{Analysis, ArticleFields, EntityId, PublishedAt};

mod blame;
mod casualties;
mod senses;
mod since;

/// What follows in the article and tells nothing: a sentence by itself is judged by its words, too.
const AFTER: &str = " الطقس جميل. الطقس جميل. الطقس جميل. الطقس جميل. الطقس جميل.";

fn analysis(text: &str) -> (String, Analysis) {
    analysis_of(&format!("{text}{AFTER}"))
}

/// Published on Wednesday, 15 May 2024.
fn analysis_of(text: &str) -> (String, Analysis) {
    let published_at = "2024-05-15".parse::<PublishedAt>().ok();
    let fields = ArticleFields { text: text.to_owned(), published_at, ..ArticleFields::default() };
    let document = Document::new(fields.article_id(), fields.content_hash(), &fields);
    let analysis = analyze(&document);
    assert_eq!(analysis.check(text), Ok(()), "{text}");
    (fields.text.clone(), analysis)
}

fn list(ids: &[EntityId]) -> String {
    if ids.is_empty() {
        return "-".to_owned();
    }
    ids.iter().map(EntityId::as_str).collect::<Vec<_>>().join(" ")
}

/// `trigger TYPE actors > recipients @ places`, then what is not affirmed or actual.
fn told(text: &str) -> Vec<String> {
    let (text, analysis) = analysis(text);
    (analysis.events.iter())
        .map(|event| {
            let trigger = event.trigger.of(&text).unwrap();
            let (actors, recipients, places) =
                (list(&event.actors), list(&event.recipients), list(&event.places));
            let mut line = format!("{trigger} {} {actors} > {recipients} @ {places}", event.event_type);
            if event.polarity.as_str() != "affirmed" {
                line += " negated";
            }
            if event.modality.as_str() != "actual" {
                line += &format!(" {}", event.modality);
            }
            line
        })
        .collect()
}

fn check(cases: &[(&str, &[&str])]) {
    let wrong: Vec<String> = (cases.iter())
        .filter_map(|(text, expected)| {
            let found = told(text);
            (found != *expected).then(|| format!("{text}\n  want {expected:?}\n  got  {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_sentence() {
    check(&[
        ("قصفت إسرائيل مواقع في جنوب لبنان فجر الأحد.", &["قصفت ASSAULT IL > - @ LB"]),
        ("القوات الأميركية قصفت مواقع في سوريا.", &["قصفت ASSAULT us-armed-forces > - @ SY"]),
        ("شنت تركيا غارات على شمال العراق.", &["غارات ASSAULT TR > - @ IQ"]),
        ("نفذت طائرات أميركية ضربات على مواقع في سوريا.", &["ضربات ASSAULT US > - @ SY"]),
        (
            "نفذ الجيش الأميركي ضربات جوية ضد تنظيم داعش في سوريا.",
            &["ضربات ASSAULT us-armed-forces > islamic-state @ SY"],
        ),
        ("تعرضت القوات الأميركية لهجوم في العراق.", &["هجوم ASSAULT - > us-armed-forces @ IQ"]),
        ("قتل ثلاثة جنود أميركيين في هجوم على قاعدة في الأردن.", &["قتل ASSAULT - > US @ JO"]),
        ("أسفر الهجوم عن مقتل 16 شخصا في بغداد.", &["الهجوم ASSAULT - > - @ gn-98182"]),
        ("أدى الانفجار إلى إصابة 12 مدنيا في دمشق.", &["الانفجار ASSAULT - > - @ gn-170654"]),
        (
            "التقى وزير الخارجية المصري سامح شكري نظيره الأردني في القاهرة.",
            &["التقى CONSULT sameh-shoukry > JO @ gn-360630"],
        ),
        ("بدأت واشنطن وبغداد محادثات بشأن مستقبل التحالف.", &["محادثات CONSULT US IQ > - @ -"]),
        ("تعتزم فرنسا سحب قواتها من النيجر.", &["سحب RETREAT FR > - @ NE planned"]),
        ("لم تقصف إسرائيل مواقع في سوريا أمس.", &["تقصف ASSAULT IL > - @ SY negated"]),
        ("لن تنسحب روسيا من الاتفاق.", &["تنسحب SANCTION RU > - @ - negated planned"]),
        (
            "دعت السعودية إلى انسحاب إسرائيل من غزة.",
            &["دعت REQUEST SA > IL @ -", "انسحاب RETREAT IL > - @ gaza-strip demanded"],
        ),
        (
            "طالب العراق بانسحاب القوات التركية من أراضيه.",
            &[
                "طالب REQUEST IQ > turkey-armed-forces @ -",
                "انسحاب RETREAT turkey-armed-forces > - @ - demanded",
            ],
        ),
        (
            "من المتوقع أن تنسحب القوات الفرنسية من النيجر.",
            &["تنسحب RETREAT france-armed-forces > - @ NE possible"],
        ),
        ("إذا هاجمت إيران إسرائيل فإن واشنطن ستتدخل.", &["هاجمت ASSAULT IR > IL @ - conditional"]),
        ("نفت إيران أنها هاجمت السفينة.", &["هاجمت ASSAULT IR > - @ - denied"]),
        (
            "اتهمت واشنطن إيران بمهاجمة السفينة في البحر الأحمر.",
            &["اتهمت ACCUSE US > IR @ -", "مهاجمة ASSAULT - > - @ red-sea"],
        ),
        ("أدانت قطر الهجوم على السفارة.", &["أدانت ACCUSE QA > - @ -"]),
        ("رحبت مصر بالاتفاق بين إيران والسعودية.", &["رحبت SUPPORT EG > - @ -", "الاتفاق AGREE IR SA > - @ -"]),
        ("فرضت بريطانيا عقوبات على روسيا.", &["عقوبات SANCTION GB > RU @ -"]),
        ("قررت ألمانيا طرد 30 دبلوماسيا روسيا.", &["طرد SANCTION DE > RU @ DE planned"]),
        ("اعتقلت الشرطة التونسية 20 مهاجرا في صفاقس.", &["اعتقلت COERCE tunisia-police > - @ gn-2467454"]),
        ("وقع العراق وتركيا اتفاقا في بغداد يوم 22 أبريل 2024.", &["وقع AGREE IQ TR > - @ gn-98182"]),
        (
            "وصل وزير الخارجية الإيراني حسين أمير عبد اللهيان إلى بيروت.",
            &["وصل CONSULT hossein-amir-abdollahian > - @ gn-276781"],
        ),
        (
            "تظاهر مئات الأشخاص في باريس ضد الحكومة الفرنسية.",
            &["تظاهر PROTEST - > france-government @ gn-2988507"],
        ),
        (
            "هددت كوريا الشمالية بقصف كوريا الجنوبية.",
            &["هددت THREATEN KP > - @ -", "قصف ASSAULT - > KR @ - possible"],
        ),
        ("قدمت الإمارات مساعدات إلى السودان.", &["قدمت AID AE > SD @ -"]),
        ("أطلقت كوريا الشمالية صاروخا باليستيا باتجاه اليابان.", &["أطلقت ASSAULT KP > - @ JP"]),
        (
            "تم استهداف القوات الأميركية في سوريا من قبل حزب الله.",
            &["استهداف ASSAULT hezbollah > us-armed-forces @ SY"],
        ),
        ("هاجم حزب الله قاعدة عين الأسد الجوية.", &["هاجم ASSAULT hezbollah > - @ ain-al-asad"]),
        ("أعلنت حركة حماس استهداف دبابة إسرائيلية.", &["استهداف ASSAULT hamas > IL @ -"]),
        ("قالت روسيا إنها أسقطت طائرة أوكرانية.", &["أسقطت ASSAULT RU > UA @ -"]),
        (
            "قال الرئيس الفرنسي إيمانويل ماكرون: \"سنسحب قواتنا من النيجر\".",
            &["نسحب RETREAT FR > - @ NE planned"],
        ),
        (
            "سيلتقي الرئيس الفرنسي إيمانويل ماكرون المستشار الألماني أولاف شولتس.",
            &["يلتقي CONSULT emmanuel-macron > olaf-scholz @ - planned"],
        ),
        ("قد تنسحب تركيا من الاتفاق.", &["تنسحب SANCTION TR > - @ - possible"]),
        ("فشلت المحادثات بين السودان وإثيوبيا.", &["المحادثات CONSULT SD ET > - @ -"]),
        ("رفضت إيران الانسحاب من سوريا.", &["رفضت REJECT IR > - @ -", "الانسحاب RETREAT - > - @ SY possible"]),
        (
            "ومنذ أكتوبر الماضي هاجمت فصائل مسلحة القوات الأميركية في العراق.",
            &["هاجمت ASSAULT - > us-armed-forces @ IQ"],
        ),
        ("وكانت تركيا قد قصفت شمال العراق.", &["قصفت ASSAULT TR > - @ IQ"]),
        (
            "سلمت السفيرة الأميركية وزير الخارجية العراقي فؤاد حسين رسالة يوم الأربعاء.",
            &["سلمت CONVEY_MESSAGE US > fuad-hussein @ -"],
        ),
        ("قصف إسرائيلي على غزة يقتل 10 أشخاص.", &["قصف ASSAULT IL > gaza-strip @ -"]),
        ("أكثر من 150 هجوما استهدفت القوات الأميركية في العراق.", &["هجوما ASSAULT - > us-armed-forces @ IQ"]),
        ("أصيب 14 جنديا عراقيا في انفجار قرب كركوك.", &["أصيب ASSAULT - > IQ @ gn-94787"]),
        ("حملت قطر إسرائيل مسؤولية الهجوم.", &["حملت ACCUSE QA > IL @ -"]),
        ("الهجوم الذي شنته إيران على إسرائيل انتهى.", &["الهجوم ASSAULT IR > IL @ -"]),
        ("يجب أن تنسحب القوات الأميركية من سوريا.", &["تنسحب RETREAT us-armed-forces > - @ SY demanded"]),
        ("قصفت روسيا مدينة خاركيف الأوكرانية يوم الثلاثاء.", &["قصفت ASSAULT RU > gn-706483 @ -"]),
        (
            "اتفقت مصر وقطر على عقد اجتماع في الدوحة.",
            &["اتفقت AGREE EG QA > - @ -", "اجتماع CONSULT EG QA > - @ gn-290030 planned"],
        ),
        ("واصلت إسرائيل قصف غزة.", &["قصف ASSAULT IL > gaza-strip @ -"]),
        (
            "وافقت إيران على استئناف المحادثات مع واشنطن.",
            &["وافقت AGREE IR > - @ -", "استئناف CONSULT - > US @ - planned"],
        ),
        (
            "وقعت اشتباكات بين الجيش السوداني وقوات الدعم السريع في الخرطوم.",
            &["اشتباكات ASSAULT sudan-armed-forces rsf-sudan > - @ gn-379252"],
        ),
        ("أعلنت الولايات المتحدة أنها ستفرض عقوبات على إيران.", &["عقوبات SANCTION US > IR @ - planned"]),
        ("اغتالت إسرائيل قياديا في حزب الله ببيروت.", &["اغتالت ASSAULT IL > hezbollah @ gn-276781"]),
        ("سحبت فرنسا سفيرها من النيجر.", &["سحبت SANCTION FR > NE @ -"]),
    ]);
}

#[test]
fn the_accused_is_no_actor() {
    let events = analysis("اتهمت واشنطن إيران بمهاجمة السفينة في البحر الأحمر.").1.events;
    let attack = events.iter().find(|event| event.event_type.as_str() == "ASSAULT").unwrap();
    assert!(attack.actors.is_empty());
}

#[test]
fn time_is_what_the_text_says() {
    let day = |text: &str| {
        let events = analysis(text).1.events;
        let time = events.first().unwrap().time;
        time.map(|t| (t.earliest.map(|d| d.to_string()), t.latest.map(|d| d.to_string())))
    };
    let on = |day: &str| Some((Some(day.to_owned()), Some(day.to_owned())));
    assert_eq!(day("قصفت إسرائيل مواقع في سوريا فجر الأحد."), on("2024-05-12"));
    assert_eq!(day("قصفت إسرائيل مواقع في سوريا أمس."), on("2024-05-14"));
    assert_eq!(day("وقع العراق وتركيا اتفاقا في بغداد يوم 22 أبريل 2024."), on("2024-04-22"));
    // Never the day of publication.
    assert_eq!(day("قصفت إسرائيل مواقع في سوريا."), None);
    // منذ lasts until now.
    let since = day("منذ أكتوبر الماضي هاجمت روسيا مدنا في أوكرانيا.").unwrap();
    assert_eq!(since, (Some("2023-10-01".to_owned()), Some("2024-05-15".to_owned())));
}

/// The first and last day of the first event with a trigger.
fn days_of(text: &str, trigger: &str) -> String {
    let (text, analysis) = analysis(text);
    let event = analysis.events.iter().find(|event| event.trigger.of(&text) == Some(trigger));
    let Some(time) = event.unwrap_or_else(|| panic!("{trigger} in {text}")).time else {
        return "-".to_owned();
    };
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(String::new, |day| day.to_string());
    format!("{}/{}", day(time.earliest), day(time.latest))
}

fn check_days(cases: &[(&str, &str, &str)]) {
    let wrong: Vec<String> = (cases.iter())
        .filter_map(|(text, trigger, expected)| {
            let found = days_of(text, trigger);
            (found != *expected).then(|| format!("{text}\n  {trigger}: want {expected}, got {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_time_belongs_to_its_clause() {
    check_days(&[
        // A relative clause has its own time.
        ("هاجمت تركيا المواقع التي قصفتها روسيا الشهر الماضي.", "هاجمت", "-"),
        ("هاجمت تركيا المواقع التي قصفتها روسيا الشهر الماضي.", "قصفتها", "2024-04-01/2024-04-30"),
        // So has one that says when.
        ("قصفت إسرائيل مواقع في سوريا بعدما هاجمت إيران قاعدة الأسبوع الماضي.", "قصفت", "-"),
        // The day of an accusation is not that of the deed.
        ("اتهمت واشنطن الثلاثاء إيران بمهاجمة السفينة.", "اتهمت", "2024-05-14/2024-05-14"),
        ("اتهمت واشنطن الثلاثاء إيران بمهاجمة السفينة في البحر الأحمر.", "مهاجمة", "-"),
        // What is asked for is not yet so when it is asked for.
        ("طالب العراق الثلاثاء بانسحاب القوات التركية من دهوك.", "انسحاب", "-"),
        // قبل أيام is a time, though nobody knows which.
        ("أعلنت مصر أمس أنها وقعت مع قطر اتفاقا.\nوقبل أيام قصفت إسرائيل لبنان.", "قصفت", "-"),
        // A year in a name is none of the event's.
        ("قتل 7 جنود خلال المناورة المسماة \"درع 2019\" في مصر.", "قتل", "-"),
        ("منذ منتصف أكتوبر الماضي هاجمت روسيا مدنا في أوكرانيا.", "هاجمت", "2023-10-15/2024-05-15"),
        (
            "أعلنت مصر اعتقال 30 شخصا منذ بداية عملية عسكرية في سيناء قبل أسبوعين.",
            "اعتقال",
            "2024-05-01/2024-05-15",
        ),
    ]);
}

#[test]
fn the_story_goes_on_that_day() {
    let lead = "قصفت إسرائيل مواقع في سوريا الثلاثاء.\n";
    let day = "2024-05-14/2024-05-14";
    let cases = [
        ("وأدانت قطر القصف.", "أدانت", day),
        ("وقالت الشرطة التونسية إنها اعتقلت 20 مهاجرا.", "اعتقلت", day),
        ("وقالت قطر إنها ترفض الاتهامات.", "ترفض", day),
        ("ووقعت مصر والسودان اتفاقا خلال زيارة الوزير.", "وقعت", day),
        // Not what is planned, lasts, was before or stands in a clause of its own.
        ("وستنسحب فرنسا من النيجر.", "تنسحب", "-"),
        ("وتدعم إيران حزب الله.", "تدعم", "-"),
        ("وكانت روسيا قد هاجمت أوكرانيا.", "هاجمت", "-"),
        ("ووصلت السفينة التي هاجمتها إيران.", "هاجمتها", "-"),
        // The text has turned to another time.
        ("وفي مارس الماضي زار الوزير لبنان. وهاجمت إيران سفينة.", "هاجمت", "-"),
    ];
    let cases: Vec<(String, &str, &str)> =
        cases.into_iter().map(|(text, trigger, day)| (format!("{lead}{text}"), trigger, day)).collect();
    check_days(&cases.iter().map(|(text, trigger, day)| (text.as_str(), *trigger, *day)).collect::<Vec<_>>());
    // A day that the text does not name is none.
    assert_eq!(days_of("قصفت إسرائيل مواقع في سوريا.\nوأدانت قطر القصف.", "أدانت"), "-");
    assert_eq!(days_of("في يناير الماضي قصفت إسرائيل سوريا.\nوهاجمت إيران سفينة.", "هاجمت"), "-");
}

#[test]
fn a_part_has_the_time_of_the_whole() {
    let text =
        "شنت روسيا هجوما على أوكرانيا الجمعة.\nوقتل 20 جنديا روسيا خلال الهجوم، وفق ما قال مسؤول اليوم.";
    let (_, analysis) = analysis(text);
    let friday = "2024-05-10".parse().ok();
    let days: Vec<_> =
        analysis.events.iter().map(|event| event.time.and_then(|time| time.earliest)).collect();
    assert_eq!(days, vec![friday; days.len()]);
}

/// Polarity and modality of the first event with a trigger.
fn check_reality(cases: &[(&str, &str, &str)]) {
    let wrong: Vec<String> = (cases.iter())
        .filter_map(|(text, trigger, expected)| {
            let (text, analysis) = analysis(text);
            let event = analysis.events.iter().find(|event| event.trigger.of(&text) == Some(trigger));
            let found = event.map_or_else(|| "none".to_owned(), |e| format!("{} {}", e.polarity, e.modality));
            (found != *expected).then(|| format!("{text}\n  {trigger}: want {expected}, got {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_taken_for_granted_is_so() {
    check_reality(&[
        ("نفت إيران أن تكون وراء الهجوم على السفينة في البحر الأحمر.", "الهجوم", "affirmed actual"),
        ("ونفت إيران أن تكون هاجمت السفينة.", "هاجمت", "affirmed denied"),
        ("ويرجح أن يكون هجوم إيران على السفينة ردا على قصف دمشق.", "هجوم", "affirmed actual"),
        // Police is no condition, and what is said is none.
        ("وقالت الشرطة إن مسلحين هاجموا قاعدة في العراق.", "هاجموا", "affirmed actual"),
        ("وقال إنه تم اعتقال 20 مهاجرا في تونس.", "اعتقال", "affirmed actual"),
        ("وتوقفت الشاحنة ولو للحظة قبل قصف غزة.", "قصف", "affirmed actual"),
        // An attempt on a life is an attack, unless it is thwarted.
        ("ونفذ مسلحون محاولة اغتيال في بيروت.", "اغتيال", "affirmed actual"),
        ("وأحبطت الشرطة محاولة اغتيال في بيروت.", "اغتيال", "affirmed possible"),
        ("وعاد الوزير دون أن يزور لبنان.", "يزور", "negated actual"),
        ("فجر مسلح سيارة في بغداد قبل أن يهاجم مسلحون قاعدة في الموصل.", "يهاجم", "affirmed actual"),
        // The negation is of the noun beside it.
        ("واستخدمت إيران طائرات بدون طيار لقصف أربيل.", "قصف", "affirmed planned"),
        ("كما أن روسيا إذ ترفض الاتهامات لتطالب بريطانيا بفتح تحقيق.", "تطالب", "affirmed actual"),
        ("وتعرض الوزير للضرب في باريس.", "لضرب", "affirmed actual"),
        ("وغادر السكان نتيجة لقصف غزة.", "قصف", "affirmed actual"),
    ]);
}

#[test]
fn what_is_not_yet_so_is_not_actual() {
    check_reality(&[
        (
            "يرغب العراق في أن تبدأ القوات التي تقودها واشنطن في الانسحاب من دهوك.",
            "الانسحاب",
            "affirmed planned",
        ),
        ("وقال إن انسحاب القوات الفرنسية سيستغرق عاما.", "انسحاب", "affirmed planned"),
        ("ورجح أن تكون إيران هاجمت السفينة.", "هاجمت", "affirmed possible"),
        ("تعتزم بريطانيا طرد دبلوماسيين روسا وتجميد أصول روسيا.", "تجميد", "affirmed planned"),
        ("ولن يغادر العاصمة حتى يتم سحب القوات الفرنسية.", "سحب", "affirmed planned"),
        ("تستضيف مصر قمة عربية الأحد المقبل.", "قمة", "affirmed planned"),
        ("يصل الرئيس الفرنسي إيمانويل ماكرون إلى بيروت غدا.", "يصل", "affirmed planned"),
    ]);
}

#[test]
fn another_event_of_the_type_is_another_event() {
    // Those killed are the attackers.
    let text = "هاجم مسلحون مركزا للشرطة في الهند.\nوقتل جميع المسلحين الذين شاركوا في الهجوم.";
    assert_eq!(told(text).len(), 2);
    // Not so far, and never.
    let text =
        "قالت الصين إنه ليس هناك أي مفاوضات مع واشنطن.\nوأضافت الصين أنها لن تجري أي مفاوضات مع واشنطن.";
    assert_eq!(told(text).len(), 2);
}

#[test]
fn one_person_makes_an_event() {
    assert_eq!(told("جاء القرار بعد ساعات من مقتل شرطي."), ["مقتل ASSAULT - > - @ -"]);
}

#[test]
fn joined_numbers_and_casualties_are_linked() {
    let roles = |text: &str| -> Vec<String> {
        let (_, analysis) = analysis(text);
        let links = analysis.events.iter().flat_map(|event| &event.quantities);
        links.map(|link| format!("{} {}", link.index, link.role)).collect()
    };
    assert_eq!(roles("أعلن الجيش مقتل 71 مسلحا و7 جنود في سيناء."), ["0 killed", "1 killed"]);
    assert_eq!(roles("شن التنظيم هجوما على بغداد أوقع أكثر من 250 قتيلا."), ["0 killed"]);
    assert_eq!(roles("وأصيب 6 آخرون في بغداد."), ["0 injured"]);
    assert_eq!(roles("وضبط الجيش 14 سيارة في سيناء."), ["0 items"]);
}

#[test]
fn numbers_have_roles() {
    let cases = [
        ("أسفر الهجوم عن مقتل 16 شخصا في بغداد.", "killed"),
        ("أدى الانفجار إلى إصابة 12 مدنيا في دمشق.", "injured"),
        ("قررت ألمانيا طرد 30 دبلوماسيا روسيا.", "expelled"),
        ("اعتقلت الشرطة التونسية 20 مهاجرا في صفاقس.", "detained"),
        ("أكثر من 150 هجوما استهدفت القوات الأميركية في العراق.", "attacks"),
        ("تظاهر مئات الأشخاص في باريس ضد الحكومة الفرنسية.", "participants"),
        ("قصف إسرائيلي على غزة يقتل 10 أشخاص.", "killed"),
    ];
    for (text, role) in cases {
        let events = analysis(text).1.events;
        let roles: Vec<&str> =
            events.iter().flat_map(|e| &e.quantities).map(|link| link.role.as_str()).collect();
        assert_eq!(roles, [role], "{text}");
    }
}

#[test]
fn background_is_marked() {
    let background = |text: &str| analysis(text).1.events.iter().any(|event| event.background);
    assert!(background("وكانت تركيا قد قصفت شمال العراق."));
    assert!(background("ومنذ أكتوبر الماضي هاجمت فصائل مسلحة القوات الأميركية في العراق."));
    assert!(background("غزت روسيا أوكرانيا في عام 2022."));
    assert!(!background("قصفت تركيا شمال العراق."));
}

#[test]
fn an_event_is_told_once() {
    let text =
        "قصفت إسرائيل مواقع في سوريا أمس.\nوقال شهود إن القصف استمر ساعة.\nوقصفت إسرائيل مواقع في سوريا أمس.";
    assert_eq!(told(text), ["قصفت ASSAULT IL > - @ SY"]);
    // Other participants, another event.
    let text = "قصفت إسرائيل مواقع في سوريا أمس.\nوقصفت روسيا مواقع في أوكرانيا أمس.";
    assert_eq!(told(text).len(), 2);
}

#[test]
fn casualties_belong_to_their_attack() {
    let (_, analysis) = analysis("قتل ثلاثة جنود أميركيين في هجوم على قاعدة في الأردن.");
    assert_eq!(analysis.events.len(), 1);
    assert_eq!(analysis.events[0].quantities.len(), 1);
}

#[test]
fn nobody_hurt_is_no_event() {
    assert!(told("لم يصب الوزير بأذى.").is_empty());
}

#[test]
fn an_event_in_a_claim_names_it() {
    let (_, analysis) = analysis("قالت روسيا إنها أسقطت طائرة أوكرانية.");
    assert_eq!(analysis.events[0].claim, Some(analysis.claims[0].id));
}

#[test]
fn more_evidence_more_confidence() {
    let confidence = |text: &str| analysis(text).1.events.last().map_or(0.0, |event| event.confidence);
    let full = confidence("قصفت إسرائيل غزة أمس.");
    assert!((0.5..1.0).contains(&full), "{full}");
    assert!(full > confidence("بحث الوزير مع نظيره الهجمات على السفن في البحر الأحمر."));
}

#[test]
fn a_sentence_by_itself_is_judged() {
    let told = |text: &str| analysis_of(text).1.events.iter().any(|e| e.event_type == EventType::Assault);
    assert!(told("قصفت إسرائيل غزة أمس."));
    assert!(told(
        "أعلنت الشرطة العراقية أن سيارة مفخخة انفجرت أمس قرب مركز للشرطة في بغداد، ما أدى إلى مقتل خمسة أشخاص وإصابة عشرة آخرين بجروح."
    ));
    assert!(!told(
        "وأشار الوزير إلى أن التعاون بين البلدين في مكافحة الإرهاب وتبادل المعلومات عن منفذي الهجمات مستمر منذ سنوات طويلة من دون انقطاع."
    ));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Words of the domain in any order, with marks between.
    #[test]
    fn any_order_of_words_is_analysed(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..40)) {
        let text = words.join(" ");
        let _ = analysis(&text);
    }
}

const WORDS: &[&str] = &[
    "قال",
    "قالت",
    "إن",
    "أن",
    "إنها",
    "وأضاف",
    "مضيفا",
    "نقلا",
    "عن",
    "مصدر",
    "مصادر",
    "أربعة",
    "\"",
    "«",
    "»",
    ":",
    "،",
    ".",
    "(",
    ")",
    "بحسب",
    "وفقا",
    "لوكالة",
    "رويترز",
    "هجوم",
    "هجمات",
    "الهجوم",
    "قصف",
    "قصفت",
    "يقصف",
    "شنت",
    "نفذتها",
    "التي",
    "الذي",
    "ما",
    "تسمى",
    "بـ",
    "الولايات",
    "المتحدة",
    "العراق",
    "والعراق",
    "بغداد",
    "إيران",
    "أميركية",
    "لم",
    "لن",
    "إذا",
    "قد",
    "نفى",
    "دعا",
    "إلى",
    "انسحاب",
    "القوات",
    "من",
    "قبل",
    "على",
    "في",
    "بين",
    "محادثات",
    "أمس",
    "23",
    "جنديا",
    "مقتل",
    "إصابة",
    "تم",
    "استهداف",
    "كان",
    "وكان",
    "قرر",
    "قررت",
    "طرد",
    "ل",
    "ب",
    "و",
    "\n",
];
