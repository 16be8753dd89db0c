//! What raw news text tells of a word: its clusters, how rare it is, and what names it was seen in.

use marsad_label::{Feature, ModelError, Table};

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
    /// Of a word that is too rare.
    pub(crate) const NONE: Self = Self { coarse: 0xFF, fine: NO_CLUSTER, magnitude: 0, profile: 0 };

    /// As bytes: 8, 11, 5 and 9 bits of a number, the lowest first.
    #[cfg(feature = "train")]
    fn pack(self) -> [u8; WIDTH] {
        let bits = self.coarse | self.fine << 8 | self.magnitude << 19 | self.profile << 24;
        let [a, b, c, d, e, ..] = bits.to_le_bytes();
        [a, b, c, d, e]
    }

    /// Whether less than three in ten of its places looked like a name of any kind.
    pub(crate) fn is_seldom_name(self) -> bool {
        self.profile & 0o444 == 0
    }

    fn unpack(bytes: &[u8]) -> Self {
        let value = bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
        Self {
            coarse: value & 0xFF,
            fine: value >> 8 & 0x7FF,
            magnitude: value >> 19 & 0x1F,
            profile: value >> 24 & 0x1FF,
        }
    }
}

/// Bytes of a word's facts.
const WIDTH: usize = 5;

/// Facts by the hash of a folded word without its particles.
pub(crate) struct WordTable(Table);

impl WordTable {
    /// Reads a table's bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        Table::from_bytes(bytes, WIDTH).map(Self)
    }

    /// The facts of a word by its [`Feature::hash`]; `None` for one that is too rare.
    pub(crate) fn get(&self, host: u64) -> Option<WordFacts> {
        self.0.get(key(host)).map(WordFacts::unpack)
    }

    /// A table of words.
    #[cfg(feature = "train")]
    pub(crate) fn new(facts: &std::collections::BTreeMap<String, WordFacts>) -> Self {
        let row = |(word, facts): (&String, &WordFacts)| {
            (key(Feature::hash(word)), facts.pack().map(|byte| i8::from_le_bytes([byte])).to_vec())
        };
        Self(Table::new(WIDTH, &facts.iter().map(row).collect::<Vec<_>>()))
    }

    /// The table as bytes, the same on every machine.
    #[cfg(feature = "train")]
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        self.0.to_bytes()
    }
}

fn key(host: u64) -> Feature {
    Feature::of(0, &[host])
}
