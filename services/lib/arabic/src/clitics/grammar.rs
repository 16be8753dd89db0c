//! The ways to cut a word that the order of particles and pronouns allows.

use super::{Proclitic, Split};
use crate::orthography::Normalized;
use crate::span::Span;

/// The pronouns, longest first.
pub(super) const ENCLITICS: [&str; 12] =
    ["هما", "كما", "هم", "هن", "ها", "كم", "كن", "نا", "ني", "ه", "ك", "ي"];

/// The shortest stem that is left when something is cut off.
const SHORTEST_STEM: usize = 2;

/// The most particles that stand before one word: there are three places.
const MOST_PARTICLES: usize = 3;

/// Particles at the head of a word, a letter each, and whether the article follows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix {
    particles: [Option<Proclitic>; MOST_PARTICLES],
    /// Whether the article stands before the stem.
    pub(super) article: bool,
    /// The letter where the host begins, which is also the number of particles.
    pub(super) host: usize,
    /// The letter where the stem begins.
    pub(super) stem: usize,
}

impl Prefix {
    const NONE: Self = Self { particles: [None; MOST_PARTICLES], article: false, host: 0, stem: 0 };

    pub(super) fn particles(&self) -> impl Iterator<Item = Proclitic> + '_ {
        self.particles.iter().flatten().copied()
    }

    pub(super) fn last(&self) -> Option<Proclitic> {
        self.particles().last()
    }

    /// With one more particle, where one may follow.
    fn then(self, particle: Proclitic) -> Option<Self> {
        if self.last().is_some_and(|last| last.place() >= particle.place()) {
            return None;
        }
        let mut next = self;
        *next.particles.get_mut(self.host)? = Some(particle);
        (next.host, next.stem) = (self.host + 1, self.host + 1);
        Some(next)
    }
}

/// One way to cut a word. Positions are letters of the light form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) prefix: Prefix,
    pub(super) enclitic: Option<&'static str>,
    /// The letter where the stem ends.
    pub(super) stem_end: usize,
}

/// A word whose cuts are read.
pub(super) struct Reader<'a> {
    form: &'a Normalized,
    letters: Vec<(usize, char)>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(form: &'a Normalized) -> Self {
        let mut letters = Vec::with_capacity(form.text().len() / 2 + 1);
        letters.extend(form.text().char_indices());
        Self { form, letters }
    }

    fn letter(&self, at: usize) -> Option<char> {
        self.letters.get(at).map(|(_, c)| *c)
    }

    /// Where a letter begins in the light form.
    pub(super) fn byte(&self, at: usize) -> usize {
        self.letters.get(at).map_or(self.form.text().len(), |(byte, _)| *byte)
    }

    fn span(&self, from: usize, to: usize) -> Span {
        self.form.submitted(self.byte(from), self.byte(to)).unwrap_or_default()
    }

    /// The ways to cut particles and article, fewer particles first and the bare stem before the article.
    pub(super) fn prefixes(&self) -> Vec<Prefix> {
        let mut all = Vec::with_capacity(8);
        let mut open = Some(Prefix::NONE);
        while let Some(prefix) = open {
            all.push(prefix);
            let (at, last) = (prefix.host, prefix.last());
            let (first, second) = (self.letter(at), self.letter(at + 1));
            match last {
                Some(Proclitic::Will) => {}
                Some(Proclitic::To) if first == Some('ل') => {
                    all.push(Prefix { article: true, stem: at + 1, ..prefix });
                }
                Some(Proclitic::To) => {}
                _ if first == Some('ا') && second == Some('ل') => {
                    all.push(Prefix { article: true, stem: at + 2, ..prefix });
                }
                _ => {}
            }
            open = first.and_then(Proclitic::of).and_then(|particle| prefix.then(particle));
        }
        all
    }

    /// The pronouns that the word may end with, longest first.
    pub(super) fn enclitics(&self) -> impl Iterator<Item = &'static str> {
        let text = self.form.text();
        ENCLITICS.into_iter().filter(move |enclitic| text.ends_with(enclitic))
    }

    /// The cut of a prefix and a pronoun, where it leaves a stem. A stem is two letters long at least; with a pronoun
    /// it is none at all behind the prepositions `ب` and `ل` (`بها`, `ولهم`), and a definite stem takes no pronoun.
    pub(super) fn cut(&self, prefix: Prefix, enclitic: Option<&'static str>) -> Option<Cut> {
        let stem_end = self.letters.len().checked_sub(enclitic.map_or(0, |e| e.chars().count()))?;
        let length = stem_end.checked_sub(prefix.stem)?;
        let whole = prefix.stem == 0 && enclitic.is_none();
        let preposition = matches!(prefix.last(), Some(Proclitic::By | Proclitic::To));
        let governs = enclitic.is_some() && length == 0 && preposition;
        let fits = whole || governs || length >= SHORTEST_STEM;
        let cut = Cut { prefix, enclitic, stem_end };
        // What is left of بهم is the pronoun, not a noun.
        if preposition && enclitic.is_none() && ENCLITICS.contains(&self.stem(&cut)) {
            return None;
        }
        (fits && !(prefix.article && enclitic.is_some())).then_some(cut)
    }

    /// The stem of a cut as it is written.
    pub(super) fn stem(&self, cut: &Cut) -> &'a str {
        self.form.text().get(self.byte(cut.prefix.stem)..self.byte(cut.stem_end)).unwrap_or("")
    }

    /// A cut as a reading of the word as it was given, with a stem by itself.
    pub(super) fn split(&self, cut: &Cut, stem: String) -> Split {
        let Cut { prefix, enclitic, stem_end } = *cut;
        let end = self.letters.len();
        Split {
            proclitics: prefix.particles().enumerate().map(|(at, p)| (p, self.span(at, at + 1))).collect(),
            article: prefix.article,
            stem,
            enclitic: enclitic.map(|e| (e, self.span(stem_end, end))),
            host_span: self.span(prefix.host, end),
            stem_span: self.span(prefix.stem, stem_end),
        }
    }

    /// The readings of a cut, one for each spelling that its stem may have by itself.
    pub(super) fn splits(&self, cut: &Cut) -> impl Iterator<Item = Split> {
        let stem = self.stem(cut);
        restorations(stem, cut.enclitic.is_some()).into_iter().map(|stem| self.split(cut, stem))
    }
}

/// What a letter before a pronoun may be when the stem stands by itself.
pub(super) const RESTORED: [(char, char); 4] = [('ت', 'ة'), ('ا', 'ى'), ('ؤ', 'ء'), ('ئ', 'ء')];

/// Prepositions that end in `ى` by themselves and in `ي` before a pronoun.
const DEFECTIVE: [(&str, &str); 3] = [("علي", "على"), ("إلي", "إلى"), ("لدي", "لدى")];

/// The spellings that a stem may have by itself when a pronoun has been cut off it, the likeliest first.
pub(super) fn restorations(stem: &str, cut: bool) -> Vec<String> {
    if !cut {
        return vec![stem.to_owned()];
    }
    if let Some((_, alone)) = DEFECTIVE.iter().find(|(attached, _)| *attached == stem) {
        return vec![(*alone).to_owned()];
    }
    let mut all = vec![stem.to_owned()];
    for (attached, alone) in RESTORED {
        if let Some(head) = stem.strip_suffix(attached) {
            all.insert(usize::from(attached == 'ا'), format!("{head}{alone}"));
        }
    }
    // كتبوا loses its alef: كتبوه.
    if stem.ends_with('و') {
        all.push(format!("{stem}ا"));
    }
    all
}
