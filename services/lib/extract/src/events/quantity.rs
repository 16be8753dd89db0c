//! Numbers that belong to an event, and what they count.

use std::ops::Range;

use marsad_model::ontology::{EventType, QuantityRole};
use marsad_model::{Quantity, QuantityLink};

use super::participants::Arguments;
use super::trigger::{Sentence, Trigger};
use super::{Context, Draft};
use crate::lexicon::{self, Part, Preposition, Sense, Slot};
use crate::syntax::{Class, Marker, Syntax};
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
        let played = match told_object(sentence, trigger, &words) {
            // القصف قتل 10 أشخاص: the role is that of the verb.
            Some(sense) => Some((sense, Part::Recipient)),
            None => part_of(sentence, trigger, arguments, &words).map(|part| (trigger.sense, part)),
        };
        // قتلت الغارة قائدا وثلاثة من مرافقيه: the number goes with who is named.
        let played = played.or_else(|| {
            let mut victims = arguments.phrases.iter().filter(|(part, _)| *part == Part::Recipient);
            let joined = victims.any(|(_, phrase)| {
                phrase.end <= words.start && is_joined(syntax, sentence, phrase.end..words.start)
            });
            joined.then_some((trigger.sense, Part::Recipient))
        });
        // مقتل 71 مسلحا و7 جنود: the second number goes with the first.
        let played = played.or_else(|| {
            let (end, sense, part) = last?;
            is_joined(syntax, sentence, end..words.start).then_some((sense, part))
        });
        if let Some((sense, part)) = played {
            let role = match toll(syntax, sentence, &words) {
                Some(role) if is_harm(sense.event_type) => role,
                _ if part == Part::Recipient && tells_both(syntax, sentence, trigger) => {
                    QuantityRole::Casualties
                }
                _ => of_part(sense, part, quantity),
            };
            found.push(QuantityLink { index, role });
            last = Some((words.end, sense, part));
        }
    }
    found
}

/// The numbers of a sentence.
fn near<'a>(context: &'a Context<'_>, words: &Range<usize>) -> impl Iterator<Item = (usize, &'a Quantity)> {
    let bound = |at: usize| context.syntax.reading.words.get(at).map_or(usize::MAX, |word| word.span.start);
    let (start, end) = (bound(words.start), bound(words.end));
    let first = context.quantities.partition_point(|quantity| quantity.span.end <= start);
    let near = context.quantities.iter().enumerate().skip(first);
    near.take_while(move |(_, quantity)| quantity.span.start < end)
}

/// Whether nothing but the rest of a noun phrase and و stands between two numbers.
fn is_joined(syntax: &Syntax<'_>, sentence: &Sentence<'_>, between: Range<usize>) -> bool {
    let next = between.end;
    let and = syntax.reading.is_and(next)
        || between.clone().next_back().is_some_and(|at| syntax.word(at).folded == "و");
    and && between.len() <= JOINED
        && sentence.barriers_between(between.start..next + 1) == 0
        && between.clone().all(|at| !matches!(syntax.class(at), Class::Stop | Class::Relative))
}

/// Dead and wounded who are counted, but are no part of a phrase of any event (هجوم أوقع 250 قتيلا), are those of the attack or
/// accident before them; so is the number behind ارتفع عدد القتلى إلى. Takes the events of one sentence.
pub(super) fn casualties(context: &Context<'_>, sentence: &Sentence<'_>, told: &mut [Draft]) {
    for (index, quantity) in near(context, &sentence.words) {
        if told.iter().flat_map(|draft| &draft.quantities).any(|link| link.index == index) {
            continue;
        }
        let of_unit = || quantity.unit.as_deref().and_then(|unit| of_hurt(&fold(unit)));
        let words = context.syntax.reading.words_in(quantity.span);
        let Some(role) = of_unit().or_else(|| toll(context.syntax, sentence, &words)) else { continue };
        let harmful =
            |draft: &Draft| is_harm(draft.trigger.sense.event_type) && draft.span.start < quantity.span.start;
        // 18 قتيلا في غارات: the attack may stand behind.
        let next = |told: &[Draft]| {
            let syntax = context.syntax;
            let no_verb = |at: usize| (words.end..at).all(|at| syntax.class(at) != Class::Verb);
            let marked = |at: usize| {
                syntax.begins_prepositional(at) || at > words.end && syntax.begins_prepositional(at - 1)
            };
            told.iter().position(|draft| {
                let at = draft.trigger.at;
                is_harm(draft.trigger.sense.event_type) && at >= words.end && marked(at) && no_verb(at)
            })
        };
        let of = told.iter().rposition(harmful).or_else(|| next(told));
        if let Some(draft) = of.and_then(|at| told.get_mut(at)) {
            draft.quantities.push(QuantityLink { index, role });
            draft.quantities.sort_by_key(|link| link.index);
            draft.bare = false;
        }
    }
}

/// What happens to people who are counted as dead or hurt.
fn is_harm(event_type: EventType) -> bool {
    matches!(event_type, EventType::Assault | EventType::Accident | EventType::Disaster)
}

/// ارتفعت حصيلة القتلى إلى 29, بلغ عدد الجرحى 40: what the subject counts.
fn toll(syntax: &Syntax<'_>, sentence: &Sentence<'_>, number: &Range<usize>) -> Option<QuantityRole> {
    let verb = (sentence.words.start..number.start).rev().find(|at| sentence.verbs.contains_key(at))?;
    let arguments = sentence.verbs.get(&verb)?;
    let subject = arguments.subject.as_ref().filter(|subject| subject.words.end <= number.start)?;
    let object = arguments.object.as_ref().is_some_and(|object| overlap(&object.words, number));
    let reached = |preposition: Preposition| {
        matches!(preposition, Preposition::Toward | Preposition::On | Preposition::By | Preposition::About)
    };
    let marked = arguments
        .prepositional
        .iter()
        .any(|pp| overlap(&pp.phrase.words, number) && matches!(pp.marker, Marker::Plain(p) if reached(p)));
    if !object && !marked {
        return None;
    }
    subject.words.clone().find_map(|at| of_hurt(&syntax.word(at).stem))
}

/// قتل وأصيب عشرات الجنود: the number is of both.
fn tells_both(syntax: &Syntax<'_>, sentence: &Sentence<'_>, trigger: &Trigger) -> bool {
    let harm = |trigger: &Trigger| trigger.sense.mode.filter(|_| trigger.sense.is_casualty());
    let before = trigger.at.checked_sub(1).and_then(|at| sentence.trigger_at(at));
    let before = before.filter(|before| before.form.is_finite() == trigger.form.is_finite());
    let both = before.and_then(harm).zip(harm(trigger));
    syntax.reading.is_and(trigger.at) && both.is_some_and(|(a, b)| a != b)
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// قتيل, جريح: the unit itself says what befell those who are counted.
fn of_hurt(unit: &str) -> Option<QuantityRole> {
    let lexicon = lexicon::get();
    if lexicon.is_in_class("dead", unit) {
        return Some(QuantityRole::Killed);
    }
    lexicon.is_in_class("wounded", unit).then_some(QuantityRole::Injured)
}

/// The sense of the verb that says what the event noun did to the phrase with this number.
fn told_object(sentence: &Sentence<'_>, trigger: &Trigger, number: &Range<usize>) -> Option<&'static Sense> {
    let governors = sentence.governors.get(&trigger.at)?;
    governors.iter().find_map(|(verb, _)| {
        let sense = sentence.told_by_noun(*verb, trigger.at)?;
        let arguments = sentence.verbs.get(verb)?;
        let object = arguments.object.as_ref().is_some_and(|object| overlap(&object.words, number));
        object.then_some(sense)
    })
}

/// The part that the phrase with this number plays.
fn part_of(
    sentence: &Sentence<'_>,
    trigger: &Trigger,
    arguments: &Arguments,
    number: &Range<usize>,
) -> Option<Part> {
    // ضربات على من كان وراء مقتل ثلاثة: the number is of the event between.
    let other_trigger = |start: usize| {
        sentence.triggers.iter().any(|t| t.at > start && t.at < number.start && t.at != trigger.at)
    };
    let mut phrases = arguments.phrases.iter().filter(|(_, words)| overlap(words, number));
    if let Some((part, _)) = phrases.find(|(_, words)| !other_trigger(words.start.saturating_sub(1))) {
        return Some(*part);
    }
    // A phrase that names nobody: مقتل 16 عنصرا, بقيمة مليار دولار.
    if let Some(around) = sentence.nouns.get(&trigger.at) {
        let genitive = around.genitive.as_ref().is_some_and(|g| overlap(&g.words, number));
        if genitive {
            return Some(trigger.sense.frame.part(crate::lexicon::Slot::Genitive).unwrap_or(Part::Recipient));
        }
        if around.prepositional.iter().any(|pp| overlap(&pp.phrase.words, number))
            && !other_trigger(trigger.at)
        {
            return Some(Part::Quantity);
        }
    }
    if let Some(verb) = sentence.verbs.get(&trigger.at) {
        // أودى الهجوم بحياة 30 شخصا
        let frame = &trigger.sense.frame;
        let taken = [Slot::After(Preposition::By), Slot::Genitive];
        let takes = taken.into_iter().any(|slot| frame.has(Part::Recipient, slot));
        let by = Marker::Plain(Preposition::By);
        if takes && verb.prepositional.iter().any(|pp| pp.marker == by && overlap(&pp.phrase.words, number)) {
            return Some(Part::Recipient);
        }
        if verb.object.as_ref().or(verb.second_object.as_ref()).is_some_and(|o| overlap(&o.words, number)) {
            return Some(Part::Recipient);
        }
        if verb.subject.as_ref().is_some_and(|s| overlap(&s.words, number)) {
            // أصيب 6 آخرون: who is counted was hurt, unless he hurt somebody.
            let hurts = trigger.sense.is_casualty();
            let suffers = trigger.passive || hurts && verb.object.is_none() && !verb.pronoun_object;
            return Some(if suffers { Part::Recipient } else { Part::Actor });
        }
        if verb.prepositional.iter().any(|pp| overlap(&pp.phrase.words, number)) && !other_trigger(trigger.at)
        {
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
        // هاجم 20 مسلحا القاعدة: so many took part.
        (EventType::Assault, _) if part == Part::Actor && is("person") => QuantityRole::Participants,
        (EventType::Assault, _) if part == Part::Actor => QuantityRole::Attacks,
        (EventType::Assault, _) => QuantityRole::Targets,
        // شيع آلاف العراقيين
        (EventType::Death, _) if part == Part::Actor => QuantityRole::Participants,
        (EventType::Death, _) => QuantityRole::Killed,
        (EventType::Accident | EventType::Disaster, _) if suffered => QuantityRole::Casualties,
        (EventType::Coerce, "COERCE_DEPORT" | "COERCE_EXPEL") => QuantityRole::Expelled,
        (EventType::Coerce, "COERCE_DISPLACE") => QuantityRole::Displaced,
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
