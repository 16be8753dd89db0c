//! A hash that is the same on every machine and in every version: digests are stored.

use std::hash::Hasher;

use fnv::FnvHasher;

/// FNV-1a of 64 bits over the bytes.
pub(crate) fn fnv(bytes: &[u8]) -> u64 {
    let mut hasher = FnvHasher::default();
    hasher.write(bytes);
    hasher.finish()
}
