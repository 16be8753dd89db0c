//! RabbitMQ and PostgreSQL: a virtual host or a database for a test on the servers of the run, or servers of a test's own
//! that it may stop and kill.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use url::Url;
use uuid::Uuid;

use crate::{http, variable};

/// Where servers are.
#[derive(Debug, Clone)]
pub struct Servers {
    /// RabbitMQ, without virtual host.
    pub amqp: Url,
    /// RabbitMQ's management API.
    pub api: Url,
    /// PostgreSQL, with a database that one can connect to.
    pub postgres: Url,
}

impl Servers {
    /// Those of the run, which tests share.
    ///
    /// # Panics
    /// When they are not there.
    pub fn shared() -> Self {
        let url = |name| Url::parse(&variable(name)).unwrap();
        Self {
            amqp: url("MARSAD_TEST_AMQP"),
            api: url("MARSAD_TEST_RABBITMQ_API"),
            postgres: url("MARSAD_TEST_POSTGRES"),
        }
    }

    /// Makes a virtual host; its URL for AMQP.
    ///
    /// # Panics
    /// When the broker refuses.
    pub async fn new_vhost(&self) -> Url {
        let name = format!("test-{}", Uuid::new_v4());
        self.api("PUT", &format!("/api/vhosts/{name}"), "").await;
        let everything = r#"{"configure":".*","write":".*","read":".*"}"#;
        self.api("PUT", &format!("/api/permissions/{name}/{}", self.amqp.username()), everything).await;
        let mut url = self.amqp.clone();
        url.set_path(&name);
        url
    }

    /// Deletes a virtual host with all its queues.
    ///
    /// # Panics
    /// When the broker refuses.
    pub async fn drop_vhost(&self, vhost: &Url) {
        self.api("DELETE", &format!("/api/vhosts{}", vhost.path()), "").await;
    }

    /// Throws away what a queue of a virtual host holds.
    ///
    /// # Panics
    /// When the broker refuses.
    pub async fn purge(&self, vhost: &Url, queue: &str) {
        self.api("DELETE", &format!("/api/queues{}/{queue}/contents", vhost.path()), "").await;
    }

    /// Makes an empty database; its URL.
    ///
    /// # Panics
    /// When PostgreSQL refuses.
    pub async fn new_database(&self) -> Url {
        let name = format!("marsad_test_{}", Uuid::new_v4().simple());
        self.sql(format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        let mut url = self.postgres.clone();
        url.set_path(&name);
        url
    }

    /// Drops a database, whoever uses it.
    ///
    /// # Panics
    /// When PostgreSQL refuses.
    pub async fn drop_database(&self, database: &Url) {
        let name = database.path().trim_start_matches('/');
        self.sql(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    }

    async fn api(&self, method: &str, path: &str, body: &str) {
        let mut url = self.api.clone();
        url.set_path(path);
        let (status, answer) = http::request(method, &url, body).await.unwrap();
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
    }

    async fn sql(&self, statement: String) {
        let mut connection = PgConnection::connect(self.postgres.as_str()).await.unwrap();
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// Servers of a test's own. `tests/run` stops them at its end if nobody has before.
#[derive(Debug)]
pub struct OwnServers {
    folder: PathBuf,
    /// Where they are; kept over a restart.
    pub servers: Servers,
}

#[derive(Debug, Deserialize)]
struct RabbitMqUrls {
    amqp: Url,
    api: Url,
}

#[derive(Debug, Deserialize)]
struct PostgreSqlUrls {
    postgres: Url,
}

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// The broker.
    RabbitMq,
    /// The database.
    PostgreSql,
}

impl OwnServers {
    /// Starts a broker and a database. Blocks for some ten seconds.
    ///
    /// # Panics
    /// When they do not start.
    pub fn start() -> Self {
        let folder = Path::new(&variable("MARSAD_TEST_DIR")).join(format!("own-{}", Uuid::new_v4().simple()));
        let rabbitmq: RabbitMqUrls =
            serde_json::from_str(&control(&folder, Server::RabbitMq, "start")).unwrap();
        let postgresql: PostgreSqlUrls =
            serde_json::from_str(&control(&folder, Server::PostgreSql, "start")).unwrap();
        let servers = Servers { amqp: rabbitmq.amqp, api: rabbitmq.api, postgres: postgresql.postgres };
        Self { folder, servers }
    }

    /// Kills a server as a crash would.
    ///
    /// # Panics
    /// When that fails.
    pub fn kill(&self, server: Server) {
        control(&self.folder, server, "kill");
    }

    /// Starts a server that was killed, unless it runs.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart_if_down(&self, server: Server) {
        let url = match server {
            Server::RabbitMq => &self.servers.amqp,
            Server::PostgreSql => &self.servers.postgres,
        };
        let address = (url.host_str().unwrap_or_default(), url.port().unwrap_or_default());
        if std::net::TcpStream::connect(address).is_err() {
            self.restart(server);
        }
    }

    /// Starts a server that was killed, on its old port and data. Blocks until it answers.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&self, server: Server) {
        control(&self.folder, server, "start");
    }
}

fn control(folder: &Path, server: Server, action: &str) -> String {
    let name = match server {
        Server::RabbitMq => "rabbitmq",
        Server::PostgreSql => "postgresql",
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/servers.py");
    let mut command = Command::new("python3");
    let done = command.arg(script).args([name, action]).arg(folder.join(name)).output().unwrap();
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "servers.py {name} {action}: {errors}");
    String::from_utf8(done.stdout).unwrap()
}
