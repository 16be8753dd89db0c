//! When it was.

use jiff::civil::Date;
use marsad_model::analysis::TimeInterval;
use marsad_model::graph::{Conflict, ConflictSide, ConflictValue};
use marsad_model::id::{ArticleId, ClusterId};
use marsad_model::ontology::{ConflictKind, Standing, Tense};

use super::{NIGHT, Reading, conflict, side};
use crate::events::Told;

/// Days from which two are of different events.
const WEEK: i32 = 7;

/// Disagreements over the day, or over the day since which it goes on.
pub(super) fn dispute(cluster: ClusterId, members: &[(Told<'_>, ArticleId)]) -> Option<Conflict> {
    let mut readings: Vec<Reading<'_, (TimeInterval, Date)>> = Vec::new();
    for (told, group) in members {
        let Some(time) = told.mention.time else { continue };
        let Some(day) = said(*told, time) else { continue };
        readings.push(Reading { told: *told, group: *group, value: (time, day), span: told.trigger() });
    }
    let apart = |a: &Reading<'_, (TimeInterval, Date)>, b: &Reading<'_, (TimeInterval, Date)>| {
        a.group != b.group && ((NIGHT + 1)..=WEEK).contains(&(a.value.1 - b.value.1).get_days().abs())
    };
    readings.sort_by_key(|reading| (reading.value.1, reading.told.key()));
    let disputed: Vec<Reading<'_, (TimeInterval, Date)>> =
        readings.iter().filter(|a| readings.iter().any(|b| apart(a, b))).cloned().collect();
    let mut sides: Vec<ConflictSide> = Vec::new();
    for same in disputed.chunk_by(|a, b| a.value.1 == b.value.1) {
        let Some(first) = same.first() else { continue };
        sides.push(side(ConflictValue::Date(first.value.0), same));
    }
    conflict(cluster, ConflictKind::Date, None, "", sides)
}

/// The one day that a time is about. The article's own day is what is given where nothing else is said.
fn said(told: Told<'_>, time: TimeInterval) -> Option<Date> {
    let (first, last) = (time.earliest?, time.latest?);
    let own = told.article.published?;
    let told_as_such = told.mention.tense == Tense::Past && !told.mention.background && !told.mention.series;
    (told.mention.standing == Standing::Happened && told_as_such && first == last && first != own)
        .then_some(first)
}
