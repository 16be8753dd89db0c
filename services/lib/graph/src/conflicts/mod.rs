//! Reports of one event that cannot both hold.
//!
//! False ones are worse than missed ones. Two versions are set against each other only where they speak of the same: the same event by
//! what joined its mentions, the same role and kind of thing counted. An open or approximate number that the other fits, a place inside the
//! other or a party that acts for the other is no disagreement; neither is a plan that came true. A number that grows with the days of the
//! articles is one: the statements say who is the newer. What an outlet says anew of a number or a day is none. An article that gives several
//! versions itself is no side, but it may tell both who is blamed and that he rejects it.

mod actors;
mod blame;
mod dates;
mod numbers;
mod status;

use std::collections::BTreeSet;

use jiff::civil::Date;
use marsad_model::graph::{Conflict, ConflictSide, ConflictValue, Statement};
use marsad_model::id::{ArticleId, ClusterId, ConflictId};
use marsad_model::ontology::{ConflictKind, QuantityRole};
use marsad_model::span::Span;

use crate::events::{Part, Told};

/// What one report says, and the words that say it.
#[derive(Clone)]
struct Reading<'a, T> {
    told: Told<'a>,
    /// The article that stands for the report's wire copies.
    group: ArticleId,
    value: T,
    span: Span,
}

/// The disagreements over one event, in order of kind and role. `members` are the mentions of its cluster; `group_of` gives the article
/// that stands for an article's wire copies.
pub fn conflicts(
    cluster: ClusterId,
    members: &[Told<'_>],
    group_of: impl Fn(ArticleId) -> ArticleId,
) -> Vec<Conflict> {
    if members.len() < 2 {
        return Vec::new();
    }
    let mut members: Vec<(Told<'_>, ArticleId)> =
        members.iter().map(|told| (*told, group_of(told.article.article))).collect();
    members.sort_unstable_by_key(|(told, _)| told.key());
    let groups: BTreeSet<ArticleId> = members.iter().map(|(_, group)| *group).collect();
    if groups.len() < 2 {
        return Vec::new();
    }
    let mut found: Vec<Conflict> = Vec::new();
    found.extend(dates::dispute(cluster, &members));
    found.extend(dates::beginnings(cluster, &members));
    found.extend(numbers::disputes(cluster, &members));
    found.extend(actors::disputes(cluster, &members));
    found.extend(blame::dispute(cluster, &members));
    found.extend(status::dispute(cluster, &members));
    found
}

/// Days that two reports of one event may be apart: a night, another time zone.
const NIGHT: i32 = 1;
/// The longest time, in days, of what is one event and no campaign.
const ONE_EVENT: i32 = 3;

/// Whether two mentions are of one event for sure: both say when, and it is the same time; both are one event or both a series; and if
/// both name places, they share one.
fn is_one(a: Told<'_>, b: Told<'_>) -> bool {
    let shares = |a: Told<'_>, b: Told<'_>| {
        let (mut a, b) = (a.parties(Part::Place), b.parties(Part::Place));
        let named = a.clone().next().is_some() && b.clone().next().is_some();
        !named || a.any(|a| b.clone().any(|b| a.own == b.own || a.side == b.side))
    };
    is_one_time(a, b) && shares(a, b)
}

/// Whether both say when it was, and it is the same time.
fn is_one_time(a: Told<'_>, b: Told<'_>) -> bool {
    // A time that is said may be off by a night; news without one is of its day or the one before.
    let slack = if a.mention.time.is_some() && b.mention.time.is_some() { NIGHT } else { 0 };
    a.mention.series == b.mention.series
        && match (when(a), when(b)) {
            (Some(a), Some(b)) => (a.0 - b.1).get_days() <= slack && (b.0 - a.1).get_days() <= slack,
            _ => false,
        }
}

/// Whether one outlet tells both: what it says anew is its correction, or another event.
fn is_of_one_outlet(a: Told<'_>, b: Told<'_>) -> bool {
    a.article.outlet.is_some() && a.article.outlet == b.article.outlet
}

/// The readings that another report of another outlet contradicts, in their order.
fn disputed<'a, T: Clone>(
    readings: &[Reading<'a, T>],
    contradict: impl Fn(&Reading<'a, T>, &Reading<'a, T>) -> bool,
) -> Vec<Reading<'a, T>> {
    let are_two =
        |a: &Reading<'_, T>, b: &Reading<'_, T>| a.group != b.group && !is_of_one_outlet(a.told, b.told);
    let contradicted = |a: &&Reading<'a, T>| readings.iter().any(|b| are_two(a, b) && contradict(a, b));
    readings.iter().filter(contradicted).cloned().collect()
}

/// First and last day of a mention; of news without a day, the article's own and the one before. `None` for what is long and no series.
fn when(told: Told<'_>) -> Option<(Date, Date)> {
    let days = match told.mention.time {
        Some(time) => (time.earliest?, time.latest?),
        None => {
            let own = told.article.published.filter(|_| told.mention.lead)?;
            (own.yesterday().ok()?, own)
        }
    };
    (told.mention.series || (days.1 - days.0).get_days() < ONE_EVENT).then_some(days)
}

/// A disagreement with those sides; `None` where fewer than two are left. `detail` tells apart what is of one kind.
fn conflict(
    cluster: ClusterId,
    kind: ConflictKind,
    role: Option<QuantityRole>,
    detail: &str,
    mut sides: Vec<ConflictSide>,
) -> Option<Conflict> {
    sides.sort_by_key(|side| {
        let first = side.statements.first().map(|statement| (statement.article, statement.event));
        (std::cmp::Reverse((side.reports, side.statements.len())), first)
    });
    let id = ConflictId::new(cluster, kind, detail);
    (sides.len() >= 2).then_some(Conflict { id, kind, cluster, role, sides })
}

/// One side: all readings that say the same.
fn side<T>(value: ConflictValue, readings: &[Reading<'_, T>]) -> ConflictSide {
    let groups: BTreeSet<ArticleId> = readings.iter().map(|reading| reading.group).collect();
    let mut statements: Vec<Statement> = (readings.iter())
        .map(|Reading { told, span, .. }| {
            let (claim, source) =
                told.claim().map_or((None, None), |(claim, source)| (Some(claim), source.cloned()));
            let outlet = told.article.outlet.clone();
            Statement {
                article: told.article.article,
                outlet,
                event: told.mention.event,
                claim,
                source,
                span: *span,
            }
        })
        .collect();
    statements.sort_by_key(|statement| (statement.article, statement.event, statement.span.start));
    statements.dedup();
    ConflictSide { value, reports: u32::try_from(groups.len()).unwrap_or(u32::MAX), statements }
}

#[cfg(test)]
mod tests;
