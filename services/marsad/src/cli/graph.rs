//! Commands about what many articles say together.

use clap::{ArgGroup, Args};

use super::{ClientArgs, OutputArgs};

/// Filters of a list of stories.
#[derive(Debug, Args)]
pub(crate) struct StoriesArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Only those that most articles of which speak of this entity (id), or one that acts for it.
    #[arg(long)]
    pub(crate) entity: Option<String>,
    /// Only with an article of this day or later, e.g. 2024-01-24.
    #[arg(long)]
    pub(crate) from: Option<String>,
    /// Only with an article of this day or earlier.
    #[arg(long)]
    pub(crate) to: Option<String>,
    /// Only the parts of this coarser story.
    #[arg(long)]
    pub(crate) parent: Option<String>,
    /// Only the story of this article.
    #[arg(long)]
    pub(crate) article: Option<String>,
    /// List the coarser stories, over months, instead.
    #[arg(long)]
    pub(crate) coarse: bool,
}

/// A timeline.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("subject").required(true).args(["story", "entity"])))]
pub(crate) struct TimelineArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Of this story.
    #[arg(long)]
    pub(crate) story: Option<String>,
    /// Of this entity (id): what it, or one that acts for it, had a part in.
    #[arg(long)]
    pub(crate) entity: Option<String>,
    /// From this day on, e.g. 2024-01-24.
    #[arg(long)]
    pub(crate) from: Option<String>,
    /// Up to this day.
    #[arg(long)]
    pub(crate) to: Option<String>,
    /// Only told by at least so many independent reports.
    #[arg(long, default_value_t = 0)]
    pub(crate) min_reports: u32,
}

/// One event.
#[derive(Debug, Args)]
pub(crate) struct EventArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// The event's id, as `marsad timeline` shows it.
    pub(crate) id: String,
    /// Print JSON instead of tables.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Filters of a list of disagreements.
#[derive(Debug, Args)]
pub(crate) struct ConflictsArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Only of this story's events.
    #[arg(long)]
    pub(crate) story: Option<String>,
    /// Only of this event.
    #[arg(long)]
    pub(crate) event: Option<String>,
    /// Only of this kind: date, quantity, actor, place or status; may be given more than once.
    #[arg(long = "kind")]
    pub(crate) kinds: Vec<String>,
    /// Only of events with this entity (id), or one that acts for it.
    #[arg(long)]
    pub(crate) entity: Option<String>,
}

/// An entity's neighbours.
#[derive(Debug, Args)]
pub(crate) struct NeighborsArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// The entity's id.
    pub(crate) id: String,
    /// Only by events of this type, e.g. ASSAULT; may be given more than once.
    #[arg(long = "type")]
    pub(crate) types: Vec<String>,
    /// Only by events of this day or later, e.g. 2024-01-24.
    #[arg(long)]
    pub(crate) from: Option<String>,
    /// Only by events of this day or earlier.
    #[arg(long)]
    pub(crate) to: Option<String>,
}

/// Which real events.
#[derive(Debug, Args)]
pub(crate) struct EventFilterArgs {
    /// Only of this type, e.g. ASSAULT; may be given more than once.
    #[arg(long = "type")]
    pub(crate) types: Vec<String>,
    /// Only with this actor (id), or one that acts for it.
    #[arg(long)]
    pub(crate) actor: Option<String>,
    /// Only with this recipient, or one that acts for it.
    #[arg(long)]
    pub(crate) recipient: Option<String>,
    /// Only at this place.
    #[arg(long)]
    pub(crate) place: Option<String>,
    /// Only told by an article of this story.
    #[arg(long)]
    pub(crate) story: Option<String>,
    /// Only those that may have been on this day or later, e.g. 2024-01-24.
    #[arg(long)]
    pub(crate) from: Option<String>,
    /// Only those that may have been on this day or earlier.
    #[arg(long)]
    pub(crate) to: Option<String>,
    /// Only told by at least so many independent reports.
    #[arg(long, default_value_t = 0)]
    pub(crate) min_reports: u32,
}

/// What to count.
#[derive(Debug, Args)]
pub(crate) struct CountArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Count by this: day, week, month, year, type, mode, actor, recipient, place or country-pair; may be given up to three times.
    #[arg(long = "by", default_value = "type")]
    pub(crate) by: Vec<String>,
    #[command(flatten)]
    pub(crate) events: EventFilterArgs,
}

/// What to watch.
#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Go on after this version, as the last line shown had it [default: from now on].
    #[arg(long)]
    pub(crate) after: Option<u64>,
    /// Only of this kind: article, story, event or conflict; may be given more than once.
    #[arg(long = "kind")]
    pub(crate) kinds: Vec<String>,
    /// End after so many versions.
    #[arg(long)]
    pub(crate) limit: Option<u64>,
}
