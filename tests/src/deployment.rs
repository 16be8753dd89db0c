//! A whole system under test.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use marsad_store::{PgOptions, PgStore, SqliteOptions, SqliteStore, Store};
use tempfile::TempDir;
use url::Url;

use crate::client::Client;
use crate::process::{Process, output};
use crate::servers::Servers;
use crate::until;

/// How a system is put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// All roles in one process, queue and store in SQLite files.
    Embedded,
    /// Ingest, two analysis workers and query as processes of their own on RabbitMQ and PostgreSQL.
    Apart,
}

/// Outcomes after which a worker takes a message again.
const RETRIED: [&str; 4] = ["raced", "store_unavailable", "store_error", "queue_unavailable"];

/// A running system. Every process knows one token, with all scopes.
#[derive(Debug)]
pub struct Deployment {
    /// How it is put together.
    pub kind: Kind,
    /// `marsad ingest`, or the one process.
    pub ingest: Process,
    /// `marsad analysis`, none where there is one process.
    pub workers: Vec<Process>,
    /// `marsad query`, none where there is one process.
    pub query: Option<Process>,
    /// The token.
    pub token: String,
    /// What the processes are told about queue and store.
    pub backends: Vec<String>,
    folder: TempDir,
    servers: Option<(Servers, Url, Url)>,
}

impl Deployment {
    /// Starts a system.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(kind: Kind) -> Self {
        Self::start_with(kind, &[], &[]).await
    }

    /// Starts a system with more arguments and environment for every process.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_with(kind: Kind, args: &[&str], env: &[(&str, &str)]) -> Self {
        match kind {
            Kind::Embedded => Self::start_embedded(args, env).await,
            Kind::Apart => Self::start_apart(Servers::shared(), args, env).await,
        }
    }

    async fn start_embedded(args: &[&str], env: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let token = new_token(folder.path());
        let backends = vec!["--data-dir".to_owned(), path(folder.path(), "data")];
        let all = arguments(None, &backends, folder.path(), args);
        let process = Process::start(&all, &owned(env), folder.path()).await;
        let kind = Kind::Embedded;
        Self {
            kind,
            ingest: process,
            workers: Vec::new(),
            query: None,
            token,
            backends,
            folder,
            servers: None,
        }
    }

    /// Starts roles apart on a virtual host and a database of these servers.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_apart(servers: Servers, args: &[&str], env: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let token = new_token(folder.path());
        let (vhost, database) = (servers.new_vhost().await, servers.new_database().await);
        // The store's URL as a mounted secret, the queue's as an argument: both ways are ways to run it.
        let secret = path(folder.path(), "store-url");
        std::fs::write(&secret, format!("{database}\n")).unwrap();
        let backends =
            vec!["--queue-url".to_owned(), vhost.to_string(), "--store-url-file".to_owned(), secret];
        output(["migrate"].into_iter().chain(backends.iter().map(String::as_str)));
        let env = owned(env);
        let start = async |role| {
            let all = arguments(Some(role), &backends, folder.path(), args);
            Process::start(&all, &env, folder.path()).await
        };
        let (ingest, first, second, query) =
            tokio::join!(start("ingest"), start("analysis"), start("analysis"), start("query"));
        let workers = vec![first, second];
        let servers = Some((servers, vhost, database));
        Self { kind: Kind::Apart, ingest, workers, query: Some(query), token, backends, folder, servers }
    }

    /// A client that shows the token.
    pub fn client(&self) -> Client {
        self.client_with(Some(&self.token))
    }

    /// A client that shows another token or none.
    pub fn client_with(&self, token: Option<&str>) -> Client {
        Client::new(self.ingest.grpc, self.querying().grpc, token)
    }

    /// The process that answers questions.
    pub fn querying(&self) -> &Process {
        self.query.as_ref().unwrap_or(&self.ingest)
    }

    /// The processes that analyse.
    pub fn working(&self) -> Vec<&Process> {
        if self.workers.is_empty() { vec![&self.ingest] } else { self.workers.iter().collect() }
    }

    /// All processes.
    pub fn processes(&mut self) -> Vec<&mut Process> {
        std::iter::once(&mut self.ingest).chain(&mut self.workers).chain(&mut self.query).collect()
    }

    /// A folder of the test's own.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Arguments for a client command of `marsad`, such as `events` or `search articles`.
    pub fn calling(&self, command: &str, args: &[&str]) -> Vec<String> {
        let server = if matches!(command, "submit" | "delete") { &self.ingest } else { self.querying() };
        let server = format!("http://{}", server.grpc);
        let mut all: Vec<String> = command.split(' ').map(str::to_owned).collect();
        all.extend(["--server".into(), server, "--token".into(), self.token.clone()]);
        all.extend(args.iter().map(|&arg| arg.to_owned()));
        all
    }

    /// Arguments for `marsad parked` on this queue.
    pub fn parked(&self, args: &[&str]) -> Vec<String> {
        let backends = self.backends[..2].iter().cloned();
        let all = std::iter::once("parked".to_owned()).chain(backends);
        all.chain(args.iter().map(|&arg| arg.to_owned())).collect()
    }

    /// How many messages the workers have settled for good since they started.
    ///
    /// # Panics
    /// When a worker does not answer.
    pub async fn settled(&self) -> u64 {
        let mut settled = 0.0;
        for worker in self.working() {
            settled += worker.metric("marsad_analysis_messages_total", "").await;
            for outcome in RETRIED {
                let label = format!("outcome=\"{outcome}\"");
                settled -= worker.metric("marsad_analysis_messages_total", &label).await;
            }
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        let settled = settled as u64;
        settled
    }

    /// Waits until the workers have settled that many messages since they started.
    ///
    /// # Panics
    /// When they do not in time.
    pub async fn until_settled(&self, count: u64) {
        until(&format!("{count} settled messages"), Duration::from_secs(120), async || {
            (self.settled().await >= count).then_some(())
        })
        .await;
    }

    /// Ends the processes and takes away what was made for them. Left out when a test fails: the run's servers do not last.
    ///
    /// # Panics
    /// When the servers refuse.
    pub async fn finish(mut self) {
        self.workers.clear();
        let Self { ingest, query, servers, .. } = self;
        drop((ingest, query));
        if let Some((servers, vhost, database)) = servers {
            servers.drop_vhost(&vhost).await;
            servers.drop_database(&database).await;
        }
    }

    /// Where the embedded queue is, or the broker's URL.
    pub fn queue_url(&self) -> String {
        match &self.servers {
            Some((_, vhost, _)) => vhost.to_string(),
            None => path(self.folder.path(), "data/queue.db"),
        }
    }

    /// The store, as a process beside the others has it.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn store(&self) -> Arc<dyn Store> {
        let url = self.store_url();
        let fold = marsad_query::fold_name;
        match self.kind {
            Kind::Embedded => {
                let options = SqliteOptions { fold, ..Default::default() };
                Arc::new(SqliteStore::open(&url, options).await.unwrap())
            }
            Kind::Apart => {
                let options = PgOptions { fold, ..Default::default() };
                Arc::new(PgStore::connect(&url, options).await.unwrap())
            }
        }
    }

    /// Where the embedded store is, or the database's URL.
    pub fn store_url(&self) -> String {
        match &self.servers {
            Some((_, _, database)) => database.to_string(),
            None => path(self.folder.path(), "data/store.db"),
        }
    }
}

/// Makes a token with all scopes and the file `tokens` that knows it.
///
/// # Panics
/// When that fails.
pub fn new_token(folder: &Path) -> String {
    let file = path(folder, "tokens");
    let scopes = ["--scope", "read", "--scope", "write", "--scope", "admin"];
    let made = output(["token", "new", "--file", &file, "--name", "tests"].into_iter().chain(scopes));
    made.trim().to_owned()
}

fn arguments(role: Option<&str>, backends: &[String], folder: &Path, more: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = role.into_iter().map(str::to_owned).collect();
    all.extend(backends.iter().cloned());
    all.extend(["--tokens-file".to_owned(), path(folder, "tokens"), "--reflection".to_owned()]);
    all.extend(more.iter().map(|&arg| arg.to_owned()));
    all
}

fn path(folder: &Path, name: &str) -> String {
    PathBuf::from(folder).join(name).into_os_string().into_string().unwrap()
}

fn owned(env: &[(&str, &str)]) -> Vec<(String, String)> {
    env.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Makes two tests out of each scenario, an `async fn(Deployment) -> Deployment`: one on either kind of deployment.
#[macro_export]
macro_rules! scenarios {
    ($($scenario:ident),+ $(,)?) => {
        mod embedded {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $scenario() {
                    let deployment = $crate::deployment::Deployment::start($crate::deployment::Kind::Embedded).await;
                    super::$scenario(deployment).await.finish().await;
                }
            )+
        }
        mod apart {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $scenario() {
                    let deployment = $crate::deployment::Deployment::start($crate::deployment::Kind::Apart).await;
                    super::$scenario(deployment).await.finish().await;
                }
            )+
        }
    };
}
