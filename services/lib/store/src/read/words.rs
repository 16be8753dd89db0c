//! Articles and events by their words.

use std::collections::HashMap;

use marsad_arabic::search::{Stemmer, Term};
use marsad_arabic::token::{sentences, tokenize};
use marsad_model::{ArticleId, EventId, Passage, Span};
use uuid::Uuid;

use crate::error::StoreError;
use crate::page::{KeyPart, Page, PageRequest, Paging};
use crate::read::facts::narrow;
use crate::read::snippet::snippet;
use crate::read::{SUMMARY, StoredArticle, stored, summary};
use crate::record::{ArticleHit, ArticleSummary, EventHit, Snippet};
use crate::search::{ArticleSearch, EventSearch, Prominence, TextQuery, Wanted, day_range, read_parts};
use crate::shown::ShownEvent;
use crate::sql::{Column, Connection, Dialect, Query, Value, values};

/// Where an article is in the list of those that fit: its class, its place and its id.
type Spot = (Prominence, i64, ArticleId);

/// Articles that fit, in their order, from a spot on.
struct Walk<'q> {
    wanted: Wanted<'q>,
    /// The places that are searched, the last one excluded.
    days: (i64, i64),
    after: Option<Spot>,
    /// Whether the list goes on with the article at `after` itself.
    with_it: bool,
    limit: usize,
}

impl Walk<'_> {
    async fn spots(&self, db: &mut dyn Connection) -> Result<Vec<Spot>, StoreError> {
        let mut spots = Vec::new();
        for prominence in Prominence::ALL {
            let after = self.after.filter(|(class, ..)| *class == prominence);
            let passed = self.after.is_some_and(|(class, ..)| class > prominence);
            let room = self.limit.saturating_sub(spots.len());
            if passed || room == 0 {
                continue;
            }
            for mut row in db.fetch(self.query(db.dialect(), prominence, after, room)).await? {
                spots.push((prominence, row.take()?, row.take()?));
            }
        }
        Ok(spots)
    }

    fn query(&self, dialect: Dialect, prominence: Prominence, after: Option<Spot>, room: usize) -> Query {
        let condition = self.wanted.condition(prominence, dialect);
        let (first, last) = (after.map_or(self.days.0, |(_, place, _)| place.max(self.days.0)), self.days.1);
        // SQLite walks its index in order of the rows' numbers, which are the places.
        let (from, place) = match dialect {
            Dialect::Sqlite => {
                let from = "search_words w CROSS JOIN search_documents d ON d.place = w.rowid WHERE search_words MATCH $1";
                (from, "w.rowid")
            }
            Dialect::Postgres => ("search_documents d WHERE d.words @@ CAST($1 AS tsquery)", "d.place"),
        };
        let sql = format!("SELECT d.place, d.article FROM {from} AND {place} >= $2 AND {place} < $3");
        let mut query = Query::new(sql, values![condition, first, last]);
        // What the condition selects decides how it is best found: a plan that was made for another one may be a bad one.
        query.keep = false;
        if let Some((_, place, article)) = after {
            let than = if self.with_it { " >= " } else { " > " };
            query.push(" AND (d.place, d.article)").push(than).push("(").bind(place.to_value()).push(", ");
            query.bind(article.to_value()).push(")");
        }
        query.push(" ORDER BY ").push(place).push(if dialect == Dialect::Postgres {
            ", d.article"
        } else {
            ""
        });
        query.push(" LIMIT ").bind((room as i64).to_value());
        query
    }
}

/// The query for the first articles with words in their titles.
#[cfg(test)]
pub(super) fn first_query(query: &TextQuery) -> Query {
    let wanted = Wanted { query, outlet: None, leave_out: true };
    let walk = Walk { wanted, days: day_range(None, None), after: None, with_it: false, limit: 1 };
    walk.query(Dialect::Sqlite, Prominence::Title, None, 1)
}

/// The key of a spot.
fn key((prominence, place, article): Spot) -> Vec<KeyPart> {
    vec![KeyPart::Int(prominence as i64), KeyPart::Int(place), KeyPart::Id(article.0)]
}

/// The spot of a key, as [`Paging`] gives it.
fn spot(key: &[Value]) -> Option<Spot> {
    match key {
        [Value::Int(Some(class)), Value::Int(Some(place)), Value::Bytes(Some(article)), ..] => {
            let prominence = Prominence::ALL.into_iter().find(|one| *one as i64 == *class)?;
            Some((prominence, *place, ArticleId(Uuid::from_slice(article).ok()?)))
        }
        _ => None,
    }
}

/// A page of articles with their texts, not shown yet.
pub(crate) struct FoundArticles {
    page: Page<FoundArticle>,
}

struct FoundArticle {
    summary: ArticleSummary,
    prominence: Prominence,
    text: String,
    parts: String,
}

pub(crate) async fn articles(
    db: &mut dyn Connection,
    search: &ArticleSearch,
    page: &PageRequest,
) -> Result<FoundArticles, StoreError> {
    let shape = [KeyPart::Int(0), KeyPart::Int(0), KeyPart::Id(Uuid::nil())];
    let paging = Paging::new(page, "search_articles", search, &shape)?;
    let walk = Walk {
        wanted: Wanted { query: &search.query, outlet: search.outlet.as_deref(), leave_out: true },
        days: day_range(search.published_from, search.published_to),
        after: paging.after.as_deref().map(|key| spot(key).ok_or(StoreError::BadCursor)).transpose()?,
        with_it: false,
        limit: paging.size() + 1,
    };
    let page = paging.page(walk.spots(db).await?, |spot| key(*spot));
    if page.items.is_empty() {
        return Ok(FoundArticles { page: Page { items: Vec::new(), next: page.next } });
    }
    let mut query = Query::new("SELECT ", Vec::new());
    query.push(SUMMARY).push(
        ", r.text, d.parts FROM articles a
        JOIN revisions r ON r.article = a.article AND r.content_hash = a.content_hash
        JOIN search_documents d ON d.article = a.article WHERE a.article IN ",
    );
    query.bind_set(page.items.iter().map(|(_, _, article)| article.to_value()));
    let mut found = HashMap::new();
    for mut row in db.fetch(query).await? {
        let summary = summary(&mut row)?;
        let (text, parts): (String, String) = (row.take()?, row.take()?);
        found.insert(summary.id, (summary, text, parts));
    }
    let page = page.try_map(|(prominence, _, article)| {
        let missing = || StoreError::Database(format!("article {article} was found and is not there"));
        let (summary, text, parts) = found.remove(&article).ok_or_else(missing)?;
        Ok(FoundArticle { summary, prominence, text, parts })
    })?;
    Ok(FoundArticles { page })
}

impl FoundArticles {
    /// The articles as they are shown, which may take a while.
    pub(crate) fn show(self, query: &TextQuery) -> Page<ArticleHit> {
        let mut stemmer = Stemmer::default();
        let items = self.page.items.into_iter().map(|found| show(found, query, &mut stemmer));
        Page { items: items.collect(), next: self.page.next }
    }
}

fn show(found: FoundArticle, query: &TextQuery, stemmer: &mut Stemmer) -> ArticleHit {
    let FoundArticle { summary, prominence, text, parts } = found;
    let (snippet, words) = best_line(&text, &parts, query, stemmer);
    let passage = Passage::holding(&text, [snippet.span]);
    let title = summary.title.as_deref().unwrap_or_default();
    let title_words = query.places(&stemmer.terms(title)).into_iter().map(|(_, span)| span).collect();
    ArticleHit { article: summary, prominence, snippet, words, passage, title_words }
}

/// How far apart words may be that a snippet shows together, in bytes.
const WINDOW: usize = 400;

/// The part of a line that holds most of what is looked for, and where it is there; the first one of equals.
fn best_line(text: &str, parts: &str, query: &TextQuery, stemmer: &mut Stemmer) -> (Snippet, Vec<Span>) {
    let mut best: (usize, Span) =
        (0, read_parts(parts).next().map_or(Span::new(0, 0), |part| Span::new(part.start, part.start)));
    let mut words = Vec::new();
    'parts: for part in read_parts(parts) {
        let mut start = part.start;
        for line in part.of(text).unwrap_or_default().split_inclusive('\n') {
            let places = in_text(query.places(&stemmer.terms(line)), start);
            for (at, (_, first)) in places.iter().enumerate() {
                let near = places.get(at..).unwrap_or_default();
                let near = near.iter().take_while(|(_, span)| span.end <= first.start + WINDOW);
                let mut found: Vec<usize> = near.clone().map(|(group, _)| *group).collect();
                let last = near.last().map_or(*first, |(_, span)| *span);
                found.sort_unstable();
                found.dedup();
                if found.len() > best.0 {
                    best = (found.len(), Span::new(first.start, last.end.max(first.end)));
                    words = places.iter().map(|(_, span)| *span).collect();
                }
            }
            start += line.len();
            if best.0 == query.len() {
                break 'parts;
            }
        }
    }
    let snippet = snippet(text, best.1);
    words.retain(|word| snippet.span.contains(*word));
    words.dedup();
    (snippet, words)
}

/// Places in a part of a text as places in the text.
fn in_text(places: Vec<(usize, Span)>, start: usize) -> Vec<(usize, Span)> {
    let moved = |span: Span| Span::new(span.start + start, span.end + start);
    places.into_iter().map(|(group, span)| (group, moved(span))).collect()
}

/// How many articles are looked at in one step of a search for events, and how many steps a page may take.
const STEP: usize = 32;
const MOST_STEPS: usize = 8;

/// A page of events while it is put together: articles that hold the words are looked at in their order, a few at a time.
pub(crate) struct EventList {
    search: EventSearch,
    paging: Paging,
    events: Vec<EventHit>,
    /// The keys of the events.
    keys: Vec<Vec<KeyPart>>,
    /// Where the next step begins: an article, and how many of its events have been dealt with.
    at: Option<(Spot, i64)>,
    steps: usize,
    done: bool,
}

/// What is looked at next.
pub(crate) struct Step {
    search: EventSearch,
    at: Option<Spot>,
}

/// The articles of a step, and of each the events that the filter lets through.
pub(crate) struct FoundEvents {
    spots: Vec<Spot>,
    articles: HashMap<ArticleId, StoredArticle>,
    events: HashMap<ArticleId, Vec<EventId>>,
}

impl EventList {
    pub(crate) fn new(search: &EventSearch, page: &PageRequest) -> Result<Self, StoreError> {
        let shape = [KeyPart::Int(0), KeyPart::Int(0), KeyPart::Id(Uuid::nil()), KeyPart::Int(0)];
        let paging = Paging::new(page, "search_events", search, &shape)?;
        let at = match paging.after.as_deref() {
            Some(key @ [.., Value::Int(Some(events))]) => {
                Some((spot(key).ok_or(StoreError::BadCursor)?, *events))
            }
            _ => None,
        };
        let (events, keys) = (Vec::new(), Vec::new());
        Ok(Self { search: search.clone(), paging, events, keys, at, steps: 0, done: false })
    }

    pub(crate) fn wants_more(&self) -> bool {
        !self.done && self.events.len() <= self.paging.size() && self.steps < MOST_STEPS
    }

    pub(crate) fn step(&self) -> Step {
        Step { search: self.search.clone(), at: self.at.map(|(spot, _)| spot) }
    }

    /// Adds the events of a step whose sentences hold the words.
    pub(crate) fn take(mut self, step: Step, mut found: FoundEvents) -> Result<Self, StoreError> {
        self.steps += 1;
        self.done = found.spots.len() < STEP;
        let mut stemmer = Stemmer::default();
        for spot in found.spots {
            let passed = self.at.filter(|(at, _)| *at == spot).map_or(0, |(_, events)| events);
            let (_, _, id) = spot;
            let events = found.events.remove(&id).unwrap_or_default();
            if let Some(article) = found.articles.remove(&id) {
                let article = article.decode()?;
                let mut reader = Sentences::new(&article.text, &mut stemmer);
                for (number, event) in (1..).zip(&article.analysis.events) {
                    if number <= passed || !events.contains(&event.id) {
                        continue;
                    }
                    let Some((sentence, terms)) = reader.around(event.trigger) else { continue };
                    let Some(words) = step.search.query.all_in(terms) else { continue };
                    let shown = ShownEvent::new(&article.text, &article.analysis, event, Some(sentence));
                    let record = shown.of(article.article.clone());
                    self.events.push(EventHit { record, prominence: spot.0, words });
                    self.keys.push([key(spot), vec![KeyPart::Int(number)]].concat());
                }
            }
            // All of this article's events are behind.
            self.at = Some((spot, i64::MAX));
        }
        Ok(self)
    }

    pub(crate) fn page(mut self) -> Page<EventHit> {
        let more = self.events.len() > self.paging.size();
        self.events.truncate(self.paging.size());
        let next = if more {
            self.keys.get(self.paging.size().saturating_sub(1)).cloned()
        } else {
            let behind = |(spot, events)| [key(spot), vec![KeyPart::Int(events)]].concat();
            self.at.filter(|_| !self.done).map(behind)
        };
        Page { items: self.events, next: next.map(|key| self.paging.cursor(key)) }
    }
}

/// Reads what a step looks at.
pub(crate) async fn step(db: &mut dyn Connection, step: &Step) -> Result<FoundEvents, StoreError> {
    let walk = Walk {
        // What is excluded is so from the sentence, not from the article.
        wanted: Wanted { query: &step.search.query, outlet: None, leave_out: false },
        days: day_range(None, None),
        after: step.at,
        with_it: true,
        limit: STEP,
    };
    let spots = walk.spots(db).await?;
    let mut events: HashMap<ArticleId, Vec<EventId>> = HashMap::new();
    if !spots.is_empty() {
        let mut query = Query::new("SELECT e.article, e.event FROM events e WHERE e.article IN ", Vec::new());
        query.bind_set(spots.iter().map(|(_, _, article)| article.to_value()));
        narrow(&mut query, &step.search.filter);
        for mut row in db.fetch(query).await? {
            events.entry(row.take()?).or_default().push(row.take()?);
        }
    }
    let with_events: Vec<ArticleId> = events.keys().copied().collect();
    let articles = stored(db, &with_events).await?;
    let articles = articles.into_iter().map(|article| (article.summary.id, article)).collect();
    Ok(FoundEvents { spots, articles, events })
}

/// The sentences of a text, with the terms of those that are asked for.
struct Sentences<'t, 's> {
    text: &'t str,
    /// In order.
    spans: Vec<Span>,
    terms: HashMap<usize, Vec<Term>>,
    stemmer: &'s mut Stemmer,
}

impl<'t, 's> Sentences<'t, 's> {
    fn new(text: &'t str, stemmer: &'s mut Stemmer) -> Self {
        let tokens = tokenize(text);
        let span = |range: std::ops::Range<usize>| {
            let (first, last) = (tokens.get(range.start)?, tokens.get(range.end.checked_sub(1)?)?);
            Some(Span::new(first.span.start, last.span.end))
        };
        let spans = sentences(text, &tokens).into_iter().filter_map(span).collect();
        Self { text, spans, terms: HashMap::new(), stemmer }
    }

    /// The sentence that holds the beginning of a span, and its terms.
    fn around(&mut self, span: Span) -> Option<(Span, &[Term])> {
        let at = self.spans.partition_point(|sentence| sentence.end <= span.start);
        let sentence = *self.spans.get(at)?;
        let words = sentence.of(self.text)?;
        let terms = self.terms.entry(at).or_insert_with(|| {
            let mut terms = self.stemmer.terms(words);
            for term in &mut terms {
                term.span.start += sentence.start;
                term.span.end += sentence.start;
            }
            terms
        });
        Some((sentence, terms))
    }
}
