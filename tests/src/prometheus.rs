//! A Prometheus of a test's own, as Debian has it.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use url::Url;

use crate::{http, until};

/// A running server; it ends with its value.
#[derive(Debug)]
pub struct Prometheus {
    child: Child,
    address: SocketAddr,
}

impl Prometheus {
    /// Starts one that scrapes `targets` and evaluates rules every second, with its data in `folder`.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(folder: &Path, targets: &[SocketAddr], rules: &[PathBuf]) -> Self {
        let targets: Vec<String> = targets.iter().map(ToString::to_string).collect();
        // JSON is YAML.
        let configuration = serde_json::json!({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": rules,
            "scrape_configs": [{"job_name": "marsad", "static_configs": [{"targets": targets}]}],
        });
        let file = folder.join("prometheus.yml");
        std::fs::write(&file, configuration.to_string()).unwrap();
        // A port that was free a moment ago may be taken: then another one.
        for _ in 0..5 {
            let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let mut child = Command::new("prometheus")
                .arg(format!("--config.file={}", file.display()))
                .arg(format!("--storage.tsdb.path={}", folder.join("prometheus").display()))
                .arg(format!("--web.listen-address={address}"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(std::fs::File::create(folder.join("prometheus.log")).unwrap())
                .spawn()
                .expect("prometheus is not installed: use tests/run");
            let up = until("Prometheus", Duration::from_secs(60), async || {
                let ready = http::get(address, "/-/ready").await.is_ok_and(|(status, _)| status == 200);
                let ended = child.try_wait().unwrap().is_some();
                (ready || ended).then_some(ready)
            });
            if up.await {
                return Self { child, address };
            }
        }
        panic!(
            "Prometheus does not start: {}",
            std::fs::read_to_string(folder.join("prometheus.log")).unwrap()
        );
    }

    /// What a query gives now: the list of its results, or why it cannot be run.
    ///
    /// # Errors
    /// The server's words.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn query(&self, query: &str) -> Result<Vec<Value>, String> {
        let mut url = Url::parse(&format!("http://{}/api/v1/query", self.address)).unwrap();
        url.query_pairs_mut().append_pair("query", query);
        let answer = self.get(&url).await;
        match answer["data"]["result"].as_array() {
            Some(results) => Ok(results.clone()),
            None => Err(answer["error"].to_string()),
        }
    }

    /// All rules, as the server has them.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn rules(&self) -> Vec<Value> {
        let url = Url::parse(&format!("http://{}/api/v1/rules", self.address)).unwrap();
        let answer = self.get(&url).await;
        let groups = answer["data"]["groups"].as_array().unwrap().clone();
        groups.into_iter().flat_map(|group| group["rules"].as_array().unwrap().clone()).collect()
    }

    async fn get(&self, url: &Url) -> Value {
        // In one piece: HTTP/1.0 knows no chunks.
        let (_, body) = http::request("GET", url, "").await.unwrap();
        serde_json::from_str(&body).unwrap()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The series that a query selects: each `name{matchers}` in it.
///
/// ```
/// let query = r#"sum by (le) (rate(a_bucket{x="by (y)"}[5m])) / on (job_name) group_left () max(b:c) > 1e3"#;
/// assert_eq!(marsad_tests::prometheus::selectors(query), [r#"a_bucket{x="by (y)"}"#, "b:c"]);
/// ```
///
/// # Panics
/// When a bracket or quotation mark is not closed.
pub fn selectors(query: &str) -> Vec<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let mut found = Vec::new();
    let mut rest = query;
    while let Some(first) = rest.chars().next() {
        let name_end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        if first.is_ascii_digit() || !is_name(first) {
            // A number, a range in brackets, or punctuation.
            let skipped = match first {
                '[' => rest.find(']').unwrap() + 1,
                '"' => rest[1..].find('"').unwrap() + 2,
                _ => name_end.max(first.len_utf8()),
            };
            rest = &rest[skipped..];
            continue;
        }
        let (name, behind) = rest.split_at(name_end);
        rest = behind.trim_start();
        match name {
            // Labels in brackets.
            "by" | "without" | "on" | "ignoring" | "group_left" | "group_right" => {
                if rest.starts_with('(') {
                    rest = &rest[rest.find(')').unwrap() + 1..];
                }
            }
            "and" | "or" | "unless" | "bool" | "offset" => {}
            _ if rest.starts_with('(') || rest.starts_with("by ") || rest.starts_with("without ") => {}
            _ if rest.starts_with('{') => {
                let end = closing(rest);
                found.push(format!("{name}{}", &rest[..end]));
                rest = &rest[end..];
            }
            _ => found.push(name.to_owned()),
        }
    }
    found
}

/// Where the braces that a text begins with end, whatever is quoted in them.
fn closing(text: &str) -> usize {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '}' if !quoted => return at + 1,
            _ => {}
        }
    }
    panic!("{text} has no end");
}
