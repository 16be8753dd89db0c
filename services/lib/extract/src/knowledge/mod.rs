//! What is known before reading: entities with their names in Arabic, capitals, demonyms, outlets, offices.
//!
//! `build.rs` compiles `seeds/knowledge` to an FST from folded surfaces to meanings and a table of entities; both are
//! bytes of the program and are opened at the first use. Strings are not copied.
//!
//! What is taught lies over it as a `layer`, which answers first; [`overlay`] makes one of what was taught, and `reach` says which
//! articles a change of it can concern.

mod layer;
mod offices;
pub mod overlay;
mod reach;
mod table;

use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

use fst::Streamer as _;
use fst::raw::{CompiledAddr, Fst, Output};
use jiff::civil::Date;
use layer::Layer;
use marsad_model::EntityId;
use marsad_model::ontology::EntityType;
use table::Table;

pub(crate) use offices::TitledOffice;
pub use overlay::Overlay;
pub(crate) use table::{Candidate, is_transparent, key, key_word, separator};
pub use table::{Holder, KnownEntity, Office, SurfaceKind};

static SURFACES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/surfaces.fst"));
static TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/knowledge.postcard"));

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::compiled);

/// The compiled knowledge; opened at the first call.
pub fn get() -> &'static Knowledge {
    &KNOWLEDGE
}

/// The compiled knowledge, and what is taught over it.
#[derive(Debug)]
pub struct Knowledge {
    compiled: &'static Compiled,
    layer: Option<Box<Layer>>,
}

static COMPILED: LazyLock<Compiled> = LazyLock::new(Compiled::open);

/// What `build.rs` wrote.
#[derive(Debug)]
struct Compiled {
    surfaces: fst::Map<&'static [u8]>,
    words: FxHashSet<&'static str>,
    heads: FxHashSet<&'static str>,
    table: Table<'static>,
    /// Where each id is in the table.
    positions: FxHashMap<&'static str, u32>,
    capital_of: FxHashMap<&'static str, u32>,
    country_of_capital: FxHashMap<&'static str, u32>,
    offices: offices::Offices,
}

impl Compiled {
    /// The bytes are made by `build.rs` of the same build and a unit test opens them, so a failure here cannot ship.
    #[allow(clippy::expect_used)]
    fn open() -> Self {
        let table: Table<'static> = postcard::from_bytes(TABLE).expect("the table that build.rs wrote");
        let surfaces = fst::Map::new(SURFACES).expect("the index that build.rs wrote");
        let id = |at: u32| table.entities.get(at as usize).map_or("", |entity| entity.id);
        let capital_of = table.capitals.iter().map(|(country, place)| (id(*country), *place)).collect();
        let country_of_capital =
            table.capitals.iter().map(|(country, place)| (id(*place), *country)).collect();
        let positions = table.entities.iter().map(|entity| entity.id).zip(0..).collect();
        let words = table.words.iter().copied().collect();
        let heads = table.heads.iter().copied().collect();
        let offices = offices::Offices::new(table.offices.clone());
        Self { surfaces, words, heads, table, positions, capital_of, country_of_capital, offices }
    }

    fn list(&self, value: u64) -> &[Candidate] {
        usize::try_from(value).ok().and_then(|at| self.table.candidates.get(at)).map_or(&[], Vec::as_slice)
    }

    fn candidates_of(&self, key: &str) -> &[Candidate] {
        self.surfaces.get(key).map_or(&[], |value| self.list(value))
    }

    fn value_list(&self, path: &Path) -> &[Candidate] {
        path.value(self.surfaces.as_fst()).map_or(&[], |value| self.list(value))
    }
}

impl Knowledge {
    fn compiled() -> Self {
        Self { compiled: &COMPILED, layer: None }
    }

    /// Tells apart what is taught over the compiled knowledge in this process; 0 where nothing is.
    pub(crate) fn stamp(&self) -> u64 {
        self.layer.as_ref().map_or(0, |layer| layer.stamp)
    }

    /// The entity with that id.
    pub fn entity(&self, id: &EntityId) -> Option<&KnownEntity<'static>> {
        self.by_id(id.as_str())
    }

    /// The entity with that id, as text.
    pub fn by_id(&self, id: &str) -> Option<&KnownEntity<'static>> {
        self.at(self.position(id)?)
    }

    fn position(&self, id: &str) -> Option<u32> {
        let taught = || self.layer.as_ref().and_then(|layer| layer.positions.get(id));
        self.compiled.positions.get(id).or_else(taught).copied()
    }

    /// Every entity of the compiled knowledge, by id, as it is there.
    pub fn entities(&self) -> &[KnownEntity<'static>] {
        &self.compiled.table.entities
    }

    /// Every entity, by id, with what is taught.
    pub fn all_entities(&self) -> Vec<&KnownEntity<'static>> {
        let taught = self.layer.iter().flat_map(|layer| &layer.taught);
        let compiled = (0..).map_while(|at| self.at(at).filter(|_| (at as usize) < self.entities().len()));
        let mut all: Vec<_> = compiled.chain(taught).collect();
        all.sort_by_key(|entity| entity.id);
        all
    }

    pub(crate) fn at(&self, position: u32) -> Option<&KnownEntity<'static>> {
        if let Some(layer) = &self.layer
            && let Some(entity) = layer.at(position, self.compiled.table.entities.len())
        {
            return Some(entity);
        }
        self.compiled.table.entities.get(position as usize)
    }

    /// What a whole surface may mean, in any spelling that folds to the same.
    pub fn look_up(&self, surface: &str) -> impl Iterator<Item = (&KnownEntity<'static>, SurfaceKind)> {
        let key = table::key(&table::key_words(surface));
        self.candidates_of(&key).iter().filter_map(|c| Some((self.at(c.entity)?, c.kind)))
    }

    /// Every surface that names or describes an entity, in its comparison form, with what it may mean. Demonyms are no names.
    pub fn surfaces(&self, mut visit: impl FnMut(&str, &KnownEntity<'static>)) {
        let mut visit_all = |surface: &str, meanings: &[Candidate]| {
            let meanings = meanings.iter().filter(|meaning| meaning.kind != SurfaceKind::Demonym);
            meanings.filter_map(|meaning| self.at(meaning.entity)).for_each(|entity| visit(surface, entity));
        };
        let mut surfaces = self.compiled.surfaces.stream();
        while let Some((surface, value)) = surfaces.next() {
            let Ok(surface) = std::str::from_utf8(surface) else { continue };
            // What is taught has all of a surface's meanings.
            if self.layer.as_ref().is_none_or(|layer| layer.candidates_of(surface).is_none()) {
                visit_all(surface, self.compiled.list(value));
            }
        }
        for surface in self.layer.iter().flat_map(|layer| layer.keys()) {
            visit_all(&surface, self.candidates_of(&surface));
        }
    }

    fn candidates_of(&self, key: &str) -> &[Candidate] {
        let taught = self.layer.as_ref().and_then(|layer| layer.candidates_of(key));
        taught.unwrap_or_else(|| self.compiled.candidates_of(key))
    }

    /// Whether a folded word is one that an attached particle may stand before: names begin with it, or the word lists
    /// have it.
    pub(crate) fn is_word(&self, folded: &str) -> bool {
        let word = key_word(folded);
        self.compiled.words.contains(&*word)
            || self.layer.as_ref().is_some_and(|layer| layer.words.contains(&*word))
    }

    /// Whether something that is taught begins with a folded word.
    pub(crate) fn begins_taught(&self, folded: &str) -> bool {
        self.layer.as_ref().is_some_and(|layer| layer.heads.contains(&*key_word(folded)))
    }

    /// Whether anything is taught.
    pub(crate) fn is_taught(&self) -> bool {
        self.layer.is_some()
    }

    /// A walk over the index, word by word.
    pub(crate) fn walk(&self) -> Walk<'_> {
        let compiled = Path::new(self.compiled.surfaces.as_fst());
        let taught = self.layer.as_ref().map(|layer| Path::new(layer.surfaces.as_fst()));
        Walk { knowledge: self, compiled, taught, last: None }
    }

    /// The capital of a country.
    pub fn capital_of(&self, country: &str) -> Option<&KnownEntity<'static>> {
        self.at(*self.compiled.capital_of.get(country)?)
    }

    /// The country that a place is the capital of.
    pub fn country_of_capital(&self, place: &str) -> Option<&KnownEntity<'static>> {
        self.at(*self.compiled.country_of_capital.get(place)?)
    }

    /// All offices.
    pub fn offices(&self) -> &[Office<'static>] {
        self.held().all()
    }

    fn held(&self) -> &offices::Offices {
        self.layer.as_ref().and_then(|layer| layer.offices.as_ref()).unwrap_or(&self.compiled.offices)
    }

    /// The offices whose titles begin with a folded word.
    pub(crate) fn offices_titled(&self, first: &str) -> &[TitledOffice] {
        self.held().titled(first)
    }

    /// Who holds the offices of that kind and body on a day. Without a day, who holds them now.
    pub fn holders(&self, kind: &str, body: &str, day: Option<Date>) -> Vec<&KnownEntity<'static>> {
        let offices = self.offices().iter().filter(|office| office.kind == kind && office.body == body);
        offices.flat_map(|office| self.holders_of(office, day)).collect()
    }

    /// Who holds an office on a day. Without a day, who holds it now. On the day of a change both do.
    pub fn holders_of(&self, office: &Office<'_>, day: Option<Date>) -> Vec<&KnownEntity<'static>> {
        let holders = office.holders.iter().filter(|holder| holder.holds(day));
        holders.filter_map(|holder| self.by_id(holder.person)).collect()
    }

    /// The outlet of a web address or host name: that of the longest domain of it that is known.
    ///
    /// ```
    /// let knowledge = marsad_extract::knowledge::get();
    /// let outlet = knowledge.media_of_url("https://www.aljazeera.net/news/2024/1/24/x").unwrap();
    /// assert_eq!(outlet.id, "aljazeera");
    /// ```
    pub fn media_of_url(&self, url: &str) -> Option<&KnownEntity<'static>> {
        let host = match url::Url::parse(url) {
            Ok(parsed) => parsed.host_str()?.to_owned(),
            Err(_) => url.split('/').next()?.to_owned(),
        };
        let host = host.to_lowercase();
        let mut domain = host.as_str();
        loop {
            if let Ok(at) = self.compiled.table.domains.binary_search_by_key(&domain, |(domain, _)| domain) {
                return self.compiled.table.domains.get(at).and_then(|(_, media)| self.at(*media));
            }
            domain = domain.split_once('.')?.1;
        }
    }

    /// The outlet with that name: any of its names, with or without a descriptor such as صحيفة, in any spelling.
    pub fn media_of_name(&self, name: &str) -> Option<&KnownEntity<'static>> {
        let media = |words: &[String]| {
            self.candidates_of(&table::key(words))
                .iter()
                .filter_map(|c| self.at(c.entity))
                .find(|entity| entity.entity_type == EntityType::Media)
        };
        let words = table::key_words(name);
        media(&words).or_else(|| media(words.get(1..)?))
    }
}

impl Holder<'_> {
    /// Whether the term covers a day, or is open where no day is given. Dates of less than a day cover all of it.
    fn holds(&self, day: Option<Date>) -> bool {
        let Some(day) = day else { return self.to.is_empty() };
        let day = day.to_string();
        // ISO dates compare as text; `2024` as a first day is before 2024-01-01, as a last day it must cover the year.
        self.from <= day.as_str()
            && (self.to.is_empty() || self.to >= day.get(..self.to.len()).unwrap_or(&day))
    }
}

/// A place in an index of surfaces.
#[derive(Debug, Clone)]
struct Path {
    node: Option<CompiledAddr>,
    output: u64,
}

impl Path {
    fn new<D: AsRef<[u8]>>(index: &Fst<D>) -> Self {
        Self { node: Some(index.root().addr()), output: 0 }
    }

    /// No surface goes on so.
    const fn ended() -> Self {
        Self { node: None, output: 0 }
    }

    fn feed<D: AsRef<[u8]>>(&mut self, index: &Fst<D>, text: &str) {
        for byte in text.bytes() {
            let Some(address) = self.node else { return };
            let node = index.node(address);
            self.node = node.find_input(byte).map(|at| {
                let transition = node.transition(at);
                self.output += transition.out.value();
                transition.addr
            });
        }
    }

    /// The value of the surface that ends here.
    fn value<D: AsRef<[u8]>>(&self, index: &Fst<D>) -> Option<u64> {
        let node = index.node(self.node?);
        node.is_final().then(|| Output::new(self.output).cat(node.final_output()).value())
    }
}

/// A place in the indexes of surfaces, reached word by word.
#[derive(Debug, Clone)]
pub(crate) struct Walk<'k> {
    knowledge: &'k Knowledge,
    compiled: Path,
    taught: Option<Path>,
    /// The word before, `عبد` or any other; `None` at the beginning.
    last: Option<&'static str>,
}

impl<'k> Walk<'k> {
    /// Goes on by one folded word. `false` where no surface goes on so; the walk is over then.
    pub(crate) fn step(&mut self, folded: &str) -> bool {
        let word = key_word(folded);
        match self.last {
            None => {
                // Most words begin no surface.
                if !self.knowledge.compiled.heads.contains(&*word) {
                    self.compiled = Path::ended();
                }
            }
            Some(last) => self.feed(table::separator(last, &word)),
        }
        self.feed(&word);
        self.last = Some(if word == "عبد" { "عبد" } else { "" });
        self.compiled.node.is_some() || self.taught.as_ref().is_some_and(|taught| taught.node.is_some())
    }

    fn feed(&mut self, text: &str) {
        self.compiled.feed(self.knowledge.compiled.surfaces.as_fst(), text);
        if let (Some(taught), Some(layer)) = (&mut self.taught, &self.knowledge.layer) {
            taught.feed(layer.surfaces.as_fst(), text);
        }
    }

    /// What the words so far mean, if they are a whole surface.
    pub(crate) fn meanings(&self) -> &'k [Candidate] {
        if let (Some(taught), Some(layer)) = (&self.taught, &self.knowledge.layer)
            && let Some(value) = taught.value(layer.surfaces.as_fst())
        {
            return layer.list(value);
        }
        let compiled = self.knowledge.compiled;
        compiled.value_list(&self.compiled)
    }
}

#[cfg(test)]
mod tests;
