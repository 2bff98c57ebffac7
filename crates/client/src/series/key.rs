//! What a caller names a series by: hashed and compared without a copy.

/// What tells apart series of the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) directory: u32,
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

impl Scope {
    #[inline]
    fn word(self) -> u64 {
        u64::from(self.directory) << 32
            | u64::from(self.namespace) << 16
            | u64::from(self.unit) << 8
            | u64::from(self.kind.is_gauge) << 1
            | u64::from(self.kind.is_high_resolution)
    }
}

/// How many names and values a key holds as words: the metric's name and four dimensions.
const PARTS: usize = 9;
/// The most bytes that the texts of a key have between them for it to be remembered; what is longer is looked up by what
/// it means each time.
pub(super) const KEY_BYTES_MAX: usize = 2048;
/// The longest text that its words tell whole.
const SHORT: usize = 16;

/// A metric as it is named at the call: nothing is checked, sorted or added yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'a> {
    pub(crate) scope: Scope,
    pub(crate) name: &'a str,
    pub(crate) dimensions: &'a [(&'a str, &'a str)],
    words: Words,
    hash: u64,
}

/// A text as two words: with its length, all of it, if it is short.
type Part = [u64; 2];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Words {
    scope: u64,
    /// The lengths of the texts, a byte each, as far as they are short.
    lengths: u128,
    parts: [Part; PARTS],
    /// Whether the words do not tell all.
    is_partial: bool,
}

/// An odd constant with its bits spread, from the golden ratio.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl<'a> Key<'a> {
    #[inline]
    pub(crate) fn new(scope: Scope, name: &'a str, dimensions: &'a [(&'a str, &'a str)], mut seed: u64) -> Self {
        let is_partial = dimensions.len() > PARTS / 2;
        let mut words = Words { scope: scope.word(), lengths: 0, parts: [[0; 2]; PARTS], is_partial };
        // Parts are hashed on their own and added up, so that the processor does them side by side.
        let mut hash = words.scope.wrapping_mul(STEP);
        let mut take = |text: &str, at: usize| {
            let part = part(text.as_bytes(), seed);
            hash = hash.wrapping_add(fold(part[0] ^ seed, part[1] ^ text.len() as u64 ^ STEP));
            seed = seed.wrapping_add(STEP);
            words.lengths = words.lengths << 8 | (text.len() & 0xFF) as u128;
            words.is_partial |= text.len() > SHORT;
            if let Some(kept) = words.parts.get_mut(at) {
                *kept = part;
            }
        };
        take(name, 0);
        for (at, (name, value)) in dimensions.iter().enumerate() {
            take(name, at * 2 + 1);
            take(value, at * 2 + 2);
        }
        Key { scope, name, dimensions, words, hash: fold(hash ^ STEP, seed | 1) }
    }

    #[inline]
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    /// Whether it is short enough to be remembered.
    pub(super) fn is_rememberable(&self) -> bool {
        let dimensions = self.dimensions.iter().map(|(name, value)| name.len() + value.len());
        self.name.len() + dimensions.sum::<usize>() <= KEY_BYTES_MAX
    }

    /// A copy that outlives the call.
    pub(super) fn copied(&self) -> OwnedKey {
        let owned = |(name, value): &(&str, &str)| (Box::from(*name), Box::from(*value));
        OwnedKey { words: self.words, name: self.name.into(), dimensions: self.dimensions.iter().map(owned).collect() }
    }
}

/// A [`Key`] that is kept.
#[derive(Debug)]
pub(crate) struct OwnedKey {
    words: Words,
    name: Box<str>,
    dimensions: Box<[(Box<str>, Box<str>)]>,
}

impl OwnedKey {
    /// Whether it is a copy of `key`.
    #[inline]
    pub(crate) fn is(&self, key: &Key<'_>) -> bool {
        // No short cut at the first difference: the hashes are equal, so this is nearly always equal too.
        let pairs = self.words.parts.as_flattened().iter().zip(key.words.parts.as_flattened());
        let difference = pairs.fold(self.words.scope ^ key.words.scope, |difference, (a, b)| difference | (a ^ b));
        difference == 0
            && self.words.lengths == key.words.lengths
            && self.dimensions.len() == key.dimensions.len()
            && (!key.words.is_partial || self.is_letter_by_letter(key))
    }

    #[cold]
    fn is_letter_by_letter(&self, key: &Key<'_>) -> bool {
        let dimensions = self.dimensions.iter().map(|(name, value)| (&**name, &**value));
        *self.name == *key.name && dimensions.eq(key.dimensions.iter().copied())
    }
}

/// The product of two words, its halves folded into one.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// Two words that hold all of a short text, or what its middle is folded to and its end; and its length.
#[inline]
fn part(bytes: &[u8], seed: u64) -> Part {
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        let first = if bytes.len() > SHORT { middle(bytes, seed) } else { u64::from_le_bytes(*first) };
        return [first, u64::from_le_bytes(*last)];
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return [u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into()];
    }
    match bytes {
        [] => [0, 0],
        [first, .., last] => [u64::from(*first) << 8 | u64::from(bytes[bytes.len() / 2]), u64::from(*last)],
        [only] => [0, u64::from(*only)],
    }
}

#[inline(never)]
fn middle(bytes: &[u8], seed: u64) -> u64 {
    let chunks = bytes.as_chunks::<8>().0.iter();
    chunks.fold(seed, |hash, chunk| fold(hash ^ u64::from_le_bytes(*chunk), STEP))
}
