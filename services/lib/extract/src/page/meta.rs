//! What a page says about itself.

use marsad_arabic::date_line::date_of_line;
use marsad_model::PublishedAt;
use scraper::{ElementRef, Html, Selector};
use serde_json::{Map, Value};

use super::{Lines, PageMeta};

/// Names under which pages give the time of publication in `<meta>`.
const DATE_NAMES: [&str; 12] = [
    "article:published_time",
    "datePublished",
    "og:article:published_time",
    "og:published_time",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "parsely-pub-date",
    "DC.date.issued",
    "dcterms.created",
    "date",
];

/// Reads the head, the structured data and the elements made for dates; second the article's text, if the structured data
/// have it.
pub(super) fn read(html: &Html) -> (PageMeta, Option<String>) {
    let content =
        |name: &str| attribute(html, &format!("meta[property='{name}'], meta[name='{name}']"), "content");
    let text =
        |selector: &str| select(html, selector).first().and_then(|e| clean(&e.text().collect::<String>()));
    let article = structured_article(html);
    let stated = |key: &str| article.as_ref()?.get(key)?.as_str().and_then(clean);
    let published = DATE_NAMES
        .iter()
        .find_map(|name| published_at(&content(name)?))
        .or_else(|| published_at(&stated("datePublished")?))
        .or_else(|| published_at(&attribute(html, "meta[itemprop='datePublished']", "content")?))
        .or_else(|| shown_date(html));
    let url = attribute(html, "link[rel='canonical']", "href").or_else(|| content("og:url"));
    let publisher = || {
        let publisher = article.as_ref()?.get("publisher")?;
        let publisher = publisher.as_array().and_then(|all| all.first()).unwrap_or(publisher);
        clean(publisher.get("name").unwrap_or(publisher).as_str()?)
    };
    let outlet = content("og:site_name").or_else(publisher).or_else(|| content("application-name"));
    let title = content("og:title")
        .or_else(|| stated("headline"))
        .or_else(|| text("h1"))
        .or_else(|| text("title"))
        .map(|title| without_outlet(title, outlet.as_deref()));
    let meta = PageMeta {
        title,
        outlet,
        published,
        url: url.filter(|url| {
            url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        }),
    };
    let body = article.as_ref().and_then(|article| article.get("articleBody")?.as_str()).map(lines);
    (meta, body.filter(|body| !body.is_empty()))
}

fn select<'h>(html: &'h Html, selector: &str) -> Vec<ElementRef<'h>> {
    Selector::parse(selector).map(|selector| html.select(&selector).collect()).unwrap_or_default()
}

/// The first value of an attribute among the elements of a selector that is not blank.
fn attribute(html: &Html, selector: &str, name: &str) -> Option<String> {
    select(html, selector).iter().find_map(|element| clean(element.value().attr(name)?))
}

fn clean(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

fn lines(text: &str) -> String {
    let mut lines = Lines::default();
    for line in text.lines() {
        lines.push(line);
        lines.end();
    }
    lines.text
}

/// A title without ` | outlet` at its end.
fn without_outlet(title: String, outlet: Option<&str>) -> String {
    let Some(outlet) = outlet else { return title };
    let bare = title.strip_suffix(outlet).map(str::trim_end).and_then(|rest| {
        let bare = rest.trim_end_matches(['|', '-', '–', '—', ':', '»', '·']);
        (bare.len() < rest.len()).then(|| bare.trim_end())
    });
    bare.filter(|bare| !bare.is_empty()).map(str::to_owned).unwrap_or(title)
}

/// A time as pages write it: an instant, or at least the day of one.
fn published_at(text: &str) -> Option<PublishedAt> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.get(..10)?.parse().ok()).or_else(|| {
        date_of_line(text.get(..text.floor_char_boundary(LONGEST_DATE))?)?.to_string().parse().ok()
    })
}

/// Bytes of the text of an element made for a date.
const LONGEST_DATE: usize = 160;

/// The first date in an element made for it, behind the headline where there is one: before it pages show today's date.
fn shown_date(html: &Html) -> Option<PublishedAt> {
    let headline = !select(html, "h1").is_empty();
    let mut reached = !headline;
    let mut before = None;
    for element in select(
        html,
        "h1, time, [itemprop='datePublished'], [class*='date'], [class*='Date'], [class*='time'], [class*='publish']",
    ) {
        if element.value().name() == "h1" {
            reached = true;
            continue;
        }
        let stated = element.value().attr("datetime").or_else(|| element.value().attr("content"));
        let date = match stated.and_then(published_at) {
            Some(date) => Some(date),
            None if reached => shown_in(element),
            None => None,
        };
        match date {
            Some(date) if reached => return Some(date),
            Some(date) => before = before.or(Some(date)),
            None => {}
        }
    }
    before
}

/// The date in an element that holds hardly anything else.
fn shown_in(element: ElementRef<'_>) -> Option<PublishedAt> {
    let mut text = String::new();
    for part in element.text() {
        text.push_str(part);
        text.push(' ');
        if text.len() > LONGEST_DATE {
            return None;
        }
    }
    published_at(&clean(&text)?)
}

// ---- structured data ---------------------------------------------------------------------------------------------

/// The article among the objects of the page's JSON-LD: the first whose type says so, else the first with a date.
fn structured_article(html: &Html) -> Option<Map<String, Value>> {
    let mut dated = None;
    for script in select(html, "script[type='application/ld+json']") {
        let Some(value) = json(&script.text().collect::<String>()) else { continue };
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            match value {
                Value::Object(mut object) => {
                    let inner = ["mainEntity", "@graph"].iter().filter_map(|key| object.remove(*key));
                    open.extend(inner.collect::<Vec<_>>());
                    if is_article(&object) {
                        return Some(object);
                    }
                    if dated.is_none() && object.get("datePublished").is_some_and(Value::is_string) {
                        dated = Some(object);
                    }
                }
                Value::Array(values) => open.extend(values.into_iter().rev()),
                _ => {}
            }
        }
    }
    dated
}

/// JSON as pages write it: perhaps inside of a comment, with line breaks inside of strings.
fn json(text: &str) -> Option<Value> {
    let text = text.trim().trim_start_matches("//").trim_start_matches("<![CDATA[");
    let text = text.trim_end().trim_end_matches("]]>").trim_end().trim_end_matches("//");
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&escaped(text))).ok()
}

/// JSON with the control characters inside of its strings escaped.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut inside, mut after_backslash) = (false, false);
    for c in json.chars() {
        match c {
            '\n' if inside => out.push_str("\\n"),
            c if inside && c.is_control() => out.push(' '),
            c => out.push(c),
        }
        inside ^= c == '"' && !after_backslash;
        after_backslash = c == '\\' && !after_backslash;
    }
    out
}

/// Whether the type of an object is one of an article: `NewsArticle`, `ReportageNewsArticle`, `BlogPosting`.
fn is_article(object: &Map<String, Value>) -> bool {
    let is = |value: &Value| value.as_str().is_some_and(|t| t.ends_with("Article") || t.ends_with("Posting"));
    object.get("@type").is_some_and(|kind| is(kind) || kind.as_array().is_some_and(|all| all.iter().any(is)))
}
