//! What is said on why an analysis is as it is.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use marsad_extract::{Document, analyze, explain, intake};
use marsad_model::explanation::{EventExplanation, Explanations, RealityKind, SourceBasis};
use marsad_model::ontology::{Modality, Polarity};
use marsad_model::{Analysis, ArticleFields, PublishedAt, Span};

/// Wednesday, 15 May 2024.
fn fields(text: &str) -> ArticleFields {
    let published_at = "2024-05-15".parse::<PublishedAt>().ok();
    ArticleFields { text: text.to_owned(), published_at, ..ArticleFields::default() }
}

fn explained(fields: &ArticleFields) -> (Analysis, Explanations) {
    explain(&Document::new(fields.article_id(), fields.content_hash(), fields))
}

/// `trigger form [slot=word] light`, then `role entity basis words`, `time basis words`, `kind basis words` and `joined words`.
fn lines(text: &str, why: &EventExplanation, analysis: &Analysis) -> Vec<String> {
    let of = |span: Span| span.of(text).unwrap().to_owned();
    let mut trigger = format!("{} {}", of(analysis.event(why.event).unwrap().trigger), why.trigger.form);
    if why.trigger.passive {
        trigger += " passive";
    }
    for met in &why.trigger.conditions {
        trigger += &format!(" {}={}", met.slot, of(met.span));
    }
    if let Some(verb) = why.trigger.light_verb {
        trigger += &format!(" carried by {}", of(verb));
    }
    let mut all = vec![trigger];
    all.extend(why.arguments.iter().map(|argument| {
        let words = argument.span.map_or("-".to_owned(), of);
        format!("{} {} {} {words}", argument.role, argument.entity, argument.basis)
    }));
    all.extend(why.time.iter().map(|time| format!("time {} {}", time.basis, of(time.span))));
    all.extend(why.reality.iter().map(|cue| format!("{} {} {}", cue.kind, cue.basis, of(cue.span))));
    all.extend(why.joined.iter().map(|span| format!("joined {}", of(*span))));
    all
}

/// Every line must be said of some event of the text.
fn check(cases: &[(&str, &[&str])]) {
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        // Of a sentence by itself only its news would be told: here it is part of an article.
        let text = &format!("{text}\nالطقس معتدل.\nوالبحر هادئ.");
        let fields = fields(text);
        let (analysis, why) = explained(&fields);
        let said: Vec<String> = why.events.iter().flat_map(|why| lines(text, why, &analysis)).collect();
        let missing: Vec<_> = expected.iter().filter(|line| !said.iter().any(|s| s == *line)).collect();
        if !missing.is_empty() {
            wrong.push(format!("{text}\n  misses {missing:?}\n  has    {said:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_trigger_and_its_pattern() {
    check(&[
        ("قصفت إسرائيل مواقع في جنوب لبنان.", &["قصفت past"]),
        ("سيزور وزير الخارجية المصري بغداد.", &["يزور imperfect"]),
        ("شنت تركيا غارات على شمال العراق.", &["غارات noun carried by شنت"]),
        ("أطلقت كوريا الشمالية صاروخا باليستيا باتجاه اليابان.", &["أطلقت past obj=صاروخا"]),
        ("اعتقل ثلاثة صحفيين في تونس.", &["اعتقل past passive"]),
        ("اتهمت واشنطن إيران بمهاجمة السفينة في البحر الأحمر.", &["مهاجمة masdar"]),
    ]);
}

#[test]
fn where_arguments_come_from() {
    check(&[
        (
            "قصفت إسرائيل مواقع لحزب الله في جنوب لبنان.",
            &[
                "actor IL subject إسرائيل",
                "recipient hezbollah owner لحزب الله",
                "place LB preposition جنوب لبنان",
            ],
        ),
        ("شنت تركيا غارات على شمال العراق.", &["actor TR light_verb تركيا"]),
        ("قتل جندي في ضربات أميركية على مواقع في سوريا.", &["actor US adjective أميركية"]),
        ("دعت السعودية إلى انسحاب إسرائيل من غزة.", &["actor IL genitive إسرائيل"]),
        ("رحبت مصر بالاتفاق بين إيران والسعودية.", &["actor IR preposition بين إيران والسعودية"]),
        ("تم استهداف القوات الأميركية في سوريا من قبل حزب الله.", &["actor hezbollah agent من قبل حزب الله"]),
        ("قالت روسيا إنها أسقطت طائرة أوكرانية.", &["actor RU speaker -"]),
        ("هاجم حزب الله موقعا إسرائيليا وقتل جنديين.", &["actor hezbollah subject حزب الله"]),
    ]);
}

#[test]
fn where_the_time_and_the_reality_come_from() {
    check(&[
        ("قصفت إسرائيل أمس الثلاثاء مواقع في لبنان.", &["time clause أمس الثلاثاء"]),
        ("لم تقصف إسرائيل مواقع في سوريا.", &["negation phrase لم"]),
        ("لن تنسحب روسيا من الاتفاق.", &["negation phrase لن"]),
        ("ستسحب فرنسا قواتها من النيجر.", &["planned verb_form ستسحب"]),
        ("تعتزم فرنسا سحب قواتها من النيجر.", &["planned phrase تعتزم"]),
        ("دعت السعودية إلى انسحاب إسرائيل من غزة.", &["demanded event دعت"]),
        ("إذا هاجمت إيران إسرائيل فإن واشنطن ستتدخل.", &["conditional phrase إذا"]),
        ("نفت إيران أنها هاجمت السفينة.", &["denied denial نفت"]),
    ]);
}

#[test]
fn what_was_joined() {
    check(&[(
        "شنت إسرائيل غارات على بيروت أمس. واستمرت الغارات ساعات. وقالت مصر إن الغارات أودت بحياة ثلاثة أشخاص.",
        &["joined الغارات"],
    )]);
}

#[test]
fn where_sources_come_from() {
    let text = "قال وزير الخارجية المصري سامح شكري إن المحادثات مستمرة، مضيفا أن الاتفاق قريب. وبحسب وكالة رويترز فإن \
                الوفد غادر القاهرة.";
    let (analysis, why) = explained(&fields(text));
    let said: Vec<_> = (why.claims.iter().zip(&analysis.claims))
        .map(|(why, claim)| {
            assert_eq!(why.claim, claim.id);
            (
                claim.cue.of(text).unwrap(),
                why.lemma.as_deref(),
                why.opener.and_then(|o| o.of(text)),
                why.source,
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("قال", Some("قال"), Some("إن"), SourceBasis::Subject),
            ("مضيفا", Some("أضاف"), Some("أن"), SourceBasis::ClaimBefore),
            ("بحسب", None, Some("فإن"), SourceBasis::Preposition),
        ]
    );
}

/// Nothing in an analysis is left unexplained, and asking why changes nothing.
#[test]
fn everything_is_explained() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../seeds/articles");
    let mut events = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let content = || std::fs::read_to_string(&path).unwrap();
        let fields = match path.extension().and_then(|e| e.to_str()) {
            Some("txt") => fields(&content()),
            Some("html") => {
                intake::read_page(ArticleFields { html: Some(content()), ..ArticleFields::default() })
            }
            _ => continue,
        };
        let (analysis, why) = explained(&fields);
        assert_eq!(
            analysis,
            analyze(&Document::new(fields.article_id(), fields.content_hash(), &fields)),
            "{path:?}"
        );
        assert!(why.claims.iter().map(|c| c.claim).eq(analysis.claims.iter().map(|c| c.id)), "{path:?}");
        assert_eq!(why.events.len(), analysis.events.len(), "{path:?}");
        for (event, why) in analysis.events.iter().zip(&why.events) {
            assert_eq!(event.id, why.event);
            let explained = why.arguments.iter().map(|argument| &argument.entity);
            let filled = event.actors.iter().chain(&event.recipients).chain(&event.places);
            assert!(explained.eq(filled), "{path:?}: {event:?} {why:?}");
            assert_eq!(event.time.is_some(), why.time.is_some(), "{path:?}: {event:?}");
            let kinds: Vec<RealityKind> = why.reality.iter().map(|cue| cue.kind).collect();
            assert_eq!(
                event.modality != Modality::Actual,
                kinds.first().is_some_and(|kind| kind.as_str() == event.modality.as_str()
                    || event.modality == Modality::Possible && *kind == RealityKind::Failed),
                "{path:?}: {event:?} {kinds:?}"
            );
            let negated = kinds.contains(&RealityKind::Negation);
            assert!(negated || event.polarity == Polarity::Affirmed, "{path:?}: {event:?}");
            let spans = (why.arguments.iter().filter_map(|a| a.span))
                .chain(why.reality.iter().map(|cue| cue.span))
                .chain(why.time.map(|time| time.span))
                .chain(why.trigger.light_verb)
                .chain(why.trigger.conditions.iter().map(|met| met.span))
                .chain(why.joined.iter().copied());
            for span in spans {
                assert!(span.of(&fields.text).is_some_and(|words| !words.is_empty()), "{path:?}: {span:?}");
            }
            events += 1;
        }
    }
    assert!(events > 50, "{events} events");
}
