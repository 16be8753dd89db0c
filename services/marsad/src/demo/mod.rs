//! `marsad demo`: a whole system in this process, fed with sample articles through the real client.

mod joined;
mod summary;
mod wording;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use include_dir::{Dir, include_dir};
use marsad_analysis::{LinkerOptions, WorkerOptions};
use marsad_proto::v1;
use marsad_query::QueryOptions;
use tokio::signal::unix::{SignalKind, signal};
use tonic::Code;
use tonic::transport::Endpoint;

use crate::cli::{BackendArgs, DemoArgs, Scope};
use crate::client::submit::{Answer, progress_bar, submit};
use crate::client::{Connection, refused};
use crate::input;
use crate::quota::Limits;
use crate::server::{Roles, Settings, System};
use crate::table::print;
use crate::telemetry::Telemetry;
use crate::tokens::{self, Tokens};
use summary::Summary;

/// The sample articles, so that the demo works wherever the executable is.
static SAMPLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../seeds/articles");

/// How long to wait for one more article to be analysed before giving up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts a system, submits, waits, prints.
pub(crate) async fn run(args: DemoArgs) -> anyhow::Result<ExitCode> {
    let telemetry = Telemetry::start(true)?;
    let temporary = tempfile::tempdir().context("cannot make a temporary directory")?;
    let data_dir = args.data.clone().unwrap_or_else(|| temporary.path().join("data"));
    std::fs::create_dir_all(&data_dir).with_context(|| format!("cannot make {}", data_dir.display()))?;
    let articles = match &args.dir {
        Some(folder) => folder.clone(),
        None => unpack_samples(&temporary.path().join("articles"))?,
    };
    let token_file = temporary.path().join("tokens");
    let token =
        tokens::make(&token_file, "demo", &[Scope::Read, Scope::Write, Scope::Admin], Limits::default())?;
    let system = System::start(settings(&data_dir, &token_file)?, telemetry.registry.clone()).await?;
    let server = format!("http://{}", system.address);
    let address = (system.address.ip().to_string(), system.address.port());
    let channel = Endpoint::from_shared(server.clone())?.tcp_nodelay(true).connect_lazy();
    let connection = Connection::over(channel, address, Some(&token))?;

    let shown = show(&connection, &[articles]).await;
    if shown.is_ok() && args.keep {
        print(format_args!(
            "\nMarsad is up at {server}. Try, in another terminal:\n  export MARSAD_SERVER={server} MARSAD_TOKEN={token}\n  \
             marsad events --type ASSAULT\n  marsad search entities بغداد\nCtrl-C ends it."
        ))?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
    system.stop(Duration::from_secs(5)).await;
    telemetry.shutdown().await;
    if args.data.is_some() {
        print(format_args!("The data are in {}.", data_dir.display()))?;
    }
    shown
}

fn unpack_samples(folder: &Path) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    for file in SAMPLES.files() {
        if let Some(name) = file.path().file_name() {
            std::fs::write(folder.join(name), file.contents())?;
        }
    }
    Ok(folder.to_owned())
}

fn settings(data_dir: &Path, token_file: &Path) -> anyhow::Result<Settings> {
    let free_port = "127.0.0.1:0".parse()?;
    Ok(Settings {
        roles: Roles::ALL,
        listen: free_port,
        admin_listen: free_port,
        backends: BackendArgs {
            data_dir: data_dir.to_owned(),
            queue_url: None,
            queue_url_file: None,
            queue_prefix: String::new(),
            queue_lane_mib: 4096,
            store_url: None,
            store_url_file: None,
        },
        tokens: Some(Tokens::file(token_file.to_owned())?),
        tls: None,
        reload: Duration::from_secs(10),
        max_calls: 1024,
        reflection: true,
        connection_age: None,
        worker: WorkerOptions::default(),
        linker: LinkerOptions::default(),
        query: QueryOptions::default(),
    })
}

async fn show(connection: &Connection, paths: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let progress = progress_bar(input::count(paths), "submitting");
    let mut accepted = Vec::new();
    let mut problems = Vec::new();
    submit(connection, paths.to_vec(), v1::Lane::Live, None, |origin, answer| {
        progress.inc(1);
        match answer {
            Ok(Answer::Accepted(article)) => accepted.push(article.article_id),
            Ok(Answer::AcceptedBefore) => {}
            Ok(Answer::Rejected(error)) => problems.push(format!("{origin}: {}", error.message)),
            Err(unreadable) => problems.push(unreadable.to_string()),
        }
        Ok(())
    })
    .await?;
    progress.finish_and_clear();
    for problem in &problems {
        print(problem)?;
    }
    if accepted.is_empty() {
        bail!("there is no article to show: a folder with .txt or .html files is needed");
    }
    wait_for(connection, &accepted).await?;
    joined::wait_for(connection, &accepted).await?;
    let count = accepted.len();
    let articles = if count == 1 { "article" } else { "articles" };
    print(format_args!("{count} {articles} analysed in {:.1} s", started.elapsed().as_secs_f64()))?;
    Summary::read(connection).await?.print()?;
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Waits until every article is analysed or parked.
async fn wait_for(connection: &Connection, articles: &[String]) -> anyhow::Result<()> {
    let mut query = connection.query();
    let progress = progress_bar(Some(articles.len() as u64), "analysing");
    let mut last = Instant::now();
    for article_id in articles {
        loop {
            let request = v1::GetArticleRequest { article_id: article_id.clone(), ..Default::default() };
            match query.get_article(request).await {
                Ok(answer) => {
                    let state = answer.into_inner().article.map(|article| article.state());
                    if matches!(state, Some(v1::ArticleState::Analysed | v1::ArticleState::Parked)) {
                        break;
                    }
                }
                Err(status) if status.code() == Code::NotFound => {}
                Err(status) => return Err(refused(&status)),
            }
            if last.elapsed() > PATIENCE {
                bail!("article {article_id} was not analysed within {} s", PATIENCE.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        last = Instant::now();
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(())
}
