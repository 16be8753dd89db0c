//! Why an analysis is as it is. Made on request, never stored: what it says holds for one version of the analyzer.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::id::{ClaimId, EntityId, EventId};
use crate::ontology::{UnknownName, vocabulary};
use crate::span::Span;

/// The explanations of one analysis.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Explanations {
    /// One for each event, in their order.
    pub events: Vec<EventExplanation>,
    /// One for each claim, in their order.
    pub claims: Vec<ClaimExplanation>,
}

/// Why there is an event, and why it is as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventExplanation {
    /// The event.
    pub event: EventId,
    /// How its word was read.
    pub trigger: TriggerReading,
    /// Where its actors, recipients and places come from, in that order; each is there once.
    pub arguments: Vec<ArgumentOrigin>,
    /// Where its time comes from.
    pub time: Option<TimeOrigin>,
    /// What speaks on its polarity and modality; what decided the modality is first. Empty for what is told as a plain fact.
    pub reality: Vec<RealityCue>,
    /// The words of other mentions of the event that were joined with this one.
    pub joined: Vec<Span>,
}

/// How the word that tells an event was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TriggerReading {
    /// The form of the word.
    pub form: TriggerForm,
    /// Whether it is passive.
    pub passive: bool,
    /// The pattern of the lexicon, as `seeds/README.md` describes it: `actor:subj;recipient:على;obj=@missile`.
    pub pattern: String,
    /// The words that fulfil the conditions of the pattern.
    pub conditions: Vec<ConditionMet>,
    /// The verb that carries the noun, where the event is told by both (شن هجوما).
    pub light_verb: Option<Span>,
}

/// A condition of a pattern, and the word that fulfils it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConditionMet {
    /// The slot as the lexicon names it: `subj`, `obj`, `gen`, `adj` or a preposition.
    pub slot: String,
    /// The word.
    pub span: Span,
}

/// Where an argument of an event comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArgumentOrigin {
    /// Who or what it is.
    pub entity: EntityId,
    /// What it is to the event.
    pub role: ArgumentRole,
    /// What it stands as, or whence it was taken over.
    pub basis: ArgumentBasis,
    /// The words, with the preposition where there is one; `None` for what no word of the sentence says.
    pub span: Option<Span>,
}

/// Where the time of an event comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TimeOrigin {
    /// The expression.
    pub span: Span,
    /// Where it stands.
    pub basis: TimeBasis,
}

/// What speaks on how real an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RealityCue {
    /// What it says.
    pub kind: RealityKind,
    /// By what.
    pub basis: RealityBasis,
    /// The words.
    pub span: Span,
}

/// Why there is a claim, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClaimExplanation {
    /// The claim.
    pub claim: ClaimId,
    /// The dictionary form of the reporting verb; `None` for a cue without one (بحسب, a colon).
    pub lemma: Option<String>,
    /// What opens the content: أن, a colon, a quotation mark, or the noun phrase itself.
    pub opener: Option<Span>,
    /// Where the source stands, or whence it was taken over.
    pub source: SourceBasis,
}

vocabulary! {
    /// The form of the word that tells an event.
    TriggerForm ("form of a trigger") {
        /// A verb in the past tense.
        Past = "past",
        /// A verb in the imperfect.
        Imperfect = "imperfect",
        /// A verbal noun.
        Masdar = "masdar",
        /// An active participle.
        ActiveParticiple = "active_participle",
        /// A passive participle.
        PassiveParticiple = "passive_participle",
        /// A noun that the lexicon lists as such.
        Noun = "noun",
    }
}

vocabulary! {
    /// What an argument is to its event.
    ArgumentRole ("role of an argument") {
        /// Who did it.
        Actor = "actor",
        /// To whom.
        Recipient = "recipient",
        /// Where.
        Place = "place",
    }
}

vocabulary! {
    /// What an argument stands as, or whence it is taken over.
    ArgumentBasis ("basis of an argument") {
        /// The subject of the verb.
        Subject = "subject",
        /// The object of the verb, or what stands in its place after a passive.
        Object = "object",
        /// The genitive of the noun.
        Genitive = "genitive",
        /// After a preposition.
        Preposition = "preposition",
        /// The agent of a passive: من قبل.
        Agent = "agent",
        /// An adjective of nationality: ضربات أميركية.
        Adjective = "adjective",
        /// Whose the thing is that stands there: موكبا لرئيس الوزراء.
        Owner = "owner",
        /// The noun that a relative clause is about.
        Antecedent = "antecedent",
        /// Subject or object of the verb that carries the noun: شن الجيش هجوما.
        LightVerb = "light_verb",
        /// Subject or object of another verb that has the noun as argument: الهجوم الذي استهدف القاعدة.
        GoverningVerb = "governing_verb",
        /// Whose decision, plan or wish it is: قرار الحكومة طرد.
        Intention = "intention",
        /// What opens the clause, which has no verb: واشنطن وبغداد بصدد بدء محادثات.
        ClauseTopic = "clause_topic",
        /// The subject of the verb before, which goes on.
        VerbBefore = "verb_before",
        /// What the sentence before is about.
        SentenceBefore = "sentence_before",
        /// The last name before it that agrees with the verb.
        NameBefore = "name_before",
        /// Whoever speaks: سنرد.
        Speaker = "speaker",
        /// A definite description of whom the article named before: الموكب، الجانبان.
        Reference = "reference",
        /// A pronoun: فرض عقوبات عليها.
        Pronoun = "pronoun",
        /// Another event of the article that tells the same or belongs to it.
        OtherEvent = "other_event",
        /// Where the scene of the sentence is.
        Scene = "scene",
    }
}

vocabulary! {
    /// Where the time of an event stands.
    TimeBasis ("basis of a time") {
        /// In the clause of the event.
        Clause = "clause",
        /// Elsewhere in its sentence.
        Sentence = "sentence",
        /// It is that of another event, which a noun names: خلال العملية.
        OtherEvent = "other_event",
        /// The day that the story is told of goes on.
        Story = "story",
    }
}

vocabulary! {
    /// What a cue says on how real an event is.
    RealityKind ("kind of a cue") {
        /// It did not happen.
        Negation = "negation",
        /// It is intended.
        Planned = "planned",
        /// It is put forward.
        Proposed = "proposed",
        /// It is called for.
        Demanded = "demanded",
        /// It depends on something.
        Conditional = "conditional",
        /// It may be.
        Possible = "possible",
        /// Somebody denies it.
        Denied = "denied",
        /// Such things in general.
        Generic = "generic",
        /// It comes to an end.
        PhaseEnd = "phase_end",
        /// It begins.
        PhaseStart = "phase_start",
        /// It was tried in vain.
        Failed = "failed",
    }
}

vocabulary! {
    /// By what a cue speaks on how real an event is.
    RealityBasis ("basis of a cue") {
        /// Words that the lexicon lists: لم, من المقرر, إذا.
        Phrase = "phrase",
        /// The form of the verb: سيزور, أن يزور.
        VerbForm = "verb_form",
        /// A noun of purpose after ل: لبحث.
        Purpose = "purpose",
        /// Another event, whose topic it is: دعا إلى, هدد بـ.
        Event = "event",
        /// A condition that consists in it: شرط وقف النار.
        Condition = "condition",
        /// A claim that denies it: نفى أن.
        Denial = "denial",
    }
}

vocabulary! {
    /// Where the source of a claim stands, or whence it was taken over.
    SourceBasis ("basis of a source") {
        /// The subject of the reporting verb.
        Subject = "subject",
        /// After the preposition that the verb or phrase asks for: نقل عن, بحسب.
        Preposition = "preposition",
        /// Before the reporting noun or the colon.
        Before = "before",
        /// The subject of the verb before it in the sentence.
        VerbBefore = "verb_before",
        /// The source of the claim before it.
        ClaimBefore = "claim_before",
        /// Nobody is named or described.
        None = "none",
    }
}
