//! The closed set of error codes, and the error value that services answer with.

use std::fmt;
use std::time::Duration;

/// What kind of failure it was. The set is closed: every error of every service has one of these codes, and one
/// function (`marsad_proto::status`) maps them to gRPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The request itself is wrong; the same request will fail again.
    InvalidArgument,
    /// What was asked for does not exist.
    NotFound,
    /// No credentials, or credentials that are not known.
    Unauthenticated,
    /// Known credentials without the scope that the call needs.
    PermissionDenied,
    /// The request is larger than the limits allow.
    TooLarge,
    /// A quota or the queue is full; try again later.
    ResourceExhausted,
    /// A backend does not answer now; try again later.
    Unavailable,
    /// A cursor or page token points outside of what is kept.
    OutOfRange,
    /// A defect of Marsad itself.
    Internal,
}

impl ErrorCode {
    /// The stable name that `google.rpc.ErrorInfo.reason` carries when nothing more exact is known.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::NotFound => "NOT_FOUND",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::PermissionDenied => "PERMISSION_DENIED",
            Self::TooLarge => "TOO_LARGE",
            Self::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Self::Unavailable => "UNAVAILABLE",
            Self::OutOfRange => "OUT_OF_RANGE",
            Self::Internal => "INTERNAL",
        }
    }
}

/// One field of a request that is wrong, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldViolation {
    /// Path of the field in the request, e.g. `article.published_at`.
    pub field: String,
    /// What is wrong with it and what would be right.
    pub description: String,
    /// Stable machine-readable reason in upper snake case, e.g. `TEXT_EMPTY`.
    pub reason: &'static str,
}

/// An error as a caller of a service sees it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    /// The kind of failure.
    pub code: ErrorCode,
    /// What was wrong and what would be right, in one sentence.
    pub message: String,
    /// The fields that are wrong, for [`ErrorCode::InvalidArgument`].
    pub violations: Vec<FieldViolation>,
    /// How long to wait before trying again, for errors that pass.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error {
    /// An error without details.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), violations: Vec::new(), retry_after: None }
    }

    /// One wrong field.
    pub fn field(field: impl Into<String>, reason: &'static str, description: impl Into<String>) -> Self {
        Self::fields(vec![FieldViolation { field: field.into(), description: description.into(), reason }])
    }

    /// Several wrong fields.
    pub fn fields(violations: Vec<FieldViolation>) -> Self {
        let message = violations
            .iter()
            .map(|v| format!("{}: {}", v.field, v.description))
            .collect::<Vec<_>>()
            .join("; ");
        Self { code: ErrorCode::InvalidArgument, message, violations, retry_after: None }
    }

    /// Nothing with that name exists.
    pub fn not_found(what: impl fmt::Display) -> Self {
        Self::new(ErrorCode::NotFound, format!("{what} does not exist"))
    }

    /// A backend does not answer; the caller may try again after `retry_after`.
    pub fn unavailable(message: impl Into<String>, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(ErrorCode::Unavailable, message) }
    }

    /// The stable reason: that of the first wrong field, else the code's name.
    pub fn reason(&self) -> &'static str {
        self.violations.first().map_or(self.code.as_str(), |v| v.reason)
    }
}
