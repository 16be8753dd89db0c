//! A cluster as all its reports tell it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use marsad_model::analysis::TimeInterval;
use marsad_model::graph::{ClusterMember, EventCluster, Relation, Supported};
use marsad_model::id::{ArticleId, ClusterId, EntityId, EventId};
use marsad_model::ontology::{EventType, QuantityRole, Standing, Tense};
use marsad_model::{Amount, graph};

use super::mention::{Part, Told, days};

/// Describes a cluster. `group_of` gives the article that stands for an article's wire copies; `relations` are given as they are.
///
/// Values are counted over the reports of the highest standing that the cluster has: once something happened, what a plan said of its
/// day or its numbers is no report of it. Other values follow with less support, in the lists alone.
///
/// `None` where there is no member.
pub fn describe(
    members: &[Told<'_>],
    group_of: impl Fn(ArticleId) -> ArticleId,
    relations: Vec<Relation>,
) -> Option<EventCluster> {
    let mut members = members.to_vec();
    members.sort_unstable_by_key(|told| told.key());
    let told_once = members.iter().filter(|told| told.mention.repeats.is_none());
    let smallest = told_once.map(|told| told.mention.event).min()?;
    let standing = members.iter().map(|told| told.mention.standing).max()?;
    let real: Vec<Told<'_>> =
        members.iter().copied().filter(|told| told.mention.standing == standing).collect();
    let groups =
        |told: &[Told<'_>]| told.iter().map(|t| group_of(t.article.article)).collect::<BTreeSet<_>>();

    let types = support(&members, &group_of, |told| [told.mention.event_type]);
    let event_type = best_type(&types)?;
    let typed: Vec<Told<'_>> =
        members.iter().copied().filter(|told| told.mention.event_type == event_type).collect();
    let modes = support(&typed, &group_of, Told::mode);

    let times = support(&real, &group_of, |told| told.mention.time);
    let times = by_support(times, |time| (days(Some(*time)).is_none(), days(Some(*time)), *time));
    let parties = |part: Part| {
        let ids = support(&members, &group_of, |told| told.parties(part).map(|party| &party.id));
        let ids = by_support(ids, |id| *id).into_iter();
        ids.map(|Supported { value, reports, events }| Supported {
            value: EntityId::clone(value),
            reports,
            events,
        })
        .collect()
    };
    let amounts =
        support(&real, &group_of, |told| told.mention.figures.iter().map(|f| Number::of(&f.amount)));
    let quantities = by_support(amounts, |number| number.clone());
    Some(EventCluster {
        id: ClusterId::new(smallest),
        event_type,
        mode: by_support(modes, |mode| *mode).into_iter().next().map(|mode| mode.value.to_owned()),
        standing,
        time: time(&real, &group_of),
        times,
        actors: parties(Part::Actor),
        recipients: parties(Part::Recipient),
        places: parties(Part::Place),
        quantities: quantities.into_iter().map(Number::amount).collect(),
        reports: u32::try_from(groups(&real).len()).unwrap_or(u32::MAX),
        members: (members.iter())
            .map(|t| ClusterMember {
                article: t.article.article,
                event: t.mention.event,
                standing: t.mention.standing,
            })
            .collect(),
        relations,
        placed: None,
    })
}

/// The values that mentions give, in order, each with how many groups of articles and which events give it.
fn support<'a, T: Ord, V: IntoIterator<Item = T>>(
    members: &[Told<'a>],
    group_of: &impl Fn(ArticleId) -> ArticleId,
    values: impl Fn(Told<'a>) -> V,
) -> Vec<Supported<T>> {
    let mut given: Vec<(T, ArticleId, EventId)> = Vec::new();
    for told in members {
        let mut group = None;
        for value in values(*told) {
            let group = *group.get_or_insert_with(|| group_of(told.article.article));
            given.push((value, group, told.mention.event));
        }
    }
    given.sort_unstable();
    let mut support: Vec<Supported<T>> = Vec::new();
    let mut last = None;
    for (value, group, event) in given {
        match support.last_mut() {
            Some(known) if known.value == value => {
                known.reports += u32::from(last != Some(group));
                known.events.push(event);
            }
            _ => support.push(Supported { value, reports: 1, events: vec![event] }),
        }
        last = Some(group);
    }
    for known in &mut support {
        known.events.sort_unstable();
        known.events.dedup();
    }
    support
}

/// Best supported first: by reports, then by mentions, then by `order`.
fn by_support<T, O: Ord>(mut support: Vec<Supported<T>>, order: impl Fn(&T) -> O) -> Vec<Supported<T>> {
    support.sort_by_cached_key(|s| (std::cmp::Reverse((s.reports, s.events.len())), order(&s.value)));
    support
}

/// The type that most reports give; [`EventType::Other`] only where none gives another.
fn best_type(types: &[Supported<EventType>]) -> Option<EventType> {
    let rank = |s: &&Supported<EventType>| {
        (s.value != EventType::Other, s.reports, s.events.len(), std::cmp::Reverse(s.value.number()))
    };
    types.iter().max_by_key(rank).map(|s| s.value)
}

/// The day by which it has happened: that of the first article that tells it as a fact, and one more, for a day is not over everywhere
/// at once.
fn over_by(real: &[Told<'_>]) -> Option<Date> {
    let facts = real.iter().filter(|told| told.mention.standing == Standing::Happened);
    facts.filter_map(|told| told.article.published).min()?.tomorrow().ok()
}

/// The days on which it can have been: what most speaks for, as narrow as other times inside it make it.
///
/// A day other than the article's own is said on purpose. The article's own day is also what a mention in passing ("over the
/// poisoning of …") gets from the sentence around it.
fn time(real: &[Told<'_>], group_of: &impl Fn(ArticleId) -> ArticleId) -> Option<TimeInterval> {
    let mut evidence: BTreeMap<TimeInterval, BTreeMap<ArticleId, u32>> = BTreeMap::new();
    let over = over_by(real);
    for told in real {
        let Some(time) = told.mention.time else { continue };
        if time.earliest.zip(over).is_some_and(|(day, over)| day > over) {
            continue;
        }
        let own =
            told.article.published.is_some_and(|day| time.earliest == Some(day) && time.latest == Some(day));
        let named = told.mention.tense == Tense::None && !told.mention.title;
        let strength = match (own, named, told.mention.lead) {
            (false, ..) => 4,
            (true, false, _) => 2,
            (true, true, true) => 1,
            (true, true, false) => 0,
        };
        let strongest = evidence.entry(time).or_default().entry(group_of(told.article.article)).or_default();
        *strongest = strength.max(*strongest);
    }
    let width = |time: TimeInterval| days(Some(time)).unwrap_or(i32::MAX);
    let sums = evidence.iter().map(|(time, groups)| (*time, groups.values().sum::<u32>()));
    let (best, _) = sums.max_by_key(|(time, sum)| (*sum, std::cmp::Reverse((width(*time), *time))))?;
    let inside = |inner: TimeInterval| {
        best.earliest.unwrap_or(Date::MIN) <= inner.earliest.unwrap_or(Date::MIN)
            && inner.latest.unwrap_or(Date::MAX) <= best.latest.unwrap_or(Date::MAX)
    };
    evidence.keys().copied().filter(|time| inside(*time)).min_by_key(|time| (width(*time), *time))
}

/// An amount with an order: numbers by their bits, which are the same in every article that gives the same number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Number {
    role: QuantityRole,
    low: Option<u64>,
    high: Option<u64>,
    approximate: bool,
    unit: Option<String>,
}

impl Number {
    fn of(amount: &Amount) -> Self {
        let graph::Amount { role, low, high, approximate, unit } = amount.clone();
        Self { role, low: low.map(f64::to_bits), high: high.map(f64::to_bits), approximate, unit }
    }

    fn amount(given: Supported<Self>) -> Supported<Amount> {
        let Self { role, low, high, approximate, unit } = given.value;
        let value =
            Amount { role, low: low.map(f64::from_bits), high: high.map(f64::from_bits), approximate, unit };
        Supported { value, reports: given.reports, events: given.events }
    }
}
