//! Numbers that belong to an event, and what they count.

use marsad_model::ontology::{EventType, QuantityRole};
use marsad_model::{Quantity, QuantityLink};

use super::Context;
use super::arguments::Arguments;
use super::trigger::{Sentence, Trigger};
use crate::lexicon::{self, Part, Sense};
use crate::syntax::Syntax;
use marsad_arabic::orthography::fold;

/// The quantities of a trigger: those that count it, and those in the phrases around it.
pub(super) fn links(
    context: &Context<'_>,
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
    arguments: &Arguments,
) -> Vec<QuantityLink> {
    let trigger_span = syntax.word(trigger.at).span;
    let mut found = Vec::new();
    let bound = |at: usize| context.reading.words.get(at).map_or(usize::MAX, |word| word.span.start);
    let (start, end) = (bound(sentence.words.start), bound(sentence.words.end));
    let first = context.quantities.partition_point(|quantity| quantity.span.end <= start);
    let near = context.quantities.iter().enumerate().skip(first);
    for (index, quantity) in near.take_while(|(_, quantity)| quantity.span.start < end) {
        let words = context.reading.words_in(quantity.span);
        if !sentence.words.contains(&words.start) {
            continue;
        }
        let role = if quantity.span.overlaps(trigger_span) {
            Some(of_trigger(trigger))
        } else {
            match told_object(sentence, trigger, words.start) {
                // القصف قتل 10 أشخاص: the role is that of the verb.
                Some(sense) => Some(of_part(sense, Part::Recipient, quantity)),
                None => part_of(sentence, trigger, arguments, words.start)
                    .map(|part| of_part(trigger.sense, part, quantity)),
            }
        };
        if let Some(role) = role {
            found.push(QuantityLink { index, role });
        }
    }
    found
}

/// The sense of the verb that says what the event noun did to the phrase with this word.
fn told_object(sentence: &Sentence<'_>, trigger: &Trigger, word: usize) -> Option<&'static Sense> {
    let governors = sentence.governors.get(&trigger.at)?;
    governors.iter().find_map(|(verb, _)| {
        let sense = sentence.told_by_noun(*verb, trigger.at)?;
        let object = sentence.verbs.get(verb)?.object.as_ref()?;
        object.words.contains(&word).then_some(sense)
    })
}

/// The part that the phrase with this word plays.
fn part_of(sentence: &Sentence<'_>, trigger: &Trigger, arguments: &Arguments, word: usize) -> Option<Part> {
    if let Some((part, _)) = arguments.phrases.iter().find(|(_, words)| words.contains(&word)) {
        return Some(*part);
    }
    // A phrase that names nobody: مقتل 16 عنصرا, بقيمة مليار دولار.
    let other_trigger =
        |start: usize| sentence.triggers.iter().any(|t| t.at > start && t.at < word && t.at != trigger.at);
    if let Some(around) = sentence.nouns.get(&trigger.at) {
        let genitive = around.genitive.as_ref().is_some_and(|g| g.words.contains(&word));
        if genitive {
            return Some(trigger.sense.frame.part(crate::lexicon::Slot::Genitive).unwrap_or(Part::Recipient));
        }
        if around.prepositional.iter().any(|pp| pp.phrase.words.contains(&word)) && !other_trigger(trigger.at)
        {
            return Some(Part::Quantity);
        }
    }
    if let Some(verb) = sentence.verbs.get(&trigger.at) {
        if verb.object.as_ref().or(verb.second_object.as_ref()).is_some_and(|o| o.words.contains(&word)) {
            return Some(Part::Recipient);
        }
        if verb.subject.as_ref().is_some_and(|s| s.words.contains(&word)) {
            return Some(if trigger.passive { Part::Recipient } else { Part::Actor });
        }
        if verb.prepositional.iter().any(|pp| pp.phrase.words.contains(&word)) && !other_trigger(trigger.at) {
            return Some(Part::Quantity);
        }
    }
    None
}

/// A number of the events themselves: أكثر من 150 هجوما.
fn of_trigger(trigger: &Trigger) -> QuantityRole {
    match trigger.sense.event_type {
        EventType::Assault => QuantityRole::Attacks,
        _ => QuantityRole::Count,
    }
}

/// The role of a number by its unit, else by the event and the part of the phrase that it counts.
fn of_part(sense: &Sense, part: Part, quantity: &Quantity) -> QuantityRole {
    let lexicon = lexicon::get();
    let unit = quantity.unit.as_deref().unwrap_or("");
    if unit == "%" {
        return QuantityRole::Rate;
    }
    if unit.len() == 3 && unit.bytes().all(|b| b.is_ascii_uppercase()) {
        return QuantityRole::Amount;
    }
    let unit = fold(unit);
    let is = |class: &str| lexicon.is_in_class(class, &unit);
    if is("missile") || is("aircraft") || is("explosive") {
        return QuantityRole::Weapons;
    }
    if is("quantity_target") {
        return QuantityRole::Targets;
    }
    let mode = sense.mode.unwrap_or("");
    let suffered = matches!(part, Part::Recipient | Part::Topic | Part::Quantity);
    match (sense.event_type, mode) {
        (EventType::Assault, "ASSAULT_WOUND") if suffered => QuantityRole::Injured,
        (EventType::Assault, "ASSAULT_KILL" | "ASSAULT_ASSASSINATION" | "ASSAULT_MASSACRE") if suffered => {
            QuantityRole::Killed
        }
        (EventType::Assault, "ASSAULT_ABDUCTION" | "ASSAULT_ABDUCT") if suffered => QuantityRole::Detained,
        (EventType::Assault, _) if part == Part::Actor => QuantityRole::Attacks,
        (EventType::Assault, _) => QuantityRole::Targets,
        (EventType::Death, _) => QuantityRole::Killed,
        (EventType::Accident | EventType::Disaster, _) if suffered => QuantityRole::Casualties,
        (EventType::Coerce, "COERCE_DEPORT" | "COERCE_EXPEL") => QuantityRole::Expelled,
        (EventType::Coerce, _) if suffered => QuantityRole::Detained,
        (EventType::Sanction, "SANCTION_EXPEL") => QuantityRole::Expelled,
        (EventType::Adjudicate, _) if suffered => QuantityRole::Sentenced,
        (EventType::Aid, "AID_RESCUE" | "AID_EVACUATE") => QuantityRole::Rescued,
        (EventType::Other, "OTHER_DISPLACEMENT") => QuantityRole::Displaced,
        (EventType::Mobilize | EventType::Retreat, _) if is("troops") => QuantityRole::Forces,
        (EventType::Protest | EventType::Consult | EventType::Election, _) => QuantityRole::Participants,
        _ => QuantityRole::Count,
    }
}
