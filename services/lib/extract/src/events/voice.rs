//! Whether a verb is passive where its form leaves that open.

use marsad_arabic::morphology::Voice;
use marsad_model::ontology::{EntityType, EventType};

use super::fillers::filler;
use crate::lexicon::{Part, Sense, Slot, WordReading};
use crate::syntax::{Marker, Syntax, VerbArguments};

/// Most passives are written like their actives. A verb of harm with one noun phrase after it, which is no state or group, and
/// none before is passive (قتل جندي), as is one with an agent (من قبل).
pub(super) fn is_passive(
    syntax: &Syntax<'_>,
    reading: &WordReading,
    all: &[WordReading],
    arguments: &VerbArguments,
    sense: &Sense,
) -> bool {
    let frame = &sense.frame;
    let same =
        |voice: Voice| all.iter().any(|r| r.voice == voice && std::ptr::eq(r.lexeme(), reading.lexeme()));
    if !same(Voice::Passive) {
        return false;
    }
    if !same(Voice::Active) {
        return true;
    }
    let transitive = frame.is_transitive() && frame.has(Part::Recipient, Slot::Object);
    let harms = matches!(
        sense.event_type,
        EventType::Assault
            | EventType::Coerce
            | EventType::Adjudicate
            | EventType::PersonnelChange
            | EventType::Sanction
            | EventType::Death
            | EventType::Aid
    );
    let acts = arguments.subject.as_ref().is_some_and(|subject| {
        let lexicon = crate::lexicon::get();
        let stem = &syntax.word(subject.head).stem;
        if ["aircraft", "missile", "explosive", "military_action"]
            .iter()
            .any(|class| lexicon.is_in_class(class, stem))
        {
            return true;
        }
        syntax.info[subject.head].mention.is_some_and(|m| {
            !matches!(syntax.mentions[m].entity_type, EntityType::Person | EntityType::Facility)
        })
    });
    let alone = arguments.subject.is_some()
        && harms
        && !acts
        && (!arguments.subject_first || is_acted_on(syntax, arguments))
        && arguments.object.is_none()
        && !arguments.pronoun_object;
    let agent = arguments.prepositional.iter().any(|pp| pp.marker == Marker::Agent);
    transitive && (alone || agent && arguments.object.is_none())
}

/// الرئيس السابق سيحاكم, إن 11 شخصا قتلوا: of people named before the verb, and nothing else, it is told what befell them.
fn is_acted_on(syntax: &Syntax<'_>, arguments: &VerbArguments) -> bool {
    arguments.subject.as_ref().is_some_and(|subject| {
        crate::lexicon::get().is_in_class("person", &syntax.word(subject.head).stem)
            || filler(syntax, subject.head).entity == Some(EntityType::Person)
            || subject.mentions.iter().any(|m| syntax.mentions[*m].entity_type == EntityType::Person)
    })
}
