//! What the worker counts, by the OpenTelemetry conventions.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram};

/// Bounds of the buckets of durations: those that the semantic conventions give for calls, and the time limit of an analysis.
const SECONDS: [f64; 15] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 60.0];

/// The worker's instruments.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    articles: Counter<u64>,
    duration: Histogram<f64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let meter = opentelemetry::global::meter("marsad");
        Self {
            articles: meter
                .u64_counter("marsad.analysis.messages")
                .with_description("Messages taken from the queue, by outcome.")
                .build(),
            duration: meter
                .f64_histogram("marsad.analysis.duration")
                .with_description("Time from claim to settlement, by outcome.")
                .with_unit("s")
                .with_boundaries(SECONDS.to_vec())
                .build(),
        }
    }

    pub(crate) fn settled(&self, outcome: &'static str, took: Duration) {
        let attributes = [KeyValue::new("outcome", outcome)];
        self.articles.add(1, &attributes);
        self.duration.record(took.as_secs_f64(), &attributes);
    }
}

/// The linker's instruments.
#[derive(Debug, Clone)]
pub(crate) struct LinkMetrics {
    articles: Counter<u64>,
    duration: Histogram<f64>,
}

impl LinkMetrics {
    pub(crate) fn new() -> Self {
        let meter = opentelemetry::global::meter("marsad");
        Self {
            articles: meter
                .u64_counter("marsad.linker.articles")
                .with_description("Articles that were joined to the others.")
                .build(),
            duration: meter
                .f64_histogram("marsad.linker.duration")
                .with_description("Time of one batch of the linker, from reading it to its commit.")
                .with_unit("s")
                .with_boundaries(SECONDS.to_vec())
                .build(),
        }
    }

    pub(crate) fn linked(&self, articles: usize, took: Duration) {
        self.articles.add(articles as u64, &[]);
        self.duration.record(took.as_secs_f64(), &[]);
    }
}
