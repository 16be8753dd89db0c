//! Many writes in few round trips.

use sqlx::postgres::PgArguments;
use sqlx::{Arguments as _, AssertSqlSafe};

use super::{Connection, MAX_PARAMETERS, Query, Value, Write, check_text, fetch_in};
use crate::error::StoreError;

/// Rows of one statement that inserts on SQLite, each as often as it fits into what is left: so there are a few texts of each insert,
/// which stay prepared.
const SQLITE_ROWS: [usize; 4] = [64, 16, 4, 1];

/// One statement, of which all others are parts: a round trip to a server costs more than most of them do.
pub(super) async fn write_at_once(
    connection: &mut sqlx::PgConnection,
    writes: &[Write<'_>],
) -> Result<(), StoreError> {
    let mut arguments = PgArguments::default();
    let (mut parts, mut keep) = (Vec::new(), true);
    for write in writes {
        match write {
            Write::Statement(query) => {
                check_text(&query.parameters)?;
                keep &= query.keep;
                parts.push(shifted(&query.sql, arguments.len()));
                for value in &query.parameters {
                    match value {
                        Value::Int(number) => add(&mut arguments, *number)?,
                        Value::Real(number) => add(&mut arguments, *number)?,
                        Value::Text(text) => add(&mut arguments, text.clone())?,
                        Value::Bytes(bytes) => add(&mut arguments, bytes.clone())?,
                    }
                }
            }
            Write::Rows(insert, rows) if !rows.is_empty() => {
                let arrays = add_columns(&mut arguments, rows)?;
                parts.push(format!("{insert} SELECT * FROM UNNEST({})", arrays.join(", ")));
            }
            Write::Ids(start, ids) if !ids.is_empty() => {
                // Planned for the list that it is: a plan that was made for an empty table would be kept for a large one.
                keep = false;
                let list = add_column(&mut arguments, ids.iter())?;
                parts.push(format!("{start} (SELECT UNNEST({list}))"));
            }
            Write::Rows(..) | Write::Ids(..) => {}
        }
    }
    let Some(last) = parts.pop() else { return Ok(()) };
    let others: Vec<_> =
        parts.iter().zip(0..).map(|(part, number)| format!("w{number} AS ({part})")).collect();
    let with = if others.is_empty() { String::new() } else { format!("WITH {} ", others.join(", ")) };
    let sql = format!("{with}{last}");
    sqlx::query_with(AssertSqlSafe(sql), arguments).persistent(keep).execute(connection).await?;
    Ok(())
}

/// A statement whose parameters come after as many others.
fn shifted(sql: &str, others: usize) -> String {
    let mut parts = sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(end);
        let shifted =
            number.parse::<usize>().map_or_else(|_| number.to_owned(), |n| (n + others).to_string());
        text.push('$');
        text.push_str(&shifted);
        text.push_str(rest);
    }
    text
}

fn add<'v, T>(arguments: &mut PgArguments, value: T) -> Result<(), StoreError>
where
    T: sqlx::Encode<'v, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + 'v,
{
    arguments.add(value).map_err(|error| StoreError::Database(error.to_string()))
}

/// Adds an array a column, so that the statement is the same for any number of rows; gives their placeholders.
fn add_columns(arguments: &mut PgArguments, rows: &[Vec<Value>]) -> Result<Vec<String>, StoreError> {
    let width = rows.first().map_or(0, Vec::len);
    if rows.iter().any(|row| row.len() != width) {
        return Err(StoreError::Database("rows of one table differ in length".into()));
    }
    (0..width).map(|place| add_column(arguments, rows.iter().filter_map(|row| row.get(place)))).collect()
}

/// Adds an array; gives its placeholder.
fn add_column<'v>(
    arguments: &mut PgArguments,
    cells: impl Iterator<Item = &'v Value> + Clone,
) -> Result<String, StoreError> {
    let number = arguments.len() + 1;
    /// The cells, all of one kind.
    macro_rules! array {
        ($kind:ident, $name:literal) => {{
            let content = cells.map(|cell| match cell {
                Value::$kind(content) => Ok(content.clone()),
                other => Err(StoreError::Database(format!("{other:?} in a column of {}", $name))),
            });
            add(arguments, content.collect::<Result<Vec<_>, _>>()?)?;
            format!("${number}::{}[]", $name)
        }};
    }
    Ok(match cells.clone().next() {
        Some(Value::Int(_)) => array!(Int, "bigint"),
        Some(Value::Real(_)) => array!(Real, "double precision"),
        Some(Value::Text(_)) | None => {
            cells.clone().try_for_each(|cell| check_text(std::slice::from_ref(cell)))?;
            array!(Text, "text")
        }
        Some(Value::Bytes(_)) => array!(Bytes, "bytea"),
    })
}

/// One after the other: there is no server to wait for.
pub(super) async fn write_in_turn(
    connection: &mut sqlx::SqliteConnection,
    writes: &[Write<'_>],
) -> Result<(), StoreError> {
    for write in writes {
        match write {
            Write::Statement(query) => drop(Connection::execute(connection, query.clone()).await?),
            Write::Rows(insert, rows) => insert_as_values(connection, insert, rows).await?,
            Write::Ids(start, ids) => drop(fetch_in(connection, start, &[], ids, "").await?),
        }
    }
    Ok(())
}

/// Many rows a statement, in a few sizes that stay prepared.
async fn insert_as_values(
    connection: &mut sqlx::SqliteConnection,
    insert: &'static str,
    mut rows: &[Vec<Value>],
) -> Result<(), StoreError> {
    let width = rows.first().map_or(1, Vec::len).max(1);
    while !rows.is_empty() {
        let fits = |size: &&usize| **size <= rows.len() && **size * width <= MAX_PARAMETERS;
        let (chunk, rest) = rows.split_at(SQLITE_ROWS.iter().find(fits).copied().unwrap_or(1));
        rows = rest;
        // Parameters without a number: SQLite would look for each of these among all others, with every execution.
        let row = format!("({})", vec!["?"; width].join(", "));
        let sql = format!("{insert} VALUES {}", vec![row.as_str(); chunk.len()].join(", "));
        let parameters = chunk.iter().flatten().cloned().collect();
        Connection::execute(connection, Query::new(sql, parameters)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Column, values};
    use super::*;

    #[tokio::test]
    async fn every_row_of_any_number_is_written() {
        let opened = <sqlx::SqliteConnection as sqlx::Connection>::connect("sqlite::memory:");
        let mut db = opened.await.unwrap();
        let query = |sql: &'static str| Query::new(sql, Vec::new());
        Connection::execute(&mut db, query("CREATE TABLE t (number INTEGER, name TEXT)")).await.unwrap();
        for count in [0, 1, 3, 149] {
            let rows: Vec<_> = (0..count).map(|number: i64| values![number, None::<String>]).collect();
            let ids: Vec<_> = (0..count).map(|number| number.to_value()).collect();
            let sql = "INSERT INTO t (number, name)";
            db.write(&[Write::Rows(sql, &rows), Write::Statement(query("INSERT INTO t VALUES (-1, 'x')"))])
                .await
                .unwrap();
            let counted = "SELECT COUNT(DISTINCT number), COUNT(name) FROM t";
            let mut row = Connection::fetch(&mut db, query(counted)).await.unwrap().remove(0);
            assert_eq!((row.take::<i64>().unwrap(), row.take::<i64>().unwrap()), (count + 1, 1));
            let writes = [
                Write::Ids("DELETE FROM t WHERE number IN ", &ids),
                Write::Statement(query("DELETE FROM t WHERE number < 0")),
            ];
            db.write(&writes).await.unwrap();
            assert!(Connection::fetch(&mut db, query("SELECT number FROM t")).await.unwrap().is_empty());
        }
    }

    #[test]
    fn rows_of_different_kinds_are_refused() {
        let mut arguments = PgArguments::default();
        assert!(add_columns(&mut arguments, &[values![1_i64], values!["x".to_owned()]]).is_err());
        assert!(add_columns(&mut arguments, &[values![1_i64], values![1_i64, 2_i64]]).is_err());
        assert!(add_columns(&mut arguments, &[values!["\0".to_owned()]]).is_err());
    }

    #[test]
    fn parameters_of_a_part_come_after_those_before_it() {
        assert_eq!(shifted("SELECT $1, $12 WHERE x > $3", 10), "SELECT $11, $22 WHERE x > $13");
        assert_eq!(shifted("DELETE FROM t", 3), "DELETE FROM t");
    }
}
