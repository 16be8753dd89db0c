use std::collections::{BTreeMap, BTreeSet};

use marsad_model::analysis::{AnalysisVersion, Entity, Mention, Published, Segment};
use marsad_model::graph::Story;
use marsad_model::ontology::{EntityType, MentionKind, PublishedBasis, SegmentKind};
use marsad_model::{Analysis, EntityId, Span};
use proptest::prelude::*;
use uuid::Uuid;

use super::profile::Weighted;
use super::*;
use crate::terms::Term;
use crate::words::words;

fn article(number: u8) -> ArticleId {
    ArticleId(Uuid::from_u128(u128::from(number)))
}

/// A profile with these terms, the first the strongest.
fn profile(terms: &[u32]) -> Profile {
    let weight = |place: usize| 3.0 / (1.0 + place as f32 / 4.0);
    let weighted =
        |(place, &term): (usize, &u32)| Weighted { term: Term(term), weight: weight(place), finds: true };
    let terms = terms.iter().enumerate().map(weighted).collect();
    Profile { vector: Vector::of(terms), title: Some("عنوان".into()), entities: Box::new([]) }
}

/// Everything that can be asked.
fn all(stories: &Stories) -> (BTreeMap<StoryId, Story>, BTreeMap<StoryId, Vec<StoryId>>) {
    let ids: Vec<StoryId> = stories.stories().chain(stories.parents()).collect();
    let described = ids.iter().filter_map(|&id| Some((id, stories.describe(id)?)));
    let parents = stories.parents().map(|id| (id, stories.parts_of(id).to_vec()));
    (described.collect(), parents.collect())
}

#[derive(Debug, Clone)]
enum Change {
    Put(u8, Vec<u32>, Option<i8>),
    Remove(u8),
    Settle,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    // Six subjects of eight terms; an article takes a run of one of them, and a few terms of all.
    let terms =
        (0..6_u32, 0..5_u32, prop::collection::vec(0..48_u32, 0..4)).prop_map(|(subject, from, more)| {
            let mut terms: Vec<u32> = (from..from + 4).map(|term| subject * 8 + term).collect();
            terms.extend(more);
            let mut seen = BTreeSet::new();
            terms.retain(|&term| seen.insert(term));
            terms
        });
    let put = (0..20_u8, terms, prop::option::weighted(0.8, 0..100_i8));
    let change = prop_oneof![
        6 => put.prop_map(|(number, terms, day)| Change::Put(number, terms, day)),
        2 => (0..20_u8).prop_map(Change::Remove),
        3 => Just(Change::Settle),
    ];
    prop::collection::vec(change, 0..60)
}

fn on(day: i8) -> Date {
    date(2024, 1, 1) + jiff::Span::new().days(day)
}

proptest! {
    #[test]
    fn any_order_of_puts_batches_and_removals_gives_the_stories_of_the_articles_that_are_in(
        changes in changes(),
        order in prop::collection::vec(any::<u8>(), 20),
    ) {
        let mut stories = Stories::new();
        let mut articles = BTreeMap::new();
        let mut followed = (BTreeMap::new(), BTreeMap::new());
        for change in changes.into_iter().chain([Change::Settle]) {
            match change {
                Change::Put(number, terms, day) => {
                    stories.put(article(number), profile(&terms), day.map(on));
                    articles.insert(number, (terms, day));
                }
                Change::Remove(number) => {
                    prop_assert_eq!(stories.remove(article(number)), articles.remove(&number).is_some());
                }
                Change::Settle => {
                    let touched = stories.settle();
                    for id in touched.gone.iter().chain(&touched.parents_gone) {
                        followed.0.remove(id);
                        followed.1.remove(id);
                    }
                    for id in touched.changed.into_iter().chain(touched.parents_changed) {
                        followed.0.insert(id, stories.describe(id).unwrap());
                        if !stories.parts_of(id).is_empty() {
                            followed.1.insert(id, stories.parts_of(id).to_vec());
                        }
                    }
                    prop_assert_eq!(&all(&stories), &followed, "what was touched is all that changed");
                }
            }
        }
        let mut anew = Stories::new();
        let mut numbers: Vec<u8> = articles.keys().copied().collect();
        numbers.sort_by_key(|&number| order[usize::from(number)]);
        for number in numbers {
            let (terms, day) = &articles[&number];
            anew.put(article(number), profile(terms), day.map(on));
        }
        anew.settle();
        prop_assert_eq!(all(&stories), all(&anew));
        for &number in articles.keys() {
            let given: Vec<_> = stories.neighbours(article(number)).collect();
            prop_assert_eq!(given, anew.neighbours(article(number)).collect::<Vec<_>>());
        }
    }
}

#[test]
fn articles_about_one_thing_are_one_story_and_others_are_not() {
    let mut stories = Stories::new();
    stories.put(article(1), profile(&[1, 2, 3, 4, 5]), Some(on(0)));
    stories.put(article(2), profile(&[2, 1, 3, 5, 6]), Some(on(1)));
    stories.put(article(3), profile(&[11, 12, 13, 14, 15]), Some(on(1)));
    // Undated: its text alone joins it.
    stories.put(article(4), profile(&[3, 2, 1, 7, 4]), None);
    let touched = stories.settle();
    assert_eq!(touched.changed.len(), 2);
    let story = stories.story_of(article(1)).unwrap();
    assert_eq!(stories.articles_of(story), [article(1), article(2), article(4)]);
    let described = stories.describe(story).unwrap();
    assert_eq!(described.days, Some((on(0), on(1))));
    assert_eq!(described.parent, None);
    assert_eq!(stories.articles_of(stories.story_of(article(3)).unwrap()), [article(3)]);
}

#[test]
fn what_lies_half_a_year_apart_is_not_compared() {
    let mut stories = Stories::new();
    stories.put(article(1), profile(&[1, 2, 3, 4, 5]), Some(date(2024, 1, 1)));
    stories.put(article(2), profile(&[1, 2, 3, 4, 5]), Some(date(2025, 1, 1)));
    stories.settle();
    assert_eq!(stories.neighbours(article(1)).count(), 0);
    // But the stories have one parent.
    let parent = stories.story_of(article(1)).and_then(|story| stories.parent_of(story)).unwrap();
    assert_eq!(stories.parts_of(parent).len(), 2);
    assert_eq!(stories.describe(parent).unwrap().articles, [article(1), article(2)]);
}

/// An article out of parts with their kinds, and the analysis that has these and no more.
fn page(parts: &[(SegmentKind, &str)], mentions: &[(&str, &str)]) -> (String, Analysis) {
    let mut text = String::new();
    let mut segments = Vec::new();
    for (kind, part) in parts {
        let start = text.len();
        text.push_str(part);
        segments.push(Segment {
            span: Span::new(start, text.len()),
            kind: *kind,
            reason: None,
            warning: None,
        });
        text.push('\n');
    }
    let entity = |id: &str, name: &str| Entity {
        id: EntityId::known(id),
        entity_type: EntityType::Person,
        name: name.to_owned(),
        name_en: None,
        wikidata: None,
        rollup: None,
    };
    let mention = |id: &str, start: usize, name: &str| Mention {
        span: Span::new(start, start + name.len()),
        entity_type: EntityType::Person,
        entity: EntityId::known(id),
        kind: MentionKind::Name,
        metonymy: false,
        confidence: 1.0,
    };
    let analysis = Analysis {
        version: AnalysisVersion { analyzer: 1, knowledge: 1, ontology: 1, overlay: 0 },
        language: "ar".to_owned(),
        published: Published { date: None, basis: PublishedBasis::None, weekday: None },
        outlet: None,
        segments,
        entities: mentions.iter().map(|(id, name)| entity(id, name)).collect(),
        mentions: (mentions.iter())
            .flat_map(|(id, name)| text.match_indices(name).map(move |(at, name)| mention(id, at, name)))
            .collect(),
        roles: Vec::new(),
        times: Vec::new(),
        quantities: Vec::new(),
        events: Vec::new(),
        claims: Vec::new(),
    };
    analysis.check(&text).unwrap();
    (text, analysis)
}

fn profile_of(parts: &[(SegmentKind, &str)], mentions: &[(&str, &str)]) -> Profile {
    let (text, analysis) = page(parts, mentions);
    Profile::of(None, &text, &words(&text, &analysis), &analysis)
}

const HOST: [(SegmentKind, &str); 2] = [
    (SegmentKind::Title, "زلزال يضرب ساحل تشيلي ويشرد آلاف السكان"),
    (
        SegmentKind::Body,
        "أعلن معهد الجيولوجيا أن زلزالا قويا ضرب ساحل تشيلي فجرا، وفتحت البلدية ملاجئ للسكان المشردين.",
    ),
];
const APPENDED: [(SegmentKind, &str); 2] = [
    (SegmentKind::Title, "إضراب عمال الموانئ يعطل تصدير القمح الأوكراني"),
    (
        SegmentKind::Body,
        "دخل إضراب عمال الموانئ في أوديسا يومه الثالث وتوقف تصدير القمح، وقال لاجوردي إن السفن تنتظر.",
    ),
];

#[test]
fn an_article_appended_to_a_page_does_not_join_the_story_of_its_host() {
    let people = [("lajwardi", "لاجوردي")];
    let appended = APPENDED.map(|(_, text)| (SegmentKind::Boilerplate, text));
    let page = profile_of(&[HOST.as_slice(), &appended].concat(), &people);
    assert_eq!(page, profile_of(&HOST, &[]), "neither its words nor its names count");

    let mut stories = Stories::new();
    stories.put(article(1), page, Some(on(0)));
    stories.put(article(2), profile_of(&APPENDED, &people), Some(on(0)));
    stories.put(article(3), profile_of(&HOST, &[]), None);
    stories.settle();
    assert_eq!(stories.story_of(article(1)), stories.story_of(article(3)));
    assert_ne!(stories.story_of(article(1)), stories.story_of(article(2)));
    assert_eq!(stories.neighbours(article(2)).count(), 0);
}

#[test]
fn a_story_has_the_headline_of_the_article_most_like_all_others_and_the_entities_of_most() {
    let mut stories = Stories::new();
    let named = |terms: &[u32], title: &str, entities: &[&str]| Profile {
        title: Some(title.into()),
        entities: entities.iter().map(|id| EntityId::known(*id)).collect(),
        ..profile(terms)
    };
    stories.put(article(1), named(&[1, 2, 3, 4, 9, 10], "الأول", &["a", "b"]), Some(on(3)));
    stories.put(article(2), named(&[1, 2, 3, 4, 5, 6], "الأوسط", &["b", "a"]), Some(on(2)));
    stories.put(article(3), named(&[1, 2, 5, 6, 7, 8], "الأخير", &["b", "c"]), None);
    stories.settle();
    let story = stories.describe(stories.story_of(article(1)).unwrap()).unwrap();
    assert_eq!(story.articles.len(), 3);
    assert_eq!(story.title.as_deref(), Some("الأوسط"));
    assert_eq!(story.entities, ["b", "a"].map(EntityId::known));
    assert_eq!(story.days, Some((on(2), on(3))));
}

#[test]
fn a_profile_is_small_and_comes_back_as_it_was() {
    let profile = profile_of(&HOST, &[("cl", "تشيلي")]);
    assert_eq!(profile.title.as_deref(), Some(HOST[0].1));
    assert_eq!(*profile.entities, [EntityId::known("cl")]);
    let json = serde_json::to_string(&profile).unwrap();
    assert_eq!(serde_json::from_str::<Profile>(&json).unwrap(), profile);
    let empty = profile_of(&[], &[]);
    let mut stories = Stories::new();
    stories.put(article(1), empty.clone(), None);
    stories.put(article(2), empty, None);
    stories.settle();
    assert_ne!(stories.story_of(article(1)), stories.story_of(article(2)), "nothing said is nothing shared");
}
