//! What callers hand in: wire to domain, every bad field named.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use marsad_model::limits::{MAX_FIELD_BYTES, MAX_MESSAGE_BYTES, MAX_TEXT_BYTES};
use marsad_model::{ArticleFields, ArticleId, Error, FieldViolation, PublishedAt};
use url::Url;

use crate::v1;

/// How far a caller's clock may run ahead of ours.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(10);

/// How far ahead of today a publication date may lie: outlets live in other time zones.
const PUBLISHED_TOLERANCE: SignedDuration = SignedDuration::from_hours(48);

/// Room in a queue message for what is not text or HTML.
const MESSAGE_OVERHEAD_BYTES: usize = 64 << 10;

/// An article as a caller handed it in, its fields checked for form. The text is still that of the request: it is empty
/// where only HTML was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedInput {
    /// The fields.
    pub fields: ArticleFields,
    /// When the caller's copy was last changed.
    pub modified_at: Option<Timestamp>,
}

/// Checks the form of an article at the time `now`.
///
/// # Errors
/// [`marsad_model::ErrorCode::InvalidArgument`] with a violation for every field that is wrong.
pub fn check_input(input: Option<v1::ArticleInput>, now: Timestamp) -> Result<CheckedInput, Error> {
    let missing = || Error::field("article", "ARTICLE_MISSING", "is missing; an ArticleInput is needed");
    let input = input.ok_or_else(missing)?;
    let mut violations = Vec::new();
    let mut wrong = |field: &str, reason: &'static str, description: String| {
        violations.push(FieldViolation { field: format!("article.{field}"), description, reason });
    };

    let title = present(input.title);
    let outlet = present(input.outlet);
    let url = present(input.url);
    let external_id = present(input.external_id);
    for (name, value) in
        [("title", &title), ("outlet", &outlet), ("url", &url), ("external_id", &external_id)]
    {
        let length = value.as_ref().map_or(0, String::len);
        if length > MAX_FIELD_BYTES {
            let problem = format!("has {length} bytes; at most {MAX_FIELD_BYTES} are allowed");
            wrong(name, "FIELD_TOO_LONG", problem);
        }
    }
    let html = present(input.html);
    let text = Some(&input.text);
    let all =
        [("text", text), ("html", html.as_ref()), ("title", title.as_ref()), ("outlet", outlet.as_ref())];
    for (name, value) in all.into_iter().chain([("url", url.as_ref()), ("external_id", external_id.as_ref())])
    {
        if value.is_some_and(|value| value.contains('\0')) {
            wrong(name, "TEXT_HAS_NUL", "holds the character U+0000, which no text has; take it out".into());
        }
    }
    if input.text.trim().is_empty() && html.is_none() {
        wrong("text", "TEXT_EMPTY", "is empty; a text or HTML with at least one word is needed".into());
    }
    if input.text.len() > MAX_TEXT_BYTES {
        let problem = format!("has {} bytes; at most {MAX_TEXT_BYTES} are allowed", input.text.len());
        wrong("text", "TEXT_TOO_LONG", problem);
    }
    let together = input.text.len() + html.as_ref().map_or(0, String::len);
    if together > MAX_MESSAGE_BYTES - MESSAGE_OVERHEAD_BYTES {
        let allowed = MAX_MESSAGE_BYTES - MESSAGE_OVERHEAD_BYTES;
        wrong(
            "html",
            "HTML_TOO_LONG",
            format!("has {together} bytes with the text; at most {allowed} are allowed"),
        );
    }
    if let Some(url) = &url
        && !is_page_url(url)
    {
        wrong("url", "URL_INVALID", format!("`{}` is no absolute http or https URL", excerpt(url)));
    }
    if external_id.is_some() && outlet.is_none() && url.is_none() && html.is_none() {
        let problem =
            "names nothing without an outlet: every feed has a number 1; give the outlet too, or the URL";
        wrong("external_id", "EXTERNAL_ID_WITHOUT_OUTLET", problem.into());
    }
    let published_at = match present(input.published_at).map(|text| text.parse::<PublishedAt>()).transpose() {
        Ok(published_at) => published_at,
        Err(error) => {
            wrong("published_at", "DATE_INVALID", excerpt(&error.to_string()));
            None
        }
    };
    if let Some(published_at) = &published_at
        && is_after(published_at.date(), now + PUBLISHED_TOLERANCE)
    {
        let problem = format!("{} lies in the future; it is {now} now", published_at.as_str());
        wrong("published_at", "DATE_IN_FUTURE", problem);
    }
    let modified_at = match check_modified_at(input.modified_at.as_ref(), now) {
        Ok(modified_at) => modified_at,
        Err((reason, problem)) => {
            wrong("modified_at", reason, problem);
            None
        }
    };
    if !violations.is_empty() {
        return Err(Error::fields(violations));
    }
    let fields = ArticleFields { text: input.text, html, title, outlet, url, external_id, published_at };
    Ok(CheckedInput { fields, modified_at })
}

/// Checks what reading the page has added to the fields of a [`CheckedInput`]: a publication date of the page that lies in the
/// future is dropped, because pages say anything.
///
/// # Errors
/// [`marsad_model::ErrorCode::InvalidArgument`] where text and HTML together have become too large for one message.
pub fn check_page(mut fields: ArticleFields, now: Timestamp) -> Result<ArticleFields, Error> {
    fields.published_at = fields.published_at.filter(|at| !is_after(at.date(), now + PUBLISHED_TOLERANCE));
    let together = fields.text.len() + fields.html.as_ref().map_or(0, String::len);
    if together > MAX_MESSAGE_BYTES - MESSAGE_OVERHEAD_BYTES {
        let allowed = MAX_MESSAGE_BYTES - MESSAGE_OVERHEAD_BYTES;
        let problem =
            format!("has {together} bytes with the text that is in it; at most {allowed} are allowed");
        return Err(Error::field("article.html", "HTML_TOO_LONG", problem));
    }
    Ok(fields)
}

/// Checks a caller's `modified_at`.
///
/// # Errors
/// The reason and the problem in words.
pub fn check_modified_at(
    wire: Option<&pbjson_types::Timestamp>,
    now: Timestamp,
) -> Result<Option<Timestamp>, (&'static str, String)> {
    let Some(wire) = wire else { return Ok(None) };
    let moment =
        crate::micros_from_timestamp(wire).and_then(|micros| Timestamp::from_microsecond(micros).ok());
    let Some(moment) = moment else {
        return Err((
            "TIME_INVALID",
            "is outside of the years 1 to 9999, or its nanoseconds are not below 10^9".into(),
        ));
    };
    if moment > now + CLOCK_TOLERANCE {
        // A time far ahead would outrank every later correction and deletion.
        return Err(("TIME_IN_FUTURE", format!("{moment} lies in the future; it is {now} now")));
    }
    Ok(Some(moment))
}

/// Reads an article id out of the field `field` of a request.
///
/// # Errors
/// [`marsad_model::ErrorCode::InvalidArgument`] where it is no UUID.
pub fn read_article_id(text: &str, field: &str) -> Result<ArticleId, Error> {
    text.parse().map_err(|_| Error::field(field, "ID_INVALID", format!("`{}` is no UUID", excerpt(text))))
}

/// Reads an ISO date out of the optional field `field` of a request.
///
/// # Errors
/// [`marsad_model::ErrorCode::InvalidArgument`] where it is none.
pub fn read_date(text: Option<&str>, field: &str) -> Result<Option<Date>, Error> {
    let bad = |text| {
        Error::field(field, "DATE_INVALID", format!("`{}` is no ISO date such as 2024-01-24", excerpt(text)))
    };
    text.map(|text| text.parse().map_err(|_| bad(text))).transpose()
}

/// An optional text field; white space alone counts as absent.
fn present(field: Option<String>) -> Option<String> {
    field.filter(|text| !text.trim().is_empty())
}

fn is_page_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn is_after(day: Date, moment: Timestamp) -> bool {
    day > moment.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The beginning of what a caller sent, for messages.
fn excerpt(text: &str) -> String {
    const LONGEST: usize = 120;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> v1::ArticleInput {
        v1::ArticleInput { text: "نص".into(), ..Default::default() }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn every_bad_field_is_named() {
        let now = at("2024-02-01T00:00:00Z");
        let bad = v1::ArticleInput {
            text: " \u{a0}\n".into(),
            url: Some("not a url".into()),
            published_at: Some("غدا".into()),
            outlet: Some("وكالة".into()),
            external_id: Some("x".repeat(MAX_FIELD_BYTES + 1)),
            modified_at: Some(pbjson_types::Timestamp { seconds: i64::MAX, nanos: 0 }),
            ..Default::default()
        };
        let error = check_input(Some(bad), now).unwrap_err();
        let reasons: Vec<_> = error.violations.iter().map(|v| v.reason).collect();
        assert_eq!(reasons, ["FIELD_TOO_LONG", "TEXT_EMPTY", "URL_INVALID", "DATE_INVALID", "TIME_INVALID"]);
        assert!(error.violations.iter().all(|v| v.field.starts_with("article.")));
        assert_eq!(check_input(None, now).unwrap_err().reason(), "ARTICLE_MISSING");
    }

    #[test]
    fn an_external_id_needs_an_outlet() {
        let now = at("2024-02-01T00:00:00Z");
        let alone = v1::ArticleInput { external_id: Some("1".into()), ..input() };
        assert_eq!(check_input(Some(alone.clone()), now).unwrap_err().reason(), "EXTERNAL_ID_WITHOUT_OUTLET");
        assert!(check_input(Some(v1::ArticleInput { outlet: Some("وكالة".into()), ..alone }), now).is_ok());
    }

    #[test]
    fn a_page_may_not_date_itself_into_the_future() {
        let now = at("2024-02-01T00:00:00Z");
        let fields =
            |day: &str| ArticleFields { published_at: Some(day.parse().unwrap()), ..Default::default() };
        assert_eq!(check_page(fields("2099-01-01"), now).unwrap().published_at, None);
        assert!(check_page(fields("2024-01-31"), now).unwrap().published_at.is_some());
    }

    #[test]
    fn nul_is_refused_in_every_text() {
        let now = at("2024-02-01T00:00:00Z");
        let title = v1::ArticleInput { title: Some("a\0".into()), ..input() };
        let text = v1::ArticleInput { text: "a\0".into(), ..Default::default() };
        for (bad, field) in [(title, "article.title"), (text, "article.text")] {
            let error = check_input(Some(bad), now).unwrap_err();
            assert_eq!((error.reason(), error.violations[0].field.as_str()), ("TEXT_HAS_NUL", field));
        }
    }

    #[test]
    fn dates() {
        let now = at("2024-02-01T00:00:00Z");
        let cases = [
            ("2024-02-01", None),
            ("2024-02-03", None),
            ("2024-02-04", Some("DATE_IN_FUTURE")),
            ("3024-01-01T00:00:00Z", Some("DATE_IN_FUTURE")),
            ("2024-13-01", Some("DATE_INVALID")),
        ];
        for (text, reason) in cases {
            let input = v1::ArticleInput { published_at: Some(text.into()), ..input() };
            assert_eq!(check_input(Some(input), now).err().map(|e| e.reason()), reason, "{text}");
        }
    }

    #[test]
    fn urls() {
        let cases = [
            ("https://news.example/a", true),
            ("http://مثال.example/خبر", true),
            ("news.example/a", false),
            ("ftp://news.example/a", false),
            ("https://", false),
            ("javascript:alert(1)", false),
        ];
        for (url, good) in cases {
            let input = v1::ArticleInput { url: Some(url.into()), ..input() };
            assert_eq!(check_input(Some(input), at("2024-02-01T00:00:00Z")).is_ok(), good, "{url}");
        }
    }

    #[test]
    fn limits_to_one_byte() {
        let now = at("2024-02-01T00:00:00Z");
        let of = |length: usize| v1::ArticleInput { text: "a".repeat(length), ..Default::default() };
        assert!(check_input(Some(of(MAX_TEXT_BYTES)), now).is_ok());
        assert_eq!(check_input(Some(of(MAX_TEXT_BYTES + 1)), now).unwrap_err().reason(), "TEXT_TOO_LONG");
        let with_html = |length: usize| v1::ArticleInput { html: Some("a".repeat(length)), ..input() };
        let room = MAX_MESSAGE_BYTES - MESSAGE_OVERHEAD_BYTES - input().text.len();
        assert!(check_input(Some(with_html(room)), now).is_ok());
        assert_eq!(check_input(Some(with_html(room + 1)), now).unwrap_err().reason(), "HTML_TOO_LONG");
    }
}
