//! Why it was found: domain to wire.

use marsad_model::explanation as model;

use crate::analysis::ToWire;
use crate::v1;

impl ToWire<'_> {
    /// Why there is an event, and why it is as it is.
    pub fn event_explanation(&self, explanation: &model::EventExplanation) -> v1::EventExplanation {
        let trigger = &explanation.trigger;
        v1::EventExplanation {
            event_id: explanation.event.to_string(),
            trigger: Some(v1::TriggerReading {
                form: v1::TriggerForm::from(trigger.form).into(),
                passive: trigger.passive,
                pattern: trigger.pattern.clone(),
                conditions: trigger
                    .conditions
                    .iter()
                    .map(|met| v1::ConditionMet {
                        slot: met.slot.clone(),
                        words: Some(self.quoted(met.span)),
                    })
                    .collect(),
                light_verb: trigger.light_verb.map(|verb| self.quoted(verb)),
            }),
            arguments: explanation
                .arguments
                .iter()
                .map(|argument| v1::ArgumentOrigin {
                    entity_id: argument.entity.to_string(),
                    role: v1::ArgumentRole::from(argument.role).into(),
                    basis: v1::ArgumentBasis::from(argument.basis).into(),
                    words: argument.span.map(|span| self.quoted(span)),
                })
                .collect(),
            time: explanation.time.map(|time| v1::TimeOrigin {
                words: Some(self.quoted(time.span)),
                basis: v1::TimeBasis::from(time.basis).into(),
            }),
            reality: explanation
                .reality
                .iter()
                .map(|cue| v1::RealityCue {
                    kind: v1::RealityKind::from(cue.kind).into(),
                    basis: v1::RealityBasis::from(cue.basis).into(),
                    words: Some(self.quoted(cue.span)),
                })
                .collect(),
            joined: explanation.joined.iter().map(|span| self.quoted(*span)).collect(),
        }
    }

    /// Why there is a claim, and whose it is.
    pub fn claim_explanation(&self, explanation: &model::ClaimExplanation) -> v1::ClaimExplanation {
        v1::ClaimExplanation {
            claim_id: explanation.claim.to_string(),
            lemma: explanation.lemma.clone(),
            opener: explanation.opener.map(|opener| self.quoted(opener)),
            source: v1::SourceBasis::from(explanation.source).into(),
        }
    }

    fn quoted(&self, span: marsad_model::Span) -> v1::Words {
        v1::Words { span: Some(self.span(span)), text: self.words(span) }
    }
}
