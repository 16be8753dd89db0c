//! Whether a sentence denies the event itself.

use marsad_arabic::orthography::fold;
use marsad_model::ontology::{EventType, Modality, Polarity};
use marsad_model::{Claim, Event, Span};
use serde::{Deserialize, Serialize};

/// How an event is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Denial {
    /// Somebody denies it (نفى).
    Said,
    /// The verb is negated (لم يحدث).
    Negated,
    /// Of an event that is a rejection: what is rejected is an accusation (رفضت الاتهامات).
    Blame,
}

/// The farthest, in bytes, that what is denied begins after the word that denies it: some eight words.
const DENIAL: usize = 100;

/// What verbs of denial are known by: نفى, أنكر, كذب, فند, دحض, استبعد. Of other claims that hold what is denied it is somebody else who
/// denies it (تتهم بريطانيا روسيا بتسميمه وهو ما تنفيه موسكو).
const DENIES: [&str; 6] = ["نف", "نكر", "كذب", "فند", "دحض", "ستبعد"];

/// Words right before a verb that negate it.
const NEGATIONS: [&str; 4] = ["لم", "لن", "لا", "ما"];
/// Words that negate a verb in which أن comes between.
const WITHOUT: [&str; 2] = ["دون", "بدون"];

/// How far before a verb, in bytes, the words that negate it begin.
const NEGATION: usize = 64;

/// How the event itself is denied; `claim` is the one that it stands in.
pub(super) fn denial(event: &Event, claim: Option<&Claim>, text: &str) -> Option<Denial> {
    if event.modality == Modality::Denied {
        let cue = claim?.cue;
        let after = event.trigger.start.checked_sub(cue.end)?;
        let cue = fold(cue.of(text)?);
        let denies = DENIES.iter().any(|root| cue.contains(root));
        return (denies && after <= DENIAL).then_some(Denial::Said);
    }
    if event.polarity == Polarity::Affirmed {
        let rejects = event.event_type == EventType::Reject && is_of_blame(event.trigger, text);
        return rejects.then_some(Denial::Blame);
    }
    // إذا لم تلتزم: a condition denies nothing.
    if !matches!(event.modality, Modality::Actual | Modality::Planned) {
        return None;
    }
    let from = text.floor_char_boundary(event.trigger.start.saturating_sub(NEGATION));
    let mut before = text.get(from..event.trigger.start)?.split_whitespace().rev().map(fold);
    let last = before.next()?;
    let mut without = || last == "ان" && before.next().is_some_and(|word| WITHOUT.contains(&word.as_str()));
    (NEGATIONS.contains(&last.as_str()) || without()).then_some(Denial::Negated)
}

/// Words, in part, for what somebody is accused of or has to do with.
const BLAME: [&str; 7] = ["اتهام", "مزاعم", "ادعا", "مسؤولي", "ضلوع", "تورط", "صله"];
/// How many words after a rejection its object may begin.
const OBJECT: usize = 3;

/// Whether what is rejected is an accusation.
fn is_of_blame(trigger: Span, text: &str) -> bool {
    let after = text.get(trigger.end..).unwrap_or_default();
    let mut object = after.split_whitespace().take(OBJECT).map(fold);
    object.any(|word| BLAME.iter().any(|part| word.contains(part)))
}
