//! What an article must be to be taken: text, not too much of it, in Arabic.

use marsad_model::limits::{MAX_FIELD_BYTES, MAX_TEXT_BYTES};
use marsad_model::{ArticleFields, Error};

use crate::language::{Language, detect};
use crate::page;

const TEXT: &str = "article.text";

/// Completes and checks the fields of an article. Where there is HTML but no text, the text is made from it, and title,
/// outlet, URL and publication time are taken from the page where the caller gave none.
///
/// # Errors
/// A violation of `article.text` with the reason `TEXT_EMPTY`, `TEXT_TOO_LONG` (over
/// [`MAX_TEXT_BYTES`] after conversion) or `LANGUAGE_NOT_ARABIC`.
///
/// ```
/// use marsad_model::ArticleFields;
/// let html = "<title>خبر</title><p>افتتحت البلدية حديقة جديدة في وسط المدينة.</p>".to_owned();
/// let fields = marsad_extract::admit(ArticleFields { html: Some(html), ..Default::default() }).unwrap();
/// assert_eq!(fields.text, "افتتحت البلدية حديقة جديدة في وسط المدينة.");
/// assert_eq!(fields.title.as_deref(), Some("خبر"));
/// ```
pub fn admit(fields: ArticleFields) -> Result<ArticleFields, Error> {
    let fields = read_page(fields);
    if is_empty(&fields.text) {
        let message = "there is no text; plain text or an HTML page with text is needed";
        return Err(Error::field(TEXT, "TEXT_EMPTY", message));
    }
    if fields.text.len() > MAX_TEXT_BYTES {
        let message = format!("{} bytes of text; at most {MAX_TEXT_BYTES} are taken", fields.text.len());
        return Err(Error::field(TEXT, "TEXT_TOO_LONG", message));
    }
    match detect(&fields.text) {
        Language::Arabic => Ok(fields),
        language => {
            let message =
                format!("the text is in {language} ({}); only Arabic (ar) is analysed", language.tag());
            Err(Error::field(TEXT, "LANGUAGE_NOT_ARABIC", message))
        }
    }
}

/// Completes the fields of an article from its HTML, where there is HTML but no text; checks nothing.
pub fn read_page(mut fields: ArticleFields) -> ArticleFields {
    if is_empty(&fields.text)
        && let Some(html) = fields.html.as_deref()
    {
        let page = page::read(html);
        fields.text = page.text;
        let fits = |value: &String| value.len() <= MAX_FIELD_BYTES;
        fields.title = fields.title.or(page.meta.title.filter(fits));
        fields.outlet = fields.outlet.or(page.meta.outlet.filter(fits));
        // A page may say of itself what it likes: its address counts only where nothing else names the article.
        if fields.external_id.is_none() {
            fields.url = fields.url.or(page.meta.url.filter(fits).filter(|url| names_a_page(url)));
        }
        fields.published_at = fields.published_at.or(page.meta.published);
    }
    fields
}

/// Whether an address leads to more than the front page, which careless pages give as their own.
fn names_a_page(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| url.path() != "/" || url.query().is_some())
}

/// Whether a text has no letter and no digit.
fn is_empty(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> ArticleFields {
        ArticleFields { text: text.into(), ..Default::default() }
    }

    #[test]
    fn refusals() {
        let long = "خبر ".repeat(MAX_TEXT_BYTES / 7 + 1);
        for (fields, reason) in [
            (text(""), "TEXT_EMPTY"),
            (text(" \n\u{200f}…"), "TEXT_EMPTY"),
            (ArticleFields { html: Some("<script>1</script>".into()), ..text("") }, "TEXT_EMPTY"),
            (text(&long), "TEXT_TOO_LONG"),
            (text("An English report about water"), "LANGUAGE_NOT_ARABIC"),
            (text("این خبر در تهران منتشر شده است"), "LANGUAGE_NOT_ARABIC"),
        ] {
            let error = admit(fields).unwrap_err();
            assert_eq!((error.reason(), error.violations[0].field.as_str()), (reason, TEXT));
        }
        let persian = admit(text("این خبر در تهران منتشر شده است")).unwrap_err();
        assert!(persian.message.contains("Persian") && persian.message.contains("Arabic"), "{persian}");
    }

    #[test]
    fn the_limit_is_taken() {
        let mut exact = "خبر ".repeat(MAX_TEXT_BYTES / 7);
        exact.push_str(&".".repeat(MAX_TEXT_BYTES - exact.len()));
        assert!(admit(text(&exact)).is_ok());
        exact.push('.');
        assert!(admit(text(&exact)).is_err());
    }

    #[test]
    fn the_callers_fields_come_first() {
        let html = r#"<meta property="og:title" content="عنوان الصفحة"><meta property="og:site_name" content="منبر">
            <meta property="article:published_time" content="2024-03-05T10:00:00Z">
            <link rel="canonical" href="https://news.example/1"><p>شهدت المدينة أمطارا غزيرة في الليل.</p>"#;
        let given =
            ArticleFields {
                html: Some(html.into()), title: Some("عنواني".into()), ..Default::default()
            };
        let fields = admit(given).unwrap();
        assert_eq!(fields.title.as_deref(), Some("عنواني"));
        assert_eq!(fields.outlet.as_deref(), Some("منبر"));
        assert_eq!(fields.url.as_deref(), Some("https://news.example/1"));
        assert_eq!(fields.published_at.unwrap().as_str(), "2024-03-05T10:00:00Z");
        let both =
            ArticleFields { html: Some(html.into()), ..text("نص آخر تماما في المقال") };
        let fields = admit(both).unwrap();
        assert_eq!((fields.text.as_str(), fields.title), ("نص آخر تماما في المقال", None));
    }
}
