//! What the model sees of a cut: its particles and pronoun, how often its stem occurs by itself, the letters on both
//! sides of the cut, and the words around.

use super::grammar::{Cut, ENCLITICS, RESTORED, Reader};
use super::vocabulary::{Level, Vocabulary, key_letter};
use super::{Proclitic, Split};
use crate::orthography::{Normalized, is_arabic_letter};
use marsad_label::Feature;

/// Words of more letters are not cut: they are no words.
const LONGEST_WORD: usize = 30;

/// A cut of a word: all its readings that cut at the same letters, which differ in whether an article is inside.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) cut: Cut,
    /// The same cut with the article read into the host.
    definite: Option<Cut>,
    /// Particles and pronoun, as a value of features.
    pub(super) shape: u64,
    bare: Level,
    /// How often the stem occurs with the article, where the host may hold it.
    article: u8,
    /// How often what is left of the word behind the particles is written by itself.
    host: u8,
}

/// How a host may hold the article.
#[derive(Debug, Clone, Copy)]
enum Article {
    None = 0,
    /// It begins with `ال`.
    Written = 1,
    /// It begins with `ل` behind the particle `ل`.
    Elided = 2,
}

/// A word and its candidates.
pub(super) struct Analysis<'a> {
    reader: Reader<'a>,
    /// The light form's letters as they are looked up.
    key: Vec<char>,
    pub(super) candidates: Vec<Candidate>,
}

impl<'a> Analysis<'a> {
    pub(super) fn new(word: &str, form: &'a Normalized, vocabulary: &Vocabulary) -> Self {
        let reader = Reader::new(form);
        let key: Vec<char> = form.text().chars().map(key_letter).collect();
        let mut analysis = Self { reader, key, candidates: Vec::new() };
        let prefixes = analysis.reader.prefixes();
        let short = analysis.key.len() <= LONGEST_WORD && analysis.key.iter().all(|c| is_arabic_letter(*c));
        // An indefinite word has no pronoun.
        let open = short && !is_indefinite(word);
        let enclitics = analysis.reader.enclitics().filter(|_| open).map(Some);
        let mut text = String::new();
        for enclitic in std::iter::once(None).chain(enclitics.collect::<Vec<_>>()) {
            for prefix in prefixes.iter().filter(|prefix| !prefix.article && (short || prefix.host == 0)) {
                let Some(cut) = analysis.reader.cut(*prefix, enclitic) else { continue };
                let definite = prefixes
                    .iter()
                    .find(|other| other.article && other.host == prefix.host)
                    .and_then(|other| analysis.reader.cut(*other, enclitic));
                let bare = analysis.level(&cut, vocabulary, &mut text);
                let article =
                    definite.map_or(0, |cut| analysis.level(&cut, vocabulary, &mut text).definite);
                let host = analysis.host(&cut, vocabulary, &mut text);
                let shape = shape(&cut);
                analysis.candidates.push(Candidate { cut, definite, shape, bare, article, host });
            }
        }
        analysis
    }

    fn letters(&self, from: usize, to: usize) -> &[char] {
        self.key.get(from..to).unwrap_or_default()
    }

    fn stem(&self, cut: &Cut) -> &[char] {
        self.letters(cut.prefix.stem, cut.stem_end)
    }

    fn host(&self, cut: &Cut, vocabulary: &Vocabulary, text: &mut String) -> u8 {
        text.clear();
        text.extend(self.key.get(cut.prefix.host..).unwrap_or_default());
        vocabulary.level(text).written
    }

    /// How often the stem of a cut occurs, in the most frequent of the spellings that it may have by itself.
    fn level(&self, cut: &Cut, vocabulary: &Vocabulary, text: &mut String) -> Level {
        let mut look_up = |head: &[char], last: Option<char>| {
            text.clear();
            text.extend(head.iter().copied().chain(last));
            vocabulary.level(text)
        };
        let stem = self.stem(cut);
        let plain = look_up(stem, None);
        let Some((last, head)) = stem.split_last().filter(|_| cut.enclitic.is_some()) else { return plain };
        let restored = RESTORED.iter().chain(&[('ي', 'ى')]).filter(|(attached, _)| attached == last);
        restored.fold(plain, |level, (_, alone)| level.max(look_up(head, Some(*alone))))
    }

    /// The features of a candidate that do not depend on the words around.
    pub(super) fn features(&self, candidate: &Candidate, out: &mut Vec<Feature>) {
        let Candidate { cut, definite, shape, bare, article, host } = candidate;
        let kind = match definite {
            None => Article::None,
            Some(cut) if cut.prefix.stem == cut.prefix.host + 2 => Article::Written,
            Some(_) => Article::Elided,
        };
        let shape = mixed(&[*shape, kind as u64]);
        let particles = particles(cut);
        let enclitic = enclitic(cut);
        let (bare_level, definite_level) = (u64::from(bare.bare), u64::from(bare.definite));
        let article = u64::from(*article);
        let whole = self.candidates.first().map_or((0, 0), |c| (u64::from(c.bare.bare), u64::from(c.article)));
        let stem = self.stem(cut);
        let length = stem.len() as u64;
        let word = hash(&self.key);
        let stem_hash = hash(stem);
        let mut add = |template: u16, values: &[u64]| out.push(Feature::of(template, values));

        add(0, &[shape]);
        add(1, &[shape, bare_level]);
        add(2, &[shape, definite_level]);
        add(3, &[shape, article]);
        add(4, &[shape, bare_level, definite_level]);
        add(5, &[shape, bare_level, whole.0]);
        add(6, &[shape, article, whole.1]);
        add(7, &[shape, bare_level.max(article).wrapping_sub(whole.0.max(whole.1))]);
        add(8, &[shape, length.min(9)]);
        add(9, &[particles, kind as u64, bare_level.max(definite_level).max(article)]);
        add(10, &[enclitic, bare_level]);
        add(11, &[shape, stem_hash]);
        add(12, &[shape, word]);
        add(13, &[shape, pattern(stem)]);
        add(14, &[particles, pattern(stem.get(..3.min(stem.len())).unwrap_or_default()), length.min(6)]);
        for (template, count) in [(15, 1), (17, 2), (19, 3)] {
            add(template, &[particles, hash(stem.get(..count).unwrap_or(stem))]);
            let tail = stem.len().saturating_sub(count);
            add(template + 1, &[enclitic, hash(stem.get(tail..).unwrap_or(stem))]);
        }
        add(21, &[stem_hash]);
        add(22, &[shape, length.min(6), bare_level]);
        let last = cut.prefix.last().map_or(0, number);
        let written = self.candidates.first().map_or(0, |c| u64::from(c.bare.written));
        let (host, stem_written) = (u64::from(*host), u64::from(bare.written));
        add(23, &[shape, host.wrapping_sub(written)]);
        add(24, &[shape, host, written]);
        add(25, &[shape, stem_written.wrapping_sub(written)]);
        add(26, &[enclitic, stem_written.wrapping_sub(host)]);
        add(27, &[particles, kind as u64, host.wrapping_sub(written)]);
        add(28, &[last, kind as u64, hash(stem.get(..1).unwrap_or(stem)), length.min(6)]);
        add(29, &[last, hash(stem.get(..2).unwrap_or(stem))]);
        add(30, &[last, pattern(stem)]);
        add(31, &[last, bare_level, definite_level]);
        add(32, &[last, stem_hash]);
        add(33, &[enclitic, pattern(stem)]);
        add(34, &[enclitic, stem_hash]);
        add(35, &[enclitic, bare_level, definite_level]);
        let level = |at: &Level| (i64::from(at.written), i64::from(at.governed));
        let (whole_written, whole_governed) = self.candidates.first().map_or((0, 0), |c| level(&c.bare));
        let mut steps = |template: u16, by: u64, value: i64| {
            for step in (-6..=6_i64).filter(|step| *step <= value) {
                add(template, &[by, step.cast_unsigned()]);
            }
        };
        let host = host.cast_signed();
        let (stem_written, stem_governed) = level(bare);
        if particles > 0 {
            let key = particles * 4 + kind as u64;
            steps(50, key, host - whole_written);
            steps(51, key, whole_written - whole_governed - 4);
            steps(52, key, host - whole_governed);
            steps(53, key, host - 6);
        }
        if enclitic > 0 {
            steps(54, enclitic, stem_written - host);
            steps(55, enclitic, stem_written - 6);
            steps(56, enclitic, stem_governed - 3);
        }
    }

    /// A candidate's reading as a split: the article is inside if the stem occurs with it oftener than the host by itself,
    /// and the stem ends as it does most often.
    pub(super) fn split(&self, candidate: &Candidate, vocabulary: &Vocabulary) -> Split {
        let cut = match &candidate.definite {
            Some(definite) if candidate.article >= candidate.bare.bare => definite,
            _ => &candidate.cut,
        };
        let mut best: Option<(u8, String)> = None;
        for stem in super::grammar::restorations(self.reader.stem(cut), cut.enclitic.is_some()) {
            let level = vocabulary.level(&super::vocabulary::key(&stem));
            let level = level.bare.max(level.definite);
            if best.as_ref().is_none_or(|(other, _)| level > *other) {
                best = Some((level, stem));
            }
        }
        self.reader.split(cut, best.map_or_else(String::new, |(_, stem)| stem))
    }
}

/// Whether a word is written with the ending of the indefinite: ً, ٌ or ٍ at its last letter or before its last alef.
fn is_indefinite(word: &str) -> bool {
    let mut last = word.chars().rev().skip_while(|c| matches!(c, 'ا' | 'ى'));
    word.chars().next_back().is_some_and(is_nunation) || last.next().is_some_and(is_nunation)
}

fn is_nunation(c: char) -> bool {
    ('\u{64B}'..='\u{64D}').contains(&c)
}

/// A neighbour of a word, as values of features.
#[derive(Debug, Clone, Copy)]
pub(super) struct Neighbour {
    word: u64,
    head: u64,
    tail: u64,
}

impl Neighbour {
    pub(super) fn new(text: &str) -> Self {
        let light = crate::orthography::normalize(text);
        let letters: Vec<char> = light.chars().take(LONGEST_WORD).map(neighbour_letter).collect();
        let tail = letters.len().saturating_sub(2);
        Self {
            word: hash(&letters),
            head: hash(letters.get(..2).unwrap_or(&letters)),
            tail: hash(letters.get(tail..).unwrap_or(&letters)),
        }
    }
}

/// A letter of a neighbour: numbers are one, and so is punctuation in its Arabic and Latin shapes.
fn neighbour_letter(letter: char) -> char {
    match letter {
        '0'..='9' => '0',
        '،' => ',',
        '؛' => ';',
        '؟' => '?',
        '«' | '»' | '“' | '”' | '„' => '"',
        letter => key_letter(letter),
    }
}

/// The features of a candidate that join it with the words around.
pub(super) fn context(shape: u64, before: &Neighbour, after: &Neighbour, out: &mut Vec<Feature>) {
    let mut add = |template: u16, value: u64| out.push(Feature::of(template, &[shape, value]));
    add(40, before.word);
    add(41, after.word);
    add(42, before.tail);
    add(43, after.head);
    add(44, before.head);
    add(45, after.tail);
}

fn shape(cut: &Cut) -> u64 {
    particles(cut) * 16 + enclitic(cut)
}

/// The particles as a number.
fn particles(cut: &Cut) -> u64 {
    cut.prefix.particles().fold(0, |sum, particle| sum * 8 + number(particle))
}

fn number(particle: Proclitic) -> u64 {
    match particle {
        Proclitic::Question => 1,
        Proclitic::And => 2,
        Proclitic::Then => 3,
        Proclitic::By => 4,
        Proclitic::To => 5,
        Proclitic::Like => 6,
        Proclitic::Will => 7,
    }
}

/// The pronoun as a number.
fn enclitic(cut: &Cut) -> u64 {
    let found = cut.enclitic.and_then(|enclitic| ENCLITICS.iter().position(|e| *e == enclitic));
    found.map_or(0, |at| at as u64 + 1)
}

fn mixed(values: &[u64]) -> u64 {
    values.iter().fold(0, |sum, value| sum * 64 + value)
}

/// A hash of letters (FNV-1a).
fn hash(letters: &[char]) -> u64 {
    letters.iter().fold(0xCBF2_9CE4_8422_2325, |state: u64, c| {
        (state ^ u64::from(u32::from(*c))).wrapping_mul(0x100_0000_01B3)
    })
}

/// The outline of a word: the letters that inflect, and a mark for each other letter.
fn pattern(letters: &[char]) -> u64 {
    let outline = |c: &char| match c {
        'ا' | 'ت' | 'م' | 'ن' | 'ي' | 'و' | 'ة' | 'ى' | 'ء' | 'ؤ' | 'ئ' | 'ه' | 'س' | 'ل' => *c,
        _ => 'x',
    };
    letters.iter().take(8).fold(7, |state: u64, c| {
        (state ^ u64::from(u32::from(outline(c)))).wrapping_mul(0x100_0000_01B3)
    })
}
