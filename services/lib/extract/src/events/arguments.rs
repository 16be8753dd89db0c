//! Who does it, to whom and where.

use std::ops::Range;

use marsad_model::EntityId;
use marsad_model::ontology::{EntityType, EventType};

use super::trigger::{Sentence, Trigger, light_use};
use crate::lexicon::{Part, Preposition, Slot, WordForm};
use crate::syntax::{Marker, Phrase, PrepositionalPhrase, Syntax};

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
        for entity in &phrase.entities {
            let kind = phrase.mentions.iter().map(|m| &syntax.mentions[*m]).find(|m| m.entity == *entity);
            let is_site = kind.is_some_and(|m| matches!(m.entity_type, EntityType::Facility | EntityType::Location));
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

/// Fills the arguments of a trigger; `source` is who says it, where it stands in a claim.
pub(crate) fn fill(
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
    source: Option<&EntityId>,
) -> Arguments {
    let mut found = Arguments::default();
    if trigger.form.is_finite() {
        of_verb(syntax, sentence, trigger, source, &mut found);
    } else {
        of_noun(syntax, sentence, trigger, &mut found);
    }
    // Nobody does a thing to himself; who stands in both places is the actor.
    if found.recipients.len() > 1 || !found.actors.is_empty() {
        let actors = found.actors.clone();
        found.recipients.retain(|entity| !actors.contains(entity));
    }
    let (actors, recipients) = (found.actors.clone(), found.recipients.clone());
    found.places.retain(|place| !actors.contains(place) && !recipients.contains(place) || is_site(syntax, place));
    found
}

fn is_site(syntax: &Syntax<'_>, entity: &EntityId) -> bool {
    syntax.mentions.iter().any(|m| {
        m.entity == *entity && matches!(m.entity_type, EntityType::Gpe | EntityType::Facility | EntityType::Location)
    })
}

fn of_verb(
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
    source: Option<&EntityId>,
    found: &mut Arguments,
) {
    let Some(arguments) = sentence.verbs.get(&trigger.at) else { return };
    let frame = &trigger.sense.frame;
    let (subject, object) = if trigger.passive {
        (None, arguments.subject.as_ref())
    } else {
        (arguments.subject.as_ref(), arguments.object.as_ref())
    };
    if let (Some(part), Some(phrase)) = (frame.part(Slot::Subject), subject) {
        found.put(syntax, part, phrase);
    }
    // إنها تلقت: the pronoun of أن is whoever says so.
    if !trigger.passive
        && let (Some(part), Some(source)) = (frame.part(Slot::Subject), source)
        && starts_with_pronoun(syntax, trigger.at)
        && subject.is_none_or(|s| s.first.start > trigger.at && s.entities.is_empty())
    {
        found.put_entities(part, vec![source.clone()]);
    }
    let objects = [object, arguments.second_object.as_ref(), arguments.antecedent.as_ref()];
    for phrase in objects.into_iter().flatten() {
        for part in [Part::Recipient, Part::Place, Part::Topic, Part::Quantity, Part::Actor] {
            if frame.has(part, Slot::Object) {
                found.put(syntax, part, phrase);
                break;
            }
        }
    }
    marked(syntax, trigger, &arguments.prepositional, found);
}

/// أن with a pronoun stands right before the verb.
fn starts_with_pronoun(syntax: &Syntax<'_>, verb: usize) -> bool {
    use crate::syntax::{Class, bare};
    let mut at = verb;
    while at > 0 && syntax.class(at - 1) == Class::Particle {
        at -= 1;
    }
    at > 0
        && syntax.class(at - 1) == Class::That
        && !matches!(bare(syntax.word(at - 1)), "ان" | "بان" | "لان")
}

/// Prepositional phrases by frame; places by preposition and type.
fn marked(syntax: &Syntax<'_>, trigger: &Trigger, phrases: &[PrepositionalPhrase], found: &mut Arguments) {
    let frame = &trigger.sense.frame;
    for pp in phrases {
        match pp.marker {
            Marker::Agent => found.put(syntax, Part::Actor, &pp.phrase),
            Marker::Plain(preposition) => {
                let place = place_entities(syntax, &pp.phrase);
                let locative = matches!(preposition, Preposition::In | Preposition::By) && !place.is_empty();
                match frame.part(Slot::After(preposition)) {
                    Some(Part::Place) => found.put_entities(Part::Place, place),
                    Some(part @ (Part::Actor | Part::Recipient)) if !locative || preposition == Preposition::By && frame.knows(part) && found.recipients.is_empty() && !trigger.form.is_finite() => {
                        found.put(syntax, part, &pp.phrase);
                    }
                    Some(part) if !locative => found.put(syntax, part, &pp.phrase),
                    _ if locative => {
                        found.phrases.push((Part::Place, pp.phrase.words.clone()));
                        found.put_entities(Part::Place, place);
                    }
                    _ => {
                        let shared = match preposition {
                            Preposition::With | Preposition::Between => Some(Part::Actor)
                                .filter(|_| is_mutual(trigger.sense.event_type)),
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

fn of_noun(syntax: &Syntax<'_>, sentence: &Sentence<'_>, trigger: &Trigger, found: &mut Arguments) {
    let Some(around) = sentence.nouns.get(&trigger.at) else { return };
    let frame = &trigger.sense.frame;
    marked(syntax, trigger, &around.prepositional, found);
    if let Some(phrase) = &around.genitive {
        let has_recipient = !found.recipients.is_empty();
        if let Some(part) = genitive_part(trigger, has_recipient) {
            found.put(syntax, part, phrase);
        }
    }
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
            let rest: Vec<PrepositionalPhrase> = arguments
                .prepositional
                .iter()
                .filter(|pp| !pp.phrase.first.contains(&trigger.at))
                .cloned()
                .collect();
            marked(syntax, trigger, &rest, found);
            let subject = arguments.subject.as_ref().filter(|s| !passive && !s.first.contains(&trigger.at));
            if let Some(subject) = subject
                && *slot != Slot::Subject
                && (found.actors.is_empty() || part != Part::Actor)
            {
                found.put(syntax, part, subject);
            }
            // وجهت واشنطن ضربة لطهران: what stands between verb and noun is the recipient.
            if let Some(object) = arguments.object.as_ref().filter(|o| !o.first.contains(&trigger.at))
                && arguments.second_object.as_ref().is_some_and(|o| o.first.contains(&trigger.at))
            {
                found.put(syntax, Part::Recipient, object);
            }
        } else if controls(syntax, sentence, *verb, *slot, trigger)
            && found.actors.is_empty()
            && let Some(subject) = arguments.subject.as_ref().filter(|s| !s.first.contains(&trigger.at))
        {
            found.put(syntax, Part::Actor, subject);
        }
    }
    // دعوته: the pronoun is the subject of the clause.
    if syntax.word(trigger.at).enclitic.is_some()
        && let Some(part) = genitive_part(trigger, !found.recipients.is_empty())
        && let Some(entity) = subject_before(syntax, sentence, trigger.at)
        && (part != Part::Actor || found.actors.is_empty())
    {
        found.put_entities(part, vec![entity]);
    }
    let _ = frame;
}

/// What the genitive of a noun is: by the noun's own frame, else the object of a transitive verb, the subject of another. Where
/// the object stands after a preposition (دعم واشنطن لإسرائيل), the genitive is the subject.
fn genitive_part(trigger: &Trigger, has_recipient: bool) -> Option<Part> {
    let frame = &trigger.sense.frame;
    if trigger.form == WordForm::Noun {
        let part = frame.part(Slot::Genitive);
        return match part {
            Some(Part::Recipient | Part::Topic | Part::Place) if has_recipient && frame.has(Part::Actor, Slot::Genitive) => Some(Part::Actor),
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
fn controls(syntax: &Syntax<'_>, sentence: &Sentence<'_>, verb: usize, slot: Slot, trigger: &Trigger) -> bool {
    if trigger.form != WordForm::Masdar || !trigger.sense.frame.has(Part::Actor, Slot::Subject) {
        return false;
    }
    if !matches!(slot, Slot::Object | Slot::After(Preposition::By | Preposition::About | Preposition::Toward | Preposition::From)) {
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
    !other_minded && syntax.info[verb].verbs.iter().all(|r| r.lexeme().reporting.as_ref().is_none_or(|f| !f.denies))
}

/// The subject of the nearest verb before a word.
fn subject_before(syntax: &Syntax<'_>, sentence: &Sentence<'_>, at: usize) -> Option<EntityId> {
    (sentence.words.start..at)
        .rev()
        .filter_map(|verb| sentence.verbs.get(&verb))
        .filter_map(|arguments| arguments.subject.as_ref())
        .filter(|subject| subject.first.start < at)
        .find_map(|subject| subject.entities.first().cloned())
        .or_else(|| {
            (sentence.words.start..at).find_map(|i| syntax.info[i].mention).map(|m| syntax.mentions[m].entity.clone())
        })
}
