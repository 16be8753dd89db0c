//! Clocks that are an hour off, in either direction, and who links. The lease of linking counts signs of life; whoever waits for it
//! measures with a clock that only goes forward.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::time::{Duration, SystemTime};

use marsad_proto::v1;
use marsad_store::Store;
use marsad_tests::articles::samples;
use marsad_tests::client::Client;
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::joined::{JOINED, until_joined};
use marsad_tests::process::Process;
use marsad_tests::record::export_graph;
use marsad_tests::{until, variable};
use serde_json::Value;

const LEASE: Duration = Duration::from_secs(1);
const LEASE_SECONDS: [(&str, &str); 1] = [("MARSAD_LINK_LEASE_SECONDS", "1")];

/// From its next start on the process's wall clock is that much off, and its steady clock is not.
fn shift(process: &mut Process, off: &str) {
    process.set_variable("LD_PRELOAD", &variable("MARSAD_TEST_FAKETIME"));
    process.set_variable("FAKETIME", off);
    process.set_variable("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    process.set_variable("DONT_FAKE_MONOTONIC", "1");
}

/// Seconds by which the process's own clock is ahead, by the last line of its log.
fn ahead(process: &Process) -> i64 {
    let written = process.logged().last().unwrap()["timestamp"].as_str().unwrap().to_owned();
    let written: jiff::Timestamp = written.parse().unwrap();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    written.as_second() - i64::try_from(now).unwrap()
}

/// Whether it says that it links under that epoch.
fn leads(process: &Process, epoch: u64) -> bool {
    let leads = |line: &Value| {
        line["fields"]["message"] == "links from now on" && line["fields"]["epoch"].as_u64() == Some(epoch)
    };
    process.logged().iter().any(leads)
}

async fn submit_and_join(client: &Client, store: &dyn Store, articles: &[v1::ArticleInput]) {
    client.submit_all_and_wait(articles.to_vec()).await;
    until_joined(store).await;
}

/// What an undisturbed system makes of all samples.
async fn undisturbed() -> Value {
    let deployment = Deployment::start(Kind::Embedded).await;
    let (client, store) = (deployment.client(), deployment.store().await);
    submit_and_join(&client, &*store, &samples()).await;
    let graph = export_graph(&client).await;
    deployment.finish().await;
    graph
}

/// One of two linkers has a wrong clock. Neither takes the lease from the other while that lives, either takes over when the other is
/// killed, and nothing is skipped or doubled.
async fn the_lease_does_not_depend_on_the_clock(off: &str, seconds: i64) {
    let right = undisturbed().await;
    let mut deployment = Deployment::start_with(Kind::Apart, &[], &LEASE_SECONDS).await;
    let (client, store) = (deployment.client(), deployment.store().await);
    let wrong = &mut deployment.workers[0];
    wrong.kill();
    shift(wrong, off);
    wrong.restart().await;
    let shown = ahead(wrong);
    assert!((shown - seconds).abs() < 300, "the clock is {shown} s ahead, not {off}");

    let all = samples();
    let mut has_led = [false; 2];
    for part in all.chunks(all.len() / 4 + 1) {
        submit_and_join(&client, &*store, part).await;
        let epoch = store.link_state().await.unwrap().epoch.0;
        let holder = deployment.workers.iter().position(|worker| leads(worker, epoch)).unwrap();
        has_led[holder] = true;
        // Long past the lease of the one that links, who renews it.
        tokio::time::sleep(4 * LEASE).await;
        assert_eq!(
            store.link_state().await.unwrap().epoch.0,
            epoch,
            "the lease was taken from one who lives"
        );
        deployment.workers[holder].kill();
        let other = 1 - holder;
        until("the other one to take over", JOINED, async || {
            let epoch = store.link_state().await.unwrap().epoch.0;
            leads(&deployment.workers[other], epoch).then_some(())
        })
        .await;
        deployment.workers[holder].restart().await;
    }
    assert_eq!(has_led, [true; 2], "one of the two has never linked");
    until_joined(&*store).await;
    assert_eq!(export_graph(&client).await, right);
    deployment.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_linker_an_hour_ahead_neither_steals_nor_loses_the_lease() {
    the_lease_does_not_depend_on_the_clock("+1h", 3600).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_linker_an_hour_behind_neither_steals_nor_loses_the_lease() {
    the_lease_does_not_depend_on_the_clock("-1h", -3600).await;
}

/// One process at a time has the embedded store. What the last one left with a clock ahead is taken over at once by one with a clock behind.
#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_linker_goes_on_when_the_clock_is_set_back() {
    let right = undisturbed().await;
    let mut deployment = Deployment::start_with(Kind::Embedded, &[], &LEASE_SECONDS).await;
    let (client, store) = (deployment.client(), deployment.store().await);
    let all = samples();
    for (part, off) in all.chunks(all.len() / 3 + 1).zip(["+1h", "-1h", "+0"]) {
        let before = store.link_state().await.unwrap().epoch;
        deployment.ingest.kill();
        shift(&mut deployment.ingest, off);
        deployment.ingest.restart().await;
        until("the lease", 10 * LEASE, async || {
            (store.link_state().await.unwrap().epoch > before).then_some(())
        })
        .await;
        submit_and_join(&client, &*store, part).await;
    }
    assert_eq!(export_graph(&client).await, right);
    deployment.finish().await;
}
