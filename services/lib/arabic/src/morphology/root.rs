//! Roots, verb forms and vowels: what a verb is made of.

use std::fmt;
use std::str::FromStr;

use super::MorphologyError;

/// A short vowel.
///
/// ```
/// use marsad_arabic::morphology::Vowel;
/// assert_eq!("u".parse::<Vowel>(), Ok(Vowel::U));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Vowel {
    /// Fatha.
    A,
    /// Kasra.
    I,
    /// Damma.
    U,
}

impl FromStr for Vowel {
    type Err = MorphologyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "a" => Ok(Self::A),
            "i" => Ok(Self::I),
            "u" => Ok(Self::U),
            _ => Err(MorphologyError::Vowel(text.to_owned())),
        }
    }
}

/// A root of three or four consonants.
///
/// A weak radical is named by its consonant, و or ي (never ا or ى); a hamza may be written on any seat.
///
/// ```
/// use marsad_arabic::morphology::Root;
/// let root: Root = "أ-خ-ذ".parse()?;
/// assert_eq!(root.to_string(), "ء-خ-ذ");
/// assert!("ق-ا-ل".parse::<Root>().is_err());
/// # Ok::<(), marsad_arabic::morphology::MorphologyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Root {
    radicals: Vec<char>,
}

impl Root {
    /// The radicals in order: three or four letters, a hamza as ء.
    ///
    /// ```
    /// use marsad_arabic::morphology::Root;
    /// let root: Root = "س-ء-ل".parse()?;
    /// assert_eq!(root.radicals(), ['س', 'ء', 'ل']);
    /// # Ok::<(), marsad_arabic::morphology::MorphologyError>(())
    /// ```
    #[must_use]
    pub fn radicals(&self) -> &[char] {
        &self.radicals
    }

    /// The radical at a position that counts from 1, or `None` past the end.
    pub(super) fn radical(&self, position: u8) -> Option<char> {
        let index = usize::from(position).checked_sub(1)?;
        self.radicals.get(index).copied()
    }

    /// Whether the radical at this position is و or ي.
    pub(super) fn is_weak_at(&self, position: u8) -> bool {
        self.radical(position).is_some_and(is_glide)
    }

    /// Whether these are the radicals of the root.
    pub(super) fn is(&self, radicals: [char; 3]) -> bool {
        self.radicals == radicals
    }

    pub(super) fn is_triliteral(&self) -> bool {
        self.radicals.len() == 3
    }
}

impl FromStr for Root {
    type Err = MorphologyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let radicals = text
            .split('-')
            .map(|part| {
                let mut letters = part.chars();
                match (letters.next().and_then(radical), letters.next()) {
                    (Some(letter), None) => Ok(letter),
                    _ => Err(MorphologyError::Radical(text.to_owned())),
                }
            })
            .collect::<Result<Vec<_>, _>>()?;
        if !(3..=4).contains(&radicals.len()) {
            return Err(MorphologyError::RootLength(text.to_owned()));
        }
        Ok(Self { radicals })
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, letter) in self.radicals.iter().enumerate() {
            if index > 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

fn radical(letter: char) -> Option<char> {
    match letter {
        'أ' | 'إ' | 'ؤ' | 'ئ' | 'آ' | 'ء' => Some('ء'),
        'ة' => None,
        'ب'..='غ' | 'ف'..='و' | 'ي' => Some(letter),
        _ => None,
    }
}

pub(super) fn is_glide(letter: char) -> bool {
    matches!(letter, 'و' | 'ي')
}

/// The gutturals, which draw an *a* to the vowel beside them (Wright, vol. I, §§ 91-93).
pub(super) fn is_guttural(letter: char) -> bool {
    matches!(letter, 'ء' | 'ه' | 'ع' | 'ح' | 'غ' | 'خ')
}

/// A verb form: I to X of three radicals, Q1 and Q2 of four.
///
/// ```
/// use marsad_arabic::morphology::VerbForm;
/// assert_eq!("VIII".parse::<VerbForm>(), Ok(VerbForm::VIII));
/// assert_eq!(VerbForm::Q1.to_string(), "Q1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VerbForm {
    /// فعل
    I,
    /// فعّل
    II,
    /// فاعل
    III,
    /// أفعل
    IV,
    /// تفعّل
    V,
    /// تفاعل
    VI,
    /// انفعل
    VII,
    /// افتعل
    VIII,
    /// افعلّ
    IX,
    /// استفعل
    X,
    /// فعلل
    Q1,
    /// تفعلل
    Q2,
}

impl VerbForm {
    /// All forms, in order.
    pub const ALL: [Self; 12] = [
        Self::I,
        Self::II,
        Self::III,
        Self::IV,
        Self::V,
        Self::VI,
        Self::VII,
        Self::VIII,
        Self::IX,
        Self::X,
        Self::Q1,
        Self::Q2,
    ];

    /// How many radicals a root of this form has: 3 or 4.
    ///
    /// ```
    /// use marsad_arabic::morphology::VerbForm;
    /// assert_eq!(VerbForm::Q2.radicals(), 4);
    /// ```
    #[must_use]
    pub const fn radicals(self) -> usize {
        match self {
            Self::Q1 | Self::Q2 => 4,
            _ => 3,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::I => "I",
            Self::II => "II",
            Self::III => "III",
            Self::IV => "IV",
            Self::V => "V",
            Self::VI => "VI",
            Self::VII => "VII",
            Self::VIII => "VIII",
            Self::IX => "IX",
            Self::X => "X",
            Self::Q1 => "Q1",
            Self::Q2 => "Q2",
        }
    }
}

impl fmt::Display for VerbForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for VerbForm {
    type Err = MorphologyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|form| form.name() == text)
            .ok_or_else(|| MorphologyError::Form(text.to_owned()))
    }
}
