//! Names, demonyms, descriptions and titles, and the entities that they refer to.
//!
//! In this order, each stage seeing what the ones before it found: surfaces of the knowledge ([`dictionary`]); names made by
//! rule ([`compose`]); names that only the trained labeller finds ([`labeller`], [`learned`]); clubs, in reports on sport
//! ([`clubs`]); groups told by who backs them ([`groups`]); persons outside of the knowledge and surnames ([`persons`]); institutions without their country; capitals for
//! states ([`places`]); titles and offices ([`roles`]); at last what is shown of a name ([`spans`]).

mod clubs;
mod compose;
mod dictionary;
mod facts;
mod find;
mod groups;
pub(crate) mod labeller;
mod learned;
mod lists;
mod persons;
mod places;
mod roles;
mod spans;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::civil::Date;
use marsad_model::{Entity, EntityId, Mention, Role, Span};

use crate::knowledge::KnownEntity;
use crate::reading::{Reading, Word};
pub(crate) use facts::Facts;
use find::Finder;
pub(crate) use find::is_country;

/// What an article refers to, and where.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// In order of position, the wider of two before the narrower.
    pub(crate) mentions: Vec<Mention>,
    /// For each mention its span without what only says of what kind it is: what an analysis has. Phrases are made of the whole.
    cores: Vec<Span>,
    /// In order of position.
    pub(crate) roles: Vec<Role>,
    /// Entities that the knowledge does not have.
    pub(crate) made: BTreeMap<EntityId, Entity>,
}

impl Names {
    /// Leaves of every mention its core.
    pub(crate) fn narrow(&mut self) {
        for (mention, core) in self.mentions.iter_mut().zip(&self.cores) {
            mention.span = *core;
        }
        self.mentions.sort_by(by_position);
        self.mentions.dedup_by(|b, a| a.span == b.span);
        self.cores = self.mentions.iter().map(|mention| mention.span).collect();
    }
}

/// In order of position, the wider of two before the narrower.
fn by_position(a: &Mention, b: &Mention) -> Ordering {
    (a.span.start, b.span.end).cmp(&(b.span.start, a.span.end))
}

/// Finds everything that an article refers to. `day` is the publication date.
pub(crate) fn find(reading: &Reading<'_>, day: Option<Date>) -> Names {
    let knowledge = reading.knowledge;
    let surfaces = dictionary::surfaces(reading);
    let labelling = labeller::label(reading, &surfaces, knowledge);
    let mut finder = Finder::new(reading, knowledge, day);
    dictionary::find(&mut finder, &surfaces);
    compose::institutions(&mut finder);
    compose::quoted_outlets(&mut finder);
    compose::described(&mut finder);
    spans::without_titles(&mut finder, &labelling);
    learned::names(&mut finder, &labelling);
    learned::repeated(&mut finder, &labelling);
    clubs::find(&mut finder, &labelling);
    compose::widen(&mut finder, &labelling);
    groups::find(&mut finder);
    groups::occupiers(&mut finder);
    persons::unknown(&mut finder, &labelling);
    persons::surnames(&mut finder, &labelling);
    learned::single_persons(&mut finder, &labelling);
    persons::titled_surnames(&mut finder);
    places::metonymy(&mut finder);
    compose::short_forms(&mut finder);
    compose::alone(&mut finder);
    let roles = roles::find(&mut finder);
    let finds = finder.finds.iter().filter(|find| !find.dropped);
    let mut mentions: Vec<(Mention, Span)> = finds
        .map(|find| {
            let mention = Mention {
                span: find.span,
                entity_type: find.entity_type,
                entity: find.entity.clone(),
                kind: find.kind,
                metonymy: find.metonymy,
                confidence: find.confidence,
            };
            (mention, spans::core(&finder, &labelling, find))
        })
        .collect();
    mentions.sort_by(|(a, _), (b, _)| by_position(a, b));
    mentions.dedup_by(|(b, _), (a, _)| a.span == b.span);
    let (mentions, cores) = mentions.into_iter().unzip();
    Names { mentions, cores, roles, made: finder.made }
}

/// Whether a folded word is the given name of a known person.
pub(crate) fn is_given_name(folded: &str) -> bool {
    lists::PERSON_WORDS.is_given(folded)
}

/// Whether a title of persons begins with a word.
pub(crate) fn begins_title(word: &Word) -> bool {
    word.facts().begins_title
}

/// Whether a title of persons begins with a folded word.
pub(crate) fn opens_title(folded: &str) -> bool {
    lists::TITLES.begins_with(folded)
}

/// Whether a folded word takes no part in names.
pub(crate) fn is_function_word(folded: &str) -> bool {
    dictionary::is_function_word(folded)
}

/// Whether a folded word stands before the name of a place for a part of it: شمال.
pub(crate) fn is_part_of_place(folded: &str) -> bool {
    lists::Cue::PartOfPlace.is(folded)
}

/// An entity of the knowledge in the model's terms.
pub(crate) fn entity(known: &KnownEntity<'_>) -> Entity {
    Entity {
        id: EntityId::known(known.id),
        entity_type: known.entity_type,
        name: known.name.to_owned(),
        name_en: known.name_en.map(str::to_owned),
        wikidata: known.wikidata.map(str::to_owned),
        rollup: known.rollup.map(EntityId::known),
    }
}
