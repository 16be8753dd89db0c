//! Whether it happened.

use marsad_model::graph::{Conflict, ConflictValue};
use marsad_model::id::{ArticleId, ClusterId};
use marsad_model::ontology::{ConflictKind, EventType, Standing};

use super::{ONE_EVENT, Reading, conflict, is_one, side};
use crate::events::{Denial, Part, Told};

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
    let mut denied = of(Standing::Denied);
    denied.retain(|reading| is_of_event(reading.told));
    let happened = of(Standing::Happened);
    let (mut affirmed, standing) = match happened.is_empty() {
        true => (of(Standing::Planned), Standing::Planned),
        false => (happened, Standing::Happened),
    };
    let against = |affirmed: &Reading<'_, ()>, denied: &Reading<'_, ()>| {
        let (a, b) = (affirmed.told, denied.told);
        affirmed.group != denied.group
            && match standing {
                Standing::Planned => is_planned(a, b),
                _ => is_denial(a, b, members),
            }
    };
    let all = affirmed.clone();
    affirmed.retain(|reading| denied.iter().any(|other| against(reading, other)));
    denied.retain(|reading| all.iter().any(|other| against(other, reading)));
    if affirmed.is_empty() || denied.is_empty() {
        return None;
    }
    let sides = vec![
        side(ConflictValue::Status(standing), &affirmed),
        side(ConflictValue::Status(Standing::Denied), &denied),
    ];
    conflict(cluster, ConflictKind::Status, None, "", sides)
}

/// Whether the denial is of the event itself and not of something about it.
fn is_of_event(told: Told<'_>) -> bool {
    use EventType::{Accuse, CultureSport, EconomicIndicator, Reject, Statement};
    let mention = told.mention;
    let said = matches!(mention.event_type, Accuse | Reject | Statement | CultureSport | EconomicIndicator);
    matches!(mention.denial, Some(Denial::Said | Denial::Negated)) && !mention.background && !said
}

/// Whether somebody denies that event. Who denies what others told need not say again when it was. A negated verb is no denial of
/// what others tell: mostly it speaks of another occasion (لم يتوقف). A denial that names nobody is of whom its article names elsewhere.
fn is_denial(event: Told<'_>, denial: Told<'_>, members: &[(Told<'_>, ArticleId)]) -> bool {
    let timeless = denial.mention.time.is_none() && !event.mention.series;
    let same = denial.mention.denial == Some(Denial::Said) && (is_one(event, denial) || timeless);
    let party = [Part::Actor, Part::Recipient].into_iter().any(|part| shares(event, denial, part));
    let own = |told: &Told<'_>| told.article.article == denial.article.article;
    let mut beside = members.iter().map(|(told, _)| *told).filter(own);
    let place = || shares(event, denial, Part::Place);
    same && (party
        || timeless
            && names_nobody(denial)
            && (place() || beside.any(|told| shares(event, told, Part::Recipient))))
}

/// Whether a plan and a denial are of one event: within days of each other, of one who was to do it.
fn is_planned(plan: Told<'_>, denial: Told<'_>) -> bool {
    let days = plan.article.published.zip(denial.article.published);
    days.is_some_and(|(a, b)| (a - b).get_days().abs() <= ONE_EVENT) && shares(plan, denial, Part::Actor)
}

fn names_nobody(told: Told<'_>) -> bool {
    told.parties(Part::Actor).chain(told.parties(Part::Recipient)).next().is_none()
}

fn shares(a: Told<'_>, b: Told<'_>, part: Part) -> bool {
    a.parties(part).any(|a| b.parties(part).any(|b| a.own == b.own))
}
