//! Numbers that cannot both hold.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use marsad_arabic::orthography::fold;
use marsad_model::Amount;
use marsad_model::graph::{Conflict, ConflictSide, ConflictValue};
use marsad_model::id::{ArticleId, ClusterId};
use marsad_model::ontology::{ConflictKind, EventType, QuantityRole, Standing};

use rustc_hash::FxHashMap;

use super::{Reading, conflict, disputed, is_one, side};
use crate::events::{Figure, Told};

/// How far an approximate number may be off, as a share of it.
const ABOUT: f64 = 0.2;
/// How much greater than its least value a vague number (عشرات, مئات) may be: dozens are fewer than a hundred.
const VAGUE: f64 = 5.0;
/// How many times the one the other may be: what is many times a number counts the whole of which that is a part, or another event.
const TIMES: f64 = 3.0;
/// Least values of vague numbers from this on: three to nine (عدة) says nothing.
const DOZENS: f64 = 10.0;

/// The smallest and the greatest number that a report leaves room for.
type Range = (f64, f64);

/// Disagreements, by role and what is counted.
pub(super) fn disputes(cluster: ClusterId, members: &[(Told<'_>, ArticleId)]) -> Vec<Conflict> {
    let mut counted: BTreeMap<(QuantityRole, &str), Vec<Reading<'_, &Figure>>> = BTreeMap::new();
    for (told, group) in members.iter().filter(|(told, _)| told.mention.standing == Standing::Happened) {
        if told.mention.background && !told.mention.series
            || told.mention.event_type == EventType::CultureSport
        {
            continue;
        }
        for figure in &told.mention.figures {
            let Some(class) = class_of(&figure.amount) else { continue };
            let reading = Reading { told: *told, group: *group, value: figure, span: figure.span() };
            counted.entry((figure.amount.role, class)).or_default().push(reading);
        }
    }
    let found = counted.into_iter().filter_map(|((role, class), readings)| {
        let detail = format!("{role} {class}");
        conflict(cluster, ConflictKind::Quantity, Some(role), &detail, sides(readings))
    });
    found.collect()
}

/// What is counted, as far as numbers of it compare; `None` where a number of that unit and role compares with no other.
fn class_of(amount: &Amount) -> Option<&'static str> {
    use QuantityRole::{
        Aboard, Attacks, Damaged, Detained, Displaced, Expelled, Forces, Injured, Killed, Missing,
        Participants, Rescued, Sentenced, Targets, Weapons,
    };
    let class = match &amount.unit {
        Some(unit) => *classes().get(fold(unit).as_str())?,
        None => ANYONE,
    };
    let fits = match amount.role {
        Killed | Injured | Missing | Detained | Displaced | Expelled | Rescued | Aboard | Sentenced => {
            class != ATTACK
        }
        Attacks => class == ATTACK,
        Weapons | Targets | Damaged | Forces | Participants => class != ATTACK && class != ANYONE,
        _ => false,
    };
    fits.then_some(class)
}

/// The class of people, whoever they are.
const ANYONE: &str = "anyone";
/// The class of attacks, and of how often something was done.
const ATTACK: &str = "attack";

/// Units in comparison form with their classes, as `seeds/lexicon/counted.tsv` has them.
fn classes() -> &'static FxHashMap<String, &'static str> {
    static CLASSES: LazyLock<FxHashMap<String, &str>> = LazyLock::new(|| {
        let rows = include_str!("../../../../../seeds/lexicon/counted.tsv").lines().skip(1);
        let columns = rows.filter_map(|row| row.split_once('\t'));
        columns.filter_map(|(unit, rest)| Some((fold(unit), rest.split_once('\t')?.0))).collect()
    });
    &CLASSES
}

/// The readings as sides: one number each, with the reports that give it and fit none of the others.
fn sides(readings: Vec<Reading<'_, &Figure>>) -> Vec<ConflictSide> {
    let mut by_group: BTreeMap<ArticleId, Vec<Reading<'_, &Figure>>> = BTreeMap::new();
    for reading in readings {
        by_group.entry(reading.group).or_default().push(reading);
    }
    // A report with several numbers counts parts of it, or what others say: it is no side.
    by_group.retain(|_, readings| {
        readings
            .iter()
            .enumerate()
            .all(|(at, a)| readings.iter().skip(at + 1).all(|b| fits(a.value, b.value)))
    });
    let sure: Vec<Reading<'_, &Figure>> = by_group.into_values().flatten().collect();
    let mut values: BTreeMap<(u64, u64, bool), Vec<Reading<'_, &Figure>>> = BTreeMap::new();
    for reading in disputed(&sure, |a, b| disagree(a.value, b.value) && is_one(a.told, b.told)) {
        let Amount { low, high, approximate, .. } = &reading.value.amount;
        let bits = |value: Option<f64>| value.map_or(u64::MAX, f64::to_bits);
        values.entry((bits(*low), bits(*high), *approximate)).or_default().push(reading);
    }
    let sides = values.into_values().filter_map(|readings| {
        let amount = readings.first()?.value.amount.clone();
        Some(side(ConflictValue::Quantity(amount), &readings))
    });
    sides.collect()
}

/// Whether some number fits both.
fn fits(a: &Figure, b: &Figure) -> bool {
    let ((a_low, a_high), (b_low, b_high)) = (range(&a.amount), range(&b.amount));
    a_low <= b_high && b_low <= a_high
}

/// Whether both give a number of the same, and another one.
fn disagree(a: &Figure, b: &Figure) -> bool {
    let ((a_low, a_high), (b_low, b_high)) = (range(&a.amount), range(&b.amount));
    !fits(a, b) && a_low <= TIMES * b_high && b_low <= TIMES * a_high
}

/// What a number leaves room for. Of people vague words are used whatever the toll; of things, dozens are fewer than a hundred.
fn range(amount: &Amount) -> Range {
    let Amount { low, high, approximate, .. } = *amount;
    let things = matches!(amount.role, QuantityRole::Attacks | QuantityRole::Weapons | QuantityRole::Targets);
    match (low, high) {
        (Some(low), None) if approximate && low >= DOZENS && things => (low / 2.0, low * VAGUE),
        (_, None) if approximate => (0.0, f64::INFINITY),
        (low, high) if approximate => (
            low.map_or(0.0, |low| low * (1.0 - ABOUT)),
            high.map_or(f64::INFINITY, |high| high * (1.0 + ABOUT)),
        ),
        (low, high) => (low.unwrap_or(0.0), high.unwrap_or(f64::INFINITY)),
    }
}
