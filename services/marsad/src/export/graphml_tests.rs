use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use quick_xml::Reader;

use super::*;
use crate::export::example;

/// The small record, with another name for an entity and for an outlet.
fn written(name: &str, outlet: &str) -> String {
    let mut graph = Graph::new(Vec::new()).unwrap();
    for (at, mut entity) in example::entities().into_iter().enumerate() {
        if at == 1 && !name.is_empty() {
            entity.name = name.to_owned();
        }
        let summary = v1::EntitySummary { entity: Some(entity), mention_count: 3, article_count: 2 };
        graph.entity(&summary).unwrap();
    }
    for (at, mut article) in example::articles().into_iter().enumerate() {
        if at == 0 && !outlet.is_empty() {
            article.outlet = Some(outlet.to_owned());
        }
        graph.article(&article).unwrap();
    }
    for (story, coarse) in example::stories().iter().zip([true, false]) {
        graph.story(story, coarse).unwrap();
    }
    graph.event(&example::attack()).unwrap();
    graph.event(&example::campaign()).unwrap();
    graph.conflict(&example::conflict()).unwrap();
    graph.links(&example::links()).unwrap();
    String::from_utf8(graph.finish().unwrap()).unwrap()
}

/// What a reader of the file makes of it: nodes and edges with what is said of them by attribute name.
#[derive(Debug, Default)]
struct Read {
    nodes: BTreeMap<String, BTreeMap<String, String>>,
    edges: Vec<(String, String, BTreeMap<String, String>)>,
}

fn read(text: &str) -> Read {
    let mut reader = Reader::from_str(text);
    let (mut keys, mut found) = (BTreeMap::new(), Read::default());
    let (mut data, mut key) = (BTreeMap::new(), String::new());
    let (mut id, mut ends) = (String::new(), (String::new(), String::new()));
    let mut value = String::new();
    loop {
        let event = reader.read_event().unwrap();
        let attributes = |start: &BytesStart<'_>| -> BTreeMap<String, String> {
            let all = start.attributes().map(|one| {
                let one = one.unwrap();
                let value = quick_xml::escape::unescape(&one.value).unwrap().into_owned();
                (one.key.as_ref().to_owned(), value)
            });
            all.collect()
        };
        match event {
            Event::Empty(start) if start.name().as_ref() == "key" => {
                let all = attributes(&start);
                keys.insert(all["id"].clone(), (all["for"].clone(), all["attr.name"].clone()));
            }
            Event::Start(start) => match start.name().as_ref() {
                "node" => id = attributes(&start)["id"].clone(),
                "edge" => {
                    let all = attributes(&start);
                    ends = (all["source"].clone(), all["target"].clone());
                }
                "data" => {
                    key = attributes(&start)["key"].clone();
                    value.clear();
                }
                _ => {}
            },
            Event::Text(text) => value.push_str(&text),
            Event::GeneralRef(reference) => {
                value.push_str(&quick_xml::escape::unescape(&format!("&{};", &*reference)).unwrap());
            }
            Event::End(end) => match end.name().as_ref() {
                "data" => {
                    let (domain, name): &(String, String) = &keys[&key];
                    assert!(key.starts_with(domain.as_str()));
                    assert!(data.insert(name.clone(), value.clone()).is_none(), "{name} twice");
                }
                "node" => {
                    assert!(
                        found.nodes.insert(id.clone(), std::mem::take(&mut data)).is_none(),
                        "{id} twice"
                    );
                }
                "edge" => found.edges.push((ends.0.clone(), ends.1.clone(), std::mem::take(&mut data))),
                _ => {}
            },
            Event::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn a_small_record_as_a_graph() {
    insta::assert_snapshot!(written("", ""));
}

#[test]
fn nodes_and_edges_are_read_back() {
    let graph = read(&written("", ""));
    let kinds = |all: &mut dyn Iterator<Item = &BTreeMap<String, String>>| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for data in all {
            *counts.entry(data["kind"].clone()).or_default() += 1;
        }
        counts.into_iter().map(|(kind, count)| format!("{kind} {count}")).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(
        kinds(&mut graph.nodes.values()),
        "article 2, conflict 1, entity 5, event 2, outlet 2, story 2"
    );
    assert_eq!(
        kinds(&mut graph.edges.iter().map(|(_, _, data)| data)),
        "about 3, in_story 2, part_of 2, participates 5, published_by 2, shares_text 1, stated_by 2, told_by 3"
    );
    let ends: BTreeSet<&String> = graph.edges.iter().flat_map(|(from, to, _)| [from, to]).collect();
    assert!(ends.iter().all(|id| graph.nodes.contains_key(*id)));
    let part =
        graph.edges.iter().find(|(from, _, data)| data["kind"] == "part_of" && from.starts_with("event"));
    assert_eq!(part.map(|(from, to, _)| (from.as_str(), to.as_str())), Some(("event:c1", "event:c2")));
}

#[test]
fn what_ends_nowhere_is_left_out() {
    let mut graph = Graph::new(Vec::new()).unwrap();
    graph.event(&example::attack()).unwrap();
    graph.event(&example::attack()).unwrap();
    graph.conflict(&example::conflict()).unwrap();
    let graph = read(&String::from_utf8(graph.finish().unwrap()).unwrap());
    assert_eq!((graph.nodes.len(), graph.edges.len()), (2, 1));
}

#[test]
fn every_key_is_declared() {
    for (domain, keys) in [("node", OF_NODES.as_slice()), ("edge", &OF_EDGES)] {
        let names: BTreeSet<_> = keys.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), keys.len(), "{domain}");
    }
    assert_eq!(node_id("entity", "gn-1"), "entity:gn-1");
    assert_eq!(node_id("entity", "a b_"), "entity:a_20_b_5f_");
}

proptest! {
    #[test]
    fn any_text_survives(name in "\\PC{1,12}|[<>&\"'\u{0}-\u{1f}]{1,6}", outlet in any::<String>()) {
        let graph = read(&written(&name, &outlet));
        prop_assert_eq!(graph.nodes.len(), 14);
        prop_assert_eq!(&graph.nodes["entity:x:1"]["name"], &plain(&name));
    }
}
