//! The rules that turn a stem over a weak, doubled or hamzated root into what is spoken.
//!
//! Each rule rewrites the segments in place; [`apply`] fixes their order: assimilation and elision of the first radical,
//! then the middle one, then doubling, then the last radical, then what any glide or hamza does before a consonant.

use super::root::{Root, VerbForm, Vowel, is_glide, is_guttural};
use super::segment::{HAMZA, Segment};

/// The part of the paradigm a stem belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stem {
    PastActive,
    PastPassive,
    ImperfectActive,
    ImperfectPassive,
    Imperative,
    Masdar,
    ActiveParticiple,
    PassiveParticiple,
}

impl Stem {
    const fn is_past(self) -> bool {
        matches!(self, Self::PastActive | Self::PastPassive)
    }
}

/// What the rules need to know of the verb.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) root: &'a Root,
    pub(super) form: VerbForm,
    pub(super) stem: Stem,
    pub(super) past_vowel: Vowel,
    pub(super) imperfect_vowel: Vowel,
    /// Whether a glide in the middle stays a consonant where the form would contract it (استجوب, ازدوج).
    pub(super) sound_middle: bool,
}

impl Context<'_> {
    /// Whether the middle radical is a glide that this form contracts (Wright, vol. I, §§ 149-163).
    pub(super) fn is_hollow(&self) -> bool {
        self.root.is_triliteral()
            && self.root.is_weak_at(2)
            && !self.root.is_weak_at(3)
            && !self.sound_middle
            && matches!(self.form, VerbForm::I | VerbForm::IV | VerbForm::VII | VerbForm::VIII | VerbForm::X)
    }

    /// Whether equal second and third radicals, or the two last letters of form IX, can contract (Wright, vol. I, §§ 120-127).
    pub(super) fn is_doubled(&self) -> bool {
        let same = self.root.is_triliteral()
            && self.root.radical(2) == self.root.radical(3)
            && !self.root.is_weak_at(3)
            && !matches!(self.form, VerbForm::II | VerbForm::V | VerbForm::IX);
        same || (self.form == VerbForm::IX && !self.root.is_weak_at(3))
    }

    /// Whether a first radical و is lost in the active imperfect of form I: يصل، يقع, not يوجل (Wright, vol. I, §§ 140-148).
    fn drops_initial_waw(&self) -> bool {
        let guttural = |position| self.root.radical(position).is_some_and(is_guttural);
        self.form == VerbForm::I
            && matches!(self.stem, Stem::ImperfectActive | Stem::Imperative)
            && self.root.radical(1) == Some('و')
            && !self.root.is_weak_at(2)
            && self.root.radical(2) != self.root.radical(3)
            && match self.imperfect_vowel {
                Vowel::I => true,
                Vowel::A => guttural(2) || guttural(3),
                Vowel::U => false,
            }
    }

    /// The hamza of أخذ، أكل، أمر is lost in the imperative (Wright, vol. I, § 137).
    fn drops_initial_hamza(&self) -> bool {
        self.form == VerbForm::I
            && self.stem == Stem::Imperative
            && [['ء', 'خ', 'ذ'], ['ء', 'ك', 'ل'], ['ء', 'م', 'ر']].iter().any(|&root| self.root.is(root))
    }

    /// The hamza of رأى is lost in the imperfect and in all of form IV: يرى، أرى (Wright, vol. I, § 176).
    pub(super) fn drops_middle_hamza(&self) -> bool {
        self.root.is(['ر', 'ء', 'ي'])
            && match self.form {
                VerbForm::I => {
                    matches!(self.stem, Stem::ImperfectActive | Stem::ImperfectPassive | Stem::Imperative)
                }
                VerbForm::IV => true,
                _ => false,
            }
    }
}

/// Applies all rules to a stem with its affixes.
pub(super) fn apply(word: &mut Vec<Segment>, context: &Context<'_>) {
    if context.root.is_triliteral() {
        if context.form == VerbForm::VIII {
            assimilate_infix(word, context.root);
        }
        if context.drops_initial_waw() || context.drops_initial_hamza() {
            remove_radical(word, 1);
        }
        if context.drops_middle_hamza() {
            remove_radical(word, 2);
        }
        if context.is_hollow() {
            contract_middle_glide(word, context);
        }
    }
    if context.is_doubled() {
        contract_doubled(word);
    }
    contract_last_glide(word, context);
    if context.stem == Stem::Imperative {
        add_prothetic(word, context);
    }
    lengthen_before_glide(word);
    merge_hamzas(word);
    drop_silent_accusative(word);
}

fn position_of(word: &[Segment], radical: u8) -> Option<usize> {
    word.iter().position(|segment| matches!(segment, Segment::Radical(position, _) if *position == radical))
}

fn remove_radical(word: &mut Vec<Segment>, radical: u8) {
    if let Some(index) = position_of(word, radical) {
        word.remove(index);
    }
}

fn letter_at(word: &[Segment], index: usize) -> Option<char> {
    word.get(index).copied().and_then(Segment::letter)
}

/// The *t* of form VIII and the first radical become alike (Ryding, ch. 29): اصطدم، ازداد، اتصل.
fn assimilate_infix(word: &mut [Segment], root: &Root) {
    let Some(index) = position_of(word, 1) else { return };
    let Some(first) = letter_at(word, index) else { return };
    let (first, infix) = match first {
        'و' | 'ي' | 'ت' => ('ت', 'ت'),
        HAMZA if root.is(['ء', 'خ', 'ذ']) => ('ت', 'ت'),
        'ث' => ('ث', 'ث'),
        'د' | 'ذ' => ('د', 'د'),
        'ز' => ('ز', 'د'),
        'ص' | 'ض' | 'ط' => (first, 'ط'),
        'ظ' => ('ظ', 'ظ'),
        _ => return,
    };
    if let Some([radical, segment]) = word.get_mut(index..index + 2) {
        *radical = Segment::Radical(1, first);
        *segment = Segment::Consonant(infix);
    }
}

/// Whether the consonant at `index` closes the syllable: another consonant or the end follows.
fn closes_syllable(word: &[Segment], index: usize) -> bool {
    word.get(index + 1).is_none_or(|next| next.is_consonant())
}

fn long_or_short(vowel: Vowel, closed: bool) -> Segment {
    if closed { Segment::Short(vowel) } else { Segment::Long(vowel) }
}

/// The glide in the middle of a hollow verb (Wright, vol. I, §§ 149-163): قال، يقول، قيل، يقال، أقام، إقامة، قائل، مبيع.
fn contract_middle_glide(word: &mut Vec<Segment>, context: &Context<'_>) {
    let Some(index) = position_of(word, 2) else { return };
    let Some(glide) = letter_at(word, index) else { return };
    let Some(&before) = index.checked_sub(1).and_then(|i| word.get(i)) else {
        // The imperative has lost its prefix, and a root its first radical: nothing to lean on.
        return;
    };
    let Some(&after) = word.get(index + 1) else { return };
    let closed = closes_syllable(word, index + 2);
    match (before, after) {
        (Segment::Short(first), Segment::Short(second)) => {
            let long = if first == Vowel::U && second == Vowel::I { Vowel::I } else { Vowel::A };
            let short = if long == Vowel::I {
                Vowel::I
            } else if context.form == VerbForm::I && context.stem == Stem::PastActive {
                if glide == 'و' && context.past_vowel == Vowel::A { Vowel::U } else { Vowel::I }
            } else {
                Vowel::A
            };
            let vowel = if closed { Segment::Short(short) } else { Segment::Long(long) };
            word.splice(index - 1..index + 2, [vowel]);
        }
        (Segment::Short(Vowel::I), Segment::Long(Vowel::A)) => {
            if let Some(segment) = word.get_mut(index) {
                *segment = Segment::Radical(2, 'ي');
            }
        }
        (Segment::Long(Vowel::A), Segment::Short(Vowel::I)) => {
            if let Some(segment) = word.get_mut(index) {
                *segment = Segment::Radical(2, HAMZA);
            }
            // Of two hamzas in one participle the second gives way: جاءٍ.
            if let Some(segment) = word.get_mut(index + 2)
                && segment.letter() == Some(HAMZA)
            {
                *segment = Segment::Radical(3, 'ي');
            }
        }
        (consonant, Segment::Short(vowel)) if consonant.is_consonant() => {
            word.splice(index..index + 2, [long_or_short(vowel, closed)]);
        }
        (consonant, Segment::Long(vowel)) if consonant.is_consonant() => {
            let vowel = if vowel == Vowel::U && glide == 'ي' { Vowel::I } else { vowel };
            word.splice(index..index + 2, [Segment::Long(vowel)]);
        }
        _ => {}
    }
}

/// Two equal radicals with a short vowel between them and a vowel after them join: رد، يرد, but رددت، يرددن.
fn contract_doubled(word: &mut Vec<Segment>) {
    let joined = word.windows(4).position(|window| match window {
        [Segment::Radical(_, first), Segment::Short(_), Segment::Radical(3, second), after] => {
            first == second && after.is_vowel()
        }
        _ => false,
    });
    let Some(index) = joined else { return };
    let before_is_consonant =
        index.checked_sub(1).and_then(|i| word.get(i)).is_some_and(|before| before.is_consonant());
    if before_is_consonant {
        word.swap(index, index + 1);
    } else {
        word.remove(index + 1);
    }
}

/// The last radical, if it is a glide (Wright, vol. I, §§ 164-170).
fn contract_last_glide(word: &mut Vec<Segment>, context: &Context<'_>) {
    let Some(index) = word.iter().rposition(|segment| matches!(segment, Segment::Radical(..))) else {
        return;
    };
    let last = u8::try_from(context.root.radicals().len()).unwrap_or_default();
    let Some(&Segment::Radical(position, letter)) = word.get(index) else { return };
    if position != last || !is_glide(letter) {
        return;
    }
    let Some(before_index) = index.checked_sub(1) else { return };
    match word.get(before_index) {
        Some(Segment::Long(Vowel::A)) => word[index] = Segment::Radical(last, HAMZA),
        Some(Segment::Long(Vowel::U)) => {
            // مدعوّ, but مرميّ, مرضيّ.
            let glide = if letter == 'و' && context.past_vowel == Vowel::A { 'و' } else { 'ي' };
            let vowel = if glide == 'و' { Vowel::U } else { Vowel::I };
            let geminate =
                [Segment::Short(vowel), Segment::Radical(last, glide), Segment::Radical(last, glide)];
            word.splice(before_index..=index, geminate);
        }
        Some(&Segment::Short(vowel)) => {
            let vowel = if context.stem == Stem::Masdar && vowel == Vowel::U { Vowel::I } else { vowel };
            let keeps_waw = vowel == Vowel::U
                || (vowel == Vowel::A && context.form == VerbForm::I && context.stem == Stem::PastActive);
            let glide = if letter == 'و' && keeps_waw { 'و' } else { 'ي' };
            word[before_index] = Segment::Short(vowel);
            word[index] = Segment::Radical(last, glide);
            contract_glide_after(word, index, vowel, context.stem);
        }
        _ => {}
    }
}

/// Contracts the glide at `index`, which ends the stem and follows the short `vowel`, with what comes after it.
pub(super) fn contract_glide_after(word: &mut Vec<Segment>, index: usize, vowel: Vowel, stem: Stem) {
    let Some(before_index) = index.checked_sub(1) else { return };
    let next = word.get(index + 1).copied();
    let next_but_one = word.get(index + 2).copied();
    match (vowel, next) {
        // The jussive drops it: لم يجر.
        (_, None) => word[index] = Segment::DroppedGlide,
        (Vowel::A, Some(Segment::Short(after))) => {
            // The dual ending *ay* leaves it: مصطفيين.
            if after == Vowel::A && next_but_one == Some(Segment::Consonant('ي')) {
                return;
            }
            let contracted = contracted_a(word, index, stem, next_but_one);
            word.splice(before_index..index + 2, [contracted]);
        }
        // سعوا، تسعين
        (Vowel::A, Some(Segment::Long(long @ (Vowel::U | Vowel::I)))) => {
            let glide = if long == Vowel::U { 'و' } else { 'ي' };
            word.splice(index..index + 2, [Segment::Consonant(glide)]);
        }
        (Vowel::I | Vowel::U, Some(Segment::Short(Vowel::U | Vowel::I))) => {
            word.splice(before_index..index + 2, [Segment::Long(vowel)]);
        }
        (Vowel::I | Vowel::U, Some(Segment::Long(long @ (Vowel::U | Vowel::I)))) => {
            word.splice(before_index..index + 2, [Segment::Long(long)]);
        }
        (Vowel::I | Vowel::U, Some(after)) if after.is_consonant() => {
            word.splice(before_index..=index, [Segment::Long(vowel)]);
        }
        _ => {}
    }
}

/// What *a* + glide + short vowel gives: ا for و in the past of form I and after ي, else ى; short before *t* of the
/// feminine of the past (رمت, رمتا).
fn contracted_a(word: &[Segment], index: usize, stem: Stem, following: Option<Segment>) -> Segment {
    if stem.is_past() && following.is_some_and(Segment::is_consonant) {
        return Segment::Short(Vowel::A);
    }
    let after_ya = index.checked_sub(2).and_then(|i| letter_at(word, i)) == Some('ي');
    if after_ya || letter_at(word, index) == Some('و') { Segment::Long(Vowel::A) } else { Segment::Maqsura }
}

/// *iw, iy* and *uy, uw* before another consonant become long (Wright, vol. I, §§ 140-148): إيقاف، يوقف، ميعاد.
fn lengthen_before_glide(word: &mut Vec<Segment>) {
    let mut index = 0;
    while let Some(window) = word.get(index..index + 3) {
        if let [Segment::Short(vowel @ (Vowel::I | Vowel::U)), glide, after] = *window
            && let (Some(glide), Some(after)) = (glide.letter(), after.letter())
            && is_glide(glide)
            && glide != after
        {
            word.splice(index..index + 2, [Segment::Long(vowel)]);
        }
        index += 1;
    }
}

/// A hamza without a vowel after hamza and vowel lengthens that vowel (Wright, vol. I, § 135): آمن، إيمان، آخذ.
fn merge_hamzas(word: &mut Vec<Segment>) {
    let mut index = 0;
    while let Some(window) = word.get(index..index + 4) {
        if let [first, Segment::Short(vowel), second, after] = *window
            && first.letter() == Some(HAMZA)
            && second.letter() == Some(HAMZA)
            && after.is_consonant()
        {
            word.splice(index + 1..index + 3, [Segment::Long(vowel)]);
        }
        index += 1;
    }
}

/// No alif of the accusative after a long *a* or ة.
fn drop_silent_accusative(word: &mut Vec<Segment>) {
    if let [.., before, Segment::Tanwin] = word.as_slice()
        && !matches!(before, Segment::Short(_))
    {
        word.pop();
    }
}

/// An imperative that would begin with two consonants takes an elidable alif.
fn add_prothetic(word: &mut Vec<Segment>, context: &Context<'_>) {
    if let [first, second, ..] = word.as_slice()
        && first.is_consonant()
        && second.is_consonant()
    {
        let is_u = context.form == VerbForm::I && context.imperfect_vowel == Vowel::U;
        let vowel = if is_u { Vowel::U } else { Vowel::I };
        word.splice(0..0, [Segment::Prothetic, Segment::Short(vowel)]);
    }
}
