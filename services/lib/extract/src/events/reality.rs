//! How real the text makes an event: negation, modality, tense.

use rustc_hash::FxHashMap;
use std::ops::Range;

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::orthography::fold;
use marsad_model::Claim;
use marsad_model::explanation::RealityBasis;
use marsad_model::ontology::{EventType, Modality, Polarity, Tense};

use super::trigger::{Sentence, Trigger, light_use};
use crate::lexicon::{self, CueKind, ModalityCue, Part, Preposition, Scope, Slot, WordForm};
use crate::syntax::{Class, Marker, Syntax, bare, readings_of};

/// What the cues of a sentence say of its triggers.
pub(crate) struct Reality<'s> {
    pub(super) syntax: &'s Syntax<'s>,
    pub(super) sentence: &'s Sentence<'s>,
    marks: FxHashMap<usize, Vec<Mark>>,
    /// The contents of denials, the words that deny, and what that says of them.
    denied: Vec<(Range<usize>, usize, CueKind)>,
}

/// What one cue says of a word.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    pub(crate) kind: CueKind,
    pub(crate) basis: RealityBasis,
    /// The words of the cue.
    pub(crate) words: Range<usize>,
}

impl Mark {
    fn at(word: usize, kind: CueKind, basis: RealityBasis) -> Self {
        Self { kind, basis, words: word..word + 1 }
    }
}

/// How real the text makes an event, and what says so.
pub(crate) struct Verdict {
    pub(crate) polarity: Polarity,
    pub(crate) modality: Modality,
    pub(crate) tense: Tense,
    /// What speaks on it.
    pub(crate) marks: Vec<Mark>,
    /// The kind of cue that decided the modality.
    pub(crate) decisive: Option<CueKind>,
}

/// Words that a cue reaches over to its verb or noun.
pub(super) const REACH: usize = 7;

/// Words of a subject between a verb and its preposition, at most.
const LONGEST_SUBJECT: usize = 9;

impl<'s> Reality<'s> {
    pub(crate) fn new(syntax: &'s Syntax<'s>, sentence: &'s Sentence<'s>, claims: &[Claim]) -> Self {
        let mut reality = Self { syntax, sentence, marks: FxHashMap::default(), denied: Vec::new() };
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
        reality.read_subjunctives();
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
        // فإنه تم: no إن of a condition.
        let alone = syntax.class(at) == Class::That && word.enclitic.is_some();
        for form in [bare(word), word.host.as_str()].into_iter().take(if alone { 1 } else { 2 }) {
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
        // ما لا يقل عن 20 شخصا: a bound of a number, and no negation.
        if start.checked_sub(1).is_some_and(|before| self.syntax.after_measure(before).is_some()) {
            return;
        }
        if cue.kind == CueKind::Conditional && self.is_even(start, end) {
            return;
        }
        let targets = match cue.scope {
            Scope::Verb => self.verb_scope(start, end, cue.kind),
            Scope::Noun if cue.kind == CueKind::Negation => self.negated_noun(end),
            Scope::Noun => self.nouns_joined(end),
            Scope::Clause => self.clause_scope(end),
            Scope::Adjective => self.noun_before(start),
            Scope::Predicate => self.topic_before(start),
        };
        for target in targets {
            // محاولة اغتيال is an attack, whether or not it succeeds; نفى الاتهامات: they were made.
            let event_type = self.sentence.trigger_at(target).map(|t| t.sense.event_type);
            let tried = cue.kind == CueKind::Failed
                && event_type == Some(EventType::Assault)
                && self.syntax.word(start).stem.starts_with("محاول");
            let made = matches!(cue.kind, CueKind::Denied | CueKind::Negation)
                && self.syntax.word(target).article
                && event_type == Some(EventType::Accuse);
            // نفت أن تكون وراء الهجوم: what has the article behind أن is taken for granted.
            let granted = cue.kind == CueKind::Denied
                && matches!(cue.scope, Scope::Verb)
                && self.syntax.word(target).article;
            if (target < start || target >= end) && !made && !tried && !granted {
                let mark = Mark { kind: cue.kind, basis: RealityBasis::Phrase, words: start..end };
                self.marks.entry(target).or_default().push(mark);
            }
        }
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
                    let mark = Mark::at(trigger.at, kind, RealityBasis::Event);
                    found.extend(self.first_trigger(head).into_iter().map(|at| (at, mark.clone())));
                }
            }
        }
        for (at, mark) in found {
            self.marks.entry(at).or_default().push(mark);
        }
    }

    /// أن تبدأ القوات التي تقودها واشنطن في الانسحاب: not yet so, though the noun is far off.
    fn read_subjunctives(&mut self) {
        let syntax = self.syntax;
        let mut found = Vec::new();
        for that in self.sentence.words.clone().filter(|at| syntax.class(*at) == Class::That) {
            let verb = that + 1;
            let not_yet = self.sentence.verbs.contains_key(&verb)
                && bare(syntax.word(that)) == "ان"
                && self.is_imperfect(verb)
                && !self.is_so_after(that);
            if not_yet && !self.sentence.governors.values().flatten().any(|(v, _)| *v == verb) {
                found.extend(self.carried_far(verb).into_iter().map(|at| (at, that..verb + 1)));
            }
        }
        for (at, words) in found {
            let mark = Mark { kind: CueKind::Planned, basis: RealityBasis::VerbForm, words };
            self.marks.entry(at).or_default().push(mark);
        }
    }

    /// What a condition consists of has not happened for that: شروط بأن توقف الفصائل الهجمات, شرط وقف النار.
    fn read_conditions(&mut self) {
        let syntax = self.syntax;
        let lexicon = lexicon::get();
        let mut found = Vec::new();
        for at in self.sentence.words.clone() {
            let word = syntax.word(at);
            // شرطة is police.
            let condition = lexicon.is_in_class("condition", &word.stem) && !word.stem.ends_with('ه');
            if syntax.class(at) != Class::Nominal || !condition {
                continue;
            }
            let limit = self.sentence.words.end.min(at + 1 + REACH);
            let met = (at + 1..limit)
                .take_while(|i| !matches!(syntax.class(*i), Class::Comma | Class::Stop | Class::Conjunction))
                .find(|i| self.is_trigger(*i));
            found.extend(met.map(|met| (met, at)));
        }
        for (at, condition) in found {
            let mark = Mark::at(condition, CueKind::Conditional, RealityBasis::Condition);
            self.marks.entry(at).or_default().push(mark);
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
                // لا تستبعد هجوما: whoever does not deny it leaves it open.
                let before = cue.checked_sub(1).map(|before| bare(self.syntax.word(before)));
                let kind = match before {
                    Some("لا" | "لم" | "لن") => CueKind::Possible,
                    _ => CueKind::Denied,
                };
                let mut content = self.syntax.reading.words_in(claim.content);
                let class = |at: usize| self.syntax.class(at);
                // طلبت موسكو، التي تنفي ضلوعها، اجتماعا; نفت ضلوعها وردت بطرد دبلوماسيين: behind the comma of a relative clause, and
                // with the next verb behind a noun, the sentence goes on.
                let relative = cue.checked_sub(1).is_some_and(|before| class(before) == Class::Relative);
                let verbless =
                    content.start.checked_sub(1).is_some_and(|before| class(before) != Class::That);
                // A definite noun has no adjective clause: الهجوم وردت is another verb, however it is spelled.
                let goes_on = |verb: usize| {
                    let before = verb.checked_sub(1);
                    self.syntax.word(verb).has_conjunction()
                        || before.is_some_and(|at| {
                            class(at) == Class::Comma
                                || class(at) == Class::Nominal && self.syntax.word(at).article
                        })
                };
                let ends = |at: &usize| {
                    relative && class(*at) == Class::Comma
                        || verbless && class(*at) == Class::Verb && goes_on(*at)
                };
                content.end = content.clone().find(ends).unwrap_or(content.end);
                self.denied.push((content, cue, kind));
            }
        }
    }

    /// Polarity, modality and tense of a trigger.
    pub(crate) fn of(&self, trigger: &Trigger) -> Verdict {
        let syntax = self.syntax;
        let word = syntax.word(trigger.at);
        let mut marks: Vec<Mark> = self.marks.get(&trigger.at).cloned().unwrap_or_default();
        // What is said of a light verb is said of its noun.
        for (verb, slot) in self.sentence.governors.get(&trigger.at).into_iter().flatten() {
            if light_use(syntax, *verb, *slot).is_some() {
                marks.extend(self.marks.get(verb).into_iter().flatten().cloned());
                marks.extend(self.of_verb(*verb));
                // لم تتوقف الاحتجاجات: what has not ended goes on.
                if self.ends(*verb) {
                    marks.retain(|mark| mark.kind != CueKind::Negation);
                }
            }
        }
        if trigger.form.is_finite() {
            marks.extend(self.of_verb(trigger.at));
        } else if word.proclitics.contains(&Proclitic::To) && self.is_purpose(trigger) {
            marks.push(Mark::at(trigger.at, CueKind::Planned, RealityBasis::Purpose));
        }
        let denial = |(words, ..): &&(Range<usize>, usize, CueKind)| {
            words.contains(&trigger.at) && !self.is_granted(words, trigger)
        };
        if let Some((_, cue, kind)) = self.denied.iter().find(denial) {
            marks.push(Mark::at(*cue, *kind, RealityBasis::Denial));
        }
        if let Some(verb) = self.is_to_come(trigger) {
            marks.push(Mark::at(verb, CueKind::Planned, RealityBasis::VerbForm));
        }
        let has = |kind: CueKind| marks.iter().any(|mark| mark.kind == kind);
        let negated = marks.iter().filter(|mark| mark.kind == CueKind::Negation).count() % 2 == 1;
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
        let (decisive, modality) = modality.into_iter().find(|(kind, _)| has(*kind)).unzip();
        let modality = modality.unwrap_or(Modality::Actual);
        Verdict { polarity, modality, tense: self.tense(trigger), marks, decisive }
    }

    /// Whether a verb tells that something ends.
    fn ends(&self, verb: usize) -> bool {
        let mut lemmas = self.syntax.info[verb].verbs.iter().map(|r| fold(r.lexeme().lemma));
        lemmas.any(|lemma| lexicon::get().is_in_class("ending", &lemma))
    }

    /// Whether a denial takes an event for granted: a definite noun in a content with a verb (نفت أن تكون وراء الهجوم).
    fn is_granted(&self, denied: &Range<usize>, trigger: &Trigger) -> bool {
        let before = trigger.at.checked_sub(1).filter(|at| denied.contains(at));
        let presupposed = before.is_some_and(|verb| self.is_presupposed(verb, trigger.at));
        let verb = || denied.clone().any(|at| self.syntax.class(at) == Class::Verb);
        !trigger.form.is_finite() && (presupposed || self.syntax.word(trigger.at).article && verb())
    }

    /// انسحاب القوات سيستغرق وقتا: the verb in the future of a masdar with its genitive.
    fn is_to_come(&self, trigger: &Trigger) -> Option<usize> {
        let syntax = self.syntax;
        let genitive = self.sentence.nouns.get(&trigger.at).and_then(|around| around.genitive.as_ref());
        // هجوم الجيش سيؤدي: what a noun tells may have been; what was written as a verb's masdar comes with it.
        let comes = trigger.form == WordForm::Masdar || trigger.sense.event_type == EventType::Retreat;
        let genitive = genitive.filter(|_| comes)?;
        let verb = genitive.words.end;
        let topic = trigger.at == self.sentence.words.start
            || matches!(syntax.class(trigger.at - 1), Class::That | Class::Stop | Class::Comma | Class::Mark);
        (topic && syntax.class(verb) == Class::Verb && self.is_future(verb)).then_some(verb)
    }

    fn is_future(&self, verb: usize) -> bool {
        let before = verb.checked_sub(1).map(|before| bare(self.syntax.word(before)));
        self.syntax.word(verb).proclitics.contains(&Proclitic::Will) || matches!(before, Some("سوف" | "لن"))
    }

    /// What a verb's own form says: the future is planned, أن with an imperfect is not yet so.
    fn of_verb(&self, verb: usize) -> Vec<Mark> {
        let syntax = self.syntax;
        let mut marks = Vec::new();
        let planned =
            |words: Range<usize>| Mark { kind: CueKind::Planned, basis: RealityBasis::VerbForm, words };
        let word = syntax.word(verb);
        if word.proclitics.contains(&Proclitic::Will) {
            marks.push(planned(verb..verb + 1));
        }
        if word.proclitics.contains(&Proclitic::To) && !self.is_emphatic(verb) {
            marks.push(planned(verb..verb + 1));
        }
        let before = verb.checked_sub(1).filter(|at| *at >= self.sentence.words.start);
        if let Some(before) = before {
            let imperfect = self.is_imperfect(verb);
            if imperfect
                && syntax.class(before) == Class::That
                && bare(syntax.word(before)) == "ان"
                && !self.is_so_after(before)
            {
                marks.push(planned(before..verb + 1));
            }
            // لن يغادر حتى يتم حل البرلمان
            if bare(syntax.word(before)) == "لن" || imperfect && bare(syntax.word(before)) == "حتي" {
                marks.push(planned(before..verb + 1));
            }
        }
        marks
    }

    /// إن الحركة إذ ترفض الاتهامات لتطالب: the ل of emphasis after إن, not of purpose.
    fn is_emphatic(&self, verb: usize) -> bool {
        let syntax = self.syntax;
        let while_at = (self.sentence.words.start..verb).rev().find(|at| bare(syntax.word(*at)) == "اذ");
        while_at.is_some_and(|at| {
            let floor = self.sentence.words.start.max(at.saturating_sub(REACH));
            (floor..at).any(|i| syntax.class(i) == Class::That)
        })
    }

    /// دون أن يلتقي: no plan; قبل أن يفجر نفسه after a verb in the past: it happened.
    fn is_so_after(&self, that: usize) -> bool {
        let syntax = self.syntax;
        let Some(before) = that.checked_sub(1).filter(|at| *at >= self.sentence.words.start) else {
            return false;
        };
        match bare(syntax.word(before)) {
            "دون" | "بدون" => true,
            "قبل" => {
                let verb =
                    (self.sentence.words.start..before).rev().find(|at| syntax.class(*at) == Class::Verb);
                verb.is_some_and(|verb| !self.is_imperfect(verb))
            }
            _ => false,
        }
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
        let masdar = self.syntax.event_nouns(trigger.at).any(|r| r.form == WordForm::Masdar);
        masdar && !governed && !self.is_suffered(trigger.at)
    }

    /// تعرضه للضرب: a masdar of a light verb carries the noun after ل; نتيجة لقصف: it is the cause.
    fn is_suffered(&self, noun: usize) -> bool {
        let cause = |at: usize| matches!(bare(self.syntax.word(at)), "نتيجه" | "نظرا" | "تبعا");
        noun > self.sentence.words.start
            && (cause(noun - 1)
                || readings_of(self.syntax.word(noun - 1))
                    .flat_map(|r| &r.lexeme().light)
                    .any(|light| light.noun == Slot::After(Preposition::For)))
    }

    fn tense(&self, trigger: &Trigger) -> Tense {
        let syntax = self.syntax;
        let of_verb = |at: usize| {
            let before = at.checked_sub(1).map(|b| bare(syntax.word(b)));
            if self.is_future(at) {
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
