//! The admin port: `/livez`, `/readyz`, `/metrics`, and gRPC health.
//!
//! Live means that the process answers. Ready means that its backends do too, as they were found by a check that runs all the
//! time: a probe never waits for a backend. gRPC health is the same as on the gRPC port, without TLS, from the start of the
//! process, and with the name [`LIVENESS`] besides: Kubernetes' own gRPC probes speak no TLS.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use jiff::Timestamp;
use prometheus::{Encoder, Gauge, GaugeVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic_health::pb::health_server::{Health, HealthServer, SERVICE_NAME};

use marsad_queue::{Depth, Lane};

/// The name under which gRPC health tells that the process lives, whatever its backends do.
pub(crate) const LIVENESS: &str = "liveness";

/// What keeps a role from being ready; empty when it is.
pub(crate) type Obstacles = Vec<String>;

/// What the admin port shows.
#[derive(Clone)]
pub(crate) struct Admin {
    registry: Registry,
    readiness: watch::Receiver<Obstacles>,
}

impl Admin {
    pub(crate) fn new(registry: Registry, readiness: watch::Receiver<Obstacles>) -> Self {
        Self { registry, readiness }
    }

    /// Serves until `stop`.
    pub(crate) async fn serve(
        self,
        listener: TcpListener,
        health: HealthServer<impl Health>,
        stop: CancellationToken,
    ) -> std::io::Result<()> {
        let router = Router::new()
            .route_service(&format!("/{SERVICE_NAME}/{{*method}}"), health)
            .route("/livez", get(|| async { "live\n" }))
            .route("/readyz", get(readyz))
            .route("/metrics", get(metrics))
            .with_state(Arc::new(self));
        axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await }).await
    }
}

async fn readyz(State(admin): State<Arc<Admin>>) -> impl IntoResponse {
    let obstacles = admin.readiness.borrow().clone();
    if obstacles.is_empty() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", obstacles.join("\n")))
}

async fn metrics(State(admin): State<Arc<Admin>>) -> impl IntoResponse {
    let encoder = TextEncoder::new();
    let mut body = Vec::new();
    match encoder.encode(&admin.registry.gather(), &mut body) {
        Ok(()) => (StatusCode::OK, [(header::CONTENT_TYPE, encoder.format_type().to_owned())], body),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be written");
            let plain = [(header::CONTENT_TYPE, "text/plain".to_owned())];
            (StatusCode::INTERNAL_SERVER_ERROR, plain, error.to_string().into_bytes())
        }
    }
}

/// How many messages are where, as the last check found them.
#[derive(Clone)]
pub(crate) struct DepthGauge(IntGaugeVec);

impl DepthGauge {
    pub(crate) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let options = Opts::new("marsad_queue_messages", "Messages on the queue, by state.");
        let gauge = IntGaugeVec::new(options, &["state"])?;
        registry.register(Box::new(gauge.clone()))?;
        Ok(Self(gauge))
    }

    pub(crate) fn set(&self, depth: &Depth) {
        let states = [
            ("live", Some(depth.live)),
            ("backfill", Some(depth.backfill)),
            ("delayed", Some(depth.delayed)),
            ("in_flight", depth.in_flight),
            ("parked", Some(depth.parked)),
        ];
        for (state, count) in states {
            if let Some(count) = count {
                self.0.with_label_values(&[state]).set(i64::try_from(count).unwrap_or(i64::MAX));
            }
        }
    }
}

/// How long the oldest message of each lane waits, as the last check found it; 0 for an empty lane.
#[derive(Clone)]
pub(crate) struct AgeGauge(GaugeVec);

impl AgeGauge {
    pub(crate) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let options = Opts::new(
            "marsad_queue_oldest_message_age_seconds",
            "How long the oldest message that waits could have been claimed.",
        );
        let gauge = Self(GaugeVec::new(options, &["lane"])?);
        gauge.set([None; 2]);
        registry.register(Box::new(gauge.0.clone()))?;
        Ok(gauge)
    }

    pub(crate) fn set(&self, oldest: [Option<Duration>; 2]) {
        for (lane, oldest) in Lane::ALL.into_iter().zip(oldest) {
            let seconds = oldest.unwrap_or_default().as_secs_f64();
            self.0.with_label_values(&[lane.as_str()]).set(seconds);
        }
    }
}

/// How many articles wait to be joined to the others, and since when, as the last check found them.
#[derive(Clone)]
pub(crate) struct LinkGauge {
    waiting: IntGauge,
    oldest: Gauge,
}

impl LinkGauge {
    pub(crate) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let waiting = IntGauge::new("marsad_linker_waiting_articles", "Articles that wait for the linker.")?;
        let oldest = Gauge::new(
            "marsad_linker_oldest_waiting_seconds",
            "How long the article has waited that waits longest for the linker.",
        )?;
        registry.register(Box::new(waiting.clone()))?;
        registry.register(Box::new(oldest.clone()))?;
        Ok(Self { waiting, oldest })
    }

    /// `oldest` in microseconds since the Unix epoch.
    pub(crate) fn set(&self, waiting: u64, oldest: Option<i64>) {
        self.waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        let now = Timestamp::now().as_microsecond();
        let waited = oldest.and_then(|oldest| u64::try_from(now.saturating_sub(oldest)).ok());
        self.oldest.set(Duration::from_micros(waited.unwrap_or(0)).as_secs_f64());
    }
}
