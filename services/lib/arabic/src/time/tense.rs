//! Whether the clause before an expression speaks of the past or the future.

use crate::lexicon::{beginnings, is_cue};
use crate::token::TokenKind;
use crate::view::View;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tense {
    Past,
    Future,
}

/// Words looked at before an expression.
const REACH: usize = 16;

static NOT_FUTURE: LazyLock<Vec<&'static str>> = LazyLock::new(|| beginnings("not_future"));
static NOT_IMPERFECT: LazyLock<Vec<&'static str>> = LazyLock::new(|| beginnings("not_imperfect"));

/// The tense that the nearest cue before token `first` sets within its clause; `None` without a cue.
pub(super) fn before(view: &View<'_>, first: usize) -> Option<Tense> {
    for at in (first.saturating_sub(REACH)..first).rev() {
        if !view.follows(at + 1) {
            return None;
        }
        if view.kind(at) == Some(TokenKind::Punctuation) {
            match view.raw(at) {
                "." | "،" | "؛" | "!" | "؟" => return None,
                _ => continue,
            }
        }
        if let Some(tense) = cue(view, at) {
            return Some(tense);
        }
    }
    None
}

fn cue(view: &View<'_>, at: usize) -> Option<Tense> {
    let word = view.fold(at);
    let bare = word.strip_prefix(['و', 'ف']).unwrap_or(word);
    for word in [word, bare] {
        if is_cue(word, "past_cue") {
            return Some(Tense::Past);
        }
        if is_cue(word, "future_cue") || is_future_verb(word) {
            return Some(Tense::Future);
        }
    }
    let clause_opens = !view.follows(at) || view.kind(at - 1) == Some(TokenKind::Punctuation);
    let after_that = at > 0 && matches!(view.fold(at - 1), "ان" | "بان");
    ((clause_opens || after_that) && is_imperfect(bare)).then_some(Tense::Future)
}

/// سيزور, ستعقد, سنعود.
fn is_future_verb(word: &str) -> bool {
    let shortest = if word.starts_with("سي") { 4 } else { 5 };
    word.strip_prefix('س').is_some_and(|rest| rest.starts_with(['ي', 'ت', 'ن']))
        && word.chars().count() >= shortest
        && !NOT_FUTURE.iter().any(|start| word.starts_with(start))
}

/// يزور, تنتهي: an imperfect, which at the head of a clause looks ahead.
fn is_imperfect(word: &str) -> bool {
    word.starts_with(['ي', 'ت'])
        && word.chars().count() >= 4
        && !(word.starts_with('ت') && word.ends_with('ه'))
        && !NOT_IMPERFECT.iter().any(|start| word.starts_with(start))
}
