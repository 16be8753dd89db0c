//! The publishing connection, made again when it is lost.
//!
//! One task at a time connects, however many callers wait for it and however soon they give up: an attempt is never cut
//! short by a caller's deadline, and what comes of it is recorded, so that a broker in distress sees one attempt after
//! another with growing pauses.

use std::sync::Arc;
use std::time::Duration;

use lapin::options::ConfirmSelectOptions;
use lapin::{Channel, Connection};
use tokio::sync::watch;
use tokio::time::Instant;

use super::RabbitOptions;
use super::connection::{self, queue_error};
use crate::QueueError;

/// A connection with a channel in confirm mode.
pub(super) struct Open {
    pub(super) connection: Connection,
    pub(super) channel: Channel,
}

impl Open {
    async fn connect(options: &RabbitOptions) -> Result<Self, QueueError> {
        let connection = connection::connect(options, "publish").await?;
        let confirming = async {
            let channel = connection.create_channel().await?;
            channel.confirm_select(ConfirmSelectOptions::default()).await?;
            Ok(channel)
        };
        match tokio::time::timeout(CHANNEL_TIMEOUT, confirming).await {
            Ok(channel) => Ok(Self { channel: channel.map_err(queue_error)?, connection }),
            Err(_) => Err(QueueError::unavailable("the broker opens no channel")),
        }
    }

    fn usable(&self) -> bool {
        self.connection.status().connected() && self.channel.status().connected()
    }

    /// Whether the broker has said that it takes no messages.
    pub(super) fn ensure_not_blocked(&self) -> Result<(), QueueError> {
        match self.connection.status().blocked() {
            true => {
                Err(QueueError::unavailable("the broker is short of memory or disk and takes no messages"))
            }
            false => Ok(()),
        }
    }
}

/// How long opening the channel on a new connection may take.
const CHANNEL_TIMEOUT: Duration = Duration::from_secs(5);

enum State {
    Absent,
    Connecting,
    Open(Arc<Open>),
    /// The last attempt failed, so why: no other before that moment.
    Pausing(Instant, QueueError),
    Closed,
}

/// The connection, or the way to it. A cheap handle.
#[derive(Clone)]
pub(super) struct Link {
    options: Arc<RabbitOptions>,
    shared: Arc<Shared>,
}

struct Shared {
    state: watch::Sender<State>,
    /// Failed attempts in a row.
    failures: std::sync::atomic::AtomicU32,
}

impl Link {
    pub(super) fn new(options: Arc<RabbitOptions>) -> Self {
        let state = watch::Sender::new(State::Absent);
        Self { options, shared: Arc::new(Shared { state, failures: Default::default() }) }
    }

    /// The connection; waits for it as long as one is being made. Callers put their own deadline around it.
    pub(super) async fn open(&self) -> Result<Arc<Open>, QueueError> {
        let mut changes = self.shared.state.subscribe();
        loop {
            let begin = self.shared.state.send_if_modified(|state| {
                let due = match state {
                    State::Absent => true,
                    State::Open(open) => !open.usable(),
                    State::Pausing(until, _) => *until <= Instant::now(),
                    State::Connecting | State::Closed => false,
                };
                if due {
                    *state = State::Connecting;
                }
                due
            });
            if begin {
                tokio::spawn(self.clone().attempt());
            }
            match &*changes.borrow_and_update() {
                State::Open(open) => return Ok(Arc::clone(open)),
                State::Pausing(_, error) => return Err(error.clone()),
                State::Closed => return Err(closed()),
                State::Absent | State::Connecting => {}
            }
            changes.changed().await.map_err(|_| closed())?;
        }
    }

    async fn attempt(self) {
        use std::sync::atomic::Ordering::Relaxed;

        let opened = Open::connect(&self.options).await;
        let mut too_late = None;
        self.shared.state.send_modify(|state| match (&*state, opened) {
            (State::Closed, Ok(open)) => too_late = Some(open),
            (State::Closed, Err(_)) => {}
            (_, Ok(open)) => {
                self.shared.failures.store(0, Relaxed);
                *state = State::Open(Arc::new(open));
            }
            (_, Err(error)) => {
                let failures = self.shared.failures.fetch_add(1, Relaxed).saturating_add(1);
                let pause = connection::backoff(failures);
                tracing::warn!(%error, failures, ?pause, "no connection to RabbitMQ for publishing");
                *state = State::Pausing(Instant::now() + pause, error);
            }
        });
        if let Some(open) = too_late {
            connection::close(&open.connection).await;
        }
    }

    /// Makes the next caller connect anew and so declare the topology.
    pub(super) fn forget(&self, open: &Arc<Open>) {
        self.shared.state.send_if_modified(|state| {
            let current = matches!(state, State::Open(current) if Arc::ptr_eq(current, open));
            if current {
                *state = State::Absent;
            }
            current
        });
    }

    pub(super) async fn close(&self) {
        if let State::Open(open) = self.shared.state.send_replace(State::Closed) {
            connection::close(&open.connection).await;
        }
    }
}

fn closed() -> QueueError {
    QueueError::unavailable("it was closed")
}
