//! Quantities: numerals with what bounds them and what they count.

use super::numeral::{self, Numeral, Sort};
use super::unit::{self, Unit};
use crate::lexicon::{Bound, NUMBERS};
use crate::span::Span;
use crate::time::{Timex, times};
use crate::token::{Token, TokenKind};
use crate::view::View;

/// A counted or measured amount.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// Approximator or bound, numeral and counted noun (`أكثر من 85 هدفا`), attached particles left out.
    pub span: Span,
    /// The numeral alone; for a dual noun the noun.
    pub number_span: Span,
    /// The least value; `None` when the amount is only bounded above.
    pub low: Option<f64>,
    /// The greatest value; `None` when open. Equal to `low` for an exact or rounded number.
    pub high: Option<f64>,
    /// Whether the text calls it approximate (نحو) or it is vague (عشرات).
    pub approx: bool,
    /// The counted noun in the singular, an ISO 4217 code, or `%`.
    pub unit: Option<String>,
    /// Where the unit is written.
    pub unit_span: Option<Span>,
}

/// The quantities of a text, in order. Dates, durations and ordinals are none, nor are numbers that name something
/// (القرار 1701). A line that holds nothing but a number gives it, even an ordinal one.
///
/// ```
/// use marsad_arabic::{number::quantities, token::tokenize};
/// let text = "أصيب أكثر من خمسة وعشرين جنديا، وخسرت الشركة 2.5 مليون دولار";
/// let found = quantities(text, &tokenize(text));
/// assert_eq!((found[0].low, found[0].high, found[0].unit.as_deref()), (Some(25.0), None, Some("جندي")));
/// assert_eq!((found[1].low, found[1].unit.as_deref()), (Some(2_500_000.0), Some("USD")));
/// ```
pub fn quantities(text: &str, tokens: &[Token]) -> Vec<Quantity> {
    quantities_beside(text, tokens, &times(text, tokens, None))
}

/// [`quantities`] for a text whose time expressions are known already: numbers inside of them are left out.
///
/// ```
/// use marsad_arabic::{number::quantities_beside, time::times, token::tokenize};
/// let text = "غادر 40 عاملا في 24 يناير";
/// let tokens = tokenize(text);
/// let found = quantities_beside(text, &tokens, &times(text, &tokens, None));
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0].span.slice(text), Some("40 عاملا"));
/// ```
pub fn quantities_beside(text: &str, tokens: &[Token], times: &[Timex]) -> Vec<Quantity> {
    let view = View::new(text, tokens);
    let mut found = Vec::new();
    let mut taken = times.iter().peekable();
    let mut at = 0;
    while at < view.len() {
        while taken.peek().is_some_and(|time| time.span.end <= view.start(at)) {
            taken.next();
        }
        let token = Span::new(view.start(at), view.end(at));
        if taken.peek().is_some_and(|time| time.span.overlaps(token)) {
            at += 1;
            continue;
        }
        let (quantity, last) = if view.opens(at).number { read(&view, at) } else { (None, at) };
        #[cfg(test)] // every number's first words have to be among those that open one
        assert_eq!((quantity.clone(), last), read(&view, at), "{}", view.raw(at));
        found.extend(quantity);
        at = last + 1;
    }
    found
}

/// The quantity whose numeral starts at token `at`, if any, and the last token that needs no further look.
fn read(view: &View<'_>, at: usize) -> (Option<Quantity>, usize) {
    if let Some(numeral) = numeral::parse(view, at) {
        let last = numeral.last;
        return match counted(view, numeral) {
            Some((quantity, end)) => (Some(quantity), end),
            None => (None, last),
        };
    }
    if view.kind(at) == Some(TokenKind::Word) {
        if let Some((value, start, last)) = numeral::ordinal(view, at) {
            let span = view.span(start, last);
            let alone = stands_alone(view, at, last);
            return (alone.then(|| exact(span, f64::from(value), None)), last);
        }
        if let Some((name, start)) = unit::dual(view, at) {
            let span = view.span(start, at);
            return (Some(exact(span, 2.0, Some((name, span)))), at);
        }
    }
    (None, at)
}

fn exact(span: Span, value: f64, unit: Option<(String, Span)>) -> Quantity {
    let (unit, unit_span) = unit.unzip();
    Quantity { span, number_span: span, low: Some(value), high: Some(value), approx: false, unit, unit_span }
}

/// Whether tokens `first..=last` are a whole line.
fn stands_alone(view: &View<'_>, first: usize, last: usize) -> bool {
    let closes = |at: usize| {
        !view.follows(at) || view.kind(at) == Some(TokenKind::Punctuation) && !view.follows(at + 1)
    };
    !view.follows(first) && closes(last + 1)
}

/// A numeral with its surroundings as a quantity, and its last token.
fn counted(view: &View<'_>, first: Numeral) -> Option<(Quantity, usize)> {
    let mut number_span = view.span(first.start, first.last);
    let mut last = first.last;
    let (mut low, mut high) = (first.value, first.value);
    let mut start = first.start;
    let mut approx = first.sort == Sort::Vague;
    let mut open = approx;
    let mut counting = first.clone();
    let mut ranged = false;
    if let Some((second, lead)) = range(view, &first) {
        number_span = Span::new(first.start, view.end(second.last));
        (last, high, start) = (second.last, second.value, lead);
        // The scale of the upper end holds for both: 3 إلى 5 ملايين.
        if second.scaled && !first.scaled {
            low *= [1e12, 1e9, 1e6, 1e3].into_iter().find(|scale| *scale <= high).unwrap_or(1.0);
        }
        counting = second;
        ranged = true;
        open = false;
    }
    let unit = unit_of(view, &counting, last).or_else(|| sign_before(view, &first));
    let guessed = unit.as_ref().is_none_or(|unit| !unit.listed);
    if !ranged && guessed && !stands_alone(view, first.first, last) && is_name(view, &first) {
        return None;
    }
    let before_unit = unit.is_none().then(|| noun_before(view, &first)).flatten();
    if !ranged && unit.is_none() && before_unit.is_none() && is_place(view, &first) {
        return None;
    }
    if unit.is_none() && before_unit.is_none() && is_ordinal_ten(view, &first) {
        return None;
    }
    if first.value == 1.0 && !first.digits && !first.scaled && unit.is_none() {
        // واحد counts only after its noun or by itself.
        if before_unit.is_none() && !stands_alone(view, first.first, last) {
            return None;
        }
    }
    if first.sort == Sort::Fraction && !is_share(view, &first) {
        return None;
    }
    let mut span = Span::new(start, view.end(last));
    if let Some(unit) = &unit {
        span = span.cover(unit.span);
        last = last.max(unit.last);
    }
    let (mut low, mut high) = (Some(low), if open { None } else { Some(high) });
    let mut apply = |bound: Bound, low: &mut Option<f64>, high: &mut Option<f64>| match bound {
        Bound::About => approx = true,
        Bound::More | Bound::AtLeast => *high = None,
        Bound::Less | Bound::AtMost => {
            *high = high.or(*low);
            *low = None;
        }
    };
    if let Some((bound, from)) = bound_before(view, first.first, start) {
        apply(bound, &mut low, &mut high);
        span.start = span.start.min(from);
    } else if let Some((bound, to)) = bound_after(view, last + 1) {
        apply(bound, &mut low, &mut high);
        last = to;
        span.end = view.end(to);
    }
    let unit = match (unit, before_unit) {
        (Some(unit), _) => Some((unit.name, unit.span)),
        (None, Some(unit)) => {
            span = span.cover(unit.span);
            Some((unit.name, unit.span))
        }
        _ => None,
    };
    let (unit, unit_span) = unit.unzip();
    Some((Quantity { span, number_span, low, high, approx, unit, unit_span }, last))
}

fn unit_of(view: &View<'_>, numeral: &Numeral, last: usize) -> Option<Unit> {
    unit::after(view, &Numeral { last, ..numeral.clone() })
}

/// `٪12`, `$5`: a sign that touches the digits from before.
fn sign_before(view: &View<'_>, numeral: &Numeral) -> Option<Unit> {
    let before = numeral.first.checked_sub(1)?;
    (numeral.digits && view.touches(numeral.first) && view.kind(before) == Some(TokenKind::Symbol))
        .then_some(())?;
    unit::listed(view, before).filter(|unit| unit.last == before)
}

/// القمة الثلاثون: a definite ten after a definite noun in ـة, which is no plural, is an ordinal.
fn is_ordinal_ten(view: &View<'_>, numeral: &Numeral) -> bool {
    let before = numeral.first.checked_sub(1).filter(|_| view.follows(numeral.first));
    numeral.definite
        && !numeral.digits
        && numeral.value % 10.0 == 0.0
        && before.is_some_and(|i| view.fold(i).starts_with("ال") && view.fold(i).ends_with('ه'))
}

/// Whether a number without a noun says which one rather than how many: اليوم الـ57, يوم 24, "218", a score.
fn is_place(view: &View<'_>, numeral: &Numeral) -> bool {
    let Some(before) = numeral.first.checked_sub(1).filter(|_| view.follows(numeral.first)) else {
        return false;
    };
    let quoted = |at: usize| matches!(view.raw(at), "\"" | "«" | "»" | "“" | "”");
    let of_day = view.readings(before).any(|(word, _)| word == "يوم");
    let dash = |at: usize| matches!(view.raw(at), "-" | "–");
    let score = dash(before) || (view.follows(numeral.last + 1) && dash(numeral.last + 1));
    let digits = numeral.digits && (numeral.definite || score);
    digits || of_day || (quoted(before) && quoted(numeral.last + 1))
}

/// The noun that a numeral after it counts: الجرحى السبعة, شخص واحد.
fn noun_before(view: &View<'_>, numeral: &Numeral) -> Option<Unit> {
    let mut before = numeral.first.checked_sub(1)?;
    (view.follows(numeral.first) && (!numeral.digits || numeral.definite)).then_some(())?;
    if numeral.digits {
        // الدول الـ27.
        before = before.checked_sub(1)?;
        (view.follows(before + 1) && !view.fold(before).starts_with("اليوم")).then_some(())?;
    }
    let definite = view.fold(before).contains("ال");
    (definite == numeral.definite).then_some(())?;
    // بين is not ب and ين.
    (!crate::lexicon::FUNCTION_WORDS.contains(view.fold(before))).then_some(())?;
    view.readings(before).find_map(|(word, start)| {
        let bare = word.strip_prefix("ال").unwrap_or(word);
        let accusative = bare.strip_suffix('ا').unwrap_or(bare);
        let name = crate::lexicon::UNITS.get(bare).or_else(|| crate::lexicon::UNITS.get(accusative))?;
        // المرحلة الـ11 is one of several.
        (!numeral.digits || crate::orthography::fold(name) != bare).then_some(())?;
        Some(Unit { name: name.clone(), span: view.span(start, before), last: before, listed: true })
    })
}

/// The upper end of a range and where the range starts: `بين 3 و5`, `من 20 إلى 30`, `20-30`.
fn range(view: &View<'_>, first: &Numeral) -> Option<(Numeral, usize)> {
    let before = first.first.checked_sub(1).filter(|_| view.follows(first.first));
    let lead = before.map_or("", |i| view.fold(i)).to_owned();
    let next = first.last + 1;
    view.follows(next).then_some(())?;
    let word = view.fold(next);
    let upper = |at: usize| numeral::parse(view, at).filter(|second| second.value > first.value);
    if lead.ends_with("بين") {
        let start = before.map_or(first.start, |i| view.start(i));
        let start = match before.and_then(|i| i.checked_sub(1)) {
            Some(ma) if matches!(view.fold(ma), "ما" | "وما") => view.start(ma),
            _ => start,
        };
        let second = if matches!(word, "و" | "الي") {
            upper(next + 1)
        } else {
            word.strip_prefix('و').and_then(|_| upper(next))
        };
        return second.map(|second| (second, start));
    }
    if matches!(word, "الي" | "حتي") {
        let start = if lead == "من" { before.map_or(first.start, |i| view.start(i)) } else { first.start };
        return upper(next + 1).map(|second| (second, start));
    }
    // With blanks around the dash it is the score of a match.
    let dash = matches!(view.raw(next), "-" | "–" | "—") && view.touches(next);
    if dash && first.digits && view.kind(next + 1) == Some(TokenKind::Number) && view.follows(next + 1) {
        return upper(next + 1).map(|second| (second, first.start));
    }
    None
}

/// Whether a number without a unit names what stands before it: القرار 1701, F-16, قناة 12.
fn is_name(view: &View<'_>, numeral: &Numeral) -> bool {
    let Some(before) = numeral.first.checked_sub(1).filter(|_| view.follows(numeral.first)) else {
        return false;
    };
    let dashed = view.raw(before) == "-" && view.touches(numeral.first) && view.touches(before);
    let noun = if dashed { before.checked_sub(1) } else { Some(before) };
    let Some(mut noun) = noun else { return false };
    // في الدقيقتين 53 و65.
    if view.fold(noun) == "و" && noun >= 2 && view.kind(noun - 1) == Some(TokenKind::Number) {
        noun -= 2;
    }
    view.kind(noun) == Some(TokenKind::Latin)
        && (dashed || view.gap(numeral.first).len() <= 1)
        && numeral.digits
        || view.readings(noun).any(|(word, _)| NUMBERS.labels.contains(word))
        // للقرار
        || view.fold(noun).strip_prefix("لل").is_some_and(|word| NUMBERS.labels.contains(&format!("ال{word}")))
}

/// Whether a part of one is a share of something: a definite or governed noun follows (ثلث مساحة البلاد).
fn is_share(view: &View<'_>, numeral: &Numeral) -> bool {
    let next = numeral.last + 1;
    !numeral.definite
        && view.follows(next)
        && view.kind(next) == Some(TokenKind::Word)
        && !crate::lexicon::FUNCTION_WORDS.contains(view.fold(next))
        && !NUMBERS.not_counted.contains(view.fold(next))
        && !crate::lexicon::TIME_UNITS.contains_key(view.fold(next).trim_start_matches("ال"))
}

fn bound_before(view: &View<'_>, first: usize, start: usize) -> Option<(Bound, usize)> {
    // The phrase ends at the token before the numeral, or before the lead word of a range.
    let mut end = first;
    while end > 0 && view.start(end - 1) >= start {
        end -= 1;
    }
    // A lone particle (بـ40, الـ40) belongs to the number.
    while end > 0 && matches!(view.fold(end - 1), "ب" | "ال" | "ل") && view.follows(end) {
        end -= 1;
    }
    let before = end.checked_sub(1)?;
    view.readings(before).any(|(word, _)| NUMBERS.before_tails.contains(word)).then_some(())?;
    NUMBERS.before.iter().find_map(|(phrase, bound)| {
        let at = end.checked_sub(phrase.len())?;
        view.follows(end).then_some(())?;
        view.phrase_at(at, phrase).map(|from| (*bound, from))
    })
}

fn bound_after(view: &View<'_>, at: usize) -> Option<(Bound, usize)> {
    view.follows(at).then_some(())?;
    NUMBERS.after.iter().find_map(|(phrase, bound)| {
        let first = phrase.first()?;
        (view.fold(at) == first).then_some(())?;
        view.phrase_at(at, phrase).map(|_| (*bound, at + phrase.len() - 1))
    })
}

#[cfg(test)]
#[path = "quantity_tests.rs"]
mod tests;
