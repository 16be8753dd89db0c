//! Compiles `seeds/knowledge/*.tsv` into an index of surfaces (an FST) and a table of entities in `OUT_DIR`.
//!
//! A malformed row, an id that nothing defines or a file without its columns is a build error that names the file and line.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::{env, fs};

use marsad_model::ontology::EntityType;

use crate::table::{Candidate, Holder, KnownEntity, Office, SurfaceKind, Table, key, key_word, key_words};

#[path = "src/knowledge/table.rs"]
#[allow(dead_code, unreachable_pub)] // the crate uses more of it
mod table;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/knowledge/table.rs");
    let seeds = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../../seeds");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let texts = Texts::read(&seeds)?;
    let mut builder = Builder::default();
    builder.entities(&texts)?;
    builder.aliases(&texts)?;
    builder.demonyms(&texts)?;
    builder.offices(&texts)?;
    let capitals = builder.pairs(&texts, "knowledge/capitals.tsv", ["country", "place"])?;
    let mut domains = Vec::new();
    for row in texts.rows("knowledge/domains.tsv", &["domain", "media"])? {
        domains.push((row.get("domain")?, builder.position(&row, "media")?));
    }
    domains.sort_unstable();
    let words = builder.words(&texts)?;
    let (index, candidates) = builder.index()?;
    let table = Table {
        entities: builder.rows,
        candidates,
        capitals,
        domains,
        offices: builder.held,
        words: words.iter().map(String::as_str).collect(),
        heads: builder
            .surfaces
            .keys()
            .flat_map(|key| heads(key))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
    };
    fs::write(out.join("knowledge.postcard"), postcard::to_stdvec(&table)?)?;
    fs::write(out.join("surfaces.fst"), index)?;
    Ok(())
}

/// The lists, by path below `seeds`.
struct Texts(HashMap<&'static str, String>);

const KNOWLEDGE: [&str; 15] = [
    "knowledge/aliases.tsv",
    "knowledge/aliases_places.tsv",
    "knowledge/ambiguous_names.tsv",
    "knowledge/armed_groups.tsv",
    "knowledge/capitals.tsv",
    "knowledge/countries.tsv",
    "knowledge/demonyms.tsv",
    "knowledge/domains.tsv",
    "knowledge/facilities.tsv",
    "knowledge/media.tsv",
    "knowledge/named_events.tsv",
    "knowledge/office_holders.tsv",
    "knowledge/offices.tsv",
    "knowledge/organizations.tsv",
    "knowledge/persons.tsv",
];
const PLACES: &str = "knowledge/places.tsv";

/// Lists whose first column holds words of the language, with which particles are told from letters of a stem.
const WORDS: [&str; 9] = [
    "lexicon/classes.tsv",
    "lexicon/function_words.tsv",
    "lexicon/months.tsv",
    "lexicon/number_words.tsv",
    "lexicon/sources.tsv",
    "lexicon/time_units.tsv",
    "lexicon/titles.tsv",
    "lexicon/units.tsv",
    "lexicon/weekdays.tsv",
];

impl Texts {
    fn read(seeds: &Path) -> Result<Self> {
        let mut texts = HashMap::new();
        for file in KNOWLEDGE.into_iter().chain([PLACES]).chain(WORDS) {
            let path = seeds.join(file);
            println!("cargo::rerun-if-changed={}", path.display());
            texts.insert(file, fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?);
        }
        Ok(Self(texts))
    }

    /// The rows of a list, whose header must hold the given columns.
    fn rows(&self, file: &'static str, columns: &[&str]) -> Result<Vec<Row<'_>>> {
        let text = self.0.get(file).ok_or(file)?;
        let mut lines = text.lines().enumerate();
        let header: Vec<&str> = lines.next().map(|(_, l)| l.split('\t').collect()).unwrap_or_default();
        if let Some(missing) = columns.iter().find(|c| !header.contains(c)) {
            return Err(format!("seeds/{file}:1: no column `{missing}`").into());
        }
        lines
            .filter(|(_, line)| !line.is_empty())
            .map(|(at, line)| {
                let cells: Vec<&str> = line.split('\t').collect();
                let row = Row { file, line: at + 1, header: header.clone(), cells };
                if row.cells.len() == header.len() {
                    Ok(row)
                } else {
                    Err(row.error(format!("{} columns, not {}", row.cells.len(), header.len())))
                }
            })
            .collect()
    }
}

struct Row<'t> {
    file: &'static str,
    line: usize,
    header: Vec<&'t str>,
    cells: Vec<&'t str>,
}

impl<'t> Row<'t> {
    fn error(&self, what: impl Display) -> Box<dyn Error> {
        format!("seeds/{}:{}: {what}", self.file, self.line).into()
    }

    /// The cell of a column; empty where the list has no such column.
    fn cell(&self, column: &str) -> &'t str {
        self.header.iter().position(|c| *c == column).and_then(|i| self.cells.get(i)).copied().unwrap_or("")
    }

    /// The cell of a column that may not be empty.
    fn get(&self, column: &str) -> Result<&'t str> {
        match self.cell(column) {
            "" => Err(self.error(format!("`{column}` is empty"))),
            cell => Ok(cell),
        }
    }

    fn optional(&self, column: &str) -> Option<&'t str> {
        Some(self.cell(column)).filter(|cell| !cell.is_empty())
    }
}

#[derive(Default)]
struct Builder<'t> {
    rows: Vec<KnownEntity<'t>>,
    positions: HashMap<&'t str, u32>,
    surfaces: BTreeMap<String, BTreeSet<Candidate>>,
    ambiguous: BTreeSet<String>,
    held: Vec<Office<'t>>,
}

impl<'t> Builder<'t> {
    fn entities(&mut self, texts: &'t Texts) -> Result<()> {
        for row in texts.rows("knowledge/ambiguous_names.tsv", &["surface", "reason"])? {
            // Which of two places is meant is told by the article; that a name is meant is not in doubt.
            if row.get("reason")?.starts_with("homonym") {
                continue;
            }
            self.ambiguous.insert(key(&key_words(row.get("surface")?)));
        }
        let files = [
            ("knowledge/countries.tsv", Some(EntityType::Gpe)),
            (PLACES, None),
            ("knowledge/facilities.tsv", Some(EntityType::Facility)),
            ("knowledge/organizations.tsv", Some(EntityType::Organization)),
            ("knowledge/armed_groups.tsv", Some(EntityType::ArmedGroup)),
            ("knowledge/media.tsv", Some(EntityType::Media)),
            ("knowledge/named_events.tsv", Some(EntityType::EventName)),
            ("knowledge/persons.tsv", Some(EntityType::Person)),
        ];
        for (file, entity_type) in files {
            for row in texts.rows(file, &["id", "name_ar", "wikidata", "source"])? {
                let entity_type = match entity_type {
                    Some(entity_type) => entity_type,
                    None => row.get("type")?.parse().map_err(|e| row.error(e))?,
                };
                let population = match row.optional("population") {
                    Some(number) => number.parse().map_err(|e| row.error(e))?,
                    None => 0,
                };
                self.rows.push(KnownEntity {
                    id: row.get("id")?,
                    entity_type,
                    name: row.get("name_ar")?,
                    name_en: row.optional("name_en"),
                    wikidata: row.optional("wikidata"),
                    country: row.optional("country"),
                    rollup: row.optional("rollup"),
                    population,
                    start: row.optional("start"),
                });
            }
        }
        self.rows.sort_unstable_by_key(|row| row.id);
        if let Some(twice) = self.rows.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(format!("seeds/knowledge: id `{}` is defined twice", twice[0].id).into());
        }
        self.positions = self.rows.iter().zip(0..).map(|(row, at)| (row.id, at)).collect();
        let names: Vec<(&str, u32)> = self.rows.iter().map(|row| row.name).zip(0..).collect();
        for (name, entity) in names {
            self.add(name, entity, SurfaceKind::Name);
        }
        Ok(())
    }

    fn position(&self, row: &Row<'_>, column: &str) -> Result<u32> {
        let id = row.get(column)?;
        self.positions.get(id).copied().ok_or_else(|| row.error(format!("`{column}` `{id}` is not defined")))
    }

    fn pairs(&self, texts: &'t Texts, file: &'static str, [a, b]: [&str; 2]) -> Result<Vec<(u32, u32)>> {
        let rows = texts.rows(file, &[a, b])?;
        rows.iter().map(|row| Ok((self.position(row, a)?, self.position(row, b)?))).collect()
    }

    fn add(&mut self, surface: &str, entity: u32, kind: SurfaceKind) {
        self.add_key(key(&key_words(surface)), entity, kind);
    }

    fn add_key(&mut self, key: String, entity: u32, kind: SurfaceKind) {
        let ambiguous = kind != SurfaceKind::Demonym && self.ambiguous.contains(&key);
        if !key.is_empty() {
            self.surfaces.entry(key).or_default().insert(Candidate { entity, kind, ambiguous });
        }
    }

    fn aliases(&mut self, texts: &'t Texts) -> Result<()> {
        for file in ["knowledge/aliases.tsv", "knowledge/aliases_places.tsv"] {
            for row in texts.rows(file, &["id", "surface", "kind"])? {
                let kind = match row.get("kind")? {
                    "name" | "acronym" | "latin" => SurfaceKind::Name,
                    "nominal" => SurfaceKind::Nominal,
                    "pejorative" => SurfaceKind::Pejorative,
                    other => return Err(row.error(format!("`{other}` is no kind of alias"))),
                };
                let entity = self.position(&row, "id")?;
                self.add(row.get("surface")?, entity, kind);
            }
        }
        Ok(())
    }

    /// Inflects demonyms: `عراقي` gives عراقية, عراقيون, عراقيين, عراقيان, عراقيات, عراقيا and all of them with ال.
    fn demonyms(&mut self, texts: &'t Texts) -> Result<()> {
        for row in texts.rows("knowledge/demonyms.tsv", &["surface", "country", "form"])? {
            let entity = self.position(&row, "country")?;
            let surface = row.get("surface")?;
            let endings: &[&str] = match row.get("form")? {
                "nisba" if surface.ends_with('ي') => {
                    &["", "ة", "ون", "ين", "ان", "ات", "ا", "تان", "تين", "و", "تا", "تي"]
                }
                "plural" => &["", "ا"],
                other => return Err(row.error(format!("`{surface}` is no `{other}` form"))),
            };
            for ending in endings {
                let bare = key_words(&format!("{surface}{ending}"));
                let definite = match bare.as_slice() {
                    [word] => key_word(&format!("ال{word}")).into_owned(),
                    _ => key(&key_words(&format!("ال{surface}{ending}"))),
                };
                self.add_key(key(&bare), entity, SurfaceKind::Demonym);
                if *ending != "ا" {
                    self.add_key(definite, entity, SurfaceKind::Demonym);
                }
            }
        }
        Ok(())
    }

    fn offices(&mut self, texts: &'t Texts) -> Result<()> {
        let mut places = HashMap::new();
        for row in texts.rows("knowledge/offices.tsv", &["id", "title_ar", "body", "kind"])? {
            self.position(&row, "body")?;
            places.insert(row.get("id")?, self.held.len());
            self.held.push(Office {
                id: row.get("id")?,
                title: row.get("title_ar")?,
                body: row.get("body")?,
                kind: row.get("kind")?,
                holders: Vec::new(),
            });
        }
        for row in texts.rows("knowledge/office_holders.tsv", &["office", "person", "from", "to"])? {
            self.position(&row, "person")?;
            let office = places.get(row.get("office")?).and_then(|at| self.held.get_mut(*at));
            let office = office.ok_or_else(|| row.error("the office is not defined"))?;
            let (person, from, to) = (row.get("person")?, row.cell("from"), row.cell("to"));
            office.holders.push(Holder { person, from, to });
        }
        Ok(())
    }

    /// The words that names begin with, and those of the word lists: what an attached particle may stand before.
    fn words(&self, texts: &'t Texts) -> Result<BTreeSet<String>> {
        let mut words: BTreeSet<String> = BTreeSet::new();
        for file in WORDS {
            for line in texts.0.get(file).ok_or(file)?.lines().skip(1) {
                let surface = line.split('\t').nth(usize::from(file.ends_with("classes.tsv"))).unwrap_or("");
                words.extend(key_words(surface).into_iter().take(1));
            }
        }
        for (key, candidates) in &self.surfaces {
            if candidates.iter().any(|c| !c.ambiguous) {
                words.extend(key.split(' ').take(1).map(str::to_owned));
            }
        }
        words.retain(|word| word.chars().nth(1).is_some());
        Ok(words)
    }

    /// The index, and the lists of meanings that its values refer to.
    fn index(&self) -> Result<(Vec<u8>, Vec<Vec<Candidate>>)> {
        let mut lists: Vec<Vec<Candidate>> = Vec::new();
        let mut known: HashMap<Vec<Candidate>, u64> = HashMap::new();
        let mut map = fst::MapBuilder::memory();
        for (key, candidates) in &self.surfaces {
            let list: Vec<Candidate> = candidates.iter().copied().collect();
            let value = *known.entry(list.clone()).or_insert_with(|| {
                lists.push(list);
                lists.len() as u64 - 1
            });
            map.insert(key, value)?;
        }
        Ok((map.into_inner()?, lists))
    }
}

/// The words that a text may begin a key with: its first word, and where that may be written as two, the first of these.
fn heads(key: &str) -> impl Iterator<Item = &str> {
    let first = key.split(' ').next().unwrap_or("");
    let abd = first.starts_with("عبد").then_some("عبد");
    [Some(first), abd, first.strip_suffix("الله")].into_iter().flatten().filter(|head| !head.is_empty())
}
