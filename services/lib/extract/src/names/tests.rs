use super::*;
use crate::reading::body;
use marsad_model::ontology::{EntityType, MentionKind};

fn names_on(text: &str, day: Option<Date>) -> Names {
    let segments = body(text);
    find(&Reading::new(text, &segments), day)
}

/// The mentions of a kind as `text=entity`; `*` for a capital that stands for its state.
fn found(text: &str, kind: MentionKind) -> Vec<String> {
    let mentions = names_on(text, None).mentions.into_iter().filter(|m| m.kind == kind);
    mentions
        .map(|m| {
            let star = if m.metonymy { "*" } else { "" };
            let id = if m.entity.as_str().starts_with("x:") { "x" } else { m.entity.as_str() };
            format!("{}={id}{star}", m.span.of(text).unwrap())
        })
        .collect()
}

fn check(kind: MentionKind, cases: &[(&str, &[&str])]) {
    for (text, want) in cases {
        assert_eq!(found(text, kind), *want, "{text}");
    }
}

#[test]
fn names_of_the_knowledge() {
    check(
        MentionKind::Name,
        &[
            ("زار الوفد العراق", &["العراق=IQ"]),
            ("سافر بالعراق وللعراق", &["العراق=IQ", "لعراق=IQ"]),
            ("وصلت مساعدات من الولايات المتحدة الأمريكية", &["الولايات المتحدة الأمريكية=US"]),
            ("رحبت الولايات المتحده بالخطوة", &["الولايات المتحده=US"]),
            ("أكدت رويترز الخبر", &["رويترز=reuters"]),
            ("نقلت وكالة رويترز الخبر", &["وكالة رويترز=reuters"]),
            ("تراجع تنظيم \"داعش\" هناك", &["تنظيم \"داعش\"=islamic-state"]),
            ("سُجّل في قطاع غزّة مطر", &["قطاع غزّة=gaza-strip"]),
            ("أمطار شمالي العراق", &["العراق=IQ"]),
            ("التقى وفدا من سوريا", &["سوريا=SY"]),
            ("المعابر بين العراق وسورية", &["العراق=IQ", "سورية=SY"]),
        ],
    );
}

#[test]
fn ordinary_words_are_no_names() {
    check(
        MentionKind::Name,
        &[
            ("أفاد المراسل بذلك", &[]),
            ("نحن بصدد العمل", &[]),
            ("كان على موقف سابق", &[]),
            ("فتح الباب", &[]),
        ],
    );
}

#[test]
fn demonyms() {
    check(
        MentionKind::Adjectival,
        &[
            ("وفد عراقي زار المعرض", &["عراقي=IQ"]),
            ("الطلبة الأميركيون والأمريكيات", &["الأميركيون=US", "الأمريكيات=US"]),
            ("طرد دبلوماسيا روسيا", &["روسيا=RU"]),
            ("دربت قوات سورية", &["سورية=SY"]),
            ("زار روسيا", &[]),
            ("الولايات المتحدة الأمريكية", &[]),
            ("وزارة الخارجية العراقية", &["العراقية=IQ"]),
        ],
    );
}

#[test]
fn institutions_with_their_country() {
    check(
        MentionKind::Name,
        &[
            ("أعلنت وزارة الخارجية العراقية", &["وزارة الخارجية العراقية=iraq-mfa"]),
            ("أعلنت حكومة العراق", &["حكومة العراق=iraq-government", "العراق=IQ"]),
            ("قصف الجيش الأمريكي", &["الجيش الأمريكي=us-armed-forces"]),
        ],
    );
    check(MentionKind::Nominal, &[("غادرت القوات الأميركية", &["القوات الأميركية=us-armed-forces"])]);
    let text = "قررت الخزانة النرويجية ذلك";
    let names = names_on(text, None);
    let treasury = names.mentions.iter().find(|m| m.kind == MentionKind::Name).unwrap();
    assert_eq!(treasury.span.of(text), Some("الخزانة النرويجية"));
    assert_eq!(names.made[&treasury.entity].rollup, Some(EntityId::known("NO")));
    // The adjective agrees with the minister, not with the ministry.
    check(MentionKind::Name, &[("تحدث وزير الخارجية العراقي", &[])]);
}

#[test]
fn institutions_alone_are_of_the_country_spoken_of() {
    let text = "اجتمع العراق وتركيا. وقالت الحكومة العراقية ذلك. وأضافت الحكومة تفاصيل عن العراق.";
    check(
        MentionKind::Name,
        &[(text, &["العراق=IQ", "تركيا=TR", "الحكومة العراقية=iraq-government", "العراق=IQ"])],
    );
    check(MentionKind::Nominal, &[(text, &["الحكومة=iraq-government"])]);
}

#[test]
fn capitals_that_act() {
    check(
        MentionKind::Name,
        &[
            ("رفضت واشنطن الطلب", &["واشنطن=US*"]),
            ("محادثات بين بغداد وواشنطن", &["بغداد=IQ*", "واشنطن=US*"]),
            ("عقدت في بغداد", &["بغداد=gn-98182"]),
            ("عقدت في بغداد وأنقرة", &["بغداد=gn-98182", "أنقرة=gn-323786"]),
            ("وصل إلى أنقرة", &["أنقرة=gn-323786"]),
            ("التقاه ببغداد", &["بغداد=gn-98182"]),
            ("رسالة من واشنطن إلى بغداد", &["واشنطن=US*", "بغداد=IQ*"]),
            ("يزور وفد كبير أنقرة", &["أنقرة=gn-323786"]),
            ("وسط العاصمة بغداد", &["بغداد=gn-98182"]),
        ],
    );
}

#[test]
fn persons_after_titles_and_by_surname() {
    let text = "قال النائب كرار السعيدي إن اللجنة ستعود. وأضاف السعيدي أن الموعد قريب.";
    let names = names_on(text, None);
    let persons: Vec<&str> = names.mentions.iter().filter_map(|m| m.span.of(text)).collect();
    assert_eq!(persons, ["كرار السعيدي", "السعيدي"]);
    assert_eq!(names.mentions[0].entity, names.mentions[1].entity);
    check(
        MentionKind::Name,
        &[
            ("قال الرئيس الأميركي جو بايدن إن", &["جو بايدن=joe-biden"]),
            (
                "قال محمد شياع السوداني ذلك، ثم غادر السوداني",
                &["محمد شياع السوداني=mohammed-shia-al-sudani", "السوداني=mohammed-shia-al-sudani"],
            ),
        ],
    );
}

#[test]
fn a_surname_that_is_a_demonym_too() {
    let person = "السوداني=mohammed-shia-al-sudani";
    for (text, found) in [
        ("وصل الوزير إلى بغداد وبحث مع السوداني ملف المياه.", Some(person)),
        ("التقى أردوغان في بغداد رئيس الوزراء السوداني.", Some(person)),
        // A country that the article names is meant by its demonym.
        ("وصل رئيس الوزراء السوداني إلى بغداد قادما من السودان.", None),
        // No head of Iraq's government is its president.
        ("التقى أردوغان في بغداد الرئيس السوداني.", None),
        ("وصل رئيس الوزراء السوداني إلى القاهرة.", None),
        ("في بغداد تدرب الفريق مع المنتخب السوداني.", None),
    ] {
        let names = names_on(text, Some(jiff::civil::date(2024, 4, 22)));
        let of_person = |m: &&Mention| m.entity.as_str() == "mohammed-shia-al-sudani";
        let named = names.mentions.iter().filter(of_person).find(|m| m.kind == MentionKind::Name);
        let named = named.and_then(|m| Some(format!("{}={}", m.span.of(text)?, m.entity.as_str())));
        assert_eq!(named.as_deref(), found, "{text}");
    }
}

#[test]
fn roles_of_persons() {
    for (text, span, person, body) in [
        (
            "قال رئيس الوزراء العراقي محمد شياع السوداني",
            "رئيس الوزراء العراقي",
            "mohammed-shia-al-sudani",
            Some("IQ"),
        ),
        ("قال الرئيس جو بايدن", "الرئيس", "joe-biden", None),
        ("قال فؤاد حسين، وزير الخارجية العراقي، ذلك", "وزير الخارجية العراقي", "fuad-hussein", Some("IQ")),
        (
            "المتحدث باسم وزارة الخارجية الأميركية ماثيو ميلر",
            "المتحدث باسم وزارة الخارجية الأميركية",
            "matthew-miller",
            Some("us-state-department"),
        ),
    ] {
        let names = names_on(text, None);
        let role = names.roles.first().expect(text);
        assert_eq!(role.span.of(text), Some(span), "{text}");
        assert_eq!(role.entity.as_ref().map(EntityId::as_str), Some(person), "{text}");
        assert_eq!(role.body.as_ref().map(EntityId::as_str), body, "{text}");
    }
}

#[test]
fn an_office_alone_is_who_the_article_says() {
    let text = "زار رئيس الوزراء العراقي محمد شياع السوداني المعرض. ثم عاد رئيس الوزراء إلى مكتبه.";
    check(MentionKind::Nominal, &[(text, &["رئيس الوزراء=mohammed-shia-al-sudani"])]);
}

#[test]
fn names_cut_short() {
    let text = "شارك التحالف الدولي في المؤتمر، وقال التحالف ذلك.";
    check(MentionKind::Name, &[(text, &["التحالف الدولي=intl-coalition", "التحالف=intl-coalition"])]);
}

#[test]
fn made_by_rule() {
    for (text, name) in [
        ("أغلق مطار السليمانية أبوابه", "مطار السليمانية"),
        ("وقال حزب «النهوض الريفي» إنه", "حزب «النهوض الريفي»"),
    ] {
        let names = names_on(text, None);
        let found: Vec<_> = names.mentions.iter().filter_map(|m| m.span.of(text)).collect();
        assert!(found.contains(&name), "{text}: {found:?}");
    }
}

#[test]
fn an_office_alone_is_who_held_it_on_the_day() {
    let text = "أكد رئيس الوزراء العراقي موقفه.";
    for (day, want) in [("2021-06-01", "mustafa-al-kadhimi"), ("2024-06-01", "mohammed-shia-al-sudani")] {
        let names = names_on(text, Some(day.parse().unwrap()));
        let person = names.mentions.iter().find(|m| m.kind == MentionKind::Nominal).unwrap();
        assert_eq!((person.entity.as_str(), person.span.of(text)), (want, Some("رئيس الوزراء العراقي")));
    }
}

/// Names with their type that neither the knowledge nor a rule has.
#[test]
fn names_that_only_the_labeller_finds() {
    let cases: [(&str, &[(&str, EntityType)]); 7] = [
        // No title stands before it.
        ("وأكد توماس كالاريس أن الأسعار ستنخفض.", &[("توماس كالاريس", EntityType::Person)]),
        // A surname goes with the full name, though verb and particle stand beside it.
        (
            "وقال هنري فالكون إنه سيترشح. وكان فالكون حاكما لولاية.",
            &[("هنري فالكون", EntityType::Person), ("فالكون", EntityType::Person)],
        ),
        // Two persons joined by و are two.
        (
            "التقى الوزير عمر رفاعي وسامي بركات في مكتبه.",
            &[("عمر رفاعي", EntityType::Person), ("سامي بركات", EntityType::Person)],
        ),
        // A counted noun in the accusative is no name.
        ("وقرر البلد طرد 20 دبلوماسيا يوم الأحد.", &[]),
        ("وقع الحادث في قرية عين الزيتونة قرب النهر.", &[("عين الزيتونة", EntityType::Gpe)]),
        ("وقالت شركة ستارفيلد إن أرباحها ارتفعت.", &[("ستارفيلد", EntityType::Organization)]),
        // A word that names could begin with and that is none here.
        ("وجاء القرار لصالح الثوار في المدينة.", &[]),
    ];
    for (text, want) in cases {
        let names = names_on(text, None).mentions;
        let found: Vec<_> = names.iter().map(|m| (m.span.of(text).unwrap(), m.entity_type)).collect();
        assert_eq!(found, want, "{text}");
    }
}

#[test]
fn surnames_go_with_full_names_that_only_the_labeller_finds() {
    let text = "وقال هنري فالكون إنه سيترشح. وكان فالكون حاكما لولاية.";
    let names = names_on(text, None).mentions;
    assert_eq!(names[0].entity, names[1].entity);
}

/// The names that an analysis shows, with their types.
fn shown(text: &str) -> Vec<(String, EntityType)> {
    let mut names = names_on(text, None);
    names.narrow();
    let mentions = names.mentions.into_iter().filter(|m| m.kind == MentionKind::Name);
    mentions.map(|m| (m.span.of(text).unwrap().to_owned(), m.entity_type)).collect()
}

fn check_shown(cases: &[(&str, &[(&str, EntityType)])]) {
    for (text, want) in cases {
        let found = shown(text);
        let found: Vec<_> = found.iter().map(|(name, entity_type)| (name.as_str(), *entity_type)).collect();
        assert_eq!(found, *want, "{text}");
    }
}

#[test]
fn names_without_what_they_are_names_of() {
    use EntityType::{ArmedGroup, Gpe, Location, Media, Person};
    check_shown(&[
        ("وقالت صحيفة هآرتس إن المحادثات انتهت.", &[("هآرتس", Media)]),
        ("وأعلنت حركة حماس موقفها من الهدنة.", &[("حماس", ArmedGroup)]),
        ("وصل المراقبون إلى إقليم دارفور أمس.", &[("دارفور", Location)]),
        ("سافر الحجاج إلى مكة المكرمة أمس.", &[("مكة", Gpe)]),
        // The strip is more than the town.
        ("دخلت الشاحنات إلى قطاع غزة صباحا.", &[("قطاع غزة", Gpe)]),
        // A title is no part of a person's name.
        ("استقبل الشيخ محمد بن راشد آل مكتوم الوفد.", &[("محمد بن راشد آل مكتوم", Person)]),
    ]);
}

#[test]
fn phrases_are_made_of_whole_names() {
    let text = "وأعلنت حركة حماس موقفها من الهدنة.";
    let names = names_on(text, None).mentions;
    assert_eq!(names[0].span.of(text), Some("حركة حماس"));
}

#[test]
fn clubs() {
    use EntityType::{Gpe, Organization};
    check_shown(&[
        // Beside a word of the game, and a town with a masculine adjective; then wherever no place is meant.
        (
            "انتهت مباراة الدوري في ملعب صغير. وتغلب ليون الفرنسي على كولن بهدفين في مرمى الحارس. وعاد ليون إلى الصدارة.",
            &[("ليون", Organization), ("كولن", Organization), ("ليون", Organization)],
        ),
        (
            "قال المدرب إن لاعب الشمال أصيب في المباراة، وإن الشوط الثاني كان لفريق الغرافة.",
            &[("الشمال", Organization), ("الغرافة", Organization)],
        ),
        // Said in full first.
        (
            "ضم الهلال السعودي لاعبا جديدا من مواليد جدة. وسيلعب مع الهلال أول مباراة في الدوري.",
            &[("الهلال السعودي", Organization), ("جدة", Gpe), ("الهلال", Organization)],
        ),
        // A word for clubs with a town.
        ("فازت شبيبة درنة في مباراة الكأس، وسجل اللاعب هدفين.", &[("شبيبة درنة", Organization)]),
        // The match is at a place.
        ("أقيمت المباراة في ليون، وشهد الملعب تسجيل لاعب واحد هدفين في الدوري.", &[("ليون", Gpe)]),
        // No sport.
        ("وصل الوفد الفرنسي إلى ليون.", &[("ليون", Gpe)]),
        ("وقع الاتفاق أمام لجنة من الشمال.", &[]),
    ]);
}

#[test]
fn outlets_in_quotation_marks() {
    use EntityType::{Location, Media};
    check_shown(&[
        ("وقال مسؤول لـ«الشرق الأوسط» إن اللقاء تأجل.", &[("الشرق الأوسط", Media)]),
        ("وتراجعت الأسعار في الشرق الأوسط أمس.", &[("الشرق الأوسط", Location)]),
    ]);
}

#[test]
fn names_that_are_repeated() {
    let text =
        "وقال مدير شركة ستارفيلد كورب إن الأرباح ارتفعت. ثم جاء في بيان للشركة أن ديون ستارفيلد كورب تراجعت.";
    let names = names_on(text, None).mentions;
    let found: Vec<_> = names.iter().filter_map(|m| m.span.of(text)).collect();
    assert_eq!(found.iter().filter(|name| **name == "ستارفيلد كورب").count(), 2, "{found:?}");
}

#[test]
fn common_nouns_with_the_article_are_no_names() {
    let text = "أعلن البنك الدولي تقديراته. وقال البنك إن النمو تباطأ.";
    check(MentionKind::Name, &[(text, &["البنك الدولي=world-bank"])]);
    check(MentionKind::Nominal, &[(text, &["البنك=world-bank"])]);
}

#[test]
fn institutions_described_and_named() {
    // Any of its governments, and the armed forces of whatever country, are described.
    check(MentionKind::Name, &[("تشكلت حكومة عراقية جديدة", &[])]);
    let text = "أعلن العراق ذلك. وانسحبت القوات المسلحة من المدينة. وأمرت النيابة العامة بحبس المتهم، ثم أيدت محكمة الاستئناف القرار.";
    let names: Vec<String> = found(text, MentionKind::Name);
    assert_eq!(names, ["العراق=IQ", "النيابة العامة=x", "محكمة الاستئناف=x"]);
    check(MentionKind::Nominal, &[(text, &["القوات المسلحة=iraq-armed-forces"])]);
    // The minister of Sudan's foreign affairs; but who heads an agency names it.
    check(MentionKind::Name, &[("قال وزير الخارجية السودانية إن", &[])]);
}

#[test]
fn a_title_and_a_family_name() {
    let text = "قال الرئيس طالباني إنه سيسافر. وجاءت تصريحات طالباني بعد يوم.";
    let names = names_on(text, None).mentions;
    let persons: Vec<_> = names.iter().filter(|m| m.entity_type == EntityType::Person).collect();
    let spans: Vec<_> = persons.iter().filter_map(|m| m.span.of(text)).collect();
    assert_eq!(spans, ["طالباني", "طالباني"]);
    assert_eq!(persons[0].entity, persons[1].entity);
    // Not before a noun.
    check(MentionKind::Name, &[("قال الرئيس مساء إنه سيسافر", &[])]);
}

#[test]
fn what_ends_or_begins_no_name() {
    check(
        MentionKind::Name,
        &[
            // A verb with its object is no noun in the accusative.
            ("السيارات التي أنتجتها ألمانيا", &["ألمانيا=DE"]),
            // A surname of somebody known, but here a part of an institution's name.
            ("وأيده عضو مجلس النواب أمس", &[]),
        ],
    );
    let text = "وقال هنري فالكون إنه سيترشح. وبحسب الصحيفة، فإن فالكون غادر العاصمة.";
    assert!(found(text, MentionKind::Name).iter().all(|name| !name.starts_with("إن")));
}

#[test]
fn works_and_whose_son_somebody_is() {
    use EntityType::Person;
    check_shown(&[
        ("استقبلت المديرة كاساندرا موريس أمس.", &[("كاساندرا موريس", Person)]),
        // The name of a film is nobody's.
        ("عرضت القناة فيلم كاساندرا موريس أمس.", &[]),
        ("وصل سمو الشيخ حشر بن سعيد آل جابر إلى المعرض.", &[("حشر بن سعيد آل جابر", Person)]),
    ]);
}

#[test]
fn the_country_that_an_article_is_set_in() {
    // Demonyms and ministries of another country are more; things are in this one.
    let text = "قال الجيش الأميركي إن القوات الأميركية باقية في العراق. وأكد مسؤول أميركي ذلك. وتطالب أحزاب بخروجها من البلاد.";
    assert_eq!(found(text, MentionKind::Nominal).last().map(String::as_str), Some("البلاد=IQ"));
}
