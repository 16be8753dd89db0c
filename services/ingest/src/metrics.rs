//! What ingest counts, by the OpenTelemetry conventions.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram};

/// Outcomes that are there from the start, so that the first of them is seen as an increase.
const FROM_THE_START: [&str; 4] = ["accepted", "UNAVAILABLE", "RESOURCE_EXHAUSTED", "INTERNAL"];

/// The instruments of ingest.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    submissions: Counter<u64>,
    stages: Histogram<f64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let meter = opentelemetry::global::meter("marsad");
        let submissions = meter
            .u64_counter("marsad.ingest.submissions")
            .with_description("Articles and deletions handed in, by outcome.")
            .build();
        for outcome in FROM_THE_START {
            submissions.add(0, &[KeyValue::new("outcome", outcome)]);
        }
        let stages = meter
            .f64_histogram("marsad.ingest.stage.duration")
            .with_description("Time that a stage of taking an article in takes.")
            .with_unit("s")
            .build();
        Self { submissions, stages }
    }

    /// An article or deletion was accepted or refused.
    pub(crate) fn submitted(&self, outcome: &'static str) {
        self.submissions.add(1, &[KeyValue::new("outcome", outcome)]);
    }

    /// A stage has ended.
    pub(crate) fn stage(&self, stage: &'static str, took: Duration) {
        self.stages.record(took.as_secs_f64(), &[KeyValue::new("stage", stage)]);
    }
}
