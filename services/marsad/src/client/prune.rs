//! `marsad prune`: articles that are too old, deleted with all that was found in them.

use std::process::ExitCode;

use anyhow::Context;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use marsad_proto::v1;

use super::read::{LARGEST_PAGE, OkOrRefused};
use super::submit::progress_bar;
use super::{Connection, IngestClient, QueryClient};
use crate::cli::ClientArgs;
use crate::cli::upkeep::PruneArgs;
use crate::table::print;

/// `marsad prune`.
pub(crate) async fn run(args: PruneArgs) -> anyhow::Result<ExitCode> {
    let server = args.ingest_server.unwrap_or_else(|| args.client.server.clone());
    let mut ingest = Connection::new(&ClientArgs { server, ..args.client.clone() })?.ingest();
    let mut query = Connection::new(&args.client)?.query();
    let last_day = args.before.checked_sub(1.day()).context("there is no day before --before")?;
    let before = args.before.to_zoned(TimeZone::UTC)?.timestamp();
    let progress = progress_bar(None, if args.dry_run { "looking" } else { "deleting" });
    let (mut deleted, mut token) = (0_u64, String::new());
    loop {
        let request = v1::ListArticlesRequest {
            page_size: u32::try_from(LARGEST_PAGE)?,
            page_token: token,
            // Those without a day are found by looking at all.
            published_to: (!args.undated).then(|| last_day.to_string()),
            ..Default::default()
        };
        let page = query.list_articles(request).await.ok_or_refused()?;
        for article in page.articles {
            let too_old = match &article.published_date {
                Some(day) => day.parse::<Date>()? < args.before,
                None => accepted_before(&mut query, &article.id, before).await?,
            };
            if too_old {
                if !args.dry_run {
                    delete(&mut ingest, article.id).await?;
                }
                deleted += 1;
                progress.inc(1);
            }
        }
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    progress.finish_and_clear();
    let what = if args.dry_run { "would be deleted" } else { "deleted" };
    print(format_args!("{deleted} articles {what}"))?;
    Ok(ExitCode::SUCCESS)
}

/// Whether an article without a day was submitted before a moment.
async fn accepted_before(query: &mut QueryClient, id: &str, moment: Timestamp) -> anyhow::Result<bool> {
    let request = v1::GetArticleRequest { article_id: id.to_owned(), ..Default::default() };
    let article = query.get_article(request).await.ok_or_refused()?.article;
    let modified = article.and_then(|article| article.modified_at);
    Ok(modified.is_some_and(|at| at.seconds < moment.as_second()))
}

async fn delete(ingest: &mut IngestClient, article_id: String) -> anyhow::Result<()> {
    ingest
        .delete_article(v1::DeleteArticleRequest { article_id, modified_at: None })
        .await
        .ok_or_refused()?;
    Ok(())
}
