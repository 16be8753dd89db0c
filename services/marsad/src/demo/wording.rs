//! English words for what the record holds: kinds of events, days, numbers, names.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use marsad_model::ontology::{EventType, QuantityRole};
use marsad_proto::v1;

use crate::table::cell;

/// What a type of event is called, and what stands before those it is done to.
fn noun(event_type: EventType) -> (&'static str, &'static str) {
    match event_type {
        EventType::Agree => ("agreement", "with"),
        EventType::Consult => ("talks", "with"),
        EventType::Support => ("support", "for"),
        EventType::Concede => ("concession", "to"),
        EventType::Cooperate => ("cooperation", "with"),
        EventType::Aid => ("aid", "to"),
        EventType::Retreat => ("withdrawal", "of"),
        EventType::Request => ("demand", "to"),
        EventType::Accuse => ("accusation", "against"),
        EventType::Reject => ("rejection", "of"),
        EventType::Threaten => ("threat", "against"),
        EventType::Protest => ("protest", "against"),
        EventType::Sanction => ("sanctions", "on"),
        EventType::Mobilize => ("deployment", "of"),
        EventType::Coerce => ("coercion", "of"),
        EventType::Assault => ("attack", "on"),
        EventType::ConveyMessage => ("message", "to"),
        EventType::Statement => ("statement", "to"),
        EventType::Election => ("election", "of"),
        EventType::Legislate => ("legislation", "on"),
        EventType::PersonnelChange => ("personnel", "of"),
        EventType::Adjudicate => ("court", "on"),
        EventType::Disaster => ("disaster", "for"),
        EventType::Accident => ("accident", "of"),
        EventType::Health => ("health", "of"),
        EventType::Crime => ("crime", "against"),
        EventType::Death => ("death", "of"),
        EventType::Transaction => ("deal", "with"),
        EventType::EconomicPolicy => ("economic policy", "on"),
        EventType::EconomicIndicator => ("economy", "of"),
        EventType::CultureSport => ("culture or sport", "against"),
        EventType::Other => ("event", "with"),
    }
}

/// What happened, by whom, to whom, where, with what numbers.
pub(super) fn event(record: &v1::EventRecord, names: &Names) -> String {
    let Some(event) = &record.event else { return String::new() };
    let parts = [&event.actor_ids, &event.recipient_ids, &event.place_ids].map(Vec::as_slice);
    let numbers = record.quantities.iter().filter_map(number).collect();
    phrase(event.r#type(), event.mode.as_deref(), parts, numbers, names)
}

/// The same of an event that many articles tell, with what most of them say.
pub(super) fn cluster(cluster: &v1::EventCluster, names: &Names) -> String {
    let best = |values: &[v1::SupportedEntity]| {
        let reports = |value: &v1::SupportedEntity| value.support.as_ref().map_or(0, |s| s.report_count);
        let most = values.iter().map(reports).max().unwrap_or_default();
        let best = values.iter().filter(|value| reports(value) == most).take(MOST_NAMED);
        best.map(|value| value.entity_id.clone()).collect::<Vec<_>>()
    };
    let (actors, recipients, places) =
        (best(&cluster.actors), best(&cluster.recipients), best(&cluster.places));
    // Of each kind of number the best supported one.
    let mut kinds = HashSet::new();
    let amounts = cluster.quantities.iter().filter_map(|value| value.amount.as_ref());
    let numbers = amounts.filter(|amount| kinds.insert(amount.role)).filter_map(amount).collect();
    phrase(cluster.r#type(), cluster.mode.as_deref(), [&actors, &recipients, &places], numbers, names)
}

/// The most names of one part in an event that many articles tell.
const MOST_NAMED: usize = 3;

fn phrase(
    event_type: v1::EventType,
    mode: Option<&str>,
    [actors, recipients, places]: [&[String]; 3],
    numbers: Vec<String>,
    names: &Names,
) -> String {
    let event_type = event_type.to_domain().unwrap_or(EventType::Other);
    let (noun, toward) = noun(event_type);
    let mode = mode.and_then(|mode| mode.strip_prefix(event_type.as_str()));
    let mode = mode.map(|mode| mode.trim_start_matches('_').to_lowercase().replace('_', " "));
    let mut said = match mode.filter(|mode| !mode.is_empty() && !noun.starts_with(mode.as_str())) {
        // A visit, a meeting, a call: the mode is the better noun.
        Some(mode) if event_type == EventType::Consult => mode,
        Some(mode) => format!("{noun} ({mode})"),
        None => noun.to_owned(),
    };
    let parts = [("by", actors), (toward, recipients), ("in", places)];
    for (preposition, ids) in parts {
        if !ids.is_empty() {
            said += &format!(" {preposition} {}", names.list(ids));
        }
    }
    if !numbers.is_empty() {
        said += &format!(", {}", numbers.join(", "));
    }
    said
}

/// A number with what it counts: `2 killed`, `over 150 attacks`; in the words of the text where English has none.
fn number(quantity: &v1::EventQuantity) -> Option<String> {
    let role = quantity.role().to_domain()?;
    let quantity = quantity.quantity.as_ref()?;
    if counts_things(role) {
        return Some(cell(&quantity.text));
    }
    let value = value(quantity.low, quantity.high, quantity.approximate)?;
    Some(format!("{value}{}", counted(role)))
}

/// The same of a number apart from its words: `about 150 attacks`, `3 جندي`.
pub(super) fn amount(amount: &v1::Amount) -> Option<String> {
    let role = amount.role().to_domain()?;
    let value = value(amount.low, amount.high, amount.approximate)?;
    match &amount.unit {
        Some(unit) if counts_things(role) => Some(format!("{value} {}", cell(unit))),
        _ => Some(format!("{value}{}", counted(role))),
    }
}

/// What a role counts, where the role itself does not say it.
fn counts_things(role: QuantityRole) -> bool {
    matches!(role, QuantityRole::Count | QuantityRole::Items | QuantityRole::Amount | QuantityRole::Duration)
}

fn value(low: Option<f64>, high: Option<f64>, approximate: bool) -> Option<String> {
    let about = if approximate && low == high { "about " } else { "" };
    Some(match (low, high) {
        (Some(low), Some(high)) if low == high => format!("{about}{low}"),
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (Some(low), None) => format!("over {low}"),
        (None, Some(high)) => format!("up to {high}"),
        (None, None) => return None,
    })
}

fn counted(role: QuantityRole) -> String {
    match role {
        QuantityRole::Rate => "%".to_owned(),
        _ => format!(" {role}"),
    }
}

/// The days of an event: a day, a month, a year, or a range of days. Empty where the text does not say.
pub(super) fn days(time: Option<&v1::TimeInterval>) -> String {
    let Some(time) = time else { return String::new() };
    let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Date>().ok());
    match (day(&time.earliest), day(&time.latest)) {
        (Some(first), Some(last)) if first == last => first.to_string(),
        (Some(first), Some(last)) if first == first.first_of_year() && last == first.last_of_year() => {
            first.strftime("%Y").to_string()
        }
        (Some(first), Some(last)) if first == first.first_of_month() && last == first.last_of_month() => {
            first.strftime("%Y-%m").to_string()
        }
        (Some(first), Some(last)) if first.first_of_month() == last.first_of_month() => {
            format!("{first} to {}", last.strftime("%d"))
        }
        (Some(first), Some(last)) => format!("{first} to {last}"),
        (Some(first), None) => format!("from {first}"),
        (None, Some(last)) => format!("until {last}"),
        (None, None) => String::new(),
    }
}

/// Names of entities. Where one is told first it is given in English and Arabic, then in English alone.
#[derive(Debug, Default)]
pub(super) struct Names {
    entities: HashMap<String, v1::Entity>,
    introduced: RefCell<HashSet<String>>,
}

impl Names {
    pub(super) fn learn(&mut self, entities: Vec<v1::Entity>) {
        self.entities.extend(entities.into_iter().map(|entity| (entity.id.clone(), entity)));
    }

    pub(super) fn of(&self, id: &str) -> String {
        let Some(entity) = self.entities.get(id) else { return id.to_owned() };
        match &entity.name_en {
            Some(english) if self.introduced.borrow_mut().insert(id.to_owned()) => {
                format!("{english} ({})", cell(&entity.name))
            }
            Some(english) => english.clone(),
            None => cell(&entity.name),
        }
    }

    /// Several names: `A, B and C`.
    pub(super) fn list(&self, ids: &[String]) -> String {
        let names: Vec<String> = ids.iter().map(|id| self.of(id)).collect();
        match names.split_last() {
            Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
            Some((last, _)) => last.clone(),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(earliest: &str, latest: &str) -> v1::TimeInterval {
        let day = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        v1::TimeInterval { earliest: day(earliest), latest: day(latest) }
    }

    #[test]
    fn days_are_told_as_people_do() {
        let cases = [
            ("2024-01-24", "2024-01-24", "2024-01-24"),
            ("2024-02-01", "2024-02-29", "2024-02"),
            ("2014-01-01", "2014-12-31", "2014"),
            ("2024-07-22", "2024-07-28", "2024-07-22 to 28"),
            ("2024-07-29", "2024-08-04", "2024-07-29 to 2024-08-04"),
            ("2023-10-01", "", "from 2023-10-01"),
            ("", "2024-09-30", "until 2024-09-30"),
        ];
        for (earliest, latest, expected) in cases {
            assert_eq!(days(Some(&interval(earliest, latest))), expected);
        }
        assert_eq!(days(None), "");
    }

    #[test]
    fn an_event_is_one_phrase() {
        let entity = |id: &str, name: &str, english: Option<&str>| v1::Entity {
            id: id.to_owned(),
            name: name.to_owned(),
            name_en: english.map(str::to_owned),
            ..Default::default()
        };
        let mut names = Names::default();
        names.learn(vec![entity("US", "الولايات المتحدة", Some("United States")), entity("x", "الهدف", None)]);
        let quantity = v1::Quantity { low: Some(2.0), high: Some(2.0), ..Default::default() };
        let killed = v1::EventQuantity { role: v1::QuantityRole::Killed.into(), quantity: Some(quantity) };
        let record = v1::EventRecord {
            event: Some(v1::Event {
                r#type: v1::EventType::Assault.into(),
                mode: Some("ASSAULT_AERIAL".to_owned()),
                actor_ids: vec!["US".to_owned()],
                recipient_ids: vec!["x".to_owned()],
                ..Default::default()
            }),
            quantities: vec![killed],
            ..Default::default()
        };
        let said = event(&record, &names).replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!(said, "attack (aerial) by United States (الولايات المتحدة) on الهدف, 2 killed");
        let again = event(&record, &names).replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!(again, "attack (aerial) by United States on الهدف, 2 killed");
    }
}
