//! The time that leases and delays run by.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Tells the time in milliseconds since the Unix epoch; tests bring their own.
///
/// ```
/// use marsad_queue::sqlite::Clock;
/// assert_eq!(Clock::new(|| 42).now(), 42);
/// ```
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// A clock that asks `now` for the milliseconds.
    pub fn new(now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Milliseconds since the Unix epoch.
    pub fn now(&self) -> i64 {
        (self.0)()
    }

    /// The moment `after` from now.
    pub(super) fn after(&self, after: Duration) -> i64 {
        self.now().saturating_add(i64::try_from(after.as_millis()).unwrap_or(i64::MAX))
    }
}

impl Default for Clock {
    /// The clock of the system.
    fn default() -> Self {
        Self::new(|| {
            let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
        })
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}
