//! Cells against the plain list of what was recorded.

mod half;
mod samples;
mod slot;
mod tally;

use nepho_model::MAX_MAGNITUDE;
use proptest::prelude::*;
use proptest::sample::select;

use super::tally::Tally;
use crate::sink::VALUES_MAX;

/// Cases of a property: few under Miri, which is hundreds of times slower and has no files to keep failures in.
fn config() -> ProptestConfig {
    if cfg!(miri) {
        ProptestConfig { cases: 3, failure_persistence: None, ..ProptestConfig::default() }
    } else {
        ProptestConfig::default()
    }
}

/// Values that are alike, and such that have nothing in common.
fn values(length: usize) -> impl Strategy<Value = Vec<f64>> {
    let length = if cfg!(miri) { 200 } else { length };
    let of = |value: BoxedStrategy<f64>| prop::collection::vec(value, 0..length);
    let whole = |most: i32| (0..most).prop_map(f64::from).boxed();
    let scaled = |least: i32, most: i32| {
        (-1.0..1.0, least..most).prop_map(|(mantissa, exponent): (f64, i32)| mantissa * 2f64.powi(exponent)).boxed()
    };
    let edges = [0.0, MAX_MAGNITUDE, -MAX_MAGNITUDE, f64::MIN_POSITIVE, -f64::MIN_POSITIVE, 5e-324, -5e-324, 1.0, -1.0];
    let edges = || select(edges.to_vec()).boxed();
    prop_oneof![
        of(whole(20)),
        of(whole(170)),
        of(whole(100_000)),
        of((0.5..1.5).boxed()),
        of((-5.0..1000.0).boxed()),
        of(scaled(-10, 30)),
        of(scaled(-1070, 360)),
        of(prop_oneof![edges(), scaled(-1074, -1022)].boxed()),
        of(prop_oneof![edges(), whole(200), scaled(-1070, 360)].boxed()),
    ]
    .prop_map(|values: Vec<f64>| values.into_iter().map(|value| value + 0.0).collect())
}

/// The error that a histogram's values may have relative to what was recorded: the least with which they are no more
/// than [`VALUES_MAX`] buckets, from 1/64 in steps of a factor of 2. `None`: more than half of the value, which takes
/// more than 150 powers of two.
fn error(recorded: &[f64]) -> Option<f64> {
    let buckets = |shift: u32| {
        let mut keys: Vec<u64> = recorded.iter().map(|value| value.to_bits() >> shift).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.len()
    };
    if buckets(0) <= VALUES_MAX {
        return Some(0.0);
    }
    (47..=52).find(|shift| buckets(*shift) <= VALUES_MAX).map(|shift| 2f64.powi(shift as i32 - 53))
}

/// A tally must be of exactly these samples, each value within `error` of what was recorded.
#[track_caller]
fn check(tally: &Tally, recorded: &[f64], error: Option<f64>) {
    assert_eq!(tally.samples(), recorded.len() as u64, "samples");
    let kept = tally.values(VALUES_MAX);
    let Some(statistics) = tally.statistics() else {
        assert!(recorded.is_empty() && kept.is_empty());
        return;
    };
    let mut sorted = recorded.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    assert_eq!(statistics.count, recorded.len() as f64);
    assert_eq!((statistics.minimum, statistics.maximum), (sorted[0], sorted[sorted.len() - 1]), "range");
    let (sum, scale): (f64, f64) = (recorded.iter().sum(), recorded.iter().map(|value| value.abs()).sum());
    assert!((statistics.sum - sum).abs() <= scale * 1e-12, "sum is {} and not {sum}", statistics.sum);

    assert!(kept.len() <= VALUES_MAX, "{} values", kept.len());
    assert!(kept.is_sorted_by(|(a, _), (b, _)| a < b), "values ascend: {kept:?}");
    let mut rest = &sorted[..];
    for (value, count) in kept {
        let (alike, others) = rest.split_at(count as usize);
        rest = others;
        assert!((sorted[0]..=sorted[sorted.len() - 1]).contains(&value), "{value} is out of the range");
        let Some(error) = error else { continue };
        for recorded in alike {
            // Where numbers have lost bits already, the error is of the least number that has not.
            // The bucket of zero is zero, not its middle.
            let of_zero = if value == 0.0 { 2.0 } else { 1.0 };
            let allowed = error * of_zero * recorded.abs().max(f64::MIN_POSITIVE);
            assert!((recorded - value).abs() <= allowed, "{recorded} became {value}, more than {error} away");
        }
    }
    assert!(rest.is_empty(), "the counts of values are those of samples");
}
