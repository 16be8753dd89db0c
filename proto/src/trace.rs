//! W3C trace context in message headers: how a trace goes on behind the queue. And what spans have in common: attributes by
//! OpenTelemetry's conventions, which are made for spans that are recorded only, and go past the log.

use std::collections::BTreeMap;

use opentelemetry::global;
use opentelemetry::propagation::{Extractor, Injector};
use opentelemetry::trace::{Status, TraceContextExt, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_semantic_conventions::attribute::ERROR_TYPE;
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
    // Fails only where the span is disabled or has begun already: then there is nothing to continue.
    let _ = span.set_parent(read(headers));
    note_trace(span);
}

/// Makes `span` the first of a trace of its own, with a link to `from`, and notes the trace's id as [`continue_from`] does.
pub fn begin_apart(span: &Span, from: &Span) {
    // As above.
    let _ = span.set_parent(Context::new());
    let context = from.context();
    let linked = context.span().span_context().clone();
    if linked.is_valid() {
        span.add_link(linked);
    }
    note_trace(span);
}

/// Links `span` to the span that `traceparent` names, as W3C writes it; says whether it names one.
pub fn link(span: &Span, traceparent: &str) -> bool {
    let headers = BTreeMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
    let context = read(&headers);
    let linked = context.span().span_context().clone();
    let valid = linked.is_valid();
    if valid {
        span.add_link(linked);
    }
    valid
}

/// Gives `span` attributes, where it is recorded.
pub fn describe(span: &Span, attributes: impl FnOnce() -> Vec<KeyValue>) {
    let context = span.context();
    let span = context.span();
    if span.is_recording() {
        span.set_attributes(attributes());
    }
}

/// Says that what `span` tells of failed: the kind of failure, one of few, and why. The reason must quote no article.
pub fn fail(span: &Span, kind: &'static str, reason: &str) {
    span.set_attribute(ERROR_TYPE, kind);
    span.set_status(Status::error(reason.to_owned()));
}

/// Without regard to any span that is open here.
fn read(headers: &BTreeMap<String, String>) -> Context {
    global::get_text_map_propagator(|propagator| {
        propagator.extract_with_context(&Context::new(), &ReadHeaders(headers))
    })
}

fn note_trace(span: &Span) {
    let context = span.context();
    let trace_id = context.span().span_context().trace_id();
    if trace_id != TraceId::INVALID {
        span.record("trace_id", tracing::field::display(trace_id));
    }
}
