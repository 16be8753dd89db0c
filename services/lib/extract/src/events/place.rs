//! Where it happens, where the event's own phrases do not say so: what the sentence tells of the scene.

use marsad_model::explanation::ArgumentBasis;
use marsad_model::ontology::{EntityType, EventType, MentionKind};
use marsad_model::{EntityId, Mention};

use super::earlier;
use super::participants::Found;
use super::trigger::{Sentence, Trigger};
use crate::lexicon::{self, Preposition};
use crate::syntax::{Class, Marker, Syntax};

/// The place nearest to a trigger among those in or at which the sentence has something happen. `others` take part in the event.
pub(super) fn of(
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
    others: &[EntityId],
) -> Option<Found> {
    if !takes_place(trigger.sense.event_type) {
        return None;
    }
    let mut best: Option<((usize, usize), &Mention)> = None;
    for at in sentence.words.clone() {
        let Some(mention) = syntax.mention_beginning(at) else { continue };
        let is_place =
            matches!(mention.entity_type, EntityType::Gpe | EntityType::Location | EntityType::Facility)
                && mention.kind == MentionKind::Name
                && !mention.metonymy;
        if !is_place || others.contains(&mention.entity) || !is_located(syntax, sentence, at) {
            continue;
        }
        // What follows or precedes another event is where that one is.
        let other = |t: &Trigger| {
            t.at != trigger.at
                && t.sense.event_type != trigger.sense.event_type
                && t.sense.mode != Some("CONSULT_VISIT")
        };
        let taken = if at > trigger.at {
            sentence.triggers.iter().any(|t| (trigger.at..at).contains(&t.at) && other(t))
        } else {
            // يزور غزة لافتتاح محطة: whoever comes there does it there.
            sentence.triggers.iter().any(|t| t.at < at && t.sense.mode != Some("CONSULT_VISIT"))
        };
        // غارات ردا على هجوم في الأردن: that is where what is answered was, and what is told of elsewhere.
        let apart = |a: usize, b: usize| {
            earlier::opening(syntax, sentence.words.start, b).is_some_and(|opening| a < opening)
        };
        if taken || apart(trigger.at.min(at), trigger.at.max(at)) {
            continue;
        }
        let between = if at > trigger.at { trigger.at + 1..at } else { at..trigger.at };
        let key = (sentence.barriers_between(between), at.abs_diff(trigger.at));
        if best.as_ref().is_none_or(|(other, _)| key < *other) {
            best = Some((key, mention));
        }
    }
    let (_, mention) = best?;
    let words = Some(syntax.reading.words_in(mention.span));
    let place = mention.entity.clone();
    Some(Found { words, ..Found::new(vec![place], ArgumentBasis::Scene)? })
}

/// What one can see happen somewhere; a law or a threat is nowhere.
fn takes_place(event_type: EventType) -> bool {
    matches!(
        event_type,
        EventType::Assault
            | EventType::Protest
            | EventType::Coerce
            | EventType::Accident
            | EventType::Disaster
            | EventType::Death
            | EventType::Crime
            | EventType::CultureSport
            | EventType::Aid
            | EventType::Health
            | EventType::Other
    )
}

/// في غزة, قرب غزة, لدى وصوله إلى غزة.
fn is_located(syntax: &Syntax<'_>, sentence: &Sentence<'_>, at: usize) -> bool {
    let word = syntax.word(at);
    let lexicon = lexicon::get();
    let floor = sentence.words.start;
    let stem = |at: usize| syntax.reading.words.get(at).map_or("", |word| word.stem.as_str());
    let arrives = |at: usize| lexicon.is_in_class("arrival", stem(at));
    if let Some(pp) = syntax.prepositional_phrase(at, at + 1) {
        return match pp.marker {
            Marker::Plain(Preposition::By | Preposition::In) => true,
            Marker::Plain(Preposition::For) => at > floor && arrives(at - 1),
            _ => false,
        };
    }
    if is_visited(sentence, at) {
        return true;
    }
    // في قطاع غزة, في مدينة بعلبك: what kind of place it is stands between.
    let mut before = at;
    while before > floor
        && before + 3 > at
        && syntax.class(before - 1) == Class::Nominal
        && lexicon.is_in_class("territory", stem(before - 1))
    {
        before -= 1;
        if syntax.word(before).has_preposition() {
            return syntax
                .prepositional_phrase(before, before + 1)
                .is_some_and(|pp| pp.marker == Marker::Plain(Preposition::By));
        }
    }
    if word.has_preposition() || before <= floor {
        return false;
    }
    match syntax.class(before - 1) {
        Class::Preposition(Some(Preposition::In)) => true,
        Class::Preposition(Some(Preposition::Toward)) => before >= floor + 2 && arrives(before - 2),
        Class::Preposition(None) => lexicon.is_in_class("nearness", &syntax.word(before - 1).stem),
        _ => false,
    }
}

/// يزور الوفد غزة, وصل إلى غزة: where the one goes of whom the sentence tells.
fn is_visited(sentence: &Sentence<'_>, at: usize) -> bool {
    let visits = sentence.triggers.iter().filter(|t| t.sense.mode == Some("CONSULT_VISIT"));
    visits.filter_map(|t| sentence.verbs.get(&t.at)).any(|verb| {
        let goal = Marker::Plain(Preposition::Toward);
        let marked = verb.prepositional.iter().filter(|pp| pp.marker == goal).map(|pp| &pp.phrase);
        verb.object.iter().chain(marked).any(|phrase| phrase.words.contains(&at))
    })
}
