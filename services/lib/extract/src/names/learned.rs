//! Names that the labeller found and nothing else has.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::orthography::normalize;
use marsad_arabic::token::TokenKind;
use marsad_model::ontology::{EntityType, MentionKind};
use marsad_model::{EntityId, Span};

use super::clubs::is_on_sport;
use super::dictionary::{is_function_word, is_quote};
use super::find::{Find, Finder};
use super::labeller::{Kind, Labelled, Labelling};
use super::lists::{Cue, DESCRIPTORS, NAME_WORDS, PERSON_WORDS, TITLES, surname};
use crate::knowledge::{SurfaceKind, key_word};
use crate::lexicon;
use crate::reading::Word;

/// How probable a name must be that nothing else speaks for, and one that speaks against what another stage found.
const FREE: f32 = 0.7;
const AGAINST: f32 = 0.8;

/// How probable an organization of a single word with the article must be: it may be any noun.
const DEFINITE: f32 = 0.95;

/// How probable a club must be where a town has its name, in a report on sport and elsewhere.
const LIKELY: f32 = 0.5;
const SURELY: f32 = 0.99;

/// A word of a place's name that is so improbable a name is none.
const NO_NAME: f32 = 0.02;

/// Adds names of several words, and single words that are no persons: those may be surnames.
pub(super) fn names(finder: &mut Finder<'_>, labelling: &Labelling) {
    doubt_places(finder, labelling);
    let surnames = surnames(finder, labelling);
    let on_sport = is_on_sport(finder);
    for name in labelling.names.iter().filter(|name| name.kind != Kind::Person || name.words.len() > 1) {
        for words in parts(finder, name) {
            // الحمد الله beside رامي الحمد الله: a surname of two words, and no other person.
            if name.kind != Kind::Person || !surnames.contains(&key_of(finder, &words)) {
                add(finder, name, words, on_sport);
            }
        }
    }
}

/// Finds the names that [`names`] added wherever else the article has the same words. Single words only where they are no other word.
pub(super) fn repeated(finder: &mut Finder<'_>, labelling: &Labelling) {
    let mut by_head: HashMap<String, Vec<Find>> = HashMap::new();
    for name in labelling.names.iter().filter(|name| name.probability >= AGAINST) {
        let find = finder.starting(name.words.start).filter(|find| find.words == name.words && !find.dropped);
        let Some(find) = find.filter(|find| find.kind == MentionKind::Name).cloned() else { continue };
        let Some(word) = finder.reading.words.get(find.words.start) else { continue };
        let ordinary = || lexicon::is_word(&word.host) || lexicon::is_word(&word.stem);
        let distinct = find.words.len() > 1 || find.entity_type != EntityType::Person && !ordinary();
        let listed = by_head.entry(word.host.clone()).or_default();
        if distinct && !listed.iter().any(|other| key_of(finder, &other.words) == key_of(finder, &find.words))
        {
            listed.push(find);
        }
    }
    for at in 0..finder.reading.words.len() {
        let Some(known) = by_head.get(finder.reading.host(at)) else { continue };
        let longest = known
            .iter()
            .map(|find| (at..at + find.words.len(), find))
            .filter(|(words, find)| {
                words.end <= finder.reading.words.len()
                    && words.clone().all(|at| finder.is_free(at))
                    && finder.name_words(words).eq(finder.name_words(&find.words))
            })
            .max_by_key(|(words, _)| words.len());
        if let Some((words, find)) = longest
            && let Some(span) = finder.span_of(&words)
        {
            let confidence = find.confidence.min(0.7);
            finder.add(Find { words, span, confidence, ..find.clone() });
        }
    }
}

/// The surnames of the persons that the article names in full.
fn surnames(finder: &Finder<'_>, labelling: &Labelling) -> HashSet<Vec<String>> {
    let labelled = labelling.names.iter().filter(|name| name.kind == Kind::Person).map(|name| &name.words);
    let known = finder.finds.iter().filter(|find| !find.dropped && find.entity_type == EntityType::Person);
    labelled
        .chain(known.map(|find| &find.words))
        .map(|words| key_of(finder, words))
        .filter(|name| name.len() > 1)
        .map(|name| surname(&name).to_vec())
        .collect()
}

/// The folded words of a name without quotation marks.
fn key_of(finder: &Finder<'_>, words: &Range<usize>) -> Vec<String> {
    finder.name_words(words).filter(|word| !is_quote(word)).map(str::to_owned).collect()
}

/// Adds persons of a single word.
pub(super) fn single_persons(finder: &mut Finder<'_>, labelling: &Labelling) {
    for name in labelling.names.iter().filter(|name| name.kind == Kind::Person) {
        for words in parts(finder, name).into_iter().filter(|words| words.len() == 1) {
            add(finder, name, words, false);
        }
    }
}

/// Takes back places of one word where the labeller sees no name at all: مالي in مركز مالي.
fn doubt_places(finder: &mut Finder<'_>, labelling: &Labelling) {
    for at in 0..finder.reading.words.len() {
        let place = finder.starting(at).filter(|find| {
            find.words.len() == 1
                && find.kind == MentionKind::Name
                && matches!(find.entity_type, EntityType::Gpe | EntityType::Location)
        });
        if let Some(find) = place
            && labelling.name(at) < NO_NAME
        {
            let (words, span) = (find.words.clone(), find.span);
            finder.drop_inside(words, span);
        }
    }
}

/// The names that a labelled chunk holds: two persons or places joined by و are two.
fn parts(finder: &Finder<'_>, name: &Labelled) -> Vec<Range<usize>> {
    let mut starts = vec![name.words.start];
    if name.kind != Kind::Organization {
        let joined = |word: &Word| word.proclitics.first() == Some(&Proclitic::And);
        let is_joined = |at: &usize| finder.reading.words.get(*at).is_some_and(joined);
        starts.extend(name.words.clone().skip(1).filter(is_joined));
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([name.words.end]).collect();
    starts.into_iter().zip(ends).filter_map(|(start, end)| trimmed(finder, name.kind, start..end)).collect()
}

fn add(finder: &mut Finder<'_>, name: &Labelled, words: Range<usize>, on_sport: bool) {
    let (Some(first), Some(last)) =
        (finder.reading.words.get(words.start), finder.reading.words.get(words.end - 1))
    else {
        return;
    };
    let span = Span::new(first.host_span.start, last.span.end);
    let others: Vec<Find> =
        words.clone().filter_map(|at| finder.covering(at)).filter(|find| !find.dropped).cloned().collect();
    let certain = name.probability >= AGAINST;
    let accepted = match others.as_slice() {
        [] => {
            let works = name.kind != Kind::Organization && is_work(finder, words.start);
            let definite = name.kind == Kind::Organization && first.article && words.len() == 1;
            name.probability >= if definite { DEFINITE } else { FREE } && !works
        }
        // A club has the name of its city.
        [find, ..] if find.words == words => {
            let least = if on_sport { LIKELY } else { SURELY };
            name.probability >= least && name.kind == Kind::Organization && is_town(finder, find)
        }
        finds => {
            certain && finds.iter().all(|find| span.contains(find.span) && find.words.len() < words.len())
        }
    };
    let kind = if is_descent(finder, &words) { Kind::Person } else { name.kind };
    let Some(entity_type) = entity_type(finder, kind, words.start).filter(|_| accepted) else { return };
    if entity_type == EntityType::Person || others.iter().any(|find| find.words == words) {
        finder.drop_inside(words.clone(), span);
    }
    let key = key_of(finder, &words).join(" ");
    let known = finder.knowledge.look_up(&key).find_map(|(known, kind)| {
        (kind == SurfaceKind::Name && known.entity_type == entity_type).then(|| EntityId::known(known.id))
    });
    let entity = match known {
        Some(entity) => entity,
        None => {
            let id = EntityId::unknown(entity_type, &key);
            let text = finder.text(span);
            finder.make(id, entity_type, text, None)
        }
    };
    finder.add(Find { confidence: name.probability.min(0.9), ..Find::new(words, span, entity, entity_type) });
}

/// Whether the word before a name, quotation marks aside, tells that it is that of a product or work: سيارة, برنامج.
fn is_work(finder: &Finder<'_>, start: usize) -> bool {
    let before =
        (1..=2).filter_map(|back| start.checked_sub(back)).find(|at| !is_quote(finder.reading.raw(*at)));
    before.is_some_and(|at| {
        let word = finder.reading.words.get(at).filter(|word| word.enclitic.is_none());
        word.is_some_and(|word| Cue::Work.is(&word.stem))
    })
}

/// Whether words tell of whom somebody is the son: فلان بن فلان.
fn is_descent(finder: &Finder<'_>, words: &Range<usize>) -> bool {
    let second = words.len() > 2 && matches!(finder.reading.folded(words.start + 1), "بن" | "بنت");
    second && !DESCRIPTORS.before.contains_key(finder.reading.host(words.start))
}

/// Whether a find is the name of a place that is no state and no capital.
fn is_town(finder: &Finder<'_>, find: &Find) -> bool {
    find.kind == MentionKind::Name
        && matches!(find.entity_type, EntityType::Gpe | EntityType::Location)
        && finder.country_of(&find.entity).is_none_or(|country| country != find.entity.as_str())
        && finder.knowledge.country_of_capital(find.entity.as_str()).is_none()
}

/// The words without quotation marks and particles at their ends; `None` where nothing is left that can be a name.
fn trimmed(finder: &Finder<'_>, kind: Kind, mut words: Range<usize>) -> Option<Range<usize>> {
    // أم صلال, though أم may be a particle.
    if finder.starting(words.start).is_some_and(|find| find.words == words) {
        return Some(words);
    }
    let reading = finder.reading;
    let is_name = |at: usize| {
        reading.words.get(at).is_some_and(|word| {
            matches!(word.kind, TokenKind::Word | TokenKind::Latin)
                && word.host.chars().nth(1).is_some()
                && !is_function_word(&word.folded)
                // فإن, but not فان.
                && !(is_function_word(&word.host) && normalize(reading.raw(at)).contains(['إ', 'أ']))
        })
    };
    // A title and what happened to a person stand before the name.
    let is_title = |at: usize| {
        let word = reading.host(at);
        let happening = || {
            let readings = lexicon::get().readings(word);
            readings.iter().any(|reading| reading.form.is_event_noun()) && !PERSON_WORDS.contains(word)
        };
        kind == Kind::Person && (TITLES.at(reading, at, word).is_some() || happening())
    };
    while words.start < words.end && (!is_name(words.start) || words.len() > 1 && is_title(words.start)) {
        words.start += 1;
    }
    while words.start < words.end && !is_name(words.end - 1) {
        words.end -= 1;
    }
    let first = reading.words.get(words.start).filter(|_| !words.is_empty())?;
    // الاتفاق by itself is no name.
    let common_noun = words.len() == 1 && first.article && lexicon::is_word(&first.stem);
    let fits = kind != Kind::Person || may_be_person(finder, first, &words);
    (fits && !common_noun).then_some(words)
}

/// Whether words may be a person's name: one of them is no other word, or is known from names. مصدران حكوميان are none.
fn may_be_person(finder: &Finder<'_>, first: &Word, words: &Range<usize>) -> bool {
    let tells = |at: usize| {
        let word = finder.reading.host(at);
        !lexicon::is_word(word) || PERSON_WORDS.contains(word) || NAME_WORDS.contains_key(&*key_word(word))
    };
    lexicon::get().source_noun(&first.stem).is_none() && words.clone().any(tells)
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
