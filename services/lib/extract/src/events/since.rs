//! Since when: what a sentence that opens with منذ tells has gone on from then.

use marsad_model::explanation::{TimeBasis, TimeOrigin};
use marsad_model::ontology::EntityType;
use marsad_model::teaching::first_day;
use marsad_model::{Span, TimeInterval};

use super::Context;
use super::time::{Told, placed, told};
use super::trigger::{Sentence, Trigger};
use crate::knowledge;
use crate::lexicon;
use crate::syntax::Syntax;

/// Words of a sentence among which منذ opens it.
const FRONT: usize = 3;

/// Words after منذ in which what it is followed by begins: منذ بداية حرب غزة.
const NEAR: usize = 2;

/// Since when a verb tells that something was that stands behind the opening of its sentence; nothing where another time is in between.
pub(super) fn of(
    context: &Context<'_>,
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
) -> Option<(Told, TimeOrigin)> {
    let words = &sentence.words;
    let front = words.start..words.end.min(words.start + FRONT);
    let since = front.into_iter().find(|at| syntax.word(*at).host == "منذ")?;
    let by_verb = trigger.form.is_finite() || sentence.governors.contains_key(&trigger.at);
    if !by_verb || trigger.at <= since + NEAR {
        return None;
    }
    let (told, span) =
        of_time(context, syntax, sentence, since).or_else(|| of_event(context, syntax, since))?;
    let trigger = syntax.word(trigger.at).span.start;
    let alone = placed(context, words).all(|time| time.span.start <= span.end || time.span.start > trigger);
    (alone && span.end <= trigger).then_some((told, TimeOrigin { span, basis: TimeBasis::Sentence }))
}

/// منذ منتصف أكتوبر
fn of_time(
    context: &Context<'_>,
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    since: usize,
) -> Option<(Told, Span)> {
    let time = placed(context, &sentence.words).next()?;
    let at = syntax.reading.word_at(time.span.start);
    let told = told(context, syntax, time, at).filter(|told| matches!(told, Told::On(_)))?;
    (since..=since + NEAR).contains(&at).then_some((told, time.span))
}

/// منذ بداية حرب غزة: an event whose first day is known.
fn of_event(context: &Context<'_>, syntax: &Syntax<'_>, since: usize) -> Option<(Told, Span)> {
    let begins = |at: &usize| {
        syntax.reading.words.get(*at).is_some_and(|w| lexicon::get().is_in_class("beginning", &w.stem))
    };
    let at = Some(since + 1).filter(begins).unwrap_or(since) + 1;
    let mention = syntax.mentions.get(syntax.info.get(at)?.mention?)?;
    if mention.entity_type != EntityType::EventName {
        return None;
    }
    let first = first_day(knowledge::get().entity(&mention.entity)?.start?)?;
    let until = context.published.filter(|published| *published >= first)?;
    let days = TimeInterval { earliest: Some(first), latest: Some(until) };
    Some((Told::On(days), mention.span))
}
