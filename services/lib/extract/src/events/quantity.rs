//! Numbers that belong to an event, and what they count.

use marsad_model::ontology::{EventType, QuantityRole};
use marsad_model::{Quantity, QuantityLink};

use super::participants::Arguments;
use super::trigger::{Sentence, Trigger};
use super::{Context, Draft};
use crate::lexicon::{self, Part, Sense};
use crate::syntax::{Class, Syntax};
use marsad_arabic::orthography::fold;

/// Words between two numbers that و joins, at most.
const JOINED: usize = 6;

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
    // The end of the last number that was linked by a phrase, with the sense and part that gave its role.
    let mut last: Option<(usize, &'static Sense, Part)> = None;
    for (index, quantity) in near(context, &sentence.words) {
        let words = context.syntax.reading.words_in(quantity.span);
        if !sentence.words.contains(&words.start) {
            continue;
        }
        if quantity.span.overlaps(trigger_span) {
            found.push(QuantityLink { index, role: of_trigger(trigger) });
            continue;
        }
        let played = match told_object(sentence, trigger, words.start) {
            // القصف قتل 10 أشخاص: the role is that of the verb.
            Some(sense) => Some((sense, Part::Recipient)),
            None => part_of(sentence, trigger, arguments, words.start).map(|part| (trigger.sense, part)),
        };
        // مقتل 71 مسلحا و7 جنود: the second number goes with the first.
        let played = played.or_else(|| {
            let (end, sense, part) = last?;
            is_joined(syntax, sentence, end..words.start).then_some((sense, part))
        });
        if let Some((sense, part)) = played {
            found.push(QuantityLink { index, role: of_part(sense, part, quantity) });
            last = Some((words.end, sense, part));
        }
    }
    found
}

/// The numbers of a sentence.
fn near<'a>(
    context: &'a Context<'_>,
    words: &std::ops::Range<usize>,
) -> impl Iterator<Item = (usize, &'a Quantity)> {
    let bound = |at: usize| context.syntax.reading.words.get(at).map_or(usize::MAX, |word| word.span.start);
    let (start, end) = (bound(words.start), bound(words.end));
    let first = context.quantities.partition_point(|quantity| quantity.span.end <= start);
    let near = context.quantities.iter().enumerate().skip(first);
    near.take_while(move |(_, quantity)| quantity.span.start < end)
}

/// Whether nothing but the rest of a noun phrase and و stands between two numbers.
fn is_joined(syntax: &Syntax<'_>, sentence: &Sentence<'_>, between: std::ops::Range<usize>) -> bool {
    let next = between.end;
    let and = syntax.reading.is_and(next)
        || between.clone().next_back().is_some_and(|at| syntax.word(at).folded == "و");
    and && between.len() <= JOINED
        && sentence.barriers_between(between.start..next + 1) == 0
        && between.clone().all(|at| !matches!(syntax.class(at), Class::Stop | Class::Relative))
}

/// Dead and wounded who are counted, but are no part of a phrase of any event (هجوم أوقع 250 قتيلا), are those of the attack or
/// accident before them. Takes the events of one sentence.
pub(super) fn casualties(context: &Context<'_>, words: &std::ops::Range<usize>, told: &mut [Draft]) {
    for (index, quantity) in near(context, words) {
        if told.iter().flat_map(|draft| &draft.quantities).any(|link| link.index == index) {
            continue;
        }
        let Some(role) = quantity.unit.as_deref().and_then(|unit| of_hurt(&fold(unit))) else { continue };
        let harmful = |draft: &&mut Draft| {
            let kind = draft.trigger.sense.event_type;
            matches!(kind, EventType::Assault | EventType::Accident | EventType::Disaster)
                && draft.span.start < quantity.span.start
        };
        if let Some(draft) = told.iter_mut().rfind(harmful) {
            draft.quantities.push(QuantityLink { index, role });
        }
    }
}

/// قتيل, جريح: the unit itself says what befell those who are counted.
fn of_hurt(unit: &str) -> Option<QuantityRole> {
    let lexicon = lexicon::get();
    if lexicon.is_in_class("dead", unit) {
        return Some(QuantityRole::Killed);
    }
    lexicon.is_in_class("wounded", unit).then_some(QuantityRole::Injured)
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
            // أصيب 6 آخرون: who is counted was hurt, unless he hurt somebody.
            let hurts = matches!(trigger.sense.mode, Some("ASSAULT_KILL" | "ASSAULT_WOUND"));
            let suffers = trigger.passive || hurts && verb.object.is_none() && !verb.pronoun_object;
            return Some(if suffers { Part::Recipient } else { Part::Actor });
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
    if let Some(hurt) = of_hurt(&unit) {
        return hurt;
    }
    if sense.event_type == EventType::Coerce && (is("vehicle") || is("vessel")) {
        return QuantityRole::Items;
    }
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
