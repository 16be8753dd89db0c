//! The stored form of analyses and of what linking makes: JSON, compressed with zstd. Readable by hand (`zstd -d`), and tolerant of
//! fields that a later version adds, in both directions. And that of what lists show of analyses, which can always be made anew.

use std::cell::RefCell;
use std::io;

use marsad_model::{Analysis, ArticleId};
use serde::Serialize;
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

/// Encodes records that are many and small: they share what compression sets up.
pub(crate) struct RecordEncoder(zstd::bulk::Compressor<'static>);

impl RecordEncoder {
    pub(crate) fn new() -> Result<Self, StoreError> {
        Ok(Self(zstd::bulk::Compressor::new(LEVEL).map_err(|e| StoreError::Database(e.to_string()))?))
    }

    /// Encodes what a list shows of a part of an analysis.
    pub(crate) fn encode_shown(&mut self, shown: &impl Serialize) -> Result<Vec<u8>, StoreError> {
        let invalid = |message: String| StoreError::invalid("analysis", message);
        let content = postcard::to_stdvec(shown).map_err(|e| invalid(e.to_string()))?;
        let compressed = self.0.compress(&content).map_err(|e| invalid(e.to_string()))?;
        Ok([&[SHOWN_FORMAT], compressed.as_slice()].concat())
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

/// The form in which is stored what lists show. Raised with every change of [`crate::shown`] and of the types and vocabularies in there: what
/// has another form is not read, but made anew of the analysis.
pub(crate) const SHOWN_FORMAT: u8 = 1;

/// Decodes what a list shows of an event or claim of `article`. It is binary where all else is JSON, since a page has fifty of them, and
/// what cannot be read is lost for nobody.
pub(crate) fn decode_shown<T: DeserializeOwned>(article: ArticleId, body: &[u8]) -> Result<T, StoreError> {
    let corrupt = |message: String| StoreError::Corrupt { article, message };
    let compressed = body.get(1..).unwrap_or_default();
    let content = decompress(compressed).map_err(|e| corrupt(e.to_string()))?;
    postcard::from_bytes(&content).map_err(|e| corrupt(e.to_string()))
}

/// The longest content that is made room for before it is there: a body says how long it is, and may be corrupt.
const MOST_ROOM: u64 = 64 << 20;

thread_local! {
    /// What decompression needs, which takes longer to set up than a small body to decompress.
    static DECOMPRESSOR: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    // As a whole: reading JSON from memory takes a fraction of the time that reading it from a stream does.
    let json = decompress(body).map_err(|e| e.to_string())?;
    serde_json::from_slice(&json).map_err(|e| e.to_string())
}

fn decompress(body: &[u8]) -> io::Result<Vec<u8>> {
    match zstd::zstd_safe::get_frame_content_size(body) {
        Ok(Some(size)) if size <= MOST_ROOM => DECOMPRESSOR.with_borrow_mut(|kept| {
            let decompressor = match kept {
                Some(decompressor) => decompressor,
                None => kept.insert(zstd::bulk::Decompressor::new()?),
            };
            decompressor.decompress(body, usize::try_from(size).unwrap_or(usize::MAX))
        }),
        _ => zstd::stream::decode_all(body),
    }
}
