//! The distinct names of a scope, as they can be searched.
//!
//! Metrics share names: a million metrics of ten thousand hosts have some ten thousand. So a search looks at names
//! first, and then takes the lists of metrics that the index keeps for each name anyway. A name is not kept again: it is
//! known by a metric that has it. Beside it stand a few bits for each of its tokens (a Bloom filter), so that a search
//! passes over names without looking at them.

use nepho_model::search::{Pattern, Phrase, tokens, whole};
use nepho_model::{MAX_DIMENSION_NAME, MAX_DIMENSION_VALUE, MAX_DIMENSIONS, MAX_METRIC_NAME, MAX_NAMESPACE};

use crate::embedded::index::Term;

/// Short tokens and numbers are so frequent in generated names that they have bits of their own, so many of the 64.
const FREQUENT_BITS: u64 = 24;
/// Tokens of fewer characters are short.
const LONG_TOKEN: usize = 3;

/// Bits that tell of the tokens of a name. A name can have a token only if all bits of the token are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Signature(u64);

/// Where a name stands: in which metric's key, and which part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WordAt {
    /// A metric that has it.
    pub(crate) metric: u32,
    /// The byte of the key with which it begins.
    pub(crate) start: u16,
    pub(crate) kind: WordKind,
    /// Whether other metrics may have it too.
    pub(crate) is_shared: bool,
}

/// What a name is to its metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WordKind {
    Namespace,
    MetricName,
    Dimension,
    DimensionValue,
}

/// A key is so short that 16 bits say where in it something is.
const KEY_MAX: usize =
    4 * (MAX_NAMESPACE + MAX_METRIC_NAME) + 1 + MAX_DIMENSIONS * (MAX_DIMENSION_NAME + MAX_DIMENSION_VALUE + 2);
const _: () = assert!(KEY_MAX <= u16::MAX as usize);

/// The distinct names of one scope.
#[derive(Debug, Default)]
pub(crate) struct Words {
    signatures: Vec<Signature>,
    places: Vec<WordAt>,
}

impl Signature {
    /// That of a name.
    fn of(name: &str) -> Self {
        tokens(name).fold(Signature::of_token(whole(name)), |all, token| {
            Signature(all.0 | Signature::of_token(whole(token.text)).0)
        })
    }

    fn of_token(token: impl Iterator<Item = char>) -> Self {
        let (mut hash, mut length, mut has_letter) = (0u64, 0, false);
        for c in token {
            hash = (hash.rotate_left(5) ^ u64::from(c)).wrapping_mul(0x517c_c1b7_2722_0a95);
            length += 1;
            has_letter |= !c.is_ascii_digit();
        }
        if length == 0 {
            return Signature(0);
        }
        let (one, other) = (hash >> 32, hash & u64::from(u32::MAX));
        let within = |bits: u64, hash: u64| (hash * bits) >> 32;
        if length < LONG_TOKEN || !has_letter {
            return Signature(1 << within(FREQUENT_BITS, one) | 1 << within(FREQUENT_BITS, other));
        }
        let bits = u64::from(u64::BITS) - FREQUENT_BITS;
        Signature(1 << (FREQUENT_BITS + within(bits, one)) | 1 << (FREQUENT_BITS + within(bits, other)))
    }

    fn has(self, other: Signature) -> bool {
        self.0 & other.0 == other.0
    }
}

/// The bits that a name has to have for a pattern: all of the one or all of the other.
fn needed(pattern: &Pattern) -> (Signature, Signature) {
    match pattern {
        Pattern::Exact(text) => (Signature::of(text), Signature::of(text)),
        Pattern::Phrase(phrase) => needed_by(phrase),
    }
}

/// A name with the phrase in it has the phrase's tokens; one that is the same as a whole may have others.
fn needed_by(phrase: &Phrase) -> (Signature, Signature) {
    let words = phrase.words().map(|word| Signature::of_token(whole(word)).0);
    (Signature(words.fold(0, |all, bits| all | bits)), Signature::of_token(phrase.whole().chars()))
}

impl Words {
    /// Adds a name that no metric had before, and says which one it is.
    pub(crate) fn push(&mut self, name: &str, at: WordAt) -> u32 {
        self.signatures.push(Signature::of(name));
        self.places.push(at);
        self.places.len() as u32 - 1
    }

    /// Notes that more than one metric has a name. A number past the end is that of no name.
    pub(crate) fn share(&mut self, word: u32) {
        if let Some(place) = self.places.get_mut(word as usize) {
            place.is_shared = true;
        }
    }

    /// The names that may match a pattern, as far as their bits tell.
    pub(super) fn candidates(&self, pattern: &Pattern) -> impl Iterator<Item = WordAt> + '_ {
        let (one, other) = needed(pattern);
        let all = self.signatures.iter().zip(&self.places);
        all.filter(move |(signature, _)| signature.has(one) || signature.has(other)).map(|(_, place)| *place)
    }
}

impl WordAt {
    /// What it is in the key of the metric that has it.
    pub(crate) fn of(self, key: &str) -> Term<'_> {
        let start = usize::from(self.start);
        let rest = key.get(start..).unwrap_or_default();
        let text = &rest[..rest.find('\0').unwrap_or(rest.len())];
        match self.kind {
            WordKind::Namespace => Term::Namespace(text),
            WordKind::MetricName => Term::Name(text),
            WordKind::Dimension => Term::Dimension(text),
            WordKind::DimensionValue => {
                let before = key.get(..start.saturating_sub(1)).unwrap_or_default();
                Term::DimensionValue(before.rsplit('\0').next().unwrap_or_default(), text)
            }
        }
    }
}
