//! TLS on the gRPC port, with certificates that are replaced while it serves.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use futures::{Stream, StreamExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ServerConfig, WebPkiClientVerifier};
use tokio_rustls::rustls::{RootCertStore, server};
use tokio_rustls::server::TlsStream;

use super::reload::{Files, Reloaded};

/// How long a caller may take to agree on keys.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// Callers that agree on keys at the same time; more wait before they are accepted.
const MOST_HANDSHAKES: usize = 256;

/// The files of a server's identity, and of the authority that its callers' certificates must come from.
pub(crate) fn files(
    cert: PathBuf,
    key: PathBuf,
    client_ca: Option<PathBuf>,
) -> anyhow::Result<Files<ServerConfig>> {
    let paths = [cert, key].into_iter().chain(client_ca).collect();
    Files::load("TLS certificates", paths, |contents| {
        let (cert, key, client_ca) = match contents {
            [cert, key] => (cert, key, None),
            [cert, key, client_ca] => (cert, key, Some(client_ca)),
            _ => bail!("TLS takes a certificate, a key and at most one file of authorities"),
        };
        config(cert, key, client_ca.map(Vec::as_slice))
    })
}

/// A configuration of PEM texts. The key must be that of the certificate: while only one of them has been replaced there is none.
fn config(cert: &[u8], key: &[u8], client_ca: Option<&[u8]>) -> anyhow::Result<ServerConfig> {
    let provider = Arc::new(ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let builder = match client_ca {
        None => builder.with_no_client_auth(),
        Some(pem) => {
            let mut roots = RootCertStore::empty();
            for root in certificates(pem).context("the authorities of callers")? {
                roots.add(root)?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.context("the authorities of callers")?)
        }
    };
    let key = PrivateKeyDer::from_pem_slice(key).context("the private key is no PEM text")?;
    let mut config = builder.with_single_cert(certificates(cert).context("the certificate")?, key)?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    // A caller that comes back is checked anew: its certificate may have ended since.
    config.session_storage = Arc::new(server::NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

fn certificates(pem: &[u8]) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>()?;
    if certificates.is_empty() {
        bail!("there is no certificate in the PEM text");
    }
    Ok(certificates)
}

/// The connections whose callers have agreed on keys. Nobody waits for a slow one but those over [`MOST_HANDSHAKES`].
pub(crate) fn accept(
    incoming: impl Stream<Item = io::Result<TcpStream>>,
    config: Reloaded<ServerConfig>,
) -> impl Stream<Item = io::Result<TlsStream<TcpStream>>> {
    let handshakes = incoming.map(move |connection| {
        let acceptor = TlsAcceptor::from(config.current());
        // A task each, so that the arithmetic is spread over the cores.
        tokio::spawn(async move {
            let handshake = tokio::time::timeout(HANDSHAKE_TIME, acceptor.accept(connection?)).await;
            handshake.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        })
    });
    handshakes.buffer_unordered(MOST_HANDSHAKES).filter_map(async |done| {
        match done.map_err(io::Error::from) {
            Ok(Ok(connection)) => Some(Ok(connection)),
            Ok(Err(error)) | Err(error) => {
                tracing::debug!(%error, "no TLS connection came about");
                None
            }
        }
    })
}
