//! What raw news text tells of a word: its clusters, how rare it is, and what names it was seen in.

use fst::Map;

/// The greatest cluster number, for words without one.
const NO_CLUSTER: u64 = 0x7FF;

/// What is known of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WordFacts {
    /// Its cluster among few.
    pub(crate) coarse: u64,
    /// Its cluster among many.
    pub(crate) fine: u64,
    /// The binary logarithm of its count.
    pub(crate) magnitude: u64,
    /// For persons, places and organizations how often its surroundings made it one, in eight steps: three bits each.
    pub(crate) profile: u64,
}

impl WordFacts {
    /// As one number: 8, 11, 5 and 9 bits.
    #[cfg(feature = "train")]
    pub(crate) fn pack(self) -> u64 {
        self.coarse | self.fine << 8 | self.magnitude << 19 | self.profile << 24
    }

    fn unpack(value: u64) -> Self {
        Self {
            coarse: value & 0xFF,
            fine: value >> 8 & 0x7FF,
            magnitude: value >> 19 & 0x1F,
            profile: value >> 24 & 0x1FF,
        }
    }

    /// Of a word that is too rare.
    pub(crate) const NONE: Self = Self { coarse: 0xFF, fine: NO_CLUSTER, magnitude: 0, profile: 0 };
}

/// Facts by folded word without its particles.
pub(crate) struct WordTable<D>(Map<D>);

impl<D: AsRef<[u8]>> WordTable<D> {
    /// Opens the table's bytes.
    pub(crate) fn open(bytes: D) -> Result<Self, fst::Error> {
        Map::new(bytes).map(Self)
    }

    /// The facts of a word; `None` for one that is too rare.
    pub(crate) fn get(&self, host: &str) -> Option<WordFacts> {
        self.0.get(host).map(WordFacts::unpack)
    }
}
