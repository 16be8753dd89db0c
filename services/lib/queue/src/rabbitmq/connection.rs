//! How connections to the broker are made, and what its errors mean to callers of the queue.

use std::time::Duration;

use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::tcp::OwnedTLSConfig;
use lapin::types::ShortString;
use lapin::uri::AMQPUri;
use lapin::{Connection, ConnectionProperties, ErrorKind};

use super::{RabbitOptions, topology};
use crate::QueueError;

/// Asked of the broker unless the URL says otherwise: a dead peer is noticed within twice that.
const HEARTBEAT_SECONDS: u16 = 10;

/// For the TCP connection, unless the URL says otherwise.
const CONNECT_TIMEOUT_MILLIS: u64 = 5000;

/// How long it may take to connect and authenticate, which is a matter of milliseconds: a broker that was silent at
/// that moment does not answer later either.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long declaring the topology may take: the first time a cluster places every queue.
const DECLARE_TIMEOUT: Duration = Duration::from_secs(20);

/// How long a polite goodbye may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Waits between attempts to reconnect: twice as long each time. A broker that is back is used within two seconds.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(1));

/// Connects and makes sure of the topology. `purpose` shows in the broker's list of connections.
pub(super) async fn connect(options: &RabbitOptions, purpose: &str) -> Result<Connection, QueueError> {
    let connection = connect_only(options, purpose).await?;
    match tokio::time::timeout(DECLARE_TIMEOUT, topology::declare(&connection, options)).await {
        Ok(declared) => declared.map(|()| connection),
        Err(_) => {
            Err(QueueError::unavailable(format!("the queues were not declared within {DECLARE_TIMEOUT:?}")))
        }
    }
}

/// Connects and leaves the topology as it is.
///
/// lapin's own recovery is not used: it blocks a thread between attempts, goes on after the caller has given up, and
/// leaves it open whether a delivery is of the old or the new channel. A connection that is lost is lost here, and its
/// owner makes another.
pub(super) async fn connect_only(options: &RabbitOptions, purpose: &str) -> Result<Connection, QueueError> {
    let mut uri: AMQPUri = options
        .url
        .parse()
        .map_err(|error| QueueError::Invalid(format!("the URL of the broker is no AMQP URL: {error}")))?;
    uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
    uri.query.connection_timeout.get_or_insert(CONNECT_TIMEOUT_MILLIS);
    let properties =
        ConnectionProperties::default().with_connection_name(format!("{} {purpose}", options.prefix).into());
    let tls = OwnedTLSConfig { identity: None, cert_chain: options.tls_ca.clone() };
    let runtime = lapin::runtime::default_runtime().map_err(queue_error)?;
    let connecting = Connection::connect_uri_with_config(uri, properties, tls, runtime);
    match tokio::time::timeout(HANDSHAKE_TIMEOUT, connecting).await {
        Ok(connection) => connection.map_err(queue_error),
        Err(_) => Err(QueueError::unavailable(format!("no connection within {HANDSHAKE_TIMEOUT:?}"))),
    }
}

/// The host and port of the broker.
pub(super) fn address(options: &RabbitOptions) -> Option<(String, u16)> {
    let authority = options.url.parse::<AMQPUri>().ok()?.authority;
    Some((authority.host, authority.port))
}

/// Says goodbye, but not for long.
pub(super) async fn close(connection: &Connection) {
    let _ = tokio::time::timeout(CLOSE_TIMEOUT, connection.close(200, ShortString::from("OK"))).await;
}

/// How long to wait before the next attempt after that many failures in a row.
pub(super) fn backoff(failures: u32) -> Duration {
    BACKOFF.0.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(BACKOFF.1)
}

/// Sorts an error of lapin. Nearly all are about the connection and pass: a precondition that failed, too, which is what
/// the broker says to a consumer that is slow to acknowledge. Only of a declaration it means other settings, see
/// [`topology::declare`].
pub(super) fn queue_error(error: lapin::Error) -> QueueError {
    match error.kind() {
        ErrorKind::SerialisationError(_) | ErrorKind::NoDefaultRuntime => {
            QueueError::Internal(error.to_string())
        }
        _ => QueueError::unavailable(error),
    }
}

/// Whether the broker answered with that error, which closes the channel.
pub(super) fn is(error: &lapin::Error, expected: AMQPSoftError) -> bool {
    matches!(error.kind(), ErrorKind::ProtocolError(protocol)
        if *protocol.kind() == AMQPErrorKind::Soft(expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_its_end() {
        let waits: Vec<u128> = (1..=4).map(|failures| backoff(failures).as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000, 1000]);
        assert_eq!(backoff(u32::MAX), BACKOFF.1);
    }

    #[test]
    fn a_failed_precondition_passes_where_nothing_is_declared() {
        let kind = AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED);
        let slow_consumer =
            lapin::protocol::AMQPError::new(kind, "delivery acknowledgement timed out".into());
        let error = lapin::Error::from(ErrorKind::ProtocolError(slow_consumer));
        assert!(is(&error, AMQPSoftError::PRECONDITIONFAILED) && !is(&error, AMQPSoftError::NOTFOUND));
        assert!(matches!(queue_error(error), QueueError::Unavailable { .. }));
    }
}
