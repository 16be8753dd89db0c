//! What many articles say together: joined, watched, and the same whatever happens to the processes that join.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::StreamExt;
use marsad_proto::v1;
use marsad_store::Store;
use marsad_tests::articles::{sample, samples, with_text};
use marsad_tests::client::Client;
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::joined::{JOINED, Seen, until_joined};
use marsad_tests::record::export_graph;
use marsad_tests::{KILLS_WITHOUT_A_PAUSE, scenarios, until};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use tonic::Code;

scenarios!(
    the_samples_become_stories_and_events,
    reports_that_cannot_both_hold_are_a_conflict,
    a_watch_takes_over_from_a_list,
    a_deletion_leaves_no_trace,
    a_correction_gives_what_would_have_come_without_the_old_text,
    bad_cursors_are_refused,
);

/// Submits articles in that order and waits until they are joined.
async fn submit_and_join(client: &Client, store: &dyn Store, articles: Vec<v1::ArticleInput>) {
    client.submit_all_and_wait(articles).await;
    until_joined(store).await;
}

async fn the_samples_become_stories_and_events(deployment: Deployment) -> Deployment {
    let (client, store) = (deployment.client(), deployment.store().await);
    let articles = client.submit_all_and_wait(samples()).await;
    until_joined(&*store).await;
    let mut query = client.query.clone();

    let stories = query.list_stories(v1::ListStoriesRequest::default()).await.unwrap().into_inner();
    let in_stories: usize = stories.stories.iter().map(|story| story.article_ids.len()).sum();
    assert_eq!(in_stories, articles.len(), "each article is in one story");
    let largest = stories.stories.iter().max_by_key(|story| story.article_ids.len()).unwrap();
    assert!(largest.article_ids.len() >= 2, "{stories:?}");
    let request = v1::GetStoryRequest { story_id: largest.id.clone() };
    let story = query.get_story(request).await.unwrap().into_inner();
    assert_eq!(story.articles.len(), largest.article_ids.len());
    assert!(story.as_of >= 1);

    let subject = Some(v1::get_timeline_request::Subject::StoryId(largest.id.clone()));
    let request = v1::GetTimelineRequest { subject, page_size: 1000, ..Default::default() };
    let timeline = query.get_timeline(request.clone()).await.unwrap().into_inner();
    assert!(timeline.clusters.len() >= 2, "{timeline:?}");
    let place = |cluster: &v1::EventCluster| {
        let place = cluster.timeline_place.clone().unwrap();
        (place.date, place.spread_days.unwrap_or(u32::MAX), cluster.id.clone())
    };
    assert!(timeline.clusters.iter().map(place).is_sorted(), "{timeline:?}");
    // Cut anywhere, it goes on where it was.
    let mut pages = v1::GetTimelineRequest { page_size: 1, ..request };
    let mut in_pages = Vec::new();
    loop {
        let page = query.get_timeline(pages.clone()).await.unwrap().into_inner();
        in_pages.extend(page.clusters);
        if page.next_page_token.is_empty() {
            break;
        }
        pages.page_token = page.next_page_token;
    }
    assert_eq!(in_pages, timeline.clusters);

    let clusters = v1::ListEventClustersRequest { page_size: 1000, ..Default::default() };
    let clusters = query.list_event_clusters(clusters).await.unwrap().into_inner().clusters;
    let widest = clusters.iter().max_by_key(|cluster| cluster.report_count).unwrap();
    assert!(widest.report_count >= 2, "an event that two articles tell: {widest:?}");
    let request = v1::GetEventClusterRequest { cluster_id: widest.id.clone(), ..Default::default() };
    let event = query.get_event_cluster(request).await.unwrap().into_inner();
    let told_in: BTreeSet<_> =
        event.mentions.iter().map(|m| m.article.as_ref().unwrap().id.clone()).collect();
    assert!(told_in.len() >= 2, "{told_in:?}");

    let undated = articles.iter().filter(|article| article.published_at.is_none());
    let mut dated_by_others = 0;
    for article in undated {
        let request = v1::GetArticleLinksRequest { article_id: article.id.clone() };
        let links = query.get_article_links(request).await.unwrap().into_inner().links.unwrap();
        let published = links.published.unwrap();
        if published.basis() == v1::PublicationBasis::Linked {
            dated_by_others += 1;
            assert!(!links.published_from_ids.is_empty());
            // The analysis that is read is the one that was made with that day.
            let analysis = client.analysis(&article.id, v1::SpanUnit::Utf8Bytes).await.unwrap();
            assert_eq!(analysis.published.unwrap().date, published.date);
        }
    }
    assert!(dated_by_others >= 1, "no undated sample got a day");

    let group_by = vec![v1::CountBy::Type.into()];
    let counts = v1::CountEventsRequest { group_by, ..Default::default() };
    let counts = query.count_events(counts).await.unwrap().into_inner();
    let happened = clusters.iter().filter(|cluster| cluster.standing() == v1::Standing::Happened).count();
    assert_eq!(counts.total, happened as u64);
    assert_eq!(counts.buckets.iter().map(|bucket| bucket.count).sum::<u64>(), counts.total);

    let request = v1::GetEntityNeighborhoodRequest { entity_id: "IQ".into(), ..Default::default() };
    let neighbours = query.get_entity_neighborhood(request).await.unwrap().into_inner().neighbors;
    assert!(neighbours.iter().any(|neighbour| neighbour.entity_id == "US"), "{neighbours:?}");
    deployment
}

/// Three outlets on one attack; one of them has another number of killed.
fn tolls() -> Vec<v1::ArticleInput> {
    let texts = [
        "قتل خمسة جنود عراقيين وأصيب آخرون في هجوم شنه تنظيم داعش على ثكنة للجيش العراقي في الأنبار يوم السبت، بحسب وزارة \
         الدفاع العراقية. وقالت الوزارة إن القوات العراقية طوقت المنطقة.",
        "أدى هجوم لتنظيم داعش على ثكنة للجيش العراقي في الأنبار يوم السبت إلى مقتل تسعة جنود عراقيين. وذكر مصدر أمني أن القوات \
         العراقية طوقت المنطقة.",
        "أدى هجوم لتنظيم داعش على ثكنة للجيش العراقي في الأنبار يوم السبت إلى مقتل خمسة جنود عراقيين، بحسب وزارة الدفاع العراقية. \
         وقالت الوزارة إن القوات العراقية طوقت المنطقة.",
    ];
    let article = |(number, text): (usize, &str)| v1::ArticleInput {
        text: text.to_owned(),
        title: Some("هجوم لداعش على ثكنة في الأنبار".to_owned()),
        outlet: Some(format!("وكالة الاختبار {number}")),
        url: Some(format!("https://agency{number}.example/attack")),
        published_at: Some("2024-05-12".to_owned()),
        ..Default::default()
    };
    texts.into_iter().enumerate().map(article).collect()
}

async fn reports_that_cannot_both_hold_are_a_conflict(deployment: Deployment) -> Deployment {
    let (client, store) = (deployment.client(), deployment.store().await);
    submit_and_join(&client, &*store, tolls()).await;
    let mut query = client.query.clone();
    let conflicts = query.list_conflicts(v1::ListConflictsRequest::default()).await.unwrap().into_inner();
    let [conflict] = conflicts.conflicts.as_slice() else { panic!("{conflicts:?}") };
    assert_eq!((conflict.kind(), conflict.role()), (v1::ConflictKind::Quantity, v1::QuantityRole::Killed));
    let sides: Vec<(f64, u32)> = (conflict.sides.iter())
        .map(|side| match &side.value {
            Some(v1::conflict_side::Value::Quantity(amount)) => (amount.low.unwrap(), side.report_count),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(sides, [(5.0, 2), (9.0, 1)], "the better supported version comes first");
    // Each side leads to the words that say it.
    let articles: BTreeMap<String, v1::Article> = {
        let mut found = BTreeMap::new();
        for statement in conflict.sides.iter().flat_map(|side| &side.statements) {
            let article = client.article(&statement.article_id).await.unwrap();
            found.insert(statement.article_id.clone(), article);
        }
        found
    };
    for (side, words) in conflict.sides.iter().zip(["خمسة جنود", "تسعة جنود"]) {
        for statement in &side.statements {
            let span = statement.byte_span.unwrap();
            let text = &articles[&statement.article_id].text;
            assert_eq!(&text[span.start as usize..span.end as usize], words);
        }
    }
    let request =
        v1::GetEventClusterRequest { cluster_id: conflict.cluster_id.clone(), ..Default::default() };
    let event = query.get_event_cluster(request).await.unwrap().into_inner();
    assert_eq!(event.conflicts.len(), 1);
    assert_eq!(event.cluster.unwrap().report_count, 3);
    deployment
}

async fn a_watch_takes_over_from_a_list(mut deployment: Deployment) -> Deployment {
    let (client, store) = (deployment.client(), deployment.store().await);
    let all = samples();
    let (first, rest) = all.split_at(all.len() / 2);
    submit_and_join(&client, &*store, first.to_vec()).await;
    let stories = client.query.clone().list_stories(v1::ListStoriesRequest::default()).await.unwrap();
    let mut seen = Seen::of(&export_graph(&client).await, stories.into_inner().as_of);

    let request = v1::WatchRequest { after: Some(seen.version), ..Default::default() };
    let mut watch = client.query.clone().watch(request).await.unwrap().into_inner();
    let late = client.submit(rest[0].clone()).await;
    let message = tokio::time::timeout(JOINED, watch.next()).await.unwrap().unwrap().unwrap();
    seen.take(message);
    client.until_analysed(&late).await;
    drop(watch);

    // The server goes away and comes back; what changed meanwhile is told by the cursor.
    let serving = if deployment.kind == Kind::Embedded {
        &mut deployment.ingest
    } else {
        deployment.query.as_mut().unwrap()
    };
    serving.kill();
    serving.restart().await;
    let client = deployment.client();
    submit_and_join(&client, &*store, rest.to_vec()).await;
    let newest = store.link_state().await.unwrap().log_version;
    let request = v1::WatchRequest { after: Some(seen.version), ..Default::default() };
    let mut watch = client.query.clone().watch(request).await.unwrap().into_inner();
    while seen.version < newest {
        let message = tokio::time::timeout(JOINED, watch.next()).await.unwrap().unwrap().unwrap();
        seen.take(message);
    }
    let now = Seen::of(&export_graph(&client).await, newest);
    assert_eq!(seen, now, "what was watched is what is listed");
    deployment
}

async fn a_deletion_leaves_no_trace(deployment: Deployment) -> Deployment {
    let (client, store) = (deployment.client(), deployment.store().await);
    let mut articles = samples();
    let extra = articles.remove(4);
    submit_and_join(&client, &*store, articles).await;
    let before = export_graph(&client).await;
    let submitted = client.submit_and_wait(extra).await;
    until_joined(&*store).await;
    assert_ne!(export_graph(&client).await, before);
    client.delete(&submitted.id, None).await.unwrap();
    until("the deletion", JOINED, async || client.article(&submitted.id).await.is_none().then_some(())).await;
    until_joined(&*store).await;
    assert_eq!(export_graph(&client).await, before);
    deployment
}

async fn a_correction_gives_what_would_have_come_without_the_old_text(deployment: Deployment) -> Deployment {
    let (client, store) = (deployment.client(), deployment.store().await);
    let mut articles = samples();
    submit_and_join(&client, &*store, articles.clone()).await;
    let right = export_graph(&client).await;
    let corrected = articles.remove(5);
    let wrong = with_text(corrected.clone(), &articles[2].text);
    submit_and_join(&client, &*store, vec![wrong]).await;
    assert_ne!(export_graph(&client).await, right, "the wrong text has an effect");
    submit_and_join(&client, &*store, vec![corrected]).await;
    assert_eq!(export_graph(&client).await, right);
    deployment
}

async fn bad_cursors_are_refused(deployment: Deployment) -> Deployment {
    let (client, store) = (deployment.client(), deployment.store().await);
    submit_and_join(&client, &*store, vec![sample(0), sample(1)]).await;
    let version = store.link_state().await.unwrap().log_version;
    let watch = |after: u64| {
        let mut query = client.query.clone();
        async move { query.watch(v1::WatchRequest { after: Some(after), ..Default::default() }).await }
    };
    let refused = watch(version + 5).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
    client.submit_and_wait(sample(2)).await;
    until_joined(&*store).await;
    store.trim_log(1).await.unwrap();
    let refused = watch(0).await.unwrap_err();
    assert_eq!(refused.code(), Code::OutOfRange, "{refused:?}");
    deployment
}

/// The graph of all samples, as an undisturbed system has it.
async fn undisturbed() -> Value {
    let deployment = Deployment::start(Kind::Embedded).await;
    let (client, store) = (deployment.client(), deployment.store().await);
    submit_and_join(&client, &*store, samples()).await;
    let graph = export_graph(&client).await;
    deployment.finish().await;
    graph
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_and_suspended_linkers_leave_the_same_graph() {
    let right = undisturbed().await;
    let mut deployment = Deployment::start(Kind::Apart).await;
    let (client, store) = (deployment.client(), deployment.store().await);
    let mut random = StdRng::seed_from_u64(3);
    let mut articles = samples();
    articles.shuffle(&mut random);
    for lot in articles.chunks(KILLS_WITHOUT_A_PAUSE) {
        let mut submitted = Vec::new();
        for article in lot {
            submitted.push(client.submit(article.clone()).await);
            tokio::time::sleep(Duration::from_millis(random.random_range(0..150))).await;
            let victim = random.random_range(0..deployment.workers.len());
            deployment.workers[victim].kill();
            deployment.workers[victim].restart_unready().await;
        }
        for article in &submitted {
            client.until_analysed(article).await;
        }
    }
    until_joined(&*store).await;
    assert_eq!(export_graph(&client).await, right);
    deployment.finish().await;
}

/// The one that links is suspended for longer than its lease; the other takes over; the first one comes back and writes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_linker_does_not_write() {
    let right = undisturbed().await;
    let deployment = Deployment::start_with(Kind::Apart, &[], &[("MARSAD_LINK_LEASE_SECONDS", "1")]).await;
    let (client, store) = (deployment.client(), deployment.store().await);
    let articles = samples();
    let half = articles.len() / 2;
    submit_and_join(&client, &*store, articles[..half].to_vec()).await;
    for (at, article) in articles[half..].iter().enumerate() {
        let before = store.link_state().await.unwrap().epoch;
        let victim = &deployment.workers[at % deployment.workers.len()];
        client.submit(article.clone()).await;
        victim.signal("STOP");
        // If that was the one that links, another one gets a greater epoch; if not, nothing happens.
        tokio::time::sleep(Duration::from_millis(2500)).await;
        let after = store.link_state().await.unwrap().epoch;
        victim.signal("CONT");
        assert!(after >= before);
    }
    let taken_over = store.link_state().await.unwrap().epoch;
    assert!(taken_over.0 >= 2, "nobody took over: {taken_over:?}");
    submit_and_join(&client, &*store, articles).await;
    assert_eq!(export_graph(&client).await, right);
    deployment.finish().await;
}
