//! When: the time expression of the event's own clause, else of its sentence; never the day of publication.

use std::collections::BTreeSet;
use std::ops::Range;

use marsad_model::explanation::{TimeBasis, TimeOrigin};
use marsad_model::ontology::TimeKind;
use marsad_model::{TimeExpression, TimeInterval};

use super::Context;
use super::trigger::{Sentence, Trigger, light_use};
use crate::syntax::{Class, Syntax, bare};

/// How near a time is to an event: outside of its clause, barriers between, words between.
type Rank = (usize, usize, usize);

/// The time of an event, and where it stands.
pub(super) fn of(
    context: &Context<'_>,
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
) -> Option<(TimeInterval, TimeOrigin)> {
    let words = &sentence.words;
    let clause = clause(syntax, sentence, trigger);
    let mut best: Option<(Rank, (TimeInterval, TimeOrigin))> = None;
    for time in dated(context, words) {
        let at = context.reading.word_at(time.span.start);
        if !words.contains(&at) {
            continue;
        }
        // The year of a name is part of the name: كأس العالم 2018.
        if syntax.info[at].mention.is_some_and(|m| syntax.mentions[m].span.contains(time.span)) {
            continue;
        }
        if is_of_announcement(syntax, sentence, trigger, at) {
            continue;
        }
        let Some(interval) = interval(context, time, at) else { continue };
        let inside = clause.contains(&at);
        // A verb between trigger and time: the time is that verb's.
        let between = if at > trigger.at { trigger.at + 1..at } else { at..trigger.at };
        let barriers = barriers(sentence, between, trigger);
        let distance = at.abs_diff(trigger.at);
        let key = (usize::from(!inside), barriers, distance);
        if best.as_ref().is_none_or(|(other, _)| key < *other) {
            let basis = if inside { TimeBasis::Clause } else { TimeBasis::Sentence };
            best = Some((key, (interval, TimeOrigin { span: time.span, basis })));
        }
    }
    best.map(|(_, found)| found)
}

/// المحادثات التي أعلنت عنها الدولتان، الخميس: the day is that of the announcement, not of the talks.
fn is_of_announcement(syntax: &Syntax<'_>, sentence: &Sentence<'_>, trigger: &Trigger, time: usize) -> bool {
    if trigger.form.is_finite() || time < trigger.at {
        return false;
    }
    let relative = (trigger.at + 1..time).rev().find(|at| syntax.class(*at) == Class::Relative);
    let Some(verb) = relative.map(|at| at + 1).filter(|verb| *verb < time) else { return false };
    let announces = syntax.info[verb].verbs.iter().any(|r| r.lexeme().reporting.is_some());
    announces
        && (verb + 1..time).all(|at| !sentence.verbs.contains_key(&at) && syntax.class(at) != Class::That)
}

/// Days and parts of days among some words.
fn dated<'a>(context: &'a Context<'_>, sentence: &Range<usize>) -> impl Iterator<Item = &'a TimeExpression> {
    let words = &context.reading.words;
    let bound = |at: usize| words.get(at).map_or(usize::MAX, |word| word.span.start);
    let (start, end) = (bound(sentence.start), bound(sentence.end));
    let first = context.times.partition_point(|time| time.span.end <= start);
    let near =
        context.times.get(first..).unwrap_or_default().iter().take_while(move |time| time.span.start < end);
    near.filter(|time| matches!(time.kind, TimeKind::Date | TimeKind::Time))
}

/// The interval; after منذ it lasts until now, so its end is open.
fn interval(context: &Context<'_>, time: &TimeExpression, at: usize) -> Option<TimeInterval> {
    let interval = time.interval?;
    if interval.earliest.is_none() && interval.latest.is_none() {
        return None;
    }
    let since = at.checked_sub(1).map(|before| context.reading.words[before].host.as_str()) == Some("منذ")
        || context.reading.host(at) == "منذ";
    let open_end = since && interval.latest.is_some();
    Some(if open_end {
        TimeInterval { latest: context.published.or(interval.latest), ..interval }
    } else {
        interval
    })
}

/// The words of the trigger's clause: those of its verb, or of the verb that carries the noun, else those that belong to it.
fn clause(syntax: &Syntax<'_>, sentence: &Sentence<'_>, trigger: &Trigger) -> Range<usize> {
    if let Some(arguments) = sentence.verbs.get(&trigger.at) {
        let start = arguments
            .subject
            .as_ref()
            .filter(|_| arguments.subject_first)
            .map_or(trigger.at, |s| s.words.start);
        return start..arguments.end.max(trigger.at + 1);
    }
    let own = sentence.nouns.get(&trigger.at).map_or(trigger.at + 1, |around| around.end);
    let mut clause = trigger.at..own;
    for (verb, slot) in sentence.governors.get(&trigger.at).into_iter().flatten() {
        if light_use(syntax, *verb, *slot).is_some()
            && let Some(arguments) = sentence.verbs.get(verb)
        {
            clause.start = clause.start.min(*verb);
            clause.end = clause.end.max(arguments.end);
        }
    }
    clause
}

/// How many other finite verbs, words أن and event nouns stand between an event and a time.
fn barriers(sentence: &Sentence<'_>, between: Range<usize>, trigger: &Trigger) -> usize {
    let own = sentence.governors.get(&trigger.at).into_iter().flatten().map(|(verb, _)| *verb);
    let own: BTreeSet<usize> = own.filter(|verb| between.contains(verb)).collect();
    sentence.barriers_between(between).saturating_sub(own.len())
}

/// Whether a sentence tells background: it opens with وكان ... قد, ومنذ, يذكر أن.
pub(super) fn is_background(syntax: &Syntax<'_>, words: Range<usize>) -> bool {
    let Some(first) = words.clone().find(|at| syntax.class(*at) != Class::Mark) else { return false };
    let word = syntax.word(first);
    let opening = bare(word);
    let rest = first + 1..words.end.min(first + 16);
    match opening {
        "منذ" => true,
        "كان" | "كانت" | "كانوا" => {
            rest.clone().any(|at| bare(syntax.word(at)) == "قد" || syntax.class(at) == Class::Verb)
        }
        "يذكر" | "يشار" | "تجدر" | "سبق" => true,
        _ => false,
    }
}
