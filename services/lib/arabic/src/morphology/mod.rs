//! Surface forms of Arabic verbs and nouns, generated from root and form.
//!
//! Newspapers print Arabic without vowel signs but with hamzas. A verb is built here in a vocalised representation
//! (consonants and vowels), rules of sound turn it into what is spoken (weak, doubled and hamzated roots,
//! assimilation), and the spelling drops the vowels and seats the hamzas.
//!
//! Where a rule has a source it is named: Wright = W. Wright, *A Grammar of the Arabic Language*, 3rd edition;
//! Ryding = K. C. Ryding, *A Reference Grammar of Modern Standard Arabic*.
//!
//! ```
//! use marsad_arabic::morphology::{Verb, VerbForm};
//! let verb = Verb::from_lemma("هاجم", "ه-ج-م".parse()?, VerbForm::III, None)?;
//! assert_eq!(verb.masdars(), ["مهاجمة", "هجام"]);
//! let surfaces: Vec<String> = verb.conjugate().into_iter().map(|form| form.surface).collect();
//! for surface in ["هاجموا", "يهاجمون", "مهاجمين", "مهاجمات"] {
//!     assert!(surfaces.iter().any(|form| form == surface));
//! }
//! # Ok::<(), marsad_arabic::morphology::MorphologyError>(())
//! ```

mod inflection;
mod nominal;
mod patterns;
mod phonology;
mod root;
mod segment;
mod spelling;
#[cfg(test)]
mod tests;
mod verb;

pub use inflection::{Ending, Gender, Inflection, Mood, NominalForm, Number, Person, SurfaceForm, Voice};
pub use nominal::nominal_forms;
pub use root::{Root, VerbForm, Vowel};
pub use spelling::{After, Before, hamza_seat};
pub use verb::{Verb, conjugate};

/// Why a verb cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MorphologyError {
    /// A part of a root is not one Arabic consonant.
    #[error("root {0:?}: each part between the hyphens must be one Arabic consonant (و or ي, not ا or ى)")]
    Radical(String),
    /// A root has neither three nor four radicals.
    #[error("root {0:?}: a root has three or four radicals")]
    RootLength(String),
    /// Not the name of a verb form.
    #[error("{0:?} is no verb form: I to X, Q1 or Q2")]
    Form(String),
    /// Not the name of a vowel.
    #[error("{0:?} is no vowel: a, i or u")]
    Vowel(String),
    /// The form needs another number of radicals.
    #[error("form {form} takes a root of {} radicals, not {root}", form.radicals())]
    RootFormMismatch {
        /// The root.
        root: String,
        /// The form.
        form: VerbForm,
    },
    /// Root and form cannot be spelled like the lemma.
    #[error("{lemma} is no past of this root and form, which give {regular}")]
    LemmaMismatch {
        /// The lemma that was given.
        lemma: String,
        /// What the rules give.
        regular: String,
    },
}
