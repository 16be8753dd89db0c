//! Events: who did what to whom, where and when, and how real the text makes it.
//!
//! ```text
//! triggers (lexicon) -> arguments (frame, clause) -> reality, time, quantities -> judge -> one event once -> Event
//! ```
//!
//! Confidence is how probable it is that an event is told here, as [`crate::judge`] says.

mod anaphora;
mod arguments;
mod complete;
mod control;
mod earlier;
mod explain;
mod features;
mod fillers;
mod merge;
mod nominal;
mod participants;
mod place;
mod quantity;
mod reality;
mod scene;
mod scope;
mod since;
mod subject;
#[cfg(test)]
mod tests;
mod time;
mod trigger;
mod voice;

use rustc_hash::FxHashSet;
use std::ops::Range;

use jiff::civil::Date;
use marsad_model::explanation::{EventExplanation, TimeOrigin};
use marsad_model::ontology::{Modality, Polarity, SegmentKind, Tense};
use marsad_model::{
    Claim, EntityId, Event, EventId, Quantity, QuantityLink, Span, TimeExpression, TimeInterval,
};

use crate::Document;
use crate::judge::{self, Judge};
use crate::lexicon::Part;
use crate::syntax::Syntax;
use anaphora::Antecedents;
use explain::Why;
pub(crate) use features::Seen;
use participants::Surroundings;
use trigger::{Sentence, Trigger};

/// What events are found in.
pub(crate) struct Context<'a> {
    /// The article; ids are made from it.
    pub(crate) doc: &'a Document<'a>,
    /// Its words, names and titles, and what each word does.
    pub(crate) syntax: &'a Syntax<'a>,
    /// Time expressions.
    pub(crate) times: &'a [TimeExpression],
    /// Numbers.
    pub(crate) quantities: &'a [Quantity],
    /// Who says what.
    pub(crate) claims: &'a [Claim],
    /// The day of publication: tells background of another year, never the time of an event.
    pub(crate) published: Option<Date>,
    /// Whether to say why.
    pub(crate) explain: bool,
}

/// An event before it has an id.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) trigger: Trigger,
    pub(crate) span: Span,
    /// The sentence that it is told in.
    pub(crate) sentence: usize,
    /// The words of what it is about.
    pub(crate) topics: Vec<Range<usize>>,
    /// Where it is told.
    pub(crate) segment: SegmentKind,
    /// A noun with the article or a pronoun: may refer back.
    pub(crate) definite: bool,
    /// A definite noun under a light verb: does not refer back (وتم الاتفاق على).
    pub(crate) anew: bool,
    pub(crate) supported: bool,
    /// Whether nothing but the trigger speaks for it: no participant, place or number of its own.
    pub(crate) bare: bool,
    /// What stands around the noun says that it happened, though it names nobody.
    pub(crate) told: bool,
    pub(crate) actors: Vec<EntityId>,
    pub(crate) recipients: Vec<EntityId>,
    pub(crate) places: Vec<EntityId>,
    pub(crate) time: Option<TimeInterval>,
    pub(crate) time_origin: Option<TimeOrigin>,
    /// The day of the story, for an event of its main line: its time where no mention of it has one.
    pub(crate) scene: Option<TimeInterval>,
    pub(crate) polarity: Polarity,
    pub(crate) modality: Modality,
    pub(crate) tense: Tense,
    pub(crate) quantities: Vec<QuantityLink>,
    pub(crate) background: bool,
    pub(crate) claim: Option<usize>,
    /// For an event of the title, the trigger of the one of the body that it tells.
    pub(crate) repeats: Option<Span>,
    /// Why it is as it is, where that is asked for.
    pub(crate) why: Option<Box<Why>>,
    /// What the judge sees of it.
    pub(crate) seen: Seen,
    /// What the judge has seen already.
    pub(crate) weighed: judge::Sum,
    /// How probable it is that it is told, and no mere mention.
    pub(crate) probability: f32,
    /// The judge has said that it is told: nothing else has to speak for it.
    pub(crate) judged: bool,
}

/// Claims before and after an event among which the one that it stands in is looked for.
const NEAR: usize = 40;

/// All events of the article, in order of their triggers, each told once, and why, where that is asked for.
pub(crate) fn find(context: &Context<'_>, judge: &Judge) -> (Vec<Event>, Vec<EventExplanation>) {
    let (drafts, scene) = drafts(context, Some(judge));
    let drafts = merge::once(judge.events(drafts, context.syntax.reading)).into_iter();
    let mut events: Vec<(Event, Option<EventExplanation>)> =
        drafts.map(|draft| event(context, &scene, draft)).collect();
    events.sort_by_key(|(event, _)| event.trigger);
    events.dedup_by(|(b, _), (a, _)| a.id == b.id);
    let (events, why): (Vec<_>, Vec<_>) = events.into_iter().unzip();
    (events, why.into_iter().flatten().collect())
}

/// The events of the article, each as often as it is told, with what a judge is to see of them, and the day of the story. Of
/// an article nothing but the sum is kept where the judge is there.
pub(crate) fn drafts(context: &Context<'_>, judge: Option<&Judge>) -> (Vec<Draft>, scene::Scene) {
    let alone = judge::stands_alone(context.syntax.reading);
    let syntax = context.syntax;
    let cues: FxHashSet<usize> =
        context.claims.iter().map(|c| context.syntax.reading.word_at(c.cue.start)).collect();
    let mut drafts = Vec::new();
    let mut topic: Option<EntityId> = None;
    let mut before = Antecedents::default();
    let mut scene = scene::Scene::new(context, syntax);
    for (number, sentence) in context.syntax.reading.sentences.iter().enumerate() {
        let kind =
            context.syntax.reading.segments.get(sentence.segment).map_or(SegmentKind::Body, |s| s.kind);
        let analysed = Sentence::new(syntax, sentence.words.clone(), &cues);
        let reality = reality::Reality::new(syntax, &analysed, context.claims);
        scene.enter(context, syntax, &analysed, (sentence.segment, kind));
        let mut told = Vec::new();
        for trigger in &analysed.triggers {
            let draft =
                draft(context, syntax, &analysed, &reality, &scene, trigger, (topic.as_ref(), &before));
            scene.note(&draft);
            told.push(Draft { segment: kind, sentence: number, ..draft });
        }
        quantity::casualties(context, &analysed, &mut told);
        let mut told = merge::fold_casualties(syntax, &analysed, told);
        for draft in &mut told {
            draft.seen.structure = features::of_structure(syntax, &analysed, draft);
            if let Some(judge) = judge.filter(|_| !alone) {
                draft.weighed = judge.weigh(&std::mem::take(&mut draft.seen.structure));
            }
            if alone {
                draft.seen.words = features::of_words(syntax, &analysed, draft);
                draft.seen.sentence = features::of_sentence(syntax, &analysed);
            }
        }
        drafts.extend(told);
        topic = analysed.topic();
        before.add(syntax, &analysed);
    }
    complete::participants(&mut drafts);
    complete::places(&mut drafts);
    features::add_article(&mut drafts, context.syntax.reading.sentences.len());
    (drafts, scene)
}

fn draft(
    context: &Context<'_>,
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    reality: &reality::Reality<'_>,
    scene: &scene::Scene,
    trigger: &Trigger,
    (topic, before): (Option<&EntityId>, &Antecedents),
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
    let topic = topic.filter(|_| claim.is_none());
    let around = Surroundings { source: source.as_ref(), topic, before };
    let mut arguments = arguments::fill(syntax, sentence, trigger, around);
    let quantities = quantity::links(context, syntax, sentence, trigger, &arguments);
    let bare = quantities.is_empty()
        && arguments.actors.is_empty()
        && arguments.recipients.is_empty()
        && arguments.places.is_empty();
    if arguments.places.is_empty() {
        let others: Vec<EntityId> = arguments.actors.iter().chain(&arguments.recipients).cloned().collect();
        arguments.take(Part::Place, place::of(syntax, sentence, trigger, &others));
    }
    let verdict = reality.of(trigger);
    let (polarity, modality, tense) = (verdict.polarity, verdict.modality, verdict.tense);
    let (own_time, time_origin) = time::of(context, syntax, sentence, trigger, (modality, tense));
    // تستضيف العاصمة القمة الأحد المقبل: what has a time to come is planned.
    let planned = modality == Modality::Actual && time::begins_after(own_time, context.published);
    let modality = if planned { Modality::Planned } else { modality };
    let time = match own_time {
        time::Told::On(days) => Some(days),
        time::Told::During(noun, other) => scene.when(syntax, noun).or(other),
        _ => None,
    };
    let background = scene.is_background();
    let answered = earlier::opening(syntax, sentence.words.start, trigger.at).is_some();
    let scene = match own_time {
        time::Told::Now => scene.now(),
        time::Told::Nothing | time::Told::During(_, None) if !background && !answered => {
            let claim = claim.and_then(|at| context.claims.get(at));
            scene.of(syntax, sentence, trigger, claim, (polarity, modality, tense))
        }
        _ => None,
    };
    let past_year =
        time.and_then(|t| t.latest).zip(context.published).is_some_and(|(t, p)| t.year() < p.year());
    let time_origin = time_origin.filter(|_| time.is_some());
    let why = context.explain.then(|| Box::new(Why::new(syntax, sentence, trigger, &arguments, &verdict)));
    let definite = nominal::refers_back(syntax, trigger.at, arguments.supported);
    Draft {
        why,
        span,
        segment: SegmentKind::Body,
        sentence: 0,
        topics: arguments.topics(),
        definite,
        anew: word.article && !definite,
        supported: arguments.supported,
        told: scene.is_some() || nominal::is_told(syntax, sentence, trigger.at),
        quantities,
        bare,
        actors: arguments.actors,
        recipients: arguments.recipients,
        places: arguments.places,
        time,
        time_origin,
        scene,
        polarity,
        modality,
        tense,
        background: background || past_year,
        claim,
        repeats: None,
        seen: Seen::default(),
        weighed: judge::Sum::default(),
        probability: 0.0,
        judged: false,
        trigger: trigger.clone(),
    }
}

fn event(context: &Context<'_>, scene: &scene::Scene, mut draft: Draft) -> (Event, Option<EventExplanation>) {
    let sense = draft.trigger.sense;
    let why = draft.why.take();
    let time_origin =
        if draft.time.is_some() { draft.time_origin } else { draft.scene.and_then(|_| scene.origin()) };
    let id = |span: Span| EventId::new(context.doc.article, context.doc.content_hash, span, sense.event_type);
    let event = Event {
        id: id(draft.span),
        repeats: draft.repeats.map(id),
        trigger: draft.span,
        lemma: draft.trigger.lexeme.lemma.to_owned(),
        event_type: sense.event_type,
        mode: sense.mode.map(str::to_owned),
        confidence: draft.probability,
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
    };
    let why = why.map(|why| why.explanation(&event, time_origin));
    (event, why)
}
