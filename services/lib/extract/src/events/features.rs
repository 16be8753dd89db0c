//! What the judge sees of an event, of its sentence and of the article around it.

use rustc_hash::FxHashMap;
use std::ops::Range;

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::token::TokenKind;
use marsad_label::Feature;
use marsad_model::ontology::{EntityType, EventType, SegmentKind};
use marsad_model::{EntityId, Span};

use super::Draft;
use super::trigger::{Sentence, light_use};
use crate::lexicon::Slot;
use crate::names::labeller;
use crate::reading::Word;
use crate::syntax::{Class, Marker, Phrase, PrepositionalPhrase, Syntax, bare};

/// Values of words that stand for all of their kind: any number is as good as another.
const NUMBER: u64 = 1;
const TIME: u64 = 2;
const LATIN: u64 = 3;
const NAME: u64 = 16;
/// Beyond either end of the sentence.
const EDGE: u64 = 4;

/// The features of a sentence's words: themselves, each with the next, and their clusters.
pub(super) fn of_sentence(syntax: &Syntax<'_>, sentence: &Sentence<'_>) -> Vec<Feature> {
    let mut found = Vec::new();
    let mut before = (EDGE, EDGE, EDGE);
    for at in sentence.words.clone() {
        let word = syntax.word(at);
        if word.kind == TokenKind::Punctuation && !is_telling(word) {
            continue;
        }
        let value = value(syntax, at);
        let (coarse, fine) = clusters(word, value);
        found.push(Feature::of(300, &[value]));
        found.push(Feature::of(301, &[before.0, value]));
        found.push(Feature::of(302, &[fine]));
        found.push(Feature::of(303, &[before.1, coarse]));
        found.push(Feature::of(304, &[coarse]));
        found.push(Feature::of(305, &[before.2, before.1, coarse]));
        if word.has_conjunction() || word.has_preposition() {
            let attached = u64::from(word.has_conjunction()) * 2 + u64::from(word.has_preposition());
            found.push(Feature::of(306, &[attached, value]));
        }
        before = (value, coarse, before.1);
    }
    found.push(Feature::of(301, &[before.0, EDGE]));
    found.sort_unstable();
    found.dedup();
    found
}

/// Question marks, colons and quotation marks say how a sentence speaks.
fn is_telling(word: &Word) -> bool {
    matches!(word.folded.as_str(), "؟" | "?" | ":" | "«" | "\"" | "!" | "*")
}

/// A word as a value: its stem, or what kind of number, time or name it is part of.
fn value(syntax: &Syntax<'_>, at: usize) -> u64 {
    let Some(info) = syntax.info.get(at) else { return EDGE };
    let word = syntax.word(at);
    if info.time {
        return TIME;
    }
    if let Some(mention) = info.mention.or(info.demonym) {
        return NAME + u64::from(group(syntax.mentions[mention].entity_type));
    }
    match word.kind {
        TokenKind::Number => NUMBER,
        TokenKind::Latin => LATIN,
        _ => Feature::hash(&word.stem),
    }
}

/// Names of bodies and groups are told alike, as are those of places.
fn group(entity_type: EntityType) -> u8 {
    match entity_type {
        EntityType::Person => 0,
        EntityType::Organization => 1,
        EntityType::ArmedGroup => 2,
        EntityType::Media => 3,
        EntityType::Gpe | EntityType::Location => 4,
        EntityType::Facility => 5,
        EntityType::EventName => 6,
    }
}

fn clusters(word: &Word, value: u64) -> (u64, u64) {
    if value < 64 {
        return (value, value);
    }
    let (coarse, fine) = labeller::clusters(word);
    (coarse + 64, fine + 64)
}

/// What is seen of an event.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// How it is told, without any word.
    pub(crate) structure: Vec<Feature>,
    /// The words that tell it and those around them; only where the text is no article.
    pub(crate) words: Vec<Feature>,
    /// All words of its sentence; only where the text is no article.
    pub(crate) sentence: Vec<Feature>,
    /// How the article around it tells the same.
    pub(crate) article: Vec<Feature>,
}

/// How an event is told: its form, arguments and reality, what governs it, and where in the sentence it stands.
pub(super) fn of_structure(syntax: &Syntax<'_>, sentence: &Sentence<'_>, draft: &Draft) -> Vec<Feature> {
    let mut found = Vec::with_capacity(48);
    let mut add = |template: u16, values: &[u64]| found.push(Feature::of(template, values));
    let trigger = &draft.trigger;
    let at = trigger.at;
    let words = &sentence.words;
    let word = syntax.word(at);
    let kind = Feature::hash(trigger.sense.event_type.as_str());
    let form = form_value(draft);
    let finite = u64::from(trigger.form.is_finite());
    let definite = definiteness(word);
    let arguments = [
        !draft.actors.is_empty(),
        !draft.recipients.is_empty(),
        !draft.places.is_empty(),
        draft.time.is_some(),
        !draft.quantities.is_empty(),
    ];
    let mask = arguments.iter().fold(0, |mask, holds| mask << 1 | u64::from(*holds));
    add(0, &[]);
    add(1, &[kind]);
    add(2, &[form]);
    add(3, &[form, kind]);
    add(4, &[form, definite]);
    add(5, &[u64::from(mask.count_ones())]);
    for (argument, holds) in (0..).zip(arguments) {
        add(6, &[argument, u64::from(holds)]);
        add(7, &[argument, u64::from(holds), form, definite]);
    }
    add(8, &[mask, finite]);
    for link in &draft.quantities {
        add(9, &[Feature::hash(link.role.as_str())]);
    }
    let reality = Feature::hash(draft.modality.as_str()) ^ Feature::hash(draft.polarity.as_str());
    add(10, &[reality]);
    add(11, &[reality, Feature::hash(draft.tense.as_str())]);
    add(12, &[u64::from(draft.background)]);
    add(13, &[u64::from(draft.claim.is_some())]);
    // The verbs that have the noun as argument, and as what.
    let governors = sentence.governors.get(&at).map_or(&[][..], Vec::as_slice);
    add(14, &[governors.len().min(2) as u64]);
    for (verb, slot) in governors {
        let light = u64::from(light_use(syntax, *verb, *slot).is_some());
        let told = u64::from(sentence.told_by_noun(*verb, at).is_some());
        add(15, &[light, told, slot_value(*slot)]);
    }
    for (place, neighbour) in neighbours(words, at) {
        add(16, &[place, neighbour.map_or(EDGE, |i| class_value(syntax.class(i)))]);
    }
    add(17, &[u64::from(word.has_preposition()), u64::from(word.has_conjunction())]);
    let preposition = governing_preposition(syntax, words.start, at).unwrap_or(0);
    add(18, &[preposition]);
    add(19, &[preposition, form, definite]);
    add(
        20,
        &[genitive_of(syntax, words.start, draft)
            .map_or(2, |of| u64::from(sentence.trigger_at(of).is_some()))],
    );
    // What opens the clause.
    let opener = (words.start..at).rev().find(|i| opens_clause(syntax.class(*i)));
    let class = opener.map_or(EDGE, |i| class_value(syntax.class(i)));
    add(21, &[class, finite]);
    add(22, &[class, bucket(at - opener.unwrap_or(words.start))]);
    let relative = (words.start..at)
        .rev()
        .take_while(|i| !matches!(syntax.class(*i), Class::Stop | Class::That))
        .take(FAR)
        .find(|i| syntax.class(*i) == Class::Relative);
    add(23, &[relative.map_or(0, |i| bucket(at - i))]);
    // Where it stands among the others.
    let order = sentence.triggers.partition_point(|t| t.at < at);
    add(24, &[order.min(3) as u64]);
    let near = sentence.triggers.get(order.saturating_sub(NEAR)..).unwrap_or_default();
    let near = near.iter().take(2 * NEAR);
    let mut same = near.clone().filter(|t| t.sense.event_type == trigger.sense.event_type);
    add(25, &[same.clone().count().min(4) as u64, kind]);
    add(26, &[u64::from(same.next().is_some_and(|t| t.at == at))]);
    for other in near {
        add(27, &[kind, Feature::hash(other.sense.event_type.as_str())]);
    }
    add(28, &[bucket(at - words.start)]);
    add(29, &[bucket(words.len())]);
    if let Some(first) = opening(syntax, sentence) {
        add(30, &[class_value(syntax.class(first)), u64::from(syntax.word(first).has_conjunction())]);
    }
    if let Some(around) = sentence.nouns.get(&at) {
        add(31, &[around.adjectives.len().min(3) as u64, u64::from(around.genitive.is_some())]);
    }
    for (slot, phrase) in phrases(sentence, at) {
        add(32, &[slot, u64::from(syntax.word(phrase.head).article), kind]);
    }
    for pp in prepositional(sentence, at) {
        add(33, &[marker_value(pp.marker)]);
    }
    add(34, &[u64::from(words.clone().any(|i| matches!(syntax.word(i).folded.as_str(), "؟" | "?")))]);
    found
}

/// The words that tell an event, those beside them, and the heads of the phrases around them.
pub(super) fn of_words(syntax: &Syntax<'_>, sentence: &Sentence<'_>, draft: &Draft) -> Vec<Feature> {
    let mut found = Vec::with_capacity(48);
    let mut add = |template: u16, values: &[u64]| found.push(Feature::of(template, values));
    let trigger = &draft.trigger;
    let at = trigger.at;
    let definite = definiteness(syntax.word(at));
    let mode = trigger.sense.mode.map_or(0, Feature::hash);
    let lemma = Feature::hash(trigger.lexeme.lemma);
    add(100, &[mode]);
    add(101, &[lemma]);
    add(102, &[lemma, form_value(draft), definite]);
    for (verb, slot) in sentence.governors.get(&at).into_iter().flatten() {
        let value = value(syntax, *verb);
        add(103, &[value]);
        add(104, &[fine(syntax, *verb, value), slot_value(*slot)]);
    }
    for (place, neighbour) in neighbours(&sentence.words, at) {
        let value = neighbour.map_or(EDGE, |i| value(syntax, i));
        add(105, &[place, value]);
        add(106, &[place, neighbour.map_or(EDGE, |i| fine(syntax, i, value))]);
    }
    if let Some(of) = genitive_of(syntax, sentence.words.start, draft) {
        let value = value(syntax, of);
        add(107, &[value]);
        add(108, &[fine(syntax, of, value), definite]);
    }
    if let Some(first) = opening(syntax, sentence) {
        let value = value(syntax, first);
        add(109, &[value]);
        add(110, &[fine(syntax, first, value)]);
    }
    for (slot, phrase) in phrases(sentence, at) {
        let head = value(syntax, phrase.head);
        add(111, &[slot, head]);
        add(112, &[slot, fine(syntax, phrase.head, head)]);
    }
    for adjective in sentence.nouns.get(&at).into_iter().flat_map(|around| &around.adjectives) {
        let value = value(syntax, *adjective);
        add(113, &[value]);
        add(114, &[fine(syntax, *adjective, value)]);
    }
    for pp in prepositional(sentence, at) {
        let head = value(syntax, pp.phrase.head);
        add(115, &[marker_value(pp.marker), fine(syntax, pp.phrase.head, head)]);
        add(116, &[fine(syntax, pp.at, value(syntax, pp.at))]);
    }
    found
}

/// Words that are looked back over for a relative pronoun.
const FAR: usize = 20;

/// Events before and after one that are looked at.
const NEAR: usize = 20;

fn form_value(draft: &Draft) -> u64 {
    let trigger = &draft.trigger;
    trigger.form as u64 | u64::from(trigger.passive) << 4 | u64::from(draft.supported) << 5
}

fn definiteness(word: &Word) -> u64 {
    if word.enclitic.is_some() { 2 } else { u64::from(word.article) }
}

fn fine(syntax: &Syntax<'_>, at: usize, value: u64) -> u64 {
    clusters(syntax.word(at), value).1
}

/// Two words on either side.
fn neighbours(words: &Range<usize>, at: usize) -> impl Iterator<Item = (u64, Option<usize>)> {
    let near = move |(place, offset): (u64, isize)| (place, at.checked_add_signed(offset));
    [(6, -2_isize), (5, -1), (1, 1), (2, 2)]
        .into_iter()
        .map(near)
        .map(|(place, at)| (place, at.filter(|at| words.contains(at))))
}

/// The noun that an event noun is the genitive of: قضية اغتيال.
fn genitive_of(syntax: &Syntax<'_>, start: usize, draft: &Draft) -> Option<usize> {
    let head = draft.trigger.at.checked_sub(1).filter(|head| *head >= start)?;
    let governs = syntax.class(head) == Class::Nominal && !syntax.word(head).article;
    (governs && !draft.trigger.form.is_finite()).then_some(head)
}

fn opens_clause(class: Class) -> bool {
    use Class::{Comma, Conjunction, Relative, Stop, That, Verb};
    matches!(class, That | Relative | Conjunction | Comma | Stop | Verb)
}

/// The first word of a sentence.
fn opening(syntax: &Syntax<'_>, sentence: &Sentence<'_>) -> Option<usize> {
    sentence.words.clone().find(|at| syntax.word(*at).kind != TokenKind::Punctuation)
}

/// Subject and object of a verb, the genitive of a noun.
fn phrases<'s>(sentence: &'s Sentence<'_>, at: usize) -> impl Iterator<Item = (u64, &'s Phrase)> {
    let verb = sentence.verbs.get(&at);
    let noun = sentence.nouns.get(&at);
    let subject = verb.and_then(|arguments| arguments.subject.as_ref());
    let object = verb.and_then(|arguments| arguments.object.as_ref());
    let genitive = noun.and_then(|around| around.genitive.as_ref());
    (1..).zip([subject, object, genitive]).filter_map(|(slot, phrase)| Some((slot, phrase?)))
}

fn prepositional<'s>(sentence: &'s Sentence<'_>, at: usize) -> &'s [PrepositionalPhrase] {
    let of_verb = sentence.verbs.get(&at).map(|arguments| &arguments.prepositional);
    let of_noun = sentence.nouns.get(&at).map(|around| &around.prepositional);
    of_verb.or(of_noun).map_or(&[], Vec::as_slice)
}

/// What an article tells of the events of a type.
#[derive(Debug, Default)]
struct Told {
    count: usize,
    in_title: bool,
    in_lead: bool,
    first: Option<Span>,
    /// How many of them each participant takes part in.
    participants: FxHashMap<EntityId, usize>,
}

/// Adds to each event how the article tells others of its type. `sentences` is how many the article has.
pub(super) fn add_article(drafts: &mut [Draft], sentences: usize) {
    let lead = drafts.iter().filter(|d| d.segment == SegmentKind::Body).map(|d| d.sentence).min();
    let mut told: FxHashMap<EventType, Told> = FxHashMap::default();
    for draft in &*drafts {
        let of_type = told.entry(draft.trigger.sense.event_type).or_default();
        of_type.count += 1;
        of_type.in_title |= draft.segment == SegmentKind::Title;
        of_type.in_lead |= Some(draft.sentence) == lead;
        of_type.first = Some(of_type.first.map_or(draft.span, |first| first.min(draft.span)));
        for entity in draft.actors.iter().chain(&draft.recipients) {
            *of_type.participants.entry(entity.clone()).or_default() += 1;
        }
    }
    for draft in drafts {
        let Some(told) = told.get(&draft.trigger.sense.event_type) else { continue };
        let again = |entity: &EntityId| told.participants.get(entity).is_some_and(|count| *count > 1);
        let shares = draft.actors.iter().chain(&draft.recipients).any(again);
        let segment = match draft.segment {
            SegmentKind::Body => 0,
            SegmentKind::Title => 1,
            _ => 2,
        };
        let verb = u64::from(draft.trigger.form.is_finite());
        let definite = u64::from(draft.definite);
        let before = u64::from(told.first.is_some_and(|first| first < draft.span));
        draft.seen.article = vec![
            Feature::of(200, &[bucket(sentences)]),
            Feature::of(201, &[bucket(draft.sentence)]),
            Feature::of(202, &[segment]),
            Feature::of(203, &[segment, verb, definite]),
            Feature::of(204, &[u64::from(told.in_title), u64::from(told.in_lead)]),
            Feature::of(205, &[told.count.min(6) as u64]),
            Feature::of(206, &[before, definite, verb]),
            Feature::of(207, &[u64::from(shares)]),
        ];
    }
}

/// The preposition that governs a noun: attached, or with nothing but nouns without article between.
fn governing_preposition(syntax: &Syntax<'_>, start: usize, at: usize) -> Option<u64> {
    let attached = |i: usize| {
        let proclitics = &syntax.word(i).proclitics;
        proclitics
            .iter()
            .find(|p| matches!(p, Proclitic::By | Proclitic::To | Proclitic::Like))
            .map(|p| *p as u64 + 1)
    };
    if let Some(found) = attached(at) {
        return Some(found);
    }
    for i in (start..at).rev().take(3) {
        match syntax.class(i) {
            Class::Preposition(_) => return Some(Feature::hash(bare(syntax.word(i)))),
            Class::Nominal if !syntax.word(i).article => {
                if let Some(found) = attached(i) {
                    return Some(found);
                }
            }
            Class::Mark => {}
            _ => return None,
        }
    }
    None
}

fn slot_value(slot: Slot) -> u64 {
    match slot {
        Slot::Subject => 0,
        Slot::Object => 1,
        Slot::Genitive => 2,
        Slot::Adjective => 3,
        Slot::After(preposition) => 4 + preposition as u64,
    }
}

fn marker_value(marker: Marker) -> u64 {
    match marker {
        Marker::Agent => 0,
        Marker::Other => 1,
        Marker::Plain(preposition) => 2 + preposition as u64,
    }
}

fn class_value(class: Class) -> u64 {
    match class {
        Class::Verb => 0,
        Class::That => 1,
        Class::Relative => 2,
        Class::Conjunction => 3,
        Class::Particle => 5,
        Class::Comma => 6,
        Class::Mark => 7,
        Class::Stop => 8,
        Class::Nominal => 9,
        Class::Preposition(None) => 10,
        Class::Preposition(Some(preposition)) => 11 + preposition as u64,
    }
}

/// A count in steps that grow.
fn bucket(count: usize) -> u64 {
    match count {
        0..=3 => count as u64,
        4..=5 => 4,
        6..=8 => 5,
        9..=13 => 6,
        14..=21 => 7,
        22..=34 => 8,
        35..=55 => 9,
        _ => 10,
    }
}
