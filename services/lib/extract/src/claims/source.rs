//! Who is behind a claim, read off a noun phrase.

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::morphology::Number;
use marsad_arabic::token::TokenKind;
use marsad_model::ontology::{EntityType, MentionKind};
use marsad_model::{ClaimSource, EntityId, Span};

use crate::lexicon::{self, Preposition};
use crate::names;
use crate::reading::Word;
use crate::syntax::{Class, Marker, Phrase, Syntax};

/// A source and the outlet named inside of its description: مصادر رويترز.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) source: ClaimSource,
    pub(super) via: Vec<EntityId>,
    /// The noun that describes it, without article.
    pub(super) noun: String,
    /// What it is, where it is a definite description of somebody told before: الوزير، المصدر.
    pub(super) back: Option<Back>,
}

/// A definite description that names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Back {
    /// الوزير
    Person,
    /// الوزير الفرنسي: with words of its own
    TellingPerson,
    /// البيان
    Document,
    /// الشركة
    Other,
}

/// Reads a source off its noun phrase; `limit` is where the content or the verb begins.
pub(super) fn of_phrase(syntax: &Syntax<'_>, phrase: &Phrase, limit: usize) -> Found {
    let head = syntax.word(phrase.head);
    let found = |entity: EntityId, last: usize| Found {
        source: ClaimSource {
            entity: Some(entity),
            descriptor: descriptor(syntax, phrase, last),
            ..ClaimSource::default()
        },
        noun: head.stem.to_string(),
        ..Found::default()
    };
    let entity = told_entity(syntax, phrase);
    let person = entity.as_ref().is_some_and(|id| is_person(syntax, phrase, id));
    // خليفته فلان
    let one = matches!(syntax.word(phrase.words.start).stem.as_str(), "احد" | "احدي");
    let own =
        (one || head.enclitic.is_some()) && syntax.name_at(phrase.words.end, EntityType::Person).is_some();
    if !person
        && (own || is_human(syntax, phrase.head))
        && let Some(mention) = name_behind(syntax, phrase.words.end, limit)
    {
        let words = syntax.reading.words_in(syntax.mentions[mention].span);
        return found(syntax.mentions[mention].entity.clone(), words.end);
    }
    if !person
        && lexicon::get().is_in_class("spokesperson", &head.stem)
        && let Some((id, last)) = spoken_for(syntax, phrase, limit)
    {
        return found(id, last);
    }
    if entity.is_none()
        && is_document(head)
        && let Some((id, last)) = issuer(syntax, phrase, limit)
    {
        return found(id, last);
    }
    let mut found = described(syntax, phrase, entity);
    found.noun = head.stem.to_string();
    if found.source.entity.is_none() && (head.article || phrase.words.len() == 1 && is_document(head)) {
        let bare = (phrase.head + 1..phrase.words.end)
            .all(|at| matches!(syntax.word(at).stem.as_str(), "نفس" | "ذات" | "نفسه" | "ذاته" | "مذكور"));
        found.back = Some(match () {
            () if is_document(head) && bare => Back::Document,
            () if is_human(syntax, phrase.head) && bare => Back::Person,
            () if is_human(syntax, phrase.head) => Back::TellingPerson,
            () => Back::Other,
        })
        .filter(|_| head.article);
    }
    found
}

/// A source without a name behind its description, and one that is named.
fn described(syntax: &Syntax<'_>, phrase: &Phrase, entity: Option<EntityId>) -> Found {
    let head = syntax.word(phrase.head);
    let listed = source_noun(head);
    let descriptor = descriptor(syntax, phrase, phrase.words.end);
    let named = |entity| Found {
        source: ClaimSource { entity, descriptor, ..ClaimSource::default() },
        ..Found::default()
    };
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
            let person = entity.as_ref().is_some_and(|id| is_person(syntax, phrase, id));
            // مراسل القناة and its report speak for the channel; a document for whom it is of.
            if of_outlet && !nameless || person || entity.is_some() && is_document(head) {
                return named(entity);
            }
            let via = entity.into_iter().filter(media).collect();
            let count = count(syntax, phrase, number);
            let source = ClaimSource { entity: None, descriptor, anonymous: true, count };
            Found { source, via, ..Found::default() }
        }
        (_, Some(entity)) => named(Some(entity)),
        (_, None) => Found {
            source: ClaimSource { descriptor, anonymous: !head.article, ..ClaimSource::default() },
            ..Found::default()
        },
    }
}

/// The first entity of the phrase that is more than where its noun comes from: not that of وسائل إعلام سورية.
fn told_entity(syntax: &Syntax<'_>, phrase: &Phrase) -> Option<EntityId> {
    let head = &syntax.info[phrase.head];
    let itself = head.mention.is_some() || head.demonym.is_some() || head.role.is_some();
    let state = itself || lexicon::get().is_in_class("state_organ", &syntax.word(phrase.head).stem);
    let only_origin = |id: &EntityId| {
        let mut behind =
            phrase.mentions.iter().map(|m| &syntax.mentions[*m]).filter(|m| m.entity == *id).peekable();
        behind.peek().is_some() && behind.all(|mention| mention.kind == MentionKind::Adjectival)
    };
    phrase.entities.iter().find(|id| state || !only_origin(id)).cloned()
}

/// Whether what stands after وفقا ل can be a source: whoever has a name, persons, texts, the press, a word that may be a name.
pub(super) fn can_tell(syntax: &Syntax<'_>, phrase: &Phrase, found: &Found) -> bool {
    let lexicon = lexicon::get();
    let head = syntax.word(phrase.head);
    let source = || source_noun(head).is_some();
    found.source.entity.is_some()
        || source()
        || is_document(head)
        || lexicon.is_in_class("press", &head.stem)
        || is_human(syntax, phrase.head)
        || !lexicon::is_word(&head.stem) && !names::is_function_word(&head.stem) && !head.article
}

/// Whether a noun is one for a text: بيان، تقرير.
pub(super) fn is_document(word: &Word) -> bool {
    lexicon::get().is_in_class("document", &word.stem)
}

/// The number of a noun for unnamed sources, in the accusative too (مصدرا).
pub(super) fn source_noun(word: &Word) -> Option<Number> {
    let lexicon = lexicon::get();
    let listed = |form: &str| lexicon.source_noun(form);
    listed(&word.stem).or_else(|| listed(&word.host)).or_else(|| word.stem.strip_suffix('ا').and_then(listed))
}

/// Whether a noun is one for a single person: a title, or an unnamed source.
fn is_human(syntax: &Syntax<'_>, at: usize) -> bool {
    let word = syntax.word(at);
    let source = || source_noun(word) == Some(Number::Singular);
    syntax.info[at].mention.is_none_or(|m| syntax.mentions[m].entity_type == EntityType::Person)
        && !is_document(word)
        && (names::begins_title(word) || source())
}

/// Words from a title to the name behind it, at most.
const NAME_REACH: usize = 14;

/// The name of a person that a title leads to over words of its own: رئيس اتحاد اللعبة، نائب رئيس البعثة فلان.
fn name_behind(syntax: &Syntax<'_>, from: usize, limit: usize) -> Option<usize> {
    for at in from..limit.min(from + NAME_REACH) {
        let word = syntax.reading.words.get(at)?;
        let before = syntax.reading.words.get(at.checked_sub(1)?)?;
        let info = &syntax.info[at];
        let follows = before.article
            || before.enclitic.is_some()
            || matches!(syntax.class(at - 1), Class::Comma | Class::Mark)
            || syntax.info[at - 1].mention.is_some()
            || syntax.info[at - 1].demonym.is_some()
            || names::begins_title(before);
        if let Some(mention) = syntax.name_at(at, EntityType::Person) {
            return follows.then_some(mention).filter(|_| !word.has_preposition());
        }
        let person = info.mention.is_some_and(|m| syntax.mentions[m].entity_type == EntityType::Person);
        let through = match syntax.class(at) {
            Class::Verb | Class::Relative | Class::That | Class::Stop | Class::Conjunction => false,
            // المشرف العام على …
            Class::Preposition(preposition) => {
                preposition == Some(Preposition::In) || preposition == Some(Preposition::On) && at == from
            }
            Class::Nominal => {
                let by = word.proclitics.contains(&Proclitic::By);
                let escort = by && (word.article || lexicon::get().is_in_class("escort", &word.stem));
                let bound = word.enclitic.is_some()
                    || word.has_conjunction() && !(word.article && before.article)
                    || word.proclitics.contains(&Proclitic::Like)
                    || escort;
                let to_another = word.has_preposition() && names::begins_title(word);
                !person && !bound && !to_another
            }
            Class::Comma | Class::Mark | Class::Particle => true,
        };
        if !through && word.folded != "باسم" {
            return None;
        }
    }
    None
}

/// Whom a spokesperson without a name speaks for: متحدث باسم الجيش. With the word after its name.
fn spoken_for(syntax: &Syntax<'_>, phrase: &Phrase, limit: usize) -> Option<(EntityId, usize)> {
    let end = limit.min(phrase.words.end + 2);
    let link = (phrase.head + 1..end).find(|at| syntax.word(*at).folded == "باسم")?;
    let of = syntax.noun_phrase(link + 1, limit)?;
    told_entity(syntax, &of).map(|id| (id, of.words.end))
}

/// Words from a document to its issuer, at most.
const ISSUER_REACH: usize = 6;

/// Who issued a document: بلاغ صادر عن وزارة، مقترح لحزب، تقرير نشرته صحيفة. With the word after the name.
fn issuer(syntax: &Syntax<'_>, phrase: &Phrase, limit: usize) -> Option<(EntityId, usize)> {
    let end = limit.min(phrase.words.end + ISSUER_REACH);
    for at in phrase.words.end..end {
        let of = match syntax.class(at) {
            Class::Comma | Class::Stop | Class::That | Class::Relative => return None,
            Class::Verb if syntax.word(at).enclitic.is_some() => syntax.noun_phrase(at + 1, limit),
            _ => syntax
                .prepositional_phrase(at, limit)
                .filter(|pp| {
                    let marks = [Preposition::For, Preposition::About, Preposition::From];
                    matches!(pp.marker, Marker::Plain(p) if marks.contains(&p))
                })
                .map(|pp| pp.phrase),
        };
        if let Some(of) = of {
            return told_entity(syntax, &of).map(|id| (id, of.words.end));
        }
    }
    None
}

/// A title that stands for nobody known: its span is a role, but neither holder nor name is there.
fn is_plain_role(syntax: &Syntax<'_>, phrase: &Phrase, entity: Option<&EntityId>) -> bool {
    let role = syntax.info[phrase.head].role.map(|r| &syntax.roles[r]);
    role.is_some_and(|role| role.entity.is_none() && !entity.is_some_and(|id| is_person(syntax, phrase, id)))
}

fn is_person(syntax: &Syntax<'_>, phrase: &Phrase, id: &EntityId) -> bool {
    let role = || syntax.info[phrase.head].role.map(|r| &syntax.roles[r]);
    role().is_some_and(|role| role.entity.as_ref() == Some(id))
        || phrase.mentions.iter().any(|m| {
            let mention = &syntax.mentions[*m];
            mention.entity == *id && mention.entity_type == EntityType::Person
        })
}

/// The words of the phrase up to `end`, without particles before it and marks after it.
fn descriptor(syntax: &Syntax<'_>, phrase: &Phrase, end: usize) -> Option<Span> {
    // مصدر أمني رفض ذكر اسمه: that he did is no description.
    let lexicon = lexicon::get();
    let unnamed = (phrase.head + 1..end).find(|at| {
        let next = syntax.reading.words.get(at + 1);
        next.is_some_and(|word| lexicon.is_in_class("anonymity", &word.stem))
            && lexicon.is_in_class("withhold", &syntax.word(*at).stem)
    });
    let last = unnamed.unwrap_or(end).checked_sub(1)?;
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
