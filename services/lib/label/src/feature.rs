//! Features as hashes.

/// A feature of an item: the hash of what it says. Two features are equal if they say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Feature(pub(crate) u64);

impl Feature {
    /// The feature that `template` makes of some values: `Feature::of(3, &[Feature::hash("وزير")])` may say that the word before
    /// is وزير. The values' order counts.
    #[must_use]
    #[inline]
    pub fn of(template: u16, values: &[u64]) -> Self {
        let start = u64::from(template).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(values.iter().fold(fold(start, START), |state, value| fold(state ^ value, STEP)))
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

/// What a number is multiplied by before its halves are joined: any odd numbers without a pattern, here digits of e.
const START: u64 = 0xADF8_5458_A2BB_4A9B;
const STEP: u64 = 0xB7E1_5162_8AED_2A6B;

/// A product of twice the width, its halves joined: each bit of the result depends on all (wyhash, Wang 2019).
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let [a, b] = [a, b].map(u128::from);
    let product = a * b;
    #[allow(clippy::cast_possible_truncation)]
    let (low, high) = (product as u64, (product >> 64) as u64);
    low ^ high
}

/// The finisher of splitmix64 (Steele, Lea and Flood 2014).
pub(crate) fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
