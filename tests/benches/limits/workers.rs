//! Workers on RabbitMQ and PostgreSQL whose analysis waits 5 ms: two do twice as much as one.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use marsad_model::{ArticleFields, Change, Submission};
use marsad_proto::queue::{SCHEMA, SCHEMA_HEADER, encode};
use marsad_queue::{Lane, Message, Queue, RabbitOptions, RabbitQueue};
use marsad_store::{PgOptions, PgStore, Store};
use marsad_tests::servers::Servers;
use sqlx::{Connection, PgConnection};

use super::{Turns, calls};
use crate::child::{Running, WAIT};
use crate::report::{Aim, line};

pub(crate) async fn measure(turns: Turns) {
    let servers = Servers::shared();
    let mut articles = calls::Articles::new();
    let (mut two, mut four) = (Vec::new(), Vec::new());
    for _ in 0..turns.rounds {
        let one = rate(&servers, &mut articles, 1, turns.time).await;
        two.push((rate(&servers, &mut articles, 2, turns.time).await, 2.0 * one));
        four.push((rate(&servers, &mut articles, 4, turns.time).await, 4.0 * one));
    }
    line("2 workers, an analysis that waits 5 ms", "/s", &two, Aim::AtLeast(0.9));
    line("4 workers, an analysis that waits 5 ms", "/s", &four, Aim::AtLeast(0.9));
}

/// Articles a second that so many workers store, of as many as they can analyse in that time.
async fn rate(servers: &Servers, articles: &mut calls::Articles, workers: usize, time: Duration) -> f64 {
    let (vhost, database) = (servers.new_vhost().await, servers.new_database().await);
    let store = PgStore::connect(database.as_str(), PgOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    let mut children: Vec<Running> =
        (0..workers).map(|_| Running::start(&["work", vhost.as_str(), database.as_str()])).collect();
    for child in &mut children {
        assert_eq!(child.line(), "ready");
    }
    let queue = RabbitQueue::connect(RabbitOptions::new(vhost.as_str())).await.unwrap();
    let count = time.as_micros() / WAIT.as_micros() * workers as u128;
    let count = usize::try_from(count).unwrap();
    let publishing = articles.take(count).map(|article| {
        let fields = ArticleFields { text: article.text, url: article.url, ..Default::default() };
        let change = Change::Submit(Submission::new(fields, None, Timestamp::now()));
        let message = Message::new(change.article().to_string(), Lane::Live, encode(&change))
            .with_stamp(change.stamp().sort_key())
            .with_header(SCHEMA_HEADER, SCHEMA);
        queue.publish(message)
    });
    futures::future::try_join_all(publishing).await.unwrap();
    let mut database_connection = PgConnection::connect(database.as_str()).await.unwrap();
    let began = Instant::now();
    children.iter_mut().for_each(Running::go);
    loop {
        let sql = "SELECT COUNT(*) FROM articles WHERE state = 'analysed'";
        let stored: i64 = sqlx::query_scalar(sql).fetch_one(&mut database_connection).await.unwrap();
        if usize::try_from(stored).unwrap() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let rate = count as f64 / began.elapsed().as_secs_f64();
    drop(children);
    queue.close().await;
    store.close().await;
    servers.drop_vhost(&vhost).await;
    servers.drop_database(&database).await;
    rate
}
