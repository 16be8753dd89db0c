//! The roles, run from a configuration until a signal.

mod access;
mod admin;
mod ages;
mod backends;
mod grpc;
mod observed;
mod reload;
mod system;
mod tls;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::ServerArgs;
use crate::telemetry::Telemetry;
pub(crate) use backends::{embedded_files, open_queue, open_store};
pub(crate) use reload::Files;
pub(crate) use system::{Settings, System};

/// Which roles a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Roles {
    pub(crate) ingest: bool,
    pub(crate) analysis: bool,
    pub(crate) query: bool,
}

impl Roles {
    pub(crate) const ALL: Self = Self { ingest: true, analysis: true, query: true };
    pub(crate) const INGEST: Self = Self { ingest: true, analysis: false, query: false };
    pub(crate) const ANALYSIS: Self = Self { ingest: false, analysis: true, query: false };
    pub(crate) const QUERY: Self = Self { ingest: false, analysis: false, query: true };

    /// Whether a role publishes or claims.
    pub(crate) fn needs_queue(self) -> bool {
        self.ingest || self.analysis
    }

    /// Whether a role reads or writes what was found.
    pub(crate) fn needs_store(self) -> bool {
        self.analysis || self.query
    }
}

/// How much of a shutdown's time is kept for sending the last spans.
const FLUSH_TIME: Duration = Duration::from_secs(3);

/// Runs roles until SIGTERM or SIGINT, then stops in order: no new requests, finish what is in hand, send the spans.
pub(crate) async fn run(args: ServerArgs, roles: Roles) -> anyhow::Result<ExitCode> {
    let deadline = Duration::from_secs(args.shutdown_seconds);
    let telemetry = Telemetry::start(false)?;
    let settings = Settings::from_args(&args, roles)?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let asked = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    tokio::pin!(asked);
    let system = tokio::select! {
        started = System::start(settings, telemetry.registry.clone()) => started?,
        () = &mut asked => {
            telemetry.shutdown().await;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let ended = tokio::select! {
        () = &mut asked => Ok(()),
        failed = system.failed() => Err(failed),
    };
    tracing::info!("stopping");
    // Some of the time is kept back for the spans, which tell what held the rest up.
    let for_spans = FLUSH_TIME.min(deadline / 2);
    let for_all_else = deadline - for_spans;
    let in_time = tokio::time::timeout(for_all_else, system.stop(for_all_else / 2)).await;
    if tokio::time::timeout(for_spans, telemetry.shutdown()).await.is_err() {
        tracing::warn!("not every span was sent in time");
    }
    ended?;
    if in_time.is_err() {
        bail!("not everything had ended {} seconds after the signal", deadline.as_secs());
    }
    Ok(ExitCode::SUCCESS)
}

/// `marsad migrate`.
pub(crate) async fn migrate(args: ServerArgs) -> anyhow::Result<ExitCode> {
    let telemetry = Telemetry::start(false)?;
    let store = open_store(&args.backends).await?;
    store.migrate().await?;
    store.close().await;
    tracing::info!("the schema is up to date");
    telemetry.shutdown().await;
    Ok(ExitCode::SUCCESS)
}
