//! Whose words they are: the subject of the reporting verb where it has one, else whoever spoke or acted before.

use marsad_arabic::morphology::Gender;
use marsad_model::explanation::SourceBasis;
use marsad_model::{ClaimSource, EntityId};

use super::content::{self, Opening};
use super::cue::{Finder, anonymous};
use super::source::{self, Back, Found};
use crate::lexicon::{self, Reporting, SourceSlot};
use crate::syntax::{Class, Marker, Phrase, Syntax, bare};

/// Words back to a subject that stands before its verb behind a comma, at most.
const FRONT_REACH: usize = 32;

/// A source, the outlets it went through, and where it stands or whence it is taken over.
pub(super) type Speaker = (ClaimSource, Vec<EntityId>, SourceBasis);

impl Finder<'_, '_> {
    /// The subject, or what stands after عن with نقل; who spoke before where there is none.
    pub(super) fn verb_source(
        &self,
        at: usize,
        opening: Opening,
        reporting: &Reporting,
    ) -> (Speaker, String) {
        let syntax = self.syntax;
        let mut via: Vec<EntityId> = Vec::new();
        let subject = self.subject(at, opening.start);
        let limit = |phrase: &Phrase| if phrase.first.start < at { at } else { opening.at };
        let mut found = subject.as_ref().map(|s| source::of_phrase(syntax, s, limit(s)));
        let marked = syntax
            .arguments(at)
            .prepositional
            .iter()
            .find(|pp| matches!(pp.marker, Marker::Plain(p) if reporting.source.contains(&p)));
        // نقلت الوكالة عن مسؤول, but نقل شهود أن.
        if reporting.subject_is_via && (marked.is_some() || found.is_none()) {
            via.extend(found.take().and_then(|f| f.source.entity));
        }
        let by_preposition = marked.is_some();
        if by_preposition {
            found = marked.map(|pp| source::of_phrase(syntax, &pp.phrase, opening.at));
        }
        let subject_words = subject.map(|s| s.words).unwrap_or(0..0);
        via.extend(self.outlets(at + 1, opening.start.max(at + 1), &subject_words));
        let Some(found) = found else {
            let (source, mut outlets, basis) = self.elided(at);
            outlets.extend(via);
            outlets.dedup();
            return ((source, outlets, basis), String::new());
        };
        if let Some(back) = found.back
            && let Some((source, mut outlets)) = self.told_before(at, &found, back)
        {
            outlets.extend(via);
            outlets.dedup();
            return ((source, outlets, SourceBasis::ClaimBefore), found.noun);
        }
        via.extend(found.via);
        via.dedup();
        let entity = found.source.entity.clone();
        via.retain(|outlet| Some(outlet) != entity.as_ref());
        let basis = if by_preposition { SourceBasis::Preposition } else { SourceBasis::Subject };
        ((found.source, via, basis), found.noun)
    }

    /// The noun phrase that is the verb's subject: right behind it, before it, or at the head of the clause with words between
    /// commas behind it. What comes behind a comma or another phrase is something else.
    pub(super) fn subject(&self, at: usize, content: usize) -> Option<Phrase> {
        let syntax = self.syntax;
        let arguments = syntax.arguments(at);
        let has_subject = arguments.subject.is_some() && syntax.word(at).enclitic.is_none();
        let between = |i: usize| {
            let short = |pp: &crate::syntax::PrepositionalPhrase| {
                pp.at == at + 1 && pp.phrase.words.contains(&i) && pp.phrase.words.end <= at + 5
            };
            syntax.info[i].time
                || matches!(syntax.class(i), Class::Particle | Class::Mark | Class::Relative | Class::Verb)
                // أعلنت ما تسمى بـ"…"
                || syntax.reading.folded(at + 1) == "ما" && i < at + 5
                // صرح لرويترز مسؤول
                || arguments.prepositional.iter().any(short)
        };
        // من ناحية أخرى قالت, في الوقت الذي قالت فيه: no subject.
        let start = syntax.sentence(at).start;
        let resumed = syntax.class(at + 1) == Class::Particle && syntax.word(at + 1).enclitic.is_some();
        let relative = at > start && syntax.class(at - 1) == Class::Relative;
        // الذي يزعم الغرب أنه …
        let resumed = resumed
            || relative
                && content < syntax.reading.words.len()
                && syntax.class(content) == Class::That
                && syntax.class(at + 1) == Class::Nominal;
        let opens = |first: usize| first <= start + 2 || syntax.class(first - 2) == Class::Comma;
        let governed = |first: usize| {
            let behind = first > start && matches!(syntax.class(first - 1), Class::Preposition(_));
            resumed
                || !relative && opens(first) && (behind || syntax.begins_prepositional(first))
                // لندن - «…»: قالت
                || first > start && syntax.word(first - 1).folded == ":"
        };
        // أعد برنامجا قال إنه …: an object told of, not who tells.
        let object = |s: &Phrase| {
            let head = syntax.word(s.head);
            s.first.start < at
                && !relative
                && head.folded.ends_with('ا')
                && !head.article
                && s.entities.is_empty()
                && source::source_noun(head).is_none()
        };
        let subject = arguments.subject.clone().filter(|s| !object(s)).filter(|s| {
            (s.first.start < content || s.first.start < at)
                && s.first.start != content
                && (s.first.start < at && !governed(s.first.start)
                    || s.first.start > at
                        && (at + 1..s.first.start).all(between)
                        && !content::continues_by_participle(syntax, s.head))
        });
        let behind = || {
            let first = at + 1 + usize::from(syntax.class(at + 1) == Class::Particle);
            let opens = matches!(syntax.class(first), Class::Mark | Class::Nominal);
            syntax
                .noun_phrase(first, content)
                .filter(|_| opens && !syntax.begins_prepositional(first))
                .filter(|s| content >= s.words.end && !content::continues_by_participle(syntax, s.head))
        };
        // واختتم حديثه بالقول: what is spoken speaks not.
        let speech = |s: &Phrase| {
            let head = syntax.word(s.head);
            head.enclitic.is_some() && lexicon::get().is_in_class("speech", &head.stem)
        };
        let subject = subject.or_else(|| if has_subject { behind() } else { None }).filter(|s| !speech(s));
        subject.or_else(|| self.fronted(at))
    }

    /// فلان، رئيس الحزب، أكد: who opens the clause of a verb that stands behind a comma.
    fn fronted(&self, at: usize) -> Option<Phrase> {
        let syntax = self.syntax;
        let start = syntax.sentence(at).start.max(at.saturating_sub(FRONT_REACH));
        let mut comma = at;
        while comma > start && syntax.class(comma - 1) == Class::Particle {
            comma -= 1;
        }
        comma = comma.checked_sub(1).filter(|c| *c > start && syntax.class(*c) == Class::Comma)?;
        if syntax.word(at).has_conjunction() {
            return None;
        }
        let opened = (start..comma)
            .rev()
            .find(|i| matches!(syntax.class(*i), Class::Stop | Class::That | Class::Conjunction))
            .map_or(start, |i| i + 1);
        let first = (opened..comma)
            .find(|i| !matches!(syntax.class(*i), Class::Particle | Class::Mark))
            .filter(|i| syntax.class(*i) == Class::Nominal && !syntax.begins_prepositional(*i))?;
        let phrase = syntax.noun_phrase(first, comma)?;
        // Its verb must not have come yet; those of relative clauses have.
        let mut relative = false;
        for i in phrase.words.end..comma {
            match syntax.class(i) {
                Class::Relative => relative = true,
                Class::Verb if !relative => return None,
                _ => {}
            }
        }
        let someone = !phrase.entities.is_empty() || source::source_noun(syntax.word(phrase.head)).is_some();
        someone.then_some(phrase)
    }

    /// Whom a definite description means: who was described so before, or who spoke last.
    fn told_before(&self, at: usize, found: &Found, back: Back) -> Option<(ClaimSource, Vec<EntityId>)> {
        let described = self.described.get(&found.noun).filter(|_| back != Back::TellingPerson);
        if let Some(source) = described.filter(|source| source.entity.is_some() || back != Back::Document) {
            return Some((source.clone(), Vec::new()));
        }
        let syntax = self.syntax;
        let (source, via) = self.last.clone().filter(|(source, _)| self.agrees(at, source))?;
        let continues = content::is_continuation(syntax, at);
        let of_person = match &source.entity {
            Some(id) => syntax.is_person(id),
            None => source.anonymous && source.count.is_none_or(|count| count == 1),
        };
        let fits = match back {
            Back::Person => of_person,
            Back::TellingPerson => of_person && continues && source.entity.is_some(),
            Back::Document => true,
            Back::Other => false,
        };
        fits.then_some((source, via))
    }

    /// Who speaks where the verb has no subject: who spoke before in the sentence, who acts in it or in the one before, who spoke last.
    pub(super) fn elided(&self, at: usize) -> Speaker {
        if impersonal(self.syntax, at) {
            return (anonymous(), Vec::new(), SourceBasis::None);
        }
        if let Some((source, via)) = self.spoken_in_sentence(at) {
            return (source, via, SourceBasis::ClaimBefore);
        }
        let acting = self.subject_before(at).or_else(|| self.opener(at));
        if let Some(found) = acting.or_else(|| self.subject_of_sentence_before(at))
            && self.agrees(at, &found.source)
        {
            return (found.source, Vec::new(), SourceBasis::VerbBefore);
        }
        let (source, via, basis) = self.source_before();
        if self.agrees(at, &source) {
            (source, via, basis)
        } else {
            (anonymous(), Vec::new(), SourceBasis::None)
        }
    }

    /// The source of the claim before; nobody where there is none.
    pub(super) fn source_before(&self) -> Speaker {
        match self.last.clone() {
            Some((source, via)) => (source, via, SourceBasis::ClaimBefore),
            None => (anonymous(), Vec::new(), SourceBasis::None),
        }
    }

    /// The source of the last claim of the sentence whose content has ended.
    fn spoken_in_sentence(&self, at: usize) -> Option<(ClaimSource, Vec<EntityId>)> {
        let start = self.syntax.sentence(at).start;
        let here = self.syntax.word(at).span;
        let sourced = |source: &ClaimSource| source.entity.is_some() || source.descriptor.is_some();
        let before = || self.drafts.iter().rev().take_while(|draft| draft.at >= start);
        before()
            .filter(|draft| draft.at < at && !draft.content.contains(here) && sourced(&draft.source))
            .filter(|draft| !is_subordinate(self.syntax, draft.at))
            .find(|draft| !before().any(|outer| outer.cue != draft.cue && outer.content.contains(draft.cue)))
            .filter(|draft| self.agrees(at, &draft.source))
            .map(|draft| (draft.source.clone(), draft.via.clone()))
    }

    /// Whether a source can be the subject of a verb by its gender, as far as both are known.
    fn agrees(&self, at: usize, source: &ClaimSource) -> bool {
        let Some(id) = &source.entity else { return true };
        let mut genders = self.syntax.info[at].verbs.iter().map(|reading| reading.gender);
        let feminine = genders.len() > 0 && genders.all(|gender| gender == Some(Gender::Feminine));
        !feminine || !self.syntax.is_man(id) || self.women.contains(id)
    }

    /// The subject of a verb before this one in the sentence that names somebody: دانت الحركة الهجوم وقالت. What stands in a
    /// content that has ended is no subject of ours.
    pub(super) fn subject_before(&self, at: usize) -> Option<Found> {
        let syntax = self.syntax;
        let start = syntax.sentence(at).start;
        let here = syntax.word(at).span;
        let said = |verb: usize| {
            let span = syntax.word(verb).span;
            let near = self.drafts.iter().rev().take_while(|draft| draft.at >= start);
            near.into_iter().any(|draft| draft.content.contains(span) && !draft.content.contains(here))
        };
        (start..at)
            .rev()
            .filter(|verb| syntax.class(*verb) == Class::Verb && !syntax.info[*verb].verbs.is_empty())
            .filter(|verb| {
                *verb == start || !matches!(syntax.class(*verb - 1), Class::Relative | Class::That)
            })
            .filter(|verb| !said(*verb))
            .filter_map(|verb| syntax.arguments(verb).subject.as_ref().map(|subject| (verb, subject)))
            .filter(|(verb, subject)| subject.first.start <= verb + 3)
            .map(|(_, subject)| source::of_phrase(syntax, subject, at))
            .find(|found| found.source.entity.is_some())
    }

    /// The person right behind the first word of the sentence, be it a verb that the lexicon lacks: تفاعل الرئيس مع الحدث وأكد.
    fn opener(&self, at: usize) -> Option<Found> {
        let syntax = self.syntax;
        let start = syntax.sentence(at).start;
        let first = syntax.class(start) == Class::Nominal && !syntax.word(start).article;
        let phrase = (at > start + 2 && first).then(|| syntax.noun_phrase(start + 1, at)).flatten()?;
        let found = source::of_phrase(syntax, &phrase, phrase.words.end);
        let person = found.source.entity.as_ref().is_some_and(|id| syntax.is_person(id));
        (person && syntax.names_entity(start + 1)).then_some(found)
    }

    /// The subject of a relative clause that goes on to here: الحركة التي دانت الهجوم قائلة.
    pub(super) fn relative_subject(&self, at: usize) -> Option<Found> {
        let syntax = self.syntax;
        let start = syntax.sentence(at).start;
        let verb = (start..at)
            .rev()
            .take_while(|i| !matches!(syntax.class(*i), Class::Comma | Class::Stop))
            .find(|i| syntax.class(*i) == Class::Verb)?;
        let relative = verb > start && syntax.class(verb - 1) == Class::Relative;
        let subject = syntax.arguments(verb).subject.as_ref().filter(|_| relative)?;
        Some(source::of_phrase(syntax, subject, at)).filter(|found| found.source.entity.is_some())
    }

    /// The subject of the sentence before, where it opens with its verb and reports nothing: هنأ السفير الفريق. وقال ….
    fn subject_of_sentence_before(&self, at: usize) -> Option<Found> {
        let syntax = self.syntax;
        let sentences = &syntax.reading.sentences;
        let index = syntax.reading.sentence_of(at);
        let (this, before) = (sentences.get(index)?, sentences.get(index.checked_sub(1)?)?);
        let opens = at <= this.words.start + 1;
        let reported = self.drafts.last().is_some_and(|draft| draft.at >= before.words.start);
        if !opens || reported || this.segment != before.segment {
            return None;
        }
        let words = before.words.clone();
        let verb = (words.start..words.end.min(words.start + 4)).find(|i| syntax.class(*i) == Class::Verb)?;
        let subject = syntax.arguments(verb).subject.as_ref().filter(|s| s.first.start <= verb + 3)?;
        let found = source::of_phrase(syntax, subject, subject.words.end + 8);
        let person = found.source.entity.as_ref().is_some_and(|id| syntax.is_person(id));
        person.then_some(found)
    }

    /// Remembers a person of whom a verb in the feminine tells.
    pub(super) fn note_gender(&mut self, at: usize, source: &ClaimSource) {
        let mut genders = self.syntax.info[at].verbs.iter().map(|reading| reading.gender);
        if genders.len() > 0
            && genders.all(|gender| gender == Some(Gender::Feminine))
            && let Some(id) = source.entity.as_ref().filter(|id| self.syntax.is_person(id))
        {
            self.women.insert(id.clone());
        }
    }
}

/// جدد دعوته إلى أن الحزب قال: whether the clause of a verb is opened by أن.
pub(super) fn is_subordinate(syntax: &Syntax<'_>, at: usize) -> bool {
    let start = syntax.sentence(at).start.max(at.saturating_sub(8));
    (start..at)
        .rev()
        .take_while(|i| !matches!(syntax.class(*i), Class::Comma | Class::Stop))
        .any(|i| syntax.class(i) == Class::That && !content::begins_clause(syntax, i))
        && !syntax.word(at).has_conjunction()
}

/// يذكر أن، يشار إلى أن at the head of a sentence: nobody says it.
fn impersonal(syntax: &Syntax<'_>, at: usize) -> bool {
    let sentence = syntax.sentence(at);
    let words = &syntax.reading.words;
    at <= sentence.start + 1
        && lexicon::get()
            .claim_cues
            .matches(
                bare(syntax.word(at)),
                |n| words.get(at + n).filter(|_| at + n < sentence.end).map(|w| w.folded.as_str()),
                |n, particle| words.get(at + n).is_some_and(|w| w.proclitics.contains(&particle)),
            )
            .any(|(_, cue)| cue.source == SourceSlot::None)
}
