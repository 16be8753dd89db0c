//! What the stages of [`super`] share: the finds so far, which words they cover, the entities made for them.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use jiff::civil::Date;
use marsad_arabic::clitics::Proclitic;
use marsad_arabic::orthography::normalize;
use marsad_model::ontology::{EntityType, MentionKind};
use marsad_model::{Entity, EntityId, Span};

use crate::knowledge::{Knowledge, KnownEntity};
use crate::reading::{Reading, Word};

/// A reference to an entity, with the words that it covers.
#[derive(Debug, Clone)]
pub(super) struct Find {
    pub(super) words: Range<usize>,
    pub(super) span: Span,
    pub(super) entity: EntityId,
    pub(super) entity_type: EntityType,
    pub(super) kind: MentionKind,
    pub(super) metonymy: bool,
    pub(super) confidence: f32,
    /// Taken back by a later stage.
    pub(super) dropped: bool,
}

impl Find {
    /// A find with nothing special about it.
    pub(super) fn new(words: Range<usize>, span: Span, entity: EntityId, entity_type: EntityType) -> Self {
        let kind = MentionKind::Name;
        Self { words, span, entity, entity_type, kind, metonymy: false, confidence: 0.95, dropped: false }
    }
}

/// The state of the search.
pub(super) struct Finder<'a> {
    pub(super) reading: &'a Reading<'a>,
    pub(super) knowledge: &'a Knowledge,
    /// The publication date.
    pub(super) day: Option<Date>,
    pub(super) finds: Vec<Find>,
    /// For each word the widest find that covers it.
    cover: Vec<Option<usize>>,
    /// For each word the finds that begin with it.
    starts: Vec<Vec<usize>>,
    /// Countries that the article names, by name.
    named: HashSet<EntityId>,
    /// Entities that the knowledge does not have.
    pub(super) made: BTreeMap<EntityId, Entity>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(reading: &'a Reading<'a>, knowledge: &'a Knowledge, day: Option<Date>) -> Self {
        let words = reading.words.len();
        let (cover, starts) = (vec![None; words], vec![Vec::new(); words]);
        Self {
            reading,
            knowledge,
            day,
            finds: Vec::new(),
            cover,
            starts,
            named: HashSet::new(),
            made: BTreeMap::new(),
        }
    }

    /// Takes back the finds inside of a span.
    pub(super) fn drop_inside(&mut self, words: Range<usize>, span: Span) {
        for at in words.clone() {
            for index in self.starts.get(at).into_iter().flatten() {
                if let Some(find) = self.finds.get_mut(*index).filter(|find| span.contains(find.span)) {
                    find.dropped = true;
                }
            }
        }
        for at in words {
            let inside = self.covering(at).is_some_and(|find| find.dropped);
            if let Some(cover) = self.cover.get_mut(at).filter(|_| inside) {
                *cover = None;
            }
        }
    }

    /// Takes back the descriptions that begin with the first of some words and end among them.
    pub(super) fn drop_descriptions(&mut self, words: Range<usize>) {
        for index in self.starts.get(words.start).into_iter().flatten() {
            if let Some(find) = self.finds.get_mut(*index).filter(|find| find.words.end <= words.end) {
                find.dropped |= find.kind == MentionKind::Nominal;
            }
        }
    }

    /// Adds a find. One that crosses another or the end of a sentence is left out; the narrower of two is nested.
    pub(super) fn add(&mut self, find: Find) -> Option<usize> {
        if find.words.is_empty() || find.span.of(self.reading.text).is_none_or(str::is_empty) {
            return None;
        }
        // Between two sentences there may be a line that is no part of the article.
        if self.reading.sentence_of(find.words.start) != self.reading.sentence_of(find.words.end - 1) {
            return None;
        }
        for at in find.words.clone() {
            if let Some(other) = self.covering(at)
                && !(find.span.contains(other.span) || other.span.contains(find.span))
            {
                return None;
            }
        }
        let index = self.finds.len();
        for at in find.words.clone() {
            let wider = self.covering(at).is_none_or(|other| find.span.contains(other.span));
            if let Some(cover) = self.cover.get_mut(at).filter(|_| wider) {
                *cover = Some(index);
            }
        }
        if let Some(starts) = self.starts.get_mut(find.words.start) {
            starts.push(index);
        }
        if find.kind == MentionKind::Name && find.entity_type == EntityType::Gpe {
            self.named.insert(find.entity.clone());
        }
        self.finds.push(find);
        Some(index)
    }

    /// Widens a find to more words. Left as it is where it would cross another.
    pub(super) fn widen(&mut self, index: usize, words: Range<usize>, span: Span) {
        let Some(find) = self.finds.get(index).cloned() else { return };
        let others =
            words.clone().filter_map(|at| self.cover.get(at).copied().flatten()).filter(|i| *i != index);
        let inside = |i: usize| self.finds.get(i).is_some_and(|other| span.contains(other.span));
        if others.clone().all(inside) {
            for at in words.clone() {
                if let Some(cover) = self.cover.get_mut(at) {
                    *cover = Some(index);
                }
            }
            self.finds[index] = Find { words, span, ..find };
        }
    }

    /// Narrows a find to the last of its words.
    pub(super) fn narrow(&mut self, index: usize, words: Range<usize>) {
        let (Some(find), Some(span)) = (self.finds.get(index).cloned(), self.span_of(&words)) else { return };
        for cover in self.cover.get_mut(find.words.start..words.start).into_iter().flatten() {
            *cover = None;
        }
        if let Some(starts) = self.starts.get_mut(find.words.start) {
            starts.retain(|i| *i != index);
        }
        if let Some(starts) = self.starts.get_mut(words.start) {
            starts.push(index);
        }
        self.finds[index] = Find { words, span, ..find };
    }

    /// The span of some words, without the particles before the first.
    pub(super) fn span_of(&self, words: &Range<usize>) -> Option<Span> {
        let first = self.reading.words.get(words.start)?;
        let last = self.reading.words.get(words.end.checked_sub(1)?)?;
        Some(Span::new(first.host_span.start, last.span.end))
    }

    /// The widest find that covers a word.
    pub(super) fn covering(&self, word: usize) -> Option<&Find> {
        self.cover.get(word).copied().flatten().and_then(|index| self.finds.get(index))
    }

    /// The position of the widest find that covers a word.
    pub(super) fn covering_index(&self, word: usize) -> Option<usize> {
        self.cover.get(word).copied().flatten()
    }

    pub(super) fn is_free(&self, word: usize) -> bool {
        self.cover.get(word).is_some_and(Option::is_none)
    }

    /// The widest find that begins with a word.
    pub(super) fn starting(&self, word: usize) -> Option<&Find> {
        self.covering(word).filter(|find| find.words.start == word)
    }

    /// Whether the article names a place by its name, not only by a demonym.
    pub(super) fn names_country(&self, entity: &EntityId) -> bool {
        self.named.contains(entity)
    }

    /// The country of a find: itself, or the one that it belongs to.
    pub(super) fn country_of(&self, entity: &EntityId) -> Option<&'static str> {
        let known = self.knowledge.entity(entity)?;
        if is_country(known) { Some(known.id) } else { known.country }
    }

    /// Whether an entity is a state.
    pub(super) fn is_state(&self, entity: &EntityId) -> bool {
        self.country_of(entity).is_some_and(|country| country == entity.as_str())
    }

    /// The folded words of a name, without the particles before its first.
    pub(super) fn name_words(&self, words: &Range<usize>) -> impl Iterator<Item = &'a str> {
        let (reading, first) = (self.reading, words.start);
        words.clone().map(move |at| if at == first { reading.host(at) } else { reading.folded(at) })
    }

    /// The words of a range as one text, normalised.
    pub(super) fn text(&self, span: Span) -> String {
        normalize(span.of(self.reading.text).unwrap_or("")).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Keeps an entity that the knowledge does not have.
    pub(super) fn make(
        &mut self,
        id: EntityId,
        entity_type: EntityType,
        name: String,
        rollup: Option<&str>,
    ) -> EntityId {
        let rollup = rollup.map(EntityId::known);
        let entity = Entity { id: id.clone(), entity_type, name, name_en: None, wikidata: None, rollup };
        self.made.entry(id.clone()).or_insert(entity);
        id
    }

    /// The country that the article is set in: the one that it names most, twice where something is in it or comes there; of
    /// equals the one that it speaks of most, by demonyms, towns and institutions too, the first at last.
    pub(super) fn main_country(&self) -> Option<&'static str> {
        let mut counts: Vec<(&'static str, (usize, usize))> = Vec::new();
        for find in &self.finds {
            if !matches!(find.entity_type, EntityType::Gpe | EntityType::Organization) {
                continue;
            }
            let Some(country) = self.country_of(&find.entity) else { continue };
            let named = find.kind == MentionKind::Name && !find.metonymy && find.entity.as_str() == country;
            let points = if named { 1 + usize::from(self.is_locative(find.words.start)) } else { 0 };
            match counts.iter_mut().find(|(id, _)| *id == country) {
                Some((_, (named, spoken))) => (*named, *spoken) = (*named + points, *spoken + 1),
                None => counts.push((country, (points, 1))),
            }
        }
        counts.iter().rev().max_by_key(|(_, count)| *count).map(|(country, _)| *country)
    }

    /// في العراق, بالعراق, من العراق: whether a preposition of place governs a word.
    fn is_locative(&self, at: usize) -> bool {
        let attached = |word: &Word| word.proclitics.contains(&Proclitic::By);
        let before = at.checked_sub(1).map_or("", |before| self.reading.host(before));
        self.reading.words.get(at).is_some_and(attached) || matches!(before, "في" | "من" | "الي" | "داخل")
    }
}

/// Whether an entity is a state: countries alone have ISO codes for ids.
pub(crate) fn is_country(entity: &KnownEntity<'_>) -> bool {
    entity.entity_type == EntityType::Gpe
        && entity.id.len() == 2
        && entity.id.bytes().all(|b| b.is_ascii_uppercase())
}
