//! HTML pages to text: the article without the page around it, and what the page says about itself.

use std::borrow::Cow;

use marsad_model::PublishedAt;
use scraper::node::{Element, Node};
use scraper::{ElementRef, Html, Selector};

/// A page as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The article's text, one line a paragraph, heading or list item; empty where the page has none.
    pub text: String,
    /// What the page says about itself.
    pub meta: PageMeta,
}

/// What a page says about itself in its head, its structured data and its `<time>` elements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageMeta {
    /// `og:title`, else the first `<h1>`, else `<title>`.
    pub title: Option<String>,
    /// `og:site_name`.
    pub outlet: Option<String>,
    /// `article:published_time`, else JSON-LD `datePublished`, else `<time datetime>`.
    pub published: Option<PublishedAt>,
    /// The canonical URL, else `og:url`; only with http or https.
    pub url: Option<String>,
}

/// Reads a page. Never fails: what is no HTML gives whatever text it has. Linear in the length of the page.
///
/// ```
/// let page = marsad_extract::page::read("<nav>أقسام</nav><article><h1>عنوان</h1><p>فقرة أولى<br>ثانية</p></article>");
/// assert_eq!(page.text, "عنوان\nفقرة أولى\nثانية");
/// ```
pub fn read(html: &str) -> Page {
    let html = Html::parse_document(&flattened(html));
    let meta = meta(&html);
    let text = root(&html).map(text_of).unwrap_or_default();
    Page { text, meta }
}

/// Deepest nesting that is parsed. Browsers stop at 512 too; the parser looks at all open elements at each tag.
const MAX_DEPTH: usize = 512;

/// The page without the tags that nest deeper than [`MAX_DEPTH`].
fn flattened(html: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let (mut kept, mut at, mut depth) = (0, 0, 0_usize);
    while let Some(open) = html.get(at..).and_then(|rest| rest.find('<')).map(|i| at + i) {
        let tag = html.get(open + 1..).unwrap_or("");
        let closing = tag.starts_with('/');
        let name = tag.trim_start_matches('/');
        let length = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let name = name.get(..length).unwrap_or("").to_ascii_lowercase();
        at = open + 1;
        if name.is_empty() {
            continue;
        }
        let end = tag.find('>').map_or(html.len(), |i| open + 1 + i + 1);
        // Elements that close themselves, or whose end tag may be missing, do not tell depth.
        let counts =
            !VOID.contains(&name.as_str()) && !tag.get(..end - open - 1).unwrap_or("").ends_with("/>");
        let too_deep = counts && depth >= MAX_DEPTH + usize::from(closing);
        if counts {
            depth = if closing { depth.saturating_sub(1) } else { depth + 1 };
        }
        if too_deep {
            out.push_str(html.get(kept..open).unwrap_or(""));
            out.push(' ');
            kept = end;
        }
        at = end;
        if !closing && matches!(name.as_str(), "script" | "style") {
            let close = format!("</{name}");
            at = find_ignoring_case(html, &close, end).unwrap_or(html.len());
        }
    }
    if kept == 0 {
        return Cow::Borrowed(html);
    }
    out.push_str(html.get(kept..).unwrap_or(""));
    Cow::Owned(out)
}

/// Void elements, and those whose end tag pages leave out.
const VOID: [&str; 31] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "td", "th", "tr", "dt", "dd", "option", "optgroup", "thead", "tbody", "tfoot",
    "colgroup", "html", "head", "body", "rp",
];

fn find_ignoring_case(text: &str, wanted: &str, from: usize) -> Option<usize> {
    let (text, wanted) = (text.as_bytes().get(from..)?, wanted.as_bytes());
    text.windows(wanted.len()).position(|window| window.eq_ignore_ascii_case(wanted)).map(|i| from + i)
}

// ---- the page about itself ---------------------------------------------------------------------------------------

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

fn meta(html: &Html) -> PageMeta {
    let content =
        |name: &str| attribute(html, &format!("meta[property='{name}'], meta[name='{name}']"), "content");
    let text =
        |selector: &str| select(html, selector).first().and_then(|e| clean(&e.text().collect::<String>()));
    let published = content("article:published_time")
        .or_else(|| content("datePublished"))
        .and_then(|time| published_at(&time))
        .or_else(|| json_ld_date(html))
        .or_else(|| {
            attribute(html, "meta[itemprop='datePublished']", "content").and_then(|t| published_at(&t))
        })
        .or_else(|| attribute(html, "time[datetime]", "datetime").and_then(|t| published_at(&t)));
    let url = attribute(html, "link[rel='canonical']", "href").or_else(|| content("og:url"));
    PageMeta {
        title: content("og:title").or_else(|| text("h1")).or_else(|| text("title")),
        outlet: content("og:site_name"),
        published,
        url: url.filter(|url| {
            url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        }),
    }
}

/// A time as pages write it: an instant, or at least a day before it.
fn published_at(text: &str) -> Option<PublishedAt> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.get(..10)?.parse().ok())
}

/// `datePublished` of the first object in the page's JSON-LD that has one.
fn json_ld_date(html: &Html) -> Option<PublishedAt> {
    let scripts = select(html, "script[type='application/ld+json']");
    scripts.iter().find_map(|script| {
        let mut open: Vec<serde_json::Value> =
            vec![serde_json::from_str(&script.text().collect::<String>()).ok()?];
        while let Some(value) = open.pop() {
            match value {
                serde_json::Value::Object(mut object) => {
                    if let Some(date) = object.get("datePublished").and_then(|v| v.as_str())
                        && let Some(date) = published_at(date)
                    {
                        return Some(date);
                    }
                    open.extend(object.remove("@graph").into_iter().chain(object.remove("mainEntity")));
                }
                serde_json::Value::Array(values) => open.extend(values.into_iter().rev()),
                _ => {}
            }
        }
        None
    })
}

// ---- the article ---------------------------------------------------------------------------------------------------

/// The element that holds the article: the longest one that is marked as such, else the one with most text in
/// paragraphs right inside of it, else the body.
fn root(html: &Html) -> Option<ElementRef<'_>> {
    for selector in ["[itemprop='articleBody']", "article", "main, [role='main']"] {
        let found =
            select(html, selector).into_iter().map(|e| (text_of(e).len(), e)).max_by_key(|(len, _)| *len);
        if let Some((_, element)) = found.filter(|(length, _)| *length > 0) {
            return Some(element);
        }
    }
    let mut containers: Vec<(ElementRef<'_>, usize)> = Vec::new();
    for paragraph in select(html, "p") {
        let inside = paragraph.ancestors().filter_map(ElementRef::wrap).any(|e| is_skipped(e.value()));
        let Some(parent) = paragraph.parent().and_then(ElementRef::wrap).filter(|_| !inside) else {
            continue;
        };
        let length = paragraph.text().map(str::len).sum::<usize>();
        match containers.last_mut().filter(|(last, _)| last.id() == parent.id()) {
            Some((_, total)) => *total += length,
            None => containers.push((parent, length)),
        }
    }
    // Of two with as much text the first.
    let best = containers.iter().rev().max_by_key(|(_, length)| *length).map(|(element, _)| *element);
    best.or_else(|| select(html, "body").first().copied())
}

/// Elements that are no text of an article.
const SKIPPED: [&str; 30] = [
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "aside",
    "footer",
    "form",
    "iframe",
    "svg",
    "math",
    "button",
    "select",
    "input",
    "textarea",
    "object",
    "video",
    "audio",
    "canvas",
    "figcaption",
    "dialog",
    "menu",
    "head",
    "title",
    "meta",
    "link",
    "label",
    "embed",
    "map",
    "picture",
];

/// Words in classes and ids of what stands around an article.
const AROUND: [&str; 30] = [
    "ad",
    "ads",
    "advert",
    "advertisement",
    "breadcrumb",
    "breadcrumbs",
    "caption",
    "comments",
    "cookie",
    "cookies",
    "footer",
    "menu",
    "nav",
    "navbar",
    "newsletter",
    "popup",
    "promo",
    "recommended",
    "related",
    "share",
    "sharing",
    "sidebar",
    "social",
    "subscribe",
    "subscription",
    "tag",
    "tags",
    "ticker",
    "toolbar",
    "widget",
];

fn is_skipped(element: &Element) -> bool {
    if SKIPPED.contains(&element.name()) || element.attr("hidden").is_some() {
        return true;
    }
    if matches!(element.name(), "html" | "body" | "main" | "article") {
        return false;
    }
    let role = element.attr("role").unwrap_or("");
    matches!(role, "navigation" | "complementary" | "banner" | "contentinfo" | "search" | "dialog")
        || element.attr("aria-hidden") == Some("true")
        || element
            .attr("class")
            .into_iter()
            .chain(element.attr("id"))
            .flat_map(|names| names.split(|c: char| !c.is_ascii_alphanumeric()))
            .any(|word| AROUND.contains(&word.to_ascii_lowercase().as_str()))
}

/// Elements that begin and end a line.
const BLOCKS: [&str; 34] = [
    "address",
    "article",
    "blockquote",
    "body",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "tr",
    "td",
    "th",
    "ul",
    "br",
];

/// The text of an element, a line for each block.
fn text_of(root: ElementRef<'_>) -> String {
    let mut lines = Lines::default();
    let mut node = *root;
    loop {
        let mut inside = true;
        match node.value() {
            Node::Element(element) if node.id() != root.id() && is_skipped(element) => {
                inside = false;
                lines.blank();
            }
            Node::Element(element) if BLOCKS.contains(&element.name()) => lines.end(),
            Node::Text(text) => lines.push(text),
            _ => {}
        }
        if let Some(child) = node.first_child().filter(|_| inside) {
            node = child;
            continue;
        }
        loop {
            if node.value().as_element().is_some_and(|element| BLOCKS.contains(&element.name())) {
                lines.end();
            }
            if node.id() == root.id() {
                lines.end();
                return lines.text;
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else { return lines.text };
            node = parent;
        }
    }
}

/// Text with white space collapsed and without blank lines.
#[derive(Default)]
struct Lines {
    text: String,
    line: String,
}

impl Lines {
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_ascii_whitespace() {
                self.blank();
            } else if !c.is_control() {
                self.line.push(c);
            }
        }
    }

    fn blank(&mut self) {
        if !self.line.is_empty() && !self.line.ends_with(' ') {
            self.line.push(' ');
        }
    }

    fn end(&mut self) {
        let line = self.line.trim();
        if !line.is_empty() {
            if !self.text.is_empty() {
                self.text.push('\n');
            }
            self.text.push_str(line);
        }
        self.line.clear();
    }
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
