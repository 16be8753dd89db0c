//! The stored form of analyses and of what linking makes: JSON, compressed with zstd. Readable by hand (`zstd -d`), and tolerant
//! of fields that a later version adds, in both directions.

use marsad_model::{Analysis, ArticleId};
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::link::RecordId;

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
    read(body).map_err(|message| StoreError::Corrupt { article, message })
}

/// Encodes records of linking, which are many and small: they share what compression sets up.
pub(crate) struct RecordEncoder(zstd::bulk::Compressor<'static>);

impl RecordEncoder {
    pub(crate) fn new() -> Result<Self, StoreError> {
        Ok(Self(zstd::bulk::Compressor::new(LEVEL).map_err(|e| StoreError::Database(e.to_string()))?))
    }

    /// Encodes a record that is written as JSON already.
    pub(crate) fn encode(&mut self, json: &str) -> Result<Vec<u8>, StoreError> {
        self.0.compress(json.as_bytes()).map_err(|e| StoreError::invalid("record", e.to_string()))
    }
}

/// Decodes a record of linking.
pub(crate) fn decode_record<T: DeserializeOwned>(id: RecordId, body: &[u8]) -> Result<T, StoreError> {
    read(body).map_err(|message| StoreError::CorruptRecord { id, message })
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    // As a whole: reading JSON from memory takes a fraction of the time that reading it from a stream does.
    let json = zstd::stream::decode_all(body).map_err(|e| e.to_string())?;
    serde_json::from_slice(&json).map_err(|e| e.to_string())
}
