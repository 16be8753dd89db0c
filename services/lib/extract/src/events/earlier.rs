//! What an event answers or comes after was before it: ردا على هجوم, بعد يومين من مقتل.

use crate::lexicon::{self, Preposition};
use crate::syntax::{Class, Syntax, bare};

/// Words from such a phrase to what is told in it, at most.
const REACH: usize = 14;

/// Where the phrase begins in which a word tells what went before; `start` is where its sentence begins.
pub(super) fn opening(syntax: &Syntax<'_>, start: usize, at: usize) -> Option<usize> {
    let floor = start.max(at.saturating_sub(REACH));
    for word in (floor..at).rev() {
        match syntax.class(word) {
            // ردا may be spelled as a verb.
            _ if is_answer(syntax, word) => return Some(word),
            Class::Stop | Class::Comma | Class::That | Class::Conjunction | Class::Verb => return None,
            // بعد يومين من, but not أول من أمس
            Class::Preposition(Some(Preposition::From)) if !syntax.info[word].time => {
                let time = (floor..word).rev().take_while(|at| syntax.info[*at].time).last();
                let after = |at: usize| bare(syntax.word(at)) == "بعد";
                if let Some(time) = time {
                    let first = if time > floor && after(time - 1) { time - 1 } else { time };
                    return after(first).then_some(first);
                }
            }
            _ => {}
        }
    }
    None
}

/// رد على, انتقاما من, ثأرا ل
pub(super) fn is_answer(syntax: &Syntax<'_>, at: usize) -> bool {
    let word = syntax.word(at);
    let toward = [Preposition::On, Preposition::From, Preposition::For];
    let next = match syntax.class(at + 1) {
        Class::Preposition(Some(preposition)) => toward.contains(&preposition),
        Class::Nominal => syntax.word(at + 1).has_preposition(),
        _ => false,
    };
    next && !word.article && lexicon::get().is_in_class("retaliation", &word.stem)
}
