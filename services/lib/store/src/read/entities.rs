//! Entities over all articles, counted when they are asked for: counters would be rows that all workers write to.

use std::collections::HashMap;

use marsad_model::ontology::EntityType;
use marsad_model::{ArticleId, Entity, EntityId};

use crate::error::StoreError;
use crate::filter::EntityFilter;
use crate::page::{KeyPart, Page, PageRequest, Paging};
use crate::record::EntitySummary;
use crate::sql::{Column, Connection, Query, Row};

/// How well a name fits what is looked for: `$1` equals, starts or is somewhere in one of the folded names.
const MATCH: &str = "CASE
    WHEN $1 IN (folded_name, folded_name_en) THEN 0
    WHEN SUBSTR(folded_name, 1, LENGTH($1)) = $1 OR SUBSTR(folded_name_en, 1, LENGTH($1)) = $1 THEN 1
    WHEN REPLACE(folded_name, $1, '') <> folded_name OR REPLACE(folded_name_en, $1, '') <> folded_name_en THEN 2
    END";

/// What stands around the match where a search starts: each name is compared once, not once an article. The engines would put
/// the comparison back into the inner query if that were not made first, as a whole.
const NAMES: &str =
    "names AS MATERIALIZED (SELECT DISTINCT entity, folded_name, folded_name_en FROM article_entities),
    hits AS MATERIALIZED (SELECT entity FROM names WHERE (";
const HITS: &str = ") IS NOT NULL), ";

/// The start of the query that counts: one row an entity. `fit` is how well it fits, null where not at all.
const COUNT: &str = "counted AS (SELECT entity, CAST(SUM(mentions) AS BIGINT) AS mentions,
    COUNT(*) AS articles, CAST(";

/// The end of that query, but for the order.
const COUNTED: &str = " GROUP BY entity)
    SELECT entity, mentions, articles, fit FROM counted WHERE typed = 1 AND fit IS NOT NULL";

/// An entity has a form for each set of properties that articles give it. The form with most mentions is shown.
const FORMS: &str = "WITH forms AS (
        SELECT entity, entity_type, name, name_en, wikidata, rollup,
            ROW_NUMBER() OVER (PARTITION BY entity ORDER BY SUM(mentions) DESC, name, entity_type,
                COALESCE(name_en, ''), COALESCE(wikidata, ''), COALESCE(rollup, '')) AS place
        FROM article_entities WHERE entity IN ";

const SHOWN: &str = " GROUP BY entity, entity_type, name, name_en, wikidata, rollup)
    SELECT entity, entity_type, name, name_en, wikidata, rollup FROM forms WHERE place = 1";

/// Which entities are counted, and over which rows.
struct Selection<'a> {
    /// What their names are searched for.
    folded_query: Option<&'a str>,
    types: &'a [EntityType],
    article: Option<ArticleId>,
    id: Option<&'a EntityId>,
}

impl<'a> Selection<'a> {
    fn search(folded_query: &'a str, types: &'a [EntityType]) -> Self {
        Self { folded_query: Some(folded_query), types, article: None, id: None }
    }
}

/// The query that counts what a search finds.
#[cfg(test)]
pub(crate) fn search_query(folded_query: &str, types: &[EntityType], paging: &Paging) -> Query {
    count(&Selection::search(folded_query, types), paging)
}

/// An entity with its counts.
struct Counted {
    id: EntityId,
    mentions: u64,
    articles: u64,
    fit: i64,
}

pub(crate) async fn entity(
    db: &mut dyn Connection,
    id: &EntityId,
) -> Result<Option<EntitySummary>, StoreError> {
    let selection = Selection { folded_query: None, types: &[], article: None, id: Some(id) };
    let paging = Paging::new(&PageRequest::first(1), "entity", &(), &shape())?;
    Ok(list(db, &selection, &paging).await?.items.pop())
}

pub(crate) async fn entities(
    db: &mut dyn Connection,
    filter: &EntityFilter,
    page: &PageRequest,
) -> Result<Page<EntitySummary>, StoreError> {
    let selection = Selection { folded_query: None, types: &filter.types, article: filter.article, id: None };
    list(db, &selection, &Paging::new(page, "entities", filter, &shape())?).await
}

pub(crate) async fn search(
    db: &mut dyn Connection,
    folded_query: &str,
    types: &[EntityType],
    page: &PageRequest,
) -> Result<Page<EntitySummary>, StoreError> {
    let selection = Selection::search(folded_query, types);
    list(db, &selection, &Paging::new(page, "search_entities", &(folded_query, types), &shape())?).await
}

fn shape() -> [KeyPart; 3] {
    [KeyPart::Int(0), KeyPart::Int(0), KeyPart::Text(String::new())]
}

/// Counts first, over an index alone; only the entities of the page are then looked at more closely.
async fn list(
    db: &mut dyn Connection,
    selection: &Selection<'_>,
    paging: &Paging,
) -> Result<Page<EntitySummary>, StoreError> {
    let mut counted = Vec::new();
    for mut row in db.fetch(count(selection, paging)).await? {
        let (id, mentions, articles) = (row.take()?, row.take()?, row.take()?);
        counted.push(Counted { id, mentions, articles, fit: row.take()? });
    }
    let page = paging.page(counted, |counted: &Counted| {
        let mentions = i64::try_from(counted.mentions).unwrap_or(i64::MAX);
        vec![KeyPart::Int(counted.fit), KeyPart::Int(-mentions), KeyPart::Text(counted.id.0.clone())]
    });
    let mut shown = shown(db, selection, &page.items).await?;
    page.try_map(|Counted { id, mentions, articles, .. }| {
        let missing = || StoreError::Database(format!("entity {id} was counted and is not there"));
        let entity = shown.remove(&id).ok_or_else(missing)?;
        Ok(EntitySummary { entity, mentions, articles })
    })
}

fn count(selection: &Selection<'_>, paging: &Paging) -> Query {
    let query = selection.folded_query.map(|query| query.to_owned().to_value());
    let fit = if query.is_some() { MATCH } else { "0" };
    let mut query = Query::new("WITH ", query.into_iter().collect());
    if selection.folded_query.is_some() {
        query.push(NAMES).push(MATCH).push(HITS);
    }
    query.push(COUNT).push("MIN(").push(fit).push(") AS BIGINT) AS fit, ");
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
    if selection.folded_query.is_some() {
        query.push(" AND entity IN (SELECT entity FROM hits)");
    }
    if let Some(id) = selection.id {
        query.push(" AND entity = ").bind(id.to_value());
    }
    query.push(COUNTED).go_on(&["fit", "0 - mentions", "entity"], paging);
    query
}

/// The entities with these ids.
pub(crate) async fn by_ids(db: &mut dyn Connection, ids: &[EntityId]) -> Result<Vec<Entity>, StoreError> {
    forms(db, ids.iter(), None).await
}

/// The forms in which the entities of a page are shown.
async fn shown(
    db: &mut dyn Connection,
    selection: &Selection<'_>,
    page: &[Counted],
) -> Result<HashMap<EntityId, Entity>, StoreError> {
    let forms = forms(db, page.iter().map(|counted| &counted.id), selection.article).await?;
    Ok(forms.into_iter().map(|entity| (entity.id.clone(), entity)).collect())
}

/// The forms of entities that most of their mentions have, in all articles or in one.
async fn forms(
    db: &mut dyn Connection,
    ids: impl ExactSizeIterator<Item = &EntityId> + Send,
    article: Option<ArticleId>,
) -> Result<Vec<Entity>, StoreError> {
    if ids.len() == 0 {
        return Ok(Vec::new());
    }
    let mut query = Query::new(FORMS, Vec::new());
    query.bind_list(ids.map(|id| id.to_value()));
    if let Some(article) = &article {
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
