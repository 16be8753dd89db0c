//! Forms of entities, counted. An entity has a form for each set of properties that articles give it; the one that most mentions have is
//! shown.

use std::collections::BTreeMap;

use marsad_model::ontology::EntityType;
use marsad_model::{Entity, EntityId};

use crate::error::StoreError;
use crate::record::EntitySummary;
use crate::sql::{Connection, Row, Value, Write, fetch_in, values};

/// The columns of a form and its counts, in `entity_forms` and in `entity_changes`.
pub(crate) const COLUMNS: &str = "entity, entity_type, name, name_en, wikidata, rollup, mentions, articles";

/// The properties of a form. Of forms with equally many mentions the lesser one is shown: by name first, then by type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Form {
    name: String,
    entity_type: String,
    name_en: Option<String>,
    wikidata: Option<String>,
    rollup: Option<EntityId>,
}

/// How often something is said, and in how many articles; a difference may be negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    mentions: i64,
    articles: i64,
}

/// The forms of one entity with their counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Forms(BTreeMap<Form, Counts>);

impl Forms {
    /// Adds the counts of a row with [`COLUMNS`] to those of its entity.
    pub(crate) fn add(all: &mut BTreeMap<EntityId, Forms>, row: &mut Row) -> Result<(), StoreError> {
        let entity: EntityId = row.take()?;
        let (entity_type, name) = (row.take()?, row.take()?);
        let form =
            Form { name, entity_type, name_en: row.take()?, wikidata: row.take()?, rollup: row.take()? };
        let counts = all.entry(entity).or_default().0.entry(form).or_default();
        counts.mentions += row.take::<i64>()?;
        counts.articles += row.take::<i64>()?;
        Ok(())
    }

    /// Those that articles have, most mentioned first.
    fn in_order(&self) -> Vec<(&Form, Counts)> {
        let mut forms: Vec<_> = self.0.iter().map(|(form, counts)| (form, *counts)).collect();
        forms.retain(|(_, counts)| counts.articles > 0);
        forms.sort_by_key(|(_, counts)| -counts.mentions);
        forms
    }

    /// Whether nothing is different.
    fn is_empty(&self) -> bool {
        self.0.values().all(|counts| *counts == Counts::default())
    }

    /// Whether articles say that it is of one of these types; of no type in particular where there are none.
    pub(crate) fn is_of(&self, types: &[EntityType]) -> bool {
        let forms = self.in_order();
        forms.iter().any(|(form, _)| {
            types.is_empty() || types.iter().any(|entity_type| entity_type.as_str() == form.entity_type)
        })
    }

    /// The entity as it is shown, with its counts over all forms; `None` where no article refers to it.
    pub(crate) fn summary(&self, id: &EntityId) -> Result<Option<EntitySummary>, StoreError> {
        let forms = self.in_order();
        let Some((form, _)) = forms.first() else { return Ok(None) };
        let count = |of: fn(&Counts) -> i64| forms.iter().map(|(_, counts)| of(counts)).sum::<i64>();
        let unsigned = |number: i64| u64::try_from(number).unwrap_or_default();
        Ok(Some(EntitySummary {
            entity: Entity {
                id: id.clone(),
                entity_type: read_type(&form.entity_type)?,
                name: form.name.clone(),
                name_en: form.name_en.clone(),
                wikidata: form.wikidata.clone(),
                rollup: form.rollup.clone(),
            },
            mentions: unsigned(count(|counts| counts.mentions)),
            articles: unsigned(count(|counts| counts.articles)),
        }))
    }

    /// The rows of `entity_forms` for the entity.
    fn rows(&self, id: &EntityId) -> Vec<Vec<Value>> {
        let forms = self.in_order();
        let (mentions, articles) = forms.iter().fold((0, 0), |(mentions, articles), (_, counts)| {
            (mentions + counts.mentions, articles + counts.articles)
        });
        let row = |(place, (form, counts)): (usize, &(&Form, Counts))| {
            let before = forms.get(..place).unwrap_or_default();
            let first_of_type = before.iter().all(|(other, _)| other.entity_type != form.entity_type);
            values![
                *id,
                form.entity_type,
                form.name,
                form.name_en,
                form.wikidata,
                form.rollup,
                counts.mentions,
                counts.articles,
                -mentions,
                articles,
                place == 0,
                first_of_type
            ]
        };
        forms.iter().enumerate().map(row).collect()
    }
}

/// The type that a column names.
pub(crate) fn read_type(name: &str) -> Result<EntityType, StoreError> {
    name.parse().map_err(|error| StoreError::Database(format!("the type of an entity: {error}")))
}

/// Counts what has changed in these articles. Only whoever holds the linker's lease may: two at once would count over each other.
pub(crate) async fn count_changes(db: &mut dyn Connection, articles: &[Value]) -> Result<(), StoreError> {
    let sql = "DELETE FROM entity_changes WHERE article IN ";
    let returning = " RETURNING entity, entity_type, name, name_en, wikidata, rollup, mentions, articles";
    let mut changed = BTreeMap::new();
    for mut row in fetch_in(db, sql, &[], articles, returning).await? {
        Forms::add(&mut changed, &mut row)?;
    }
    changed.retain(|_, forms| !forms.is_empty());
    let entities: Vec<Value> = changed.keys().map(crate::sql::Column::to_value).collect();
    for mut row in
        fetch_in(db, "DELETE FROM entity_forms WHERE entity IN ", &[], &entities, returning).await?
    {
        Forms::add(&mut changed, &mut row)?;
    }
    let rows: Vec<_> = changed.iter().flat_map(|(id, forms)| forms.rows(id)).collect();
    let sql =
        "INSERT INTO entity_forms (entity, entity_type, name, name_en, wikidata, rollup, mentions, articles,
        most_first, of_entity, shown, first_of_type)";
    db.write(&[Write::Rows(sql, &rows)]).await
}
