//! What is stored can be read, whole, once, and nothing else.

use marsad_model::{Analysis, ArticleFields, Change, Span};

use super::fixture::{V1, V2, analyse, stamped, submission, work};
use super::{BoxError, TestStore, all, cases, dump, ensure_eq};
use crate::error::StoreError;
use crate::filter::{ArticleFilter, ClaimFilter, EntityFilter, EventFilter};
use crate::page::PageRequest;
use crate::record::ArticleState;
use crate::store::{Analysed, AnalysisResult, Applied};

cases!(
    what_is_submitted_is_read,
    nothing_is_lost,
    an_analysis_is_stored_with_its_index,
    redelivery_changes_nothing,
    a_bad_analysis_is_refused_whole,
    numbers_and_absent_fields_survive,
    reads_see_one_state,
);

const TEXT: &str =
    "attacked العراق full-A بغداد\nsaid الخارجية met full-A العراق\n\nsaid somebody not threatened x y";

fn analysed(submission: &marsad_model::Submission) -> Result<Analysis, BoxError> {
    match analyse(submission, V1) {
        AnalysisResult::Analysed(analysed) => Ok(analysed.analysis),
        AnalysisResult::Failed { reason } => Err(reason.into()),
    }
}

async fn what_is_submitted_is_read(store: &dyn TestStore) -> Result<(), BoxError> {
    store.check().await?;
    let submission = submission(1, TEXT, 10);
    let (id, change) = (submission.article, Change::Submit(submission.clone()));
    ensure_eq!(store.article(id, None).await?.map(|a| a.fields), None, "an article before it is submitted");
    ensure_eq!(store.apply(&change, V1, None).await?, Applied::NeedsAnalysis, "a new article");
    let pending = store.article(id, None).await?.ok_or("the text is not there")?;
    ensure_eq!(pending.summary.state, ArticleState::Pending, "state before the analysis");
    ensure_eq!(pending.fields, submission.fields, "fields before the analysis");
    ensure_eq!(store.analysis(id).await?, None, "the analysis before there is one");
    let result = analyse(&submission, V1);
    ensure_eq!(store.apply(&change, V1, Some(&result)).await?, Applied::Stored, "its analysis");

    let record = store.article(id, None).await?.ok_or("the article is not there")?;
    ensure_eq!(record.fields, submission.fields, "fields");
    ensure_eq!(record.summary.state, ArticleState::Analysed, "state");
    ensure_eq!(record.summary.stamp, submission.stamp, "stamp");
    ensure_eq!(record.summary.version, Some(V1), "version");
    ensure_eq!(record.revisions.len(), 1, "number of revisions");
    let stored = store.analysis(id).await?.ok_or("the analysis is not there")?;
    ensure_eq!(stored.analysis, analysed(&submission)?, "analysis");
    ensure_eq!(stored.text, TEXT, "text of the analysis");
    ensure_eq!(stored.article, record.summary, "article of the analysis");
    let unknown = stamped(ArticleFields { text: "other".into(), ..Default::default() }, 1);
    ensure_eq!(store.analysis(unknown.article).await?, None, "the analysis of an unknown article");
    let other = store.article(id, Some(unknown.content_hash())).await?.map(|a| a.fields);
    ensure_eq!(other, None, "an unknown revision");
    Ok(())
}

async fn nothing_is_lost(store: &dyn TestStore) -> Result<(), BoxError> {
    let submissions: Vec<_> = (0..40).map(|n| submission(n, TEXT, i64::from(n))).collect();
    let mut expected: (Vec<_>, Vec<_>, Vec<_>) = Default::default();
    for submission in &submissions {
        ensure_eq!(
            work(store, &Change::Submit(submission.clone()), V1).await?,
            Applied::Stored,
            "an article"
        );
        let analysis = analysed(submission)?;
        expected.0.push(submission.article);
        expected.1.extend(analysis.events.iter().map(|event| event.id));
        expected.2.extend(analysis.claims.iter().map(|claim| claim.id));
    }
    let filter = ArticleFilter::default();
    let articles = all(async |page| store.articles(&filter, &page).await).await?;
    let filter = EventFilter::default();
    let events = all(async |page| store.events(&filter, &page).await).await?;
    let whole = store.events(&filter, &PageRequest::first(1000)).await?;
    ensure_eq!(whole.items, events, "events in one page");
    let filter = ClaimFilter::default();
    let claims = all(async |page| store.claims(&filter, &page).await).await?;
    ensure_eq!(sorted(articles.iter().map(|a| a.id)), sorted(expected.0), "articles");
    ensure_eq!(sorted(events.iter().map(|e| e.event.id)), sorted(expected.1), "events");
    ensure_eq!(sorted(claims.iter().map(|c| c.claim.id)), sorted(expected.2), "claims");
    Ok(())
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort();
    items
}

async fn an_analysis_is_stored_with_its_index(store: &dyn TestStore) -> Result<(), BoxError> {
    let submission = submission(1, TEXT, 10);
    work(store, &Change::Submit(submission.clone()), V1).await?;
    work(store, &Change::Submit(super::fixture::submission(2, "met a b", 10)), V1).await?;
    let analysis = analysed(&submission)?;
    let article = Some(submission.article);

    let filter = EventFilter { article, ..Default::default() };
    let events = all(async |page| store.events(&filter, &page).await).await?;
    ensure_eq!(events.len(), analysis.events.len(), "events of the article");
    for record in &events {
        ensure_eq!(analysis.event(record.event.id), Some(&record.event), "event");
        ensure_eq!(record.article.id, submission.article, "article of an event");
        let trigger = record.event.trigger.of(TEXT).ok_or("the trigger is outside of the text")?;
        ensure_eq!(record.snippet.span.of(TEXT), Some(record.snippet.text.as_str()), "snippet");
        ensure_eq!(record.snippet.text.contains(trigger), true, "whether the snippet has the trigger");
        let passage = Span::new(record.passage.start, record.passage.start + record.passage.text.len());
        ensure_eq!(passage.of(TEXT), Some(record.passage.text.as_str()), "passage");
        let spans = [Some(record.event.trigger), record.claim.as_ref().map(|claim| claim.content)];
        for span in spans.into_iter().flatten() {
            ensure_eq!(passage.contains(span), true, "whether the passage of an event holds {span:?}");
        }
        let parts = [&record.event.actors, &record.event.recipients, &record.event.places];
        for id in parts.into_iter().flatten() {
            ensure_eq!(record.entities.iter().any(|e| e.id == *id), true, "whether {id} is with its event");
        }
        ensure_eq!(record.claim.as_ref().map(|c| c.id), record.event.claim, "claim of an event");
        ensure_eq!(record.quantities.len(), record.event.quantities.len(), "quantities of an event");
    }

    let filter = EntityFilter { article, ..Default::default() };
    let entities = all(async |page| store.entities(&filter, &page).await).await?;
    ensure_eq!(entities.len(), analysis.entities.len(), "entities of the article");
    for summary in &entities {
        let mentions = analysis.mentions.iter().filter(|m| m.entity == summary.entity.id).count();
        ensure_eq!(
            analysis.entities.contains(&summary.entity),
            true,
            "whether {:?} is there",
            summary.entity
        );
        ensure_eq!(
            (summary.mentions, summary.articles),
            (mentions as u64, 1),
            "counts of {:?}",
            summary.entity
        );
    }

    let filter = ClaimFilter { article, ..Default::default() };
    let claims = all(async |page| store.claims(&filter, &page).await).await?;
    let found: Vec<_> = claims.iter().map(|record| record.claim.clone()).collect();
    ensure_eq!(found, analysis.claims, "claims of the article");
    for record in &claims {
        let told = analysis.events.iter().filter(|event| event.claim == Some(record.claim.id));
        ensure_eq!(record.events, told.map(|event| event.id).collect::<Vec<_>>(), "events of a claim");
        ensure_eq!(record.snippet.text.starts_with("said"), true, "whether the snippet has the cue");
    }
    Ok(())
}

async fn redelivery_changes_nothing(store: &dyn TestStore) -> Result<(), BoxError> {
    let submission = submission(1, TEXT, 10);
    let change = Change::Submit(submission.clone());
    work(store, &change, V1).await?;
    let before = dump(store).await?;
    ensure_eq!(store.apply(&change, V1, None).await?, Applied::Unchanged, "the submission again");
    let result = analyse(&submission, V1);
    ensure_eq!(store.apply(&change, V1, Some(&result)).await?, Applied::Unchanged, "the analysis again");
    ensure_eq!(dump(store).await?, before, "the record after a redelivery");
    Ok(())
}

async fn a_bad_analysis_is_refused_whole(store: &dyn TestStore) -> Result<(), BoxError> {
    let submission = submission(1, TEXT, 10);
    let change = Change::Submit(submission.clone());
    store.apply(&change, V1, None).await?;
    let before = dump(store).await?;
    let good = analysed(&submission)?;
    let spoil = |spoil: fn(&mut Analysis)| {
        let mut bad = good.clone();
        spoil(&mut bad);
        bad
    };
    let bad = [
        ("a span outside of the text", spoil(|a| a.mentions[0].span = Span::new(0, 9_999))),
        ("another version", spoil(|a| a.version = V2)),
        ("two entities of one id", spoil(|a| a.entities.push(a.entities[0].clone()))),
        ("two events of one id", spoil(|a| a.events.push(a.events[0].clone()))),
        ("two claims of one id", spoil(|a| a.claims.push(a.claims[0].clone()))),
        ("a number that is none", spoil(|a| a.events[0].confidence = f32::NAN)),
        ("an infinite amount", spoil(|a| a.quantities[0].high = Some(f64::INFINITY))),
        ("U+0000 in a name", spoil(|a| a.entities[0].name.push('\0'))),
    ];
    for (what, bad) in bad {
        match store
            .apply(
                &change,
                V1,
                Some(&AnalysisResult::Analysed(Analysed {
                    analysis: bad,
                    digest: Vec::new(),
                    backfill: false,
                })),
            )
            .await
        {
            Err(StoreError::Invalid { .. }) => {}
            other => return Err(format!("{what}: expected Invalid, found {other:?}").into()),
        }
        ensure_eq!(dump(store).await?, before, "the record after {what}");
    }
    let nul = ArticleFields { text: "a\0b".into(), ..submission.fields };
    match store.apply(&Change::Submit(stamped(nul, 20)), V1, None).await {
        Err(StoreError::Invalid { .. }) => {}
        other => return Err(format!("U+0000 in a text: expected Invalid, found {other:?}").into()),
    }
    ensure_eq!(dump(store).await?, before, "the record after U+0000 in a text");
    Ok(())
}

async fn numbers_and_absent_fields_survive(store: &dyn TestStore) -> Result<(), BoxError> {
    let fields = ArticleFields { text: "met a b".into(), html: Some(String::new()), ..Default::default() };
    let submission = stamped(fields, i64::MIN);
    let mut analysis = analysed(&submission)?;
    analysis.quantities[0].low = Some(0.1 + 0.2);
    analysis.quantities[0].high = Some(-1e300);
    analysis.events[0].confidence = 0.123_456_79;
    let change = Change::Submit(submission.clone());
    store
        .apply(
            &change,
            V1,
            Some(&AnalysisResult::Analysed(Analysed {
                analysis: analysis.clone(),
                digest: Vec::new(),
                backfill: false,
            })),
        )
        .await?;
    let record = store.article(submission.article, None).await?.ok_or("the article is not there")?;
    ensure_eq!(record.fields, submission.fields, "fields");
    ensure_eq!(record.summary.published, None, "publication day");
    ensure_eq!(record.summary.stamp, submission.stamp, "stamp");
    ensure_eq!(store.analysis(submission.article).await?.map(|a| a.analysis), Some(analysis), "analysis");
    Ok(())
}

/// Lists are read while an article changes to and fro: they never see one table before and another after a change.
async fn reads_see_one_state(store: &dyn TestStore) -> Result<(), BoxError> {
    let page = PageRequest::first(100);
    let write = async {
        for time in 0..40 {
            let text = if time % 2 == 0 { TEXT } else { "said full-B met full-A العراق" };
            work(store, &Change::Submit(submission(1, text, time)), V1).await?;
        }
        Ok::<_, BoxError>(())
    };
    let read = async {
        for _ in 0..80 {
            let events = store.events(&EventFilter::default(), &page).await?.items.len();
            ensure_eq!([0, 1, 3].contains(&events), true, "whether {events} events are of one revision");
            let claims = store.claims(&ClaimFilter::default(), &page).await?.items.len();
            ensure_eq!([0, 1, 2].contains(&claims), true, "whether {claims} claims are of one revision");
        }
        Ok::<_, BoxError>(())
    };
    tokio::try_join!(write, read)?;
    Ok(())
}
