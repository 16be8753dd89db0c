//! A process of this program that serves with an analysis of the benchmark's own.
//!
//! `serve DIR` is ingest on the embedded queue in DIR, `serve DIR worker` also analyses and stores; the address is printed. `work QUEUE STORE MS`
//! is a worker on RabbitMQ and PostgreSQL, which takes up work when it is told to on its standard input. Both end when that ends.

use std::io::{BufRead, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use marsad_analysis::{Worker, WorkerOptions};
use marsad_extract::Document;
use marsad_extract::knowledge::Overlay;
use marsad_ingest::Ingest;
use marsad_model::ontology::PublishedBasis;
use marsad_model::{Analysis, Published};
use marsad_proto::v1::ingest_service_server::IngestServiceServer;
use marsad_queue::{Queue, RabbitOptions, RabbitQueue, SqliteQueue, SqliteQueueOptions};
use marsad_store::{PgOptions, PgStore, SqliteOptions, SqliteStore, Store};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _};
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

/// What such a process is started with.
pub(crate) const ARGUMENT: &str = "child";

/// How long the analysis of [`waits`] waits.
pub(crate) const WAIT: Duration = Duration::from_millis(5);

fn finds_nothing(_: &Document<'_>, overlay: &Overlay) -> Analysis {
    Analysis {
        version: overlay.version(),
        language: "ar".into(),
        published: Published { date: None, basis: PublishedBasis::None, weekday: None },
        outlet: None,
        segments: Vec::new(),
        entities: Vec::new(),
        mentions: Vec::new(),
        roles: Vec::new(),
        times: Vec::new(),
        quantities: Vec::new(),
        events: Vec::new(),
        claims: Vec::new(),
    }
}

fn waits(document: &Document<'_>, overlay: &Overlay) -> Analysis {
    std::thread::sleep(WAIT);
    finds_nothing(document, overlay)
}

/// A running one, ended when dropped.
pub(crate) struct Running {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .arg(ARGUMENT)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Self { process, input, output: BufReader::new(output) }
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    /// Tells it to take up work.
    pub(crate) fn go(&mut self) {
        self.input.write_all(b"go\n").unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) async fn run(arguments: Vec<String>) {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve", folder] => serve(Path::new(folder), false).await,
        ["serve", folder, "worker"] => serve(Path::new(folder), true).await,
        ["work", queue, store] => work(queue, store).await,
        _ => panic!("{arguments:?}"),
    }
}

async fn serve(folder: &Path, working: bool) {
    let queue = SqliteQueue::open(folder.join("queue.db"), SqliteQueueOptions::default()).await.unwrap();
    let queue: Arc<dyn Queue> = Arc::new(queue);
    let stop = CancellationToken::new();
    if working {
        let store = SqliteStore::open(folder.join("store.db"), SqliteOptions::default()).await.unwrap();
        store.migrate().await.unwrap();
        let options = WorkerOptions::default();
        let worker = Worker::new(Arc::clone(&queue), Arc::new(store), finds_nothing, options);
        tokio::spawn(worker.run(stop.clone()));
    }
    let free: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let incoming = TcpIncoming::bind(free).unwrap().with_nodelay(Some(true));
    println!("{}", incoming.local_addr().unwrap());
    let ingest = IngestServiceServer::new(Ingest::new(queue, stop));
    let ended = async { drop(tokio::io::stdin().read(&mut [0]).await) };
    Server::builder().add_service(ingest).serve_with_incoming_shutdown(incoming, ended).await.unwrap();
}

async fn work(queue: &str, store: &str) {
    let queue = RabbitQueue::connect(RabbitOptions::new(queue)).await.unwrap();
    let store = PgStore::connect(store, PgOptions::default()).await.unwrap();
    store.check().await.unwrap();
    // One article at a time waits, as on a machine of one core.
    let options = WorkerOptions { analyses: 1, in_flight: 4, ..Default::default() };
    let worker = Worker::new(Arc::new(queue), Arc::new(store), waits, options);
    println!("ready");
    let mut lines = tokio::io::BufReader::new(tokio::io::stdin()).lines();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("go"));
    let stop = CancellationToken::new();
    let running = tokio::spawn(worker.run(stop.clone()));
    drop(lines.next_line().await);
    stop.cancel();
    running.await.unwrap();
}
