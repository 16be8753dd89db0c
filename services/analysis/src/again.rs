//! What is taught, and the stored articles that are analysed again: beside the queue, live articles first.
//!
//! One loop follows the overlay, takes changes of it to the articles that they concern (`marsad_store::teach`), and claims marked articles
//! a batch at a time. At most as many of them as there are cores wait for a core, in turn with what came from the queue: a live
//! article waits for one of them, not for all.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use marsad_model::{ArticleId, Change, Submission};
use marsad_queue::Lane;
use marsad_store::StoreError;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::article::{self, Outcome};
use crate::overlay;
use crate::shared::Shared;

/// Articles that a sweep looks at in one step.
const PAGE: u32 = 500;

/// How long an article is claimed: far longer than any analysis takes, also one that waits for its turn.
const CLAIM: Duration = Duration::from_secs(600);

/// Follows what is taught and analyses again until `stop`.
pub(crate) async fn run(shared: Arc<Shared>, stop: CancellationToken) {
    let turns = Arc::new(Semaphore::new(shared.options.analyses.max(1)));
    let mut store_up = shared.store_up.subscribe();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            up = store_up.wait_for(|up| *up) => if up.is_err() { return },
        }
        let pause = match step(&shared, &turns, &stop).await {
            Ok(true) => continue,
            Ok(false) => shared.options.overlay_poll,
            Err(error) if error.is_unavailable() => {
                tracing::warn!(%error, "the store does not answer; stored articles wait to be analysed again");
                shared.store_up.send_replace(false);
                continue;
            }
            Err(error) => {
                tracing::error!(%error, "stored articles could not be analysed again, will be tried again");
                shared.options.overlay_poll
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Whether anything was done.
async fn step(
    shared: &Arc<Shared>,
    turns: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Result<bool, StoreError> {
    overlay::refresh(&*shared.store, &shared.overlay).await?;
    let swept = shared.store.sweep(PAGE).await?;
    let now = Timestamp::now().as_microsecond();
    let until = now.saturating_add(i64::try_from(CLAIM.as_micros()).unwrap_or(i64::MAX));
    let batch = u32::try_from(shared.options.in_flight.max(1)).unwrap_or(u32::MAX);
    let claimed = shared.store.claim_to_analyse(now, until, batch).await?;
    let worked = swept || !claimed.is_empty();
    let mut articles = JoinSet::new();
    for article in claimed {
        let (shared, turns, stop) = (Arc::clone(shared), Arc::clone(turns), stop.clone());
        articles.spawn(async move {
            let Ok(_turn) = turns.acquire_owned().await else { return Ok(()) };
            // What is claimed and not begun is another's when the claim runs out.
            if stop.is_cancelled() { Ok(()) } else { again(&shared, article).await }
        });
    }
    let mut first = Ok(worked);
    while let Some(done) = articles.join_next().await {
        let failed = match done {
            Ok(done) => done.err(),
            Err(error) => {
                tracing::error!(%error, "an analysis ended badly");
                None
            }
        };
        if let (Some(error), true) = (failed, first.is_ok()) {
            first = Err(error);
        }
    }
    first
}

/// Analyses the current revision of a stored article, in the transaction of any other analysis.
async fn again(shared: &Arc<Shared>, article: ArticleId) -> Result<(), StoreError> {
    let started = Instant::now();
    let Some(record) = shared.store.article(article, None).await? else {
        return shared.store.forget_to_analyse(article).await;
    };
    let submission = Submission { article, stamp: record.summary.stamp, fields: record.fields };
    let Outcome { failure, .. } =
        article::analyse_and_store(shared, &Arc::new(Change::Submit(submission)), Lane::Backfill).await?;
    if failure.is_some() {
        // The reason may quote the article.
        tracing::error!(article.id = %article, "an article that was analysed again is stored as failed");
    }
    shared
        .metrics
        .settled(if failure.is_some() { "failed_again" } else { "analysed_again" }, started.elapsed());
    Ok(())
}
