//! The whole path: articles in over gRPC, through the queue, analysed, stored, and out over gRPC. Every scenario runs on both
//! kinds of deployment.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use marsad_proto::v1;
use marsad_proto::v1::submit_articles_response::Outcome;
use marsad_tests::articles::{as_of, sample, samples, short, with_text};
use marsad_tests::client::{ANALYSED, Client, channel};
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::{list, record, scenarios, until};
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

scenarios!(
    an_article_is_read_back,
    a_stream_answers_every_item,
    pages_make_up_the_list,
    spans_in_every_unit,
    names_are_found_in_any_spelling,
    a_correction_is_a_new_revision,
    the_later_revision_is_current_in_any_order,
    a_deletion_and_a_revival,
    submitting_again_changes_nothing,
    analyze_stores_nothing,
    analyze_says_why,
    health_and_reflection,
    html_becomes_text_once,
);

async fn an_article_is_read_back(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let input = sample(0);
    let submitted = client.submit(input.clone()).await;
    let article = client.until_analysed(&submitted).await;
    assert_eq!((&article.id, &article.content_hash), (&submitted.article_id, &submitted.content_hash));
    let given = (input.text, input.title, input.outlet, input.url, input.published_at);
    assert_eq!(
        (article.text.clone(), article.title, article.outlet, article.url, article.published_at),
        given
    );
    assert!(article.current && article.failure.is_none());
    assert_eq!(article.revisions, std::slice::from_ref(&submitted.content_hash));

    let summaries = list!(client, list_articles, articles, v1::ListArticlesRequest::default());
    assert_eq!(summaries.len(), 1);
    assert_eq!(summaries[0].published_date.as_deref(), Some("2024-01-24"));
    assert!(summaries[0].title.is_some(), "the title stands in the text");

    let analysis = client.analysis(&article.id, v1::SpanUnit::Utf8Bytes).await.unwrap();
    assert_eq!((analysis.language.as_str(), &analysis.content_hash), ("ar", &submitted.content_hash));
    let linked: BTreeSet<&str> = analysis.mentions.iter().map(|mention| mention.entity_id.as_str()).collect();
    assert!(linked.len() >= 5, "only {linked:?} are linked");
    assert!(!analysis.events.is_empty() && !analysis.claims.is_empty());

    let entities = list!(client, list_entities, entities, v1::ListEntitiesRequest::default());
    let listed: BTreeSet<&str> =
        entities.iter().map(|summary| summary.entity.as_ref().unwrap().id.as_str()).collect();
    let referred_to: BTreeSet<&str> = analysis.entities.iter().map(|entity| entity.id.as_str()).collect();
    assert_eq!(listed, referred_to);
    assert!(linked.is_subset(&referred_to));
    for summary in &entities {
        let id = summary.entity.as_ref().unwrap().id.clone();
        let mentions = analysis.mentions.iter().filter(|mention| mention.entity_id == id).count();
        assert_eq!((summary.mention_count, summary.article_count), (mentions as u64, 1), "{id}");
        let request = v1::GetEntityRequest { entity_id: id };
        assert_eq!(
            client.query.clone().get_entity(request).await.unwrap().into_inner().entity.as_ref(),
            Some(summary)
        );
    }
    let events = list!(client, list_events, events, v1::ListEventsRequest::default());
    let ids = |events: &[v1::Event]| events.iter().map(|event| event.id.clone()).collect::<BTreeSet<_>>();
    let listed: Vec<v1::Event> = events.iter().filter_map(|record| record.event.clone()).collect();
    assert_eq!(ids(&listed), ids(&analysis.events));
    for record in &events {
        let event = record.event.as_ref().unwrap();
        assert!(
            record.context.contains(&event.trigger_text),
            "{} is not in {}",
            event.trigger_text,
            record.context
        );
        assert_eq!(record.article.as_ref().unwrap().id, article.id);
        assert_eq!(record.claim.as_ref().map(|claim| &claim.id), event.claim_id.as_ref());
        assert_eq!(record.quantities.len(), event.quantities.len());
    }
    let claims = list!(client, list_claims, claims, v1::ListClaimsRequest::default());
    assert_eq!(claims.len(), analysis.claims.len());

    let missing =
        v1::GetArticleRequest { article_id: uuid::Uuid::new_v4().to_string(), ..Default::default() };
    assert_eq!(client.query.clone().get_article(missing).await.unwrap_err().code(), Code::NotFound);
    deployment
}

async fn a_stream_answers_every_item(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let mut inputs = samples();
    let good = inputs.len();
    inputs.insert(3, v1::ArticleInput { text: " \n".into(), ..Default::default() });
    let answers: BTreeMap<usize, Outcome> =
        client.submit_stream(inputs.clone(), v1::Lane::Live).await.into_iter().collect();
    assert_eq!(answers.len(), inputs.len(), "every item is answered");
    let Outcome::Rejected(error) = &answers[&3] else { panic!("{:?}", answers[&3]) };
    assert_eq!((error.code, error.reason.as_str()), (Code::InvalidArgument as i32, "TEXT_EMPTY"));
    assert_eq!(error.fields[0].field, "article.text");
    for (sequence, outcome) in &answers {
        if let Outcome::Accepted(submitted) = outcome {
            let article = client.until_analysed(submitted).await;
            assert_eq!(article.url, inputs[*sequence].url, "the sequence names the article");
        }
    }
    let summaries = list!(client, list_articles, articles, v1::ListArticlesRequest::default());
    assert_eq!(summaries.len(), good);
    deployment
}

async fn pages_make_up_the_list(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    client.submit_all_and_wait(samples()).await;
    macro_rules! check {
        ($method:ident, $items:ident, $request:expr, $sizes:expr) => {{
            let whole = list!(client, $method, $items, $request(1000));
            assert!(whole.len() > 3, "too few {} to see pages", stringify!($items));
            for size in $sizes {
                let pages = list!(client, $method, $items, $request(size));
                assert_eq!(pages, whole, "{} in pages of {size}", stringify!($items));
            }
            for (at, item) in whole.iter().enumerate() {
                assert!(!whole[..at].contains(item), "{item:?} is there twice");
            }
        }};
    }
    let articles = |page_size| v1::ListArticlesRequest { page_size, ..Default::default() };
    check!(list_articles, articles, articles, [1, 2, 5]);
    let entities = |page_size| v1::ListEntitiesRequest { page_size, ..Default::default() };
    check!(list_entities, entities, entities, [3, 10]);
    let events = |page_size| v1::ListEventsRequest { page_size, ..Default::default() };
    check!(list_events, events, events, [2, 7]);
    let claims = |page_size| v1::ListClaimsRequest { page_size, ..Default::default() };
    check!(list_claims, claims, claims, [2, 7]);
    let search =
        |page_size| v1::SearchEntitiesRequest { query: "ال".into(), page_size, ..Default::default() };
    check!(search_entities, entities, search, [1, 4]);
    deployment
}

/// The part of a text that a span names.
fn slice(text: &str, span: Option<&v1::Span>, unit: v1::SpanUnit) -> String {
    let span = span.unwrap();
    let range = span.start as usize..span.end as usize;
    match unit {
        v1::SpanUnit::Unspecified | v1::SpanUnit::Utf8Bytes => text[range].to_owned(),
        v1::SpanUnit::Utf16Units => {
            String::from_utf16(&text.encode_utf16().collect::<Vec<_>>()[range]).unwrap()
        }
        v1::SpanUnit::CodePoints => text.chars().collect::<Vec<_>>()[range].iter().collect(),
    }
}

async fn spans_in_every_unit(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let input = sample(0);
    // Outside of the Basic Multilingual Plane all three units differ.
    let text = format!("🛰️ 𝐌 عاجل\n{}", input.text);
    let article = client.submit_and_wait(with_text(input, &text)).await;
    let units = [
        v1::SpanUnit::Unspecified,
        v1::SpanUnit::Utf8Bytes,
        v1::SpanUnit::Utf16Units,
        v1::SpanUnit::CodePoints,
    ];
    for unit in units {
        let analysis = client.analysis(&article.id, unit).await.unwrap();
        let mut shown = Vec::new();
        shown.extend(analysis.mentions.iter().map(|m| (m.span.as_ref(), &m.text)));
        shown.extend(analysis.roles.iter().map(|r| (r.span.as_ref(), &r.text)));
        shown.extend(analysis.times.iter().map(|t| (t.span.as_ref(), &t.text)));
        shown.extend(analysis.quantities.iter().map(|q| (q.span.as_ref(), &q.text)));
        shown.extend(analysis.events.iter().map(|e| (e.trigger.as_ref(), &e.trigger_text)));
        shown.extend(analysis.claims.iter().map(|c| (c.cue.as_ref(), &c.cue_text)));
        shown.extend(analysis.claims.iter().map(|c| (c.content.as_ref(), &c.content_text)));
        assert!(shown.len() > 10);
        for (span, words) in shown {
            assert_eq!(&slice(&article.text, span, unit), words, "{unit:?}");
        }
        let request = v1::ListEventsRequest { span_unit: unit.into(), ..Default::default() };
        for event in list!(client, list_events, events, request).into_iter().filter_map(|record| record.event)
        {
            assert_eq!(slice(&article.text, event.trigger.as_ref(), unit), event.trigger_text, "{unit:?}");
        }
        let request = v1::ListClaimsRequest { span_unit: unit.into(), ..Default::default() };
        for claim in list!(client, list_claims, claims, request).into_iter().filter_map(|record| record.claim)
        {
            assert_eq!(slice(&article.text, claim.content.as_ref(), unit), claim.content_text, "{unit:?}");
        }
    }
    deployment
}

async fn names_are_found_in_any_spelling(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    client.submit_and_wait(short(1)).await;
    let search = async |query: &str| {
        let request = v1::SearchEntitiesRequest { query: query.into(), ..Default::default() };
        let found = client.query.clone().search_entities(request).await.unwrap().into_inner().entities;
        found.into_iter().map(|summary| summary.entity.unwrap().name).collect::<Vec<_>>()
    };
    let groups: [&[&str]; 2] = [
        &["بغداد", "بَغْدَادُ", "بغـــداد", " بغداد ", "بغد", "Baghdad", "baghd", "BAGHDAD"],
        &["العراق", "العِراق", "الـعراق", "Iraq", "iraq"],
    ];
    for group in groups {
        let expected = search(group[0]).await;
        assert!(!expected.is_empty(), "{} is not found", group[0]);
        for spelling in group {
            assert_eq!(search(spelling).await.first(), expected.first(), "{spelling}");
        }
    }
    assert_eq!(search("لا أحد بهذا الاسم").await, Vec::<String>::new());
    deployment
}

async fn a_correction_is_a_new_revision(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let first = client.submit_and_wait(short(1)).await;
    let corrected = "قصفت طائرات تركية مواقع في دهوك يوم 7 آذار 2024، وقال مصدر أمني إن ثلاثة أشخاص قتلوا.";
    let second = client.submit_and_wait(with_text(short(1), corrected)).await;
    assert_eq!(first.id, second.id, "the same URL is the same article");
    assert_ne!(first.content_hash, second.content_hash);
    assert_eq!(second.text, corrected);
    assert_eq!(second.revisions, [second.content_hash.clone(), first.content_hash.clone()], "newest first");
    let old = client.revision(&first.id, Some(&first.content_hash)).await.unwrap();
    assert_eq!((old.state(), old.current, &old.text), (v1::ArticleState::Superseded, false, &first.text));
    let analysis = client.analysis(&first.id, v1::SpanUnit::Utf8Bytes).await.unwrap();
    assert_eq!(analysis.content_hash, second.content_hash);
    let events = list!(client, list_events, events, v1::ListEventsRequest::default());
    assert!(!events.is_empty());
    for record in events {
        assert_eq!(record.article.unwrap().content_hash, second.content_hash, "an event of the old revision");
    }
    deployment
}

async fn the_later_revision_is_current_in_any_order(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let (monday, tuesday) = (1_709_510_400, 1_709_596_800);
    let newer =
        as_of(with_text(short(1), "وقعت بغداد وأنقرة اتفاقا جديدا يوم الثلاثاء حول تصدير النفط."), tuesday);
    let current = client.submit_and_wait(newer).await;
    let settled = deployment.settled().await;
    let older = client.submit(as_of(short(1), monday)).await;
    deployment.until_settled(settled + 1).await;
    let after = client.article(&current.id).await.unwrap();
    assert_eq!(after.content_hash, current.content_hash, "what came later but is older does not replace it");
    assert_eq!(after.revisions, [current.content_hash.clone(), older.content_hash.clone()]);
    let old = client.revision(&current.id, Some(&older.content_hash)).await.unwrap();
    assert_eq!((old.state(), old.text), (v1::ArticleState::Superseded, short(1).text));
    deployment
}

async fn a_deletion_and_a_revival(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let (monday, tuesday, wednesday) = (1_709_510_400, 1_709_596_800, 1_709_683_200);
    let other = client.submit_and_wait(short(2)).await;
    let article = client.submit_and_wait(as_of(short(1), monday)).await;
    client.delete(&article.id, Some(tuesday)).await.unwrap();
    until("the deletion", ANALYSED, async || client.article(&article.id).await.is_none().then_some(())).await;
    assert_eq!(client.analysis(&article.id, v1::SpanUnit::Utf8Bytes).await, None);
    assert_eq!(client.revision(&article.id, Some(&article.content_hash)).await, None, "old text is gone too");
    let summaries = list!(client, list_articles, articles, v1::ListArticlesRequest::default());
    assert_eq!(summaries.iter().map(|summary| &summary.id).collect::<Vec<_>>(), [&other.id]);
    for record in list!(client, list_events, events, v1::ListEventsRequest::default()) {
        assert_eq!(record.article.unwrap().id, other.id, "an event of the deleted article");
    }

    let settled = deployment.settled().await;
    client.submit(as_of(short(1), monday)).await;
    deployment.until_settled(settled + 1).await;
    assert_eq!(client.article(&article.id).await, None, "an older submission does not revive it");

    let revived = client.submit_and_wait(as_of(short(1), wednesday)).await;
    assert_eq!((&revived.id, revived.revisions.len()), (&article.id, 1));
    deployment
}

async fn submitting_again_changes_nothing(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let inputs: Vec<_> = samples().into_iter().take(4).map(|input| as_of(input, 1_709_510_400)).collect();
    let first = client.submit_all(inputs.clone(), v1::Lane::Live).await;
    deployment.until_settled(first.len() as u64).await;
    client.until_all_joined().await;
    let before = record::export(&client).await;
    let again = client.submit_all(inputs, v1::Lane::Live).await;
    assert_eq!(first, again, "the answer is the same");
    deployment.until_settled(2 * first.len() as u64).await;
    assert_eq!(record::export(&client).await, before);
    for worker in deployment.working() {
        let analysed = worker.metric("marsad_analysis_messages_total", "outcome=\"analysed\"").await;
        assert!(analysed <= first.len() as f64, "something was analysed twice");
    }
    deployment
}

async fn analyze_stores_nothing(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let request = v1::AnalyzeRequest {
        article: Some(sample(3)),
        span_unit: v1::SpanUnit::CodePoints.into(),
        ..Default::default()
    };
    let answer = client.query.clone().analyze(request).await.unwrap().into_inner();
    let analysis = answer.analysis.unwrap();
    assert!(answer.event_explanations.is_empty() && answer.claim_explanations.is_empty(), "not asked for");
    assert!(!analysis.mentions.is_empty() && !analysis.events.is_empty());
    for mention in &analysis.mentions {
        assert_eq!(slice(&answer.text, mention.span.as_ref(), v1::SpanUnit::CodePoints), mention.text);
    }
    let bad = v1::AnalyzeRequest { article: Some(v1::ArticleInput::default()), ..Default::default() };
    assert_eq!(client.query.clone().analyze(bad).await.unwrap_err().code(), Code::InvalidArgument);
    // Whatever it would have stored would have been there before the next article.
    let stored = client.submit_and_wait(short(1)).await;
    let summaries = list!(client, list_articles, articles, v1::ListArticlesRequest::default());
    assert_eq!(summaries.into_iter().map(|summary| summary.id).collect::<Vec<_>>(), [stored.id]);
    deployment
}

async fn analyze_says_why(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    for unit in [v1::SpanUnit::CodePoints, v1::SpanUnit::Utf16Units] {
        let request = v1::AnalyzeRequest { article: Some(sample(0)), span_unit: unit.into(), explain: true };
        let answer = client.query.clone().analyze(request).await.unwrap().into_inner();
        let analysis = answer.analysis.unwrap();
        let of_events = answer.event_explanations.iter().map(|why| &why.event_id);
        assert!(of_events.eq(analysis.events.iter().map(|event| &event.id)));
        let of_claims = answer.claim_explanations.iter().map(|why| &why.claim_id);
        assert!(of_claims.eq(analysis.claims.iter().map(|claim| &claim.id)));
        let mut quoted = Vec::new();
        for (event, why) in analysis.events.iter().zip(&answer.event_explanations) {
            let trigger = why.trigger.as_ref().unwrap();
            assert_ne!(trigger.form(), v1::TriggerForm::Unspecified);
            assert!(trigger.pattern.contains(':'), "{}", trigger.pattern);
            assert_eq!(event.time.is_some(), why.time.is_some());
            assert_eq!(
                event.modality() == v1::Modality::Actual,
                why.reality.iter().all(|cue| cue.kind() == v1::RealityKind::Negation)
            );
            let filled = event.actor_ids.iter().chain(&event.recipient_ids).chain(&event.place_ids);
            assert!(filled.eq(why.arguments.iter().map(|argument| &argument.entity_id)), "{why:?}");
            quoted.extend(why.arguments.iter().filter_map(|argument| argument.words.as_ref()));
            quoted.extend(why.reality.iter().filter_map(|cue| cue.words.as_ref()));
            quoted.extend(why.time.iter().filter_map(|time| time.words.as_ref()));
            quoted.extend(trigger.conditions.iter().filter_map(|met| met.words.as_ref()));
            quoted.extend(trigger.light_verb.iter().chain(&why.joined));
        }
        quoted.extend(answer.claim_explanations.iter().filter_map(|why| why.opener.as_ref()));
        assert!(quoted.len() > 10, "{quoted:?}");
        for words in quoted {
            assert_eq!(slice(&answer.text, words.span.as_ref(), unit), words.text);
        }
    }
    deployment
}

async fn health_and_reflection(deployment: Deployment) -> Deployment {
    const INGEST: &str = "marsad.v1.IngestService";
    const QUERY: &str = "marsad.v1.QueryService";
    let offered: Vec<(std::net::SocketAddr, Vec<&str>)> = match deployment.kind {
        Kind::Embedded => vec![(deployment.ingest.grpc, vec![INGEST, QUERY])],
        Kind::Apart => {
            let query = deployment.querying().grpc;
            vec![
                (deployment.ingest.grpc, vec![INGEST]),
                (deployment.workers[0].grpc, vec![]),
                (query, vec![QUERY]),
            ]
        }
    };
    for (address, services) in offered {
        let mut health = HealthClient::new(channel(address));
        for service in std::iter::once(&"").chain(&services) {
            let request = HealthCheckRequest { service: (*service).to_owned() };
            let status = health.check(request).await.unwrap().into_inner().status();
            assert_eq!(status, ServingStatus::Serving, "{service}");
        }
        for absent in [INGEST, QUERY].iter().filter(|name| !services.contains(name)) {
            let request = HealthCheckRequest { service: (*absent).to_owned() };
            assert_eq!(health.check(request).await.unwrap_err().code(), Code::NotFound, "{absent}");
        }
        let token: tonic::metadata::MetadataValue<_> =
            format!("Bearer {}", deployment.token).parse().unwrap();
        let mut reflection = ServerReflectionClient::new(channel(address));
        for (question, expected) in [
            (MessageRequest::ListServices(String::new()), "grpc.health.v1.Health"),
            (MessageRequest::FileContainingSymbol(QUERY.into()), "marsad/v1/query_service.proto"),
        ] {
            let asked = ServerReflectionRequest { host: String::new(), message_request: Some(question) };
            let mut request = tonic::Request::new(tokio_stream::iter([asked]));
            request.metadata_mut().insert("authorization", token.clone());
            let mut answers = reflection.server_reflection_info(request).await.unwrap().into_inner();
            match answers.message().await.unwrap().unwrap().message_response.unwrap() {
                MessageResponse::ListServicesResponse(list) => {
                    let names: Vec<String> = list.service.into_iter().map(|service| service.name).collect();
                    assert!(names.iter().any(|name| name == expected), "{names:?}");
                    assert!(
                        services.iter().all(|service| names.iter().any(|name| name == service)),
                        "{names:?}"
                    );
                }
                MessageResponse::FileDescriptorResponse(files) => {
                    let first = String::from_utf8_lossy(&files.file_descriptor_proto[0]).into_owned();
                    assert!(first.contains(expected), "{first}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
    deployment
}

async fn html_becomes_text_once(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let input = sample(3);
    let html = input.html.clone().expect("the fourth sample is a page");
    let article = client.submit_and_wait(input).await;
    assert!(!article.text.contains('<') && article.text.chars().count() > 200, "{}", article.text);
    assert_eq!(article.html.as_deref(), Some(html.as_str()));
    let request = v1::GetArticleRequest { article_id: article.id.clone(), ..Default::default() };
    let without = client.query.clone().get_article(request).await.unwrap().into_inner().article.unwrap();
    assert_eq!((without.html, without.text), (None, article.text.clone()));
    let analysis = client.analysis(&article.id, v1::SpanUnit::CodePoints).await.unwrap();
    assert!(!analysis.mentions.is_empty());
    for mention in &analysis.mentions {
        assert_eq!(slice(&article.text, mention.span.as_ref(), v1::SpanUnit::CodePoints), mention.text);
    }
    deployment
}

/// Live articles go before backfill ones that have waited longer.
#[tokio::test(flavor = "multi_thread")]
async fn live_goes_before_backfill_embedded() {
    live_goes_before_backfill(Kind::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn live_goes_before_backfill_apart() {
    live_goes_before_backfill(Kind::Apart).await;
}

async fn live_goes_before_backfill(kind: Kind) {
    const WAITING: usize = 150;
    let mut deployment = Deployment::start_with(kind, &["--analyses", "1"], &[]).await;
    // The queue fills while nobody works.
    let ingest = match kind {
        Kind::Embedded => {
            deployment.ingest.kill();
            let mut args = vec!["ingest".to_owned()];
            args.extend(deployment.backends.iter().cloned());
            Some(marsad_tests::process::Process::start(&args, &[], deployment.folder()).await)
        }
        Kind::Apart => {
            deployment.workers.iter_mut().for_each(marsad_tests::process::Process::kill);
            None
        }
    };
    let address = ingest.as_ref().unwrap_or(&deployment.ingest).grpc;
    let submitting = Client::new(address, address, Some(&deployment.token));
    let backfill = submitting.submit_all((0..WAITING).map(short).collect(), v1::Lane::Backfill).await;
    let live = submitting.submit(short(WAITING)).await;
    drop(ingest);
    match kind {
        Kind::Embedded => deployment.ingest.restart().await,
        Kind::Apart => deployment.workers[0].restart().await,
    }
    let client = deployment.client();
    until("the live article", ANALYSED, async || client.article(&live.article_id).await.map(|_| ())).await;
    let request = v1::ListArticlesRequest { page_size: 1000, ..Default::default() };
    let before = list!(client, list_articles, articles, request.clone()).len();
    assert!(before < WAITING / 2, "{before} of {WAITING} backfill articles went first");
    for submitted in &backfill {
        client.until_analysed(submitted).await;
    }
    until("every article", Duration::from_secs(5), async || {
        (list!(client, list_articles, articles, request.clone()).len() == WAITING + 1).then_some(())
    })
    .await;
    deployment.finish().await;
}
