//! Arguments of the commands that keep a system in order: retention, copies, parked messages, tokens.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{BackendArgs, ClientArgs, Scope};

/// Retention.
#[derive(Debug, Args)]
pub(crate) struct PruneArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// The server that takes articles in, where it is another one than --server, which answers questions.
    #[arg(long, value_name = "SERVER", env = "MARSAD_INGEST_SERVER")]
    pub(crate) ingest_server: Option<String>,
    /// Delete what was published before this day (ISO date).
    #[arg(long)]
    pub(crate) before: jiff::civil::Date,
    /// Look at articles whose day of publication nobody tells, too, and delete what was submitted before the day.
    #[arg(long)]
    pub(crate) undated: bool,
    /// Only count.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// A backup. Talks to the files themselves, not to a server.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    pub(crate) backends: BackendArgs,
    /// Directory for the copies; it is made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
}

/// What is put in place of a backup.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    #[command(flatten)]
    pub(crate) backends: BackendArgs,
    /// Directory of the copies.
    #[arg(long, value_name = "DIR")]
    pub(crate) from: PathBuf,
}

/// Parked messages. Talks to the queue itself, not to a server.
#[derive(Debug, Args)]
pub(crate) struct ParkedArgs {
    #[command(flatten)]
    pub(crate) backends: BackendArgs,
    #[command(subcommand)]
    pub(crate) action: ParkedAction,
}

/// What to do with parked messages.
#[derive(Debug, Subcommand)]
pub(crate) enum ParkedAction {
    /// List them with their reasons.
    List {
        /// Print JSON Lines instead of a table.
        #[arg(long)]
        json: bool,
        /// Show at most this many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Show one with its headers and the article in it.
    Show {
        /// The message's id, from the list.
        id: uuid::Uuid,
    },
    /// Send messages back to be analysed.
    Replay {
        /// The messages' ids, from the list.
        #[arg(required_unless_present = "all")]
        ids: Vec<uuid::Uuid>,
        /// All of them.
        #[arg(long, conflicts_with = "ids")]
        all: bool,
    },
}

/// Access tokens.
#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    #[command(subcommand)]
    pub(crate) action: TokenAction,
}

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenAction {
    /// Make a token: the token goes to standard output once, its hash as a new line into the file.
    New {
        /// The server's tokens file; it is made if it is not there.
        #[arg(long, env = "MARSAD_TOKENS_FILE")]
        file: PathBuf,
        /// What the token may do; may be given more than once.
        #[arg(long = "scope", required = true)]
        scopes: Vec<Scope>,
        /// Whose token it is, for the log.
        #[arg(long)]
        name: String,
        /// Calls that it may begin in a second, and messages of a stream; more are refused or held up.
        #[arg(long)]
        requests_per_second: Option<NonZeroU32>,
        /// Bytes of requests that it may send in a second.
        #[arg(long)]
        bytes_per_second: Option<NonZeroU32>,
    },
}
