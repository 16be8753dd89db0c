use jiff::civil::date;
use marsad_model::analysis::{
    Analysis, AnalysisVersion, Claim, ClaimSource, Entity, Event, Published, Quantity, QuantityLink, Segment,
    TimeInterval,
};
use marsad_model::id::{ClaimId, EntityId, EventId};
use marsad_model::ontology::{
    EntityType, EventType, Modality, Polarity, PublishedBasis, QuantityRole, QuoteKind, SegmentKind,
    Standing, Tense,
};
use uuid::Uuid;

use super::*;
use crate::events::{ArticleEvents, Denial, Part, Party};

const DAY: Date = date(2020, 5, 10);
const TEXT: &str = "نفى: لم يقتل عدد من الناس في هجوم على السوق";
const VERB: (usize, usize) = (13, 21);
const NUMBER: (usize, usize) = (22, 28);

/// One event of one article, in the first sentence; other things are added by what the tests change.
fn event() -> Event {
    Event {
        id: EventId(Uuid::nil()),
        trigger: Span::new(VERB.0, VERB.1),
        lemma: "قتل".to_owned(),
        event_type: EventType::Assault,
        mode: Some("ASSAULT_KILL".to_owned()),
        actors: Vec::new(),
        recipients: Vec::new(),
        places: Vec::new(),
        time: Some(TimeInterval { earliest: Some(DAY), latest: Some(DAY) }),
        polarity: Polarity::Affirmed,
        modality: Modality::Actual,
        tense: Tense::Past,
        quantities: Vec::new(),
        background: false,
        claim: None,
        repeats: None,
        confidence: 0.9,
    }
}

fn counted(low: Option<f64>, high: Option<f64>, unit: Option<&str>) -> Quantity {
    Quantity {
        span: Span::new(NUMBER.0, NUMBER.1),
        low,
        high,
        approximate: false,
        unit: unit.map(str::to_owned),
    }
}

fn exactly(number: f64) -> Quantity {
    counted(Some(number), Some(number), Some("شخص"))
}

/// The article with that number, which tells that event with those quantities as the dead.
fn article(number: u128, mut event: Event, quantities: &[Quantity]) -> ArticleEvents {
    event.id = EventId(Uuid::from_u128(number));
    event.quantities =
        (0..quantities.len()).map(|index| QuantityLink { index, role: QuantityRole::Killed }).collect();
    let entity = |id: &EntityId| Entity {
        id: id.clone(),
        entity_type: match id.as_str().len() {
            2 => EntityType::Gpe,
            _ if id.as_str().starts_with("person") => EntityType::Person,
            _ => EntityType::ArmedGroup,
        },
        name: id.as_str().to_owned(),
        name_en: None,
        wikidata: None,
        rollup: None,
    };
    let named = event.actors.iter().chain(&event.recipients).chain(&event.places);
    let claim = event.claim.map(|id| Claim {
        id,
        source: ClaimSource::default(),
        via: Vec::new(),
        cue: Span::new(0, 6),
        content: Span::new(VERB.0, TEXT.len()),
        quote: QuoteKind::Indirect,
        parent: None,
        confidence: 1.0,
    });
    let body =
        Segment { span: Span::new(0, TEXT.len()), kind: SegmentKind::Body, reason: None, warning: None };
    let analysis = Analysis {
        version: AnalysisVersion { analyzer: 1, knowledge: 1, ontology: 1, overlay: 0 },
        language: "ar".to_owned(),
        published: Published { date: Some(DAY), basis: PublishedBasis::Metadata, weekday: None },
        outlet: None,
        segments: vec![body],
        entities: named.map(entity).collect(),
        mentions: Vec::new(),
        roles: Vec::new(),
        times: Vec::new(),
        quantities: quantities.to_vec(),
        events: vec![event],
        claims: claim.into_iter().collect(),
    };
    let published = Some(DAY.tomorrow().unwrap());
    ArticleEvents::of(ArticleId(Uuid::from_u128(number)), published, &analysis, TEXT)
}

fn found_in(articles: &[ArticleEvents], group_of: impl Fn(ArticleId) -> ArticleId + Copy) -> Vec<Conflict> {
    let cluster = ClusterId(Uuid::nil());
    let members: Vec<Told<'_>> = articles.iter().flat_map(ArticleEvents::told).collect();
    let forth = conflicts(cluster, &members, group_of);
    let back: Vec<Told<'_>> = members.into_iter().rev().collect();
    assert_eq!(conflicts(cluster, &back, group_of), forth, "the order of the members counts");
    forth
}

fn found(articles: &[ArticleEvents]) -> Vec<Conflict> {
    found_in(articles, |article| article)
}

fn dead(numbers: &[&[Quantity]]) -> Vec<Conflict> {
    let articles: Vec<ArticleEvents> =
        numbers.iter().zip(1..).map(|(quantities, number)| article(number, event(), quantities)).collect();
    found(&articles)
}

#[test]
fn different_numbers_of_the_dead_disagree_best_supported_first() {
    let conflicts = dead(&[&[exactly(11.0)], &[exactly(30.0)], &[exactly(30.0)]]);
    let [conflict] = conflicts.as_slice() else { panic!("{conflicts:?}") };
    assert_eq!((conflict.kind, conflict.role), (ConflictKind::Quantity, Some(QuantityRole::Killed)));
    let sides: Vec<(f64, u32)> = (conflict.sides.iter())
        .map(|side| match &side.value {
            ConflictValue::Quantity(amount) => (amount.low.unwrap(), side.reports),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(sides, [(30.0, 2), (11.0, 1)]);
    assert_eq!(conflict.sides[1].statements[0].span, Span::new(NUMBER.0, NUMBER.1), "the number's own words");
}

#[test]
fn numbers_that_fit_are_no_disagreement() {
    let at_least = counted(Some(7.0), None, Some("شخص"));
    let about = Quantity { approximate: true, ..exactly(100.0) };
    let dozens = Quantity { approximate: true, ..counted(Some(20.0), None, Some("شخص")) };
    let range = counted(Some(5.0), Some(9.0), Some("شخص"));
    assert_eq!(dead(&[std::slice::from_ref(&at_least), &[exactly(12.0)]]), [], "at least seven");
    assert_eq!(dead(&[&[range], &[exactly(7.0)]]), [], "five to nine");
    assert_eq!(dead(&[&[about], &[exactly(110.0)]]), [], "about a hundred");
    assert_eq!(dead(&[&[dozens], &[exactly(150.0)]]), [], "dozens, whatever the toll");
    assert_eq!(dead(&[&[at_least], &[exactly(3.0)]]).len(), 1, "three are not at least seven");
}

#[test]
fn dozens_of_attacks_are_fewer_than_a_hundred() {
    let attacks = |low: f64, high: Option<f64>| Quantity {
        approximate: high.is_none(),
        ..counted(Some(low), high, Some("غارة"))
    };
    let told = |number: u128, quantity: Quantity| {
        let mut article = article(number, event(), &[quantity]);
        article.mentions[0].figures[0].amount.role = QuantityRole::Attacks;
        article
    };
    let kinds =
        |other: f64| found(&[told(1, attacks(20.0, None)), told(2, attacks(other, Some(other)))]).len();
    assert_eq!((kinds(60.0), kinds(150.0)), (0, 1));
}

#[test]
fn a_number_many_times_the_other_counts_something_else() {
    assert_eq!(dead(&[&[exactly(2.0)], &[exactly(100.0)]]), [], "two of its citizens");
    assert_eq!(dead(&[&[exactly(2.0)], &[exactly(6.0)]]).len(), 1, "a toll that rises");
}

#[test]
fn other_things_counted_are_not_compared() {
    let soldiers = counted(Some(3.0), Some(3.0), Some("جندي"));
    assert_eq!(dead(&[&[soldiers], &[exactly(16.0)]]), []);
    let years = counted(Some(56.0), Some(56.0), Some("عام"));
    assert_eq!(dead(&[&[years], &[exactly(16.0)]]), [], "an age is no toll");
}

#[test]
fn a_report_with_several_numbers_is_no_side() {
    assert_eq!(dead(&[&[exactly(3.0), exactly(12.0)], &[exactly(15.0)]]), []);
}

#[test]
fn wire_copies_are_one_report() {
    let articles = [article(1, event(), &[exactly(11.0)]), article(2, event(), &[exactly(30.0)])];
    assert_eq!(found(&articles).len(), 1);
    assert_eq!(found_in(&articles, |_| ArticleId(Uuid::from_u128(1))), []);
}

#[test]
fn what_one_outlet_says_anew_is_no_disagreement() {
    let by = |number: u128, dead: f64, outlet: Option<&str>| ArticleEvents {
        outlet: outlet.map(EntityId::known),
        ..article(number, event(), &[exactly(dead)])
    };
    for (name, a, b, expected) in [
        ("one", Some("outlet-a"), Some("outlet-a"), 0),
        ("two", Some("outlet-a"), Some("outlet-b"), 1),
        ("unknown", None, None, 1),
    ] {
        assert_eq!(found(&[by(1, 11.0, a), by(2, 30.0, b)]).len(), expected, "{name}");
    }
}

#[test]
fn numbers_of_other_days_and_places_are_not_compared() {
    let later = date(2020, 5, 14);
    let other_day =
        Event { time: Some(TimeInterval { earliest: Some(later), latest: Some(later) }), ..event() };
    assert_eq!(found(&[article(1, event(), &[exactly(11.0)]), article(2, other_day, &[exactly(30.0)])]), []);
    let at = |place: &str| Event { places: vec![EntityId::known(place)], ..event() };
    assert_eq!(found(&[article(1, at("AA"), &[exactly(11.0)]), article(2, at("BB"), &[exactly(30.0)])]), []);
    assert_eq!(
        found(&[article(1, at("AA"), &[exactly(11.0)]), article(2, at("AA"), &[exactly(30.0)])]).len(),
        1
    );
}

#[test]
fn a_plan_disagrees_with_a_denial_of_the_same_one_but_not_with_its_happening() {
    let meeting = Event {
        event_type: EventType::Consult,
        mode: None,
        actors: vec![EntityId::known("person-a")],
        time: None,
        ..event()
    };
    let planned = Event { modality: Modality::Planned, tense: Tense::Future, ..meeting.clone() };
    let not_held = Event { polarity: Polarity::Negated, ..meeting.clone() };
    let conflicts = found(&[article(1, planned.clone(), &[]), article(2, not_held.clone(), &[])]);
    let [conflict] = conflicts.as_slice() else { panic!("{conflicts:?}") };
    assert_eq!(conflict.kind, ConflictKind::Status);
    let values: Vec<&ConflictValue> = conflict.sides.iter().map(|side| &side.value).collect();
    assert_eq!(values, [&ConflictValue::Status(Standing::Planned), &ConflictValue::Status(Standing::Denied)]);
    assert_eq!(
        found(&[article(1, planned, &[]), article(2, meeting.clone(), &[])]),
        [],
        "a plan that came true"
    );
    let other = Event { actors: vec![EntityId::known("person-b")], modality: Modality::Planned, ..meeting };
    assert_eq!(found(&[article(1, other, &[]), article(2, not_held, &[])]), [], "another was to meet");
}

#[test]
fn what_is_denied_disagrees_with_its_report_but_a_noun_in_a_negated_sentence_does_not() {
    let attack = Event { recipients: vec![EntityId::known("group-a")], tense: Tense::None, ..event() };
    let claim = Some(ClaimId(Uuid::from_u128(9)));
    let denied = Event { modality: Modality::Denied, time: None, claim, ..attack.clone() };
    let noun = TEXT.find("هجوم").unwrap();
    let trigger = Span::new(noun, noun + "هجوم".len());
    let beside = Event { polarity: Polarity::Negated, trigger, ..attack.clone() };
    assert_eq!(found(&[article(1, attack.clone(), &[]), article(2, denied, &[])]).len(), 1);
    assert_eq!(found(&[article(1, attack, &[]), article(2, beside, &[])]), []);
}

#[test]
fn who_did_it_is_disputed_where_two_reports_each_say_so() {
    let by = |actor: &str| Event { actors: vec![EntityId::known(actor)], ..event() };
    let articles = |actors: &[&str]| -> Vec<ArticleEvents> {
        actors.iter().zip(1..).map(|(actor, number)| article(number, by(actor), &[])).collect()
    };
    let conflicts = found(&articles(&["group-a", "group-a", "group-b", "group-b"]));
    assert_eq!(
        conflicts.iter().map(|c| (c.kind, c.sides.len())).collect::<Vec<_>>(),
        [(ConflictKind::Actor, 2)]
    );
    assert_eq!(found(&articles(&["group-a", "group-a", "group-b"])), [], "one may be read wrongly");
}

/// A second event of the first sentence of an article.
fn beside(
    mut article: ArticleEvents,
    event_type: EventType,
    actor: &str,
    recipient: Option<&str>,
) -> ArticleEvents {
    let party = |id: &str| Party {
        id: EntityId::known(id),
        entity_type: EntityType::ArmedGroup,
        own: id.bytes().fold(7, |hash, byte| hash * 31 + u64::from(byte)),
        side: id.bytes().fold(7, |hash, byte| hash * 31 + u64::from(byte)),
        surname: id.bytes().fold(9, |hash, byte| hash * 31 + u64::from(byte)),
        local: false,
    };
    let mut mention = article.mentions[0].clone();
    let number = article.article.0.as_u128() * 1000 + article.mentions.len() as u128;
    mention.event = EventId(Uuid::from_u128(number));
    mention.event_type = event_type;
    let at = article.parties.len() as u16;
    mention.parts =
        [(Part::Actor, at)].into_iter().chain(recipient.map(|_| (Part::Recipient, at + 1))).collect();
    mention.denial = (event_type == EventType::Reject).then_some(Denial::Blame);
    mention.mode = Some(0);
    article.modes = Box::new(["ACCUSE_ALLEGE".into()]);
    let added = [party(actor)].into_iter().chain(recipient.map(party));
    article.parties = article.parties.iter().cloned().chain(added).collect();
    article.mentions = article.mentions.iter().cloned().chain([mention]).collect();
    article
}

/// The conflicts over the first event of each article.
fn found_of_first(articles: &[ArticleEvents]) -> Vec<Conflict> {
    let members: Vec<Told<'_>> = articles.iter().filter_map(|article| article.told().next()).collect();
    conflicts(ClusterId(Uuid::nil()), &members, |article| article)
}

#[test]
fn who_is_blamed_is_disputed_where_he_rejects_it_or_blames_others() {
    use EventType::{Accuse, Reject};
    let deed = |number| article(number, event(), &[]);
    let sides = |articles: &[ArticleEvents]| -> Vec<Vec<ConflictValue>> {
        let found = found_of_first(articles).into_iter().filter(|c| c.kind == ConflictKind::Actor);
        found.map(|c| c.sides.into_iter().map(|side| side.value).collect()).collect()
    };
    let actors = |id: &str| ConflictValue::Actors(vec![EntityId::known(id)]);
    let accused = beside(deed(1), Accuse, "state-a", Some("group-b"));
    let denied = ConflictValue::Status(Standing::Denied);
    for (name, other, expected) in [
        ("rejects", beside(deed(2), Reject, "group-b", None), vec![vec![actors("group-b"), denied]]),
        (
            "blames another",
            beside(deed(2), Accuse, "group-b", Some("group-c")),
            vec![vec![actors("group-b"), actors("group-c")]],
        ),
        ("somebody else rejects", beside(deed(2), Reject, "group-c", None), vec![]),
        ("a third one blames another", beside(deed(2), Accuse, "state-d", Some("group-c")), vec![]),
        ("blames him too", beside(deed(2), Accuse, "state-d", Some("group-b")), vec![]),
    ] {
        assert_eq!(sides(&[accused.clone(), other]), expected, "{name}");
    }
    let both = beside(accused.clone(), Reject, "group-b", None);
    assert_eq!(sides(&[both, deed(2)]), Vec::<Vec<ConflictValue>>::new(), "one report tells both");
    let conflicts = found_of_first(&[accused, beside(deed(2), Reject, "group-b", None)]);
    assert_eq!(conflicts[0].sides[0].statements[0].source, Some(EntityId::known("state-a")), "the accuser");
}

#[test]
fn the_beginning_of_a_campaign_is_disputed_unless_it_is_vague() {
    let since = |number: u128, day: Date| {
        let time = Some(TimeInterval { earliest: Some(day), latest: Some(DAY.tomorrow().unwrap()) });
        let mut told = article(number, Event { time, ..event() }, &[]);
        told.mentions[0].series = true;
        told
    };
    for (name, other, expected) in [
        ("a week and more apart", date(2020, 4, 16), vec![ConflictKind::Date]),
        ("the middle of the month", date(2020, 4, 10), vec![]),
        ("a month", date(2020, 4, 1), vec![]),
        ("another campaign", date(2020, 1, 7), vec![]),
    ] {
        let found = found(&[since(1, date(2020, 4, 7)), since(2, other)]);
        assert_eq!(found.iter().map(|c| c.kind).collect::<Vec<_>>(), expected, "{name}");
    }
}

#[test]
fn a_denial_that_names_nobody_is_of_whom_its_article_names() {
    let attack = |who: &str| Event { recipients: vec![EntityId::known(who)], ..event() };
    let claim = Some(ClaimId(Uuid::from_u128(9)));
    let denied = Event { modality: Modality::Denied, tense: Tense::None, time: None, claim, ..event() };
    let articles = |named: &str| {
        let mut denial = article(2, denied.clone(), &[]);
        let other = article(2, attack(named), &[]);
        let mut mention = other.mentions[0].clone();
        mention.event = EventId(Uuid::from_u128(77));
        denial.parties = other.parties.clone();
        denial.mentions = denial.mentions.iter().cloned().chain([mention]).collect();
        [article(1, attack("group-a"), &[]), denial]
    };
    let kinds = |articles: &[ArticleEvents]| found(articles).iter().map(|c| c.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&articles("group-a")), [ConflictKind::Status]);
    assert_eq!(kinds(&articles("group-b")), []);
}

#[test]
fn the_place_is_disputed_between_countries() {
    let at = |place: &str| Event { places: vec![EntityId::known(place)], ..event() };
    let articles: Vec<ArticleEvents> = ["AA", "AA", "BB", "BB"]
        .iter()
        .zip(1..)
        .map(|(place, number)| article(number, at(place), &[]))
        .collect();
    assert_eq!(found(&articles).iter().map(|c| c.kind).collect::<Vec<_>>(), [ConflictKind::Place]);
    let missile = |place: &str| Event { mode: Some("ASSAULT_MISSILE".to_owned()), ..at(place) };
    let articles: Vec<ArticleEvents> = ["AA", "AA", "BB", "BB"]
        .iter()
        .zip(1..)
        .map(|(place, number)| article(number, missile(place), &[]))
        .collect();
    assert_eq!(found(&articles), [], "from one country into another");
}

#[test]
fn the_day_is_disputed_where_it_is_the_same_event_for_sure() {
    let on = |day: Date, who: &str| Event {
        time: Some(TimeInterval { earliest: Some(day), latest: Some(day) }),
        recipients: vec![EntityId::known(who)],
        ..event()
    };
    let (early, late) = (date(2020, 5, 6), date(2020, 5, 9));
    let kinds = |articles: &[ArticleEvents]| found(articles).iter().map(|c| c.kind).collect::<Vec<_>>();
    assert_eq!(
        kinds(&[article(1, on(early, "person-a"), &[]), article(2, on(late, "person-a"), &[])]),
        [ConflictKind::Date]
    );
    assert_eq!(
        kinds(&[article(1, on(early, "group-a"), &[]), article(2, on(late, "group-a"), &[])]),
        [],
        "another attack"
    );
    let next = date(2020, 5, 7);
    assert_eq!(
        kinds(&[article(1, on(early, "person-a"), &[]), article(2, on(next, "person-a"), &[])]),
        [],
        "a night"
    );
}
