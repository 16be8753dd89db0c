//! The day that an article tells of: what its main line tells without a time goes on on that day.
//!
//! News opens with a day ("قال الوزير الثلاثاء") and goes on without one. Where one of the first sentences names a day not
//! long before the publication, it is the day of the story; a verb of the main line that has no time of its own takes it, until
//! the article turns to another time. A text that names no such day has no such events: publication alone dates nothing.

use rustc_hash::FxHashMap;

use marsad_model::explanation::{TimeBasis, TimeOrigin};
use marsad_model::ontology::{EventType, Modality, Polarity, SegmentKind, Tense};
use marsad_model::{Claim, Span, TimeInterval};

use super::time::{is_background, is_during, is_subordinator, opening_of_subordinate, placed};
use super::trigger::{Sentence, Trigger, is_speech_act, light_use};
use super::{Context, Draft};
use crate::lexicon::WordForm;
use crate::syntax::{Class, Syntax, bare};

/// Sentences of the body among which the day of the story is looked for.
const OPENING: usize = 6;

/// Days before the publication that the day of the story may lie, at most.
const FRESH: i32 = 2;

/// Words of a sentence in which the time opens it.
const FRONT: usize = 4;

/// Words before a verb in which its auxiliary is looked for.
const AUXILIARY: usize = 12;

/// The day of the story, and whether the text has turned to another time.
pub(crate) struct Scene {
    day: Option<TimeInterval>,
    /// The expression that names it.
    named: Option<Span>,
    /// The first word that the day holds for: of the article where it is the day of publication, else of its sentence.
    from: usize,
    elsewhere: bool,
    /// The paragraph in which somebody speaks, and so the day goes on, though the text had turned to another time.
    speaking: Option<usize>,
    /// Whether the sentence is a title or heading.
    heading: bool,
    /// Whether the sentence tells background.
    background: bool,
    /// When the events were that nouns have told of, by their lemmas.
    known: FxHashMap<&'static str, TimeInterval>,
}

impl Scene {
    /// Looks for the day of the story.
    pub(super) fn new(context: &Context<'_>, syntax: &Syntax<'_>) -> Self {
        let body = |at: usize| {
            context.syntax.reading.segments.get(at).is_some_and(|segment| segment.kind == SegmentKind::Body)
        };
        let sentences = context.syntax.reading.sentences.iter().filter(|s| body(s.segment)).take(OPENING);
        let fresh = |days: &TimeInterval| {
            let age =
                days.earliest.zip(context.published).and_then(|(day, now)| (now - day).get_days().into());
            days.earliest == days.latest && age.is_some_and(|age: i32| (0..=FRESH).contains(&age))
        };
        let day = sentences
            .filter(|s| !is_background(syntax, s.words.clone()))
            .flat_map(|s| placed(context, &s.words).map(|time| (s.words.start, time)))
            .filter_map(|(start, time)| Some((start, time.interval?, time.span)))
            .find(|(_, days, _)| fresh(days));
        let today = day.is_some_and(|(_, days, _)| days.latest == context.published);
        let from = day.map_or(0, |(start, ..)| if today { 0 } else { start });
        Self {
            day: day.map(|(_, days, _)| days),
            named: day.map(|(.., span)| span),
            from,
            elsewhere: false,
            speaking: None,
            heading: false,
            background: false,
            known: FxHashMap::default(),
        }
    }

    /// Reads on: a sentence with another time leaves the day, one that says who speaks comes back to it.
    pub(super) fn enter(
        &mut self,
        context: &Context<'_>,
        syntax: &Syntax<'_>,
        sentence: &Sentence<'_>,
        (paragraph, kind): (usize, SegmentKind),
    ) {
        let words = &sentence.words;
        self.background = is_background(syntax, words.clone());
        let Some(day) = self.day else { return };
        self.heading = kind != SegmentKind::Body;
        if self.heading {
            self.elsewhere = false;
            return;
        }
        self.speaking = self.speaking.filter(|at| *at == paragraph);
        if self.background || words.clone().any(|at| is_then(syntax, at)) {
            self.elsewhere = true;
            self.speaking = None;
            return;
        }
        let clause_end = words
            .clone()
            .find(|at| matches!(syntax.class(*at), Class::That | Class::Relative))
            .unwrap_or(words.end);
        let time =
            placed(context, words).find(|time| context.syntax.reading.word_at(time.span.start) < clause_end);
        if let Some(time) = time {
            let at = context.syntax.reading.word_at(time.span.start);
            let now = time.value == "PRESENT_REF";
            self.elsewhere = match time.interval {
                Some(days) => !overlap(days, day),
                None if at < words.start + FRONT => !now,
                None => self.elsewhere,
            };
            self.speaking = None;
            return;
        }
        let opens = words.clone().find(|at| syntax.class(*at) == Class::Verb);
        let says = opens.is_some_and(|verb| {
            syntax.info[verb].verbs.iter().any(|r| r.lexeme().reporting.is_some() && r.form == WordForm::Past)
        });
        if says {
            self.speaking = Some(paragraph);
        }
    }

    /// The day of an event of the main line that has no time of its own.
    pub(super) fn of(
        &self,
        syntax: &Syntax<'_>,
        sentence: &Sentence<'_>,
        trigger: &Trigger,
        claim: Option<&Claim>,
        (polarity, modality, tense): (Polarity, Modality, Tense),
    ) -> Option<TimeInterval> {
        let here = (!self.elsewhere || self.speaking.is_some()) && sentence.words.start >= self.from;
        let day = self.day.filter(|_| here && modality == Modality::Actual && tense != Tense::Future)?;
        // What did not happen is of no day, unless a verb says so.
        if polarity == Polarity::Negated && !trigger.form.is_finite() {
            return None;
        }
        let event_type = trigger.sense.event_type;
        let verb = carrier(syntax, sentence, trigger);
        if let Some(claim) = claim {
            // "ترفض الحركة الاتهامات": saying so does it, when it is said.
            let performs = is_speech_act(event_type) && tense == Tense::Present && trigger.form.is_finite();
            let told = verb.is_some_and(|verb| is_news(syntax, sentence, claim, verb));
            return (performs || told).then_some(day);
        }
        let verb = verb?;
        let told = is_main_line(syntax, sentence, verb) && !is_past_perfect(syntax, sentence, verb);
        let present = syntax.info[verb].verbs.iter().all(|r| r.form == WordForm::Imperfect);
        // What somebody does all the time is of no day: تدعم، تتهم.
        let lasting = present
            && !self.heading
            && (is_speech_act(event_type) || matches!(event_type, EventType::Aid | EventType::Cooperate));
        (told && !lasting).then_some(day)
    }

    /// Remembers when an event was.
    pub(super) fn note(&mut self, draft: &Draft) {
        if let Some(time) = draft.time.filter(|_| !draft.trigger.form.is_finite()) {
            self.known.insert(draft.trigger.lexeme.lemma, time);
        }
    }

    /// When the event was that a definite noun refers to.
    pub(super) fn when(&self, syntax: &Syntax<'_>, noun: usize) -> Option<TimeInterval> {
        syntax.event_nouns(noun).find_map(|reading| self.known.get(reading.lexeme().lemma)).copied()
    }

    /// Where the day is named.
    pub(super) fn origin(&self) -> Option<TimeOrigin> {
        self.named.map(|span| TimeOrigin { span, basis: TimeBasis::Story })
    }

    /// Whether the sentence tells background.
    pub(super) fn is_background(&self) -> bool {
        self.background
    }

    /// The day that "now" is.
    pub(super) fn now(&self) -> Option<TimeInterval> {
        self.day
    }
}

fn overlap(a: TimeInterval, b: TimeInterval) -> bool {
    let before = |a: TimeInterval, b: TimeInterval| a.latest.zip(b.earliest).is_some_and(|(x, y)| x < y);
    !before(a, b) && !before(b, a)
}

/// آنذاك, لاحقا: at or after the time told of before.
fn is_then(syntax: &Syntax<'_>, at: usize) -> bool {
    matches!(
        bare(syntax.word(at)),
        "انذاك"
            | "حينها"
            | "حينذاك"
            | "وقتها"
            | "يومها"
            | "حينئذ"
            | "وقتذاك"
            | "لاحقا"
            | "سابقا"
    )
}

/// Whether a verb is what a claim reports, in the past (قال الجيش إن طائراته قصفت), or the verb of saying itself (أعلن الجيش
/// اعتقال).
fn is_news(syntax: &Syntax<'_>, sentence: &Sentence<'_>, claim: &Claim, verb: usize) -> bool {
    let cue = syntax.reading.word_at(claim.cue.start);
    if syntax.class(cue) == Class::Verb
        && sentence.words.contains(&cue)
        && (!is_main_line(syntax, sentence, cue)
            || is_past_perfect(syntax, sentence, cue)
            // وتقول سيول: she always does.
            || syntax.info[cue].verbs.iter().all(|r| r.form == WordForm::Imperfect))
    {
        return false;
    }
    let content = syntax.reading.words_in(claim.content);
    let first = content.clone().find(|at| {
        syntax.class(*at) == Class::Verb && opening_of_subordinate(syntax, content.start, *at).is_none()
    });
    verb == cue || first == Some(verb) && is_past(syntax, verb) && !is_past_perfect(syntax, sentence, verb)
}

/// The verb that says when an event was: its own, that of a light verb or of saying, or that of the clause which it goes with
/// (خلال زيارة).
fn carrier(syntax: &Syntax<'_>, sentence: &Sentence<'_>, trigger: &Trigger) -> Option<usize> {
    let start = sentence.words.start;
    if trigger.form.is_finite() {
        // وعاد دون أن يلتقي: when he came back.
        let without = trigger.at >= start + 2
            && syntax.class(trigger.at - 1) == Class::That
            && matches!(bare(syntax.word(trigger.at - 2)), "دون" | "بدون");
        return if without { verb_before(syntax, start, trigger.at - 1) } else { Some(trigger.at) };
    }
    let links = sentence.governors.get(&trigger.at);
    // A definite noun (في الهجوم) refers to what was told before, unless a light verb tells of it.
    let definite = syntax.word(trigger.at).article;
    let light = links.into_iter().flatten().find(|(verb, slot)| {
        let reports = || syntax.info[*verb].verbs.iter().any(|r| r.lexeme().reporting.is_some());
        let judges = || sentence.trigger_at(*verb).is_some_and(|t| is_speech_act(t.sense.event_type));
        is_past(syntax, *verb)
            && (light_use(syntax, *verb, *slot).is_some() || !definite && reports() && !judges())
    });
    if let Some((verb, _)) = light {
        return Some(*verb);
    }
    if definite {
        return None;
    }
    // خلال زيارة, من خلال فرض عقوبات
    let during = |at: usize| is_during(syntax, at) || bare(syntax.word(at)) == "لدي";
    let before = (start.max(trigger.at.saturating_sub(2))..trigger.at).rev();
    let before =
        before.take_while(|at| during(*at) || !syntax.begins_prepositional(*at)).find(|at| during(*at));
    verb_before(syntax, start, before?)
}

fn is_past(syntax: &Syntax<'_>, verb: usize) -> bool {
    syntax.info[verb].verbs.iter().any(|r| r.form == WordForm::Past)
}

/// The verb of the clause before a word.
fn verb_before(syntax: &Syntax<'_>, start: usize, at: usize) -> Option<usize> {
    (start..at)
        .rev()
        .take_while(|at| !matches!(syntax.class(*at), Class::Stop | Class::That | Class::Relative))
        .find(|at| syntax.class(*at) == Class::Verb)
}

/// Whether a verb stands in a main clause: no relative, no word أن and no بعدما since the clause began.
fn is_main_line(syntax: &Syntax<'_>, sentence: &Sentence<'_>, verb: usize) -> bool {
    let start = sentence.words.start;
    if opening_of_subordinate(syntax, start, verb).is_some() {
        return false;
    }
    let subject = sentence.verbs.get(&verb).and_then(|arguments| {
        arguments.subject.as_ref().filter(|s| arguments.subject_first && s.words.start < verb)
    });
    // من مسلحين هاجموا: an adjective clause.
    if subject.is_some_and(|s| {
        s.entities.is_empty() && !syntax.word(s.head).article && s.words.start > start && s.head + 1 == verb
    }) {
        return false;
    }
    (start..verb).rev().take_while(|at| !matches!(syntax.class(*at), Class::Comma | Class::Stop)).all(|at| {
        match syntax.class(at) {
            Class::Relative => false,
            // غير أن المتحدث حذر
            Class::That => {
                at.checked_sub(1).is_some_and(|b| matches!(bare(syntax.word(b)), "غير" | "الا" | "كما"))
            }
            _ => !is_subordinator(syntax, at) || syntax.class(at + 1) != Class::Verb,
        }
    })
}

/// كانت الوزارة قد قالت
fn is_past_perfect(syntax: &Syntax<'_>, sentence: &Sentence<'_>, verb: usize) -> bool {
    let floor = sentence.words.start.max(verb.saturating_sub(AUXILIARY));
    (floor..verb).any(|at| matches!(bare(syntax.word(at)), "كان" | "كانت" | "كانوا" | "سبق"))
}
