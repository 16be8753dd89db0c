//! Armed groups that are told by who backs them: مليشيات عراقية موالية لإيران, and الفصائل after that. Occupiers that are
//! told by their country: قوات الاحتلال الأميركي, and للاحتلال after that.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use marsad_model::EntityId;
use marsad_model::ontology::{EntityType, MentionKind};

use super::compose::institution_of;
use super::find::{Find, Finder};
use super::lists::{Cue, rows};
use crate::knowledge::SurfaceKind;

/// Words between the noun and the participle that ties the group to its backer, at most.
const LONGEST: usize = 4;

/// The group that a state backs in a country.
static BACKED: LazyLock<HashMap<&'static str, Vec<(&'static str, &'static str)>>> = LazyLock::new(|| {
    let mut backed: HashMap<&'static str, Vec<(&'static str, &'static str)>> = HashMap::new();
    for row in rows(include_str!("../../../../../seeds/knowledge/backed_groups.tsv")) {
        if let [backer, country, group, ..] = row.as_slice() {
            backed.entry(backer).or_default().push((country, group));
        }
    }
    backed
});

/// A description with the words that it takes.
struct Description {
    end: usize,
    group: &'static str,
}

/// Descriptions by the backer; then the bare noun with the article, where the article tells of one such group only.
pub(super) fn find(finder: &mut Finder<'_>) {
    let mut groups: Vec<&'static str> = Vec::new();
    let spoken_of = countries(finder);
    for at in 0..finder.reading.words.len() {
        if !is_group_noun(finder, at) {
            continue;
        }
        let Some(Description { end, group }) = described(finder, at, &spoken_of) else { continue };
        if !groups.contains(&group) {
            groups.push(group);
        }
        add(finder, at..end, EntityId::known(group), EntityType::ArmedGroup);
    }
    let [group] = groups.as_slice() else { return };
    for at in 0..finder.reading.words.len() {
        let definite = finder.reading.host(at).starts_with("ال");
        if !definite || !is_group_noun(finder, at) || !finder.is_free(at) {
            continue;
        }
        let armed = finder.reading.words.get(at + 1).is_some_and(|next| {
            next.article
                && next.proclitics.is_empty()
                && finder.is_free(at + 1)
                && Cue::Armed.begins(&next.stem)
                && finder.reading.sentence_of(at) == finder.reading.sentence_of(at + 1)
        });
        let end = if armed { at + 2 } else { at + 1 };
        // الفصائل الفلسطينية are others.
        if finder.starting(end).is_none_or(|next| next.kind != MentionKind::Adjectival) {
            add(finder, at..end, EntityId::known(*group), EntityType::ArmedGroup);
        }
    }
}

/// الاحتلال with the demonym of one country; then without it, in the same article. The knowledge has the meaning that it has
/// where no country is told.
pub(super) fn occupiers(finder: &mut Finder<'_>) {
    let occupation = |finder: &Finder<'_>, at: usize| {
        let word = finder.reading.words.get(at).filter(|word| word.enclitic.is_none());
        word.and_then(|word| word.host.strip_prefix("ال")).is_some_and(|noun| Cue::Occupation.is(noun))
    };
    let places: Vec<usize> = (0..finder.reading.words.len()).filter(|at| occupation(finder, *at)).collect();
    let mut occupier: Option<&'static str> = None;
    for &at in &places {
        let told = demonym_after(finder, at);
        match (told, occupier) {
            (Some(country), None) => occupier = Some(country),
            (Some(country), Some(other)) if country != other => return,
            _ => {}
        }
    }
    let Some(country) = occupier else { return };
    let listed = |finder: &Finder<'_>, at: usize| {
        finder.covering(at).is_some_and(|find| find.words.contains(&(at + 1)))
    };
    for at in places {
        let told = demonym_after(finder, at).is_some();
        if told && listed(finder, at) {
            continue;
        }
        let forces = at.checked_sub(1).filter(|before| Cue::Forces.is(finder.reading.host(*before)));
        let (start, end) = (forces.unwrap_or(at), if told { at + 2 } else { at + 1 });
        let entity = institution_of(finder, "armed-forces", country);
        add(finder, start..end, entity, EntityType::Organization);
    }
}

/// The country of the definite demonym behind a word.
fn demonym_after(finder: &Finder<'_>, at: usize) -> Option<&'static str> {
    let reading = finder.reading;
    let next =
        reading.words.get(at + 1).filter(|next| next.host.starts_with("ال") && next.proclitics.is_empty())?;
    let known = finder.knowledge.look_up(&next.folded).find(|(_, kind)| *kind == SurfaceKind::Demonym);
    let (entity, _) = known.filter(|_| reading.sentence_of(at) == reading.sentence_of(at + 1))?;
    finder.country_of(&EntityId::known(entity.id))
}

/// How often the article speaks of each country, by name or demonym.
fn countries(finder: &Finder<'_>) -> HashMap<&'static str, usize> {
    let mut counts = HashMap::new();
    for country in finder.finds.iter().filter_map(|find| finder.country_of(&find.entity)) {
        *counts.entry(country).or_default() += 1;
    }
    counts
}

fn is_group_noun(finder: &Finder<'_>, at: usize) -> bool {
    let word = finder.reading.words.get(at).filter(|word| word.is_arabic() && word.enclitic.is_none());
    word.is_some_and(|word| Cue::Group.is(word.host.strip_prefix("ال").unwrap_or(&word.host)))
}

/// Reads adjectives, the participle, its preposition and the backer.
fn described(
    finder: &Finder<'_>,
    at: usize,
    spoken_of: &HashMap<&'static str, usize>,
) -> Option<Description> {
    let reading = finder.reading;
    let limit = reading.sentences.get(reading.sentence_of(at))?.words.end;
    let mut country = None;
    let mut next = at + 1;
    while next < limit.min(at + 1 + LONGEST) && !Cue::Backed.begins(&reading.words.get(next)?.stem) {
        let word = reading.words.get(next)?;
        let demonym = finder.covering(next).filter(|find| find.kind == MentionKind::Adjectival);
        country = demonym.and_then(|find| finder.country_of(&find.entity)).or(country);
        let adjective = word.proclitics.is_empty() && (finder.is_free(next) || covers(finder, at, next));
        if demonym.is_none() && !adjective {
            return None;
        }
        next += 1;
    }
    let participle = reading.words.get(next).filter(|_| next < limit)?;
    if !Cue::Backed.begins(&participle.stem) || !participle.proclitics.is_empty() {
        return None;
    }
    next += 1;
    if matches!(reading.folded(next), "من" | "مع" | "علي" | "الي") {
        next += 1;
    } else if !reading.words.get(next)?.has_preposition() {
        return None;
    }
    let backer = finder.starting(next).filter(|find| find.words.end <= limit)?;
    let groups = BACKED.get(finder.country_of(&backer.entity)?)?;
    let told = |country: &str| groups.iter().find(|(of, _)| *of == country).map(|(_, group)| *group);
    let group = match country {
        Some(country) => told(country)?,
        None => {
            // Of the countries where the state backs a group, the one that the article speaks of most.
            let counted = groups.iter().filter_map(|(of, group)| Some((spoken_of.get(of)?, *group)));
            counted.max_by_key(|(count, _)| *count)?.1
        }
    };
    Some(Description { end: backer.words.end, group })
}

/// Whether a description of the knowledge that begins at `at` covers a word.
fn covers(finder: &Finder<'_>, at: usize, word: usize) -> bool {
    finder.covering(word).is_some_and(|find| find.words.start == at && find.kind == MentionKind::Nominal)
}

fn add(finder: &mut Finder<'_>, words: Range<usize>, entity: EntityId, entity_type: EntityType) {
    let Some(span) = finder.span_of(&words) else { return };
    // A part of the description that the knowledge lists gives way.
    finder.drop_descriptions(words.clone());
    let find = Find::new(words, span, entity, entity_type);
    finder.add(Find { kind: MentionKind::Nominal, confidence: 0.7, ..find });
}
