//! What is taught beside the compiled knowledge: entities, their names, and who holds an office.
//!
//! The compiled knowledge with what was taught over it is an *overlay*. Its revision grows by one with every change. The facts are
//! laid over the knowledge in order of their teaching: of two that speak of the same the later one counts, and where that is undone
//! the earlier one counts again.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::id::{EntityId, TeachingId, identity_text};
use crate::ontology::{AliasKind, EntityType};

/// Longest name that can be taught, in bytes of UTF-8.
pub const MAX_NAME_BYTES: usize = 256;

/// An entity as it is taught: as a whole, also where the knowledge has it already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaughtEntity {
    /// Its id: that of an entity which is corrected, else a new slug.
    pub id: EntityId,
    /// What it is.
    pub entity_type: EntityType,
    /// Its name in Arabic newspapers; a surface of it, too.
    pub name: String,
    /// Its name in English.
    pub name_en: Option<String>,
    /// Its Wikidata QID.
    pub wikidata: Option<String>,
    /// The country that it belongs to.
    pub country: Option<EntityId>,
    /// The entity that it acts for.
    pub rollup: Option<EntityId>,
}

/// A term in an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaughtTerm {
    /// The office: one of the knowledge, or a new slug.
    pub office: String,
    /// The title in Arabic with the body's name or demonym; needed for a new office alone.
    pub title: Option<String>,
    /// The country or organization that it is an office of; needed for a new office alone.
    pub body: Option<EntityId>,
    /// Who holds it.
    pub person: EntityId,
    /// First day: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; `None` where it is not known.
    pub from: Option<String>,
    /// Last day, in the same form; `None` while it lasts.
    pub to: Option<String>,
}

/// One thing that is taught.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// There is this entity, and it is so.
    Entity(TaughtEntity),
    /// No surface refers to this entity any more.
    NoEntity {
        /// The entity.
        entity: EntityId,
    },
    /// This surface refers to this entity.
    Alias {
        /// The entity.
        entity: EntityId,
        /// The surface, in any spelling.
        surface: String,
        /// How it refers.
        kind: AliasKind,
    },
    /// This surface does not refer to this entity.
    NoAlias {
        /// The entity.
        entity: EntityId,
        /// The surface, in any spelling.
        surface: String,
    },
    /// This person held this office in this time. Takes the place of every term of the person in the office that it overlaps.
    Term(TaughtTerm),
    /// This person never held this office.
    NoTerm {
        /// The office.
        office: String,
        /// The person.
        person: EntityId,
    },
}

impl Fact {
    /// The stable name of what kind of fact it is.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Entity(_) => "entity",
            Self::NoEntity { .. } => "no_entity",
            Self::Alias { .. } => "alias",
            Self::NoAlias { .. } => "no_alias",
            Self::Term(_) => "term",
            Self::NoTerm { .. } => "no_term",
        }
    }

    /// The id of teaching this: the same however often it is taught.
    pub fn id(&self) -> TeachingId {
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        let entity = |id: &Option<EntityId>| id.as_ref().map(|id| id.0.clone()).unwrap_or_default();
        let fields = match self {
            Self::Entity(e) => vec![
                e.id.0.clone(),
                e.entity_type.as_str().to_owned(),
                e.name.clone(),
                optional(&e.name_en),
                optional(&e.wikidata),
                entity(&e.country),
                entity(&e.rollup),
            ],
            Self::NoEntity { entity } => vec![entity.0.clone()],
            Self::Alias { entity, surface, kind } => {
                vec![entity.0.clone(), surface.clone(), kind.as_str().to_owned()]
            }
            Self::NoAlias { entity, surface } => vec![entity.0.clone(), surface.clone()],
            Self::Term(t) => vec![
                t.office.clone(),
                optional(&t.title),
                entity(&t.body),
                t.person.0.clone(),
                optional(&t.from),
                optional(&t.to),
            ],
            Self::NoTerm { office, person } => vec![office.clone(), person.0.clone()],
        };
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        TeachingId::new(self.kind(), &fields)
    }

    /// The fact with its texts in Unicode NFC and single spaces, if what it says by itself can be: lengths, forms of ids and dates.
    /// Whether what it refers to exists is for the overlay to say.
    ///
    /// # Errors
    /// The first field that is wrong, by its name in the calls that teach.
    pub fn checked(mut self) -> Result<Self, Error> {
        match &mut self {
            Self::Entity(e) => {
                slug("entity.id", &e.id.0)?;
                name("entity.name", &mut e.name)?;
                if let Some(name_en) = &mut e.name_en {
                    name("entity.name_en", name_en)?;
                }
                if let Some(qid) = &e.wikidata
                    && !(qid
                        .strip_prefix('Q')
                        .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())))
                {
                    return Err(bad(
                        "entity.wikidata",
                        format!("`{qid}` is no Wikidata id; Q and digits are"),
                    ));
                }
                if e.rollup.as_ref() == Some(&e.id) {
                    return Err(bad("entity.rollup_id", "an entity cannot act for itself; leave it out"));
                }
            }
            Self::Alias { entity, surface, .. } | Self::NoAlias { entity, surface } => {
                id("alias.entity_id", &entity.0)?;
                name("alias.surface", surface)?;
            }
            Self::NoEntity { entity } => id("entity_id", &entity.0)?,
            Self::Term(t) => {
                slug("office.office_id", &t.office)?;
                id("office.person_id", &t.person.0)?;
                if let Some(title) = &mut t.title {
                    name("office.title", title)?;
                }
                for (field, day) in [("office.from", &t.from), ("office.to", &t.to)] {
                    if let Some(day) = day.as_deref().filter(|day| first_day(day).is_none()) {
                        return Err(bad(
                            field,
                            format!("`{day}` is no date; YYYY, YYYY-MM or YYYY-MM-DD is"),
                        ));
                    }
                }
                // Of less than a day the whole is meant: 2024 to 2024-03 is three months.
                let after = |from: &str, to: &str| from.get(..to.len()).unwrap_or(from) > to;
                if let (Some(from), Some(to)) = (&t.from, &t.to)
                    && after(from, to)
                {
                    return Err(bad("office.to", format!("the term ends ({to}) before it begins ({from})")));
                }
            }
            Self::NoTerm { office, person } => {
                slug("office_id", office)?;
                id("person_id", &person.0)?;
            }
        }
        Ok(self)
    }
}

/// The first day of a date of four, seven or ten characters.
pub fn first_day(text: &str) -> Option<Date> {
    let full = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        _ => return None,
    };
    full.parse().ok()
}

fn bad(field: &str, problem: impl Into<String>) -> Error {
    Error::field(field, "TEACHING_INVALID", problem)
}

fn name(field: &str, text: &mut String) -> Result<(), Error> {
    *text = identity_text(text);
    let problem = if text.is_empty() {
        "is empty; a name is needed".to_owned()
    } else if text.len() > MAX_NAME_BYTES {
        format!("has {} bytes; {MAX_NAME_BYTES} are allowed", text.len())
    } else if text.chars().any(char::is_control) {
        "holds control characters; a name has none".to_owned()
    } else {
        return Ok(());
    };
    Err(bad(field, problem))
}

fn id(field: &str, text: &str) -> Result<(), Error> {
    if text.is_empty() || text.len() > MAX_NAME_BYTES || text.chars().any(char::is_control) {
        return Err(bad(field, format!("must be an id of 1 to {MAX_NAME_BYTES} bytes")));
    }
    Ok(())
}

/// Ids of the knowledge: ISO codes and slugs. A colon is in ids of entities that are local to an article or made of their name.
fn slug(field: &str, text: &str) -> Result<(), Error> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    if text.is_empty() || text.len() > MAX_NAME_BYTES || !text.bytes().all(fits) {
        let problem = format!("`{text}` is no id; letters, digits, `-`, `.` and `_` of ASCII are");
        return Err(bad(field, problem));
    }
    Ok(())
}

/// Something that was taught and not undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Teaching {
    /// Made from the fact.
    pub id: TeachingId,
    /// The revision of the overlay that it made.
    pub revision: u64,
    /// What is taught.
    pub fact: Fact,
    /// When, in microseconds since 1970.
    pub taught_at: i64,
}

/// Which articles a change of the overlay can concern: no analysis of another one changes by it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Folded words: an article whose text, title or outlet has all words of one of the lists, each as a part of its folded text.
    pub words: Vec<Vec<String>>,
    /// An article whose analysis refers to one of these.
    pub entities: Vec<EntityId>,
}

impl Reach {
    /// Whether no article is concerned.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.entities.is_empty()
    }

    /// Whether a folded text has all words of one of the lists.
    pub fn has_words(&self, folded: &str) -> bool {
        self.words.iter().any(|words| words.iter().all(|word| folded.contains(word.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity() -> TaughtEntity {
        TaughtEntity {
            id: EntityId::known("new-party"),
            entity_type: EntityType::Organization,
            name: " حزب  الغد ".to_owned(),
            name_en: None,
            wikidata: None,
            country: None,
            rollup: None,
        }
    }

    fn term(from: Option<&str>, to: Option<&str>) -> Fact {
        Fact::Term(TaughtTerm {
            office: "iq-pm".to_owned(),
            title: None,
            body: None,
            person: EntityId::known("somebody"),
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
        })
    }

    #[test]
    fn names_are_normalised() {
        let Fact::Entity(checked) = Fact::Entity(entity()).checked().unwrap() else { panic!() };
        assert_eq!(checked.name, "حزب الغد");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let with = |change: fn(&mut TaughtEntity)| {
            let mut entity = entity();
            change(&mut entity);
            Fact::Entity(entity)
        };
        for (fact, field) in [
            (with(|e| e.id.0.clear()), "entity.id"),
            (with(|e| e.id.0 = "x:1".to_owned()), "entity.id"),
            (with(|e| e.name = " ".to_owned()), "entity.name"),
            (with(|e| e.name = "ا".repeat(200)), "entity.name"),
            (with(|e| e.name_en = Some("\u{1}".to_owned())), "entity.name_en"),
            (with(|e| e.wikidata = Some("12".to_owned())), "entity.wikidata"),
            (with(|e| e.rollup = Some(e.id.clone())), "entity.rollup_id"),
            (term(Some("2024-13"), None), "office.from"),
            (term(None, Some("yesterday")), "office.to"),
            (term(Some("2024-05"), Some("2023")), "office.to"),
        ] {
            assert_eq!(fact.clone().checked().unwrap_err().violations[0].field, field, "{fact:?}");
        }
        assert!(term(Some("2024-05-07"), Some("2024-05")).checked().is_ok());
        assert!(term(Some("2024"), Some("2024-03-01")).checked().is_ok());
    }

    #[test]
    fn one_fact_has_one_id() {
        assert_eq!(term(Some("2024"), None).id(), term(Some("2024"), None).id());
        assert_ne!(term(Some("2024"), None).id(), term(None, Some("2024")).id());
        assert_ne!(
            Fact::NoEntity { entity: EntityId::known("a") }.id(),
            Fact::NoAlias { entity: EntityId::known("a"), surface: String::new() }.id()
        );
    }
}
