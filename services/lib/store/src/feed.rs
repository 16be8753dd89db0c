//! News of the change log's last version: of this process at once, of others by looking, for everybody who waits together.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, watch};

use crate::error::StoreError;

/// How often the log is looked at while somebody waits.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The last version of the log that is known. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feed {
    newest: Arc<watch::Sender<u64>>,
    /// Held by the one of those waiting who looks.
    looking: Arc<Mutex<()>>,
}

impl Feed {
    /// There is that version.
    pub(crate) fn announce(&self, version: u64) {
        self.newest.send_if_modified(|newest| {
            let newer = version > *newest;
            *newest = version.max(*newest);
            newer
        });
    }

    /// Waits for a version after that one. `look` reads the last one.
    pub(crate) async fn wait<F: Future<Output = Result<u64, StoreError>>>(
        &self,
        after: u64,
        look: impl Fn() -> F,
    ) -> Result<u64, StoreError> {
        let mut newest = self.newest.subscribe();
        // The sender lives in here, so this does not end before there is one.
        let told = async { newest.wait_for(|newest| *newest > after).await.map(|newest| *newest) };
        let looked = async {
            let _turn = self.looking.lock().await;
            loop {
                let version = look().await?;
                self.announce(version);
                if version > after {
                    return Ok(version);
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::select! {
            biased;
            Ok(version) = told => Ok(version),
            found = looked => found,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[tokio::test]
    async fn one_looks_for_all() {
        let (feed, version, looks) = (Feed::default(), AtomicU64::new(3), AtomicU64::new(0));
        let look = || {
            looks.fetch_add(1, Ordering::Relaxed);
            std::future::ready(Ok(version.load(Ordering::Relaxed)))
        };
        assert_eq!(feed.wait(2, look).await.unwrap(), 3);
        let waits = futures::future::join_all((0..50).map(|_| feed.wait(3, look)));
        let change = async {
            tokio::time::sleep(LOOK_EVERY * 3).await;
            version.store(7, Ordering::Relaxed);
        };
        let (found, ()) = tokio::join!(waits, change);
        assert!(found.iter().all(|found| matches!(found, Ok(7))), "{found:?}");
        assert!(looks.load(Ordering::Relaxed) < 20, "{looks:?}");
    }

    #[tokio::test]
    async fn another_looks_when_one_gives_up() {
        let feed = Feed::default();
        let never = || std::future::ready(Ok(0));
        let first = tokio::time::timeout(LOOK_EVERY * 2, feed.wait(0, never));
        let second = feed.wait(0, || std::future::ready(Ok(1)));
        let (first, second) = tokio::join!(first, second);
        assert!(first.is_ok() || second.is_ok());
        assert_eq!(second.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_version_that_is_announced_needs_no_look() {
        let feed = Feed::default();
        let silent = std::future::pending;
        let wait = feed.wait(4, silent);
        let (found, ()) = tokio::join!(wait, async {
            tokio::task::yield_now().await;
            feed.announce(4);
            feed.announce(6);
            feed.announce(5);
        });
        assert_eq!(found.unwrap(), 6);
    }
}
