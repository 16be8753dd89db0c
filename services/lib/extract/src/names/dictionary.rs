//! Names and demonyms that the knowledge has: the longest at each word, and of several meanings the likeliest.

use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::ops::Range;

use marsad_model::ontology::{EntityType, MentionKind};
use marsad_model::{EntityId, Span};

use super::facts;
use super::find::{Find, Finder, is_country};
use super::lists::{Cue, DESCRIPTORS, TITLES};
use crate::knowledge::{self, Candidate, KnownEntity, SurfaceKind, Walk, is_transparent};
use crate::lexicon;
use crate::reading::{Reading, Word};

/// Most words of a surface.
const LONGEST: usize = crate::knowledge::overlay::LONGEST_SURFACE;

/// A surface of the knowledge in the text.
#[derive(Debug, Clone)]
pub(super) struct Match<'k> {
    pub(super) words: Range<usize>,
    span: Span,
    pub(super) meanings: &'k [Candidate],
}

/// What the article is about, as far as its unambiguous names tell.
#[derive(Default)]
struct Context {
    entities: FxHashSet<&'static str>,
    countries: FxHashMap<&'static str, usize>,
}

/// Finds names, descriptions and demonyms of the knowledge.
pub(super) fn find(finder: &mut Finder<'_>, matches: &[Vec<Match<'_>>]) {
    let context = context(finder, matches);
    let mut at = 0;
    while let Some(found) = matches.get(at) {
        let chosen = found.iter().find_map(|m| Some((m, choose(finder, m, &context)?)));
        let Some((found, candidate)) = chosen else {
            at += 1;
            continue;
        };
        let end = found.words.end;
        add(finder, found, candidate);
        for inner in found.words.clone() {
            for m in matches.get(inner).into_iter().flatten() {
                let inside = m.words.end <= end && m.words.len() < found.words.len();
                if inside
                    && nests(finder, found, candidate)
                    && let Some(inner) = choose(finder, m, &context)
                {
                    if inner.entity != candidate.entity && nested(finder, candidate, inner, m) {
                        add(finder, m, inner);
                    }
                    break;
                }
            }
        }
        at = end;
    }
}

/// The surfaces of the knowledge that begin at each word, the longer first.
pub(super) fn surfaces<'k>(reading: &Reading<'k>) -> Vec<Vec<Match<'k>>> {
    (0..reading.words.len()).map(|at| matches_at(reading, at)).collect()
}

/// Whether names inside of a name are mentions of their own: not those inside of a person's.
fn nests(finder: &Finder<'_>, outer: &Match<'_>, candidate: Candidate) -> bool {
    outer.words.len() > 1
        && finder.knowledge.at(candidate.entity).is_some_and(|e| {
            // The adjective in الولايات المتحدة الأمريكية is part of the name.
            e.entity_type != EntityType::Person && !is_country(e)
        })
}

fn nested(finder: &Finder<'_>, outer: Candidate, inner: Candidate, found: &Match<'_>) -> bool {
    let Some(entity) = finder.knowledge.at(inner.entity) else { return false };
    let is_place =
        |entity: &KnownEntity<'_>| matches!(entity.entity_type, EntityType::Gpe | EntityType::Location);
    match inner.kind {
        SurfaceKind::Demonym => true,
        SurfaceKind::Name => {
            // غزة in قطاع غزة is the same name, بغداد in مطار بغداد another.
            is_place(entity) && !finder.knowledge.at(outer.entity).is_some_and(is_place)
                || found.words.len() > 1
                || entity.entity_type == EntityType::ArmedGroup
        }
        _ => false,
    }
}

fn add(finder: &mut Finder<'_>, found: &Match<'_>, candidate: Candidate) {
    let Some(entity) = finder.knowledge.at(candidate.entity) else { return };
    let kind = match candidate.kind {
        SurfaceKind::Demonym => MentionKind::Adjectival,
        SurfaceKind::Nominal | SurfaceKind::Pejorative => MentionKind::Nominal,
        SurfaceKind::Name => MentionKind::Name,
    };
    let certain = found.meanings.len() == 1 && !candidate.ambiguous;
    let find = Find::new(found.words.clone(), found.span, EntityId::known(entity.id), entity.entity_type);
    finder.add(Find { kind, confidence: if certain { 0.95 } else { 0.75 }, ..find });
}

/// The surfaces that begin at a word, the longer first, and of two as long the one that takes more of the first word.
fn matches_at<'k>(reading: &Reading<'k>, at: usize) -> Vec<Match<'k>> {
    let Some(word) = reading.words.get(at) else { return Vec::new() };
    let begun = beginnings(reading, word);
    if begun.is_empty() {
        return Vec::new();
    }
    let limit = reading.sentences.get(reading.sentence_of(at)).map_or(at, |s| s.words.end).min(at + LONGEST);
    let mut found = Vec::new();
    for (begun, whole) in begun.iter() {
        let start = if *whole { word.span.start } else { word.host_span.start };
        walk(reading, begun.clone(), at, start, limit, &mut found);
    }
    found.sort_by_key(|m| std::cmp::Reverse(m.words.end));
    found
}

/// Where the forms of a word lead that surfaces begin with: as the facts of the word have it, but where something that is taught
/// begins so.
fn beginnings<'k, 'w>(reading: &Reading<'k>, word: &'w Word) -> Cow<'w, [(Walk<'k>, bool)]> {
    let knowledge = reading.knowledge;
    if !knowledge.is_taught() || !facts::heads(word).any(|(head, _)| knowledge.begins_taught(&head)) {
        return Cow::Borrowed(&word.facts().begins_surface);
    }
    let begun = facts::heads(word).filter_map(|(head, whole)| {
        let mut walk = knowledge.walk();
        walk.step(&head).then_some((walk, whole))
    });
    Cow::Owned(begun.collect())
}

/// Goes on with the words behind the first, which the walk has begun with.
fn walk<'k>(
    reading: &Reading<'k>,
    mut walk: Walk<'k>,
    at: usize,
    start: usize,
    limit: usize,
    found: &mut Vec<Match<'k>>,
) {
    let mut quotes = 0_usize;
    for i in at..limit {
        let Some(word) = reading.words.get(i) else { return };
        if i > at && is_transparent(reading.raw(i)) {
            quotes += usize::from(is_quote(reading.raw(i)));
            continue;
        }
        if i > at && !walk.step(&word.folded) {
            return;
        }
        let meanings = walk.meanings();
        if !meanings.is_empty() {
            // A quotation opened inside of the name belongs to it with its end.
            let closed = quotes % 2 == 1 && is_quote(reading.raw(i + 1));
            let last = if closed { i + 1 } else { i };
            let end = reading.words.get(last).map_or(word.span.end, |w| w.span.end);
            found.push(Match { words: at..last + 1, span: Span::new(start, end), meanings });
        }
    }
}

pub(super) fn is_quote(token: &str) -> bool {
    matches!(token, "\"" | "“" | "”" | "«" | "»" | "'" | "‘" | "’")
}

fn context(finder: &Finder<'_>, matches: &[Vec<Match<'_>>]) -> Context {
    let mut context = Context::default();
    let mut at = 0;
    while let Some(found) = matches.get(at) {
        let certain = found.iter().find(|m| m.meanings.len() == 1 && m.meanings.iter().all(|c| !c.ambiguous));
        let Some(found) = certain else {
            at += 1;
            continue;
        };
        at = found.words.end;
        for entity in found.meanings.iter().filter_map(|c| finder.knowledge.at(c.entity)) {
            context.entities.insert(entity.id);
            let country = if is_country(entity) { Some(entity.id) } else { entity.country };
            *context.countries.entry(country.unwrap_or("")).or_default() += 1;
        }
    }
    context
}

/// The likeliest meaning of a surface here, or `None` where it is no name.
fn choose(finder: &Finder<'_>, found: &Match<'_>, context: &Context) -> Option<Candidate> {
    let quoted = is_quote_around(finder.reading, &found.words);
    let fits = |candidate: &&Candidate| {
        let Some(entity) = finder.knowledge.at(candidate.entity) else { return false };
        if candidate.kind == SurfaceKind::Demonym {
            return !names_instead(finder.reading, found);
        }
        // شمالي العراق is a part of Iraq: Iraq is the name.
        if entity.entity_type == EntityType::Location
            && found.words.len() > 1
            && Cue::PartOfPlace.is(finder.reading.host(found.words.start))
        {
            return false;
        }
        // A country that is its own demonym is no ordinary word: one of the two is meant.
        let homonym = is_country(entity) && found.meanings.iter().any(|c| c.kind == SurfaceKind::Demonym);
        if homonym {
            return names_instead(finder.reading, found);
        }
        if !candidate.ambiguous && (is_country(entity) || !is_ordinary_word(finder.reading, found)) {
            return true;
        }
        described(finder.reading, found.words.start, entity.entity_type)
            || quoted && is_group(entity.entity_type)
            || context.entities.contains(entity.id)
                && !matches!(entity.entity_type, EntityType::Gpe | EntityType::Location)
                && !is_ordinary_word(finder.reading, found)
    };
    let best = found.meanings.iter().filter(fits).max_by_key(|candidate| {
        finder.knowledge.at(candidate.entity).map(|entity| score(finder, found, candidate, entity, context))
    })?;
    Some(*best)
}

/// Whether entities of a type are called by names that are put in quotation marks.
fn is_group(entity_type: EntityType) -> bool {
    matches!(entity_type, EntityType::Organization | EntityType::ArmedGroup | EntityType::Media)
}

/// Whether a name stands in quotation marks by itself.
fn is_quote_around(reading: &Reading<'_>, words: &Range<usize>) -> bool {
    words.start.checked_sub(1).is_some_and(|before| is_quote(reading.raw(before)))
        && is_quote(reading.raw(words.end))
}

/// Whether the word before says what kind of thing the name is of.
fn described(reading: &Reading<'_>, start: usize, entity_type: EntityType) -> bool {
    let before =
        start.checked_sub(1).map(|at| if is_quote(reading.raw(at)) { at.saturating_sub(1) } else { at });
    let is = |at: usize| {
        let Some(word) = reading.words.get(at) else { return false };
        // محافظتي الأنبار وبابل
        let single = word.stem.strip_suffix("تي").map(|stem| format!("{stem}ه")).unwrap_or_default();
        let lists = [word.host.as_str(), &word.stem, &single].map(|form| DESCRIPTORS.before.get(form));
        lists.into_iter().flatten().any(|types| types.contains(&entity_type))
            || entity_type == EntityType::Person && TITLES.at(reading, at, &word.host).is_some()
    };
    before.is_some_and(is)
}

/// Whether a single word without article has a meaning in the lexicon too (أفاد, فتح): it is a name only by a cue.
fn is_ordinary_word(reading: &Reading<'_>, found: &Match<'_>) -> bool {
    let word = reading.words.get(found.words.start);
    let lexicon = lexicon::get();
    found.words.len() == 1
        && word.is_some_and(|word| {
            let start_of_host = found.span.start == word.host_span.start;
            let form = if start_of_host { &word.host } else { &word.folded };
            !lexicon.readings(form).is_empty()
                || start_of_host && !word.proclitics.is_empty() && lexicon::is_word(&word.folded)
                || [&word.folded, form].iter().any(|form| is_function_word(form))
        })
}

/// Whether a folded word is a particle, preposition, pronoun or auxiliary.
pub(super) fn is_function_word(folded: &str) -> bool {
    lexicon::get().is_function_word(folded)
}

/// Whether what may be a demonym in the accusative is the name of a country: سوريا and روسيا are both. After a noun in
/// the accusative it is the demonym (دبلوماسيا روسيا).
fn names_instead(reading: &Reading<'_>, found: &Match<'_>) -> bool {
    let Some(word) = reading.words.get(found.words.start) else { return false };
    let country = found.meanings.iter().any(|c| c.kind == SurfaceKind::Name);
    if !country {
        return false;
    }
    // اتهمت بريطانيا روسيا: no demonym goes with the name of a country.
    let before = found.words.start.checked_sub(1).map(|at| reading.folded(at));
    let named = |(entity, kind): (&KnownEntity<'_>, _)| kind == SurfaceKind::Name && is_country(entity);
    if before.is_some_and(|before| knowledge::get().look_up(before).any(named)) {
        return true;
    }
    if !word.host.ends_with('ا') {
        // سورية: a name but after an indefinite noun (قوات سورية).
        let before = found.words.start.checked_sub(1).and_then(|at| reading.words.get(at));
        let noun = before.is_some_and(|before| {
            let folded = before.folded.as_str();
            before.is_arabic()
                && !before.article
                && !is_function_word(folded)
                && !Cue::PartOfPlace.is(&before.host)
                && !lexicon::get().readings(&before.stem).iter().any(|r| r.form.is_finite())
        });
        return !(noun && word.proclitics.is_empty() && word.host.ends_with('ه'));
    }
    let accusative =
        found.words.start.checked_sub(1).and_then(|at| reading.words.get(at)).is_some_and(|before| {
            before.is_arabic()
                && !before.article
                && before.enclitic.is_none()
                && before.folded.ends_with('ا')
                && before.folded.chars().count() >= 5
                && word.proclitics.is_empty()
                && !before.has_preposition()
        });
    !accusative
}

/// The weight of a place without a number of inhabitants: that of a city of a million.
const PICKED: u32 = 12;

/// Orders the meanings of one surface.
fn score(
    finder: &Finder<'_>,
    found: &Match<'_>,
    candidate: &Candidate,
    entity: &KnownEntity<'_>,
    context: &Context,
) -> (u32, u32, u32, std::cmp::Reverse<u32>) {
    let reading = finder.reading;
    // «الشرق الأوسط» in quotation marks is the newspaper.
    let quoted = is_group(entity.entity_type) && is_quote_around(reading, &found.words);
    let described = u32::from(quoted || described(reading, found.words.start, entity.entity_type));
    // An accepted demonym in the place of a country's name was decided by its neighbours.
    let kind = match candidate.kind {
        SurfaceKind::Demonym => 4,
        SurfaceKind::Name => 3,
        SurfaceKind::Nominal => 2,
        SurfaceKind::Pejorative => 1,
    };
    let country = if is_country(entity) { Some(entity.id) } else { entity.country };
    let context_weight = country.and_then(|c| context.countries.get(c)).copied().unwrap_or(0).min(20);
    let here = context.entities.contains(entity.id);
    let by_type = match entity.entity_type {
        EntityType::Gpe if is_country(entity) => 60,
        EntityType::Gpe if finder.knowledge.country_of_capital(entity.id).is_some() => 40,
        EntityType::Gpe => 5,
        EntityType::Location => 8,
        EntityType::Facility => 6,
        _ => 12,
    };
    // A place by the order of magnitude of its inhabitants. Those with a readable id were picked because news name them.
    let size = match entity.population {
        0 if entity.id.starts_with("gn-") => 0,
        0 => PICKED,
        population => population.ilog10() * 2,
    };
    let weight = by_type + size + u32::try_from(context_weight).unwrap_or(20) * 2 + if here { 15 } else { 0 };
    (described, kind, weight, std::cmp::Reverse(candidate.entity))
}
