//! Who may call what, and how much: one layer in front of every gRPC service. What is no gRPC at all is turned away first.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use futures::future::BoxFuture;
use marsad_model::{Error, ErrorCode};
use marsad_proto::status::to_status;
use tokio::sync::Semaphore;
use tonic::body::Body;
use tower::{Layer, Service};

use super::reload::Reloaded;
use crate::cli::Scope;
use crate::quota::{Quota, metered};
use crate::tokens::Tokens;

/// When a caller may come back that came while too many calls were in hand.
const SHED_RETRY: Duration = Duration::from_millis(250);

/// Checks the bearer token of every call, and refuses what is over the limits. Without tokens everything is open but what needs the
/// scope `admin`.
#[derive(Clone)]
pub(crate) struct AccessLayer {
    tokens: Option<Reloaded<Tokens>>,
    /// One for each call that may be in hand: from its beginning until its answer begins.
    calls: Arc<Semaphore>,
}

impl AccessLayer {
    pub(crate) fn new(tokens: Option<Reloaded<Tokens>>, max_calls: u32) -> Self {
        let calls = Semaphore::new(usize::try_from(max_calls).unwrap_or(Semaphore::MAX_PERMITS));
        Self { tokens, calls: Arc::new(calls) }
    }
}

impl<S> Layer<S> for AccessLayer {
    type Service = Access<S>;

    fn layer(&self, inner: S) -> Access<S> {
        Access { inner, layer: self.clone() }
    }
}

/// See [`AccessLayer`].
#[derive(Clone)]
pub(crate) struct Access<S> {
    inner: S,
    layer: AccessLayer,
}

impl<S> Service<Request<Body>> for Access<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<Body>, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answered = |response| Box::pin(std::future::ready(Ok(response)));
        if !is_grpc(request.headers()) {
            // The services would read any body as protobuf; gRPC over HTTP/2 asks for this answer.
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return answered(response);
        }
        let Some(needed) = needed(request.uri().path()) else {
            // Probes are answered whatever else there is to do.
            return Box::pin(self.inner.call(request));
        };
        let tokens = self.layer.tokens.as_ref().map(Reloaded::current);
        let admitted = check(tokens.as_deref(), needed, request.uri().path(), request.headers())
            .and_then(|quota| begin(quota.as_deref()).map(|()| quota))
            .and_then(|quota| {
                Ok((quota, Arc::clone(&self.layer.calls).try_acquire_owned().map_err(|_| shed())?))
            });
        match admitted {
            Ok((quota, in_hand)) => {
                let request = match quota {
                    Some(quota) => request.map(|body| metered(body, quota)),
                    None => request,
                };
                let answer = self.inner.call(request);
                Box::pin(async move {
                    let answer = answer.await;
                    drop(in_hand);
                    answer
                })
            }
            Err(error) => answered(to_status(&error).into_http()),
        }
    }
}

fn begin(quota: Option<&Quota>) -> Result<(), Error> {
    let Some(wait) = quota.and_then(|quota| quota.begin().err()) else { return Ok(()) };
    let problem = "the token has used up what it may use in a second; come back when RetryInfo says";
    Err(Error { retry_after: Some(wait), ..Error::new(ErrorCode::ResourceExhausted, problem) })
}

fn shed() -> Error {
    Error::unavailable("too many calls are in hand; come back when RetryInfo says", SHED_RETRY)
}

/// Whether the content type says gRPC with protobuf in it.
fn is_grpc(headers: &HeaderMap) -> bool {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    matches!(content_type.split(';').next(), Some("application/grpc" | "application/grpc+proto"))
}

const KNOWLEDGE: &str = "/marsad.v1.KnowledgeService/";

/// Whether a method of the knowledge service only reads.
fn is_read(path: &str) -> bool {
    let method = path.strip_prefix(KNOWLEDGE).unwrap_or_default();
    method.starts_with("Get") || method.starts_with("List")
}

/// The scope that a method needs; `None` for what is open to anyone who can connect.
fn needed(path: &str) -> Option<Scope> {
    match path {
        "/marsad.v1.IngestService/DeleteArticle" => Some(Scope::Admin),
        _ if path.starts_with(KNOWLEDGE) && !is_read(path) => Some(Scope::Admin),
        _ if path.starts_with("/marsad.v1.IngestService/") => Some(Scope::Write),
        // Probes carry no token.
        _ if path.starts_with("/grpc.health.v1.Health/") => None,
        _ => Some(Scope::Read),
    }
}

/// Whether the caller has the scope that the path needs, and the quota of the token.
fn check(
    tokens: Option<&Tokens>,
    needed: Scope,
    path: &str,
    headers: &HeaderMap,
) -> Result<Option<Arc<Quota>>, Error> {
    let Some(tokens) = tokens else {
        if needed == Scope::Admin {
            let problem = "deleting and teaching need a token with the scope `admin`, and this server has no tokens; \
                           make one with `marsad token new` and start the server with --tokens-file";
            return Err(Error::new(ErrorCode::PermissionDenied, problem));
        }
        return Ok(None);
    };
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = bearer
        .and_then(|value| value.split_once(' '))
        .filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    let Some((_, token)) = token else {
        let problem = "no token; send one as metadata `authorization: Bearer TOKEN`";
        return Err(Error::new(ErrorCode::Unauthenticated, problem));
    };
    let Some(holder) = tokens.holder(token.trim()) else {
        return Err(Error::new(ErrorCode::Unauthenticated, "the token is not known here"));
    };
    if !holder.scopes.contains(&needed) {
        tracing::warn!(holder = holder.name, path, "call without the scope for it");
        let problem = format!("the token lacks the scope `{}`", format!("{needed:?}").to_lowercase());
        return Err(Error::new(ErrorCode::PermissionDenied, problem));
    }
    Ok(holder.quota.cloned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quota::Limits;
    use crate::tokens;

    const SUBMIT: &str = "/marsad.v1.IngestService/SubmitArticle";
    const DELETE: &str = "/marsad.v1.IngestService/DeleteArticle";
    const LIST: &str = "/marsad.v1.QueryService/ListEvents";
    const TEACH: &str = "/marsad.v1.KnowledgeService/TeachAlias";
    const REJECT: &str = "/marsad.v1.KnowledgeService/RejectEvent";
    const TAUGHT: &str = "/marsad.v1.KnowledgeService/ListTeachings";
    const HEALTH: &str = "/grpc.health.v1.Health/Check";

    fn headers(token: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(token) = token {
            headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        }
        headers
    }

    fn answer(tokens: Option<&Tokens>, path: &str, token: Option<&str>) -> Result<(), ErrorCode> {
        let Some(needed) = needed(path) else { return Ok(()) };
        check(tokens, needed, path, &headers(token)).map(drop).map_err(|error| error.code)
    }

    #[test]
    fn scopes() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("tokens");
        let make = |scope| tokens::make(&file, "t", &[scope], Limits::default()).unwrap();
        let (read, write, admin) = (make(Scope::Read), make(Scope::Write), make(Scope::Admin));
        let known = Tokens::parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let denied = Err(ErrorCode::PermissionDenied);
        let unauthenticated = Err(ErrorCode::Unauthenticated);
        let cases = [
            (LIST, Some(read.as_str()), Ok(())),
            (LIST, Some(&write), denied),
            (SUBMIT, Some(&write), Ok(())),
            (SUBMIT, Some(&read), denied),
            (DELETE, Some(&admin), Ok(())),
            (DELETE, Some(&write), denied),
            (TEACH, Some(&admin), Ok(())),
            (TEACH, Some(&write), denied),
            (REJECT, Some(&read), denied),
            (TAUGHT, Some(&read), Ok(())),
            (TAUGHT, Some(&admin), denied),
            (LIST, None, unauthenticated),
            (LIST, Some("marsad_x"), unauthenticated),
            (LIST, Some(""), unauthenticated),
            (HEALTH, None, Ok(())),
            ("/no.such.Service/Call", None, unauthenticated),
        ];
        for (path, token, expected) in cases {
            let answer = answer(Some(&known), path, token);
            assert_eq!(answer, expected, "{path} {token:?}");
        }
    }

    #[test]
    fn content_types() {
        let headers = |content_type: &str| {
            HeaderMap::from_iter([(header::CONTENT_TYPE, content_type.parse().unwrap())])
        };
        for good in ["application/grpc", "application/grpc+proto", "application/grpc; charset=utf-8"] {
            assert!(is_grpc(&headers(good)), "{good}");
        }
        for bad in ["", "application/json", "application/grpc+json", "application/grpc-web", "text/plain"] {
            assert!(!is_grpc(&headers(bad)), "{bad}");
        }
        assert!(!is_grpc(&HeaderMap::new()));
    }

    #[test]
    fn without_tokens_only_deleting_and_teaching_are_refused() {
        for path in [LIST, SUBMIT, TAUGHT, HEALTH] {
            assert_eq!(answer(None, path, None), Ok(()));
        }
        for path in [DELETE, TEACH, REJECT] {
            assert_eq!(answer(None, path, None), Err(ErrorCode::PermissionDenied));
        }
    }
}
