//! Names without what only says of what kind they are.

use std::ops::Range;

use marsad_arabic::orthography::fold;
use marsad_model::Span;
use marsad_model::ontology::{EntityType, MentionKind};

use super::dictionary::is_quote;
use super::find::{Find, Finder};
use super::labeller::{Kind, Labelling};
use super::lists::{DESCRIPTORS, INSTITUTIONS, TITLES};
use crate::knowledge::SurfaceKind;

/// Cuts titles off persons where the labeller begins the name behind them: الشيخ says what he is.
pub(super) fn without_titles(finder: &mut Finder<'_>, labelling: &Labelling) {
    for name in labelling.names.iter().filter(|name| name.kind == Kind::Person) {
        let Some(index) = finder.covering_index(name.words.start) else { continue };
        let find = &finder.finds[index];
        let titled = find.kind == MentionKind::Name
            && find.entity_type == EntityType::Person
            && find.words.end <= name.words.end;
        let mut at = find.words.start;
        while titled && at < name.words.start {
            let Some((length, ())) = TITLES.at(finder.reading, at, finder.reading.host(at)) else { break };
            at += length;
        }
        if titled && at == name.words.start {
            finder.narrow(index, at..find.words.end);
        }
    }
}

/// The part of a name that is left without the kind of thing, quotation marks and demonyms (حماس of حركة حماس), where the labeller
/// takes that part for the name; else the whole.
pub(super) fn core(finder: &Finder<'_>, labelling: &Labelling, find: &Find) -> Span {
    let first = labelling.names.partition_point(|name| name.words.start < find.words.start);
    let core = labelling.names.get(first).filter(|name| {
        name.words.end <= find.words.end
            && find.kind == MentionKind::Name
            && is_of_kind(find, name.kind)
            && is_core(finder, find, &name.words)
    });
    core.and_then(|name| finder.span_of(&name.words)).unwrap_or(find.span)
}

/// Whether the labeller may mean the type of a find with a kind.
fn is_of_kind(find: &Find, kind: Kind) -> bool {
    use EntityType::{ArmedGroup, Gpe, Location, Media, Organization};
    match kind {
        Kind::Place => matches!(find.entity_type, Gpe | Location),
        Kind::Organization => matches!(find.entity_type, Organization | ArmedGroup | Media),
        Kind::Person | Kind::Other => false,
    }
}

/// Whether all that `words` leave out of a name says of what kind it is.
fn is_core(finder: &Finder<'_>, find: &Find, words: &Range<usize>) -> bool {
    let reading = finder.reading;
    let (start, head) = (find.words.start, reading.host(find.words.start));
    let own = finder.knowledge.entity(&find.entity).map(|known| known.name);
    // قطاع غزة is more than غزة.
    let is_place = matches!(find.entity_type, EntityType::Gpe | EntityType::Location);
    // جمهورية مصر العربية is one name, of دولة قطر the last word is.
    let whole = is_place
        && (own.and_then(|name| name.split(' ').next()).is_some_and(|first| fold(first) == head)
            || finder.is_state(&find.entity)
                && own.is_some_and(|name| !finder.name_words(words).eq([fold(name).as_str()])));
    let before = |at: usize| {
        let kinds = DESCRIPTORS.before.get(reading.host(at));
        let fits = |kind: &EntityType| {
            *kind == find.entity_type || is_place && matches!(kind, EntityType::Gpe | EntityType::Location)
        };
        is_quote(reading.raw(at)) || !whole && kinds.is_some_and(|kinds| kinds.iter().any(fits))
    };
    let kind_after = |at: usize| {
        let kinds = DESCRIPTORS.after.get(reading.folded(at));
        kinds.is_some_and(|kinds| kinds.contains(&find.entity_type))
    };
    let after = |at: usize| {
        let word = reading.folded(at);
        is_quote(reading.raw(at))
            || kind_after(at)
            || finder.knowledge.look_up(word).any(|(_, kind)| kind == SurfaceKind::Demonym)
    };
    let institution =
        || INSTITUTIONS.definite.at(reading, start, head).or(INSTITUTIONS.construct.at(reading, start, head));
    (start..words.start).all(before)
        && (words.end..find.words.end).all(after)
        // وكالة رويترز للأنباء is as much of one piece as رويترز is.
        && !words.clone().any(kind_after)
        && (words.end == find.words.end || institution().is_none())
}
