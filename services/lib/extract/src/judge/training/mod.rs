//! Training of the judge. The command `train-events` calls it; see `weights/README.md`.
//!
//! * Articles: an event that was found is told if an annotated one has its trigger and type, or its sentence and type.
//! * Sentences by themselves: of one that tells an event, the event that looks most like it counts as told, of another one none
//!   (learning from bags, Andrews et al. 2002).
//! * Claims: one that was found is right if an annotated one has its cue or half of its content.
//!
//! Scores become probabilities by a line through the scores of models that have not seen the article (Platt 1999). Where figures
//! are cross-validated, that line and the thresholds are those of the other folds, too.

mod data;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use marsad_label::train::{Case, LogisticOptions, calibration, logistic};
use marsad_label::{Feature, probability};
use marsad_model::{Claim, Event, Mention, Span};
use rayon::prelude::*;

use super::{Alone, FORMAT, Judge, Scale, is_judged_alone};
use crate::events::{self, Context, Draft};
use crate::reading::Reading;
use crate::syntax::Syntax;
use crate::{Document, claims, names, segments, values};
pub use data::{Article, Judged, TrainingError, read_articles, read_judged};
use data::{GoldClaim, GoldEvent};

/// Folds of the sentences.
const FOLDS: usize = 5;
/// How often the events that sentences are judged by are chosen anew.
const ROUNDS: usize = 3;
/// What a sentence that tells an event counts: one in ten does.
const TOLD_WEIGHT: f32 = 2.0;
/// How much less a sentence that tells none counts where its judges said that it does: those of some plain reports were two
/// against two.
const DOUBT: f32 = 1.5;

fn article_options() -> LogisticOptions {
    LogisticOptions { cost: 1.0, least: 3, ..LogisticOptions::default() }
}

fn claim_options() -> LogisticOptions {
    LogisticOptions { cost: 1.0, least: 3, ..LogisticOptions::default() }
}

/// Features that count for less the more there are of them.
fn scaled(groups: &[&[&[Feature]]]) -> Vec<(Feature, f32)> {
    let mut all = Vec::new();
    for group in groups {
        let count: usize = group.iter().map(|features| features.len()).sum();
        #[allow(clippy::cast_precision_loss)]
        let value = 1.0 / (count.max(1) as f32).sqrt();
        all.extend(group.iter().flat_map(|features| features.iter()).map(|feature| (*feature, value)));
    }
    all
}

/// What an article gives to learn from.
#[derive(Debug, Clone, Default)]
pub struct Lessons {
    events: Vec<Case>,
    claims: Vec<Case>,
}

/// What a sentence by itself gives to learn from.
#[derive(Debug, Clone)]
pub struct Bag {
    article: String,
    /// `None` where its judges did not agree.
    told: Option<bool>,
    /// The share of its judges who said that it tells an event.
    accepted: f32,
    /// The features of each event of the type.
    events: Vec<Vec<(Feature, f32)>>,
}

/// Calls `look` with an article as the finders of events and claims see it.
fn with_context<T>(
    document: &Document<'_>,
    judge: &Judge,
    look: impl FnOnce(&Context<'_>, Vec<claims::Draft>) -> T,
) -> T {
    let layout = segments::lay_out(document);
    let published = layout.published.date;
    let reading = Reading::new(document.text, &layout.segments);
    let names = names::find(&reading, published);
    let names::Names { mentions, roles, .. } = &names;
    let (times, quantities) = values::find(&reading, published);
    let quantities = values::outside_of_names(quantities, mentions);
    let syntax = Syntax::new(&reading, mentions, roles, times.iter().map(|time| time.span));
    let (claims, _) = claims::find(document, &syntax, judge, false);
    let drafts = claims::drafts(&syntax);
    let context = Context {
        doc: document,
        syntax: &syntax,
        times: &times,
        quantities: &quantities,
        claims: &claims,
        published,
        explain: false,
    };
    look(&context, drafts)
}

fn overlap(a: Span, b: Span) -> usize {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

impl GoldEvent {
    fn has_trigger(&self, trigger: Span, event_type: &str) -> bool {
        self.types.iter().any(|name| name == event_type)
            && self.triggers.iter().any(|t| overlap(*t, trigger) > 0)
    }
}

impl GoldClaim {
    fn is(&self, cue: Span, content: Span) -> bool {
        self.cue.is_some_and(|own| overlap(own, cue) > 0)
            || self.content.is_some_and(|own| {
                let shared = overlap(own, content);
                2 * shared >= (own.end - own.start) + (content.end - content.start) - shared
            })
    }
}

impl Article {
    fn is_ignored(&self, at: Span) -> bool {
        self.ignored.iter().any(|span| span.start <= at.start && at.start < span.end)
    }

    /// Which of some events, by trigger and type, are annotated ones.
    fn told(&self, found: &[(Span, &str)]) -> Vec<bool> {
        let mut taken = BTreeSet::new();
        let mut told: Vec<bool> = Vec::with_capacity(found.len());
        for (trigger, event_type) in found {
            let of = self.events.iter().position(|gold| gold.has_trigger(*trigger, event_type));
            taken.extend(of);
            told.push(of.is_some());
        }
        for ((trigger, event_type), told) in found.iter().zip(&mut told).filter(|(_, told)| !**told) {
            let of = self.events.iter().enumerate().position(|(at, gold)| {
                !taken.contains(&at)
                    && gold.types.iter().any(|name| name == event_type)
                    && gold.sentence.start <= trigger.start
                    && trigger.start < gold.sentence.end
            });
            taken.extend(of);
            *told = of.is_some();
        }
        told
    }

    fn document(&self) -> Document<'_> {
        Document::new(self.fields.article_id(), self.fields.content_hash(), &self.fields)
    }

    /// What there is to learn from it.
    fn lessons(&self) -> Lessons {
        with_context(&self.document(), &Judge::ignorant(), |context, claims| {
            let (mut drafts, _) = events::drafts(context, None);
            drafts.retain(|draft| !self.is_ignored(draft.span));
            let found: Vec<(Span, &str)> =
                drafts.iter().map(|draft| (draft.span, draft.trigger.sense.event_type.as_str())).collect();
            let told = self.told(&found);
            let case = |features, right| Case { features, right, weight: 1.0 };
            let events = drafts.iter().zip(told);
            let events = events
                .map(|(draft, told)| case(scaled(&[&[&draft.seen.structure, &draft.seen.article]]), told));
            let claims = claims.iter().filter(|claim| !self.is_ignored(claim.cue)).map(|claim| {
                let right = self.claims.iter().any(|gold| gold.is(claim.cue, claim.content));
                case(scaled(&[&[&claim.seen(context.syntax.reading)]]), right)
            });
            Lessons { events: events.collect(), claims: claims.collect() }
        })
    }

    /// The confidence of each event and each claim that is found, and whether it is right.
    fn outcomes(&self, judge: &Judge) -> (Outcomes, Outcomes) {
        with_context(&self.document(), judge, |context, _| {
            let (mut events, _) = events::find(context, judge);
            events.retain(|event| !self.is_ignored(event.trigger));
            let found: Vec<(Span, &str)> =
                events.iter().map(|e| (e.trigger, e.event_type.as_str())).collect();
            let told = self.told(&found);
            let events = events.iter().zip(told).map(|(event, told)| (event.confidence, told)).collect();
            let claims = context.claims.iter().filter(|claim| !self.is_ignored(claim.cue));
            let claims = claims.map(|claim: &Claim| {
                (claim.confidence, self.claims.iter().any(|gold| gold.is(claim.cue, claim.content)))
            });
            (events, claims.collect())
        })
    }
}

/// Probabilities, and whether what they were given to was so.
pub type Outcomes = Vec<(f32, bool)>;

/// What articles give to learn from, in their order.
#[must_use]
pub fn lessons(articles: &[Article]) -> Vec<Lessons> {
    articles.par_iter().map(Article::lessons).collect()
}

/// What judged sentences give to learn from, in their order.
#[must_use]
pub fn bags(sentences: &[Judged], event_type: &str) -> Vec<Bag> {
    let bag = |sentence: &Judged| {
        let events = with_sentence(sentence, &Judge::ignorant(), |context| {
            let (drafts, _) = events::drafts(context, None);
            let of_type = drafts.iter().filter(|draft| is_judged_alone(draft, event_type));
            of_type.map(features_alone).collect()
        });
        let Judged { told, accepted, .. } = *sentence;
        Bag { article: sentence.article().to_owned(), told, accepted, events }
    };
    sentences.par_iter().map(bag).collect()
}

fn features_alone(draft: &Draft) -> Vec<(Feature, f32)> {
    let seen = &draft.seen;
    scaled(&[&[&seen.structure, &seen.words], &[&seen.sentence]])
}

fn with_sentence<T>(sentence: &Judged, judge: &Judge, look: impl FnOnce(&Context<'_>) -> T) -> T {
    let fields = marsad_model::ArticleFields { text: sentence.text.clone(), ..Default::default() };
    let document = Document::new(fields.article_id(), fields.content_hash(), &fields);
    with_context(&document, judge, |context, _| look(context))
}

/// The events and mentions of a sentence by itself.
#[must_use]
pub fn analyse(sentence: &Judged, judge: &Weights) -> (Vec<Event>, Vec<Mention>) {
    with_sentence(sentence, &judge.0, |context| {
        (events::find(context, &judge.0).0, context.syntax.mentions.to_vec())
    })
}

/// Weights of the judge.
#[derive(Debug, Clone)]
pub struct Weights(Judge);

impl Weights {
    /// As bytes, the same on every machine.
    ///
    /// # Errors
    /// [`TrainingError::Weights`] where memory is short.
    pub fn to_bytes(&self) -> Result<Vec<u8>, TrainingError> {
        Ok(postcard::to_stdvec(&self.0)?)
    }

    /// The confidence of each event and of each claim of an article, and whether it is right.
    #[must_use]
    pub fn outcomes(&self, article: &Article) -> (Outcomes, Outcomes) {
        article.outcomes(&self.0)
    }
}

/// Learns to judge from articles, and sentences by themselves for each of some types of event.
#[must_use]
pub fn learn(articles: &[&Lessons], sentences: &[(&str, Vec<&Bag>)]) -> Weights {
    let events: Vec<&[Case]> = articles.iter().map(|lessons| lessons.events.as_slice()).collect();
    let claims: Vec<&[Case]> = articles.iter().map(|lessons| lessons.claims.as_slice()).collect();
    let alone = |(event_type, bags): &(&str, Vec<&Bag>)| learn_alone(event_type, bags);
    Weights(Judge {
        format: FORMAT,
        article: learn_scale(&events, &article_options()),
        claims: learn_scale(&claims, &claim_options()),
        alone: sentences.par_iter().map(alone).collect(),
    })
}

fn score(scale: &marsad_label::Ranker, features: &[(Feature, f32)]) -> f32 {
    #[allow(clippy::cast_precision_loss)]
    let weight =
        |(feature, value): &(Feature, f32)| scale.score(std::slice::from_ref(feature)) as f32 * value;
    features.iter().map(weight).sum::<f32>() * scale.unit()
}

/// Learns from cases by article; each article is scored by what the others teach.
fn learn_scale(articles: &[&[Case]], options: &LogisticOptions) -> Scale {
    let scores: Vec<Outcomes> = (0..articles.len())
        .into_par_iter()
        .map(|at| {
            let others = articles.iter().enumerate().filter(|(other, _)| *other != at);
            let weights =
                logistic(&others.flat_map(|(_, cases)| cases.to_vec()).collect::<Vec<_>>(), options);
            articles[at].iter().map(|case| (score(&weights, &case.features), case.right)).collect()
        })
        .collect();
    let (slope, offset) = calibration(&scores.concat());
    Scale { weights: logistic(&articles.concat(), options), slope, offset }
}

/// The fold of each bag: those of an article are in the same, and each has as many articles that tell an event.
#[must_use]
pub fn folds<'b>(bags: impl Iterator<Item = &'b Bag> + Clone) -> Vec<usize> {
    let mut articles: BTreeMap<&str, bool> = BTreeMap::new();
    for bag in bags.clone() {
        *articles.entry(bag.article.as_str()).or_default() |= bag.told == Some(true);
    }
    let mut order: Vec<(bool, u64, &str)> =
        articles.into_iter().map(|(article, told)| (told, Feature::hash(article), article)).collect();
    order.sort_unstable();
    let folds: BTreeMap<&str, usize> =
        order.into_iter().enumerate().map(|(at, (_, _, article))| (article, at % FOLDS)).collect();
    bags.map(|bag| folds.get(bag.article.as_str()).copied().unwrap_or(0)).collect()
}

/// How many folds there are.
#[must_use]
pub fn all_folds() -> Range<usize> {
    0..FOLDS
}

fn learn_alone(event_type: &str, bags: &[&Bag]) -> Alone {
    let folds = folds(bags.iter().copied());
    let of_fold = |fold: usize| {
        let of = |inside: bool| bags.iter().zip(&folds).filter(move |(_, at)| (**at == fold) == inside);
        let weights = learn_bags(&of(false).map(|(bag, _)| *bag).collect::<Vec<_>>());
        let best = |bag: &Bag| bag.events.iter().map(|event| score(&weights, event)).reduce(f32::max);
        of(true).filter_map(|(bag, _)| Some((best(bag)?, bag.told?))).collect()
    };
    let scores: Outcomes = all_folds().into_par_iter().map(of_fold).collect::<Vec<Outcomes>>().concat();
    let (slope, offset) = calibration(&scores);
    let probable: Outcomes =
        scores.iter().map(|(score, told)| (probability(slope * score + offset), *told)).collect();
    let scale = Scale { weights: learn_bags(bags), slope, offset };
    Alone { event_type: event_type.to_owned(), scale, threshold: best_threshold(&probable) }
}

/// Ranks on either side over which F1 is averaged, as a share of the told sentences: the best rank of a few hundred is luck.
const SMOOTHED: f32 = 0.25;
/// How much of the best F1 is given for a lower threshold: an event that is left out cannot be had back.
const GIVEN: f32 = 0.01;

/// The lowest probability from which on yes gives nearly the best F1.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn best_threshold(outcomes: &[(f32, bool)]) -> f32 {
    let mut ranked = outcomes.to_vec();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all = ranked.iter().filter(|(_, told)| *told).count() as f32;
    let mut found = 0.0_f32;
    let mut f1 = Vec::with_capacity(ranked.len());
    for (rank, (_, told)) in ranked.iter().enumerate() {
        found += f32::from(u8::from(*told));
        f1.push(2.0 * found / ((rank + 1) as f32 + all));
    }
    let near = ((all * SMOOTHED) as usize).max(1);
    let smooth = |at: usize| {
        let near = f1.get(at.saturating_sub(near)..f1.len().min(at + near + 1)).unwrap_or_default();
        near.iter().sum::<f32>() / near.len().max(1) as f32
    };
    let smooth: Vec<f32> = (0..f1.len()).map(smooth).collect();
    let best = smooth.iter().copied().fold(0.0, f32::max);
    let last = smooth.iter().rposition(|f1| *f1 >= best * (1.0 - GIVEN));
    last.and_then(|at| ranked.get(at)).map_or(0.5, |(probability, _)| *probability)
}

/// What a wrong answer costs: features count for less than one each, so more than elsewhere.
fn bag_options() -> LogisticOptions {
    LogisticOptions { cost: 10.0, least: 3, ..LogisticOptions::default() }
}

fn learn_bags(bags: &[&Bag]) -> marsad_label::Ranker {
    let options = bag_options();
    let mut shares: Vec<Vec<f32>> = bags.iter().map(|bag| vec![1.0; bag.events.len()]).collect();
    let mut weights = None;
    for _ in 0..ROUNDS {
        let mut cases = Vec::new();
        for (bag, shares) in bags.iter().zip(&shares) {
            let Some(told) = bag.told else { continue };
            for (event, share) in bag.events.iter().zip(shares) {
                let weight = if told { TOLD_WEIGHT * share } else { (1.0 - DOUBT * bag.accepted).max(0.0) };
                cases.push(Case { features: event.clone(), right: told, weight });
            }
        }
        let learned = logistic(&cases, &options);
        for (bag, shares) in bags.iter().zip(&mut shares) {
            let odds: Vec<f32> = bag.events.iter().map(|event| score(&learned, event)).collect();
            let top = odds.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            // The share of each as in a choice among them.
            let odds: Vec<f32> =
                odds.iter().map(|odds| probability(odds - top) / (1.0 - probability(odds - top))).collect();
            let sum: f32 = odds.iter().sum();
            *shares = odds.iter().map(|odds| odds / sum).collect();
        }
        weights = Some(learned);
    }
    weights.unwrap_or_else(|| logistic(&[], &options))
}

#[cfg(test)]
mod tests {
    use super::best_threshold;

    #[test]
    fn thresholds_part_the_told_from_the_others() {
        let outcomes: Vec<(f32, bool)> = (0..100_u8).map(|at| (f32::from(at) / 100.0, at >= 60)).collect();
        let threshold = best_threshold(&outcomes);
        assert!((0.5..=0.65).contains(&threshold), "{threshold}");
    }
}
