//! A verb and its paradigm.

use super::MorphologyError;
use super::inflection::{Inflection, Mood, NominalForm, SurfaceForm, Voice};
use super::nominal::{Declension, inflect};
use super::patterns::{
    Agreement, IMPERATIVE, IMPERFECT, ImperfectEnding, MasdarPattern, MasdarTraits, PAST, Stems, masdars,
    stems,
};
use super::phonology::{Context, Stem, apply};
use super::root::{Root, VerbForm, Vowel, is_guttural};
use super::segment::{HAMZA, Segment, affix, fill};
use super::spelling::spellings;

/// A verb: a root in a form, with the two vowels that only form I chooses freely.
///
/// ```
/// use marsad_arabic::morphology::{Verb, VerbForm};
/// let verb = Verb::new("ق-و-م".parse()?, VerbForm::IV)?;
/// assert_eq!(verb.lemma(), "أقام");
/// assert_eq!(verb.masdars(), ["إقامة"]);
/// # Ok::<(), marsad_arabic::morphology::MorphologyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Verb {
    root: Root,
    form: VerbForm,
    imperfect_vowel: Option<Vowel>,
    past_vowel: Option<Vowel>,
    sound_middle: bool,
}

impl Verb {
    /// A verb of this root and form, with the vowels that are usual for the root.
    ///
    /// # Errors
    /// [`MorphologyError::RootFormMismatch`] if the form needs another number of radicals.
    pub fn new(root: Root, form: VerbForm) -> Result<Self, MorphologyError> {
        if root.radicals().len() != form.radicals() {
            return Err(MorphologyError::RootFormMismatch { root: root.to_string(), form });
        }
        Ok(Self { root, form, imperfect_vowel: None, past_vowel: None, sound_middle: false })
    }

    /// A verb whose third person masculine singular of the past is spelled `lemma`.
    ///
    /// The lemma decides what root and form leave open: سأل or سئم, رمى or لقي, استجاب or استجوب. A verb that is used in
    /// the passive may be given by it: توفي.
    ///
    /// # Errors
    /// [`MorphologyError::RootFormMismatch`], and [`MorphologyError::LemmaMismatch`] if the verb cannot be spelled so.
    ///
    /// ```
    /// use marsad_arabic::morphology::{Verb, VerbForm};
    /// let verb = Verb::from_lemma("استجوب", "ج-و-ب".parse()?, VerbForm::X, None)?;
    /// assert_eq!(verb.masdars(), ["استجواب"]);
    /// # Ok::<(), marsad_arabic::morphology::MorphologyError>(())
    /// ```
    pub fn from_lemma(
        lemma: &str,
        root: Root,
        form: VerbForm,
        imperfect_vowel: Option<Vowel>,
    ) -> Result<Self, MorphologyError> {
        let mut verb = Self::new(root, form)?;
        verb.imperfect_vowel = imperfect_vowel;
        let regular = verb.lemma();
        for stem in [Stem::PastActive, Stem::PastPassive] {
            for sound_middle in [false, true] {
                for past_vowel in [None, Some(Vowel::A), Some(Vowel::I), Some(Vowel::U)] {
                    let candidate = Self { past_vowel, sound_middle, ..verb.clone() };
                    if candidate.past(stem) == lemma {
                        return Ok(candidate);
                    }
                }
            }
        }
        Err(MorphologyError::LemmaMismatch { lemma: lemma.to_owned(), regular })
    }

    /// Sets the vowel of the imperfect stem; only form I uses it.
    #[must_use]
    pub fn with_imperfect_vowel(mut self, vowel: Vowel) -> Self {
        self.imperfect_vowel = Some(vowel);
        self
    }

    /// Sets the vowel of the past stem; only form I uses it.
    ///
    /// ```
    /// use marsad_arabic::morphology::{Verb, VerbForm, Vowel};
    /// let verb = Verb::new("و-ل-ي".parse()?, VerbForm::I)?.with_past_vowel(Vowel::I);
    /// assert_eq!(verb.lemma(), "ولي");
    /// # Ok::<(), marsad_arabic::morphology::MorphologyError>(())
    /// ```
    #[must_use]
    pub fn with_past_vowel(mut self, vowel: Vowel) -> Self {
        self.past_vowel = Some(vowel);
        self
    }

    /// Keeps a glide in the middle as a consonant where the form would contract it: استحوذ, ازدوج.
    #[must_use]
    pub fn with_sound_middle(mut self) -> Self {
        self.sound_middle = true;
        self
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// The verb form.
    #[must_use]
    pub fn form(&self) -> VerbForm {
        self.form
    }

    /// The third person masculine singular of the past.
    #[must_use]
    pub fn lemma(&self) -> String {
        self.past(Stem::PastActive)
    }

    /// The regular masdars, bare, the usual one first; none for form I, whose masdars are lexical.
    #[must_use]
    pub fn masdars(&self) -> Vec<String> {
        self.masdar_patterns()
            .into_iter()
            .map(|MasdarPattern { stem, feminine }| {
                let word = self.derive(stem, Stem::Masdar, &affix(if feminine { "ah" } else { "u" }));
                spellings(&word, false).into_iter().next().unwrap_or_default()
            })
            .collect()
    }

    /// All surface forms: past, imperfect in three moods, imperative, passive, masdars, participles.
    ///
    /// A spelling stands once for each place of the paradigm it can have; the order is fixed. Where a hamza before a
    /// long *u* has two usual spellings (بدؤوا, بدأوا) both are given. Forms VII and IX have no passive.
    ///
    /// ```
    /// use marsad_arabic::morphology::{Verb, VerbForm};
    /// let forms = Verb::new("ج-ر-ي".parse()?, VerbForm::IV)?.conjugate();
    /// for surface in ["أجرى", "أجرت", "يجري", "يجر", "إجراء", "إجراءات", "مجريا"] {
    ///     assert!(forms.iter().any(|form| form.surface == surface));
    /// }
    /// # Ok::<(), marsad_arabic::morphology::MorphologyError>(())
    /// ```
    #[must_use]
    pub fn conjugate(&self) -> Vec<SurfaceForm> {
        let stems = self.stems();
        let mut paradigm = Paradigm { verb: self, forms: Vec::new() };
        paradigm.past(stems.past_active, Stem::PastActive);
        paradigm.imperfect(stems.imperfect_active, Stem::ImperfectActive);
        paradigm.imperative(stems.imperative);
        if !matches!(self.form, VerbForm::VII | VerbForm::IX) {
            paradigm.past(stems.past_passive, Stem::PastPassive);
            paradigm.imperfect(stems.imperfect_passive, Stem::ImperfectPassive);
        }
        for MasdarPattern { stem, feminine } in self.masdar_patterns() {
            let declension = if feminine { Declension::Feminine } else { Declension::MasculineMasdar };
            paradigm.nominal(stem, Stem::Masdar, declension);
        }
        paradigm.nominal(stems.active_participle, Stem::ActiveParticiple, Declension::Participle);
        paradigm.nominal(stems.passive_participle, Stem::PassiveParticiple, Declension::Participle);
        paradigm.forms
    }

    /// The third person masculine singular of the active or passive past.
    fn past(&self, stem: Stem) -> String {
        let stems = self.stems();
        let pattern = if stem == Stem::PastPassive { stems.past_passive } else { stems.past_active };
        let word = self.derive(pattern, stem, &affix("a"));
        spellings(&word, false).into_iter().next().unwrap_or_default()
    }

    fn stems(&self) -> Stems {
        stems(self.form)
    }

    fn masdar_patterns(&self) -> Vec<MasdarPattern> {
        let radicals = self.root.radicals();
        let last = radicals.last().copied();
        let context = self.context(Stem::Masdar);
        let traits = MasdarTraits {
            loses_middle: context.is_hollow() || context.drops_middle_hamza(),
            weak_or_hamza_final: matches!(last, Some('و' | 'ي' | HAMZA)),
            double_ya: matches!(radicals, [_, 'ي', 'ي']),
            reduplicated: matches!(radicals, [a, b, c, d] if a == c && b == d),
        };
        masdars(self.form, traits)
    }

    fn context(&self, stem: Stem) -> Context<'_> {
        Context {
            root: &self.root,
            form: self.form,
            stem,
            past_vowel: self.effective_past_vowel(),
            imperfect_vowel: self.effective_imperfect_vowel(),
            sound_middle: self.sound_middle,
        }
    }

    /// The segments of a stem with what follows it.
    fn derive(&self, pattern: &str, stem: Stem, ending: &[Segment]) -> Vec<Segment> {
        let context = self.context(stem);
        let stem_vowel = if stem == Stem::PastActive { context.past_vowel } else { context.imperfect_vowel };
        let mut word = fill(pattern, &self.root, stem_vowel);
        word.extend_from_slice(ending);
        apply(&mut word, &context);
        word
    }

    /// The imperfect vowel, or the one usual for the past vowel or the root (Wright, vol. I, §§ 91-93).
    fn effective_imperfect_vowel(&self) -> Vowel {
        match (self.imperfect_vowel, self.past_vowel) {
            (Some(vowel), _) => return vowel,
            (None, Some(Vowel::I)) => return Vowel::A,
            (None, Some(Vowel::U)) => return Vowel::U,
            (None, Some(Vowel::A) | None) => {}
        }
        let radical = |position| self.root.radical(position);
        match (radical(1), radical(2), radical(3)) {
            (_, _, Some('و')) => Vowel::U,
            (_, _, Some('ي')) | (_, Some('ي'), _) => Vowel::I,
            (_, Some('و'), _) => Vowel::U,
            (_, second, third) if second == third => Vowel::U,
            (Some('و'), _, _) => Vowel::I,
            _ => Vowel::A,
        }
    }

    /// The past vowel, or the one that goes with the imperfect vowel (Wright, vol. I, §§ 91-93): *i* with *a* unless a
    /// guttural calls for *a* (شرب يشرب, but سأل يسأل); *u* with *u* at a hamza (جرؤ); else *a*.
    fn effective_past_vowel(&self) -> Vowel {
        if let Some(vowel) = self.past_vowel {
            return vowel;
        }
        let is_guttural_at = |position| self.root.radical(position).is_some_and(is_guttural);
        let has_hamza = [2, 3].into_iter().any(|position| self.root.radical(position) == Some(HAMZA));
        match self.effective_imperfect_vowel() {
            Vowel::A if self.root.is_weak_at(2) => Vowel::I,
            Vowel::A if is_guttural_at(2) || is_guttural_at(3) => Vowel::A,
            Vowel::A => Vowel::I,
            Vowel::U if has_hamza && !self.root.is_weak_at(2) && !self.root.is_weak_at(3) => Vowel::U,
            Vowel::U | Vowel::I => Vowel::A,
        }
    }
}

/// All surface forms of a root in a form; see [`Verb::conjugate`]. Where a lemma is known, [`Verb::from_lemma`] is better.
///
/// # Errors
/// [`MorphologyError::RootFormMismatch`] if the form needs another number of radicals.
///
/// ```
/// use marsad_arabic::morphology::{VerbForm, Vowel, conjugate};
/// let forms = conjugate(&"ق-و-ل".parse()?, VerbForm::I, Some(Vowel::U))?;
/// assert!(forms.iter().any(|form| form.surface == "يقولون"));
/// # Ok::<(), marsad_arabic::morphology::MorphologyError>(())
/// ```
pub fn conjugate(
    root: &Root,
    form: VerbForm,
    imperfect_vowel: Option<Vowel>,
) -> Result<Vec<SurfaceForm>, MorphologyError> {
    let verb = Verb { imperfect_vowel, ..Verb::new(root.clone(), form)? };
    Ok(verb.conjugate())
}

struct Paradigm<'a> {
    verb: &'a Verb,
    forms: Vec<SurfaceForm>,
}

/// What a finite form is, beside its spelling.
#[derive(Clone, Copy)]
struct Place {
    inflection: Inflection,
    agreement: Agreement,
    voice: Voice,
}

impl Paradigm<'_> {
    fn past(&mut self, pattern: &str, stem: Stem) {
        for (agreement, ending, attached) in PAST {
            let place = Place { inflection: Inflection::Past, agreement, voice: voice(stem) };
            let free = self.verb.derive(pattern, stem, &affix(ending));
            let attached = self.verb.derive(pattern, stem, &affix(attached));
            self.push(place, &free, &attached);
        }
    }

    fn imperfect(&mut self, pattern: &str, stem: Stem) {
        for mood in [Mood::Indicative, Mood::Subjunctive, Mood::Jussive] {
            for (agreement, prefix, ending) in IMPERFECT {
                let place = Place { inflection: Inflection::Imperfect(mood), agreement, voice: voice(stem) };
                let pattern = format!("{prefix}{pattern}");
                for ending in self.mood_endings(ending, mood) {
                    let word = self.verb.derive(&pattern, stem, &affix(ending));
                    self.push(place, &word, &word);
                }
            }
        }
    }

    fn imperative(&mut self, pattern: &str) {
        for (agreement, ending) in IMPERATIVE {
            let place = Place { inflection: Inflection::Imperative, agreement, voice: Voice::Active };
            for ending in self.mood_endings(ending, Mood::Jussive) {
                let word = self.verb.derive(pattern, Stem::Imperative, &affix(ending));
                self.push(place, &word, &word);
            }
        }
    }

    /// The jussive of a doubled verb may keep the doubling with a helping vowel: لم يردد or لم يرد.
    fn mood_endings(&self, ending: ImperfectEnding, mood: Mood) -> Vec<&'static str> {
        let doubled = self.verb.context(Stem::ImperfectActive).is_doubled();
        if doubled && ending == ImperfectEnding::Mood && mood == Mood::Jussive {
            vec!["a", ""]
        } else {
            vec![ending.pattern(mood)]
        }
    }

    /// Adds the spellings of a free word, and those that only stand before a pronoun.
    fn push(&mut self, place: Place, free: &[Segment], attached: &[Segment]) {
        let free = spellings(free, false);
        let attached = spellings(attached, true).into_iter().filter(|surface| !free.contains(surface));
        let attached: Vec<String> = attached.collect();
        let (person, number, gender) = place.agreement;
        for (before_pronoun, surface) in free
            .into_iter()
            .map(|surface| (false, surface))
            .chain(attached.into_iter().map(|surface| (true, surface)))
        {
            self.forms.push(SurfaceForm {
                surface,
                inflection: place.inflection,
                person: Some(person),
                number,
                gender,
                voice: place.voice,
                before_pronoun,
            });
        }
    }

    fn nominal(&mut self, pattern: &str, stem: Stem, declension: Declension) {
        let verb = self.verb;
        for form in inflect(declension, |ending| verb.derive(pattern, stem, ending)) {
            let NominalForm { surface, number, gender, ending, before_pronoun } = form;
            let inflection = match stem {
                Stem::ActiveParticiple => Inflection::ActiveParticiple(ending),
                Stem::PassiveParticiple => Inflection::PassiveParticiple(ending),
                _ => Inflection::Masdar(ending),
            };
            self.forms.push(SurfaceForm {
                surface,
                inflection,
                person: None,
                number,
                gender: Some(gender),
                voice: voice(stem),
                before_pronoun,
            });
        }
    }
}

const fn voice(stem: Stem) -> Voice {
    match stem {
        Stem::PastPassive | Stem::ImperfectPassive | Stem::PassiveParticiple => Voice::Passive,
        _ => Voice::Active,
    }
}
