//! What the labeller sees of each word.

use std::collections::HashMap;
use std::ops::Range;

use marsad_arabic::token::TokenKind;
use marsad_label::{Feature, Model, Scores};

use super::labels::{LABELS, mass};
use super::look::{AFFIX, Look, group};
use super::words::{WordFacts, WordTable};
use crate::knowledge::{Knowledge, SurfaceKind};
use crate::names::dictionary::Match;
use crate::names::lists::TITLES;
use crate::reading::{Reading, Word};

/// What features are made from.
pub(super) struct Sight<'a> {
    pub(super) reading: &'a Reading<'a>,
    /// The surfaces of the knowledge that begin at each word, the longest first.
    pub(super) surfaces: &'a [Vec<Match<'a>>],
    pub(super) knowledge: &'a Knowledge,
    pub(super) table: &'a WordTable,
}

/// A word as values to make features of.
#[derive(Debug, Clone, Copy)]
struct Seen<'f> {
    look: &'f Look,
    coarse: u64,
    fine: u64,
    magnitude: u64,
    profile: u64,
    /// What surfaces of the knowledge it begins or goes on with.
    surfaces: u64,
    /// What the word lists have it as, where it stands.
    class: u64,
    /// Whether nothing speaks for a name: raw text seldom has it in one, and lists never.
    plain: bool,
}

/// From here on a word's class says that it is a title or a descriptor.
const OPENS_NAME: u64 = 1 << 4;

/// The value of what is beyond either end of a sentence.
const EDGE: u64 = 0xED6E;

impl Sight<'_> {
    /// What a model says of a sentence.
    pub(super) fn score<'m>(&self, model: &'m Model, words: Range<usize>) -> Scores<'m> {
        let mut scores = model.scores(words.len());
        let seen = self.seen(words);
        let mut features = Vec::with_capacity(64);
        for at in 0..seen.len() {
            features.clear();
            Window::at(&seen, at).features(|template, values| features.push(Feature::of(template, values)));
            scores.add(at, features.iter().copied());
        }
        scores
    }

    /// The features of each word of a sentence.
    #[cfg(feature = "train")]
    pub(super) fn features(&self, words: Range<usize>) -> Vec<Vec<Feature>> {
        self.windows(words, |window, add| window.features(add))
    }

    /// The features of the surroundings of each word of a sentence.
    #[cfg(feature = "train")]
    pub(super) fn surroundings(&self, words: Range<usize>) -> Vec<Vec<Feature>> {
        self.windows(words, |window, add| window.surroundings(add))
    }

    #[cfg(feature = "train")]
    fn windows(
        &self,
        words: Range<usize>,
        look: impl Fn(&Window<'_>, &mut dyn FnMut(u16, &[u64])),
    ) -> Vec<Vec<Feature>> {
        let seen = self.seen(words);
        let of_word = |at: usize| {
            let mut features = Vec::new();
            look(&Window::at(&seen, at), &mut |template, values| {
                features.push(Feature::of(template, values))
            });
            features
        };
        (0..seen.len()).map(of_word).collect()
    }

    fn seen(&self, words: Range<usize>) -> Vec<Seen<'_>> {
        let covers = self.covers(words.clone());
        let mut seen: Vec<Seen<'_>> = Vec::with_capacity(words.len());
        for (at, cover) in words.zip(covers) {
            let Some(word) = self.reading.words.get(at) else { continue };
            let mut next = self.see(at, word, cover);
            // Any word may be the name of what is announced: البنك التجاري.
            next.plain &= seen.last().is_none_or(|before| before.class < OPENS_NAME);
            seen.push(next);
        }
        seen
    }

    fn see<'s>(&'s self, at: usize, word: &'s Word, surfaces: u64) -> Seen<'s> {
        let look = &word.facts().look;
        let facts = self.table.get(look.host);
        let known = facts.unwrap_or(WordFacts::NONE);
        let title = || TITLES.at(self.reading, at, &word.host).map_or(0, |(length, ())| length.min(3) as u64);
        let class = look.class | if word.facts().begins_title { title() << 4 } else { 0 };
        Seen {
            look,
            coarse: known.coarse,
            fine: known.fine,
            magnitude: known.magnitude,
            profile: known.profile,
            surfaces,
            class,
            plain: facts.map_or(!word.is_arabic(), |facts| facts.is_seldom_name())
                && surfaces == 0
                && look.person == 0
                && class < OPENS_NAME
                && word.kind != TokenKind::Latin,
        }
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
    fn kind(&self, surface: &Match<'_>) -> u64 {
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

/// A word with two on either side, as values to make features of.
struct Window<'s> {
    before2: &'s Seen<'s>,
    before: &'s Seen<'s>,
    here: &'s Seen<'s>,
    after: &'s Seen<'s>,
    after2: &'s Seen<'s>,
}

/// What is beyond either end of a sentence.
const BEYOND: Seen<'_> = Seen {
    look: &Look {
        folded: EDGE,
        host: EDGE,
        begins: [0; AFFIX],
        ends: [0; AFFIX],
        shape: EDGE,
        attached: 0,
        person: 0,
        class: 0,
        echo: 0,
    },
    coarse: EDGE,
    fine: EDGE,
    magnitude: 0,
    profile: 0,
    surfaces: 0,
    class: 0,
    plain: false,
};

impl<'s> Window<'s> {
    fn at(seen: &'s [Seen<'s>], at: usize) -> Self {
        let near = |offset: isize| at.checked_add_signed(offset).and_then(|i| seen.get(i)).unwrap_or(&BEYOND);
        Self { before2: near(-2), before: near(-1), here: near(0), after: near(1), after2: near(2) }
    }

    /// The features of the word and its surroundings.
    fn features(&self, mut add: impl FnMut(u16, &[u64])) {
        let Self { before2, before, here, after, after2 } = self;
        // Four words in five are of no name. They are looked at once and no further: a name may still go on over them.
        if here.plain {
            add(120, &[]);
            add(121, &[here.look.folded]);
            add(122, &[here.fine]);
            add(123, &[before.profile]);
            return;
        }
        add(0, &[]);
        for (place, w) in (1..).zip([before2, before, here, after, after2]) {
            add(place, &[w.look.folded]);
        }
        for (place, w) in (0..).zip([before, here, after]) {
            add(10 + place, &[w.coarse]);
            add(15 + place, &[w.fine]);
            add(20 + place, &[w.look.shape]);
            add(30 + place, &[w.surfaces]);
            add(35 + place, &[w.look.person]);
            add(100 + place, &[w.profile]);
        }
        for (part, affix) in (40..).zip(here.look.begins.iter().chain(&here.look.ends)) {
            add(part, &[*affix]);
        }
        add(26, &[here.class]);
        add(52, &[before.coarse, here.coarse]);
        add(53, &[here.coarse, after.coarse]);
        add(54, &[before.coarse, here.coarse, after.coarse]);
        add(60, &[before.class, here.class]);
        add(61, &[here.look.attached, here.coarse]);
        add(62, &[here.look.attached, before.coarse, here.coarse]);
        add(80, &[here.look.host]);
        add(83, &[before.surfaces, here.surfaces]);
        add(84, &[here.surfaces, after.surfaces]);
        add(87, &[here.surfaces, before.class]);
        add(88, &[here.surfaces, here.look.shape]);
        add(89, &[here.surfaces, before.look.host]);
        add(90, &[here.surfaces, here.look.attached]);
        add(91, &[before.look.person, here.look.person]);
        add(92, &[here.look.person, after.look.person]);
        add(93, &[before.look.person, here.look.person, after.look.person]);
        add(94, &[here.look.person, before.class]);
        add(95, &[here.look.person, before.coarse]);
        add(104, &[here.magnitude]);
        add(106, &[before.profile, here.profile]);
        add(107, &[here.profile, after.profile]);
        add(108, &[here.profile, before.coarse]);
        add(109, &[here.profile, before.class]);
        add(112, &[here.profile, here.magnitude]);
        add(113, &[here.profile, here.look.attached]);
    }

    /// The features of the surroundings alone.
    #[cfg(feature = "train")]
    fn surroundings(&self, mut add: impl FnMut(u16, &[u64])) {
        let Self { before2, before, here, after, after2 } = self;
        add(0, &[]);
        for (place, w) in [(1, before2), (2, before), (4, after), (5, after2)] {
            add(place, &[w.look.folded]);
        }
        for (place, w) in (0..).zip([before, here, after]) {
            add(10 + place, &[w.coarse]);
            add(15 + place, &[w.fine]);
            add(20 + place, &[w.look.shape]);
            add(25 + place, &[w.class]);
        }
        for (place, w) in [(0, before), (2, after)] {
            add(30 + place, &[w.surfaces]);
            add(35 + place, &[w.look.person]);
        }
        for (part, affix) in (40..).zip(here.look.begins.iter().chain(&here.look.ends)) {
            add(part, &[*affix]);
        }
        add(50, &[before.look.host]);
        add(51, &[after.look.host]);
        add(52, &[before.coarse, here.coarse]);
        add(53, &[here.coarse, after.coarse]);
        add(54, &[before.coarse, here.coarse, after.coarse]);
        add(55, &[before.coarse, after.coarse]);
        add(56, &[before2.coarse, before.coarse]);
        add(57, &[after.coarse, after2.coarse]);
        add(58, &[before2.coarse, before.coarse, here.coarse]);
        add(59, &[here.coarse, after.coarse, after2.coarse]);
        add(60, &[before.class, here.class]);
        add(61, &[here.look.attached, here.coarse]);
        add(62, &[here.look.attached, before.coarse, here.coarse]);
    }
}

/// What a first labelling said of the other places of an article's words.
pub(super) struct Echoes(Vec<u64>);

impl Echoes {
    /// `marginals` are the first labelling's.
    pub(super) fn new(reading: &Reading<'_>, marginals: &[f32]) -> Self {
        let hosts: Vec<u64> = reading.words.iter().map(|word| word.facts().look.echo).collect();
        Self(echoes(&hosts, marginals))
    }

    /// The features of a word, of which the first labelling itself said `row`.
    pub(super) fn features(&self, word: usize, row: &[f32]) -> impl Iterator<Item = Feature> {
        let near = |offset: isize| {
            word.checked_add_signed(offset).and_then(|i| self.0.get(i)).copied().unwrap_or(EDGE)
        };
        let (before, here, after) = (near(-1), near(0), near(1));
        let own = confidence(row);
        [
            (here != 0, Feature::of(200, &[here])),
            (before != 0, Feature::of(201, &[before])),
            (after != 0, Feature::of(202, &[after])),
            (before != 0 && here != 0, Feature::of(203, &[before, here])),
            (here != 0 && after != 0, Feature::of(204, &[here, after])),
            (here != 0 || own != 0, Feature::of(205, &[here, own])),
        ]
        .into_iter()
        .filter_map(|(tells, feature)| tells.then_some(feature))
    }
}

/// The likeliest label and how likely it is, in six steps; 0 for a word that is surely of no name.
fn confidence(row: &[f32]) -> u64 {
    let (mut best, mut top) = (0_u64, f32::MIN);
    for (label, probability) in (0..).zip(row) {
        if *probability > top {
            (best, top) = (label, *probability);
        }
    }
    let steps = [0.5, 0.7, 0.9, 0.97, 0.99];
    let step = steps.iter().filter(|bound| top >= **bound).count();
    if best == 0 && step == steps.len() { 0 } else { best << 4 | (1 + step) as u64 }
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
