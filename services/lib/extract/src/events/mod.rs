//! Events: who did what to whom, where and when, and how real the text makes it.
//!
//! ```text
//! triggers (lexicon) -> arguments (frame, clause) -> reality, time, quantities -> one event once -> Event
//! ```
//!
//! Confidence is a count of evidence: 0.4 for the trigger, 0.15 for an actor, 0.15 for a recipient, 0.1 for a place, 0.1 for a
//! time, 0.1 for a finite verb or a noun under a light verb; half of it for a noun with none of these.

mod arguments;
mod merge;
mod nominal;
mod quantity;
mod reality;
mod scene;
mod scope;
mod subject;
#[cfg(test)]
mod tests;
mod time;
mod trigger;

use std::collections::HashSet;

use jiff::civil::Date;
use marsad_model::ontology::{Modality, Polarity, SegmentKind, Tense};
use marsad_model::{
    Claim, EntityId, Event, EventId, Mention, Quantity, QuantityLink, Role, Span, TimeExpression,
    TimeInterval,
};

use crate::Document;
use crate::reading::Reading;
use crate::syntax::Syntax;
use trigger::{Sentence, Trigger};

/// What events are found in.
pub(crate) struct Context<'a> {
    /// The article; ids are made from it.
    pub(crate) doc: &'a Document<'a>,
    /// Its words.
    pub(crate) reading: &'a Reading<'a>,
    /// Names and descriptions.
    pub(crate) mentions: &'a [Mention],
    /// Titles and offices.
    pub(crate) roles: &'a [Role],
    /// Time expressions.
    pub(crate) times: &'a [TimeExpression],
    /// Numbers.
    pub(crate) quantities: &'a [Quantity],
    /// Who says what.
    pub(crate) claims: &'a [Claim],
    /// The day of publication: tells background of another year, never the time of an event.
    pub(crate) published: Option<Date>,
}

/// An event before it has an id.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) trigger: Trigger,
    pub(crate) span: Span,
    /// Where it is told.
    pub(crate) segment: SegmentKind,
    /// A noun with the article or a pronoun: may refer back.
    pub(crate) definite: bool,
    /// A definite noun under a light verb: does not refer back (وتم الاتفاق على).
    pub(crate) anew: bool,
    pub(crate) supported: bool,
    /// What stands around the noun says that it happened, though it names nobody.
    pub(crate) told: bool,
    pub(crate) actors: Vec<EntityId>,
    pub(crate) recipients: Vec<EntityId>,
    pub(crate) places: Vec<EntityId>,
    pub(crate) time: Option<TimeInterval>,
    /// The day of the story, for an event of its main line: its time where no mention of it has one.
    pub(crate) scene: Option<TimeInterval>,
    pub(crate) polarity: Polarity,
    pub(crate) modality: Modality,
    pub(crate) tense: Tense,
    pub(crate) quantities: Vec<QuantityLink>,
    pub(crate) background: bool,
    pub(crate) claim: Option<usize>,
}

impl Draft {
    /// Whether anything but the trigger speaks for the event.
    pub(crate) fn is_bare(&self) -> bool {
        self.actors.is_empty()
            && self.recipients.is_empty()
            && self.places.is_empty()
            && self.quantities.is_empty()
    }

    fn confidence(&self) -> f32 {
        let verb = self.trigger.form.is_finite() || self.supported;
        let evidence = [
            (!self.actors.is_empty(), 0.15),
            (!self.recipients.is_empty(), 0.15),
            (!self.places.is_empty(), 0.1),
            (self.time.is_some(), 0.1),
            (verb, 0.1),
        ];
        let sum = evidence.iter().filter(|(holds, _)| *holds).fold(0.4, |sum, (_, weight)| sum + weight);
        if self.is_bare() && self.time.is_none() && !verb { sum / 2.0 } else { sum }
    }
}

/// Claims before and after an event among which the one that it stands in is looked for.
const NEAR: usize = 40;

/// All events of the article, in order of their triggers, each told once.
pub(crate) fn find(context: &Context<'_>) -> Vec<Event> {
    let times = context.times.iter().map(|time| time.span);
    let syntax = Syntax::new(context.reading, context.mentions, context.roles, times);
    let cues: HashSet<usize> = context.claims.iter().map(|c| context.reading.word_at(c.cue.start)).collect();
    let mut drafts = Vec::new();
    let mut topic: Option<EntityId> = None;
    let mut scene = scene::Scene::new(context, &syntax);
    for sentence in &context.reading.sentences {
        let kind = context.reading.segments.get(sentence.segment).map_or(SegmentKind::Body, |s| s.kind);
        let analysed = Sentence::new(&syntax, sentence.words.clone(), &cues);
        let reality = reality::Reality::new(&syntax, &analysed, context.claims);
        scene.enter(context, &syntax, &analysed, (sentence.segment, kind));
        let mut told = Vec::new();
        for trigger in &analysed.triggers {
            let draft = draft(context, &syntax, &analysed, &reality, &scene, trigger, topic.as_ref());
            scene.note(&draft);
            told.push(Draft { segment: kind, ..draft });
        }
        quantity::casualties(context, &analysed.words, &mut told);
        drafts.extend(merge::fold_casualties(&syntax, told));
        topic = analysed.topic();
    }
    let mut events: Vec<Event> = merge::once(drafts).into_iter().map(|draft| event(context, draft)).collect();
    events.sort_by_key(|event| event.trigger);
    events.dedup_by(|b, a| a.id == b.id);
    events
}

fn draft(
    context: &Context<'_>,
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    reality: &reality::Reality<'_>,
    scene: &scene::Scene,
    trigger: &Trigger,
    topic: Option<&EntityId>,
) -> Draft {
    let word = syntax.word(trigger.at);
    let span = word.host_span;
    let near = context.claims.partition_point(|claim| claim.cue.start <= span.start);
    let near = near.saturating_sub(NEAR)..context.claims.len().min(near + NEAR);
    let claim = (context.claims.iter().enumerate().skip(near.start).take(near.len()))
        .filter(|(_, claim)| claim.content.contains(span))
        .min_by_key(|(_, claim)| claim.content.end - claim.content.start)
        .map(|(at, _)| at);
    let source = claim.and_then(|at| context.claims[at].source.entity.clone());
    let arguments =
        arguments::fill(syntax, sentence, trigger, source.as_ref(), topic.filter(|_| claim.is_none()));
    let (polarity, modality, tense) = reality.of(trigger);
    let own_time = time::of(context, syntax, sentence, trigger, (modality, tense));
    // تستضيف العاصمة القمة الأحد المقبل: what has a time to come is planned.
    let planned = modality == Modality::Actual && time::begins_after(own_time, context.published);
    let modality = if planned { Modality::Planned } else { modality };
    let time = match own_time {
        time::Told::On(days) => Some(days),
        time::Told::During(noun, other) => scene.when(syntax, noun).or(other),
        _ => None,
    };
    let background = scene.is_background();
    let scene = match own_time {
        time::Told::Now => scene.now(),
        time::Told::Nothing | time::Told::During(_, None) if !background => {
            let claim = claim.and_then(|at| context.claims.get(at));
            scene.of(syntax, sentence, trigger, claim, (polarity, modality, tense))
        }
        _ => None,
    };
    let past_year =
        time.and_then(|t| t.latest).zip(context.published).is_some_and(|(t, p)| t.year() < p.year());
    let definite = nominal::refers_back(syntax, trigger.at, arguments.supported);
    Draft {
        span,
        segment: SegmentKind::Body,
        definite,
        anew: word.article && !definite,
        supported: arguments.supported,
        told: scene.is_some() || nominal::is_told(syntax, sentence, trigger.at),
        quantities: quantity::links(context, syntax, sentence, trigger, &arguments),
        actors: arguments.actors,
        recipients: arguments.recipients,
        places: arguments.places,
        time,
        scene,
        polarity,
        modality,
        tense,
        background: background || past_year,
        claim,
        trigger: trigger.clone(),
    }
}

fn event(context: &Context<'_>, draft: Draft) -> Event {
    let sense = draft.trigger.sense;
    Event {
        id: EventId::new(context.doc.article, context.doc.content_hash, draft.span, sense.event_type),
        trigger: draft.span,
        lemma: draft.trigger.lexeme.lemma.to_owned(),
        event_type: sense.event_type,
        mode: sense.mode.map(str::to_owned),
        confidence: draft.confidence(),
        actors: draft.actors,
        recipients: draft.recipients,
        places: draft.places,
        time: draft.time.or(draft.scene),
        polarity: draft.polarity,
        modality: draft.modality,
        tense: draft.tense,
        quantities: draft.quantities,
        background: draft.background,
        claim: draft.claim.map(|at| context.claims[at].id),
    }
}
