//! What travels on the queue: an opaque body with the few fields that the queue itself needs.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use marsad_model::limits::MAX_MESSAGE_BYTES;
use uuid::Uuid;

use crate::QueueError;

/// Most bytes that key, stamp and all headers of a message may have together, names and values (32 KiB). An AMQP
/// header frame, which holds them, cannot be split.
pub const MAX_HEADER_BYTES: usize = 32 << 10;

/// Most bytes that the name of one header may have (an AMQP short string).
pub const MAX_HEADER_NAME_BYTES: usize = 255;

/// Which of the two lanes a message waits in. Messages of [`Lane::Live`] are handed out first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// News of the moment.
    Live,
    /// Archives and re-analysis; never in the way of live articles.
    Backfill,
}

impl Lane {
    /// Both lanes, in the order in which they are served.
    pub const ALL: [Self; 2] = [Self::Live, Self::Backfill];

    /// The stable name: `live` or `backfill`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Backfill => "backfill",
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Lane {
    type Err = QueueError;

    /// # Errors
    /// [`QueueError::Invalid`] for anything but the two names.
    fn from_str(name: &str) -> Result<Self, QueueError> {
        Self::ALL
            .into_iter()
            .find(|lane| lane.as_str() == name)
            .ok_or_else(|| QueueError::Invalid(format!("{name:?} is no lane: say live or backfill")))
    }
}

/// A message. The queue never looks into the body, and it does not tell two messages with the same id apart: a
/// caller that publishes again after an error may make two, and whoever claims them must bear that.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Names the message in [`Queue::replay`](crate::Queue::replay) and in logs.
    pub id: Uuid,
    /// What the message is about (an article id), for [`Queue::forget`](crate::Queue::forget).
    pub key: String,
    /// Orders the messages of one key by age: of two, the one whose stamp sorts first (byte by byte) is the older. Opaque
    /// otherwise. Empty, which is older than everything, if the messages have no order.
    pub stamp: String,
    /// Where it waits.
    pub lane: Lane,
    /// The caller's own headers, kept byte for byte: trace context, content type, schema version. Names are not
    /// empty, have at most [`MAX_HEADER_NAME_BYTES`] bytes and do not start with `x-`, which belongs to the broker.
    pub headers: BTreeMap<String, String>,
    /// At most [`MAX_MESSAGE_BYTES`] bytes.
    pub body: Bytes,
}

impl Message {
    /// A message with a random id, no stamp and no headers.
    pub fn new(key: impl Into<String>, lane: Lane, body: impl Into<Bytes>) -> Self {
        let (id, key, stamp) = (Uuid::new_v4(), key.into(), String::new());
        Self { id, key, stamp, lane, headers: BTreeMap::new(), body: body.into() }
    }

    /// Sets the stamp.
    #[must_use]
    pub fn with_stamp(mut self, stamp: impl Into<String>) -> Self {
        self.stamp = stamp.into();
        self
    }

    /// Adds or replaces one header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Checks the limits that every backend keeps.
    ///
    /// # Errors
    /// [`QueueError::TooLarge`] for the body, or for key, stamp and headers together; [`QueueError::Invalid`] for a header
    /// name that is empty, too long or reserved.
    pub fn validate(&self) -> Result<(), QueueError> {
        if self.body.len() > MAX_MESSAGE_BYTES {
            return Err(QueueError::TooLarge { bytes: self.body.len(), limit: MAX_MESSAGE_BYTES });
        }
        let header_bytes = self.header_bytes();
        if header_bytes > MAX_HEADER_BYTES {
            return Err(QueueError::TooLarge { bytes: header_bytes, limit: MAX_HEADER_BYTES });
        }
        for name in self.headers.keys() {
            if name.is_empty() || name.len() > MAX_HEADER_NAME_BYTES || name.starts_with("x-") {
                return Err(QueueError::Invalid(format!(
                    "header name {name:?} must have 1 to {MAX_HEADER_NAME_BYTES} bytes and not start with x-"
                )));
            }
        }
        Ok(())
    }

    /// Bytes of the key, of the stamp and of all header names and values.
    pub(crate) fn header_bytes(&self) -> usize {
        self.key.len()
            + self.stamp.len()
            + self.headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()
    }
}

impl fmt::Debug for Message {
    /// Without the body, which belongs in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("key", &self.key)
            .field("stamp", &self.stamp)
            .field("lane", &self.lane)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// A message that was set aside, and why. It stays until it is replayed or forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// The message as it was published.
    pub message: Message,
    /// What [`Delivery::park`](crate::Delivery::park) was told, or [`DELIVERY_LIMIT`](crate::DELIVERY_LIMIT).
    pub reason: String,
    /// How many times it was delivered.
    pub attempts: u32,
    /// When it was parked, in milliseconds since the Unix epoch. RabbitMQ knows whole seconds only for messages that
    /// it parked by itself.
    pub parked_at: i64,
}

/// How many messages are where. Messages that a worker holds are in none of the waiting numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Depth {
    /// Live messages that can be claimed now.
    pub live: u64,
    /// Backfill messages that can be claimed now.
    pub backfill: u64,
    /// Messages of both lanes whose retry delay is running. RabbitMQ does not count those whose delay has ended while
    /// their lane is full: they are in none of these numbers until it has room.
    pub delayed: u64,
    /// Messages claimed and not settled; `None` where the backend cannot tell.
    pub in_flight: Option<u64>,
    /// Messages set aside.
    pub parked: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold_to_the_byte() {
        let fits = Message::new("k", Lane::Live, vec![0; MAX_MESSAGE_BYTES]);
        assert_eq!(fits.validate(), Ok(()));
        let over = Message::new("k", Lane::Live, vec![0; MAX_MESSAGE_BYTES + 1]);
        assert_eq!(
            over.validate(),
            Err(QueueError::TooLarge { bytes: MAX_MESSAGE_BYTES + 1, limit: MAX_MESSAGE_BYTES })
        );
        let headers = Message::new("", Lane::Live, "").with_header("a", "b".repeat(MAX_HEADER_BYTES - 1));
        assert_eq!(headers.validate(), Ok(()));
        assert!(matches!(headers.clone().with_stamp("s").validate(), Err(QueueError::TooLarge { .. })));
        assert!(matches!(headers.with_header("c", "").validate(), Err(QueueError::TooLarge { .. })));
    }

    #[test]
    fn reserved_and_impossible_header_names_are_refused() {
        for name in ["", "x-death", "x-marsad-lane", &"n".repeat(256)] {
            let message = Message::new("k", Lane::Live, "").with_header(name, "v");
            assert!(matches!(message.validate(), Err(QueueError::Invalid(_))), "{name:?}");
        }
        assert_eq!(Message::new("k", Lane::Live, "").with_header("n".repeat(255), "v").validate(), Ok(()));
    }

    #[test]
    fn the_debug_form_has_no_body() {
        let debug = format!("{:?}", Message::new("k", Lane::Live, "secret"));
        assert!(debug.contains("body_bytes: 6") && !debug.contains("secret"), "{debug}");
    }

    #[test]
    fn lane_names_round_trip() {
        for lane in Lane::ALL {
            assert_eq!(lane.to_string().parse(), Ok(lane));
        }
        assert!(matches!("Live".parse::<Lane>(), Err(QueueError::Invalid(_))));
    }
}
