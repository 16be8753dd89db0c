//! Ingest on the embedded queue beside SQLite and the disk.

use super::{Turns, bare, calls};
use crate::child::Running;
use crate::report::{Aim, line, median};

pub(crate) async fn measure(turns: Turns) {
    let folder = tempfile::tempdir().unwrap();
    let sub = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    let (alone, working, one) = (sub("alone"), sub("working"), sub("one"));
    let mut alone = Running::start(&["serve", &alone]);
    let mut working = Running::start(&["serve", &working, "worker"]);
    let mut one = Running::start(&["serve", &one]);
    let [alone_at, working_at, one_at] =
        [&mut alone, &mut working, &mut one].map(|child| child.line().parse().unwrap());
    let articles = calls::Articles::new();
    let (mut ingest, mut whole, mut single) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..turns.rounds {
        let rate = calls::unary(alone_at, &articles, 64, turns.time).await;
        ingest.push((rate, bare::commits(folder.path(), 64, turns.time).await));
        let times = calls::one_by_one(one_at, &articles, turns.time).await;
        let ours = median(times.into_iter()) * 1e6;
        single.push((ours, median(bare::syncs(folder.path(), turns.time).into_iter()) * 1e6));
    }
    // Last: it has work left over when it is not asked any more.
    for _ in 0..turns.rounds {
        let limit = bare::commits(folder.path(), 64, turns.time).await;
        whole.push((calls::unary(working_at, &articles, 64, turns.time).await, limit));
    }
    line("embedded ingest, 64 in flight", "/s", &ingest, Aim::AtLeast(0.6));
    line("the same while a worker stores what comes", "/s", &whole, Aim::AtLeast(0.6));
    line("acknowledgement of one call after the other, embedded, p50", " us", &single, Aim::AtMost(2.0));
}
