//! How articles, revisions, events, claims and entities are named: id scheme 1, frozen.
//!
//! Everything is a UUIDv5 (RFC 9562) over length-prefixed fields, so that no two different lists of fields give the same
//! bytes. Text that goes into an identity is in Unicode NFC with runs of white space collapsed to one space.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use url::Url;
use uuid::Uuid;

use crate::ontology::{ConflictKind, EntityType, EventType};
use crate::span::Span;

/// The version of the rules in this module. Changing any rule means a new number, and both kept side by side.
pub const ID_SCHEME: u32 = 1;

/// Namespace of all ids of scheme 1: UUIDv5 of the DNS name `marsad.ids.v1`.
const NAMESPACE: Uuid = Uuid::from_u128(0x1f09_35f5_5824_5bbd_aee4_1efb_3525_506d);

macro_rules! uuid_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> { text.parse().map(Self) }
        }
    };
}

uuid_id! {
    /// Names an article through all of its revisions.
    ArticleId
}
uuid_id! {
    /// Names one event in one revision of an article.
    EventId
}
uuid_id! {
    /// Names one claim in one revision of an article.
    ClaimId
}
uuid_id! {
    /// Names a story.
    StoryId
}
uuid_id! {
    /// Names one event as all articles tell it.
    ClusterId
}
uuid_id! {
    /// Names a disagreement about one event.
    ConflictId
}
uuid_id! {
    /// What an event is known by in every analysis of its article: see [`crate::judgement`].
    EventKey
}
uuid_id! {
    /// Names a judgement of an analyst.
    JudgementId
}
uuid_id! {
    /// Names something that was taught.
    TeachingId
}

/// SHA-256 over everything that a submission says about an article; names a revision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// The hash of the given fields, each length-prefixed; absent and empty differ.
    pub fn of(fields: &[Option<&str>]) -> Self {
        let mut hasher = Sha256::new();
        for field in fields {
            match field {
                Some(text) => {
                    hasher.update([1]);
                    hasher.update((text.len() as u64).to_be_bytes());
                    hasher.update(text.as_bytes());
                }
                None => hasher.update([0]),
            }
        }
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no content hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no content hash; 64 hexadecimal digits are")]
pub struct BadContentHash(String);

impl FromStr for ContentHash {
    type Err = BadContentHash;
    fn from_str(text: &str) -> Result<Self, BadContentHash> {
        let bad = || BadContentHash(text.to_owned());
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(bad());
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| bad())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| bad())?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for ContentHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Names an entity: an ISO 3166 code or slug of the knowledge, or a made id for what the knowledge does not have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntityId(pub String);

impl EntityId {
    /// An entity of the knowledge.
    pub fn known(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// An entity outside of the knowledge with a full name of two words or more: the same in every article. `folded_name` is
    /// the name in comparison form, words separated by one space.
    pub fn unknown(entity_type: EntityType, folded_name: &str) -> Self {
        Self(format!("x:{}", derive("entity", &[entity_type.as_str().as_bytes(), folded_name.as_bytes()])))
    }

    /// An entity that is known by one word only: local to its article.
    pub fn local(article: ArticleId, entity_type: EntityType, folded_name: &str) -> Self {
        let fields =
            [article.0.as_bytes().as_slice(), entity_type.as_str().as_bytes(), folded_name.as_bytes()];
        Self(format!("local:{}", derive("local-entity", &fields)))
    }

    /// Whether it is an entity of the knowledge, whose names are known apart from the articles.
    pub fn is_known(&self) -> bool {
        !self.0.starts_with("x:") && !self.0.starts_with("local:")
    }

    /// Whether it is a country: its id is a code of ISO 3166, two capital letters.
    pub fn is_country(&self) -> bool {
        self.0.len() == 2 && self.0.bytes().all(|byte| byte.is_ascii_uppercase())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ArticleId {
    /// The id of an article with this URL, which is made canonical first (see [`canonical_url`]).
    pub fn from_url(url: &Url) -> Self {
        Self(derive("url", &[canonical_url(url).as_bytes()]))
    }

    /// The id of an article that its outlet names itself.
    pub fn from_external_id(outlet: &str, external_id: &str) -> Self {
        let (outlet, external_id) = (identity_text(outlet), identity_text(external_id));
        Self(derive("external", &[outlet.as_bytes(), external_id.as_bytes()]))
    }

    /// The id of an article known by its text alone. The text is hashed as identity text.
    pub fn from_text(outlet: &str, text: &str) -> Self {
        let outlet = identity_text(outlet);
        let hash = ContentHash::of(&[Some(&identity_text(text))]);
        Self(derive("text", &[outlet.as_bytes(), &hash.0]))
    }
}

impl EventId {
    /// The id of the event of that type at that trigger.
    pub fn new(article: ArticleId, revision: ContentHash, trigger: Span, event_type: EventType) -> Self {
        let kind = event_type.as_str().as_bytes();
        Self(derive_in_revision("event", article, revision, trigger, kind))
    }
}

impl ClaimId {
    /// The id of the claim with that cue and content.
    pub fn new(article: ArticleId, revision: ContentHash, cue: Span, content: Span) -> Self {
        let content = [content.start as u64, content.end as u64].map(u64::to_be_bytes).concat();
        Self(derive_in_revision("claim", article, revision, cue, &content))
    }
}

impl StoryId {
    /// The id of the story whose smallest article is this one.
    pub fn new(smallest: ArticleId) -> Self {
        Self(derive("story", &[smallest.0.as_bytes()]))
    }

    /// The id of the coarser story whose smallest part is this one.
    pub fn parent(smallest: StoryId) -> Self {
        Self(derive("parent-story", &[smallest.0.as_bytes()]))
    }
}

impl ClusterId {
    /// The id of the cluster whose smallest event is this one.
    pub fn new(smallest: EventId) -> Self {
        Self(derive("cluster", &[smallest.0.as_bytes()]))
    }
}

impl ConflictId {
    /// The id of the disagreement over that aspect of an event; `detail` tells apart what is of one kind, e.g. the role of a number.
    pub fn new(cluster: ClusterId, kind: ConflictKind, detail: &str) -> Self {
        Self(derive("conflict", &[cluster.0.as_bytes(), kind.as_str().as_bytes(), detail.as_bytes()]))
    }
}

impl EventKey {
    /// The key of an event of that type whose trigger are these words; they begin so many bytes into the text's word of that number
    /// among equal ones.
    pub(crate) fn new(
        article: ArticleId,
        (word, number): (&str, u32),
        into: usize,
        trigger: &str,
        event_type: EventType,
    ) -> Self {
        let (number, into) = (number.to_be_bytes(), (into as u64).to_be_bytes());
        let fields: [&[u8]; 6] = [
            article.0.as_bytes(),
            word.as_bytes(),
            &number,
            &into,
            trigger.as_bytes(),
            event_type.as_str().as_bytes(),
        ];
        Self(derive("event-key", &fields))
    }
}

impl JudgementId {
    /// The id of saying `verdict` of the events with these keys, which are in order.
    pub(crate) fn new(verdict: &str, events: &[EventKey]) -> Self {
        let fields: Vec<&[u8]> = std::iter::once(verdict.as_bytes())
            .chain(events.iter().map(|key| key.0.as_bytes().as_slice()))
            .collect();
        Self(derive("judgement", &fields))
    }
}

impl TeachingId {
    /// The id of teaching what these fields say.
    pub(crate) fn new(kind: &str, fields: &[&str]) -> Self {
        let fields: Vec<&[u8]> =
            std::iter::once(kind).chain(fields.iter().copied()).map(str::as_bytes).collect();
        Self(derive("teaching", &fields))
    }
}

fn derive_in_revision(
    kind: &str,
    article: ArticleId,
    revision: ContentHash,
    span: Span,
    rest: &[u8],
) -> Uuid {
    let span = [span.start as u64, span.end as u64].map(u64::to_be_bytes).concat();
    derive(kind, &[article.0.as_bytes(), &revision.0, &span, rest])
}

fn derive(kind: &str, fields: &[&[u8]]) -> Uuid {
    let mut bytes = Vec::new();
    for field in std::iter::once(&kind.as_bytes()).chain(fields) {
        bytes.extend_from_slice(&(field.len() as u64).to_be_bytes());
        bytes.extend_from_slice(field);
    }
    Uuid::new_v5(&NAMESPACE, &bytes)
}

/// Text as it goes into identities: Unicode NFC, white space collapsed to single spaces and trimmed.
///
/// ```
/// assert_eq!(marsad_model::id::identity_text("  وكالة \u{a0}الأنباء\n"), "وكالة الأنباء");
/// ```
pub fn identity_text(text: &str) -> String {
    let composed: String = text.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Query parameters that say where a reader came from, not what the page is.
const TRACKING_PARAMETERS: &[&str] = &[
    "fbclid",
    "gclid",
    "dclid",
    "msclkid",
    "yclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "ref_src",
    "cmpid",
    "ocid",
    "at_medium",
    "at_campaign",
    "amp",
];

/// The form of a URL that names an article. In this order:
///
/// 1. scheme `http` becomes `https`; scheme and host are lower case, the host in ASCII (IDNA), default ports dropped
///    (WHATWG URL);
/// 2. leading `www.`, `m.` and `amp.` of the host, user and password, and the fragment are dropped;
/// 3. query parameters that track readers (`utm_*` and a fixed list) are dropped, the rest sorted by name, then value, byte
///    by byte: old Arabic sites escape in windows-1256, so escapes are never decoded as UTF-8;
/// 4. trailing slashes of the path are dropped, but for the root;
/// 5. percent escapes are in upper case, those of unreserved characters are decoded (RFC 3986, 6.2.2), and a `+` in the
///    query is `%20`.
///
/// ```
/// let url = url::Url::parse("http://WWW.Example.org:80/a/?utm_source=x&b=2&a=1#top").unwrap();
/// assert_eq!(marsad_model::id::canonical_url(&url), "https://example.org/a?a=1&b=2");
/// ```
pub fn canonical_url(url: &Url) -> String {
    let mut host = url.host_str().unwrap_or_default();
    while let Some(rest) = ["www.", "m.", "amp."]
        .iter()
        .find_map(|prefix| host.strip_prefix(prefix).filter(|rest| rest.contains('.')))
    {
        host = rest;
    }
    let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
    let path = normalize_escapes(url.path());
    let path = path.trim_end_matches('/');
    let path = if path.is_empty() { "/" } else { path };
    let mut parameters: Vec<(String, Option<String>)> = (url.query().unwrap_or_default().split('&'))
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| {
            let (name, value) = parameter.split_once('=').map_or((parameter, None), |(n, v)| (n, Some(v)));
            let part = |text: &str| normalize_escapes(&text.replace('+', "%20"));
            (part(name), value.map(part))
        })
        .filter(|(name, _)| !is_tracking(name))
        .collect();
    parameters.sort();
    let scheme = if url.scheme() == "http" { "https" } else { url.scheme() };
    let mut canonical = format!("{scheme}://{host}{port}{path}");
    for (at, (name, value)) in parameters.iter().enumerate() {
        canonical.push(if at == 0 { '?' } else { '&' });
        canonical.push_str(name);
        if let Some(value) = value {
            canonical.push('=');
            canonical.push_str(value);
        }
    }
    canonical
}

/// Percent escapes in upper case, and unreserved characters without escape.
fn normalize_escapes(text: &str) -> String {
    let mut parts = text.split('%');
    let mut normal = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok().map(|byte| (byte, digits)))
        {
            Some((byte, _)) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                normal.push(char::from(byte));
                normal.push_str(&part[2..]);
            }
            Some((_, digits)) => {
                normal.push('%');
                normal.push_str(&digits.to_ascii_uppercase());
                normal.push_str(&part[2..]);
            }
            // A `%` that begins no escape is one itself.
            None => {
                normal.push_str("%25");
                normal.push_str(part);
            }
        }
    }
    normal
}

fn is_tracking(parameter: &str) -> bool {
    let name = parameter.to_ascii_lowercase();
    name.starts_with("utm_") || TRACKING_PARAMETERS.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn urls_of_one_page_are_one_article() {
        let cases = [
            ("https://news.example/a/1", "http://news.example/a/1/"),
            ("https://news.example/a", "https://www.news.example:443/a#comments"),
            ("https://news.example/a?id=7", "https://m.news.example/a?utm_medium=x&id=7&fbclid=abc"),
            ("https://news.example/أخبار", "https://NEWS.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1"),
            ("https://مثال.example/x", "https://xn--mgbh0fb.example/x"),
            ("https://news.example", "https://news.example/?gclid=1"),
            ("https://news.example/a?q=x+y", "https://news.example/%61?q=x%20y"),
            ("https://news.example/a?t=%c7", "https://www.m.news.example/a?t=%C7"),
        ];
        for (left, right) in cases {
            assert_eq!(ArticleId::from_url(&url(left)), ArticleId::from_url(&url(right)), "{left} {right}");
        }
    }

    #[test]
    fn urls_of_two_pages_are_two_articles() {
        let cases = [
            ("https://news.example/a?id=1", "https://news.example/a?id=2"),
            ("https://news.example/a", "https://news.example/A"),
            ("https://news.example/a", "https://news.example:8443/a"),
            ("https://m.example/a", "https://example/a"),
            ("https://news.example/a?t=%C7%E1%DA%D1", "https://news.example/a?t=%E3%D5%D1%C9"),
            ("https://news.example/a?ref=1", "https://news.example/a?ref=2"),
        ];
        for (left, right) in cases {
            assert_ne!(ArticleId::from_url(&url(left)), ArticleId::from_url(&url(right)), "{left} {right}");
        }
    }

    #[test]
    fn ids_of_scheme_one_are_frozen() {
        assert_eq!(
            ArticleId::from_url(&url("https://news.example/a")).to_string(),
            "6c595d11-e9f5-5d6e-857d-58e37b1ef2d4"
        );
        assert_eq!(
            ArticleId::from_external_id("outlet", "7").to_string(),
            "0b3e2ccd-aa85-53c7-b787-b714851c3172"
        );
        assert_eq!(ArticleId::from_text("outlet", "نص").to_string(), "c9a7907e-1d9a-511d-a51e-5de9617bbfd9");
        assert_eq!(
            EntityId::unknown(EntityType::Person, "اسم كامل").as_str(),
            "x:8db1541c-ffc7-54f1-ad8b-a8e7065da167"
        );
    }

    #[test]
    fn fields_are_length_prefixed() {
        assert_ne!(ArticleId::from_external_id("ab", "c"), ArticleId::from_external_id("a", "bc"));
        assert_ne!(ContentHash::of(&[Some("ab"), Some("c")]), ContentHash::of(&[Some("a"), Some("bc")]));
        assert_ne!(ContentHash::of(&[None]), ContentHash::of(&[Some("")]));
    }

    proptest! {
        #[test]
        fn content_hash_round_trips(bytes in any::<[u8; 32]>()) {
            let hash = ContentHash(bytes);
            prop_assert_eq!(hash.to_string().parse::<ContentHash>(), Ok(hash));
        }

        #[test]
        fn parsing_a_hash_never_panics(text in "\\PC{0,80}") {
            let _ = text.parse::<ContentHash>();
        }

        #[test]
        fn canonical_urls_are_canonical(
            host in "((www|m|amp)\\.){0,3}", path in "[a-z/%0-9]{0,20}", query in "[a-z=&%+0-9]{0,20}",
        ) {
            if let Ok(parsed) = Url::parse(&format!("http://{host}example.org/{path}?{query}")) {
                let once = canonical_url(&parsed);
                prop_assert_eq!(canonical_url(&url(&once)), once);
            }
        }

        #[test]
        fn identity_text_is_idempotent(text in "\\PC{0,60}") {
            let once = identity_text(&text);
            prop_assert_eq!(identity_text(&once), once);
        }
    }
}
