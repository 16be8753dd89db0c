//! The subject of a verb where none stands beside it: whoever speaks, the subject of the verb before, a body named before.

use marsad_arabic::morphology::Gender;
use marsad_model::EntityId;
use marsad_model::explanation::ArgumentBasis;
use marsad_model::ontology::EntityType;

use super::participants::Found;
use super::trigger::{Sentence, Trigger, is_speech_act};
use crate::lexicon::{Part, Preposition, Slot};
use crate::syntax::{Marker, Phrase, Syntax};

/// Who "we", "I" or the pronoun before a verb is: whoever says so, and for an official who says "we" (سنرد) his state.
pub(super) fn speaker(syntax: &Syntax<'_>, verb: usize, source: Option<&EntityId>) -> Option<EntityId> {
    let state =
        source.filter(|_| syntax.is_first_person_plural(verb)).and_then(|person| syntax.speaks_for(person));
    state.or(source).cloned()
}

/// Whether the verb has a feminine subject in every reading.
pub(super) fn is_feminine(syntax: &Syntax<'_>, trigger: &Trigger) -> bool {
    let readings = syntax.info[trigger.at].verbs.iter().filter(|r| r.form == trigger.form);
    let genders: Vec<Option<Gender>> = readings.map(|r| r.gender).collect();
    genders.contains(&Some(Gender::Feminine)) && !genders.contains(&Some(Gender::Masculine))
}

/// The last body, group or state before a word in its sentence whose name is feminine.
pub(super) fn feminine_before(syntax: &Syntax<'_>, sentence: &Sentence<'_>, at: usize) -> Option<EntityId> {
    (sentence.words.start..at).rev().find_map(|i| {
        let mention = syntax.mention_beginning(i)?;
        let body = matches!(mention.entity_type, EntityType::Organization | EntityType::ArmedGroup);
        (body && syntax.word(i).stem.ends_with('ه')).then(|| mention.entity.clone())
    })
}

/// Whether the noun phrase after a verb is its object and the subject is left out: it names nobody who could act, though the
/// verb wants an object and has none (وترفض الإنذار).
pub(super) fn is_elided(
    syntax: &Syntax<'_>,
    trigger: &Trigger,
    arguments: &crate::syntax::VerbArguments,
) -> bool {
    let Some(subject) = arguments.subject.as_ref().filter(|_| !arguments.subject_first && !trigger.passive)
    else {
        return false;
    };
    if starts_with_pronoun(syntax, trigger.at) {
        return true;
    }
    // وعين رئيسا جديدا: no subject has this ending.
    if syntax.is_accusative(subject.head) && subject.first.start == subject.head {
        return true;
    }
    // وحملت حماس المسؤولية: who is held responsible, by the subject of the verb before.
    let thing = |object: &Phrase| object.entities.is_empty();
    let blamed = trigger.sense.mode == Some("ACCUSE_BLAME")
        && syntax.word(trigger.at).has_conjunction()
        && trigger.sense.frame.has(Part::Recipient, Slot::Object)
        && arguments.object.as_ref().is_some_and(thing)
        && !arguments
            .prepositional
            .iter()
            .any(|pp| matches!(pp.marker, Marker::Plain(Preposition::For)) && !pp.phrase.entities.is_empty());
    if blamed && !subject.entities.is_empty() {
        return true;
    }
    let alone = arguments.object.is_none() && !arguments.pronoun_object && arguments.antecedent.is_none();
    let head = syntax.word(subject.head);
    let thing = subject.entities.is_empty() && crate::lexicon::get().source_noun(&head.stem).is_none();
    let feminine = |stem: &str| stem.ends_with('ه') || stem.ends_with("ات");
    let verb_is_feminine = syntax.info[trigger.at]
        .verbs
        .iter()
        .any(|r| r.gender == Some(Gender::Feminine) && r.form == trigger.form);
    // ورفضت الاتهامات الإسرائيلية: accusations refuse nothing.
    let told = is_speech_act(trigger.sense.event_type)
        && syntax.info[subject.head].mention.is_none()
        && syntax.event_nouns(subject.head).next().is_some();
    // A masculine subject of a feminine verb is none.
    let disagrees = verb_is_feminine && !feminine(&head.stem) && !head.article && subject.entities.is_empty();
    alone && (trigger.sense.frame.is_transitive() && (thing || told) || disagrees)
}

/// أن with a pronoun stands right before the verb.
pub(super) fn starts_with_pronoun(syntax: &Syntax<'_>, verb: usize) -> bool {
    use crate::syntax::{Class, bare};
    let mut at = verb;
    while at > 0 && syntax.class(at - 1) == Class::Particle {
        at -= 1;
    }
    at > 0 && syntax.class(at - 1) == Class::That && !matches!(bare(syntax.word(at - 1)), "ان" | "بان" | "لان")
}

/// The subject of the nearest verb before a word.
pub(super) fn subject_before(sentence: &Sentence<'_>, at: usize) -> Option<EntityId> {
    (sentence.words.start..at)
        .rev()
        .filter_map(|verb| sentence.verbs.get(&verb))
        .filter_map(|arguments| arguments.subject.as_ref())
        .filter(|subject| subject.first.start < at)
        .find_map(|subject| subject.entities.first().cloned())
}

/// Whom a verb without a subject is about: the subject of the verb before it in the sentence, else `topic`, what the sentence
/// before is about.
pub(super) fn going_on(sentence: &Sentence<'_>, verb: usize, topic: Option<&EntityId>) -> Option<Found> {
    let here = subject_before(sentence, verb).map(|entity| (entity, ArgumentBasis::VerbBefore));
    let (entity, basis) = here.or_else(|| Some((topic.cloned()?, ArgumentBasis::SentenceBefore)))?;
    Found::new(vec![entity], basis)
}
