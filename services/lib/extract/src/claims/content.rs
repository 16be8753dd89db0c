//! Where the content of a claim begins and ends.

use marsad_arabic::orthography::fold;
use marsad_model::Span;
use marsad_model::ontology::QuoteKind;

use crate::lexicon::{self, Opener, Preposition, Reporting, WordForm};
use crate::syntax::{Class, Syntax, bare, readings_of};

/// Where a content begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    /// The word of أن, the colon, the quotation mark or the noun phrase.
    pub(super) at: usize,
    /// The first word of the content.
    pub(super) start: usize,
    /// Whether أن, a colon or a quotation mark opens it.
    pub(super) marked: bool,
    /// Whether it is in quotation marks or after a colon.
    pub(super) direct: bool,
}

/// A content.
pub(super) struct Content {
    pub(super) span: Span,
    pub(super) quote: QuoteKind,
}

/// Words between a reporting word and its content, at most.
pub(super) const REACH: usize = 48;

/// The same for verbs such as أضاف and سجل, which mostly do not report.
const NEAR: usize = 18;

/// Sentences over which one quotation is followed.
const QUOTED_SENTENCES: usize = 8;

pub(super) fn is_quote(syntax: &Syntax<'_>, at: usize) -> bool {
    syntax.reading.words.get(at).is_some_and(|w| matches!(w.folded.as_str(), "\"" | "«" | "»" | "“" | "”"))
}

/// Finds what opens the content of a reporting word.
pub(super) fn opening(syntax: &Syntax<'_>, cue: usize, reporting: &Reporting) -> Option<Opening> {
    let sentence = syntax.sentence(cue);
    let continues = is_continuation(syntax, cue);
    // سجل اللاعب هدفين … has nothing to do with a later أن.
    let limit = sentence.end.min(cue + if continues { NEAR } else { REACH });
    let mut depth = 0_usize;
    // Inside of a quotation the next mark closes it.
    let quoted = (sentence.start..cue).filter(|at| is_quote(syntax, *at)).count() % 2 == 1;
    let mut skipped_to = cue + 1;
    for at in cue + 1..limit {
        if at < skipped_to {
            continue;
        }
        if is_quote(syntax, at) && quoted {
            break;
        }
        let word = syntax.word(at);
        match syntax.class(at) {
            // لأن and أن inside a parenthesis open nothing here, وأن goes on what another أن opened.
            Class::That if depth == 0 && !word.has_conjunction() && takes_that(syntax, at, reporting) => {
                return Some(after_that(syntax, at, sentence.end));
            }
            Class::Stop if word.folded == ":" => {
                return reporting
                    .openers
                    .contains(&Opener::Colon)
                    .then(|| after_colon(syntax, at, sentence.end))
                    .flatten();
            }
            Class::Stop => break,
            // كشف عن خطة، قائلا: what follows is said by the participle.
            Class::Nominal if syntax.class(at - 1) == Class::Comma && continues_by_participle(syntax, at) => {
                break;
            }
            Class::That if depth == 0 && turns(syntax, at) => break,
            Class::Mark if word.folded == "(" || word.folded == "[" => depth += 1,
            Class::Mark if word.folded == ")" || word.folded == "]" => depth = depth.saturating_sub(1),
            Class::Mark
                if is_quote(syntax, at)
                    && depth == 0
                    && !is_bound(syntax, at)
                    && is_speech(syntax, at, cue, sentence.end) =>
            {
                return Some(Opening { at, start: at + 1, marked: true, direct: true });
            }
            // A name in marks: go on after it.
            Class::Mark if is_quote(syntax, at) => {
                skipped_to = (at + 1..limit).find(|i| is_quote(syntax, *i)).map_or(at + 1, |close| close + 1);
            }
            Class::Verb if at > cue + 1 && reports(syntax, at) && !follows_relative(syntax, at) => break,
            // زاد عدد القتلى على مئة, and another clause.
            Class::Verb
                if at > cue + 1
                    && continues
                    && !syntax.info[at].verbs.is_empty()
                    && !follows_relative(syntax, at) =>
            {
                break;
            }
            _ => {}
        }
    }
    None
}

/// إلا أن, حيث إن, علما أن: whether أن opens a clause of its own.
pub(super) fn begins_clause(syntax: &Syntax<'_>, that: usize) -> bool {
    let before = that.checked_sub(1).and_then(|i| syntax.reading.words.get(i));
    before.is_some_and(|word| lexicon::get().is_in_class("before_clause", bare(word)))
}

/// Whether a verb goes on with what somebody says: أضاف، تابع.
pub(super) fn is_continuation(syntax: &Syntax<'_>, at: usize) -> bool {
    (syntax.info[at].verbs.iter())
        .any(|reading| lexicon::get().is_in_class("continuation", &fold(reading.lexeme().lemma)))
}

fn follows_relative(syntax: &Syntax<'_>, at: usize) -> bool {
    let before = (at.saturating_sub(3)..at).rev().find(|i| syntax.class(*i) != Class::Particle);
    before.is_some_and(|i| matches!(syntax.class(i), Class::Relative | Class::Preposition(_)))
}

/// إلا أن, غير أن: another clause against the one before.
fn turns(syntax: &Syntax<'_>, that: usize) -> bool {
    let before = that.checked_sub(1).and_then(|i| syntax.reading.words.get(i));
    before.is_some_and(|word| matches!(bare(word), "الا" | "غير" | "بيد"))
}

/// Whether a word can be a finite reporting verb.
pub(super) fn reports(syntax: &Syntax<'_>, at: usize) -> bool {
    syntax.info.get(at).is_some_and(|info| info.verbs.iter().any(|r| r.lexeme().reporting.is_some()))
}

fn takes_that(syntax: &Syntax<'_>, at: usize, reporting: &Reporting) -> bool {
    let word = syntax.word(at);
    let form = bare(word);
    let attached = if form.starts_with("بان") {
        Some(Preposition::By)
    } else if form.starts_with("لان") {
        Some(Preposition::For)
    } else {
        None
    };
    let before = at.checked_sub(1);
    let preposition = match before.map(|b| syntax.class(b)) {
        // بعد أن, رغم أن
        Some(Class::Preposition(None)) => return false,
        Some(Class::Preposition(p)) => p,
        _ => attached,
    };
    if begins_clause(syntax, at) {
        return false;
    }
    reporting.openers.iter().any(|opener| match opener {
        Opener::That(expected) => *expected == preposition || (expected.is_some() && preposition.is_none()),
        Opener::Saying(_) => preposition.is_none(),
        // The colon verbs take أن after قائلا.
        _ => false,
    })
}

/// The opening after a word أن.
pub(super) fn opening_after(syntax: &Syntax<'_>, at: usize, end: usize) -> Opening {
    after_that(syntax, at, end)
}

/// After أن the content starts, with أن itself where a pronoun is attached to it.
fn after_that(syntax: &Syntax<'_>, at: usize, end: usize) -> Opening {
    let mut start = at + 1;
    while start < end && matches!(syntax.class(start), Class::Mark) && !is_quote(syntax, start) {
        start += 1;
    }
    // إن "الحزب" سيرد: a name in marks opens indirect speech.
    let close = (start + 1..end).find(|i| is_quote(syntax, *i)).unwrap_or(end);
    let name = close <= start + 3
        && close + 1 < end
        && matches!(syntax.class(close + 1), Class::Nominal | Class::Verb | Class::Particle);
    if is_quote(syntax, start) && !name {
        return Opening { at, start: start + 1, marked: true, direct: true };
    }
    let pronoun = !matches!(bare(syntax.word(at)), "ان" | "بان" | "لان");
    Opening { at, start: if pronoun { at } else { at + 1 }, marked: true, direct: false }
}

pub(super) fn after_colon(syntax: &Syntax<'_>, at: usize, end: usize) -> Option<Opening> {
    let mut start = at + 1;
    if is_quote(syntax, start) && start < end {
        start += 1;
    }
    (start < end).then_some(Opening { at, start, marked: true, direct: true })
}

/// A particle written before a mark binds what is in the marks: و"…", بـ"…".
fn is_bound(syntax: &Syntax<'_>, mark: usize) -> bool {
    let before = mark.checked_sub(1).and_then(|i| syntax.reading.words.get(i));
    before.is_some_and(|word| {
        let particle =
            matches!(word.folded.as_str(), "و" | "ف" | "ب" | "ل" | "ك" | "ال" | "بال" | "وال" | "لل");
        particle && word.span.end == syntax.word(mark).span.start
    })
}

/// Whether quotation marks hold speech rather than a name or a single expression: four words or more, and no mention.
fn is_speech(syntax: &Syntax<'_>, at: usize, cue: usize, end: usize) -> bool {
    if syntax.info[at].mention.is_some() || at == cue + 1 && end - at < 6 {
        return false;
    }
    let close = (at + 1..end).find(|i| is_quote(syntax, *i));
    let words = close.unwrap_or(end).saturating_sub(at + 1);
    let named = syntax.info.get(at + 1).is_some_and(|info| info.mention.is_some()) && words < 7;
    words >= 4 && !named
}

/// The content from its opening on.
pub(super) fn content(syntax: &Syntax<'_>, opening: Opening) -> Option<Content> {
    let sentence = syntax.sentence(opening.start);
    if opening.direct && opening.start > 0 && is_quote(syntax, opening.start - 1) {
        let end = closing_quote(syntax, opening.start)?;
        // A mark on the wrong side of أن.
        let that = matches!(bare(syntax.word(opening.start)), "ان" | "بان") && opening.start + 1 < end;
        let opening = Opening { start: opening.start + usize::from(that), ..opening };
        // "…" followed by more of the same sentence is a scare quote at the head of indirect speech.
        return Some(Content { span: span(syntax, opening.start, end)?, quote: QuoteKind::Direct });
    }
    let end = end_of_speech(syntax, opening, sentence.end);
    let quote = if opening.direct { QuoteKind::Direct } else { QuoteKind::Indirect };
    let mut span = span(syntax, opening.start, end)?;
    // طالب بوقف الحرب: the preposition is the verb's.
    if !opening.marked && syntax.word(opening.start).has_preposition() {
        span.start = span.start.max(syntax.word(opening.start).host_span.start);
    }
    Some(Content { span, quote })
}

/// The word of the mark that closes a quotation, in this sentence or the next ones of the same line; else where the sentence ends.
fn closing_quote(syntax: &Syntax<'_>, start: usize) -> Option<usize> {
    let index = syntax.reading.sentence_of(start);
    let first = syntax.reading.sentences.get(index)?;
    let opened = syntax.word(start.checked_sub(1)?).folded.as_str();
    let last = (syntax.reading.sentences.iter().skip(index).take(QUOTED_SENTENCES))
        .take_while(|s| s.segment == first.segment)
        .last()?;
    let mut depth = 0_usize;
    for at in start..last.words.end {
        if !is_quote(syntax, at) {
            continue;
        }
        let mark = syntax.word(at).folded.as_str();
        if opened != mark && mark == "\"" {
            continue;
        }
        // A name in straight marks inside of straight marks: the mark opens where a word follows without a blank.
        let next_touches = syntax
            .reading
            .words
            .get(at + 1)
            .is_some_and(|w| w.span.start == syntax.word(at).span.end && w.is_arabic());
        let before_touches = syntax.word(at - 1).span.end == syntax.word(at).span.start;
        if next_touches && !before_touches {
            depth += 1;
        } else if depth > 0 {
            depth -= 1;
        } else {
            return Some(at);
        }
    }
    Some(first.words.end)
}

/// The end of speech without quotation marks.
fn end_of_speech(syntax: &Syntax<'_>, opening: Opening, end: usize) -> usize {
    let mut quoted = false;
    for at in opening.start + 1..end {
        if is_quote(syntax, at) {
            quoted = !quoted;
        }
        if quoted || syntax.class(at) == Class::That && at == opening.at {
            continue;
        }
        let comma = syntax.class(at) == Class::Comma;
        let next = if comma { at + 1 } else { at };
        if next >= end {
            break;
        }
        if comma && continues_by_participle(syntax, next) {
            return at;
        }
        let attributed = if comma && syntax.word(next).folded == "وذلك" { next + 1 } else { next };
        if next > opening.start + 2
            && (comma || next + 6 >= end || is_strong_cue(syntax, next))
            && attributed < end
            && trailing_cue(syntax, attributed)
        {
            return at;
        }
        let word = syntax.word(next);
        let speaks = |verb: usize| {
            verb < end
                && syntax.class(verb) == Class::Verb
                && reports(syntax, verb)
                && has_opener(syntax, verb)
        };
        if (word.has_conjunction() || comma) && speaks(next) {
            return at;
        }
        // …، فيما أعلن, وهو ما ينفيه, …؛ لكن: the writer's own words.
        let says = |from: usize| from < end && syntax.class(from) == Class::Verb && reports(syntax, from);
        let writes = match bare(word) {
            "فيما" | "بينما" | "بعدما" => says(next + 1),
            "في" => syntax.reading.folded(next + 1) == "حين" && says(next + 2),
            "هو" | "هي" => syntax.reading.folded(next + 1) == "ما" && says(next + 2),
            "لكن" | "ولكن" => at > 0 && matches!(syntax.word(at - 1).folded.as_str(), "؛" | ";"),
            "ذلك" => comma && word.has_conjunction(),
            _ => false,
        };
        if writes {
            return at;
        }
        if comma
            && !opening.marked
            && word.has_conjunction()
            && matches!(syntax.class(next), Class::Verb | Class::Particle)
        {
            return at;
        }
    }
    end
}

/// A participle of a reporting verb that carries on with the same source: مضيفا، مشيرا إلى.
pub(super) fn continues_by_participle(syntax: &Syntax<'_>, at: usize) -> bool {
    let Some(word) = syntax.reading.words.get(at) else { return false };
    let ending = word.stem.ends_with('ا') || word.stem.ends_with('ه') || word.stem.ends_with("ين");
    // وقالت متحدثة باسم …
    let speaker =
        at > 0 && syntax.class(at - 1) == Class::Verb && lexicon::get().source_noun(&word.stem).is_some();
    syntax.class(at) == Class::Nominal
        && !speaker
        && ending
        && !word.article
        && !word.has_preposition()
        && word.enclitic.is_none()
        && readings_of(word).any(|r| r.form == WordForm::ActiveParticiple && r.lexeme().reporting.is_some())
}

fn has_opener(syntax: &Syntax<'_>, at: usize) -> bool {
    syntax.info[at]
        .verbs
        .iter()
        .filter_map(|r| r.lexeme().reporting.as_ref())
        .any(|r| opening(syntax, at, r).is_some())
}

fn trailing_cue(syntax: &Syntax<'_>, at: usize) -> bool {
    super::attribution::phrase_cue(syntax, at).is_some()
}

/// بحسب and وفقا ل never go on a noun phrase.
fn is_strong_cue(syntax: &Syntax<'_>, at: usize) -> bool {
    matches!(bare(syntax.word(at)), "بحسب" | "وفقا" | "وفق" | "حسبما" | "نقلا")
}

/// The text from one word up to another, trimmed of marks and stops at its ends; `None` where nothing is left.
pub(super) fn span(syntax: &Syntax<'_>, start: usize, end: usize) -> Option<Span> {
    let (mut start, mut end) = (start, end.min(syntax.reading.words.len()));
    let drops = |at: usize, from: usize, to: usize| match syntax.class(at) {
        Class::Comma | Class::Stop => true,
        // Only one of a pair is left: the other lies outside.
        Class::Mark => (from..to).filter(|i| syntax.class(*i) == Class::Mark).count() % 2 == 1,
        _ => false,
    };
    while start < end && drops(start, start, end) && syntax.class(start) != Class::Mark {
        start += 1;
    }
    while end > start && drops(end - 1, start, end) {
        end -= 1;
    }
    if start >= end {
        return None;
    }
    Some(Span::new(syntax.word(start).span.start, syntax.word(end - 1).span.end))
}
