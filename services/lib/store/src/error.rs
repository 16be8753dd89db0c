//! What can go wrong in the store.

use std::time::Duration;

use marsad_model::{ArticleId, Error, ErrorCode};

use crate::link::RecordId;

/// How long a caller should wait before it tries again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer now, or not in time; the same call may succeed later.
    #[error("the store is unavailable: {message}")]
    Unavailable {
        /// What happened.
        message: String,
        /// How long to wait before trying again.
        retry_after: Duration,
    },
    /// The call itself is wrong; the same call will fail again.
    #[error("{field}: {description}")]
    Invalid {
        /// The part of the call that is wrong, e.g. `page_size`.
        field: &'static str,
        /// What is wrong with it and what would be right.
        description: String,
    },
    /// A cursor of another list, of another filter, or of no list at all.
    #[error("the cursor does not belong to this list and filter; start again without one")]
    BadCursor,
    /// Something stored about an article cannot be read back.
    #[error("what is stored about article {article} cannot be read: {message}")]
    Corrupt {
        /// The article.
        article: ArticleId,
        /// What is wrong with it.
        message: String,
    },
    /// A stored record of linking cannot be read back.
    #[error("what is stored as {id:?} cannot be read: {message}")]
    CorruptRecord {
        /// The record.
        id: RecordId,
        /// What is wrong with it.
        message: String,
    },
    /// The database refused a statement, or gave a row of another shape than the schema says.
    #[error("the database failed: {0}")]
    Database(String),
    /// The schema could not be brought up to date.
    #[error("the schema could not be brought up to date: {0}")]
    Migration(String),
    /// The lease of linking has another epoch by now, or none: who calls no longer links.
    #[error("the lease of linking is lost")]
    LeaseLost,
    /// The change log does not reach back to the version that was asked for.
    #[error("the change log begins after version {oldest}; read everything again, and go on from there")]
    LogTrimmed {
        /// The earliest version to go on from.
        oldest: u64,
        /// The last version of the log.
        newest: u64,
    },
    /// The transaction lost against another one and may simply be run again. Backends do so; callers never see it.
    #[error("the transaction conflicts with another one: {0}")]
    Conflict(String),
}

impl StoreError {
    /// The database does not answer now.
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::Unavailable { message: message.into(), retry_after: RETRY_AFTER }
    }

    /// The call itself is wrong.
    pub(crate) fn invalid(field: &'static str, description: impl Into<String>) -> Self {
        Self::Invalid { field, description: description.into() }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { message, retry_after } => Error::unavailable(message, retry_after),
            StoreError::Conflict(message) => Error::unavailable(message, RETRY_AFTER),
            StoreError::Invalid { field, description } => Error::field(field, "INVALID", description),
            StoreError::LogTrimmed { .. } => Error::new(ErrorCode::OutOfRange, error.to_string()),
            StoreError::BadCursor => Error::field("page_token", "PAGE_TOKEN_INVALID", error.to_string()),
            StoreError::Corrupt { .. }
            | StoreError::CorruptRecord { .. }
            | StoreError::LeaseLost
            | StoreError::Database(_)
            | StoreError::Migration(_) => Error::new(ErrorCode::Internal, error.to_string()),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let message = error.to_string();
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::unavailable(message),
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                if database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
                    from_sqlstate(&code, message)
                } else {
                    from_sqlite_code(&code, message)
                }
            }
            _ => Self::Database(message),
        }
    }
}

/// PostgreSQL's SQLSTATE: serialization failures and deadlocks can be run again at once; connection failures (08), lack of
/// resources (53), a disk that fails (58030), a server that starts or stops (57P0x), a statement out of time (57014) and a
/// server that became a read-only standby (25006) pass by themselves or are put right by an operator.
fn from_sqlstate(code: &str, message: String) -> StoreError {
    match code {
        "40001" | "40P01" => StoreError::Conflict(message),
        "57014" | "57P01" | "57P02" | "57P03" | "25006" | "58030" => StoreError::unavailable(message),
        _ if code.starts_with("08") || code.starts_with("53") => StoreError::unavailable(message),
        _ => StoreError::Database(message),
    }
}

/// SQLite's result code, whose low byte says the kind: PERM 3, BUSY 5, LOCKED 6, READONLY 8, IOERR 10, FULL 13, CANTOPEN 14.
/// Of a file that may not be written now, an operator can make one that may: no change is at fault.
fn from_sqlite_code(code: &str, message: String) -> StoreError {
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(3 | 5 | 6 | 8 | 10 | 13 | 14) => StoreError::unavailable(message),
        _ => StoreError::Database(message),
    }
}

impl StoreError {
    /// Whether the backend does not answer now; the same call may succeed later.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_may_be_tried_again() {
        assert!(matches!(sqlx::Error::PoolTimedOut.into(), StoreError::Unavailable { .. }));
        assert!(matches!(sqlx::Error::RowNotFound.into(), StoreError::Database(_)));
        for code in ["08006", "53300", "57P01", "57014", "25006", "58030"] {
            assert!(matches!(from_sqlstate(code, String::new()), StoreError::Unavailable { .. }), "{code}");
        }
        assert!(matches!(from_sqlstate("40P01", String::new()), StoreError::Conflict(_)));
        assert!(matches!(from_sqlstate("23505", String::new()), StoreError::Database(_)));
        // BUSY_SNAPSHOT, PERM, READONLY, READONLY_DBMOVED
        for code in ["517", "3", "8", "1032"] {
            assert!(
                matches!(from_sqlite_code(code, String::new()), StoreError::Unavailable { .. }),
                "{code}"
            );
        }
        assert!(matches!(from_sqlite_code("1555", String::new()), StoreError::Database(_)));
    }

    #[test]
    fn services_answer_with_codes_of_the_closed_set() {
        let cases = [
            (StoreError::unavailable("gone"), ErrorCode::Unavailable),
            (StoreError::BadCursor, ErrorCode::InvalidArgument),
            (StoreError::invalid("page_size", "0"), ErrorCode::InvalidArgument),
            (StoreError::LogTrimmed { oldest: 3, newest: 9 }, ErrorCode::OutOfRange),
            (StoreError::Database("syntax".into()), ErrorCode::Internal),
        ];
        for (error, code) in cases {
            assert_eq!(Error::from(error).code, code);
        }
        assert!(Error::from(StoreError::unavailable("gone")).retry_after.is_some());
    }
}
