//! Subject, object and prepositional phrases of a verb.

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::morphology::Number;

use super::{Class, Phrase, PrepositionalPhrase, Syntax};
use crate::lexicon::{self, FunctionClass, WordForm};

/// The arguments that stand around a finite verb.
#[derive(Debug, Clone, Default)]
pub(crate) struct VerbArguments {
    /// The subject, where one stands in the clause.
    pub(crate) subject: Option<Phrase>,
    /// Whether the subject stands before the verb.
    pub(crate) subject_first: bool,
    /// The object.
    pub(crate) object: Option<Phrase>,
    /// A second object: سلم الوزير رسالة
    pub(crate) second_object: Option<Phrase>,
    /// Whether an attached pronoun is the object.
    pub(crate) pronoun_object: bool,
    /// The noun before a relative pronoun, or before a verb that follows it as an adjective clause, where the pronoun is the object.
    pub(crate) antecedent: Option<Phrase>,
    /// The phrases after prepositions.
    pub(crate) prepositional: Vec<PrepositionalPhrase>,
    /// One past the last word that belongs to the clause.
    pub(crate) end: usize,
}

/// Words that are searched to either side of a verb.
const REACH: usize = 60;

impl Syntax<'_> {
    /// What stands around the finite verb at `verb`, read once.
    pub(crate) fn arguments(&self, verb: usize) -> &VerbArguments {
        self.info[verb].arguments.get_or_init(|| Box::new(self.read_arguments(verb)))
    }

    fn read_arguments(&self, verb: usize) -> VerbArguments {
        let sentence = self.sentence(verb);
        let mut found = VerbArguments { end: verb + 1, ..VerbArguments::default() };
        let word = self.word(verb);
        found.pronoun_object = word.enclitic.is_some();
        self.before_verb(verb, sentence.start, &mut found);
        let mut nominals = self.after_verb(verb, sentence.end, &mut found).into_iter();
        // لتطالب الجهات: the subject of a verb after ل stands before it.
        let subjunctive = word.proclitics.contains(&Proclitic::To);
        // A verb before its subject is singular: أطلقوا has its subject before it.
        let agrees = self.is_plural(verb);
        if found.subject.is_none() && !self.is_first_person(verb) && !subjunctive && !agrees {
            found.subject = nominals.next();
        }
        if found.antecedent.is_none() || !found.pronoun_object {
            found.object = nominals.next();
            found.second_object = nominals.next();
        }
        found
    }

    /// A preposition with a pronoun attached: فيه، عليها.
    pub(crate) fn is_pronoun_after_preposition(&self, at: usize) -> bool {
        let word = self.reading.words.get(at);
        word.is_some_and(|word| {
            word.is_governed_pronoun() || word.enclitic.is_some() && super::is_preposition(&word.host)
        })
    }

    fn is_plural(&self, verb: usize) -> bool {
        let verbs = &self.info[verb].verbs;
        !verbs.is_empty() && verbs.iter().all(|r| r.number != Number::Singular)
    }

    /// Whether the verb speaks of the speaker: سنرد.
    pub(crate) fn is_first_person(&self, verb: usize) -> bool {
        let verbs = &self.info[verb].verbs;
        !verbs.is_empty() && verbs.iter().all(|r| r.first_person)
    }

    /// Whether the verb speaks of the speaker with others: سنجمد, not سأجمد.
    pub(crate) fn is_first_person_plural(&self, verb: usize) -> bool {
        self.is_first_person(verb) && self.is_plural(verb)
    }

    /// The subject before the verb, or the antecedent of its relative clause.
    fn before_verb(&self, verb: usize, start: usize, found: &mut VerbArguments) {
        let mut at = verb;
        // قد، لم، سوف and auxiliaries stand between subject and verb: كان الجيش قد قصف
        // الذين كانوا يطالبون
        while at > start && (self.class(at - 1) == Class::Particle || self.is_bound_auxiliary(at - 1)) {
            at -= 1;
        }
        if at == start || self.word(verb).has_conjunction() {
            return;
        }
        match self.class(at - 1) {
            Class::Relative => {
                // إيران هي التي هاجمت: the pronoun only parts the two.
                let mut end = at - 1;
                while end > start && self.class(end - 1) == Class::Particle {
                    end -= 1;
                }
                // موسكو، التي تنفي ضلوعها: the comma changes nothing. وأصيب ستة، فيما اعتقلت الشرطة: a clause of its own.
                let pronoun = self.word(at - 1).host.starts_with("ال");
                if pronoun && end > start && self.class(end - 1) == Class::Comma {
                    end -= 1;
                }
                let Some(noun) = self.phrase_before(end, start) else { return };
                // الوقت الذي طوقت فيه القوات: the pronoun after the preposition is the noun, and no subject.
                if self.is_pronoun_after_preposition(verb + 1) {
                    return;
                }
                if found.pronoun_object {
                    found.antecedent = Some(noun);
                } else {
                    found.subject_first = true;
                    found.subject = Some(noun);
                }
            }
            Class::Nominal | Class::Mark => {
                let Some(noun) = self.phrase_before(at, start) else { return };
                let first = noun.words.start;
                let opens_clause = first == start
                    || matches!(
                        self.class(first - 1),
                        Class::That
                            | Class::Comma
                            | Class::Stop
                            | Class::Conjunction
                            | Class::Verb
                            | Class::Particle
                    )
                    || self.word(first).has_conjunction();
                let prepositional =
                    first > start && self.begins_prepositional(first - 1) || self.begins_prepositional(first);
                if found.pronoun_object && !self.word(noun.head).article {
                    // ضربات نفذتها مسيرات: an adjective clause.
                    found.antecedent = Some(noun);
                } else if !prepositional && opens_clause
                    // من مسلحين هاجموا: an adjective clause whose noun is the subject.
                    // إلى ذلك أعلنت الوزارة: a demonstrative is none.
                    || prepositional
                        && !super::words::is_determiner(&self.word(noun.head).folded)
                        && !self.word(noun.head).article
                        && self.word(noun.head).enclitic.is_none()
                        && noun.entities.is_empty()
                {
                    found.subject_first = true;
                    found.subject = Some(noun);
                } else if prepositional && let Some(noun) = self.topic(verb, start) {
                    found.subject_first = true;
                    found.subject = Some(noun);
                }
            }
            // وكانت الوزارة، أمس، قد قالت: the subject is the auxiliary's.
            Class::Comma => {
                let floor = start.max(verb.saturating_sub(16));
                let auxiliary = (floor..at).rev().find(|i| self.class(*i) == Class::Verb);
                if let Some(auxiliary) = auxiliary
                    && self.info[auxiliary].verbs.is_empty()
                    && at < verb
                {
                    found.subject = self.noun_phrase(auxiliary + 1, at);
                    found.subject_first = found.subject.is_some();
                }
            }
            _ => {}
        }
    }

    /// Whether a verb of no meaning of its own stands here whose conjunction, if it has one, opens no clause.
    fn is_bound_auxiliary(&self, at: usize) -> bool {
        self.class(at) == Class::Verb
            && self.info[at].verbs.is_empty()
            && !self.word(at).has_conjunction()
            && lexicon::get().is_function(FunctionClass::Verb, &self.word(at).stem)
    }

    /// The noun phrase that opens the clause of a verb, with phrases after it: مسلحون مدعومون من الخارج أطلقوا.
    fn topic(&self, verb: usize, start: usize) -> Option<Phrase> {
        let floor = start.max(verb.saturating_sub(20));
        let opening = (floor..verb).rev().find(|at| {
            matches!(
                self.class(*at),
                Class::That | Class::Stop | Class::Comma | Class::Verb | Class::Relative | Class::Conjunction
            )
        });
        let first = match opening {
            Some(at) if matches!(self.class(at), Class::That | Class::Conjunction | Class::Stop) => at + 1,
            // وكان مسؤولون في الوزارة قد أكدوا
            Some(at) if self.class(at) == Class::Verb && self.info[at].verbs.is_empty() => at + 1,
            None if floor == start => start,
            _ => return None,
        };
        let first = (first..verb).find(|at| self.class(*at) != Class::Mark)?;
        self.noun_phrase(first, verb).filter(|_| !self.begins_prepositional(first))
    }

    /// The noun phrase that ends before a word.
    pub(crate) fn phrase_before(&self, end: usize, start: usize) -> Option<Phrase> {
        let floor = start.max(end.saturating_sub(12));
        let mut first = end;
        while first > floor
            && matches!(self.class(first - 1), Class::Nominal | Class::Mark)
            && !self.info[first - 1].time
        {
            first -= 1;
            let word = self.word(first);
            // A mark that opens or a particle ends the way back.
            let coordinated =
                first > floor && self.names_entity(first) && self.info[first - 1].mention.is_some();
            if word.has_conjunction() && !coordinated || word.has_preposition() {
                break;
            }
        }
        // The last phrase of the stretch.
        let mut last = None;
        let mut at = first;
        while at < end {
            let Some(phrase) = self.noun_phrase(at, end) else {
                at += 1;
                continue;
            };
            at = phrase.words.end.max(at + 1);
            last = Some(phrase);
        }
        last
    }

    /// Noun phrases without preposition after the verb, in order; prepositional phrases go to `found`.
    fn after_verb(&self, verb: usize, end: usize, found: &mut VerbArguments) -> Vec<Phrase> {
        let limit = end.min(verb + REACH);
        let mut nominals = Vec::new();
        let mut at = verb + 1;
        while at < limit {
            match self.class(at) {
                Class::Verb => {
                    // كان الجيش قد قصف: the auxiliary's subject is the verb's.
                    break;
                }
                // ما تسمى بـ"…": what follows is the name.
                Class::Relative if nominals.is_empty() && self.is_so_called(at) => {
                    let name =
                        if matches!(self.class(at + 2), Class::Preposition(_)) { at + 3 } else { at + 2 };
                    match self.noun_phrase(name, limit) {
                        Some(phrase) => {
                            at = phrase.words.end.max(at + 3);
                            nominals.push(phrase);
                        }
                        None => at += 2,
                    }
                }
                // ما يزيد على ثمانين هدفا: a numeral.
                Class::Relative if self.after_measure(at).is_some() => {
                    at = self.after_measure(at).unwrap_or(at + 1)
                }
                Class::That | Class::Stop | Class::Relative | Class::Conjunction => break,
                Class::Comma => {
                    if nominals.len() > 1 || !self.resumes(at + 1, limit) {
                        break;
                    }
                    at += 1;
                }
                // خمسة أشخاص، بينهم طفلان: who is among them is no argument of the verb.
                Class::Particle if !nominals.is_empty() && self.is_among(at) => {
                    at = self.noun_phrase(at + 1, limit).map_or(at + 1, |p| p.words.end.max(at + 1));
                }
                Class::Particle | Class::Mark => at += 1,
                Class::Preposition(_) => match self.prepositional_phrase(at, limit) {
                    Some(phrase) => {
                        at = phrase.phrase.words.end.max(at + 1);
                        found.prepositional.push(phrase);
                    }
                    None => at += 1,
                },
                // للتباحث مع: what follows a masdar belongs to it.
                Class::Nominal
                    if self.word(at).has_preposition()
                        && self.word(at).proclitics.contains(&Proclitic::To)
                        && self.event_nouns(at).any(|r| r.form == WordForm::Masdar)
                        && found.prepositional.iter().any(|pp| pp.at != at) =>
                {
                    found.prepositional.extend(self.prepositional_phrase(at, limit));
                    break;
                }
                Class::Nominal if self.info[at].time => at += 1,
                Class::Nominal if self.word(at).has_preposition() => {
                    match self.prepositional_phrase(at, limit) {
                        Some(phrase) => {
                            at = phrase.phrase.words.end.max(at + 1);
                            found.prepositional.push(phrase);
                        }
                        None => at += 1,
                    }
                }
                Class::Nominal if self.word(at).has_conjunction() && !nominals.is_empty() => {
                    // A second phrase in the same slot that names nobody.
                    match self.noun_phrase(at, limit) {
                        Some(phrase) if self.class(phrase.words.end) != Class::Verb => {
                            at = phrase.words.end.max(at + 1);
                        }
                        _ => break,
                    }
                }
                Class::Nominal => match self.noun_phrase(at, limit) {
                    Some(phrase) => {
                        at = phrase.words.end.max(at + 1);
                        nominals.push(phrase);
                    }
                    None => at += 1,
                },
            }
            found.end = at.min(limit);
        }
        nominals
    }

    /// بينهم, منهم: what follows is part of those named before.
    fn is_among(&self, at: usize) -> bool {
        let word = self.word(at);
        word.enclitic.is_some() && matches!(word.host.as_str(), "بين" | "من")
    }

    /// Past ما يزيد على, ما لا يقل عن, ما يقارب, ما مجموعه.
    pub(crate) fn after_measure(&self, at: usize) -> Option<usize> {
        let stem = |i: usize| self.reading.words.get(i).map_or("", |word| word.stem.as_str());
        if self.word(at).folded == "ما" && stem(at + 1) == "مجموع" {
            return Some(at + 2);
        }
        let verb = if stem(at + 1) == "لا" { at + 2 } else { at + 1 };
        let measures = matches!(stem(verb), "يزيد" | "يقل" | "يقارب" | "يربو" | "يناهز");
        let next = if matches!(self.class(verb + 1), Class::Preposition(_)) { verb + 2 } else { verb + 1 };
        (self.word(at).folded == "ما" && measures).then_some(next)
    }

    /// ما يسمى، ما تعرف ب
    fn is_so_called(&self, at: usize) -> bool {
        let next = self.reading.words.get(at + 1).map_or("", |word| word.stem.as_str());
        self.word(at).folded == "ما" && matches!(next, "يسمي" | "تسمي" | "يعرف" | "تعرف")
    }

    /// Whether the clause goes on after a comma: a time, a prepositional phrase or an object, and no new verb or participle first.
    fn resumes(&self, at: usize, limit: usize) -> bool {
        if at >= limit || self.class(at) == Class::Verb || self.word(at).has_conjunction() {
            return false;
        }
        let participle = super::readings_of(self.word(at)).any(|r| r.form == WordForm::ActiveParticiple)
            && self.word(at).folded.ends_with(['ا', 'ه'])
            && self.class(at + 1) != Class::Nominal;
        !participle
    }
}
