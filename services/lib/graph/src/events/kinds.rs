//! Which types and modes tell of one thing in other words: the only place that says so.

use std::sync::LazyLock;

use marsad_model::ontology::EventType::{
    self, Accident, Accuse, Adjudicate, Agree, Aid, Assault, Coerce, Concede, Consult, ConveyMessage,
    Cooperate, Crime, CultureSport, Death, Disaster, EconomicIndicator, EconomicPolicy, Election, Legislate,
    Mobilize, PersonnelChange, Protest, Reject, Request, Retreat, Sanction, Statement, Support, Threaten,
    Transaction,
};

/// Pairs of types that may be one event. Two types that are not listed are never one.
const TYPES: &[(EventType, EventType)] = &[
    (Accident, Death),
    (Accident, Disaster),
    (Accuse, Reject),
    (Accuse, Statement),
    (Agree, Cooperate),
    (Agree, Transaction),
    (Aid, Cooperate),
    (Aid, Transaction),
    (Assault, Accident),
    (Assault, Crime),
    (Assault, Death),
    (Coerce, Adjudicate),
    (Coerce, Crime),
    (Concede, Retreat),
    (Consult, Agree),
    (Consult, ConveyMessage),
    (Consult, Cooperate),
    (Consult, Statement),
    (Crime, Death),
    (Disaster, Death),
    (Election, PersonnelChange),
    (Legislate, EconomicPolicy),
    (Request, Statement),
    (Sanction, Coerce),
    (Threaten, Statement),
];

/// Modes, without their type's name, of which any two may be one event. Other pairs of modes of one type speak against it.
const MODES: &[(EventType, &[&str])] = &[
    (Accident, &["EXPLOSION", "FIRE", "COLLAPSE", "LEAK", "SUFFOCATION"]),
    (Accuse, &["ALLEGE", "BLAME", "DOUBT"]),
    (Accuse, &["CONDEMN", "CRITICIZE", "COMPLAIN"]),
    (Adjudicate, &["CHARGE", "INVESTIGATE", "SUMMON", "WARRANT"]),
    (Adjudicate, &["SENTENCE", "CONVICT", "TRIAL", "FINE"]),
    (Agree, &["DEAL", "SIGN", "CONSENT", "EXTEND"]),
    (Aid, &["DONATE", "ECONOMIC", "HUMANITARIAN", "EVACUATE", "RESCUE"]),
    (Assault, &["AERIAL", "MISSILE", "SHELLING", "BOMBING", "INTERCEPT", "SHOOT_DOWN"]),
    (Assault, &["BOMBING", "SUICIDE_BOMBING", "RAMMING"]),
    (Assault, &["GROUND", "INCURSION", "INVASION", "STORM", "CLASH", "CAPTURE", "WAR"]),
    (Assault, &["CAPTURE", "DEFEAT", "REPEL"]),
    (Assault, &["SHOOTING", "AMBUSH", "CLASH", "STORM"]),
    (Coerce, &["ARREST", "DETAIN", "RAID", "PURSUE", "FOIL"]),
    (Coerce, &["RESTRICT", "BAN", "CLOSE", "CURFEW", "SIEGE"]),
    (Consult, &["MEETING", "TALKS", "SUMMIT", "HOST", "RECEIVE", "MEDIATION"]),
    (Consult, &["VISIT", "HOST", "RECEIVE", "MEETING"]),
    (Cooperate, &["COORDINATE", "DIPLOMATIC", "JOIN"]),
    (CultureSport, &["WIN", "LOSE", "DRAW", "MATCH", "GOAL", "QUALIFY", "TOURNAMENT"]),
    (Death, &["DIE", "BODY_FOUND", "SUICIDE"]),
    (Death, &["DIE", "MOURN"]),
    (Election, &["ELECT", "VOTE", "REFERENDUM", "CAMPAIGN"]),
    (Election, &["ELECT", "WIN", "LOSE", "RESULTS", "COUNT"]),
    (Legislate, &["PASS", "VOTE", "RATIFY", "SIGN", "AMEND", "DECREE"]),
    (Mobilize, &["DEPLOY", "REINFORCE", "BUILDUP", "ADVANCE"]),
    (PersonnelChange, &["APPOINT", "FORM_GOVERNMENT", "SWEAR_IN", "TAKE_OFFICE", "RESHUFFLE", "PROMOTE"]),
    (PersonnelChange, &["DISMISS", "RESIGN", "RETIRE", "OVERTHROW"]),
    (Protest, &["DEMONSTRATE", "SIT_IN", "RIOT", "UPRISING", "BLOCK"]),
    (Reject, &["REFUSE", "OBJECT", "DISAPPROVE", "DENY"]),
    (Request, &["APPEAL", "DEMAND", "PROPOSE", "RECOMMEND"]),
    (Retreat, &["WITHDRAW", "END_MISSION", "EVACUATE", "RETURN"]),
    (Sanction, &["HALT_NEGOTIATIONS", "SUSPEND", "CANCEL", "BREAK_RELATIONS"]),
    (Support, &["ENDORSE", "PRAISE", "WELCOME", "SOLIDARITY"]),
    (Threaten, &["WARN", "RETALIATION", "ULTIMATUM"]),
    (Transaction, &["ACQUIRE", "BUY", "SELL", "CONTRACT", "INVEST"]),
];

/// Modes that say what came of an event or what it is in general: they fit every mode of their type.
const GENERAL: &[(EventType, &[&str])] =
    &[(Assault, &["KILL", "WOUND", "ASSASSINATION", "DESTROY", "MASSACRE"]), (Sanction, &["IMPOSE"])];

/// For each type the set of those that fit it, as bits.
static FITTING: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let fit = |a: EventType, b: EventType| a == b || TYPES.contains(&(a, b)) || TYPES.contains(&(b, a));
    let set =
        |a: &EventType| EventType::ALL.iter().filter(|b| fit(*a, **b)).fold(0, |set, b| set | 1 << *b as u64);
    EventType::ALL.iter().map(set).collect()
});

/// Whether mentions of the two types can be one event.
pub fn types_fit(a: EventType, b: EventType) -> bool {
    FITTING.get(a as usize).is_some_and(|set| set >> (b as u64) & 1 == 1)
}

/// The sets of modes that fit each other that a mode is in, as bits; the highest where it is general.
pub fn sets_of(event_type: EventType, mode: &str) -> u64 {
    let bare = mode.strip_prefix(event_type.as_str()).and_then(|rest| rest.strip_prefix('_')).unwrap_or(mode);
    let is_in = |(of, modes): &(EventType, &[&str])| *of == event_type && modes.contains(&bare);
    let sets = MODES.iter().enumerate().filter(|(_, set)| is_in(set)).fold(0, |sets, (at, _)| sets | 1 << at);
    if GENERAL.iter().any(is_in) { sets | IS_GENERAL } else { sets }
}

/// The bit of general modes.
const IS_GENERAL: u64 = 1 << 63;

/// Whether two modes of one type, which differ, can be one event, by their [`sets_of`].
pub fn modes_fit(a: u64, b: u64) -> bool {
    a & b != 0 || (a | b) & IS_GENERAL != 0
}

/// Types in which both sides do the same to each other.
pub fn is_mutual(event_type: EventType) -> bool {
    matches!(event_type, Agree | Consult | Cooperate | CultureSport)
}

/// Types of what somebody says: whose words they are makes them one or two.
pub fn is_said(event_type: EventType) -> bool {
    matches!(event_type, Accuse | ConveyMessage | Reject | Request | Statement | Support | Threaten)
}

/// Types of what the same people do again on another day: the day tells one from the next. An attack or an accident with the same
/// people at the same place is rather one whose day somebody got wrong.
pub fn recurs(event_type: EventType) -> bool {
    is_said(event_type) || matches!(event_type, Consult | CultureSport | EconomicIndicator | Protest)
}

/// Types whose events are counted: several of them told as one are not any one of them.
pub fn is_counted(event_type: EventType) -> bool {
    matches!(event_type, Accident | Assault | Coerce | Crime | Protest | Threaten)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_modes_fit_either_way() {
        for (a, b) in TYPES {
            assert!(types_fit(*a, *b) && types_fit(*b, *a), "{a} {b}");
            assert_ne!(a, b);
        }
        assert!(!types_fit(Assault, Consult));
        assert!(MODES.len() < 63 && EventType::ALL.len() <= 64);
        assert!(EventType::ALL.iter().enumerate().all(|(at, t)| at == *t as usize && types_fit(*t, *t)));
        for (a, b, fit) in [
            ("ASSAULT_KILL", "ASSAULT_AERIAL", true),
            ("ASSAULT_STABBING", "ASSAULT_AERIAL", false),
            ("ASSAULT_SHELLING", "ASSAULT_AERIAL", true),
        ] {
            let (x, y) = (sets_of(Assault, a), sets_of(Assault, b));
            assert_eq!((modes_fit(x, y), modes_fit(y, x)), (fit, fit), "{a} {b}");
        }
    }
}
