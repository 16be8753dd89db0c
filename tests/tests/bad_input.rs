//! Bad input gets a clear error, and nothing is lost or stored by halves.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::time::Duration;

use marsad_model::limits::{MAX_GRPC_BYTES, MAX_TEXT_BYTES};
use marsad_proto::queue::{SCHEMA, SCHEMA_HEADER};
use marsad_proto::v1;
use marsad_queue::{Lane, Message, Queue, RabbitOptions, RabbitQueue, SqliteQueue, SqliteQueueOptions};
use marsad_tests::articles::{sample, short, with_text};
use marsad_tests::client::{ANALYSED, channel};
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::process::{output, run};
use marsad_tests::raw::Raw;
use marsad_tests::{list, scenarios, until};
use prost::Message as _;
use serde_json::Value;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

scenarios!(
    every_bad_field_is_refused_with_its_reason,
    other_languages_are_refused,
    bad_pages_and_filters,
    bad_bytes_on_the_wire,
    limits_hold_to_the_byte,
    malformed_messages_are_parked_and_the_others_flow,
);

const PERSIAN: &str = "وزیر امور خارجه ایران گفت که گفت‌وگوها با همسایگان ادامه دارد و این کشور از هر پیشنهادی که به صلح \
    کمک کند استقبال می‌کند. او افزود که دیدار بعدی در پاییز برگزار خواهد شد و گزارش آن به مجلس داده می‌شود.";
const URDU: &str = "وزیر خارجہ نے کہا ہے کہ پڑوسی ممالک کے ساتھ بات چیت جاری ہے اور حکومت ہر اس تجویز کا خیر مقدم کرتی ہے جو امن میں \
    مدد دے۔ انہوں نے مزید کہا کہ اگلا اجلاس خزاں میں ہوگا اور اس کی رپورٹ پارلیمان کو دی جائے گی۔";
const SORANI: &str = "وەزیری دەرەوە ڕایگەیاند کە گفتوگۆکان لەگەڵ وڵاتانی دراوسێ بەردەوامن و حکومەت پێشوازی لە هەموو پێشنیازێک دەکات کە یارمەتی \
    ئاشتی بدات. هەروەها گوتی کۆبوونەوەی داهاتوو لە پاییز دەبێت و ڕاپۆرتەکەی دەدرێتە پەرلەمان.";
const ENGLISH: &str = "The foreign minister said that talks with the neighbours go on, and that the government welcomes every \
    proposal that helps peace. The next meeting will be held in the autumn, he added.";

/// The reason and the fields of a refusal.
fn refusal(status: &Status) -> (Code, String, Vec<(String, String)>) {
    let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
    let fields = status.get_details_bad_request().map(|bad| bad.field_violations).unwrap_or_default();
    (status.code(), reason, fields.into_iter().map(|field| (field.field, field.reason)).collect())
}

async fn assert_nothing_came_through(deployment: &Deployment) {
    // What had been queued would have been stored before this one.
    let client = deployment.client();
    let good = client.submit_and_wait(short(1)).await;
    let request = v1::ListArticlesRequest { page_size: 1000, ..Default::default() };
    let stored = list!(client, list_articles, articles, request);
    assert_eq!(stored.into_iter().map(|summary| summary.id).collect::<Vec<_>>(), [good.id]);
    assert_eq!(output(deployment.parked(&["list", "--json"])), "");
}

async fn every_bad_field_is_refused_with_its_reason(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let empty = v1::ArticleInput::default;
    let cases = [
        ("article.text", "TEXT_EMPTY", empty()),
        ("article.text", "TEXT_EMPTY", with_text(short(2), " \t\u{a0}\r\n\u{200f}")),
        ("article.text", "TEXT_TOO_LONG", with_text(short(2), &"خبر ".repeat(MAX_TEXT_BYTES / 7 + 1))),
        (
            "article.published_at",
            "DATE_INVALID",
            v1::ArticleInput { published_at: Some("أمس".into()), ..short(2) },
        ),
        (
            "article.published_at",
            "DATE_INVALID",
            v1::ArticleInput { published_at: Some("2024-02-30".into()), ..short(2) },
        ),
        (
            "article.published_at",
            "DATE_IN_FUTURE",
            v1::ArticleInput { published_at: Some("3024-01-01".into()), ..short(2) },
        ),
        ("article.url", "URL_INVALID", v1::ArticleInput { url: Some("agency.example/1".into()), ..short(2) }),
        (
            "article.url",
            "URL_INVALID",
            v1::ArticleInput { url: Some("javascript:alert(1)".into()), ..short(2) },
        ),
        ("article.title", "FIELD_TOO_LONG", v1::ArticleInput { title: Some("ع".repeat(4096)), ..short(2) }),
        ("article.modified_at", "TIME_IN_FUTURE", marsad_tests::articles::as_of(short(2), 32_503_680_000)),
    ];
    for (field, reason, input) in cases {
        let status = client.try_submit(input).await.expect_err(reason);
        let (code, first, fields) = refusal(&status);
        assert_eq!((code, first.as_str()), (Code::InvalidArgument, reason), "{status}");
        assert!(fields.contains(&(field.to_owned(), reason.to_owned())), "{fields:?}");
    }
    // All that is wrong is said at once.
    let twice = v1::ArticleInput { url: Some("x".into()), published_at: Some("x".into()), ..empty() };
    let (_, _, fields) = refusal(&client.try_submit(twice).await.unwrap_err());
    assert_eq!(fields.len(), 3, "{fields:?}");
    let absent = client.ingest.clone().submit_article(v1::SubmitArticleRequest::default()).await.unwrap_err();
    assert_eq!(refusal(&absent).1, "ARTICLE_MISSING");
    let lane = v1::SubmitArticleRequest { article: Some(short(2)), lane: 77 };
    assert_eq!(refusal(&client.ingest.clone().submit_article(lane).await.unwrap_err()).1, "ENUM_UNKNOWN");
    let no_uuid = client.delete("7", None).await.unwrap_err();
    assert_eq!(refusal(&no_uuid).0, Code::InvalidArgument);
    assert_nothing_came_through(&deployment).await;
    deployment
}

async fn other_languages_are_refused(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    for (language, text) in [("fa", PERSIAN), ("ur", URDU), ("ckb", SORANI), ("latin", ENGLISH)] {
        let status = client.try_submit(with_text(short(2), text)).await.expect_err(language);
        let (code, reason, fields) = refusal(&status);
        assert_eq!(code, Code::InvalidArgument, "{language}: {status}");
        assert!(reason.contains("LANGUAGE") || reason.contains("ARABIC"), "{language}: {reason}");
        assert!(fields.iter().all(|(field, _)| field.starts_with("article.")), "{fields:?}");
        let html = v1::ArticleInput { html: Some(format!("<p>{text}</p>")), text: String::new(), ..short(2) };
        assert_eq!(refusal(&client.try_submit(html).await.expect_err(language)).1, reason, "as HTML");
    }
    assert_nothing_came_through(&deployment).await;
    // Quotes in other languages do not make an Arabic article another one.
    let quoting = format!(
        "{}\nوكتبت الصحيفة: “{}” ثم نقلت عن صحيفة إيرانية: «{}»",
        sample(0).text,
        &ENGLISH[..80],
        PERSIAN.split(' ').take(8).collect::<Vec<_>>().join(" ")
    );
    client.submit_and_wait(with_text(short(3), &quoting)).await;
    deployment
}

async fn bad_pages_and_filters(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    client.submit_all_and_wait((1..4).map(short).collect()).await;
    let mut query = client.query.clone();
    let events = v1::ListEventsRequest { page_size: 1, ..Default::default() };
    let other_list = query.list_events(events.clone()).await.unwrap().into_inner().next_page_token;
    assert!(!other_list.is_empty());
    for token in ["x", "====", "bm90IGpzb24", "نص", "e30", &"A".repeat(100_000)] {
        let request = v1::ListEventsRequest { page_token: token.into(), ..events.clone() };
        let status = query.list_events(request).await.expect_err(token);
        assert_eq!(refusal(&status).1, "PAGE_TOKEN_INVALID", "{token}");
    }
    let request = v1::ListEntitiesRequest { page_token: other_list.clone(), ..Default::default() };
    let status = query.list_entities(request).await.expect_err("a token of another list");
    assert_eq!(status.code(), Code::InvalidArgument, "{status}");
    for (reason, request) in [
        ("PAGE_SIZE_INVALID", v1::ListEventsRequest { page_size: 1001, ..Default::default() }),
        ("DATE_INVALID", v1::ListEventsRequest { from_date: Some("yesterday".into()), ..Default::default() }),
        ("ENUM_UNKNOWN", v1::ListEventsRequest { types: vec![1], ..Default::default() }),
        ("OUT_OF_RANGE", v1::ListEventsRequest { min_confidence: Some(1.5), ..Default::default() }),
        ("MODE_INVALID", v1::ListEventsRequest { modes: vec![String::new()], ..Default::default() }),
        ("OUT_OF_RANGE", v1::ListEventsRequest { min_confidence: Some(f32::NAN), ..Default::default() }),
        ("ID_INVALID", v1::ListEventsRequest { actor_id: Some(String::new()), ..Default::default() }),
    ] {
        let status = query.list_events(request).await.expect_err(reason);
        assert_eq!((status.code(), refusal(&status).1.as_str()), (Code::InvalidArgument, reason));
    }
    let request = v1::SearchEntitiesRequest { query: " \u{64b} ".into(), ..Default::default() };
    assert_eq!(refusal(&query.search_entities(request).await.unwrap_err()).1, "QUERY_EMPTY");
    let many = (0..33).map(|number| format!("w{number} ")).collect::<String>();
    for (query_text, reason) in
        [("-بغداد", "QUERY_EMPTY"), ("\"\" !", "QUERY_EMPTY"), (many.as_str(), "QUERY_TOO_LONG")]
    {
        let request = v1::SearchArticlesRequest { query: query_text.into(), ..Default::default() };
        assert_eq!(refusal(&query.search_articles(request).await.unwrap_err()).1, reason, "{query_text}");
        let request = v1::SearchEventsRequest { query: query_text.into(), ..Default::default() };
        assert_eq!(refusal(&query.search_events(request).await.unwrap_err()).1, reason, "{query_text}");
    }
    for text in [
        "a\0b",
        "\" AND t=x OR *",
        "'; DROP TABLE articles",
        "a & !b | (c <-> d):*",
        "NEAR(a b)",
        "^a",
        "x:y",
    ] {
        let request = v1::SearchArticlesRequest { query: text.into(), ..Default::default() };
        query.search_articles(request).await.expect("syntax of the engines is words here");
        let request = v1::SearchEntitiesRequest { query: text.into(), ..Default::default() };
        query.search_entities(request).await.expect("syntax of the engines is words here");
    }
    let request =
        v1::SearchArticlesRequest { query: "a".into(), page_token: other_list, ..Default::default() };
    assert_eq!(query.search_articles(request).await.unwrap_err().code(), Code::InvalidArgument);
    let request = v1::GetArticleRequest { article_id: "x".into(), ..Default::default() };
    assert_eq!(query.get_article(request).await.unwrap_err().code(), Code::InvalidArgument);
    deployment
}

/// Calls SubmitArticle with this body.
async fn submit_raw(deployment: &Deployment, body: Vec<u8>) -> Result<(), Status> {
    let mut grpc = tonic::client::Grpc::new(channel(deployment.ingest.grpc));
    grpc.ready().await.unwrap();
    let mut request = Request::new(body);
    request.metadata_mut().insert("authorization", format!("Bearer {}", deployment.token).parse().unwrap());
    let path = "/marsad.v1.IngestService/SubmitArticle".parse().unwrap();
    grpc.unary(request, path, Raw).await.map(|_: tonic::Response<Vec<u8>>| ())
}

async fn bad_bytes_on_the_wire(deployment: Deployment) -> Deployment {
    // Field 1 of the request is the article, field 1 of the article the text.
    let bad_utf8 = vec![0x0a, 0x04, 0x0a, 0x02, 0xd8, 0xff];
    for body in [bad_utf8, vec![0xff; 64], vec![0x0a, 0x7f, 0x00]] {
        let status = submit_raw(&deployment, body).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
        assert!(status.message().contains("cannot be read"), "{status}");
    }
    // A body of another type is not taken for protobuf.
    let service =
        tower::ServiceBuilder::new().map_request(|mut request: tonic::codegen::http::Request<_>| {
            request
                .headers_mut()
                .insert("content-type", tonic::codegen::http::HeaderValue::from_static("application/json"));
            request
        });
    let mut client =
        v1::ingest_service_client::IngestServiceClient::new(service.service(channel(deployment.ingest.grpc)));
    let request = v1::SubmitArticleRequest { article: Some(short(2)), ..Default::default() };
    let mut request = Request::new(request);
    request.metadata_mut().insert("authorization", format!("Bearer {}", deployment.token).parse().unwrap());
    let refused = client.submit_article(request).await.unwrap_err();
    assert!(refused.message().contains("415"), "unsupported media type: {refused}");
    assert_nothing_came_through(&deployment).await;
    deployment
}

/// An Arabic text of exactly that many bytes.
fn text_of(bytes: usize) -> String {
    let sentence = "وقال المتحدث إن الاجتماع عقد في بغداد وبحث ملف المياه.\n";
    let mut text = sentence.repeat(bytes / sentence.len());
    text.extend(std::iter::repeat_n('.', bytes - text.len()));
    text
}

async fn limits_hold_to_the_byte(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let largest = with_text(short(1), &text_of(MAX_TEXT_BYTES));
    let too_large = with_text(short(2), &text_of(MAX_TEXT_BYTES + 1));
    assert_eq!(refusal(&client.try_submit(too_large).await.unwrap_err()).1, "TEXT_TOO_LONG");
    let article = client.submit_and_wait(largest).await;
    assert_eq!(article.text.len(), MAX_TEXT_BYTES);

    // A request of exactly the limit is read, and found to be too long by its field; one byte more is not read at all.
    let request = |filler: usize| v1::SubmitArticleRequest {
        article: Some(v1::ArticleInput { html: Some("a".repeat(filler)), ..short(2) }),
        ..Default::default()
    };
    let overhead = request(MAX_GRPC_BYTES / 2).encoded_len() - MAX_GRPC_BYTES / 2;
    for (over, problem) in [(0, "article.html"), (1, "the message is larger than")] {
        let request = request(MAX_GRPC_BYTES - overhead + over);
        assert_eq!(request.encoded_len(), MAX_GRPC_BYTES + over);
        let status = client.ingest.clone().submit_article(request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
        assert!(status.message().contains(problem), "{status}");
    }
    deployment
}

/// The queue of a deployment, opened by the test itself.
async fn open_queue(deployment: &Deployment) -> Box<dyn Queue> {
    match deployment.kind {
        Kind::Embedded => {
            Box::new(SqliteQueue::open(deployment.queue_url(), SqliteQueueOptions::default()).await.unwrap())
        }
        Kind::Apart => {
            Box::new(RabbitQueue::connect(RabbitOptions::new(deployment.queue_url())).await.unwrap())
        }
    }
}

/// What `marsad parked list` shows.
fn parked(deployment: &Deployment) -> Vec<Value> {
    let listed = output(deployment.parked(&["list", "--json"]));
    listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn malformed_messages_are_parked_and_the_others_flow(deployment: Deployment) -> Deployment {
    let queue = open_queue(&deployment).await;
    let message = |body: &[u8]| Message::new("nobody", Lane::Live, body.to_vec());
    let with_schema = |body: &[u8]| message(body).with_header(SCHEMA_HEADER, SCHEMA);
    let of_another_article = v1::QueuedChange {
        article_id: Uuid::new_v4().to_string(),
        modified_at: Some(marsad_proto::timestamp_from_micros(0)),
        accepted_at: Some(marsad_proto::timestamp_from_micros(0)),
        change: Some(v1::queued_change::Change::Submit(v1::QueuedArticle {
            text: short(9).text,
            ..Default::default()
        })),
    };
    let bad = [
        ("schema", message(b"")),
        ("schema", message(b"x").with_header(SCHEMA_HEADER, "marsad.v9.QueuedChange")),
        ("no marsad.v1.QueuedChange", with_schema(&[0xff; 40])),
        ("field", with_schema(b"")),
        ("article_id", with_schema(&of_another_article.encode_to_vec())),
    ];
    for (_, message) in &bad {
        queue.publish(message.clone()).await.unwrap();
    }
    let client = deployment.client();
    client.submit_and_wait(short(1)).await;
    let listed = until("the parked messages", Duration::from_secs(30), async || {
        Some(parked(&deployment)).filter(|listed| listed.len() == bad.len())
    })
    .await;
    for (reason, message) in &bad {
        let id = message.id.to_string();
        let row = listed.iter().find(|row| row["id"] == id.as_str()).expect("it is listed");
        let given = row["reason"].as_str().unwrap();
        assert!(given.starts_with("malformed message") && given.contains(reason), "{given}");
        let shown = output(deployment.parked(&["show", &id]));
        assert!(
            shown.contains(given.split('"').next().unwrap()) && shown.contains("cannot be read"),
            "{shown}"
        );
    }
    let table = output(deployment.parked(&["list"]));
    assert!(bad.iter().all(|(_, message)| table.contains(&message.id.to_string())), "{table}");

    // What was wrong is wrong again, and nothing is lost on the way.
    let one = bad[0].1.id.to_string();
    let replayed = output(deployment.parked(&["replay", &one]));
    assert!(replayed.contains(&one));
    until("the replayed message", Duration::from_secs(30), async || {
        Some(parked(&deployment)).filter(|listed| listed.len() == bad.len())
    })
    .await;
    output(deployment.parked(&["replay", "--all"]));
    until("all replayed messages", Duration::from_secs(30), async || {
        Some(parked(&deployment)).filter(|listed| listed.len() == bad.len())
    })
    .await;
    let missing = run(deployment.parked(&["show", &Uuid::new_v4().to_string()]));
    assert!(
        !missing.status.success() && String::from_utf8_lossy(&missing.stderr).contains("no parked message")
    );
    let request = v1::ListArticlesRequest::default();
    assert_eq!(list!(client, list_articles, articles, request).len(), 1);
    queue.close().await;
    deployment
}

/// `marsad analyze` names what cannot be read, goes on, and says so with its exit code.
#[test]
fn analyze_goes_on_after_what_it_cannot_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).into_os_string().into_string().unwrap();
    std::fs::write(path("good.txt"), short(1).text).unwrap();
    std::fs::write(path("bytes.txt"), [0xff, 0xfe, 0x00]).unwrap();
    std::fs::write(
        path("lines.jsonl"),
        format!("{{\"id\": \"line\", \"text\": \"{}\"}}\nnot json\n", "بغداد"),
    )
    .unwrap();
    let out = path("out.jsonl");
    let done = run([
        "analyze",
        &path("bytes.txt"),
        &path("missing.txt"),
        &path("lines.jsonl"),
        &path("good.txt"),
        "--out",
        &out,
    ]);
    let errors = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{errors}");
    for name in ["bytes.txt", "missing.txt", "lines.jsonl:2"] {
        assert!(errors.contains(name), "{name} is not named: {errors}");
    }
    let analysed = std::fs::read_to_string(&out).unwrap();
    let ids: Vec<Value> = analysed
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["article_id"].clone())
        .collect();
    assert_eq!(ids, ["line", "good"]);
    assert_eq!(run(["analyze", &path("good.txt"), "--out", &out]).status.code(), Some(0));
}

/// A message on which the analyzer panics: parked with its reason, the others flow; with an analyzer that bears it, a replay
/// succeeds.
mod panics {
    use std::sync::Arc;

    use marsad_analysis::{Analyzer, Worker, WorkerOptions};
    use marsad_extract::Document;
    use marsad_extract::knowledge::Overlay;
    use marsad_model::Analysis;
    use marsad_store::{PgOptions, PgStore, SqliteOptions, SqliteStore, Store};
    use tokio_util::sync::CancellationToken;

    use super::*;

    const POISON: &str = "سم";

    fn panicking(document: &Document<'_>, overlay: &Overlay) -> Analysis {
        assert!(!document.text.contains(POISON), "this text is poison");
        marsad_extract::analyze_with(document, overlay)
    }

    async fn open_store(deployment: &Deployment) -> Arc<dyn Store> {
        match deployment.kind {
            Kind::Embedded => {
                let options = SqliteOptions { fold: marsad_query::fold_name, ..Default::default() };
                Arc::new(SqliteStore::open(deployment.store_url(), options).await.unwrap())
            }
            Kind::Apart => {
                let options = PgOptions { fold: marsad_query::fold_name, ..Default::default() };
                Arc::new(PgStore::connect(&deployment.store_url(), options).await.unwrap())
            }
        }
    }

    /// Runs a worker of the test's own while `during` runs.
    async fn with_worker(deployment: &Deployment, analyzer: Analyzer, during: impl AsyncFnOnce()) {
        let (queue, store) = (Arc::from(open_queue(deployment).await), open_store(deployment).await);
        let stop = CancellationToken::new();
        let worker = Worker::new(Arc::clone(&queue), Arc::clone(&store), analyzer, WorkerOptions::default());
        let working = tokio::spawn(worker.run(stop.clone()));
        during().await;
        stop.cancel();
        working.await.unwrap();
        queue.close().await;
        store.close().await;
    }

    async fn a_panic_parks_one_message(kind: Kind) {
        let mut deployment = Deployment::start(kind).await;
        // Roles without a worker: that one is the test's.
        let mut roles = Vec::new();
        if kind == Kind::Embedded {
            deployment.ingest.kill();
            for role in ["ingest", "query"] {
                let mut args = vec![role.to_owned()];
                args.extend(deployment.backends.iter().cloned());
                roles.push(marsad_tests::process::Process::start(&args, &[], deployment.folder()).await);
            }
        } else {
            deployment.workers.iter_mut().for_each(marsad_tests::process::Process::kill);
        }
        let ingest = roles.first().unwrap_or(&deployment.ingest).grpc;
        let query = roles.last().unwrap_or(deployment.querying()).grpc;
        let client = marsad_tests::client::Client::new(ingest, query, Some(&deployment.token));

        let poisoned = client.submit(with_text(short(1), &format!("{} {POISON}", short(1).text))).await;
        let good = client.submit_all((2..8).map(short).collect(), v1::Lane::Live).await;
        with_worker(&deployment, panicking, async || {
            for submitted in &good {
                client.until_analysed(submitted).await;
            }
            let article = until("the parked article", ANALYSED, async || {
                client
                    .article(&poisoned.article_id)
                    .await
                    .filter(|article| article.state() == v1::ArticleState::Parked)
            })
            .await;
            let failure = article.failure.unwrap();
            assert!(failure.contains("panicked") && failure.contains("this text is poison"), "{failure}");
            assert_eq!(client.analysis(&poisoned.article_id, v1::SpanUnit::Utf8Bytes).await, None);
        })
        .await;
        let listed = parked(&deployment);
        assert_eq!(listed.len(), 1, "{listed:?}");
        assert_eq!(listed[0]["article_id"], poisoned.article_id.as_str());
        assert!(listed[0]["reason"].as_str().unwrap().contains("this text is poison"));
        let shown = output(deployment.parked(&["show", listed[0]["id"].as_str().unwrap()]));
        assert!(shown.contains(POISON), "the article itself is shown: {shown}");

        output(deployment.parked(&["replay", "--all"]));
        with_worker(&deployment, marsad_extract::analyze_with, async || {
            until("the analysis after the replay", ANALYSED, async || {
                client
                    .article(&poisoned.article_id)
                    .await
                    .filter(|article| article.state() == v1::ArticleState::Analysed)
            })
            .await;
        })
        .await;
        assert_eq!(parked(&deployment), Vec::<Value>::new());
        drop(roles);
        deployment.finish().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn embedded() {
        a_panic_parks_one_message(Kind::Embedded).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn apart() {
        a_panic_parks_one_message(Kind::Apart).await;
    }
}
