//! A thin layer over both engines' connections, so that every statement and every row mapping is written once.
//!
//! The statements keep to the SQL that both engines read alike: `$n` parameters, `ON CONFLICT … DO UPDATE`, row values,
//! common table expressions, window functions. Columns have one of four types; days are numbers of the form `20240131`,
//! ids are bytes.

mod write;

use std::borrow::Cow;

use async_trait::async_trait;
use jiff::civil::Date;
use marsad_model::{
    ArticleId, ClaimId, ClusterId, ConflictId, ContentHash, EntityId, EventId, JudgementId, StoryId,
    TeachingId,
};
use sqlx::{AssertSqlSafe, Row as _, TypeInfo, ValueRef};
use uuid::Uuid;

use crate::error::StoreError;
use crate::link::{Epoch, Mark, RecordHash, RecordKind};
use crate::page::Paging;
use crate::record::ArticleState;
use write::{write_at_once, write_in_turn};

/// The most parameters of one statement. Both engines allow more (32,766 and 65,535), but SQLite looks each one up among all that
/// came before it.
const MAX_PARAMETERS: usize = 1000;

/// The longest `IN` whose statement is kept: that of a usual page.
const KEPT_SET: usize = 64;

/// How many statements a connection keeps prepared: lists have many forms.
pub(crate) const KEPT_STATEMENTS: usize = 400;
/// A parameter or a cell. `None` is NULL, which PostgreSQL wants to know the type of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Int(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

/// A Rust type that is kept in one column.
pub(crate) trait Column: Sized {
    const NULL: Value;
    fn to_value(&self) -> Value;
    /// The value in a cell; `None` where the cell holds no such value.
    fn from_value(value: Value) -> Option<Self>;
}

/// Writes [`Column`] for a type: the kind of column, how to make its content, and how to read it.
macro_rules! column {
    ($type:ty, $kind:ident, $to:expr, $from:expr) => {
        impl Column for $type {
            const NULL: Value = Value::$kind(None);
            fn to_value(&self) -> Value {
                Value::$kind(Some($to(self)))
            }
            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$kind(Some(content)) => $from(content),
                    _ => None,
                }
            }
        }
    };
}

column!(i64, Int, |n: &i64| *n, Some);
column!(u32, Int, |n: &u32| i64::from(*n), |n: i64| n.try_into().ok());
column!(u64, Int, |n: &u64| i64::try_from(*n).unwrap_or(i64::MAX), |n: i64| n.try_into().ok());
column!(bool, Int, |b: &bool| i64::from(*b), |n| Some(n != 0));
column!(Date, Int, |d: &Date| day_number(*d), day);
column!(f64, Real, |x: &f64| *x, Some);
column!(String, Text, |t: &String| t.clone(), Some);
column!(EntityId, Text, |id: &EntityId| id.0.clone(), |text| Some(EntityId(text)));
column!(ArticleState, Text, |s: &ArticleState| s.as_str().to_owned(), |text: String| {
    ArticleState::ALL.into_iter().find(|state| state.as_str() == text)
});
column!(Vec<u8>, Bytes, |b: &Vec<u8>| b.clone(), Some);
column!(ContentHash, Bytes, |h: &ContentHash| h.0.to_vec(), |b: Vec<u8>| {
    b.try_into().ok().map(ContentHash)
});
column!(Uuid, Bytes, |id: &Uuid| id.as_bytes().to_vec(), |b: Vec<u8>| uuid(&b));
column!(RecordKind, Text, |kind: &RecordKind| kind.as_str().to_owned(), |text: String| {
    RecordKind::ALL.into_iter().find(|kind| kind.as_str() == text)
});

/// Writes [`Column`] for types that wrap another one.
macro_rules! wrapped {
    ($($type:ident($inner:ty)),*) => {$(
        impl Column for $type {
            const NULL: Value = <$inner>::NULL;
            fn to_value(&self) -> Value {
                self.0.to_value()
            }
            fn from_value(value: Value) -> Option<Self> {
                <$inner>::from_value(value).map(Self)
            }
        }
    )*};
}

wrapped!(ArticleId(Uuid), EventId(Uuid), ClaimId(Uuid), StoryId(Uuid), ClusterId(Uuid), ConflictId(Uuid));
wrapped!(TeachingId(Uuid), JudgementId(Uuid));
wrapped!(Mark(Uuid), Epoch(u64), RecordHash(u64));

impl<T: Column> Column for Option<T> {
    const NULL: Value = T::NULL;
    fn to_value(&self) -> Value {
        self.as_ref().map_or(T::NULL, T::to_value)
    }
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Int(None) | Value::Real(None) | Value::Text(None) | Value::Bytes(None) => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

fn uuid(bytes: &[u8]) -> Option<Uuid> {
    Uuid::from_slice(bytes).ok()
}

/// The end of an event's time that is open, as a number; it sorts after every day.
pub(crate) const OPEN: i64 = 99_999_999;

/// A day as a number that reads like it and sorts like it.
pub(crate) fn day_number(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

fn day(number: i64) -> Option<Date> {
    let (year, rest) = (number.div_euclid(10_000), number.rem_euclid(10_000));
    Date::new(year.try_into().ok()?, (rest / 100).try_into().ok()?, (rest % 100).try_into().ok()?).ok()
}

/// The values of a row, in order of the statement's columns.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Column::to_value(&$value)),*] };
}
pub(crate) use values;

/// A row that was read; its columns are taken from left to right.
#[derive(Debug)]
pub(crate) struct Row {
    cells: std::vec::IntoIter<Value>,
    taken: usize,
}

impl Row {
    /// The next column.
    pub(crate) fn take<T: Column>(&mut self) -> Result<T, StoreError> {
        let cell = self.cells.next();
        self.taken += 1;
        cell.and_then(T::from_value).ok_or_else(|| {
            let kind = std::any::type_name::<T>();
            StoreError::Database(format!("column {} of a row holds no {kind}", self.taken))
        })
    }

    /// Whether the next column is null.
    pub(crate) fn next_is_null(&self) -> bool {
        use Value::{Bytes, Int, Real, Text};
        matches!(self.cells.as_slice().first(), Some(Int(None) | Real(None) | Text(None) | Bytes(None)))
    }

    /// All columns that were not taken.
    #[cfg(feature = "contract")]
    pub(crate) fn rest(self) -> impl Iterator<Item = Value> {
        self.cells
    }
}

/// A statement and its parameters.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) sql: Cow<'static, str>,
    pub(crate) parameters: Vec<Value>,
    /// Whether its text is one of a few, so that the connection should keep it prepared.
    pub(crate) keep: bool,
}

impl Query {
    /// A statement with the values of its parameters `$1`, `$2` and so on.
    pub(crate) fn new(sql: impl Into<Cow<'static, str>>, parameters: Vec<Value>) -> Self {
        Self { sql: sql.into(), parameters, keep: true }
    }

    /// Appends SQL.
    pub(crate) fn push(&mut self, sql: &str) -> &mut Self {
        self.sql.to_mut().push_str(sql);
        self
    }

    /// Appends a parameter.
    pub(crate) fn bind(&mut self, value: Value) -> &mut Self {
        self.parameters.push(value);
        let placeholder = format!("${}", self.parameters.len());
        self.push(&placeholder)
    }

    /// Appends the values of an `IN` in parentheses. A short list is filled up with its last value to a power of two, so that its
    /// statements are few and can be kept: reading one again takes a server longer than most of them run.
    pub(crate) fn bind_set(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        let mut values: Vec<Value> = values.into_iter().collect();
        if values.len() <= KEPT_SET
            && let Some(last) = values.last().cloned()
        {
            values.resize(values.len().next_power_of_two(), last);
            let keep = self.keep;
            self.bind_list(values);
            self.keep = keep;
            return self;
        }
        self.bind_list(values)
    }

    /// Appends a list of parameters in parentheses. Statements with lists of many lengths are not worth keeping.
    pub(crate) fn bind_list(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        self.keep = false;
        for (index, value) in values.into_iter().enumerate() {
            self.push(if index == 0 { "(" } else { ", " }).bind(value);
        }
        self.push(")")
    }

    /// Appends the order of a list and the limits of a page of it. `order` names a column or an expression for each part of
    /// the sort key, all ascending; the statement must end inside of its `WHERE` clause.
    pub(crate) fn go_on(&mut self, order: &[&str], paging: &Paging) -> &mut Self {
        self.go_on_with(order, paging, paging.limit())
    }

    /// As [`Self::go_on`], with at most so many rows.
    pub(crate) fn go_on_with(&mut self, order: &[&str], paging: &Paging, limit: i64) -> &mut Self {
        if let Some(after) = &paging.after {
            // SQLite finds the place in an index on expressions by the first part alone.
            if let (Some(first), Some(value)) = (order.first(), after.first()) {
                self.push(" AND ").push(first).push(" >= ").bind(value.clone());
            }
            let keep = self.keep;
            self.push(" AND (").push(&order.join(", ")).push(") > ").bind_list(after.iter().cloned());
            self.keep = keep;
        }
        let order = order.join(", ");
        self.push(" ORDER BY ").push(&order).push(" LIMIT ").bind(limit.to_value())
    }
}

/// Something to write.
#[derive(Debug)]
pub(crate) enum Write<'w> {
    /// A statement that gives no rows.
    Statement(Query),
    /// Rows, the values of each in order of the columns; the statement ends before `VALUES`.
    Rows(&'static str, &'w [Vec<Value>]),
    /// A statement about rows with ids of this list, which ends before the list.
    Ids(&'static str, &'w [Value]),
}

/// Which engine's SQL is spoken, where the two have nothing in common: full-text search, locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Postgres,
    Sqlite,
}

/// A connection of either engine, inside a transaction or not.
#[async_trait]
pub(crate) trait Connection: Send {
    /// The engine's SQL.
    fn dialect(&self) -> Dialect;
    /// Runs a statement; gives the number of rows that it changed.
    async fn execute(&mut self, query: Query) -> Result<u64, StoreError>;
    /// Runs a statement; gives its rows.
    async fn fetch(&mut self, query: Query) -> Result<Vec<Row>, StoreError>;
    /// Writes what does not depend on each other, in one round trip where the engine can. No two may change the same row.
    async fn write(&mut self, writes: &[Write<'_>]) -> Result<(), StoreError>;
    /// What a query ends with to keep its rows from being changed until the end of the transaction.
    fn shared_lock(&self) -> &'static str {
        match self.dialect() {
            Dialect::Postgres => " FOR SHARE",
            // There is one writer.
            Dialect::Sqlite => "",
        }
    }
}

/// Runs a statement on parts of a list as long as the engines' limits allow; gives all of its rows. The list comes between `sql`, which
/// may have `parameters` of its own, and `end`.
pub(crate) async fn fetch_in(
    connection: &mut dyn Connection,
    sql: &'static str,
    parameters: &[Value],
    list: &[Value],
    end: &str,
) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for chunk in list.chunks(MAX_PARAMETERS) {
        let mut query = Query::new(sql, parameters.to_vec());
        query.bind_set(chunk.iter().cloned());
        query.keep |= chunk.len() == MAX_PARAMETERS;
        query.push(end);
        rows.extend(connection.fetch(query).await?);
    }
    Ok(rows)
}

/// PostgreSQL cannot keep U+0000 in text; neither engine shall, so that both answer alike.
fn check_text(parameters: &[Value]) -> Result<(), StoreError> {
    let has_nul = |value: &Value| matches!(value, Value::Text(Some(text)) if text.contains('\0'));
    if parameters.iter().any(has_nul) {
        return Err(StoreError::invalid("text", "it contains U+0000; no other character is refused"));
    }
    Ok(())
}

/// Writes [`Connection`] for an engine: the two differ in their types only.
macro_rules! connection {
    ($connection:ty, $database:ty, $row:ty, $dialect:expr, $write:path) => {
        const _: () = {
            type Bound = sqlx::query::Query<'static, $database, <$database as sqlx::Database>::Arguments>;

            fn bind(query: Query) -> Result<Bound, StoreError> {
                check_text(&query.parameters)?;
                let bound = sqlx::query(AssertSqlSafe(query.sql)).persistent(query.keep);
                Ok(query.parameters.into_iter().fold(bound, |bound, value| match value {
                    Value::Int(number) => bound.bind(number),
                    Value::Real(number) => bound.bind(number),
                    Value::Text(text) => bound.bind(text),
                    Value::Bytes(bytes) => bound.bind(bytes),
                }))
            }

            fn row(row: &$row) -> Result<Row, StoreError> {
                let cell = |index| {
                    let raw = row.try_get_raw(index)?;
                    let kind = raw.type_info();
                    match kind.name() {
                        "INT8" | "INTEGER" => row.try_get(index).map(Value::Int),
                        "FLOAT8" | "REAL" => row.try_get(index).map(Value::Real),
                        "TEXT" => row.try_get(index).map(Value::Text),
                        "BYTEA" | "BLOB" => row.try_get(index).map(Value::Bytes),
                        "NULL" => Ok(Value::Int(None)),
                        other => Err(sqlx::Error::Decode(format!("column of type {other}").into())),
                    }
                };
                let cells = (0..row.len()).map(cell).collect::<Result<Vec<_>, _>>()?;
                Ok(Row { cells: cells.into_iter(), taken: 0 })
            }

            #[async_trait]
            impl Connection for $connection {
                fn dialect(&self) -> Dialect {
                    $dialect
                }

                async fn execute(&mut self, query: Query) -> Result<u64, StoreError> {
                    Ok(bind(query)?.execute(self).await?.rows_affected())
                }

                async fn fetch(&mut self, query: Query) -> Result<Vec<Row>, StoreError> {
                    bind(query)?.fetch_all(self).await?.iter().map(row).collect()
                }

                async fn write(&mut self, writes: &[Write<'_>]) -> Result<(), StoreError> {
                    $write(self, writes).await
                }
            }
        };
    };
}

connection!(sqlx::PgConnection, sqlx::Postgres, sqlx::postgres::PgRow, Dialect::Postgres, write_at_once);
connection!(sqlx::SqliteConnection, sqlx::Sqlite, sqlx::sqlite::SqliteRow, Dialect::Sqlite, write_in_turn);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_numbers_in_order() {
        let days = ["-009999-01-01", "-000001-12-31", "0000-01-01", "1970-01-01", "2024-02-29", "9999-12-31"];
        let days = days.map(|text| text.parse::<Date>().unwrap());
        let numbers = days.map(day_number);
        assert!(numbers.is_sorted());
        assert_eq!(numbers.map(day), days.map(Some));
        assert_eq!(day_number(days[4]), 20_240_229);
        assert_eq!(day(20_240_230), None);
    }

    #[test]
    fn null_keeps_its_type_and_reads_as_none() {
        assert_eq!(None::<EntityId>.to_value(), Value::Text(None));
        assert_eq!(Option::<Date>::from_value(Value::Int(None)), Some(None));
        assert_eq!(Date::from_value(Value::Int(None)), None);
        assert_eq!(ArticleId::from_value(Value::Bytes(Some(vec![1, 2]))), None);
    }

    #[test]
    fn sets_have_few_lengths() {
        let set = |length: i64| {
            let mut query = Query::new("SELECT 1 IN ", Vec::new());
            query.bind_set((0..length).map(|n| n.to_value()));
            (query.parameters, query.keep)
        };
        assert_eq!(set(3), (values![0_i64, 1_i64, 2_i64, 2_i64], true));
        assert_eq!((set(1).0.len(), set(51).0.len(), set(64).0.len()), (1, 64, 64));
        assert_eq!((set(65).0.len(), set(65).1), (65, false));
    }

    #[test]
    fn lists_number_their_parameters() {
        let mut query = Query::new("SELECT $1", values![1_i64]);
        query.push(" IN ").bind_list(values![2_i64, 3_i64]);
        assert_eq!(query.sql, "SELECT $1 IN ($2, $3)");
        assert_eq!(query.parameters.len(), 3);
        assert!(!query.keep);
    }
}
