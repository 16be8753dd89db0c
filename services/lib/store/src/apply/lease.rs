//! The lease of linking. No time is compared between machines: whoever holds the lease counts up, and whoever waits for it measures
//! how long it was not counted up.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use uuid::Uuid;

use crate::error::StoreError;
use crate::link::Epoch;
use crate::sql::{Connection, Query, values};
use crate::work::Work;

/// A sign of life of whoever holds the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Beat {
    epoch: i64,
    number: i64,
}

/// When the last sign of life was seen first. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct LeaseWatch(Arc<Mutex<Option<Seen>>>);

#[derive(Debug)]
struct Seen {
    beat: Beat,
    since: Instant,
    ttl: Duration,
}

impl LeaseWatch {
    /// The last sign of life, if it is longer ago than its holder wanted to be silent.
    pub(crate) fn expired(&self) -> Option<Beat> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.as_ref().filter(|seen| seen.since.elapsed() >= seen.ttl).map(|seen| seen.beat)
    }

    /// Another holds the lease, with that sign of life.
    pub(crate) fn note(&self, beat: Beat, ttl: Duration) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = seen.as_ref().filter(|seen| seen.beat == beat).map(|seen| seen.since);
        *seen = Some(Seen { beat, since: since.unwrap_or_else(Instant::now), ttl });
    }
}

/// Takes the lease if it is free, the caller's own, or still shows the sign of life that was seen too long ago.
#[derive(Debug)]
pub(crate) struct Acquire {
    pub(crate) holder: Uuid,
    pub(crate) ttl: Duration,
    pub(crate) expired: Option<Beat>,
}

/// What became of it.
#[derive(Debug)]
pub(crate) enum Acquired {
    /// The caller holds the lease.
    Own(Epoch),
    /// Another does.
    Held { beat: Beat, ttl: Duration },
}

#[async_trait]
impl Work for Acquire {
    type Answer = Acquired;

    async fn run(&self, db: &mut dyn Connection) -> Result<Acquired, StoreError> {
        let sql = "UPDATE link_lease SET holder = $1, epoch = epoch + 1, beat = 0, ttl = $2
            WHERE holder IS NULL OR holder = $1 OR (epoch = $3 AND beat = $4) RETURNING epoch";
        let (epoch, beat) = self.expired.map_or((-1, -1), |beat| (beat.epoch, beat.number));
        let parameters = values![self.holder, milliseconds(self.ttl), epoch, beat];
        if let Some(row) = db.fetch(Query::new(sql, parameters)).await?.first_mut() {
            return Ok(Acquired::Own(row.take()?));
        }
        let sql = "SELECT epoch, beat, ttl FROM link_lease";
        let mut rows = db.fetch(Query::new(sql, Vec::new())).await?;
        let row = rows.first_mut().ok_or_else(|| StoreError::Database("no row for the lease".into()))?;
        let beat = Beat { epoch: row.take()?, number: row.take()? };
        Ok(Acquired::Held { beat, ttl: Duration::from_millis(row.take()?) })
    }
}

/// Shows a sign of life, or gives the lease up; whether it was held.
#[derive(Debug)]
pub(crate) enum Keep {
    Renew(Epoch, Duration),
    Release(Epoch),
}

#[async_trait]
impl Work for Keep {
    type Answer = bool;

    async fn run(&self, db: &mut dyn Connection) -> Result<bool, StoreError> {
        let query = match self {
            Self::Renew(epoch, ttl) => Query::new(
                "UPDATE link_lease SET beat = beat + 1, ttl = $2 WHERE epoch = $1 AND holder IS NOT NULL",
                values![*epoch, milliseconds(*ttl)],
            ),
            Self::Release(epoch) => Query::new(
                "UPDATE link_lease SET holder = NULL WHERE epoch = $1 AND holder IS NOT NULL",
                values![*epoch],
            ),
        };
        Ok(db.execute(query).await? > 0)
    }
}

/// Locks the lease until the end of the transaction, which is a sign of life too.
pub(crate) async fn hold(db: &mut dyn Connection, epoch: Epoch) -> Result<(), StoreError> {
    let sql = "UPDATE link_lease SET beat = beat + 1 WHERE epoch = $1 AND holder IS NOT NULL";
    match db.execute(Query::new(sql, values![epoch])).await? {
        0 => Err(StoreError::LeaseLost),
        _ => Ok(()),
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_measured_from_the_first_sight_of_a_beat() {
        let watch = LeaseWatch::default();
        let (beat, ttl) = (|number| Beat { epoch: 1, number }, Duration::from_millis(40));
        assert_eq!(watch.expired(), None);
        watch.note(beat(1), ttl);
        assert_eq!(watch.expired(), None);
        std::thread::sleep(ttl);
        watch.note(beat(1), ttl);
        assert_eq!(watch.expired(), Some(beat(1)));
        watch.note(beat(2), ttl);
        assert_eq!(watch.expired(), None);
        watch.note(beat(2), Duration::ZERO);
        assert_eq!(watch.expired(), Some(beat(2)));
    }
}
