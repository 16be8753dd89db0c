//! The property that the stored record does not depend on the order of what is applied.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use futures::{StreamExt as _, stream};
use marsad_model::{ArticleFields, ArticleId, Change, ContentHash, Deletion, Stamp, Submission};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::fixture::{V1, analyse, work};
use super::graph_fixture::Linker;
use super::{BoxError, StoreFactory, TestStore, dump};
use crate::store::{AnalysisResult, Applied, Store};

/// What the articles say; few, so that revisions come back. The analyzer fails on the last one.
const CONTENTS: [&str; 3] =
    ["attacked full-A الخارجية بغداد\nsaid العراق met full-B x", "met full-B العراق", "unreadable"];

const ARTICLES: usize = 3;

/// What happens in one run: changes, and how they reach the workers.
#[derive(Debug, Clone)]
struct Scenario {
    changes: Vec<Change>,
    /// Positions in `changes`, each at least once, in any order.
    deliveries: Vec<usize>,
    /// Which of the two workers makes the next step.
    schedule: Vec<bool>,
}

fn article(number: usize, content: &str) -> ArticleFields {
    ArticleFields {
        text: content.to_owned(),
        url: Some(format!("https://news.example/{number}")),
        outlet: Some("outlet".to_owned()),
        ..Default::default()
    }
}

/// Few articles, contents and times, so that stamps are often equal.
fn change() -> impl Strategy<Value = Change> {
    (0..ARTICLES, 0..CONTENTS.len() + 1, 0_i64..4, 0_i64..2).prop_map(
        |(number, content, modified_at, accepted_at)| {
            let stamp = Stamp { modified_at, accepted_at, content_hash: None };
            match CONTENTS.get(content) {
                Some(content) => {
                    let fields = article(number, content);
                    let stamp = Stamp { content_hash: Some(fields.content_hash()), ..stamp };
                    Change::Submit(Submission { article: fields.article_id(), stamp, fields })
                }
                None => Change::Delete(Deletion { article: article(number, "").article_id(), stamp }),
            }
        },
    )
}

fn scenario() -> impl Strategy<Value = Scenario> {
    prop::collection::vec(change(), 1..12)
        .prop_flat_map(|changes| {
            let again = prop::collection::vec(0..changes.len(), 0..6);
            let schedule = prop::collection::vec(any::<bool>(), 64);
            (Just(changes), again, schedule)
        })
        .prop_flat_map(|(changes, again, schedule)| {
            let deliveries: Vec<usize> = (0..changes.len()).chain(again).collect();
            (Just(changes), Just(deliveries).prop_shuffle(), Just(schedule))
        })
        .prop_map(|(changes, deliveries, schedule)| Scenario { changes, deliveries, schedule })
}

/// Applies random sets of changes to stores of every factory: in order of their stamps by one worker, and shuffled, with
/// repetitions, by two workers whose steps interleave, with one of a linker now and then, which forgets everything at times.
/// All stores must hold the same, and what a simple model says.
///
/// # Errors
/// The smallest scenario that was found to break this, or a store that cannot be made.
pub fn independence(runtime: &Runtime, runs: u32, factories: &[&dyn StoreFactory]) -> Result<(), BoxError> {
    let config =
        Config { cases: runs, max_shrink_iters: 100, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&scenario(), |scenario| {
        runtime.block_on(check(&scenario, factories)).map_err(|error| TestCaseError::fail(error.to_string()))
    });
    result.map_err(|error| error.to_string().into())
}

async fn check(scenario: &Scenario, factories: &[&dyn StoreFactory]) -> Result<(), BoxError> {
    let mut expected = None;
    for (number, factory) in factories.iter().enumerate() {
        let in_order = factory.fresh().await?;
        let mut changes = scenario.changes.clone();
        changes.sort_by_key(Change::stamp);
        for change in &changes {
            work(&*in_order, change, V1).await?;
        }
        let mut linker = Linker::take_over(&*in_order, Uuid::nil()).await?;
        while linker.step(&*in_order, 100).await? {}
        let shuffled = factory.fresh().await?;
        deliver(&*shuffled, scenario).await?;
        for (how, store) in [("in order", &in_order), ("shuffled", &shuffled)] {
            agree_with_model(store.as_ref(), &scenario.changes).await?;
            let found = dump(store.as_ref()).await?;
            let expected = expected.get_or_insert_with(|| found.clone());
            same(expected, &found, &format!("store {number}, {how}"))?;
            store.close().await;
        }
    }
    Ok(())
}

/// The name of [`at_once`] among the cases of the suite.
pub(super) const AT_ONCE: &str = "changes_at_once_end_as_in_order";

/// How many changes are under way together.
const TOGETHER: usize = 16;

/// Applies changes of few articles over two handles of one store, many at a time, each once, while a linker is at work; expects what
/// another store has after the same changes in order. A store that does not keep changes of one article apart mixes them up here.
pub(super) async fn at_once(factory: &dyn StoreFactory) -> Result<(), BoxError> {
    let mut changes = Vec::new();
    for (number, time) in (0..ARTICLES).flat_map(|number| (0..12_i64).map(move |time| (number, time))) {
        let stamp = Stamp { modified_at: time, accepted_at: 0, content_hash: None };
        let content = CONTENTS.iter().cycle().nth(number + usize::try_from(time)?);
        let fields = article(number, content.copied().unwrap_or_default());
        changes.push(if time % 5 == 3 {
            Change::Delete(Deletion { article: fields.article_id(), stamp })
        } else {
            let stamp = Stamp { content_hash: Some(fields.content_hash()), ..stamp };
            Change::Submit(Submission { article: fields.article_id(), stamp, fields })
        });
    }
    let in_order = factory.fresh().await?;
    for change in &changes {
        work(&*in_order, change, V1).await?;
    }
    let mut linker = Linker::take_over(&*in_order, Uuid::nil()).await?;
    while linker.step(&*in_order, 100).await? {}
    let store = factory.fresh().await?;
    let other = store.another().await?;
    // Not a divisor of their number: every change has its turn, far from its neighbours.
    let shuffled = (0..changes.len()).filter_map(|n| changes.get(n * 5 % changes.len()));
    let handles = [store.as_ref(), other.as_ref()].into_iter().cycle();
    let works: Vec<_> = handles.zip(shuffled).map(|(handle, change)| work(handle, change, V1)).collect();
    let worked = AtomicBool::new(false);
    let working = async {
        for applied in stream::iter(works).buffer_unordered(TOGETHER).collect::<Vec<_>>().await {
            applied?;
        }
        worked.store(true, Ordering::Relaxed);
        Ok::<_, BoxError>(())
    };
    let linking = async {
        let mut linker = Linker::take_over(other.as_ref(), Uuid::nil()).await?;
        // Once more when all is written.
        while !worked.load(Ordering::Relaxed) || linker.step(other.as_ref(), 2).await? {
            linker.step(other.as_ref(), 2).await?;
        }
        Ok(())
    };
    tokio::try_join!(working, linking)?;
    let (expected, found) = (dump(in_order.as_ref()).await?, dump(store.as_ref()).await?);
    for store in [in_order, store, other] {
        store.close().await;
    }
    same(&expected, &found, "at once")
}

/// Fails where two dumps differ, with the first line that does.
fn same(expected: &str, found: &str, how: &str) -> Result<(), BoxError> {
    if expected == found {
        return Ok(());
    }
    let mut lines = expected.lines().zip(found.lines());
    let (left, right) = lines.find(|(a, b)| a != b).unwrap_or_default();
    Err(format!("{how}: expected {left}, found {right}").into())
}

/// A worker of the simulation.
#[derive(Default)]
struct Worker {
    /// The submission that it has been asked to analyse, with the result.
    analysed: Option<(Change, AnalysisResult)>,
}

/// Two workers take deliveries from one queue; between a worker's two steps (the text, then its analysis) the other may do
/// anything.
async fn deliver(store: &dyn TestStore, scenario: &Scenario) -> Result<(), BoxError> {
    let mut workers = [Worker::default(), Worker::default()];
    let mut queue = scenario.deliveries.iter().filter_map(|index| scenario.changes.get(*index));
    let mut schedule = scenario.schedule.iter().copied().cycle();
    let mut linker = Linker::take_over(store, Uuid::nil()).await?;
    for turn in 0_usize.. {
        if turn % 7 == 6 {
            // As after a crash.
            linker = Linker::take_over(store, Uuid::nil()).await?;
        } else if turn % 2 == 1 && schedule.next() == Some(true) {
            linker.step(store, 1).await?;
        }
        let [first, second] = &mut workers;
        let worker = if schedule.next().unwrap_or_default() { first } else { second };
        if let Some((change, result)) = worker.analysed.take() {
            Store::apply(store, &change, V1, Some(&result)).await?;
        } else if let Some(change) = queue.next() {
            let applied = Store::apply(store, change, V1, None).await?;
            if let (Applied::NeedsAnalysis, Change::Submit(submission)) = (applied, change) {
                worker.analysed = Some((change.clone(), analyse(submission, V1)));
            }
        } else if workers.iter().all(|worker| worker.analysed.is_none()) {
            break;
        }
    }
    while linker.step(store, 2).await? {}
    Ok(())
}

/// What should be readable of one article: its revisions, newest first, with their stamps.
fn model(changes: &[Change]) -> BTreeMap<ArticleId, Vec<(Reverse<Stamp>, ContentHash)>> {
    let mut deleted: HashMap<ArticleId, Stamp> = HashMap::new();
    let mut newest: BTreeMap<(ArticleId, ContentHash), Stamp> = BTreeMap::new();
    for change in changes {
        let stamp = match change {
            Change::Delete(deletion) => deleted.entry(deletion.article).or_insert(deletion.stamp),
            Change::Submit(submission) => {
                newest.entry((submission.article, submission.content_hash())).or_insert(submission.stamp)
            }
        };
        *stamp = (*stamp).max(change.stamp());
    }
    let mut model: BTreeMap<_, Vec<_>> =
        changes.iter().map(|change| (change.article(), Vec::new())).collect();
    for ((article, hash), stamp) in newest {
        if deleted.get(&article).is_none_or(|deleted| stamp > *deleted) {
            model.entry(article).or_default().push((Reverse(stamp), hash));
        }
    }
    model.values_mut().for_each(|revisions| revisions.sort());
    model
}

async fn agree_with_model(store: &dyn TestStore, changes: &[Change]) -> Result<(), BoxError> {
    for (article, expected) in model(changes) {
        let record = store.article(article, None).await?;
        let found: Vec<_> = record
            .iter()
            .flat_map(|record| &record.revisions)
            .map(|revision| (Reverse(revision.stamp), revision.content_hash))
            .collect();
        if found != expected {
            return Err(format!("article {article}: expected {expected:?}, found {found:?}").into());
        }
        let text = record.map(|record| record.fields.text);
        let analysed = text.is_some_and(|text| !text.contains("unreadable"));
        if store.analysis(article).await?.is_some() != analysed {
            return Err(format!("article {article}: analysed should be {analysed}").into());
        }
    }
    Ok(())
}
