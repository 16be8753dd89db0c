//! The article of a page: the element that holds it, and its text.

use std::collections::HashMap;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::node::{Element, Node};
use scraper::{ElementRef, Html, Selector};

use super::Lines;

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

/// Bytes of prose from which an element that is called like the surroundings is the article all the same: themes name
/// whole columns `has-sidebar` or `tag-…`.
const MUCH_PROSE: usize = 300;

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

/// Blocks that hold the text of one paragraph, or several as one thing, rather than an article.
const PARAGRAPHS: [&str; 17] = [
    "blockquote",
    "dd",
    "details",
    "dl",
    "dt",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ol",
    "p",
    "pre",
    "ul",
];

/// What an element holds.
#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    /// Bytes of text outside of links.
    prose: usize,
    /// Whether a block is inside.
    blocks: bool,
}

/// The page's elements by what they hold.
struct Weights {
    of: HashMap<NodeId, Weight>,
    total: usize,
    /// The element whose paragraphs hold most prose.
    container: Option<NodeId>,
}

/// The text of the page's article, one line a paragraph, heading or list item.
pub(super) fn text(html: &Html) -> String {
    let weights = Weights::new(html);
    root(html, &weights).map(|root| text_of(root, &weights)).unwrap_or_default()
}

/// The element that holds the article: one that is marked as such, if it holds about as much as the one with most prose in
/// paragraphs; else that one, else the body.
fn root<'h>(html: &'h Html, weights: &Weights) -> Option<NodeRef<'h, Node>> {
    let container = weights.container.and_then(|id| html.tree.get(id)).map(|node| weights.unwrapped(node));
    let most = container.map_or(0, |node| weights.prose(node.id()));
    for selector in ["[itemprop='articleBody']", "article", "main, [role='main']"] {
        let found = select(html, selector).into_iter().rev().max_by_key(|e| weights.prose(e.id()));
        if let Some(element) =
            found.filter(|e| weights.prose(e.id()) > 0 && weights.prose(e.id()) * 2 >= most)
        {
            return Some(*element);
        }
    }
    container.or_else(|| select(html, "body").first().map(|body| **body))
}

fn select<'h>(html: &'h Html, selector: &str) -> Vec<ElementRef<'h>> {
    Selector::parse(selector).map(|selector| html.select(&selector).collect()).unwrap_or_default()
}

/// An element that is open while the page is walked through.
struct Open {
    id: NodeId,
    weight: Weight,
    /// Whether it or what it is in is no text or a link.
    silent: bool,
    /// Whether an article may be right inside of it.
    container: bool,
    block: bool,
}

impl Weights {
    fn new(html: &Html) -> Self {
        let mut of = HashMap::new();
        let mut open: Vec<Open> = Vec::new();
        // In the order of the page, for of two with as much prose the first is taken.
        let mut scores: Vec<(NodeId, usize)> = Vec::new();
        let mut places: HashMap<NodeId, usize> = HashMap::new();
        let mut total = 0;
        for edge in html.tree.root().traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Element(element) => {
                        let name = element.name();
                        let block = BLOCKS.contains(&name);
                        open.push(Open {
                            id: node.id(),
                            weight: Weight::default(),
                            silent: open.last().is_some_and(|above| above.silent)
                                || name == "a"
                                || is_silent(element),
                            container: block && !PARAGRAPHS.contains(&name),
                            block,
                        });
                    }
                    Node::Text(text) if open.last().is_some_and(|above| !above.silent) => {
                        let length = text.trim().len();
                        let around = open.iter().rev().filter(|above| above.container).take(2);
                        for (share, above) in around.enumerate() {
                            let place = *places.entry(above.id).or_insert_with(|| {
                                scores.push((above.id, 0));
                                scores.len() - 1
                            });
                            if let Some((_, score)) = scores.get_mut(place) {
                                // Half for what is one further out: pages wrap each paragraph.
                                *score += length * 2 / (share + 1);
                            }
                        }
                        if let Some(above) = open.last_mut() {
                            above.weight.prose += length;
                        }
                    }
                    _ => {}
                },
                Edge::Close(node) if node.value().is_element() => {
                    let Some(closed) = open.pop() else { continue };
                    if closed.weight.prose > 0 || closed.weight.blocks {
                        of.insert(closed.id, closed.weight);
                    }
                    match open.last_mut() {
                        Some(above) => {
                            above.weight.prose += closed.weight.prose;
                            above.weight.blocks |= closed.weight.blocks || closed.block;
                        }
                        None => total += closed.weight.prose,
                    }
                }
                Edge::Close(_) => {}
            }
        }
        let container = scores.iter().rev().max_by_key(|(_, score)| *score).map(|(id, _)| *id);
        Self { of, total, container }
    }

    fn prose(&self, id: NodeId) -> usize {
        self.of.get(&id).map_or(0, |weight| weight.prose)
    }

    /// The element around a wrapper of a single paragraph, if others of its kind stand beside it.
    fn unwrapped<'h>(&self, node: NodeRef<'h, Node>) -> NodeRef<'h, Node> {
        let holding = |node: NodeRef<'h, Node>| {
            node.children().filter(|child| self.prose(child.id()) > 0).take(2).count()
        };
        let alike = |other: &NodeRef<'h, Node>| {
            let same = |of: fn(&Element) -> Option<&str>| {
                node.value().as_element().and_then(of) == other.value().as_element().and_then(of)
            };
            other.id() != node.id()
                && self.prose(other.id()) > 0
                && same(|element| Some(element.name()))
                && same(|element| element.attr("class"))
        };
        match node.parent() {
            Some(parent) if holding(node) == 1 && parent.children().any(|other| alike(&other)) => parent,
            _ => node,
        }
    }

    /// Whether an element is no part of the article: by its kind, or by its name if it does not hold most of the page.
    fn skips(&self, node: NodeRef<'_, Node>, element: &Element) -> bool {
        if is_silent(element) {
            return true;
        }
        let prose = self.prose(node.id());
        is_around(element) && !(prose >= MUCH_PROSE && prose * 2 >= self.total)
    }

    /// Whether a row of a table is data: short cells without blocks.
    fn is_data_row(&self, row: NodeRef<'_, Node>) -> bool {
        let mut cells = row.children().filter(|cell| cell.value().is_element());
        cells.all(|cell| {
            let weight = self.of.get(&cell.id()).copied().unwrap_or_default();
            !weight.blocks && weight.prose <= LONGEST_CELL
        })
    }
}

/// Bytes of a cell of data.
const LONGEST_CELL: usize = 120;

/// Whether an element is never text of an article, by its kind alone.
fn is_silent(element: &Element) -> bool {
    let hidden = || {
        element.attr("hidden").is_some()
            || element.attr("style").is_some_and(|style| {
                style.split(';').any(|rule| {
                    rule.split_once(':').is_some_and(|(property, value)| {
                        property.trim().eq_ignore_ascii_case("display")
                            && value.trim().eq_ignore_ascii_case("none")
                    })
                })
            })
    };
    SKIPPED.contains(&element.name()) || element.name().starts_with("amp-") || hidden()
}

/// Whether an element is named like what stands around an article.
fn is_around(element: &Element) -> bool {
    if matches!(element.name(), "html" | "body" | "main" | "article") {
        return false;
    }
    let role = element.attr("role").unwrap_or("");
    matches!(
        role,
        "navigation" | "complementary" | "banner" | "contentinfo" | "search" | "dialog" | "alertdialog"
    ) || element.attr("aria-hidden") == Some("true")
        || element.attr("class").into_iter().chain(element.attr("id")).any(|names| {
            words(names).any(|word| AROUND.iter().any(|around| around.eq_ignore_ascii_case(word)))
        })
}

/// The words of classes and ids: `post-share`, `relatedPosts`.
fn words(names: &str) -> impl Iterator<Item = &str> {
    names.split(|c: char| !c.is_ascii_alphanumeric()).flat_map(|name| {
        let mut rest = name;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let bytes = rest.as_bytes();
            let hump = bytes.windows(2).position(|p| p[0].is_ascii_lowercase() && p[1].is_ascii_uppercase());
            let (word, after) = rest.split_at_checked(hump.map_or(rest.len(), |i| i + 1))?;
            rest = after;
            Some(word)
        })
    })
}

/// The text of an element, a line for each block.
fn text_of(root: NodeRef<'_, Node>, weights: &Weights) -> String {
    let mut lines = Lines::default();
    let mut row = None;
    let mut node = root;
    loop {
        let mut inside = true;
        match node.value() {
            Node::Element(element) if node.id() != root.id() && weights.skips(node, element) => {
                inside = false;
                lines.blank();
            }
            Node::Element(element) => match element.name() {
                "td" | "th" if row.is_some() && row == node.parent().map(|parent| parent.id()) => {
                    lines.blank();
                    lines.mark = if lines.line.is_empty() { "" } else { "| " };
                }
                name if BLOCKS.contains(&name) => {
                    lines.end();
                    match name {
                        "li" => lines.mark = "• ",
                        "tr" => {
                            lines.mark = "";
                            row = weights.is_data_row(node).then(|| node.id());
                        }
                        _ => {}
                    }
                }
                _ => {}
            },
            Node::Text(text) => lines.push(text),
            _ => {}
        }
        if let Some(child) = node.first_child().filter(|_| inside) {
            node = child;
            continue;
        }
        loop {
            if let Node::Element(element) = node.value() {
                let cell = matches!(element.name(), "td" | "th")
                    && row.is_some()
                    && row == node.parent().map(|parent| parent.id());
                if BLOCKS.contains(&element.name()) && !cell {
                    lines.end();
                    if matches!(element.name(), "li" | "tr") {
                        lines.mark = "";
                    }
                }
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
