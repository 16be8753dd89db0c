//! The publication day of an article that does not state one, from dated articles that tell the same.
//!
//! Two readings, both of which want the words around a time expression of the undated article to be those around a time of
//! a dated one ("told alike"):
//!
//! * **The same day's news.** If it had come out on the day of a dated article (where it calls a weekday today: on that weekday, at
//!   most a day apart), the days that it names would be days that the dated article tells alike. One such day is enough for an
//!   article that says what weekday it is; else two are wanted, the first that it names being today, and nothing alike may have
//!   come out the day after. Outlets take over each other's text the next day, so that a like text alone gives no day.
//! * **The weekday after a month.** An article that calls a weekday today and tells of a month without its year, which dated articles tell
//!   alike with the year, came out on the first such weekday after that month, if an article like it came out in the two weeks before.
//!
//! Readings that differ give nothing. Only days that articles state count, so that nothing is inferred from an inference.

mod clues;

use jiff::civil::Date;
use marsad_model::ArticleId;

pub use clues::{DateClues, Telling, When};

/// Share of the words around two expressions, of those around the one with fewer, from which they tell the same.
const ALIKE: f32 = 0.25;
/// Words that they have in common at least.
const SHARED: usize = 4;
/// Entities named around both, by whom they act for, from which they tell the same.
const ENTITIES: usize = 2;
/// Similarity of two articles from which the one may give the other its day.
const LEAST: f32 = 0.15;
/// Of the greatest similarity, how much an article has at least whose day counts.
const AMONG_BEST: f32 = 0.8;
/// Of the similarity of an article of one day, how much one of the next may have at most.
const FOLLOWED: f32 = 0.5;
/// Days after a like article in which an article comes out that looks back on a month.
const FRESH: i32 = 14;

/// A dated article that is like the undated one.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The article.
    pub article: ArticleId,
    /// What it tells.
    pub clues: &'a DateClues,
    /// How alike the two articles are, 0 to 1.
    pub similarity: f32,
}

/// The day on which an article that states none came out, and the articles that it follows from, in order of their ids. Candidates
/// without a stated day are left out.
pub fn infer(undated: &DateClues, candidates: &[Candidate]) -> Option<(Date, Vec<ArticleId>)> {
    let dated: Vec<(Date, &Candidate)> =
        candidates.iter().filter_map(|candidate| Some((candidate.clues.stated?, candidate))).collect();
    let most = dated.iter().map(|(_, candidate)| candidate.similarity).fold(0.0, f32::max);
    let mut votes: Vec<(Date, ArticleId)> = (dated.iter())
        .filter(|(_, candidate)| candidate.similarity >= LEAST.max(AMONG_BEST * most))
        .filter_map(|(stated, candidate)| Some((same_day(undated, *stated, candidate)?, candidate.article)))
        .collect();
    if undated.weekday.is_none() && votes.iter().any(|(day, _)| is_followed(*day, &dated)) {
        return None;
    }
    if votes.is_empty() {
        votes = after_month(undated, &dated);
    }
    let day = votes.first()?.0;
    if votes.iter().any(|(other, _)| *other != day) {
        return None;
    }
    let mut from: Vec<ArticleId> = votes.into_iter().map(|(_, article)| article).collect();
    from.sort_unstable();
    from.dedup();
    Some((day, from))
}

/// As [`infer`], of candidates strongest first; most are not looked at where nothing can follow from them.
pub(crate) fn infer_from<'a, I: Iterator<Item = Candidate<'a>>>(
    undated: &DateClues,
    candidates: impl Fn() -> I,
) -> Option<(Date, Vec<ArticleId>)> {
    if undated.tellings.is_empty() {
        return None;
    }
    if undated.weekday.is_none() {
        // The best ones alone give a day; the others can only speak against it.
        let mut dated = candidates().filter(|candidate| candidate.clues.stated.is_some()).peekable();
        let least = AMONG_BEST * dated.peek()?.similarity;
        let best: Vec<Candidate<'_>> = dated.take_while(|candidate| candidate.similarity >= least).collect();
        infer(undated, &best)?;
    }
    infer(undated, &candidates().collect::<Vec<_>>())
}

/// The day on which the undated article came out if it tells the same day's news as that dated one.
fn same_day(undated: &DateClues, stated: Date, candidate: &Candidate) -> Option<Date> {
    let day = undated.weekday.map_or(Some(stated), |weekday| near(stated, weekday))?;
    let told = |telling: &Telling, day: Date, like: fn(&Telling, &Telling) -> bool| {
        let tellings = &candidate.clues.tellings;
        tellings.iter().any(|other| other.when == When::Days(day, day) && like(telling, other))
    };
    let alike = |like: fn(&Telling, &Telling) -> bool| {
        let mut days: Vec<Date> =
            undated.days(day).filter(|(at, telling)| told(telling, *at, like)).map(|(at, _)| at).collect();
        days.sort_unstable();
        days.dedup();
        days
    };
    let holds = match undated.weekday {
        Some(_) => !alike(Telling::has_words_of).is_empty(),
        None => {
            let days = alike(|a, b| a.has_words_of(b) || a.names_those_of(b));
            days.len() >= 2 && days.contains(&day) && is_first(undated, day)
        }
    };
    (holds && !undated.looks_back_on(day)).then_some(day)
}

/// Whether that day is the one of which the article tells first: the news is of today more often than of any other day.
fn is_first(undated: &DateClues, day: Date) -> bool {
    let first = undated
        .tellings
        .first()
        .is_some_and(|telling| matches!(telling.when, When::Relative(_)) && !telling.late);
    first && undated.days(day).next().is_some_and(|(told, _)| told == day)
}

/// Whether an article of the next day is nearly as alike as those of that day: the undated one may be of either.
fn is_followed(day: Date, dated: &[(Date, &Candidate)]) -> bool {
    let most_alike = |day: Date| {
        let similarities =
            dated.iter().filter(|(stated, _)| *stated == day).map(|(_, candidate)| candidate.similarity);
        similarities.fold(0.0, f32::max)
    };
    day.tomorrow().is_ok_and(|next| most_alike(next) >= FOLLOWED * most_alike(day))
}

/// The first day of that weekday after the months that it looks back on, with the articles that tell these.
fn after_month(undated: &DateClues, dated: &[(Date, &Candidate)]) -> Vec<(Date, ArticleId)> {
    let Some(weekday) = undated.weekday else { return Vec::new() };
    let mut votes = Vec::new();
    for (_, candidate) in dated {
        let ends = undated.tellings.iter().filter_map(|telling| {
            let When::Month(month) = telling.when else { return None };
            let told = candidate.clues.tellings.iter().filter(|other| telling.has_words_of(other));
            told.filter_map(|other| other.when.within_month())
                .filter(|(at, _)| *at == month)
                .map(|(_, end)| end)
                .max()
        });
        let Some(day) = ends.max().and_then(|end| first_after(end, weekday)) else { continue };
        votes.push((day, candidate.article));
    }
    let fresh = |day: Date| dated.iter().any(|(stated, _)| (0..=FRESH).contains(&(day - *stated).get_days()));
    if votes.iter().all(|(day, _)| fresh(*day)) { votes } else { Vec::new() }
}

/// The day of that weekday that is at most one day away.
fn near(day: Date, weekday: u8) -> Option<Date> {
    let days = [Some(day), day.yesterday().ok(), day.tomorrow().ok()];
    days.into_iter().flatten().find(|day| number(*day) == weekday)
}

fn first_after(day: Date, weekday: u8) -> Option<Date> {
    day.series(jiff::Span::new().days(1)).skip(1).take(7).find(|day| number(*day) == weekday)
}

/// 1 = Monday to 7 = Sunday.
fn number(day: Date) -> u8 {
    day.weekday().to_monday_one_offset().unsigned_abs()
}

#[cfg(test)]
mod tests;
