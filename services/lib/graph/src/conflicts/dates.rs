//! When it was.

use jiff::civil::Date;
use marsad_model::analysis::TimeInterval;
use marsad_model::graph::{Conflict, ConflictSide, ConflictValue};
use marsad_model::id::{ArticleId, ClusterId};
use marsad_model::ontology::{ConflictKind, EntityType, EventType, Standing, Tense};

use super::{NIGHT, Reading, conflict, disputed, side};
use crate::events::{Part, Party, Told};

/// Numbers from this on are seldom the same in two events.
const TELLING: f64 = 10.0;
/// Days from which two are of different events.
const WEEK: i32 = 7;

/// A time and the day that it is about.
type Said = (TimeInterval, Date);

/// The disagreement over the day.
pub(super) fn dispute(cluster: ClusterId, members: &[(Told<'_>, ArticleId)]) -> Option<Conflict> {
    let mut readings: Vec<Reading<'_, Said>> = Vec::new();
    for (told, group) in members {
        if let Some(value) = said(*told) {
            readings.push(Reading { told: *told, group: *group, value, span: told.trigger() });
        }
    }
    let apart = |a: &Reading<'_, Said>, b: &Reading<'_, Said>| {
        let days = (a.value.1 - b.value.1).get_days().abs();
        days > NIGHT && days <= WEEK && is_sure(a.told, b.told)
    };
    readings.sort_by_key(|reading| (reading.value.1, reading.told.key()));
    let disputed = disputed(&readings, apart);
    let same_days = disputed.chunk_by(|a, b| a.value.1 == b.value.1);
    let sides: Vec<ConflictSide> =
        same_days.filter_map(|same| Some(side(ConflictValue::Date(same.first()?.value.0), same))).collect();
    conflict(cluster, ConflictKind::Date, None, "", sides)
}

/// Days that a beginning may be off: the middle of a month is told as its 15th.
const VAGUE: i32 = 5;
/// Days from which two beginnings are of different campaigns.
const MONTH: i32 = 31;

/// The disagreement over the day on which a campaign began.
pub(super) fn beginnings(cluster: ClusterId, members: &[(Told<'_>, ArticleId)]) -> Option<Conflict> {
    let mut readings: Vec<Reading<'_, Date>> = (members.iter())
        .filter_map(|(told, group)| {
            Some(Reading { told: *told, group: *group, value: began(*told)?, span: told.trigger() })
        })
        .collect();
    let apart = |a: &Reading<'_, Date>, b: &Reading<'_, Date>| {
        let days = (a.value - b.value).get_days().abs();
        days > VAGUE && days <= MONTH
    };
    readings.sort_by_key(|reading| (reading.value, reading.told.key()));
    let sides: Vec<ConflictSide> = (disputed(&readings, apart).chunk_by(|a, b| a.value == b.value))
        .filter_map(|same| {
            let since = TimeInterval { earliest: Some(same.first()?.value), latest: None };
            Some(side(ConflictValue::Date(since), same))
        })
        .collect();
    conflict(cluster, ConflictKind::Date, None, "since", sides)
}

/// The day since which a mention says that attacks have gone on. The first of a month is what a month or a year is told as.
fn began(told: Told<'_>) -> Option<Date> {
    let mention = told.mention;
    let (first, last) = mention.time.and_then(|time| time.earliest.zip(time.latest))?;
    let until_now = told.article.published == Some(last) && (last - first).get_days() > WEEK;
    let since = mention.series && mention.standing == Standing::Happened && until_now;
    (since && first.day() > 1).then_some(first)
}

/// When a mention says that it happened, if it says so by a verb and on one day. The article's own day is what a mention gets where
/// nothing else is said.
fn said(told: Told<'_>) -> Option<Said> {
    let mention = told.mention;
    let time = mention.time?;
    let (first, last) = (time.earliest?, time.latest?);
    let as_news = mention.tense == Tense::Past && !mention.background && !mention.series;
    let one_day = first == last && told.article.published.is_some_and(|own| own != first);
    (mention.standing == Standing::Happened && as_news && one_day).then_some((time, first))
}

/// Whether two mentions are one event, whatever their days: they have a number of it in common that is not small, or a person to
/// whom it happens once.
fn is_sure(a: Told<'_>, b: Told<'_>) -> bool {
    let numbers = a.mention.figures.iter().any(|x| {
        b.mention
            .figures
            .iter()
            .any(|y| x.amount == y.amount && x.amount.low.is_some_and(|low| low >= TELLING))
    });
    let mut persons = a.parties(Part::Recipient).filter(|party| is_person(party));
    numbers || is_once(a) && is_once(b) && persons.any(|x| b.parties(Part::Recipient).any(|y| x.own == y.own))
}

fn is_once(told: Told<'_>) -> bool {
    matches!(told.mode(), Some("ASSAULT_KILL" | "ASSAULT_ASSASSINATION" | "DEATH_DIE"))
        || told.mention.event_type == EventType::PersonnelChange
}

fn is_person(party: &Party) -> bool {
    party.entity_type == EntityType::Person && !party.local
}
