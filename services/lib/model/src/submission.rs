//! What a caller hands in: an article or a deletion, as ingest stamped it.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::id::{ArticleId, ContentHash};

/// What a caller says about an article, checked and turned into text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleFields {
    /// The text that is stored, served and analysed; all spans refer to it.
    pub text: String,
    /// The HTML that the text was made from, as submitted.
    pub html: Option<String>,
    /// The title, where it is given apart from the text.
    pub title: Option<String>,
    /// The name of the outlet, as the caller writes it.
    pub outlet: Option<String>,
    /// Where the page is, as the caller writes it.
    pub url: Option<String>,
    /// The outlet's own id of the article.
    pub external_id: Option<String>,
    /// When it was published.
    pub published_at: Option<PublishedAt>,
}

impl ArticleFields {
    /// The id of the article: from its canonical URL, else from outlet and external id, else from outlet and text. An
    /// external id without an outlet names nothing: every feed has a number 1.
    pub fn article_id(&self) -> ArticleId {
        let outlet = self.outlet.as_deref().unwrap_or_default();
        match (self.url.as_deref().map(Url::parse), self.external_id.as_deref()) {
            (Some(Ok(url)), _) => ArticleId::from_url(&url),
            (_, Some(external_id)) if !outlet.is_empty() => ArticleId::from_external_id(outlet, external_id),
            _ => ArticleId::from_text(outlet, &self.text),
        }
    }

    /// The hash that names this revision: over every field.
    pub fn content_hash(&self) -> ContentHash {
        let published_at = self.published_at.as_ref().map(PublishedAt::as_str);
        ContentHash::of(&[
            Some(&self.text),
            self.html.as_deref(),
            self.title.as_deref(),
            self.outlet.as_deref(),
            self.url.as_deref(),
            self.external_id.as_deref(),
            published_at,
        ])
    }
}

/// A publication time as the outlet writes it: an RFC 3339 instant or a bare ISO date.
///
/// It is kept as written, because the day that relative expressions ("today") refer to is the day in the outlet's own
/// offset, which a conversion to UTC would lose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublishedAt {
    text: String,
    date: Date,
}

impl PublishedAt {
    /// The day in the outlet's own offset.
    pub fn date(&self) -> Date {
        self.date
    }

    /// The text as given.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A text that is no publication time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no date; an RFC 3339 instant such as 2024-01-24T09:30:00+03:00 or a date such as 2024-01-24 is"
)]
pub struct BadPublishedAt(String);

impl FromStr for PublishedAt {
    type Err = BadPublishedAt;

    fn from_str(text: &str) -> Result<Self, BadPublishedAt> {
        let text = text.trim();
        let bad = || BadPublishedAt(text.to_owned());
        let day: Date = text.get(..10).and_then(|day| day.parse().ok()).ok_or_else(bad)?;
        // The rest, if any, makes it an instant: that must be one.
        if text.len() > 10 && text.parse::<Timestamp>().is_err() {
            return Err(bad());
        }
        Ok(Self { text: text.to_owned(), date: day })
    }
}

impl From<PublishedAt> for String {
    fn from(value: PublishedAt) -> Self {
        value.text
    }
}

impl TryFrom<String> for PublishedAt {
    type Error = BadPublishedAt;
    fn try_from(text: String) -> Result<Self, BadPublishedAt> {
        text.parse()
    }
}

/// Orders everything that is ever said about one article. Compared field by field: the newest is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// The caller's `modified_at` if given, but never later than the time of acceptance, which it is otherwise;
    /// microseconds since the Unix epoch. A caller whose clock runs ahead could else outrank a later deletion.
    pub modified_at: i64,
    /// When ingest accepted it; microseconds since the Unix epoch.
    pub accepted_at: i64,
    /// What the submission says; `None` for a deletion. Of two with the same times a submission is newer.
    pub content_hash: Option<ContentHash>,
}

impl Stamp {
    /// A text that orders as the two times do, byte by byte: 32 hexadecimal digits. The content hash is not in it, so
    /// those of two submissions of one moment are equal, and a deletion's is not less than that of what it hides.
    ///
    /// ```
    /// # use marsad_model::Stamp;
    /// let at = |modified_at| Stamp { modified_at, accepted_at: 0, content_hash: None }.sort_key();
    /// assert!(at(-1) < at(1) && at(9) < at(10));
    /// ```
    pub fn sort_key(&self) -> String {
        // With the sign bit turned over the order of signed numbers is that of unsigned ones.
        let ordered = |time: i64| time.cast_unsigned() ^ (1 << 63);
        format!("{:016x}{:016x}", ordered(self.modified_at), ordered(self.accepted_at))
    }

    /// When ingest accepted what a [`sort_key`](Self::sort_key) is of, in microseconds since the Unix epoch; `None` for any other text.
    ///
    /// ```
    /// # use marsad_model::Stamp;
    /// let stamp = Stamp { modified_at: -5, accepted_at: 7, content_hash: None };
    /// assert_eq!(Stamp::accepted_at_of(&stamp.sort_key()), Some(7));
    /// assert_eq!(Stamp::accepted_at_of("x"), None);
    /// ```
    pub fn accepted_at_of(sort_key: &str) -> Option<i64> {
        let accepted_at = sort_key.get(16..).filter(|digits| digits.len() == 16)?;
        let ordered = u64::from_str_radix(accepted_at, 16).ok()?;
        Some((ordered ^ (1 << 63)).cast_signed())
    }
}

/// An article as ingest accepted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Which article.
    pub article: ArticleId,
    /// When, and which revision. Its hash is always present; see [`Submission::content_hash`].
    pub stamp: Stamp,
    /// What it says.
    pub fields: ArticleFields,
}

impl Submission {
    /// Stamps `fields`: `modified_at` is the caller's, `accepted_at` the clock's.
    pub fn new(fields: ArticleFields, modified_at: Option<Timestamp>, accepted_at: Timestamp) -> Self {
        let accepted_at = accepted_at.as_microsecond();
        let stamp = Stamp {
            modified_at: modified_at.map_or(accepted_at, |at| at.as_microsecond().min(accepted_at)),
            accepted_at,
            content_hash: Some(fields.content_hash()),
        };
        Self { article: fields.article_id(), stamp, fields }
    }

    /// The revision that this submission is.
    pub fn content_hash(&self) -> ContentHash {
        self.stamp.content_hash.unwrap_or_else(|| self.fields.content_hash())
    }
}

/// A deletion as ingest accepted it: everything with an older stamp goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// Which article.
    pub article: ArticleId,
    /// When. Has no content hash.
    pub stamp: Stamp,
}

impl Deletion {
    /// Stamps a deletion: `modified_at` is the caller's, `accepted_at` the clock's.
    pub fn new(article: ArticleId, modified_at: Option<Timestamp>, accepted_at: Timestamp) -> Self {
        let accepted_at = accepted_at.as_microsecond();
        let modified_at = modified_at.map_or(accepted_at, |at| at.as_microsecond().min(accepted_at));
        Self { article, stamp: Stamp { modified_at, accepted_at, content_hash: None } }
    }
}

/// What travels on the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// An article to analyse.
    Submit(Submission),
    /// An article to forget.
    Delete(Deletion),
}

impl Change {
    /// The article that it is about.
    pub fn article(&self) -> ArticleId {
        match self {
            Self::Submit(submission) => submission.article,
            Self::Delete(deletion) => deletion.article,
        }
    }

    /// Its place in the order of what is said about the article.
    pub fn stamp(&self) -> Stamp {
        match self {
            Self::Submit(submission) => submission.stamp,
            Self::Delete(deletion) => deletion.stamp,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sort_keys_order_like_the_times(
            one in any::<(i64, i64)>(), two in any::<(i64, i64)>(), near in -2..3_i64,
        ) {
            let key = |(modified_at, accepted_at)| {
                Stamp { modified_at, accepted_at, content_hash: None }.sort_key()
            };
            prop_assert_eq!(key(one).cmp(&key(two)), one.cmp(&two));
            let beside = (one.0, one.1.saturating_add(near));
            prop_assert_eq!(key(one).cmp(&key(beside)), one.cmp(&beside));
            prop_assert_eq!(key((near, one.1)).cmp(&key((0, one.1))), near.cmp(&0));
            prop_assert_eq!(key(one).len(), 32);
        }
    }

    #[test]
    fn publication_times() {
        let good = [
            ("2024-01-24", "2024-01-24"),
            ("2024-01-24T23:30:00+03:00", "2024-01-24"),
            ("2024-01-24T23:30:00Z", "2024-01-24"),
            (" 2024-02-29 ", "2024-02-29"),
        ];
        for (text, day) in good {
            assert_eq!(text.parse::<PublishedAt>().unwrap().date().to_string(), day, "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2024-02-30",
            "2023-02-29",
            "2024-01-24T",
            "2024-01-24T25:00:00Z",
            "24/1/2024",
            "٢٠٢٤-٠١-٢٤",
            "2024-01-24 junk",
        ] {
            assert!(text.parse::<PublishedAt>().is_err(), "{text}");
        }
    }

    #[test]
    fn identity_prefers_url_then_external_id_then_text() {
        let text =
            ArticleFields { text: "نص".into(), outlet: Some("وكالة".into()), ..Default::default() };
        let external = ArticleFields { external_id: Some("7".into()), ..text.clone() };
        let url = ArticleFields { url: Some("https://news.example/7".into()), ..external.clone() };
        let edited = ArticleFields { text: "نص آخر".into(), ..url.clone() };
        assert_eq!(url.article_id(), edited.article_id());
        assert_ne!(url.content_hash(), edited.content_hash());
        assert_ne!(url.article_id(), external.article_id());
        assert_ne!(external.article_id(), text.article_id());
        let number_one = |text: &str| ArticleFields {
            text: text.into(),
            external_id: Some("1".into()),
            ..Default::default()
        };
        assert_ne!(number_one("نص").article_id(), number_one("نص آخر").article_id());
    }

    #[test]
    fn the_callers_time_comes_first() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let fields = ArticleFields { text: "نص".into(), ..Default::default() };
        let late_but_old = Submission::new(fields.clone(), Some(at(10)), at(99)).stamp;
        let early_but_new = Submission::new(fields.clone(), Some(at(20)), at(50)).stamp;
        assert!(early_but_new > late_but_old);
        let article = fields.article_id();
        let ahead_of_time = Submission::new(fields.clone(), Some(at(400)), at(50)).stamp;
        assert!(Deletion::new(article, None, at(51)).stamp > ahead_of_time);
        let deletion = Deletion::new(article, None, at(50)).stamp;
        assert!(deletion > early_but_new);
        assert!(Submission::new(fields, None, at(50)).stamp > deletion);
    }
}
