//! Sets of metric ids.

/// Bits of an element.
const BITS: usize = u64::BITS as usize;

/// A set of ids below an end that is the same for all sets of a search: one bit for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set {
    words: Vec<u64>,
}

impl Set {
    /// No ids, of those below `end`.
    pub(super) fn empty(end: u32) -> Self {
        Set { words: vec![0; (end as usize).div_ceil(BITS)] }
    }

    /// Adds ids; those past the end may be left out.
    pub(super) fn insert(&mut self, ids: &[u32]) {
        for id in ids {
            if let Some(word) = self.words.get_mut(*id as usize / BITS) {
                *word |= 1 << (*id as usize % BITS);
            }
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Keeps what is in `other` as well.
    pub(super) fn intersect(&mut self, other: &Set) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    /// Keeps what is not in `other`.
    pub(super) fn subtract(&mut self, other: &Set) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
    }

    /// Keeps those for which `keep` says so.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(u32) -> bool) {
        for (at, word) in self.words.iter_mut().enumerate() {
            let mut left = *word;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                if !keep((at * BITS) as u32 + bit) {
                    *word &= !(1 << bit);
                }
            }
        }
    }

    /// The ids, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left = if left == 0 { return None } else { left & (left - 1) };
                Some((at * BITS) as u32 + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set(one in prop::collection::vec(0u32..200, 0..60), other in prop::collection::vec(0u32..200, 0..60)) {
            let end = 200;
            let set = |ids: &[u32]| { let mut set = Set::empty(end); set.insert(ids); set };
            let plain = |ids: &[u32]| ids.iter().copied().collect::<BTreeSet<u32>>();
            let found = |change: fn(&mut Set, &Set)| {
                let mut found = set(&one);
                change(&mut found, &set(&other));
                (found.len(), found.iter().collect::<Vec<_>>())
            };
            let listed = |ids: BTreeSet<u32>| (ids.len(), ids.into_iter().collect::<Vec<_>>());
            let (a, b) = (plain(&one), plain(&other));
            prop_assert_eq!(found(|_, _| {}), listed(a.clone()));
            prop_assert_eq!(found(Set::intersect), listed(&a & &b));
            prop_assert_eq!(found(Set::subtract), listed(&a - &b));
            prop_assert_eq!(found(|set, _| set.retain(|id| id % 3 == 0)), listed(a.into_iter().filter(|id| id % 3 == 0).collect()));
        }
    }
}
