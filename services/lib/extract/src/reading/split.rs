//! Tokens as words: which particles and pronouns are split off, by a trained model and by the words that are known.

use std::cell::RefCell;
use std::rc::Rc;

use marsad_arabic::clitics::{Proclitic, Readings, Splitter};
use marsad_arabic::token::{Token, TokenKind};

use super::recent::Recent;
use super::word::{Form, Word};
use crate::knowledge::Knowledge;
use crate::lexicon::{self, FunctionClass};

/// A token with the forms that it may have, before the words around it are known.
enum Known {
    One(Rc<Form>),
    /// The readings choose among as many forms.
    Several(Box<(Readings, Vec<Rc<Form>>)>),
}

/// Half of the tokens that a thread remembers from article to article: some three quarters of those of the next article are
/// among them.
const REMEMBERED: usize = 8192;

/// The longest token that is remembered, in bytes.
const LONGEST_REMEMBERED: usize = 64;

thread_local! {
    /// The tokens as what is taught ([`Knowledge::stamp`]) lets them be read.
    static RECENT: RefCell<(u64, Recent<Known>)> = RefCell::new((0, Recent::new(REMEMBERED)));
}

/// Appends the tokens of a sentence as words.
pub(super) fn words(text: &str, tokens: &[Token], knowledge: &Knowledge, out: &mut Vec<Word>) {
    RECENT.with_borrow_mut(|(stamp, recent)| {
        if *stamp != knowledge.stamp() {
            (*stamp, *recent) = (knowledge.stamp(), Recent::new(REMEMBERED));
        }
        let near = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.text(text));
        for (at, token) in tokens.iter().enumerate() {
            let raw = token.text(text);
            let around = [near(at.checked_sub(1)), near(Some(at + 1))];
            let remembered = (raw.len() <= LONGEST_REMEMBERED)
                .then(|| recent.get(raw, || Known::new(raw, token.kind, knowledge)).form(around))
                .filter(|form| form.kind == token.kind);
            let form = remembered
                .map_or_else(|| Rc::clone(Known::new(raw, token.kind, knowledge).form(around)), Rc::clone);
            out.push(Word::new(token, form));
        }
    });
}

impl Known {
    fn new(raw: &str, kind: TokenKind, knowledge: &Knowledge) -> Self {
        if kind != TokenKind::Word {
            return Self::One(Rc::new(Form::whole(raw, kind)));
        }
        let splitter = Splitter::built_in();
        let mut readings = splitter.readings(raw);
        let forms: Vec<Rc<Form>> = readings.splits().map(|split| Rc::new(Form::split(raw, split))).collect();
        if let [form] = forms.as_slice() {
            return Self::One(Rc::clone(form));
        }
        readings.favour(splitter, forms.iter().map(|form| favour(raw, form, knowledge)));
        Self::Several(Box::new((readings, forms)))
    }

    /// The form between the tokens before and after, empty at the ends of the sentence.
    fn form(&self, [before, after]: [&str; 2]) -> &Rc<Form> {
        match self {
            Self::One(form) => form,
            Self::Several(several) => {
                let (readings, forms) = &**several;
                &forms[readings.choose(Splitter::built_in(), before, after)]
            }
        }
    }
}

/// How much likelier a split is that leaves a word which the knowledge or the lexicon has, in log odds.
const KNOWN: f32 = 10.0;

/// How much of that each particle and pronoun takes: `وبابل` is `و` + `بابل`, though there is an Apple (`آبل`) too.
const PARTICLE: f32 = 3.5;

/// How much likelier a form of a token is than the model knows, in log odds.
fn favour(raw: &str, form: &Form, knowledge: &Knowledge) -> f32 {
    if misreads(raw, form) {
        return 0.0;
    }
    let is_word = |word: &str| knowledge.is_word(word) || lexicon::is_word(word);
    if is_word(&form.stem) || form.article && is_word(&form.host) {
        let cuts = form.proclitics.iter().map(|_| ()).chain(form.enclitic.iter().map(|_| ()));
        cuts.fold(KNOWN, |left, ()| left - PARTICLE)
    } else {
        0.0
    }
}

/// Whether the words that are known say nothing for a form of a token.
fn misreads(raw: &str, form: &Form) -> bool {
    let stem = form.stem.as_str();
    let is_function = |class| lexicon::get().is_function(class, stem);
    // أ asks before particles (ألم, أليس) only: أمني is no question.
    if form.proclitics.contains(&Proclitic::Question)
        && ![FunctionClass::Particle, FunctionClass::Verb, FunctionClass::Pronoun]
            .into_iter()
            .any(is_function)
    {
        return true;
    }
    let joined = form.enclitic.is_some_and(|pronoun| match pronoun {
        // Every noun with ي is spelled like the adjective made of it.
        "ي" => !is_function(FunctionClass::Preposition),
        // Verbs take ني, and particles in ن (لكنني); أم, أو, ثم take no pronoun at all.
        "ني" => !stem.ends_with('ن') && !lexicon::get().readings(stem).iter().any(|r| r.form.is_finite()),
        _ => is_function(FunctionClass::Conjunction) && !stem.ends_with('ن'),
    });
    // Hardly a stem begins with و and a hamza: وأدى is no وادي.
    let whole = form.proclitics.is_empty();
    joined || whole && ["وأ", "وإ", "وآ"].iter().any(|letters| raw.starts_with(letters))
}
