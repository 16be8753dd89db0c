//! Who does it, to whom and where.

use std::ops::Range;

use marsad_model::EntityId;
use marsad_model::explanation::ArgumentBasis;
use marsad_model::ontology::{EntityType, EventType, MentionKind};

use super::anaphora::owner_of;
use super::control;
use super::earlier;
use super::participants::{Arguments, Found, Surroundings, is_land};
use super::subject::{
    self, feminine_before, is_elided, is_feminine, speaker, starts_with_pronoun, subject_before,
};
use super::trigger::{Sentence, Trigger, is_speech_act, light_use};
use crate::lexicon::{Part, Preposition, Slot, WordForm, WordReading};
use crate::syntax::{Class, Marker, Phrase, PrepositionalPhrase, Syntax, readings_of};

/// Fills the arguments of a trigger.
pub(crate) fn fill<'a>(
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
    around: Surroundings<'a>,
) -> Arguments<'a> {
    let mut found = Arguments::new(around.before);
    if trigger.form.is_finite() {
        of_verb(syntax, sentence, trigger, around, &mut found);
    } else {
        of_noun(syntax, sentence, trigger, around, &mut found);
    }
    // A country or town that is visited is where the visit is.
    if trigger.sense.mode == Some("CONSULT_VISIT") {
        let (sites, others) = found.recipients.drain(..).partition(|e| syntax.is_site(e));
        found.recipients = others;
        for origin in
            found.origins.iter_mut().filter(|o| o.part == Part::Recipient && sites.contains(&o.entity))
        {
            origin.part = Part::Place;
        }
        found
            .places
            .extend(sites.into_iter().filter(|site| !found.places.contains(site)).collect::<Vec<_>>());
    }
    // الحوار بين بغداد وواشنطن in a clause without a verb: واشنطن وبغداد بصدد بدء محادثات
    if found.actors.is_empty() && !trigger.form.is_finite() && is_mutual(trigger.sense.event_type) {
        let topic = topic_of_clause(syntax, sentence, trigger.at);
        found.put_entities(Part::Actor, topic, ArgumentBasis::ClauseTopic, None);
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
pub(super) fn country_around(place: &EntityId) -> Option<String> {
    let known = crate::knowledge::get().entity(place)?;
    known.country.as_ref().map(|country| country.to_string()).filter(|country| *country != place.0)
}

fn of_verb(
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
    around: Surroundings<'_>,
    found: &mut Arguments<'_>,
) {
    let Some(arguments) = sentence.verbs.get(&trigger.at) else { return };
    let Surroundings { source, topic, .. } = around;
    let frame = &trigger.sense.frame;
    let elided = is_elided(syntax, trigger, arguments);
    let (subject, object) = if trigger.passive || elided {
        (None, arguments.subject.as_ref())
    } else {
        (arguments.subject.as_ref(), arguments.object.as_ref())
    };
    if let (Some(part), Some(phrase)) = (frame.part(Slot::Subject), subject) {
        found.put(syntax, part, phrase, ArgumentBasis::Subject);
    }
    // إنها تلقت, سنرد: the pronoun is whoever says so; else the subject of the verb before goes on.
    if !trigger.passive
        && subject.is_none_or(|s| s.first.start > trigger.at && s.entities.is_empty())
        && let Some(part) = frame.part(Slot::Subject)
    {
        let speaks = starts_with_pronoun(syntax, trigger.at) || syntax.is_first_person(trigger.at);
        let going_on = || {
            let before = subject::going_on(sentence, trigger.at, topic);
            // A man is no subject of رفضت: a body named after him is.
            let man = || before.as_ref().is_none_or(|found| found.entities.iter().all(|e| syntax.is_man(e)));
            if is_feminine(syntax, trigger) && man() {
                let body = feminine_before(syntax, sentence, trigger.at);
                body.and_then(|entity| Found::new(vec![entity], ArgumentBasis::NameBefore)).or(before)
            } else {
                before
            }
        };
        let found_elsewhere = if speaks {
            let speaker = speaker(syntax, trigger.at, source);
            Found::new(speaker.into_iter().collect(), ArgumentBasis::Speaker)
        } else if subject.is_none() {
            going_on()
        } else {
            None
        };
        found.take(part, found_elsewhere);
    }
    let objects = [
        (object, ArgumentBasis::Object),
        (arguments.second_object.as_ref(), ArgumentBasis::Object),
        (arguments.antecedent.as_ref(), ArgumentBasis::Antecedent),
    ];
    for (phrase, basis) in objects.into_iter().filter_map(|(phrase, basis)| Some((phrase?, basis))) {
        // دانت الوزارة استهداف الموكب: what is condemned is an event, not whom it befell.
        // شيعوا قتلى القصف الأميركي: whose shelling it was.
        let casualties = crate::lexicon::get().is_in_class("casualty", &syntax.word(phrase.head).stem);
        let event = sentence.nouns.contains_key(&phrase.head)
            || casualties && phrase.first.clone().any(|at| sentence.nouns.contains_key(&at));
        for part in [Part::Recipient, Part::Place, Part::Topic, Part::Quantity, Part::Actor] {
            if event && part == Part::Recipient {
                continue;
            }
            if frame.has(part, Slot::Object) {
                found.put(syntax, part, phrase, basis);
                break;
            }
        }
    }
    marked(syntax, sentence, trigger, &arguments.prepositional, found);
    // دفعها, منعهم: the pronoun is whom it befalls.
    let taken = arguments.object.is_some() || arguments.antecedent.is_some();
    if arguments.pronoun_object && !taken && frame.has(Part::Recipient, Slot::Object) {
        refer(syntax, trigger.at, around, found);
    }
    pronouns(syntax, trigger, trigger.at + 1..arguments.end, around, found);
}

/// Pronouns after the prepositions that the frame asks for: فرض عقوبات عليها.
fn pronouns(
    syntax: &Syntax<'_>,
    trigger: &Trigger,
    clause: Range<usize>,
    around: Surroundings<'_>,
    found: &mut Arguments<'_>,
) {
    for at in clause.filter(|at| syntax.is_pronoun_after_preposition(*at)) {
        let Some(preposition) = Preposition::with_pronoun(syntax.word(at)) else { continue };
        let part = trigger.sense.frame.part(Slot::After(preposition));
        if part == Some(Part::Recipient) || preposition == Preposition::Against {
            refer(syntax, at, around, found);
        }
    }
}

/// Takes the referent of a pronoun as the recipient, unless there is one.
fn refer(syntax: &Syntax<'_>, at: usize, around: Surroundings<'_>, found: &mut Arguments<'_>) {
    if found.recipients.is_empty() {
        let referent = around.before.of_pronoun(syntax, at, around.topic, &found.actors);
        found.take(Part::Recipient, referent);
    }
}

/// Prepositional phrases by frame; places by preposition and type.
fn marked(
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
    phrases: &[PrepositionalPhrase],
    found: &mut Arguments<'_>,
) {
    let frame = &trigger.sense.frame;
    let mut past_event = false;
    for (order, pp) in phrases.iter().enumerate() {
        // في العراق after وقف الهجمات is where the attacks are.
        if past_event && trigger.form.is_finite() {
            continue;
        }
        past_event |= pp.phrase.first.clone().any(|at| sentence.nouns.contains_key(&at));
        // ضربات ردا على مقتل ثلاثة: from there on it is told what is answered.
        if pp
            .at
            .checked_sub(1)
            .is_some_and(|before| before > trigger.at && earlier::is_answer(syntax, before))
        {
            break;
        }
        if pp.marker == Marker::Plain(Preposition::By)
            && crate::lexicon::get().is_in_class("company", &syntax.word(pp.phrase.head).stem)
        {
            if is_mutual(trigger.sense.event_type) {
                found.put_after(syntax, Part::Actor, pp, ArgumentBasis::Preposition);
            }
            continue;
        }
        match pp.marker {
            // دراسة الرسالة من قبل الحكومة: the agent is of the study.
            Marker::Agent if trigger.form != WordForm::Noun || !syntax.word(trigger.at).article => {
                found.put_after(syntax, Part::Actor, pp, ArgumentBasis::Agent)
            }
            Marker::Agent => {}
            Marker::Plain(preposition) => {
                let place = place_entities(syntax, &pp.phrase);
                let words = pp.at.min(pp.phrase.words.start)..pp.phrase.words.end;
                let basis = ArgumentBasis::Preposition;
                let left = preposition == Preposition::From && is_land(&pp.phrase, syntax);
                let locative = (matches!(preposition, Preposition::In | Preposition::By) || left)
                    && !place.is_empty()
                    && !sentence.nouns.contains_key(&pp.phrase.head);
                // طالب بمراجعة وجود القوات في العراق: what is asked for is there, not who asks.
                let of_topic =
                    is_speech_act(trigger.sense.event_type) && trigger.form.is_finite() && order > 0;
                if locative && of_topic {
                    continue;
                }
                match frame.part(Slot::After(preposition)) {
                    Some(Part::Place) => found.put_entities(Part::Place, place, basis, Some(&words)),
                    Some(part @ (Part::Actor | Part::Recipient))
                        if !locative
                            || preposition == Preposition::By
                                && frame.knows(part)
                                && found.recipients.is_empty()
                                && !trigger.form.is_finite() =>
                    {
                        found.put_after(syntax, part, pp, basis);
                    }
                    Some(part) if !locative => found.put_after(syntax, part, pp, basis),
                    _ if locative => {
                        found.phrases.push((Part::Place, pp.phrase.words.clone()));
                        found.put_entities(Part::Place, place, basis, Some(&words));
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
                            found.put_after(syntax, part, pp, basis);
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
pub(super) fn is_mutual(event_type: EventType) -> bool {
    matches!(event_type, EventType::Consult | EventType::Agree | EventType::Cooperate)
}

/// The places in a phrase, but not capitals that stand for their states.
fn place_entities(syntax: &Syntax<'_>, phrase: &Phrase) -> Vec<EntityId> {
    let is_land = is_land(phrase, syntax);
    phrase
        .mentions
        .iter()
        .map(|m| &syntax.mentions[*m])
        .filter(|m| {
            !m.metonymy
                && (m.kind != MentionKind::Adjectival || is_land)
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
    around: Surroundings<'_>,
    found: &mut Arguments<'_>,
) {
    let Some(own) = sentence.nouns.get(&trigger.at) else { return };
    let Surroundings { source, topic, .. } = around;
    marked(syntax, sentence, trigger, &own.prepositional, found);
    // جولة من الحوار بين البلدين: the parties are those of the talks within.
    if is_mutual(trigger.sense.event_type) && found.actors.is_empty() {
        let within = own.prepositional.iter().map(|pp| pp.phrase.head);
        let within = own.genitive.iter().map(|genitive| genitive.head).chain(within);
        let within = within.filter(|head| {
            let mut senses = syntax.event_nouns(*head).flat_map(|r| &r.lexeme().senses);
            senses.any(|sense| sense.event_type == trigger.sense.event_type)
        });
        for inner in within.filter_map(|head| sentence.nouns.get(&head)) {
            marked(syntax, sentence, trigger, &inner.prepositional, found);
        }
    }
    if let Some(phrase) = &own.genitive {
        // رفض الحكومة للتدخل: what is refused stands after ل, so the genitive refuses.
        let object = trigger.sense.frame.is_transitive()
            && trigger.form == WordForm::Masdar
            && own
                .prepositional
                .first()
                .is_some_and(|pp| pp.at == phrase.words.end && pp.marker == Marker::Plain(Preposition::For));
        let has_recipient = !found.recipients.is_empty() || object && !phrase.entities.is_empty();
        // قتلى الغارات الأميركية: those whom the attack killed.
        let harms = !phrase.entities.is_empty()
            && trigger.sense.is_casualty()
            && sentence.nouns.contains_key(&phrase.head);
        let is_place = phrase.entities.iter().all(|e| syntax.is_site(e)) && !phrase.entities.is_empty();
        // محادثات السودان وتشاد: two of them are the parties.
        let parties = is_mutual(trigger.sense.event_type) && phrase.entities.len() > 1;
        let part = if parties { Some(Part::Actor) } else { genitive_part(trigger, has_recipient, is_place) };
        if let Some(part) = part.filter(|_| !harms) {
            found.put(syntax, part, phrase, ArgumentBasis::Genitive);
        }
    }
    found.supported |= is_carried(syntax, sentence, trigger.at);
    // إلغاء الزيارة, إلقاء القنابل: what it is of tells the event.
    found.supported |= trigger.sense.frame.names_genitive() && own.genitive.is_some();
    // ضربات أميركية: the demonym acts.
    let demonyms = own.adjectives.iter().filter(|at| own.genitive.is_none() || **at < trigger.at + 2);
    let entities: Vec<EntityId> = demonyms
        .filter_map(|at| {
            let info = &syntax.info[*at];
            info.demonym.filter(|_| info.mention.is_none()).map(|m| syntax.mentions[m].entity.clone())
        })
        .collect();
    // قتلى أميركيون: spelled as a dual, but they are who was killed.
    let victims = trigger.sense.mode == Some("ASSAULT_KILL") && syntax.reading.raw(trigger.at).ends_with('ى');
    if victims {
        let words = own.adjectives.first().zip(own.adjectives.last()).map(|(first, last)| *first..last + 1);
        found.put_entities(Part::Recipient, entities, ArgumentBasis::Adjective, words.as_ref());
        return;
    }
    if !entities.is_empty() && found.actors.is_empty() && acts_by_demonym(trigger) {
        let words = own.adjectives.first().zip(own.adjectives.last()).map(|(first, last)| *first..last + 1);
        found.put_entities(Part::Actor, entities, ArgumentBasis::Adjective, words.as_ref());
    }
    if found.actors.is_empty() {
        found.take(Part::Actor, control::intended(syntax, sentence, trigger));
    }
    for (verb, slot) in sentence.governors.get(&trigger.at).into_iter().flatten() {
        let Some(arguments) = sentence.verbs.get(verb) else { continue };
        if let Some((part, passive)) = light_use(syntax, *verb, *slot) {
            found.supported = true;
            found.light_verb = found.light_verb.or(Some(*verb));
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
                found.put(syntax, part, subject, ArgumentBasis::LightVerb);
            }
            // أنها ستفرض عقوبات: the pronoun is whoever says so.
            if speaks && found.actors.is_empty() && part == Part::Actor && !passive {
                let speaker = speaker(syntax, *verb, source).into_iter().collect();
                found.put_entities(part, speaker, ArgumentBasis::Speaker, None);
            }
            // هجوم شنه على المدينة: whoever the sentence speaks of.
            if arguments.subject.is_none()
                && *slot == Slot::Object
                && found.actors.is_empty()
                && part == Part::Actor
                && trigger.sense.frame.knows(part)
            {
                found.take(part, subject::going_on(sentence, *verb, topic));
            }
            // وجهت واشنطن ضربة لطهران: what stands between verb and noun is the recipient.
            if let Some(object) = arguments.object.as_ref().filter(|o| !o.first.contains(&trigger.at))
                && arguments.second_object.as_ref().is_some_and(|o| o.first.contains(&trigger.at))
            {
                found.put(syntax, Part::Recipient, object, ArgumentBasis::LightVerb);
            }
        } else if let Some(told) = sentence.told_by_noun(*verb, trigger.at) {
            // الهجوم الذي استهدف القاعدة: the verb's object is the attack's.
            for phrase in arguments.object.iter().chain(&arguments.second_object) {
                if told.frame.has(Part::Recipient, Slot::Object) {
                    found.put(syntax, Part::Recipient, phrase, ArgumentBasis::GoverningVerb);
                }
            }
            // القصف قتل 13 عنصرا من الحزب: whose they are, not who shelled.
            let owned = |pp: &&PrepositionalPhrase| {
                let mut objects = arguments.object.iter().chain(&arguments.second_object);
                objects.any(|o| o.words.end == pp.at && owner_of(syntax, o).is_some())
            };
            let rest: Vec<PrepositionalPhrase> =
                arguments.prepositional.iter().filter(|pp| !owned(pp)).cloned().collect();
            marked(syntax, sentence, trigger, &rest, found);
        }
    }
    if found.actors.is_empty() {
        found.take(Part::Actor, control::actors(syntax, sentence, trigger, around));
    }
    // زيارتي is spelled as the dual, which has a genitive: without one the pronoun is the speaker's.
    if own.genitive.is_none()
        && found.actors.is_empty()
        && syntax.word(trigger.at).stem.ends_with("تي")
        && genitive_part(trigger, true, false) == Some(Part::Actor)
    {
        found.put_entities(Part::Actor, source.cloned().into_iter().collect(), ArgumentBasis::Speaker, None);
    }
    pronouns(syntax, trigger, trigger.at + 1..own.end, around, found);
    // اعتقاله: the pronoun is whom it befalls.
    if syntax.word(trigger.at).enclitic.is_some()
        && genitive_part(trigger, !found.recipients.is_empty(), false) == Some(Part::Recipient)
    {
        refer(syntax, trigger.at, around, found);
    }
    // دعوته: the pronoun is the subject of the clause.
    if syntax.word(trigger.at).enclitic.is_some()
        && let Some(part) = genitive_part(trigger, !found.recipients.is_empty(), false)
        && let Some(entity) = subject_before(sentence, trigger.at)
        && part == Part::Actor
        && found.actors.is_empty()
    {
        found.put_entities(part, vec![entity], ArgumentBasis::VerbBefore, None);
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
