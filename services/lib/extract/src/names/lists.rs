//! The word lists that names are read with, from `seeds/lexicon`, and what the knowledge tells about words.

use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::sync::LazyLock;

use marsad_arabic::orthography::fold;
use marsad_model::ontology::{EntityType, MentionKind};

use super::dictionary::is_function_word;
use crate::knowledge::{self, SurfaceKind, key, key_word};
use crate::reading::Reading;

pub(super) fn rows(list: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    list.lines().skip(1).map(|line| line.split('\t').collect())
}

fn phrase(surface: &str) -> Vec<String> {
    surface.split_whitespace().map(fold).collect()
}

/// Words for the kind of thing a name is of: before the name (وكالة) or after it (الجوية), folded.
pub(super) struct Descriptors {
    pub(super) before: FxHashMap<String, Vec<EntityType>>,
    pub(super) after: FxHashMap<String, Vec<EntityType>>,
}

pub(super) static DESCRIPTORS: LazyLock<Descriptors> = LazyLock::new(|| {
    let mut descriptors = Descriptors { before: FxHashMap::default(), after: FxHashMap::default() };
    for row in rows(include_str!("../../../../../seeds/lexicon/name_descriptors.tsv")) {
        let [surface, position, entity_type, ..] = row.as_slice() else { continue };
        let list = if *position == "after" { &mut descriptors.after } else { &mut descriptors.before };
        list.entry(fold(surface)).or_default().extend(entity_type.parse::<EntityType>());
    }
    descriptors
});

/// An organ that every state has one of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Institution {
    /// What organ it is, the same for all of its names.
    pub(super) category: &'static str,
    /// Name or description.
    pub(super) kind: MentionKind,
}

/// Phrases by their folded first word, the longer first.
pub(super) struct Phrases<T> {
    by_first: FxHashMap<String, Vec<(Vec<String>, T)>>,
}

impl<T: Copy> Phrases<T> {
    fn new(entries: impl Iterator<Item = (Vec<String>, T)>) -> Self {
        let mut by_first: FxHashMap<String, Vec<(Vec<String>, T)>> = FxHashMap::default();
        for (words, value) in entries {
            if let Some(first) = words.first() {
                by_first.entry(first.clone()).or_default().push((words, value));
            }
        }
        for list in by_first.values_mut() {
            list.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        Self { by_first }
    }

    /// Whether a phrase begins with a word.
    pub(super) fn begins_with(&self, first: &str) -> bool {
        self.by_first.contains_key(first)
    }

    /// The longest phrase that begins at a word, whose first word may carry particles and stands in the form `first`.
    /// Gives the number of words and the phrase's value.
    pub(super) fn at(&self, reading: &Reading<'_>, at: usize, first: &str) -> Option<(usize, T)> {
        let list = self.by_first.get(first)?;
        let fits = |words: &[String]| {
            words.iter().enumerate().skip(1).all(|(offset, word)| reading.folded(at + offset) == word)
        };
        list.iter().find(|(words, _)| fits(words)).map(|(words, value)| (words.len(), *value))
    }
}

/// Institutions in the definite form that the list has, and in the construct form that a name of a country follows.
pub(super) struct Institutions {
    pub(super) definite: Phrases<Institution>,
    pub(super) construct: Phrases<Institution>,
    /// Each category's first name.
    pub(super) names: BTreeMap<&'static str, &'static str>,
    /// The known entity of a category and country.
    pub(super) known: FxHashMap<(&'static str, &'static str), &'static str>,
}

pub(super) static INSTITUTIONS: LazyLock<Institutions> = LazyLock::new(|| {
    let mut entries = Vec::new();
    let mut names = BTreeMap::new();
    for row in rows(include_str!("../../../../../seeds/lexicon/institutions.tsv")) {
        let [surface, category, kind, ..] = row.as_slice() else { continue };
        let kind = if *kind == "nominal" { MentionKind::Nominal } else { MentionKind::Name };
        entries.push((phrase(surface), Institution { category, kind }));
        names.entry(*category).or_insert(*surface);
    }
    let by_phrase: FxHashMap<Vec<String>, &'static str> =
        entries.iter().map(|(words, institution)| (words.clone(), institution.category)).collect();
    let mut known = FxHashMap::default();
    let knowledge = knowledge::get();
    for entity in knowledge.entities().iter().filter(|e| e.entity_type == EntityType::Organization) {
        let words = phrase(entity.name);
        let (Some(country), Some((last, rest))) = (entity.country, words.split_last()) else { continue };
        let own = knowledge.look_up(last).any(|(e, kind)| kind == SurfaceKind::Demonym && e.id == country);
        if let Some(category) = by_phrase.get(rest).filter(|_| own) {
            known.entry((*category, country)).or_insert(entity.id);
        }
    }
    let construct = entries.iter().map(|(words, institution)| {
        let mut words = words.clone();
        if let Some(first) = words.first_mut().filter(|first| first.starts_with("ال")) {
            *first = first.chars().skip(2).collect();
        }
        (words, *institution)
    });
    Institutions {
        construct: Phrases::new(construct.collect::<Vec<_>>().into_iter()),
        definite: Phrases::new(entries.into_iter()),
        names,
        known,
    }
});

/// Titles that may stand before a person's name.
pub(super) static TITLES: LazyLock<Phrases<()>> = LazyLock::new(|| {
    Phrases::new(
        rows(include_str!("../../../../../seeds/lexicon/titles.tsv"))
            .filter_map(|row| row.first().map(|surface| (phrase(surface), ())))
            // إمام folds to أمام.
            .filter(|(words, ())| !matches!(words.as_slice(), [word] if is_function_word(word))),
    )
});

/// What the names of known persons tell about names of persons.
#[derive(Default)]
pub(super) struct PersonWords {
    /// First words, given names, with the number of persons who have them.
    given: FxHashMap<String, usize>,
    /// All words.
    all: FxHashSet<String>,
    /// First words of surnames.
    surname_heads: FxHashSet<String>,
    /// Known persons by the last words of their names.
    pub(super) by_surname: FxHashMap<String, Vec<&'static str>>,
}

impl PersonWords {
    /// Whether a folded word is a given name of known persons.
    pub(super) fn is_given(&self, folded: &str) -> bool {
        self.persons_with(folded) > 0
    }

    /// How many known persons have a folded word for a given name.
    pub(super) fn persons_with(&self, folded: &str) -> usize {
        self.given.get(&*key_word(folded)).copied().unwrap_or(0)
    }

    /// Whether the key of a surname of known persons begins with a word, or is this word.
    pub(super) fn begins_surname(&self, key_word: &str) -> bool {
        self.surname_heads.contains(key_word)
    }

    /// Whether a folded word is part of the name of a known person.
    pub(super) fn contains(&self, folded: &str) -> bool {
        self.all.contains(&*key_word(folded))
    }
}

/// What a word beside a name tells about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Cue {
    /// A city after it is a place: prepositions of place and motion, parts and kinds of places.
    PlaceBefore,
    /// A part of the compass or the middle, before the name of a place.
    PartOfPlace,
    /// A state is asked or answers through it: a city after it and من is the state.
    OfState,
    /// The beginning of words that tie a group to a state: القريبة من طهران.
    NearState,
    /// A verb whose object is a place even where other words stand between.
    Visit,
    /// It makes one name of two: the next word belongs to it.
    Joining,
    /// It goes on with a title, and cannot end one.
    TitleLink,
    /// It goes on with a title.
    TitleBody,
    /// It names an institution without any other word: الحكومة but not الخارجية, which may be an adjective.
    InstitutionAlone,
    /// A kind of state, part of the state's name.
    State,
    /// A noun for armed groups that are told by who backs them.
    Group,
    /// The beginning of a participle that ties such a group to its backer.
    Backed,
    /// The beginning of an adjective of such a group.
    Armed,
    /// A noun for a state that holds another's land.
    Occupation,
    /// A noun for its forces.
    Forces,
    /// A noun that with the article stands for a name that begins with it: التحالف, but not البنك.
    NameCutShort,
    /// A noun for an institution that with the article describes one whose name begins with it: المجلس.
    ShortForm,
    /// A noun for a product or work: what stands after it is its name.
    Work,
    /// A word that is hardly used but of sport.
    Sport,
    /// A noun or preposition after which, in sport, a club stands: لاعب, مرمى.
    ClubBefore,
    /// A noun that with the name of a town makes that of a club: مولودية وهران.
    Club,
    /// A noun that with a pronoun stands before the other club: مضيفه.
    Rival,
    /// A verb or noun for how a game ends; a club follows it, or follows a preposition after it.
    Result,
}

impl Cue {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "place_before" => Self::PlaceBefore,
            "part_of_place" => Self::PartOfPlace,
            "of_state" => Self::OfState,
            "near_state" => Self::NearState,
            "visit" => Self::Visit,
            "joining" => Self::Joining,
            "title_link" => Self::TitleLink,
            "title_body" => Self::TitleBody,
            "institution_alone" => Self::InstitutionAlone,
            "state" => Self::State,
            "group" => Self::Group,
            "backed" => Self::Backed,
            "armed" => Self::Armed,
            "occupation" => Self::Occupation,
            "forces" => Self::Forces,
            "name_cut_short" => Self::NameCutShort,
            "short_form" => Self::ShortForm,
            "work" => Self::Work,
            "sport" => Self::Sport,
            "club" => Self::Club,
            "club_before" => Self::ClubBefore,
            "rival" => Self::Rival,
            "result" => Self::Result,
            _ => return None,
        })
    }

    /// Whether a folded word is one of these.
    pub(super) fn is(self, folded: &str) -> bool {
        CUES.get(&self).is_some_and(|words| words.contains(folded))
    }

    /// Whether a folded word begins with one of these.
    pub(super) fn begins(self, folded: &str) -> bool {
        CUES.get(&self).is_some_and(|words| words.iter().any(|word| folded.starts_with(word.as_str())))
    }
}

const CUE_LIST: &str = include_str!("../../../../../seeds/lexicon/name_cues.tsv");

static CUES: LazyLock<FxHashMap<Cue, FxHashSet<String>>> = LazyLock::new(|| {
    let mut cues: FxHashMap<Cue, FxHashSet<String>> = FxHashMap::default();
    for row in rows(CUE_LIST) {
        if let [cue, surface, ..] = row.as_slice()
            && let Some(cue) = Cue::parse(cue)
        {
            cues.entry(cue).or_default().insert(fold(surface));
        }
    }
    cues
});

pub(super) static PERSON_WORDS: LazyLock<PersonWords> = LazyLock::new(|| {
    let mut words = PersonWords::default();
    for entity in knowledge::get().entities().iter().filter(|e| e.entity_type == EntityType::Person) {
        let name: Vec<String> = phrase(entity.name).iter().map(|word| key_word(word).into_owned()).collect();
        if name.len() < 2 {
            continue;
        }
        if let Some(given) = name.first() {
            *words.given.entry(given.clone()).or_default() += 1;
        }
        words.all.extend(name.iter().filter(|word| word.chars().nth(2).is_some()).cloned());
        let surname = key(surname(&name));
        words.surname_heads.extend(surname.split(' ').next().map(str::to_owned));
        words.by_surname.entry(surname).or_default().push(entity.id);
    }
    words
});

/// How sure a word is a given name and a family name by the lists: 0 where it is in none, 1 where it is another word too, 2.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct NameWord {
    pub(super) given: u8,
    pub(super) family: u8,
}

/// The words of the lists of given and family names.
pub(super) static NAME_WORDS: LazyLock<FxHashMap<String, NameWord>> = LazyLock::new(|| {
    let mut words: FxHashMap<String, NameWord> = FxHashMap::default();
    let mut add = |list: &'static str, set: fn(&mut NameWord, u8)| {
        for row in rows(list) {
            let [surface, _, ambiguity, ..] = row.as_slice() else { continue };
            if let [word] = phrase(surface).as_slice() {
                set(
                    words.entry(key_word(word).into_owned()).or_default(),
                    if ambiguity.is_empty() { 2 } else { 1 },
                );
            }
        }
    };
    add(include_str!("../../../../../seeds/knowledge/given_names.tsv"), |word, sure| word.given = sure);
    add(include_str!("../../../../../seeds/knowledge/family_names.tsv"), |word, sure| word.family = sure);
    words
});

/// The surname of a name of two words or more: its last word, with the word that joins it.
pub(super) fn surname<S: AsRef<str>>(name: &[S]) -> &[S] {
    let joined = name.len() >= 3
        && name.get(name.len() - 2).is_some_and(|word| Cue::Joining.is(word.as_ref()))
        || name.len() >= 3 && name.last().is_some_and(|word| word.as_ref() == "الله");
    name.get(name.len().saturating_sub(if joined { 2 } else { 1 })..).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        let lists: [(&str, &'static str); 2] = [
            ("name_descriptors", include_str!("../../../../../seeds/lexicon/name_descriptors.tsv")),
            ("institutions", include_str!("../../../../../seeds/lexicon/institutions.tsv")),
        ];
        for (name, list) in lists {
            for (at, row) in rows(list).enumerate() {
                let good = row.len() == 4 && row.iter().all(|cell| !cell.is_empty());
                assert!(good, "seeds/lexicon/{name}.tsv:{}: {row:?}", at + 2);
            }
        }
        for row in rows(lists[0].1) {
            assert!(row[2].parse::<EntityType>().is_ok() && ["before", "after"].contains(&row[1]), "{row:?}");
        }
        assert!(rows(lists[1].1).all(|row| ["name", "nominal"].contains(&row[2])));
        for row in rows(CUE_LIST) {
            assert!(row.len() == 3 && Cue::parse(row[0]).is_some(), "seeds/lexicon/name_cues.tsv: {row:?}");
        }
    }

    #[test]
    fn known_institutions() {
        for (category, country) in [("mfa", "IQ"), ("government", "US"), ("armed-forces", "IQ")] {
            assert!(INSTITUTIONS.known.contains_key(&(category, country)), "{category} {country}");
        }
    }

    #[test]
    fn surnames() {
        for (name, want) in [
            ("سعيد الجبوري", "الجبوري"),
            ("علي سالم ابو ريشه", "ابو ريشه"),
            ("رامي الحمد الله", "الحمد الله"),
            ("جون سميث", "سميث"),
        ] {
            let words: Vec<String> = name.split(' ').map(str::to_owned).collect();
            assert_eq!(surname(&words).join(" "), want);
        }
    }
}
