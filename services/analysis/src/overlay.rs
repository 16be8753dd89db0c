//! The overlay of what is taught, as far as this process has heard.

use std::sync::Arc;

use marsad_extract::knowledge::Overlay;
use marsad_store::{Store, StoreError};
use tokio::sync::watch;

/// Makes the overlay anew if what is taught has changed.
pub(crate) async fn refresh(
    store: &dyn Store,
    current: &watch::Sender<Arc<Overlay>>,
) -> Result<(), StoreError> {
    if store.overlay_revision().await? == current.borrow().revision() {
        return Ok(());
    }
    let taught = store.taught().await?;
    let revision = taught.revision;
    let made = tokio::task::spawn_blocking(move || Overlay::new(taught.revision, &taught.teachings)).await;
    let Ok((overlay, left_out)) = made else {
        tracing::error!(
            revision,
            "what is taught could not be read; this process goes on with what it knows"
        );
        return Ok(());
    };
    for left_out in &left_out {
        tracing::warn!(%left_out, "taught, but it does not hold over this program's knowledge");
    }
    tracing::info!(revision, "what is taught has changed");
    current.send_replace(Arc::new(overlay));
    Ok(())
}
