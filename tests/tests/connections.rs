//! Connections and probes: callers spread by themselves, and whoever watches over the processes needs no TLS.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::future::join_all;
use marsad_tests::client::channel;
use marsad_tests::deployment::{Deployment, Kind};
use marsad_tests::process::{Process, command};
use marsad_tests::until;
use tokio::net::{TcpListener, TcpStream};
use tonic::Code;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

/// The age of the connections under test.
const AGE: Duration = Duration::from_secs(4);

const CALLERS: usize = 40;

/// Passes connections on, and remembers when each was made.
async fn counted(server: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<Instant>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, made) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let making = Arc::clone(&made);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            making.lock().unwrap().push(Instant::now());
            tokio::spawn(async move {
                let mut server = TcpStream::connect(server).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    (address, made)
}

fn of(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_that_came_together_come_back_apart() {
    let age = AGE.as_secs().to_string();
    let deployment = Deployment::start_with(Kind::Embedded, &["--connection-age-seconds", &age], &[]).await;
    let (address, made) = counted(deployment.ingest.grpc).await;

    // A stream that is open when its connection comes to its age goes on.
    let mut watching = HealthClient::new(channel(deployment.ingest.grpc));
    let mut watch = watching.watch(of("")).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);

    let started = Instant::now();
    let calls = join_all((0..CALLERS).map(|_| async {
        let mut health = HealthClient::new(channel(address));
        let (mut calls, mut never_sent) = (0_u32, 0_u32);
        while started.elapsed() < AGE.mul_f64(1.5) {
            match health.check(of("")).await {
                Ok(_) => calls += 1,
                // tonic's client has chosen the connection and then hears that it ends. Other clients take a new one by themselves.
                Err(status) => {
                    assert_eq!(
                        (status.code(), status.message()),
                        (Code::Cancelled, "operation was canceled")
                    );
                    never_sent += 1;
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        (calls, never_sent)
    }))
    .await;
    assert!(calls.iter().all(|&(calls, never_sent)| calls > 10 && never_sent <= 2), "{calls:?}");

    let made: Vec<Duration> = made.lock().unwrap().iter().map(|at| at.duration_since(started)).collect();
    let (first, again) = made.split_at(CALLERS);
    let together = first[CALLERS - 1];
    assert!(together < AGE / 4, "too slow to tell ages apart: {together:?}");
    // None comes back early; with fewer than 4 of 16 ages chance would have to be broken.
    assert!(again.len() >= CALLERS, "every caller came back: {again:?}");
    assert!(again[0] >= AGE.mul_f64(0.8), "{again:?}");
    let apart = again[CALLERS - 1] - again[0];
    assert!(apart >= AGE.mul_f64(0.2), "they came back together: {again:?}");

    let mut process = deployment.ingest;
    process.ask_to_stop();
    // It repeats itself every second; that it tells of the end shows that it was open all the time.
    let told = until("the end of the stream", Duration::from_secs(30), async || {
        let answer = watch.message().await.unwrap().expect("it ends with a word");
        (answer.status() == ServingStatus::NotServing).then_some(())
    });
    told.await;
    drop((watch, watching));
    assert!(process.ended(Duration::from_secs(30)).await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_age_connections_stay() {
    let deployment = Deployment::start(Kind::Embedded).await;
    let (address, made) = counted(deployment.ingest.grpc).await;
    let mut health = HealthClient::new(channel(address));
    for _ in 0..10 {
        health.check(of("")).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(made.lock().unwrap().len(), 1);
    deployment.finish().await;
}

/// What a probe of Kubernetes is told on the admin port.
async fn probe(process: &Process, service: &str) -> Result<ServingStatus, Code> {
    let answer = HealthClient::new(channel(process.admin)).check(of(service)).await;
    answer
        .map(|answer: tonic::Response<HealthCheckResponse>| answer.into_inner().status())
        .map_err(|s| s.code())
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_speak_grpc_on_the_admin_port_beside_tls() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).into_os_string().into_string().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(path("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(path("key.pem"), made.signing_key.serialize_pem()).unwrap();
    let args = ["--data-dir", &path("data"), "--tls-cert", &path("cert.pem"), "--tls-key", &path("key.pem")];
    let mut process = Process::start(&args.map(str::to_owned), &[], folder.path()).await;
    for service in ["", "marsad.v1.IngestService", "marsad.v1.QueryService", "liveness"] {
        assert_eq!(probe(&process, service).await, Ok(ServingStatus::Serving), "{service}");
    }
    assert_eq!(probe(&process, "no.such.Service").await, Err(Code::NotFound));

    // Somebody who goes on watching does not hold up the end.
    let mut watching = HealthClient::new(channel(process.admin));
    let mut watch = watching.watch(of("liveness")).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    process.ask_to_stop();
    assert!(process.ended(Duration::from_secs(15)).await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_waits_for_its_backend_lives_and_is_not_ready() {
    let admin = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut waiting = command(["ingest", "--listen", "127.0.0.1:0", "--admin-listen", &admin.to_string()])
        .args(["--queue-url", "amqp://nobody@127.0.0.1:9/"])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut health = HealthClient::new(channel(admin));
    until("the admin port", Duration::from_secs(30), async || {
        let answer = health.check(of("liveness")).await.ok()?.into_inner();
        (answer.status() == ServingStatus::Serving).then_some(())
    })
    .await;
    for service in ["", "marsad.v1.IngestService"] {
        let status = health.check(of(service)).await.unwrap().into_inner().status();
        assert_eq!(status, ServingStatus::NotServing, "{service}");
    }
    waiting.kill().unwrap();
    waiting.wait().unwrap();
}
