//! A message as AMQP carries it: the caller's headers as they are, the queue's own under `x-marsad-`.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, ShortString};
use uuid::Uuid;

use crate::{DELIVERY_LIMIT, Lane, Message, Parked};

const KEY: &str = "x-marsad-key";
const STAMP: &str = "x-marsad-stamp";
const LANE: &str = "x-marsad-lane";
/// Deliveries before those that the broker counts: up to the last retry.
const ATTEMPTS: &str = "x-marsad-attempts";
const REASON: &str = "x-marsad-reason";
const PARKED_AT: &str = "x-marsad-parked-at";

/// Delivered twice after a lost connection or a reject; the broker's own count.
const DELIVERY_COUNT: &str = "x-delivery-count";
/// Where the message died, the newest death first.
const DEATHS: &str = "x-death";

/// AMQP's number for a persistent message.
const PERSISTENT: u8 = 2;

/// Properties to publish a message with that was delivered `attempts` times.
pub(super) fn properties(message: &Message, attempts: u32) -> BasicProperties {
    with_headers(message, headers(message, attempts))
}

/// Properties to park a message with.
pub(super) fn parked_properties(message: &Message, attempts: u32, reason: &str) -> BasicProperties {
    let mut headers = headers(message, attempts);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    insert(&mut headers, REASON, AMQPValue::LongString(reason.into()));
    insert(&mut headers, PARKED_AT, AMQPValue::LongLongInt(millis));
    with_headers(message, headers)
}

fn with_headers(message: &Message, headers: FieldTable) -> BasicProperties {
    let id = ShortString::try_new(message.id.to_string()).unwrap_or_default();
    BasicProperties::default().with_message_id(id).with_delivery_mode(PERSISTENT).with_headers(headers)
}

fn headers(message: &Message, attempts: u32) -> FieldTable {
    let mut headers = FieldTable::default();
    for (name, value) in &message.headers {
        insert(&mut headers, name, AMQPValue::LongString(value.as_str().into()));
    }
    insert(&mut headers, KEY, AMQPValue::LongString(message.key.as_str().into()));
    insert(&mut headers, STAMP, AMQPValue::LongString(message.stamp.as_str().into()));
    insert(&mut headers, LANE, AMQPValue::LongString(message.lane.as_str().into()));
    insert(&mut headers, ATTEMPTS, AMQPValue::LongLongInt(i64::from(attempts)));
    headers
}

fn insert(headers: &mut FieldTable, name: &str, value: AMQPValue) {
    // Message::validate has checked the length of every name.
    if let Ok(name) = ShortString::try_new(name) {
        headers.insert(name, value);
    }
}

/// Reads a message back, and how many times it was delivered before this time. What was not put there by this queue is
/// read as far as it goes (a nil id, an empty key), so that it can be claimed and parked like any other.
pub(super) fn read(properties: &BasicProperties, data: Vec<u8>, lane: Lane) -> (Message, u32) {
    let headers = properties.headers().as_ref();
    let own = headers.into_iter().flat_map(|headers| headers.inner()).filter_map(|(name, value)| {
        let name = name.as_str();
        (!name.starts_with("x-")).then_some(())?;
        Some((name.to_owned(), text(value)?))
    });
    let message = Message {
        id: properties.message_id().as_ref().and_then(|id| id.as_str().parse().ok()).unwrap_or(Uuid::nil()),
        key: get(properties, KEY).and_then(text).unwrap_or_default(),
        stamp: get(properties, STAMP).and_then(text).unwrap_or_default(),
        lane: get(properties, LANE).and_then(text).and_then(|lane| lane.parse().ok()).unwrap_or(lane),
        headers: own.collect::<BTreeMap<_, _>>(),
        body: Bytes::from(data),
    };
    let attempts = count(properties, ATTEMPTS).saturating_add(count(properties, DELIVERY_COUNT));
    (message, attempts)
}

/// Reads a message of the parked queue: parked by a worker with a reason, or by the broker with a death.
pub(super) fn read_parked(properties: &BasicProperties, data: Vec<u8>, delivery_limit: u32) -> Parked {
    let (message, _) = read(properties, data, Lane::Live);
    let attempts = count(properties, ATTEMPTS);
    if let Some(reason) = get(properties, REASON).and_then(text) {
        let parked_at = get(properties, PARKED_AT).and_then(integer).unwrap_or(0);
        return Parked { message, reason, attempts, parked_at };
    }
    let death = get(properties, DEATHS).and_then(|deaths| match deaths {
        AMQPValue::FieldArray(deaths) => match deaths.as_slice().first() {
            Some(AMQPValue::FieldTable(death)) => Some(death),
            _ => None,
        },
        _ => None,
    });
    let field = |name: &str| death.and_then(|death| death.inner().get(name));
    let parked_at = match field("time") {
        Some(AMQPValue::Timestamp(seconds)) => i64::try_from(*seconds).unwrap_or(0).saturating_mul(1000),
        _ => 0,
    };
    match field("reason").and_then(text) {
        Some(reason) if reason == "delivery_limit" => {
            let attempts = attempts.saturating_add(delivery_limit);
            Parked { message, reason: DELIVERY_LIMIT.into(), attempts, parked_at }
        }
        reason => Parked { message, reason: reason.unwrap_or_default(), attempts, parked_at },
    }
}

fn get<'p>(properties: &'p BasicProperties, name: &str) -> Option<&'p AMQPValue> {
    properties.headers().as_ref().and_then(|headers| headers.inner().get(name))
}

fn count(properties: &BasicProperties, name: &str) -> u32 {
    get(properties, name).and_then(integer).and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
}

fn text(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(text) => String::from_utf8(text.as_bytes().to_vec()).ok(),
        AMQPValue::ShortString(text) => Some(text.as_str().to_owned()),
        _ => None,
    }
}

fn integer(value: &AMQPValue) -> Option<i64> {
    match value {
        AMQPValue::ShortShortInt(value) => Some(i64::from(*value)),
        AMQPValue::ShortShortUInt(value) => Some(i64::from(*value)),
        AMQPValue::ShortInt(value) => Some(i64::from(*value)),
        AMQPValue::ShortUInt(value) => Some(i64::from(*value)),
        AMQPValue::LongInt(value) => Some(i64::from(*value)),
        AMQPValue::LongUInt(value) => Some(i64::from(*value)),
        AMQPValue::LongLongInt(value) => Some(*value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_survives_the_envelope() {
        let message = Message::new("مقال", Lane::Backfill, vec![0, 255, 10])
            .with_stamp("ختم 2")
            .with_header("traceparent", "00-ab")
            .with_header("عنوان", "قيمة");
        let (read_back, attempts) = read(&properties(&message, 3), message.body.to_vec(), Lane::Live);
        assert_eq!((read_back, attempts), (message, 3));
    }

    #[test]
    fn attempts_are_those_before_the_retry_and_those_since() {
        let message = Message::new("k", Lane::Live, "b");
        let mut headers = headers(&message, 2);
        insert(&mut headers, DELIVERY_COUNT, AMQPValue::LongLongInt(3));
        assert_eq!(read(&with_headers(&message, headers), vec![], Lane::Live).1, 5);
    }

    #[test]
    fn a_foreign_message_is_read_as_far_as_it_goes() {
        let (message, attempts) = read(&BasicProperties::default(), b"?".to_vec(), Lane::Backfill);
        assert_eq!((message.id, message.lane, attempts), (Uuid::nil(), Lane::Backfill, 0));
        let parked = read_parked(&BasicProperties::default(), b"?".to_vec(), 6);
        assert_eq!((parked.reason.as_str(), parked.attempts), ("", 0));
    }

    #[test]
    fn the_newest_death_says_why_the_broker_parked_it() {
        let message = Message::new("k", Lane::Live, "b");
        let mut all = headers(&message, 1);
        let death = |reason: &str, seconds: u64| {
            let mut death = FieldTable::default();
            insert(&mut death, "reason", AMQPValue::LongString(reason.into()));
            insert(&mut death, "time", AMQPValue::Timestamp(seconds));
            AMQPValue::FieldTable(death)
        };
        let deaths = vec![death("delivery_limit", 1_700_000_000), death("expired", 1_600_000_000)];
        insert(&mut all, DEATHS, AMQPValue::FieldArray(deaths.into()));
        let parked = read_parked(&with_headers(&message, all), b"b".to_vec(), 6);
        assert_eq!(
            parked,
            Parked { message, reason: DELIVERY_LIMIT.into(), attempts: 7, parked_at: 1_700_000_000_000 }
        );
    }
}
