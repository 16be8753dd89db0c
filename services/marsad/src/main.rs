//! Marsad: Arabic news in, a queryable record of who did what to whom out.
//!
//! The executable: roles, configuration, telemetry, shutdown, command line. It is the only place that names concrete
//! backends and the telemetry SDK.

mod analyze;
mod backup;
mod calls;
mod cli;
mod client;
mod demo;
mod export;
mod input;
mod parked;
mod quota;
mod secret;
mod server;
mod table;
mod telemetry;
mod tokens;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use server::Roles;
use telemetry::Telemetry;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// The one place where a failed command is told to the user.
#[expect(clippy::print_stderr, reason = "this is what a command line says when it fails")]
fn report(error: &anyhow::Error) {
    eprintln!("marsad: {error:#}");
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    // Commands that need no runtime come first.
    match cli.command {
        Some(Command::Analyze(args)) => return analyze::run(&args),
        Some(Command::Token(args)) => return tokens::run(&args).map(|()| ExitCode::SUCCESS),
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let code = runtime.block_on(async {
        let telemetry = if calls_a_server(cli.command.as_ref()) { Telemetry::of_client()? } else { None };
        let code = match cli.command {
            None => server::run(cli.server, Roles::ALL).await,
            Some(Command::Ingest(args)) => server::run(args, Roles::INGEST).await,
            Some(Command::Analysis(args)) => server::run(args, Roles::ANALYSIS).await,
            Some(Command::Query(args)) => server::run(args, Roles::QUERY).await,
            Some(Command::Migrate(args)) => server::migrate(args).await,
            Some(Command::Parked(args)) => parked::run(args).await,
            Some(Command::Demo(args)) => demo::run(args).await,
            Some(Command::Submit(args)) => client::submit::run(args).await,
            Some(Command::Events(args)) => client::read::events(args).await,
            Some(Command::Entities(args)) => client::read::entities(args).await,
            Some(Command::Claims(args)) => client::read::claims(args).await,
            Some(Command::Stories(args)) => client::graph::stories(args).await,
            Some(Command::Timeline(args)) => client::graph::timeline(args).await,
            Some(Command::Event(args)) => client::graph::event(args).await,
            Some(Command::Conflicts(args)) => client::graph::conflicts(args).await,
            Some(Command::Neighbors(args)) => client::graph::neighbors(args).await,
            Some(Command::Count(args)) => client::graph::count(args).await,
            Some(Command::Watch(args)) => client::graph::watch(args).await,
            Some(Command::Export(args)) => export::run(*args).await,
            Some(Command::Article(args)) => client::read::article(args).await,
            Some(Command::Search(args)) => client::search::search(args).await,
            Some(Command::Delete(args)) => client::delete(args).await,
            Some(Command::Prune(args)) => client::prune::run(args).await,
            Some(Command::Backup(args)) => backup::backup(args).await,
            Some(Command::Restore(args)) => backup::restore(args).await,
            Some(Command::Teach(args)) => client::teach::teach(args).await,
            Some(Command::Taught(args)) => client::teach::taught(args).await,
            Some(Command::Untaught(args)) => client::teach::untaught(args).await,
            Some(Command::RejectEvent(args)) => client::teach::reject_event(args).await,
            Some(Command::JoinEvents(args)) => client::teach::join_events(args).await,
            Some(Command::SeparateEvents(args)) => client::teach::separate_events(args).await,
            Some(Command::Reanalyze(args)) => client::teach::reanalyze(args).await,
            Some(Command::Analyze(_) | Command::Token(_)) => Ok(ExitCode::SUCCESS),
        };
        if let Some(telemetry) = telemetry {
            telemetry.shutdown().await;
        }
        code
    });
    // What still blocks a thread now was given its time: it must not hold up the exit.
    runtime.shutdown_background();
    code
}

/// Whether a command is a client's. The others set up their telemetry themselves.
fn calls_a_server(command: Option<&Command>) -> bool {
    use Command::{Analysis, Analyze, Demo, Ingest, Migrate, Parked, Query, Token};
    !matches!(
        command,
        None | Some(
            Ingest(_) | Analysis(_) | Query(_) | Migrate(_) | Parked(_) | Demo(_) | Analyze(_) | Token(_)
        )
    )
}
