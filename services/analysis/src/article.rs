//! What is done with one message.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use marsad_extract::{Document, VERSION};
use marsad_model::{Analysis, Change, Submission};
use marsad_proto::queue::{SCHEMA_HEADER, decode};
use marsad_queue::Delivery;
use marsad_store::{AnalysisResult, Applied, StoreError};

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
        Change::Delete(_) => delete(shared, &change).await,
        Change::Submit(submission) => submit(shared, submission).await,
    };
    outcome.unwrap_or_else(|error| failed(shared, delivery, &error))
}

async fn delete(shared: &Shared, change: &Change) -> Result<Settlement, StoreError> {
    apply(shared, change, None).await?;
    // A later submission may have come first: then what is parked of it stays.
    if shared.store.article(change.article(), None).await?.is_none()
        && let Err(error) = shared.queue.forget(&change.article().to_string()).await
    {
        tracing::warn!(%error, "parked bodies of a deleted article not removed yet");
        return Ok(Settlement::Retry { after: RETRY, outcome: "queue_unavailable" });
    }
    Ok(Settlement::Done("deleted"))
}

async fn submit(shared: &Arc<Shared>, submission: Submission) -> Result<Settlement, StoreError> {
    let known = shared.store.article(submission.article, submission.stamp.content_hash).await?;
    let change = Arc::new(Change::Submit(submission));
    // Whatever is known already needs no analysis, but its stamp may be newer.
    if known.is_some()
        && let Some(done) = settled_by(apply(shared, &change, None).await?)
    {
        return Ok(done);
    }
    let result = analyse(shared, &change).await;
    let failure = match &result {
        AnalysisResult::Failed { reason } => Some(reason.clone()),
        AnalysisResult::Analysed(_) => None,
    };
    let applied = apply(shared, &change, Some(&result)).await?;
    Ok(match (applied, failure) {
        (Applied::Stored, Some(reason)) => Settlement::Park { reason },
        (Applied::Stored, None) => Settlement::Done("analysed"),
        // The article changed in between so that this is the revision to analyse after all: look again.
        (Applied::NeedsAnalysis, _) => Settlement::Retry { after: Duration::ZERO, outcome: "raced" },
        (other, _) => settled_by(other).unwrap_or(Settlement::Done("unchanged")),
    })
}

/// One transaction in the store, with a span of its own.
#[tracing::instrument(name = "store", skip_all, fields(otel.kind = "client", db.operation.name = "apply"))]
async fn apply(
    shared: &Shared,
    change: &Change,
    result: Option<&AnalysisResult>,
) -> Result<Applied, StoreError> {
    shared.store.apply(change, VERSION, result).await
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

/// Runs the analyzer on a thread for blocking work; a panic or an analysis that does not fit its text is a failure.
async fn analyse(shared: &Arc<Shared>, change: &Arc<Change>) -> AnalysisResult {
    let Ok(_core) = shared.cores.acquire().await else {
        return AnalysisResult::Failed { reason: "the worker is closed".into() };
    };
    let analyzer = shared.analyzer;
    let change = Arc::clone(change);
    let span = tracing::info_span!("analyse");
    let joined = tokio::task::spawn_blocking(move || {
        let _entered = span.enter();
        let Change::Submit(submission) = &*change else {
            return Err("a deletion has nothing to analyse".to_owned());
        };
        let document = Document::new(submission.article, submission.content_hash(), &submission.fields);
        let analysis: Analysis = std::panic::catch_unwind(AssertUnwindSafe(|| analyzer(&document)))
            .map_err(|panic| format!("the analyzer panicked: {}", panic_message(&*panic)))?;
        analysis
            .check(document.text)
            .map_err(|problem| format!("the analysis is not consistent: {problem}"))?;
        Ok(analysis)
    })
    .await;
    match joined {
        Ok(Ok(analysis)) => AnalysisResult::Analysed(analysis),
        Ok(Err(reason)) => AnalysisResult::Failed { reason },
        Err(error) => AnalysisResult::Failed { reason: format!("the analysis was cut off: {error}") },
    }
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
