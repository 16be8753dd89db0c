//! Entities over all articles. Their forms are counted by the linker; what it has not counted yet is added at each read, so that the counts
//! are those of the articles as they are.

use std::collections::BTreeMap;

use marsad_model::{ArticleId, Entity, EntityId};

use crate::error::StoreError;
use crate::filter::EntityFilter;
use crate::forms::{COLUMNS, Forms, read_type};
use crate::page::{KeyPart, Page, PageRequest, Paging};
use crate::record::EntitySummary;
use crate::sql::{Column, Connection, Query, Row, Value, fetch_in};

/// The most ids of one statement, which has them twice.
const CHUNK: usize = 500;

pub(crate) async fn entity(
    db: &mut dyn Connection,
    id: &EntityId,
) -> Result<Option<EntitySummary>, StoreError> {
    let forms = forms(db, &[id]).await?;
    Ok(forms.get(id).map(|forms| forms.summary(id)).transpose()?.flatten())
}

/// The forms of these entities, as far as articles refer to them or did.
pub(super) async fn forms(
    db: &mut dyn Connection,
    ids: &[&EntityId],
) -> Result<BTreeMap<EntityId, Forms>, StoreError> {
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(CHUNK) {
        let mut query =
            Query::new(format!("SELECT {COLUMNS} FROM entity_forms WHERE entity IN "), Vec::new());
        let start = query.sql.len();
        query.bind_set(chunk.iter().map(|id| id.to_value()));
        let set = query.sql.get(start..).unwrap_or_default().to_owned();
        query.push(&format!(" UNION ALL SELECT {COLUMNS} FROM entity_changes WHERE entity IN {set}"));
        for mut row in db.fetch(query).await? {
            Forms::add(&mut found, &mut row)?;
        }
    }
    Ok(found)
}

/// The entities with these ids.
pub(crate) async fn by_ids(db: &mut dyn Connection, ids: &[EntityId]) -> Result<Vec<Entity>, StoreError> {
    let forms = forms(db, &Vec::from_iter(ids)).await?;
    let summaries = forms.iter().map(|(id, forms)| forms.summary(id));
    let summaries = summaries.collect::<Result<Vec<_>, _>>()?;
    Ok(summaries.into_iter().flatten().map(|summary| summary.entity).collect())
}

pub(crate) async fn entities(
    db: &mut dyn Connection,
    filter: &EntityFilter,
    page: &PageRequest,
) -> Result<Page<EntitySummary>, StoreError> {
    let paging = Paging::new(page, "entities", filter, &[KeyPart::Int(0), KeyPart::Text(String::new())])?;
    let mut found = match filter.article {
        Some(article) => of_article(db, article).await?,
        None => of_all(db, filter, &paging).await?,
    };
    if filter.article.is_some() {
        found.retain(|found| filter.types.is_empty() || filter.types.contains(&found.entity.entity_type));
    }
    if let Some([Value::Int(Some(most)), Value::Text(Some(id))]) = paging.after.as_deref() {
        found.retain(|found| place(found) > (*most, id.as_str()));
    }
    found.sort_by(|a, b| place(a).cmp(&place(b)));
    found.truncate(paging.size() + 1);
    Ok(paging.page(found, |found| {
        let (most, id) = place(found);
        vec![KeyPart::Int(most), KeyPart::Text(id.to_owned())]
    }))
}

/// The place of an entity in lists: the most mentioned first, then by id.
fn place(found: &EntitySummary) -> (i64, &str) {
    (-i64::try_from(found.mentions).unwrap_or(i64::MAX), found.entity.id.as_str())
}

/// The entities of an article, with its counts alone.
async fn of_article(db: &mut dyn Connection, article: ArticleId) -> Result<Vec<EntitySummary>, StoreError> {
    let sql = "SELECT entity, entity_type, name, name_en, wikidata, rollup, mentions, CAST(1 AS BIGINT)
        FROM article_entities WHERE article = $1";
    let rows = db.fetch(Query::new(sql, vec![article.to_value()])).await?;
    rows.into_iter().map(|mut row| shown(&mut row)).collect()
}

/// The first entities of the list from the place on where the page begins, and all that have changed since they were counted.
async fn of_all(
    db: &mut dyn Connection,
    filter: &EntityFilter,
    paging: &Paging,
) -> Result<Vec<EntitySummary>, StoreError> {
    let sql = "SELECT entity, entity_type, name, name_en, wikidata, rollup,
            CAST(SUM(mentions) AS BIGINT), CAST(SUM(articles) AS BIGINT) FROM entity_changes
        GROUP BY entity, entity_type, name, name_en, wikidata, rollup";
    let mut changed = BTreeMap::new();
    for mut row in db.fetch(Query::new(sql, Vec::new())).await? {
        Forms::add(&mut changed, &mut row)?;
    }
    // As many more as may have to be left out.
    let limit = paging.limit().saturating_add(changed.len().try_into().unwrap_or(i64::MAX));
    let rows = db.fetch(counted(filter, paging, limit)).await?.into_iter();
    let mut found = rows.map(|mut row| shown(&mut row)).collect::<Result<Vec<_>, StoreError>>()?;
    if changed.is_empty() {
        return Ok(found);
    }
    found.retain(|found| !changed.contains_key(&found.entity.id));
    let ids: Vec<Value> = changed.keys().map(Column::to_value).collect();
    let sql = "SELECT entity, entity_type, name, name_en, wikidata, rollup, mentions, articles
        FROM entity_forms WHERE entity IN ";
    for mut row in fetch_in(db, sql, &[], &ids, "").await? {
        Forms::add(&mut changed, &mut row)?;
    }
    for (id, forms) in changed.iter().filter(|(_, forms)| forms.is_of(&filter.types)) {
        found.extend(forms.summary(id)?);
    }
    Ok(found)
}

/// The query for the first entities of a list as they are counted: for each type that is wanted a walk of its own.
pub(crate) fn counted(filter: &EntityFilter, paging: &Paging, limit: i64) -> Query {
    const ORDER: [&str; 2] = ["most_first", "entity"];
    let mut query = Query::new("WITH l (most_first, entity, of_entity) AS (", Vec::new());
    const WALK: &str = "SELECT most_first, entity, of_entity FROM entity_forms WHERE ";
    if filter.types.is_empty() {
        query.push(WALK).push("shown = 1").go_on_with(&ORDER, paging, limit);
    }
    for (number, entity_type) in filter.types.iter().enumerate() {
        query.push(if number == 0 { "" } else { " UNION " }).push("SELECT * FROM (").push(WALK);
        query.push("first_of_type = 1 AND entity_type = ").bind(entity_type.as_str().to_owned().to_value());
        query.go_on_with(&ORDER, paging, limit).push(&format!(") AS w{number}"));
    }
    if filter.types.len() > 1 {
        query.push(" ORDER BY most_first, entity LIMIT ").bind(limit.to_value());
    }
    query.push(
        ") SELECT f.entity, f.entity_type, f.name, f.name_en, f.wikidata, f.rollup, 0 - l.most_first, l.of_entity
        FROM l JOIN entity_forms f ON f.entity = l.entity AND f.shown = 1 ORDER BY l.most_first, l.entity",
    );
    query
}

/// An entity as a row has it, with its counts.
fn shown(row: &mut Row) -> Result<EntitySummary, StoreError> {
    let entity = Entity {
        id: row.take()?,
        entity_type: read_type(&row.take::<String>()?)?,
        name: row.take()?,
        name_en: row.take()?,
        wikidata: row.take()?,
        rollup: row.take()?,
    };
    Ok(EntitySummary { entity, mentions: row.take()?, articles: row.take()? })
}
