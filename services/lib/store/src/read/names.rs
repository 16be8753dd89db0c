//! Entities by name. The names of the knowledge come with the search; the others are found by one of their words: by its beginning, by a
//! part of it, or by its consonants and all that are an edit away from these. What is found so is compared as a whole.

use std::collections::HashMap;

use marsad_arabic::search::{Name, NameFit, NameQuery, neighbours};
use marsad_model::{Entity, EntityId};

use crate::error::StoreError;
use crate::filter::EntitySearch;
use crate::page::{KeyPart, Page, PageRequest, Paging};
use crate::read::entities::forms;
use crate::record::{EntityHit, EntitySummary};
use crate::sql::{Column, Connection, Query, Value, values};

/// The most names that one way to find them gives; those that come first in the index are looked at.
const MOST_NAMES: i64 = 2_000;

/// The most entities that are counted and ranked: of more, those that fit best.
const MOST_ENTITIES: usize = 10_000;

const NAMES: &str = "SELECT DISTINCT entity, name FROM entity_words WHERE ";

type Fits = HashMap<EntityId, (NameFit, String)>;

pub(crate) async fn search(
    db: &mut dyn Connection,
    search: &EntitySearch,
    page: &PageRequest,
) -> Result<Page<EntityHit>, StoreError> {
    let shape = [KeyPart::Int(0), KeyPart::Int(0), KeyPart::Text(String::new())];
    let paging = Paging::new(page, "search_entities", &(&search.name, &search.types), &shape)?;
    let query = NameQuery::new(&search.name);
    let mut fits = Fits::new();
    for known in &search.known {
        add(&mut fits, known.id.clone(), known.fit, &known.name);
    }
    find(db, &query, &mut fits).await?;
    let mut ids: Vec<(NameFit, &EntityId)> = fits.iter().map(|(id, (fit, _))| (*fit, id)).collect();
    ids.sort_unstable();
    let ids: Vec<&EntityId> = ids.into_iter().map(|(_, id)| id).take(MOST_ENTITIES).collect();
    if ids.is_empty() {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let mut found = Vec::new();
    for (id, forms) in forms(db, &ids).await? {
        if forms.is_of(&search.types) {
            found.extend(forms.summary(&id)?);
        }
    }
    let key = |EntitySummary { entity: Entity { id, .. }, mentions, .. }: &EntitySummary| {
        let mentions = *mentions;
        let fit = fits.get(id).map_or(0, |(fit, _)| *fit as i64);
        (fit, -i64::try_from(mentions).unwrap_or(i64::MAX), id.0.clone())
    };
    found.sort_by_cached_key(key);
    if let Some([Value::Int(Some(fit)), Value::Int(Some(mentions)), Value::Text(Some(id))]) =
        paging.after.as_deref()
    {
        let after = (*fit, *mentions, id.clone());
        found.retain(|summary| key(summary) > after);
    }
    found.truncate(paging.size() + 1);
    let page = paging.page(found, |summary| {
        let (fit, mentions, id) = key(summary);
        vec![KeyPart::Int(fit), KeyPart::Int(mentions), KeyPart::Text(id)]
    });
    page.try_map(|summary| {
        let (fit, name) = fits.get(&summary.entity.id).cloned().unwrap_or((NameFit::Spelling, String::new()));
        Ok(EntityHit { summary, fit, name })
    })
}

/// The better of two fits stays; of equal ones that of the name that is first in code point order.
fn add(fits: &mut Fits, id: EntityId, fit: NameFit, name: &str) {
    let best = fits.entry(id).or_insert_with(|| (fit, name.to_owned()));
    if (fit, name) < (best.0, best.1.as_str()) {
        *best = (fit, name.to_owned());
    }
}

/// Finds names that the store has, and adds those that fit.
async fn find(db: &mut dyn Connection, query: &NameQuery, fits: &mut Fits) -> Result<(), StoreError> {
    let mut queries = Vec::new();
    if let Some((word, sounds)) = query.rarest_word() {
        queries.push(by_beginning(&word.text));
        if word.skeleton.len() >= 2 {
            let mut near: Vec<String> = sounds.iter().flat_map(|sound| neighbours(sound)).collect();
            near.sort_unstable();
            near.dedup();
            let mut query = Query::new(NAMES, Vec::new());
            query.push("skeleton IN ").bind_set(near.iter().map(Column::to_value));
            queries.push(query);
        }
        // A slip after the first letters.
        let first: String = word.text.chars().take(3).collect();
        if word.text.chars().nth(6).is_some() {
            queries.push(by_beginning(&first));
        }
    }
    queries.push(Query::new(
        format!("{NAMES} REPLACE(name, $1, '') <> name"),
        values![query.folded().to_owned()],
    ));
    for mut sql in queries {
        sql.push(" ORDER BY entity, name LIMIT ").bind(MOST_NAMES.to_value());
        for mut row in db.fetch(sql).await? {
            let (id, name): (EntityId, String) = (row.take()?, row.take()?);
            if let Some(fit) = query.fit(&Name::new(&name)) {
                add(fits, id, fit, &name);
            }
        }
    }
    Ok(())
}

/// Names with a word that begins so.
pub(super) fn by_beginning(beginning: &str) -> Query {
    // No word goes on with the greatest character.
    let last = format!("{beginning}\u{10ffff}");
    Query::new(format!("{NAMES} word >= $1 AND word < $2"), values![beginning.to_owned(), last])
}
