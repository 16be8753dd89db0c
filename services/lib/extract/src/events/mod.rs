//! Events: who did what to whom, where and when, and how real the text makes it.
//!
//! ```text
//! triggers (lexicon) -> arguments (frame, clause) -> reality, time, quantities -> judge -> one event once -> Event
//! ```
//!
//! Confidence is how probable it is that an event is told here, as [`crate::judge`] says.

mod arguments;
mod features;
mod merge;
mod nominal;
mod quantity;
mod reality;
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
use crate::judge::{self, Judge};
use crate::reading::Reading;
use crate::syntax::Syntax;
pub(crate) use features::Seen;
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
    pub(crate) supported: bool,
    pub(crate) actors: Vec<EntityId>,
    pub(crate) recipients: Vec<EntityId>,
    pub(crate) places: Vec<EntityId>,
    pub(crate) time: Option<TimeInterval>,
    pub(crate) polarity: Polarity,
    pub(crate) modality: Modality,
    pub(crate) tense: Tense,
    pub(crate) quantities: Vec<QuantityLink>,
    pub(crate) background: bool,
    pub(crate) claim: Option<usize>,
    /// The sentence that it stands in.
    pub(crate) sentence: usize,
    /// What the judge sees of it.
    pub(crate) seen: Seen,
    /// What the judge has seen already.
    pub(crate) weighed: judge::Sum,
    /// How probable it is that it is told, and no mere mention.
    pub(crate) probability: f32,
    /// The judge has said that it is told: nothing else has to speak for it.
    pub(crate) judged: bool,
}

impl Draft {
    /// Whether anything but the trigger speaks for the event.
    pub(crate) fn is_bare(&self) -> bool {
        self.actors.is_empty()
            && self.recipients.is_empty()
            && self.places.is_empty()
            && self.quantities.is_empty()
    }
}

/// Claims before and after an event among which the one that it stands in is looked for.
const NEAR: usize = 40;

/// All events of the article, in order of their triggers, each told once.
pub(crate) fn find(context: &Context<'_>, judge: &Judge) -> Vec<Event> {
    let drafts = merge::once(judge.events(drafts(context, Some(judge)), context.reading));
    let mut events: Vec<Event> = drafts.into_iter().map(|draft| event(context, draft)).collect();
    events.sort_by_key(|event| event.trigger);
    events.dedup_by(|b, a| a.id == b.id);
    events
}

/// The events of the article, each as often as it is told, with what a judge is to see of them. Of an article nothing but
/// the sum is kept where the judge is there.
pub(crate) fn drafts(context: &Context<'_>, judge: Option<&Judge>) -> Vec<Draft> {
    let alone = judge::stands_alone(context.reading);
    let times = context.times.iter().map(|time| time.span);
    let syntax = Syntax::new(context.reading, context.mentions, context.roles, times);
    let cues: HashSet<usize> = context.claims.iter().map(|c| context.reading.word_at(c.cue.start)).collect();
    let mut drafts = Vec::new();
    let mut topic: Option<EntityId> = None;
    for (number, sentence) in context.reading.sentences.iter().enumerate() {
        let words = sentence.words.clone();
        let kind = context.reading.segments.get(sentence.segment).map_or(SegmentKind::Body, |s| s.kind);
        let analysed = Sentence::new(&syntax, words.clone(), &cues);
        let reality = reality::Reality::new(&syntax, &analysed, context.claims);
        let background = time::is_background(&syntax, words);
        let mut told = Vec::new();
        for trigger in &analysed.triggers {
            let draft = draft(context, &syntax, &analysed, &reality, trigger, background, topic.as_ref());
            told.push(Draft { segment: kind, sentence: number, ..draft });
        }
        let mut told = merge::fold_casualties(told);
        for draft in &mut told {
            draft.seen.structure = features::of_structure(&syntax, &analysed, draft);
            if let Some(judge) = judge.filter(|_| !alone) {
                draft.weighed = judge.weigh(&std::mem::take(&mut draft.seen.structure));
            }
            if alone {
                draft.seen.words = features::of_words(&syntax, &analysed, draft);
                draft.seen.sentence = features::of_sentence(&syntax, &analysed);
            }
        }
        drafts.extend(told);
        topic = analysed.topic();
    }
    features::add_article(&mut drafts, context.reading.sentences.len());
    drafts
}

fn draft(
    context: &Context<'_>,
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    reality: &reality::Reality<'_>,
    trigger: &Trigger,
    background: bool,
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
    let time = time::of(context, syntax, sentence, trigger);
    let past_year =
        time.and_then(|t| t.latest).zip(context.published).is_some_and(|(t, p)| t.year() < p.year());
    Draft {
        span,
        segment: SegmentKind::Body,
        definite: word.article || word.enclitic.is_some(),
        supported: arguments.supported,
        quantities: quantity::links(context, syntax, sentence, trigger, &arguments),
        actors: arguments.actors,
        recipients: arguments.recipients,
        places: arguments.places,
        time,
        polarity,
        modality,
        tense,
        background: background || past_year,
        claim,
        sentence: 0,
        seen: Seen::default(),
        weighed: judge::Sum::default(),
        probability: 0.0,
        judged: false,
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
        confidence: draft.probability,
        actors: draft.actors,
        recipients: draft.recipients,
        places: draft.places,
        time: draft.time,
        polarity: draft.polarity,
        modality: draft.modality,
        tense: draft.tense,
        quantities: draft.quantities,
        background: draft.background,
        claim: draft.claim.map(|at| context.claims[at].id),
    }
}
