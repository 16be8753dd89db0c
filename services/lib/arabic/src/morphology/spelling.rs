//! From segments to unvocalised spelling, with the seat of the hamza.

use super::root::Vowel;
use super::segment::{HAMZA, Segment};

/// What comes before a hamza.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Before {
    /// Nothing: the hamza begins the word.
    Start,
    /// A short vowel.
    Short(Vowel),
    /// A long vowel.
    Long(Vowel),
    /// A ي without a vowel, as in شيء.
    Ya,
    /// A و without a vowel, as in ضوء.
    Waw,
    /// Any other consonant without a vowel.
    Consonant,
}

/// What comes after a hamza.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum After {
    /// Nothing that is written: the hamza ends the word (a case or mood vowel may follow).
    End,
    /// A short vowel within the word.
    Short(Vowel),
    /// A long vowel that is written with ا, ي or و.
    Long(Vowel),
    /// A consonant: the hamza has no vowel.
    Consonant,
}

/// The letter that stands for a hamza; آ stands for the hamza and the long *a* after it.
///
/// The stronger of the two neighbouring vowels takes the seat, kasra before damma before fatha; a hamza at the end
/// looks back only (Wright, vol. I, §§ 15-17; Ryding, ch. 2).
///
/// ```
/// use marsad_arabic::morphology::{After, Before, Vowel, hamza_seat};
/// // تساؤل
/// assert_eq!(hamza_seat(Before::Long(Vowel::A), After::Short(Vowel::U)), 'ؤ');
/// // قرآن
/// assert_eq!(hamza_seat(Before::Consonant, After::Long(Vowel::A)), 'آ');
/// // لقاء
/// assert_eq!(hamza_seat(Before::Long(Vowel::A), After::End), 'ء');
/// ```
#[must_use]
pub fn hamza_seat(before: Before, after: After) -> char {
    use Vowel::{A, I, U};
    match (before, after) {
        (Before::Start, After::Short(I) | After::Long(I)) => 'إ',
        (Before::Start, After::Long(A)) => 'آ',
        (Before::Start, _) => 'أ',

        (Before::Short(A), After::End) => 'أ',
        (Before::Short(I), After::End) => 'ئ',
        (Before::Short(U), After::End) => 'ؤ',
        (_, After::End) => 'ء',

        (_, After::Short(I) | After::Long(I)) => 'ئ',
        (Before::Short(I) | Before::Long(I) | Before::Ya, _) => 'ئ',
        (_, After::Short(U) | After::Long(U)) | (Before::Short(U), _) => 'ؤ',
        (Before::Long(A | U) | Before::Waw, _) => 'ء',
        (Before::Short(A) | Before::Consonant, After::Long(A)) => 'آ',
        (Before::Short(A) | Before::Consonant, _) => 'أ',
    }
}

/// The other seat in use before a long *u*: بدأوا beside بدؤوا, جاءوا beside جاؤوا, مسئول beside مسؤول.
fn seat_before_waw(before: Before, joins: bool) -> Option<char> {
    match before {
        Before::Short(Vowel::A) => Some('أ'),
        Before::Long(Vowel::A | Vowel::U) | Before::Waw => Some('ء'),
        Before::Consonant if joins => Some('ئ'),
        Before::Consonant => Some('ء'),
        _ => None,
    }
}

/// Whether a letter joins the next one in script.
fn joins_next(letter: char) -> bool {
    !matches!(letter, 'ا' | 'أ' | 'إ' | 'آ' | 'د' | 'ذ' | 'ر' | 'ز' | 'و' | 'ؤ' | 'ء' | 'ى' | 'ة')
}

/// All spellings of a word, the standard one first. `attached`: a pronoun follows, so nothing of it is word-final.
pub(super) fn spellings(word: &[Segment], attached: bool) -> Vec<String> {
    let standard = Speller { word, attached, waw_seat: false }.spell();
    let other = Speller { word, attached, waw_seat: true }.spell();
    if other == standard { vec![standard] } else { vec![standard, other] }
}

struct Speller<'a> {
    word: &'a [Segment],
    attached: bool,
    /// Whether to use the other seat before a long *u*.
    waw_seat: bool,
}

impl Speller<'_> {
    fn spell(&self) -> String {
        let mut out = String::new();
        let mut index = 0;
        while let Some(&segment) = self.word.get(index) {
            let is_last = index + 1 == self.word.len();
            let is_final = is_last && !self.attached;
            index += 1;
            match segment {
                Segment::Radical(_, HAMZA) | Segment::Consonant(HAMZA) => {
                    index = self.spell_hamza(index - 1, &mut out);
                }
                Segment::Radical(_, letter) | Segment::Consonant(letter) => {
                    // A doubled consonant is one letter.
                    if self.letter(index) != Some(letter) {
                        out.push(letter);
                    }
                }
                Segment::Written(letter) => out.push(letter),
                Segment::Short(_) | Segment::DroppedGlide => {}
                Segment::Long(Vowel::A) | Segment::Prothetic | Segment::Tanwin => out.push('ا'),
                Segment::Long(Vowel::I) => out.push('ي'),
                Segment::Long(Vowel::U) => out.push('و'),
                Segment::Maqsura => out.push(if is_final { 'ى' } else { 'ا' }),
                Segment::TaMarbuta => out.push(if is_final { 'ة' } else { 'ت' }),
                Segment::OtioseAlif if self.attached => {}
                Segment::OtioseAlif => out.push('ا'),
            }
        }
        out
    }

    fn letter(&self, index: usize) -> Option<char> {
        self.word.get(index).copied().and_then(Segment::letter)
    }

    /// Writes the hamza at `start` and returns the index of the first segment after what it wrote.
    fn spell_hamza(&self, start: usize, out: &mut String) -> usize {
        let mut next = start + 1;
        while self.letter(next) == Some(HAMZA) {
            next += 1;
        }
        let before = self.before(start);
        if let (Some(Segment::Short(Vowel::A)), Some(Segment::Tanwin)) =
            (self.word.get(next), self.word.get(next + 1))
        {
            spell_accusative(before, out);
            return next + 2;
        }
        let after = self.after(next, before);
        let mut seat = hamza_seat(before, after);
        if self.waw_seat && after == After::Long(Vowel::U) {
            let joins = out.chars().next_back().is_some_and(joins_next);
            seat = seat_before_waw(before, joins).unwrap_or(seat);
        }
        out.push(seat);
        if seat == 'آ' { next + 1 } else { next }
    }

    fn before(&self, index: usize) -> Before {
        let Some(previous) = index.checked_sub(1).and_then(|i| self.word.get(i)) else {
            return Before::Start;
        };
        match *previous {
            Segment::Short(vowel) => Before::Short(vowel),
            Segment::Long(vowel) => Before::Long(vowel),
            Segment::Maqsura | Segment::Written('ا') => Before::Long(Vowel::A),
            Segment::Written('و') => Before::Long(Vowel::U),
            Segment::Written('ي') => Before::Long(Vowel::I),
            Segment::Radical(_, 'ي') | Segment::Consonant('ي') => Before::Ya,
            Segment::Radical(_, 'و') | Segment::Consonant('و') => Before::Waw,
            _ => Before::Consonant,
        }
    }

    fn after(&self, index: usize, before: Before) -> After {
        let is_last = index + 1 >= self.word.len();
        match self.word.get(index) {
            None if self.attached => After::Consonant,
            None => After::End,
            Some(Segment::Short(_)) if is_last && !self.attached => After::End,
            // جاء for جاءٍ, but لم ينأ, مرتئ.
            Some(Segment::Short(_)) if self.is_dropped_after_long(index, before) => After::End,
            Some(Segment::Short(vowel)) => After::Short(*vowel),
            Some(Segment::Long(vowel)) => After::Long(*vowel),
            // ى is written apart from the hamza: رأى, but رآه.
            Some(Segment::Maqsura) if is_last && !self.attached => After::Short(Vowel::A),
            Some(Segment::Maqsura) => After::Long(Vowel::A),
            Some(_) => After::Consonant,
        }
    }

    /// Whether a hamza after a long vowel has lost the glide that followed its vowel, at `index`.
    fn is_dropped_after_long(&self, index: usize, before: Before) -> bool {
        !self.attached
            && matches!(before, Before::Long(_))
            && self.word.get(index + 1) == Some(&Segment::DroppedGlide)
    }
}

/// A hamza with the indefinite accusative: no alif after أ and اء (لقاء، مبدأ), else one (شيئا، جزءا، عبئا).
fn spell_accusative(before: Before, out: &mut String) {
    match before {
        Before::Short(Vowel::A) | Before::Long(Vowel::A) => out.push(hamza_seat(before, After::End)),
        Before::Consonant => {
            let joins = out.chars().next_back().is_some_and(joins_next);
            out.push(if joins { 'ئ' } else { 'ء' });
            out.push('ا');
        }
        _ => {
            out.push(hamza_seat(before, After::Short(Vowel::A)));
            out.push('ا');
        }
    }
}
