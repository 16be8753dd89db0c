//! Names that the labeller found and nothing else has.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use marsad_arabic::orthography::normalize;
use marsad_arabic::token::TokenKind;
use marsad_model::EntityId;
use marsad_model::ontology::{EntityType, MentionKind};

use super::clubs::is_on_sport;
use super::dictionary::{is_function_word, is_quote};
use super::find::{Find, Finder};
use super::labeller::{Kind, Labelled, Labelling};
use super::lists::{Cue, DESCRIPTORS, NAME_WORDS, PERSON_WORDS, TITLES, surname};
use crate::knowledge::{SurfaceKind, key_word};
use crate::lexicon::{self, FunctionClass};
use crate::reading::Word;

/// How probable a name must be that a descriptor announces; one that nothing else speaks for; and one that speaks against what
/// another stage found.
const LIKELY: f32 = 0.5;
const FREE: f32 = 0.7;
const AGAINST: f32 = 0.8;

/// How probable an organization of a single word with the article must be: it may be any noun.
const DEFINITE: f32 = 0.95;

/// How probable a club must be where a town has its name, outside of reports on sport; in these [`LIKELY`] is enough.
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
    let mut known: HashMap<Vec<&str>, Find> = HashMap::new();
    let mut longest: HashMap<&str, usize> = HashMap::new();
    for name in labelling.names.iter().filter(|name| name.probability >= AGAINST) {
        let find = finder.starting(name.words.start).filter(|find| find.words == name.words && !find.dropped);
        let Some(find) = find.filter(|find| find.kind == MentionKind::Name).cloned() else { continue };
        let Some(word) = finder.reading.words.get(find.words.start) else { continue };
        let ordinary = || lexicon::is_word(&word.host) || lexicon::is_word(&word.stem);
        if find.words.len() > 1 || find.entity_type != EntityType::Person && !ordinary() {
            let longest = longest.entry(word.host.as_str()).or_default();
            *longest = find.words.len().max(*longest);
            known.entry(finder.name_words(&find.words).collect()).or_insert(find);
        }
    }
    for at in 0..finder.reading.words.len() {
        let Some(longest) = longest.get(finder.reading.host(at)) else { continue };
        let free =
            (at..finder.reading.words.len()).take(*longest).take_while(|at| finder.is_free(*at)).count();
        let again = (1..=free).rev().find_map(|length| {
            let words = at..at + length;
            known.get(&finder.name_words(&words).collect::<Vec<_>>()).map(|find| (words, find))
        });
        if let Some((words, find)) = again
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

/// Takes back places of one word where the labeller sees no name at all: مالي in مركز مالي. What a preposition governs must be
/// an ordinary word too.
fn doubt_places(finder: &mut Finder<'_>, labelling: &Labelling) {
    for at in 0..finder.reading.words.len() {
        let place = finder.starting(at).filter(|find| {
            find.words.len() == 1
                && find.kind == MentionKind::Name
                && matches!(find.entity_type, EntityType::Gpe | EntityType::Location)
        });
        // في صفاقس, whatever is known of the words around.
        let governed = || {
            let attached = finder.reading.words.get(at).is_some_and(|word| word.has_preposition());
            let before = at.checked_sub(1).map(|i| finder.reading.folded(i));
            attached
                || before.is_some_and(|word| lexicon::get().is_function(FunctionClass::Preposition, word))
        };
        if let Some(find) = place
            && labelling.name(at) < NO_NAME
            && (lexicon::is_word(finder.reading.host(at)) || !governed())
        {
            let (words, span) = (find.words.clone(), find.span);
            finder.drop_inside(words, span);
        }
    }
}

/// The names that a labelled chunk holds: two persons or places joined by و are two, and so are two organizations of which the
/// first begins with no other word (تويوتا وهوندا, but وزارة الصحة والسكان).
fn parts(finder: &Finder<'_>, name: &Labelled) -> Vec<Range<usize>> {
    let mut starts = vec![name.words.start];
    let first = finder.reading.host(name.words.start);
    let describes = lexicon::is_word(first) || DESCRIPTORS.before.contains_key(first);
    if name.kind != Kind::Organization || !describes {
        starts.extend(name.words.clone().skip(1).filter(|at| finder.reading.is_and(*at)));
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([name.words.end]).collect();
    starts.into_iter().zip(ends).filter_map(|(start, end)| trimmed(finder, name.kind, start..end)).collect()
}

fn add(finder: &mut Finder<'_>, name: &Labelled, words: Range<usize>, on_sport: bool) {
    let (Some(first), Some(span)) = (finder.reading.words.get(words.start), finder.span_of(&words)) else {
        return;
    };
    let others: Vec<Find> =
        words.clone().filter_map(|at| finder.covering(at)).filter(|find| !find.dropped).cloned().collect();
    let certain = name.probability >= AGAINST;
    let kind = if is_descent(finder, &words) { Kind::Person } else { name.kind };
    let Some(entity_type) = entity_type(finder, kind, words.start) else { return };
    let accepted = match others.as_slice() {
        [] => {
            let works = name.kind != Kind::Organization && is_work(finder, words.start);
            let definite = name.kind == Kind::Organization && first.article && words.len() == 1;
            let least = match described(finder, name.kind, words.start) {
                Some(_) => LIKELY,
                None if definite => DEFINITE,
                None => FREE,
            };
            name.probability >= least && !works
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
    if !accepted {
        return;
    }
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
    before(finder, start).is_some_and(|at| {
        let word = finder.reading.words.get(at).filter(|word| word.enclitic.is_none());
        word.is_some_and(|word| Cue::Work.is(&word.stem))
    })
}

/// The word before a name, a quotation mark aside.
fn before(finder: &Finder<'_>, start: usize) -> Option<usize> {
    (1..=2).filter_map(|back| start.checked_sub(back)).find(|at| !is_quote(finder.reading.raw(*at)))
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
        && !finder.is_state(&find.entity)
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
    // الاتفاق by itself is no name, nor is دبلوماسيا.
    let common_noun =
        words.len() == 1 && (first.article && lexicon::is_word(&first.stem) || is_accusative(first));
    let fits = kind != Kind::Person || may_be_person(finder, first, &words);
    (fits && !common_noun).then_some(words)
}

/// Whether a word is the indefinite accusative of an ordinary noun.
fn is_accusative(word: &Word) -> bool {
    let noun = |base: &str| lexicon::is_word(base) || lexicon::get().source_noun(base).is_some();
    !word.article && word.host.strip_suffix('ا').is_some_and(noun)
}

/// Whether words may be a person's name: one of them is no other word, or is known from names. مصدران حكوميان are none.
fn may_be_person(finder: &Finder<'_>, first: &Word, words: &Range<usize>) -> bool {
    let tells = |at: usize| {
        let word = finder.reading.host(at);
        !lexicon::is_word(word) || PERSON_WORDS.contains(word) || NAME_WORDS.contains_key(&*key_word(word))
    };
    lexicon::get().source_noun(&first.stem).is_none() && words.clone().any(tells)
}

/// The type of a name by its kind and by what describes it.
fn entity_type(finder: &Finder<'_>, kind: Kind, start: usize) -> Option<EntityType> {
    let usual = match kind {
        Kind::Person => EntityType::Person,
        Kind::Place => EntityType::Gpe,
        Kind::Organization => EntityType::Organization,
        Kind::Other => return None,
    };
    Some(described(finder, kind, start).unwrap_or(usual))
}

/// The type that the descriptor tells which a name begins with or follows.
fn described(finder: &Finder<'_>, kind: Kind, start: usize) -> Option<EntityType> {
    use EntityType::{ArmedGroup, Facility, Gpe, Location, Media, Organization};
    let types: &[EntityType] = match kind {
        Kind::Place => &[Gpe, Location, Facility],
        Kind::Organization => &[Organization, Media, ArmedGroup, Facility],
        Kind::Person | Kind::Other => return None,
    };
    std::iter::once(start).chain(before(finder, start)).find_map(|at| {
        let listed = DESCRIPTORS.before.get(finder.reading.host(at))?;
        listed.iter().find(|entity_type| types.contains(entity_type)).copied()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge;
    use crate::reading::{Reading, body};

    #[test]
    fn joined_names_are_several() {
        for (text, kind, want) in [
            ("عمر رفاعي وسامي بركات", Kind::Person, vec!["عمر رفاعي", "سامي بركات"]),
            ("تويوتا وجنرال موتورز", Kind::Organization, vec!["تويوتا", "جنرال موتورز"]),
            ("وزارة الصحة والسكان", Kind::Organization, vec!["وزارة الصحة والسكان"]),
        ] {
            let segments = body(text);
            let reading = Reading::new(text, &segments);
            let finder = Finder::new(&reading, knowledge::get(), None);
            let name = Labelled { words: 0..reading.words.len(), kind, probability: 1.0 };
            let spans = parts(&finder, &name).into_iter().filter_map(|words| finder.span_of(&words));
            let found: Vec<_> = spans.filter_map(|span| span.of(text)).collect();
            assert_eq!(found, want, "{text}");
        }
    }
}
