//! Which language a text is written in, told by letters and frequent function words.
//!
//! Arabic, Persian, Urdu and Sorani Kurdish share a script, and Arabic pages are often typed with Persian letters, so a
//! letter alone decides nothing: every word votes, and Arabic's article and endings vote too.

use rustc_hash::{FxHashMap, FxHashSet};
use std::fmt;
use std::sync::LazyLock;

use marsad_arabic::orthography::{is_arabic_letter, normalize};

/// A language, as far as it matters whether a text is Arabic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Arabic.
    Arabic,
    /// Persian.
    Persian,
    /// Urdu.
    Urdu,
    /// Central Kurdish in Arabic script.
    Sorani,
    /// Any language in Latin script.
    Latin,
    /// Any other script, or no letters at all.
    Other,
}

impl Language {
    /// BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Arabic => "ar",
            Self::Persian => "fa",
            Self::Urdu => "ur",
            Self::Sorani => "ckb",
            Self::Latin => "und-Latn",
            Self::Other => "und",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Arabic => "Arabic",
            Self::Persian => "Persian",
            Self::Urdu => "Urdu",
            Self::Sorani => "Sorani Kurdish",
            Self::Latin => "a language in Latin script",
            Self::Other => "no language in Arabic script",
        })
    }
}

/// Words that are frequent in one language and rare in the others, normalised, with the tags of the languages.
static WORDS: LazyLock<FxHashMap<String, FxHashSet<&'static str>>> = LazyLock::new(|| {
    let mut words: FxHashMap<String, FxHashSet<&'static str>> = FxHashMap::default();
    for row in include_str!("../../../../seeds/lexicon/language_words.tsv").lines().skip(1) {
        let mut columns = row.split('\t');
        if let (Some(language), Some(surface)) = (columns.next(), columns.next()) {
            words.entry(normalize(surface)).or_default().insert(language);
        }
    }
    words
});

#[derive(Default)]
struct Votes {
    arabic: usize,
    persian: usize,
    urdu: usize,
    sorani: usize,
}

impl Votes {
    fn add(&mut self, raw: &str) {
        let word = normalize(raw);
        let of = WORDS.get(&word);
        let is = |language: Language| usize::from(of.is_some_and(|of| of.contains(language.tag())));
        let has = |letters: &[char]| raw.contains(letters);
        // A letter that one language has alone outweighs a word that two may share.
        if has(&['ٹ', 'ڈ', 'ڑ', 'ں', 'ے', 'ہ', 'ھ', 'ۃ']) {
            self.urdu += 2;
        } else if has(&['ە', 'ێ', 'ۆ', 'ڕ', 'ڵ']) {
            self.sorani += 2;
        } else if has(&['پ', 'چ', 'ژ', 'گ']) {
            self.persian += 1;
            self.urdu += 1;
            self.sorani += 1;
        }
        self.urdu += is(Language::Urdu);
        self.sorani += is(Language::Sorani);
        self.persian += is(Language::Persian) * 2;
        let article = ["ال", "وال", "بال", "لل", "فال", "كال"]
            .iter()
            .any(|head| word.strip_prefix(head).is_some_and(|rest| rest.chars().nth(2).is_some()));
        self.arabic += is(Language::Arabic) * 2
            + usize::from(article)
            + usize::from(word.ends_with('ة') || word.ends_with('ى') || word.contains(['أ', 'إ']));
    }
}

/// The language that most of a text is in. An Arabic text stays Arabic with quotations, names and addresses of another
/// language in it.
///
/// ```
/// use marsad_extract::language::{Language, detect};
/// assert_eq!(detect("أعلنت الوزارة نتائج الامتحانات"), Language::Arabic);
/// assert_eq!(detect("این خبر در تهران منتشر شد"), Language::Persian);
/// assert_eq!(detect("The ministry said"), Language::Latin);
/// ```
pub fn detect(text: &str) -> Language {
    let (mut arabic, mut latin, mut other) = (0_usize, 0_usize, 0_usize);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        if is_arabic_letter(c) {
            arabic += 1;
        } else if c.is_ascii() || ('\u{C0}'..='\u{24F}').contains(&c) {
            latin += 1;
        } else {
            other += 1;
        }
    }
    // A third in Arabic letters is more than an article in another language quotes.
    if arabic == 0 || arabic * 2 < latin + other {
        return if latin > other { Language::Latin } else { Language::Other };
    }
    let mut votes = Votes::default();
    for word in text.split(|c: char| !(is_arabic_letter(c) || c.is_alphanumeric())) {
        if word.chars().next().is_some_and(is_arabic_letter) {
            votes.add(word);
        }
    }
    let Votes { arabic, persian, urdu, sorani } = votes;
    let most = arabic.max(persian).max(urdu).max(sorani);
    match most {
        _ if most == arabic => Language::Arabic,
        _ if most == persian => Language::Persian,
        _ if most == urdu => Language::Urdu,
        _ => Language::Sorani,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_text() {
        use Language::{Arabic, Latin, Other, Persian, Sorani, Urdu};
        for (text, want) in [
            ("افتتح الوزير جسرا جديدا في المدينة صباح اليوم", Arabic),
            ("خبر عاجل", Arabic),
            ("مباحثات عراقية تركية", Arabic),
            ("وصل الوفد إلی القاهرة فی زيارة قصيرة", Arabic),
            ("قالت شركة پیجو إن المصنع سيفتتح قريبا في المنطقة", Arabic),
            (
                "كتب المعلق: \"this is a very long quotation in English\" ثم شرح موقفه من القضية المطروحة",
                Arabic,
            ),
            ("وزیر خارجه ایران گفت که مذاکرات در وین ادامه دارد", Persian),
            ("این کتاب برای کودکان نوشته شده است", Persian),
            ("وزیر اعظم نے کہا ہے کہ مذاکرات جاری رہیں گے", Urdu),
            ("لاہور میں بارش کے بعد سڑکیں بند ہیں", Urdu),
            ("سەرۆکی هەرێم لەگەڵ وەزیری دەرەوە کۆبووەوە", Sorani),
            ("ئەو هەواڵە لە هەولێر بڵاو کرایەوە", Sorani),
            ("The committee met on Monday in Vienna.", Latin),
            ("Réunion à Genève sur l'eau", Latin),
            ("The newspaper الأخبار reported that talks would resume next week in the capital", Latin),
            ("Переговоры начались", Other),
            ("פגישה בירושלים", Other),
            ("", Other),
            ("2024-01-24 !!", Other),
        ] {
            assert_eq!(detect(text), want, "{text}");
        }
    }
}
