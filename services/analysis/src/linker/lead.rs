//! What the linker that holds the lease does: load, bring what is stored into line, then batch after batch.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use marsad_graph::{Digest, Graph, Update};
use marsad_model::{ArticleId, Judgement};
use marsad_proto::trace;
use marsad_store::link::{LinkInput, Reanalysed, RecordHash, RecordId, RecordKind, Superseded, ToLink};
use marsad_store::{Epoch, LinkBatch, StoreError};
use opentelemetry::KeyValue;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use super::reanalysis::{Anew, analyse_anew};
use super::{Linker, LinkerOptions, batch};

/// Rows that are loaded at once.
const PAGE: u32 = 1000;
/// Records of one transaction while what is stored is brought into line.
const RECORDS: usize = 5000;
/// Articles of the first batch, whose time nobody knows.
const FIRST_BATCH: u32 = 64;

/// Articles that a batch has however long it takes.
const LEAST_BATCH: u32 = 16;

/// Links of the span of one batch; a span may have 128.
const MOST_LINKS: usize = 100;
/// How often the change log is trimmed.
const TRIM_EVERY: Duration = Duration::from_secs(600);

/// Leads until it is stopped.
///
/// # Errors
/// What makes it start over.
pub(super) async fn lead(
    linker: &Arc<Linker>,
    epoch: Epoch,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let (mut graph, mut judged) = load(linker, epoch).await?;
    let mut trimmed = Instant::now();
    let mut size = FIRST_BATCH.min(linker.options.batch);
    while !stop.is_cancelled() {
        let began = Instant::now();
        let judgements = linker.store.judgements(judged, PAGE).await?;
        let waiting = linker.store.to_link(size).await?;
        if waiting.is_empty() && judgements.is_empty() {
            if trimmed.elapsed() > TRIM_EVERY {
                linker.store.trim_log(linker.options.kept_versions).await?;
                trimmed = Instant::now();
            }
            pause(linker.options.poll, stop).await;
            continue;
        }
        let articles = waiting.len();
        let waited_since: Vec<i64> = waiting.iter().filter_map(|article| article.since).collect();
        let span = batch_span(&waiting);
        judged = judge(&mut graph, &judgements).unwrap_or(judged);
        graph = link(linker, epoch, graph, waiting).instrument(span).await?;
        linker.metrics.linked(articles, began.elapsed(), &waited_since);
        if articles < size as usize {
            pause(began.elapsed().min(linker.options.rest), stop).await;
        } else {
            size = next_size(size, began.elapsed(), &linker.options);
        }
    }
    Ok(())
}

/// How many articles are to be in the batch after a full one that took so long.
fn next_size(size: u32, took: Duration, options: &LinkerOptions) -> u32 {
    if took > options.batch_time {
        (size / 2).max(LEAST_BATCH.min(options.batch))
    } else if took < options.batch_time / 2 {
        size.saturating_mul(2).min(options.batch)
    } else {
        size
    }
}

/// Takes a batch in and writes what it changes.
async fn link(
    linker: &Arc<Linker>,
    epoch: Epoch,
    graph: Graph,
    waiting: Vec<ToLink>,
) -> Result<Graph, StoreError> {
    let linked = async {
        let mut taken = take(linker, waiting).await?;
        let joined = join(linker, graph, taken.changes).await?;
        let mut batch = batch::of_update(joined.update);
        batch.done = taken.done;
        batch.reanalysed.append(&mut taken.made);
        batch.reanalysed.extend(joined.reanalysed);
        linker.store.commit_links(epoch, batch).await?;
        Ok(joined.graph)
    };
    let linked = linked.await;
    if linked.is_err() {
        trace::fail(&Span::current(), "store", "the batch was not linked; it is taken in once more");
    }
    linked
}

/// The span of a batch, with links to the traces of its articles, as far as these are recorded.
fn batch_span(waiting: &[ToLink]) -> Span {
    let span = tracing::info_span!("link", trace_id = tracing::field::Empty);
    trace::continue_from(&span, &BTreeMap::new());
    let traces = waiting.iter().filter_map(|article| article.trace.as_deref());
    for traceparent in traces.take(MOST_LINKS) {
        trace::link(&span, traceparent);
    }
    trace::describe(&span, || {
        let articles = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
        vec![KeyValue::new("marsad.link.articles", articles)]
    });
    span
}

async fn pause(time: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(time) => {}
    }
}

/// Takes in judgements; the number of the last.
fn judge(graph: &mut Graph, judgements: &[Judgement]) -> Option<u64> {
    for judgement in judgements {
        graph.judge(judgement);
    }
    judgements.last().map(|last| last.sequence)
}

/// Articles that came, changed, or went (`None`).
type Changes = Vec<(ArticleId, Option<Digest>)>;

/// Loads all judgements and digests, joins these, and writes where the store has other records: what waits to be linked is taken in later.
/// Gives the number of the last judgement too.
async fn load(linker: &Arc<Linker>, epoch: Epoch) -> Result<(Graph, u64), StoreError> {
    let began = Instant::now();
    let (mut graph, mut judged) = (Graph::new(), 0);
    while let Some(last) = judge(&mut graph, &linker.store.judgements(judged, PAGE).await?) {
        judged = last;
    }
    let (mut changes, mut made) = (Changes::new(), Vec::new());
    let mut after = None;
    loop {
        let page = linker.store.digests(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.article);
        for stored in page {
            changes.push((stored.article, digest(linker, stored.article, &stored.digest, &mut made).await?));
        }
    }
    let articles = changes.len();
    let Joined { graph, update, reanalysed } = join(linker, graph, changes).await?;
    let mut stored = heads(linker).await?;
    let mut batch = batch::differing(batch::of_update(update), &mut stored);
    // Of the days that others give, those that are stored already were taken in with them.
    let changed: HashSet<ArticleId> = batch.articles.iter().map(|links| links.article).collect();
    let reanalysed = reanalysed.into_iter().filter(|r| changed.contains(&r.article));
    made.extend(reanalysed);
    for old in stored.into_keys() {
        batch.superseded.extend(successor(linker, &graph, old).await?.map(|new| Superseded { old, new }));
        batch.removed.push(old);
    }
    for piece in batch::pieces(batch, RECORDS) {
        linker.store.commit_links(epoch, piece).await?;
    }
    while !made.is_empty() {
        let piece = made.split_off(made.len().saturating_sub(RECORDS));
        linker.store.commit_links(epoch, LinkBatch { reanalysed: piece, ..Default::default() }).await?;
    }
    tracing::info!(articles, seconds = began.elapsed().as_secs_f64(), "what is stored is joined");
    Ok((graph, judged))
}

/// The records that are stored.
async fn heads(linker: &Linker) -> Result<HashMap<RecordId, RecordHash>, StoreError> {
    let mut stored = HashMap::new();
    for kind in RecordKind::ALL {
        let mut after = None;
        loop {
            let page = linker.store.linked_heads(kind, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id.parts().1);
            stored.extend(page.into_iter().map(|head| (head.id, head.hash)));
        }
    }
    Ok(stored)
}

/// What a stored group that is no more has become: the group that the first of its members is in that is still there.
async fn successor(linker: &Linker, graph: &Graph, old: RecordId) -> Result<Option<RecordId>, StoreError> {
    Ok(match old {
        RecordId::Story(id) => {
            let stored = linker.store.story(id).await?.value.filter(|resolved| !resolved.superseded);
            let articles = stored.map(|resolved| resolved.record.articles).unwrap_or_default();
            articles.into_iter().find_map(|article| graph.story_of(article)).map(RecordId::Story)
        }
        RecordId::Cluster(id) => {
            let stored = linker.store.cluster(id).await?.value.filter(|resolved| !resolved.superseded);
            let members = stored.map(|resolved| resolved.record.members).unwrap_or_default();
            members.into_iter().find_map(|member| graph.cluster_of(member.event)).map(RecordId::Cluster)
        }
        RecordId::Article(_) | RecordId::Conflict(_) => None,
    })
}

/// What was taken from the list of articles to link.
struct Taken {
    done: Vec<(ArticleId, marsad_store::link::Mark)>,
    changes: Changes,
    /// Articles that had no digest of this version.
    made: Vec<Reanalysed>,
}

async fn take(linker: &Arc<Linker>, waiting: Vec<ToLink>) -> Result<Taken, StoreError> {
    let mut taken = Taken { done: Vec::new(), changes: Vec::new(), made: Vec::new() };
    for ToLink { article, mark, input, .. } in waiting {
        let digest = match input {
            LinkInput::Gone => None,
            LinkInput::Digest(bytes) => digest(linker, article, &bytes, &mut taken.made).await?,
            LinkInput::NoDigest => digest_anew(linker, article, &mut taken.made).await?,
        };
        taken.done.push((article, mark));
        taken.changes.push((article, digest));
    }
    Ok(taken)
}

/// The stored digest of an article, or the one of this version. `None` where the article has gone.
async fn digest(
    linker: &Arc<Linker>,
    article: ArticleId,
    stored: &[u8],
    made: &mut Vec<Reanalysed>,
) -> Result<Option<Digest>, StoreError> {
    match Digest::from_bytes(stored) {
        Ok(digest) => Ok(Some(digest)),
        Err(_) => digest_anew(linker, article, made).await,
    }
}

/// The digest of an article of which there is none that this version reads. `None` where the article has gone.
async fn digest_anew(
    linker: &Arc<Linker>,
    article: ArticleId,
    made: &mut Vec<Reanalysed>,
) -> Result<Option<Digest>, StoreError> {
    let Some(anew) = analyse_anew(linker, article, None).await? else { return Ok(None) };
    let Anew { fields, analysis, digest, .. } = anew;
    let bytes = digest.to_bytes().map_err(|error| StoreError::Database(error.to_string()))?;
    made.push(Reanalysed { article, fields, analysis, digest: Some(bytes) });
    Ok(Some(digest))
}

/// The graph with changes taken in.
struct Joined {
    graph: Graph,
    update: Update,
    /// Articles with another day than before, analysed with it.
    reanalysed: Vec<Reanalysed>,
}

/// Takes changes in, on a thread where that holds up nobody.
async fn join(linker: &Arc<Linker>, mut graph: Graph, changes: Changes) -> Result<Joined, StoreError> {
    let (own, runtime) = (Arc::clone(linker), Handle::current());
    let work = move || {
        let mut failed = None;
        let mut anew: HashMap<ArticleId, Anew> = HashMap::new();
        for (article, digest) in changes {
            match digest {
                Some(digest) => graph.put(digest),
                None => drop(graph.remove(article)),
            }
        }
        let update =
            graph.settle(
                &mut |article, day| match runtime.block_on(analyse_anew(&own, article, Some(day))) {
                    Ok(found) => {
                        let found = found?;
                        let events = found.digest.events.clone();
                        anew.insert(article, found);
                        Some(events)
                    }
                    Err(error) => {
                        failed.get_or_insert(error);
                        None
                    }
                },
            );
        let mut reanalysed = Vec::new();
        for (article, day) in &update.redated {
            // One that is not dated any more was not analysed anew by settling.
            let found = match anew.remove(article) {
                Some(found) => Ok(Some(found)),
                None => runtime.block_on(analyse_anew(&own, *article, *day)),
            };
            match found {
                Ok(found) => reanalysed.extend(found.map(|found| found.redated(*article))),
                Err(error) => drop(failed.get_or_insert(error)),
            }
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(Joined { graph, update, reanalysed }),
        }
    };
    let ended = tokio::task::spawn_blocking(work).await;
    ended.map_err(|error| StoreError::Database(format!("joining ended badly: {error}")))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_take_about_as_long_as_they_should() {
        let options =
            LinkerOptions { batch: 256, batch_time: Duration::from_secs(1), ..LinkerOptions::default() };
        let (fast, right, slow) =
            (Duration::from_millis(10), Duration::from_millis(700), Duration::from_secs(5));
        for (size, took, next) in [
            (64, fast, 128),
            (128, fast, 256),
            (256, fast, 256),
            (128, right, 128),
            (128, slow, 64),
            (16, slow, 16),
        ] {
            assert_eq!(next_size(size, took, &options), next, "{size} in {took:?}");
        }
        assert_eq!(next_size(1, slow, &LinkerOptions { batch: 1, ..options }), 1);
    }
}
