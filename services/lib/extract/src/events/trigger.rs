//! The words that tell an event, and the sense in which they do.

use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::morphology::{Number, Voice};
use marsad_model::EntityId;
use marsad_model::ontology::EventType;

use super::fillers::{filler, noun_fillers, verb_fillers};
use super::nominal::{NounArguments, is_event_noun, noun_arguments};
use super::voice::is_passive;
use crate::lexicon::{Condition, Filler, Lexeme, Part, Preposition, Sense, Slot, WordForm};
use crate::syntax::{Class, Marker, PrepositionalPhrase, Syntax, VerbArguments};

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

/// A sentence with the arguments of its verbs and nouns, and its triggers.
pub(crate) struct Sentence<'s> {
    pub(crate) words: Range<usize>,
    /// Arguments of each finite verb.
    pub(crate) verbs: FxHashMap<usize, &'s VerbArguments>,
    /// Surroundings of each event noun.
    pub(crate) nouns: FxHashMap<usize, NounArguments>,
    /// For an event noun, the verbs that have it as argument, and where.
    pub(crate) governors: FxHashMap<usize, Vec<(usize, Slot)>>,
    /// In order of their words.
    pub(crate) triggers: Vec<Trigger>,
    /// Verbs that say of an event noun, their subject, what it did: الهجوم الذي استهدف.
    told: FxHashMap<usize, &'static Sense>,
    /// For each word, and the end, the verbs, words أن and triggers before it in the sentence.
    barriers: Vec<usize>,
    _syntax: std::marker::PhantomData<&'s ()>,
}

/// Words between an event noun and the relative pronoun that refers to it, at most.
const ANTECEDENT: usize = 12;

impl<'s> Sentence<'s> {
    /// `cues` are the words that make a claim.
    pub(crate) fn new(syntax: &'s Syntax<'_>, words: Range<usize>, cues: &FxHashSet<usize>) -> Self {
        let mut sentence = Self {
            verbs: FxHashMap::default(),
            nouns: FxHashMap::default(),
            governors: FxHashMap::default(),
            triggers: Vec::new(),
            told: FxHashMap::default(),
            barriers: Vec::new(),
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
        sentence.link_relatives(syntax);
        sentence.link_past_relatives(syntax);
        let light: Vec<usize> = words.clone().filter(|at| sentence.carries_noun(syntax, *at)).collect();
        for at in words {
            let found = if syntax.class(at) == Class::Verb {
                // A sense with a condition that holds (أوقف الهجمات) is more than a light verb.
                sentence.verb_trigger(syntax, at, cues.contains(&at)).filter(|trigger| {
                    !light.contains(&at) || trigger.sense.frame.conditions.iter().any(Condition::names_heads)
                })
            } else if sentence.nouns.contains_key(&at) {
                sentence.noun_trigger(syntax, at)
            } else {
                None
            };
            sentence.triggers.extend(found);
        }
        let mut consumed = sentence.consumed(syntax);
        consumed.extend(sentence.topics());
        let told: Vec<usize> =
            sentence.triggers.iter().map(|t| t.at).filter(|at| sentence.is_told_by_noun(*at)).collect();
        for verb in told {
            let Some(position) = sentence.triggers.iter().position(|t| t.at == verb) else { continue };
            let trigger = sentence.triggers.remove(position);
            sentence.told.insert(verb, trigger.sense);
        }
        sentence.triggers.retain(|trigger| !consumed.contains(&trigger.at));
        sentence.count_barriers(syntax);
        sentence
    }

    fn count_barriers(&mut self, syntax: &Syntax<'_>) {
        let mut count = 0;
        let mut barriers = vec![0];
        for at in self.words.clone() {
            let is_barrier = match syntax.class(at) {
                Class::Verb => self.verbs.contains_key(&at),
                Class::That => true,
                _ => self.trigger_at(at).is_some(),
            };
            count += usize::from(is_barrier);
            barriers.push(count);
        }
        self.barriers = barriers;
    }

    /// The finite verbs, words أن and triggers among some words of the sentence.
    pub(crate) fn barriers_between(&self, words: Range<usize>) -> usize {
        let before = |at: usize| self.barriers.get(at.saturating_sub(self.words.start)).copied().unwrap_or(0);
        before(words.end).saturating_sub(before(words.start))
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
                let noun = phrase
                    .first
                    .clone()
                    .filter(|at| *at >= phrase.head)
                    .find(|at| self.nouns.contains_key(at));
                if let Some(noun) = noun {
                    self.governors.entry(noun).or_default().push((*verb, slot));
                }
            }
        }
        for links in self.governors.values_mut() {
            links.sort_unstable();
        }
    }

    /// المحادثات بين أنقرة وأثينا التي جرت في أثينا: the relative clause of a light verb tells of the event noun before the names.
    fn link_relatives(&mut self, syntax: &Syntax<'_>) {
        let mut found = Vec::new();
        for (verb, arguments) in self.verbs.iter().filter(|(verb, _)| **verb > self.words.start) {
            let (verb, relative) = (*verb, *verb - 1);
            let taken = arguments.pronoun_object || arguments.object.is_some();
            if taken
                || syntax.class(relative) != Class::Relative
                || light_use(syntax, verb, Slot::Subject).is_none()
            {
                continue;
            }
            let floor = self.words.start.max(relative.saturating_sub(ANTECEDENT));
            let noun = (floor..relative)
                .rev()
                .take_while(|at| !matches!(syntax.class(*at), Class::Verb | Class::Stop | Class::That))
                .find(|at| self.nouns.contains_key(at));
            found.extend(noun.map(|noun| (noun, verb)));
        }
        for (noun, verb) in found {
            self.govern(noun, verb, Slot::Subject);
        }
    }

    /// أن تبدأ القوات التي تقودها تركيا في الانسحاب: what the light verb before the relative clause asks for belongs to it.
    fn link_past_relatives(&mut self, syntax: &Syntax<'_>) {
        let mut found = Vec::new();
        for (noun, links) in &self.governors {
            for (verb, slot) in links {
                let relative = verb.checked_sub(1).is_some_and(|at| syntax.class(at) == Class::Relative);
                let Slot::After(_) = slot else { continue };
                if !relative || light_use(syntax, *verb, *slot).is_some() {
                    continue;
                }
                let main = (self.words.start..*verb).rev().find(|at| self.verbs.contains_key(at));
                found.extend(
                    main.filter(|main| light_use(syntax, *main, *slot).is_some())
                        .map(|main| (*noun, main, *slot)),
                );
            }
        }
        for (noun, verb, slot) in found {
            self.govern(noun, verb, slot);
        }
    }

    fn govern(&mut self, noun: usize, verb: usize, slot: Slot) {
        let links = self.governors.entry(noun).or_default();
        if !links.contains(&(verb, slot)) {
            links.push((verb, slot));
            links.sort_unstable();
        }
    }

    /// Whether a verb is the light verb of an event noun.
    fn carries_noun(&self, syntax: &Syntax<'_>, verb: usize) -> bool {
        self.governors
            .values()
            .flatten()
            .any(|(v, slot)| *v == verb && light_use(syntax, verb, *slot).is_some())
    }

    fn verb_trigger(&self, syntax: &Syntax<'_>, at: usize, is_cue: bool) -> Option<Trigger> {
        let arguments = self.verbs.get(&at)?;
        let readings = syntax.info[at].verbs.iter().filter(|r| !r.lexeme().senses.is_empty());
        let mut best: Option<(usize, Trigger)> = None;
        for reading in readings {
            let reports = reading.lexeme().reporting.is_some();
            for sense in &reading.lexeme().senses {
                // A reporting verb makes a claim, not a statement. What demonstrators shout is their demonstration.
                let acts = is_speech_act(sense.event_type) || sense.event_type == EventType::Protest;
                if reports && (sense.event_type == EventType::Statement || is_cue && !acts) {
                    continue;
                }
                let passive = is_passive(syntax, reading, &syntax.info[at].verbs, arguments, sense);
                let fillers = |slot: Slot| self.verb_fillers(syntax, at, arguments, slot, passive);
                // توعد is he threatened before it is you are promised.
                let fit =
                    sense.frame.fit(fillers).map(|fit| fit * 2 + usize::from(reading.voice == Voice::Active));
                if let Some(fit) = fit
                    && best.as_ref().is_none_or(|(other, _)| fit > *other)
                {
                    let trigger =
                        Trigger { at, lexeme: reading.lexeme(), sense, form: reading.form, passive };
                    best = Some((fit, trigger));
                }
            }
        }
        // Troops that are stationed somewhere, or hold it, are a state.
        best.map(|(_, trigger)| trigger).filter(|t| {
            let word = syntax.word(at);
            let state = t.form == WordForm::Imperfect
                && matches!(t.sense.mode, Some("MOBILIZE_DEPLOY" | "ASSAULT_CAPTURE"));
            !state || word.proclitics.contains(&Proclitic::Will)
        })
    }

    fn noun_trigger(&self, syntax: &Syntax<'_>, at: usize) -> Option<Trigger> {
        let around = self.nouns.get(&at)?;
        if is_part_of_a_name(syntax, at, self.words.start) {
            return None;
        }
        let mut best: Option<(usize, Trigger)> = None;
        for reading in syntax.event_nouns(at) {
            // انتحاري is an adjective; هجومي باريس has its genitive.
            let stem = &syntax.word(at).stem;
            let construct = reading.number == Number::Dual && stem.ends_with('ي') && !stem.ends_with("تي");
            if construct && around.genitive.is_none() {
                continue;
            }
            for sense in &reading.lexeme().senses {
                if reading.lexeme().reporting.is_some() && sense.event_type == EventType::Statement {
                    continue;
                }
                let fillers = |slot: Slot| self.noun_fillers(syntax, at, around, slot);
                let Some(fit) = sense.frame.fit(fillers) else { continue };
                // A noun that is listed as such tells more than the masdar of a verb.
                let fit = fit * 2 + usize::from(reading.form == WordForm::Noun);
                if best.as_ref().is_none_or(|(other, _)| fit > *other) {
                    let trigger =
                        Trigger { at, lexeme: reading.lexeme(), sense, form: reading.form, passive: false };
                    best = Some((fit, trigger));
                }
            }
        }
        best.map(|(_, trigger)| trigger)
    }

    /// The slots of the conditions of a trigger's sense, and the word that fulfils each.
    pub(crate) fn conditions(&self, syntax: &Syntax<'_>, trigger: &Trigger) -> Vec<(Slot, usize)> {
        let at = trigger.at;
        let fillers = |slot: Slot| match (self.verbs.get(&at), self.nouns.get(&at)) {
            (Some(arguments), _) => self.verb_fillers(syntax, at, arguments, slot, trigger.passive),
            (None, Some(around)) => self.noun_fillers(syntax, at, around, slot),
            (None, None) => Vec::new(),
        };
        let conditions = &trigger.sense.frame.conditions;
        conditions.iter().filter_map(|c| Some((c.slot, c.met_by(&fillers(c.slot))?))).collect()
    }

    /// What stands in a slot of a verb.
    fn verb_fillers<'a>(
        &self,
        syntax: &'a Syntax<'_>,
        at: usize,
        arguments: &VerbArguments,
        slot: Slot,
        passive: bool,
    ) -> Vec<Filler<'a>> {
        let own = verb_fillers(syntax, at, arguments, slot, passive);
        // تظاهر العمال وأحرقوا إطارات: the subject goes on.
        let coordinated = syntax.word(at).has_conjunction();
        if slot == Slot::Subject && own.is_empty() && !passive && coordinated {
            self.going_on(syntax, at).into_iter().collect()
        } else {
            own
        }
    }

    /// What stands in a slot of an event noun.
    fn noun_fillers<'a>(
        &self,
        syntax: &'a Syntax<'_>,
        at: usize,
        around: &NounArguments,
        slot: Slot,
    ) -> Vec<Filler<'a>> {
        let own = noun_fillers(syntax, at, around, slot);
        // تمكن الجيش من الانتشار: the subject of the verb does it.
        if slot == Slot::Subject && own.is_empty() { self.governing_subjects(syntax, at) } else { own }
    }

    /// The subject of the verb before a verb, for a condition.
    fn going_on<'a>(&self, syntax: &'a Syntax<'_>, verb: usize) -> Option<Filler<'a>> {
        let before = (self.words.start..verb).rev().find_map(|at| self.verbs.get(&at));
        let subject = before.and_then(|arguments| arguments.subject.as_ref())?;
        (!subject.words.contains(&verb)).then(|| filler(syntax, subject.head))
    }

    /// The subjects of the verbs that have an event noun as argument.
    fn governing_subjects<'a>(&self, syntax: &'a Syntax<'_>, noun: usize) -> Vec<Filler<'a>> {
        let verbs =
            self.governors.get(&noun).into_iter().flatten().filter_map(|(verb, _)| self.verbs.get(verb));
        verbs
            .filter_map(|arguments| arguments.subject.as_ref())
            .filter(|subject| !subject.words.contains(&noun))
            .map(|subject| filler(syntax, subject.head))
            .collect()
    }

    /// Event nouns that only complete another trigger: المحادثات after استئناف.
    fn consumed(&self, syntax: &Syntax<'_>) -> Vec<usize> {
        let mut all = Vec::new();
        // Who claims responsibility says that the attack took place.
        for trigger in self.triggers.iter().filter(|t| t.sense.event_type != EventType::Statement) {
            for condition in trigger.sense.frame.conditions.iter().filter(|c| c.names_heads()) {
                // A word after في tells where or when: قتل في حادث is a death and an accident.
                let aside = condition.slot == Slot::After(Preposition::In);
                let heads: Vec<usize> = if trigger.form.is_finite() {
                    let Some(arguments) = self.verbs.get(&trigger.at) else { continue };
                    let plain = [
                        &arguments.subject,
                        &arguments.object,
                        &arguments.second_object,
                        &arguments.antecedent,
                    ];
                    let marked = arguments.prepositional.iter().map(|pp| pp.phrase.head);
                    plain.into_iter().flatten().map(|p| p.head).chain(marked).collect()
                } else {
                    let Some(around) = self.nouns.get(&trigger.at) else { continue };
                    let marked = around.prepositional.iter().map(|pp| pp.phrase.head);
                    around.genitive.iter().map(|p| p.head).chain(marked).collect()
                };
                all.extend(heads.into_iter().filter(|at| {
                    *at != trigger.at
                        && self.nouns.contains_key(at)
                        && !(aside && (!trigger.form.is_finite() || self.differs(*at, trigger)))
                        && condition.accepts(&Filler::word(&syntax.word(*at).stem, *at))
                }));
            }
        }
        all
    }

    /// Whether the trigger at a word is of another type.
    fn differs(&self, at: usize, trigger: &Trigger) -> bool {
        self.trigger_at(at).is_some_and(|other| other.sense.event_type != trigger.sense.event_type)
    }

    /// Who or what the sentence is about: the subject of its first verb that has one.
    pub(crate) fn topic(&self) -> Option<EntityId> {
        let mut verbs: Vec<_> = self.verbs.iter().collect();
        verbs.sort_by_key(|(at, _)| **at);
        let subject = verbs.into_iter().find_map(|(_, arguments)| arguments.subject.as_ref())?;
        subject.entities.first().cloned()
    }

    /// Whether a verb's subject is an event noun of the same type, so that both tell one event.
    fn is_told_by_noun(&self, verb: usize) -> bool {
        let Some(trigger) = self
            .trigger_at(verb)
            .filter(|t| t.form.is_finite() && !t.passive && t.sense.frame.is_unconditional())
        else {
            return false;
        };
        let links = self.governors.iter().filter(|(_, links)| links.contains(&(verb, Slot::Subject)));
        links
            .filter_map(|(noun, _)| self.trigger_at(*noun))
            .any(|noun| noun.sense.event_type == trigger.sense.event_type)
    }

    /// The sense of a verb that only says what the event noun at `noun` did.
    pub(crate) fn told_by_noun(&self, verb: usize, noun: usize) -> Option<&'static Sense> {
        let linked = self.governors.get(&noun).is_some_and(|links| links.contains(&(verb, Slot::Subject)));
        self.told.get(&verb).copied().filter(|_| linked)
    }

    /// The verbs that only say what the event noun at `noun` did.
    pub(crate) fn told_verbs(&self, noun: usize) -> impl Iterator<Item = usize> {
        let links = self.governors.get(&noun).into_iter().flatten();
        links.map(|(verb, _)| *verb).filter(move |verb| self.told_by_noun(*verb, noun).is_some())
    }

    /// What talks are about does not happen by that: محادثات بشأن إنهاء المهمة.
    fn topics(&self) -> Vec<usize> {
        let talks = self.triggers.iter().filter(|t| t.sense.event_type == EventType::Consult);
        let around = talks.filter_map(|t| self.nouns.get(&t.at));
        around
            .flat_map(|around| {
                let about = |pp: &&PrepositionalPhrase| {
                    matches!(pp.marker, Marker::Other | Marker::Plain(Preposition::For | Preposition::About))
                };
                let marked = around.prepositional.iter().filter(about).map(|pp| pp.phrase.head);
                around.genitive.iter().map(|g| g.head).chain(marked)
            })
            .filter(|at| self.nouns.contains_key(at))
            .collect()
    }

    /// The trigger at a word.
    pub(crate) fn trigger_at(&self, at: usize) -> Option<&Trigger> {
        self.triggers.binary_search_by_key(&at, |trigger| trigger.at).ok().and_then(|i| self.triggers.get(i))
    }
}

/// قانون العقوبات, فرق الإنقاذ, حركة تحرير السودان: what a body or law is for has not happened.
fn is_part_of_a_name(syntax: &Syntax<'_>, at: usize, start: usize) -> bool {
    let Some(before) = at.checked_sub(1).filter(|before| *before >= start) else { return false };
    let (word, previous) = (syntax.word(at), syntax.word(before));
    let class = if word.article { "institution" } else { "movement" };
    !word.has_preposition()
        && !word.has_conjunction()
        && syntax.class(before) == Class::Nominal
        && !previous.article
        && previous.enclitic.is_none()
        && crate::lexicon::get().is_in_class(class, &previous.stem)
}

/// What words alone can do.
pub(crate) fn is_speech_act(event_type: EventType) -> bool {
    matches!(
        event_type,
        EventType::Request
            | EventType::Accuse
            | EventType::Reject
            | EventType::Threaten
            | EventType::Agree
            | EventType::Support
            | EventType::Concede
    )
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
