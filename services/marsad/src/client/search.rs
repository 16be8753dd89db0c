//! `marsad search`.

use std::process::ExitCode;

use marsad_model::ontology::EntityType;
use marsad_proto::v1;

use super::Connection;
use super::read::{Names, OkOrRefused as _, events_request, every_page, print_events, show};
use crate::cli::{SearchArgs, SearchArticlesArgs, SearchEntitiesArgs, SearchEventsArgs, SearchFor};
use crate::table::{cell, print, shorten, table};

/// The longest context that a table shows, in characters.
const CONTEXT: usize = 160;

/// `marsad search`.
pub(crate) async fn search(args: SearchArgs) -> anyhow::Result<ExitCode> {
    match args.what {
        SearchFor::Entities(args) => entities(args).await,
        SearchFor::Articles(args) => articles(args).await,
        SearchFor::Events(args) => events(*args).await,
    }
}

/// An entity with how it was found: an object of the output.
#[derive(serde::Serialize)]
struct FoundEntity {
    #[serde(flatten)]
    summary: v1::EntitySummary,
    #[serde(rename = "match")]
    found: v1::EntityMatch,
}

async fn entities(args: SearchEntitiesArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.query();
    let types = args.types.iter().map(|name| Ok(v1::EntityType::from(name.parse::<EntityType>()?).into()));
    let mut request = v1::SearchEntitiesRequest {
        query: args.query.join(" "),
        types: types.collect::<anyhow::Result<_>>()?,
        ..Default::default()
    };
    let entities = every_page(args.output.limit, async |page_size, page_token| {
        (request.page_size, request.page_token) = (page_size, page_token);
        let page = client.search_entities(request.clone()).await.ok_or_refused()?;
        let found = page.entities.into_iter().zip(page.matches);
        Ok((found.map(|(summary, found)| FoundEntity { summary, found }).collect(), page.next_page_token))
    })
    .await?;
    show(args.output, &entities, |entities| {
        let mut table =
            table(&["entity", "type", "name", "English", "mentions", "articles", "match", "by the name"]);
        for FoundEntity { summary, found } in entities {
            let Some(entity) = &summary.entity else { continue };
            table.add_row([
                entity.id.clone(),
                entity.r#type().to_domain().map_or("", EntityType::as_str).to_owned(),
                cell(&entity.name),
                entity.name_en.clone().unwrap_or_default(),
                summary.mention_count.to_string(),
                summary.article_count.to_string(),
                match_name(found.fit()).to_owned(),
                cell(&found.name),
            ]);
        }
        print(table)
    })
}

async fn articles(args: SearchArticlesArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.query();
    let mut request = v1::SearchArticlesRequest {
        query: args.query.join(" "),
        outlet: args.outlet,
        published_from: args.from,
        published_to: args.to,
        ..Default::default()
    };
    let articles = every_page(args.output.limit, async |page_size, page_token| {
        (request.page_size, request.page_token) = (page_size, page_token);
        let page = client.search_articles(request.clone()).await.ok_or_refused()?;
        Ok((page.articles, page.next_page_token))
    })
    .await?;
    show(args.output, &articles, |articles| {
        let mut table = table(&["article", "published", "outlet", "title", "words", "context"]);
        for hit in articles {
            let Some(article) = hit.article.clone() else { continue };
            table.add_row([
                article.id,
                article.published_date.unwrap_or_default(),
                cell(article.outlet.unwrap_or_default()),
                cell(article.title.unwrap_or_default()),
                prominence_name(hit.prominence()).to_owned(),
                cell(shorten(&hit.context, CONTEXT)),
            ]);
        }
        print(table)
    })
}

async fn events(args: SearchEventsArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.filters.client)?.query();
    let output = args.filters.output;
    let filters = events_request(args.filters)?;
    let mut request = v1::SearchEventsRequest {
        query: args.query.join(" "),
        types: filters.types,
        modes: filters.modes,
        actor_id: filters.actor_id,
        recipient_id: filters.recipient_id,
        participant_id: filters.participant_id,
        place_id: filters.place_id,
        source_id: filters.source_id,
        from_date: filters.from_date,
        to_date: filters.to_date,
        polarity: filters.polarity,
        modalities: filters.modalities,
        happened: filters.happened,
        article_id: filters.article_id,
        background: filters.background,
        min_confidence: filters.min_confidence,
        anonymous: filters.anonymous,
        claimed: filters.claimed,
        ..Default::default()
    };
    let mut names = Names::default();
    let events = every_page(output.limit, async |page_size, page_token| {
        (request.page_size, request.page_token) = (page_size, page_token);
        let page = client.search_events(request.clone()).await.ok_or_refused()?;
        names.learn(&page.entities);
        Ok((page.events, page.next_page_token))
    })
    .await?;
    show(output, &events, |events| {
        let records: Vec<v1::EventRecord> = events.iter().filter_map(|hit| hit.record.clone()).collect();
        print_events(&records, &names)
    })
}

fn match_name(fit: v1::NameMatch) -> &'static str {
    match fit {
        v1::NameMatch::Unspecified => "unknown",
        v1::NameMatch::Equal => "equal",
        v1::NameMatch::Prefix => "prefix",
        v1::NameMatch::WordPrefix => "word prefix",
        v1::NameMatch::Contains => "contains",
        v1::NameMatch::Sound => "sound",
        v1::NameMatch::Spelling => "spelling",
    }
}

fn prominence_name(prominence: v1::Prominence) -> &'static str {
    match prominence {
        v1::Prominence::Unspecified => "unknown",
        v1::Prominence::Title => "title",
        v1::Prominence::Central => "central",
        v1::Prominence::Text => "text",
    }
}
