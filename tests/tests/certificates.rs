//! Certificates of callers, and certificates and tokens that are replaced while the system serves.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::path::Path;
use std::time::Duration;

use marsad_proto::v1;
use marsad_tests::alone::{new_token, path, start};
use marsad_tests::articles::short;
use marsad_tests::client::{Client, channel};
use marsad_tests::process::{Process, output, run};
use marsad_tests::until;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

/// How long a file that has changed may take to count, where it is looked at every second.
const RELOADED: Duration = Duration::from_secs(30);

/// Who vouches for certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A certificate and its key, in PEM.
struct Issued {
    cert: String,
    key: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, uuid::Uuid::new_v4().to_string());
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    fn issue(&self, ended: bool) -> Issued {
        let mut params = CertificateParams::new(vec!["localhost".into()]).unwrap();
        if ended {
            params.not_before = rcgen::date_time_ymd(2020, 1, 1);
            params.not_after = rcgen::date_time_ymd(2020, 2, 1);
        }
        let key = KeyPair::generate().unwrap();
        let cert = params.signed_by(&key, &self.issuer).unwrap().pem();
        Issued { cert, key: key.serialize_pem() }
    }
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = path(folder, name);
    std::fs::write(&path, text).unwrap();
    path
}

/// A connection that trusts an authority and shows a certificate.
fn connect(process: &Process, trusted: &Authority, shown: Option<&Issued>) -> Channel {
    let mut tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&trusted.pem));
    if let Some(shown) = shown {
        tls = tls.identity(Identity::from_pem(&shown.cert, &shown.key));
    }
    let endpoint = Endpoint::from_shared(format!("https://localhost:{}", process.grpc.port())).unwrap();
    endpoint.tls_config(tls).unwrap().connect_timeout(Duration::from_secs(5)).connect_lazy()
}

async fn read(client: &Client) -> Result<(), Status> {
    client.query.clone().list_articles(v1::ListArticlesRequest::default()).await.map(drop)
}

async fn reads(channel: &Channel, token: Option<&str>) -> Result<(), Status> {
    read(&Client::over(channel.clone(), channel.clone(), token)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_show_a_certificate_of_the_authority() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, callers, others) = (Authority::new(), Authority::new(), Authority::new());
    let server = ours.issue(false);
    let cert = write(folder.path(), "cert.pem", &server.cert);
    let key = write(folder.path(), "key.pem", &server.key);
    let client_ca = write(folder.path(), "callers.pem", &callers.pem);
    let args = ["--tls-cert", &cert, "--tls-key", &key, "--tls-client-ca", &client_ca];
    let process = start(folder.path(), &args, &[]).await;

    let caller = callers.issue(false);
    let good = connect(&process, &ours, Some(&caller));
    reads(&good, None).await.unwrap();
    // Whoever has a certificate may read and write, as on a loopback address without tokens; a token is needed for the rest.
    let client = Client::over(good.clone(), good.clone(), None);
    client.submit(short(1)).await;
    let refused = client.delete(&uuid::Uuid::new_v4().to_string(), None).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);

    let ended = callers.issue(true);
    let strange = others.issue(false);
    for (what, shown) in [("none", None), ("an ended one", Some(&ended)), ("a strange one", Some(&strange))] {
        let status = reads(&connect(&process, &ours, shown), None).await.expect_err(what);
        assert!(
            ![Code::PermissionDenied, Code::Unauthenticated].contains(&status.code()),
            "{what}: {status}"
        );
    }
    reads(&good, None).await.unwrap();

    // The command line as such a caller.
    let (caller_cert, caller_key) =
        (write(folder.path(), "caller.pem", &caller.cert), write(folder.path(), "caller.key", &caller.key));
    let ca_cert = write(folder.path(), "ours.pem", &ours.pem);
    let address = format!("https://localhost:{}", process.grpc.port());
    let call = ["entities", "--json", "--server", &address, "--ca-cert", &ca_cert];
    output(call.iter().chain(&["--client-cert", &caller_cert, "--client-key", &caller_key]));
    assert!(!run(call).status.success());

    // Probes come without a certificate, to the admin port.
    let mut health = HealthClient::new(channel(process.admin));
    let request = HealthCheckRequest { service: "marsad.v1.QueryService".to_owned() };
    assert_eq!(health.check(request).await.unwrap().into_inner().status(), ServingStatus::Serving);
    assert_eq!(process.status("/no-such-page").await, Some(404));
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_replaced_while_it_serves() {
    let folder = tempfile::tempdir().unwrap();
    let (before, after) = (Authority::new(), Authority::new());
    let (first, second) = (before.issue(false), after.issue(false));
    let cert = write(folder.path(), "cert.pem", &first.cert);
    let key = write(folder.path(), "key.pem", &first.key);
    let args = ["--tls-cert", &cert, "--tls-key", &key, "--reload-seconds", "1"];
    let process = start(folder.path(), &args, &[]).await;
    let open = connect(&process, &before, None);
    reads(&open, None).await.unwrap();

    // While only one of the two is there, the old pair stays in force.
    std::fs::write(&key, &second.key).unwrap();
    until("the log to say so", RELOADED, async || {
        process.log_text().contains("what was read before stays in force").then_some(())
    })
    .await;
    reads(&connect(&process, &before, None), None).await.unwrap();

    std::fs::write(&cert, &second.cert).unwrap();
    until("the new certificate", RELOADED, async || reads(&connect(&process, &after, None), None).await.ok())
        .await;
    assert!(reads(&connect(&process, &before, None), None).await.is_err());
    // Connections that are open are not cut.
    reads(&open, None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_replaced_while_it_serves() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "tokens");
    let old = new_token(&file, &["read"], &[]);
    let process = start(folder.path(), &["--tokens-file", &file, "--reload-seconds", "1"], &[]).await;
    let channel = channel(process.grpc);
    let code = async |token: &str| reads(&channel, Some(token)).await.err().map(|status| status.code());
    assert_eq!(code(&old).await, None);

    let new = new_token(&file, &["read"], &[]);
    until("the new token", RELOADED, async || code(&new).await.is_none().then_some(())).await;
    assert_eq!(code(&old).await, None, "both are valid");

    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, "nonsense\n").unwrap();
    until("the log to say so", RELOADED, async || process.log_text().contains("line 1").then_some(())).await;
    assert_eq!((code(&old).await, code(&new).await), (None, None));

    std::fs::write(&file, text.lines().last().unwrap()).unwrap();
    let unknown = Some(Code::Unauthenticated);
    until("the old token's end", RELOADED, async || (code(&old).await == unknown).then_some(())).await;
    assert_eq!(code(&new).await, None);
}
