//! The lists: read the filters, ask the store, answer a page.

use marsad_model::Error;
use marsad_proto::article::{read_article_id, read_date};
use marsad_proto::v1;
use marsad_store::{ArticleFilter, ClaimFilter, EntityFilter, EventFilter, Store};

use crate::records::{read_modes, read_optional_entity as entity};
use crate::{pages, read_unit, records};

pub(crate) async fn articles(
    store: &dyn Store,
    request: v1::ListArticlesRequest,
) -> Result<v1::ListArticlesResponse, Error> {
    let page = pages::read(request.page_size, &request.page_token)?;
    let filter = ArticleFilter {
        outlet: request.outlet,
        state: records::read_state(request.state)?,
        published_from: read_date(request.published_from.as_deref(), "published_from")?,
        published_to: read_date(request.published_to.as_deref(), "published_to")?,
    };
    // Before the list: what changes in between is then told by a watch.
    let as_of = store.log_version().await?;
    let page = store.articles(&filter, &page).await?;
    Ok(v1::ListArticlesResponse {
        as_of,
        next_page_token: pages::token(page.next.as_ref()),
        articles: page.items.into_iter().map(records::article_summary).collect(),
    })
}

pub(crate) async fn entities(
    store: &dyn Store,
    request: v1::ListEntitiesRequest,
) -> Result<v1::ListEntitiesResponse, Error> {
    let page = pages::read(request.page_size, &request.page_token)?;
    let article = request.article_id.as_deref().map(|id| read_article_id(id, "article_id")).transpose()?;
    let filter = EntityFilter { types: v1::EntityType::read_all(&request.types, "types")?, article };
    let page = store.entities(&filter, &page).await?;
    Ok(v1::ListEntitiesResponse {
        next_page_token: pages::token(page.next.as_ref()),
        entities: page.items.into_iter().map(records::entity_summary).collect(),
    })
}

pub(crate) async fn events(
    store: &dyn Store,
    request: v1::ListEventsRequest,
) -> Result<v1::ListEventsResponse, Error> {
    let page = pages::read(request.page_size, &request.page_token)?;
    let unit = read_unit(request.span_unit)?;
    let filter = event_filter(request)?;
    let as_of = store.log_version().await?;
    let page = store.events(&filter, &page).await?;
    let (events, entities) = records::events(&page.items, unit);
    Ok(v1::ListEventsResponse { next_page_token: pages::token(page.next.as_ref()), events, entities, as_of })
}

/// Reads the filters of a list of events.
pub(crate) fn event_filter(request: v1::ListEventsRequest) -> Result<EventFilter, Error> {
    Ok(EventFilter {
        types: v1::EventType::read_all(&request.types, "types")?,
        modes: read_modes(request.modes, "modes")?,
        actor: entity(request.actor_id.as_deref(), "actor_id")?,
        recipient: entity(request.recipient_id.as_deref(), "recipient_id")?,
        participant: entity(request.participant_id.as_deref(), "participant_id")?,
        place: entity(request.place_id.as_deref(), "place_id")?,
        claim_source: entity(request.source_id.as_deref(), "source_id")?,
        anonymous: request.anonymous,
        claimed: request.claimed,
        from: read_date(request.from_date.as_deref(), "from_date")?,
        to: read_date(request.to_date.as_deref(), "to_date")?,
        polarity: v1::Polarity::read(request.polarity, "polarity")?,
        modalities: v1::Modality::read_all(&request.modalities, "modalities")?,
        happened: request.happened,
        article: request.article_id.as_deref().map(|id| read_article_id(id, "article_id")).transpose()?,
        background: request.background,
        min_confidence: confidence(request.min_confidence)?,
    })
}

pub(crate) async fn claims(
    store: &dyn Store,
    request: v1::ListClaimsRequest,
) -> Result<v1::ListClaimsResponse, Error> {
    let page = pages::read(request.page_size, &request.page_token)?;
    let unit = read_unit(request.span_unit)?;
    let filter = ClaimFilter {
        article: request.article_id.as_deref().map(|id| read_article_id(id, "article_id")).transpose()?,
        source: entity(request.source_id.as_deref(), "source_id")?,
        anonymous: request.anonymous,
        via: entity(request.via_id.as_deref(), "via_id")?,
        quote: v1::QuoteKind::read(request.quote, "quote")?,
        min_confidence: confidence(request.min_confidence)?,
    };
    let as_of = store.log_version().await?;
    let page = store.claims(&filter, &page).await?;
    let (claims, entities) = records::claims(&page.items, unit);
    Ok(v1::ListClaimsResponse { next_page_token: pages::token(page.next.as_ref()), claims, entities, as_of })
}

fn confidence(least: Option<f32>) -> Result<Option<f32>, Error> {
    match least {
        Some(least) if !(0.0..=1.0).contains(&least) => {
            Err(Error::field("min_confidence", "OUT_OF_RANGE", "must lie between 0 and 1"))
        }
        _ => Ok(least),
    }
}
