//! How a verb or event noun takes its arguments.

use rustc_hash::{FxHashMap, FxHashSet};

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::orthography::fold;

use crate::reading::Word;

/// A preposition that can mark an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Preposition {
    /// على
    On,
    /// ضد
    Against,
    /// من
    From,
    /// إلى
    Toward,
    /// مع
    With,
    /// بين
    Between,
    /// ل
    For,
    /// ب
    By,
    /// في
    In,
    /// عن
    About,
    /// ك
    Like,
}

impl Preposition {
    /// The preposition that a word, folded, is.
    pub(crate) fn of(folded: &str) -> Option<Self> {
        Some(match folded {
            "علي" => Self::On,
            "ضد" => Self::Against,
            "من" => Self::From,
            "الي" => Self::Toward,
            "مع" => Self::With,
            "بين" => Self::Between,
            "ل" => Self::For,
            "ب" => Self::By,
            "في" => Self::In,
            "عن" => Self::About,
            _ => return None,
        })
    }

    /// The preposition of a word that is nothing but one and its pronoun: عليها, له.
    pub(crate) fn with_pronoun(word: &Word) -> Option<Self> {
        word.enclitic?;
        match word.proclitics.last() {
            Some(Proclitic::To) if word.is_governed_pronoun() => Some(Self::For),
            Some(Proclitic::By) if word.is_governed_pronoun() => Some(Self::By),
            Some(Proclitic::Like) if word.is_governed_pronoun() => Some(Self::Like),
            // علي and الي end in a long vowel before a pronoun.
            _ => Self::of(&word.host),
        }
    }

    /// The preposition as it is written.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::On => "على",
            Self::Against => "ضد",
            Self::From => "من",
            Self::Toward => "إلى",
            Self::With => "مع",
            Self::Between => "بين",
            Self::For => "ل",
            Self::By => "ب",
            Self::In => "في",
            Self::About => "عن",
            Self::Like => "ك",
        }
    }
}

/// Where an argument stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Slot {
    /// The subject of a verb.
    Subject,
    /// The object of a verb.
    Object,
    /// The genitive after a masdar or event noun.
    Genitive,
    /// After a preposition.
    After(Preposition),
    /// An adjective of the noun; in conditions only.
    Adjective,
}

impl Slot {
    /// Its name in the lexicon.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "subj",
            Self::Object => "obj",
            Self::Genitive => "gen",
            Self::Adjective => "adj",
            Self::After(preposition) => preposition.as_str(),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        Ok(match text {
            "subj" => Self::Subject,
            "obj" => Self::Object,
            "gen" => Self::Genitive,
            "adj" => Self::Adjective,
            other => Self::After(
                Preposition::of(&fold(other)).ok_or_else(|| format!("`{other}` is no slot of a frame"))?,
            ),
        })
    }
}

/// What an argument is to the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Who does it.
    Actor,
    /// To whom.
    Recipient,
    /// Where.
    Place,
    /// With what.
    Instrument,
    /// About what.
    Topic,
    /// How much.
    Quantity,
}

impl Part {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(match text {
            "actor" => Self::Actor,
            "recipient" => Self::Recipient,
            "place" => Self::Place,
            "instrument" => Self::Instrument,
            "topic" => Self::Topic,
            "quantity" => Self::Quantity,
            other => return Err(format!("`{other}` is no role of a frame")),
        })
    }
}

/// What must stand in a slot for a sense to apply.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    /// The slot.
    pub(crate) slot: Slot,
    /// Head words, folded, any of which will do; `None` where anything will.
    pub(crate) heads: Option<FxHashSet<String>>,
}

impl Condition {
    /// Whether a head word, folded and without article and pronoun, fulfils the condition.
    pub(crate) fn accepts(&self, stem: &str) -> bool {
        self.heads.as_ref().is_none_or(|heads| is_form_of_any(stem, |form| heads.contains(form)))
    }
}

/// The arguments of one sense.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frame {
    /// As the lexicon has it.
    pub(crate) text: &'static str,
    roles: Vec<(Part, Slot)>,
    /// All must hold.
    pub(crate) conditions: Vec<Condition>,
}

impl Frame {
    /// Reads `role:slot|slot;slot=head|@class`.
    pub(crate) fn parse(
        text: &'static str,
        classes: &FxHashMap<String, FxHashSet<String>>,
    ) -> Result<Self, String> {
        let mut frame = Self { text, ..Self::default() };
        for part in text.split(';').filter(|part| !part.is_empty()) {
            if let Some((role, slots)) = part.split_once(':') {
                let role = Part::parse(role)?;
                for slot in slots.split('|') {
                    frame.roles.push((role, Slot::parse(slot)?));
                }
            } else if let Some((slot, heads)) = part.split_once('=') {
                let heads = if heads == "*" { None } else { Some(expand(heads, classes)?) };
                frame.conditions.push(Condition { slot: Slot::parse(slot)?, heads });
            } else {
                return Err(format!("`{part}` is neither role:slot nor slot=head"));
            }
        }
        Ok(frame)
    }

    /// The part that a slot plays, the first that the frame names.
    pub(crate) fn part(&self, slot: Slot) -> Option<Part> {
        self.roles.iter().find(|(_, s)| *s == slot).map(|(part, _)| *part)
    }

    /// Whether the part can stand in the slot.
    pub(crate) fn has(&self, part: Part, slot: Slot) -> bool {
        self.roles.contains(&(part, slot))
    }

    /// Whether the frame knows the part at all.
    pub(crate) fn knows(&self, part: Part) -> bool {
        self.roles.iter().any(|(p, _)| *p == part)
    }

    /// Whether a verb with this frame takes an object.
    pub(crate) fn is_transitive(&self) -> bool {
        self.roles.iter().any(|(_, slot)| *slot == Slot::Object)
    }
}

fn expand(heads: &str, classes: &FxHashMap<String, FxHashSet<String>>) -> Result<FxHashSet<String>, String> {
    let mut all = FxHashSet::default();
    for head in heads.split('|') {
        match head.strip_prefix('@') {
            Some(class) => {
                let members =
                    classes.get(class).ok_or_else(|| format!("`@{class}` is no class of classes.tsv"))?;
                all.extend(members.iter().cloned());
            }
            None => {
                all.insert(fold(head));
            }
        }
    }
    Ok(all)
}

/// Whether a word, folded, is one of a list or an inflected form of one: indefinite accusative, dual, sound plurals.
pub(crate) fn is_form_of_any(stem: &str, is_listed: impl Fn(&str) -> bool) -> bool {
    if is_listed(stem) {
        return true;
    }
    ["تين", "تان", "ات"]
        .iter()
        .filter_map(|ending| stem.strip_suffix(ending))
        .any(|rest| is_listed(&format!("{rest}ه")))
        || ["ا", "ين", "ان", "ون", "ات", "ه", "ي", "و"]
            .iter()
            .filter_map(|ending| stem.strip_suffix(ending))
            .any(|rest| rest.chars().count() > 2 && is_listed(rest))
}
