//! Marsad's types and modes as PLOVER and CAMEO have them, from `seeds/lexicon/plover.tsv` and `plover_types.tsv`.
//!
//! PLOVER: <https://github.com/openeventdata/PLOVER>, manual 0.8 (`PLOVER_MANUAL.tex`: types, modes, contexts, quad categories and
//! conflict-cooperation scores; `CAMEO2PLOVER-2021.txt`), with the names that the coder of POLECAT uses where they differ (`REQUEST` for
//! `DEMAND`, the modes `aerial`, `seize`, `cyber`). CAMEO: <http://eventdata.parusanalytics.com/data.dir/cameo.html>, version 1.1b3.
//!
//! PLOVER has no type for statements, elections, laws, appointments, crimes, accidents, disasters and the economy: such events have no code.

use std::collections::HashMap;
use std::sync::LazyLock;

use marsad_model::ontology::{EventType, Standing};

/// An event as PLOVER and CAMEO have it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Code {
    /// One of PLOVER's sixteen types.
    pub(crate) plover: &'static str,
    /// PLOVER's mode of the type; empty where none fits.
    pub(crate) mode: &'static str,
    /// PLOVER's contexts that follow from the class of event alone, divided by `;`.
    pub(crate) contexts: &'static str,
    /// `VERBAL COOPERATION`, `MATERIAL COOPERATION`, `VERBAL CONFLICT` or `MATERIAL CONFLICT`.
    pub(crate) quad: &'static str,
    /// PLOVER's score of the type, from -10 for conflict to 10 for cooperation.
    pub(crate) intensity: &'static str,
    /// The CAMEO code; empty where none fits.
    pub(crate) cameo: &'static str,
}

/// The codes of a type and mode; those of the type where the mode has none of its own. `None` where PLOVER has no such type.
pub(crate) fn code(event_type: EventType, mode: Option<&str>) -> Option<Code> {
    static CODES: LazyLock<HashMap<(&str, &str), Option<Code>>> = LazyLock::new(codes);
    let of = |mode: &str| CODES.get(&(event_type.as_str(), mode)).copied();
    mode.and_then(of).or_else(|| of("")).flatten()
}

/// PLOVER's special context of what did not happen, or not yet. `None`: PLOVER does not code it.
pub(crate) fn special_context(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Happened => Some(""),
        Standing::Planned => Some("future"),
        Standing::Wanted | Standing::Possible => Some("hypothetical"),
        Standing::Denied => Some("negation"),
        Standing::Generic => None,
    }
}

/// PLOVER's sector of an organization by its English name, from `seeds/lexicon/plover_sectors.tsv`.
pub(crate) fn sector(name_en: &str) -> Option<&'static str> {
    static WORDS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
        let rows = rows(include_str!("../../../../seeds/lexicon/plover_sectors.tsv"));
        rows.map(|[words, sector, _]| (words, sector)).collect()
    });
    let name = name_en.to_lowercase();
    let stands_alone = |at: usize, words: &str| {
        let beside = [name[..at].chars().next_back(), name[at + words.len()..].chars().next()];
        !beside.into_iter().flatten().any(char::is_alphabetic)
    };
    let found = WORDS.iter().filter_map(|(words, sector)| {
        let (at, _) = name.match_indices(words).find(|(at, _)| stands_alone(*at, words))?;
        Some(((at, std::cmp::Reverse(words.len())), *sector))
    });
    found.min().map(|(_, sector)| sector)
}

/// The ISO 3166 code of three letters, and the number of the Correlates of War project, empty where it has none.
pub(crate) fn country_codes(country: &str) -> Option<(&'static str, &'static str)> {
    static COUNTRIES: LazyLock<HashMap<&str, (&str, &str)>> = LazyLock::new(|| {
        let rows = rows(include_str!("../../../../seeds/knowledge/country_codes.tsv"));
        rows.map(|[country, iso3, cow, _]| (country, (iso3, cow))).collect()
    });
    COUNTRIES.get(country).copied()
}

fn codes() -> HashMap<(&'static str, &'static str), Option<Code>> {
    let types: HashMap<&str, (&str, &str)> = rows(include_str!("../../../../seeds/lexicon/plover_types.tsv"))
        .map(|[plover, quad, intensity, _]| (plover, (quad, intensity)))
        .collect();
    let code = |[event_type, mode, plover, plover_mode, contexts, cameo, _]: [&'static str; 7]| {
        let code = types.get(plover).map(|(quad, intensity)| Code {
            plover,
            mode: plover_mode,
            contexts,
            quad: quad_name(quad),
            intensity,
            cameo,
        });
        ((event_type, mode), code)
    };
    rows(include_str!("../../../../seeds/lexicon/plover.tsv")).map(code).collect()
}

fn quad_name(quad: &str) -> &'static str {
    match quad {
        "verbal_cooperation" => "VERBAL COOPERATION",
        "material_cooperation" => "MATERIAL COOPERATION",
        "verbal_conflict" => "VERBAL CONFLICT",
        _ => "MATERIAL CONFLICT",
    }
}

/// The rows of a list below its header; `seeds/check.py` has counted their columns.
fn rows<const COLUMNS: usize>(list: &'static str) -> impl Iterator<Item = [&'static str; COLUMNS]> {
    list.lines().skip(1).filter_map(|row| row.split('\t').collect::<Vec<_>>().try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        for (list, read) in [
            (include_str!("../../../../seeds/lexicon/plover.tsv"), codes().len()),
            (
                include_str!("../../../../seeds/knowledge/country_codes.tsv"),
                rows::<4>(include_str!("../../../../seeds/knowledge/country_codes.tsv")).count(),
            ),
        ] {
            assert_eq!(list.lines().count(), read + 1);
        }
        let named = include_str!("../../../../seeds/lexicon/plover.tsv");
        let coded = rows::<7>(named).filter(|row| !row[2].is_empty()).count();
        assert_eq!(
            codes().values().flatten().count(),
            coded,
            "a PLOVER type without quad category and score"
        );
    }

    #[test]
    fn the_sixteen_types_keep_their_names() {
        let shared = EventType::ALL.iter().filter(|kind| kind.number() < 500);
        assert_eq!(shared.clone().count(), 16);
        for kind in shared {
            assert_eq!(code(*kind, None).unwrap().plover, kind.as_str());
        }
        for kind in EventType::ALL.iter().filter(|kind| kind.number() >= 500) {
            assert_eq!(code(*kind, None), None, "{kind}");
        }
    }

    #[test]
    fn a_mode_has_codes_of_its_own_or_those_of_its_type() {
        let of = |kind, mode| code(kind, Some(mode)).map(|code| (code.plover, code.mode, code.cameo));
        assert_eq!(of(EventType::Assault, "ASSAULT_AERIAL"), Some(("ASSAULT", "aerial", "195")));
        assert_eq!(of(EventType::Assault, "ASSAULT_AMBUSH"), Some(("ASSAULT", "", "190")));
        assert_eq!(of(EventType::Assault, "ASSAULT_OF_A_LATER_VERSION"), Some(("ASSAULT", "", "190")));
        assert_eq!(of(EventType::Adjudicate, "ADJUDICATE_CONVICT"), Some(("SANCTION", "convict", "116")));
        assert_eq!(of(EventType::Adjudicate, "ADJUDICATE_ACQUIT"), None);
        assert_eq!(of(EventType::Retreat, "RETREAT_CUT_VISIT"), None, "it has a row that says so");
        for (name, expected) in [
            ("Ministry of Defence of Iraq", Some("GOV")),
            ("Iraqi Army", Some("MIL")),
            ("Central Bank of Iraq", Some("GOV")),
            ("Rafidain Bank", Some("BUS")),
            ("İstanbul Police", Some("COP")),
            ("Partyless Movement", None),
        ] {
            assert_eq!(sector(name), expected, "{name}");
        }
        assert_eq!(country_codes("IQ"), Some(("IRQ", "645")));
        assert_eq!(country_codes("PS"), Some(("PSE", "")));
    }
}
