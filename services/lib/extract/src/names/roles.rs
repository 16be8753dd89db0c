//! Titles and offices of persons, before and after their names, and offices that stand for who holds them.

use std::collections::HashMap;
use std::ops::Range;

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::orthography::fold;
use marsad_model::ontology::{EntityType, MentionKind};
use marsad_model::{EntityId, Role, Span};

use super::find::{Find, Finder};
use super::lists::{Cue, TITLES};
use crate::knowledge::{TitledOffice, key_word};
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
    let mut held = Holders::new();
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
                let country = body.as_ref().or(Some(&person)).and_then(|of| finder.country_of(of));
                if let Some(description) = Description::of(finder, &title.words) {
                    let person = person.clone();
                    put(&mut held, Held { at: vec![at], title: description, country, person });
                }
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
        end = far_name(finder, at + length, limit).unwrap_or(sure);
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

/// Where the person's name begins to which a title leads over words that are in no list: مدير دار "…" المحلية للطباعة.
fn far_name(finder: &Finder<'_>, from: usize, limit: usize) -> Option<usize> {
    let lexicon = lexicon::get();
    for at in from..limit {
        if person_at(finder, at).is_some() {
            return Some(at);
        }
        let word = finder.reading.words.get(at)?;
        if matches!(word.folded.as_str(), "\"" | "«" | "»" | "“" | "”" | "في" | "باسم" | "لدي")
        {
            continue;
        }
        let person = finder.covering(at).is_some_and(|find| find.entity_type == EntityType::Person);
        let named = finder.covering(at).is_some();
        let finite = || lexicon.readings(&word.stem).iter().any(|reading| reading.form.is_finite());
        let second = begins_second_title(finder, at, from);
        let bound = word.enclitic.is_some()
            || word.proclitics.iter().any(|p| !matches!(p, Proclitic::To))
            || word.has_preposition() && !named && !word.article;
        let stops = !word.is_arabic() && !named
            || person
            || second
            || bound && !named
            || lexicon.is_function_word(&word.folded)
            || !word.article && !named && finite();
        if stops {
            return None;
        }
    }
    None
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

/// A title that the article gives to a person.
struct Held {
    /// Where it stands, in order.
    at: Vec<usize>,
    title: Description,
    country: Option<&'static str>,
    person: EntityId,
}

/// Titles that persons are given, by their nouns.
type Holders = HashMap<String, Vec<Held>>;

/// Different holders of titles with one noun that are told apart; those after are passed over.
const MOST_HOLDERS: usize = 64;

/// Adds a holder, or one more place of his title.
fn put(holders: &mut Holders, held: Held) {
    let of_noun = holders.entry(held.title.noun.clone()).or_default();
    let same = |known: &&mut Held| {
        known.person == held.person && known.country == held.country && known.title == held.title
    };
    if let Some(known) = of_noun.iter_mut().find(same) {
        known.at.extend(held.at);
    } else if of_noun.len() < MOST_HOLDERS {
        of_noun.push(held);
    }
}

/// What a title says of its holder: the noun, and what follows it, both without articles.
#[derive(PartialEq, Eq)]
struct Description {
    noun: String,
    rest: Vec<String>,
}

impl Description {
    fn of(finder: &Finder<'_>, words: &Range<usize>) -> Option<Self> {
        let mut stems = words.clone().filter_map(|at| {
            let word = finder.reading.words.get(at).filter(|word| word.is_arabic())?;
            let adjectival = finder.covering(at).is_some_and(|find| find.kind == MentionKind::Adjectival);
            let links = Cue::TitleLink.is(&word.folded) || Cue::TitleBody.is(&word.folded);
            // المتحدث العقيد فلان: a second title says no more of the first.
            let title = at > words.start && TITLES.at(finder.reading, at, &word.host).is_some();
            let stem = if word.enclitic.is_some() || word.article { &word.stem } else { &word.host };
            let bare = stem.strip_prefix("ال").unwrap_or(stem);
            (!adjectival && !links && !title).then(|| bare.to_owned())
        });
        Some(Self { noun: stems.next()?, rest: stems.collect() })
    }

    /// Whether an office told without a name can be this one: المتحدث العسكري that of المتحدث العقيد فلان.
    fn allows(&self, alone: &Self) -> bool {
        let Some(first) = alone.rest.first() else { return true };
        self.rest.is_empty() || self.rest.contains(first)
    }
}

/// Who an office without a name refers to: the person to whom the article gives that title, before it or else behind it; else who
/// held the office on the day of publication. `main` is the country that the article speaks of most.
fn holder(
    finder: &Finder<'_>,
    title: &Title,
    held: &Holders,
    main: Option<&'static str>,
) -> Option<EntityId> {
    let definite = finder.reading.words.get(title.words.start).is_some_and(|word| word.article);
    if title.head.len() < 2 && title.words.len() < 2 && !definite {
        return None;
    }
    let country = country(finder, &title.words);
    if let Some(person) = told_holder(finder, title, held, country) {
        return Some(person);
    }
    if title.head.len() < 2 && title.words.len() < 2 {
        return None;
    }
    let country = country.or(main.filter(|_| title.head.len() >= 2))?;
    let fits = |(words, office): &&TitledOffice| {
        let of = finder.knowledge.by_id(office.body);
        let belongs = office.body == country || of.is_some_and(|entity| entity.country == Some(country));
        belongs && words.starts_with(&title.head) && words.len() <= title.head.len() + 1
    };
    let (_, office) = finder.knowledge.offices_titled(title.head.first()?).iter().find(fits)?;
    let holders = finder.knowledge.holders_of(office, finder.day);
    holders.last().map(|person| EntityId::known(person.id))
}

/// The person to whom the article gives the title that stands alone here.
fn told_holder(
    finder: &Finder<'_>,
    title: &Title,
    held: &Holders,
    country: Option<&'static str>,
) -> Option<EntityId> {
    let alone = Description::of(finder, &title.words)?;
    let at = title.words.start;
    let of_country = |held: &&Held| country.is_none() || held.country.is_none() || held.country == country;
    let fitting: Vec<&Held> =
        (held.get(&alone.noun)?.iter()).filter(|held| held.title.allows(&alone)).filter(of_country).collect();
    // One who has just the same title comes before one with the bare noun.
    let same: Vec<&Held> = fitting.iter().copied().filter(|held| held.title.rest == alone.rest).collect();
    let chosen = if same.is_empty() { &fitting } else { &same };
    let first = chosen.iter().min_by_key(|held| held.at.first())?;
    let one = chosen.iter().all(|held| held.person == first.person);
    let last =
        |held: &&&Held| held.at.partition_point(|place| *place < at).checked_sub(1).map(|i| held.at[i]);
    let before = chosen.iter().filter(|held| last(held).is_some()).max_by_key(last);
    // Who is named only later must be the only one.
    before.filter(|_| one || !same.is_empty()).or(Some(first).filter(|_| one)).map(|held| held.person.clone())
}
