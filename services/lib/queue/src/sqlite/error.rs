//! From what SQLite says to what callers of the queue can act on.

use crate::QueueError;

/// Sorts an error of sqlx by its primary SQLite result code.
pub(super) fn queue_error(error: sqlx::Error) -> QueueError {
    let message = error.to_string();
    match &error {
        sqlx::Error::Database(database) => {
            let code: i32 = database.code().and_then(|code| code.parse().ok()).unwrap_or(0);
            match code & 0xff {
                // PERM, BUSY, LOCKED, READONLY, IOERR, CANTOPEN: the file or its disk, now.
                3 | 5 | 6 | 8 | 10 | 14 => QueueError::unavailable(message),
                // FULL: the disk, not the cap, but the answer to the caller is the same.
                13 => QueueError::full(),
                // CORRUPT, NOTADB.
                11 | 26 => QueueError::Corrupt(message),
                _ => QueueError::Internal(message),
            }
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => QueueError::Corrupt(message),
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => QueueError::unavailable(message),
        _ => QueueError::Internal(message),
    }
}
