//! Numbers that cannot both hold.

use std::collections::BTreeMap;

use marsad_arabic::orthography::fold;
use marsad_model::Amount;
use marsad_model::graph::{Conflict, ConflictSide, ConflictValue};
use marsad_model::id::{ArticleId, ClusterId};
use marsad_model::ontology::{ConflictKind, QuantityRole, Standing};

use super::{Reading, conflict, is_one, side};
use crate::events::{Figure, Told};

/// How far an approximate number may be off, as a share of it.
const ABOUT: f64 = 0.2;
/// How much greater than its least value a vague number (عشرات, مئات) may be: dozens are fewer than a hundred.
const VAGUE: f64 = 5.0;
/// Least values of vague numbers from this on: three to nine (عدة) says nothing.
const DOZENS: f64 = 10.0;

/// Words for people, whoever they are. What is counted without a noun is people too.
const GENERIC: &[&str] = &["شخص", "قتيل", "جريح", "ضحيه", "مصاب", "شهيد", "وفاه", "اصابه", "جثه", "فرد", ""];
/// Words for people of one kind: numbers of them compare with each other only.
const PEOPLE: &[&str] = &[
    "جندي",
    "مدني",
    "طفل",
    "امراه",
    "عسكري",
    "شرطي",
    "عنصر",
    "مقاتل",
    "مسلح",
    "متظاهر",
    "محتج",
    "فلسطيني",
    "صحفي",
    "صحافي",
    "مهاجر",
    "نازح",
    "لاجئ",
    "دبلوماسي",
    "راكب",
    "طالب",
    "مصل",
    "سائح",
    "عامل",
    "مسعف",
    "ضابط",
    "رهينه",
    "مواطن",
    "معتقل",
    "مشتبه",
];
/// Words for attacks, and how often something was done.
const ATTACKS: &[&str] = &["هجوم", "غاره", "ضربه", "مره", "عمليه", "اعتداء", "قصف"];

/// The smallest and the greatest number that a report leaves room for.
type Range = (f64, f64);

/// Disagreements, by role and what is counted.
pub(super) fn disputes(cluster: ClusterId, members: &[(Told<'_>, ArticleId)]) -> Vec<Conflict> {
    let mut counted: BTreeMap<(QuantityRole, String), Vec<Reading<'_, &Figure>>> = BTreeMap::new();
    for (told, group) in members.iter().filter(|(told, _)| told.mention.standing == Standing::Happened) {
        for figure in &told.mention.figures {
            let Some(kind) = kind_of(&figure.amount) else { continue };
            let reading = Reading { told: *told, group: *group, value: figure, span: figure.span() };
            counted.entry((figure.amount.role, kind)).or_default().push(reading);
        }
    }
    let found = counted.into_iter().filter_map(|((role, kind), readings)| {
        let detail = format!("{role} {kind}");
        conflict(cluster, ConflictKind::Quantity, Some(role), &detail, sides(readings))
    });
    found.collect()
}

/// What is counted, as far as numbers of it compare; `None` where a number of that unit and role compares with no other.
fn kind_of(amount: &Amount) -> Option<String> {
    use QuantityRole::{
        Aboard, Attacks, Casualties, Damaged, Detained, Displaced, Expelled, Forces, Injured, Killed,
        Missing, Participants, Rescued, Sentenced, Targets, Weapons,
    };
    let unit = amount.unit.as_deref().map(fold).unwrap_or_default();
    let person = GENERIC.contains(&unit.as_str());
    match amount.role {
        Killed | Injured | Casualties | Missing | Detained | Displaced | Expelled | Rescued | Aboard
        | Sentenced => {
            person.then(|| "person".to_owned()).or_else(|| PEOPLE.contains(&unit.as_str()).then_some(unit))
        }
        Attacks => ATTACKS.contains(&unit.as_str()).then(|| "attack".to_owned()),
        Weapons | Targets | Damaged | Forces | Participants => (!unit.is_empty() && !person).then_some(unit),
        _ => None,
    }
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
    let sure: Vec<&Reading<'_, &Figure>> = by_group.values().flatten().collect();
    let disputed: Vec<Reading<'_, &Figure>> = (sure.iter())
        .filter(|a| sure.iter().any(|b| !fits(a.value, b.value) && is_one(a.told, b.told)))
        .map(|reading| (*reading).clone())
        .collect();
    let mut values: BTreeMap<(u64, u64, bool), Vec<Reading<'_, &Figure>>> = BTreeMap::new();
    for reading in disputed {
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

fn range(amount: &Amount) -> Range {
    let Amount { low, high, approximate, .. } = *amount;
    match (low, high) {
        (Some(low), None) if approximate && low >= DOZENS => (low / 2.0, low * VAGUE),
        (low, high) if approximate => (
            low.map_or(0.0, |low| low * (1.0 - ABOUT)),
            high.map_or(f64::INFINITY, |high| high * (1.0 + ABOUT)),
        ),
        (low, high) => (low.unwrap_or(0.0), high.unwrap_or(f64::INFINITY)),
    }
}
