//! What an article is about, in a few hundred bytes: its strongest terms.

use marsad_arabic::orthography::fold;
use marsad_arabic::token::tokenize;
use marsad_model::ontology::SegmentKind;
use marsad_model::{Analysis, EntityId};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::rules::{ENTITIES, KEY_RARITY, KEYS, LEAD, LEAD_WORDS, TERMS, TITLE};
use crate::terms::{Term, rarity, stem};
use crate::words::Word;

/// What an article contributes to stories, computed once from its text and analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Its strongest terms.
    pub(super) vector: Vector,
    /// Its headline.
    pub(super) title: Option<Box<str>>,
    /// Whom and what it speaks of most, strongest first.
    pub(super) entities: Box<[EntityId]>,
}

/// Weighted terms, side by side in memory: an article is compared with many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Listed", into = "Listed")]
pub(super) struct Vector {
    /// In order; those after [`Self::count`] have no weight.
    terms: [Term; TERMS],
    /// Of each term, as a share of the greatest, in 255ths.
    weights: [u8; TERMS],
    /// How many they are.
    count: u8,
    /// The terms by which it is found, the strongest first.
    keys: Box<[Term]>,
}

/// A vector as it is stored.
#[derive(Serialize, Deserialize)]
struct Listed {
    terms: Box<[Term]>,
    weights: Box<[u8]>,
    keys: Box<[Term]>,
}

impl From<Listed> for Vector {
    fn from(listed: Listed) -> Self {
        let Listed { terms, weights, keys } = listed;
        let mut vector = Self { terms: [Term(0); TERMS], weights: [0; TERMS], count: 0, keys };
        for (at, (term, weight)) in terms.iter().zip(&weights).take(TERMS).enumerate() {
            (vector.terms[at], vector.weights[at]) = (*term, *weight);
            vector.count += 1;
        }
        vector.keys = vector.keys.iter().copied().take(KEYS).collect();
        vector
    }
}

impl From<Vector> for Listed {
    fn from(vector: Vector) -> Self {
        let (terms, weights) = vector.iter().unzip::<_, _, Vec<_>, Vec<_>>();
        Self { terms: terms.into(), weights: weights.into(), keys: vector.keys }
    }
}

impl Profile {
    /// The profile of an article with these words (`crate::words::words`), made of that text. `title` is the one submitted
    /// beside the text; one that stands in the text goes before it.
    pub fn of(title: Option<&str>, text: &str, words: &[Word], analysis: &Analysis) -> Self {
        let mut found: FxHashMap<Term, Occurrences> = FxHashMap::default();
        let printed = analysis.title(text);
        let title = printed.or(title.map(str::trim));
        if printed.is_none() {
            let title = title.unwrap_or("");
            for token in tokenize(title).iter().filter(|token| token.is_word()) {
                add(&mut found, &fold(token.text(title)).to_lowercase(), 0, true);
            }
        }
        for (place, word) in words.iter().enumerate() {
            add(&mut found, &word.folded, place, word.part == SegmentKind::Title);
        }
        let entities = entities(words, analysis);
        let mut terms: Vec<Weighted> =
            found.into_iter().map(|(term, occurrences)| occurrences.weighted(term)).collect();
        terms.extend(
            entities.iter().map(|(id, occurrences)| occurrences.weighted(Term::of_entity(id.as_str()))),
        );
        Self {
            vector: Vector::of(terms),
            title: title.filter(|title| !title.is_empty()).map(Into::into),
            entities: entities.into_iter().take(ENTITIES).map(|(id, _)| id.clone()).collect(),
        }
    }
}

/// A term with its weight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weighted {
    pub(super) term: Term,
    pub(super) weight: f32,
    /// Whether it is rare enough for finding alike vectors by it.
    pub(super) finds: bool,
}

/// Where and how often a term occurs.
#[derive(Debug, Clone, Copy)]
struct Occurrences {
    count: u32,
    /// The first of its words, counted from the beginning.
    first: usize,
    in_title: bool,
    rarity: f32,
}

impl Occurrences {
    fn weight(self) -> f32 {
        // In software, so that it is the same on every machine.
        let frequency = 1.0 + libm::logf(self.count as f32);
        let title = if self.in_title { TITLE } else { 1.0 };
        let lead = if self.first < LEAD_WORDS { LEAD } else { 1.0 };
        frequency * self.rarity * title * lead
    }

    fn weighted(self, term: Term) -> Weighted {
        Weighted { term, weight: self.weight(), finds: self.rarity >= KEY_RARITY }
    }
}

fn add(found: &mut FxHashMap<Term, Occurrences>, folded: &str, place: usize, in_title: bool) {
    let stem = stem(folded);
    if stem.chars().nth(1).is_none() {
        return;
    }
    let new = || Occurrences { count: 0, first: place, in_title: false, rarity: rarity(stem) };
    let occurrences = found.entry(Term::of(stem)).or_insert_with(new);
    occurrences.count += 1;
    occurrences.in_title |= in_title;
}

/// What the article's own words refer to and other articles can too, the strongest first. An entity is as rare as the rarest word of its name.
fn entities<'a>(words: &[Word], analysis: &'a Analysis) -> Vec<(&'a EntityId, Occurrences)> {
    let mut found: FxHashMap<&EntityId, (u32, usize)> = FxHashMap::default();
    for mention in &analysis.mentions {
        let first = words.partition_point(|word| word.span.start < mention.span.start);
        if words.get(first).is_some_and(|word| word.span.start < mention.span.end) {
            found.entry(&mention.entity).or_insert((0, first)).0 += 1;
        }
    }
    let strength = |(count, first): (u32, usize), name: &str| {
        let rarest =
            fold(name).to_lowercase().split_whitespace().map(|word| rarity(stem(word))).fold(0.0, f32::max);
        Occurrences { count, first, in_title: false, rarity: rarest }
    };
    let shared = analysis.entities.iter().filter(|entity| !entity.id.as_str().starts_with("local:"));
    let counted = shared.filter_map(|entity| Some((entity, *found.get(&entity.id)?)));
    let mut entities: Vec<_> =
        counted.map(|(entity, places)| (&entity.id, strength(places, &entity.name))).collect();
    entities.sort_by(|(a, x), (b, y)| y.weight().total_cmp(&x.weight()).then_with(|| a.cmp(b)));
    entities
}

impl Vector {
    /// The strongest of some terms; each is given once.
    pub(super) fn of(mut terms: Vec<Weighted>) -> Self {
        terms.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.term.cmp(&b.term)));
        terms.truncate(TERMS);
        let greatest = terms.first().map_or(1.0, |first| first.weight.max(f32::MIN_POSITIVE));
        let keys = terms.iter().filter(|term| term.finds).take(KEYS).map(|term| term.term).collect();
        terms.sort_by_key(|term| term.term);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let share = |weight: f32| (weight / greatest * 255.0).round().clamp(0.0, 255.0) as u8;
        let (terms, weights): (Vec<Term>, Vec<u8>) =
            terms.into_iter().map(|term| (term.term, share(term.weight))).unzip();
        Listed { terms: terms.into(), weights: weights.into(), keys }.into()
    }

    /// What many vectors have in common: the strongest terms of their sum, each vector counting the same. It is found by what one of them is found by.
    pub(super) fn centroid(vectors: &[&Self]) -> Self {
        if let [alone] = vectors {
            return Self::clone(alone);
        }
        let mut sum: FxHashMap<Term, Weighted> = FxHashMap::default();
        for vector in vectors {
            let length = vector.length().max(1.0);
            for (term, weight) in vector.iter() {
                let new = Weighted { term, weight: 0.0, finds: false };
                sum.entry(term).or_insert(new).weight += f32::from(weight) / length;
            }
            for key in &vector.keys {
                if let Some(term) = sum.get_mut(key) {
                    term.finds = true;
                }
            }
        }
        Self::of(sum.into_values().collect())
    }

    /// The terms by which it is found, the strongest first.
    pub(super) fn keys(&self) -> &[Term] {
        &self.keys
    }

    /// Its Euclidean length.
    pub(super) fn length(&self) -> f32 {
        let square: u32 = self.weights.iter().map(|&weight| u32::from(weight) * u32::from(weight)).sum();
        (square as f32).sqrt()
    }

    fn iter(&self) -> impl Iterator<Item = (Term, u8)> + '_ {
        self.terms.iter().copied().zip(self.weights.iter().copied()).take(usize::from(self.count))
    }
}

/// Places of the table of a [`Lookup`]: so many more than a vector has terms that another term seldom has the place of one.
const PLACES: usize = 4096;

/// A vector laid out for its product with many others.
pub(super) struct Lookup<'a> {
    vector: &'a Vector,
    /// The greatest weight of the terms that have a place.
    places: Box<[u8; PLACES]>,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(vector: &'a Vector) -> Self {
        let mut places = Box::new([0; PLACES]);
        for (term, weight) in vector.iter() {
            let greatest = &mut places[place(term)];
            *greatest = weight.max(*greatest);
        }
        Self { vector, places }
    }

    /// The inner product; a whole number, so that it is the same both ways.
    pub(super) fn dot(&self, other: &Vector) -> u32 {
        let own = self.vector.terms.get(..usize::from(self.vector.count)).unwrap_or_default();
        let shared = other.iter().filter(|(term, _)| self.places[place(*term)] != 0);
        let products = shared.filter_map(|(term, weight)| {
            let at = own.binary_search(&term).ok()?;
            Some(u32::from(self.vector.weights[at]) * u32::from(weight))
        });
        products.sum()
    }

    /// The most that the inner product can be, found without a branch.
    pub(super) fn most(&self, other: &Vector) -> u32 {
        let pairs = other.terms.iter().zip(&other.weights);
        pairs.map(|(term, weight)| u32::from(self.places[place(*term)]) * u32::from(*weight)).sum()
    }
}

fn place(term: Term) -> usize {
    term.0 as usize % PLACES
}
