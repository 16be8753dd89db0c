//! Whether it happened.

use marsad_model::graph::{Conflict, ConflictValue};
use marsad_model::id::{ArticleId, ClusterId};
use marsad_model::ontology::{ConflictKind, EventType, Standing, Tense};

use super::{Reading, conflict, is_one, side};
use crate::events::{Mention, Told};

/// Reports that it happened, or that it was to, against reports that it did not.
///
/// What is demanded, possible or told of in general says nothing of whether it happened. A plan is set against a denial only where nobody
/// says that it happened.
pub(super) fn dispute(cluster: ClusterId, members: &[(Told<'_>, ArticleId)]) -> Option<Conflict> {
    let of = |standing: Standing| -> Vec<Reading<'_, ()>> {
        let given = members.iter().filter(|(told, _)| told.mention.standing == standing);
        given
            .map(|(told, group)| Reading { told: *told, group: *group, value: (), span: told.trigger() })
            .collect()
    };
    let denied: Vec<Reading<'_, ()>> = of(Standing::Denied).into_iter().filter(|r| is_said(r.told)).collect();
    let happened = of(Standing::Happened);
    let (affirmed, standing) = match happened.is_empty() {
        true => (of(Standing::Planned), Standing::Planned),
        false => (happened, Standing::Happened),
    };
    let is_against = |a: &Reading<'_, ()>, b: &Reading<'_, ()>| {
        a.group != b.group && (standing == Standing::Planned || is_one(a.told, b.told))
    };
    let mut those = affirmed.clone();
    let mut denied = denied;
    those.retain(|a| denied.iter().any(|b| is_against(a, b)));
    denied.retain(|a| affirmed.iter().any(|b| is_against(a, b)));
    let affirmed = those;
    if affirmed.is_empty() || denied.is_empty() {
        return None;
    }
    let sides = vec![
        side(ConflictValue::Status(standing), &affirmed),
        side(ConflictValue::Status(Standing::Denied), &denied),
    ];
    conflict(cluster, ConflictKind::Status, None, "", sides)
}

/// Whether the denial is of the event itself: a verb that is negated, or a named source that denies it.
fn is_said(told: Told<'_>) -> bool {
    let Mention { tense, event_type, background, .. } = told.mention;
    let concrete = matches!(
        event_type,
        EventType::Assault
            | EventType::Coerce
            | EventType::Consult
            | EventType::Death
            | EventType::Crime
            | EventType::Adjudicate
            | EventType::PersonnelChange
            | EventType::Mobilize
            | EventType::Accident
    );
    let spoken = told.claim().is_some_and(|(_, source)| source.is_some());
    concrete && !background && (*tense != Tense::None || spoken)
}
