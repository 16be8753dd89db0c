//! What was found over all articles of a run. Articles are not joined yet: every article is a story of its own, and every event
//! a cluster of its own.

use std::collections::BTreeMap;

use marsad_model::{Entity, EntityId, TimeInterval};
use serde_json::{Value, json};

use super::Analysed;
use super::output::interval;

/// Collects the articles of a run.
#[derive(Default)]
pub(crate) struct Graph {
    articles: Vec<Value>,
    stories: Vec<Value>,
    entities: BTreeMap<EntityId, Entity>,
    clusters: Vec<(Option<TimeInterval>, String, Value)>,
}

impl Graph {
    pub(crate) fn add(&mut self, analysed: &Analysed) {
        let Analysed { id, analysis, .. } = analysed;
        let published = &analysis.published;
        self.articles
            .push(json!({"id": id, "published": {"date": published.date, "basis": published.basis}}));
        self.stories.push(json!({"id": format!("story:{id}"), "articles": [id]}));
        for entity in &analysis.entities {
            self.entities.entry(entity.id.clone()).or_insert_with(|| entity.clone());
        }
        for event in analysis.events.iter().filter(|event| event.repeats.is_none()) {
            let again = analysis.events.iter().filter(|other| other.repeats == Some(event.id));
            let members: Vec<Value> = std::iter::once(event)
                .chain(again)
                .map(|event| json!({"article_id": id, "event_id": event.id}))
                .collect();
            let cluster = event.id.to_string();
            let object = json!({
                "id": cluster, "type": event.event_type, "time": interval(event.time.as_ref()),
                "members": members,
            });
            self.clusters.push((event.time, cluster, object));
        }
    }

    /// The object over all articles; the timeline has the clusters with a first day, oldest first.
    pub(crate) fn finish(mut self) -> Value {
        let first_day = |time: &Option<TimeInterval>| time.and_then(|t| t.earliest);
        self.clusters.sort_by(|a, b| (first_day(&a.0), &a.1).cmp(&(first_day(&b.0), &b.1)));
        let timeline: Vec<&str> =
            self.clusters.iter().filter(|c| first_day(&c.0).is_some()).map(|c| c.1.as_str()).collect();
        let entities: Vec<Value> = (self.entities.values())
            .map(|e| {
                json!({
                    "id": e.id, "name": e.name, "name_en": e.name_en, "type": e.entity_type, "wikidata": e.wikidata,
                    "rollup": e.rollup,
                })
            })
            .collect();
        let clusters: Vec<&Value> = self.clusters.iter().map(|c| &c.2).collect();
        json!({
            "articles": self.articles, "entities": entities, "stories": self.stories, "near_duplicates": [],
            "event_clusters": clusters, "conflicts": [], "timeline": timeline,
        })
    }
}
