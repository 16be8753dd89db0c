//! Filters, order and pages of the lists.

use std::cmp::Reverse;

use marsad_model::ontology::{EntityType, EventType, Modality, Polarity, QuoteKind};
use marsad_model::{Change, EntityId};

use super::fixture::{V1, january, stamped, submission, work};
use super::{BoxError, TestStore, all, cases, ensure_eq};
use crate::error::StoreError;
use crate::filter::{ArticleFilter, ClaimFilter, EntityFilter, EntitySearch, EventFilter};
use crate::page::PageRequest;
use crate::record::{ArticleState, ArticleSummary};

cases!(
    events_are_filtered,
    events_are_in_order_of_time,
    claims_are_filtered,
    sources_roll_up,
    articles_are_filtered,
    articles_are_in_order_of_publication,
    entities_are_counted,
    an_entity_has_the_name_that_most_mentions_have,
    a_cursor_works_for_its_list_only,
);

/// What is in the store: articles 1 to 4.
const TEXTS: [&str; 4] = [
    "attacked الخارجية full-A بغداد\nsaid العراق threatened full-A الخارجية المحافظة",
    "met العراق full-B x\nsaid somebody not unknown full-B y",
    "unreadable",
    "attacked full-B full-A",
];

async fn fill(store: &dyn TestStore) -> Result<(), BoxError> {
    for (article, text) in (1..).zip(TEXTS) {
        work(store, &Change::Submit(submission(article, text, 10)), V1).await?;
    }
    Ok(())
}

fn id(id: &str) -> Option<EntityId> {
    Some(EntityId::known(id))
}

/// The verbs of the events that a filter lets through, sorted.
async fn verbs(store: &dyn TestStore, filter: EventFilter) -> Result<String, BoxError> {
    let events = all(async |page| store.events(&filter, &page).await).await?;
    let mut verbs: Vec<_> = events.into_iter().map(|record| record.event.lemma).collect();
    verbs.sort();
    Ok(verbs.join(" "))
}

async fn events_are_filtered(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    let any = EventFilter::default;
    let full = Some(EntityId::unknown(EntityType::Person, "full"));
    let article = Some(submission(2, "", 0).article);
    let cases = [
        (any(), "attacked attacked met threatened unknown"),
        (EventFilter { types: vec![EventType::Consult, EventType::Threaten], ..any() }, "met threatened"),
        (EventFilter { actor: id("ministry"), ..any() }, "attacked"),
        // The country also stands for its ministry, and over two steps for its capital.
        (EventFilter { actor: id("IQ"), ..any() }, "attacked met"),
        (EventFilter { recipient: id("IQ"), ..any() }, "threatened"),
        (EventFilter { participant: id("IQ"), ..any() }, "attacked met threatened"),
        (EventFilter { place: id("IQ"), ..any() }, "attacked threatened"),
        (EventFilter { place: id("province"), ..any() }, "attacked threatened"),
        (EventFilter { place: id("city"), ..any() }, "attacked"),
        (EventFilter { participant: id("city"), ..any() }, ""),
        (EventFilter { actor: full.clone(), ..any() }, "attacked threatened unknown"),
        (EventFilter { actor: full.clone(), recipient: full, ..any() }, "attacked"),
        (
            EventFilter { modes: vec!["ASSAULT_AERIAL".into(), "OTHER_NONE".into()], ..any() },
            "attacked attacked",
        ),
        (EventFilter { claim_source: id("IQ"), ..any() }, "threatened"),
        // Over two steps, as for actors.
        (EventFilter { claim_source: id("province"), ..any() }, ""),
        (EventFilter { anonymous: Some(true), ..any() }, "unknown"),
        (EventFilter { anonymous: Some(false), ..any() }, "threatened"),
        (EventFilter { claimed: Some(true), ..any() }, "threatened unknown"),
        (EventFilter { claimed: Some(false), ..any() }, "attacked attacked met"),
        (EventFilter { happened: true, ..any() }, "attacked attacked met"),
        (EventFilter { happened: true, polarity: Some(Polarity::Negated), ..any() }, ""),
        (EventFilter { happened: true, modalities: vec![Modality::Planned], ..any() }, ""),
        (EventFilter { from: Some(january(12)), ..any() }, "attacked attacked met"),
        (EventFilter { from: Some(january(13)), ..any() }, "met"),
        (EventFilter { to: Some(january(10)), ..any() }, "attacked attacked threatened"),
        (EventFilter { to: Some(january(9)), ..any() }, "threatened"),
        (EventFilter { from: Some(january(11)), to: Some(january(11)), ..any() }, "attacked attacked"),
        (EventFilter { from: Some(january(6)), to: Some(january(9)), ..any() }, ""),
        (EventFilter { polarity: Some(Polarity::Negated), ..any() }, "unknown"),
        (
            EventFilter { modalities: vec![Modality::Possible, Modality::Planned], ..any() },
            "threatened unknown",
        ),
        (EventFilter { article, ..any() }, "met unknown"),
        (EventFilter { background: Some(true), ..any() }, "met"),
        (EventFilter { background: Some(false), article, ..any() }, "unknown"),
        (EventFilter { min_confidence: Some(0.6), ..any() }, "attacked attacked met"),
        (EventFilter { min_confidence: Some(0.9), actor: id("IQ"), ..any() }, "attacked"),
        (EventFilter { actor: id("nobody"), ..any() }, ""),
    ];
    for (filter, expected) in cases {
        ensure_eq!(verbs(store, filter.clone()).await?, expected, "events of {filter:?}");
    }
    Ok(())
}

async fn events_are_in_order_of_time(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    let filter = EventFilter::default();
    let events = all(async |page| store.events(&filter, &page).await).await?;
    let keys: Vec<_> = events
        .iter()
        .map(|record| {
            let earliest = record.event.time.and_then(|time| time.earliest);
            (earliest.is_none(), earliest, record.event.id)
        })
        .collect();
    ensure_eq!(keys.is_sorted(), true, "whether {keys:?} is sorted");
    ensure_eq!(keys.len(), 5, "events");
    Ok(())
}

async fn claims_are_filtered(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    let (any, article) = (ClaimFilter::default, |n| Some(submission(n, "", 0).article));
    let cases = [
        (any(), 2),
        (ClaimFilter { article: article(1), ..any() }, 1),
        (ClaimFilter { article: article(4), ..any() }, 0),
        (ClaimFilter { source: id("IQ"), ..any() }, 1),
        (ClaimFilter { source: id("ministry"), ..any() }, 0),
        (ClaimFilter { anonymous: Some(true), ..any() }, 1),
        (ClaimFilter { anonymous: Some(false), article: article(2), ..any() }, 0),
    ];
    for (filter, expected) in cases {
        let claims = all(async |page| store.claims(&filter, &page).await).await?;
        ensure_eq!(claims.len(), expected, "claims of {filter:?}");
    }
    Ok(())
}

/// Sources roll up as participants do: the country also stands for its ministry, and over two steps for its capital.
async fn sources_roll_up(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    let more = "said الخارجية via الخبر warned full-B y\nquoted بغداد promised full-B المحافظة";
    work(store, &Change::Submit(submission(6, more, 10)), V1).await?;
    let any = ClaimFilter::default;
    let outlet = store.claims(&any(), &PageRequest::first(9)).await?.items;
    let outlet = outlet.into_iter().find_map(|record| record.claim.via.first().cloned());
    ensure_eq!(outlet.is_some(), true, "whether a claim came through an outlet");
    let cases = [
        (any(), 4),
        (ClaimFilter { source: id("IQ"), ..any() }, 3),
        (ClaimFilter { source: id("ministry"), ..any() }, 1),
        (ClaimFilter { source: id("province"), ..any() }, 1),
        (ClaimFilter { via: id("IQ"), ..any() }, 0),
        (ClaimFilter { via: outlet.clone(), ..any() }, 1),
        (ClaimFilter { source: outlet, ..any() }, 0),
        (ClaimFilter { quote: Some(QuoteKind::Direct), ..any() }, 1),
        (ClaimFilter { quote: Some(QuoteKind::Indirect), source: id("IQ"), ..any() }, 2),
        (ClaimFilter { min_confidence: Some(0.8), ..any() }, 1),
    ];
    for (filter, expected) in cases {
        let claims = all(async |page| store.claims(&filter, &page).await).await?;
        ensure_eq!(claims.len(), expected, "claims of {filter:?}");
    }
    let of = |source: &str| EventFilter { claim_source: id(source), ..EventFilter::default() };
    ensure_eq!(verbs(store, of("IQ")).await?, "promised threatened warned", "what the country says");
    ensure_eq!(verbs(store, of("ministry")).await?, "warned", "what the ministry says");
    ensure_eq!(verbs(store, of("province")).await?, "promised", "what the province says");
    Ok(())
}

async fn articles_are_filtered(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    store.apply(&Change::Submit(submission(5, "met a b", 1)), V1, None).await?;
    let any = ArticleFilter::default;
    // Article n is of the day n + 1, and the latest comes first.
    let cases: [(ArticleFilter, &[&str]); 8] = [
        (any(), &["5", "4", "3", "2", "1"]),
        (ArticleFilter { outlet: Some("even".into()), ..any() }, &["4", "2"]),
        (ArticleFilter { state: Some(ArticleState::Failed), ..any() }, &["3"]),
        (ArticleFilter { state: Some(ArticleState::Analysed), ..any() }, &["4", "2", "1"]),
        (ArticleFilter { state: Some(ArticleState::Pending), ..any() }, &["5"]),
        (ArticleFilter { state: Some(ArticleState::Superseded), ..any() }, &[]),
        (ArticleFilter { published_from: Some(january(4)), ..any() }, &["5", "4", "3"]),
        (ArticleFilter { published_from: Some(january(3)), published_to: Some(january(3)), ..any() }, &["2"]),
    ];
    for (filter, expected) in cases {
        let articles = all(async |page| store.articles(&filter, &page).await).await?;
        let urls: Vec<_> = articles.iter().filter_map(|a| a.url.as_deref()?.rsplit('/').next()).collect();
        ensure_eq!(urls, expected, "articles of {filter:?}");
    }
    Ok(())
}

async fn articles_are_in_order_of_publication(store: &dyn TestStore) -> Result<(), BoxError> {
    for number in 0..9 {
        let mut fields = submission(number % 5, "met a b", 0).fields;
        fields.url = Some(format!("https://news.example/{number}/day"));
        fields.published_at = fields.published_at.filter(|_| number % 3 > 0);
        work(store, &Change::Submit(stamped(fields, 1)), V1).await?;
    }
    let read = async |filter: ArticleFilter| all(async |page| store.articles(&filter, &page).await).await;
    let articles = read(ArticleFilter::default()).await?;
    let keys: Vec<_> = articles.iter().map(|a| (a.published.is_none(), Reverse(a.published), a.id)).collect();
    ensure_eq!(keys.is_sorted(), true, "whether {keys:?} is sorted");
    let dated = |articles: &[ArticleSummary]| articles.iter().filter(|a| a.published.is_some()).count();
    ensure_eq!((articles.len(), dated(&articles)), (9, 6), "articles, and those with a day");
    for (from, to) in [(Some(january(1)), None), (None, Some(january(31)))] {
        let filter = ArticleFilter { published_from: from, published_to: to, ..Default::default() };
        let articles = read(filter).await?;
        ensure_eq!((articles.len(), dated(&articles)), (6, 6), "articles of a range of days");
    }
    // One that an outlet has by its name alone is listed once, and in order.
    let filter = ArticleFilter { outlet: Some("even".into()), ..Default::default() };
    let named = read(filter).await?;
    let expected: Vec<_> = articles.into_iter().filter(|a| a.outlet.as_deref() == Some("even")).collect();
    ensure_eq!(named, expected, "articles of an outlet");
    Ok(())
}

async fn entities_are_counted(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    let list = async |filter: EntityFilter| -> Result<Vec<(String, u64, u64)>, BoxError> {
        let entities = all(async |page| store.entities(&filter, &page).await).await?;
        Ok(entities.into_iter().map(|e| (e.entity.name, e.mentions, e.articles)).collect())
    };
    let row = |name: &str, mentions, articles| (name.to_owned(), mentions, articles);
    let everything = list(EntityFilter::default()).await?;
    // Two mentions as full-A, and four in two articles that name it full-B first.
    ensure_eq!(everything[0], row("full-B", 6, 3), "the most mentioned entity");
    ensure_eq!(everything.len(), 8, "entities");
    let places = list(EntityFilter { types: vec![EntityType::Gpe], article: None }).await?;
    ensure_eq!(places, [row("العراق", 2, 2), row("بغداد", 1, 1), row("المحافظة", 1, 1)], "places");
    let filter = EntityFilter { types: Vec::new(), article: Some(submission(4, "", 0).article) };
    ensure_eq!(list(filter).await?, [row("full-B", 2, 1)], "entities of an article");
    let ministry = store.entity(&EntityId::known("ministry")).await?.ok_or("no ministry")?;
    ensure_eq!((ministry.mentions, ministry.articles), (2, 1), "counts of the ministry");
    ensure_eq!(ministry.entity.rollup, id("IQ"), "what the ministry rolls up to");
    ensure_eq!(ministry.entity.name_en.as_deref(), Some("Foreign Ministry"), "the ministry in English");
    ensure_eq!(store.entity(&EntityId::known("nobody")).await?, None, "an entity that nobody mentions");
    Ok(())
}

async fn an_entity_has_the_name_that_most_mentions_have(store: &dyn TestStore) -> Result<(), BoxError> {
    let full = EntityId::unknown(EntityType::Person, "full");
    let name = async |texts: &[&str]| -> Result<Option<String>, BoxError> {
        for (article, text) in (1..).zip(texts) {
            work(store, &Change::Submit(submission(article, text, texts.len() as i64)), V1).await?;
        }
        Ok(store.entity(&full).await?.map(|summary| summary.entity.name))
    };
    let b = Some("full-B".to_owned());
    ensure_eq!(name(&["met full-B"]).await?, b, "the only name");
    ensure_eq!(name(&["met full-B", "met full-A"]).await?, Some("full-A".to_owned()), "one of two");
    ensure_eq!(name(&["met full-B", "met full-A", "met full-B"]).await?, b, "the more frequent name");
    Ok(())
}

async fn a_cursor_works_for_its_list_only(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    let filter = EventFilter::default();
    let first = store.events(&filter, &PageRequest::first(2)).await?;
    let cursor = first.next.ok_or("there should be a second page")?;
    // A cursor travels as text.
    let cursor = serde_json::from_str(&serde_json::to_string(&cursor)?)?;
    let next = PageRequest { size: 1000, after: Some(cursor) };
    let rest = store.events(&filter, &next).await?;
    ensure_eq!((first.items.len(), rest.items.len(), rest.next), (2, 3, None), "two pages");
    let other = EventFilter { background: Some(true), ..filter };
    let wrong = [
        ("another filter", store.events(&other, &next).await.err()),
        ("claims", store.claims(&ClaimFilter::default(), &next).await.err()),
        ("articles", store.articles(&ArticleFilter::default(), &next).await.err()),
        ("entities", store.entities(&EntityFilter::default(), &next).await.err()),
        ("a search", store.search_entities(&EntitySearch::default(), &next).await.err()),
    ];
    for (list, error) in wrong {
        ensure_eq!(matches!(error, Some(StoreError::BadCursor)), true, "whether {list} refuses it");
    }
    for size in [0, 1001] {
        let error = store.articles(&ArticleFilter::default(), &PageRequest::first(size)).await.err();
        ensure_eq!(matches!(error, Some(StoreError::Invalid { .. })), true, "whether {size} is refused");
    }
    Ok(())
}
