//! Who is behind a claim.

use marsad_arabic::morphology::Number;
use marsad_arabic::token::TokenKind;
use marsad_model::ontology::EntityType;
use marsad_model::{ClaimSource, EntityId, Span};

use crate::lexicon;
use crate::syntax::{Phrase, Syntax};

/// A source and the outlet named inside of its description: مصادر رويترز.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) source: ClaimSource,
    pub(super) via: Vec<EntityId>,
    /// A definite description of a person or source that was named before: الوزير، المصدر.
    pub(super) refers_back: bool,
}

/// Reads a source off its noun phrase.
pub(super) fn of_phrase(syntax: &Syntax<'_>, phrase: &Phrase) -> Found {
    let lexicon = lexicon::get();
    let head = syntax.word(phrase.head);
    let listed = lexicon.source_noun(&head.stem).or_else(|| lexicon.source_noun(&head.host));
    let descriptor = descriptor(syntax, phrase);
    let entity = phrase.entities.first().cloned();
    let starts_named = syntax.info[phrase.head].mention.is_some() || syntax.info[phrase.head].role.is_some();
    let media = |id: &EntityId| {
        phrase.mentions.iter().any(|m| {
            let mention = &syntax.mentions[*m];
            mention.entity == *id && mention.entity_type == EntityType::Media
        })
    };
    match (listed, entity) {
        (Some(number), entity) if !starts_named || is_plain_role(syntax, phrase, entity.as_ref()) => {
            let of_outlet = entity.as_ref().is_some_and(&media);
            let nameless = head.stem.starts_with("مصدر") || head.stem.starts_with("مصادر");
            if of_outlet && !nameless {
                // مراسل القناة speaks for the channel.
                return Found {
                    source: ClaimSource { entity, descriptor, ..ClaimSource::default() },
                    ..Found::default()
                };
            }
            let person = entity.as_ref().is_some_and(|id| is_person(syntax, phrase, id));
            if person {
                return Found {
                    source: ClaimSource { entity, descriptor, ..ClaimSource::default() },
                    ..Found::default()
                };
            }
            let via = entity.into_iter().filter(media).collect();
            Found {
                source: ClaimSource {
                    entity: None,
                    descriptor,
                    anonymous: true,
                    count: count(syntax, phrase, number),
                },
                via,
                refers_back: head.article && phrase.words.len() == 1,
            }
        }
        (_, Some(entity)) => Found {
            source: ClaimSource { entity: Some(entity), descriptor, ..ClaimSource::default() },
            ..Found::default()
        },
        (_, None) => Found {
            source: ClaimSource { descriptor, anonymous: !head.article, ..ClaimSource::default() },
            refers_back: head.article && phrase.words.len() == 1,
            ..Found::default()
        },
    }
}

/// A title that stands for nobody known: its span is a role, but neither holder nor name is there.
fn is_plain_role(syntax: &Syntax<'_>, phrase: &Phrase, entity: Option<&EntityId>) -> bool {
    let role = syntax.info[phrase.head].role.map(|r| &syntax.roles[r]);
    role.is_some_and(|role| role.entity.is_none() && !entity.is_some_and(|id| is_person(syntax, phrase, id)))
}

fn is_person(syntax: &Syntax<'_>, phrase: &Phrase, id: &EntityId) -> bool {
    phrase.mentions.iter().any(|m| {
        let mention = &syntax.mentions[*m];
        mention.entity == *id && mention.entity_type == EntityType::Person
    })
}

/// The words of the phrase, without particles before it and marks after it.
fn descriptor(syntax: &Syntax<'_>, phrase: &Phrase) -> Option<Span> {
    // مصدر أمني رفض ذكر اسمه: that he did is no description.
    let lexicon = lexicon::get();
    let unnamed = (phrase.head + 1..phrase.words.end).find(|at| {
        let next = syntax.reading.words.get(at + 1);
        next.is_some_and(|word| lexicon.is_in_class("anonymity", &word.stem))
            && lexicon.is_in_class("withhold", &syntax.word(*at).stem)
    });
    let last = unnamed.unwrap_or(phrase.words.end).checked_sub(1)?;
    let start = syntax.word(phrase.words.start).host_span.start;
    let end = syntax.word(last).span.end;
    (start < end).then(|| Span::new(start, end))
}

/// How many sources: the numeral before the noun, the dual, or one.
fn count(syntax: &Syntax<'_>, phrase: &Phrase, number: Number) -> Option<u32> {
    // مسؤولين اثنين too.
    let after = (phrase.head + 1..phrase.words.end.min(phrase.head + 2))
        .filter(|at| lexicon::get().number_value(&syntax.word(*at).stem).is_some());
    let numeral = (phrase.words.start..phrase.head).chain(after).find_map(|at| {
        let word = syntax.word(at);
        match word.kind {
            TokenKind::Number => word.folded.parse().ok(),
            _ => lexicon::get().number_value(&word.stem),
        }
    });
    match number {
        _ if numeral.is_some() => numeral,
        Number::Dual => Some(2),
        Number::Singular => Some(1),
        Number::Plural => None,
    }
}
