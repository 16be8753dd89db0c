//! Connections that end by themselves, each at an age of its own, so that callers spread over servers.
//!
//! A gRPC caller keeps its connection as long as it can: a server that is added gets none of the callers that are there, one
//! that comes back after a roll-out gets none either. A connection that has come to its age is told to go away (GOAWAY): calls and
//! streams that are open on it go on to their end, the next call makes a new connection, which may lead to another server.
//!
//! tonic knows one age for all connections of a server. Callers that came together, as they do after a roll-out, would go and come
//! back together. So there are several servers over one port that differ in nothing but this age, and chance hands each connection
//! to one of them.

use std::pin::pin;
use std::time::Duration;

use futures::{Stream, StreamExt};
use rand::RngExt;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

/// How many ages there are.
const AGES: u32 = 16;

/// The ages lie within this part of the middle one to either side.
const SPREAD: f64 = 0.2;

/// The ages around `middle`, evenly apart.
pub(crate) fn around(middle: Duration) -> impl Iterator<Item = Duration> {
    let step = 2.0 * SPREAD / f64::from(AGES - 1);
    (0..AGES).map(move |at| middle.mul_f64(1.0 - SPREAD + step * f64::from(at)))
}

/// Hands what comes in to one of as many streams as there are ages, by chance, until `stop`; then closes the port.
pub(crate) fn deal<C: Send + 'static>(
    incoming: impl Stream<Item = C> + Send + 'static,
    stop: CancellationToken,
) -> Vec<ReceiverStream<C>> {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..AGES).map(|_| mpsc::channel(1)).unzip();
    tokio::spawn(async move {
        let mut incoming = pin!(incoming.take_until(stop.cancelled_owned()));
        while let Some(connection) = incoming.next().await {
            let chosen = rand::rng().random_range(0..senders.len());
            // Refused by a server that has ended, as all of them are about to.
            let _ = senders[chosen].send(connection).await;
        }
    });
    receivers.into_iter().map(ReceiverStream::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_lie_around_the_middle() {
        let ages: Vec<Duration> = around(Duration::from_secs(300)).collect();
        assert_eq!(ages.first(), Some(&Duration::from_secs(240)));
        assert_eq!(ages.last(), Some(&Duration::from_secs(360)));
        assert!(ages.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[tokio::test]
    async fn every_connection_is_handed_on_once() {
        let stop = CancellationToken::new();
        let mut dealt = deal(futures::stream::iter(0..1000).chain(futures::stream::pending()), stop.clone());
        let mut seen = Vec::new();
        let mut servers = futures::stream::select_all(dealt.iter_mut());
        while seen.len() < 1000 {
            seen.push(servers.next().await.unwrap());
        }
        seen.sort_unstable();
        assert!(seen.iter().copied().eq(0..1000));
        stop.cancel();
        assert_eq!(servers.next().await, None, "the port is closed");
    }
}
