//! The gRPC port: the services of the roles, health and reflection, behind tracing and access.

use axum::http::Response;
use futures::Stream;
use marsad_ingest::Ingest;
use marsad_model::limits::MAX_GRPC_BYTES;
use marsad_proto::status::undecodable;
use marsad_proto::v1;
use marsad_proto::v1::ingest_service_server::IngestServiceServer;
use marsad_proto::v1::knowledge_service_server::KnowledgeServiceServer;
use marsad_proto::v1::query_service_server::QueryServiceServer;
use marsad_query::{Knowledge, Query};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::rustls::ServerConfig;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::{Routes, RoutesBuilder};
use tonic::transport::Server;
use tonic::transport::server::{Connected, TcpIncoming};
use tower::layer::util::{Identity, Stack};
use tower::util::MapResponseLayer;

use super::access::AccessLayer;
use super::ages;
use super::reload::Reloaded;
use super::tls;
use crate::calls::{CallsLayer, Side};

/// The services that a process offers.
pub(crate) struct Services {
    pub(crate) ingest: Option<Ingest>,
    pub(crate) query: Option<Query>,
    pub(crate) knowledge: Option<Knowledge>,
    pub(crate) access: AccessLayer,
    pub(crate) tls: Option<Reloaded<ServerConfig>>,
    /// Whether callers may ask which methods and messages there are.
    pub(crate) reflection: bool,
    /// How old a connection gets, about; `None` for any age.
    pub(crate) connection_age: Option<Duration>,
}

/// The names under which health is reported for the services that `ingest` and `query` say are offered.
pub(crate) fn service_names(ingest: bool, query: bool) -> Vec<&'static str> {
    let ingest = ingest.then_some(IngestServiceServer::<Ingest>::NAME);
    let names = [QueryServiceServer::<Query>::NAME, KnowledgeServiceServer::<Knowledge>::NAME];
    ingest.into_iter().chain(names.into_iter().filter(|_| query)).collect()
}

/// Serves until `stop`, then ends the open calls.
pub(crate) async fn serve(
    services: Services,
    incoming: TcpIncoming,
    stop: CancellationToken,
    health_service: tonic_health::pb::health_server::HealthServer<
        impl tonic_health::pb::health_server::Health,
    >,
) -> anyhow::Result<()> {
    let mut routes = RoutesBuilder::default();
    routes.add_service(health_service);
    if let Some(ingest) = services.ingest {
        routes.add_service(IngestServiceServer::new(ingest).max_decoding_message_size(MAX_GRPC_BYTES));
    }
    if let Some(query) = services.query {
        routes.add_service(QueryServiceServer::new(query).max_decoding_message_size(MAX_GRPC_BYTES));
    }
    if let Some(knowledge) = services.knowledge {
        routes.add_service(KnowledgeServiceServer::new(knowledge).max_decoding_message_size(MAX_GRPC_BYTES));
    }
    if services.reflection {
        routes.add_service(
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(v1::FILE_DESCRIPTOR_SET)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
                .build_v1()?,
        );
    }
    let in_our_terms = MapResponseLayer::new(in_our_terms as fn(Response<Body>) -> Response<Body>);
    let server = Server::builder()
        .http2_keepalive_interval(Some(Duration::from_secs(30)))
        .http2_keepalive_timeout(Some(Duration::from_secs(10)))
        .layer(Stack::new(Stack::new(services.access, in_our_terms), CallsLayer(Side::Server)));
    let (age, routes) = (services.connection_age, routes.routes());
    match services.tls {
        Some(config) => serve_over(server, routes, tls::accept(incoming, config), age, stop).await,
        None => serve_over(server, routes, incoming, age, stop).await,
    }
}

/// What every call goes through, the innermost first.
type Layers = Stack<
    Stack<Stack<AccessLayer, MapResponseLayer<fn(Response<Body>) -> Response<Body>>>, CallsLayer>,
    Identity,
>;

/// Serves connections until `stop`; each to the end of its age, where they have one.
async fn serve_over<IO>(
    mut server: Server<Layers>,
    routes: Routes,
    incoming: impl Stream<Item = io::Result<IO>> + Send + 'static,
    age: Option<Duration>,
    stop: CancellationToken,
) -> anyhow::Result<()>
where
    IO: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
{
    let Some(age) = age else {
        let router = server.add_routes(routes);
        return Ok(router.serve_with_incoming_shutdown(incoming, stop.cancelled_owned()).await?);
    };
    let dealt = ages::around(age).zip(ages::deal(incoming, stop.clone()));
    let servers = dealt.map(|(age, incoming)| {
        let router = server.clone().max_connection_age(age).add_routes(routes.clone());
        router.serve_with_incoming_shutdown(incoming, stop.clone().cancelled_owned())
    });
    futures::future::try_join_all(servers).await?;
    Ok(())
}

/// What tonic answers before a service sees the call, in Marsad's terms.
fn in_our_terms(response: Response<Body>) -> Response<Body> {
    match Status::from_header_map(response.headers()).as_ref().and_then(undecodable) {
        Some(status) => status.into_http(),
        None => response,
    }
}
