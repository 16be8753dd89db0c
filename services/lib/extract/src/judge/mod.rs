//! How probable it is that an event is told here as something that happened or is the news, and that a claim is one.
//!
//! Trained weights (`train-events`, see `weights/README.md`) say it from how an event is told and where: `events`
//! and `claims` make the features. Where a text is no article but a sentence or two by itself, nothing around it
//! tells what the news is; there the words decide, too, and what is only mentioned is left out, for the types of event for which
//! that was learned.

#[cfg(feature = "train")]
pub mod training;

use std::sync::LazyLock;

use marsad_arabic::token::TokenKind;
use marsad_label::{Feature, Ranker, probability};
use marsad_model::ontology::{Modality, Polarity, Tense};
use serde::{Deserialize, Serialize};

use crate::events::Draft;
use crate::reading::Reading;

static WEIGHTS: &[u8] = include_bytes!("../../weights/events.model");

static JUDGE: LazyLock<Judge> = LazyLock::new(Judge::open);

/// The trained judge.
pub(crate) fn get() -> &'static Judge {
    &JUDGE
}

/// The format of the weights' file.
const FORMAT: u8 = 1;

/// Most sentences of a text that is no article.
const FEW_SENTENCES: usize = 5;

/// Whether a text is no article, but a few sentences of one line.
pub(crate) fn stands_alone(reading: &Reading<'_>) -> bool {
    let line = reading.sentences.first().map(|first| first.segment);
    reading.sentences.len() <= FEW_SENTENCES && reading.sentences.iter().all(|s| Some(s.segment) == line)
}

/// What is judged by.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Judge {
    format: u8,
    /// Events of articles.
    article: Scale,
    claims: Scale,
    /// Events of texts that are no article.
    alone: Vec<Alone>,
}

/// Weights whose scores are probabilities.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Scale {
    weights: Ranker,
    slope: f32,
    offset: f32,
}

/// Events of a type in texts that are no article.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Alone {
    /// The name of the type.
    event_type: String,
    scale: Scale,
    /// Where no event of the type is as probable as this, none is told.
    threshold: f32,
}

/// The weights of some features, added up.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    weights: i32,
    features: usize,
}

impl Sum {
    fn and(self, other: Self) -> Self {
        Self { weights: self.weights + other.weights, features: self.features + other.features }
    }

    /// Features count for less the more there are.
    fn scaled(self) -> f32 {
        #[allow(clippy::cast_precision_loss)]
        let (weights, features) = (self.weights as f32, self.features.max(1) as f32);
        weights / features.sqrt()
    }
}

impl Scale {
    fn sum(&self, features: &[Feature]) -> Sum {
        Sum { weights: self.weights.score(features), features: features.len() }
    }

    fn score(&self, groups: &[Sum]) -> f32 {
        groups.iter().map(|group| group.scaled()).sum::<f32>() * self.weights.unit()
    }

    fn probability(&self, groups: &[Sum]) -> f32 {
        probability(self.slope * self.score(groups) + self.offset)
    }
}

impl Judge {
    /// Says of everything that it is as probable as not, and leaves nothing out.
    #[cfg(feature = "train")]
    fn ignorant() -> Self {
        let scale = || Scale {
            weights: marsad_label::train::logistic(&[], &Default::default()),
            slope: 1.0,
            offset: 0.0,
        };
        Self { format: FORMAT, article: scale(), claims: scale(), alone: Vec::new() }
    }

    /// A unit test opens the bytes, so a failure here cannot ship.
    #[allow(clippy::expect_used)]
    fn open() -> Self {
        postcard::from_bytes(WEIGHTS)
            .ok()
            .filter(|judge: &Self| judge.format == FORMAT)
            .expect("the weights that training wrote")
    }

    /// What the structure of an event of an article says.
    pub(crate) fn weigh(&self, structure: &[Feature]) -> Sum {
        self.article.sum(structure)
    }

    /// The probability of a claim.
    pub(crate) fn claim(&self, features: &[Feature]) -> f32 {
        self.claims.probability(&[self.claims.sum(features)])
    }

    /// Gives each event its probability, and leaves out those that are only mentioned.
    pub(crate) fn events(&self, mut drafts: Vec<Draft>, reading: &Reading<'_>) -> Vec<Draft> {
        for draft in &mut drafts {
            let structure = draft.weighed.and(self.weigh(&draft.seen.structure));
            draft.probability =
                self.article.probability(&[structure.and(self.article.sum(&draft.seen.article))]);
        }
        if stands_alone(reading) {
            self.alone.iter().for_each(|alone| alone.judge(&mut drafts, reading));
        }
        drafts
    }
}

impl Alone {
    fn is_of(&self, draft: &Draft) -> bool {
        is_judged_alone(draft, &self.event_type)
    }

    fn judge(&self, drafts: &mut Vec<Draft>, reading: &Reading<'_>) {
        let mut told = false;
        for draft in drafts.iter_mut().filter(|draft| self.is_of(draft)) {
            let seen = &draft.seen;
            let own = self.scale.sum(&seen.structure).and(self.scale.sum(&seen.words));
            draft.probability = self.scale.probability(&[own, self.scale.sum(&seen.sentence)]);
            draft.judged = draft.probability >= self.threshold || is_plain(draft, reading);
            told |= draft.judged;
        }
        drafts.retain(|draft| told || !self.is_of(draft));
    }
}

/// Words of a text that has no room to be about anything else, fewer than this.
const SHORT: usize = 12;
/// Words of a text that is about what its first word tells, fewer than this.
const BRIEF: usize = 20;
/// Words of a sentence among which stands the verb that opens it.
const OPENING: usize = 7;

/// Whether a text plainly tells an event: it is short, or opens with who did it to whom or where. The sentences that were
/// judged are long ones out of articles, and teach little of such texts.
fn is_plain(draft: &Draft, reading: &Reading<'_>) -> bool {
    let (actor, place) = (!draft.actors.is_empty(), !draft.places.is_empty());
    let recipient = !draft.recipients.is_empty();
    let said = [actor, recipient, place, draft.time.is_some(), !draft.quantities.is_empty()];
    let said = said.into_iter().filter(|said| *said).count();
    let happened = draft.tense == Tense::Past && draft.modality == Modality::Actual;
    let words = reading.words.iter().filter(|word| word.kind != TokenKind::Punctuation).count();
    let start = reading.sentences.get(draft.sentence).map_or(0, |sentence| sentence.words.start);
    let before = draft.trigger.at.saturating_sub(start);
    let opens = actor && (before < OPENING && (recipient || place) || before == 0 && words < BRIEF);
    happened && opens || words < SHORT && said + usize::from(happened) >= 2
}

/// Whether an event is of a type, by name, and not said not to have taken place.
fn is_judged_alone(draft: &Draft, event_type: &str) -> bool {
    draft.trigger.sense.event_type.as_str() == event_type && draft.polarity == Polarity::Affirmed
}

#[cfg(test)]
mod tests {
    use super::*;
    use marsad_model::ontology::EventType;

    #[test]
    fn weights_open() {
        let judge = Judge::open();
        assert!(judge.alone.iter().all(|alone| alone.event_type.parse::<EventType>().is_ok()));
        assert!(!judge.alone.is_empty());
    }
}
