//! Any order of delivery of the same stamped submissions, corrections and deletions leaves the same record, on either kind of
//! deployment. The contract of the store has the property in full; here it goes through the real system.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use marsad_proto::v1;
use marsad_tests::articles::{as_of, short, with_text};
use marsad_tests::client::Client;
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::record;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

const MONDAY: i64 = 1_709_510_400;
const CHANGES: usize = 12;
const ARTICLES: usize = 3;

/// Texts that a correction may give an article.
const TEXTS: [&str; 3] = [
    "قصفت طائرات تركية مواقع في دهوك يوم 7 آذار 2024، وقال مصدر أمني إن ثلاثة أشخاص قتلوا.",
    "زار وزير الخارجية الإيراني بغداد وبحث مع نظيره العراقي ملف المياه يوم الأربعاء.",
    "تراجعت أسعار النفط قليلا في الأسواق هذا الصباح.",
];

#[derive(Debug, Clone)]
enum Change {
    Submit(v1::ArticleInput),
    Delete { article: usize, at: i64 },
}

/// A set of changes to a few articles, each at a second of its own, some of them twice.
fn changes(random: &mut StdRng) -> Vec<Change> {
    let mut changes: Vec<Change> = (0..CHANGES)
        .map(|at| {
            let article = random.random_range(0..ARTICLES);
            let moment = MONDAY + i64::try_from(at).unwrap();
            if at >= ARTICLES && random.random_bool(0.25) {
                return Change::Delete { article, at: moment };
            }
            let text = TEXTS[random.random_range(0..TEXTS.len())];
            Change::Submit(as_of(with_text(short(article), text), moment))
        })
        .collect();
    let repeated = changes[random.random_range(0..CHANGES)].clone();
    changes.push(repeated);
    changes
}

async fn deliver(client: &Client, changes: &[Change]) {
    for change in changes {
        match change {
            Change::Submit(input) => drop(client.submit(input.clone()).await),
            Change::Delete { article, at } => {
                let id = marsad_model::ArticleFields { url: short(*article).url, ..Default::default() }
                    .article_id();
                client.delete(&id.to_string(), Some(*at)).await.unwrap();
            }
        }
    }
}

/// The record that a fresh deployment has after these changes, by a fresh set of processes.
async fn record_of(kind: Kind, changes: &[Change]) -> Value {
    let deployment = Deployment::start(kind).await;
    let client = deployment.client();
    deliver(&client, changes).await;
    deployment.until_settled(changes.len() as u64).await;
    let record = record::export(&client).await;
    deployment.finish().await;
    record
}

async fn any_order_gives_the_same_record(seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let in_order = changes(&mut random);
    let expected = record_of(Kind::Embedded, &in_order).await;
    for kind in [Kind::Embedded, Kind::Apart, Kind::Embedded, Kind::Apart] {
        let mut shuffled = in_order.clone();
        shuffled.shuffle(&mut random);
        let found = record_of(kind, &shuffled).await;
        assert_eq!(found, expected, "seed {seed}, {kind:?}, in the order {shuffled:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn first_set() {
    any_order_gives_the_same_record(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn second_set() {
    any_order_gives_the_same_record(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn third_set() {
    any_order_gives_the_same_record(3).await;
}
