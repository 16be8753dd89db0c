//! The commands that read: tables for people, protobuf JSON for programs.

use std::collections::HashMap;
use std::process::ExitCode;

use anyhow::anyhow;
use marsad_model::ontology::{EntityType, EventType, Modality, Polarity, QuoteKind};
use marsad_proto::v1;
use tonic::{Response, Status};

use super::{Connection, refused};
use crate::cli::{ArticleArgs, ClaimsArgs, EntitiesArgs, EventsArgs, OutputArgs};
use crate::table::{cell, print, shorten, table};

/// The most that one page may have.
pub(super) const LARGEST_PAGE: usize = 1000;

/// `marsad events`.
pub(crate) async fn events(args: EventsArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.query();
    let output = args.output;
    let mut request = events_request(args)?;
    let mut names = Names::default();
    let events = every_page(output.limit, async |page_size, page_token| {
        (request.page_size, request.page_token) = (page_size, page_token);
        let page = client.list_events(request.clone()).await.ok_or_refused()?;
        names.learn(&page.entities);
        Ok((page.events, page.next_page_token))
    })
    .await?;
    show(output, &events, |events| print_events(events, &names))
}

/// The filters of a list of events.
pub(super) fn events_request(args: EventsArgs) -> anyhow::Result<v1::ListEventsRequest> {
    let types = args.types.iter().map(|name| Ok(v1::EventType::from(name.parse::<EventType>()?).into()));
    let modalities =
        args.modality.iter().map(|name| Ok(v1::Modality::from(name.parse::<Modality>()?).into()));
    let polarity = args.polarity.map(|name| name.parse::<Polarity>()).transpose()?;
    Ok(v1::ListEventsRequest {
        types: types.collect::<anyhow::Result<_>>()?,
        modes: args.mode,
        happened: args.happened,
        modalities: modalities.collect::<anyhow::Result<_>>()?,
        polarity: polarity.map_or(0, |polarity| v1::Polarity::from(polarity).into()),
        actor_id: args.actor,
        recipient_id: args.recipient,
        participant_id: args.participant,
        place_id: args.place,
        source_id: args.source,
        anonymous: args.anonymous,
        claimed: args.claimed,
        background: args.background,
        min_confidence: args.min_confidence,
        from_date: args.from,
        to_date: args.to,
        article_id: args.article,
        ..Default::default()
    })
}

/// `marsad entities`.
pub(crate) async fn entities(args: EntitiesArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.query();
    let types = args.types.iter().map(|name| Ok(v1::EntityType::from(name.parse::<EntityType>()?).into()));
    let mut request = v1::ListEntitiesRequest {
        types: types.collect::<anyhow::Result<_>>()?,
        article_id: args.article,
        ..Default::default()
    };
    let entities = every_page(args.output.limit, async |page_size, page_token| {
        (request.page_size, request.page_token) = (page_size, page_token);
        let page = client.list_entities(request.clone()).await.ok_or_refused()?;
        Ok((page.entities, page.next_page_token))
    })
    .await?;
    show(args.output, &entities, print_entities)
}

/// `marsad claims`.
pub(crate) async fn claims(args: ClaimsArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.query();
    let quote = args.quote.map(|name| name.parse::<QuoteKind>()).transpose()?;
    let mut request = v1::ListClaimsRequest {
        article_id: args.article,
        source_id: args.source,
        anonymous: args.anonymous,
        via_id: args.via,
        quote: quote.map_or(0, |quote| v1::QuoteKind::from(quote).into()),
        min_confidence: args.min_confidence,
        ..Default::default()
    };
    let mut names = Names::default();
    let claims = every_page(args.output.limit, async |page_size, page_token| {
        (request.page_size, request.page_token) = (page_size, page_token);
        let page = client.list_claims(request.clone()).await.ok_or_refused()?;
        names.learn(&page.entities);
        Ok((page.claims, page.next_page_token))
    })
    .await?;
    show(args.output, &claims, |claims| print_claims(claims, &names))
}

/// `marsad article`.
pub(crate) async fn article(args: ArticleArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.query();
    let request = v1::GetArticleRequest { article_id: args.id.clone(), ..Default::default() };
    let article = client.get_article(request).await.ok_or_refused()?.article;
    let article = article.ok_or_else(|| anyhow!("the server sent an answer without an article"))?;
    let analysed = article.state() == v1::ArticleState::Analysed;
    let analysis = if analysed {
        let request = v1::GetAnalysisRequest { article_id: args.id.clone(), ..Default::default() };
        client.get_analysis(request).await.ok_or_refused()?.analysis
    } else {
        None
    };
    if args.json {
        print(serde_json::json!({"article": article, "analysis": analysis}))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut about = table(&["article", &article.id]);
    let rows = [
        ("title", article.title.clone()),
        ("outlet", article.outlet.clone()),
        ("url", article.url.clone()),
        ("published", analysis.as_ref().and_then(|a| a.published.as_ref()).and_then(|p| p.date.clone())),
        ("state", Some(state_name(article.state()).to_owned())),
        ("failure", article.failure.clone()),
        ("revision", Some(article.content_hash.clone())),
        ("revisions kept", Some(article.revisions.len().to_string())),
    ];
    for (name, value) in rows {
        if let Some(value) = value {
            about.add_row([name.to_owned(), cell(value)]);
        }
    }
    print(about)?;
    print(cell(&article.text))?;
    if let Some(analysis) = analysis {
        let mut names = Names::default();
        names.learn(&analysis.entities);
        let mut counts: HashMap<&str, u64> = HashMap::new();
        for mention in &analysis.mentions {
            *counts.entry(&mention.entity_id).or_default() += 1;
        }
        let mut entities: Vec<v1::EntitySummary> = (analysis.entities.iter())
            .map(|entity| v1::EntitySummary {
                mention_count: counts.get(entity.id.as_str()).copied().unwrap_or_default(),
                article_count: 1,
                entity: Some(entity.clone()),
            })
            .collect();
        entities.sort_by_key(|e| std::cmp::Reverse(e.mention_count));
        print_entities(&entities)?;
        let reference = v1::ArticleReference { outlet: article.outlet, ..Default::default() };
        let claims: HashMap<&str, &v1::Claim> = analysis.claims.iter().map(|c| (c.id.as_str(), c)).collect();
        let events: Vec<v1::EventRecord> = (analysis.events.iter())
            .map(|event| v1::EventRecord {
                claim: event.claim_id.as_deref().and_then(|id| claims.get(id)).copied().cloned(),
                event: Some(event.clone()),
                article: Some(reference.clone()),
                ..Default::default()
            })
            .collect();
        print_events(&events, &names)?;
        let claims: Vec<v1::ClaimRecord> = (analysis.claims.iter())
            .map(|claim| v1::ClaimRecord {
                claim: Some(claim.clone()),
                article: Some(reference.clone()),
                ..Default::default()
            })
            .collect();
        print_claims(&claims, &names)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The items of one page after the other, as far as they are wanted. `page` is given a size and a token, and answers the items
/// and the next token.
pub(crate) async fn every_page<T>(
    limit: usize,
    mut page: impl AsyncFnMut(u32, String) -> anyhow::Result<(Vec<T>, String)>,
) -> anyhow::Result<Vec<T>> {
    let (mut items, mut token) = (Vec::new(), String::new());
    while let Some(size) = next_page(limit.saturating_sub(items.len())) {
        let (more, next) = page(size, token).await?;
        items.extend(more);
        if next.is_empty() {
            break;
        }
        token = next;
    }
    Ok(items)
}

/// The size of the next page; `None` when enough is shown.
pub(super) fn next_page(limit: usize) -> Option<u32> {
    (limit > 0).then(|| u32::try_from(limit.min(LARGEST_PAGE)).unwrap_or(u32::MAX))
}

pub(crate) trait OkOrRefused<T> {
    fn ok_or_refused(self) -> anyhow::Result<T>;
}

impl<T> OkOrRefused<T> for Result<Response<T>, Status> {
    fn ok_or_refused(self) -> anyhow::Result<T> {
        self.map(Response::into_inner).map_err(|status| refused(&status))
    }
}

pub(super) fn show<T: serde::Serialize>(
    output: OutputArgs,
    items: &[T],
    as_table: impl FnOnce(&[T]) -> anyhow::Result<()>,
) -> anyhow::Result<ExitCode> {
    if output.json {
        for item in items {
            print(serde_json::to_string(item)?)?;
        }
    } else {
        as_table(items)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Names of entities by id.
#[derive(Debug, Default)]
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    pub(crate) fn learn(&mut self, entities: &[v1::Entity]) {
        self.0.extend(entities.iter().map(|entity| (entity.id.clone(), entity.name.clone())));
    }

    pub(crate) fn of(&self, id: &str) -> String {
        self.0.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    pub(crate) fn list(&self, ids: &[String]) -> String {
        cell(ids.iter().map(|id| self.of(id)).collect::<Vec<_>>().join("، "))
    }
}

fn state_name(state: v1::ArticleState) -> &'static str {
    match state {
        v1::ArticleState::Unspecified => "unknown",
        v1::ArticleState::Analysed => "analysed",
        v1::ArticleState::Parked => "parked",
        v1::ArticleState::Superseded => "superseded",
        v1::ArticleState::Pending => "pending",
    }
}

/// Who says so: the source of the claim that the event stands in, else the outlet.
fn source(claim: Option<&v1::Claim>, article: Option<&v1::ArticleReference>, names: &Names) -> String {
    let source = claim.and_then(|claim| claim.source.as_ref());
    let named = source.and_then(|source| source.entity_id.as_deref()).map(|id| names.of(id));
    let described = source.and_then(|source| source.descriptor_text.clone());
    let outlet = article.and_then(|article| article.outlet.clone());
    cell(named.or(described).or(outlet).unwrap_or_default())
}

/// The days of an event.
fn when(event: &v1::Event) -> String {
    event.time.as_ref().map_or_else(String::new, |time| range(time.earliest.as_ref(), time.latest.as_ref()))
}

/// A range of days; an end that is not known is open.
pub(super) fn range(earliest: Option<&String>, latest: Option<&String>) -> String {
    match (earliest, latest) {
        (None, None) => String::new(),
        (Some(earliest), Some(latest)) if earliest == latest => earliest.clone(),
        (earliest, latest) => {
            let end = |end: Option<&String>| end.cloned().unwrap_or_else(|| "…".to_owned());
            format!("{} – {}", end(earliest), end(latest))
        }
    }
}

/// How real an event is, with its polarity where that is not the usual.
fn reality(event: &v1::Event) -> String {
    let modality = event.modality().to_domain().map_or("", Modality::as_str);
    match event.polarity() {
        v1::Polarity::Negated => format!("not {modality}"),
        _ => modality.to_owned(),
    }
}

pub(super) fn print_events(events: &[v1::EventRecord], names: &Names) -> anyhow::Result<()> {
    let mut table =
        table(&["when", "action", "word", "actor", "recipient", "place", "modality", "source", "outlet"]);
    for record in events {
        let Some(event) = &record.event else { continue };
        let kind = event.r#type().to_domain().map_or("", EventType::as_str);
        table.add_row([
            when(event),
            event.mode.clone().unwrap_or_else(|| kind.to_owned()),
            cell(&event.trigger_text),
            names.list(&event.actor_ids),
            names.list(&event.recipient_ids),
            names.list(&event.place_ids),
            reality(event),
            source(record.claim.as_ref(), record.article.as_ref(), names),
            cell(record.article.as_ref().and_then(|a| a.outlet.clone()).unwrap_or_default()),
        ]);
    }
    print(table)
}

pub(super) fn print_entities(entities: &[v1::EntitySummary]) -> anyhow::Result<()> {
    let mut table = table(&["entity", "type", "name", "English", "mentions", "articles"]);
    for summary in entities {
        let Some(entity) = &summary.entity else { continue };
        table.add_row([
            entity.id.clone(),
            entity.r#type().to_domain().map_or("", EntityType::as_str).to_owned(),
            cell(&entity.name),
            entity.name_en.clone().unwrap_or_default(),
            summary.mention_count.to_string(),
            summary.article_count.to_string(),
        ]);
    }
    print(table)
}

fn print_claims(claims: &[v1::ClaimRecord], names: &Names) -> anyhow::Result<()> {
    let mut table = table(&["source", "word", "said", "quote", "outlet"]);
    for record in claims {
        let Some(claim) = &record.claim else { continue };
        let quote = if claim.quote() == v1::QuoteKind::Direct { "direct" } else { "indirect" };
        table.add_row([
            source(Some(claim), None, names),
            cell(&claim.cue_text),
            cell(shorten(&claim.content_text, 160)),
            quote.to_owned(),
            cell(record.article.as_ref().and_then(|a| a.outlet.clone()).unwrap_or_default()),
        ]);
    }
    print(table)
}
