//! Stored articles, analysed once more.

use std::sync::Arc;

use jiff::civil::Date;
use marsad_extract::Document;
use marsad_graph::{Digest, Source};
use marsad_model::{Analysis, ArticleFields, ArticleId};
use marsad_store::StoreError;
use marsad_store::record::ArticleState;

use super::Linker;

/// An article as it is now.
pub(super) struct Anew {
    pub(super) fields: ArticleFields,
    pub(super) analysis: Analysis,
    pub(super) digest: Digest,
}

/// Analyses the current revision of an article, with the day that other articles give it. `None` where the article has gone or was never
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
    let (fields, content_hash) = (record.fields, record.summary.content_hash);
    let analyzer = linker.analyzer;
    let work = move || {
        let document = Document { linked, ..Document::new(article, content_hash, &fields) };
        let analysis = analyzer(&document);
        let source =
            Source { article, title: fields.title.as_deref(), text: &fields.text, analysis: &analysis };
        let digest = Digest::of(&source);
        Anew { fields, analysis, digest }
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
