//! How well a name fits one that is looked for.

use strsim::damerau_levenshtein;

use super::skeleton::skeleton;
use crate::orthography::{fold, is_alphanumeric};

/// How a name fits what is looked for, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameFit {
    /// It is the same but for its spelling.
    Equal,
    /// It begins so.
    Prefix,
    /// Its words begin so, in any order.
    WordPrefix,
    /// It has it somewhere inside.
    Contains,
    /// Its words have the same consonants, in any order: often the same name in another script or transliteration.
    Sound,
    /// Its words differ by an edit, the long ones by two.
    Spelling,
}

/// What stands for the article in Latin letters, by itself or before a hyphen.
const LATIN_ARTICLES: [&str; 13] =
    ["al", "el", "ul", "il", "ash", "as", "ad", "ar", "an", "at", "az", "adh", "ath"];

/// `الدين` in Latin letters, as a word by itself.
const LATIN_DIN: [&str; 5] = ["din", "deen", "eddin", "eddine", "uddin"];

/// The most words of a name that are looked at.
const MOST_WORDS: usize = 16;

/// A name that can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    folded: String,
    words: Vec<NameWord>,
}

/// A word of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameWord {
    /// Folded, without the article; `عبد` and what follows it are one word.
    pub text: String,
    /// Its likeliest [`skeleton`].
    pub skeleton: String,
    /// Which letters it has, a bit for each of 64 groups of letters.
    letters: u64,
}

impl Name {
    /// The name in comparison form.
    pub fn new(name: &str) -> Self {
        let folded = comparison_form(name);
        let words = words(&folded).into_iter().map(NameWord::new).collect();
        Self { folded, words }
    }

    /// The whole name, folded, in lower case, with one space between words.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// Its words.
    pub fn words(&self) -> &[NameWord] {
        &self.words
    }
}

impl NameWord {
    fn new(text: String) -> Self {
        let skeleton = skeleton(&text).into_iter().next().unwrap_or_default();
        let letters = text.chars().fold(0, |all, c| all | 1 << (u32::from(c) % 64));
        Self { text, skeleton, letters }
    }
}

fn comparison_form(name: &str) -> String {
    fold(name).to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a folded name, without articles; words that newspapers write as one or two are one.
fn words(folded: &str) -> Vec<String> {
    let plain = folded.replace(['\'', '’', '‘', 'ʿ', 'ʾ', '`'], "");
    let all: Vec<&str> = plain.split(|c: char| !is_alphanumeric(c)).filter(|word| !word.is_empty()).collect();
    let is_article = |word: &str| word == "ال" || LATIN_ARTICLES.contains(&word);
    let only_articles = all.iter().all(|word| is_article(word));
    let mut words: Vec<String> = Vec::new();
    for word in all.into_iter().filter(|word| only_articles || !is_article(word)).take(MOST_WORDS) {
        match words.last_mut() {
            Some(last) if last == "عبد" || word == "الدين" || LATIN_DIN.contains(&word) => {
                last.push_str(word)
            }
            _ => words.push(word.to_owned()),
        }
    }
    for word in &mut words {
        if let Some(rest) = word.strip_prefix("ال").filter(|rest| rest.chars().nth(1).is_some()) {
            *word = rest.to_owned();
        }
    }
    words
}

/// A name that is looked for.
///
/// ```
/// use marsad_arabic::search::{Name, NameFit, NameQuery};
/// let name = Name::new("محمد شياع السوداني");
/// let fit = |query: &str| NameQuery::new(query).fit(&name);
/// assert_eq!(fit("محمّد شياع السودانى"), Some(NameFit::Equal));
/// assert_eq!(fit("محمد شي"), Some(NameFit::Prefix));
/// assert_eq!(fit("السوداني محمد"), Some(NameFit::WordPrefix));
/// assert_eq!(fit("al-Sudani"), Some(NameFit::Sound));
/// assert_eq!(fit("السودتني"), Some(NameFit::Spelling));
/// assert_eq!(fit("المالكي"), None);
/// ```
#[derive(Debug, Clone)]
pub struct NameQuery {
    name: Name,
    /// For each word every skeleton that it may have.
    sounds: Vec<Vec<String>>,
}

impl NameQuery {
    /// Looks for `query`.
    pub fn new(query: &str) -> Self {
        let name = Name::new(query);
        let sounds = name.words.iter().map(|word| skeleton(&word.text)).collect();
        Self { name, sounds }
    }

    /// What is looked for, in comparison form; empty where there is nothing to look for.
    pub fn folded(&self) -> &str {
        self.name.folded()
    }

    /// The word by which names are found that may fit, with its skeletons: the longest one.
    pub fn rarest_word(&self) -> Option<(&NameWord, &[String])> {
        let words = self.name.words.iter().zip(&self.sounds);
        let longest = words.max_by_key(|(word, _)| (word.skeleton.len(), word.text.chars().count()));
        longest.map(|(word, sounds)| (word, sounds.as_slice()))
    }

    /// How `name` fits; `None` where it does not.
    pub fn fit(&self, name: &Name) -> Option<NameFit> {
        let (wanted, given) = (&self.name, name);
        let texts = |name: &Name| name.words.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
        if wanted.folded == given.folded {
            return Some(NameFit::Equal);
        }
        let many = wanted.words.len() <= given.words.len() && !wanted.words.is_empty();
        let begins = |(wanted, given): (&NameWord, &NameWord)| given.text.starts_with(&wanted.text);
        if many && wanted.words.iter().zip(&given.words).all(begins) {
            let (left, right) = (texts(wanted), texts(given));
            if left == right {
                return Some(NameFit::Equal);
            }
            let whole = wanted.words.len() - 1;
            if left.get(..whole) == right.get(..whole) {
                return Some(NameFit::Prefix);
            }
        }
        if given.folded.starts_with(&wanted.folded) {
            return Some(NameFit::Prefix);
        }
        if many
            && self.each_word(given, |at, word| wanted.words.get(at).is_some_and(|one| begins((one, word))))
        {
            return Some(NameFit::WordPrefix);
        }
        if given.folded.contains(&wanted.folded) {
            return Some(NameFit::Contains);
        }
        if self.sounds_like(given) {
            return Some(NameFit::Sound);
        }
        (many && self.each_word(given, |at, word| self.is_near(at, word))).then_some(NameFit::Spelling)
    }

    /// Whether each word that is looked for has a word of its own in the name.
    fn each_word(&self, name: &Name, fits: impl Fn(usize, &NameWord) -> bool) -> bool {
        let mut free = u32::MAX;
        (0..self.name.words.len()).all(|wanted| {
            let place = (0..name.words.len().min(MOST_WORDS)).find(|given| {
                free & (1 << given) != 0 && name.words.get(*given).is_some_and(|word| fits(wanted, word))
            });
            if let Some(given) = place {
                free &= !(1 << given);
            }
            place.is_some()
        })
    }

    fn sounds_like(&self, name: &Name) -> bool {
        // One consonant alone says nothing.
        let telling = self.name.words.iter().any(|word| word.skeleton.len() >= 2);
        let one = |at: usize, word: &NameWord| {
            self.sounds.get(at).is_some_and(|sounds| sounds.contains(&word.skeleton))
                && self
                    .name
                    .words
                    .get(at)
                    .is_some_and(|wanted| !wanted.skeleton.is_empty() || wanted.text == word.text)
        };
        telling && self.name.words.len() <= name.words.len() && self.each_word(name, one)
    }

    fn is_near(&self, at: usize, word: &NameWord) -> bool {
        let Some(wanted) = self.name.words.get(at) else { return false };
        let length = wanted.text.chars().count();
        let edits = match length {
            0..=3 => 0,
            4..=6 => 1,
            _ => 2,
        };
        // An edit changes two letters at most, and the length by one.
        let near = (wanted.letters ^ word.letters).count_ones() <= 2 * edits
            && word.text.chars().count().abs_diff(length) <= edits as usize;
        near && damerau_levenshtein(&wanted.text, &word.text) <= edits as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fits() {
        use NameFit::{Contains, Equal, Prefix, Sound, Spelling, WordPrefix};
        for (query, name, expected) in [
            ("بغداد", "بَغْداد", Some(Equal)),
            ("سوداني", "السوداني", Some(Equal)),
            ("عبدالله الثاني", "عبد الله الثاني", Some(Equal)),
            ("Al Sudani", "al-Sudani", Some(Equal)),
            ("بغ", "بغداد", Some(Prefix)),
            ("الولايات", "الولايات المتحدة", Some(Prefix)),
            ("hussein", "Saddam Hussein", Some(WordPrefix)),
            ("hussein saddam", "Saddam Hussein", Some(WordPrefix)),
            ("غدا", "بغداد", Some(Contains)),
            ("hussein", "صدام حسين", Some(Sound)),
            ("حسين", "Saddam Husain", Some(Sound)),
            ("Abdullah", "عبد الله الثاني", Some(Sound)),
            ("Nour al-Din", "نور الدين", Some(Sound)),
            ("Mohamed Salah", "محمد صلاح", Some(Sound)),
            ("بفداد", "بغداد", Some(Spelling)),
            ("بدغاد", "بغداد", Some(Spelling)),
            ("واشنطون", "واشنطن", Some(Sound)),
            ("netanjahoo", "Benjamin Netanyahu", None),
            ("netanjahu", "Benjamin Netanyahu", Some(Spelling)),
            ("علي", "عمر", None),
            ("Ali", "علي حسن", None),
            ("بغداد", "البصرة", None),
            ("حسن حسن", "حسن علي", None),
            ("", "x", Some(Prefix)),
        ] {
            assert_eq!(NameQuery::new(query).fit(&Name::new(name)), expected, "{query} / {name}");
        }
    }

    proptest! {
        #[test]
        fn a_name_fits_itself(name in any::<String>()) {
            prop_assert_eq!(NameQuery::new(&name).fit(&Name::new(&name)), Some(NameFit::Equal));
        }

        #[test]
        fn nothing_panics(query in any::<String>(), name in any::<String>()) {
            NameQuery::new(&query).fit(&Name::new(&name));
        }
    }
}
