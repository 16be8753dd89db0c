//! W3C trace context in message headers: how a trace goes on behind the queue.

use std::collections::BTreeMap;

use opentelemetry::global;
use opentelemetry::propagation::{Extractor, Injector};
use opentelemetry::trace::{TraceContextExt, TraceId};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Headers as the propagator sees them.
struct Headers<'h>(&'h mut BTreeMap<String, String>);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        self.0.insert(key.to_owned(), value);
    }
}

/// Headers as the propagator reads them.
struct ReadHeaders<'h>(&'h BTreeMap<String, String>);

impl Extractor for ReadHeaders<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}

/// Writes the trace context of `span` (`traceparent`, `tracestate`) into `headers`; nothing where tracing is off.
pub fn inject(span: &Span, headers: &mut BTreeMap<String, String>) {
    global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&span.context(), &mut Headers(headers))
    });
}

/// Makes `span` a child of the trace context in `headers`, where there is one, and notes the trace's id in its field
/// `trace_id`, so that logs carry it.
pub fn continue_from(span: &Span, headers: &BTreeMap<String, String>) {
    let context = global::get_text_map_propagator(|propagator| propagator.extract(&ReadHeaders(headers)));
    // Fails only where the span is disabled or has begun already: then there is nothing to continue.
    let _ = span.set_parent(context);
    let context = span.context();
    let trace_id = context.span().span_context().trace_id();
    if trace_id != TraceId::INVALID {
        span.record("trace_id", tracing::field::display(trace_id));
    }
}
