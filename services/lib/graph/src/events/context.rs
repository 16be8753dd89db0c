//! The words around an event: what is talked about, who is withdrawn, what was hit.

use std::ops::Range;

use marsad_arabic::orthography::fold;
use marsad_arabic::token::Token;
use marsad_model::ontology::{EntityType, SegmentKind};
use marsad_model::{Analysis, EntityId, Event, Mention, TimeInterval};
use serde::{Deserialize, Serialize};

use crate::terms::{Term, rarity, stem};
use crate::words::Reading;

/// How many words of the sentence are kept.
const KEPT: usize = 16;

/// Rarity below which a word says nothing of what is talked about: that of one in four articles.
const COMMON: f32 = 1.4;

/// How far from the trigger, in words, a word is near.
const NEAR: usize = 5;

/// Up to sixteen words and entities of the event's sentence, the rarest and nearest, in ascending order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Context {
    /// How many they are.
    count: u8,
    terms: [Term; KEPT],
    weights: [u8; KEPT],
    /// Length of the vector of all words, and of the near ones.
    lengths: (f32, f32),
}

/// Bit of a word that stands near the trigger; the others are ten times its rarity.
const IS_NEAR: u8 = 0x80;

impl Context {
    fn of(event: &Event, sentence: &[Token], entities: &[Mention], text: &str) -> Self {
        let trigger = sentence.partition_point(|token| token.span.end <= event.trigger.start);
        let mut words: Vec<(Term, u8)> = (sentence.iter().enumerate())
            .filter(|(at, token)| *at != trigger && token.is_word())
            .filter_map(|(at, token)| {
                let folded = fold(token.text(text));
                let stem = stem(&folded);
                let rarity = rarity(stem);
                let near = if at.abs_diff(trigger) <= NEAR { IS_NEAR } else { 0 };
                (rarity >= COMMON).then(|| (Term::of(stem), near | (rarity * 10.0).min(127.0) as u8))
            })
            .collect();
        words.extend(entities.iter().filter_map(|mention| {
            let id = mention.entity.as_str();
            let weight = rarity_of(mention.entity_type, &mention.entity);
            let at = sentence.partition_point(|token| token.span.end <= mention.span.start);
            let near = if at.abs_diff(trigger) <= NEAR { IS_NEAR } else { 0 };
            (!id.starts_with("local:") && weight > 0).then(|| (Term::of_entity(id), near | weight))
        }));
        words.sort_unstable_by_key(|(term, weight)| (*term, std::cmp::Reverse(*weight)));
        words.dedup_by_key(|(term, _)| *term);
        // Near ones first: their bit is the highest.
        words.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        words.truncate(KEPT);
        words.sort_unstable();
        let length = |bit: u8| {
            let words = words.iter().filter(|(_, weight)| weight & bit == bit);
            words.map(|(_, weight)| square(*weight)).sum::<f32>().sqrt()
        };
        let mut context = Self { lengths: (length(0), length(IS_NEAR)), ..Self::default() };
        for ((term, weight), word) in context.terms.iter_mut().zip(&mut context.weights).zip(&words) {
            (*term, *weight) = *word;
            context.count += 1;
        }
        context
    }

    /// How much two contexts have in common, from 0 to 1: of all their words, and of those near both triggers.
    pub fn alike(&self, other: &Self) -> (f32, f32) {
        // Each with each: without a branch this is faster than to go through both in order.
        let mut has = 0_u32;
        for (at, term) in self.terms.iter().enumerate() {
            let known = other.terms.iter().fold(false, |known, other| known | (term == other));
            has |= u32::from(known) << at;
        }
        let (mut shared, mut near) = (0.0, 0.0);
        let theirs = other.terms.get(..usize::from(other.count)).unwrap_or_default();
        for at in (0..usize::from(self.count)).filter(|at| has >> at & 1 == 1) {
            let Ok(place) = theirs.binary_search(&self.terms[at]) else { continue };
            let (one, both_near) = Self::common(self.weights[at], other.weights[place]);
            shared += one;
            near += both_near;
        }
        self.likeness(other, (shared, near))
    }

    /// The words and entities, each with its weight.
    pub(super) fn words(&self) -> impl Iterator<Item = (Term, u8)> + '_ {
        self.terms.iter().copied().zip(self.weights).take(usize::from(self.count))
    }

    /// What a word of these weights adds to what two contexts have in common: of all words, and of the near ones.
    pub(super) fn common(one: u8, other: u8) -> (f32, f32) {
        (square(one), if one & other & IS_NEAR == 0 { 0.0 } else { square(one) })
    }

    /// How much they have in common where their common words add up to that.
    pub(super) fn likeness(&self, other: &Self, (shared, near): (f32, f32)) -> (f32, f32) {
        let over = |sum: f32, norm: f32| if norm > 0.0 { sum / norm } else { 0.0 };
        (over(shared, self.lengths.0 * other.lengths.0), over(near, self.lengths.1 * other.lengths.1))
    }
}

/// From the first to the last day of the time expressions between two bytes.
fn days_within(start: usize, end: usize, analysis: &Analysis) -> Option<TimeInterval> {
    let from = analysis.times.partition_point(|time| time.span.start < start);
    let named =
        analysis.times.get(from..).unwrap_or_default().iter().take_while(|time| time.span.start < end);
    named.filter_map(|time| time.interval).reduce(|a, b| TimeInterval {
        earliest: a.earliest.zip(b.earliest).map(|(a, b)| a.min(b)),
        latest: a.latest.zip(b.latest).map(|(a, b)| a.max(b)),
    })
}

/// Ten times how rare an entity counts as: a person tells more of what an event is than a country.
fn rarity_of(entity_type: EntityType, id: &EntityId) -> u8 {
    match entity_type {
        EntityType::Person => 70,
        EntityType::Facility | EntityType::EventName => 60,
        EntityType::ArmedGroup | EntityType::Organization | EntityType::Location => 50,
        EntityType::Gpe if id.is_country() => 25,
        EntityType::Gpe => 50,
        EntityType::Media => 0,
    }
}

fn square(weight: u8) -> f32 {
    let rarity = f32::from(weight & !IS_NEAR) / 10.0;
    rarity * rarity
}

/// Where an event stands in its article.
#[derive(Debug, Clone, Default)]
pub(super) struct Setting {
    /// Which sentence of the article.
    pub sentence: u16,
    /// In the first two sentences of the body.
    pub opening: bool,
    /// The words around it.
    pub context: Context,
    /// The mentions of entities in its sentence.
    pub entities: Range<usize>,
    /// The bytes of its sentence, of a long one those near it.
    pub bytes: Range<usize>,
    /// All days that its sentence names, together.
    pub days: Option<TimeInterval>,
}

/// How many words of a sentence before and after a trigger are looked at: few sentences are longer.
const REACH: usize = 100;

/// The settings of an analysis' events, in their order.
pub(super) fn settings(reading: &Reading<'_>, analysis: &Analysis) -> Vec<Setting> {
    let body = analysis.segments.iter().find(|segment| segment.kind == SegmentKind::Body);
    let (first, _) =
        body.map_or((0, 0..0), |segment| reading.sentence_of(reading.token_at(segment.span.start)));
    (analysis.events.iter())
        .map(|event| {
            let token = reading.token_at(event.trigger.start);
            let (at, sentence) = reading.sentence_of(token);
            let near = sentence.start.max(token.saturating_sub(REACH))..sentence.end.min(token + REACH);
            let words = reading.tokens.get(near).unwrap_or_default();
            let (start, end) =
                words.first().zip(words.last()).map_or((0, 0), |(a, z)| (a.span.start, z.span.end));
            let from = analysis.mentions.partition_point(|mention| mention.span.start < start);
            let to = analysis.mentions.partition_point(|mention| mention.span.start < end);
            let entities = analysis.mentions.get(from..to).unwrap_or_default();
            Setting {
                sentence: u16::try_from(at).unwrap_or(u16::MAX),
                opening: (first..first + 2).contains(&at),
                context: Context::of(event, words, entities, reading.text),
                entities: from..to,
                bytes: start..end,
                days: days_within(start, end, analysis),
            }
        })
        .collect()
}
