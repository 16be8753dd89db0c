//! How real the text makes an event: negation, modality, tense.

use std::collections::HashMap;

use marsad_arabic::clitics::Proclitic;
use marsad_model::Claim;
use marsad_model::ontology::{EventType, Modality, Polarity, Tense};

use super::trigger::{Sentence, Trigger, light_use};
use crate::lexicon::{self, CueKind, FunctionClass, ModalityCue, Part, Scope, Slot, WordForm};
use crate::syntax::{Class, Marker, Syntax, bare};

/// What the cues of a sentence say of its triggers.
pub(crate) struct Reality<'s> {
    syntax: &'s Syntax<'s>,
    sentence: &'s Sentence<'s>,
    marks: HashMap<usize, Vec<CueKind>>,
    denied: Vec<std::ops::Range<usize>>,
}

/// Words that a cue reaches over to its verb or noun.
const REACH: usize = 7;

/// Words of a subject between a verb and its preposition, at most.
const LONGEST_SUBJECT: usize = 9;

/// Words of a clause before its predicate, at most.
const LONGEST_TOPIC: usize = 14;

impl<'s> Reality<'s> {
    pub(crate) fn new(syntax: &'s Syntax<'s>, sentence: &'s Sentence<'s>, claims: &[Claim]) -> Self {
        let mut reality = Self { syntax, sentence, marks: HashMap::new(), denied: Vec::new() };
        reality.read_denials(claims);
        let mut at = sentence.words.start;
        while at < sentence.words.end {
            let cues = reality.cues_at(at);
            let Some((length, _)) = cues.first().copied() else {
                at += 1;
                continue;
            };
            for (_, cue) in &cues {
                reality.apply(*cue, at, at + length);
            }
            at += 1;
        }
        reality.read_frames();
        reality.read_conditions();
        reality
    }

    /// The cues of the longest phrase that begins at a word.
    fn cues_at(&self, at: usize) -> Vec<(usize, ModalityCue)> {
        let syntax = self.syntax;
        if syntax.info[at].mention.is_some() {
            return Vec::new();
        }
        let words = &syntax.reading.words;
        let word = &words[at];
        let limit = self.sentence.words.end;
        let next = |n: usize| words.get(at + n).filter(|_| at + n < limit);
        let mut found: Vec<(usize, ModalityCue)> = Vec::new();
        for form in [bare(word), word.host.as_str()] {
            let all = lexicon::get().modality.matches_across(
                form,
                |n| next(n).map(|w| w.folded.as_str()),
                |n, particle| next(n).is_some_and(|w| w.proclitics.contains(&particle)),
                |n| self.across_subject(at + n).map(|end| end - at),
            );
            found.extend(all.map(|(length, cue)| (length, *cue)));
            if !found.is_empty() {
                break;
            }
        }
        // إنه كان and أن تم are no إن كان.
        let raw = word.span.of(syntax.reading.text).unwrap_or_default();
        if word.stem == "ان" && (word.enclitic.is_some() || !raw.contains('إ')) {
            found.retain(|(_, cue)| cue.kind != CueKind::Conditional);
        }
        let longest = found.iter().map(|(length, _)| *length).max().unwrap_or(0);
        found.retain(|(length, _)| *length == longest);
        // A word that tells an event is no cue for itself, but may be one for the next.
        found
    }

    /// The preposition or أن behind the subject or genitive that begins at a word; no event stands in between.
    fn across_subject(&self, start: usize) -> Option<usize> {
        let syntax = self.syntax;
        let limit = self.sentence.words.end.min(start + LONGEST_SUBJECT);
        let ends = |at: usize| {
            matches!(syntax.class(at), Class::Preposition(_) | Class::That)
                || syntax.word(at).has_preposition()
        };
        let end = (start..limit).find(|at| ends(*at) || !self.is_in_subject(*at))?;
        (ends(end) && end > start).then_some(end)
    }

    fn is_in_subject(&self, at: usize) -> bool {
        matches!(self.syntax.class(at), Class::Nominal | Class::Mark) && !self.is_trigger(at)
    }

    fn apply(&mut self, cue: ModalityCue, start: usize, end: usize) {
        // لم ينسحب إلا من المدينة: from there he did withdraw.
        if matches!(cue.kind, CueKind::Negation | CueKind::Failed) && self.is_excepted(end) {
            return;
        }
        let targets = match cue.scope {
            Scope::Verb => self.verb_scope(start, end, cue.kind),
            Scope::Noun => self.noun_scope(end),
            Scope::Clause => self.clause_scope(end),
            Scope::Adjective => self.noun_before(start),
            Scope::Predicate => self.topic_before(start),
        };
        for target in targets {
            if target < start || target >= end {
                self.marks.entry(target).or_default().push(cue.kind);
            }
        }
    }

    fn is_trigger(&self, at: usize) -> bool {
        self.sentence.trigger_at(at).is_some()
    }

    /// The next verb; where that tells no event, the event noun that it carries. قد speaks only of an imperfect.
    fn verb_scope(&self, start: usize, end: usize, kind: CueKind) -> Vec<usize> {
        let syntax = self.syntax;
        let limit = self.sentence.words.end.min(end + REACH);
        let verb = (end..limit)
            .take_while(|at| !self.ends_clause(*at) || syntax.class(*at) == Class::That)
            .find(|at| syntax.class(*at) == Class::Verb);
        let verb = verb.map(|verb| self.main_verb(verb));
        let Some(verb) = verb else {
            // يعتزم سحب: a masdar in place of a verb.
            return if kind == CueKind::Negation { Vec::new() } else { self.noun_scope(end) };
        };
        let word = bare(syntax.word(start));
        if word == "قد" && !self.is_imperfect(verb) {
            return Vec::new();
        }
        if self.is_trigger(verb) {
            return vec![verb];
        }
        self.carried_by(verb)
    }

    /// تكون توفيت, يكون الجيش قد قتل: the verb behind an auxiliary.
    fn main_verb(&self, verb: usize) -> usize {
        let syntax = self.syntax;
        if !lexicon::get().is_function(FunctionClass::Verb, &syntax.word(verb).stem) || self.is_trigger(verb)
        {
            return verb;
        }
        let limit = self.sentence.words.end.min(verb + REACH);
        (verb + 1..limit)
            .take_while(|at| !self.ends_clause(*at))
            .find(|at| syntax.class(*at) == Class::Verb)
            .unwrap_or(verb)
    }

    fn is_imperfect(&self, verb: usize) -> bool {
        let verbs = &self.syntax.info[verb].verbs;
        if verbs.is_empty() {
            return self.syntax.word(verb).stem.starts_with(['ي', 'ت']);
        }
        verbs.iter().all(|r| r.form == WordForm::Imperfect)
    }

    /// Event nouns among the arguments of a verb; the first one after a verb that the lexicon does not have.
    fn carried_by(&self, verb: usize) -> Vec<usize> {
        let linked: Vec<usize> = (self.sentence.governors.iter())
            .filter(|(noun, links)| links.iter().any(|(v, _)| *v == verb) && self.is_trigger(**noun))
            .map(|(noun, _)| *noun)
            .collect();
        if !linked.is_empty() {
            return linked;
        }
        self.noun_scope(verb + 1)
    }

    /// The next event noun before the clause ends.
    fn noun_scope(&self, end: usize) -> Vec<usize> {
        let limit = self.sentence.words.end.min(end + REACH);
        let found = (end..limit)
            .take_while(|at| !self.ends_clause(*at) && self.syntax.class(*at) != Class::Verb)
            .find(|at| self.is_trigger(*at));
        found.into_iter().collect()
    }

    /// All triggers up to the end of the clause.
    fn clause_scope(&self, end: usize) -> Vec<usize> {
        let syntax = self.syntax;
        (end..self.sentence.words.end)
            .take_while(|at| !matches!(syntax.class(*at), Class::Comma | Class::Stop))
            .filter(|at| self.is_trigger(*at))
            .collect()
    }

    fn noun_before(&self, start: usize) -> Vec<usize> {
        let floor = self.sentence.words.start.max(start.saturating_sub(4));
        let found = (floor..start)
            .rev()
            .take_while(|at| self.syntax.class(*at) == Class::Nominal)
            .find(|at| self.is_trigger(*at) && !self.syntax.word(*at).folded.is_empty());
        found.into_iter().collect()
    }

    /// The event noun that opens the clause which a predicate closes: no verb stands between.
    fn topic_before(&self, start: usize) -> Vec<usize> {
        let floor = self.sentence.words.start.max(start.saturating_sub(LONGEST_TOPIC));
        let clause: Vec<usize> = (floor..start)
            .rev()
            .take_while(|at| !matches!(self.syntax.class(*at), Class::Comma | Class::Stop | Class::That))
            .collect();
        if clause.iter().any(|at| self.syntax.class(*at) == Class::Verb) {
            return Vec::new();
        }
        clause.into_iter().rev().find(|at| self.is_trigger(*at)).into_iter().collect()
    }

    /// Whether إلا or سوى follows in the clause; إلا أن, إلا إذا and إلا بعد except nothing of it.
    fn is_excepted(&self, end: usize) -> bool {
        let syntax = self.syntax;
        let limit = self.sentence.words.end.min(end + 2 * REACH);
        let mut clause =
            (end..limit).take_while(|at| !matches!(syntax.class(*at), Class::Comma | Class::Stop));
        let except = clause.find(|at| matches!(syntax.word(*at).folded.as_str(), "الا" | "سوي"));
        except.is_some_and(|at| {
            let next = syntax.reading.folded(at + 1);
            at > end.saturating_sub(1)
                && !matches!(next, "ان" | "انه" | "انها" | "اذا" | "بعد" | "بشرط" | "عندما")
        })
    }

    fn ends_clause(&self, at: usize) -> bool {
        matches!(
            self.syntax.class(at),
            Class::Comma | Class::Stop | Class::Relative | Class::That | Class::Conjunction
        )
    }

    /// What somebody demands, threatens, agrees on or refuses has not happened for that.
    fn read_frames(&mut self) {
        let mut found = Vec::new();
        for trigger in &self.sentence.triggers {
            let kind = match trigger.sense.event_type {
                EventType::Request => CueKind::Demanded,
                EventType::Threaten => CueKind::Possible,
                EventType::Agree => CueKind::Planned,
                EventType::Reject | EventType::Concede => CueKind::Possible,
                _ => continue,
            };
            let frame = &trigger.sense.frame;
            let topics = self.topics(trigger);
            for (slot, head) in topics {
                if frame.has(Part::Topic, slot) {
                    found.extend(self.first_trigger(head).into_iter().map(|at| (at, kind)));
                }
            }
        }
        for (at, kind) in found {
            self.marks.entry(at).or_default().push(kind);
        }
    }

    /// What a condition consists of has not happened for that: شروط بأن توقف الفصائل الهجمات, شرط وقف النار.
    fn read_conditions(&mut self) {
        let syntax = self.syntax;
        let lexicon = lexicon::get();
        let mut found = Vec::new();
        for at in self.sentence.words.clone() {
            let word = syntax.word(at);
            // الشرطة and شرطي are no شرط.
            let is_derived = word.stem.ends_with(['ه', 'ي']);
            if syntax.class(at) != Class::Nominal
                || is_derived
                || !lexicon.is_in_class("condition", &word.stem)
            {
                continue;
            }
            let limit = self.sentence.words.end.min(at + 1 + REACH);
            let met = (at + 1..limit)
                .take_while(|i| !matches!(syntax.class(*i), Class::Comma | Class::Stop | Class::Conjunction))
                .find(|i| self.is_trigger(*i));
            found.extend(met);
        }
        for at in found {
            self.marks.entry(at).or_default().push(CueKind::Conditional);
        }
    }

    fn first_trigger(&self, words: std::ops::Range<usize>) -> Option<usize> {
        words.into_iter().find(|at| self.is_trigger(*at))
    }

    fn topics(&self, trigger: &Trigger) -> Vec<(Slot, std::ops::Range<usize>)> {
        let of = |pps: &[crate::syntax::PrepositionalPhrase]| {
            pps.iter()
                .filter_map(|pp| match pp.marker {
                    Marker::Plain(p) => Some((Slot::After(p), pp.phrase.first.clone())),
                    _ => None,
                })
                .collect::<Vec<_>>()
        };
        if let Some(arguments) = self.sentence.verbs.get(&trigger.at) {
            let mut all = of(&arguments.prepositional);
            all.extend(arguments.object.as_ref().map(|o| (Slot::Object, o.first.clone())));
            all
        } else if let Some(around) = self.sentence.nouns.get(&trigger.at) {
            let mut all = of(&around.prepositional);
            all.extend(around.genitive.as_ref().map(|g| (Slot::Genitive, g.first.clone())));
            all
        } else {
            Vec::new()
        }
    }

    /// The contents of denials (نفى أن) as words.
    fn read_denials(&mut self, claims: &[Claim]) {
        let words = &self.syntax.reading.words;
        let bound = |at: usize| words.get(at).map_or(usize::MAX, |word| word.span.start);
        let (start, end) = (bound(self.sentence.words.start), bound(self.sentence.words.end));
        let first = claims.partition_point(|claim| claim.cue.start < start);
        let near = claims.get(first..).unwrap_or_default().iter().take_while(|claim| claim.cue.start < end);
        for claim in near {
            let cue = self.syntax.reading.word_at(claim.cue.start);
            if !self.sentence.words.contains(&cue) {
                continue;
            }
            let denies = self.syntax.info[cue]
                .verbs
                .iter()
                .any(|r| r.lexeme().reporting.as_ref().is_some_and(|reporting| reporting.denies));
            if denies {
                self.denied.push(self.syntax.reading.words_in(claim.content));
            }
        }
    }

    /// Polarity, modality and tense of a trigger.
    pub(crate) fn of(&self, trigger: &Trigger) -> (Polarity, Modality, Tense) {
        let syntax = self.syntax;
        let word = syntax.word(trigger.at);
        let mut marks: Vec<CueKind> = self.marks.get(&trigger.at).cloned().unwrap_or_default();
        // What is said of a light verb is said of its noun.
        for (verb, slot) in self.sentence.governors.get(&trigger.at).into_iter().flatten() {
            if light_use(syntax, *verb, *slot).is_some() {
                marks.extend(self.marks.get(verb).into_iter().flatten());
                marks.extend(self.of_verb(*verb));
            }
        }
        if trigger.form.is_finite() {
            marks.extend(self.of_verb(trigger.at));
        } else if word.proclitics.contains(&Proclitic::To) && self.is_purpose(trigger) {
            marks.push(CueKind::Planned);
        }
        if self.denied.iter().any(|words| words.contains(&trigger.at)) {
            marks.push(CueKind::Denied);
        }
        let has = |kind: CueKind| marks.contains(&kind);
        let negated = marks.iter().filter(|kind| **kind == CueKind::Negation).count() % 2 == 1;
        let polarity = if negated { Polarity::Negated } else { Polarity::Affirmed };
        let modality = [
            (CueKind::Denied, Modality::Denied),
            (CueKind::Conditional, Modality::Conditional),
            (CueKind::Demanded, Modality::Demanded),
            (CueKind::Proposed, Modality::Proposed),
            (CueKind::Possible, Modality::Possible),
            (CueKind::Failed, Modality::Possible),
            (CueKind::Planned, Modality::Planned),
            (CueKind::Generic, Modality::Generic),
        ];
        let modality = modality.iter().find(|(kind, _)| has(*kind)).map_or(Modality::Actual, |(_, m)| *m);
        (polarity, modality, self.tense(trigger))
    }

    /// What a verb's own form says: the future is planned, أن with an imperfect is not yet so.
    fn of_verb(&self, verb: usize) -> Vec<CueKind> {
        let syntax = self.syntax;
        let mut marks = Vec::new();
        let word = syntax.word(verb);
        if word.proclitics.contains(&Proclitic::Will) {
            marks.push(CueKind::Planned);
        }
        if word.proclitics.contains(&Proclitic::To) {
            marks.push(CueKind::Planned);
        }
        let before = verb.checked_sub(1).filter(|at| *at >= self.sentence.words.start);
        if let Some(before) = before {
            let imperfect = self.is_imperfect(verb);
            if imperfect && syntax.class(before) == Class::That && bare(syntax.word(before)) == "ان" {
                marks.push(CueKind::Planned);
            }
            if bare(syntax.word(before)) == "لن" {
                marks.push(CueKind::Planned);
            }
        }
        marks
    }

    /// لإنهاء، لبحث: a masdar of purpose, unless the frame of what governs it asks for ل.
    fn is_purpose(&self, trigger: &Trigger) -> bool {
        let governed = self.sentence.governors.get(&trigger.at).into_iter().flatten().any(|(verb, slot)| {
            light_use(self.syntax, *verb, *slot).is_some()
                || self
                    .sentence
                    .trigger_at(*verb)
                    .is_some_and(|t| t.sense.frame.part(*slot) == Some(Part::Recipient))
        });
        trigger.form == WordForm::Masdar && !governed
    }

    fn tense(&self, trigger: &Trigger) -> Tense {
        let syntax = self.syntax;
        let of_verb = |at: usize| {
            let word = syntax.word(at);
            let before = at.checked_sub(1).map(|b| bare(syntax.word(b)));
            if word.proclitics.contains(&Proclitic::Will) || matches!(before, Some("سوف" | "لن")) {
                Tense::Future
            } else if self.is_imperfect(at) && before != Some("لم") {
                Tense::Present
            } else {
                Tense::Past
            }
        };
        if trigger.form.is_finite() {
            return of_verb(trigger.at);
        }
        let light = self
            .sentence
            .governors
            .get(&trigger.at)
            .into_iter()
            .flatten()
            .find(|(verb, slot)| light_use(syntax, *verb, *slot).is_some());
        light.map_or(Tense::None, |(verb, _)| of_verb(*verb))
    }
}
