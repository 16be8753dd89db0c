//! Articles for the suite, and an analyzer that is simple enough to know by heart.
//!
//! A line of an article is an event: `verb actor recipient [place]`. A line that starts with `said` is a claim: `said
//! source verb actor recipient [place]`. `not` before the verb negates it. A text
//! with the word `unreadable` makes the analyzer fail.

use jiff::civil::Date;
use marsad_model::ontology::{
    EntityType, EventType, MentionKind, Modality, Polarity, PublishedBasis, QuantityRole, QuoteKind,
    SegmentKind, Tense,
};
use marsad_model::{
    Analysis, AnalysisVersion, ArticleFields, ArticleId, Change, Claim, ClaimId, ClaimSource, Deletion,
    Entity, EntityId, Event, EventId, Mention, Published, Quantity, QuantityLink, Segment, Span, Stamp,
    Submission, TimeInterval,
};

use crate::error::StoreError;
use crate::store::{Analysed, AnalysisResult, Applied, Store};

/// The version of the suite's analyzer.
pub(crate) const V1: AnalysisVersion = AnalysisVersion { analyzer: 1, knowledge: 1, ontology: 1, overlay: 0 };
/// A later version.
pub(crate) const V2: AnalysisVersion = AnalysisVersion { analyzer: 1, knowledge: 2, ontology: 1, overlay: 0 };

/// The article with that number, submitted with that text at that time.
pub(crate) fn submission(article: u32, text: &str, time: i64) -> Submission {
    let fields = ArticleFields {
        text: text.to_owned(),
        html: Some(format!("<p>{text}</p>")),
        title: Some(format!("عنوان {article}")),
        outlet: Some(if article.is_multiple_of(2) { "even" } else { "odd" }.to_owned()),
        url: Some(format!("https://news.example/{article}")),
        external_id: Some(article.to_string()),
        published_at: format!("2024-01-{:02}T23:30:00+03:00", 1 + article % 28).parse().ok(),
    };
    stamped(fields, time)
}

/// These fields, submitted at that time.
pub(crate) fn stamped(fields: ArticleFields, time: i64) -> Submission {
    let stamp = Stamp { modified_at: time, accepted_at: time, content_hash: Some(fields.content_hash()) };
    Submission { article: fields.article_id(), stamp, fields }
}

/// The deletion of that article at that time.
pub(crate) fn deletion(article: ArticleId, time: i64) -> Change {
    let stamp = Stamp { modified_at: time, accepted_at: time, content_hash: None };
    Change::Delete(Deletion { article, stamp })
}

/// Does what a worker does with a change: stores it, and analyses it if that is wanted.
pub(crate) async fn work(
    store: &dyn Store,
    change: &Change,
    version: AnalysisVersion,
) -> Result<Applied, StoreError> {
    match (store.apply(change, version, None).await?, change) {
        (Applied::NeedsAnalysis, Change::Submit(submission)) => {
            store.apply(change, version, Some(&analyse(submission, version))).await
        }
        (applied, _) => Ok(applied),
    }
}

/// What the suite's analyzer makes of a submission.
pub(crate) fn analyse(submission: &Submission, version: AnalysisVersion) -> AnalysisResult {
    let text = &submission.fields.text;
    if text.contains("unreadable") {
        return AnalysisResult::Failed { reason: "the text is unreadable".to_owned() };
    }
    let mut analysis = Analysis {
        version,
        language: "ar".to_owned(),
        published: Published {
            date: submission.fields.published_at.as_ref().map(|at| at.date()),
            basis: PublishedBasis::Metadata,
            weekday: None,
        },
        outlet: None,
        segments: Vec::new(),
        entities: Vec::new(),
        mentions: Vec::new(),
        roles: Vec::new(),
        times: Vec::new(),
        quantities: Vec::new(),
        events: Vec::new(),
        claims: Vec::new(),
    };
    let mut start = 0;
    for line in text.split('\n') {
        if !line.trim().is_empty() {
            let span = Span::new(start, start + line.len());
            analysis.segments.push(Segment { span, kind: SegmentKind::Body, reason: None, warning: None });
            read_line(&mut analysis, submission, words(line, start), span);
        }
        start += line.len() + 1;
    }
    AnalysisResult::Analysed(Analysed { analysis, digest: digest(submission), backfill: false })
}

/// What the suite's analyzer makes for linking.
pub(crate) fn digest(submission: &Submission) -> Vec<u8> {
    submission.fields.text.as_bytes().iter().rev().copied().collect()
}

/// The words of a line with their places in the text.
fn words(line: &str, start: usize) -> Vec<(&str, Span)> {
    let mut words = Vec::new();
    let mut at = start;
    for word in line.split(' ') {
        if !word.is_empty() {
            words.push((word, Span::new(at, at + word.len())));
        }
        at += word.len() + 1;
    }
    words
}

fn read_line(analysis: &mut Analysis, submission: &Submission, words: Vec<(&str, Span)>, line: Span) {
    let (article, hash) = (submission.article, submission.content_hash());
    let mut words = words.into_iter().peekable();
    let mut claim = None;
    if let Some((word, cue)) = words.next_if(|(word, _)| matches!(*word, "said" | "quoted")) {
        let quote = if word == "quoted" { QuoteKind::Direct } else { QuoteKind::Indirect };
        let source = words.next().map(|(word, span)| refer(analysis, article, word, span));
        let outlet = words.next_if(|(word, _)| *word == "via").and_then(|_| words.next());
        let via = outlet.map(|(word, span)| refer(analysis, article, word, span));
        let id = ClaimId::new(article, hash, cue, line);
        claim = Some(id);
        let anonymous = source.as_ref().is_some_and(|source| source.as_str() == "somebody");
        analysis.claims.push(Claim {
            id,
            source: ClaimSource { entity: source.filter(|_| !anonymous), anonymous, ..Default::default() },
            via: via.into_iter().collect(),
            cue,
            content: line,
            quote,
            parent: None,
            confidence: if quote == QuoteKind::Direct { 0.875 } else { 0.75 },
        });
    }
    let polarity = match words.next_if(|(word, _)| *word == "not") {
        Some(_) => Polarity::Negated,
        None => Polarity::Affirmed,
    };
    let Some((verb, trigger)) = words.next() else { return };
    let quantity = Quantity { span: trigger, low: Some(0.1), high: None, approximate: true, unit: None };
    analysis.quantities.push(quantity);
    let index = analysis.quantities.len() - 1;
    let mut parts =
        words.map(|(word, span)| refer(analysis, article, word, span)).collect::<Vec<_>>().into_iter();
    let (event_type, modality, time, confidence) = meaning(verb);
    analysis.events.push(Event {
        id: EventId::new(article, hash, trigger, event_type),
        trigger,
        lemma: verb.to_owned(),
        event_type,
        mode: (event_type == EventType::Assault).then(|| "ASSAULT_AERIAL".to_owned()),
        actors: parts.next().into_iter().collect(),
        recipients: parts.next().into_iter().collect(),
        places: parts.next().into_iter().collect(),
        time,
        polarity,
        modality,
        tense: Tense::Past,
        quantities: vec![QuantityLink { index, role: QuantityRole::Killed }],
        background: event_type == EventType::Consult,
        claim,
        repeats: None,
        confidence,
    });
}

/// A day of January 2024.
pub(crate) fn january(day: i8) -> Date {
    Date::constant(2024, 1, day)
}

fn meaning(verb: &str) -> (EventType, Modality, Option<TimeInterval>, f32) {
    let between = |earliest, latest| Some(TimeInterval { earliest, latest });
    match verb {
        "attacked" => {
            (EventType::Assault, Modality::Actual, between(Some(january(10)), Some(january(12))), 0.9)
        }
        "met" => (EventType::Consult, Modality::Actual, between(Some(january(20)), None), 0.6),
        "threatened" => (EventType::Threaten, Modality::Possible, between(None, Some(january(5))), 0.3),
        _ => (EventType::Other, Modality::Planned, None, 0.1),
    }
}

/// Adds a mention, and the entity if it is the first.
fn refer(analysis: &mut Analysis, article: ArticleId, word: &str, span: Span) -> EntityId {
    let entity = entity(article, word);
    let (id, entity_type) = (entity.id.clone(), entity.entity_type);
    if analysis.entities.iter().all(|known| known.id != id) {
        analysis.entities.push(entity);
    }
    let kind = MentionKind::Name;
    let mention = Mention { span, entity_type, entity: id.clone(), kind, metonymy: false, confidence: 0.1 };
    analysis.mentions.push(mention);
    id
}

/// The entity that a word names. `full-NAME` is the same entity in every article, under the name that is written there;
/// other unknown words are entities of their article.
fn entity(article: ArticleId, word: &str) -> Entity {
    let known = |id: &str, entity_type, name_en: &str, rollup: Option<&str>| Entity {
        id: EntityId::known(id),
        entity_type,
        name: word.to_owned(),
        name_en: Some(name_en.to_owned()),
        wikidata: None,
        rollup: rollup.map(EntityId::known),
    };
    let made = |id, entity_type| Entity {
        id,
        entity_type,
        name: word.to_owned(),
        name_en: None,
        wikidata: None,
        rollup: None,
    };
    match word {
        "العراق" => known("IQ", EntityType::Gpe, "Iraq", None),
        "بغداد" => known("city", EntityType::Gpe, "Baghdad", Some("province")),
        "المحافظة" => known("province", EntityType::Gpe, "Province", Some("IQ")),
        "الخارجية" => known("ministry", EntityType::Organization, "Foreign Ministry", Some("IQ")),
        "somebody" => made(EntityId::known("somebody"), EntityType::Person),
        _ if word.starts_with("full-") => {
            made(EntityId::unknown(EntityType::Person, "full"), EntityType::Person)
        }
        _ => made(EntityId::local(article, EntityType::Person, word), EntityType::Person),
    }
}
