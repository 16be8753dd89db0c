//! Sports clubs that have the name of their town (ليون) or of a thing (الهلال): in a report on sport, beside a word of the game.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::orthography::fold;
use marsad_arabic::token::TokenKind;
use marsad_model::ontology::{EntityType, MentionKind};
use marsad_model::{EntityId, Span};
use rustc_hash::FxHashMap;

use super::find::{Find, Finder};
use super::labeller::Labelling;
use super::lists::{Cue, DESCRIPTORS};
use crate::knowledge::{self, SurfaceKind};
use crate::lexicon;

/// Words of sport in an article that tells of games, and different ones among them.
const SPORT_WORDS: usize = 3;
const DIFFERENT_SPORT_WORDS: usize = 2;

/// Words before a club in which what was won or lost stands: فاز بصعوبة على ليون.
const RESULT_REACH: usize = 4;

/// Known clubs by what they are called without نادي and without what tells them from others.
static CLUBS: LazyLock<FxHashMap<String, Vec<&'static str>>> = LazyLock::new(|| {
    let mut clubs: FxHashMap<String, Vec<&'static str>> = FxHashMap::default();
    let entities = knowledge::get().entities().iter();
    for club in entities.filter(|entity| entity.entity_type == EntityType::Organization) {
        let name = fold(club.name);
        let mut words = name.split(' ');
        if !words.next().is_some_and(|word| matches!(word, "نادي" | "النادي")) {
            continue;
        }
        let words: Vec<&str> = words.collect();
        clubs.entry(words.join(" ")).or_default().push(club.id);
        // الهلال السعودي, ستيوا بوخارست: the first word by itself.
        if let [first, _] = words.as_slice()
            && (first.starts_with("ال")
                || !lexicon::is_word(first) && !Cue::Club.is(first) && first.chars().nth(3).is_some())
        {
            clubs.entry((*first).to_owned()).or_default().push(club.id);
        }
    }
    clubs
});

static CLUB_IDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| CLUBS.values().flatten().copied().collect());

/// Words that a club may be called.
struct Name {
    words: Range<usize>,
    key: String,
    span: Span,
}

/// Finds clubs beside a word of the game; then the same names elsewhere in the article, but where a word of place stands before.
pub(super) fn find(finder: &mut Finder<'_>, labelling: &Labelling) {
    if !is_on_sport(finder) {
        return;
    }
    // الهلال after الهلال السعودي.
    let named: HashSet<&str> = finder.finds.iter().map(|find| find.entity.as_str()).collect();
    let in_full = |clubs: &[&'static str]| clubs.iter().any(|club| named.contains(club));
    let known: HashSet<&str> =
        CLUBS.iter().filter(|(_, clubs)| in_full(clubs)).map(|(name, _)| name.as_str()).collect();
    let mut told: HashSet<String> = HashSet::new();
    let (mut at, mut last) = (0, None);
    while at < finder.reading.words.len() {
        let joined = last == Some(at) && finder.reading.is_and(at);
        let found = candidate(finder, at).filter(|name| plays(finder, name) || joined);
        at += 1;
        if let Some(name) = found {
            at = name.words.end;
            last = Some(at);
            told.insert(name.key.clone());
            add(finder, name);
        }
    }
    for at in 0..finder.reading.words.len() {
        let Some(name) = candidate(finder, at) else { continue };
        let again = told.contains(&name.key) && labelling.name(at) >= LEAST_NAME
            || known.contains(name.key.as_str()) && !is_described(finder, name.words.end);
        if again && !stands_for_place(finder, at) {
            add(finder, name);
        }
    }
}

/// How probable the labeller must find any name where a club is called again.
const LEAST_NAME: f32 = 0.05;

/// Whether an article tells of games.
pub(super) fn is_on_sport(finder: &Finder<'_>) -> bool {
    let words = finder.reading.words.iter().map(|word| word.stem.as_str()).filter(|stem| Cue::Sport.is(stem));
    let clubs = finder.finds.iter().map(|find| find.entity.as_str()).filter(|id| CLUB_IDS.contains(id));
    let told: Vec<&str> = words.chain(clubs).collect();
    told.len() >= SPORT_WORDS && told.iter().collect::<HashSet<_>>().len() >= DIFFERENT_SPORT_WORDS
}

/// What begins at a word and a club may be called: a town; a known club; a word for clubs, or an organization of one word, and a town.
fn candidate(finder: &Finder<'_>, at: usize) -> Option<Name> {
    let reading = finder.reading;
    let word = reading.words.get(at).filter(|word| word.is_arabic())?;
    let next = reading.words.get(at + 1).filter(|_| reading.sentence_of(at) == reading.sentence_of(at + 1));
    let named = |words: Range<usize>, start: usize, key: String| {
        let end = reading.words.get(words.end.checked_sub(1)?)?.span.end;
        Some(Name { words, key, span: Span::new(start, end) })
    };
    let whole = |words: Range<usize>| {
        let key = finder.name_words(&words).collect::<Vec<_>>().join(" ");
        named(words, word.host_span.start, key)
    };
    if let Some(town) = town_at(finder, at) {
        return whole(town);
    }
    let free = finder.covering(at).is_none_or(|find| {
        find.words == (at..at + 1)
            && (find.kind == MentionKind::Adjectival || find.entity_type == EntityType::Organization)
    });
    if !free {
        return None;
    }
    // What looks like a particle or a pronoun may be a letter: أسيك.
    for (form, start) in [(&word.folded, word.span.start), (&word.host, word.host_span.start)] {
        let two = next.map(|next| format!("{form} {}", next.folded));
        if let Some(key) = two.filter(|key| CLUBS.contains_key(key)) {
            return named(at..at + 2, start, key);
        }
        if CLUBS.contains_key(form.as_str()) {
            return named(at..at + 1, start, form.to_string());
        }
    }
    // ستيوا بوخارست, مولودية وهران
    let club = finder.starting(at).is_some_and(|find| find.entity_type == EntityType::Organization)
        || Cue::Club.is(&word.host) && finder.is_free(at);
    let town =
        town_at(finder, at + 1).filter(|_| club && next.is_some_and(|next| next.proclitics.is_empty()))?;
    whole(at..town.end)
}

/// The words of the town, not a state, that begins at a word.
fn town_at(finder: &Finder<'_>, at: usize) -> Option<Range<usize>> {
    let find = finder.starting(at)?;
    let town = find.kind == MentionKind::Name
        && find.entity_type == EntityType::Gpe
        && !finder.is_state(&find.entity);
    town.then(|| find.words.clone())
}

/// Whether a name of several words, or the words around it, tell that a club is meant.
fn plays(finder: &Finder<'_>, name: &Name) -> bool {
    let words = &name.words;
    let is_town = || town_at(finder, words.start).is_some();
    !stands_for_place(finder, words.start)
        && (words.len() > 1 && !is_town()
            || is_town() && (is_masculine(finder, words.end) || is_in_result(finder, words))
            || follows_club_word(finder, words.start))
}

/// ليون الفرنسي: towns are feminine.
fn is_masculine(finder: &Finder<'_>, at: usize) -> bool {
    finder.reading.words.get(at).is_some_and(|word| {
        word.host.starts_with("ال")
            && word.proclitics.is_empty()
            && !word.host.ends_with(['ه', 'ن'])
            && !word.host.ends_with("ات")
            && finder.knowledge.look_up(&word.folded).any(|(_, kind)| kind == SurfaceKind::Demonym)
    })
}

/// ليل (فرنسا) - ميلان (إيطاليا) 1 - 2
fn is_in_result(finder: &Finder<'_>, words: &Range<usize>) -> bool {
    let raw = |at: usize| finder.reading.raw(at);
    let country = finder.starting(words.end + 1).filter(|find| find.entity_type == EntityType::Gpe);
    let Some(close) = country.map(|find| find.words.end).filter(|_| raw(words.end) == "(") else {
        return false;
    };
    let number = finder.reading.words.get(close + 1).is_some_and(|word| word.kind == TokenKind::Number);
    raw(close) == ")"
        && (number || raw(close + 1) == "-" || words.start.checked_sub(1).is_some_and(|at| raw(at) == "-"))
}

/// Whether a word of the game governs a word: فريق, مباراة, أمام, فوزه على.
fn follows_club_word(finder: &Finder<'_>, at: usize) -> bool {
    let reading = finder.reading;
    let start = reading.sentences.get(reading.sentence_of(at)).map_or(at, |sentence| sentence.words.start);
    let Some(before) = at.checked_sub(1).filter(|before| *before >= start) else { return false };
    let Some(previous) = reading.words.get(before) else { return false };
    let unattached = reading.words.get(at).is_some_and(|word| word.proclitics.is_empty());
    let is = |cue: Cue, at: usize| {
        reading.words.get(at).is_some_and(|word| cue.is(&word.host) || cue.is(&word.stem))
    };
    let governed = !previous.article && previous.enclitic.is_none() && is(Cue::ClubBefore, before);
    let rival = previous.enclitic.is_some() && is(Cue::Rival, before);
    let against = matches!(previous.host.as_str(), "علي" | "مع" | "امام")
        && (before.saturating_sub(RESULT_REACH).max(start)..before).any(|at| is(Cue::Result, at));
    let subject = is(Cue::Result, before) && town_at(finder, at).is_some();
    unattached && (governed || rival || against || subject)
}

/// Whether a particle, preposition or descriptor before a word tells that it is a place.
fn stands_for_place(finder: &Finder<'_>, at: usize) -> bool {
    let reading = finder.reading;
    let attached = reading.words.get(at).is_some_and(|word| word.proclitics.contains(&Proclitic::By));
    let Some(before) = at.checked_sub(1) else { return attached };
    let host = reading.host(before);
    let place = |types: &Vec<EntityType>| !types.contains(&EntityType::Organization);
    let is_place = Cue::PlaceBefore.is(host) || DESCRIPTORS.before.get(host).is_some_and(place);
    attached || is_place && !Cue::ClubBefore.is(host)
}

/// Whether a definite word follows: الاتحاد الآسيوي is no club.
fn is_described(finder: &Finder<'_>, at: usize) -> bool {
    finder.reading.words.get(at).is_some_and(|word| word.article && word.proclitics.is_empty())
}

fn add(finder: &mut Finder<'_>, name: Name) {
    let Name { words, key, span } = name;
    let entity = match CLUBS.get(&key).map(Vec::as_slice).unwrap_or_default() {
        [club] => EntityId::known(*club),
        clubs => near(finder, clubs).unwrap_or_else(|| {
            let id = EntityId::unknown(EntityType::Organization, &key);
            let text = finder.text(span);
            finder.make(id, EntityType::Organization, text, None)
        }),
    };
    finder.drop_inside(words.clone(), span);
    finder.add(Find { confidence: 0.7, ..Find::new(words, span, entity, EntityType::Organization) });
}

/// The one club of a country that the article speaks of.
fn near(finder: &Finder<'_>, clubs: &[&'static str]) -> Option<EntityId> {
    let spoken_of: HashSet<&str> =
        finder.finds.iter().filter_map(|find| finder.country_of(&find.entity)).collect();
    let mut near = clubs.iter().filter(|id| {
        let country = finder.knowledge.by_id(id).and_then(|club| club.country);
        country.is_some_and(|country| spoken_of.contains(country))
    });
    match (near.next(), near.next()) {
        (Some(club), None) => Some(EntityId::known(*club)),
        _ => None,
    }
}
