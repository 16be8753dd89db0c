//! Who may call what, over what.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::path::Path;
use std::time::{Duration, Instant};

use marsad_proto::v1;
use marsad_tests::alone::{new_token, path, start};
use marsad_tests::articles::short;
use marsad_tests::client::{Client, channel};
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::process::{command, output, run};
use marsad_tests::{scenarios, until};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Status};

scenarios!(calls_need_a_token_that_is_known);

/// The codes of a read, a write and a deletion.
async fn codes(client: &Client) -> [Code; 3] {
    let code = |status: Status| status.code();
    let read = client.query.clone().list_articles(v1::ListArticlesRequest::default()).await.map(|_| ());
    let write = client.try_submit(short(1)).await.map(|_| ());
    let delete = client.delete(&uuid::Uuid::new_v4().to_string(), None).await;
    [read, write, delete].map(|answer| answer.err().map_or(Code::Ok, code))
}

async fn calls_need_a_token_that_is_known(deployment: Deployment) -> Deployment {
    let unknown = [Code::Unauthenticated; 3];
    assert_eq!(codes(&deployment.client_with(None)).await, unknown);
    assert_eq!(codes(&deployment.client_with(Some("marsad_unknown"))).await, unknown);
    assert_eq!(codes(&deployment.client_with(Some(""))).await, unknown);
    assert_eq!(codes(&deployment.client()).await, [Code::Ok; 3]);
    // One stream, one refusal: not one an item.
    let mut ingest = deployment.client_with(None).ingest;
    let refused = ingest.submit_articles(tokio_stream::iter([v1::SubmitArticlesRequest::default()])).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unauthenticated);
    deployment
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scope_stands_for_itself_and_two_tokens_are_valid_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "tokens");
    let (ok, denied) = (Code::Ok, Code::PermissionDenied);
    let cases = [
        (vec!["read"], [ok, denied, denied]),
        (vec!["write"], [denied, ok, denied]),
        (vec!["admin"], [denied, denied, ok]),
        (vec!["read", "write"], [ok, ok, denied]),
    ];
    // The old token and the new one of a caller are valid together; then the old line goes.
    let tokens: Vec<_> =
        cases.iter().map(|(scopes, expected)| (new_token(&file, scopes, &[]), *expected)).collect();
    let process = start(folder.path(), &["--tokens-file", &file], &[]).await;
    for (token, expected) in &tokens {
        assert_eq!(codes(&Client::new(process.grpc, process.grpc, Some(token))).await, *expected);
    }
    drop(process);
    let text = std::fs::read_to_string(&file).unwrap();
    for (token, _) in &tokens {
        assert!(
            !text.contains(token) && !text.contains(token.trim_start_matches("marsad_")),
            "a token in the clear"
        );
    }
    let last_line = text.lines().last().unwrap();
    std::fs::write(&file, format!("{last_line}\n")).unwrap();
    let process = start(folder.path(), &["--tokens-file", &file], &[]).await;
    assert_eq!(
        codes(&Client::new(process.grpc, process.grpc, Some(&tokens[0].0))).await,
        [Code::Unauthenticated; 3]
    );
    assert_eq!(codes(&Client::new(process.grpc, process.grpc, Some(&tokens[3].0))).await, tokens[3].1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_tokens_loopback_is_open_but_nobody_deletes() {
    let folder = tempfile::tempdir().unwrap();
    let process = start(folder.path(), &[], &[]).await;
    let client = Client::new(process.grpc, process.grpc, None);
    assert_eq!(codes(&client).await, [Code::Ok, Code::Ok, Code::PermissionDenied]);
    let status = client.delete(&uuid::Uuid::new_v4().to_string(), None).await.unwrap_err();
    assert!(status.message().contains("marsad token new"), "it says what to do: {status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_tokens_other_machines_are_let_in_only_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = path(folder.path(), "data");
    let everywhere = ["--data-dir", &data, "--listen", "0.0.0.0:0", "--admin-listen", "127.0.0.1:0"];
    let refused = run(everywhere);
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{errors}");
    assert!(errors.contains("--open-to-anyone") && errors.contains("--tokens-file"), "{errors}");

    let mut child = command(everywhere)
        .arg("--open-to-anyone")
        .stdout(std::process::Stdio::null())
        .stderr(std::fs::File::create(path(folder.path(), "log")).unwrap())
        .spawn()
        .unwrap();
    let log = path(folder.path(), "log");
    let listens = until("the port", Duration::from_secs(30), async || {
        let text = std::fs::read_to_string(&log).unwrap();
        let ended = child.try_wait().unwrap().is_some();
        (ended || text.contains("ready for calls")).then_some(!ended)
    })
    .await;
    let _ = child.kill();
    child.wait().unwrap();
    assert!(listens, "{}", std::fs::read_to_string(&log).unwrap());

    // With tokens nothing has to be said by name.
    let tokens = path(folder.path(), "tokens");
    new_token(&tokens, &["read"], &[]);
    let mut child = command(everywhere)
        .args(["--tokens-file", &tokens])
        .stdout(std::process::Stdio::null())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let listens = until("the port", Duration::from_secs(30), async || {
        let text = std::fs::read_to_string(&log).unwrap();
        let ended = child.try_wait().unwrap().is_some();
        (ended || text.contains("ready for calls")).then_some(!ended)
    })
    .await;
    let _ = child.kill();
    child.wait().unwrap();
    assert!(listens, "{}", std::fs::read_to_string(&log).unwrap());
}

#[test]
fn bad_token_files_are_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (path(folder.path(), "data"), path(folder.path(), "tokens"));
    for (content, problem) in [("", "holds no token"), ("crawler write", "line 1"), ("a fly 00", "line 1")] {
        std::fs::write(&file, content).unwrap();
        let done = run(["--data-dir", &data, "--listen", "127.0.0.1:0", "--tokens-file", &file]);
        let errors = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.code() == Some(1) && errors.contains(problem), "{errors}");
    }
}

/// A certificate for 127.0.0.1 and its key, PEM files in the folder.
fn certificate(folder: &Path) -> (String, String, String) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into(), "127.0.0.1".into()]).unwrap();
    let (cert, key) = (path(folder, "cert.pem"), path(folder, "key.pem"));
    let pem = made.cert.pem();
    std::fs::write(&cert, &pem).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (cert, key, pem)
}

#[tokio::test(flavor = "multi_thread")]
async fn tls() {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key, pem) = certificate(folder.path());
    let tokens = path(folder.path(), "tokens");
    let token = new_token(&tokens, &["read", "write", "admin"], &[]);
    let args = ["--tls-cert", &cert, "--tls-key", &key, "--tokens-file", &tokens];
    let process = start(folder.path(), &args, &[]).await;

    let connect = |trusted: Option<&str>| -> Channel {
        let mut tls = ClientTlsConfig::new();
        if let Some(pem) = trusted {
            tls = tls.ca_certificate(Certificate::from_pem(pem));
        }
        let endpoint = Endpoint::from_shared(format!("https://localhost:{}", process.grpc.port())).unwrap();
        endpoint.tls_config(tls).unwrap().connect_timeout(Duration::from_secs(5)).connect_lazy()
    };
    let trusting = Client::over(connect(Some(&pem)), connect(Some(&pem)), Some(&token));
    assert_eq!(codes(&trusting).await, [Code::Ok; 3]);
    let distrusting = Client::over(connect(None), connect(None), Some(&token));
    assert_eq!(codes(&distrusting).await, [Code::Unavailable; 3], "a certificate that nobody vouches for");

    // Plain text to a TLS port: refused at once, and the server goes on.
    let plain = Client::over(channel(process.grpc), channel(process.grpc), Some(&token));
    let started = Instant::now();
    let status = plain.try_submit(short(1)).await.unwrap_err();
    // Which of these depends on when the client notices that the connection is gone.
    let gone = [Code::Unavailable, Code::Unknown, Code::Internal, Code::Cancelled];
    assert!(gone.contains(&status.code()), "{status}");
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(codes(&trusting).await, [Code::Ok; 3]);

    // The command line as a client.
    let server = format!("https://localhost:{}", process.grpc.port());
    let listed = output(["entities", "--server", &server, "--token", &token, "--ca-cert", &cert, "--json"]);
    assert!(listed.lines().all(|line| line.starts_with('{')), "{listed}");
    let refused = run(["entities", "--server", &server, "--token", &token]);
    assert!(!refused.status.success());
    let half = run(["--tls-cert", &cert]);
    assert!(!half.status.success() && String::from_utf8_lossy(&half.stderr).contains("--tls-key"));
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_come_from_files_too() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = path(folder.path(), "tokens");
    let token = new_token(&tokens, &["read"], &[]);
    let token_file = path(folder.path(), "token");
    std::fs::write(&token_file, format!("{token}\n")).unwrap();
    let (queue, store) = (path(folder.path(), "queue-url"), path(folder.path(), "store-url"));
    std::fs::write(&queue, format!("sqlite:{}\n", path(folder.path(), "q.db"))).unwrap();
    std::fs::write(&store, format!("sqlite:{}\n", path(folder.path(), "s.db"))).unwrap();
    let env = [
        ("MARSAD_TOKENS_FILE", tokens.as_str()),
        ("MARSAD_QUEUE_URL_FILE", &queue),
        ("MARSAD_STORE_URL_FILE", &store),
    ];
    let process = start(folder.path(), &[], &env).await;
    assert!(
        Path::new(&path(folder.path(), "q.db")).exists() && Path::new(&path(folder.path(), "s.db")).exists()
    );
    let server = format!("http://{}", process.grpc);
    let call = |name: &str, value: &str| {
        command(["entities", "--server", &server, "--json"])
            .env(name, value)
            .output()
            .unwrap()
            .status
            .success()
    };
    assert!(call("MARSAD_TOKEN_FILE", &token_file));
    assert!(call("MARSAD_TOKEN", &token));
    assert!(!call("MARSAD_TOKEN", "marsad_other"));
    assert!(!call("MARSAD_TOKEN_FILE", &path(folder.path(), "missing")));
}

/// A secret never shows in what a process says.
#[tokio::test(flavor = "multi_thread")]
async fn secrets_do_not_show() {
    // The loudest of what is ours, and more than anybody asks of the libraries.
    let deployment = Deployment::start_with(Kind::Apart, &[], &[("RUST_LOG", "debug,marsad=trace")]).await;
    deployment.client().submit_and_wait(short(1)).await;
    let queue = deployment.queue_url();
    let password = queue.split([':', '@']).nth(2).expect("amqp://user:password@host");
    for process in
        std::iter::once(&deployment.ingest).chain(deployment.working()).chain([deployment.querying()])
    {
        let log = process.log_text();
        assert!(!log.contains(password), "the broker's password is in a log");
        assert!(!log.contains(&deployment.token), "a token is in a log");
    }
    deployment.finish().await;
}
