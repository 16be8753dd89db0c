//! Page sizes and tokens. A token is the store's cursor as base64url of JSON: opaque to callers.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use marsad_model::Error;
use marsad_store::page::PAGE_SIZES;
use marsad_store::{Cursor, PageRequest};

/// The page size where a request gives none.
const DEFAULT_PAGE_SIZE: u32 = 50;

/// Reads the paging fields of a request.
///
/// # Errors
/// A size out of range, or a token that is none.
pub(crate) fn read(page_size: u32, page_token: &str) -> Result<PageRequest, Error> {
    let size = if page_size == 0 { DEFAULT_PAGE_SIZE } else { page_size };
    if !PAGE_SIZES.contains(&size) {
        let problem =
            format!("{size} is out of range; {} to {} are allowed", PAGE_SIZES.start(), PAGE_SIZES.end());
        return Err(Error::field("page_size", "PAGE_SIZE_INVALID", problem));
    }
    let after = if page_token.is_empty() { None } else { Some(decode(page_token).ok_or_else(bad_token)?) };
    Ok(PageRequest { size, after })
}

/// The token of the next page.
pub(crate) fn token(next: Option<&Cursor>) -> String {
    next.and_then(|cursor| serde_json::to_vec(cursor).ok())
        .map(|json| URL_SAFE_NO_PAD.encode(json))
        .unwrap_or_default()
}

/// Reads the paging fields of a list by id that no store keeps: how many, and the id to go on behind.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_by_id(page_size: u32, page_token: &str) -> Result<(usize, String), Error> {
    let size = read(page_size, "")?.size as usize;
    let id = URL_SAFE_NO_PAD.decode(page_token).ok().and_then(|id| String::from_utf8(id).ok());
    Ok((size, id.ok_or_else(bad_token)?))
}

/// The token of the page behind an id.
pub(crate) fn token_by_id(id: &str) -> String {
    URL_SAFE_NO_PAD.encode(id)
}

fn decode(token: &str) -> Option<Cursor> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}

fn bad_token() -> Error {
    let problem =
        "is no token of this list; pass `next_page_token` of the page before, with the same filters";
    Error::field("page_token", "PAGE_TOKEN_INVALID", problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_comes_as_a_token_is_read_or_refused(
            text in "\\PC{0,40}",
            json in "[\\[\\]{}\":,a-z0-9.-]{0,40}",
            bytes in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            for token in [text.clone(), URL_SAFE_NO_PAD.encode(&json), URL_SAFE_NO_PAD.encode(&bytes)] {
                for refused in [read(1, &token).err(), read_by_id(1, &token).err()].into_iter().flatten() {
                    prop_assert_eq!(refused.reason(), "PAGE_TOKEN_INVALID");
                }
            }
        }
    }

    #[test]
    fn sizes_and_tokens() {
        assert_eq!(read(0, "").unwrap(), PageRequest::first(DEFAULT_PAGE_SIZE));
        assert_eq!(read(1001, "").unwrap_err().reason(), "PAGE_SIZE_INVALID");
        for bad in ["x", "====", "bm90IGpzb24", "نص"] {
            assert_eq!(read(1, bad).unwrap_err().reason(), "PAGE_TOKEN_INVALID", "{bad}");
        }
    }
}
