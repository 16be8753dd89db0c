//! The record as a graph in GraphML (<http://graphml.graphdrawing.org/specification.html>), as networkx, igraph, Gephi and yEd read it.
//!
//! | node (`kind`) | edges from it (`kind`) |
//! |---|---|
//! | `entity` | – |
//! | `outlet` | – |
//! | `article` | `published_by` outlet, `in_story` story, `shares_text` with another article (once a pair, with the `overlap`) |
//! | `story` | `part_of` the coarser story, `about` entities |
//! | `event` | `participates` entity (`role`: `actor`, `recipient`, `place`; `reports` that say so), `told_by` article (with its `standing`), `part_of` the campaign or series |
//! | `conflict` | `about` event, `stated_by` article (with its `version`) |
//!
//! Ids are the kind and the id of the record: `entity:IQ`. An edge is written when both of its ends have been, so that the graph is whole whatever
//! changes meanwhile; for that the writer keeps 64 bits of each node's id.

use std::borrow::Cow;
use std::io::{self, Write};

use marsad_model::ontology::{ConflictKind, EntityType, EventType, QuantityRole, Standing};
use marsad_proto::v1;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use uuid::Uuid;

use super::choice::Ids;
use crate::client::graph::{amount, days, version};

/// What nodes say of themselves, with the types of GraphML.
const OF_NODES: [(&str, &str); 26] = [
    ("kind", "string"),
    ("label", "string"),
    ("name", "string"),
    ("name_en", "string"),
    ("entity_type", "string"),
    ("wikidata_id", "string"),
    ("acts_for", "string"),
    ("mentions", "long"),
    ("articles", "long"),
    ("event_type", "string"),
    ("mode", "string"),
    ("standing", "string"),
    ("earliest", "string"),
    ("latest", "string"),
    ("numbers", "string"),
    ("reports", "long"),
    ("title", "string"),
    ("outlet", "string"),
    ("url", "string"),
    ("entity_id", "string"),
    ("published", "string"),
    ("coarse", "boolean"),
    ("first_date", "string"),
    ("last_date", "string"),
    ("conflict_kind", "string"),
    ("quantity_role", "string"),
];

/// The same for edges.
const OF_EDGES: [(&str, &str); 6] = [
    ("kind", "string"),
    ("role", "string"),
    ("reports", "long"),
    ("standing", "string"),
    ("version", "string"),
    ("overlap", "double"),
];

/// Where the format is defined.
const NAMESPACE: &str = "http://graphml.graphdrawing.org/xmlns";
const SCHEMA: &str =
    "http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd";

/// What is said of a node or edge, by key.
type Data<'d> = Vec<(&'static str, Cow<'d, str>)>;

/// A writer of a graph. Nodes come before the edges that end in them: entities, articles, coarser stories, stories, events, conflicts, links.
pub(crate) struct Graph<W: Write> {
    xml: Writer<W>,
    written: Ids,
}

impl<W: Write> Graph<W> {
    /// Begins a graph.
    pub(crate) fn new(out: W) -> io::Result<Self> {
        let mut xml = Writer::new_with_indent(out, b' ', 1);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let root = BytesStart::new("graphml").with_attributes([
            ("xmlns", NAMESPACE),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xsi:schemaLocation", SCHEMA),
        ]);
        xml.write_event(Event::Start(root))?;
        for (domain, keys) in [("node", OF_NODES.as_slice()), ("edge", &OF_EDGES)] {
            for (name, kind) in keys {
                let key = BytesStart::new("key").with_attributes([
                    ("id", key_id(domain, name).as_str()),
                    ("for", domain),
                    ("attr.name", name),
                    ("attr.type", kind),
                ]);
                xml.write_event(Event::Empty(key))?;
            }
        }
        let graph = BytesStart::new("graph").with_attributes([("id", "marsad"), ("edgedefault", "directed")]);
        xml.write_event(Event::Start(graph))?;
        Ok(Self { xml, written: Ids::default() })
    }

    /// Writes an entity.
    pub(crate) fn entity(&mut self, summary: &v1::EntitySummary) -> io::Result<()> {
        let Some(entity) = &summary.entity else { return Ok(()) };
        let mut data = vec![("label", label(entity.name_en.as_deref().unwrap_or(&entity.name)))];
        data.push(("name", entity.name.as_str().into()));
        data.extend(given("name_en", &entity.name_en));
        data.extend(named("entity_type", entity.r#type().to_domain().map(EntityType::as_str)));
        data.extend(given("wikidata_id", &entity.wikidata_id));
        data.extend(given("acts_for", &entity.rollup_id));
        data.push(("mentions", number(summary.mention_count)));
        data.push(("articles", number(summary.article_count)));
        self.node("entity", &entity.id, data)
    }

    /// Writes an article, and its outlet where it is the first one of it.
    pub(crate) fn article(&mut self, article: &v1::ArticleSummary) -> io::Result<()> {
        let outlet = article.outlet.as_deref().map(|name| (outlet_id(name), name));
        if let Some((id, name)) = &outlet {
            let mut data = vec![("label", label(name)), ("name", Cow::from(*name))];
            data.extend(given("entity_id", &article.outlet_id));
            self.node("outlet", id, data)?;
        }
        let mut data = vec![("label", label(article.title.as_deref().unwrap_or(&article.id)))];
        data.extend(given("title", &article.title));
        data.extend(given("outlet", &article.outlet));
        data.extend(given("url", &article.url));
        data.extend(given("published", &article.published_date));
        self.node("article", &article.id, data)?;
        outlet.map_or(Ok(()), |(outlet, _)| {
            self.edge(("article", &article.id), ("outlet", &outlet), "published_by", Vec::new())
        })
    }

    /// Writes a story with its articles; those of a coarser one are those of its parts.
    pub(crate) fn story(&mut self, story: &v1::Story, coarse: bool) -> io::Result<()> {
        let mut data = vec![("label", label(story.title.as_deref().unwrap_or(&story.id)))];
        data.extend(given("title", &story.title));
        data.push(("coarse", coarse.to_string().into()));
        data.extend(given("first_date", &story.first_date));
        data.extend(given("last_date", &story.last_date));
        data.push(("articles", number(story.article_ids.len() as u64)));
        self.node("story", &story.id, data)?;
        let it = ("story", story.id.as_str());
        if let Some(parent) = &story.parent_id {
            self.edge(it, ("story", parent), "part_of", Vec::new())?;
        }
        for entity in &story.entity_ids {
            self.edge(it, ("entity", entity), "about", Vec::new())?;
        }
        let articles = if coarse { [].as_slice() } else { &story.article_ids };
        for article in articles {
            self.edge(("article", article), it, "in_story", Vec::new())?;
        }
        Ok(())
    }

    /// Writes an event with its participants, its articles and the events that it is a part of.
    pub(crate) fn event(&mut self, event: &v1::EventCluster) -> io::Result<()> {
        let kind = event.r#type().to_domain().map(EventType::as_str);
        let time = event.time.clone().unwrap_or_default();
        let mut data = vec![("label", label(event.mode.as_deref().or(kind).unwrap_or_default()))];
        data.extend(named("event_type", kind));
        data.extend(given("mode", &event.mode));
        data.extend(named("standing", event.standing().to_domain().map(Standing::as_str)));
        data.extend(given("earliest", &time.earliest));
        data.extend(given("latest", &time.latest));
        let numbers: Vec<String> = event.quantities.iter().filter_map(quantity).collect();
        data.extend((!numbers.is_empty()).then(|| ("numbers", numbers.join("; ").into())));
        data.push(("reports", number(event.report_count.into())));
        self.node("event", &event.id, data)?;
        let it = ("event", event.id.as_str());
        for (role, them) in
            [("actor", &event.actors), ("recipient", &event.recipients), ("place", &event.places)]
        {
            for one in them {
                let reports = one.support.as_ref().map_or(0, |support| support.report_count);
                let data = vec![("role", role.into()), ("reports", number(reports.into()))];
                self.edge(it, ("entity", &one.entity_id), "participates", data)?;
            }
        }
        // An article may tell of it more than once: the surest of these.
        let mut told: Vec<(&str, v1::Standing)> =
            event.members.iter().map(|member| (member.article_id.as_str(), member.standing())).collect();
        told.sort_by_key(|(article, standing)| (*article, std::cmp::Reverse(*standing)));
        told.dedup_by_key(|(article, _)| *article);
        for (article, standing) in told {
            let data = named("standing", standing.to_domain().map(Standing::as_str)).into_iter().collect();
            self.edge(it, ("article", article), "told_by", data)?;
        }
        // Both ends tell of it: it is written with the one that comes later.
        for relation in &event.relations {
            let other = ("event", relation.cluster_id.as_str());
            match relation.kind() {
                v1::RelationKind::PartOf => self.edge(it, other, "part_of", Vec::new())?,
                v1::RelationKind::HasPart => self.edge(other, it, "part_of", Vec::new())?,
                v1::RelationKind::Unspecified => {}
            }
        }
        Ok(())
    }

    /// Writes a conflict.
    pub(crate) fn conflict(&mut self, conflict: &v1::Conflict) -> io::Result<()> {
        let kind = conflict.kind().to_domain().map(ConflictKind::as_str);
        let versions: Vec<String> = conflict.sides.iter().map(says).collect();
        let mut data = vec![("label", versions.join(" / ").into())];
        data.extend(named("conflict_kind", kind));
        data.extend(named("quantity_role", conflict.role().to_domain().map(QuantityRole::as_str)));
        self.node("conflict", &conflict.id, data)?;
        let it = ("conflict", conflict.id.as_str());
        self.edge(it, ("event", &conflict.cluster_id), "about", Vec::new())?;
        for (side, version) in conflict.sides.iter().zip(&versions) {
            let mut articles: Vec<&str> = side.statements.iter().map(|one| one.article_id.as_str()).collect();
            articles.dedup();
            for article in articles {
                let data = vec![("version", version.as_str().into())];
                self.edge(it, ("article", article), "stated_by", data)?;
            }
        }
        Ok(())
    }

    /// Writes what an article shares with others, each pair with the smaller id.
    pub(crate) fn links(&mut self, links: &v1::ArticleLinks) -> io::Result<()> {
        for other in links.duplicates.iter().filter(|other| links.article_id < other.article_id) {
            let data = vec![("overlap", other.overlap.to_string().into())];
            self.edge(("article", &links.article_id), ("article", &other.article_id), "shares_text", data)?;
        }
        Ok(())
    }

    /// Ends the graph.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        for element in ["graph", "graphml"] {
            self.xml.write_event(Event::End(BytesEnd::new(element)))?;
        }
        let mut out = self.xml.into_inner();
        out.write_all(b"\n")?;
        Ok(out)
    }

    /// Writes a node, unless it was written before.
    fn node(&mut self, kind: &str, id: &str, data: Data<'_>) -> io::Result<()> {
        let id = node_id(kind, id);
        if !self.written.add(&id) {
            return Ok(());
        }
        let start = BytesStart::new("node").with_attributes([("id", id.as_str())]);
        self.element(start, "node", kind, data)
    }

    /// Writes an edge, if both of its ends are there.
    fn edge(&mut self, from: (&str, &str), to: (&str, &str), kind: &str, data: Data<'_>) -> io::Result<()> {
        let [source, target] = [from, to].map(|(kind, id)| node_id(kind, id));
        if !self.written.has(&source) || !self.written.has(&target) {
            return Ok(());
        }
        let start = BytesStart::new("edge")
            .with_attributes([("source", source.as_str()), ("target", target.as_str())]);
        self.element(start, "edge", kind, data)
    }

    fn element(
        &mut self,
        start: BytesStart<'_>,
        domain: &'static str,
        kind: &str,
        data: Data<'_>,
    ) -> io::Result<()> {
        let end = start.to_end().into_owned();
        self.xml.write_event(Event::Start(start))?;
        for (name, value) in [("kind", Cow::from(kind))].into_iter().chain(data) {
            self.xml
                .create_element("data")
                .with_attribute(("key", key_id(domain, name).as_str()))
                .write_text_content(BytesText::new(&plain(&value)))?;
        }
        self.xml.write_event(Event::End(end))
    }
}

fn key_id(domain: &str, name: &str) -> String {
    format!("{domain}_{name}")
}

/// An id as the schema has it: an NMTOKEN.
fn node_id(kind: &str, id: &str) -> String {
    let mut text = format!("{kind}:");
    for character in id.chars() {
        if character.is_ascii_alphanumeric() || matches!(character, '-' | '.' | ':') {
            text.push(character);
        } else {
            text.push_str(&format!("_{:x}_", u32::from(character)));
        }
    }
    text
}

/// Outlets have no ids of their own but those that the knowledge has: one made of the name.
fn outlet_id(name: &str) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string()
}

/// What XML can hold of a text, in one line.
fn plain(text: &str) -> String {
    let allowed = |character: &char| !character.is_control() && !matches!(character, '\u{fffe}' | '\u{ffff}');
    let words = text.split_whitespace().map(|word| word.chars().filter(allowed).collect::<String>());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn label(text: &str) -> Cow<'_, str> {
    text.into()
}

fn number(count: u64) -> Cow<'static, str> {
    count.to_string().into()
}

fn given<'d>(name: &'static str, value: &'d Option<String>) -> Option<(&'static str, Cow<'d, str>)> {
    value.as_deref().map(|value| (name, value.into()))
}

fn named(name: &'static str, value: Option<&'static str>) -> Option<(&'static str, Cow<'static, str>)> {
    value.map(|value| (name, value.into()))
}

/// What a side of a conflict says; entities by id.
fn says(side: &v1::ConflictSide) -> String {
    version(side, days, amount, |ids| ids.join(", "))
}

/// A number of an event with what it is to it.
fn quantity(value: &v1::SupportedAmount) -> Option<String> {
    let value = value.amount.as_ref()?;
    let role = value.role().to_domain().map_or("", QuantityRole::as_str);
    Some(format!("{role} {}", amount(value)))
}

#[cfg(test)]
#[path = "graphml_tests.rs"]
mod tests;
