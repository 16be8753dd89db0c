//! The stored form of an analysis: JSON, compressed with zstd. Readable by hand (`zstd -d`), and tolerant of fields that a
//! later version adds, in both directions.

use marsad_model::{Analysis, ArticleId};

use crate::error::StoreError;

/// Compression level: higher ones gain a few per cent for several times the work.
const LEVEL: i32 = 3;

/// Encodes an analysis.
pub(crate) fn encode(analysis: &Analysis) -> Result<Vec<u8>, StoreError> {
    let failed = |message: String| StoreError::invalid("analysis", message);
    let json = serde_json::to_vec(analysis).map_err(|e| failed(e.to_string()))?;
    zstd::bulk::compress(&json, LEVEL).map_err(|e| failed(e.to_string()))
}

/// Decodes the analysis of `article`.
pub(crate) fn decode(article: ArticleId, body: &[u8]) -> Result<Analysis, StoreError> {
    let corrupt = |message: String| StoreError::Corrupt { article, message };
    // As a whole: reading JSON from memory takes a fraction of the time that reading it from a stream does.
    let json = zstd::stream::decode_all(body).map_err(|e| corrupt(e.to_string()))?;
    serde_json::from_slice(&json).map_err(|e| corrupt(e.to_string()))
}
