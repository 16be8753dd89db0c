//! How long the stages of an analysis take, for who measures this program.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// What is told of each stage: its name, one of [`NAMES`], and how long it took.
pub type Observer = Box<dyn Fn(&'static str, Duration) + Send + Sync>;

/// The stages, in the order of the analysis: title, body and furniture; words; names and whom they mean; times and numbers; the structure of
/// sentences; who says what; what happened.
pub const NAMES: [&str; 7] = ["segments", "reading", "names", "values", "syntax", "claims", "events"];

static OBSERVER: OnceLock<Observer> = OnceLock::new();

/// Has every analysis of this process tell `observer` of its stages. Only the first observer is told; says whether it is this one.
pub fn observe(observer: Observer) -> bool {
    OBSERVER.set(observer).is_ok()
}

/// Times the stages of one analysis, one after the other.
pub(crate) struct Stages(Option<(&'static Observer, Instant)>);

impl Stages {
    pub(crate) fn begin() -> Self {
        Self(OBSERVER.get().map(|observer| (observer, Instant::now())))
    }

    /// A stage has ended, and the next begins.
    pub(crate) fn end(&mut self, stage: &'static str) {
        if let Some((observer, began)) = &mut self.0 {
            let now = Instant::now();
            observer(stage, now - *began);
            *began = now;
        }
    }
}
