//! The words that make a claim.

use std::collections::HashSet;

use marsad_model::explanation::SourceBasis;
use marsad_model::ontology::{EntityType, EventType, QuoteKind, SegmentKind};
use marsad_model::{ClaimSource, EntityId};

use super::Draft;
use super::content::{self, Opening};
use super::source::{self, Found};
use crate::lexicon::{Opener, Reporting, WordForm};
use crate::syntax::{Class, Marker, Syntax, readings_of};

/// Finds all claims, sentence by sentence.
pub(super) fn find(syntax: &Syntax<'_>) -> Vec<Draft> {
    let mut finder = Finder { syntax, drafts: Vec::new(), taken: HashSet::new(), last: None };
    for sentence in &syntax.reading.sentences {
        let words = &sentence.words;
        if syntax.reading.segments.get(sentence.segment).is_some_and(|s| s.kind != SegmentKind::Body) {
            finder.last = None;
        }
        let first = finder.drafts.len();
        for at in words.clone() {
            finder.at_word(at, first);
        }
        finder.before_colon(words.start, words.end, first);
        finder.attributions(words.start, words.end, first);
    }
    finder.drafts
}

pub(super) struct Finder<'s, 'a> {
    pub(super) syntax: &'s Syntax<'a>,
    pub(super) drafts: Vec<Draft>,
    /// Words that open a content already.
    pub(super) taken: HashSet<usize>,
    /// The source of the claim before, for those that leave it out.
    pub(super) last: Option<(ClaimSource, Vec<EntityId>)>,
}

impl Finder<'_, '_> {
    fn at_word(&mut self, at: usize, first: usize) {
        let info = &self.syntax.info[at];
        if info.class == Class::Verb {
            let reporting =
                info.verbs.iter().filter(|r| !r.first_person).find_map(|r| r.lexeme().reporting.as_ref());
            if let Some(reporting) = reporting {
                self.verb(at, reporting);
            }
        } else if content::continues_by_participle(self.syntax, at) {
            self.participle(at, first);
        } else if info.class == Class::Nominal {
            self.masdar(at);
        }
    }

    fn verb(&mut self, at: usize, reporting: &Reporting) {
        let syntax = self.syntax;
        let that = content::opening(syntax, at, reporting).filter(|o| !self.taken.contains(&o.at));
        let demands = syntax.info[at]
            .verbs
            .iter()
            .flat_map(|r| &r.lexeme().senses)
            .any(|s| matches!(s.event_type, EventType::Request | EventType::Threaten));
        let nominal = || content::nominal_opening(syntax, at, reporting, demands);
        // نقل tells who said it, or it is no cue.
        let attributes = !reporting.subject_is_via
            || syntax
                .arguments(at)
                .prepositional
                .iter()
                .any(|pp| matches!(pp.marker, Marker::Plain(p) if reporting.source.contains(&p)));
        let Some(opening) = that.or_else(|| nominal().filter(|_| attributes)) else {
            return self.after_quotation(at);
        };
        let Some(found) = content::content(syntax, opening) else { return };
        let (source, via, basis) = self.verb_source(at, opening, reporting);
        let span = syntax.word(at).host_span;
        self.taken.insert(opening.at);
        self.push(Draft {
            at,
            cue: span,
            content: found.span,
            quote: found.quote,
            source,
            via,
            marked: opening.marked,
            inherited: !matches!(basis, SourceBasis::Subject | SourceBasis::Preposition),
            opener: Some(opening.at),
            basis,
        });
    }

    /// The subject, or what stands after عن with نقل; the source of the claim before where there is none.
    fn verb_source(
        &self,
        at: usize,
        opening: Opening,
        reporting: &Reporting,
    ) -> (ClaimSource, Vec<EntityId>, SourceBasis) {
        let syntax = self.syntax;
        let arguments = syntax.arguments(at);
        let mut via: Vec<EntityId> = Vec::new();
        let subject =
            arguments.subject.as_ref().filter(|s| s.first.start < opening.start || s.first.start < at);
        // The subject stands right after the verb, or before it; what comes after a comma or a phrase is something else.
        let subject = subject.filter(|s| s.first.start != opening.start).filter(|s| {
            s.first.start < at
                || (at + 1..s.first.start).all(|i| {
                    syntax.info[i].time
                        || matches!(
                            syntax.class(i),
                            Class::Particle | Class::Mark | Class::Relative | Class::Verb
                        )
                }) && !content::continues_by_participle(syntax, s.head)
        });
        let mut found = subject.map(|s| source::of_phrase(syntax, s));
        let mut basis = SourceBasis::Subject;
        if reporting.subject_is_via {
            via.extend(found.take().and_then(|f| f.source.entity));
            let marked = arguments
                .prepositional
                .iter()
                .find(|pp| matches!(pp.marker, Marker::Plain(p) if reporting.source.contains(&p)));
            found = marked.map(|pp| source::of_phrase(syntax, &pp.phrase));
            basis = SourceBasis::Preposition;
        } else if let Some(marked) = arguments
            .prepositional
            .iter()
            .find(|pp| matches!(pp.marker, Marker::Plain(p) if reporting.source.contains(&p)))
        {
            found = Some(source::of_phrase(syntax, &marked.phrase));
            basis = SourceBasis::Preposition;
        }
        let subject_words = subject.map(|s| s.words.clone()).unwrap_or(0..0);
        via.extend(self.outlets(at + 1, opening.start.max(at + 1), &subject_words));
        let clause_before = self.subject_before(at);
        let inherited = || {
            if let Some(found) = &clause_before {
                return (found.source.clone(), Vec::new(), SourceBasis::VerbBefore);
            }
            self.source_before()
        };
        match found {
            Some(Found { refers_back: true, source, .. }) if self.last.is_some() => {
                let (before, mut outlets, basis) = inherited();
                outlets.extend(via);
                // المصدر is the unnamed one of before, الوزير the named one.
                let fits = before.anonymous == source.anonymous || before.entity.is_some();
                (if fits { before } else { source }, outlets, basis)
            }
            Some(found) => {
                via.extend(found.via);
                via.dedup();
                let entity = found.source.entity.clone();
                via.retain(|outlet| Some(outlet) != entity.as_ref());
                (found.source, via, basis)
            }
            None => {
                let (source, mut outlets, basis) = inherited();
                outlets.extend(via);
                outlets.dedup();
                (source, outlets, basis)
            }
        }
    }

    /// The source of the claim before; nobody where there is none.
    fn source_before(&self) -> (ClaimSource, Vec<EntityId>, SourceBasis) {
        match self.last.clone() {
            Some((source, via)) => (source, via, SourceBasis::ClaimBefore),
            None => (anonymous(), Vec::new(), SourceBasis::None),
        }
    }

    /// The subject of a verb before this one in the sentence that names somebody: دانت الحركة الهجوم وقالت.
    pub(super) fn subject_before(&self, at: usize) -> Option<Found> {
        let syntax = self.syntax;
        let start = syntax.sentence(at).start;
        (start..at)
            .rev()
            .filter(|verb| syntax.class(*verb) == Class::Verb && !syntax.info[*verb].verbs.is_empty())
            .filter(|verb| {
                *verb == start || !matches!(syntax.class(*verb - 1), Class::Relative | Class::That)
            })
            .filter_map(|verb| syntax.arguments(verb).subject.map(|subject| (verb, subject)))
            .find(|(verb, subject)| !subject.entities.is_empty() && subject.first.start <= verb + 2)
            .map(|(_, subject)| source::of_phrase(syntax, &subject))
    }

    /// Outlets named between two words, outside of the source: لوكالة رويترز.
    fn outlets(&self, start: usize, end: usize, source: &std::ops::Range<usize>) -> Vec<EntityId> {
        let syntax = self.syntax;
        let mut found = Vec::new();
        for at in start..end.min(syntax.reading.words.len()) {
            if source.contains(&at) {
                continue;
            }
            if let Some(mention) = syntax.info[at].mention.map(|m| &syntax.mentions[m])
                && mention.entity_type == EntityType::Media
                && !found.contains(&mention.entity)
            {
                found.push(mention.entity.clone());
            }
        }
        found
    }

    /// مضيفا أن, مشيرا إلى أن: the source of the claim before it in the sentence, or the subject of the verb before it.
    fn participle(&mut self, at: usize, first: usize) {
        let syntax = self.syntax;
        let readings = readings_of(syntax.word(at)).filter(|r| r.form == WordForm::ActiveParticiple);
        let Some(reporting) = readings.filter_map(|r| r.lexeme().reporting.as_ref()).next() else { return };
        let start = syntax.sentence(at).start;
        let opening = content::opening(syntax, at, reporting)
            .filter(|o| !self.taken.contains(&o.at) && o.at <= at + 12)
            .or_else(|| participle_object(syntax, at, reporting));
        let Some(opening) = opening else { return };
        let Some(found) = content::content(syntax, opening) else { return };
        let before = self.drafts.get(first..).unwrap_or_default().iter().rev().find(|d| d.at < at);
        let (source, via, basis) = match before {
            Some(draft) => (draft.source.clone(), draft.via.clone(), SourceBasis::ClaimBefore),
            None => {
                let verb = (start..at)
                    .find(|i| syntax.class(*i) == Class::Verb && !syntax.info[*i].verbs.is_empty());
                let subject =
                    verb.and_then(|v| syntax.arguments(v).subject).map(|s| source::of_phrase(syntax, &s));
                match self.subject_before(at).or(subject) {
                    Some(found) => (found.source, Vec::new(), SourceBasis::VerbBefore),
                    None => self.source_before(),
                }
            }
        };
        self.taken.insert(opening.at);
        self.push(Draft {
            at,
            cue: syntax.word(at).host_span,
            content: found.span,
            quote: found.quote,
            source,
            via,
            marked: opening.marked,
            inherited: true,
            opener: Some(opening.at),
            basis,
        });
    }

    /// قوله إن, تأكيده أن, where no verb has taken the content.
    fn masdar(&mut self, at: usize) {
        let syntax = self.syntax;
        let word = syntax.word(at);
        if word.enclitic.is_none() || syntax.info[at].mention.is_some() {
            return;
        }
        let reporting = readings_of(word)
            .filter(|r| r.form == WordForm::Masdar)
            .find_map(|r| r.lexeme().reporting.as_ref());
        let Some(reporting) = reporting else { return };
        let opening =
            content::opening(syntax, at, reporting).filter(|o| o.at <= at + 3 && !self.taken.contains(&o.at));
        let Some(opening) = opening else { return };
        let Some(found) = content::content(syntax, opening) else { return };
        let subject = syntax.phrase_before(at, syntax.sentence(at).start);
        let (source, via, basis) = match subject.filter(|s| !s.entities.is_empty()) {
            Some(phrase) => (source::of_phrase(syntax, &phrase).source, Vec::new(), SourceBasis::Before),
            None => self.source_before(),
        };
        self.taken.insert(opening.at);
        self.push(Draft {
            at,
            cue: word.host_span,
            content: found.span,
            quote: found.quote,
            source,
            via,
            marked: true,
            inherited: true,
            opener: Some(opening.at),
            basis,
        });
    }

    /// "…"، قال الوزير: the quotation stands before the verb.
    fn after_quotation(&mut self, at: usize) {
        let syntax = self.syntax;
        let start = syntax.sentence(at).start;
        let mut close = at;
        while close > start && syntax.class(close - 1) == Class::Comma {
            close -= 1;
        }
        let is_quote = |i: usize| matches!(syntax.word(i).folded.as_str(), "\"" | "«" | "»" | "“" | "”");
        if close <= start || !is_quote(close - 1) {
            return;
        }
        let Some(open) = (start..close - 1).rev().find(|i| is_quote(*i)) else { return };
        if close - 1 - open < 5 {
            return;
        }
        let Some(span) = content::span(syntax, open + 1, close - 1) else { return };
        let Some(subject) = syntax.arguments(at).subject.filter(|s| s.first.start > at) else { return };
        let Found { source, via, .. } = source::of_phrase(syntax, &subject);
        self.push(Draft {
            at,
            cue: syntax.word(at).host_span,
            content: span,
            quote: QuoteKind::Direct,
            source,
            via,
            marked: true,
            inherited: false,
            opener: Some(open),
            basis: SourceBasis::Subject,
        });
    }

    /// رويترز: … at the head of a title or sentence, and the last part of a title: وموسكو: ….
    fn before_colon(&mut self, start: usize, end: usize, first: usize) {
        let syntax = self.syntax;
        let Some(colon) = (start..end).find(|at| syntax.word(*at).folded == ":") else { return };
        if self.taken.contains(&colon)
            || self.drafts.len() > first
            || (start..colon).any(|at| content::reports(syntax, at))
        {
            return;
        }
        let mut before = colon;
        while before > start && syntax.class(before - 1) == Class::Mark {
            before -= 1;
        }
        let Some(phrase) = syntax.phrase_before(before, start).filter(|p| !p.entities.is_empty()) else {
            return;
        };
        let opens = phrase.words.start <= start + 1
            || matches!(syntax.class(phrase.words.start - 1), Class::Comma | Class::Stop | Class::Mark);
        let Some(opening) = content::after_colon(syntax, colon, end).filter(|_| opens) else { return };
        let Some(found) = content::content(syntax, opening) else { return };
        let Found { source, via, .. } = source::of_phrase(syntax, &phrase);
        // An outlet's title reports, a speaker's quotes.
        let reporter = phrase.mentions.iter().any(|m| syntax.mentions[*m].entity_type == EntityType::Media);
        let quote = if reporter { QuoteKind::Indirect } else { QuoteKind::Direct };
        let Some(cue) = content::span(syntax, phrase.words.start, phrase.words.end) else { return };
        self.push(Draft {
            at: phrase.head,
            cue,
            content: found.span,
            quote,
            source,
            via,
            marked: true,
            inherited: false,
            opener: Some(colon),
            basis: SourceBasis::Before,
        });
    }

    pub(super) fn push(&mut self, draft: Draft) {
        let sourced = draft.source.entity.is_some() || draft.source.descriptor.is_some();
        if sourced {
            self.last = Some((draft.source.clone(), draft.via.clone()));
        }
        self.drafts.push(draft);
    }
}

pub(super) fn anonymous() -> ClaimSource {
    ClaimSource { anonymous: true, ..ClaimSource::default() }
}

/// مؤكدا رفض …, داعيا إلى …: a noun phrase as content.
fn participle_object(syntax: &Syntax<'_>, at: usize, reporting: &Reporting) -> Option<Opening> {
    let end = syntax.sentence(at).end;
    for opener in &reporting.openers {
        match opener {
            Opener::That(None) | Opener::Object => {
                let phrase = syntax.noun_phrase(at + 1, end);
                if let Some(phrase) = phrase
                    .filter(|p| !syntax.word(p.head).article && !syntax.word(p.words.start).has_preposition())
                    && !phrase.words.is_empty()
                    && readings_of(syntax.word(phrase.head)).any(|r| r.form.is_event_noun())
                {
                    return Some(Opening {
                        at: phrase.words.start,
                        start: phrase.words.start,
                        marked: false,
                        direct: false,
                    });
                }
            }
            Opener::After(p) | Opener::That(Some(p)) => {
                let next = (at + 1..end.min(at + 3)).find_map(|i| syntax.prepositional_phrase(i, end));
                if let Some(pp) = next.filter(|pp| pp.marker == Marker::Plain(*p)) {
                    let start = pp.phrase.words.start;
                    return Some(Opening { at: pp.at, start, marked: false, direct: false });
                }
            }
            Opener::Colon | Opener::Saying(_) => {}
        }
    }
    None
}
