//! `marsad parked`: what could not be analysed, straight from the queue.

use std::process::ExitCode;

use anyhow::{Context, bail};
use marsad_model::Change;
use marsad_proto::queue::{SCHEMA_HEADER, decode};
use marsad_queue::{Parked, Queue};
use uuid::Uuid;

use crate::cli::upkeep::{ParkedAction, ParkedArgs};
use crate::server::open_queue;
use crate::table::{cell, print, shorten, table};
use crate::telemetry::Telemetry;

/// Most parked messages that are looked through for one id.
const MOST: usize = 100_000;

/// Looks at or moves parked messages.
pub(crate) async fn run(args: ParkedArgs) -> anyhow::Result<ExitCode> {
    let telemetry = Telemetry::start(true)?;
    let queue = open_queue(&args.backends).await?;
    let done = act(&*queue, args.action).await;
    queue.close().await;
    telemetry.shutdown().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn act(queue: &dyn Queue, action: ParkedAction) -> anyhow::Result<()> {
    match action {
        ParkedAction::List { json, limit } => list(&queue.parked(limit).await?, json),
        ParkedAction::Show { id } => {
            let parked = queue.parked(MOST).await?;
            let found = parked.iter().find(|p| p.message.id == id);
            show(found.with_context(|| {
                format!("no parked message has the id {id}; `marsad parked list` lists them")
            })?)
        }
        ParkedAction::Replay { ids, all } => {
            let mut ids: Vec<Uuid> =
                if all { queue.parked(MOST).await?.iter().map(|p| p.message.id).collect() } else { ids };
            // What is left after a pass could not be moved, and the next pass says why, or is not parked.
            while !ids.is_empty() {
                let replayed = queue.replay(&ids).await?;
                if replayed.is_empty() {
                    let missing: Vec<String> = ids.iter().map(Uuid::to_string).collect();
                    bail!(
                        "no parked message has the id {}; `marsad parked list` lists them",
                        missing.join(", ")
                    );
                }
                for id in &replayed {
                    print(format_args!("replayed {id}"))?;
                }
                ids.retain(|id| !replayed.contains(id));
            }
            Ok(())
        }
    }
}

fn list(parked: &[Parked], json: bool) -> anyhow::Result<()> {
    if json {
        for message in parked {
            print(as_json(message))?;
        }
        return Ok(());
    }
    let mut table = table(&["message", "article", "parked at", "attempts", "reason"]);
    for item in parked {
        table.add_row([
            item.message.id.to_string(),
            item.message.key.clone(),
            moment(item.parked_at),
            item.attempts.to_string(),
            cell(shorten(&item.reason, 120)),
        ]);
    }
    print(table)
}

fn show(parked: &Parked) -> anyhow::Result<()> {
    print(serde_json::to_string_pretty(&as_json(parked))?)?;
    let message = &parked.message;
    match decode(message.headers.get(SCHEMA_HEADER).map(String::as_str), &message.body) {
        Ok(Change::Submit(submission)) => print(cell(&submission.fields.text)),
        Ok(Change::Delete(deletion)) => print(format_args!("deletion of article {}", deletion.article)),
        Err(error) => print(format_args!("{} bytes that cannot be read: {error}", message.body.len())),
    }
}

fn as_json(parked: &Parked) -> serde_json::Value {
    let message = &parked.message;
    serde_json::json!({
        "id": message.id.to_string(),
        "article_id": message.key,
        "lane": message.lane.as_str(),
        "reason": parked.reason,
        "attempts": parked.attempts,
        "parked_at": moment(parked.parked_at),
        "headers": message.headers,
    })
}

fn moment(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds).map(|at| at.to_string()).unwrap_or_default()
}
