//! Metrics: what the README lists is what a running system shows, and every query of the dashboards and rules finds what it asks for.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use marsad_proto::v1;
use marsad_queue::{Lane, Message, Queue, RabbitOptions, RabbitQueue, SqliteQueue, SqliteQueueOptions};
use marsad_tests::articles::short;
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::joined::until_joined;
use marsad_tests::prometheus::{Prometheus, selectors};
use marsad_tests::spans::SpanReceiver;
use marsad_tests::{http, until};
use serde_json::Value;

/// How long everything may take to be there, scraped and evaluated.
const SEEN: Duration = Duration::from_secs(90);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A system that sends spans, and in which everything has happened that is counted, but for failures.
async fn busy(kind: Kind, receiver: &SpanReceiver) -> Deployment {
    let endpoint = receiver.endpoint();
    let env = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "100")];
    let deployment = Deployment::start_with(kind, &[], &env).await;
    use_everything(&deployment, 0).await;
    deployment
}

async fn use_everything(deployment: &Deployment, number: usize) {
    let client = deployment.client();
    client.submit_all_and_wait(vec![short(number)]).await;
    client.submit_all(vec![short(number + 1)], v1::Lane::Backfill).await;
    client.try_submit(v1::ArticleInput::default()).await.unwrap_err();
    client.query.clone().list_events(v1::ListEventsRequest::default()).await.unwrap();
    client.knowledge.clone().list_teachings(v1::ListTeachingsRequest::default()).await.unwrap();
    park(deployment).await;
    until_joined(&*deployment.store().await).await;
}

async fn park(deployment: &Deployment) {
    let queue: Box<dyn Queue> = match deployment.kind {
        Kind::Embedded => {
            Box::new(SqliteQueue::open(deployment.queue_url(), SqliteQueueOptions::default()).await.unwrap())
        }
        Kind::Apart => {
            Box::new(RabbitQueue::connect(RabbitOptions::new(deployment.queue_url())).await.unwrap())
        }
    };
    queue.publish(Message::new("nobody", Lane::Live, "x")).await.unwrap();
    queue.close().await;
}

/// A metric: its kind and its labels.
#[derive(Debug, Default, PartialEq, Eq)]
struct Metric {
    kind: String,
    labels: BTreeSet<String>,
}

/// The table of the README.
fn listed() -> BTreeMap<String, Metric> {
    let text = std::fs::read_to_string(root().join("services/README.md")).unwrap();
    let ticked = |cell: &str| -> Vec<String> {
        cell.split('`').skip(1).step_by(2).map(|name| name.trim().to_owned()).collect()
    };
    let rows = text.lines().skip_while(|line| !line.starts_with("| metric |")).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let labels = ticked(cells[4]).into_iter().collect();
        (ticked(cells[1])[0].clone(), Metric { kind: cells[2].to_owned(), labels })
    })
    .collect()
}

/// What the processes show.
async fn shown(processes: &[SocketAddr]) -> BTreeMap<String, Metric> {
    let mut shown: BTreeMap<String, Metric> = BTreeMap::new();
    for process in processes {
        let (_, text) = http::get(*process, "/metrics").await.unwrap();
        let mut of = String::new();
        for line in text.lines() {
            if let Some(typed) = line.strip_prefix("# TYPE ") {
                let (name, kind) = typed.split_once(' ').unwrap();
                of = name.to_owned();
                shown.entry(of.clone()).or_default().kind = kind.to_owned();
            } else if !line.starts_with('#') {
                assert!(line.starts_with(&of), "{line} is none of {of}");
                let labels = line.split_once('{').map(|(_, labels)| labels).unwrap_or_default();
                let names = labels
                    .split("\",")
                    .filter_map(|label| label.split_once("=\""))
                    .map(|(name, _)| name.to_owned());
                shown.get_mut(&of).unwrap().labels.extend(names.filter(|name| name != "le"));
            }
        }
    }
    shown
}

async fn admin_ports(deployment: &mut Deployment) -> Vec<SocketAddr> {
    deployment.processes().iter().map(|process| process.admin).collect()
}

/// Both ways, over both kinds of deployment: a name that is not shown is a mistake of the table, one that is not listed is a gap.
#[tokio::test(flavor = "multi_thread")]
async fn the_readme_lists_what_is_shown() {
    let receiver = SpanReceiver::start().await;
    let mut deployments = [busy(Kind::Embedded, &receiver).await, busy(Kind::Apart, &receiver).await];
    let mut ports = Vec::new();
    for deployment in &mut deployments {
        ports.extend(admin_ports(deployment).await);
    }
    let listed = listed();
    assert!(listed.len() > 20, "{listed:?}");
    until("every metric of the table", SEEN, async || {
        let shown = shown(&ports).await;
        listed.keys().all(|name| shown.contains_key(name)).then_some(())
    })
    .await;
    let shown = shown(&ports).await;
    for (name, metric) in &shown {
        let row = listed.get(name).unwrap_or_else(|| panic!("{name} ({metric:?}) is not listed"));
        assert_eq!(row.kind, metric.kind, "{name}");
        if name != "target_info" {
            assert!(row.labels.is_superset(&metric.labels), "{name}: {:?} are shown", metric.labels);
        }
        // What says which kind of error it was is there only where one was.
        let always: BTreeSet<&String> = row.labels.iter().filter(|label| *label != "error_type").collect();
        assert!(always.into_iter().all(|label| metric.labels.contains(label)), "{name}: {:?}", metric.labels);
    }
    for deployment in deployments {
        deployment.finish().await;
    }
}

/// The queries of a dashboard's panels, with what Grafana puts in.
fn panel_queries(dashboard: &Value) -> Vec<(String, String)> {
    let panels = dashboard["panels"].as_array().unwrap();
    let queries = panels.iter().flat_map(|panel| {
        let title = panel["title"].as_str().unwrap().to_owned();
        let targets = panel["targets"].as_array().cloned().unwrap_or_default();
        assert_eq!(targets.is_empty(), panel["type"] == "row", "{title}");
        targets.into_iter().map(move |target| (title.clone(), target["expr"].as_str().unwrap().to_owned()))
    });
    queries.map(|(title, query)| (title, query.replace("$__rate_interval", "20s"))).collect()
}

/// Every query runs, gives something, and each series that it selects is there; so is each that a rule selects; and each alert names
/// a section that there is.
async fn queries_find_what_they_ask_for(kind: Kind) {
    let receiver = SpanReceiver::start().await;
    let mut deployment = busy(kind, &receiver).await;
    let ports = admin_ports(&mut deployment).await;
    let deploy = root().join("deploy");
    let rules =
        ["rules.yml", "alerts.yml"].map(|name| deploy.join("prometheus").join(name).canonicalize().unwrap());
    let prometheus = Prometheus::start(deployment.folder(), &ports, &rules).await;

    let mut queries = Vec::new();
    let mut dashboards = 0;
    for file in std::fs::read_dir(deploy.join("grafana")).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_some_and(|extension| extension == "json") {
            let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            queries.extend(panel_queries(&dashboard));
            dashboards += 1;
        }
    }
    assert!(dashboards >= 2 && queries.len() > 40, "{dashboards} dashboards, {} queries", queries.len());
    let rules = prometheus.rules().await;
    assert!(rules.len() > 20, "{rules:#?}");
    let of_rules = rules
        .iter()
        .map(|rule| (rule["name"].as_str().unwrap().to_owned(), rule["query"].as_str().unwrap().to_owned()));
    let of_rules: Vec<(String, String)> = of_rules.collect();

    // Rates need traffic while they are watched.
    let mut number = 10;
    let began = Instant::now();
    loop {
        use_everything(&deployment, number).await;
        number += 2;
        let missing = missing_of(&prometheus, &queries, &of_rules).await;
        if missing.is_empty() {
            break;
        }
        assert!(began.elapsed() < SEEN, "{missing:#?}");
        // What is scraped once a second changes no sooner.
        tokio::time::sleep(Duration::from_secs(1)).await;
    }

    let runbook = std::fs::read_to_string(root().join("services/README.md")).unwrap();
    let sections: BTreeSet<String> = runbook.lines().filter_map(anchor).collect();
    // A rule is well when it was evaluated once.
    let well = until("the rules", SEEN, async || {
        let rules = prometheus.rules().await;
        rules.iter().all(|rule| rule["health"] == "ok").then_some(())
    });
    well.await;
    for rule in rules {
        if rule["type"] == "alerting" {
            let named = rule["annotations"]["runbook"].as_str().unwrap();
            let section = named.strip_prefix("services/README.md#").unwrap();
            assert!(sections.contains(section), "{named} is no section: {sections:?}");
        }
    }
    drop(prometheus);
    deployment.finish().await;
}

/// What does not run, gives nothing, or selects a series that is not there.
async fn missing_of(
    prometheus: &Prometheus,
    panels: &[(String, String)],
    rules: &[(String, String)],
) -> Vec<String> {
    let mut missing = Vec::new();
    for (title, query) in panels {
        match prometheus.query(query).await {
            Ok(results) if !results.is_empty() => {}
            other => missing.push(format!("{title}: {query}: {other:?}")),
        }
    }
    let all: BTreeSet<String> = panels.iter().chain(rules).flat_map(|(_, query)| selectors(query)).collect();
    for selector in all {
        match prometheus.query(&format!("count({selector})")).await {
            Ok(results) if !results.is_empty() => {}
            other => missing.push(format!("{selector}: {other:?}")),
        }
    }
    missing
}

/// The anchor of a heading, as it is made on the web.
fn anchor(line: &str) -> Option<String> {
    let heading = line.strip_prefix('#')?.trim_start_matches('#').trim();
    let kept = heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-')
        .collect::<String>();
    Some(kept.replace(' ', "-"))
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_find_what_they_ask_for_embedded() {
    queries_find_what_they_ask_for(Kind::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_find_what_they_ask_for_apart() {
    queries_find_what_they_ask_for(Kind::Apart).await;
}
