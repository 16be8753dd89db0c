//! Persons that the knowledge does not have, and persons by their surnames.

use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::collections::BTreeMap;

use foldhash::{HashSet, HashSetExt};
use marsad_arabic::clitics::Proclitic;
use marsad_arabic::orthography::normalize;
use marsad_arabic::token::TokenKind;
use marsad_model::ontology::{EntityType, MentionKind};
use marsad_model::{EntityId, Span};

use super::dictionary::is_function_word;
use super::find::{Find, Finder};
use super::labeller::Labelling;
use super::lists::{Cue, INSTITUTIONS, NAME_WORDS, PERSON_WORDS, TITLES, surname};
use crate::knowledge::{key, key_word, separator};
use crate::lexicon::{self, FunctionClass};
use crate::reading::Word;
use crate::syntax::is_that;

/// How probable the labeller must find a person where a rule does.
const LEAST_PERSON: f32 = 0.05;

/// How probable it must find each word after the first.
const LEAST_WORD: f32 = 0.2;

/// How probable it must find a name where a known person is named by the surname alone.
const LEAST_SURNAME: f32 = 0.02;

/// Most words of a person's name.
const LONGEST_NAME: usize = 5;

/// Full names of unknown persons: after a title, or beginning with a given name.
pub(super) fn unknown(finder: &mut Finder<'_>, labelling: &Labelling) {
    let mut at = 0;
    while at < finder.reading.words.len() {
        let end = if finder.is_free(at) { full_name(finder, at) } else { None };
        // A word that the labeller surely sees no name in ends one.
        let end = end.map(|end| {
            let goes_on = |next: &usize| {
                labelling.person(*next..*next + 1) >= LEAST_WORD
                    || PERSON_WORDS.contains(finder.reading.folded(*next))
            };
            (at + 1..end).find(|next| !goes_on(next)).unwrap_or(end)
        });
        let end = end.filter(|end| labelling.person(at..*end) >= LEAST_PERSON);
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
    // على and علي fold to the same.
    if first.article
        || first.proclitics.len() > 1
        || first.facts().function_word && normalize(reading.raw(at)) != "علي"
    {
        return None;
    }
    let titled = follows_title(finder, at);
    let given = first.facts().given_name && (!first.facts().ordinary || titled);
    if !(given || titled && is_name_word(finder, first, at, false)) {
        return None;
    }
    let sentence = reading.sentences.get(reading.sentence_of(at))?.words.end;
    let mut end = at + 1;
    while end < sentence.min(at + LONGEST_NAME) {
        let word = reading.words.get(end)?;
        let joined = Cue::Joining.is(reading.folded(end - 1));
        let hyphen = reading.raw(end) == "-" && touches(finder, end) && touches(finder, end + 1);
        if hyphen && end + 1 < sentence {
            end += 2;
            continue;
        }
        // From the third word on only what is known from names, or looks like a surname.
        let fits = end == at + 1 || word.article || PERSON_WORDS.contains(&word.folded);
        let goes_on = Cue::Joining.is(&word.folded) && end + 1 < sentence
            || word.is_arabic()
                && (joined || fits && is_name_word(finder, word, end, titled && end == at + 1));
        if !goes_on {
            break;
        }
        end += 1;
    }
    while end > at + 1 && (Cue::Joining.is(reading.folded(end - 1)) || reading.raw(end - 1) == "-") {
        end -= 1;
    }
    // Without a title the rest must be known from other names, or the given name from several.
    let part = |i: usize| PERSON_WORDS.contains(reading.folded(i));
    let common = PERSON_WORDS.persons_with(&first.host) > 1;
    (end >= at + 2 && (titled || given && (common || (at + 1..end).any(part)))).then_some(end)
}

fn touches(finder: &Finder<'_>, at: usize) -> bool {
    let words = &finder.reading.words;
    at.checked_sub(1).is_some_and(|before| {
        words.get(before).zip(words.get(at)).is_some_and(|(left, right)| left.span.end == right.span.start)
    })
}

/// Whether a word can go on in a name: it is no function word, verb or common noun, and no other name begins with it.
/// `titled` for the word after the first one behind a title, where a letter that may be a particle rather is none.
fn is_name_word(finder: &Finder<'_>, word: &Word, at: usize, titled: bool) -> bool {
    if word.kind == TokenKind::Latin {
        return false;
    }
    let folded = word.folded.as_str();
    let maqsura = folded.ends_with('ي') && normalize(finder.reading.raw(at)).ends_with('ى');
    if is_function_word(folded) || !word.is_arabic() || maqsura && !PERSON_WORDS.contains(folded) {
        return false;
    }
    let known = PERSON_WORDS.contains(folded);
    let after_given = at.checked_sub(1).is_some_and(|i| PERSON_WORDS.is_given(finder.reading.host(i)));
    let attached = matches!(
        word.proclitics.as_slice(),
        [Proclitic::Then | Proclitic::By | Proclitic::Like | Proclitic::To]
    );
    let part_of_word = attached && !word.article && !lexicon::is_word(&word.stem) && (titled || after_given);
    if !(word.proclitics.is_empty() || known || part_of_word) {
        return false;
    }
    let free = finder.is_free(at)
        || finder
            .covering(at)
            .is_some_and(|f| f.words.len() == 1 && f.kind == MentionKind::Adjectival && word.article);
    let place = finder.covering(at).is_some_and(|f| {
        // A village whose name begins behind a particle, after a given name: مازن فقها.
        f.words.len() == 1
            && f.entity_type == EntityType::Gpe
            && word.has_conjunction()
            && f.entity.as_str().len() > 2
    });
    let long = folded.chars().count() >= 3;
    let demonym = !finder.is_free(at) && !place;
    // خالد المصري: behind a given name that is no other word, a definite demonym is a surname.
    let given_before = demonym && word.article && after_given;
    let ordinary = || lexicon::is_word(folded) || lexicon::is_word(&word.stem) && word.proclitics.is_empty();
    (free || place && (after_given || titled))
        && (known || place || given_before || !demonym && !ordinary() && long)
}

/// Words between a title and the name, at most: adjectives and names.
const LONGEST_TITLE: usize = 7;

/// Whether a title stands right before a word, or before adjectives and names right before it.
fn follows_title(finder: &Finder<'_>, at: usize) -> bool {
    let reading = finder.reading;
    let mut before = at;
    for _ in 0..LONGEST_TITLE {
        let Some(previous) = before.checked_sub(1) else { return false };
        before = previous;
        for back in 0..3 {
            let Some(start) = before.checked_sub(back) else { break };
            let Some(word) = reading.words.get(start).filter(|word| word.facts().begins_title) else {
                continue;
            };
            if TITLES.at(reading, start, &word.host).is_some_and(|(length, ())| start + length == before + 1)
            {
                return true;
            }
        }
        let adjective = reading.host(before).starts_with("ال")
            && reading.words.get(before).is_some_and(|w| w.proclitics.is_empty());
        let covered = finder.covering(before).is_some_and(|f| f.entity_type != EntityType::Person);
        if !(adjective || covered) {
            return false;
        }
    }
    false
}

fn add_full(finder: &mut Finder<'_>, at: usize, end: usize) {
    let Some(span) = finder.span_of(&(at..end)) else { return };
    let name: Vec<&str> = finder.name_words(&(at..end)).collect();
    let id = EntityId::unknown(EntityType::Person, &name.join(" "));
    let text = finder.text(span);
    let entity = finder.make(id, EntityType::Person, text, None);
    finder.drop_inside(at..end, span);
    finder.add(Find { confidence: 0.6, ..Find::new(at..end, span, entity, EntityType::Person) });
}

/// Countries whose people put the family name first: شي جين بينغ is شي.
const FAMILY_NAME_FIRST: [&str; 5] = ["CN", "KP", "KR", "TW", "VN"];

/// Mentions by surname of the persons that the article names in full, and of known ones after a title.
pub(super) fn surnames(finder: &mut Finder<'_>, labelling: &Labelling) {
    let mut by_surname: BTreeMap<String, EntityId> = BTreeMap::new();
    for find in finder
        .finds
        .iter()
        .filter(|f| !f.dropped && f.entity_type == EntityType::Person && f.kind == MentionKind::Name)
    {
        let name: Vec<Cow<'_, str>> = finder.name_words(&find.words).map(key_word).collect();
        let surname = surname(&name);
        let long = surname.iter().any(|word| word.chars().nth(2).is_some() && !is_function_word(word));
        if name.len() >= 2 && long {
            by_surname.entry(key(surname)).or_insert_with(|| find.entity.clone());
        }
        let family_first = finder.country_of(&find.entity).is_some_and(|c| FAMILY_NAME_FIRST.contains(&c));
        // بان is mostly by that.
        if let Some(family) = name
            .first()
            .filter(|family| family_first && name.len() >= 2 && !is_function_word(family) && !is_that(family))
        {
            by_surname.entry(family.clone().into_owned()).or_insert_with(|| find.entity.clone());
        }
    }
    let countries = countries(finder);
    let heads: HashSet<&str> = by_surname.keys().filter_map(|surname| surname.split(' ').next()).collect();
    // Most words begin no surname, alone or written together with the next.
    let begins = |word: &Word, next: &str| {
        let in_article = || {
            let is_head = |form: &str| heads.contains(&*key_word(form));
            is_head(&word.folded) || word.host != word.folded && is_head(&word.host)
        };
        if !(word.facts().begins_surname || next == "الله" || in_article()) {
            return false;
        }
        let head = surname_head(word, &heads);
        let joined = separator(&head, next).is_empty();
        joined || heads.contains(&*head) || PERSON_WORDS.begins_surname(&head)
    };
    let mut at = 0;
    while let Some(word) = finder.reading.words.get(at) {
        let lengths: &[usize] = if begins(word, finder.reading.folded(at + 1)) { &[2, 1] } else { &[] };
        let found = lengths.iter().find_map(|length| {
            let length = *length;
            let words = words_of(finder, at, length, &heads)?;
            let id = by_surname.get(&words).cloned();
            let id = id.filter(|id| length > 1 || !reads_otherwise(finder, at, id.as_str()));
            let known = || known_surname(finder, at, &words, &countries);
            id.or_else(|| known().filter(|_| labelling.name(at) >= LEAST_SURNAME || is_demonym(finder, at)))
                .map(|id| (length, id))
        });
        let Some((length, entity)) = found else {
            at += 1;
            continue;
        };
        if let (Some(first), Some(last)) =
            (finder.reading.words.get(at), finder.reading.words.get(at + length - 1))
        {
            let whole = surname_head(first, &heads) == key_word(&first.folded);
            let start = if whole { first.span.start } else { first.host_span.start };
            add_surname(finder, at, length, Span::new(start, last.span.end), entity);
        }
        at += length;
    }
}

/// Persons of whom a title and a family name tell, and nobody else: الرئيس طالباني; then by that name alone.
pub(super) fn titled_surnames(finder: &mut Finder<'_>) {
    let mut told: HashSet<String> = HashSet::new();
    let family = |finder: &Finder<'_>, at: usize| {
        let word = finder.reading.words.get(at)?;
        // What looks like a pronoun may be the end of the name: طالباني.
        let fits = word.is_arabic()
            && word.proclitics.is_empty()
            && finder.is_free(at)
            && word.folded.chars().count() >= TELLING_SURNAME
            && !lexicon::is_word(&word.folded)
            && !is_function_word(&word.folded);
        fits.then(|| key_word(&word.folded).into_owned())
    };
    for at in (1..finder.reading.words.len()).filter(|at| is_after_definite_title(finder, *at)) {
        let Some(name) = family(finder, at) else { continue };
        let listed = NAME_WORDS.get(&name).is_some_and(|word| word.family == 2)
            || PERSON_WORDS.by_surname.contains_key(&name);
        // A name that is longer is another matter.
        let single = !name.starts_with("ال") && family(finder, at + 1).is_none_or(|next| !is_name(&next));
        if listed && single {
            told.insert(name);
        }
    }
    if told.is_empty() {
        return;
    }
    for at in 0..finder.reading.words.len() {
        let Some(name) = family(finder, at).filter(|name| told.contains(name)) else { continue };
        let Some(span) = finder.span_of(&(at..at + 1)) else { continue };
        let id = EntityId::unknown(EntityType::Person, &name);
        let text = finder.text(span);
        let entity = finder.make(id, EntityType::Person, text, None);
        finder.add(Find { confidence: 0.6, ..Find::new(at..at + 1, span, entity, EntityType::Person) });
    }
}

/// Whether a word is known from names of persons.
fn is_name(key_word: &str) -> bool {
    PERSON_WORDS.contains(key_word) || NAME_WORDS.contains_key(key_word)
}

/// Whether a title with the article stands right before a word: الرئيس, not رئيس.
fn is_after_definite_title(finder: &Finder<'_>, at: usize) -> bool {
    let reading = finder.reading;
    at.checked_sub(1).is_some_and(|before| {
        let host = reading.host(before);
        let title = TITLES.at(reading, before, host);
        host.starts_with("ال")
            && title.is_some_and(|(length, ())| length == 1)
            && reading.sentence_of(before) == reading.sentence_of(at)
    })
}

fn add_surname(finder: &mut Finder<'_>, at: usize, length: usize, span: Span, entity: EntityId) {
    // What the word means otherwise gives way: السوداني is the prime minister, not Sudan's.
    for index in (at..at + length).filter_map(|i| finder.covering_index(i)).collect::<Vec<_>>() {
        let find = &mut finder.finds[index];
        if find.words == (at..at + length) {
            *find = Find {
                entity: entity.clone(),
                entity_type: EntityType::Person,
                kind: MentionKind::Name,
                span,
                ..find.clone()
            };
            return;
        }
    }
    let find = Find::new(at..at + length, span, entity, EntityType::Person);
    finder.add(Find { confidence: 0.85, ..find });
}

/// The words `at..at + length` as a surname, if no other name than a single word covers them.
fn words_of(finder: &Finder<'_>, at: usize, length: usize, heads: &HashSet<&str>) -> Option<String> {
    let reading = finder.reading;
    let first = reading.words.get(at).filter(|word| word.is_arabic())?;
    // الشيخ before a name is a title.
    let title = TITLES.at(reading, at, reading.host(at)).is_some_and(|(title, ())| {
        finder.starting(at + title).is_some_and(|next| next.entity_type == EntityType::Person)
    });
    let covered = (at..at + length).any(|i| {
        finder.covering(i).is_some_and(|f| f.words.len() > length || f.entity_type == EntityType::Person)
    });
    // النواب in مجلس النواب, without its country.
    let institution = at.checked_sub(1).is_some_and(|before| {
        let phrase = INSTITUTIONS.definite.at(reading, before, reading.host(before));
        phrase.is_some_and(|(length, _)| length > 1)
    });
    if covered || title || institution || reading.sentence_of(at) != reading.sentence_of(at + length - 1) {
        return None;
    }
    let mut words = vec![surname_head(first, heads)];
    words.extend((at + 1..at + length).map(|i| key_word(reading.folded(i))));
    Some(key(&words))
}

/// The form in which a word begins a surname: whole where a name is known to begin so, in the article (`heads`) or anywhere. What
/// looks like a particle may be a letter of a name (فالكون).
fn surname_head<'w>(word: &'w Word, heads: &HashSet<&str>) -> Cow<'w, str> {
    let whole = word.proclitics.is_empty()
        || PERSON_WORDS.contains(&word.folded)
        || heads.contains(&*key_word(&word.folded));
    key_word(if whole { &word.folded } else { &word.host })
}

/// Whether a single word that is a surname here is used in its other meaning: a demonym after a definite noun or in an
/// article that names its country, a verb. Behind the title of the `person`'s own office it is the surname.
fn reads_otherwise(finder: &Finder<'_>, at: usize, person: &str) -> bool {
    let reading = finder.reading;
    if let Some(find) = finder.covering(at) {
        if find.kind == MentionKind::Adjectival {
            let named = finder.names_country(&find.entity);
            let noun_before = at
                .checked_sub(1)
                .and_then(|i| reading.words.get(i))
                .is_some_and(|before| before.article && TITLES.at(reading, at - 1, &before.host).is_none());
            return named || noun_before && !holds_title_before(finder, at, person);
        }
        return find.words.len() > 1;
    }
    let word = reading.host(at);
    lexicon::get().readings(word).iter().any(|r| r.form.is_finite()) && !PERSON_WORDS.contains(word)
}

/// The countries that the article speaks of.
fn countries(finder: &Finder<'_>) -> FxHashSet<&'static str> {
    finder.finds.iter().filter_map(|find| finder.country_of(&find.entity)).collect()
}

/// Letters of a surname that is taken for a known person's without a title.
const TELLING_SURNAME: usize = 5;

/// A known person by surname, where only one known person of the countries that the article speaks of has it: after a
/// title, or where no given name can stand before it.
fn known_surname(
    finder: &Finder<'_>,
    at: usize,
    words: &str,
    countries: &FxHashSet<&str>,
) -> Option<EntityId> {
    let persons = PERSON_WORDS.by_surname.get(words)?;
    let near = |id: &&&str| {
        finder.knowledge.by_id(id).and_then(|person| person.country).is_some_and(|c| countries.contains(c))
    };
    let mut near = persons.iter().filter(near);
    let (Some(id), None) = (near.next(), near.next()) else { return None };
    let free = finder.is_free(at);
    let demonym = is_demonym(finder, at);
    let of_main_country = || {
        let country = finder.knowledge.by_id(id).and_then(|person| person.country);
        country.is_some() && finder.main_country() == country
    };
    // السوداني is the prime minister where Iraq is spoken of and Sudan is not; before a name it tells where somebody is from.
    let named_so = || {
        let next = finder.starting(at + 1).is_some_and(|next| next.entity_type == EntityType::Person);
        !next && !reads_otherwise(finder, at, id) && of_main_country()
    };
    if !(free || demonym && named_so()) || is_function_word(words) {
        return None;
    }
    // الصيد and العودة are words too: with the article only speakers are taken for persons, and what could only be the adjective
    // of a noun where none is before it: مع السوداني.
    let definite = words.strip_prefix("ال");
    let speaks = || {
        at.checked_sub(1).and_then(|i| finder.reading.words.get(i)).is_some_and(|before| {
            matches!(before.host.as_str(), "ان" | "بان")
                || demonym && lexicon::get().is_function(FunctionClass::Preposition, &before.folded)
                || lexicon::get().readings(&before.stem).iter().any(|reading| reading.form.is_finite())
        })
    };
    let ordinary = lexicon::is_word(words)
        || words.chars().count() < TELLING_SURNAME
        || definite.is_some_and(|stem| !demonym && lexicon::is_word(stem) || !speaks());
    let alone = || {
        let Some(before) = at.checked_sub(1).and_then(|i| finder.reading.words.get(i)) else { return true };
        let known = !before.is_arabic()
            || before.enclitic.is_some()
            || !before.proclitics.is_empty()
            || lexicon::is_word(&before.folded)
            || lexicon::is_word(&before.stem)
            || is_function_word(&before.folded);
        known && !PERSON_WORDS.is_given(&before.host) && !before.host.starts_with("ال")
    };
    // After a title a demonym is one (the Sudanese president, not president al-Sudani), but for who holds the very office.
    let titled = || follows_title(finder, at) && (!demonym || holds_title_before(finder, at, id));
    (titled() || !ordinary && alone()).then(|| EntityId::known(*id))
}

/// Whether a word by itself is taken for a demonym.
fn is_demonym(finder: &Finder<'_>, at: usize) -> bool {
    finder.covering(at).is_some_and(|find| find.kind == MentionKind::Adjectival && find.words.len() == 1)
}

/// Whether a person holds the office whose title stands right before a word.
fn holds_title_before(finder: &Finder<'_>, at: usize, person: &str) -> bool {
    let (reading, knowledge) = (finder.reading, finder.knowledge);
    let title = |start: &usize| {
        let (length, ()) = TITLES.at(reading, *start, reading.host(*start))?;
        (length > 1 && start + length == at)
            .then(|| (*start..at).map(|i| key_word(reading.host(i))).collect())
    };
    let Some(title) = (at.saturating_sub(LONGEST_TITLE)..at).find_map(|start| title(&start)) else {
        return false;
    };
    let title: Vec<Cow<'_, str>> = title;
    let offices = title.first().map(|first| knowledge.offices_titled(first)).unwrap_or_default();
    offices.iter().any(|(words, office)| {
        words.iter().eq(&title)
            && knowledge.holders_of(office, finder.day).iter().any(|holder| holder.id == person)
    })
}
