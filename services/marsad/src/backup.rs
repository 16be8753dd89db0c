//! `marsad backup` and `marsad restore`: the embedded queue and store as they were at a moment, while they are in use.
//!
//! Each file is copied in one read transaction of SQLite, which holds up no writer. The queue comes first: what a worker
//! acknowledges in between is in the store that is copied after it, and what is in both is analysed once more and changes nothing.
//! So the copies together hold every article that was accepted before the backup began.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use crate::cli::upkeep::{BackupArgs, RestoreArgs};
use crate::server::embedded_files;
use crate::table::print;

/// What a copy is called until it is whole.
const UNFINISHED: &str = "unfinished";

/// `marsad backup`.
pub(crate) async fn backup(args: BackupArgs) -> anyhow::Result<ExitCode> {
    let files = embedded_files(&args.backends)?;
    for file in &files {
        ensure!(file.path.is_file(), "there is no {} to back up at {}", file.what, file.path.display());
    }
    std::fs::create_dir_all(&args.to).with_context(|| format!("cannot make {}", args.to.display()))?;
    refuse_existing(&files.each_ref().map(|file| args.to.join(file.name)))?;
    for file in &files {
        let to = args.to.join(file.name);
        let unfinished = to.with_extension(UNFINISHED);
        // What an earlier run left behind.
        remove(&unfinished)?;
        vacuum_into(&file.path, &unfinished)
            .await
            .with_context(|| format!("cannot copy the {} {}", file.what, file.path.display()))?;
        check(&unfinished).await?;
        finish(&unfinished, &to)?;
        print(format_args!("{}: {} bytes", to.display(), std::fs::metadata(&to)?.len()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `marsad restore`.
pub(crate) async fn restore(args: RestoreArgs) -> anyhow::Result<ExitCode> {
    let files = embedded_files(&args.backends)?;
    let copies = files.each_ref().map(|file| args.from.join(file.name));
    for (file, copy) in files.iter().zip(&copies) {
        ensure!(copy.is_file(), "there is no copy of the {} at {}", file.what, copy.display());
        check(copy).await?;
    }
    // Nothing is overwritten, so no process has them open.
    refuse_existing(&files.each_ref().map(|file| file.path.clone()))?;
    for (file, copy) in files.iter().zip(&copies) {
        let unfinished = file.path.with_extension(UNFINISHED);
        std::fs::copy(copy, &unfinished).with_context(|| format!("cannot write {}", unfinished.display()))?;
        finish(&unfinished, &file.path)?;
        print(format_args!("{}: restored", file.path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn refuse_existing(paths: &[PathBuf]) -> anyhow::Result<()> {
    match paths.iter().find(|path| path.exists()) {
        Some(path) => bail!("{} is there already; name another directory, or move it away", path.display()),
        None => Ok(()),
    }
}

async fn open(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(false).read_only(true);
    options.busy_timeout(Duration::from_secs(30)).connect().await
}

async fn vacuum_into(from: &Path, to: &Path) -> anyhow::Result<()> {
    let to = to.to_str().context("the path of the backup is no UTF-8")?;
    let mut db = open(from).await?;
    sqlx::query("VACUUM INTO $1").bind(to).execute(&mut db).await?;
    Ok(db.close().await?)
}

/// Refuses a file that is no sound database.
async fn check(path: &Path) -> anyhow::Result<()> {
    let sound = async {
        let mut db = open(path).await?;
        let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut db).await?;
        db.close().await?;
        ensure!(verdict == "ok", "{verdict}");
        anyhow::Ok(())
    };
    sound.await.with_context(|| format!("{} is damaged", path.display()))
}

/// Gives a whole file its name, for good.
fn finish(unfinished: &Path, to: &Path) -> anyhow::Result<()> {
    let durable = || {
        File::open(unfinished)?.sync_all()?;
        std::fs::rename(unfinished, to)?;
        to.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    durable().with_context(|| format!("cannot write {}", to.display()))
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
