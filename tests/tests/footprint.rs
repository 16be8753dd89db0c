//! What a process that does everything takes: time to start, and memory under articles of any size.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::time::{Duration, Instant};

use marsad_proto::v1::ArticleInput;
use marsad_tests::articles::{samples, short};
use marsad_tests::deployment::{Deployment, Kind};

const STARTS_WITHIN: Duration = Duration::from_secs(1);
/// The machine may be busy with something else for a while: the best of so many starts counts.
const STARTS: usize = 10;
const MOST_MEMORY: u64 = 400 << 20;
/// Texts near the largest that is taken, analysed side by side where the machine has the cores.
const LARGE_ARTICLES: usize = 2;
const LARGE: usize = 1 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn it_is_ready_within_a_second() {
    let mut deployment = Deployment::start(Kind::Embedded).await;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        deployment.ingest.kill();
        let started = Instant::now();
        deployment.ingest.restart().await;
        starts.push(started.elapsed());
        if starts.last().is_some_and(|start| *start < STARTS_WITHIN) {
            deployment.finish().await;
            return;
        }
    }
    panic!("ready after {starts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn large_articles_stay_within_the_memory() {
    let deployment = Deployment::start(Kind::Embedded).await;
    let mut articles = samples();
    articles.extend((0..LARGE_ARTICLES).map(|number| ArticleInput { text: large(number), ..short(number) }));
    let client = deployment.client();
    for article in &articles {
        client.submit(article.clone()).await;
    }
    deployment.until_settled(articles.len() as u64).await;
    let memory = deployment.ingest.peak_memory();
    assert!(memory < MOST_MEMORY, "{} MB", memory >> 20);
    deployment.finish().await;
}

/// A text near the limit in which no two sentences are the same. Few of them tell an event, for what the test measures is the
/// analysis and not the writing of its rows.
fn large(number: usize) -> String {
    let mut text = String::new();
    for at in 0.. {
        if text.len() > LARGE - 1000 {
            break;
        }
        let (day, count, end) = (at % 28 + 1, at % 97 + 3, if at % 5 == 4 { "\n" } else { " " });
        let sentence = match at % 20 {
            0 => format!(
                "قال وزير الدفاع العراقي يوم {day} أيار إن {count} جنديا قتلوا في هجوم على القاعدة رقم {at}."
            ),
            _ => format!(
                "الطريق رقم {at} من السلسلة {number} بين بغداد والبصرة طويل، وعلى جانبيه {count} قرية صغيرة وحقول نخيل، وفي كل \
                 واحدة منها سوق قديمة."
            ),
        };
        text.push_str(&sentence);
        text.push_str(end);
    }
    text
}
