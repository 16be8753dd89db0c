//! Who does what a verbal noun tells: its subject is seldom beside it, but is that of the verb, intention or verbal noun that governs it.

use marsad_model::explanation::ArgumentBasis;
use marsad_model::ontology::EventType;

use super::participants::{Found, Surroundings};
use super::subject::{going_on, speaker, starts_with_pronoun, subject_before};
use super::trigger::{Sentence, Trigger, light_use};
use crate::lexicon::{self, Part, Preposition, Slot, WordForm};
use crate::syntax::{Class, Syntax, readings_of};

/// Nouns that are followed up from one to the next: بدء تنفيذ عملية ….
const LONGEST_CHAIN: usize = 4;

/// Words between two verbal nouns joined by و, at most.
const COORDINATED: usize = 14;

/// Who does what an event noun tells, by what governs it.
pub(super) fn actors(
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    trigger: &Trigger,
    around: Surroundings<'_>,
) -> Option<Found> {
    if !trigger.sense.frame.knows(Part::Actor) {
        return None;
    }
    let control = Control { syntax, sentence, around: Some(around) };
    let mut at = trigger.at;
    for _ in 0..LONGEST_CHAIN {
        if let Some(found) = control.intended(at).or_else(|| control.governed(at, trigger)) {
            return Some(found);
        }
        let Some(before) = control.noun_above(at) else { break };
        at = before;
    }
    control.by_means(at, trigger).or_else(|| control.coordinated(trigger.at))
}

/// قرار الحكومة طرد …, إعلان عزمها طرد …: whose decision it is does it.
pub(super) fn intended(syntax: &Syntax<'_>, sentence: &Sentence<'_>, trigger: &Trigger) -> Option<Found> {
    let control = Control { syntax, sentence, around: None };
    trigger.sense.frame.knows(Part::Actor).then(|| control.intended(trigger.at))?
}

struct Control<'s> {
    syntax: &'s Syntax<'s>,
    sentence: &'s Sentence<'s>,
    /// `None` where only the sentence counts.
    around: Option<Surroundings<'s>>,
}

impl Control<'_> {
    fn intended(&self, noun: usize) -> Option<Found> {
        let syntax = self.syntax;
        // إعلان عزمها طرد …: the pronoun is whoever the sentence is about.
        let last = noun.checked_sub(1).filter(|at| *at >= self.sentence.words.start)?;
        let owned = syntax.word(last).enclitic.is_some() && syntax.class(last) == Class::Nominal;
        if owned && lexicon::get().is_in_class("intention", &syntax.word(last).stem) {
            let owner = subject_before(self.sentence, last)?;
            return Found::new(vec![owner], ArgumentBasis::Intention);
        }
        let before = syntax.phrase_before(noun, self.sentence.words.start)?;
        let head = syntax.word(before.head);
        if !lexicon::get().is_in_class("intention", &head.stem) {
            return None;
        }
        Found::of_phrase(&before, ArgumentBasis::Intention)
    }

    /// أعلنت المقاومة استهداف …: the subject of the verb does it.
    fn governed(&self, noun: usize, trigger: &Trigger) -> Option<Found> {
        let links = self.sentence.governors.get(&noun)?;
        links.iter().find_map(|(verb, slot)| {
            let arguments = self.sentence.verbs.get(verb)?;
            if !self.controls(*verb, *slot, trigger) {
                return None;
            }
            let subject = arguments.subject.as_ref().filter(|s| !s.first.contains(&noun));
            match subject {
                Some(subject) => Found::of_phrase(subject, ArgumentBasis::GoverningVerb),
                None => self.left_out(*verb),
            }
        })
    }

    /// The subject of a verb that has none beside it.
    fn left_out(&self, verb: usize) -> Option<Found> {
        if starts_with_pronoun(self.syntax, verb) || self.syntax.is_first_person(verb) {
            let speaker = speaker(self.syntax, verb, self.around.and_then(|around| around.source));
            return Found::new(speaker.into_iter().collect(), ArgumentBasis::Speaker);
        }
        going_on(self.sentence, verb, self.around.and_then(|around| around.topic))
    }

    /// Whether the subject of a verb does what the noun in its slot tells; but who demands, accuses, refuses or praises does not.
    fn controls(&self, verb: usize, slot: Slot, trigger: &Trigger) -> bool {
        let info = &self.syntax.info[verb];
        if info.verbs.iter().any(|r| r.lexeme().reporting.as_ref().is_some_and(|f| f.denies)) {
            return false;
        }
        let masdar = trigger.sense.frame.has(Part::Actor, Slot::Subject);
        let decides = light_use(self.syntax, verb, Slot::Object).is_some_and(|(_, passive)| !passive);
        match self.sentence.trigger_at(verb).map(|t| t.sense.event_type) {
            Some(
                EventType::Request
                | EventType::Accuse
                | EventType::Reject
                | EventType::Support
                | EventType::Consult
                | EventType::Assault,
            ) => false,
            _ => match slot {
                Slot::Object
                | Slot::After(
                    Preposition::By
                    | Preposition::About
                    | Preposition::Toward
                    | Preposition::From
                    | Preposition::For,
                ) => masdar,
                // أعرب في مكالمة: who speaks in it is a party to it.
                Slot::After(Preposition::In) if trigger.sense.event_type == EventType::Consult => true,
                Slot::After(Preposition::In | Preposition::On) => decides,
                _ => false,
            },
        }
    }

    /// The verbal noun that governs a noun, with or without a preposition: بدء | تنفيذ, الدخول في | إضراب.
    fn noun_above(&self, noun: usize) -> Option<usize> {
        let syntax = self.syntax;
        let floor = self.sentence.words.start;
        let mut before = noun.checked_sub(1).filter(|at| *at >= floor)?;
        if matches!(syntax.class(before), Class::Preposition(_)) {
            before = before.checked_sub(1).filter(|at| *at >= floor)?;
        } else if syntax.word(noun).has_conjunction() {
            return None;
        }
        let word = syntax.word(before);
        let is_masdar = readings_of(word).any(|r| r.form == WordForm::Masdar)
            || lexicon::get().is_in_class("phase", &word.stem);
        (syntax.class(before) == Class::Nominal && syntax.info[before].mention.is_none() && is_masdar)
            .then_some(before)
    }

    /// من خلال فرض عقوبات: who does it does so by this; قال خلال لقائه الوزير: who says it is a party.
    fn by_means(&self, noun: usize, trigger: &Trigger) -> Option<Found> {
        let before = noun.checked_sub(1).filter(|at| *at >= self.sentence.words.start)?;
        let floor = self.sentence.words.start;
        // خلال by itself is when it was; only with من is it how.
        let during = self.syntax.word(before).stem == "خلال"
            && before.checked_sub(1).is_none_or(|at| at < floor || self.syntax.word(at).stem != "من");
        let meets = trigger.sense.event_type == EventType::Consult;
        if !lexicon::get().is_in_class("means", &self.syntax.word(before).stem) || during && !meets {
            return None;
        }
        let verb =
            (self.sentence.words.start..before).rev().find(|at| self.sentence.verbs.contains_key(at))?;
        let subject = self.sentence.verbs.get(&verb)?.subject.as_ref();
        match subject {
            Some(subject) => Found::of_phrase(subject, ArgumentBasis::GoverningVerb),
            None => self.left_out(verb),
        }
    }

    /// طرد الدبلوماسيين ومقاطعة المؤتمر: who does the one does the other.
    fn coordinated(&self, noun: usize) -> Option<Found> {
        let syntax = self.syntax;
        let joined = syntax.word(noun).has_conjunction();
        let listed = noun > self.sentence.words.start
            && matches!(bare_host(syntax, noun - 1), "بين" | "من")
            && syntax.word(noun - 1).enclitic.is_some();
        if !joined && !listed {
            return None;
        }
        let floor = self.sentence.words.start.max(noun.saturating_sub(COORDINATED));
        let before = (floor..noun)
            .rev()
            .take_while(|at| !matches!(syntax.class(*at), Class::Verb | Class::Stop | Class::That))
            .find_map(|at| self.sentence.trigger_at(at))?;
        if before.form.is_finite() || !before.sense.frame.knows(Part::Actor) {
            return None;
        }
        let found = super::arguments::fill(syntax, self.sentence, before, self.around?).actors;
        Found::new(found, ArgumentBasis::OtherEvent)
    }
}

fn bare_host<'s>(syntax: &'s Syntax<'_>, at: usize) -> &'s str {
    syntax.reading.words.get(at).map_or("", |word| word.host.as_str())
}
