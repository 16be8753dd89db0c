//! Calls over gRPC as traces and metrics see them, on the side of the server and on that of the client: a span from the request until
//! the end of the answer, with the names of OpenTelemetry's conventions, and for the server how long calls take and how they end.
//!
//! Probes and reflection are counted and make no spans.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use futures::future::BoxFuture;
use http_body::{Body as HttpBody, Frame, SizeHint};
use marsad_proto::{trace, v1};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram};
use opentelemetry_semantic_conventions::attribute::{
    CLIENT_ADDRESS, ERROR_TYPE, NETWORK_PEER_ADDRESS, NETWORK_PEER_PORT, RPC_METHOD, RPC_METHOD_ORIGINAL,
    RPC_RESPONSE_STATUS_CODE, RPC_SYSTEM_NAME, SERVER_ADDRESS, SERVER_PORT,
};
use opentelemetry_semantic_conventions::metric::RPC_SERVER_CALL_DURATION;
use prost::Message;
use prost_types::FileDescriptorSet;
use tonic::body::Body;
use tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};
use tonic::{Code, Status};
use tower::{Layer, Service};
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// What a method is called that is none of ours: callers make up any number of names.
const OTHER: &str = "_OTHER";

/// The service of a method. The conventions have no name for it any more; as a label it saves every query a pattern.
const SERVICE: &str = "rpc.service";

/// How much of a name that a caller made up is kept, in bytes.
const KEPT_NAME: usize = 100;

/// Codes that say that the server failed, not the caller.
const FAILURES: [Code; 5] =
    [Code::Unknown, Code::DeadlineExceeded, Code::Internal, Code::Unavailable, Code::DataLoss];

/// The names of all methods that are offered, `package.Service/Method`.
static METHODS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let sets = [
        v1::FILE_DESCRIPTOR_SET,
        tonic_health::pb::FILE_DESCRIPTOR_SET,
        tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
    ];
    let files =
        sets.into_iter().filter_map(|set| FileDescriptorSet::decode(set).ok()).flat_map(|set| set.file);
    let mut methods: Vec<String> = files
        .flat_map(|file| {
            let package = file.package().to_owned();
            file.service.into_iter().flat_map(move |service| {
                let prefix = format!("{package}.{}", service.name());
                service.method.into_iter().map(move |method| format!("{prefix}/{}", method.name()))
            })
        })
        .collect();
    methods.sort();
    methods
});

/// The method that a path names, if it is one.
fn method_of(path: &str) -> Option<&'static str> {
    let name = path.trim_start_matches('/');
    let found = METHODS.binary_search_by(|method| method.as_str().cmp(name)).ok()?;
    METHODS.get(found).map(String::as_str)
}

fn service_of(method: &'static str) -> &'static str {
    method.split('/').next().unwrap_or_default()
}

#[derive(Debug)]
struct Instruments {
    duration: Histogram<f64>,
    failures: Counter<u64>,
}

/// Made with the first call, when the process has said where metrics go.
static INSTRUMENTS: LazyLock<Instruments> = LazyLock::new(|| {
    let meter = opentelemetry::global::meter("marsad");
    let duration = meter
        .f64_histogram(RPC_SERVER_CALL_DURATION)
        .with_description("Duration of calls, by method and status.")
        .with_unit("s")
        .build();
    let failures = meter
        .u64_counter("marsad.rpc.failures")
        .with_description("Calls that failed by a fault of the server, by service and status.")
        .build();
    let services = METHODS.iter().map(|method| service_of(method)).filter(|name| name.starts_with("marsad."));
    for service in services {
        for code in FAILURES {
            let code = KeyValue::new(RPC_RESPONSE_STATUS_CODE, code_name(code));
            failures.add(0, &[KeyValue::new(SERVICE, service), code]);
        }
    }
    Instruments { duration, failures }
});

/// On which side of the call this is.
#[derive(Debug, Clone)]
pub(crate) enum Side {
    /// That which answers.
    Server,
    /// That which asks the server at a host and port.
    Client(Arc<(String, u16)>),
}

/// Puts [`Calls`] around a service.
#[derive(Debug, Clone)]
pub(crate) struct CallsLayer(pub(crate) Side);

impl<S> Layer<S> for CallsLayer {
    type Service = Calls<S>;

    fn layer(&self, inner: S) -> Calls<S> {
        if matches!(self.0, Side::Server) {
            LazyLock::force(&INSTRUMENTS);
        }
        Calls { inner, side: self.0.clone() }
    }
}

/// See the [module](self).
#[derive(Debug, Clone)]
pub(crate) struct Calls<S> {
    inner: S,
    side: Side,
}

impl<S> Service<Request<Body>> for Calls<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<Body>, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let call = Call::begin(&self.side, &mut request);
        let span = call.span.clone();
        let answer = span.in_scope(|| self.inner.call(request));
        let observed = async move {
            match answer.await {
                Ok(response) => Ok(call.answered(response)),
                Err(error) => {
                    call.end(Code::Unavailable);
                    Err(error)
                }
            }
        };
        Box::pin(observed.instrument(span))
    }
}

/// A call under way. One that is dropped was given up.
struct Call {
    side: Side,
    method: &'static str,
    span: Span,
    began: Instant,
    ended: bool,
}

impl Call {
    fn begin(side: &Side, request: &mut Request<Body>) -> Self {
        let path = request.uri().path();
        let method = method_of(path).unwrap_or(OTHER);
        let span = if method.starts_with("grpc.") { Span::none() } else { span(side, method) };
        match side {
            Side::Server => trace::continue_from(&span, &trace_headers(request.headers())),
            Side::Client(_) => {
                // What is open here is the parent.
                let mut headers = BTreeMap::new();
                trace::inject(&span, &mut headers);
                for (name, value) in headers {
                    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
                    {
                        request.headers_mut().insert(name, value);
                    }
                }
            }
        }
        trace::describe(&span, || attributes(side, method, request));
        Self { side: side.clone(), method, span, began: Instant::now(), ended: false }
    }

    /// The head of the answer is there: its end says how the call ended, unless the head does.
    fn answered(self, response: Response<Body>) -> Response<Body> {
        if response.status() != StatusCode::OK {
            // No gRPC: nothing that is counted with calls.
            self.forget();
            return response;
        }
        if let Some(status) = Status::from_header_map(response.headers()) {
            self.end(status.code());
            return response;
        }
        response.map(|body| Body::new(Answer { body, call: Some(self) }))
    }

    fn end(mut self, code: Code) {
        self.settle(code);
    }

    fn forget(mut self) {
        self.ended = true;
    }

    fn settle(&mut self, code: Code) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let name = code_name(code);
        let failed = FAILURES.contains(&code);
        self.span.set_attribute(RPC_RESPONSE_STATUS_CODE, name);
        if match &self.side {
            Side::Server => failed || code == Code::Unimplemented,
            Side::Client(_) => code != Code::Ok,
        } {
            trace::fail(&self.span, name, name);
        }
        if !matches!(self.side, Side::Server) {
            return;
        }
        let mut attributes = vec![
            KeyValue::new(RPC_SYSTEM_NAME, "grpc"),
            KeyValue::new(RPC_METHOD, self.method),
            KeyValue::new(RPC_RESPONSE_STATUS_CODE, name),
        ];
        if failed {
            let service = KeyValue::new(SERVICE, service_of(self.method));
            let code = KeyValue::new(RPC_RESPONSE_STATUS_CODE, name);
            INSTRUMENTS.failures.add(1, &[service, code]);
            attributes.push(KeyValue::new(ERROR_TYPE, name));
        }
        INSTRUMENTS.duration.record(self.began.elapsed().as_secs_f64(), &attributes);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.settle(Code::Cancelled);
    }
}

/// The span of a call; on the server a child of the caller's, where its metadata carry W3C trace context.
fn span(side: &Side, method: &'static str) -> Span {
    match side {
        Side::Server => tracing::info_span!(
            "grpc",
            otel.name = method,
            otel.kind = "server",
            rpc.method = method,
            article.id = tracing::field::Empty,
            trace_id = tracing::field::Empty,
        ),
        Side::Client(_) => {
            tracing::info_span!("grpc", otel.name = method, otel.kind = "client", rpc.method = method)
        }
    }
}

fn attributes(side: &Side, method: &'static str, request: &Request<Body>) -> Vec<KeyValue> {
    let mut attributes = vec![KeyValue::new(RPC_SYSTEM_NAME, "grpc")];
    if method == OTHER {
        let name = request.uri().path().trim_start_matches('/');
        let kept = &name[..name.floor_char_boundary(KEPT_NAME)];
        attributes.push(KeyValue::new(RPC_METHOD_ORIGINAL, kept.to_owned()));
    }
    match side {
        Side::Client(server) => {
            attributes.push(KeyValue::new(SERVER_ADDRESS, server.0.clone()));
            attributes.push(KeyValue::new(SERVER_PORT, i64::from(server.1)));
        }
        Side::Server => {
            let extensions = request.extensions();
            let tls = extensions.get::<TlsConnectInfo<TcpConnectInfo>>().map(TlsConnectInfo::get_ref);
            let info = tls.or_else(|| extensions.get::<TcpConnectInfo>());
            if let Some(local) = info.and_then(TcpConnectInfo::local_addr) {
                attributes.push(KeyValue::new(SERVER_ADDRESS, local.ip().to_string()));
                attributes.push(KeyValue::new(SERVER_PORT, i64::from(local.port())));
            }
            if let Some(remote) = info.and_then(TcpConnectInfo::remote_addr) {
                attributes.push(KeyValue::new(CLIENT_ADDRESS, remote.ip().to_string()));
                attributes.push(KeyValue::new(NETWORK_PEER_ADDRESS, remote.ip().to_string()));
                attributes.push(KeyValue::new(NETWORK_PEER_PORT, i64::from(remote.port())));
            }
        }
    }
    attributes
}

fn trace_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |name: &str| Some((name.to_owned(), headers.get(name)?.to_str().ok()?.to_owned()));
    ["traceparent", "tracestate"].iter().filter_map(|name| text(name)).collect()
}

/// The body of an answer, which ends its call.
struct Answer {
    body: Body,
    call: Option<Call>,
}

impl HttpBody for Answer {
    type Data = <Body as HttpBody>::Data;
    type Error = <Body as HttpBody>::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.get_mut();
        let span = this.call.as_ref().map_or_else(Span::none, |call| call.span.clone());
        let frame = ready!(span.in_scope(|| Pin::new(&mut this.body).poll_frame(context)));
        let code = match &frame {
            Some(Ok(frame)) => frame
                .trailers_ref()
                .map(|trailers| Status::from_header_map(trailers).map_or(Code::Ok, |status| status.code())),
            Some(Err(status)) => Some(status.code()),
            None => Some(Code::Unknown),
        };
        if let Some((code, call)) = code.and_then(|code| Some((code, this.call.take()?))) {
            call.end(code);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The name of a status, as the conventions have it.
fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_those_that_are_offered() {
        for known in ["/marsad.v1.IngestService/SubmitArticle", "/grpc.health.v1.Health/Check"] {
            assert_eq!(method_of(known), Some(&known[1..]));
        }
        for unknown in
            ["", "/", "/marsad.v1.IngestService/", "/marsad.v1.IngestService/submitArticle", "/x/y"]
        {
            assert_eq!(method_of(unknown), None, "{unknown}");
        }
    }
}
