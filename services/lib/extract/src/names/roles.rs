//! Titles and offices of persons, before and after their names, and offices that stand for who holds them.

use std::ops::Range;

use marsad_arabic::orthography::fold;
use marsad_model::ontology::{EntityType, MentionKind};
use marsad_model::{EntityId, Role, Span};

use super::find::{Find, Finder};
use super::lists::TITLES;
use crate::knowledge::{Office, key_word};
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

/// Finds roles, and adds mentions of persons by their office alone.
pub(super) fn find(finder: &mut Finder<'_>) -> Vec<Role> {
    let mut roles: Vec<Role> = Vec::new();
    let mut held: Vec<(Vec<String>, Option<EntityId>, EntityId)> = Vec::new();
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
                held.push((title.head.clone(), body.clone(), person.clone()));
                roles.push(Role { span: title.span, entity: Some(person), body });
            }
            None => alone.push(title),
        }
        at = next.max(at + 1);
    }
    for title in alone {
        if let Some(person) = holder(finder, &title, &held) {
            let words = title.words.clone();
            let body = body(finder, &words);
            let (entity_type, kind) = (EntityType::Person, MentionKind::Nominal);
            let find = Find { words, span: title.span, entity: person.clone(), entity_type, kind, metonymy: false, confidence: 0.7 };
            if finder.add(find).is_some() {
                roles.push(Role { span: title.span, entity: Some(person), body });
            }
        }
    }
    roles.sort_by_key(|role| role.span);
    roles
}

/// The title at a word with its complements, up to a person's name, punctuation or what cannot belong to it.
fn title_at(finder: &Finder<'_>, at: usize) -> Option<Title> {
    let reading = finder.reading;
    let word = reading.words.get(at).filter(|word| word.is_arabic())?;
    if finder.covering(at).is_some_and(|f| f.entity_type == EntityType::Person || f.words.start < at) {
        return None;
    }
    let pronoun = word.enclitic.is_some();
    let (length, ()) = TITLES.at(reading, at, &word.host).or_else(|| TITLES.at(reading, at, &word.stem))?;
    let sentence = reading.sentences.get(reading.sentence_of(at))?.words.end;
    let mut end = at + length;
    let limit = sentence.min(at + LONGEST_ROLE);
    let mut open = true;
    while end < limit && open {
        if let Some(find) = finder.covering(end) {
            if find.entity_type == EntityType::Person {
                break;
            }
            // A name after the title belongs to it, a second one after a conjunction does not.
            if reading.words.get(end).is_some_and(|w| w.has_conjunction()) {
                break;
            }
            end = find.words.end.max(end + 1);
            continue;
        }
        open = belongs(finder, end, end > at + length);
        end += usize::from(open);
    }
    while end > at + length && dangles(finder, end - 1) {
        end -= 1;
    }
    let head: Vec<String> = (at..at + length)
        .map(|i| if i == at { if pronoun { &word.stem } else { &word.host } } else { reading.folded(i) })
        .map(|word| key_word(&fold(word)))
        .collect();
    let last = reading.words.get(end - 1)?;
    Some(Title { words: at..end, span: Span::new(word.host_span.start, last.span.end), head })
}

/// Whether a word outside of names goes on with a title: an adjective, a noun in the genitive, a preposition of place.
fn belongs(finder: &Finder<'_>, at: usize, further: bool) -> bool {
    let Some(word) = finder.reading.words.get(at).filter(|word| word.is_arabic()) else { return false };
    let lexicon = lexicon::get();
    let folded = word.folded.as_str();
    if matches!(folded, "في" | "لدي" | "باسم" | "لشؤون" | "شؤون" | "مجلس" | "جهاز" | "هيئه" | "لجنه" | "حزب" | "قوات" | "اركان") {
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
    word.article && !(further && word.has_preposition()) || !finite && !lexicon::is_word(folded) && !word.has_preposition()
        || TITLES.at(finder.reading, at, &word.host).is_some()
}

/// Whether a title cannot end with a word.
fn dangles(finder: &Finder<'_>, at: usize) -> bool {
    matches!(finder.reading.folded(at), "في" | "لدي" | "باسم" | "لشؤون" | "شؤون") && finder.is_free(at)
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
    words.clone().filter_map(|at| finder.covering(at)).find(|f| f.entity_type != EntityType::Person).map(|f| f.entity.clone())
}

/// Who an office without a name refers to: the person to whom the article gives that title, else who held the office on the
/// day of publication.
fn holder(finder: &Finder<'_>, title: &Title, held: &[(Vec<String>, Option<EntityId>, EntityId)]) -> Option<EntityId> {
    if title.head.len() < 2 && title.words.len() < 2 {
        return None;
    }
    let body = body(finder, &title.words);
    let country = body.as_ref().and_then(|body| finder.country_of(body));
    let same = held.iter().rev().find(|(head, other, _)| {
        let others = other.as_ref().and_then(|body| finder.country_of(body));
        *head == title.head && title.head.len() >= 2 && (country.is_none() || others.is_none() || country == others)
    });
    if let Some((_, _, person)) = same {
        return Some(person.clone());
    }
    let country = country.or_else(|| if title.head.len() >= 2 { finder.main_country() } else { None })?;
    let fits = |office: &&Office<'_>| {
        let of = finder.knowledge.by_id(office.body);
        let belongs = office.body == country || of.is_some_and(|entity| entity.country == Some(country));
        let words: Vec<String> = office.title.split_whitespace().map(|word| key_word(&fold(word))).collect();
        belongs && words.starts_with(&title.head) && words.len() <= title.head.len() + 1
    };
    let office = finder.knowledge.offices().iter().find(fits)?;
    let holders = finder.knowledge.holders_of(office, finder.day);
    holders.last().map(|person| EntityId::known(person.id))
}
