//! What is written: pieces of work, each in a transaction of its own.

use async_trait::async_trait;

use crate::apply::apply;
use crate::error::StoreError;
use crate::prepare::{Prepared, PreparedChange};
use crate::sql::Connection;
use crate::store::Applied;

/// Something to write. All of it is made before the transaction begins, so it can be run again.
#[async_trait]
pub(crate) trait Work: Send + Sync + 'static {
    /// What whoever asks for it learns.
    type Answer: Send + 'static;

    /// Does it inside of a transaction, which the caller commits, or rolls back after an error.
    async fn run(&self, db: &mut dyn Connection) -> Result<Self::Answer, StoreError>;

    /// Whether it removed what shall not be found in any file any more.
    fn removed_text(&self, _answer: &Self::Answer) -> bool {
        false
    }

    /// As [`Self::run`], without locking what it changes.
    #[cfg(feature = "contract")]
    async fn run_unlocked(&self, db: &mut dyn Connection) -> Result<Self::Answer, StoreError> {
        self.run(db).await
    }
}

#[async_trait]
impl Work for Prepared {
    type Answer = Applied;

    async fn run(&self, db: &mut dyn Connection) -> Result<Applied, StoreError> {
        apply(db, self).await
    }

    fn removed_text(&self, answer: &Applied) -> bool {
        matches!((&self.change, answer), (PreparedChange::Delete(_), Applied::Stored))
    }

    #[cfg(feature = "contract")]
    async fn run_unlocked(&self, db: &mut dyn Connection) -> Result<Applied, StoreError> {
        crate::apply::apply_unlocked(db, self).await
    }
}
