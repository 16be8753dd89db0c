//! What the store gives, as messages.

use std::collections::BTreeMap;

use jiff::civil::Date;
use marsad_arabic::search::NameFit;
use marsad_model::limits::MAX_FIELD_BYTES;
use marsad_model::{Entity, EntityId, Error, SpanUnit};
use marsad_proto::analysis::{ToWire, entity};
use marsad_proto::{timestamp_from_micros, v1};
use marsad_store::Prominence;
use marsad_store::record::{
    ArticleHit, ArticleRecord, ArticleState, ArticleSummary, ClaimRecord, EntitySummary, EventHit,
    EventRecord,
};

/// Reads an entity id out of a field of a request.
///
/// # Errors
/// An empty or over-long id.
pub(crate) fn read_entity_id(text: &str, field: &str) -> Result<EntityId, Error> {
    if text.is_empty() || text.len() > MAX_FIELD_BYTES {
        let problem = format!("must have 1 to {MAX_FIELD_BYTES} bytes");
        return Err(Error::field(field, "ID_INVALID", problem));
    }
    Ok(EntityId::known(text))
}

/// The same for a field that may be absent.
pub(crate) fn read_optional_entity(text: Option<&str>, field: &str) -> Result<Option<EntityId>, Error> {
    text.map(|text| read_entity_id(text, field)).transpose()
}

/// Reads modes out of a field of a request: they are an open list, so any that is short enough to be one.
///
/// # Errors
/// An empty or over-long one.
pub(crate) fn read_modes(modes: Vec<String>, field: &str) -> Result<Vec<String>, Error> {
    let bad = |mode: &String| mode.is_empty() || mode.len() > MAX_FIELD_BYTES;
    if modes.iter().any(bad) {
        let problem = format!("each must have 1 to {MAX_FIELD_BYTES} bytes");
        return Err(Error::field(field, "MODE_INVALID", problem));
    }
    Ok(modes)
}

/// The state of the store for a state of the wire; `None` where there is no filter.
pub(crate) fn read_state(number: i32) -> Result<Option<ArticleState>, Error> {
    Ok(match v1::ArticleState::try_from(number) {
        Ok(v1::ArticleState::Unspecified) => None,
        Ok(v1::ArticleState::Analysed) => Some(ArticleState::Analysed),
        Ok(v1::ArticleState::Parked) => Some(ArticleState::Failed),
        Ok(v1::ArticleState::Superseded) => {
            let problem = "only current revisions are listed; GetArticle names the older ones";
            return Err(Error::field("state", "STATE_NOT_LISTED", problem));
        }
        Ok(v1::ArticleState::Pending) => Some(ArticleState::Pending),
        Err(_) => {
            let problem = format!("{number} is no value of marsad.v1.ArticleState");
            return Err(Error::field("state", "ENUM_UNKNOWN", problem));
        }
    })
}

fn state(state: ArticleState) -> i32 {
    let wire = match state {
        ArticleState::Pending => v1::ArticleState::Pending,
        ArticleState::Analysed => v1::ArticleState::Analysed,
        ArticleState::Failed => v1::ArticleState::Parked,
        ArticleState::Superseded => v1::ArticleState::Superseded,
    };
    wire.into()
}

pub(crate) fn article(record: ArticleRecord, include_html: bool) -> v1::Article {
    let ArticleRecord { summary, fields, revisions } = record;
    v1::Article {
        id: summary.id.to_string(),
        content_hash: summary.content_hash.to_string(),
        text: fields.text,
        html: fields.html.filter(|_| include_html),
        title: fields.title,
        outlet: fields.outlet,
        url: fields.url,
        external_id: fields.external_id,
        published_at: fields.published_at.map(String::from),
        modified_at: Some(timestamp_from_micros(summary.stamp.modified_at)),
        state: state(summary.state),
        failure: summary.failure,
        current: revisions.first().is_some_and(|newest| newest.content_hash == summary.content_hash),
        revisions: revisions.iter().map(|r| r.content_hash.to_string()).collect(),
        id_scheme: marsad_model::id::ID_SCHEME,
    }
}

pub(crate) fn article_summary(summary: ArticleSummary) -> v1::ArticleSummary {
    v1::ArticleSummary {
        id: summary.id.to_string(),
        content_hash: summary.content_hash.to_string(),
        title: summary.title,
        outlet: summary.outlet,
        url: summary.url,
        published_date: summary.published.as_ref().map(Date::to_string),
        state: state(summary.state),
        failure: summary.failure,
        outlet_id: summary.outlet_entity.map(|id| id.0),
    }
}

pub(crate) fn article_reference(summary: &ArticleSummary) -> v1::ArticleReference {
    v1::ArticleReference {
        id: summary.id.to_string(),
        content_hash: summary.content_hash.to_string(),
        title: summary.title.clone(),
        outlet: summary.outlet.clone(),
        published_date: summary.published.as_ref().map(Date::to_string),
        outlet_id: summary.outlet_entity.as_ref().map(|id| id.0.clone()),
    }
}

pub(crate) fn entity_summary(summary: EntitySummary) -> v1::EntitySummary {
    v1::EntitySummary {
        entity: Some(entity(&summary.entity)),
        mention_count: summary.mentions,
        article_count: summary.articles,
    }
}

/// Events as messages, and the entities that they refer to.
pub(crate) fn events(records: &[EventRecord], unit: SpanUnit) -> (Vec<v1::EventRecord>, Vec<v1::Entity>) {
    let messages = records.iter().map(|record| event(record, &ToWire::of_passage(&record.passage, unit)));
    (messages.collect(), distinct(records.iter().flat_map(|r| &r.entities)))
}

/// Events that were found as messages, and the entities that they refer to.
pub(crate) fn event_hits(hits: &[EventHit], unit: SpanUnit) -> (Vec<v1::EventHit>, Vec<v1::Entity>) {
    let messages = hits.iter().map(|hit| {
        let wire = ToWire::of_passage(&hit.record.passage, unit);
        v1::EventHit {
            record: Some(event(&hit.record, &wire)),
            prominence: prominence(hit.prominence),
            words: hit.words.iter().map(|word| wire.span(*word)).collect(),
        }
    });
    (messages.collect(), distinct(hits.iter().flat_map(|hit| &hit.record.entities)))
}

/// An article that was found, as a message.
pub(crate) fn article_hit(hit: ArticleHit, unit: SpanUnit) -> v1::ArticleHit {
    let text = ToWire::of_passage(&hit.passage, unit);
    let title = hit.article.title.clone().unwrap_or_default();
    let title = ToWire::new(&title, unit);
    v1::ArticleHit {
        prominence: prominence(hit.prominence),
        context_span: Some(text.span(hit.snippet.span)),
        words: hit.words.iter().map(|word| text.span(*word)).collect(),
        title_words: hit.title_words.iter().map(|word| title.span(*word)).collect(),
        context: hit.snippet.text,
        article: Some(article_summary(hit.article)),
    }
}

fn prominence(prominence: Prominence) -> i32 {
    let wire = match prominence {
        Prominence::Title => v1::Prominence::Title,
        Prominence::Central => v1::Prominence::Central,
        Prominence::Text => v1::Prominence::Text,
    };
    wire.into()
}

/// How an entity was found, as a message.
pub(crate) fn entity_match(fit: NameFit, name: String) -> v1::EntityMatch {
    let fit = match fit {
        NameFit::Equal => v1::NameMatch::Equal,
        NameFit::Prefix => v1::NameMatch::Prefix,
        NameFit::WordPrefix => v1::NameMatch::WordPrefix,
        NameFit::Contains => v1::NameMatch::Contains,
        NameFit::Sound => v1::NameMatch::Sound,
        NameFit::Spelling => v1::NameMatch::Spelling,
    };
    v1::EntityMatch { fit: fit.into(), name }
}

fn event(record: &EventRecord, wire: &ToWire<'_>) -> v1::EventRecord {
    v1::EventRecord {
        event: Some(wire.event(&record.event)),
        article: Some(article_reference(&record.article)),
        context: record.snippet.text.clone(),
        claim: record.claim.as_ref().map(|claim| wire.claim(claim)),
        quantities: record
            .quantities
            .iter()
            .map(|q| v1::EventQuantity {
                role: v1::QuantityRole::from(q.role).into(),
                quantity: Some(wire.quantity(&q.quantity)),
            })
            .collect(),
    }
}

/// Claims as messages, and the entities that they refer to.
pub(crate) fn claims(records: &[ClaimRecord], unit: SpanUnit) -> (Vec<v1::ClaimRecord>, Vec<v1::Entity>) {
    let messages = records.iter().map(|record| v1::ClaimRecord {
        claim: Some(ToWire::of_passage(&record.passage, unit).claim(&record.claim)),
        article: Some(article_reference(&record.article)),
        context: record.snippet.text.clone(),
        event_ids: record.events.iter().map(ToString::to_string).collect(),
    });
    (messages.collect(), distinct(records.iter().flat_map(|r| &r.entities)))
}

fn distinct<'e>(entities: impl Iterator<Item = &'e Entity>) -> Vec<v1::Entity> {
    let by_id: BTreeMap<&EntityId, &Entity> = entities.map(|e| (&e.id, e)).collect();
    by_id.into_values().map(entity).collect()
}
