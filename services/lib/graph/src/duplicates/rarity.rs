//! How rare a word is.

/// For each hash of a word four bits, see `weights/rarity.md`.
static RARITY: &[u8; 1 << 15] = include_bytes!("../../weights/rarity.bin");

/// The binary logarithm of one over the share of articles that have a word of this hash: 0 for one that nearly all have, 15 for
/// one of a few articles in a hundred thousand or of none.
pub(super) fn rarity(word: [u8; 2]) -> u8 {
    let hash = u16::from_le_bytes(word);
    let pair = RARITY[usize::from(hash / 2)];
    if hash.is_multiple_of(2) { pair & 0xf } else { pair >> 4 }
}
