//! What a cue of negation or modality speaks of: the next verb, the next noun, its clause.

use marsad_arabic::clitics::Proclitic;

use super::reality::{REACH, Reality};
use crate::lexicon::{CueKind, Slot, WordForm};
use crate::syntax::{Class, bare, readings_of};

/// Words that a negated noun stands in, at most.
const NEGATED: usize = 4;

/// Words of a clause before its predicate, at most.
const LONGEST_TOPIC: usize = 14;

impl Reality<'_> {
    pub(super) fn is_trigger(&self, at: usize) -> bool {
        self.sentence.trigger_at(at).is_some()
    }

    /// The next verb; where that tells no event, the event noun that it carries. قد speaks only of an imperfect.
    pub(super) fn verb_scope(&self, start: usize, end: usize, kind: CueKind) -> Vec<usize> {
        let syntax = self.syntax;
        let limit = self.sentence.words.end.min(end + REACH);
        let verb = (end..limit)
            .take_while(|at| !self.ends_clause(*at) || syntax.class(*at) == Class::That)
            .find(|at| syntax.class(*at) == Class::Verb);
        let Some(verb) = verb else {
            // يعتزم سحب: a masdar in place of a verb.
            return if kind == CueKind::Negation || bare(syntax.word(start)) == "قد" {
                Vec::new()
            } else {
                self.nouns_joined(end)
            };
        };
        let word = bare(syntax.word(start));
        if word == "قد" && !self.is_imperfect(verb) {
            return Vec::new();
        }
        if self.is_trigger(verb) {
            // طرد is spelled as its masdar.
            let noun = readings_of(syntax.word(verb)).any(|r| r.form.is_event_noun());
            return if noun && kind != CueKind::Negation { self.with_joined(verb) } else { vec![verb] };
        }
        // رجح أن تكون توفيت: the auxiliary of the verb.
        if is_to_be(syntax.word(verb).stem.as_str()) {
            let main = (verb + 1..self.sentence.words.end.min(verb + 1 + REACH))
                .take_while(|at| !self.ends_clause(*at))
                .find(|at| syntax.class(*at) == Class::Verb);
            if let Some(main) = main.filter(|main| self.is_trigger(*main)) {
                return vec![main];
            }
        }
        // يرجح أن يكون الهجوم انتقاما: that there was one is taken for granted.
        let mut carried = self.carried_by(verb);
        carried.retain(|noun| !self.is_presupposed(verb, *noun));
        carried
    }

    /// Whether a definite event noun is the subject of يكون: what may be or not is only what is said of it.
    pub(super) fn is_presupposed(&self, verb: usize, noun: usize) -> bool {
        let word = self.syntax.word(noun);
        let definite = word.article
            || word.enclitic.is_some()
            || self.sentence.nouns.get(&noun).and_then(|around| around.genitive.as_ref()).is_some_and(
                |genitive| !genitive.entities.is_empty() || self.syntax.word(genitive.head).article,
            );
        is_to_be(self.syntax.word(verb).stem.as_str()) && noun == verb + 1 && definite
    }

    /// ولو للحظة: even if, not if.
    pub(super) fn is_even(&self, start: usize, end: usize) -> bool {
        let syntax = self.syntax;
        bare(syntax.word(start)) == "لو" && end == start + 1 && syntax.begins_prepositional(end)
    }

    pub(super) fn is_imperfect(&self, verb: usize) -> bool {
        let verbs = &self.syntax.info[verb].verbs;
        if verbs.is_empty() {
            let stem = &self.syntax.word(verb).stem;
            // توجهت is past.
            return stem.starts_with('ي') || stem.starts_with('ت') && !stem.ends_with('ت');
        }
        verbs.iter().all(|r| r.form == WordForm::Imperfect)
    }

    /// Event nouns among the arguments of a verb; the first one after a verb that the lexicon does not have.
    pub(super) fn carried_by(&self, verb: usize) -> Vec<usize> {
        let linked: Vec<usize> = (self.sentence.governors.iter())
            .filter(|(noun, links)| links.iter().any(|(v, _)| *v == verb) && self.is_trigger(**noun))
            .map(|(noun, _)| *noun)
            .collect();
        if !linked.is_empty() {
            return linked;
        }
        let next = self.nouns_joined(verb + 1);
        if next.is_empty() { self.carried_far(verb) } else { next }
    }

    /// تبدأ القوات التي تقودها واشنطن في الانسحاب: the noun that a light verb carries, past the relative clause of its subject.
    pub(super) fn carried_far(&self, verb: usize) -> Vec<usize> {
        let syntax = self.syntax;
        let uses = syntax.info[verb].verbs.iter().flat_map(|r| &r.lexeme().light);
        let prepositions: Vec<_> = uses
            .filter_map(|light| match light.noun {
                Slot::After(preposition) => Some(preposition),
                _ => None,
            })
            .collect();
        let limit = self.sentence.words.end.min(verb + 3 * REACH);
        let found = (verb + 1..limit)
            .take_while(|at| !matches!(syntax.class(*at), Class::Comma | Class::Stop | Class::That))
            .find(|at| {
                self.is_trigger(*at)
                    && matches!(syntax.class(at - 1), Class::Preposition(Some(p)) if prepositions.contains(&p))
            });
        found.into_iter().collect()
    }

    /// The noun right after a word of negation, past one that only says that it is so: عدم شن هجوم, دون أي اتفاق.
    pub(super) fn negated_noun(&self, end: usize) -> Vec<usize> {
        let limit = self.sentence.words.end.min(end + NEGATED);
        let found = (end..limit)
            .take_while(|at| {
                let word = self.syntax.word(*at);
                let joined =
                    *at > end && (word.has_conjunction() || word.proclitics.contains(&Proclitic::To));
                matches!(self.syntax.class(*at), Class::Nominal | Class::Mark) && !joined
            })
            .find(|at| self.is_trigger(*at));
        found.into_iter().collect()
    }

    /// The next event noun, and those that و joins to it: طرد دبلوماسيين وتجميد الاتصالات.
    pub(super) fn nouns_joined(&self, end: usize) -> Vec<usize> {
        let found = self.noun_scope(end);
        found.first().map(|first| self.with_joined(*first)).unwrap_or(found)
    }

    pub(super) fn with_joined(&self, first: usize) -> Vec<usize> {
        let syntax = self.syntax;
        let limit = self.sentence.words.end.min(first + 2 * REACH);
        let joined = (first + 1..limit)
            .take_while(|at| !self.ends_clause(*at) && syntax.class(*at) != Class::Verb)
            .filter(|at| {
                self.is_trigger(*at)
                    && syntax.reading.is_and(*at)
                    && !syntax.word(*at).has_preposition()
                    && !syntax.word(*at).article
                    && !syntax.word(first).article
            });
        std::iter::once(first).chain(joined).collect()
    }

    /// The next event noun before the clause ends.
    pub(super) fn noun_scope(&self, end: usize) -> Vec<usize> {
        let limit = self.sentence.words.end.min(end + REACH);
        let found = (end..limit)
            .take_while(|at| !self.ends_clause(*at) && self.syntax.class(*at) != Class::Verb)
            .find(|at| self.is_trigger(*at) && !self.is_subject_of_noun(*at, limit));
        found.into_iter().collect()
    }

    /// رغبة المهرجان تكريم المخرج: the definite noun before a masdar does it.
    pub(super) fn is_subject_of_noun(&self, at: usize, limit: usize) -> bool {
        let next = self.syntax.reading.words.get(at + 1).filter(|_| at + 1 < limit);
        self.syntax.word(at).article
            && self.is_trigger(at + 1)
            && next.is_some_and(|next| !next.article && next.proclitics.is_empty())
    }

    /// All triggers up to the end of the clause.
    pub(super) fn clause_scope(&self, end: usize) -> Vec<usize> {
        let syntax = self.syntax;
        (end..self.sentence.words.end)
            .take_while(|at| !matches!(syntax.class(*at), Class::Comma | Class::Stop))
            .filter(|at| self.is_trigger(*at) && !self.is_relative(*at))
            .collect()
    }

    /// Whether a verb follows a relative pronoun: what it tells of somebody is so, whatever the clause says.
    pub(super) fn is_relative(&self, at: usize) -> bool {
        at > self.sentence.words.start
            && self.syntax.class(at) == Class::Verb
            && self.syntax.class(at - 1) == Class::Relative
    }

    pub(super) fn noun_before(&self, start: usize) -> Vec<usize> {
        let floor = self.sentence.words.start.max(start.saturating_sub(4));
        let found = (floor..start)
            .rev()
            .take_while(|at| self.syntax.class(*at) == Class::Nominal)
            .find(|at| self.is_trigger(*at) && !self.syntax.word(*at).folded.is_empty());
        found.into_iter().collect()
    }

    /// The event noun that opens the clause which a predicate closes: no verb stands between.
    pub(super) fn topic_before(&self, start: usize) -> Vec<usize> {
        let floor = self.sentence.words.start.max(start.saturating_sub(LONGEST_TOPIC));
        let clause: Vec<usize> = (floor..start)
            .rev()
            .take_while(|at| !matches!(self.syntax.class(*at), Class::Comma | Class::Stop | Class::That))
            .collect();
        if clause.iter().any(|at| self.syntax.class(*at) == Class::Verb) {
            return Vec::new();
        }
        clause.into_iter().rev().find(|at| self.is_trigger(*at)).into_iter().collect()
    }

    /// Whether إلا or سوى follows in the clause; إلا أن, إلا إذا and إلا بعد except nothing of it.
    pub(super) fn is_excepted(&self, end: usize) -> bool {
        let syntax = self.syntax;
        let limit = self.sentence.words.end.min(end + 2 * REACH);
        let mut clause =
            (end..limit).take_while(|at| !matches!(syntax.class(*at), Class::Comma | Class::Stop));
        let except = clause.find(|at| matches!(syntax.word(*at).folded.as_str(), "الا" | "سوي"));
        except.is_some_and(|at| {
            let next = syntax.reading.folded(at + 1);
            at > end.saturating_sub(1)
                && !matches!(next, "ان" | "انه" | "انها" | "اذا" | "بعد" | "بشرط" | "عندما")
        })
    }

    pub(super) fn ends_clause(&self, at: usize) -> bool {
        matches!(
            self.syntax.class(at),
            Class::Comma | Class::Stop | Class::Relative | Class::That | Class::Conjunction
        )
    }
}

/// يكون
fn is_to_be(stem: &str) -> bool {
    matches!(stem, "يكون" | "تكون" | "كان" | "كانت")
}
