//! What analysts say of events: that one is no event, that two are one, or that they are not.
//!
//! A judgement must outlive the analysis that it was made on, so it does not name its events by [`EventId`], which changes with
//! the article's revision, but by [`EventKey`]: the article, the words of the trigger, which of the equal words before it they are,
//! and the type. A new analysis of the text, by a newer analyzer or with other knowledge, gives the event the same key; so does a
//! correction that leaves the words before the trigger as often in the text as they were. An event that is told in other words,
//! or is of another type, is another event: the judgement then waits, and holds again should the event come back.
//!
//! A key is a hash: it keeps no word of an article that is deleted.

use serde::{Deserialize, Serialize};

use crate::analysis::Event;
use crate::id::{ArticleId, EventId, EventKey, JudgementId};
use crate::ontology::EventType;

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
        let key = EventKey::new(article, text, event.trigger, event.event_type)?;
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
    use crate::{ContentHash, Span};

    fn judged(text: &str, at: usize) -> JudgedEvent {
        let (article, span) = (ArticleId::from_text("", "a"), Span::new(at, at + 3));
        let key = EventKey::new(article, text, span, EventType::Consult).unwrap();
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
        let article = ArticleId::from_text("", "a");
        assert_eq!(EventKey::new(article, before, Span::new(90, 93), EventType::Consult), None);
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
