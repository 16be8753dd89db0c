//! Why an event is as it is: what the other modules decided by, put into words' places.

use std::ops::Range;

use marsad_model::explanation::{
    ArgumentBasis, ArgumentOrigin, ArgumentRole, ConditionMet, EventExplanation, RealityBasis, RealityCue,
    RealityKind, TimeOrigin, TriggerForm, TriggerReading,
};
use marsad_model::{EntityId, Event, Span};

use super::Draft;
use super::participants::{Arguments, Origin};
use super::reality::{Mark, Verdict};
use super::trigger::{Sentence, Trigger};
use crate::lexicon::{CueKind, Part, WordForm};
use crate::reading::Reading;
use crate::syntax::Syntax;

/// What an event was decided by.
#[derive(Debug, Clone)]
pub(crate) struct Why {
    trigger: TriggerReading,
    arguments: Vec<ArgumentOrigin>,
    reality: Vec<RealityCue>,
    joined: Vec<Span>,
}

impl Why {
    pub(super) fn new(
        syntax: &Syntax<'_>,
        sentence: &Sentence<'_>,
        trigger: &Trigger,
        arguments: &Arguments,
        verdict: &Verdict,
    ) -> Self {
        let reading = syntax.reading;
        let conditions = sentence.conditions(syntax, trigger).into_iter();
        let mut marks: Vec<&Mark> = verdict.marks.iter().collect();
        marks.sort_by_key(|mark| Some(mark.kind) != verdict.decisive);
        Self {
            trigger: TriggerReading {
                form: form(trigger.form),
                passive: trigger.passive,
                pattern: trigger.sense.frame.text.to_owned(),
                conditions: conditions
                    .map(|(slot, at)| ConditionMet {
                        slot: slot.as_str().to_owned(),
                        span: syntax.word(at).host_span,
                    })
                    .collect(),
                light_verb: arguments.light_verb.map(|at| syntax.word(at).host_span),
            },
            arguments: arguments.origins.iter().filter_map(|origin| argument(reading, origin)).collect(),
            reality: marks.into_iter().filter_map(|mark| cue(reading, mark)).collect(),
            joined: sentence.told_verbs(trigger.at).map(|at| syntax.word(at).host_span).collect(),
        }
    }

    /// Entities that no word of the sentence gives.
    pub(super) fn add(&mut self, part: Part, entities: &[EntityId], basis: ArgumentBasis) {
        let Some(role) = role(part) else { return };
        let origin = |entity: &EntityId| ArgumentOrigin { role, entity: entity.clone(), basis, span: None };
        self.arguments.extend(entities.iter().map(origin));
    }

    /// The explanation of the event that came of it.
    pub(super) fn explanation(self, event: &Event, time: Option<TimeOrigin>) -> EventExplanation {
        let parts = [
            (ArgumentRole::Actor, &event.actors),
            (ArgumentRole::Recipient, &event.recipients),
            (ArgumentRole::Place, &event.places),
        ];
        let known = &self.arguments;
        let origin = |role: ArgumentRole, entity: &EntityId| {
            known.iter().find(|origin| origin.role == role && origin.entity == *entity).cloned()
        };
        let arguments = parts
            .into_iter()
            .flat_map(|(role, entities)| entities.iter().filter_map(move |entity| origin(role, entity)));
        let mut joined = self.joined;
        joined.sort_unstable();
        joined.dedup();
        joined.retain(|span| *span != event.trigger);
        EventExplanation {
            event: event.id,
            trigger: self.trigger,
            arguments: arguments.collect(),
            time,
            reality: self.reality,
            joined,
        }
    }
}

impl Draft {
    /// Another mention tells the same: what it says may be taken over.
    pub(super) fn join(&mut self, other: &Draft) {
        if let (Some(why), Some(more)) = (&mut self.why, &other.why) {
            why.arguments.extend(more.arguments.iter().cloned());
            why.joined.push(other.span);
            why.joined.extend(&more.joined);
        }
    }
}

/// The place of some words.
fn span(reading: &Reading<'_>, words: &Range<usize>) -> Option<Span> {
    let first = reading.words.get(words.start)?;
    let last = reading.words.get(words.end.checked_sub(1)?)?;
    // A preposition belongs to the phrase, وَ does not.
    let start = if first.has_preposition() { first.span.start } else { first.host_span.start };
    (start < last.span.end).then(|| Span::new(start, last.span.end))
}

fn role(part: Part) -> Option<ArgumentRole> {
    match part {
        Part::Actor => Some(ArgumentRole::Actor),
        Part::Recipient => Some(ArgumentRole::Recipient),
        Part::Place => Some(ArgumentRole::Place),
        Part::Instrument | Part::Topic | Part::Quantity => None,
    }
}

fn argument(reading: &Reading<'_>, origin: &Origin) -> Option<ArgumentOrigin> {
    let role = role(origin.part)?;
    let span = origin.words.as_ref().and_then(|words| span(reading, words));
    Some(ArgumentOrigin { entity: origin.entity.clone(), role, basis: origin.basis, span })
}

fn cue(reading: &Reading<'_>, mark: &Mark) -> Option<RealityCue> {
    let kind = match mark.kind {
        CueKind::Negation => RealityKind::Negation,
        CueKind::Planned => RealityKind::Planned,
        CueKind::Proposed => RealityKind::Proposed,
        CueKind::Demanded => RealityKind::Demanded,
        CueKind::Conditional => RealityKind::Conditional,
        CueKind::Possible => RealityKind::Possible,
        CueKind::Denied => RealityKind::Denied,
        CueKind::Generic => RealityKind::Generic,
        CueKind::PhaseEnd => RealityKind::PhaseEnd,
        CueKind::PhaseStart => RealityKind::PhaseStart,
        CueKind::Failed => RealityKind::Failed,
    };
    // The particle is the cue: سيزور, لبحث.
    let of_form = matches!(mark.basis, RealityBasis::VerbForm | RealityBasis::Purpose);
    let particle = reading.words.get(mark.words.start).filter(|_| of_form).map(|word| word.span.start);
    let span = span(reading, &mark.words)?;
    let start = particle.unwrap_or(span.start);
    Some(RealityCue { kind, basis: mark.basis, span: Span::new(start, span.end) })
}

fn form(form: WordForm) -> TriggerForm {
    match form {
        WordForm::Past => TriggerForm::Past,
        WordForm::Imperfect => TriggerForm::Imperfect,
        WordForm::Masdar => TriggerForm::Masdar,
        WordForm::ActiveParticiple => TriggerForm::ActiveParticiple,
        WordForm::PassiveParticiple => TriggerForm::PassiveParticiple,
        WordForm::Noun => TriggerForm::Noun,
    }
}
