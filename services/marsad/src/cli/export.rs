//! `marsad export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::ClientArgs;
use super::graph::EventFilterArgs;

/// What to write, and how.
///
/// Filters choose real events; with them come the articles that tell them, what these say of them, who and what has a part in them,
/// their stories and what their reports disagree on. Without a filter everything comes.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// How to write it.
    #[arg(long)]
    pub(crate) format: Format,
    /// Where to write it [default: standard output]. The file is there when all of it is written, and not before.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// For jsonl: only records of this kind; may be given more than once.
    #[arg(long = "kind")]
    pub(crate) kinds: Vec<Kind>,
    #[command(flatten)]
    pub(crate) events: EventFilterArgs,
    /// Only events of this finer class, e.g. ASSAULT_AERIAL; may be given more than once.
    #[arg(long)]
    pub(crate) mode: Vec<String>,
    /// Only events of this standing: happened, possible, planned, wanted, denied or generic; may be given more than once [default:
    /// happened for polecat and polecat-tsv, all for the others].
    #[arg(long)]
    pub(crate) standing: Vec<String>,
    /// Only events with this entity (id) as actor or recipient, or one that acts for it.
    #[arg(long)]
    pub(crate) entity: Option<String>,
    /// Only events whose reports disagree.
    #[arg(long)]
    pub(crate) disputed: bool,
}

/// How to write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A record a line, each with its kind, in protobuf JSON.
    Jsonl,
    /// A real event a row, in the columns of POLECAT: PLOVER and CAMEO codes, comma-separated.
    Polecat,
    /// The same divided by tabs, as the files of POLECAT are.
    PolecatTsv,
    /// Entities, events, articles, stories and conflicts as a graph.
    Graphml,
}

/// The kinds of records that JSON Lines have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// An article without its text: `marsad.v1.ArticleSummary`.
    Article,
    /// An article's day, story and duplicates: `marsad.v1.ArticleLinks`.
    ArticleLinks,
    /// Somebody or something with how often it is mentioned: `marsad.v1.EntitySummary`.
    Entity,
    /// A story, or a coarser one over months: `marsad.v1.Story`.
    Story,
    /// A real event as all articles tell it: `marsad.v1.EventCluster`.
    EventCluster,
    /// An event as one article tells it: `marsad.v1.EventRecord`.
    EventMention,
    /// Who said what: `marsad.v1.ClaimRecord`.
    Claim,
    /// Where reports of one event disagree: `marsad.v1.Conflict`.
    Conflict,
}
