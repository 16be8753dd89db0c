//! The commands about what many articles say together.

use std::process::ExitCode;

use anyhow::{anyhow, bail};
use marsad_model::ontology::{ConflictKind, EventType, Standing};
use marsad_proto::v1;

use super::Connection;
use super::read::{Names, OkOrRefused, every_page, next_page, range, show};
use crate::cli::graph::{
    ConflictsArgs, CountArgs, EventArgs, EventFilterArgs, NeighborsArgs, StoriesArgs, TimelineArgs, WatchArgs,
};
use crate::table::{cell, print, shorten, table};

/// `marsad stories`.
pub(crate) async fn stories(args: StoriesArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.query();
    let mut request = v1::ListStoriesRequest {
        entity_id: args.entity,
        from_date: args.from,
        to_date: args.to,
        parent_id: args.parent,
        article_id: args.article,
        coarse: args.coarse,
        ..Default::default()
    };
    let mut names = Names::default();
    let stories = every_page(args.output.limit, async |page_size, page_token| {
        (request.page_size, request.page_token) = (page_size, page_token);
        let page = client.list_stories(request.clone()).await.ok_or_refused()?;
        names.learn(&page.entities);
        Ok((page.stories, page.next_page_token))
    })
    .await?;
    show(args.output, &stories, |stories| {
        let mut table = table(&["story", "days", "articles", "headline", "about"]);
        for story in stories {
            table.add_row([
                story.id.clone(),
                range(story.first_date.as_ref(), story.last_date.as_ref()),
                story.article_ids.len().to_string(),
                cell(shorten(story.title.as_deref().unwrap_or_default(), 100)),
                names.list(&story.entity_ids),
            ]);
        }
        print(table)
    })
}

/// `marsad timeline`.
pub(crate) async fn timeline(args: TimelineArgs) -> anyhow::Result<ExitCode> {
    use v1::get_timeline_request::Subject;
    let mut client = Connection::new(&args.client)?.query();
    let mut request = v1::GetTimelineRequest {
        subject: args.story.map(Subject::StoryId).or(args.entity.map(Subject::EntityId)),
        from_date: args.from,
        to_date: args.to,
        min_reports: args.min_reports,
        ..Default::default()
    };
    let mut names = Names::default();
    let clusters = every_page(args.output.limit, async |page_size, page_token| {
        (request.page_size, request.page_token) = (page_size, page_token);
        let page = client.get_timeline(request.clone()).await.ok_or_refused()?;
        names.learn(&page.entities);
        Ok((page.clusters, page.next_page_token))
    })
    .await?;
    show(args.output, &clusters, |clusters| print_clusters(clusters, &names))
}

/// `marsad event`.
pub(crate) async fn event(args: EventArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.query();
    let request = v1::GetEventClusterRequest { cluster_id: args.id, ..Default::default() };
    let answer = client.get_event_cluster(request).await.ok_or_refused()?;
    if args.json {
        print(serde_json::to_string(&answer)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut names = Names::default();
    names.learn(&answer.entities);
    let cluster = answer.cluster.ok_or_else(|| anyhow!("the server sent an answer without an event"))?;
    print_clusters(std::slice::from_ref(&cluster), &names)?;
    super::read::print_events(&answer.mentions, &names)?;
    if !answer.conflicts.is_empty() {
        print_conflicts(&answer.conflicts, &names)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `marsad conflicts`.
pub(crate) async fn conflicts(args: ConflictsArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.query();
    let kinds =
        args.kinds.iter().map(|name| Ok(v1::ConflictKind::from(name.parse::<ConflictKind>()?).into()));
    let mut request = v1::ListConflictsRequest {
        story_id: args.story,
        cluster_id: args.event,
        kinds: kinds.collect::<anyhow::Result<_>>()?,
        entity_id: args.entity,
        ..Default::default()
    };
    let mut names = Names::default();
    let conflicts = every_page(args.output.limit, async |page_size, page_token| {
        (request.page_size, request.page_token) = (page_size, page_token);
        let page = client.list_conflicts(request.clone()).await.ok_or_refused()?;
        names.learn(&page.entities);
        Ok((page.conflicts, page.next_page_token))
    })
    .await?;
    show(args.output, &conflicts, |conflicts| print_conflicts(conflicts, &names))
}

/// `marsad neighbors`.
pub(crate) async fn neighbors(args: NeighborsArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.query();
    let types = args.types.iter().map(|name| Ok(v1::EventType::from(name.parse::<EventType>()?).into()));
    let request = v1::GetEntityNeighborhoodRequest {
        entity_id: args.id,
        types: types.collect::<anyhow::Result<_>>()?,
        from_date: args.from,
        to_date: args.to,
        limit: next_page(args.output.limit).unwrap_or(1),
    };
    let answer = client.get_entity_neighborhood(request).await.ok_or_refused()?;
    let mut names = Names::default();
    names.learn(&answer.entities);
    show(args.output, &answer.neighbors, |neighbors| {
        let mut table = table(&["entity", "name", "events", "acts", "is acted on", "by", "days"]);
        for neighbor in neighbors {
            let types = neighbor.types.iter().map(|of_type| {
                let name = of_type.r#type().to_domain().map_or("", EventType::as_str);
                format!("{name} {}", of_type.count)
            });
            table.add_row([
                neighbor.entity_id.clone(),
                cell(names.of(&neighbor.entity_id)),
                neighbor.event_count.to_string(),
                neighbor.as_actor_count.to_string(),
                neighbor.as_recipient_count.to_string(),
                types.collect::<Vec<_>>().join(", "),
                range(neighbor.first_date.as_ref(), neighbor.last_date.as_ref()),
            ]);
        }
        print(table)
    })
}

/// The filter that the arguments stand for.
pub(crate) fn filter(args: &EventFilterArgs) -> anyhow::Result<v1::EventClusterFilter> {
    let types = args.types.iter().map(|name| Ok(v1::EventType::from(name.parse::<EventType>()?).into()));
    Ok(v1::EventClusterFilter {
        types: types.collect::<anyhow::Result<_>>()?,
        actor_id: args.actor.clone(),
        recipient_id: args.recipient.clone(),
        place_id: args.place.clone(),
        story_id: args.story.clone(),
        from_date: args.from.clone(),
        to_date: args.to.clone(),
        min_reports: args.min_reports,
        ..Default::default()
    })
}

/// `marsad count`.
pub(crate) async fn count(args: CountArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.query();
    let by = args.by.iter().map(|name| {
        let wire = format!("COUNT_BY_{}", name.to_uppercase().replace('-', "_"));
        let Some(by) = v1::CountBy::from_str_name(&wire).filter(|by| *by != v1::CountBy::Unspecified) else {
            bail!(
                "nothing is counted by `{name}`; day, week, month, year, type, mode, actor, recipient, place and \
                 country-pair are"
            )
        };
        Ok(by.into())
    });
    let request = v1::CountEventsRequest {
        filter: Some(filter(&args.events)?),
        group_by: by.collect::<anyhow::Result<_>>()?,
        limit: next_page(args.output.limit).unwrap_or(1),
    };
    let answer = client.count_events(request).await.ok_or_refused()?;
    let mut names = Names::default();
    names.learn(&answer.entities);
    show(args.output, &answer.buckets, |buckets| {
        let columns: Vec<&str> = args.by.iter().map(String::as_str).chain(["events"]).collect();
        let mut table = table(&columns);
        for bucket in buckets {
            let keys = bucket
                .keys
                .iter()
                .map(|key| cell(key.split('>').map(|part| names.of(part)).collect::<Vec<_>>().join(" → ")));
            table.add_row(keys.chain([bucket.count.to_string()]).collect::<Vec<_>>());
        }
        print(table)
    })
}

/// `marsad watch`: a line of JSON for each message, until it is interrupted.
pub(crate) async fn watch(args: WatchArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.query();
    let kinds = args.kinds.iter().map(|name| {
        Ok(match name.as_str() {
            "article" => v1::ResourceKind::ArticleLinks,
            "story" => v1::ResourceKind::Story,
            "event" => v1::ResourceKind::EventCluster,
            "conflict" => v1::ResourceKind::Conflict,
            other => bail!("`{other}` is nothing to watch; article, story, event and conflict are"),
        }
        .into())
    });
    let request = v1::WatchRequest { after: args.after, kinds: kinds.collect::<anyhow::Result<_>>()? };
    let mut changes = client.watch(request).await.ok_or_refused()?;
    let mut versions = 0;
    while let Some(message) = changes.message().await.map_err(|status| super::refused(&status))? {
        print(serde_json::to_string(&message)?)?;
        versions += u64::from(!message.more);
        if args.limit.is_some_and(|limit| versions >= limit) {
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// When an event was; of news without a day, when they were told first.
fn when(cluster: &v1::EventCluster) -> String {
    match (&cluster.time, &cluster.timeline_place) {
        (None, Some(place)) => format!("told {}", place.date),
        (time, _) => days(time.as_ref()),
    }
}

/// The days of a time.
pub(crate) fn days(time: Option<&v1::TimeInterval>) -> String {
    time.map_or_else(String::new, |time| range(time.earliest.as_ref(), time.latest.as_ref()))
}

fn entities(values: &[v1::SupportedEntity], names: &Names) -> String {
    names.list(&values.iter().map(|value| value.entity_id.clone()).collect::<Vec<_>>())
}

fn print_clusters(clusters: &[v1::EventCluster], names: &Names) -> anyhow::Result<()> {
    let mut table =
        table(&["when", "action", "standing", "actor", "recipient", "place", "numbers", "reports", "event"]);
    for cluster in clusters {
        let kind = cluster.r#type().to_domain().map_or("", EventType::as_str);
        let numbers = cluster.quantities.iter().filter_map(|value| value.amount.as_ref()).map(amount);
        table.add_row([
            when(cluster),
            cluster.mode.clone().unwrap_or_else(|| kind.to_owned()),
            standing(cluster.standing()).to_owned(),
            entities(&cluster.actors, names),
            entities(&cluster.recipients, names),
            entities(&cluster.places, names),
            cell(numbers.collect::<Vec<_>>().join(", ")),
            cluster.report_count.to_string(),
            cluster.id.clone(),
        ]);
    }
    print(table)
}

fn print_conflicts(conflicts: &[v1::Conflict], names: &Names) -> anyhow::Result<()> {
    let mut table = table(&["about", "version", "reports", "said by", "event"]);
    for conflict in conflicts {
        let kind = conflict.kind().to_domain().map_or("", ConflictKind::as_str);
        for (at, side) in conflict.sides.iter().enumerate() {
            let mut sources: Vec<String> = Vec::new();
            for statement in &side.statements {
                let source = statement.source_id.as_ref().or(statement.outlet_id.as_ref());
                let source = source.map_or_else(|| statement.article_id.clone(), |id| names.of(id));
                if !sources.contains(&source) {
                    sources.push(source);
                }
            }
            table.add_row([
                if at == 0 { kind.to_owned() } else { String::new() },
                version(side, days, |number| cell(amount(number)), |ids| names.list(ids)),
                side.report_count.to_string(),
                cell(sources.join("، ")),
                if at == 0 { conflict.cluster_id.clone() } else { String::new() },
            ]);
        }
    }
    print(table)
}

/// What a side says, with the caller's way to tell days, numbers and names.
pub(crate) fn version(
    side: &v1::ConflictSide,
    days: impl Fn(Option<&v1::TimeInterval>) -> String,
    amount: impl Fn(&v1::Amount) -> String,
    names: impl Fn(&[String]) -> String,
) -> String {
    use v1::conflict_side::Value;
    match &side.value {
        Some(Value::Date(time)) => days(Some(time)),
        Some(Value::Quantity(number)) => amount(number),
        Some(Value::Actors(list) | Value::Places(list)) => names(&list.entity_ids),
        Some(Value::Status(number)) => {
            standing(v1::Standing::try_from(*number).unwrap_or_default()).to_owned()
        }
        None => String::new(),
    }
}

fn standing(standing: v1::Standing) -> &'static str {
    standing.to_domain().map_or("", Standing::as_str)
}

/// A number with its unit: `~150`, `3–5`, `≥ 85`.
pub(crate) fn amount(amount: &v1::Amount) -> String {
    let about = if amount.approximate { "~" } else { "" };
    let number = match (amount.low, amount.high) {
        (Some(low), Some(high)) if low == high => format!("{about}{low}"),
        (Some(low), Some(high)) => format!("{about}{low}–{high}"),
        (Some(low), None) => format!("≥ {low}"),
        (None, Some(high)) => format!("≤ {high}"),
        (None, None) => "?".to_owned(),
    };
    match &amount.unit {
        Some(unit) => format!("{number} {unit}"),
        None => number,
    }
}
