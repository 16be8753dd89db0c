//! Event data in the columns of POLECAT: a real event a row, however many articles tell it.
//!
//! Names and order of the columns are those of the files at <https://doi.org/10.7910/DVN/AJGVIT> (Halterman et al., "PLOVER and
//! POLECAT: A New Political Event Ontology and Dataset", 2023), as loaders of them have the header, e.g. the one that makes the benchmark
//! `tkgl-polecat`. One column of our own follows, so that those who read by name or by position find theirs: `CAMEO Code`.
//!
//! * Several values stand in one cell, each once, divided by `; `. What is not known is empty, where POLECAT writes `None`.
//! * `Event Date` is the day, or the first day of a time of at most a month; it is empty where the reports say less. POLECAT falls back on the day of
//!   publication; Marsad does not guess. JSON Lines have the whole time.
//! * `Contexts` are those that follow from the class of event, and PLOVER's special ones where it did not happen: `future` for what is
//!   planned, `hypothetical` for what is demanded, proposed or possible, `negation` for what is denied.
//! * `Actor Name` is the English name, the Arabic one where the knowledge has no English; `Actor Name Raw` is the Arabic one of the
//!   knowledge, not the wording of a text. The same holds of recipients and of `Placename` and `Raw Placename`.
//! * `Actor Country` and `Actor COW` are the country that an entity is or belongs to. A country acts by its government (`GOV`), media
//!   are `JRN`, the sector of an organization is told by words of its English name; that of persons and armed groups is not known: whether a group
//!   is a rebel or a paramilitary depends on whom one asks.
//! * Place columns are those of the best supported place.
//! * `Source` has the outlets of all reports, `Publication Date` the earliest one. `Story People`, `Story Organizations` and `Story Locations` are whom
//!   and what the reports of the event name, not the whole articles.
//!
//! Never filled, because nothing that is stored says it: `Actor Title`, `Recipient Title`; `Wikipedia Actor ID`, `Wikipedia Recipient ID` (Marsad has
//! Wikidata items, which JSON Lines have); `City`, `District`, `Province`, `Latitude`, `Longitude`, `Feature Type` (the knowledge of places
//! has their ids in GeoNames, their countries and no levels or coordinates).

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::civil::Date;
use marsad_extract::knowledge;
use marsad_model::ontology::EntityType;
use marsad_proto::v1;

use super::plover;

/// The columns.
pub(crate) const COLUMNS: [&str; 41] = [
    "Event ID",
    "Event Date",
    "Event Type",
    "Event Mode",
    "Intensity",
    "Quad Code",
    "Contexts",
    "Actor Name",
    "Actor Country",
    "Actor COW",
    "Primary Actor Sector",
    "Actor Sectors",
    "Actor Title",
    "Actor Name Raw",
    "Wikipedia Actor ID",
    "Recipient Name",
    "Recipient Country",
    "Recipient COW",
    "Primary Recipient Sector",
    "Recipient Sectors",
    "Recipient Title",
    "Recipient Name Raw",
    "Wikipedia Recipient ID",
    "Placename",
    "City",
    "District",
    "Province",
    "Country",
    "Latitude",
    "Longitude",
    "GeoNames ID",
    "Raw Placename",
    "Feature Type",
    "Source",
    "Publication Date",
    "Story People",
    "Story Organizations",
    "Story Locations",
    "Language",
    "Version",
    "CAMEO Code",
];

/// What is between the values of a cell.
const BETWEEN: &str = "; ";

/// What made the rows, for the last column of POLECAT's own.
const VERSION: &str = concat!("marsad-", env!("CARGO_PKG_VERSION"));

/// A writer of rows.
pub(crate) struct Table<W: Write>(csv::Writer<W>);

impl<W: Write> Table<W> {
    /// Writes the header to `out`; `delimiter` stands between the columns.
    pub(crate) fn new(out: W, delimiter: u8) -> io::Result<Self> {
        let mut table = Self(csv::WriterBuilder::new().delimiter(delimiter).from_writer(out));
        table.write(&COLUMNS.map(str::to_owned))?;
        Ok(table)
    }

    /// Writes a row.
    pub(crate) fn write(&mut self, row: &[String; COLUMNS.len()]) -> io::Result<()> {
        // No cell has a line break, for readers that take every line for a row.
        Ok(self
            .0
            .write_record(row.iter().map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" ")))?)
    }

    /// Hands on what is left.
    pub(crate) fn finish(self) -> io::Result<W> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// The row of an event; `None` where PLOVER does not code such events.
pub(crate) fn row(event: &v1::GetEventClusterResponse) -> Option<[String; COLUMNS.len()]> {
    let cluster = event.cluster.as_ref()?;
    let code = plover::code(cluster.r#type().to_domain()?, cluster.mode.as_deref())?;
    let special = plover::special_context(cluster.standing().to_domain()?)?;
    let entities = Entities(event.entities.iter().map(|entity| (entity.id.as_str(), entity)).collect());
    let articles = event.mentions.iter().filter_map(|mention| mention.article.as_ref());
    let outlets = articles.clone().filter_map(|article| article.outlet.as_deref());
    let published = articles.filter_map(|article| article.published_date.as_ref()).min();
    let [people, organizations, locations] = [
        [EntityType::Person].as_slice(),
        &[EntityType::Organization, EntityType::ArmedGroup, EntityType::Media],
        &[EntityType::Gpe, EntityType::Location, EntityType::Facility],
    ]
    .map(|types| entities.of(types));
    let mut row = Row(std::array::from_fn(|_| String::new()));
    row.set("Event ID", &cluster.id);
    row.set("Event Date", cluster.time.as_ref().and_then(day).unwrap_or_default());
    row.set("Event Type", code.plover);
    row.set("Event Mode", code.mode);
    row.set("Intensity", code.intensity);
    row.set("Quad Code", code.quad);
    row.set("Contexts", values(code.contexts.split(';').chain([special])));
    entities.participants(&mut row, "Actor", &cluster.actors);
    entities.participants(&mut row, "Recipient", &cluster.recipients);
    if let Some(place) = cluster.places.first() {
        entities.place(&mut row, &place.entity_id);
    }
    row.set("Source", values(outlets));
    row.set("Publication Date", published.map_or("", String::as_str));
    row.set("Story People", people);
    row.set("Story Organizations", organizations);
    row.set("Story Locations", locations);
    // Nothing else is taken in.
    row.set("Language", "ar");
    row.set("Version", VERSION);
    row.set("CAMEO Code", code.cameo);
    Some(row.0)
}

/// The most days that a time may have whose first one dates an event: a month.
const LONGEST_TIME: i32 = 31;

/// The day that a time gives.
fn day(time: &v1::TimeInterval) -> Option<&str> {
    let (earliest, latest) = (time.earliest.as_deref()?, time.latest.as_deref()?);
    let [first, last]: [Date; 2] = [earliest.parse().ok()?, latest.parse().ok()?];
    let days = first.until(last).ok()?.get_days() + 1;
    (days <= LONGEST_TIME).then_some(earliest)
}

/// The cells of a row.
struct Row([String; COLUMNS.len()]);

impl Row {
    fn set(&mut self, column: &str, value: impl Into<String>) {
        let cell = COLUMNS.iter().zip(&mut self.0).find(|(name, _)| **name == column);
        debug_assert!(cell.is_some(), "no column is called {column}");
        if let Some((_, cell)) = cell {
            *cell = value.into();
        }
    }
}

/// The entities of an event by id.
struct Entities<'e>(BTreeMap<&'e str, &'e v1::Entity>);

impl<'e> Entities<'e> {
    fn participants(&self, row: &mut Row, part: &str, them: &[v1::SupportedEntity]) {
        let ids = || them.iter().map(|one| one.entity_id.as_str());
        let codes = || ids().filter_map(|id| self.country(id)).filter_map(plover::country_codes);
        row.set(&format!("{part} Name"), values(ids().map(|id| self.name(id))));
        row.set(
            &format!("{part} Name Raw"),
            values(ids().filter_map(|id| Some(self.0.get(id)?.name.as_str()))),
        );
        row.set(&format!("{part} Country"), values(codes().map(|(iso3, _)| iso3)));
        row.set(&format!("{part} COW"), values(codes().map(|(_, cow)| cow)));
        row.set(
            &format!("Primary {part} Sector"),
            ids().next().and_then(|id| self.sector(id)).unwrap_or_default(),
        );
        row.set(&format!("{part} Sectors"), values(ids().filter_map(|id| self.sector(id))));
    }

    fn place(&self, row: &mut Row, id: &str) {
        let iso3 = self.country(id).and_then(plover::country_codes).map_or("", |(iso3, _)| iso3);
        row.set("Placename", self.name(id));
        row.set("Raw Placename", self.0.get(id).map_or("", |entity| &entity.name));
        row.set("Country", iso3);
        row.set("GeoNames ID", id.strip_prefix("gn-").unwrap_or_default());
    }

    /// The English name, else the Arabic one, else the id.
    fn name<'n>(&'n self, id: &'n str) -> &'n str {
        self.0.get(id).map_or(id, |entity| entity.name_en.as_deref().unwrap_or(&entity.name))
    }

    /// The ISO 3166 code of the country that an entity is, belongs to or acts for.
    fn country<'n>(&'n self, id: &'n str) -> Option<&'n str> {
        let is_country = |id: &&str| plover::country_codes(id).is_some();
        let known = knowledge::get();
        let belongs = |id: &str| known.by_id(id).and_then(|known| known.country.or(known.rollup));
        let acts_for = self.0.get(id).and_then(|entity| entity.rollup_id.as_deref());
        let candidates = [Some(id), belongs(id), acts_for, acts_for.and_then(belongs)];
        candidates.into_iter().flatten().find(is_country)
    }

    /// PLOVER's code of the sector, where type or name tell it.
    fn sector(&self, id: &str) -> Option<&'static str> {
        let entity = self.0.get(id)?;
        match entity.r#type() {
            v1::EntityType::Gpe => plover::country_codes(id).map(|_| "GOV"),
            v1::EntityType::Media => Some("JRN"),
            v1::EntityType::Organization => plover::sector(entity.name_en.as_deref()?),
            _ => None,
        }
    }

    /// The names of those of some types.
    fn of(&self, types: &[EntityType]) -> String {
        let of_type =
            |entity: &&&v1::Entity| entity.r#type().to_domain().is_some_and(|one| types.contains(&one));
        values(self.0.values().filter(of_type).map(|entity| self.name(&entity.id)))
    }
}

/// Values as they stand in one cell: each once, in their order; what divides them is in none of them.
fn values<'v>(values: impl Iterator<Item = &'v str>) -> String {
    let mut cell = Vec::new();
    for value in values.filter(|value| !value.is_empty()) {
        let value = value.replace(';', ",");
        if !cell.contains(&value) {
            cell.push(value);
        }
    }
    cell.join(BETWEEN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::example;
    use super::*;

    fn table(rows: &[[String; COLUMNS.len()]], delimiter: u8) -> String {
        let mut table = Table::new(Vec::new(), delimiter).unwrap();
        for row in rows {
            table.write(row).unwrap();
        }
        String::from_utf8(table.finish().unwrap()).unwrap()
    }

    fn read(text: &str, delimiter: u8) -> Vec<csv::StringRecord> {
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap(), COLUMNS.as_slice());
        reader.records().map(Result::unwrap).collect()
    }

    #[test]
    fn an_event_is_a_row() {
        let row = row(&example::told()).unwrap();
        let cells: Vec<String> = COLUMNS
            .iter()
            .zip(&row)
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(name, cell)| format!("{name}: {cell}"))
            .collect();
        insta::assert_snapshot!(cells.join("\n"));
    }

    #[test]
    fn a_day_is_not_made_of_a_year() {
        let time = |earliest: &str, latest: &str| {
            let end = |day: &str| (!day.is_empty()).then(|| day.to_owned());
            let time = v1::TimeInterval { earliest: end(earliest), latest: end(latest) };
            day(&time).map(str::to_owned)
        };
        assert_eq!(time("2024-01-23", "2024-01-23").as_deref(), Some("2024-01-23"));
        assert_eq!(time("2024-01-01", "2024-01-31").as_deref(), Some("2024-01-01"));
        assert_eq!(time("2024-01-01", "2024-02-01"), None);
        assert_eq!(time("2020-01-01", "2024-12-31"), None);
        assert_eq!(time("2024-01-01", ""), None);
        assert_eq!(time("", "2024-01-01"), None);
        assert_eq!(time("", ""), None);
    }

    #[test]
    fn what_did_not_happen_says_so() {
        let mut event = example::told();
        let mut with = |standing: v1::Standing| {
            event.cluster.as_mut().unwrap().standing = standing.into();
            row(&event).map(|row| row[6].clone())
        };
        assert_eq!(with(v1::Standing::Happened).unwrap(), "military");
        assert_eq!(with(v1::Standing::Planned).unwrap(), "military; future");
        assert_eq!(with(v1::Standing::Wanted).unwrap(), "military; hypothetical");
        assert_eq!(with(v1::Standing::Denied).unwrap(), "military; negation");
        assert_eq!(with(v1::Standing::Generic), None);
    }

    #[test]
    fn what_plover_has_no_type_for_has_no_row() {
        let mut event = example::told();
        let cluster = event.cluster.as_mut().unwrap();
        (cluster.r#type, cluster.mode) = (v1::EventType::Election.into(), None);
        assert_eq!(row(&event), None);
        event.cluster = None;
        assert_eq!(row(&event), None);
    }

    #[test]
    fn an_event_without_anything_known_has_empty_cells() {
        let cluster = v1::EventCluster {
            id: "c".into(),
            r#type: v1::EventType::Protest.into(),
            standing: v1::Standing::Happened.into(),
            ..Default::default()
        };
        let event = v1::GetEventClusterResponse { cluster: Some(cluster), ..Default::default() };
        let filled = row(&event).unwrap().iter().filter(|cell| !cell.is_empty()).count();
        assert_eq!(filled, 7, "id, type, intensity, quad code, language, version, CAMEO code");
    }

    proptest! {
        /// Whatever names hold, every row has as many cells as the header, and each cell comes back but for its white space.
        #[test]
        fn any_text_survives(names in proptest::collection::vec(any::<String>(), 3), tabs: bool) {
            let mut event = example::told();
            for (entity, name) in event.entities.iter_mut().zip(&names) {
                (entity.name, entity.name_en) = (name.clone(), None);
            }
            event.mentions[0].article.as_mut().unwrap().outlet = Some(names[2].clone());
            let written = row(&event).unwrap();
            let delimiter = if tabs { b'\t' } else { b',' };
            let text = table(&[written.clone(), written.clone()], delimiter);
            prop_assert_eq!(text.lines().count(), 3);
            let rows = read(&text, delimiter);
            prop_assert_eq!(rows.len(), 2);
            for (cell, expected) in rows[1].iter().zip(&written) {
                prop_assert_eq!(cell, expected.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            prop_assert_eq!(rows[1].len(), COLUMNS.len());
        }
    }
}
