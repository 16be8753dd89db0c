//! Cases: entities over all articles are counted right, however far linking is.

use std::collections::BTreeMap;

use marsad_model::ontology::EntityType;
use marsad_model::{AnalysisVersion, Change, EntityId};
use uuid::Uuid;

use super::fixture::{V1, V2, analyse, deletion, submission, work};
use super::graph_fixture::Linker;
use super::{BoxError, TestStore, all, cases, ensure_eq};
use crate::filter::{ArticleFilter, EntityFilter};
use crate::page::PageRequest;
use crate::record::EntitySummary;
use crate::store::{Analysed, AnalysisResult};

cases![
    entities_are_counted_however_far_linking_is,
    an_entity_of_two_types_is_listed_under_both,
    entities_are_counted_while_articles_change,
];

/// An entity's id, its mentions and its articles.
type Row = (String, u64, u64);

fn row(summary: &EntitySummary) -> Row {
    (summary.entity.id.to_string(), summary.mentions, summary.articles)
}

/// What the list of entities says, read in small pages.
async fn listed(store: &dyn TestStore, types: &[EntityType]) -> Result<Vec<Row>, BoxError> {
    let filter = EntityFilter { types: types.to_vec(), ..Default::default() };
    let found = all(async |page| store.entities(&filter, &page).await).await?;
    Ok(found.iter().map(row).collect())
}

/// What the articles say, one by one.
async fn counted(store: &dyn TestStore) -> Result<Vec<Row>, BoxError> {
    let filter = ArticleFilter::default();
    let mut sums: BTreeMap<EntityId, (u64, u64)> = BTreeMap::new();
    for article in all(async |page| store.articles(&filter, &page).await).await? {
        let filter = EntityFilter { article: Some(article.id), ..Default::default() };
        for found in all(async |page| store.entities(&filter, &page).await).await? {
            let (mentions, articles) = sums.entry(found.entity.id).or_default();
            *mentions += found.mentions;
            *articles += found.articles;
        }
    }
    let mut rows: Vec<Row> = sums.into_iter().map(|(id, (m, a))| (id.to_string(), m, a)).collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(rows)
}

/// The list, one entity and entities by their ids say what the articles say.
async fn agree(store: &dyn TestStore, when: &str) -> Result<(), BoxError> {
    let expected = counted(store).await?;
    ensure_eq!(listed(store, &[]).await?, expected, "entities {when}");
    for (id, mentions, articles) in expected {
        let id = EntityId::known(id);
        let found = store.entity(&id).await?.ok_or(format!("{id} is not there {when}"))?;
        ensure_eq!((found.mentions, found.articles), (mentions, articles), "counts of {id} {when}");
        let named = store.named_entities(std::slice::from_ref(&id)).await?;
        ensure_eq!(named, [found.entity], "the entity {id} {when}");
    }
    Ok(())
}

async fn entities_are_counted_however_far_linking_is(store: &dyn TestStore) -> Result<(), BoxError> {
    let mut linker = Linker::take_over(store, Uuid::nil()).await?;
    // Linked after each step, after every other one, after every third; each time newer than all before.
    for every in 1..=3_i64 {
        let now = 100 * every;
        let change = |number, text: &str, time| Change::Submit(submission(number, text, now + time));
        let gone = |number, time| deletion(submission(number, "", 0).article, now + time);
        let steps: [(&str, Change, AnalysisVersion); 8] = [
            ("a first article", change(1, "attacked full-A العراق بغداد\nmet full-B x", 1), V1),
            ("a second one", change(2, "met full-B العراق\nmet full-B العراق", 1), V1),
            ("a correction", change(1, "met full-C الخارجية", 2), V1),
            ("a late older revision", change(1, "met full-D المحافظة", 1), V1),
            ("a newer analyzer", change(2, "met full-B العراق\nmet full-B العراق", 1), V2),
            ("what cannot be analysed", change(1, "unreadable", 3), V2),
            ("a deletion", gone(2, 9), V2),
            ("an article that comes back", change(2, "met full-E العراق", 10), V2),
        ];
        for (number, (what, change, version)) in (1_i64..).zip(&steps) {
            work(store, change, *version).await?;
            agree(store, &format!("after {what}, not linked")).await?;
            if number % every == 0 {
                linker.step(store, 1).await?;
                agree(store, &format!("after {what}, one linked")).await?;
                while linker.step(store, 100).await? {}
                agree(store, &format!("after {what}, linked")).await?;
            }
        }
        for number in 1..=2 {
            work(store, &gone(number, 20), V2).await?;
        }
        ensure_eq!(listed(store, &[]).await?, [], "entities after all has gone");
        while linker.step(store, 100).await? {}
        ensure_eq!(listed(store, &[]).await?, [], "entities after all has gone and was linked");
        let forms = store.tables().await?.remove("entity_forms");
        ensure_eq!(forms, Some(Vec::new()), "forms of entities that are gone");
    }
    Ok(())
}

async fn an_entity_of_two_types_is_listed_under_both(store: &dyn TestStore) -> Result<(), BoxError> {
    let mut linker = Linker::take_over(store, Uuid::nil()).await?;
    for (number, entity_type) in
        [(1, EntityType::Person), (2, EntityType::Organization), (3, EntityType::Person)]
    {
        let submission = submission(number, "met full-A العراق", 1);
        let change = Change::Submit(submission.clone());
        let AnalysisResult::Analysed(Analysed { mut analysis, digest, backfill }) = analyse(&submission, V1)
        else {
            return Err("the text cannot be analysed".into());
        };
        for entity in analysis.entities.iter_mut().filter(|entity| entity.name == "full-A") {
            entity.entity_type = entity_type;
        }
        store.apply(&change, V1, None).await?;
        let result = AnalysisResult::Analysed(Analysed { analysis, digest, backfill });
        store.apply(&change, V1, Some(&result)).await?;
        if number == 2 {
            while linker.step(store, 100).await? {}
        }
    }
    for when in ["before the last article is linked", "after it"] {
        let full = EntityId::unknown(EntityType::Person, "full").to_string();
        let (iraq, full) = (("IQ".to_owned(), 3, 3), (full, 3, 3));
        for (types, expected) in [
            (vec![EntityType::Person], vec![full.clone()]),
            (vec![EntityType::Organization], vec![full.clone()]),
            (vec![EntityType::Gpe, EntityType::Organization], vec![iraq.clone(), full.clone()]),
            (vec![EntityType::Person, EntityType::Organization], vec![full.clone()]),
            (vec![], vec![iraq.clone(), full.clone()]),
        ] {
            ensure_eq!(listed(store, &types).await?, expected, "entities of {types:?} {when}");
        }
        let first = store.entities(&EntityFilter::default(), &PageRequest::first(5)).await?.items;
        ensure_eq!(
            first.iter().map(|found| found.entity.entity_type).collect::<Vec<_>>(),
            [EntityType::Gpe, EntityType::Person],
            "types as most mentions have them {when}"
        );
        while linker.step(store, 100).await? {}
    }
    Ok(())
}

/// A list that is read while articles change and are linked says what was so at some time: each entity as often as it has articles.
async fn entities_are_counted_while_articles_change(store: &dyn TestStore) -> Result<(), BoxError> {
    let write = async {
        for time in 0..20 {
            let text = if time % 2 == 0 { "met full-A العراق" } else { "met full-B بغداد" };
            for number in 1..=3 {
                work(store, &Change::Submit(submission(number, text, time)), V1).await?;
            }
        }
        Ok::<_, BoxError>(())
    };
    let link = async {
        let mut linker = Linker::take_over(store, Uuid::nil()).await?;
        for _ in 0..30 {
            linker.step(store, 2).await?;
        }
        Ok::<_, BoxError>(())
    };
    let read = async {
        for _ in 0..60 {
            let page = PageRequest::first(10);
            for found in store.entities(&EntityFilter::default(), &page).await?.items {
                let (mentions, articles) = (found.mentions, found.articles);
                ensure_eq!(mentions, articles, "mentions and articles of {}", found.entity.id);
                ensure_eq!(
                    (1..=3).contains(&articles),
                    true,
                    "whether three articles have {mentions} mentions"
                );
            }
        }
        Ok::<_, BoxError>(())
    };
    tokio::try_join!(write, link, read)?;
    let mut linker = Linker::take_over(store, Uuid::nil()).await?;
    while linker.step(store, 100).await? {}
    agree(store, "in the end").await
}
