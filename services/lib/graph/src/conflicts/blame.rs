//! Who is blamed for it, against those who reject that and blame others.
//!
//! Whom somebody accuses did not do it for sure, so an event has no actor by that. Here accusations are read beside the event, as what
//! they are: a version of who did it.

use std::collections::BTreeSet;

use marsad_model::graph::{Conflict, ConflictSide, ConflictValue};
use marsad_model::id::{ArticleId, ClusterId, EntityId, EventId};
use marsad_model::ontology::{ConflictKind, EntityType, EventType, Standing};

use super::actors::{ids, is_by_one, share, versions};
use super::{Reading, conflict, side};
use crate::events::{Denial, Mention, Part, Party, Told};

/// Parties that a mention names.
type Parties<'a> = Vec<&'a Party>;

/// The disagreement over who did it, by accusations: those are accused in one report who in another one reject that or accuse others.
pub(super) fn dispute(cluster: ClusterId, members: &[(Told<'_>, ArticleId)]) -> Option<Conflict> {
    let deeds: BTreeSet<EventId> = (members.iter())
        .filter(|(told, _)| is_deed(told.mention) && !told.mention.series)
        .map(|(told, _)| told.mention.event)
        .collect();
    let (mut accusations, mut rejections) = (Vec::new(), Vec::new());
    let articles = members.chunk_by(|a, b| a.0.article.article == b.0.article.article);
    for (first, group) in articles.filter_map(<[_]>::first) {
        for told in first.article.told().filter(|told| is_about(*told, &deeds)) {
            let reading = |value| Reading { told, group: *group, value, span: told.trigger() };
            if let Some(accused) = accused(told) {
                accusations.push(reading(accused));
            }
            if told.mention.denial == Some(Denial::Blame) {
                rejections.push(reading(told.parties(Part::Actor).collect()));
            }
        }
    }
    let rejects = |a: &Reading<'_, Parties<'_>>, b: &Reading<'_, Parties<'_>>| {
        a.group != b.group && share(&a.value, &b.value)
    };
    let counters = |a: &Reading<'_, Parties<'_>>, b: &Reading<'_, Parties<'_>>| {
        let accuser: Parties<'_> = b.told.parties(Part::Actor).collect();
        a.group != b.group && share(&a.value, &accuser) && !share(&a.value, &b.value)
    };
    let disputed: Vec<Reading<'_, Parties<'_>>> = (accusations.iter())
        .filter(|a| {
            rejections.iter().any(|b| rejects(a, b))
                || accusations.iter().any(|b| counters(a, b) || counters(b, a))
        })
        .cloned()
        .collect();
    rejections.retain(|b| accusations.iter().any(|a| rejects(a, b)));
    let versions = versions(disputed.into_iter().map(|reading| vec![reading])).into_iter();
    let mut sides: Vec<ConflictSide> = versions
        .map(|readings| by_accuser(side(ConflictValue::Actors(ids(&readings)), &readings), &readings))
        .collect();
    if !rejections.is_empty() {
        sides.push(side(ConflictValue::Status(Standing::Denied), &rejections));
    }
    conflict(cluster, ConflictKind::Actor, None, "blame", sides)
}

/// An accusation is whose who makes it, whoever tells of it; the accused himself is no source of it.
fn by_accuser(mut side: ConflictSide, readings: &[Reading<'_, Parties<'_>>]) -> ConflictSide {
    for statement in &mut side.statements {
        let Some(reading) = readings.iter().find(|reading| reading.told.mention.event == statement.event)
        else {
            continue;
        };
        let accuser = reading.told.parties(Part::Actor).next().map(|party| party.id.clone());
        let is_accused = |id: &EntityId| reading.value.iter().any(|party| party.id == *id);
        statement.source = accuser.or(statement.source.take().filter(|source| !is_accused(source)));
    }
    side
}

/// Whether it is something that one side does to another, told as what happened.
fn is_deed(mention: &Mention) -> bool {
    is_by_one(mention.event_type) && mention.standing == Standing::Happened
}

/// Whether an accusation or its rejection is about those deeds: one of them is the next in its sentence, or, where the sentence has
/// none, they are all that the article tells first.
fn is_about(told: Told<'_>, deeds: &BTreeSet<EventId>) -> bool {
    let mentions = &told.article.mentions;
    let beside = mentions.iter().filter(|m| m.sentence == told.mention.sentence && is_by_one(m.event_type));
    let next = beside.min_by_key(|m| (m.start < told.mention.start, m.start.abs_diff(told.mention.start)));
    match next {
        Some(mention) => deeds.contains(&mention.event),
        None => {
            let mut news = mentions.iter().filter(|m| m.lead && is_deed(m)).peekable();
            news.peek().is_some() && news.all(|m| deeds.contains(&m.event))
        }
    }
}

/// Whom a mention accuses; `None` where it does not, or not anybody who acts as one.
fn accused(told: Told<'_>) -> Option<Parties<'_>> {
    let mention = told.mention;
    let accuses = mention.event_type == EventType::Accuse && mention.standing == Standing::Happened;
    if !accuses || !matches!(told.mode(), Some("ACCUSE_ALLEGE" | "ACCUSE_BLAME")) {
        return None;
    }
    let accusers: Parties<'_> = told.parties(Part::Actor).collect();
    let is_actor = |party: &&Party| !share(&accusers, &[*party]);
    // Who accuses a person is mostly a court, and it is a court that rejects it.
    let kinds =
        |party: &&Party| !party.local && !matches!(party.entity_type, EntityType::Media | EntityType::Person);
    let accused: Parties<'_> = told.parties(Part::Recipient).filter(kinds).filter(is_actor).collect();
    (!accused.is_empty()).then_some(accused)
}
