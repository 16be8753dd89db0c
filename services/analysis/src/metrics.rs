//! What the worker counts, by the OpenTelemetry conventions.

use std::time::Duration;

use jiff::Timestamp;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, UpDownCounter};

/// Bounds of the buckets of waiting, which may take hours: seconds.
const WAITING: [f64; 14] =
    [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 86_400.0];

/// Outcomes that are there from the start, so that the first of them is seen as an increase.
const FROM_THE_START: [&str; 6] =
    ["analysed", "unchanged", "parked", "store_unavailable", "store_error", "queue_unavailable"];

/// The worker's instruments.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    articles: Counter<u64>,
    duration: Histogram<f64>,
    stages: Histogram<f64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let meter = opentelemetry::global::meter("marsad");
        let histogram = |name, description| {
            meter.f64_histogram(name).with_description(description).with_unit("s").build()
        };
        let articles = meter
            .u64_counter("marsad.analysis.messages")
            .with_description("Messages taken from the queue, by outcome.")
            .build();
        for outcome in FROM_THE_START {
            articles.add(0, &[KeyValue::new("outcome", outcome)]);
        }
        let analyzer =
            histogram("marsad.analyzer.stage.duration", "Time that a stage of the analyzer takes.");
        // A second worker of the same process has the same instrument.
        marsad_extract::stages::observe(Box::new(move |stage, took| {
            analyzer.record(took.as_secs_f64(), &[KeyValue::new("stage", stage)]);
        }));
        Self {
            articles,
            duration: histogram("marsad.analysis.duration", "Time from claim to settlement, by outcome."),
            stages: histogram("marsad.analysis.stage.duration", "Time that a stage of a message takes."),
        }
    }

    pub(crate) fn settled(&self, outcome: &'static str, took: Duration) {
        let attributes = [KeyValue::new("outcome", outcome)];
        self.articles.add(1, &attributes);
        self.duration.record(took.as_secs_f64(), &attributes);
    }

    /// A stage has ended.
    pub(crate) fn stage(&self, stage: &'static str, took: Duration) {
        self.stages.record(took.as_secs_f64(), &[KeyValue::new("stage", stage)]);
    }
}

/// The linker's instruments.
#[derive(Debug, Clone)]
pub(crate) struct LinkMetrics {
    articles: Counter<u64>,
    duration: Histogram<f64>,
    lag: Histogram<f64>,
    leading: UpDownCounter<i64>,
    failures: Counter<u64>,
}

impl LinkMetrics {
    pub(crate) fn new() -> Self {
        let meter = opentelemetry::global::meter("marsad");
        let metrics = Self {
            articles: meter
                .u64_counter("marsad.linker.articles")
                .with_description("Articles that were joined to the others.")
                .build(),
            duration: meter
                .f64_histogram("marsad.linker.duration")
                .with_description("Time of one batch of the linker, from reading it to its commit.")
                .with_unit("s")
                .build(),
            lag: meter
                .f64_histogram("marsad.linker.lag")
                .with_description(
                    "Time from the end of an article's analysis until it is joined to the others.",
                )
                .with_unit("s")
                .with_boundaries(WAITING.to_vec())
                .build(),
            leading: meter
                .i64_up_down_counter("marsad.linker.leading")
                .with_description("Whether this process links.")
                .build(),
            failures: meter
                .u64_counter("marsad.linker.failures")
                .with_description("Times that linking had to start over.")
                .build(),
        };
        metrics.articles.add(0, &[]);
        metrics.leading.add(0, &[]);
        metrics.failures.add(0, &[]);
        metrics
    }

    /// A batch is written; what waited since when, in microseconds since the Unix epoch.
    pub(crate) fn linked(&self, articles: usize, took: Duration, waited_since: &[i64]) {
        self.articles.add(articles as u64, &[]);
        self.duration.record(took.as_secs_f64(), &[]);
        let now = Timestamp::now().as_microsecond();
        for since in waited_since {
            let waited = u64::try_from(now.saturating_sub(*since)).unwrap_or(0);
            self.lag.record(Duration::from_micros(waited).as_secs_f64(), &[]);
        }
    }

    /// This process has begun (1) or ended (-1) to link.
    pub(crate) fn leads(&self, change: i64) {
        self.leading.add(change, &[]);
    }

    pub(crate) fn failed(&self) {
        self.failures.add(1, &[]);
    }
}
