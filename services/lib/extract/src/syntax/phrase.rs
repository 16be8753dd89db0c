//! Noun phrases and prepositional phrases.

use std::ops::Range;

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::token::TokenKind;
use marsad_model::EntityId;
use marsad_model::ontology::{EntityType, MentionKind};

use super::{Class, Syntax};
use crate::lexicon::{self, Preposition};

/// A noun phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    /// Its words, coordinated phrases included.
    pub(crate) words: Range<usize>,
    /// The words up to the first coordinated phrase.
    pub(crate) first: Range<usize>,
    /// The noun that carries it, numerals skipped.
    pub(crate) head: usize,
    /// Whom or what it stands for, coordinated ones included.
    pub(crate) entities: Vec<EntityId>,
    /// The mentions behind the entities, where there are some.
    pub(crate) mentions: Vec<usize>,
}

/// What marks a prepositional phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    /// A preposition that frames ask for.
    Plain(Preposition),
    /// من قبل، على يد: the agent of a passive
    Agent,
    /// Any other.
    Other,
}

/// A preposition with its noun phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PrepositionalPhrase {
    /// The preposition.
    pub(crate) marker: Marker,
    /// Where the preposition stands.
    pub(crate) at: usize,
    /// What follows it.
    pub(crate) phrase: Phrase,
}

/// Whom a stretch of words stands for.
#[derive(Default)]
struct Referent {
    entities: Vec<EntityId>,
    mentions: Vec<usize>,
    /// One past the words that name it.
    end: usize,
}

/// Longest noun phrase that is read, in words: keeps the work linear.
const LONGEST: usize = 40;

impl Syntax<'_> {
    /// The noun phrase that begins at a word, if one does.
    pub(crate) fn noun_phrase(&self, start: usize, limit: usize) -> Option<Phrase> {
        let mut phrase = self.simple_phrase(start, limit)?;
        for _ in 0..6 {
            let mut at = phrase.words.end;
            // بغداد، وواشنطن and بغداد وواشنطن
            if self.class(at) == Class::Comma && self.reading.is_and(at + 1) && self.names_entity(at + 1) {
                at += 1;
            }
            if at >= limit || !self.reading.is_and(at) || self.class(at) != Class::Nominal {
                break;
            }
            // مقاتلات وقاذفات أميركية: the adjective is of both.
            if phrase.entities.is_empty()
                && let Some(next) = self.shares_adjective(&phrase, at, limit)
            {
                phrase.words.end = next.words.end;
                phrase.entities = next.entities;
                phrase.mentions = next.mentions;
                continue;
            }
            let named = self.names_entity(at);
            let event = self.event_nouns(at).next().is_some();
            if self.word(at).has_preposition() || (!named && (event || phrase.entities.is_empty())) {
                break;
            }
            let Some(next) = self.simple_phrase(at, limit) else { break };
            // A noun phrase before a verb begins a clause of its own.
            if next.entities.is_empty()
                || self.class(next.words.end) == Class::Verb
                    && !self.reading.is_and(next.words.end)
                    && at > start + 8
            {
                break;
            }
            phrase.words.end = next.words.end;
            for entity in next.entities {
                if !phrase.entities.contains(&entity) {
                    phrase.entities.push(entity);
                }
            }
            phrase.mentions.extend(next.mentions);
        }
        Some(phrase)
    }

    /// The second of two forces or weapons with one demonym behind them.
    fn shares_adjective(&self, phrase: &Phrase, at: usize, limit: usize) -> Option<Phrase> {
        let lexicon = lexicon::get();
        let classes = ["aircraft", "missile", "vessel", "troops"];
        let armed = |at: usize| {
            let word = self.word(at);
            !word.article && classes.iter().any(|class| lexicon.is_in_class(class, &word.stem))
        };
        let alone = phrase.first.end == phrase.head + 1;
        let demonym = self.info.get(at + 1).is_some_and(|info| info.demonym.is_some());
        (alone && demonym && armed(phrase.head) && armed(at)).then(|| self.simple_phrase(at, limit))?
    }

    /// Whether a name, description or title begins at the word.
    pub(crate) fn names_entity(&self, at: usize) -> bool {
        let Some(info) = self.info.get(at) else { return false };
        self.mention_beginning(at).is_some() || info.role.is_some_and(|r| self.role_words[r].start == at)
    }

    fn simple_phrase(&self, start: usize, limit: usize) -> Option<Phrase> {
        let limit = limit.min(start + LONGEST).min(self.reading.words.len());
        let mut head = start;
        // الـ«ناتو»: the article by itself before a mark.
        while head < limit && (self.class(head) == Class::Mark || self.word(head).folded == "ال") {
            head += 1;
        }
        if head >= limit || self.class(head) != Class::Nominal || self.info[head].time {
            return None;
        }
        head = self.skip_counting(head, limit);
        let referent = self.referent(head, limit);
        let mut end = referent.end.max(head + 1);
        while end < limit && self.continues(end, head) {
            end += 1;
        }
        let Referent { mut entities, mut mentions, .. } = referent;
        if entities.is_empty() {
            // Common noun: الطائرات الأميركية، مقاتلو التنظيم
            let found = (head..end).find(|at| {
                let info = &self.info[*at];
                info.demonym.is_some() || self.names_entity(*at)
            });
            if let Some(at) = found {
                match self.info[at].demonym.filter(|_| self.info[at].mention.is_none()) {
                    Some(mention) => {
                        entities.push(self.mentions[mention].entity.clone());
                        mentions.push(mention);
                        // لجنة عراقية أميركية
                        if let Some(second) =
                            self.info.get(at + 1).and_then(|info| info.demonym).filter(|_| at + 1 < end)
                        {
                            entities.push(self.mentions[second].entity.clone());
                            mentions.push(second);
                        }
                    }
                    None => {
                        let inner = self.referent(at, limit);
                        (entities, mentions) = (inner.entities, inner.mentions);
                        end = end.max(inner.end);
                    }
                }
            }
        }
        // الناشط السعودي السابق جمال خاشقجي: the name after the description is who is meant.
        if let Some(person) = self.described_person(head, end, limit) {
            end = self.mention_words[person].end;
            (entities, mentions) = (vec![self.mentions[person].entity.clone()], vec![person]);
        }
        Some(Phrase { words: start..end, first: start..end, head, entities, mentions })
    }

    /// The person whose name stands right after a definite noun in the singular and its adjectives: الرئيس السابق فلان, ابنته
    /// فلانة.
    fn described_person(&self, head: usize, end: usize, limit: usize) -> Option<usize> {
        let word = self.word(head);
        let info = &self.info[head];
        let one = (word.article || word.enclitic.is_some())
            && !["ون", "ين", "ات", "ه"].iter().any(|plural| word.stem.ends_with(plural));
        let plain = info.mention.is_none() && info.role.is_none() && info.demonym.is_none();
        if !one || !plain || end >= limit || self.event_nouns(head).next().is_some() {
            return None;
        }
        self.name_at(end, EntityType::Person).filter(|_| !self.word(end).has_preposition())
    }

    /// The counted noun: أكثر من 85 هدفا, عشرات الهجمات, عدد من الجنود.
    fn skip_counting(&self, start: usize, limit: usize) -> usize {
        let lexicon = lexicon::get();
        let mut at = start;
        while at + 1 < limit && at < start + 8 {
            let word = self.word(at);
            let counts = word.kind == TokenKind::Number
                || lexicon.is_counting(&word.stem)
                || lexicon.is_in_class("quantifier", &word.stem);
            let next = self.word(at + 1);
            if counts && next.folded == "من" && at + 2 < limit {
                at += 2;
            } else if counts
                && self.class(at + 1) == Class::Nominal
                && !next.has_preposition()
                && !self.info[at + 1].time
            {
                at += 1;
            } else {
                break;
            }
        }
        at
    }

    /// Whether a word goes on the phrase with this head.
    fn continues(&self, at: usize, head: usize) -> bool {
        let word = self.word(at);
        let info = &self.info[at];
        match info.class {
            Class::Mark => {
                // A quoted or bracketed part, not the end of a quotation.
                return self.class(at + 1) == Class::Nominal && self.opens(at)
                    || self.closes_inside(at, head);
            }
            Class::Nominal => {}
            _ => return false,
        }
        if info.time || word.has_preposition() || word.has_conjunction() {
            return false;
        }
        // نفى الوزير أي علاقة: another phrase begins.
        if matches!(word.folded.as_str(), "اي" | "ايه") {
            return false;
        }
        let previous = self.word(at - 1);
        let before = &self.info[at - 1];
        if before.class == Class::Mark {
            // منظمة العفو (أمنستي) الجيش: after a bracket only an adjective goes on.
            return !matches!(previous.folded.as_str(), ")" | "]") || info.demonym.is_some();
        }
        let definite = previous.article
            || previous.enclitic.is_some()
            || before.mention.is_some_and(|m| self.mention_words[m].end == at);
        if info.demonym.is_some() && info.mention.is_none() {
            return true;
        }
        if definite {
            // After a definite word only its adjectives go on: with the article, and no name or title of its own.
            let named = before.mention.is_some() && before.role.is_none();
            let adjective =
                word.article && !named && !self.names_entity(at) && self.event_nouns(at).next().is_none();
            let apposition = before.role.is_some() && self.names_entity(at);
            return adjective || apposition;
        }
        // قوله إن: the source's phrase has ended.
        if word.enclitic.is_some() && word.stem == "قول" {
            return false;
        }
        if word.enclitic.is_some()
            && super::readings_of(word).any(|r| r.form.is_event_noun() && r.lexeme().reporting.is_some())
        {
            return false;
        }
        // انفجار موكبا: a genitive has no such ending; an adjective has that of its noun.
        if self.is_accusative(at)
            && !self.is_accusative(at - 1)
            && before.class == Class::Nominal
            && !self.is_counted(at)
        {
            return false;
        }
        // لقي عشرة أشخاص مصرعهم: what is counted has no genitive with a pronoun.
        if word.enclitic.is_some() && self.is_counted(at - 1) && self.event_nouns(at).next().is_some() {
            return false;
        }
        // After an adjective a name, an event noun or a number with what it counts is the next argument: فصائل مسلحة القوات, طائرة مسيرة
        // ثلاثة جنود.
        let adjective = before.demonym.is_some()
            || at - 1 > head
                && (previous.stem.ends_with("يه")
                    || previous.stem.starts_with('م') && previous.stem.ends_with('ه'));
        let next = self.names_entity(at) || self.event_nouns(at).next().is_some() || self.counts_next(at);
        !(adjective && next)
    }

    /// Whether a number stands before a word: عشرون صاروخا.
    fn is_counted(&self, at: usize) -> bool {
        let lexicon = lexicon::get();
        let before = at.checked_sub(1).map(|before| self.word(before));
        before.is_some_and(|word| word.kind == TokenKind::Number || lexicon.is_counting(&word.stem))
    }

    /// Whether a word is a number, with what it counts behind it: ثلاثة جنود.
    fn counts_next(&self, at: usize) -> bool {
        let word = self.word(at);
        let number = word.kind == TokenKind::Number || lexicon::get().number_value(&word.stem).is_some();
        number
            && !word.article
            && self.reading.words.get(at + 1).is_some_and(|next| {
                self.class(at + 1) == Class::Nominal && !next.article && !next.has_preposition()
            })
    }

    fn opens(&self, at: usize) -> bool {
        let (mark, next) = (self.word(at), self.reading.words.get(at + 1));
        next.is_some_and(|next| mark.span.end == next.span.start)
            && self.reading.words.get(at.wrapping_sub(1)).is_some_and(|p| p.span.end != mark.span.start)
    }

    fn closes_inside(&self, at: usize, head: usize) -> bool {
        (head..at).any(|i| self.class(i) == Class::Mark)
            && !(head..at).skip(1).any(|i| self.class(i) == Class::Mark && !self.opens(i))
    }

    /// The entity that the words from `at` on name: a name, a title with or without its holder's name.
    fn referent(&self, at: usize, limit: usize) -> Referent {
        let Some(info) = self.info.get(at) else { return Referent { end: at, ..Referent::default() } };
        if let Some(role) = info.role.filter(|r| self.role_words[*r].start == at) {
            let end = self.role_words[role].end;
            let mut next = end;
            while next < limit && next < end + 2 && matches!(self.class(next), Class::Mark | Class::Comma) {
                next += 1;
            }
            if let Some(person) = self.name_at(next, EntityType::Person) {
                let end = self.mention_words[person].end;
                return Referent {
                    entities: vec![self.mentions[person].entity.clone()],
                    mentions: vec![person],
                    end,
                };
            }
            let role = &self.roles[role];
            if let Some(entity) = role.entity.as_ref().or(role.body.as_ref()) {
                return Referent { entities: vec![entity.clone()], mentions: Vec::new(), end };
            }
        }
        if let Some(mention) = info.mention.filter(|m| self.mention_words[*m].start == at) {
            let end = self.mention_words[mention].end;
            // وزير الخارجية as a description, then the name.
            if self.mentions[mention].kind == MentionKind::Nominal
                && let Some(person) = self.name_at(end, EntityType::Person)
            {
                let end = self.mention_words[person].end;
                return Referent {
                    entities: vec![self.mentions[person].entity.clone()],
                    mentions: vec![person],
                    end,
                };
            }
            return Referent {
                entities: vec![self.mentions[mention].entity.clone()],
                mentions: vec![mention],
                end,
            };
        }
        Referent { end: at, ..Referent::default() }
    }

    /// The name of an entity of a type that begins at a word.
    pub(crate) fn name_at(&self, at: usize, entity_type: EntityType) -> Option<usize> {
        let mention = self.info.get(at)?.mention?;
        let found = &self.mentions[mention];
        (self.mention_words[mention].start == at
            && found.entity_type == entity_type
            && found.kind == MentionKind::Name
            && !self.word(at).has_conjunction())
        .then_some(mention)
    }

    /// The prepositional phrase that begins at a word, if one does.
    pub(crate) fn prepositional_phrase(&self, at: usize, limit: usize) -> Option<PrepositionalPhrase> {
        let word = self.reading.words.get(at).filter(|_| at < limit)?;
        if let Class::Preposition(preposition) = self.class(at) {
            let next = self.reading.words.get(at + 1)?;
            let agent = match preposition {
                Some(Preposition::From) => next.folded == "قبل",
                Some(Preposition::On) => matches!(next.folded.as_str(), "يد" | "ايدي"),
                _ => false,
            };
            if agent {
                let phrase = self.noun_phrase(at + 2, limit)?;
                return Some(PrepositionalPhrase { marker: Marker::Agent, at, phrase });
            }
            // على خلفية, في إطار, من أجل: the two together are the preposition.
            if lexicon::get().is_in_class("relation", &next.host)
                && !next.article
                && let Some(phrase) = self.noun_phrase(at + 2, limit)
            {
                return Some(PrepositionalPhrase { marker: Marker::Other, at, phrase });
            }
            let phrase = self.noun_phrase(at + 1, limit)?;
            let marker = preposition.map_or(Marker::Other, Marker::Plain);
            return Some(PrepositionalPhrase { marker, at, phrase });
        }
        let preposition = word.proclitics.iter().find_map(|p| match p {
            Proclitic::By => Some(Preposition::By),
            Proclitic::To => Some(Preposition::For),
            Proclitic::Like => Some(Preposition::Like),
            _ => None,
        })?;
        if self.class(at) != Class::Nominal {
            return None;
        }
        // عقوبات بحق روسيا
        if preposition == Preposition::By
            && word.stem == "حق"
            && !word.article
            && word.enclitic.is_none()
            && let Some(phrase) = self.noun_phrase(at + 1, limit)
        {
            return Some(PrepositionalPhrase { marker: Marker::Plain(Preposition::Against), at, phrase });
        }
        let phrase = self.noun_phrase(at, limit)?;
        Some(PrepositionalPhrase { marker: Marker::Plain(preposition), at, phrase })
    }

    /// The preposition of a word that is one with its pronoun: عليه، به.
    pub(crate) fn pronoun_after(&self, at: usize) -> Option<Preposition> {
        let word = self.reading.words.get(at).filter(|word| word.enclitic.is_some())?;
        if self.class(at) != Class::Particle {
            return None;
        }
        let attached = word.proclitics.iter().find_map(|p| match p {
            Proclitic::By => Some(Preposition::By),
            Proclitic::To => Some(Preposition::For),
            _ => None,
        });
        Preposition::of(&word.host).or(attached.filter(|_| word.is_governed_pronoun()))
    }

    /// Whether a preposition stands at the word or is attached to it.
    pub(crate) fn begins_prepositional(&self, at: usize) -> bool {
        matches!(self.class(at), Class::Preposition(_))
            || self
                .reading
                .words
                .get(at)
                .is_some_and(|word| word.has_preposition() && self.class(at) == Class::Nominal)
    }
}
