//! Copies of what is stored, and what is deleted because it is old.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;

use marsad_proto::v1;
use marsad_tests::alone::{path, start};
use marsad_tests::articles::{samples, short};
use marsad_tests::client::Client;
use marsad_tests::deployment::Deployment;
use marsad_tests::process::{output, run};
use marsad_tests::record::{export, export_graph};
use marsad_tests::{list, scenarios};

scenarios!(what_is_too_old_is_deleted_with_all_that_was_found_in_it);

async fn ids(client: &Client) -> BTreeSet<String> {
    let articles = list!(client, list_articles, articles, v1::ListArticlesRequest::default());
    articles.into_iter().map(|article| article.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_while_articles_come_in_has_every_one_that_was_accepted_before() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copy) = (path(folder.path(), "data"), path(folder.path(), "copy"));
    let mut process = start(folder.path(), &[], &[]).await;
    let client = Client::new(process.grpc, process.grpc, None);
    client.submit_all_and_wait(samples()).await;
    let before = client.submit_all((0..300).map(short).collect(), v1::Lane::Live).await;
    // More come in and are analysed while the copies are made.
    let more = client.submit_all((300..600).map(short).collect(), v1::Lane::Live);
    let backup = {
        let args = ["backup", "--data-dir", &data, "--to", &copy].map(str::to_owned);
        tokio::task::spawn_blocking(move || output(args))
    };
    let (_, said) = tokio::join!(more, backup);
    assert_eq!(said.unwrap().lines().count(), 2);
    let again = run(["backup", "--data-dir", &data, "--to", &copy]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"));
    process.kill();

    let elsewhere = tempfile::tempdir().unwrap();
    let restored = path(elsewhere.path(), "data");
    output(["restore", "--data-dir", &restored, "--from", &copy]);
    let again = run(["restore", "--data-dir", &restored, "--from", &copy]);
    assert!(!again.status.success(), "nothing is overwritten");
    let process = start(elsewhere.path(), &[], &[]).await;
    let client = Client::new(process.grpc, process.grpc, None);
    for article in &before {
        client.until_analysed(article).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_system_at_rest_gives_the_same_record() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copy) = (path(folder.path(), "data"), path(folder.path(), "copy"));
    let process = start(folder.path(), &[], &[]).await;
    let client = Client::new(process.grpc, process.grpc, None);
    client.submit_all_and_wait(samples()).await;
    output(["backup", "--data-dir", &data, "--to", &copy]);
    let record = (export(&client).await, export_graph(&client).await);

    let elsewhere = tempfile::tempdir().unwrap();
    output(["restore", "--data-dir", &path(elsewhere.path(), "data"), "--from", &copy]);
    let other = start(elsewhere.path(), &[], &[]).await;
    let other = Client::new(other.grpc, other.grpc, None);
    assert_eq!((export(&other).await, export_graph(&other).await), record);
}

#[test]
fn what_is_no_copy_is_not_put_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copy) = (path(folder.path(), "data"), path(folder.path(), "copy"));
    std::fs::create_dir(&copy).unwrap();
    let problem = |args: &[&str]| String::from_utf8_lossy(&run(args).stderr).into_owned();
    let restore = ["restore", "--data-dir", data.as_str(), "--from", copy.as_str()];
    assert!(problem(&restore).contains("there is no copy of the queue"));
    for name in ["queue.db", "store.db"] {
        std::fs::write(path(folder.path(), &format!("copy/{name}")), "no database, whatever its name")
            .unwrap();
    }
    assert!(problem(&restore).contains("is damaged"));
    assert!(!std::fs::exists(path(folder.path(), "data/store.db")).unwrap());
    let on_servers = [
        "backup",
        "--to",
        copy.as_str(),
        "--data-dir",
        data.as_str(),
        "--store-url",
        "postgres://nobody@nowhere/none",
    ];
    assert!(problem(&on_servers).contains("deploy/README.md"), "{}", problem(&on_servers));
}

async fn what_is_too_old_is_deleted_with_all_that_was_found_in_it(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let dated =
        |number: usize, day: &str| v1::ArticleInput { published_at: Some(day.into()), ..short(number) };
    let undated = v1::ArticleInput {
        published_at: None,
        text: "نص بلا تاريخ عن معرض الكتاب في بغداد.".into(),
        ..short(9)
    };
    let articles = vec![dated(1, "2023-12-31"), dated(2, "2024-01-01"), dated(3, "2020-05-05"), undated];
    let kept = client.submit_all_and_wait(articles).await;
    let all = ids(&client).await;
    let ingest = format!("http://{}", deployment.ingest.grpc);
    let prune = |more: &[&str]| {
        output(
            deployment
                .calling("prune", &[&["--before", "2024-01-01", "--ingest-server", &ingest], more].concat()),
        )
    };
    assert_eq!(prune(&["--dry-run"]).trim(), "2 articles would be deleted");
    assert_eq!(ids(&client).await, all);
    // What was submitted just now is not old.
    assert_eq!(prune(&["--undated"]).trim(), "2 articles deleted");
    let left: BTreeSet<String> = [kept[1].id.clone(), kept[3].id.clone()].into();
    marsad_tests::until("the deletions", marsad_tests::client::ANALYSED, async || {
        (ids(&client).await == left).then_some(())
    })
    .await;
    let events = list!(client, list_events, events, v1::ListEventsRequest::default());
    assert!(
        events.iter().all(|event| event.article.as_ref().is_some_and(|article| left.contains(&article.id))),
        "events of what was deleted"
    );
    deployment
}
