//! What the lists and the knowledge say of a word by itself, looked up once for all of its places.

use std::borrow::Cow;

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::token::TokenKind;

use super::dictionary::is_function_word;
use super::labeller::Look;
use super::lists::{INSTITUTIONS, PERSON_WORDS, TITLES};
use crate::knowledge::{self, Walk, key_word};
use crate::lexicon;
use crate::reading::Form;

/// What a word may be where it stands in a name or before one. Most words are none of it.
#[derive(Debug)]
pub(crate) struct Facts {
    /// Where those of its [`heads`] lead that surfaces of the knowledge begin with, and whether they are the whole word.
    pub(super) begins_surface: Vec<(Walk<'static>, bool)>,
    /// A title begins with its host or stem.
    pub(super) begins_title: bool,
    /// An institution begins with its host, definite or in the construct.
    pub(super) begins_institution: bool,
    /// A known person's surname may begin with it, whole or without its particles.
    pub(super) begins_surname: bool,
    /// It is a known person's given name, whole or without its particles; a pronoun is no part of one.
    pub(super) given_name: bool,
    /// It takes no part in names.
    pub(super) function_word: bool,
    /// The lexicon has its host.
    pub(super) ordinary: bool,
    /// What the labeller sees of it.
    pub(super) look: Look,
}

impl Facts {
    pub(crate) fn of(form: &Form) -> Self {
        let walk = |(head, whole): (Cow<'_, str>, bool)| {
            let mut walk = knowledge::get().walk();
            walk.step(&head).then_some((walk, whole))
        };
        let begins_surname = |word: &str| {
            let key = key_word(word);
            // What stands behind عبد may be written in one with it.
            key == "عبد" || PERSON_WORDS.begins_surname(&key)
        };
        Self {
            begins_surface: heads(form).filter_map(walk).collect(),
            begins_title: TITLES.begins_with(&form.host) || TITLES.begins_with(&form.stem),
            begins_institution: INSTITUTIONS.definite.begins_with(&form.host)
                || INSTITUTIONS.construct.begins_with(&form.host),
            begins_surname: begins_surname(&form.folded) || begins_surname(&form.host),
            given_name: PERSON_WORDS.is_given(&form.host) && form.enclitic.is_none()
                || PERSON_WORDS.is_given(&form.folded),
            function_word: is_function_word(&form.folded),
            ordinary: lexicon::is_word(&form.host),
            look: Look::of(form),
        }
    }
}

/// The forms in which a word may begin a surface, and whether it is the whole word: without its particles, then whole.
pub(super) fn heads(form: &Form) -> impl Iterator<Item = (Cow<'_, str>, bool)> {
    let nothing = matches!(form.kind, TokenKind::Punctuation | TokenKind::Symbol | TokenKind::Url);
    let before_verbs = form.proclitics.iter().any(|p| matches!(p, Proclitic::Question | Proclitic::Will));
    let host = (!form.proclitics.is_empty() && !before_verbs).then(|| with_pronoun(form));
    // للجنة is either of لجنة and اللجنة.
    let elided =
        form.proclitics.last() == Some(&Proclitic::To) && !form.article && form.host.starts_with('ل');
    let definite = host.as_ref().filter(|_| elided).map(|host| Cow::Owned(format!("ال{host}")));
    let cut = host.into_iter().chain(definite).map(|head| (head, false));
    cut.chain([(Cow::Borrowed(form.folded.as_str()), true)]).filter(move |_| !nothing)
}

/// The word without its particles, a pronoun left on it.
fn with_pronoun(form: &Form) -> Cow<'_, str> {
    match &form.enclitic {
        None => Cow::Borrowed(&form.host),
        Some(_) => Cow::Owned(form.folded.chars().skip(form.proclitics.len()).collect()),
    }
}
