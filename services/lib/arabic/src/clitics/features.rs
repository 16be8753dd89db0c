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
    /// How often the stem occurs.
    stem: Level,
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

impl Candidate {
    /// How its host may hold the article.
    fn kind(&self) -> Article {
        match &self.definite {
            None => Article::None,
            Some(cut) if cut.prefix.stem == cut.prefix.host + 2 => Article::Written,
            Some(_) => Article::Elided,
        }
    }
}

/// How much greater one count is than another in a candidate. Its features say so step by step, so that what holds of a
/// difference is learned for greater ones too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comparison {
    template: u16,
    /// The kind of candidate that it is of, below [`Comparison::KINDS`].
    by: u64,
    difference: i64,
}

impl Comparison {
    const TEMPLATES: std::ops::Range<u16> = 30..39;
    /// Two particles and the number of a third, with the kinds of article.
    const KINDS: u64 = 96 * 4;
    const STEPS: std::ops::RangeInclusive<i64> = -8..=8;

    /// Every comparison with the greatest difference, in order.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let by =
            |template| (0..Self::KINDS).map(move |by| Self { template, by, difference: *Self::STEPS.end() });
        Self::TEMPLATES.flat_map(by)
    }

    /// Its place in [`Comparison::all`].
    pub(super) fn place(self) -> usize {
        usize::from(self.template - Self::TEMPLATES.start) * Self::KINDS as usize + self.by as usize
    }

    /// The number of its steps: how many features it has.
    pub(super) fn steps(self) -> usize {
        let (first, last) = Self::STEPS.into_inner();
        usize::try_from(self.difference.min(last) - first + 1).unwrap_or(0)
    }

    pub(super) fn features(self) -> impl Iterator<Item = Feature> {
        Self::STEPS
            .take(self.steps())
            .map(move |step| Feature::of(self.template, &[self.by, step.cast_unsigned()]))
    }
}

/// A word and its candidates.
pub(super) struct Analysis<'a> {
    reader: Reader<'a>,
    /// The light form's letters as they are looked up.
    key: Vec<char>,
    /// The same as text.
    text: String,
    /// A hash of the same.
    hash: u64,
    pub(super) candidates: Vec<Candidate>,
}

impl<'a> Analysis<'a> {
    pub(super) fn new(word: &str, form: &'a Normalized, vocabulary: &Vocabulary) -> Self {
        let reader = Reader::new(form);
        let mut key = Vec::with_capacity(form.text().len() / 2 + 1);
        key.extend(form.text().chars().map(key_letter));
        let mut text = String::with_capacity(form.text().len());
        text.extend(&key);
        let hash = hash(&key);
        let analysis = Self { reader, key, text, hash, candidates: Vec::new() };
        let mut candidates = Vec::with_capacity(8);
        let prefixes = analysis.reader.prefixes();
        let short = analysis.key.len() <= LONGEST_WORD && analysis.key.iter().all(|c| is_arabic_letter(*c));
        // An indefinite word has no pronoun.
        let open = short && !is_indefinite(word);
        let enclitics = analysis.reader.enclitics().filter(|_| open).map(Some);
        for enclitic in std::iter::once(None).chain(enclitics) {
            for prefix in prefixes.iter().filter(|prefix| !prefix.article && (short || prefix.host == 0)) {
                let Some(cut) = analysis.reader.cut(*prefix, enclitic) else { continue };
                let definite = prefixes
                    .iter()
                    .find(|other| other.article && other.host == prefix.host)
                    .and_then(|other| analysis.reader.cut(*other, enclitic));
                let stem = analysis.level(&cut, vocabulary);
                let article = definite.map_or(0, |cut| analysis.level(&cut, vocabulary).definite);
                // Without pronoun and article the stem is all of the host.
                let host = if enclitic.is_none() { stem.written } else { analysis.host(&cut, vocabulary) };
                let shape = shape(&cut);
                candidates.push(Candidate { cut, definite, shape, stem, article, host });
            }
        }
        Self { candidates, ..analysis }
    }

    fn letters(&self, from: usize, to: usize) -> &[char] {
        self.key.get(from..to).unwrap_or_default()
    }

    fn stem(&self, cut: &Cut) -> &[char] {
        self.letters(cut.prefix.stem, cut.stem_end)
    }

    /// Some letters as they are looked up. Light form and key have each letter at the same place.
    fn text(&self, from: usize, to: usize) -> &str {
        self.text.get(self.reader.byte(from)..self.reader.byte(to)).unwrap_or("")
    }

    fn host(&self, cut: &Cut, vocabulary: &Vocabulary) -> u8 {
        vocabulary.level(self.text(cut.prefix.host, self.key.len())).written
    }

    /// How often the stem of a cut occurs, in the most frequent of the spellings that it may have by itself.
    fn level(&self, cut: &Cut, vocabulary: &Vocabulary) -> Level {
        let stem = self.text(cut.prefix.stem, cut.stem_end);
        let plain = vocabulary.level(stem);
        let Some(last) = stem.chars().next_back().filter(|_| cut.enclitic.is_some()) else { return plain };
        let ending_in = |head: &str, last: char| vocabulary.level(&format!("{head}{last}"));
        if last == 'و' {
            return plain.max(ending_in(stem, 'ا'));
        }
        let head = stem.strip_suffix(last).unwrap_or(stem);
        let restored = RESTORED.iter().chain(&[('ي', 'ى')]).filter(|(attached, _)| *attached == last);
        restored.fold(plain, |level, (_, alone)| level.max(ending_in(head, *alone)))
    }

    /// The features of a candidate that do not depend on the words around, but for [`Analysis::comparisons`].
    pub(super) fn features(&self, candidate: &Candidate, out: &mut Vec<Feature>) {
        let Candidate { cut, shape, stem: level, article, host, .. } = candidate;
        let kind = candidate.kind() as u64;
        let shape = shape * 4 + kind;
        let (particles, enclitic) = (particles(cut), enclitic(cut));
        let last = cut.prefix.last().map_or(0, number);
        let (written, definite): (u64, u64) = (level.written.into(), level.definite.into());
        let (article, host): (u64, u64) = ((*article).into(), (*host).into());
        let whole = self.candidates.first();
        let whole = whole.map_or((0, 0), |whole| (u64::from(whole.stem.written), u64::from(whole.article)));
        let stem = self.stem(cut);
        let length = (stem.len() as u64).min(9);
        let (word_hash, stem_hash, outline) = (self.hash, hash(stem), pattern(stem));
        let head = |count: usize| hash(stem.get(..count).unwrap_or(stem));
        let tail = |count: usize| hash(stem.get(stem.len().saturating_sub(count)..).unwrap_or(stem));
        let mut add = |template: u16, values: &[u64]| out.push(Feature::of(template, values));

        add(0, &[shape]);
        add(1, &[shape, written]);
        add(2, &[shape, definite]);
        add(3, &[shape, article]);
        add(4, &[shape, written, definite]);
        add(5, &[shape, written, whole.0]);
        add(6, &[shape, article, whole.1]);
        add(7, &[shape, host.wrapping_sub(whole.0)]);
        add(8, &[shape, host, whole.0]);
        add(9, &[shape, written.wrapping_sub(whole.0)]);
        add(10, &[shape, length]);
        add(11, &[shape, length.min(6), written]);
        add(12, &[shape, stem_hash]);
        add(13, &[shape, word_hash]);
        add(14, &[shape, outline]);
        add(15, &[particles, kind, written.max(definite).max(article)]);
        add(16, &[particles, kind, host.wrapping_sub(whole.0)]);
        add(17, &[particles, pattern(stem.get(..3).unwrap_or(stem)), length.min(6)]);
        for count in 1..=3 {
            add(18, &[particles, head(count)]);
            add(19, &[enclitic, tail(count)]);
        }
        add(20, &[last, kind, head(1), length.min(6)]);
        add(21, &[last, head(2)]);
        add(22, &[last, outline]);
        add(23, &[last, written, definite]);
        add(24, &[last, stem_hash]);
        add(25, &[enclitic, written]);
        add(26, &[enclitic, written, definite]);
        add(27, &[enclitic, written.wrapping_sub(host)]);
        add(28, &[enclitic, outline]);
        add(29, &[enclitic, stem_hash]);
    }

    /// What is compared in a candidate: nothing where nothing is cut off.
    pub(super) fn comparisons(&self, candidate: &Candidate) -> impl Iterator<Item = Comparison> {
        let Candidate { cut, stem, host, .. } = candidate;
        let (written, governed, host) = (stem.written, stem.governed, *host);
        let whole = self.candidates.first().map_or((0, 0), |whole| (whole.stem.written, whole.stem.governed));
        let (particles, enclitic) = (particles(cut), enclitic(cut));
        let by = particles * 4 + candidate.kind() as u64;
        let of_particles = [
            (30, by, host, whole.0),
            (31, by, whole.0, whole.1.saturating_add(4)),
            (32, by, host, whole.1),
            (33, by, host, 8),
            (34, 0, host, whole.0),
            (35, 0, host, whole.1),
        ];
        let of_pronoun =
            [(36, enclitic, written, host), (37, enclitic, written, 8), (38, enclitic, governed, 5)];
        let of_particles = of_particles.into_iter().filter(move |_| particles > 0);
        of_particles.chain(of_pronoun.into_iter().filter(move |_| enclitic > 0)).map(
            |(template, by, left, right)| Comparison {
                template,
                by,
                difference: i64::from(left) - i64::from(right),
            },
        )
    }

    /// A candidate's reading as a split: the article is inside if the stem occurs with it oftener than the host by itself,
    /// and the stem ends as it does most often.
    pub(super) fn split(&self, candidate: &Candidate, vocabulary: &Vocabulary) -> Split {
        let cut = match &candidate.definite {
            Some(definite) if candidate.article >= candidate.host => definite,
            _ => &candidate.cut,
        };
        if cut.enclitic.is_none() {
            return self.reader.split(cut, self.reader.stem(cut).to_owned());
        }
        let mut best: Option<(u8, String)> = None;
        for stem in super::grammar::restorations(self.reader.stem(cut), true) {
            let level = vocabulary.level(&super::vocabulary::key(&stem));
            let level = level.written.max(level.definite);
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
        let mut letters = Vec::with_capacity(light.len().min(LONGEST_WORD));
        letters.extend(light.chars().take(LONGEST_WORD).map(neighbour_letter));
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
    letters
        .iter()
        .take(8)
        .fold(7, |state: u64, c| (state ^ u64::from(u32::from(outline(c)))).wrapping_mul(0x100_0000_01B3))
}
