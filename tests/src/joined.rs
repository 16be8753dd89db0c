//! Waiting until articles are joined to each other, and following what that changes.

use std::collections::BTreeMap;
use std::time::Duration;

use marsad_proto::v1;
use marsad_store::Store;
use serde_json::Value;

use crate::until;

/// How long joining may take, however busy the machine is.
pub const JOINED: Duration = Duration::from_secs(120);

/// Waits until nothing waits to be joined.
///
/// # Panics
/// When something does for too long, or the store does not answer.
pub async fn until_joined(store: &dyn Store) {
    until("nothing to join", JOINED, async || (store.link_state().await.unwrap().waiting == 0).then_some(()))
        .await;
}

/// What a watch has told so far, by kind and id.
#[derive(Debug, Default, PartialEq)]
pub struct Seen {
    /// The last version that was told in whole.
    pub version: u64,
    records: BTreeMap<(i32, String), Value>,
}

impl Seen {
    /// Takes in a message.
    ///
    /// # Panics
    /// When its version is neither the last one nor the next.
    pub fn take(&mut self, message: v1::WatchResponse) {
        use v1::resource_change::Resource;
        let next = self.version + 1;
        assert!(
            message.version == next || message.version == self.version,
            "{} after {}",
            message.version,
            self.version
        );
        for change in message.changes {
            let (kind, id, record) = match change.resource.unwrap() {
                Resource::ArticleLinks(links) => {
                    (v1::ResourceKind::ArticleLinks, links.article_id.clone(), serde_json::to_value(links))
                }
                Resource::Story(story) => {
                    (v1::ResourceKind::Story, story.id.clone(), serde_json::to_value(story))
                }
                Resource::Cluster(cluster) => {
                    (v1::ResourceKind::EventCluster, cluster.id.clone(), serde_json::to_value(cluster))
                }
                Resource::Conflict(conflict) => {
                    (v1::ResourceKind::Conflict, conflict.id.clone(), serde_json::to_value(conflict))
                }
                Resource::Gone(gone) => {
                    self.records.remove(&(gone.kind, gone.id));
                    continue;
                }
            };
            self.records.insert((kind.into(), id), record.unwrap());
        }
        if !message.more {
            self.version = message.version;
        }
    }

    /// What [`export_graph`](crate::record::export_graph) has, as of that version.
    ///
    /// # Panics
    /// When it is another value.
    pub fn of(graph: &Value, version: u64) -> Self {
        let mut records = BTreeMap::new();
        let lists = [
            ("articles", "articleId", v1::ResourceKind::ArticleLinks),
            ("stories", "id", v1::ResourceKind::Story),
            ("parents", "id", v1::ResourceKind::Story),
            ("clusters", "id", v1::ResourceKind::EventCluster),
            ("conflicts", "id", v1::ResourceKind::Conflict),
        ];
        for (list, id, kind) in lists {
            for record in graph[list].as_array().unwrap() {
                records.insert((kind.into(), record[id].as_str().unwrap().to_owned()), record.clone());
            }
        }
        Self { version, records }
    }
}
