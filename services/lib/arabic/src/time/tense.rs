//! Whether the clause before an expression speaks of the past or the future.
//!
//! The nearest finite verb decides: a past form looks back, an imperfect looks ahead unless لم or كان stands before it.
//! Verbs that no list knows are told by their shape and place.

pub(super) use crate::lexicon::Tense;
use crate::lexicon::{TENSES, is_context};
use crate::token::TokenKind;
use crate::view::View;

/// Words looked at before an expression.
const REACH: usize = 24;

/// The tense that the nearest verb or cue before token `first` sets within its sentence; `None` without one.
pub(super) fn before(view: &View<'_>, first: usize) -> Option<Tense> {
    for at in (first.saturating_sub(REACH)..first).rev() {
        if !view.follows(at + 1) {
            return None;
        }
        if view.kind(at) == Some(TokenKind::Punctuation) {
            match view.raw(at) {
                "." | "؛" | "!" | "؟" => return None,
                _ => continue,
            }
        }
        if let Some(tense) = of_word(view, at) {
            return Some(tense);
        }
    }
    None
}

fn of_word(view: &View<'_>, at: usize) -> Option<Tense> {
    let word = view.fold(at);
    let bare = word.strip_prefix(['و', 'ف']).unwrap_or(word);
    for word in [word, bare] {
        if is_context(word, "timeless") {
            return None;
        }
        if is_context(word, "past") {
            return Some(Tense::Past);
        }
        if is_context(word, "future") || is_future_verb(word) {
            // التي كانت مقررة.
            let was = at > 0 && is_context(view.fold(at - 1), "was");
            return Some(if was { Tense::Past } else { Tense::Future });
        }
    }
    let place = Place::of(view, at, bare.len() < word.len());
    match of_verb(word).or_else(|| of_verb(bare)).or_else(|| of_shape(view, at, bare, place))? {
        // A short past is spelled like many a noun (بحث, عقد).
        Tense::Past => (place != Place::Inside || bare.chars().count() > 3).then_some(Tense::Past),
        // The imperfect of a masculine subject never begins with ت (الذي تقدم), that of another one has it for an object
        // (الذي تشهده البلاد).
        Tense::Future
            if place == Place::AfterMasculine && bare.starts_with('ت') && !bare.ends_with(['ه', 'ا']) =>
        {
            Some(Tense::Past)
        }
        Tense::Future => imperfect(view, at, place),
    }
}

/// What is before a word in its clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing, so that a verb is to be expected.
    Opening,
    /// الذي.
    AfterMasculine,
    /// Another conjunction or relative: التي, أن.
    AfterParticle,
    Inside,
}

impl Place {
    fn of(view: &View<'_>, at: usize, joined: bool) -> Self {
        let Some(before) = at.checked_sub(1).filter(|_| view.follows(at)) else { return Self::Opening };
        if view.kind(before) == Some(TokenKind::Punctuation) {
            return Self::Opening;
        }
        match view.fold(before) {
            "الذي" => Self::AfterMasculine,
            word if is_context(word, "verb_lead") => Self::AfterParticle,
            _ if joined => Self::Opening,
            _ => Self::Inside,
        }
    }
}

/// What an imperfect at `at` says: a state in the past after لم and كان, nothing where it describes an indefinite noun
/// (سفينة تحمل) or follows قبل أن.
fn imperfect(view: &View<'_>, at: usize, place: Place) -> Option<Tense> {
    let before = |back: usize| at.checked_sub(back).map_or("", |i| view.fold(i));
    if matches!(before(1), "لم" | "ولم") {
        return Some(Tense::Past);
    }
    if before(1) == "ان" && matches!(before(2), "قبل" | "وقبل" | "بعد" | "وبعد") {
        return None;
    }
    let described = place == Place::Inside
        && !before(1).starts_with("ال")
        && (before(1).ends_with("ات") || before(1).ends_with('ه') || before(1).ends_with('ا'));
    if described {
        return None;
    }
    let was = (1..=CLAUSE).any(|back| is_context(before(back).trim_start_matches('و'), "was"));
    Some(if was { Tense::Past } else { Tense::Future })
}

/// Words between كان and the imperfect that it puts into the past.
const CLAUSE: usize = 5;

/// A verb of the list, with or without an object pronoun.
fn of_verb(word: &str) -> Option<Tense> {
    TENSES.get(word).copied().or_else(|| {
        // المتهم is the accused before it is ألمت بهم.
        let verbal = !word.starts_with("ال");
        let host = ["هما", "هم", "ها", "ه"].iter().filter(|_| verbal).find_map(|p| word.strip_suffix(p))?;
        // حكمها is a noun as often.
        TENSES.get(host).copied().filter(|tense| *tense == Tense::Future || host.chars().count() > 3)
    })
}

/// سيزور, ستعقد, سنعود: س before an imperfect.
fn is_future_verb(word: &str) -> bool {
    // سيطر is a verb of its own.
    if TENSES.get(word) == Some(&Tense::Past) {
        return false;
    }
    let Some(rest) = word.strip_prefix('س').filter(|rest| rest.starts_with(['ي', 'ت', 'ن', 'ا'])) else {
        return false;
    };
    if of_verb(rest) == Some(Tense::Future) {
        return true;
    }
    // Nouns in سن and سا are too many for a guess.
    rest.starts_with(['ي', 'ت']) && rest.chars().count() >= 4 && !is_noun(word)
}

/// Whether a word that looks like a verb is listed as a noun; a listed stem of four letters or more stands for what it
/// begins.
fn is_noun(word: &str) -> bool {
    is_context(word, "not_verb")
        || word
            .char_indices()
            .take(LONGEST_STEM)
            .skip(4)
            .any(|(end, _)| word.get(..end).is_some_and(|stem| is_context(stem, "not_verb")))
}

/// Letters of the longest listed stem, so that a long run of letters costs no more than a word.
const LONGEST_STEM: usize = 12;

/// The tense of a word that no list knows.
fn of_shape(view: &View<'_>, at: usize, word: &str, place: Place) -> Option<Tense> {
    let letters = word.chars().count();
    if letters < 3
        || word.starts_with("ال")
        || view.kind(at) != Some(TokenKind::Word)
        || (place != Place::AfterMasculine && is_noun(word))
    {
        return None;
    }
    let led = matches!(place, Place::AfterMasculine | Place::AfterParticle);
    match word.chars().next()? {
        // Ahead of ي only و is read as a particle: فيرجينيا.
        'ي' if letters >= 4 && !view.fold(at).starts_with('ف') => Some(Tense::Future),
        'ت' if word.starts_with("تت") || word.starts_with("تست") || place == Place::AfterMasculine => {
            Some(Tense::Future)
        }
        // A feminine noun may follow its imperfect.
        'ت' if place != Place::Inside && letters >= 4 => {
            let feminine = ["ه", "ات", "ته", "تها", "تهم"].iter().any(|end| view.fold(at + 1).ends_with(end));
            (led || feminine).then_some(Tense::Future)
        }
        'ن' if led => None,
        _ if led => Some(Tense::Past),
        _ => (letters >= 4 && word.ends_with('ت') && !word.ends_with("ات")).then_some(Tense::Past),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::tokenize;

    #[test]
    fn of_the_nearest_verb() {
        for (text, tense) in [
            ("سيلتقي المدرب لاعبيه الأحد", Some(Tense::Future)),
            ("سيقام الحفل في القاعة الكبرى الأحد", Some(Tense::Future)),
            ("وسيمثل المتهم أمام المحكمة الأحد", Some(Tense::Future)),
            ("سيطر المزارعون على الحريق الأحد", Some(Tense::Past)),
            ("سيول غزيرة الأحد", None),
            ("المؤتمر الذي تستضيفه المدينة الأحد", Some(Tense::Future)),
            ("يلتقي وزير الزراعة نظيره الأحد", Some(Tense::Future)),
            ("وتبدأ المدرسة عامها الأحد", Some(Tense::Future)),
            ("تتوجه البعثة إلى الشمال الأحد", Some(Tense::Future)),
            ("الجولة المقررة الأحد", Some(Tense::Future)),
            ("الجولة التي كانت مقررة الأحد", Some(Tense::Past)),
            ("إضراب ابتداء من الأحد", Some(Tense::Future)),
            ("قال إن القطار سينطلق، الأحد", Some(Tense::Future)),
            ("ينتظر الناس القرار. الأحد", None),
            ("لم يحضر اللاعب الأحد", Some(Tense::Past)),
            ("كان العمال يرممون الجسر الأحد", Some(Tense::Past)),
            ("افتتحت المكتبة الأحد", Some(Tense::Past)),
            ("القافلة التي عبرت النهر الأحد", Some(Tense::Past)),
            ("الرحالة الذي تقدم شمالا الأحد", Some(Tense::Past)),
            ("رست سفينة تحمل قمحا الأحد", Some(Tense::Past)),
            ("على الرصيف سفينة تحمل قمحا الأحد", None),
            ("يرى الفلاحون أن المطر هطل الأحد", None),
        ] {
            let tokens = tokenize(text);
            let view = View::new(text, &tokens);
            assert_eq!(before(&view, tokens.len() - 1), tense, "{text}");
        }
    }
}
