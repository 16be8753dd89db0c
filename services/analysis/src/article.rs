//! What is done with one message.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use marsad_extract::knowledge::Overlay;
use marsad_extract::{Document, VERSION};
use marsad_model::{Analysis, AnalysisVersion, Change, Deletion, Submission};
use marsad_proto::queue::{SCHEMA_HEADER, decode};
use marsad_proto::trace;
use marsad_queue::{Delivery, Lane, Message};
use marsad_store::record::ArticleState;
use marsad_store::{Analysed, AnalysisResult, Applied, StoreError};

use crate::shared::Shared;

/// How a message is to be settled.
pub(crate) enum Settlement {
    /// What it says is in the store, or changes nothing there.
    Done(&'static str),
    /// Something that passes went wrong.
    Retry { after: Duration, outcome: &'static str },
    /// It can never be done as it is.
    Park { reason: String },
}

impl Settlement {
    /// The outcome's name in metrics and traces.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::Done(outcome) | Self::Retry { outcome, .. } => outcome,
            Self::Park { .. } => "parked",
        }
    }
}

/// Does what a message says, up to the settlement.
pub(crate) async fn process(shared: &Arc<Shared>, delivery: &Delivery) -> Settlement {
    let message = &delivery.message;
    let change = match decode(message.headers.get(SCHEMA_HEADER).map(String::as_str), &message.body) {
        Ok(change) => change,
        Err(error) => return Settlement::Park { reason: format!("malformed message: {error}") },
    };
    let outcome = match change {
        Change::Delete(deletion) => delete(shared, &deletion).await,
        Change::Submit(submission) => submit(shared, submission, message.lane).await,
    };
    outcome.unwrap_or_else(|error| failed(shared, delivery, &error))
}

async fn delete(shared: &Shared, deletion: &Deletion) -> Result<Settlement, StoreError> {
    apply(shared, &Change::Delete(*deletion)).await?;
    // Whatever the store says: what is parked may never have come to it. What is newer than the deletion stays.
    let forgotten = shared.queue.forget(&deletion.article.to_string(), &deletion.stamp.sort_key()).await;
    if let Err(error) = forgotten {
        tracing::warn!(%error, "parked bodies of a deleted article not removed yet");
        return Ok(Settlement::Retry { after: RETRY, outcome: "queue_unavailable" });
    }
    Ok(Settlement::Done("deleted"))
}

async fn submit(shared: &Arc<Shared>, submission: Submission, lane: Lane) -> Result<Settlement, StoreError> {
    let known = shared.store.article(submission.article, submission.stamp.content_hash).await?;
    let change = Arc::new(Change::Submit(submission));
    // Whatever is known already needs no analysis, but its stamp may be newer.
    if known.is_some()
        && let Some(done) = settled_by(apply(shared, &change).await?)
    {
        return Ok(done);
    }
    let Outcome { applied, failure } = analyse_and_store(shared, &change, lane).await?;
    Ok(match (applied, failure) {
        (Applied::Stored, Some(reason)) => Settlement::Park { reason },
        // It failed before in the same way: a replay too early, or a crash before it was parked.
        (Applied::Unchanged, Some(reason)) if has_failed(shared, &change).await? => {
            Settlement::Park { reason }
        }
        (Applied::Stored, None) => Settlement::Done("analysed"),
        // The article changed in between so that this is the revision to analyse after all: look again.
        (Applied::NeedsAnalysis, _) => Settlement::Retry { after: Duration::ZERO, outcome: "raced" },
        (other, _) => settled_by(other).unwrap_or(Settlement::Done("unchanged")),
    })
}

/// What came of an analysis.
pub(crate) struct Outcome {
    /// What the store made of it.
    pub(crate) applied: Applied,
    /// Why there is none.
    pub(crate) failure: Option<String>,
}

/// Analyses a revision with what is taught now, and stores what comes of it; it waits to be joined in the order of that lane.
pub(crate) async fn analyse_and_store(
    shared: &Arc<Shared>,
    change: &Arc<Change>,
    lane: Lane,
) -> Result<Outcome, StoreError> {
    let overlay = Arc::clone(&shared.overlay.borrow());
    let version = overlay.version();
    let mut result = analyse(shared, change, overlay, lane).await;
    let mut applied = store(shared, change, version, Some(&result)).await;
    if let Err(StoreError::Invalid { field, description }) = &applied {
        // The same analysis would be refused again and again: it is a failure of this article.
        result = AnalysisResult::Failed {
            reason: format!("the store refuses the analysis: {field}: {description}"),
        };
        applied = store(shared, change, version, Some(&result)).await;
    }
    let failure = match result {
        AnalysisResult::Failed { reason } => Some(reason),
        AnalysisResult::Analysed(_) => None,
    };
    Ok(Outcome { applied: applied?, failure })
}

/// A change without a result.
async fn apply(shared: &Shared, change: &Change) -> Result<Applied, StoreError> {
    store(shared, change, VERSION, None).await
}

/// One transaction in the store.
async fn store(
    shared: &Shared,
    change: &Change,
    version: AnalysisVersion,
    result: Option<&AnalysisResult>,
) -> Result<Applied, StoreError> {
    let began = Instant::now();
    let applied = shared.store.apply(change, version, result).await;
    if result.is_some() {
        shared.metrics.stage("store", began.elapsed());
    }
    applied
}

/// Whether the store has the revision of a submission as failed.
async fn has_failed(shared: &Shared, change: &Change) -> Result<bool, StoreError> {
    let record = shared.store.article(change.article(), change.stamp().content_hash).await?;
    Ok(record.is_some_and(|record| record.summary.state == ArticleState::Failed))
}

/// What the store's answer settles without an analysis.
fn settled_by(applied: Applied) -> Option<Settlement> {
    match applied {
        Applied::Stored | Applied::Unchanged => Some(Settlement::Done("unchanged")),
        Applied::Superseded => Some(Settlement::Done("superseded")),
        Applied::Deleted => Some(Settlement::Done("already_deleted")),
        Applied::NeedsAnalysis => None,
    }
}

/// For a message that has just been parked: if its article was deleted meanwhile, the deletion may have looked for
/// parked messages before this one was there, so they are looked for once more.
pub(crate) async fn forget_if_deleted(shared: &Shared, message: &Message) {
    let Ok(change @ Change::Submit(_)) =
        decode(message.headers.get(SCHEMA_HEADER).map(String::as_str), &message.body)
    else {
        return;
    };
    let forgotten = async {
        if apply(shared, &change).await.map_err(|error| error.to_string())? == Applied::Deleted {
            // The deletion is newer than this message, so it is newer than every one of the same moment: just beyond.
            let before = format!("{}~", change.stamp().sort_key());
            shared.queue.forget(&message.key, &before).await.map_err(|error| error.to_string())?;
        }
        Ok::<(), String>(())
    };
    if let Err(error) = forgotten.await {
        tracing::warn!(%error, "not known whether the article that was parked has been deleted");
    }
}

/// Runs the analyzer on one of its threads. A panic, an analysis that does not fit its text, and one that takes longer
/// than the worker allows are failures.
async fn analyse(
    shared: &Arc<Shared>,
    change: &Arc<Change>,
    overlay: Arc<Overlay>,
    lane: Lane,
) -> AnalysisResult {
    let waiting = Instant::now();
    let Ok(core) = Arc::clone(&shared.cores).acquire_owned().await else {
        return AnalysisResult::Failed { reason: "the worker is closed".into() };
    };
    shared.metrics.stage("wait", waiting.elapsed());
    let analyzer = shared.analyzer;
    let metrics = shared.metrics.clone();
    let change = Arc::clone(change);
    let span = tracing::info_span!("analyse");
    let outside = span.clone();
    let running = shared.threads.run(move || {
        let _entered = span.enter();
        // Held by the thread itself: one that runs on after its time is up still takes a core.
        let _core = core;
        let Change::Submit(submission) = &*change else {
            return Err("a deletion has nothing to analyse".to_owned());
        };
        let began = Instant::now();
        let document = Document::new(submission.article, submission.content_hash(), &submission.fields);
        let analysis: Analysis = std::panic::catch_unwind(AssertUnwindSafe(|| analyzer(&document, &overlay)))
            .map_err(|panic| format!("the analyzer panicked: {}", panic_message(&*panic)))?;
        analysis
            .check(document.text)
            .map_err(|problem| format!("the analysis is not consistent: {problem}"))?;
        metrics.stage("analyse", began.elapsed());
        let began = Instant::now();
        let digest =
            std::panic::catch_unwind(AssertUnwindSafe(|| crate::digest(&document, &analysis).to_bytes()))
                .map_err(|panic| format!("making the digest panicked: {}", panic_message(&*panic)))?
                .map_err(|problem| format!("the digest cannot be written: {problem}"))?;
        metrics.stage("digest", began.elapsed());
        Ok(Analysed { analysis, digest, backfill: lane == Lane::Backfill })
    });
    let (kind, reason) = match tokio::time::timeout(shared.options.analysis_timeout, running).await {
        Ok(Ok(Ok(analysed))) => return AnalysisResult::Analysed(analysed),
        Ok(Ok(Err(reason))) => ("failed", reason),
        Ok(Err(_)) => ("failed", "the analysis was cut off".to_owned()),
        Err(_) => {
            let seconds = shared.options.analysis_timeout.as_secs_f64();
            ("timeout", format!("the analysis took longer than {seconds} s"))
        }
    };
    // What stands before the first colon is ours; behind it the article may be quoted.
    trace::fail(&outside, kind, reason.split(": ").next().unwrap_or_default());
    AnalysisResult::Failed { reason }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// The first delay after a failure that passes.
const RETRY: Duration = Duration::from_secs(5);

/// The longest delay after a failure that passes.
const LONGEST_RETRY: Duration = Duration::from_secs(600);

fn failed(shared: &Shared, delivery: &Delivery, error: &StoreError) -> Settlement {
    if error.is_unavailable() {
        tracing::warn!(%error, "the store does not answer; nothing is claimed until it does");
        shared.store_up.send_replace(false);
        return Settlement::Retry { after: RETRY, outcome: "store_unavailable" };
    }
    if delivery.attempt >= shared.options.max_attempts {
        return Settlement::Park {
            reason: format!("could not be stored in {} attempts: {error}", delivery.attempt),
        };
    }
    tracing::warn!(%error, "not stored, will be tried again");
    let after = RETRY.saturating_mul(1 << delivery.attempt.min(10)).min(LONGEST_RETRY);
    Settlement::Retry { after, outcome: "store_error" }
}
