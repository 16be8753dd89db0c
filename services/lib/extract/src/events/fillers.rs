//! What stands in the slots that conditions of frames ask for.

use std::ops::Range;

use marsad_model::ontology::EntityType;

use super::nominal::NounArguments;
use crate::lexicon::{Filler, Preposition, Slot};
use crate::syntax::{Marker, Phrase, PrepositionalPhrase, Syntax, VerbArguments};

/// What a noun phrase is to a condition: its head.
pub(super) fn filler<'a>(syntax: &'a Syntax<'_>, at: usize) -> Filler<'a> {
    let info = &syntax.info[at];
    let named = info.mention.map(|m| syntax.mentions[m].entity_type);
    // وزير الدفاع is a man.
    let entity = if info.role.is_some() { Some(EntityType::Person) } else { named };
    Filler { stem: &syntax.word(at).stem, entity, pronoun: false }
}

/// What fills a slot of a verb.
pub(super) fn verb_fillers<'a>(
    syntax: &'a Syntax<'_>,
    verb: usize,
    arguments: &VerbArguments,
    slot: Slot,
    passive: bool,
) -> Vec<Filler<'a>> {
    let head = |phrase: &Option<Phrase>| {
        let phrase = phrase.as_ref().filter(|p| p.head < p.first.end);
        phrase.map(|p| filler(syntax, p.head))
    };
    let marked =
        |preposition| fillers_after(syntax, &arguments.prepositional, preposition, verb + 1..arguments.end);
    match slot {
        Slot::Subject if !passive => head(&arguments.subject).into_iter().collect(),
        Slot::Subject => Vec::new(),
        Slot::Object if passive => head(&arguments.subject).into_iter().collect(),
        Slot::Object => {
            let mut all: Vec<Filler<'_>> =
                [&arguments.object, &arguments.second_object, &arguments.antecedent]
                    .into_iter()
                    .filter_map(head)
                    .collect();
            // The subject is left out: سلمت رسالة. An object looks like an adjective of the subject: أدى الوزراء اليمين.
            if arguments.object.is_none() {
                all.extend(head(&arguments.subject));
                let after = arguments.subject.as_ref().map_or(0..0, |s| s.head + 1..s.first.end);
                let after = after.filter(|at| *at > verb);
                all.extend(after.map(|at| Filler::word(&syntax.word(at).stem)));
            }
            if arguments.pronoun_object {
                all.push(Filler::PRONOUN);
            }
            all
        }
        Slot::After(preposition) => marked(preposition),
        Slot::Genitive => marked(Preposition::By),
        Slot::Adjective => Vec::new(),
    }
}

/// What fills a slot of an event noun.
pub(super) fn noun_fillers<'a>(
    syntax: &'a Syntax<'_>,
    noun: usize,
    around: &NounArguments,
    slot: Slot,
) -> Vec<Filler<'a>> {
    match slot {
        Slot::Genitive | Slot::Subject | Slot::Object => {
            let genitive = around.genitive.as_ref().filter(|p| p.head < p.first.end);
            let pronoun = syntax.word(noun).enclitic.is_some().then_some(Filler::PRONOUN);
            genitive.map(|p| filler(syntax, p.head)).into_iter().chain(pronoun).collect()
        }
        Slot::Adjective => around.adjectives.iter().map(|at| Filler::word(&syntax.word(*at).stem)).collect(),
        Slot::After(preposition) => {
            fillers_after(syntax, &around.prepositional, preposition, noun + 1..around.end)
        }
    }
}

/// What stands after a preposition, among some words: phrases, and pronouns (عليه).
fn fillers_after<'a>(
    syntax: &'a Syntax<'_>,
    phrases: &[PrepositionalPhrase],
    preposition: Preposition,
    words: Range<usize>,
) -> Vec<Filler<'a>> {
    let marked = phrases
        .iter()
        .filter(|pp| pp.marker == Marker::Plain(preposition))
        .flat_map(|pp| [pp.phrase.head, pp.phrase.first.start])
        .map(|at| filler(syntax, at));
    let pronoun = words.into_iter().any(|at| syntax.pronoun_after(at) == Some(preposition));
    marked.chain(pronoun.then_some(Filler::PRONOUN)).collect()
}
