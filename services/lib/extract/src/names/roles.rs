//! Titles and offices of persons, before and after their names, and offices that stand for who holds them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use marsad_arabic::orthography::fold;
use marsad_model::ontology::{EntityType, MentionKind};
use marsad_model::{EntityId, Role, Span};
use rustc_hash::FxHashMap;

use super::find::{Find, Finder};
use super::lists::{Cue, TITLES};
use crate::knowledge::{self, Office, key_word};
use crate::lexicon::{self, FunctionClass};

/// Most words from a title to the name.
const LONGEST_ROLE: usize = 12;

/// A title with what belongs to it.
struct Title {
    words: Range<usize>,
    span: Span,
    /// The words of the title list, folded.
    head: Vec<String>,
}

/// Finds the roles of named persons, and adds mentions of persons by their office alone.
pub(super) fn find(finder: &mut Finder<'_>) -> Vec<Role> {
    let mut roles: Vec<Role> = Vec::new();
    let mut held = Held::default();
    let mut alone = Vec::new();
    let mut at = 0;
    while at < finder.reading.words.len() {
        let Some(title) = title_at(finder, at) else {
            at += 1;
            continue;
        };
        let next = title.words.end;
        let comma = usize::from(finder.reading.raw(next) == "،");
        let person_after = person_at(finder, next).or_else(|| person_at(finder, next + comma));
        let person = person_after.or_else(|| person_before(finder, at));
        let body = body(finder, &title.words);
        match person {
            Some(person) => {
                let country = body.as_ref().and_then(|body| finder.country_of(body));
                held.put(title.head, country, person.clone());
                roles.push(Role { span: title.span, entity: Some(person), body });
            }
            None => alone.push(title),
        }
        at = next.max(at + 1);
    }
    let main = finder.main_country();
    for title in alone {
        if let Some(person) = holder(finder, &title, &held, main) {
            let words = title.words.clone();
            let find = Find::new(words, title.span, person, EntityType::Person);
            finder.add(Find { kind: MentionKind::Nominal, confidence: 0.7, ..find });
        }
    }
    roles.sort_by_key(|role| role.span);
    roles
}

/// The title at a word with its complements, up to a person's name, punctuation or what cannot belong to it.
fn title_at(finder: &Finder<'_>, at: usize) -> Option<Title> {
    let reading = finder.reading;
    let word = reading.words.get(at).filter(|word| word.is_arabic() && word.facts().begins_title)?;
    if finder.covering(at).is_some_and(|f| f.entity_type == EntityType::Person || f.words.start < at) {
        return None;
    }
    let pronoun = word.enclitic.is_some();
    let (length, ()) = TITLES.at(reading, at, &word.host).or_else(|| TITLES.at(reading, at, &word.stem))?;
    let sentence = reading.sentences.get(reading.sentence_of(at))?.words.end;
    let mut end = at + length;
    let limit = sentence.min(at + LONGEST_ROLE);
    // Without a person to end at, only what surely belongs to the title does.
    let mut sure = end;
    // Where a title begins behind a definite word: of the same person, or of another.
    let mut second = None;
    while end < limit {
        let before = end;
        if second.is_none() && begins_second_title(finder, end, at + length) {
            second = Some(end);
        }
        if let Some(find) = finder.covering(end) {
            // A name after the title belongs to it, a second one after a conjunction does not.
            if find.entity_type == EntityType::Person {
                break;
            }
            if reading.words.get(end).is_some_and(|word| word.has_conjunction()) {
                let Some(after) = coordinated_places(finder, end, limit) else { break };
                end = after;
            } else {
                end = find.words.end.max(end + 1);
            }
        } else if belongs(finder, end, end > at + length) {
            end += 1;
        } else {
            break;
        }
        let adjective = reading.words.get(before).is_some_and(|w| w.article && w.proclitics.is_empty());
        if sure == before && (finder.covering(before).is_some() || adjective) {
            sure = end;
        }
    }
    if let Some(second) = second.filter(|second| {
        reading.words.get(*second).is_some_and(|word| word.has_preposition())
            || country(finder, &(at..*second))
                .zip(country(finder, &(*second..end)))
                .is_some_and(|(first, second)| first != second)
    }) {
        end = second;
        sure = sure.min(end);
    }
    let comma = usize::from(reading.raw(end) == "،");
    if person_at(finder, end).is_none()
        && person_at(finder, end + comma).is_none()
        && person_before(finder, at).is_none()
    {
        end = sure;
    }
    while end > at + length && dangles(finder, end - 1) {
        end -= 1;
    }
    let head: Vec<String> = (at..at + length)
        .map(|i| if i == at { if pronoun { &word.stem } else { &word.host } } else { reading.folded(i) })
        .map(|word| key_word(&fold(word)).into_owned())
        .collect();
    let last = reading.words.get(end - 1)?;
    Some(Title { words: at..end, span: Span::new(word.host_span.start, last.span.end), head })
}

/// Whether a title begins at a word behind a definite one, to which it can be no genitive: السفيرة الأميركية | وزير الخارجية.
fn begins_second_title(finder: &Finder<'_>, at: usize, least: usize) -> bool {
    let reading = finder.reading;
    let Some((word, before)) = reading.words.get(at).zip(reading.words.get(at - 1)) else { return false };
    at >= least
        && (before.article || before.enclitic.is_some())
        && !word.article
        && (TITLES.at(reading, at, &word.host).is_some() || TITLES.at(reading, at, &word.stem).is_some())
}

/// The country of a title's words.
fn country(finder: &Finder<'_>, words: &Range<usize>) -> Option<&'static str> {
    body(finder, words).and_then(|body| finder.country_of(&body))
}

/// The end of places after conjunctions that the person's name follows: مبعوث … إلى السودان وجنوب السودان.
fn coordinated_places(finder: &Finder<'_>, at: usize, limit: usize) -> Option<usize> {
    let mut end = at;
    while end < limit
        && let Some(find) = finder.starting(end)
        && matches!(find.entity_type, EntityType::Gpe | EntityType::Location)
        && finder.reading.words.get(end).is_some_and(|word| word.has_conjunction())
    {
        end = find.words.end;
    }
    (end > at && person_at(finder, end).is_some()).then_some(end)
}

/// Whether a word outside of names goes on with a title: an adjective, a noun in the genitive, a preposition of place.
fn belongs(finder: &Finder<'_>, at: usize, further: bool) -> bool {
    let Some(word) = finder.reading.words.get(at).filter(|word| word.is_arabic()) else { return false };
    let lexicon = lexicon::get();
    let folded = word.folded.as_str();
    if Cue::TitleLink.is(folded) || Cue::TitleBody.is(folded) {
        return true;
    }
    if lexicon.is_function(FunctionClass::Preposition, folded)
        || lexicon.is_function(FunctionClass::Conjunction, folded)
        || lexicon.is_function(FunctionClass::Verb, folded)
        || lexicon.is_function(FunctionClass::Pronoun, folded)
        || lexicon.is_function(FunctionClass::Particle, folded)
        || word.has_conjunction() && !word.article
    {
        return false;
    }
    let finite = lexicon.readings(&word.stem).iter().any(|reading| reading.form.is_finite());
    word.article && !(further && word.has_preposition())
        || !finite && !lexicon::is_word(folded) && !word.has_preposition()
        || TITLES.at(finder.reading, at, &word.host).is_some()
}

/// Whether a title cannot end with a word.
fn dangles(finder: &Finder<'_>, at: usize) -> bool {
    Cue::TitleLink.is(finder.reading.folded(at)) && finder.is_free(at)
}

fn person_at(finder: &Finder<'_>, at: usize) -> Option<EntityId> {
    let find = finder.starting(at)?;
    let word = finder.reading.words.get(at)?;
    let named = find.entity_type == EntityType::Person && find.kind == MentionKind::Name;
    (named && word.proclitics.is_empty()).then(|| find.entity.clone())
}

/// The person whose name and a comma stand before a title.
fn person_before(finder: &Finder<'_>, at: usize) -> Option<EntityId> {
    let comma = at.checked_sub(1).filter(|i| finder.reading.raw(*i) == "،")?;
    let find = finder.covering(comma.checked_sub(1)?)?;
    let bare = finder.reading.words.get(at).is_some_and(|word| word.proclitics.is_empty());
    (find.entity_type == EntityType::Person && find.words.end == comma && bare).then(|| find.entity.clone())
}

/// The country or institution of a title: what its first name or demonym refers to.
fn body(finder: &Finder<'_>, words: &Range<usize>) -> Option<EntityId> {
    words
        .clone()
        .filter_map(|at| finder.covering(at))
        .find(|f| f.entity_type != EntityType::Person)
        .map(|f| f.entity.clone())
}

/// Persons by country, each with its place in the order of the article.
type HolderByCountry = HashMap<Option<&'static str>, (usize, EntityId)>;

/// The persons to whom the article gives a title, by the title's words.
#[derive(Default)]
struct Held {
    by_title: HashMap<Vec<String>, HolderByCountry>,
    count: usize,
}

impl Held {
    fn put(&mut self, head: Vec<String>, country: Option<&'static str>, person: EntityId) {
        self.count += 1;
        self.by_title.entry(head).or_default().insert(country, (self.count, person));
    }

    /// The last person with that title, of that country or of none where one is given.
    fn last(&self, head: &[String], country: Option<&'static str>) -> Option<&EntityId> {
        let persons = self.by_title.get(head)?;
        let fitting = persons.iter().filter(|(of, _)| country.is_none() || of.is_none() || **of == country);
        fitting.map(|(_, held)| held).max_by_key(|(count, _)| *count).map(|(_, person)| person)
    }
}

/// An office with the words of its title.
type TitledOffice = (Vec<String>, &'static Office<'static>);

/// The offices of the knowledge by the first word of their titles.
static OFFICES: LazyLock<FxHashMap<String, Vec<TitledOffice>>> = LazyLock::new(|| {
    let mut offices: FxHashMap<String, Vec<TitledOffice>> = FxHashMap::default();
    for office in knowledge::get().offices() {
        let words: Vec<String> =
            office.title.split_whitespace().map(|word| key_word(&fold(word)).into_owned()).collect();
        if let Some(first) = words.first() {
            offices.entry(first.clone()).or_default().push((words, office));
        }
    }
    offices
});

/// Who an office without a name refers to: the person to whom the article gives that title, else who held the office on the
/// day of publication. `main` is the country that the article speaks of most.
fn holder(finder: &Finder<'_>, title: &Title, held: &Held, main: Option<&'static str>) -> Option<EntityId> {
    if title.head.len() < 2 && title.words.len() < 2 {
        return None;
    }
    let country = country(finder, &title.words);
    if title.head.len() >= 2
        && let Some(person) = held.last(&title.head, country)
    {
        return Some(person.clone());
    }
    let country = country.or(main.filter(|_| title.head.len() >= 2))?;
    let fits = |(words, office): &&TitledOffice| {
        let of = finder.knowledge.by_id(office.body);
        let belongs = office.body == country || of.is_some_and(|entity| entity.country == Some(country));
        belongs && words.starts_with(&title.head) && words.len() <= title.head.len() + 1
    };
    let (_, office) = OFFICES.get(title.head.first()?)?.iter().find(fits)?;
    let holders = finder.knowledge.holders_of(office, finder.day);
    holders.last().map(|person| EntityId::known(person.id))
}
