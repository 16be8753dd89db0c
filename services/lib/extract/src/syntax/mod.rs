//! A shallow reading of sentences: finite verbs, noun phrases with the entities they stand for, prepositional phrases.
//!
//! There is no parser. What a word does is decided from the lexicon, its particles and its neighbours, in one pass; claims and
//! events ask for the phrase at a place and for the subject, object and prepositional phrases of a verb.

mod clause;
mod phrase;
#[cfg(test)]
pub(crate) mod tests;
mod words;

use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::OnceCell;
use std::ops::Range;

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::morphology::Number;
use marsad_arabic::token::TokenKind;
use marsad_model::ontology::{EntityType, MentionKind};
use marsad_model::{EntityId, Mention, Role, Span};

pub(crate) use clause::VerbArguments;
pub(crate) use phrase::{Marker, Phrase, PrepositionalPhrase};
pub(crate) use words::{Grammar, bare, is_that, readings_of};
use words::{is_participle_like, is_past_by_ending, is_preposition};

use crate::lexicon::{self, FunctionClass, Preposition, Sense, Slot, WordForm, WordReading};
use crate::reading::{Reading, Word};

/// Words of a name that are looked past.
const LONGEST_NAME: usize = 4;

/// Words from one verb to the next that و joins to it, at most.
const COORDINATED: usize = 12;

/// What a word does in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// A finite verb.
    Verb,
    /// A preposition written as a word of its own; `None` for one that no frame asks for (خلال).
    Preposition(Option<Preposition>),
    /// أن، إن and the like.
    That,
    /// الذي، ما
    Relative,
    /// أو، ثم، عندما
    Conjunction,
    /// قد، لم، هو: nothing that fills a slot
    Particle,
    /// ،
    Comma,
    /// A quotation mark or bracket.
    Mark,
    /// Any other punctuation.
    Stop,
    /// A noun, adjective, name or number.
    Nominal,
}

/// A word with what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Info {
    /// What it does.
    pub(crate) class: Class,
    /// The outermost name or description that covers it.
    pub(crate) mention: Option<usize>,
    /// The demonym that it is.
    pub(crate) demonym: Option<usize>,
    /// The title or office that covers it.
    pub(crate) role: Option<usize>,
    /// Whether a time expression covers it.
    pub(crate) time: bool,
    /// What the verb can be, where `class` is [`Class::Verb`]; empty for a verb outside of the lexicon.
    pub(crate) verbs: Vec<WordReading>,
    /// What stands around the verb, once it has been asked for.
    arguments: OnceCell<Box<VerbArguments>>,
}

/// The sentences of an article with the class of every word.
pub(crate) struct Syntax<'a> {
    pub(crate) reading: &'a Reading<'a>,
    pub(crate) mentions: &'a [Mention],
    pub(crate) roles: &'a [Role],
    pub(crate) info: Vec<Info>,
    /// Places, and outlets, by id.
    sites: FxHashSet<EntityId>,
    media: FxHashSet<EntityId>,
    /// Persons, and those of them with a title of a woman (وزيرة).
    persons: FxHashSet<EntityId>,
    women: FxHashSet<EntityId>,
    /// What the titles of persons belong to.
    bodies: FxHashMap<EntityId, EntityId>,
    /// What an entity is by its first mention.
    types: FxHashMap<&'a EntityId, EntityType>,
    mention_words: Vec<Range<usize>>,
    role_words: Vec<Range<usize>>,
}

impl<'a> Syntax<'a> {
    /// Classifies every word.
    pub(crate) fn new(
        reading: &'a Reading<'a>,
        mentions: &'a [Mention],
        roles: &'a [Role],
        times: impl Iterator<Item = Span>,
    ) -> Self {
        let blank = Info {
            class: Class::Nominal,
            mention: None,
            demonym: None,
            role: None,
            time: false,
            verbs: Vec::new(),
            arguments: OnceCell::new(),
        };
        let mention_words: Vec<_> = mentions.iter().map(|m| reading.words_in(m.span)).collect();
        let role_words: Vec<_> = roles.iter().map(|r| reading.words_in(r.span)).collect();
        let of_types = |types: &[EntityType]| {
            mentions.iter().filter(|m| types.contains(&m.entity_type)).map(|m| m.entity.clone()).collect()
        };
        let mut syntax = Self {
            sites: of_types(&[EntityType::Gpe, EntityType::Facility, EntityType::Location]),
            media: of_types(&[EntityType::Media]),
            persons: of_types(&[EntityType::Person]),
            women: (roles.iter().zip(&role_words))
                .filter(|(_, words)| {
                    reading.words.get(words.start).is_some_and(|word| word.stem.ends_with('ه'))
                })
                .filter_map(|(role, _)| role.entity.clone())
                .collect(),
            // The first of several titles stands.
            bodies: roles
                .iter()
                .rev()
                .filter_map(|role| role.entity.clone().zip(role.body.clone()))
                .collect(),
            types: mentions.iter().rev().map(|m| (&m.entity, m.entity_type)).collect(),
            reading,
            mentions,
            roles,
            info: vec![blank; reading.words.len()],
            mention_words,
            role_words,
        };
        for span in times {
            for at in reading.words_in(span) {
                syntax.info[at].time = true;
            }
        }
        syntax.mark_entities();
        for at in 0..reading.words.len() {
            syntax.info[at].class = syntax.class_of(at);
        }
        for sentence in &reading.sentences {
            for at in sentence.words.clone() {
                syntax.find_verb(at, sentence.words.start);
            }
        }
        syntax
    }

    fn mark_entities(&mut self) {
        for (index, mention) in self.mentions.iter().enumerate() {
            let words = self.mention_words[index].clone();
            let length = mention.span.end - mention.span.start;
            for info in self.info.get_mut(words).into_iter().flatten() {
                if mention.kind == MentionKind::Adjectival {
                    info.demonym = Some(index);
                } else if info.mention.is_none_or(|other| {
                    let span = self.mentions[other].span;
                    span.end - span.start < length
                }) {
                    info.mention = Some(index);
                }
            }
        }
        for (index, words) in self.role_words.iter().enumerate() {
            for info in self.info.get_mut(words.clone()).into_iter().flatten() {
                info.role = Some(index);
            }
        }
    }

    /// The class by form and name; verbs are found afterwards.
    fn class_of(&self, at: usize) -> Class {
        let word = &self.reading.words[at];
        let info = &self.info[at];
        if word.kind == TokenKind::Word && (info.mention.is_some() || info.demonym.is_some()) {
            Class::Nominal
        } else if info.role.is_some() {
            words::class_of(word, true)
        } else if self.is_approximator(at) {
            Class::Nominal
        } else {
            word.grammar().class
        }
    }

    /// تجمع نحو مئة متظاهر: before a number نحو is about, not toward.
    fn is_approximator(&self, at: usize) -> bool {
        let lexicon = lexicon::get();
        let word = &self.reading.words[at];
        bare(word) == "نحو"
            // على بعد نحو 20 كيلومترا counts nobody.
            && at.checked_sub(1).is_none_or(|before| !matches!(self.info[before].class, Class::Preposition(_)))
            && self.reading.words.get(at + 1).is_some_and(|next| {
                !next.has_preposition() && (next.kind == TokenKind::Number || lexicon.is_counting(&next.stem))
            })
    }

    /// Decides whether a word is a finite verb.
    fn find_verb(&mut self, at: usize, sentence_start: usize) {
        let lexicon = lexicon::get();
        let word = &self.reading.words[at];
        let info = &self.info[at];
        let can_be = word.kind == TokenKind::Word
            && !word.article
            && info.mention.is_none()
            && info.demonym.is_none()
            && info.role.is_none()
            && !info.time
            // ظنًّا, ردًّا: a written -an is a noun's.
            && !self.reading.raw(at).contains('\u{64B}')
            // اثني is a number before it is he praised, unless written أثنى.
            && (lexicon.number_value(&word.stem).is_none() || self.raw(at).starts_with("أث"))
            && (info.class == Class::Nominal
                || info.class == Class::Particle && !self.is_particle_as_spelled(at)
                || self.tells_not_between(at, sentence_start))
            // بينها is among them before it is he made it clear.
            && !(word.enclitic.is_some() && is_preposition(&word.host))
            && !word.proclitics.iter().any(|p| matches!(p, Proclitic::By | Proclitic::Like));
        if !can_be {
            return;
        }
        let future = word.proclitics.contains(&Proclitic::Will);
        let subjunctive = word.proclitics.contains(&Proclitic::To);
        let auxiliary = lexicon.is_function(FunctionClass::Verb, &word.stem);
        let verbs: Vec<WordReading> = readings_of(word)
            .filter(|r| r.form.is_finite())
            .filter(|r| !(future || subjunctive) || r.form == WordForm::Imperfect)
            .filter(|r| !r.jussive || subjunctive || self.is_negated(at))
            // أعتقد is I believe, not he believed.
            .filter(|r| {
                r.form == WordForm::Imperfect
                    || !r.lexeme().lemma.starts_with('ا')
                    || !self.reading.raw(at).trim_start_matches(['و', 'ف']).starts_with('أ')
            })
            // ردا على سؤال is no dual: a verb before its subject is singular.
            .filter(|r| r.number != Number::Dual || at > sentence_start || !self.begins_prepositional(at + 1))
            .collect();
        let is_verb = if verbs.is_empty() {
            auxiliary || self.looks_like_verb(at, future)
        } else {
            // Three letters can nearly always be a noun too: ذكر، نشر.
            let is_nominal_too = readings_of(word).any(|r| !r.form.is_finite())
                || lexicon.source_noun(&word.stem).is_some()
                || (word.stem.chars().count() == 3 && word.enclitic.is_none())
                || is_participle_like(&word.stem);
            // … في المدينة وأكد أنه …: no noun stands before أن so.
            let reports = verbs.iter().any(|r| r.lexeme().reporting.is_some());
            let says = verbs.iter().any(|r| r.lexeme().lemma == "قال");
            let before_that = reports
                && (word.has_conjunction() || says)
                && self.info.get(at + 1).is_some_and(|next| next.class == Class::That)
                && !self.begins_prepositional(at.saturating_sub(1));
            let imperfect_only = verbs.iter().all(|r| r.form == WordForm::Imperfect);
            before_that || self.is_verb_here(at, sentence_start, is_nominal_too && !imperfect_only && !future)
        };
        if is_verb {
            let info = &mut self.info[at];
            info.class = Class::Verb;
            info.verbs = verbs;
        }
    }

    /// Whether بين is made it clear: before أن, or at the head of a sentence before a title.
    fn tells_not_between(&self, at: usize, sentence_start: usize) -> bool {
        let next = self.reading.words.get(at + 1);
        bare(&self.reading.words[at]) == "بين"
            && next.is_some_and(|next| {
                self.info[at + 1].class == Class::That
                    || at == sentence_start && self.info[at + 1].role.is_some() && !next.has_preposition()
            })
    }

    /// A word as it is spelled, without its particles.
    fn raw(&self, at: usize) -> &'a str {
        self.reading.words[at].host_span.of(self.reading.text).unwrap_or_default()
    }

    /// Whether a word is spelled as the particle that it may be: هنا is here, هنأ congratulates.
    fn is_particle_as_spelled(&self, at: usize) -> bool {
        let word = &self.reading.words[at];
        self.raw(at) == word.host && lexicon::get().is_function(FunctionClass::Particle, &word.host)
    }

    fn is_negated(&self, at: usize) -> bool {
        at > 0 && matches!(bare(&self.reading.words[at - 1]), "لم" | "لا" | "لما")
    }

    /// An imperfect that the lexicon does not have: the future particle, or a prefix that nouns hardly have.
    fn looks_like_verb(&self, at: usize, future: bool) -> bool {
        let word = &self.reading.words[at];
        let long = word.stem.chars().count() >= 4;
        let prefixed = word.stem.starts_with(['ي']) || (future && word.stem.starts_with(['ت', 'ن', 'ا']));
        let follows_subjunctive = word.stem.starts_with('ت')
            && at > 0
            && matches!(self.reading.words[at - 1].folded.as_str(), "ان" | "لم" | "لن" | "لا");
        // يتمكن is listed in cues only.
        let negated =
            at > 0 && matches!(self.reading.words[at - 1].folded.as_str(), "ان" | "لم" | "لن" | "لا");
        let listed = lexicon::is_word(&word.stem) && !(negated && prefixed);
        let inflected = prefixed || follows_subjunctive || is_past_by_ending(&word.folded);
        long && inflected && !listed && !word.has_preposition()
    }

    fn is_verb_here(&self, at: usize, sentence_start: usize, ambiguous: bool) -> bool {
        let word = &self.reading.words[at];
        let conjunction = word.has_conjunction();
        let before = (sentence_start..at).rev().find(|i| self.info[*i].class != Class::Mark);
        let Some(before) = before else { return !ambiguous || !self.is_indefinite_demonym(at + 1) };
        let previous = &self.reading.words[before];
        // انتحاري فجر نفسه: only a verb has the reflexive as object.
        let reflexive = self.reading.words.get(at + 1).is_some_and(|next| {
            next.enclitic.is_some() && matches!(next.stem.as_str(), "نفس" | "نفسي" | "انفس")
        });
        match self.info[before].class {
            Class::Preposition(_) => {
                conjunction
                    || matches!(previous.host.as_str(), "منذ" | "حتي")
                    || (!ambiguous && previous.host == "من")
            }
            // قررت الحكومة، أمس، طرد …: the object goes on after the comma.
            Class::Comma if ambiguous && !conjunction && !reflexive => {
                !(sentence_start..before).any(|i| self.info[i].class == Class::Verb)
            }
            // أن طرد الدبلوماسيين …: a noun follows أنّ; the past follows أنْ only in بعد أن and the like.
            Class::That
                if ambiguous
                    && matches!(previous.folded.as_str(), "ان" | "بان" | "وان" | "فان")
                    && !readings_of(word).any(|r| r.form == WordForm::Imperfect) =>
            {
                before > sentence_start
                    && matches!(bare(&self.reading.words[before - 1]), "بعد" | "منذ" | "الي" | "سبق")
            }
            Class::Comma | Class::Stop | Class::That | Class::Relative | Class::Conjunction => {
                !ambiguous || !self.is_indefinite_demonym(at + 1)
            }
            // عقوبات بينها طرد 23 دبلوماسيا: behind a preposition with its pronoun stands a noun.
            Class::Particle => !ambiguous || previous.enclitic.is_none(),
            Class::Verb => !ambiguous || self.info[before].verbs.is_empty(),
            Class::Nominal | Class::Mark => {
                if !ambiguous || self.carries_before(at, before) || self.tells_harm_too(at, sentence_start) {
                    return true;
                }
                // After a noun without article stands its genitive; after a definite one, the predicate.
                let definite = previous.article
                    || previous.enclitic.is_some()
                    || self.info[before].mention.is_some()
                    || self.info[before].time;
                // إن مقاتلا قتل: behind an indefinite accusative stands no genitive, but the object of a participle may.
                let opens = before > sentence_start && self.info[before - 1].class == Class::That;
                (definite || reflexive || opens && self.is_accusative(before))
                    && !conjunction
                    && !previous.has_preposition()
                    && !self.is_decided(before, sentence_start)
                    && !self.is_denied(before, sentence_start)
            }
        }
    }

    /// هجوم شنه التنظيم: a light verb whose pronoun is the event noun before it.
    fn carries_before(&self, at: usize, before: usize) -> bool {
        let (word, previous) = (&self.reading.words[at], &self.reading.words[before]);
        let light = |r: WordReading| r.lexeme().light.iter().any(|light| light.noun == Slot::Object);
        word.enclitic.is_some()
            && !word.has_conjunction()
            && !previous.article
            && self.event_nouns(before).next().is_some()
            && readings_of(word).any(|r| r.form == WordForm::Past && light(r))
    }

    /// قتل ثلاثة مدنيين وجرح سبعة: a verb of killing or hurting, before it another one, and behind it how many. Where it cannot be a
    /// noun, there may be one before it: مقتل ثلاثة وجرح سبعة.
    fn tells_harm_too(&self, at: usize, sentence_start: usize) -> bool {
        let harms = |r: &WordReading| r.lexeme().senses.iter().any(Sense::is_casualty);
        let counted = self.reading.words.get(at + 1).is_some_and(|next| {
            next.kind == TokenKind::Number || lexicon::get().is_counting(&next.stem) || next.stem == "اخر"
        });
        let floor = sentence_start.max(at.saturating_sub(COORDINATED));
        let verb = || (floor..at).rev().find(|i| self.info[*i].class == Class::Verb);
        let readings = || readings_of(&self.reading.words[at]);
        self.reading.is_and(at)
            && counted
            && readings().any(|r| r.form.is_finite() && harms(&r))
            && (verb().is_some_and(|verb| self.info[verb].verbs.iter().any(harms))
                || readings().all(|r| r.form.is_finite())
                    && (floor..at).any(|i| self.event_nouns(i).any(|r| harms(&r))))
    }

    /// قرار لندن طرد …: behind a decision and who takes it stands what is decided.
    fn is_decided(&self, last: usize, sentence_start: usize) -> bool {
        let floor = sentence_start.max(last.saturating_sub(LONGEST_NAME));
        (floor..last)
            .rev()
            .take_while(|at| self.info[*at].class == Class::Nominal)
            .any(|at| lexicon::get().is_in_class("intention", &self.reading.words[at].stem))
    }

    /// نفى الجيش قصف المدينة: behind a denial and who makes it stands what is denied.
    fn is_denied(&self, last: usize, sentence_start: usize) -> bool {
        let floor = sentence_start.max(last.saturating_sub(LONGEST_NAME));
        let verb =
            (floor..last).rev().find(|at| !matches!(self.info[*at].class, Class::Nominal | Class::Mark));
        verb.filter(|at| self.info[*at].class == Class::Verb).is_some_and(|at| {
            self.info[at].verbs.iter().any(|r| r.lexeme().reporting.as_ref().is_some_and(|told| told.denies))
        })
    }

    /// Whether a word is a demonym without article: an adjective of the noun before it.
    fn is_indefinite_demonym(&self, at: usize) -> bool {
        self.info.get(at).is_some_and(|info| info.demonym.is_some()) && !self.reading.words[at].article
    }

    /// Whether an entity is a place.
    pub(crate) fn is_site(&self, entity: &EntityId) -> bool {
        self.sites.contains(entity)
    }

    /// Whom a person speaks for: the state or body of the first title that the article gives him.
    pub(crate) fn speaks_for(&self, person: &EntityId) -> Option<&EntityId> {
        self.bodies.get(person)
    }

    /// Whether an entity is a person.
    pub(crate) fn is_person(&self, entity: &EntityId) -> bool {
        self.persons.contains(entity)
    }

    /// The outermost name or description that begins at a word.
    pub(crate) fn mention_beginning(&self, at: usize) -> Option<&'a Mention> {
        let mention = self.info.get(at)?.mention?;
        (self.mention_words[mention].start == at).then(|| &self.mentions[mention])
    }

    /// What an entity of the article is, by its first mention.
    pub(crate) fn type_of(&self, entity: &EntityId) -> Option<EntityType> {
        self.types.get(entity).copied()
    }

    /// Whether an entity is a person without a title of a woman.
    pub(crate) fn is_man(&self, entity: &EntityId) -> bool {
        self.persons.contains(entity) && !self.women.contains(entity)
    }

    /// Whether an entity is an outlet.
    pub(crate) fn is_outlet(&self, entity: &EntityId) -> bool {
        self.media.contains(entity)
    }

    /// The words of the sentence that a word stands in.
    pub(crate) fn sentence(&self, at: usize) -> Range<usize> {
        let index = self.reading.sentence_of(at);
        self.reading.sentences.get(index).map_or(at..at, |sentence| sentence.words.clone())
    }

    /// The word, which must exist.
    pub(crate) fn word(&self, at: usize) -> &'a Word {
        &self.reading.words[at]
    }

    /// The class of a word; the end of the text is a stop.
    pub(crate) fn class(&self, at: usize) -> Class {
        self.info.get(at).map_or(Class::Stop, |info| info.class)
    }

    /// Whether the indefinite accusative ending is written: it marks an object, never a subject or genitive. ضحايا and فرنسا have
    /// it by themselves.
    pub(crate) fn is_accusative(&self, at: usize) -> bool {
        let (word, info) = (self.word(at), &self.info[at]);
        let bare = word.kind == TokenKind::Word && !word.article && word.enclitic.is_none();
        let named = info.mention.is_some() || info.demonym.is_some() || info.role.is_some();
        let long = word.stem.chars().count() >= 5 && word.stem.ends_with('ا');
        bare && !named && (self.reading.raw(at).contains('\u{64B}') || long && !word.stem.ends_with("يا"))
    }

    /// Whether a word on ي is the adjective made of an event noun: التواصل الاجتماعي is of society and no meeting. With the
    /// article, or behind a noun, it is neither a dual before its genitive (اجتماعي الرياض وجدة) nor before the speaker's pronoun.
    fn is_nisba(&self, at: usize, word: &Word) -> bool {
        let base =
            if word.enclitic == Some("ي") { Some(word.stem.as_str()) } else { word.stem.strip_suffix('ي') };
        let Some(base) = base.filter(|base| !base.ends_with('ت')) else { return false };
        let lexicon = lexicon::get();
        let of_event = lexicon.readings(base).iter().any(|r| r.form.is_event_noun());
        let behind_noun = at > 0
            && self.info[at - 1].class == Class::Nominal
            && self.reading.words[at - 1].kind == TokenKind::Word
            && !word.has_preposition()
            && !word.has_conjunction();
        of_event && (word.article || behind_noun)
    }

    /// What an event noun can be; empty where the word is none here.
    pub(crate) fn event_nouns(&self, at: usize) -> impl Iterator<Item = WordReading> {
        let free = self.info.get(at).is_some_and(|info| {
            info.class == Class::Nominal && info.demonym.is_none() && info.role.is_none()
        });
        self.reading
            .words
            .get(at)
            .filter(|word| {
                free && word.kind == TokenKind::Word
                    && !word.proclitics.contains(&Proclitic::Will)
                    && !self.is_nisba(at, word)
            })
            .into_iter()
            .flat_map(readings_of)
            .filter(|r| r.form.is_event_noun() && !r.lexeme().senses.is_empty())
    }
}
