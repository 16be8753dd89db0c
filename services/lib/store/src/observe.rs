//! What calls of the store look like from outside: a span for each that is part of a trace, how long they took, what went wrong.
//!
//! Names are those of OpenTelemetry's conventions for databases. Calls that belong to no trace, such as the polls of the linker and the
//! checks of readiness, make none.

use std::sync::{Arc, LazyLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use opentelemetry::metrics::{Counter, Histogram};
use opentelemetry::trace::{Status, TraceContextExt};
use opentelemetry::{KeyValue, global};
use opentelemetry_semantic_conventions::attribute::{
    DB_NAMESPACE, DB_OPERATION_NAME, DB_SYSTEM_NAME, ERROR_TYPE, SERVER_ADDRESS, SERVER_PORT,
};
use opentelemetry_semantic_conventions::metric::DB_CLIENT_OPERATION_DURATION;
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::error::StoreError;

/// Which database a store is on.
#[derive(Debug, Clone)]
pub(crate) struct Place(Arc<Names>);

#[derive(Debug)]
struct Names {
    system: &'static str,
    namespace: String,
    address: Option<(String, u16)>,
}

impl Place {
    pub(crate) fn new(system: &'static str, namespace: String, address: Option<(String, u16)>) -> Self {
        Self(Arc::new(Names { system, namespace, address }))
    }
}

/// Where an article was when it began to wait for the linker.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin {
    /// The moment, in microseconds since the Unix epoch. It is shown and nothing else: no order depends on it.
    pub(crate) since: Option<i64>,
    /// The trace that it was analysed in, as W3C writes it, where that is recorded.
    pub(crate) trace: Option<String>,
}

impl Origin {
    /// Here and now.
    pub(crate) fn here() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let context = Span::current().context();
        let span = context.span();
        let span = span.span_context();
        let recorded = span.is_valid() && span.is_sampled();
        let trace = recorded.then(|| format!("00-{}-{}-01", span.trace_id(), span.span_id()));
        Self { since: i64::try_from(now.as_micros()).ok(), trace }
    }
}

struct Instruments {
    duration: Histogram<f64>,
    errors: Counter<u64>,
}

/// Made with the first call, when the process has said where metrics go.
static INSTRUMENTS: LazyLock<Instruments> = LazyLock::new(|| {
    let meter = global::meter("marsad");
    let duration = meter
        .f64_histogram(DB_CLIENT_OPERATION_DURATION)
        .with_description("Duration of database client operations.")
        .with_unit("s")
        .build();
    let errors = meter
        .u64_counter("marsad.store.errors")
        .with_description("Calls of the store that failed by no fault of the caller, by kind of error.")
        .build();
    for kind in ["unavailable", "database", "corrupt", "migration"] {
        errors.add(0, &[KeyValue::new(ERROR_TYPE, kind)]);
    }
    Instruments { duration, errors }
});

/// Does a call, `operation`, on the database in `place`. Reads are named by their functions, `articles::article`.
pub(crate) async fn call<T>(
    place: &Place,
    operation: &'static str,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let operation = operation.trim_end_matches(':');
    let span = span(place, operation);
    let began = Instant::now();
    let answer = work.instrument(span.clone()).await;
    let mut attributes =
        vec![KeyValue::new(DB_SYSTEM_NAME, place.0.system), KeyValue::new(DB_OPERATION_NAME, operation)];
    if let Some((kind, told)) = answer.as_ref().err().and_then(failure) {
        span.set_attribute(ERROR_TYPE, kind);
        span.set_status(Status::error(told));
        attributes.push(KeyValue::new(ERROR_TYPE, kind));
        INSTRUMENTS.errors.add(1, &attributes[2..]);
    }
    INSTRUMENTS.duration.record(began.elapsed().as_secs_f64(), &attributes);
    answer
}

/// The span of a call that is part of a trace.
fn span(place: &Place, operation: &'static str) -> Span {
    if Span::current().is_none() {
        return Span::none();
    }
    let Names { system, namespace, address } = &*place.0;
    let span =
        tracing::info_span!("store", otel.name = format!("{operation} {namespace}"), otel.kind = "client",);
    if span.context().span().is_recording() {
        span.set_attribute(DB_SYSTEM_NAME, *system);
        span.set_attribute(DB_NAMESPACE, namespace.clone());
        span.set_attribute(DB_OPERATION_NAME, operation);
        if let Some((address, port)) = address {
            span.set_attribute(SERVER_ADDRESS, address.clone());
            span.set_attribute(SERVER_PORT, i64::from(*port));
        }
    }
    span
}

/// What an error is called in metrics and traces; `None` for what is the caller's mistake or no failure.
fn failure(error: &StoreError) -> Option<(&'static str, &'static str)> {
    match error {
        StoreError::Unavailable { .. } | StoreError::Conflict(_) => {
            Some(("unavailable", "the database does not answer"))
        }
        StoreError::Database(_) => Some(("database", "the database failed")),
        StoreError::Corrupt { .. } | StoreError::CorruptRecord { .. } => {
            Some(("corrupt", "what is stored cannot be read"))
        }
        StoreError::Migration(_) => Some(("migration", "the schema is not this program's")),
        StoreError::Invalid { .. }
        | StoreError::BadCursor
        | StoreError::LeaseLost
        | StoreError::LogTrimmed { .. } => None,
    }
}
