//! What was written before the schema had a part reads like what is written with it.

use std::path::PathBuf;

use marsad_model::{Change, EventId};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use uuid::Uuid;

use crate::backend::Backend as _;
use crate::contract::SqliteFactory;
use crate::contract::fixture::{V1, submission, work};
use crate::contract::graph_fixture::Linker;
use crate::filter::{ClaimFilter, EventFilter};
use crate::lookup::LookupStore as _;
use crate::page::PageRequest;
use crate::sql::{Connection as _, Query};
use crate::sqlite::{SqliteOptions, SqliteStore};
use crate::store::Store as _;

const TEXTS: [&str; 3] = [
    "attacked full-A الخارجية بغداد\nsaid العراق met full-B x",
    "met full-B العراق\nquoted somebody attacked full-A المحافظة",
    "met full-B full-A بغداد",
];

/// A store with articles that are linked, and another connection to its file.
async fn filled(factory: &SqliteFactory) -> (SqliteStore, SqliteConnection) {
    let store = factory.store().await.unwrap();
    for (number, text) in (1..).zip(TEXTS) {
        work(&store, &Change::Submit(submission(number, text, 1)), V1).await.unwrap();
    }
    let mut linker = Linker::take_over(&store, Uuid::nil()).await.unwrap();
    while linker.step(&store, 2).await.unwrap() {}
    let path: PathBuf = store.readers().connect_options().get_filename().into();
    let connection = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    (store, connection)
}

#[tokio::test]
async fn what_has_nothing_to_show_is_made_of_its_analysis() {
    let factory = SqliteFactory::new(SqliteOptions::default()).unwrap();
    let (store, mut connection) = filled(&factory).await;
    let page = PageRequest::first(4);
    let read = async || {
        let events = store.events(&EventFilter::default(), &page).await.unwrap();
        let ids: Vec<EventId> = events.items.iter().map(|record| record.event.id).collect();
        let claims = store.claims(&ClaimFilter::default(), &page).await.unwrap();
        (store.event_records(&ids).await.unwrap(), events, claims)
    };
    let before = read().await;
    assert_eq!((before.0.len(), before.2.items.len()), (4, 2));
    // Some and then all of them.
    for sql in [
        "UPDATE events SET body = NULL WHERE ordinal = 0",
        "UPDATE claims SET body = NULL",
        "UPDATE events SET body = NULL",
        // A form that this program does not know.
        "UPDATE events SET body = X'FF01'",
    ] {
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        assert_eq!(read().await, before, "{sql}");
    }
    sqlx::raw_sql("DELETE FROM analyses").execute(&mut connection).await.unwrap();
    assert!(store.events(&EventFilter::default(), &page).await.is_err());
}

/// The rows of a table, in an order.
async fn rows(connection: &mut SqliteConnection, sql: &'static str) -> Vec<String> {
    let rows = connection.fetch(Query::new(sql, Vec::new())).await.unwrap();
    rows.into_iter().map(|row| format!("{:?}", row.rest().collect::<Vec<_>>())).collect()
}

#[tokio::test]
async fn the_migration_counts_and_files_as_those_who_write() {
    let factory = SqliteFactory::new(SqliteOptions::default()).unwrap();
    let (_store, mut connection) = filled(&factory).await;
    let migration = include_str!("../../migrations/sqlite/0008_pages.sql");
    let statements = migration.split_inclusive(';').filter_map(|sql| {
        let start = sql.find("UPDATE ").or_else(|| sql.find("INSERT INTO entity_forms"))?;
        (!sql.contains("TRIGGER")).then_some(&sql[start..])
    });
    let statements: Vec<&str> = statements.collect();
    assert_eq!(statements.len(), 4, "{statements:#?}");
    let tables = [
        "SELECT * FROM entity_forms ORDER BY entity, name",
        "SELECT * FROM event_participants ORDER BY event, role, entity",
        "SELECT * FROM claim_participants ORDER BY claim, role, entity",
    ];
    let mut before = Vec::new();
    for sql in tables {
        before.push(rows(&mut connection, sql).await);
    }
    assert!(before.iter().all(|rows| !rows.is_empty()), "{before:?}");
    let emptied = "DELETE FROM entity_forms; UPDATE claim_participants SET ordinal = NULL;
        UPDATE event_participants SET event_type = NULL, earliest = NULL, latest = NULL";
    sqlx::raw_sql(emptied).execute(&mut connection).await.unwrap();
    for sql in statements {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    }
    for (sql, before) in tables.into_iter().zip(before) {
        assert_eq!(rows(&mut connection, sql).await, before, "{sql}");
    }
}
