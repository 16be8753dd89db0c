//! What a surface form says of itself: inflection, person, number, gender, voice.

/// Grammatical person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Person {
    /// The speaker.
    First,
    /// The one spoken to.
    Second,
    /// The one spoken of.
    Third,
}

/// Grammatical number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Number {
    /// One.
    Singular,
    /// Two.
    Dual,
    /// Three or more.
    Plural,
}

/// Grammatical gender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gender {
    /// Masculine.
    Masculine,
    /// Feminine.
    Feminine,
}

/// Voice of a verb or participle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Voice {
    /// The subject acts.
    Active,
    /// The subject undergoes.
    Passive,
}

/// Mood of the imperfect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mood {
    /// مرفوع: يدعو، يدعون
    Indicative,
    /// منصوب, after أن، لن، كي: يدعو، يدعوا
    Subjunctive,
    /// مجزوم, after لم، لا of prohibition: يدع، يدعوا
    Jussive,
}

/// The ending of a noun or participle, as far as unvocalised spelling shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ending {
    /// No ending but ة or ات: مهاجم، مهاجمة، مهاجمات. Definite or not, any case.
    Bare,
    /// Indefinite nominative or genitive of a noun on ـي, which drops it: معتد for معتدٍ.
    Shortened,
    /// Indefinite accusative with alif: هجوما.
    Accusative,
    /// Dual or sound masculine plural, nominative: مهاجمان، مهاجمون.
    Nominative,
    /// Dual or sound masculine plural, genitive or accusative: مهاجمين.
    Oblique,
    /// The same without ن, before a genitive or a pronoun: مهاجما، مهاجمو.
    ConstructNominative,
    /// The same without ن, before a genitive or a pronoun: مهاجمي.
    ConstructOblique,
}

/// The part of the paradigm a surface form belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Inflection {
    /// الماضي: هاجم
    Past,
    /// المضارع: يهاجم
    Imperfect(Mood),
    /// الأمر: هاجم
    Imperative,
    /// المصدر: مهاجمة
    Masdar(Ending),
    /// اسم الفاعل: مهاجم
    ActiveParticiple(Ending),
    /// اسم المفعول: مهاجم
    PassiveParticiple(Ending),
}

/// One written form of a verb, or of its masdar or participles, without vowel signs and without clitics.
///
/// ```
/// use marsad_arabic::morphology::{Gender, Inflection, Number, Person, VerbForm, Voice, conjugate};
/// let forms = conjugate(&"ه-ج-م".parse()?, VerbForm::III, None)?;
/// assert!(forms.iter().any(|f| f.surface == "هاجمت"
///     && f.inflection == Inflection::Past
///     && f.person == Some(Person::Third)
///     && f.number == Number::Singular
///     && f.gender == Some(Gender::Feminine)
///     && f.voice == Voice::Active));
/// # Ok::<(), marsad_arabic::morphology::MorphologyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SurfaceForm {
    /// The letters, hamzas written; never empty.
    pub surface: String,
    /// Where in the paradigm it stands.
    pub inflection: Inflection,
    /// Person; `None` for masdars and participles.
    pub person: Option<Person>,
    /// Number.
    pub number: Number,
    /// Gender; `None` where the form does not tell (first person, second person dual).
    pub gender: Option<Gender>,
    /// Voice; a masdar counts as active.
    pub voice: Voice,
    /// Whether this spelling occurs only with an attached pronoun: هاجمو(ه), استدعا(ه), زيارت(ه).
    pub before_pronoun: bool,
}

/// One written form of a noun, without clitics.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NominalForm {
    /// The letters; never empty.
    pub surface: String,
    /// Number.
    pub number: Number,
    /// Gender of the form: a sound plural on ات is feminine whatever the singular.
    pub gender: Gender,
    /// The written ending.
    pub ending: Ending,
    /// Whether this spelling occurs only with an attached pronoun: زيارت(ه), لقاؤ(ه).
    pub before_pronoun: bool,
}
