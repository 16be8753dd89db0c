//! What a batch of the linker writes, made before the transaction begins.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::civil::Date;
use marsad_model::analysis::Revision;
use marsad_model::graph::{ArticleLinks, Conflict, EventCluster, Story};
use marsad_model::{AnalysisVersion, ArticleFields, ArticleId, EntityId};
use serde::Serialize;
use uuid::Uuid;

use super::{IndexedAnalysis, check, day_or_open, index};
use crate::encode::RecordEncoder;
use crate::error::StoreError;
use crate::link::{Filed, LinkBatch, Mark, Reanalysed, RecordHash, RecordId, RecordKind, Rollups};
use crate::sql::{Value, day_number, values};
use crate::store::Fold;

/// A batch that is ready to be written.
#[derive(Debug)]
pub(crate) struct PreparedLinks {
    pub(crate) graph_version: u32,
    pub(crate) done: Vec<(ArticleId, Mark)>,
    /// What to write and what to remove, in the order of [`RecordKind::ALL`].
    pub(crate) kinds: Vec<PreparedKind>,
    /// Kind, old id, new id.
    pub(crate) superseded: Vec<(RecordKind, Uuid, Uuid)>,
    /// In order of the articles, so that their rows are locked in one order.
    pub(crate) reanalysed: Vec<PreparedReanalysis>,
}

/// The records of one kind.
#[derive(Debug)]
pub(crate) struct PreparedKind {
    pub(crate) kind: RecordKind,
    pub(crate) records: Vec<PreparedRecord>,
    pub(crate) removed: Vec<Uuid>,
}

/// A record with its rows.
#[derive(Debug)]
pub(crate) struct PreparedRecord {
    pub(crate) id: Uuid,
    pub(crate) hash: RecordHash,
    /// In the table of its kind.
    pub(crate) row: Vec<Value>,
    /// In the index tables of its kind, in their order.
    pub(crate) index: Vec<Vec<Vec<Value>>>,
}

/// An analysis that takes the place of another.
#[derive(Debug)]
pub(crate) struct PreparedReanalysis {
    pub(crate) revision: Revision,
    pub(crate) fields: ArticleFields,
    pub(crate) version: AnalysisVersion,
    pub(crate) indexed: IndexedAnalysis,
    pub(crate) digest: Option<Vec<u8>>,
}

impl PreparedLinks {
    /// Checks and encodes a batch, which may take a while.
    pub(crate) fn new(batch: LinkBatch, fold: Fold) -> Result<Self, StoreError> {
        let mut encoder = RecordEncoder::new()?;
        let rollups = &batch.rollups;
        let articles =
            batch.articles.iter().map(|links| article(links, &mut encoder)).collect::<Result<_, _>>()?;
        let stories =
            batch.stories.iter().map(|s| story(s, rollups, &mut encoder)).collect::<Result<_, _>>()?;
        let clusters =
            batch.clusters.iter().map(|c| cluster(c, rollups, &mut encoder)).collect::<Result<_, _>>()?;
        let conflicts =
            batch.conflicts.iter().map(|c| conflict(c, &mut encoder)).collect::<Result<_, _>>()?;
        let records: [Vec<PreparedRecord>; 4] = [articles, stories, clusters, conflicts];
        let mut kinds: Vec<PreparedKind> = (RecordKind::ALL.into_iter().zip(records))
            .map(|(kind, records)| PreparedKind { kind, records, removed: Vec::new() })
            .collect();
        for (kind, id) in batch.removed.into_iter().map(RecordId::parts) {
            kinds.iter_mut().filter(|of| of.kind == kind).for_each(|of| of.removed.push(id));
        }
        for kind in &mut kinds {
            kind.removed.sort_unstable();
            kind.removed.dedup();
            let mut seen: HashSet<Uuid> = kind.removed.iter().copied().collect();
            if let Some(record) = kind.records.iter().find(|record| !seen.insert(record.id)) {
                let id = RecordId::new(kind.kind, record.id);
                return Err(StoreError::invalid("batch", format!("{id:?} is in it twice")));
            }
        }
        let superseded = batch.superseded.iter().map(|pair| {
            let ((kind, old), (new_kind, new)) = (pair.old.parts(), pair.new.parts());
            if kind == new_kind {
                return Ok((kind, old, new));
            }
            Err(StoreError::invalid("batch", format!("{:?} cannot supersede {:?}", pair.new, pair.old)))
        });
        let superseded = superseded.collect::<Result<_, _>>()?;
        let reanalysed = batch.reanalysed.into_iter().map(|one| reanalysis(one, fold));
        let mut reanalysed = reanalysed.collect::<Result<Vec<_>, _>>()?;
        reanalysed.sort_by_key(|one| one.revision.article);
        Ok(Self { graph_version: batch.graph_version, done: batch.done, kinds, superseded, reanalysed })
    }
}

fn reanalysis(reanalysed: Reanalysed, fold: Fold) -> Result<PreparedReanalysis, StoreError> {
    let Reanalysed { article, fields, analysis, digest } = reanalysed;
    let revision = Revision { article, content_hash: fields.content_hash() };
    check(&analysis, analysis.version, &fields.text)?;
    let indexed = index(&analysis, article, &fields, fold)?;
    Ok(PreparedReanalysis { revision, fields, version: analysis.version, indexed, digest })
}

/// A record as JSON.
fn json(record: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(record).map_err(|error| StoreError::invalid("record", error.to_string()))
}

fn article(links: &ArticleLinks, encoder: &mut RecordEncoder) -> Result<PreparedRecord, StoreError> {
    let json = json(links)?;
    let hash = RecordHash::of_json(&json, &Filed::default(), &Rollups::new());
    let row = values![links.article, hash, encoder.encode(&json)?];
    Ok(PreparedRecord { id: links.article.0, hash, row, index: Vec::new() })
}

fn story(
    story: &Story,
    rollups: &Rollups,
    encoder: &mut RecordEncoder,
) -> Result<PreparedRecord, StoreError> {
    let (json, filed) = (json(story)?, Filed::story(story));
    let hash = RecordHash::of_json(&json, &filed, rollups);
    let first = story.days.map(|(first, _)| first);
    let place = latest_first(story.days.map(|(_, last)| last));
    let row = values![story.id, hash, story.parent, first, place, encoder.encode(&json)?];
    let articles: BTreeSet<_> = story.articles.iter().collect();
    let articles = articles.into_iter().map(|article| values![story.id, *article]).collect();
    let entities =
        distinct(&filed, rollups, |_, entity, through| values![story.id, *entity, *through, place]);
    Ok(PreparedRecord { id: story.id.0, hash, row, index: vec![articles, entities] })
}

fn cluster(
    cluster: &EventCluster,
    rollups: &Rollups,
    encoder: &mut RecordEncoder,
) -> Result<PreparedRecord, StoreError> {
    let (json, filed) = (json(cluster)?, Filed::cluster(cluster));
    let hash = RecordHash::of_json(&json, &filed, rollups);
    let (earliest, latest) = cluster.time.map_or((None, None), |time| (time.earliest, time.latest));
    let (earliest, latest) = (day_or_open(earliest), day_or_open(latest));
    let kind = cluster.event_type.as_str().to_owned();
    let standing = cluster.standing.as_str().to_owned();
    let body = encoder.encode(&json)?;
    let reports = cluster.reports;
    let (mode, place) = (&cluster.mode, filed.place);
    let row =
        values![cluster.id, hash, kind.clone(), *mode, standing, earliest, latest, place, reports, body];
    let participants = distinct(&filed, rollups, |role, entity, through| {
        values![cluster.id, role.to_owned(), *entity, *through, kind.clone(), earliest, latest, place]
    });
    let members: BTreeMap<_, _> =
        cluster.members.iter().map(|member| (member.event, member.article)).collect();
    let members = members.into_iter().map(|(event, article)| values![cluster.id, event, article]).collect();
    Ok(PreparedRecord { id: cluster.id.0, hash, row, index: vec![participants, members] })
}

fn conflict(conflict: &Conflict, encoder: &mut RecordEncoder) -> Result<PreparedRecord, StoreError> {
    let json = json(conflict)?;
    let hash = RecordHash::of_json(&json, &Filed::default(), &Rollups::new());
    let kind = conflict.kind.as_str().to_owned();
    let row = values![conflict.id, hash, kind, conflict.cluster, encoder.encode(&json)?];
    Ok(PreparedRecord { id: conflict.id.0, hash, row, index: Vec::new() })
}

/// A row for each entry that a record is filed under.
fn distinct(
    filed: &Filed<'_>,
    rollups: &Rollups,
    row: impl Fn(&str, &EntityId, &EntityId) -> Vec<Value>,
) -> Vec<Vec<Value>> {
    let mut seen = HashSet::new();
    let entries = filed.entries(rollups).filter(|entry| seen.insert(*entry));
    entries.map(|(role, entity, through)| row(role, entity, through)).collect()
}

/// The place of a story in lists: the latest day first, none last.
pub(crate) fn latest_first(last: Option<Date>) -> i64 {
    last.map_or(0, |day| -day_number(day))
}
