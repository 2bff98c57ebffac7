//! A sparse exponential histogram: what a distribution becomes when it is large.
//!
//! The boundaries are those of OpenTelemetry's exponential histogram and Prometheus' native histogram
//! at scale 5: bin `i` holds values in (2^(i/32), 2^((i+1)/32)]. A bin stands for the harmonic mean of
//! its bounds, so any value is told to within (b - 1) / (b + 1) = 1.083 % with b = 2^(1/32).

use std::sync::LazyLock;

/// Bins to each power of two.
const BINS_PER_OCTAVE: i32 = 32;
/// The exponent below which a value counts as zero: smaller ones are subnormal.
const MIN_EXPONENT: i32 = -1022;

/// 2^(k/32) for k in 0..=32.
static BOUNDS: LazyLock<[f64; 33]> =
    LazyLock::new(|| std::array::from_fn(|k| if k == 32 { 2.0 } else { 2f64.powf(k as f64 / 32.0) }));

/// Weights by bin, for values that are not negative.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sketch {
    zero: f64,
    bins: Vec<(i16, f64)>,
}

impl Sketch {
    /// A sketch of these parts: the weight of zero, and bins in ascending order with weights above 0.
    pub fn from_parts(zero: f64, bins: Vec<(i16, f64)>) -> Self {
        debug_assert!(bins.windows(2).all(|pair| pair[0].0 < pair[1].0), "bins are sorted and unique");
        Sketch { zero, bins }
    }

    /// The weight of zero.
    pub fn zero(&self) -> f64 {
        self.zero
    }

    /// The bins that have weight, in ascending order.
    pub fn bins(&self) -> &[(i16, f64)] {
        &self.bins
    }

    /// Adds `weight` at `value`, which is not negative.
    pub fn add(&mut self, value: f64, weight: f64) {
        let Some(bin) = bin_of(value) else {
            self.zero += weight;
            return;
        };
        match self.bins.binary_search_by_key(&bin, |(bin, _)| *bin) {
            Ok(position) => self.bins[position].1 += weight,
            Err(position) => self.bins.insert(position, (bin, weight)),
        }
    }

    /// Adds everything in `other`.
    pub fn merge(&mut self, other: &Sketch) {
        self.zero += other.zero;
        let mut merged = Vec::with_capacity(self.bins.len() + other.bins.len());
        let (mut ours, mut theirs) = (self.bins.iter().peekable(), other.bins.iter().peekable());
        while let (Some(a), Some(b)) = (ours.peek(), theirs.peek()) {
            match a.0.cmp(&b.0) {
                std::cmp::Ordering::Less => merged.extend(ours.next()),
                std::cmp::Ordering::Greater => merged.extend(theirs.next()),
                std::cmp::Ordering::Equal => {
                    merged.push((a.0, a.1 + b.1));
                    ours.next();
                    theirs.next();
                }
            }
        }
        merged.extend(ours);
        merged.extend(theirs);
        self.bins = merged;
    }

    /// The values that the bins stand for with their weights, ascending.
    pub fn weights(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let zero = (self.zero > 0.0).then_some((0.0, self.zero));
        zero.into_iter().chain(self.bins.iter().map(|(bin, weight)| (representative(*bin), *weight)))
    }
}

/// The bin of a value; `None` is the zero bin.
fn bin_of(value: f64) -> Option<i16> {
    let bits = value.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1023;
    if exponent < MIN_EXPONENT {
        return None;
    }
    let mantissa = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52));
    // Upper bounds are inclusive, so an exact power of two is the last value of the bin below.
    let within = BOUNDS.partition_point(|bound| *bound < mantissa) as i32 - 1;
    i16::try_from(exponent * BINS_PER_OCTAVE + within).ok()
}

/// The value a bin stands for: the harmonic mean of its bounds.
fn representative(bin: i16) -> f64 {
    let (low, high) = (bound(i32::from(bin)), bound(i32::from(bin) + 1));
    2.0 / (1.0 / low + 1.0 / high)
}

/// 2^(index/32).
fn bound(index: i32) -> f64 {
    let (octave, within) = (index.div_euclid(BINS_PER_OCTAVE), index.rem_euclid(BINS_PER_OCTAVE));
    BOUNDS[within as usize] * 2f64.powi(octave)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WORST: f64 = 0.011;

    #[test]
    fn bounds_are_inclusive_above_and_exclusive_below() {
        assert_eq!(bin_of(1.0), Some(-1));
        assert_eq!(bin_of(1.0000001), Some(0));
        assert_eq!(bin_of(2.0), Some(31));
        assert_eq!(bin_of(0.0), None);
        assert_eq!(bin_of(f64::MIN_POSITIVE / 2.0), None);
        assert_eq!(bin_of(f64::MIN_POSITIVE), Some(-32705));
        assert_eq!(bin_of(2f64.powi(360)), Some(11519));
    }

    proptest! {
        #[test]
        fn a_bin_tells_its_values_within_the_limit(exponent in -300f64..300.0, mantissa in 1f64..2.0) {
            let value = mantissa * 2f64.powf(exponent);
            let told = representative(bin_of(value).unwrap());
            prop_assert!((told - value).abs() <= WORST * value, "{value} is told as {told}");
        }

        #[test]
        fn merging_is_adding(values in prop::collection::vec(0f64..1e6, 0..50), cut in 0usize..50) {
            let cut = cut.min(values.len());
            let sketch = |values: &[f64]| {
                let mut sketch = Sketch::default();
                values.iter().for_each(|value| sketch.add(*value, 1.0));
                sketch
            };
            let mut merged = sketch(&values[..cut]);
            merged.merge(&sketch(&values[cut..]));
            prop_assert_eq!(merged, sketch(&values));
        }
    }
}
