//! Which queue and store a configuration means. The only place that names concrete backends.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use marsad_queue::{Queue, RabbitOptions, RabbitQueue, SqliteQueue, SqliteQueueOptions};
use marsad_store::{PgOptions, PgStore, SqliteOptions, SqliteStore, Store};

use crate::cli::BackendArgs;
use crate::secret;

/// The file of the embedded queue in the data directory.
const QUEUE_FILE: &str = "queue.db";

/// The file of the embedded store in the data directory.
const STORE_FILE: &str = "store.db";

/// Opens the queue.
pub(crate) async fn open_queue(args: &BackendArgs) -> anyhow::Result<Arc<dyn Queue>> {
    let url = secret::read(args.queue_url.as_deref(), args.queue_url_file.as_deref())?;
    let max_lane_bytes = args.queue_lane_mib << 20;
    match Backend::of(url.as_deref(), &args.data_dir, QUEUE_FILE)? {
        Backend::File(path) => {
            let options = SqliteQueueOptions { max_lane_bytes, ..SqliteQueueOptions::default() };
            Ok(Arc::new(SqliteQueue::open(&path, options).await?))
        }
        Backend::Server { scheme: "amqp" | "amqps", url } => {
            let (prefix, max_length_bytes) = (args.queue_prefix.clone(), max_lane_bytes);
            let options = RabbitOptions { prefix, max_length_bytes, ..RabbitOptions::new(url) };
            Ok(Arc::new(RabbitQueue::connect(options).await?))
        }
        Backend::Server { scheme, .. } => bail!("`{scheme}:` is no queue; amqp:, amqps: and sqlite: are"),
    }
}

/// Opens the store. An embedded one is brought up to date at once; PostgreSQL is left to `marsad migrate`.
pub(crate) async fn open_store(args: &BackendArgs) -> anyhow::Result<Arc<dyn Store>> {
    let url = secret::read(args.store_url.as_deref(), args.store_url_file.as_deref())?;
    match Backend::of(url.as_deref(), &args.data_dir, STORE_FILE)? {
        Backend::File(path) => {
            let options = SqliteOptions { fold: marsad_query::fold_name, ..SqliteOptions::default() };
            let store = SqliteStore::open(&path, options).await?;
            store.migrate().await?;
            Ok(Arc::new(store))
        }
        Backend::Server { scheme: "postgres" | "postgresql", url } => {
            let options = PgOptions { fold: marsad_query::fold_name, ..PgOptions::default() };
            Ok(Arc::new(PgStore::connect(url, options).await?))
        }
        Backend::Server { scheme, .. } => bail!("`{scheme}:` is no store; postgres: and sqlite: are"),
    }
}

/// A file of the embedded backends.
pub(crate) struct EmbeddedFile {
    /// What it is, in words.
    pub(crate) what: &'static str,
    /// What it is called where nothing else is said.
    pub(crate) name: &'static str,
    /// Where it is.
    pub(crate) path: PathBuf,
}

/// The files of the queue and the store, in this order.
///
/// # Errors
/// Where one of them is no embedded one.
pub(crate) fn embedded_files(args: &BackendArgs) -> anyhow::Result<[EmbeddedFile; 2]> {
    let file = |what, name, url: Option<String>| match Backend::of(url.as_deref(), &args.data_dir, name)? {
        Backend::File(path) => Ok(EmbeddedFile { what, name, path }),
        Backend::Server { scheme, .. } => {
            bail!(
                "the {what} is no file but a server ({scheme}:), which has means of its own: see deploy/README.md"
            )
        }
    };
    let queue = secret::read(args.queue_url.as_deref(), args.queue_url_file.as_deref())?;
    let store = secret::read(args.store_url.as_deref(), args.store_url_file.as_deref())?;
    Ok([file("queue", QUEUE_FILE, queue)?, file("store", STORE_FILE, store)?])
}

enum Backend<'u> {
    File(PathBuf),
    Server { scheme: &'u str, url: &'u str },
}

impl<'u> Backend<'u> {
    fn of(url: Option<&'u str>, data_dir: &Path, file: &str) -> anyhow::Result<Self> {
        let Some(url) = url else {
            std::fs::create_dir_all(data_dir)
                .with_context(|| format!("cannot make the data directory {}", data_dir.display()))?;
            return Ok(Self::File(data_dir.join(file)));
        };
        // The URL may hold a password: it is never repeated in a message.
        let (scheme, rest) =
            url.split_once(':').context("a backend is named by a URL such as sqlite:PATH")?;
        Ok(match scheme {
            "sqlite" => Self::File(rest.trim_start_matches("//").into()),
            scheme => Self::Server { scheme, url },
        })
    }
}
