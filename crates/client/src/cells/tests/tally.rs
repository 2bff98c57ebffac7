use super::*;

#[test]
fn nothing_is_nothing() {
    let mut tally = Tally::default();
    tally.add(5.0, 0);
    assert_eq!((tally.samples(), tally.statistics(), tally.values(150)), (0, None, Vec::new()));
}

#[test]
fn what_is_the_same_is_one_value() {
    let mut tally = Tally::default();
    for (value, count) in [(2.0, 3), (-1.0, 1), (2.0, 4), (0.0, 1)] {
        tally.add(value, count);
    }
    assert_eq!(tally.values(150), [(-1.0, 1.0), (0.0, 1.0), (2.0, 7.0)]);
    let statistics = tally.statistics().unwrap();
    assert_eq!((statistics.count, statistics.sum, statistics.minimum, statistics.maximum), (9.0, 13.0, -1.0, 2.0));
}

#[test]
fn rounded_values_have_exact_statistics() {
    let mut tally = Tally::default();
    tally.add_rounded(&[(1.0, 2), (4.0, 1)], [6.5, 0.9, 4.1]);
    tally.add(2.0, 1);
    let statistics = tally.statistics().unwrap();
    assert_eq!((statistics.count, statistics.sum, statistics.minimum, statistics.maximum), (4.0, 8.5, 0.9, 4.1));
}

#[test]
fn at_the_limit_values_are_kept_and_one_past_it_neighbours_are_merged() {
    for distinct in [149, 150, 151, 300] {
        let mut tally = Tally::default();
        (1..=distinct).for_each(|value| tally.add(f64::from(value), 2));
        let values = tally.values(VALUES_MAX);
        if distinct as usize <= VALUES_MAX {
            let all: Vec<_> = (1..=distinct).map(|value| (f64::from(value), 2.0)).collect();
            assert_eq!(values, all);
        } else {
            assert!(values.len() <= VALUES_MAX && values.len() > VALUES_MAX / 2, "{distinct} became {}", values.len());
        }
    }
}

proptest! {
    #![proptest_config(config())]

    /// Merged values are the means of neighbours, to 17 bits: within the range, in their order, and nearly of the same sum.
    #[test]
    fn merging_keeps_counts_and_sums(values in values(800), limit in 2..200usize) {
        let mut tally = Tally::default();
        values.iter().for_each(|value| tally.add(*value, 1));
        let merged = tally.values(limit);
        prop_assert!(merged.len() <= limit);
        prop_assert_eq!(merged.iter().map(|(_, count)| *count as usize).sum::<usize>(), values.len());
        prop_assert!(merged.is_sorted_by(|(a, _), (b, _)| a < b), "{merged:?}");
        let Some(statistics) = tally.statistics() else { return Ok(()) };
        let range = statistics.minimum..=statistics.maximum;
        prop_assert!(merged.iter().all(|(value, _)| range.contains(value)));
        let scale: f64 = values.iter().map(|value| value.abs()).sum();
        let sum: f64 = merged.iter().map(|(value, count)| value * count).sum();
        prop_assert!((sum - statistics.sum).abs() <= scale / 65536.0, "{sum} for {}", statistics.sum);
    }
}
