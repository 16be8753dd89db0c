//! HTML pages to text: the article without the page around it, and what the page says about itself.

mod article;
mod meta;

use std::borrow::Cow;

use marsad_model::PublishedAt;
use scraper::Html;

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
    /// `og:title`, else the headline of the structured data, else the first `<h1>`, else `<title>`; without the outlet's
    /// name at its end.
    pub title: Option<String>,
    /// `og:site_name`, else the publisher of the structured data.
    pub outlet: Option<String>,
    /// `article:published_time` and its like, else JSON-LD `datePublished`, else `<time datetime>`, else the date that
    /// stands in an element made for it behind the headline.
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
    let (meta, stated) = meta::read(&html);
    let text = article::text(&html);
    // Pages that build their text in the browser have it in the structured data.
    let text = stated.filter(|stated| stated.len() > text.len() * 2).unwrap_or(text);
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

/// Text with white space collapsed and without blank lines.
#[derive(Debug, Default)]
struct Lines {
    text: String,
    line: String,
    /// What stands before the next text, if there is any: the mark of a list's item, a cell's border.
    mark: &'static str,
}

impl Lines {
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_ascii_whitespace() {
                self.blank();
            } else if !c.is_control() {
                self.line.push_str(std::mem::take(&mut self.mark));
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
