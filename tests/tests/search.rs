//! Searches on both kinds of deployment: entities by name, articles and events by their words.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::time::Duration;

use marsad_proto::v1;
use marsad_tests::articles::{samples, short, with_text};
use marsad_tests::deployment::Deployment;
use marsad_tests::{list, scenarios, until};

scenarios!(
    entities_by_other_names,
    articles_by_their_words,
    words_are_marked_in_every_unit,
    events_by_the_words_of_their_sentences,
    pages_of_a_search,
    what_is_deleted_is_not_found,
);

fn articles(query: &str) -> v1::SearchArticlesRequest {
    v1::SearchArticlesRequest { query: query.into(), ..Default::default() }
}

fn events(query: &str) -> v1::SearchEventsRequest {
    v1::SearchEventsRequest { query: query.into(), page_size: 1000, ..Default::default() }
}

async fn entities_by_other_names(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    client.submit_all_and_wait(samples()).await;
    let search = async |query: &str| {
        let request = v1::SearchEntitiesRequest { query: query.into(), ..Default::default() };
        let found = client.query.clone().search_entities(request).await.unwrap().into_inner();
        assert_eq!(found.entities.len(), found.matches.len(), "{query}");
        assert!(found.matches.is_sorted_by_key(|one| one.fit), "best match first: {query}");
        let entities = found.entities.into_iter().map(|summary| summary.entity.unwrap().id);
        entities.zip(found.matches.into_iter().map(|one| one.fit())).collect::<Vec<_>>()
    };
    for (query, id, fit) in [
        ("العراق", "IQ", v1::NameMatch::Equal),
        ("Iraq", "IQ", v1::NameMatch::Equal),
        ("جمهورية العراق", "IQ", v1::NameMatch::Equal),
        ("الولايات", "US", v1::NameMatch::Prefix),
        ("المتحدة الولايات", "US", v1::NameMatch::WordPrefix),
        ("Irak", "IQ", v1::NameMatch::Sound),
        ("العراف", "IQ", v1::NameMatch::Spelling),
    ] {
        let found = search(query).await;
        assert!(found.contains(&(id.to_owned(), fit)), "{query}: {found:?}");
    }
    deployment
}

async fn articles_by_their_words(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let inputs: Vec<_> = [
        "أعلنت وزارة الدفاع العراقية أن الطائرات قصفت مواقع لتنظيم داعش في الأنبار.",
        "وصل وزير الخارجية إلى بغداد للقاء رئيس الوزراء.",
        "قال رئيس الوزراء إن الوزارة ستعلن النتائج.",
    ]
    .into_iter()
    .zip(1..)
    .map(|(text, number)| with_text(short(number), text))
    .collect();
    let ids: Vec<String> =
        client.submit_all_and_wait(inputs).await.into_iter().map(|article| article.id).collect();
    let search = async |query: &str| {
        let found = list!(client, search_articles, articles, articles(query));
        found.into_iter().map(|hit| hit.article.unwrap().id).collect::<BTreeSet<_>>()
    };
    for (query, expected) in [
        ("طائرة", [0].as_slice()),
        ("والوزارات", &[0, 2]),
        ("رئيس الوزراء", &[1, 2]),
        ("\"رئيس الوزراء\" -بغداد", &[2]),
        ("«الوزراء رئيس»", &[]),
        ("بالعراقيين دفاع", &[0]),
    ] {
        let expected = expected.iter().map(|number: &usize| ids[*number].clone()).collect();
        assert_eq!(search(query).await, expected, "{query}");
    }
    deployment
}

/// The part of a text that a span names.
fn slice(text: &str, span: &v1::Span, unit: v1::SpanUnit) -> String {
    let range = span.start as usize..span.end as usize;
    match unit {
        v1::SpanUnit::Unspecified | v1::SpanUnit::Utf8Bytes => text[range].to_owned(),
        v1::SpanUnit::Utf16Units => {
            String::from_utf16(&text.encode_utf16().collect::<Vec<_>>()[range]).unwrap()
        }
        v1::SpanUnit::CodePoints => text.chars().collect::<Vec<_>>()[range].iter().collect(),
    }
}

async fn words_are_marked_in_every_unit(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let text = "🛰️ 𝐌 عاجل\nقصفت الطائرات مواقع داعش في الأنبار أمس.";
    let mut input = with_text(short(1), text);
    input.title = Some("𝐌 قصف الأنبار".into());
    let article = client.submit_and_wait(input).await;
    for unit in [v1::SpanUnit::Utf8Bytes, v1::SpanUnit::Utf16Units, v1::SpanUnit::CodePoints] {
        let request =
            v1::SearchArticlesRequest { span_unit: unit.into(), ..articles("بالأنبار طائرة") };
        let hit = list!(client, search_articles, articles, request).pop().expect("the article is found");
        assert_eq!(slice(&article.text, hit.context_span.as_ref().unwrap(), unit), hit.context, "{unit:?}");
        let words: Vec<_> = hit.words.iter().map(|word| slice(&article.text, word, unit)).collect();
        assert_eq!(words, ["الطائرات", "الأنبار"], "{unit:?}");
        let title = article.title.as_deref().unwrap();
        let words: Vec<_> = hit.title_words.iter().map(|word| slice(title, word, unit)).collect();
        assert_eq!(words, ["الأنبار"], "{unit:?}");
        let request = v1::SearchEventsRequest { span_unit: unit.into(), ..events("طائرات") };
        let hit = list!(client, search_events, events, request).pop().expect("the event is found");
        let words: Vec<_> = hit.words.iter().map(|word| slice(&article.text, word, unit)).collect();
        assert_eq!(words, ["الطائرات"], "{unit:?}");
    }
    deployment
}

/// An event is found by its own word, and filters narrow what is found.
async fn events_by_the_words_of_their_sentences(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    client.submit_all_and_wait(samples()).await;
    let whole =
        list!(client, list_events, events, v1::ListEventsRequest { page_size: 1000, ..Default::default() });
    let mut checked = 0;
    for record in whole.iter().step_by((whole.len() / 60).max(1)) {
        let event = record.event.as_ref().unwrap();
        let word = event.trigger_text.as_str();
        // A word that something is attached to may have another stem without it.
        if !record.context.split_whitespace().any(|one| one == word)
            || record.context.matches(word).count() > 1
        {
            continue;
        }
        checked += 1;
        let found = list!(client, search_events, events, events(word));
        let same = |hit: &&v1::EventHit| hit.record.as_ref().unwrap().event.as_ref() == Some(event);
        let hit = found.iter().find(same).unwrap_or_else(|| panic!("{word} does not find its event"));
        assert!(hit.words.contains(event.trigger.as_ref().unwrap()), "{word}");
        // A filter narrows what is found.
        let request = v1::SearchEventsRequest { types: vec![event.r#type], ..events(word) };
        let narrowed = list!(client, search_events, events, request);
        let expected: Vec<_> = found
            .iter()
            .filter(|hit| hit.record.as_ref().unwrap().event.as_ref().unwrap().r#type == event.r#type)
            .cloned()
            .collect();
        assert_eq!(narrowed, expected, "{word}");
    }
    assert!(checked > 10, "only {checked} events have a word that stands alone");
    deployment
}

async fn pages_of_a_search(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    client.submit_all_and_wait(samples()).await;
    let whole = list!(client, search_articles, articles, articles("العراق"));
    assert!(whole.len() > 3, "{}", whole.len());
    assert!(whole.is_sorted_by_key(|hit| hit.prominence));
    let small = v1::SearchArticlesRequest { page_size: 2, ..articles("العراق") };
    assert_eq!(list!(client, search_articles, articles, small), whole);
    let whole = list!(client, search_events, events, events("العراق"));
    assert!(whole.len() > 3, "{}", whole.len());
    let small = v1::SearchEventsRequest { page_size: 2, ..events("العراق") };
    assert_eq!(list!(client, search_events, events, small), whole);
    deployment
}

async fn what_is_deleted_is_not_found(deployment: Deployment) -> Deployment {
    let client = deployment.client();
    let article = client.submit_and_wait(with_text(short(1), "زار الوفد مدينة الموصل أمس.")).await;
    assert_eq!(list!(client, search_articles, articles, articles("الوفود الموصل -وفد")).len(), 0);
    assert_eq!(list!(client, search_articles, articles, articles("وفد")).len(), 1);
    client.delete(&article.id, None).await.unwrap();
    until("the deletion", Duration::from_secs(60), async || {
        list!(client, search_articles, articles, articles("وفد")).is_empty().then_some(())
    })
    .await;
    deployment
}
