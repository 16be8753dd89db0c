//! Mentions made by hand, and that the order of arrival makes no difference.

use std::collections::BTreeMap;
use std::slice;

use jiff::civil::{Date, date};
use marsad_model::analysis::{
    Analysis, AnalysisVersion, Entity, Event, Published, Quantity, QuantityLink, TimeInterval,
};
use marsad_model::graph::{EventCluster, Relation};
use marsad_model::id::{ArticleId, ClusterId, EntityId, EventId};
use marsad_model::ontology::{
    EntityType, EventType, Modality, Polarity, PublishedBasis, QuantityRole, RelationKind, SegmentKind,
    Standing, Tense,
};
use marsad_model::{Segment, Span};
use proptest::prelude::*;
use uuid::Uuid;

use super::glance::{Probe, glances};
use super::similarity::{compare, is_part, score};
use super::*;

fn article(number: u128) -> ArticleId {
    ArticleId(Uuid::from_u128(number))
}

fn day(at: Date) -> Option<TimeInterval> {
    Some(TimeInterval { earliest: Some(at), latest: Some(at) })
}

/// What an event of a test says.
#[derive(Debug, Clone)]
struct Say {
    id: u128,
    event_type: EventType,
    mode: Option<&'static str>,
    trigger: &'static str,
    lemma: &'static str,
    actors: Vec<&'static str>,
    recipients: Vec<&'static str>,
    places: Vec<&'static str>,
    time: Option<TimeInterval>,
    modality: Modality,
    figures: Vec<(QuantityRole, f64)>,
    repeats: Option<u128>,
}

fn attack(id: u128) -> Say {
    Say {
        id,
        event_type: EventType::Assault,
        mode: Some("ASSAULT_BOMBING"),
        trigger: "تفجير",
        lemma: "تفجير",
        actors: vec![],
        recipients: vec![],
        places: vec![],
        time: None,
        modality: Modality::Actual,
        figures: vec![],
        repeats: None,
    }
}

fn meeting(id: u128) -> Say {
    let (event_type, mode) = (EventType::Consult, Some("CONSULT_MEETING"));
    Say { event_type, mode, trigger: "اجتماع", lemma: "اجتماع", ..attack(id) }
}

fn event(say: &Say, trigger: Span) -> Event {
    let ids = |names: &[&str]| names.iter().map(|name| EntityId::known(*name)).collect();
    Event {
        id: EventId(Uuid::from_u128(say.id)),
        trigger,
        lemma: say.lemma.to_owned(),
        event_type: say.event_type,
        mode: say.mode.map(str::to_owned),
        actors: ids(&say.actors),
        recipients: ids(&say.recipients),
        places: ids(&say.places),
        time: say.time,
        polarity: Polarity::Affirmed,
        modality: say.modality,
        tense: Tense::Past,
        quantities: vec![],
        background: false,
        claim: None,
        repeats: say.repeats.map(|id| EventId(Uuid::from_u128(id))),
        confidence: 1.0,
    }
}

/// An analysis in which two-letter names are countries and others people.
fn analysis_of(text: &str, published: Option<Date>, events: Vec<Event>) -> Analysis {
    let ids =
        events.iter().flat_map(|event| event.actors.iter().chain(&event.recipients).chain(&event.places));
    let entities = ids.map(|id| Entity {
        id: id.clone(),
        entity_type: if id.as_str().len() == 2 { EntityType::Gpe } else { EntityType::Person },
        name: id.as_str().to_owned(),
        name_en: None,
        wikidata: None,
        rollup: None,
    });
    Analysis {
        version: AnalysisVersion { analyzer: 1, knowledge: 1, ontology: 1, overlay: 0 },
        language: "ar".to_owned(),
        published: Published { date: published, basis: PublishedBasis::Metadata, weekday: None },
        outlet: None,
        segments: vec![Segment {
            span: Span::new(0, text.len()),
            kind: SegmentKind::Body,
            reason: None,
            warning: None,
        }],
        entities: entities.collect(),
        mentions: vec![],
        roles: vec![],
        times: vec![],
        quantities: vec![],
        events,
        claims: vec![],
    }
}

/// An article of one sentence an event, each with `around` after its trigger.
fn tell(number: u128, published: Option<Date>, around: &str, says: &[Say]) -> ArticleEvents {
    let mut text = String::new();
    let (mut events, mut quantities) = (Vec::new(), Vec::new());
    for say in says {
        let start = text.len();
        text.push_str(say.trigger);
        let trigger = Span::new(start, text.len());
        text.push_str(&format!(" {around}.\n"));
        let mut event = event(say, trigger);
        for (role, number) in &say.figures {
            let (low, high) = (Some(*number), Some(*number));
            event.quantities.push(QuantityLink { index: quantities.len(), role: *role });
            quantities.push(Quantity { span: trigger, low, high, approximate: false, unit: None });
        }
        events.push(event);
    }
    let mut analysis = analysis_of(&text, published, events);
    analysis.quantities = quantities;
    ArticleEvents::of(article(number), published, &analysis, &text)
}

const AROUND: &str = "السوق القديم قرب محطة القطارات";

/// Half of it in other words.
const OTHERWISE: &str = "بناية مهجورة بجوار محطة القطارات";

/// Whether the first events of two alike articles, of the same day, are more likely one than not.
fn one(a: &Say, b: &Say) -> bool {
    let today = Some(date(2024, 5, 10));
    let (x, y) = (tell(1, today, AROUND, slice::from_ref(a)), tell(2, today, OTHERWISE, slice::from_ref(b)));
    let (x, y) = (x.told().next().unwrap(), y.told().next().unwrap());
    assert_eq!(score(x, y, 0.4), score(y, x, 0.4));
    score(x, y, 0.4).is_some_and(|score| score > 0.0)
}

#[test]
fn what_makes_two_mentions_one_event() {
    let with = |change: fn(&mut Say), mut say: Say| {
        change(&mut say);
        say
    };
    let cases: [(&str, Say, Say, bool); 9] = [
        ("the same", attack(1), attack(2), true),
        ("a type that never tells of one thing", attack(1), meeting(2), false),
        (
            "what came of it",
            attack(1),
            with(|s| (s.mode, s.lemma) = (Some("ASSAULT_KILL"), "قتل"), attack(2)),
            true,
        ),
        (
            "another means",
            attack(1),
            with(|s| (s.mode, s.lemma) = (Some("ASSAULT_STABBING"), "طعن"), attack(2)),
            false,
        ),
        (
            "other victims",
            with(|s| s.recipients = vec!["salim"], attack(1)),
            with(|s| s.recipients = vec!["khalid"], attack(2)),
            false,
        ),
        (
            "another day of meeting",
            with(|s| s.time = day(date(2024, 5, 10)), meeting(1)),
            with(|s| s.time = day(date(2024, 5, 7)), meeting(2)),
            false,
        ),
        (
            "a day that one does not say",
            with(|s| s.time = day(date(2024, 5, 10)), meeting(1)),
            meeting(2),
            true,
        ),
        (
            "a plan and that it happened",
            with(|s| s.modality = Modality::Planned, meeting(1)),
            with(|s| s.time = day(date(2024, 5, 10)), meeting(2)),
            true,
        ),
        ("such events in general", with(|s| s.modality = Modality::Generic, attack(1)), attack(2), false),
    ];
    for (what, a, b, wanted) in cases {
        assert_eq!(one(&a, &b), wanted, "{what}");
    }
}

#[test]
fn a_series_and_its_single_events_are_related_and_not_one() {
    let today = Some(date(2024, 5, 10));
    let mut single = attack(1);
    (single.recipients, single.time) = (vec!["salim"], day(date(2024, 5, 9)));
    let mut series = attack(2);
    (series.recipients, series.figures) = (vec!["salim"], vec![(QuantityRole::Attacks, 150.0)]);
    let (a, b) = (tell(1, today, AROUND, &[single]), tell(2, today, OTHERWISE, &[series]));
    let mut events = Events::default();
    events.put(a.clone(), []);
    events.put(b.clone(), [(article(1), 0.4)]);
    events.settle();
    let (x, y) = (a.told().next().unwrap(), b.told().next().unwrap());
    assert!(y.mention.series && !x.mention.series);
    assert!(is_part(x, y) && !is_part(y, x));
    assert!(compare(x, y, 0.4).unwrap().contradict);
    let (head, whole) = (x.mention.event, y.mention.event);
    assert_ne!(events.head(head), events.head(whole));
    assert_eq!(
        events.relations(head),
        [Relation { kind: RelationKind::PartOf, cluster: ClusterId::new(whole) }]
    );
    assert_eq!(
        events.relations(whole),
        [Relation { kind: RelationKind::HasPart, cluster: ClusterId::new(head) }]
    );
}

#[test]
fn so_many_times_is_a_series() {
    let text = "استهداف القاعدة حوالي 150 مرة";
    let number = text.find("حوالي").unwrap();
    let unlinked = |unit: &str| Quantity {
        span: Span::new(number, text.len()),
        low: Some(150.0),
        high: Some(150.0),
        approximate: true,
        unit: Some(unit.to_owned()),
    };
    let told = |unit: &str, event_type| {
        let mut analysis = analysis_of(text, None, vec![event(&attack(1), Span::new(0, "استهداف".len()))]);
        analysis.events[0].event_type = event_type;
        analysis.quantities.push(unlinked(unit));
        ArticleEvents::of(article(1), None, &analysis, text)
    };
    for (unit, event_type, series) in [
        ("مرة", EventType::Assault, true),
        ("كيلومتر", EventType::Assault, false),
        ("مرة", EventType::Consult, false),
    ] {
        let told = told(unit, event_type);
        assert_eq!(
            (told.mentions[0].series, told.mentions[0].figures.len()),
            (series, usize::from(series)),
            "{unit}"
        );
    }
}

#[test]
fn a_title_is_where_its_body_is() {
    let mut title = attack(1);
    title.repeats = Some(9);
    let told = tell(1, None, AROUND, &[title, attack(9)]);
    let mut events = Events::default();
    events.put(told, []);
    events.settle();
    let (title, body) = (EventId(Uuid::from_u128(1)), EventId(Uuid::from_u128(9)));
    assert_eq!(events.head(title), Some(body));
    assert_eq!(events.heads(), [body]);
    let described = describe(&events.members(body), |article| article, vec![]).unwrap();
    assert_eq!((described.id, described.members.len(), described.reports), (ClusterId::new(body), 2, 1));
}

#[test]
fn what_happened_is_described_by_those_who_say_that_it_did() {
    let today = Some(date(2024, 5, 10));
    let mut plan = meeting(1);
    (plan.modality, plan.time, plan.actors) = (Modality::Planned, day(date(2024, 5, 11)), vec!["salim"]);
    let mut report = meeting(2);
    (report.time, report.actors) = (day(date(2024, 5, 10)), vec!["salim"]);
    let copy = Say { id: 3, ..report.clone() };
    let articles =
        [tell(1, today, AROUND, &[plan]), tell(2, today, AROUND, &[report]), tell(3, today, AROUND, &[copy])];
    let members: Vec<Told<'_>> = articles.iter().flat_map(ArticleEvents::told).collect();
    // The third is a copy of the second.
    let group_of = |of: ArticleId| if of == article(3) { article(2) } else { of };
    let described = describe(&members, group_of, vec![]).unwrap();
    assert_eq!((described.standing, described.reports), (Standing::Happened, 1));
    assert_eq!(described.time, day(date(2024, 5, 10)));
    assert_eq!(described.times.len(), 1);
    assert_eq!((described.actors[0].reports, described.actors[0].events.len()), (2, 3));
    assert_eq!(described.members[0].standing, Standing::Planned);
    assert_eq!(describe(&[], group_of, vec![]), None);
    let backwards: Vec<Told<'_>> = members.iter().rev().copied().collect();
    assert_eq!(describe(&backwards, group_of, vec![]), Some(described));
}

#[test]
fn a_day_said_on_purpose_outweighs_the_day_of_the_article() {
    let mut said = attack(1);
    said.time = day(date(2024, 5, 4));
    let mut passing = attack(2);
    passing.time = day(date(2024, 5, 10));
    let today = Some(date(2024, 5, 10));
    let (mut a, mut b) = (tell(1, today, AROUND, &[said]), tell(2, today, AROUND, &[passing]));
    for mention in a.mentions.iter_mut().chain(&mut b.mentions) {
        mention.tense = Tense::None;
    }
    let members: Vec<Told<'_>> = a.told().chain(b.told()).collect();
    let described = describe(&members, |article| article, vec![]).unwrap();
    assert_eq!(described.time, day(date(2024, 5, 4)));
    assert_eq!(described.times.len(), 2);
}

#[test]
fn what_was_told_as_a_fact_had_happened_by_then() {
    let told = |id: u128, published: Date, at: Date| {
        tell(id, Some(published), AROUND, &[Say { time: day(at), ..attack(id) }])
    };
    let (early, late) = (date(2024, 5, 4), date(2024, 5, 10));
    // Two that name a later day than the first report's own, on purpose, cannot be right.
    let articles =
        [told(1, early, early), told(2, date(2024, 5, 11), late), told(3, date(2024, 5, 12), late)];
    let members: Vec<Told<'_>> = articles.iter().flat_map(ArticleEvents::told).collect();
    let described = describe(&members, |article| article, vec![]).unwrap();
    assert_eq!(described.time, day(early));
    let later: Vec<Told<'_>> = articles[1..].iter().flat_map(ArticleEvents::told).collect();
    assert_eq!(describe(&later, |article| article, vec![]).unwrap().time, day(late));
}

#[test]
fn a_digest_survives_being_stored() {
    let mut say = attack(1);
    (say.recipients, say.figures) = (vec!["salim", "IQ"], vec![(QuantityRole::Killed, 3.0)]);
    let told = tell(1, Some(date(2024, 5, 10)), AROUND, &[say]);
    let stored = serde_json::to_string(&told).unwrap();
    assert_eq!(serde_json::from_str::<ArticleEvents>(&stored).unwrap(), told);
}

/// Everything that comes out, cluster by cluster.
fn exported(events: &Events) -> BTreeMap<ClusterId, EventCluster> {
    events
        .heads()
        .into_iter()
        .filter_map(|head| Some((ClusterId::new(head), export(events, head)?)))
        .collect()
}

fn export(events: &Events, head: EventId) -> Option<EventCluster> {
    describe(&events.members(head), |article| article, events.relations(head))
}

fn says() -> impl Strategy<Value = Vec<Say>> {
    let say = (0..3_u8, 0..4_u8, 0..6_i8, prop::bool::ANY, prop::bool::ANY).prop_map(
        |(kind, who, when, series, wanted)| {
            let mut say = if kind == 2 { meeting(0) } else { attack(0) };
            say.recipients = [vec![], vec!["salim"], vec!["khalid"], vec!["IQ"]][usize::from(who)].clone();
            say.time = (when > 0).then(|| day(date(2024, 5, 4 + when))).flatten();
            if series && when == 0 {
                say.figures = vec![(QuantityRole::Attacks, 20.0)];
            }
            if wanted {
                say.modality = Modality::Demanded;
            }
            say
        },
    );
    prop::collection::vec(say, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A pair that is left after a glance can reach no score that counts, and is no series with one of its events.
    #[test]
    fn no_pair_that_counts_is_left(
        says in (says(), says()),
        days in (prop::option::of(1..31_i8), prop::option::of(1..31_i8)),
        (who, places, alike) in (0..4_usize, 0..4_usize, 0..4_usize),
        around in prop::bool::ANY,
        least in -4.0..4.0_f32,
    ) {
        let names = [vec![], vec!["IQ"], vec!["salim", "IQ"], vec!["khalid"]];
        let of = |number: u128, day: Option<i8>, around: &str, says: &[Say], at: usize| {
            let says: Vec<Say> = (says.iter().enumerate())
                .map(|(id, say)| Say {
                    id: number * 10 + id as u128,
                    actors: names[(who + at * id) % 4].clone(),
                    places: names[(places + at * id) % 4].clone(),
                    figures: if at == id { vec![(QuantityRole::Killed, 12.0)] } else { say.figures.clone() },
                    mode: [say.mode, None, Some("ASSAULT_STABBING"), Some("ASSAULT_AERIAL")][(id + at) % 4],
                    ..say.clone()
                })
                .collect();
            tell(number, day.map(|day| date(2024, 5, day)), around, &says)
        };
        let x = of(1, days.0, AROUND, &says.0, 1);
        let y = of(2, days.1, if around { AROUND } else { OTHERWISE }, &says.1, 2);
        let glances = [&x, &y].map(|article| glances(article.told().enumerate()));
        let alike = [0.15, 0.4, 0.9, 1.0][alike];
        for (other, alike) in [(&y, alike), (&x, 1.0)] {
            let (mut probe, mut found) = (Probe::new(&x, &glances[0]), Vec::new());
            let within = std::ptr::eq(&raw const x, other);
            if within {
                probe.pairs_within(least, &mut found);
            } else {
                probe.pairs_with(least, (other, &glances[1]), alike, &mut found);
            }
            for (i, one) in x.told().enumerate() {
                for (j, two) in other.told().enumerate().filter(|(j, _)| !within || i < *j) {
                    let pair = found.iter().find(|pair| (pair.own, pair.other) == (i, j));
                    let counts = score(one, two, alike).is_some_and(|score| score >= least);
                    prop_assert!(!counts || pair.is_some_and(|pair| pair.one));
                    let part = is_part(one, two) || is_part(two, one);
                    prop_assert!(!part || pair.is_some_and(|pair| pair.part));
                }
            }
        }
    }

    /// Any order of puts, batches, corrections and removals gives the same as building anew, and what is said to be touched is all that
    /// has to be read again.
    #[test]
    fn the_order_makes_no_difference(
        versions in prop::collection::vec((0..8_u128, says()), 1..24),
        removed in prop::collection::vec(0..8_u128, 0..3),
        batches in prop::collection::vec(prop::bool::ANY, 32),
        order in Just((0..8_u128).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let told = |turn: usize, number: u128, says: &[Say]| {
            let says: Vec<Say> = (says.iter().enumerate())
                .map(|(at, say)| Say { id: 1 + number * 1000 + turn as u128 * 10 + at as u128, ..say.clone() })
                .collect();
            tell(number, Some(date(2024, 5, 10)), AROUND, &says)
        };
        let alike = |a: u128, b: u128| [0.0_f32, 0.2, 0.5, 0.9][((a + b) % 4) as usize];
        let near = |number: u128| (0..8).filter(move |other| *other != number && alike(number, *other) > 0.0)
            .map(move |other| (article(other), alike(number, other)));
        let (mut live, mut mirror) = (Events::default(), BTreeMap::new());
        let follow = |live: &mut Events, mirror: &mut BTreeMap<ClusterId, EventCluster>| {
            let touched = live.settle();
            for id in &touched.gone {
                mirror.remove(id);
            }
            for head in &touched.changed {
                mirror.insert(ClusterId::new(*head), export(live, *head).unwrap());
            }
        };
        let mut last = BTreeMap::new();
        for (turn, (number, says)) in versions.iter().enumerate() {
            live.put(told(turn, *number, says), near(*number));
            last.insert(*number, told(turn, *number, says));
            if batches[turn] {
                follow(&mut live, &mut mirror);
            }
        }
        for number in &removed {
            live.remove(article(*number));
            last.remove(number);
        }
        follow(&mut live, &mut mirror);
        let mut anew = Events::default();
        for number in &order {
            if let Some(told) = last.get(number) {
                anew.put(told.clone(), near(*number));
            }
        }
        anew.settle();
        prop_assert_eq!(&exported(&anew), &mirror);
        prop_assert_eq!(exported(&live), mirror);
    }
}
