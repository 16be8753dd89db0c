//! The closed vocabularies of the domain as enums of the wire, and back. Variants have the same names on both sides.

use marsad_model::{Error, SpanUnit};
use marsad_model::{explanation, ontology};

use crate::v1;

macro_rules! same_variants {
    ($name:ident: $domain:path { $($variant:ident),+ $(,)? }) => {
        impl From<$domain> for v1::$name {
            fn from(value: $domain) -> Self {
                match value { $(<$domain>::$variant => Self::$variant),+ }
            }
        }

        impl v1::$name {
            /// The domain's value; `None` for "unspecified".
            pub fn to_domain(self) -> Option<$domain> {
                match self {
                    $(Self::$variant => Some(<$domain>::$variant),)+
                    Self::Unspecified => None,
                }
            }

            /// Reads the field `field` of a request: 0 is no value.
            ///
            /// # Errors
            /// A number that this version does not know.
            pub fn read(number: i32, field: &str) -> Result<Option<$domain>, Error> {
                Self::try_from(number).map(Self::to_domain).map_err(|_| {
                    let problem = format!("{number} is no value of marsad.v1.{}", stringify!($name));
                    Error::field(field, "ENUM_UNKNOWN", problem)
                })
            }

            /// Reads the repeated field `field` of a request: 0 is not allowed in it.
            ///
            /// # Errors
            /// A number that this version does not know, or 0.
            pub fn read_all(numbers: &[i32], field: &str) -> Result<Vec<$domain>, Error> {
                let missing = || Error::field(field, "ENUM_UNSPECIFIED", "0 (unspecified) is no value to filter by");
                numbers.iter().map(|n| Self::read(*n, field)?.ok_or_else(missing)).collect()
            }
        }
    };
}

same_variants!(EntityType: ontology::EntityType {
    Person, Organization, ArmedGroup, Media, Gpe, Location, Facility, EventName,
});
same_variants!(EventType: ontology::EventType {
    Agree, Consult, Support, Concede, Cooperate, Aid, Retreat, Request, Accuse, Reject, Threaten, Protest, Sanction,
    Mobilize, Coerce, Assault, ConveyMessage, Statement, Election, Legislate, PersonnelChange, Adjudicate, Disaster,
    Accident, Health, Crime, Death, Transaction, EconomicPolicy, EconomicIndicator, CultureSport, Other,
});
same_variants!(Polarity: ontology::Polarity { Affirmed, Negated });
same_variants!(Modality: ontology::Modality {
    Actual, Planned, Proposed, Demanded, Conditional, Possible, Denied, Generic,
});
same_variants!(Tense: ontology::Tense { Past, Present, Future, None });
same_variants!(MentionKind: ontology::MentionKind { Name, Nominal, Adjectival });
same_variants!(SegmentKind: ontology::SegmentKind { Title, Heading, Body, Boilerplate });
same_variants!(TimeKind: ontology::TimeKind { Date, Time, Duration, Set });
same_variants!(PublicationBasis: ontology::PublishedBasis { Metadata, Byline, Linked, None });
same_variants!(AliasKind: ontology::AliasKind { Name, Nominal, Pejorative, Demonym });
same_variants!(QuoteKind: ontology::QuoteKind { Direct, Indirect });
same_variants!(QuantityRole: ontology::QuantityRole {
    Killed, Injured, Casualties, Missing, Detained, Expelled, Displaced, Rescued, Aboard, Sentenced, Participants,
    Forces, Attacks, Weapons, Targets, Damaged, Items, Amount, Rate, Duration, Count,
});
same_variants!(TriggerForm: explanation::TriggerForm {
    Past, Imperfect, Masdar, ActiveParticiple, PassiveParticiple, Noun,
});
same_variants!(ArgumentRole: explanation::ArgumentRole { Actor, Recipient, Place });
same_variants!(ArgumentBasis: explanation::ArgumentBasis {
    Subject, Object, Genitive, Preposition, Agent, Adjective, Owner, Antecedent, LightVerb, GoverningVerb, Intention,
    ClauseTopic, VerbBefore, SentenceBefore, NameBefore, Speaker, Reference, Pronoun, OtherEvent, Scene,
});
same_variants!(TimeBasis: explanation::TimeBasis { Clause, Sentence, OtherEvent, Story });
same_variants!(RealityKind: explanation::RealityKind {
    Negation, Planned, Proposed, Demanded, Conditional, Possible, Denied, Generic, PhaseEnd, PhaseStart, Failed,
});
same_variants!(RealityBasis: explanation::RealityBasis { Phrase, VerbForm, Purpose, Event, Condition, Denial });
same_variants!(SourceBasis: explanation::SourceBasis {
    Subject, Preposition, Before, VerbBefore, ClaimBefore, None,
});
same_variants!(Standing: ontology::Standing { Generic, Denied, Wanted, Planned, Possible, Happened });
same_variants!(RelationKind: ontology::RelationKind { PartOf, HasPart });
same_variants!(ConflictKind: ontology::ConflictKind { Date, Quantity, Actor, Place, Status });
same_variants!(SpanUnit: SpanUnit { Utf8Bytes, Utf16Units, CodePoints });

#[cfg(test)]
mod tests {
    use super::*;
    use ontology::EventType;

    #[test]
    fn wire_numbers_are_the_ontologys() {
        for event_type in EventType::ALL {
            let wire = v1::EventType::from(*event_type);
            assert_eq!(wire as i32, i32::from(event_type.number()));
            assert_eq!(wire.as_str_name(), format!("EVENT_TYPE_{event_type}"));
            assert_eq!(wire.to_domain(), Some(*event_type));
        }
    }

    #[test]
    fn unknown_numbers_are_named() {
        let error = v1::Modality::read(77, "modality").unwrap_err();
        assert_eq!((error.reason(), error.violations[0].field.as_str()), ("ENUM_UNKNOWN", "modality"));
        assert_eq!(v1::Modality::read(0, "modality"), Ok(None));
        assert_eq!(v1::Modality::read_all(&[1, 0], "modalities").unwrap_err().reason(), "ENUM_UNSPECIFIED");
    }
}
