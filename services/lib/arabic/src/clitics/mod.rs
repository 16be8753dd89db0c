//! Particles and pronouns written attached to a word.
//!
//! Before the stem, in this order: the question particle `أ`; a conjunction `و`, `ف`; a preposition `ب`, `ل`, `ك` or
//! the future particle `س`; the article `ال`, whose alef is lost after `ل` (`للوكالة` is `ل` + `الوكالة`, and a
//! stem that begins with `ل` loses the article from sight: `للجنة` is `ل` + `لجنة` or `ل` + `اللجنة`). After it: one
//! object or possessive pronoun, before which `ة` is written `ت`, `ى` is `ا`, `ء` takes a seat, and `وا` loses its alef.
//!
//! Spelling alone does not tell a particle from a letter of the stem (`بابل`, `واشنطن`, `فؤاد`), so [`candidates`] lists
//! every reading and a [`Splitter`] chooses the one that fits the sentence; [`best`] asks the caller which words exist.

mod features;
mod grammar;
mod splitter;
#[cfg(feature = "train")]
pub mod train;
mod vocabulary;

use crate::orthography::{Normalized, fold};
use crate::span::Span;
use grammar::Reader;

pub use splitter::{Readings, Splitter, SplitterError};

/// A particle attached before a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Proclitic {
    /// `أ`, which asks.
    Question,
    /// `و`, and.
    And,
    /// `ف`, then.
    Then,
    /// `ب`, in, by.
    By,
    /// `ل`, to, for; also the emphatic particle.
    To,
    /// `ك`, like, as.
    Like,
    /// `س`, which makes a verb future.
    Will,
}

impl Proclitic {
    /// The particle that a letter writes.
    fn of(letter: char) -> Option<Self> {
        Some(match letter {
            'أ' => Self::Question,
            'و' => Self::And,
            'ف' => Self::Then,
            'ب' => Self::By,
            'ل' => Self::To,
            'ك' => Self::Like,
            'س' => Self::Will,
            _ => return None,
        })
    }

    /// Its place in the fixed order of particles; two of one place never meet.
    fn place(self) -> u8 {
        match self {
            Self::Question => 0,
            Self::And | Self::Then => 1,
            Self::By | Self::To | Self::Like | Self::Will => 2,
        }
    }

    /// The letter that writes it.
    pub const fn letter(self) -> char {
        match self {
            Self::Question => 'أ',
            Self::And => 'و',
            Self::Then => 'ف',
            Self::By => 'ب',
            Self::To => 'ل',
            Self::Like => 'ك',
            Self::Will => 'س',
        }
    }
}

/// One reading of a word as particles, stem and pronoun. All spans are bytes **inside the word** as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The particles, in order, each with its place.
    pub proclitics: Vec<(Proclitic, Span)>,
    /// Whether the article stands before the stem, written (`بالعراق`) or with its alef lost (`للوكالة`).
    pub article: bool,
    /// The stem as a word by itself: dediacritised, without article and pronoun, final `ة`, `ى`, `ء` restored.
    pub stem: String,
    /// The attached pronoun (`ه`, `ها`, `هم` …) and its place.
    pub enclitic: Option<(&'static str, Span)>,
    /// What is left of the word after the particles: article, stem and pronoun. In `لل` forms it starts after the
    /// first `ل`.
    pub host_span: Span,
    /// The stem alone.
    pub stem_span: Span,
}

impl Split {
    /// The host as a word by itself, without pronoun: the stem, with the article restored.
    ///
    /// ```
    /// let splits = marsad_arabic::clitics::candidates("للوكالة");
    /// assert!(splits.iter().any(|split| split.host() == "الوكالة"));
    /// ```
    pub fn host(&self) -> String {
        if self.article { format!("ال{}", self.stem) } else { self.stem.clone() }
    }

    /// The word in pieces: each particle, what is left, the pronoun. Together they are the word as it was given, so that
    /// vowel signs and tatweel go with the letter before them. The article is no piece (`ل` + `لوكالة`).
    ///
    /// ```
    /// let splits = marsad_arabic::clitics::candidates("وبحكومتها");
    /// assert!(splits.iter().any(|split| split.pieces("وبحكومتها") == ["و", "ب", "حكومت", "ها"]));
    /// ```
    pub fn pieces<'w>(&self, word: &'w str) -> Vec<&'w str> {
        let particles = self.proclitics.iter().map(|(_, span)| span.start);
        let starts = particles.chain([self.host_span.start]);
        let starts = starts.chain(self.enclitic.iter().map(|(_, span)| span.start));
        let mut pieces = Vec::with_capacity(4);
        let mut from = 0;
        for start in starts.chain([word.len()]).filter(|start| *start > 0) {
            pieces.extend(word.get(from..start).filter(|piece| !piece.is_empty()));
            from = start;
        }
        pieces
    }

    fn is_whole(&self) -> bool {
        self.proclitics.is_empty() && self.enclitic.is_none()
    }
}

/// Letters after `ال` from which on an unknown word is taken to hold the article after a particle.
const CONFIDENT_STEM: usize = 3;

/// Every reading of a word, the likelier shapes first: nothing cut, then fewer particles before more, then those with a
/// pronoun. The first one is the whole word. A text that is not one Arabic word has only that reading.
pub fn candidates(word: &str) -> Vec<Split> {
    let form = Normalized::light(word);
    let reader = Reader::new(&form);
    let mut out = Vec::new();
    let prefixes = reader.prefixes();
    let mut list = |enclitic: Option<&'static str>| {
        let cuts = prefixes.iter().filter_map(|prefix| reader.cut(*prefix, enclitic));
        out.extend(cuts.flat_map(|cut| reader.splits(&cut).collect::<Vec<_>>()));
    };
    list(None);
    reader.enclitics().for_each(|enclitic| list(Some(enclitic)));
    // The sort is stable.
    out.sort_by_key(|split| (split.enclitic.is_some(), split.proclitics.len()));
    out
}

/// The reading of a word to act on. `known` is asked about words in their [`fold`]ed form, with and without the
/// article. A word that is known whole stays whole; else the first candidate whose host or stem is known; else a
/// particle is cut only before a visible article (`بالـ…`, `للـ…`) with a stem of three letters or more after it.
///
/// ```
/// use marsad_arabic::clitics::best;
/// let known = |word: &str| ["واشنطن", "بوابه", "لجنه"].contains(&word);
/// assert_eq!(best("بوابة", &known).host(), "بوابة");
/// assert_eq!(best("ولواشنطن", &known).host(), "واشنطن");
/// assert_eq!(best("للجنة", &known).host(), "لجنة");
/// assert_eq!(best("بالعراق", &known).host(), "العراق");
/// ```
pub fn best(word: &str, known: &dyn Fn(&str) -> bool) -> Split {
    let all = candidates(word);
    let is_known =
        |split: &Split| known(&fold(&split.stem)) || (split.article && known(&fold(&split.host())));
    let whole = |split: &&Split| split.is_whole();
    // A whole word: with the article if the rest is a word (العراق), without if only the whole is (التقى).
    if all.iter().filter(whole).any(is_known) {
        let article = all.iter().filter(whole).find(|split| split.article && known(&fold(&split.stem)));
        let found = article.or_else(|| all.iter().filter(whole).find(|split| is_known(split)));
        if let Some(found) = found {
            return found.clone();
        }
    }
    if let Some(found) = all.iter().find(|split| is_known(split)) {
        return found.clone();
    }
    let confident = |split: &&Split| {
        let length = split.stem.chars().count();
        split.article
            && length >= CONFIDENT_STEM
            && split.proclitics.first().is_none_or(|(particle, _)| *particle != Proclitic::Question)
    };
    all.iter().find(confident).or_else(|| all.first()).cloned().unwrap_or_else(|| Split {
        proclitics: Vec::new(),
        article: false,
        stem: word.to_owned(),
        enclitic: None,
        host_span: Span::new(0, word.len()),
        stem_span: Span::new(0, word.len()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEXICON: [&str; 22] = [
        "بوابة",
        "بغداد",
        "واشنطن",
        "بلينكن",
        "بابل",
        "فؤاد",
        "لجنة",
        "لبنان",
        "حكومة",
        "مستشفى",
        "أبناء",
        "عراق",
        "وكالة",
        "كتاب",
        "التقى",
        "قال",
        "سيطر",
        "وزير",
        "أمم",
        "والد",
        "بيان",
        "بلد",
    ];

    fn known(word: &str) -> bool {
        LEXICON.iter().any(|entry| fold(entry) == word)
    }

    #[test]
    fn best_by_case() {
        for (word, particles, host, enclitic, host_text) in [
            ("بوابة", "", "بوابة", "", "بوابة"),
            ("بغداد", "", "بغداد", "", "بغداد"),
            ("واشنطن", "", "واشنطن", "", "واشنطن"),
            ("بلينكن", "", "بلينكن", "", "بلينكن"),
            ("بابل", "", "بابل", "", "بابل"),
            ("فؤاد", "", "فؤاد", "", "فؤاد"),
            ("ولواشنطن", "ول", "واشنطن", "", "واشنطن"),
            ("للوكالة", "ل", "الوكالة", "", "لوكالة"),
            ("للجنة", "ل", "لجنة", "", "لجنة"),
            ("وللبنان", "ول", "لبنان", "", "لبنان"),
            ("بالعراق", "ب", "العراق", "", "العراق"),
            ("بـالعراق", "ب", "العراق", "", "العراق"),
            ("وبالعراقِ", "وب", "العراق", "", "العراقِ"),
            ("العراق", "", "العراق", "", "العراق"),
            ("للأمم", "ل", "الأمم", "", "لأمم"),
            ("حكومته", "", "حكومة", "ه", "حكومته"),
            ("لحكومتها", "ل", "حكومة", "ها", "حكومتها"),
            ("مستشفاه", "", "مستشفى", "ه", "مستشفاه"),
            ("وأبنائهم", "و", "أبناء", "هم", "أبنائهم"),
            ("التقى", "", "التقى", "", "التقى"),
            ("فالتقى", "ف", "التقى", "", "التقى"),
            ("والده", "", "والد", "ه", "والده"),
            ("سيطر", "", "سيطر", "", "سيطر"),
            ("بالمجهول", "ب", "المجهول", "", "المجهول"),
            ("للمجهول", "ل", "المجهول", "", "لمجهول"),
            ("وغريب", "", "وغريب", "", "وغريب"),
        ] {
            let split = best(word, &known);
            let letters: String = split.proclitics.iter().map(|(p, _)| p.letter()).collect();
            let pronoun = split.enclitic.map_or("", |(e, _)| e);
            assert_eq!(
                (letters.as_str(), split.host().as_str(), pronoun),
                (particles, host, enclitic),
                "{word}"
            );
            assert_eq!(split.host_span.slice(word), Some(host_text), "{word}");
        }
    }

    #[test]
    fn both_readings_of_a_double_lam() {
        let hosts: Vec<String> = candidates("للجنة").iter().map(Split::host).collect();
        for host in ["للجنة", "لجنة", "الجنة"] {
            assert!(hosts.iter().any(|h| h == host), "{host} in {hosts:?}");
        }
    }

    #[test]
    fn not_a_word() {
        for text in ["", "5", "a", "ـ", "ال", "و"] {
            let all = candidates(text);
            assert_eq!(all.len(), 1, "{text}");
            assert_eq!(best(text, &|_| false).proclitics, Vec::new());
        }
    }

    proptest! {
        #[test]
        fn spans_lie_in_the_word(word in "[أوفبلكساتنيهمةى\u{64E}ـ]{0,12}") {
            for split in candidates(&word) {
                let whole = Span::new(0, word.len());
                for span in split.proclitics.iter().map(|(_, s)| *s).chain(split.enclitic.iter().map(|(_, s)| *s)) {
                    prop_assert!(whole.contains(span) && span.slice(&word).is_some());
                }
                prop_assert!(split.host_span.contains(split.stem_span));
                prop_assert!(split.host_span.slice(&word).is_some());
            }
        }

        #[test]
        fn no_text_panics(word in any::<String>()) {
            best(&word, &|_| true);
            best(&word, &|_| false);
        }
    }
}
