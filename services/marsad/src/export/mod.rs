//! `marsad export`: the record, or a part of it, for other tools.
//!
//! Read through QueryService in passes over its lists, a page at a time, and written as it comes, so that memory does not grow with the record. Two things
//! are kept over a pass, 64 bits an id: with filters, what belongs to the chosen events; for a graph, which nodes have been written.
//!
//! Every record is as it was when its page was read. Where the record has changed meanwhile, the command says from which version to which; `marsad
//! watch --after` the first of them tells what a record written early has become.

mod choice;
#[cfg(test)]
mod example;
mod graphml;
mod jsonl;
mod pages;
mod plover;
mod polecat;
mod sink;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use marsad_model::ontology::Standing;
use marsad_proto::v1;

use self::choice::{Choice, Ids};
use self::graphml::Graph;
use self::jsonl::Lines;
use self::pages::{Record, Versions};
use self::sink::Sink;
use crate::cli::export::{ExportArgs, Format, Kind};
use crate::client::{self, Connection};

/// `marsad export`.
pub(crate) async fn run(args: ExportArgs) -> anyhow::Result<ExitCode> {
    if !args.kinds.is_empty() && args.format != Format::Jsonl {
        bail!("--kind is for --format jsonl: the other formats have their own");
    }
    let filter = filter(&args)?;
    let client = Connection::new(&args.client)?.query();
    let progress = progress(args.out.is_some());
    let mut record = Record::new(client, progress.clone());
    let mut sink = Sink::open(args.out.as_deref())?;
    let written = {
        let writing = write(&args, &filter, &mut record, &progress, &mut sink);
        // What is written beside a file is taken away. To standard output the signal does what it always does, also while a reader holds up.
        match &args.out {
            Some(_) => tokio::select! {
                written = writing => written,
                _ = tokio::signal::ctrl_c() => Err(anyhow!("interrupted")),
            },
            None => writing.await,
        }
    };
    progress.finish_and_clear();
    match written.and_then(|left_out| sink.finish().map(|()| left_out)) {
        Ok(left_out) => {
            tell(record.versions, left_out);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) if args.out.is_none() && sink::reader_has_gone(&error) => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error),
    }
}

/// Writes everything, and returns how many events the format has no place for.
async fn write(
    args: &ExportArgs,
    filter: &v1::EventClusterFilter,
    record: &mut Record,
    progress: &ProgressBar,
    sink: &mut Sink,
) -> anyhow::Result<u64> {
    match args.format {
        Format::Jsonl => jsonl(&args.kinds, filter, record, progress, sink).await.map(|()| 0),
        Format::Polecat => polecat(filter, record, progress, sink, b',').await,
        Format::PolecatTsv => polecat(filter, record, progress, sink, b'\t').await,
        Format::Graphml => graphml(filter, record, progress, sink).await.map(|()| 0),
    }
}

/// Says what the output itself does not.
#[expect(clippy::print_stderr, reason = "remarks go beside the output")]
fn tell(versions: Versions, left_out: u64) {
    if let Some((first, last)) = versions.seen().filter(|(first, last)| first < last) {
        eprintln!(
            "the record went from version {first} to {last} while it was read: `marsad watch --after {first}` tells what changed"
        );
    }
    if left_out > 0 {
        eprintln!("{left_out} events are of a kind that PLOVER has no type for and are left out");
    }
}

/// On standard error, and only where a person looks on who does not see the output itself run by.
fn progress(to_file: bool) -> ProgressBar {
    if !to_file && io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    // Hidden by itself where standard error is no terminal.
    ProgressBar::new_spinner()
}

/// Begins a pass; a bar where its length is known.
fn pass(progress: &ProgressBar, what: &'static str, length: Option<u64>) {
    let template = match length {
        Some(_) => "{msg} {bar:30} {pos}/{len} {per_sec} {eta}",
        None => "{msg} {spinner} {pos} {per_sec}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        progress.set_style(style);
    }
    progress.reset();
    match length {
        Some(length) => progress.set_length(length),
        None => progress.unset_length(),
    }
    progress.set_message(what);
}

/// The filters of the events.
fn filter(args: &ExportArgs) -> anyhow::Result<v1::EventClusterFilter> {
    let standings: anyhow::Result<Vec<i32>> =
        args.standing.iter().map(|name| Ok(v1::Standing::from(name.parse::<Standing>()?).into())).collect();
    let mut standings = standings?;
    // Event data are of what happened.
    if standings.is_empty() && matches!(args.format, Format::Polecat | Format::PolecatTsv) {
        standings.push(v1::Standing::Happened.into());
    }
    Ok(v1::EventClusterFilter {
        modes: args.mode.clone(),
        participant_id: args.entity.clone(),
        standings,
        disputed: args.disputed,
        ..client::graph::filter(&args.events)?
    })
}

/// What the filters let through.
async fn choose(
    filter: &v1::EventClusterFilter,
    record: &mut Record,
    progress: &ProgressBar,
) -> anyhow::Result<Choice> {
    if *filter == v1::EventClusterFilter::default() {
        return Ok(Choice::Everything);
    }
    pass(progress, "choosing events", None);
    let mut choice = Choice::Of(Ids::default());
    record
        .clusters(filter, |cluster| {
            choice.add(&cluster);
            Ok(())
        })
        .await?;
    Ok(choice)
}

async fn jsonl(
    kinds: &[Kind],
    filter: &v1::EventClusterFilter,
    record: &mut Record,
    progress: &ProgressBar,
    sink: &mut Sink,
) -> anyhow::Result<()> {
    let wanted = |kind: Kind| kinds.is_empty() || kinds.contains(&kind);
    let choice = choose(filter, record, progress).await?;
    let mut lines = Lines::new(sink);
    if wanted(Kind::Entity) {
        pass(progress, "entities", None);
        record.entities(|one| has_entity(&choice, one), |one| lines.write("entity", &one)).await?;
    }
    if wanted(Kind::Article) {
        pass(progress, "articles", None);
        record.articles(|one| choice.has(&one.id), |one| lines.write("article", &one)).await?;
    }
    if wanted(Kind::ArticleLinks) {
        pass(progress, "links of articles", None);
        record.links(|id| choice.has(id), |one| lines.write("article_links", &one)).await?;
    }
    if wanted(Kind::Story) {
        for coarse in [true, false] {
            pass(progress, "stories", None);
            let has = |one: &v1::Story| choice.has_any(&one.article_ids);
            record.stories(coarse, has, |one| lines.write("story", &one)).await?;
        }
    }
    if wanted(Kind::EventCluster) {
        pass(progress, "events", None);
        record.clusters(filter, |one| lines.write("event_cluster", &one)).await?;
    }
    if wanted(Kind::EventMention) {
        pass(progress, "mentions of events", None);
        let has = |one: &v1::EventRecord| one.event.as_ref().is_some_and(|event| choice.has(&event.id));
        record.mentions(has, |one| lines.write("event_mention", &one)).await?;
    }
    if wanted(Kind::Claim) {
        pass(progress, "claims", None);
        record.claims(|one| choice.has_any(&one.event_ids), |one| lines.write("claim", &one)).await?;
    }
    if wanted(Kind::Conflict) {
        pass(progress, "conflicts", None);
        record.conflicts(|one| choice.has(&one.cluster_id), |one| lines.write("conflict", &one)).await?;
    }
    lines.finish(record.versions)?;
    Ok(())
}

async fn polecat(
    filter: &v1::EventClusterFilter,
    record: &mut Record,
    progress: &ProgressBar,
    sink: &mut Sink,
    delimiter: u8,
) -> anyhow::Result<u64> {
    let only_happened = filter.standings == [i32::from(v1::Standing::Happened)];
    let length = if only_happened { Some(record.count_happened(filter).await?) } else { None };
    pass(progress, "events", length);
    let mut table = polecat::Table::new(sink, delimiter)?;
    let mut left_out = 0;
    record
        .told_clusters(filter, |event| match polecat::row(&event) {
            Some(row) => table.write(&row),
            None => {
                left_out += 1;
                Ok(())
            }
        })
        .await?;
    table.finish()?;
    Ok(left_out)
}

async fn graphml(
    filter: &v1::EventClusterFilter,
    record: &mut Record,
    progress: &ProgressBar,
    sink: &mut Sink,
) -> anyhow::Result<()> {
    let choice = choose(filter, record, progress).await?;
    let mut graph = Graph::new(sink)?;
    pass(progress, "entities", None);
    record.entities(|one| has_entity(&choice, one), |one| graph.entity(&one)).await?;
    pass(progress, "articles", None);
    record.articles(|one| choice.has(&one.id), |one| graph.article(&one)).await?;
    for coarse in [true, false] {
        pass(progress, "stories", None);
        let has = |one: &v1::Story| choice.has_any(&one.article_ids);
        record.stories(coarse, has, |one| graph.story(&one, coarse)).await?;
    }
    pass(progress, "events", None);
    record.clusters(filter, |one| graph.event(&one)).await?;
    pass(progress, "conflicts", None);
    record.conflicts(|one| choice.has(&one.cluster_id), |one| graph.conflict(&one)).await?;
    pass(progress, "links of articles", None);
    record.links(|id| choice.has(id), |one| graph.links(&one)).await?;
    graph.finish()?.flush()?;
    Ok(())
}

fn has_entity(choice: &Choice, summary: &v1::EntitySummary) -> bool {
    summary.entity.as_ref().is_some_and(|entity| choice.has(&entity.id))
}
