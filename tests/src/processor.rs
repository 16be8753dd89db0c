//! How long processors have worked for whom: the processes of this one's family, and the servers of the run.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::variable;

/// Ticks of a second in `/proc`, on every architecture that Linux runs on.
const TICKS: u64 = 100;

/// Processor time by who spent it, in user and system mode, of processes that still run and of those that they waited for.
pub type Times = BTreeMap<String, Duration>;

/// One process, as `/proc` tells it.
struct Entry {
    id: u32,
    /// Where it works.
    folder: PathBuf,
    command: String,
    parent: u32,
    ticks: u64,
}

/// What was spent until now: by this process (`benchmark`), its children (`marsad ROLE`), the broker and the database.
///
/// # Panics
/// Where there is no `/proc`.
pub fn times() -> Times {
    let servers = fs::canonicalize(variable("MARSAD_TEST_DIR")).unwrap();
    let own = std::process::id();
    let mut times = Times::new();
    for entry in processes() {
        let owner = if entry.id == own {
            "benchmark".to_owned()
        } else if entry.parent == own {
            let role = entry.command.split('\0').nth(1).filter(|role| !role.starts_with('-'));
            format!("marsad {}", role.unwrap_or("(all roles)"))
        } else if entry.folder.starts_with(servers.join("rabbitmq")) {
            "RabbitMQ".to_owned()
        } else if entry.folder.starts_with(servers.join("postgresql")) {
            "PostgreSQL".to_owned()
        } else {
            continue;
        };
        *times.entry(owner).or_default() += Duration::from_millis(entry.ticks * 1000 / TICKS);
    }
    times
}

/// What was spent since `before`.
///
/// # Panics
/// Where there is no `/proc`.
pub fn since(before: &Times) -> Times {
    let spent = |(name, now): (String, Duration)| {
        let spent = now.saturating_sub(before.get(&name).copied().unwrap_or_default());
        (name, spent)
    };
    times().into_iter().map(spent).collect()
}

fn processes() -> Vec<Entry> {
    let all = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let folder = entry.ok()?.path();
        let id = folder.file_name()?.to_str()?.parse().ok()?;
        // One that has ended meanwhile has no files any more.
        let command = fs::read_to_string(folder.join("cmdline")).ok()?;
        let stat = fs::read_to_string(folder.join("stat")).ok()?;
        // The name, in parentheses, may hold anything: what follows is the state, the parent, and so on.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |place: usize| fields.get(place)?.parse::<u64>().ok();
        let ticks = [11, 12, 13, 14].into_iter().map(number).sum::<Option<u64>>()?;
        let parent = u32::try_from(number(1)?).ok()?;
        Some(Entry { id, folder: fs::read_link(folder.join("cwd")).ok()?, command, parent, ticks })
    });
    all.collect()
}
