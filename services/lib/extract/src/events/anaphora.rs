//! Whom a definite description or a pronoun refers to: الموكب, الجانبان, عليها.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use marsad_arabic::morphology::Number;
use marsad_model::EntityId;
use marsad_model::explanation::ArgumentBasis;
use marsad_model::ontology::{EntityType, MentionKind};

use super::participants::Found;
use super::trigger::Sentence;
use crate::lexicon::{self, is_form_of_any};
use crate::syntax::{Phrase, Syntax};

/// Words before a pronoun among which its name stands, at most.
const PRONOUN_REACH: usize = 60;

/// What the sentences so far speak of.
#[derive(Debug, Default)]
pub(crate) struct Antecedents {
    /// Whom the last phrase with this head, folded, stands for.
    described: FxHashMap<String, Vec<EntityId>>,
    /// The heads that are inflected forms of a word: a look-up costs the same however much was described.
    inflected: FxHashMap<String, BTreeSet<String>>,
    /// Two that were named together.
    pair: Option<Vec<EntityId>>,
}

impl Antecedents {
    /// Remembers the phrases of a sentence.
    pub(super) fn add(&mut self, syntax: &Syntax<'_>, sentence: &Sentence<'_>) {
        let mut phrases: Vec<&Phrase> = Vec::new();
        for verb in sentence.verbs.values() {
            let plain = [&verb.subject, &verb.object, &verb.second_object];
            phrases.extend(plain.into_iter().flatten());
            phrases.extend(verb.prepositional.iter().map(|pp| &pp.phrase));
        }
        for noun in sentence.nouns.values() {
            phrases.extend(&noun.genitive);
            phrases.extend(noun.prepositional.iter().map(|pp| &pp.phrase));
        }
        phrases.sort_by_key(|phrase| (phrase.head, phrase.words.end));
        phrases.dedup();
        for phrase in phrases {
            self.remember(syntax, phrase);
        }
    }

    fn remember(&mut self, syntax: &Syntax<'_>, phrase: &Phrase) {
        let entities =
            owner_of(syntax, phrase).map_or_else(|| phrase.entities.clone(), |owner| owner.entities);
        if entities.len() == 2 && entities[0] != entities[1] {
            self.pair = Some(entities.clone());
        }
        let head = syntax.word(phrase.head);
        // حركة حماس is الحركة afterwards; a name of one word has no other description.
        let named = syntax.info[phrase.head].mention.is_some_and(|m| {
            let mention = &syntax.mentions[m];
            let words = syntax.reading.words_in(mention.span);
            words.len() < 2 || matches!(mention.entity_type, EntityType::Person | EntityType::Gpe)
        });
        if entities.is_empty() || named || head.article || syntax.info[phrase.head].role.is_some() {
            return;
        }
        let stem = head.stem.as_str();
        if self.described.insert(stem.to_owned(), entities).is_none() {
            is_form_of_any(stem, |form| {
                self.inflected.entry(form.to_owned()).or_default().insert(stem.to_owned());
                false
            });
        }
    }

    /// Whom a definite phrase without a name stands for.
    pub(super) fn of_phrase(&self, syntax: &Syntax<'_>, phrase: &Phrase) -> Option<Found> {
        let head = syntax.word(phrase.head);
        if !head.article || !phrase.entities.is_empty() {
            return None;
        }
        let words = Some(phrase.words.clone());
        let entities = if lexicon::get().is_in_class("both_parties", &head.stem) {
            self.pair.as_ref()
        } else if syntax.event_nouns(phrase.head).next().is_some() {
            None
        } else {
            // الموكب، موكبا
            let heads = self.inflected.get(head.stem.as_str());
            heads.and_then(|heads| self.described.get(heads.first()?))
        };
        Some(Found { words, ..Found::new(entities?.clone(), ArgumentBasis::Reference)? })
    }

    /// Whom the pronoun attached to a word stands for: the last name before it in the sentence that agrees, else `topic`.
    pub(super) fn of_pronoun(
        &self,
        syntax: &Syntax<'_>,
        at: usize,
        topic: Option<&EntityId>,
        others: &[EntityId],
    ) -> Option<Found> {
        let number = match syntax.word(at).enclitic? {
            "ها" | "ه" => Number::Singular,
            "هم" | "هن" => Number::Plural,
            "هما" => {
                let pair = self.pair.clone()?;
                return Found::new(pair, ArgumentBasis::Pronoun);
            }
            _ => return None,
        };
        let feminine = syntax.word(at).enclitic == Some("ها");
        let agrees = |entity: &EntityId, entity_type: EntityType| {
            let person = entity_type == EntityType::Person;
            let place =
                matches!(entity_type, EntityType::Location | EntityType::Facility | EntityType::EventName);
            !others.contains(entity)
                && !place
                && match number {
                    Number::Plural => entity_type == EntityType::ArmedGroup,
                    _ if feminine => !syntax.is_man(entity),
                    _ => person && syntax.is_man(entity) || entity_type == EntityType::ArmedGroup,
                }
        };
        let floor = syntax.sentence(at).start.max(at.saturating_sub(PRONOUN_REACH));
        let named = (floor..at).rev().find_map(|before| {
            let mention = syntax.mention_beginning(before)?;
            let fits =
                mention.kind != MentionKind::Adjectival && agrees(&mention.entity, mention.entity_type);
            fits.then(|| mention.entity.clone())
        });
        let entity = named.or_else(|| {
            let topic = topic?;
            agrees(topic, syntax.type_of(topic)?).then(|| topic.clone())
        })?;
        Found::new(vec![entity], ArgumentBasis::Pronoun)
    }
}

/// Whose the thing is that a phrase names: موكبا لرئيس الوزراء, منشآت تابعة لفصائل.
pub(super) fn owner_of(syntax: &Syntax<'_>, phrase: &Phrase) -> Option<Phrase> {
    if !phrase.entities.is_empty() || phrase.words.end >= syntax.reading.words.len() {
        return None;
    }
    // مقاتلون موالون لطهران are not Tehran's.
    let sides = |at: usize| {
        let word = syntax.reading.words.get(at);
        word.is_some_and(|word| lexicon::get().is_in_class("partisan", &word.stem))
    };
    let mut next = phrase.words.end;
    if sides(next) || sides(next - 1) {
        return None;
    }
    let end = syntax.sentence(phrase.head).end;
    // مرتبطة بفصائل, تعود لفصائل: whatever says that it belongs to somebody; the phrase may have taken it in.
    let belongs = |at: usize| {
        syntax.reading.words.get(at).is_some_and(|word| lexicon::get().is_in_class("belonging", &word.stem))
    };
    let tied = belongs(next) || next.checked_sub(1).is_some_and(belongs);
    if belongs(next) {
        next += 1;
    }
    let pp = syntax.prepositional_phrase(next, end)?;
    use crate::lexicon::Preposition::{By, For, From, In, Toward, With};
    use crate::syntax::Marker::Plain;
    let marked = match pp.marker {
        Plain(For) => true,
        Plain(From | In) if is_member_of(syntax, phrase, &pp.phrase) => true,
        Plain(By | From | Toward | With) => tied || pp.marker == Plain(From) && is_member(syntax, phrase),
        _ => false,
    };
    Some(pp.phrase).filter(|owner| marked && !owner.entities.is_empty())
}

/// قيادي في حزب الله, 16 عنصرا من داعش: people of a group or body that is named.
fn is_member_of(syntax: &Syntax<'_>, phrase: &Phrase, owner: &Phrase) -> bool {
    let people = lexicon::get().is_in_class("person", &syntax.word(phrase.head).stem);
    let body = syntax.mention_beginning(owner.head).map(|mention| mention.entity_type);
    people && matches!(body, Some(EntityType::ArmedGroup | EntityType::Organization))
}

/// مسؤولون من الحركة: somebody of a body.
fn is_member(syntax: &Syntax<'_>, phrase: &Phrase) -> bool {
    let head = syntax.word(phrase.head);
    lexicon::get().is_in_class("official", &head.stem) || lexicon::get().source_noun(&head.stem).is_some()
}
