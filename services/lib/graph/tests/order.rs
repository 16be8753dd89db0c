//! Whatever the order in which articles come, change and go, and in whatever batches: what they say together is the same.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use jiff::civil::Date;
use marsad_extract::{Document, analyze};
use marsad_graph::events::ArticleEvents;
use marsad_graph::{Digest, Graph, Source, Update};
use marsad_model::{ArticleFields, ArticleId};
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
    let (mut graph, mut record) = (Graph::new(), Record::default());
    for at in articles {
        graph.put(ARTICLES[at].1.clone());
    }
    record.take(graph.settle(&mut redate));
    record
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_order_and_batching_gives_the_same(
        order in Just((0..ARTICLES.len()).collect::<Vec<_>>()).prop_shuffle(),
        ends in proptest::collection::vec(any::<bool>(), ARTICLES.len()),
        again in proptest::collection::vec(any::<bool>(), ARTICLES.len()),
        gone in proptest::collection::vec(any::<bool>(), ARTICLES.len()),
    ) {
        let (mut graph, mut record) = (Graph::new(), Record::default());
        for (at, end) in order.iter().zip(&ends) {
            graph.put(ARTICLES[*at].1.clone());
            if *end {
                record.take(graph.settle(&mut redate));
            }
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
        prop_assert_eq!(record, of((0..ARTICLES.len()).filter(|at| !gone[*at])));
    }
}
