//! What is kept of an article to find it by its words, and of its entities to find them by their names.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use jiff::civil::Date;
use marsad_arabic::search::{Name, Stemmer};
use marsad_model::ontology::SegmentKind;
use marsad_model::{Analysis, ArticleFields, ArticleId, Span};

use super::query::outlet_mark;
use crate::sql::{Dialect, Value, values};

/// How many words of the text are its beginning: a first paragraph, in most articles.
const BEGINNING: usize = 50;

/// How often a word stands in an article that is about it.
const OFTEN: usize = 3;

/// The most bytes of stems that are kept of an article, well below what a `tsvector` may have. Words beyond are not found.
const MOST_BYTES: usize = 400_000;

/// The last position that a `tsvector` knows, and the most of one word.
const LAST_POSITION: usize = 16_383;
const MOST_POSITIONS: usize = 255;

/// Bits of a place that tell articles of one day apart, and the day of those without one.
const ID_BITS: u32 = 40;
const NO_DAY: i64 = (1 << 22) - 1;

/// What an article is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    article: ArticleId,
    place: i64,
    parts: String,
    /// Runs of words that follow each other: the title, and each part of the text.
    runs: Vec<Vec<String>>,
    /// Words in the title, words that it is about, and outlets.
    marks: BTreeSet<String>,
}

/// The days from this one to the end of time, so that later ones come first.
fn countdown(day: Date) -> i64 {
    let days = day.duration_until(Date::constant(9999, 12, 31)).as_hours() / 24;
    days.min(NO_DAY - 1)
}

/// The places of the articles of these days, the last one excluded; of all days with none. Undated articles are in no range.
pub(crate) fn day_range(from: Option<Date>, to: Option<Date>) -> (i64, i64) {
    let first = to.map_or(0, |day| countdown(day) << ID_BITS);
    let last = match from {
        Some(day) => (countdown(day) + 1) << ID_BITS,
        None if to.is_some() => NO_DAY << ID_BITS,
        None => i64::MAX,
    };
    (first, last)
}

impl Document {
    pub(crate) fn new(
        article: ArticleId,
        fields: &ArticleFields,
        analysis: &Analysis,
        title: Option<&str>,
        published: Option<Date>,
    ) -> Self {
        let text = &fields.text;
        let own: Vec<_> =
            analysis.segments.iter().filter(|segment| segment.kind != SegmentKind::Boilerplate).collect();
        let mut stemmer = Stemmer::default();
        let mut stems =
            |text: &str| stemmer.terms(text).into_iter().map(|term| term.stem).collect::<Vec<_>>();
        let mut runs = vec![title.map(&mut stems).unwrap_or_default()];
        let mut beginning = BEGINNING;
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut marks = BTreeSet::new();
        for stem in runs.iter().flatten() {
            *counts.entry(stem.clone()).or_default() += 1;
            marks.extend([format!("t={stem}"), format!("c={stem}")]);
        }
        let mut room = MOST_BYTES;
        let mut parts = String::new();
        for segment in own {
            let span = segment.span;
            let _ = write!(parts, "{}{}-{}", if parts.is_empty() { "" } else { " " }, span.start, span.end);
            // Where the title was submitted too it is there already.
            if segment.kind == SegmentKind::Title && span.of(text).map(str::trim) == title {
                continue;
            }
            let mut run = stems(span.of(text).unwrap_or_default());
            // In what follows too: of what is left out in the middle, phrases would be found that are none.
            run.retain(|stem| {
                room = room.saturating_sub(stem.len() + 1);
                room > 0
            });
            for stem in &run {
                *counts.entry(stem.clone()).or_default() += 1;
                if beginning > 0 {
                    beginning -= 1;
                    marks.insert(format!("c={stem}"));
                }
            }
            runs.push(run);
        }
        marks
            .extend(counts.iter().filter(|(_, count)| **count >= OFTEN).map(|(stem, _)| format!("c={stem}")));
        let outlets =
            fields.outlet.iter().map(String::as_str).chain(analysis.outlet.iter().map(|id| id.as_str()));
        marks.extend(outlets.map(outlet_mark));
        let [first, second, third, fourth, fifth, ..] = *article.0.as_bytes();
        let id = i64::from_be_bytes([0, 0, 0, first, second, third, fourth, fifth]);
        let place = published.map_or(NO_DAY, countdown) << ID_BITS | id;
        Self { article, place, parts, runs, marks }
    }

    /// The row without its words, and its words in the engine's form.
    pub(crate) fn row(&self, dialect: Dialect) -> Vec<Value> {
        let words = match dialect {
            Dialect::Sqlite => self.words(),
            Dialect::Postgres => self.lexemes(),
        };
        values![self.article, self.place, self.parts, words]
    }

    /// The runs, with a term between them that no query has, and the marks.
    fn words(&self) -> String {
        let runs: Vec<_> = self.runs.iter().map(|run| run.join(" ")).collect();
        let marks: Vec<_> = self.marks.iter().map(String::as_str).collect();
        format!("{} = {}", runs.join(" = "), marks.join(" "))
    }

    /// Terms with their positions, as the text of a `tsvector`.
    fn lexemes(&self) -> String {
        let mut positions: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut at = 0;
        for run in &self.runs {
            for stem in run {
                at += 1;
                let of_stem = positions.entry(stem).or_default();
                if at <= LAST_POSITION && of_stem.len() < MOST_POSITIONS {
                    of_stem.push(at);
                }
            }
            // Words on both sides of a gap are no phrase.
            at += 1;
        }
        let mut text = String::new();
        for (stem, positions) in positions {
            let _ = write!(text, "'{stem}'");
            for (number, position) in positions.into_iter().enumerate() {
                let _ = write!(text, "{}{position}", if number == 0 { ':' } else { ',' });
            }
            text.push(' ');
        }
        for mark in &self.marks {
            let _ = write!(text, "'{mark}' ");
        }
        text
    }
}

/// The parts of an article's text that are its own, as they are stored.
pub(crate) fn read_parts(parts: &str) -> impl Iterator<Item = Span> {
    parts.split(' ').filter_map(|part| {
        let (start, end) = part.split_once('-')?;
        Some(Span::new(start.parse().ok()?, end.parse().ok()?))
    })
}

/// The rows of the words of names that the knowledge does not have.
pub(crate) fn rows(article: ArticleId, analysis: &Analysis) -> Vec<Vec<Value>> {
    let unknown = analysis.entities.iter().filter(|entity| !entity.id.is_known());
    let names = unknown.flat_map(|entity| {
        std::iter::once(&entity.name).chain(&entity.name_en).map(move |name| (&entity.id, name))
    });
    let mut rows = BTreeMap::new();
    for (entity, name) in names {
        let name = Name::new(name);
        for word in name.words() {
            let key = (entity.as_str(), name.folded().to_owned(), word.text.clone());
            rows.entry(key).or_insert_with(|| {
                values![article, *entity, word.text, word.skeleton, name.folded().to_owned()]
            });
        }
    }
    rows.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_days_come_first() {
        let days = [
            Date::MAX,
            Date::constant(2024, 2, 1),
            Date::constant(2024, 1, 31),
            Date::constant(1, 1, 1),
            Date::MIN,
        ];
        let counted = days.map(countdown);
        assert!(counted.is_sorted() && counted.last() < Some(&NO_DAY), "{counted:?}");
        let (first, last) = day_range(Some(days[2]), Some(days[2]));
        assert!(first <= counted[2] << ID_BITS && (counted[2] << ID_BITS | 0xff) < last);
        assert!(counted[1] << ID_BITS < first && last <= counted[3] << ID_BITS);
        assert_eq!(day_range(None, None), (0, i64::MAX));
        assert!(day_range(None, Some(days[1])).1 <= NO_DAY << ID_BITS);
    }
}
