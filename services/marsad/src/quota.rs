//! What one token may use in a second: calls and bytes.
//!
//! A call that begins while nothing is left is refused and told when to come back. What goes on inside of a call, the messages of a
//! stream above all, is read more slowly instead: the stream's own flow control holds the caller up, and nothing is lost.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use futures::StreamExt;
use futures::stream;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, RateLimiter};
use http_body_util::{BodyExt, StreamBody};
use tonic::body::Body;

/// The bytes before each message: whether it is compressed, and its length.
const PREFIX_BYTES: usize = 5;

/// What may be used in a second; `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Limits {
    /// Calls, and messages of a stream after its first one.
    pub(crate) requests: Option<NonZeroU32>,
    /// Bytes of requests as they come over the wire, inside of TLS.
    pub(crate) bytes: Option<NonZeroU32>,
}

impl FromStr for Limits {
    type Err = anyhow::Error;

    /// `requests=50,bytes=1000000`, either of them or both.
    fn from_str(text: &str) -> anyhow::Result<Self> {
        let mut limits = Self::default();
        for limit in text.split(',') {
            let (name, value) =
                limit.split_once('=').context("a limit is `requests=NUMBER` or `bytes=NUMBER`")?;
            let value =
                value.parse().with_context(|| format!("`{value}` is no number from 1 to {}", u32::MAX))?;
            match name {
                "requests" => limits.requests = Some(value),
                "bytes" => limits.bytes = Some(value),
                _ => bail!("`{name}` is no limit; `requests` and `bytes` are, each a second"),
            }
        }
        Ok(limits)
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limits = [("requests", self.requests), ("bytes", self.bytes)];
        let limits = limits.iter().filter_map(|(name, limit)| Some(format!("{name}={}", (*limit)?)));
        f.write_str(&limits.collect::<Vec<_>>().join(","))
    }
}

/// What is left of a token's limits. A second's worth may be used at once.
#[derive(Debug)]
pub(crate) struct Quota {
    requests: Option<DefaultDirectRateLimiter>,
    bytes: Option<(DefaultDirectRateLimiter, NonZeroU32)>,
}

impl Quota {
    /// `None` where nothing is limited.
    pub(crate) fn new(limits: Limits) -> Option<Self> {
        if limits == Limits::default() {
            return None;
        }
        let bucket = |limit| RateLimiter::direct(governor::Quota::per_second(limit));
        Some(Self {
            requests: limits.requests.map(bucket),
            bytes: limits.bytes.map(|limit| (bucket(limit), limit)),
        })
    }

    /// Begins a call.
    ///
    /// # Errors
    /// How long until the next one may begin.
    pub(crate) fn begin(&self) -> Result<(), Duration> {
        let bytes = self.bytes.as_ref().map(|(bytes, _)| bytes);
        for bucket in self.requests.iter().chain(bytes) {
            bucket.check().map_err(|until| until.wait_time_from(DefaultClock::default().now()))?;
        }
        Ok(())
    }

    /// Waits until so much more of a body may be used.
    async fn spend(&self, bytes: usize, messages: usize) {
        if let Some(requests) = &self.requests {
            for _ in 0..messages {
                requests.until_ready().await;
            }
        }
        if let Some((bucket, most)) = &self.bytes {
            let mut left = u32::try_from(bytes).unwrap_or(u32::MAX);
            while let Some(part) = NonZeroU32::new(left.min(most.get())) {
                // A part is never more than a second's worth, so it does not fail.
                let _ = bucket.until_n_ready(part).await;
                left -= part.get();
            }
        }
    }
}

/// A request's body, read no faster than the quota allows.
pub(crate) fn metered(body: Body, quota: Arc<Quota>) -> Body {
    let frames = stream::unfold((body, Messages::default()), move |(mut body, mut messages)| {
        let quota = Arc::clone(&quota);
        async move {
            let frame = body.frame().await?;
            if let Some(data) = frame.as_ref().ok().and_then(|frame| frame.data_ref()) {
                // The call itself was paid for when it began.
                let first = usize::from(messages.seen == 0);
                let more = messages.begun_in(data);
                quota.spend(data.len(), more.saturating_sub(first)).await;
            }
            Some((frame, (body, messages)))
        }
    });
    Body::new(StreamBody::new(frames.boxed()))
}

/// Counts the messages of a body by their prefixes, wherever the frames cut them.
#[derive(Default)]
struct Messages {
    seen: usize,
    prefix: Vec<u8>,
    /// Bytes until the next prefix.
    left: usize,
}

impl Messages {
    /// How many messages' prefixes end in the data that comes next.
    fn begun_in(&mut self, mut data: &[u8]) -> usize {
        let before = self.seen;
        while !data.is_empty() {
            let skipped = self.left.min(data.len());
            self.left -= skipped;
            data = data.get(skipped..).unwrap_or_default();
            let taken = data.len().min(PREFIX_BYTES - self.prefix.len());
            let (prefix, rest) = data.split_at(taken);
            self.prefix.extend_from_slice(prefix);
            data = rest;
            if let [_, length @ ..] = self.prefix.as_slice()
                && let Ok(length) = <[u8; 4]>::try_from(length)
            {
                self.left = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
                self.prefix.clear();
                self.seen += 1;
            }
        }
        self.seen - before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn limits(text: &str) -> Limits {
        text.parse().unwrap()
    }

    #[test]
    fn limits_are_read_as_they_are_written() {
        for text in ["requests=50", "bytes=1000000", "requests=1,bytes=4294967295"] {
            assert_eq!(limits(text).to_string(), text);
        }
        for (text, problem) in [
            ("", "a limit is"),
            ("requests", "a limit is"),
            ("requests=0", "no number"),
            ("bytes=5000000000", "no number"),
            ("calls=1", "`calls` is no limit"),
        ] {
            let error = format!("{:#}", text.parse::<Limits>().unwrap_err());
            assert!(error.contains(problem), "{text}: {error}");
        }
    }

    #[test]
    fn calls_over_the_limit_are_told_when_to_come_back() {
        let quota = Quota::new(limits("requests=2")).unwrap();
        assert_eq!((quota.begin(), quota.begin()), (Ok(()), Ok(())));
        let wait = quota.begin().unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_millis(500), "{wait:?}");
        assert!(Quota::new(Limits::default()).is_none());
    }

    #[tokio::test]
    async fn a_body_is_read_no_faster_than_its_bytes_may_come() {
        let quota = Arc::new(Quota::new(limits("bytes=20000")).unwrap());
        let body = Body::new(http_body_util::Full::from(vec![0; 30_000]));
        let begun = std::time::Instant::now();
        let read = metered(body, quota).collect().await.unwrap().to_bytes();
        assert_eq!(read.len(), 30_000);
        assert!(begun.elapsed() >= Duration::from_millis(450), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn messages_after_the_first_count_as_calls() {
        let quota = Arc::new(Quota::new(limits("requests=10")).unwrap());
        let message = [0, 0, 0, 0, 2, 7, 7];
        let body = || Body::new(http_body_util::Full::from(message.repeat(15)));
        quota.begin().unwrap();
        let begun = std::time::Instant::now();
        let read = metered(body(), quota).collect().await.unwrap().to_bytes();
        assert_eq!(read, message.repeat(15));
        // Fifteen calls, of which ten were there at the beginning.
        assert!(begun.elapsed() >= Duration::from_millis(450), "{:?}", begun.elapsed());
    }

    proptest! {
        #[test]
        fn messages_are_counted_wherever_they_are_cut(lengths in prop::collection::vec(0_usize..40, 0..20), cut in 1_usize..50) {
            let mut data = Vec::new();
            for length in &lengths {
                data.push(0);
                data.extend(u32::try_from(*length).unwrap().to_be_bytes());
                data.resize(data.len() + length, 1);
            }
            let mut messages = Messages::default();
            let counted: usize = data.chunks(cut).map(|chunk| messages.begun_in(chunk)).sum();
            prop_assert_eq!(counted, lengths.len());
        }
    }
}
