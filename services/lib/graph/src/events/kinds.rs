//! Which types and modes tell of one thing in other words: the only place that says so.

use marsad_model::ontology::EventType;

use EventType::{
    Accident, Accuse, Adjudicate, Agree, Aid, Assault, Coerce, Concede, Consult, ConveyMessage, Cooperate,
    Crime, Death, Disaster, EconomicPolicy, Election, Legislate, PersonnelChange, Reject, Request, Retreat,
    Sanction, Statement, Threaten, Transaction,
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
    (EventType::CultureSport, &["WIN", "LOSE", "DRAW", "MATCH", "GOAL", "QUALIFY", "TOURNAMENT"]),
    (Death, &["DIE", "BODY_FOUND", "SUICIDE"]),
    (Death, &["DIE", "MOURN"]),
    (Election, &["ELECT", "VOTE", "REFERENDUM", "CAMPAIGN"]),
    (Election, &["ELECT", "WIN", "LOSE", "RESULTS", "COUNT"]),
    (Legislate, &["PASS", "VOTE", "RATIFY", "SIGN", "AMEND", "DECREE"]),
    (EventType::Mobilize, &["DEPLOY", "REINFORCE", "BUILDUP", "ADVANCE"]),
    (PersonnelChange, &["APPOINT", "FORM_GOVERNMENT", "SWEAR_IN", "TAKE_OFFICE", "RESHUFFLE", "PROMOTE"]),
    (PersonnelChange, &["DISMISS", "RESIGN", "RETIRE", "OVERTHROW"]),
    (EventType::Protest, &["DEMONSTRATE", "SIT_IN", "RIOT", "UPRISING", "BLOCK"]),
    (Reject, &["REFUSE", "OBJECT", "DISAPPROVE", "DENY"]),
    (Request, &["APPEAL", "DEMAND", "PROPOSE", "RECOMMEND"]),
    (Retreat, &["WITHDRAW", "END_MISSION", "EVACUATE", "RETURN"]),
    (Sanction, &["HALT_NEGOTIATIONS", "SUSPEND", "CANCEL", "BREAK_RELATIONS"]),
    (EventType::Support, &["ENDORSE", "PRAISE", "WELCOME", "SOLIDARITY"]),
    (Threaten, &["WARN", "RETALIATION", "ULTIMATUM"]),
    (Transaction, &["ACQUIRE", "BUY", "SELL", "CONTRACT", "INVEST"]),
];

/// Modes that say what came of an event or what it is in general: they fit every mode of their type.
const GENERAL: &[(EventType, &[&str])] =
    &[(Assault, &["KILL", "WOUND", "ASSASSINATION", "DESTROY", "MASSACRE"]), (Sanction, &["IMPOSE"])];

/// Whether mentions of the two types can be one event.
pub fn types_fit(a: EventType, b: EventType) -> bool {
    a == b || TYPES.contains(&(a, b)) || TYPES.contains(&(b, a))
}

/// Whether mentions of the two modes of one type can be one event.
pub fn modes_fit(event_type: EventType, a: &str, b: &str) -> bool {
    let bare = |mode: &str| {
        mode.strip_prefix(event_type.as_str())
            .and_then(|m| m.strip_prefix('_'))
            .unwrap_or_default()
            .to_owned()
    };
    let (bare_a, bare_b) = (bare(a), bare(b));
    let (x, y) = (bare_a.as_str(), bare_b.as_str());
    let of = |table: &'static [(EventType, &'static [&'static str])]| {
        table.iter().filter(move |(of, _)| *of == event_type).map(|(_, modes)| *modes)
    };
    x == y
        || of(GENERAL).any(|modes| modes.contains(&x) || modes.contains(&y))
        || of(MODES).any(|modes| modes.contains(&x) && modes.contains(&y))
}
