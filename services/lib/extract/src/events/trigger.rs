//! The words that tell an event, and the sense in which they do.

use std::collections::HashMap;
use std::ops::Range;

use marsad_arabic::morphology::Voice;
use marsad_model::ontology::EventType;

use crate::lexicon::{Frame, Lexeme, Part, Preposition, Sense, Slot, WordForm, WordReading};
use crate::syntax::{Class, Marker, Phrase, PrepositionalPhrase, Syntax, VerbArguments};

/// A word that tells an event.
#[derive(Debug, Clone)]
pub(crate) struct Trigger {
    /// The word.
    pub(crate) at: usize,
    /// The verb or noun that it is a form of.
    pub(crate) lexeme: &'static Lexeme,
    /// The sense that fits here.
    pub(crate) sense: &'static Sense,
    /// Its form.
    pub(crate) form: WordForm,
    /// Passive, by form or by what stands around it.
    pub(crate) passive: bool,
}

/// What stands around an event noun.
#[derive(Debug, Clone, Default)]
pub(crate) struct NounArguments {
    /// The noun phrase in the genitive.
    pub(crate) genitive: Option<Phrase>,
    /// Its adjectives.
    pub(crate) adjectives: Vec<usize>,
    /// Phrases after prepositions.
    pub(crate) prepositional: Vec<PrepositionalPhrase>,
    /// One past the last word that belongs to it.
    pub(crate) end: usize,
}

/// A sentence with the arguments of its verbs and nouns, and its triggers.
pub(crate) struct Sentence<'s> {
    pub(crate) words: Range<usize>,
    /// Arguments of each finite verb.
    pub(crate) verbs: HashMap<usize, VerbArguments>,
    /// Surroundings of each event noun.
    pub(crate) nouns: HashMap<usize, NounArguments>,
    /// For an event noun, the verbs that have it as argument, and where.
    pub(crate) governors: HashMap<usize, Vec<(usize, Slot)>>,
    pub(crate) triggers: Vec<Trigger>,
    _syntax: std::marker::PhantomData<&'s ()>,
}

/// Words read after an event noun for its arguments.
const REACH: usize = 40;

impl<'s> Sentence<'s> {
    pub(crate) fn new(syntax: &'s Syntax<'_>, words: Range<usize>) -> Self {
        let mut sentence = Self {
            verbs: HashMap::new(),
            nouns: HashMap::new(),
            governors: HashMap::new(),
            triggers: Vec::new(),
            words: words.clone(),
            _syntax: std::marker::PhantomData,
        };
        for at in words.clone() {
            if syntax.class(at) == Class::Verb {
                sentence.verbs.insert(at, syntax.arguments(at));
            } else if is_event_noun(syntax, at) {
                sentence.nouns.insert(at, noun_arguments(syntax, at, words.end));
            }
        }
        sentence.link();
        let light: Vec<usize> = words.clone().filter(|at| sentence.carries_noun(syntax, *at)).collect();
        for at in words {
            let found = if syntax.class(at) == Class::Verb {
                // A sense with a condition that holds (أوقف الهجمات) is more than a light verb.
                sentence
                    .verb_trigger(syntax, at)
                    .filter(|trigger| !light.contains(&at) || trigger.sense.frame.conditions.iter().any(|c| c.heads.is_some()))
            } else if sentence.nouns.contains_key(&at) {
                sentence.noun_trigger(syntax, at)
            } else {
                None
            };
            sentence.triggers.extend(found);
        }
        let consumed = sentence.consumed(syntax);
        sentence.triggers.retain(|trigger| !consumed.contains(&trigger.at));
        sentence
    }

    /// Says for every event noun which verbs it is an argument of: the first event noun of the phrase is.
    fn link(&mut self) {
        for (verb, arguments) in &self.verbs {
            let plain = [
                (&arguments.subject, Slot::Subject),
                (&arguments.object, Slot::Object),
                (&arguments.second_object, Slot::Object),
                (&arguments.antecedent, Slot::Object),
            ];
            let plain = plain.into_iter().filter_map(|(phrase, slot)| Some((phrase.as_ref()?, slot)));
            let marked = arguments.prepositional.iter().filter_map(|pp| match pp.marker {
                Marker::Plain(p) => Some((&pp.phrase, Slot::After(p))),
                _ => None,
            });
            for (phrase, slot) in plain.chain(marked) {
                let noun = phrase.first.clone().filter(|at| *at >= phrase.head).find(|at| self.nouns.contains_key(at));
                if let Some(noun) = noun {
                    self.governors.entry(noun).or_default().push((*verb, slot));
                }
            }
        }
        for links in self.governors.values_mut() {
            links.sort_unstable();
        }
    }

    /// Whether a verb is the light verb of an event noun.
    fn carries_noun(&self, syntax: &Syntax<'_>, verb: usize) -> bool {
        self.governors.values().flatten().any(|(v, slot)| *v == verb && light_use(syntax, verb, *slot).is_some())
    }

    fn verb_trigger(&self, syntax: &Syntax<'_>, at: usize) -> Option<Trigger> {
        let arguments = self.verbs.get(&at)?;
        let readings = syntax.info[at].verbs.iter().filter(|r| !r.lexeme().senses.is_empty());
        let mut best: Option<(usize, Trigger)> = None;
        for reading in readings {
            let reports = reading.lexeme().reporting.is_some();
            for sense in &reading.lexeme().senses {
                // A reporting verb makes a claim, not a statement.
                if reports && sense.event_type == EventType::Statement {
                    continue;
                }
                let passive = is_passive(reading, &syntax.info[at].verbs, arguments, &sense.frame);
                let heads = |slot: Slot| verb_heads(syntax, arguments, slot, passive);
                if let Some(fit) = fit(&sense.frame, heads)
                    && best.as_ref().is_none_or(|(other, _)| fit > *other)
                {
                    let trigger = Trigger { at, lexeme: reading.lexeme(), sense, form: reading.form, passive };
                    best = Some((fit, trigger));
                }
            }
        }
        best.map(|(_, trigger)| trigger)
    }

    fn noun_trigger(&self, syntax: &Syntax<'_>, at: usize) -> Option<Trigger> {
        let around = self.nouns.get(&at)?;
        let mut best: Option<(usize, Trigger)> = None;
        for reading in syntax.event_nouns(at) {
            for sense in &reading.lexeme().senses {
                if reading.lexeme().reporting.is_some() && sense.event_type == EventType::Statement {
                    continue;
                }
                let heads = |slot: Slot| noun_heads(syntax, around, slot);
                let Some(fit) = fit(&sense.frame, heads) else { continue };
                // A noun that is listed as such tells more than the masdar of a verb.
                let fit = fit * 2 + usize::from(reading.form == WordForm::Noun);
                if best.as_ref().is_none_or(|(other, _)| fit > *other) {
                    let trigger = Trigger { at, lexeme: reading.lexeme(), sense, form: reading.form, passive: false };
                    best = Some((fit, trigger));
                }
            }
        }
        best.map(|(_, trigger)| trigger)
    }

    /// Event nouns that only complete another trigger: المحادثات after استئناف.
    fn consumed(&self, syntax: &Syntax<'_>) -> Vec<usize> {
        let mut all = Vec::new();
        for trigger in &self.triggers {
            for condition in trigger.sense.frame.conditions.iter().filter(|c| c.heads.is_some()) {
                let heads: Vec<usize> = if trigger.form.is_finite() {
                    let Some(arguments) = self.verbs.get(&trigger.at) else { continue };
                    let plain = [&arguments.subject, &arguments.object, &arguments.second_object, &arguments.antecedent];
                    let marked = arguments.prepositional.iter().map(|pp| pp.phrase.head);
                    plain.into_iter().flatten().map(|p| p.head).chain(marked).collect()
                } else {
                    let Some(around) = self.nouns.get(&trigger.at) else { continue };
                    let marked = around.prepositional.iter().map(|pp| pp.phrase.head);
                    around.genitive.iter().map(|p| p.head).chain(marked).collect()
                };
                all.extend(heads.into_iter().filter(|at| {
                    *at != trigger.at && self.nouns.contains_key(at) && condition.accepts(&syntax.word(*at).stem)
                }));
            }
        }
        all
    }

    /// The trigger at a word.
    pub(crate) fn trigger_at(&self, at: usize) -> Option<&Trigger> {
        self.triggers.iter().find(|trigger| trigger.at == at)
    }
}

/// The light use of a verb whose event noun stands in a slot: what its subject is to the event, and whether it is passive.
pub(crate) fn light_use(syntax: &Syntax<'_>, verb: usize, slot: Slot) -> Option<(Part, bool)> {
    let uses = syntax.info[verb].verbs.iter().flat_map(|r| &r.lexeme().light);
    let mut found = None;
    for light in uses {
        if light.noun == slot {
            return Some((light.subject, false));
        }
        // نفذت ضربات: the noun is the subject of a passive.
        if light.noun == Slot::Object && slot == Slot::Subject {
            found = Some((light.subject, true));
        }
    }
    found
}

/// Whether a word can be an event noun here: no part of a name or title.
fn is_event_noun(syntax: &Syntax<'_>, at: usize) -> bool {
    syntax.info[at].mention.is_none() && !syntax.info[at].time && syntax.event_nouns(at).next().is_some()
}

/// How well a frame's conditions fit: their number, or `None` where one fails.
fn fit<'a>(frame: &Frame, heads: impl Fn(Slot) -> Vec<&'a str>) -> Option<usize> {
    for condition in &frame.conditions {
        let here = heads(condition.slot);
        if !here.iter().any(|head| condition.accepts(head)) {
            return None;
        }
    }
    Some(frame.conditions.len())
}

fn verb_heads<'a>(syntax: &'a Syntax<'_>, arguments: &VerbArguments, slot: Slot, passive: bool) -> Vec<&'a str> {
    let stems = |phrase: &Option<Phrase>| {
        let words = phrase.as_ref().map(|p| p.head..(p.head + 2).min(p.first.end)).unwrap_or(0..0);
        words.map(|at| syntax.word(at).stem.as_str()).collect::<Vec<_>>()
    };
    match slot {
        Slot::Subject if !passive => stems(&arguments.subject).into_iter().take(1).collect(),
        Slot::Subject => Vec::new(),
        Slot::Object if passive => stems(&arguments.subject),
        Slot::Object => {
            let mut all = stems(&arguments.object);
            all.extend(stems(&arguments.second_object));
            all.extend(stems(&arguments.antecedent));
            // The subject is left out: سلمت رسالة.
            if arguments.object.is_none() {
                all.extend(stems(&arguments.subject));
            }
            all
        }
        Slot::After(preposition) => heads_after(syntax, &arguments.prepositional, preposition),
        Slot::Genitive => heads_after(syntax, &arguments.prepositional, Preposition::By),
        Slot::Adjective => Vec::new(),
    }
}

fn noun_heads<'a>(syntax: &'a Syntax<'_>, around: &NounArguments, slot: Slot) -> Vec<&'a str> {
    match slot {
        Slot::Genitive | Slot::Subject | Slot::Object => {
            let words = around.genitive.as_ref().map(|p| p.head..(p.head + 1).min(p.first.end)).unwrap_or(0..0);
            words.map(|at| syntax.word(at).stem.as_str()).collect()
        }
        Slot::Adjective => around.adjectives.iter().map(|at| syntax.word(*at).stem.as_str()).collect(),
        Slot::After(preposition) => heads_after(syntax, &around.prepositional, preposition),
    }
}

fn heads_after<'a>(
    syntax: &'a Syntax<'_>,
    phrases: &[PrepositionalPhrase],
    preposition: Preposition,
) -> Vec<&'a str> {
    phrases
        .iter()
        .filter(|pp| pp.marker == Marker::Plain(preposition))
        .flat_map(|pp| [pp.phrase.head, pp.phrase.first.start])
        .map(|at| syntax.word(at).stem.as_str())
        .collect()
}

/// Most passives are written like their actives. A transitive verb with one noun phrase after it and none before is passive,
/// as is one with an agent (من قبل).
fn is_passive(reading: &WordReading, all: &[WordReading], arguments: &VerbArguments, frame: &Frame) -> bool {
    let same = |voice: Voice| {
        all.iter().any(|r| r.voice == voice && std::ptr::eq(r.lexeme(), reading.lexeme()))
    };
    if !same(Voice::Passive) {
        return false;
    }
    if !same(Voice::Active) {
        return true;
    }
    let transitive = frame.is_transitive() && frame.has(Part::Recipient, Slot::Object);
    let alone = arguments.subject.is_some()
        && !arguments.subject_first
        && arguments.object.is_none()
        && !arguments.pronoun_object;
    let agent = arguments.prepositional.iter().any(|pp| pp.marker == Marker::Agent);
    transitive && (alone || agent && arguments.object.is_none())
}

/// Reads what stands after an event noun: adjectives, genitive, prepositional phrases.
fn noun_arguments(syntax: &Syntax<'_>, at: usize, end: usize) -> NounArguments {
    let mut around = NounArguments::default();
    let word = syntax.word(at);
    let limit = end.min(at + REACH);
    let mut next = at + 1;
    let definite = word.article || word.enclitic.is_some();
    while next < limit && is_adjective(syntax, next, definite) {
        around.adjectives.push(next);
        next += 1;
    }
    if !definite
        && next < limit
        && around.adjectives.is_empty()
        && syntax.class(next) == Class::Nominal
        && !syntax.word(next).has_preposition()
        && !syntax.word(next).has_conjunction()
        && let Some(phrase) = syntax.noun_phrase(next, limit)
    {
        next = phrase.words.end.max(next + 1);
        // هجمات الفصائل المسلحة: adjectives of a genitive are its own; those of one word may be the noun's.
        around.adjectives.extend(phrase.first.clone().filter(|i| *i > phrase.head || !syntax.word(*i).article));
        around.genitive = Some(phrase);
    }
    // More adjectives: ضربات جوية أميركية مكثفة
    while next < limit
        && around.genitive.is_none()
        && syntax.class(next) == Class::Nominal
        && !syntax.word(next).has_preposition()
        && !syntax.word(next).has_conjunction()
        && syntax.word(next).article == word.article
        && !syntax.info[next].time
        && syntax.info[next].mention.is_none()
        && !is_event_noun(syntax, next)
    {
        around.adjectives.push(next);
        next += 1;
    }
    let mut commas = 0;
    while next < limit {
        match syntax.class(next) {
            Class::Verb | Class::That | Class::Stop | Class::Relative | Class::Conjunction => break,
            Class::Comma => {
                commas += 1;
                let time = syntax.info.get(next + 1).is_some_and(|info| info.time);
                if commas > 2 || !(time || syntax.begins_prepositional(next + 1)) || syntax.word(next + 1).has_conjunction() {
                    break;
                }
                next += 1;
            }
            Class::Particle | Class::Mark => next += 1,
            _ if syntax.info[next].time => next += 1,
            _ if syntax.begins_prepositional(next) => {
                if syntax.word(next).has_conjunction() && !around.prepositional.is_empty() && commas > 0 {
                    break;
                }
                match syntax.prepositional_phrase(next, limit) {
                    Some(pp) => {
                        let head = pp.phrase.head;
                        next = pp.phrase.words.end.max(next + 1);
                        around.prepositional.push(pp);
                        // What follows another event belongs to it.
                        if is_event_noun(syntax, head) {
                            break;
                        }
                    }
                    None => next += 1,
                }
            }
            _ => {
                if is_event_noun(syntax, next) || syntax.word(next).has_conjunction() && commas > 0 {
                    break;
                }
                next += 1;
            }
        }
    }
    around.end = next;
    around
}

/// An adjective of the noun before it: a demonym or a nisba, definite like the noun.
fn is_adjective(syntax: &Syntax<'_>, at: usize, definite: bool) -> bool {
    let word = syntax.word(at);
    if syntax.class(at) != Class::Nominal || word.has_preposition() || word.has_conjunction() || syntax.info[at].time {
        return false;
    }
    let info = &syntax.info[at];
    if info.demonym.is_some() && info.mention.is_none() {
        return word.article == definite && !word.stem.ends_with("ين") && !word.stem.ends_with("ون");
    }
    let nisba = word.stem.ends_with('ي') || word.stem.ends_with("يه");
    nisba && word.article == definite && info.mention.is_none() && info.role.is_none() && word.enclitic.is_none()
        && !is_event_noun(syntax, at)
}
