//! What holds for any data.

use nepho_engine::Period;
use nepho_engine::anomaly::{Configuration, Model, Offsets, TimeRange, train};
use nepho_engine::math::BandModel;
use nepho_model::{MAX_MAGNITUDE, Timestamp};
use proptest::prelude::*;

use crate::series::{DAY, HOUR, MONDAY};

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => -100.0..100.0f64,
        4 => Just(0.0),
        2 => (-3..3i32).prop_map(f64::from),
        1 => -MAX_MAGNITUDE..MAX_MAGNITUDE,
        1 => prop_oneof![Just(MAX_MAGNITUDE), Just(-MAX_MAGNITUDE), Just(1e-300), Just(f64::MIN_POSITIVE / 2.0)],
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY)],
    ]
}

/// Datapoints with gaps, from regular to rare.
fn points(period: i64) -> impl Strategy<Value = Vec<(Timestamp, f64)>> {
    let gaps = prop_oneof![4 => Just(1i64), 1 => 1..5i64, 1 => 1..500i64];
    prop::collection::vec((gaps, value()), 0..900).prop_map(move |points| {
        let mut time = MONDAY;
        let point = |(gap, value): (i64, f64)| {
            time += gap * period;
            (Timestamp::from_seconds(time), value)
        };
        points.into_iter().map(point).collect()
    })
}

fn configuration() -> impl Strategy<Value = Configuration> {
    let change = (-15..30i64, prop::sample::select(vec![-36_000, 0, 1800, 3600, 20_700, 45_900]));
    let range = (0..20 * DAY, 0..3 * DAY);
    (prop::collection::vec(change, 0..3), prop::collection::vec(range, 0..3), any::<bool>(), prop::option::of(value()))
        .prop_map(|(mut changes, excluded, periodic_spikes, ceiling)| {
            changes.sort_unstable();
            changes.dedup_by_key(|(day, _)| *day);
            let changes = changes.into_iter().map(|(day, offset)| (MONDAY + day * DAY + HOUR, offset));
            let range = |(from, length): (i64, i64)| TimeRange {
                start: Timestamp::from_seconds(MONDAY + from),
                end: Timestamp::from_seconds(MONDAY + from + length),
            };
            Configuration {
                excluded: excluded.into_iter().map(range).collect(),
                offsets: Offsets::new(0, changes.collect()).unwrap(),
                periodic_spikes,
                ceiling,
            }
        })
}

fn period() -> impl Strategy<Value = i64> {
    prop::sample::select(vec![60, 300, 420, 900, 3600, 7200, 43_200, 86_400])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn bands_are_finite_and_in_order(
        (period, points) in period().prop_flat_map(|period| (Just(period), points(period))),
        configuration in configuration(),
        deviations in prop_oneof![Just(2.0), 0.0..10.0f64, Just(1e300), Just(f64::INFINITY)],
    ) {
        let now = points.last().map_or(Timestamp::from_seconds(MONDAY), |(time, _)| time.plus_seconds(period));
        let model = train(&points, Period::from_seconds(period).unwrap(), &configuration, now);
        prop_assert_eq!(&Model::from_bytes(&model.to_bytes()).unwrap(), &model);
        prop_assert_eq!(&train(&points, model.period(), &configuration, now), &model);
        let times = (-20..20).map(|day| now.plus_seconds(day * DAY + day * 613));
        let times: Vec<_> = points.iter().map(|(time, _)| *time).chain(times).collect();
        for time in times {
            if let Some(band) = model.band(time, deviations) {
                prop_assert!(band.lower.abs() <= MAX_MAGNITUDE && band.upper.abs() <= MAX_MAGNITUDE, "{:?}", band);
                prop_assert!(band.lower <= band.upper, "{:?}", band);
            }
        }
    }
}
