//! Whatever the order in which articles come, change and go and analysts judge, and in whatever batches: what they say together is the
//! same.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use jiff::civil::Date;
use marsad_extract::{Document, analyze};
use marsad_graph::events::ArticleEvents;
use marsad_graph::{Digest, Graph, Source, Update};
use marsad_model::{ArticleFields, ArticleId, EventId, JudgedEvent, Judgement, Verdict};
use proptest::prelude::*;
use serde_json::Value;

#[derive(serde::Deserialize)]
struct Row {
    file: String,
    outlet: Option<String>,
    published_at: Option<String>,
    title: Option<String>,
}

/// The sample articles that are plain text.
static ARTICLES: LazyLock<Vec<(ArticleFields, Digest)>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../seeds/articles");
    let index = std::fs::read_to_string(folder.join("index.json")).unwrap();
    let rows: Vec<Row> = serde_json::from_str(&index).unwrap();
    let articles = rows.into_iter().filter(|row| row.file.ends_with(".txt")).map(|row| {
        let fields = ArticleFields {
            text: std::fs::read_to_string(folder.join(&row.file)).unwrap(),
            title: row.title,
            outlet: row.outlet,
            external_id: Some(row.file),
            published_at: row.published_at.map(|day| day.parse().unwrap()),
            ..Default::default()
        };
        let digest = digest(&fields, None);
        (fields, digest)
    });
    articles.collect()
});

fn digest(fields: &ArticleFields, linked: Option<Date>) -> Digest {
    let article = id(fields);
    let document = Document { linked, ..Document::new(article, fields.content_hash(), fields) };
    let analysis = analyze(&document);
    Digest::of(&Source { article, title: fields.title.as_deref(), text: &fields.text, analysis: &analysis })
}

fn id(fields: &ArticleFields) -> ArticleId {
    ArticleId::from_external_id("", fields.external_id.as_deref().unwrap_or_default())
}

fn redate(article: ArticleId, day: Date) -> Option<ArticleEvents> {
    let (fields, _) = ARTICLES.iter().find(|(fields, _)| id(fields) == article)?;
    Some(digest(fields, Some(day)).events)
}

/// What a reader of all updates has.
#[derive(Debug, Default, PartialEq)]
struct Record(BTreeMap<(&'static str, String), Value>);

impl Record {
    fn take(&mut self, update: Update) {
        for id in update.gone_articles {
            self.0.remove(&("article", id.to_string()));
        }
        for (id, _) in update.gone_stories {
            self.0.remove(&("story", id.to_string()));
        }
        for (id, _) in update.gone_clusters {
            self.0.remove(&("cluster", id.to_string()));
        }
        for id in update.gone_conflicts {
            self.0.remove(&("conflict", id.to_string()));
        }
        for links in update.articles {
            self.0.insert(("article", links.article.to_string()), serde_json::to_value(links).unwrap());
        }
        for story in update.stories {
            self.0.insert(("story", story.id.to_string()), serde_json::to_value(story).unwrap());
        }
        for cluster in update.clusters {
            self.0.insert(("cluster", cluster.id.to_string()), serde_json::to_value(cluster).unwrap());
        }
        for conflict in update.conflicts {
            self.0.insert(("conflict", conflict.id.to_string()), serde_json::to_value(conflict).unwrap());
        }
    }
}

/// The record of these articles, taken in at once.
fn of(articles: impl Iterator<Item = usize>) -> Record {
    judged(articles, &[])
}

/// The record of these articles, taken in at once after these judgements.
fn judged(articles: impl Iterator<Item = usize>, judgements: &[Judgement]) -> Record {
    let (mut graph, mut record) = (Graph::new(), Record::default());
    judgements.iter().for_each(|judgement| graph.judge(judgement));
    for at in articles {
        graph.put(ARTICLES[at].1.clone());
    }
    record.take(graph.settle(&mut redate));
    record
}

/// All events of the samples, as they are judged.
static EVENTS: LazyLock<Vec<JudgedEvent>> = LazyLock::new(|| {
    let events = ARTICLES.iter().flat_map(|(_, digest)| digest.events.told());
    events
        .filter_map(|told| {
            let (article, event) = told.key();
            Some(JudgedEvent { key: told.mention.key?, article, event_type: told.mention.event_type, event })
        })
        .collect()
});

fn judgement(sequence: u64, verdict: Verdict, withdrawn: bool) -> Judgement {
    Judgement { id: verdict.id(), sequence, verdict, withdrawn, changed_at: 0 }
}

fn judged_event(event: EventId) -> JudgedEvent {
    EVENTS.iter().copied().find(|judged| judged.event == event).unwrap()
}

#[test]
fn judgements_are_followed_and_undone() {
    let (mut graph, mut record) = (Graph::new(), Record::default());
    ARTICLES.iter().for_each(|(_, digest)| graph.put(digest.clone()));
    record.take(graph.settle(&mut redate));
    let plain = record.0.clone();
    let clusters = plain.iter().filter(|((kind, _), _)| *kind == "cluster").map(|(_, cluster)| cluster);
    let wide = clusters.clone().find(|cluster| cluster["reports"].as_u64().unwrap() > 1).unwrap();
    let other = clusters.clone().find(|cluster| cluster["id"] != wide["id"]).unwrap();
    let event = |cluster: &Value, at: usize| {
        let of = serde_json::from_value(cluster["members"][at]["event"].clone()).unwrap();
        judged_event(of)
    };
    let members = wide["members"].as_array().unwrap().len();
    let (first, last, stranger) = (event(wide, 0), event(wide, members - 1), event(other, 0));
    let mut say = |graph: &mut Graph, verdict, withdrawn| {
        graph.judge(&judgement(1, verdict, withdrawn));
        record.take(graph.settle(&mut redate));
        record.0.clone()
    };

    say(&mut graph, Verdict::NoEvent(first), false);
    assert_eq!(graph.cluster_of(first.event), None);
    assert!(graph.cluster_of(last.event).is_some());
    assert_eq!(say(&mut graph, Verdict::NoEvent(first), true), plain);

    say(&mut graph, Verdict::Different(first, last), false);
    assert_ne!(graph.cluster_of(first.event), graph.cluster_of(last.event));
    assert_eq!(say(&mut graph, Verdict::Different(first, last), true), plain);

    assert_ne!(graph.cluster_of(first.event), graph.cluster_of(stranger.event));
    say(&mut graph, Verdict::Same(first, stranger), false);
    assert_eq!(graph.cluster_of(first.event), graph.cluster_of(stranger.event));
    assert_eq!(say(&mut graph, Verdict::Same(first, stranger), true), plain);
}

#[test]
fn the_samples_have_what_is_to_be_joined() {
    let record = of(0..ARTICLES.len());
    let some = |kind: &str, test: &dyn Fn(&Value) -> bool| {
        record.0.iter().any(|((of, _), value)| *of == kind && test(value))
    };
    assert!(some("story", &|story| story["articles"].as_array().unwrap().len() > 1));
    assert!(some("cluster", &|cluster| cluster["reports"].as_u64().unwrap() > 1));
    assert!(some("article", &|links| links["published"]["basis"] == "linked"));
}

#[test]
fn digests_survive_their_bytes() {
    for (_, digest) in ARTICLES.iter() {
        assert_eq!(Digest::from_bytes(&digest.to_bytes().unwrap()).unwrap(), *digest);
    }
    assert!(Digest::from_bytes(&[]).is_err());
    assert!(Digest::from_bytes(&[0, 1, 2]).is_err());
}

fn verdict() -> impl Strategy<Value = Verdict> {
    let event = || any::<proptest::sample::Index>().prop_map(|at| *at.get(&EVENTS));
    (event(), event(), 0..3_u8).prop_filter("two events", |(a, b, _)| a.key != b.key).prop_map(
        |(a, b, kind)| match kind {
            0 => Verdict::NoEvent(a),
            1 => Verdict::Same(a, b),
            _ => Verdict::Different(a, b),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_order_and_batching_gives_the_same(
        order in Just((0..ARTICLES.len()).collect::<Vec<_>>()).prop_shuffle(),
        ends in proptest::collection::vec(any::<bool>(), ARTICLES.len()),
        again in proptest::collection::vec(any::<bool>(), ARTICLES.len()),
        gone in proptest::collection::vec(any::<bool>(), ARTICLES.len()),
        verdicts in proptest::collection::vec((verdict(), any::<bool>(), 0..ARTICLES.len()), 0..6),
    ) {
        let judgements: Vec<Judgement> = (1..)
            .zip(&verdicts)
            .map(|(number, (verdict, ..))| judgement(number, *verdict, false))
            .collect();
        let (mut graph, mut record) = (Graph::new(), Record::default());
        for (at, end) in order.iter().zip(&ends) {
            graph.put(ARTICLES[*at].1.clone());
            for (judgement, _) in judgements.iter().zip(&verdicts).filter(|(_, (.., when))| when == at) {
                graph.judge(judgement);
            }
            if *end {
                record.take(graph.settle(&mut redate));
            }
        }
        for (judgement, _) in judgements.iter().zip(&verdicts).filter(|(_, (_, withdrawn, _))| *withdrawn) {
            graph.judge(&Judgement { withdrawn: true, ..judgement.clone() });
        }
        // Some come twice, some go.
        for at in 0..ARTICLES.len() {
            if again[at] {
                graph.put(ARTICLES[at].1.clone());
            }
            if gone[at] {
                graph.remove(id(&ARTICLES[at].0));
                if ends[at] {
                    record.take(graph.settle(&mut redate));
                }
            }
        }
        record.take(graph.settle(&mut redate));
        let hold = judgements.iter().zip(&verdicts).filter(|(_, (_, withdrawn, _))| !withdrawn);
        // What was given twice is withdrawn with the first withdrawal of it.
        let is_withdrawn = |judgement: &Judgement| {
            judgements.iter().zip(&verdicts).any(|(j, (_, withdrawn, _))| *withdrawn && j.id == judgement.id)
        };
        let hold: Vec<Judgement> =
            hold.map(|(judgement, _)| judgement.clone()).filter(|judgement| !is_withdrawn(judgement)).collect();
        prop_assert_eq!(record, judged((0..ARTICLES.len()).filter(|at| !gone[*at]), &hold));
    }
}
