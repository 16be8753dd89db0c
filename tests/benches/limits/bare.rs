//! The limits: what queue, file and disk do with nothing of Marsad around them.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{BasicProperties, Connection, ConnectionProperties};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};

/// About what a message with an article of 4 KB has.
const BODY_BYTES: usize = 4500;

/// Confirmed messages a second of one publisher to a quorum queue of its own, with so many confirms in flight.
pub(crate) async fn publish(url: &str, in_flight: usize, time: Duration) -> f64 {
    let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
    let name = ShortString::from("bare");
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    let durable = QueueDeclareOptions { durable: true, ..Default::default() };
    channel.queue_declare(name.clone(), durable, arguments).await.unwrap();
    let body = vec![7; BODY_BYTES];
    let began = Instant::now();
    let (mut confirms, mut confirmed) = (FuturesUnordered::new(), 0_u64);
    while began.elapsed() < time {
        while confirms.len() < in_flight {
            let properties = BasicProperties::default().with_delivery_mode(2);
            let options = BasicPublishOptions::default();
            let published =
                channel.basic_publish(ShortString::default(), name.clone(), options, &body, properties).await;
            confirms.push(published.unwrap());
        }
        assert!(confirms.next().await.unwrap().unwrap().is_ack());
        confirmed += 1;
    }
    while let Some(confirm) = confirms.next().await {
        assert!(confirm.unwrap().is_ack());
        confirmed += 1;
    }
    let rate = confirmed as f64 / began.elapsed().as_secs_f64();
    channel.queue_delete(name, QueueDeleteOptions::default()).await.unwrap();
    connection.close(200, "OK".into()).await.unwrap();
    rate
}

/// Rows a second into a SQLite file of its own, so many in each durable commit.
pub(crate) async fn commits(folder: &Path, rows: usize, time: Duration) -> f64 {
    let file = folder.join("bare.db");
    let options = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = options.disable_statement_logging().connect().await.unwrap();
    sqlx::query("CREATE TABLE rows (row INTEGER PRIMARY KEY, body BLOB NOT NULL)")
        .execute(&mut connection)
        .await
        .unwrap();
    let body = vec![7_u8; BODY_BYTES];
    let began = Instant::now();
    let mut written = 0;
    while began.elapsed() < time {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.unwrap();
        for _ in 0..rows {
            let insert = sqlx::query("INSERT INTO rows (body) VALUES (?)").bind(body.as_slice());
            insert.execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
        written += rows;
    }
    let rate = written as f64 / began.elapsed().as_secs_f64();
    connection.close().await.unwrap();
    std::fs::remove_file(file).unwrap();
    rate
}

/// How long it took each time to write a body over the same few megabytes and sync it.
pub(crate) fn syncs(folder: &Path, time: Duration) -> Vec<f64> {
    let body = vec![7; BODY_BYTES];
    let mut file = File::create(folder.join("bare")).unwrap();
    let (began, mut times) = (Instant::now(), Vec::new());
    while began.elapsed() < time {
        if times.len() % 512 == 0 {
            file.seek(SeekFrom::Start(0)).unwrap();
        }
        let asked = Instant::now();
        file.write_all(&body).unwrap();
        file.sync_data().unwrap();
        times.push(asked.elapsed().as_secs_f64());
    }
    times
}
