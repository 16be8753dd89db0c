//! Teaching, judging and analysing again while the system serves, through KnowledgeService and the commands.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::time::Duration;

use futures::StreamExt;
use marsad_proto::v1;
use marsad_tests::articles::samples;
use marsad_tests::client::Client;
use marsad_tests::deployment::Deployment;
use marsad_tests::process::{output, run};
use marsad_tests::record::{export, export_graph};
use marsad_tests::{scenarios, until};
use serde_json::Value;
use tonic::Code;

scenarios!(
    what_is_taught_reaches_the_articles_that_say_it,
    judgements_are_followed_and_undone,
    all_articles_are_analysed_again,
    what_cannot_be_taught_is_refused,
);

/// How long a change may take, however busy the machine is.
const CARRIED_THROUGH: Duration = Duration::from_secs(120);

/// A company that the compiled knowledge cannot know.
const COMPANY: &str = "شركة القرناطيس للسفن";

fn article(number: usize, text: &str) -> v1::ArticleInput {
    v1::ArticleInput {
        text: text.to_owned(),
        outlet: Some(format!("وكالة الاختبار {number}")),
        url: Some(format!("https://agency{number}.example/story")),
        published_at: Some("2024-05-12".to_owned()),
        ..Default::default()
    }
}

async fn entities_of(client: &Client, article: &str) -> BTreeSet<String> {
    let analysis = client.analysis(article, v1::SpanUnit::Utf8Bytes).await.unwrap();
    analysis.entities.into_iter().map(|entity| entity.id).collect()
}

async fn what_is_taught_reaches_the_articles_that_say_it(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let told = client
        .submit_and_wait(article(1, &format!("هاجم مسلحون مقر {COMPANY} في البصرة، وقتل ثلاثة أشخاص.")))
        .await;
    let other = client.submit_and_wait(article(2, "وصل وزير الخارجية إلى بغداد للقاء رئيس الوزراء.")).await;
    let stories = client.query.clone().list_stories(v1::ListStoriesRequest::default()).await.unwrap();
    let before = export(&client).await;
    assert!(!entities_of(&client, &told.id).await.contains("qarnatis-ships"));
    let request = v1::WatchRequest { after: Some(stories.into_inner().as_of), ..Default::default() };
    let mut watch = client.query.clone().watch(request).await.unwrap().into_inner();

    let teach = ["entity", "qarnatis-ships", "--type", "ORGANIZATION", "--name", COMPANY, "--rollup", "KW"];
    let said = output(deployment.calling("teach", &[&["--json"], &teach[..]].concat()));
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["overlay_revision"], 1);
    until("the taught company", CARRIED_THROUGH, async || {
        entities_of(&client, &told.id).await.contains("qarnatis-ships").then_some(())
    })
    .await;
    let changed = tokio::time::timeout(CARRIED_THROUGH, watch.next()).await.unwrap().unwrap().unwrap();
    assert!(!changed.changes.is_empty(), "a watcher hears of it");
    until("the end of the change", CARRIED_THROUGH, async || is_through(&client).await.then_some(())).await;
    let version =
        async |id: &str| client.analysis(id, v1::SpanUnit::Utf8Bytes).await.unwrap().version.unwrap().overlay;
    assert_eq!(
        (version(&told.id).await, version(&other.id).await),
        (1, 0),
        "nothing else was analysed again"
    );
    let search = v1::SearchEntitiesRequest { query: COMPANY.to_owned(), ..Default::default() };
    let found = client.query.clone().search_entities(search).await.unwrap().into_inner().entities;
    assert!(found.iter().any(|found| found.entity.as_ref().unwrap().id == "qarnatis-ships"), "{found:?}");

    let id = said["teaching"]["id"].as_str().unwrap();
    output(deployment.calling("untaught", &[id]));
    until("the change taken back", CARRIED_THROUGH, async || {
        (!entities_of(&client, &told.id).await.contains("qarnatis-ships")).then_some(())
    })
    .await;
    until("the end of the change", CARRIED_THROUGH, async || is_through(&client).await.then_some(())).await;
    assert_eq!(without_overlay(export(&client).await), without_overlay(before));
    deployment
}

async fn is_through(client: &Client) -> bool {
    let backlog = client.knowledge.clone().get_backlog(v1::GetBacklogRequest {}).await.unwrap().into_inner();
    backlog == v1::GetBacklogResponse::default()
}

/// All but how often something was taught by the time of an analysis, and when that was made.
fn without_overlay(mut record: Value) -> Value {
    match &mut record {
        Value::Object(fields) => {
            fields.retain(|name, _| !matches!(name.as_str(), "overlay" | "analyzedAt" | "analysedAt"));
            fields.iter_mut().for_each(|(_, value)| *value = without_overlay(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_overlay(item.take())),
        _ => {}
    }
    record
}

async fn clusters(client: &Client) -> Vec<v1::EventCluster> {
    let request = v1::ListEventClustersRequest { page_size: 1000, ..Default::default() };
    client.query.clone().list_event_clusters(request).await.unwrap().into_inner().clusters
}

async fn judgements_are_followed_and_undone(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    client.submit_all_and_wait(samples()).await;
    client.until_all_joined().await;
    let before = export_graph(&client).await;
    let all = clusters(&client).await;
    let wide = all.iter().find(|cluster| cluster.report_count >= 2).unwrap();
    let other = all.iter().find(|cluster| cluster.id != wide.id).unwrap();
    let name = |cluster: &v1::EventCluster, at: usize| {
        let member = &cluster.members[at];
        format!("{}/{}", member.article_id, member.event_id)
    };
    let (first, last) = (name(wide, 0), name(wide, wide.members.len() - 1));
    let stranger = name(other, 0);
    let cluster_of = |all: &[v1::EventCluster], event: &str| {
        let holds =
            |cluster: &&v1::EventCluster| (0..cluster.members.len()).any(|at| name(cluster, at) == event);
        all.iter().find(holds).map(|cluster| cluster.id.clone())
    };
    for (command, events) in [
        ("reject-event", vec![first.as_str()]),
        ("separate-events", vec![first.as_str(), last.as_str()]),
        ("join-events", vec![first.as_str(), stranger.as_str()]),
    ] {
        let said = output(deployment.calling(command, &[&["--json"], &events[..]].concat()));
        until(command, CARRIED_THROUGH, async || {
            let now = clusters(&client).await;
            let of = |event: &str| cluster_of(&now, event);
            let followed = match command {
                "reject-event" => of(&first).is_none() && of(&last).is_some(),
                "separate-events" => of(&first).is_some() && of(&first) != of(&last),
                _ => of(&first).is_some() && of(&first) == of(&stranger),
            };
            followed.then_some(())
        })
        .await;
        // It survives a new analysis of everything.
        output(deployment.calling("reanalyze", &["--all"]));
        client.until_all_joined().await;
        let now = export_graph(&client).await;
        assert_ne!(now, before, "{command}");
        let said: Value = serde_json::from_str(&said).unwrap();
        output(deployment.calling("untaught", &[said["id"].as_str().unwrap_or_else(|| panic!("{said}"))]));
        until("the judgement taken back", CARRIED_THROUGH, async || {
            (export_graph(&client).await == before).then_some(())
        })
        .await;
    }
    deployment
}

async fn all_articles_are_analysed_again(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    client.submit_all_and_wait(samples()).await;
    client.until_all_joined().await;
    let before = (without_overlay(export(&client).await), export_graph(&client).await);
    let again = async || {
        let mut count = 0.0;
        for worker in deployment.working() {
            count += worker.metric("marsad_analysis_messages_total", "outcome=\"analysed_again\"").await;
        }
        count
    };
    assert!(again().await < 0.5);
    output(deployment.calling("reanalyze", &[]));
    assert!(again().await < 0.5, "nothing is of an older version");
    output(deployment.calling("reanalyze", &["--all"]));
    assert!((again().await - samples().len() as f64).abs() < 0.5, "each article once");
    client.until_all_joined().await;
    assert_eq!((without_overlay(export(&client).await), export_graph(&client).await), before);
    deployment
}

async fn what_cannot_be_taught_is_refused(deployment: Deployment) -> Deployment {
    let mut knowledge = deployment.client().knowledge;
    let nobody =
        v1::TeachAliasRequest { entity_id: "nobody-known".into(), surface: "فلان".into(), kind: 0 };
    let refused = knowledge.teach_alias(nobody).await.unwrap_err();
    assert!(matches!(refused.code(), Code::InvalidArgument | Code::NotFound), "{refused:?}");
    let nothing = v1::TeachAliasRequest { entity_id: "IQ".into(), surface: " ".into(), kind: 0 };
    assert_eq!(knowledge.teach_alias(nothing).await.unwrap_err().code(), Code::InvalidArgument);
    let reference = v1::EventReference { article_id: uuid(), event_id: uuid() };
    let missing = v1::RejectEventRequest { event: Some(reference) };
    assert_eq!(knowledge.reject_event(missing).await.unwrap_err().code(), Code::NotFound);
    let undone = run(deployment.calling("untaught", &[&uuid()]));
    assert!(!undone.status.success(), "there is nothing of that id");
    let listed = knowledge.list_teachings(v1::ListTeachingsRequest {}).await.unwrap().into_inner();
    assert_eq!((listed.teachings.len(), listed.overlay_revision), (0, 0));
    deployment
}

fn uuid() -> String {
    "0b9c2f0e-7f5e-5d8e-9d0a-6a1f6a3d2c11".to_owned()
}
