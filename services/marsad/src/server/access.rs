//! Who may call what: one layer in front of every gRPC service. What is no gRPC at all is turned away first.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use marsad_model::{Error, ErrorCode};
use marsad_proto::status::to_status;
use tonic::body::Body;
use tower::{Layer, Service};

use crate::cli::Scope;
use crate::tokens::Tokens;

/// Checks the bearer token of every call. Without tokens everything is open but what needs the scope `admin`.
#[derive(Clone)]
pub(crate) struct AccessLayer {
    tokens: Option<Arc<Tokens>>,
}

impl AccessLayer {
    pub(crate) fn new(tokens: Option<Arc<Tokens>>) -> Self {
        Self { tokens }
    }
}

impl<S> Layer<S> for AccessLayer {
    type Service = Access<S>;

    fn layer(&self, inner: S) -> Access<S> {
        Access { inner, tokens: self.tokens.clone() }
    }
}

/// See [`AccessLayer`].
#[derive(Clone)]
pub(crate) struct Access<S> {
    inner: S,
    tokens: Option<Arc<Tokens>>,
}

impl<S> Service<Request<Body>> for Access<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = futures::future::Either<S::Future, std::future::Ready<Result<Response<Body>, S::Error>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if !is_grpc(request.headers()) {
            // The services would read any body as protobuf; gRPC over HTTP/2 asks for this answer.
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return futures::future::Either::Right(std::future::ready(Ok(response)));
        }
        match check(self.tokens.as_deref(), request.uri().path(), request.headers()) {
            Ok(()) => futures::future::Either::Left(self.inner.call(request)),
            Err(error) => {
                let response = to_status(&error).into_http::<Body>();
                futures::future::Either::Right(std::future::ready(Ok(response)))
            }
        }
    }
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

fn check(tokens: Option<&Tokens>, path: &str, headers: &HeaderMap) -> Result<(), Error> {
    let Some(needed) = needed(path) else { return Ok(()) };
    let Some(tokens) = tokens else {
        if needed == Scope::Admin {
            let problem = "deleting and teaching need a token with the scope `admin`, and this server has no tokens; \
                           make one with `marsad token new` and start the server with --tokens-file";
            return Err(Error::new(ErrorCode::PermissionDenied, problem));
        }
        return Ok(());
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
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
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

    #[test]
    fn scopes() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("tokens");
        let make = |scope| tokens::make(&file, "t", &[scope]).unwrap();
        let (read, write, admin) = (make(Scope::Read), make(Scope::Write), make(Scope::Admin));
        let known = Tokens::load(&file).unwrap();
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
            let answer = check(Some(&known), path, &headers(token)).map_err(|e| e.code);
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
        assert_eq!(check(None, LIST, &headers(None)), Ok(()));
        assert_eq!(check(None, SUBMIT, &headers(None)), Ok(()));
        assert_eq!(check(None, TAUGHT, &headers(None)), Ok(()));
        for path in [DELETE, TEACH, REJECT] {
            assert_eq!(check(None, path, &headers(None)).unwrap_err().code, ErrorCode::PermissionDenied);
        }
    }
}
