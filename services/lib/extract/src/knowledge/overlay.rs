//! The compiled knowledge with what was taught laid over it, fact by fact in order of their teaching.
//!
//! What is derived from the compiled knowledge as a whole stays as it is: the words of known persons' names, sports clubs, the
//! institutions of states, and what a page's furniture is told by. A taught person is found by name, and in an article that gives the
//! name in full by the surname; a taught institution by its surfaces.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use marsad_model::ontology::{AliasKind, EntityType};
use marsad_model::teaching::{Fact, Reach, TaughtEntity, TaughtTerm, Teaching};
use marsad_model::{AnalysisVersion, EntityId, Error, TeachingId};
use rustc_hash::FxHashMap;

use super::layer::{Layer, Parts, intern};
use super::offices::Offices;
use super::table::{Candidate, Holder, KnownEntity, Office, SurfaceKind, key, key_words};
use super::{COMPILED, Knowledge, reach};
use crate::{VERSION, lexicon, names};

/// Most words of a surface: longer ones are not looked for.
pub(crate) const LONGEST_SURFACE: usize = 14;

/// What is known, with what was taught. Cheap to ask, a few milliseconds for a thousand facts to make.
#[derive(Debug)]
pub struct Overlay {
    revision: u64,
    knowledge: Knowledge,
}

/// A fact that does not hold over the compiled knowledge and the facts before it, and so is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Which.
    pub teaching: TeachingId,
    /// Why.
    pub error: Error,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.teaching, self.error)
    }
}

impl Default for Overlay {
    fn default() -> Self {
        Self { revision: 0, knowledge: Knowledge::compiled() }
    }
}

impl Overlay {
    /// The overlay of a revision from all that is taught in it, in order of teaching, and what of it does not hold. The same facts give the
    /// same overlay wherever it is made; what a newer compiled knowledge contradicts is left out, not an error.
    ///
    /// ```
    /// use marsad_extract::knowledge::Overlay;
    /// use marsad_model::ontology::AliasKind;
    /// use marsad_model::teaching::{Fact, Teaching};
    /// use marsad_model::EntityId;
    /// let fact = Fact::Alias { entity: EntityId::known("IQ"), surface: "أرض السواد".into(), kind: AliasKind::Nominal };
    /// let teaching = Teaching { id: fact.id(), revision: 1, fact, taught_at: 0 };
    /// let (overlay, left_out) = Overlay::new(1, &[teaching]);
    /// assert!(left_out.is_empty());
    /// let meanings: Vec<_> = overlay.knowledge().look_up("ارض السّواد").map(|(entity, _)| entity.id).collect();
    /// assert_eq!(meanings, ["IQ"]);
    /// ```
    pub fn new(revision: u64, teachings: &[Teaching]) -> (Self, Vec<LeftOut>) {
        let mut draft = Draft::default();
        let mut left_out = Vec::new();
        for teaching in teachings {
            if let Err(error) = draft.add(&teaching.fact) {
                left_out.push(LeftOut { teaching: teaching.id, error });
            }
        }
        (Self { revision, knowledge: draft.finish() }, left_out)
    }

    /// How often what is taught has changed.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What makes an analysis with this overlay.
    pub fn version(&self) -> AnalysisVersion {
        AnalysisVersion { overlay: self.revision, ..VERSION }
    }

    /// What is known.
    pub fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    /// Which articles can be analysed otherwise with `after` than with this: all others are analysed alike.
    pub fn reach(&self, after: &Self) -> Reach {
        reach::between(&self.knowledge, &after.knowledge)
    }

    /// Names, descriptions and demonyms of an entity as they are compared, with how they refer to it, in order.
    pub fn surfaces(&self, entity: &EntityId) -> Vec<(String, SurfaceKind)> {
        reach::surfaces_of(&self.knowledge, entity.as_str())
    }
}

/// The meanings of a surface, by entity.
type Meanings = BTreeMap<(&'static str, SurfaceKind), bool>;

/// An overlay that is being made.
#[derive(Default)]
struct Draft {
    /// Entities that are taught or corrected.
    entities: BTreeMap<&'static str, KnownEntity<'static>>,
    /// The meanings of surfaces that facts speak of, those of the compiled knowledge among them.
    surfaces: BTreeMap<String, Meanings>,
    offices: Option<Vec<Office<'static>>>,
}

impl Draft {
    fn add(&mut self, fact: &Fact) -> Result<(), Error> {
        match fact {
            Fact::Entity(entity) => self.entity(entity),
            Fact::NoEntity { entity } => {
                let id = self.known("entity_id", entity)?.id;
                for surface in reach::compiled_surfaces_of(id) {
                    self.meanings(surface.clone());
                }
                for meanings in self.surfaces.values_mut() {
                    meanings.retain(|(entity, _), _| *entity != id);
                }
                Ok(())
            }
            Fact::Alias { entity, surface, kind } => {
                let id = self.known("alias.entity_id", entity)?.id;
                let key = surface_key("alias.surface", surface)?;
                self.refer(key, id, surface_kind(*kind));
                Ok(())
            }
            Fact::NoAlias { entity, surface } => {
                let id = self.known("alias.entity_id", entity)?.id;
                let meanings = self.meanings(key(&key_words(surface)));
                let before = meanings.len();
                meanings.retain(|(entity, _), _| *entity != id);
                if meanings.len() == before {
                    let problem = format!("`{surface}` does not refer to `{id}`; GetEntity lists what does");
                    return Err(Error::field("alias.surface", "SURFACE_UNKNOWN", problem));
                }
                Ok(())
            }
            Fact::Term(term) => self.term(term),
            Fact::NoTerm { office, person } => {
                let id = self.known("person_id", person)?.id;
                let unknown = || {
                    let problem = format!("`{id}` has no term in the office `{office}`");
                    Error::field("office_id", "TERM_UNKNOWN", problem)
                };
                let office = self.office(office).ok_or_else(unknown)?;
                if !office.holders.iter().any(|holder| holder.person == id) {
                    return Err(unknown());
                }
                office.holders.retain(|holder| holder.person != id);
                Ok(())
            }
        }
    }

    fn entity(&mut self, entity: &TaughtEntity) -> Result<(), Error> {
        let key = surface_key("entity.name", &entity.name)?;
        let country = entity.country.as_ref().map(|country| {
            let known = self.known("entity.country_id", country)?;
            match names::is_country(known) {
                true => Ok(known.id),
                false => Err(Error::field(
                    "entity.country_id",
                    "COUNTRY_UNKNOWN",
                    format!("`{country}` is no country; an ISO 3166 code is"),
                )),
            }
        });
        // A country is its own.
        let own = entity.country.as_ref() == Some(&entity.id);
        let country = if own { Some(intern(entity.id.as_str())) } else { country.transpose()? };
        let rollup = entity.rollup.as_ref().map(|above| self.known("entity.rollup_id", above)).transpose()?;
        let rollup = rollup.map(|above| above.id);
        self.check_no_loop(entity.id.as_str(), rollup)?;
        let (population, start) =
            self.by_id(entity.id.as_str()).map_or((0, None), |known| (known.population, known.start));
        let id = intern(entity.id.as_str());
        let known = KnownEntity {
            id,
            entity_type: entity.entity_type,
            name: intern(&entity.name),
            name_en: entity.name_en.as_deref().map(intern),
            wikidata: entity.wikidata.as_deref().map(intern),
            country,
            rollup,
            population,
            start,
        };
        self.entities.insert(id, known);
        self.refer(key, id, SurfaceKind::Name);
        Ok(())
    }

    /// Whoever acts for another must not, over others, act for itself.
    fn check_no_loop(&self, id: &str, rollup: Option<&'static str>) -> Result<(), Error> {
        let mut path = vec![id];
        let mut above = rollup;
        while let Some(next) = above {
            path.push(next);
            if path.iter().filter(|step| **step == next).count() > 1 {
                let problem = format!("`{id}` would act for itself: {}", path.join(" → "));
                return Err(Error::field("entity.rollup_id", "ROLLUP_LOOP", problem));
            }
            above = self.by_id(next).and_then(|entity| entity.rollup);
        }
        Ok(())
    }

    fn term(&mut self, term: &TaughtTerm) -> Result<(), Error> {
        let person = self.known("office.person_id", &term.person)?;
        if person.entity_type != EntityType::Person {
            let problem = format!("`{}` is no PERSON but {}", person.id, person.entity_type);
            return Err(Error::field("office.person_id", "PERSON_UNKNOWN", problem));
        }
        let (person, id) = (person.id, intern(&term.office));
        if self.office(id).is_none() {
            let office = self.new_office(id, term)?;
            self.offices.get_or_insert_default().push(office);
        }
        let Some(office) = self.office(id) else { return Ok(()) };
        let text = |day: &Option<String>| day.as_deref().map_or("", intern);
        let holder = Holder { person, from: text(&term.from), to: text(&term.to) };
        office.holders.retain(|other| other.person != person || !overlap(other, &holder));
        // The last of several who held it on a day counts.
        office.holders.push(holder);
        Ok(())
    }

    fn new_office(&self, id: &'static str, term: &TaughtTerm) -> Result<Office<'static>, Error> {
        let missing = |field: &str| {
            let problem = format!("the office `{id}` is not known: title and body are needed to make it");
            Error::field(field, "OFFICE_UNKNOWN", problem)
        };
        let title = term.title.as_deref().ok_or_else(|| missing("office.title"))?;
        let body = term.body.as_ref().ok_or_else(|| missing("office.body_id"))?;
        let body = self.known("office.body_id", body)?.id;
        let words = super::offices::title_words(title);
        if !words.first().is_some_and(|first| names::opens_title(first)) {
            let problem =
                format!("no title begins with the first word of `{title}`, so it would never be found");
            return Err(Error::field("office.title", "TITLE_UNKNOWN", problem));
        }
        Ok(Office { id, title: intern(title), body, kind: "", holders: Vec::new() })
    }

    /// An office, for changing it.
    fn office(&mut self, id: &str) -> Option<&mut Office<'static>> {
        let offices = self.offices.get_or_insert_with(|| COMPILED.offices.all().to_vec());
        offices.iter_mut().find(|office| office.id == id)
    }

    fn by_id(&self, id: &str) -> Option<&KnownEntity<'static>> {
        self.entities.get(id).or_else(|| super::get().by_id(id))
    }

    fn known(&self, field: &str, id: &EntityId) -> Result<&KnownEntity<'static>, Error> {
        self.by_id(id.as_str()).ok_or_else(|| {
            let problem =
                format!("there is no entity `{id}`; teach it first, or find its id by SearchEntities");
            Error::field(field, "ENTITY_UNKNOWN", problem)
        })
    }

    /// Lets a surface refer to an entity in one way.
    fn refer(&mut self, key: String, id: &'static str, kind: SurfaceKind) {
        let meanings = self.meanings(key);
        let ambiguous =
            meanings.iter().any(|((_, kind), ambiguous)| *ambiguous && *kind != SurfaceKind::Demonym);
        meanings.retain(|(entity, _), _| *entity != id);
        meanings.insert((id, kind), ambiguous && kind != SurfaceKind::Demonym);
    }

    fn meanings(&mut self, key: String) -> &mut Meanings {
        self.surfaces.entry(key).or_insert_with_key(|key| {
            let compiled = super::get();
            let named = |c: &Candidate| Some(((compiled.at(c.entity)?.id, c.kind), c.ambiguous));
            compiled.candidates_of(key).iter().filter_map(named).collect()
        })
    }

    fn finish(self) -> Knowledge {
        let compiled = super::get();
        if self.entities.is_empty() && self.surfaces.is_empty() && self.offices.is_none() {
            return Knowledge::compiled();
        }
        let mut parts = Parts::default();
        for (id, entity) in self.entities {
            match compiled.position(id) {
                Some(position) => _ = parts.corrected.insert(position, entity),
                None => parts.taught.push(entity),
            }
        }
        let first = u32::try_from(compiled.entities().len()).unwrap_or(u32::MAX);
        let taught: FxHashMap<&str, u32> = parts.taught.iter().map(|entity| entity.id).zip(first..).collect();
        for (key, meanings) in self.surfaces {
            let candidates = meanings.into_iter().filter_map(|((id, kind), ambiguous)| {
                let entity = compiled.position(id).or_else(|| taught.get(id).copied())?;
                Some(Candidate { entity, kind, ambiguous })
            });
            let candidates: BTreeSet<Candidate> = candidates.collect();
            let first = key.split(' ').next().unwrap_or("");
            if candidates.iter().any(|c| !c.ambiguous)
                && first.chars().nth(1).is_some()
                && !compiled.is_word(first)
            {
                parts.words.insert(first.to_owned());
            }
            parts.surfaces.insert(key, candidates);
        }
        parts.offices = self.offices.map(Offices::new);
        // An index of sorted keys in memory: nothing of it can fail.
        let layer = Layer::new(parts, compiled.entities().len()).ok().map(Box::new);
        Knowledge { compiled: &COMPILED, layer }
    }
}

fn surface_kind(kind: AliasKind) -> SurfaceKind {
    match kind {
        AliasKind::Name => SurfaceKind::Name,
        AliasKind::Nominal => SurfaceKind::Nominal,
        AliasKind::Pejorative => SurfaceKind::Pejorative,
        AliasKind::Demonym => SurfaceKind::Demonym,
    }
}

/// The key of a surface that can be found in a text.
fn surface_key(field: &str, surface: &str) -> Result<String, Error> {
    let words = key_words(surface);
    let bad = |reason, problem: String| Err(Error::field(field, reason, problem));
    let letters: usize = words.iter().map(|word| word.chars().filter(|c| c.is_alphabetic()).count()).sum();
    if letters < 2 {
        return bad("SURFACE_TOO_SHORT", format!("`{surface}` has fewer than two letters"));
    }
    if words.len() > LONGEST_SURFACE {
        return bad(
            "SURFACE_TOO_LONG",
            format!("has {} words; {LONGEST_SURFACE} are looked for", words.len()),
        );
    }
    if words.iter().all(|word| lexicon::get().is_function_word(word)) {
        return bad(
            "SURFACE_FUNCTION_WORD",
            format!(
                "`{surface}` is nothing but words that take no part in names; a name has another word in it"
            ),
        );
    }
    Ok(key(&words))
}

/// Whether two terms have a day in common. Dates of less than a day cover all of it.
fn overlap(a: &Holder<'_>, b: &Holder<'_>) -> bool {
    // `~` sorts behind digits and hyphens: the end of a year or month is behind all of its days, an open end behind all.
    let begins_by = |from: &str, to: &str| from <= format!("{to}~").as_str();
    begins_by(a.from, b.to) && begins_by(b.from, a.to)
}
