use super::super::half::{Contents, Half};
use super::*;

fn half_of(values: &[f64]) -> Half {
    let half = Half::default();
    values.iter().for_each(|value| half.add(*value, 1));
    half
}

fn tally_of(contents: &Contents, seen: &Contents) -> Tally {
    let mut tally = Tally::default();
    assert_eq!(contents.since(seen, &mut tally), tally.samples());
    tally
}

#[test]
fn tables_give_way_to_larger_ones_and_then_to_buckets() {
    // One at a table's room, and one past it.
    for distinct in [1, 12, 13, 48, 49, 150, 151, 152, 1000] {
        let values: Vec<f64> = (0..distinct).map(|n| f64::from(n) * 0.25).collect();
        check(&tally_of(&half_of(&values).contents(), &Contents::default()), &values, error(&values));
    }
}

#[test]
fn zero_stays_zero_among_buckets() {
    let values: Vec<f64> = (0..1000).map(f64::from).collect();
    let tally = tally_of(&half_of(&values).contents(), &Contents::default());
    assert_eq!(tally.values(VALUES_MAX)[0], (0.0, 1.0));
}

#[test]
fn a_half_that_is_cleared_is_exact_again() {
    let half = half_of(&(0..1000).map(f64::from).collect::<Vec<_>>());
    half.clear();
    half.add(-7.25, 1);
    check(&tally_of(&half.contents(), &Contents::default()), &[-7.25], Some(0.0));
}

/// The widest range there is: 2 signs and every power of two.
#[test]
fn memory_is_bounded_whatever_is_recorded() {
    let powers = (-1074..=360).flat_map(|exponent| [2f64.powi(exponent), -2f64.powi(exponent)]);
    let values: Vec<f64> = powers.chain([0.0]).collect();
    let tally = tally_of(&half_of(&values).contents(), &Contents::default());
    check(&tally, &values, None);
}

#[test]
fn a_late_sample_beyond_what_was_seen_is_exact() {
    let half = half_of(&(1..=1000).map(f64::from).collect::<Vec<_>>());
    let seen = half.contents();
    for late in [1000.3, -0.7, 500.3] {
        half.add(late, 1);
    }
    let statistics = tally_of(&half.contents(), &seen).statistics().unwrap();
    assert_eq!((statistics.count, statistics.minimum, statistics.maximum), (3.0, -0.7, 1000.3));
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_half_is_what_was_added(values in values(1200)) {
        check(&tally_of(&half_of(&values).contents(), &Contents::default()), &values, error(&values));
    }

    /// A half was copied while its writer paused, and then more came in: together all of it, each once.
    #[test]
    fn what_comes_after_a_copy_is_found_by_comparing(values in values(1200), place: prop::sample::Index) {
        let place = place.index(values.len() + 1);
        let (early, late) = values.split_at(place);
        let half = half_of(early);
        let seen = half.contents();
        late.iter().for_each(|value| half.add(*value, 1));
        let tally = tally_of(&half.contents(), &seen);
        prop_assert_eq!(tally.samples(), late.len() as u64);
        let Some(statistics) = tally.statistics() else { return Ok(()) };
        let (lowest, highest) = late.iter().fold((late[0], late[0]), |(low, high), value| (low.min(*value), high.max(*value)));
        let scale: f64 = values.iter().map(|value| value.abs()).sum();
        prop_assert!((statistics.sum - late.iter().sum::<f64>()).abs() <= scale * 1e-12);
        // Beyond what was seen, the range of the late ones is exact.
        if early.iter().all(|value| lowest < *value) {
            prop_assert_eq!(statistics.minimum, lowest);
        }
        if early.iter().all(|value| highest > *value) {
            prop_assert_eq!(statistics.maximum, highest);
        }
        // Else the range of the late ones alone is known by their buckets, and never beyond that of all.
        let (all_low, all_high) = values.iter().fold((lowest, highest), |(low, high), value| (low.min(*value), high.max(*value)));
        prop_assert!(all_low <= statistics.minimum && statistics.minimum <= statistics.maximum && statistics.maximum <= all_high);
        if let Some(error) = error(&values) {
            let near = |told: f64, is: f64| (told - is).abs() <= error * is.abs().max(f64::MIN_POSITIVE);
            prop_assert!(near(statistics.minimum, lowest), "{} for {lowest}", statistics.minimum);
            prop_assert!(near(statistics.maximum, highest), "{} for {highest}", statistics.maximum);
        }
        let mut whole = tally_of(&seen, &Contents::default());
        half.contents().since(&seen, &mut whole);
        let counts: f64 = whole.values(VALUES_MAX).iter().map(|(_, count)| count).sum();
        prop_assert_eq!((whole.samples(), counts), (values.len() as u64, values.len() as f64));
    }
}
