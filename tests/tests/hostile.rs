//! Hostile bytes: whatever a caller sends to whatever method, there is an answer in time, it is no defect, and the server goes on.
//!
//! Requests are made by chance from the contract, with ids, days and words that the server knows, and half of them are damaged then.
//! `MARSAD_HOSTILE_REQUESTS` says how many each method gets; the seed of a run is in its output. What ever failed is kept in
//! `tests/corpus/requests.txt`, a line each, and sent first.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt;
use marsad_proto::v1;
use marsad_tests::articles::{samples, short};
use marsad_tests::client::{Client, channel};
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::list;
use marsad_tests::raw::Raw;
use prost_reflect::bytes::Bytes;
use prost_reflect::prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, MessageDescriptor, MethodDescriptor};
use prost_reflect::{MapKey, Value};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

/// Requests that each method gets where nothing else is said.
const REQUESTS: usize = 300;

/// Requests under way at once.
const AT_ONCE: usize = 32;

/// How long an answer may take on a busy machine.
const IN_TIME: Duration = Duration::from_secs(60);

/// How long a watch is listened to.
const LISTENED: Duration = Duration::from_millis(20);

/// What the server may hold at most after all of it, in bytes. It holds 200 MB when it starts.
const MOST_MEMORY: u64 = 1 << 30;

/// Messages in messages.
const DEPTH: usize = 4;

/// What a caller knows.
struct Known {
    words: Vec<String>,
}

impl Known {
    async fn of(client: &Client) -> Self {
        let mut words: Vec<String> = [
            "",
            "US",
            "IQ",
            "2024-01-24",
            "0000-00-00",
            "9999-12-31",
            "غارات الأنبار",
            "\"",
            "-",
            "*",
            "%",
            "\u{0}",
            "\u{202e}",
            "۲۰۲۴",
        ]
        .map(str::to_owned)
        .to_vec();
        let articles = list!(client, list_articles, articles, v1::ListArticlesRequest::default());
        words.extend(articles.into_iter().map(|article| article.id));
        words.extend(
            list!(client, list_stories, stories, v1::ListStoriesRequest::default())
                .into_iter()
                .map(|story| story.id),
        );
        words.extend(
            list!(client, list_events, events, v1::ListEventsRequest::default())
                .into_iter()
                .take(50)
                .filter_map(|event| Some(event.event?.id)),
        );
        let request = v1::ListEventsRequest { page_size: 3, ..Default::default() };
        let page = client.query.clone().list_events(request).await.unwrap().into_inner();
        words.push(page.next_page_token);
        Self { words }
    }

    fn text(&self, rng: &mut StdRng) -> String {
        match rng.random_range(0..10) {
            0..6 => self.words.choose(rng).cloned().unwrap_or_default(),
            6 => short(rng.random_range(0..100)).text,
            7 => char::from_u32(rng.random_range(0..0x11_0000))
                .map_or_else(String::new, |c| c.to_string().repeat(rng.random_range(1..200))),
            8 => (0..rng.random_range(0..40)).map(|_| rng.random_range('!'..'~')).collect(),
            _ => "ا".repeat(1 << rng.random_range(0..16)),
        }
    }

    /// A number, mostly one that means something.
    fn number(rng: &mut StdRng) -> u64 {
        match rng.random_range(0..6) {
            0..4 => rng.random_range(0..12),
            4 => {
                [1000, 1001, 1 << 31, u64::from(u32::MAX), i64::MAX as u64, u64::MAX][rng.random_range(0..6)]
            }
            _ => rng.random(),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        reason = "any number is one"
    )]
    fn value(&self, field: &FieldDescriptor, rng: &mut StdRng, depth: usize) -> Option<Value> {
        use prost_reflect::Kind as Of;
        let number = Self::number(rng);
        Some(match field.kind() {
            Of::Double => Value::F64(number as f64 / 7.0),
            Of::Float => Value::F32(number as f32 / 7.0),
            Of::Int32 | Of::Sint32 | Of::Sfixed32 => Value::I32(number as i32),
            Of::Int64 | Of::Sint64 | Of::Sfixed64 => Value::I64(number as i64),
            Of::Uint32 | Of::Fixed32 => Value::U32(number as u32),
            Of::Uint64 | Of::Fixed64 => Value::U64(number),
            Of::Bool => Value::Bool(number.is_multiple_of(2)),
            Of::String => Value::String(self.text(rng)),
            Of::Bytes => Value::Bytes(Bytes::from(self.text(rng).into_bytes())),
            Of::Enum(_) => Value::EnumNumber(if number == 11 { i32::MIN } else { number as i32 }),
            Of::Message(_) if depth == 0 => return None,
            Of::Message(message) => Value::Message(self.message(&message, rng, depth - 1)),
        })
    }

    fn message(&self, of: &MessageDescriptor, rng: &mut StdRng, depth: usize) -> DynamicMessage {
        let mut message = DynamicMessage::new(of.clone());
        let full = rng.random_range(0.1..0.9);
        for field in of.fields() {
            if !rng.random_bool(full) {
                continue;
            }
            let value = if field.is_map() {
                let key = MapKey::String(self.text(rng));
                Some(Value::Map([(key, Value::String(self.text(rng)))].into()))
            } else if field.is_list() {
                let items = (0..rng.random_range(0..4)).filter_map(|_| self.value(&field, rng, depth));
                Some(Value::List(items.collect()))
            } else {
                self.value(&field, rng, depth)
            };
            if let Some(value) = value {
                message.set_field(&field, value);
            }
        }
        message
    }
}

/// Flips, cuts, repeats and puts in between.
fn damage(bytes: &mut Vec<u8>, rng: &mut StdRng) {
    for _ in 0..rng.random_range(1..4) {
        let at = rng.random_range(0..=bytes.len());
        match rng.random_range(0..5) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.random_range(0..8),
            1 => bytes.truncate(at),
            2 => drop(bytes.splice(at..at, [0xff_u8; 9])),
            3 => {
                let part = bytes[at..].to_vec();
                bytes.extend(part);
            }
            _ => {
                let mut junk = vec![0; rng.random_range(1..20)];
                rng.fill_bytes(&mut junk);
                bytes.splice(at..at, junk);
            }
        }
    }
}

/// Sends one message and reads what comes back, of a watch for a moment only.
async fn send(channel: Channel, token: &str, method: &str, body: Vec<u8>) -> Result<(), Status> {
    let mut grpc = tonic::client::Grpc::new(channel).max_decoding_message_size(256 << 20);
    grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    let mut request = Request::new(tokio_stream::iter([body]));
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    let mut answers = grpc.streaming(request, method.parse().unwrap(), Raw).await?.into_inner();
    let watch = method.ends_with("/Watch");
    loop {
        let next = answers.next();
        let answer = if watch { tokio::time::timeout(LISTENED, next).await } else { Ok(next.await) };
        match answer {
            Ok(Some(Ok(_))) => {}
            Ok(Some(Err(status))) => return Err(status),
            Ok(None) | Err(_) => return Ok(()),
        }
    }
}

async fn answered(channel: Channel, token: &str, method: &str, body: Vec<u8>) {
    let shown = STANDARD.encode(&body);
    let answer = tokio::time::timeout(IN_TIME, send(channel, token, method, body)).await;
    let failed = match &answer {
        Err(_) => true,
        Ok(Ok(())) => false,
        Ok(Err(status)) => matches!(
            status.code(),
            Code::Internal | Code::Unknown | Code::DeadlineExceeded | Code::DataLoss | Code::Cancelled
        ),
    };
    assert!(!failed, "{method} {shown}\n{answer:?}");
}

fn path_of(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

#[tokio::test(flavor = "multi_thread")]
async fn any_bytes_to_any_method_are_answered() {
    let deployment = Deployment::start(Kind::Embedded).await;
    let client = deployment.client();
    client.submit_all_and_wait(samples()).await;
    let known = Known::of(&client).await;
    let seed = rand::rng().random();
    let mut rng = StdRng::seed_from_u64(seed);
    #[allow(clippy::print_stdout, reason = "the output of a test, shown when it fails")]
    {
        println!("seed {seed}");
    }
    let (channel, token) = (channel(deployment.ingest.grpc), deployment.token.as_str());

    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/requests.txt");
    for line in std::fs::read_to_string(corpus).unwrap().lines().filter(|line| !line.starts_with('#')) {
        let (method, body) = line.split_once(' ').expect("a line is METHOD BASE64");
        answered(channel.clone(), token, method, STANDARD.decode(body).unwrap()).await;
    }

    let asked = std::env::var("MARSAD_HOSTILE_REQUESTS").ok().map(|number| number.parse().unwrap());
    let pool = DescriptorPool::decode(v1::FILE_DESCRIPTOR_SET).unwrap();
    let mut methods = 0;
    for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        methods += 1;
        let (path, of) = (path_of(&method), method.input());
        let bodies = std::iter::repeat_with(|| {
            let mut body = known.message(&of, &mut rng, DEPTH).encode_to_vec();
            if rng.random() {
                damage(&mut body, &mut rng);
            }
            body
        });
        futures::stream::iter(bodies.take(asked.unwrap_or(REQUESTS)))
            .for_each_concurrent(AT_ONCE, |body| answered(channel.clone(), token, &path, body))
            .await;
    }
    assert!(methods > 20, "{methods}");
    assert_eq!(deployment.ingest.status("/livez").await, Some(200));
    assert!(deployment.ingest.peak_memory() < MOST_MEMORY, "{} bytes", deployment.ingest.peak_memory());
    // It is as good as before.
    client.submit_and_wait(short(1_000_000)).await;
    deployment.finish().await;
}
