//! What a configuration changes, and what too little data does.

use nepho_engine::Period;
use nepho_engine::anomaly::{
    Configuration, MIN_POINTS, MIN_SPAN_SECONDS, Model, TRAINING_SECONDS, TimeRange, VALID_SECONDS, train,
};
use nepho_engine::math::{Band, BandModel};
use nepho_model::Timestamp;

use crate::series::{DAY, HOUR, MONDAY, Random};

type Points = Vec<(Timestamp, f64)>;

fn at(since: i64) -> Timestamp {
    Timestamp::from_seconds(MONDAY + since)
}

/// Five-minute datapoints of two weeks, with a little noise.
fn points(value: impl Fn(i64) -> f64) -> Points {
    let mut random = Random(11);
    (0..14 * DAY).step_by(300).map(|since| (at(since), value(since) + random.normal())).collect()
}

fn model(points: &Points, configuration: &Configuration) -> Model {
    train(points, Period::from_seconds(300).unwrap(), configuration, at(14 * DAY))
}

fn band(model: &Model, since: i64) -> Band {
    model.band(at(since), 2.0).unwrap()
}

#[test]
fn excluded_ranges_are_as_if_they_had_no_data() {
    let range = |from: i64, to: i64| TimeRange { start: at(from), end: at(to) };
    let outage = points(|since| if (5 * DAY..7 * DAY).contains(&since) { 0.0 } else { 100.0 });
    let excluded = vec![range(5 * DAY, 6 * DAY), range(6 * DAY - HOUR, 7 * DAY)];
    let configuration = Configuration { excluded, ..Configuration::default() };
    let kept = |(time, _): &(Timestamp, f64)| *time < at(5 * DAY) || *time >= at(7 * DAY);
    let without: Points = outage.iter().copied().filter(kept).collect();
    assert_eq!(model(&outage, &configuration), model(&without, &Configuration::default()));
    assert!(band(&model(&outage, &configuration), 6 * DAY).lower > 90.0);
    assert!(band(&model(&outage, &Configuration::default()), 6 * DAY).upper < 10.0, "it is a level for a while");
    // A period that is excluded in part is excluded.
    let part = Configuration { excluded: vec![range(301, 302)], ..Configuration::default() };
    let without: Points = outage.iter().copied().filter(|(time, _)| *time != at(300)).collect();
    assert_eq!(model(&outage, &part), model(&without, &Configuration::default()));
}

#[test]
fn spikes_that_come_again_are_expected_when_that_is_said() {
    // 80 more for five minutes around 3 in the night, not always at the same; and once on the 4th day at noon.
    let jitter = |day: i64| (day * 7 % 3 - 1) * 300;
    let value = |since: i64| {
        let is_nightly = since % DAY == 3 * HOUR + jitter(since / DAY);
        100.0 + if is_nightly || since == 3 * DAY + 12 * HOUR { 80.0 } else { 0.0 }
    };
    let points = points(value);
    let spiky = model(&points, &Configuration { periodic_spikes: true, ..Configuration::default() });
    let plain = model(&points, &Configuration::default());
    let night = 14 * DAY + 3 * HOUR;
    for since in [night - 300, night, night + 300] {
        assert!(band(&spiky, since).upper > 180.0, "{:?}", band(&spiky, since));
        assert!(band(&plain, since).upper < 150.0, "{:?}", band(&plain, since));
        assert_eq!(band(&spiky, since).lower, band(&plain, since).lower);
    }
    for since in [night - HOUR, night + HOUR, 14 * DAY + 12 * HOUR] {
        assert_eq!(band(&spiky, since), band(&plain, since));
    }
}

#[test]
fn bounds_stay_where_values_can_be() {
    let low = points(|_| 1.5).into_iter().map(|(time, value)| (time, value.max(0.0))).collect();
    assert_eq!(band(&model(&low, &Configuration::default()), 14 * DAY).lower, 0.0);
    let negative = points(|_| 0.5);
    assert!(band(&model(&negative, &Configuration::default()), 14 * DAY).lower < 0.0);
    let percent = Configuration { ceiling: Some(100.0), ..Configuration::default() };
    let high = points(|_| 99.0).into_iter().map(|(time, value)| (time, value.min(100.0))).collect();
    assert_eq!(band(&model(&high, &percent), 14 * DAY).upper, 100.0);
    assert!(band(&model(&points(|_| 99.0), &percent), 14 * DAY).upper > 100.0, "it has exceeded it");
}

#[test]
fn a_band_needs_enough_data() {
    let trained = |count: usize, apart: i64| {
        let end = at(count as i64 * apart);
        let points: Points = (0..count).map(|number| (at(number as i64 * apart), number as f64)).collect();
        train(&points, Period::from_seconds(apart).unwrap(), &Configuration::default(), end)
    };
    let (spread, dense) = (MIN_SPAN_SECONDS / 24, MIN_SPAN_SECONDS / 300);
    assert!(trained(MIN_POINTS, spread).is_trained());
    assert!(!trained(MIN_POINTS - 1, spread + 120).is_trained());
    assert!(trained(dense as usize, 300).is_trained());
    let short = trained(dense as usize - 1, 300);
    assert!(!short.is_trained());
    assert_eq!(short.band(at(0), 2.0), None);
    let said = "There is too little data for an anomaly detection model: 575 datapoints over 47 hours; at least 24 over 48 \
                hours are needed.";
    assert_eq!(short.remark().as_deref(), Some(said));
    assert_eq!(trained(dense as usize, 300).remark(), None);
    assert!(!trained(0, 300).is_trained());
}

#[test]
fn a_model_tells_of_the_time_around_its_training() {
    let points = points(|_| 100.0);
    let early: Points = (1..100).map(|number| (at(-300 * number), 0.0)).rev().chain(points.iter().copied()).collect();
    let model = model(&points, &Configuration::default());
    assert_eq!(
        train(&early, model.period(), &Configuration::default(), at(14 * DAY)),
        model,
        "older data does not count"
    );
    assert_eq!(TRAINING_SECONDS, 14 * DAY);
    let has_band = |since: i64| model.band(at(since), 2.0).is_some();
    assert!(!has_band(-1) && has_band(0));
    assert!(has_band(14 * DAY + VALID_SECONDS) && !has_band(14 * DAY + VALID_SECONDS + 1));
    let future = train(&points, model.period(), &Configuration::default(), at(7 * DAY + 299));
    let known: Points = points.iter().copied().filter(|(time, _)| *time < at(7 * DAY)).collect();
    assert_eq!(
        future,
        train(&known, model.period(), &Configuration::default(), at(7 * DAY + 299)),
        "nor does what is to come"
    );
}

#[test]
fn more_deviations_make_a_wider_band() {
    let model = model(&points(|_| 100.0), &Configuration::default());
    let bands: Vec<_> = (0..=12).map(|half| model.band(at(14 * DAY), f64::from(half) / 2.0).unwrap()).collect();
    for pair in bands.windows(2) {
        assert!(pair[1].lower < pair[0].lower && pair[0].upper < pair[1].upper, "{pair:?}");
    }
    assert!(bands[0].upper - bands[0].lower < 0.01);
    assert!((bands[2].upper - 101.0).abs() < 0.3 && (bands[6].lower - 97.0).abs() < 0.5, "{bands:?}");
    assert_eq!(model.band(at(14 * DAY), f64::NAN), None);
    assert_eq!(model.band(at(14 * DAY), f64::INFINITY), None);
    assert_eq!(model.band(at(14 * DAY), -1.0), model.band(at(14 * DAY), 0.0));
}

#[test]
fn periods_that_begin_at_other_minutes_have_their_share_of_both() {
    let model = model(&points(|since| (since % HOUR / 300) as f64 * 10.0), &Configuration::default());
    let middle = |since: i64| (band(&model, since).lower + band(&model, since).upper) / 2.0;
    let (here, between, next) = (middle(14 * DAY), middle(14 * DAY + 120), middle(14 * DAY + 300));
    assert!((between - (here * 0.6 + next * 0.4)).abs() < 0.1, "{here} {between} {next}");
}

#[test]
fn a_metric_that_never_changes_has_a_band_around_it() {
    let still: Points = points(|_| 0.0).into_iter().map(|(time, _)| (time, 7.0)).collect();
    let Band { lower, upper } = band(&model(&still, &Configuration::default()), 14 * DAY);
    assert!(lower < 7.0 && 7.0 < upper && upper - lower < 0.001);
}
