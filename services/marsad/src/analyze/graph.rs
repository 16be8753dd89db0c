//! What was found over all articles of a run, as one object.

use std::collections::{BTreeMap, HashMap};

use marsad_graph::timeline::timeline;
use marsad_graph::{Digest, Update};
use marsad_model::graph::ConflictValue;
use marsad_model::{ArticleId, Conflict, Entity, EntityId};
use serde_json::{Value, json};

use super::output::interval;
use super::{Analysed, Article, analyse};

/// The articles of a run.
#[derive(Default)]
pub(super) struct Graph {
    joined: marsad_graph::Graph,
    names: BTreeMap<ArticleId, String>,
    entities: BTreeMap<EntityId, Entity>,
    /// Articles that state no publication day, with their places in the output: others may give them one.
    undated: HashMap<ArticleId, (usize, Article)>,
    update: Update,
}

impl Graph {
    /// Takes in the article at that place of the output.
    pub(super) fn add(&mut self, at: usize, analysed: Analysed, digest: Digest) {
        let Analysed { article, analysis, .. } = analysed;
        for entity in analysis.entities {
            self.entities.entry(entity.id.clone()).or_insert(entity);
        }
        self.names.insert(article.id, article.name.clone());
        if analysis.published.date.is_none() {
            self.undated.insert(article.id, (at, article));
        }
        self.joined.put(digest);
    }

    /// Joins the articles. Gives those that others dated, with their places, analysed anew.
    pub(super) fn join(&mut self, explain: bool) -> Vec<(usize, Analysed)> {
        let mut redated: HashMap<ArticleId, (usize, Analysed)> = HashMap::new();
        self.update = self.joined.settle(&mut |id, day| {
            let (at, article) = self.undated.get(&id)?;
            let analysed = analyse(article.clone(), Some(day), explain);
            let events = analysed.digest().events;
            redated.insert(id, (*at, analysed));
            Some(events)
        });
        redated.into_values().collect()
    }

    /// The object over all articles.
    pub(super) fn finish(&self) -> Value {
        let Update { articles, stories, clusters, conflicts, .. } = &self.update;
        let name = |id: &ArticleId| self.names.get(id).map_or("", String::as_str);
        let names = |ids: &[ArticleId]| ids.iter().map(name).collect::<Vec<_>>();
        let dates: Vec<Value> = (articles.iter())
            .map(|links| {
                let published = &links.published;
                let from = (!published.from.is_empty()).then(|| names(&published.from));
                json!({
                    "id": name(&links.article),
                    "published": {"date": published.date, "basis": published.basis, "from": from},
                })
            })
            .collect();
        let mut pairs: Vec<[&str; 2]> = (articles.iter())
            .flat_map(|links| links.duplicates.iter().map(move |other| [&links.article, &other.article]))
            .filter(|[one, other]| one < other)
            .map(|pair| pair.map(name))
            .collect();
        pairs.sort_unstable();
        // A coarser story has the articles of its parts, and here each article is in one story.
        let fine = stories.iter().filter(|story| articles.iter().any(|links| links.story == story.id));
        let stories: Vec<Value> = fine
            .map(|story| json!({"id": story.id, "articles": names(&story.articles), "parent": story.parent}))
            .collect();
        let entities: Vec<Value> = (self.entities.values())
            .map(|e| {
                json!({
                    "id": e.id, "name": e.name, "name_en": e.name_en, "type": e.entity_type, "wikidata": e.wikidata,
                    "rollup": e.rollup,
                })
            })
            .collect();
        let events: Vec<Value> = (clusters.iter())
            .map(|cluster| {
                let members = cluster.members.iter();
                let members: Vec<Value> =
                    members.map(|m| json!({"article_id": name(&m.article), "event_id": m.event})).collect();
                json!({
                    "id": cluster.id, "type": cluster.event_type, "time": interval(cluster.time.as_ref()),
                    "standing": cluster.standing, "reports": cluster.reports, "members": members,
                })
            })
            .collect();
        let conflicts: Vec<Value> = conflicts.iter().map(|conflict| self.conflict(conflict)).collect();
        json!({
            "articles": dates, "entities": entities, "stories": stories, "near_duplicates": pairs,
            "event_clusters": events, "conflicts": conflicts, "timeline": timeline(clusters),
        })
    }

    fn conflict(&self, conflict: &Conflict) -> Value {
        let sides = conflict.sides.iter().flat_map(|side| {
            let value = value(&side.value);
            side.statements.iter().map(move |statement| {
                json!({
                    "article_id": self.names.get(&statement.article), "event_id": statement.event,
                    "claim_id": statement.claim, "source_id": statement.source, "value": value,
                })
            })
        });
        json!({
            "kind": conflict.kind, "cluster_id": conflict.cluster, "role": conflict.role,
            "sides": sides.collect::<Vec<_>>(),
        })
    }
}

/// A side's value as one text: a number in digits, an ISO date or interval, an entity id.
fn value(value: &ConflictValue) -> String {
    match value {
        ConflictValue::Date(days) => {
            let day = |day: Option<jiff::civil::Date>| day.map_or("..".to_owned(), |day| day.to_string());
            match (days.earliest, days.latest) {
                (first, last) if first == last => day(first),
                (first, last) => format!("{}/{}", day(first), day(last)),
            }
        }
        ConflictValue::Quantity(amount) => {
            let about = if amount.approximate { "~" } else { "" };
            match (amount.low, amount.high) {
                (Some(low), Some(high)) if low == high => format!("{about}{low}"),
                (Some(low), Some(high)) => format!("{about}{low}-{high}"),
                (Some(low), None) => format!(">={low}"),
                (None, Some(high)) => format!("<={high}"),
                (None, None) => String::new(),
            }
        }
        ConflictValue::Actors(ids) | ConflictValue::Places(ids) => {
            ids.iter().map(EntityId::as_str).collect::<Vec<_>>().join(" ")
        }
        ConflictValue::Status(standing) => standing.to_string(),
    }
}
