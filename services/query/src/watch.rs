//! Watching: what changes, a version at a time.
//!
//! Every watcher reads the change log by a cursor of its own, so a slow one holds up nobody and takes no memory. One task asks the store
//! for new versions on behalf of all of them, while there are any.

use std::sync::{Arc, Weak};
use std::time::Duration;

use marsad_model::{Error, ErrorCode};
use marsad_proto::status::to_status;
use marsad_proto::{graph as wire, v1};
use marsad_store::graph::{ChangeItem, Record};
use marsad_store::link::{RecordId, RecordKind};
use marsad_store::{Store, StoreError};
use opentelemetry::metrics::UpDownCounter;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::Status;

/// What a watcher reads.
pub(crate) type Changes = ReceiverStream<Result<v1::WatchResponse, Status>>;

/// Records that are read from the log at once, and the most of one message: about 1 MB.
const BATCH: u32 = 500;
/// Messages that wait for a watcher to read them.
const BUFFER: usize = 4;
/// How often it is looked whether anybody watches still.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// The pause after the store did not answer.
const PAUSE: Duration = Duration::from_millis(500);

/// What all watchers share.
#[derive(Clone)]
pub(crate) struct Watching {
    store: Arc<dyn Store>,
    stop: CancellationToken,
    /// The newest version that the store is known to have, while somebody watches.
    newest: Arc<tokio::sync::Mutex<Weak<watch::Sender<u64>>>>,
    /// How long a watcher may take to read a message.
    patience: Duration,
    /// How many watch now.
    watchers: UpDownCounter<i64>,
}

impl Watching {
    pub(crate) fn new(store: Arc<dyn Store>, stop: CancellationToken, patience: Duration) -> Self {
        let watchers = opentelemetry::global::meter("marsad")
            .i64_up_down_counter("marsad.query.watchers")
            .with_description("Watches that are open.")
            .build();
        watchers.add(0, &[]);
        Self { store, stop, newest: Arc::default(), patience, watchers }
    }

    /// Begins a watch: a cursor that is not in the log is refused at once.
    pub(crate) async fn begin(&self, request: v1::WatchRequest) -> Result<Changes, Error> {
        let kinds = read_kinds(&request.kinds)?;
        let after = match request.after {
            Some(after) => {
                self.store.changes(after, 1).await?;
                after
            }
            None => self.store.log_version().await?,
        };
        let (sender, receiver) = mpsc::channel(BUFFER + 1);
        // Kept for what a watch ends with: a watcher that does not read is told so too.
        let last = sender.clone().try_reserve_owned();
        let last = last.map_err(|_| Error::new(ErrorCode::Internal, "a new channel has no room"))?;
        let watcher = Watcher { shared: self.clone(), kinds, after, sender };
        let newest = self.newest().await;
        let watchers = self.watchers.clone();
        tokio::spawn(async move {
            watchers.add(1, &[]);
            if let Some(error) = watcher.run(newest).await {
                last.send(Err(to_status(&error)));
            }
            watchers.add(-1, &[]);
        });
        Ok(ReceiverStream::new(receiver))
    }

    /// The newest version, kept by a task that ends with the last watcher.
    async fn newest(&self) -> Arc<watch::Sender<u64>> {
        let mut shared = self.newest.lock().await;
        if let Some(newest) = shared.upgrade() {
            return newest;
        }
        let newest = Arc::new(watch::Sender::new(0));
        *shared = Arc::downgrade(&newest);
        tokio::spawn(follow(Arc::clone(&self.store), Arc::downgrade(&newest)));
        newest
    }
}

/// Publishes every new version for as long as somebody watches.
async fn follow(store: Arc<dyn Store>, newest: Weak<watch::Sender<u64>>) {
    let mut seen = 0;
    loop {
        let waited = tokio::time::timeout(LOOK_EVERY, store.wait_for_changes(seen)).await;
        let Some(newest) = newest.upgrade() else { return };
        match waited {
            Ok(Ok(version)) => {
                seen = version;
                newest.send_replace(version);
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "cannot look for changes");
                tokio::time::sleep(PAUSE).await;
            }
            Err(_) => {}
        }
    }
}

/// One watcher.
struct Watcher {
    shared: Watching,
    kinds: Vec<RecordKind>,
    after: u64,
    sender: mpsc::Sender<Result<v1::WatchResponse, Status>>,
}

impl Watcher {
    /// Goes on until the watcher has gone, or gives why the watch ends.
    async fn run(mut self, newest: Arc<watch::Sender<u64>>) -> Option<Error> {
        let mut versions = newest.subscribe();
        loop {
            tokio::select! {
                () = self.shared.stop.cancelled() => {
                    return Some(Error::unavailable("the server is stopping; watch again", PAUSE));
                }
                () = self.sender.closed() => return None,
                _ = versions.wait_for(|newest| *newest > self.after) => {}
            }
            match self.shared.store.changes(self.after, BATCH).await {
                Ok(changes) => {
                    if let Err(ended) = self.send(changes.items).await {
                        return ended;
                    }
                }
                Err(StoreError::Unavailable { .. }) => tokio::time::sleep(PAUSE).await,
                Err(error) => return Some(error.into()),
            }
        }
    }

    /// Sends whole versions; `Err(None)` where the watcher has gone.
    async fn send(&mut self, items: Vec<ChangeItem>) -> Result<(), Option<Error>> {
        for version in items.chunk_by(|a, b| a.version == b.version) {
            let Some(first) = version.first() else { continue };
            let wanted = version
                .iter()
                .filter(|item| self.kinds.is_empty() || self.kinds.contains(&item.id.parts().0));
            // A record that changed again, or went, since then: the log tells of it further on.
            let changes: Vec<v1::ResourceChange> = wanted.map(change).collect();
            let mut parts: Vec<&[v1::ResourceChange]> = changes.chunks(BATCH as usize).collect();
            if parts.is_empty() {
                parts.push(&[]);
            }
            let last = parts.len() - 1;
            for (at, part) in parts.into_iter().enumerate() {
                let message =
                    v1::WatchResponse { version: first.version, changes: part.to_vec(), more: at < last };
                self.put(message).await?;
            }
            self.after = first.version;
        }
        Ok(())
    }

    async fn put(&self, message: v1::WatchResponse) -> Result<(), Option<Error>> {
        match self.sender.send_timeout(Ok(message), self.shared.patience).await {
            Ok(()) => Ok(()),
            Err(mpsc::error::SendTimeoutError::Closed(_)) => Err(None),
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => {
                tracing::info!(after = self.after, "a watch that was not read is ended");
                let problem = format!(
                    "nothing was read from this watch for {} s; watch again after version {}",
                    self.shared.patience.as_secs_f64(),
                    self.after
                );
                Err(Some(Error::new(ErrorCode::ResourceExhausted, problem)))
            }
        }
    }
}

fn change(item: &ChangeItem) -> v1::ResourceChange {
    use v1::resource_change::Resource;
    let resource = match &item.record {
        Some(Record::Article(links)) => Resource::ArticleLinks(wire::article_links(links)),
        Some(Record::Story(story)) => Resource::Story(wire::story(story)),
        Some(Record::Cluster(cluster)) => Resource::Cluster(wire::cluster(cluster)),
        Some(Record::Conflict(conflict)) => Resource::Conflict(wire::conflict(conflict)),
        None => {
            let (kind, id) = item.id.parts();
            let superseded_by = item.superseded_by.map(|new: RecordId| new.parts().1.to_string());
            Resource::Gone(v1::Tombstone {
                kind: resource_kind(kind).into(),
                id: id.to_string(),
                superseded_by,
            })
        }
    };
    v1::ResourceChange { resource: Some(resource) }
}

fn resource_kind(kind: RecordKind) -> v1::ResourceKind {
    match kind {
        RecordKind::Article => v1::ResourceKind::ArticleLinks,
        RecordKind::Story => v1::ResourceKind::Story,
        RecordKind::Cluster => v1::ResourceKind::EventCluster,
        RecordKind::Conflict => v1::ResourceKind::Conflict,
    }
}

fn read_kinds(numbers: &[i32]) -> Result<Vec<RecordKind>, Error> {
    let kind = |number: &i32| {
        let kinds = RecordKind::ALL.into_iter();
        kinds.into_iter().find(|kind| resource_kind(*kind) as i32 == *number).ok_or_else(|| {
            let problem = format!("{number} is no kind of resource; see marsad.v1.ResourceKind");
            Error::field("kinds", "ENUM_UNKNOWN", problem)
        })
    };
    numbers.iter().map(kind).collect()
}
