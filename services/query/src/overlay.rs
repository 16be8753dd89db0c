//! The overlay as the store has it, made anew only when what is taught has changed.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use marsad_extract::knowledge::Overlay;
use marsad_extract::knowledge::overlay::LeftOut;
use marsad_model::{Error, ErrorCode};
use marsad_store::{Store, Taught};

use crate::names::Names;

/// What is taught, and the overlay that it makes.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) taught: Taught,
    pub(crate) overlay: Overlay,
    /// What of it does not hold.
    pub(crate) left_out: Vec<LeftOut>,
    names: OnceLock<Names>,
}

impl Known {
    /// All names; made at the first call, which takes a while.
    pub(crate) fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::of(self.overlay.knowledge()))
    }
}

/// Reads what is taught. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Overlays {
    store: Arc<dyn Store>,
    last: Arc<Mutex<Arc<Known>>>,
}

impl Overlays {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, last: Arc::default() }
    }

    /// What is known now.
    pub(crate) async fn now(&self) -> Result<Arc<Known>, Error> {
        let last = Arc::clone(&self.last.lock().unwrap_or_else(PoisonError::into_inner));
        if self.store.overlay_revision().await? == last.overlay.revision() {
            return Ok(last);
        }
        let known = Arc::new(make(self.store.taught().await?).await?);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.overlay.revision() < known.overlay.revision() {
            *last = Arc::clone(&known);
        }
        Ok(known)
    }
}

/// Makes an overlay where it keeps no other call waiting.
pub(crate) async fn make(taught: Taught) -> Result<Known, Error> {
    let making = tokio::task::spawn_blocking(move || {
        let (overlay, left_out) = Overlay::new(taught.revision, &taught.teachings);
        Known { taught, overlay, left_out, names: OnceLock::new() }
    });
    making
        .await
        .map_err(|error| Error::new(ErrorCode::Internal, format!("no overlay could be made: {error}")))
}
