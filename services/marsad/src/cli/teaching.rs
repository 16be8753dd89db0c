//! The arguments of the commands that teach and judge.

use clap::{Args, Subcommand};

use super::ClientArgs;

/// Something to teach.
#[derive(Debug, Args)]
pub(crate) struct TeachArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Print JSON instead of a sentence.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) what: TeachWhat,
}

/// What to teach.
#[derive(Debug, Subcommand)]
pub(crate) enum TeachWhat {
    /// An entity: a new one, or a known one as it is to be.
    Entity {
        /// Its id: an ISO code or slug.
        id: String,
        /// Its type, e.g. PERSON.
        #[arg(long = "type")]
        entity_type: String,
        /// Its name in Arabic; it is found by it.
        #[arg(long)]
        name: String,
        /// Its name in English.
        #[arg(long)]
        name_en: Option<String>,
        /// Its Wikidata item.
        #[arg(long)]
        wikidata: Option<String>,
        /// The country that it belongs to, an ISO 3166 code.
        #[arg(long)]
        country: Option<String>,
        /// The entity that it acts for.
        #[arg(long)]
        rollup: Option<String>,
    },
    /// Another name of an entity.
    Alias {
        /// The entity's id.
        entity: String,
        /// The words, in any spelling.
        surface: String,
        /// How they refer to it: name, nominal, pejorative or demonym.
        #[arg(long, default_value = "name")]
        kind: String,
    },
    /// Who holds an office.
    Office {
        /// The office's id.
        office: String,
        /// The person's id.
        person: String,
        /// First day: YYYY, YYYY-MM or YYYY-MM-DD.
        #[arg(long)]
        from: Option<String>,
        /// Last day, in the same form.
        #[arg(long)]
        to: Option<String>,
        /// The title in Arabic, for an office that is not known.
        #[arg(long)]
        title: Option<String>,
        /// The country or organization that it is an office of, for one that is not known.
        #[arg(long)]
        body: Option<String>,
    },
}

/// What is taught.
#[derive(Debug, Args)]
pub(crate) struct TaughtArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Show judgements of events instead.
    #[arg(long)]
    pub(crate) judgements: bool,
    /// Print JSON Lines instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What to take back.
#[derive(Debug, Args)]
pub(crate) struct UntaughtArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// The id of a teaching or judgement, from `marsad taught`.
    #[arg(required_unless_present_any = ["entity", "office"], conflicts_with_all = ["entity", "office"])]
    pub(crate) id: Option<String>,
    /// Say that nothing is called by the surfaces of this known entity; with --surface, only by that one.
    #[arg(long)]
    pub(crate) entity: Option<String>,
    /// The surface that does not refer to the entity.
    #[arg(long, requires = "entity")]
    pub(crate) surface: Option<String>,
    /// Say that --person never held this office.
    #[arg(long, requires = "person", conflicts_with = "entity")]
    pub(crate) office: Option<String>,
    /// Who never held the office.
    #[arg(long, requires = "office")]
    pub(crate) person: Option<String>,
    /// Print JSON instead of a sentence.
    #[arg(long)]
    pub(crate) json: bool,
}

/// An event to judge.
#[derive(Debug, Args)]
pub(crate) struct RejectEventArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// The event, as ARTICLE/EVENT (both ids).
    pub(crate) event: String,
    /// Print JSON instead of a sentence.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Two events to judge.
#[derive(Debug, Args)]
pub(crate) struct TwoEventsArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// One event, as ARTICLE/EVENT (both ids).
    pub(crate) first: String,
    /// The other.
    pub(crate) second: String,
    /// Print JSON instead of a sentence.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which articles to analyse again.
#[derive(Debug, Args)]
pub(crate) struct ReanalyzeArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// All articles, not only those of an older analyzer version than the server's.
    #[arg(long)]
    pub(crate) all: bool,
    /// Do not wait until it is through.
    #[arg(long)]
    pub(crate) no_wait: bool,
}
