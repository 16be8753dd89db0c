//! The searches: read what is looked for, ask the store, answer a page.

use marsad_model::limits::MAX_FIELD_BYTES;
use marsad_model::{Error, ErrorCode};
use marsad_proto::article::read_date;
use marsad_proto::v1;
use marsad_store::{ArticleSearch, EntitySearch, EventSearch, Store, TextQuery, TextQueryError};

use crate::overlay::Overlays;
use crate::{lists, pages, read_unit, records};

pub(crate) async fn entities(
    store: &dyn Store,
    overlays: &Overlays,
    request: v1::SearchEntitiesRequest,
) -> Result<v1::SearchEntitiesResponse, Error> {
    let page = pages::read(request.page_size, &request.page_token)?;
    let types = v1::EntityType::read_all(&request.types, "types")?;
    let name = checked(request.query)?;
    if crate::fold_name(&name).is_empty() {
        return Err(empty("is empty; a name or a part of one is needed"));
    }
    let wanted = name.clone();
    let defect = |_| Error::new(ErrorCode::Internal, "the names of the knowledge could not be searched");
    let known = overlays.now().await?;
    let known = tokio::task::spawn_blocking(move || known.names().fitting(&wanted)).await.map_err(defect)?;
    let page = store.search_entities(&EntitySearch { name, types, known }, &page).await?;
    let next_page_token = pages::token(page.next.as_ref());
    let hits = page.items.into_iter();
    let (entities, matches) = hits
        .map(|hit| (records::entity_summary(hit.summary), records::entity_match(hit.fit, hit.name)))
        .unzip();
    Ok(v1::SearchEntitiesResponse { entities, matches, next_page_token })
}

pub(crate) async fn articles(
    store: &dyn Store,
    request: v1::SearchArticlesRequest,
) -> Result<v1::SearchArticlesResponse, Error> {
    let page = pages::read(request.page_size, &request.page_token)?;
    let unit = read_unit(request.span_unit)?;
    let search = ArticleSearch {
        query: words(request.query)?,
        outlet: request.outlet,
        published_from: read_date(request.published_from.as_deref(), "published_from")?,
        published_to: read_date(request.published_to.as_deref(), "published_to")?,
    };
    let as_of = store.log_version().await?;
    let page = store.search_articles(&search, &page).await?;
    Ok(v1::SearchArticlesResponse {
        as_of,
        next_page_token: pages::token(page.next.as_ref()),
        articles: page.items.into_iter().map(|hit| records::article_hit(hit, unit)).collect(),
    })
}

pub(crate) async fn events(
    store: &dyn Store,
    request: v1::SearchEventsRequest,
) -> Result<v1::SearchEventsResponse, Error> {
    let page = pages::read(request.page_size, &request.page_token)?;
    let unit = read_unit(request.span_unit)?;
    let query = words(request.query)?;
    let filter = lists::event_filter(v1::ListEventsRequest {
        types: request.types,
        modes: request.modes,
        actor_id: request.actor_id,
        recipient_id: request.recipient_id,
        participant_id: request.participant_id,
        place_id: request.place_id,
        source_id: request.source_id,
        from_date: request.from_date,
        to_date: request.to_date,
        polarity: request.polarity,
        modalities: request.modalities,
        happened: request.happened,
        article_id: request.article_id,
        background: request.background,
        min_confidence: request.min_confidence,
        anonymous: request.anonymous,
        claimed: request.claimed,
        ..Default::default()
    })?;
    let as_of = store.log_version().await?;
    let page = store.search_events(&EventSearch { query, filter }, &page).await?;
    let (events, entities) = records::event_hits(&page.items, unit);
    Ok(v1::SearchEventsResponse {
        next_page_token: pages::token(page.next.as_ref()),
        events,
        entities,
        as_of,
    })
}

fn words(query: String) -> Result<TextQuery, Error> {
    TextQuery::parse(&checked(query)?).map_err(|error| match error {
        TextQueryError::Empty => empty("names no word that is looked for"),
        TextQueryError::TooLong => Error::field("query", "QUERY_TOO_LONG", error.to_string()),
    })
}

fn checked(query: String) -> Result<String, Error> {
    if query.len() > MAX_FIELD_BYTES {
        return Err(Error::field(
            "query",
            "QUERY_TOO_LONG",
            format!("has more than {MAX_FIELD_BYTES} bytes"),
        ));
    }
    // No name and no text has U+0000.
    Ok(query.replace('\0', " "))
}

fn empty(problem: &str) -> Error {
    Error::field("query", "QUERY_EMPTY", problem)
}
