//! Who is blamed for it, against who rejects that.
//!
//! Whom somebody accuses did not do it for sure, so an event has no actor by that. Here accusations are read beside the event, as what
//! they are: a version of who did it.

use std::collections::BTreeSet;

use marsad_model::graph::{Conflict, ConflictSide, ConflictValue};
use marsad_model::id::{ArticleId, ClusterId, EntityId, EventId};
use marsad_model::ontology::{ConflictKind, EntityType, EventType, Standing};

use super::actors::{is_by_one, is_same};
use super::{Reading, conflict, side};
use crate::events::{Denial, Mention, Part, Party, Told};

/// The disagreement over whether those did it who are blamed for it: accusations in one report, and in another one that the accused
/// reject them.
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
    let against = |a: &Reading<'_, Vec<&Party>>, b: &Reading<'_, Vec<&Party>>| {
        a.group != b.group && a.value.iter().any(|x| b.value.iter().any(|y| is_same(x, y)))
    };
    let rejected: Vec<Reading<'_, Vec<&Party>>> =
        accusations.iter().filter(|a| rejections.iter().any(|b| against(a, b))).cloned().collect();
    rejections.retain(|b| accusations.iter().any(|a| against(a, b)));
    let ids: BTreeSet<EntityId> =
        rejected.iter().flat_map(|reading| &reading.value).map(|party| party.id.clone()).collect();
    let sides: Vec<ConflictSide> = [
        (ConflictValue::Actors(ids.into_iter().collect()), rejected),
        (ConflictValue::Status(Standing::Denied), rejections),
    ]
    .into_iter()
    .filter(|(_, readings)| !readings.is_empty())
    .map(|(value, readings)| side(value, &readings))
    .collect();
    conflict(cluster, ConflictKind::Actor, None, "blame", sides)
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
fn accused<'a>(told: Told<'a>) -> Option<Vec<&'a Party>> {
    let mention = told.mention;
    let accuses = mention.event_type == EventType::Accuse && mention.standing == Standing::Happened;
    if !accuses || !matches!(told.mode(), Some("ACCUSE_ALLEGE" | "ACCUSE_BLAME")) {
        return None;
    }
    let is_actor = |party: &&Party| !told.parties(Part::Actor).any(|accuser| is_same(accuser, party));
    let kinds = |party: &&Party| !party.local && party.entity_type != EntityType::Media;
    let accused: Vec<&Party> = told.parties(Part::Recipient).filter(kinds).filter(is_actor).collect();
    (!accused.is_empty()).then_some(accused)
}
