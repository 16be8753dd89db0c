//! What waits to be linked, who links, and what a commit does.

use std::time::Duration;

use marsad_model::ontology::{ConflictKind, EventType, PublishedBasis};
use marsad_model::{Analysis, Change, EntityId, Published};
use uuid::Uuid;

use super::fixture::{V1, V2, analyse, deletion, digest, january, submission, work};
use super::graph_fixture::{
    LONG, Linker, article_id, cluster, cluster_id, conflict, lease, links, rollups, story, story_id,
};
use super::{BoxError, TestStore, cases, dump, ensure_eq};
use crate::error::StoreError;
use crate::link::{
    Epoch, LinkBatch, LinkInput, Mark, Reanalysed, RecordHash, RecordId, RecordKind, Superseded,
};
use crate::store::{Analysed, AnalysisResult, Applied};

cases!(
    every_change_of_an_analysis_waits_to_be_linked,
    a_newer_mark_stays,
    since_when_an_article_waits_is_kept,
    live_articles_are_linked_first,
    the_lease_has_one_holder,
    a_silent_holder_is_replaced,
    a_commit_is_one_version,
    a_bad_batch_changes_nothing,
    what_is_stored_has_the_hash_of_its_record,
    a_linked_date_replaces_the_analysis,
    linking_in_parts_is_linking_at_once,
);

async fn waiting(store: &dyn TestStore) -> Result<Vec<(u32, LinkInput)>, BoxError> {
    let number = |article| (0..9).find(|n| article_id(*n) == article).unwrap_or(99);
    let mut rows: Vec<_> =
        store.to_link(100).await?.into_iter().map(|r| (number(r.article), r.input)).collect();
    rows.sort_by_key(|(number, _)| *number);
    ensure_eq!(store.link_state().await?.waiting, rows.len() as u64, "number of those that wait");
    Ok(rows)
}

/// Says that everything is linked.
async fn all_done(store: &dyn TestStore, epoch: Epoch) -> Result<(), BoxError> {
    let done = store.to_link(100).await?.into_iter().map(|row| (row.article, row.mark)).collect();
    store.commit_links(epoch, LinkBatch { done, ..LinkBatch::default() }).await?;
    ensure_eq!(waiting(store).await?, [], "what waits when all is done");
    Ok(())
}

/// What the linker's metrics show: a newer analysis does not begin the waiting anew.
async fn since_when_an_article_waits_is_kept(store: &dyn TestStore) -> Result<(), BoxError> {
    let epoch = lease(store).await?;
    ensure_eq!(store.link_state().await?.oldest, None, "the oldest while none waits");
    let first = submission(1, "attacked a b", 10);
    work(store, &Change::Submit(first.clone()), V1).await?;
    let rows = store.to_link(9).await?;
    let since = rows[0].since.ok_or("it is not known since when the article waits")?;
    ensure_eq!(rows[0].trace, None, "the trace of what was analysed in none");
    tokio::time::sleep(Duration::from_millis(2)).await;
    work(store, &Change::Submit(submission(1, "met c d", 20)), V1).await?;
    work(store, &Change::Submit(submission(2, "attacked e f", 20)), V1).await?;
    ensure_eq!(store.link_state().await?.oldest, Some(since), "the oldest of two");
    let of_first = store.to_link(9).await?.into_iter().find(|row| row.article == first.article);
    ensure_eq!(of_first.and_then(|row| row.since), Some(since), "since when an article waits that changed");
    all_done(store, epoch).await?;
    ensure_eq!(store.link_state().await?.oldest, None, "the oldest when all is done");
    Ok(())
}

async fn every_change_of_an_analysis_waits_to_be_linked(store: &dyn TestStore) -> Result<(), BoxError> {
    let epoch = lease(store).await?;
    let (first, second) = (submission(1, "attacked a b", 10), submission(1, "met c d", 20));
    let ready = |of: &_| LinkInput::Digest(digest(of));
    store.apply(&Change::Submit(first.clone()), V1, None).await?;
    ensure_eq!(waiting(store).await?, [], "an article without an analysis");
    work(store, &Change::Submit(first.clone()), V1).await?;
    ensure_eq!(waiting(store).await?, [(1, ready(&first))], "an analysed article");
    let stored = store.digests(None, 9).await?;
    let digests: Vec<_> = stored.iter().map(|d| (d.article, d.content_hash, d.digest.clone())).collect();
    ensure_eq!(digests, [(first.article, first.content_hash(), digest(&first))], "digests");
    all_done(store, epoch).await?;
    ensure_eq!(store.digests(None, 9).await?, stored, "digests of what is linked");
    ensure_eq!(store.digests(Some(first.article), 9).await?, [], "digests after the last one");

    work(store, &Change::Submit(first.clone()), V1).await?;
    ensure_eq!(waiting(store).await?, [], "a redelivery");
    work(store, &Change::Submit(first.clone()), V2).await?;
    ensure_eq!(waiting(store).await?, [(1, ready(&first))], "a higher version's analysis");
    all_done(store, epoch).await?;
    store.apply(&Change::Submit(second.clone()), V1, None).await?;
    ensure_eq!(waiting(store).await?, [(1, LinkInput::Gone)], "a new revision without an analysis");
    ensure_eq!(store.digests(None, 9).await?, [], "digests of an article whose new revision waits");
    work(store, &Change::Submit(second.clone()), V1).await?;
    ensure_eq!(waiting(store).await?, [(1, ready(&second))], "its analysis");
    work(store, &Change::Submit(first), V1).await?;
    all_done(store, epoch).await?;
    let failed = AnalysisResult::Failed { reason: "x".into() };
    store.apply(&Change::Submit(second.clone()), V2, Some(&failed)).await?;
    ensure_eq!(waiting(store).await?, [(1, LinkInput::Gone)], "a failure in the place of an analysis");
    store.apply(&Change::Submit(second.clone()), V2, Some(&analyse(&second, V2))).await?;
    all_done(store, epoch).await?;
    work(store, &deletion(second.article, 30), V1).await?;
    ensure_eq!(waiting(store).await?, [(1, LinkInput::Gone)], "a deletion");
    ensure_eq!(store.digests(None, 9).await?, [], "digests of a deleted article");
    all_done(store, epoch).await?;
    work(store, &deletion(second.article, 40), V1).await?;
    ensure_eq!(waiting(store).await?, [], "a deletion of nothing");
    Ok(())
}

/// What came while the linker was at work stays on the list.
async fn a_newer_mark_stays(store: &dyn TestStore) -> Result<(), BoxError> {
    let epoch = lease(store).await?;
    for (number, text) in [(1, "attacked a b"), (2, "met c d")] {
        work(store, &Change::Submit(submission(number, text, 10)), V1).await?;
    }
    let done: Vec<_> = store.to_link(9).await?.into_iter().map(|row| (row.article, row.mark)).collect();
    let newer = submission(1, "met e f", 20);
    work(store, &Change::Submit(newer.clone()), V1).await?;
    // The same work again has another mark, too.
    work(store, &deletion(article_id(2), 20), V1).await?;
    work(store, &Change::Submit(submission(2, "met c d", 30)), V1).await?;
    store.commit_links(epoch, LinkBatch { done: done.clone(), ..LinkBatch::default() }).await?;
    let expected = [
        (1, LinkInput::Digest(digest(&newer))),
        (2, LinkInput::Digest(digest(&submission(2, "met c d", 30)))),
    ];
    ensure_eq!(waiting(store).await?, expected, "what came since the list was read");
    let other = vec![(article_id(1), Mark(Uuid::new_v4()))];
    store.commit_links(epoch, LinkBatch { done: other, ..LinkBatch::default() }).await?;
    ensure_eq!(waiting(store).await?, expected, "what waits after a mark that nobody wrote");
    Ok(())
}

/// Those of the backfill lane wait, however early they came and whatever their ids; nothing that waits for a live one is put off.
async fn live_articles_are_linked_first(store: &dyn TestStore) -> Result<(), BoxError> {
    let epoch = lease(store).await?;
    let analysed = async |number: u32, text: &str, time, in_backfill| -> Result<(), BoxError> {
        let submission = submission(number, text, time);
        let AnalysisResult::Analysed(analysed) = analyse(&submission, V1) else {
            return Err("it cannot be analysed".into());
        };
        let result = AnalysisResult::Analysed(Analysed { backfill: in_backfill, ..analysed });
        store.apply(&Change::Submit(submission), V1, Some(&result)).await?;
        Ok(())
    };
    let first = async |limit| -> Result<Vec<u32>, BoxError> {
        let number = |article| (0..40).find(|n| article_id(*n) == article).unwrap_or(99);
        let mut found: Vec<u32> =
            store.to_link(limit).await?.into_iter().map(|row| number(row.article)).collect();
        found.sort_unstable();
        Ok(found)
    };
    for number in 0..20 {
        analysed(number, "attacked a b", 10, true).await?;
    }
    for number in 20..24 {
        analysed(number, "attacked a b", 10, false).await?;
    }
    ensure_eq!(first(4).await?, [20, 21, 22, 23], "the first four");
    ensure_eq!(first(99).await?, (0..24).collect::<Vec<_>>(), "all that waits");
    // A correction in the live lane of what waits in the other one, and the other way round.
    analysed(3, "met a b", 20, false).await?;
    analysed(20, "met a b", 20, true).await?;
    ensure_eq!(first(5).await?, [3, 20, 21, 22, 23], "the first five after corrections in either lane");
    all_done(store, epoch).await?;
    // Of what is linked: nobody waits for what has no analysis yet; for a deletion somebody does.
    store.apply(&Change::Submit(submission(4, "met c d", 30)), V1, None).await?;
    analysed(5, "met c d", 30, true).await?;
    work(store, &deletion(article_id(6), 30), V1).await?;
    ensure_eq!(first(1).await?, [6], "the first of a deletion and two corrections");
    ensure_eq!(first(9).await?, [4, 5, 6], "all of these");
    Ok(())
}

fn one_story(article: u32) -> LinkBatch {
    LinkBatch { graph_version: 3, stories: vec![story(&[article], &[], None)], ..LinkBatch::default() }
}

/// Fails unless the epoch can write nothing any more.
async fn expect_lost(store: &dyn TestStore, epoch: Epoch) -> Result<(), BoxError> {
    let before = dump(store).await?;
    match store.commit_links(epoch, one_story(7)).await {
        Err(StoreError::LeaseLost) => {}
        other => {
            return Err(format!("a commit under an old epoch: expected LeaseLost, found {other:?}").into());
        }
    }
    ensure_eq!(dump(store).await?, before, "what is stored after a commit under an old epoch");
    ensure_eq!(store.story(story_id(7)).await?.value.is_some(), false, "whether it wrote");
    ensure_eq!(store.renew_lease(epoch, LONG).await?, false, "renewal of an old epoch");
    ensure_eq!(store.release_lease(epoch).await?, false, "release of an old epoch");
    Ok(())
}

async fn the_lease_has_one_holder(store: &dyn TestStore) -> Result<(), BoxError> {
    let other = store.another().await?;
    let (a, b) = (Uuid::new_v4(), Uuid::new_v4());
    let first = store.acquire_lease(a, LONG).await?.ok_or("the lease is not free")?;
    ensure_eq!(store.link_state().await?.holder, Some(a), "holder");
    for _ in 0..3 {
        ensure_eq!(other.acquire_lease(b, Duration::ZERO).await?, None, "the lease while another holds it");
    }
    ensure_eq!(store.renew_lease(first, LONG).await?, true, "renewal");
    ensure_eq!(store.commit_links(first, one_story(1)).await?, 1, "a commit of the holder");
    let again = store.acquire_lease(a, LONG).await?.ok_or("its own holder does not get the lease")?;
    ensure_eq!(again > first, true, "whether the epoch is greater when the lease is taken again");
    expect_lost(store, first).await?;
    ensure_eq!(store.release_lease(again).await?, true, "release");
    ensure_eq!(store.release_lease(again).await?, false, "release of what was released");
    expect_lost(store, again).await?;
    let next = other.acquire_lease(b, LONG).await?.ok_or("a released lease is not free")?;
    ensure_eq!(next > again, true, "whether the next holder's epoch is greater");
    expect_lost(store, again).await?;
    expect_lost(store, Epoch(next.0 + 1)).await?;
    ensure_eq!(other.commit_links(next, one_story(2)).await?, 2, "a commit of the next holder");
    other.close().await;
    Ok(())
}

/// Whoever is silent for longer than he asked for loses the lease, and nothing that he does later counts.
async fn a_silent_holder_is_replaced(store: &dyn TestStore) -> Result<(), BoxError> {
    let standby = store.another().await?;
    let (a, b, ttl) = (Uuid::new_v4(), Uuid::new_v4(), Duration::from_millis(400));
    let first = store.acquire_lease(a, ttl).await?.ok_or("the lease is not free")?;
    // As long as it is renewed nobody gets it, whatever time has passed.
    for _ in 0..10 {
        ensure_eq!(store.renew_lease(first, ttl).await?, true, "renewal");
        ensure_eq!(standby.acquire_lease(b, ttl).await?, None, "the lease of one who lives");
        tokio::time::sleep(ttl / 8).await;
    }
    let silent = tokio::time::Instant::now();
    let second = loop {
        if let Some(epoch) = standby.acquire_lease(b, ttl).await? {
            break epoch;
        }
        ensure_eq!(
            silent.elapsed() < Duration::from_secs(20),
            true,
            "whether the standby takes over in time"
        );
        tokio::time::sleep(ttl / 20).await;
    };
    ensure_eq!(silent.elapsed() >= ttl / 2, true, "whether the standby waited");
    ensure_eq!(standby.commit_links(second, one_story(1)).await?, 1, "a commit of the standby");
    expect_lost(store, first).await?;
    ensure_eq!(store.acquire_lease(a, ttl).await?, None, "the lease for the one who lost it");
    standby.close().await;
    Ok(())
}

async fn a_commit_is_one_version(store: &dyn TestStore) -> Result<(), BoxError> {
    let epoch = lease(store).await?;
    ensure_eq!(store.commit_links(epoch, LinkBatch::default()).await?, 0, "an empty batch");
    work(store, &Change::Submit(submission(1, "met a b", 10)), V1).await?;
    let done: Vec<_> = store.to_link(9).await?.into_iter().map(|row| (row.article, row.mark)).collect();
    let batch = LinkBatch {
        graph_version: 3,
        done,
        articles: vec![links(2, 1), links(1, 1)],
        stories: vec![story(&[1, 2], &["city"], Some((january(1), january(2))))],
        clusters: vec![cluster(1, EventType::Assault, &[1, 2]), cluster(2, EventType::Other, &[1])],
        conflicts: vec![conflict(1, ConflictKind::Quantity)],
        removed: vec![RecordId::Story(story_id(9))],
        superseded: Vec::new(),
        rollups: rollups(),
        reanalysed: Vec::new(),
    };
    ensure_eq!(store.commit_links(epoch, batch.clone()).await?, 1, "the first batch");
    let state = store.link_state().await?;
    ensure_eq!((state.graph_version, state.log_version, state.log_floor), (3, 1, 0), "state");
    ensure_eq!(store.changes(0, 100).await?.items.len(), 6, "number of records in the first version");
    // A batch that is done again, as after an answer that got lost.
    ensure_eq!(store.commit_links(epoch, batch.clone()).await?, 1, "the same batch again");
    ensure_eq!(waiting(store).await?, [], "what waits after it");
    let other_way =
        LinkBatch { rollups: [(EntityId::known("city"), EntityId::known("IR"))].into(), ..batch.clone() };
    ensure_eq!(store.commit_links(epoch, other_way).await?, 2, "what a story rolls up to");
    let changed: Vec<_> = store.changes(1, 100).await?.items.into_iter().map(|item| item.id).collect();
    ensure_eq!(changed, [RecordId::Story(story_id(1))], "what changed with it");
    // Its analysis is new, though nothing is linked otherwise.
    work(store, &Change::Submit(submission(1, "met a b", 10)), V2).await?;
    let done = store.to_link(9).await?.into_iter().map(|row| (row.article, row.mark)).collect();
    let new = LinkBatch { done, articles: batch.articles, ..LinkBatch::default() };
    ensure_eq!(store.commit_links(epoch, new).await?, 3, "an article that was analysed again");
    let changed: Vec<_> = store.changes(2, 100).await?.items.into_iter().map(|item| item.id).collect();
    ensure_eq!(changed, [RecordId::Article(article_id(1))], "what changed with it");
    let removed =
        vec![RecordId::Conflict(super::graph_fixture::conflict_id(1)), RecordId::Cluster(cluster_id(1))];
    ensure_eq!(
        store.commit_links(epoch, LinkBatch { removed, ..LinkBatch::default() }).await?,
        4,
        "a removal"
    );
    ensure_eq!(store.cluster(cluster_id(1)).await?.value, None, "an event that was removed");
    ensure_eq!(store.cluster(cluster_id(2)).await?.value.is_some(), true, "whether the other one is there");
    Ok(())
}

async fn a_bad_batch_changes_nothing(store: &dyn TestStore) -> Result<(), BoxError> {
    let epoch = lease(store).await?;
    work(store, &Change::Submit(submission(1, "met a b", 10)), V1).await?;
    let done: Vec<_> = store.to_link(9).await?.into_iter().map(|row| (row.article, row.mark)).collect();
    let good = LinkBatch { done, articles: vec![links(1, 1)], ..one_story(1) };
    let spoilt = |spoil: fn(&mut LinkBatch)| {
        let mut bad = good.clone();
        spoil(&mut bad);
        bad
    };
    let bad = [
        ("two stories of one id", spoilt(|b| b.stories.push(story(&[1, 2], &[], None)))),
        ("a story that is there and removed", spoilt(|b| b.removed.push(RecordId::Story(story_id(1))))),
        (
            "a story that is an event now",
            spoilt(|b| {
                let (old, new) = (RecordId::Story(story_id(2)), RecordId::Cluster(cluster_id(1)));
                b.superseded.push(Superseded { old, new });
            }),
        ),
        // Found when half of it is written.
        ("U+0000 in an entity", spoilt(|b| b.stories.push(story(&[2], &["a\0b"], None)))),
    ];
    let before = dump(store).await?;
    for (what, bad) in bad {
        match store.commit_links(epoch, bad).await {
            Err(StoreError::Invalid { .. }) => {}
            other => return Err(format!("{what}: expected Invalid, found {other:?}").into()),
        }
        ensure_eq!(dump(store).await?, before, "what is stored after {what}");
        ensure_eq!(store.link_state().await?.log_version, 0, "version of the log after {what}");
        ensure_eq!(store.to_link(9).await?.len(), 1, "what waits after {what}");
    }
    ensure_eq!(store.commit_links(epoch, good).await?, 1, "the batch without that");
    Ok(())
}

async fn what_is_stored_has_the_hash_of_its_record(store: &dyn TestStore) -> Result<(), BoxError> {
    let epoch = lease(store).await?;
    let rollups = rollups();
    let clusters: Vec<_> = (0..5).map(|n| cluster(n, EventType::Assault, &[1])).collect();
    let clusters: Vec<_> = clusters
        .into_iter()
        .map(|c| super::graph_fixture::with_parts(c, &["ministry"], &["x"], &["city"]))
        .collect();
    let batch = LinkBatch {
        articles: vec![links(1, 1)],
        stories: vec![story(&[1], &["city"], None)],
        clusters: clusters.clone(),
        conflicts: vec![conflict(1, ConflictKind::Date)],
        rollups: rollups.clone(),
        ..LinkBatch::default()
    };
    let mut expected = vec![
        (RecordId::Article(article_id(1)), RecordHash::of_links(&batch.articles[0])),
        (RecordId::Story(story_id(1)), RecordHash::of_story(&batch.stories[0], &rollups)),
        (RecordId::Conflict(batch.conflicts[0].id), RecordHash::of_conflict(&batch.conflicts[0])),
    ];
    expected.extend(clusters.iter().map(|c| (RecordId::Cluster(c.id), RecordHash::of_cluster(c, &rollups))));
    expected.sort_by_key(|(id, _)| *id);
    store.commit_links(epoch, batch).await?;
    let mut heads = Vec::new();
    for kind in RecordKind::ALL {
        let mut after = None;
        loop {
            let page = store.linked_heads(kind, after, 2).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id.parts().1);
            heads.extend(page.into_iter().map(|head| (head.id, head.hash)));
        }
    }
    heads.sort_by_key(|(id, _)| *id);
    ensure_eq!(heads, expected, "heads");
    Ok(())
}

/// The linker's own analysis takes the place of the stored one, with its index, and only where it fits.
async fn a_linked_date_replaces_the_analysis(store: &dyn TestStore) -> Result<(), BoxError> {
    let epoch = lease(store).await?;
    let undated = submission(1, "attacked a b", 10);
    work(store, &Change::Submit(undated.clone()), V1).await?;
    all_done(store, epoch).await?;
    let before = dump(store).await?;
    let dated = |of: &marsad_model::Submission, version| -> Result<Analysis, BoxError> {
        let AnalysisResult::Analysed(Analysed { mut analysis, .. }) = analyse(of, version) else {
            return Err("it cannot be analysed".into());
        };
        analysis.published =
            Published { date: Some(january(30)), basis: PublishedBasis::Linked, weekday: None };
        analysis.events.iter_mut().for_each(|event| event.time = None);
        Ok(analysis)
    };
    let batch = |of: &marsad_model::Submission, analysis: &Analysis, digest: Option<&[u8]>| {
        let (article, fields) = (of.article, of.fields.clone());
        let digest = digest.map(<[u8]>::to_vec);
        LinkBatch {
            reanalysed: vec![Reanalysed { article, fields, analysis: analysis.clone(), digest }],
            ..LinkBatch::default()
        }
    };
    let other = submission(1, "met c d", 20);
    for (what, of, version) in
        [("another revision's", &other, V1), ("a higher version's without a digest", &undated, V2)]
    {
        let version = store.commit_links(epoch, batch(of, &dated(of, version)?, None)).await?;
        ensure_eq!(version, 0, "the version of the log after {what}");
        ensure_eq!(dump(store).await?, before, "the record after {what}");
    }
    let unknown = submission(5, "met c d", 20);
    store.commit_links(epoch, batch(&unknown, &dated(&unknown, V1)?, None)).await?;
    ensure_eq!(dump(store).await?, before, "the record after an unknown article's");

    let analysis = dated(&undated, V1)?;
    ensure_eq!(store.commit_links(epoch, batch(&undated, &analysis, None)).await?, 1, "version of the log");
    ensure_eq!(store.commit_links(epoch, batch(&undated, &analysis, None)).await?, 1, "the same again");
    let stored = store.analysis(undated.article).await?.ok_or("no analysis")?;
    ensure_eq!(stored.analysis, analysis, "analysis");
    ensure_eq!(stored.article.published, Some(january(30)), "publication day in the lists");
    let filter = crate::filter::EventFilter { from: Some(january(1)), ..Default::default() };
    let events = store.events(&filter, &crate::page::PageRequest::first(9)).await?.items.len();
    ensure_eq!(events, 0, "number of events that the index has at the old time");
    ensure_eq!(waiting(store).await?, [], "what waits after it");
    let kept: Vec<_> = store.digests(None, 9).await?.into_iter().map(|stored| stored.digest).collect();
    ensure_eq!(kept, [digest(&undated)], "the digest");
    let id = store.changes(0, 9).await?.items.first().map(|item| item.id);
    ensure_eq!(id, Some(RecordId::Article(undated.article)), "what the log names");
    let again = store.apply(&Change::Submit(undated.clone()), V1, None).await?;
    ensure_eq!(again, Applied::Unchanged, "the submission again");

    let higher = dated(&undated, V2)?;
    store.commit_links(epoch, batch(&undated, &higher, Some(b"new"))).await?;
    let version = store.analysis(undated.article).await?.map(|stored| stored.analysis.version);
    ensure_eq!(version, Some(V2), "the version after a higher one with its digest");
    let kept: Vec<_> = store.digests(None, 9).await?.into_iter().map(|stored| stored.digest).collect();
    ensure_eq!(kept, [b"new".to_vec()], "the digest after it");
    store.commit_links(epoch, batch(&undated, &analysis, Some(b"old"))).await?;
    let version = store.analysis(undated.article).await?.map(|stored| stored.analysis.version);
    ensure_eq!(version, Some(V2), "the version after a lower one");
    Ok(())
}

/// What is linked article by article, with takeovers in between, is what is linked at once.
async fn linking_in_parts_is_linking_at_once(store: &dyn TestStore) -> Result<(), BoxError> {
    let holder = Uuid::new_v4();
    let texts = ["met a b", "attacked x b", "said y met c a", "met c d b", "attacked x a"];
    let mut linker = Linker::take_over(store, holder).await?;
    for (time, round) in (0_i64..).zip([0, 2, 1]) {
        for (number, text) in (1..).zip(texts.iter().cycle().skip(round).take(texts.len())) {
            work(store, &Change::Submit(submission(number, text, 10 * time)), V1).await?;
            linker.step(store, 1).await?;
        }
        work(store, &deletion(article_id(3), 10 * time + 5), V1).await?;
        // As after a crash: nothing is known but what is stored.
        linker = Linker::take_over(store, holder).await?;
        while linker.step(store, 2).await? {}
    }
    let parts = store.tables().await?;
    // From nothing, over the same articles.
    let mut removed = Vec::new();
    for kind in RecordKind::ALL {
        removed.extend(store.linked_heads(kind, None, 99).await?.into_iter().map(|head| head.id));
    }
    ensure_eq!(removed.len() > 4, true, "whether anything was linked");
    let epoch = store.acquire_lease(holder, LONG).await?.ok_or("its own holder does not get the lease")?;
    store.commit_links(epoch, LinkBatch { removed, ..LinkBatch::default() }).await?;
    ensure_eq!(store.tables().await? == parts, false, "whether nothing is left");
    Linker::take_over(store, holder).await?.step(store, 100).await?;
    ensure_eq!(store.tables().await?, parts, "what is stored when it is linked at once");
    Ok(())
}
