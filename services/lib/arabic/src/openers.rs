//! The words that a time expression or a number begins with.
//!
//! Nineteen words of twenty begin neither, and one look-up tells so; the readers, which are many, see the rest. The table is made
//! from the word lists, with rather too many words than one too few.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::lexicon::{CUES, MONTHS, NUMBERS, TIME_UNITS, UNITS, WEEKDAYS};

/// What may begin with a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Opens {
    /// A time expression.
    pub(crate) time: bool,
    /// A numeral, an ordinal or a dual noun.
    pub(crate) number: bool,
}

#[derive(Default)]
struct Opener {
    opens: Opens,
    /// The second words of the phrases of time that begin with the word.
    before: Vec<&'static str>,
}

/// Values of cues that stand beside a time expression or inside of it, but never begin one.
const BESIDE: [&str; 16] = [
    "demonstrative",
    "equals",
    "era",
    "event",
    "following",
    "homograph",
    "latest",
    "link",
    "next",
    "past",
    "same",
    "since",
    "span_lead",
    "this",
    "until",
    "utc",
];

/// Words that the time readers know by themselves.
const BY_RULE: [&str; 12] =
    ["اخر", "اول", "الثلاثي", "الربع", "السداسي", "الفصل", "النصف", "شهر", "نفس", "هذا", "هذه", "يوم"];

static OPENERS: LazyLock<FxHashMap<String, Opener>> = LazyLock::new(|| {
    let mut openers: FxHashMap<String, Opener> = FxHashMap::default();
    let cues = CUES.iter().filter(|(_, values)| values.iter().any(|value| !BESIDE.contains(value)));
    let cues = cues.map(|(surface, _)| surface.split(' ').collect());
    let months = MONTHS.keys().map(|surface| surface.split(' ').collect());
    let bounds = NUMBERS.before.iter().map(|(phrase, _)| phrase.iter().map(String::as_str).collect());
    let words = (WEEKDAYS.keys().chain(TIME_UNITS.keys()).chain(NUMBERS.words.keys())).map(String::as_str);
    let words = words.chain(BY_RULE).map(|word| vec![word]);
    for phrase in cues.chain(months).chain(bounds).chain(words) {
        let phrase: Vec<&'static str> = phrase;
        match phrase.as_slice() {
            [] => {}
            [word] => {
                for form in [(*word).to_owned(), format!("ال{word}"), format!("ل{word}"), format!("{word}ا")]
                {
                    openers.entry(form).or_default().opens.time = true;
                }
            }
            [first, second, ..] => openers.entry((*first).to_owned()).or_default().before.push(second),
        }
    }
    // التسعينيات
    for stem in NUMBERS.words.keys().filter_map(|word| word.strip_suffix("ين")) {
        for end in ["ينيات", "ينات"] {
            openers.entry(format!("{stem}{end}")).or_default().opens.time = true;
            openers.entry(format!("ال{stem}{end}")).or_default().opens.time = true;
        }
    }
    for word in NUMBERS.words.keys() {
        openers.entry(word.clone()).or_default().opens.number = true;
        openers.entry(format!("ال{word}")).or_default().opens.number = true;
    }
    for unit in UNITS.keys() {
        let feminine = unit.strip_suffix('ه').map(|stem| format!("{stem}ت"));
        for stem in [Some(unit.clone()), feminine].into_iter().flatten() {
            openers.entry(format!("{stem}ان")).or_default().opens.number = true;
            openers.entry(format!("{stem}ين")).or_default().opens.number = true;
        }
    }
    openers
});

/// What may begin with a word, folded and without particles, before the word `next`.
pub(crate) fn opens(word: &str, next: &str) -> Opens {
    let Some(opener) = OPENERS.get(word) else { return Opens::default() };
    Opens { time: opener.opens.time || opener.before.contains(&next), ..opener.opens }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::quantities_beside;
    use crate::time::times;
    use crate::token::tokenize;
    use proptest::prelude::*;

    /// The words of all lists that the readers use.
    fn words() -> Vec<String> {
        let keys = CUES.keys().chain(MONTHS.keys()).chain(WEEKDAYS.keys()).chain(TIME_UNITS.keys());
        let keys = keys.chain(NUMBERS.words.keys()).chain(UNITS.keys()).cloned();
        let phrases = NUMBERS.before.iter().chain(&NUMBERS.after).map(|(phrase, _)| phrase.join(" "));
        let rest = ["24", "2024", "من", "و", "،", "/", "وفد", "\n"].map(str::to_owned);
        keys.chain(phrases).chain(BY_RULE.map(str::to_owned)).chain(rest).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// In tests of this crate both readers try every word that opens nothing, too, and assert that nothing comes of it.
        #[test]
        fn no_other_word_opens_anything(
            words in prop::collection::vec(
                (
                    prop::sample::select(words()),
                    prop::sample::select(vec!["", "", "", "و", "ب", "ل", "ال", "وال", "بال", "لل", "ول"]),
                    prop::sample::select(vec!["", "", "", "ا", "ان", "ين", "ات", "تان"]),
                ),
                1..8,
            )
        ) {
            let words: Vec<String> = words.iter().map(|(word, head, tail)| format!("{head}{word}{tail}")).collect();
            let text = words.join(" ");
            let tokens = tokenize(&text);
            let times = times(&text, &tokens, Some(jiff::civil::date(2024, 1, 24)));
            quantities_beside(&text, &tokens, &times);
        }
    }
}
