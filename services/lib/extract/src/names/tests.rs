use super::*;
use marsad_model::ontology::{EntityType, MentionKind, SegmentKind};
use marsad_model::{Segment, Span};

fn names_on(text: &str, day: Option<Date>) -> Names {
    let segments =
        [Segment { span: Span::new(0, text.len()), kind: SegmentKind::Body, reason: None, warning: None }];
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
    let cases: [(&str, &[(&str, EntityType)]); 6] = [
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
