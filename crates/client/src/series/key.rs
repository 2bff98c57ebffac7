//! What a caller names a series by: hashed and compared without a copy.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

/// A metric as it is named at the call: nothing is checked, sorted or added yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'a> {
    /// Client, namespace, unit, resolution and kind: what tells apart series of the same names.
    pub(crate) scope: Scope,
    pub(crate) name: &'a str,
    pub(crate) dimensions: &'a [(&'a str, &'a str)],
}

/// See [`Key::scope`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) client: u32,
    pub(crate) namespace: u16,
    pub(crate) unit: u8,
    pub(crate) kind: Kind,
}

/// What a series keeps, and how finely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Kind {
    pub(crate) is_gauge: bool,
    pub(crate) is_high_resolution: bool,
}

/// Random, so that nobody who chooses dimension values can make keys collide.
static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0) | 1);
/// An odd constant with its bits spread, from the golden ratio.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl Key<'_> {
    /// A hash of everything. Parts are hashed on their own and added up, so that the processor does them side by side.
    #[inline]
    pub(crate) fn hash(&self) -> u64 {
        let mut seed = *SEED;
        let scope = u64::from(self.scope.client) << 32
            | u64::from(self.scope.namespace) << 16
            | u64::from(self.scope.unit) << 8
            | u64::from(self.scope.kind.is_gauge) << 1
            | u64::from(self.scope.kind.is_high_resolution);
        let mut hash = part(self.name.as_bytes(), seed) ^ scope.wrapping_mul(STEP);
        for (name, value) in self.dimensions {
            seed = seed.wrapping_add(STEP);
            hash = hash.wrapping_add(part(name.as_bytes(), seed));
            seed = seed.wrapping_add(STEP);
            hash = hash.wrapping_add(part(value.as_bytes(), seed));
        }
        fold(hash ^ STEP, seed)
    }

    /// A copy that outlives the call.
    pub(super) fn copied(self) -> OwnedKey {
        let parts =
            || std::iter::once(self.name).chain(self.dimensions.iter().flat_map(|(name, value)| [*name, *value]));
        OwnedKey {
            scope: self.scope,
            lengths: parts().map(str::len).collect(),
            text: parts().collect::<String>().into(),
        }
    }
}

/// A [`Key`] that is kept.
#[derive(Debug)]
pub(crate) struct OwnedKey {
    scope: Scope,
    lengths: Box<[usize]>,
    text: Box<str>,
}

impl OwnedKey {
    /// Whether it is a copy of `key`.
    #[inline]
    pub(crate) fn is(&self, key: &Key<'_>) -> bool {
        let [name_length, lengths @ ..] = &*self.lengths else { return false };
        if self.scope != key.scope || lengths.len() != key.dimensions.len() * 2 || *name_length != key.name.len() {
            return false;
        }
        let (name, mut rest) = self.text.as_bytes().split_at(*name_length);
        if !same(name, key.name.as_bytes()) {
            return false;
        }
        for (pair, (name, value)) in lengths.as_chunks::<2>().0.iter().zip(key.dimensions) {
            if pair[0] != name.len() || pair[1] != value.len() {
                return false;
            }
            let (of_name, after) = rest.split_at(pair[0]);
            let (of_value, after) = after.split_at(pair[1]);
            if !same(of_name, name.as_bytes()) || !same(of_value, value.as_bytes()) {
                return false;
            }
            rest = after;
        }
        true
    }
}

/// The product of two words, its halves folded into one.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[inline]
fn part(bytes: &[u8], seed: u64) -> u64 {
    let (a, b) = words(bytes, seed);
    fold(a ^ seed, b ^ STEP ^ bytes.len() as u64)
}

/// Two words that hold all of a short text, or what its middle is folded to and its end.
#[inline]
fn words(bytes: &[u8], seed: u64) -> (u64, u64) {
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        return (if bytes.len() > 16 { middle(bytes, seed) } else { first }, last);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into());
    }
    match bytes {
        [] => (0, 0),
        [.., last] => (u64::from(bytes[0]) << 8 | u64::from(bytes[bytes.len() / 2]), u64::from(*last)),
    }
}

#[cold]
fn middle(bytes: &[u8], seed: u64) -> u64 {
    let chunks = bytes.as_chunks::<8>().0.iter();
    chunks.fold(seed, |hash, chunk| fold(hash ^ u64::from_le_bytes(*chunk), STEP))
}

/// Whether two texts of the same length are equal; a call to `memcmp` costs more than the few words of a name.
#[inline]
fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() > 16 { a == b } else { words(a, 0) == words(b, 0) }
}
