//! The command line as a client of a server.

pub(crate) mod graph;
mod journal;
pub(crate) mod prune;
pub(crate) mod read;
pub(crate) mod search;
pub(crate) mod submit;
pub(crate) mod teach;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use marsad_proto::v1;
use marsad_proto::v1::ingest_service_client::IngestServiceClient;
use marsad_proto::v1::knowledge_service_client::KnowledgeServiceClient;
use marsad_proto::v1::query_service_client::QueryServiceClient;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;
use tower::Layer;

use crate::calls::{Calls, CallsLayer, Side};
use crate::cli::{ClientArgs, DeleteArgs};
use crate::{secret, table};

/// The largest answer that is taken: the analysis of an article of the largest size is over gRPC's usual 4 MiB.
const LARGEST_ANSWER: usize = 256 << 20;

/// Adds the token to every call.
#[derive(Clone)]
pub(crate) struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

/// The ingest service.
pub(crate) type IngestClient = IngestServiceClient<InterceptedService<Calls<Channel>, Bearer>>;

/// The query service.
pub(crate) type QueryClient = QueryServiceClient<InterceptedService<Calls<Channel>, Bearer>>;

/// The knowledge service.
pub(crate) type KnowledgeClient = KnowledgeServiceClient<InterceptedService<Calls<Channel>, Bearer>>;

/// A server that can be called.
#[derive(Clone)]
pub(crate) struct Connection {
    channel: Calls<Channel>,
    bearer: Bearer,
}

impl Connection {
    /// Prepares calls to the server that the arguments name; connects with the first call, and again whenever it has to.
    pub(crate) fn new(args: &ClientArgs) -> anyhow::Result<Self> {
        let token = secret::read(args.token.as_deref(), args.token_file.as_deref())?;
        let mut endpoint = Endpoint::from_shared(args.server.clone())
            .with_context(|| format!("`{}` is no server; http://HOST:PORT is", args.server))?
            .connect_timeout(Duration::from_secs(5))
            .tcp_nodelay(true)
            .http2_keep_alive_interval(Duration::from_secs(30));
        if args.server.starts_with("https:") {
            let mut tls = ClientTlsConfig::new().with_enabled_roots();
            let read =
                |path: &Path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
            if let Some(path) = &args.ca_cert {
                tls = tls.ca_certificate(Certificate::from_pem(read(path)?));
            }
            if let (Some(cert), Some(key)) = (&args.client_cert, &args.client_key) {
                tls = tls.identity(Identity::from_pem(read(cert)?, read(key)?));
            }
            endpoint = endpoint.tls_config(tls)?;
        }
        let uri = endpoint.uri();
        let port = uri.port_u16().unwrap_or(if args.server.starts_with("https:") { 443 } else { 80 });
        let server = (uri.host().unwrap_or_default().to_owned(), port);
        Self::over(endpoint.connect_lazy(), server, token.as_deref())
    }

    /// Calls over a channel that is there, to the server at a host and port.
    pub(crate) fn over(channel: Channel, server: (String, u16), token: Option<&str>) -> anyhow::Result<Self> {
        let channel = CallsLayer(Side::Client(Arc::new(server))).layer(channel);
        let bearer = token.map(|token| format!("Bearer {token}").parse()).transpose();
        let bearer = bearer.map_err(|_| anyhow!("the token holds characters that no token has"))?;
        Ok(Self { channel, bearer: Bearer(bearer) })
    }

    pub(crate) fn ingest(&self) -> IngestClient {
        IngestServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }

    pub(crate) fn knowledge(&self) -> KnowledgeClient {
        KnowledgeServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }

    pub(crate) fn query(&self) -> QueryClient {
        QueryServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(LARGEST_ANSWER)
    }
}

/// A refused call in words: the message, and the fields that are wrong.
pub(crate) fn refused(status: &Status) -> anyhow::Error {
    let fields = status.get_details_bad_request().map(|bad| bad.field_violations).unwrap_or_default();
    let fields: String = fields.iter().map(|f| format!("\n  {}: {}", f.field, f.description)).collect();
    if status.code() == Code::Unavailable && marsad_proto::status::retry_after(status).is_none() {
        // Marsad itself always says when to come back: this never reached it.
        return anyhow!("the server does not answer: {}; is it up, and is --server right?", status.message());
    }
    if fields.is_empty() {
        return anyhow!("{} ({:?})", status.message(), status.code());
    }
    anyhow!("the request is wrong:{fields}")
}

/// `marsad delete`.
pub(crate) async fn delete(args: DeleteArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.ingest();
    for article_id in args.ids {
        let request = v1::DeleteArticleRequest { article_id: article_id.clone(), modified_at: None };
        client.delete_article(request).await.map_err(|status| refused(&status))?;
        table::print(format_args!("deleted {article_id}"))?;
    }
    Ok(ExitCode::SUCCESS)
}
