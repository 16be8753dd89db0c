//! When: the time expression of the event's own clause, else of its sentence; never the day of publication.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;
use marsad_model::explanation::{TimeBasis, TimeOrigin};
use marsad_model::ontology::{EventType, Modality, Tense, TimeKind};
use marsad_model::{TimeExpression, TimeInterval};

use super::trigger::{Sentence, Trigger, light_use};
use super::{Context, earlier, since};
use crate::lexicon::{Slot, WordForm};
use crate::syntax::{Class, Syntax, bare, readings_of};

/// What a sentence says of the time of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// These days.
    On(TimeInterval),
    /// Some time that is not said (قبل أيام).
    Vaguely,
    /// When the event was that a definite noun refers to (خلال العملية): the position of the noun, and the days of another
    /// clause, for where the article does not date that event.
    During(usize, Option<TimeInterval>),
    /// Now (حاليا).
    Now,
    /// Nothing.
    Nothing,
}

/// Words between منذ and the time in the phrase that it opens, at most: منذ بداية العملية قبل أسبوعين.
const SINCE: usize = 16;

/// Words after an event in which the one that it was part of is named, at most.
const FRAME: usize = 12;

/// Times before an event, and after it, that are looked at: more than a sentence that people read has.
const CANDIDATES: usize = 6;

/// Verbs, words أن and events between an event and a time that is still its own, at most.
const FAR: usize = 4;

/// Days of a month, less two.
const MONTH: i32 = 27;

/// Days of a time that says little of an event in another clause.
const LOOSE: i32 = 300;

/// How near a time is to an event: outside of its clause, barriers between, words between.
type Rank = (usize, usize, usize);

/// The time of an event, and where it stands.
pub(super) fn of(
    context: &Context<'_>,
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
    (modality, tense): (Modality, Tense),
) -> (Told, Option<TimeOrigin>) {
    let words = &sentence.words;
    let clause = clause(syntax, sentence, trigger);
    // غارات يوم الجمعة ردا على هجوم: the attack was before.
    let earlier = earlier::opening(syntax, words.start, trigger.at);
    let mut best: Option<(Rank, Told, TimeOrigin)> = None;
    let times: Vec<&TimeExpression> = placed(context, words).collect();
    let here = times.partition_point(|time| time.span.start < syntax.word(trigger.at).span.start);
    let near = here.saturating_sub(CANDIDATES)..times.len().min(here + CANDIDATES);
    for time in times.get(near).unwrap_or_default() {
        let at = context.syntax.reading.word_at(time.span.start);
        if !words.contains(&at)
            || earlier.is_some_and(|opening| at < opening)
            || is_of_name(syntax, time, at, trigger)
            || is_of_announcement(syntax, sentence, trigger, at)
            || is_of_other_clause(syntax, sentence, trigger, at)
            || is_of_accusation(syntax, sentence, trigger, at)
        {
            continue;
        }
        let Some(told) = told(context, syntax, time, at) else { continue };
        let inside = clause.contains(&at);
        // A verb between trigger and time: the time is that verb's.
        let between = if at > trigger.at { trigger.at + 1..at } else { at..trigger.at };
        let barriers = barriers(syntax, sentence, between, trigger);
        let own = inside && barriers == 0;
        if !inside && barriers > FAR {
            continue;
        }
        // What is told in the past, or of another verb's future, was not then; nor is a month that the text puts in no year.
        if modality == Modality::Actual
            && begins_after(told, context.published)
            && (!own || tense == Tense::Past || is_bare_month(context, time))
        {
            continue;
        }
        // What is asked for, planned or feared is not yet so when it is said.
        if modality != Modality::Actual && !own && !is_to_come(told, context.published) {
            continue;
        }
        // That something was some time, or this year, is said of the verb beside it.
        if !own && is_loose(told) {
            continue;
        }
        let key = (usize::from(!inside), barriers, at.abs_diff(trigger.at));
        if best.as_ref().is_none_or(|(other, ..)| key < *other) {
            let basis = if inside { TimeBasis::Clause } else { TimeBasis::Sentence };
            best = Some((key, told, TimeOrigin { span: time.span, basis }));
        }
    }
    let own = matches!(best, Some(((0, 0, _), ..)));
    // What the sentence opens with holds for each of its clauses that has no time of its own.
    let inside = matches!(best, Some(((0, ..), ..)));
    if !inside
        && modality == Modality::Actual
        && let Some((told, origin)) = since::of(context, syntax, sentence, trigger)
    {
        return (told, Some(origin));
    }
    let told = best.map_or(Told::Nothing, |(_, told, _)| told);
    let origin = best.map(|(.., origin)| origin);
    let part_of = during(syntax, sentence, trigger).or_else(|| {
        // قال الخميس إن الهجوم استهدف: the attack was when it was told of before.
        let definite = !trigger.form.is_finite() && syntax.word(trigger.at).article;
        let that = best.is_some_and(|((outside, ..), ..)| outside == 1)
            && words.clone().take_while(|at| *at < trigger.at).any(|at| syntax.class(at) == Class::That);
        // تمكن من الفرار: what a verb carries is new.
        let mut links = sentence.governors.get(&trigger.at).into_iter().flatten();
        let carried = links.any(|(_, slot)| *slot != Slot::Subject);
        (definite && that && !carried).then_some(trigger.at)
    });
    let part_of = part_of.filter(|_| earlier.is_none_or(|at| !earlier::is_answer(syntax, at)));
    let other = |noun: usize| TimeOrigin { span: syntax.word(noun).host_span, basis: TimeBasis::OtherEvent };
    match (part_of, told) {
        (Some(noun), _) if noun == trigger.at => (Told::During(noun, None), Some(other(noun))),
        (Some(noun), Told::On(days)) if !own => (Told::During(noun, Some(days)), origin),
        (Some(noun), Told::Nothing) => (Told::During(noun, None), Some(other(noun))),
        (_, told) => (told, origin),
    }
}

/// The definite event noun whose time an event has: خلال العملية in its clause, or the subject of the verb that carries it
/// (العملية أسفرت عن تدمير).
fn during(syntax: &Syntax<'_>, sentence: &Sentence<'_>, trigger: &Trigger) -> Option<usize> {
    let definite =
        |at: usize| at != trigger.at && syntax.word(at).article && syntax.event_nouns(at).next().is_some();
    let links = sentence.governors.get(&trigger.at).into_iter().flatten();
    let subjects = links.filter(|(_, slot)| *slot != Slot::Subject).filter_map(|(verb, _)| {
        let subject = sentence.verbs.get(verb)?.subject.as_ref()?;
        Some(subject.head).filter(|head| definite(*head))
    });
    subjects.into_iter().next().or_else(|| {
        let limit = sentence.words.end.min(trigger.at + FRAME);
        (trigger.at + 1..limit)
            .take_while(|at| {
                !matches!(
                    syntax.class(*at),
                    Class::Verb | Class::That | Class::Relative | Class::Comma | Class::Stop
                )
            })
            .find(|at| is_during(syntax, *at))
            .map(|at| at + 1)
            .filter(|noun| *noun < sentence.words.end && definite(*noun))
    })
}

/// خلال, أثناء
pub(super) fn is_during(syntax: &Syntax<'_>, at: usize) -> bool {
    matches!(bare(syntax.word(at)), "خلال" | "اثناء")
}

/// No time, or one as long as a year.
fn is_loose(told: Told) -> bool {
    let Told::On(days) = told else { return true };
    let length = days.earliest.zip(days.latest).map(|(from, until)| (until - from).get_days());
    length.is_none_or(|length| length > LOOSE)
}

/// "اتهامها موسكو بمحاولة اغتيال": the day of an accusation or judgment is not that of what somebody is accused of.
fn is_of_accusation(syntax: &Syntax<'_>, sentence: &Sentence<'_>, trigger: &Trigger, time: usize) -> bool {
    let of_court = |kind: EventType| matches!(kind, EventType::Accuse | EventType::Adjudicate);
    if trigger.form.is_finite() || time > trigger.at || of_court(trigger.sense.event_type) {
        return false;
    }
    let before = sentence.triggers.iter().take_while(|other| other.at < trigger.at);
    let judged = before.filter(|other| of_court(other.sense.event_type)).last();
    judged.is_some_and(|other| {
        (other.at + 1..trigger.at).all(|at| !matches!(syntax.class(at), Class::Verb | Class::That))
    })
}

/// Whether a time begins after the publication.
pub(super) fn begins_after(told: Told, published: Option<Date>) -> bool {
    let Told::On(days) = told else { return false };
    published.zip(days.earliest).is_some_and(|(published, earliest)| earliest > published)
}

/// A month, or more, that nothing says is to come: which year it is of is a guess.
fn is_bare_month(context: &Context<'_>, time: &TimeExpression) -> bool {
    let long = |days: TimeInterval| {
        days.earliest.zip(days.latest).is_none_or(|(from, until)| (until - from).get_days() >= MONTH)
    };
    let words = context.syntax.reading.words_in(time.span);
    let year = context.syntax.reading.raw(words.end.saturating_sub(1)).chars().all(|c| c.is_numeric());
    let next = words.into_iter().any(|at| {
        let stem = &context.syntax.reading.words[at].stem;
        ["مقبل", "قادم", "جاري"].iter().any(|next| stem.starts_with(next))
    });
    time.interval.is_none_or(long) && !next && !year
}

/// Whether a time lies after the publication.
fn is_to_come(told: Told, published: Option<Date>) -> bool {
    let Told::On(days) = told else { return false };
    published.is_some_and(|published| days.latest.is_none_or(|latest| latest > published))
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

/// The year of a name is part of the name: كأس العالم 2018, "سيناء 2018". It dates what stands right before it.
fn is_of_name(syntax: &Syntax<'_>, time: &TimeExpression, at: usize, trigger: &Trigger) -> bool {
    if syntax.info[at].mention.is_some_and(|m| syntax.mentions[m].span.contains(time.span)) {
        return true;
    }
    let bare_year = time.value.len() == 4 && syntax.word(at).folded.chars().all(|c| c.is_ascii_digit());
    let noun = at.checked_sub(1).filter(|before| {
        syntax.class(*before) == Class::Nominal
            && !syntax.info[*before].time
            && syntax.word(*before).is_arabic()
            && !syntax.word(at).has_conjunction()
    });
    let Some(noun) = noun.filter(|_| bare_year) else { return false };
    let beside = trigger.at < at && (trigger.at..=noun).all(|i| syntax.class(i) == Class::Nominal);
    !beside
}

/// Whether a time belongs to a clause that the event stands outside of: after أن, in a relative clause (الرهائن الذين خطفهم
/// الشهر الماضي), or in one that only says when (بعدما توعد ترمب الأسبوع الماضي).
fn is_of_other_clause(syntax: &Syntax<'_>, sentence: &Sentence<'_>, trigger: &Trigger, time: usize) -> bool {
    let governors = sentence.governors.get(&trigger.at);
    let governed = |verb: usize| governors.into_iter().flatten().any(|(v, _)| *v == verb);
    if trigger.at < time && (trigger.at + 1..time).any(|at| opens_content(syntax, at)) {
        return true;
    }
    let verb = (sentence.words.start..time)
        .rev()
        .take_while(|at| !matches!(syntax.class(*at), Class::Comma | Class::Stop))
        .find(|at| syntax.class(*at) == Class::Verb);
    let Some(verb) = verb.filter(|verb| *verb != trigger.at && !governed(*verb)) else { return false };
    let Some(opening) = opening_of_subordinate(syntax, sentence.words.start, verb) else { return false };
    let end = (time..sentence.words.end)
        .find(|at| matches!(syntax.class(*at), Class::Comma | Class::Stop))
        .unwrap_or(sentence.words.end);
    !(opening..end).contains(&trigger.at)
}

/// أن, but not that of غير أن and إلا أن, which open a clause of their own.
fn opens_content(syntax: &Syntax<'_>, at: usize) -> bool {
    syntax.class(at) == Class::That
        && !at.checked_sub(1).is_some_and(|before| matches!(bare(syntax.word(before)), "غير" | "الا" | "كما"))
}

/// Where the relative or temporal clause of a verb begins, if it stands in one.
pub(super) fn opening_of_subordinate(syntax: &Syntax<'_>, start: usize, verb: usize) -> Option<usize> {
    let before = (start..verb).rev().find(|at| {
        !matches!(syntax.class(*at), Class::Particle | Class::Mark) || is_subordinator(syntax, *at)
    })?;
    (syntax.class(before) == Class::Relative || is_subordinator(syntax, before)).then_some(before)
}

/// بعدما, عندما, منذ before a verb
pub(super) fn is_subordinator(syntax: &Syntax<'_>, at: usize) -> bool {
    // في حين: whereas
    let whereas = bare(syntax.word(at)) == "حين"
        && at.checked_sub(1).is_some_and(|before| bare(syntax.word(before)) == "في");
    !whereas
        && matches!(
            bare(syntax.word(at)),
            "بعدما"
                | "قبلما"
                | "عندما"
                | "حينما"
                | "حين"
                | "منذ"
                | "ريثما"
                | "كلما"
                | "مثلما"
                | "اذا"
                | "لو"
                | "كي"
                | "لكي"
                | "حتي"
                | "لان"
        )
}

/// Times with a place in the calendar, or that say that there is none, among some words.
pub(super) fn placed<'a>(
    context: &'a Context<'_>,
    sentence: &Range<usize>,
) -> impl Iterator<Item = &'a TimeExpression> {
    let words = &context.syntax.reading.words;
    let bound = |at: usize| words.get(at).map_or(usize::MAX, |word| word.span.start);
    let (start, end) = (bound(sentence.start), bound(sentence.end));
    let first = context.times.partition_point(|time| time.span.end <= start);
    let near =
        context.times.get(first..).unwrap_or_default().iter().take_while(move |time| time.span.start < end);
    near.filter(|time| matches!(time.kind, TimeKind::Date | TimeKind::Time))
}

/// What a time says of an event: after منذ it lasts until now, before or until a day it is open on the other side.
pub(super) fn told(
    context: &Context<'_>,
    syntax: &Syntax<'_>,
    time: &TimeExpression,
    at: usize,
) -> Option<Told> {
    let Some(days) = time.interval.filter(|days| days.earliest.is_some() || days.latest.is_some()) else {
        return match time.value.as_str() {
            "PRESENT_REF" => Some(Told::Now),
            "PAST_REF" | "FUTURE_REF" => Some(Told::Vaguely),
            _ => None,
        };
    };
    if is_since(syntax, at) {
        let middle = |day: Date| match time.modifier.as_deref() {
            Some("MID") if days.earliest != days.latest => day.with().day(15).build().unwrap_or(day),
            _ => day,
        };
        return Some(Told::On(TimeInterval {
            earliest: days.earliest.map(middle),
            latest: context.published.or(days.latest),
        }));
    }
    Some(Told::On(days))
}

/// Whether منذ stands before a time, or opens the phrase that it closes (منذ بداية العملية قبل أسبوعين).
fn is_since(syntax: &Syntax<'_>, at: usize) -> bool {
    let since = |i: usize| syntax.word(i).host == "منذ";
    if since(at) || at.checked_sub(1).is_some_and(since) {
        return true;
    }
    (at.saturating_sub(SINCE)..at)
        .rev()
        .take_while(|i| {
            matches!(
                syntax.class(*i),
                Class::Nominal | Class::Preposition(_) | Class::Comma | Class::Particle | Class::Mark
            )
        })
        .any(|i| since(i) && (i + 1..at.min(i + 4)).any(|noun| syntax.event_nouns(noun).next().is_some()))
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

/// How many other finite verbs, words أن, participles of saying and event nouns stand between an event and a time. Nouns of the
/// same type are its like (طرد الدبلوماسيين وتجميد الاتصالات), and no barrier.
fn barriers(syntax: &Syntax<'_>, sentence: &Sentence<'_>, between: Range<usize>, trigger: &Trigger) -> usize {
    let own = sentence.governors.get(&trigger.at).into_iter().flatten().map(|(verb, _)| *verb);
    let own: BTreeSet<usize> = own.filter(|verb| between.contains(verb)).collect();
    let first = sentence.triggers.partition_point(|other| other.at < between.start);
    let alike = sentence.triggers.get(first..).unwrap_or_default().iter();
    let alike = alike.take_while(|other| other.at < between.end).filter(|other| {
        !trigger.form.is_finite()
            && !other.form.is_finite()
            && other.at != trigger.at
            && other.sense.event_type == trigger.sense.event_type
    });
    let speakers = between.clone().filter(|at| says(syntax, *at)).count();
    (sentence.barriers_between(between.clone()) + speakers).saturating_sub(own.len() + alike.count())
}

/// A participle of saying: معتبرة, مشيرا
fn says(syntax: &Syntax<'_>, at: usize) -> bool {
    syntax.class(at) == Class::Nominal
        && !syntax.word(at).article
        && syntax.word(at).folded.ends_with(['ا', 'ه', 'ن'])
        && readings_of(syntax.word(at))
            .any(|r| r.form == WordForm::ActiveParticiple && r.lexeme().reporting.is_some())
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
