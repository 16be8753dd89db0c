//! Persons that the knowledge does not have, and persons by their surnames.

use std::collections::{BTreeMap, HashMap};

use marsad_arabic::token::TokenKind;
use marsad_model::ontology::{EntityType, MentionKind};
use marsad_model::{EntityId, Span};

use super::find::{Find, Finder};
use super::lists::{JOINING, PERSON_WORDS, TITLES, surname};
use crate::knowledge::key_word;
use crate::lexicon::{self, FunctionClass, WordForm};
use crate::reading::Word;

/// Most words of a person's name.
const LONGEST_NAME: usize = 5;

/// Full names of unknown persons: after a title, or beginning with a given name.
pub(super) fn unknown(finder: &mut Finder<'_>) {
    let mut at = 0;
    while at < finder.reading.words.len() {
        let end = if finder.is_free(at) { full_name(finder, at) } else { None };
        match end {
            Some(end) => {
                add_full(finder, at, end);
                at = end;
            }
            None => at += 1,
        }
    }
}

/// The end of a full name of two words or more that begins at a word.
fn full_name(finder: &Finder<'_>, at: usize) -> Option<usize> {
    let reading = finder.reading;
    let first = reading.words.get(at).filter(|word| word.is_arabic())?;
    let titled = follows_title(finder, at);
    let given = PERSON_WORDS.given.contains(&key_word(&first.host)) && first.enclitic.is_none()
        || PERSON_WORDS.given.contains(&key_word(&first.folded));
    if !(given || titled && is_name_word(finder, first, at)) || first.proclitics.len() > 1 || first.article {
        return None;
    }
    let sentence = reading.sentences.get(reading.sentence_of(at))?.words.end;
    let mut end = at + 1;
    while end < sentence.min(at + LONGEST_NAME) {
        let word = reading.words.get(end)?;
        let joined = JOINING.contains(&reading.folded(end - 1));
        let hyphen = reading.raw(end) == "-" && touches(finder, end) && touches(finder, end + 1);
        if hyphen && end + 1 < sentence {
            end += 2;
            continue;
        }
        let goes_on = JOINING.contains(&word.folded.as_str()) && end + 1 < sentence
            || word.is_arabic() && (joined || is_name_word(finder, word, end));
        if !goes_on {
            break;
        }
        end += 1;
    }
    while end > at + 1 && (JOINING.contains(&reading.folded(end - 1)) || reading.raw(end - 1) == "-") {
        end -= 1;
    }
    // Two words that are both no known parts of names are none without a title.
    let parts = (at..end).filter(|i| PERSON_WORDS.all.contains(&key_word(reading.folded(*i)))).count();
    (end >= at + 2 && (titled || given && parts >= 1)).then_some(end)
}

fn touches(finder: &Finder<'_>, at: usize) -> bool {
    let words = &finder.reading.words;
    at.checked_sub(1).is_some_and(|before| {
        words.get(before).zip(words.get(at)).is_some_and(|(left, right)| left.span.end == right.span.start)
    })
}

/// Whether a word can go on in a name: it is no function word, verb or common noun, and no other name begins with it.
fn is_name_word(finder: &Finder<'_>, word: &Word, at: usize) -> bool {
    if word.kind == TokenKind::Latin {
        return false;
    }
    let lexicon = lexicon::get();
    let folded = word.folded.as_str();
    let function = [
        FunctionClass::Preposition,
        FunctionClass::Conjunction,
        FunctionClass::Verb,
        FunctionClass::Pronoun,
        FunctionClass::Particle,
    ];
    if function.iter().any(|class| lexicon.is_function(*class, folded)) || !word.is_arabic() {
        return false;
    }
    if !word.proclitics.is_empty() && !PERSON_WORDS.all.contains(&key_word(folded)) {
        return false;
    }
    let free = finder.is_free(at)
        || finder.covering(at).is_some_and(|f| f.words.len() == 1 && f.kind == MentionKind::Adjectival && word.article);
    let known = PERSON_WORDS.all.contains(&key_word(folded));
    let demonym = !finder.is_free(at);
    free && (known || !demonym && !lexicon::is_word(folded) && !lexicon::is_word(&word.stem) && folded.chars().count() >= 3)
}

/// Whether a title stands right before a word, or before a demonym or a comma right before it.
fn follows_title(finder: &Finder<'_>, at: usize) -> bool {
    let reading = finder.reading;
    let mut before = at;
    for _ in 0..4 {
        let Some(previous) = before.checked_sub(1) else { return false };
        before = previous;
        let host = reading.host(before).to_owned();
        for back in 0..3 {
            let Some(start) = before.checked_sub(back) else { break };
            let first = reading.host(start).to_owned();
            if TITLES.at(reading, start, &first).is_some_and(|(length, ())| start + length == before + 1) {
                return true;
            }
        }
        let adjective = host.starts_with("ال") && reading.words.get(before).is_some_and(|w| w.proclitics.is_empty());
        let covered = finder.covering(before).is_some_and(|f| f.entity_type != EntityType::Person);
        if !(adjective || covered || reading.raw(before) == "،" && before + 1 == at) {
            return false;
        }
    }
    false
}

fn add_full(finder: &mut Finder<'_>, at: usize, end: usize) {
    let reading = finder.reading;
    let (Some(first), Some(last)) = (reading.words.get(at), reading.words.get(end - 1)) else { return };
    let span = Span::new(first.host_span.start, last.span.end);
    let name: Vec<&str> =
        std::iter::once(reading.host(at)).chain((at + 1..end).map(|i| reading.folded(i))).collect();
    let id = EntityId::unknown(EntityType::Person, &name.join(" "));
    let text = finder.text(span);
    let entity = finder.make(id, EntityType::Person, text, None);
    finder.add(Find {
        words: at..end,
        span,
        entity,
        entity_type: EntityType::Person,
        kind: MentionKind::Name,
        metonymy: false,
        confidence: 0.6,
    });
}

/// Mentions by surname of the persons that the article names in full, and of known ones after a title.
pub(super) fn surnames(finder: &mut Finder<'_>) {
    let mut by_surname: BTreeMap<String, EntityId> = BTreeMap::new();
    let mut by_length: HashMap<String, usize> = HashMap::new();
    for find in finder.finds.iter().filter(|f| f.entity_type == EntityType::Person && f.kind == MentionKind::Name) {
        let name: Vec<String> = find
            .words
            .clone()
            .map(|i| key_word(if i == find.words.start { finder.reading.host(i) } else { finder.reading.folded(i) }))
            .collect();
        if name.len() >= 2 {
            let surname = surname(&name);
            by_length.insert(surname.join(" "), surname.len());
            by_surname.entry(surname.join(" ")).or_insert_with(|| find.entity.clone());
        }
    }
    let mut at = 0;
    while at < finder.reading.words.len() {
        let found = [2, 1].into_iter().find_map(|length| {
            let words = words_of(finder, at, length)?;
            let id = by_surname.get(&words).filter(|_| by_length.get(&words) == Some(&length)).cloned();
            let id = id.filter(|_| length > 1 || !reads_otherwise(finder, at));
            id.or_else(|| titled_surname(finder, at, &words)).map(|id| (length, id))
        });
        let Some((length, entity)) = found else {
            at += 1;
            continue;
        };
        if let (Some(first), Some(last)) = (finder.reading.words.get(at), finder.reading.words.get(at + length - 1)) {
            let span = Span::new(first.host_span.start, last.span.end);
            add_surname(finder, at, length, span, entity);
        }
        at += length;
    }
}

fn add_surname(finder: &mut Finder<'_>, at: usize, length: usize, span: Span, entity: EntityId) {
    // What the word means otherwise gives way: السوداني is the prime minister, not Sudan's.
    for index in (at..at + length).filter_map(|i| finder.covering_index(i)).collect::<Vec<_>>() {
        let find = &mut finder.finds[index];
        if find.words == (at..at + length) {
            *find = Find { entity: entity.clone(), entity_type: EntityType::Person, kind: MentionKind::Name, span, ..find.clone() };
            return;
        }
    }
    finder.add(Find {
        words: at..at + length,
        span,
        entity,
        entity_type: EntityType::Person,
        kind: MentionKind::Name,
        metonymy: false,
        confidence: 0.85,
    });
}

/// The words `at..at + length` as a surname, if no other name than a single word covers them.
fn words_of(finder: &Finder<'_>, at: usize, length: usize) -> Option<String> {
    let reading = finder.reading;
    let first = reading.words.get(at).filter(|word| word.is_arabic())?;
    let covered = (at..at + length).any(|i| {
        finder.covering(i).is_some_and(|f| f.words.len() > length || f.entity_type == EntityType::Person)
    });
    if covered || reading.sentence_of(at) != reading.sentence_of(at + length - 1) {
        return None;
    }
    let whole = first.proclitics.is_empty() || PERSON_WORDS.all.contains(&key_word(&first.folded));
    let head = if whole { &first.folded } else { &first.host };
    let mut words = vec![key_word(head)];
    words.extend((at + 1..at + length).map(|i| key_word(reading.folded(i))));
    Some(words.join(" "))
}

/// Whether a single word that is a surname here is used in its other meaning: a demonym after a definite noun or in an
/// article that names its country, a verb.
fn reads_otherwise(finder: &Finder<'_>, at: usize) -> bool {
    let reading = finder.reading;
    if let Some(find) = finder.covering(at) {
        if find.kind == MentionKind::Adjectival {
            let named = finder.finds.iter().any(|f| f.kind == MentionKind::Name && f.entity == find.entity);
            let noun_before = at.checked_sub(1).and_then(|i| reading.words.get(i)).is_some_and(|before| {
                before.article && TITLES.at(reading, at - 1, &before.host).is_none()
            });
            return named || noun_before;
        }
        return find.words.len() > 1;
    }
    let word = reading.host(at);
    lexicon::get().readings(word).iter().any(|r| matches!(r.form, WordForm::Past | WordForm::Imperfect))
        && !PERSON_WORDS.all.contains(&key_word(word))
}

/// A known person by surname right after a title, where only one known person has that surname.
fn titled_surname(finder: &Finder<'_>, at: usize, words: &str) -> Option<EntityId> {
    let [id] = PERSON_WORDS.by_surname.get(words)?.as_slice() else { return None };
    let free = finder.is_free(at);
    (free && follows_title(finder, at)).then(|| EntityId::known(*id))
}
