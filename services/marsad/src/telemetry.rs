//! Logs, traces and metrics.
//!
//! * Logs go to standard error: readable on a terminal, JSON elsewhere; `RUST_LOG` filters them. Spans carry `trace_id`.
//! * Traces go out over OTLP where the standard variables say so (`OTEL_EXPORTER_OTLP_ENDPOINT` or
//!   `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`; not with `OTEL_SDK_DISABLED=true` or `OTEL_TRACES_EXPORTER=none`), all of them or those that
//!   `OTEL_TRACES_SAMPLER` picks. Trace context is passed on all the same where nothing is exported.
//! * A collector that is slow or gone costs spans and nothing else: they wait in a queue of a fixed length (`OTEL_BSP_MAX_QUEUE_SIZE`),
//!   on a thread of its own, and what is too much is dropped and counted.
//! * Metrics are kept for `/metrics`.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use opentelemetry::metrics::Counter;
use opentelemetry::trace::TracerProvider;
use opentelemetry::{InstrumentationScope, KeyValue, global};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::{Aggregation, Instrument, InstrumentKind, SdkMeterProvider, Stream};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanData, SpanExporter};
use opentelemetry_semantic_conventions::SCHEMA_URL;
use opentelemetry_semantic_conventions::attribute::{
    ERROR_TYPE, SERVICE_INSTANCE_ID, SERVICE_NAMESPACE, SERVICE_VERSION,
};
use opentelemetry_semantic_conventions::metric::OTEL_SDK_EXPORTER_SPAN_EXPORTED;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Bounds of the buckets of durations in seconds, where an instrument names none of its own: from a read of one row to the time limit
/// of an analysis.
const SECONDS: [f64; 15] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// What was set up. Shut it down last.
pub(crate) struct Telemetry {
    tracer: SdkTracerProvider,
    /// What `/metrics` serves.
    pub(crate) registry: prometheus::Registry,
}

impl Telemetry {
    /// Sets up logs, traces and metrics for the process. `quiet` logs warnings only, for commands with output of their own.
    pub(crate) fn start(quiet: bool) -> anyhow::Result<Self> {
        global::set_text_map_propagator(TraceContextPropagator::new());
        let resource = resource();

        let registry = prometheus::Registry::new();
        register_process(&registry)?;
        let reader = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            // It would be a label of every series, and always the same.
            .scope_info_enabled(false)
            .build()?;
        let meters = SdkMeterProvider::builder()
            .with_reader(reader)
            .with_resource(resource.clone())
            .with_view(seconds)
            .build();
        global::set_meter_provider(meters);
        observe_runtime();

        let mut tracer = SdkTracerProvider::builder().with_resource(resource);
        check_sampler()?;
        if exports_traces()? {
            let exporter = opentelemetry_otlp::SpanExporter::builder().with_tonic().build()?;
            tracer = tracer.with_batch_exporter(Counted::new(exporter));
        } else {
            // Nothing is recorded; what a caller says of sampling is passed on.
            tracer = tracer.with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOff)));
        }
        let tracer = tracer.build();
        global::set_tracer_provider(tracer.clone());

        let default = if quiet { "warn" } else { "info" };
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
        // Its warnings hold the bodies of returned messages.
        let filter = filter.add_directive("lapin=error".parse()?);
        let to_terminal = std::io::stderr().is_terminal();
        let logs = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(to_terminal);
        let scope = InstrumentationScope::builder("marsad")
            .with_version(env!("CARGO_PKG_VERSION"))
            .with_schema_url(SCHEMA_URL)
            .build();
        let spans = tracing_opentelemetry::layer()
            .with_tracer(tracer.tracer_with_scope(scope))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false);
        // `RUST_LOG` quietens the log; traces go on all the same.
        let subscriber = tracing_subscriber::registry().with(spans.with_filter(LevelFilter::INFO));
        if to_terminal {
            subscriber.with(logs.with_filter(filter)).try_init()?;
        } else {
            let logs = logs.json().with_current_span(false).with_span_list(true);
            subscriber.with(logs.with_filter(filter)).try_init()?;
        }
        log_panics();
        Ok(Self { tracer, registry })
    }

    /// For a command that calls a server: only where its traces go somewhere.
    pub(crate) fn of_client() -> anyhow::Result<Option<Self>> {
        exports_traces()?.then(|| Self::start(true)).transpose()
    }

    /// Sends what has not been sent yet. Takes up to a few seconds, off the threads that answer.
    pub(crate) async fn shutdown(self) {
        // Ends on a thread of its own: the exporter blocks.
        let flushed = tokio::task::spawn_blocking(move || self.tracer.shutdown()).await;
        if let Ok(Err(error)) = flushed {
            tracing::warn!(%error, "not every span was sent");
        }
    }
}

/// What marks this process in traces and metrics; `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` override it.
fn resource() -> Resource {
    let name = std::env::var("OTEL_SERVICE_NAME").unwrap_or_else(|_| "marsad".to_owned());
    let own = Resource::builder_empty()
        .with_attributes([
            KeyValue::new(SERVICE_NAMESPACE, "marsad"),
            KeyValue::new(SERVICE_VERSION, env!("CARGO_PKG_VERSION")),
            KeyValue::new(SERVICE_INSTANCE_ID, uuid::Uuid::new_v4().to_string()),
        ])
        .build();
    let given = Resource::builder().with_service_name(name).build();
    let pairs = own.iter().chain(given.iter());
    Resource::builder_empty()
        .with_attributes(pairs.map(|(key, value)| KeyValue::new(key.clone(), value.clone())))
        .build()
}

/// Processor time, memory, open files: as Prometheus has them for every process.
fn register_process(registry: &prometheus::Registry) -> anyhow::Result<()> {
    #[cfg(target_os = "linux")]
    registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
    #[cfg(not(target_os = "linux"))]
    let _ = registry;
    Ok(())
}

/// Tasks of the runtime, where there is one.
fn observe_runtime() {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    let metrics = runtime.metrics();
    let meter = global::meter("marsad");
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let tasks = metrics.clone();
    meter
        .u64_observable_gauge("marsad.runtime.tasks")
        .with_description("Tasks that are alive.")
        .with_callback(move |gauge| gauge.observe(count(tasks.num_alive_tasks()), &[]))
        .build();
    meter
        .u64_observable_gauge("marsad.runtime.waiting.tasks")
        .with_description("Tasks that wait for a thread.")
        .with_callback(move |gauge| gauge.observe(count(metrics.global_queue_depth()), &[]))
        .build();
}

/// The buckets of histograms of seconds that name none themselves. A view overrides an instrument's own bounds, so those of hours are
/// left out by name.
fn seconds(instrument: &Instrument) -> Option<Stream> {
    let usual = instrument.kind() == InstrumentKind::Histogram
        && instrument.unit() == "s"
        && instrument.name() != "marsad.linker.lag";
    let aggregation =
        Aggregation::ExplicitBucketHistogram { boundaries: SECONDS.to_vec(), record_min_max: false };
    usual.then(|| Stream::builder().with_aggregation(aggregation).build().ok())?
}

/// Counts what an exporter has sent and what it could not send. The log hears of it when it begins and when it has passed; the SDK would
/// log each batch.
#[derive(Debug)]
struct Counted<E> {
    exporter: E,
    exported: Counter<u64>,
    failing: AtomicBool,
}

impl<E> Counted<E> {
    fn new(exporter: E) -> Self {
        let exported = global::meter("marsad")
            .u64_counter(OTEL_SDK_EXPORTER_SPAN_EXPORTED)
            .with_description(
                "Spans that were handed to the collector; with an error, those that it did not take.",
            )
            .build();
        exported.add(0, &[]);
        for error in ["timeout", "failed"] {
            exported.add(0, &[KeyValue::new(ERROR_TYPE, error)]);
        }
        Self { exporter, exported, failing: AtomicBool::new(false) }
    }
}

impl<E: SpanExporter> SpanExporter for Counted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        let error = self.exporter.export(batch).await.err();
        let was_failing = self.failing.swap(error.is_some(), Ordering::Relaxed);
        let Some(error) = error else {
            self.exported.add(spans, &[]);
            if was_failing {
                tracing::info!("the collector takes spans again");
            }
            return Ok(());
        };
        let kind = if matches!(error, OTelSdkError::Timeout(_)) { "timeout" } else { "failed" };
        self.exported.add(spans, &[KeyValue::new(ERROR_TYPE, kind)]);
        if !was_failing {
            tracing::warn!(%error, "the collector takes no spans; those of now are lost");
        }
        Ok(())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

/// A panic is logged with its place and without its message, which may quote an article.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a task panicked: this is a defect of Marsad");
    }));
}

/// Whether the standard variables ask for traces to be sent.
///
/// # Errors
/// A protocol that is not spoken here.
fn exports_traces() -> anyhow::Result<bool> {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|v| v.eq_ignore_ascii_case(value));
    let set = |name: &str| std::env::var(name).is_ok_and(|v| !v.is_empty());
    let wanted = !is("OTEL_SDK_DISABLED", "true")
        && !is("OTEL_TRACES_EXPORTER", "none")
        && (set("OTEL_EXPORTER_OTLP_ENDPOINT") || set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"));
    for name in ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] {
        if wanted && set(name) && !is(name, "grpc") {
            bail!("{name} names a protocol that is not spoken here; only grpc is");
        }
    }
    Ok(wanted)
}

/// What `OTEL_TRACES_SAMPLER` may be; the SDK reads it, and would go on with another one where it cannot.
const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

/// # Errors
/// A sampler that there is not, or a ratio that is none.
fn check_sampler() -> anyhow::Result<()> {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let Some(sampler) = set("OTEL_TRACES_SAMPLER") else { return Ok(()) };
    if !SAMPLERS.contains(&sampler.as_str()) {
        bail!("OTEL_TRACES_SAMPLER is `{sampler}`, and must be one of {}", SAMPLERS.join(", "));
    }
    if sampler.ends_with("traceidratio") {
        let ratio = set("OTEL_TRACES_SAMPLER_ARG").context("OTEL_TRACES_SAMPLER_ARG must say the ratio")?;
        if !ratio.parse().is_ok_and(|ratio: f64| (0.0..=1.0).contains(&ratio)) {
            bail!("OTEL_TRACES_SAMPLER_ARG is `{ratio}`, and must be a ratio from 0 to 1");
        }
    }
    Ok(())
}
