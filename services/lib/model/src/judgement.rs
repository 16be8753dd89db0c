//! What analysts say of events: that one is no event, that two are one, or that they are not.
//!
//! A judgement must outlive the analysis that it was made on, so it does not name its events by [`EventId`], which changes with
//! the article's revision, but by [`EventKey`]: the article, the words of the trigger, which of the equal words of the text the first
//! of them is, and the type. A new analysis of the text, by a newer analyzer or with other knowledge, gives the event the same key; so does a
//! correction that leaves the words before the trigger as often in the text as they were. An event that is told in other words,
//! or is of another type, is another event: the judgement then waits, and holds again should the event come back.
//!
//! A key is a hash: it keeps no word of an article that is deleted.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::Span;
use crate::analysis::Event;
use crate::id::{ArticleId, EventId, EventKey, JudgementId};
use crate::ontology::EventType;

/// The words of an article, numbered: what the keys of its events are made from.
#[derive(Debug, Clone)]
pub struct EventKeys<'t> {
    article: ArticleId,
    text: &'t str,
    /// Each run of letters and digits, with its first byte and how many equal ones are before it. In order.
    words: Vec<(usize, &'t str, u32)>,
}

impl<'t> EventKeys<'t> {
    /// The words of a text. Takes time linear in it.
    pub fn new(article: ArticleId, text: &'t str) -> Self {
        let mut counts: HashMap<&str, u32> = HashMap::new();
        let mut words = Vec::new();
        let mut start = 0;
        for word in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
            let letters = word.trim_end_matches(|c: char| !c.is_alphanumeric());
            if !letters.is_empty() {
                let count = counts.entry(letters).or_default();
                words.push((start, letters, *count));
                *count = count.saturating_add(1);
            }
            start += word.len();
        }
        Self { article, text, words }
    }

    /// The key of the event of that type at that trigger; `None` where the span slices no text.
    ///
    /// ```
    /// use marsad_model::{ArticleId, EventKeys, Span, ontology::EventType};
    /// let article = ArticleId::from_text("", "a");
    /// let key = |text: &str, at| EventKeys::new(article, text).key(Span::new(at, at + 3), EventType::Consult);
    /// assert_eq!(key("they met", 5), key("yesterday they met", 15));
    /// assert_ne!(key("they met and met", 5), key("they met and met", 13));
    /// ```
    pub fn key(&self, trigger: Span, event_type: EventType) -> Option<EventKey> {
        let text = trigger.of(self.text).filter(|text| !text.is_empty())?;
        let at = self.words.partition_point(|(start, ..)| *start <= trigger.start).checked_sub(1)?;
        let (start, word, number) = *self.words.get(at)?;
        Some(EventKey::new(self.article, (word, number), trigger.start - start, text, event_type))
    }
}

/// An event that was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JudgedEvent {
    /// What it is known by in every analysis of its article.
    pub key: EventKey,
    /// The article that tells it.
    pub article: ArticleId,
    /// Its type.
    pub event_type: EventType,
    /// Its id when it was judged.
    pub event: EventId,
}

impl JudgedEvent {
    /// An event of an article's analysis; `None` where its trigger slices no text.
    pub fn of(article: ArticleId, text: &str, event: &Event) -> Option<Self> {
        let key = EventKeys::new(article, text).key(event.trigger, event.event_type)?;
        Some(Self { key, article, event_type: event.event_type, event: event.id })
    }
}

/// What an analyst says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The text does not tell of this: it is no event.
    NoEvent(JudgedEvent),
    /// Two mentions are of one event.
    Same(JudgedEvent, JudgedEvent),
    /// Two mentions are of two events.
    Different(JudgedEvent, JudgedEvent),
}

impl Verdict {
    /// The events, in order of their keys.
    pub fn events(&self) -> Vec<JudgedEvent> {
        let mut events = match *self {
            Self::NoEvent(event) => vec![event],
            Self::Same(a, b) | Self::Different(a, b) => vec![a, b],
        };
        events.sort_by_key(|event| event.key);
        events
    }

    /// The stable name of what is said.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NoEvent(_) => "no_event",
            Self::Same(..) => "same",
            Self::Different(..) => "different",
        }
    }

    /// The id of saying this of these events: the same whenever and in whatever order of the two it is said.
    pub fn id(&self) -> JudgementId {
        let keys: Vec<EventKey> = self.events().iter().map(|event| event.key).collect();
        JudgementId::new(self.as_str(), &keys)
    }

    /// The id of saying the opposite of the same two events, which cannot hold beside this.
    pub fn opposite(&self) -> Option<JudgementId> {
        match *self {
            Self::NoEvent(_) => None,
            Self::Same(a, b) => Some(Self::Different(a, b).id()),
            Self::Different(a, b) => Some(Self::Same(a, b).id()),
        }
    }
}

/// A judgement, or that it was taken back.
///
/// [`Judgement::sequence`] grows by one with every change of any judgement, and a judgement that changes is given the new number: who has
/// read all up to a number reads what changed since by asking for greater ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Made from the verdict: the same judgement is one, however often it is given.
    pub id: JudgementId,
    /// Which change of the judgements this is the state after.
    pub sequence: u64,
    /// What is said.
    pub verdict: Verdict,
    /// It no longer holds: it was taken back, or the opposite was said later.
    pub withdrawn: bool,
    /// When it was last changed, in microseconds since 1970.
    pub changed_at: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ContentHash;

    fn judged(text: &str, at: usize) -> JudgedEvent {
        let (article, span) = (ArticleId::from_text("", "a"), Span::new(at, at + 3));
        let key = EventKeys::new(article, text).key(span, EventType::Consult).unwrap();
        let event = EventId::new(article, ContentHash::of(&[Some(text)]), span, EventType::Consult);
        JudgedEvent { key, article, event_type: EventType::Consult, event }
    }

    #[test]
    fn an_event_keeps_its_key_where_its_words_stay() {
        let (before, after) = ("they met, and met", "all of them: they met, and met");
        assert_eq!(judged(before, 5).key, judged(after, 18).key);
        assert_eq!(judged(before, 14).key, judged(after, 27).key);
        assert_ne!(judged(before, 5).key, judged(before, 14).key);
        assert_ne!(judged(before, 5).event, judged(after, 18).event);
        let keys = EventKeys::new(ArticleId::from_text("", "a"), before);
        assert_eq!(keys.key(Span::new(90, 93), EventType::Consult), None);
    }

    #[test]
    fn words_that_begin_alike_have_keys_of_their_own() {
        let text = "metal, met. metal; met";
        let keys: std::collections::BTreeSet<_> =
            [0, 7, 12, 19].into_iter().map(|at| judged(text, at).key).collect();
        assert_eq!(keys.len(), 4);
    }

    #[test]
    fn a_judgement_of_two_has_one_id() {
        let (a, b) = (judged("met met", 0), judged("met met", 4));
        assert_eq!(Verdict::Same(a, b).id(), Verdict::Same(b, a).id());
        assert_ne!(Verdict::Same(a, b).id(), Verdict::Different(a, b).id());
        assert_eq!(Verdict::Same(a, b).opposite(), Some(Verdict::Different(b, a).id()));
        assert_eq!(Verdict::NoEvent(a).opposite(), None);
    }
}
