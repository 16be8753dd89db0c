//! Measures the embedded queue against its limit, the disk's sync, taken in the same run:
//! `cargo run --release -p marsad-queue --example group_commit -- [DIRECTORY]`
#![allow(clippy::print_stdout, reason = "the figures are the output")]

use std::error::Error;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use marsad_queue::{Lane, Message, Queue, SqliteQueue, SqliteQueueOptions};

/// About the size of an article of five hundred words.
const BODY_BYTES: usize = 6 << 10;

/// How long each measurement runs.
const RUN: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let parent = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let directory = tempfile::tempdir_in(parent)?;
    let syncs = syncs_per_second(directory.path())?;
    println!("one body written and synced at a time: {syncs:.0}/s");
    for publishers in [1, 8, 64, 256] {
        let path = directory.path().join(format!("{publishers}.db"));
        let queue = Arc::new(SqliteQueue::open(path, SqliteQueueOptions::default()).await?);
        let (published, rate) = publish(&queue, publishers).await?;
        println!("{publishers:>4} publishers: {rate:>6.0} publishes/s, {:.1} a sync", rate / syncs);
        let started = Instant::now();
        drain(&queue, published).await?;
        let rate = published as f64 / started.elapsed().as_secs_f64();
        println!("     4 claimers: {rate:>8.0} claimed and acknowledged/s, {:.1} a sync", rate / syncs);
        queue.close().await;
    }
    Ok(())
}

/// The limit without group commit.
fn syncs_per_second(directory: &Path) -> Result<f64, Box<dyn Error>> {
    let mut file = File::create(directory.join("sync"))?;
    let body = vec![7; BODY_BYTES];
    let started = Instant::now();
    let mut syncs = 0_u32;
    while started.elapsed() < RUN {
        // Over the same few megabytes, as a WAL is.
        if syncs.is_multiple_of(512) {
            file.seek(SeekFrom::Start(0))?;
        }
        file.write_all(&body)?;
        file.sync_data()?;
        syncs += 1;
    }
    Ok(f64::from(syncs) / started.elapsed().as_secs_f64())
}

async fn publish(queue: &Arc<SqliteQueue>, publishers: usize) -> Result<(usize, f64), Box<dyn Error>> {
    let published = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let tasks: Vec<_> = (0..publishers)
        .map(|_| {
            let (queue, published) = (Arc::clone(queue), Arc::clone(&published));
            tokio::spawn(async move {
                while started.elapsed() < RUN {
                    queue.publish(Message::new("article", Lane::Live, vec![7; BODY_BYTES])).await?;
                    published.fetch_add(1, Ordering::Relaxed);
                }
                Ok::<_, marsad_queue::QueueError>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    let published = published.load(Ordering::Relaxed);
    Ok((published, published as f64 / started.elapsed().as_secs_f64()))
}

async fn drain(queue: &Arc<SqliteQueue>, published: usize) -> Result<(), Box<dyn Error>> {
    let left = Arc::new(AtomicUsize::new(published));
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let (queue, left) = (Arc::clone(queue), Arc::clone(&left));
            tokio::spawn(async move {
                while left.load(Ordering::Relaxed) > 0 {
                    let claimed = queue.claim(32, Duration::from_millis(50)).await?;
                    let acks = claimed.into_iter().map(|delivery| delivery.ack());
                    left.fetch_sub(futures::future::try_join_all(acks).await?.len(), Ordering::Relaxed);
                }
                Ok::<_, marsad_queue::QueueError>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(())
}
