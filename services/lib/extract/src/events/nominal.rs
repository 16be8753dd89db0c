//! What stands around an event noun: adjectives, genitive, prepositional phrases.

use marsad_arabic::morphology::Number;

use super::trigger::Sentence;
use crate::lexicon::{Sense, Slot, WordForm};
use crate::syntax::{Class, Phrase, PrepositionalPhrase, Syntax, bare};

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

/// Words read after an event noun for its arguments.
const REACH: usize = 40;

/// Whether a word can be an event noun here: no part of a name or title.
pub(super) fn is_event_noun(syntax: &Syntax<'_>, at: usize) -> bool {
    let word = syntax.word(at);
    // بدعوى is a cue for a claim, no lawsuit.
    let cue = word.has_preposition()
        && crate::lexicon::get().claim_cues.matches(&word.folded, |_| None, |_, _| true).next().is_some();
    !cue && syntax.info[at].mention.is_none()
        && !syntax.info[at].time
        && syntax.event_nouns(at).next().is_some()
}

/// Reads what stands after an event noun: adjectives, genitive, prepositional phrases.
pub(super) fn noun_arguments(syntax: &Syntax<'_>, at: usize, end: usize) -> NounArguments {
    let mut around = NounArguments::default();
    let word = syntax.word(at);
    let limit = end.min(at + REACH);
    let mut next = at + 1;
    let definite = word.article || word.enclitic.is_some();
    // مقتل جندي, إصابة إسرائيلي: what is spelled as an adjective is who was hurt.
    let hurts = !definite && tells_harm(syntax, at);
    while next < limit && !hurts && is_adjective(syntax, next, definite) && agree(syntax, at, next) {
        around.adjectives.push(next);
        next += 1;
    }
    if !definite
        && next < limit
        && around.adjectives.is_empty()
        && syntax.class(next) == Class::Nominal
        && !syntax.word(next).has_preposition()
        && !syntax.word(next).has_conjunction()
        && !syntax.is_accusative(next)
        && let Some(phrase) = syntax.noun_phrase(next, limit)
    {
        next = phrase.words.end.max(next + 1);
        // هجمات الفصائل المسلحة: adjectives of a genitive are its own; those of one word may be the noun's.
        around
            .adjectives
            .extend(phrase.first.clone().filter(|i| *i > phrase.head || !syntax.word(*i).article));
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
                if commas > 2
                    || !(time || syntax.begins_prepositional(next + 1))
                    || syntax.word(next + 1).has_conjunction()
                {
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

/// Whether an event noun may refer back: it has the article or a pronoun, and is not what a light verb tells anew (وتم الاتفاق
/// على, but not تم هذا الاتفاق).
pub(super) fn refers_back(syntax: &Syntax<'_>, at: usize, supported: bool) -> bool {
    let word = syntax.word(at);
    let demonstrative =
        at > 0 && matches!(bare(syntax.word(at - 1)), "هذا" | "هذه" | "ذلك" | "تلك" | "هذان" | "هذين");
    let anew = supported && at > 0 && syntax.class(at - 1) == Class::Verb;
    demonstrative || (word.article || word.enclitic.is_some()) && !anew
}

/// Whether what stands around a noun says that it happened, though it names nobody: one person (مقتل شرطي), a clause (جلسة أشرفت
/// عليها الوزيرة), a verb in the past that has it as object (أثار انتقادات), a word that says when (بعد تعثر المفاوضات).
pub(super) fn is_told(syntax: &Syntax<'_>, sentence: &Sentence<'_>, at: usize) -> bool {
    let past = |verb: usize| syntax.info[verb].verbs.iter().any(|r| r.form == WordForm::Past);
    // A definite noun refers to what was told, unless it is a masdar in place of a verb (تمكن من الفرار).
    let new = !syntax.word(at).article || syntax.event_nouns(at).all(|r| r.form == WordForm::Masdar);
    let mut links = sentence.governors.get(&at).into_iter().flatten();
    let carried = links.any(|(verb, slot)| new && *slot != Slot::Subject && past(*verb));
    let after = at > sentence.words.start && !syntax.word(at).article && is_temporal(syntax, at - 1);
    carried || after || sentence.nouns.get(&at).is_some_and(|around| is_of_one(syntax, around))
}

/// بعد, خلال: what follows took place.
fn is_temporal(syntax: &Syntax<'_>, at: usize) -> bool {
    matches!(
        bare(syntax.word(at)),
        "بعد" | "عقب" | "اثر" | "خلال" | "اثناء" | "جراء" | "قبيل" | "بعيد" | "غداه" | "منذ"
    )
}

fn is_of_one(syntax: &Syntax<'_>, around: &NounArguments) -> bool {
    let Some(genitive) = around.genitive.as_ref() else { return false };
    let head = syntax.word(genitive.head);
    let person = crate::lexicon::get().is_in_class("person", &head.stem);
    let one =
        person && !head.article && head.enclitic.is_none() && !genitive.first.contains(&(genitive.head + 1));
    let verb = genitive.words.end;
    let clause = syntax.class(verb) == Class::Verb
        && !syntax.word(verb).has_conjunction()
        && !head.article
        && (syntax.word(verb).enclitic.is_some()
            || syntax.reading.words.get(verb + 1).is_some_and(|word| word.is_governed_pronoun()));
    one || clause
}

/// Whether a noun tells that somebody was killed or hurt.
fn tells_harm(syntax: &Syntax<'_>, at: usize) -> bool {
    syntax.event_nouns(at).flat_map(|r| &r.lexeme().senses).any(Sense::is_casualty)
}

/// Whether an event noun and what is spelled as its adjective agree in gender: غارة جوية, but تفكيك خلية and محاكمة صحفي are genitives.
fn agree(syntax: &Syntax<'_>, noun: usize, adjective: usize) -> bool {
    let stem = syntax.word(noun).stem.as_str();
    let adjective = syntax.word(adjective).stem.as_str();
    if adjective.ends_with("يه") {
        stem.ends_with(['ه', 'ا'])
            || stem.ends_with("ات")
            || syntax.event_nouns(noun).any(|r| r.number != Number::Singular)
    } else {
        !(adjective.ends_with('ي') && stem.ends_with('ه'))
    }
}

/// An adjective of the noun before it: a demonym or a nisba, definite like the noun.
fn is_adjective(syntax: &Syntax<'_>, at: usize, definite: bool) -> bool {
    let word = syntax.word(at);
    if syntax.class(at) != Class::Nominal
        || word.has_preposition()
        || word.has_conjunction()
        || syntax.info[at].time
    {
        return false;
    }
    let info = &syntax.info[at];
    if info.demonym.is_some() && info.mention.is_none() {
        return word.article == definite && !word.stem.ends_with("ين") && !word.stem.ends_with("ون");
    }
    let nisba = word.stem.ends_with('ي') || word.stem.ends_with("يه");
    nisba
        && word.article == definite
        && info.mention.is_none()
        && info.role.is_none()
        && word.enclitic.is_none()
        && !is_event_noun(syntax, at)
}
