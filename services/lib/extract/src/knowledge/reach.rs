//! Which articles a change of what is taught can concern.
//!
//! Found by comparing what is known before and after: surfaces whose meanings differ, entities that differ, offices that differ. An
//! article is concerned if it has all words of such a surface, since without one of them it has not the surface; or the first word
//! alone, where that becomes a word that particles are split from; or if its analysis refers to such an entity.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use fst::Streamer;
use marsad_model::EntityId;
use marsad_model::ontology::EntityType;
use marsad_model::teaching::Reach;
use rustc_hash::FxHashMap;

use super::offices::title_words;
use super::table::{Candidate, SurfaceKind, key_words};
use super::{COMPILED, Knowledge};

/// The surfaces of each entity of the compiled knowledge.
static SURFACES: LazyLock<FxHashMap<&'static str, Vec<String>>> = LazyLock::new(|| {
    let compiled = super::get();
    let mut surfaces: FxHashMap<&'static str, Vec<String>> = FxHashMap::default();
    let mut stream = COMPILED.surfaces.stream();
    while let Some((key, value)) = stream.next() {
        let Ok(key) = std::str::from_utf8(key) else { continue };
        let mut ids: Vec<&'static str> =
            COMPILED.list(value).iter().filter_map(|c| Some(compiled.at(c.entity)?.id)).collect();
        ids.dedup();
        for id in ids {
            surfaces.entry(id).or_default().push(key.to_owned());
        }
    }
    surfaces
});

/// The surfaces that the compiled knowledge has of an entity.
pub(super) fn compiled_surfaces_of(id: &str) -> &'static [String] {
    SURFACES.get(id).map_or(&[], Vec::as_slice)
}

/// The surfaces of an entity with how they refer to it, in order.
pub(super) fn surfaces_of(knowledge: &Knowledge, id: &str) -> Vec<(String, SurfaceKind)> {
    let taught = knowledge.layer.as_ref().map(|layer| layer.keys()).unwrap_or_default();
    let keys: BTreeSet<&String> = compiled_surfaces_of(id).iter().chain(&taught).collect();
    let of_entity = |key: &String| {
        let kinds = meanings(knowledge, key).into_iter().filter(|(other, _, _)| *other == id);
        kinds.map(|(_, kind, _)| (key.clone(), kind)).collect::<Vec<_>>()
    };
    keys.into_iter().flat_map(of_entity).collect()
}

fn meanings(knowledge: &Knowledge, key: &str) -> BTreeSet<(&'static str, SurfaceKind, bool)> {
    let named = |c: &Candidate| Some((knowledge.at(c.entity)?.id, c.kind, c.ambiguous));
    knowledge.candidates_of(key).iter().filter_map(named).collect()
}

pub(super) fn between(before: &Knowledge, after: &Knowledge) -> Reach {
    let layers = || [before, after].into_iter().filter_map(|knowledge| knowledge.layer.as_ref());
    let mut words: BTreeSet<Vec<String>> = BTreeSet::new();
    let keys: BTreeSet<String> = layers().flat_map(|layer| layer.keys()).collect();
    for key in keys {
        if meanings(before, &key) != meanings(after, &key) {
            words.insert(parts_of_key(&key));
        }
    }
    // Where particles are split off otherwise.
    let split: BTreeSet<&String> = layers().flat_map(|layer| &layer.words).collect();
    words.extend(
        split.into_iter().filter(|w| before.is_word(w) != after.is_word(w)).map(|w| parts(w).collect()),
    );
    let mut entities = Vec::new();
    for id in changed_entities(before, after) {
        entities.push(EntityId::known(id));
        words.extend(surfaces_of(before, id).iter().map(|(key, _)| parts_of_key(key)));
        words.extend(in_part(id));
        // What an office's body belongs to says whose office it is.
        let of_body = before.offices().iter().chain(after.offices()).filter(|office| office.body == id);
        words.extend(of_body.map(|office| parts_of_title(office.title)));
    }
    let offices = |knowledge: &Knowledge| -> FxHashMap<&'static str, _> {
        let taught = knowledge.layer.as_ref().is_some_and(|layer| layer.offices.is_some());
        let offices = if taught { knowledge.offices().to_vec() } else { super::get().offices().to_vec() };
        offices.into_iter().map(|office| (office.id, office)).collect()
    };
    let (old, new) = (offices(before), offices(after));
    for (id, office) in old.iter().chain(&new) {
        if old.get(id) != new.get(id) {
            words.insert(parts_of_title(office.title));
        }
    }
    words.retain(|words| !words.is_empty());
    Reach { words: words.into_iter().collect(), entities }
}

/// Entities that are known before and after, and otherwise; one that is known only then is spoken of by surfaces that differ.
fn changed_entities(before: &Knowledge, after: &Knowledge) -> BTreeSet<&'static str> {
    let layers = [before, after].into_iter().filter_map(|knowledge| knowledge.layer.as_ref());
    let ids = layers.flat_map(|layer| layer.taught.iter().chain(layer.corrected.values()).map(|e| e.id));
    ids.filter(|id| before.by_id(id).zip(after.by_id(id)).is_some_and(|(a, b)| a != b)).collect()
}

/// The parts of its name that a person or club of the compiled knowledge may be found by, where the article tells the country.
fn in_part(id: &str) -> Vec<Vec<String>> {
    let Some(entity) = super::get().by_id(id) else { return Vec::new() };
    let words = key_words(entity.name);
    let single = match entity.entity_type {
        EntityType::Person => words.last().into_iter().collect::<Vec<_>>(),
        EntityType::Organization if words.first().is_some_and(|word| word.ends_with("نادي")) => {
            words.iter().skip(1).collect()
        }
        _ => Vec::new(),
    };
    single.into_iter().map(|word| parts(word).collect()).collect()
}

fn parts_of_key(key: &str) -> Vec<String> {
    let parts: BTreeSet<String> = key.split(' ').flat_map(parts).collect();
    parts.into_iter().collect()
}

/// An office is found by its title, of which the last word may be left out.
fn parts_of_title(title: &str) -> Vec<String> {
    let words = title_words(title);
    let needed = words.len().saturating_sub(1).max(1);
    let parts: BTreeSet<String> = words.iter().take(needed).flat_map(|word| parts(word)).collect();
    parts.into_iter().collect()
}

/// What of a folded text any spelling of a word of a key has: the word, cut where newspapers write it as two, and without the
/// letters in which spellings of one word differ.
fn parts(word: &str) -> impl Iterator<Item = String> {
    let lower = word.to_lowercase();
    let spaced = match lower.as_str() {
        // أبي, أبا and أبو.
        "ابو" => "اب".to_owned(),
        word => {
            let word = word.replace("اميرك", " ام ").replace("انكليز", " ليز ");
            let word = match word.strip_prefix("عبد") {
                Some(rest) => format!("عبد {rest}"),
                None => word,
            };
            match word.strip_suffix("الله") {
                Some(rest) => format!("{rest} الله"),
                None => word,
            }
        }
    };
    let parts: Vec<String> = spaced.split(' ').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    parts.into_iter()
}
