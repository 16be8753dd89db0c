//! Where a summary says what the article itself does not: other years, days, counts, persons, places.
//!
//! Only what the article has of the same kind can contradict: a count of soldiers another count of soldiers, a day
//! another day. What the article leaves open contradicts nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::civil::Date;
use marsad_arabic::number::quantities_beside;
use marsad_arabic::orthography::fold;
use marsad_arabic::time::{TimexKind, times};
use marsad_arabic::token::{TokenKind, tokenize};
use marsad_model::ontology::EntityType;

use crate::knowledge;
use crate::names;

/// The least and the greatest value of a count.
type Bounds = (Option<f64>, Option<f64>);

/// What texts state that can be compared.
#[derive(Debug, Default)]
pub(super) struct Facts {
    years: BTreeSet<String>,
    /// Months and days: `-01-27`.
    days: BTreeSet<String>,
    /// Whether a day is named that is not known as a date: a weekday, yesterday.
    open_day: bool,
    /// Counts by what is counted; the bounds are `None` where open.
    counts: BTreeMap<String, Vec<Bounds>>,
    /// First letters of every word, with and without particles.
    stems: HashSet<String>,
}

/// Letters that tell a word apart from others: `عراق` of العراق and العراقية.
const STEM: usize = 4;

impl Facts {
    /// Adds what a text states. `published` is the day that relative times count from.
    pub(super) fn add(&mut self, text: &str, published: Option<Date>) {
        let tokens = tokenize(text);
        let found = times(text, &tokens, published);
        for time in found.iter().filter(|time| matches!(time.kind, TimexKind::Date | TimexKind::Time)) {
            match day(&time.value) {
                Some(day) => {
                    self.days.insert(day.to_owned());
                }
                None => self.open_day |= is_open_day(&time.value),
            }
        }
        for token in &tokens {
            let word = token.text(text);
            match token.kind {
                TokenKind::Number | TokenKind::Date => self.years.extend(years(word)),
                TokenKind::Word | TokenKind::Latin => self.stems.extend(stems(&fold(word))),
                _ => {}
            }
        }
        for quantity in quantities_beside(text, &tokens, &found) {
            if let Some(unit) = quantity.unit {
                self.counts.entry(unit).or_default().push((quantity.low, quantity.high));
            }
        }
    }

    /// Adds the year of publication, which an article need not name.
    pub(super) fn add_day(&mut self, day: Date) {
        self.years.insert(day.year().to_string());
        self.days.insert(format!("-{:02}-{:02}", day.month(), day.day()));
    }

    /// What a line of a summary says otherwise, for people.
    pub(super) fn contradicted_by(&self, line: &str, published: Option<Date>) -> Option<String> {
        let mut own = Self::default();
        own.add(line, published);
        let mut wrong: Vec<String> = Vec::new();
        let mut differ = |said: Vec<&str>, stated: Vec<&str>| {
            if !said.is_empty() && !stated.is_empty() {
                wrong.push(format!(
                    "names {}; the article itself has {}",
                    said.join(", "),
                    stated.join(", ")
                ));
            }
        };
        differ(
            own.years.difference(&self.years).map(String::as_str).collect(),
            self.years.iter().map(String::as_str).collect(),
        );
        if !self.open_day {
            differ(
                own.days.difference(&self.days).map(|day| day.trim_start_matches('-')).collect(),
                self.days.iter().map(|day| day.trim_start_matches('-')).collect(),
            );
        }
        for (unit, counts) in &own.counts {
            let Some(stated) = self.counts.get(unit) else { continue };
            let elsewhere = |(low, high): &Bounds| {
                low.is_some()
                    && low == high
                    && !self.counts.values().flatten().any(|other| covers(*other, *low))
            };
            for (low, _) in counts.iter().filter(|count| elsewhere(count)) {
                let said = format!("{} {unit}", low.unwrap_or_default());
                let stated: Vec<String> =
                    stated.iter().filter_map(|(low, high)| Some(low.or(*high)?.to_string())).collect();
                differ(vec![&said], stated.iter().map(String::as_str).collect());
            }
        }
        let strangers = self.strangers(line);
        if !strangers.is_empty() && !self.stems.is_empty() {
            wrong.push(format!("names {}; the article itself does not", strangers.join(", ")));
        }
        (!wrong.is_empty()).then(|| wrong.join("; "))
    }

    fn has(&self, folded: &str) -> bool {
        stems(folded).any(|stem| self.stems.contains(&stem))
    }

    /// The persons and places of a line that the article does not name.
    fn strangers<'t>(&self, line: &'t str) -> Vec<&'t str> {
        let tokens: Vec<_> = tokenize(line).into_iter().filter(|t| t.kind == TokenKind::Word).collect();
        let folded: Vec<String> = tokens.iter().map(|token| fold(token.text(line))).collect();
        let mut strangers = Vec::new();
        let mut at = 0;
        while let Some(word) = folded.get(at) {
            let name = (1..=LONGEST_NAME).rev().find_map(|length| {
                let span = tokens.get(at)?.span.start..tokens.get(at + length - 1)?.span.end;
                let surface = line.get(span)?;
                known(surface, length).then_some((surface, length))
            });
            let person = || {
                let next = tokens.get(at + 1)?;
                let named = names::is_given_name(word)
                    && !names::is_function_word(word)
                    && !folded.get(at + 1).is_some_and(|next| names::is_function_word(next));
                let surface = line.get(tokens.get(at)?.span.start..next.span.end)?;
                // A mark between them parts them.
                (named && surface.split_whitespace().count() == 2).then_some((surface, 2))
            };
            let Some((surface, length)) = name.or_else(person) else {
                at += 1;
                continue;
            };
            if !folded.iter().skip(at).take(length).any(|word| self.has(word)) && !self.has_capital(surface) {
                strangers.push(surface);
            }
            at += length;
        }
        strangers
    }

    /// Whether the article names the capital of a country, or the country of a capital.
    fn has_capital(&self, surface: &str) -> bool {
        let knowledge = knowledge::get();
        knowledge.look_up(surface).any(|(entity, _)| {
            let other = knowledge.capital_of(entity.id).or_else(|| knowledge.country_of_capital(entity.id));
            other.is_some_and(|other| fold(other.name).split(' ').any(|word| self.has(word)))
        })
    }
}

/// Words of a name.
const LONGEST_NAME: usize = 4;

/// A person by full name, a country or city.
fn known(surface: &str, words: usize) -> bool {
    knowledge::get().look_up(surface).any(|(entity, _)| match entity.entity_type {
        EntityType::Person => words >= 2,
        // Short names of places are words of other meaning too.
        EntityType::Gpe => knowledge::get().capital_of(entity.id).is_some(),
        _ => false,
    })
}

fn covers((low, high): Bounds, value: Option<f64>) -> bool {
    value.is_some_and(|value| low.is_none_or(|low| low <= value) && high.is_none_or(|high| value <= high))
}

/// Month and day of a value: `-01-27` of `2024-01-27T10` and `XXXX-01-27`.
fn day(value: &str) -> Option<&str> {
    let day = value.get(4..10)?;
    let digits = |part: Option<&str>| part.is_some_and(|part| part.chars().all(|c| c.is_ascii_digit()));
    (day.starts_with('-') && digits(day.get(1..3)) && day.get(3..4) == Some("-") && digits(day.get(4..6)))
        .then_some(day)
}

/// A weekday, or a day relative to one that is not known.
fn is_open_day(value: &str) -> bool {
    value.contains("-WXX-") || value.starts_with("XXXX-XX-XX")
}

/// The years among the numbers of a token.
fn years(token: &str) -> Vec<String> {
    let folded = fold(token);
    let numbers = folded.split(|c: char| !c.is_ascii_digit());
    numbers
        .filter(|number| number.len() == 4 && (number.starts_with("19") || number.starts_with("20")))
        .map(str::to_owned)
        .collect()
}

/// The first letters of a folded word without each particle that it may carry.
fn stems(folded: &str) -> impl Iterator<Item = String> {
    const PARTICLES: [&str; 12] = ["", "ال", "وال", "بال", "فال", "كال", "لل", "و", "ف", "ب", "ل", "ك"];
    PARTICLES.iter().filter_map(move |particle| {
        let rest = folded.strip_prefix(particle)?;
        rest.chars().nth(2).is_some().then(|| rest.chars().take(STEM).collect())
    })
}
