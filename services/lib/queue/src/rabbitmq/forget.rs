//! Forgetting in groups: each visit looks through everything that is parked, so one serves all who wait for it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::{RabbitOptions, parked};
use crate::QueueError;

/// Least time from one visit to the next; whoever comes in between shares the next.
const BETWEEN_VISITS: Duration = Duration::from_secs(1);

/// Most that one visit forgets.
const MAX_REQUESTS: usize = 1024;

struct Request {
    key: String,
    before: String,
    reply: oneshot::Sender<Result<u64, QueueError>>,
}

/// The way to the task that forgets; it ends with the last of these.
pub(super) struct Forgetting {
    requests: mpsc::Sender<Request>,
}

impl Forgetting {
    pub(super) fn start(options: Arc<RabbitOptions>) -> Self {
        let (requests, waiting) = mpsc::channel(MAX_REQUESTS);
        tokio::spawn(serve(options, waiting));
        Self { requests }
    }

    /// Removes what is parked with that key and an older stamp.
    pub(super) async fn forget(&self, key: &str, before: &str) -> Result<u64, QueueError> {
        let ended = || QueueError::unavailable("it was closed");
        let (reply, answer) = oneshot::channel();
        let request = Request { key: key.to_owned(), before: before.to_owned(), reply };
        self.requests.send(request).await.map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

async fn serve(options: Arc<RabbitOptions>, mut waiting: mpsc::Receiver<Request>) {
    loop {
        let mut group = Vec::new();
        if waiting.recv_many(&mut group, MAX_REQUESTS).await == 0 {
            return;
        }
        let forgotten = visit(&options, &group).await;
        let visited = Instant::now();
        match forgotten {
            Ok(counts) => {
                for (request, count) in group.into_iter().zip(counts) {
                    let _ = request.reply.send(Ok(count));
                }
            }
            Err(error) => {
                for request in group {
                    let _ = request.reply.send(Err(error.clone()));
                }
            }
        }
        tokio::time::sleep_until(visited + BETWEEN_VISITS).await;
    }
}

/// How many messages went for each request. One that two of them name counts for the first.
async fn visit(options: &RabbitOptions, group: &[Request]) -> Result<Vec<u64>, QueueError> {
    let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, request) in group.iter().enumerate() {
        by_key.entry(&request.key).or_default().push(at);
    }
    let mut counts = vec![0; group.len()];
    let matches = |key: &str, stamp: &str| {
        by_key.get(key)?.iter().copied().find(|at| stamp < group[*at].before.as_str())
    };
    parked::remove(options, |message| match matches(&message.key, &message.stamp) {
        Some(at) => {
            counts[at] += 1;
            true
        }
        None => false,
    })
    .await?;
    Ok(counts)
}
