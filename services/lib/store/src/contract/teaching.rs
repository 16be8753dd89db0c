//! What is taught, which articles are analysed again because of it, and judgements.

use marsad_model::ontology::EventType;
use marsad_model::teaching::{Fact, Reach};
use marsad_model::{
    AnalysisVersion, ArticleId, Change, ContentHash, EntityId, EventId, EventKeys, JudgedEvent, Span,
    Submission, Verdict,
};

use super::fixture::{V1, V2, analyse, deletion, submission, work};
use super::{BoxError, TestStore, cases, ensure_eq};
use crate::link::{LinkBatch, Reanalysed};
use crate::store::{Analysed, AnalysisResult, Applied};
use crate::teach::{Backlog, TeachingChange};

cases!(
    every_change_makes_a_revision,
    a_change_concerns_the_articles_in_its_reach,
    an_older_overlay_never_replaces_a_newer,
    what_was_analysed_meanwhile_is_analysed_again,
    what_the_linker_analyses_counts_as_analysed,
    claims_run_out,
    an_article_that_is_gone_is_not_analysed,
    a_newer_analyzer_goes_over_the_whole_store,
    an_untouched_article_is_not_analysed_for_a_change,
    a_judgement_is_kept_and_taken_back,
    opposites_do_not_hold_together,
    changes_at_once_make_one_revision_each,
);

/// Far more than a page.
const ALL: u32 = 1000;

fn fact(entity: &str) -> Fact {
    Fact::NoEntity { entity: EntityId::known(entity) }
}

fn with_overlay(overlay: u64) -> AnalysisVersion {
    AnalysisVersion { overlay, ..V1 }
}

fn words(words: &[&str]) -> Reach {
    Reach { words: vec![words.iter().map(|word| (*word).to_owned()).collect()], entities: Vec::new() }
}

async fn teach(store: &dyn TestStore, entity: &str, on: u64, reach: &Reach) -> Result<Option<u64>, BoxError> {
    Ok(store.teach(&TeachingChange::Teach(fact(entity)), on, reach, 7).await?)
}

async fn stored(store: &dyn TestStore, articles: &[(u32, &str)]) -> Result<Vec<Submission>, BoxError> {
    let submissions: Vec<Submission> = articles.iter().map(|(n, text)| submission(*n, text, 10)).collect();
    for submission in &submissions {
        work(store, &Change::Submit(submission.clone()), V1).await?;
    }
    Ok(submissions)
}

/// Carries all changes through, in pages of one article; gives the articles to analyse, in order.
async fn due(store: &dyn TestStore) -> Result<Vec<ArticleId>, BoxError> {
    while store.sweep(1).await? {}
    let mut articles = store.claim_to_analyse(5, 5, ALL).await?;
    articles.sort();
    Ok(articles)
}

fn ids(submissions: &[&Submission]) -> Vec<ArticleId> {
    let mut ids: Vec<ArticleId> = submissions.iter().map(|submission| submission.article).collect();
    ids.sort();
    ids
}

async fn every_change_makes_a_revision(store: &dyn TestStore) -> Result<(), BoxError> {
    ensure_eq!(store.overlay_revision().await?, 0, "the revision before anything was taught");
    let nothing = Reach::default();
    ensure_eq!(teach(store, "a", 0, &nothing).await?, Some(1), "the first");
    ensure_eq!(teach(store, "b", 0, &nothing).await?, None, "one that did not know of the first");
    ensure_eq!(teach(store, "b", 1, &nothing).await?, Some(2), "the second");
    ensure_eq!(teach(store, "a", 2, &nothing).await?, Some(3), "the first again");
    let taught = store.taught().await?;
    let facts: Vec<_> = taught.teachings.iter().map(|t| (t.revision, t.fact.clone(), t.taught_at)).collect();
    ensure_eq!(facts, [(2, fact("b"), 7), (3, fact("a"), 7)], "what is taught");
    ensure_eq!(taught.teachings[0].id, fact("b").id(), "an id");
    let undo = TeachingChange::Undo(fact("b").id());
    ensure_eq!(store.teach(&undo, 3, &nothing, 8).await?, Some(4), "undoing");
    let taught = store.taught().await?;
    ensure_eq!((taught.revision, taught.teachings.len()), (4, 1), "what is left");
    ensure_eq!(store.backlog().await?, Backlog::default(), "changes that concern nothing");
    Ok(())
}

async fn a_change_concerns_the_articles_in_its_reach(store: &dyn TestStore) -> Result<(), BoxError> {
    let articles = stored(
        store,
        &[
            (1, "attacked full-a there"),
            (2, "met b c"),
            (3, "met full-a c"),
            (4, "attacked there full-a"),
            (5, "unreadable there"),
        ],
    )
    .await?;
    let [one, two, three, four, five] = articles.iter().collect::<Vec<_>>()[..] else {
        return Err("five".into());
    };
    // Each word is looked for as a part of the text, all of a list are needed.
    teach(store, "a", 0, &words(&["ther", "attacked"])).await?;
    ensure_eq!(
        store.backlog().await?,
        Backlog { sweeps: 1, articles: 0 },
        "a change that nobody carried through"
    );
    ensure_eq!(due(store).await?, ids(&[one, four]), "both words");
    ensure_eq!(
        store.backlog().await?,
        Backlog { sweeps: 0, articles: 2 },
        "a change that was carried through"
    );
    teach(store, "b", 1, &words(&["there"])).await?;
    ensure_eq!(due(store).await?, ids(&[one, four, five]), "those before, and a failed one");
    // Title and outlet are read, too.
    teach(store, "c", 2, &words(&["even"])).await?;
    ensure_eq!(due(store).await?, ids(&[one, two, four, five]), "an outlet");
    let person = EntityId::unknown(marsad_model::ontology::EntityType::Person, "full");
    let reach = Reach { words: Vec::new(), entities: vec![person] };
    teach(store, "d", 3, &reach).await?;
    ensure_eq!(due(store).await?, ids(&[one, two, three, four, five]), "an entity");
    Ok(())
}

async fn an_older_overlay_never_replaces_a_newer(store: &dyn TestStore) -> Result<(), BoxError> {
    let articles = stored(store, &[(1, "attacked a b")]).await?;
    let change = Change::Submit(articles[0].clone());
    let apply = async |version| store.apply(&change, version, Some(&analyse(&articles[0], version))).await;
    teach(store, "a", 0, &words(&["attacked"])).await?;
    teach(store, "b", 1, &words(&["attacked"])).await?;
    due(store).await?;
    ensure_eq!(apply(with_overlay(1)).await?, Applied::Stored, "a newer overlay");
    ensure_eq!(store.backlog().await?.articles, 1, "articles to analyse after one that is not new enough");
    ensure_eq!(apply(with_overlay(2)).await?, Applied::Stored, "the newest overlay");
    ensure_eq!(store.backlog().await?.articles, 0, "articles to analyse after one that is");
    ensure_eq!(apply(with_overlay(1)).await?, Applied::Unchanged, "an older overlay");
    let version = async || -> Result<_, BoxError> {
        Ok(store.analysis(articles[0].article).await?.map(|s| s.analysis.version))
    };
    ensure_eq!(version().await?, Some(with_overlay(2)), "the version that stays");
    ensure_eq!(apply(V2).await?, Applied::Stored, "a newer analyzer with an older overlay");
    ensure_eq!(store.backlog().await?.articles, 1, "articles to analyse after that");
    Ok(())
}

async fn what_was_analysed_meanwhile_is_analysed_again(store: &dyn TestStore) -> Result<(), BoxError> {
    teach(store, "a", 0, &words(&["attacked"])).await?;
    ensure_eq!(due(store).await?, [], "nothing stored");
    let late = stored(store, &[(1, "attacked a b")]).await?;
    ensure_eq!(due(store).await?, ids(&[&late[0]]), "one whose worker had not heard of the change");
    Ok(())
}

/// With its digest: without one the linker gives an article another day, and no newer reading.
async fn what_the_linker_analyses_counts_as_analysed(store: &dyn TestStore) -> Result<(), BoxError> {
    let articles = stored(store, &[(1, "attacked a b")]).await?;
    let epoch = store.acquire_lease(uuid::Uuid::nil(), std::time::Duration::from_secs(60)).await?;
    let epoch = epoch.ok_or("no lease")?;
    let relink = async |version| -> Result<(), BoxError> {
        let AnalysisResult::Analysed(Analysed { analysis, digest, .. }) = analyse(&articles[0], version)
        else {
            return Err("no analysis".into());
        };
        let (article, fields, digest) = (articles[0].article, articles[0].fields.clone(), Some(digest));
        let reanalysed = vec![Reanalysed { article, fields, analysis, digest }];
        store.commit_links(epoch, LinkBatch { reanalysed, ..LinkBatch::default() }).await?;
        Ok(())
    };
    teach(store, "a", 0, &words(&["attacked"])).await?;
    ensure_eq!(due(store).await?, ids(&[&articles[0]]), "articles with the word");
    relink(with_overlay(1)).await?;
    ensure_eq!(
        store.backlog().await?,
        Backlog::default(),
        "after the linker has read it with what is taught"
    );
    relink(V2).await?;
    ensure_eq!(due(store).await?, ids(&[&articles[0]]), "read by a newer linker that had not heard of it");
    Ok(())
}

async fn claims_run_out(store: &dyn TestStore) -> Result<(), BoxError> {
    let articles = stored(store, &[(1, "met a b"), (2, "met a b")]).await?;
    teach(store, "a", 0, &words(&["met"])).await?;
    while store.sweep(ALL).await? {}
    let mut claimed = store.claim_to_analyse(10, 20, 1).await?;
    claimed.extend(store.claim_to_analyse(11, 20, ALL).await?);
    claimed.sort();
    ensure_eq!(claimed, ids(&[&articles[0], &articles[1]]), "both, one after the other");
    ensure_eq!(store.claim_to_analyse(19, 30, ALL).await?, [], "while the claims last");
    ensure_eq!(store.claim_to_analyse(20, 30, ALL).await?.len(), 2, "after they ran out");
    // What is claimed is being done with less than is needed now.
    teach(store, "b", 1, &words(&["met"])).await?;
    while store.sweep(ALL).await? {}
    ensure_eq!(store.claim_to_analyse(21, 30, ALL).await?.len(), 2, "after another change");
    Ok(())
}

async fn an_article_that_is_gone_is_not_analysed(store: &dyn TestStore) -> Result<(), BoxError> {
    let articles = stored(store, &[(1, "met a b"), (2, "met a b")]).await?;
    teach(store, "a", 0, &words(&["met"])).await?;
    while store.sweep(ALL).await? {}
    work(store, &deletion(articles[0].article, 20), V1).await?;
    ensure_eq!(due(store).await?, ids(&[&articles[1]]), "what was not deleted");
    store.forget_to_analyse(articles[1].article).await?;
    ensure_eq!(store.backlog().await?.articles, 1, "one that is there is not forgotten");
    Ok(())
}

async fn a_newer_analyzer_goes_over_the_whole_store(store: &dyn TestStore) -> Result<(), BoxError> {
    let articles = stored(store, &[(1, "met a b"), (2, "met a b"), (3, "unreadable")]).await?;
    work(store, &Change::Submit(articles[1].clone()), V2).await?;
    store.reanalyse(V2, false).await?;
    ensure_eq!(due(store).await?, ids(&[&articles[0], &articles[2]]), "those of an older version");
    for submission in &articles {
        work(store, &Change::Submit(submission.clone()), V2).await?;
    }
    ensure_eq!(store.backlog().await?, Backlog::default(), "after the newer analyzer has gone over them");
    store.reanalyse(V2, true).await?;
    ensure_eq!(due(store).await?, ids(&[&articles[0], &articles[1], &articles[2]]), "all");
    let change = Change::Submit(articles[0].clone());
    let AnalysisResult::Analysed(mut other) = analyse(&articles[0], V2) else {
        return Err("no analysis".into());
    };
    other.analysis.language = "fa".to_owned();
    store.apply(&change, V2, Some(&AnalysisResult::Analysed(other))).await?;
    let language = store.analysis(articles[0].article).await?.map(|stored| stored.analysis.language);
    ensure_eq!(language.as_deref(), Some("fa"), "an analysis of the same version, asked for");
    store.apply(&change, V2, Some(&analyse(&articles[0], V2))).await?;
    let language = store.analysis(articles[0].article).await?.map(|stored| stored.analysis.language);
    ensure_eq!(language.as_deref(), Some("fa"), "an analysis of the same version, not asked for");
    Ok(())
}

async fn an_untouched_article_is_not_analysed_for_a_change(store: &dyn TestStore) -> Result<(), BoxError> {
    let articles = stored(store, &[(1, "met a b")]).await?;
    let change = Change::Submit(articles[0].clone());
    teach(store, "a", 0, &words(&["attacked"])).await?;
    ensure_eq!(due(store).await?, [], "articles with the word");
    ensure_eq!(store.apply(&change, with_overlay(1), None).await?, Applied::Unchanged, "a redelivery");
    Ok(())
}

fn judged(number: u32) -> Result<JudgedEvent, BoxError> {
    let submission = submission(number, "met a b", 10);
    let (article, span) = (submission.article, Span::new(0, 3));
    let key = EventKeys::new(article, "met a b").key(span, EventType::Consult).ok_or("no key")?;
    let event = EventId::new(article, ContentHash([0; 32]), span, EventType::Consult);
    Ok(JudgedEvent { key, article, event_type: EventType::Consult, event })
}

async fn a_judgement_is_kept_and_taken_back(store: &dyn TestStore) -> Result<(), BoxError> {
    let verdict = Verdict::NoEvent(judged(1)?);
    let first = store.judge(&verdict, 5).await?;
    ensure_eq!((first.sequence, first.withdrawn, first.verdict), (1, false, verdict), "a judgement");
    ensure_eq!(store.judge(&verdict, 6).await?, first, "the same again");
    ensure_eq!(store.judgements(0, ALL).await?, std::slice::from_ref(&first), "all");
    ensure_eq!(store.judgements(1, ALL).await?, [], "what came after");
    let taken = store.withdraw_judgement(first.id, 7).await?.ok_or("not there")?;
    ensure_eq!((taken.sequence, taken.withdrawn, taken.changed_at), (2, true, 7), "one that was taken back");
    ensure_eq!(store.withdraw_judgement(first.id, 8).await?, Some(taken.clone()), "taking it back again");
    ensure_eq!(store.judgements(1, ALL).await?, [taken], "what came after");
    let unknown = Verdict::NoEvent(judged(2)?).id();
    ensure_eq!(store.withdraw_judgement(unknown, 9).await?, None, "one that never was");
    let again = store.judge(&verdict, 10).await?;
    ensure_eq!((again.id, again.sequence, again.withdrawn), (first.id, 3, false), "the same after all");
    ensure_eq!(store.judgements(0, ALL).await?, [again], "all, each in its last state");
    Ok(())
}

async fn opposites_do_not_hold_together(store: &dyn TestStore) -> Result<(), BoxError> {
    let (a, b) = (judged(1)?, judged(2)?);
    let same = store.judge(&Verdict::Same(a, b), 5).await?;
    let different = store.judge(&Verdict::Different(b, a), 6).await?;
    let all = store.judgements(0, ALL).await?;
    let seen: Vec<_> = all.iter().map(|j| (j.id, j.sequence, j.withdrawn)).collect();
    ensure_eq!(seen, [(same.id, 2, true), (different.id, 3, false)], "both");
    ensure_eq!(store.judgements(0, 1).await?.len(), 1, "a page");
    Ok(())
}

async fn changes_at_once_make_one_revision_each(store: &dyn TestStore) -> Result<(), BoxError> {
    let other = store.another().await?;
    let stores: [&dyn TestStore; 2] = [store, &*other];
    let nothing = Reach::default();
    let race = (0..8).map(|n| teach(stores[n % 2], if n < 4 { "a" } else { "b" }, 0, &nothing));
    let made = futures::future::join_all(race).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    ensure_eq!(made.iter().flatten().count(), 1, "those of eight on one revision that were made");
    ensure_eq!(store.overlay_revision().await?, 1, "the revision");
    let verdicts = (0..8).map(|n| judged(n).map(Verdict::NoEvent)).collect::<Result<Vec<_>, _>>()?;
    let judge = verdicts.iter().enumerate().map(|(n, verdict)| stores[n % 2].judge(verdict, 5));
    futures::future::join_all(judge).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let numbers: Vec<u64> = store.judgements(0, ALL).await?.iter().map(|j| j.sequence).collect();
    ensure_eq!(numbers, (1..=8).collect::<Vec<_>>(), "numbers without a gap");
    other.close().await;
    Ok(())
}
