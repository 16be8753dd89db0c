//! How a verb or event noun takes its arguments.

use rustc_hash::{FxHashMap, FxHashSet};

use marsad_arabic::clitics::Proclitic;
use marsad_arabic::orthography::fold;
use marsad_model::ontology::EntityType;

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

/// What stands in a slot, as far as conditions ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Filler<'a> {
    /// The head word, folded and without article and pronoun; empty for a pronoun.
    pub(crate) stem: &'a str,
    /// What the head names: a person where it is a title.
    pub(crate) entity: Option<EntityType>,
    /// Whether it is an attached pronoun (اعتقاله، عليه).
    pub(crate) pronoun: bool,
    /// The word, or the word that the pronoun is attached to.
    pub(crate) at: usize,
}

impl<'a> Filler<'a> {
    /// The pronoun attached to a word.
    pub(crate) fn pronoun(at: usize) -> Self {
        Self { stem: "", entity: None, pronoun: true, at }
    }

    /// A word that names nothing.
    pub(crate) fn word(stem: &'a str, at: usize) -> Self {
        Self { stem, entity: None, pronoun: false, at }
    }
}

/// What must stand in a slot for a sense to apply.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    /// The slot.
    pub(crate) slot: Slot,
    /// Whether none of these may stand there: `obj!=مسؤولية`.
    excludes: bool,
    /// Whether anything will do.
    any: bool,
    /// Head words, folded.
    heads: FxHashSet<String>,
    /// Types of what the head names.
    entities: Vec<EntityType>,
    pronoun: bool,
}

impl Condition {
    /// Reads `head|@class|@PERSON|@PRONOUN` or `*`, for what must stand in a slot, or, where it `excludes`, must not.
    fn parse(
        slot: Slot,
        excludes: bool,
        heads: &str,
        classes: &FxHashMap<String, FxHashSet<String>>,
    ) -> Result<Self, String> {
        let mut condition = Self {
            slot,
            excludes,
            any: heads == "*",
            heads: FxHashSet::default(),
            entities: Vec::new(),
            pronoun: false,
        };
        for head in heads.split('|').filter(|head| *head != "*") {
            match head.strip_prefix('@') {
                Some("PRONOUN") => condition.pronoun = true,
                Some(name) if name.starts_with(|c: char| c.is_ascii_uppercase()) => {
                    let entity = name.parse().map_err(|_| format!("`@{name}` is no type of entity"))?;
                    condition.entities.push(entity);
                }
                Some(class) => {
                    let members =
                        classes.get(class).ok_or_else(|| format!("`@{class}` is no class of classes.tsv"))?;
                    condition.heads.extend(members.iter().cloned());
                }
                None => {
                    condition.heads.insert(fold(head));
                }
            }
        }
        Ok(condition)
    }

    /// Whether it says which words make the sense.
    pub(crate) fn names_heads(&self) -> bool {
        !self.any && !self.excludes
    }

    /// Whether what fills the slot fulfils the condition.
    pub(crate) fn holds(&self, fillers: &[Filler<'_>]) -> bool {
        fillers.iter().any(|filler| self.accepts(filler)) != self.excludes
    }

    /// The word that fulfils it.
    pub(crate) fn met_by(&self, fillers: &[Filler<'_>]) -> Option<usize> {
        fillers.iter().find(|filler| !self.excludes && self.accepts(filler)).map(|filler| filler.at)
    }

    /// Whether what stands in the slot is one of those named.
    pub(crate) fn accepts(&self, filler: &Filler<'_>) -> bool {
        self.any
            || self.pronoun && filler.pronoun
            || filler.entity.is_some_and(|entity| self.entities.contains(&entity))
            || is_form_of_any(filler.stem, |form| self.heads.contains(form))
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
    /// Reads `role:slot|slot;slot=head|@class;slot!=head`.
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
                let (slot, excludes) = slot.strip_suffix('!').map_or((slot, false), |slot| (slot, true));
                let condition = Condition::parse(Slot::parse(slot)?, excludes, heads, classes)?;
                frame.conditions.push(condition);
            } else {
                return Err(format!("`{part}` is neither role:slot nor slot=head"));
            }
        }
        Ok(frame)
    }

    /// How well its conditions fit what fills the slots: the number of those that ask for something, or `None` where one fails.
    pub(crate) fn fit<'a>(&self, fillers: impl Fn(Slot) -> Vec<Filler<'a>>) -> Option<usize> {
        let hold = self.conditions.iter().all(|condition| condition.holds(&fillers(condition.slot)));
        hold.then(|| self.conditions.iter().filter(|condition| !condition.excludes).count())
    }

    /// Whether no word must stand anywhere for it.
    pub(crate) fn is_unconditional(&self) -> bool {
        self.conditions.iter().all(|condition| condition.excludes)
    }

    /// Whether the noun after a masdar or event noun makes the sense.
    pub(crate) fn names_genitive(&self) -> bool {
        let named = |c: &Condition| c.names_heads() && matches!(c.slot, Slot::Genitive | Slot::Object);
        self.conditions.iter().any(named)
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

/// Whether a word, folded, is one of a list or an inflected form of one: indefinite accusative, dual, sound plurals.
pub(crate) fn is_form_of_any(stem: &str, mut is_listed: impl FnMut(&str) -> bool) -> bool {
    if is_listed(stem) {
        return true;
    }
    ["تين", "تان", "ات"]
        .iter()
        .filter_map(|ending| stem.strip_suffix(ending))
        // قوتين is two of قوة, ضخمتين what ضخم is of two.
        .any(|rest| is_listed(&format!("{rest}ه")) || rest.chars().count() > 2 && is_listed(rest))
        || ["ا", "ين", "ان", "ون", "ات", "ه", "ي", "و"]
            .iter()
            .filter_map(|ending| stem.strip_suffix(ending))
            .any(|rest| rest.chars().count() > 2 && is_listed(rest))
}
