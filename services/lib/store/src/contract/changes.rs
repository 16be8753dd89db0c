//! What becomes of an article through corrections, deletions, analyzer versions and failures.

use futures::future::join_all;
use marsad_model::{AnalysisVersion, Change, Submission};

use super::fixture::{V1, V2, analyse, deletion, digest, submission, work};
use super::{BoxError, TestStore, all, cases, dump, ensure_eq};
use crate::filter::{ArticleFilter, EventFilter};
use crate::page::PageRequest;
use crate::record::ArticleState;
use crate::store::{Analysed, AnalysisResult, Applied};

cases!(
    a_lower_version_never_replaces_a_higher,
    a_failure_never_replaces_an_analysis_of_its_version,
    a_newer_revision_becomes_current,
    a_late_older_revision_keeps_its_text_only,
    a_revision_comes_back,
    a_deletion_removes_what_is_older,
    a_deletion_may_come_first,
    at_one_time_a_submission_is_newer_than_a_deletion,
    workers_at_once_agree,
);

async fn version(store: &dyn TestStore, of: &Submission) -> Result<Option<AnalysisVersion>, BoxError> {
    Ok(store.analysis(of.article).await?.map(|stored| stored.analysis.version))
}

async fn a_lower_version_never_replaces_a_higher(store: &dyn TestStore) -> Result<(), BoxError> {
    let submission = submission(1, "attacked a b", 10);
    let change = Change::Submit(submission.clone());
    work(store, &change, V1).await?;
    ensure_eq!(store.apply(&change, V2, None).await?, Applied::NeedsAnalysis, "a higher version's question");
    ensure_eq!(version(store, &submission).await?, Some(V1), "the version before the higher one's result");
    ensure_eq!(work(store, &change, V2).await?, Applied::Stored, "a higher version");
    ensure_eq!(version(store, &submission).await?, Some(V2), "the version after the higher one");
    let before = dump(store).await?;
    ensure_eq!(store.apply(&change, V1, None).await?, Applied::Unchanged, "a lower version's question");
    let lower = store.apply(&change, V1, Some(&analyse(&submission, V1))).await?;
    ensure_eq!(lower, Applied::Unchanged, "a lower version's result");
    ensure_eq!(version(store, &submission).await?, Some(V2), "the version after the lower one");
    ensure_eq!(dump(store).await?, before, "the record after the lower one");
    Ok(())
}

async fn a_failure_never_replaces_an_analysis_of_its_version(store: &dyn TestStore) -> Result<(), BoxError> {
    let submission = submission(1, "attacked a b", 10);
    let change = Change::Submit(submission.clone());
    let fail = |reason: &str| AnalysisResult::Failed { reason: reason.to_owned() };
    let state = async || -> Result<_, BoxError> {
        let summary = store.article(submission.article, None).await?.ok_or("no article")?.summary;
        Ok((summary.state, summary.failure, summary.version))
    };
    ensure_eq!(store.apply(&change, V1, Some(&fail("b"))).await?, Applied::Stored, "a failure");
    ensure_eq!(state().await?, (ArticleState::Failed, Some("b".into()), Some(V1)), "state");
    ensure_eq!(store.apply(&change, V1, None).await?, Applied::NeedsAnalysis, "a failure may pass");
    store.apply(&change, V1, Some(&fail("a"))).await?;
    ensure_eq!(state().await?.1, Some("b".into()), "the reason does not depend on the order");
    ensure_eq!(work(store, &change, V1).await?, Applied::Stored, "an analysis after a failure");
    ensure_eq!(state().await?, (ArticleState::Analysed, None, Some(V1)), "state");
    ensure_eq!(store.apply(&change, V1, Some(&fail("c"))).await?, Applied::Unchanged, "a later failure");
    ensure_eq!(state().await?, (ArticleState::Analysed, None, Some(V1)), "state");
    ensure_eq!(
        store.apply(&change, V2, Some(&fail("d"))).await?,
        Applied::Stored,
        "a higher version's failure"
    );
    ensure_eq!(state().await?, (ArticleState::Failed, Some("d".into()), Some(V2)), "state");
    ensure_eq!(
        store.apply(&change, V1, None).await?,
        Applied::Unchanged,
        "a lower version has nothing to add"
    );
    let events = store.events(&EventFilter::default(), &PageRequest::first(9)).await?.items;
    ensure_eq!(events.len(), 0, "events of a failed analysis");
    Ok(())
}

async fn a_newer_revision_becomes_current(store: &dyn TestStore) -> Result<(), BoxError> {
    let (old, new) = (submission(1, "attacked a b", 10), submission(1, "met c d", 20));
    work(store, &Change::Submit(old.clone()), V1).await?;
    ensure_eq!(work(store, &Change::Submit(new.clone()), V1).await?, Applied::Stored, "a newer revision");
    two_revisions(store, &old, &new).await
}

async fn a_late_older_revision_keeps_its_text_only(store: &dyn TestStore) -> Result<(), BoxError> {
    let (old, new) = (submission(1, "attacked a b", 10), submission(1, "met c d", 20));
    work(store, &Change::Submit(new.clone()), V1).await?;
    let late = Change::Submit(old.clone());
    ensure_eq!(store.apply(&late, V1, None).await?, Applied::Superseded, "an older revision");
    let result = analyse(&old, V1);
    ensure_eq!(store.apply(&late, V1, Some(&result)).await?, Applied::Superseded, "its analysis");
    two_revisions(store, &old, &new).await
}

/// The new revision is current and the only one with an analysis; the old one can be read.
async fn two_revisions(store: &dyn TestStore, old: &Submission, new: &Submission) -> Result<(), BoxError> {
    let record = store.article(new.article, None).await?.ok_or("no article")?;
    ensure_eq!(record.fields, new.fields, "the current revision");
    let hashes: Vec<_> = record.revisions.iter().map(|r| r.content_hash).collect();
    ensure_eq!(hashes, [new.content_hash(), old.content_hash()], "revisions");
    let earlier = store.article(old.article, Some(old.content_hash())).await?.ok_or("the text is gone")?;
    ensure_eq!(earlier.fields, old.fields, "the older revision");
    ensure_eq!(earlier.summary.state, ArticleState::Superseded, "its state");
    ensure_eq!(earlier.summary.stamp, old.stamp, "its stamp");
    let stored = store.analysis(new.article).await?.ok_or("no analysis")?;
    let result = Analysed { analysis: stored.analysis, digest: digest(new), backfill: false };
    ensure_eq!(AnalysisResult::Analysed(result), analyse(new, V1), "analysis");
    let events = store.events(&EventFilter::default(), &PageRequest::first(9)).await?.items;
    let hashes: Vec<_> = events.iter().map(|record| record.article.content_hash).collect();
    ensure_eq!(hashes, [new.content_hash()], "revisions of the events");
    Ok(())
}

async fn a_revision_comes_back(store: &dyn TestStore) -> Result<(), BoxError> {
    let (first, second) = (submission(1, "attacked a b", 10), submission(1, "met c d", 20));
    for submission in [&first, &second] {
        work(store, &Change::Submit(submission.clone()), V1).await?;
    }
    let again = submission(1, "attacked a b", 30);
    let change = Change::Submit(again.clone());
    ensure_eq!(store.apply(&change, V1, None).await?, Applied::NeedsAnalysis, "a revision that comes back");
    work(store, &change, V1).await?;
    two_revisions(store, &second, &again).await?;
    ensure_eq!(work(store, &Change::Submit(first), V1).await?, Applied::Unchanged, "its first submission");
    let later = Change::Submit(submission(1, "attacked a b", 40));
    ensure_eq!(work(store, &later, V1).await?, Applied::Stored, "a later stamp of the current revision");
    let stamp = store.article(again.article, None).await?.map(|record| record.summary.stamp.modified_at);
    ensure_eq!(stamp, Some(40), "stamp");
    Ok(())
}

async fn a_deletion_removes_what_is_older(store: &dyn TestStore) -> Result<(), BoxError> {
    let (old, new) = (submission(1, "attacked a b", 10), submission(1, "met c d", 30));
    work(store, &Change::Submit(old.clone()), V1).await?;
    let delete = deletion(old.article, 20);
    ensure_eq!(store.apply(&delete, V1, None).await?, Applied::Stored, "a deletion");
    ensure_eq!(store.apply(&delete, V1, None).await?, Applied::Unchanged, "the same deletion");
    let earlier = store.apply(&deletion(old.article, 15), V1, None).await?;
    ensure_eq!(earlier, Applied::Unchanged, "an earlier deletion");
    only_a_tombstone(store, &old).await?;
    let late = work(store, &Change::Submit(old.clone()), V1).await?;
    ensure_eq!(late, Applied::Deleted, "a submission that is older than the deletion");
    only_a_tombstone(store, &old).await?;

    ensure_eq!(work(store, &Change::Submit(new.clone()), V1).await?, Applied::Stored, "a later submission");
    let record = store.article(new.article, None).await?.ok_or("the article was not revived")?;
    ensure_eq!((record.fields, record.revisions.len()), (new.fields.clone(), 1), "the revived article");
    ensure_eq!(work(store, &Change::Submit(old.clone()), V1).await?, Applied::Deleted, "the old submission");
    let earlier = store.apply(&deletion(old.article, 25), V1, None).await?;
    ensure_eq!(earlier, Applied::Stored, "a deletion between the two");
    ensure_eq!(version(store, &new).await?, Some(V1), "the analysis of the revived article");
    Ok(())
}

/// Nothing is left of the article but one row with its id and the deletion's times.
async fn only_a_tombstone(store: &dyn TestStore, of: &Submission) -> Result<(), BoxError> {
    ensure_eq!(store.article(of.article, None).await?.is_none(), true, "whether the article is gone");
    let revision = store.article(of.article, Some(of.content_hash())).await?;
    ensure_eq!(revision.is_none(), true, "whether the revision is gone");
    let articles = store.articles(&ArticleFilter::default(), &PageRequest::first(9)).await?.items;
    ensure_eq!(articles.len(), 0, "listed articles");
    for (table, rows) in store.tables().await? {
        ensure_eq!(rows.len(), usize::from(table == "articles"), "rows of {table}");
        let values = rows.iter().flat_map(|row| row.as_array().into_iter().flatten());
        let kept = values.filter(|value| !value.is_null()).count();
        ensure_eq!(kept, rows.len() * 3, "values in {table}");
    }
    Ok(())
}

async fn a_deletion_may_come_first(store: &dyn TestStore) -> Result<(), BoxError> {
    let (old, new) = (submission(1, "attacked a b", 10), submission(1, "met c d", 30));
    store.apply(&deletion(old.article, 20), V1, None).await?;
    ensure_eq!(work(store, &Change::Submit(old.clone()), V1).await?, Applied::Deleted, "an older submission");
    only_a_tombstone(store, &old).await?;
    ensure_eq!(work(store, &Change::Submit(new), V1).await?, Applied::Stored, "a newer submission");
    Ok(())
}

async fn at_one_time_a_submission_is_newer_than_a_deletion(store: &dyn TestStore) -> Result<(), BoxError> {
    for (article, deletion_first) in [(1, true), (2, false)] {
        let submission = submission(article, "attacked a b", 10);
        let delete = deletion(submission.article, 10);
        let submit = Change::Submit(submission.clone());
        let changes = if deletion_first { [delete, submit] } else { [submit, delete] };
        for change in &changes {
            work(store, change, V1).await?;
        }
        ensure_eq!(
            version(store, &submission).await?,
            Some(V1),
            "the analysis; deletion first: {deletion_first}"
        );
    }
    Ok(())
}

/// Many workers at once on two articles: the result is that of one worker after the other.
async fn workers_at_once_agree(store: &dyn TestStore) -> Result<(), BoxError> {
    let mut changes = Vec::new();
    for time in 0..6 {
        for article in [1, 2] {
            let text = format!("attacked a{} b", time % 3);
            changes.push(Change::Submit(submission(article, &text, time)));
        }
    }
    changes.push(deletion(submission(1, "", 0).article, 4));
    let mut workers = Vec::new();
    for change in &changes {
        for _ in 0..2 {
            workers.push(work(store, change, V1));
        }
    }
    for applied in join_all(workers).await {
        applied?;
    }
    let concurrent = dump(store).await?;
    for change in changes.iter().rev() {
        let applied = work(store, change, V1).await?;
        ensure_eq!(
            matches!(applied, Applied::Stored | Applied::NeedsAnalysis),
            false,
            "whether work was left"
        );
    }
    ensure_eq!(dump(store).await?, concurrent, "the record after all was redelivered");
    for (article, revisions) in [(1, 2), (2, 3)] {
        let newest = submission(article, "attacked a2 b", 5);
        let record = store.article(newest.article, None).await?.ok_or("an article is not there")?;
        ensure_eq!(record.fields, newest.fields, "the current revision of article {article}");
        ensure_eq!(record.revisions.len(), revisions, "revisions of article {article}");
        ensure_eq!(version(store, &newest).await?, Some(V1), "the analysis of article {article}");
    }
    let events = all(async |page| store.events(&EventFilter::default(), &page).await).await?;
    ensure_eq!(events.len(), 2, "events");
    Ok(())
}
