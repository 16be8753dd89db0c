//! The participants of one event as they are collected, each with where it comes from.

use std::ops::Range;

use marsad_model::EntityId;
use marsad_model::explanation::ArgumentBasis;
use marsad_model::ontology::{EntityType, MentionKind};

use super::anaphora::{self, Antecedents};
use crate::lexicon::Part;
use crate::syntax::{Phrase, PrepositionalPhrase, Syntax};

/// The arguments of one event.
#[derive(Debug, Clone)]
pub(crate) struct Arguments<'a> {
    /// What the sentences before speak of.
    pub(super) before: &'a Antecedents,
    pub(crate) actors: Vec<EntityId>,
    pub(crate) recipients: Vec<EntityId>,
    pub(crate) places: Vec<EntityId>,
    /// A light verb carries the noun.
    pub(crate) supported: bool,
    /// The verb that does, where it is a finite one.
    pub(crate) light_verb: Option<usize>,
    /// The words of every phrase that fills a part.
    pub(crate) phrases: Vec<(Part, Range<usize>)>,
    /// Where every entity comes from, in the order in which they were found.
    pub(crate) origins: Vec<Origin>,
}

/// Entities that stand in a part although no phrase of the event's own names them.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) entities: Vec<EntityId>,
    pub(super) basis: ArgumentBasis,
    /// The words that name them, where some do.
    pub(super) words: Option<Range<usize>>,
}

impl Found {
    /// `None` where nobody is.
    pub(super) fn new(entities: Vec<EntityId>, basis: ArgumentBasis) -> Option<Self> {
        (!entities.is_empty()).then_some(Self { entities, basis, words: None })
    }

    /// The entities of a phrase, if it has any.
    pub(super) fn of_phrase(phrase: &Phrase, basis: ArgumentBasis) -> Option<Self> {
        let words = Some(phrase.words.clone());
        Some(Self { words, ..Self::new(phrase.entities.clone(), basis)? })
    }
}

/// Where an entity comes from.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) entity: EntityId,
    pub(crate) part: Part,
    pub(crate) basis: ArgumentBasis,
    /// The words that name it.
    pub(crate) words: Option<Range<usize>>,
}

/// What an event may take its participants from besides its own clause.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// Who says it, where it stands in a claim.
    pub(super) source: Option<&'a EntityId>,
    /// The subject of the sentence before.
    pub(super) topic: Option<&'a EntityId>,
    /// What the sentences before speak of.
    pub(super) before: &'a Antecedents,
}

impl<'a> Arguments<'a> {
    pub(super) fn new(before: &'a Antecedents) -> Self {
        Self {
            before,
            actors: Vec::new(),
            recipients: Vec::new(),
            places: Vec::new(),
            supported: false,
            light_verb: None,
            phrases: Vec::new(),
            origins: Vec::new(),
        }
    }

    /// A prepositional phrase.
    pub(super) fn put_after(
        &mut self,
        syntax: &Syntax<'_>,
        part: Part,
        pp: &PrepositionalPhrase,
        basis: ArgumentBasis,
    ) {
        self.put(syntax, part, &pp.phrase, basis);
        let words = pp.at.min(pp.phrase.words.start)..pp.phrase.words.end;
        for origin in self.origins.iter_mut().filter(|o| o.words.as_ref() == Some(&pp.phrase.words)) {
            origin.words = Some(words.clone());
        }
    }

    pub(super) fn put(&mut self, syntax: &Syntax<'_>, part: Part, phrase: &Phrase, basis: ArgumentBasis) {
        self.phrases.push((part, phrase.words.clone()));
        if phrase.entities.is_empty() && matches!(part, Part::Actor | Part::Recipient) {
            if let Some(owner) = anaphora::owner_of(syntax, phrase) {
                return self.put(syntax, part, &owner, ArgumentBasis::Owner);
            }
            return self.take(part, self.before.of_phrase(syntax, phrase));
        }
        for entity in &phrase.entities {
            let kind = phrase.mentions.iter().map(|m| &syntax.mentions[*m]).find(|m| m.entity == *entity);
            let is_site =
                kind.is_some_and(|m| matches!(m.entity_type, EntityType::Facility | EntityType::Location));
            let (list, part) = match part {
                // A base or region that is hit, or hosts, is where it happens.
                Part::Actor | Part::Recipient if is_site => (&mut self.places, Part::Place),
                Part::Actor => (&mut self.actors, part),
                Part::Recipient => (&mut self.recipients, part),
                Part::Place => (&mut self.places, part),
                // What an instrument belongs to acts: طائرات أميركية.
                Part::Instrument => (&mut self.actors, Part::Actor),
                Part::Topic | Part::Quantity => continue,
            };
            // الوجود الأميركي: whose it is, not where.
            let demonym = kind.is_some_and(|m| m.kind == MentionKind::Adjectival);
            if part == Part::Place && demonym && !is_land(phrase, syntax) {
                continue;
            }
            if kind.is_some_and(|m| m.entity_type == EntityType::EventName) && part != Part::Place {
                continue;
            }
            if !list.contains(entity) {
                list.push(entity.clone());
                let words = Some(phrase.words.clone());
                self.origins.push(Origin { entity: entity.clone(), part, basis, words });
            }
        }
    }

    /// The words of the phrases that say what it is about.
    pub(super) fn topics(&self) -> Vec<Range<usize>> {
        self.phrases.iter().filter(|(part, _)| *part == Part::Topic).map(|(_, words)| words.clone()).collect()
    }

    /// What was found elsewhere.
    pub(super) fn take(&mut self, part: Part, found: Option<Found>) {
        if let Some(Found { entities, basis, words }) = found {
            self.put_entities(part, entities, basis, words.as_ref());
        }
    }

    /// `words` are those that name the entities, where some do.
    pub(super) fn put_entities(
        &mut self,
        part: Part,
        entities: Vec<EntityId>,
        basis: ArgumentBasis,
        words: Option<&Range<usize>>,
    ) {
        let list = match part {
            Part::Actor => &mut self.actors,
            Part::Recipient => &mut self.recipients,
            Part::Place => &mut self.places,
            Part::Instrument | Part::Topic | Part::Quantity => return,
        };
        for entity in entities {
            if !list.contains(&entity) {
                list.push(entity.clone());
                self.origins.push(Origin { entity, part, basis, words: words.cloned() });
            }
        }
    }
}

/// الأراضي البريطانية
pub(super) fn is_land(phrase: &Phrase, syntax: &Syntax<'_>) -> bool {
    crate::lexicon::get().is_in_class("land", &syntax.word(phrase.head).stem)
}
