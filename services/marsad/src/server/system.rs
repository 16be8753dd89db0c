//! One process: its backends, the roles over them, and how they start and stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use marsad_analysis::{Linker, LinkerOptions, Worker, WorkerOptions};
use marsad_ingest::Ingest;
use marsad_query::{Knowledge, Query, QueryOptions};
use marsad_queue::Queue;
use marsad_store::Store;
use prometheus::Registry;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::rustls::ServerConfig;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::TcpIncoming;
use tonic_health::server::HealthReporter;

use super::access::AccessLayer;
use super::admin::{Admin, AgeGauge, DepthGauge, LIVENESS, LinkGauge, Obstacles};
use super::grpc::{self, Services};
use super::observed::Observed;
use super::reload::Files;
use super::{Roles, open_queue, open_store, tls};
use crate::cli::{BackendArgs, ServerArgs};
use crate::tokens::Tokens;

/// How often the backends are asked whether they answer.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// How often what waits for the linker is counted.
const COUNT_EVERY: Duration = Duration::from_secs(10);

/// How long a backend may take to answer that.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// How long to wait before a backend that was not there at the start is tried again.
const CONNECT_RETRY: Duration = Duration::from_secs(1);

/// Everything that a process needs to start.
pub(crate) struct Settings {
    pub(crate) roles: Roles,
    pub(crate) listen: SocketAddr,
    pub(crate) admin_listen: SocketAddr,
    pub(crate) backends: BackendArgs,
    pub(crate) tokens: Option<Files<Tokens>>,
    pub(crate) tls: Option<Files<ServerConfig>>,
    /// How often tokens and certificates are looked at.
    pub(crate) reload: Duration,
    pub(crate) max_calls: u32,
    pub(crate) reflection: bool,
    pub(crate) connection_age: Option<Duration>,
    pub(crate) worker: WorkerOptions,
    pub(crate) linker: LinkerOptions,
    pub(crate) query: QueryOptions,
}

impl Settings {
    /// Reads the files that the arguments name, and refuses what is not safe.
    pub(crate) fn from_args(args: &ServerArgs, roles: Roles) -> anyhow::Result<Self> {
        let tokens = args.tokens_file.clone().map(Tokens::file).transpose()?;
        let anyone = tokens.is_none() && args.tls_client_ca.is_none();
        let loopback = args.listen.ip().is_loopback();
        if anyone && !loopback && !args.open_to_anyone {
            bail!(
                "{} can be reached from other machines, and no tokens are set: give --tokens-file or --tls-client-ca, listen on a \
                 loopback address, or say --open-to-anyone",
                args.listen
            );
        }
        let tls = match (&args.tls_cert, &args.tls_key) {
            (Some(cert), Some(key)) => {
                Some(tls::files(cert.clone(), key.clone(), args.tls_client_ca.clone())?)
            }
            _ => None,
        };
        let mut worker = WorkerOptions::default();
        if let Some(analyses) = args.analyses {
            worker.analyses = analyses;
            worker.in_flight = 4 * analyses;
        }
        Ok(Self {
            roles,
            listen: args.listen,
            admin_listen: args.admin_listen,
            backends: args.backends.clone(),
            tokens,
            tls,
            reload: Duration::from_secs(args.reload_seconds),
            max_calls: args.max_calls,
            reflection: args.reflection.unwrap_or(anyone && loopback),
            connection_age: args.connection_age_seconds.map(Duration::from_secs),
            worker,
            linker: LinkerOptions {
                lease: Duration::from_secs(args.link_lease_seconds),
                ..LinkerOptions::default()
            },
            query: QueryOptions { watch_patience: Duration::from_secs(args.watch_patience_seconds) },
        })
    }
}

/// A running process.
pub(crate) struct System {
    /// Where gRPC listens.
    pub(crate) address: SocketAddr,
    /// Ends gRPC and the worker.
    stop: CancellationToken,
    /// Ends the checks and the admin port, after everything else.
    stop_admin: CancellationToken,
    serving: JoinHandle<anyhow::Result<()>>,
    working: Option<JoinHandle<()>>,
    admin: JoinHandle<()>,
    health: HealthReporter,
    failure: watch::Receiver<Option<String>>,
    queue: Option<Arc<dyn Queue>>,
    store: Option<Arc<dyn Store>>,
}

impl System {
    /// Starts the roles. The admin port serves at once; backends that do not answer yet are waited for before gRPC does.
    pub(crate) async fn start(settings: Settings, registry: Registry) -> anyhow::Result<Self> {
        let Settings { roles, listen, admin_listen, backends, worker, linker, query, .. } = settings;
        let admin_listener = TcpListener::bind(admin_listen)
            .await
            .with_context(|| format!("cannot listen on {admin_listen}"))?;
        let admin_address = admin_listener.local_addr()?;

        let stop = CancellationToken::new();
        let stop_admin = CancellationToken::new();
        let (readiness, ready) = watch::channel(vec!["starting".to_owned()]);
        let admin_server = Admin::new(registry.clone(), ready);
        let (reporter, health_service) = tonic_health::server::health_reporter();
        let names = grpc::service_names(roles.ingest, roles.query);
        for name in std::iter::once("").chain(names.clone()) {
            reporter.set_service_status(name, tonic_health::ServingStatus::NotServing).await;
        }
        reporter.set_service_status(LIVENESS, tonic_health::ServingStatus::Serving).await;
        let admin = tokio::spawn({
            let (stop, health) = (stop_admin.clone(), health_service.clone());
            async move {
                if let Err(error) = admin_server.serve(admin_listener, health, stop).await {
                    tracing::error!(%error, "the admin port failed");
                }
            }
        });
        tracing::info!(%admin_address, "admin port open");

        let queue = match roles.needs_queue() {
            true => {
                let queue = persist("queue", || open_queue(&backends)).await?;
                Some(Arc::new(Observed::new(queue)) as Arc<dyn Queue>)
            }
            false => None,
        };
        let store = match roles.needs_store() {
            true => Some(persist("store", || open_store(&backends)).await?),
            false => None,
        };
        let checks = Checks {
            queue: queue.clone(),
            store: store.clone(),
            depth: queue.is_some().then(|| DepthGauge::register(&registry)).transpose()?,
            age: roles.analysis.then(|| AgeGauge::register(&registry)).transpose()?,
            linking: roles.analysis.then(|| LinkGauge::register(&registry)).transpose()?,
            readiness,
            health: reporter.clone(),
            services: names,
        };
        let working = match (&queue, &store) {
            (Some(queue), Some(store)) if roles.analysis => {
                let worker =
                    Worker::new(Arc::clone(queue), Arc::clone(store), marsad_extract::analyze_with, worker);
                let linker = Linker::new(Arc::clone(store), marsad_extract::analyze_with, linker);
                let (worker, linker) = (worker.run(stop.clone()), linker.run(stop.clone()));
                Some(tokio::spawn(async {
                    tokio::join!(worker, linker);
                }))
            }
            _ => None,
        };
        let services = Services {
            ingest: queue
                .as_ref()
                .filter(|_| roles.ingest)
                .map(|queue| Ingest::new(Arc::clone(queue), stop.clone())),
            query: (store.as_ref())
                .filter(|_| roles.query)
                .map(|store| Query::new(Arc::clone(store), stop.clone(), query)),
            knowledge: store.as_ref().filter(|_| roles.query).map(|store| Knowledge::new(Arc::clone(store))),
            access: AccessLayer::new(
                settings.tokens.map(|tokens| tokens.watch(settings.reload, stop.clone())),
                settings.max_calls,
            ),
            tls: settings.tls.map(|tls| tls.watch(settings.reload, stop.clone())),
            reflection: settings.reflection,
            connection_age: settings.connection_age,
        };
        // Not before the backends are there: until then a caller is refused at once, which is better than to wait.
        let incoming = TcpIncoming::bind(listen)
            .with_context(|| format!("cannot listen on {listen}"))?
            // Without it every answer waits 40 ms for the peer's delayed acknowledgement.
            .with_nodelay(Some(true))
            .with_keepalive(Some(Duration::from_secs(60)));
        let address = incoming.local_addr()?;
        let (failing, failure) = watch::channel(None);
        let serving = tokio::spawn({
            let stop = stop.clone();
            async move {
                let ended = grpc::serve(services, incoming, stop, health_service).await;
                if let Err(error) = &ended {
                    failing.send_replace(Some(format!("{error:#}")));
                }
                ended
            }
        });
        // Ready is who can be called, not only his backends.
        checks.once().await;
        tokio::spawn(checks.run(stop.clone()));
        tracing::info!(%address, "ready for calls");
        let health = reporter;
        Ok(Self { address, stop, stop_admin, serving, working, admin, health, failure, queue, store })
    }

    /// Resolves when the gRPC port fails.
    pub(crate) async fn failed(&self) -> anyhow::Error {
        let mut failure = self.failure.clone();
        let reason = failure.wait_for(Option::is_some).await.ok().and_then(|reason| reason.clone());
        match reason {
            Some(reason) => anyhow::anyhow!(reason),
            None => std::future::pending().await,
        }
    }

    /// Takes nothing new, finishes what is in hand, closes the backends. Connections that are still open after `patience` are
    /// cut: their peers may be gone.
    pub(crate) async fn stop(mut self, patience: Duration) {
        self.stop.cancel();
        if let Some(working) = self.working {
            let _ = working.await;
        }
        if tokio::time::timeout(patience, &mut self.serving).await.is_err() {
            tracing::warn!("connections that did not end were cut");
            self.serving.abort();
        }
        if let Some(queue) = self.queue {
            queue.close().await;
        }
        if let Some(store) = self.store {
            store.close().await;
        }
        // Ends the streams that watch it.
        self.health.clear_service_status(LIVENESS).await;
        self.stop_admin.cancel();
        let _ = self.admin.await;
    }
}

/// Opens a backend, again and again while it does not answer. What can never work is an error at once.
async fn persist<T, F: Future<Output = anyhow::Result<T>>>(
    what: &str,
    open: impl Fn() -> F,
) -> anyhow::Result<T> {
    loop {
        match open().await {
            Ok(backend) => return Ok(backend),
            Err(error) if passes(&error) => {
                tracing::warn!(error = format!("{error:#}"), "the {what} does not answer yet");
                tokio::time::sleep(CONNECT_RETRY).await;
            }
            Err(error) => return Err(error.context(format!("cannot open the {what}"))),
        }
    }
}

fn passes(error: &anyhow::Error) -> bool {
    let queue = error.downcast_ref().is_some_and(marsad_queue::QueueError::is_unavailable);
    let store = error.downcast_ref().is_some_and(marsad_store::StoreError::is_unavailable);
    queue || store
}

/// Asks the backends all the time whether they answer, for readiness, health and the depth of the queue.
struct Checks {
    queue: Option<Arc<dyn Queue>>,
    store: Option<Arc<dyn Store>>,
    depth: Option<DepthGauge>,
    /// Where messages are claimed.
    age: Option<AgeGauge>,
    /// Where a linker may run.
    linking: Option<LinkGauge>,
    readiness: watch::Sender<Obstacles>,
    health: HealthReporter,
    services: Vec<&'static str>,
}

impl Checks {
    async fn run(self, stop: CancellationToken) {
        let mut next_count = Instant::now();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(CHECK_EVERY) => {}
            }
            self.once().await;
            if Instant::now() >= next_count {
                self.count_waiting().await;
                next_count = Instant::now() + COUNT_EVERY;
            }
        }
        self.readiness.send_replace(vec!["stopping".to_owned()]);
        for service in self.all_services() {
            self.health.set_service_status(service, tonic_health::ServingStatus::NotServing).await;
        }
        // Ends the streams that watch it, which would else hold up the shutdown.
        let mut health = self.health.clone();
        for service in self.all_services() {
            health.clear_service_status(service).await;
        }
    }

    /// The whole process, which health calls the empty name, and each service.
    fn all_services(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once("").chain(self.services.clone())
    }

    async fn once(&self) {
        let (queue, store) = tokio::join!(self.check_queue(), self.check_store());
        let obstacles: Obstacles = [queue.err(), store.err()].into_iter().flatten().collect();
        let status = match obstacles.is_empty() {
            true => tonic_health::ServingStatus::Serving,
            false => tonic_health::ServingStatus::NotServing,
        };
        for service in self.all_services() {
            self.health.set_service_status(service, status).await;
        }
        let changed = *self.readiness.borrow() != obstacles;
        if changed {
            if !obstacles.is_empty() {
                tracing::warn!(?obstacles, "not ready");
            }
            self.readiness.send_replace(obstacles);
        }
    }

    async fn check_queue(&self) -> Result<(), String> {
        let Some(queue) = &self.queue else { return Ok(()) };
        in_time("queue", async { queue.check().await.map_err(|e| e.to_string()) }).await?;
        match in_time("queue", async { queue.depth().await.map_err(|e| e.to_string()) }).await {
            Ok(depth) => self.depth.iter().for_each(|gauge| gauge.set(&depth)),
            Err(error) => tracing::debug!(error, "the queue's depth is not known"),
        }
        if let Some(gauge) = &self.age {
            match in_time("queue", async { queue.oldest().await.map_err(|e| e.to_string()) }).await {
                Ok(oldest) => gauge.set(oldest.unwrap_or_default()),
                Err(error) => tracing::debug!(error, "the age of what waits on the queue is not known"),
            }
        }
        Ok(())
    }

    async fn check_store(&self) -> Result<(), String> {
        let Some(store) = &self.store else { return Ok(()) };
        in_time("store", async { store.check().await.map_err(|e| e.to_string()) }).await
    }

    /// Counting is not for every check: a large backlog takes a while.
    async fn count_waiting(&self) {
        let (Some(store), Some(gauge)) = (&self.store, &self.linking) else { return };
        match in_time("store", async { store.link_state().await.map_err(|e| e.to_string()) }).await {
            Ok(state) => gauge.set(state.waiting, state.oldest),
            Err(error) => tracing::debug!(error, "it is not known how much waits for the linker"),
        }
    }
}

async fn in_time<T>(what: &str, answer: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    match tokio::time::timeout(CHECK_TIMEOUT, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(format!("the {what} does not answer within {} s", CHECK_TIMEOUT.as_secs())),
    }
}
