//! Numerals: the value of a run of number words and digits.
//!
//! Spoken Arabic numbers add up from parts: a unit before its ten (خمسة وعشرون), a teen (خمسة عشر), a hundred with its
//! multiplier (ثلاث مئة, ثلاثمئة, dual مئتان), groups before scales (مئتا ألف), a fraction of the last scale
//! (مليون ونصف). Every part after the first is joined by و, but multipliers and teens stand bare.

use crate::lexicon::{FUNCTION_WORDS, NUMBERS, NumberKind};
use crate::orthography::{fold, normalize};
use crate::token::TokenKind;
use crate::view::View;

/// A numeral in the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Numeral {
    /// Byte where it starts: after particles, with the article.
    pub(crate) start: usize,
    /// Tokens `first..=last`.
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) value: f64,
    pub(crate) sort: Sort,
    /// Whether the article stands before it.
    pub(crate) definite: bool,
    /// Whether it is nothing but digits.
    pub(crate) digits: bool,
    /// Whether a scale word was read, so that it cannot be a year.
    pub(crate) scaled: bool,
}

/// What sort of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Exact,
    /// A plural of hundreds, thousands …, or a few: the value is the least.
    Vague,
    /// A part of one (ثلث).
    Fraction,
}

/// The value of a number token: thousands groups, decimal point or comma, Arabic-Indic digits. `scaled` says that a scale
/// word follows, so that a single separator is a decimal one (`1.250 مليون`). `None` for what is no number.
pub(crate) fn digits_value(raw: &str, scaled: bool) -> Option<f64> {
    let text: String = fold(raw).replace('،', ",");
    let separators: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| !c.is_ascii_digit()).collect();
    let Some((at, last)) = separators.last().copied() else { return text.parse().ok() };
    let decimals = text.len() - at - 1;
    let groups = text.split(separators.first()?.1).skip(1).all(|group| group.len() == 3);
    let mixed = separators.iter().any(|(_, c)| *c != last);
    let grouped =
        decimals == 3 && !text.starts_with('0') && separators.first().is_some_and(|(at, _)| *at <= 3);
    let is_decimal = if mixed {
        true
    } else if separators.len() > 1 {
        // Groups of other lengths are a telephone number, a version, an address.
        groups.then_some(())?;
        false
    } else {
        // A true Arabic decimal separator never groups; `1.250` counts thousands unless a scale follows.
        !grouped || raw.contains('\u{66B}') || (scaled && last == '.')
    };
    let plain: String = text
        .char_indices()
        .filter_map(|(i, c)| match c {
            c if c.is_ascii_digit() => Some(c),
            _ if is_decimal && i == at => Some('.'),
            _ => None,
        })
        .collect();
    plain.parse().ok()
}

/// Whether a number token is digits alone.
pub(crate) fn is_plain_digits(folded: &str) -> bool {
    !folded.is_empty() && folded.bytes().all(|b| b.is_ascii_digit())
}

fn word_readings(word: &str) -> Option<(&'static [(NumberKind, f64)], bool)> {
    let words = &NUMBERS.words;
    if let Some(readings) = words.get(word) {
        return Some((readings, false));
    }
    let bare = word.strip_prefix("ال")?;
    // الاثنين is Monday.
    (bare != "اثنين").then_some(())?;
    words.get(bare).map(|readings| (readings.as_slice(), true))
}

fn reading(word: &str, kind: NumberKind) -> Option<f64> {
    let (readings, _) = word_readings(word)?;
    readings.iter().find(|(k, _)| *k == kind).map(|(_, value)| *value)
}

/// The scale that a word is by itself (ألف, آلاف, المليون), not its dual.
fn plain_scale(word: &str) -> Option<f64> {
    let (readings, _) = word_readings(word)?;
    readings.iter().filter(|(k, _)| *k == NumberKind::Scale).map(|(_, v)| *v).reduce(f64::min)
}

/// The numeral that starts at token `at`, if one does. The longest reading is taken.
pub(crate) fn parse(view: &View<'_>, at: usize) -> Option<Numeral> {
    match view.kind(at)? {
        TokenKind::Number => {
            let scaled = view.follows(at + 1) && plain_scale(view.fold(at + 1)).is_some();
            let (value, last) = spaced_digits(view, at, scaled)?;
            let mut sum =
                Sum { view, total: 0.0, group: Some(value), used: Used::ALL, last_scale: f64::INFINITY };
            let end = sum.extend(last);
            let scaled = sum.last_scale.is_finite();
            Some(Numeral {
                start: view.start(at),
                first: at,
                last: end,
                value: sum.value(),
                sort: Sort::Exact,
                definite: at > 0 && view.touches(at) && view.fold(at - 1).ends_with("ال"),
                digits: end == last,
                scaled,
            })
        }
        TokenKind::Word => {
            // لست is not "for six".
            let readings = if FUNCTION_WORDS.contains(view.fold(at)) { 1 } else { usize::MAX };
            view.readings(at).take(readings).find_map(|(word, start)| parse_word(view, at, word, start))
        }
        _ => None,
    }
}

/// Groups of three digits after the first that one number may have.
const GROUPS: usize = 5;

/// Digits in groups of three with blanks between, as `10 000` is typeset.
fn spaced_digits(view: &View<'_>, at: usize, scaled: bool) -> Option<(f64, usize)> {
    let mut value = digits_value(view.raw(at), scaled)?;
    let mut last = at;
    let first = view.fold(at);
    if is_plain_digits(first) && first.len() <= 3 && !first.starts_with('0') {
        while view.kind(last + 1) == Some(TokenKind::Number)
            && view.fold(last + 1).len() == 3
            && is_plain_digits(view.fold(last + 1))
            && last < at + GROUPS
            && matches!(view.gap(last + 1), " " | "\u{A0}" | "\u{202F}" | "\u{2009}")
        {
            last += 1;
            value = value * 1000.0 + digits_value(view.raw(last), false)?;
        }
    }
    Some((value, last))
}

fn parse_word(view: &View<'_>, at: usize, word: &str, start: usize) -> Option<Numeral> {
    let (readings, definite) = word_readings(word)?;
    let has = |kind| readings.iter().find(|(k, _)| *k == kind).map(|(_, value)| *value);
    let next = if view.follows(at + 1) { view.fold(at + 1) } else { "" };
    let numeral = |last: usize, value: f64, sort: Sort, scaled: bool| Numeral {
        start,
        first: at,
        last,
        value,
        sort,
        definite,
        digits: false,
        scaled,
    };
    // بعده is not بعدة.
    let ends_in_pronoun = word.ends_with('ه') && normalize(view.raw(at)).ends_with('ه');
    if let Some(few) = has(NumberKind::Few).filter(|_| !(word == "عده" && ends_in_pronoun)) {
        // بضع عشرات: three of what عشرات has two of.
        return Some(match reading(next, NumberKind::Vague) {
            Some(vague) => numeral(at + 1, few * vague / 2.0, Sort::Vague, true),
            None => numeral(at, few, Sort::Vague, false),
        });
    }
    if let Some(fraction) = has(NumberKind::Fraction) {
        return Some(match plain_scale(next) {
            Some(scale) => numeral(at + 1, fraction * scale, Sort::Exact, true),
            None => numeral(at, fraction, Sort::Fraction, false),
        });
    }
    if let Some(vague) = has(NumberKind::Vague) {
        return Some(match plain_scale(next) {
            Some(scale) => numeral(at + 1, vague * scale, Sort::Vague, true),
            None => numeral(at, vague, Sort::Vague, true),
        });
    }
    let mut sum = Sum { view, total: 0.0, group: None, used: Used::NONE, last_scale: f64::INFINITY };
    if !sum.take(word, true, at) {
        return None;
    }
    let last = sum.extend(at);
    Some(numeral(last, sum.value(), Sort::Exact, sum.last_scale.is_finite()))
}

/// The places of the current group of three that are filled.
#[derive(Debug, Clone, Copy)]
struct Used {
    hundreds: bool,
    tens: bool,
    units: bool,
}

impl Used {
    const NONE: Self = Self { hundreds: false, tens: false, units: false };
    const ALL: Self = Self { hundreds: true, tens: true, units: true };
}

/// A number that is being added up.
struct Sum<'v, 't> {
    view: &'v View<'t>,
    total: f64,
    group: Option<f64>,
    used: Used,
    last_scale: f64,
}

impl Sum<'_, '_> {
    fn value(&self) -> f64 {
        let value = self.total + self.group.unwrap_or(0.0);
        // 4.14 times a milliard is whole, whatever the binary fraction says.
        let whole = value.round();
        if self.last_scale.is_finite() && (value - whole).abs() < 1e-3 { whole } else { value }
    }

    /// Takes all parts after token `last`; returns the last token taken.
    fn extend(&mut self, mut last: usize) -> usize {
        while let Some(next) = self.part(last + 1) {
            last = next;
        }
        last
    }

    /// Takes the part that begins at token `at`, with its و.
    fn part(&mut self, at: usize) -> Option<usize> {
        let view = self.view;
        view.follows(at).then_some(())?;
        let word = view.fold(at);
        if word == "و" {
            let next = at + 1;
            view.follows(next).then_some(())?;
            if view.kind(next) == Some(TokenKind::Number) {
                return self.take_digits(next).then_some(next);
            }
            return self.joined(view.fold(next), next);
        }
        if self.take(word, false, at) {
            return Some(at);
        }
        self.joined(word.strip_prefix('و')?, at)
    }

    /// Takes a part that و joins.
    fn joined(&mut self, word: &str, at: usize) -> Option<usize> {
        if let Some(fraction) = reading(word, NumberKind::Fraction) {
            // مليون ونصف, مليون ونصف المليون, مليون ونصف مليون.
            (self.group.is_none() && self.last_scale.is_finite() && !self.used.units).then_some(())?;
            self.used = Used::ALL;
            let named = plain_scale(self.view.fold(at + 1)).filter(|_| self.view.follows(at + 1));
            self.total += fraction * named.unwrap_or(self.last_scale);
            return Some(at + usize::from(named.is_some()));
        }
        self.take(word, true, at).then_some(at)
    }

    fn take_digits(&mut self, at: usize) -> bool {
        let Some(value) = digits_value(self.view.raw(at), false) else { return false };
        let fits = self.group.is_none() && self.last_scale.is_finite() && value < self.last_scale;
        if fits {
            (self.group, self.used) = (Some(value), Used::ALL);
        }
        fits
    }

    /// Takes one word: `joined` when it opens the numeral or has a و. False, and nothing changed, when it does not fit.
    fn take(&mut self, word: &str, joined: bool, at: usize) -> bool {
        let Some((readings, _)) = word_readings(word) else { return false };
        readings.iter().any(|(kind, value)| match kind {
            NumberKind::Unit => joined && self.take_unit(*value, at),
            NumberKind::Ten => self.take_ten(*value, joined),
            NumberKind::Hundred => self.take_hundred(*value, joined),
            NumberKind::Scale => self.take_scale(*value, joined, at),
            NumberKind::Fraction => self.take_parts(*value, joined),
            NumberKind::Vague if !joined => self.take_plural_hundreds(*value),
            _ => false,
        })
    }

    fn take_unit(&mut self, value: f64, at: usize) -> bool {
        let starts = self.group.is_none() && self.total == 0.0;
        if self.used.units || self.used.tens || self.total > 0.0 && self.last_scale <= 1.0 {
            return false;
        }
        // "One" and "two" by themselves are rarely numbers: أحد القادة is "one of".
        let view = self.view;
        let next = if view.follows(at + 1) { view.fold(at + 1) } else { "" };
        let compound = is_teen_ending(next) || {
            let after = next.strip_prefix('و').unwrap_or(next);
            let after = if next == "و" { view.fold(at + 2) } else { after };
            reading(after, NumberKind::Ten).is_some_and(|ten| ten >= 20.0)
        };
        // اثنا and اثني only stand before عشر: أثنى عليه.
        if starts && !compound && matches!(view.fold(at), "اثنا" | "اثني" | "اثنتا" | "اثنتي")
        {
            return false;
        }
        if starts && value < 2.0 && !compound && !matches!(view.fold(at), "واحد" | "واحده" | "واحدا")
        {
            return false;
        }
        self.add(value);
        self.used.units = true;
        true
    }

    fn take_ten(&mut self, value: f64, joined: bool) -> bool {
        if self.used.tens {
            return false;
        }
        if !joined {
            // خمسة عشر.
            if value > 10.0 || !self.used.units {
                return false;
            }
        } else if value < 20.0 && self.used.units {
            return false;
        }
        self.add(value);
        self.used.tens = true;
        self.used.units |= value < 20.0;
        true
    }

    fn take_hundred(&mut self, value: f64, joined: bool) -> bool {
        match self.group {
            None => self.group = Some(value),
            Some(unit)
                if !joined && value == 100.0 && self.used.units && !self.used.tens && !self.used.hundreds =>
            {
                self.group = Some(unit * 100.0);
            }
            _ => return false,
        }
        self.used = Used { hundreds: true, ..Used::NONE };
        true
    }

    /// ثلاث مئات.
    fn take_plural_hundreds(&mut self, vague: f64) -> bool {
        match self.group {
            Some(unit) if vague == 200.0 && self.used.units && !self.used.tens && !self.used.hundreds => {
                self.group = Some(unit * 100.0);
                self.used = Used { hundreds: true, ..Used::NONE };
                true
            }
            _ => false,
        }
    }

    fn take_scale(&mut self, value: f64, joined: bool, at: usize) -> bool {
        let is_dual = [2e3, 2e6, 2e9, 2e12].contains(&value);
        let starts = self.group.is_none() && self.total == 0.0;
        match self.group {
            Some(group) if !joined && !is_dual => {
                if value >= self.last_scale {
                    return false;
                }
                self.total += group * value;
                self.group = None;
            }
            // ألف مليون.
            None if !joined && !is_dual && self.total > 0.0 && value > self.last_scale => self.total *= value,
            None if starts || (joined && value < self.last_scale) => {
                if starts && self.is_bare_dual(value, is_dual, at) {
                    self.total += value * 2.0;
                } else {
                    self.total += value;
                }
            }
            _ => return false,
        }
        self.last_scale = if is_dual { value / 2.0 } else { value };
        self.used = Used::NONE;
        true
    }

    /// مليونا and ألفا are one with the accusative ending, and two before the noun that they govern.
    fn is_bare_dual(&self, value: f64, is_dual: bool, at: usize) -> bool {
        let view = self.view;
        let word = view.fold(at);
        let governs = view.kind(at + 1) == Some(TokenKind::Word)
            && view.follows(at + 1)
            && !crate::lexicon::FUNCTION_WORDS.contains(view.fold(at + 1))
            && self.joined_number(at + 1).is_none();
        !is_dual
            && governs
            && word.ends_with('ا')
            && word_readings(word.trim_start_matches('و'))
                .is_some_and(|(r, _)| r.contains(&(NumberKind::Scale, value * 2.0)))
    }

    fn joined_number(&self, at: usize) -> Option<()> {
        let word = self.view.fold(at);
        let rest = if word == "و" { self.view.fold(at + 1) } else { word.strip_prefix('و')? };
        (word_readings(rest).is_some() || self.view.kind(at + 1) == Some(TokenKind::Number)).then_some(())
    }

    /// ثلاثة أرباع.
    fn take_parts(&mut self, fraction: f64, joined: bool) -> bool {
        match self.group {
            Some(count)
                if !joined && self.used.units && !self.used.tens && !self.used.hundreds && fraction < 0.5 =>
            {
                self.group = Some(count * fraction);
                true
            }
            _ => false,
        }
    }

    fn add(&mut self, value: f64) {
        self.group = Some(self.group.unwrap_or(0.0) + value);
    }
}

fn is_teen_ending(word: &str) -> bool {
    matches!(word, "عشر" | "عشره")
}

/// An ordinal (الثالث, الخامس والعشرون, التاسع عشر) at token `at`: its value, where it starts and its last token.
pub(crate) fn ordinal(view: &View<'_>, at: usize) -> Option<(u32, usize, usize)> {
    view.readings(at).find_map(|(word, start)| {
        let bare = word.strip_prefix("ال").unwrap_or(word);
        let unit =
            *NUMBERS.words.get(bare)?.iter().find(|(k, _)| *k == NumberKind::Ordinal).map(|(_, v)| v)?;
        let unit = unit as u32;
        let next = at + 1;
        if view.follows(next) {
            if unit < 10 && is_teen_ending(view.fold(next)) {
                return Some((unit + 10, start, next));
            }
            let (rest, last) = if view.fold(next) == "و" {
                (Some(view.fold(next + 1)), next + 1)
            } else {
                (view.fold(next).strip_prefix('و'), next)
            };
            let ten = rest
                .and_then(|rest| rest.strip_prefix("ال"))
                .and_then(|ten| reading(ten, NumberKind::Ten))
                .filter(|ten| *ten >= 20.0);
            if let Some(ten) = ten.filter(|_| unit < 10) {
                return Some((unit + ten as u32, start, last));
            }
        }
        Some((unit, start, at))
    })
}
