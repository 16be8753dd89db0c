//! What can go wrong on the queue.

use std::time::Duration;

use marsad_model::{Error, ErrorCode};

/// When to come back after a full queue: workers need time to drain it.
pub(crate) const FULL_RETRY: Duration = Duration::from_secs(30);

/// When to come back after a backend that does not answer.
pub(crate) const UNAVAILABLE_RETRY: Duration = Duration::from_secs(5);

/// A failure of a queue operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// The body, or key, stamp and headers together, are over the limit; the same message will fail again.
    #[error("the message has {bytes} bytes where {limit} are allowed")]
    TooLarge {
        /// What it has.
        bytes: usize,
        /// What is allowed.
        limit: usize,
    },
    /// The message or argument is wrong in itself; the same one will fail again.
    #[error("{0}")]
    Invalid(String),
    /// The lane holds as many bytes as it may, or the disk is full. Nothing was stored.
    #[error("the queue is full")]
    Full {
        /// When trying again makes sense.
        retry_after: Duration,
    },
    /// The backend did not answer in time or is gone. A publish that failed so may still have been stored.
    #[error("the queue does not answer: {message}")]
    Unavailable {
        /// What happened.
        message: String,
        /// When trying again makes sense.
        retry_after: Duration,
    },
    /// The delivery does not belong to its holder any more: its lease ran out, or the connection that it came by was
    /// lost. The message is delivered again; nothing was changed.
    #[error("the delivery is no longer held: it is delivered again")]
    LeaseLost,
    /// What is stored cannot be read back, or the file is not a queue.
    #[error("the queue is corrupt: {0}")]
    Corrupt(String),
    /// A defect of this crate.
    #[error("internal error of the queue: {0}")]
    Internal(String),
}

impl QueueError {
    pub(crate) fn unavailable(message: impl ToString) -> Self {
        Self::Unavailable { message: message.to_string(), retry_after: UNAVAILABLE_RETRY }
    }

    pub(crate) fn full() -> Self {
        Self::Full { retry_after: FULL_RETRY }
    }
}

impl From<QueueError> for Error {
    fn from(error: QueueError) -> Self {
        let message = error.to_string();
        let (code, retry_after) = match error {
            QueueError::TooLarge { .. } => (ErrorCode::TooLarge, None),
            QueueError::Invalid(_) => (ErrorCode::InvalidArgument, None),
            QueueError::Full { retry_after } => (ErrorCode::ResourceExhausted, Some(retry_after)),
            QueueError::Unavailable { retry_after, .. } => (ErrorCode::Unavailable, Some(retry_after)),
            QueueError::LeaseLost | QueueError::Corrupt(_) | QueueError::Internal(_) => {
                (ErrorCode::Internal, None)
            }
        };
        Self { retry_after, ..Self::new(code, message) }
    }
}

impl QueueError {
    /// Whether the backend does not answer now; the same call may succeed later.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passing_failures_carry_a_retry_hint() {
        let full = Error::from(QueueError::full());
        assert_eq!((full.code, full.retry_after), (ErrorCode::ResourceExhausted, Some(FULL_RETRY)));
        let gone = Error::from(QueueError::unavailable("no broker"));
        assert_eq!((gone.code, gone.retry_after), (ErrorCode::Unavailable, Some(UNAVAILABLE_RETRY)));
        assert!(gone.message.contains("no broker"));
        assert_eq!(Error::from(QueueError::TooLarge { bytes: 2, limit: 1 }).code, ErrorCode::TooLarge);
        assert_eq!(Error::from(QueueError::LeaseLost).retry_after, None);
    }
}
