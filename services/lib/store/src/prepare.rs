//! What a change writes, made before the transaction begins: checks, the encoded blob and the index rows. None of it
//! depends on what is stored, so a transaction can be run again with the same values.

pub(crate) mod links;

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use jiff::civil::Date;
use marsad_model::analysis::Revision;
use marsad_model::{
    Analysis, AnalysisVersion, ArticleFields, ArticleId, Change, ClaimId, ClaimSource, Entity, EntityId,
    Event, PublishedAt, Stamp, Submission,
};

use crate::encode::{RecordEncoder, encode};
use crate::error::StoreError;
use crate::observe::Origin;
use crate::search::{self, Document};
use crate::shown::{ShownClaim, ShownEvent};
use crate::sql::{OPEN, Value, day_number, values};
use crate::store::{Analysed, AnalysisResult, Fold};

/// A change that is ready to be applied.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) article: ArticleId,
    pub(crate) change: PreparedChange,
}

#[derive(Debug, Clone)]
pub(crate) enum PreparedChange {
    Delete(Stamp),
    Submit(Box<PreparedSubmission>),
}

#[derive(Debug, Clone)]
pub(crate) struct PreparedSubmission {
    pub(crate) stamp: Stamp,
    pub(crate) revision: Revision,
    pub(crate) fields: ArticleFields,
    pub(crate) worker: AnalysisVersion,
    pub(crate) result: Option<PreparedResult>,
}

#[derive(Debug, Clone)]
pub(crate) enum PreparedResult {
    Analysed { indexed: Box<IndexedAnalysis>, digest: Vec<u8>, backfill: bool, origin: Origin },
    Failed { reason: String },
}

/// An analysis as it is stored: the blob, what the article's row takes from it, and the rows of the index tables.
#[derive(Debug, Clone)]
pub(crate) struct IndexedAnalysis {
    pub(crate) body: Vec<u8>,
    pub(crate) title: Option<String>,
    pub(crate) outlet: Option<EntityId>,
    pub(crate) published: Option<Date>,
    pub(crate) entities: Vec<Vec<Value>>,
    pub(crate) events: Vec<Vec<Value>>,
    pub(crate) participants: Vec<Vec<Value>>,
    pub(crate) claims: Vec<Vec<Value>>,
    /// Sources of claims, and outlets that they came through.
    pub(crate) speakers: Vec<Vec<Value>>,
    /// What it is found by.
    pub(crate) document: Document,
    pub(crate) entity_words: Vec<Vec<Value>>,
}

impl Prepared {
    /// Checks and encodes a change with its result.
    pub(crate) fn new(
        change: &Change,
        worker: AnalysisVersion,
        result: Option<&AnalysisResult>,
        fold: Fold,
    ) -> Result<Self, StoreError> {
        let article = change.article();
        let change = match change {
            Change::Delete(deletion) => {
                PreparedChange::Delete(Stamp { content_hash: None, ..deletion.stamp })
            }
            Change::Submit(submission) => {
                PreparedChange::Submit(Box::new(submit(submission, worker, result, fold)?))
            }
        };
        Ok(Self { article, change })
    }
}

fn submit(
    submission: &Submission,
    worker: AnalysisVersion,
    result: Option<&AnalysisResult>,
    fold: Fold,
) -> Result<PreparedSubmission, StoreError> {
    let content_hash = submission.content_hash();
    let revision = Revision { article: submission.article, content_hash };
    let result = match result {
        None => None,
        Some(AnalysisResult::Failed { reason }) => {
            // A reason may quote the text that made the analyzer fail.
            Some(PreparedResult::Failed { reason: reason.replace('\0', "\u{fffd}") })
        }
        Some(AnalysisResult::Analysed(Analysed { analysis, digest, backfill })) => {
            check(analysis, worker, &submission.fields.text)?;
            let indexed = index(analysis, submission.article, &submission.fields, fold)?;
            let (indexed, digest) = (Box::new(indexed), digest.clone());
            Some(PreparedResult::Analysed { indexed, digest, backfill: *backfill, origin: Origin::here() })
        }
    };
    let stamp = Stamp { content_hash: Some(content_hash), ..submission.stamp };
    Ok(PreparedSubmission { stamp, revision, fields: submission.fields.clone(), worker, result })
}

fn check(analysis: &Analysis, worker: AnalysisVersion, text: &str) -> Result<(), StoreError> {
    let invalid = |what: String| Err(StoreError::invalid("analysis", what));
    if analysis.version != worker {
        return invalid(format!("it is of {:?}, the worker of {worker:?}", analysis.version));
    }
    if let Err(what) = analysis.check(text) {
        return invalid(what);
    }
    if let Some(id) = repeated(analysis.entities.iter().map(|e| &e.id)) {
        return invalid(format!("two entities are {id}"));
    }
    if let Some(id) = repeated(analysis.events.iter().map(|e| e.id)) {
        return invalid(format!("two events are {id}"));
    }
    if let Some(id) = repeated(analysis.claims.iter().map(|c| c.id)) {
        return invalid(format!("two claims are {id}"));
    }
    let confidences = (analysis.mentions.iter().map(|m| m.confidence))
        .chain(analysis.events.iter().map(|e| e.confidence))
        .chain(analysis.claims.iter().map(|c| c.confidence));
    let amounts = analysis.quantities.iter().flat_map(|q| [q.low, q.high]).flatten();
    // JSON has no other numbers.
    if let Some(number) = confidences.map(f64::from).chain(amounts).find(|number| !number.is_finite()) {
        return invalid(format!("{number} is no number that can be stored"));
    }
    Ok(())
}

fn repeated<T: Eq + Hash + Copy>(ids: impl Iterator<Item = T>) -> Option<T> {
    let mut seen = HashSet::new();
    ids.into_iter().find(|id| !seen.insert(*id))
}

fn index(
    analysis: &Analysis,
    article: ArticleId,
    fields: &ArticleFields,
    fold: Fold,
) -> Result<IndexedAnalysis, StoreError> {
    let mut encoder = RecordEncoder::new()?;
    let mut mentions: HashMap<&EntityId, i64> = HashMap::new();
    for mention in &analysis.mentions {
        *mentions.entry(&mention.entity).or_default() += 1;
    }
    let entities = (analysis.entities.iter())
        .map(|e| {
            let count = mentions.get(&e.id).copied().unwrap_or_default();
            let folded_en = e.name_en.as_deref().map(fold);
            let kind = e.entity_type.as_str().to_owned();
            values![
                article,
                e.id,
                kind,
                e.name,
                e.name_en,
                e.wikidata,
                e.rollup,
                fold(&e.name),
                folded_en,
                count
            ]
        })
        .collect();
    let said: HashMap<ClaimId, &ClaimSource> = analysis.claims.iter().map(|c| (c.id, &c.source)).collect();
    let events = (analysis.events.iter().zip(0_i64..))
        .filter(|(e, _)| e.repeats.is_none())
        .map(|(e, ordinal)| {
            let anonymous = e.claim.and_then(|claim| said.get(&claim)).map(|source| source.anonymous);
            let (earliest, latest) = days(e);
            let kind = e.event_type.as_str().to_owned();
            let polarity = e.polarity.as_str().to_owned();
            let modality = e.modality.as_str().to_owned();
            let confidence = f64::from(e.confidence);
            let shown = encoder.encode_shown(&ShownEvent::new(&fields.text, analysis, e, None))?;
            Ok(values![
                article,
                ordinal,
                e.id,
                kind,
                e.mode,
                polarity,
                modality,
                e.background,
                earliest,
                latest,
                confidence,
                anonymous,
                shown
            ])
        })
        .collect::<Result<_, StoreError>>()?;
    let rollups: HashMap<&EntityId, &EntityId> =
        analysis.entities.iter().filter_map(|e: &Entity| Some((&e.id, e.rollup.as_ref()?))).collect();
    let told_once = analysis.events.iter().filter(|e| e.repeats.is_none());
    let participants = told_once.flat_map(|e| {
        let source = e.claim.and_then(|claim| said.get(&claim)?.entity.as_ref());
        let parts = [
            ("actor", e.actors.as_slice()),
            ("recipient", &e.recipients),
            ("place", &e.places),
            ("source", source.map_or(&[], std::slice::from_ref)),
        ];
        let parts = with_rollups(&parts, &rollups).into_iter();
        let (earliest, latest) = days(e);
        let kind = e.event_type.as_str().to_owned();
        let row = |(role, entity, direct)| {
            values![article, e.id, role, entity, direct, kind.clone(), earliest, latest]
        };
        parts.map(row).collect::<Vec<_>>()
    });
    let participants = participants.collect();
    let claims = (analysis.claims.iter().zip(0_i64..)).map(|(c, ordinal)| {
        let (quote, confidence) = (c.quote.as_str().to_owned(), f64::from(c.confidence));
        let shown = encoder.encode_shown(&ShownClaim::new(&fields.text, analysis, c))?;
        Ok(values![article, ordinal, c.id, c.source.anonymous, quote, confidence, shown])
    });
    let claims = claims.collect::<Result<_, StoreError>>()?;
    let speakers = analysis.claims.iter().zip(0_i64..).flat_map(|(c, ordinal)| {
        let parts = [("source", c.source.entity.as_slice()), ("via", &c.via)];
        let parts = with_rollups(&parts, &rollups).into_iter();
        let row = |(role, entity, direct)| values![article, c.id, role, entity, direct, ordinal];
        parts.map(row).collect::<Vec<_>>()
    });
    let speakers = speakers.collect();
    let title = fields.title.clone().or_else(|| analysis.title(&fields.text).map(str::to_owned));
    let submitted = fields.published_at.as_ref().map(PublishedAt::date);
    let published = analysis.published.date.or(submitted);
    Ok(IndexedAnalysis {
        body: encode(analysis)?,
        document: Document::new(article, fields, analysis, title.as_deref(), published),
        entity_words: search::rows(article, analysis),
        title,
        outlet: analysis.outlet.clone(),
        published: analysis.published.date,
        entities,
        events,
        participants,
        claims,
        speakers,
    })
}

/// The days that an event can have been on, as numbers.
fn days(event: &Event) -> (i64, i64) {
    let (earliest, latest) = event.time.map_or((None, None), |time| (time.earliest, time.latest));
    (day_or_open(earliest), day_or_open(latest))
}

fn day_or_open(day: Option<Date>) -> i64 {
    day.map_or(OPEN, day_number)
}

/// The entities of each role, and, not direct, those that they roll up to.
fn with_rollups(
    roles: &[(&str, &[EntityId])],
    rollups: &HashMap<&EntityId, &EntityId>,
) -> Vec<(String, EntityId, bool)> {
    let mut parts = Vec::new();
    for (role, entities) in roles {
        // Direct ones first: an entity that is both is direct.
        let mut seen = HashSet::new();
        let mut queue: Vec<(&EntityId, bool)> = entities.iter().map(|entity| (entity, true)).collect();
        let mut next = 0;
        while let Some((entity, direct)) = queue.get(next).copied() {
            next += 1;
            if seen.insert(entity) {
                parts.push(((*role).to_owned(), entity.clone(), direct));
                queue.extend(rollups.get(entity).map(|above| (*above, false)));
            }
        }
    }
    parts
}
