//! What many articles say together, domain to wire.

use marsad_model::graph::{
    Amount, ArticleLinks, Conflict, ConflictSide, ConflictValue, EventCluster, Statement, Story, Supported,
};
use marsad_model::{EntityId, EventId, Published, Span};

use crate::analysis::{interval, narrow, published};
use crate::v1;

/// A story.
pub fn story(story: &Story) -> v1::Story {
    let days = story.days.map(|(first, last)| (first.to_string(), last.to_string()));
    let (first_date, last_date) = days.unzip();
    v1::Story {
        id: story.id.to_string(),
        parent_id: story.parent.map(|id| id.to_string()),
        title: story.title.clone(),
        first_date,
        last_date,
        article_ids: texts(&story.articles),
        entity_ids: texts(&story.entities),
    }
}

/// One event as all articles tell it.
pub fn cluster(cluster: &EventCluster) -> v1::EventCluster {
    let entities = |values: &[Supported<EntityId>]| {
        let message = |v: &Supported<EntityId>| v1::SupportedEntity {
            entity_id: v.value.to_string(),
            support: Some(support(v.reports, &v.events)),
        };
        values.iter().map(message).collect()
    };
    v1::EventCluster {
        id: cluster.id.to_string(),
        r#type: v1::EventType::from(cluster.event_type).into(),
        mode: cluster.mode.clone(),
        standing: v1::Standing::from(cluster.standing).into(),
        time: cluster.time.as_ref().map(interval),
        times: (cluster.times.iter())
            .map(|v| v1::SupportedTime {
                time: Some(interval(&v.value)),
                support: Some(support(v.reports, &v.events)),
            })
            .collect(),
        actors: entities(&cluster.actors),
        recipients: entities(&cluster.recipients),
        places: entities(&cluster.places),
        quantities: (cluster.quantities.iter())
            .map(|v| v1::SupportedAmount {
                amount: Some(amount(&v.value)),
                support: Some(support(v.reports, &v.events)),
            })
            .collect(),
        timeline_place: cluster.placed.map(|placed| v1::TimelinePlace {
            date: placed.day.to_string(),
            spread_days: Some(placed.spread).filter(|spread| *spread < u32::MAX),
        }),
        members: (cluster.members.iter())
            .map(|member| v1::ClusterMember {
                article_id: member.article.to_string(),
                event_id: member.event.to_string(),
                standing: v1::Standing::from(member.standing).into(),
            })
            .collect(),
        report_count: cluster.reports,
        relations: (cluster.relations.iter())
            .map(|relation| v1::ClusterRelation {
                kind: v1::RelationKind::from(relation.kind).into(),
                cluster_id: relation.cluster.to_string(),
            })
            .collect(),
    }
}

/// Reports of one event that cannot both hold.
pub fn conflict(conflict: &Conflict) -> v1::Conflict {
    v1::Conflict {
        id: conflict.id.to_string(),
        kind: v1::ConflictKind::from(conflict.kind).into(),
        cluster_id: conflict.cluster.to_string(),
        role: conflict.role.map_or(0, |role| v1::QuantityRole::from(role).into()),
        sides: conflict.sides.iter().map(side).collect(),
    }
}

/// What joining found out about one article.
pub fn article_links(links: &ArticleLinks) -> v1::ArticleLinks {
    let day = Published { date: links.published.date, basis: links.published.basis, weekday: None };
    v1::ArticleLinks {
        article_id: links.article.to_string(),
        published: Some(published(&day)),
        published_from_ids: texts(&links.published.from),
        story_id: links.story.to_string(),
        duplicates: (links.duplicates.iter())
            .map(|duplicate| v1::Duplicate {
                article_id: duplicate.article.to_string(),
                overlap: duplicate.overlap,
                byte_passages: duplicate.passages.iter().copied().map(bytes).collect(),
            })
            .collect(),
    }
}

fn side(side: &ConflictSide) -> v1::ConflictSide {
    use v1::conflict_side::Value;
    let entities = |ids: &[EntityId]| v1::EntityList { entity_ids: texts(ids) };
    let value = match &side.value {
        ConflictValue::Date(days) => Value::Date(interval(days)),
        ConflictValue::Quantity(number) => Value::Quantity(amount(number)),
        ConflictValue::Actors(ids) => Value::Actors(entities(ids)),
        ConflictValue::Places(ids) => Value::Places(entities(ids)),
        ConflictValue::Status(standing) => Value::Status(v1::Standing::from(*standing).into()),
    };
    v1::ConflictSide {
        value: Some(value),
        report_count: side.reports,
        statements: side.statements.iter().map(statement).collect(),
    }
}

fn statement(statement: &Statement) -> v1::Statement {
    v1::Statement {
        article_id: statement.article.to_string(),
        outlet_id: statement.outlet.as_ref().map(ToString::to_string),
        event_id: statement.event.to_string(),
        claim_id: statement.claim.map(|id| id.to_string()),
        source_id: statement.source.as_ref().map(ToString::to_string),
        byte_span: Some(bytes(statement.span)),
    }
}

fn amount(amount: &Amount) -> v1::Amount {
    v1::Amount {
        role: v1::QuantityRole::from(amount.role).into(),
        low: amount.low,
        high: amount.high,
        approximate: amount.approximate,
        unit: amount.unit.clone(),
    }
}

fn support(reports: u32, events: &[EventId]) -> v1::Support {
    v1::Support { report_count: reports, event_ids: texts(events) }
}

fn bytes(span: Span) -> v1::Span {
    v1::Span { start: narrow(span.start), end: narrow(span.end) }
}

fn texts(ids: &[impl ToString]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
