//! `marsad export` on both kinds of deployment: every format has what the lists have, and is read by the tools for it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use marsad_proto::v1;
use marsad_store::{PgOptions, PgStore, SqliteOptions, SqliteStore, Store};
use marsad_tests::articles::samples;
use marsad_tests::client::Client;
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::process::{command, output, run};
use marsad_tests::{list, scenarios, until};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde::Serialize;
use serde_json::Value;

scenarios!(
    json_lines_are_what_the_lists_have,
    rows_of_event_data_are_what_happened,
    a_graph_is_whole,
    a_graph_is_whole_while_articles_come_in,
    filters_choose_events_and_what_belongs_to_them,
    a_file_is_there_when_it_is_whole,
    a_reader_may_go_away,
);

const FORMATS: [&str; 4] = ["jsonl", "polecat", "polecat-tsv", "graphml"];
/// Largest page.
const PAGE: u32 = 1000;

/// How long joining may take, however busy the machine is.
const JOINED: Duration = Duration::from_secs(120);

/// A deployment's client when all samples are joined, and nothing changes any more.
async fn with_samples(deployment: &Deployment) -> Client {
    let client = deployment.client();
    client.submit_all_and_wait(samples()).await;
    let url = deployment.store_url();
    let store: Box<dyn Store> = match deployment.kind {
        Kind::Embedded => Box::new(SqliteStore::open(&url, SqliteOptions::default()).await.unwrap()),
        Kind::Apart => Box::new(PgStore::connect(&url, PgOptions::default()).await.unwrap()),
    };
    until("nothing to join", JOINED, async || (store.link_state().await.unwrap().waiting == 0).then_some(()))
        .await;
    client
}

fn export(deployment: &Deployment, args: &[&str]) -> String {
    output(deployment.calling("export", args))
}

/// The records of an export in JSON Lines by kind, without the last line, which is checked.
fn records(text: &str) -> BTreeMap<String, Vec<Value>> {
    let mut by_kind: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = lines.pop().expect("a last line");
    for line in lines {
        let kind = line["kind"].as_str().unwrap().to_owned();
        by_kind.entry(kind).or_default().push(line["record"].clone());
    }
    assert_eq!(end["kind"], "export");
    let counts: BTreeMap<&String, usize> = by_kind.iter().map(|(kind, all)| (kind, all.len())).collect();
    assert_eq!(end["record"]["lines"], serde_json::to_value(counts).unwrap());
    assert_eq!(end["record"]["asOf"]["first"], end["record"]["asOf"]["last"], "nothing changed meanwhile");
    by_kind
}

/// Records as a reader of their JSON sees them.
fn values<T: Serialize>(items: Vec<T>) -> Vec<Value> {
    items.iter().map(|item| serde_json::from_str(&serde_json::to_string(item).unwrap()).unwrap()).collect()
}

/// The ids of records.
fn ids(records: &[Value], at: &str) -> BTreeSet<String> {
    records.iter().map(|record| record.pointer(at).unwrap().as_str().unwrap().to_owned()).collect()
}

/// The stories, the coarser ones first.
async fn stories(client: &Client) -> Vec<v1::Story> {
    let request = |coarse| v1::ListStoriesRequest { page_size: PAGE, coarse, ..Default::default() };
    let mut all = list!(client, list_stories, stories, request(true));
    all.extend(list!(client, list_stories, stories, request(false)));
    all
}

async fn clusters(client: &Client, filter: v1::EventClusterFilter) -> Vec<v1::EventCluster> {
    let request =
        v1::ListEventClustersRequest { page_size: PAGE, filter: Some(filter), ..Default::default() };
    list!(client, list_event_clusters, clusters, request)
}

async fn json_lines_are_what_the_lists_have(deployment: Deployment) -> Deployment {
    let client = with_samples(&deployment).await;
    let done = run(deployment.calling("export", &["--format", "jsonl"]));
    assert!(done.status.success());
    assert_eq!(String::from_utf8_lossy(&done.stderr), "", "no bar where no person looks on, no remarks");
    let found = records(&String::from_utf8(done.stdout).unwrap());

    let articles = v1::ListArticlesRequest { page_size: PAGE, ..Default::default() };
    let articles = list!(client, list_articles, articles, articles);
    let mut links = Vec::new();
    for article in &articles {
        let request = v1::GetArticleLinksRequest { article_id: article.id.clone() };
        links.extend(client.query.clone().get_article_links(request).await.unwrap().into_inner().links);
    }
    let entities = v1::ListEntitiesRequest { page_size: PAGE, ..Default::default() };
    let mentions = v1::ListEventsRequest { page_size: PAGE, ..Default::default() };
    let claims = v1::ListClaimsRequest { page_size: PAGE, ..Default::default() };
    let conflicts = v1::ListConflictsRequest { page_size: PAGE, ..Default::default() };
    let mut expected = BTreeMap::from([
        ("article", values(articles)),
        ("article_links", values(links)),
        ("entity", values(list!(client, list_entities, entities, entities))),
        ("story", values(stories(&client).await)),
        ("event_cluster", values(clusters(&client, Default::default()).await)),
        ("event_mention", values(list!(client, list_events, events, mentions))),
        ("claim", values(list!(client, list_claims, claims, claims))),
        ("conflict", values(list!(client, list_conflicts, conflicts, conflicts))),
    ]);
    expected.retain(|_, records| !records.is_empty());
    assert!(expected.len() >= 7, "{:?}", expected.keys());
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (kind, records) in expected {
        assert_eq!(found[kind], records, "{kind}");
    }

    let some = export(&deployment, &["--format", "jsonl", "--kind", "story", "--kind", "event_cluster"]);
    assert_eq!(records(&some).into_keys().collect::<Vec<_>>(), ["event_cluster", "story"]);
    deployment
}

/// The rows of event data, by column.
fn rows(text: &str, delimiter: u8) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    assert_eq!(header.len(), 41);
    assert_eq!(
        (&header[0], &header[7], &header[15], &header[39]),
        ("Event ID", "Actor Name", "Recipient Name", "Version")
    );
    let rows: Vec<_> = reader.records().map(|row| row.expect("as many cells as columns")).collect();
    assert_eq!(text.lines().count(), rows.len() + 1, "a row is a line");
    rows.iter()
        .map(|row| header.iter().zip(row).map(|(name, cell)| (name.into(), cell.into())).collect())
        .collect()
}

async fn rows_of_event_data_are_what_happened(deployment: Deployment) -> Deployment {
    let client = with_samples(&deployment).await;
    let happened =
        v1::EventClusterFilter { standings: vec![v1::Standing::Happened.into()], ..Default::default() };
    let happened: BTreeMap<String, v1::EventCluster> =
        clusters(&client, happened).await.into_iter().map(|cluster| (cluster.id.clone(), cluster)).collect();
    let done = run(deployment.calling("export", &["--format", "polecat"]));
    assert!(done.status.success());
    let text = String::from_utf8(done.stdout).unwrap();
    let rows_of = rows(&text, b',');
    let remark = String::from_utf8(done.stderr).unwrap();
    let left_out: usize = remark.split(' ').next().unwrap().parse().unwrap_or_else(|_| panic!("{remark}"));
    assert_eq!(rows_of.len() + left_out, happened.len());
    assert!(rows_of.len() >= 5, "{}", rows_of.len());
    let (mut countries, mut days) = (0, 0);
    for row in &rows_of {
        let cluster = &happened[&row["Event ID"]];
        let time = cluster.time.clone().unwrap_or_default();
        if time.earliest.is_some() && time.earliest == time.latest {
            assert_eq!(Some(&row["Event Date"]), time.earliest.as_ref());
            days += 1;
        }
        assert!(
            row["Event Date"].is_empty() || Some(&row["Event Date"]) == time.earliest.as_ref(),
            "{row:?}"
        );
        let intensity: f64 = row["Intensity"].parse().unwrap();
        let conflict = row["Quad Code"].ends_with(" CONFLICT");
        assert!(intensity.abs() <= 10.0 && conflict == (intensity < 0.0), "{row:?}");
        assert!(!row["Source"].is_empty() && row["Language"] == "ar", "{row:?}");
        assert_eq!(row["Actor Name"].is_empty(), cluster.actors.is_empty());
        assert!(!row["Contexts"].contains("future"));
        countries += usize::from(row["Actor Country"].split("; ").any(|code| code.len() == 3));
    }
    assert!(countries > 0 && days > 0);
    // PLOVER's own types have rows under their names, or one that PLOVER files them under.
    let ids: BTreeSet<&String> = rows_of.iter().map(|row| &row["Event ID"]).collect();
    for (id, cluster) in &happened {
        if (100..500).contains(&cluster.r#type) && cluster.mode.as_deref() != Some("RETREAT_CUT_VISIT") {
            assert!(ids.contains(id), "{cluster:?}");
        }
    }
    let tabs = export(&deployment, &["--format", "polecat-tsv"]);
    assert_eq!(rows(&tabs, b'\t'), rows_of);

    // What is planned comes when it is asked for, and says so.
    let planned = export(&deployment, &["--format", "polecat", "--standing", "planned"]);
    let planned = rows(&planned, b',');
    assert!(
        !planned.is_empty() && planned.iter().all(|row| row["Contexts"].ends_with("future")),
        "{planned:?}"
    );
    assert!(planned.iter().all(|row| !ids.contains(&row["Event ID"])));
    deployment
}

/// Nodes with their kinds, and the ends of edges with theirs.
#[derive(Default)]
struct Graph {
    nodes: BTreeMap<String, String>,
    edges: Vec<(String, String, String)>,
}

fn graph(text: &str) -> Graph {
    let mut reader = Reader::from_str(text);
    let mut graph = Graph::default();
    let mut kinds: BTreeSet<String> = BTreeSet::new();
    let (mut id, mut ends, mut is_kind) = (String::new(), None, false);
    loop {
        let attribute = |start: &BytesStart<'_>, name: &str| -> String {
            start.try_get_attribute(name).unwrap().unwrap().value.into_owned()
        };
        match reader.read_event().expect("well-formed XML") {
            Event::Empty(key) if attribute(&key, "attr.name") == "kind" => {
                kinds.insert(attribute(&key, "id"));
            }
            Event::Start(start) => match start.name().as_ref() {
                "node" => (id, ends) = (attribute(&start, "id"), None),
                "edge" => ends = Some((attribute(&start, "source"), attribute(&start, "target"))),
                "data" => is_kind = kinds.contains(&attribute(&start, "key")),
                _ => {}
            },
            Event::Text(text) if is_kind => match ends.clone() {
                None => {
                    let before = graph.nodes.insert(id.clone(), text.to_string());
                    assert_eq!(before, None, "{id} is there twice");
                }
                Some((from, to)) => graph.edges.push((from, to, text.to_string())),
            },
            Event::End(_) => is_kind = false,
            Event::Eof => break,
            _ => {}
        }
    }
    for (from, to, kind) in &graph.edges {
        assert!(graph.nodes.contains_key(from) && graph.nodes.contains_key(to), "{from} {kind} {to}");
    }
    graph
}

impl Graph {
    fn of(&self, kind: &str) -> BTreeSet<String> {
        let of_kind = self.nodes.iter().filter(|(_, of)| *of == kind);
        of_kind.map(|(id, _)| id.split_once(':').unwrap().1.to_owned()).collect()
    }

    fn edges(&self, kind: &str) -> usize {
        self.edges.iter().filter(|(_, _, of)| of == kind).count()
    }
}

async fn a_graph_is_whole(deployment: Deployment) -> Deployment {
    let client = with_samples(&deployment).await;
    let graph = graph(&export(&deployment, &["--format", "graphml"]));
    let found = records(&export(&deployment, &["--format", "jsonl"]));
    for (kind, in_lines, id) in [
        ("entity", "entity", "/entity/id"),
        ("article", "article", "/id"),
        ("story", "story", "/id"),
        ("event", "event_cluster", "/id"),
        ("conflict", "conflict", "/id"),
    ] {
        let expected = found.get(in_lines).map(|all| ids(all, id)).unwrap_or_default();
        assert_eq!(graph.of(kind), expected, "{kind}");
    }
    let outlets: BTreeSet<_> = samples().into_iter().filter_map(|article| article.outlet).collect();
    assert_eq!(graph.of("outlet").len(), outlets.len());
    let all = clusters(&client, Default::default()).await;
    let participants: usize =
        all.iter().map(|one| one.actors.len() + one.recipients.len() + one.places.len()).sum();
    assert_eq!(graph.edges("participates"), participants, "every entity of an event is a node");
    let articles = |one: &v1::EventCluster| {
        one.members.iter().map(|m| m.article_id.clone()).collect::<BTreeSet<_>>().len()
    };
    assert_eq!(graph.edges("told_by"), all.iter().map(articles).sum::<usize>());
    assert_eq!(graph.edges("in_story"), found["article"].len(), "each article is in one story");
    deployment
}

/// Pages are read at different versions: no node is there twice and no edge without its ends.
async fn a_graph_is_whole_while_articles_come_in(deployment: Deployment) -> Deployment {
    let (args, done) =
        (deployment.calling("export", &["--format", "graphml"]), Arc::new(AtomicBool::new(false)));
    let exports = tokio::task::spawn_blocking({
        let done = Arc::clone(&done);
        move || {
            let mut all = Vec::new();
            while !done.load(Ordering::Relaxed) {
                all.push(output(&args));
            }
            all
        }
    });
    for some in samples().chunks(4) {
        deployment.client().submit_all_and_wait(some.to_vec()).await;
    }
    done.store(true, Ordering::Relaxed);
    let sizes: BTreeSet<usize> = exports.await.unwrap().iter().map(|text| graph(text).nodes.len()).collect();
    assert!(sizes.len() > 1, "articles came in meanwhile: {sizes:?}");
    deployment
}

async fn filters_choose_events_and_what_belongs_to_them(deployment: Deployment) -> Deployment {
    let client = with_samples(&deployment).await;
    let consult = vec![v1::EventType::Consult.into()];
    let filter =
        v1::EventClusterFilter { types: consult, participant_id: Some("IQ".into()), ..Default::default() };
    let chosen = clusters(&client, filter).await;
    let args = ["--type", "CONSULT", "--entity", "IQ", "--format"];
    let found = records(&export(&deployment, &[args.as_slice(), &["jsonl"]].concat()));
    assert_eq!(found["event_cluster"], values(chosen.clone()));
    assert!(!chosen.is_empty() && chosen.len() < clusters(&client, Default::default()).await.len());

    let members = || chosen.iter().flat_map(|cluster| &cluster.members);
    let articles: BTreeSet<String> = members().map(|member| member.article_id.clone()).collect();
    let events: BTreeSet<String> = members().map(|member| member.event_id.clone()).collect();
    // The list has no event of a title that the text tells again.
    let listed = v1::ListEventsRequest { page_size: PAGE, ..Default::default() };
    let mut listed = list!(client, list_events, events, listed);
    listed.retain(|record| events.contains(&record.event.as_ref().unwrap().id));
    assert!(listed.len() > 5, "{}", listed.len());
    let entities: BTreeSet<String> = chosen
        .iter()
        .flat_map(|cluster| cluster.actors.iter().chain(&cluster.recipients).chain(&cluster.places))
        .map(|named| named.entity_id.clone())
        .collect();
    assert!(articles.len() < samples().len());
    assert_eq!(ids(&found["article"], "/id"), articles);
    assert_eq!(ids(&found["article_links"], "/articleId"), articles);
    assert_eq!(found["event_mention"], values(listed));
    assert_eq!(ids(&found["entity"], "/entity/id"), entities);
    let in_stories = found["story"].iter().flat_map(|story| story["articleIds"].as_array().unwrap());
    let in_stories: BTreeSet<&str> = in_stories.map(|id| id.as_str().unwrap()).collect();
    assert!(articles.iter().all(|id| in_stories.contains(id.as_str())));

    let graph = graph(&export(&deployment, &[args.as_slice(), &["graphml"]].concat()));
    assert_eq!(graph.of("event"), chosen.iter().map(|cluster| cluster.id.clone()).collect());
    assert_eq!((graph.of("article"), graph.of("entity")), (articles, entities));
    let rows = rows(&export(&deployment, &[args.as_slice(), &["polecat"]].concat()), b',');
    assert!(!rows.is_empty() && rows.iter().all(|row| row["Event Type"] == "CONSULT"), "{rows:?}");

    let wrong = run(deployment.calling("export", &["--format", "graphml", "--kind", "story"]));
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("--kind"));
    let wrong = run(deployment.calling("export", &["--format", "jsonl", "--from", "yesterday"]));
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("from_date"));
    deployment
}

async fn a_file_is_there_when_it_is_whole(deployment: Deployment) -> Deployment {
    with_samples(&deployment).await;
    let folder = tempfile::tempdir().unwrap();
    let files = || std::fs::read_dir(folder.path()).unwrap().count();
    for (at, format) in FORMATS.into_iter().enumerate() {
        let path = folder.path().join(format).into_os_string().into_string().unwrap();
        let failed = run(["export", "--server", "http://127.0.0.1:9", "--format", format, "--out", &path]);
        assert!(!failed.status.success() && files() == at, "{format}: a failed export leaves something");
        assert_eq!(export(&deployment, &["--format", format, "--out", &path]), "");
        assert_eq!(files(), at + 1, "nothing is left beside");
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            export(&deployment, &["--format", format]),
            "{format}"
        );
    }
    deployment
}

async fn a_reader_may_go_away(deployment: Deployment) -> Deployment {
    with_samples(&deployment).await;
    for format in FORMATS {
        for bytes in [0, 1] {
            let mut child = command(deployment.calling("export", &["--format", format]))
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut stdout = child.stdout.take().unwrap();
            stdout.read_exact(&mut vec![0; bytes]).unwrap();
            drop(stdout);
            let done = child.wait_with_output().unwrap();
            assert!(done.status.success(), "{format}: {done:?}");
            assert!(!String::from_utf8_lossy(&done.stderr).contains("panicked"), "{format}: {done:?}");
        }
    }
    deployment
}
