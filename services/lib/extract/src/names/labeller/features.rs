//! What the labeller sees of each word.

use std::collections::HashMap;
use std::ops::Range;

use marsad_arabic::orthography::digit_value;
use marsad_arabic::token::TokenKind;
use marsad_label::Feature;
use marsad_model::ontology::EntityType;

use super::labels::{LABELS, mass};
use super::words::{WordFacts, WordTable};
use crate::knowledge::{Knowledge, SurfaceKind, key_word};
use crate::lexicon;
use crate::names::dictionary::{Match, is_function_word};
use crate::names::lists::{DESCRIPTORS, NAME_WORDS, PERSON_WORDS, TITLES};
use crate::reading::{Reading, Word};

/// What features are made from.
pub(super) struct Sight<'a, D> {
    pub(super) reading: &'a Reading<'a>,
    /// The surfaces of the knowledge that begin at each word, the longest first.
    pub(super) surfaces: &'a [Vec<Match>],
    pub(super) knowledge: &'a Knowledge,
    pub(super) table: &'a WordTable<D>,
    /// Whether only the surroundings of a word are seen, not the word itself.
    pub(super) surroundings: bool,
}

/// A word as values to make features of.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    folded: u64,
    host: u64,
    /// Beginnings and endings of the host.
    begins: [u64; AFFIX],
    ends: [u64; AFFIX],
    coarse: u64,
    fine: u64,
    magnitude: u64,
    profile: u64,
    /// What kind of token it is and what is attached to it.
    shape: u64,
    /// Whether a conjunction or preposition is attached.
    attached: u64,
    /// What surfaces of the knowledge it begins or goes on with.
    surfaces: u64,
    /// What it is in names of persons.
    person: u64,
    /// What the word lists have it as.
    class: u64,
    /// Whether nothing speaks for a name: neither raw text nor lists have ever seen it in one.
    plain: bool,
}

/// The longest beginnings and endings of words that are looked at, in letters.
const AFFIX: usize = 4;

/// From here on a word's class says that it is a title or a descriptor.
const OPENS_NAME: u64 = 1 << 4;

/// The value of what is beyond either end of a sentence.
const EDGE: u64 = 0xED6E;

impl<D: AsRef<[u8]>> Sight<'_, D> {
    /// The features of each word of a sentence.
    pub(super) fn features(&self, words: Range<usize>) -> Vec<Vec<Feature>> {
        let covers = self.covers(words.clone());
        let seen: Vec<Seen> = words
            .clone()
            .zip(covers)
            .filter_map(|(at, cover)| Some(self.see(at, self.reading.words.get(at)?, cover)))
            .collect();
        (0..seen.len()).map(|at| of_word(&seen, at, self.surroundings)).collect()
    }

    fn see(&self, at: usize, word: &Word, surfaces: u64) -> Seen {
        let (begins, ends, length) = affixes(&word.host);
        let folded = hash_of(word);
        let facts = self.table.get(&word.host);
        let known = facts.unwrap_or(WordFacts::NONE);
        let (person, class) = (person(word), self.class(at, word));
        let kind = match word.kind {
            TokenKind::Word => 1,
            TokenKind::Latin => 2,
            TokenKind::Number => 3,
            TokenKind::Punctuation => 4,
            _ => 5,
        };
        let attached = u64::from(word.has_conjunction()) | u64::from(word.has_preposition()) << 1;
        let shape = kind
            | u64::from(word.article) << 4
            | u64::from(word.enclitic.is_some()) << 5
            | attached << 6
            | length.min(7) << 8;
        Seen {
            folded,
            host: if word.is_arabic() { Feature::hash(&word.host) } else { folded },
            begins,
            ends,
            coarse: known.coarse,
            fine: known.fine,
            magnitude: known.magnitude,
            profile: known.profile,
            shape,
            attached,
            surfaces,
            person,
            class,
            plain: facts.map_or(!word.is_arabic(), |facts| facts.profile == 0)
                && surfaces == 0
                && person == 0
                && class < OPENS_NAME
                && word.kind != TokenKind::Latin,
        }
    }

    fn class(&self, at: usize, word: &Word) -> u64 {
        let readings = lexicon::get().readings(&word.stem);
        let title = TITLES.at(self.reading, at, &word.host).map_or(0, |(length, ())| length.min(3) as u64);
        let descriptor = DESCRIPTORS
            .before
            .get(word.host.as_str())
            .map_or(0, |types| types.iter().fold(0, |set, entity_type| set | 1 << group(*entity_type)));
        u64::from(is_function_word(&word.folded))
            | u64::from(readings.iter().any(|reading| reading.form.is_finite())) << 1
            | u64::from(readings.iter().any(|reading| reading.form.is_event_noun())) << 2
            | u64::from(lexicon::is_word(&word.host)) << 3
            | title << 4
            | descriptor << 8
    }

    /// For each word of a sentence what the longest surface of the knowledge is that covers it, the leftmost first: its kind, whether
    /// all of its meanings need a cue, and whether the word is its first.
    fn covers(&self, words: Range<usize>) -> Vec<u64> {
        let mut covers = vec![0_u64; words.len()];
        let mut at = words.start;
        while at < words.end {
            let Some(longest) = self.surfaces.get(at).and_then(|found| found.first()) else {
                at += 1;
                continue;
            };
            let kind = self.kind(longest);
            for (offset, word) in longest.words.clone().enumerate() {
                if let Some(cover) = word.checked_sub(words.start).and_then(|i| covers.get_mut(i)) {
                    *cover = kind << 1 | u64::from(offset == 0);
                }
            }
            at = longest.words.end.max(at + 1);
        }
        covers
    }

    /// The groups of a surface's meanings, and whether it needs a cue.
    fn kind(&self, surface: &Match) -> u64 {
        let mut groups = 0_u64;
        let mut ambiguous = true;
        for candidate in surface.meanings {
            let Some(entity) = self.knowledge.at(candidate.entity) else { continue };
            groups |= 1
                << match candidate.kind {
                    SurfaceKind::Demonym => 5,
                    SurfaceKind::Nominal | SurfaceKind::Pejorative => 6,
                    SurfaceKind::Name => group(entity.entity_type),
                };
            ambiguous &= candidate.ambiguous;
        }
        groups << 1 | u64::from(ambiguous)
    }
}

/// The hash of a folded word, of digits of either kind the same.
fn hash_of(word: &Word) -> u64 {
    if matches!(word.kind, TokenKind::Word | TokenKind::Latin) {
        return Feature::hash(&word.folded);
    }
    let digit = |c: char| digit_value(c).and_then(|value| char::from_digit(value, 10)).unwrap_or(c);
    Feature::hash(&word.folded.chars().map(digit).collect::<String>())
}

/// Types that the labels do not tell apart.
fn group(entity_type: EntityType) -> u32 {
    match entity_type {
        EntityType::Person => 0,
        EntityType::Organization | EntityType::ArmedGroup | EntityType::Media => 1,
        EntityType::Gpe | EntityType::Location => 2,
        EntityType::Facility => 3,
        EntityType::EventName => 4,
    }
}

/// Hashes of the beginnings and endings of a word, and the number of its letters.
fn affixes(host: &str) -> ([u64; AFFIX], [u64; AFFIX], u64) {
    let step = |hash: u64, c: char| hash.wrapping_mul(0x1F_FFFF_FFFF_FFE7).wrapping_add(u64::from(c));
    let run = |seed: u64, letters: &mut dyn Iterator<Item = char>| {
        let mut parts = [0; AFFIX];
        let mut hash = seed;
        for part in &mut parts {
            let Some(c) = letters.next() else { break };
            hash = step(hash, c);
            *part = hash;
        }
        parts
    };
    (run(1, &mut host.chars()), run(2, &mut host.chars().rev()), host.chars().count() as u64)
}

/// How sure a word is a given name, and how sure it is a family name, in three steps each.
fn person(word: &Word) -> u64 {
    let listed = NAME_WORDS.get(&*key_word(&word.host)).copied().unwrap_or_default();
    let given = if PERSON_WORDS.is_given(&word.host) { 2 } else { listed.given };
    let family = if PERSON_WORDS.contains(&word.host) { 2 } else { listed.family };
    let whole = word.host != word.folded && PERSON_WORDS.contains(&word.folded);
    u64::from(given) | u64::from(family) << 2 | u64::from(whole) << 4
}

fn of_word(seen: &[Seen], at: usize, surroundings: bool) -> Vec<Feature> {
    let beyond = Seen { folded: EDGE, host: EDGE, coarse: EDGE, fine: EDGE, shape: EDGE, ..Seen::default() };
    let near = |offset: isize| at.checked_add_signed(offset).and_then(|i| seen.get(i)).unwrap_or(&beyond);
    let window = [near(-2), near(-1), near(0), near(1), near(2)];
    let [before2, before, here, after, after2] = window;
    let mut features = Vec::with_capacity(100);
    let mut add = |template: u16, values: &[u64]| features.push(Feature::of(template, values));
    // Two words in three are of no name. They are looked at once and no further: a name may still go on over them.
    if here.plain && !surroundings {
        add(120, &[]);
        add(121, &[here.folded]);
        add(122, &[here.fine]);
        add(123, &[before.profile]);
        return features;
    }
    add(0, &[]);
    for (place, w) in (1..).zip(window) {
        if !(place == 3 && surroundings) {
            add(place, &[w.folded]);
        }
    }
    for (place, w) in (0..).zip([before, here, after]) {
        add(10 + place, &[w.coarse]);
        add(15 + place, &[w.fine]);
        add(20 + place, &[w.shape]);
        add(25 + place, &[w.class]);
        if !(place == 1 && surroundings) {
            add(30 + place, &[w.surfaces]);
            add(35 + place, &[w.person]);
        }
    }
    for (part, affix) in (40..).zip(here.begins.iter().chain(&here.ends)) {
        add(part, &[*affix]);
    }
    add(50, &[before.host]);
    add(51, &[after.host]);
    add(52, &[before.coarse, here.coarse]);
    add(53, &[here.coarse, after.coarse]);
    add(54, &[before.coarse, here.coarse, after.coarse]);
    add(55, &[before.coarse, after.coarse]);
    add(56, &[before2.coarse, before.coarse]);
    add(57, &[after.coarse, after2.coarse]);
    add(58, &[before2.coarse, before.coarse, here.coarse]);
    add(59, &[here.coarse, after.coarse, after2.coarse]);
    add(60, &[before.class, here.class]);
    add(61, &[here.attached, here.coarse]);
    add(62, &[here.attached, before.coarse, here.coarse]);
    if surroundings {
        return features;
    }
    add(80, &[here.host]);
    add(81, &[before.host, here.host]);
    add(82, &[here.host, after.host]);
    add(83, &[before.surfaces, here.surfaces]);
    add(84, &[here.surfaces, after.surfaces]);
    add(85, &[here.surfaces, here.coarse]);
    add(86, &[here.surfaces, before.coarse]);
    add(87, &[here.surfaces, before.class]);
    add(88, &[here.surfaces, here.shape]);
    add(89, &[here.surfaces, before.host]);
    add(90, &[here.surfaces, here.attached]);
    add(91, &[before.person, here.person]);
    add(92, &[here.person, after.person]);
    add(93, &[before.person, here.person, after.person]);
    add(94, &[here.person, before.class]);
    add(95, &[here.person, before.coarse]);
    for (place, w) in (0..).zip([before, here, after]) {
        add(100 + place, &[w.profile]);
    }
    add(104, &[here.magnitude]);
    add(106, &[before.profile, here.profile]);
    add(107, &[here.profile, after.profile]);
    add(108, &[here.profile, before.coarse]);
    add(109, &[here.profile, before.class]);
    add(110, &[here.profile, here.surfaces]);
    add(111, &[here.profile, here.shape]);
    add(112, &[here.profile, here.magnitude]);
    add(113, &[here.profile, here.attached]);
    add(114, &[here.profile, before.profile, here.attached]);
    features
}

/// For each word of an article the features of what a first labelling said of its other places. `marginals` are that labelling's.
pub(super) fn echo_features(reading: &Reading<'_>, marginals: &[f32]) -> Vec<Vec<Feature>> {
    let hosts: Vec<u64> = reading.words.iter().map(echoing).collect();
    let echoes = echoes(&hosts, marginals);
    (0..echoes.len())
        .map(|at| {
            let near = |offset: isize| {
                at.checked_add_signed(offset).and_then(|i| echoes.get(i)).copied().unwrap_or(EDGE)
            };
            let own = marginals.get(at * LABELS.len()..(at + 1) * LABELS.len()).map_or(0, confidence);
            [
                Feature::of(200, &[near(0)]),
                Feature::of(201, &[near(-1)]),
                Feature::of(202, &[near(1)]),
                Feature::of(203, &[near(-1), near(0)]),
                Feature::of(204, &[near(0), near(1)]),
                Feature::of(205, &[near(0), own]),
            ]
            .to_vec()
        })
        .collect()
}

/// A word's hash by which it is known again in its article; 0 for a word that says nothing.
fn echoing(word: &Word) -> u64 {
    let telling = word.is_arabic() && word.host.chars().nth(2).is_some() && !is_function_word(&word.folded);
    if telling { Feature::hash(&word.host) } else { 0 }
}

/// The likeliest label and how likely it is, in six steps.
fn confidence(row: &[f32]) -> u64 {
    let (mut best, mut top) = (0_u64, f32::MIN);
    for (label, probability) in (0..).zip(row) {
        if *probability > top {
            (best, top) = (label, *probability);
        }
    }
    best << 4 | [0.5, 0.7, 0.9, 0.97, 0.99].iter().filter(|bound| top >= **bound).count() as u64
}

/// For each kind of name the two greatest probabilities that a word of the article has, so that one's own can be left out.
type Top = [(f32, f32); 4];

/// What was said of the other places of each word: for each kind the greatest probability in four steps, and the same for the
/// inside of a person's name. 0 for words that stand once.
fn echoes(hosts: &[u64], marginals: &[f32]) -> Vec<u64> {
    let values = |at: usize| {
        let row = marginals.get(at * LABELS.len()..(at + 1) * LABELS.len()).unwrap_or_default();
        [mass(row, 1), mass(row, 3), mass(row, 5), row.get(2).copied().unwrap_or_default()]
    };
    let mut tops: HashMap<u64, (u32, Top)> = HashMap::new();
    for (at, host) in hosts.iter().enumerate().filter(|(_, host)| **host != 0) {
        let (count, top) = tops.entry(*host).or_default();
        *count += 1;
        for (top, value) in top.iter_mut().zip(values(at)) {
            if value > top.0 {
                *top = (value, top.0);
            } else if value > top.1 {
                top.1 = value;
            }
        }
    }
    let step = |value: f32| [0.15, 0.5, 0.85].iter().filter(|bound| value >= **bound).count() as u64;
    let echo = |(at, host): (usize, &u64)| match tops.get(host) {
        Some((count, top)) if *count > 1 => {
            let others =
                top.iter().zip(values(at)).map(|(top, own)| if own >= top.0 { top.1 } else { top.0 });
            1 + others.fold(0, |set, value| set << 2 | step(value))
        }
        _ => 0,
    };
    hosts.iter().enumerate().map(echo).collect()
}
