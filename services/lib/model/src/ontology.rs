//! The closed vocabularies: entity types, event types, modality and the like.
//!
//! Every vocabulary has a stable name (`as_str`, which `serde` uses too) and `FromStr` for the way back. Numbers, where
//! they exist, are part of the contract and are never reused.

use std::fmt;
use std::str::FromStr;

/// A name that is none of a vocabulary's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no {vocabulary}; known are {known}")]
pub struct UnknownName {
    /// What was given.
    pub given: String,
    /// The vocabulary that was meant.
    pub vocabulary: &'static str,
    /// The names that would be right.
    pub known: String,
}

macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident ($what:literal) { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $text)] $variant),+
        }

        impl $name {
            /// Every value, in order of definition.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The stable name.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(self.as_str()) }
        }

        impl FromStr for $name {
            type Err = UnknownName;
            fn from_str(text: &str) -> Result<Self, UnknownName> {
                match text {
                    $($text => Ok($name::$variant),)+
                    _ => Err(UnknownName {
                        given: text.to_owned(),
                        vocabulary: $what,
                        known: Self::ALL.iter().map(|v| v.as_str()).collect::<Vec<_>>().join(", "),
                    }),
                }
            }
        }
    };
}
pub(crate) use vocabulary;

vocabulary! {
    /// What kind of thing an entity is.
    EntityType ("entity type") {
        /// A human being.
        Person = "PERSON",
        /// An institution, army, party, company, international body.
        Organization = "ORGANIZATION",
        /// A non-state or semi-state armed group.
        ArmedGroup = "ARMED_GROUP",
        /// A news agency, channel, paper or site; mostly a source.
        Media = "MEDIA",
        /// A geo-political place: country, province, city, village.
        Gpe = "GPE",
        /// A region, sea, river, continent.
        Location = "LOCATION",
        /// A base, airport, crossing, building.
        Facility = "FACILITY",
        /// A war, operation, election or other event with a name.
        EventName = "EVENT_NAME",
    }
}

vocabulary! {
    /// How a surface refers to its entity.
    AliasKind ("kind of alias") {
        /// A name, abbreviation or name in Latin letters.
        Name = "name",
        /// A description that means just this entity.
        Nominal = "nominal",
        /// A name that takes sides.
        Pejorative = "pejorative",
        /// A demonym; taught as it stands, inflected forms are taught by themselves.
        Demonym = "demonym",
    }
}

vocabulary! {
    /// What an event is: PLOVER's sixteen types and Marsad's own.
    ///
    /// PLOVER: Halterman et al., "PLOVER and POLECAT: A New Political Event Ontology and Dataset", 2023.
    EventType ("event type") {
        /// To agree, sign, reach a settlement.
        Agree = "AGREE",
        /// To meet, talk, visit, call.
        Consult = "CONSULT",
        /// To praise, endorse, back in words.
        Support = "SUPPORT",
        /// To yield, ease, release, lift.
        Concede = "CONCEDE",
        /// To cooperate materially.
        Cooperate = "COOPERATE",
        /// To give help.
        Aid = "AID",
        /// To withdraw, retreat, stop fighting.
        Retreat = "RETREAT",
        /// To demand or appeal.
        Request = "REQUEST",
        /// To accuse, condemn, criticise.
        Accuse = "ACCUSE",
        /// To refuse, reject, veto.
        Reject = "REJECT",
        /// To threaten or warn.
        Threaten = "THREATEN",
        /// To demonstrate or strike.
        Protest = "PROTEST",
        /// To impose sanctions, break off relations, halt negotiations.
        Sanction = "SANCTION",
        /// To move or raise forces.
        Mobilize = "MOBILIZE",
        /// To arrest, seize, repress short of killing.
        Coerce = "COERCE",
        /// To attack with deadly force.
        Assault = "ASSAULT",
        /// To hand over or send a message or letter that is itself the news.
        ConveyMessage = "CONVEY_MESSAGE",
        /// An announcement that is itself the news.
        Statement = "STATEMENT",
        /// Voting and its results.
        Election = "ELECTION",
        /// To pass, amend or reject a law.
        Legislate = "LEGISLATE",
        /// To appoint, elect to office, dismiss, resign.
        PersonnelChange = "PERSONNEL_CHANGE",
        /// Trials, verdicts, indictments.
        Adjudicate = "ADJUDICATE",
        /// Natural disasters.
        Disaster = "DISASTER",
        /// Accidents.
        Accident = "ACCIDENT",
        /// Epidemics and public health.
        Health = "HEALTH",
        /// Crime that is not political.
        Crime = "CRIME",
        /// Death without violence.
        Death = "DEATH",
        /// To buy, sell, invest, contract.
        Transaction = "TRANSACTION",
        /// Decisions on rates, budgets, tariffs.
        EconomicPolicy = "ECONOMIC_POLICY",
        /// Figures: growth, prices, output.
        EconomicIndicator = "ECONOMIC_INDICATOR",
        /// Matches, festivals, prizes.
        CultureSport = "CULTURE_SPORT",
        /// An event of another kind.
        Other = "OTHER",
    }
}

impl EventType {
    /// The number of the type in the contract. Families have gaps, so that a type can be added beside its kin; the number of
    /// a mode is this times 100 plus the mode's own.
    pub fn number(self) -> u16 {
        match self {
            Self::Agree => 100,
            Self::Consult => 110,
            Self::Support => 120,
            Self::Concede => 130,
            Self::Cooperate => 200,
            Self::Aid => 210,
            Self::Retreat => 220,
            Self::Request => 300,
            Self::Accuse => 310,
            Self::Reject => 320,
            Self::Threaten => 330,
            Self::Protest => 400,
            Self::Sanction => 410,
            Self::Mobilize => 420,
            Self::Coerce => 430,
            Self::Assault => 440,
            Self::ConveyMessage => 500,
            Self::Statement => 510,
            Self::Election => 600,
            Self::Legislate => 610,
            Self::PersonnelChange => 620,
            Self::Adjudicate => 630,
            Self::Disaster => 700,
            Self::Accident => 710,
            Self::Health => 720,
            Self::Crime => 740,
            Self::Death => 730,
            Self::Transaction => 800,
            Self::EconomicPolicy => 810,
            Self::EconomicIndicator => 820,
            Self::CultureSport => 900,
            Self::Other => 990,
        }
    }
}

vocabulary! {
    /// Whether the text says that it is so or that it is not.
    Polarity ("polarity") {
        /// It is said to be so.
        Affirmed = "affirmed",
        /// It is said not to be so (لم يحدث).
        Negated = "negated",
    }
}

vocabulary! {
    /// How real the text makes an event. Only `actual` and `affirmed` together mean that it took place.
    Modality ("modality") {
        /// Told as a fact.
        Actual = "actual",
        /// Intended, scheduled, about to be.
        Planned = "planned",
        /// Put forward for others to accept.
        Proposed = "proposed",
        /// Called for.
        Demanded = "demanded",
        /// Depends on something.
        Conditional = "conditional",
        /// May be or may have been.
        Possible = "possible",
        /// Somebody says that it did not happen (نفى).
        Denied = "denied",
        /// About such events in general.
        Generic = "generic",
    }
}

vocabulary! {
    /// The grammatical time of an event's trigger.
    Tense ("tense") {
        /// Perfect verb, or a noun in a clause of the past.
        Past = "past",
        /// Imperfect verb without a mark of the future.
        Present = "present",
        /// سـ، سوف، لن.
        Future = "future",
        /// A noun, or no way to tell.
        None = "none",
    }
}

vocabulary! {
    /// How a text refers to an entity.
    MentionKind ("mention kind") {
        /// By its name.
        Name = "name",
        /// By a description (الحكومة).
        Nominal = "nominal",
        /// By a demonym (عراقية).
        Adjectival = "adjectival",
    }
}

vocabulary! {
    /// What a part of a page is.
    SegmentKind ("segment kind") {
        /// The title of the article.
        Title = "title",
        /// A heading inside the article.
        Heading = "heading",
        /// The article's own text.
        Body = "body",
        /// Anything else: chrome, captions, summaries, other articles.
        Boilerplate = "boilerplate",
    }
}

vocabulary! {
    /// Kinds of time expressions, as in TIMEX3.
    TimeKind ("time kind") {
        /// A day or something longer with a place in the calendar.
        Date = "DATE",
        /// A part of a day.
        Time = "TIME",
        /// A length of time.
        Duration = "DURATION",
        /// A repetition.
        Set = "SET",
    }
}

vocabulary! {
    /// What the publication date was read from.
    PublishedBasis ("basis of a publication date") {
        /// The submission's own metadata.
        Metadata = "metadata",
        /// A date line in the page.
        Byline = "byline",
        /// Dated articles that report the same events.
        Linked = "linked",
        /// Nothing states it.
        None = "none",
    }
}

vocabulary! {
    /// How real an article has an event, by polarity and modality together; the more real is the greater.
    Standing ("standing") {
        /// Told of in general.
        Generic = "generic",
        /// Said not to be so, by a negation or by somebody who denies it.
        Denied = "denied",
        /// Demanded, proposed, or bound to a condition.
        Wanted = "wanted",
        /// Planned or announced.
        Planned = "planned",
        /// Said to be possible.
        Possible = "possible",
        /// Told as a fact.
        Happened = "happened",
    }
}

impl Standing {
    /// The standing of an event with that polarity and modality.
    pub fn of(polarity: Polarity, modality: Modality) -> Self {
        match (polarity, modality) {
            (_, Modality::Generic) => Self::Generic,
            (Polarity::Negated, _) | (_, Modality::Denied) => Self::Denied,
            (_, Modality::Demanded | Modality::Proposed | Modality::Conditional) => Self::Wanted,
            (_, Modality::Planned) => Self::Planned,
            (_, Modality::Possible) => Self::Possible,
            (_, Modality::Actual) => Self::Happened,
        }
    }
}

vocabulary! {
    /// How one event stands to another.
    RelationKind ("relation") {
        /// A single event of that campaign or series.
        PartOf = "part_of",
        /// The campaign or series that has that single event.
        HasPart = "has_part",
    }
}

vocabulary! {
    /// What reports of one event disagree on.
    ConflictKind ("kind of conflict") {
        /// When it was.
        Date = "date",
        /// A number.
        Quantity = "quantity",
        /// Who did it.
        Actor = "actor",
        /// Where it was.
        Place = "place",
        /// Whether it happened.
        Status = "status",
    }
}

vocabulary! {
    /// How a claim's content is given.
    QuoteKind ("quote kind") {
        /// In the source's own words.
        Direct = "direct",
        /// In the reporter's words.
        Indirect = "indirect",
    }
}

vocabulary! {
    /// What a number is to its event.
    QuantityRole ("quantity role") {
        /// People killed.
        Killed = "killed",
        /// People injured.
        Injured = "injured",
        /// Killed, injured or missing together.
        Casualties = "casualties",
        /// People missing.
        Missing = "missing",
        /// People detained.
        Detained = "detained",
        /// People expelled.
        Expelled = "expelled",
        /// People displaced.
        Displaced = "displaced",
        /// People rescued.
        Rescued = "rescued",
        /// People aboard.
        Aboard = "aboard",
        /// People sentenced.
        Sentenced = "sentenced",
        /// People who took part.
        Participants = "participants",
        /// Soldiers, police, vehicles of a force.
        Forces = "forces",
        /// Attacks counted.
        Attacks = "attacks",
        /// Rockets, drones, bombs.
        Weapons = "weapons",
        /// Targets hit or aimed at.
        Targets = "targets",
        /// Things damaged.
        Damaged = "damaged",
        /// Things in general.
        Items = "items",
        /// Money.
        Amount = "amount",
        /// A rate or share.
        Rate = "rate",
        /// A length of time.
        Duration = "duration",
        /// Anything else.
        Count = "count",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_round_trip() {
        for value in EventType::ALL {
            assert_eq!(value.as_str().parse::<EventType>(), Ok(*value));
        }
        let error = "FIGHT".parse::<EventType>().unwrap_err();
        assert!(error.to_string().contains("ASSAULT"), "{error}");
    }

    #[test]
    fn type_numbers_are_distinct() {
        let numbers: BTreeSet<u16> = EventType::ALL.iter().map(|t| t.number()).collect();
        assert_eq!(numbers.len(), EventType::ALL.len());
    }
}
