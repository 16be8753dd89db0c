//! Entities over all articles, counted when they are asked for: counters would be rows that all workers write to.

use std::collections::HashMap;

use marsad_model::ontology::EntityType;
use marsad_model::{ArticleId, Entity, EntityId};

use crate::error::StoreError;
use crate::filter::EntityFilter;
use crate::page::{KeyPart, Page, PageRequest, Paging};
use crate::record::EntitySummary;
use crate::sql::{Column, Connection, Query, Row};

/// The start of the query that counts: one row an entity.
const COUNT: &str = "WITH counted AS (SELECT entity, CAST(SUM(mentions) AS BIGINT) AS mentions,
    COUNT(*) AS articles, ";

/// The end of that query, but for the order.
const COUNTED: &str = " GROUP BY entity)
    SELECT entity, mentions, articles FROM counted WHERE typed = 1";

/// An entity has a form for each set of properties that articles give it. The form with most mentions is shown.
const FORMS: &str = "WITH forms AS (
        SELECT entity, entity_type, name, name_en, wikidata, rollup,
            ROW_NUMBER() OVER (PARTITION BY entity ORDER BY SUM(mentions) DESC, name, entity_type,
                COALESCE(name_en, ''), COALESCE(wikidata, ''), COALESCE(rollup, '')) AS place
        FROM article_entities WHERE entity IN ";

const SHOWN: &str = " GROUP BY entity, entity_type, name, name_en, wikidata, rollup)
    SELECT entity, entity_type, name, name_en, wikidata, rollup FROM forms WHERE place = 1";

/// Which entities are counted, and over which rows.
#[derive(Default)]
pub(super) struct Selection<'a> {
    pub(super) types: &'a [EntityType],
    pub(super) article: Option<ArticleId>,
    /// These alone, where there are any.
    pub(super) ids: &'a [&'a EntityId],
}

/// An entity with its counts.
pub(super) struct Counted {
    pub(super) id: EntityId,
    pub(super) mentions: u64,
    pub(super) articles: u64,
}

pub(crate) async fn entity(
    db: &mut dyn Connection,
    id: &EntityId,
) -> Result<Option<EntitySummary>, StoreError> {
    let selection = Selection { ids: &[id], ..Selection::default() };
    let paging = Paging::new(&PageRequest::first(1), "entity", &(), &shape())?;
    Ok(list(db, &selection, &paging).await?.items.pop())
}

pub(crate) async fn entities(
    db: &mut dyn Connection,
    filter: &EntityFilter,
    page: &PageRequest,
) -> Result<Page<EntitySummary>, StoreError> {
    let selection = Selection { types: &filter.types, article: filter.article, ids: &[] };
    list(db, &selection, &Paging::new(page, "entities", filter, &shape())?).await
}

fn shape() -> [KeyPart; 2] {
    [KeyPart::Int(0), KeyPart::Text(String::new())]
}

/// Counts first, over an index alone; only the entities of the page are then looked at more closely.
async fn list(
    db: &mut dyn Connection,
    selection: &Selection<'_>,
    paging: &Paging,
) -> Result<Page<EntitySummary>, StoreError> {
    let mut query = count(selection);
    query.go_on(&["0 - mentions", "entity"], paging);
    let page = paging.page(counted(db, query).await?, |counted: &Counted| {
        let mentions = i64::try_from(counted.mentions).unwrap_or(i64::MAX);
        vec![KeyPart::Int(-mentions), KeyPart::Text(counted.id.0.clone())]
    });
    let mut shown = shown(db, selection.article, page.items.iter().map(|counted| &counted.id)).await?;
    page.try_map(|counted| summary(counted, &mut shown))
}

/// The entity of a page, with its counts.
pub(super) fn summary(
    Counted { id, mentions, articles }: Counted,
    shown: &mut HashMap<EntityId, Entity>,
) -> Result<EntitySummary, StoreError> {
    let missing = || StoreError::Database(format!("entity {id} was counted and is not there"));
    let entity = shown.remove(&id).ok_or_else(missing)?;
    Ok(EntitySummary { entity, mentions, articles })
}

/// Runs a query that counts.
pub(super) async fn counted(db: &mut dyn Connection, query: Query) -> Result<Vec<Counted>, StoreError> {
    let rows = db.fetch(query).await?.into_iter();
    rows.map(|mut row| Ok(Counted { id: row.take()?, mentions: row.take()?, articles: row.take()? }))
        .collect()
}

/// The query that counts, without an order.
pub(super) fn count(selection: &Selection<'_>) -> Query {
    let mut query = Query::new(COUNT, Vec::new());
    if selection.types.is_empty() {
        query.push("1");
    } else {
        let types = selection.types.iter().map(|t| t.as_str().to_owned().to_value());
        query.push("MAX(CASE WHEN entity_type IN ").bind_list(types).push(" THEN 1 ELSE 0 END)");
    }
    query.push(" AS typed FROM article_entities WHERE TRUE");
    if let Some(article) = &selection.article {
        query.push(" AND article = ").bind(article.to_value());
    }
    if !selection.ids.is_empty() {
        query.push(" AND entity IN ").bind_list(selection.ids.iter().map(|id| id.to_value()));
    }
    query.push(COUNTED);
    query
}

/// The entities with these ids.
pub(crate) async fn by_ids(db: &mut dyn Connection, ids: &[EntityId]) -> Result<Vec<Entity>, StoreError> {
    forms(db, ids.iter(), None).await
}

/// The forms in which the entities of a page are shown.
pub(super) async fn shown(
    db: &mut dyn Connection,
    article: Option<ArticleId>,
    page: impl Iterator<Item = &EntityId>,
) -> Result<HashMap<EntityId, Entity>, StoreError> {
    let forms = forms(db, page, article).await?;
    Ok(forms.into_iter().map(|entity| (entity.id.clone(), entity)).collect())
}

/// The forms of entities that most of their mentions have, in all articles or in one.
async fn forms(
    db: &mut dyn Connection,
    ids: impl Iterator<Item = &EntityId>,
    article: Option<ArticleId>,
) -> Result<Vec<Entity>, StoreError> {
    let ids: Vec<_> = ids.map(Column::to_value).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(FORMS, Vec::new());
    query.bind_list(ids);
    if let Some(article) = article {
        query.push(" AND article = ").bind(article.to_value());
    }
    query.push(SHOWN);
    db.fetch(query).await?.iter_mut().map(form).collect()
}

fn form(row: &mut Row) -> Result<Entity, StoreError> {
    Ok(Entity {
        id: row.take()?,
        entity_type: row
            .take::<String>()?
            .parse()
            .map_err(|error| StoreError::Database(format!("article_entities: {error}")))?,
        name: row.take()?,
        name_en: row.take()?,
        wikidata: row.take()?,
        rollup: row.take()?,
    })
}
