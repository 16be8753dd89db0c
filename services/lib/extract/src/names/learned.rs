//! Names that the labeller found and nothing else has.

use std::ops::Range;

use marsad_arabic::token::TokenKind;
use marsad_model::ontology::EntityType;
use marsad_model::{EntityId, Span};

use super::dictionary::{is_function_word, is_quote};
use super::find::{Find, Finder};
use super::labeller::{Kind, Labelled};
use super::lists::DESCRIPTORS;

/// How probable a name must be that nothing else speaks for, and one that swallows what another stage found.
const FREE: f32 = 0.5;
const WIDER: f32 = 0.7;

/// Adds names of several words, and single words that are no persons: those may be surnames.
pub(super) fn names(finder: &mut Finder<'_>, labelled: &[Labelled]) {
    for name in labelled {
        if name.kind != Kind::Person || name.words.len() > 1 {
            add(finder, name);
        }
    }
}

/// Adds persons of a single word.
pub(super) fn single_persons(finder: &mut Finder<'_>, labelled: &[Labelled]) {
    for name in labelled.iter().filter(|name| name.kind == Kind::Person && name.words.len() == 1) {
        add(finder, name);
    }
}

fn add(finder: &mut Finder<'_>, name: &Labelled) {
    let Some(words) = trimmed(finder, name.words.clone()) else { return };
    let (Some(first), Some(last)) =
        (finder.reading.words.get(words.start), finder.reading.words.get(words.end - 1))
    else {
        return;
    };
    let span = Span::new(first.host_span.start, last.span.end);
    let mut others = words.clone().filter_map(|at| finder.covering(at)).filter(|find| !find.dropped).peekable();
    let free = others.peek().is_none();
    let wider = others.all(|find| span.contains(find.span) && find.words.len() < words.len());
    if !(free && name.probability >= FREE || !free && wider && name.probability >= WIDER) {
        return;
    }
    let Some(entity_type) = entity_type(finder, name.kind, words.start) else { return };
    if entity_type == EntityType::Person {
        finder.drop_inside(words.clone(), span);
    }
    let key: Vec<&str> = std::iter::once(finder.reading.host(words.start))
        .chain(words.clone().skip(1).map(|at| finder.reading.folded(at)))
        .filter(|word| !is_quote(word))
        .collect();
    let id = EntityId::unknown(entity_type, &key.join(" "));
    let text = finder.text(span);
    let entity = finder.make(id, entity_type, text, None);
    finder.add(Find { confidence: name.probability.min(0.9), ..Find::new(words, span, entity, entity_type) });
}

/// The words without quotation marks and particles at their ends; `None` where nothing is left that can be a name.
fn trimmed(finder: &Finder<'_>, mut words: Range<usize>) -> Option<Range<usize>> {
    let reading = finder.reading;
    let is_name = |at: usize| {
        reading.words.get(at).is_some_and(|word| {
            matches!(word.kind, TokenKind::Word | TokenKind::Latin) && word.host.chars().nth(1).is_some() && !is_function_word(&word.folded)
        })
    };
    while words.start < words.end && !is_name(words.start) {
        words.start += 1;
    }
    while words.start < words.end && !is_name(words.end - 1) {
        words.end -= 1;
    }
    (!words.is_empty()).then_some(words)
}

/// The type of a name by its kind and by the descriptor that it begins with or follows.
fn entity_type(finder: &Finder<'_>, kind: Kind, start: usize) -> Option<EntityType> {
    let (usual, types): (EntityType, &[EntityType]) = match kind {
        Kind::Person => return Some(EntityType::Person),
        Kind::Place => (EntityType::Gpe, &[EntityType::Gpe, EntityType::Location, EntityType::Facility]),
        Kind::Organization => (
            EntityType::Organization,
            &[EntityType::Organization, EntityType::Media, EntityType::ArmedGroup, EntityType::Facility],
        ),
        Kind::Other => return None,
    };
    let before = start.checked_sub(1).map(|at| {
        let quote = is_quote(finder.reading.raw(at));
        at.saturating_sub(usize::from(quote))
    });
    let described = std::iter::once(start).chain(before).find_map(|at| {
        let listed = DESCRIPTORS.before.get(finder.reading.host(at))?;
        listed.iter().find(|entity_type| types.contains(entity_type)).copied()
    });
    Some(described.unwrap_or(usual))
}
