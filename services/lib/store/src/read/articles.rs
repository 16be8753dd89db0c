//! Articles and their analyses.

use marsad_model::{ArticleFields, ArticleId, ContentHash, Stamp};
use uuid::Uuid;

use crate::error::StoreError;
use crate::filter::ArticleFilter;
use crate::page::{KeyPart, Page, PageRequest, Paging};
use crate::read::{SUMMARY, StoredArticle, stored, summary};
use crate::record::{ArticleRecord, ArticleState, ArticleSummary, RevisionSummary};
use crate::sql::{Column, Connection, Query, Row, Value, day_number, values};

/// Sorts the latest day first and no day last.
const LATEST_FIRST: &str = "COALESCE(0 - a.published, 0)";

/// What was submitted, as columns of `revisions r`.
const FIELDS: [&str; 7] =
    ["r.text", "r.html", "r.title", "r.outlet", "r.url", "r.external_id", "r.published_at"];

/// One statement: all revisions, newest first, the chosen one with what was submitted, the current one with what `articles` says of it.
pub(crate) async fn article(
    db: &mut dyn Connection,
    id: ArticleId,
    revision: Option<ContentHash>,
) -> Result<Option<ArticleRecord>, StoreError> {
    let mut query = Query::new("SELECT r.content_hash, r.modified_at, r.accepted_at", Vec::new());
    // Texts of other revisions are not read. The current one is the newest, and the only one with a row in `articles`.
    let chosen = "r.content_hash = COALESCE($2, a.content_hash)";
    for field in FIELDS {
        query.push(&format!(", CASE WHEN {chosen} THEN {field} END"));
    }
    query.push(", ").push(SUMMARY).push(
        " FROM revisions r LEFT JOIN articles a ON a.article = r.article AND a.content_hash = r.content_hash
        WHERE r.article = $1 ORDER BY r.modified_at DESC, r.accepted_at DESC, r.content_hash DESC",
    );
    query.parameters = values![id, revision];
    let (mut revisions, mut found) = (Vec::new(), None);
    for mut row in db.fetch(query).await? {
        let (content_hash, modified_at, accepted_at) = (row.take()?, row.take()?, row.take()?);
        let stamp = Stamp { modified_at, accepted_at, content_hash: Some(content_hash) };
        if revision.map_or(revisions.is_empty(), |wanted| wanted == content_hash) {
            found = Some(chosen_revision(id, stamp, content_hash, &mut row)?);
        }
        revisions.push(RevisionSummary { content_hash, stamp });
    }
    Ok(found.map(|(summary, fields)| ArticleRecord { summary, fields, revisions }))
}

fn chosen_revision(
    id: ArticleId,
    stamp: Stamp,
    content_hash: ContentHash,
    row: &mut Row,
) -> Result<(ArticleSummary, ArticleFields), StoreError> {
    let fields = fields(id, row)?;
    // Null where the revision is not the current one.
    if row.next_is_null() {
        let summary = ArticleSummary {
            id,
            content_hash,
            stamp,
            title: fields.title.clone(),
            outlet: fields.outlet.clone(),
            outlet_entity: None,
            url: fields.url.clone(),
            published: fields.published_at.as_ref().map(marsad_model::PublishedAt::date),
            state: ArticleState::Superseded,
            failure: None,
            version: None,
        };
        return Ok((summary, fields));
    }
    Ok((summary(row)?, fields))
}

/// The articles with these ids.
pub(crate) async fn by_ids(
    db: &mut dyn Connection,
    ids: &[ArticleId],
) -> Result<Vec<ArticleSummary>, StoreError> {
    let mut query = Query::new("SELECT ", Vec::new());
    query.push(SUMMARY).push(" FROM articles a WHERE a.content_hash IS NOT NULL AND a.article IN ");
    query.bind_set(ids.iter().map(|id| id.to_value()));
    db.fetch(query).await?.iter_mut().map(summary).collect()
}

/// What was submitted: the next columns, those of [`FIELDS`].
fn fields(article: ArticleId, row: &mut Row) -> Result<ArticleFields, StoreError> {
    let corrupt = |error: marsad_model::submission::BadPublishedAt| StoreError::Corrupt {
        article,
        message: error.to_string(),
    };
    Ok(ArticleFields {
        text: row.take()?,
        html: row.take()?,
        title: row.take()?,
        outlet: row.take()?,
        url: row.take()?,
        external_id: row.take()?,
        published_at: row.take::<Option<String>>()?.map(|text| text.parse()).transpose().map_err(corrupt)?,
    })
}

pub(crate) async fn articles(
    db: &mut dyn Connection,
    filter: &ArticleFilter,
    page: &PageRequest,
) -> Result<Page<ArticleSummary>, StoreError> {
    let paging = Paging::new(page, "articles", filter, &[KeyPart::Int(0), KeyPart::Id(Uuid::nil())])?;
    let rows = db.fetch(list(filter, &paging)).await?;
    let items = rows.into_iter().map(|mut row| summary(&mut row)).collect::<Result<_, _>>()?;
    Ok(paging.page(items, |article: &ArticleSummary| {
        let day = article.published.map_or(0, |day| -day_number(day));
        vec![KeyPart::Int(day), KeyPart::Id(article.id.0)]
    }))
}

/// The query for a page of articles. Those of an outlet are the first ones by its name and the first ones by its entity,
/// each found in an index that has the list's order; one condition with OR would have all of them sorted.
pub(crate) fn list(filter: &ArticleFilter, paging: &Paging) -> Query {
    let Some(outlet) = &filter.outlet else {
        let sql = format!("SELECT {SUMMARY} FROM articles a WHERE a.content_hash IS NOT NULL");
        let mut query = Query::new(sql, Vec::new());
        narrow(&mut query, filter, paging);
        query.go_on(&[LATEST_FIRST, "a.article"], paging);
        return query;
    };
    let mut query = Query::new("WITH l (place, article) AS (", Vec::new());
    for (before, condition, after) in [
        ("SELECT * FROM (", "a.outlet = ", ") AS named"),
        (" UNION SELECT * FROM (", "a.outlet_entity = ", ") AS found"),
    ] {
        query.push(before).push("SELECT ").push(LATEST_FIRST).push(", a.article FROM articles a WHERE ");
        query.push(condition).bind(outlet.to_value());
        narrow(&mut query, filter, paging);
        query.go_on(&[LATEST_FIRST, "a.article"], paging).push(after);
    }
    query.push(" ORDER BY 1, 2 LIMIT ").bind(paging.limit().to_value());
    query.push(&format!(
        ") SELECT {SUMMARY} FROM l JOIN articles a ON a.article = l.article ORDER BY l.place, l.article"
    ));
    query
}

/// Appends the conditions on state and day.
fn narrow(query: &mut Query, filter: &ArticleFilter, paging: &Paging) {
    if let Some(state) = filter.state {
        query.push(" AND a.state = ").bind(state.to_value());
        if state != ArticleState::Analysed {
            // What an index on the others is used for must be said without parameters.
            query.push(" AND a.state <> 'analysed'");
        }
    }
    // Days are said twice: in the order's terms, so that its index is read from the first day to the last one alone.
    let place = |day| Value::Int(Some(-day_number(day)));
    if let Some(day) = filter.published_from {
        query.push(" AND a.published >= ").bind(day.to_value());
        query.push(" AND ").push(LATEST_FIRST).push(" <= ").bind(place(day));
    }
    if let Some(day) = filter.published_to {
        query.push(" AND a.published <= ").bind(day.to_value());
        // A later page starts at its cursor.
        if paging.after.is_none() {
            query.push(" AND ").push(LATEST_FIRST).push(" >= ").bind(place(day));
        }
    }
}

/// The analysis of an article, not yet decoded.
pub(crate) async fn analysis(
    db: &mut dyn Connection,
    id: ArticleId,
) -> Result<Option<StoredArticle>, StoreError> {
    Ok(stored(db, &[id]).await?.pop())
}
