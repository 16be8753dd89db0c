//! Searches by name and by words.

use marsad_arabic::search::NameFit;
use marsad_model::ontology::{EntityType, EventType};
use marsad_model::{Change, EntityId, Submission};

use super::fixture::{V1, V2, deletion, january, stamped, submission, work};
use super::{BoxError, TestStore, all, cases, ensure_eq};
use crate::filter::{EntitySearch, EventFilter};
use crate::page::PageRequest;
use crate::record::NamedEntity;
use crate::search::{ArticleSearch, EventSearch, Prominence, TextQuery};
use crate::store::AnalysisResult;

cases!(
    entities_are_searched,
    entities_of_the_knowledge_are_counted,
    articles_are_searched,
    the_snippet_shows_the_words,
    only_the_own_text_is_searched,
    events_are_searched,
    a_search_for_events_goes_on,
    what_is_gone_is_not_found,
);

fn looking_for(name: &str) -> EntitySearch {
    EntitySearch { name: name.to_owned(), ..EntitySearch::default() }
}

async fn names(store: &dyn TestStore, search: &EntitySearch) -> Result<String, BoxError> {
    let found = all(async |page| store.search_entities(search, &page).await).await?;
    let names: Vec<_> = found.into_iter().map(|hit| hit.summary.entity.name).collect();
    Ok(names.join(" "))
}

async fn entities_are_searched(store: &dyn TestStore) -> Result<(), BoxError> {
    let text =
        "met abc xabcx\nmet abcd ab%c\nmet abcd a_c\nmet السوداني حسين\nmet full-Netanyahu full-Netanyahu";
    work(store, &Change::Submit(submission(1, text, 1)), V1).await?;
    let cases = [
        ("abc", "abc abcd xabcx"),
        ("bc", "abcd abc xabcx"),
        ("%", "ab%c"),
        ("_", "a_c"),
        ("\\", ""),
        ("سودان", "السوداني"),
        ("al-Sudani", "السوداني"),
        ("Hussein", "حسين"),
        // Consonants and all: two edits in a long word, one in a short one.
        ("السوتاني", "السوداني"),
        ("netanyaho", "full-Netanyahu"),
        ("nethanyaho", "full-Netanyahu"),
        ("netanyahu full", "full-Netanyahu"),
        ("nothing", ""),
        ("", ""),
    ];
    for (name, expected) in cases {
        let (mut found, mut expected) = (names(store, &looking_for(name)).await?, expected.to_owned());
        if name == "bc" {
            // Two that are found alike are in order of their ids.
            (found, expected) = (sorted(&found), sorted(&expected));
        }
        ensure_eq!(found, expected, "entities for {name}");
    }
    let fit = async |name: &str| -> Result<_, BoxError> {
        let found = store.search_entities(&looking_for(name), &PageRequest::first(1)).await?;
        Ok(found.items.into_iter().next().map(|hit| (hit.fit, hit.name)))
    };
    ensure_eq!(fit("ABC").await?, Some((NameFit::Equal, "abc".to_owned())), "an equal name");
    ensure_eq!(fit("hosein").await?, Some((NameFit::Sound, "حسين".to_owned())), "a name that sounds alike");
    let of_type = |kind| EntitySearch { types: vec![kind], ..looking_for("abc") };
    ensure_eq!(names(store, &of_type(EntityType::Organization)).await?, "", "organizations");
    ensure_eq!(names(store, &of_type(EntityType::Person)).await?, "abc abcd xabcx", "persons");
    Ok(())
}

fn sorted(words: &str) -> String {
    let mut words: Vec<_> = words.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

/// What the knowledge says fits is ranked with the rest, if an article refers to it.
async fn entities_of_the_knowledge_are_counted(store: &dyn TestStore) -> Result<(), BoxError> {
    work(store, &Change::Submit(submission(1, "met العراق iraqi\nmet العراق بغداد", 1)), V1).await?;
    let known =
        |id: &str, fit, name: &str| NamedEntity { id: EntityId::known(id), fit, name: name.to_owned() };
    let known = vec![
        known("city", NameFit::Spelling, "iraqu"),
        known("IQ", NameFit::Contains, "republic of iraq"),
        known("IQ", NameFit::Equal, "iraq"),
        known("nowhere", NameFit::Equal, "iraq"),
    ];
    let search = EntitySearch { known, ..looking_for("iraq") };
    let found = all(async |page| store.search_entities(&search, &page).await).await?;
    let found: Vec<_> =
        found.iter().map(|hit| (hit.summary.entity.name.as_str(), hit.fit, hit.name.as_str())).collect();
    let expected = [
        ("العراق", NameFit::Equal, "iraq"),
        ("iraqi", NameFit::Prefix, "iraqi"),
        ("بغداد", NameFit::Spelling, "iraqu"),
    ];
    ensure_eq!(found, expected, "entities");
    Ok(())
}

/// Words that no query has: longer than the beginning of a text.
fn filler() -> String {
    (0..60).map(|number| format!("w{number}")).collect::<Vec<_>>().join(" ")
}

fn article(number: u32, title: &str, text: &str) -> Submission {
    let mut fields = submission(number, text, 0).fields;
    fields.title = Some(title.to_owned());
    stamped(fields, 1)
}

async fn fill(store: &dyn TestStore) -> Result<(), BoxError> {
    let once = format!("{}\nوقعت الغارات ليلا", filler());
    let often = format!("{}\nغارة\nغارتان\nبالغارات", filler());
    let articles = [
        (1, "غارات على المدينة", "كلام آخر"),
        (2, "خبر", "شنت الطائرات غارة"),
        (3, "خبر", once.as_str()),
        (4, "خبر", often.as_str()),
        (5, "الطائرات شنت", "تقرير عن مجلس النواب"),
    ];
    for (number, title, text) in articles {
        work(store, &Change::Submit(article(number, title, text)), V1).await?;
    }
    Ok(())
}

fn words(query: &str) -> Result<ArticleSearch, BoxError> {
    let query = TextQuery::parse(query)?;
    Ok(ArticleSearch { query, outlet: None, published_from: None, published_to: None })
}

/// The numbers of the articles that are found, in their order.
async fn found(store: &dyn TestStore, search: &ArticleSearch) -> Result<String, BoxError> {
    let found = all(async |page| store.search_articles(search, &page).await).await?;
    let urls = found.iter().filter_map(|hit| hit.article.url.as_deref()?.rsplit('/').next());
    Ok(urls.collect::<Vec<_>>().join(" "))
}

async fn articles_are_searched(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    // The title first, then what an article is about, latest day first, then the rest.
    let cases = [
        ("غارة", "1 4 2 3"),
        ("والغارات", "1 4 2 3"),
        ("غارة -ليل", "1 4 2"),
        ("غارة -\"وقعت الغارات\"", "1 4 2"),
        ("غارة -مدينة -w1", "2"),
        ("غارة طائرات", "2"),
        ("شنت الطائرات", "5 2"),
        ("\"شنت الطائرات\"", "2"),
        ("«الطائرات شنت»", "5"),
        // Words of the title and of the text do not follow each other, nor those of two lines.
        ("\"شنت تقرير\"", ""),
        ("\"غارة غارة\"", ""),
        ("شنت تقرير", "5"),
        ("مجلس -النواب", ""),
        ("w1 w59", "4 3"),
        ("شيء", ""),
    ];
    for (query, expected) in cases {
        ensure_eq!(found(store, &words(query)?).await?, expected, "articles for {query}");
    }
    // Article n is of the day n + 1.
    let day = |day| Some(january(day));
    let any = words("غارة")?;
    let cases = [
        (ArticleSearch { outlet: Some("even".into()), ..any.clone() }, "4 2"),
        (ArticleSearch { outlet: Some("eve".into()), ..any.clone() }, ""),
        (ArticleSearch { published_from: day(4), ..any.clone() }, "4 3"),
        (ArticleSearch { published_to: day(3), ..any.clone() }, "1 2"),
        (ArticleSearch { published_from: day(3), published_to: day(4), ..any.clone() }, "2 3"),
    ];
    for (search, expected) in cases {
        ensure_eq!(found(store, &search).await?, expected, "articles for {search:?}");
    }
    let mut undated = article(7, "غارة", "كلام").fields;
    undated.published_at = None;
    work(store, &Change::Submit(stamped(undated, 1)), V1).await?;
    ensure_eq!(found(store, &any).await?, "1 7 4 2 3", "articles with an undated one");
    let until = ArticleSearch { published_to: day(31), ..any };
    ensure_eq!(found(store, &until).await?, "1 4 2 3", "articles of a range without the undated one");
    Ok(())
}

async fn the_snippet_shows_the_words(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    let hit = async |query: &str| -> Result<_, BoxError> {
        let found = store.search_articles(&words(query)?, &PageRequest::first(1)).await?;
        let hit = found.items.into_iter().next().ok_or("nothing is found")?;
        let text = store.article(hit.article.id, None).await?.ok_or("no article")?.fields.text;
        ensure_eq!(hit.snippet.span.of(&text), Some(hit.snippet.text.as_str()), "the snippet of {query}");
        ensure_eq!(hit.passage.text.as_str(), hit.snippet.text, "the passage of {query}");
        let shown: Vec<_> = hit.words.iter().filter_map(|word| Some(word.of(&text)?.to_owned())).collect();
        let title = hit.article.title.clone().unwrap_or_default();
        let in_title: Vec<_> =
            hit.title_words.iter().filter_map(|word| Some(word.of(&title)?.to_owned())).collect();
        Ok((hit.prominence, shown.join(" "), in_title.join(" "), hit.snippet.text))
    };
    let line = "وقعت الغارات ليلا".to_owned();
    let expected = (Prominence::Text, "الغارات ليلا".to_owned(), String::new(), line);
    ensure_eq!(hit("غارة ليل").await?, expected, "words in a later line");
    let expected = (Prominence::Title, String::new(), "غارات".to_owned(), "كلام آخر".to_owned());
    ensure_eq!(hit("غارة").await?, expected, "a word in the title alone");
    let line = "تقرير عن مجلس النواب".to_owned();
    let expected = (Prominence::Central, "مجلس النواب".to_owned(), String::new(), line);
    ensure_eq!(hit("\"مجلس نواب\"").await?, expected, "a phrase");
    Ok(())
}

async fn only_the_own_text_is_searched(store: &dyn TestStore) -> Result<(), BoxError> {
    let submission = article(1, "خبر", "وصل الوفد\nاشترك في النشرة");
    let AnalysisResult::Analysed(mut analysis) = super::fixture::analyse(&submission, V1) else {
        return Err("the fixture cannot read its text".into());
    };
    let last = analysis.analysis.segments.last_mut().ok_or("no segments")?;
    last.kind = marsad_model::ontology::SegmentKind::Boilerplate;
    let result = AnalysisResult::Analysed(analysis);
    store.apply(&Change::Submit(submission), V1, Some(&result)).await?;
    ensure_eq!(found(store, &words("وفد")?).await?, "1", "articles with a word of their own text");
    ensure_eq!(found(store, &words("نشرة")?).await?, "", "articles with a word of the page around");
    Ok(())
}

fn told(query: &str, filter: EventFilter) -> Result<EventSearch, BoxError> {
    Ok(EventSearch { query: TextQuery::parse(query)?, filter })
}

async fn verbs(store: &dyn TestStore, search: &EventSearch) -> Result<String, BoxError> {
    let found = all(async |page| store.search_events(search, &page).await).await?;
    let verbs: Vec<_> = found.into_iter().map(|hit| hit.record.event.lemma).collect();
    Ok(verbs.join(" "))
}

async fn events_are_searched(store: &dyn TestStore) -> Result<(), BoxError> {
    let articles = [
        (1, "attacked العراق بغداد\nmet full-A بالغارات\nsaid somebody threatened x غارة"),
        (2, "met full-B الغارة\nattacked full-B full-A"),
    ];
    for (number, text) in articles {
        work(store, &Change::Submit(article(number, "خبر", text)), V1).await?;
    }
    let any = EventFilter::default;
    let assaults = EventFilter { types: vec![EventType::Assault], ..any() };
    let one = Some(article(1, "", "").article);
    let cases = [
        ("غارات", any(), "met met threatened"),
        ("غارات somebody", any(), "threatened"),
        ("غارات -somebody", any(), "met met"),
        ("full-B", any(), "met attacked"),
        ("\"full-B full-A\"", any(), "attacked"),
        ("full-B", assaults, "attacked"),
        ("غارات", EventFilter { article: one, ..any() }, "met threatened"),
        ("غارات", EventFilter { actor: Some(EntityId::known("IQ")), ..any() }, ""),
        // In one article, not in one sentence.
        ("بغداد somebody", any(), ""),
    ];
    for (query, filter, expected) in cases {
        let search = told(query, filter)?;
        ensure_eq!(verbs(store, &search).await?, expected, "events for {search:?}");
    }
    let found = store.search_events(&told("غارات", any())?, &PageRequest::first(9)).await?;
    let hit = found.items.first().ok_or("nothing is found")?;
    let text = store.article(hit.record.article.id, None).await?.ok_or("no article")?.fields.text;
    let shown: Vec<_> = hit.words.iter().map(|word| word.of(&text)).collect();
    ensure_eq!(shown, [Some("الغارة")], "the words in the sentence");
    ensure_eq!(hit.record.passage.text.contains("الغارة"), true, "whether the passage holds the words");
    ensure_eq!(hit.prominence, Prominence::Central, "how prominent the words are");
    Ok(())
}

/// A search passes over many articles that hold the words, but in no sentence with an event that is wanted.
async fn a_search_for_events_goes_on(store: &dyn TestStore) -> Result<(), BoxError> {
    for number in 0..300 {
        let text = if number == 150 { "attacked a غارة" } else { "met a غارة" };
        let mut fields = article(number % 20, "خبر", text).fields;
        fields.url = Some(format!("https://news.example/{number}"));
        work(store, &Change::Submit(stamped(fields, 1)), V1).await?;
    }
    let search = told("غارة", EventFilter { types: vec![EventType::Assault], ..EventFilter::default() })?;
    ensure_eq!(verbs(store, &search).await?, "attacked", "events");
    let search = told("غارة", EventFilter::default())?;
    let found =
        all(async |page| store.search_events(&search, &PageRequest { size: 70, ..page }).await).await?;
    let mut ids: Vec<_> = found.iter().map(|hit| hit.record.event.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ensure_eq!((found.len(), ids.len()), (300, 300), "events, and different ones");
    Ok(())
}

async fn what_is_gone_is_not_found(store: &dyn TestStore) -> Result<(), BoxError> {
    let old = article(1, "خبر", "met full-Abcdef قديمة");
    work(store, &Change::Submit(old.clone()), V1).await?;
    let state = async || -> Result<_, BoxError> {
        let person = names(store, &looking_for("abcdef")).await?;
        Ok((found(store, &words("قديمة")?).await?, found(store, &words("جديدة")?).await?, person))
    };
    let old_is_found = ("1".to_owned(), String::new(), "full-Abcdef".to_owned());
    ensure_eq!(state().await?, old_is_found, "the first revision");
    work(store, &Change::Submit(old.clone()), V2).await?;
    ensure_eq!(state().await?, old_is_found, "the first revision, analysed again");
    let mut new = article(1, "خبر", "met x جديدة");
    new.stamp.modified_at = 2;
    store.apply(&Change::Submit(new.clone()), V1, None).await?;
    ensure_eq!(state().await?, Default::default(), "a revision that waits for its analysis");
    work(store, &Change::Submit(new.clone()), V1).await?;
    ensure_eq!(state().await?, (String::new(), "1".to_owned(), String::new()), "the second revision");
    work(store, &deletion(new.article, 9), V1).await?;
    ensure_eq!(state().await?, Default::default(), "a deleted article");
    Ok(())
}
