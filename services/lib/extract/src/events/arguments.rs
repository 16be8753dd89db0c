//! Who does it, to whom and where.

use std::ops::Range;

use marsad_arabic::clitics::Proclitic;
use marsad_model::EntityId;
use marsad_model::ontology::{EntityType, EventType};

use super::subject::{feminine_before, is_elided, is_feminine, speaker, starts_with_pronoun, subject_before};
use super::trigger::{Sentence, Trigger, light_use};
use crate::lexicon::{Part, Preposition, Slot, WordForm, WordReading};
use crate::syntax::{Class, Marker, Phrase, PrepositionalPhrase, Syntax, readings_of};

/// The arguments of one event.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arguments {
    pub(crate) actors: Vec<EntityId>,
    pub(crate) recipients: Vec<EntityId>,
    pub(crate) places: Vec<EntityId>,
    /// A light verb carries the noun.
    pub(crate) supported: bool,
    /// The words of every phrase that fills a part.
    pub(crate) phrases: Vec<(Part, Range<usize>)>,
}

impl Arguments {
    fn put(&mut self, syntax: &Syntax<'_>, part: Part, phrase: &Phrase) {
        self.phrases.push((part, phrase.words.clone()));
        // موكبا لرئيس الوزراء: the owner stands for what is his.
        let next = phrase.words.end;
        if part == Part::Recipient
            && phrase.entities.is_empty()
            && syntax.reading.words.get(next).is_some_and(|w| w.proclitics.contains(&Proclitic::To))
            && let Some(owner) = syntax.noun_phrase(next, syntax.sentence(next).end)
            && !owner.entities.is_empty()
        {
            return self.put(syntax, part, &owner);
        }
        for entity in &phrase.entities {
            let kind = phrase.mentions.iter().map(|m| &syntax.mentions[*m]).find(|m| m.entity == *entity);
            let is_site =
                kind.is_some_and(|m| matches!(m.entity_type, EntityType::Facility | EntityType::Location));
            let list = match part {
                // A base or region that is hit, or hosts, is where it happens.
                Part::Actor | Part::Recipient if is_site => &mut self.places,
                Part::Actor => &mut self.actors,
                Part::Recipient => &mut self.recipients,
                Part::Place => &mut self.places,
                // What an instrument belongs to acts: طائرات أميركية.
                Part::Instrument => &mut self.actors,
                Part::Topic | Part::Quantity => continue,
            };
            if kind.is_some_and(|m| m.entity_type == EntityType::EventName) && part != Part::Place {
                continue;
            }
            if !list.contains(entity) {
                list.push(entity.clone());
            }
        }
    }

    fn put_entities(&mut self, part: Part, entities: Vec<EntityId>) {
        let list = match part {
            Part::Actor => &mut self.actors,
            Part::Recipient => &mut self.recipients,
            Part::Place => &mut self.places,
            Part::Instrument | Part::Topic | Part::Quantity => return,
        };
        for entity in entities {
            if !list.contains(&entity) {
                list.push(entity);
            }
        }
    }
}

/// Fills the arguments of a trigger; `source` is who says it, where it stands in a claim, `topic` the subject of the sentence
/// before.
pub(crate) fn fill(
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
    source: Option<&EntityId>,
    topic: Option<&EntityId>,
) -> Arguments {
    let mut found = Arguments::default();
    if trigger.form.is_finite() {
        of_verb(syntax, sentence, trigger, source, topic, &mut found);
    } else {
        of_noun(syntax, sentence, trigger, source, &mut found);
    }
    // A country or town that is visited is where the visit is.
    if trigger.sense.mode == Some("CONSULT_VISIT") {
        let (sites, others) = found.recipients.drain(..).partition(|e| syntax.is_site(e));
        found.recipients = others;
        found.put_entities(Part::Place, sites);
    }
    // الحوار بين بغداد وواشنطن in a clause without a verb: واشنطن وبغداد بصدد بدء محادثات
    if found.actors.is_empty() && !trigger.form.is_finite() && is_mutual(trigger.sense.event_type) {
        let topic = topic_of_clause(syntax, sentence, trigger.at);
        found.put_entities(Part::Actor, topic);
    }
    // Nobody does a thing to himself; who stands in both places is the actor.
    if found.recipients.len() > 1 || !found.actors.is_empty() {
        let actors = found.actors.clone();
        found.recipients.retain(|entity| !actors.contains(entity));
    }
    // The province, not the country around it too.
    let countries: Vec<String> = found.places.iter().filter_map(country_around).collect();
    found.places.retain(|place| !countries.contains(&place.0));
    let (actors, recipients) = (found.actors.clone(), found.recipients.clone());
    found
        .places
        .retain(|place| !actors.contains(place) && !recipients.contains(place) || syntax.is_site(place));
    found
}

/// The country that a place of the knowledge lies in.
fn country_around(place: &EntityId) -> Option<String> {
    let known = crate::knowledge::get().entity(place)?;
    known.country.as_ref().map(|country| country.to_string()).filter(|country| *country != place.0)
}

fn of_verb(
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
    source: Option<&EntityId>,
    topic: Option<&EntityId>,
    found: &mut Arguments,
) {
    let Some(arguments) = sentence.verbs.get(&trigger.at) else { return };
    let frame = &trigger.sense.frame;
    let elided = is_elided(syntax, trigger, arguments);
    let (subject, object) = if trigger.passive || elided {
        (None, arguments.subject.as_ref())
    } else {
        (arguments.subject.as_ref(), arguments.object.as_ref())
    };
    if let (Some(part), Some(phrase)) = (frame.part(Slot::Subject), subject) {
        found.put(syntax, part, phrase);
    }
    // إنها تلقت, سنرد: the pronoun is whoever says so; else the subject of the verb before goes on.
    if !trigger.passive
        && subject.is_none_or(|s| s.first.start > trigger.at && s.entities.is_empty())
        && let Some(part) = frame.part(Slot::Subject)
    {
        let speaks = starts_with_pronoun(syntax, trigger.at) || syntax.is_first_person(trigger.at);
        let going_on = || {
            let before = subject_before(sentence, trigger.at).or_else(|| topic.cloned());
            // A man is no subject of رفضت: a body named after him is.
            if is_feminine(syntax, trigger) && before.as_ref().is_none_or(|before| syntax.is_man(before)) {
                feminine_before(syntax, sentence, trigger.at).or(before)
            } else {
                before
            }
        };
        let entity = if speaks {
            speaker(syntax, trigger.at, source)
        } else if subject.is_none() {
            going_on()
        } else {
            None
        };
        found.put_entities(part, entity.into_iter().collect());
    }
    let objects = [object, arguments.second_object.as_ref(), arguments.antecedent.as_ref()];
    for phrase in objects.into_iter().flatten() {
        // دانت الوزارة استهداف الموكب: what is condemned is an event, not whom it befell.
        let event = sentence.nouns.contains_key(&phrase.head);
        for part in [Part::Recipient, Part::Place, Part::Topic, Part::Quantity, Part::Actor] {
            if event && part == Part::Recipient {
                continue;
            }
            if frame.has(part, Slot::Object) {
                found.put(syntax, part, phrase);
                break;
            }
        }
    }
    marked(syntax, sentence, trigger, &arguments.prepositional, found);
}

/// Prepositional phrases by frame; places by preposition and type.
fn marked(
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
    phrases: &[PrepositionalPhrase],
    found: &mut Arguments,
) {
    let frame = &trigger.sense.frame;
    let mut past_event = false;
    for pp in phrases {
        // في العراق after وقف الهجمات is where the attacks are.
        if past_event && trigger.form.is_finite() {
            continue;
        }
        past_event |= pp.phrase.first.clone().any(|at| sentence.nouns.contains_key(&at));
        if pp.marker == Marker::Plain(Preposition::By)
            && crate::lexicon::get().is_in_class("company", &syntax.word(pp.phrase.head).stem)
        {
            if is_mutual(trigger.sense.event_type) {
                found.put(syntax, Part::Actor, &pp.phrase);
            }
            continue;
        }
        match pp.marker {
            // دراسة الرسالة من قبل الحكومة: the agent is of the study.
            Marker::Agent if trigger.form != WordForm::Noun || !syntax.word(trigger.at).article => {
                found.put(syntax, Part::Actor, &pp.phrase)
            }
            Marker::Agent => {}
            Marker::Plain(preposition) => {
                let place = place_entities(syntax, &pp.phrase);
                let locative = matches!(preposition, Preposition::In | Preposition::By)
                    && !place.is_empty()
                    && !sentence.nouns.contains_key(&pp.phrase.head);
                match frame.part(Slot::After(preposition)) {
                    Some(Part::Place) => found.put_entities(Part::Place, place),
                    Some(part @ (Part::Actor | Part::Recipient))
                        if !locative
                            || preposition == Preposition::By
                                && frame.knows(part)
                                && found.recipients.is_empty()
                                && !trigger.form.is_finite() =>
                    {
                        found.put(syntax, part, &pp.phrase);
                    }
                    Some(part) if !locative => found.put(syntax, part, &pp.phrase),
                    _ if locative => {
                        found.phrases.push((Part::Place, pp.phrase.words.clone()));
                        found.put_entities(Part::Place, place);
                    }
                    _ => {
                        let shared = match preposition {
                            Preposition::With | Preposition::Between => {
                                Some(Part::Actor).filter(|_| is_mutual(trigger.sense.event_type))
                            }
                            Preposition::Against => Some(Part::Recipient),
                            _ => None,
                        };
                        if let Some(part) = shared {
                            found.put(syntax, part, &pp.phrase);
                        }
                    }
                }
            }
            Marker::Other => {}
        }
    }
}

/// The entities that open a clause without a verb before a word: X وY بصدد ….
fn topic_of_clause(syntax: &Syntax<'_>, sentence: &Sentence<'_>, at: usize) -> Vec<EntityId> {
    let start = (sentence.words.start..at)
        .rev()
        .find(|i| matches!(syntax.class(*i), Class::That | Class::Verb | Class::Relative | Class::Stop))
        .map_or(sentence.words.start, |i| i + 1);
    if start > sentence.words.start && syntax.class(start - 1) != Class::That {
        return Vec::new();
    }
    let phrase = syntax.noun_phrase(start, at).filter(|p| !syntax.word(p.words.start).has_preposition());
    phrase.map(|p| p.entities).unwrap_or_default()
}

/// Both sides do it.
fn is_mutual(event_type: EventType) -> bool {
    matches!(event_type, EventType::Consult | EventType::Agree | EventType::Cooperate)
}

/// The places in a phrase, but not capitals that stand for their states.
fn place_entities(syntax: &Syntax<'_>, phrase: &Phrase) -> Vec<EntityId> {
    phrase
        .mentions
        .iter()
        .map(|m| &syntax.mentions[*m])
        .filter(|m| {
            !m.metonymy
                && m.kind != marsad_model::ontology::MentionKind::Adjectival
                && matches!(m.entity_type, EntityType::Gpe | EntityType::Facility | EntityType::Location)
        })
        .map(|m| m.entity.clone())
        .collect()
}

/// فرض عقوبات, شن هجوم: the masdar of a light verb carries the noun as the verb does. Of three letters it is spelled as the verb.
fn is_carried(syntax: &Syntax<'_>, sentence: &Sentence<'_>, noun: usize) -> bool {
    let Some(before) = noun.checked_sub(1).filter(|before| *before >= sentence.words.start) else {
        return false;
    };
    let masdar = |r: &WordReading| {
        r.form == WordForm::Masdar || r.form == WordForm::Past && syntax.class(before) == Class::Nominal
    };
    !syntax.word(noun).has_preposition()
        && !syntax.word(before).article
        && readings_of(syntax.word(before))
            .filter(masdar)
            .any(|r| r.lexeme().light.iter().any(|light| light.noun == Slot::Object))
}

fn of_noun(
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
    source: Option<&EntityId>,
    found: &mut Arguments,
) {
    let Some(around) = sentence.nouns.get(&trigger.at) else { return };
    marked(syntax, sentence, trigger, &around.prepositional, found);
    if let Some(phrase) = &around.genitive {
        let has_recipient = !found.recipients.is_empty();
        let is_place = phrase.entities.iter().all(|e| syntax.is_site(e)) && !phrase.entities.is_empty();
        if let Some(part) = genitive_part(trigger, has_recipient, is_place) {
            found.put(syntax, part, phrase);
        }
    }
    found.supported |= is_carried(syntax, sentence, trigger.at);
    // إلغاء الزيارة, إلقاء القنابل: what it is of tells the event.
    found.supported |= trigger.sense.frame.names_genitive() && around.genitive.is_some();
    // ضربات أميركية: the demonym acts.
    let demonyms = around.adjectives.iter().filter(|at| around.genitive.is_none() || **at < trigger.at + 2);
    let entities: Vec<EntityId> = demonyms
        .filter_map(|at| {
            let info = &syntax.info[*at];
            info.demonym.filter(|_| info.mention.is_none()).map(|m| syntax.mentions[m].entity.clone())
        })
        .collect();
    if !entities.is_empty() && found.actors.is_empty() && acts_by_demonym(trigger) {
        found.put_entities(Part::Actor, entities);
    }
    for (verb, slot) in sentence.governors.get(&trigger.at).into_iter().flatten() {
        let Some(arguments) = sentence.verbs.get(verb) else { continue };
        if let Some((part, passive)) = light_use(syntax, *verb, *slot) {
            found.supported = true;
            let speaks = starts_with_pronoun(syntax, *verb) || syntax.is_first_person(*verb);
            // The subject of such a verb is its pronoun, and the noun the object.
            let passive = passive && !speaks;
            // What follows another event belongs to that.
            let is_subject = |at: usize| arguments.subject.as_ref().is_some_and(|s| s.words.contains(&at));
            let later =
                sentence.triggers.iter().map(|t| t.at).filter(|at| *at > trigger.at && !is_subject(*at));
            let next_event = later.min().unwrap_or(usize::MAX);
            let rest: Vec<PrepositionalPhrase> = arguments
                .prepositional
                .iter()
                .filter(|pp| !pp.phrase.first.contains(&trigger.at) && pp.at < next_event)
                .cloned()
                .collect();
            marked(syntax, sentence, trigger, &rest, found);
            let subject = arguments.subject.as_ref().filter(|s| !passive && !s.first.contains(&trigger.at));
            if let Some(subject) = subject
                && *slot != Slot::Subject
                && (part != Part::Actor || trigger.sense.frame.knows(Part::Actor))
                && (found.actors.is_empty() || part != Part::Actor)
            {
                found.put(syntax, part, subject);
            }
            // أنها ستفرض عقوبات: the pronoun is whoever says so.
            if speaks && found.actors.is_empty() && part == Part::Actor && !passive {
                found.put_entities(part, speaker(syntax, *verb, source).into_iter().collect());
            }
            // وجهت واشنطن ضربة لطهران: what stands between verb and noun is the recipient.
            if let Some(object) = arguments.object.as_ref().filter(|o| !o.first.contains(&trigger.at))
                && arguments.second_object.as_ref().is_some_and(|o| o.first.contains(&trigger.at))
            {
                found.put(syntax, Part::Recipient, object);
            }
        } else if let Some(told) = sentence.told_by_noun(*verb, trigger.at) {
            // الهجوم الذي استهدف القاعدة: the verb's object is the attack's.
            for phrase in arguments.object.iter().chain(&arguments.second_object) {
                if told.frame.has(Part::Recipient, Slot::Object) {
                    found.put(syntax, Part::Recipient, phrase);
                }
            }
            marked(syntax, sentence, trigger, &arguments.prepositional, found);
        } else if controls(syntax, sentence, *verb, *slot, trigger)
            && found.actors.is_empty()
            && let Some(subject) = arguments.subject.as_ref().filter(|s| !s.first.contains(&trigger.at))
        {
            found.put(syntax, Part::Actor, subject);
        }
    }
    // قرار الحكومة طرد …: whose decision it is does it.
    if found.actors.is_empty()
        && trigger.sense.frame.knows(Part::Actor)
        && let Some(before) = syntax.phrase_before(trigger.at, sentence.words.start)
        && crate::lexicon::get().is_in_class("intention", &syntax.word(before.head).stem)
    {
        found.put(syntax, Part::Actor, &before);
    }
    // زيارتي is spelled as the dual, which has a genitive: without one the pronoun is the speaker's.
    if around.genitive.is_none()
        && found.actors.is_empty()
        && syntax.word(trigger.at).stem.ends_with("تي")
        && genitive_part(trigger, true, false) == Some(Part::Actor)
    {
        found.put_entities(Part::Actor, source.cloned().into_iter().collect());
    }
    // دعوته: the pronoun is the subject of the clause.
    if syntax.word(trigger.at).enclitic.is_some()
        && let Some(part) = genitive_part(trigger, !found.recipients.is_empty(), false)
        && let Some(entity) = subject_before(sentence, trigger.at)
        && part == Part::Actor
        && found.actors.is_empty()
    {
        found.put_entities(part, vec![entity]);
    }
}

/// What the genitive of a noun is: by the noun's own frame, else the object of a transitive verb, the subject of another. Where
/// the object stands after a preposition (دعم واشنطن لإسرائيل), the genitive is the subject.
fn genitive_part(trigger: &Trigger, has_recipient: bool, genitive_is_place: bool) -> Option<Part> {
    let frame = &trigger.sense.frame;
    if trigger.form == WordForm::Noun {
        let part = frame.part(Slot::Genitive);
        // هجوم الأردن: a place, unless it is said on whom.
        if part == Some(Part::Actor)
            && frame.has(Part::Place, Slot::Genitive)
            && genitive_is_place
            && !has_recipient
        {
            return Some(Part::Place);
        }
        return match part {
            Some(Part::Recipient | Part::Topic | Part::Place)
                if has_recipient && frame.has(Part::Actor, Slot::Genitive) =>
            {
                Some(Part::Actor)
            }
            other => other,
        };
    }
    if frame.is_transitive() && !has_recipient {
        return frame.part(Slot::Object);
    }
    frame.part(Slot::Subject)
}

/// Whether an adjective of nationality names the actor rather than the victim.
fn acts_by_demonym(trigger: &Trigger) -> bool {
    trigger.sense.frame.knows(Part::Actor)
}

/// أعلنت المقاومة استهداف …: the subject of the verb does it; but who demands, accuses, refuses or praises does not.
fn controls(
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    verb: usize,
    slot: Slot,
    trigger: &Trigger,
) -> bool {
    if trigger.form != WordForm::Masdar || !trigger.sense.frame.has(Part::Actor, Slot::Subject) {
        return false;
    }
    if !matches!(
        slot,
        Slot::Object
            | Slot::After(Preposition::By | Preposition::About | Preposition::Toward | Preposition::From)
    ) {
        return false;
    }
    let other_minded = sentence.trigger_at(verb).map(|t| t.sense.event_type).is_some_and(|kind| {
        matches!(
            kind,
            EventType::Request
                | EventType::Accuse
                | EventType::Reject
                | EventType::Support
                | EventType::Consult
                | EventType::Assault
        )
    });
    !other_minded
        && syntax.info[verb].verbs.iter().all(|r| r.lexeme().reporting.as_ref().is_none_or(|f| !f.denies))
}
