//! The command line as its users see it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use marsad_proto::v1;
use marsad_tests::articles::{samples, samples_folder, short};
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::process::{command, output, run};
use marsad_tests::{list, scenarios, until};
use serde_json::Value;

scenarios!(submitting_a_folder_twice_changes_nothing, reading_commands, deleting);

/// First strong isolate and its end: what keeps Arabic in its column.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Waits until the workers have settled everything that was submitted.
async fn submit_samples(deployment: &Deployment, more: &[&str]) -> String {
    let folder = samples_folder();
    let settled = deployment.settled().await;
    let args: Vec<&str> = [folder.to_str().unwrap()].into_iter().chain(more.iter().copied()).collect();
    let said = output(deployment.calling("submit", &args));
    deployment.until_settled(settled + samples().len() as u64).await;
    deployment.client().until_all_joined().await;
    said
}

async fn submitting_a_folder_twice_changes_nothing(deployment: Deployment) -> Deployment {
    let count = samples().len();
    let said = submit_samples(&deployment, &[]).await;
    assert!(said.contains(&format!("{count} accepted, 0 refused, 0 unreadable")), "{said}");
    let shown = |what| output(deployment.calling(what, &["--json", "--limit", "5000"]));
    let before = ["events", "entities", "claims"].map(shown);
    let again = json_lines(&submit_samples(&deployment, &["--json"]).await);
    assert_eq!(again.len(), count);
    assert!(
        again.iter().all(|line| line["article_id"].is_string() && line["content_hash"].is_string()),
        "{again:?}"
    );
    assert_eq!(["events", "entities", "claims"].map(shown), before);
    let client = deployment.client();
    assert_eq!(list!(client, list_articles, articles, v1::ListArticlesRequest::default()).len(), count);

    // JSON Lines on standard input; what is wrong is named, the rest goes on.
    let mut child = command(deployment.calling("submit", &["-"]))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let good = serde_json::json!({"id": "a1", "text": short(1).text, "outlet": "وكالة الاختبار"});
    let refused = serde_json::json!({"id": "a2", "text": short(2).text, "url": "no url"});
    // Sent, it would end the stream for all.
    let large = serde_json::json!({"id": "a3", "html": format!("<p>{}</p>", "خبر ".repeat(700_000))});
    let last = serde_json::json!({"id": "a4", "text": short(4).text, "outlet": "وكالة الاختبار"});
    let lines = format!("{good}\nnot json\n{large}\n{refused}\n{last}\n");
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    let (said, errors) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert_eq!(done.status.code(), Some(1));
    assert!(said.contains("2 accepted, 2 refused, 1 unreadable"), "{said}");
    assert!(errors.contains("standard input:2") && errors.contains("URL_INVALID"), "{errors}");
    assert!(errors.contains("standard input:3") && errors.contains("a message may have 4194304"), "{errors}");
    deployment
}

async fn reading_commands(deployment: Deployment) -> Deployment {
    submit_samples(&deployment, &[]).await;
    let client = deployment.client();
    let whole =
        list!(client, list_events, events, v1::ListEventsRequest { page_size: 1000, ..Default::default() });

    let events = json_lines(&output(deployment.calling("events", &["--json", "--limit", "5000"])));
    assert_eq!(events.len(), whole.len());
    let ids = events.iter().map(|record| record["event"]["id"].as_str().unwrap());
    assert!(
        ids.eq(whole.iter().map(|record| record.event.as_ref().unwrap().id.as_str())),
        "in the order of the list"
    );
    let kind = events[0]["event"]["type"].as_str().unwrap().trim_start_matches("EVENT_TYPE_").to_owned();
    let of_kind =
        json_lines(&output(deployment.calling("events", &["--json", "--limit", "5000", "--type", &kind])));
    let expected =
        events.iter().filter(|record| record["event"]["type"] == events[0]["event"]["type"]).count();
    assert_eq!(of_kind.len(), expected);
    assert_eq!(json_lines(&output(deployment.calling("events", &["--json", "--limit", "3"]))).len(), 3);

    // Each filter of the command line narrows the list as the call does.
    let modality = |record: &Value| record["event"]["modality"].as_str().unwrap().to_owned();
    let narrowed = |args: &[&str], holds: &dyn Fn(&Value) -> bool| {
        let args: Vec<&str> = ["--json", "--limit", "5000"].iter().chain(args).copied().collect();
        let found = json_lines(&output(deployment.calling("events", &args)));
        let expected: Vec<Value> = events.iter().filter(|record| holds(record)).cloned().collect();
        assert!(!expected.is_empty() && expected.len() < events.len(), "{args:?} tells nothing apart");
        assert_eq!(found, expected, "{args:?}");
    };
    narrowed(&["--happened"], &|record| {
        modality(record) == "MODALITY_ACTUAL" && record["event"]["polarity"] == "POLARITY_AFFIRMED"
    });
    narrowed(&["--modality", "planned", "--modality", "demanded"], &|record| {
        matches!(modality(record).as_str(), "MODALITY_PLANNED" | "MODALITY_DEMANDED")
    });
    narrowed(&["--polarity", "negated"], &|record| record["event"]["polarity"] == "POLARITY_NEGATED");
    narrowed(&["--anonymous"], &|record| record["claim"]["source"]["anonymous"] == true);
    narrowed(&["--claimed=false"], &|record| record["claim"].is_null());
    narrowed(&["--background"], &|record| record["event"]["background"] == true);
    narrowed(&["--mode", "ASSAULT_AERIAL"], &|record| record["event"]["mode"] == "ASSAULT_AERIAL");

    let entities = json_lines(&output(deployment.calling("entities", &["--json", "--limit", "5000"])));
    let counts: Vec<u64> =
        entities.iter().map(|row| row["mentionCount"].as_str().unwrap().parse().unwrap()).collect();
    assert!(counts.is_sorted_by(|a, b| a >= b), "most mentioned first: {counts:?}");
    let claims = json_lines(&output(deployment.calling("claims", &["--json", "--limit", "5000"])));
    assert!(!claims.is_empty());
    for (args, anonymous) in [("--anonymous", true), ("--anonymous=false", false)] {
        let found = json_lines(&output(deployment.calling("claims", &["--json", "--limit", "5000", args])));
        let is =
            |record: &Value| record["claim"]["source"]["anonymous"].as_bool().unwrap_or(false) == anonymous;
        let expected: Vec<Value> = claims.iter().filter(|record| is(record)).cloned().collect();
        assert_eq!(found, expected, "{args}");
    }
    let found = json_lines(&output(deployment.calling("search entities", &["بغداد", "--json"])));
    assert_eq!(
        (&found[0]["entity"]["name"], &found[0]["match"]["fit"]),
        (&"بغداد".into(), &"NAME_MATCH_EQUAL".into())
    );
    let found = json_lines(&output(deployment.calling("search articles", &["بغداد", "--json"])));
    assert!(found.iter().all(|hit| hit["article"]["id"].is_string()) && !found.is_empty());
    let found = json_lines(&output(deployment.calling("search events", &["بغداد", "--json", "--happened"])));
    assert!(found.iter().all(|hit| modality(&hit["record"]) == "MODALITY_ACTUAL") && !found.is_empty());

    let id = whole[0].article.as_ref().unwrap().id.clone();
    let article: Value =
        serde_json::from_str(&output(deployment.calling("article", &[&id, "--json"]))).unwrap();
    assert_eq!(
        (article["article"]["id"].as_str(), article["analysis"]["articleId"].as_str()),
        (Some(&*id), Some(&*id))
    );

    // Tables isolate Arabic; JSON is left as it is.
    for args in [
        vec!["events"],
        vec!["entities"],
        vec!["claims"],
        vec!["search entities", "بغداد"],
        vec!["search articles", "بغداد"],
        vec!["search events", "بغداد"],
        vec!["article", &id],
    ] {
        let shown = output(deployment.calling(args[0], &args[1..]));
        let (opened, closed) = (shown.matches(ISOLATE.0).count(), shown.matches(ISOLATE.1).count());
        assert!(opened > 0 && opened == closed, "{args:?}: {opened} isolates opened, {closed} closed");
    }
    assert!(!output(deployment.calling("events", &["--json"])).contains(ISOLATE.0));

    let wrong = run(deployment.calling("events", &["--type", "NONSENSE"]));
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("NONSENSE"));
    let wrong = run(deployment.calling("events", &["--polarity", "perhaps"]));
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("affirmed, negated"));
    let wrong = run(deployment.calling("events", &["--from", "yesterday"]));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("from_date"), "the field is named");
    let missing = run(deployment.calling("article", &[&uuid::Uuid::new_v4().to_string()]));
    assert!(!missing.status.success() && String::from_utf8_lossy(&missing.stderr).contains("does not exist"));
    deployment
}

async fn deleting(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let article = client.submit_and_wait(short(1)).await;
    let said = output(deployment.calling("delete", &[&article.id]));
    assert!(said.contains(&article.id), "{said}");
    marsad_tests::until("the deletion", Duration::from_secs(60), async || {
        client.article(&article.id).await.is_none().then_some(())
    })
    .await;
    let gone = run(deployment.calling("article", &[&article.id]));
    assert_eq!(gone.status.code(), Some(1));
    let bad = run(deployment.calling("delete", &["7"]));
    assert!(!bad.status.success() && String::from_utf8_lossy(&bad.stderr).contains("article_id"));
    let mut without_token = deployment.calling("delete", &[&article.id]);
    without_token.drain(3..5);
    let refused = run(without_token);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("token"));
    deployment
}

#[test]
fn a_server_that_is_not_there_is_named_soon() {
    let started = Instant::now();
    // Port 9 is the discard service: nothing listens there.
    for args in [vec!["events"], vec!["delete", "x"]] {
        let done = run(args.iter().chain(&["--server", "http://127.0.0.1:9"]));
        assert_eq!(done.status.code(), Some(1));
        assert!(!done.stderr.is_empty());
    }
    assert!(started.elapsed() < Duration::from_secs(20));
    let wrong = run(["events", "--server", "nonsense\u{7f}"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("is no server"));
}

#[test]
fn every_command_explains_itself() {
    let help = output(["--help"]);
    let commands = [
        "ingest", "analysis", "query", "migrate", "demo", "analyze", "submit", "events", "entities",
        "claims", "export", "article", "search", "delete", "parked", "token",
    ];
    for name in commands {
        assert!(help.contains(name), "{name} is not in --help");
        assert!(output([name, "--help"]).contains("Usage:"), "{name}");
    }
    assert!(output(["ingest", "--help"]).contains("MARSAD_QUEUE_URL"));
    assert!(output(["--version"]).starts_with("marsad "));
}

fn read_json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn analyze_writes_what_the_evaluation_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let samples_at = samples_folder();
    let arguments = |out: &str| {
        let out = path(out).into_os_string().into_string().unwrap();
        let graph = path("graph.json").into_os_string().into_string().unwrap();
        let text = path("texts").into_os_string().into_string().unwrap();
        let samples_at = samples_at.to_str().unwrap().to_owned();
        [
            "analyze".to_owned(),
            samples_at,
            "--out".into(),
            out,
            "--graph".into(),
            graph,
            "--text-out".into(),
            text,
        ]
    };
    output(arguments("first.jsonl"));
    output(arguments("second.jsonl"));
    let first = std::fs::read_to_string(path("first.jsonl")).unwrap();
    assert_eq!(
        first,
        std::fs::read_to_string(path("second.jsonl")).unwrap(),
        "the same input gives the same output"
    );
    let analyses = json_lines(&first);
    assert_eq!(analyses.len(), samples().len());
    for analysis in &analyses {
        let id = analysis["article_id"].as_str().unwrap();
        let text: Vec<char> =
            std::fs::read_to_string(path("texts").join(format!("{id}.txt"))).unwrap().chars().collect();
        let lists = ["mentions", "roles", "times", "quantities"]
            .map(|list| analysis[list].as_array().unwrap().clone());
        let triggers = analysis["events"].as_array().unwrap().iter().map(|event| event["trigger"].clone());
        for item in lists.into_iter().flatten().chain(triggers) {
            let [start, end] =
                ["start", "end"].map(|key| usize::try_from(item[key].as_u64().unwrap()).unwrap());
            assert_eq!(text[start..end].iter().collect::<String>(), item["text"].as_str().unwrap(), "{id}");
        }
    }
    let graph = read_json(&path("graph.json"));
    assert_eq!(graph["articles"].as_array().unwrap().len(), analyses.len());
    let events: usize = analyses.iter().map(|analysis| analysis["events"].as_array().unwrap().len()).sum();
    let members = |cluster: &Value| cluster["members"].as_array().unwrap().len();
    assert_eq!(graph["event_clusters"].as_array().unwrap().iter().map(members).sum::<usize>(), events);
}

#[test]
fn the_demo_is_a_summary() {
    let shown = output(["demo"]);
    let sections: Vec<(&str, Vec<&str>)> = shown
        .split("\n\n")
        .skip(1)
        .map(|section| section.split_once('\n').unwrap_or((section, "")))
        .map(|(heading, lines)| (heading.split(" (").next().unwrap_or(heading), lines.lines().collect()))
        .collect();
    let headings: Vec<&str> = sections.iter().map(|(heading, _)| *heading).collect();
    assert_eq!(
        headings,
        [
            "What happened",
            "What did not happen, or not yet",
            "Who says what",
            "Open points",
            "Most mentioned",
            "Articles",
            "Articles without a date",
            "Timeline",
            "What the outlets disagree on"
        ]
    );
    // Each line says in which articles it stands.
    for (heading, lines) in &sections[..3] {
        assert!(lines.len() > 5, "{heading}: {lines:?}");
        for line in lines.iter().filter(|line| line.starts_with("    ") || *heading == "What happened") {
            assert!(line.ends_with(']') && line.contains('['), "{line}");
        }
    }
    let subheadings = |at: usize| sections[at].1.iter().filter(|line| !line.starts_with("    ")).count();
    assert!(subheadings(1) > 2, "what was planned, demanded, denied: {:?}", sections[1].1);
    assert_eq!(subheadings(2), 2, "named and unnamed sources: {:?}", sections[2].1);
    assert!(shown.contains(&format!("{} articles analysed", samples().len())), "{shown}");
    for outlet in samples().into_iter().filter_map(|input| input.outlet) {
        assert!(shown.contains(&outlet), "{outlet} is missing: {shown}");
    }
    // The largest story is told over several days, and the outlets disagree on it.
    let timeline: BTreeSet<&str> = sections[7].1.iter().map(|line| &line[2..12]).collect();
    assert!(timeline.len() >= 5, "{:?}", sections[7].1);
    let disputed = |about: &str| sections[8].1.iter().filter(|line| line.starts_with(about)).count();
    assert!(disputed("  how many:") >= 2 && disputed("  whether it happened:") >= 1, "{:?}", sections[8].1);
    let days: Vec<&str> = sections[0].1.iter().map(|line| &line[2..6]).collect();
    assert!(days.is_sorted() && days.contains(&"2024"), "oldest first: {days:?}");
}

#[test]
fn the_demo_takes_articles_of_ones_own_and_keeps_data() {
    let folder = tempfile::tempdir().unwrap();
    let (articles, data) = (folder.path().join("articles"), folder.path().join("data"));
    std::fs::create_dir(&articles).unwrap();
    std::fs::write(articles.join("one.txt"), short(1).text).unwrap();
    let [articles, data] = [articles, data].map(|path| path.into_os_string().into_string().unwrap());
    let shown = output(["demo", "--dir", &articles, "--data", &data]);
    assert!(shown.contains("1 articles analysed") || shown.contains("1 article analysed"), "{shown}");
    assert!(Path::new(&data).join("store.db").exists());
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let done = run(["demo", "--dir", empty.to_str().unwrap()]);
    assert!(!done.status.success() && String::from_utf8_lossy(&done.stderr).contains("no article"));
}

/// `--keep` stays up until it is told to end.
#[tokio::test(flavor = "multi_thread")]
async fn the_demo_stays_up_when_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("one.txt"), short(1).text).unwrap();
    let out = folder.path().join("out");
    let mut child = command(["demo", "--keep", "--dir", folder.path().to_str().unwrap()])
        .stdout(std::fs::File::create(&out).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let said = marsad_tests::until("the server's address", Duration::from_secs(60), async || {
        let said = std::fs::read_to_string(&out).unwrap();
        said.contains("Ctrl-C ends it").then_some(said)
    })
    .await;
    let variable = |name: &str| {
        let value = said.split_whitespace().find_map(|word| word.strip_prefix(&format!("{name}=")));
        value.unwrap_or_else(|| panic!("{name} is not in {said}")).to_owned()
    };
    let (server, token) = (variable("MARSAD_SERVER"), variable("MARSAD_TOKEN"));
    let listed = output(["events", "--server", &server, "--token", &token, "--json"]);
    assert!(!listed.is_empty());
    let asked = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    let ended =
        marsad_tests::until("its end", Duration::from_secs(30), async || child.try_wait().unwrap()).await;
    assert!(ended.success());
}

/// A system without a worker still answers, and what waits is analysed later.
#[tokio::test(flavor = "multi_thread")]
async fn roles_can_run_alone_on_embedded_files() {
    let mut deployment = Deployment::start(Kind::Embedded).await;
    deployment.ingest.kill();
    let role = async |name: &str| {
        let mut args = vec![name.to_owned()];
        args.extend(deployment.backends.iter().cloned());
        marsad_tests::process::Process::start(&args, &[], deployment.folder()).await
    };
    let (ingest, query) = (role("ingest").await, role("query").await);
    let client = marsad_tests::client::Client::new(ingest.grpc, query.grpc, None);
    let submitted = client.submit(short(1)).await;
    assert_eq!(client.article(&submitted.article_id).await, None);
    let _worker = role("analysis").await;
    client.until_analysed(&submitted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_that_was_killed_is_gone_on_with() {
    let deployment = Deployment::start(Kind::Embedded).await;
    let folder = tempfile::tempdir().unwrap();
    let (input, journal) = (folder.path().join("articles.jsonl"), folder.path().join("journal"));
    let count = 3000;
    let line = |number: usize| {
        serde_json::json!({"id": number.to_string(), "text": short(number).text, "url": short(number).url})
            .to_string()
    };
    std::fs::write(&input, (0..count).map(|number| line(number) + "\n").collect::<String>()).unwrap();
    let (input, journal) = (input.to_str().unwrap(), journal.to_str().unwrap());
    let args = deployment.calling("submit", &["--backfill", "--resume", journal, input]);

    let mut child = command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let noted = || std::fs::read_to_string(journal).unwrap_or_default().lines().count();
    until("some to be accepted", Duration::from_secs(60), async || (noted() > 100).then_some(())).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let before = noted();
    assert!(before < count, "it was done before it was killed");
    // The last line may have been cut off.
    let said = output(&args);
    let numbers: Vec<usize> =
        said.split(' ').filter_map(|word| word.trim_end_matches(',').parse().ok()).collect();
    assert!(numbers.len() == 4 && numbers[0] + numbers[1] == count && numbers[1] + 1 >= before, "{said}");
    assert_eq!(output(&args).trim(), format!("0 accepted, {count} accepted before, 0 refused, 0 unreadable"));
    deployment.finish().await;
}
