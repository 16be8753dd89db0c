//! Who did it, and where.

use std::collections::{BTreeMap, BTreeSet};

use marsad_model::graph::{Conflict, ConflictSide, ConflictValue};
use marsad_model::id::{ArticleId, ClusterId, EntityId};
use marsad_model::ontology::{ConflictKind, EntityType, EventType, Standing};

use super::{Reading, conflict, is_one_time, side, when};
use crate::events::{Part, Party, Told};

/// Disagreements over who did it and where it was.
pub(super) fn disputes(cluster: ClusterId, members: &[(Told<'_>, ArticleId)]) -> Vec<Conflict> {
    let happened: Vec<(Told<'_>, ArticleId)> = (members.iter())
        .filter(|(told, _)| told.mention.standing == Standing::Happened && !told.mention.series)
        .copied()
        .collect();
    let by_one = happened.iter().all(|(told, _)| is_by_one(told.mention.event_type));
    let actors = by_one
        .then(|| {
            conflict(
                cluster,
                ConflictKind::Actor,
                None,
                "",
                sides(&happened, Part::Actor, ConflictValue::Actors),
            )
        })
        .flatten();
    // What flies comes from one country and falls in another.
    let crosses = happened.iter().any(|(told, _)| told.mode().is_some_and(|mode| CROSSING.contains(&mode)));
    let places = (!crosses)
        .then(|| {
            conflict(
                cluster,
                ConflictKind::Place,
                None,
                "",
                sides(&happened, Part::Place, ConflictValue::Places),
            )
        })
        .flatten();
    actors.into_iter().chain(places).collect()
}

/// Reports that a version needs: parts that are read wrongly are more frequent than outlets that disagree on them, and two seldom
/// go wrong alike.
const SUPPORT: u32 = 2;

/// Modes of what is done from afar.
const CROSSING: [&str; 5] =
    ["ASSAULT_MISSILE", "ASSAULT_AERIAL", "ASSAULT_SHELLING", "ASSAULT_INTERCEPT", "ASSAULT_SHOOT_DOWN"];

/// Types of events with one perpetrator: in others each outlet may name another of those who took part.
pub(super) fn is_by_one(event_type: EventType) -> bool {
    matches!(event_type, EventType::Assault | EventType::Coerce | EventType::Crime | EventType::Death)
}

/// Groups of reports that name parties of which none is one of the other's, acts for it or for the same.
fn sides(
    members: &[(Told<'_>, ArticleId)],
    part: Part,
    value: fn(Vec<EntityId>) -> ConflictValue,
) -> Vec<ConflictSide> {
    let mut groups: BTreeMap<ArticleId, Vec<Reading<'_, Vec<&Party>>>> = BTreeMap::new();
    // Whoever it was done to by one report did not do it by another: one of them is read wrongly.
    let suffers = |party: &Party| {
        part == Part::Actor
            && members
                .iter()
                .any(|(told, _)| told.parties(Part::Recipient).any(|other| is_same(party, other)))
    };
    let dated = members.iter().filter(|(told, _)| when(*told).is_some());
    let one = |(told, _): &&(Told<'_>, ArticleId)| {
        members.iter().all(|(other, _)| when(*other).is_none() || is_one_time(*told, *other))
    };
    for (told, group) in dated.filter(one) {
        let parties: Vec<&Party> =
            told.parties(part).filter(|party| compares(party, part) && !suffers(party)).collect();
        if !parties.is_empty() {
            let reading = Reading { told: *told, group: *group, value: parties, span: told.trigger() };
            groups.entry(*group).or_default().push(reading);
        }
    }
    let sides = versions(groups.into_values()).into_iter();
    let sides = sides.map(|readings| side(value(ids(&readings)), &readings));
    sides.filter(|side| side.reports >= SUPPORT).collect()
}

/// Readings of parties, those together that name one party, one that acts for it or for the same.
pub(super) fn versions<'a>(
    groups: impl Iterator<Item = Vec<Reading<'a, Vec<&'a Party>>>>,
) -> Vec<Vec<Reading<'a, Vec<&'a Party>>>> {
    let mut versions: Vec<Vec<Reading<'_, Vec<&Party>>>> = Vec::new();
    for readings in groups {
        let like = |version: &Vec<Reading<'_, Vec<&Party>>>| {
            version.iter().any(|a| readings.iter().any(|b| share(&a.value, &b.value)))
        };
        // Whoever names parties of several versions joins them.
        let (alike, mut rest): (Vec<_>, Vec<_>) = versions.into_iter().partition(like);
        rest.push(alike.into_iter().flatten().chain(readings).collect());
        versions = rest;
    }
    versions
}

/// The parties of some readings, in order of their ids.
pub(super) fn ids(readings: &[Reading<'_, Vec<&Party>>]) -> Vec<EntityId> {
    let ids: BTreeSet<EntityId> =
        readings.iter().flat_map(|reading| &reading.value).map(|party| party.id.clone()).collect();
    ids.into_iter().collect()
}

/// Whether a party of the one is one of the other.
pub(super) fn share(a: &[&Party], b: &[&Party]) -> bool {
    a.iter().any(|x| b.iter().any(|y| is_same(x, y)))
}

fn compares(party: &Party, part: Part) -> bool {
    match part {
        // Only countries: what lies in what is not known of other places.
        Part::Place => party.entity_type == EntityType::Gpe && party.id.as_str().len() == 2,
        _ => !party.local && !matches!(party.entity_type, EntityType::Media | EntityType::Person),
    }
}

fn is_same(a: &Party, b: &Party) -> bool {
    a.own == b.own || a.side == b.side || a.own == b.side || b.own == a.side || a.surname == b.surname
}
