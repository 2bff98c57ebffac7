//! The shares that `docs/decisions/anomaly-detection.md` states.

use nepho_engine::anomaly::Configuration;

use crate::made;
use crate::measure::{Measured, measure, measure_with};
use crate::series::{Made, berlin};

const SEEDS: std::ops::RangeInclusive<u64> = 1..=3;

fn mean(all: &[Measured], of: fn(&Measured) -> f64) -> f64 {
    all.iter().map(of).sum::<f64>() / all.len() as f64
}

fn measured(made: &Made, days: i64) -> Vec<Measured> {
    SEEDS.map(|seed| measure(made, days, seed)).collect()
}

#[test]
fn two_weeks_make_a_band_of_95_percent_that_is_as_wide_as_the_noise() {
    let (mut widths, mut all_seen) = (Vec::new(), Vec::new());
    for made in made::all() {
        let all = measured(&made, 14);
        for (of, what) in [(mean(&all, |m| m.next_day), "the next day"), (mean(&all, |m| m.next_week), "the next week")]
        {
            assert!(of >= 0.93, "{}: {of} of {what} is in the band", made.name);
        }
        // Two values of a weekly season by the hour are all that there is of each, which alone widens a band by a fifth.
        let width = mean(&all, |m| m.width);
        assert!((0.75..=1.35).contains(&width), "{}: the band is {width} times as wide as the noise", made.name);
        let seen = mean(&all, |m| m.seen_6);
        assert!(seen >= 0.96, "{}: {seen} of what is 6 deviations off is outside", made.name);
        all_seen.push(mean(&all, |m| m.seen_4));
        widths.push(width);
    }
    let seen = all_seen.iter().sum::<f64>() / all_seen.len() as f64;
    assert!(seen > 0.94, "{seen} of what is 4 deviations off is outside in the mean");
    let width = widths.iter().sum::<f64>() / widths.len() as f64;
    assert!(width < 1.1, "bands are {width} times as wide as the noise in the mean");
}

#[test]
fn fewer_days_make_a_band_of_what_they_have_shown() {
    // days, series, least share of the next day and of the next week, most width
    let cases = [
        (2, "no season", 0.93, 0.93, 1.2),
        (2, "daily", 0.93, 0.93, 1.25),
        (2, "hourly", 0.93, 0.93, 1.2),
        (3, "daily, spikes", 0.93, 0.93, 1.2),
        (3, "daily, by the hour", 0.9, 0.93, 1.25),
        (5, "trend, daily", 0.93, 0.8, 1.1),
        (7, "trend, daily", 0.93, 0.93, 1.1),
        // Not seen twice, the weekend makes the band wide; then it is a season.
        (8, "daily, weekly", 0.93, 0.93, 4.5),
        (11, "daily, weekly", 0.93, 0.93, 1.1),
        (11, "a new level on day 10", 0.93, 0.93, 1.1),
    ];
    for (days, name, day, week, width) in cases {
        let made = made::all().into_iter().find(|made| made.name == name).unwrap();
        let all = measured(&made, days);
        let found = (mean(&all, |m| m.next_day), mean(&all, |m| m.next_week), mean(&all, |m| m.width));
        assert!(found.0 >= day && found.1 >= week && found.2 <= width, "{name} after {days} days: {found:?}");
    }
}

#[test]
fn daylight_saving_moves_the_day_only_for_a_metric_with_a_zone() {
    let local = made::all().into_iter().find(|made| made.offsets == berlin()).unwrap();
    let points = measured(&local, 14);
    assert!(mean(&points, |m| m.next_day) >= 0.93);
    let untold: Vec<_> = SEEDS.map(|seed| measure_with(&local, &Configuration::default(), 14, seed)).collect();
    let found = mean(&untold, |m| m.next_day);
    assert!(found < 0.9, "{found} of the day after the change is in the band of who does not know of it");
}
