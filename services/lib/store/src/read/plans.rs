//! How the lists are found: in the index that has their order, with no look at what a filter excludes. SQLite only, whose
//! plans do not depend on what is stored.

use jiff::civil::{Date, date};
use marsad_model::ontology::{EntityType, EventType};
use marsad_model::{ArticleId, EntityId, StoryId};
use serde::Serialize;
use sqlx::{Connection as _, SqliteConnection};
use uuid::Uuid;

use super::{articles, entities, facts, graph, linking, names, words};
use crate::filter::{ArticleFilter, ClaimFilter, ClusterFilter, EntityFilter, EventFilter, StoryFilter};
use crate::page::{KeyPart, PageRequest, Paging};
use crate::record::ArticleState;
use crate::search::TextQuery;
use crate::sql::{Connection as _, Query};

const DAY: Date = date(2024, 5, 1);

/// The steps of the plan for a statement, in lines.
async fn plan(mut query: Query) -> String {
    let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let migrations = [
        include_str!("../../migrations/sqlite/0001_articles.sql"),
        include_str!("../../migrations/sqlite/0002_sources.sql"),
        include_str!("../../migrations/sqlite/0003_links.sql"),
        include_str!("../../migrations/sqlite/0004_search.sql"),
        include_str!("../../migrations/sqlite/0005_teaching.sql"),
        include_str!("../../migrations/sqlite/0006_order.sql"),
        include_str!("../../migrations/sqlite/0007_origins.sql"),
        include_str!("../../migrations/sqlite/0008_pages.sql"),
    ];
    for sql in migrations {
        sqlx::raw_sql(sql).execute(&mut db).await.unwrap();
    }
    query.sql = format!("EXPLAIN QUERY PLAN {}", query.sql).into();
    let mut steps = Vec::new();
    for mut row in db.fetch(query).await.unwrap() {
        let _: (i64, i64, i64) = (row.take().unwrap(), row.take().unwrap(), row.take().unwrap());
        steps.push(row.take::<String>().unwrap());
    }
    steps.join("\n")
}

/// The first page of a list, and the next one.
fn pages(list: &str, filter: &impl Serialize, time: i64) -> [Paging; 2] {
    let key = || vec![KeyPart::Int(time), KeyPart::Id(Uuid::nil())];
    let first = Paging::new(&PageRequest::first(1), list, filter, &key()).unwrap();
    let after = first.page(vec![1, 2], |_| key()).next;
    let next = Paging::new(&PageRequest { size: 1, after }, list, filter, &key()).unwrap();
    [first, next]
}

#[tokio::test]
async fn events_are_found_in_their_order() {
    let types = vec![EventType::Assault];
    let actor = Some(EntityId::known("IQ"));
    let any = EventFilter::default;
    const OF_ENTITY: &str = "COVERING INDEX event_participants_time (entity=?";
    let cases: [(EventFilter, &str, bool); 9] = [
        (any(), "events_time", true),
        (EventFilter { from: Some(DAY), ..any() }, "events_time", true),
        (EventFilter { from: Some(DAY), to: Some(DAY), ..any() }, "events_time", true),
        (EventFilter { types: types.clone(), ..any() }, "events_type_time (event_type=?", true),
        (
            EventFilter { types: types.clone(), from: Some(DAY), ..any() },
            "events_type_time (event_type=?",
            true,
        ),
        (
            EventFilter { types: vec![EventType::Assault, EventType::Consult], ..any() },
            "events_type_time (event_type=?",
            false,
        ),
        (
            EventFilter { actor: actor.clone(), types: types.clone(), from: Some(DAY), ..any() },
            OF_ENTITY,
            true,
        ),
        (EventFilter { claim_source: actor.clone(), happened: true, ..any() }, OF_ENTITY, true),
        // An article has few events.
        (
            EventFilter { actor, article: Some(ArticleId(Uuid::nil())), ..any() },
            "SEARCH e USING INDEX sqlite_autoindex_events_1 (article=?",
            false,
        ),
    ];
    for (filter, index, ordered) in cases {
        for paging in pages("events", &filter, 20_240_601) {
            let plan = plan(facts::list(&filter, &paging)).await;
            assert!(plan.contains(index), "{filter:?}: {plan}");
            assert!(!plan.lines().any(|step| step == "SCAN e"), "{filter:?}: {plan}");
            assert_eq!(!plan.contains("TEMP B-TREE FOR ORDER BY"), ordered, "{filter:?}: {plan}");
        }
    }
}

/// A range that starts late passes over what ended before it in the index, where both of its columns are.
#[tokio::test]
async fn the_index_of_times_holds_what_a_range_asks_for() {
    let filter = EventFilter { from: Some(DAY), to: Some(DAY), ..Default::default() };
    let [first, _] = pages("events", &filter, 0);
    let query = facts::list(&filter, &first);
    let plan = plan(query).await;
    assert!(plan.contains("COVERING INDEX events_time"), "{plan}");
}

#[tokio::test]
async fn claims_are_found_in_their_order() {
    let iraq = Some(EntityId::known("IQ"));
    let any = ClaimFilter::default;
    let cases: [(ClaimFilter, &str); 3] = [
        (any(), "sqlite_autoindex_claims_1"),
        (
            ClaimFilter { article: Some(ArticleId(Uuid::nil())), ..any() },
            "sqlite_autoindex_claims_1 (article=?",
        ),
        (
            ClaimFilter { source: iraq.clone(), via: iraq, ..any() },
            "COVERING INDEX claim_participants_order (entity=?",
        ),
    ];
    for (filter, index) in cases {
        let key = [KeyPart::Id(Uuid::nil()), KeyPart::Int(0)];
        let paging = Paging::new(&PageRequest::first(1), "claims", &filter, &key).unwrap();
        let plan = plan(facts::claim_list(&filter, &paging)).await;
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
    }
}

/// Entities are walked in the order of a list, one walk for each type, and none is counted.
#[tokio::test]
async fn entities_are_found_in_their_order() {
    let cases: [(&[EntityType], &str, bool); 3] = [
        (&[], "SCAN entity_forms USING INDEX entity_forms_shown", true),
        (&[EntityType::Person], "SEARCH entity_forms USING INDEX entity_forms_type (entity_type=?", true),
        (
            &[EntityType::Person, EntityType::Gpe],
            "SEARCH entity_forms USING INDEX entity_forms_type (entity_type=?",
            false,
        ),
    ];
    for (types, index, ordered) in cases {
        let filter = EntityFilter { types: types.to_vec(), article: None };
        let key = [KeyPart::Int(0), KeyPart::Text(String::new())];
        let paging = Paging::new(&PageRequest::first(1), "entities", &filter, &key).unwrap();
        let plan = plan(entities::counted(&filter, &paging, 2)).await;
        assert!(plan.contains(index), "{filter:?}: {plan}");
        assert!(plan.contains("SEARCH f USING INDEX entity_forms_entity (entity=?"), "{filter:?}: {plan}");
        // What several walks find is put together.
        assert_eq!(!plan.contains("TEMP B-TREE"), ordered, "{filter:?}: {plan}");
    }
}

#[tokio::test]
async fn articles_are_found_in_their_order() {
    let any = ArticleFilter::default;
    let outlet = Some("outlet".to_owned());
    let cases: [(ArticleFilter, &[&str]); 8] = [
        (any(), &["SCAN a USING INDEX articles_published"]),
        (
            ArticleFilter { published_from: Some(DAY), ..any() },
            &["SEARCH a USING INDEX articles_published (<expr><?"],
        ),
        (
            ArticleFilter { published_to: Some(DAY), ..any() },
            &["SEARCH a USING INDEX articles_published (<expr>>?"],
        ),
        (
            ArticleFilter { published_from: Some(DAY), published_to: Some(DAY), ..any() },
            &["SEARCH a USING INDEX articles_published (<expr>>? AND <expr><?)"],
        ),
        (
            ArticleFilter { state: Some(ArticleState::Failed), ..any() },
            &["SEARCH a USING INDEX articles_unfinished (state=?"],
        ),
        (ArticleFilter { state: Some(ArticleState::Analysed), ..any() }, &["USING INDEX articles_published"]),
        (
            ArticleFilter { outlet: outlet.clone(), ..any() },
            &["articles_outlet (outlet=?", "articles_outlet_entity (outlet_entity=?"],
        ),
        (
            ArticleFilter { outlet, published_from: Some(DAY), ..any() },
            &["articles_outlet (outlet=?", "articles_outlet_entity (outlet_entity=?"],
        ),
    ];
    for (filter, expected) in cases {
        let pages = pages("articles", &filter, -20_240_601);
        for (number, paging) in pages.iter().enumerate() {
            let plan = plan(articles::list(&filter, paging)).await;
            // With a cursor, what was a walk is a search too.
            let expected = expected.iter().filter(|step| number == 0 || !step.starts_with('S'));
            for step in expected {
                assert!(plan.contains(step), "{filter:?} page {number}: {step} is not in {plan}");
            }
            assert!(!plan.lines().any(|step| step == "SCAN a"), "{filter:?} page {number}: {plan}");
            assert_eq!(
                plan.contains("TEMP B-TREE FOR ORDER BY"),
                filter.outlet.is_some(),
                "{filter:?} page {number}: {plan}"
            );
        }
    }
}

/// Names are found by one of their words out of an index alone, and articles in the order of the index of words.
#[tokio::test]
async fn searches_use_their_indexes() {
    let names = plan(names::by_beginning("name")).await;
    assert!(
        names.contains("SEARCH entity_words USING COVERING INDEX entity_words_word (word>? AND word<?)"),
        "{names}"
    );
    let query = TextQuery::parse("abc def").unwrap();
    let words = plan(words::first_query(&query)).await;
    assert!(
        words.contains("SCAN w VIRTUAL TABLE INDEX") && words.contains("SEARCH d USING INTEGER PRIMARY KEY"),
        "{words}"
    );
    assert!(!words.contains("TEMP B-TREE"), "{words}");
}

#[tokio::test]
async fn events_of_all_articles_are_found_in_their_order() {
    let types = vec![EventType::Assault];
    let iraq = Some(EntityId::known("IQ"));
    let any = ClusterFilter::default;
    let of_entity = "cluster_participants_entity (entity=?";
    let cases: [(ClusterFilter, &str, bool); 8] = [
        (any(), "COVERING INDEX clusters_time", true),
        (
            ClusterFilter { from: Some(DAY), to: Some(DAY), min_reports: Some(2), ..any() },
            "COVERING INDEX clusters_time",
            true,
        ),
        (
            ClusterFilter { types: types.clone(), from: Some(DAY), ..any() },
            "COVERING INDEX clusters_type_time (event_type=?",
            true,
        ),
        (ClusterFilter { participant: iraq.clone(), ..any() }, of_entity, true),
        (ClusterFilter { place: iraq.clone(), types, to: Some(DAY), ..any() }, of_entity, true),
        (ClusterFilter { actor: iraq.clone(), recipient: iraq, ..any() }, of_entity, true),
        (
            ClusterFilter { story: Some(StoryId(Uuid::nil())), ..any() },
            "cluster_members_article (article=?",
            false,
        ),
        (ClusterFilter { conflicts_only: true, ..any() }, "conflicts_cluster", false),
    ];
    for (filter, index, ordered) in cases {
        for paging in pages("clusters", &filter, 20_240_601) {
            let plan = plan(graph::cluster_list(&filter, &paging)).await;
            assert!(plan.contains(index), "{filter:?}: {plan}");
            if ordered {
                assert!(!plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
            }
            assert!(!plan.lines().any(|step| step == "SCAN c" || step == "SCAN p"), "{filter:?}: {plan}");
        }
    }
}

#[tokio::test]
async fn timelines_are_found_in_their_order() {
    let iraq = Some(EntityId::known("IQ"));
    let any = ClusterFilter::default;
    let cases: [(ClusterFilter, &str, bool); 4] = [
        (ClusterFilter { participant: iraq.clone(), ..any() }, "cluster_participants_place (entity=?", true),
        (
            ClusterFilter { participant: iraq, from: Some(DAY), to: Some(DAY), ..any() },
            "cluster_participants_place (entity=? AND place>? AND place<?)",
            true,
        ),
        // That of a story is put in order: it has no more events than its articles tell.
        (
            ClusterFilter { story: Some(StoryId(Uuid::nil())), ..any() },
            "cluster_members_article (article=?",
            false,
        ),
        (
            ClusterFilter { story: Some(StoryId(Uuid::nil())), from: Some(DAY), ..any() },
            "cluster_members_article (article=?",
            false,
        ),
    ];
    for (filter, index, ordered) in cases {
        for paging in pages("timeline", &filter, 20_240_601 << 32) {
            let plan = plan(graph::timeline_list(&filter, &paging)).await;
            assert!(plan.contains(index), "{filter:?}: {plan}");
            if ordered {
                assert!(!plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
            }
            assert!(!plan.lines().any(|step| step == "SCAN c" || step == "SCAN p"), "{filter:?}: {plan}");
        }
    }
}

/// The linker takes the next articles from the index that has them in order, however many wait.
#[tokio::test]
async fn what_is_to_link_is_found_in_its_order() {
    let plan = plan(linking::next_to_link(9)).await;
    assert!(plan.contains("to_link_order") && !plan.contains("TEMP B-TREE"), "{plan}");
}

#[tokio::test]
async fn stories_are_found_in_their_order() {
    let any = StoryFilter::default;
    let cases: [(StoryFilter, &str); 4] = [
        (any(), "COVERING INDEX stories_time"),
        (
            StoryFilter { from: Some(DAY), to: Some(DAY), ..any() },
            "SEARCH s USING COVERING INDEX stories_time (latest_first",
        ),
        (StoryFilter { entity: Some(EntityId::known("IQ")), ..any() }, "story_entities_entity (entity=?"),
        (StoryFilter { parent: Some(StoryId(Uuid::nil())), ..any() }, "stories_parent (parent=?"),
    ];
    for (filter, index) in cases {
        for paging in pages("stories", &filter, -20_240_601) {
            let plan = plan(graph::story_list(&filter, &paging)).await;
            assert!(plan.contains(index), "{filter:?}: {plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
        }
    }
}
