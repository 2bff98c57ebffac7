//! Half a histogram's cell: values with counts, exact while they are few and in buckets when they are many.

use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use super::tally::Tally;
use crate::sink::VALUES_MAX;

/// Table sizes; a table gives way to the next when it is three quarters full.
const SIZES: [usize; 3] = [16, 64, 256];
/// The first shift at which values share buckets: 32 buckets to a power of two, 1.6 % at most from their middle.
const SHIFT_FIRST: u64 = 52 - 5;
/// The shift at which a bucket is a power of two: the bits below are the mantissa.
const EXPONENT_SHIFT: u64 = 52;

/// Values are kept by their bits, shifted right by `shift`: at 0 they are exact, at 52 a bucket holds a power of two.
/// Bits of positive numbers ascend with them, so a bucket is a range. When more than [`VALUES_MAX`] keys would be
/// needed, the shift grows and neighbours merge; that always ends, and memory is bounded.
///
/// Sum, minimum and maximum follow from exact values, and are kept beside buckets.
#[derive(Debug, Default)]
pub(super) struct Half {
    shift: AtomicU64,
    used: AtomicU64,
    level: AtomicU64,
    tables: [OnceLock<Box<[Entry]>>; SIZES.len()],
    sum: AtomicU64,
    minimum: AtomicU64,
    maximum: AtomicU64,
}

#[derive(Debug, Default)]
struct Entry {
    /// The key plus 1; 0 in an empty place.
    key: AtomicU64,
    count: AtomicU64,
}

impl Half {
    /// Adds a finite value, `count` times.
    #[inline]
    pub(super) fn add(&self, value: f64, count: u64) {
        let bits = value.to_bits();
        loop {
            let shift = self.shift.load(Relaxed);
            if self.count(bits >> (shift & 63), count) {
                if shift != 0 {
                    self.widen(value, count);
                }
                return;
            }
            self.make_room();
        }
    }

    /// Adds to a key's count, unless the key is new and there is no room for it.
    #[inline]
    fn count(&self, key: u64, count: u64) -> bool {
        let level = self.level.load(Relaxed) as usize % SIZES.len();
        let table = &**self.tables[level].get_or_init(|| new_table(SIZES[level]));
        let mask = table.len() - 1;
        let stored = key + 1;
        let mut place = hash(stored) & mask;
        loop {
            let entry = &table[place];
            let found = entry.key.load(Relaxed);
            if found == stored {
                entry.count.store(entry.count.load(Relaxed) + count, Relaxed);
                return true;
            }
            if found == 0 {
                break;
            }
            place = (place + 1) & mask;
        }
        self.insert(&table[place], stored, count, room(level))
    }

    #[inline(never)]
    fn insert(&self, entry: &Entry, stored: u64, count: u64, room: u64) -> bool {
        let used = self.used.load(Relaxed);
        if used == room {
            return false;
        }
        entry.key.store(stored, Relaxed);
        entry.count.store(count, Relaxed);
        self.used.store(used + 1, Relaxed);
        true
    }

    /// Makes the table larger, or the buckets wider.
    #[cold]
    #[inline(never)]
    fn make_room(&self) {
        let (shift, level) = (self.shift.load(Relaxed), self.level.load(Relaxed));
        let contents = self.contents();
        if (level as usize) < SIZES.len() - 1 {
            self.reset(shift, level + 1);
            contents.entries.iter().for_each(|(key, count)| assert!(self.count(*key, *count), "the table is larger"));
            return;
        }
        if shift == 0 {
            let [sum, minimum, maximum] = contents.statistics();
            self.sum.store(sum.to_bits(), Relaxed);
            self.minimum.store(minimum.to_bits(), Relaxed);
            self.maximum.store(maximum.to_bits(), Relaxed);
        }
        let wider = if shift == 0 { SHIFT_FIRST } else { shift + 1 };
        self.reset(wider, level);
        for (key, count) in &contents.entries {
            assert!(self.count(key >> (wider - shift), *count), "keys only merge");
        }
    }

    #[inline]
    fn widen(&self, value: f64, count: u64) {
        self.sum.store((f64::from_bits(self.sum.load(Relaxed)) + value * count as f64).to_bits(), Relaxed);
        if value < f64::from_bits(self.minimum.load(Relaxed)) {
            self.minimum.store(value.to_bits(), Relaxed);
        }
        if value > f64::from_bits(self.maximum.load(Relaxed)) {
            self.maximum.store(value.to_bits(), Relaxed);
        }
    }

    pub(super) fn clear(&self) {
        self.reset(0, self.level.load(Relaxed));
    }

    fn reset(&self, shift: u64, level: u64) {
        if let Some(table) = self.tables[level as usize % SIZES.len()].get() {
            for entry in table {
                entry.key.store(0, Relaxed);
                entry.count.store(0, Relaxed);
            }
        }
        self.shift.store(shift, Relaxed);
        self.level.store(level, Relaxed);
        self.used.store(0, Relaxed);
    }

    /// A copy; of a half that is being written to, any mixture.
    pub(super) fn contents(&self) -> Contents {
        let level = self.level.load(Relaxed) as usize % SIZES.len();
        let table = self.tables[level].get().map_or(&[][..], |table| table);
        let entries = table.iter().map(|entry| (entry.key.load(Relaxed), entry.count.load(Relaxed)));
        let mut entries: Vec<_> =
            entries.filter(|(stored, _)| *stored != 0).map(|(key, count)| (key - 1, count)).collect();
        entries.sort_unstable();
        let kept = [&self.sum, &self.minimum, &self.maximum].map(|bits| f64::from_bits(bits.load(Relaxed)));
        Contents { shift: self.shift.load(Relaxed), entries, kept }
    }
}

const fn room(level: usize) -> u64 {
    if level == SIZES.len() - 1 { VALUES_MAX as u64 } else { (SIZES[level] * 3 / 4) as u64 }
}

#[cold]
#[inline(never)]
fn new_table(size: usize) -> Box<[Entry]> {
    (0..size).map(|_| Entry::default()).collect()
}

/// The high bits of a product depend on all bits of the key; round numbers have nothing in their low ones.
#[inline]
fn hash(key: u64) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as usize
}

/// What a half holds: keys in ascending order, with counts.
#[derive(Debug, Default)]
pub(super) struct Contents {
    shift: u64,
    entries: Vec<(u64, u64)>,
    /// Sum, minimum, maximum, when the keys are not exact.
    kept: [f64; 3],
}

impl Contents {
    /// Sum, minimum and maximum.
    fn statistics(&self) -> [f64; 3] {
        if self.shift != 0 {
            return self.kept;
        }
        let start = [0.0, f64::INFINITY, f64::NEG_INFINITY];
        self.entries.iter().fold(start, |[sum, minimum, maximum], (key, count)| {
            let value = f64::from_bits(*key);
            [sum + value * *count as f64, minimum.min(value), maximum.max(value)]
        })
    }

    /// The middle of a key's bucket.
    fn value(&self, key: u64) -> f64 {
        let [_, minimum, maximum] = self.kept;
        let middle = match self.shift {
            0 => return f64::from_bits(key),
            // The bucket of zero has besides it only what is less than any normal number.
            shift if key == 0 && shift <= EXPONENT_SHIFT => 0.0,
            shift => f64::from_bits(key << shift | 1 << (shift - 1)),
        };
        middle.clamp(minimum, maximum)
    }

    /// Puts into `tally` what came in since the copy `seen` of the same half, and says how many samples that is.
    pub(super) fn since(&self, seen: &Contents, tally: &mut Tally) -> u64 {
        let mut seen_entries =
            seen.entries.iter().map(|(key, count)| (key >> (self.shift - seen.shift), *count)).peekable();
        let mut new = Vec::with_capacity(self.entries.len());
        let mut samples = 0;
        for (key, count) in &self.entries {
            let mut count = *count;
            while let Some((_, known)) = seen_entries.next_if(|(known, _)| known == key) {
                count -= known;
            }
            if count > 0 {
                new.push((self.value(*key), count));
                samples += count;
            }
        }
        if samples == 0 {
            return 0;
        }
        if self.shift == 0 {
            new.iter().for_each(|(value, count)| tally.add(*value, *count));
        } else if seen.entries.is_empty() {
            tally.add_rounded(&new, self.kept);
        } else {
            // Of the late ones alone, the lowest and the highest are known by their buckets, and exactly where they are
            // beyond what was seen.
            let [sum, seen_minimum, seen_maximum] = seen.statistics();
            let [kept_sum, kept_minimum, kept_maximum] = self.kept;
            let middles = || new.iter().map(|(value, _)| *value);
            let is_lower = kept_minimum < seen_minimum;
            let minimum = if is_lower { kept_minimum } else { middles().fold(f64::INFINITY, f64::min) };
            let is_higher = kept_maximum > seen_maximum;
            let maximum = if is_higher { kept_maximum } else { middles().fold(f64::NEG_INFINITY, f64::max) };
            tally.add_rounded(&new, [kept_sum - sum, minimum, maximum]);
        }
        samples
    }
}
