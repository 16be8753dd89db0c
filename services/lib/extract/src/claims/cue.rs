//! The words that make a claim.

use rustc_hash::{FxHashMap, FxHashSet};

use marsad_model::explanation::SourceBasis;
use marsad_model::ontology::{EntityType, EventType, QuoteKind, SegmentKind};
use marsad_model::{ClaimSource, EntityId};

use super::Draft;
use super::content::{self, Opening};
use super::nominal;
use super::source::{self, Found};
use super::speaker;
use crate::lexicon::{self, Opener, Preposition, Reporting, WordForm};
use crate::syntax::{Class, Marker, Phrase, Syntax, bare, readings_of};

/// Finds all claims, sentence by sentence.
pub(super) fn find(syntax: &Syntax<'_>) -> Vec<Draft> {
    let mut finder = Finder {
        syntax,
        drafts: Vec::new(),
        taken: FxHashSet::default(),
        last: None,
        described: FxHashMap::default(),
        women: FxHashSet::default(),
    };
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
    pub(super) taken: FxHashSet<usize>,
    /// The source of the claim before, for those that leave it out.
    pub(super) last: Option<(ClaimSource, Vec<EntityId>)>,
    /// The sources so far, by the nouns that describe them.
    pub(super) described: FxHashMap<String, ClaimSource>,
    /// Persons of whom verbs in the feminine tell.
    pub(super) women: FxHashSet<EntityId>,
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
        if is_negated(syntax, at) && !reporting.denies
            || lexicon::get().is_in_class("other_sense", &syntax.word(at).stem)
        {
            return;
        }
        let that = content::opening(syntax, at, reporting).filter(|o| !self.taken.contains(&o.at));
        let demands = syntax.info[at].verbs.iter().flat_map(|r| &r.lexeme().senses).any(|s| {
            matches!(
                s.event_type,
                EventType::Request | EventType::Threaten | EventType::Agree | EventType::Accuse
            )
        });
        let nominal = || nominal::nominal_opening(syntax, at, reporting, demands);
        // نقل tells who said it, and جاء where, or it is no cue.
        let attributes = || {
            let told = |p: &Marker| matches!(p, Marker::Plain(p) if reporting.source.contains(p));
            reporting.source.is_empty()
                || syntax.arguments(at).prepositional.iter().any(|pp| told(&pp.marker))
                || reporting.subject_is_via && that.is_some()
        };
        // حذر من تصعيد "…": the marks are only part of it.
        let quoted = that.filter(|opening| opening.direct && content::is_quote(syntax, opening.start - 1));
        let wider = quoted.and_then(|quoted| nominal().filter(|opening| opening.start + 1 < quoted.start));
        let Some(opening) = wider.or(that).or_else(nominal).filter(|_| attributes()) else {
            if !self.echo(at) {
                self.after_quotation(at);
            }
            return;
        };
        // وهو ما يشير إلى أن …: nobody says so.
        let fact = at > 0
            && syntax.word(at - 1).folded == "ما"
            && matches!(syntax.reading.folded(at.wrapping_sub(2)), "وهو" | "هو" | "وهي" | "هي")
            && self.subject(at, opening.start).is_none_or(|s| s.first.start < at);
        // وهذا يؤكد أن …
        let thing = at > 0
            && !syntax.word(at).has_conjunction()
            && matches!(bare(syntax.word(at - 1)), "هذا" | "هذه" | "ذلك" | "تلك");
        if fact || thing {
            return;
        }
        let Some(found) = content::content(syntax, opening) else { return };
        let ((source, via, basis), noun) = self.verb_source(at, opening, reporting);
        let span = syntax.word(at).host_span;
        self.taken.insert(opening.at);
        self.note_gender(at, &source);
        self.push(Draft {
            at,
            cue: span,
            content: found.span,
            quote: found.quote,
            source,
            via,
            noun,
            marked: opening.marked,
            inherited: !matches!(basis, SourceBasis::Subject | SourceBasis::Preposition),
            opener: Some(opening.at),
            basis,
        });
    }

    /// Outlets named between two words, outside of the source: لوكالة رويترز.
    pub(super) fn outlets(&self, start: usize, end: usize, source: &std::ops::Range<usize>) -> Vec<EntityId> {
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
                // What acts in the sentence may have no name: اشتكى عمال النظافة، مؤكدين.
                let subject = verb
                    .and_then(|v| self.subject(v, at).filter(|s| s.first.start <= v + 2))
                    .map(|s| source::of_phrase(syntax, &s, at));
                match self.relative_subject(at).or_else(|| self.subject_before(at)).or(subject) {
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
            noun: String::new(),
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
            Some(phrase) => (source::of_phrase(syntax, &phrase, at).source, Vec::new(), SourceBasis::Before),
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
            noun: String::new(),
            marked: true,
            inherited: true,
            opener: Some(opening.at),
            basis,
        });
    }

    /// …، وهو ما تنفيه إيران: what is said is what was told before; whether there is such a claim.
    fn echo(&mut self, at: usize) -> bool {
        let syntax = self.syntax;
        let start = syntax.sentence(at).start;
        let points = at >= start + 2
            && syntax.word(at).enclitic.is_some()
            && syntax.word(at - 1).folded == "ما"
            && matches!(bare(syntax.word(at - 2)), "هو" | "هي");
        let Some(subject) = self.subject(at, usize::MAX).filter(|s| points && s.first.start > at) else {
            return false;
        };
        let before = syntax.word(at - 2).span;
        let told = (self.drafts.iter().rev().take_while(|draft| draft.at >= start))
            .find(|draft| draft.content.end <= before.start)
            .map(|draft| draft.content);
        let Some(content) = told.or_else(|| content::span(syntax, start, at - 2)) else { return false };
        let Found { source, via, noun, .. } = source::of_phrase(syntax, &subject, subject.words.end);
        self.push(Draft {
            at,
            cue: syntax.word(at).host_span,
            content,
            quote: QuoteKind::Indirect,
            source,
            via,
            noun,
            marked: false,
            inherited: false,
            opener: None,
            basis: SourceBasis::Subject,
        });
        true
    }

    /// "…"، قال الوزير and …، تقول المعارضة، …: what is said stands before the verb.
    fn after_quotation(&mut self, at: usize) {
        let syntax = self.syntax;
        let start = syntax.sentence(at).start;
        let mut close = at;
        while close > start && syntax.class(close - 1) == Class::Comma {
            close -= 1;
        }
        let Some(subject) = syntax.arguments(at).subject.as_ref().filter(|s| s.first.start == at + 1) else {
            return;
        };
        let is_quote = |i: usize| matches!(syntax.word(i).folded.as_str(), "\"" | "«" | "»" | "“" | "”");
        let after = syntax.class(subject.words.end);
        let (open, close, quote) = if close > start && is_quote(close - 1) {
            let Some(open) = (start..close - 1).rev().find(|i| is_quote(*i)) else { return };
            (open + 1, close - 1, QuoteKind::Direct)
        } else if close < at
            && matches!(after, Class::Comma | Class::Stop)
            && syntax.info[at].verbs.iter().any(|r| r.lexeme().lemma == "قال")
        {
            (start, close, QuoteKind::Indirect)
        } else {
            return;
        };
        if close.saturating_sub(open) < 4 {
            return;
        }
        let Some(span) = content::span(syntax, open, close) else { return };
        let Found { source, via, noun, .. } = source::of_phrase(syntax, subject, subject.words.end);
        self.push(Draft {
            at,
            cue: syntax.word(at).host_span,
            content: span,
            quote,
            source,
            via,
            noun,
            marked: quote == QuoteKind::Direct,
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
        if !self.speaks_in_title(&phrase, opening.start, start) {
            return;
        }
        let Found { source, via, noun, .. } = source::of_phrase(syntax, &phrase, colon);
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
            noun,
            marked: true,
            inherited: false,
            opener: Some(colon),
            basis: SourceBasis::Before,
        });
    }

    /// A town before a colon in the body is where the report was written (غزة - رويترز:), and a country at the head of a
    /// title what it is about (الهند: مقتل …), unless it is the one who speaks (روسيا: سنرد).
    fn speaks_in_title(&self, phrase: &Phrase, content: usize, start: usize) -> bool {
        let syntax = self.syntax;
        let Some(place) = phrase
            .mentions
            .iter()
            .map(|m| &syntax.mentions[*m])
            .find(|m| matches!(m.entity_type, EntityType::Gpe | EntityType::Location))
        else {
            return true;
        };
        let quoted = matches!(syntax.word(content).folded.as_str(), "\"" | "«" | "“")
            || content > 0 && matches!(syntax.word(content - 1).folded.as_str(), "\"" | "«" | "“");
        let own = quoted || syntax.is_first_person(content);
        let title = syntax.reading.sentence_of(start) == 0;
        let first = phrase.words.start;
        title && (own || first == start && place.metonymy || syntax.word(first).has_conjunction())
    }

    pub(super) fn push(&mut self, draft: Draft) {
        let sourced = draft.source.entity.is_some() || draft.source.descriptor.is_some();
        // Who is quoted by somebody else has not the word.
        let start = self.syntax.sentence(draft.at).start;
        let nested = (self.drafts.iter().rev().take_while(|outer| outer.at >= start))
            .any(|outer| outer.content.contains(draft.cue) && outer.source.entity.is_some());
        // An outlet named behind what it reports is not who speaks next.
        let channel = !draft.marked
            && self.syntax.class(draft.at) != Class::Verb
            && draft.source.entity.as_ref().is_some_and(|id| self.syntax.is_outlet(id));
        let subordinate = nested || channel || speaker::is_subordinate(self.syntax, draft.at);
        if sourced && !(subordinate && self.last.is_some()) {
            self.last = Some((draft.source.clone(), draft.via.clone()));
        }
        if !draft.noun.is_empty() && !draft.inherited {
            self.described.insert(draft.noun.clone(), draft.source.clone());
        }
        self.drafts.push(draft);
    }
}

/// لم يقل, لن يعلن: nothing is said.
fn is_negated(syntax: &Syntax<'_>, at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| matches!(bare(syntax.word(before)), "لم" | "لن"))
}

pub(super) fn anonymous() -> ClaimSource {
    ClaimSource { anonymous: true, ..ClaimSource::default() }
}

/// مؤكدا رفض …, داعيا إلى …, متسائلا عما …: a noun phrase as content.
fn participle_object(syntax: &Syntax<'_>, participle: usize, reporting: &Reporting) -> Option<Opening> {
    let end = syntax.sentence(participle).end;
    // مؤكدا في الوقت نفسه رفض …
    let timely = |at: usize| {
        let word = syntax.reading.words.get(at);
        let itself =
            word.is_some_and(|word| word.enclitic.is_some() && matches!(word.stem.as_str(), "نفس" | "ذات"));
        itself || word.is_some_and(|word| word.stem == "وقت") || syntax.info.get(at).is_some_and(|i| i.time)
    };
    let mut at = participle;
    while at + 1 < end
        && (timely(at + 1)
            || syntax.class(at + 1) == Class::Preposition(Some(Preposition::In)) && timely(at + 2))
    {
        at += 1;
    }
    let open = |head: usize, at: usize| Some(Opening { at, start: head, marked: false, direct: false });
    for opener in &reporting.openers {
        match opener {
            Opener::Object => {
                let phrase = syntax
                    .noun_phrase(at + 1, end)
                    .filter(|p| !p.words.is_empty() && !syntax.word(p.words.start).has_preposition());
                if let Some(phrase) = phrase
                    && (reporting.judges
                        || !syntax.word(phrase.head).article && nominal::tells(syntax, phrase.head))
                {
                    return open(phrase.words.start, phrase.words.start);
                }
            }
            Opener::After(p) | Opener::That(Some(p)) => {
                if let Some(what) = nominal::about_what(syntax, at, *p) {
                    return open(what, what);
                }
                let next = (at + 1..end.min(at + 3)).find_map(|i| syntax.prepositional_phrase(i, end));
                if let Some(pp) = next.filter(|pp| pp.marker == Marker::Plain(*p)) {
                    return open(pp.phrase.words.start, pp.at);
                }
            }
            Opener::That(None) | Opener::Colon | Opener::Saying(_) => {}
        }
    }
    None
}
