//! One event once: a later mention of an event is folded into the first one in the body.

use marsad_model::EntityId;

use super::Draft;
use marsad_model::ontology::{Modality, Polarity};

/// Drops mentions that tell again what another one tells. A mention in a title or heading gives way to one in the body.
pub(super) fn once(drafts: Vec<Draft>) -> Vec<Draft> {
    let (body, headings): (Vec<Draft>, Vec<Draft>) = drafts.into_iter().partition(|draft| draft.in_body);
    let mut kept: Vec<Draft> = Vec::new();
    for draft in body {
        if is_dropped(&draft) {
            continue;
        }
        match kept.iter_mut().rev().find(|known| tells_again(known, &draft)) {
            Some(known) => absorb(known, &draft),
            None => kept.push(draft),
        }
    }
    let from_body = kept.len();
    for draft in headings {
        if is_dropped(&draft) {
            continue;
        }
        let (known, others) = kept.split_at_mut(from_body);
        let told = known.iter().any(|known| is_in_body_too(known, &draft)) || others.iter().any(|o| tells_again(o, &draft));
        if !told {
            kept.push(draft);
        }
    }
    kept.sort_by_key(|draft| draft.span);
    kept
}

/// A noun that nothing speaks for: no participant, place, number, time or light verb.
fn is_dropped(draft: &Draft) -> bool {
    !draft.trigger.form.is_finite() && !draft.supported && draft.is_bare() && draft.time.is_none() && !draft.definite
}

/// Whether one set of participants leaves room for the other.
fn agree(a: &[EntityId], b: &[EntityId]) -> bool {
    a.is_empty() || b.is_empty() || a.iter().any(|entity| b.contains(entity))
}

fn same_reality(a: &Draft, b: &Draft) -> bool {
    let is_actual = |d: &Draft| d.modality == Modality::Actual && d.polarity == Polarity::Affirmed;
    is_actual(a) == is_actual(b)
}

fn compatible(known: &Draft, draft: &Draft) -> bool {
    let times = match (known.time, draft.time) {
        (Some(a), Some(b)) => {
            let before = a.latest.zip(b.earliest).is_some_and(|(x, y)| x < y);
            let after = b.latest.zip(a.earliest).is_some_and(|(x, y)| x < y);
            !before && !after
        }
        _ => true,
    };
    known.trigger.sense.event_type == draft.trigger.sense.event_type
        && agree(&known.actors, &draft.actors)
        && agree(&known.recipients, &draft.recipients)
        && agree(&known.places, &draft.places)
        && times
}

/// A definite noun that adds nothing refers back; otherwise the same word with the same participants tells the same.
fn tells_again(known: &Draft, draft: &Draft) -> bool {
    if !compatible(known, draft) {
        return false;
    }
    let refers_back = draft.definite && !draft.trigger.form.is_finite() && draft.is_bare();
    let same_word = known.trigger.lexeme.lemma == draft.trigger.lexeme.lemma
        || known.trigger.sense.mode.is_some() && known.trigger.sense.mode == draft.trigger.sense.mode;
    let shares = known.actors.iter().any(|e| draft.actors.contains(e))
        || known.recipients.iter().any(|e| draft.recipients.contains(e))
        || draft.is_bare();
    refers_back || same_word && shares && same_reality(known, draft)
}

fn is_in_body_too(known: &Draft, draft: &Draft) -> bool {
    compatible(known, draft)
}

/// What the later mention knows and the first does not.
fn absorb(known: &mut Draft, draft: &Draft) {
    if known.time.is_none() && same_reality(known, draft) {
        known.time = draft.time;
    }
    if known.actors.is_empty() {
        known.actors.clone_from(&draft.actors);
    }
    if known.recipients.is_empty() {
        known.recipients = draft.recipients.iter().filter(|e| !known.actors.contains(e)).cloned().collect();
    }
    if known.places.is_empty() {
        known.places.clone_from(&draft.places);
    }
}
