//! Submitting as fast as answers come.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt;
use marsad_proto::v1;
use marsad_tests::client::Client;

/// About the size of an article of three hundred words.
const TEXT_BYTES: usize = 4096;

/// Articles of 4 KB, each with a URL of its own; clones go on with the same numbers.
#[derive(Debug, Clone)]
pub(crate) struct Articles {
    text: Arc<str>,
    next: Arc<AtomicU64>,
}

impl Articles {
    pub(crate) fn new() -> Self {
        let sentence = "وقعت وزارة المياه اتفاقا مع شركات محلية لصيانة شبكة الري في المحافظات الجنوبية قبل نهاية العام. ";
        let mut text = sentence.repeat(TEXT_BYTES / sentence.len() + 1);
        // The next article's number takes its place at the end.
        let end = (0..=TEXT_BYTES - 24).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        text.truncate(end);
        Self { text: text.into(), next: Arc::default() }
    }
}

impl Iterator for Articles {
    type Item = v1::ArticleInput;

    fn next(&mut self) -> Option<Self::Item> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Some(v1::ArticleInput {
            text: format!("{} {number}", self.text),
            outlet: Some("وكالة القياس".into()),
            url: Some(format!("https://agency.example/limits/{number}")),
            published_at: Some("2024-03-06".into()),
            ..Default::default()
        })
    }
}

/// Calls one after the other in so many tasks; answers a second.
pub(crate) async fn unary(server: SocketAddr, articles: &Articles, in_flight: usize, time: Duration) -> f64 {
    let client = Client::new(server, server, None);
    let began = Instant::now();
    let tasks: Vec<_> = (0..in_flight)
        .map(|_| {
            let (client, mut articles) = (client.clone(), articles.clone());
            tokio::spawn(async move {
                let mut answers = 0_u64;
                while began.elapsed() < time {
                    client.submit(articles.next().unwrap()).await;
                    answers += 1;
                }
                answers
            })
        })
        .collect();
    let mut answers = 0;
    for task in tasks {
        answers += task.await.unwrap();
    }
    answers as f64 / began.elapsed().as_secs_f64()
}

/// One stream; answers a second.
pub(crate) async fn streamed(server: SocketAddr, articles: &Articles, time: Duration) -> f64 {
    let client = Client::new(server, server, None);
    let began = Instant::now();
    let articles = articles.clone().take_while(move |_| began.elapsed() < time).zip(0..);
    let requests = articles.map(|(article, sequence)| v1::SubmitArticlesRequest {
        sequence,
        article: Some(article),
        lane: v1::Lane::Live.into(),
    });
    let answers = client.ingest.clone().submit_articles(futures::stream::iter(requests)).await.unwrap();
    let accepted = answers.into_inner().map(|answer| {
        let outcome = answer.unwrap().outcome.unwrap();
        assert!(matches!(outcome, v1::submit_articles_response::Outcome::Accepted(_)), "{outcome:?}");
    });
    accepted.count().await as f64 / began.elapsed().as_secs_f64()
}

/// How long each of some calls took, one after the other.
pub(crate) async fn one_by_one(server: SocketAddr, articles: &Articles, time: Duration) -> Vec<f64> {
    let (client, mut articles) = (Client::new(server, server, None), articles.clone());
    let began = Instant::now();
    let mut times = Vec::new();
    while began.elapsed() < time {
        let article = articles.next().unwrap();
        let asked = Instant::now();
        client.submit(article).await;
        times.push(asked.elapsed().as_secs_f64());
    }
    times
}
