//! Logs, traces and metrics.
//!
//! * Logs go to standard error: readable on a terminal, JSON elsewhere; `RUST_LOG` filters them. Spans carry `trace_id`.
//! * Traces go out over OTLP where the standard variables say so (`OTEL_EXPORTER_OTLP_ENDPOINT` or
//!   `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`; not with `OTEL_SDK_DISABLED=true` or `OTEL_TRACES_EXPORTER=none`). Trace context is
//!   passed on all the same where nothing is exported.
//! * Metrics are kept for `/metrics`.

use std::io::IsTerminal;

use anyhow::bail;
use opentelemetry::global;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

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
        let resource = Resource::builder().with_service_name(service_name()).build();

        let registry = prometheus::Registry::new();
        let reader = opentelemetry_prometheus::exporter().with_registry(registry.clone()).build()?;
        let meters = SdkMeterProvider::builder().with_reader(reader).with_resource(resource.clone()).build();
        global::set_meter_provider(meters);

        let mut tracer = SdkTracerProvider::builder().with_resource(resource);
        if exports_traces()? {
            tracer =
                tracer.with_batch_exporter(opentelemetry_otlp::SpanExporter::builder().with_tonic().build()?);
        }
        let tracer = tracer.build();
        global::set_tracer_provider(tracer.clone());

        let default = if quiet { "warn" } else { "info" };
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
        // Its warnings hold the bodies of returned messages.
        let filter = filter.add_directive("lapin=error".parse()?);
        let to_terminal = std::io::stderr().is_terminal();
        let logs = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(to_terminal);
        let spans = tracing_opentelemetry::layer().with_tracer(tracer.tracer("marsad"));
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

    /// Sends what has not been sent yet. Takes up to a few seconds, off the threads that answer.
    pub(crate) async fn shutdown(self) {
        // Ends on a thread of its own: the exporter blocks.
        let flushed = tokio::task::spawn_blocking(move || self.tracer.shutdown()).await;
        if let Ok(Err(error)) = flushed {
            tracing::warn!(%error, "not every span was sent");
        }
    }
}

/// Marks the service in traces; `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` override it.
fn service_name() -> String {
    std::env::var("OTEL_SERVICE_NAME").unwrap_or_else(|_| "marsad".to_owned())
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
