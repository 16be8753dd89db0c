//! What an event leaves unsaid because another one says it: the parties of talks, whom a threat answers, where troops leave.

use marsad_model::EntityId;
use marsad_model::explanation::ArgumentBasis;
use marsad_model::ontology::{EntityType, EventType, Modality};

use super::Draft;
use super::arguments::is_mutual;
use crate::lexicon::Part;

/// Events before one that are looked at.
const NEAR: usize = 40;

/// Fills the participants that are still missing. The drafts stand in the order of the text.
pub(super) fn participants(drafts: &mut [Draft]) {
    for at in 0..drafts.len() {
        if let Some((found, here)) = parties(drafts, at) {
            drafts[at].complete(Part::Actor, found);
            // Who talks in the sentence speaks for what comes of it.
            drafts[at].bare &= !here;
        }
        if let Some(found) = addressee(drafts, at).or_else(|| provoker(drafts, at)) {
            drafts[at].complete(Part::Recipient, found);
        }
    }
}

/// Fills the place that a state expels somebody from, and the one that troops leave or a siege is lifted from by the other
/// mentions of it; `drafts` are all of the article.
pub(super) fn places(drafts: &mut [Draft]) {
    for at in 0..drafts.len() {
        let draft = &drafts[at];
        // بريطانيا تطرد دبلوماسيين: from its own land.
        if draft.places.is_empty() && draft.trigger.sense.mode == Some("SANCTION_EXPEL") {
            let own: Vec<EntityId> = draft.actors.iter().map(state).filter(is_state).collect();
            if !own.is_empty() {
                drafts[at].complete(Part::Place, own);
            }
            continue;
        }
        if !draft.places.is_empty() || draft.trigger.sense.event_type != EventType::Retreat {
            continue;
        }
        // إنهاء المهمة is told as the withdrawal.
        let kind = |draft: &Draft| match draft.trigger.sense.mode {
            Some("RETREAT_END_MISSION") => Some("RETREAT_WITHDRAW"),
            mode => mode,
        };
        let own = kind(draft);
        let same = |other: &&Draft| {
            !other.places.is_empty()
                && own.is_some()
                && other.trigger.sense.event_type == EventType::Retreat
                && kind(other) == own
        };
        let near = drafts[at.saturating_sub(NEAR)..drafts.len().min(at + NEAR)].iter();
        let told: Vec<&Vec<EntityId>> = near.filter(same).map(|other| &other.places).collect();
        let most = told.iter().rev().max_by_key(|places| told.iter().filter(|other| other == places).count());
        if let Some(places) = most.map(|places| places.to_vec()) {
            drafts[at].complete(Part::Place, places);
        }
    }
}

/// أفضت محادثات السودان وتشاد إلى اتفاق: what is agreed on is agreed by those who talk, and whether they do so in this sentence.
fn parties(drafts: &[Draft], at: usize) -> Option<(Vec<EntityId>, bool)> {
    let draft = &drafts[at];
    if !draft.actors.is_empty()
        || !is_mutual(draft.trigger.sense.event_type)
        || draft.trigger.form.is_finite()
    {
        return None;
    }
    let near = |other: &&Draft| {
        is_mutual(other.trigger.sense.event_type) && other.actors.len() + other.recipients.len() > 1
    };
    let here = of_sentence(drafts, draft.sentence)
        .iter()
        .filter(near)
        .min_by_key(|other| other.trigger.at.abs_diff(draft.trigger.at));
    // المحادثات: those that the article spoke of before.
    let before = || drafts[at.saturating_sub(NEAR)..at].iter().rev().filter(near).find(|_| draft.definite);
    let both = |other: &Draft| other.actors.iter().chain(&other.recipients).cloned().collect();
    here.map(|other| (both(other), true)).or_else(|| before().map(|other| (both(other), false)))
}

/// دعا إلى انسحاب القوات: whoever is to do what is demanded; رفض اتهامات الحكومة: whoever did what is refused.
fn addressee(drafts: &[Draft], at: usize) -> Option<Vec<EntityId>> {
    let draft = &drafts[at];
    if !draft.recipients.is_empty() || !answers(draft.trigger.sense.event_type) {
        return None;
    }
    let here = || of_sentence(drafts, draft.sentence).iter();
    let named = here()
        .filter(|other| draft.topics.iter().any(|words| words.contains(&other.trigger.at)))
        .min_by_key(|other| other.trigger.at);
    // شكا مسؤولون من أن الغارات …: what is complained of is told in a clause.
    let complains = draft.trigger.sense.event_type == EventType::Accuse && draft.trigger.form.is_finite();
    let told =
        || here().filter(|other| other.trigger.at > draft.trigger.at).min_by_key(|other| other.trigger.at);
    let topic = named.or_else(|| if complains { told() } else { None })?;
    others_of(draft, &topic.actors).or_else(|| {
        // إخراج القوات: those who are to go.
        let demanded = draft.trigger.sense.event_type == EventType::Request;
        others_of(draft, &topic.recipients).filter(|_| demanded)
    })
}

/// توعدت موسكو بالرد: whoever did something to it before.
fn provoker(drafts: &[Draft], at: usize) -> Option<Vec<EntityId>> {
    let draft = &drafts[at];
    if !draft.recipients.is_empty()
        || !matches!(draft.trigger.sense.event_type, EventType::Threaten | EventType::Reject)
    {
        return None;
    }
    let suffers = |other: &&Draft| {
        !other.actors.is_empty()
            && matches!(other.modality, Modality::Actual | Modality::Planned | Modality::Possible)
            && !matches!(
                other.trigger.sense.event_type,
                EventType::Consult | EventType::Support | EventType::Aid
            )
            && other
                .recipients
                .iter()
                .any(|entity| draft.actors.iter().any(|own| state(own) == state(entity)))
    };
    let before = drafts[at.saturating_sub(NEAR)..at].iter().rev();
    before.filter(suffers).find_map(|other| others_of(draft, &other.actors))
}

/// The events of a sentence: the drafts stand in order, so that a long article costs no more than its sentences.
fn of_sentence(drafts: &[Draft], sentence: usize) -> &[Draft] {
    let start = drafts.partition_point(|draft| draft.sentence < sentence);
    let end = drafts.partition_point(|draft| draft.sentence <= sentence);
    drafts.get(start..end).unwrap_or_default()
}

/// What somebody demands, refuses or answers is somebody's doing.
fn answers(event_type: EventType) -> bool {
    matches!(event_type, EventType::Request | EventType::Reject | EventType::Threaten | EventType::Accuse)
}

/// The entities without those of the event's own actors.
fn others_of(draft: &Draft, entities: &[EntityId]) -> Option<Vec<EntityId>> {
    let own = |entity: &EntityId| draft.actors.iter().any(|actor| state(actor) == state(entity));
    let others: Vec<EntityId> = entities.iter().filter(|entity| !own(entity)).cloned().collect();
    (!others.is_empty()).then_some(others)
}

/// The state that an entity belongs to, else itself.
fn state(entity: &EntityId) -> EntityId {
    let known = crate::knowledge::get().entity(entity);
    known.and_then(|known| known.rollup).map_or_else(|| entity.clone(), EntityId::known)
}

fn is_state(entity: &EntityId) -> bool {
    crate::knowledge::get().entity(entity).is_some_and(|known| known.entity_type == EntityType::Gpe)
}

impl Draft {
    fn complete(&mut self, part: Part, entities: Vec<EntityId>) {
        if let Some(why) = &mut self.why {
            why.add(part, &entities, ArgumentBasis::OtherEvent);
        }
        match part {
            Part::Actor => self.actors = entities,
            Part::Recipient => self.recipients = entities,
            Part::Place => self.places = entities,
            Part::Instrument | Part::Topic | Part::Quantity => {}
        }
    }
}
