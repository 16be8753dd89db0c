//! A small record, made by hand, for the tests of the writers.

use marsad_proto::v1;

pub(super) fn entities() -> Vec<v1::Entity> {
    let entity = |id: &str, kind: v1::EntityType, name: &str, name_en: Option<&str>| v1::Entity {
        id: id.into(),
        r#type: kind.into(),
        name: name.into(),
        name_en: name_en.map(str::to_owned),
        ..Default::default()
    };
    vec![
        entity("US", v1::EntityType::Gpe, "الولايات المتحدة", Some("United States")),
        v1::Entity {
            rollup_id: Some("IQ".into()),
            ..entity("x:1", v1::EntityType::Organization, "لواء النور", None)
        },
        entity("IQ", v1::EntityType::Gpe, "العراق", Some("Iraq")),
        entity("gn-99532", v1::EntityType::Gpe, "الأنبار", Some("Al Anbār")),
        entity("reuters", v1::EntityType::Media, "رويترز", Some("Reuters")),
    ]
}

fn supported(id: &str, report_count: u32) -> v1::SupportedEntity {
    v1::SupportedEntity {
        entity_id: id.into(),
        support: Some(v1::Support { report_count, event_ids: vec![] }),
    }
}

fn days(earliest: &str, latest: &str) -> Option<v1::TimeInterval> {
    Some(v1::TimeInterval { earliest: Some(earliest.into()), latest: Some(latest.into()) })
}

fn member(article: u32, standing: v1::Standing) -> v1::ClusterMember {
    v1::ClusterMember {
        article_id: article_id(article),
        event_id: format!("e{article}"),
        standing: standing.into(),
    }
}

fn article_id(number: u32) -> String {
    format!("0000000{number}-0000-5000-8000-000000000000")
}

/// An attack that two articles tell of.
pub(super) fn attack() -> v1::EventCluster {
    let killed = |low: f64| v1::SupportedAmount {
        amount: Some(v1::Amount {
            role: v1::QuantityRole::Killed.into(),
            low: Some(low),
            high: Some(low),
            unit: Some("قتيل".into()),
            ..Default::default()
        }),
        support: Some(v1::Support { report_count: 1, event_ids: vec![] }),
    };
    v1::EventCluster {
        id: "c1".into(),
        r#type: v1::EventType::Assault.into(),
        mode: Some("ASSAULT_AERIAL".into()),
        standing: v1::Standing::Happened.into(),
        time: days("2024-01-23", "2024-01-23"),
        actors: vec![supported("US", 2)],
        recipients: vec![supported("x:1", 1), supported("IQ", 1)],
        places: vec![supported("gn-99532", 2)],
        quantities: vec![killed(2.0), killed(5.0)],
        members: vec![member(1, v1::Standing::Happened), member(2, v1::Standing::Happened)],
        report_count: 2,
        relations: vec![v1::ClusterRelation {
            kind: v1::RelationKind::PartOf.into(),
            cluster_id: "c2".into(),
        }],
        ..Default::default()
    }
}

/// The campaign that the attack is part of: one article tells of it.
pub(super) fn campaign() -> v1::EventCluster {
    v1::EventCluster {
        id: "c2".into(),
        r#type: v1::EventType::Assault.into(),
        standing: v1::Standing::Planned.into(),
        time: days("2024-01-01", "2024-01-31"),
        actors: vec![supported("US", 1)],
        members: vec![member(2, v1::Standing::Planned)],
        report_count: 1,
        relations: vec![v1::ClusterRelation {
            kind: v1::RelationKind::HasPart.into(),
            cluster_id: "c1".into(),
        }],
        ..Default::default()
    }
}

pub(super) fn articles() -> Vec<v1::ArticleSummary> {
    let article = |number: u32, title: &str, outlet: &str| v1::ArticleSummary {
        id: article_id(number),
        title: Some(title.into()),
        outlet: Some(outlet.into()),
        published_date: Some(format!("2024-01-2{number}")),
        ..Default::default()
    };
    vec![
        article(1, "غارة على «موقع» & مخزن", "وكالة الرافدين"),
        v1::ArticleSummary {
            outlet_id: Some("reuters".into()), ..article(2, "قصف في الأنبار", "رويترز")
        },
    ]
}

pub(super) fn links() -> v1::ArticleLinks {
    v1::ArticleLinks {
        article_id: article_id(1),
        duplicates: vec![v1::Duplicate { article_id: article_id(2), overlap: 0.5, ..Default::default() }],
        ..Default::default()
    }
}

/// A story and the coarser one that it belongs to, the coarser one first.
pub(super) fn stories() -> Vec<v1::Story> {
    let coarse = v1::Story {
        id: "s1".into(),
        title: Some("غارات كانون الثاني".into()),
        first_date: Some("2024-01-21".into()),
        last_date: Some("2024-01-22".into()),
        article_ids: vec![article_id(1), article_id(2)],
        entity_ids: vec!["US".into()],
        ..Default::default()
    };
    let story = v1::Story { id: "s2".into(), parent_id: Some("s1".into()), ..coarse.clone() };
    vec![coarse, story]
}

pub(super) fn conflict() -> v1::Conflict {
    let side = |number: u32, low: f64| v1::ConflictSide {
        value: Some(v1::conflict_side::Value::Quantity(v1::Amount {
            role: v1::QuantityRole::Killed.into(),
            low: Some(low),
            high: Some(low),
            ..Default::default()
        })),
        report_count: 1,
        statements: vec![v1::Statement { article_id: article_id(number), ..Default::default() }],
    };
    v1::Conflict {
        id: "k1".into(),
        kind: v1::ConflictKind::Quantity.into(),
        cluster_id: "c1".into(),
        role: v1::QuantityRole::Killed.into(),
        sides: vec![side(1, 2.0), side(2, 5.0)],
    }
}

/// The attack with its reports.
pub(super) fn told() -> v1::GetEventClusterResponse {
    let mentions = articles().into_iter().map(|article| v1::EventRecord {
        article: Some(v1::ArticleReference {
            id: article.id,
            title: article.title,
            outlet: article.outlet,
            published_date: article.published_date,
            outlet_id: article.outlet_id,
            ..Default::default()
        }),
        ..Default::default()
    });
    v1::GetEventClusterResponse {
        cluster: Some(attack()),
        mentions: mentions.collect(),
        entities: entities(),
        ..Default::default()
    }
}
