//! The command line. `--help` is its reference.

pub(crate) mod export;
pub(crate) mod graph;
pub(crate) mod teaching;
pub(crate) mod upkeep;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Marsad turns Arabic news into a queryable record of who did what to whom, when, where and according to whom.
///
/// Without a command it runs all roles in this process, on an embedded queue and store in the data directory.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the role that takes articles in and queues them.
    Ingest(ServerArgs),
    /// Run the role that analyses what is queued and stores what it finds.
    Analysis(ServerArgs),
    /// Run the role that answers questions.
    Query(ServerArgs),
    /// Bring the schema of the store up to date, and exit.
    Migrate(ServerArgs),
    /// Show what Marsad finds in a set of sample articles: starts a system of its own, submits, waits, prints.
    Demo(DemoArgs),
    /// Analyse files in memory, without server, queue or store.
    Analyze(AnalyzeArgs),
    /// Submit articles to a server: folders, .txt, .html and .jsonl files, or `-` for JSON Lines on standard input.
    Submit(SubmitArgs),
    /// List events.
    Events(EventsArgs),
    /// List entities, most mentioned first.
    Entities(EntitiesArgs),
    /// List claims.
    Claims(ClaimsArgs),
    /// List stories, latest first.
    Stories(graph::StoriesArgs),
    /// Show the timeline of a story or an entity.
    Timeline(graph::TimelineArgs),
    /// Show one event with every article's version of it.
    Event(graph::EventArgs),
    /// List where reports of one event disagree.
    Conflicts(graph::ConflictsArgs),
    /// Show with whom an entity had to do.
    Neighbors(graph::NeighborsArgs),
    /// Count events that happened, each once however many articles tell it.
    Count(graph::CountArgs),
    /// Follow what changes in stories, events and conflicts, a line of JSON each.
    Watch(graph::WatchArgs),
    /// Write the record, or a part of it, for other tools: JSON Lines, event data in the columns of POLECAT, or GraphML.
    Export(Box<export::ExportArgs>),
    /// Show an article with what was found in it.
    Article(ArticleArgs),
    /// Find entities by name, articles and events by their words.
    Search(SearchArgs),
    /// Delete an article: text, analysis and what is parked of it. Needs a token with the scope `admin`.
    Delete(DeleteArgs),
    /// Delete the articles that are older than a day, with all that was found in them. Needs a token with the scopes `admin` and `read`.
    Prune(upkeep::PruneArgs),
    /// Copy the embedded queue and store while they are in use.
    Backup(upkeep::BackupArgs),
    /// Put copies that `marsad backup` made in place.
    Restore(upkeep::RestoreArgs),
    /// Teach an entity, a name of one, or who holds an office. Needs a token with the scope `admin`, as the next ones do.
    Teach(teaching::TeachArgs),
    /// List what was taught, or what was judged of events.
    Taught(teaching::TaughtArgs),
    /// Take back what was taught or judged, or say that something known is not so.
    Untaught(teaching::UntaughtArgs),
    /// Say that an event of an article is no event.
    RejectEvent(teaching::RejectEventArgs),
    /// Say that two events of articles are one.
    JoinEvents(teaching::TwoEventsArgs),
    /// Say that two events of articles are not one.
    SeparateEvents(teaching::TwoEventsArgs),
    /// Bring stored articles to the server's analyzer version while it goes on serving.
    Reanalyze(teaching::ReanalyzeArgs),
    /// Look at messages that could not be analysed, and send them back.
    Parked(upkeep::ParkedArgs),
    /// Make access tokens.
    Token(upkeep::TokenArgs),
}

/// How a role runs.
#[derive(Debug, Clone, Args)]
pub(crate) struct ServerArgs {
    /// Where gRPC listens; port 0 takes a free one.
    #[arg(long, env = "MARSAD_LISTEN", default_value = "127.0.0.1:7407")]
    pub(crate) listen: SocketAddr,
    /// Where /metrics, /livez and /readyz are served.
    #[arg(long, env = "MARSAD_ADMIN_LISTEN", default_value = "127.0.0.1:7408")]
    pub(crate) admin_listen: SocketAddr,
    #[command(flatten)]
    pub(crate) backends: BackendArgs,
    /// File with the access tokens, a line each as `marsad token new` writes them, read again when it changes. Without it nobody needs
    /// a token, and nobody can delete or teach.
    #[arg(long, env = "MARSAD_TOKENS_FILE")]
    pub(crate) tokens_file: Option<PathBuf>,
    /// Listen on an address other machines reach even though neither tokens nor authorities for certificates are set.
    #[arg(long, env = "MARSAD_OPEN_TO_ANYONE")]
    pub(crate) open_to_anyone: bool,
    /// PEM file with the server's certificate chain; turns TLS on. It is read again when it changes, as the next two are.
    #[arg(long, env = "MARSAD_TLS_CERT", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// PEM file with the private key of the certificate.
    #[arg(long, env = "MARSAD_TLS_KEY", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// PEM file with the authorities that a caller's certificate must come from; turns mutual TLS on.
    #[arg(long, env = "MARSAD_TLS_CLIENT_CA", requires = "tls_cert")]
    pub(crate) tls_client_ca: Option<PathBuf>,
    /// Seconds after which tokens and certificates that have changed count.
    #[arg(long, env = "MARSAD_RELOAD_SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) reload_seconds: u64,
    /// Calls in hand at the same time; what is more is refused at once and told to come back.
    #[arg(long, env = "MARSAD_MAX_CALLS", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_calls: u32,
    /// Tell callers which methods and messages there are (gRPC reflection) [default: only on a loopback address without tokens].
    #[arg(long, env = "MARSAD_REFLECTION", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) reflection: Option<bool>,
    /// Seconds after which a connection is asked to end, give or take a fifth by chance, so that callers spread over several
    /// servers; what is open on it goes on to its end. Without it connections stay.
    #[arg(long, env = "MARSAD_CONNECTION_AGE_SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) connection_age_seconds: Option<u64>,
    /// Articles analysed at the same time [default: the number of cores].
    #[arg(long, env = "MARSAD_ANALYSES")]
    pub(crate) analyses: Option<usize>,
    /// Seconds after which another process takes over from a linker that gives no sign of life.
    #[arg(long, env = "MARSAD_LINK_LEASE_SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) link_lease_seconds: u64,
    /// Seconds that a watcher may read nothing while there is something to read, before its watch is ended.
    #[arg(long, env = "MARSAD_WATCH_PATIENCE_SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) watch_patience_seconds: u64,
    /// Seconds that a shutdown may take before the process exits all the same.
    #[arg(long, env = "MARSAD_SHUTDOWN_SECONDS", default_value_t = 25)]
    pub(crate) shutdown_seconds: u64,
}

/// Where the queue and the store are.
#[derive(Debug, Clone, Args)]
pub(crate) struct BackendArgs {
    /// Directory of the embedded queue and store.
    #[arg(long, env = "MARSAD_DATA_DIR", default_value = "marsad-data")]
    pub(crate) data_dir: PathBuf,
    /// The queue: amqp://… or amqps://… for RabbitMQ, sqlite:PATH for an embedded one [default: sqlite: in the data
    /// directory].
    #[arg(long, env = "MARSAD_QUEUE_URL", hide_env_values = true, conflicts_with = "queue_url_file")]
    pub(crate) queue_url: Option<String>,
    /// File that holds the queue's URL, for a secret that is mounted.
    #[arg(long, env = "MARSAD_QUEUE_URL_FILE")]
    pub(crate) queue_url_file: Option<PathBuf>,
    /// Prefix of the names of exchanges and queues on RabbitMQ.
    #[arg(long, env = "MARSAD_QUEUE_PREFIX", default_value = "marsad")]
    pub(crate) queue_prefix: String,
    /// MiB that may wait in each lane of the queue; what is more is refused until there is room. RabbitMQ keeps it with its queues: to change
    /// it there, delete these or take another prefix.
    #[arg(long, env = "MARSAD_QUEUE_LANE_MIB", default_value_t = 4096, value_parser = clap::value_parser!(u64).range(1..1 << 30))]
    pub(crate) queue_lane_mib: u64,
    /// The store: postgres://… or sqlite:PATH [default: sqlite: in the data directory].
    #[arg(long, env = "MARSAD_STORE_URL", hide_env_values = true, conflicts_with = "store_url_file")]
    pub(crate) store_url: Option<String>,
    /// File that holds the store's URL, for a secret that is mounted.
    #[arg(long, env = "MARSAD_STORE_URL_FILE")]
    pub(crate) store_url_file: Option<PathBuf>,
}

/// How a client reaches a server.
#[derive(Debug, Clone, Args)]
pub(crate) struct ClientArgs {
    /// The server: http://HOST:PORT, or https://… for TLS.
    #[arg(long, env = "MARSAD_SERVER", default_value = "http://127.0.0.1:7407")]
    pub(crate) server: String,
    /// The access token.
    #[arg(long, env = "MARSAD_TOKEN", hide_env_values = true, conflicts_with = "token_file")]
    pub(crate) token: Option<String>,
    /// File that holds the access token.
    #[arg(long, env = "MARSAD_TOKEN_FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// PEM file with the certificates to trust, for TLS with a private authority.
    #[arg(long, env = "MARSAD_CA_CERT")]
    pub(crate) ca_cert: Option<PathBuf>,
    /// PEM file with this caller's certificate chain, for mutual TLS.
    #[arg(long, env = "MARSAD_CLIENT_CERT", requires = "client_key")]
    pub(crate) client_cert: Option<PathBuf>,
    /// PEM file with the private key of that certificate.
    #[arg(long, env = "MARSAD_CLIENT_KEY", requires = "client_cert")]
    pub(crate) client_key: Option<PathBuf>,
}

/// How a client shows what it reads.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct OutputArgs {
    /// Print JSON Lines instead of tables.
    #[arg(long)]
    pub(crate) json: bool,
    /// Show at most this many.
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: usize,
}

/// The demo.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Articles to show instead of the samples: a folder of .txt and .html files with an optional index.json.
    #[arg(long, value_name = "PATH")]
    pub(crate) dir: Option<PathBuf>,
    /// Stay up afterwards, and print how to call it.
    #[arg(long)]
    pub(crate) keep: bool,
    /// Keep the data in this directory [default: a temporary one].
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

/// Analysis in memory.
#[derive(Debug, Args)]
pub(crate) struct AnalyzeArgs {
    /// Folders of .txt and .html files (with an optional index.json), single files, or .jsonl files.
    #[arg(required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Where to write the analyses, an object an article and line [default: standard output].
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Say why events and claims are as they are: as `explanations` in the analyses, or, where --out names no file, as an outline
    /// instead of them.
    #[arg(long)]
    pub(crate) explain: bool,
    /// Where to write what was found over all articles.
    #[arg(long)]
    pub(crate) graph: Option<PathBuf>,
    /// Directory for the texts that HTML inputs were turned into.
    #[arg(long)]
    pub(crate) text_out: Option<PathBuf>,
}

/// Bulk submission.
#[derive(Debug, Args)]
pub(crate) struct SubmitArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// What to submit; `-` reads JSON Lines from standard input.
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Let them wait behind live articles.
    #[arg(long)]
    pub(crate) backfill: bool,
    /// Print an object an article and line: the path or id, and what became of it.
    #[arg(long)]
    pub(crate) json: bool,
    /// Note in this file what was accepted, and pass over what an earlier run noted there: a run that ended early is gone on with.
    #[arg(long, value_name = "FILE")]
    pub(crate) resume: Option<PathBuf>,
}

/// Filters of a list of events.
#[derive(Debug, Args)]
pub(crate) struct EventsArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Only of this type, e.g. ASSAULT; may be given more than once.
    #[arg(long = "type")]
    pub(crate) types: Vec<String>,
    /// Only of this finer class, e.g. ASSAULT_AERIAL; may be given more than once.
    #[arg(long)]
    pub(crate) mode: Vec<String>,
    /// Only what happened, by what the text says: not what was planned, demanded, denied or did not happen.
    #[arg(long)]
    pub(crate) happened: bool,
    /// Only with this actor (entity id), or one that acts for it.
    #[arg(long)]
    pub(crate) actor: Option<String>,
    /// Only with this recipient.
    #[arg(long)]
    pub(crate) recipient: Option<String>,
    /// Only with this entity as actor or recipient.
    #[arg(long)]
    pub(crate) participant: Option<String>,
    /// Only at this place.
    #[arg(long)]
    pub(crate) place: Option<String>,
    /// Only on this day or later (ISO date).
    #[arg(long)]
    pub(crate) from: Option<String>,
    /// Only on this day or earlier (ISO date).
    #[arg(long)]
    pub(crate) to: Option<String>,
    /// Only of this modality, e.g. actual or planned; may be given more than once.
    #[arg(long)]
    pub(crate) modality: Vec<String>,
    /// Only what is said to be so (affirmed), or not to be so (negated).
    #[arg(long)]
    pub(crate) polarity: Option<String>,
    /// Only what this entity says, or one that acts for it.
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// Only what unnamed sources say; `--anonymous=false`: only what named ones say.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) anonymous: Option<bool>,
    /// Only what stands in a claim; `--claimed=false`: only what the outlet itself tells.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) claimed: Option<bool>,
    /// Only what is told as background; `--background=false`: only what is not.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) background: Option<bool>,
    /// Only at least this sure, from 0 to 1.
    #[arg(long)]
    pub(crate) min_confidence: Option<f32>,
    /// Only of this article.
    #[arg(long)]
    pub(crate) article: Option<String>,
}

/// Filters of a list of entities.
#[derive(Debug, Args)]
pub(crate) struct EntitiesArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Only of this type, e.g. PERSON; may be given more than once.
    #[arg(long = "type")]
    pub(crate) types: Vec<String>,
    /// Only those that this article mentions.
    #[arg(long)]
    pub(crate) article: Option<String>,
}

/// Filters of a list of claims.
#[derive(Debug, Args)]
pub(crate) struct ClaimsArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Only of this article.
    #[arg(long)]
    pub(crate) article: Option<String>,
    /// Only by this entity, or one that acts for it.
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// Only by unnamed sources; `--anonymous=false`: only by named ones.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) anonymous: Option<bool>,
    /// Only what came through this outlet (entity id).
    #[arg(long)]
    pub(crate) via: Option<String>,
    /// Only in the source's own words (direct), or in the reporter's (indirect).
    #[arg(long)]
    pub(crate) quote: Option<String>,
    /// Only at least this sure, from 0 to 1.
    #[arg(long)]
    pub(crate) min_confidence: Option<f32>,
}

/// One article.
#[derive(Debug, Args)]
pub(crate) struct ArticleArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// The article's id.
    pub(crate) id: String,
    /// Print JSON instead of tables.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A search.
#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    #[command(subcommand)]
    pub(crate) what: SearchFor,
}

/// What to search for.
#[derive(Debug, Subcommand)]
pub(crate) enum SearchFor {
    /// Entities by name: a part of it, in any spelling, Arabic or Latin, with a slip or two.
    Entities(SearchEntitiesArgs),
    /// Articles by the words of their titles and texts, the most prominent first.
    Articles(SearchArticlesArgs),
    /// Events by the words of the sentences that tell them.
    Events(Box<SearchEventsArgs>),
}

/// A search for entities.
#[derive(Debug, Args)]
pub(crate) struct SearchEntitiesArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Only of this type, e.g. PERSON; may be given more than once.
    #[arg(long = "type")]
    pub(crate) types: Vec<String>,
    /// A name or a part of one, in Arabic or Latin script.
    #[arg(required = true)]
    pub(crate) query: Vec<String>,
}

/// A search for articles.
#[derive(Debug, Args)]
pub(crate) struct SearchArticlesArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Only of this outlet: its name as submitted, or its entity's id.
    #[arg(long)]
    pub(crate) outlet: Option<String>,
    /// Only published on this day or later (ISO date).
    #[arg(long)]
    pub(crate) from: Option<String>,
    /// Only published on this day or earlier (ISO date).
    #[arg(long)]
    pub(crate) to: Option<String>,
    /// Words in any inflection, "phrases" in quotation marks; with a - before it, what must not be there (behind --).
    #[arg(required = true)]
    pub(crate) query: Vec<String>,
}

/// A search for events.
#[derive(Debug, Args)]
pub(crate) struct SearchEventsArgs {
    #[command(flatten)]
    pub(crate) filters: EventsArgs,
    /// Words of the event's sentence in any inflection, "phrases" in quotation marks; with a - before it, what must not be there (behind
    /// --).
    #[arg(required = true)]
    pub(crate) query: Vec<String>,
}

/// A deletion.
#[derive(Debug, Args)]
pub(crate) struct DeleteArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Ids of the articles.
    #[arg(required = true)]
    pub(crate) ids: Vec<String>,
}

/// What a token may do. Scopes do not include each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Scope {
    /// Ask questions.
    Read,
    /// Submit articles.
    Write,
    /// Delete articles, teach, judge events.
    Admin,
}
