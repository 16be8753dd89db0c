//! Stored articles, analysed once more.

use std::sync::Arc;

use jiff::civil::Date;
use marsad_extract::Document;
use marsad_graph::Digest;
use marsad_model::{Analysis, AnalysisVersion, ArticleFields, ArticleId};
use marsad_store::StoreError;
use marsad_store::link::Reanalysed;
use marsad_store::record::ArticleState;

use super::Linker;
use crate::overlay;

/// An article as it is now.
pub(super) struct Anew {
    pub(super) fields: ArticleFields,
    pub(super) analysis: Analysis,
    pub(super) digest: Digest,
    /// What made the analysis that is stored.
    stored: Option<AnalysisVersion>,
}

impl Anew {
    /// The analysis with another day, in the place of the one that is stored and beside its digest, which says what the article itself
    /// states. It keeps the overlay's revision of both: what was taught since does not concern the article, or a worker analyses it
    /// again for that.
    pub(super) fn redated(self, article: ArticleId) -> Reanalysed {
        let Self { fields, mut analysis, stored, .. } = self;
        if let Some(stored) = stored.filter(|stored| {
            stored.untaught() == analysis.version.untaught() && stored.overlay < analysis.version.overlay
        }) {
            analysis.version = stored;
        }
        Reanalysed { article, fields, analysis, digest: None }
    }
}

/// Analyses the current revision of an article with what is taught now, and with the day that other articles give it. `None` where the article has gone or was never
/// analysed.
pub(super) async fn analyse_anew(
    linker: &Arc<Linker>,
    article: ArticleId,
    linked: Option<Date>,
) -> Result<Option<Anew>, StoreError> {
    let Some(record) = linker.store.article(article, None).await? else { return Ok(None) };
    if record.summary.state != ArticleState::Analysed {
        return Ok(None);
    }
    let stored = record.summary.version;
    let (fields, content_hash) = (record.fields, record.summary.content_hash);
    // After the article was read: what made its analysis is known by now.
    overlay::refresh(&*linker.store, &linker.overlay).await?;
    let overlay = Arc::clone(&linker.overlay.borrow());
    let analyzer = linker.analyzer;
    let work = move || {
        let document = Document { linked, ..Document::new(article, content_hash, &fields) };
        let analysis = analyzer(&document, &overlay);
        let digest = crate::digest(&document, &analysis);
        Anew { fields, analysis, digest, stored }
    };
    let ended = tokio::task::spawn_blocking(work).await;
    // It was analysed before by the same rules or older ones; one that fails now is left as it was.
    match ended {
        Ok(anew) => Ok(Some(anew)),
        Err(error) => {
            tracing::error!(article.id = %article, %error, "an article cannot be analysed anew");
            Ok(None)
        }
    }
}
