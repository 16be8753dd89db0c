//! A broker for tests: a virtual host for each, and a proxy that can fail.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream as StdTcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use base64::Engine;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use url::Url;

/// A virtual host of its own on the broker of the test run; deleted when dropped.
pub(crate) struct Vhost {
    name: String,
    amqp: Url,
    api: Url,
}

impl Vhost {
    /// Makes one on the broker that the environment names.
    pub(crate) fn create() -> Self {
        let variable = |name: &str| {
            let value = std::env::var(name).unwrap_or_else(|_| {
                panic!("{name} is not set: these tests need a RabbitMQ broker; run them with `tests/run`")
            });
            Url::parse(&value).unwrap_or_else(|error| panic!("{name} is no URL: {error}"))
        };
        let (mut amqp, api) = (variable("MARSAD_TEST_AMQP"), variable("MARSAD_TEST_RABBITMQ_API"));
        let name = format!("test-{}", uuid::Uuid::new_v4());
        amqp.set_path(&name);
        let vhost = Self { name, amqp, api };
        vhost.api("PUT", &format!("/api/vhosts/{}", vhost.name), "");
        let everything = r#"{"configure":".*","write":".*","read":".*"}"#;
        let user = vhost.amqp.username().to_owned();
        vhost.api("PUT", &format!("/api/permissions/{}/{user}", vhost.name), everything);
        vhost
    }

    /// How to reach it directly.
    pub(crate) fn url(&self) -> String {
        self.amqp.to_string()
    }

    /// How to reach it through a proxy at that address.
    pub(crate) fn url_through(&self, proxy: SocketAddr) -> String {
        let mut url = self.amqp.clone();
        url.set_ip_host(proxy.ip()).unwrap();
        url.set_port(Some(proxy.port())).unwrap();
        url.to_string()
    }

    /// Where the broker listens.
    pub(crate) fn broker(&self) -> String {
        format!("{}:{}", self.amqp.host_str().unwrap(), self.amqp.port().unwrap_or(5672))
    }

    /// Deletes a queue behind everybody's back.
    pub(crate) fn delete_queue(&self, queue: &str) {
        self.api("DELETE", &format!("/api/queues/{}/{queue}", self.name), "");
    }

    fn api(&self, method: &str, path: &str, body: &str) {
        let host = format!("{}:{}", self.api.host_str().unwrap(), self.api.port_or_known_default().unwrap());
        let user = format!("{}:{}", self.api.username(), self.api.password().unwrap_or_default());
        let user = base64::engine::general_purpose::STANDARD.encode(user);
        let mut stream = StdTcpStream::connect(&host).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {host}\r\nAuthorization: Basic {user}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split_whitespace().nth(1).unwrap_or_default();
        assert!(status.starts_with('2'), "{method} {path}: {answer}");
    }
}

impl Drop for Vhost {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.api("DELETE", &format!("/api/vhosts/{}", self.name), "");
        }
    }
}

/// A TCP proxy before the broker that can cut its connections, refuse new ones, or swallow everything.
pub(crate) struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
    accepting: AbortHandle,
}

#[derive(Default)]
struct State {
    connections: std::sync::Mutex<Vec<AbortHandle>>,
    refusing: AtomicBool,
    silent: AtomicBool,
    accepted: AtomicUsize,
}

impl Proxy {
    /// Starts one before `upstream`.
    pub(crate) async fn start(upstream: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let accepting = tokio::spawn({
            let state = Arc::clone(&state);
            async move {
                while let Ok((client, _)) = listener.accept().await {
                    state.accepted.fetch_add(1, Ordering::SeqCst);
                    if state.refusing.load(Ordering::SeqCst) {
                        continue;
                    }
                    let relaying = tokio::spawn(relay(client, upstream.clone(), Arc::clone(&state)));
                    state.connections.lock().unwrap().push(relaying.abort_handle());
                }
            }
        });
        Self { address, state, accepting: accepting.abort_handle() }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts every connection; new ones are let through.
    pub(crate) fn cut(&self) {
        self.state.connections.lock().unwrap().drain(..).for_each(|connection| connection.abort());
    }

    /// How many connections have been made to it.
    pub(crate) fn accepted(&self) -> usize {
        self.state.accepted.load(Ordering::SeqCst)
    }

    /// Refuses new connections, or lets them through again.
    pub(crate) fn refuse(&self, refusing: bool) {
        self.state.refusing.store(refusing, Ordering::SeqCst);
    }

    /// Swallows what the broker says, or passes it on again: a connection that looks alive and is not.
    pub(crate) fn silence(&self, silent: bool) {
        self.state.silent.store(silent, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn relay(client: TcpStream, upstream: String, state: Arc<State>) {
    let Ok(server) = TcpStream::connect(upstream).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let upward = tokio::io::copy(&mut from_client, &mut to_server);
    let downward = async move {
        let mut buffer = vec![0; 64 << 10];
        loop {
            from_server.readable().await?;
            match from_server.try_read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(_) if state.silent.load(Ordering::SeqCst) => {}
                Ok(bytes) => to_client.write_all(&buffer[..bytes]).await?,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    };
    tokio::select! {
        _ = upward => {}
        _ = downward => {}
    }
}
