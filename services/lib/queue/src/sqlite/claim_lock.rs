//! Who claims: a lock on a file beside the queue's, held as long as its process lives. Whoever finds that nobody else claims
//! need not wait for leases to end: their holders are no more.
//!
//! To go from holding a lock alone to sharing it is to let go of it for a moment. So whoever tries to hold it alone holds
//! another lock, the gate, until it is shared: nobody else can think himself alone in that moment.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

/// What the lock's file is called after the queue's.
const SUFFIX: &str = "-claims";

/// What the gate's file is called after the queue's.
const GATE_SUFFIX: &str = "-claims-gate";

/// How long another may take to end leases: one transaction.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often to look whether it has.
const POLL: Duration = Duration::from_millis(5);

/// The lock of one queue that claims.
pub(super) struct ClaimLock {
    file: File,
    /// Held while alone.
    gate: Option<File>,
    /// Whether nobody else held it when it was taken.
    pub(super) alone: bool,
}

impl ClaimLock {
    /// Takes the lock: for itself where nobody else claims, else together with the others. Waits while another is about to
    /// end leases, because one taken in that moment would be among them. `None` if that takes too long, and where the
    /// file system has no locks: leases run out in any case.
    pub(super) async fn take(queue: &Path) -> Option<Self> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match Self::try_take(queue) {
                Ok(lock) => return Some(lock),
                Err(error) if error.kind() == ErrorKind::WouldBlock && Instant::now() < deadline => {
                    tokio::time::sleep(POLL).await;
                }
                Err(error) => {
                    tracing::debug!(%error, "leases of dead processes are not ended early");
                    return None;
                }
            }
        }
    }

    fn try_take(queue: &Path) -> Result<Self, std::io::Error> {
        let gate = open(queue, GATE_SUFFIX)?;
        gate.try_lock()?;
        let file = open(queue, SUFFIX)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file, gate: Some(gate), alone: true }),
            Err(TryLockError::WouldBlock) => {
                file.try_lock_shared()?;
                Ok(Self { file, gate: None, alone: false })
            }
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Lets others claim too.
    pub(super) fn share(&mut self) {
        if self.alone
            && let Err(error) = self.file.lock_shared()
        {
            tracing::debug!(%error, "the claim lock is not held");
        }
        self.alone = false;
        self.gate = None;
    }
}

fn open(queue: &Path, suffix: &str) -> std::io::Result<File> {
    let mut path = OsString::from(queue);
    path.push(suffix);
    File::options().create(true).truncate(false).write(true).open(path)
}
