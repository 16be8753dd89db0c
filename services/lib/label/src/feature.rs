//! Features as hashes.

/// A feature of an item: the hash of what it says. Two features are equal if they say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Feature(pub(crate) u64);

impl Feature {
    /// The feature that `template` makes of some values: `Feature::of(3, &[Feature::hash("وزير")])` may say that the word before
    /// is وزير. The values' order counts.
    #[must_use]
    pub fn of(template: u16, values: &[u64]) -> Self {
        let start = mix(u64::from(template).wrapping_add(0x9E37_79B9_7F4A_7C15));
        Self(values.iter().fold(start, |state, value| mix(state.rotate_left(23) ^ *value)))
    }

    /// A text as a value of [`Feature::of`] (FNV-1a, finished by a mixer).
    #[must_use]
    pub fn hash(text: &str) -> u64 {
        let fnv = text.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |state, byte| {
            (state ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
        });
        mix(fnv)
    }
}

/// The finisher of splitmix64 (Steele, Lea and Flood 2014).
pub(crate) fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
