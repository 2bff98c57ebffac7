//! What the reader gathers of one series from all threads.

use crate::sink::Statistics;

/// Values with counts, and statistics that are exact also where the values are rounded.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Tally {
    values: Vec<(f64, u64)>,
    samples: u64,
    sum: f64,
    /// Lowest and highest.
    range: Option<(f64, f64)>,
}

impl Tally {
    /// Adds `count` samples of one value.
    pub(crate) fn add(&mut self, value: f64, count: u64) {
        if count > 0 {
            self.values.push((value, count));
            self.include(count, value * count as f64, value, value);
        }
    }

    /// Adds samples whose values are rounded, with their exact sum, minimum and maximum.
    pub(super) fn add_rounded(&mut self, values: &[(f64, u64)], [sum, minimum, maximum]: [f64; 3]) {
        self.values.extend_from_slice(values);
        self.include(values.iter().map(|(_, count)| count).sum(), sum, minimum, maximum);
    }

    fn include(&mut self, samples: u64, sum: f64, minimum: f64, maximum: f64) {
        let (low, high) = self.range.unwrap_or((minimum, maximum));
        self.range = Some((low.min(minimum), high.max(maximum)));
        self.samples += samples;
        self.sum += sum;
    }

    /// How many samples it holds.
    pub(crate) fn samples(&self) -> u64 {
        self.samples
    }

    /// The statistics, unless there are no samples.
    pub(crate) fn statistics(&self) -> Option<Statistics> {
        let (minimum, maximum) = self.range?;
        Some(Statistics { count: self.samples as f64, sum: self.sum, minimum, maximum })
    }

    /// At most `limit` distinct values in ascending order. When there are more, neighbours are merged into their mean.
    pub(crate) fn values(&self, limit: usize) -> Vec<(f64, f64)> {
        let mut values: Vec<_> = self.values.iter().map(|(value, count)| (*value, *count as f64)).collect();
        values.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut values = merged(values, 0);
        let mut shift = SHIFT_FIRST;
        while values.len() > limit {
            values = merged(values, shift);
            shift += 1;
        }
        if shift > SHIFT_FIRST
            && let Some((minimum, maximum)) = self.range
        {
            values.iter_mut().for_each(|(value, _)| *value = coarse(*value).clamp(minimum, maximum));
        }
        values
    }
}

/// The first shift at which values are merged: 256 buckets to a power of two.
const SHIFT_FIRST: u32 = 52 - 8;

/// A value with the low bits of its mantissa cleared, below what merging rounds away: it stays in its bucket, and
/// compresses to half.
fn coarse(value: f64) -> f64 {
    const LOW: u64 = (1 << 36) - 1;
    // A subnormal number has its leading bits anywhere.
    if value.is_normal() { f64::from_bits(value.to_bits() & !LOW) } else { value }
}

/// Merges what is the same when its bits are shifted right by `shift`.
fn merged(values: Vec<(f64, f64)>, shift: u32) -> Vec<(f64, f64)> {
    let mut merged: Vec<(f64, f64)> = Vec::with_capacity(values.len());
    for (value, count) in values {
        match merged.last_mut() {
            Some((last, of)) if last.to_bits() >> shift == value.to_bits() >> shift => {
                // Not (a*n + b*m) / (n + m): that could leave the range of a and b, or overflow.
                *of += count;
                *last = (*last + (value - *last) * (count / *of)).clamp(*last, value);
            }
            _ => merged.push((value, count)),
        }
    }
    merged
}
