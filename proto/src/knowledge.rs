//! What is taught and judged, both ways.

use marsad_model::ontology::AliasKind;
use marsad_model::teaching::{Fact, TaughtEntity, TaughtTerm, Teaching};
use marsad_model::{Entity, EntityId, Error, JudgedEvent, Judgement, Verdict};

use crate::analysis::entity;
use crate::{timestamp_from_micros, v1};

fn missing(field: &str) -> Error {
    Error::field(field, "FIELD_MISSING", "is missing")
}

/// White space alone is nothing.
fn optional(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn optional_id(text: Option<String>) -> Option<EntityId> {
    optional(text).map(EntityId)
}

/// Reads an entity that is taught.
///
/// # Errors
/// A field that is wrong by itself.
pub fn read_entity(request: v1::TeachEntityRequest) -> Result<Fact, Error> {
    let taught = request.entity.ok_or_else(|| missing("entity"))?;
    let entity_type =
        v1::EntityType::read(taught.r#type, "entity.type")?.ok_or_else(|| missing("entity.type"))?;
    let fact = Fact::Entity(TaughtEntity {
        id: EntityId(taught.id),
        entity_type,
        name: taught.name,
        name_en: optional(taught.name_en),
        wikidata: optional(taught.wikidata_id),
        country: optional_id(request.country_id),
        rollup: optional_id(taught.rollup_id),
    });
    fact.checked()
}

/// Reads a surface that is taught.
///
/// # Errors
/// A field that is wrong by itself.
pub fn read_alias(request: v1::TeachAliasRequest) -> Result<Fact, Error> {
    let kind = v1::AliasKind::read(request.kind, "alias.kind")?.unwrap_or(AliasKind::Name);
    Fact::Alias { entity: EntityId(request.entity_id), surface: request.surface, kind }.checked()
}

/// Reads a term in an office that is taught.
///
/// # Errors
/// A field that is wrong by itself.
pub fn read_term(request: v1::TeachOfficeRequest) -> Result<Fact, Error> {
    let term = request.term.ok_or_else(|| missing("office"))?;
    let fact = Fact::Term(TaughtTerm {
        office: term.office_id,
        title: optional(term.title),
        body: optional_id(term.body_id),
        person: EntityId(term.person_id),
        from: optional(term.from),
        to: optional(term.to),
    });
    fact.checked()
}

/// A term in an office.
pub fn term(term: &TaughtTerm) -> v1::OfficeTerm {
    v1::OfficeTerm {
        office_id: term.office.clone(),
        title: term.title.clone(),
        body_id: term.body.as_ref().map(|body| body.0.clone()),
        person_id: term.person.0.clone(),
        from: term.from.clone(),
        to: term.to.clone(),
    }
}

/// Something that is taught; `left_out` says why it does not count, if it does not.
pub fn teaching(teaching: &Teaching, left_out: Option<String>) -> v1::Teaching {
    use v1::teaching::Fact as Wire;
    let fact = match &teaching.fact {
        Fact::Entity(taught) => Wire::Entity(v1::KnownEntity {
            entity: Some(entity(&Entity {
                id: taught.id.clone(),
                entity_type: taught.entity_type,
                name: taught.name.clone(),
                name_en: taught.name_en.clone(),
                wikidata: taught.wikidata.clone(),
                rollup: taught.rollup.clone(),
            })),
            country_id: taught.country.as_ref().map(|country| country.0.clone()),
            ..Default::default()
        }),
        Fact::NoEntity { entity } => Wire::WithdrawnEntityId(entity.0.clone()),
        Fact::Alias { entity, surface, kind } => Wire::Alias(v1::TaughtAlias {
            entity_id: entity.0.clone(),
            surface: surface.clone(),
            kind: v1::AliasKind::from(*kind).into(),
        }),
        Fact::NoAlias { entity, surface } => {
            Wire::WithdrawnAlias(v1::WithdrawnAlias { entity_id: entity.0.clone(), surface: surface.clone() })
        }
        Fact::Term(taught) => Wire::Term(term(taught)),
        Fact::NoTerm { office, person } => {
            Wire::WithdrawnTerm(v1::WithdrawnTerm { office_id: office.clone(), person_id: person.0.clone() })
        }
    };
    v1::Teaching {
        id: teaching.id.to_string(),
        revision: teaching.revision,
        taught_at: Some(timestamp_from_micros(teaching.taught_at)),
        left_out,
        fact: Some(fact),
    }
}

/// A judgement.
pub fn judgement(judgement: &Judgement) -> v1::Judgement {
    let event = |event: &JudgedEvent| v1::EventReference {
        article_id: event.article.to_string(),
        event_id: event.event.to_string(),
    };
    let verdict = match judgement.verdict {
        Verdict::NoEvent(_) => v1::JudgementVerdict::NoEvent,
        Verdict::Same(..) => v1::JudgementVerdict::Same,
        Verdict::Different(..) => v1::JudgementVerdict::Different,
    };
    v1::Judgement {
        id: judgement.id.to_string(),
        sequence: judgement.sequence,
        verdict: verdict.into(),
        events: judgement.verdict.events().iter().map(event).collect(),
        withdrawn: judgement.withdrawn,
        changed_at: Some(timestamp_from_micros(judgement.changed_at)),
    }
}
