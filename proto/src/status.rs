//! The one place where Marsad's error codes become gRPC statuses, and the way back for clients.

use std::time::Duration;

use marsad_model::limits::MAX_GRPC_BYTES;
use marsad_model::{Error, ErrorCode};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use crate::v1;

/// The `domain` of every `google.rpc.ErrorInfo` that Marsad sends.
pub const ERROR_DOMAIN: &str = "marsad";

/// The gRPC code of an error code.
pub fn grpc_code(code: ErrorCode) -> Code {
    match code {
        ErrorCode::InvalidArgument | ErrorCode::TooLarge => Code::InvalidArgument,
        ErrorCode::NotFound => Code::NotFound,
        ErrorCode::Unauthenticated => Code::Unauthenticated,
        ErrorCode::PermissionDenied => Code::PermissionDenied,
        ErrorCode::ResourceExhausted => Code::ResourceExhausted,
        ErrorCode::Unavailable => Code::Unavailable,
        ErrorCode::OutOfRange => Code::OutOfRange,
        ErrorCode::Internal => Code::Internal,
    }
}

/// The most characters of a message. It travels in a header, with up to six bytes for a letter, and callers take 16 KiB of headers.
const LONGEST_MESSAGE: usize = 400;

/// The most characters of what is said of one field.
const LONGEST_DESCRIPTION: usize = 200;

/// The most bytes of all that is said of fields.
const MOST_OF_FIELDS: usize = 6000;

/// What a caller is told of an error, as far as it fits: messages repeat what was sent. A defect is told to the log alone: its message may
/// hold what no caller should see.
fn told(error: &Error) -> Error {
    if error.code == ErrorCode::Internal {
        tracing::error!(%error, "a call failed by a defect");
        return Error::new(ErrorCode::Internal, "a defect of Marsad; its log says more");
    }
    let mut left = MOST_OF_FIELDS;
    let short = |violation: &marsad_model::FieldViolation| marsad_model::FieldViolation {
        field: shortened(&violation.field, LONGEST_DESCRIPTION),
        description: shortened(&violation.description, LONGEST_DESCRIPTION),
        reason: violation.reason,
    };
    let fits = |violation: &marsad_model::FieldViolation| {
        let bytes = violation.field.len() + violation.description.len() + violation.reason.len();
        left = left.saturating_sub(bytes);
        left > 0
    };
    Error {
        code: error.code,
        message: shortened(&error.message, LONGEST_MESSAGE),
        violations: error.violations.iter().map(short).take_while(fits).collect(),
        retry_after: error.retry_after,
    }
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The status of an error, with `ErrorInfo`, `BadRequest` for wrong fields and `RetryInfo` for what passes. A defect
/// ([`ErrorCode::Internal`]) is logged.
pub fn to_status(error: &Error) -> Status {
    let error = &told(error);
    let mut details = ErrorDetails::new();
    details.set_error_info(error.reason(), ERROR_DOMAIN, []);
    if !error.violations.is_empty() {
        let violations = error.violations.iter();
        details.set_bad_request(
            violations
                .map(|v| FieldViolation {
                    field: v.field.clone(),
                    description: v.description.clone(),
                    reason: v.reason.to_owned(),
                    localized_message: None,
                })
                .collect::<Vec<_>>(),
        );
    }
    if let Some(delay) = error.retry_after {
        details.set_retry_info(Some(delay));
    }
    Status::with_error_details(grpc_code(error.code), &error.message, details)
}

/// The same as [`to_status`], for one item of a stream.
pub fn to_item_error(error: &Error) -> v1::ItemError {
    let error = &told(error);
    v1::ItemError {
        code: grpc_code(error.code) as i32,
        message: error.message.clone(),
        reason: error.reason().to_owned(),
        fields: error
            .violations
            .iter()
            .map(|v| v1::BadField {
                field: v.field.clone(),
                description: v.description.clone(),
                reason: v.reason.to_owned(),
            })
            .collect(),
        retry_after_ms: error.retry_after.map(|d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX)),
    }
}

/// What tonic says of a message that it could not read, in Marsad's terms: a message over the limit and bytes that are no such
/// message (bad UTF-8 among them) are the caller's mistakes. `None` for any other status.
pub fn undecodable(status: &Status) -> Option<Status> {
    let message = status.message();
    let error = match status.code() {
        Code::OutOfRange if message.contains("message length too large") => Error::new(
            ErrorCode::TooLarge,
            format!("the message is larger than {MAX_GRPC_BYTES} bytes; send less at once"),
        ),
        Code::Internal if message.starts_with("failed to decode Protobuf message") => {
            Error::new(ErrorCode::InvalidArgument, format!("the message cannot be read: {message}"))
        }
        _ => return None,
    };
    Some(to_status(&error))
}

/// How long the sender of a status asks to wait before trying again.
pub fn retry_after(status: &Status) -> Option<Duration> {
    status.get_details_retry_info().and_then(|info| info.retry_delay)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_reach_the_caller() {
        let error = Error::field("article.url", "URL_INVALID", "`x` is no absolute URL");
        let status = to_status(&error);
        assert_eq!(status.code(), Code::InvalidArgument);
        let violations = status.get_details_bad_request().unwrap().field_violations;
        assert_eq!(
            (violations[0].field.as_str(), violations[0].reason.as_str()),
            ("article.url", "URL_INVALID")
        );
        let info = status.get_details_error_info().unwrap();
        assert_eq!((info.reason.as_str(), info.domain.as_str()), ("URL_INVALID", "marsad"));
    }

    #[test]
    fn whatever_was_sent_the_answer_fits_into_headers() {
        for letter in ["ا", "𐎠", "x", "\u{1}"] {
            let long = letter.repeat(100_000);
            let violation = |_| marsad_model::FieldViolation {
                field: long.clone(),
                description: long.clone(),
                reason: "TOO_LONG",
            };
            let error = Error { message: long.clone(), ..Error::fields((0..100).map(violation).collect()) };
            for error in [error, Error::not_found(&long)] {
                let headers = to_status(&error).into_http::<()>().headers().clone();
                let bytes: usize =
                    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 32).sum();
                assert!(bytes < 16 << 10, "{bytes} bytes of {letter}");
            }
            assert!(
                !to_status(&Error::field("text", "TOO_LONG", &long))
                    .get_details_bad_request()
                    .unwrap()
                    .field_violations
                    .is_empty()
            );
        }
    }

    #[test]
    fn passing_errors_say_when_to_come_back() {
        let error = Error::unavailable("the broker does not answer", Duration::from_secs(2));
        assert_eq!(retry_after(&to_status(&error)), Some(Duration::from_secs(2)));
        assert_eq!(to_item_error(&error).retry_after_ms, Some(2_000));
        assert_eq!(retry_after(&to_status(&Error::not_found("article 7"))), None);
    }
}
