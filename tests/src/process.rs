//! A process of `marsad` that serves, and commands of it.

use std::ffi::OsStr;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{http, until, variable};

/// How long a process may take to start, however busy the machine is.
const STARTUP: Duration = Duration::from_secs(60);

/// How much of a log is shown when a test fails.
const SHOWN_LOG_LINES: usize = 40;

/// `marsad` with nothing of the caller's configuration in its environment.
pub fn command(args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(variable("MARSAD_TEST_EXECUTABLE"));
    for (name, _) in std::env::vars() {
        if name.starts_with("MARSAD_") || name.starts_with("OTEL_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.args(args).stdin(Stdio::null());
    command
}

/// Runs a command of `marsad` to its end.
///
/// # Panics
/// When it cannot be started.
pub fn run(args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
    command(args).output().unwrap()
}

/// The standard output of a command that has to succeed.
///
/// # Panics
/// When it fails.
pub fn output(args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
    let done = run(args);
    assert!(done.status.success(), "{}: {}", done.status, String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// A process that serves, on ports that it keeps over a restart.
#[derive(Debug)]
pub struct Process {
    args: Vec<String>,
    env: Vec<(String, String)>,
    log: PathBuf,
    child: Child,
    /// Where gRPC listens.
    pub grpc: SocketAddr,
    /// Where `/metrics`, `/livez` and `/readyz` are.
    pub admin: SocketAddr,
}

impl Process {
    /// Starts `marsad ARGS` on free ports, its log in `folder`, and waits until it is ready.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(args: &[String], env: &[(String, String)], folder: &Path) -> Self {
        let process = Self::start_unready(args, env, folder).await;
        process.ready(STARTUP).await;
        process
    }

    /// The same, but returns as soon as the ports are open.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_unready(args: &[String], env: &[(String, String)], folder: &Path) -> Self {
        let role = args.first().filter(|arg| !arg.starts_with('-')).map_or("all", String::as_str);
        let log = folder.join(format!("{role}-{}.log", uuid::Uuid::new_v4().simple()));
        let free: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let child = spawn(args, env, &log, free, free);
        let mut process =
            Self { args: args.to_vec(), env: env.to_vec(), log, child, grpc: free, admin: free };
        process.admin = process.logged_address("admin_address").await;
        process.grpc = process.logged_address("address").await;
        process
    }

    async fn logged_address(&mut self, field: &str) -> SocketAddr {
        let started = Instant::now();
        loop {
            let found = self.logged().iter().find_map(|line| line["fields"][field].as_str()?.parse().ok());
            if let Some(address) = found {
                return address;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && started.elapsed() < STARTUP, "did not start: {ended:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until it says that it is ready.
    ///
    /// # Panics
    /// When it is not in time.
    pub async fn ready(&self, within: Duration) {
        until("readiness", within, async || (self.status("/readyz").await == Some(200)).then_some(())).await;
    }

    /// The status of a path of the admin port; `None` where nobody answers.
    pub async fn status(&self, path: &str) -> Option<u16> {
        http::get(self.admin, path).await.ok().map(|(status, _)| status)
    }

    /// The sum of a counter or gauge over all label sets that contain `labels`.
    ///
    /// # Panics
    /// When the admin port does not answer.
    pub async fn metric(&self, name: &str, labels: &str) -> f64 {
        let (_, text) = http::get(self.admin, "/metrics").await.unwrap();
        let is_of_it = |line: &str| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with(['{', ' '])) && line.contains(labels)
        };
        let rows = text.lines().filter(|line| is_of_it(line));
        rows.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// The most memory that it has held since it started, in bytes.
    ///
    /// # Panics
    /// When it has ended.
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Sets a variable of its environment from the next start on.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.env.retain(|(set, _)| set != name);
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// The lines of its log, over all starts, as far as they are JSON.
    pub fn logged(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The whole log.
    pub fn log_text(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Ends it as a crash would.
    ///
    /// # Panics
    /// When it had ended before.
    pub fn kill(&mut self) {
        assert_eq!(self.child.try_wait().unwrap(), None, "ended by itself");
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end: SIGTERM.
    ///
    /// # Panics
    /// When there is no such process.
    pub fn ask_to_stop(&self) {
        self.signal("TERM");
    }

    /// Sends it a signal by name, e.g. `STOP` and `CONT`.
    ///
    /// # Panics
    /// When there is no such process.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([format!("-{name}"), id]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until it has ended.
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn ended(&mut self, within: Duration) -> ExitStatus {
        let child = &mut self.child;
        until("the end of a process", within, async || child.try_wait().unwrap()).await
    }

    /// Starts it again on the same ports after it has ended, and waits until it is ready.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn restart(&mut self) {
        self.restart_unready().await;
        self.ready(STARTUP).await;
    }

    /// The same without waiting for readiness: for a server that is to come back later.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn restart_unready(&mut self) {
        let started = Instant::now();
        loop {
            self.child = spawn(&self.args, &self.env, &self.log, self.grpc, self.admin);
            loop {
                if self.status("/livez").await == Some(200) {
                    return;
                }
                // Somebody may have been given the port in between, for a moment.
                if self.child.try_wait().unwrap().is_some() {
                    break;
                }
                assert!(started.elapsed() < STARTUP, "did not start again");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert!(started.elapsed() < STARTUP, "ends again and again");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let log = self.log_text();
            let lines: Vec<&str> = log.lines().collect();
            let shown = lines[lines.len().saturating_sub(SHOWN_LOG_LINES)..].join("\n");
            // Through the test's own output, which is shown for tests that fail only.
            #[allow(clippy::print_stdout, reason = "the output of a test")]
            {
                println!("--- end of the log of `marsad {}`\n{shown}", self.args.join(" "));
            }
        }
    }
}

fn spawn(
    args: &[String],
    env: &[(String, String)],
    log: &Path,
    grpc: SocketAddr,
    admin: SocketAddr,
) -> Child {
    let log = File::options().create(true).append(true).open(log).unwrap();
    command(args)
        .args(["--listen", &grpc.to_string(), "--admin-listen", &admin.to_string()])
        .envs(env.iter().cloned())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}
