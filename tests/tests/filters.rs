//! What lists can be narrowed to, on both kinds of deployment: each filter against the whole list.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};

use marsad_proto::v1;
use marsad_tests::articles::samples;
use marsad_tests::client::Client;
use marsad_tests::deployment::Deployment;
use marsad_tests::{list, scenarios};

scenarios!(filters_of_events, filters_of_the_other_lists, filters_of_claims);

/// Whether an id is, or acts for, the one that a filter names.
fn acts_for(id: &str, filter: &str, rollups: &BTreeMap<String, String>) -> bool {
    id == filter || rollups.get(id).is_some_and(|rollup| acts_for(rollup, filter, rollups))
}

/// Whom each entity acts for.
async fn rollups(client: &Client) -> BTreeMap<String, String> {
    let request = v1::ListEntitiesRequest { page_size: 1000, ..Default::default() };
    let entities = list!(client, list_entities, entities, request);
    let entities = entities.into_iter().filter_map(|summary| summary.entity);
    entities.filter_map(|entity| Some((entity.id, entity.rollup_id?))).collect()
}

async fn filters_of_events(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    client.submit_all_and_wait(samples()).await;
    let whole =
        list!(client, list_events, events, v1::ListEventsRequest { page_size: 1000, ..Default::default() });
    let rollups = rollups(&client).await;
    let check = async |what: &str,
                       request: v1::ListEventsRequest,
                       holds: &dyn Fn(&v1::EventRecord, &v1::Event) -> bool| {
        let found = list!(client, list_events, events, v1::ListEventsRequest { page_size: 1000, ..request });
        let expected: Vec<_> =
            whole.iter().filter(|record| holds(record, record.event.as_ref().unwrap())).cloned().collect();
        assert_eq!(found.len(), expected.len(), "{what}");
        assert_eq!(found, expected, "{what}");
        expected.len()
    };
    let any = |ids: &[String], filter: &str| ids.iter().any(|id| acts_for(id, filter, &rollups));
    let all_events: Vec<&v1::Event> = whole.iter().filter_map(|record| record.event.as_ref()).collect();
    let distinct = |ids: &dyn Fn(&v1::Event) -> Vec<String>| -> BTreeSet<String> {
        let ids: BTreeSet<String> = all_events.iter().flat_map(|event| ids(event)).collect();
        ids.iter().chain(ids.iter().filter_map(|id| rollups.get(id))).cloned().collect()
    };

    let types: BTreeSet<i32> = all_events.iter().map(|event| event.r#type).collect();
    assert!(types.len() > 2, "too few types to tell filters apart");
    for &kind in &types {
        let request = v1::ListEventsRequest { types: vec![kind], ..Default::default() };
        check("type", request, &|_, event| event.r#type == kind).await;
    }
    let two: Vec<i32> = types.iter().copied().take(2).collect();
    let request = v1::ListEventsRequest { types: two.clone(), ..Default::default() };
    check("two types", request, &|_, event| two.contains(&event.r#type)).await;

    for actor in distinct(&|event| event.actor_ids.clone()) {
        let request = v1::ListEventsRequest { actor_id: Some(actor.clone()), ..Default::default() };
        assert!(check("actor", request, &|_, event| any(&event.actor_ids, &actor)).await > 0);
    }
    for recipient in distinct(&|event| event.recipient_ids.clone()) {
        let request = v1::ListEventsRequest { recipient_id: Some(recipient.clone()), ..Default::default() };
        assert!(check("recipient", request, &|_, event| any(&event.recipient_ids, &recipient)).await > 0);
        let request = v1::ListEventsRequest { participant_id: Some(recipient.clone()), ..Default::default() };
        check("participant", request, &|_, event| {
            any(&event.actor_ids, &recipient) || any(&event.recipient_ids, &recipient)
        })
        .await;
    }
    let places: BTreeSet<String> = all_events.iter().flat_map(|event| event.place_ids.clone()).collect();
    assert!(!places.is_empty());
    for place in places {
        let request = v1::ListEventsRequest { place_id: Some(place.clone()), ..Default::default() };
        check("place", request, &|_, event| event.place_ids.contains(&place)).await;
    }
    let modalities: BTreeSet<i32> = all_events.iter().map(|event| event.modality).collect();
    for &modality in &modalities {
        let request = v1::ListEventsRequest { modalities: vec![modality], ..Default::default() };
        check("modality", request, &|_, event| event.modality == modality).await;
    }
    for polarity in [v1::Polarity::Affirmed, v1::Polarity::Negated] {
        let request = v1::ListEventsRequest { polarity: polarity.into(), ..Default::default() };
        check("polarity", request, &|_, event| event.polarity() == polarity).await;
    }
    for background in [true, false] {
        let request = v1::ListEventsRequest { background: Some(background), ..Default::default() };
        check("background", request, &|_, event| event.background == background).await;
    }
    let article = whole[0].article.as_ref().unwrap().id.clone();
    let request = v1::ListEventsRequest { article_id: Some(article.clone()), ..Default::default() };
    check("article", request, &|record, _| record.article.as_ref().unwrap().id == article).await;
    let confidence = all_events[all_events.len() / 2].confidence;
    let request = v1::ListEventsRequest { min_confidence: Some(confidence), ..Default::default() };
    check("confidence", request, &|_, event| event.confidence >= confidence).await;

    let from = |event: &v1::Event, day: &str| {
        event.time.as_ref().is_some_and(|time| time.latest.as_deref().is_none_or(|latest| latest >= day))
    };
    let to = |event: &v1::Event, day: &str| {
        event
            .time
            .as_ref()
            .is_some_and(|time| time.earliest.as_deref().is_none_or(|earliest| earliest <= day))
    };
    for day in ["2024-01-01", "2024-01-27", "2024-02-02", "2024-04-22", "2030-01-01"] {
        let request = v1::ListEventsRequest { from_date: Some(day.into()), ..Default::default() };
        check("from", request, &|_, event| from(event, day)).await;
        let request = v1::ListEventsRequest { to_date: Some(day.into()), ..Default::default() };
        check("to", request, &|_, event| to(event, day)).await;
    }
    let source = |record: &v1::EventRecord| record.claim.as_ref()?.source.clone();
    let named: BTreeSet<String> = whole.iter().filter_map(|record| source(record)?.entity_id).collect();
    let above = named.iter().filter_map(|id| rollups.get(id)).cloned();
    for speaker in named.iter().cloned().chain(above) {
        let request = v1::ListEventsRequest { source_id: Some(speaker.clone()), ..Default::default() };
        let says = |record: &v1::EventRecord| {
            source(record)
                .and_then(|source| source.entity_id)
                .is_some_and(|id| acts_for(&id, &speaker, &rollups))
        };
        assert!(check("source", request, &|record, _| says(record)).await > 0);
    }
    for wanted in [true, false] {
        let request = v1::ListEventsRequest { anonymous: Some(wanted), ..Default::default() };
        let said = |record: &v1::EventRecord| source(record).is_some_and(|source| source.anonymous == wanted);
        assert!(check("anonymous", request, &|record, _| said(record)).await > 0);
        let request = v1::ListEventsRequest { claimed: Some(wanted), ..Default::default() };
        assert!(check("claimed", request, &|record, _| record.claim.is_some() == wanted).await > 0);
    }
    let modes: BTreeSet<String> = all_events.iter().filter_map(|event| event.mode.clone()).collect();
    for mode in &modes {
        let request = v1::ListEventsRequest { modes: vec![mode.clone()], ..Default::default() };
        assert!(check("mode", request, &|_, event| event.mode.as_ref() == Some(mode)).await > 0);
    }
    let two: Vec<String> = modes.into_iter().take(2).collect();
    let request = v1::ListEventsRequest { modes: two.clone(), ..Default::default() };
    check("two modes", request, &|_, event| event.mode.as_ref().is_some_and(|mode| two.contains(mode))).await;
    let happened = |event: &v1::Event| {
        event.polarity() == v1::Polarity::Affirmed && event.modality() == v1::Modality::Actual
    };
    let request = v1::ListEventsRequest { happened: true, ..Default::default() };
    assert!(check("happened", request, &|_, event| happened(event)).await > 0);
    let unreal: Vec<i32> = modalities.iter().copied().filter(|m| *m != v1::Modality::Actual as i32).collect();
    let request = v1::ListEventsRequest { modalities: unreal.clone(), ..Default::default() };
    assert!(check("several modalities", request, &|_, event| unreal.contains(&event.modality)).await > 0);
    let request = v1::ListEventsRequest { modalities: unreal, happened: true, ..Default::default() };
    assert_eq!(check("planned and happened", request, &|_, _| false).await, 0);
    // All filters must hold together.
    let (kind, modality) = (all_events[0].r#type, all_events[0].modality);
    let request =
        v1::ListEventsRequest { types: vec![kind], modalities: vec![modality], ..Default::default() };
    check("type and modality", request, &|_, event| event.r#type == kind && event.modality == modality).await;
    deployment
}

async fn filters_of_the_other_lists(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let articles = client.submit_all_and_wait(samples()).await;

    let whole = list!(client, list_articles, articles, v1::ListArticlesRequest::default());
    let days: Vec<Option<&str>> = whole.iter().map(|summary| summary.published_date.as_deref()).collect();
    let mut sorted = days.clone();
    sorted.sort_by(|a, b| b.cmp(a));
    assert_eq!(days, sorted, "latest first, undated last");
    let outlet = whole[0].outlet.clone();
    let request = v1::ListArticlesRequest { outlet: outlet.clone(), ..Default::default() };
    assert_eq!(list!(client, list_articles, articles, request), [whole[0].clone()]);
    let request = v1::ListArticlesRequest { state: v1::ArticleState::Analysed.into(), ..Default::default() };
    assert_eq!(list!(client, list_articles, articles, request).len(), whole.len());
    let request = v1::ListArticlesRequest { state: v1::ArticleState::Parked.into(), ..Default::default() };
    assert_eq!(list!(client, list_articles, articles, request), []);
    let (first, last) = ("2024-02-01", "2024-02-29");
    let request = v1::ListArticlesRequest {
        published_from: Some(first.into()),
        published_to: Some(last.into()),
        ..Default::default()
    };
    let in_february: Vec<_> = whole
        .iter()
        .filter(|summary| summary.published_date.as_deref().is_some_and(|day| (first..=last).contains(&day)))
        .cloned()
        .collect();
    assert!(!in_february.is_empty() && in_february.len() < whole.len());
    assert_eq!(list!(client, list_articles, articles, request), in_february);

    let entities = list!(client, list_entities, entities, v1::ListEntitiesRequest::default());
    let types: BTreeSet<i32> =
        entities.iter().map(|summary| summary.entity.as_ref().unwrap().r#type).collect();
    for kind in types {
        let request = v1::ListEntitiesRequest { types: vec![kind], ..Default::default() };
        let expected: Vec<_> = entities
            .iter()
            .filter(|summary| summary.entity.as_ref().unwrap().r#type == kind)
            .cloned()
            .collect();
        assert_eq!(list!(client, list_entities, entities, request), expected);
    }
    let article = &articles[0];
    let analysis = client.analysis(&article.id, v1::SpanUnit::Utf8Bytes).await.unwrap();
    let referred_to: BTreeSet<String> = analysis.entities.into_iter().map(|entity| entity.id).collect();
    let request = v1::ListEntitiesRequest { article_id: Some(article.id.clone()), ..Default::default() };
    let listed = list!(client, list_entities, entities, request);
    assert_eq!(
        listed.into_iter().map(|summary| summary.entity.unwrap().id).collect::<BTreeSet<_>>(),
        referred_to
    );
    deployment
}

async fn filters_of_claims(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let articles = client.submit_all_and_wait(samples()).await;
    let rollups = rollups(&client).await;
    let whole = list!(client, list_claims, claims, v1::ListClaimsRequest::default());
    let check =
        async |what: &str, request: v1::ListClaimsRequest, holds: &dyn Fn(&v1::ClaimRecord) -> bool| {
            let expected: Vec<_> = whole.iter().filter(|&record| holds(record)).cloned().collect();
            assert!(!expected.is_empty(), "{what}: nothing to find");
            assert_eq!(list!(client, list_claims, claims, request), expected, "{what}");
        };
    let article = &articles[0].id;
    let request = v1::ListClaimsRequest { article_id: Some(article.clone()), ..Default::default() };
    check("article", request, &|record| record.article.as_ref().unwrap().id == *article).await;
    let claim = |record: &v1::ClaimRecord| record.claim.clone().unwrap();
    let source = |record: &v1::ClaimRecord| claim(record).source.unwrap();
    for anonymous in [true, false] {
        let request = v1::ListClaimsRequest { anonymous: Some(anonymous), ..Default::default() };
        check("anonymous", request, &|record| source(record).anonymous == anonymous).await;
    }
    let named: BTreeSet<String> = whole.iter().filter_map(|record| source(record).entity_id).collect();
    let above = named.iter().filter_map(|id| rollups.get(id)).cloned();
    for speaker in named.iter().cloned().chain(above) {
        let request = v1::ListClaimsRequest { source_id: Some(speaker.clone()), ..Default::default() };
        let says = |id: String| acts_for(&id, &speaker, &rollups);
        check("source", request, &|record| source(record).entity_id.is_some_and(says)).await;
    }
    let outlets: BTreeSet<String> = whole.iter().flat_map(|record| claim(record).via_ids).collect();
    for outlet in outlets {
        let request = v1::ListClaimsRequest { via_id: Some(outlet.clone()), ..Default::default() };
        check("via", request, &|record| claim(record).via_ids.contains(&outlet)).await;
    }
    for quote in [v1::QuoteKind::Direct, v1::QuoteKind::Indirect] {
        let request = v1::ListClaimsRequest { quote: quote.into(), ..Default::default() };
        check("quote", request, &|record| claim(record).quote() == quote).await;
    }
    let least = claim(&whole[whole.len() / 2]).confidence;
    let request = v1::ListClaimsRequest { min_confidence: Some(least), ..Default::default() };
    check("confidence", request, &|record| claim(record).confidence >= least).await;
    deployment
}
