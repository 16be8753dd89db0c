//! Spelling: the comparison form of a word, a lighter dediacritised form, and the way back to the submitted text.
//!
//! Arabic news text spells one word in many ways: with or without vowel signs, stretched with tatweel, with or
//! without hamza on alef, with Persian letters, in presentation forms copied out of a PDF. Two forms tame this:
//!
//! | | [`normalize`] | [`fold`] |
//! |---|---|---|
//! | vowel signs, Quranic marks, tatweel, zero-width and bidi controls | removed | removed |
//! | presentation forms, full-width forms, NBSP (compatibility decomposition) | resolved | resolved |
//! | digits `٠-٩` and `۰-۹`, `٫`, `٬`, `٪` | `0-9`, `.`, `,`, `%` | `0-9`, `.`, `,`, `%` |
//! | Persian `ی ک ہ` | `ي ك ه` | `ي ك ه` |
//! | `أ إ آ ٱ` | kept (`ٱ` to `ا`) | `ا` |
//! | `ى`, `ة` | kept | `ي`, `ه` |
//! | `ڤ پ چ ژ گ` | kept | `ف ب ج ز ك` |
//! | `ئ` before `و` (مسئول, شئون) | kept | `ؤ` (مسؤول, شؤون) |
//! | `ؤ`, `ئ` elsewhere, `ء` | kept | kept |
//! | Latin letters | kept | lower case |
//!
//! `ؤ` and `ئ` are kept because newspapers hardly ever drop them and folding them to `و` and `ي` makes unlike words
//! equal; the one real variation, the seat of the hamza before `و`, is folded.

use crate::span::Span;
use unicode_normalization::char::{compose, decompose_compatible};

const TATWEEL: char = '\u{640}';

/// The comparison form of a text; equal forms mean the same spelling for every look-up. Idempotent.
///
/// ```
/// use marsad_arabic::orthography::fold;
/// assert_eq!(fold("الحُكومـــة الإسرائيلية ٢٠٢٤"), "الحكومه الاسرائيليه 2024");
/// assert_eq!(fold("مسئول"), fold("مسؤول"));
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Appends the [`fold`]ed form of a text to what is there already, which stays as it is.
///
/// ```
/// let mut words = "قال ".to_owned();
/// marsad_arabic::orthography::fold_into("أحمد", &mut words);
/// assert_eq!(words, "قال احمد");
/// ```
pub fn fold_into(text: &str, out: &mut String) {
    let start = out.len();
    for c in text.chars() {
        match c {
            '\u{621}'..='\u{64A}' if c != TATWEEL => match folded(c) {
                'و' if out.len() > start && out.ends_with('ئ') => {
                    out.pop();
                    out.push_str("ؤو");
                }
                letter => out.push(letter),
            },
            _ if c.is_ascii() => out.push(c.to_ascii_lowercase()),
            _ if is_removed(c) => {}
            _ if is_plain(c) => out.push(light(c)),
            // What decomposes, composes with its neighbours or has a case of its own: nearly no text.
            _ => {
                out.truncate(start);
                let mut form = Form::with_capacity(text.len(), Strength::Fold, false);
                form.extend(text);
                out.push_str(&form.text);
                return;
            }
        }
    }
}

/// The text without vowel signs, tatweel and invisible characters, its letters otherwise as written (hamzas, `ى`
/// and `ة` stay), its digits as ASCII. Idempotent.
///
/// ```
/// use marsad_arabic::orthography::normalize;
/// assert_eq!(normalize("أَعْلَنَـتْ ٣٫٥٪"), "أعلنت 3.5%");
/// ```
pub fn normalize(text: &str) -> String {
    let mut form = Form::with_capacity(text.len(), Strength::Light, false);
    form.extend(text);
    form.text
}

/// A normalised text with the byte range of the submitted text that each of its characters stands for.
///
/// ```
/// use marsad_arabic::orthography::Normalized;
/// let raw = "قالَ مُحَمَّد";
/// let form = Normalized::folded(raw);
/// let at = form.text().find("محمد").unwrap();
/// let span = form.submitted(at, at + "محمد".len()).unwrap();
/// assert_eq!(span.slice(raw), Some("مُحَمَّد"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalized {
    text: String,
    marks: Vec<Mark>,
    submitted_len: usize,
}

/// Where a normalised character starts, and the submitted bytes behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    at: usize,
    start: usize,
    end: usize,
}

impl Normalized {
    /// The form that [`fold`] gives.
    pub fn folded(text: &str) -> Self {
        Self::new(text, Strength::Fold)
    }

    /// The form that [`normalize`] gives.
    pub fn light(text: &str) -> Self {
        Self::new(text, Strength::Light)
    }

    fn new(text: &str, strength: Strength) -> Self {
        let mut form = Form::with_capacity(text.len(), strength, true);
        form.extend(text);
        Self { text: form.text, marks: form.marks, submitted_len: text.len() }
    }

    /// The normalised text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The span of the submitted text behind the bytes `start..end` of the normalised text: from the first byte of
    /// its first character to the last byte of its last one, with the vowel signs that follow it. `None` when the
    /// range is reversed, out of bounds or cuts a character. An empty range gives an empty span.
    pub fn submitted(&self, start: usize, end: usize) -> Option<Span> {
        self.text.get(start..end)?;
        let first = self.marks.partition_point(|mark| mark.at < start);
        let begin = self.marks.get(first).map_or(self.submitted_len, |mark| mark.start);
        if start == end {
            return Some(Span::new(begin, begin));
        }
        let last = self.marks.partition_point(|mark| mark.at < end);
        let finish = last.checked_sub(1).and_then(|i| self.marks.get(i))?.end;
        Some(Span::new(begin, finish.max(begin)))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strength {
    Light,
    Fold,
}

/// A normalised text under construction.
struct Form {
    text: String,
    marks: Vec<Mark>,
    strength: Strength,
    mapped: bool,
}

impl Form {
    fn with_capacity(bytes: usize, strength: Strength, mapped: bool) -> Self {
        let marks = Vec::with_capacity(if mapped { bytes / 2 + 1 } else { 0 });
        Self { text: String::with_capacity(bytes), marks, strength, mapped }
    }

    fn extend(&mut self, text: &str) {
        for (start, c) in text.char_indices() {
            let end = start + c.len_utf8();
            if is_removed(c) {
                self.stretch(end);
            } else if is_plain(c) {
                self.push(c, start, end);
            } else {
                // A spacing vowel sign decomposes to a blank and the sign: the blank is no blank of the text.
                let spacing_sign = ('\u{FE70}'..='\u{FE7F}').contains(&c);
                decompose_compatible(c, |part| {
                    if is_removed(part) || (spacing_sign && part == ' ') {
                        self.stretch(end);
                    } else {
                        self.push(part, start, end);
                    }
                });
            }
        }
    }

    /// Lets the last character also stand for removed characters up to `end`, so that spans end after vowel signs.
    fn stretch(&mut self, end: usize) {
        if let Some(last) = self.marks.last_mut() {
            last.end = end;
        }
    }

    fn push(&mut self, c: char, start: usize, end: usize) {
        if matches!(c, '\u{653}'..='\u{655}') {
            self.compose_hamza(c);
            self.stretch(end);
            return;
        }
        match self.strength {
            Strength::Light => self.append(light(c), start, end),
            Strength::Fold if c.is_ascii() => self.append(c.to_ascii_lowercase(), start, end),
            Strength::Fold => match folded(light(c)) {
                'و' if self.text.ends_with('ئ') => {
                    self.replace_last('ؤ');
                    self.append('و', start, end);
                }
                letter if is_arabic(letter) => self.append(letter, start, end),
                other => other.to_lowercase().for_each(|lower| self.append(lower, start, end)),
            },
        }
    }

    fn append(&mut self, c: char, start: usize, end: usize) {
        if !c.is_ascii()
            && !is_arabic(c)
            && let Some(last) = self.text.chars().next_back()
            && let Some(whole) = compose(last, c)
        {
            self.replace_last(whole);
            self.stretch(end);
            return;
        }
        if self.mapped {
            self.marks.push(Mark { at: self.text.len(), start, end });
        }
        self.text.push(c);
    }

    fn replace_last(&mut self, c: char) {
        self.text.pop();
        self.text.push(c);
    }

    /// A hamza or madda written as a combining mark joins its letter where that makes a letter, else it is a sign.
    fn compose_hamza(&mut self, mark: char) {
        let Some(last) = self.text.chars().next_back() else { return };
        let whole = match (last, mark) {
            ('ا', _) if self.strength == Strength::Fold => None,
            ('ا', '\u{653}') => Some('آ'),
            ('ا', '\u{654}') => Some('أ'),
            ('ا', '\u{655}') => Some('إ'),
            ('و', '\u{654}') => Some('ؤ'),
            ('ي' | 'ى', '\u{654}') => Some('ئ'),
            _ => None,
        };
        if let Some(whole) = whole {
            self.replace_last(whole);
        }
    }
}

/// The mapping that both forms share.
fn light(c: char) -> char {
    match c {
        '\u{660}'..='\u{669}' => digit(c as u32 - 0x660),
        '\u{6F0}'..='\u{6F9}' => digit(c as u32 - 0x6F0),
        'ی' | 'ۍ' | 'ې' | 'ے' => 'ي',
        'ک' | 'ڪ' => 'ك',
        'ہ' | 'ھ' | 'ە' => 'ه',
        'ٱ' => 'ا',
        '\u{66B}' => '.',
        '\u{66C}' => ',',
        '\u{66A}' => '%',
        c if c.is_whitespace() && c != '\n' && c != '\r' => ' ',
        c => c,
    }
}

fn folded(c: char) -> char {
    match c {
        'أ' | 'إ' | 'آ' => 'ا',
        'ى' => 'ي',
        'ة' => 'ه',
        'ڤ' => 'ف',
        'پ' => 'ب',
        'چ' => 'ج',
        'ژ' => 'ز',
        'گ' => 'ك',
        c => c,
    }
}

fn digit(value: u32) -> char {
    char::from_digit(value, 10).unwrap_or('0')
}

/// Characters that neither decompose nor compose and have no case, but for ASCII letters: nearly all of a text.
fn is_plain(c: char) -> bool {
    c.is_ascii()
        || matches!(c, '\u{621}'..='\u{64A}' | '\u{660}'..='\u{669}' | '\u{60C}' | '\u{61B}' | '\u{61F}')
        || matches!(c, '«' | '»' | '“' | '”' | '‘' | '’' | '–' | '—')
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{8A0}'..='\u{8FF}')
}

fn is_removed(c: char) -> bool {
    c == TATWEEL || is_tashkeel(c) || is_invisible(c)
}

/// Whether `c` is a vowel sign, shadda, sukun, superscript alef or Quranic mark: a mark that newspapers leave out at
/// will. The combining hamzas and madda (U+0653 to U+0655), which can make a letter, are not.
pub fn is_tashkeel(c: char) -> bool {
    matches!(
        c,
        '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{652}' | '\u{656}'..='\u{65F}' | '\u{670}'
            | '\u{6D6}'..='\u{6DC}' | '\u{6DF}'..='\u{6E8}' | '\u{6EA}'..='\u{6ED}' | '\u{8D3}'..='\u{8FF}'
    )
}

/// Whether `c` shows nothing: zero-width characters, bidi controls, the byte order mark, the soft hyphen.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}'
    )
}

/// Whether `c` is a letter of the Arabic script, in whatever language and form (presentation forms included), tatweel
/// and signs excluded.
pub fn is_arabic_letter(c: char) -> bool {
    matches!(
        c,
        '\u{620}'..='\u{63F}' | '\u{641}'..='\u{64A}' | '\u{66E}' | '\u{66F}' | '\u{671}'..='\u{6D3}' | '\u{6D5}'
            | '\u{6EE}' | '\u{6EF}' | '\u{6FA}'..='\u{6FC}' | '\u{6FF}' | '\u{750}'..='\u{77F}'
            | '\u{8A0}'..='\u{8C7}' | '\u{FB50}'..='\u{FBB1}' | '\u{FBD3}'..='\u{FD3D}' | '\u{FD50}'..='\u{FDFB}'
            | '\u{FE70}'..='\u{FEFC}'
    )
}

/// Whether `c` is a letter or digit of any script: [`char::is_alphanumeric`], several times as fast for Arabic letters.
///
/// ```
/// use marsad_arabic::orthography::is_alphanumeric;
/// assert!(is_alphanumeric('ب') && is_alphanumeric('٣') && is_alphanumeric('x') && !is_alphanumeric('،'));
/// ```
pub fn is_alphanumeric(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{64A}' | '\u{660}'..='\u{669}') || c.is_alphanumeric()
}

/// Whether `c` may stand inside an Arabic word: a letter, a sign, tatweel or an invisible character.
pub fn is_word_char(c: char) -> bool {
    is_arabic_letter(c)
        || c == TATWEEL
        || is_tashkeel(c)
        || matches!(c, '\u{653}'..='\u{655}')
        || is_invisible(c)
}

/// The value of an ASCII, Arabic-Indic or Persian digit.
pub fn digit_value(c: char) -> Option<u32> {
    light(c).to_digit(10)
}

/// The share of the letters of a text that are Arabic, 0 to 1; 0 for a text without letters.
pub fn arabic_share(text: &str) -> f64 {
    let (mut arabic, mut all) = (0_u32, 0_u32);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        all += 1;
        arabic += u32::from(is_arabic_letter(c));
    }
    if all == 0 { 0.0 } else { f64::from(arabic) / f64::from(all) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds() {
        for (name, raw, want) in [
            ("vowel signs", "مُحَمَّدٌ", "محمد"),
            ("tatweel", "الـــعراق", "العراق"),
            ("hamza on alef", "أإآٱ", "اااا"),
            ("combining hamza", "\u{627}\u{654}حمد", "احمد"),
            ("combining hamza on waw", "مس\u{648}\u{654}ول", "مسؤول"),
            ("final yeh and teh", "مستشفى كبيرة", "مستشفي كبيره"),
            ("persian letters", "کیان", "كيان"),
            ("hamza seat before waw", "شئون", "شؤون"),
            ("hamza seat kept", "رئيس", "رئيس"),
            ("presentation forms", "\u{FEFB}\u{FE91}", "لاب"),
            ("spacing sign", "ب\u{FE77}ت", "بت"),
            ("digits", "١٢٣ ۴۵", "123 45"),
            ("separators", "٣٫٥ ١٬٠٠٠ ٥٪", "3.5 1,000 5%"),
            ("controls", "\u{200F}قال\u{200C}\u{202C}", "قال"),
            ("nbsp", "في\u{A0}بغداد", "في بغداد"),
            ("latin", "Reuters CAFÉ", "reuters café"),
            ("foreign letters", "ڤيينا پاريس", "فيينا باريس"),
        ] {
            assert_eq!(fold(raw), want, "{name}");
        }
    }

    #[test]
    fn normalizes_lightly() {
        assert_eq!(normalize("أُسْرَةٌ إلى مُسْتَشْفَى"), "أسرة إلى مستشفى");
        assert_eq!(normalize("\u{627}\u{653}ب"), "آب");
    }

    #[test]
    fn maps_back_to_the_submitted_text() {
        let raw = "في بَغـْدادَ،";
        let form = Normalized::folded(raw);
        let at = form.text().find("بغداد").unwrap();
        assert_eq!(form.submitted(at, at + "بغداد".len()).unwrap().slice(raw), Some("بَغـْدادَ"));
        assert_eq!(form.submitted(0, 1), None);
        assert_eq!(form.submitted(4, 900), None);
        let ligature = Normalized::folded("\u{FEFB}");
        assert_eq!(ligature.submitted(0, 2).unwrap(), Span::new(0, 3));
    }

    #[test]
    fn share_of_arabic() {
        assert!(arabic_share("خبر") > 0.99);
        assert!(arabic_share("news") < 0.01);
        assert!(arabic_share("12 %").abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn forms_are_idempotent(text in "[ء-ي٠-٩a-zA-Z\u{64B}-\u{655}ـ0-9 ،.پیکﻻ]{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
            let light = normalize(&text);
            prop_assert_eq!(normalize(&light), light.clone());
            prop_assert_eq!(fold(&light), once);
        }

        #[test]
        fn mapped_form_equals_plain_form(text in any::<String>()) {
            let form = Normalized::folded(&text);
            prop_assert_eq!(form.text(), fold(&text));
            for (at, c) in form.text().char_indices() {
                let span = form.submitted(at, at + c.len_utf8()).unwrap();
                prop_assert!(span.slice(&text).is_some());
            }
        }

        #[test]
        fn signs_do_not_matter(word in "[ء-غف-ي]{1,12}", sign in "[\u{64B}-\u{652}ـ]") {
            let signed: String = word.chars().flat_map(|c| [c, sign.chars().next().unwrap()]).collect();
            prop_assert_eq!(fold(&signed), fold(&word));
        }
    }
}
