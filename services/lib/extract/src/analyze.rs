//! The pipeline: each stage once, in order, and everything that was found as one analysis.

use std::collections::BTreeMap;

use marsad_model::explanation::Explanations;
use marsad_model::{Analysis, AnalysisVersion, Entity, EntityId, Mention};

use crate::knowledge::{self, Knowledge, Overlay};
use crate::reading::Reading;
use crate::stages::Stages;
use crate::syntax::Syntax;
use crate::{Document, VERSION, claims, events, judge, language, names, segments, values};

/// Analyses one revision of one article. A pure function of the document; never fails and never panics. Time and memory
/// are linear in the length of the text.
///
/// ```
/// use marsad_extract::{Document, analyze};
/// use marsad_model::ArticleFields;
/// let text = "وصل وزير الخارجية العراقي إلى أنقرة.".to_owned();
/// let fields = ArticleFields { text, ..Default::default() };
/// let analysis = analyze(&Document::new(fields.article_id(), fields.content_hash(), &fields));
/// assert_eq!(analysis.language, "ar");
/// assert!(analysis.entities.iter().any(|entity| entity.id.as_str() == "IQ"));
/// ```
pub fn analyze(document: &Document<'_>) -> Analysis {
    run(document, knowledge::get(), VERSION, false).0
}

/// As [`analyze`], with what is taught over the compiled knowledge. An overlay in which nothing is taught gives what [`analyze`] gives.
///
/// ```
/// use marsad_extract::{Document, analyze, analyze_with, knowledge::Overlay};
/// use marsad_model::ArticleFields;
/// let fields = ArticleFields { text: "وصل الوزير إلى أنقرة.".to_owned(), ..Default::default() };
/// let document = Document::new(fields.article_id(), fields.content_hash(), &fields);
/// assert_eq!(analyze_with(&document, &Overlay::default()), analyze(&document));
/// ```
pub fn analyze_with(document: &Document<'_>, overlay: &Overlay) -> Analysis {
    run(document, overlay.knowledge(), overlay.version(), false).0
}

/// The same analysis as [`analyze`] gives, and why its events and claims are as they are.
///
/// ```
/// use marsad_extract::{Document, explain};
/// use marsad_model::ArticleFields;
/// let text = "لم يصل وزير الخارجية العراقي إلى أنقرة.".to_owned();
/// let fields = ArticleFields { text, ..Default::default() };
/// let (analysis, why) = explain(&Document::new(fields.article_id(), fields.content_hash(), &fields));
/// assert_eq!(analysis.events[0].polarity.as_str(), "negated");
/// assert_eq!(why.events[0].reality[0].span.of(&fields.text), Some("لم"));
/// ```
pub fn explain(document: &Document<'_>) -> (Analysis, Explanations) {
    explain_with(document, &Overlay::default())
}

/// As [`explain`], with what is taught over the compiled knowledge.
pub fn explain_with(document: &Document<'_>, overlay: &Overlay) -> (Analysis, Explanations) {
    run(document, overlay.knowledge(), overlay.version(), true)
}

fn run(
    document: &Document<'_>,
    knowledge: &Knowledge,
    version: AnalysisVersion,
    explain: bool,
) -> (Analysis, Explanations) {
    let mut stages = Stages::begin();
    let layout = segments::lay_out_with(document, knowledge);
    let published = layout.published.date;
    stages.end("segments");
    let reading = Reading::with(document.text, &layout.segments, knowledge);
    stages.end("reading");
    let mut names = names::find(&reading, published);
    stages.end("names");
    let names::Names { mentions, roles, .. } = &names;
    let (times, quantities) = values::find(&reading, published);
    let quantities = values::outside_of_names(quantities, mentions);
    stages.end("values");
    let syntax = Syntax::new(&reading, mentions, roles, times.iter().map(|time| time.span));
    stages.end("syntax");
    let (claims, whose) = claims::find(document, &syntax, judge::get(), explain);
    stages.end("claims");
    let context = events::Context {
        doc: document,
        syntax: &syntax,
        times: &times,
        quantities: &quantities,
        claims: &claims,
        published,
        explain,
    };
    let (events, why) = events::find(&context, judge::get());
    stages.end("events");
    names.narrow();
    let mut analysis = Analysis {
        version,
        language: language::detect(document.text).tag().to_owned(),
        published: layout.published,
        outlet: layout.outlet.map(|outlet| EntityId::known(outlet.id)),
        segments: Vec::new(),
        entities: Vec::new(),
        mentions: names.mentions,
        roles: names.roles,
        times,
        quantities,
        events,
        claims,
    };
    analysis.entities = entities(&analysis, names.made, knowledge);
    analysis.segments = layout.segments;
    (analysis, Explanations { events: why, claims: whose })
}

/// The mentions of one article, each with the entity that it refers to: what [`analyze`] finds first, at a fraction of its
/// time.
///
/// ```
/// use marsad_extract::{Document, mentions};
/// use marsad_model::ArticleFields;
/// let text = "وصل وزير الخارجية العراقي إلى أنقرة.".to_owned();
/// let fields = ArticleFields { text, ..Default::default() };
/// let found = mentions(&Document::new(fields.article_id(), fields.content_hash(), &fields));
/// assert!(found.iter().any(|mention| mention.entity.as_str() == "IQ"));
/// ```
pub fn mentions(document: &Document<'_>) -> Vec<Mention> {
    let layout = segments::lay_out(document);
    let reading = Reading::new(document.text, &layout.segments);
    let mut names = names::find(&reading, layout.published.date);
    names.narrow();
    names.mentions
}

/// The entities that an analysis refers to, by id.
fn entities(analysis: &Analysis, mut made: BTreeMap<EntityId, Entity>, knowledge: &Knowledge) -> Vec<Entity> {
    let used = (analysis.mentions.iter().map(|m| &m.entity))
        .chain(analysis.roles.iter().flat_map(|r| r.entity.iter().chain(&r.body)))
        .chain(analysis.events.iter().flat_map(|e| e.actors.iter().chain(&e.recipients).chain(&e.places)))
        .chain(analysis.claims.iter().flat_map(|c| c.source.entity.iter().chain(&c.via)))
        .chain(&analysis.outlet);
    let mut entities: BTreeMap<EntityId, Entity> = BTreeMap::new();
    for id in used {
        if entities.contains_key(id) {
            continue;
        }
        let entity = knowledge.entity(id).map(names::entity).or_else(|| made.remove(id));
        entities.extend(entity.map(|entity| (id.clone(), entity)));
    }
    entities.into_values().collect()
}
